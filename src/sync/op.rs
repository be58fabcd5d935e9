//! Runs what the journal holds, in the order in which the user wanted it. One file per kind of operation.
//!
//! Invariant: an operation is marked as being sent before its bytes go out, and as done only after the
//! server's OK. What was being sent when something broke is found in the journal and looked at again.
//! Invariant: an operation that waits (for another account, or for a better moment) holds up only those that are
//! about the same messages or the same mailbox.

#![expect(clippy::wildcard_enum_match_arm, reason = "each file knows its own kinds of operations")]

mod append;
mod carry;
pub(super) mod collect;
mod flag;
mod label;
mod patience;
mod read;
mod tree;

pub(super) use patience::Deferred;

use super::event::Event;
use super::shared::Shared;
use super::status::{Problem, Wait};
use super::trouble::{self, Trouble};
use crate::clock::Moment;
use crate::model::{MailboxId, MessageId, OperationId};
use crate::store::{Failure, JournalLock, Operation, OperationKind, Standing};
use std::time::Duration;

/// So often in a row an operation is begun again because its mailbox was rebuilt meanwhile.
const MAX_REBUILT: usize = 5;

/// An operation during which the link broke so often is given up: it may be what breaks it.
const MAX_BREAKS: u32 = 30;

/// How long another process is waited for that carries out the same journal.
const LOCK_LIMIT: Duration = Duration::from_secs(20);
/// How often it is looked whether that one is done.
const LOCK_STEP: Duration = Duration::from_millis(50);

/// What is left once all that can be sent was sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Rest {
    /// When something that the server refused for now is to be tried again.
    pub(super) due: Option<Moment>,
    /// Why it was refused.
    pub(super) problem: Option<Problem>,
    /// Whether something was sent.
    pub(super) worked: bool,
}

/// What comes next.
enum Next {
    Run(Vec<OperationId>),
    /// It must never be sent: what it waited for did not come about.
    Drop(OperationId),
    Nothing,
}

/// Sends everything that can be sent.
pub(super) async fn run_pending(shared: &Shared) -> Result<Rest, Trouble> {
    let Some(_lock) = lock(shared).await? else {
        let due = Some(shared.config.clock.moment() + LOCK_LIMIT);
        return Ok(Rest {
            due,
            problem: Some(Problem::Busy { why: Wait::Here, text: String::new() }),
            worked: false,
        });
    };
    let mut worked = false;
    let mut rebuilt = 0;
    loop {
        let account = shared.account;
        let open = shared.read(move |s| s.operations_open(account)).await?;
        shared.deferred.keep_only(&open);
        match next(shared, &open).await? {
            Next::Run(ids) => match run(shared, ids).await {
                Err(Trouble::Rebuilt) if rebuilt < MAX_REBUILT => rebuilt += 1,
                other => {
                    other?;
                    rebuilt = 0;
                }
            },
            Next::Drop(id) => {
                let now = shared.config.clock.now();
                shared
                    .write("operation without ground", move |w| {
                        w.mark_pending(id, now)?;
                        w.cancel_operation(id, now)
                    })
                    .await?;
            }
            Next::Nothing => {
                let (due, problem) = shared.deferred.first().unzip();
                return Ok(Rest { due, problem, worked });
            }
        }
        worked = true;
    }
}

async fn lock(shared: &Shared) -> Result<Option<JournalLock>, Trouble> {
    let clock = &shared.config.clock;
    let end = clock.moment() + LOCK_LIMIT;
    loop {
        if let Some(lock) = shared.config.store.lock_journal(shared.account)? {
            return Ok(Some(lock));
        }
        if clock.moment() >= end {
            return Ok(None);
        }
        clock.sleep(LOCK_STEP).await;
    }
}

/// The first operation that can be sent and those right behind it that want the same: they become one command.
async fn next(shared: &Shared, open: &[Operation]) -> Result<Next, Trouble> {
    let mut group: Vec<OperationId> = Vec::new();
    let mut kind: Option<&OperationKind> = None;
    let mut held: Vec<MailboxId> = Vec::new();
    let mut skipped = false;
    for operation in open {
        if kind.is_some_and(|kind| *kind != operation.kind || !groups(kind)) {
            break;
        }
        match operation.standing {
            Standing::Dead if kind.is_none() => return Ok(Next::Drop(operation.id)),
            Standing::Free if !shared.deferred.holds(operation.id) => {
                if !skipped || !is_behind(shared, operation, &held).await? {
                    kind = Some(&operation.kind);
                    group.push(operation.id);
                    continue;
                }
            }
            Standing::Free | Standing::Waits | Standing::Dead => {}
        }
        skipped = true;
        held.extend(operation.kind.changes_mailbox());
    }
    Ok(if group.is_empty() { Next::Nothing } else { Next::Run(group) })
}

/// Whether an earlier operation that waits is about the same.
async fn is_behind(shared: &Shared, operation: &Operation, held: &[MailboxId]) -> Result<bool, Trouble> {
    if operation.kind.mailbox().is_some_and(|mailbox| held.contains(&mailbox)) {
        return Ok(true);
    }
    if let OperationKind::DeleteMailbox { mailbox, .. } = operation.kind {
        let id = operation.id;
        if shared.read(move |s| s.is_in_use(mailbox, id)).await? {
            return Ok(true);
        }
    }
    let (id, held) = (operation.id, held.to_vec());
    shared.read(move |s| s.operation_touches(id, &held)).await
}

/// Whether several operations of a kind make one command.
const fn groups(kind: &OperationKind) -> bool {
    matches!(
        kind,
        OperationKind::Flag { .. }
            | OperationKind::Move { .. }
            | OperationKind::Copy { .. }
            | OperationKind::Expunge
            | OperationKind::Release { .. }
    )
}

async fn run(shared: &Shared, ids: Vec<OperationId>) -> Result<(), Trouble> {
    let now = shared.config.clock.now();
    let marked = ids.clone();
    // What comes back is what is still wanted: the user may have taken it back a moment ago.
    let group: Vec<Operation> = shared
        .write("operation inflight", move |w| {
            marked.iter().filter_map(|id| w.mark_inflight(*id, now).transpose()).collect()
        })
        .await?;
    let result = perform(shared, &group).await;
    match result {
        Ok(answer) => finish(shared, ids, answer).await,
        // One refusal for many: each has its own chance.
        Err(Trouble::Refused(_)) if group.len() > 1 => {
            pend(shared, ids.clone()).await?;
            for id in ids {
                Box::pin(run(shared, vec![id])).await?;
            }
            Ok(())
        }
        Err(Trouble::Refused(problem))
            if passes(&problem) && shared.deferred.defer(shared, &ids, &problem) =>
        {
            if trouble::pause(&problem).is_some() {
                shared.slow_down();
            }
            pend(shared, ids).await
        }
        Err(Trouble::Refused(problem)) => refuse(shared, &group, problem).await,
        Err(Trouble::Link { problem, .. })
            if group.len() == 1 && group.iter().any(|operation| operation.attempt >= MAX_BREAKS) =>
        {
            refuse(shared, &group, problem).await
        }
        Err(trouble) => {
            pend(shared, ids).await?;
            Err(trouble)
        }
    }
}

/// Does what the operations are about; gives what the server said.
async fn perform(shared: &Shared, group: &[Operation]) -> Result<String, Trouble> {
    let Some(first) = group.first() else { return Ok(String::new()) };
    match &first.kind {
        OperationKind::Flag { flag, change } => flag::run(shared, group, flag, *change).await,
        OperationKind::Move { .. } | OperationKind::Copy { .. } | OperationKind::Expunge => {
            let rest = label::run(shared, group).await?;
            carry::run(shared, &rest).await
        }
        OperationKind::Release { .. } => carry::run(shared, group).await,
        OperationKind::Append { to } | OperationKind::Deliver { to } => append::run(shared, first, *to).await,
        OperationKind::Collect { .. } => collect::run(shared, first).await,
        OperationKind::CreateMailbox { .. }
        | OperationKind::RenameMailbox { .. }
        | OperationKind::DeleteMailbox { .. }
        | OperationKind::Subscribe { .. } => tree::run(shared, first).await,
        OperationKind::MarkRead { .. } | OperationKind::MarkUnread { .. } => read::run(shared, first).await,
    }
}

/// Whether the server only means "not now", or the trouble was not about the operation at all: looking into its
/// mailbox gave nonsense, or a second connection was not to be had. See [`Deferred`] for how often it is tried.
fn passes(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::Busy { .. } | Problem::Link { .. } | Problem::Farewell { .. } | Problem::Protocol { .. }
    )
}

async fn finish(shared: &Shared, ids: Vec<OperationId>, answer: String) -> Result<(), Trouble> {
    let now = shared.config.clock.now();
    shared
        .write("operation done", move |w| {
            ids.iter().try_for_each(|id| {
                if !answer.is_empty() {
                    w.note_answer(*id, &answer)?;
                }
                w.mark_done(*id, now)
            })
        })
        .await
}

async fn pend(shared: &Shared, ids: Vec<OperationId>) -> Result<(), Trouble> {
    let now = shared.config.clock.now();
    shared.write("operation waits", move |w| ids.iter().try_for_each(|id| w.mark_pending(*id, now))).await
}

/// Takes the local effect back and tells the user why.
async fn refuse(shared: &Shared, group: &[Operation], problem: Problem) -> Result<(), Trouble> {
    let now = shared.config.clock.now();
    for operation in group {
        let (id, reason) = (operation.id, words(&problem));
        let failure = shared.write("operation refused", move |w| w.mark_failed(id, &reason, now)).await?;
        tell(shared, failure, &problem);
    }
    Ok(())
}

/// Ends an operation for some of its messages; the others go on.
async fn refuse_some(
    shared: &Shared,
    operation: &Operation,
    messages: Vec<MessageId>,
    problem: Problem,
) -> Result<(), Trouble> {
    let now = shared.config.clock.now();
    let (operation, reason) = (operation.clone(), words(&problem));
    let failure = shared
        .write("messages refused", move |w| w.fail_targets(&operation, &messages, &reason, now))
        .await?;
    tell(shared, failure, &problem);
    Ok(())
}

fn tell(shared: &Shared, failure: Failure, problem: &Problem) {
    let Failure { operation: Some(operation), messages } = failure else { return };
    let (account, problem) = (shared.account, problem.clone());
    shared.tell(Event::OperationFailed { operation, account, messages, problem });
}

/// The server's words, for the journal.
fn words(problem: &Problem) -> String {
    if let Problem::Refused { text, .. }
    | Problem::Denied { text }
    | Problem::NotDone { text }
    | Problem::OverQuota { text } = problem
    {
        return text.clone();
    }
    format!("{problem:?}")
}
