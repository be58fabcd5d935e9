//! HTML to tags and texts (WHATWG HTML section 13.2.5), linear whatever comes. Knows nothing of what tags mean.

use super::entity::{self, Place};
use std::borrow::Cow;

/// Attributes of a tag that are looked at; the ones behind are skipped.
pub const MAX_ATTRIBUTES: usize = 64;
/// Longest tag name that means something.
const MAX_NAME: usize = 16;

/// Takes what the tokenizer finds.
pub trait Tokens {
    /// Text with its references resolved.
    fn text(&mut self, text: &str);
    /// A document type: what stands between `<!` and `>`. Most readers have no use for it.
    fn doctype(&mut self, _text: &str) {}
    /// A start tag; the name is in lower case, empty if it is too long to be known.
    fn start(&mut self, name: &str, attributes: &Attributes<'_>);
    /// An end tag.
    fn end(&mut self, name: &str);
    /// Whether more is wanted.
    fn is_full(&self) -> bool;
}

/// Attributes of one tag, names as they stand, the first of a name counts.
#[derive(Default)]
pub struct Attributes<'a> {
    all: Vec<(&'a str, &'a str)>,
    self_closing: bool,
}

impl<'a> Attributes<'a> {
    /// Value of an attribute with its references resolved; empty if it has none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        let (_, value) = self.all.iter().find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        Some(entity::decode(value, Place::Attribute))
    }

    /// All attributes in their order, at most [`MAX_ATTRIBUTES`], repeated names included; values with their
    /// references resolved.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> + '_ {
        self.all.iter().map(|(name, value)| (*name, entity::decode(value, Place::Attribute)))
    }

    /// Whether the tag ends with `/>`, which means something only in SVG and MathML.
    #[must_use]
    pub fn is_self_closing(&self) -> bool {
        self.self_closing
    }
}

/// Cuts HTML into tokens.
pub fn tokenize(html: &str, sink: &mut impl Tokens) {
    let mut rest = html;
    while !rest.is_empty() && !sink.is_full() {
        rest = match memchr::memchr(b'<', rest.as_bytes()) {
            None => {
                sink.text(&entity::decode(rest, Place::Text));
                ""
            }
            Some(0) => markup(rest, sink),
            Some(at) => {
                let (text, after) = rest.split_at(at);
                sink.text(&entity::decode(text, Place::Text));
                after
            }
        };
    }
}

/// What begins with `<`; returns what follows it.
fn markup<'a>(html: &'a str, sink: &mut impl Tokens) -> &'a str {
    let after = html.get(1..).unwrap_or_default();
    let bytes = after.as_bytes();
    match bytes.first() {
        Some(b) if b.is_ascii_alphabetic() => start_tag(after, sink),
        Some(b'/') => match bytes.get(1) {
            Some(b) if b.is_ascii_alphabetic() => {
                let tag = Tag::read(after.get(1..).unwrap_or_default());
                if let Some(tag) = &tag {
                    sink.end(&tag.name);
                }
                tag.map_or("", |tag| tag.rest)
            }
            None => literal(html, 2, sink),
            Some(_) => behind(after, b'>'),
        },
        Some(b'!') => match after.strip_prefix("!--") {
            Some(inner) => behind_comment(inner),
            None => {
                let inner = after.get(1..).unwrap_or_default();
                let text = inner.get(..memchr::memchr(b'>', inner.as_bytes()).unwrap_or(inner.len()));
                if let Some(text) =
                    text.filter(|t| t.get(..7).is_some_and(|w| w.eq_ignore_ascii_case("doctype")))
                {
                    sink.doctype(text);
                }
                behind(after, b'>')
            }
        },
        Some(b'?') => behind(after, b'>'),
        _ => literal(html, 1, sink),
    }
}

/// The sign was no markup.
fn literal<'a>(html: &'a str, length: usize, sink: &mut impl Tokens) -> &'a str {
    let (text, rest) = html.split_at_checked(length).unwrap_or((html, ""));
    sink.text(text);
    rest
}

fn behind(html: &str, sign: u8) -> &str {
    memchr::memchr(sign, html.as_bytes()).and_then(|at| html.get(at + 1..)).unwrap_or_default()
}

/// What follows a comment, given what follows its `<!--`.
fn behind_comment(inner: &str) -> &str {
    if let Some(rest) = inner.strip_prefix('>').or_else(|| inner.strip_prefix("->")) {
        return rest;
    }
    for at in memchr::memchr_iter(b'>', inner.as_bytes()) {
        let before = inner.get(..at).unwrap_or_default();
        if before.ends_with("--") || before.ends_with("--!") {
            return inner.get(at + 1..).unwrap_or_default();
        }
    }
    ""
}

fn start_tag<'a>(html: &'a str, sink: &mut impl Tokens) -> &'a str {
    let Some(tag) = Tag::read(html) else { return "" };
    sink.start(&tag.name, &tag.attributes);
    match tag.name.as_str() {
        "script" | "style" | "xmp" | "iframe" | "noembed" | "noframes" | "textarea" | "title" => {
            let (content, rest) = raw_text(tag.rest, &tag.name);
            match tag.name.as_str() {
                "textarea" | "title" => sink.text(&entity::decode(content, Place::Text)),
                _ => sink.text(content),
            }
            rest
        }
        "plaintext" => {
            sink.text(tag.rest);
            ""
        }
        _ => tag.rest,
    }
}

/// The content of an element that holds no markup, and what follows from its end tag on.
fn raw_text<'a>(html: &'a str, name: &str) -> (&'a str, &'a str) {
    for at in memchr::memchr_iter(b'<', html.as_bytes()) {
        let is_end = html
            .get(at + 1..)
            .and_then(|after| after.strip_prefix('/'))
            .and_then(|after| after.split_at_checked(name.len()))
            .is_some_and(|(found, after)| {
                found.eq_ignore_ascii_case(name)
                    && after.starts_with(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'))
            });
        if is_end {
            return html.split_at(at);
        }
    }
    (html, "")
}

struct Tag<'a> {
    /// In lower case; empty if it is too long to be known.
    name: String,
    attributes: Attributes<'a>,
    rest: &'a str,
}

impl<'a> Tag<'a> {
    /// Reads a tag from its name on. None if the text ends in it.
    fn read(html: &'a str) -> Option<Self> {
        let name_end = html.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'))?;
        let name =
            html.get(..name_end).filter(|n| n.len() <= MAX_NAME).unwrap_or_default().to_ascii_lowercase();
        let mut attributes = Attributes::default();
        let mut rest = html.get(name_end..)?;
        loop {
            let from = rest;
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if let Some(after) = rest.strip_prefix('>') {
                attributes.self_closing = from.strip_suffix(rest).is_some_and(|gap| gap.ends_with('/'));
                return Some(Self { name, attributes, rest: after });
            }
            // A `=` at the start belongs to the name.
            let ends = |(at, c): (usize, char)| {
                c.is_ascii_whitespace() || matches!(c, '/' | '>') || (c == '=' && at > 0)
            };
            let end = rest.char_indices().find(|found| ends(*found))?.0;
            let (attribute, after) = rest.split_at(end);
            let (value, after) = value(after)?;
            if attributes.all.len() < MAX_ATTRIBUTES {
                attributes.all.push((attribute, value));
            }
            rest = after;
        }
    }
}

/// The value of an attribute, given what follows its name.
fn value(html: &str) -> Option<(&str, &str)> {
    let Some(after) = html.trim_start_matches(|c: char| c.is_ascii_whitespace()).strip_prefix('=') else {
        return Some(("", html));
    };
    let after = after.trim_start_matches(|c: char| c.is_ascii_whitespace());
    for quote in ['"', '\''] {
        if let Some(inner) = after.strip_prefix(quote) {
            return inner.split_once(quote);
        }
    }
    Some(after.split_at(after.find(|c: char| c.is_ascii_whitespace() || c == '>')?))
}
