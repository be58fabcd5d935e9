//! IMAP protocol logic over async-imap: connections, commands, tolerant parsing. Never sees the store.
//!
//! [`connect`] gives a [`Session`], whose methods are commands. Below them: `command` writes only validated
//! values, `link` runs async-imap with time-outs, [`wire`] frames and caps what a server sends, and
//! [`response`] reads it without ever failing.

mod capability;
mod command;
mod connect;
mod date;
mod error;
#[cfg(test)]
mod fake;
mod items;
pub mod limits;
mod link;
mod mailbox;
mod options;
mod quirks;
pub mod response;
mod search;
mod session;
mod special_use;
mod unsolicited;
pub mod utf7;
pub mod wire;

use crate::net::{sasl as auth, tcp, text, tls};

pub use crate::net::{Chain, Mechanism, TlsProblem, roots_from_pem};
pub use capability::{Capabilities, Capability};
pub use connect::{connect, probe};
pub use error::Error;
pub use items::{
    Appended, ByteRange, Copied, FetchItems, GmailLabel, IdleEnd, PartFetched, StoreOutcome, Traffic,
};
pub use mailbox::{ListedMailbox, Resync, Selected};
pub use options::{ConnectOptions, Credential, Timeouts};
pub use quirks::{BrokenTable, Quirks, Rules, ServerFacts};
pub use response::{
    AclEntry, AppendLimit, FetchData, FlagList, ListedRights, MailboxStatus, Namespace, Namespaces, Quota,
    ResponseCode, Section, SectionText, ThreadNode, UidMap,
};
pub use search::{HeaderField, SearchQuery, SortBy, SortKey, ThreadAlgorithm};
pub use session::{ConnectionDetails, Session, Upload, WholeMessage};
pub use unsolicited::Unsolicited;
pub use wire::Meter;
