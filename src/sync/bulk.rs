//! The long work of an account: the tree, the newest of each mailbox, the way back, snippets; then rest
//! until it is time to look again.
//!
//! The connection is leased anew for every step, so that on a shared one the user's actions go in between.

use super::backfill::{self, Pace, Step};
use super::folders::{self, Folder};
use super::links::Role;
use super::planner;
use super::shared::Shared;
use super::snippet;
use super::trouble::Trouble;
use super::visit;
use crate::model::{MailboxId, UnixTime};
use std::collections::VecDeque;
use std::convert::Infallible;

/// Visits in a row to a mailbox that is never ready for its way back; after that its turn is over.
pub(super) const MAX_VISITS: usize = 3;

/// Runs until there is trouble.
pub(super) async fn run(shared: &Shared) -> Result<Infallible, Trouble> {
    loop {
        let start = shared.config.clock.now();
        let pass = pass(shared).await?;
        shared.board.rests();
        if pass.whole {
            clean(shared, start).await?;
        }
        let timing = &shared.config.timing;
        let rest = if pass.has_idle { timing.poll } else { timing.poll_without_idle };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            () = shared.wake.notified() => {}
        }
    }
}

/// Deletes what has been gone from the server for long. Only after a pass that saw all mailboxes, so that
/// a message that another client moved has been found at its new place.
async fn clean(shared: &Shared, start: UnixTime) -> Result<(), Trouble> {
    let keep = i64::try_from(shared.config.timing.keep_vanished.as_secs()).unwrap_or(i64::MAX);
    let before = UnixTime(start.0.saturating_sub(keep));
    shared.write("purge", move |w| w.purge_orphans(before)).await.map(drop)
}

/// How a pass went.
struct Pass {
    has_idle: bool,
    /// Whether no mailbox was refused.
    whole: bool,
}

/// Looks at every mailbox once.
async fn pass(shared: &Shared) -> Result<Pass, Trouble> {
    let mut pass = Pass { has_idle: true, whole: true };
    let mut folders = tree(shared, &mut pass).await?;
    let mut todo: VecDeque<MailboxId> = order(&folders).into();
    let mut done = Vec::new();
    while let Some(next) = take(shared, &mut todo, &done) {
        let Some(folder) = folders.iter_mut().find(|folder| folder.id == next) else { continue };
        let turn = match turn(shared, folder, &todo).await {
            Err(Trouble::Refused(problem)) => {
                tracing::info!(mailbox = %next, ?problem, "mailbox refused");
                pass.whole = false;
                Turn::Over
            }
            other => other?,
        };
        if folder.name.is_inbox() {
            shared.painted.send_replace(true);
        }
        match turn {
            Turn::Over => {
                shared.clear_focus(next);
                done.push(next);
            }
            Turn::GaveWay => todo.push_front(next),
        }
    }
    Ok(pass)
}

async fn tree(shared: &Shared, pass: &mut Pass) -> Result<Vec<Folder>, Trouble> {
    let mut lease = shared.lease(Role::Bulk).await?;
    let link = lease.link()?;
    pass.has_idle = link.has_idle;
    let result = folders::refresh(shared, link).await;
    lease.settle(result)
}

/// The order of work.
pub(super) fn order(folders: &[Folder]) -> Vec<MailboxId> {
    let selectable = folders.iter().filter(|folder| !folder.no_select);
    let size = |folder: &Folder| folder.remote.and_then(|remote| remote.exists);
    planner::order(selectable.map(|f| (f.id, f.special_use, size(f))).collect())
}

/// The next mailbox: what the user looks at goes first.
fn take(shared: &Shared, todo: &mut VecDeque<MailboxId>, done: &[MailboxId]) -> Option<MailboxId> {
    if let Some(focus) = shared.focus() {
        if let Some(at) = todo.iter().position(|id| *id == focus) {
            return todo.remove(at);
        }
        if done.contains(&focus) {
            shared.clear_focus(focus);
        }
    }
    todo.pop_front()
}

/// How the turn of a mailbox ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// Nothing is left to do in it.
    Over,
    /// The user opened another one.
    GaveWay,
}

async fn turn(shared: &Shared, folder: &mut Folder, todo: &VecDeque<MailboxId>) -> Result<Turn, Trouble> {
    let mut pace = Pace::default();
    if !look(shared, folder).await? {
        return Ok(Turn::Over);
    }
    // The list stands: what else there is comes after the way back of a mailbox that the user opened.
    if folder.name.is_inbox() {
        shared.painted.send_replace(true);
    }
    snippets(shared, folder).await?;
    let mut visits = 0;
    loop {
        if shared.focus().is_some_and(|focus| focus != folder.id && todo.contains(&focus)) {
            return Ok(Turn::GaveWay);
        }
        let mut lease = shared.lease(Role::Bulk).await?;
        let result = backfill::step(shared, lease.link()?, folder.id, &mut pace).await;
        match lease.settle(result)? {
            Step::More(_) => {}
            Step::Complete(_) => return Ok(Turn::Over),
            Step::Visit if visits < MAX_VISITS => {
                visits += 1;
                let result = visit::visit(shared, lease.link()?, folder.id, folder.remote.as_ref()).await;
                lease.settle(result)?;
            }
            Step::Visit => return Ok(Turn::Over),
        }
    }
}

/// Visits a mailbox if its numbers say that something happened. Whether there is anything left to do.
async fn look(shared: &Shared, folder: &mut Folder) -> Result<bool, Trouble> {
    let mut lease = shared.lease(Role::Bulk).await?;
    let result = folders::ask(lease.link()?, folder).await;
    lease.settle(result)?;
    let id = folder.id;
    let Some(row) = shared.read(move |s| s.mailbox(id)).await? else { return Ok(false) };
    let now = shared.config.clock.now();
    let remote = folder.remote.unwrap_or_default();
    if !planner::needs_visit(&row.state, row.at_server, &remote, now) {
        return Ok(false);
    }
    let result = visit::visit(shared, lease.link()?, id, folder.remote.as_ref()).await;
    lease.settle(result)?;
    Ok(true)
}

async fn snippets(shared: &Shared, folder: &Folder) -> Result<(), Trouble> {
    for message in snippet::missing(shared, folder.id).await? {
        let mut lease = shared.lease(Role::Bulk).await?;
        let result = snippet::fetch(shared, lease.link()?, folder.id, message).await;
        match lease.settle(result) {
            Err(Trouble::Refused(problem)) => tracing::debug!(?problem, "snippet"),
            other => other?,
        }
    }
    Ok(())
}
