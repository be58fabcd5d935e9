//! Ends writing after a chosen commit, as `kill -9` at that moment would: for tests of what a crash leaves. In a
//! program that does not ask for it, it costs one look at an atomic a transaction.

use std::any::Any;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// Nobody asked for a crash.
const NEVER: u64 = u64::MAX;

/// See the module.
#[derive(Debug)]
pub(super) struct Fuse {
    /// Commits that may still be made.
    left: AtomicU64,
    blown: watch::Sender<bool>,
    /// What nobody will hear of: kept, so that whoever waits for it waits forever.
    unheard: Mutex<Vec<Box<dyn Any + Send>>>,
}

impl Default for Fuse {
    fn default() -> Self {
        Self { left: AtomicU64::new(NEVER), blown: watch::Sender::new(false), unheard: Mutex::default() }
    }
}

impl Fuse {
    /// After so many more commits no transaction is run any more.
    pub(super) fn light(&self, commits: u64) {
        self.left.store(commits, Ordering::SeqCst);
        if commits == 0 {
            self.blown.send_replace(true);
        }
    }

    /// Whether a transaction would come too late.
    pub(super) fn is_blown(&self) -> bool {
        self.left.load(Ordering::Relaxed) == 0
    }

    /// Counts a commit.
    pub(super) fn burn(&self) {
        let one_less = |left: u64| (left != NEVER && left > 0).then(|| left - 1);
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less) == Ok(1) {
            self.blown.send_replace(true);
        }
    }

    /// Keeps something from being heard of.
    pub(super) fn silence(&self, what: impl Any + Send) {
        self.unheard.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(what));
    }

    pub(super) fn watch(&self) -> watch::Receiver<bool> {
        self.blown.subscribe()
    }
}
