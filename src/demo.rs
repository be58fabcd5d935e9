//! Embedded IMAP server: the demo mailbox of `postrider --demo` and the scriptable fake server of the tests.
//!
//! Loopback only, everything in memory, its certificate is made on the spot. Knows neither the client's IMAP
//! code nor the store: what it shares with them is the model.

mod capability;
mod certificate;
mod command;
mod connection;
mod content;
mod dates;
mod decode;
mod fault;
mod link;
mod log;
mod mailboxes;
mod names;
mod output;
mod respond;
pub mod sample;
mod server;
mod session;
mod state;
mod structure;

pub use capability::{CapabilityMask, Extension, Quirk};
pub use certificate::CertificateKind;
pub use content::{Content, Maker, SharedBody};
pub use fault::{Change, Fault, FaultPlan, Faults, Rewrite, Rule, Trigger};
pub use log::{LogEntry, ServerTraffic};
pub use mailboxes::{DELIMITER, Entry, Happened, Mail, Mailbox, Mailboxes, Refused};
pub use server::{Security, Server, ServerConfig, StartError};
pub use state::State;

/// User of the demo mailbox; also her address.
pub const USER: &str = "robin@postrider.example";
/// Password of the demo mailbox. It protects nothing: the server listens on loopback and holds made-up mail.
pub const PASSWORD: &str = "demo";

#[cfg(test)]
mod tests;
