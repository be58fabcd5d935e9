//! The worker: carries data between servers and the store.
//!
//! The window may import only [`Command`], [`Event`], [`Handle`] and the status types from here; it never
//! waits for anything in this module.

mod account;
mod act;
mod backfill;
mod backoff;
mod board;
mod bodies;
mod bulk;
pub mod command;
mod config;
mod connection;
pub mod deed;
mod dice;
pub mod event;
mod fetch;
mod folders;
mod gate;
pub mod handle;
mod haul;
mod identity;
mod link;
mod links;
mod memory;
mod news;
mod one_pass;
mod op;
mod part;
mod planner;
mod pump;
mod queue;
mod refusal;
mod relink;
mod removal;
mod renewal;
mod shared;
mod sign_in;
mod signals;
mod snippet;
pub mod status;
mod supervisor;
mod sweep;
mod text;
mod thread;
mod trial;
mod trouble;
mod visit;
mod watch;
mod whole;

pub use crate::clock::{Clock, ManualClock};
pub use backoff::Patience;
pub use command::{Command, Destination, NewPassword, PasswordPlace, ThreadDeed};
pub use config::{Config, Timing};
pub use connection::ConnectionState;
pub use deed::letter::appending;
pub use event::{Acted, BodyProgress, ChangedMessages, Changes, Deed, Event, TransferState, Trial};
pub use handle::{EventSink, Events, Handle};
pub use link::roots;
pub use memory::Memory;
pub use one_pass::{
    CarriedOut, Courier, Depth, PassRequest, Reader, Summary, Whole, carry_out, fetch_now, one_pass,
    one_pass_counted,
};
pub use refusal::Block;
pub use sign_in::{credential, in_browser};
pub use signals::follow_system;
pub use status::{AccountStatus, CertificateFault, Fix, LinkFault, Problem, Speaks, Wait};
pub use supervisor::start;
pub use sweep::sweep_daily;
pub use trial::{
    Protocol, add_account, change_account, give_back, remove_account, submit_as, test_account,
    test_submission, test_tokens, try_certificate,
};
pub use trouble::{of_imap, of_smtp};
