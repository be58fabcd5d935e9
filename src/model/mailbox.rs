//! Mailboxes of an account.

use serde::{Deserialize, Serialize};

/// A mailbox name exactly as the server sends it: modified UTF-7 or, after `ENABLE UTF8=ACCEPT`, UTF-8.
///
/// It is bytes on purpose: some servers send names that are neither. It is never used as a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MailboxName(Vec<u8>);

impl MailboxName {
    /// `INBOX`, in any letter case, always comes out in capitals (RFC 9051 section 5.1).
    #[must_use]
    pub fn from_wire(raw: &[u8]) -> Self {
        if raw.eq_ignore_ascii_case(b"INBOX") { Self(b"INBOX".to_vec()) } else { Self(raw.to_vec()) }
    }

    /// The bytes as they go over the wire.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether this is the account's inbox.
    #[must_use]
    pub fn is_inbox(&self) -> bool {
        self.0 == b"INBOX"
    }
}

/// What a mailbox is for (RFC 6154 section 2), with INBOX as one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpecialUse {
    /// Where new mail arrives.
    Inbox,
    /// `\Drafts`
    Drafts,
    /// `\Sent`
    Sent,
    /// `\Archive`
    Archive,
    /// `\Junk`
    Junk,
    /// `\Trash`
    Trash,
    /// `\All`: every message of the account.
    All,
    /// `\Flagged`: a view of flagged messages.
    Flagged,
}

impl SpecialUse {
    /// Every use, in the order in which they are listed in the window.
    pub const ALL: [Self; 8] = [
        Self::Inbox,
        Self::Drafts,
        Self::Sent,
        Self::Archive,
        Self::Junk,
        Self::Trash,
        Self::All,
        Self::Flagged,
    ];

    /// The word that the store and `--json` use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Drafts => "drafts",
            Self::Sent => "sent",
            Self::Archive => "archive",
            Self::Junk => "junk",
            Self::Trash => "trash",
            Self::All => "all",
            Self::Flagged => "flagged",
        }
    }

    /// Reads [`SpecialUse::as_str`] back.
    #[must_use]
    pub fn from_row(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|u| u.as_str() == word)
    }

    /// Reads a LIST attribute such as `\Sent`, without case (Cyrus sends lower case).
    #[must_use]
    pub fn from_attribute(attribute: &str) -> Option<Self> {
        let word = attribute.strip_prefix('\\')?.to_ascii_lowercase();
        match word.as_str() {
            "allmail" => Some(Self::All),
            "spam" => Some(Self::Junk),
            "starred" => Some(Self::Flagged),
            other => Self::from_row(other),
        }
    }
}

/// What LIST says about a mailbox apart from its use (RFC 9051 section 7.3.1, RFC 5258).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailboxAttributes {
    /// Cannot be selected (`\Noselect`, `\NonExistent`): a mere level of the hierarchy.
    pub no_select: bool,
    /// Can have no children (`\Noinferiors`).
    pub no_inferiors: bool,
    /// The user subscribed to it (`\Subscribed`, or in LSUB).
    pub subscribed: bool,
}
