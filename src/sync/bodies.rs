//! Fetches the bodies that shall be on this computer, after all list data, while nothing more urgent is to do:
//! it stops between two commands when the user wants something, pauses, or new list data is due.
//!
//! What is stored is never fetched again: each pass asks the store what is missing, so a break or a restart costs
//! no more than what was on its way.

use super::event::{BodyProgress, Event};
use super::haul::{self, Haul, Outcome};
use super::shared::Shared;
use super::trouble::Trouble;
use crate::model::{BodyPolicy, MailboxId, SpecialUse, UnixTime};
use crate::store::{BodySettings, Changes};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// Tells the work to end at the next good moment.
#[derive(Debug, Default)]
pub(super) struct Brake {
    pulled: AtomicBool,
    told: Notify,
}

impl Brake {
    pub(super) fn pull(&self) {
        self.pulled.store(true, Ordering::Relaxed);
        self.told.notify_one();
    }

    fn is_pulled(&self) -> bool {
        self.pulled.load(Ordering::Relaxed)
    }
}

/// A mailbox and from when on its bodies are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wish {
    mailbox: MailboxId,
    since: UnixTime,
}

/// Works until `end` is pulled or there is trouble. What arrives or is set meanwhile is seen to.
pub(super) async fn run(shared: &Shared, end: &Brake) -> Result<(), Trouble> {
    let mut changes = shared.config.store.subscribe();
    loop {
        let again = Brake::default();
        {
            let work = pass(shared, end, &again);
            let mut work = std::pin::pin!(work);
            loop {
                tokio::select! {
                    result = &mut work => { result?; break }
                    asked = heard(&mut changes) => if asked { again.pull() },
                }
            }
        }
        if end.is_pulled() {
            return Ok(());
        }
        if !again.is_pulled() {
            tokio::select! {
                () = end.told.notified() => return Ok(()),
                () = news(&mut changes) => {}
            }
        }
    }
}

/// Waits until something could be wanted that was not before.
async fn news(changes: &mut Receiver<Changes>) {
    while !heard(changes).await {}
}

/// Hears one change: whether bodies could be missing now, or unwanted.
async fn heard(changes: &mut Receiver<Changes>) -> bool {
    match changes.recv().await {
        Ok(changes) => changes.tree || changes.accounts || !changes.added.is_empty(),
        Err(RecvError::Lagged(_)) => true,
        // The store is closed, and so will be all the rest.
        Err(RecvError::Closed) => std::future::pending().await,
    }
}

/// Fetches what is missing now.
async fn pass(shared: &Shared, end: &Brake, again: &Brake) -> Result<(), Trouble> {
    let account = shared.account;
    let now = shared.config.clock.now();
    let (settings, mut mailboxes) =
        shared.read(move |s| Ok((s.body_settings(account)?, s.mailboxes(account)?))).await?;
    if settings.paused {
        tell(shared, BodyProgress::Paused);
        return Ok(());
    }
    let mut wishes = Vec::new();
    mailboxes.sort_by_key(|row| turn(row.special_use));
    for row in mailboxes.iter().filter(|row| !row.attributes.no_select) {
        wishes.extend(wish(&settings, row.id, row.special_use, now));
    }
    let mut counted = shared.links.traffic().bytes_in;
    for wish in wishes {
        let stop = || end.is_pulled() || again.is_pulled() || used_up(shared, counted).is_some();
        if end.is_pulled() || again.is_pulled() {
            break;
        }
        if let Some(until) = used_up(shared, counted) {
            tell(shared, BodyProgress::UsedUp { until });
            return Ok(());
        }
        let missing = shared.read(move |s| s.count_missing_bodies(wish.mailbox, wish.since)).await?;
        if missing == 0 {
            continue;
        }
        let told = |done: u64| {
            let total = missing.max(done);
            tell(shared, BodyProgress::Fetching { mailbox: wish.mailbox, done, total });
        };
        told(0);
        let most = most(shared);
        let haul = Haul { mailbox: wish.mailbox, since: wish.since, most, stop: &stop, told: &told };
        let result = haul::run(shared, &haul).await;
        counted = count(shared, counted);
        match result {
            Ok(Outcome::Done { .. } | Outcome::Stopped { .. }) => {}
            // The others still can be had.
            Err(Trouble::Refused(problem)) => {
                tracing::info!(mailbox = %wish.mailbox, ?problem, "bodies refused");
            }
            Err(trouble) => return Err(trouble),
        }
    }
    if end.is_pulled() || again.is_pulled() {
        // Broken off, not done: what comes next tells more.
        return Ok(());
    }
    match used_up(shared, counted) {
        Some(until) => tell(shared, BodyProgress::UsedUp { until }),
        None => tell(shared, BodyProgress::Resting),
    }
    Ok(())
}

/// Remembers what was fetched since `before` bytes had come, where the server has a rule for a day.
fn count(shared: &Shared, before: u64) -> u64 {
    let now = shared.links.traffic().bytes_in;
    if shared.links.daily.load(Ordering::Relaxed) > 0 {
        let memory = &shared.config.memory;
        memory.note_fetched(shared.account, now.saturating_sub(before), shared.config.clock.now());
    }
    now
}

/// Bytes to ask for with one command: where a day has a limit, too few to overshoot it by much.
fn most(shared: &Shared) -> u64 {
    const SHARE: u64 = 32;
    match shared.links.daily.load(Ordering::Relaxed) {
        0 => u64::MAX,
        daily => daily / SHARE,
    }
}

/// Until when nothing more is to be fetched, if what the server allows for a day is used up. Bytes up to `counted` are
/// in the memory.
fn used_up(shared: &Shared, counted: u64) -> Option<UnixTime> {
    let daily = Some(shared.links.daily.load(Ordering::Relaxed)).filter(|daily| *daily > 0)?;
    let (before, until) = shared.config.memory.fetched(shared.account, shared.config.clock.now());
    let since = shared.links.traffic().bytes_in.saturating_sub(counted);
    (before.saturating_add(since) >= daily).then_some(until)
}

/// What is set for a mailbox, as a wish.
fn wish(
    settings: &BodySettings,
    mailbox: MailboxId,
    special_use: Option<SpecialUse>,
    now: UnixTime,
) -> Option<Wish> {
    let own = settings.mailboxes.get(&mailbox).copied();
    let since = BodyPolicy::of_mailbox(own, settings.account, special_use).since(now)?;
    Some(Wish { mailbox, since })
}

/// The order of mailboxes: what is read most comes first.
const fn turn(special_use: Option<SpecialUse>) -> u8 {
    match special_use {
        Some(SpecialUse::Inbox) => 0,
        Some(SpecialUse::Drafts) => 1,
        Some(SpecialUse::Sent) => 2,
        None => 3,
        Some(SpecialUse::Archive) => 4,
        Some(SpecialUse::All | SpecialUse::Flagged) => 5,
        Some(SpecialUse::Trash | SpecialUse::Junk) => 6,
    }
}

fn tell(shared: &Shared, progress: BodyProgress) {
    if shared.bodies_told(progress) {
        shared.tell(Event::Bodies { account: shared.account, progress });
    }
}

/// Fetches all that a mailbox lacks since a time, once; for the command line.
pub(super) async fn once(
    shared: &Shared,
    mailbox: MailboxId,
    since: UnixTime,
    told: &(dyn Fn(u64) + Sync),
) -> Result<u64, Trouble> {
    let haul = Haul { mailbox, since, most: u64::MAX, stop: &|| false, told };
    match haul::run(shared, &haul).await? {
        Outcome::Done { messages } | Outcome::Stopped { messages } => Ok(messages),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_wants_what_is_set_for_it() {
        let [inbox, junk, own] = [1, 2, 3].map(MailboxId::from_row);
        let mut settings = BodySettings::default();
        settings.mailboxes.insert(own, BodyPolicy::All);
        let now = UnixTime(1_000 * 86_400);
        let since = |settings: &BodySettings, mailbox, special_use| {
            wish(settings, mailbox, special_use, now).map(|wish| wish.since.0 / 86_400)
        };
        assert_eq!(since(&settings, inbox, Some(SpecialUse::Inbox)), Some(910));
        assert_eq!(since(&settings, junk, Some(SpecialUse::Junk)), None);
        assert!(since(&settings, own, Some(SpecialUse::Trash)).is_some_and(|day| day < 0));
        settings.account = Some(BodyPolicy::None);
        assert_eq!(since(&settings, inbox, Some(SpecialUse::Inbox)), None);
    }
}
