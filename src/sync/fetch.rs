//! Carries list data from a FETCH into the store: parsed while it comes in, committed in batches while
//! the next ones are on their way. Memory stays at one window, whatever the size of the mailbox.

use super::link::{LIST_ITEMS, Link, OUTLINE_ITEMS};
use super::shared::Shared;
use super::trouble::Trouble;
use crate::imap::{Capability, FetchData};
use crate::mime;
use crate::model::{BodyStructure, Flags, MailboxId, ModSeq, Uid, UidSet};
use crate::store::{NewMessage, StoreError};
use tokio::sync::mpsc;

/// Rows per transaction: enough to make a commit cheap, few enough that another write waits some
/// milliseconds only.
pub(super) const BATCH: usize = 500;

/// One row of flags, as the store takes them.
pub(super) type FlagRow = (Uid, Flags, Option<ModSeq>);

/// Fetches list data of a few messages and gives it back.
pub(super) async fn messages(
    shared: &Shared,
    link: &mut Link,
    set: &UidSet,
) -> Result<Vec<NewMessage>, Trouble> {
    let (mut found, strangers) = outlines(shared, link, set).await?;
    let mut on = |data| found.extend(message(data));
    let result = link.session.uid_fetch(&strangers, &LIST_ITEMS, None, &mut on).await;
    result.map_err(|error| link.trouble(&error))?;
    Ok(found)
}

/// At Gmail a message is in several mailboxes: INBOX, All Mail, one for each label. Asks which of these messages are
/// stored already, by X-GM-MSGID: those need nothing but their place, and the others are to be fetched. Costs some 80
/// bytes a message, where list data costs more than 1,000.
async fn outlines(
    shared: &Shared,
    link: &mut Link,
    set: &UidSet,
) -> Result<(Vec<NewMessage>, UidSet), Trouble> {
    let account = shared.account;
    let gmail = link.session.capabilities().has(Capability::Gmail);
    if !gmail || !shared.read(move |s| s.has_gmail(account)).await? {
        return Ok((Vec::new(), set.clone()));
    }
    let mut all = Vec::new();
    let mut on = |data| all.extend(outline(data));
    let result = link.session.uid_fetch(set, &OUTLINE_ITEMS, None, &mut on).await;
    result.map_err(|error| link.trouble(&error))?;
    let ids: Vec<u64> = all.iter().filter_map(|one: &NewMessage| one.gm_msgid).collect();
    let known = shared.read(move |s| s.known_gm_msgids(account, &ids)).await?;
    let is_known = |one: &NewMessage| one.gm_msgid.is_some_and(|id| known.contains(&id));
    let (known, strangers): (Vec<_>, Vec<_>) = all.into_iter().partition(is_known);
    Ok((known, strangers.iter().map(|one| one.uid).collect()))
}

fn outline(data: FetchData) -> Option<NewMessage> {
    let mut new = NewMessage::new(data.uid?);
    // Without flags it cannot be placed: then it is fetched as a stranger.
    new.gm_msgid = data.gm_msgid.filter(|_| data.flags.is_some());
    new.flags = data.flags.unwrap_or_default();
    new.mod_seq = data.mod_seq.unwrap_or(ModSeq::NONE);
    new.outline = true;
    Some(new)
}

/// Fetches list data of a window into the store. All but the last batch are committed on the way; that one
/// is given back, so that it goes into the transaction that also notes how far we are. `count` hears the
/// number of messages of each batch.
pub(super) async fn window(
    shared: &Shared,
    link: &mut Link,
    mailbox: MailboxId,
    set: &UidSet,
    count: &mut (dyn FnMut(usize) + Send),
) -> Result<Vec<NewMessage>, Trouble> {
    let (known, strangers) = outlines(shared, link, set).await?;
    let (sender, mut receiver) = mpsc::unbounded_channel::<Vec<NewMessage>>();
    let read = async {
        // Moved in here, so that the channel closes when everything is read.
        let sender = sender;
        let mut batch = Vec::with_capacity(BATCH);
        for one in known {
            batch.push(one);
            if batch.len() >= BATCH {
                let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                // As below.
                let _ = sender.send(full);
            }
        }
        let mut on = |data| {
            batch.extend(message(data));
            if batch.len() >= BATCH {
                let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                // Fails only if the store did; that error is told below.
                let _ = sender.send(full);
            }
        };
        let result = link.session.uid_fetch(&strangers, &LIST_ITEMS, None, &mut on).await;
        result.map(|()| batch)
    };
    let write = async {
        while let Some(batch) = receiver.recv().await {
            count(batch.len());
            let insert = move |w: &mut crate::store::Write<'_>| w.insert_messages(mailbox, batch);
            shared.config.clock.busy(shared.config.store.write("sync batch", insert)).await?;
        }
        Ok::<_, StoreError>(())
    };
    let (read, written) = tokio::join!(read, write);
    written?;
    let last = read.map_err(|error| link.trouble(&error))?;
    count(last.len());
    Ok(last)
}

/// Fetches flags.
pub(super) async fn flags(
    link: &mut Link,
    set: &UidSet,
    since: Option<ModSeq>,
) -> Result<Vec<FlagRow>, Trouble> {
    let mut rows = Vec::new();
    let mut on = |data: FetchData| rows.extend(flag_row(data));
    let result = link.session.uid_fetch(set, &super::link::FLAG_ITEMS, since, &mut on).await;
    result.map_err(|error| link.trouble(&error))?;
    Ok(rows)
}

/// The flags in what a server says about a message, if it says which one.
pub(super) fn flag_row(data: FetchData) -> Option<FlagRow> {
    Some((data.uid?, data.flags?, data.mod_seq))
}

/// List data of a message, as the store takes it.
fn message(data: FetchData) -> Option<NewMessage> {
    let mut new = NewMessage::new(data.uid?);
    new.flags = data.flags.unwrap_or_default();
    new.mod_seq = data.mod_seq.unwrap_or(ModSeq::NONE);
    new.internal_date = data.internal_date;
    new.size = data.size.unwrap_or(0);
    if let Some(header) = &data.header {
        new.envelope = mime::header::parse_envelope(header);
    }
    if let Some(structure) = data.body_structure.and_then(readable) {
        let attachments = mime::structure::attachment_count(&structure);
        new.attachments = u32::try_from(attachments).unwrap_or(u32::MAX);
        new.structure = Some(structure);
    }
    new.preview = data.preview.as_deref().map(preview).filter(|text| !text.is_empty());
    new.email_id = data.email_id;
    new.thread_id = data.thread_id;
    new.gm_msgid = data.gm_msgid;
    new.gm_thrid = data.gm_thrid;
    Some(new)
}

/// Decodes the file names, which the protocol layer leaves as they are. `None` if all content is cut off or
/// was never there (a server that nests without end): then the message has to speak for itself.
pub(super) fn readable(mut structure: BodyStructure) -> Option<BodyStructure> {
    if structure.parts.iter().all(|part| part.media_type.kind == "multipart") {
        return None;
    }
    for part in &mut structure.parts {
        if let Some(name) = &mut part.filename
            && name.contains("=?")
        {
            *name = mime::header::decode_words(name.as_bytes());
        }
    }
    Some(structure)
}

fn preview(raw: &[u8]) -> String {
    mime::snippet::snippet(&String::from_utf8_lossy(raw))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_sends_becomes_a_row() {
        let uid = Uid::from_wire(7).unwrap();
        let data = FetchData {
            uid: Some(uid),
            header: Some(
                b"Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\nFrom: Ada <ada@example.org>\r\n\r\n".to_vec(),
            ),
            preview: Some(b"Hello\r\nyou".to_vec()),
            size: Some(99),
            ..FetchData::default()
        };
        let row = message(data).unwrap();
        assert_eq!((row.uid, row.size, row.mod_seq), (uid, 99, ModSeq::NONE));
        assert_eq!(row.envelope.subject, "grüße");
        assert_eq!(row.preview.as_deref(), Some("Hello you"));
        assert_eq!(message(FetchData::default()), None);
    }

    #[test]
    fn a_structure_without_content_is_no_structure() {
        let part = |path: &str, kind: &str| crate::model::Part {
            path: path.parse().unwrap(),
            media_type: crate::model::MediaType::new(kind, "x"),
            charset: None,
            flowed: false,
            del_sp: false,
            encoding: crate::model::TransferEncoding::Identity,
            size: 0,
            content_id: None,
            disposition: None,
            filename: None,
            start: None,
        };
        let nested = BodyStructure { parts: vec![part("1", "multipart"), part("1.1", "multipart")] };
        assert_eq!(readable(nested.clone()), None);
        let mut whole = nested;
        whole.parts.push(part("1.1.1", "text"));
        assert!(readable(whole).is_some());
    }
}
