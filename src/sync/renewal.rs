//! How long an IDLE is left alone. Routers and servers forget quiet connections, each after a time of its own; this
//! finds the time by experience (the rule is FairEmail's). Pure: no clock.

use std::time::Duration;

/// Shorter would cost battery and gain nothing: no network forgets a connection sooner.
pub(super) const SHORTEST: Duration = Duration::from_secs(5 * 60);
/// Servers may hang up after 30 minutes (RFC 2177).
pub(super) const LONGEST: Duration = Duration::from_secs(28 * 60);
/// So much shorter after failures.
const STEP: Duration = Duration::from_secs(2 * 60);
/// Failures in a row that count as a habit, and successes in a row that settle the matter.
const HABIT: u32 = 3;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Renewal {
    interval: Duration,
    failures: u32,
    successes: u32,
    proven: bool,
}

impl Renewal {
    /// Starts with what is known of the server, or was found out earlier.
    pub(super) fn new(interval: Duration, proven: bool) -> Self {
        Self { interval: interval.min(LONGEST), failures: 0, successes: 0, proven }
    }

    /// Time until the next renewal.
    pub(super) const fn interval(self) -> Duration {
        self.interval
    }

    /// Whether the interval has proved itself.
    pub(super) const fn is_proven(self) -> bool {
        self.proven
    }

    /// A renewal found the connection alive. Whether something worth remembering was learned.
    pub(super) fn lived(&mut self) -> bool {
        let before = *self;
        self.failures = 0;
        self.successes = (self.successes + 1).min(HABIT);
        self.proven |= self.successes >= HABIT;
        self.proven != before.proven
    }

    /// The connection was lost after so long a silence. Whether the interval is another one now.
    pub(super) fn died(&mut self, silence: Duration) -> bool {
        // A connection that breaks early broke for another reason: restarts and changes of network are no habit.
        if silence < self.interval / 2 {
            return false;
        }
        self.successes = 0;
        self.failures += 1;
        if self.failures < HABIT {
            return false;
        }
        let before = self.interval;
        self.failures = 0;
        self.proven = false;
        self.interval = self.interval.saturating_sub(STEP).max(SHORTEST.min(self.interval));
        self.interval != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn three_deaths_shorten_it_down_to_a_floor() {
        let mut renewal = Renewal::new(9 * MINUTE, false);
        let mut seen = Vec::new();
        for _ in 0..12 {
            renewal.died(9 * MINUTE);
            seen.push(renewal.interval().as_secs() / 60);
        }
        assert_eq!(seen, [9, 9, 7, 7, 7, 5, 5, 5, 5, 5, 5, 5]);
    }

    #[test]
    fn a_success_in_between_forgives_and_three_settle_it() {
        let mut renewal = Renewal::new(9 * MINUTE, false);
        for _ in 0..5 {
            assert!(!renewal.died(8 * MINUTE));
            assert!(!renewal.died(8 * MINUTE));
            renewal.lived();
        }
        assert_eq!(renewal.interval(), 9 * MINUTE);
        assert!(!renewal.is_proven());
        renewal.lived();
        assert!(renewal.lived() && renewal.is_proven());
        assert!(!renewal.lived(), "nothing new");
    }

    #[test]
    fn early_ends_say_nothing_about_the_interval() {
        let mut renewal = Renewal::new(9 * MINUTE, true);
        for _ in 0..20 {
            assert!(!renewal.died(MINUTE));
        }
        assert_eq!((renewal.interval(), renewal.is_proven()), (9 * MINUTE, true));
        assert_eq!(Renewal::new(90 * MINUTE, false).interval(), LONGEST);
    }
}
