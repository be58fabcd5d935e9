//! The running worker: news, changes by the user, texts, parts, accounts, good and bad days.

use crate::sync_lab::{Lab, NOW, Worker, mail, mailboxes, masks};
use postrider::demo::{self, CapabilityMask, Content, Fault, Rule, ServerConfig};
use postrider::model::{Flag, FlagChange, Flags, MessageId, PartPath, TransferId, UnixTime};
use postrider::secret::{PasswordPlace, Secret, SecretStore};
use postrider::store::RowMark;
use postrider::sync::{
    AccountStatus, Command, Destination, Event, Fix, LinkFault, NewPassword, Problem, TransferState,
};
use std::sync::Arc;

fn path(text: &str) -> PartPath {
    text.parse().unwrap()
}

fn seen(lab: &Lab, uid: u32) -> bool {
    lab.server.state().read(|all| {
        let mail = all.mailbox("INBOX").and_then(|inbox| inbox.mail(uid));
        mail.is_some_and(|mail| mail.flags.contains(&Flag::Seen))
    })
}

fn set_seen(messages: Vec<MessageId>, change: FlagChange) -> Command {
    Command::SetFlag { messages, flag: Flag::Seen, change }
}

#[tokio::test]
async fn news_of_another_client_arrives_by_itself() {
    for (name, mask) in masks() {
        let lab = Lab::new(mask, mailboxes(30)).await;
        let mut worker = lab.start();
        worker.until_idle().await;
        worker.until_same(&lab, name).await;
        let server = lab.server.state();
        server.change(|all| all.append("INBOX", Flags::default(), UnixTime(NOW), mail(31)).unwrap());
        worker.until_same(&lab, &format!("{name}: new mail")).await;
        server.change(|all| all.set_flag("INBOX", &[3], FlagChange::Add, &Flag::Flagged).unwrap());
        worker.until_same(&lab, &format!("{name}: flag")).await;
        server.change(|all| all.expunge("INBOX", &[4, 31]).unwrap());
        worker.until_same(&lab, &format!("{name}: removal")).await;
    }
}

/// A server tells each thing once. What it tells while other news is being fetched is not told again by IDLE.
#[tokio::test]
async fn news_in_the_middle_of_news_arrives_too() {
    for (name, mask) in masks() {
        for step in ["SELECT", "UID FETCH", "UID SEARCH"] {
            let lab = Lab::new(mask.clone(), mailboxes(30)).await;
            let mut worker = lab.start();
            worker.until_idle().await;
            worker.until_same(&lab, name).await;
            let change = |act: fn(&mut demo::Mailboxes)| {
                lab.server.faults().add(Rule::command(step).then(Fault::change(act)));
            };
            change(|all| {
                all.append("INBOX", Flags::default(), UnixTime(NOW), mail(32)).unwrap();
            });
            change(|all| all.expunge("INBOX", &[4, 31]).unwrap());
            let server = lab.server.state();
            server.change(|all| all.append("INBOX", Flags::default(), UnixTime(NOW), mail(31)).unwrap());
            worker.until_same(&lab, &format!("{name}: {step}")).await;
        }
    }
}

#[tokio::test]
async fn a_flag_is_set_at_once_here_and_then_on_the_server() {
    for (name, mask) in masks() {
        let lab = Lab::new(mask, mailboxes(10)).await;
        let mut worker = lab.start();
        worker.until_idle().await;
        let message = lab.message("INBOX", 7);
        worker.send(set_seen(vec![message], FlagChange::Add));
        worker.until_true("server", || seen(&lab, 7)).await;
        worker.until_same(&lab, name).await;
        worker.send(set_seen(vec![message], FlagChange::Remove));
        worker.until_true("server again", || !seen(&lab, 7)).await;
    }
}

#[tokio::test]
async fn many_messages_are_one_command() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(600)).await;
    let mut worker = lab.start();
    worker.until_idle().await;
    worker.until_same(&lab, "copied").await;
    let messages = (1..=600).map(|uid| lab.message("INBOX", uid)).collect();
    worker.send(set_seen(messages, FlagChange::Add));
    worker.until_true("server", || seen(&lab, 1) && seen(&lab, 600)).await;
    let stores = lab.commands("UID STORE");
    assert_eq!(stores.len(), 1, "{stores:?}");
    assert!(stores[0].contains("1:600 +FLAGS"), "{stores:?}");
}

#[tokio::test]
async fn a_refused_change_is_taken_back_and_told() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(10)).await;
    let mut worker = lab.start();
    worker.until_idle().await;
    lab.server.faults().add(Rule::command("UID STORE").then(Fault::No("[NOPERM] not yours".into())));
    let message = lab.message("INBOX", 7);
    worker.send(set_seen(vec![message], FlagChange::Add));
    let (operation, problem) = worker
        .until("refusal", |event| match event {
            Event::OperationFailed { operation, messages, problem, .. } => {
                assert_eq!(messages, vec![message]);
                Some((operation, problem))
            }
            _ => None,
        })
        .await;
    assert_eq!(problem, Problem::Denied { text: "not yours".into() });
    lab.assert_same("taken back");
    let mark = || {
        let snapshot = lab.config.store.snapshot().unwrap();
        snapshot.message(message).unwrap().unwrap().mark
    };
    assert_eq!(mark(), RowMark::Failed);
    worker.send(Command::RetryOperation(operation));
    worker.until_true("retry", || seen(&lab, 7)).await;
    worker.until_true("no mark", || mark() == RowMark::None).await;
}

#[tokio::test]
async fn a_change_survives_every_way_of_losing_the_link() {
    let faults = [
        Fault::Drop,
        Fault::DropAfter(0),
        Fault::DropAfter(5),
        Fault::DropAfterInput(3),
        Fault::Bye("going down".into()),
        Fault::No("[UNAVAILABLE] later".into()),
        Fault::No("[INUSE] busy".into()),
    ];
    for fault in faults {
        let name = format!("{fault:?}");
        let lab = Lab::new(CapabilityMask::full(), mailboxes(10)).await;
        let mut worker = lab.start();
        worker.until_idle().await;
        lab.server.faults().add(Rule::command("UID STORE").then(fault));
        worker.send(set_seen(vec![lab.message("INBOX", 7)], FlagChange::Add));
        worker.until_true(&name, || seen(&lab, 7)).await;
        worker.until_same(&lab, &name).await;
        let pending = lab.config.store.snapshot().unwrap().operations_pending(lab.account.id).unwrap();
        if !pending.is_empty() {
            worker.until_online().await;
        }
    }
}

#[tokio::test]
async fn a_change_made_offline_is_sent_later_also_by_another_run() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(10)).await;
    let mut worker = lab.start();
    worker.until_idle().await;
    worker.send(Command::SetOffline(true));
    let offline =
        worker.until_status("offline", |status| matches!(status, AccountStatus::Offline { .. })).await;
    assert!(matches!(
        offline,
        AccountStatus::Offline { reason: Problem::OfflineByChoice, retry_at: None, .. }
    ));
    let message = lab.message("INBOX", 2);
    worker.send(set_seen(vec![message], FlagChange::Add));
    worker.until("local", |event| matches!(event, Event::Changed(_)).then_some(())).await;
    assert!(!seen(&lab, 2));
    assert!(lab.local().iter().any(|(_, uid, _, flags)| *uid == 2 && flags.starts_with("00001")));
    worker.send(Command::Shutdown);
    drop(worker);
    let mut worker = lab.start();
    // Offline by hand lasts over a restart.
    worker.send(Command::SetOffline(false));
    worker.until_true("sent", || seen(&lab, 2)).await;
}

#[tokio::test]
async fn the_worker_comes_back_when_the_server_does() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(10)).await;
    let mut worker = lab.start();
    worker.until_idle().await;
    lab.server.go_down().await;
    let status =
        worker.until_status("offline", |status| matches!(status, AccountStatus::Offline { .. })).await;
    let AccountStatus::Offline { reason, retry_at, since } = status else { unreachable!() };
    assert!(matches!(reason, Problem::Link { .. }), "{reason:?}");
    assert!(retry_at.is_some() && since == UnixTime(NOW));
    worker
        .until_status("refused", |status| {
            let refused = |p: &Problem| matches!(p, Problem::Link { fault: LinkFault::Refused, .. });
            matches!(status, AccountStatus::Offline { reason, .. } if refused(reason))
        })
        .await;
    lab.assert_same("nothing is lost while the server is away");
    lab.server.state().change(|all| all.append("INBOX", Flags::default(), UnixTime(NOW), mail(11)).unwrap());
    lab.server.come_back().await.unwrap();
    worker.until_same(&lab, "back again").await;
    worker.until_idle().await;
}

#[tokio::test]
async fn a_wrong_password_is_tried_once_and_a_new_one_helps() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(10)).await;
    let (login, imap) = (&lab.account.account.login, &lab.account.account.imap);
    let wrong = Secret::new("wrong".into());
    lab.config.secrets.keep(login, imap, wrong, PasswordPlace::Memory).await.unwrap();
    let mut worker = lab.start();
    let status =
        worker.until_status("refused", |status| matches!(status, AccountStatus::SignInNeeded(_))).await;
    let AccountStatus::SignInNeeded(problem) = status else { unreachable!() };
    assert_eq!(problem.fix(), Fix::EnterPassword, "{problem:?}");
    assert_eq!(lab.server.connections(), 1);
    worker.send(Command::NetworkChanged);
    let password = NewPassword { secret: Secret::new(demo::PASSWORD.into()), place: PasswordPlace::Memory };
    worker.send(Command::SetPassword { account: lab.account.id, password });
    worker.until_same(&lab, "signed in").await;
    let tries = lab.commands("AUTHENTICATE").len() + lab.commands("LOGIN").len();
    assert!(tries >= 2, "{tries}");
}

#[tokio::test]
async fn a_server_that_allows_few_connections_gets_few() {
    for allowed in 1..=2 {
        let mut config = ServerConfig::new(mailboxes(40), UnixTime(NOW));
        config.max_sessions = Some(allowed);
        let lab = Lab::with(config).await;
        let mut worker = lab.start();
        worker.until_same(&lab, "copied").await;
        let message = lab.message("INBOX", 7);
        worker.send(Command::FetchBody(message));
        worker.until("text", |event| matches!(event, Event::Body { result: Ok(()), .. }).then_some(())).await;
        worker.send(set_seen(vec![message], FlagChange::Add));
        worker.until_true("flag", || seen(&lab, 7)).await;
        lab.server
            .state()
            .change(|all| all.append("INBOX", Flags::default(), UnixTime(NOW), mail(41)).unwrap());
        worker.until_same(&lab, "news on a shared connection").await;
        assert!(lab.server.sessions() <= allowed);
    }
}

fn with_attachment(size: usize) -> Content {
    use base64::Engine as _;
    let bytes: Vec<u8> = (0..size).map(|n| u8::try_from(n * 7 % 251).unwrap()).collect();
    let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
    let lines: Vec<_> =
        encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let text = format!(
        "From: Ada <ada@example.org>\r\nSubject: Photo\r\nMessage-ID: <mail-77@example.org>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=cut\r\n\r\n\
         --cut\r\nContent-Type: text/plain\r\n\r\nLook at this!\r\n\
         --cut\r\nContent-Type: image/jpeg; name=\"=?utf-8?q?gr=C3=BCn.jpg?=\"\r\n\
         Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\n{}\r\n--cut--\r\n",
        lines.join("\r\n")
    );
    Content::new(text.into_bytes())
}

async fn lab_with_attachment(size: usize) -> (Lab, Worker, MessageId) {
    let mut all = mailboxes(3);
    all.append("INBOX", Flags::default(), UnixTime(NOW), with_attachment(size)).unwrap();
    let lab = Lab::new(CapabilityMask::full(), all).await;
    let mut worker = lab.start();
    worker.until_same(&lab, "copied").await;
    let message = lab.message("INBOX", 4);
    (lab, worker, message)
}

#[tokio::test]
async fn a_text_comes_without_the_attachment() {
    let (lab, mut worker, message) = lab_with_attachment(3_000_000).await;
    worker.send(Command::FetchBody(message));
    let result = worker
        .until("text", |event| match event {
            Event::Body { message: which, result } if which == message => Some(result),
            _ => None,
        })
        .await;
    assert_eq!(result, Ok(()));
    let snapshot = lab.config.store.snapshot().unwrap();
    let text = snapshot.part(message, &path("1")).unwrap().unwrap();
    assert_eq!(text, b"Look at this!");
    let detail = snapshot.message(message).unwrap().unwrap();
    assert_eq!(detail.snippet, "Look at this!");
    let name = detail.structure.unwrap().part(&path("2")).unwrap().filename.clone();
    assert_eq!(name.as_deref(), Some("grün.jpg"));
    assert!(lab.server.traffic().sent < 200_000, "{:?}", lab.server.traffic());
}

#[tokio::test]
async fn an_attachment_is_saved_decoded_with_progress_across_broken_links() {
    let (lab, mut worker, message) = lab_with_attachment(2_000_000).await;
    let file = lab.dir.path().join("saved.jpg");
    lab.server.faults().add(Rule::command("UID FETCH").nth(3).then(Fault::DropAfter(100_000)));
    lab.server.faults().add(Rule::command("UID FETCH").nth(6).then(Fault::Drop));
    let transfer = TransferId(5);
    let fetch = Command::FetchPart {
        message,
        path: path("2"),
        destination: Destination::File(file.clone()),
        transfer,
    };
    worker.send(fetch.clone());
    let mut steps = Vec::new();
    let done = worker
        .until("saved", |event| match event {
            Event::Transfer { state: TransferState::Progress { done, total }, .. } => {
                steps.push((done, total));
                None
            }
            Event::Transfer { id, state } if id == transfer => Some(state),
            _ => None,
        })
        .await;
    assert_eq!(done, TransferState::Done(Some(file.clone())));
    assert!(lab.server.faults().fired() >= 2);
    assert!(steps.len() >= 3 && steps.windows(2).all(|two| two[0].0 < two[1].0), "{steps:?}");
    assert!(steps.iter().all(|(done, total)| done <= total), "{steps:?}");
    let bytes = std::fs::read(&file).unwrap();
    assert_eq!(bytes.len(), 2_000_000);
    assert!(bytes.iter().enumerate().all(|(n, byte)| usize::from(*byte) == n * 7 % 251));
    worker.send(fetch);
    let again = worker
        .until("not again", |event| match event {
            Event::Transfer { id, state } if id == transfer => Some(state),
            _ => None,
        })
        .await;
    assert_eq!(again, TransferState::Failed(Problem::FileExists { path: file }));
}

#[tokio::test]
async fn a_transfer_that_a_broken_link_cut_goes_on_where_it_was() {
    let (lab, mut worker, message) = lab_with_attachment(4_000_000).await;
    lab.server.clear_log();
    let sent = lab.server.traffic().sent;
    lab.server.faults().add(Rule::command("UID FETCH").nth(6).then(Fault::DropAfter(100_000)));
    worker.send(Command::FetchPart {
        message,
        path: path("2"),
        destination: Destination::Store,
        transfer: TransferId(1),
    });
    let end = |event| match event {
        Event::Transfer { state: state @ (TransferState::Failed(_) | TransferState::Done(_)), .. } => {
            Some(state)
        }
        _ => None,
    };
    assert_eq!(worker.until("done", end).await, TransferState::Done(None));
    let snapshot = lab.config.store.snapshot().unwrap();
    let structure = snapshot.message(message).unwrap().unwrap().structure.unwrap();
    let announced = structure.part(&path("2")).unwrap().size;
    let stored = snapshot.part(message, &path("2")).unwrap().unwrap();
    assert_eq!(u64::try_from(stored.len()).unwrap(), announced);
    let whole = lab
        .server
        .state()
        .read(|all| all.mailbox("INBOX").unwrap().mail(4).unwrap().content.bytes().into_owned());
    assert!(
        whole.windows(2_000).any(|piece| piece == &stored[1_500_000..1_502_000]),
        "the bytes of the server"
    );
    let starts: Vec<String> =
        lab.commands("UID FETCH").into_iter().filter(|line| line.contains("<0.")).collect();
    assert!(starts.len() <= 1, "it began anew: {starts:?}");
    assert!(lab.server.traffic().sent - sent < announced + 1_500_000, "much came twice");
}

#[tokio::test]
async fn a_cancelled_transfer_resumes_where_it_stopped() {
    let (lab, mut worker, message) = lab_with_attachment(4_000_000).await;
    let fetch = |id| Command::FetchPart {
        message,
        path: path("2"),
        destination: Destination::Store,
        transfer: TransferId(id),
    };
    worker.send(fetch(1));
    let progress = |event| match event {
        Event::Transfer { state: TransferState::Progress { done, .. }, .. } => Some(done),
        _ => None,
    };
    // What a later run may rely on is on the disk for each whole MiB.
    worker.until("first MiB", |event| progress(event).filter(|done| *done > 1_200_000)).await;
    worker.send(Command::CancelTransfer(TransferId(1)));
    let end = |event| match event {
        Event::Transfer { state: state @ (TransferState::Cancelled | TransferState::Done(_)), .. } => {
            Some(state)
        }
        _ => None,
    };
    assert_eq!(worker.until("cancelled", end).await, TransferState::Cancelled);
    worker.send(Command::FetchPart {
        message: lab.message("INBOX", 1),
        path: path("1"),
        destination: Destination::Store,
        transfer: TransferId(2),
    });
    assert_eq!(worker.until("another", end).await, TransferState::Done(None));
    lab.server.clear_log();
    worker.send(fetch(3));
    assert_eq!(worker.until("resumed", end).await, TransferState::Done(None));
    let first = lab.commands("UID FETCH")[0].clone();
    assert!(!first.contains("<0."), "{first}");
    let snapshot = lab.config.store.snapshot().unwrap();
    let stored = snapshot.parts(message).unwrap();
    let announced =
        snapshot.message(message).unwrap().unwrap().structure.unwrap().part(&path("2")).unwrap().size;
    assert!(stored.iter().any(|part| part.path == path("2") && part.size == announced), "{stored:?}");
}

#[tokio::test]
async fn a_message_that_is_gone_is_told_so() {
    let lab = Lab::new(CapabilityMask::hmail(), mailboxes(5)).await;
    let mut worker = lab.start();
    worker.until_idle().await;
    let message = lab.message("INBOX", 2);
    let rule = Rule::command("UID FETCH").then(Fault::change(|all| all.expunge("INBOX", &[2]).unwrap()));
    lab.server.faults().add(rule);
    worker.send(Command::FetchBody(message));
    let result = worker
        .until("told", |event| if let Event::Body { result, .. } = event { Some(result) } else { None })
        .await;
    assert_eq!(result, Err(Problem::MessageGone));
    worker.until_same(&lab, "and gone here too").await;
}

#[tokio::test]
async fn an_opened_mailbox_jumps_the_queue() {
    let mut all = mailboxes(4_000);
    for n in 7_000..7_050 {
        all.append("Archive", Flags::default(), UnixTime(NOW), mail(n)).unwrap();
    }
    let lab = Lab::new(CapabilityMask::full(), all).await;
    let mut worker = lab.start();
    worker.until_true("first rows", || lab.total() > 0).await;
    worker.send(Command::OpenMailbox(lab.mailbox("Archive").id));
    worker.until_true("opened", || lab.mailbox("Archive").total == 50).await;
    let inbox = lab.mailbox("INBOX");
    assert!(!inbox.is_complete(), "{inbox:?}");
    worker.until_same(&lab, "the rest follows").await;
}

#[tokio::test]
async fn an_account_is_tried_before_it_is_added() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(12)).await;
    lab.config
        .store
        .write("none", {
            let id = lab.account.id;
            move |w| w.remove_account(id)
        })
        .await
        .unwrap();
    let mut config = lab.config.clone();
    config.secrets = SecretStore::in_memory();
    let mut worker = lab.start_with(config);
    let add = |password: &str| Command::AddAccount {
        account: Box::new(lab.account.account.clone()),
        password: Some(NewPassword { secret: Secret::new(password.into()), place: PasswordPlace::Memory }),
    };
    worker.send(add("wrong"));
    let rejected = |event| if let Event::AccountRejected(problem) = event { Some(problem) } else { None };
    let problem = worker.until("rejected", rejected).await;
    assert!(matches!(problem, Problem::SignInRefused { .. }), "{problem:?}");
    assert_eq!(lab.config.store.snapshot().unwrap().accounts().unwrap(), vec![]);
    worker.send(Command::TestAccount {
        account: Box::new(lab.account.account.clone()),
        password: Some(Secret::new(demo::PASSWORD.into())),
    });
    let trial = worker
        .until("tested", |event| if let Event::AccountTested(trial) = event { Some(trial) } else { None })
        .await;
    assert!(trial.mailboxes >= 5 && trial.tls_version.contains("1.3"), "{trial:?}");
    worker.send(add(demo::PASSWORD));
    let id = worker
        .until("added", |event| if let Event::AccountAdded(id) = event { Some(id) } else { None })
        .await;
    worker.send(add(demo::PASSWORD));
    assert_eq!(worker.until("twice", rejected).await, Problem::AccountExists);
    let count = || lab.config.store.snapshot().unwrap().accounts().unwrap().len();
    assert_eq!(count(), 1);
    worker.until_online().await;
    worker.send(Command::RemoveAccount(id));
    worker.until("removed", |event| matches!(event, Event::AccountRemoved(_)).then_some(())).await;
    assert_eq!(count(), 0);
    worker.end().await;
}

#[tokio::test]
async fn an_alert_of_the_server_is_heard_once() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(2)).await;
    let alert = || Fault::BeforeTagged(b"* OK [ALERT] Quota almost used up\r\n".to_vec());
    lab.server.faults().add(Rule::command("SELECT").always().then(alert()));
    let mut worker = lab.start();
    let mut alerts = Vec::new();
    let end = Arc::new(());
    worker
        .until("idle", |event| {
            if let Event::Alert { text, .. } = &event {
                alerts.push(text.clone());
            }
            let idle = matches!(event, Event::Status { status: AccountStatus::Online { idle: true }, .. });
            idle.then(|| Arc::clone(&end))
        })
        .await;
    lab.server.state().change(|all| all.append("INBOX", Flags::default(), UnixTime(NOW), mail(3)).unwrap());
    worker
        .until("new mail", |event| {
            if let Event::Alert { text, .. } = event {
                alerts.push(text);
            }
            lab.has(3).then_some(())
        })
        .await;
    assert_eq!(alerts, ["Quota almost used up"]);
}
