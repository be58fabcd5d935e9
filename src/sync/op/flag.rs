//! Sets or takes away a flag: idempotent, so what may have been sent is simply sent again.

use crate::imap::{Capability, Session};
use crate::model::{Flag, FlagChange, MailboxId, SpecialUse, Uid, UidSet};
use crate::store::{MailboxRow, Operation, Target};
use crate::sync::fetch;
use crate::sync::link::Link;
use crate::sync::links::Role;
use crate::sync::news;
use crate::sync::shared::Shared;
use crate::sync::status::Problem;
use crate::sync::trouble::Trouble;
use crate::sync::visit;
use std::collections::{BTreeMap, BTreeSet};

/// Sends the change to the server.
pub(super) async fn run(
    shared: &Shared,
    group: &[Operation],
    flag: &Flag,
    change: FlagChange,
) -> Result<String, Trouble> {
    let mut answer = String::new();
    let all = super::label::all_mail(shared).await?.map(|all| all.id);
    let once =
        if matches!(flag, Flag::Seen | Flag::Answered | Flag::Flagged | Flag::Draft) { all } else { None };
    for (mailbox, uids) in targets(group, once) {
        let mut lease = shared.lease(Role::Act).await?;
        let link = lease.link()?;
        let result = store(shared, link, (mailbox, group), uids, (flag, change)).await;
        link.session.last_answer().clone_into(&mut answer);
        lease.settle(result)?;
    }
    Ok(answer)
}

/// One UID set per mailbox. A message that is not there any more needs nothing. Gmail keeps most flags once for a
/// message: those that are in `once` (All Mail) are changed there, and nowhere else.
fn targets(group: &[Operation], once: Option<MailboxId>) -> BTreeMap<MailboxId, UidSet> {
    let mut by_mailbox: BTreeMap<_, Vec<Uid>> = BTreeMap::new();
    let all = || group.iter().flat_map(|operation| &operation.targets);
    let there = all().filter(|target| Some(target.mailbox) == once && target.uid.is_some());
    let there: BTreeSet<_> = there.map(|target| target.message).collect();
    for target in all() {
        let elsewhere = Some(target.mailbox) != once && there.contains(&target.message);
        if let (Some(uid), false) = (target.uid, elsewhere) {
            by_mailbox.entry(target.mailbox).or_default().push(uid);
        }
    }
    by_mailbox.into_iter().map(|(mailbox, uids)| (mailbox, uids.into_iter().collect())).collect()
}

/// A mailbox, and the UIDs that messages have there now: other ones than when the operation was begun, if another
/// connection found the mailbox rebuilt meanwhile.
async fn current(
    shared: &Shared,
    mailbox: MailboxId,
    group: &[Operation],
    uids: &UidSet,
) -> Result<Option<(MailboxRow, UidSet)>, Trouble> {
    let here =
        |target: &&Target| target.mailbox == mailbox && target.uid.is_some_and(|uid| uids.contains(uid));
    let targets = group.iter().flat_map(|operation| &operation.targets);
    let messages: BTreeSet<_> = targets.filter(here).map(|target| target.message).collect();
    shared
        .read(move |s| {
            let Some(row) = s.mailbox(mailbox)? else { return Ok(None) };
            let found = messages.into_iter().map(|message| s.uid_of(message, mailbox));
            Ok(Some((row, found.filter_map(Result::transpose).collect::<Result<_, _>>()?)))
        })
        .await
}

async fn store(
    shared: &Shared,
    link: &mut Link,
    (mailbox, group): (MailboxId, &[Operation]),
    mut uids: UidSet,
    (flag, change): (&Flag, FlagChange),
) -> Result<(), Trouble> {
    let Some((mut row, now)) = current(shared, mailbox, group, &uids).await? else { return Ok(()) };
    uids = now;
    if !link.ready(&row).await? {
        // The UIDs mean something else now; the visit finds the messages again, or hides them.
        visit::visit(shared, link, mailbox, None).await?;
        let messages: BTreeSet<_> =
            group.iter().flat_map(|operation| &operation.targets).map(|target| target.message).collect();
        uids = shared
            .read(move |s| {
                let found = messages.into_iter().map(|message| s.uid_of(message, mailbox));
                found.filter_map(Result::transpose).collect::<Result<UidSet, _>>()
            })
            .await?;
        let Some(again) = shared.read(move |s| s.mailbox(mailbox)).await? else { return Ok(()) };
        row = again;
        if !link.ready(&row).await? {
            return Err(Trouble::Rebuilt);
        }
    }
    if uids.is_empty() {
        return Ok(());
    }
    if group.iter().any(|operation| operation.attempt > 1) || link.view().is_some_and(|v| v.is_read_only) {
        // What was open for reading only a moment ago may not be so any more.
        link.select_plainly(&row).await?;
    }
    allowed(link, flag, &row)?;
    if let Some((_, newest)) = uids.ranges().next_back() {
        link.see(newest).await?;
    }
    let flags = [flag.clone()];
    let outcome = send(&mut link.session, &uids, change, &flags).await.map_err(|e| link.trouble(&e))?;
    let rows: Vec<_> = outcome.fetched.into_iter().filter_map(fetch::flag_row).collect();
    let ignored = ignored(&rows, flag, change);
    news::stored(shared, (mailbox, link.view().and_then(|view| view.validity)), rows).await?;
    for operation in group.iter().filter(|_| !ignored.is_empty()) {
        let here = |target: &&Target| target.mailbox == mailbox;
        let hit =
            operation.targets.iter().filter(here).filter(|t| t.uid.is_some_and(|u| ignored.contains(u)));
        let messages: Vec<_> = hit.map(|target| target.message).collect();
        if !messages.is_empty() {
            let text = "OK, but the flag did not change".to_owned();
            super::refuse_some(shared, operation, messages, Problem::NotDone { text }).await?;
        }
    }
    Ok(())
}

/// Messages that have the flag as before, by what the server told last about each. One of which it told nothing counts
/// as changed.
fn ignored(rows: &[fetch::FlagRow], flag: &Flag, change: FlagChange) -> UidSet {
    let last: BTreeMap<Uid, bool> = rows.iter().map(|(uid, flags, _)| (*uid, flags.contains(flag))).collect();
    let wanted = change == FlagChange::Add;
    last.into_iter().filter(|(_, has)| *has != wanted).map(|(uid, _)| uid).collect()
}

async fn send(
    session: &mut Session,
    uids: &UidSet,
    change: FlagChange,
    flags: &[Flag],
) -> Result<crate::imap::StoreOutcome, crate::imap::Error> {
    session.uid_store(uids, change, flags, None).await
}

/// A server may take a change and forget it with the session. That would look like success.
fn allowed(link: &Link, flag: &Flag, row: &MailboxRow) -> Result<(), Trouble> {
    let Some(view) = link.view() else { return Ok(()) };
    let bin = matches!(row.special_use, Some(SpecialUse::Trash | SpecialUse::Junk));
    if *flag == Flag::Deleted && !bin && link.session.capabilities().has(Capability::Gmail) {
        // There it can mean: take the label off, move to the trash, or delete for good at once.
        let text = "what \\Deleted does here is a setting of Gmail's web page; archive or delete instead";
        return Err(Trouble::Refused(Problem::Denied { text: text.to_owned() }));
    }
    let forgets = view.permanent.as_ref().is_some_and(|kept| {
        let invented = kept.any && matches!(flag, Flag::Keyword(_));
        !invented && !kept.flags.contains(flag)
    });
    if view.is_read_only || forgets {
        let text = if view.is_read_only {
            "the mailbox is read-only"
        } else {
            "the mailbox does not keep this flag"
        };
        return Err(Trouble::Refused(Problem::Denied { text: text.to_owned() }));
    }
    Ok(())
}
