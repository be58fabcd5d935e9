//! Moves and copies to another account, in three operations that wait for each other: the bytes are collected, the
//! copy is delivered, and only then the original is released. So both accounts' tasks do their part in their own
//! time, and a crash anywhere leaves a step that is simply done (or looked at) again.
//!
//! Invariant: an original is deleted only by a `release` whose `deliver` is done, for messages that arrived.

use super::super::{NewMessage, Operation, OperationKind, OperationState, StoreError, Target, Write};
use super::place::Carried;
use super::{CLOSED, WAITS};
use crate::model::{AccountId, ActionId, MailboxId, MessageId, ModSeq, OperationId, PartPath, Uid, UnixTime};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

/// Messages that go through the three steps together: few enough that the first ones arrive soon and little lies
/// about, enough that a mailbox of 10,000 takes some hundred operations.
const AT_ONCE: usize = 50;

/// A message that leaves its account: itself, its mailbox, its account.
pub(super) type Leaving = (MessageId, MailboxId, AccountId);

/// The operation that waits for another one.
pub(in super::super) const NEXT: &str =
    "SELECT id, state FROM operation WHERE after_id = ?1 AND after_id IS NOT NULL";

/// The copy that a message lives on as in another account, the newest.
const CARRIED_AS: &str = "SELECT t.twin FROM operation_target t
     WHERE t.message_id = ?1 AND t.twin IS NOT NULL AND t.operation_id = (
       SELECT max(l.operation_id) FROM operation_target l JOIN operation o ON o.id = l.operation_id
       WHERE l.message_id = ?1 AND l.twin IS NOT NULL AND o.kind = 'collect') LIMIT 1";

/// Ways there and back that are followed; somebody who undoes and does again more often has had enough.
const MAX_JOURNEYS: usize = 64;

impl Write<'_> {
    /// Journals that messages go to a mailbox of another account, and shows it at once.
    pub(super) fn cross(
        &mut self,
        action: Option<ActionId>,
        messages: &[Leaving],
        (to, moves): (MailboxId, bool),
        now: UnixTime,
    ) -> Result<Carried, StoreError> {
        let mut done = Carried::default();
        if messages.is_empty() {
            return Ok(done);
        }
        let target = self.account_of(to)?;
        let mut by_account: BTreeMap<AccountId, Vec<&Leaving>> = BTreeMap::new();
        for leaving in messages {
            by_account.entry(leaving.2).or_default().push(leaving);
        }
        self.journal_touched();
        for (account, leaving) in by_account {
            for some in leaving.chunks(AT_ONCE) {
                let collect =
                    self.add_operation(account, &OperationKind::Collect { to, moves }, action, now)?;
                let deliver = self.add_operation(target, &OperationKind::Deliver { to }, action, now)?;
                self.set_after(deliver, collect)?;
                let mut steps = vec![collect, deliver];
                if moves {
                    let release = self.add_operation(account, &OperationKind::Release { to }, action, now)?;
                    self.set_after(release, deliver)?;
                    steps.push(release);
                }
                for (message, source, _) in some {
                    if self.leave_account(&steps, (*message, *source), (to, target), now)? {
                        done.messages += 1;
                    }
                }
                done.operations.extend(steps);
            }
        }
        Ok(done)
    }

    fn leave_account(
        &mut self,
        steps: &[OperationId],
        (message, mut source): (MessageId, MailboxId),
        (to, target): (MailboxId, AccountId),
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let [collect, deliver, release @ ..] = steps else { return Ok(false) };
        if !release.is_empty()
            && let Some(earlier) = self.unsent_move_to(message, source)?
        {
            // A move within the account that was not sent yet melts into this one.
            self.take_back_target(earlier.operation, message, earlier.source, now)?;
            self.put_back(message, earlier.source, Some(source))?;
            source = earlier.source;
        }
        let Some((_, current)) = self.row_of(message, source)? else { return Ok(false) };
        let new = self.double(message, target)?;
        self.show_unsent(new, to, &current.flags)?;
        self.aim(*collect, message, source, Some(new))?;
        self.aim(*deliver, new, to, Some(message))?;
        for release in release {
            self.aim(*release, message, source, Some(new))?;
            self.set_hidden(message, source, &current, true)?;
        }
        Ok(true)
    }

    fn set_after(&self, id: OperationId, before: OperationId) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE operation SET after_id = ?2 WHERE id = ?1")?
            .execute([id.to_row(), before.to_row()])?;
        Ok(())
    }

    /// A copy of a message as one of another account, with what is stored of its parts.
    fn double(&mut self, message: MessageId, account: AccountId) -> Result<MessageId, StoreError> {
        let detail = self.detail_of(message)?.ok_or(StoreError::Gone { what: "message" })?;
        let new = NewMessage {
            mod_seq: ModSeq::NONE,
            internal_date: Some(detail.received),
            size: detail.size,
            envelope: detail.envelope,
            structure: detail.structure,
            attachments: detail.attachments,
            preview: Some(detail.snippet),
            ..NewMessage::new(Uid::MIN)
        };
        let id = self.add_stranger(account, &new)?;
        self.share_parts(message, id)?;
        Ok(id)
    }

    /// Gives a message what is stored of the parts of another one; files are shared.
    pub(super) fn share_parts(&mut self, from: MessageId, to: MessageId) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT OR IGNORE INTO part (message_id, path, size, codec, data, file, stored, places)
                 SELECT ?2, path, size, codec, data, file, stored, places FROM part WHERE message_id = ?1",
            )?
            .execute([from.to_row(), to.to_row()])?;
        self.changes.messages.push(to);
        Ok(())
    }

    /// All bytes of a message are here, as the root part of its twin. Says whether they are: what is stored of the
    /// original counts.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn note_collected(
        &mut self,
        operation: &Operation,
        target: &Target,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let Some(twin) = target.twin else { return Ok(false) };
        if let Err(StoreError::Gone { .. }) = self.message_exists(twin) {
            // The user took it back while the bytes were on their way.
            self.close_target(operation.id, target)?;
            self.finish_if_closed(operation.id, now)?;
            return Ok(true);
        }
        let root = PartPath::root().to_string();
        let mut has =
            self.connection.prepare_cached("SELECT 1 FROM part WHERE message_id = ?1 AND path = ?2")?;
        if !has.exists(params![twin.to_row(), root])? {
            self.share_parts(target.message, twin)?;
            if !has.exists(params![twin.to_row(), root])? {
                return Ok(false);
            }
        }
        drop(has);
        self.close_target(operation.id, target)?;
        self.finish_if_closed(operation.id, now)?;
        Ok(true)
    }

    /// Steps that wait for an operation, nearest first.
    pub(super) fn chain(&self, id: OperationId) -> Result<Vec<(OperationId, OperationState)>, StoreError> {
        let mut all = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next.take() {
            let mut statement = self.connection.prepare_cached(NEXT)?;
            let found: Option<(i64, String)> =
                statement.query_row([id.to_row()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            // Three steps at most; a row that names itself must not go round for ever.
            if let Some((id, state)) = found.filter(|_| all.len() < 3) {
                let id = OperationId::from_row(id);
                all.push((id, OperationState::from_row(&state).unwrap_or(OperationState::Done)));
                next = Some(id);
            }
        }
        Ok(all)
    }

    /// A step is taken back before anything was delivered: the originals are shown again, the copies go, and so do
    /// the steps that wait.
    pub(super) fn undo_cross(&mut self, operation: &Operation, now: UnixTime) -> Result<(), StoreError> {
        let release = matches!(operation.kind, OperationKind::Release { .. });
        for (id, _) in self.chain(operation.id)? {
            self.set_state(
                id,
                &[OperationState::Pending, OperationState::Inflight],
                OperationState::Cancelled,
                now,
            )?;
            self.set_open(id, WAITS, CLOSED)?;
        }
        for target in &operation.targets {
            if release {
                self.put_back(target.message, target.mailbox, None)?;
            } else {
                self.unpair(operation, target)?;
            }
        }
        Ok(())
    }

    /// Shows an original again and drops its copy, unless that is at the server already.
    pub(super) fn unpair(&mut self, operation: &Operation, target: &Target) -> Result<(), StoreError> {
        let (original, source, copy, to) = match &operation.kind {
            OperationKind::Collect { to, .. } => {
                (Some(target.message), Some(target.mailbox), target.twin, *to)
            }
            OperationKind::Deliver { to } => {
                let source = target.twin.map(|twin| self.source_of(operation, twin)).transpose()?.flatten();
                (target.twin, source, Some(target.message), *to)
            }
            _ => return Ok(()),
        };
        if let Some(copy) = copy {
            self.close_all(copy, to)?;
            self.drop_unsent(copy, to)?;
        }
        if let (Some(original), Some(source)) = (original, source) {
            self.put_back(original, source, None)?;
        }
        Ok(())
    }

    /// Ends what waits to be done to a copy that is going.
    fn close_all(&mut self, message: MessageId, mailbox: MailboxId) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "UPDATE operation_target SET open = 0 WHERE message_id = ?1 AND mailbox_id = ?2 AND open = 1
                   AND (SELECT uid FROM placement p WHERE p.message_id = ?1 AND p.mailbox_id = ?2) > 4294967295",
            )?
            .execute([message.to_row(), mailbox.to_row()])?;
        Ok(())
    }

    /// The message as which an original lives on in a mailbox that it left for another account: itself, or what came
    /// back when that was undone.
    pub(super) fn lives_on(&self, message: MessageId, mailbox: MailboxId) -> Result<MessageId, StoreError> {
        let mut at = message;
        for _ in 0..MAX_JOURNEYS {
            if self.row_of(at, mailbox)?.is_some() {
                return Ok(at);
            }
            let mut statement = self.connection.prepare_cached(CARRIED_AS)?;
            let next: Option<i64> = statement.query_row([at.to_row()], |row| row.get(0)).optional()?;
            let Some(next) = next else { break };
            at = MessageId::from_row(next);
        }
        Ok(message)
    }

    /// The mailbox that the original of a delivery leaves.
    pub(super) fn source_of(
        &self,
        deliver: &Operation,
        original: MessageId,
    ) -> Result<Option<MailboxId>, StoreError> {
        let Some(collect) = deliver.after else { return Ok(None) };
        let mut statement = self.connection.prepare_cached(
            "SELECT mailbox_id FROM operation_target WHERE operation_id = ?1 AND message_id = ?2",
        )?;
        let found =
            statement.query_row([collect.to_row(), original.to_row()], |row| row.get(0)).optional()?;
        Ok(found.map(MailboxId::from_row))
    }
}
