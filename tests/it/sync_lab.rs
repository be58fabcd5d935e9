//! A laboratory for the worker: the embedded server, an empty store, an account between them. Everybody there has the
//! durations of real life and one clock, which runs ahead to the next moment that somebody waits for as soon as nobody
//! does anything else ([`ManualClock::run`]), or only moves by hand ([`Lab::by_hand`]).

use crate::wait;
use futures::StreamExt;
use postrider::demo::{self, CapabilityMask, Content, Mailboxes, Server, ServerConfig};
use postrider::model::{
    Account, AuthMethod, BodyPolicy, Flags, Login, MailboxName, MessageId, Security, Uid, UidSet, UnixTime,
};
use postrider::secret::{PasswordPlace, Secret, SecretStore};
use postrider::store::{AccountRow, MailboxRow, SortOrder, Store};
use postrider::sync::{
    AccountStatus, Command, Config, Event, Events, Handle, ManualClock, PassRequest, Problem, Summary,
    Timing, one_pass, start,
};
use std::sync::Arc;
use std::time::Duration;

/// The time in the laboratory.
pub(crate) const NOW: i64 = 1_790_000_000;

pub(crate) struct Lab {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) server: Arc<Server>,
    pub(crate) config: Config,
    pub(crate) account: AccountRow,
    pub(crate) manual: ManualClock,
    /// Whether time moves only by hand.
    by_hand: bool,
}

/// One mail as it is compared: mailbox, UID, Message-ID, flags.
pub(crate) type Seen = (String, u32, String, String);

pub(crate) fn mail(n: u32) -> Content {
    let text = format!(
        "From: Ada <ada@example.org>\r\nTo: me@example.org\r\nSubject: Mail {n}\r\n\
         Date: Mon, 21 Sep 2026 10:00:00 +0000\r\nMessage-ID: <mail-{n}@example.org>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThis is the text of mail {n}.\r\n"
    );
    Content::new(text.into_bytes())
}

/// INBOX with so many mails, and the usual other mailboxes.
pub(crate) fn mailboxes(count: u32) -> Mailboxes {
    let mut all = Mailboxes::standard();
    for n in 1..=count {
        all.append("INBOX", Flags::default(), UnixTime(NOW - i64::from(count - n) * 60), mail(n)).unwrap();
    }
    all
}

pub(crate) fn masks() -> Vec<(&'static str, CapabilityMask)> {
    vec![
        ("everything", CapabilityMask::full()),
        ("CONDSTORE", CapabilityMask::gmail()),
        ("nothing", CapabilityMask::hmail()),
        ("Microsoft 365", CapabilityMask::m365()),
        ("iCloud", CapabilityMask::icloud()),
        ("Purelymail", CapabilityMask::purelymail()),
    ]
}

impl Lab {
    pub(crate) async fn new(capabilities: CapabilityMask, mailboxes: Mailboxes) -> Self {
        let mut config = ServerConfig::new(mailboxes, UnixTime(NOW));
        config.capabilities = capabilities;
        Self::with(config).await
    }

    pub(crate) async fn with(mut config: ServerConfig) -> Self {
        let manual = ManualClock::new(UnixTime(NOW));
        config.clock = manual.clock();
        let server = Arc::new(Server::start(config).await.unwrap());
        // In memory where there is such a place: hundreds of stores are made here, each with its fsyncs.
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let ca_file = dir.path().join("ca.pem");
        std::fs::write(&ca_file, server.ca_pem()).unwrap();
        let imap = postrider::model::Server {
            host: "localhost".into(),
            port: server.port(),
            security: Security::Tls,
        };
        let account = Account {
            email: demo::USER.into(),
            imap,
            smtp: None,
            smtp_user: None,
            login: Login {
                user: demo::USER.into(),
                auth: AuthMethod::Password,
                password_command: None,
                oauth: None,
            },
            ca_file: Some(ca_file),
            exceptions: Vec::new(),
        };
        let secrets = SecretStore::in_memory();
        let secret = Secret::new(demo::PASSWORD.into());
        secrets.keep(&account.login, &account.imap, secret, PasswordPlace::Memory).await.unwrap();
        let store = Store::open(&dir.path().join("data")).unwrap();
        let row = account.clone();
        let id = store
            .write("account", move |w| {
                let id = w.add_account(&row)?;
                // Each test says itself which bodies it wants.
                w.set_account_bodies(id, Some(BodyPolicy::None))?;
                Ok(id)
            })
            .await
            .unwrap();
        let mut config = Config::new(store, secrets);
        config.clock = manual.clock();
        config.seed = 1;
        Self { dir, server, config, account: AccountRow { id, account }, manual, by_hand: false }
    }

    /// Does work while time runs, unless it moves only by hand.
    pub(crate) async fn run<T>(&self, work: impl Future<Output = T>) -> T {
        // Too large for the stack of a test, by value.
        let work = Box::pin(work);
        if self.by_hand { work.await } else { self.manual.run(work).await }
    }

    /// Lets time pass in one step, for everybody.
    pub(crate) fn advance(&self, seconds: u64) {
        self.manual.advance(Duration::from_secs(seconds));
    }

    /// From now on time moves only by hand. The window hears of changes at once: nobody would wait for its frame.
    pub(crate) fn by_hand(mut self) -> Self {
        self.by_hand = true;
        self.config.timing = Timing { merge: Duration::ZERO, ..Timing::default() };
        self
    }

    /// Lets time pass in small steps, see [`ManualClock::pass`].
    pub(crate) async fn wait(&self, by: Duration) {
        wait::at_most(self.manual.pass(by), || panic!("time does not pass: {:?}", self.manual)).await;
    }

    /// Waits until something holds, also if the worker tells nothing of it.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let come = async {
            while !holds() {
                tokio::task::yield_now().await;
            }
        };
        let never = || panic!("{what}: did not happen; {:?}", self.manual);
        wait::at_most(self.run(come), never).await;
    }

    pub(crate) async fn try_pass(&self) -> Result<Summary, Problem> {
        self.try_pass_of(&PassRequest::default()).await
    }

    pub(crate) async fn try_pass_of(&self, request: &PassRequest) -> Result<Summary, Problem> {
        let mut quiet = |_: &_| {};
        let pass = Box::pin(one_pass(&self.config, &self.account, request, &mut quiet));
        let pass = self.run(pass);
        wait::at_most(pass, || panic!("a pass does not end: {:?}", self.manual)).await
    }

    pub(crate) async fn pass(&self) -> Summary {
        let summary = self.try_pass().await.unwrap();
        assert_eq!(summary.refused, vec![], "refused");
        summary
    }

    pub(crate) fn start(&self) -> Worker {
        self.start_with(self.config.clone())
    }

    /// The worker with other settings.
    pub(crate) fn start_with(&self, config: Config) -> Worker {
        let time = (!self.by_hand).then(|| self.manual.clone());
        Worker { time, ..Worker::new(config) }
    }

    pub(crate) fn mailbox(&self, name: &str) -> MailboxRow {
        let name = MailboxName::from_wire(name.as_bytes());
        let snapshot = self.config.store.snapshot().unwrap();
        snapshot.mailbox_by_name(self.account.id, &name).unwrap().unwrap()
    }

    pub(crate) fn message(&self, mailbox: &str, uid: u32) -> MessageId {
        let mailbox = self.mailbox(mailbox).id;
        let uid = Uid::from_wire(uid).unwrap();
        let snapshot = self.config.store.snapshot().unwrap();
        snapshot.ids_by_uid(mailbox, &UidSet::range(uid, uid)).unwrap()[0].1
    }

    /// Everything that the store shows.
    pub(crate) fn local(&self) -> Vec<Seen> {
        let snapshot = self.config.store.snapshot().unwrap();
        let mut all = Vec::new();
        for mailbox in snapshot.mailboxes(self.account.id).unwrap() {
            let ids = snapshot.message_ids(mailbox.id, SortOrder::NewestFirst).unwrap();
            for row in snapshot.rows(&ids, mailbox.id).unwrap() {
                let detail = snapshot.message(row.id).unwrap().unwrap();
                let message_id = detail.envelope.message_id.map(|id| id.0).unwrap_or_default();
                let name = String::from_utf8_lossy(mailbox.name.as_bytes()).into_owned();
                all.push((name, row.uid.map_or(0, Uid::get), message_id, words(&row.flags)));
            }
        }
        all.sort();
        all
    }

    /// Number of messages that the store shows.
    pub(crate) fn total(&self) -> usize {
        let snapshot = self.config.store.snapshot().unwrap();
        let mailboxes = snapshot.mailboxes(self.account.id).unwrap();
        usize::try_from(mailboxes.iter().map(|mailbox| mailbox.total).sum::<u64>()).unwrap()
    }

    /// Everything that the server has.
    pub(crate) fn remote(&self) -> Vec<Seen> {
        self.server.state().read(|all| {
            let mut seen = Vec::new();
            for (name, mailbox) in all.iter() {
                for mail in mailbox.mails() {
                    let id = mail.message_id().unwrap_or_default();
                    seen.push((name.to_owned(), mail.uid, id, words(&mail.flags)));
                }
            }
            seen.sort();
            seen
        })
    }

    #[track_caller]
    pub(crate) fn assert_same(&self, what: &str) {
        let (local, remote) = (self.local(), self.remote());
        if local != remote {
            let lost: Vec<_> = remote.iter().filter(|one| !local.contains(one)).take(5).collect();
            let extra: Vec<_> = local.iter().filter(|one| !remote.contains(one)).take(5).collect();
            panic!(
                "{what}: {} here, {} there; not here: {lost:?}; only here: {extra:?}",
                local.len(),
                remote.len()
            );
        }
    }

    /// Whether the store shows a mail with this Message-ID number.
    pub(crate) fn has(&self, n: u32) -> bool {
        self.local().iter().any(|(_, _, id, _)| *id == format!("mail-{n}@example.org"))
    }

    pub(crate) fn commands(&self, verb: &str) -> Vec<String> {
        let log = self.server.log();
        log.into_iter().filter(|entry| entry.verb == verb).map(|entry| entry.line).collect()
    }
}

fn words(flags: &Flags) -> String {
    format!("{:05b} {}", flags.system_bits(), flags.keywords_joined())
}

pub(crate) struct Worker {
    pub(crate) handle: Handle,
    pub(crate) events: Events,
    last: Option<AccountStatus>,
    /// Runs while somebody waits for the worker.
    time: Option<ManualClock>,
}

impl Worker {
    pub(crate) fn new(config: Config) -> Self {
        let (handle, events) = start(config);
        Self { handle, events, last: None, time: None }
    }

    /// Ends it and waits until it has ended.
    pub(crate) async fn end(mut self) {
        self.send(Command::Shutdown);
        while self.next().await.is_some() {}
    }

    async fn next(&mut self) -> Option<Event> {
        let event = match &self.time {
            Some(time) => time.run(self.events.next()).await,
            None => self.events.next().await,
        };
        if let Some(Event::Status { status, .. }) = &event {
            self.last = Some(status.clone());
        }
        event
    }

    pub(crate) fn send(&self, command: Command) {
        self.handle.send(command);
    }

    /// The next event that fits.
    pub(crate) async fn until<T>(&mut self, what: &str, mut fits: impl FnMut(Event) -> Option<T>) -> T {
        let mut seen = Vec::new();
        let search = async {
            while let Some(event) = self.next().await {
                seen.push(format!("{event:?}").chars().take(200).collect::<String>());
                if let Some(found) = fits(event) {
                    return found;
                }
            }
            panic!("{what}: the worker ended after {seen:?}");
        };
        let found = wait::or_none(search).await;
        found.unwrap_or_else(|| panic!("{what}: did not happen; what did: {seen:?}"))
    }

    /// Waits until something holds; looks after each event.
    pub(crate) async fn until_true(&mut self, what: &str, holds: impl Fn() -> bool) {
        if !holds() {
            self.until(what, |_| holds().then_some(())).await;
        }
    }

    /// Waits until the store and the server agree.
    pub(crate) async fn until_same(&mut self, lab: &Lab, what: &str) {
        let same = async {
            // Comparing numbers first: looking at all rows after each event takes its time.
            while lab.total() != lab.remote().len() || lab.local() != lab.remote() {
                assert!(self.next().await.is_some(), "{what}: the worker ended");
            }
        };
        if wait::or_none(same).await.is_none() {
            lab.assert_same(what);
        }
    }

    /// Waits until everything is copied.
    pub(crate) async fn until_online(&mut self) {
        let online = |status: &AccountStatus| matches!(status, AccountStatus::Online { .. });
        self.until_status("online", online).await;
    }

    /// Waits until the worker listens for news of INBOX.
    pub(crate) async fn until_idle(&mut self) {
        let idle = |status: &AccountStatus| matches!(status, AccountStatus::Online { idle: true });
        self.until_status("idle", idle).await;
    }

    /// The account's status, as soon as it is such a one.
    pub(crate) async fn until_status(
        &mut self,
        what: &str,
        fits: impl Fn(&AccountStatus) -> bool,
    ) -> AccountStatus {
        if let Some(status) = self.last.clone().filter(&fits) {
            return status;
        }
        let found = |event| if let Event::Status { status, .. } = event { Some(status) } else { None };
        self.until(what, |event| found(event).filter(&fits)).await
    }
}
