//! What servers tell without being asked, and how it gets into the store.

use super::fetch::{self, FlagRow};
use super::planner::{self, Remote};
use super::queue::Errand;
use super::removal;
use super::shared::Shared;
use super::trouble::Trouble;
use crate::imap::{FetchData, Unsolicited};
use crate::model::{MailboxId, MailboxName, UidSet, UidValidity};

/// What the server told by itself about the selected mailbox, as far as it can be applied as it is.
#[derive(Debug, Default)]
pub(super) struct Digest {
    pub(super) flags: Vec<FlagRow>,
    pub(super) gone: UidSet,
    /// Whether only a visit can tell what happened.
    pub(super) look: bool,
}

impl Digest {
    /// Sorts the news of a connection.
    pub(super) fn of(news: Vec<Unsolicited>) -> Self {
        let mut digest = Self::default();
        for one in news {
            match one {
                Unsolicited::Vanished(uids) => digest.gone = digest.gone.union(&uids),
                Unsolicited::Fetch(data) if data.uid.is_some() => {
                    digest.flags.extend(fetch::flag_row(*data));
                }
                // Changed flags without the UID of their message (RFC 3501 servers): numbers are not to be trusted.
                Unsolicited::Fetch(data) => digest.look |= tells_flags(&data),
                Unsolicited::Exists(_) | Unsolicited::Expunge(_) | Unsolicited::Overflow => {
                    digest.look = true
                }
                Unsolicited::Status { .. }
                | Unsolicited::Listed
                | Unsolicited::Alert(_)
                | Unsolicited::Bye(_) => {}
            }
        }
        digest
    }
}

fn tells_flags(data: &FetchData) -> bool {
    data.flags.is_some() || data.mod_seq.is_some()
}

/// Applies news that name their messages. Removals of many are looked at twice, as always. `Ok(false)`: the UIDs, of
/// that `validity`, mean other messages in the store by now, so only a visit can tell.
pub(super) async fn apply(
    shared: &Shared,
    (mailbox, validity): (MailboxId, Option<UidValidity>),
    flags: Vec<FlagRow>,
    told_gone: UidSet,
) -> Result<bool, Trouble> {
    let _room = shared.room(mailbox).await;
    let Some(row) = shared.read(move |s| s.mailbox(mailbox)).await? else { return Ok(true) };
    if row.state.uid_validity != validity {
        return Ok(false);
    }
    let here = move |s: &crate::store::Snapshot| s.ids_by_uid(mailbox, &told_gone);
    let mut gone: UidSet = shared.read(here).await?.into_iter().map(|(uid, _)| uid).collect();
    removal::verify(shared, &row, row.at_server, &mut gone).await?;
    let now = shared.config.clock.now();
    shared
        .write("live", move |w| {
            if !flags.is_empty() {
                w.update_flags(mailbox, &flags)?;
            }
            if !gone.is_empty() {
                w.vanish(mailbox, &gone, now)?;
                let mut state = w.mailbox_state(mailbox)?;
                let removed = u32::try_from(gone.len()).unwrap_or(u32::MAX);
                state.exists = state.exists.map(|n| n.saturating_sub(removed));
                w.set_mailbox_state(mailbox, &state)?;
            }
            Ok(())
        })
        .await?;
    Ok(true)
}

/// Takes in the flags that a server told when it changed them, of a mailbox with that `validity`. Also where it told
/// none, a visit on another connection that read the old ones is over afterwards.
pub(super) async fn stored(
    shared: &Shared,
    (mailbox, validity): (MailboxId, Option<UidValidity>),
    rows: Vec<FlagRow>,
) -> Result<(), Trouble> {
    let _room = shared.room(mailbox).await;
    if rows.is_empty() {
        return Ok(());
    }
    shared
        .write("flags stored", move |w| {
            if w.mailbox_state(mailbox)?.uid_validity == validity {
                w.update_flags(mailbox, &rows)?;
            }
            Ok(())
        })
        .await
}

/// News of other mailboxes: those that differ from what is known here are visited soon.
pub(super) async fn elsewhere(shared: &Shared, news: &[Unsolicited]) -> Result<(), Trouble> {
    let mut told: Vec<(MailboxName, Remote)> = Vec::new();
    for one in news {
        match one {
            Unsolicited::Status { name, status } => {
                told.retain(|(other, _)| other != name);
                told.push((name.clone(), Remote::from(status)));
            }
            Unsolicited::Listed => shared.wake.notify_one(),
            Unsolicited::Exists(_)
            | Unsolicited::Expunge(_)
            | Unsolicited::Vanished(_)
            | Unsolicited::Fetch(_)
            | Unsolicited::Alert(_)
            | Unsolicited::Bye(_)
            | Unsolicited::Overflow => {}
        }
    }
    let (account, now) = (shared.account, shared.config.clock.now());
    for (name, mut remote) in told {
        let Some(row) = shared.read(move |s| s.mailbox_by_name(account, &name)).await? else {
            shared.wake.notify_one();
            continue;
        };
        // NOTIFY tells only what changed (RFC 5465 section 5.2 and following).
        let known = row.state;
        remote.uid_validity = remote.uid_validity.or(known.uid_validity);
        remote.exists = remote.exists.or(known.exists);
        remote.uid_next = remote.uid_next.or(known.uid_next);
        remote.unseen = remote.unseen.or(known.unseen);
        remote.mod_seq = remote.mod_seq.or(Some(known.highest_mod_seq));
        if planner::needs_visit(&known, row.at_server, &remote, now) {
            shared.queue.put(Errand::News(row.id));
        }
    }
    Ok(())
}
