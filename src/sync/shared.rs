//! What all tasks of one account share.

use super::board::Board;
use super::config::Config;
use super::event::Event;
use super::gate::Gate;
use super::handle::EventSink;
use super::links::Links;
use super::part::Desk;
use super::queue::Queue;
use super::trouble::Trouble;
use crate::model::{Account, AccountId, MailboxId, MessageId};
use crate::store::{Snapshot, StoreError, Write};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, OwnedMutexGuard, watch};

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
    pub(super) queue: Queue,
    pub(super) desk: Desk,
    /// Ends the rest of the bulk task.
    pub(super) wake: Notify,
    /// Asks the watch task whether its connection is alive.
    pub(super) probe: Notify,
    /// Whether the newest messages of INBOX are painted; the other connections wait for that.
    pub(super) painted: watch::Sender<bool>,
    settings: Mutex<Account>,
    focus: Mutex<Option<MailboxId>>,
    rooms: Mutex<BTreeMap<MailboxId, Arc<tokio::sync::Mutex<()>>>>,
    alerts: Mutex<BTreeSet<String>>,
    /// Messages whose snippet was tried in this run of the program.
    tried: Mutex<BTreeSet<MessageId>>,
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
            config,
            events,
            links: Links::default(),
            queue: Queue::default(),
            desk: Desk::default(),
            wake: Notify::new(),
            probe: Notify::new(),
            painted: watch::Sender::new(false),
            settings: Mutex::new(settings),
            focus: Mutex::default(),
            rooms: Mutex::default(),
            alerts: Mutex::default(),
            tried: Mutex::default(),
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
        Ok(self.config.store.write(label, write).await?)
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
    match job.await {
        Ok(result) => result,
        Err(error) => {
            tracing::error!(%error, "a read of the store did not end");
            Err(StoreError::Closed)
        }
    }
}
