//! The words of the domain: ids, accounts, mailboxes, envelopes, parts, flags.
//!
//! No I/O, no clock, no iced. Every other layer speaks in these types.

pub mod account;
pub mod address;
pub mod body;
pub mod certificate;
pub mod envelope;
pub mod flag;
pub mod id;
pub mod keeping;
pub mod mailbox;
pub mod options;
pub mod subject;
pub mod time;
pub mod uid_set;

pub use account::{Account, AuthMethod, Login, OAuthLogin, Security, Server};
pub use address::Address;
pub use body::{BodyStructure, Disposition, MediaType, Part, PartPath, TransferEncoding};
pub use certificate::{Certificate, CertificateException, Fingerprint, NoFingerprint};
pub use envelope::{Envelope, Rfc822MessageId};
pub use flag::{Flag, FlagChange, Flags, Keyword};
pub use id::{
    AccountId, ActionId, MailboxId, MessageId, ModSeq, OperationId, Revision, ThreadId, TransferId, Uid,
    UidValidity,
};
pub use keeping::BodyPolicy;
pub use mailbox::{MailboxAttributes, MailboxName, SpecialUse};
pub use options::{AccountColor, AccountOptions, Identity, MAX_IDENTITIES, MAX_SIGNATURE};
pub use time::UnixTime;
pub use uid_set::UidSet;
