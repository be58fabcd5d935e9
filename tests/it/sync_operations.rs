//! Appends, mailboxes, moves between accounts and marking all as read, against servers of every kind, with every way
//! of losing the link in the middle.

use crate::sync_lab::{Lab, NOW, Worker, mail, mailboxes, masks};
use postrider::demo::{CapabilityMask, Fault, Quirk, Rule, Server};
use postrider::model::{AccountId, Flag, FlagChange, Flags, MailboxId, MessageId, UnixTime};
use postrider::store::SortOrder;
use postrider::sync::{Acted, Command, Event, Problem};

pub(crate) fn breaks() -> Vec<Fault> {
    vec![
        Fault::Drop,
        Fault::DropAfter(0),
        Fault::DropAfter(9),
        Fault::DropAfterInput(40),
        Fault::Bye("going down".into()),
        Fault::No("[UNAVAILABLE] later".into()),
        Fault::NoAfterDoing("[UNAVAILABLE] later".into()),
    ]
}

pub(crate) fn waits(lab: &Lab, account: AccountId) -> bool {
    !lab.config.store.snapshot().unwrap().operations_pending(account).unwrap().is_empty()
}

pub(crate) async fn acted(worker: &mut Worker) -> Acted {
    worker
        .until("acted", |event| match event {
            Event::Acted(acted) => Some(acted),
            Event::NotActed(problem) => panic!("refused: {problem:?}"),
            _ => None,
        })
        .await
}

async fn refused(worker: &mut Worker) -> Problem {
    worker.until("refused", |event| if let Event::NotActed(p) = event { Some(p) } else { None }).await
}

/// Message-IDs of a mailbox of a server, sorted.
pub(crate) fn ids(server: &Server, name: &str) -> Vec<String> {
    server.state().read(|all| {
        let mails = all.mailbox(name).map(|mailbox| mailbox.mails().to_vec()).unwrap_or_default();
        let mut ids: Vec<_> = mails.iter().map(|mail| mail.message_id().unwrap_or_default()).collect();
        ids.sort();
        ids
    })
}

fn letter(n: u32) -> Vec<u8> {
    format!("From: me@example.org\nSubject: Letter {n}\nMessage-ID: <letter-{n}@example.org>\n\nHello {n}\n")
        .into_bytes()
}

fn append(lab: &Lab, n: u32) -> Command {
    Command::Append {
        mailbox: lab.mailbox("Archive").id,
        message: letter(n),
        flags: vec![Flag::Seen],
        received: Some(UnixTime(NOW - 5)),
    }
}

#[tokio::test]
async fn an_append_is_there_once_whatever_breaks() {
    let servers = [("full", CapabilityMask::full()), ("hmail", CapabilityMask::hmail())];
    for (server, mask) in servers {
        for step in ["STATUS", "APPEND", "SELECT", "UID FETCH"] {
            for fault in breaks() {
                let name = format!("{server}: {step}: {fault:?}");
                let lab = Lab::new(mask.clone(), mailboxes(2)).await;
                let mut worker = started(&lab).await;
                worker.until_same(&lab, &name).await;
                lab.server.faults().add(Rule::command(step).then(fault.clone()));
                worker.send(append(&lab, 1));
                assert_eq!(acted(&mut worker).await.messages, 1);
                assert!(
                    lab.local().iter().any(|(mailbox, ..)| mailbox == "Archive"),
                    "{name}: not shown at once"
                );
                worker.until_true(&name, || !waits(&lab, lab.account.id)).await;
                assert_eq!(ids(&lab.server, "Archive"), ["letter-1@example.org"], "{name}");
                worker.send(Command::SyncNow(None));
                worker.until_same(&lab, &name).await;
            }
        }
    }
}

#[tokio::test]
async fn an_appended_message_is_what_was_given_and_can_be_undone() {
    for (name, mask) in masks() {
        let lab = Lab::new(mask, mailboxes(1)).await;
        let mut worker = started(&lab).await;
        worker.send(append(&lab, 7));
        let action = acted(&mut worker).await.action;
        worker.until_true(name, || !waits(&lab, lab.account.id)).await;
        lab.server.state().read(|all| {
            let mail = &all.mailbox("Archive").unwrap().mails()[0];
            assert!(mail.flags.contains(&Flag::Seen), "{name}");
            assert_eq!(mail.internal_date, UnixTime(NOW - 5), "{name}");
            assert!(mail.content.bytes().ends_with(b"\r\n\r\nHello 7\r\n"), "{name}");
        });
        worker.send(Command::Undo(Some(action)));
        worker.until("undone", |e| matches!(e, Event::Undone { .. }).then_some(())).await;
        worker.until_true(name, || !waits(&lab, lab.account.id)).await;
        assert!(lab.local().iter().all(|(mailbox, ..)| mailbox != "Archive"), "{name}");
    }
}

#[tokio::test]
async fn a_refused_append_keeps_the_message_until_the_user_gives_it_up() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(1)).await;
    let mut worker = started(&lab).await;
    lab.server.faults().add(Rule::command("APPEND").then(Fault::No("[OVERQUOTA] full".into())));
    worker.send(append(&lab, 1));
    let failed = |event| match event {
        Event::OperationFailed { operation, problem, .. } => Some((operation, problem)),
        _ => None,
    };
    let (operation, problem) = worker.until("refusal", failed).await;
    assert!(matches!(problem, Problem::OverQuota { .. }), "{problem:?}");
    assert!(lab.local().iter().any(|(mailbox, ..)| mailbox == "Archive"), "kept and shown");
    worker.send(Command::RetryOperation(operation));
    worker.until_true("again", || ids(&lab.server, "Archive") == ["letter-1@example.org"]).await;
    worker.until_same(&lab, "there").await;
    lab.server.faults().add(Rule::command("APPEND").then(Fault::No("[TRYCREATE] no".into())));
    worker.send(append(&lab, 2));
    let (operation, problem) = worker.until("refusal", failed).await;
    assert_eq!(problem, Problem::MailboxGone);
    worker.send(Command::DismissOperation(operation));
    worker.until_same(&lab, "given up").await;
}

#[tokio::test]
async fn what_a_mailbox_does_not_take_is_not_sent() {
    let lab = Lab::new(CapabilityMask::full().with_quirk(Quirk::SmallMessages), mailboxes(1)).await;
    let mut worker = started(&lab).await;
    let mut raw = letter(1);
    raw.extend_from_slice(&[b'x'; 300]);
    let Command::Append { mailbox, flags, received, .. } = append(&lab, 1) else { panic!() };
    worker.send(Command::Append { mailbox, message: raw, flags, received });
    let failed = |event| match event {
        Event::OperationFailed { problem, .. } => Some(problem),
        _ => None,
    };
    let problem = worker.until("refusal", failed).await;
    assert!(matches!(problem, Problem::TooLarge { limit: Some(200), size } if size > 300), "{problem:?}");
    assert!(lab.commands("APPEND").is_empty(), "not a byte of it");
    worker.send(append(&lab, 2));
    worker.until_true("a small one", || ids(&lab.server, "Archive") == ["letter-2@example.org"]).await;
}

#[tokio::test]
async fn a_server_that_is_busy_is_tried_ten_times() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(3)).await;
    let mut worker = started(&lab).await;
    worker.until_same(&lab, "copied").await;
    lab.server.faults().add(Rule::command("APPEND").times(9).then(Fault::No("[INUSE] busy".into())));
    worker.send(append(&lab, 1));
    // What waits holds up nothing else.
    let flag = |n| Command::SetFlag {
        messages: vec![lab.message("INBOX", n), lab.message("INBOX", 3)],
        flag: Flag::Flagged,
        change: FlagChange::Add,
    };
    worker.send(flag(2));
    worker.until_true("done at last", || ids(&lab.server, "Archive").len() == 1).await;
    worker.until_true("all done", || !waits(&lab, lab.account.id)).await;
    lab.server.faults().add(Rule::command("APPEND").times(10).then(Fault::No("[INUSE] busy".into())));
    worker.send(append(&lab, 2));
    let problem = worker
        .until(
            "given up",
            |e| if let Event::OperationFailed { problem, .. } = e { Some(problem) } else { None },
        )
        .await;
    assert!(matches!(problem, Problem::Busy { .. }), "{problem:?}");
}

/// Names at the server.
fn names(server: &Server) -> Vec<String> {
    server.state().read(|all| {
        all.iter().filter(|(_, mailbox)| !mailbox.no_select).map(|(name, _)| name.to_owned()).collect()
    })
}

/// Starts the worker and waits until it knows the tree.
async fn started(lab: &Lab) -> Worker {
    let mut worker = lab.start();
    worker.until_true("tree", || shown(lab).len() == names(&lab.server).len()).await;
    worker.until_same(lab, "copied").await;
    worker
}

/// Names here.
fn shown(lab: &Lab) -> Vec<String> {
    let all = lab.config.store.snapshot().unwrap().mailboxes(lab.account.id).unwrap();
    let mut names: Vec<_> = all.into_iter().filter(|m| !m.attributes.no_select).map(|m| m.display).collect();
    names.sort();
    names
}

fn create(lab: &Lab, parent: Option<MailboxId>, name: &str) -> Command {
    Command::CreateMailbox { account: lab.account.id, parent, name: name.to_owned() }
}

#[tokio::test]
async fn mailboxes_are_made_renamed_and_deleted_whatever_breaks() {
    for step in ["CREATE", "RENAME", "DELETE", "SUBSCRIBE", "UNSUBSCRIBE", "LIST"] {
        for fault in breaks() {
            let name = format!("{step}: {fault:?}");
            let mut all = mailboxes(2);
            for one in ["Old", "Old/Sub", "Gone"] {
                all.create(one, None).unwrap();
            }
            all.append("Old/Sub", Flags::default(), UnixTime(NOW), mail(50)).unwrap();
            let lab = Lab::new(CapabilityMask::full(), all).await;
            let mut worker = started(&lab).await;
            worker.until_same(&lab, &name).await;
            let (old, sub) = (lab.mailbox("Old").id, lab.mailbox("Old/Sub").id);
            lab.server.faults().add(Rule::command(step).then(fault.clone()));
            worker.send(create(&lab, None, "Neu & schön"));
            acted(&mut worker).await;
            worker.send(create(&lab, None, "New one"));
            let made = acted(&mut worker).await.to.unwrap();
            assert!(shown(&lab).contains(&"Neu & schön".to_owned()), "{name}: shown at once");
            worker.send(create(&lab, Some(made), "Below"));
            acted(&mut worker).await;
            worker.send(Command::Move { messages: vec![lab.message("INBOX", 1)], from: None, to: made });
            acted(&mut worker).await;
            worker.send(Command::RenameMailbox { mailbox: old, parent: Some(made), name: "Newer".into() });
            acted(&mut worker).await;
            assert_eq!(lab.mailbox("New one/Newer/Sub").id, sub, "{name}: children go along");
            worker.send(Command::DeleteMailbox(lab.mailbox("Gone").id));
            acted(&mut worker).await;
            worker.send(Command::Subscribe { mailbox: lab.mailbox("Junk").id, on: false });
            acted(&mut worker).await;
            worker.until_true(&name, || !waits(&lab, lab.account.id)).await;
            let expected = [
                "Archive",
                "Drafts",
                "INBOX",
                "Junk",
                "Neu & schön",
                "New one",
                "New one/Below",
                "New one/Newer",
                "New one/Newer/Sub",
                "Sent",
                "Trash",
            ];
            assert_eq!(names(&lab.server), expected, "{name}");
            worker.send(Command::SyncNow(None));
            worker.until_same(&lab, &name).await;
            worker.until_true(&name, || shown(&lab) == expected).await;
            assert_eq!(lab.mailbox("New one/Newer/Sub").id, sub, "{name}: it kept its id");
            // A list that was on its way before may tell the old state once more.
            worker.send(Command::SyncNow(None));
            worker.until_true(&name, || !lab.mailbox("Junk").attributes.subscribed).await;
            assert!(lab.server.state().read(|all| !all.mailbox("Junk").unwrap().subscribed), "{name}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_done_to_a_mailbox_is_refused_with_a_reason() {
    let mut all = mailboxes(0);
    all.create("A/B", None).unwrap();
    let lab = Lab::new(CapabilityMask::full(), all).await;
    let mut worker = started(&lab).await;
    let id = |name: &str| lab.mailbox(name).id;
    let cases = [
        (Command::DeleteMailbox(id("INBOX")), Problem::MailboxProtected),
        (Command::DeleteMailbox(id("Trash")), Problem::MailboxProtected),
        (
            Command::RenameMailbox { mailbox: id("Sent"), parent: None, name: "x".into() },
            Problem::MailboxProtected,
        ),
        (Command::DeleteMailbox(id("A")), Problem::MailboxHasChildren),
        (create(&lab, None, "a/b"), Problem::BadMailboxName),
        (create(&lab, None, "  "), Problem::BadMailboxName),
        (create(&lab, None, "x\ny"), Problem::BadMailboxName),
        (create(&lab, None, "inbox"), Problem::MailboxExists),
        (create(&lab, Some(id("A")), "B"), Problem::MailboxExists),
        (
            Command::RenameMailbox { mailbox: id("A"), parent: Some(id("A/B")), name: "A".into() },
            Problem::BadMailboxName,
        ),
        (
            Command::RenameMailbox { mailbox: id("A/B"), parent: None, name: "Trash".into() },
            Problem::MailboxExists,
        ),
    ];
    for (command, expected) in cases {
        let what = format!("{command:?}");
        worker.send(command);
        assert_eq!(refused(&mut worker).await, expected, "{what}");
    }
    assert!(!waits(&lab, lab.account.id), "nothing was journalled");
}

#[tokio::test]
async fn a_refused_rename_is_put_back_and_undo_reverses_one() {
    let mut all = mailboxes(0);
    all.create("A/B", None).unwrap();
    let lab = Lab::new(CapabilityMask::full(), all).await;
    let mut worker = started(&lab).await;
    let rename = |name: &str| Command::RenameMailbox {
        mailbox: lab.mailbox("A").id,
        parent: None,
        name: name.to_owned(),
    };
    lab.server.faults().add(Rule::command("RENAME").then(Fault::No("[NOPERM] no".into())));
    worker.send(rename("Z"));
    worker.until("refusal", |e| matches!(e, Event::OperationFailed { .. }).then_some(())).await;
    assert!(shown(&lab).contains(&"A/B".to_owned()), "{:?}", shown(&lab));
    worker.send(rename("Y"));
    acted(&mut worker).await;
    worker.until_true("renamed", || names(&lab.server).contains(&"Y/B".to_owned())).await;
    worker.until_true("done", || !waits(&lab, lab.account.id)).await;
    worker.send(Command::Undo(None));
    worker.until_true("back", || names(&lab.server).contains(&"A/B".to_owned())).await;
    worker.send(create(&lab, None, "Made"));
    acted(&mut worker).await;
    worker.until_true("made", || names(&lab.server).contains(&"Made".to_owned())).await;
    worker.until_true("done", || !waits(&lab, lab.account.id)).await;
    worker.send(Command::Undo(None));
    worker.until_true("unmade", || !names(&lab.server).contains(&"Made".to_owned())).await;
}

/// A worker that made a mailbox, and has sent all.
async fn with_a_new_mailbox() -> (Lab, Worker) {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(1)).await;
    let mut worker = started(&lab).await;
    worker.send(create(&lab, None, "Made"));
    acted(&mut worker).await;
    worker.until_true("made", || names(&lab.server).contains(&"Made".to_owned())).await;
    worker.until_true("done", || !waits(&lab, lab.account.id)).await;
    (lab, worker)
}

#[tokio::test]
async fn mail_that_comes_while_a_mailbox_is_taken_back_keeps_it() {
    // Somebody delivers just before each of the commands that take it away.
    for verb in ["STATUS", "RENAME"] {
        let (lab, mut worker) = with_a_new_mailbox().await;
        let deliver = Fault::change(|all| {
            all.append("Made", Flags::default(), UnixTime(NOW), mail(77)).unwrap();
        });
        // The worker asks about all mailboxes too; this is about the one.
        worker.send(Command::SetOffline(true));
        worker.until("offline", |e| matches!(e, Event::Status { .. }).then_some(())).await;
        worker.send(Command::Undo(None));
        worker.until("undone here", |e| matches!(e, Event::Undone { .. }).then_some(())).await;
        lab.server.faults().add(Rule::command(verb).then(deliver));
        worker.send(Command::SetOffline(false));
        worker.until("refused", |e| matches!(e, Event::OperationFailed { .. }).then_some(())).await;
        worker.until_same(&lab, "kept").await;
        assert_eq!(ids(&lab.server, "Made"), ["mail-77@example.org"], "{verb}");
        assert!(!names(&lab.server).iter().any(|name| name.contains("undo")), "{:?}", names(&lab.server));
        assert!(shown(&lab).contains(&"Made".to_owned()), "{verb}: {:?}", shown(&lab));
    }
}

#[tokio::test]
async fn a_mailbox_is_taken_back_whatever_breaks_on_the_way() {
    for verb in ["STATUS", "RENAME", "DELETE"] {
        for fault in breaks() {
            let what = format!("{verb}: {fault:?}");
            let (lab, mut worker) = with_a_new_mailbox().await;
            lab.server.faults().add(Rule::command(verb).then(fault));
            worker.send(Command::Undo(None));
            let gone = || !names(&lab.server).iter().any(|name| name.starts_with("Made"));
            worker.until_true(&what, || gone() && !waits(&lab, lab.account.id)).await;
            worker.until_same(&lab, &what).await;
        }
    }
}

#[tokio::test]
async fn ten_thousand_messages_take_few_commands() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(10_000)).await;
    let mut worker = lab.start();
    worker.until_online().await;
    worker.until_true("copied", || lab.total() == 10_000).await;
    let inbox = lab.mailbox("INBOX").id;
    let all = || lab.config.store.snapshot().unwrap().message_ids(inbox, SortOrder::NewestFirst).unwrap();
    lab.server.clear_log();
    worker.send(Command::SetFlag { messages: all(), flag: Flag::Flagged, change: FlagChange::Add });
    assert_eq!(acted(&mut worker).await.messages, 10_000);
    worker.until_true("flagged", || !waits(&lab, lab.account.id)).await;
    let stores = lab.commands("UID STORE").len();
    let (messages, before) = (all(), std::time::Instant::now());
    worker.send(Command::Move { messages, from: None, to: lab.mailbox("Archive").id });
    assert_eq!(acted(&mut worker).await.messages, 10_000);
    println!("10,000 messages: in the journal and shown after {:?}", before.elapsed());
    worker.until_true("moved", || !waits(&lab, lab.account.id)).await;
    let moves = lab.commands("UID MOVE").len();
    println!("10,000 messages: {stores} UID STORE, {moves} UID MOVE");
    assert!(stores <= 2 && moves <= 10, "{stores} {moves}");
    assert_eq!(lab.server.state().read(|all| all.mailbox("Archive").unwrap().mails().len()), 10_000);
}

#[tokio::test]
async fn one_message_that_is_not_wanted_keeps_no_other_from_going() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(8)).await;
    let mut worker = lab.start();
    worker.until_online().await;
    worker.until_same(&lab, "copied").await;
    // All at once, the first half, its first half and its first one are refused.
    lab.server
        .faults()
        .add(Rule::command("UID MOVE").times(4).then(Fault::No("[OVERQUOTA] too large".into())));
    let messages: Vec<MessageId> = (1..=8).map(|n| lab.message("INBOX", n)).collect();
    worker.send(Command::Move { messages: messages.clone(), from: None, to: lab.mailbox("Archive").id });
    let told =
        worker
            .until("refusal", |e| {
                if let Event::OperationFailed { messages, .. } = e { Some(messages) } else { None }
            })
            .await;
    assert_eq!(told, [messages[0]]);
    worker.until_true("the others", || ids(&lab.server, "Archive").len() == 7).await;
    worker.until_true("done", || !waits(&lab, lab.account.id)).await;
    lab.assert_same("one stayed");
}

#[tokio::test]
async fn all_is_marked_as_read_also_what_is_not_here_yet() {
    let mut all = mailboxes(900);
    all.set_flag("INBOX", &[3], FlagChange::Add, &Flag::Seen).unwrap();
    let lab = Lab::new(CapabilityMask::full(), all).await;
    // The way back never gets on: the oldest stay unknown here.
    let end = Fault::No("no older ones".into());
    lab.server.faults().add(Rule::command("UID FETCH").nth(2).always().then(end));
    let mut worker = lab.start();
    worker.until_true("the newest", || lab.total() > 0).await;
    assert!(lab.total() < 900, "{}", lab.total());
    let unread = || lab.server.state().read(|all| all.mailbox("INBOX").unwrap().unseen());
    worker.send(Command::MarkAllRead(lab.mailbox("INBOX").id));
    acted(&mut worker).await;
    worker.until_true("read", || unread() == 0 && !waits(&lab, lab.account.id)).await;
    worker.send(Command::Undo(None));
    worker
        .until_true("only those that were unread", || unread() == 899 && !waits(&lab, lab.account.id))
        .await;
}
