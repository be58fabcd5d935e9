//! What the store takes and gives: plain rows in the words of the model. No SQL here.

use crate::model::{
    Account, AccountId, Address, BodyStructure, Envelope, Flags, MailboxAttributes, MailboxId, MailboxName,
    MessageId, ModSeq, PartPath, Rfc822MessageId, SpecialUse, ThreadId, Uid, UidValidity, UnixTime,
};

/// One configured account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Its id.
    pub id: AccountId,
    /// Its settings, without any secret.
    pub account: Account,
}

/// A mailbox as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxInfo {
    /// Name on the wire.
    pub name: MailboxName,
    /// What separates the levels of the name; `None` if the name has no levels.
    pub delimiter: Option<char>,
    /// The name decoded for people, levels still separated by the delimiter.
    pub display: String,
    /// What it is for.
    pub special_use: Option<SpecialUse>,
    /// What LIST says about it.
    pub attributes: MailboxAttributes,
    /// MAILBOXID (RFC 8474): tells a renamed mailbox from a new one.
    pub object_id: Option<String>,
}

/// How far the local copy of a mailbox follows the server's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailboxState {
    /// UIDVALIDITY that the stored UIDs belong to.
    pub uid_validity: Option<UidValidity>,
    /// UIDNEXT when last looked at.
    pub uid_next: Option<Uid>,
    /// Modification sequence up to which all flag changes are stored; [`ModSeq::NONE`] if there is none.
    pub highest_mod_seq: ModSeq,
    /// Number of messages at the server.
    pub exists: Option<u32>,
    /// Number of unread messages at the server.
    pub unseen: Option<u32>,
    /// All messages from this UID up are stored; `None` before the first ones are.
    pub backfill_low: Option<Uid>,
    /// When all UIDs were last compared.
    pub last_full_check: Option<UnixTime>,
}

/// One mailbox with its counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxRow {
    /// Its id.
    pub id: MailboxId,
    /// Whose it is.
    pub account: AccountId,
    /// Name on the wire.
    pub name: MailboxName,
    /// What separates the levels of the name.
    pub delimiter: Option<char>,
    /// The name decoded for people.
    pub display: String,
    /// What it is for.
    pub special_use: Option<SpecialUse>,
    /// What LIST says about it.
    pub attributes: MailboxAttributes,
    /// Messages in the local list.
    pub total: u64,
    /// Unread messages in the local list.
    pub unseen: u64,
    /// Messages known here that the server has in it: without local changes that are still on their way.
    pub at_server: u64,
    /// How far the local copy follows the server's.
    pub state: MailboxState,
}

impl MailboxRow {
    /// Whether the local list holds every message that the server had when last asked.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.state.backfill_low == Some(Uid::MIN) || self.state.exists == Some(0)
    }

    /// Messages to show: those known locally, or what the server says while the list is incomplete.
    #[must_use]
    pub fn total_shown(&self) -> u64 {
        if self.is_complete() { self.total } else { self.total.max(self.state.exists.map_or(0, u64::from)) }
    }

    /// Unread messages to show: what is known locally, or what the server says while the list is incomplete.
    #[must_use]
    pub fn unseen_shown(&self) -> u64 {
        if self.is_complete() { self.unseen } else { self.unseen.max(self.state.unseen.map_or(0, u64::from)) }
    }
}

/// List data of a message that came from a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// Its UID in the mailbox.
    pub uid: Uid,
    /// Its flags at the server.
    pub flags: Flags,
    /// Its modification sequence; [`ModSeq::NONE`] without CONDSTORE.
    pub mod_seq: ModSeq,
    /// INTERNALDATE.
    pub internal_date: Option<UnixTime>,
    /// RFC822.SIZE.
    pub size: u64,
    /// Its header.
    pub envelope: Envelope,
    /// Its MIME structure, if it was asked for.
    pub structure: Option<BodyStructure>,
    /// Number of attachments in the structure (`mime::structure::attachments`).
    pub attachments: u32,
    /// First words of the text (RFC 8970), made fit for display.
    pub preview: Option<String>,
    /// EMAILID (RFC 8474): equal for copies of one message.
    pub email_id: Option<String>,
    /// THREADID (RFC 8474).
    pub thread_id: Option<String>,
    /// X-GM-MSGID.
    pub gm_msgid: Option<u64>,
    /// X-GM-THRID.
    pub gm_thrid: Option<u64>,
    /// Only UID, flags and X-GM-MSGID were asked for, because the rest is stored already.
    pub outline: bool,
}

impl NewMessage {
    /// A message of which nothing is known but its UID.
    #[must_use]
    pub fn new(uid: Uid) -> Self {
        Self {
            uid,
            flags: Flags::default(),
            mod_seq: ModSeq::NONE,
            internal_date: None,
            size: 0,
            envelope: Envelope::default(),
            structure: None,
            attachments: 0,
            preview: None,
            email_id: None,
            thread_id: None,
            gm_msgid: None,
            gm_thrid: None,
            outline: false,
        }
    }
}

/// What is enough to recognize a message under a new UID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Its new UID.
    pub uid: Uid,
    /// Its flags at the server.
    pub flags: Flags,
    /// Its modification sequence.
    pub mod_seq: ModSeq,
    /// INTERNALDATE.
    pub internal_date: Option<UnixTime>,
    /// RFC822.SIZE.
    pub size: u64,
    /// `Message-ID`.
    pub message_id: Option<Rfc822MessageId>,
    /// EMAILID (RFC 8474).
    pub email_id: Option<String>,
    /// X-GM-MSGID.
    pub gm_msgid: Option<u64>,
}

/// How a message came into the local list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It is new here.
    New,
    /// It was there already; only its flags were brought up to date.
    Known,
    /// It is an old acquaintance that had vanished, or is shown in another mailbox: id, body and history are kept.
    Relinked,
}

/// One message of [`Write::insert_messages`](super::Write::insert_messages).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its UID.
    pub uid: Uid,
    /// Its local id.
    pub message: MessageId,
    /// Whether it is new.
    pub arrival: Arrival,
}

/// Order of the message list. Rows of the same second are ordered by UID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortOrder {
    /// Latest arrival at the top.
    #[default]
    NewestFirst,
    /// Latest arrival at the bottom.
    OldestFirst,
}

/// Whether the journal still has something to say about a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowMark {
    /// All is as at the server.
    #[default]
    None,
    /// A change waits to be sent or confirmed.
    Pending,
    /// A change was refused for good.
    Failed,
}

/// What the list shows of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// Its id.
    pub id: MessageId,
    /// Its UID in the mailbox that was asked for; `None` until the server has told one.
    pub uid: Option<Uid>,
    /// The first author; empty if there is none.
    pub from: Address,
    /// Subject on one line.
    pub subject: String,
    /// First words of the text; empty as long as they are unknown.
    pub snippet: String,
    /// When it arrived (INTERNALDATE, else the Date field, else 0).
    pub received: UnixTime,
    /// Bytes at the server.
    pub size: u64,
    /// Flags, with local changes that are still on their way.
    pub flags: Flags,
    /// Number of attachments.
    pub attachments: u32,
    /// Whether a change waits or failed.
    pub mark: RowMark,
    /// If the row stands for a conversation: what there is to tell of it.
    pub thread: Option<ThreadSummary>,
}

/// What the list shows of a conversation, besides its newest message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadSummary {
    /// Its id.
    pub id: ThreadId,
    /// Messages of it in the mailbox.
    pub messages: u64,
    /// Unread ones among them.
    pub unread: u64,
    /// Whether the user does not want to hear of it.
    pub muted: bool,
    /// Who wrote, each once, in the order of their last mails, and whether mail of them is unread.
    pub authors: Vec<(Address, bool)>,
    /// Its newest messages in the mailbox, the newest first.
    pub newest: Vec<MessageId>,
}

/// A conversation as the reader shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub thread: ThreadId,
    /// Subject of its first message.
    pub subject: String,
    /// Whether the user does not want to hear of it.
    pub muted: bool,
    /// Its messages, the oldest first.
    pub messages: Vec<ThreadMessage>,
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadMessage {
    /// Its id.
    pub id: MessageId,
    /// Where it is shown.
    pub mailbox: MailboxId,
    /// What that mailbox is for.
    pub special_use: Option<SpecialUse>,
    /// The first author; empty if there is none.
    pub from: Address,
    /// First words of the text; empty as long as they are unknown.
    pub snippet: String,
    /// When it arrived.
    pub received: UnixTime,
    /// Its flags there.
    pub flags: Flags,
    /// Number of attachments.
    pub attachments: u32,
    /// Whether a change waits or failed.
    pub mark: RowMark,
}

/// Where a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The mailbox.
    pub mailbox: MailboxId,
    /// Its UID there; `None` until the server has told one.
    pub uid: Option<Uid>,
    /// Whether a local operation took it out of the list there.
    pub hidden: bool,
    /// Its flags there, with local changes that are still on their way.
    pub flags: Flags,
    /// Its modification sequence there.
    pub mod_seq: ModSeq,
}

/// What the reading pane shows of a message, without its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageDetail {
    /// Its id.
    pub id: MessageId,
    /// Whose it is.
    pub account: AccountId,
    /// Its header.
    pub envelope: Envelope,
    /// Its MIME structure, if known.
    pub structure: Option<BodyStructure>,
    /// Where it is; empty if it vanished from the server a moment ago.
    pub placements: Vec<Placement>,
    /// When it arrived (INTERNALDATE, else the Date field, else 0).
    pub received: UnixTime,
    /// Bytes at the server.
    pub size: u64,
    /// First words of the text; empty as long as they are unknown.
    pub snippet: String,
    /// Number of attachments.
    pub attachments: u32,
    /// EMAILID (RFC 8474).
    pub email_id: Option<String>,
    /// THREADID (RFC 8474).
    pub thread_id: Option<String>,
    /// Whether a change waits or failed.
    pub mark: RowMark,
}

/// Flags of one message in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagsRow {
    /// Its UID.
    pub uid: Uid,
    /// Its id.
    pub message: MessageId,
    /// Its flags, with local changes that are still on their way.
    pub flags: Flags,
    /// Its modification sequence.
    pub mod_seq: ModSeq,
}

/// A part whose bytes are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPart {
    /// Which one; the empty path is the whole message.
    pub path: PartPath,
    /// Bytes as transported.
    pub size: u64,
}
