//! Messages that the user puts into a mailbox: shown at once, their bytes kept until the server has them.
//!
//! Invariant: the `mod_seq` of a row that waits for its UID is the lowest UID that it can get. Of one that was never
//! sent that is more than any UID, so that no message that was there before is taken for it.

use super::super::column::MAX_UID;
use super::super::relink::Key;
use super::super::{NewMessage, Operation, OperationKind, Snapshot, StoreError, Write};
use crate::model::{
    AccountId, ActionId, BodyPolicy, Flag, Flags, MailboxId, MessageId, OperationId, PartPath, SpecialUse,
    Uid, UidValidity, UnixTime,
};
use rusqlite::{OptionalExtension, params};

/// `placement.mod_seq` of a row that was never sent.
pub(in super::super) const UNSENT: i64 = i64::MAX;

/// Waiting messages of an operation, and from which UID on each can be at the server.
pub(in super::super) const FLOORS: &str =
    "SELECT t.message_id, t.uid_validity, p.mod_seq, p.flags, p.keywords, p.uid FROM operation_target t
     JOIN placement p ON p.message_id = t.message_id AND p.mailbox_id = t.mailbox_id
     WHERE t.operation_id = ?1 AND t.open = 1";

/// UIDs that messages of an operation have already.
pub(in super::super) const CLAIMED: &str = "SELECT p.uid FROM operation_target t
     JOIN placement p ON p.message_id = t.message_id AND p.mailbox_id = t.mailbox_id
     WHERE t.operation_id = ?1 AND p.uid <= 4294967295";

/// A message for a mailbox.
#[derive(Clone, Debug)]
pub struct Appending {
    /// List data; its UID means nothing, INTERNALDATE is what it is to get.
    pub message: NewMessage,
    /// Bytes to keep: the root part is what is sent, others are what the reader shows.
    pub parts: Vec<(PartPath, Vec<u8>)>,
}

/// How a message that is to be appended stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Floor {
    /// Which message.
    pub message: MessageId,
    /// If it was sent, or may have been: from which UID on it can be there, and under which UIDVALIDITY.
    pub sent: Option<(UidValidity, Uid)>,
    /// Its UID, if a look into the mailbox found it meanwhile.
    pub uid: Option<Uid>,
    /// Its flags as shown.
    pub flags: Flags,
}

impl Snapshot {
    /// How the waiting messages of an append stand.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn floors(&self, id: OperationId) -> Result<Vec<Floor>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(FLOORS)?;
            let rows = statement.query_map([id.to_row()], |row| {
                let (validity, lowest): (Option<u32>, i64) = (row.get(1)?, row.get(2)?);
                let validity = validity.and_then(|raw| UidValidity::from_wire(raw).ok());
                let lowest = u32::try_from(lowest).ok().and_then(|raw| Uid::from_wire(raw).ok());
                Ok(Floor {
                    message: MessageId::from_row(row.get(0)?),
                    sent: validity.zip(lowest),
                    flags: super::super::column::flags_at(row, 3)?,
                    uid: super::super::column::told_uid_at(row, 5)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// UIDs that messages of an append have already: another one cannot have them.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn claimed(&self, id: OperationId) -> Result<crate::model::UidSet, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(CLAIMED)?;
            let rows = statement.query_map([id.to_row()], |row| super::super::column::uid_at(row, 0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

impl Write<'_> {
    /// Journals that messages are put into a mailbox, and shows them at once.
    ///
    /// # Errors
    /// There is no such mailbox, or the disk refuses.
    pub fn add_append(
        &mut self,
        action: Option<ActionId>,
        to: MailboxId,
        messages: Vec<Appending>,
        now: UnixTime,
    ) -> Result<(OperationId, Vec<MessageId>), StoreError> {
        let account = self.account_of(to)?;
        self.journal_touched();
        let id = self.add_operation(account, &OperationKind::Append { to }, action, now)?;
        let mut ids = Vec::with_capacity(messages.len());
        for Appending { message, parts } in messages {
            let new = self.add_stranger(account, &message)?;
            for (path, bytes) in parts {
                self.put_part(new, &path, &bytes)?;
            }
            self.show_unsent(new, to, &message.flags)?;
            self.aim(id, new, to, None)?;
            ids.push(new);
        }
        Ok((id, ids))
    }

    /// A message that no server told of.
    pub(super) fn add_stranger(
        &mut self,
        account: AccountId,
        new: &NewMessage,
    ) -> Result<MessageId, StoreError> {
        let fingerprint = Key::of(new).fingerprint;
        self.add_message(account, (fingerprint, None), new)
    }

    /// Adds a message to an operation.
    pub(super) fn aim(
        &mut self,
        id: OperationId,
        message: MessageId,
        mailbox: MailboxId,
        twin: Option<MessageId>,
    ) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO operation_target (operation_id, message_id, mailbox_id, twin, open)
                 VALUES (?1, ?2, ?3, ?4, 1)",
            )?
            .execute(params![id.to_row(), message.to_row(), mailbox.to_row(), twin.map(MessageId::to_row)])?;
        Ok(())
    }

    /// Shows a message where it is to be put.
    pub(super) fn show_unsent(
        &mut self,
        message: MessageId,
        mailbox: MailboxId,
        flags: &Flags,
    ) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO placement (mailbox_id, uid, message_id, received, flags, keywords, mod_seq)
                 SELECT ?1, ?2, m.id, m.received, ?4, ?5, ?6 FROM message m WHERE m.id = ?3",
            )?
            .execute(params![
                mailbox.to_row(),
                super::super::column::provisional(message),
                message.to_row(),
                flags.system_bits(),
                flags.keywords_joined(),
                UNSENT,
            ])?;
        self.listed(mailbox, message, flags.contains(&Flag::Seen));
        Ok(())
    }

    /// Before messages are sent: they will be at this UID or a higher one. Those that have such a mark keep it.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn note_floor(
        &mut self,
        operation: &Operation,
        validity: UidValidity,
        lowest: Uid,
    ) -> Result<(), StoreError> {
        self.journal_touched();
        for target in &operation.targets {
            let (message, mailbox) = (target.message.to_row(), target.mailbox.to_row());
            let marked = self
                .connection
                .prepare_cached(
                    "UPDATE placement SET mod_seq = ?3 WHERE message_id = ?1 AND mailbox_id = ?2 AND mod_seq = ?4",
                )?
                .execute(params![message, mailbox, lowest.get(), UNSENT])?;
            if marked > 0 {
                self.connection
                    .prepare_cached(
                        "UPDATE operation_target SET uid_validity = ?4
                         WHERE operation_id = ?1 AND message_id = ?2 AND mailbox_id = ?3",
                    )?
                    .execute(params![operation.id.to_row(), message, mailbox, validity.get()])?;
            }
        }
        Ok(())
    }

    /// The server has a message that was put there: its bytes need not be kept for that any more. They stay where
    /// the user wants bodies kept, or (`original`) if those of the message that it is a copy of were.
    pub(super) fn release_bytes(
        &mut self,
        (message, original): (MessageId, Option<MessageId>),
        mailbox: MailboxId,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let root = PartPath::root().to_string();
        let mut has =
            self.connection.prepare_cached("SELECT 1 FROM part WHERE message_id = ?1 AND path = ?2")?;
        if let Some(original) = original
            && has.exists(params![original.to_row(), root])?
        {
            return Ok(());
        }
        drop(has);
        if self.wants_body(message, mailbox, now)? {
            return Ok(());
        }
        let file: Option<Option<String>> = self
            .connection
            .prepare_cached("SELECT file FROM part WHERE message_id = ?1 AND path = ?2")?
            .query_row(params![message.to_row(), root], |row| row.get(0))
            .optional()?;
        if let Some(name) = file.flatten() {
            self.file_freed(name);
        }
        self.connection
            .prepare_cached("DELETE FROM part WHERE message_id = ?1 AND path = ?2")?
            .execute(params![message.to_row(), root])?;
        Ok(())
    }

    /// Whether the body of a message is one of those that are kept in a mailbox.
    fn wants_body(&self, message: MessageId, mailbox: MailboxId, now: UnixTime) -> Result<bool, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT b.body_days, a.body_days, b.special_use, m.received
             FROM mailbox b JOIN account a ON a.id = b.account_id, message m WHERE b.id = ?1 AND m.id = ?2",
        )?;
        let found = statement.query_row([mailbox.to_row(), message.to_row()], |row| {
            let policy = |days: Option<i64>| days.map(BodyPolicy::from_row);
            let special_use: Option<String> = row.get(2)?;
            let special_use = special_use.as_deref().and_then(SpecialUse::from_row);
            let kept = BodyPolicy::of_mailbox(policy(row.get(0)?), policy(row.get(1)?), special_use);
            let received: i64 = row.get(3)?;
            Ok(kept.since(now).is_some_and(|since| received >= since.0))
        });
        Ok(found.optional()?.unwrap_or(false))
    }

    /// Messages that are not to be appended after all: nobody else has them, so they go.
    pub(super) fn undo_append(&mut self, operation: &Operation, to: MailboxId) -> Result<(), StoreError> {
        for target in &operation.targets {
            self.drop_unsent(target.message, to)?;
        }
        Ok(())
    }

    /// Takes away a row that the server has not told a UID for, and the message if it is nowhere else.
    pub(super) fn drop_unsent(&mut self, message: MessageId, mailbox: MailboxId) -> Result<(), StoreError> {
        if let Some((uid, current)) = self.row_of(message, mailbox)?
            && uid > MAX_UID
        {
            self.drop_row(message, mailbox, &current)?;
            self.forget_if_nowhere(message)?;
        }
        Ok(())
    }

    /// Tries an append that failed once more.
    pub(super) fn repeat_append(
        &mut self,
        operation: &Operation,
        now: UnixTime,
    ) -> Result<Option<OperationId>, StoreError> {
        if operation.targets.is_empty() {
            return Ok(None);
        }
        let id = self.add_operation(operation.account, &operation.kind, operation.action, now)?;
        self.connection
            .prepare_cached(
                "INSERT INTO operation_target (operation_id, message_id, mailbox_id, uid_validity, open)
                 SELECT ?2, message_id, mailbox_id, uid_validity, 1 FROM operation_target
                 WHERE operation_id = ?1 AND open = 0",
            )?
            .execute([operation.id.to_row(), id.to_row()])?;
        Ok(Some(id))
    }
}
