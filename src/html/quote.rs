//! The mail that an answer carries along at its end: where it begins, so that it can be folded away.
//!
//! Nothing is taken for a quote that is the only content, or that is answered between its lines. Knows the sanitized
//! document and the marks that mail programs leave in it, not the engine.

mod fields;
mod hiding;
#[cfg(test)]
mod tests;

use super::sanitize::{Event, Sanitized};
use fields::{FROM, SUBJECT};
use html5ever::LocalName;
use std::ops::Range;

pub(super) use hiding::Hiding;

/// The element that stands before a quote that can be folded.
pub(super) const NAME: &str = "x-fold";
/// Its class if all that follows is quoted; else it is the element behind it.
const REST: &str = "rest";

/// Letters of a quote that is worth folding, if it has few lines.
const LEAST_LETTERS: usize = 200;
/// Lines of a quote that is worth folding.
const LEAST_LINES: usize = 3;
/// Bytes of a line that says who wrote what is quoted below it.
const MAX_ATTRIBUTION: usize = 500;
/// Bytes that are read of what may be the header of a quoted mail.
const MAX_HEADER: usize = 1200;
/// Lines of a quoted header, with those that are folded.
const HEADER_LINES: usize = 8;
/// Fields that make a header.
const LEAST_FIELDS: usize = 3;
/// Longest name of a field.
const MAX_FIELD: usize = 32;
/// Length of a line of underscores or dashes.
const LEAST_RULE: usize = 5;

/// Marks the quote at the end of a document, if there is one, and notes the links in it.
pub(super) fn mark(document: &mut Sanitized) {
    let found = Outline::of(&document.events).find();
    let Some(Quote { range, rest }) = found else { return };
    let inside = document.events.get(range.clone()).unwrap_or_default().to_vec();
    let mut quoted = Sanitized::default();
    quoted.events = inside;
    document.quoted = quoted.links();
    let class = if rest { vec![(LocalName::from("class"), REST.to_owned())] } else { Vec::new() };
    let open = Event::Open { name: LocalName::from(NAME), attributes: class };
    document.events.splice(range.start..range.start, [open, Event::Close]);
}

/// What is to be folded: events of a document.
#[derive(Debug, PartialEq, Eq)]
struct Quote {
    range: Range<usize>,
    /// It reaches to the end, over the ends of the elements around it.
    rest: bool,
}

fn is_void(name: &str) -> bool {
    matches!(name, "br" | "col" | "hr" | "img" | "wbr")
}

/// Whether an element begins a line of its own.
fn is_block(name: &str) -> bool {
    !matches!(
        name,
        "a" | "abbr"
            | "b"
            | "bdi"
            | "bdo"
            | "big"
            | "cite"
            | "code"
            | "del"
            | "em"
            | "font"
            | "i"
            | "img"
            | "ins"
            | "kbd"
            | "mark"
            | "q"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strike"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "tt"
            | "u"
            | "var"
            | "wbr"
    )
}

fn value<'a>(attributes: &'a [(LocalName, String)], wanted: &str) -> &'a str {
    attributes.iter().find(|(name, _)| &**name == wanted).map_or("", |(_, value)| value.as_str())
}

/// Whether there is anything to read.
fn says(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// Whether a line separates: underscores, dashes, or dashes around words ("-----Original Message-----").
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    let edge = |c: char| matches!(c, '_' | '-' | '\u{2014}' | '\u{2500}');
    let leading = line.chars().take_while(|c| edge(*c)).count();
    let trailing = line.chars().rev().take_while(|c| edge(*c)).count();
    leading >= LEAST_RULE && (trailing >= LEAST_RULE || line.chars().all(edge))
}

/// The name of the field that a line begins with.
fn field(line: &str) -> Option<&str> {
    let at = line.find([':', '\u{ff1a}'])?;
    let name = line.get(..at)?.trim_matches(|c: char| c.is_whitespace() || c == '*' || c == '\u{a0}');
    let fits = !name.is_empty() && name.len() <= MAX_FIELD && !name.contains(['/', '@', '<', '.']);
    fits.then_some(name)
}

/// A document with the ends of its elements.
struct Outline<'a> {
    events: &'a [Event],
    /// For each start tag where its end is, for each end where its start is; else itself.
    pairs: Vec<usize>,
    /// The start tag of the element around each event.
    around: Vec<Option<usize>>,
    /// Nobody sees it: hidden by its own style.
    unseen: Vec<bool>,
}

impl<'a> Outline<'a> {
    fn of(events: &'a [Event]) -> Self {
        let mut pairs: Vec<usize> = (0..events.len()).collect();
        let (mut around, mut unseen) = (Vec::with_capacity(events.len()), Vec::with_capacity(events.len()));
        let mut open: Vec<(usize, bool)> = Vec::new();
        for (at, event) in events.iter().enumerate() {
            if matches!(event, Event::Close)
                && let Some((start, _)) = open.pop()
            {
                for (one, other) in [(start, at), (at, start)] {
                    if let Some(pair) = pairs.get_mut(one) {
                        *pair = other;
                    }
                }
            }
            let hidden = open.last().is_some_and(|(_, hidden)| *hidden);
            around.push(open.last().map(|(start, _)| *start));
            let mut here = hidden;
            if let Event::Open { name, attributes } = event {
                let style = value(attributes, "style");
                here |= style.contains("display") && style.replace(' ', "").contains("display:none");
                if !is_void(name) {
                    open.push((at, here));
                }
            }
            unseen.push(here);
        }
        // What was never closed ends with the document.
        for (start, _) in open {
            if let Some(pair) = pairs.get_mut(start) {
                *pair = events.len().saturating_sub(1);
            }
        }
        Self { events, pairs, around, unseen }
    }

    fn end_of(&self, start: usize) -> usize {
        self.pairs.get(start).copied().unwrap_or(start)
    }

    fn is_seen(&self, at: usize) -> bool {
        !self.unseen.get(at).copied().unwrap_or(false)
    }

    /// What can be read of some events, line by line.
    fn lines(&self, range: Range<usize>, most: usize) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut length = 0;
        let start = range.start;
        for (offset, event) in self.events.get(range).unwrap_or_default().iter().enumerate() {
            match event {
                Event::Text(text) if self.is_seen(start + offset) => {
                    if let Some(line) = lines.last_mut() {
                        line.push_str(text);
                    }
                    length += text.len();
                }
                Event::Open { name, .. } if is_block(name) => lines.push(String::new()),
                Event::Close if self.name(self.end_of(start + offset)).is_some_and(is_block) => {
                    lines.push(String::new());
                }
                Event::Open { .. } | Event::Text(_) | Event::Style { .. } | Event::Close => {}
            }
            if length > most {
                break;
            }
        }
        lines.retain(|line| !line.trim().is_empty());
        lines
    }

    fn name(&self, at: usize) -> Option<&'a str> {
        match self.events.get(at) {
            Some(Event::Open { name, .. }) => Some(name),
            _ => None,
        }
    }

    /// The quote at the end of the document.
    fn find(&self) -> Option<Quote> {
        let mut quotes: Vec<Range<usize>> = Vec::new();
        let mut rest = None;
        let mut at = 0;
        while let Some(event) = self.events.get(at) {
            match event {
                _ if !self.is_seen(at) => {}
                Event::Text(text) => {
                    if let Some(start) = self.header_at(at, text) {
                        rest = Some(start);
                        break;
                    }
                }
                Event::Open { name, attributes } => {
                    let end = self.end_of(at);
                    if let Some(found) = self.container(at, name, attributes) {
                        quotes.extend(found);
                        at = end;
                    }
                }
                Event::Style { .. } | Event::Close => {}
            }
            at += 1;
        }
        let quote = match rest {
            Some(start) => Quote { range: start..self.events.len(), rest: true },
            // Two of them have something between them: an answer, or it would be one.
            None if quotes.len() == 1 => {
                let range = quotes.pop()?;
                if self.answers_after(range.end) {
                    return None;
                }
                Quote { range, rest: false }
            }
            None => return None,
        };
        (self.answers_before(quote.range.start) && self.is_long(quote.range.clone())).then_some(quote)
    }

    /// Whether an element holds what is quoted; and what of it, if it is not a forwarded mail.
    fn container(
        &self,
        at: usize,
        name: &str,
        attributes: &[(LocalName, String)],
    ) -> Option<Option<Range<usize>>> {
        let (class, id) = (value(attributes, "class"), value(attributes, "id"));
        let classes = |wanted: &[&str]| class.split_ascii_whitespace().any(|c| wanted.contains(&c));
        if classes(&["moz-forward-container"]) {
            return Some(None);
        }
        let whole = at..self.end_of(at) + 1;
        let cites = value(attributes, "type").eq_ignore_ascii_case("cite")
            || classes(&["gmail_quote", "protonmail_quote", "tutanota_quote", "zmail_extra"]);
        if name == "blockquote" && (cites || self.is_attributed(at)) {
            return Some(Some(whole));
        }
        let holds = classes(&[
            "gmail_quote",
            "gmail_quote_container",
            "yahoo_quoted",
            "protonmail_quote",
            "tutanota_quote",
            "ms-outlook-mobile-reference-message",
            "zmail_extra",
        ]) || id.starts_with("yahoo_quoted")
            || matches!(id, "mail-editor-reference-message-container" | "OLK_SRC_BODY_SECTION");
        if !holds {
            return None;
        }
        // Who wrote it stays in sight, as above a quote in a text.
        let mut inner = Vec::new();
        let mut inside = at + 1;
        while inside < whole.end {
            if self.name(inside) == Some("blockquote") {
                inner.push(inside..self.end_of(inside) + 1);
                inside = self.end_of(inside);
            }
            inside += 1;
        }
        let Some(first) = inner.first().cloned() else {
            return Some((!self.is_forward(whole.clone())).then_some(whole));
        };
        let above = self.lines(at..first.start, MAX_HEADER);
        if above.last().is_none_or(|line| is_attribution(line)) {
            return Some(Some(first));
        }
        Some((!self.is_forward(whole.clone())).then_some(whole))
    }

    /// Whether what is quoted was forwarded: it begins with a header and no program calls it an answer.
    fn is_forward(&self, range: Range<usize>) -> bool {
        let lines = self.lines(range, MAX_HEADER);
        let lines = lines.iter().skip_while(|line| is_rule(line));
        lines.take(HEADER_LINES).filter(|line| field(line.trim()).is_some()).count() >= LEAST_FIELDS
    }

    /// Whether the line before a block says who wrote it, and when or from where.
    fn is_attributed(&self, at: usize) -> bool {
        let line = self.line_before(at).unwrap_or_default();
        let time = line
            .as_bytes()
            .windows(4)
            .any(|w| matches!(w, [a, b':', c, d] if [a, c, d].iter().all(|byte| byte.is_ascii_digit())));
        is_attribution(&line) && (time || line.contains('@'))
    }

    /// The line of text that ends before an event.
    fn line_before(&self, at: usize) -> Option<String> {
        let mut pieces: Vec<&str> = Vec::new();
        let mut length = 0;
        for index in (0..at).rev() {
            match self.events.get(index)? {
                Event::Text(text) if self.is_seen(index) => {
                    length += text.len();
                    pieces.push(text);
                }
                Event::Open { name, .. } if is_block(name) && pieces.iter().any(|p| says(p)) => break,
                Event::Close
                    if self.name(self.end_of(index)).is_some_and(is_block)
                        && pieces.iter().any(|p| says(p)) =>
                {
                    break;
                }
                Event::Open { .. } | Event::Text(_) | Event::Style { .. } | Event::Close => {}
            }
            if length > MAX_ATTRIBUTION {
                return None;
            }
        }
        pieces.reverse();
        Some(pieces.concat())
    }

    /// Where a quoted mail begins whose header begins with this text.
    fn header_at(&self, at: usize, text: &str) -> Option<usize> {
        let begin = text.trim_start().chars().take(MAX_FIELD);
        let word: String = begin.take_while(|c| !matches!(c, ':' | '\u{ff1a}')).collect();
        let word = word.trim_matches(|c: char| c.is_whitespace() || c == '*').to_lowercase();
        if word.is_empty() || !FROM.contains(&word.as_str()) {
            return None;
        }
        let lines = self.lines(at..self.events.len(), MAX_HEADER);
        let head = lines.iter().take(HEADER_LINES);
        let fields: Vec<String> = head.filter_map(|line| field(line.trim())).map(str::to_lowercase).collect();
        let subject = fields.iter().any(|name| SUBJECT.contains(&name.as_str()));
        if fields.len() < LEAST_FIELDS || !subject || fields.first().is_none_or(|name| *name != word) {
            return None;
        }
        // What is around it and begins with it belongs to it.
        let mut start = at;
        while let Some(outer) = self.around.get(start).copied().flatten() {
            let name = self.name(outer).unwrap_or_default();
            let before = self.events.get(outer..start).unwrap_or_default();
            let says_more = before.iter().any(|event| match event {
                Event::Text(text) => !text.trim().is_empty(),
                Event::Open { name, .. } => &**name == "img",
                Event::Style { .. } | Event::Close => false,
            });
            if says_more || matches!(name, "body" | "html") {
                break;
            }
            start = outer;
        }
        Some(self.rule_before(start))
    }

    /// The start of a rule that stands directly before an event, or the event.
    fn rule_before(&self, start: usize) -> usize {
        let (mut begin, mut at) = (start, start);
        while let Some(before) = at.checked_sub(1) {
            match self.events.get(before) {
                Some(Event::Text(text)) if text.trim().is_empty() => at = before,
                Some(Event::Text(text)) if is_rule(text) => (at, begin) = (before, before),
                Some(Event::Open { name, .. }) if &**name == "br" => at = before,
                Some(Event::Open { name, .. }) if &**name == "hr" => (at, begin) = (before, before),
                Some(Event::Close) => {
                    let open = self.end_of(before);
                    let lines = self.lines(open..before, MAX_HEADER);
                    let inside = self.events.get(open..before).unwrap_or_default();
                    let has = |wanted: &str| {
                        inside.iter().any(|e| matches!(e, Event::Open { name, .. } if &**name == wanted))
                    };
                    if open >= before || has("img") || !lines.iter().all(|line| is_rule(line)) {
                        break;
                    }
                    at = open;
                    if has("hr") || !lines.is_empty() {
                        begin = open;
                    }
                }
                _ => break,
            }
        }
        begin
    }

    /// Whether the element around or at an event is a signature.
    fn signature_end(&self, at: usize) -> Option<usize> {
        let Some(Event::Open { attributes, .. }) = self.events.get(at) else { return None };
        let named = |name: &str| value(attributes, name).to_ascii_lowercase().contains("signature");
        (named("class") || named("id")).then(|| self.end_of(at))
    }

    /// Events of a range without signatures.
    fn without_signatures(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut pieces = Vec::new();
        let (mut from, mut at) = (range.start, range.start);
        while at < range.end {
            if let Some(end) = self.signature_end(at).filter(|end| *end < range.end) {
                pieces.push(from..at);
                (from, at) = (end + 1, end);
            }
            at += 1;
        }
        pieces.push(from.min(range.end)..range.end);
        pieces
    }

    /// Whether somebody wrote something before a quote: words other than who is quoted, or a picture.
    fn answers_before(&self, start: usize) -> bool {
        let mut lines: Vec<String> = Vec::new();
        for piece in self.without_signatures(0..start) {
            let shows = |at: usize| {
                let picture = matches!(self.events.get(at), Some(Event::Open { name, attributes })
                    if &**name == "img" && value(attributes, "src").starts_with(['c', 'd']));
                picture && self.is_seen(at)
            };
            if piece.clone().any(shows) {
                return true;
            }
            lines.extend(self.lines(piece, usize::MAX));
        }
        lines.retain(|line| says(line));
        if lines.last().is_some_and(|line| is_attribution(line)) {
            lines.pop();
        }
        !lines.is_empty()
    }

    /// Whether somebody wrote something behind a quote: more than a signature or the foot of a list.
    fn answers_after(&self, end: usize) -> bool {
        let mut lines: Vec<String> = Vec::new();
        for piece in self.without_signatures(end..self.events.len()) {
            lines.extend(self.lines(piece, MAX_HEADER));
        }
        let own = lines.iter().take_while(|line| !is_rule(line) && line.trim_end() != "--");
        own.into_iter().any(|line| says(line))
    }

    /// Whether folding saves any room.
    fn is_long(&self, range: Range<usize>) -> bool {
        let lines = self.lines(range, 10 * LEAST_LETTERS);
        lines.len() >= LEAST_LINES || lines.iter().map(String::len).sum::<usize>() >= LEAST_LETTERS
    }
}

/// Whether a line leads to a quote: "On Monday Ada wrote:".
fn is_attribution(line: &str) -> bool {
    let line = line.trim();
    line.len() <= MAX_ATTRIBUTION && line.ends_with([':', '\u{ff1a}'])
}
