//! Local changes show at once, win over the server for their own flag only, and are undone when refused.

use super::*;

fn pending(lab: &Lab) -> Vec<Operation> {
    lab.see().operations_pending(lab.account).unwrap()
}

fn change(lab: &Lab, ids: &[MessageId], flag: Flag, change: FlagChange) -> Vec<OperationId> {
    let ids = ids.to_vec();
    lab.write(move |w| w.add_flag_operation(&ids, &flag, change, NOW))
}

#[test]
fn a_change_shows_at_once_and_waits() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=3);
    let mut changes = lab.store.subscribe();
    let operation = change(&lab, &ids[..2], Flag::Seen, FlagChange::Add)[0];
    let told = changes.try_recv().unwrap();
    assert!(told.journal && told.messages.touches(ids[0]) && !told.messages.touches(ids[2]));
    assert_eq!(lab.counts(lab.inbox), (3, 1));
    let row = lab.row(ids[0], lab.inbox);
    assert_eq!((row.flags, row.mark), (flags("\\Seen"), RowMark::Pending));
    assert_eq!(lab.row(ids[2], lab.inbox).mark, RowMark::None);
    assert_eq!(lab.see().message(ids[0]).unwrap().unwrap().mark, RowMark::Pending);
    let target = |id, n| Target { message: id, mailbox: lab.inbox, uid: Some(uid(n)), twin: None };
    let expected = Operation {
        after: None,
        standing: Standing::Free,
        id: operation,
        account: lab.account,
        kind: OperationKind::Flag { flag: Flag::Seen, change: FlagChange::Add },
        state: OperationState::Pending,
        attempt: 0,
        created: NOW,
        error: None,
        action: None,
        targets: vec![target(ids[0], 1), target(ids[1], 2)],
    };
    assert_eq!(pending(&lab), [expected]);
    assert!(change(&lab, &ids[..2], Flag::Seen, FlagChange::Add).is_empty(), "it is so already");
}

#[test]
fn done_leaves_no_mark() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=1);
    let operation = change(&lab, &ids, Flag::Flagged, FlagChange::Add)[0];
    let sent = lab.write(move |w| w.mark_inflight(operation, NOW)).unwrap();
    assert_eq!((sent.state, sent.attempt, sent.targets.len()), (OperationState::Inflight, 1, 1));
    assert_eq!(pending(&lab)[0].state, OperationState::Inflight);
    lab.write(move |w| w.mark_done(operation, NOW));
    assert!(pending(&lab).is_empty());
    let row = lab.row(ids[0], lab.inbox);
    assert_eq!((row.flags, row.mark), (flags("\\Flagged"), RowMark::None));
    assert_eq!(lab.write(move |w| w.mark_inflight(operation, NOW)), None, "done is done");
    assert_eq!(lab.see().operation(operation).unwrap().unwrap().state, OperationState::Done);
}

#[test]
fn a_broken_link_makes_it_wait_again() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=1);
    let operation = change(&lab, &ids, Flag::Seen, FlagChange::Add)[0];
    lab.write(move |w| w.mark_inflight(operation, NOW));
    lab.write(move |w| w.mark_pending(operation, NOW));
    assert_eq!((pending(&lab)[0].state, pending(&lab)[0].attempt), (OperationState::Pending, 1));
}

#[test]
fn opposite_changes_that_were_not_sent_cancel_each_other() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=2);
    let first = change(&lab, &ids, Flag::Seen, FlagChange::Add)[0];
    assert!(change(&lab, &ids[..1], Flag::Seen, FlagChange::Remove).is_empty());
    assert_eq!(pending(&lab)[0].targets.len(), 1, "the other message still waits");
    assert_eq!(lab.row(ids[0], lab.inbox).mark, RowMark::None);
    assert!(change(&lab, &ids[1..], Flag::Seen, FlagChange::Remove).is_empty());
    assert!(pending(&lab).is_empty());
    assert_eq!(lab.see().operation(first).unwrap().unwrap().state, OperationState::Cancelled);
    assert_eq!(lab.counts(lab.inbox), (2, 2));
}

#[test]
fn what_is_on_its_way_is_followed_not_cancelled() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=1);
    let first = change(&lab, &ids, Flag::Seen, FlagChange::Add)[0];
    lab.write(move |w| w.mark_inflight(first, NOW));
    let second = change(&lab, &ids, Flag::Seen, FlagChange::Remove)[0];
    assert_eq!(pending(&lab).len(), 2);
    assert_eq!(lab.row(ids[0], lab.inbox).flags, flags(""));
    lab.write(move |w| w.mark_done(first, NOW));
    lab.write(move |w| w.mark_failed(second, "no", NOW));
    assert_eq!(lab.row(ids[0], lab.inbox).flags, flags("\\Seen"), "what the server has");
}

#[test]
fn a_failed_change_is_undone_and_marked_until_seen_to() {
    let lab = Lab::new();
    let inbox = lab.inbox;
    let ids = lab.fill(inbox, 1..=2);
    lab.write(move |w| w.update_flags(inbox, &[(uid(1), flags("\\Flagged"), None)]));
    let operation = change(&lab, &ids, Flag::Seen, FlagChange::Add)[0];
    lab.write(move |w| w.mark_inflight(operation, NOW));
    lab.write(move |w| w.mark_failed(operation, "NO read-only mailbox", NOW));
    assert_eq!(lab.counts(inbox), (2, 2));
    let row = lab.row(ids[0], inbox);
    assert_eq!((row.flags, row.mark), (flags("\\Flagged"), RowMark::Failed));
    let failed = lab.see().operations_failed(lab.account).unwrap();
    assert_eq!(failed[0].error.as_deref(), Some("NO read-only mailbox"));
    assert_eq!(failed[0].targets.len(), 2);

    let again = lab.write(move |w| w.retry_operation(operation, NOW)).unwrap();
    assert_ne!(again, operation);
    assert!(lab.see().operations_failed(lab.account).unwrap().is_empty());
    assert_eq!((lab.row(ids[0], inbox).mark, lab.counts(inbox)), (RowMark::Pending, (2, 0)));
    lab.write(move |w| w.mark_failed(again, "NO", NOW));
    assert!(lab.write(move |w| w.cancel_operation(again, NOW)));
    assert_eq!((lab.row(ids[0], inbox).mark, lab.counts(inbox)), (RowMark::None, (2, 2)));
    assert!(!lab.write(move |w| w.cancel_operation(again, NOW)));
}

#[test]
fn a_waiting_change_can_be_taken_back() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=1);
    let operation = change(&lab, &ids, Flag::Seen, FlagChange::Add)[0];
    lab.write(move |w| w.mark_inflight(operation, NOW));
    assert!(!lab.write(move |w| w.cancel_operation(operation, NOW)), "too late");
    lab.write(move |w| w.mark_pending(operation, NOW));
    assert!(lab.write(move |w| w.cancel_operation(operation, NOW)));
    assert_eq!(lab.row(ids[0], lab.inbox).flags, flags(""));
}

#[test]
fn a_waiting_change_wins_for_its_own_flag_only() {
    let lab = Lab::new();
    let inbox = lab.inbox;
    let ids = lab.fill(inbox, 1..=1);
    let operation = change(&lab, &ids, Flag::Seen, FlagChange::Add)[0];
    lab.write(move |w| w.update_flags(inbox, &[(uid(1), flags("\\Flagged work"), Some(ModSeq::new(4)))]));
    assert_eq!(lab.row(ids[0], inbox).flags, flags("\\Seen \\Flagged work"));
    // Another client sets the same flag: then there is nothing to undo.
    lab.write(move |w| w.update_flags(inbox, &[(uid(1), flags("\\Seen work"), None)]));
    lab.write(move |w| w.mark_failed(operation, "no", NOW));
    assert_eq!(lab.row(ids[0], inbox).flags, flags("\\Seen work"));
}

#[test]
fn keywords_are_flags_like_others() {
    let lab = Lab::new();
    let inbox = lab.inbox;
    let ids = lab.fill(inbox, 1..=1);
    let junk = Flag::from_wire("$Junk").unwrap();
    let operation = change(&lab, &ids, junk.clone(), FlagChange::Add)[0];
    lab.write(move |w| w.update_flags(inbox, &[(uid(1), flags("$Phishing"), None)]));
    assert_eq!(lab.row(ids[0], inbox).flags, flags("$junk $Phishing"));
    assert_eq!(pending(&lab)[0].kind, OperationKind::Flag { flag: junk, change: FlagChange::Add });
    lab.write(move |w| w.mark_failed(operation, "no", NOW));
    assert_eq!(lab.row(ids[0], inbox).flags, flags("$Phishing"));
}

#[test]
fn a_message_in_two_mailboxes_changes_in_both() {
    let lab = Lab::new();
    let with_id = |n: u32| NewMessage { email_id: Some("M".into()), ..new_message(n) };
    let id = lab.insert(lab.inbox, vec![with_id(1)]).remove(0).message;
    lab.insert(lab.other, vec![with_id(8)]);
    let operations = change(&lab, &[id], Flag::Seen, FlagChange::Add);
    assert_eq!(operations.len(), 1);
    assert_eq!(pending(&lab)[0].targets.len(), 2);
    assert_eq!((lab.counts(lab.inbox), lab.counts(lab.other)), ((1, 0), (1, 0)));
}

#[test]
fn each_account_has_its_own_operation() {
    let lab = Lab::new();
    let (second, inbox) = lab.write(|w| {
        let second = w.add_account(&account("you@example.org"))?;
        Ok((second, w.sync_mailboxes(second, &[mailbox_info("INBOX")], NOW)?[0]))
    });
    let mut ids = lab.fill(lab.inbox, 1..=2);
    ids.extend(lab.fill(inbox, 1..=2));
    assert_eq!(change(&lab, &ids, Flag::Seen, FlagChange::Add).len(), 2);
    assert_eq!(lab.see().operations_pending(second).unwrap()[0].targets.len(), 2);
}
