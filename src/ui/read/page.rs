//! Reads what is shown as a page: the HTML of a message with the pictures that it brings along, and previews of what is
//! attached. Only what is here already; nothing is decoded but transfer encodings.

use super::{Source, append};
use crate::html::Request;
use crate::html::limits::MAX_PICTURE_BYTES;
use crate::html::nested::Words;
use crate::mime;
use crate::mime::report::Outcome;
use crate::mime::text::TextBody;
use crate::model::{BodyStructure, Part, PartPath};
use crate::store::StoreError;
use crate::ui::widget::body_text::Content;
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

/// Content identities of what stands below a page: apart from those of whole texts.
const BELOW: u64 = 1 << 62;
/// Largest picture that is previewed; a larger one is opened by another program.
const MAX_PREVIEW: u64 = 12 * 1024 * 1024;
/// Largest text that is previewed.
const MAX_TEXT_PREVIEW: u64 = 64 * 1024;
/// Attachments that are previewed.
const MOST_PREVIEWS: usize = 24;

/// The HTML of a message with the pictures that it brings along.
#[derive(Clone, Debug)]
pub struct Html {
    /// What the render process gets.
    pub request: Arc<Request>,
    /// Tells one text with its pictures from another.
    mark: u64,
    /// Further texts of the message, to be shown below.
    pub below: Arc<Content>,
    /// Dark or light, if the user chose for this sender.
    pub dark: Option<bool>,
    /// The message was passed on: what it quotes is what it is about.
    pub forwarded: bool,
}

#[cfg(test)]
impl Html {
    /// HTML without pictures.
    pub(crate) fn of(html: &str) -> Self {
        Self {
            request: Arc::new(Request::new(html)),
            mark: crate::ui::widget::lru::mark(html),
            below: Arc::default(),
            dark: None,
            forwarded: false,
        }
    }
}

impl PartialEq for Html {
    fn eq(&self, other: &Self) -> bool {
        self.mark == other.mark
    }
}

/// Pictures by what the HTML calls them.
pub type Pictures = HashMap<String, Vec<u8>>;

/// What a message shows as a page: its HTML, or its text if there are pictures to be shown below it. `None`: it is
/// nothing but text, or not here.
pub(super) fn html(
    source: &Source<'_>,
    words: &dyn Words,
    missing: &mut Vec<PartPath>,
) -> Result<Option<Html>, StoreError> {
    let Some(structure) = &source.detail.structure else { return Ok(None) };
    let choice = mime::structure::choose_text(structure);
    let part = choice.html.as_ref().and_then(|path| structure.part(path));
    let part = part.filter(|part| part.media_type.is("text", "html"));
    let written = match part {
        Some(part) => source.decoded(part)?,
        None => None,
    };
    let mut below = TextBody::default();
    for path in choice.more.iter().filter(|_| written.is_some()) {
        if let Some((further, _)) = source.body(structure, path)? {
            append(&mut below, further);
        }
    }
    let mut pictures = match &written {
        Some(html) => pictures(source, structure, html, missing)?,
        None => Pictures::new(),
    };
    let air = if written.is_some() { "16px 8px" } else { "16px 0" };
    let previews = previews(source, structure, air, &mut pictures)?;
    let mut inner = Request { pictures, ..Request::default() };
    nested(source, structure, words, &mut inner, missing)?;
    let mut html = match written {
        Some(html) => html,
        // A text is a text of our own making, unless there are pictures or messages below it.
        None if previews.is_empty() && inner.inner.is_empty() => return Ok(None),
        None => match choice.plain.as_ref().map(|path| source.body(structure, path)).transpose()?.flatten() {
            // In line with the head of the message.
            Some((mut body, _)) => {
                for path in &choice.more {
                    if let Some((further, _)) = source.body(structure, path)? {
                        append(&mut body, further);
                    }
                }
                crate::html::mail::plain(&body) + "<style>body{margin:8px}</style>"
            }
            // Its text is still to come.
            None if choice.plain.is_some() || choice.html.is_some() => return Ok(None),
            None => "<!DOCTYPE html><body style=\"margin:0\">".to_owned(),
        },
    };
    html.push_str(&previews);
    let Request { pictures, inner, .. } = inner;
    let mut names: Vec<(&String, usize)> = pictures.iter().map(|(name, bytes)| (name, bytes.len())).collect();
    names.sort_unstable();
    let messages: Vec<&str> = inner.iter().map(|inner| inner.html.as_str()).collect();
    let mark = crate::ui::widget::lru::mark((&html, names, messages));
    let dark = match source.detail.envelope.from.first() {
        Some(sender) => source.snapshot.sender(&sender.email)?.dark,
        None => None,
    };
    let request = Arc::new(Request { html, pictures, alternative: None, inner });
    let forwarded = crate::model::subject::is_forward(&source.detail.envelope.subject);
    Ok(Some(Html { request, mark, below: source.content(BELOW, below), dark, forwarded }))
}

/// Largest message that is fetched to be shown below another one.
const MAX_FETCHED: u64 = 512 * 1024;

/// Puts the messages that a message carries along below it.
fn nested(
    source: &Source<'_>,
    structure: &BodyStructure,
    words: &dyn Words,
    request: &mut Request,
    missing: &mut Vec<PartPath>,
) -> Result<(), StoreError> {
    for part in mime::structure::messages(structure).into_iter().take(crate::html::nested::MAX_SHOWN) {
        match source.snapshot.part(source.detail.id, &part.path)? {
            Some(raw) => {
                let raw = mime::transfer::decode(part.encoding, &raw);
                crate::html::nested::add(request, &raw, words);
            }
            None if part.size <= MAX_FETCHED => missing.push(part.path.clone()),
            None => {}
        }
    }
    Ok(())
}

/// What a machine reports about a mail of the user.
pub(super) fn report(source: &Source<'_>, missing: &mut Vec<PartPath>) -> Result<Vec<Outcome>, StoreError> {
    let mut found = Vec::new();
    let structure = source.detail.structure.iter().flat_map(|structure| &structure.parts);
    let of_machine = |part: &&Part| {
        part.media_type.kind == "message"
            && matches!(
                part.media_type.subtype.as_str(),
                "delivery-status" | "global-delivery-status" | "disposition-notification"
            )
    };
    for part in structure.filter(of_machine).take(4) {
        match source.snapshot.part(source.detail.id, &part.path)? {
            Some(raw) => found.extend(mime::report::outcomes(&mime::transfer::decode(part.encoding, &raw))),
            None if part.size <= MAX_FETCHED => missing.push(part.path.clone()),
            None => {}
        }
    }
    Ok(found)
}

/// A message with pictures of the network that were loaded for it.
#[must_use]
pub fn html_with(html: &Html, pictures: &Pictures) -> Html {
    let mut request = Request::clone(&html.request);
    request.pictures.extend(pictures.iter().map(|(token, bytes)| (token.clone(), bytes.clone())));
    let mut names: Vec<&String> = pictures.keys().collect();
    names.sort_unstable();
    let mark = crate::ui::widget::lru::mark((html.mark, names));
    Html { request: Arc::new(request), mark, ..html.clone() }
}

/// The pictures that an HTML text brings along, by what it calls them; `missing` gets the parts that are not here.
fn pictures(
    source: &Source<'_>,
    structure: &BodyStructure,
    html: &str,
    missing: &mut Vec<PartPath>,
) -> Result<Pictures, StoreError> {
    let (mut all, mut left) = (HashMap::new(), MAX_PICTURE_BYTES);
    for part in &structure.parts {
        let Some(id) = part.content_id.as_deref().filter(|id| html.contains(*id)) else { continue };
        let size = usize::try_from(part.size).unwrap_or(usize::MAX);
        // Some senders call a picture `application/octet-stream`: what it is shows when it is decoded.
        if part.media_type.is_multipart() || part.media_type.is("text", "html") || size > left {
            continue;
        }
        match source.snapshot.part(source.detail.id, &part.path)? {
            Some(raw) => {
                let picture = mime::transfer::decode(part.encoding, &raw).into_owned();
                left = left.saturating_sub(picture.len());
                all.insert(format!("cid:{id}"), picture);
            }
            None => missing.push(part.path.clone()),
        }
    }
    Ok(all)
}

fn is_picture(part: &Part) -> bool {
    let subtype = part.media_type.subtype.as_str();
    part.media_type.kind == "image" && matches!(subtype, "png" | "jpeg" | "jpg" | "gif" | "webp" | "bmp")
}

fn is_text(part: &Part) -> bool {
    let subtype = part.media_type.subtype.as_str();
    let plain =
        matches!(subtype, "plain" | "csv" | "markdown" | "x-markdown" | "x-log" | "x-patch" | "x-diff");
    part.media_type.kind == "text" && plain && part.size <= MAX_TEXT_PREVIEW
}

/// Attached pictures and short texts, to be shown below the page; only those that are here.
fn previews(
    source: &Source<'_>,
    structure: &BodyStructure,
    air: &str,
    pictures: &mut Pictures,
) -> Result<String, StoreError> {
    let mut out = String::new();
    let mut left: usize = MAX_PICTURE_BYTES.saturating_sub(pictures.values().map(Vec::len).sum());
    let attached = mime::structure::attachments(structure).into_iter();
    let fits = |part: &&Part| is_picture(part) && part.size <= MAX_PREVIEW || is_text(part);
    for (number, part) in attached.filter(fits).take(MOST_PREVIEWS).enumerate() {
        let known = part.content_id.as_ref().is_some_and(|id| pictures.contains_key(&format!("cid:{id}")));
        let size = usize::try_from(part.size).unwrap_or(usize::MAX);
        if known || size > left {
            continue;
        }
        let name = mime::filename::safe(part.filename.as_deref(), &part.media_type);
        let name = escaped(&name);
        if is_picture(part) {
            let Some(raw) = source.snapshot.part(source.detail.id, &part.path)? else { continue };
            let picture = mime::transfer::decode(part.encoding, &raw).into_owned();
            left = left.saturating_sub(picture.len());
            let token = format!("cid:preview-{number}@postrider.invalid");
            let _ = write!(
                out,
                "<div style=\"margin:{air};clear:both\"><img src=\"{token}\" alt=\"{name}\" \
                 style=\"max-width:100%\"><div style=\"{CAPTION}\">{name}</div></div>"
            );
            pictures.insert(token, picture);
        } else if let Some(text) = source.decoded(part)? {
            let _ = write!(
                out,
                "<div style=\"margin:{air};clear:both\"><div style=\"{CAPTION}\">{name}</div><pre style=\"\
                 white-space:pre-wrap;font-family:monospace;font-size:13px;border:1px solid #ccd;padding:8px\">{}</pre></div>",
                escaped(&text)
            );
        }
    }
    Ok(out)
}

/// Look of the name of an attachment.
const CAPTION: &str = "font-family:Inter,sans-serif;font-size:13px;color:#6b7280";

/// Text as HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
