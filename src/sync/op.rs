//! Runs what the journal holds, in the order in which the user wanted it. One file per kind of operation.
//!
//! Invariant: an operation is marked as being sent before its bytes go out, and as done only after the
//! server's OK. What was being sent when something broke is found in the journal and looked at again.

mod carry;
mod flag;
mod label;

use super::event::Event;
use super::shared::Shared;
use super::status::Problem;
use super::trouble::Trouble;
use crate::model::OperationId;
use crate::store::{Operation, OperationKind};

/// So often in a row an operation is begun again because its mailbox was rebuilt meanwhile.
const MAX_REBUILT: usize = 5;

/// Sends everything that waits.
pub(super) async fn run_pending(shared: &Shared) -> Result<(), Trouble> {
    let mut rebuilt = 0;
    loop {
        let account = shared.account;
        let waiting = shared.read(move |s| s.operations_pending(account)).await?;
        let group = next_group(&waiting);
        if group.is_empty() {
            return Ok(());
        }
        match run(shared, group).await {
            Err(Trouble::Rebuilt) if rebuilt < MAX_REBUILT => rebuilt += 1,
            other => {
                other?;
                rebuilt = 0;
            }
        }
    }
}

/// The first operation and those right behind it that want the same: they become one command.
fn next_group(waiting: &[Operation]) -> Vec<OperationId> {
    let kind = waiting.first().map(|operation| &operation.kind);
    let same = waiting.iter().take_while(|operation| Some(&operation.kind) == kind);
    same.map(|operation| operation.id).collect()
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
    let result = match group.first().map(|operation| &operation.kind) {
        Some(OperationKind::Flag { flag, change }) => flag::run(shared, &group, flag, *change).await,
        Some(OperationKind::Move { .. } | OperationKind::Copy { .. } | OperationKind::Expunge) => {
            match label::run(shared, &group).await {
                Ok(rest) => carry::run(shared, &rest).await,
                Err(trouble) => Err(trouble),
            }
        }
        None => Ok(()),
    };
    match result {
        Ok(()) => finish(shared, ids).await,
        // One refusal for many: each has its own chance.
        Err(Trouble::Refused(_)) if group.len() > 1 => {
            pend(shared, ids.clone()).await?;
            for id in ids {
                Box::pin(run(shared, vec![id])).await?;
            }
            Ok(())
        }
        Err(Trouble::Refused(problem)) if passes(&problem, &group) => {
            pend(shared, ids).await?;
            // The same as a lost link: later.
            Err(Trouble::Link { problem, age: std::time::Duration::ZERO })
        }
        Err(Trouble::Refused(problem)) => refuse(shared, &group, problem).await,
        Err(trouble) => {
            pend(shared, ids).await?;
            Err(trouble)
        }
    }
}

/// Tries of an operation whose trouble may pass by itself, but says nothing about the operation.
const MAX_TRIES: u32 = 10;

/// Whether the server only means "not now", or the trouble was not about the operation at all: looking into its
/// mailbox gave nonsense, or a second connection was not to be had.
#[expect(clippy::wildcard_enum_match_arm, reason = "all others are answers to the operation")]
fn passes(problem: &Problem, group: &[Operation]) -> bool {
    match problem {
        Problem::Busy { .. } => true,
        Problem::Link { .. } | Problem::Protocol { .. } => {
            group.iter().all(|operation| operation.attempt < MAX_TRIES)
        }
        _ => false,
    }
}

async fn finish(shared: &Shared, ids: Vec<OperationId>) -> Result<(), Trouble> {
    let now = shared.config.clock.now();
    shared.write("operation done", move |w| ids.iter().try_for_each(|id| w.mark_done(*id, now))).await
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
        shared.write("operation refused", move |w| w.mark_failed(id, &reason, now)).await?;
        let messages = operation.targets.iter().map(|target| target.message).collect();
        let account = shared.account;
        let problem = problem.clone();
        shared.tell(Event::OperationFailed { operation: id, account, messages, problem });
    }
    Ok(())
}

/// The server's words, for the journal.
fn words(problem: &Problem) -> String {
    if let Problem::Refused { text, .. } | Problem::Denied { text } | Problem::OverQuota { text } = problem {
        return text.clone();
    }
    format!("{problem:?}")
}
