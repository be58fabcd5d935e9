//! The long work of an account: the tree, the newest of each mailbox, the way back, snippets; then bodies, until
//! it is time to look again.
//!
//! The connection is leased anew for every step, so that on a shared one the user's actions go in between.

use super::backfill::{self, Pace, Step};
use super::bodies::{self, Brake};
use super::folders::{self, Folder};
use super::link::Link;
use super::links::Role;
use super::planner;
use super::queue::Errand;
use super::removal;
use super::shared::Shared;
use super::snippet;
use super::trouble::{self, Trouble};
use super::visit;
use crate::model::{MailboxId, Uid, UidSet, UnixTime};
use crate::store::MailboxRow;
use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::time::Duration;

/// What was done is remembered for so long, in seconds: 90 days.
const KEEP_JOURNAL: i64 = 90 * 24 * 60 * 60;

/// Visits in a row to a mailbox that is never ready for its way back; after that its turn is over.
pub(super) const MAX_VISITS: usize = 3;

/// Runs until there is trouble.
pub(super) async fn run(shared: &Shared) -> Result<Infallible, Trouble> {
    loop {
        let start = shared.config.clock.now();
        let pass = pass(shared).await?;
        shared.board.rests();
        if pass.whole {
            shared.known.passed(shared.config.clock.now());
            clean(shared, start).await?;
        }
        rest_with_bodies(shared, &pass).await?;
        shared.speed_up();
    }
}

/// Rests until it is time for the next pass, and asks for the mailbox on the screen in between where its news do
/// not come by themselves.
async fn rest(shared: &Shared, pass: &Pass) {
    let (timing, clock) = (&shared.config.timing, &shared.config.clock);
    let usual = if pass.has_idle { timing.poll } else { pass.poll.unwrap_or(timing.poll_without_idle) };
    let end = clock.moment() + pass.pause.unwrap_or(usual);
    loop {
        tokio::select! {
            () = clock.sleep_until(end) => return,
            () = shared.wake.notified() => return,
            () = clock.sleep(pass.poll.unwrap_or(timing.poll_without_idle)) => {}
        }
        let (visible, pushed) = (*shared.visible.borrow(), *shared.pushed.borrow());
        if let Some(mailbox) = visible
            && pass.pause.is_none()
            && !pushed.all
            && pushed.visible != visible
            && pass.inbox != visible
        {
            shared.queue.put(Errand::News(mailbox));
        }
    }
}

/// Fetches bodies until it is time to look again, or somebody wants that.
async fn rest_with_bodies(shared: &Shared, pass: &Pass) -> Result<(), Trouble> {
    if pass.pause.is_some() {
        // The server asked us to wait.
        rest(shared, pass).await;
        return Ok(());
    }
    let end = Brake::default();
    let mut bodies = std::pin::pin!(bodies::run(shared, &end));
    tokio::select! {
        result = &mut bodies => return result,
        () = rest(shared, pass) => {}
    }
    // What is on its way is taken in first: asking for it again would cost more.
    end.pull();
    bodies.await
}

/// Deletes what has been gone from the server for long. Only after a pass that saw all mailboxes, so that
/// a message that another client moved has been found at its new place.
pub(super) async fn clean(shared: &Shared, start: UnixTime) -> Result<(), Trouble> {
    let keep = i64::try_from(shared.config.timing.keep_vanished.as_secs()).unwrap_or(i64::MAX);
    let before = UnixTime(start.0.saturating_sub(keep));
    if !confirmed(shared, before).await? {
        return Ok(());
    }
    let account = shared.account;
    shared.write("purge", move |w| w.purge_orphans_of(account, before)).await?;
    let forgotten = UnixTime(start.0.saturating_sub(KEEP_JOURNAL));
    shared
        .write("prune", move |w| {
            w.purge_mailboxes(forgotten, start)?;
            w.prune_journal(forgotten)?;
            w.prune_history().map(drop)
        })
        .await
}

/// Asks the server once more for what is about to be deleted here for good; what it still has is shown again.
/// `Ok(false)`: it could not be asked about everything.
async fn confirmed(shared: &Shared, before: UnixTime) -> Result<bool, Trouble> {
    let account = shared.account;
    let doomed = shared.read(move |s| s.doomed(account, before)).await?;
    let mut by_mailbox: BTreeMap<MailboxId, Vec<Uid>> = BTreeMap::new();
    for (mailbox, uid) in doomed {
        by_mailbox.entry(mailbox).or_default().push(uid);
    }
    for (mailbox, uids) in by_mailbox {
        let Some(row) = shared.read(move |s| s.mailbox(mailbox)).await? else { continue };
        let mut lease = shared.lease(Role::Bulk).await?;
        // After the lease, as everywhere: whoever has a connection may wait for a room, never the other way round.
        let _room = shared.room(mailbox).await;
        let result = ask_again(lease.link()?, &row, &uids.into_iter().collect()).await;
        let there = match lease.settle(result) {
            Ok(Some(there)) => there,
            Ok(None) | Err(Trouble::Refused(_)) => return Ok(false),
            Err(trouble) => return Err(trouble),
        };
        if !there.is_empty() {
            tracing::warn!(%mailbox, uids = %there, "the server still has what seemed gone");
            shared.write("revive", move |w| w.revive(mailbox, &there)).await?;
        }
    }
    Ok(true)
}

async fn ask_again(link: &mut Link, row: &MailboxRow, uids: &UidSet) -> Result<Option<UidSet>, Trouble> {
    if !link.ready(row).await? {
        return Ok(None);
    }
    removal::still_there(link, uids).await.map(Some)
}

/// How a pass went.
struct Pass {
    has_idle: bool,
    /// Whether no mailbox was refused.
    whole: bool,
    /// What the rules of the server say about asking for news.
    poll: Option<Duration>,
    /// The server wants so long a rest.
    pause: Option<Duration>,
    inbox: Option<MailboxId>,
}

/// Looks at every mailbox once.
async fn pass(shared: &Shared) -> Result<Pass, Trouble> {
    let mut pass = Pass { has_idle: true, whole: true, poll: None, pause: None, inbox: None };
    let mut folders = tree(shared, &mut pass).await?;
    pass.inbox = folders.iter().find(|folder| folder.name.is_inbox()).map(|folder| folder.id);
    let mut todo: VecDeque<MailboxId> = order(&folders).into();
    let mut done = Vec::new();
    while let Some(next) = take(shared, &mut todo, &done) {
        let Some(folder) = folders.iter_mut().find(|folder| folder.id == next) else { continue };
        let turn = match turn(shared, folder, &todo).await {
            Err(Trouble::Refused(problem)) => {
                tracing::info!(mailbox = %next, ?problem, "mailbox refused");
                pass.whole = false;
                pass.pause = trouble::pause(&problem);
                if pass.pause.is_some() {
                    // It is about the account, not about this mailbox: the others would only make it worse.
                    shared.slow_down();
                    return Ok(pass);
                }
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
    pass.poll = link.session.rules().poll;
    let result = folders::refresh(shared, link).await;
    lease.settle(result)
}

/// The order of work.
pub(super) fn order(folders: &[Folder]) -> Vec<MailboxId> {
    let selectable = folders.iter().filter(|folder| !folder.no_select && !folder.is_double);
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
