//! Reads the store for the window. Everything in here blocks: it runs in `spawn_blocking`, never in `update`.

use super::screen::mail::activity::Activities;
use super::screen::mail::folders::{AccountMailboxes, Mailbox};
use super::screen::mail::keeping::Kept;
use super::screen::mail::list::{FIRST, Ids, Visit};
use crate::html::Request;
use crate::html::limits::MAX_PICTURE_BYTES;
use crate::mime;
use crate::mime::text::{Block, BlockKind, TextBody};
use crate::model::{
    Account, AccountId, AccountOptions, Address, BodyStructure, Envelope, Flag, Flags, MailboxId, MediaType,
    MessageId, PartPath, Revision, SpecialUse, UnixTime,
};
use crate::store::{
    Conversation, MessageDetail, MessageRow, OperationState, RowMark, Snapshot, SortOrder, Store, StoreError,
};
use crate::ui::widget::body_text::Content;
use std::collections::HashMap;
use std::sync::Arc;

/// Recipients named in a row.
const NAMED: usize = 3;
/// Operations listed of each account and state.
const UNFINISHED: u32 = 40;
/// Operations looked at for the list of what was done last.
const RECENT: u32 = 40;
/// Operations listed that were done last.
const DONE: usize = 8;
/// Rows looked at in one query while searching for an unread message.
const UNREAD_CHUNK: usize = 2_048;

/// An attachment as the reader lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Which part.
    pub path: PartPath,
    /// A name that is safe to show and to save under.
    pub name: String,
    /// What it is.
    pub media_type: MediaType,
    /// Bytes as transported.
    pub transported: u64,
    /// Bytes of the file, near enough.
    pub size: u64,
}

/// The text of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum MailText {
    /// Here it is.
    Here {
        /// The text, ready to be shown.
        content: Arc<Content>,
        /// Whether it was made from HTML.
        from_html: bool,
        /// Whether the end is cut off.
        cut: bool,
    },
    /// There is one, but it was not fetched yet.
    Missing,
    /// The message has none.
    None,
}

/// A message as the reader shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Mail {
    /// Its id.
    pub id: MessageId,
    /// Whose it is.
    pub account: AccountId,
    /// Its header.
    pub envelope: Envelope,
    /// When it arrived.
    pub received: UnixTime,
    /// Its flags.
    pub flags: Flags,
    /// Whether a change waits or failed.
    pub mark: RowMark,
    /// Its attachments.
    pub attachments: Vec<Attachment>,
    /// Its text.
    pub text: MailText,
    /// Its HTML, if it has some and it is here.
    pub html: Option<Html>,
}

/// The HTML of a message with the pictures that it brings along.
#[derive(Clone, Debug)]
pub struct Html {
    /// What the render process gets.
    pub request: Arc<Request>,
    /// Tells one text with its pictures from another.
    mark: u64,
    /// Further texts of the message, to be shown below.
    pub below: Arc<Content>,
    /// Parts with pictures that were not fetched yet.
    pub missing: Vec<PartPath>,
}

impl PartialEq for Html {
    fn eq(&self, other: &Self) -> bool {
        self.mark == other.mark
    }
}

/// The folder tree of every account.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// State of the store that was read.
    pub revision: Revision,
    /// All accounts.
    pub accounts: Vec<AccountMailboxes>,
    /// Their settings.
    pub settings: Vec<(AccountId, Account)>,
    /// What the user set about them.
    pub options: std::collections::BTreeMap<AccountId, AccountOptions>,
}

/// Reads accounts and folders.
///
/// # Errors
/// When the store can't be read.
pub fn tree(store: &Store) -> Result<Tree, StoreError> {
    let snapshot = store.snapshot()?;
    let options = snapshot.account_options()?;
    let mut tree = Tree { revision: snapshot.revision(), options, ..Tree::default() };
    for row in snapshot.accounts()? {
        let mailboxes = snapshot.mailboxes(row.id)?.into_iter().map(|m| Mailbox {
            id: m.id,
            unread: m.unseen_shown(),
            total: m.total_shown(),
            selectable: !m.attributes.no_select,
            subscribed: m.attributes.subscribed,
            path: m.display,
            delimiter: m.delimiter,
            special_use: m.special_use,
        });
        let options = tree.options.get(&row.id).cloned().unwrap_or_default();
        let email = options.name(&row.account.email).to_owned();
        tree.accounts.push(AccountMailboxes { id: row.id, email, mailboxes: mailboxes.collect() });
        tree.settings.push((row.id, row.account));
    }
    Ok(tree)
}

/// Reads what waits, what failed and what was done last.
///
/// # Errors
/// When the store can't be read.
pub fn activity(store: &Store) -> Result<Activities, StoreError> {
    let snapshot = store.snapshot()?;
    let mut found = Activities { revision: snapshot.revision(), ..Activities::default() };
    for row in snapshot.accounts()? {
        let (waiting, failed) = snapshot.unfinished_counts(row.id)?;
        found.waiting += waiting;
        found.failed += failed;
        if waiting + failed > 0 {
            found.unfinished.extend(snapshot.unfinished(row.id, UNFINISHED)?);
        }
    }
    let done = snapshot.activity(RECENT)?.into_iter().filter(|line| line.state == OperationState::Done);
    found.done = done.take(DONE).collect();
    Ok(found)
}

/// Reads what is kept of an account on this computer.
///
/// # Errors
/// When the store can't be read.
pub fn kept(store: &Store, account: AccountId) -> Result<Kept, StoreError> {
    let snapshot = store.snapshot()?;
    Ok(Kept { bytes: snapshot.space_of_account(account)?, settings: snapshot.body_settings(account)? })
}

/// Reads the ids of a folder and the rows at its top.
///
/// # Errors
/// When the store can't be read.
pub fn ids(
    store: &Store,
    mailbox: MailboxId,
    visit: Visit,
    threaded: bool,
    keep: Option<MessageId>,
) -> Result<Ids, StoreError> {
    let snapshot = store.snapshot()?;
    let ids = if threaded {
        snapshot.thread_heads(mailbox, SortOrder::NewestFirst)?
    } else {
        snapshot.message_ids(mailbox, SortOrder::NewestFirst)?
    };
    let rows = some_rows(&snapshot, mailbox, threaded, ids.get(..FIRST).unwrap_or(&ids))?;
    let keep = match keep {
        Some(message) if threaded => snapshot.head_of(message, mailbox)?,
        other => other,
    };
    Ok(Ids { visit, revision: snapshot.revision(), ids: Arc::new(ids), rows, keep })
}

fn some_rows(
    snapshot: &Snapshot,
    mailbox: MailboxId,
    threaded: bool,
    ids: &[MessageId],
) -> Result<Vec<MessageRow>, StoreError> {
    let mut rows =
        if threaded { snapshot.thread_rows(ids, mailbox)? } else { snapshot.rows(ids, mailbox)? };
    name_recipients(snapshot, mailbox, &mut rows)?;
    Ok(rows)
}

/// Reads rows of a folder.
///
/// # Errors
/// When the store can't be read.
pub fn rows(
    store: &Store,
    mailbox: MailboxId,
    threaded: bool,
    ids: &[MessageId],
) -> Result<(Revision, Vec<MessageRow>), StoreError> {
    let snapshot = store.snapshot()?;
    let rows = some_rows(&snapshot, mailbox, threaded, ids)?;
    Ok((snapshot.revision(), rows))
}

/// In folders of own mail the rows tell to whom it goes; from whom is no news.
fn name_recipients(
    snapshot: &Snapshot,
    mailbox: MailboxId,
    rows: &mut [MessageRow],
) -> Result<(), StoreError> {
    let special_use = snapshot.mailbox(mailbox)?.and_then(|row| row.special_use);
    if !matches!(special_use, Some(SpecialUse::Sent | SpecialUse::Drafts)) {
        return Ok(());
    }
    for row in rows {
        let newest = row.thread.as_ref().and_then(|thread| thread.newest.first().copied());
        let Some(detail) = snapshot.message(newest.unwrap_or(row.id))? else { continue };
        let envelope = &detail.envelope;
        let all = envelope.to.iter().chain(&envelope.cc).chain(&envelope.bcc);
        let names: Vec<&str> = all.take(NAMED).map(Address::label).collect();
        if !names.is_empty() {
            row.from = Address { name: names.join(", "), email: String::new() };
        }
    }
    Ok(())
}

/// Looks for the first unread message from an index on, down or up.
///
/// # Errors
/// When the store can't be read.
pub fn unread(
    store: &Store,
    mailbox: MailboxId,
    threaded: bool,
    ids: &[MessageId],
    from: usize,
    forward: bool,
) -> Result<Option<MessageId>, StoreError> {
    let snapshot = store.snapshot()?;
    let ahead = if forward { ids.get(from..) } else { ids.get(..=from) }.unwrap_or_default();
    if threaded {
        return snapshot.unread_thread(ahead, mailbox, !forward);
    }
    let first_unread = |rows: &[MessageRow]| {
        let unread = |row: &&MessageRow| !row.flags.contains(&Flag::Seen);
        if forward { rows.iter().find(unread) } else { rows.iter().rev().find(unread) }.map(|row| row.id)
    };
    if forward {
        for chunk in ahead.chunks(UNREAD_CHUNK) {
            if let Some(id) = first_unread(&snapshot.rows(chunk, mailbox)?) {
                return Ok(Some(id));
            }
        }
    } else {
        for chunk in ahead.rchunks(UNREAD_CHUNK) {
            if let Some(id) = first_unread(&snapshot.rows(chunk, mailbox)?) {
                return Ok(Some(id));
            }
        }
    }
    Ok(None)
}

/// Reads the conversation of a message as its row in a folder stands for it.
///
/// # Errors
/// When the store can't be read.
pub fn talk(
    store: &Store,
    head: MessageId,
    mailbox: MailboxId,
) -> Result<(Revision, Option<Arc<Conversation>>), StoreError> {
    let snapshot = store.snapshot()?;
    Ok((snapshot.revision(), snapshot.conversation(head, Some(mailbox))?.map(Arc::new)))
}

/// Reads a message with its text, as far as it is here; `None` if it is gone.
///
/// # Errors
/// When the store can't be read.
pub fn mail(store: &Store, id: MessageId) -> Result<(Revision, Option<Arc<Mail>>), StoreError> {
    let snapshot = store.snapshot()?;
    let Some(detail) = snapshot.message(id)? else { return Ok((snapshot.revision(), None)) };
    let text = text(&snapshot, &detail)?;
    let html = html(&snapshot, &detail)?;
    let structure = detail.structure.unwrap_or_default();
    let mut flags = Flags::default();
    for placement in detail.placements.iter().filter(|placement| !placement.hidden) {
        flags = placement.flags.clone();
    }
    let mail = Mail {
        id,
        account: detail.account,
        received: detail.received,
        flags,
        mark: detail.mark,
        attachments: attachments(&structure),
        envelope: detail.envelope,
        text,
        html,
    };
    Ok((snapshot.revision(), Some(Arc::new(mail))))
}

fn attachments(structure: &BodyStructure) -> Vec<Attachment> {
    let parts = mime::structure::attachments(structure);
    let row = |part: &crate::model::Part| Attachment {
        path: part.path.clone(),
        name: mime::filename::safe(part.filename.as_deref(), &part.media_type),
        media_type: part.media_type.clone(),
        transported: part.size,
        size: decoded_size(part),
    };
    parts.into_iter().map(row).collect()
}

/// Size of the file: base64 makes 57 bytes into 78 (with line ends).
fn decoded_size(part: &crate::model::Part) -> u64 {
    match part.encoding {
        crate::model::TransferEncoding::Base64 => part.size / 78 * 57 + part.size % 78 * 3 / 4,
        crate::model::TransferEncoding::QuotedPrintable | crate::model::TransferEncoding::Identity => {
            part.size
        }
    }
}

fn text(snapshot: &Snapshot, detail: &MessageDetail) -> Result<MailText, StoreError> {
    let Some(structure) = &detail.structure else { return Ok(MailText::Missing) };
    let choice = mime::structure::choose_text(structure);
    let mut any = false;
    for path in [choice.plain, choice.html].into_iter().flatten() {
        any = true;
        let Some((mut body, from_html)) = body(snapshot, detail, structure, &path)? else { continue };
        for path in &choice.more {
            if let Some((further, _)) = self::body(snapshot, detail, structure, path)? {
                append(&mut body, further);
            }
        }
        let cut = body.truncated;
        let content = Arc::new(Content::new(detail.id.to_row().unsigned_abs(), body));
        return Ok(MailText::Here { content, from_html, cut });
    }
    Ok(if any { MailText::Missing } else { MailText::None })
}

/// Content identities of what stands below a page: apart from those of whole texts.
const BELOW: u64 = 1 << 62;

/// The HTML of a message; `None` if it has none, or it is not here.
fn html(snapshot: &Snapshot, detail: &MessageDetail) -> Result<Option<Html>, StoreError> {
    let Some(structure) = &detail.structure else { return Ok(None) };
    let choice = mime::structure::choose_text(structure);
    let part = choice.html.as_ref().and_then(|path| structure.part(path));
    let Some(part) = part.filter(|part| part.media_type.is("text", "html")) else { return Ok(None) };
    let Some(raw) = snapshot.part(detail.id, &part.path)? else { return Ok(None) };
    let html = mime::text::decode_part(part, &raw);
    let mut below = TextBody::default();
    for path in &choice.more {
        if let Some((further, _)) = body(snapshot, detail, structure, path)? {
            append(&mut below, further);
        }
    }
    let (pictures, missing) = pictures(snapshot, detail, structure, &html)?;
    let mut names: Vec<(&String, usize)> = pictures.iter().map(|(name, bytes)| (name, bytes.len())).collect();
    names.sort_unstable();
    let mark = crate::ui::widget::lru::mark((&html, names));
    let below = Arc::new(Content::new(detail.id.to_row().unsigned_abs() | BELOW, below));
    let request = Arc::new(Request { html, pictures, alternative: None });
    Ok(Some(Html { request, mark, below, missing }))
}

/// Pictures by what the HTML calls them.
type Pictures = HashMap<String, Vec<u8>>;

/// A message with pictures of the network that were loaded for it.
#[must_use]
pub fn html_with(html: &Html, pictures: &HashMap<String, Vec<u8>>) -> Html {
    let mut request = Request::clone(&html.request);
    request.pictures.extend(pictures.iter().map(|(token, bytes)| (token.clone(), bytes.clone())));
    let mut names: Vec<&String> = pictures.keys().collect();
    names.sort_unstable();
    let mark = crate::ui::widget::lru::mark((html.mark, names));
    Html { request: Arc::new(request), mark, below: Arc::clone(&html.below), missing: html.missing.clone() }
}

/// The pictures that an HTML text brings along, by what it calls them, and the parts that are not here.
fn pictures(
    snapshot: &Snapshot,
    detail: &MessageDetail,
    structure: &BodyStructure,
    html: &str,
) -> Result<(Pictures, Vec<PartPath>), StoreError> {
    let (mut all, mut missing, mut left) = (HashMap::new(), Vec::new(), MAX_PICTURE_BYTES);
    for part in &structure.parts {
        let Some(id) = part.content_id.as_deref().filter(|id| html.contains(*id)) else { continue };
        let size = usize::try_from(part.size).unwrap_or(usize::MAX);
        // Some senders call a picture `application/octet-stream`: what it is shows when it is decoded.
        if part.media_type.is_multipart() || part.media_type.is("text", "html") || size > left {
            continue;
        }
        match snapshot.part(detail.id, &part.path)? {
            Some(raw) => {
                let picture = mime::transfer::decode(part.encoding, &raw).into_owned();
                left = left.saturating_sub(picture.len());
                all.insert(format!("cid:{id}"), picture);
            }
            None => missing.push(part.path.clone()),
        }
    }
    Ok((all, missing))
}

/// The text of a part and whether it was made from HTML; `None` if the part is not here.
fn body(
    snapshot: &Snapshot,
    detail: &MessageDetail,
    structure: &BodyStructure,
    path: &PartPath,
) -> Result<Option<(TextBody, bool)>, StoreError> {
    let Some(part) = structure.part(path) else { return Ok(None) };
    let Some(raw) = snapshot.part(detail.id, path)? else { return Ok(None) };
    let text = mime::text::decode_part(part, &raw);
    let from_html = part.media_type.is("text", "html");
    let body = if from_html {
        mime::html_text::to_text(&text)
    } else {
        mime::text::blocks(&text, part.flowed, part.del_sp)
    };
    Ok(Some((body, from_html)))
}

/// Puts a further text behind one, with a line between.
fn append(body: &mut TextBody, further: TextBody) {
    body.blocks.push(Block {
        kind: BlockKind::Rule,
        quote_depth: 0,
        text: String::new(),
        links: Vec::new(),
        joined: false,
    });
    body.blocks.extend(further.blocks);
    body.truncated |= further.truncated;
}
