//! What LIST, STATUS and SELECT tell about a mailbox. Plain data.

use super::response::{FetchData, FlagList, MailboxStatus};
use crate::model::{Flags, MailboxAttributes, MailboxName, ModSeq, SpecialUse, Uid, UidSet, UidValidity};

/// One mailbox as LIST tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedMailbox {
    /// Name on the wire.
    pub name: MailboxName,
    /// Character between the levels of the name; `None` for a flat name.
    pub delimiter: Option<char>,
    /// What can be done with it.
    pub attributes: MailboxAttributes,
    /// Its role, by attribute or, if the server gives none at all, by its name.
    pub special_use: Option<SpecialUse>,
    /// Counts, where the server gives them along with LIST.
    pub status: Option<MailboxStatus>,
    /// Levels of the name, decoded for display. Never used as a path of files.
    pub display_path: Vec<String>,
}

/// What we knew when we last looked, for a quick catch-up (RFC 7162 section 3.2.5, QRESYNC).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resync {
    /// UIDVALIDITY of that time.
    pub uid_validity: UidValidity,
    /// HIGHESTMODSEQ of that time.
    pub mod_seq: ModSeq,
    /// The UIDs that we hold: the answer is about these only, so ask for new messages from the old UIDNEXT
    /// on. If empty, the answer is about all messages.
    pub known: UidSet,
}

/// The mailbox after SELECT or EXAMINE.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    /// Number of messages.
    pub exists: u32,
    /// Validity of its UIDs. A server that gives none cannot be synchronised by UID.
    pub uid_validity: Option<UidValidity>,
    /// UID that the next message will have at least.
    pub uid_next: Option<Uid>,
    /// Highest modification sequence; `None` with NOMODSEQ or without CONDSTORE.
    pub highest_mod_seq: Option<ModSeq>,
    /// Flags in use.
    pub flags: Flags,
    /// Flags that can be changed for good; `None` if the server did not say.
    pub permanent_flags: Option<FlagList>,
    /// Whether nothing in it can be changed.
    pub read_only: bool,
    /// Whether UIDs may change at any time (UIDNOTSTICKY, RFC 4315).
    pub uid_not_sticky: bool,
    /// UIDs that vanished since the [`Resync`] point.
    pub vanished: UidSet,
    /// Messages that changed since the [`Resync`] point.
    pub fetched: Vec<FetchData>,
    /// Id that survives a rename (RFC 8474).
    pub mailbox_id: Option<String>,
}
