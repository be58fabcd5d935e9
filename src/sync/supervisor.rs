//! Takes commands and hands them to the accounts. Never waits for a server.

mod trials;

use super::account::AccountTasks;
use super::act;
use super::command::Command;
use super::config::Config;
use super::deed::{self, Done};
use super::event::{Event, TransferState};
use super::handle::{EventSink, Events, Handle};
use super::pump;
use super::queue::{Errand, Transfer};
use super::shared::{Shared, read_store};
use super::status::{AccountStatus, Problem};
use super::trial;
use super::trouble;
use crate::clock::Moment;
use crate::model::{
    Account, AccountId, AccountOptions, CertificateException, MailboxId, MessageId, OperationId, UnixTime,
};
use crate::store::StoreError;
use futures::FutureExt as _;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

/// So many seconds more between two looks at the clock mean that the computer slept.
const SLEPT: i64 = 30;

/// Starts the worker on the current runtime. It ends after [`Command::Shutdown`], or when all handles are
/// gone.
#[must_use]
pub fn start(config: Config) -> (Handle, Events) {
    let (handle, commands) = Handle::new();
    let (sink, events) = EventSink::new();
    let pump = tokio::spawn(pump::run(
        config.store.subscribe(),
        sink.clone(),
        config.timing.merge,
        config.clock.clone(),
    ));
    let asking = tokio::spawn(pump::tell_of_keyring(config.secrets.asking(), sink.clone()));
    let threads = tokio::spawn(super::thread::catch_up(config.store.clone()));
    config.memory.is_sweep_due(config.clock.now());
    tokio::spawn(super::sweep::sweep(config.store.clone()));
    tokio::spawn(async move {
        let offline = config.memory.is_offline();
        let mut supervisor = Supervisor {
            config,
            events: sink,
            accounts: BTreeMap::new(),
            trials: JoinSet::new(),
            offline,
            sign_in: None,
        };
        let mut commands = commands;
        supervisor.begin_all().await;
        // A fault in one command must not leave the window without a worker; it is noted and told elsewhere.
        while AssertUnwindSafe(supervisor.run(&mut commands)).catch_unwind().await.is_err() {
            tracing::error!("a command met a fault");
        }
        for tasks in supervisor.accounts.values_mut() {
            tasks.stop().await;
        }
        pump.abort();
        threads.abort();
        asking.abort();
        supervisor.events.close();
    });
    (handle, events)
}

/// What came of a trial.
enum Outcome {
    Added(Result<(AccountId, Account), Problem>),
    Changed(AccountId, Result<Account, Problem>),
    Told(Event),
    PasswordKept(AccountId, Result<(), Problem>),
}

struct Supervisor {
    config: Config,
    events: EventSink,
    accounts: BTreeMap<AccountId, AccountTasks>,
    trials: JoinSet<Outcome>,
    offline: bool,
    /// The newest trial, which may be waiting for the browser.
    sign_in: Option<tokio::task::AbortHandle>,
}

impl Supervisor {
    async fn begin_all(&mut self) {
        match read_store(&self.config, crate::store::Snapshot::accounts).await {
            Ok(rows) => {
                let options = read_store(&self.config, crate::store::Snapshot::account_options).await;
                let options = options.unwrap_or_default();
                for row in rows {
                    if options.get(&row.id).is_none_or(|options| options.enabled) {
                        self.begin(row.id, row.account).await;
                    } else {
                        self.rest(row.id);
                    }
                }
            }
            Err(error) => self.events.send(Event::Failed(trouble::of_store(&error))),
        }
    }

    async fn run(&mut self, commands: &mut UnboundedReceiver<Command>) {
        let mut last = (self.config.clock.moment(), self.config.clock.now());
        loop {
            tokio::select! {
                command = commands.recv() => match command {
                    None | Some(Command::Shutdown) => return,
                    Some(command) => self.obey(command).await,
                },
                Some(outcome) = self.trials.join_next() => match outcome {
                    Ok(outcome) => self.settle(outcome).await,
                    Err(error) if error.is_cancelled() => tracing::debug!("a sign-in was given up"),
                    Err(error) => {
                        // Somebody waits for its end.
                        tracing::error!(%error, "a trial did not end");
                        self.events.send(Event::AccountRejected(Problem::Fault));
                    }
                },
                () = self.config.clock.sleep_until(last.0 + self.config.timing.tick) => {
                    last = self.tick(last).await;
                }
            }
        }
    }

    /// Notices that the computer slept, and that another process wrote into the store.
    async fn tick(&mut self, (moment, wall): (Moment, UnixTime)) -> (Moment, UnixTime) {
        let now = (self.config.clock.moment(), self.config.clock.now());
        let seconds = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        // Some systems' moments stand still in sleep, others' go on; the time of day always does.
        let passed = seconds(now.0.since(moment)).max(now.1.0.saturating_sub(wall.0));
        if passed.saturating_sub(seconds(self.config.timing.tick)) > SLEPT {
            self.wake().await;
        }
        let store = self.config.store.clone();
        let look = tokio::task::spawn_blocking(move || store.external_change());
        match self.config.clock.busy(look).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "cannot look for writes of others"),
            Err(error) => tracing::error!(%error, "a read of the store did not end"),
        }
        now
    }

    /// Nothing that stood before a sleep can be relied on, and a wait that was right before is none now. Opening anew
    /// costs a few kilobytes; finding out what is dead costs the user's time.
    async fn wake(&mut self) {
        tracing::info!("woke up");
        if !self.offline {
            for tasks in self.accounts.values_mut() {
                tasks.wake().await;
            }
        }
    }

    async fn begin(&mut self, id: AccountId, account: Account) {
        let shared = Shared::new(self.config.clone(), self.events.clone(), id, account);
        let mut tasks = AccountTasks::new(shared);
        if self.offline {
            tasks.go_offline().await;
        } else {
            tasks.shared.board.connecting();
            tasks.start();
        }
        self.accounts.insert(id, tasks);
    }

    /// The account is switched off.
    fn rest(&self, account: AccountId) {
        let since = self.config.clock.now();
        let status = AccountStatus::Offline { since, reason: Problem::SwitchedOff, retry_at: None };
        self.events.send(Event::Status { account, status });
    }

    async fn set_options(&mut self, id: AccountId, options: AccountOptions) {
        let on = options.enabled;
        self.set(move |w| w.set_account_options(id, &options).map(drop)).await;
        match (on, self.accounts.contains_key(&id)) {
            (true, false) => {
                let row = read_store(&self.config, move |s| s.account(id)).await;
                if let Ok(Some(row)) = row {
                    self.begin(id, row.account).await;
                }
            }
            (false, true) => {
                if let Some(mut tasks) = self.accounts.remove(&id) {
                    tasks.stop().await;
                }
                self.rest(id);
            }
            (true, true) | (false, false) => {}
        }
    }

    async fn sign_out(&mut self, id: AccountId) {
        let row = read_store(&self.config, move |s| s.account(id)).await;
        let options = read_store(&self.config, crate::store::Snapshot::account_options).await;
        let (Ok(Some(row)), Ok(mut options)) = (row, options) else { return };
        let options = options.remove(&id).unwrap_or_default();
        self.set_options(id, AccountOptions { enabled: false, ..options }).await;
        trial::forget_secret(&self.config, id, &row.account).await;
    }

    /// What the user excepted is judged like any other certificate again, also by connections that are open.
    async fn distrust(&mut self, id: AccountId, exception: CertificateException) {
        let Ok(Some(row)) = read_store(&self.config, move |s| s.account(id)).await else { return };
        let mut account = row.account;
        account.exceptions.retain(|one| *one != exception);
        let kept = account.clone();
        self.set(move |w| w.update_account(id, &kept)).await;
        if let Some(tasks) = self.accounts.get_mut(&id) {
            tasks.shared.change_settings(account);
            if !self.offline {
                tasks.restart().await;
            }
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::OpenMailbox(mailbox) => self.open_mailbox(mailbox).await,
            Command::FetchBody(message) => self.fetch_body(message).await,
            Command::FetchPart { message, path, destination, transfer } => {
                self.fetch_part(Transfer { id: transfer, message, path, destination }).await;
            }
            Command::CancelTransfer(id) => {
                let _ = self.accounts.values().any(|tasks| act::cancel(&tasks.shared, id));
            }
            command @ (Command::CreateMailbox { .. }
            | Command::RenameMailbox { .. }
            | Command::DeleteMailbox(_)
            | Command::Subscribe { .. }
            | Command::Append { .. }
            | Command::SetFlag { .. }
            | Command::Move { .. }
            | Command::MoveToUse { .. }
            | Command::Copy { .. }
            | Command::Delete { .. }
            | Command::MarkAllRead(_)
            | Command::Whole { .. }
            | Command::Undo(_)
            | Command::Redo) => self.act(command).await,
            Command::Thread(deed) => {
                if let Err(problem) =
                    self.config.clock.busy(super::thread::act(&self.config.store, deed)).await
                {
                    self.events.send(Event::Failed(problem));
                }
            }
            Command::SyncNow(which) => {
                let chosen = |id: &AccountId| which.is_none_or(|one| one == *id);
                self.accounts.iter().filter(|(id, _)| chosen(id)).for_each(|(_, tasks)| self.hurry(tasks));
            }
            Command::AddAccount { account, password } => self.add(*account, password),
            Command::TestAccount { account, password } => self.test(*account, password),
            Command::ChangeAccount { id, account, password } => self.change(id, *account, password),
            Command::SetPassword { account, password } => self.set_password(account, password),
            Command::SignIn(id) => self.sign_in(id),
            Command::CancelSignIn => {
                if let Some(waiting) = self.sign_in.take() {
                    waiting.abort();
                }
            }
            Command::RemoveAccount(id) => self.remove(id).await,
            Command::SetAccountOptions { account, options } => self.set_options(account, *options).await,
            Command::OrderAccounts(order) => self.set(move |w| w.order_accounts(&order)).await,
            Command::ChooseFolder { account, what, mailbox } => {
                self.set(move |w| w.choose_folder(account, what, mailbox)).await;
                // What the server itself says may count again.
                self.accounts.get(&account).into_iter().for_each(|tasks| self.hurry(tasks));
            }
            Command::AskConnection(account) => {
                let state = self.accounts.get(&account).map(|tasks| tasks.shared.connection());
                self.events.send(Event::Connection { account, state: state.unwrap_or_default() });
            }
            Command::ForgetException { account, exception } => self.distrust(account, exception).await,
            Command::SignOut(id) => self.sign_out(id).await,
            Command::SetBodyPolicy { account, mailbox, policy } => {
                self.set(move |w| match mailbox {
                    Some(mailbox) => w.set_mailbox_bodies(mailbox, policy),
                    None => w.set_account_bodies(account, policy),
                })
                .await;
            }
            Command::SetSenderDark { email, dark } => {
                let now = self.config.clock.now();
                self.set(move |w| w.set_sender_dark(&email, dark, now)).await;
            }
            Command::PauseBodies { account, on } => self.set(move |w| w.pause_bodies(account, on)).await,
            Command::RetryOperation(id) => self.retry(id, true).await,
            Command::DismissOperation(id) => self.retry(id, false).await,
            Command::SetOffline(offline) => self.set_offline(offline).await,
            Command::WokeUp => self.wake().await,
            Command::NetworkChanged => self.accounts.values().for_each(AccountTasks::network_changed),
            Command::Shutdown => {}
        }
    }

    /// Nothing hurries while the user wants to be offline.
    fn hurry(&self, tasks: &AccountTasks) {
        if !self.offline {
            tasks.hurry();
        }
    }

    async fn open_mailbox(&mut self, mailbox: MailboxId) {
        let row = read_store(&self.config, move |s| s.mailbox(mailbox)).await;
        let Ok(Some(row)) = row else { return };
        let Some(tasks) = self.accounts.get(&row.account) else { return };
        for (id, tasks) in &self.accounts {
            let visible = (*id == row.account).then_some(mailbox);
            tasks.shared.visible.send_replace(visible);
        }
        tasks.shared.set_focus(mailbox);
        tasks.shared.queue.put(Errand::Visit(mailbox));
        tasks.shared.gate.open(super::gate::Solved::No, &tasks.shared.board);
    }

    async fn account_of(&self, message: MessageId) -> Result<&AccountTasks, Problem> {
        let detail = read_store(&self.config, move |s| s.message(message)).await;
        let detail = detail.map_err(|error| trouble::of_store(&error))?.ok_or(Problem::MessageGone)?;
        self.accounts.get(&detail.account).ok_or(Problem::SwitchedOff)
    }

    async fn fetch_body(&mut self, message: MessageId) {
        match self.account_of(message).await {
            Ok(tasks) => {
                let shared = &tasks.shared;
                // An honest answer now; the text still comes as soon as there is a connection.
                if let Some(problem) = shared.board.problem()
                    && !super::text::is_here(shared, message).await.unwrap_or(false)
                {
                    shared.tell(Event::Body { message, result: Err(problem) });
                } else if shared.board.problem().is_some() {
                    shared.tell(Event::Body { message, result: Ok(()) });
                    return;
                }
                shared.queue.put(Errand::Body(message));
                shared.gate.open(super::gate::Solved::No, &shared.board);
            }
            Err(problem) => self.events.send(Event::Body { message, result: Err(problem) }),
        }
    }

    async fn fetch_part(&mut self, transfer: Transfer) {
        match self.account_of(transfer.message).await {
            Ok(tasks) => {
                tasks.shared.queue.put(Errand::Piece(transfer));
                tasks.shared.gate.open(super::gate::Solved::No, &tasks.shared.board);
            }
            Err(problem) => {
                let state = TransferState::Failed(problem);
                self.events.send(Event::Transfer { id: transfer.id, state });
            }
        }
    }

    /// In the store first; the tasks send it when they can.
    async fn act(&mut self, command: Command) {
        let undoes = matches!(command, Command::Undo(_));
        let clock = &self.config.clock;
        match clock.busy(deed::act(&self.config.store, command, clock.now())).await {
            Ok(Done::Acted(acted)) => self.events.send(Event::Acted(acted)),
            Ok(Done::Undone(acted)) => {
                self.events.send(Event::Undone { acted: Some(acted), problem: None });
            }
            Ok(Done::Refused(problem)) if undoes => {
                self.events.send(Event::Undone { acted: None, problem: Some(problem) });
            }
            Ok(Done::Refused(problem)) => self.events.send(Event::NotActed(problem)),
            Ok(Done::Nothing) => {}
            Err(problem) => return self.events.send(Event::Failed(problem)),
        }
        for tasks in self.accounts.values() {
            tasks.shared.queue.put(Errand::Operations);
            tasks.shared.gate.open(super::gate::Solved::No, &tasks.shared.board);
        }
    }

    async fn retry(&mut self, id: OperationId, again: bool) {
        let now = self.config.clock.now();
        let write = move |w: &mut crate::store::Write<'_>| {
            if again { w.retry_operation(id, now).map(drop) } else { w.cancel_operation(id, now).map(drop) }
        };
        match self.config.clock.busy(self.config.store.write("retry", write)).await {
            Ok(()) if again => self.accounts.values().for_each(|tasks| self.hurry(tasks)),
            // Dismissed, or gone already: both are what the user wanted.
            Ok(()) | Err(StoreError::Gone { .. }) => {}
            Err(error) => self.events.send(Event::Failed(trouble::of_store(&error))),
        }
    }

    /// Keeps a setting; whom it concerns hears of it from the store.
    async fn set(
        &self,
        write: impl FnOnce(&mut crate::store::Write<'_>) -> Result<(), StoreError> + Send + 'static,
    ) {
        match self.config.clock.busy(self.config.store.write("setting", write)).await {
            // What is gone needs no setting.
            Ok(()) | Err(StoreError::Gone { .. }) => {}
            Err(error) => self.events.send(Event::Failed(trouble::of_store(&error))),
        }
    }

    async fn settle(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Added(Ok((id, account))) => {
                self.events.send(Event::AccountAdded(id));
                self.try_submission(id, &account);
                self.begin(id, account).await;
            }
            Outcome::Changed(id, Ok(account)) => {
                self.events.send(Event::AccountAdded(id));
                self.try_submission(id, &account);
                if let Some(tasks) = self.accounts.get_mut(&id) {
                    if tasks.shared.settings().imap != account.imap {
                        self.config.memory.forget(id);
                    }
                    tasks.shared.change_settings(account);
                    if !self.offline {
                        tasks.restart().await;
                    }
                }
            }
            Outcome::Added(Err(problem)) | Outcome::Changed(_, Err(problem)) => {
                self.events.send(Event::AccountRejected(problem));
            }
            Outcome::Told(event) => self.events.send(event),
            Outcome::PasswordKept(id, kept) => {
                // Also if the keyring did not take it: it is remembered for this run.
                if let Err(problem) = kept {
                    self.events.send(Event::Failed(problem));
                }
                if let Some(tasks) = self.accounts.get_mut(&id).filter(|_| !self.offline) {
                    tasks.restart().await;
                }
            }
        }
    }

    async fn remove(&mut self, id: AccountId) {
        let tasks = self.accounts.remove(&id);
        let mut account = None;
        if let Some(mut tasks) = tasks {
            tasks.stop().await;
            account = Some(tasks.shared.settings());
        }
        match trial::remove_account(&self.config, id).await {
            Ok(()) => {
                self.config.memory.forget(id);
                self.events.send(Event::AccountRemoved(id));
            }
            Err(problem) => {
                self.events.send(Event::Failed(problem));
                if let Some(account) = account {
                    self.begin(id, account).await;
                }
            }
        }
    }

    async fn set_offline(&mut self, offline: bool) {
        if offline == self.offline {
            return;
        }
        self.offline = offline;
        self.config.memory.set_offline(offline);
        for tasks in self.accounts.values_mut() {
            if offline {
                tasks.go_offline().await;
            } else {
                tasks.restart().await;
            }
        }
    }
}
