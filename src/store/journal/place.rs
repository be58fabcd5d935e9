//! Moves, copies and deletions: their local effect, how it is confirmed, and how it is put back.
//!
//! Invariant: a row with a UID is what the server has, shown or hidden; a row that is shown is what the user sees,
//! with a UID or provisional. So a mailbox can be compared with the server at any time, and the list is right at once.

use super::super::column::MAX_UID;
use super::super::{Operation, OperationKind, OperationState, StoreError, Target, Write};
use super::arguments;
use crate::model::{AccountId, ActionId, Flags, MailboxId, MessageId, OperationId, SpecialUse, UnixTime};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

/// The row of a message in a mailbox.
pub(in super::super) const ROW_OF: &str = "SELECT uid, flags, keywords, mod_seq, hidden FROM placement
     WHERE message_id = ?1 AND mailbox_id = ?2";

/// Where a message is shown.
pub(in super::super) const SHOWN: &str =
    "SELECT p.mailbox_id, m.account_id, m.special_use, g.arrived_in FROM placement p
     JOIN mailbox m ON m.id = p.mailbox_id JOIN message g ON g.id = p.message_id
     WHERE p.message_id = ?1 AND p.hidden = 0";

/// Operations on a message in whichever mailbox that the server has not confirmed.
pub(in super::super) const OPEN_FOR: &str =
    "SELECT o.id, o.kind, o.arguments, o.state, o.attempt, t.mailbox_id
     FROM operation_target t JOIN operation o ON o.id = t.operation_id WHERE t.message_id = ?1 AND t.open = 1";

/// Messages of a mailbox that were not read: all of it is looked at.
pub(in super::super) const UNREAD: &str =
    "SELECT message_id FROM placement WHERE mailbox_id = ?1 AND hidden = 0 AND flags & ?2 = 0";

/// What a new operation does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Carry {
    Move(MailboxId),
    Copy(MailboxId),
    Expunge,
}

/// What came of asking for a move, a copy or a deletion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Operations that are to be sent.
    pub operations: Vec<OperationId>,
    /// Messages for which something changed.
    pub messages: usize,
}

/// Operations begun for one wish: one for each mailbox that messages leave.
pub(super) struct Begun {
    action: Option<ActionId>,
    pub(super) carry: Carry,
    pub(super) now: UnixTime,
    /// What is done, and which mailbox it leaves.
    operations: BTreeMap<(Carry, MailboxId), OperationId>,
    pub(super) done: Carried,
}

impl Write<'_> {
    /// Journals that messages go to another mailbox, also of another account, and shows it at once. A move that was not
    /// sent yet is taken back first, so that A to B to C becomes A to C.
    ///
    /// # Errors
    /// There is no such mailbox, or the disk refuses.
    pub fn add_move(
        &mut self,
        action: Option<ActionId>,
        messages: &[MessageId],
        from: Option<MailboxId>,
        to: MailboxId,
        now: UnixTime,
    ) -> Result<Carried, StoreError> {
        self.carry(action, Carry::Move(to), messages, from, now)
    }

    /// Journals that messages are copied to another mailbox, also of another account, and shows it at once.
    ///
    /// # Errors
    /// As [`Write::add_move`].
    pub fn add_copy(
        &mut self,
        action: Option<ActionId>,
        messages: &[MessageId],
        to: MailboxId,
        now: UnixTime,
    ) -> Result<Carried, StoreError> {
        self.carry(action, Carry::Copy(to), messages, None, now)
    }

    /// Journals that messages are deleted for good, and hides them at once.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn add_expunge(
        &mut self,
        action: Option<ActionId>,
        messages: &[MessageId],
        from: Option<MailboxId>,
        now: UnixTime,
    ) -> Result<Carried, StoreError> {
        let mut direct = Vec::with_capacity(messages.len());
        // By account: each has its own trash.
        let mut through_trash: BTreeMap<MailboxId, Vec<MessageId>> = BTreeMap::new();
        for message in messages {
            let trash = match self.account_of_message(*message)? {
                Some(account) if self.goes_through_trash(*message)? => {
                    self.special_mailbox(account, SpecialUse::Trash)?
                }
                _ => {
                    direct.push(*message);
                    continue;
                }
            };
            // Without a trash there is no way; the caller has looked.
            if let Some(trash) = trash {
                through_trash.entry(trash).or_default().push(*message);
            }
        }
        let mut done = self.carry(action, Carry::Expunge, &direct, from, now)?;
        for (trash, messages) in through_trash {
            let moved = self.add_move(action, &messages, None, trash, now)?;
            let gone = self.carry(action, Carry::Expunge, &messages, Some(trash), now)?;
            done.operations.extend(moved.operations.into_iter().chain(gone.operations));
            done.messages += gone.messages;
        }
        Ok(done)
    }

    fn carry(
        &mut self,
        action: Option<ActionId>,
        carry: Carry,
        messages: &[MessageId],
        from: Option<MailboxId>,
        now: UnixTime,
    ) -> Result<Carried, StoreError> {
        let account = match carry {
            Carry::Move(to) | Carry::Copy(to) => Some(self.account_of(to)?),
            Carry::Expunge => None,
        };
        let mut begun = Begun { action, carry, now, operations: BTreeMap::new(), done: Carried::default() };
        let mut leaving = Vec::new();
        for message in messages {
            if let Carry::Move(to) | Carry::Copy(to) = carry
                && self.is_gmail(*message)?
                && self.account_of_message(*message)? == account
            {
                self.carry_label(*message, from, to, &mut begun)?;
                continue;
            }
            let places = self.shown_in(*message)?;
            let mut sources =
                places.into_iter().filter(|(mailbox, _)| from.is_none_or(|one| one == *mailbox));
            match carry {
                Carry::Expunge => {
                    for (mailbox, account) in sources.collect::<Vec<_>>() {
                        self.carry_one(*message, mailbox, account, carry, &mut begun)?;
                    }
                }
                Carry::Move(to) | Carry::Copy(to) => {
                    let Some((mailbox, own)) = sources.find(|(mailbox, _)| *mailbox != to) else { continue };
                    if Some(own) == account {
                        self.carry_one(*message, mailbox, own, carry, &mut begun)?;
                    } else {
                        leaving.push((*message, mailbox, own));
                    }
                }
            }
        }
        begun.done.operations = begun.operations.into_values().collect();
        if let Carry::Move(to) | Carry::Copy(to) = carry {
            let crossing = self.cross(action, &leaving, (to, matches!(carry, Carry::Move(_))), now)?;
            begun.done.messages += crossing.messages;
            begun.done.operations.extend(crossing.operations);
        }
        begun.done.operations.sort_unstable();
        Ok(begun.done)
    }

    /// One message that leaves a mailbox, or is copied out of it.
    pub(super) fn carry_one(
        &mut self,
        message: MessageId,
        mut source: MailboxId,
        account: AccountId,
        carry: Carry,
        begun: &mut Begun,
    ) -> Result<(), StoreError> {
        self.journal_touched();
        begun.done.messages += 1;
        let keeps = matches!(carry, Carry::Copy(_));
        // At Gmail the way into the trash has to be gone first: nothing is deleted for good anywhere else.
        let direct = keeps || (carry == Carry::Expunge && self.is_gmail(message)?);
        if !direct && let Some(earlier) = self.unsent_move_to(message, source)? {
            self.take_back_target(earlier.operation, message, earlier.source, begun.now)?;
            self.put_back(message, earlier.source, Some(source))?;
            source = earlier.source;
            if let Carry::Move(to) = carry
                && to == source
            {
                return Ok(());
            }
        }
        let id = self.operation_for(begun, (carry, source), account)?;
        self.aim_at(id, message, source)?;
        let flags = match self.row_of(message, source)? {
            Some((_, current)) if keeps => current.flags,
            Some((_, current)) => {
                self.set_hidden(message, source, &current, true)?;
                current.flags
            }
            None => Flags::default(),
        };
        match carry {
            Carry::Move(to) | Carry::Copy(to) => self.show_in(message, to, &flags),
            Carry::Expunge => Ok(()),
        }
    }

    /// The operation of a wish for messages that leave a mailbox; begun with the first one.
    pub(super) fn operation_for(
        &mut self,
        begun: &mut Begun,
        key: (Carry, MailboxId),
        account: AccountId,
    ) -> Result<OperationId, StoreError> {
        if let Some(id) = begun.operations.get(&key) {
            return Ok(*id);
        }
        let kind = match key.0 {
            Carry::Move(to) => OperationKind::Move { to },
            Carry::Copy(to) => OperationKind::Copy { to },
            Carry::Expunge => OperationKind::Expunge,
        };
        let id = self.add_operation(account, &kind, begun.action, begun.now)?;
        begun.operations.insert(key, id);
        Ok(id)
    }

    /// Makes a message in a mailbox one of an operation's.
    pub(super) fn aim_at(
        &mut self,
        id: OperationId,
        message: MessageId,
        mailbox: MailboxId,
    ) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO operation_target (operation_id, message_id, mailbox_id, open)
                 VALUES (?1, ?2, ?3, 1)",
            )?
            .execute([id.to_row(), message.to_row(), mailbox.to_row()])?;
        Ok(())
    }

    /// A mailbox in which a message is shown.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn shown_first(&self, message: MessageId) -> Result<Option<MailboxId>, StoreError> {
        Ok(self.shown_in(message)?.first().map(|(mailbox, _)| *mailbox))
    }

    /// Whose message it is.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn account_of_message(&self, message: MessageId) -> Result<Option<AccountId>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT account_id FROM message WHERE id = ?1")?;
        let found = statement.query_row([message.to_row()], |row| row.get(0).map(AccountId::from_row));
        Ok(found.optional()?)
    }

    /// Whose mailbox it is.
    ///
    /// # Errors
    /// There is no such mailbox.
    pub fn account_of_mailbox(&self, mailbox: MailboxId) -> Result<AccountId, StoreError> {
        self.account_of(mailbox)
    }

    /// Messages of a mailbox that were not read.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn unread_in(&self, mailbox: MailboxId) -> Result<Vec<MessageId>, StoreError> {
        let mut statement = self.connection.prepare_cached(UNREAD)?;
        let rows = statement
            .query_map(params![mailbox.to_row(), Flags::SEEN], |row| row.get(0).map(MessageId::from_row))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Where a message is shown, most likely what is meant first: who deletes what they have copied means the
    /// original, not the copy.
    fn shown_in(&self, message: MessageId) -> Result<Vec<(MailboxId, AccountId)>, StoreError> {
        let mut statement = self.connection.prepare_cached(SHOWN)?;
        let rows = statement.query_map([message.to_row()], |row| {
            let (mailbox, arrived): (i64, Option<i64>) = (row.get(0)?, row.get(3)?);
            let special_use: Option<String> = row.get(2)?;
            let special_use = special_use.and_then(|word| SpecialUse::from_row(&word));
            let is_copy = arrived != Some(mailbox);
            let is_bin = matches!(special_use, Some(SpecialUse::Trash | SpecialUse::Junk));
            let rank = (is_copy, is_bin, special_use != Some(SpecialUse::Inbox), mailbox);
            Ok((rank, AccountId::from_row(row.get(1)?)))
        })?;
        let mut all: Vec<_> = rows.collect::<Result<_, _>>()?;
        all.sort_unstable();
        Ok(all.into_iter().map(|((.., mailbox), account)| (MailboxId::from_row(mailbox), account)).collect())
    }

    /// A move of the message into that mailbox that was never sent.
    pub(super) fn unsent_move_to(
        &self,
        message: MessageId,
        to: MailboxId,
    ) -> Result<Option<Unsent>, StoreError> {
        let mut statement = self.connection.prepare_cached(OPEN_FOR)?;
        let mut rows = statement.query([message.to_row()])?;
        while let Some(row) = rows.next()? {
            let (kind, arguments): (String, String) = (row.get(1)?, row.get(2)?);
            let (state, attempt): (String, u32) = (row.get(3)?, row.get(4)?);
            let moves_here = arguments::from_row(&kind, &arguments) == Some(OperationKind::Move { to });
            if moves_here && attempt == 0 && state == OperationState::Pending.as_str() {
                let operation = OperationId::from_row(row.get(0)?);
                let source = MailboxId::from_row(row.get(5)?);
                // One that is deleted next has to be left first: a later move from there would come too late.
                return Ok((!self.is_doomed(source)?).then_some(Unsent { operation, source }));
            }
        }
        Ok(None)
    }

    /// Takes one message out of an operation that was not sent.
    pub(super) fn take_back_target(
        &mut self,
        id: OperationId,
        message: MessageId,
        mailbox: MailboxId,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "DELETE FROM operation_target WHERE operation_id = ?1 AND message_id = ?2 AND mailbox_id = ?3",
            )?
            .execute([id.to_row(), message.to_row(), mailbox.to_row()])?;
        self.connection
            .prepare_cached(
                "UPDATE operation SET state = 'cancelled', updated_at = ?2 WHERE id = ?1
                   AND NOT EXISTS (SELECT 1 FROM operation_target WHERE operation_id = ?1)",
            )?
            .execute([id.to_row(), now.0])?;
        Ok(())
    }

    /// Takes the local effect of an operation on one message back.
    pub(super) fn undo_carry(&mut self, operation: &Operation, target: &Target) -> Result<(), StoreError> {
        match &operation.kind {
            OperationKind::Move { to } => self.put_back(target.message, target.mailbox, Some(*to)),
            OperationKind::Expunge => self.put_back(target.message, target.mailbox, None),
            OperationKind::Copy { to } => match self.row_of(target.message, *to)? {
                Some((uid, current)) if uid > MAX_UID => self.drop_row(target.message, *to, &current),
                _ => self.take_out_again(target.message, *to),
            },
            _ => Ok(()),
        }
    }
}

/// A move that was not sent.
pub(super) struct Unsent {
    pub(super) operation: OperationId,
    pub(super) source: MailboxId,
}
