//! One answer per account to "may I try to connect now?". All tasks of the account wait at the same gate,
//! so that one outage is one waiting time and not three.

use super::backoff::{Backoff, Patience};
use super::board::Board;
use super::dice::Dice;
use super::status::Problem;
use super::trouble::{self, Trouble};
use crate::clock::{Clock, Moment};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passage {
    Open,
    /// Opens by itself at that time.
    Waiting(Moment),
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
                () = self.sleep_until(end) => {
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

    async fn sleep_until(&self, end: Option<Moment>) {
        match end {
            Some(end) => self.clock.sleep_until(end).await,
            None => std::future::pending().await,
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
            *passage = Passage::Waiting(self.clock.moment() + wait);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::model::{AccountId, UnixTime};
    use crate::sync::handle::EventSink;
    use crate::sync::status::LinkFault;

    fn gate() -> (Gate, Board, ManualClock) {
        let manual = ManualClock::new(UnixTime(1_000));
        let board = Board::new(AccountId::from_row(1), EventSink::new().0, manual.clock());
        (Gate::new(Patience::default(), manual.clock(), 7), board, manual)
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
        let (gate, board, manual) = gate();
        gate.pass(&board).await;
        gate.fail(&lost(0), &board);
        gate.fail(&lost(0), &board);
        assert_eq!(failures(&gate), 1);
        let all = async { tokio::join!(gate.pass(&board), gate.pass(&board), gate.pass(&board)) };
        manual.drive(all).await;
        let first = manual.elapsed();
        assert!((Duration::from_secs(1)..=Duration::from_secs(2)).contains(&first), "{first:?}");
        gate.fail(&lost(0), &board);
        manual.drive(gate.pass(&board)).await;
        assert_eq!(failures(&gate), 2);
    }

    #[tokio::test]
    async fn waits_double_from_seconds_to_five_minutes() {
        let (gate, board, manual) = gate();
        for low in [1, 2, 4, 8, 16, 32, 64, 128, 150, 150, 150] {
            let before = manual.elapsed();
            gate.fail(&lost(0), &board);
            manual.drive(gate.pass(&board)).await;
            let took = manual.elapsed() - before;
            let low = Duration::from_secs(low);
            assert!((low..=2 * low).contains(&took), "{took:?}, at least {low:?}");
        }
    }

    #[tokio::test]
    async fn a_server_that_says_how_long_gets_that() {
        let (gate, board, manual) = gate();
        let text = "Request is throttled. Suggested Backoff Time: 92415 milliseconds".to_owned();
        gate.fail(&Trouble::Link { problem: trouble::busy(text), age: Duration::ZERO }, &board);
        manual.drive(gate.pass(&board)).await;
        assert_eq!(manual.elapsed(), Duration::from_millis(92_415));
    }

    #[tokio::test]
    async fn a_connection_may_end_without_a_wait_but_not_again_and_again() {
        let (gate, board, _) = gate();
        gate.fail(&lost(3), &board);
        assert!(gate.is_open());
        gate.fail(&lost(60), &board);
        assert!(gate.is_open(), "it was a long while in between");
        gate.fail(&lost(3), &board);
        assert!(!gate.is_open());
    }

    #[tokio::test]
    async fn the_same_password_is_not_tried_again_by_itself() {
        let (gate, board, manual) = gate();
        let problem = Problem::SignInRefused { text: "no".into() };
        gate.fail(&Trouble::Link { problem, age: Duration::ZERO }, &board);
        assert_eq!(*gate.passage.borrow(), Passage::Blocked);
        let mut waiting = std::pin::pin!(gate.pass(&board));
        assert!(futures::poll!(waiting.as_mut()).is_pending());
        manual.advance(Duration::from_secs(86_400));
        gate.open(Solved::No, &board);
        assert!(futures::poll!(waiting.as_mut()).is_pending());
        assert!(!gate.is_open());
        gate.open(Solved::Perhaps, &board);
        waiting.await;
    }

    #[tokio::test]
    async fn the_user_does_not_wait() {
        let (gate, board, manual) = gate();
        for _ in 0..20 {
            gate.fail(&lost(0), &board);
            manual.drive(gate.pass(&board)).await;
        }
        gate.fail(&lost(0), &board);
        // Minutes, if nobody acts.
        let mut waiting = std::pin::pin!(gate.pass(&board));
        assert!(futures::poll!(waiting.as_mut()).is_pending());
        assert!(manual.waits()[0] >= Duration::from_secs(150), "{manual:?}");
        gate.open(Solved::No, &board);
        waiting.await;
        assert_eq!(failures(&gate), 0);
    }
}
