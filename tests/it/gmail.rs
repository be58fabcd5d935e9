//! Gmail: messages with labels instead of copies. The embedded server behaves like it; see `demo/mailboxes/gmail.rs`.

use crate::cli_live::Desk;
use crate::sync_lab::{Lab, NOW, Worker, mail};
use postrider::demo::{self, CapabilityMask, Extension, Fault, Mailboxes, Rule, Server, ServerConfig};
use postrider::model::{Flag, FlagChange, Flags, MailboxId, MessageId, SpecialUse, UnixTime};
use postrider::sync::{Acted, Command, Depth, Event, PassRequest, Problem};

const ALL: &str = "[Gmail]/All Mail";
const SPAM: &str = "[Gmail]/Spam";
const TRASH: &str = "[Gmail]/Trash";
const STARRED: &str = "[Gmail]/Starred";

/// So many mails in INBOX; the first half of them also in Work and Family.
fn mailboxes(count: u32) -> Mailboxes {
    let mut all = Mailboxes::gmail();
    for label in ["Work", "Family", "Empty"] {
        all.create(label, None).unwrap();
    }
    for n in 1..=count {
        all.append("INBOX", Flags::default(), UnixTime(NOW - i64::from(count - n) * 60), mail(n)).unwrap();
    }
    let half: Vec<u32> = (1..=count / 2).collect();
    all.copy_mails("INBOX", &half, "Work").unwrap();
    all.copy_mails("INBOX", &half, "Family").unwrap();
    all
}

fn id(n: u32) -> String {
    format!("mail-{n}@example.org")
}

/// The mailboxes of mail `n` at the server.
fn places(lab: &Lab, n: u32) -> Vec<String> {
    lab.server.state().read(|all| all.labels_of(&id(n)))
}

/// The mailboxes in which mail `n` is shown here.
fn shown(lab: &Lab, n: u32) -> Vec<String> {
    lab.local().into_iter().filter(|(_, _, other, _)| *other == id(n)).map(|(name, ..)| name).collect()
}

fn waits(lab: &Lab) -> bool {
    let snapshot = lab.config.store.snapshot().unwrap();
    !snapshot.operations_pending(lab.account.id).unwrap().is_empty()
}

async fn acted(worker: &mut Worker) -> Acted {
    worker
        .until("acted", |event| match event {
            Event::Acted(acted) => Some(acted),
            Event::NotActed(problem) => panic!("refused: {problem:?}"),
            _ => None,
        })
        .await
}

/// A worker that has everything.
async fn ready(mask: CapabilityMask, mailboxes: Mailboxes) -> (Lab, Worker) {
    let lab = Lab::new(mask, mailboxes).await;
    let mut worker = lab.start();
    worker.until_online().await;
    worker.until_same(&lab, "copied").await;
    (lab, worker)
}

/// Waits until nothing is left to be sent, and compares everything.
async fn quiet(lab: &Lab, worker: &mut Worker, what: &str) {
    worker.until_true(what, || !waits(lab)).await;
    worker.send(Command::SyncNow(None));
    worker.until_same(lab, what).await;
}

fn message(lab: &Lab, n: u32) -> MessageId {
    let uid = lab.server.state().read(|all| {
        let mail = all.mailbox(ALL).unwrap().mails().iter().find(|m| m.message_id() == Some(id(n))).cloned();
        mail.unwrap().uid
    });
    lab.message(ALL, uid)
}

fn mailbox(lab: &Lab, name: &str) -> MailboxId {
    lab.mailbox(name).id
}

/// What a person does, and in which mailboxes mail 1 is afterwards. It was in INBOX, Work and Family.
fn deeds(lab: &Lab, message: MessageId) -> Vec<(&'static str, Command, Vec<&'static str>)> {
    let messages = || vec![message];
    let to = |name: &str| mailbox(lab, name);
    let shift = |from: Option<&str>, name: &str| Command::Move {
        messages: messages(),
        from: from.map(to),
        to: to(name),
    };
    let to_use = |to| Command::MoveToUse { messages: messages(), from: None, to };
    vec![
        ("archive", to_use(SpecialUse::Archive), vec!["Family", "Work", ALL]),
        ("label off", shift(Some("Work"), ALL), vec!["Family", "INBOX", ALL]),
        ("trash", Command::Delete { messages: messages(), from: None, forever: false }, vec![TRASH]),
        ("junk", to_use(SpecialUse::Junk), vec![SPAM]),
        ("copy to trash", Command::Copy { messages: messages(), to: to(TRASH) }, vec![TRASH]),
        ("label to label", shift(Some("Work"), "Empty"), vec!["Empty", "Family", "INBOX", ALL]),
        ("label to its other label", shift(Some("Work"), "Family"), vec!["Family", "INBOX", ALL]),
        ("from anywhere", shift(None, "Empty"), vec!["Empty", "Family", "Work", ALL]),
        ("out of All Mail", shift(Some(ALL), "Empty"), vec!["Empty", "Family", "INBOX", "Work", ALL]),
        (
            "copy",
            Command::Copy { messages: messages(), to: to("Empty") },
            vec!["Empty", "Family", "INBOX", "Work", ALL],
        ),
    ]
}

const BEFORE: [&str; 4] = ["Family", "INBOX", "Work", ALL];

#[tokio::test]
async fn every_deed_is_shown_at_once_done_at_the_server_and_undone() {
    let (lab, mut worker) = ready(CapabilityMask::gmail(), mailboxes(4)).await;
    let first = message(&lab, 1);
    for (what, command, after) in deeds(&lab, first) {
        worker.send(Command::SetOffline(true));
        worker.send(command.clone());
        let action = acted(&mut worker).await.action;
        assert_eq!(shown(&lab, 1), after, "{what}: shown at once");
        worker.send(Command::Undo(Some(action)));
        worker.until_true(what, || shown(&lab, 1) == BEFORE).await;
        assert!(!waits(&lab), "{what}: taken back before it was sent");
        worker.send(Command::SetOffline(false));
        lab.server.clear_log();
        worker.send(command);
        let action = acted(&mut worker).await.action;
        quiet(&lab, &mut worker, what).await;
        assert_eq!(places(&lab, 1), after, "{what}: at the server");
        assert_eq!(shown(&lab, 1), after, "{what}: here");
        worker.send(Command::Undo(Some(action)));
        worker.until(what, |event| matches!(event, Event::Undone { .. }).then_some(())).await;
        quiet(&lab, &mut worker, what).await;
        assert_eq!(places(&lab, 1), BEFORE, "{what}: undone at the server");
        assert_eq!(shown(&lab, 1), BEFORE, "{what}: undone here");
        for verb in ["EXPUNGE", "UID EXPUNGE", "CLOSE", "APPEND"] {
            assert!(lab.commands(verb).is_empty(), "{what}: {verb}");
        }
    }
    assert_eq!(message(&lab, 1), first, "it was the same message all the time");
}

#[tokio::test]
async fn archiving_takes_one_label_off_with_one_command() {
    let (lab, mut worker) = ready(CapabilityMask::gmail(), mailboxes(6)).await;
    lab.server.clear_log();
    let messages = (1..=5).map(|n| message(&lab, n)).collect();
    worker.send(Command::MoveToUse { messages, from: Some(mailbox(&lab, "INBOX")), to: SpecialUse::Archive });
    assert_eq!(acted(&mut worker).await.messages, 5);
    worker.until_true("sent", || !waits(&lab)).await;
    assert_eq!(lab.commands("UID STORE"), ["UID STORE 1:5 -X-GM-LABELS.SILENT (\\Inbox)"]);
    assert_eq!((lab.commands("UID MOVE").len(), lab.commands("UID COPY").len()), (0, 0));
    quiet(&lab, &mut worker, "archived").await;
    assert_eq!(lab.mailbox("INBOX").total, 1);
    assert_eq!(lab.mailbox(ALL).total, 6);
    // What is archived is not archived again.
    let again = vec![message(&lab, 1)];
    worker.send(Command::MoveToUse { messages: again, from: None, to: SpecialUse::Archive });
    worker.send(Command::MoveToUse { messages: vec![message(&lab, 6)], from: None, to: SpecialUse::Archive });
    assert_eq!(acted(&mut worker).await.messages, 1);
    quiet(&lab, &mut worker, "all archived").await;
    assert_eq!(lab.mailbox("INBOX").total, 0);
}

#[tokio::test]
async fn deleting_for_good_goes_through_the_trash() {
    let (lab, mut worker) = ready(CapabilityMask::gmail(), mailboxes(4)).await;
    worker.send(Command::Delete { messages: vec![message(&lab, 1)], from: None, forever: true });
    assert!(!acted(&mut worker).await.undoable);
    assert_eq!(shown(&lab, 1), Vec::<String>::new());
    quiet(&lab, &mut worker, "gone").await;
    assert_eq!(places(&lab, 1), Vec::<String>::new());
    let two = message(&lab, 2);
    worker.send(Command::Delete { messages: vec![two], from: None, forever: false });
    acted(&mut worker).await;
    quiet(&lab, &mut worker, "in the trash").await;
    worker.send(Command::Delete { messages: vec![two], from: None, forever: false });
    assert!(!acted(&mut worker).await.undoable);
    quiet(&lab, &mut worker, "out of the trash").await;
    assert_eq!(lab.server.state().read(Mailboxes::every_message).len(), 2);
    // \Deleted and UID EXPUNGE were said in the trash only, and never a bare EXPUNGE.
    let mut selected = std::collections::BTreeMap::new();
    for entry in lab.server.log() {
        match entry.verb.as_str() {
            "SELECT" => drop(selected.insert(entry.connection, entry.line.clone())),
            "UID EXPUNGE" => {
                let there = &selected[&entry.connection];
                assert!(there.contains(TRASH), "{} after {there}", entry.line);
            }
            verb => assert!(!["EXPUNGE", "CLOSE"].contains(&verb), "{}", entry.line),
        }
    }
}

#[tokio::test]
async fn a_lost_link_at_any_step_ends_well() {
    let faults =
        [Fault::Drop, Fault::DropAfter(0), Fault::DropAfter(9), Fault::No("[UNAVAILABLE] later".into())];
    let count = deeds(&ready(CapabilityMask::gmail(), mailboxes(2)).await.0, MessageId::from_row(1)).len();
    for number in 0..count {
        for step in ["UID MOVE", "UID COPY", "UID STORE", "SELECT"] {
            for fault in &faults {
                let (lab, mut worker) = ready(CapabilityMask::gmail(), mailboxes(2)).await;
                let (deed, command, after) = deeds(&lab, message(&lab, 1)).remove(number);
                let what = format!("{deed}: {step}: {fault:?}");
                lab.server.faults().add(Rule::command(step).then(fault.clone()));
                worker.send(command);
                acted(&mut worker).await;
                quiet(&lab, &mut worker, &what).await;
                assert_eq!(places(&lab, 1), after, "{what}: at the server");
                assert_eq!(shown(&lab, 1), after, "{what}: here");
                assert_eq!(lab.server.state().read(Mailboxes::every_message).len(), 2, "{what}");
            }
        }
    }
}

#[tokio::test]
async fn a_program_that_ends_at_any_step_goes_on_from_the_journal() {
    let count = deeds(&ready(CapabilityMask::gmail(), mailboxes(2)).await.0, MessageId::from_row(1)).len();
    for number in 0..count {
        for step in 1..=4 {
            let (lab, mut worker) = ready(CapabilityMask::gmail(), mailboxes(2)).await;
            let (deed, command, after) = deeds(&lab, message(&lab, 1)).remove(number);
            let what = format!("{deed}: ended at command {step}");
            // The server does it and says nothing; then the program is gone.
            lab.server.faults().add(Rule::any_command().nth(step).then(Fault::DropAfter(0)));
            worker.send(command);
            acted(&mut worker).await;
            drop(worker);
            let mut worker = lab.start();
            worker.until_online().await;
            quiet(&lab, &mut worker, &what).await;
            assert_eq!(places(&lab, 1), after, "{what}: at the server");
            assert_eq!(shown(&lab, 1), after, "{what}: here");
        }
    }
}

#[tokio::test]
async fn a_refusal_puts_every_label_back() {
    let (lab, mut worker) = ready(CapabilityMask::gmail(), mailboxes(2)).await;
    for verb in ["UID MOVE", "UID COPY", "UID STORE"] {
        lab.server.faults().add(Rule::command(verb).always().then(Fault::No("[NOPERM] not allowed".into())));
    }
    for (what, command, _) in deeds(&lab, message(&lab, 1)) {
        worker.send(command);
        acted(&mut worker).await;
        worker.until(what, |event| matches!(event, Event::OperationFailed { .. }).then_some(())).await;
        assert_eq!(shown(&lab, 1), BEFORE, "{what}");
    }
    lab.assert_same("nothing happened");
}

#[tokio::test]
async fn flags_are_sent_once_and_hold_everywhere() {
    let (lab, mut worker) = ready(CapabilityMask::gmail(), mailboxes(4)).await;
    lab.server.clear_log();
    let first = message(&lab, 1);
    worker.send(Command::SetFlag { messages: vec![first], flag: Flag::Flagged, change: FlagChange::Add });
    acted(&mut worker).await;
    worker.until_true("sent", || !waits(&lab)).await;
    assert_eq!(lab.commands("UID STORE").len(), 1, "{:?}", lab.commands("UID STORE"));
    quiet(&lab, &mut worker, "starred").await;
    assert_eq!(shown(&lab, 1), ["Family", "INBOX", "Work", ALL, STARRED]);
    worker.send(Command::SetFlag { messages: vec![first], flag: Flag::Flagged, change: FlagChange::Remove });
    acted(&mut worker).await;
    quiet(&lab, &mut worker, "not starred").await;
    assert_eq!(shown(&lab, 1), BEFORE);
    // Another client reads it in one mailbox: no list shows it as unread any more, at once.
    worker.until_idle().await;
    lab.server.state().change(|all| all.set_flag("INBOX", &[1], FlagChange::Add, &Flag::Seen).unwrap());
    let unread = || ["INBOX", "Work", "Family", ALL].map(|name| lab.mailbox(name).unseen);
    worker.until_true("read elsewhere", || unread() == [3, 1, 1, 3]).await;
    // What \Deleted means is a setting of the web page: it is not sent.
    worker.send(Command::SetFlag { messages: vec![first], flag: Flag::Deleted, change: FlagChange::Add });
    worker.until("refused", |event| matches!(event, Event::OperationFailed { .. }).then_some(())).await;
    quiet(&lab, &mut worker, "as it was").await;
    assert_eq!(places(&lab, 1), BEFORE);
}

#[tokio::test]
async fn new_mail_is_fetched_once_and_shown_at_once() {
    let (lab, mut worker) = ready(CapabilityMask::gmail(), mailboxes(4)).await;
    worker.until_idle().await;
    let before = lab.server.traffic().headers;
    lab.server.state().change(|all| {
        let uid = all.append("INBOX", Flags::default(), UnixTime(NOW), mail(5)).unwrap();
        all.copy_mails("INBOX", &[uid], "Work").unwrap();
    });
    worker.until_true("in INBOX", || shown(&lab, 5).contains(&"INBOX".to_owned())).await;
    quiet(&lab, &mut worker, "everywhere").await;
    assert_eq!(shown(&lab, 5), ["INBOX", "Work", ALL]);
    assert_eq!(lab.server.traffic().headers - before, 1);
    let labels = lab.config.store.snapshot().unwrap().labels(message(&lab, 5)).unwrap();
    let names: Vec<_> = labels.iter().map(|label| (label.name.as_str(), label.is_inbox)).collect();
    assert_eq!(names, [("INBOX", true), ("Work", false)]);
}

#[tokio::test]
async fn labels_that_change_elsewhere_are_followed() {
    let (lab, mut worker) = ready(CapabilityMask::gmail(), mailboxes(6)).await;
    let before = lab.server.traffic().headers;
    lab.server.state().change(|all| {
        all.rename("Work", "Office").unwrap();
        all.delete("Family").unwrap();
        // Trashed by another client, and the label put on again under a new UID.
        all.move_mails(ALL, &[2], TRASH).unwrap();
        all.expunge("INBOX", &[3]).unwrap();
        all.copy_mails(ALL, &[3], "INBOX").unwrap();
    });
    quiet(&lab, &mut worker, "followed").await;
    assert_eq!(shown(&lab, 1), ["INBOX", "Office", ALL]);
    assert_eq!(shown(&lab, 2), [TRASH]);
    assert_eq!(shown(&lab, 3), ["INBOX", "Office", ALL]);
    assert_eq!(lab.server.traffic().headers, before, "nothing was fetched again");
}

#[tokio::test]
async fn all_mail_may_be_concealed() {
    let mut all = mailboxes(4);
    all.show_in_imap(ALL, false).unwrap();
    let (lab, mut worker) = ready(CapabilityMask::gmail(), all).await;
    assert_eq!(lab.server.traffic().headers, 4);
    let first = lab.message("INBOX", 1);
    // It would be in no mailbox that IMAP shows.
    worker.send(Command::MoveToUse { messages: vec![first], from: None, to: SpecialUse::Archive });
    let problem = worker.until("refused", |e| if let Event::NotActed(p) = e { Some(p) } else { None }).await;
    assert_eq!(problem, Problem::NoFolderFor { what: SpecialUse::Archive });
    for (command, after) in [
        (Command::Delete { messages: vec![first], from: None, forever: false }, vec![TRASH]),
        (
            Command::Move {
                messages: vec![first],
                from: Some(mailbox(&lab, "Work")),
                to: mailbox(&lab, "Empty"),
            },
            vec!["Empty", "Family", "INBOX"],
        ),
        (
            Command::Copy { messages: vec![first], to: mailbox(&lab, "Empty") },
            vec!["Empty", "Family", "INBOX", "Work"],
        ),
    ] {
        worker.send(command);
        let action = acted(&mut worker).await.action;
        quiet(&lab, &mut worker, "done").await;
        assert_eq!(shown(&lab, 1), after);
        worker.send(Command::Undo(Some(action)));
        worker.until("undone", |event| matches!(event, Event::Undone { .. }).then_some(())).await;
        quiet(&lab, &mut worker, "undone").await;
        assert_eq!(shown(&lab, 1), ["Family", "INBOX", "Work"]);
    }
}

/// Bytes to the client and headers of a first copy.
async fn cost(mask: CapabilityMask, mailboxes: Mailboxes) -> (u64, u64) {
    let lab = Lab::new(mask, mailboxes).await;
    lab.pass().await;
    lab.assert_same("copied");
    let traffic = lab.server.traffic();
    (traffic.sent, traffic.headers)
}

#[tokio::test]
async fn a_message_in_many_mailboxes_is_fetched_once() {
    // 20,000 with POSTRIDER_LONG.
    let count: u32 = if std::env::var_os("POSTRIDER_LONG").is_some() { 20_000 } else { 2_000 };
    let build = |mut all: Mailboxes| {
        let labels = ["One", "Two", "Three"];
        for label in labels {
            all.create(label, None).unwrap();
        }
        for n in 1..=count {
            all.append("INBOX", Flags::default(), UnixTime(NOW - i64::from(n)), mail(n)).unwrap();
        }
        let every: Vec<u32> = (1..=count).collect();
        for label in labels {
            all.copy_mails("INBOX", &every, label).unwrap();
        }
        all
    };
    let (bytes, headers) = cost(CapabilityMask::gmail(), build(Mailboxes::gmail())).await;
    // The same five mailboxes at a server that does not say what is the same.
    let mut plain = build(Mailboxes::standard());
    let every: Vec<u32> = (1..=count).collect();
    plain.copy_mails("INBOX", &every, "Archive").unwrap();
    let mask = CapabilityMask::gmail().without(&[Extension::Gmail]);
    let (all_bytes, all_headers) = cost(mask, plain).await;
    println!(
        "{count} messages in 5 mailboxes: {headers} headers, {bytes} bytes ({} a message); \
         each mailbox for itself: {all_headers} headers, {all_bytes} bytes",
        bytes / u64::from(count)
    );
    assert_eq!(headers, u64::from(count));
    assert_eq!(all_headers, 5 * u64::from(count));
    assert!(bytes * 5 < all_bytes * 2, "{bytes} of {all_bytes}");
}

#[tokio::test]
async fn a_text_in_many_mailboxes_is_fetched_once() {
    let lab = Lab::new(CapabilityMask::gmail(), mailboxes(20)).await;
    let request = PassRequest { depth: Depth::Bodies, ..PassRequest::default() };
    let summary = lab.try_pass_of(&request).await.unwrap();
    assert_eq!(summary.bodies, 20);
    assert_eq!(lab.server.traffic().bodies, 20);
    assert_eq!(lab.server.traffic().headers, 20);
    lab.assert_same("with texts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_knows_labels() {
    let mut config = ServerConfig::new(mailboxes(4), UnixTime(NOW));
    config.capabilities = CapabilityMask::gmail();
    let server = Server::start(config).await.unwrap();
    let desk = Desk::new();
    let ca = desk.dir.path().join("ca.pem");
    std::fs::write(&ca, server.ca_pem()).unwrap();
    let (place, password) = (format!("localhost:{}", server.port()), format!("echo {}", demo::PASSWORD));
    let mut arguments = vec!["account", "add", "--email", demo::USER, "--user", demo::USER];
    arguments.extend(["--imap", place.as_str(), "--security", "tls", "--ca", ca.to_str().unwrap()]);
    arguments.extend(["--password-command", password.as_str()]);
    desk.ok(&arguments);
    desk.ok(&["sync"]);
    let count = |name: &str| {
        let rows = desk.rows(&["mailboxes", "--json"]);
        rows.iter().find(|row| row["name"] == name).unwrap()["messages"].as_u64().unwrap()
    };
    let counts = || ["INBOX", "Work", "Empty", ALL, TRASH].map(count);
    assert_eq!(counts(), [4, 2, 0, 4, 0]);
    let rows = desk.rows(&["list", "Work", "--json"]);
    let first = rows.iter().find(|row| row["subject"] == "Mail 1").unwrap()["id"].to_string();
    let labels = || {
        let text = desk.ok(&["show", &first]);
        text.lines().find(|line| line.starts_with("Labels: ")).unwrap_or_default().to_owned()
    };
    assert_eq!(labels(), "Labels: INBOX, Family, Work");
    desk.ok(&["move", &first, "Archive"]);
    assert_eq!(labels(), "Labels: Family, Work");
    assert_eq!(counts(), [3, 2, 0, 4, 0]);
    desk.ok(&["copy", &first, "Empty"]);
    assert_eq!(labels(), "Labels: Empty, Family, Work");
    desk.ok(&["sync"]);
    assert_eq!(counts(), [3, 2, 1, 4, 0]);
    desk.ok(&["delete", &first]);
    assert_eq!((labels(), counts()), (String::new(), [3, 1, 0, 3, 1]));
    desk.ok(&["sync"]);
    assert_eq!(counts(), [3, 1, 0, 3, 1]);
    desk.ok(&["delete", &first]);
    desk.ok(&["sync"]);
    assert_eq!(counts(), [3, 1, 0, 3, 0]);
    assert_eq!(server.state().read(Mailboxes::every_message).len(), 3);
}
