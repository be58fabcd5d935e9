//! Flag operations: their local effect, and how it is confirmed, undone or taken back.
//!
//! Invariant: `server_has` of each open target is what the server has of the flag, as last known; what is
//! shown is the change of the last open operation on it, or what the server has if there is none.

use super::super::column::{flags_at, mod_seq_at};
use super::super::flags::Current;
use super::super::{Operation, OperationKind, OperationState, StoreError, Target, Write};
use super::arguments::flag_arguments;
use crate::model::{
    AccountId, ActionId, Flag, FlagChange, Flags, MailboxId, MessageId, OperationId, UnixTime,
};
use rusqlite::params;
use std::collections::BTreeMap;

/// Operations on one message in one mailbox that the server has not confirmed.
pub(in super::super) const WAITING: &str = "SELECT o.id, o.kind, o.arguments, o.state, t.server_has
     FROM operation_target t JOIN operation o ON o.id = t.operation_id
     WHERE t.message_id = ?1 AND t.mailbox_id = ?2 AND t.open = 1";

/// Where a message is, with what a flag operation has to know of it.
pub(in super::super) const SUBJECTS: &str =
    "SELECT m.account_id, p.mailbox_id, p.uid, p.flags, p.keywords, p.mod_seq
     FROM placement p JOIN message m ON m.id = p.message_id WHERE p.message_id = ?1 AND p.hidden = 0";

/// Flags that belong to a message of Gmail's and not to its place in a mailbox.
const SHARED: [Flag; 4] = [Flag::Seen, Flag::Answered, Flag::Flagged, Flag::Draft];

/// One open flag operation on a placement.
struct Waiting {
    operation: OperationId,
    change: FlagChange,
    state: OperationState,
    server_has: bool,
}

/// A placement that a flag operation is about.
struct Subject {
    account: AccountId,
    mailbox: MailboxId,
    /// The number of the row: its UID, or a provisional one.
    uid: i64,
    current: Current,
}

/// A change of one flag of many messages, as far as it is journalled.
struct Begun<'a> {
    action: Option<ActionId>,
    flag: &'a Flag,
    change: FlagChange,
    now: UnixTime,
    operations: BTreeMap<AccountId, OperationId>,
}

/// What a new change of a flag starts from.
struct Ground {
    /// The flag at the server once all earlier operations are done.
    expected: bool,
    /// The flag at the server now.
    server_has: bool,
}

impl Write<'_> {
    /// Journals that the user sets or takes away a flag, and shows it at once in every mailbox in which the
    /// messages are. Messages that have it so already are left out. An opposite change that was not sent yet is
    /// taken back instead of sending both. Gives one operation an account, none if nothing is to be sent.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn add_flag_operation(
        &mut self,
        messages: &[MessageId],
        flag: &Flag,
        change: FlagChange,
        now: UnixTime,
    ) -> Result<Vec<OperationId>, StoreError> {
        self.flag_as(None, messages, flag, change, now)
    }

    /// [`Write::add_flag_operation`] as part of what the user did.
    pub(super) fn flag_as(
        &mut self,
        action: Option<ActionId>,
        messages: &[MessageId],
        flag: &Flag,
        change: FlagChange,
        now: UnixTime,
    ) -> Result<Vec<OperationId>, StoreError> {
        let mut begun = Begun { action, flag, change, now, operations: BTreeMap::new() };
        for message in messages {
            for subject in self.subjects(*message)? {
                self.change_flag(&subject, &mut begun)?;
            }
        }
        Ok(begun.operations.into_values().collect())
    }

    /// Journals and shows the change on one placement.
    fn change_flag(&mut self, subject: &Subject, begun: &mut Begun<'_>) -> Result<(), StoreError> {
        let wanted = begun.change == FlagChange::Add;
        let shown = subject.current.flags.contains(begun.flag);
        if shown == wanted {
            return Ok(());
        }
        self.journal_touched();
        let ground = self.take_back(subject, begun.flag, shown, begun.now)?;
        if ground.expected != wanted {
            let id = match begun.operations.get(&subject.account) {
                Some(id) => *id,
                None => {
                    let kind = OperationKind::Flag { flag: begun.flag.clone(), change: begun.change };
                    self.add_operation(subject.account, &kind, begun.action, begun.now)?
                }
            };
            begun.operations.insert(subject.account, id);
            self.add_target(id, subject, ground.server_has)?;
        }
        let mut flags = subject.current.flags.clone();
        flags.apply(begun.change, begun.flag);
        self.set_flags(subject.mailbox, subject.uid, &subject.current, &flags)
    }

    fn subjects(&self, message: MessageId) -> Result<Vec<Subject>, StoreError> {
        let mut statement = self.connection.prepare_cached(SUBJECTS)?;
        let rows = statement.query_map([message.to_row()], |row| {
            Ok(Subject {
                account: AccountId::from_row(row.get(0)?),
                mailbox: MailboxId::from_row(row.get(1)?),
                uid: row.get(2)?,
                current: Current {
                    message,
                    flags: flags_at(row, 3)?,
                    mod_seq: mod_seq_at(row, 5)?,
                    hidden: false,
                },
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Takes back the last change of this flag if it was not sent yet.
    fn take_back(
        &mut self,
        subject: &Subject,
        flag: &Flag,
        shown: bool,
        now: UnixTime,
    ) -> Result<Ground, StoreError> {
        let (message, mailbox) = (subject.current.message, subject.mailbox);
        let mut waiting = self.waiting(message, mailbox, flag)?;
        let Some(last) = waiting.pop() else { return Ok(Ground { expected: shown, server_has: shown }) };
        if last.state != OperationState::Pending {
            return Ok(Ground { expected: shown, server_has: last.server_has });
        }
        let operation = last.operation.to_row();
        self.connection
            .prepare_cached(
                "DELETE FROM operation_target WHERE operation_id = ?1 AND message_id = ?2 AND mailbox_id = ?3",
            )?
            .execute([operation, message.to_row(), mailbox.to_row()])?;
        self.connection
            .prepare_cached(
                "UPDATE operation SET state = 'cancelled', updated_at = ?2 WHERE id = ?1
                   AND NOT EXISTS (SELECT 1 FROM operation_target WHERE operation_id = ?1)",
            )?
            .execute([operation, now.0])?;
        let expected = waiting.last().map_or(last.server_has, |earlier| earlier.change == FlagChange::Add);
        Ok(Ground { expected, server_has: last.server_has })
    }

    /// Gmail keeps these flags once for a message: what one mailbox told of them holds for the others. A change of the
    /// user's that waits there is left alone; that mailbox tells itself what came of it.
    pub(in super::super) fn share_flags(
        &mut self,
        told: MailboxId,
        message: MessageId,
        server: &Flags,
    ) -> Result<(), StoreError> {
        if !super::label::is_gmail(self.connection, message)? {
            return Ok(());
        }
        for (mailbox, uid, current) in self.rows_of(message)? {
            let mut flags = current.flags.clone();
            for flag in &SHARED {
                let set = server.contains(flag);
                if set != flags.contains(flag) && self.waiting(message, mailbox, flag)?.is_empty() {
                    flags.apply(if set { FlagChange::Add } else { FlagChange::Remove }, flag);
                }
            }
            if mailbox != told && flags != current.flags {
                self.set_flags(mailbox, uid, &current, &flags)?;
            }
        }
        Ok(())
    }

    /// Every row of a message, shown or hidden.
    fn rows_of(&self, message: MessageId) -> Result<Vec<(MailboxId, i64, Current)>, StoreError> {
        let mut statement = self.connection.prepare_cached(super::super::message::PLACEMENTS)?;
        let rows = statement.query_map([message.to_row()], |row| {
            let (flags, mod_seq, hidden) = (flags_at(row, 2)?, mod_seq_at(row, 4)?, row.get(5)?);
            Ok((MailboxId::from_row(row.get(0)?), row.get(1)?, Current { message, flags, mod_seq, hidden }))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Open operations on this flag of a placement, in their order.
    fn waiting(
        &self,
        message: MessageId,
        mailbox: MailboxId,
        flag: &Flag,
    ) -> Result<Vec<Waiting>, StoreError> {
        let mut statement = self.connection.prepare_cached(WAITING)?;
        let mut rows = statement.query([message.to_row(), mailbox.to_row()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let kind = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            let arguments = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
            let state = row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?;
            let Some((other, change)) = flag_arguments(kind, arguments) else { continue };
            let Some(state) = OperationState::from_row(state) else { continue };
            if other == *flag {
                let operation = OperationId::from_row(row.get(0)?);
                found.push(Waiting { operation, change, state, server_has: row.get(4)? });
            }
        }
        found.sort_by_key(|waiting| waiting.operation);
        Ok(found)
    }

    fn add_target(&self, id: OperationId, subject: &Subject, server_has: bool) -> Result<(), StoreError> {
        let (message, mailbox) = (subject.current.message.to_row(), subject.mailbox.to_row());
        self.connection
            .prepare_cached(
                "INSERT INTO operation_target (operation_id, message_id, mailbox_id, server_has)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![id.to_row(), message, mailbox, server_has])?;
        Ok(())
    }

    /// The server did it: later changes of the same flag start from there.
    pub(super) fn confirm_flag(
        &mut self,
        operation: &Operation,
        flag: &Flag,
        change: FlagChange,
    ) -> Result<(), StoreError> {
        for target in &operation.targets {
            for later in self.waiting(target.message, target.mailbox, flag)? {
                let (message, mailbox) = (target.message.to_row(), target.mailbox.to_row());
                self.connection
                    .prepare_cached(
                        "UPDATE operation_target SET server_has = ?4
                         WHERE operation_id = ?1 AND message_id = ?2 AND mailbox_id = ?3",
                    )?
                    .execute(params![
                        later.operation.to_row(),
                        message,
                        mailbox,
                        change == FlagChange::Add
                    ])?;
            }
        }
        Ok(())
    }

    /// An operation is over without effect at the server: shows what counts without it.
    pub(super) fn undo_flag(&mut self, operation: &Operation, flag: &Flag) -> Result<(), StoreError> {
        for target in &operation.targets {
            let other = self.waiting(target.message, target.mailbox, flag)?.pop();
            let set = match other {
                Some(last) => last.change == FlagChange::Add,
                None => self
                    .connection
                    .prepare_cached(
                        "SELECT server_has FROM operation_target
                         WHERE operation_id = ?1 AND message_id = ?2 AND mailbox_id = ?3",
                    )?
                    .query_row(
                        [operation.id.to_row(), target.message.to_row(), target.mailbox.to_row()],
                        |row| row.get(0),
                    )?,
            };
            self.show(target, flag, set)?;
        }
        Ok(())
    }

    /// Shows a flag as set or not, also on a message that has vanished meanwhile: it may come back.
    fn show(&mut self, target: &Target, flag: &Flag, set: bool) -> Result<(), StoreError> {
        let change = if set { FlagChange::Add } else { FlagChange::Remove };
        if let Some((uid, current)) = self.row_of(target.message, target.mailbox)? {
            let mut flags = current.flags.clone();
            flags.apply(change, flag);
            return if flags == current.flags {
                Ok(())
            } else {
                self.set_flags(target.mailbox, uid, &current, &flags)
            };
        }
        let hidden: Vec<(i64, Flags)> = {
            let mut statement = self.connection.prepare_cached(
                "SELECT id, flags, keywords FROM orphan WHERE message_id = ?1 AND mailbox_id = ?2",
            )?;
            let rows = statement.query_map([target.message.to_row(), target.mailbox.to_row()], |row| {
                Ok((row.get(0)?, flags_at(row, 1)?))
            })?;
            rows.collect::<Result<_, _>>()?
        };
        for (id, mut flags) in hidden {
            flags.apply(change, flag);
            self.connection
                .prepare_cached("UPDATE orphan SET flags = ?2, keywords = ?3 WHERE id = ?1")?
                .execute(params![id, flags.system_bits(), flags.keywords_joined()])?;
        }
        Ok(())
    }

    /// Does a failed change once more on the same placements, as far as the messages are still there.
    pub(super) fn repeat_flag(
        &mut self,
        operation: &Operation,
        flag: &Flag,
        change: FlagChange,
        now: UnixTime,
    ) -> Result<Option<OperationId>, StoreError> {
        let mut begun = Begun { action: operation.action, flag, change, now, operations: BTreeMap::new() };
        for target in &operation.targets {
            for subject in self.subjects(target.message)? {
                if subject.mailbox == target.mailbox {
                    self.change_flag(&subject, &mut begun)?;
                }
            }
        }
        Ok(begun.operations.into_values().next())
    }
}
