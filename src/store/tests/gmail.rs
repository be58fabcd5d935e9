//! Messages of Gmail's: recognized by number, in many mailboxes at once.

use super::*;

/// A tree like Gmail's: INBOX, Work, All Mail, Trash.
fn tree(lab: &Lab) -> [MailboxId; 4] {
    let info =
        |name: &str, special_use: Option<SpecialUse>| MailboxInfo { special_use, ..mailbox_info(name) };
    let infos = [
        info("INBOX", Some(SpecialUse::Inbox)),
        info("[Gmail]/Important", None),
        info("[Gmail]/All Mail", Some(SpecialUse::All)),
        info("[Gmail]/Trash", Some(SpecialUse::Trash)),
    ];
    let account = lab.account;
    let ids = lab.write(move |w| w.sync_mailboxes(account, &infos, NOW));
    ids.try_into().unwrap()
}

fn gmail(n: u32) -> NewMessage {
    NewMessage { gm_msgid: Some(u64::from(n) + 1000), ..new_message(n) }
}

fn outline(now: u32, n: u32) -> NewMessage {
    NewMessage { gm_msgid: Some(u64::from(n) + 1000), outline: true, ..NewMessage::new(uid(now)) }
}

#[test]
fn an_outline_places_a_stored_message_and_nothing_else() {
    let lab = Lab::new();
    let [inbox, label, all, _] = tree(&lab);
    let first = lab.insert(inbox, vec![gmail(1)]).remove(0).message;
    let placed = lab.insert(all, vec![outline(70, 1), outline(71, 9)]);
    assert_eq!(placed, [Placed { uid: uid(70), message: first, arrival: Arrival::Relinked }]);
    assert_eq!(lab.see().message(first).unwrap().unwrap().envelope.subject, "Subject 1");
    assert_eq!((lab.counts(all), lab.counts(inbox)), ((1, 1), (1, 1)));
    // The label was taken off and put on again: a new UID, the same message.
    lab.insert(label, vec![outline(5, 1)]);
    lab.insert(label, vec![outline(6, 1)]);
    assert_eq!((lab.uids(label), lab.counts(label)), ("6".to_owned(), (1, 1)));
    lab.insert(label, vec![outline(5, 1)]);
    assert_eq!(lab.uids(label), "6", "an old answer that comes late");
    // The same UID for another message.
    let second = lab.insert(inbox, vec![gmail(2)]).remove(0).message;
    lab.insert(label, vec![outline(6, 2)]);
    assert_eq!(lab.see().ids_by_uid(label, &set("1:9")).unwrap(), [(uid(6), second)]);
    assert_eq!(lab.see().known_gm_msgids(lab.account, &[1001, 1002, 1009]).unwrap().len(), 2);
}

#[test]
fn what_was_put_there_keeps_its_place_when_its_number_is_told() {
    let lab = Lab::new();
    let [_, label, all, _] = tree(&lab);
    // Delivered from another account; the look into All Mail came first.
    let ours = lab.insert(label, vec![NewMessage { uid: uid(7), ..new_message(1) }]).remove(0).message;
    lab.insert(all, vec![gmail(1)]);
    lab.insert(label, vec![outline(7, 1)]);
    assert_eq!(lab.see().ids_by_uid(label, &set("1:9")).unwrap(), [(uid(7), ours)]);
}

#[test]
fn labels_are_named_for_people() {
    let lab = Lab::new();
    let [inbox, label, all, _] = tree(&lab);
    let first = lab.insert(inbox, vec![gmail(1)]).remove(0).message;
    lab.insert(all, vec![outline(70, 1)]);
    lab.insert(label, vec![outline(5, 1)]);
    let labels = lab.see().labels(first).unwrap();
    let names: Vec<_> = labels.iter().map(|one| (one.mailbox, one.name.as_str(), one.is_inbox)).collect();
    assert_eq!(names, [(inbox, "INBOX", true), (label, "Important", false)]);
    let other = lab.insert(inbox, vec![new_message(3)]).remove(0).message;
    assert_eq!(lab.see().labels(other).unwrap(), [], "only Gmail has labels");
}

#[test]
fn a_message_in_the_trash_is_nowhere_else_until_it_is_taken_back() {
    let lab = Lab::new();
    let [inbox, label, all, trash] = tree(&lab);
    let first = lab.insert(inbox, vec![gmail(1)]).remove(0).message;
    lab.insert(all, vec![outline(70, 1)]);
    lab.insert(label, vec![outline(5, 1)]);
    let every = move |lab: &Lab| [inbox, label, all, trash].map(|mailbox| lab.counts(mailbox).0);
    let carried = lab.write(move |w| w.add_move(None, &[first], Some(inbox), trash, NOW));
    assert_eq!((carried.messages, every(&lab)), (1, [0, 0, 0, 1]));
    let pending = lab.see().operations_pending(lab.account).unwrap();
    assert_eq!(pending[0].targets.len(), 3, "each list that it leaves is a target");
    // To INBOX again before anything was sent: nothing is left to be sent, and every label is back.
    lab.write(move |w| w.add_move(None, &[first], Some(trash), inbox, NOW));
    assert_eq!(every(&lab), [1, 1, 1, 0]);
    assert_eq!(lab.see().operations_pending(lab.account).unwrap(), []);
    // Out of All Mail nothing can be moved.
    lab.write(move |w| w.vanish(label, &set("5"), NOW));
    lab.write(move |w| w.add_move(None, &[first], Some(all), label, NOW));
    assert_eq!(every(&lab), [1, 1, 1, 0]);
}

#[test]
fn flags_that_one_mailbox_tells_hold_for_all() {
    let lab = Lab::new();
    let [inbox, _, all, _] = tree(&lab);
    let first = lab.insert(inbox, vec![gmail(1)]).remove(0).message;
    lab.insert(all, vec![outline(70, 1)]);
    lab.write(move |w| w.update_flags(inbox, &[(uid(1), flags("\\Seen \\Deleted $Work"), None)]));
    assert_eq!(lab.row(first, all).flags, flags("\\Seen"), "only what belongs to the message");
    assert_eq!((lab.counts(inbox), lab.counts(all)), ((1, 0), (1, 0)));
    // What the user changed and the server has not confirmed stays.
    lab.write(move |w| w.add_flag_operation(&[first], &Flag::Flagged, FlagChange::Add, NOW));
    lab.write(move |w| w.update_flags(inbox, &[(uid(1), flags(""), None)]));
    assert_eq!(lab.row(first, all).flags, flags("\\Flagged"));
}
