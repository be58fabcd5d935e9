//! A whole mail (RFC 5322, RFC 2045, RFC 2046) to envelope, flat structure and the place of each part in it.
//!
//! The walk over the parts is our own because structure decides what is shown at all. mail-parser 0.11.9, the
//! crate that was meant to do it, loses every part when a boundary stands on a folded line, takes a line
//! that merely contains the boundary for the boundary, and does not close an inner multipart at the outer
//! boundary; mending that from outside would have meant to find the boundaries here anyway. It remains in the
//! tests as a second opinion (`tests/it/corpora.rs`).

#[cfg(test)]
mod tests;
mod walk;

use crate::mime::text::TextBody;
use crate::mime::{Defect, header, html_text, structure, text, transfer};
use crate::model::{BodyStructure, Envelope, Part, PartPath};
use std::borrow::Cow;
use std::convert::Infallible;
use std::ops::Range;

/// A mail as far as it can be told without decoding its parts. The raw bytes stay with the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedMessage {
    /// The decoded header.
    pub envelope: Envelope,
    /// The parts as an IMAP server would describe them. Of an attached message that is a multipart the
    /// multipart has the path of the message and follows it.
    pub structure: BodyStructure,
    /// Where each part of the structure lies, in the same order.
    pub places: Vec<Place>,
    /// What was wrong, sorted, each once.
    pub defects: Vec<Defect>,
}

/// Bytes of a part in the raw mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Its own header: `BODY[n.MIME]`, or the mail's header for the part that is the whole mail.
    pub header: Range<usize>,
    /// Its content as transported: `BODY[n]`.
    pub body: Range<usize>,
}

/// Reads a whole mail. Never fails; a text without any header is a mail with nothing but a body.
#[must_use]
pub fn parse(raw: &[u8]) -> ParsedMessage {
    let raw = &*with_line_feeds(raw);
    let walked = walk::walk(raw);
    let head = walked.places.first().and_then(|place| raw.get(place.header.clone())).unwrap_or_default();
    let (envelope, mut defects) = header::read(head);
    defects.extend(walked.defects);
    defects.sort_unstable();
    defects.dedup();
    ParsedMessage {
        envelope,
        structure: BodyStructure { parts: walked.parts },
        places: walked.places,
        defects,
    }
}

/// A mail whose lines end in nothing but carriage returns (files of old Macs, damaged ones) with line feeds instead. All
/// places stay as they are.
fn with_line_feeds(raw: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\n', raw).is_some() || memchr::memchr(b'\r', raw).is_none() {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect())
}

impl ParsedMessage {
    /// A part and its bytes as transported.
    #[must_use]
    pub fn part<'a>(&self, raw: &'a [u8], path: &PartPath) -> Option<(&Part, &'a [u8])> {
        let mut parts = self.structure.parts.iter().zip(&self.places);
        let (part, place) = parts.find(|(part, _)| part.path == *path)?;
        Some((part, raw.get(place.body.clone())?))
    }

    /// The content of a part with its transfer encoding undone: what is saved as a file.
    #[must_use]
    pub fn content<'a>(&self, raw: &'a [u8], path: &PartPath) -> Option<Cow<'a, [u8]>> {
        let (part, body) = self.part(raw, path)?;
        Some(transfer::decode(part.encoding, body))
    }

    /// A text part as text, undecorated.
    #[must_use]
    pub fn text(&self, raw: &[u8], path: &PartPath) -> Option<String> {
        let (part, body) = self.part(raw, path)?;
        Some(text::decode_part(part, body))
    }

    /// The text of the mail for reading: its plain text, else that of its HTML, and the further texts.
    #[must_use]
    pub fn readable(&self, raw: &[u8]) -> TextBody {
        let read = |part: &Part| {
            let found = self.part(raw, &part.path);
            Ok::<_, Infallible>(found.map(|(part, bytes)| readable_part(part, bytes)))
        };
        match compose(&self.structure, read) {
            Ok(composed) => composed.body,
            Err(never) => match never {},
        }
    }
}

/// The text of a mail put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Composed {
    /// The text.
    pub body: TextBody,
    /// Its first part was HTML.
    pub from_html: bool,
    /// A part that belongs to it is not here.
    pub incomplete: bool,
}

/// Puts the text of a mail together: its plain text, or that of its HTML if there is none or nothing in it, then the
/// further texts, with lines between. `read` gives a part as text, `None` if it is not here.
///
/// # Errors
/// Those of `read`.
pub fn compose<E>(
    structure: &BodyStructure,
    mut read: impl FnMut(&Part) -> Result<Option<TextBody>, E>,
) -> Result<Composed, E> {
    let choice = structure::choose_text(structure);
    let mut done = Composed::default();
    for html in [false, true] {
        done = Composed::default();
        for path in choice.in_order(html) {
            let Some(part) = structure.part(path) else { continue };
            let Some(next) = read(part)? else {
                done.incomplete = true;
                continue;
            };
            if next.is_blank() {
                continue;
            }
            if done.body.blocks.is_empty() {
                (done.body, done.from_html) = (next, part.media_type.is_html());
            } else {
                done.body.append(next);
            }
        }
        let tried_all = choice.html.is_none() || choice.plain.is_none();
        if tried_all || !done.body.is_blank() {
            break;
        }
    }
    Ok(done)
}

/// One text part for reading, plain or HTML, from its bytes as transported.
#[must_use]
pub fn readable_part(part: &Part, raw: &[u8]) -> TextBody {
    let decoded = text::decode_part(part, raw);
    if part.media_type.is_html() {
        html_text::to_text(&decoded)
    } else {
        text::blocks(&decoded, part.flowed, part.del_sp)
    }
}
