//! Moves, copies and deletions show at once, are confirmed, put back, undone and done again.

use super::*;

fn shown(lab: &Lab, mailbox: MailboxId) -> Vec<MessageId> {
    lab.see().message_ids(mailbox, SortOrder::OldestFirst).unwrap()
}

fn at_server(lab: &Lab, mailbox: MailboxId) -> String {
    lab.see().uids(mailbox).unwrap().to_string()
}

fn open(lab: &Lab) -> Vec<Operation> {
    lab.see().operations_pending(lab.account).unwrap()
}

fn moved(lab: &Lab, ids: &[MessageId], from: MailboxId, to: MailboxId) -> (ActionId, Carried) {
    let ids = ids.to_vec();
    lab.write(move |w| {
        let action = w.begin_action("move", Some(to), true, NOW)?;
        let carried = w.add_move(Some(action), &ids, Some(from), to, NOW)?;
        w.end_action(action, carried.messages)?;
        Ok((action, carried))
    })
}

fn land(lab: &Lab, landed: &[(MessageId, Option<u32>)]) {
    let operation = open(lab).remove(0);
    let landed: Vec<_> = landed.iter().map(|(m, n)| Landed { message: *m, uid: n.map(uid) }).collect();
    lab.write(move |w| {
        let operation = w.mark_inflight(operation.id, NOW)?.unwrap();
        w.note_landed(&operation, &landed, false, NOW)
    });
}

#[test]
fn a_move_shows_at_once_and_the_servers_side_stays_as_it_is() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=3);
    let (_, carried) = moved(&lab, &ids[..2], lab.inbox, lab.other);
    assert_eq!((carried.operations.len(), carried.messages), (1, 2));
    assert_eq!(shown(&lab, lab.inbox), ids[2..]);
    assert_eq!(shown(&lab, lab.other), ids[..2]);
    assert_eq!((lab.counts(lab.inbox), lab.counts(lab.other)), ((1, 1), (2, 2)));
    assert_eq!((at_server(&lab, lab.inbox).as_str(), at_server(&lab, lab.other).as_str()), ("1:3", ""));
    let row = |mailbox| lab.see().mailbox(mailbox).unwrap().unwrap().at_server;
    assert_eq!((row(lab.inbox), row(lab.other)), (3, 0));
    assert_eq!(lab.row(ids[0], lab.other).uid, None);
    land(&lab, &[(ids[0], Some(7)), (ids[1], None)]);
    assert_eq!((at_server(&lab, lab.inbox).as_str(), at_server(&lab, lab.other).as_str()), ("3", "7"));
    assert!(open(&lab).is_empty());
    // The one that the server did not tell is recognized when it comes in.
    let mut newcomer = new_message(2);
    newcomer.uid = uid(8);
    let placed = lab.insert(lab.other, vec![newcomer]);
    assert_eq!((placed[0].message, placed[0].arrival), (ids[1], Arrival::Relinked));
    assert_eq!((shown(&lab, lab.other), lab.counts(lab.other)), (ids[..2].to_vec(), (2, 2)));
}

#[test]
fn a_newcomer_that_was_faster_than_the_answer_is_the_same_message() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=1);
    moved(&lab, &ids, lab.inbox, lab.other);
    let mut alien = new_message(9);
    alien.uid = uid(7);
    let other = lab.insert(lab.other, vec![alien])[0].message;
    assert_ne!(other, ids[0]);
    // The server's word counts, whatever the newcomer looked like.
    land(&lab, &[(ids[0], Some(7))]);
    assert_eq!(shown(&lab, lab.other), ids);
    assert_eq!(lab.counts(lab.other), (1, 1));
    assert_eq!(lab.see().message(other).unwrap(), None);
}

#[test]
fn a_refused_move_is_put_back() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=2);
    moved(&lab, &ids, lab.inbox, lab.other);
    let id = open(&lab)[0].id;
    lab.write(move |w| {
        w.mark_inflight(id, NOW)?;
        w.mark_failed(id, "no", NOW)
    });
    assert_eq!((shown(&lab, lab.inbox), shown(&lab, lab.other)), (ids.clone(), vec![]));
    assert_eq!((lab.counts(lab.inbox), lab.counts(lab.other)), ((2, 2), (0, 0)));
    assert_eq!(lab.row(ids[0], lab.inbox).mark, RowMark::Failed);
    assert!(lab.write(move |w| w.retry_operation(id, NOW)).is_some());
    assert_eq!(shown(&lab, lab.other), ids);
}

#[test]
fn moves_that_were_not_sent_melt_into_one() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=1);
    moved(&lab, &ids, lab.inbox, lab.other);
    // Read while it is on its way: the change goes along.
    let seen = ids.clone();
    lab.write(move |w| w.add_flag_operation(&seen, &Flag::Seen, FlagChange::Add, NOW));
    moved(&lab, &ids, lab.other, lab.inbox);
    assert_eq!((shown(&lab, lab.inbox), shown(&lab, lab.other)), (ids.clone(), vec![]));
    let left = open(&lab);
    assert_eq!(left.len(), 1, "only the flag is left to be sent: {left:?}");
    assert_eq!(left[0].targets[0].uid, Some(uid(1)));
    assert_eq!(lab.row(ids[0], lab.inbox).flags, flags("\\Seen"));
    assert_eq!(lab.counts(lab.inbox), (1, 0));
}

#[test]
fn back_and_forth_while_the_first_move_is_being_sent() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=1);
    let (action, _) = moved(&lab, &ids, lab.inbox, lab.other);
    let first = open(&lab)[0].id;
    let sent = lab.write(move |w| w.mark_inflight(first, NOW)).unwrap();
    let undone = lab.write(move |w| w.undo(Some(action), NOW));
    assert_eq!(undone.map(|row| row.id), Some(action));
    assert_eq!((shown(&lab, lab.inbox), shown(&lab, lab.other)), (ids.clone(), vec![]));
    let landed = [Landed { message: ids[0], uid: Some(uid(7)) }];
    lab.write(move |w| w.note_landed(&sent, &landed, false, NOW));
    assert_eq!((at_server(&lab, lab.inbox).as_str(), at_server(&lab, lab.other).as_str()), ("", "7"));
    assert_eq!(open(&lab)[0].targets[0].uid, Some(uid(7)));
    land(&lab, &[(ids[0], Some(5))]);
    assert_eq!((at_server(&lab, lab.inbox).as_str(), at_server(&lab, lab.other).as_str()), ("5", ""));
    assert_eq!((shown(&lab, lab.inbox), lab.counts(lab.inbox), lab.counts(lab.other)), (ids, (1, 1), (0, 0)));
}

#[test]
fn redo_begins_with_what_was_undone_last() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=2);
    let (first, _) = moved(&lab, &ids[..1], lab.inbox, lab.other);
    let (second, _) = moved(&lab, &ids[1..], lab.inbox, lab.other);
    let undo = || lab.write(|w| w.undo(None, NOW)).map(|row| row.id);
    let redo = || lab.write(|w| w.redo(NOW)).map(|row| row.id);
    assert_eq!([undo(), undo(), undo()], [Some(second), Some(first), None]);
    assert_eq!([redo(), redo(), redo()], [Some(first), Some(second), None]);
}

#[test]
fn undo_takes_back_and_redo_does_it_again() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=3);
    let (action, _) = moved(&lab, &ids, lab.inbox, lab.other);
    assert_eq!(lab.see().undoable().unwrap().map(|row| row.id), Some(action));
    lab.write(|w| w.undo(None, NOW));
    assert_eq!((shown(&lab, lab.inbox), open(&lab)), (ids.clone(), vec![]));
    assert_eq!(lab.write(|w| w.undo(None, NOW)), None);
    lab.write(|w| w.redo(NOW));
    assert_eq!((shown(&lab, lab.other), open(&lab).len()), (ids.clone(), 1));
    assert_eq!(lab.write(|w| w.redo(NOW)), None);
    // Done at the server: undone by an opposite move, also by a later run of the program.
    let all: Vec<_> = ids.iter().zip(11..).map(|(id, n)| (*id, Some(n))).collect();
    land(&lab, &all);
    lab.write(|w| w.undo(None, NOW));
    assert_eq!((shown(&lab, lab.inbox), shown(&lab, lab.other)), (ids, vec![]));
    assert_eq!(open(&lab)[0].kind, OperationKind::Move { to: lab.inbox });
    assert_eq!(lab.see().history(open(&lab)[0].targets[0].message).unwrap().len(), 3);
}

#[test]
fn a_copy_is_another_place_of_the_same_message() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=1);
    let (copied, other) = (ids.clone(), lab.other);
    lab.write(move |w| w.add_copy(None, &copied, other, NOW));
    assert_eq!((shown(&lab, lab.inbox), shown(&lab, lab.other)), (ids.clone(), ids.clone()));
    land(&lab, &[(ids[0], Some(4))]);
    assert_eq!((at_server(&lab, lab.inbox).as_str(), at_server(&lab, lab.other).as_str()), ("1", "4"));
}

#[test]
fn what_is_deleted_for_good_is_hidden_and_then_goes() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=2);
    let one = vec![ids[0]];
    lab.write(move |w| w.add_expunge(None, &one, None, NOW));
    assert_eq!((shown(&lab, lab.inbox), lab.counts(lab.inbox)), (ids[1..].to_vec(), (1, 1)));
    let operation = open(&lab).remove(0);
    let messages = vec![ids[0]];
    lab.write(move |w| w.note_expunged(&operation, &messages, false, NOW));
    assert_eq!((at_server(&lab, lab.inbox).as_str(), open(&lab).len()), ("2", 0));
    lab.write(|w| w.purge_orphans(UnixTime(NOW.0 + 1)));
    assert_eq!(lab.see().message(ids[0]).unwrap(), None);
    assert_eq!(lab.counts(lab.inbox), (1, 1));
}

#[test]
fn another_client_may_be_first() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=1);
    moved(&lab, &ids, lab.inbox, lab.other);
    let inbox = lab.inbox;
    lab.write(move |w| w.vanish(inbox, &set("1"), NOW));
    let operation = open(&lab).remove(0);
    assert_eq!(operation.targets[0].uid, None);
    assert_eq!(shown(&lab, lab.other), ids, "shown until the server was asked");
    let messages = ids.clone();
    lab.write(move |w| w.note_lost(&operation, &messages, NOW));
    assert_eq!((lab.counts(lab.inbox), lab.counts(lab.other)), ((0, 0), (0, 0)));
    assert!(lab.see().message(ids[0]).unwrap().is_some(), "its body is kept for a while");
}

#[test]
fn a_mailbox_that_was_rebuilt_does_not_show_what_is_on_its_way_out() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=2);
    moved(&lab, &ids[..1], lab.inbox, lab.other);
    let inbox = lab.inbox;
    lab.write(move |w| w.vanish(inbox, &set("1:2"), NOW));
    let again: Vec<_> = (1..=2).map(|n| NewMessage { uid: uid(n + 10), ..new_message(n) }).collect();
    let placed = lab.insert(lab.inbox, again);
    assert_eq!(placed.iter().map(|one| one.message).collect::<Vec<_>>(), ids);
    assert_eq!((shown(&lab, lab.inbox), shown(&lab, lab.other)), (ids[1..].to_vec(), ids[..1].to_vec()));
    assert_eq!((at_server(&lab, lab.inbox).as_str(), lab.counts(lab.inbox)), ("11:12", (1, 1)));
    assert_eq!(open(&lab)[0].targets[0].uid, Some(uid(11)));
}

#[test]
fn a_copy_follows_its_message_when_moves_melt_into_one() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=1);
    let third = lab.write(|w| {
        let account = w.account_of(MailboxId::from_row(1))?;
        let infos = [mailbox_info("INBOX"), mailbox_info("Archive"), mailbox_info("Trash")];
        Ok(w.sync_mailboxes(account, &infos, NOW)?[2])
    });
    moved(&lab, &ids, lab.inbox, lab.other);
    let copied = ids.clone();
    lab.write(move |w| w.add_copy(None, &copied, third, NOW));
    moved(&lab, &ids, lab.other, lab.inbox);
    let left = open(&lab);
    assert_eq!((left.len(), left[0].targets[0].mailbox), (1, lab.inbox));
}

#[test]
fn a_move_that_is_taken_back_leaves_what_an_earlier_one_took_out() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=1);
    moved(&lab, &ids, lab.inbox, lab.other);
    let first = open(&lab)[0].id;
    let sent = lab.write(move |w| w.mark_inflight(first, NOW)).unwrap();
    // Back, and away again before the first answer came.
    moved(&lab, &ids, lab.other, lab.inbox);
    moved(&lab, &ids, lab.inbox, lab.other);
    assert_eq!((shown(&lab, lab.inbox), shown(&lab, lab.other)), (vec![], ids.clone()));
    let landed = [Landed { message: ids[0], uid: Some(uid(7)) }];
    lab.write(move |w| w.note_landed(&sent, &landed, false, NOW));
    assert_eq!((lab.counts(lab.inbox), lab.counts(lab.other)), ((0, 0), (1, 1)));
    assert_eq!((shown(&lab, lab.inbox), shown(&lab, lab.other), open(&lab)), (vec![], ids, vec![]));
}

#[test]
fn a_level_has_no_mail() {
    let lab = Lab::new();
    lab.fill(lab.other, 1..=2);
    let mut level = mailbox_info("Archive");
    level.attributes.no_select = true;
    let account = lab.account;
    lab.write(move |w| w.sync_mailboxes(account, &[mailbox_info("INBOX"), level], NOW).map(drop));
    assert_eq!((lab.counts(lab.other), shown(&lab, lab.other)), ((0, 0), vec![]));
}

#[test]
fn thousands_are_moved_and_flagged_in_one_go() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=3_000);
    let (action, carried) = moved(&lab, &ids, lab.inbox, lab.other);
    assert_eq!((carried.operations.len(), carried.messages), (1, 3_000));
    assert_eq!((lab.counts(lab.inbox).0, lab.counts(lab.other).0), (0, 3_000));
    lab.write(move |w| w.undo(Some(action), NOW));
    assert_eq!((lab.counts(lab.inbox).0, lab.counts(lab.other).0), (3_000, 0));
}

/// A message with an EMAILID, as mailbox after mailbox has it.
fn with_email_id(n: u32, at: u32) -> NewMessage {
    NewMessage { uid: uid(at), email_id: Some("M1".into()), ..new_message(n) }
}

#[test]
fn a_second_copy_in_the_target_keeps_its_place() {
    let lab = Lab::new();
    let id = lab.insert(lab.inbox, vec![with_email_id(1, 1)])[0].message;
    assert_eq!(lab.insert(lab.other, vec![with_email_id(1, 5)])[0].message, id);
    moved(&lab, &[id], lab.inbox, lab.other);
    // Another connection saw what the move put there before its answer was read, and looks on from behind it.
    let second = lab.insert(lab.other, vec![with_email_id(1, 7)])[0].message;
    assert_ne!(second, id);
    land(&lab, &[(id, Some(7))]);
    assert_eq!((at_server(&lab, lab.inbox).as_str(), at_server(&lab, lab.other).as_str()), ("", "5,7"));
    assert!(lab.see().message(second).unwrap().is_some());
}

#[test]
fn what_waits_for_its_uid_can_get_any_after_a_rebuild() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=1);
    let to = lab.other;
    let state = |raw: u32, next: u32| MailboxState {
        uid_validity: Some(validity(raw)),
        uid_next: Some(uid(next)),
        ..MailboxState::default()
    };
    lab.write(move |w| w.set_mailbox_state(to, &state(1, 5_000)));
    moved(&lab, &ids, lab.inbox, to);
    lab.write(move |w| w.set_mailbox_state(to, &state(2, 10)));
    let arrived = lab.insert(to, vec![NewMessage { uid: uid(10), ..new_message(1) }])[0];
    assert_eq!((arrived.arrival, arrived.message), (Arrival::Relinked, ids[0]));
}
