//! UIDVALIDITY changed: the mailbox was rebuilt, and its UIDs mean something else now. The messages are
//! mostly the same, so they are recognized by their content; nothing is thrown away.

use super::link::{FINGERPRINT_ITEMS, Link};
use super::planner::{self, Remote};
use super::shared::Shared;
use super::status::Problem;
use super::trouble::Trouble;
use super::visit::{Visited, state_after};
use crate::imap::FetchData;
use crate::mime;
use crate::model::{ModSeq, Uid, UidSet};
use crate::store::{Fingerprint, MailboxRow};

pub(super) async fn relink(
    shared: &Shared,
    link: &mut Link,
    row: &MailboxRow,
    remote: &Remote,
) -> Result<Visited, Trouble> {
    let Some(validity) = remote.uid_validity else { return Ok(Visited::default()) };
    let exists = u64::from(remote.exists.unwrap_or(0));
    if planner::is_doubtful(row.at_server.saturating_sub(exists), row.at_server) {
        confirm(shared, row, remote).await?;
    }
    tracing::warn!(mailbox = %row.id, exists, local = row.at_server, "UIDVALIDITY changed");
    let mut listed = Vec::new();
    let mut on = |data| listed.extend(fingerprint(data));
    let all = UidSet::range(Uid::MIN, Uid::MAX);
    let result = link.session.uid_fetch(&all, &FINGERPRINT_ITEMS, None, &mut on).await;
    result.map_err(|error| link.trouble(&error))?;
    if u64::try_from(listed.len()).unwrap_or(0) < exists {
        let detail = "messages are missing in the server's answer".to_owned();
        return Err(Trouble::Refused(Problem::Protocol { detail }));
    }
    let mailbox = row.id;
    let known = shared.read(move |s| s.rfc822_ids(mailbox)).await?;
    let ids = listed.iter().filter_map(|one| one.message_id.as_ref());
    let recognized = count(ids.clone().filter(|id| known.contains(&id.0)).count());
    let common = count(known.len()).min(count(ids.count()));
    if !planner::is_recognized(recognized, common) {
        tracing::warn!(mailbox = %row.id, recognized, common, "the mailbox looks like another one");
        confirm(shared, row, remote).await?;
    }
    let top = listed.iter().map(|one| one.uid).max();
    // What was not recognized is fetched on the way back, which starts above everything.
    let low = top.and_then(|uid| Uid::from_wire(uid.get().saturating_add(1)).ok()).unwrap_or(Uid::MIN);
    let mut state = state_after(&row.state, remote, top, Some(low));
    let now = shared.config.clock.now();
    state.last_full_check = Some(now);
    shared
        .write("relink", move |w| {
            let strangers = w.relink_by_fingerprint(mailbox, validity, &listed, now)?;
            if strangers.is_empty() {
                state.backfill_low = Some(Uid::MIN);
            }
            w.set_mailbox_state(mailbox, &state)
        })
        .await?;
    Ok(Visited::default())
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// Asks over a new connection whether the mailbox really is so different from what is known.
async fn confirm(shared: &Shared, row: &MailboxRow, remote: &Remote) -> Result<(), Trouble> {
    let unsure = |detail: &str| Trouble::Refused(Problem::Protocol { detail: detail.to_owned() });
    let mut link = Link::open(shared).await.map_err(|refusal| Trouble::Refused(refusal.trouble.problem()))?;
    let again = link.select(row).await?;
    let logout = link.session.logout().await;
    tracing::debug!(?logout, "second look");
    if again.uid_validity == remote.uid_validity && Some(again.exists) == remote.exists {
        Ok(())
    } else {
        Err(unsure("the mailbox looks different on another connection"))
    }
}

fn fingerprint(data: FetchData) -> Option<Fingerprint> {
    let header = data.header.unwrap_or_default();
    Some(Fingerprint {
        uid: data.uid?,
        flags: data.flags?,
        mod_seq: data.mod_seq.unwrap_or(ModSeq::NONE),
        internal_date: data.internal_date,
        size: data.size.unwrap_or(0),
        message_id: mime::header::parse_envelope(&header).message_id,
        email_id: data.email_id,
        gm_msgid: data.gm_msgid,
    })
}
