//! What the server did with moves, copies and deletions: told by it, found in the target, or lost to another client.

use super::super::column::{MAX_UID, provisional};
use super::super::message::Place;
use super::super::{Operation, OperationKind, StoreError, Target, Write};
use crate::model::{MailboxId, MessageId, ModSeq, OperationId, Uid, UidSet, UnixTime};
use rusqlite::params;
use std::collections::BTreeMap;

/// Where a message ended up at the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Landed {
    /// Which message.
    pub message: MessageId,
    /// Its UID in the target, if the server told or it was found.
    pub uid: Option<Uid>,
}

impl Write<'_> {
    /// The server told under which UID it has a message that a local operation had put there.
    pub(in super::super) fn told(
        &mut self,
        mailbox: MailboxId,
        message: MessageId,
        uid: Uid,
    ) -> Result<(), StoreError> {
        let current = self.row_of(message, mailbox)?;
        if current.as_ref().is_some_and(|(number, _)| *number <= MAX_UID) {
            // It has another copy there already: this one is, or will come in as, a message of its own.
            return Ok(());
        }
        let mut flags = None;
        if let Some(other) = self.placed_at(mailbox, uid)? {
            // It came in as a newcomer before the answer to the move.
            self.drop_row(other.message, mailbox, &other)?;
            self.forget_if_nowhere(other.message)?;
            flags = Some(other.flags);
        }
        match current {
            Some(_) => {
                self.connection
                    .prepare_cached(
                        "UPDATE placement SET uid = ?3, mod_seq = 0 WHERE message_id = ?1 AND mailbox_id = ?2",
                    )?
                    .execute(params![message.to_row(), mailbox.to_row(), uid.get()])?;
                self.changes.messages.push(message);
            }
            None => {
                let flags = flags.unwrap_or_default();
                let mod_seq = ModSeq::NONE;
                let place = Place { message, uid, flags: &flags, mod_seq };
                self.restore(mailbox, &place)?;
            }
        }
        Ok(())
    }

    /// Deletes a message that is in no mailbox.
    pub(super) fn forget_if_nowhere(&mut self, message: MessageId) -> Result<(), StoreError> {
        let needed: bool = self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM placement WHERE message_id = ?1)
                   OR EXISTS (SELECT 1 FROM orphan WHERE message_id = ?1)
                   OR EXISTS (SELECT 1 FROM operation_target WHERE message_id = ?1 AND open = 1)",
            )?
            .query_row([message.to_row()], |row| row.get(0))?;
        if needed { Ok(()) } else { self.delete_message(message) }
    }

    /// The server moved or copied messages of an operation. With `stays`, the originals are still there, marked
    /// `\Deleted`, because the server cannot remove single messages. Done once no message of it is open.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn note_landed(
        &mut self,
        operation: &Operation,
        landed: &[Landed],
        stays: bool,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let sent_bytes =
            matches!(operation.kind, OperationKind::Append { .. } | OperationKind::Deliver { .. });
        let (to, moves) = match &operation.kind {
            OperationKind::Move { to } => (*to, true),
            OperationKind::Copy { to } | OperationKind::Append { to } | OperationKind::Deliver { to } => {
                (*to, false)
            }
            _ => return Ok(()),
        };
        for one in landed {
            // Several at Gmail, where a message leaves all mailboxes at once.
            let targets = || operation.targets.iter().filter(|target| target.message == one.message);
            for target in targets() {
                if moves && stays {
                    self.leave_behind(target)?;
                } else if moves {
                    self.leave(target)?;
                }
            }
            if let (Some(uid), Some(_)) = (one.uid, targets().next()) {
                self.told(to, one.message, uid)?;
            }
            if sent_bytes {
                let original = targets().find_map(|target| target.twin);
                self.release_bytes((one.message, original), to, now)?;
            }
            for target in targets() {
                self.close_target(operation.id, target)?;
            }
        }
        self.finish_if_closed(operation.id, now)
    }

    /// A copy of the message arrived in the target of a move; the original is still to be removed.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn note_copied(&mut self, to: MailboxId, landed: &[Landed]) -> Result<(), StoreError> {
        self.journal_touched();
        for one in landed {
            if let Some(uid) = one.uid {
                self.told(to, one.message, uid)?;
            }
        }
        Ok(())
    }

    /// The server has the message no longer where it was.
    fn leave(&mut self, target: &Target) -> Result<(), StoreError> {
        let Some((_, current)) = self.row_of(target.message, target.mailbox)? else { return Ok(()) };
        if current.hidden {
            return self.drop_row(target.message, target.mailbox, &current);
        }
        // A later operation brings it back: until then it is shown there without a UID.
        self.connection
            .prepare_cached(
                "UPDATE placement SET uid = ?3, mod_seq = coalesce(
                   (SELECT uid_next FROM mailbox WHERE id = ?2), 0)
                 WHERE message_id = ?1 AND mailbox_id = ?2",
            )?
            .execute([target.message.to_row(), target.mailbox.to_row(), provisional(target.message)])?;
        Ok(())
    }

    /// The original stays at the server, marked `\Deleted`: it becomes a hidden message of its own, so that the moved
    /// one can come back here.
    fn leave_behind(&mut self, target: &Target) -> Result<(), StoreError> {
        let Some((uid, current)) = self.row_of(target.message, target.mailbox)? else { return Ok(()) };
        if uid > MAX_UID {
            return Ok(());
        }
        let old = target.message.to_row();
        self.connection
            .prepare_cached(
                "INSERT INTO message (account_id, fingerprint, received, size, attachments, from_name, from_email,
                   subject, snippet, sent, message_id, email_id, server_thread_id, gm_msgid, gm_thrid, thread_id)
                 SELECT account_id, fingerprint, received, size, attachments, from_name, from_email,
                   subject, snippet, sent, message_id, email_id, server_thread_id, gm_msgid, gm_thrid, thread_id
                 FROM message WHERE id = ?1",
            )?
            .execute([old])?;
        let new = self.connection.last_insert_rowid();
        self.connection
            .prepare_cached(
                "INSERT INTO detail (message_id, envelope, structure)
                 SELECT ?2, envelope, structure FROM detail WHERE message_id = ?1",
            )?
            .execute([old, new])?;
        self.drop_row(target.message, target.mailbox, &current)?;
        let left = Place {
            message: MessageId::from_row(new),
            uid: Uid::from_wire(u32::try_from(uid).unwrap_or(0))
                .map_err(|_| StoreError::Gone { what: "UID" })?,
            flags: &current.flags,
            mod_seq: current.mod_seq,
        };
        self.leave_hidden(target.mailbox, &left)?;
        if !current.hidden {
            // A later operation brings it back: until then it is shown there without a UID.
            self.show_in(target.message, target.mailbox, &current.flags)?;
        }
        Ok(())
    }

    /// The server deleted messages of an operation for good, or (`stays`) only marked them.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn note_expunged(
        &mut self,
        operation: &Operation,
        messages: &[MessageId],
        stays: bool,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let mut by_mailbox: BTreeMap<MailboxId, UidSet> = BTreeMap::new();
        for target in operation.targets.iter().filter(|t| messages.contains(&t.message)) {
            if let (Some(uid), false) = (target.uid, stays) {
                by_mailbox.entry(target.mailbox).or_default().insert(uid);
            }
            self.close_target(operation.id, target)?;
        }
        for (mailbox, uids) in by_mailbox {
            self.vanish(mailbox, &uids, now)?;
        }
        self.finish_if_closed(operation.id, now)
    }

    /// The server put originals of Gmail's into its trash, which takes them off every list.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn note_trashed(
        &mut self,
        operation: &Operation,
        messages: &[MessageId],
        now: UnixTime,
    ) -> Result<(), StoreError> {
        for message in messages {
            for (mailbox, uid) in self.listed_outside_bins(*message)? {
                self.vanish(mailbox, &UidSet::range(uid, uid), now)?;
            }
        }
        self.note_expunged(operation, messages, false, now)
    }

    /// Messages of an operation are neither where they were nor where they were to go: somebody else was first.
    /// They are shown as the server has them.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn note_lost(
        &mut self,
        operation: &Operation,
        messages: &[MessageId],
        now: UnixTime,
    ) -> Result<(), StoreError> {
        for target in operation.targets.iter().filter(|t| messages.contains(&t.message)) {
            self.close_target(operation.id, target)?;
            self.undo_carry(operation, target)?;
        }
        self.finish_if_closed(operation.id, now)
    }

    pub(super) fn close_target(&mut self, id: OperationId, target: &Target) -> Result<(), StoreError> {
        self.journal_touched();
        self.connection
            .prepare_cached(
                "UPDATE operation_target SET open = 0
                 WHERE operation_id = ?1 AND message_id = ?2 AND mailbox_id = ?3",
            )?
            .execute([id.to_row(), target.message.to_row(), target.mailbox.to_row()])?;
        self.changes.messages.push(target.message);
        Ok(())
    }

    pub(super) fn finish_if_closed(&mut self, id: OperationId, now: UnixTime) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "UPDATE operation SET state = 'done', updated_at = ?2 WHERE id = ?1
                   AND state IN ('pending', 'inflight')
                   AND NOT EXISTS (SELECT 1 FROM operation_target WHERE operation_id = ?1 AND open = 1)",
            )?
            .execute([id.to_row(), now.0])?;
        Ok(())
    }
}
