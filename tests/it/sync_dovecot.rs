//! The worker against a real server.

use crate::dovecot::{Dovecot, HOST, message};
use crate::raw::Raw;
use crate::sync_lab::Worker;
use postrider::model::{
    Account, AccountId, AuthMethod, Flag, FlagChange, Login, MailboxName, MessageId, Security, Server, Uid,
    UidSet,
};
use postrider::secret::{PasswordPlace, Secret, SecretStore};
use postrider::store::{MailboxRow, Store};
use postrider::sync::{AccountStatus, Command, Config, Event};
use std::time::Instant;

struct Real {
    server: Dovecot,
    config: Config,
    account: AccountId,
    _dir: tempfile::TempDir,
}

impl Real {
    async fn start() -> Option<Self> {
        let server = tokio::task::spawn_blocking(|| {
            let server = Dovecot::start()?;
            server.append("alice", "INBOX", "", (0..350).map(|n| message(n, 600)));
            server.append("alice", "Projects", "\\Seen", (1_000..1_020).map(|n| message(n, 600)));
            Some(server)
        });
        let server = server.await.unwrap()?;
        let dir = tempfile::tempdir().unwrap();
        let imap = Server { host: HOST.into(), port: server.imaps_port, security: Security::Tls };
        let login =
            Login { user: "alice".into(), auth: AuthMethod::Password, password_command: None, oauth: None };
        let account = Account {
            email: "alice@example.org".into(),
            imap,
            smtp: None,
            smtp_user: None,
            login,
            ca_file: Some(server.ca_path()),
            exceptions: Vec::new(),
        };
        let secrets = SecretStore::in_memory();
        let secret = Secret::new("secret-alice".into());
        secrets.keep(&account.login, &account.imap, secret, PasswordPlace::Memory).await.unwrap();
        let store = Store::open(dir.path()).unwrap();
        let id = store.write("account", move |w| w.add_account(&account)).await.unwrap();
        // The server lives in real time, and the worker does so with it.
        let config = Config::new(store, secrets);
        Some(Self { server, config, account: id, _dir: dir })
    }

    fn mailbox(&self, name: &str) -> Option<MailboxRow> {
        let name = MailboxName::from_wire(name.as_bytes());
        self.config.store.snapshot().unwrap().mailbox_by_name(self.account, &name).unwrap()
    }

    fn total(&self, name: &str) -> u64 {
        self.mailbox(name).map_or(0, |row| row.total)
    }

    fn message(&self, mailbox: &str, uid: u32) -> Option<MessageId> {
        let uid = Uid::from_wire(uid).unwrap();
        let mailbox = self.mailbox(mailbox)?.id;
        let snapshot = self.config.store.snapshot().unwrap();
        snapshot.ids_by_uid(mailbox, &UidSet::range(uid, uid)).unwrap().first().map(|(_, id)| *id)
    }

    fn flags(&self, mailbox: &str, uid: u32) -> Option<postrider::model::Flags> {
        let mailbox = self.mailbox(mailbox)?.id;
        let uid = Uid::from_wire(uid).unwrap();
        let rows = self.config.store.snapshot().unwrap().flags_of(mailbox, uid, uid).unwrap();
        rows.first().map(|row| row.flags.clone())
    }

    fn has_flag(&self, uid: u32, flag: &Flag) -> bool {
        let inbox = self.mailbox("INBOX").unwrap().id;
        let uid = Uid::from_wire(uid).unwrap();
        let rows = self.config.store.snapshot().unwrap().flags_of(inbox, uid, uid).unwrap();
        rows.first().is_some_and(|row| row.flags.contains(flag))
    }

    /// Another client; blocking, so away from the worker's runtime.
    fn other(&self, commands: &[&str]) -> String {
        self.server.run("alice", commands)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worker_and_a_real_server_stay_together() {
    // Whatever is heard below is heard because the server tells it: asking comes every five minutes.
    let Some(mut real) = Real::start().await else { return };
    let mut worker = Worker::new(real.config.clone());
    worker.until_true("copied", || real.total("INBOX") == 350 && real.total("Projects") == 20).await;
    worker.until_idle().await;

    real.other(&[
        "SELECT INBOX",
        "UID STORE 5 +FLAGS (\\Flagged)",
        "UID STORE 7 +FLAGS (\\Deleted)",
        "UID EXPUNGE 7",
    ]);
    worker.until_true("removal", || real.message("INBOX", 7).is_none()).await;
    worker.until_true("flag", || real.has_flag(5, &Flag::Flagged)).await;
    real.server.append("alice", "INBOX", "", [message(2_000, 600)]);
    worker.until_true("new mail", || real.message("INBOX", 351).is_some()).await;

    // Folders that nobody looks at: NOTIFY.
    real.server.append("alice", "Projects", "", [message(3_000, 600)]);
    worker.until_true("new mail elsewhere", || real.message("Projects", 21).is_some()).await;
    real.other(&[
        "SELECT Projects",
        "UID STORE 3 +FLAGS (\\Flagged)",
        "UID STORE 4 +FLAGS (\\Deleted)",
        "UID EXPUNGE 4",
    ]);
    worker.until_true("removal elsewhere", || real.message("Projects", 4).is_none()).await;
    let flagged = || real.flags("Projects", 3).is_some_and(|flags| flags.contains(&Flag::Flagged));
    worker.until_true("flag elsewhere", flagged).await;
    real.other(&["CREATE Fresh"]);
    worker.until_true("a new folder", || real.mailbox("Fresh").is_some()).await;

    let read = real.message("INBOX", 9).unwrap();
    worker.send(Command::SetFlag { messages: vec![read], flag: Flag::Seen, change: FlagChange::Add });
    let done = || real.config.store.snapshot().unwrap().operations_pending(real.account).unwrap().is_empty();
    worker.until("set", |event| matches!(event, Event::Changed(_)).then_some(())).await;
    worker.until_true("sent", done).await;
    let answer = real.other(&["SELECT INBOX", "UID FETCH 9 (FLAGS)"]);
    assert!(answer.contains("UID 9 FLAGS (\\Seen") || answer.contains("FLAGS (\\Seen"), "{answer}");

    worker.send(Command::FetchBody(read));
    worker.until("text", |event| matches!(event, Event::Body { result: Ok(()), .. }).then_some(())).await;
    let text = real.config.store.snapshot().unwrap().part(read, &"1".parse().unwrap()).unwrap().unwrap();
    assert!(String::from_utf8_lossy(&text).contains("Line 0 of message 8:"));

    real.server.kill();
    worker.until_status("offline", |status| matches!(status, AccountStatus::Offline { .. })).await;
    assert_eq!((real.total("INBOX"), real.total("Projects")), (350, 20));
    worker.send(Command::SetFlag { messages: vec![read], flag: Flag::Flagged, change: FlagChange::Add });
    real.server.restart();
    real.server.append("alice", "INBOX", "", [message(2_001, 600)]);
    worker.until_true("new mail after the break", || real.message("INBOX", 352).is_some()).await;
    let done = || real.config.store.snapshot().unwrap().operations_pending(real.account).unwrap().is_empty();
    worker.until_true("sent after the break", done).await;
    assert!(real.has_flag(9, &Flag::Flagged));
    let answer = real.other(&["SELECT INBOX", "UID FETCH 9 (FLAGS)"]);
    assert!(answer.contains("\\Flagged"), "{answer}");
}

/// Milliseconds from the moment at which another client gives a command until the window is told.
async fn lag(
    real: &Real,
    worker: &mut Worker,
    what: &str,
    deed: impl FnOnce(&mut Raw) + Send + 'static,
    holds: impl Fn() -> bool,
) -> u128 {
    let (ca, port) = (real.server.ca_path(), real.server.imaps_port);
    let mut other = tokio::task::spawn_blocking(move || Raw::login(&ca, port, "alice")).await.unwrap();
    let start = Instant::now();
    let doing = tokio::task::spawn_blocking(move || {
        deed(&mut other);
        other
    });
    worker.until_true(what, holds).await;
    let took = start.elapsed().as_millis();
    doing.await.unwrap();
    println!("{what}: {took} ms from the other client's command to the event");
    took
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_client_does_is_here_in_a_moment() {
    let Some(real) = Real::start().await else { return };
    let mut worker = Worker::new(real.config.clone());
    worker.until_true("copied", || real.total("INBOX") == 350 && real.total("Projects") == 20).await;
    worker.until_idle().await;
    // INBOX is listened to by IDLE, all other mailboxes by NOTIFY, both on one connection here.
    for (mailbox, count) in [("INBOX", 350), ("Projects", 20)] {
        let select = format!("SELECT {mailbox}");
        let deed = move |raw: &mut Raw| raw.put(mailbox, &message(7_000, 600));
        lag(&real, &mut worker, &format!("{mailbox}: new mail"), deed, || real.total(mailbox) == count + 1)
            .await;
        let (open, uid) = (select.clone(), u32::try_from(count).unwrap());
        let deed = move |raw: &mut Raw| {
            raw.say(&[&open, &format!("UID STORE {uid} +FLAGS (\\Flagged)")]);
        };
        let flagged = || real.flags(mailbox, uid).is_some_and(|flags| flags.contains(&Flag::Flagged));
        lag(&real, &mut worker, &format!("{mailbox}: flag"), deed, flagged).await;
        let deed = move |raw: &mut Raw| {
            raw.say(&[&select, "UID STORE 1 +FLAGS (\\Deleted)", "UID EXPUNGE 1"]);
        };
        lag(&real, &mut worker, &format!("{mailbox}: expunge"), deed, || real.total(mailbox) == count).await;
    }
}
