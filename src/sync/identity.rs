//! Makes sure that UIDs still mean the messages that they are taken for: before anything is deleted by them, and at each
//! visit where the server tells no changes. Some servers (hMailServer, old Proton Bridges) number anew without a new
//! UIDVALIDITY.

use super::link::Link;
use super::shared::Shared;
use super::trouble::Trouble;
use crate::imap::{FetchData, FetchItems};
use crate::mime::header::parse_envelope;
use crate::model::{MailboxId, MessageId, Rfc822MessageId, Uid, UidSet, UidValidity};
use std::collections::BTreeMap;

/// Compares Message-IDs in the selected mailbox. If one is another's, the UIDs count as meaningless: the next visit
/// recognizes all messages anew.
pub(super) async fn verify(
    shared: &Shared,
    link: &mut Link,
    mailbox: MailboxId,
    messages: Vec<(Uid, MessageId)>,
) -> Result<(), Trouble> {
    if holds(shared, link, messages).await? {
        return Ok(());
    }
    tracing::warn!(%mailbox, "numbered anew, although UIDVALIDITY is the same");
    shared
        .write("numbered anew", move |w| {
            let mut state = w.mailbox_state(mailbox)?;
            let other =
                if state.uid_validity == UidValidity::from_wire(u32::MAX).ok() { 1 } else { u32::MAX };
            state.uid_validity = UidValidity::from_wire(other).ok();
            w.set_mailbox_state(mailbox, &state)
        })
        .await?;
    Err(Trouble::Rebuilt)
}

/// Whether the selected mailbox has these messages under these UIDs, as far as it has them at all.
pub(super) async fn holds(
    shared: &Shared,
    link: &mut Link,
    messages: Vec<(Uid, MessageId)>,
) -> Result<bool, Trouble> {
    let known: BTreeMap<Uid, Rfc822MessageId> = shared
        .read(move |s| {
            let mut known = BTreeMap::new();
            for (uid, message) in messages {
                if let Some(id) = s.message(message)?.and_then(|detail| detail.envelope.message_id) {
                    known.insert(uid, id);
                }
            }
            Ok(known)
        })
        .await?;
    if known.is_empty() {
        return Ok(true);
    }
    let set: UidSet = known.keys().copied().collect();
    let items = FetchItems { header_fields: &["MESSAGE-ID"], ..FetchItems::default() };
    let mut holds = true;
    let mut on = |data: FetchData| {
        let id = data.header.as_deref().and_then(|header| parse_envelope(header).message_id);
        if let (Some(uid), Some(id)) = (data.uid, id)
            && known.get(&uid).is_some_and(|expected| *expected != id)
        {
            holds = false;
        }
    };
    let result = link.session.uid_fetch(&set, &items, None, &mut on).await;
    result.map_err(|error| link.trouble(&error))?;
    Ok(holds)
}
