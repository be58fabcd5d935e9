//! Gmail: archives by taking a label off, and says where an operation finds a message that is in many mailboxes.
//!
//! Taking a label off could also be a MOVE to All Mail. `STORE -X-GM-LABELS` in All Mail is used wherever the message's
//! UID there is known: done twice it is the same as once, so after a break it is simply sent again; it depends on no
//! setting of what EXPUNGE means; and All Mail is the one mailbox that no other client can take the message out of
//! without deleting it. MOVE remains for messages that All Mail has not told yet, and for labels that have no word.

use crate::imap::{Capability, GmailLabel};
use crate::model::{FlagChange, MailboxId, MessageId, SpecialUse, Uid};
use crate::store::{Landed, MailboxRow, Operation, OperationKind, Target};
use crate::sync::link::Link;
use crate::sync::links::Role;
use crate::sync::shared::Shared;
use crate::sync::status::Problem;
use crate::sync::trouble::Trouble;
use std::collections::{BTreeMap, BTreeSet};

/// Messages of one mailbox that lose its label, with their UIDs in All Mail.
type Wanted = BTreeMap<MailboxId, Vec<(MessageId, Uid)>>;

/// Does what needs no move, and gives what is left to be carried.
pub(super) async fn run(shared: &Shared, group: &[Operation]) -> Result<Vec<Operation>, Trouble> {
    let Some(OperationKind::Move { to }) = group.first().map(|operation| operation.kind.clone()) else {
        return Ok(group.to_vec());
    };
    let Some(all) = all_mail(shared).await?.filter(|all| all.id == to) else { return Ok(group.to_vec()) };
    let targets: Vec<Target> = group.iter().flat_map(|operation| &operation.targets).copied().collect();
    let mut rows: BTreeMap<MailboxId, MailboxRow> = BTreeMap::new();
    for mailbox in targets.iter().map(|target| target.mailbox).collect::<BTreeSet<_>>() {
        rows.extend(shared.read(move |s| s.mailbox(mailbox)).await?.map(|row| (mailbox, row)));
    }
    let messages: Vec<MessageId> = targets.iter().map(|target| target.message).collect();
    let told: Vec<Option<Uid>> =
        shared.read(move |s| messages.iter().map(|message| s.uid_of(*message, to)).collect()).await?;
    let mut wanted = Wanted::new();
    for (target, uid) in targets.iter().zip(told) {
        let has_word = rows.get(&target.mailbox).is_some_and(|row| label_of(row).is_some());
        if let (true, Some(uid)) = (has_word, uid) {
            wanted.entry(target.mailbox).or_default().push((target.message, uid));
        }
    }
    if wanted.is_empty() {
        return Ok(group.to_vec());
    }
    let mut lease = shared.lease(Role::Act).await?;
    let result = take_off(shared, lease.link()?, &all, (group, &rows), &wanted).await;
    if !lease.settle(result)? {
        return Ok(group.to_vec());
    }
    let done: BTreeSet<(MailboxId, MessageId)> = wanted
        .iter()
        .flat_map(|(mailbox, messages)| messages.iter().map(|(message, _)| (*mailbox, *message)))
        .collect();
    let rest = group.iter().map(|operation| {
        let mut operation = operation.clone();
        operation.targets.retain(|target| !done.contains(&(target.mailbox, target.message)));
        operation
    });
    Ok(rest.filter(|operation| !operation.targets.is_empty()).collect())
}

/// `Ok(false)`: All Mail is not ready, so the messages have to be moved.
async fn take_off(
    shared: &Shared,
    link: &mut Link,
    all: &MailboxRow,
    (group, rows): (&[Operation], &BTreeMap<MailboxId, MailboxRow>),
    wanted: &Wanted,
) -> Result<bool, Trouble> {
    if !link.session.capabilities().has(Capability::Gmail) || !link.ready(all).await? {
        return Ok(false);
    }
    if link.view().is_some_and(|view| view.is_read_only) {
        return Err(Trouble::Refused(Problem::Denied { text: "All Mail is read-only".to_owned() }));
    }
    for (mailbox, messages) in wanted {
        let Some(label) = rows.get(mailbox).and_then(label_of) else { continue };
        let uids: crate::model::UidSet = messages.iter().map(|(_, uid)| *uid).collect();
        if let Some((_, newest)) = uids.ranges().next_back() {
            link.see(newest).await?;
        }
        let stored = link.session.uid_store_label(&uids, FlagChange::Remove, &label).await;
        stored.map_err(|error| link.trouble(&error))?;
        let landed: Vec<Landed> =
            messages.iter().map(|(message, uid)| Landed { message: *message, uid: Some(*uid) }).collect();
        let operations: Vec<Operation> = group
            .iter()
            .map(|operation| {
                let mut operation = operation.clone();
                operation.targets.retain(|target| target.mailbox == *mailbox);
                operation
            })
            .collect();
        let now = shared.config.clock.now();
        shared
            .write("label taken off", move |w| {
                operations.iter().try_for_each(|o| w.note_landed(o, &landed, false, now))
            })
            .await?;
    }
    Ok(true)
}

/// The mailbox that has everything, if the account has one and lets IMAP see it.
pub(super) async fn all_mail(shared: &Shared) -> Result<Option<MailboxRow>, Trouble> {
    let account = shared.account;
    shared
        .read(
            move |s| {
                if s.has_gmail(account)? { s.special_mailbox(account, SpecialUse::All) } else { Ok(None) }
            },
        )
        .await
}

/// The word for the label that a mailbox stands for. Those below Gmail's own level have words that its language decides.
fn label_of(row: &MailboxRow) -> Option<GmailLabel> {
    match row.special_use {
        Some(SpecialUse::Inbox) => Some(GmailLabel::Inbox),
        Some(SpecialUse::Flagged) => Some(GmailLabel::Starred),
        None | Some(SpecialUse::Archive) if !row.name.as_bytes().starts_with(b"[") => {
            Some(GmailLabel::Named(row.name.clone()))
        }
        _ => None,
    }
}

/// What EXPUNGE means at Gmail is a setting of its web page, except in Trash and Spam: what has to go from elsewhere goes
/// to the trash.
pub(super) fn only_trashes(link: &Link, row: &MailboxRow) -> bool {
    let bin = matches!(row.special_use, Some(SpecialUse::Trash | SpecialUse::Junk));
    !bin && link.session.capabilities().has(Capability::Gmail)
}

/// Refuses to expunge where nobody knows what that does.
pub(super) fn may_expunge(link: &Link, row: &MailboxRow) -> Result<(), Trouble> {
    if !only_trashes(link, row) {
        return Ok(());
    }
    let text = "Gmail deletes for good only out of Trash and Spam";
    Err(Trouble::Refused(Problem::Denied { text: text.to_owned() }))
}

/// One place of each message to act in: All Mail, which a message only leaves when it is deleted, else any that has told
/// its UID.
pub(super) fn one_place_each(targets: &[Target], all: Option<MailboxId>) -> Vec<Target> {
    let mut chosen: BTreeMap<MessageId, Target> = BTreeMap::new();
    let worth = |target: &Target| (target.uid.is_some(), Some(target.mailbox) == all);
    for target in targets {
        let held = chosen.entry(target.message).or_insert(*target);
        if worth(target) > worth(held) {
            *held = *target;
        }
    }
    chosen.into_values().collect()
}
