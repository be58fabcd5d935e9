//! Operations of the journal as the store takes and gives them. No SQL here.

use crate::model::{
    AccountId, Flag, FlagChange, MailboxId, MailboxName, MessageId, ModSeq, OperationId, Uid, UidSet,
    UidValidity, UnixTime,
};

/// How a mailbox is called: on the wire and for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    /// On the wire.
    pub name: MailboxName,
    /// For people, levels separated by the delimiter.
    pub display: String,
}

/// What the user wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// Move messages to another mailbox of the account.
    Move {
        /// Where to.
        to: MailboxId,
    },
    /// Copy messages to another mailbox of the account.
    Copy {
        /// Where to.
        to: MailboxId,
    },
    /// Delete messages for good.
    Expunge,
    /// Put a message into a mailbox; its bytes are the stored root part of the message.
    Append {
        /// Where to.
        to: MailboxId,
    },
    /// First step of a move or copy to another account: get all bytes of the messages.
    Collect {
        /// Where they go in the end.
        to: MailboxId,
        /// Whether the originals go once the copies are safe.
        moves: bool,
    },
    /// Second step: put them into the mailbox of the other account.
    Deliver {
        /// Where to.
        to: MailboxId,
    },
    /// Third step of a move: delete the originals.
    Release {
        /// Where they are now.
        to: MailboxId,
    },
    /// Make a mailbox.
    CreateMailbox {
        /// Its row, which holds its name.
        mailbox: MailboxId,
    },
    /// Give a mailbox, and all below it, another name.
    RenameMailbox {
        /// Which one.
        mailbox: MailboxId,
        /// Its name so far.
        from: Naming,
        /// Its name from now on.
        to: Naming,
    },
    /// Delete a mailbox with what is in it.
    DeleteMailbox {
        /// Which one.
        mailbox: MailboxId,
        /// Only if nothing is in it: it is the undoing of its making.
        empty: bool,
    },
    /// Subscribe to a mailbox, or end that.
    Subscribe {
        /// Which one.
        mailbox: MailboxId,
        /// Subscribed from now on?
        on: bool,
    },
    /// Mark messages as read that are not here yet: those below a UID.
    MarkRead {
        /// Where.
        mailbox: MailboxId,
        /// UIDVALIDITY of the UIDs.
        validity: UidValidity,
        /// The first UID that the user could not know of.
        below: Uid,
        /// Messages that changed later are left alone; [`ModSeq::NONE`]: the server cannot tell.
        since: ModSeq,
        /// Those that were unread, once it was looked.
        unread: UidSet,
    },
    /// Take that back.
    MarkUnread {
        /// Where.
        mailbox: MailboxId,
        /// UIDVALIDITY of the UIDs.
        validity: UidValidity,
        /// Those that had been unread.
        unread: UidSet,
    },
    /// Set or take away one flag.
    Flag {
        /// Which one.
        flag: Flag,
        /// Whether it is set or taken away.
        change: FlagChange,
    },
}

impl OperationKind {
    /// The mailbox that it makes, renames or deletes.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all others leave mailboxes as they are")]
    #[must_use]
    pub const fn changes_mailbox(&self) -> Option<MailboxId> {
        match self {
            Self::CreateMailbox { mailbox }
            | Self::RenameMailbox { mailbox, .. }
            | Self::DeleteMailbox { mailbox, .. } => Some(*mailbox),
            _ => None,
        }
    }

    /// The mailbox that it is about or that messages go to.
    #[must_use]
    pub const fn mailbox(&self) -> Option<MailboxId> {
        match self {
            Self::Move { to }
            | Self::Copy { to }
            | Self::Append { to }
            | Self::Collect { to, .. }
            | Self::Deliver { to }
            | Self::Release { to } => Some(*to),
            Self::CreateMailbox { mailbox }
            | Self::RenameMailbox { mailbox, .. }
            | Self::DeleteMailbox { mailbox, .. }
            | Self::Subscribe { mailbox, .. }
            | Self::MarkRead { mailbox, .. }
            | Self::MarkUnread { mailbox, .. } => Some(*mailbox),
            Self::Expunge | Self::Flag { .. } => None,
        }
    }
}

/// Whether an operation may be sent, as far as the one before it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing keeps it.
    Free,
    /// The one before it is not done yet.
    Waits,
    /// The one before it failed, was taken back or is gone: it must never be sent.
    Dead,
}

/// How far an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperationState {
    /// Waits to be sent.
    Pending,
    /// Is being sent, or was when the program ended.
    Inflight,
    /// The server took it.
    Done,
    /// The server refused it for good; the local effect is undone.
    Failed,
    /// The user took it back before it was sent.
    Cancelled,
}

impl OperationState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Inflight, Self::Done, Self::Failed, Self::Cancelled];

    /// The word in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Inflight => "inflight",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads [`OperationState::as_str`] back.
    #[must_use]
    pub fn from_row(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// One message that an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The message.
    pub message: MessageId,
    /// The mailbox in which it is changed.
    pub mailbox: MailboxId,
    /// Its UID there now; `None` if it is not there any more.
    pub uid: Option<Uid>,
    /// The same message in the other account, for moves and copies between accounts.
    pub twin: Option<MessageId>,
}

/// One journalled intent of the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its id; operations are run in this order.
    pub id: OperationId,
    /// At whose server.
    pub account: AccountId,
    /// What is to be done.
    pub kind: OperationKind,
    /// How far it is.
    pub state: OperationState,
    /// How often it was sent.
    pub attempt: u32,
    /// When the user asked for it.
    pub created: UnixTime,
    /// What the server answered when it refused.
    pub error: Option<String>,
    /// What the user did, of which this is a part.
    pub action: Option<crate::model::ActionId>,
    /// The operation that has to be done before.
    pub after: Option<OperationId>,
    /// Whether that is so.
    pub standing: Standing,
    /// The messages that it is about.
    pub targets: Vec<Target>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_read_what_they_write() {
        for state in OperationState::ALL {
            assert_eq!(OperationState::from_row(state.as_str()), Some(state));
        }
        assert_eq!(OperationState::from_row("lost"), None);
    }
}
