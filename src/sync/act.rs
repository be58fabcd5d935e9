//! Does what the user waits for: sends changes, fetches texts and parts, opens mailboxes.

use super::event::{Event, TransferState};
use super::links::Role;
use super::op;
use super::part::Progress;
use super::queue::{Errand, Queue, Transfer};
use super::shared::Shared;
use super::text;
use super::trouble::Trouble;
use super::visit;
use super::watch;
use crate::clock::Moment;
use crate::model::{MailboxId, MessageId};
use crate::store::Changes;
use std::convert::Infallible;
use tokio::sync::broadcast;

/// Runs until there is trouble. The errand that met it goes back to the queue.
pub(super) async fn run(shared: &Shared) -> Result<Infallible, Trouble> {
    // What an earlier run of the program, or a connection that broke, left in the journal.
    shared.queue.put(Errand::Operations);
    let mut due = None;
    let mut changes = shared.config.store.subscribe();
    loop {
        let errand = tokio::select! {
            errand = watch::next_errand(shared) => errand?,
            never = nudge(shared, due, &mut changes) => match never {},
        };
        let held = Held::new(&shared.queue, errand);
        match held.errand() {
            Some(Errand::Operations) => {
                // More may come while it runs: then it is noted anew.
                due = op::run_pending(shared).await?.due;
            }
            Some(Errand::Probe) => probe(shared).await?,
            Some(Errand::Body(message)) => body(shared, *message).await?,
            Some(Errand::Visit(mailbox) | Errand::News(mailbox)) => open(shared, *mailbox).await?,
            Some(Errand::Piece(transfer)) => match piece(shared, transfer).await? {
                // It goes back, behind the others, so that all get on.
                Progress::More => continue,
                Progress::Over => {}
            },
            None => {}
        }
        held.done();
    }
}

async fn sleep_until(shared: &Shared, end: Option<Moment>) {
    match end {
        Some(end) => shared.config.clock.sleep_until(end).await,
        None => std::future::pending().await,
    }
}

/// Notes that the journal is to be looked at: when something is to be tried again, or when it changed by whomever (what
/// waits for another account can go on once that one is done). Never ends: who waits for an errand must not be
/// interrupted in the middle of a command.
async fn nudge(
    shared: &Shared,
    due: Option<Moment>,
    changes: &mut broadcast::Receiver<Changes>,
) -> Infallible {
    tokio::select! {
        () = sleep_until(shared, due) => {}
        () = journal(changes) => {}
    }
    shared.queue.put(Errand::Operations);
    std::future::pending().await
}

/// Waits until the journal changed, by whomever.
async fn journal(changes: &mut broadcast::Receiver<Changes>) {
    loop {
        match changes.recv().await {
            Ok(changes) if !changes.journal => {}
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// An errand that goes back to the queue unless it was done, also if the task is stopped.
struct Held<'a> {
    queue: &'a Queue,
    errand: Option<Errand>,
}

impl<'a> Held<'a> {
    fn new(queue: &'a Queue, errand: Errand) -> Self {
        Self { queue, errand: Some(errand) }
    }

    fn errand(&self) -> Option<&Errand> {
        self.errand.as_ref()
    }

    fn done(mut self) {
        self.errand = None;
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Some(errand) = self.errand.take() {
            self.queue.put_back(errand);
        }
        self.queue.rests();
    }
}

/// Tries the connection if there is one; a lease opens another if it is dead.
async fn probe(shared: &Shared) -> Result<(), Trouble> {
    if shared.links.is_open(Role::Act) {
        let mut lease = shared.lease(Role::Act).await?;
        lease.settle(Ok(()))?;
    }
    Ok(())
}

async fn body(shared: &Shared, message: MessageId) -> Result<(), Trouble> {
    let result = match text::is_here(shared, message).await {
        Ok(true) => Ok(()),
        Ok(false) => fetch_body(shared, message).await,
        Err(trouble) => Err(trouble),
    };
    let told = match &result {
        Ok(()) => Ok(()),
        // An old connection that ended: the next attempt follows at once and tells the outcome.
        Err(Trouble::Link { age, .. }) if *age >= shared.config.timing.patience.healthy => return result,
        Err(Trouble::Again | Trouble::Rebuilt) => return result,
        Err(trouble) => Err(trouble.problem()),
    };
    shared.tell(Event::Body { message, result: told });
    match result {
        Err(Trouble::Refused(_)) => Ok(()),
        other => other,
    }
}

async fn fetch_body(shared: &Shared, message: MessageId) -> Result<(), Trouble> {
    let mut lease = shared.lease(Role::Act).await?;
    let result = text::fetch_text(shared, lease.link()?, message).await;
    lease.settle(result).map(drop)
}

/// Brings a mailbox up to date that the user opened: its newest messages, if none are here yet.
async fn open(shared: &Shared, mailbox: MailboxId) -> Result<(), Trouble> {
    let mut lease = shared.lease(Role::Act).await?;
    let result = visit::visit(shared, lease.link()?, mailbox, None).await;
    match lease.settle(result) {
        Ok(_) => Ok(()),
        Err(Trouble::Refused(problem)) => {
            tracing::info!(%mailbox, ?problem, "mailbox refused");
            Ok(())
        }
        Err(trouble) => Err(trouble),
    }
}

async fn piece(shared: &Shared, transfer: &Transfer) -> Result<Progress, Trouble> {
    let desk = &shared.desk;
    if !shared.queue.wants(transfer.id) {
        desk.forget(transfer.id);
        return Ok(Progress::Over);
    }
    if let Some(progress) = desk.deliver(shared, transfer).await {
        return Ok(progress);
    }
    let mut lease = shared.lease(Role::Act).await?;
    let result = desk.piece(shared, lease.link()?, transfer).await;
    if !shared.queue.wants(transfer.id) {
        // Cancelled while the piece was on its way: a later transfer of the part needs the file.
        desk.forget(transfer.id);
    }
    lease.settle(result)
}

/// Ends a transfer because the user wants it so.
pub(super) fn cancel(shared: &Shared, id: crate::model::TransferId) -> bool {
    let ended = shared.queue.end(id);
    if ended {
        shared.desk.forget(id);
        shared.tell(Event::Transfer { id, state: TransferState::Cancelled });
    }
    ended
}
