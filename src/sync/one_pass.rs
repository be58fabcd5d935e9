//! One pass and an end: what the command line does. The same steps as the worker, one after the other.

use super::backfill::{self, Pace, Step};
use super::bodies;
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
use crate::model::{AccountId, MessageId, PartPath, SpecialUse, TransferId, UnixTime};
use crate::store::{AccountRow, PartSource};
use futures::{FutureExt, StreamExt};

/// What a pass fetches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// What the list shows.
    #[default]
    Headers,
    /// Also the body of every message.
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
    /// Messages whose body was fetched.
    pub bodies: u64,
    /// Bytes from the server.
    pub bytes_in: u64,
    /// Bytes to the server.
    pub bytes_out: u64,
    /// How long it took.
    pub seconds: f64,
    /// Mailboxes that the server refused or does not have, by name, and why.
    pub refused: Vec<(String, Problem)>,
    /// Changes that had waited and that the server did not want: about how many messages, and why.
    pub undone: Vec<(usize, Problem)>,
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
    let mut summary = Summary::default();
    one_pass_counted(config, account, request, &mut summary, progress).await.map(|()| summary)
}

/// The same; `summary` tells also what a pass that failed did and cost.
///
/// # Errors
/// As [`one_pass`].
pub async fn one_pass_counted(
    config: &Config,
    account: &AccountRow,
    request: &PassRequest,
    summary: &mut Summary,
    progress: &mut (dyn FnMut(&AccountStatus) + Send),
) -> Result<(), Problem> {
    let start = config.clock.moment();
    let (shared, events) = alone(config, account);
    let mut undone = Vec::new();
    let mut hear = |event| {
        if let Event::Status { status, .. } = event {
            progress(&status);
        } else if let Event::OperationFailed { problem, messages, .. } = event {
            undone.push((messages.len(), problem));
        }
    };
    let result = listen(run(&shared, request, summary), events, &mut hear).await;
    summary.undone = undone;
    // Before the good-bye: nobody waits for that.
    summary.seconds = config.clock.elapsed(start).as_secs_f64();
    shared.links.log_out().await;
    let traffic = shared.links.traffic();
    (summary.bytes_in, summary.bytes_out) = (traffic.bytes_in, traffic.bytes_out);
    result.map_err(|trouble| trouble.problem())
}

/// What came of carrying out the journal of one account.
#[derive(Clone, Debug)]
pub struct CarriedOut {
    /// Which account.
    pub account: AccountId,
    /// What the server refused for good; that is taken back.
    pub refused: Vec<Problem>,
    /// How many messages that is about.
    pub refused_messages: usize,
    /// Why something waits. It stays in the journal, and the next pass sends it.
    pub waits: Option<Problem>,
}

/// Sends what waits in the journals of accounts; keeps its connections for the next time.
pub struct Courier {
    desks: Vec<(Shared, Events)>,
}

impl std::fmt::Debug for Courier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Courier").field("accounts", &self.desks.len()).finish()
    }
}

impl Courier {
    /// One for these accounts.
    #[must_use]
    pub fn new(config: &Config, accounts: &[AccountRow]) -> Self {
        Self { desks: accounts.iter().map(|account| alone(config, account)).collect() }
    }

    /// Sends what waits, in turn as long as one of the accounts gets on: a move between two takes steps at both.
    pub async fn run(&mut self) -> Vec<CarriedOut> {
        let begun = |(shared, _): &(Shared, Events)| CarriedOut {
            account: shared.account,
            refused: Vec::new(),
            refused_messages: 0,
            waits: None,
        };
        let mut all: Vec<CarriedOut> = self.desks.iter().map(begun).collect();
        loop {
            let mut worked = false;
            for ((shared, _), done) in self.desks.iter().zip(&mut all) {
                // A server that could not be reached a moment ago is not asked again.
                if done.waits.is_some() {
                    continue;
                }
                match op::run_pending(shared).await {
                    Ok(rest) => {
                        worked |= rest.worked;
                        done.waits = rest.problem;
                    }
                    Err(trouble) => done.waits = Some(trouble.problem()),
                }
            }
            if !worked || self.desks.len() == 1 {
                break;
            }
        }
        for ((_, events), done) in self.desks.iter_mut().zip(&mut all) {
            while let Some(Some(event)) = events.next().now_or_never() {
                if let Event::OperationFailed { problem, messages, .. } = event {
                    done.refused.push(problem);
                    done.refused_messages += messages.len();
                }
            }
        }
        all
    }

    /// Says good-bye to the servers.
    pub async fn close(self) {
        for (shared, _) in self.desks {
            shared.links.log_out().await;
        }
    }
}

/// Sends what waits in the journals of accounts.
pub async fn carry_out(config: &Config, accounts: &[AccountRow]) -> Vec<CarriedOut> {
    let mut courier = Courier::new(config, accounts);
    let all = courier.run().await;
    courier.close().await;
    all
}

/// A whole message as the server has it.
#[derive(Debug)]
pub enum Whole {
    /// In memory.
    Bytes(Vec<u8>),
    /// A file, and its length.
    File(std::fs::File, u64),
}

impl From<PartSource> for Whole {
    fn from(source: PartSource) -> Self {
        match source {
            PartSource::Bytes(bytes) => Self::Bytes(bytes),
            PartSource::File(file) => {
                let size = file.size();
                Self::File(file.into_file(), size)
            }
        }
    }
}

/// Reads whole messages of an account one after the other over one connection.
pub struct Reader {
    shared: Shared,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("account", &self.shared.account).finish()
    }
}

impl Reader {
    /// One for this account.
    #[must_use]
    pub fn new(config: &Config, account: &AccountRow) -> Self {
        Self { shared: alone(config, account).0 }
    }

    /// The bytes of a message: from the store, or else from the server. Large ones go through a file of the store.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub async fn read(&self, message: MessageId) -> Result<Whole, Problem> {
        // A server may close a connection that has lived for long: once more, over a new one.
        match self.read_once(message).await {
            Err(Trouble::Link { age, .. }) if age > std::time::Duration::ZERO => {
                self.read_once(message).await
            }
            other => other,
        }
        .map_err(|trouble| trouble.problem())
    }

    async fn read_once(&self, message: MessageId) -> Result<Whole, Trouble> {
        let stored = self.shared.read(move |s| s.part_source(message, &PartPath::root())).await?;
        if let Some(source) = stored {
            return Ok(source.into());
        }
        let source = text::Source::find(&self.shared, message, None).await?;
        let mut lease = self.shared.lease(Role::Bulk).await?;
        let link = lease.link()?;
        let result = async {
            let source = source.select(&self.shared, link).await?;
            if source.detail.size <= SMALL_MESSAGE {
                let whole = (&PartPath::root(), source.detail.size);
                return text::read_all(link, source.uid, whole).await.map(Whole::Bytes);
            }
            op::collect::whole(&self.shared, link, &source, message).await?;
            let stored = self.shared.read(move |s| s.part_source(message, &PartPath::root())).await?;
            stored.map(Whole::from).ok_or(Trouble::Refused(Problem::MessageGone))
        };
        let result = result.await;
        lease.settle(result)
    }

    /// Says good-bye to the server.
    pub async fn close(self) {
        self.shared.links.log_out().await;
    }
}

/// Messages up to this size are read into memory.
const SMALL_MESSAGE: u64 = 1024 * 1024;

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

/// Does the work and passes on what is told meanwhile.
async fn listen<T>(
    work: impl Future<Output = T>,
    mut events: Events,
    hear: &mut (dyn FnMut(Event) + Send),
) -> T {
    let mut work = std::pin::pin!(work);
    let done = loop {
        tokio::select! {
            done = &mut work => break done,
            Some(event) = events.next() => hear(event),
        }
    };
    while let Some(Some(event)) = events.next().now_or_never() {
        hear(event);
    }
    done
}

async fn run(shared: &Shared, request: &PassRequest, summary: &mut Summary) -> Result<(), Trouble> {
    let start = shared.config.clock.now();
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
            match bodies_of(shared, folder).await {
                Ok(count) => summary.bodies += count,
                Err(Trouble::Refused(problem)) => summary.refused.push((folder.display.clone(), problem)),
                Err(trouble) => return Err(trouble),
            }
        }
    }
    // As the worker does after a pass that saw everything.
    if request.mailboxes.is_empty() && summary.refused.is_empty() {
        bulk::clean(shared, start).await?;
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
    if !planner::needs_visit(&row.state, row.at_server, &remote, shared.config.due(row.at_server)) {
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

/// The bodies of one mailbox. Gives their number.
async fn bodies_of(shared: &Shared, folder: &Folder) -> Result<u64, Trouble> {
    let id = folder.id;
    if folder.no_select {
        return Ok(0);
    }
    let all = UnixTime(i64::MIN);
    let missing = shared.read(move |s| s.count_missing_bodies(id, all)).await?;
    let told = |done: u64| shared.board.working(Some(id), done, missing.max(done));
    bodies::once(shared, id, all, &told).await
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
