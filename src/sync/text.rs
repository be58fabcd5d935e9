//! Fetches the text of one message: its structure if that is unknown, then the parts that are its text.

use super::fetch;
use super::link::Link;
use super::shared::Shared;
use super::status::Problem;
use super::trouble::Trouble;
use crate::imap::{ByteRange, FetchItems, Section};
use crate::mime;
use crate::model::{BodyStructure, MailboxId, MessageId, Part, PartPath, Uid, UidSet};
use crate::store::{MailboxRow, MessageDetail};
use std::ops::ControlFlow;

/// Texts up to this size are fetched along with the one that is shown, so that switching between plain
/// and HTML needs no network.
const SMALL: u64 = 1024 * 1024;
/// Larger texts are not for reading; they can be saved as files.
const MAX_TEXT: u64 = 16 * 1024 * 1024;
/// Structure only.
const STRUCTURE_ITEMS: FetchItems = FetchItems {
    flags: false,
    mod_seq: false,
    internal_date: false,
    size: false,
    envelope: false,
    body_structure: true,
    header_fields: &[],
    preview: false,
    email_id: false,
    thread_id: false,
    gm_msgid: false,
    gm_thrid: false,
    gm_labels: false,
};

/// A message with the place to fetch it from.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) detail: MessageDetail,
    pub(super) mailbox: MailboxRow,
    pub(super) uid: Uid,
}

impl Source {
    /// Finds a message; one that is in several mailboxes is fetched from `preferred` or else any.
    pub(super) async fn find(
        shared: &Shared,
        message: MessageId,
        preferred: Option<MailboxId>,
    ) -> Result<Self, Trouble> {
        let found = shared
            .read(move |s| {
                let Some(detail) = s.message(message)? else { return Ok(None) };
                // Where the server has it: a message on its way to another mailbox is still in the old one.
                let told = || detail.placements.iter().filter_map(|p| Some((p.mailbox, p.uid?)));
                let preferred = told().find(|(mailbox, _)| Some(*mailbox) == preferred);
                let Some((mailbox, uid)) = preferred.or_else(|| told().next()) else { return Ok(None) };
                Ok(s.mailbox(mailbox)?.map(|mailbox| Self { detail, mailbox, uid }))
            })
            .await?;
        found.ok_or(Trouble::Refused(Problem::MessageGone))
    }

    /// Makes the mailbox of the message ready on a connection. If its UIDs have changed their meaning, it
    /// is visited first and the message looked up again.
    pub(super) async fn select(self, shared: &Shared, link: &mut Link) -> Result<Self, Trouble> {
        if link.ready(&self.mailbox).await? {
            link.see(self.uid).await?;
            return Ok(self);
        }
        super::visit::visit(shared, link, self.mailbox.id, None).await?;
        let again = Self::find(shared, self.detail.id, Some(self.mailbox.id)).await?;
        if link.ready(&again.mailbox).await? {
            Ok(again)
        } else {
            Err(Trouble::Refused(Problem::MessageGone))
        }
    }

    /// The structure, asked from the server if the store does not have it.
    pub(super) async fn structure(&self, shared: &Shared, link: &mut Link) -> Result<BodyStructure, Trouble> {
        if let Some(known) = &self.detail.structure {
            return Ok(known.clone());
        }
        let mut found = None;
        let set = UidSet::range(self.uid, self.uid);
        let mut on = |data: crate::imap::FetchData| found = data.body_structure;
        let result = link.session.uid_fetch(&set, &STRUCTURE_ITEMS, None, &mut on).await;
        result.map_err(|error| link.trouble(&error))?;
        let structure = match found.and_then(fetch::readable) {
            Some(structure) => structure,
            // A server that cannot describe the message can still give all of it.
            None => {
                let raw = read_part(link, self.uid, &PartPath::root(), None).await?;
                mime::message::parse(&raw).structure
            }
        };
        let attachments = mime::structure::attachment_count(&structure);
        let attachments = u32::try_from(attachments).unwrap_or(u32::MAX);
        let (id, copy) = (self.detail.id, structure.clone());
        shared.write("structure", move |w| w.set_structure(id, &copy, attachments)).await?;
        Ok(structure)
    }
}

/// Fetches the text of a message into the store.
pub(super) async fn fetch_text(shared: &Shared, link: &mut Link, message: MessageId) -> Result<u64, Trouble> {
    let source = Source::find(shared, message, None).await?.select(shared, link).await?;
    let structure = source.structure(shared, link).await?;
    if !shared.read(move |s| s.parts(message)).await?.is_empty() {
        // Else a damaged part would stay in the way of a good one.
        shared.write("damaged parts", move |w| w.drop_damaged(message)).await?;
    }
    let here = shared.read(move |s| s.parts(message)).await?;
    let mut bytes = 0;
    for part in wanted(&structure) {
        if here.iter().any(|stored| stored.path == part.path) {
            continue;
        }
        bytes += store_part(shared, link, &source, part).await?;
    }
    Ok(bytes)
}

/// Whether the text of a message is in the store already.
pub(super) async fn is_here(shared: &Shared, message: MessageId) -> Result<bool, Trouble> {
    shared
        .read(move |s| {
            let Some(structure) = s.message(message)?.and_then(|detail| detail.structure) else {
                return Ok(false);
            };
            // Reading it is the only way to know that it is not damaged.
            for part in wanted(&structure) {
                if s.part_source(message, &part.path)?.is_none() {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await
}

/// The parts that make up the text, what is shown first in front.
fn wanted(structure: &BodyStructure) -> Vec<&Part> {
    let choice = mime::structure::choose_text(structure);
    let find = |path: &Option<PartPath>| path.as_ref().and_then(|path| structure.part(path));
    let fits = |part: &&Part| part.size <= MAX_TEXT;
    let mut wanted: Vec<_> = find(&choice.plain).into_iter().filter(fits).collect();
    let alone = wanted.is_empty();
    wanted.extend(find(&choice.html).filter(fits).filter(|part| alone || part.size <= SMALL));
    let more = choice.with_html.iter().chain(&choice.more).filter_map(|path| structure.part(path));
    wanted.extend(more.filter(|part| part.size <= SMALL));
    wanted
}

async fn store_part(shared: &Shared, link: &mut Link, source: &Source, part: &Part) -> Result<u64, Trouble> {
    let bytes = read_all(link, source.uid, (&part.path, part.size)).await?;
    let length = u64::try_from(bytes.len()).unwrap_or(0);
    let snippet = snippet_of(part, &bytes).filter(|_| source.detail.snippet.is_empty());
    let (id, path) = (source.detail.id, part.path.clone());
    shared
        .write("text", move |w| {
            w.put_part(id, &path, &bytes)?;
            match snippet {
                Some(snippet) => w.set_snippet(id, &snippet),
                None => Ok(()),
            }
        })
        .await?;
    Ok(length)
}

/// Reads a part (or its beginning) into memory.
pub(super) async fn read_part(
    link: &mut Link,
    uid: Uid,
    path: &PartPath,
    first: Option<u32>,
) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    let range = first.map(|length| ByteRange { start: 0, length });
    read_range(link, uid, path, (range, &mut bytes)).await?;
    Ok(bytes)
}

/// Reads bytes of a part behind those that are here.
async fn read_range(
    link: &mut Link,
    uid: Uid,
    path: &PartPath,
    (range, bytes): (Option<ByteRange>, &mut Vec<u8>),
) -> Result<(), Trouble> {
    let limit = usize::try_from(MAX_TEXT).unwrap_or(usize::MAX).saturating_mul(2);
    let mut sink = |piece: &[u8]| {
        if bytes.len().saturating_add(piece.len()) > limit {
            return ControlFlow::Break(());
        }
        bytes.extend_from_slice(piece);
        ControlFlow::Continue(())
    };
    let section = Section::part(path.clone());
    let result = link.session.fetch_part(uid, &section, range, &mut sink).await;
    let fetched = result.map_err(|error| of_part(link, &error))?;
    if fetched.cancelled {
        return Err(Trouble::Refused(Problem::Protocol { detail: "text larger than announced".into() }));
    }
    let is_end = fetched.nil && range.is_some_and(|range| range.start > 0);
    if !fetched.found && !is_end {
        return Err(Trouble::Refused(Problem::MessageGone));
    }
    Ok(())
}

/// Reads a part of which the server announced the size. One that comes shorter is only whole if nothing is behind it.
pub(super) async fn read_all(
    link: &mut Link,
    uid: Uid,
    (path, announced): (&PartPath, u64),
) -> Result<Vec<u8>, Trouble> {
    /// Bytes that a part without content may be announced with.
    const EMPTY: u64 = 8;
    /// Bytes asked for at once.
    const PIECE: u32 = 512 * 1024;
    /// Pieces that are asked for.
    const MAX_PIECES: usize = 64;
    let mut bytes = read_part(link, uid, path, None).await?;
    let length = |bytes: &[u8]| u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    // Where byte ranges cannot be relied on, sizes are estimates as well.
    let is_exact = link.session.rules().partial;
    for _ in 0..MAX_PIECES {
        if !is_exact || length(&bytes) >= announced {
            break;
        }
        let range = ByteRange { start: length(&bytes), length: PIECE };
        let before = bytes.len();
        read_range(link, uid, path, (Some(range), &mut bytes)).await?;
        if bytes.len() == before {
            break;
        }
    }
    if bytes.is_empty() && announced > EMPTY {
        let detail = "it gives nothing of the message".to_owned();
        return Err(Trouble::Refused(Problem::Protocol { detail }));
    }
    Ok(bytes)
}

/// What a failed FETCH of a part means. Too much data costs the connection, but the same would come again:
/// the part is given up, not tried on the next one.
pub(super) fn of_part(link: &Link, error: &crate::imap::Error) -> Trouble {
    match (link.trouble(error), error) {
        (trouble, crate::imap::Error::Limit { .. }) => Trouble::Refused(trouble.problem()),
        (trouble, _) => trouble,
    }
}

/// The first words of a text part, of which the beginning may be enough.
pub(super) fn snippet_of(part: &Part, bytes: &[u8]) -> Option<String> {
    let text = mime::text::decode_part(part, bytes);
    let text = if part.media_type.is_html() { mime::html_text::to_text(&text).to_plain() } else { text };
    Some(mime::snippet::snippet(&text)).filter(|snippet| !snippet.is_empty())
}
