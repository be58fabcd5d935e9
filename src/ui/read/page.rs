//! Reads what is shown as a page: the HTML of a message with the pictures that it brings along, and previews of what is
//! attached. Only what is here already; nothing is decoded but transfer encodings.

use super::Source;
use crate::html::Request;
use crate::html::limits::MAX_PICTURE_BYTES;
use crate::html::mail::previews;
use crate::html::nested::Words;
use crate::mime::report::Outcome;
use crate::mime::text::TextBody;
use crate::mime::{self, message};
use crate::model::{BodyStructure, Part, PartPath};
use crate::store::StoreError;
use crate::ui::widget::body_text::Content;
use std::collections::HashMap;
use std::sync::Arc;

/// Content identities of what stands below a page: apart from those of whole texts.
const BELOW: u64 = 1 << 62;
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
    let part = part.filter(|part| part.media_type.is_html());
    let written = match part {
        Some(part) => source.decoded(part)?,
        None => None,
    };
    let mut below = TextBody::default();
    for path in choice.in_order(true).into_iter().skip(1).filter(|_| written.is_some()) {
        let further = structure.part(path).map(|part| source.body(part)).transpose()?.flatten();
        if let Some(further) = further.filter(|further| !further.is_blank()) {
            below.append(further);
        }
    }
    let mut pictures = match &written {
        Some(html) => pictures(source, structure, html, missing)?,
        None => Pictures::new(),
    };
    let air = if written.is_some() { "16px 8px" } else { "16px 0" };
    let previews = previews(structure, air, source.charset, &mut pictures, |part| source.transported(part))?;
    let mut inner = Request { pictures, ..Request::default() };
    nested(source, structure, words, &mut inner, missing)?;
    let mut html = match written {
        Some(html) => html,
        // A text is a text of our own making, unless there are pictures or messages below it.
        None if previews.is_empty() && inner.inner.is_empty() => return Ok(None),
        None => {
            let text = message::compose(structure, |part| source.body(part))?;
            if text.body.blocks.is_empty() {
                // Its text is still to come.
                if text.incomplete {
                    return Ok(None);
                }
                "<!DOCTYPE html><body style=\"margin:0\">".to_owned()
            } else {
                // In line with the head of the message.
                crate::html::mail::plain(&text.body) + "<style>body{margin:8px}</style>"
            }
        }
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
        if part.media_type.is_multipart() || part.media_type.is_html() || size > left {
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
