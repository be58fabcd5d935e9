//! Crashes, full disks, other processes: the store is as before the write, or as after it.

use super::*;
use std::time::Duration;

#[test]
fn a_closed_store_opens_as_it_was() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=5);
    let revision = lab.see().revision();
    let Lab { dir, store, inbox, .. } = lab;
    drop(store);
    assert!(!dir.path().join("mail.db-wal").exists(), "the last one out tidies up");
    let store = Store::open(dir.path()).unwrap();
    let see = store.snapshot().unwrap();
    assert_eq!((see.revision(), see.message_ids(inbox, SortOrder::OldestFirst).unwrap()), (revision, ids));
}

/// Copies the files of a store as a crash at this moment would leave them.
fn crash(lab: &Lab) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    for name in ["mail.db", "mail.db-wal"] {
        std::fs::copy(lab.dir.path().join(name), dir.path().join(name)).unwrap();
    }
    let store = Store::open(dir.path()).unwrap();
    (dir, store)
}

#[test]
fn a_crash_within_a_transaction_leaves_the_old_state() {
    let lab = Lab::new();
    lab.fill(lab.inbox, 1..=3);
    let (begun, begin) = std::sync::mpsc::channel();
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let (writer, inbox) = (lab.store.clone(), lab.inbox);
    let thread = std::thread::spawn(move || {
        writer.write_blocking("half", move |w| {
            w.insert_messages(inbox, (4..=3_000).map(new_message).collect())?;
            begun.send(()).unwrap();
            wait.recv().unwrap();
            Ok(())
        })
    });
    begin.recv().unwrap();
    let (_dir, copy) = crash(&lab);
    let see = copy.snapshot().unwrap();
    assert_eq!(see.uids(inbox).unwrap().to_string(), "1:3");
    assert_eq!(see.mailbox(inbox).unwrap().unwrap().total, 3);
    assert_eq!(lab.uids(inbox), "1:3", "readers are not disturbed");
    go_on.send(()).unwrap();
    thread.join().unwrap().unwrap();
    let (_dir, copy) = crash(&lab);
    assert_eq!(copy.snapshot().unwrap().uids(inbox).unwrap().to_string(), "1:3000");
}

#[test]
fn a_journalled_change_survives_a_crash() {
    let lab = Lab::new();
    let id = lab.fill(lab.inbox, 1..=1)[0];
    let operation = lab.write(move |w| w.add_flag_operation(&[id], &Flag::Seen, FlagChange::Add, NOW))[0];
    lab.write(move |w| w.mark_inflight(operation, NOW));
    let (_dir, copy) = crash(&lab);
    let waiting = copy.snapshot().unwrap().operations_pending(lab.account).unwrap();
    assert_eq!((waiting[0].id, waiting[0].state), (operation, OperationState::Inflight));
    assert_eq!(copy.snapshot().unwrap().rows(&[id], lab.inbox).unwrap()[0].flags, flags("\\Seen"));
}

#[test]
fn a_panic_in_a_write_is_rolled_back_and_the_writer_lives() {
    let lab = Lab::new();
    let inbox = lab.inbox;
    let error = lab.store.write_blocking("bad", move |w| -> Result<(), StoreError> {
        w.insert_messages(inbox, vec![new_message(1)])?;
        panic!("on purpose");
    });
    assert!(matches!(error, Err(StoreError::Panicked { label: "bad" })));
    assert_eq!(lab.uids(inbox), "");
    lab.fill(inbox, 2..=2);
    assert_eq!(lab.counts(inbox), (1, 1));
}

#[test]
fn a_full_disk_is_said_and_changes_nothing() {
    let lab = Lab::new();
    lab.fill(lab.inbox, 1..=10);
    let (inbox, revision) = (lab.inbox, lab.see().revision());
    lab.write(|w| {
        let pages: i64 = w.connection.query_row("PRAGMA page_count", [], |r| r.get(0))?;
        w.connection.query_row(&format!("PRAGMA max_page_count = {}", pages + 5), [], |_| Ok(()))?;
        Ok(())
    });
    let mut changes = lab.store.subscribe();
    let full = lab
        .store
        .write_blocking("much", move |w| w.insert_messages(inbox, (11..=5_000).map(new_message).collect()));
    let error = full.unwrap_err();
    assert!(matches!(&error, StoreError::DiskFull { dir } if dir == lab.dir.path()), "{error:?}");
    assert!(error.to_string().contains("disk is full"));
    assert_eq!((lab.uids(inbox).as_str(), lab.counts(inbox)), ("1:10", (10, 10)));
    assert_eq!(lab.see().revision(), revision);
    assert!(changes.try_recv().is_err());
    // An error that the closure swallows does not let the rest of it through.
    let swallowed = lab.store.write_blocking("swallowed", move |w| {
        let refused = w.insert_messages(inbox, (11..=5_000).map(new_message).collect());
        assert!(refused.is_err());
        assert!(w.insert_messages(inbox, vec![new_message(11)]).is_err());
        Ok(())
    });
    assert!(matches!(swallowed, Err(StoreError::BrokenOff { label: "swallowed" })), "{swallowed:?}");
    assert_eq!((lab.uids(inbox).as_str(), lab.counts(inbox)), ("1:10", (10, 10)));
    lab.write(|w| {
        w.connection.query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(()))?;
        Ok(())
    });
    lab.fill(inbox, 11..=500);
    assert_eq!(lab.counts(inbox), (500, 500));
}

#[test]
fn a_write_by_another_process_is_noticed() {
    let lab = Lab::new();
    let mut changes = lab.store.subscribe();
    let other = Store::open(lab.dir.path()).unwrap();
    assert!(!lab.store.external_change().unwrap());
    let inbox = lab.inbox;
    other.write_blocking("elsewhere", move |w| w.insert_messages(inbox, vec![new_message(1)])).unwrap();
    assert!(lab.store.external_change().unwrap());
    assert!(!lab.store.external_change().unwrap(), "once");
    let told = changes.try_recv().unwrap();
    assert_eq!(told, Changes::everything(lab.see().revision()));

    other.write_blocking("elsewhere", move |w| w.insert_messages(inbox, vec![new_message(2)])).unwrap();
    lab.fill(inbox, 3..=3);
    assert_eq!(changes.try_recv().unwrap().messages, ChangedMessages::All, "a write of ours notices too");
    assert!(matches!(changes.try_recv().unwrap().added, ChangedMessages::Ids(_)));
    assert_eq!((lab.uids(inbox).as_str(), lab.counts(inbox)), ("1:3", (3, 3)));
    assert!(!lab.store.external_change().unwrap());
}

#[test]
fn two_writers_take_turns() {
    let lab = Lab::new();
    let other = Store::open(lab.dir.path()).unwrap();
    let inbox = lab.inbox;
    let run = |store: Store, first: u32| {
        std::thread::spawn(move || {
            for n in 0..50 {
                let new = new_message(first + n);
                store.write_blocking("turn", move |w| w.insert_messages(inbox, vec![new])).unwrap();
            }
        })
    };
    let threads = [run(lab.store.clone(), 1), run(other, 1_001)];
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(lab.counts(inbox), (100, 100));
    assert_eq!(lab.uids(inbox), "1:50,1001:1050");
}

#[test]
fn a_store_that_another_process_holds_too_long_is_busy() {
    let lab = Lab::new();
    let holder = rusqlite::Connection::open(lab.dir.path().join("mail.db")).unwrap();
    lab.write(|w| Ok(w.connection.busy_timeout(Duration::from_millis(1))?));
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let busy = lab.store.write_blocking("test", |w| w.add_account(&account("b@x")));
    assert!(matches!(busy, Err(StoreError::Busy)), "{busy:?}");
    holder.execute_batch("COMMIT").unwrap();
    lab.write(|w| w.add_account(&account("b@x")));
}

#[test]
fn damage_found_later_is_named_and_nothing_is_deleted() {
    let lab = Lab::new();
    lab.fill(lab.inbox, 1..=2_000);
    let Lab { dir, store, inbox, .. } = lab;
    drop(store);
    let path = dir.path().join("mail.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let length = bytes.len();
    bytes[8_192..].fill(0xa5);
    std::fs::write(&path, &bytes).unwrap();
    let error = Store::open(dir.path()).and_then(|store| {
        let see = store.snapshot()?;
        see.message_ids(inbox, SortOrder::NewestFirst)
    });
    assert!(matches!(&error, Err(StoreError::Corrupt { .. })), "{error:?}");
    assert_eq!(std::fs::metadata(&path).unwrap().len(), length as u64);
}

#[test]
fn a_closure_may_hold_the_last_clone() {
    let (dir, store) = store();
    let clone = store.clone();
    let (done, wait) = std::sync::mpsc::channel();
    store
        .submit(Box::new(move |_| {
            drop(clone);
            done.send(()).unwrap();
        }))
        .unwrap();
    drop(store);
    wait.recv().unwrap();
    Store::open(dir.path()).unwrap();
}
