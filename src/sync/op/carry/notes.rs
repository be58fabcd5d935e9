//! What became of moves, copies and deletions: how it is found out, and how it is noted.

use super::Aim;
use crate::imap::Copied;
use crate::model::{MailboxId, MessageId, Uid};
use crate::store::{Failure, Landed, MailboxRow, Operation, OperationKind, Target};
use crate::sync::link::Link;
use crate::sync::shared::Shared;
use crate::sync::status::Problem;
use crate::sync::trouble::Trouble;
use crate::sync::visit;
use std::collections::{BTreeMap, BTreeSet};

/// A mailbox that messages leave, as it is now. An operation knows UIDs from when it was begun: where they mean
/// something else by now, because another connection found the mailbox rebuilt, it has to begin again.
pub(super) async fn current(
    shared: &Shared,
    mailbox: MailboxId,
    aims: &[Aim<'_>],
) -> Result<Option<MailboxRow>, Trouble> {
    let known: Vec<_> = aims.iter().map(|(_, target)| (target.message, target.uid)).collect();
    let (row, same) = shared
        .read(move |s| {
            // Both as of one moment.
            let row = s.mailbox(mailbox)?;
            for (message, uid) in known {
                if row.is_some() && s.uid_of(message, mailbox)? != uid {
                    return Ok((row, false));
                }
            }
            Ok((row, true))
        })
        .await?;
    if same { Ok(row) } else { Err(Trouble::Rebuilt) }
}

/// Where the server said that the messages are now.
pub(super) fn told(aims: &[Aim<'_>], to: &MailboxRow, copied: &[Copied]) -> BTreeMap<MessageId, Uid> {
    let mut by_uid = BTreeMap::new();
    // UIDs of a mailbox that was rebuilt meanwhile would be taken for those of other messages here.
    let known = to.state.uid_validity;
    let same = copied.iter().filter(|one| known.is_none_or(|known| known == one.uid_validity));
    for (before, after) in same.flat_map(|one| one.uids.iter()) {
        by_uid.insert(before, after);
    }
    let found = aims.iter().filter_map(|(_, t)| Some((t.message, *by_uid.get(&t.uid?)?)));
    found.collect()
}

pub(super) fn rest(aims: &[Aim<'_>], known: &BTreeMap<MessageId, Uid>) -> Vec<MessageId> {
    let messages = aims.iter().map(|(_, target)| target.message);
    messages.filter(|message| !known.contains_key(message)).collect()
}

/// Looks into a mailbox for messages that were to get there: the visit recognizes newcomers.
pub(super) async fn arrived(
    shared: &Shared,
    link: &mut Link,
    to: MailboxId,
    messages: Vec<MessageId>,
) -> Result<BTreeMap<MessageId, Uid>, Trouble> {
    visit::visit(shared, link, to, None).await?;
    shared
        .read(move |s| {
            let found = messages.into_iter().map(|m| Ok(s.uid_of(m, to)?.map(|uid| (m, uid))));
            found.filter_map(Result::transpose).collect()
        })
        .await
}

pub(super) async fn landed(
    shared: &Shared,
    aims: &[Aim<'_>],
    told: &BTreeMap<MessageId, Uid>,
    stays: bool,
) -> Result<(), Trouble> {
    let now = shared.config.clock.now();
    let landed: Vec<_> =
        aims.iter().map(|(_, t)| Landed { message: t.message, uid: told.get(&t.message).copied() }).collect();
    let operations = operations(aims);
    shared
        .write("landed", move |w| operations.iter().try_for_each(|o| w.note_landed(o, &landed, stays, now)))
        .await
}

pub(super) async fn expunged(shared: &Shared, aims: &[Aim<'_>], stays: bool) -> Result<(), Trouble> {
    let now = shared.config.clock.now();
    let messages: Vec<_> = aims.iter().map(|(_, target)| target.message).collect();
    let operations = operations(aims);
    shared
        .write("expunged", move |w| {
            operations.iter().try_for_each(|o| w.note_expunged(o, &messages, stays, now))
        })
        .await
}

pub(super) async fn lost(shared: &Shared, aims: &[Aim<'_>]) -> Result<(), Trouble> {
    if aims.is_empty() {
        return Ok(());
    }
    let now = shared.config.clock.now();
    let messages: Vec<_> = aims.iter().map(|(_, target)| target.message).collect();
    tracing::info!(count = messages.len(), "somebody else moved or deleted them first");
    let operations = operations(aims);
    let told: Vec<_> = operations.iter().map(failure).collect();
    shared.write("lost", move |w| operations.iter().try_for_each(|o| w.note_lost(o, &messages, now))).await?;
    for one in told {
        super::super::tell(shared, one, &Problem::MessageGone);
    }
    Ok(())
}

pub(super) fn failure(operation: &Operation) -> Failure {
    let messages = operation.targets.iter().map(|target| target.message).collect();
    Failure { operation: Some(operation.id), messages }
}

/// The operations of some messages, each once, with the UIDs as they are now. A message that leaves several mailboxes
/// at once is named with all of them.
pub(super) fn operations(aims: &[Aim<'_>]) -> Vec<Operation> {
    let mut seen = BTreeSet::new();
    let mut all: Vec<Operation> = Vec::new();
    for (operation, _) in aims {
        if !seen.insert(operation.id) {
            continue;
        }
        let own: BTreeMap<MessageId, Target> =
            aims.iter().filter(|(other, _)| other.id == operation.id).map(|(_, t)| (t.message, *t)).collect();
        let targets = if matches!(operation.kind, OperationKind::Move { .. }) {
            let of_these = operation.targets.iter().filter(|target| own.contains_key(&target.message));
            let now = |target: &Target| {
                own.get(&target.message)
                    .filter(|now| now.mailbox == target.mailbox)
                    .copied()
                    .unwrap_or(*target)
            };
            of_these.map(now).collect()
        } else {
            let same = aims.iter().filter(|(other, _)| other.id == operation.id);
            same.map(|(_, target)| *target).collect()
        };
        all.push(Operation { targets, ..(*operation).clone() });
    }
    all
}
