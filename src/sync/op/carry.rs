//! Moves, copies and deletes messages. None of it can simply be sent again: after a break the server is asked first
//! what it did, and an original goes only after its copy was seen.
//!
//! Invariant: only UIDs of the operation are expunged. A server without UIDPLUS keeps the originals, marked
//! `\Deleted`: a bare EXPUNGE would take what others marked (as Mailspring and Thunderbird do).

mod notes;

use self::notes::{arrived, current, expunged, landed, lost, operations, rest, told};
use crate::imap::Capability;
use crate::model::{Flag, FlagChange, MailboxId, MessageId, SpecialUse, Uid, UidSet};
use crate::store::{Landed, MailboxRow, Operation, OperationKind, Target};
use crate::sync::backfill;
use crate::sync::identity;
use crate::sync::link::Link;
use crate::sync::links::Role;
use crate::sync::removal;
use crate::sync::shared::Shared;
use crate::sync::status::Problem;
use crate::sync::trouble::Trouble;
use crate::sync::visit;
use std::collections::BTreeMap;

/// Messages that one command is about: what is done is noted after each, so a break costs little to look up.
const AT_ONCE: usize = 1_000;

/// Runs operations of one kind.
pub(super) async fn run(shared: &Shared, group: &[Operation]) -> Result<String, Trouble> {
    let mut answer = String::new();
    let all = super::label::all_mail(shared).await?.map(|all| all.id);
    let mut by_mailbox: BTreeMap<MailboxId, Vec<(&Operation, Target)>> = BTreeMap::new();
    for operation in group {
        let targets = match operation.kind {
            // Only Gmail's messages have several places that they leave at once.
            OperationKind::Move { .. } => super::label::one_place_each(&operation.targets, all),
            _ => operation.targets.clone(),
        };
        for target in targets {
            by_mailbox.entry(target.mailbox).or_default().push((operation, target));
        }
    }
    for (mailbox, aims) in by_mailbox {
        let mut lease = shared.lease(Role::Act).await?;
        let link = lease.link()?;
        let result = carry(shared, link, mailbox, aims).await;
        link.session.last_answer().clone_into(&mut answer);
        lease.settle(result)?;
    }
    Ok(answer)
}

/// One message that is to leave a mailbox.
type Aim<'a> = (&'a Operation, Target);

async fn carry(
    shared: &Shared,
    link: &mut Link,
    mailbox: MailboxId,
    mut aims: Vec<Aim<'_>>,
) -> Result<(), Trouble> {
    let Some(row) = shared.read(move |s| s.mailbox(mailbox)).await? else {
        return lost(shared, &aims).await;
    };
    let retried = aims.iter().any(|(operation, _)| operation.attempt > 1);
    let untold = aims.iter().any(|(_, target)| target.uid.is_none());
    if retried || untold || !link.ready(&row).await? {
        // What the server did before the link broke, what the UIDs mean now, or which one an earlier move gave.
        visit::visit(shared, link, mailbox, None).await?;
        refresh(shared, mailbox, &mut aims).await?;
        recognize(shared, link, mailbox, &mut aims).await?;
    }
    let (here, gone): (Vec<_>, Vec<_>) = aims.into_iter().partition(|(_, target)| target.uid.is_some());
    if !gone.is_empty() {
        missing(shared, link, &gone).await?;
    }
    for aims in here.chunks(AT_ONCE) {
        let Some(row) = current(shared, mailbox, aims).await? else { return lost(shared, aims).await };
        select(link, &row, aims).await?;
        if deletes(link, aims) {
            let known = aims.iter().filter_map(|(_, target)| Some((target.uid?, target.message)));
            identity::verify(shared, link, mailbox, known.collect()).await?;
        }
        portion(shared, link, &row, aims, retried).await?;
    }
    Ok(())
}

/// Carries out one portion. What is refused for many is tried for half of them: one message that the server does
/// not want keeps no other from going.
async fn portion(
    shared: &Shared,
    link: &mut Link,
    row: &MailboxRow,
    aims: &[Aim<'_>],
    retried: bool,
) -> Result<(), Trouble> {
    let mailbox = row.id;
    let mut todo = vec![aims];
    let mut halved = false;
    while let Some(aims) = todo.pop() {
        if halved {
            reselect(shared, link, mailbox, aims).await?;
        }
        let result = match aims.first().map(|(operation, _)| &operation.kind) {
            Some(OperationKind::Move { to }) => relocate(shared, link, (mailbox, *to), aims, retried).await,
            Some(OperationKind::Copy { to }) => copy(shared, link, *to, aims).await,
            Some(OperationKind::Release { .. }) if super::label::only_trashes(link, row) => {
                trash(shared, link, aims).await
            }
            Some(OperationKind::Expunge | OperationKind::Release { .. }) => {
                super::label::may_expunge(link, row)?;
                expunge(shared, link, aims).await
            }
            _ => Ok(()),
        };
        match result {
            Err(Trouble::Refused(problem)) if splits(&problem) && aims.len() > 1 => {
                halved = true;
                let (first, second) = aims.split_at(aims.len() / 2);
                todo.extend([second, first]);
            }
            Err(Trouble::Refused(problem)) if halved && splits(&problem) => {
                for (operation, target) in aims {
                    super::refuse_some(shared, operation, vec![target.message], problem.clone()).await?;
                }
            }
            other => other?,
        }
    }
    Ok(())
}

/// Whether a refusal may be about single messages. A mailbox that is gone, or not to be written to, refuses all, and a
/// server that is busy would only be busier.
const fn splits(problem: &Problem) -> bool {
    matches!(problem, Problem::Refused { .. } | Problem::OverQuota { .. } | Problem::TooLarge { .. })
}

/// The UIDs that the messages have by now.
async fn refresh(shared: &Shared, mailbox: MailboxId, aims: &mut [Aim<'_>]) -> Result<(), Trouble> {
    let messages: Vec<_> = aims.iter().map(|(_, target)| target.message).collect();
    let uids: Vec<Option<Uid>> =
        shared.read(move |s| messages.iter().map(|message| s.uid_of(*message, mailbox)).collect()).await?;
    for ((_, target), uid) in aims.iter_mut().zip(uids) {
        target.uid = uid;
    }
    Ok(())
}

/// After a new UIDVALIDITY a message without Message-ID is known again only by its whole header. As long as that was not
/// fetched, it is not gone.
async fn recognize(
    shared: &Shared,
    link: &mut Link,
    mailbox: MailboxId,
    aims: &mut [Aim<'_>],
) -> Result<(), Trouble> {
    let mut pace = backfill::Pace::default();
    loop {
        let sought: Vec<_> = aims
            .iter()
            .filter(|(_, target)| target.uid.is_none())
            .map(|(_, target)| target.message)
            .collect();
        if !shared.read(move |s| s.is_any_unrecognized(mailbox, &sought)).await? {
            return Ok(());
        }
        let step = backfill::step(shared, link, mailbox, &mut pace).await?;
        refresh(shared, mailbox, aims).await?;
        match step {
            backfill::Step::More(_) => {}
            backfill::Step::Complete(_) => return Ok(()),
            // It was rebuilt once more.
            backfill::Step::Visit => return Err(Trouble::Rebuilt),
        }
    }
}

/// Selects the mailbox that messages leave, for writing.
async fn select(link: &mut Link, row: &MailboxRow, aims: &[Aim<'_>]) -> Result<(), Trouble> {
    if !link.ready(row).await? {
        return Err(Trouble::Rebuilt);
    }
    if link.view().is_some_and(|view| view.is_read_only) {
        // What was open for reading only a moment ago may not be so any more.
        link.select_plainly(row).await?;
    }
    if link.view().is_some_and(|view| view.is_read_only)
        && !matches!(aims.first(), Some((Operation { kind: OperationKind::Copy { .. }, .. }, _)))
    {
        return Err(denied("the mailbox is read-only"));
    }
    if deletes(link, aims) && !may_delete(link) {
        // Some servers say OK all the same and keep the message.
        return Err(denied("nothing can be deleted from the mailbox"));
    }
    match uids(aims).ranges().next_back() {
        Some((_, newest)) => link.see(newest).await,
        None => Ok(()),
    }
}

fn denied(text: &str) -> Trouble {
    Trouble::Refused(Problem::Denied { text: text.to_owned() })
}

fn not_done(text: &str) -> Trouble {
    Trouble::Refused(Problem::NotDone { text: text.to_owned() })
}

/// Whether carrying this out takes the flag `\Deleted`.
fn deletes(link: &Link, aims: &[Aim<'_>]) -> bool {
    match aims.first().map(|(operation, _)| &operation.kind) {
        Some(OperationKind::Move { .. }) => !link.session.capabilities().has(Capability::Move),
        Some(OperationKind::Expunge | OperationKind::Release { .. }) => true,
        _ => false,
    }
}

/// Whether the selected mailbox keeps the flag `\Deleted`.
fn may_delete(link: &Link) -> bool {
    let kept = link.view().and_then(|view| view.permanent.as_ref());
    kept.is_none_or(|kept| kept.flags.contains(&Flag::Deleted))
}

fn uids(aims: &[Aim<'_>]) -> UidSet {
    aims.iter().filter_map(|(_, target)| target.uid).collect()
}

/// Messages that are no longer where they were: the server may have done it before the link broke, or another
/// client was first.
async fn missing(shared: &Shared, link: &mut Link, aims: &[Aim<'_>]) -> Result<(), Trouble> {
    let messages = || aims.iter().map(|(_, target)| target.message).collect::<Vec<_>>();
    match aims.first().map(|(operation, _)| &operation.kind) {
        Some(OperationKind::Move { to } | OperationKind::Copy { to }) => {
            let arrived = arrived(shared, link, *to, messages()).await?;
            let (there, nowhere): (Vec<_>, Vec<_>) =
                aims.iter().copied().partition(|(_, target)| arrived.contains_key(&target.message));
            landed(shared, &there, &arrived, false).await?;
            lost(shared, &nowhere).await
        }
        // Gone is what was wanted.
        Some(OperationKind::Expunge | OperationKind::Release { .. }) => expunged(shared, aims, false).await,
        _ => Ok(()),
    }
}

async fn relocate(
    shared: &Shared,
    link: &mut Link,
    (from, to): (MailboxId, MailboxId),
    aims: &[Aim<'_>],
    retried: bool,
) -> Result<(), Trouble> {
    let target = target(shared, to).await?;
    if link.session.capabilities().has(Capability::Move) {
        let copied = link.session.uid_move(&uids(aims), &target.name).await;
        let copied = copied.map_err(|e| link.trouble(&e))?;
        let mut told = told(aims, &target, &copied);
        if told.len() < aims.len() {
            told.extend(arrived(shared, link, to, rest(aims, &told)).await?);
        }
        let text = "OK, but the message is where it was";
        return arrived_or_lost(shared, link, (from, text), aims, &told).await;
    }
    // Without MOVE (iCloud): copy, see the copy, and only then remove the original.
    let mut there = BTreeMap::new();
    if retried {
        there = arrived(shared, link, to, rest(aims, &there)).await?;
        reselect(shared, link, from, aims).await?;
    }
    let (_, left): (Vec<_>, Vec<_>) =
        aims.iter().copied().partition(|(_, target)| there.contains_key(&target.message));
    if !left.is_empty() {
        let copied = link.session.uid_copy(&uids(&left), &target.name).await;
        let copied = copied.map_err(|e| link.trouble(&e))?;
        there.extend(told(&left, &target, &copied));
        if there.len() < aims.len() {
            there.extend(arrived(shared, link, to, rest(aims, &there)).await?);
            reselect(shared, link, from, aims).await?;
        }
        let copies: Vec<_> =
            there.iter().map(|(message, uid)| Landed { message: *message, uid: Some(*uid) }).collect();
        shared.write("copied", move |w| w.note_copied(to, &copies)).await?;
    }
    let (safe, unsure): (Vec<_>, Vec<_>) =
        aims.iter().copied().partition(|(_, target)| there.contains_key(&target.message));
    if !safe.is_empty() {
        let removed = remove(link, &uids(&safe)).await?;
        let (kept, safe): (Vec<_>, Vec<_>) = safe.into_iter().partition(|(_, target)| removed.kept(target));
        landed(shared, &safe, &there, removed.stays).await?;
        if !kept.is_empty() {
            return Err(not_done("OK, but the original is still there, besides the copy in the target"));
        }
    }
    let unsure = still_here(shared, link, from, unsure).await?;
    if unsure.is_empty() {
        return Ok(());
    }
    Err(denied("the copy could not be found in the target; the message was left where it is"))
}

async fn copy(shared: &Shared, link: &mut Link, to: MailboxId, aims: &[Aim<'_>]) -> Result<(), Trouble> {
    let target = target(shared, to).await?;
    let retried = aims.iter().any(|(operation, _)| operation.attempt > 1);
    let mut there = BTreeMap::new();
    if retried {
        there = arrived(shared, link, to, rest(aims, &there)).await?;
        if let Some((_, first)) = aims.first() {
            reselect(shared, link, first.mailbox, aims).await?;
        }
    }
    let left: Vec<_> =
        aims.iter().copied().filter(|(_, target)| !there.contains_key(&target.message)).collect();
    if !left.is_empty() {
        let copied = link.session.uid_copy(&uids(&left), &target.name).await;
        there.extend(told(&left, &target, &copied.map_err(|e| link.trouble(&e))?));
    }
    if there.len() < aims.len() {
        there.extend(arrived(shared, link, to, rest(aims, &there)).await?);
    }
    let Some((_, Target { mailbox, .. })) = aims.first() else { return Ok(()) };
    let text = "OK, but made no copy";
    arrived_or_lost(shared, link, (*mailbox, text), aims, &there).await
}

/// Notes what is in the target. The rest was gone when the command came: the server says OK to that as well. What the
/// mailbox `from` still has was not carried, whatever the server said.
async fn arrived_or_lost(
    shared: &Shared,
    link: &mut Link,
    (from, text): (MailboxId, &str),
    aims: &[Aim<'_>],
    there: &BTreeMap<MessageId, Uid>,
) -> Result<(), Trouble> {
    let (arrived, missing): (Vec<_>, Vec<_>) =
        aims.iter().copied().partition(|(_, target)| there.contains_key(&target.message));
    landed(shared, &arrived, there, false).await?;
    if still_here(shared, link, from, missing).await?.is_empty() { Ok(()) } else { Err(not_done(text)) }
}

/// Those of the messages that the mailbox still has; the others are noted as lost.
async fn still_here<'a>(
    shared: &Shared,
    link: &mut Link,
    mailbox: MailboxId,
    mut aims: Vec<Aim<'a>>,
) -> Result<Vec<Aim<'a>>, Trouble> {
    if aims.is_empty() {
        return Ok(aims);
    }
    visit::visit(shared, link, mailbox, None).await?;
    refresh(shared, mailbox, &mut aims).await?;
    let (here, gone): (Vec<_>, Vec<_>) = aims.into_iter().partition(|(_, target)| target.uid.is_some());
    lost(shared, &gone).await?;
    Ok(here)
}

async fn expunge(shared: &Shared, link: &mut Link, aims: &[Aim<'_>]) -> Result<(), Trouble> {
    let removed = remove(link, &uids(aims)).await?;
    let (kept, gone): (Vec<_>, Vec<_>) = aims.iter().copied().partition(|(_, target)| removed.kept(target));
    expunged(shared, &gone, removed.stays).await?;
    if kept.is_empty() { Ok(()) } else { Err(not_done("OK, but the message is still there")) }
}

/// Originals of Gmail's whose copies are safe in another account: to the trash, where they lie for 30 days. Taking only
/// the label off would leave them in All Mail, which is not what moving them away means.
async fn trash(shared: &Shared, link: &mut Link, aims: &[Aim<'_>]) -> Result<(), Trouble> {
    let account = shared.account;
    let trash = shared.read(move |s| s.special_mailbox(account, SpecialUse::Trash)).await?;
    let trash = trash.ok_or(Trouble::Refused(Problem::NoFolderFor { what: SpecialUse::Trash }))?;
    let uids = uids(aims);
    let moved = if link.session.capabilities().has(Capability::Move) {
        link.session.uid_move(&uids, &trash.name).await
    } else {
        // A copy in the trash takes all labels off as well.
        link.session.uid_copy(&uids, &trash.name).await
    };
    moved.map_err(|e| link.trouble(&e))?;
    let now = shared.config.clock.now();
    let messages: Vec<_> = aims.iter().map(|(_, target)| target.message).collect();
    let operations = operations(aims);
    shared
        .write("originals in the trash", move |w| {
            operations.iter().try_for_each(|o| w.note_trashed(o, &messages, now))
        })
        .await
}

/// What became of messages that were to be removed.
struct Removed {
    /// They are still there, marked: the server cannot remove single messages.
    stays: bool,
    /// Those that the server kept although it said OK.
    kept: UidSet,
}

impl Removed {
    fn kept(&self, target: &Target) -> bool {
        target.uid.is_some_and(|uid| self.kept.contains(uid))
    }
}

/// Removes messages from the selected mailbox.
async fn remove(link: &mut Link, uids: &UidSet) -> Result<Removed, Trouble> {
    let before = link.session.exists();
    let stored = link.session.uid_store(uids, FlagChange::Add, &[Flag::Deleted], None).await;
    stored.map_err(|e| link.trouble(&e))?;
    if !link.session.capabilities().has(Capability::UidPlus) {
        return Ok(Removed { stays: true, kept: UidSet::new() });
    }
    link.session.uid_expunge(uids).await.map_err(|e| link.trouble(&e))?;
    let gone =
        before.zip(link.session.exists()).map(|(before, after)| u64::from(before.saturating_sub(after)));
    // Others come and go as well, so the number is only a reason to ask.
    let kept = match gone {
        Some(gone) if gone >= uids.len() => UidSet::new(),
        Some(_) | None => removal::still_there(link, uids).await?,
    };
    Ok(Removed { stays: false, kept })
}

async fn reselect(
    shared: &Shared,
    link: &mut Link,
    mailbox: MailboxId,
    aims: &[Aim<'_>],
) -> Result<(), Trouble> {
    let row = current(shared, mailbox, aims).await?;
    let row = row.ok_or(Trouble::Refused(Problem::MailboxGone))?;
    select(link, &row, aims).await
}

async fn target(shared: &Shared, to: MailboxId) -> Result<MailboxRow, Trouble> {
    let row = shared.read(move |s| s.mailbox(to)).await?;
    row.ok_or(Trouble::Refused(Problem::MailboxGone))
}
