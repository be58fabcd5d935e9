//! Some messages of an operation failed for good: they become a failed operation of their own, with its reason, and
//! the others go on.

use super::super::{Operation, OperationKind, StoreError, Target, Write};
use super::{FAILED, WAITS};
use crate::model::{MessageId, OperationId, UnixTime};
use rusqlite::params;
use std::collections::BTreeSet;

/// What the user is told about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// The operation to try again or to dismiss.
    pub operation: Option<OperationId>,
    /// The messages that it is about.
    pub messages: Vec<MessageId>,
}

impl Write<'_> {
    /// Ends an operation for some of its messages: what the server has is shown again, and the rows are marked.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn fail_targets(
        &mut self,
        operation: &Operation,
        messages: &[MessageId],
        reason: &str,
        now: UnixTime,
    ) -> Result<Failure, StoreError> {
        let wanted: BTreeSet<MessageId> = messages.iter().copied().collect();
        let targets: Vec<Target> =
            operation.targets.iter().filter(|target| wanted.contains(&target.message)).copied().collect();
        if targets.is_empty() {
            return Ok(Failure::default());
        }
        self.journal_touched();
        let failed = match &operation.kind {
            OperationKind::Deliver { to } => self.fail_delivery(operation, &targets, *to, now)?,
            _ => self.part_off(operation, operation.id, &operation.kind.clone(), &targets, now)?,
        };
        self.connection
            .prepare_cached("UPDATE operation SET state = 'failed', error = ?2 WHERE id = ?1")?
            .execute(params![failed.id.to_row(), reason])?;
        match &failed.kind {
            // It is nowhere else: it stays in the list, marked.
            OperationKind::Append { .. } => {}
            OperationKind::Collect { .. } => {
                for target in &failed.targets {
                    self.drop_later(operation, target)?;
                    self.unpair(&failed, target)?;
                }
            }
            OperationKind::Release { .. } => {
                for target in &failed.targets {
                    self.put_back(target.message, target.mailbox, None)?;
                }
            }
            _ => self.undo_effect(&failed, now)?,
        }
        self.spare(&failed, now)?;
        for target in &failed.targets {
            self.changes.messages.push(target.message);
        }
        self.finish_if_closed(operation.id, now)?;
        let messages = failed.targets.iter().map(|target| target.message).collect();
        Ok(Failure { operation: Some(failed.id), messages })
    }

    /// Takes messages out of an operation into one of their own.
    fn part_off(
        &mut self,
        operation: &Operation,
        from: OperationId,
        kind: &OperationKind,
        targets: &[Target],
        now: UnixTime,
    ) -> Result<Operation, StoreError> {
        let account = self
            .connection
            .prepare_cached("SELECT account_id FROM operation WHERE id = ?1")?
            .query_row([from.to_row()], |row| row.get(0).map(crate::model::AccountId::from_row))?;
        let id = self.add_operation(account, kind, operation.action, now)?;
        for target in targets {
            self.connection
                .prepare_cached(
                    "UPDATE operation_target SET operation_id = ?2, open = ?5
                     WHERE operation_id = ?1 AND message_id = ?3 AND mailbox_id = ?4",
                )?
                .execute(params![
                    from.to_row(),
                    id.to_row(),
                    target.message.to_row(),
                    target.mailbox.to_row(),
                    FAILED
                ])?;
        }
        Ok(Operation { id, account, kind: kind.clone(), targets: targets.to_vec(), ..operation.clone() })
    }

    /// A delivery failed: what the user sees is the original, so its first step is what failed.
    fn fail_delivery(
        &mut self,
        deliver: &Operation,
        targets: &[Target],
        to: crate::model::MailboxId,
        now: UnixTime,
    ) -> Result<Operation, StoreError> {
        let moves = !self.chain(deliver.id)?.is_empty();
        let mut originals = Vec::new();
        for target in targets {
            let Some(original) = target.twin else { continue };
            if let Some(mailbox) = self.source_of(deliver, original)? {
                let uid = None;
                originals.push(Target { message: original, mailbox, uid, twin: Some(target.message) });
            }
            self.connection
                .prepare_cached(
                    "UPDATE operation_target SET open = 0
                     WHERE operation_id = ?1 AND message_id = ?2 AND open = ?3",
                )?
                .execute([deliver.id.to_row(), target.message.to_row(), WAITS])?;
        }
        let collect = deliver.after.unwrap_or(deliver.id);
        self.part_off(deliver, collect, &OperationKind::Collect { to, moves }, &originals, now)
    }

    /// Takes a message out of the steps that come after the one that failed.
    fn drop_later(&mut self, operation: &Operation, target: &Target) -> Result<(), StoreError> {
        for (id, _) in self.chain(operation.id)? {
            for message in [Some(target.message), target.twin].into_iter().flatten() {
                self.connection
                    .prepare_cached(
                        "DELETE FROM operation_target WHERE operation_id = ?1 AND message_id = ?2 AND open = 1",
                    )?
                    .execute([id.to_row(), message.to_row()])?;
            }
        }
        Ok(())
    }
}
