//! Rows go in and come out; changes are told; snapshots hold still.

use super::*;

#[test]
fn a_message_comes_out_as_it_went_in() {
    let lab = Lab::new();
    let structure = BodyStructure {
        parts: vec![Part {
            path: PartPath::root().child(1),
            media_type: MediaType::new("text", "plain"),
            charset: Some("utf-8".into()),
            flowed: false,
            del_sp: false,
            encoding: TransferEncoding::Base64,
            size: 77,
            content_id: None,
            disposition: None,
            filename: None,
            start: None,
        }],
    };
    let new = NewMessage {
        flags: flags("\\Seen $Forwarded"),
        mod_seq: ModSeq::new(1 << 40),
        structure: Some(structure.clone()),
        attachments: 2,
        preview: Some("Hello".into()),
        email_id: Some("M1".into()),
        thread_id: Some("T1".into()),
        gm_msgid: Some(u64::MAX),
        gm_thrid: Some(7),
        ..new_message(5)
    };
    let placed = lab.insert(lab.inbox, vec![new.clone()]).remove(0);
    assert_eq!((placed.uid, placed.arrival), (uid(5), Arrival::New));
    let detail = lab.see().message(placed.message).unwrap().unwrap();
    assert_eq!(detail.envelope, new.envelope);
    assert_eq!(detail.structure, Some(structure));
    assert_eq!((detail.size, detail.attachments, detail.snippet.as_str()), (1005, 2, "Hello"));
    assert_eq!((detail.email_id.as_deref(), detail.thread_id.as_deref()), (Some("M1"), Some("T1")));
    assert_eq!(detail.placements.len(), 1);
    assert_eq!(detail.placements[0].mod_seq, new.mod_seq);
    let row = lab.row(placed.message, lab.inbox);
    assert_eq!((row.uid, row.subject.as_str(), row.attachments), (Some(uid(5)), "Subject 5", 2));
    assert_eq!(row.from, new.envelope.from[0]);
    assert_eq!(row.flags, new.flags);
    assert_eq!(row.received, new.internal_date.unwrap());
    assert_eq!(lab.counts(lab.inbox), (1, 0));
    assert_eq!(lab.see().message(MessageId::from_row(99)).unwrap(), None);
}

#[test]
fn inserting_twice_changes_nothing_but_flags_and_gaps() {
    let lab = Lab::new();
    let first = lab.insert(lab.inbox, vec![new_message(1), new_message(2)]);
    let before = lab.see().revision();
    let again = lab.insert(lab.inbox, vec![new_message(1), new_message(2)]);
    assert!(again.iter().all(|p| p.arrival == Arrival::Known));
    assert_eq!(
        again.iter().map(|p| p.message).collect::<Vec<_>>(),
        first.iter().map(|p| p.message).collect::<Vec<_>>()
    );
    assert_eq!(lab.see().revision(), before, "nothing changed, so nothing was committed");
    let fuller = NewMessage {
        flags: flags("\\Seen"),
        preview: Some("later".into()),
        structure: Some(BodyStructure::default()),
        attachments: 1,
        ..new_message(2)
    };
    lab.insert(lab.inbox, vec![fuller]);
    let row = lab.row(first[1].message, lab.inbox);
    assert_eq!((row.snippet.as_str(), row.attachments), ("later", 1));
    assert_eq!(lab.counts(lab.inbox), (2, 1));
}

#[test]
fn a_uid_given_twice_is_another_message() {
    let lab = Lab::new();
    let old = lab.fill(lab.inbox, 1..=1)[0];
    let mut other = new_message(9);
    other.uid = uid(1);
    let placed = lab.insert(lab.inbox, vec![other]).remove(0);
    assert_eq!(placed.arrival, Arrival::New);
    assert_ne!(placed.message, old);
    assert_eq!(lab.row(placed.message, lab.inbox).subject, "Subject 9");
    assert!(lab.see().rows(&[old], lab.inbox).unwrap().is_empty());
    assert!(lab.see().message(old).unwrap().is_some(), "hidden, not deleted");
    assert_eq!(lab.counts(lab.inbox), (1, 1));
}

#[test]
fn the_list_has_its_order_and_positions() {
    let lab = Lab::new();
    let mut messages: Vec<_> = (1..=5).map(new_message).collect();
    messages[0].internal_date = Some(UnixTime(2_000_000_000));
    messages[3].internal_date = messages[2].internal_date;
    messages[4].internal_date = None;
    let ids: Vec<_> = lab.insert(lab.inbox, messages).into_iter().map(|p| p.message).collect();
    let expected = [ids[0], ids[3], ids[2], ids[1], ids[4]];
    let see = lab.see();
    assert_eq!(see.message_ids(lab.inbox, SortOrder::NewestFirst).unwrap(), expected);
    let mut reversed = expected;
    reversed.reverse();
    assert_eq!(see.message_ids(lab.inbox, SortOrder::OldestFirst).unwrap(), reversed);
    for (order, list) in [(SortOrder::NewestFirst, expected), (SortOrder::OldestFirst, reversed)] {
        for (position, id) in list.iter().enumerate() {
            assert_eq!(see.position_of(*id, lab.inbox, order).unwrap(), Some(position));
        }
    }
    assert_eq!(see.position_of(ids[0], lab.other, SortOrder::NewestFirst).unwrap(), None);
    assert!(see.message_ids(lab.other, SortOrder::NewestFirst).unwrap().is_empty());
    let rows = see.rows(&[ids[2], MessageId::from_row(99), ids[0]], lab.inbox).unwrap();
    assert_eq!(rows.iter().map(|r| r.id).collect::<Vec<_>>(), [ids[2], ids[0]]);
}

#[test]
fn uids_and_flags_are_found_by_range() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=4);
    lab.fill(lab.inbox, 10..=12);
    let see = lab.see();
    assert_eq!(see.uids(lab.inbox).unwrap().to_string(), "1:4,10:12");
    assert_eq!(see.uid_of(ids[2], lab.inbox).unwrap(), Some(uid(3)));
    assert_eq!(see.uid_of(ids[2], lab.other).unwrap(), None);
    let found = see.ids_by_uid(lab.inbox, &set("2:3,7,4294967295")).unwrap();
    assert_eq!(found, [(uid(2), ids[1]), (uid(3), ids[2])]);
    let rows = see.flags_of(lab.inbox, uid(4), uid(10)).unwrap();
    assert_eq!(rows.iter().map(|r| r.uid.get()).collect::<Vec<_>>(), [4, 10]);
}

#[test]
fn flags_follow_the_server_and_count() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=3);
    let inbox = lab.inbox;
    let rows = [
        (uid(1), flags("\\Seen"), Some(ModSeq::new(5))),
        (uid(2), flags(""), Some(ModSeq::new(6))),
        (uid(3), flags("work"), None),
        (uid(99), flags("\\Seen"), None),
    ];
    let changed = lab.write(move |w| w.update_flags(inbox, &rows));
    assert_eq!(changed, 2);
    assert_eq!(lab.counts(inbox), (3, 2));
    let see = lab.see().flags_of(inbox, Uid::MIN, Uid::MAX).unwrap();
    assert_eq!(see.iter().map(|r| r.mod_seq.get()).collect::<Vec<_>>(), [5, 6, 0]);
    assert_eq!(see[2].flags, flags("WORK"));
    let late = [(uid(1), flags("\\Seen"), Some(ModSeq::new(4)))];
    lab.write(move |w| w.update_flags(inbox, &late));
    assert_eq!(lab.see().placements(ids[0]).unwrap()[0].mod_seq, ModSeq::new(5));
}

#[test]
fn a_snapshot_holds_still() {
    let lab = Lab::new();
    lab.fill(lab.inbox, 1..=2);
    let before = lab.see();
    lab.fill(lab.inbox, 3..=4);
    let after = lab.see();
    assert_eq!(before.uids(lab.inbox).unwrap().to_string(), "1:2");
    assert_eq!(after.uids(lab.inbox).unwrap().to_string(), "1:4");
    assert_eq!(after.revision().0, before.revision().0 + 1);
}

#[test]
fn changes_are_told_once_committed() {
    let lab = Lab::new();
    let mut changes = lab.store.subscribe();
    let ids = lab.fill(lab.inbox, 1..=2);
    let told = changes.try_recv().unwrap();
    assert_eq!(told.revision, lab.see().revision());
    assert_eq!(told.added, ChangedMessages::Ids(ids.clone()));
    assert!(told.relists(lab.inbox) && !told.relists(lab.other));
    assert!(told.mailboxes.contains(&lab.inbox) && !told.journal && !told.tree);

    let (inbox, first) = (lab.inbox, ids[0]);
    lab.write(move |w| w.update_flags(inbox, &[(uid(1), flags("\\Flagged"), None)]));
    let told = changes.try_recv().unwrap();
    assert_eq!(told.messages, ChangedMessages::Ids(vec![first]));
    assert!(!told.relists(inbox));

    lab.write(move |w| w.update_flags(inbox, &[(uid(1), flags("\\Flagged"), None)]));
    let refused = lab.store.write_blocking("test", move |w| {
        w.set_snippet(first, "gone again")?;
        Err::<(), _>(StoreError::Gone { what: "test" })
    });
    assert!(refused.is_err());
    assert!(changes.try_recv().is_err(), "neither nothing nor a roll-back is told");
    assert_eq!(lab.row(first, inbox).snippet, "");

    lab.fill(lab.inbox, 1000..=2100);
    assert_eq!(changes.try_recv().unwrap().added, ChangedMessages::All);
}

#[test]
fn mailboxes_come_and_go_but_are_kept() {
    let lab = Lab::new();
    let account = lab.account;
    lab.fill(lab.other, 1..=3);
    let before = lab.see().revision();
    let list = |names: &[&str]| names.iter().map(|n| mailbox_info(n)).collect::<Vec<_>>();
    let sync = |infos: Vec<MailboxInfo>, now| lab.write(move |w| w.sync_mailboxes(account, &infos, now));
    assert_eq!(sync(list(&["INBOX", "Archive"]), NOW), [lab.inbox, lab.other]);
    assert_eq!(lab.see().revision(), before, "no news is no change");

    sync(list(&["Apple", "INBOX"]), NOW);
    let names = |see: Snapshot| -> Vec<String> {
        see.mailboxes(account).unwrap().into_iter().map(|m| m.display).collect()
    };
    assert_eq!(names(lab.see()), ["INBOX", "Apple"]);
    assert_eq!(lab.counts(lab.other), (3, 3));
    let name = MailboxName::from_wire(b"Archive");
    assert_eq!(lab.see().mailbox_by_name(account, &name).unwrap(), None);

    sync(list(&["INBOX", "Archive", "Apple"]), NOW);
    assert_eq!(lab.see().mailbox_by_name(account, &name).unwrap().unwrap().id, lab.other);

    sync(list(&["INBOX"]), NOW);
    assert_eq!(lab.write(|w| w.purge_mailboxes(NOW, NOW)), 0, "not gone long enough");
    assert_eq!(lab.write(|w| w.purge_mailboxes(UnixTime(NOW.0 + 1), NOW)), 2);
    assert_eq!(lab.see().mailbox(lab.other).unwrap(), None);
    let found = lab.insert(lab.inbox, vec![new_message(2)]).remove(0);
    assert_eq!(found.arrival, Arrival::Relinked, "its messages are still known");
}

#[test]
fn a_renamed_mailbox_keeps_its_id() {
    let lab = Lab::new();
    let account = lab.account;
    let with_id = |name: &str, id: &str| MailboxInfo { object_id: Some(id.into()), ..mailbox_info(name) };
    let sync = |infos: Vec<MailboxInfo>| lab.write(move |w| w.sync_mailboxes(account, &infos, NOW));
    assert_eq!(sync(vec![with_id("INBOX", "a"), with_id("Archive", "b")]), [lab.inbox, lab.other]);
    assert_eq!(sync(vec![with_id("INBOX", "a"), with_id("Old/Archive", "b")]), [lab.inbox, lab.other]);
    let ids = sync(vec![with_id("INBOX", "a"), with_id("Old/Archive", "b"), with_id("Copy", "b")]);
    assert_ne!(ids[2], lab.other, "a second name of the same id takes nothing away");
    assert_eq!(lab.see().mailbox(lab.other).unwrap().unwrap().display, "Old/Archive");
}

#[test]
fn odd_mailbox_names_survive() {
    let lab = Lab::new();
    let account = lab.account;
    let name = MailboxName::from_wire(b"\xff\x00'\"; DROP TABLE mailbox");
    let info = MailboxInfo { name: name.clone(), delimiter: None, ..mailbox_info("odd") };
    lab.write(move |w| w.sync_mailboxes(account, &[info], NOW));
    let row = lab.see().mailbox_by_name(account, &name).unwrap().unwrap();
    assert_eq!((row.name, row.delimiter), (name, None));
}

#[test]
fn the_state_of_a_mailbox_survives() {
    let lab = Lab::new();
    let inbox = lab.inbox;
    let state = MailboxState {
        uid_validity: Some(validity(u32::MAX)),
        uid_next: Some(Uid::MAX),
        highest_mod_seq: ModSeq::new(u64::MAX >> 1),
        exists: Some(u32::MAX),
        unseen: Some(3),
        backfill_low: Some(Uid::MIN),
        last_full_check: Some(NOW),
    };
    lab.write(move |w| w.set_mailbox_state(inbox, &state));
    assert_eq!(lab.write(move |w| w.mailbox_state(inbox)), state);
    let row = lab.see().mailbox(inbox).unwrap().unwrap();
    assert_eq!(row.state, state);
    assert!(row.is_complete());
    assert_eq!(row.unseen_shown(), 0);
    let missing = lab.store.write_blocking("test", move |w| w.mailbox_state(MailboxId::from_row(77)));
    assert!(matches!(missing, Err(StoreError::Gone { what: "mailbox" })));
}

#[test]
fn a_removed_account_takes_all_its_mail_along() {
    let lab = Lab::new();
    let account = lab.account;
    let ids = lab.fill(lab.inbox, 1..=3);
    let inbox = lab.inbox;
    lab.write(move |w| {
        w.put_part(ids[0], &PartPath::root(), &vec![7; 100_000])?;
        w.add_flag_operation(&ids, &Flag::Seen, FlagChange::Add, NOW)?;
        w.vanish(inbox, &set("2"), NOW)
    });
    let mut changes = lab.store.subscribe();
    lab.write(move |w| w.remove_account(account));
    assert!(changes.try_recv().unwrap().accounts);
    assert!(lab.see().accounts().unwrap().is_empty());
    let left: i64 = lab.write(|w| {
        let sql = "SELECT (SELECT count(*) FROM message) + (SELECT count(*) FROM placement)
            + (SELECT count(*) FROM part) + (SELECT count(*) FROM orphan) + (SELECT count(*) FROM operation)
            + (SELECT count(*) FROM operation_target) + (SELECT count(*) FROM detail)";
        Ok(w.connection.query_row(sql, [], |row| row.get(0))?)
    });
    assert_eq!(left, 0);
    let files: usize = std::fs::read_dir(lab.dir.path().join("blobs"))
        .unwrap()
        .map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap().count())
        .sum();
    assert_eq!(files, 0);
}

#[test]
fn hostile_lengths_are_capped() {
    let lab = Lab::new();
    let mut new = new_message(1);
    new.envelope.subject = "\u{1F600}".repeat(10_000);
    new.preview = Some("x".repeat(1 << 20));
    new.size = u64::MAX;
    new.internal_date = Some(UnixTime(i64::MIN));
    let id = lab.insert(lab.inbox, vec![new]).remove(0).message;
    let row = lab.row(id, lab.inbox);
    assert_eq!((row.subject.chars().count(), row.snippet.len()), (500, 2_000));
    assert_eq!(row.size, i64::MAX as u64);
}

#[tokio::test]
async fn async_writes_run_in_order_and_survive_a_dropped_future() {
    let (_dir, store) = store();
    let add = |name: &'static str| store.write("test", move |w| w.add_account(&account(name)));
    let first = add("a@x").await.unwrap();
    let mut dropped = Box::pin(add("b@x"));
    // Whether it is done by now depends on the writer thread; dropped it is either way.
    let _ = futures::poll!(&mut dropped);
    drop(dropped);
    let third = add("c@x").await.unwrap();
    assert_eq!((first.to_row(), third.to_row()), (1, 3));
    let reader = store.clone();
    let accounts = tokio::task::spawn_blocking(move || reader.snapshot()?.accounts()).await.unwrap().unwrap();
    assert_eq!(accounts.len(), 3);
    assert_eq!(store.sweep_files().await.unwrap(), (0, 0));
}

#[test]
#[cfg(unix)]
fn a_store_that_cannot_be_written_can_still_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let odd = dir.path().join("per%cent ?mark #1");
    let store = Store::open(&odd).unwrap();
    store.write_blocking("account", |w| w.add_account(&account("me@example.org"))).unwrap();
    // As long as somebody has it open nobody may look past the log.
    assert!(open::look(&odd).is_none());
    drop(store);
    let connection = open::look(&odd).unwrap();
    let full = StoreError::DiskFull { dir: odd.clone() };
    let frozen = Store::start(&odd, connection, Some(full)).unwrap();
    assert_eq!(frozen.snapshot().unwrap().accounts().unwrap().len(), 1);
    let refused = frozen.write_blocking("account", |w| w.remove_account(AccountId::from_row(1)));
    assert!(matches!(refused, Err(StoreError::DiskFull { .. })), "{refused:?}");
    drop(frozen);
    let again = Store::open(&odd).unwrap();
    assert_eq!(again.snapshot().unwrap().accounts().unwrap().len(), 1);
}
