//! Reads what is shown as a page: the HTML of a message with the pictures that it brings along, and previews of what is
//! attached. Only what is here already; nothing is decoded but transfer encodings.

use super::{Source, append};
use crate::html::Request;
use crate::html::limits::MAX_PICTURE_BYTES;
use crate::mime;
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
    /// Parts with pictures that were not fetched yet.
    pub missing: Vec<PartPath>,
    /// Dark or light, if the user chose for this sender.
    pub dark: Option<bool>,
}

#[cfg(test)]
impl Html {
    /// HTML without pictures.
    pub(crate) fn of(html: &str) -> Self {
        Self {
            request: Arc::new(Request::new(html)),
            mark: crate::ui::widget::lru::mark(html),
            below: Arc::default(),
            missing: Vec::new(),
            dark: None,
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
pub(super) fn html(source: &Source<'_>) -> Result<Option<Html>, StoreError> {
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
    let (mut pictures, missing) = match &written {
        Some(html) => pictures(source, structure, html)?,
        None => (Pictures::new(), Vec::new()),
    };
    let air = if written.is_some() { "16px 8px" } else { "16px 0" };
    let previews = previews(source, structure, air, &mut pictures)?;
    let mut html = match written {
        Some(html) => html,
        // A text is a text of our own making, unless there are pictures below it.
        None if previews.is_empty() => return Ok(None),
        None => match choice.plain.as_ref().map(|path| source.body(structure, path)).transpose()?.flatten() {
            // In line with the head of the message.
            Some((body, _)) => crate::html::mail::plain(&body) + "<style>body{margin:8px}</style>",
            None => return Ok(None),
        },
    };
    html.push_str(&previews);
    let mut names: Vec<(&String, usize)> = pictures.iter().map(|(name, bytes)| (name, bytes.len())).collect();
    names.sort_unstable();
    let mark = crate::ui::widget::lru::mark((&html, names));
    let dark = match source.detail.envelope.from.first() {
        Some(sender) => source.snapshot.sender(&sender.email)?.dark,
        None => None,
    };
    let request = Arc::new(Request { html, pictures, alternative: None });
    Ok(Some(Html { request, mark, below: source.content(BELOW, below), missing, dark }))
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

/// The pictures that an HTML text brings along, by what it calls them, and the parts that are not here.
fn pictures(
    source: &Source<'_>,
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
        match source.snapshot.part(source.detail.id, &part.path)? {
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
