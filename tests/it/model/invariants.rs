//! What must hold, whatever happened.

use super::sides::There;
use super::tally::Counts;
use super::world::World;
use postrider::demo::{Entry, Happened};
use postrider::model::{Flag, Flags, MessageId, PartPath};
use postrider::store::{Operation, OperationKind, SortOrder};
use std::collections::{BTreeMap, BTreeSet};

/// Looks at both sides that a message may be missing in: while a worker runs, a message may pass from one to the other.
const LOOKS: usize = 4;

/// Where a mail is and how it is marked: side, mailbox, flags.
type Place = (usize, String, String);
/// Mailboxes, and whether they are subscribed.
type Tree = BTreeMap<(usize, String), bool>;

/// What the user sees of each mail once all is asked for: that is what the server must have in the end.
pub(crate) struct Wanted {
    places: BTreeMap<String, Vec<Place>>,
    failed: BTreeSet<String>,
    tree: Tree,
}

/// What was stored up to now.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Whole messages that are stored, and that the server has.
    bodies: BTreeSet<MessageId>,
}

/// One row that the store shows.
struct Here {
    side: usize,
    mailbox: String,
    uid: Option<u32>,
    message: MessageId,
    name: String,
    flags: Flags,
}

fn words(flags: &Flags) -> String {
    format!("{:05b} {}", flags.system_bits(), flags.keywords_joined())
}

/// What the store shows.
fn here(world: &World) -> Vec<Here> {
    let snapshot = world.sides.lab.config.store.snapshot().unwrap();
    let mut all = Vec::new();
    for (side, post) in world.sides.posts.iter().enumerate() {
        for mailbox in snapshot.mailboxes(post.account.id).unwrap() {
            let ids = snapshot.message_ids(mailbox.id, SortOrder::NewestFirst).unwrap();
            for row in snapshot.rows(&ids, mailbox.id).unwrap() {
                // Between two looks a worker may have removed it.
                let Some(detail) = snapshot.message(row.id).unwrap() else { continue };
                all.push(Here {
                    side,
                    mailbox: mailbox.display.clone(),
                    uid: row.uid.map(|uid| uid.get()),
                    message: row.id,
                    name: detail.envelope.subject,
                    flags: row.flags,
                });
            }
        }
    }
    all
}

fn grouped(places: impl Iterator<Item = (String, Place)>) -> BTreeMap<String, Vec<Place>> {
    let mut by_mail: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for (name, place) in places {
        by_mail.entry(name).or_default().push(place);
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
    let places = here(world).into_iter().map(|row| (row.name, (row.side, row.mailbox, words(&row.flags))));
    Wanted { places: grouped(places), failed: failed(world), tree: tree_here(world) }
}

fn tree_here(world: &World) -> Tree {
    let rows = world.mailboxes().into_iter();
    rows.map(|row| ((world.side_of(row.account), row.display), row.attributes.subscribed)).collect()
}

fn tree_there(world: &World) -> Tree {
    let mut tree = Tree::new();
    for (side, server) in world.sides.all().enumerate() {
        server.state().read(|all| {
            let shown = all.iter().filter(|(_, mailbox)| !mailbox.no_select);
            tree.extend(shown.map(|(name, mailbox)| ((side, name.to_owned()), mailbox.subscribed)));
        });
    }
    tree
}

fn failures(world: &World) -> Vec<Operation> {
    let snapshot = world.sides.lab.config.store.snapshot().unwrap();
    let accounts = world.sides.posts.iter().map(|post| post.account.id);
    accounts.flat_map(|id| snapshot.operations_failed(id).unwrap()).collect()
}

fn names_of(world: &World, operation: &Operation) -> Vec<String> {
    let snapshot = world.sides.lab.config.store.snapshot().unwrap();
    let details = operation.targets.iter().filter_map(|target| snapshot.message(target.message).unwrap());
    details.map(|detail| detail.envelope.subject).collect()
}

/// Mails of operations that failed.
fn failed(world: &World) -> BTreeSet<String> {
    failures(world).iter().flat_map(|operation| names_of(world, operation)).collect()
}

/// After every step: no mail that the program knew is absent from both sides, and what is stored of a message is what
/// the server has and stays for as long as the message is there.
pub(crate) fn watch(world: &mut World) -> Result<(), String> {
    let mut last = String::new();
    for _ in 0..LOOKS {
        match present(world) {
            Ok(()) => return bodies(world),
            Err(reason) => last = reason,
        }
    }
    Err(last)
}

fn present(world: &World) -> Result<(), String> {
    let mut names = world.sides.names_there();
    let rows = here(world);
    names.extend(rows.iter().map(|row| row.name.clone()));
    names.extend(world.sides.names_there());
    let counts = &mut *world.tally.get();
    counts.known.extend(rows.into_iter().map(|row| row.name));
    let excused = |name: &String| {
        counts.chosen.contains_key(name)
            || counts.taken.contains(name)
            || !counts.razed.is_empty() && counts.touched.contains(name)
    };
    match counts.known.iter().find(|name| !names.contains(*name) && !excused(name)) {
        Some(name) => Err(format!("{name} is nowhere any more")),
        None => Ok(()),
    }
}

fn bodies(world: &mut World) -> Result<(), String> {
    let snapshot = world.sides.lab.config.store.snapshot().unwrap();
    let (root, text) = (PartPath::root(), PartPath::root().child(1));
    let mut stored = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for row in here(world) {
        if !seen.insert(row.message) {
            continue;
        }
        let content = world.tally.get().mails.get(&row.name).cloned();
        let content = content.ok_or_else(|| format!("nobody wrote {:?}", row.name))?;
        if let Some(bytes) = snapshot.part(row.message, &root).unwrap() {
            // What was only kept to be sent need not stay once the server has it.
            if row.uid.is_some() || world.watch().bodies.contains(&row.message) {
                stored.insert(row.message);
            }
            if bytes != *content.bytes() {
                return Err(format!("the stored bytes of {} are not its own", row.name));
            }
        }
        if let Some(bytes) = snapshot.part(row.message, &text).unwrap()
            && bytes != content.body()
        {
            return Err(format!("the stored text of {} is not its own", row.name));
        }
    }
    let watch = world.watch();
    for message in watch.bodies.difference(&stored) {
        if seen.contains(message) {
            return Err(format!("the body of message {message} is lost although it is there"));
        }
    }
    watch.bodies = stored;
    Ok(())
}

/// Whether the journal is empty and both sides are the same, in rows, numbers and counts.
pub(crate) fn settled(world: &World) -> Result<(), String> {
    let snapshot = world.sides.lab.config.store.snapshot().unwrap();
    for post in &world.sides.posts {
        let waiting = snapshot.operations_pending(post.account.id).unwrap();
        if !waiting.is_empty() {
            return Err(format!("still in the journal: {waiting:?}"));
        }
    }
    let there = world.sides.there();
    same_rows(world, &there)?;
    for (side, post) in world.sides.posts.iter().enumerate() {
        for mailbox in snapshot.mailboxes(post.account.id).unwrap() {
            let name = &mailbox.display;
            let ids = snapshot.message_ids(mailbox.id, SortOrder::NewestFirst).unwrap();
            let rows = snapshot.rows(&ids, mailbox.id).unwrap();
            let unseen = rows.iter().filter(|row| !row.flags.contains(&Flag::Seen)).count();
            if (mailbox.total, mailbox.unseen) != (rows.len() as u64, unseen as u64) {
                return Err(format!(
                    "{side}:{name}: counted {} and {} unseen, shown {} and {unseen}",
                    mailbox.total,
                    mailbox.unseen,
                    rows.len()
                ));
            }
            let at_server = there.iter().filter(|m| m.side == side && m.mailbox == *name).count() as u64;
            if mailbox.at_server != at_server {
                return Err(format!("{side}:{name}: {} rows for {at_server} mails", mailbox.at_server));
            }
        }
    }
    let (mut local, remote) = (tree_here(world), tree_there(world));
    let unsent = unsent(world);
    // Those with such messages stay.
    let keeps = |side: usize, name: &str| {
        here(world).iter().any(|row| {
            row.side == side && row.mailbox == name && row.uid.is_none() && unsent.contains(&row.message)
        })
    };
    local.retain(|(side, name), _| remote.contains_key(&(*side, name.clone())) || !keeps(*side, name));
    if local != remote {
        return Err(format!("mailboxes here {local:?}, there {remote:?}"));
    }
    Ok(())
}

/// Messages that could not be put where they were to be: the program keeps and shows them, nobody else has them.
fn unsent(world: &World) -> BTreeSet<MessageId> {
    let appends = failures(world)
        .into_iter()
        .filter(|operation| matches!(operation.kind, OperationKind::Append { .. }));
    appends.flat_map(|operation| operation.targets).map(|target| target.message).collect()
}

fn same_rows(world: &World, there: &[There]) -> Result<(), String> {
    let gone: BTreeSet<_> =
        there.iter().filter(|mail| mail.left_behind).map(|m| (m.side, m.mailbox.clone(), m.uid)).collect();
    let mut remote: Vec<_> = there
        .iter()
        .filter(|mail| !mail.left_behind)
        .map(|m| (m.side, m.mailbox.clone(), Some(m.uid), m.name.clone(), words(&m.flags)))
        .collect();
    let left = |row: &Here| {
        let key = row.uid.map(|uid| (row.side, row.mailbox.clone(), uid));
        row.flags.contains(&Flag::Deleted) && key.is_some_and(|key| gone.contains(&key))
    };
    let unsent = unsent(world);
    let mut local: Vec<_> = here(world)
        .into_iter()
        .filter(|row| !(left(row) || row.uid.is_none() && unsent.contains(&row.message)))
        .map(|row| (row.side, row.mailbox, row.uid, row.name, words(&row.flags)))
        .collect();
    remote.sort();
    local.sort();
    if local == remote {
        return Ok(());
    }
    let missing: Vec<_> = remote.iter().filter(|one| !local.contains(one)).take(6).collect();
    let extra: Vec<_> = local.iter().filter(|one| !remote.contains(one)).take(6).collect();
    Err(format!("{} here, {} there; not here: {missing:?}; only here: {extra:?}", local.len(), remote.len()))
}

/// What the ledgers say about one mail.
#[derive(Clone, Copy, Debug, Default)]
struct Balance {
    /// Put into mailboxes by us.
    added: i64,
    /// Removed, or marked as deleted, by us.
    removed: i64,
    /// Removed by others, or together with a mailbox by us before we could know of it.
    gone: i64,
    /// Thrown away at Gmail, where the original of what was moved to another account goes.
    binned: i64,
    /// Copied by others: to where we wanted it, it may be taken for our own copy after a break.
    brought: i64,
}

/// Reads the ledger of a server where each place of a mail is a mail of its own.
fn weigh(side: usize, ledger: &[Entry], counts: &Counts, all: &mut BTreeMap<String, Balance>) {
    let mut names: BTreeMap<u64, String> = BTreeMap::new();
    let mut counted: BTreeSet<u64> = BTreeSet::new();
    for entry in ledger {
        if let Happened::Added { subject, .. } = &entry.what {
            names.insert(entry.serial, subject.clone().unwrap_or_default());
        }
        let Some(name) = names.get(&entry.serial) else { continue };
        let balance = all.entry(name.clone()).or_default();
        match &entry.what {
            Happened::Added { .. } if entry.by > 0 => balance.added += 1,
            Happened::Added { from, .. } => balance.brought += i64::from(from.is_some()),
            _ if counted.contains(&entry.serial) => {}
            Happened::Dropped(mailbox) if entry.by > 0 => {
                let known = counts.razed.get(&(side, mailbox.clone()));
                let unknown = known.is_some_and(|known| !known.contains(name));
                let excused = known.is_some() && (unknown || counts.touched.contains(name));
                *(if excused { &mut balance.gone } else { &mut balance.removed }) += 1;
            }
            Happened::Marked | Happened::Expunged if entry.by > 0 => {
                counted.insert(entry.serial);
                balance.removed += 1;
            }
            // What others marked cannot be seen to be marked by us as well, where it is all that can be done.
            Happened::Expunged | Happened::Marked | Happened::Dropped(_) => balance.gone += 1,
        }
    }
}

/// The same where a mail is one mail with labels: it goes with the last of them.
fn weigh_labels(ledger: &[Entry], all: &mut BTreeMap<String, Balance>) {
    let mut roots: BTreeMap<u64, (u64, String)> = BTreeMap::new();
    let mut labels: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for entry in ledger {
        if let Happened::Added { from, subject } = &entry.what {
            let root = from.and_then(|from| roots.get(&from)).map_or(entry.serial, |(root, _)| *root);
            let name = subject.clone().unwrap_or_default();
            all.entry(name.clone()).or_default().added += i64::from(from.is_none() && entry.by > 0);
            roots.insert(entry.serial, (root, name));
            labels.entry(root).or_default().insert(entry.serial);
            continue;
        }
        let Some((root, name)) = roots.get(&entry.serial) else { continue };
        let left = labels.entry(*root).or_default();
        if entry.by == 0 {
            all.entry(name.clone()).or_default().gone += 1;
        }
        if entry.what != Happened::Marked && left.remove(&entry.serial) && left.is_empty() {
            let balance = all.entry(name.clone()).or_default();
            balance.removed += i64::from(entry.by > 0);
        }
    }
}

/// The end of a case, once it has settled.
pub(crate) fn judge(world: &World, wanted: &Wanted) -> Result<(), String> {
    let counts = &*world.tally.get();
    let mut balances = BTreeMap::new();
    for (side, server) in world.sides.all().enumerate() {
        let ledger = server.state().read(|all| all.ledger());
        if world.sides.posts[side].labels {
            weigh_labels(&ledger, &mut balances);
        } else {
            weigh(side, &ledger, counts, &mut balances);
        }
    }
    let thrown_away = |mail: &There| world.sides.posts[mail.side].labels && mail.mailbox == "[Gmail]/Trash";
    for mail in world.sides.there().into_iter().filter(thrown_away) {
        let balance: &mut Balance = balances.entry(mail.name).or_default();
        balance.binned += 1;
    }
    for (name, balance) in balances {
        // What is marked as deleted already leaves no second mark when it is moved all the same.
        let marked = (0..world.sides.posts.len()).any(|side| world.sides.leaves_behind(side));
        let more = if marked { counts.chosen.get(&name).copied().unwrap_or(0) } else { 0 };
        conserved(&name, balance, (counts, more))?;
    }
    if counts.refusals > 0 || counts.rebuilt {
        return Ok(());
    }
    let mut excused = wanted.failed.clone();
    for operation in failures(world) {
        let names = names_of(world, &operation);
        match &operation.kind {
            // The user took back that a message left a mailbox that was to be deleted: it stays, and so does the mailbox.
            OperationKind::DeleteMailbox { .. } => return Ok(()),
            // A message that no look has found at Gmail yet is not known to be one of Gmail's: refused, to be on the
            // safe side.
            OperationKind::Expunge
                if operation.error.as_ref().is_some_and(|e| e.contains("Trash and Spam")) =>
            {
                excused.extend(names);
            }
            // Another client removed the copy before it could be seen: the message stays where it was, and the user is
            // told.
            OperationKind::Move { .. }
                if operation.error.as_ref().is_some_and(|e| e.contains("copy could not be found"))
                    && names.iter().all(|name| counts.touched.contains(name)) =>
            {
                excused.extend(names);
            }
            // The same of a copy, where the server tells no number for it.
            OperationKind::Copy { .. }
                if operation.error.as_ref().is_some_and(|e| e.contains("made no copy"))
                    && names.iter().all(|name| counts.touched.contains(name)) =>
            {
                excused.extend(names);
            }
            _ => return Err(format!("failed without a reason: {names:?}: {operation:?}")),
        }
    }
    as_wanted(world, (wanted, &excused), counts)
}

/// What the user saw last is what the servers have.
fn as_wanted(
    world: &World,
    (wanted, excused): (&Wanted, &BTreeSet<String>),
    counts: &Counts,
) -> Result<(), String> {
    let there = world.sides.there().into_iter().filter(|mail| !mail.left_behind);
    // Where mailboxes are labels, what is neither spam nor thrown away is in All Mail by itself, and with a star in
    // another one: a message that no server had yet is not shown there.
    let by_itself = |side: usize, mailbox: &str| {
        world.sides.posts[side].labels && ["[Gmail]/All Mail", "[Gmail]/Starred"].contains(&mailbox)
    };
    let there = there.filter(|mail| !by_itself(mail.side, &mail.mailbox));
    let there = grouped(there.map(|mail| (mail.name, (mail.side, mail.mailbox, words(&mail.flags)))));
    let nowhere = Vec::new();
    let judged = |name: &&String| !counts.touched.contains(*name) && !excused.contains(*name);
    for name in counts.known.iter().filter(judged) {
        let mut seen = wanted.places.get(name).unwrap_or(&nowhere).clone();
        seen.retain(|(side, mailbox, _)| !by_itself(*side, mailbox));
        let mut found = there.get(name).unwrap_or(&nowhere).clone();
        // The original of what is in another account now.
        let original = |place: &Place| {
            world.sides.posts[place.0].labels && place.1 == "[Gmail]/Trash" && !seen.contains(place)
        };
        if world.sides.posts.len() > 1 && !seen.is_empty() {
            found.retain(|place| !original(place));
        }
        // Of two copies in one mailbox the program shows one until it hears of the other: what is done to it is done to
        // one of them.
        let mailboxes = |places: &[Place]| {
            places.iter().map(|(side, name, _)| (*side, name.clone())).collect::<BTreeSet<_>>()
        };
        let same = match counts.copies.contains_key(name) || counts.twins.contains(name) {
            true => mailboxes(&seen).is_subset(&mailboxes(&found)),
            false => seen == found,
        };
        if !same {
            return Err(format!("the user saw {name} in {seen:?}, the server has it in {found:?}"));
        }
    }
    // Before the first look there is nothing to be seen.
    let seen_any = |side: usize| wanted.tree.keys().any(|(seen, _)| *seen == side);
    let mut tree = tree_there(world);
    tree.retain(|(side, _), _| seen_any(*side));
    tree.retain(|key, _| wanted.tree.contains_key(key) || !counts.foreign.contains(key));
    if tree != wanted.tree {
        return Err(format!("the user saw the mailboxes {:?}, the server has {tree:?}", wanted.tree));
    }
    Ok(())
}

/// No more is removed than is put elsewhere or was chosen, no more is put anywhere than was asked for.
fn conserved(name: &str, balance: Balance, (counts, more): (&Counts, i64)) -> Result<(), String> {
    let of = |map: &BTreeMap<String, i64>| map.get(name).copied().unwrap_or(0);
    let net = balance.added - balance.removed;
    if net < -of(&counts.chosen) - balance.brought {
        return Err(format!("{name} was removed without being chosen: {balance:?}"));
    }
    if net > of(&counts.copies) + of(&counts.put) + balance.gone + balance.binned + counts.refusals + more {
        return Err(format!("{name} is there more often than it should be: {balance:?}"));
    }
    Ok(())
}
