//! The journal: what the user wanted, written in the same transaction as its local effect and before it is
//! sent. Knows no server; the worker reports what became of each operation.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each part of the journal knows its own kinds of operations"
)]

pub(super) mod action;
pub(super) mod append;
pub(super) mod arguments;
pub(super) mod cross;
pub(super) mod flag;
pub(super) mod label;
pub(super) mod landing;
pub(super) mod place;
pub(super) mod read;
mod rows;
pub(super) mod split;
pub(super) mod tree;
pub(super) mod unfinished;

use self::split::Failure;
use super::column::told_uid_at;
use super::{
    Operation, OperationKind, OperationState, RowMark, Snapshot, Standing, StoreError, Target, Write,
};
use crate::model::{AccountId, ActionId, MailboxId, MessageId, OperationId, UnixTime};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::BTreeMap;

const COLUMNS: &str =
    "id, account_id, kind, arguments, state, attempt, created_at, error, action_id, after_id,
       (SELECT state FROM operation p WHERE p.id = operation.after_id)";

/// `operation_target.open`: the operation is over for this message.
const CLOSED: i64 = 0;
/// `operation_target.open`: waits to be sent or confirmed.
const WAITS: i64 = 1;
/// `operation_target.open`: failed, and the user has not seen to it.
const FAILED: i64 = 2;

/// Operations that wait or are being sent, in their order.
pub(super) const OPEN: &str =
    "SELECT id, account_id, kind, arguments, state, attempt, created_at, error, action_id, after_id,
       (SELECT state FROM operation p WHERE p.id = operation.after_id)
     FROM operation WHERE account_id = ?1 AND state IN ('pending', 'inflight') ORDER BY id";

/// Operations that failed, in their order.
pub(super) const OPEN_FAILED: &str =
    "SELECT id, account_id, kind, arguments, state, attempt, created_at, error, action_id, after_id,
       (SELECT state FROM operation p WHERE p.id = operation.after_id)
     FROM operation WHERE account_id = ?1 AND state = 'failed' ORDER BY id";

/// Messages of an operation, with the UIDs that they have now.
pub(super) const TARGETS: &str = "SELECT t.message_id, t.mailbox_id, p.uid, t.twin FROM operation_target t
     LEFT JOIN placement p ON p.message_id = t.message_id AND p.mailbox_id = t.mailbox_id
     WHERE t.operation_id = ?1 AND t.open = ?2";

/// Whether an earlier operation has not done with a message of this one.
pub(super) const BEHIND: &str = "SELECT 1 FROM operation_target t JOIN operation_target e
       ON e.message_id = t.message_id AND e.open = 1 AND e.operation_id < t.operation_id
     WHERE t.operation_id = ?1 AND t.open = 1 LIMIT 1";

/// Whether an earlier operation than this one is still to be done to messages in a mailbox.
pub(super) const EARLIER_IN: &str =
    "SELECT 1 FROM operation_target WHERE mailbox_id = ?2 AND open = 1 AND operation_id < ?1 LIMIT 1";

/// Whether an operation is about messages in a mailbox.
pub(super) const IN_MAILBOX: &str =
    "SELECT 1 FROM operation_target WHERE operation_id = ?1 AND mailbox_id = ?2 AND open = 1 LIMIT 1";

/// Whether the journal has something to say about a message: 0, 1 (waits) or 2 (failed).
pub(super) const MARK: &str =
    "SELECT coalesce(max(open), 0) FROM operation_target WHERE message_id = ?1 AND open > 0";

/// The state or the arguments of a row make no sense to this version.
#[derive(Debug, thiserror::Error)]
#[error("unreadable operation")]
struct Unreadable;

fn operation_at(row: &Row<'_>) -> rusqlite::Result<Operation> {
    let bad = |index| {
        rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, Box::new(Unreadable))
    };
    let kind: String = row.get(2)?;
    let arguments: String = row.get(3)?;
    let kind = arguments::from_row(&kind, &arguments).ok_or_else(|| bad(3))?;
    let state: String = row.get(4)?;
    Ok(Operation {
        id: OperationId::from_row(row.get(0)?),
        account: AccountId::from_row(row.get(1)?),
        kind,
        state: OperationState::from_row(&state).ok_or_else(|| bad(4))?,
        attempt: row.get(5)?,
        created: UnixTime(row.get(6)?),
        error: row.get(7)?,
        action: row.get::<_, Option<i64>>(8)?.map(ActionId::from_row),
        after: row.get::<_, Option<i64>>(9)?.map(OperationId::from_row),
        standing: standing_at(row, 9)?,
        targets: Vec::new(),
    })
}

/// Whether the operation before it is done: columns `after_id` and its state.
fn standing_at(row: &Row<'_>, index: usize) -> rusqlite::Result<Standing> {
    if row.get_ref(index)? == rusqlite::types::ValueRef::Null {
        return Ok(Standing::Free);
    }
    let state: Option<String> = row.get(index + 1)?;
    Ok(match state.as_deref().and_then(OperationState::from_row) {
        Some(OperationState::Done) => Standing::Free,
        Some(OperationState::Pending | OperationState::Inflight) => Standing::Waits,
        Some(OperationState::Failed | OperationState::Cancelled) | None => Standing::Dead,
    })
}

/// Adds the targets that matter in the operation's state.
fn with_targets(connection: &Connection, mut operation: Operation) -> Result<Operation, StoreError> {
    let open = match operation.state {
        OperationState::Pending | OperationState::Inflight => WAITS,
        OperationState::Failed => FAILED,
        OperationState::Done | OperationState::Cancelled => CLOSED,
    };
    let mut statement = connection.prepare_cached(TARGETS)?;
    let rows = statement.query_map([operation.id.to_row(), open], |row| {
        let message = MessageId::from_row(row.get(0)?);
        let twin = row.get::<_, Option<i64>>(3)?.map(MessageId::from_row);
        Ok(Target { message, mailbox: MailboxId::from_row(row.get(1)?), uid: told_uid_at(row, 2)?, twin })
    })?;
    operation.targets = rows.collect::<Result<_, _>>()?;
    Ok(operation)
}

fn operations(connection: &Connection, sql: &str, account: AccountId) -> Result<Vec<Operation>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let found: Vec<Operation> =
        statement.query_map([account.to_row()], operation_at)?.collect::<Result<_, _>>()?;
    found.into_iter().map(|operation| with_targets(connection, operation)).collect()
}

fn operation(connection: &Connection, id: OperationId) -> Result<Option<Operation>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM operation WHERE id = ?1");
    let found = connection.prepare_cached(&sql)?.query_row([id.to_row()], operation_at).optional()?;
    found.map(|operation| with_targets(connection, operation)).transpose()
}

/// What the row of a message says about the journal.
pub(super) const fn mark_from(open: i64) -> RowMark {
    match open {
        WAITS => RowMark::Pending,
        FAILED => RowMark::Failed,
        _ => RowMark::None,
    }
}

/// What the journal says about a message in any mailbox.
pub(super) fn mark_of(connection: &Connection, message: MessageId) -> Result<RowMark, StoreError> {
    let mut statement = connection.prepare_cached(MARK)?;
    Ok(statement.query_row([message.to_row()], |row| row.get(0).map(mark_from))?)
}

impl Write<'_> {
    /// The server did it.
    fn confirm_effect(&mut self, operation: &Operation) -> Result<(), StoreError> {
        match &operation.kind {
            OperationKind::Flag { flag, change } => self.confirm_flag(operation, flag, *change),
            OperationKind::CreateMailbox { mailbox } => self.confirm_mailbox(*mailbox),
            // Confirmed message by message: see `note_landed`, `note_expunged`, `note_collected`.
            OperationKind::Move { .. }
            | OperationKind::Copy { .. }
            | OperationKind::Expunge
            | OperationKind::Append { .. }
            | OperationKind::Collect { .. }
            | OperationKind::Deliver { .. }
            | OperationKind::Release { .. }
            // Shown as they are to be since they were asked for.
            | OperationKind::RenameMailbox { .. }
            | OperationKind::DeleteMailbox { .. }
            | OperationKind::Subscribe { .. }
            | OperationKind::MarkRead { .. }
            | OperationKind::MarkUnread { .. } => Ok(()),
        }
    }

    /// An operation is over without effect at the server: shows what counts without it.
    fn undo_effect(&mut self, operation: &Operation, now: UnixTime) -> Result<(), StoreError> {
        match &operation.kind {
            OperationKind::Flag { flag, .. } => self.undo_flag(operation, flag),
            OperationKind::Move { .. } | OperationKind::Copy { .. } | OperationKind::Expunge => {
                operation.targets.iter().try_for_each(|target| self.undo_carry(operation, target))
            }
            OperationKind::Append { to } => self.undo_append(operation, *to),
            OperationKind::Collect { .. } | OperationKind::Deliver { .. } | OperationKind::Release { .. } => {
                self.undo_cross(operation, now)
            }
            OperationKind::CreateMailbox { .. }
            | OperationKind::RenameMailbox { .. }
            | OperationKind::DeleteMailbox { .. }
            | OperationKind::Subscribe { .. } => self.undo_tree(operation, now),
            // Rows that are not here show nothing.
            OperationKind::MarkRead { .. } | OperationKind::MarkUnread { .. } => Ok(()),
        }
    }

    /// Does a failed operation once more, as far as the messages are still there.
    fn repeat(&mut self, operation: &Operation, now: UnixTime) -> Result<Option<OperationId>, StoreError> {
        match &operation.kind {
            OperationKind::Flag { flag, change } => {
                return self.repeat_flag(operation, flag, *change, now);
            }
            OperationKind::Append { .. } => return self.repeat_append(operation, now),
            OperationKind::CreateMailbox { .. }
            | OperationKind::RenameMailbox { .. }
            | OperationKind::DeleteMailbox { .. }
            | OperationKind::Subscribe { .. } => return self.repeat_tree(operation, now),
            OperationKind::MarkRead { .. } | OperationKind::MarkUnread { .. } => {
                return self
                    .add_operation(operation.account, &operation.kind, operation.action, now)
                    .map(Some);
            }
            OperationKind::Move { .. }
            | OperationKind::Copy { .. }
            | OperationKind::Expunge
            | OperationKind::Collect { .. }
            | OperationKind::Deliver { .. }
            | OperationKind::Release { .. } => {}
        }
        let mut by_mailbox: BTreeMap<MailboxId, Vec<MessageId>> = BTreeMap::new();
        for target in &operation.targets {
            by_mailbox.entry(target.mailbox).or_default().push(target.message);
        }
        let mut new = None;
        for (mailbox, messages) in by_mailbox {
            let from = Some(mailbox);
            let carried = match &operation.kind {
                OperationKind::Move { to } | OperationKind::Collect { to, moves: true } => {
                    self.add_move(operation.action, &messages, from, *to, now)?
                }
                OperationKind::Copy { to } | OperationKind::Collect { to, moves: false } => {
                    self.add_copy(operation.action, &messages, *to, now)?
                }
                OperationKind::Expunge | OperationKind::Release { .. } => {
                    self.add_expunge(operation.action, &messages, from, now)?
                }
                _ => continue,
            };
            new = new.or_else(|| carried.operations.first().copied());
        }
        Ok(new)
    }
}

impl Snapshot {
    /// Operations that wait or are being sent, in the order in which they are run.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn operations_pending(&self, account: AccountId) -> Result<Vec<Operation>, StoreError> {
        self.read(|connection| operations(connection, OPEN, account))
    }

    /// Operations that wait or are being sent, in their order, without their messages: what to do next is seen from
    /// these, and of thousands of messages only those of the next operation are read.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn operations_open(&self, account: AccountId) -> Result<Vec<Operation>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(OPEN)?;
            let rows = statement.query_map([account.to_row()], operation_at)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Whether an operation is about a message that an earlier one has not done with, or about a mailbox.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn operation_touches(&self, id: OperationId, mailboxes: &[MailboxId]) -> Result<bool, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(BEHIND)?;
            if statement.exists([id.to_row()])? {
                return Ok(true);
            }
            let mut statement = connection.prepare_cached(IN_MAILBOX)?;
            for mailbox in mailboxes {
                if statement.exists([id.to_row(), mailbox.to_row()])? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// Whether an earlier operation than this one is still to be done to messages in a mailbox: it must not be deleted
    /// before they have left it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn is_in_use(&self, mailbox: MailboxId, id: OperationId) -> Result<bool, StoreError> {
        self.read(|connection| {
            Ok(connection.prepare_cached(EARLIER_IN)?.exists([id.to_row(), mailbox.to_row()])?)
        })
    }

    /// Operations that failed and that the user has not seen to.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn operations_failed(&self, account: AccountId) -> Result<Vec<Operation>, StoreError> {
        self.read(|connection| operations(connection, OPEN_FAILED, account))
    }

    /// One operation.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn operation(&self, id: OperationId) -> Result<Option<Operation>, StoreError> {
        self.read(|connection| operation(connection, id))
    }
}

impl Write<'_> {
    /// Adds an operation without targets.
    fn add_operation(
        &mut self,
        account: AccountId,
        kind: &OperationKind,
        action: Option<ActionId>,
        now: UnixTime,
    ) -> Result<OperationId, StoreError> {
        let (kind, arguments) = arguments::to_row(kind)?;
        self.connection
            .prepare_cached(
                "INSERT INTO operation (account_id, kind, arguments, created_at, updated_at, action_id)
                 VALUES (?1, ?2, ?3, ?4, ?4, ?5)",
            )?
            .execute(params![account.to_row(), kind, arguments, now.0, action.map(ActionId::to_row)])?;
        Ok(OperationId::from_row(self.connection.last_insert_rowid()))
    }

    /// Operations that wait or are being sent, in the order in which they are run.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn operations_pending(&self, account: AccountId) -> Result<Vec<Operation>, StoreError> {
        operations(self.connection, OPEN, account)
    }

    fn set_state(
        &mut self,
        id: OperationId,
        from: &[OperationState],
        to: OperationState,
        now: UnixTime,
    ) -> Result<Option<Operation>, StoreError> {
        let found = operation(self.connection, id)?;
        let Some(mut operation) = found.filter(|operation| from.contains(&operation.state)) else {
            return Ok(None);
        };
        self.connection
            .prepare_cached("UPDATE operation SET state = ?2, updated_at = ?3 WHERE id = ?1")?
            .execute(params![id.to_row(), to.as_str(), now.0])?;
        self.journal_touched();
        for target in &operation.targets {
            self.changes.messages.push(target.message);
        }
        operation.state = to;
        Ok(Some(operation))
    }

    fn set_open(&self, id: OperationId, from: i64, to: i64) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE operation_target SET open = ?3 WHERE operation_id = ?1 AND open = ?2")?
            .execute([id.to_row(), from, to])?;
        Ok(())
    }

    /// Before the bytes of an operation go out; counts as an attempt. Gives the operation as it is to be sent:
    /// some messages may have been taken back. `None`: it is not to be sent (any more).
    ///
    /// # Errors
    /// The disk refuses.
    pub fn mark_inflight(&mut self, id: OperationId, now: UnixTime) -> Result<Option<Operation>, StoreError> {
        let open = [OperationState::Pending, OperationState::Inflight];
        let Some(mut operation) = self.set_state(id, &open, OperationState::Inflight, now)? else {
            return Ok(None);
        };
        operation.attempt = operation.attempt.saturating_add(1);
        self.connection
            .prepare_cached("UPDATE operation SET attempt = ?2 WHERE id = ?1")?
            .execute(params![id.to_row(), operation.attempt])?;
        if matches!(operation.kind, OperationKind::Append { .. } | OperationKind::Deliver { .. }) {
            // Those have no UID yet; the UIDVALIDITY is noted with the lowest UID that they can get.
            return Ok(Some(operation));
        }
        // Remembered for the case that the program ends before an answer comes.
        self.connection
            .prepare_cached(
                "UPDATE operation_target SET
                   uid = (SELECT p.uid FROM placement p
                     WHERE p.message_id = operation_target.message_id
                       AND p.mailbox_id = operation_target.mailbox_id AND p.uid <= 4294967295),
                   uid_validity = (SELECT m.uid_validity FROM mailbox m WHERE m.id = operation_target.mailbox_id)
                 WHERE operation_id = ?1 AND open = 1",
            )?
            .execute([id.to_row()])?;
        Ok(Some(operation))
    }

    /// The link broke before an answer came: the operation waits again.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn mark_pending(&mut self, id: OperationId, now: UnixTime) -> Result<(), StoreError> {
        self.set_state(id, &[OperationState::Inflight], OperationState::Pending, now)?;
        Ok(())
    }

    /// Keeps what the server said about an operation, for the history of its messages.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn note_answer(&mut self, id: OperationId, answer: &str) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE operation SET answer = ?2 WHERE id = ?1")?
            .execute(params![id.to_row(), super::message::capped(answer)])?;
        Ok(())
    }

    /// The server took it.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn mark_done(&mut self, id: OperationId, now: UnixTime) -> Result<(), StoreError> {
        let open = [OperationState::Pending, OperationState::Inflight];
        let Some(operation) = self.set_state(id, &open, OperationState::Done, now)? else { return Ok(()) };
        self.set_open(id, WAITS, CLOSED)?;
        self.confirm_effect(&operation)
    }

    /// The server refused for good: what it has is shown again, and the rows are marked.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn mark_failed(
        &mut self,
        id: OperationId,
        reason: &str,
        now: UnixTime,
    ) -> Result<Failure, StoreError> {
        let open = [OperationState::Pending, OperationState::Inflight];
        if let Some(operation) = operation(self.connection, id)?.filter(|one| open.contains(&one.state))
            && matches!(operation.kind, OperationKind::Collect { .. } | OperationKind::Deliver { .. })
        {
            // Told by the originals, whichever step it was.
            let all: Vec<_> = operation.targets.iter().map(|target| target.message).collect();
            return self.fail_targets(&operation, &all, reason, now);
        }
        let Some(operation) = self.set_state(id, &open, OperationState::Failed, now)? else {
            return Ok(Failure::default());
        };
        let messages = operation.targets.iter().map(|target| target.message).collect();
        let failure = Failure { operation: Some(id), messages };
        self.connection
            .prepare_cached("UPDATE operation SET error = ?2 WHERE id = ?1")?
            .execute(params![id.to_row(), reason])?;
        self.set_open(id, WAITS, FAILED)?;
        if matches!(operation.kind, OperationKind::Append { .. }) {
            // It is nowhere else: it stays in the list, marked, until the user tries again or gives it up.
            return Ok(failure);
        }
        self.undo_effect(&operation, now)?;
        self.spare(&operation, now)?;
        Ok(failure)
    }

    /// The user takes back what was not sent yet, or dismisses what failed. Says whether that was still possible.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn cancel_operation(&mut self, id: OperationId, now: UnixTime) -> Result<bool, StoreError> {
        if let Some(operation) =
            self.set_state(id, &[OperationState::Pending], OperationState::Cancelled, now)?
        {
            self.set_open(id, WAITS, CLOSED)?;
            self.undo_effect(&operation, now)?;
            self.spare(&operation, now)?;
            return Ok(true);
        }
        let failed = self.set_state(id, &[OperationState::Failed], OperationState::Cancelled, now)?;
        self.set_open(id, FAILED, CLOSED)?;
        if let Some(operation) = &failed
            && matches!(operation.kind, OperationKind::Append { .. })
        {
            self.undo_effect(operation, now)?;
        }
        Ok(failed.is_some())
    }

    /// Tries a failed operation again, as a new one at the end of the queue. Gives the new operation, none
    /// if the messages are gone or the server has it so by now.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn retry_operation(
        &mut self,
        id: OperationId,
        now: UnixTime,
    ) -> Result<Option<OperationId>, StoreError> {
        let failed = self.set_state(id, &[OperationState::Failed], OperationState::Cancelled, now)?;
        let Some(operation) = failed else { return Ok(None) };
        self.set_open(id, FAILED, CLOSED)?;
        self.repeat(&operation, now)
    }
}
