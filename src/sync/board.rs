//! Puts together what is known of an account into one honest [`AccountStatus`] and tells it when it changes.

use super::event::Event;
use super::handle::EventSink;
use super::status::{AccountStatus, Problem};
use crate::clock::Clock;
use crate::model::{AccountId, MailboxId, UnixTime};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

#[derive(Clone, Debug)]
enum Line {
    Connecting,
    Up,
    Offline { problem: Problem, retry_at: Option<UnixTime> },
    Blocked(Problem),
}

#[derive(Debug)]
struct Facts {
    line: Line,
    down_since: Option<UnixTime>,
    work: Option<(Option<MailboxId>, u64, u64)>,
    idle: bool,
    /// So many of the account's tasks wait for a keyring that waits for the user.
    asks: usize,
    told: Option<AccountStatus>,
}

/// See the module. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Board {
    account: AccountId,
    events: EventSink,
    clock: Clock,
    facts: Arc<Mutex<Facts>>,
}

impl Board {
    pub(super) fn new(account: AccountId, events: EventSink, clock: Clock) -> Self {
        let facts =
            Facts { line: Line::Connecting, down_since: None, work: None, idle: false, asks: 0, told: None };
        Self { account, events, clock, facts: Arc::new(Mutex::new(facts)) }
    }

    /// An attempt begins.
    pub(super) fn connecting(&self) {
        self.edit(|facts| facts.line = Line::Connecting);
    }

    /// A connection stands.
    pub(super) fn up(&self) {
        self.edit(|facts| {
            facts.line = Line::Up;
            facts.down_since = None;
        });
    }

    /// There is no connection.
    pub(super) fn offline(&self, problem: Problem, retry_at: Option<UnixTime>) {
        let now = self.clock.now();
        self.edit(|facts| {
            facts.down_since.get_or_insert(now);
            facts.line = Line::Offline { problem, retry_at };
            facts.work = None;
            facts.idle = false;
        });
    }

    /// Only the user can help.
    pub(super) fn blocked(&self, problem: Problem) {
        self.edit(|facts| {
            facts.line = Line::Blocked(problem);
            facts.work = None;
            facts.idle = false;
        });
    }

    /// Copying list data.
    pub(super) fn working(&self, mailbox: Option<MailboxId>, done: u64, total: u64) {
        self.edit(|facts| facts.work = Some((mailbox, done.min(total), total)));
    }

    /// Nothing is left to copy.
    pub(super) fn rests(&self) {
        self.edit(|facts| facts.work = None);
    }

    /// Whether the server tells news by itself.
    pub(super) fn idle(&self, idle: bool) {
        self.edit(|facts| facts.idle = idle);
    }

    /// Does something that may need the keyring. While that waits for the user, so does the account, and says it.
    pub(super) async fn by_keyring<T>(
        &self,
        mut asking: watch::Receiver<usize>,
        work: impl Future<Output = T>,
    ) -> T {
        let mut work = std::pin::pin!(work);
        let mut waits = None;
        loop {
            let asks = *asking.borrow_and_update() > 0;
            waits = if asks { waits.or_else(|| Some(Asks::begin(self))) } else { None };
            tokio::select! {
                done = &mut work => return done,
                Ok(()) = asking.changed() => {}
            }
        }
    }

    /// Why there is no connection, if there is none.
    pub(super) fn problem(&self) -> Option<Problem> {
        let facts = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        match &facts.line {
            Line::Connecting if facts.asks > 0 => Some(Problem::KeyringWaits),
            Line::Offline { problem, .. } | Line::Blocked(problem) => Some(problem.clone()),
            Line::Connecting | Line::Up => None,
        }
    }

    fn edit(&self, edit: impl FnOnce(&mut Facts)) {
        let mut facts = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        edit(&mut facts);
        let status = self.status(&facts);
        if facts.told.as_ref() != Some(&status) {
            facts.told = Some(status.clone());
            self.events.send(Event::Status { account: self.account, status });
        }
    }

    fn status(&self, facts: &Facts) -> AccountStatus {
        match (&facts.line, facts.work) {
            (Line::Blocked(problem), _) => AccountStatus::SignInNeeded(problem.clone()),
            (Line::Offline { problem, retry_at }, _) => AccountStatus::Offline {
                since: facts.down_since.unwrap_or_else(|| self.clock.now()),
                reason: problem.clone(),
                retry_at: *retry_at,
            },
            (Line::Connecting, _) if facts.asks > 0 => AccountStatus::SignInNeeded(Problem::KeyringWaits),
            (Line::Connecting, _) => AccountStatus::Connecting,
            (Line::Up, Some((mailbox, done, total))) => AccountStatus::Syncing { mailbox, done, total },
            (Line::Up, None) => AccountStatus::Online { idle: facts.idle },
        }
    }
}

/// One task that waits, for as long as it does.
struct Asks<'a>(&'a Board);

impl<'a> Asks<'a> {
    fn begin(board: &'a Board) -> Self {
        board.edit(|facts| facts.asks += 1);
        Self(board)
    }
}

impl Drop for Asks<'_> {
    fn drop(&mut self) {
        self.0.edit(|facts| facts.asks = facts.asks.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt, StreamExt};

    #[test]
    fn the_status_is_what_counts_most_and_is_told_once() {
        let (events, mut heard) = EventSink::new();
        let board =
            Board::new(AccountId::from_row(1), events, crate::clock::ManualClock::new(UnixTime(50)).clock());
        let mut last = || match heard.next().now_or_never().flatten() {
            Some(Event::Status { status, .. }) => Some(status),
            _ => None,
        };
        board.connecting();
        assert_eq!(last(), Some(AccountStatus::Connecting));
        board.connecting();
        assert_eq!(last(), None);
        board.up();
        board.working(None, 3_200, 20_000);
        assert_eq!(last(), Some(AccountStatus::Syncing { mailbox: None, done: 3_200, total: 20_000 }));
        board.idle(true);
        assert_eq!(last(), None);
        board.rests();
        assert_eq!(last(), Some(AccountStatus::Online { idle: true }));
        board.offline(Problem::OfflineByChoice, None);
        let offline =
            AccountStatus::Offline { since: UnixTime(50), reason: Problem::OfflineByChoice, retry_at: None };
        assert_eq!(last(), Some(offline));
        board.up();
        assert_eq!(last(), Some(AccountStatus::Online { idle: false }));
    }

    #[tokio::test]
    async fn an_account_that_waits_for_the_keyring_says_so_until_it_has_an_answer() {
        let (events, mut heard) = EventSink::new();
        let clock = crate::clock::ManualClock::new(UnixTime(50)).clock();
        let board = Board::new(AccountId::from_row(1), events, clock);
        let waits = AccountStatus::SignInNeeded(Problem::KeyringWaits);
        let asking = watch::Sender::new(0);
        board.connecting();
        let (answer, answered) = tokio::sync::oneshot::channel();
        let work = tokio::spawn({
            let (board, asking) = (board.clone(), asking.subscribe());
            async move { board.by_keyring(asking, answered).await }
        });
        let mut next = async || match heard.next().await {
            Some(Event::Status { status, .. }) => status,
            other => panic!("{other:?}"),
        };
        assert_eq!(next().await, AccountStatus::Connecting);
        asking.send_replace(1);
        assert_eq!(next().await, waits);
        assert_eq!(board.problem(), Some(Problem::KeyringWaits));
        // Another account's turn, then this one's again.
        asking.send_replace(0);
        assert_eq!(next().await, AccountStatus::Connecting);
        asking.send_replace(2);
        assert_eq!(next().await, waits);
        answer.send(()).unwrap();
        work.await.unwrap().unwrap();
        assert_eq!(next().await, AccountStatus::Connecting);
        // Whoever is stopped while waiting waits no longer.
        let mut work = Box::pin(board.by_keyring(asking.subscribe(), std::future::pending::<()>()));
        assert!(work.as_mut().now_or_never().is_none());
        assert_eq!(next().await, waits);
        drop(work);
        assert_eq!(next().await, AccountStatus::Connecting);
    }
}
