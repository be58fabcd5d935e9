//! Finds out which messages are gone from the server, and makes sure of it: the store hides nothing on
//! one connection's word if that word sounds like a mistake.

use super::fetch;
use super::link::Link;
use super::planner::{self, Removals};
use super::shared::Shared;
use super::status::Problem;
use super::trouble::Trouble;
use super::visit::Effects;
use crate::imap::SearchQuery;
use crate::model::{Uid, UidSet};
use crate::store::MailboxRow;

/// What a comparison did.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Compared {
    /// Whether all UIDs were compared.
    pub(super) compared: bool,
    /// Messages that were missing here and have been fetched.
    pub(super) fetched: u64,
}

/// Compares UIDs if that is called for. `known` are the UIDs in the store after this visit, `judged` those of them of
/// which this connection can tell that they are gone.
pub(super) async fn find(
    shared: &Shared,
    link: &mut Link,
    row: &MailboxRow,
    removals: Removals,
    (known, judged): (&UidSet, &UidSet),
    effects: &mut Effects,
) -> Result<Compared, Trouble> {
    let left = judged.difference(&effects.gone).len();
    let exists = link.view().map_or(0, |view| u64::from(view.exists));
    match removals {
        Removals::Told => {
            confirm(link, effects).await?;
            return Ok(Compared::default());
        }
        Removals::Count if left == exists => return Ok(Compared::default()),
        Removals::Count | Removals::Compare => {}
    }
    link.forget_uids();
    let server = link.all_uids().await?;
    let told = link.view().map_or(0, |view| u64::from(view.exists));
    // A list that is shorter than the number that the same server tells is no proof of anything.
    if server.len() < told {
        tracing::warn!(mailbox = %row.id, told, listed = server.len(), "UIDs are missing in the server's answer");
    } else {
        // Also what VANISHED told: one big provider names messages that are still there.
        effects.gone = judged.difference(&server);
    }
    let low = row.state.backfill_low.unwrap_or(Uid::MAX);
    let above = planner::intersection(&server, &UidSet::range(low, Uid::MAX));
    let missing = above.difference(known);
    let mut fetched = 0;
    if !missing.is_empty() {
        let mut count = |n: usize| fetched += u64::try_from(n).unwrap_or(0);
        let last = fetch::window(shared, link, row.id, &missing, &mut count).await?;
        effects.new.extend(last);
    }
    Ok(Compared { compared: true, fetched })
}

/// Asks whether what VANISHED named is really gone, where no count of messages can tell.
async fn confirm(link: &mut Link, effects: &mut Effects) -> Result<(), Trouble> {
    if effects.gone.is_empty() {
        return Ok(());
    }
    let there = still_there(link, &effects.gone).await?;
    if !there.is_empty() {
        tracing::warn!(uids = %there, "named as vanished, but still there");
    }
    effects.gone = effects.gone.difference(&there);
    Ok(())
}

/// Which of these messages the selected mailbox has.
pub(super) async fn still_there(link: &mut Link, uids: &UidSet) -> Result<UidSet, Trouble> {
    let mut there = UidSet::new();
    for chunk in uids.chunks(planner::MAX_SET) {
        let found = link.session.uid_search(&SearchQuery::Uids(chunk)).await;
        there = there.union(&found.map_err(|error| link.trouble(&error))?);
    }
    Ok(planner::intersection(&there, uids))
}

/// Takes a second look, over a new connection, before many messages are hidden. What that connection
/// still sees stays.
pub(super) async fn verify(
    shared: &Shared,
    row: &MailboxRow,
    known: u64,
    gone: &mut UidSet,
) -> Result<(), Trouble> {
    if !planner::is_doubtful(gone.len(), known) {
        return Ok(());
    }
    tracing::warn!(mailbox = %row.id, gone = gone.len(), known, "verifying a mass removal");
    let mut link = match Link::open(shared).await {
        Ok(link) => link,
        // No second opinion to be had: change nothing, the next visit asks again.
        Err(refusal) => return Err(Trouble::Refused(refusal.trouble.problem())),
    };
    let seen = second_look(&mut link, row).await?;
    *gone = gone.difference(&seen);
    // Only politeness: the answer is here.
    if let Err(error) = link.session.logout().await {
        tracing::debug!(%error, "logout");
    }
    Ok(())
}

async fn second_look(link: &mut Link, row: &MailboxRow) -> Result<UidSet, Trouble> {
    if !link.ready(row).await? {
        // The UIDs mean something else by now; the next visit sorts that out.
        return Err(Trouble::Refused(Problem::Protocol { detail: "UIDVALIDITY changed meanwhile".into() }));
    }
    let seen = link.all_uids().await?;
    let exists = link.view().map_or(0, |view| u64::from(view.exists));
    if seen.len() < exists {
        return Err(Trouble::Refused(Problem::Protocol { detail: "UIDs are missing in SEARCH".into() }));
    }
    Ok(seen)
}
