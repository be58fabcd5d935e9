//! Reads the store for the window. Everything in here blocks: it runs in `spawn_blocking`, never in `update`.

mod page;

use super::screen::mail::activity::Activities;
use super::screen::mail::folders::{AccountMailboxes, Mailbox};
use super::screen::mail::keeping::Kept;
use super::screen::mail::list::{FIRST, Ids, Visit};
use super::screen::settings::Privacy;
use crate::html::nested::Words;
use crate::mime;
use crate::mime::report::Outcome;
use crate::mime::structure::Absence;
use crate::mime::text::{Block, BlockKind, TextBody};
use crate::model::{
    Account, AccountId, AccountOptions, Address, BodyStructure, Envelope, Flag, Flags, MailboxId, MediaType,
    MessageId, Part, PartPath, Revision, SpecialUse, UnixTime,
};
use crate::store::{
    Conversation, MessageDetail, MessageRow, OperationState, Preference, RowMark, Snapshot, SortOrder, Store,
    StoreError,
};
use crate::ui::widget::body_text::Content;
use std::sync::Arc;

pub use page::{Html, Pictures, html_with};

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
    /// What a server or a recipient reports about a mail of the user.
    pub report: Vec<Outcome>,
    /// Parts to be shown that are not here.
    pub missing: Vec<PartPath>,
    /// Why there is no text, where there is none.
    pub absence: Absence,
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

/// Reads what is remembered of senders and their mail.
///
/// # Errors
/// When the store can't be read.
pub fn privacy(store: &Store) -> Result<Privacy, StoreError> {
    let snapshot = store.snapshot()?;
    Ok(Privacy {
        consents: snapshot.consents()?,
        strip: snapshot.preference(Preference::StripLinks)?,
        check: snapshot.preference(Preference::CheckSignatures)?,
    })
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

/// Reads a message with its text, as far as it is here; `None` if it is gone. `charset` is what the user says that its
/// texts are written in, `words` are for what stands above messages inside of it.
///
/// # Errors
/// When the store can't be read.
pub fn mail(
    store: &Store,
    id: MessageId,
    charset: Option<&'static str>,
    words: &dyn Words,
) -> Result<(Revision, Option<Arc<Mail>>), StoreError> {
    let snapshot = store.snapshot()?;
    let Some(detail) = snapshot.message(id)? else { return Ok((snapshot.revision(), None)) };
    let source = Source { snapshot: &snapshot, detail: &detail, charset };
    let text = text(&source)?;
    let mut missing = Vec::new();
    let html = page::html(&source, words, &mut missing)?;
    let report = page::report(&source, &mut missing)?;
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
        absence: mime::structure::absence(&structure),
        envelope: detail.envelope,
        text,
        html,
        report,
        missing,
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

/// A message whose parts are read.
struct Source<'s> {
    snapshot: &'s Snapshot,
    detail: &'s MessageDetail,
    charset: Option<&'static str>,
}

impl Source<'_> {
    /// Names a text of the message; another charset makes another version of it.
    fn content(&self, kind: u64, body: TextBody) -> Arc<Content> {
        let version = self.charset.map_or(0, crate::ui::widget::lru::mark);
        Arc::new(Content::new(self.detail.id.to_row().unsigned_abs() | kind, body).with_version(version))
    }

    /// A part as transported; `None` if it is not here.
    fn transported(&self, part: &Part) -> Result<Option<Vec<u8>>, StoreError> {
        self.snapshot.part(self.detail.id, &part.path)
    }

    /// A text part as text; `None` if it is not here.
    fn decoded(&self, part: &Part) -> Result<Option<String>, StoreError> {
        let Some(raw) = self.snapshot.part(self.detail.id, &part.path)? else { return Ok(None) };
        Ok(Some(match self.charset {
            Some(charset) => {
                let part = Part { charset: Some(charset.to_owned()), ..part.clone() };
                mime::text::decode_part(&part, &raw)
            }
            None => mime::text::decode_part(part, &raw),
        }))
    }

    /// The text of a part; `None` if the part is not here.
    fn body(&self, part: &Part) -> Result<Option<TextBody>, StoreError> {
        let Some(text) = self.decoded(part)? else { return Ok(None) };
        Ok(Some(if part.media_type.is_html() {
            mime::html_text::to_text(&text)
        } else {
            mime::text::blocks(&text, part.flowed, part.del_sp)
        }))
    }
}

fn text(source: &Source<'_>) -> Result<MailText, StoreError> {
    let Some(structure) = &source.detail.structure else { return Ok(MailText::Missing) };
    let composed = mime::message::compose(structure, |part| source.body(part))?;
    if composed.body.blocks.is_empty() {
        return Ok(if composed.incomplete { MailText::Missing } else { MailText::None });
    }
    let cut = composed.body.truncated;
    let content = source.content(0, composed.body);
    Ok(MailText::Here { content, from_html: composed.from_html, cut })
}

/// The source of a message, ready to be shown.
#[derive(Debug, Default)]
pub struct SourceText {
    /// All of it.
    pub all: Content,
    /// Its header.
    pub header: Content,
}

/// Bytes of a source that are shown; the rest is in the file that it can be saved as.
const MAX_SOURCE: usize = 4 * 1024 * 1024;

/// Reads the source of a message; `None` if it is not here.
///
/// # Errors
/// When the store can't be read.
pub fn source(store: &Store, id: MessageId) -> Result<Option<Arc<SourceText>>, StoreError> {
    let Some(raw) = store.snapshot()?.part(id, &PartPath::root())? else { return Ok(None) };
    let cut = raw.get(..MAX_SOURCE).unwrap_or(&raw);
    let text = String::from_utf8_lossy(cut).replace("\r\n", "\n");
    let header = text.find("\n\n").and_then(|end| text.get(..end)).unwrap_or(&text);
    let name = id.to_row().unsigned_abs();
    let header = Content::new(name | SOURCE | (1 << 60), plain_lines(header));
    Ok(Some(Arc::new(SourceText { all: Content::new(name | SOURCE, plain_lines(&text)), header })))
}

/// A text line by line, as it is.
fn plain_lines(text: &str) -> TextBody {
    let mut body = TextBody::default();
    for line in text.lines() {
        let mut rest = line;
        loop {
            let piece = mime::display::cut(rest, mime::text::MAX_BLOCK);
            body.blocks.push(Block {
                kind: BlockKind::Pre,
                quote_depth: 0,
                text: mime::display::display_safe(piece).into_owned(),
                links: Vec::new(),
                joined: rest.len() < line.len(),
            });
            rest = rest.get(piece.len()..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
        }
        if body.blocks.len() >= mime::text::MAX_BLOCKS {
            body.truncated = true;
            break;
        }
    }
    body
}

/// Content identities of sources.
const SOURCE: u64 = 1 << 61;
