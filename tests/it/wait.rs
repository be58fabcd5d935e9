//! The one place where a test lets real time pass: for what has no event to wait for. Everything else waits for events,
//! or has its clock handed in (`tests/it/tidy.rs` sees to it).

use std::process::Child;
use std::time::{Duration, Instant};

/// Between two looks at a process of somebody else.
const LOOK: Duration = Duration::from_millis(5);

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
