//! Rows of messages in mailboxes, as operations show, hide and take them away.

use super::super::column::{MAX_UID, flags_at, mod_seq_at, number, provisional};
use super::super::flags::Current;
use super::super::message::Place;
use super::super::{OperationKind, StoreError, Write};
use super::arguments;
use super::place::{OPEN_FOR, ROW_OF};
use crate::model::{Flag, Flags, MailboxId, MessageId};
use rusqlite::{OptionalExtension, params};

impl Write<'_> {
    /// The row of a message in a mailbox, with its number.
    pub(in super::super) fn row_of(
        &self,
        message: MessageId,
        mailbox: MailboxId,
    ) -> Result<Option<(i64, Current)>, StoreError> {
        let mut statement = self.connection.prepare_cached(ROW_OF)?;
        let found = statement.query_row([message.to_row(), mailbox.to_row()], |row| {
            let (flags, mod_seq, hidden) = (flags_at(row, 1)?, mod_seq_at(row, 3)?, row.get(4)?);
            Ok((row.get(0)?, Current { message, flags, mod_seq, hidden }))
        });
        Ok(found.optional()?)
    }

    pub(super) fn set_hidden(
        &mut self,
        message: MessageId,
        mailbox: MailboxId,
        current: &Current,
        hidden: bool,
    ) -> Result<(), StoreError> {
        if current.hidden == hidden {
            return Ok(());
        }
        self.connection
            .prepare_cached("UPDATE placement SET hidden = ?3 WHERE message_id = ?1 AND mailbox_id = ?2")?
            .execute(params![message.to_row(), mailbox.to_row(), hidden])?;
        let seen = current.flags.contains(&Flag::Seen);
        if hidden {
            self.unlisted(mailbox, message, seen);
        } else {
            self.listed(mailbox, message, seen);
        }
        Ok(())
    }

    /// A message turned up again in a mailbox: hides it there if the last operation on it that waits took it out.
    pub(in super::super) fn take_out_again(
        &mut self,
        message: MessageId,
        mailbox: MailboxId,
    ) -> Result<(), StoreError> {
        let mut last: Option<(i64, bool)> = None;
        {
            let mut statement = self.connection.prepare_cached(OPEN_FOR)?;
            let mut rows = statement.query([message.to_row()])?;
            while let Some(row) = rows.next()? {
                let (id, kind, arguments): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
                let from = MailboxId::from_row(row.get(5)?);
                let taken = match arguments::from_row(&kind, &arguments) {
                    Some(OperationKind::Move { to } | OperationKind::Copy { to }) if to == mailbox => false,
                    Some(
                        OperationKind::Move { .. } | OperationKind::Expunge | OperationKind::Release { .. },
                    ) if from == mailbox => true,
                    Some(_) | None => continue,
                };
                if last.is_none_or(|(earlier, _)| earlier < id) {
                    last = Some((id, taken));
                }
            }
        }
        if last.is_some_and(|(_, taken)| taken)
            && let Some((_, current)) = self.row_of(message, mailbox)?
        {
            self.set_hidden(message, mailbox, &current, true)?;
        }
        Ok(())
    }

    /// Puts a message into a mailbox where no list shows it.
    pub(super) fn leave_hidden(&mut self, mailbox: MailboxId, place: &Place<'_>) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO placement (mailbox_id, uid, message_id, received, flags, keywords, mod_seq, hidden)
                 SELECT ?1, ?2, m.id, m.received, ?4, ?5, ?6, 1 FROM message m WHERE m.id = ?3",
            )?
            .execute(params![
                mailbox.to_row(),
                place.uid.get(),
                place.message.to_row(),
                place.flags.system_bits(),
                place.flags.keywords_joined(),
                number(place.mod_seq.get()),
            ])?;
        Ok(())
    }

    /// Shows a message in a mailbox where the server does not have it yet.
    pub(super) fn show_in(
        &mut self,
        message: MessageId,
        mailbox: MailboxId,
        flags: &Flags,
    ) -> Result<(), StoreError> {
        if let Some((_, current)) = self.row_of(message, mailbox)? {
            return self.set_hidden(message, mailbox, &current, false);
        }
        self.connection
            .prepare_cached(
                "INSERT INTO placement (mailbox_id, uid, message_id, received, flags, keywords, mod_seq)
                 SELECT ?1, ?2, ?3, m.received, ?4, ?5,
                   -- A label may be there already, under an older UID.
                   CASE WHEN m.gm_msgid IS NULL
                     THEN coalesce((SELECT uid_next FROM mailbox WHERE id = ?1), 0) ELSE 0 END
                 FROM message m WHERE m.id = ?3",
            )?
            .execute(params![
                mailbox.to_row(),
                provisional(message),
                message.to_row(),
                flags.system_bits(),
                flags.keywords_joined(),
            ])?;
        self.listed(mailbox, message, flags.contains(&Flag::Seen));
        Ok(())
    }

    pub(super) fn drop_row(
        &mut self,
        message: MessageId,
        mailbox: MailboxId,
        current: &Current,
    ) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("DELETE FROM placement WHERE message_id = ?1 AND mailbox_id = ?2")?
            .execute([message.to_row(), mailbox.to_row()])?;
        if !current.hidden {
            self.unlisted(mailbox, message, current.flags.contains(&Flag::Seen));
        }
        Ok(())
    }

    /// Shows a message where the server has it, and no longer where a local operation had put it.
    pub(super) fn put_back(
        &mut self,
        message: MessageId,
        source: MailboxId,
        to: Option<MailboxId>,
    ) -> Result<(), StoreError> {
        if let Some(to) = to
            && let Some((uid, current)) = self.row_of(message, to)?
            && uid > MAX_UID
        {
            // Changes made to it there go along, and copies are made from where it is.
            self.connection
                .prepare_cached(
                    "UPDATE OR IGNORE operation_target SET mailbox_id = ?3
                     WHERE message_id = ?1 AND mailbox_id = ?2 AND open = 1
                       AND (SELECT kind FROM operation o WHERE o.id = operation_target.operation_id)
                         IN ('flag', 'copy')",
                )?
                .execute([message.to_row(), to.to_row(), source.to_row()])?;
            self.drop_row(message, to, &current)?;
            if let Some((uid, old)) = self.row_of(message, source)?
                && old.flags != current.flags
            {
                self.set_flags(source, uid, &old, &current.flags)?;
            }
        }
        if let Some((_, current)) = self.row_of(message, source)? {
            self.set_hidden(message, source, &current, false)?;
        }
        // An operation that still waits may have taken it out of there before.
        self.take_out_again(message, source)?;
        to.map_or(Ok(()), |to| self.take_out_again(message, to))
    }
}
