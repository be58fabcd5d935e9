//! A clock that stands still until somebody moves it: for tests of what takes minutes or days.

use super::{Clock, Moment, Source};
use crate::model::UnixTime;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::sync::watch;

/// So many turns of the others without a sign of work mean that there is none.
const TURNS: usize = 8;

/// See the module. Clones are the same clock.
#[derive(Clone)]
pub struct ManualClock(Arc<Inner>);

struct Inner {
    /// Naps up to this long pass by themselves.
    short: Duration,
    state: Mutex<State>,
    /// Changes whenever somebody begins or ceases to wait.
    waits: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    moment: Duration,
    /// So much of it was short naps.
    napped: Duration,
    /// Time of day at moment zero.
    start: i64,
    last: u64,
    waiting: BTreeMap<(Moment, u64), (Waiter, Waker)>,
    /// How many are at work.
    working: usize,
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
        Self::with_short_naps(now, Duration::ZERO)
    }

    /// The same, but who sleeps no longer than `short` moves the clock on by that, though not the time of day. Limits
    /// never do: what is not done within one is given up only when the clock is moved.
    #[must_use]
    pub fn with_short_naps(now: UnixTime, short: Duration) -> Self {
        let state = State { start: now.0, ..State::default() };
        Self(Arc::new(Inner { short, state: Mutex::new(state), waits: watch::Sender::new(0) }))
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
        let since = i64::try_from(state.moment.saturating_sub(state.napped).as_secs()).unwrap_or(i64::MAX);
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
    /// somebody is at work, or waits for something with a limit, such as an answer of a server.
    pub async fn pass(&self, by: Duration) {
        let end = self.moment() + by;
        loop {
            self.calm().await;
            let now = self.moment();
            if now >= end {
                return;
            }
            let next = self.waits().first().map_or(end, |wait| now + *wait);
            self.advance_to(next.min(end));
        }
    }

    /// Waits until all that were woken have noticed, and nobody waits for anything but the time.
    async fn calm(&self) {
        let mut changes = self.0.waits.subscribe();
        let mut calm = 0;
        while calm < TURNS {
            changes.borrow_and_update();
            let busy = {
                let state = self.lock();
                state.working > 0
                    || !state.woken.is_empty()
                    || state.waiting.values().any(|(waiter, _)| *waiter == Waiter::Limit)
            };
            if busy {
                calm = 0;
                if changes.changed().await.is_err() {
                    std::future::pending().await
                }
            } else {
                calm += 1;
                tokio::task::yield_now().await;
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
        if end.since(self.moment()) <= self.0.short {
            // Whoever else is at work gets a turn first.
            let mut nap = self.nap(end, Waiter::Sleep);
            let mut polled = false;
            poll_fn(|context| match Pin::new(&mut nap).poll(context) {
                Poll::Pending if !std::mem::replace(&mut polled, true) => {
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
                Poll::Pending | Poll::Ready(()) => Poll::Ready(()),
            })
            .await;
            drop(nap);
            {
                let mut state = self.lock();
                let now = Moment(state.moment);
                state.napped += end.since(now);
            }
            self.advance_to(end);
        } else {
            self.nap(end, Waiter::Sleep).await;
        }
    }

    pub(super) async fn limit_until(&self, end: Moment) {
        self.nap(end, Waiter::Limit).await;
    }

    /// Somebody is at work as long as this lives.
    pub(super) fn hold(&self) -> Held {
        self.lock().working += 1;
        Held(self.clone())
    }

    fn changed(&self) {
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
        let State { moment, working, woken, .. } = &*state;
        write!(
            f,
            "ManualClock({moment:?}, {waits:?}, limits: {limits}, working: {working}, woken: {woken:?})"
        )
    }
}

/// See [`ManualClock::hold`].
pub(super) struct Held(ManualClock);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.lock().working -= 1;
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
        let manual = ManualClock::with_short_naps(UnixTime(0), MINUTE);
        let clock = manual.clock();
        {
            let mut never = pin!(clock.timeout(MINUTE, std::future::pending::<()>()));
            assert!(futures::poll!(never.as_mut()).is_pending());
            clock.sleep(MINUTE / 2).await;
            assert_eq!((manual.elapsed(), clock.now()), (MINUTE / 2, UnixTime(0)));
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
}
