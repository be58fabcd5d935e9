//! Moves, copies and deletions against servers of every kind, with every way of losing the link in the middle.

use crate::sync_lab::{Lab, Worker, mailboxes, masks};
use postrider::demo::{CapabilityMask, Fault, Rule};
use postrider::model::{MessageId, SpecialUse};
use postrider::sync::{Acted, Command, Deed, Event, Problem};

/// Where mail `n` is at the server, originals that a server without UIDPLUS cannot remove left out.
fn places(lab: &Lab, n: u32) -> Vec<String> {
    let id = format!("mail-{n}@example.org");
    // 5 bits of system flags: see `words` in the laboratory.
    let deleted = |flags: &str| flags.starts_with(DELETED_BITS.as_str());
    let all = lab.remote().into_iter();
    all.filter(|(_, _, other, flags)| *other == id && !deleted(flags)).map(|(name, ..)| name).collect()
}

static DELETED_BITS: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    let flags: postrider::model::Flags = [postrider::model::Flag::Deleted].into_iter().collect();
    format!("{:05b}", flags.system_bits())
});

fn shown(lab: &Lab, n: u32) -> Vec<String> {
    let id = format!("mail-{n}@example.org");
    lab.local().into_iter().filter(|(_, _, other, _)| *other == id).map(|(name, ..)| name).collect()
}

fn waits(lab: &Lab) -> bool {
    let snapshot = lab.config.store.snapshot().unwrap();
    !snapshot.operations_pending(lab.account.id).unwrap().is_empty()
}

async fn acted(worker: &mut Worker) -> Acted {
    worker
        .until("acted", |event| match event {
            Event::Acted(acted) => Some(acted),
            _ => None,
        })
        .await
}

fn to(lab: &Lab, messages: Vec<MessageId>, name: &str) -> Command {
    Command::Move { messages, from: None, to: lab.mailbox(name).id }
}

#[tokio::test]
async fn messages_go_where_the_user_wants_them_on_every_server() {
    for (name, mask) in masks() {
        let lab = Lab::new(mask, mailboxes(12)).await;
        let mut worker = lab.start();
        worker.until_online().await;
        worker.until_same(&lab, name).await;
        let id = |n| lab.message("INBOX", n);
        worker.send(to(&lab, vec![id(1), id(2)], "Archive"));
        assert_eq!((acted(&mut worker).await.messages, shown(&lab, 1)), (2, vec!["Archive".to_owned()]));
        worker.send(Command::MoveToUse { messages: vec![id(3)], from: None, to: SpecialUse::Junk });
        assert_eq!(acted(&mut worker).await.what, Deed::Junk);
        worker.send(Command::Delete { messages: vec![id(4)], from: None, forever: false });
        assert_eq!(acted(&mut worker).await.what, Deed::Trash);
        worker.send(Command::Delete { messages: vec![id(5)], from: None, forever: true });
        assert!(!acted(&mut worker).await.undoable);
        worker.send(Command::Copy { messages: vec![id(6)], to: lab.mailbox("Archive").id });
        assert_eq!(acted(&mut worker).await.what, Deed::Copy);
        worker.until_true(name, || !waits(&lab)).await;
        worker.send(Command::SyncNow(None));
        let there = |n: u32, expected: &[&str]| places(&lab, n) == expected;
        let done = || {
            there(1, &["Archive"])
                && there(2, &["Archive"])
                && there(3, &["Junk"])
                && there(4, &["Trash"])
                && there(5, &[])
                && there(6, &["Archive", "INBOX"])
        };
        worker.until_true(name, done).await;
        for n in 1..=12 {
            assert_eq!(shown(&lab, n), places(&lab, n), "{name}: mail {n}");
        }
        assert!(lab.commands("EXPUNGE").is_empty(), "{name}: a bare EXPUNGE");
    }
}

#[tokio::test]
async fn a_move_survives_every_way_of_losing_the_link_at_every_step() {
    let faults = [
        Fault::Drop,
        Fault::DropAfter(0),
        Fault::DropAfter(9),
        Fault::DropAfterInput(3),
        Fault::Bye("going down".into()),
        Fault::No("[UNAVAILABLE] later".into()),
        Fault::Duplicate,
        Fault::Reverse,
    ];
    let servers = [
        ("full", CapabilityMask::full()),
        ("icloud", CapabilityMask::icloud()),
        ("hmail", CapabilityMask::hmail()),
    ];
    for (server, mask) in servers {
        for step in ["UID MOVE", "UID COPY", "UID STORE", "UID EXPUNGE", "SELECT"] {
            for fault in &faults {
                let name = format!("{server}: {step}: {fault:?}");
                let lab = Lab::new(mask.clone(), mailboxes(5)).await;
                let mut worker = lab.start();
                worker.until_online().await;
                worker.until_same(&lab, &name).await;
                lab.server.faults().add(Rule::command(step).then(fault.clone()));
                worker.send(to(&lab, vec![lab.message("INBOX", 2), lab.message("INBOX", 3)], "Archive"));
                acted(&mut worker).await;
                worker.until_true(&name, || !waits(&lab)).await;
                for n in 1..=5 {
                    let expected = if n == 2 || n == 3 { "Archive" } else { "INBOX" };
                    assert_eq!(places(&lab, n), [expected], "{name}: mail {n} at the server");
                    assert_eq!(shown(&lab, n), [expected], "{name}: mail {n} here");
                }
            }
        }
    }
}

#[tokio::test]
async fn undo_works_before_and_after_the_server_did_it() {
    for (name, mask) in masks() {
        let lab = Lab::new(mask, mailboxes(4)).await;
        let mut worker = lab.start();
        worker.until_online().await;
        worker.until_same(&lab, name).await;
        worker.send(to(&lab, vec![lab.message("INBOX", 1)], "Archive"));
        let action = acted(&mut worker).await.action;
        worker.until_true(name, || !waits(&lab) && places(&lab, 1) == ["Archive"]).await;
        worker.send(Command::Undo(Some(action)));
        worker.until_true(name, || !waits(&lab) && places(&lab, 1) == ["INBOX"]).await;
        assert_eq!(shown(&lab, 1), ["INBOX"], "{name}");
        worker.send(Command::SetOffline(true));
        worker.send(to(&lab, vec![lab.message("INBOX", 2)], "Archive"));
        acted(&mut worker).await;
        assert_eq!(shown(&lab, 2), ["Archive"], "{name}");
        worker.send(Command::Undo(None));
        worker.until_true(name, || shown(&lab, 2) == ["INBOX"]).await;
        assert!(!waits(&lab), "{name}: nothing is left to be sent");
        worker.send(Command::Redo);
        worker.send(Command::SetOffline(false));
        worker.until_true(name, || !waits(&lab) && places(&lab, 2) == ["Archive"]).await;
    }
}

#[tokio::test]
async fn a_refused_move_is_put_back_and_told() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(3)).await;
    let mut worker = lab.start();
    worker.until_online().await;
    worker.until_same(&lab, "copied").await;
    lab.server.faults().add(Rule::command("UID MOVE").then(Fault::No("[OVERQUOTA] full".into())));
    let message = lab.message("INBOX", 2);
    worker.send(to(&lab, vec![message], "Archive"));
    let problem = worker
        .until("refusal", |event| match event {
            Event::OperationFailed { messages, problem, .. } => {
                assert_eq!(messages, vec![message]);
                Some(problem)
            }
            _ => None,
        })
        .await;
    assert!(matches!(problem, Problem::OverQuota { .. }), "{problem:?}");
    lab.assert_same("put back");
    worker.send(Command::Undo(None));
    worker
        .until("nothing to take back at the server", |e| matches!(e, Event::Undone { .. }).then_some(()))
        .await;
    lab.assert_same("undone");
}

#[tokio::test]
async fn an_account_without_a_trash_says_so() {
    let mut all = mailboxes(2);
    all.delete("Trash").unwrap();
    let lab = Lab::new(CapabilityMask::full(), all).await;
    let mut worker = lab.start();
    worker.until_online().await;
    worker.until_same(&lab, "copied").await;
    worker.send(Command::Delete { messages: vec![lab.message("INBOX", 1)], from: None, forever: false });
    let problem = worker
        .until("refusal", |event| if let Event::NotActed(problem) = event { Some(problem) } else { None })
        .await;
    assert_eq!(problem, Problem::NoFolderFor { what: SpecialUse::Trash });
    lab.assert_same("nothing happened");
}

#[tokio::test]
async fn who_deletes_or_moves_what_they_copied_means_the_original() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(4)).await;
    let mut worker = lab.start();
    worker.until_online().await;
    worker.until_same(&lab, "first").await;
    let id = |n| lab.message("INBOX", n);
    let (trash, forever, junk) = (id(1), id(2), id(3));
    worker.send(Command::Copy { messages: vec![trash, forever, junk], to: lab.mailbox("Archive").id });
    assert_eq!(acted(&mut worker).await.what, Deed::Copy);
    worker.until_true("copied", || !waits(&lab)).await;
    worker.send(Command::Delete { messages: vec![trash], from: None, forever: false });
    worker.send(Command::Delete { messages: vec![forever], from: None, forever: true });
    worker.send(to(&lab, vec![junk], "Junk"));
    let done = || {
        places(&lab, 1) == ["Archive", "Trash"]
            && places(&lab, 2) == ["Archive"]
            && places(&lab, 3) == ["Archive", "Junk"]
    };
    worker.until_true("the originals", done).await;
    worker.until_same(&lab, "in the end").await;
}
