//! How long to wait before the next attempt. Pure: time and chance come in.

use std::time::Duration;

/// First and longest waiting time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// After the first failure.
    pub first: Duration,
    /// Never more than this.
    pub longest: Duration,
    /// A connection that held for this long was healthy: its end is no reason to wait.
    pub healthy: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(2),
            longest: Duration::from_secs(5 * 60),
            healthy: Duration::from_secs(60),
        }
    }
}

/// Counts failures in a row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Waiting time after one more failure: doubled each time, and spread over its upper half, so that
    /// a thousand clients of a restarted server do not come back in the same second.
    pub(super) fn next(&mut self, patience: &Patience, chance: u64) -> Duration {
        let step = patience.first.saturating_mul(1_u32.checked_shl(self.failures).unwrap_or(u32::MAX));
        self.count();
        let ceiling = step.min(patience.longest).max(patience.first);
        let half = ceiling / 2;
        let spread = u64::try_from(half.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        half + Duration::from_millis(chance % spread)
    }

    /// Whether nothing has failed lately.
    pub(super) const fn is_first(self) -> bool {
        self.failures == 0
    }

    /// Counts a failure that needs no waiting.
    pub(super) fn count(&mut self) {
        self.failures = (self.failures + 1).min(31);
    }

    /// Failures in a row.
    #[cfg(test)]
    pub(super) const fn failures(self) -> u32 {
        self.failures
    }

    /// All is well again.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_are_spread() {
        let patience = Patience::default();
        for (chance, expected) in [(0, [1, 2, 4, 8, 16, 32, 64, 128, 150, 150]), (u64::MAX, [0; 10])] {
            let mut backoff = Backoff::default();
            let mut previous = Duration::ZERO;
            for low in expected {
                let wait = backoff.next(&patience, chance);
                if chance == 0 {
                    assert_eq!(wait, Duration::from_secs(low));
                }
                assert!(wait <= patience.longest && wait >= previous.min(Duration::from_secs(150)));
                previous = wait;
            }
        }
        let mut backoff = Backoff { failures: 31 };
        assert!(backoff.next(&patience, 7) <= patience.longest);
        backoff.reset();
        assert!(backoff.next(&patience, 7) <= patience.first);
    }
}
