//! Marking a whole mailbox as read, also messages that are not here yet: what the user saw is bounded by the UIDNEXT
//! of that moment.

use super::super::{OperationKind, StoreError, Write};
use super::arguments;
use crate::model::{ActionId, MailboxId, OperationId, Uid, UidSet, UnixTime};
use rusqlite::params;

/// Waiting wishes to mark mailboxes of an account as read.
const BEING_READ: &str = "SELECT arguments FROM operation
     WHERE account_id = ?1 AND state IN ('pending', 'inflight') AND kind = 'mark-read'";

impl Write<'_> {
    /// Journals that messages are marked as read that the server has and that are not here. `None` if all are here.
    ///
    /// # Errors
    /// There is no such mailbox, or the disk refuses.
    pub fn add_mark_read(
        &mut self,
        action: Option<ActionId>,
        mailbox: MailboxId,
        now: UnixTime,
    ) -> Result<Option<OperationId>, StoreError> {
        let state = self.mailbox_state(mailbox)?;
        let complete = state.backfill_low == Some(Uid::MIN) || state.exists == Some(0);
        let (Some(validity), Some(below), false) = (state.uid_validity, state.uid_next, complete) else {
            return Ok(None);
        };
        self.journal_touched();
        let (since, unread) = (state.highest_mod_seq, UidSet::new());
        let kind = OperationKind::MarkRead { mailbox, validity, below, since, unread };
        let account = self.account_of(mailbox)?;
        let id = self.add_operation(account, &kind, action, now)?;
        self.connection
            .prepare_cached("UPDATE mailbox SET server_unseen = 0 WHERE id = ?1 AND server_unseen > 0")?
            .execute([mailbox.to_row()])?;
        self.changes.mailboxes.insert(mailbox);
        Ok(Some(id))
    }

    /// Whether a mailbox is being marked as read: what the server says about it meanwhile is from before.
    pub(in super::super) fn is_being_read(&self, mailbox: MailboxId) -> Result<bool, StoreError> {
        let account = self.account_of(mailbox)?;
        let mut statement = self.connection.prepare_cached(BEING_READ)?;
        let mut rows = statement.query([account.to_row()])?;
        while let Some(row) = rows.next()? {
            let text: String = row.get(0)?;
            if let Some(OperationKind::MarkRead { mailbox: one, .. }) =
                arguments::from_row("mark-read", &text)
                && one == mailbox
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Before they are marked: which ones were unread, so that undoing it touches no others.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn note_unread(&mut self, id: OperationId, kind: &OperationKind) -> Result<(), StoreError> {
        self.journal_touched();
        let (_, text) = arguments::to_row(kind)?;
        self.connection
            .prepare_cached("UPDATE operation SET arguments = ?2 WHERE id = ?1")?
            .execute(params![id.to_row(), text])?;
        Ok(())
    }

    /// Takes marks back that the server has.
    pub(super) fn unmark(&mut self, kind: &OperationKind, now: UnixTime) -> Result<(), StoreError> {
        let OperationKind::MarkRead { mailbox, validity, unread, .. } = kind else { return Ok(()) };
        if unread.is_empty() {
            return Ok(());
        }
        self.journal_touched();
        let account = self.account_of(*mailbox)?;
        let kind =
            OperationKind::MarkUnread { mailbox: *mailbox, validity: *validity, unread: unread.clone() };
        self.add_operation(account, &kind, None, now).map(drop)
    }
}
