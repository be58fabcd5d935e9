//! The worker: carries data between servers and the store.
//!
//! The window may import only [`Command`], [`Event`], [`Handle`] and the status types from here; it never
//! waits for anything in this module.

mod backoff;
mod clock;
pub mod command;
mod decode;
pub mod event;
pub mod handle;
mod planner;
pub mod status;

pub use backoff::Patience;
pub use clock::Clock;
pub use command::{Command, Destination, NewPassword, PasswordPlace};
pub use event::{ChangedMessages, Changes, Event, TransferState, Trial};
pub use handle::{EventSink, Events, Handle};
pub use status::{AccountStatus, CertificateFault, Fix, LinkFault, Problem};
