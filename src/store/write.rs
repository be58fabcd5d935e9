//! One open write transaction: what it has changed so far. The methods that change rows are beside the tables.

use super::blob::Blobs;
use super::thread::Shift;
use super::{Changes, StoreError};
use crate::model::{AccountId, MailboxId, MessageId, Revision};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;

/// One open write transaction. Returning an error from the closure undoes everything done through it.
pub struct Write<'a> {
    pub(super) connection: &'a Connection,
    pub(super) blobs: &'a Blobs,
    pub(super) changes: Changes,
    counts: BTreeMap<MailboxId, Delta>,
    durable: bool,
    dead_files: Vec<String>,
    /// What came, left or was read, and is not yet in `thread_place`.
    pub(super) shifts: Vec<Shift>,
}

/// What a transaction adds to the counts of a mailbox.
#[derive(Clone, Copy, Debug, Default)]
struct Delta {
    total: i64,
    unseen: i64,
}

/// What is left to do once the closure succeeded.
pub(super) struct Outcome {
    pub(super) changes: Changes,
    /// Whether the commit has to survive a power failure before anybody hears of it.
    pub(super) durable: bool,
    /// Files whose last row may be gone.
    pub(super) dead_files: Vec<String>,
}

impl std::fmt::Debug for Write<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Write").field("changes", &self.changes).finish_non_exhaustive()
    }
}

impl<'a> Write<'a> {
    pub(super) fn new(connection: &'a Connection, blobs: &'a Blobs) -> Self {
        Self {
            connection,
            blobs,
            changes: Changes { revision: Revision::default(), ..Changes::default() },
            counts: BTreeMap::new(),
            durable: false,
            dead_files: Vec::new(),
            shifts: Vec::new(),
        }
    }

    pub(super) fn finish(mut self) -> Result<Outcome, StoreError> {
        self.flush_counts()?;
        self.flush_shifts()?;
        Ok(Outcome { changes: self.changes, durable: self.durable, dead_files: self.dead_files })
    }

    /// The journal is only worth something if it is on disk before bytes go out.
    pub(super) const fn journal_touched(&mut self) {
        self.durable = true;
        self.changes.journal = true;
    }

    /// Remembers that the rows of a file part went away.
    pub(super) fn file_freed(&mut self, name: String) {
        self.dead_files.push(name);
    }

    /// A message came into (`+1`) or left (`-1`) a mailbox, or was read or unread there (`total` 0).
    pub(super) fn count(&mut self, mailbox: MailboxId, total: i64, unseen: i64) {
        let delta = self.counts.entry(mailbox).or_default();
        delta.total += total;
        delta.unseen += unseen;
        self.changes.mailboxes.insert(mailbox);
    }

    /// Once a transaction, not once a row: an UPDATE for each of 100,000 messages would double their cost.
    fn flush_counts(&mut self) -> Result<(), StoreError> {
        let mut update = self
            .connection
            .prepare_cached("UPDATE mailbox SET total = total + ?2, unseen = unseen + ?3 WHERE id = ?1")?;
        for (mailbox, delta) in std::mem::take(&mut self.counts) {
            if delta.total != 0 || delta.unseen != 0 {
                update.execute(params![mailbox.to_row(), delta.total, delta.unseen])?;
            }
        }
        Ok(())
    }

    /// A message appeared in the list of a mailbox.
    pub(super) fn listed(&mut self, mailbox: MailboxId, message: MessageId, seen: bool) {
        self.count(mailbox, 1, i64::from(!seen));
        self.shifts.push(Shift { mailbox, message, messages: 1, unread: i64::from(!seen) });
        self.changes.lists.insert(mailbox);
        self.changes.added.push(message);
    }

    /// A message left the list of a mailbox.
    pub(super) fn unlisted(&mut self, mailbox: MailboxId, message: MessageId, seen: bool) {
        self.count(mailbox, -1, -i64::from(!seen));
        self.shifts.push(Shift { mailbox, message, messages: -1, unread: -i64::from(!seen) });
        self.changes.lists.insert(mailbox);
        self.changes.removed.push(message);
    }

    /// A message was read in a mailbox that shows it, or is unread again.
    pub(super) fn read_or_not(&mut self, mailbox: MailboxId, message: MessageId, seen: bool) {
        let unread = if seen { -1 } else { 1 };
        self.count(mailbox, 0, unread);
        self.shifts.push(Shift { mailbox, message, messages: 0, unread });
    }

    /// Whose mailbox it is.
    pub(super) fn account_of(&self, mailbox: MailboxId) -> Result<AccountId, StoreError> {
        self.connection
            .prepare_cached("SELECT account_id FROM mailbox WHERE id = ?1")?
            .query_row([mailbox.to_row()], |row| row.get(0).map(AccountId::from_row))
            .optional()?
            .ok_or(StoreError::Gone { what: "mailbox" })
    }
}
