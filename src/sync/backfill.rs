//! The way back to older messages, one window at a time, so that it can stop for whatever is more urgent.

use super::fetch;
use super::link::Link;
use super::planner;
use super::shared::Shared;
use super::trouble::Trouble;
use super::visit;
use crate::model::{MailboxId, Uid, UidSet};
use crate::store::{MailboxRow, NewMessage};
use std::time::Duration;

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// There is more; so many messages came.
    More(u64),
    /// All is here.
    Complete(u64),
    /// The mailbox has to be visited first.
    Visit,
}

/// Size of the windows of one mailbox, which follows the speed of the line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace(u32);

impl Default for Pace {
    fn default() -> Self {
        Self(planner::FIRST_WINDOW)
    }
}

/// Fetches the next window.
pub(super) async fn step(
    shared: &Shared,
    link: &mut Link,
    mailbox: MailboxId,
    pace: &mut Pace,
) -> Result<Step, Trouble> {
    let _room = shared.room(mailbox).await;
    let Some(row) = shared.read(move |s| s.mailbox(mailbox)).await? else { return Ok(Step::Complete(0)) };
    let Some(low) = row.state.backfill_low else { return Ok(Step::Visit) };
    if low == Uid::MIN {
        return Ok(Step::Complete(0));
    }
    if !link.ready(&row).await? {
        return Ok(Step::Visit);
    }
    let below = Uid::from_wire(low.get().saturating_sub(1)).map(|high| UidSet::range(Uid::MIN, high));
    if let Some((_, newest)) = below.as_ref().ok().and_then(planner::bounds) {
        // Another connection may have looked later than this one, so that some of them are news here.
        link.see(newest).await?;
    }
    let all = link.all_uids().await?;
    let below = planner::intersection(&all, &below.unwrap_or_default());
    // After a broken window, or where messages were recognized under new UIDs, some are here already.
    let here = shared.read(move |s| s.uids(mailbox)).await?;
    let missing = below.difference(&here);
    let window = planner::newest(&missing, pace.0);
    let more = window != missing;
    let clock = &shared.config.clock;
    let start = clock.moment();
    let (got, count) = fill(shared, link, &row, (&window, &all)).await?;
    visit::not_nothing(count, &window)?;
    let took = clock.elapsed(start);
    pace.0 = planner::next_size(pace.0, took.max(Duration::from_millis(1)));
    let new_low = planner::bounds(&window).filter(|_| more).map_or(Uid::MIN, |(low, _)| low);
    tracing::debug!(%mailbox, size = window.len(), ?took, "window");
    shared
        .write("window", move |w| {
            if !got.is_empty() {
                w.insert_messages(mailbox, got)?;
            }
            let mut state = w.mailbox_state(mailbox)?;
            state.backfill_low = Some(new_low);
            w.set_mailbox_state(mailbox, &state)
        })
        .await?;
    let count = u64::try_from(count).unwrap_or(0);
    Ok(if more { Step::More(count) } else { Step::Complete(count) })
}

async fn fill(
    shared: &Shared,
    link: &mut Link,
    row: &MailboxRow,
    (window, all): (&UidSet, &UidSet),
) -> Result<(Vec<NewMessage>, usize), Trouble> {
    if window.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let total = link.view().map_or(0, |view| u64::from(view.exists));
    let mut fetched = 0;
    let board = &shared.board;
    let mailbox = row.id;
    let mut count = |n: usize| {
        fetched += n;
        let done = row.at_server.saturating_add(u64::try_from(fetched).unwrap_or(0));
        board.working(Some(mailbox), done, total);
    };
    let last = fetch::window(shared, link, row.id, &planner::question(window, all), &mut count).await?;
    Ok((last, fetched))
}
