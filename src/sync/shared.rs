//! What all tasks of one account share.

use super::board::Board;
use super::config::Config;
use super::connection::Known;
use super::event::{BodyProgress, Event};
use super::gate::Gate;
use super::handle::EventSink;
use super::links::Links;
use super::op::Deferred;
use super::part::Desk;
use super::queue::Queue;
use super::renewal::Renewal;
use super::trouble::Trouble;
use crate::model::{Account, AccountId, MailboxId, MessageId};
use crate::store::{Snapshot, StoreError, Write};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, OwnedMutexGuard, watch};

/// How long a server that complained of too much is left with fewer connections.
const QUIET: Duration = Duration::from_secs(15 * 60);

/// After so many messages that were whole although shorter than announced, a server's sizes count as estimates.
const PROOFS: u32 = 20;

/// Alerts remembered, so that a server that repeats one with every command is heard once.
const MAX_ALERTS: usize = 50;

/// See the module.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) account: AccountId,
    pub(super) config: Config,
    pub(super) events: EventSink,
    pub(super) gate: Gate,
    pub(super) board: Board,
    pub(super) links: Links,
    pub(super) known: Known,
    pub(super) queue: Queue,
    pub(super) desk: Desk,
    /// Operations that the server does not want now.
    pub(super) deferred: Deferred,
    /// Counts beginnings and ends of operations on mailboxes: a list from before one of them is out of date.
    pub(super) tree_changes: Arc<AtomicU64>,
    /// Held while one is carried out, by whoever has a connection already.
    pub(super) tree: tokio::sync::Mutex<()>,
    /// Ends the rest of the bulk task.
    pub(super) wake: Notify,
    /// Asks those that listen whether their connections are alive; the number has no meaning.
    pub(super) probe: watch::Sender<u64>,
    /// The mailbox that the user looks at.
    pub(super) visible: watch::Sender<Option<MailboxId>>,
    /// What the server tells us by itself.
    pub(super) pushed: watch::Sender<Pushed>,
    /// Whether the newest messages of INBOX are painted; the other connections wait for that.
    pub(super) painted: watch::Sender<bool>,
    renewal: Mutex<Option<Renewal>>,
    settings: Mutex<Account>,
    focus: Mutex<Option<MailboxId>>,
    rooms: Mutex<BTreeMap<MailboxId, Arc<tokio::sync::Mutex<()>>>>,
    alerts: Mutex<BTreeSet<String>>,
    /// Messages whose snippet was tried in this run of the program.
    tried: Mutex<BTreeSet<MessageId>>,
    /// Messages that are not what the server announced, in this run of the program.
    odd: Mutex<BTreeSet<MessageId>>,
    /// So many messages were whole although they were shorter than announced, in this run of the program.
    undersized: AtomicU32,
    /// What was told last about the fetching of bodies.
    bodies: Mutex<BodyProgress>,
}

/// What the server tells us by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pushed {
    /// News of all mailboxes (NOTIFY).
    pub(super) all: bool,
    /// News of the mailbox that the user looks at (IDLE on a connection of its own).
    pub(super) visible: Option<MailboxId>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while holding one, and the data stays usable if something did.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn new(config: Config, events: EventSink, account: AccountId, settings: Account) -> Self {
        let board = Board::new(account, events.clone(), config.clock.clone());
        let seed = config.seed ^ account.to_row().unsigned_abs();
        Self {
            account,
            gate: Gate::new(config.timing.patience, config.clock.clone(), seed),
            board,
            events,
            links: Links::default(),
            known: Known::default(),
            queue: Queue::default(),
            desk: Desk::default(),
            deferred: Deferred::new(seed, config.clock.clone()),
            tree_changes: Arc::default(),
            tree: tokio::sync::Mutex::default(),
            wake: Notify::new(),
            probe: watch::Sender::new(0),
            visible: watch::Sender::new(None),
            pushed: watch::Sender::new(Pushed::default()),
            renewal: Mutex::default(),
            painted: watch::Sender::new(false),
            settings: Mutex::new(settings),
            focus: Mutex::default(),
            rooms: Mutex::default(),
            alerts: Mutex::default(),
            tried: Mutex::default(),
            odd: Mutex::default(),
            undersized: AtomicU32::new(0),
            bodies: Mutex::default(),
            config,
        }
    }

    /// The settings of the account.
    pub(super) fn settings(&self) -> Account {
        lock(&self.settings).clone()
    }

    pub(super) fn change_settings(&self, settings: Account) {
        *lock(&self.settings) = settings;
    }

    /// The mailbox that the user looks at and that has not had its turn yet.
    pub(super) fn focus(&self) -> Option<MailboxId> {
        *lock(&self.focus)
    }

    pub(super) fn set_focus(&self, mailbox: MailboxId) {
        *lock(&self.focus) = Some(mailbox);
    }

    /// The mailbox has had its turn.
    pub(super) fn clear_focus(&self, mailbox: MailboxId) {
        let mut focus = lock(&self.focus);
        if *focus == Some(mailbox) {
            *focus = None;
        }
    }

    /// How long an IDLE is left alone now. `known` is what the server's rules say.
    pub(super) fn renewal(&self, known: Option<Duration>) -> Duration {
        lock(&self.renewal).get_or_insert_with(|| self.first_renewal(known)).interval()
    }

    fn first_renewal(&self, known: Option<Duration>) -> Renewal {
        match self.config.memory.idle(self.account) {
            Some((interval, proven)) => Renewal::new(interval, proven),
            None => Renewal::new(known.unwrap_or(self.config.timeouts.idle_renewal), false),
        }
    }

    /// Learns from the end of an IDLE: a silence of that length was survived or not.
    pub(super) fn learn_renewal(&self, learn: impl FnOnce(&mut Renewal) -> bool) {
        let mut renewal = lock(&self.renewal);
        let renewal = renewal.get_or_insert_with(|| self.first_renewal(None));
        if learn(renewal) {
            tracing::info!(?renewal, "IDLE");
            self.config.memory.note_idle(self.account, renewal.interval(), renewal.is_proven());
        }
    }

    /// Only one task at a time writes what a server says about a mailbox. Otherwise flags that one
    /// connection read earlier could overwrite what another read later.
    pub(super) async fn room(&self, mailbox: MailboxId) -> OwnedMutexGuard<()> {
        let room = Arc::clone(lock(&self.rooms).entry(mailbox).or_default());
        room.lock_owned().await
    }

    /// Whether this alert was not heard before.
    pub(super) fn is_new_alert(&self, text: &str) -> bool {
        let mut alerts = lock(&self.alerts);
        if alerts.len() >= MAX_ALERTS {
            alerts.clear();
        }
        alerts.insert(text.to_owned())
    }

    /// Whether the snippet of a message was not tried yet: some mails have no text at all.
    pub(super) fn is_first_try(&self, message: MessageId) -> bool {
        lock(&self.tried).insert(message)
    }

    /// Whether a message turned out larger than announced, so that it has to be fetched by itself.
    pub(super) fn is_odd(&self, message: MessageId) -> bool {
        lock(&self.odd).contains(&message)
    }

    pub(super) fn note_odd(&self, message: MessageId) {
        lock(&self.odd).insert(message);
    }

    /// Whether so many bytes of a message may not be all of it, so that the server has to be asked for more.
    pub(super) fn is_short(&self, got: u64, announced: u64) -> bool {
        let estimated = self.undersized.load(Ordering::Relaxed) >= PROOFS;
        let missing = announced.saturating_sub(got);
        missing > 0 && !(estimated && got > 0 && missing <= announced / 32 + 1024)
    }

    /// A message was shorter than announced, and the server had no more of it.
    pub(super) fn note_undersized(&self) {
        self.undersized.fetch_add(1, Ordering::Relaxed);
    }

    /// The server complained of too much: fewer connections for a while, and one more after each further while.
    pub(super) fn slow_down(&self) {
        if let Some(allowed) = self.links.halve() {
            self.config.memory.note_connections_until(self.account, allowed, self.config.clock.after(QUIET));
        }
    }

    /// Time went by without a complaint.
    pub(super) fn speed_up(&self) {
        if self.config.memory.connections(self.account, self.config.clock.now()).is_none()
            && let Some(allowed) = self.links.recover()
        {
            self.config.memory.note_connections_until(self.account, allowed, self.config.clock.after(QUIET));
        }
    }

    /// Whether this is news about the fetching of bodies.
    pub(super) fn bodies_told(&self, progress: BodyProgress) -> bool {
        std::mem::replace(&mut *lock(&self.bodies), progress) != progress
    }

    /// Reads from the store without holding up the runtime.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Snapshot) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Trouble> {
        Ok(read_store(&self.config, read).await?)
    }

    /// Writes one transaction.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        label: &'static str,
        write: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Trouble> {
        Ok(self.config.clock.busy(self.config.store.write(label, write)).await?)
    }

    /// Tells the window.
    pub(super) fn tell(&self, event: Event) {
        self.events.send(event);
    }
}

/// Reads from the store without holding up the runtime.
pub(super) async fn read_store<T: Send + 'static>(
    config: &Config,
    read: impl FnOnce(&Snapshot) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let store = config.store.clone();
    let job = tokio::task::spawn_blocking(move || store.snapshot().and_then(|snapshot| read(&snapshot)));
    match config.clock.busy(job).await {
        Ok(result) => result,
        Err(error) => {
            tracing::error!(%error, "a read of the store did not end");
            Err(StoreError::Closed)
        }
    }
}
