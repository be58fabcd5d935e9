//! Servers that say OK and do nothing, and messages that are no longer there: the user is told, nothing is lost,
//! and what is shown is what the server has.

use crate::hostile::Scene;
use crate::sync_lab::{Lab, NOW, Worker, mail, mailboxes};
use postrider::demo::{CapabilityMask, Fault, Mailboxes, Rule};
use postrider::model::{Flag, FlagChange, Flags, MessageId, OperationId, UnixTime};
use postrider::sync::{Command, Event, PassRequest, Problem, deed, one_pass};

/// Numbers three mails anew, under the same UIDVALIDITY.
fn number_anew(all: &mut Mailboxes) {
    all.expunge("INBOX", &[1, 2, 3]).unwrap();
    all.set_uid_next("INBOX", 1).unwrap();
    for n in [3_u32, 1, 2] {
        let date = UnixTime(NOW - i64::from(3 - n) * 60);
        all.append("INBOX", Flags::default(), date, mail(n)).unwrap();
    }
}

/// An OK without the deed.
fn idle_ok() -> Fault {
    Fault::Replace(b"{tag} OK done\r\n".to_vec())
}

async fn failed(worker: &mut Worker, what: &str) -> (OperationId, Problem) {
    let told = |event| match event {
        Event::OperationFailed { operation, problem, .. } => Some((operation, problem)),
        _ => None,
    };
    worker.until(what, told).await
}

fn copies(lab: &Lab, n: u32) -> Vec<String> {
    let id = format!("mail-{n}@example.org");
    lab.remote().into_iter().filter(|(_, _, other, _)| *other == id).map(|(name, ..)| name).collect()
}

#[tokio::test]
async fn an_ok_for_nothing_is_a_failure_that_is_told() {
    type Wish = fn(&Lab, MessageId) -> Command;
    let to_archive: Wish =
        |lab, id| Command::Move { messages: vec![id], from: None, to: lab.mailbox("Archive").id };
    let copy: Wish = |lab, id| Command::Copy { messages: vec![id], to: lab.mailbox("Archive").id };
    let forever: Wish = |_, id| Command::Delete { messages: vec![id], from: None, forever: true };
    let (full, icloud) = (CapabilityMask::full, CapabilityMask::icloud);
    // The command that is not carried out, and where the mail is in the end.
    let cases: [(CapabilityMask, &str, Wish, &[&str]); 7] = [
        (full(), "UID MOVE", to_archive, &["INBOX"]),
        (full(), "UID COPY", copy, &["INBOX"]),
        (full(), "UID EXPUNGE", forever, &["INBOX"]),
        (full(), "UID STORE", forever, &["INBOX"]),
        (icloud(), "UID COPY", to_archive, &["INBOX"]),
        (icloud(), "UID STORE", to_archive, &["Archive", "INBOX"]),
        (icloud(), "UID EXPUNGE", to_archive, &["Archive", "INBOX"]),
    ];
    for (mask, verb, wish, places) in cases {
        let what = format!("{verb}: {places:?}");
        let lab = Lab::new(mask, mailboxes(3)).await;
        let mut worker = lab.start();
        worker.until_online().await;
        worker.until_same(&lab, &what).await;
        lab.server.faults().add(Rule::command(verb).always().then(idle_ok()));
        worker.send(wish(&lab, lab.message("INBOX", 2)));
        failed(&mut worker, &what).await;
        assert_eq!(copies(&lab, 2), places, "{what}");
        worker.until_same(&lab, &what).await;
        assert!(lab.commands(verb).len() <= 2, "{what}: tried again and again");
    }
}

#[tokio::test]
async fn a_mailbox_that_keeps_no_deleted_flag_gets_no_copy_of_what_cannot_leave_it() {
    let lab = Lab::new(CapabilityMask::icloud(), mailboxes(3)).await;
    let without = |line: &[u8]| {
        let text = String::from_utf8_lossy(line).into_owned();
        match text.contains("PERMANENTFLAGS") {
            true => b"* OK [PERMANENTFLAGS (\\Seen \\Flagged)] some\r\n".to_vec(),
            false => line.to_vec(),
        }
    };
    lab.server.faults().add(Rule::command("SELECT").always().then(Fault::rewrite(without)));
    let mut worker = lab.start();
    worker.until_online().await;
    worker.until_same(&lab, "first").await;
    let to = lab.mailbox("Archive").id;
    worker.send(Command::Move { messages: vec![lab.message("INBOX", 2)], from: None, to });
    let (_, problem) = failed(&mut worker, "no right to delete").await;
    assert!(matches!(problem, Problem::Denied { .. }), "{problem:?}");
    assert_eq!(copies(&lab, 2), ["INBOX"]);
    assert_eq!(lab.commands("UID COPY"), Vec::<String>::new());
    worker.until_same(&lab, "in the end").await;
}

#[tokio::test]
async fn who_moves_what_another_client_removed_is_told() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(3)).await;
    let mut worker = lab.start();
    worker.until_online().await;
    worker.until_same(&lab, "first").await;
    let expunge = Fault::change(|all| {
        all.expunge("INBOX", &[2]).unwrap();
    });
    lab.server.faults().add(Rule::command("UID MOVE").then(expunge));
    let to = lab.mailbox("Archive").id;
    let both = vec![lab.message("INBOX", 1), lab.message("INBOX", 2)];
    worker.send(Command::Move { messages: both, from: None, to });
    let (_, problem) = failed(&mut worker, "gone").await;
    assert_eq!(problem, Problem::MessageGone);
    worker.until_same(&lab, "in the end").await;
    assert_eq!((copies(&lab, 1), copies(&lab, 2)), (vec!["Archive".to_owned()], vec![]));
}

#[tokio::test]
async fn a_pass_tells_what_the_server_did_not_want_of_what_had_waited() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(3)).await;
    lab.pass().await;
    let to = lab.mailbox("Archive").id;
    let command = Command::Move { messages: vec![lab.message("INBOX", 2)], from: None, to };
    deed::act(&lab.config.store, command, lab.config.clock.now()).await.unwrap();
    lab.server.faults().add(Rule::command("UID MOVE").then(Fault::No("[NOPERM] not yours".into())));
    let summary = lab.pass().await;
    let [(1, Problem::Denied { text })] = summary.undone.as_slice() else { panic!("{summary:?}") };
    assert!(text.contains("not yours"));
    lab.assert_same("taken back");
    assert_eq!(lab.pass().await.undone, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_refused_is_no_import_until_the_server_has_it() {
    let scene = Scene::new().await;
    scene.works();
    let file = scene.desk.dir.path().join("in.mbox");
    let mails: String = (1..=3)
        .map(|n| {
            let head = format!("From: a@example.org\nSubject: New {n}\nMessage-ID: <new-{n}@example.org>\n");
            format!("From a@example.org Thu Jan  1 00:00:00 2026\n{head}\ntext {n}\n\n")
        })
        .collect();
    std::fs::write(&file, mails).unwrap();
    let import = ["import", file.to_str().unwrap(), "--mailbox", "Archive"];
    let there = || {
        scene
            .server
            .state()
            .read(|all| all.iter().find(|(name, _)| *name == "Archive").unwrap().1.mails().len())
    };
    // One is not wanted: the others get there, and the line says what did not.
    scene.fault(Rule::command("APPEND").nth(2).then(Fault::No("[OVERQUOTA] full".into())));
    let run = scene.run(&import);
    assert!(!run.worked && run.said.contains("2 messages imported, but 1 could not be"), "{run:?}");
    assert_eq!(there(), 2);
    // Again, still not; and again, at last.
    scene.fault(Rule::command("APPEND").then(Fault::No("[OVERQUOTA] full".into())));
    let run = scene.run(&import);
    assert!(!run.worked && run.said.contains("no room"), "{run:?}");
    let run = scene.run(&import);
    assert!(run.worked && run.shown.starts_with("1 messages imported, 2 were there already"), "{run:?}");
    assert_eq!(there(), 3);
    let run = scene.run(&import);
    assert!(run.worked && run.shown.starts_with("0 messages imported, 3 were there already"), "{run:?}");
    assert_eq!(there(), 3);
}

#[tokio::test]
async fn a_flag_that_the_server_does_not_keep_is_not_shown() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(3)).await;
    let mut worker = lab.start();
    worker.until_online().await;
    worker.until_same(&lab, "first").await;
    let told = b"* 2 FETCH (UID 2 FLAGS ())\r\n{tag} OK done\r\n".to_vec();
    lab.server.faults().add(Rule::command("UID STORE").then(Fault::Replace(told)));
    let messages = vec![lab.message("INBOX", 2)];
    worker.send(Command::SetFlag { messages, flag: Flag::Flagged, change: FlagChange::Add });
    let (_, problem) = failed(&mut worker, "flag").await;
    assert!(matches!(problem, Problem::NotDone { .. }), "{problem:?}");
    worker.until_same(&lab, "in the end").await;
}

#[tokio::test]
async fn a_pass_that_was_asked_for_sees_changed_flags_also_where_the_server_cannot_tell_them() {
    let lab = Lab::new(CapabilityMask::hmail(), mailboxes(600)).await;
    lab.pass().await;
    let config = lab.config.clone().thorough();
    let request = PassRequest::default();
    let pass = async || lab.run(one_pass(&config, &lab.account, &request, &mut |_| {})).await.unwrap();
    // An old message, and nothing that STATUS would tell.
    lab.server.state().change(|all| {
        all.set_flag("INBOX", &[3], FlagChange::Add, &Flag::Flagged).unwrap();
    });
    pass().await;
    lab.assert_same("after one pass");
}

#[tokio::test]
async fn nothing_is_deleted_by_a_number_that_means_another_message_by_now() {
    for (mask, forever) in [(CapabilityMask::full(), true), (CapabilityMask::icloud(), false)] {
        let what = format!("forever: {forever}");
        let lab = Lab::new(mask, mailboxes(3)).await;
        lab.pass().await;
        let message = lab.message("INBOX", 2);
        // Numbered anew, under the same UIDVALIDITY.
        lab.server.state().change(number_anew);
        let command = Command::Delete { messages: vec![message], from: None, forever };
        deed::act(&lab.config.store, command, lab.config.clock.now()).await.unwrap();
        lab.pass().await;
        let left = if forever { vec![] } else { vec!["Trash".to_owned()] };
        assert_eq!(copies(&lab, 2), left, "{what}");
        assert_eq!((copies(&lab, 1), copies(&lab, 3)), (vec!["INBOX".to_owned()], vec!["INBOX".to_owned()]));
        lab.pass().await;
        lab.assert_same(&what);
    }
}

#[tokio::test]
async fn a_mailbox_that_was_numbered_anew_is_recognized_where_the_server_tells_no_changes() {
    let lab = Lab::new(CapabilityMask::hmail(), mailboxes(3)).await;
    lab.pass().await;
    let before: Vec<_> = (1..=3).map(|n| lab.message("INBOX", n)).collect();
    lab.server.state().change(number_anew);
    let config = lab.config.clone().thorough();
    lab.run(one_pass(&config, &lab.account, &PassRequest::default(), &mut |_| {})).await.unwrap();
    lab.assert_same("after one pass");
    let after: Vec<_> = [2, 3, 1].map(|uid| lab.message("INBOX", uid)).into();
    assert_eq!(after, before, "the same messages under other numbers");
}
