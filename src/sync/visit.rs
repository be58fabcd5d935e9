//! Brings one mailbox up to date: selects it, plans, carries the differences into the store.
//!
//! Invariant: what a visit found out and the state that says "found out up to here" are in the same
//! transaction. A visit that breaks leaves the old state, so the next one does the same again.

use super::event::Event;
use super::fetch::{self, FlagRow};
use super::identity;
use super::link::Link;
use super::news;
use super::planner::{self, FlagCheck, Plan, Remote, Removals, Telling};
use super::relink;
use super::removal;
use super::shared::Shared;
use super::status::Problem;
use super::trouble::Trouble;
use crate::imap::{Selected, Unsolicited};
use crate::model::{MailboxId, ModSeq, SpecialUse, Uid, UidSet};
use crate::store::{MailboxRow, MailboxState, NewMessage, Snapshot, StoreError};

/// UIDs whose flags are compared with one command.
const FLAG_CHUNK: u32 = 1_000;

/// Messages by which it is seen that a server without CONDSTORE did not number anew.
const PROBES: u32 = 3;

/// What came out of a visit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Visited {
    /// Messages whose list data was fetched.
    pub(super) messages: u64,
}

/// What a catch-up changes.
#[derive(Debug, Default)]
pub(super) struct Effects {
    pub(super) flags: Vec<FlagRow>,
    pub(super) gone: UidSet,
    pub(super) new: Vec<NewMessage>,
}

/// Brings a mailbox up to date, without the way back to older messages. `told` is what STATUS said.
pub(super) async fn visit(
    shared: &Shared,
    link: &mut Link,
    mailbox: MailboxId,
    told: Option<&Remote>,
) -> Result<Visited, Trouble> {
    let _room = shared.room(mailbox).await;
    let Some((row, before)) = shared.read(move |s| known(s, mailbox)).await? else {
        return Ok(Visited::default());
    };
    if row.attributes.no_select {
        return Ok(Visited::default());
    }
    news::elsewhere(shared, &link.news(shared)).await?;
    let selected = link.select(&row).await?;
    let mut remote = Remote::from(&selected);
    remote.unseen = told.and_then(|told| told.unseen);
    let now = shared.config.due(row.at_server);
    let plan = planner::plan(&row.state, row.at_server, &remote, link.telling, now);
    tracing::debug!(%mailbox, ?plan, "visit");
    match plan {
        Plan::Unsyncable => {
            Err(Trouble::Refused(Problem::Protocol { detail: "mailbox without UIDVALIDITY".into() }))
        }
        Plan::First => first(shared, link, &row, &remote).await,
        Plan::Relink => relink::relink(shared, link, &row, &remote).await,
        Plan::CatchUp { flags, removals, new_from } => {
            let catch_up = CatchUp { flags, removals, new_from };
            catch_up.run(shared, link, &row, &remote, (selected, before)).await
        }
    }
}

/// A mailbox as stored, and the UIDs that are known above those of its last visit: of messages that other connections
/// put there. What they put there from now on, this one may not see.
fn known(snapshot: &Snapshot, mailbox: MailboxId) -> Result<Option<(MailboxRow, UidSet)>, StoreError> {
    let Some(row) = snapshot.mailbox(mailbox)? else { return Ok(None) };
    let above = UidSet::range(row.state.uid_next.unwrap_or(Uid::MIN), Uid::MAX);
    let before = snapshot.ids_by_uid(mailbox, &above)?.into_iter().map(|(uid, _)| uid).collect();
    Ok(Some((row, before)))
}

/// State after everything in `remote` has been carried over.
pub(super) fn state_after(
    old: &MailboxState,
    remote: &Remote,
    newest: Option<Uid>,
    low: Option<Uid>,
) -> MailboxState {
    let after_newest = newest.and_then(|uid| Uid::from_wire(uid.get().saturating_add(1)).ok());
    let same = old.uid_validity == remote.uid_validity;
    MailboxState {
        uid_validity: remote.uid_validity,
        uid_next: remote
            .uid_next
            .or(after_newest)
            .max(old.uid_next.filter(|_| same && remote.uid_next.is_none())),
        highest_mod_seq: remote.mod_seq.unwrap_or(ModSeq::NONE),
        exists: remote.exists,
        unseen: remote.unseen.or(old.unseen),
        backfill_low: low,
        last_full_check: old.last_full_check.filter(|_| same),
    }
}

/// The newest messages of a mailbox of which nothing is here yet: one FETCH, one transaction, painted at once.
async fn first(
    shared: &Shared,
    link: &mut Link,
    row: &MailboxRow,
    remote: &Remote,
) -> Result<Visited, Trouble> {
    let exists = remote.exists.unwrap_or(0);
    let (messages, low) =
        if exists == 0 { (Vec::new(), Uid::MIN) } else { newest(shared, link, (exists, remote)).await? };
    shared.board.working(Some(row.id), u64::try_from(messages.len()).unwrap_or(0), u64::from(exists));
    let count = u64::try_from(messages.len()).unwrap_or(0);
    let top = messages.iter().map(|message| message.uid).max();
    let mut state = state_after(&row.state, remote, top, Some(low));
    if u64::from(exists) <= count || low != Uid::MIN {
        state.last_full_check = Some(shared.config.clock.now());
    }
    let mailbox = row.id;
    shared
        .write("newest messages", move |w| {
            w.insert_messages(mailbox, messages)?;
            w.set_mailbox_state(mailbox, &state)
        })
        .await?;
    Ok(Visited { messages: count })
}

/// The newest messages and the lowest UID from which on all are among them.
async fn newest(
    shared: &Shared,
    link: &mut Link,
    (exists, remote): (u32, &Remote),
) -> Result<(Vec<NewMessage>, Uid), Trouble> {
    /// A list of so many UIDs is worth a question even where it is not sent as ranges.
    const SHORT: u32 = 5_000;
    if let (Some(next), false) = (remote.uid_next, link.has_esearch || exists <= SHORT) {
        // Everything from the guessed UID up, so that also what arrives just now is in it.
        if let Some(guess) = planner::guess(next, exists, planner::NEWEST)
            && let Some((low, _)) = planner::bounds(&guess)
        {
            let found = fetch::messages(shared, link, &UidSet::range(low, Uid::MAX)).await?;
            if !found.is_empty() {
                return Ok((found, low));
            }
        }
    }
    let all = link.all_uids().await?;
    let window = planner::newest(&all, planner::NEWEST);
    let low = match planner::bounds(&window) {
        Some((low, _)) if window != all => low,
        _ => Uid::MIN,
    };
    let found = fetch::messages(shared, link, &planner::question(&window, &all)).await?;
    not_nothing(found.len(), &window)?;
    Ok((found, low))
}

/// An OK without a single one of many messages is no answer. (Of few, others may have removed all.)
pub(super) fn not_nothing(found: usize, window: &UidSet) -> Result<(), Trouble> {
    if found == 0 && window.len() > 10 {
        let detail = "FETCH without an answer".to_owned();
        return Err(Trouble::Refused(Problem::Protocol { detail }));
    }
    Ok(())
}

struct CatchUp {
    flags: FlagCheck,
    removals: Removals,
    new_from: Option<Uid>,
}

impl CatchUp {
    async fn run(
        self,
        shared: &Shared,
        link: &mut Link,
        row: &MailboxRow,
        remote: &Remote,
        (selected, before): (Selected, UidSet),
    ) -> Result<Visited, Trouble> {
        let mailbox = row.id;
        // 100,000 UIDs are not read to learn that nothing happened.
        let settled = self.is_settled(row, &selected);
        let local = if settled { UidSet::new() } else { shared.read(move |s| s.uids(mailbox)).await? };
        if link.telling == Telling::Nothing {
            let some = planner::newest(&local, PROBES);
            let known = shared.read(move |s| s.ids_by_uid(mailbox, &some)).await?;
            if !identity::holds(shared, link, known).await? {
                return relink::relink(shared, link, row, remote).await;
            }
        }
        let mut effects =
            Effects { gone: planner::intersection(&local, &selected.vanished), ..Effects::default() };
        effects.flags = selected.fetched.into_iter().filter_map(fetch::flag_row).collect();
        self.check_flags(shared, link, row, &local, &mut effects).await?;
        let mut visited = Visited::default();
        let mut known = local.clone();
        if let Some(from) = self.new_from {
            visited.messages += arrivals(shared, link, row, (from, remote), &mut effects).await?;
            let new = shared.read(move |s| s.uids(mailbox)).await?;
            known = known.union(&new).union(&effects.new.iter().map(|m| m.uid).collect());
        }
        let removals = if settled { Removals::Told } else { self.removals };
        let judged = planner::judged(&known, &before, remote.uid_next.max(row.state.uid_next));
        let full = removal::find(shared, link, row, removals, (&known, &judged), &mut effects).await?;
        visited.messages += full.fetched;
        removal::verify(shared, row, known.len(), &mut effects.gone).await?;
        self.absorb_news(shared, link, &mut effects);
        let top = planner::bounds(&known).map(|(_, high)| high);
        let low = row.state.backfill_low;
        let mut state = state_after(&row.state, remote, top, low);
        state.exists = link.view().map(|view| view.exists).or(remote.exists);
        if full.compared && (self.flags == FlagCheck::All || link.telling != Telling::Nothing) {
            state.last_full_check = Some(shared.config.clock.now());
        }
        commit(shared, mailbox, effects, state).await?;
        if let (Some(from), Some(SpecialUse::Inbox)) = (self.new_from, row.special_use) {
            let messages = shared.read(move |s| s.arrivals(mailbox, from, Event::MAX_ARRIVED)).await?;
            if !messages.is_empty() {
                shared.tell(Event::Arrived { account: shared.account, mailbox, messages });
            }
        }
        Ok(visited)
    }

    /// Whether nothing but flags can have changed: no message came, none went, and the numbers agree.
    fn is_settled(&self, row: &MailboxRow, selected: &Selected) -> bool {
        let by_number = matches!(self.flags, FlagCheck::Nothing | FlagCheck::Since(_))
            && self.removals == Removals::Count;
        by_number
            && self.new_from.is_none()
            && selected.vanished.is_empty()
            && row.at_server == u64::from(selected.exists)
    }

    async fn check_flags(
        &self,
        shared: &Shared,
        link: &mut Link,
        row: &MailboxRow,
        local: &UidSet,
        effects: &mut Effects,
    ) -> Result<(), Trouble> {
        let wanted = match self.flags {
            FlagCheck::Nothing => return Ok(()),
            FlagCheck::Since(mod_seq) => {
                let all = UidSet::range(Uid::MIN, Uid::MAX);
                effects.flags.extend(fetch::flags(link, &all, Some(mod_seq)).await?);
                return Ok(());
            }
            FlagCheck::Recent => planner::newest(local, planner::RECENT),
            FlagCheck::All => local.clone(),
        };
        let mut left = wanted.clone();
        while !left.is_empty() {
            let chunk = planner::newest(&left, FLAG_CHUNK);
            left = left.difference(&chunk);
            let rows = fetch::flags(link, &planner::question(&chunk, &wanted), None).await?;
            effects.flags.extend(changed(shared, row.id, rows).await?);
        }
        Ok(())
    }

    /// What other clients did while we were reading: flags are taken over. Arrivals and removals stay with the
    /// connection: the server tells them once, so listening on it has to begin with them.
    fn absorb_news(&self, shared: &Shared, link: &mut Link, effects: &mut Effects) {
        let seen = link.view().map(|view| view.exists);
        let mut left = Vec::new();
        for one in link.news(shared) {
            if let Unsolicited::Fetch(data) = one {
                effects.flags.extend(fetch::flag_row(*data));
            } else if !matches!(one, Unsolicited::Exists(exists) if Some(exists) == seen) {
                // (Some servers repeat the number with each answer.)
                left.push(one);
            }
        }
        link.session.put_back_unsolicited(left);
    }
}

/// Leaves out rows that the store has already, so that comparing does not mean writing everything.
async fn changed(shared: &Shared, mailbox: MailboxId, rows: Vec<FlagRow>) -> Result<Vec<FlagRow>, Trouble> {
    let uids = || rows.iter().map(|(uid, _, _)| *uid);
    let (Some(low), Some(high)) = (uids().min(), uids().max()) else { return Ok(rows) };
    let stored = shared.read(move |s| s.flags_of(mailbox, low, high)).await?;
    let stored: std::collections::BTreeMap<_, _> =
        stored.into_iter().map(|row| (row.uid, row.flags)).collect();
    Ok(rows
        .into_iter()
        .filter(|(uid, flags, _)| stored.get(uid).is_some_and(|known| known != flags))
        .collect())
}

/// Fetches what has arrived since, newest first. All but the last batch are committed here.
async fn arrivals(
    shared: &Shared,
    link: &mut Link,
    row: &MailboxRow,
    (from, remote): (Uid, &Remote),
    effects: &mut Effects,
) -> Result<u64, Trouble> {
    let span = remote.uid_next.map_or(0, |next| next.get().saturating_sub(from.get()));
    let mut total: u64 = 0;
    let mut count = |n: usize| total += u64::try_from(n).unwrap_or(0);
    let all = UidSet::range(from, Uid::MAX);
    if span <= planner::MAX_WINDOW {
        effects.new = fetch::window(shared, link, row.id, &all, &mut count).await?;
        return Ok(total);
    }
    // After a long absence: as on the way back, so that the newest are seen first.
    let everything = link.all_uids().await?;
    let mut left = planner::intersection(&everything, &all);
    while !left.is_empty() {
        let window = planner::newest(&left, planner::MAX_WINDOW);
        left = left.difference(&window);
        let last =
            fetch::window(shared, link, row.id, &planner::question(&window, &everything), &mut count).await?;
        let mailbox = row.id;
        shared.write("arrivals", move |w| w.insert_messages(mailbox, last).map(drop)).await?;
    }
    Ok(total)
}

/// The one transaction of a catch-up.
async fn commit(
    shared: &Shared,
    mailbox: MailboxId,
    effects: Effects,
    state: MailboxState,
) -> Result<(), Trouble> {
    let now = shared.config.clock.now();
    shared
        .write("catch up", move |w| {
            let Effects { flags, gone, new } = effects;
            if !new.is_empty() {
                w.insert_messages(mailbox, new)?;
            }
            if !flags.is_empty() {
                w.update_flags(mailbox, &flags)?;
            }
            if !gone.is_empty() {
                w.vanish(mailbox, &gone, now)?;
            }
            w.set_mailbox_state(mailbox, &state)
        })
        .await
}
