//! The header of a message, decoded.

use super::{Address, UnixTime};
use serde::{Deserialize, Serialize};

/// Content of a `Message-ID` header without angle brackets (RFC 5322 section 3.6.4); not our row id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rfc822MessageId(pub String);

/// The header fields that the list, the conversation and the reader need, decoded (RFC 5322 section 3.6).
///
/// Text fields are for display: control and bidi characters are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Envelope {
    /// When the sender says that it was written; `None` if the field is missing or unreadable.
    pub date: Option<UnixTime>,
    /// Decoded subject on one line.
    pub subject: String,
    /// Authors. Usually one; several are shown as such.
    pub from: Vec<Address>,
    /// Who really sent it, if not the author.
    pub sender: Vec<Address>,
    /// Where answers go.
    pub reply_to: Vec<Address>,
    /// Recipients.
    pub to: Vec<Address>,
    /// Copies.
    pub cc: Vec<Address>,
    /// Blind copies; only own sent mail has them.
    pub bcc: Vec<Address>,
    /// `Message-ID`.
    pub message_id: Option<Rfc822MessageId>,
    /// `In-Reply-To`.
    pub in_reply_to: Vec<Rfc822MessageId>,
    /// `References`, oldest first, at most [`Envelope::MAX_REFERENCES`].
    pub references: Vec<Rfc822MessageId>,
    /// Whether the mail came through a mailing list that offers `List-Unsubscribe`.
    pub list_unsubscribe: bool,
}

impl Envelope {
    /// References kept per message; the newest ones matter for threading, and hostile mails have thousands.
    pub const MAX_REFERENCES: usize = 50;
}
