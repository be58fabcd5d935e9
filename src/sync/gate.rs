//! One answer per account to "may I try to connect now?". All tasks of the account wait at the same gate,
//! so that one outage is one waiting time and not three.

use super::backoff::{Backoff, Patience};
use super::board::Board;
use super::clock::{Clock, Dice};
use super::status::Problem;
use super::trouble::{self, Trouble};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passage {
    Open,
    /// Opens by itself at that time.
    Waiting(Instant),
    /// Opens only when somebody acts.
    Blocked,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Gate {
    passage: watch::Sender<Passage>,
    backoff: Mutex<Backoff>,
    patience: Patience,
    clock: Clock,
    dice: Dice,
}

impl Gate {
    pub(super) fn new(patience: Patience, clock: Clock, seed: u64) -> Self {
        Self {
            passage: watch::Sender::new(Passage::Open),
            backoff: Mutex::default(),
            patience,
            clock,
            dice: Dice::new(seed),
        }
    }

    /// Waits until an attempt is allowed.
    pub(super) async fn pass(&self, board: &Board) {
        let mut passage = self.passage.subscribe();
        loop {
            let now = *passage.borrow_and_update();
            let end = match now {
                Passage::Open => return,
                Passage::Waiting(end) => Some(end),
                Passage::Blocked => None,
            };
            tokio::select! {
                changed = passage.changed() => if changed.is_err() { return },
                () = sleep_until(end) => {
                    // Whoever wakes first opens it for all.
                    self.passage.send_if_modified(|state| {
                        let mine = *state == now;
                        if mine {
                            *state = Passage::Open;
                            board.connecting();
                        }
                        mine
                    });
                }
            }
        }
    }

    pub(super) fn is_open(&self) -> bool {
        *self.passage.borrow() == Passage::Open
    }

    /// Notes a failure. Only the first of several that tell the same outage counts.
    pub(super) fn fail(&self, trouble: &Trouble, board: &Board) {
        let (problem, age) = match trouble {
            Trouble::Link { problem, age } => (problem, *age),
            Trouble::Store(problem) => (problem, Duration::ZERO),
            Trouble::Refused(problem) => (problem, Duration::ZERO),
            Trouble::Again | Trouble::Rebuilt => return,
        };
        self.passage.send_if_modified(|passage| {
            if *passage != Passage::Open {
                return false;
            }
            if !problem.passes_by_itself() {
                tracing::info!(?problem, "waiting for the user");
                board.blocked(problem.clone());
                *passage = Passage::Blocked;
                return true;
            }
            let mut backoff = self.backoff.lock().unwrap_or_else(PoisonError::into_inner);
            if age >= self.patience.healthy {
                backoff.reset();
            }
            if age > Duration::ZERO && backoff.is_first() {
                // One connection ended: that is no outage yet, and a new attempt tells.
                backoff.count();
                board.connecting();
                return false;
            }
            let wait = backoff.next(&self.patience, self.dice.roll());
            let wait = trouble::hint(problem).map_or(wait, |hint| hint.max(wait));
            tracing::info!(?problem, ?wait, "offline");
            board.offline(problem.clone(), Some(self.clock.after(wait)));
            *passage = Passage::Waiting(Instant::now() + wait);
            true
        });
    }

    /// Shuts the gate because the user wants it so.
    pub(super) fn shut(&self, board: &Board) {
        board.offline(Problem::OfflineByChoice, None);
        self.passage.send_replace(Passage::Blocked);
    }

    /// Opens the gate at once: the user acted or the network came back. A problem that only the user can
    /// solve keeps it shut unless `solved`.
    pub(super) fn open(&self, solved: Solved, board: &Board) {
        self.backoff.lock().unwrap_or_else(PoisonError::into_inner).reset();
        self.passage.send_if_modified(|passage| {
            let opens = match passage {
                Passage::Open => false,
                Passage::Waiting(_) => true,
                Passage::Blocked => solved == Solved::Perhaps,
            };
            if opens {
                *passage = Passage::Open;
                board.connecting();
            }
            opens
        });
    }
}

/// Whether what needed the user may be solved now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Solved {
    /// The user asked for another attempt, or changed something.
    Perhaps,
    /// Only the network changed: the same password would be refused again, and accounts get locked by that.
    No,
}

async fn sleep_until(end: Option<Instant>) {
    match end {
        Some(end) => tokio::time::sleep_until(end).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, UnixTime};
    use crate::sync::handle::EventSink;
    use crate::sync::status::LinkFault;
    use std::sync::Arc;

    /// Waits of some milliseconds, since nothing here can stop the clock.
    fn gate() -> (Arc<Gate>, Board) {
        let clock = Clock::new(|| UnixTime(1_000));
        let board = Board::new(AccountId::from_row(1), EventSink::new().0, clock.clone());
        let patience = Patience {
            first: Duration::from_millis(8),
            longest: Duration::from_secs(3_600),
            healthy: Duration::from_secs(60),
        };
        (Arc::new(Gate::new(patience, clock, 7)), board)
    }

    fn lost(age: u64) -> Trouble {
        let problem = Problem::Link { host: "h".into(), port: 1, fault: LinkFault::Lost };
        Trouble::Link { problem, age: Duration::from_secs(age) }
    }

    fn failures(gate: &Gate) -> u32 {
        gate.backoff.lock().unwrap().failures()
    }

    #[tokio::test]
    async fn one_outage_is_one_waiting_time() {
        let (gate, board) = gate();
        gate.pass(&board).await;
        let start = Instant::now();
        gate.fail(&lost(0), &board);
        gate.fail(&lost(0), &board);
        assert_eq!(failures(&gate), 1);
        tokio::join!(gate.pass(&board), gate.pass(&board), gate.pass(&board));
        assert!(start.elapsed() >= Duration::from_millis(4), "{:?}", start.elapsed());
        gate.fail(&lost(0), &board);
        gate.pass(&board).await;
        assert!(start.elapsed() >= Duration::from_millis(12), "{:?}", start.elapsed());
        assert_eq!(failures(&gate), 2);
    }

    #[tokio::test]
    async fn a_connection_may_end_without_a_wait_but_not_again_and_again() {
        let (gate, board) = gate();
        gate.fail(&lost(3), &board);
        assert!(gate.is_open());
        gate.fail(&lost(60), &board);
        assert!(gate.is_open(), "it was a long while in between");
        gate.fail(&lost(3), &board);
        assert!(!gate.is_open());
    }

    #[tokio::test]
    async fn the_same_password_is_not_tried_again_by_itself() {
        let (gate, board) = gate();
        let problem = Problem::SignInRefused { text: "no".into() };
        gate.fail(&Trouble::Link { problem, age: Duration::ZERO }, &board);
        assert_eq!(*gate.passage.borrow(), Passage::Blocked);
        gate.open(Solved::No, &board);
        assert!(!gate.is_open());
        gate.open(Solved::Perhaps, &board);
        gate.pass(&board).await;
    }

    #[tokio::test]
    async fn the_user_does_not_wait() {
        let (gate, board) = gate();
        for _ in 0..20 {
            gate.fail(&lost(0), &board);
            gate.passage.send_replace(Passage::Open);
        }
        gate.fail(&lost(0), &board);
        // Half an hour and more, if nobody acts.
        let mut waiting = std::pin::pin!(gate.pass(&board));
        assert!(futures::poll!(waiting.as_mut()).is_pending());
        gate.open(Solved::No, &board);
        waiting.await;
        assert_eq!(failures(&gate), 0);
    }
}
