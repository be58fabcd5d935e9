//! A clock that stands still until somebody moves it: for tests of what takes minutes or days.

use super::{Clock, Moment, Source};
use crate::model::UnixTime;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::sync::watch;

/// So many turns of the others without a sign of work mean that there is none.
const TURNS: usize = 24;
/// The same before a limit is passed because a server is mute.
const MANY_TURNS: usize = 4 * TURNS;

/// See the module. Clones are the same clock.
#[derive(Clone)]
pub struct ManualClock(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    /// Changes whenever somebody begins or ceases to wait, and at every other sign of life.
    waits: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    moment: Duration,
    /// Time of day at moment zero.
    start: i64,
    last: u64,
    waiting: BTreeMap<(Moment, u64), (Waiter, Waker)>,
    /// How many are at work.
    working: usize,
    /// How many servers say nothing.
    mute: usize,
    /// Those whose time came and who have not noticed yet.
    woken: BTreeSet<u64>,
}

/// What somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiter {
    /// The time itself.
    Sleep,
    /// Something else, and this is how long it may take.
    Limit,
}

impl ManualClock {
    /// A clock that stands at that time of day.
    #[must_use]
    pub fn new(now: UnixTime) -> Self {
        let state = State { start: now.0, ..State::default() };
        Self(Arc::new(Inner { state: Mutex::new(state), waits: watch::Sender::new(0) }))
    }

    /// The clock to hand in.
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock(Source::Manual(self.clone()))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> UnixTime {
        let state = self.lock();
        let since = i64::try_from(state.moment.as_secs()).unwrap_or(i64::MAX);
        UnixTime(state.start.saturating_add(since))
    }

    pub(super) fn moment(&self) -> Moment {
        Moment(self.lock().moment)
    }

    /// Time since the clock was made.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.lock().moment
    }

    /// Lets time pass in one step; who waits for no longer than that wakes.
    pub fn advance(&self, by: Duration) {
        let to = self.moment() + by;
        self.advance_to(to);
    }

    fn advance_to(&self, to: Moment) {
        let due = {
            let mut state = self.lock();
            state.moment = state.moment.max(to.0);
            let now = Moment(state.moment);
            let later = state.waiting.split_off(&(now, u64::MAX));
            let due = std::mem::replace(&mut state.waiting, later);
            state.woken.extend(due.keys().map(|(_, key)| *key));
            due
        };
        due.into_values().for_each(|(_, waker)| waker.wake());
    }

    /// Lets so much time pass in small steps: everyone gets their turn when their time has come, and time stands while
    /// somebody is at work, or waits for something with a limit, such as an answer of a server that is not mute.
    pub async fn pass(&self, by: Duration) {
        self.pass_beside(&tokio::task::yield_now, by).await;
    }

    /// The same where others live in another runtime: `turn` gives them and everybody here a turn.
    pub async fn pass_beside(&self, turn: &impl AsyncFn(), by: Duration) {
        let end = self.moment() + by;
        loop {
            self.calm(turn).await;
            let now = self.moment();
            if now >= end {
                return;
            }
            let next = self.waits().first().map_or(end, |wait| now + *wait);
            self.advance_to(next.min(end));
        }
    }

    /// Does work, and lets time pass as [`ManualClock::pass`] does for as long as it is not done.
    pub async fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.run_beside(&tokio::task::yield_now, work).await
    }

    /// The same beside another runtime, as [`ManualClock::pass_beside`].
    pub async fn run_beside<T>(&self, turn: &impl AsyncFn(), work: impl Future<Output = T>) -> T {
        let passing = async {
            let mut changes = self.0.waits.subscribe();
            loop {
                self.calm(turn).await;
                changes.borrow_and_update();
                match self.waits().first() {
                    Some(wait) => self.advance(*wait),
                    None => heard(&mut changes).await,
                }
            }
        };
        let (mut work, mut passing) = (std::pin::pin!(work), std::pin::pin!(passing));
        tokio::select! {
            biased;
            done = &mut work => done,
            never = &mut passing => never,
        }
    }

    /// Waits until all that were woken have noticed, nothing has happened for some turns, and nobody waits for anything
    /// but the time.
    async fn calm(&self, turn: &impl AsyncFn()) {
        let mut changes = self.0.waits.subscribe();
        let mut calm = 0;
        loop {
            if changes.has_changed().unwrap_or(false) {
                calm = 0;
            }
            changes.borrow_and_update();
            let (busy, enough) = {
                let state = self.lock();
                (state.is_busy(), if state.is_limited() { MANY_TURNS } else { TURNS })
            };
            if busy {
                calm = 0;
                heard(&mut changes).await;
            } else if calm < enough {
                calm += 1;
                turn().await;
            } else {
                return;
            }
        }
    }

    /// The time of day goes on alone, as while the computer sleeps, or when somebody sets it.
    pub fn skip(&self, seconds: i64) {
        let mut state = self.lock();
        state.start = state.start.saturating_add(seconds);
    }

    /// How long those who wait still have to, the shortest first.
    #[must_use]
    pub fn waits(&self) -> Vec<Duration> {
        let state = self.lock();
        let now = Moment(state.moment);
        state.waiting.keys().map(|(end, _)| end.since(now)).collect()
    }

    /// Returns as soon as somebody waits for a time that fits, and gives that time.
    pub async fn until_waiting(&self, fits: impl Fn(Duration) -> bool) -> Duration {
        let mut changes = self.0.waits.subscribe();
        loop {
            changes.borrow_and_update();
            if let Some(wait) = self.waits().into_iter().find(|wait| fits(*wait)) {
                return wait;
            }
            if changes.changed().await.is_err() {
                std::future::pending().await
            }
        }
    }

    /// Lets time pass until the first of those who wait wakes; waits for one if there is none. Gives how much passed.
    pub async fn next(&self) -> Duration {
        let wait = self.until_waiting(|_| true).await;
        self.advance(wait);
        wait
    }

    /// Does work, and lets time pass step by step while it waits. Only for work that goes on by nothing else any more.
    pub async fn drive<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                _ = self.next() => tokio::task::yield_now().await,
            }
        }
    }

    pub(super) async fn sleep_until(&self, end: Moment) {
        self.nap(end, Waiter::Sleep).await;
    }

    pub(super) async fn limit_until(&self, end: Moment) {
        self.nap(end, Waiter::Limit).await;
    }

    /// Somebody is at work as long as this lives.
    pub(super) fn hold(&self) -> Held {
        self.lock().working += 1;
        Held(self.clone(), |state| &mut state.working)
    }

    /// A server says nothing as long as this lives.
    pub(super) fn mute(&self) -> Held {
        self.lock().mute += 1;
        self.changed();
        Held(self.clone(), |state| &mut state.mute)
    }

    pub(super) fn changed(&self) {
        self.0.waits.send_modify(|n| *n = n.wrapping_add(1));
    }

    fn nap(&self, end: Moment, waiter: Waiter) -> Nap {
        Nap { clock: self.clone(), end, waiter, key: None }
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waits = self.waits();
        let state = self.lock();
        let limits = state.waiting.values().filter(|(waiter, _)| *waiter == Waiter::Limit).count();
        let State { moment, working, mute, woken, .. } = &*state;
        write!(
            f,
            "ManualClock({moment:?}, {waits:?}, limits: {limits}, working: {working}, mute: {mute}, woken: {woken:?})"
        )
    }
}

impl State {
    /// Whether somebody does something, or waits for what is not the time.
    fn is_busy(&self) -> bool {
        self.working > 0 || !self.woken.is_empty() || self.is_limited() && self.mute == 0
    }

    /// Whether somebody waits for an answer.
    fn is_limited(&self) -> bool {
        self.waiting.values().any(|(waiter, _)| *waiter == Waiter::Limit)
    }
}

/// Waits for the next sign of life.
async fn heard(changes: &mut watch::Receiver<u64>) {
    if changes.changed().await.is_err() {
        std::future::pending().await
    }
}

/// See [`ManualClock::hold`] and [`ManualClock::mute`].
pub(super) struct Held(ManualClock, fn(&mut State) -> &mut usize);

impl Drop for Held {
    fn drop(&mut self) {
        *(self.1)(&mut self.0.lock()) -= 1;
        self.0.changed();
    }
}

/// Somebody who waits.
struct Nap {
    clock: ManualClock,
    end: Moment,
    waiter: Waiter,
    key: Option<u64>,
}

impl Future for Nap {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let (end, waiter, known) = (self.end, self.waiter, self.key);
        let mut state = self.clock.lock();
        if state.moment >= end.0 {
            return Poll::Ready(());
        }
        let key = known.unwrap_or_else(|| {
            state.last += 1;
            state.last
        });
        state.waiting.insert((end, key), (waiter, context.waker().clone()));
        drop(state);
        if known.is_none() {
            self.key = Some(key);
            self.clock.changed();
        }
        Poll::Pending
    }
}

impl Drop for Nap {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            {
                let mut state = self.clock.lock();
                state.waiting.remove(&(self.end, key));
                state.woken.remove(&key);
            }
            self.clock.changed();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::TimedOut;
    use std::pin::pin;

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn time_passes_only_by_hand() {
        let manual = ManualClock::new(UnixTime(1_000));
        let clock = manual.clock();
        let (mut short, mut long) = (pin!(clock.sleep(MINUTE)), pin!(clock.sleep(60 * MINUTE)));
        assert!(futures::poll!(short.as_mut()).is_pending() && futures::poll!(long.as_mut()).is_pending());
        assert_eq!(manual.waits(), [MINUTE, 60 * MINUTE]);
        assert_eq!(manual.until_waiting(|wait| wait > MINUTE).await, 60 * MINUTE);
        manual.advance(MINUTE / 2);
        assert!(futures::poll!(short.as_mut()).is_pending());
        assert_eq!(manual.next().await, MINUTE / 2);
        short.await;
        assert_eq!((manual.elapsed(), clock.now()), (MINUTE, UnixTime(1_060)));
        manual.skip(3_600);
        assert_eq!((manual.elapsed(), clock.now()), (MINUTE, UnixTime(4_660)));
        assert!(futures::poll!(long.as_mut()).is_pending());
        manual.drive(long).await;
        assert_eq!((manual.elapsed(), manual.waits()), (60 * MINUTE, vec![]));
    }

    #[tokio::test]
    async fn everyone_gets_a_turn_while_time_passes() {
        let manual = ManualClock::new(UnixTime(0));
        let clock = manual.clock();
        let (sender, mut answers) = tokio::sync::mpsc::unbounded_channel();
        let asking = tokio::spawn(async move {
            let mut asked = Vec::new();
            for _ in 0..5 {
                clock.sleep(MINUTE).await;
                // It takes its turns, but no time.
                let answer = async {
                    for _ in 0..100 {
                        tokio::task::yield_now().await;
                    }
                };
                clock.timeout(MINUTE / 60, answer).await.unwrap();
                asked.push(clock.now().0);
                sender.send(asked.len()).unwrap();
            }
            asked
        });
        manual.pass(3 * MINUTE + MINUTE / 2).await;
        assert_eq!(std::iter::from_fn(|| answers.try_recv().ok()).last(), Some(3));
        manual.pass(10 * MINUTE).await;
        assert_eq!(asking.await.unwrap(), [60, 120, 180, 240, 300]);
        assert_eq!(manual.elapsed(), 13 * MINUTE + MINUTE / 2);
    }

    #[tokio::test]
    async fn limits_end_only_by_hand_and_leave_nothing_behind() {
        let manual = ManualClock::new(UnixTime(0));
        let clock = manual.clock();
        {
            let mut never = pin!(clock.timeout(MINUTE, std::future::pending::<()>()));
            assert!(futures::poll!(never.as_mut()).is_pending());
            manual.advance(MINUTE);
            assert_eq!(never.await, Err(TimedOut));
            let mut dropped = pin!(clock.timeout(MINUTE, std::future::pending::<()>()));
            assert!(futures::poll!(dropped.as_mut()).is_pending());
            assert_eq!(manual.waits().len(), 1);
        }
        assert_eq!(manual.waits(), Vec::<Duration>::new());
        assert_eq!(clock.timeout(Duration::ZERO, async { 7 }).await, Ok(7), "what is done is done");
    }

    #[tokio::test]
    async fn time_runs_to_the_next_nap_but_passes_a_limit_only_where_a_server_is_mute() {
        let manual = ManualClock::new(UnixTime(0));
        let clock = manual.clock();
        manual.run(clock.sleep(60 * MINUTE)).await;
        assert_eq!(manual.elapsed(), 60 * MINUTE);
        // Somebody waits for an answer that comes after many turns: time stands, whatever else waits for it.
        let answer = async {
            for _ in 0..1_000 {
                tokio::task::yield_now().await;
            }
        };
        let other = clock.clone();
        let napping = tokio::spawn(async move { other.sleep(MINUTE / 60).await });
        assert_eq!(manual.run(clock.timeout(MINUTE, answer)).await, Ok(()));
        assert_eq!(manual.elapsed(), 60 * MINUTE);
        manual.run(napping).await.unwrap();
        // Nobody will ever answer.
        let mute = clock.mute(clock.timeout(MINUTE, std::future::pending::<()>()));
        assert_eq!(manual.run(mute).await, Err(TimedOut));
        assert_eq!(manual.elapsed(), 61 * MINUTE + MINUTE / 60);
        // As long as something stirs, nothing is over.
        let stirring = async {
            for _ in 0..1_000 {
                tokio::task::yield_now().await;
                clock.stir();
            }
        };
        assert_eq!(clock.mute(manual.run(clock.timeout(MINUTE, stirring))).await, Ok(()));
        assert_eq!(manual.elapsed(), 61 * MINUTE + MINUTE / 60);
    }
}
