//! The worker at its edges: progress, snippets, whole bodies, sleep, sudden ends.

use crate::sync_lab::{Lab, mailboxes};
use postrider::demo::{CapabilityMask, Fault, Rule};
use postrider::model::{Flag, FlagChange};
use postrider::sync::{AccountStatus, Command, Depth, PassRequest, Problem, one_pass};

#[tokio::test]
async fn progress_is_honest() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(2_500)).await;
    let mut steps = Vec::new();
    let mut note = |status: &AccountStatus| {
        if let AccountStatus::Syncing { mailbox: Some(_), done, total } = status {
            steps.push((*done, *total));
        }
    };
    lab.run(one_pass(&lab.config, &lab.account, &PassRequest::default(), &mut note)).await.unwrap();
    let inbox: Vec<_> = steps.iter().filter(|(_, total)| *total == 2_500).collect();
    assert!(inbox.len() >= 3, "{steps:?}");
    assert!(inbox.windows(2).all(|two| two[0].0 <= two[1].0), "{steps:?}");
    assert!(steps.iter().all(|(done, total)| done <= total), "{steps:?}");
}

#[tokio::test]
async fn snippets_come_where_the_server_has_none() {
    let lab = Lab::new(CapabilityMask::hmail(), mailboxes(60)).await;
    let mut worker = lab.start();
    let snippet = |uid: u32| {
        let message = lab.message("INBOX", uid);
        lab.config.store.snapshot().unwrap().message(message).unwrap().unwrap().snippet
    };
    worker.until_idle().await;
    worker.until_true("the first screen", || (21..=60).all(|uid| !snippet(uid).is_empty())).await;
    assert_eq!(snippet(60), "This is the text of mail 60.");
    assert_eq!(snippet(1), "", "nobody looks at it");
}

#[tokio::test]
async fn a_pass_with_bodies_fetches_each_once() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(30)).await;
    let request = PassRequest { depth: Depth::Bodies, ..PassRequest::default() };
    let pass = || async { lab.try_pass_of(&request).await.unwrap() };
    let first = pass().await;
    assert_eq!((first.messages, first.bodies), (30, 30));
    let message = lab.message("INBOX", 17);
    let text = lab.config.store.snapshot().unwrap().part(message, &"1".parse().unwrap()).unwrap().unwrap();
    assert_eq!(text, b"This is the text of mail 17.\r\n");
    assert_eq!(pass().await.bodies, 0);
}

#[tokio::test]
async fn a_program_that_ends_in_the_middle_loses_nothing() {
    for stop in [1, 2, 4, 7, 11, 16] {
        let lab = Lab::new(CapabilityMask::full(), mailboxes(1_600)).await;
        let (config, manual) = (lab.config.clone(), lab.manual.clone());
        let suddenly = tokio::task::spawn_blocking(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
            runtime.block_on(async {
                let (_handle, mut events) = postrider::sync::start(config);
                for _ in 0..stop {
                    manual.run(futures::StreamExt::next(&mut events)).await;
                }
            });
            runtime.shutdown_background();
        });
        suddenly.await.unwrap();
        lab.pass().await;
        lab.assert_same(&format!("after {stop} events"));
        assert!(lab.mailbox("INBOX").is_complete());
    }
}

#[tokio::test]
async fn a_change_that_was_on_its_way_when_the_program_ended_is_sent_again() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(5)).await;
    lab.pass().await;
    lab.server.faults().add(Rule::command("UID STORE").then(Fault::Stall));
    let message = lab.message("INBOX", 3);
    let set = Command::SetFlag { messages: vec![message], flag: Flag::Flagged, change: FlagChange::Add };
    let log = || lab.commands("UID STORE").len();
    {
        let worker = lab.start();
        worker.send(set);
        lab.until("sent", || log() > 0).await;
        worker.end().await;
    }
    let pending = || lab.config.store.snapshot().unwrap().operations_pending(lab.account.id).unwrap();
    assert_eq!(pending().len(), 1);
    lab.pass().await;
    assert_eq!(pending(), vec![]);
    lab.assert_same("sent again");
}

#[tokio::test]
async fn a_missing_password_is_told_and_nobody_is_bothered() {
    let mut lab = Lab::new(CapabilityMask::full(), mailboxes(5)).await;
    lab.config.secrets = postrider::secret::SecretStore::in_memory();
    assert_eq!(lab.try_pass().await, Err(Problem::PasswordMissing));
    assert_eq!(lab.server.connections(), 0);
}
