//! Nothing is lost by mistake: vanished messages come back with all they had.

use super::*;
use crate::store::Fingerprint;

const BODY: &[u8] = b"The body that must not be fetched again.";

fn text_part() -> PartPath {
    PartPath::root().child(1)
}

fn with_body(lab: &Lab, message: MessageId) {
    lab.write(move |w| w.put_part(message, &text_part(), BODY));
}

fn body(lab: &Lab, message: MessageId) -> Option<Vec<u8>> {
    lab.see().part(message, &text_part()).unwrap()
}

#[test]
fn vanished_messages_are_hidden_at_once_and_kept() {
    let lab = Lab::new();
    let inbox = lab.inbox;
    let ids = lab.fill(inbox, 1..=5);
    with_body(&lab, ids[1]);
    let mut changes = lab.store.subscribe();
    assert_eq!(lab.write(move |w| w.vanish(inbox, &set("2:3,9"), NOW)), 2);
    let told = changes.try_recv().unwrap();
    assert_eq!(told.removed, ChangedMessages::Ids(vec![ids[1], ids[2]]));
    assert_eq!(lab.uids(inbox), "1,4:5");
    assert_eq!(lab.counts(inbox), (3, 3));
    assert_eq!(lab.see().message(ids[1]).unwrap().unwrap().placements, []);
    assert!(body(&lab, ids[1]).is_some());
    assert_eq!(lab.write(move |w| w.vanish(inbox, &set("2:3"), NOW)), 0, "twice is once");
}

#[test]
fn revived_messages_are_as_they_were() {
    let lab = Lab::new();
    let inbox = lab.inbox;
    let ids = lab.fill(inbox, 1..=3);
    with_body(&lab, ids[0]);
    lab.write(move |w| {
        w.update_flags(inbox, &[(uid(1), flags("\\Seen work"), Some(ModSeq::new(9)))])?;
        w.vanish(inbox, &super::super::orphan::all_uids(), NOW)
    });
    assert_eq!(lab.counts(inbox), (0, 0));
    assert_eq!(lab.write(move |w| w.revive(inbox, &set("1:2,50"))), 2);
    let row = lab.row(ids[0], inbox);
    assert_eq!((row.uid, row.flags), (Some(uid(1)), flags("\\Seen work")));
    assert!(body(&lab, ids[0]).is_some());
    assert_eq!(lab.counts(inbox), (2, 1));
    assert_eq!(lab.write(move |w| w.revive(inbox, &set("1:2"))), 0);
}

#[test]
fn purging_deletes_only_what_is_old_and_nowhere() {
    let lab = Lab::new();
    let (inbox, other) = (lab.inbox, lab.other);
    let ids = lab.fill(inbox, 1..=3);
    lab.write(move |w| w.vanish(inbox, &set("1"), NOW));
    lab.write(move |w| w.vanish(inbox, &set("2:3"), UnixTime(NOW.0 + 100)));
    lab.insert(other, vec![NewMessage { uid: uid(70), ..new_message(3) }]);
    assert_eq!(lab.write(|w| w.purge_orphans(UnixTime(NOW.0 + 50))), 1);
    let known = |n: usize| lab.see().message(ids[n]).unwrap().is_some();
    assert_eq!([known(0), known(1), known(2)], [false, true, true]);
    while lab.write(|w| w.purge_orphans(UnixTime(i64::MAX))) > 0 {}
    assert_eq!([known(1), known(2)], [false, true], "the one that was moved stays");
}

#[test]
fn a_move_by_another_client_keeps_id_and_body() {
    let lab = Lab::new();
    let (inbox, other) = (lab.inbox, lab.other);
    let id = lab.fill(inbox, 1..=1)[0];
    with_body(&lab, id);
    lab.write(move |w| w.vanish(inbox, &set("1"), NOW));
    let moved = NewMessage { uid: uid(900), flags: flags("\\Seen"), ..new_message(1) };
    let placed = lab.insert(other, vec![moved]).remove(0);
    assert_eq!(placed, Placed { uid: uid(900), message: id, arrival: Arrival::Relinked });
    assert!(body(&lab, id).is_some());
    assert_eq!((lab.counts(inbox), lab.counts(other)), ((0, 0), (1, 0)));
}

#[test]
fn a_move_that_is_seen_in_the_wrong_order_keeps_the_body() {
    let lab = Lab::new();
    let (inbox, other) = (lab.inbox, lab.other);
    let old = lab.fill(inbox, 1..=1)[0];
    with_body(&lab, old);
    let placed = lab.insert(other, vec![NewMessage { uid: uid(900), ..new_message(1) }]).remove(0);
    assert_eq!(placed.arrival, Arrival::New, "for now it is a copy");
    lab.write(move |w| w.vanish(inbox, &set("1"), NOW));
    lab.write(|w| w.purge_orphans(UnixTime(i64::MAX)));
    assert_eq!(lab.see().message(old).unwrap(), None);
    assert_eq!(body(&lab, placed.message).as_deref(), Some(BODY));
}

#[test]
fn what_only_looks_alike_is_another_message() {
    let lab = Lab::new();
    let (inbox, other) = (lab.inbox, lab.other);
    let id = lab.fill(inbox, 1..=1)[0];
    lab.write(move |w| w.vanish(inbox, &set("1"), NOW));
    let other_size = NewMessage { uid: uid(2), size: 5, ..new_message(1) };
    let other_date = NewMessage { uid: uid(3), internal_date: Some(UnixTime(5)), ..new_message(1) };
    let mut other_id = NewMessage { uid: uid(4), ..new_message(1) };
    other_id.envelope.message_id = Some(Rfc822MessageId("else@example.org".into()));
    for placed in lab.insert(other, vec![other_size, other_date, other_id]) {
        assert_eq!(placed.arrival, Arrival::New);
        assert_ne!(placed.message, id);
    }
}

#[test]
fn a_mail_without_message_id_is_known_by_its_header() {
    let lab = Lab::new();
    let (inbox, other) = (lab.inbox, lab.other);
    let nameless = |n: u32, subject: &str| {
        let mut new = new_message(7);
        new.uid = uid(n);
        new.envelope.message_id = None;
        new.envelope.subject = subject.into();
        new
    };
    let id = lab.insert(inbox, vec![nameless(7, "a")]).remove(0).message;
    lab.write(move |w| w.vanish(inbox, &set("7"), NOW));
    let placed = lab.insert(other, vec![nameless(1, "b"), nameless(2, "a")]);
    assert_eq!((placed[0].arrival, placed[1].arrival), (Arrival::New, Arrival::Relinked));
    assert_eq!(placed[1].message, id);
}

#[test]
fn an_email_id_joins_copies_but_never_twins_in_one_mailbox() {
    let lab = Lab::new();
    let with_id = |n: u32| NewMessage { email_id: Some("M".into()), ..new_message(n) };
    let first = lab.insert(lab.inbox, vec![with_id(1), with_id(2)]);
    assert_ne!(first[0].message, first[1].message);
    let placed = lab.insert(lab.other, vec![with_id(8)]).remove(0);
    assert_eq!((placed.message, placed.arrival), (first[0].message, Arrival::Relinked));
    assert_eq!(lab.see().placements(placed.message).unwrap().len(), 2);
    let gmail = |n: u32| NewMessage { gm_msgid: Some(u64::MAX - 1), ..new_message(n) };
    let first = lab.insert(lab.inbox, vec![gmail(20)]).remove(0);
    assert_eq!(lab.insert(lab.other, vec![gmail(21)]).remove(0).message, first.message);
}

fn fingerprint(n: u32, now: u32) -> Fingerprint {
    let new = new_message(n);
    Fingerprint {
        uid: uid(now),
        flags: flags("\\Flagged"),
        mod_seq: ModSeq::new(3),
        internal_date: new.internal_date,
        size: new.size,
        message_id: new.envelope.message_id,
        email_id: None,
        gm_msgid: None,
    }
}

#[test]
fn a_new_uid_validity_relinks_what_it_can() {
    let lab = Lab::new();
    let inbox = lab.inbox;
    let ids = lab.fill(inbox, 1..=4);
    with_body(&lab, ids[0]);
    let listed = vec![fingerprint(1, 4), fingerprint(2, 3), fingerprint(77, 2)];
    let unknown = lab.write(move |w| w.relink_by_fingerprint(inbox, validity(8), &listed, NOW));
    assert_eq!(unknown.to_string(), "2");
    assert_eq!(lab.see().ids_by_uid(inbox, &set("1:9")).unwrap(), [(uid(3), ids[1]), (uid(4), ids[0])]);
    assert!(body(&lab, ids[0]).is_some());
    let state = lab.see().mailbox(inbox).unwrap().unwrap().state;
    assert_eq!(state, MailboxState { uid_validity: Some(validity(8)), ..MailboxState::default() });
    assert_eq!(lab.counts(inbox), (2, 2));
    assert!(lab.see().message(ids[3]).unwrap().is_some(), "hidden, not deleted");
    assert_eq!(lab.write(move |w| w.revive(inbox, &set("1:2"))), 0, "old UIDs mean nothing now");
}

#[test]
fn twins_keep_being_two() {
    let lab = Lab::new();
    let inbox = lab.inbox;
    let twin = |n: u32| NewMessage { uid: uid(n), ..new_message(1) };
    let ids: Vec<_> = lab.insert(inbox, vec![twin(1), twin(2)]).into_iter().map(|p| p.message).collect();
    let listed = vec![fingerprint(1, 1), fingerprint(1, 2), fingerprint(1, 3)];
    let unknown = lab.write(move |w| w.relink_by_fingerprint(inbox, validity(8), &listed, NOW));
    assert_eq!(unknown.to_string(), "3");
    let placed: Vec<_> =
        lab.see().ids_by_uid(inbox, &set("1:3")).unwrap().into_iter().map(|(_, id)| id).collect();
    assert_eq!(placed, ids);
}

#[test]
fn a_waiting_change_follows_its_message_to_another_mailbox() {
    let lab = Lab::new();
    let (inbox, other, account) = (lab.inbox, lab.other, lab.account);
    let id = lab.fill(inbox, 1..=1)[0];
    let operation = lab.write(move |w| w.add_flag_operation(&[id], &Flag::Seen, FlagChange::Add, NOW))[0];
    lab.write(move |w| w.vanish(inbox, &set("1"), NOW));
    let waiting = lab.see().operations_pending(account).unwrap();
    assert_eq!(waiting[0].targets, [Target { message: id, mailbox: inbox, uid: None, twin: None }]);
    assert_eq!(lab.write(|w| w.purge_orphans(UnixTime(i64::MAX))), 0, "the journal still needs it");
    lab.insert(other, vec![NewMessage { uid: uid(50), ..new_message(1) }]);
    let waiting = lab.see().operations_pending(account).unwrap();
    assert_eq!(waiting[0].targets, [Target { message: id, mailbox: other, uid: Some(uid(50)), twin: None }]);
    assert_eq!(lab.row(id, other).flags, flags("\\Seen"), "the server has no \\Seen yet");
    lab.write(move |w| w.mark_failed(operation, "no", NOW));
    assert_eq!(lab.row(id, other).flags, flags(""));
}

#[test]
fn a_change_that_fails_while_its_message_is_hidden_is_undone_too() {
    let lab = Lab::new();
    let inbox = lab.inbox;
    let id = lab.fill(inbox, 1..=1)[0];
    lab.write(move |w| {
        let operation = w.add_flag_operation(&[id], &Flag::Seen, FlagChange::Add, NOW)?[0];
        w.vanish(inbox, &set("1"), NOW)?;
        w.mark_failed(operation, "gone", NOW)?;
        w.revive(inbox, &set("1"))
    });
    assert_eq!(lab.row(id, inbox).flags, flags(""));
    assert_eq!(lab.counts(inbox), (1, 1));
}
