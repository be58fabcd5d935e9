//! Marks messages as read that are not here yet, or takes that back. Bounded by what the user could know of: UIDs
//! below the UIDNEXT of that moment, and, where the server can tell, messages that nobody changed since.

use crate::imap::SearchQuery;
use crate::model::{Flag, FlagChange, MailboxId, ModSeq, Uid, UidSet, UidValidity};
use crate::store::{Operation, OperationKind};
use crate::sync::fetch;
use crate::sync::link::Link;
use crate::sync::links::Role;
use crate::sync::news;
use crate::sync::shared::Shared;
use crate::sync::status::Problem;
use crate::sync::trouble::Trouble;

/// Runs the operation; gives what the server said.
pub(super) async fn run(shared: &Shared, operation: &Operation) -> Result<String, Trouble> {
    let mut lease = shared.lease(Role::Act).await?;
    let link = lease.link()?;
    let result = perform(shared, link, operation).await;
    let answer = link.session.last_answer().to_owned();
    lease.settle(result)?;
    Ok(answer)
}

async fn perform(shared: &Shared, link: &mut Link, operation: &Operation) -> Result<(), Trouble> {
    match &operation.kind {
        OperationKind::MarkRead { mailbox, validity, below, since, unread } => {
            if !select(shared, link, *mailbox, *validity).await? {
                return Ok(());
            }
            let mut found = unread.clone();
            if found.is_empty() {
                found = unread_below(link, *below).await?;
                let kind = OperationKind::MarkRead {
                    mailbox: *mailbox,
                    validity: *validity,
                    below: *below,
                    since: *since,
                    unread: found.clone(),
                };
                let id = operation.id;
                shared.write("unread", move |w| w.note_unread(id, &kind)).await?;
            }
            store(shared, link, *mailbox, &found, (FlagChange::Add, *since)).await
        }
        OperationKind::MarkUnread { mailbox, validity, unread } => {
            if !select(shared, link, *mailbox, *validity).await? {
                return Ok(());
            }
            store(shared, link, *mailbox, unread, (FlagChange::Remove, ModSeq::NONE)).await
        }
        _ => Ok(()),
    }
}

/// Selects the mailbox; `false`: its UIDs mean something else by now, so nothing can be said about them.
async fn select(
    shared: &Shared,
    link: &mut Link,
    mailbox: MailboxId,
    validity: UidValidity,
) -> Result<bool, Trouble> {
    let row = shared.read(move |s| s.mailbox(mailbox)).await?;
    let row = row.ok_or(Trouble::Refused(Problem::MailboxGone))?;
    let ready = link.ready(&row).await?;
    if link.view().is_some_and(|view| view.is_read_only) {
        return Err(Trouble::Refused(Problem::Denied { text: "the mailbox is read-only".to_owned() }));
    }
    Ok(ready && row.state.uid_validity == Some(validity))
}

async fn unread_below(link: &mut Link, below: Uid) -> Result<UidSet, Trouble> {
    let Some(last) = below.get().checked_sub(1).and_then(|raw| Uid::from_wire(raw).ok()) else {
        return Ok(UidSet::new());
    };
    // Some of them may have come after this connection looked last.
    link.see(last).await?;
    let range = UidSet::range(Uid::MIN, last);
    let unseen = SearchQuery::Not(Box::new(SearchQuery::Has(Flag::Seen)));
    let query = SearchQuery::And(vec![SearchQuery::Uids(range.clone()), unseen]);
    let found = link.session.uid_search(&query).await.map_err(|e| link.trouble(&e))?;
    // Whatever a server answers: no more than what was asked about.
    Ok(found.difference(&found.difference(&range)))
}

async fn store(
    shared: &Shared,
    link: &mut Link,
    mailbox: MailboxId,
    uids: &UidSet,
    (change, since): (FlagChange, ModSeq),
) -> Result<(), Trouble> {
    let Some((_, newest)) = uids.ranges().next_back() else { return Ok(()) };
    link.see(newest).await?;
    let unchanged = Some(since).filter(|since| since.is_some());
    let outcome = link.session.uid_store(uids, change, &[Flag::Seen], unchanged).await;
    let outcome = outcome.map_err(|e| link.trouble(&e))?;
    let rows: Vec<_> = outcome.fetched.into_iter().filter_map(fetch::flag_row).collect();
    news::stored(shared, (mailbox, link.view().and_then(|view| view.validity)), rows).await
}
