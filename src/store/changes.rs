//! What a write transaction changed, for those who show it. Only ids, never content.

use crate::model::{MailboxId, MessageId, Revision};
use std::collections::BTreeSet;

/// Messages named in one [`Changes`]; beyond that a reader is quicker to load all it shows anew.
pub const MAX_CHANGED: usize = 1_000;

/// A set of messages, or too many to name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangedMessages {
    /// Any message may be meant: reload what is shown.
    All,
    /// Exactly these, in no particular order, at most [`MAX_CHANGED`].
    Ids(Vec<MessageId>),
}

impl Default for ChangedMessages {
    fn default() -> Self {
        Self::Ids(Vec::new())
    }
}

impl ChangedMessages {
    /// Whether no message is meant.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Ids(ids) if ids.is_empty())
    }

    /// Whether the message is meant, or may be.
    #[must_use]
    pub fn touches(&self, message: MessageId) -> bool {
        match self {
            Self::All => true,
            Self::Ids(ids) => ids.contains(&message),
        }
    }

    pub(super) fn push(&mut self, message: MessageId) {
        match self {
            Self::All => {}
            Self::Ids(ids) if ids.len() >= MAX_CHANGED => *self = Self::All,
            Self::Ids(ids) => ids.push(message),
        }
    }

    fn merge(&mut self, later: Self) {
        match later {
            Self::All => *self = Self::All,
            Self::Ids(ids) => ids.into_iter().for_each(|id| self.push(id)),
        }
    }
}

/// What one committed transaction, or several merged ones, changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// State of the store that these changes led to; a snapshot with a lower one does not show them.
    pub revision: Revision,
    /// Accounts were added, changed or removed.
    pub accounts: bool,
    /// The tree of mailboxes changed: names, uses, new or vanished ones.
    pub tree: bool,
    /// The journal changed: operations were queued, done or failed.
    pub journal: bool,
    /// Mailboxes whose counts, sync state or rows changed.
    pub mailboxes: BTreeSet<MailboxId>,
    /// Mailboxes whose list of ids changed: rows came or went.
    pub lists: BTreeSet<MailboxId>,
    /// Messages whose row, flags, marks, structure or stored parts changed.
    pub messages: ChangedMessages,
    /// Messages that came into some mailbox.
    pub added: ChangedMessages,
    /// Messages that left some mailbox.
    pub removed: ChangedMessages,
}

impl Changes {
    /// Everything may have changed, as after a write by another process.
    #[must_use]
    pub fn everything(revision: Revision) -> Self {
        Self {
            revision,
            accounts: true,
            tree: true,
            journal: true,
            mailboxes: BTreeSet::new(),
            lists: BTreeSet::new(),
            messages: ChangedMessages::All,
            added: ChangedMessages::All,
            removed: ChangedMessages::All,
        }
    }

    /// Whether nothing is told apart from the revision.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self { revision: self.revision, ..Self::default() }
    }

    /// Whether the list of ids of this mailbox has to be read anew.
    #[must_use]
    pub fn relists(&self, mailbox: MailboxId) -> bool {
        self.lists.contains(&mailbox) || (self.accounts && self.added == ChangedMessages::All)
    }

    /// Adds what a later transaction changed.
    pub fn merge(&mut self, later: Self) {
        self.revision = self.revision.max(later.revision);
        self.accounts |= later.accounts;
        self.tree |= later.tree;
        self.journal |= later.journal;
        self.mailboxes.extend(later.mailboxes);
        self.lists.extend(later.lists);
        self.messages.merge(later.messages);
        self.added.merge(later.added);
        self.removed.merge(later.removed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_ids_become_all() {
        let mut ids = ChangedMessages::default();
        for n in 0..=MAX_CHANGED {
            ids.push(MessageId::from_row(i64::try_from(n).unwrap()));
        }
        assert_eq!(ids, ChangedMessages::All);
        assert!(ids.touches(MessageId::from_row(-5)));
    }

    #[test]
    fn merged_changes_keep_both_sides() {
        let mut first = Changes { revision: Revision(3), ..Changes::default() };
        assert!(first.is_empty());
        first.lists.insert(MailboxId::from_row(1));
        let second = Changes { revision: Revision(4), journal: true, ..Changes::default() };
        first.merge(second);
        assert_eq!(first.revision, Revision(4));
        assert!(first.journal && first.relists(MailboxId::from_row(1)));
        assert!(Changes::everything(Revision(1)).relists(MailboxId::from_row(9)));
    }
}
