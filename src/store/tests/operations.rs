//! Appends, moves between accounts, mailboxes and what others did: local effects, confirmation, putting back.

use super::*;

fn appending(n: u32) -> Appending {
    Appending {
        message: new_message(n),
        parts: vec![(PartPath::root(), b"Subject: x\r\n\r\nbody\r\n".to_vec())],
    }
}

fn open(lab: &Lab, account: AccountId) -> Vec<Operation> {
    lab.see().operations_pending(account).unwrap()
}

fn has_bytes(lab: &Lab, message: MessageId) -> bool {
    lab.see().part(message, &PartPath::root()).unwrap().is_some()
}

#[test]
fn what_was_there_before_is_never_taken_for_an_append() {
    let lab = Lab::new();
    let inbox = lab.inbox;
    let (id, ids) = lab.write(move |w| w.add_append(None, inbox, vec![appending(1), appending(2)], NOW));
    assert_eq!(lab.counts(inbox), (2, 2));
    assert!(lab.see().floors(id).unwrap().iter().all(|floor| floor.sent.is_none()));
    // The same mail was at the server all the time.
    let placed = lab.insert(inbox, vec![new_message(1)]);
    assert_eq!((placed[0].arrival, lab.counts(inbox).0), (Arrival::New, 3));
    let operation = open(&lab, lab.account).remove(0);
    let marked = operation.clone();
    lab.write(move |w| w.note_floor(&marked, validity(7), uid(20)));
    assert!(lab.see().floors(id).unwrap().iter().all(|f| f.sent == Some((validity(7), uid(20)))));
    // From there on it is.
    let mut newcomer = new_message(2);
    newcomer.uid = uid(21);
    assert_eq!(lab.insert(inbox, vec![newcomer])[0].message, ids[1]);
    assert_eq!(lab.see().claimed(id).unwrap(), set("21"));
    assert!(has_bytes(&lab, ids[0]));
    let landed =
        [Landed { message: ids[0], uid: Some(uid(20)) }, Landed { message: ids[1], uid: Some(uid(21)) }];
    lab.write(move |w| w.note_landed(&operation, &landed, false, NOW));
    assert!(open(&lab, lab.account).is_empty());
    assert!(!has_bytes(&lab, ids[0]), "not needed any more");
    assert_eq!(lab.uids(inbox), "1,20:21");
}

#[test]
fn an_append_that_failed_is_kept_until_it_is_given_up() {
    let lab = Lab::new();
    let inbox = lab.inbox;
    let (id, ids) = lab.write(move |w| w.add_append(None, inbox, vec![appending(1)], NOW));
    lab.write(move |w| {
        w.mark_inflight(id, NOW)?;
        w.mark_failed(id, "full", NOW)
    });
    assert_eq!((lab.counts(inbox).0, lab.row(ids[0], inbox).mark), (1, RowMark::Failed));
    let again = lab.write(move |w| w.retry_operation(id, NOW)).unwrap();
    assert_eq!(open(&lab, lab.account)[0].targets.len(), 1);
    assert!(lab.write(move |w| w.cancel_operation(again, NOW)));
    assert_eq!((lab.counts(inbox).0, lab.see().message(ids[0]).unwrap()), (0, None));
}

/// A mailbox of a second account.
fn other_account(lab: &Lab) -> (AccountId, MailboxId) {
    lab.write(|w| {
        let account = w.add_account(&account("other@example.org"))?;
        Ok((account, w.sync_mailboxes(account, &[mailbox_info("INBOX")], NOW)?[0]))
    })
}

#[test]
fn a_move_to_another_account_goes_in_steps_that_wait_for_each_other() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=3);
    let (other, there) = other_account(&lab);
    let (moved, inbox) = (ids[..2].to_vec(), lab.inbox);
    let carried = lab.write(move |w| w.add_move(None, &moved, Some(inbox), there, NOW));
    assert_eq!((carried.messages, carried.operations.len()), (2, 3));
    assert_eq!((lab.counts(inbox).0, lab.counts(there).0), (1, 2));
    let (here, over) = (open(&lab, lab.account), open(&lab, other));
    assert_eq!(here.iter().map(|o| o.standing).collect::<Vec<_>>(), [Standing::Free, Standing::Waits]);
    assert_eq!(over[0].standing, Standing::Waits);
    let twin = here[0].targets[0].twin.unwrap();
    lab.write(move |w| w.put_part(twin, &PartPath::root(), b"all of it"));
    let (collect, first, second) = (here[0].clone(), here[0].targets[0], here[0].targets[1]);
    let step = collect.clone();
    assert!(lab.write(move |w| w.note_collected(&step, &first, NOW)));
    let step = collect.clone();
    assert!(!lab.write(move |w| w.note_collected(&step, &second, NOW)), "its bytes are not here");
    // The second one cannot be had: it is shown where it was, and the first goes on alone.
    let failure = lab.write(move |w| w.fail_targets(&collect, &[second.message], "gone", NOW));
    assert_eq!(failure.messages, [second.message]);
    assert_eq!((lab.counts(inbox).0, lab.counts(there).0), (2, 1));
    assert_eq!(lab.row(second.message, inbox).mark, RowMark::Failed);
    let deliver = open(&lab, other).remove(0);
    assert_eq!((deliver.standing, deliver.targets.len()), (Standing::Free, 1));
    assert_eq!(open(&lab, lab.account)[0].standing, Standing::Waits, "the original is not to be touched yet");
    let landed = [Landed { message: twin, uid: Some(uid(9)) }];
    lab.write(move |w| w.note_landed(&deliver, &landed, false, NOW));
    let release = open(&lab, lab.account).remove(0);
    assert_eq!((release.standing, release.targets.len()), (Standing::Free, 1));
    let messages = vec![release.targets[0].message];
    lab.write(move |w| w.note_expunged(&release, &messages, false, NOW));
    assert_eq!((lab.uids(inbox).as_str(), lab.uids(there).as_str()), ("2:3", "9"));
    assert!(open(&lab, lab.account).is_empty() && open(&lab, other).is_empty());
}

#[test]
fn an_original_is_never_released_once_its_delivery_is_gone() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=1);
    let (other, there) = other_account(&lab);
    lab.write(move |w| w.add_move(None, &ids, None, there, NOW));
    lab.write(move |w| w.remove_account(other));
    let left = open(&lab, lab.account);
    assert_eq!(left.iter().map(|o| o.standing).collect::<Vec<_>>(), [Standing::Free, Standing::Dead]);
    let ids: Vec<_> = left.iter().map(|o| o.id).collect();
    lab.write(move |w| ids.iter().try_for_each(|id| w.cancel_operation(*id, NOW).map(drop)));
    assert_eq!(lab.counts(lab.inbox), (1, 1), "shown again");
}

#[test]
fn a_list_that_does_not_know_yet_changes_nothing() {
    let lab = Lab::new();
    let (account, other) = (lab.account, lab.other);
    let naming = |name: &str| Naming { name: MailboxName::from_wire(name.as_bytes()), display: name.into() };
    let made = lab.write(move |w| w.add_create_mailbox(None, account, &naming("New"), Some('/'), NOW));
    lab.write(move |w| w.add_rename_mailbox(None, other, &naming("New/Older"), NOW));
    let names = || {
        let all = lab.see().mailboxes(account).unwrap();
        all.into_iter().map(|m| (m.id, m.display)).collect::<Vec<_>>()
    };
    let expected =
        vec![(lab.inbox, "INBOX".to_owned()), (made, "New".to_owned()), (other, "New/Older".to_owned())];
    assert_eq!(names(), expected);
    let list = move |names: &'static [&'static str]| {
        move |w: &mut Write<'_>| {
            let infos: Vec<_> = names.iter().map(|name| mailbox_info(name)).collect();
            w.sync_mailboxes(account, &infos, NOW)
        }
    };
    assert_eq!(lab.write(list(&["INBOX", "Archive"])), [lab.inbox, other], "an older answer");
    assert_eq!(names(), expected);
    lab.write(list(&["INBOX", "New", "New/Older"]));
    assert_eq!(names(), expected, "a newer one");
    let open: Vec<_> = open(&lab, account).into_iter().map(|o| o.id).collect();
    assert_eq!(open.len(), 2);
    lab.write(move |w| open.iter().rev().try_for_each(|id| w.cancel_operation(*id, NOW).map(drop)));
    assert_eq!(names(), [(lab.inbox, "INBOX".to_owned()), (other, "Archive".to_owned())]);
}

#[test]
fn what_others_did_is_remembered_and_what_we_did_is_not_taken_for_it() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=1);
    let (one, inbox) = (ids.clone(), lab.inbox);
    lab.write(move |w| w.add_flag_operation(&one, &Flag::Seen, FlagChange::Add, NOW));
    let row = (uid(1), flags("\\Seen \\Flagged"), None);
    lab.write(move |w| w.update_flags(inbox, &[row]));
    let foreign = lab.see().foreign_changes(ids[0]).unwrap();
    assert_eq!(foreign.len(), 1, "{foreign:?}");
    assert_eq!(foreign[0].what, ForeignChange::Flags("+\\Flagged".into()));
    assert_eq!(lab.write(|w| w.prune_history()), 0);
}

#[test]
fn where_a_message_came_in_is_remembered_and_who_moved_it() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=2);
    let (inbox, other) = (lab.inbox, lab.other);
    lab.write(move |w| w.vanish(inbox, &set("1"), NOW));
    lab.write(move |w| w.insert_messages(other, vec![NewMessage { uid: uid(40), ..new_message(1) }]));
    assert_eq!(lab.see().placements(ids[0]).unwrap()[0].mailbox, other, "recognized");
    assert_eq!(lab.see().arrived_in(ids[0]).unwrap(), Some(inbox));
    let foreign = lab.see().foreign_changes(ids[0]).unwrap();
    let told: Vec<_> = foreign.iter().map(|one| (one.mailbox, one.what.clone())).collect();
    assert_eq!(told, [(other, ForeignChange::Moved), (inbox, ForeignChange::Vanished)]);
    // What vanished and came back to its place was moved by nobody.
    lab.write(move |w| w.vanish(inbox, &set("2"), NOW));
    lab.write(move |w| w.insert_messages(inbox, vec![NewMessage { uid: uid(41), ..new_message(2) }]));
    assert_eq!(lab.see().foreign_changes(ids[1]).unwrap(), []);
}

#[test]
fn ten_thousand_messages_without_uids_are_found_again_in_no_time() {
    const COUNT: u32 = 10_000;
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=COUNT);
    let (other, all) = (lab.other, ids.clone());
    lab.write(move |w| w.add_copy(None, &all, other, NOW));
    let operation = open(&lab, lab.account).remove(0);
    let told: Vec<_> = ids.iter().map(|message| Landed { message: *message, uid: None }).collect();
    lab.write(move |w| {
        let operation = w.mark_inflight(operation.id, NOW)?.unwrap();
        w.note_landed(&operation, &told, false, NOW)
    });
    // A server without UIDPLUS: the copies come in as newcomers, batch by batch.
    let start = std::time::Instant::now();
    for low in (1..=COUNT).step_by(500) {
        let news = (low..low + 500).map(new_message).collect();
        let placed = lab.write(move |w| w.insert_messages(other, news));
        assert!(placed.iter().all(|one| one.arrival == Arrival::Relinked));
    }
    println!("{COUNT} awaited messages found in {} ms", start.elapsed().as_millis());
    assert_eq!(lab.see().message_ids(other, SortOrder::OldestFirst).unwrap().len(), ids.len());
}

#[test]
fn an_older_count_does_not_take_marking_all_as_read_back() {
    let lab = Lab::new();
    let inbox = lab.inbox;
    let state = MailboxState {
        uid_validity: UidValidity::from_wire(7).ok(),
        uid_next: Some(uid(100)),
        exists: Some(50),
        unseen: Some(20),
        backfill_low: Some(uid(60)),
        ..MailboxState::default()
    };
    let told = || lab.write(move |w| w.set_mailbox_state(inbox, &state));
    let unseen = || lab.see().mailbox(inbox).unwrap().unwrap().state.unseen;
    told();
    let id = lab.write(move |w| w.add_mark_read(None, inbox, NOW)).unwrap();
    assert_eq!(unseen(), Some(0));
    // The answer to a STATUS that was on its way.
    told();
    assert_eq!(unseen(), Some(0));
    lab.write(move |w| w.mark_done(id, NOW));
    told();
    assert_eq!(unseen(), Some(20), "from then on the server is right");
}
