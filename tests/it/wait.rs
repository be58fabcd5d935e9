//! The one place where a test lets real time pass: for what has no event to wait for. Everything else waits for events,
//! or has its clock handed in (`tests/it/tidy.rs` sees to it).

use std::future::Future;
use std::process::Child;
use std::time::{Duration, Instant};

/// Between two looks at a process of somebody else.
const LOOK: Duration = Duration::from_millis(5);

/// Longest time that anything may take that is no process of somebody else; only a failing test waits for so long.
const LIMIT: Duration = Duration::from_secs(300);

/// What comes of work that ends by itself; `None` if it hangs, which is a failure of the test.
pub(crate) async fn or_none<T>(work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(LIMIT, work).await.ok()
}

/// The same; `hung` tells that it hangs.
pub(crate) async fn at_most<T>(work: impl Future<Output = T>, hung: impl FnOnce() -> T) -> T {
    or_none(work).await.unwrap_or_else(hung)
}

/// Ends a runtime; work on threads of its own may be at a store just then.
pub(crate) fn for_end(life: tokio::runtime::Runtime) {
    life.shutdown_timeout(LIMIT);
}

/// Waits for another process (a server that opens its port, a program that ends): looks until it is so, at most for
/// that long. Says whether it came about.
pub(crate) fn for_process(limit: Duration, mut so: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + limit;
    while !so() {
        if Instant::now() > end {
            return false;
        }
        std::thread::sleep(LOOK);
    }
    true
}

/// `kill -9` of a program after it has lived for that long: any moment of its life is to be hit, so this is no wait for
/// something.
pub(crate) fn kill_after(child: &mut Child, life: Duration) {
    std::thread::sleep(life);
    // It may have ended by itself.
    child.kill().ok();
}
