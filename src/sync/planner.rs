//! Decides what a mailbox needs. Pure: what is known goes in, what to do comes out. No I/O, no clock.

use crate::model::{MailboxId, ModSeq, SpecialUse, Uid, UidSet, UidValidity, UnixTime};
use crate::store::MailboxState;
use std::time::Duration;

/// Messages painted first: more than the tallest window shows.
pub(super) const NEWEST: u32 = 200;
/// First window of the way back.
pub(super) const FIRST_WINDOW: u32 = 750;
/// Largest window: one command, some seconds on a slow line, some MB of memory.
pub(super) const MAX_WINDOW: u32 = 5_000;
/// Smallest window; below it round trips would dominate.
pub(super) const MIN_WINDOW: u32 = 250;
/// A window that took longer is too large: the user may want the line for something else.
const SLOW: Duration = Duration::from_secs(4);
/// A window that took less can grow.
const FAST: Duration = Duration::from_secs(2);
/// Messages whose flags are compared when something changed and the server cannot say what.
pub(super) const RECENT: u32 = 400;
/// Every flag and UID is compared at least this often where the server cannot tell changes.
pub(super) const FULL_CHECK: i64 = 30 * 60;
/// Where the numbers of messages here and there differ although all is copied, UIDs are compared at most
/// this often: some servers count messages that they do not give away.
pub(super) const MISMATCH_CHECK: i64 = 10 * 60;
/// Below this a mass removal needs no second look: it is an ordinary cleaning-up.
const FEW: u64 = 100;
/// UID sets up to this many bytes are sent as they are (old servers take lines of 1,000 bytes).
pub(super) const MAX_SET: usize = 900;

/// What the server says about a mailbox, by STATUS or SELECT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Remote {
    pub(super) exists: Option<u32>,
    pub(super) unseen: Option<u32>,
    pub(super) uid_validity: Option<UidValidity>,
    pub(super) uid_next: Option<Uid>,
    pub(super) mod_seq: Option<ModSeq>,
}

/// How the server tells changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Telling {
    /// Not at all: compare flags and UIDs.
    Nothing,
    /// Changed flags (CONDSTORE).
    Flags,
    /// Changed flags and removals (QRESYNC).
    Everything,
}

/// Whether a mailbox has to be looked into, judging by its STATUS. `local_total` is the number of messages
/// in the local list.
pub(super) fn needs_visit(local: &MailboxState, local_total: u64, remote: &Remote, now: UnixTime) -> bool {
    let told = remote.uid_validity.is_some() && remote.exists.is_some();
    if !told || local.backfill_low.is_none() && remote.exists != Some(0) {
        return true;
    }
    let same = local.uid_validity == remote.uid_validity
        && local.exists == remote.exists
        && (remote.uid_next.is_none() || local.uid_next == remote.uid_next)
        && (remote.unseen.is_none() || local.unseen == remote.unseen);
    if !same || local.backfill_low != Some(Uid::MIN) && remote.exists != Some(0) {
        return true;
    }
    if local_total != remote.exists.map_or(0, u64::from) && check_due(local, now, MISMATCH_CHECK) {
        return true;
    }
    match remote.mod_seq {
        Some(mod_seq) if mod_seq.is_some() => local.highest_mod_seq != mod_seq,
        // Flags other than \Seen change without a trace in STATUS.
        _ => remote.exists != Some(0) && check_due(local, now, FULL_CHECK),
    }
}

fn check_due(local: &MailboxState, now: UnixTime, interval: i64) -> bool {
    local.last_full_check.is_none_or(|last| now.0.saturating_sub(last.0) >= interval)
}

/// How flags are brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FlagCheck {
    /// They are.
    Nothing,
    /// Ask for changes since then.
    Since(ModSeq),
    /// Compare those of the newest messages.
    Recent,
    /// Compare all.
    All,
}

/// How removals are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Removals {
    /// The server told them.
    Told,
    /// Compare UIDs if the numbers of messages differ once the new ones are here. Done even where the
    /// server tells removals, because some tell them wrongly.
    Count,
    /// Compare UIDs.
    Compare,
}

/// What to do in a mailbox that was just selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// The server gives no UIDVALIDITY: UIDs mean nothing, only looking is possible.
    Unsyncable,
    /// Nothing is here yet: fetch the newest.
    First,
    /// UIDs have changed their meaning: recognize messages by their content.
    Relink,
    /// Catch up.
    CatchUp {
        /// How flags are brought up to date.
        flags: FlagCheck,
        /// How removals are found.
        removals: Removals,
        /// New messages have this UID or a higher one.
        new_from: Option<Uid>,
    },
}

/// Decides how to catch up. `local_total` is the number of messages in the local list.
pub(super) fn plan(
    local: &MailboxState,
    local_total: u64,
    remote: &Remote,
    telling: Telling,
    now: UnixTime,
) -> Plan {
    let Some(validity) = remote.uid_validity else { return Plan::Unsyncable };
    match local.uid_validity {
        None => return Plan::First,
        Some(known) if known != validity => {
            return if local_total == 0 { Plan::First } else { Plan::Relink };
        }
        Some(_) => {}
    }
    let Some(low) = local.backfill_low else { return Plan::First };
    // UIDs are never reused, so a lower UIDNEXT means that something is badly wrong over there.
    let went_back = matches!((local.uid_next, remote.uid_next), (Some(l), Some(r)) if r < l);
    let new_from = match (local.uid_next, remote.uid_next) {
        (Some(l), Some(r)) if r == l => None,
        (Some(l), _) => Some(l),
        (None, _) => Some(low),
    };
    let complete = low == Uid::MIN;
    let differs = complete && new_from.is_none() && local_total != remote.exists.map_or(0, u64::from);
    let interval = if differs { MISMATCH_CHECK } else { FULL_CHECK };
    let current = remote.mod_seq.filter(|m| m.is_some() && local.highest_mod_seq.is_some() && !went_back);
    let (flags, removals) = match (telling, current) {
        (Telling::Everything, Some(_)) => {
            (FlagCheck::Nothing, if complete { Removals::Count } else { Removals::Told })
        }
        (Telling::Flags, Some(now)) if now == local.highest_mod_seq => (FlagCheck::Nothing, Removals::Count),
        (Telling::Flags, Some(_)) => (FlagCheck::Since(local.highest_mod_seq), Removals::Count),
        _ if went_back || check_due(local, now, interval) => (FlagCheck::All, Removals::Compare),
        _ => (FlagCheck::Recent, Removals::Count),
    };
    // As long as older messages are missing here, the numbers differ anyway.
    let removals = if removals == Removals::Count && !complete { Removals::Compare } else { removals };
    Plan::CatchUp { flags, removals, new_from }
}

/// Whether a removal is too large to be believed without a second look over a new connection.
pub(super) fn is_doubtful(gone: u64, known: u64) -> bool {
    gone > FEW && gone.saturating_mul(2) > known
}

/// Whether a mailbox with a new UIDVALIDITY is still the one that is stored here: so many of the messages that both
/// sides could have in common were recognized. (The rule and its numbers are isync's; below ten they tell nothing.)
pub(super) fn is_recognized(recognized: u64, common: u64) -> bool {
    common < 10 || recognized >= 20 || recognized.saturating_mul(100) >= common.saturating_mul(80)
}

/// The newest `count` members.
pub(super) fn newest(set: &UidSet, count: u32) -> UidSet {
    let mut left = count;
    let mut ranges = Vec::new();
    for (low, high) in set.ranges().rev() {
        if left == 0 {
            break;
        }
        let length = (high.get() - low.get()).saturating_add(1);
        let from = high.get() - (length.min(left) - 1);
        left -= length.min(left);
        ranges.extend(Uid::from_wire(from).map(|from| (from, high)));
    }
    UidSet::from_ranges(ranges)
}

/// The members of both.
pub(super) fn intersection(a: &UidSet, b: &UidSet) -> UidSet {
    a.difference(&a.difference(b))
}

/// Of the UIDs in the store, those of which a connection can tell that they are gone. A message that another connection
/// put there after this one selected the mailbox is not there for this one, until the server could tell of it (RFC 9051
/// section 7.5.1). So UIDs from `next` on, UIDNEXT at that time, count only if they were known `before`.
pub(super) fn judged(known: &UidSet, before: &UidSet, next: Option<Uid>) -> UidSet {
    let late = UidSet::range(next.unwrap_or(Uid::MIN), Uid::MAX).difference(before);
    known.difference(&late)
}

/// The lowest and the highest member.
pub(super) fn bounds(set: &UidSet) -> Option<(Uid, Uid)> {
    let (low, _) = set.ranges().next()?;
    let (_, high) = set.ranges().next_back()?;
    Some((low, high))
}

/// How to ask for a window: its members, or the range around them if naming them takes a long line and the
/// range asks for few others. `all` are the UIDs that exist.
pub(super) fn question(window: &UidSet, all: &UidSet) -> UidSet {
    let Some((low, high)) = bounds(window) else { return UidSet::new() };
    let range = UidSet::range(low, high);
    let others = intersection(all, &range).len().saturating_sub(window.len());
    if others.saturating_mul(2) <= window.len() && window.to_string().len() > MAX_SET {
        range
    } else {
        window.clone()
    }
}

/// UIDs that should hold about `count` messages just below `below`, where nothing but density is known.
pub(super) fn guess(below: Uid, exists: u32, count: u32) -> Option<UidSet> {
    let top = below.get().checked_sub(1)?;
    let span = u64::from(top).saturating_mul(u64::from(count)) / u64::from(exists.max(1));
    let span = u32::try_from(span.max(u64::from(count))).unwrap_or(u32::MAX);
    let low = top.saturating_sub(span.saturating_sub(1)).max(1);
    Some(UidSet::range(Uid::from_wire(low).ok()?, Uid::from_wire(top).ok()?))
}

/// Size of the next window after one of `size` took `took`.
pub(super) fn next_size(size: u32, took: Duration) -> u32 {
    let next = match took {
        took if took > SLOW => size / 2,
        took if took < FAST => size.saturating_mul(2),
        _ => size,
    };
    next.clamp(MIN_WINDOW, MAX_WINDOW)
}

/// Order in which mailboxes are filled: INBOX, what people look into, then small before large; views of
/// mail that is elsewhere come last.
pub(super) fn order(mut mailboxes: Vec<(MailboxId, Option<SpecialUse>, Option<u32>)>) -> Vec<MailboxId> {
    let rank = |special: Option<SpecialUse>| match special {
        Some(SpecialUse::Inbox) => 0,
        Some(SpecialUse::Sent) => 1,
        Some(SpecialUse::Drafts) => 2,
        Some(SpecialUse::Archive) => 3,
        None => 4,
        Some(SpecialUse::Trash) => 5,
        Some(SpecialUse::Junk) => 6,
        Some(SpecialUse::All) => 7,
        Some(SpecialUse::Flagged) => 8,
    };
    mailboxes.sort_by_key(|(id, special, size)| (rank(*special), size.unwrap_or(u32::MAX), *id));
    mailboxes.into_iter().map(|(id, _, _)| id).collect()
}

#[cfg(test)]
#[path = "planner/tests.rs"]
mod tests;
