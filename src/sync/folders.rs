//! The tree of mailboxes: LIST into the store. A mailbox that is missing in one answer is not gone yet.

use super::link::Link;
use super::planner::Remote;
use super::shared::Shared;
use super::trouble::Trouble;
use crate::imap::{Capability, Error, ListedMailbox};
use crate::model::{MailboxAttributes, MailboxId, MailboxName, SpecialUse};
use crate::store::{MailboxInfo, MailboxRow};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A mailbox with what the server says about it now.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    pub(super) id: MailboxId,
    pub(super) name: MailboxName,
    pub(super) display: String,
    pub(super) special_use: Option<SpecialUse>,
    pub(super) no_select: bool,
    /// Holds only what is in other mailboxes too, and is left out by the rules of the server.
    pub(super) is_double: bool,
    pub(super) remote: Option<Remote>,
}

/// Lists that are thrown away because a mailbox was made, renamed or deleted here meanwhile.
const MAX_STALE: usize = 5;

/// Brings the tree up to date and commits it at once. Gives the mailboxes in the server's order.
pub(super) async fn refresh(shared: &Shared, link: &mut Link) -> Result<Vec<Folder>, Trouble> {
    for _ in 0..MAX_STALE {
        if let Some(folders) = read(shared, link).await? {
            return Ok(folders);
        }
    }
    Err(Trouble::Again)
}

/// `None` if the list was out of date when it came.
async fn read(shared: &Shared, link: &mut Link) -> Result<Option<Vec<Folder>>, Trouble> {
    let account = shared.account;
    // Parts of an answer would be from before the operation that is carried out now, parts from after it.
    let quiet = shared.tree.lock().await;
    let before = shared.tree_changes.load(Ordering::SeqCst);
    drop(quiet);
    let known = shared.read(move |s| s.mailboxes(account)).await?;
    let listed = list(shared, link).await?;
    let mut infos: Vec<_> = listed.iter().map(info).collect();
    if !infos.iter().any(|info| info.name.is_inbox()) {
        // It exists whatever LIST says (RFC 9051 section 5.1).
        infos.insert(0, inbox());
    }
    let names: BTreeSet<_> = infos.iter().map(|info| info.name.clone()).collect();
    for row in known.iter().filter(|row| !names.contains(&row.name)) {
        if is_still_there(link, row).await? {
            infos.push(info_of(row));
        }
    }
    let skip_all = link.session.rules().skip_all;
    let now = shared.config.clock.now();
    let copy = infos.clone();
    let changes = Arc::clone(&shared.tree_changes);
    let ids = shared
        .write("folders", move |w| {
            let is_stale = changes.load(Ordering::SeqCst) != before;
            if is_stale { Ok(None) } else { w.sync_mailboxes(account, &copy, now).map(Some) }
        })
        .await?;
    let Some(ids) = ids else { return Ok(None) };
    let folders = ids.into_iter().zip(infos).map(|(id, info)| {
        let told = listed.iter().find(|one| one.name == info.name).and_then(|one| one.status.as_ref());
        Folder {
            id,
            display: info.display,
            special_use: if info.name.is_inbox() { Some(SpecialUse::Inbox) } else { info.special_use },
            name: info.name,
            no_select: info.attributes.no_select,
            is_double: skip_all && info.special_use == Some(SpecialUse::All),
            remote: told.map(Remote::from),
        }
    });
    Ok(Some(folders.collect()))
}

/// LIST, with the ids of the mailboxes only where a name is new: it may be an old mailbox under another name.
async fn list(shared: &Shared, link: &mut Link) -> Result<Vec<ListedMailbox>, Trouble> {
    if link.session.capabilities().has(Capability::ObjectId) {
        let account = shared.account;
        let known = shared.read(move |s| s.mailboxes_with_object_id(account)).await?;
        if !known.is_empty() {
            let listed = link.session.list_briefly().await.map_err(|error| link.trouble(&error))?;
            let is_known = |one: &ListedMailbox| one.attributes.no_select || known.contains(&one.name);
            if listed.iter().all(is_known) {
                return Ok(listed);
            }
        }
    }
    link.session.list().await.map_err(|error| link.trouble(&error))
}

/// Asks STATUS where LIST did not tell it along.
pub(super) async fn ask(link: &mut Link, folder: &mut Folder) -> Result<(), Trouble> {
    if folder.remote.is_some() || folder.no_select || !link.session.rules().status {
        return Ok(());
    }
    match link.session.status(&folder.name).await {
        Ok(status) => folder.remote = Some(Remote::from(&status)),
        Err(error) if !link.is_open() => return Err(link.trouble(&error)),
        // Not to be asked about (RFC 9051 section 6.3.11 allows NO): a visit will tell more.
        Err(error) => tracing::debug!(%error, "STATUS"),
    }
    Ok(())
}

/// Whether a mailbox that LIST left out exists nevertheless. It takes a refused STATUS and a second LIST
/// without it before it counts as gone; and even then it is only hidden.
async fn is_still_there(link: &mut Link, row: &MailboxRow) -> Result<bool, Trouble> {
    if !row.attributes.no_select && link.session.rules().status {
        match link.session.status(&row.name).await {
            Ok(_) => return Ok(true),
            Err(Error::No { .. } | Error::Bad { .. }) => {}
            Err(error) => return Err(link.trouble(&error)),
        }
    }
    let again = link.session.list().await.map_err(|error| link.trouble(&error))?;
    Ok(again.iter().any(|one| one.name == row.name))
}

fn info(listed: &ListedMailbox) -> MailboxInfo {
    let separator = listed.delimiter.map_or_else(String::new, String::from);
    MailboxInfo {
        name: listed.name.clone(),
        delimiter: listed.delimiter,
        display: listed.display_path.join(&separator),
        special_use: listed.special_use,
        attributes: listed.attributes,
        object_id: listed.status.as_ref().and_then(|status| status.mailbox_id.clone()),
    }
}

fn info_of(row: &MailboxRow) -> MailboxInfo {
    MailboxInfo {
        name: row.name.clone(),
        delimiter: row.delimiter,
        display: row.display.clone(),
        special_use: row.special_use,
        attributes: row.attributes,
        object_id: None,
    }
}

fn inbox() -> MailboxInfo {
    MailboxInfo {
        name: MailboxName::from_wire(b"INBOX"),
        delimiter: None,
        display: "INBOX".to_owned(),
        special_use: Some(SpecialUse::Inbox),
        attributes: MailboxAttributes::default(),
        object_id: None,
    }
}
