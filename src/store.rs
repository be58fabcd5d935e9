//! The local store on SQLite: accounts, mailboxes, messages, parts and the journal of one profile.
//! Never sees the network.
//!
//! Invariant: every write is one transaction on the one writer thread, and what it changed is told as
//! [`Changes`]. Readers see a [`Snapshot`] that no write can disturb.

mod changes;
mod draft;
#[allow(dead_code, reason = "its users follow")]
mod error;
#[allow(dead_code, reason = "its users follow")]
mod open;
mod row;

pub use changes::{ChangedMessages, Changes, MAX_CHANGED};
pub use draft::{PartSource, PartWriter, Snapshot, Store, Write, WrittenPart};
pub use error::StoreError;
pub use row::{
    AccountRow, Arrival, Fingerprint, FlagsRow, MailboxInfo, MailboxRow, MailboxState, MessageDetail,
    MessageRow, NewMessage, Operation, OperationKind, OperationState, Placed, Placement, RowMark, SortOrder,
    StoredPart, Target,
};
