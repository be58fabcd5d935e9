//! What the worker is given: store, secrets, clock, patience.

use super::backoff::Patience;
use super::memory::Memory;
use crate::clock::Clock;
use crate::imap::{Quirks, Timeouts};
use crate::model::UnixTime;
use crate::oauth::TokenKeeper;
use crate::secret::SecretStore;
use crate::store::Store;
use std::time::Duration;

/// Everything that [`super::start`] needs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where mail is kept.
    pub store: Store,
    /// Where passwords are kept.
    pub secrets: SecretStore,
    /// Where OAuth tokens come from.
    pub tokens: TokenKeeper,
    /// The time of day, and all waiting.
    pub clock: Clock,
    /// How often, how soon, how long.
    pub timing: Timing,
    /// Time-outs of a connection.
    pub timeouts: Timeouts,
    /// What servers are known to do wrongly.
    pub quirks: Quirks,
    /// What is remembered from one start to the next besides mail.
    pub memory: Memory,
    /// Start of the random numbers that spread waiting times.
    pub seed: u64,
    /// Whether what a server cannot tell is compared each time and not now and then: somebody asked for it, and
    /// there may be no later.
    pub thorough: bool,
}

impl Config {
    /// The usual settings.
    #[must_use]
    pub fn new(store: Store, secrets: SecretStore) -> Self {
        let clock = Clock::system();
        let seed = clock.now().0.unsigned_abs() ^ u64::from(std::process::id()).rotate_left(32);
        let memory = Memory::open(store.folder());
        Self {
            store,
            secrets,
            tokens: TokenKeeper::default(),
            clock,
            timing: Timing::default(),
            timeouts: Timeouts::default(),
            quirks: Quirks::default(),
            memory,
            seed,
            thorough: false,
        }
    }

    /// For one pass that somebody asked for.
    #[must_use]
    pub fn thorough(self) -> Self {
        Self { thorough: true, ..self }
    }

    /// The time for deciding whether a comparison of so many messages is due.
    pub(super) fn due(&self, messages: u64) -> UnixTime {
        /// Comparing the flags of more takes seconds, and megabytes.
        const MOST: u64 = 20_000;
        if self.thorough && messages <= MOST { UnixTime(i64::MAX) } else { self.clock.now() }
    }

    /// With OAuth client ids of a profile.
    #[must_use]
    pub fn with_tokens(self, tokens: TokenKeeper) -> Self {
        Self { tokens, ..self }
    }
}

/// How often, how soon, how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Changes of the store are merged for this long before the window hears of them: one frame.
    pub merge: Duration,
    /// All mailboxes are asked for changes this often.
    pub poll: Duration,
    /// The same where the server cannot tell news of the inbox by itself.
    pub poll_without_idle: Duration,
    /// After a break of IDLE on a shared connection, so that a series of actions does not break it each time.
    pub rest: Duration,
    /// How often to look whether the computer slept, or another process wrote into the store.
    pub tick: Duration,
    /// A live connection answers within this time; asked after the network changed.
    pub probe: Duration,
    /// Messages that are gone from the server are deleted here only after this time.
    pub keep_vanished: Duration,
    /// Waiting times after failures.
    pub patience: Patience,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            merge: Duration::from_millis(16),
            poll: Duration::from_secs(5 * 60),
            poll_without_idle: Duration::from_secs(2 * 60),
            rest: Duration::from_secs(2),
            tick: Duration::from_secs(30),
            probe: Duration::from_secs(5),
            keep_vanished: Duration::from_secs(10 * 60),
            patience: Patience::default(),
        }
    }
}
