//! Time, handed in: what time it is, how long something took, waiting, and giving up. What talks to servers asks nobody
//! else (`tests/it/tidy.rs` sees to it), so that tests drive hours by hand and wait for none of them.

mod manual;

pub use manual::ManualClock;

use crate::model::UnixTime;
use std::fmt;
use std::future::Future;
use std::ops::Add;
use std::pin::pin;
use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A point in time that no change of the time of day moves, counted from a beginning of the clock's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Duration);

impl Moment {
    /// Time from an earlier moment to this one; zero if it was not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(wait))
    }
}

/// The limit was reached before the work was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedOut;

/// See the module. Clones show the same time.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System,
    Manual(ManualClock),
}

/// Where the moments of the system's clock begin.
static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock {
    /// The clock of the system. Its moments stand still while the computer sleeps, where the system's do; its time of
    /// day does not.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// The time of day.
    #[must_use]
    pub fn now(&self) -> UnixTime {
        match &self.0 {
            Source::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                UnixTime(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
            }
            Source::Manual(clock) => clock.now(),
        }
    }

    /// The time of day in a while.
    #[must_use]
    pub fn after(&self, wait: Duration) -> UnixTime {
        let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX);
        UnixTime(self.now().0.saturating_add(seconds))
    }

    /// This moment.
    #[must_use]
    pub fn moment(&self) -> Moment {
        match &self.0 {
            Source::System => Moment(BEGINNING.elapsed()),
            Source::Manual(clock) => clock.moment(),
        }
    }

    /// How long ago a moment was.
    #[must_use]
    pub fn elapsed(&self, since: Moment) -> Duration {
        self.moment().since(since)
    }

    /// Does work that neither waits for the time nor has a limit, such as a read of a file: a clock that is moved by hand is
    /// not moved meanwhile ([`ManualClock::pass`]).
    pub async fn busy<T>(&self, work: impl Future<Output = T>) -> T {
        let _held = match &self.0 {
            Source::System => None,
            Source::Manual(clock) => Some(clock.hold()),
        };
        work.await
    }

    /// A server that says nothing while this goes on: whoever waits for its answer waits for the time alone, so that a
    /// clock that is moved by hand may pass limits too ([`ManualClock::run`]).
    pub async fn mute<T>(&self, work: impl Future<Output = T>) -> T {
        let _mute = match &self.0 {
            Source::System => None,
            Source::Manual(clock) => Some(clock.mute()),
        };
        work.await
    }

    /// Something happened that nobody waits for by this clock, such as bytes on a line.
    pub fn stir(&self) {
        if let Source::Manual(clock) = &self.0 {
            clock.changed();
        }
    }

    /// Waits.
    pub async fn sleep(&self, wait: Duration) {
        self.sleep_until(self.moment() + wait).await;
    }

    /// Waits until a moment has come.
    pub async fn sleep_until(&self, end: Moment) {
        match &self.0 {
            Source::System => sleep_until(end).await,
            Source::Manual(clock) => clock.sleep_until(end).await,
        }
    }

    /// Does work, but gives it up after so long.
    ///
    /// # Errors
    /// It was given up.
    pub async fn timeout<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Result<T, TimedOut> {
        let end = self.moment() + limit;
        let limit = async {
            match &self.0 {
                Source::System => sleep_until(end).await,
                Source::Manual(clock) => clock.limit_until(end).await,
            }
        };
        let (mut work, mut limit) = (pin!(work), pin!(limit));
        tokio::select! {
            biased;
            done = &mut work => Ok(done),
            () = &mut limit => Err(TimedOut),
        }
    }
}

async fn sleep_until(end: Moment) {
    match BEGINNING.checked_add(end.0) {
        Some(end) => tokio::time::sleep_until(end.into()).await,
        // Longer than the system can count.
        None => std::future::pending().await,
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now().0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_clock_of_the_system_goes_on() {
        let clock = Clock::system();
        let start = clock.moment();
        clock.sleep(Duration::from_millis(1)).await;
        assert!(clock.elapsed(start) >= Duration::from_millis(1));
        assert!(clock.now().0 > 1_700_000_000 && clock.after(Duration::from_secs(9)) > clock.now());
        assert_eq!(clock.timeout(Duration::from_secs(3_600), async { 7 }).await, Ok(7));
        let never = std::future::pending::<()>();
        assert_eq!(clock.timeout(Duration::from_millis(1), never).await, Err(TimedOut));
        let mut endless = pin!(clock.sleep(Duration::MAX));
        assert!(futures::poll!(endless.as_mut()).is_pending());
        assert_eq!(start.since(start + Duration::MAX), Duration::ZERO);
    }
}
