//! What must hold, whatever happened.

use super::tally::Counts;
use super::world::{World, is_marked};
use postrider::demo::{Entry, Happened};
use postrider::model::Flags;
use postrider::store::SortOrder;
use std::collections::{BTreeMap, BTreeSet};

/// Where a mail is and how it is marked.
type Place = (String, String);

/// What the user sees of each mail once all is asked for: that is what the server must have in the end.
pub(crate) struct Wanted {
    places: BTreeMap<String, Vec<Place>>,
    failed: BTreeSet<String>,
}

fn words(flags: &Flags) -> String {
    format!("{:05b} {}", flags.system_bits(), flags.keywords_joined())
}

/// One mail at the server.
struct There {
    mailbox: String,
    uid: u32,
    id: String,
    flags: Flags,
    /// Marked as deleted where single mails cannot be removed: maybe an original that the program had to leave.
    left_behind: bool,
}

fn there(world: &World) -> Vec<There> {
    world.lab.server.state().read(|all| {
        let mut found = Vec::new();
        for (name, mailbox) in all.iter() {
            found.extend(mailbox.mails().iter().map(|mail| There {
                mailbox: name.to_owned(),
                uid: mail.uid,
                id: mail.message_id().unwrap_or_default(),
                flags: mail.flags.clone(),
                left_behind: world.leaves_behind() && is_marked(&mail.flags),
            }));
        }
        found
    })
}

/// What the store shows: mailbox, UID, mail, flags.
fn here(world: &World) -> Vec<(String, Option<u32>, String, Flags)> {
    let snapshot = world.lab.config.store.snapshot().unwrap();
    let mut all = Vec::new();
    for mailbox in snapshot.mailboxes(world.lab.account.id).unwrap() {
        let ids = snapshot.message_ids(mailbox.id, SortOrder::NewestFirst).unwrap();
        for row in snapshot.rows(&ids, mailbox.id).unwrap() {
            let detail = snapshot.message(row.id).unwrap().unwrap();
            let id = detail.envelope.message_id.map(|id| id.0).unwrap_or_default();
            all.push((mailbox.display.clone(), row.uid.map(|uid| uid.get()), id, row.flags));
        }
    }
    all
}

fn grouped(places: impl Iterator<Item = (String, Place)>) -> BTreeMap<String, Vec<Place>> {
    let mut by_mail: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for (id, place) in places {
        by_mail.entry(id).or_default().push(place);
    }
    for places in by_mail.values_mut() {
        places.sort();
        // The program shows a mail once a mailbox until it hears of a second copy there.
        places.dedup();
    }
    by_mail
}

/// Looks at what the user sees.
pub(crate) fn wanted(world: &World) -> Wanted {
    let places = here(world).into_iter().map(|(mailbox, _, id, flags)| (id, (mailbox, words(&flags))));
    Wanted { places: grouped(places), failed: failed(world) }
}

/// Mails of operations that failed.
fn failed(world: &World) -> BTreeSet<String> {
    let snapshot = world.lab.config.store.snapshot().unwrap();
    let operations = snapshot.operations_failed(world.lab.account.id).unwrap();
    let messages = operations.iter().flat_map(|operation| &operation.targets);
    let details = messages.filter_map(|target| snapshot.message(target.message).unwrap());
    details.filter_map(|detail| detail.envelope.message_id.map(|id| id.0)).collect()
}

/// Whether the journal is empty and both sides are the same, in rows, numbers and counts.
pub(crate) fn settled(world: &World) -> Result<(), String> {
    let snapshot = world.lab.config.store.snapshot().unwrap();
    let waiting = snapshot.operations_pending(world.lab.account.id).unwrap();
    if !waiting.is_empty() {
        return Err(format!("still in the journal: {waiting:?}"));
    }
    let there = there(world);
    let gone: BTreeSet<_> =
        there.iter().filter(|mail| mail.left_behind).map(|m| (m.mailbox.clone(), Some(m.uid))).collect();
    let line = |mailbox: &str, uid: Option<u32>, id: &str, flags: &Flags| {
        (mailbox.to_owned(), uid, id.to_owned(), words(flags))
    };
    let mut remote: Vec<_> = there
        .iter()
        .filter(|mail| !mail.left_behind)
        .map(|m| line(&m.mailbox, Some(m.uid), &m.id, &m.flags))
        .collect();
    let mut local: Vec<_> = here(world)
        .iter()
        .filter(|(mailbox, uid, _, flags)| !(is_marked(flags) && gone.contains(&(mailbox.clone(), *uid))))
        .map(|(mailbox, uid, id, flags)| line(mailbox, *uid, id, flags))
        .collect();
    remote.sort();
    local.sort();
    if local != remote {
        let missing: Vec<_> = remote.iter().filter(|one| !local.contains(one)).take(6).collect();
        let extra: Vec<_> = local.iter().filter(|one| !remote.contains(one)).take(6).collect();
        return Err(format!(
            "{} here, {} there; not here: {missing:?}; only here: {extra:?}",
            local.len(),
            remote.len()
        ));
    }
    for mailbox in snapshot.mailboxes(world.lab.account.id).unwrap() {
        let name = &mailbox.display;
        let ids = snapshot.message_ids(mailbox.id, SortOrder::NewestFirst).unwrap();
        let rows = snapshot.rows(&ids, mailbox.id).unwrap();
        let unseen = rows.iter().filter(|row| !row.flags.contains(&postrider::model::Flag::Seen)).count();
        if (mailbox.total, mailbox.unseen) != (rows.len() as u64, unseen as u64) {
            return Err(format!(
                "{name}: counted {} and {} unseen, shown {} and {unseen}",
                mailbox.total,
                mailbox.unseen,
                rows.len()
            ));
        }
        let at_server = there.iter().filter(|mail| mail.mailbox == *name).count() as u64;
        if mailbox.at_server != at_server {
            return Err(format!("{name}: {} rows for {at_server} mails", mailbox.at_server));
        }
    }
    let mut names: Vec<_> = world.mailboxes().into_iter().map(|mailbox| mailbox.display).collect();
    let mut expected: Vec<_> = world.lab.server.state().read(|all| {
        all.iter().filter(|(_, mailbox)| !mailbox.no_select).map(|(name, _)| name.to_owned()).collect()
    });
    names.sort();
    expected.sort();
    if names != expected {
        return Err(format!("mailboxes here {names:?}, there {expected:?}"));
    }
    Ok(())
}

/// What the ledger says about one mail.
#[derive(Clone, Copy, Debug, Default)]
struct Balance {
    /// Put into mailboxes by us.
    added: i64,
    /// Removed, or marked as deleted, by us.
    removed: i64,
    /// Removed by others.
    gone: i64,
}

fn balances(ledger: &[Entry]) -> BTreeMap<String, Balance> {
    let mut ids: BTreeMap<u64, String> = BTreeMap::new();
    let mut counted: BTreeSet<u64> = BTreeSet::new();
    let mut all: BTreeMap<String, Balance> = BTreeMap::new();
    for entry in ledger {
        if let Happened::Added { id, .. } = &entry.what {
            ids.insert(entry.serial, id.clone().unwrap_or_default());
        }
        let Some(id) = ids.get(&entry.serial) else { continue };
        let balance = all.entry(id.clone()).or_default();
        match entry.what {
            Happened::Added { .. } if entry.by > 0 => balance.added += 1,
            Happened::Added { .. } => {}
            Happened::Marked | Happened::Expunged if counted.contains(&entry.serial) => {}
            Happened::Marked | Happened::Expunged if entry.by > 0 => {
                counted.insert(entry.serial);
                balance.removed += 1;
            }
            // What others marked cannot be seen to be marked by us as well, where it is all that can be done.
            Happened::Expunged | Happened::Marked => balance.gone += 1,
        }
    }
    all
}

/// The end of a case, once it has settled.
pub(crate) fn judge(world: &World, wanted: &Wanted) -> Result<(), String> {
    let ledger = world.lab.server.state().read(|all| all.ledger());
    let counts = &*world.tally.get();
    for (id, balance) in balances(&ledger) {
        conserved(&id, balance, counts)?;
    }
    let failed = failed(world);
    if !failed.is_empty() && counts.refusals == 0 && !counts.rebuilt {
        let snapshot = world.lab.config.store.snapshot().unwrap();
        let operations = snapshot.operations_failed(world.lab.account.id).unwrap();
        let told: Vec<_> = operations.into_iter().map(|one| (one.kind, one.attempt, one.error)).collect();
        return Err(format!("failed without a reason: {failed:?}: {told:?}"));
    }
    if counts.refusals > 0 || counts.rebuilt {
        return Ok(());
    }
    let there = there(world).into_iter().filter(|mail| !mail.left_behind);
    let there = grouped(there.map(|mail| (mail.id, (mail.mailbox, words(&mail.flags)))));
    let nowhere = Vec::new();
    for id in counts.known.iter().filter(|id| !counts.touched.contains(*id) && !wanted.failed.contains(*id)) {
        let (seen, found) = (wanted.places.get(id).unwrap_or(&nowhere), there.get(id).unwrap_or(&nowhere));
        // Of two copies in one mailbox the program shows one until it hears of the other: what is done to it is done to
        // one of them.
        let mailboxes =
            |places: &[Place]| places.iter().map(|(name, _)| name.clone()).collect::<BTreeSet<_>>();
        let same = match counts.copies.contains_key(id) {
            true => mailboxes(seen).is_subset(&mailboxes(found)),
            false => seen == found,
        };
        if !same {
            return Err(format!("the user saw {id} in {seen:?}, the server has it in {found:?}"));
        }
    }
    Ok(())
}

/// No more is removed than is put elsewhere or was chosen, no more is put anywhere than was asked for.
fn conserved(id: &str, balance: Balance, counts: &Counts) -> Result<(), String> {
    let of = |map: &BTreeMap<String, i64>| map.get(id).copied().unwrap_or(0);
    let net = balance.added - balance.removed;
    if net < -of(&counts.chosen) {
        return Err(format!("{id} was removed without being chosen: {balance:?}"));
    }
    if net > of(&counts.copies) + balance.gone + counts.refusals {
        return Err(format!("{id} is there more often than it should be: {balance:?}"));
    }
    Ok(())
}
