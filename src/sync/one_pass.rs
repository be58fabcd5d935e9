//! One pass and an end: what the command line does. The same steps as the worker, one after the other.

use super::backfill::{self, Pace, Step};
use super::bulk;
use super::command::Destination;
use super::config::Config;
use super::event::Event;
use super::folders::{self, Folder};
use super::handle::{EventSink, Events};
use super::links::Role;
use super::op;
use super::part::Progress;
use super::planner;
use super::queue::{Errand, Transfer};
use super::shared::{Shared, read_store};
use super::status::{AccountStatus, Problem};
use super::text;
use super::trouble::{self, Trouble};
use super::visit;
use crate::model::{MailboxId, MessageId, PartPath, SpecialUse, TransferId};
use crate::store::{AccountRow, SortOrder};
use futures::StreamExt;
use tokio::time::Instant;

/// What a pass fetches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// What the list shows.
    #[default]
    Headers,
    /// Also the text of every message.
    Bodies,
}

/// What a pass is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PassRequest {
    /// Names of mailboxes as they are shown; all if empty.
    pub mailboxes: Vec<String>,
    /// How much of each message.
    pub depth: Depth,
}

/// What a pass did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Messages whose list data was fetched.
    pub messages: u64,
    /// Messages whose text was fetched.
    pub bodies: u64,
    /// Bytes from the server.
    pub bytes_in: u64,
    /// Bytes to the server.
    pub bytes_out: u64,
    /// How long it took.
    pub seconds: f64,
    /// Mailboxes that the server refused or does not have, by name, and why.
    pub refused: Vec<(String, Problem)>,
}

/// Brings the local copy of an account up to date once. `progress` hears how it goes.
///
/// # Errors
/// Why it could not be done. What was done until then is kept, and the next pass goes on from there.
pub async fn one_pass(
    config: &Config,
    account: &AccountRow,
    request: &PassRequest,
    progress: &mut (dyn FnMut(&AccountStatus) + Send),
) -> Result<Summary, Problem> {
    let start = Instant::now();
    let (shared, events) = alone(config, account);
    let mut summary = Summary::default();
    let result = listen(run(&shared, request, &mut summary), events, progress).await;
    let traffic = shared.links.traffic().await;
    (summary.bytes_in, summary.bytes_out) = (traffic.bytes_in, traffic.bytes_out);
    summary.seconds = start.elapsed().as_secs_f64();
    shared.links.log_out().await;
    result.map(|()| summary).map_err(|trouble| trouble.problem())
}

/// Sends what waits in the journal of an account. Gives what the server refused for good; that is taken back.
///
/// # Errors
/// Why it could not be sent now. It stays in the journal, and the next pass sends it.
pub async fn carry_out(config: &Config, account: &AccountRow) -> Result<Vec<Problem>, Problem> {
    let (shared, mut events) = alone(config, account);
    let result = op::run_pending(&shared).await;
    shared.links.log_out().await;
    shared.events.close();
    let mut refused = Vec::new();
    while let Some(event) = events.next().await {
        if let Event::OperationFailed { problem, .. } = event {
            refused.push(problem);
        }
    }
    result.map(|()| refused).map_err(|trouble| trouble.problem())
}

/// Fetches the text of a message, or one part of it, into the store.
///
/// # Errors
/// Why it could not be fetched.
pub async fn fetch_now(config: &Config, message: MessageId, part: Option<&PartPath>) -> Result<(), Problem> {
    let account = read_store(config, move |s| match s.message(message)? {
        Some(detail) => s.account(detail.account),
        None => Ok(None),
    });
    let account = account.await.map_err(|error| trouble::of_store(&error))?.ok_or(Problem::MessageGone)?;
    let (shared, mut events) = alone(config, &account);
    let result = match part {
        None => fetch_text(&shared, message).await,
        Some(path) => fetch_part(&shared, &mut events, message, path).await,
    };
    shared.links.log_out().await;
    result.map_err(|trouble| trouble.problem())
}

/// An account without tasks, and what it tells.
fn alone(config: &Config, account: &AccountRow) -> (Shared, Events) {
    let (sink, events) = EventSink::new();
    (Shared::new(config.clone(), sink, account.id, account.account.clone()), events)
}

/// Does the work and passes its progress on.
async fn listen<T>(
    work: impl Future<Output = T>,
    mut events: Events,
    progress: &mut (dyn FnMut(&AccountStatus) + Send),
) -> T {
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            Some(event) = events.next() => {
                if let Event::Status { status, .. } = event {
                    progress(&status);
                }
            }
        }
    }
}

async fn run(shared: &Shared, request: &PassRequest, summary: &mut Summary) -> Result<(), Trouble> {
    op::run_pending(shared).await?;
    let mut folders = tree(shared).await?;
    for name in &request.mailboxes {
        if !folders.iter().any(|folder| is_called(folder, name)) {
            summary.refused.push((name.clone(), Problem::MailboxGone));
        }
    }
    for folder in &mut folders {
        folder.is_double &= !request.mailboxes.iter().any(|name| is_called(folder, name));
    }
    let wanted = |folder: &Folder| {
        request.mailboxes.is_empty() || request.mailboxes.iter().any(|name| is_called(folder, name))
    };
    for id in bulk::order(&folders) {
        let Some(folder) = folders.iter_mut().find(|folder| folder.id == id && wanted(folder)) else {
            continue;
        };
        match mailbox(shared, folder, summary).await {
            Err(Trouble::Refused(problem)) => summary.refused.push((folder.display.clone(), problem)),
            other => other?,
        }
        if request.depth == Depth::Bodies {
            bodies(shared, id, summary).await?;
        }
    }
    Ok(())
}

async fn tree(shared: &Shared) -> Result<Vec<Folder>, Trouble> {
    let mut lease = shared.lease(Role::Bulk).await?;
    let result = folders::refresh(shared, lease.link()?).await;
    lease.settle(result)
}

fn is_called(folder: &Folder, name: &str) -> bool {
    folder.display == name
        || folder.name.as_bytes() == name.as_bytes()
        || folder.special_use == Some(SpecialUse::Inbox) && name.eq_ignore_ascii_case("INBOX")
}

/// List data of one mailbox, all of it.
async fn mailbox(shared: &Shared, folder: &mut Folder, summary: &mut Summary) -> Result<(), Trouble> {
    let mut lease = shared.lease(Role::Bulk).await?;
    let result = folders::ask(lease.link()?, folder).await;
    lease.settle(result)?;
    let id = folder.id;
    let Some(row) = shared.read(move |s| s.mailbox(id)).await? else { return Ok(()) };
    let remote = folder.remote.unwrap_or_default();
    if !planner::needs_visit(&row.state, row.at_server, &remote, shared.config.clock.now()) {
        return Ok(());
    }
    let mut pace = Pace::default();
    for _ in 0..bulk::MAX_VISITS {
        let result = visit::visit(shared, lease.link()?, id, folder.remote.as_ref()).await;
        summary.messages += lease.settle(result)?.messages;
        loop {
            let result = backfill::step(shared, lease.link()?, id, &mut pace).await;
            match lease.settle(result)? {
                Step::More(count) => summary.messages += count,
                Step::Complete(count) => {
                    summary.messages += count;
                    return Ok(());
                }
                Step::Visit => break,
            }
        }
    }
    Err(Trouble::Refused(Problem::Protocol { detail: "the mailbox does not hold still".to_owned() }))
}

/// The text of every message of one mailbox.
async fn bodies(shared: &Shared, mailbox: MailboxId, summary: &mut Summary) -> Result<(), Trouble> {
    let ids = shared.read(move |s| s.message_ids(mailbox, SortOrder::NewestFirst)).await?;
    let total = u64::try_from(ids.len()).unwrap_or(0);
    for (done, id) in (0..).zip(ids) {
        shared.board.working(Some(mailbox), done, total);
        if text::is_here(shared, id).await? {
            continue;
        }
        match fetch_text(shared, id).await {
            Ok(()) => summary.bodies += 1,
            // It vanished meanwhile, or its text cannot be had: the others still can.
            Err(Trouble::Refused(problem)) => tracing::info!(message = %id, ?problem, "no text"),
            Err(trouble) => return Err(trouble),
        }
    }
    Ok(())
}

async fn fetch_text(shared: &Shared, message: MessageId) -> Result<(), Trouble> {
    let mut lease = shared.lease(Role::Bulk).await?;
    let result = text::fetch_text(shared, lease.link()?, message).await;
    lease.settle(result).map(drop)
}

async fn fetch_part(
    shared: &Shared,
    events: &mut Events,
    message: MessageId,
    path: &PartPath,
) -> Result<(), Trouble> {
    use super::event::TransferState;
    let id = TransferId(0);
    let transfer = Transfer { id, message, path: path.clone(), destination: Destination::Store };
    shared.queue.put(Errand::Piece(transfer.clone()));
    let desk = &shared.desk;
    if desk.deliver(shared, &transfer).await.is_none() {
        loop {
            let mut lease = shared.lease(Role::Bulk).await?;
            let result = desk.piece(shared, lease.link()?, &transfer).await;
            if lease.settle(result)? == Progress::Over {
                break;
            }
        }
    }
    while let Some(event) = events.next().await {
        let Event::Transfer { state, .. } = event else { continue };
        match state {
            TransferState::Failed(problem) => return Err(Trouble::Refused(problem)),
            TransferState::Done(_) | TransferState::Cancelled => break,
            TransferState::Progress { .. } => {}
        }
    }
    Ok(())
}
