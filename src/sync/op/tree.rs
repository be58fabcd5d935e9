//! Makes, renames, deletes and subscribes mailboxes. What the server has done already counts as done: after a break
//! nobody knows whether it was us.

use crate::imap::{Capability, Error, ResponseCode};
use crate::model::{MailboxId, MailboxName, OperationId};
use crate::store::{MailboxRow, Naming, Operation, OperationKind};
use crate::sync::link::Link;
use crate::sync::links::Role;
use crate::sync::shared::Shared;
use crate::sync::status::Problem;
use crate::sync::trouble::Trouble;
use std::sync::atomic::Ordering;

/// Runs an operation on a mailbox; gives what the server said.
pub(super) async fn run(shared: &Shared, operation: &Operation) -> Result<String, Trouble> {
    let mut lease = shared.lease(Role::Act).await?;
    let link = lease.link()?;
    let alone = shared.tree.lock().await;
    shared.tree_changes.fetch_add(1, Ordering::SeqCst);
    let result = perform(shared, link, operation).await;
    let answer = link.session.last_answer().to_owned();
    // Also after a break: it may have been done.
    shared.tree_changes.fetch_add(1, Ordering::SeqCst);
    drop(alone);
    lease.settle(result)?;
    shared.wake.notify_one();
    Ok(answer)
}

async fn perform(shared: &Shared, link: &mut Link, operation: &Operation) -> Result<(), Trouble> {
    match &operation.kind {
        OperationKind::CreateMailbox { mailbox } => create(link, &row(shared, *mailbox).await?).await,
        OperationKind::RenameMailbox { mailbox, from, to } => {
            link.leave(*mailbox).await?;
            rename(shared, link, (*mailbox, from, to)).await
        }
        OperationKind::DeleteMailbox { mailbox, empty } => {
            link.leave(*mailbox).await?;
            let row = row(shared, *mailbox).await?;
            if *empty { delete_empty(link, &row, operation.id).await } else { delete(link, &row.name).await }
        }
        OperationKind::Subscribe { mailbox, on } => {
            let row = row(shared, *mailbox).await?;
            subscribe(link, &row.name, *on).await
        }
        _ => Ok(()),
    }
}

async fn row(shared: &Shared, mailbox: MailboxId) -> Result<MailboxRow, Trouble> {
    let row = shared.read(move |s| s.mailbox(mailbox)).await?;
    row.ok_or(Trouble::Refused(Problem::MailboxGone))
}

async fn create(link: &mut Link, row: &MailboxRow) -> Result<(), Trouble> {
    match link.session.create(&row.name, None).await {
        Ok(()) => {}
        Err(error) if link.is_open() => {
            let told = matches!(error.code(), Some(ResponseCode::AlreadyExists));
            if !told && !exists(link, &row.name).await? {
                return Err(link.trouble(&error));
            }
        }
        Err(error) => return Err(link.trouble(&error)),
    }
    // A mailbox that one makes is one that one wants to see; without subscriptions it is seen anyway.
    quietly(link, &row.name, true).await
}

async fn rename(
    shared: &Shared,
    link: &mut Link,
    (mailbox, from, to): (MailboxId, &Naming, &Naming),
) -> Result<(), Trouble> {
    if let Err(error) = link.session.rename(&from.name, &to.name).await
        && (!link.is_open() || exists(link, &from.name).await? || !exists(link, &to.name).await?)
    {
        return Err(link.trouble(&error));
    }
    // Subscriptions stay with the names (RFC 9051 section 6.3.6).
    let account = shared.account;
    let rows = shared.read(move |s| s.mailboxes(account)).await?;
    let delimiter = rows.iter().find(|row| row.id == mailbox).and_then(|row| row.delimiter);
    for row in rows.iter().filter(|row| row.attributes.subscribed) {
        let Some(rest) = row.name.as_bytes().strip_prefix(to.name.as_bytes()) else { continue };
        let mut utf8 = [0; 4];
        let below = delimiter.is_some_and(|d| rest.starts_with(d.encode_utf8(&mut utf8).as_bytes()));
        if !rest.is_empty() && !below {
            continue;
        }
        let old = MailboxName::from_wire(&[from.name.as_bytes(), rest].concat());
        quietly(link, &row.name, true).await?;
        quietly(link, &old, false).await?;
    }
    Ok(())
}

/// Takes a mailbox back that was made here, unless there is mail in it by now.
///
/// Between a look into it and DELETE mail could come, and DELETE takes all along. So it is moved out of the way first:
/// under a name that nobody delivers to, what was counted stays so. If something is in it, it gets its name back. After
/// a break the name tells what to go on with.
async fn delete_empty(link: &mut Link, row: &MailboxRow, operation: OperationId) -> Result<(), Trouble> {
    if link.session.capabilities().has(Capability::Gmail) {
        // Only a label goes; the mail stays in All Mail.
        is_empty(link, &row.name).await?;
        return delete(link, &row.name).await;
    }
    let mut aside = row.name.as_bytes().to_vec();
    aside.extend_from_slice(format!("-undo-{}", operation.to_row()).as_bytes());
    let aside = MailboxName::from_wire(&aside);
    let all = link.session.list().await.map_err(|e| link.trouble(&e))?;
    if !all.iter().any(|one| one.name == aside) {
        is_empty(link, &row.name).await?;
        let below = |name: &MailboxName| {
            let rest = name.as_bytes().strip_prefix(row.name.as_bytes()).unwrap_or_default();
            rest.first().is_some_and(|byte| row.delimiter.is_some_and(|d| u32::from(d) == u32::from(*byte)))
        };
        if all.iter().any(|one| below(&one.name)) {
            // They would go along, and it cannot be deleted anyway.
            return delete(link, &row.name).await;
        }
        if let Err(error) = link.session.rename(&row.name, &aside).await
            && (!link.is_open() || !exists(link, &aside).await?)
        {
            if !link.is_open() {
                return Err(link.trouble(&error));
            }
            // Not here: then what is left is a second look, as late as can be.
            is_empty(link, &row.name).await?;
            return delete(link, &row.name).await;
        }
    }
    let result = match is_empty(link, &aside).await {
        Ok(()) => delete(link, &aside).await,
        full => full,
    };
    match result {
        Ok(()) => quietly(link, &row.name, false).await,
        Err(trouble @ Trouble::Refused(_)) => {
            if let Err(error) = link.session.rename(&aside, &row.name).await {
                if !link.is_open() {
                    return Err(link.trouble(&error));
                }
                // Somebody made one of that name meanwhile; what is in the other one will be listed.
                tracing::warn!(%error, "a mailbox keeps another name");
            }
            Err(trouble)
        }
        broken => broken,
    }
}

/// An error if there is mail in a mailbox, or the server does not say; one that is gone is empty.
async fn is_empty(link: &mut Link, name: &MailboxName) -> Result<(), Trouble> {
    match link.session.status(name).await {
        Ok(status) if status.messages != Some(0) => {
            let text = "there is mail in it by now".to_owned();
            Err(Trouble::Refused(Problem::Denied { text }))
        }
        Ok(_) => Ok(()),
        Err(error) if !link.is_open() || exists(link, name).await? => Err(link.trouble(&error)),
        Err(_) => Ok(()),
    }
}

async fn delete(link: &mut Link, name: &MailboxName) -> Result<(), Trouble> {
    if let Err(error) = link.session.delete(name).await {
        let told = matches!(error.code(), Some(ResponseCode::NonExistent));
        if !link.is_open() || (!told && exists(link, name).await?) {
            return Err(link.trouble(&error));
        }
    }
    quietly(link, name, false).await
}

async fn subscribe(link: &mut Link, name: &MailboxName, on: bool) -> Result<(), Trouble> {
    match link_subscribe(link, name, on).await {
        Err(Error::No { code: Some(code), .. }) if !on && *code == ResponseCode::NonExistent => Ok(()),
        Err(error) => Err(link.trouble(&error)),
        Ok(()) => Ok(()),
    }
}

async fn link_subscribe(link: &mut Link, name: &MailboxName, on: bool) -> Result<(), Error> {
    if on { link.session.subscribe(name).await } else { link.session.unsubscribe(name).await }
}

/// The same where a refusal is of no importance.
async fn quietly(link: &mut Link, name: &MailboxName, on: bool) -> Result<(), Trouble> {
    match link_subscribe(link, name, on).await {
        Err(error) if !link.is_open() => Err(link.trouble(&error)),
        Err(error) => {
            tracing::debug!(%error, "subscription");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Whether the server lists a mailbox.
async fn exists(link: &mut Link, name: &MailboxName) -> Result<bool, Trouble> {
    let all = link.session.list().await.map_err(|e| link.trouble(&e))?;
    Ok(all.iter().any(|one| one.name == *name && !one.attributes.no_select))
}
