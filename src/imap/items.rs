//! What is asked of FETCH, STORE, COPY and APPEND, and what comes back. Plain data.

use super::response::{FetchData, UidMap};
use crate::model::{MailboxName, Uid, UidSet, UidValidity};

/// What [`super::Session::uid_fetch`] asks for; the UID always comes along.
///
/// What the server does not offer (modification sequences, previews, object ids, Gmail's data) is left out
/// of the question, not an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FetchItems {
    /// FLAGS
    pub flags: bool,
    /// MODSEQ (RFC 7162)
    pub mod_seq: bool,
    /// INTERNALDATE
    pub internal_date: bool,
    /// RFC822.SIZE
    pub size: bool,
    /// ENVELOPE
    pub envelope: bool,
    /// BODYSTRUCTURE
    pub body_structure: bool,
    /// Fields for `BODY.PEEK[HEADER.FIELDS (...)]`; none if empty.
    pub header_fields: &'static [&'static str],
    /// PREVIEW (RFC 8970)
    pub preview: bool,
    /// EMAILID (RFC 8474)
    pub email_id: bool,
    /// THREADID (RFC 8474)
    pub thread_id: bool,
    /// X-GM-MSGID
    pub gm_msgid: bool,
    /// X-GM-THRID
    pub gm_thrid: bool,
    /// X-GM-LABELS
    pub gm_labels: bool,
}

/// A label of Gmail's. Each has a mailbox, but not all are called like it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GmailLabel {
    /// `\Inbox`
    Inbox,
    /// `\Starred`, the same as the flag `\Flagged`
    Starred,
    /// One that the user made, by the name of its mailbox.
    Named(MailboxName),
}

/// Bytes of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRange {
    /// First byte, counted from 0.
    pub start: u64,
    /// Number of bytes wanted; the server sends fewer at the end of the section.
    pub length: u32,
}

/// How [`super::Session::fetch_part`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartFetched {
    /// Bytes handed to the sink.
    pub bytes: u64,
    /// Whether the server sent the section at all; not so if the message or the part is gone, or if it
    /// answered NIL.
    pub found: bool,
    /// Whether the server gave NIL for it, as some do for bytes behind the end.
    pub nil: bool,
    /// Whether the sink stopped the transfer.
    pub cancelled: bool,
}

/// What STORE did.
#[derive(Clone, Debug, Default)]
pub struct StoreOutcome {
    /// Messages that were left alone because another client changed them first (RFC 7162 section 3.1.3).
    pub modified: UidSet,
    /// New flags and modification sequences as the server sent them.
    pub fetched: Vec<FetchData>,
}

/// Where copies ended up (RFC 4315, COPYUID).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// UIDVALIDITY of the destination.
    pub uid_validity: UidValidity,
    /// Which original became which copy.
    pub uids: UidMap,
}

/// Where an appended message ended up (RFC 4315, APPENDUID).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// UIDVALIDITY of the mailbox.
    pub uid_validity: UidValidity,
    /// UID of the message.
    pub uid: Uid,
}

/// How an IDLE ended. In every case the session is ready for the next command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdleEnd {
    /// The server sent something: see [`super::Session::take_unsolicited`].
    News,
    /// The caller's stop future was ready.
    Stopped,
    /// It is time to renew: call [`super::Session::idle`] again.
    Renew,
}

/// Bytes on the wire, counted at the socket: below TLS and compression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bytes from the server.
    pub bytes_in: u64,
    /// Bytes to the server.
    pub bytes_out: u64,
}
