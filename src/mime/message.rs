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

use crate::mime::structure::TextChoice;
use crate::mime::text::TextBody;
use crate::mime::{Defect, header, html_text, structure, text, transfer};
use crate::model::{BodyStructure, Envelope, Part, PartPath};
use std::borrow::Cow;
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
        let TextChoice { plain, html, more } = structure::choose_text(&self.structure);
        let mut body = TextBody::default();
        for path in plain.or(html).into_iter().chain(more) {
            let Some((part, bytes)) = self.part(raw, &path) else { continue };
            let next = readable_part(part, bytes);
            body.truncated |= next.truncated;
            body.blocks.extend(next.blocks);
        }
        body
    }
}

/// One text part for reading, plain or HTML, from its bytes as transported.
#[must_use]
pub fn readable_part(part: &Part, raw: &[u8]) -> TextBody {
    let decoded = text::decode_part(part, raw);
    if part.media_type.is("text", "html") {
        html_text::to_text(&decoded)
    } else {
        text::blocks(&decoded, part.flowed, part.del_sp)
    }
}
