//! Carries whole messages of one mailbox into the store: many small ones with each command, large ones piece by
//! piece. Reading, packing and storing overlap, and none of them holds more than a few megabytes.

use super::links::Role;
use super::shared::Shared;
use super::status::Problem;
use super::text::{self, Source};
use super::trouble::Trouble;
use super::whole::{MAX_READ, Reading, is_of_another};
use crate::clock::Moment;
use crate::imap::{ByteRange, Error, Section, WholeMessage};
use crate::model::{MailboxId, MessageId, PartPath, Uid, UidSet, UnixTime};
use crate::store::{BodyFacts, MissingBody, PartWriter, Store, StoreError};
use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Messages up to this size come many with a command; larger ones by pieces, so that a break costs little.
const SMALL: u64 = 512 * 1024;
/// What a message may be larger than the server announced (Exchange) and still be taken.
const SURPLUS: u64 = 4;
/// Messages looked up in the store at once.
const PAGE: u32 = 1_000;
/// Bytes asked for with the first command.
const FIRST_BYTES: u64 = 256 * 1024;
/// Bytes asked for with a command at least, and at most.
const BYTES: std::ops::RangeInclusive<u64> = 64 * 1024..=4 * 1024 * 1024;
/// Messages asked for with a command at most.
const MAX_MESSAGES: usize = 500;
/// A command that took less asks for more next time.
const FAST: Duration = Duration::from_millis(250);
/// A command that took longer asks for less next time: the user may want the line.
const SLOW: Duration = Duration::from_secs(1);
/// Messages that wait between the line and the store.
const WAITING: usize = 32;
/// Bytes stored with one transaction, about; below that a commit costs more than what it commits.
const BATCH_BYTES: usize = 1024 * 1024;
/// Messages stored with one transaction at most, so that what the user does need not wait for it.
const BATCH: usize = 128;
/// A batch that does not fill up is stored after this time.
const LINGER: Duration = Duration::from_millis(200);
/// Batches that are made ready at the same time: while one waits for the disk, the next is packed.
const JOBS: usize = 4;
/// Bytes of a large message asked for at once. A bit more than a mark of [`PartWriter`], so that each piece passes one.
const PIECE: u32 = 1024 * 1024 + 4096;
/// Pieces that were shorter than asked for, and not the last: a server that gives no more than this is given up.
const MAX_SHORT: u32 = 64;
/// A server that sends ten times what it announced, and more than this, will not stop.
const MAX_SURPLUS: u64 = 64 * 1024 * 1024;

/// What is wanted.
pub(super) struct Haul<'a> {
    /// From which mailbox.
    pub(super) mailbox: MailboxId,
    /// Messages that arrived from then on.
    pub(super) since: UnixTime,
    /// Bytes that one command asks for at most, where the server allows only so many.
    pub(super) most: u64,
    /// Asked between two commands.
    pub(super) stop: &'a (dyn Fn() -> bool + Sync),
    /// Hears the number of messages that were stored.
    pub(super) told: &'a (dyn Fn(u64) + Sync),
}

/// How it ended, and after how many messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// All that was wanted and can be had is here.
    Done { messages: u64 },
    /// It was stopped.
    Stopped { messages: u64 },
}

/// How a stretch of it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    On,
    /// Stopped, or the mailbox has to be visited first, which is the next pass's work.
    End,
}

/// Fetches everything that is wanted, the newest first.
pub(super) async fn run(shared: &Shared, haul: &Haul<'_>) -> Result<Outcome, Trouble> {
    let stored = AtomicU64::new(0);
    let mut pace = Pace::default();
    let mut after: Option<(UnixTime, Uid)> = None;
    loop {
        let (mailbox, since, from) = (haul.mailbox, haul.since, after);
        let page = shared.read(move |s| s.missing_bodies(mailbox, since, from, PAGE)).await?;
        let done = || stored.load(Ordering::Relaxed);
        let Some(last) = page.last() else { return Ok(Outcome::Done { messages: done() }) };
        after = Some((last.received, last.uid));
        let is_large = |body: &MissingBody| body.size > SMALL || shared.is_odd(body.message);
        let (mut large, small): (Vec<_>, Vec<_>) = page.into_iter().partition(is_large);
        let mut way = many(shared, haul, small, &mut large, &mut pace, &stored).await?;
        // What can be read of the large ones comes before the rest of them.
        for body in &large {
            if way == Way::On {
                way = beginning(shared, haul, body).await?;
            }
        }
        for body in &large {
            if way == Way::On {
                way = one(shared, haul, body, &stored).await?;
            }
        }
        if way == Way::End {
            return Ok(Outcome::Stopped { messages: done() });
        }
    }
}

/// Bytes asked for with a command, which follow the speed of the line.
#[derive(Clone, Copy, Debug)]
struct Pace {
    bytes: u64,
    last: Option<Moment>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { bytes: FIRST_BYTES, last: None }
    }
}

impl Pace {
    /// A command has ended.
    fn tick(&mut self, now: Moment) {
        if let Some(took) = self.last.map(|last| now.since(last)) {
            if took < FAST {
                self.bytes = self.bytes.saturating_mul(2);
            } else if took > SLOW {
                self.bytes /= 2;
            }
            self.bytes = self.bytes.clamp(*BYTES.start(), *BYTES.end());
        }
        self.last = Some(now);
    }

    /// The next messages.
    fn take(&self, most: u64, todo: &mut VecDeque<MissingBody>) -> UidSet {
        let mut set = UidSet::new();
        let (mut bytes, mut count) = (0_u64, 0);
        while let Some(next) = todo.front() {
            bytes = bytes.saturating_add(next.size);
            if count > 0 && (bytes > self.bytes.min(most) || count >= MAX_MESSAGES) {
                break;
            }
            set.insert(next.uid);
            count += 1;
            todo.pop_front();
        }
        set
    }
}

/// Fetches small messages, many with a command. Those that turn out large go to `large`.
async fn many(
    shared: &Shared,
    haul: &Haul<'_>,
    small: Vec<MissingBody>,
    large: &mut Vec<MissingBody>,
    pace: &mut Pace,
    stored: &AtomicU64,
) -> Result<Way, Trouble> {
    let mut todo: VecDeque<MissingBody> = small.into();
    while !todo.is_empty() {
        if (haul.stop)() {
            return Ok(Way::End);
        }
        shared.queue.calm(&shared.config.clock).await;
        let mut lease = shared.lease(Role::Bulk).await?;
        let result = {
            let (link, is_wanted) = lease.split();
            let link = link.ok_or(Trouble::Again)?;
            let mailbox = haul.mailbox;
            let sought: UidSet = todo.iter().map(|body| body.uid).collect();
            // Both as of one moment: UIDs may mean other messages by now.
            let (row, here) =
                shared.read(move |s| Ok((s.mailbox(mailbox)?, s.ids_by_uid(mailbox, &sought)?))).await?;
            let here: BTreeMap<Uid, MessageId> = here.into_iter().collect();
            todo.retain(|body| here.get(&body.uid) == Some(&body.message));
            let by_uid: Arc<BTreeMap<Uid, MissingBody>> =
                Arc::new(todo.iter().map(|body| (body.uid, *body)).collect());
            let ready = match row {
                Some(row) => link.ready(&row).await,
                None => return Ok(Way::End),
            };
            let ready = match (ready, by_uid.keys().next_back()) {
                (Ok(true), Some(uid)) => link.see(*uid).await.map(|()| true),
                (other, _) => other,
            };
            match ready {
                Ok(true) => {
                    let (sender, receiver) = mpsc::channel(WAITING);
                    pace.last = None;
                    let asked = std::sync::Mutex::new(UidSet::new());
                    let mut is_first = true;
                    let mut next = || {
                        pace.tick(shared.config.clock.moment());
                        // The first one goes in any case: the user's work may wait for something itself.
                        let busy = !std::mem::take(&mut is_first) && (is_wanted() || shared.queue.is_busy());
                        let rest = (haul.stop)() || busy;
                        let set = if rest { UidSet::new() } else { pace.take(haul.most, &mut todo) };
                        let mut asked = asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        *asked = asked.union(&set);
                        (!set.is_empty()).then_some(set)
                    };
                    let read = async {
                        let sender = sender;
                        link.session.fetch_whole(SMALL * SURPLUS, &mut next, &sender).await
                    };
                    let write = store_all(shared, haul, receiver, Arc::clone(&by_uid), stored);
                    let (read, written) = tokio::join!(read, write);
                    let is_limit = matches!(read, Err(Error::Limit { .. }));
                    let (over, seen) = written?;
                    large.extend(over);
                    let asked = asked.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
                    let left = asked.difference(&seen);
                    let left = left.iter().filter_map(|uid| by_uid.get(&uid));
                    match read.map_err(|error| link.trouble(&error)) {
                        // One of them is broken at the server, or not what it was said to be: each by itself.
                        Err(Trouble::Refused(problem)) => {
                            tracing::info!(?problem, "bodies one by one");
                            large.extend(left);
                            Ok(true)
                        }
                        Err(trouble) => {
                            if is_limit {
                                left.for_each(|body| shared.note_odd(body.message));
                            }
                            Err(trouble)
                        }
                        Ok(()) => Ok(true),
                    }
                }
                other => other,
            }
        };
        if !lease.settle(result)? {
            return Ok(Way::End);
        }
    }
    Ok(Way::On)
}

/// Stores what comes in, batch by batch. Gives those that were too large to come this way, and all that came.
async fn store_all(
    shared: &Shared,
    haul: &Haul<'_>,
    mut receiver: mpsc::Receiver<WholeMessage>,
    by_uid: Arc<BTreeMap<Uid, MissingBody>>,
    stored: &AtomicU64,
) -> Result<(Vec<MissingBody>, UidSet), Trouble> {
    let mut jobs: JoinSet<Result<usize, StoreError>> = JoinSet::new();
    let (mut over, mut seen) = (Vec::new(), UidSet::new());
    let count = |result: Option<Result<Result<usize, StoreError>, tokio::task::JoinError>>| match result {
        None => Ok(()),
        Some(Ok(Ok(n))) => {
            let n = u64::try_from(n).unwrap_or(0);
            (haul.told)(stored.fetch_add(n, Ordering::Relaxed).saturating_add(n));
            Ok(())
        }
        Some(Ok(Err(error))) => Err(Trouble::from(error)),
        Some(Err(error)) => Err(Trouble::Store(Problem::Store { detail: error.to_string() })),
    };
    while let Some(batch) = batch(shared, &mut receiver, &by_uid, &mut over, &mut seen).await {
        while jobs.len() >= JOBS {
            count(jobs.join_next().await)?;
        }
        let (store, clock) = (shared.config.store.clone(), shared.config.clock.clone());
        jobs.spawn(async move { clock.busy(keep(store, batch)).await });
    }
    while !jobs.is_empty() {
        count(jobs.join_next().await)?;
    }
    Ok((over, seen))
}

/// Messages with their bytes.
type Batch = Vec<(MessageId, Vec<u8>)>;

/// Collects the next batch; `None` at the end.
async fn batch(
    shared: &Shared,
    receiver: &mut mpsc::Receiver<WholeMessage>,
    by_uid: &BTreeMap<Uid, MissingBody>,
    over: &mut Vec<MissingBody>,
    seen: &mut UidSet,
) -> Option<Batch> {
    let clock = &shared.config.clock;
    let (mut batch, mut bytes) = (Batch::new(), 0_usize);
    let mut end: Option<Moment> = None;
    while batch.len() < BATCH && bytes < BATCH_BYTES {
        let next = match end {
            None => receiver.recv().await,
            Some(end) => tokio::select! {
                biased;
                next = receiver.recv() => next,
                () = clock.sleep_until(end) => break,
            },
        };
        let Some(whole) = next else { break };
        end.get_or_insert_with(|| clock.moment() + LINGER);
        let Some(body) = by_uid.get(&whole.uid) else { continue };
        seen.insert(whole.uid);
        match whole.bytes {
            // Cut short, or announced wrongly: what comes piece by piece tells.
            Some(raw) if shared.is_short(u64::try_from(raw.len()).unwrap_or(u64::MAX), body.size) => {
                over.push(*body);
            }
            Some(raw) => {
                bytes = bytes.saturating_add(raw.len());
                batch.push((body.message, raw));
            }
            None => over.push(*body),
        }
    }
    (!batch.is_empty() || end.is_some()).then_some(batch)
}

/// Packs a batch and stores it.
async fn keep(store: Store, batch: Batch) -> Result<usize, StoreError> {
    let packer = store.clone();
    let packing = tokio::task::spawn_blocking(move || {
        let see = packer.snapshot()?;
        let mut bodies = Vec::with_capacity(batch.len());
        for (message, raw) in batch {
            let Some(known) = see.body_facts(message)? else { continue };
            if is_of_another(&raw, &known) {
                // The next visit finds out what the UIDs mean.
                tracing::warn!(%message, "bytes of another message");
                continue;
            }
            let reading = Reading::of(&raw, &known);
            bodies.push(reading.with(message, packer.pack_body(&raw)?));
        }
        Ok::<_, StoreError>(bodies)
    });
    let bodies = packing.await.map_err(|_| StoreError::Closed)??;
    store.write("bodies", move |w| w.put_bodies(bodies)).await
}

/// Fetches the text of a large message.
async fn beginning(shared: &Shared, haul: &Haul<'_>, body: &MissingBody) -> Result<Way, Trouble> {
    if (haul.stop)() {
        return Ok(Way::End);
    }
    if text::is_here(shared, body.message).await? {
        return Ok(Way::On);
    }
    shared.queue.calm(&shared.config.clock).await;
    let mut lease = shared.lease(Role::Bulk).await?;
    let result = text::fetch_text(shared, lease.link()?, body.message).await;
    match lease.settle(result) {
        Ok(_) => Ok(Way::On),
        Err(Trouble::Refused(problem)) => {
            tracing::debug!(message = %body.message, ?problem, "no text");
            Ok(Way::On)
        }
        Err(trouble) => Err(trouble),
    }
}

/// Fetches one large message by pieces. What has come is kept when it is stopped or the line breaks.
async fn one(
    shared: &Shared,
    haul: &Haul<'_>,
    body: &MissingBody,
    stored: &AtomicU64,
) -> Result<Way, Trouble> {
    let clock = &shared.config.clock;
    let Some(mut writer) = clock.busy(open(&shared.config.store, body.message)).await? else {
        return Ok(Way::On);
    };
    let mut shorts = 0;
    loop {
        if (haul.stop)() {
            return Ok(Way::End);
        }
        shared.queue.calm(clock).await;
        let mut lease = shared.lease(Role::Bulk).await?;
        let mut bytes = Vec::new();
        let result = piece(shared, lease.link()?, haul, body, writer.offset(), &mut bytes).await;
        let result = lease.settle(result);
        drop(lease);
        let came = bytes.len();
        // Also what came before a break is right.
        writer = clock.busy(blocking(move || writer.write(&bytes).map(|()| writer))).await?;
        match result {
            Ok(Piece::Some) if came >= usize::try_from(PIECE).unwrap_or(usize::MAX) => {}
            // Announced sizes are wrong on some servers, and some cut what they send: less than was asked for is the
            // end only if nothing comes behind it.
            Ok(Piece::Some | Piece::Rest) if came == 0 && (writer.offset() > 0 || body.size == 0) => break,
            Ok(Piece::Some | Piece::Rest) if !shared.is_short(writer.offset(), body.size) => break,
            Ok(Piece::Some | Piece::Rest) if came > 0 && shorts < MAX_SHORT => shorts += 1,
            Ok(Piece::Some | Piece::Rest) => {
                tracing::warn!(message = %body.message, got = writer.offset(), size = body.size, "only some of it");
                return Ok(Way::On);
            }
            Ok(Piece::None) => return Ok(Way::On),
            Err(Trouble::Refused(problem)) => {
                tracing::info!(message = %body.message, ?problem, "no body");
                return Ok(Way::On);
            }
            Err(trouble) => return Err(trouble),
        }
    }
    if writer.offset() < body.size {
        shared.note_undersized();
    }
    match finish(shared, body.message, writer).await {
        Err(Trouble::Refused(_)) => return Ok(Way::On),
        other => other?,
    }
    (haul.told)(stored.fetch_add(1, Ordering::Relaxed).saturating_add(1));
    Ok(Way::On)
}

/// A complete message goes from its file into the store.
pub(super) async fn finish(shared: &Shared, message: MessageId, writer: PartWriter) -> Result<(), Trouble> {
    let store = shared.config.store.clone();
    let body = blocking(move || {
        let written = writer.finish()?;
        let known = store.snapshot()?.body_facts(message)?;
        let known = known.ok_or(StoreError::Gone { what: "message" })?;
        let reading = read(&written, &known)?;
        Ok(reading.map(|reading| reading.with(message, written.into())))
    });
    match shared.config.clock.busy(body).await {
        Ok(None) => Err(Trouble::Refused(another(message))),
        Ok(Some(body)) => shared.write("body", move |w| w.put_bodies(vec![body])).await.map(drop),
        Err(StoreError::Gone { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// What a message on the disk says about itself; `None` if it is another one.
pub(super) fn read(
    written: &crate::store::WrittenPart,
    known: &BodyFacts,
) -> Result<Option<Reading>, StoreError> {
    if written.size() > MAX_READ {
        return Ok(Some(Reading::default()));
    }
    let raw = written.bytes()?;
    Ok((!is_of_another(&raw, known)).then(|| Reading::of(&raw, known)))
}

/// The server gave bytes of another message.
pub(super) fn another(message: MessageId) -> Problem {
    tracing::warn!(%message, "bytes of another message");
    Problem::Protocol { detail: "it gives another message than it listed".to_owned() }
}

/// What came of asking for a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// There is no such message any more.
    None,
    /// Here it is; the last one if it is shorter than wanted.
    Some,
    /// Everything that was missing.
    Rest,
}

/// Reads the next piece of a message, or all that is missing from a server whose byte ranges cannot be relied on.
async fn piece(
    shared: &Shared,
    link: &mut super::link::Link,
    haul: &Haul<'_>,
    body: &MissingBody,
    start: u64,
    bytes: &mut Vec<u8>,
) -> Result<Piece, Trouble> {
    if start > body.size.saturating_mul(10).max(MAX_SURPLUS) {
        return Err(Trouble::Refused(Problem::Protocol { detail: "message without an end".into() }));
    }
    let source = Source::find(shared, body.message, Some(haul.mailbox)).await?.select(shared, link).await?;
    let by_range = link.session.rules().partial;
    let limit = if by_range { u64::from(PIECE) } else { MAX_READ };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut old = if by_range { 0 } else { usize::try_from(start).unwrap_or(usize::MAX) };
    let mut sink = |piece: &[u8]| {
        let skipped = old.min(piece.len());
        old -= skipped;
        let piece = piece.get(skipped..).unwrap_or_default();
        if bytes.len().saturating_add(piece.len()) > limit {
            return ControlFlow::Break(());
        }
        bytes.extend_from_slice(piece);
        ControlFlow::Continue(())
    };
    let range = by_range.then_some(ByteRange { start, length: PIECE });
    let section = Section::part(PartPath::root());
    let result = link.session.fetch_part(source.uid, &section, range, &mut sink).await;
    let fetched = result.map_err(|error| text::of_part(link, &error))?;
    if fetched.cancelled {
        bytes.clear();
        let detail = "more of a message than was asked for".to_owned();
        return Err(Trouble::Refused(Problem::Protocol { detail }));
    }
    // Nothing where there should be more: it went in the middle, and half of it is no message.
    let there = fetched.found || start >= body.size || (start > 0 && fetched.nil);
    Ok(match (there, by_range) {
        (false, _) => Piece::None,
        (true, true) => Piece::Some,
        (true, false) => Piece::Rest,
    })
}

/// `None`: somebody else fetches the same message.
async fn open(store: &Store, message: MessageId) -> Result<Option<PartWriter>, Trouble> {
    let store = store.clone();
    match blocking(move || store.part_writer(message, &PartPath::root())).await {
        Ok(writer) => Ok(Some(writer)),
        Err(StoreError::PartBusy) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn blocking<T: Send + 'static>(
    f: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(f).await.map_err(|_| StoreError::Closed)?
}
