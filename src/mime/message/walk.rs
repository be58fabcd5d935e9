//! Finds the parts of a mail in one pass over its lines, without recursion. Knows nothing of texts.

use super::Place;
use crate::mime::header::{field, param::Parameters};
use crate::mime::{Defect, display, header};
use crate::model::{BodyStructure, Disposition, MediaType, Part, PartPath, TransferEncoding};
use std::ops::Range;

/// Longest boundary; RFC 2046 allows 70 characters.
const MAX_BOUNDARY: usize = 512;
/// Bytes kept of words such as a charset or a content id.
const MAX_WORD: usize = 512;
/// Bytes of a part's header in which its type is looked for: more than what is read of the envelope, since some mail
/// that went through many hands has its type below hundreds of kilobytes of other fields, and without it all is junk.
const MAX_HEADER: usize = 8 * 1024 * 1024;
/// Entities that can be open at once: a message and a multipart for each level of a path.
const MAX_OPEN: usize = 2 * PartPath::MAX_DEPTH;

/// What the walk has found.
#[derive(Default)]
pub(super) struct Walked {
    pub(super) parts: Vec<Part>,
    pub(super) places: Vec<Place>,
    pub(super) defects: Vec<Defect>,
}

/// Finds the parts of a whole mail.
pub(super) fn walk(raw: &[u8]) -> Walked {
    // Empty lines above the header come from mboxes and from copy and paste.
    let start = raw.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
    let start = if start == raw.len() { 0 } else { start };
    let mut walker = Walker { raw, open: Vec::new(), found: Walked::default() };
    walker.run(start);
    walker.found
}

/// An entity whose end has not been seen.
struct Open {
    /// Index of its part.
    part: usize,
    kind: Kind,
}

enum Kind {
    Leaf,
    Message,
    Multipart {
        boundary: Vec<u8>,
        children: u32,
        digest: bool,
        closed: bool,
        path: PartPath,
        /// Path that it gets if it turns out to be no multipart.
        leaf_path: PartPath,
    },
}

struct Walker<'a> {
    raw: &'a [u8],
    /// From the outside in.
    open: Vec<Open>,
    found: Walked,
}

/// What a line that begins with two dashes is.
enum Line {
    Boundary { level: usize, last: bool },
    Other,
}

impl Walker<'_> {
    fn run(&mut self, start: usize) {
        let mut at = self.entity(start, &Role::WholeMail);
        while at < self.raw.len() {
            let rest = self.raw.get(at..).unwrap_or_default();
            let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |n| n + 1);
            let line = rest.get(..length).unwrap_or_default();
            let next = at + length;
            match self.classify(line) {
                Line::Other => at = next,
                Line::Boundary { level, last } => {
                    self.close_above(level, self.content_end(at));
                    at = if last {
                        self.mark_closed(level);
                        next
                    } else {
                        self.next_child(level, next)
                    };
                }
            }
        }
        if self.open.iter().any(|open| matches!(open.kind, Kind::Multipart { closed: false, .. })) {
            self.found.defects.push(Defect::Unclosed);
        }
        self.close_from(0, self.raw.len());
    }

    /// Whether a line is the boundary of an open multipart; the innermost one counts.
    fn classify(&self, line: &[u8]) -> Line {
        let Some(text) = line.strip_prefix(b"--") else { return Line::Other };
        let text = text.trim_ascii_end();
        for (level, open) in self.open.iter().enumerate().rev() {
            let Kind::Multipart { boundary, closed: false, .. } = &open.kind else { continue };
            match text.strip_prefix(boundary.as_slice()) {
                Some(b"") => return Line::Boundary { level, last: false },
                Some(b"--") => return Line::Boundary { level, last: true },
                _ => {}
            }
        }
        Line::Other
    }

    /// The line break before a boundary belongs to the boundary (RFC 2046 section 5.1.1).
    fn content_end(&self, at: usize) -> usize {
        let before = self.raw.get(..at).unwrap_or_default();
        before.strip_suffix(b"\r\n").or_else(|| before.strip_suffix(b"\n")).unwrap_or(before).len()
    }

    fn close_above(&mut self, level: usize, end: usize) {
        let unclosed = |open: &Open| matches!(open.kind, Kind::Multipart { closed: false, .. });
        if self.open.iter().skip(level + 1).any(unclosed) {
            self.found.defects.push(Defect::Unclosed);
        }
        self.close_from(level + 1, end);
    }

    /// Ends the entities from a level on.
    fn close_from(&mut self, level: usize, end: usize) {
        for open in self.open.drain(level.min(self.open.len())..) {
            let (Some(place), Some(part)) =
                (self.found.places.get_mut(open.part), self.found.parts.get_mut(open.part))
            else {
                continue;
            };
            place.body.end = end.max(place.body.start);
            part.size = u64::try_from(place.body.len()).unwrap_or(u64::MAX);
            if let Kind::Multipart { children: 0, leaf_path, .. } = open.kind {
                // The boundary never came: better show it as it is than not at all.
                part.media_type = MediaType::new("text", "plain");
                part.path = leaf_path;
                self.found.defects.push(Defect::NoBoundary);
            }
        }
    }

    fn mark_closed(&mut self, level: usize) {
        if let Some(Open { kind: Kind::Multipart { closed, .. }, .. }) = self.open.get_mut(level) {
            *closed = true;
        }
    }

    /// Reads the header of the next part of a multipart; returns where its body begins.
    fn next_child(&mut self, level: usize, at: usize) -> usize {
        let Some(Open { kind: Kind::Multipart { children, digest, path, .. }, .. }) =
            self.open.get_mut(level)
        else {
            return at;
        };
        *children += 1;
        let role = Role::Child { path: path.child(*children), digest: *digest };
        self.entity(at, &role)
    }

    /// Reads the header of an entity, and of the message in it; returns where the body begins.
    fn entity(&mut self, at: usize, role: &Role) -> usize {
        let mut at = at;
        let mut role = role.clone();
        loop {
            let head = self.head(at);
            let body = head.end;
            if self.found.parts.len() >= BodyStructure::MAX_PARTS
                || self.open.len() >= MAX_OPEN
                || role.path_of(false).depth() > PartPath::MAX_DEPTH
            {
                if self.found.defects.last() != Some(&Defect::PartsCut) {
                    self.found.defects.push(Defect::PartsCut);
                }
                return body;
            }
            let fields = Fields::read(self.raw.get(head.clone()).unwrap_or_default());
            let (part, kind) = fields.entity(&role);
            let boundary_missing =
                part.media_type.kind == "text" && fields.content_type.starts_with("multipart/");
            if boundary_missing {
                self.found.defects.push(Defect::NoBoundary);
            }
            let path = part.path.clone();
            let is_message = matches!(kind, Kind::Message);
            self.open.push(Open { part: self.found.parts.len(), kind });
            self.found.parts.push(part);
            self.found.places.push(Place { header: head, body: body..body });
            if !is_message {
                return body;
            }
            (at, role) = (body, Role::Message { path });
        }
    }

    /// The header at a place: up to and with its empty line, or up to a boundary line.
    fn head(&self, at: usize) -> Range<usize> {
        let mut end = at;
        while end < self.raw.len() {
            let rest = self.raw.get(end..).unwrap_or_default();
            let (line, after) = field::split_line(rest);
            if matches!(self.classify(line), Line::Boundary { .. }) {
                break;
            }
            end = self.raw.len() - after.len();
            if line.is_empty() {
                break;
            }
        }
        let region = self.raw.get(at..end).unwrap_or_default();
        at..at + field::fields(region).body_start()
    }
}

/// What an entity is to the one around it.
#[derive(Clone)]
enum Role {
    WholeMail,
    /// The message inside a `message/rfc822` part with this path.
    Message {
        path: PartPath,
    },
    /// Part of a multipart.
    Child {
        path: PartPath,
        digest: bool,
    },
}

impl Role {
    fn path(&self) -> PartPath {
        match self {
            Self::WholeMail => PartPath::root(),
            Self::Message { path } | Self::Child { path, .. } => path.clone(),
        }
    }

    /// A multipart that is a whole message has the path of that message, anything else is its part 1
    /// (RFC 9051 section 6.4.5.1).
    fn path_of(&self, multipart: bool) -> PartPath {
        match self {
            Self::Child { path, .. } => path.clone(),
            Self::WholeMail | Self::Message { .. } if multipart => self.path(),
            Self::WholeMail | Self::Message { .. } => self.path().child(1),
        }
    }
}

/// A `Content-ID` without its angle brackets.
fn bare_id(text: &str) -> String {
    let id = text.trim_matches(|c: char| matches!(c, '<' | '>') || c.is_whitespace());
    display::cut(id, MAX_WORD).to_owned()
}

/// The fields of a part that say what it is.
#[derive(Default)]
struct Fields {
    /// `type/subtype` as the part says, in lower case.
    content_type: String,
    parameters: Parameters,
    disposition: Option<Parameters>,
    encoding: TransferEncoding,
    content_id: Option<String>,
}

impl Fields {
    fn read(head: &[u8]) -> Self {
        let head = head.get(..MAX_HEADER).unwrap_or(head);
        let mut found = Self::default();
        let (mut has_type, mut has_encoding) = (false, false);
        for field in field::fields(head) {
            let value = || field::unfold(field.value);
            if field.is("Content-Type") && !has_type {
                found.parameters = Parameters::parse(&value());
                found.content_type.clone_from(&found.parameters.word);
                has_type = true;
            } else if field.is("Content-Disposition") && found.disposition.is_none() {
                found.disposition = Some(Parameters::parse(&value()));
            } else if field.is("Content-Transfer-Encoding") && !has_encoding {
                let word = Parameters::parse(&value()).word;
                found.encoding = TransferEncoding::from_wire(word.trim_matches(['"', '\'']));
                has_encoding = true;
            } else if field.is("Content-ID") && found.content_id.is_none() {
                let text = header::decode_words(&value());
                found.content_id = Some(bare_id(&text)).filter(|id| !id.is_empty());
            }
        }
        found
    }

    /// The media type; what is unreadable is text (RFC 2045 section 5.2), in a digest a message.
    fn media_type(&self, digest: bool) -> MediaType {
        let word = |w: &str| !w.is_empty() && w.len() <= MAX_WORD && w.bytes().all(|b| b.is_ascii_graphic());
        match self.content_type.split_once('/') {
            Some((kind, subtype)) if word(kind) && word(subtype) && !subtype.contains('/') => {
                MediaType::new(kind, subtype)
            }
            // `Content-Type: text` and `html` were common once.
            None if self.content_type == "html" => MediaType::new("text", "html"),
            _ if digest && self.content_type.is_empty() => MediaType::new("message", "rfc822"),
            _ => MediaType::new("text", "plain"),
        }
    }

    fn entity(&self, role: &Role) -> (Part, Kind) {
        let mut media_type = self.media_type(matches!(role, Role::Child { digest: true, .. }));
        let boundary = self.parameters.bytes("boundary").filter(|b| !b.is_empty() && b.len() <= MAX_BOUNDARY);
        let kind = match (media_type.is_multipart(), boundary) {
            (true, Some(boundary)) => Kind::Multipart {
                boundary: boundary.trim_ascii_end().to_vec(),
                children: 0,
                digest: media_type.subtype == "digest",
                closed: false,
                path: role.path_of(true),
                leaf_path: role.path_of(false),
            },
            (true, None) => {
                // Nothing to cut by: better show it as it is than not at all.
                media_type = MediaType::new("text", "plain");
                Kind::Leaf
            }
            (false, _) if self.is_open_message(&media_type) => Kind::Message,
            (false, _) => Kind::Leaf,
        };
        let path = role.path_of(media_type.is_multipart());
        (self.part(path, media_type), kind)
    }

    /// An encoded message, which RFC 2046 section 5.2.1 forbids, is not looked into.
    fn is_open_message(&self, media_type: &MediaType) -> bool {
        media_type.kind == "message"
            && matches!(media_type.subtype.as_str(), "rfc822" | "global")
            && self.encoding == TransferEncoding::Identity
    }

    fn part(&self, path: PartPath, media_type: MediaType) -> Part {
        let text = |name: &str| self.parameters.text(name).filter(|text| !text.is_empty());
        let says = |name: &str, word: &str| text(name).is_some_and(|value| value.eq_ignore_ascii_case(word));
        let is_text = media_type.kind == "text";
        let disposition = self.disposition.as_ref().filter(|d| !d.word.is_empty());
        let filename =
            self.disposition.as_ref().and_then(|d| d.text("filename")).filter(|name| !name.is_empty());
        let encoding = if media_type.is_multipart() { TransferEncoding::Identity } else { self.encoding };
        Part {
            path,
            charset: text("charset").map(|label| display::cut(&label, MAX_WORD).to_ascii_lowercase()),
            flowed: is_text && says("format", "flowed"),
            del_sp: is_text && says("delsp", "yes"),
            encoding,
            size: 0,
            content_id: self.content_id.clone(),
            disposition: disposition.map(|d| match d.word.as_str() {
                "inline" => Disposition::Inline,
                _ => Disposition::Attachment,
            }),
            filename: filename.or_else(|| text("name")),
            start: text("start").filter(|_| media_type.is("multipart", "related")).map(|id| bare_id(&id)),
            media_type,
        }
    }
}
