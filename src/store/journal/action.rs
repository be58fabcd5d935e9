//! Actions: what the user did in one go. Undone and done again as one, also after a restart.

use super::super::{Operation, OperationKind, OperationState, Snapshot, StoreError, Write};
use super::{COLUMNS, arguments};
use crate::model::{AccountId, ActionId, Flag, FlagChange, MailboxId, MessageId, OperationId, UnixTime};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::BTreeMap;

/// Closed operations forgotten in one transaction.
const PRUNED_AT_ONCE: i64 = 500;

const ACTION: &str = "id, deed, messages, to_mailbox, undoable, created_at";

/// What an operation of an action was about, whatever became of it.
pub(in super::super) const TARGETS_OF: &str =
    "SELECT message_id, mailbox_id, open FROM operation_target WHERE operation_id = ?1";

/// Forgets actions from before the oldest one of which an operation is left.
const PRUNED_ACTIONS: &str = "DELETE FROM action WHERE created_at < ?1
       AND id < coalesce((SELECT min(action_id) FROM operation WHERE action_id IS NOT NULL), 0)";

/// One thing that the user did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionRow {
    /// Its id.
    pub id: ActionId,
    /// What it was, in the caller's words.
    pub deed: String,
    /// To how many messages.
    pub messages: usize,
    /// Where they went.
    pub to: Option<MailboxId>,
    /// Whether it can be undone at all.
    pub undoable: bool,
    /// When.
    pub created: UnixTime,
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// The operation.
    pub id: OperationId,
    /// At whose server.
    pub account: AccountId,
    /// What is done.
    pub kind: OperationKind,
    /// How far it is.
    pub state: OperationState,
    /// How often it was sent.
    pub attempt: u32,
    /// When the user asked for it.
    pub created: UnixTime,
    /// When its state changed last.
    pub updated: UnixTime,
    /// What the server answered when it refused.
    pub error: Option<String>,
    /// What it answered when it was done.
    pub answer: Option<String>,
    /// Messages that it is about.
    pub messages: usize,
    /// Out of which mailbox, for moves and the like.
    pub mailbox: Option<MailboxId>,
}

fn action_at(row: &Row<'_>) -> rusqlite::Result<ActionRow> {
    Ok(ActionRow {
        id: ActionId::from_row(row.get(0)?),
        deed: row.get(1)?,
        messages: usize::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
        to: row.get::<_, Option<i64>>(3)?.map(MailboxId::from_row),
        undoable: row.get(4)?,
        created: UnixTime(row.get(5)?),
    })
}

fn one(connection: &Connection, sql: &str, value: i64) -> Result<Option<ActionRow>, StoreError> {
    Ok(connection.prepare_cached(sql)?.query_row([value], action_at).optional()?)
}

/// The action that the next undo is about, or (`undone`) the next redo: what was undone last is the oldest of them.
fn newest(connection: &Connection, undone: bool) -> Result<Option<ActionRow>, StoreError> {
    let sql = if undone {
        format!("SELECT {ACTION} FROM action WHERE undone = ?1 AND undoable = 1 ORDER BY id LIMIT 1")
    } else {
        format!("SELECT {ACTION} FROM action WHERE undone = ?1 AND undoable = 1 ORDER BY id DESC LIMIT 1")
    };
    one(connection, &sql, i64::from(undone))
}

/// Columns of a line of the journal.
pub(super) const LINE: &str =
    "o.id, o.account_id, o.kind, o.arguments, o.state, o.attempt, o.created_at, o.updated_at,
       o.error, (SELECT count(DISTINCT t.message_id) FROM operation_target t WHERE t.operation_id = o.id),
       (SELECT t.mailbox_id FROM operation_target t WHERE t.operation_id = o.id LIMIT 1), o.answer";

/// `None`: another version wrote it.
pub(super) fn activity_at(row: &Row<'_>) -> rusqlite::Result<Option<Activity>> {
    let (kind, arguments): (String, String) = (row.get(2)?, row.get(3)?);
    let state: String = row.get(4)?;
    let (Some(kind), Some(state)) =
        (arguments::from_row(&kind, &arguments), OperationState::from_row(&state))
    else {
        return Ok(None);
    };
    Ok(Some(Activity {
        id: OperationId::from_row(row.get(0)?),
        account: AccountId::from_row(row.get(1)?),
        kind,
        state,
        attempt: row.get(5)?,
        created: UnixTime(row.get(6)?),
        updated: UnixTime(row.get(7)?),
        error: row.get(8)?,
        messages: usize::try_from(row.get::<_, i64>(9)?).unwrap_or(0),
        mailbox: row.get::<_, Option<i64>>(10)?.map(MailboxId::from_row),
        answer: row.get(11)?,
    }))
}

impl Snapshot {
    /// The newest action that can be undone.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn undoable(&self) -> Result<Option<ActionRow>, StoreError> {
        self.read(|connection| newest(connection, false))
    }

    /// The newest operations, whatever became of them, newest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn activity(&self, limit: u32) -> Result<Vec<Activity>, StoreError> {
        self.read(|connection| {
            let sql = format!("SELECT {LINE} FROM operation o WHERE o.id > 0 ORDER BY o.id DESC LIMIT ?1");
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map([limit], activity_at)?;
            Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
        })
    }

    /// What was done to a message, oldest first, as far as it is remembered.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn history(&self, message: MessageId) -> Result<Vec<Activity>, StoreError> {
        self.read(|connection| {
            let sql = format!(
                "SELECT {LINE} FROM operation o
                 WHERE o.id IN (SELECT operation_id FROM operation_target WHERE message_id = ?1)"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map([message.to_row()], activity_at)?;
            let mut found: Vec<Activity> = rows.filter_map(Result::transpose).collect::<Result<_, _>>()?;
            found.sort_by_key(|one| one.id);
            Ok(found)
        })
    }
}

impl Write<'_> {
    /// Notes that the user does something; its operations name it. Forgets what was undone: it cannot be done
    /// once more after something else.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn begin_action(
        &mut self,
        deed: &str,
        to: Option<MailboxId>,
        undoable: bool,
        now: UnixTime,
    ) -> Result<ActionId, StoreError> {
        self.connection
            .prepare_cached("UPDATE action SET undoable = 0 WHERE undone = 1 AND undoable = 1")?
            .execute([])?;
        self.connection
            .prepare_cached(
                "INSERT INTO action (deed, messages, to_mailbox, undoable, created_at) VALUES (?1, 0, ?2, ?3, ?4)",
            )?
            .execute(params![deed, to.map(MailboxId::to_row), undoable, now.0])?;
        Ok(ActionId::from_row(self.connection.last_insert_rowid()))
    }

    /// Notes to how many messages it was done; to none means that there was nothing to do.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn end_action(&mut self, action: ActionId, messages: usize) -> Result<(), StoreError> {
        let sql = if messages == 0 {
            "DELETE FROM action WHERE id = ?1 AND ?2 = 0"
        } else {
            "UPDATE action SET messages = ?2 WHERE id = ?1"
        };
        let messages = i64::try_from(messages).unwrap_or(i64::MAX);
        self.connection.prepare_cached(sql)?.execute([action.to_row(), messages])?;
        Ok(())
    }

    /// Sets or takes away a flag as part of an action; gives the number of messages with operations or effects.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn add_flag_action(
        &mut self,
        action: ActionId,
        messages: &[MessageId],
        flag: &Flag,
        change: FlagChange,
        now: UnixTime,
    ) -> Result<Vec<OperationId>, StoreError> {
        self.flag_as(Some(action), messages, flag, change, now)
    }

    /// Undoes an action, or the newest one that can be: what was not sent is taken back, what was gets an opposite
    /// operation. `None`: there is nothing to undo. A message that was put into a mailbox and is taken back cannot be put
    /// there once more.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn undo(&mut self, action: Option<ActionId>, now: UnixTime) -> Result<Option<ActionRow>, StoreError> {
        let found = match action {
            Some(id) => {
                let sql =
                    format!("SELECT {ACTION} FROM action WHERE id = ?1 AND undone = 0 AND undoable = 1");
                one(self.connection, &sql, id.to_row())?
            }
            None => newest(self.connection, false)?,
        };
        let Some(row) = found else { return Ok(None) };
        let operations = self.operations_of(row.id)?;
        for (operation, targets) in operations.iter().rev() {
            self.undo_operation(operation, targets, now)?;
        }
        self.set_undone(row.id, true)?;
        if operations.iter().any(|(operation, _)| matches!(operation.kind, OperationKind::Append { .. })) {
            // Its bytes may be nowhere any more.
            self.connection
                .prepare_cached("UPDATE action SET undoable = 0 WHERE id = ?1")?
                .execute([row.id.to_row()])?;
        }
        Ok(Some(row))
    }

    /// Does once more what was undone last. `None`: nothing was, or something else was done since.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn redo(&mut self, now: UnixTime) -> Result<Option<ActionRow>, StoreError> {
        let Some(row) = newest(self.connection, true)? else { return Ok(None) };
        for (operation, targets) in self.operations_of(row.id)? {
            let by_mailbox = grouped(&targets, |_| true);
            for (mailbox, messages) in by_mailbox {
                match &operation.kind {
                    OperationKind::Flag { flag, change } => {
                        self.flag_as(Some(row.id), &messages, flag, *change, now)?;
                    }
                    OperationKind::Move { to } => {
                        self.add_move(Some(row.id), &messages, Some(mailbox), *to, now)?;
                    }
                    OperationKind::Copy { to } => {
                        self.add_copy(Some(row.id), &messages, *to, now)?;
                    }
                    OperationKind::Collect { to, moves } => {
                        let alive: Vec<MessageId> = messages
                            .iter()
                            .map(|message| self.lives_on(*message, mailbox))
                            .collect::<Result<_, _>>()?;
                        if *moves {
                            self.add_move(Some(row.id), &alive, Some(mailbox), *to, now)?;
                        } else {
                            self.add_copy(Some(row.id), &alive, *to, now)?;
                        }
                    }
                    _ => {}
                }
            }
            if targets.is_empty() {
                self.redo_tree(&operation, row.id, now)?;
            }
        }
        self.set_undone(row.id, false)?;
        Ok(Some(row))
    }

    fn set_undone(&mut self, action: ActionId, undone: bool) -> Result<(), StoreError> {
        self.journal_touched();
        self.connection
            .prepare_cached("UPDATE action SET undone = ?2 WHERE id = ?1")?
            .execute(params![action.to_row(), undone])?;
        Ok(())
    }

    fn operations_of(&self, action: ActionId) -> Result<Vec<(Operation, Vec<Aim>)>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM operation WHERE action_id = ?1 ORDER BY id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let found: Vec<Operation> =
            statement.query_map([action.to_row()], super::operation_at)?.collect::<Result<_, _>>()?;
        let mut all = Vec::with_capacity(found.len());
        for operation in found {
            let mut statement = self.connection.prepare_cached(TARGETS_OF)?;
            let rows = statement.query_map([operation.id.to_row()], |row| {
                let (message, mailbox) = (MessageId::from_row(row.get(0)?), MailboxId::from_row(row.get(1)?));
                Ok(Aim { message, mailbox, open: row.get::<_, i64>(2)? == super::WAITS })
            })?;
            let aims = rows.collect::<Result<_, _>>()?;
            all.push((operation, aims));
        }
        Ok(all)
    }

    fn undo_operation(
        &mut self,
        operation: &Operation,
        aims: &[Aim],
        now: UnixTime,
    ) -> Result<(), StoreError> {
        // Collecting changes nothing at the server, so it can be taken back although it was begun.
        let harmless = matches!(operation.kind, OperationKind::Collect { .. });
        let unsent = operation.state == OperationState::Pending && (operation.attempt == 0 || harmless);
        if matches!(operation.state, OperationState::Failed | OperationState::Cancelled) {
            return Ok(());
        }
        if unsent {
            self.cancel_operation(operation.id, now)?;
        }
        if targets_nothing(&operation.kind) {
            if !unsent {
                self.reverse_tree(operation, now)?;
                self.unmark(&operation.kind, now)?;
            }
            return Ok(());
        }
        // What was sent, or may have been, is answered by its opposite.
        let (mut labels, mut plain) = (Vec::new(), Vec::new());
        for aim in aims.iter().filter(|aim| !(unsent && aim.open)) {
            // What came from elsewhere is deleted or sent back as at any server.
            let carried = matches!(operation.kind, OperationKind::Move { .. } | OperationKind::Copy { .. });
            let at = if carried && self.is_gmail(aim.message)? { &mut labels } else { &mut plain };
            at.push(*aim);
        }
        self.undo_labels(operation, &labels, now)?;
        for (mailbox, messages) in grouped(&plain, |_| true) {
            match &operation.kind {
                OperationKind::Flag { flag, change } => {
                    let opposite = match change {
                        FlagChange::Add => FlagChange::Remove,
                        FlagChange::Remove => FlagChange::Add,
                    };
                    self.flag_as(None, &messages, flag, opposite, now)?;
                }
                OperationKind::Move { to } => {
                    self.add_move(None, &messages, Some(*to), mailbox, now)?;
                }
                OperationKind::Copy { to } => {
                    self.add_expunge(None, &messages, Some(*to), now)?;
                }
                OperationKind::Append { to } => {
                    self.add_expunge(None, &messages, Some(*to), now)?;
                }
                OperationKind::Deliver { to } => self.undo_delivery(operation, &messages, *to, now)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Copies that were delivered to another account go: back to where their originals were if those are gone.
    fn undo_delivery(
        &mut self,
        deliver: &Operation,
        copies: &[MessageId],
        to: MailboxId,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let released = match self.chain(deliver.id)?.first() {
            // Taken back a moment ago (steps are undone from the last to the first), or never sent.
            Some((_, OperationState::Cancelled)) | None => false,
            Some(_) => true,
        };
        if !released {
            self.add_expunge(None, copies, Some(to), now)?;
            return Ok(());
        }
        for copy in copies {
            let original: Option<i64> = self
                .connection
                .prepare_cached(
                    "SELECT twin FROM operation_target WHERE operation_id = ?1 AND message_id = ?2",
                )?
                .query_row([deliver.id.to_row(), copy.to_row()], |row| row.get(0))
                .optional()?
                .flatten();
            let Some(original) = original.map(MessageId::from_row) else { continue };
            if let Some(source) = self.source_of(deliver, original)? {
                self.add_move(None, &[*copy], Some(to), source, now)?;
            }
        }
        Ok(())
    }

    /// Does once more what was undone of the mailboxes.
    fn redo_tree(
        &mut self,
        operation: &Operation,
        action: ActionId,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        match &operation.kind {
            OperationKind::RenameMailbox { mailbox, to, .. } => {
                self.add_rename_mailbox(Some(action), *mailbox, to, now)
            }
            OperationKind::Subscribe { mailbox, on } => {
                self.add_subscribe(Some(action), *mailbox, *on, now).map(drop)
            }
            OperationKind::CreateMailbox { .. } => self.repeat_tree(operation, now).map(drop),
            OperationKind::MarkRead { mailbox, .. } => {
                self.add_mark_read(Some(action), *mailbox, now).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// Forgets operations that were over before that time. Works in portions: call it again while it gives more
    /// than 0.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn prune_journal(&mut self, before: UnixTime) -> Result<usize, StoreError> {
        let forgotten = self
            .connection
            .prepare_cached(
                "DELETE FROM operation WHERE id IN (SELECT id FROM operation
                   WHERE state IN ('done', 'cancelled') AND updated_at < ?1
                     AND NOT EXISTS (SELECT 1 FROM operation n WHERE n.after_id = operation.id
                       AND n.after_id IS NOT NULL AND n.state IN ('pending', 'inflight'))
                   ORDER BY updated_at LIMIT ?2)",
            )?
            .execute([before.0, PRUNED_AT_ONCE])?;
        // Without its operations an action cannot be undone any more, and nobody asks for it.
        self.connection.prepare_cached(PRUNED_ACTIONS)?.execute([before.0])?;
        Ok(forgotten)
    }
}

/// Whether an operation is about no messages by itself.
const fn targets_nothing(kind: &OperationKind) -> bool {
    matches!(
        kind,
        OperationKind::CreateMailbox { .. }
            | OperationKind::RenameMailbox { .. }
            | OperationKind::DeleteMailbox { .. }
            | OperationKind::Subscribe { .. }
            | OperationKind::MarkRead { .. }
            | OperationKind::MarkUnread { .. }
    )
}

/// One message of an operation, whatever became of it.
#[derive(Clone, Copy)]
pub(super) struct Aim {
    pub(super) message: MessageId,
    pub(super) mailbox: MailboxId,
    open: bool,
}

pub(super) fn grouped(aims: &[Aim], wanted: impl Fn(&Aim) -> bool) -> BTreeMap<MailboxId, Vec<MessageId>> {
    let mut by_mailbox: BTreeMap<MailboxId, Vec<MessageId>> = BTreeMap::new();
    for aim in aims.iter().filter(|aim| wanted(aim)) {
        by_mailbox.entry(aim.mailbox).or_default().push(aim.message);
    }
    by_mailbox
}
