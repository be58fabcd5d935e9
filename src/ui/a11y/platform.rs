//! The side of the bridge that differs between systems.

#[cfg(all(unix, not(target_os = "macos")))]
mod unix;
#[cfg(all(unix, not(target_os = "macos")))]
pub(super) use unix::{Adapter, native, origin};

#[cfg(not(all(unix, not(target_os = "macos"))))]
mod none;
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub(super) use none::{Adapter, native, origin};
