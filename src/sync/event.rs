//! What the worker tells the window. Plain data: ids and typed reasons, never mail, never sentences.

use super::status::{AccountStatus, Problem};
use crate::model::{AccountId, MailboxId, MessageId, OperationId, Revision, TransferId};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Something happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// An account's state; the newest one replaces all before it.
    Status {
        /// Which account.
        account: AccountId,
        /// Its state now.
        status: AccountStatus,
    },
    /// The store changed; several commits within 16 ms come as one.
    Changed(Changes),
    /// Events were lost because the window was too slow: read everything again.
    Reload,
    /// A wanted text is in the store, or why not.
    Body {
        /// Which message.
        message: MessageId,
        /// `Err` says why the text is not there.
        result: Result<(), Problem>,
    },
    /// News of a transfer.
    Transfer {
        /// Which transfer.
        id: TransferId,
        /// How it stands.
        state: TransferState,
    },
    /// The server refused an operation for good; its local effect has been taken back.
    OperationFailed {
        /// Which operation, for [`super::Command::RetryOperation`].
        operation: OperationId,
        /// Whose.
        account: AccountId,
        /// What it was about.
        messages: Vec<MessageId>,
        /// Why.
        problem: Problem,
    },
    /// An account was added (or changed) after a successful sign-in.
    AccountAdded(AccountId),
    /// The trial sign-in of an account failed; nothing was kept.
    AccountRejected(Problem),
    /// The trial sign-in of [`super::Command::TestAccount`] succeeded.
    AccountTested(Trial),
    /// An account and its local copy are gone.
    AccountRemoved(AccountId),
    /// A text that the server asks us to show (`[ALERT]`), as plain text, only ever after TLS and sign-in.
    Alert {
        /// Whose server.
        account: AccountId,
        /// Its words.
        text: String,
    },
    /// The worker itself cannot go on with something that belongs to no account.
    Failed(Problem),
}

/// How a transfer stands.
#[derive(Clone, Debug, PartialEq)]
pub enum TransferState {
    /// Bytes as transported. `total` is what the server announced; some announce wrong sizes.
    Progress {
        /// Bytes so far.
        done: u64,
        /// Bytes expected; never below `done`.
        total: u64,
    },
    /// It is complete: in this file, or in the store if `None`.
    Done(Option<PathBuf>),
    /// It failed.
    Failed(Problem),
    /// It was stopped by [`super::Command::CancelTransfer`].
    Cancelled,
}

/// What a trial sign-in found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// TLS version such as `TLSv1.3`.
    pub tls_version: String,
    /// How the sign-in was done, such as `SCRAM-SHA-256`.
    pub mechanism: String,
    /// Number of mailboxes seen.
    pub mailboxes: usize,
}

/// What one or several commits changed. Ids only: take a snapshot to see the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Revision of the newest commit in here.
    pub revision: Revision,
    /// Accounts were added, changed or removed, or the list of mailboxes changed.
    pub accounts: bool,
    /// Mailboxes whose counts or rows changed.
    pub mailboxes: BTreeSet<MailboxId>,
    /// Messages whose rows changed (flags, snippet, marks, body).
    pub messages: ChangedMessages,
}

/// Messages that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangedMessages {
    /// Too many to list: any visible row may have changed.
    All,
    /// Exactly these.
    Ids(BTreeSet<MessageId>),
}

impl Default for ChangedMessages {
    fn default() -> Self {
        Self::Ids(BTreeSet::new())
    }
}

impl ChangedMessages {
    /// Ids listed at most; beyond that a window reads its visible rows anyway.
    pub const MAX_IDS: usize = 4_096;

    /// Whether this message may have changed.
    #[must_use]
    pub fn contains(&self, message: MessageId) -> bool {
        match self {
            Self::All => true,
            Self::Ids(ids) => ids.contains(&message),
        }
    }

    fn merge(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::Ids(mine), Self::Ids(theirs)) => {
                mine.extend(theirs);
                if mine.len() > Self::MAX_IDS {
                    *self = Self::All;
                }
            }
            (_, Self::All) => *self = Self::All,
            (Self::All, Self::Ids(_)) => {}
        }
    }
}

impl Changes {
    /// Adds what later commits changed.
    pub fn merge(&mut self, other: Self) {
        self.revision = self.revision.max(other.revision);
        self.accounts |= other.accounts;
        self.mailboxes.extend(other.mailboxes);
        self.messages.merge(other.messages);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_changes_cover_both_and_give_up_listing_when_too_many() {
        let ids = |from: i64, to: i64| ChangedMessages::Ids((from..to).map(MessageId::from_row).collect());
        let mut all = Changes { revision: Revision(4), messages: ids(0, 3), ..Changes::default() };
        all.merge(Changes {
            revision: Revision(2),
            accounts: true,
            messages: ids(2, 5),
            ..Changes::default()
        });
        assert_eq!(all.revision, Revision(4));
        assert!(all.accounts && all.messages.contains(MessageId::from_row(4)));
        assert!(!all.messages.contains(MessageId::from_row(5)));
        all.merge(Changes { messages: ids(0, 5_000), ..Changes::default() });
        assert_eq!(all.messages, ChangedMessages::All);
        all.merge(Changes { messages: ids(0, 1), ..Changes::default() });
        assert_eq!(all.messages, ChangedMessages::All);
    }
}
