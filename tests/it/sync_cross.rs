//! Moves and copies between accounts: nothing is lost or doubled whatever breaks, and all of it can be undone and done
//! again.

use crate::sync_lab::{Lab, NOW, mail, mailboxes};
use crate::sync_operations::{acted, breaks, ids, waits};
use postrider::demo::{self, CapabilityMask, Fault, Mailboxes, Rule, Server, ServerConfig};
use postrider::model::{AccountId, Flag, FlagChange, Flags, MailboxId, MailboxName, UnixTime};
use postrider::secret::{PasswordPlace, Secret};
use postrider::store::SortOrder;
use postrider::sync::{Command, Event, Problem};

/// A second account on a server of its own, in the same store.
struct Two {
    lab: Lab,
    other: Server,
    account: AccountId,
}

impl Two {
    async fn new(mask: CapabilityMask) -> Self {
        Self::between((mask.clone(), mailboxes(4)), (mask, Mailboxes::standard())).await
    }

    async fn between(
        (mask, mail): (CapabilityMask, Mailboxes),
        (other_mask, other_mail): (CapabilityMask, Mailboxes),
    ) -> Self {
        let lab = Lab::new(mask, mail).await;
        let mut config = ServerConfig::new(other_mail, UnixTime(NOW));
        config.capabilities = other_mask;
        config.clock = lab.manual.clock();
        let other = Server::start(config).await.unwrap();
        let ca_file = lab.dir.path().join("other.pem");
        std::fs::write(&ca_file, other.ca_pem()).unwrap();
        let mut account = lab.account.account.clone();
        account.email = "other@example.org".into();
        account.imap.port = other.port();
        account.ca_file = Some(ca_file);
        let secret = Secret::new(demo::PASSWORD.into());
        lab.config.secrets.keep(&account.login, &account.imap, secret, PasswordPlace::Memory).await.unwrap();
        let row = account.clone();
        let id = lab.config.store.write("account", move |w| w.add_account(&row)).await.unwrap();
        Self { lab, other, account: id }
    }

    fn there(&self, name: &str) -> MailboxId {
        let snapshot = self.lab.config.store.snapshot().unwrap();
        let name = MailboxName::from_wire(name.as_bytes());
        snapshot.mailbox_by_name(self.account, &name).unwrap().unwrap().id
    }

    fn ready(&self) -> bool {
        let snapshot = self.lab.config.store.snapshot().unwrap();
        self.lab.total() >= 4 && snapshot.mailboxes(self.account).unwrap().len() == 6
    }

    fn waits(&self) -> bool {
        waits(&self.lab, self.lab.account.id) || waits(&self.lab, self.account)
    }

    fn shown(&self, mailbox: MailboxId) -> usize {
        self.lab.config.store.snapshot().unwrap().message_ids(mailbox, SortOrder::NewestFirst).unwrap().len()
    }
}

#[tokio::test]
async fn messages_move_between_accounts_whatever_breaks() {
    for (kind, mask) in [("full", CapabilityMask::full()), ("hmail", CapabilityMask::hmail())] {
        let steps = [
            (0, "UID FETCH"),
            (0, "SELECT"),
            (0, "UID STORE"),
            (0, "UID EXPUNGE"),
            (1, "STATUS"),
            (1, "APPEND"),
            (1, "SELECT"),
        ];
        for (server, step) in steps {
            for fault in breaks() {
                let name = format!("{kind}: server {server}: {step}: {fault:?}");
                let two = Two::new(mask.clone()).await;
                let mut worker = two.lab.start();
                worker.until_true(&name, || two.ready()).await;
                let to = two.there("Archive");
                let faults = if server == 0 { two.lab.server.faults() } else { two.other.faults() };
                faults.add(Rule::command(step).then(fault.clone()));
                let messages = vec![two.lab.message("INBOX", 2), two.lab.message("INBOX", 3)];
                worker.send(Command::Move { messages, from: None, to });
                assert_eq!(acted(&mut worker).await.messages, 2, "{name}");
                assert_eq!(two.shown(to), 2, "{name}: shown at once");
                worker.until_true(&name, || !two.waits()).await;
                let moved = ["mail-2@example.org", "mail-3@example.org"];
                assert_eq!(ids(&two.other, "Archive"), moved, "{name}");
                let left = two.lab.server.state().read(|all| {
                    let mails = all.mailbox("INBOX").unwrap().mails().to_vec();
                    mails.iter().filter(|mail| !mail.flags.contains(&Flag::Deleted)).count()
                });
                assert_eq!(left, 2, "{name}: originals");
                assert_eq!((two.shown(to), two.shown(two.lab.mailbox("INBOX").id)), (2, 2), "{name}: here");
            }
        }
    }
}

#[tokio::test]
async fn a_move_between_accounts_keeps_bytes_flags_and_date_and_can_be_undone() {
    let two = Two::new(CapabilityMask::full()).await;
    two.lab
        .server
        .state()
        .change(|all| all.set_flag("INBOX", &[2], FlagChange::Add, &Flag::Flagged).unwrap());
    let mut worker = two.lab.start();
    worker.until_true("ready", || two.ready()).await;
    worker.until_same(&two.lab, "copied").await;
    let (to, inbox) = (two.there("Archive"), two.lab.mailbox("INBOX").id);
    worker.send(Command::Move { messages: vec![two.lab.message("INBOX", 2)], from: None, to });
    acted(&mut worker).await;
    worker.until_true("moved", || !two.waits()).await;
    let original = mail(2);
    two.other.state().read(|all| {
        let moved = &all.mailbox("Archive").unwrap().mails()[0];
        assert_eq!(moved.content.bytes(), original.bytes());
        assert!(moved.flags.contains(&Flag::Flagged));
        assert_eq!(moved.internal_date, UnixTime(NOW - 120));
    });
    worker.send(Command::Undo(None));
    worker.until_true("back", || ids(&two.other, "Archive").is_empty() && !two.waits()).await;
    assert_eq!(ids(&two.lab.server, "INBOX").len(), 4);
    assert_eq!((two.shown(to), two.shown(inbox)), (0, 4));
    // A copy leaves the original; undone, the copy goes.
    worker.send(Command::Copy { messages: vec![two.lab.message("INBOX", 1)], to });
    acted(&mut worker).await;
    worker.until_true("copied", || !two.waits() && ids(&two.other, "Archive").len() == 1).await;
    assert_eq!(ids(&two.lab.server, "INBOX").len(), 4);
    worker.send(Command::Undo(None));
    worker.until_true("copy gone", || !two.waits() && ids(&two.other, "Archive").is_empty()).await;
    // Undone before anything was sent: nothing is left to be sent.
    worker.send(Command::SetOffline(true));
    worker.send(Command::Move { messages: vec![two.lab.message("INBOX", 1)], from: None, to });
    acted(&mut worker).await;
    assert_eq!((two.shown(to), two.shown(inbox)), (1, 3));
    worker.send(Command::Undo(None));
    worker.until_true("taken back", || two.shown(to) == 0 && two.shown(inbox) == 4).await;
    assert!(!two.waits());
}

#[tokio::test]
async fn a_refused_delivery_leaves_the_original_where_it_is() {
    let two = Two::new(CapabilityMask::full()).await;
    let mut worker = two.lab.start();
    worker.until_true("ready", || two.ready()).await;
    let (to, inbox) = (two.there("Archive"), two.lab.mailbox("INBOX").id);
    two.other.faults().add(Rule::command("APPEND").then(Fault::No("[OVERQUOTA] full".into())));
    let messages = vec![two.lab.message("INBOX", 2), two.lab.message("INBOX", 3)];
    worker.send(Command::Move { messages: messages.clone(), from: None, to });
    let failed = |event| match event {
        Event::OperationFailed { operation, messages, problem, .. } => Some((operation, messages, problem)),
        _ => None,
    };
    let (operation, told, problem) = worker.until("refusal", failed).await;
    assert!(matches!(problem, Problem::OverQuota { .. }), "{problem:?}");
    assert_eq!(told, messages[..1], "told by the original");
    worker.until_true("the other one", || !two.waits()).await;
    assert_eq!(ids(&two.other, "Archive"), ["mail-3@example.org"]);
    assert_eq!((two.shown(to), two.shown(inbox)), (1, 3));
    worker.send(Command::RetryOperation(operation));
    worker.until_true("again", || !two.waits() && ids(&two.other, "Archive").len() == 2).await;
    assert_eq!((two.shown(to), two.shown(inbox)), (2, 2));
    assert_eq!(ids(&two.lab.server, "INBOX").len(), 2);
}

#[tokio::test]
async fn a_move_between_accounts_is_undone_and_done_again_as_often_as_one_likes() {
    let two = Two::new(CapabilityMask::full()).await;
    let mut worker = two.lab.start();
    worker.until_true("ready", || two.ready()).await;
    worker.until_same(&two.lab, "copied").await;
    let (to, inbox) = (two.there("Archive"), two.lab.mailbox("INBOX").id);
    let messages = vec![two.lab.message("INBOX", 2), two.lab.message("INBOX", 3)];
    worker.send(Command::Move { messages, from: None, to });
    acted(&mut worker).await;
    let moved = ["mail-2@example.org", "mail-3@example.org"];
    let at = |server: &Server, name: &str| {
        let mut all = ids(server, name);
        all.sort();
        all
    };
    for round in 0..9 {
        let name = format!("round {round}");
        worker.until_true(&name, || !two.waits() && at(&two.other, "Archive") == moved).await;
        assert_eq!((two.shown(to), two.shown(inbox)), (2, 2), "{name}");
        assert_eq!(at(&two.lab.server, "INBOX").len(), 2, "{name}");
        worker.send(Command::Undo(None));
        worker.until_true(&name, || !two.waits() && at(&two.lab.server, "INBOX").len() == 4).await;
        assert_eq!((two.shown(to), two.shown(inbox)), (0, 4), "{name}: undone");
        assert_eq!(at(&two.other, "Archive").len(), 0, "{name}: undone");
        worker.send(Command::Redo);
    }
    // Also before the undoing has reached the servers.
    worker.until_true("done again", || !two.waits() && at(&two.other, "Archive") == moved).await;
    worker.send(Command::SetOffline(true));
    worker.send(Command::Undo(None));
    worker.until_true("undone offline", || two.shown(inbox) == 4).await;
    worker.send(Command::Redo);
    worker.until_true("done again offline", || two.shown(to) == 2 && two.shown(inbox) == 2).await;
    worker.send(Command::SetOffline(false));
    worker.until_true("in the end", || !two.waits()).await;
    assert_eq!(
        (at(&two.other, "Archive"), at(&two.lab.server, "INBOX").len()),
        (moved.map(String::from).to_vec(), 2)
    );
}

fn gmail(count: u32) -> Mailboxes {
    let mut all = Mailboxes::gmail();
    all.create("Work", None).unwrap();
    for n in 1..=count {
        all.append("INBOX", Flags::default(), UnixTime(NOW - i64::from(n) * 60), mail(n)).unwrap();
    }
    all.copy_mails("INBOX", &[1, 2, 3, 4], "Work").unwrap();
    all
}

/// Where Gmail has a mail.
fn labels(server: &Server, n: u32) -> Vec<String> {
    server.state().read(|all| all.labels_of(&format!("mail-{n}@example.org")))
}

#[tokio::test]
async fn an_original_at_gmail_goes_to_the_trash_once_its_copy_is_safe() {
    for fault in breaks().into_iter().map(Some).chain([None]) {
        let name = format!("{fault:?}");
        let there = (CapabilityMask::full(), Mailboxes::standard());
        let two = Two::between((CapabilityMask::gmail(), gmail(4)), there).await;
        let mut worker = two.lab.start();
        worker.until_true(&name, || two.ready()).await;
        worker.until_same(&two.lab, &name).await;
        if let Some(fault) = fault {
            two.lab.server.faults().add(Rule::command("UID MOVE").then(fault));
        }
        let (to, inbox) = (two.there("Archive"), two.lab.mailbox("INBOX").id);
        let messages = vec![two.lab.message("INBOX", 2), two.lab.message("INBOX", 3)];
        worker.send(Command::Move { messages, from: Some(inbox), to });
        assert_eq!(acted(&mut worker).await.messages, 2, "{name}");
        assert_eq!((two.shown(to), two.shown(inbox)), (2, 2), "{name}: shown at once");
        worker.until_true(&name, || !two.waits()).await;
        assert_eq!(ids(&two.other, "Archive").len(), 2, "{name}");
        for n in [2, 3] {
            assert_eq!(labels(&two.lab.server, n), ["[Gmail]/Trash"], "{name}");
        }
        assert_eq!(labels(&two.lab.server, 1).len(), 3, "{name}: others stay as they are");
        assert!(
            two.lab.commands("UID EXPUNGE").is_empty() && two.lab.commands("UID STORE").is_empty(),
            "{name}"
        );
        worker.send(Command::SyncNow(None));
        worker.until_same(&two.lab, &name).await;
        let failed = two.lab.config.store.snapshot().unwrap().operations_failed(two.lab.account.id).unwrap();
        assert!(failed.is_empty(), "{name}: {failed:?}");
    }
}

#[tokio::test]
async fn a_move_to_gmail_is_undone_through_its_trash() {
    let two = Two::between((CapabilityMask::full(), mailboxes(4)), (CapabilityMask::gmail(), gmail(4))).await;
    let mut worker = two.lab.start();
    let ready =
        || two.lab.total() >= 4 && two.lab.config.store.snapshot().unwrap().has_gmail(two.account).unwrap();
    worker.until_true("ready", ready).await;
    worker.until_same(&two.lab, "copied").await;
    let to = two.there("Work");
    // Other mails than those that are there already.
    two.lab.server.state().change(|all| {
        all.append("INBOX", Flags::default(), UnixTime(NOW), mail(77)).unwrap();
    });
    worker.send(Command::SyncNow(None));
    worker.until_same(&two.lab, "news").await;
    let message = two.lab.message("INBOX", 5);
    worker.send(Command::Move { messages: vec![message], from: None, to });
    acted(&mut worker).await;
    worker.until_true("moved", || !two.waits() && labels(&two.other, 77).len() == 2).await;
    assert_eq!(ids(&two.lab.server, "INBOX").len(), 4);
    worker.send(Command::Undo(None));
    worker.until_true("back", || !two.waits() && ids(&two.lab.server, "INBOX").len() == 5).await;
    assert_eq!(labels(&two.other, 77), ["[Gmail]/Trash"]);
}
