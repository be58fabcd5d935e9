//! Finds links in running text and cleans the targets of links in HTML.

use super::Link;
use crate::mime::display;
use std::sync::Arc;

/// Longest target; longer ones are no links.
pub const MAX_TARGET: usize = 8192;
/// Longest local part of an address in text (RFC 5321 section 4.5.3.1.1).
const MAX_LOCAL: usize = 64;
/// The only schemes that a click may lead to.
const SCHEMES: [&str; 4] = ["http:", "https:", "mailto:", "tel:"];

/// The links in a text: `http:` and `https:` addresses, `mailto:`, names that begin with `www.`, and mail
/// addresses. Punctuation and unpaired brackets at the end belong to the sentence.
#[must_use]
pub fn find(text: &str) -> Vec<Link> {
    let bytes = text.as_bytes();
    let mut links: Vec<Link> = Vec::new();
    let mut floor = 0;
    for at in memchr::memchr3_iter(b':', b'@', b'.', bytes) {
        if at < floor {
            continue;
        }
        let found = match bytes.get(at) {
            Some(b':') => with_scheme(text, at, floor),
            Some(b'@') => address(text, at, floor),
            _ => without_scheme(text, at, floor),
        };
        if let Some(link) = found {
            floor = link.range.end;
            links.push(link);
        }
    }
    links
}

/// A link whose scheme ends at the colon `at`.
fn with_scheme(text: &str, at: usize, floor: usize) -> Option<Link> {
    let before = text.get(floor..at)?;
    let word = before.len() - before.bytes().rev().take_while(u8::is_ascii_alphabetic).count();
    let scheme = before.get(word..)?;
    if before.get(..word)?.ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    // What must follow is looked for before the whole is measured: this keeps the time linear.
    let after = text.get(at + 1..)?;
    if scheme.eq_ignore_ascii_case("mailto") {
        let near = after.get(..after.floor_char_boundary(MAX_LOCAL + 1))?;
        near.find('@').filter(|at| *at > 0)?;
    } else if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") {
        after.strip_prefix("//")?.chars().next().filter(|c| c.is_alphanumeric() || *c == '[')?;
    } else {
        return None;
    }
    let start = floor + word;
    let target = text.get(start..at + 1 + length(after))?;
    (!target.ends_with(['@', ':'])).then(|| link(start, target, target))
}

/// `www.example.com`, where `at` is the first dot.
fn without_scheme(text: &str, at: usize, floor: usize) -> Option<Link> {
    let start = at.checked_sub(3).filter(|start| *start >= floor)?;
    let is_word = text.get(start..at)?.eq_ignore_ascii_case("www");
    let joined = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '@' | '-');
    if !is_word || text.get(..start)?.ends_with(joined) {
        return None;
    }
    let after = text.get(at + 1..)?;
    let end = after.find(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '.')).unwrap_or(after.len());
    let host = after.get(..end)?.trim_end_matches('.');
    if !host.contains('.') || !host.starts_with(char::is_alphanumeric) {
        return None;
    }
    let shown = text.get(start..at + 1 + length(after))?;
    Some(link(start, shown, &format!("https://{shown}")))
}

/// `joe@example.com`, where `at` is the sign in its middle.
fn address(text: &str, at: usize, floor: usize) -> Option<Link> {
    let local =
        |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-' | b'=' | b'\'');
    let before = text.get(floor..at)?.as_bytes();
    let length = before.iter().rev().take(MAX_LOCAL + 1).take_while(|b| local(b)).count();
    let name = before.get(before.len() - length..)?;
    let skipped = name.iter().take_while(|b| !b.is_ascii_alphanumeric() && **b != b'_').count();
    if length > MAX_LOCAL || skipped == length {
        return None;
    }
    let start = at - length + skipped;
    let joined = |c: char| c.is_alphanumeric() || matches!(c, '/' | ':' | '@');
    if text.get(floor..start)?.ends_with(joined) {
        return None;
    }
    let after = text.get(at + 1..)?;
    let end = after.find(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '.')).unwrap_or(after.len());
    let host = after.get(..end)?.trim_end_matches(['.', '-']);
    let (rest, top) = host.rsplit_once('.')?;
    if rest.is_empty() || top.chars().nth(1).is_none() || !top.starts_with(char::is_alphabetic) {
        return None;
    }
    let shown = text.get(start..at + 1 + host.len())?;
    Some(link(start, shown, &format!("mailto:{shown}")))
}

fn link(start: usize, shown: &str, target: &str) -> Link {
    Link { range: start..start + shown.len(), target: Arc::from(target) }
}

/// Bytes of an address that starts here.
fn length(text: &str) -> usize {
    let end = text.find(ends_link).unwrap_or(text.len());
    let mut body = text.get(..end).unwrap_or_default();
    let count = |sign: char| body.matches(sign).count();
    let mut surplus =
        [('(', ')'), ('[', ']')].map(|(open, close)| (close, count(close).saturating_sub(count(open))));
    while let Some(last) = body.chars().next_back() {
        let unpaired = surplus.iter_mut().find(|(close, n)| *close == last && *n > 0);
        match (last, unpaired) {
            (_, Some((_, n))) => *n -= 1,
            ('.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~', None) => {}
            _ => break,
        }
        body = body.get(..body.len() - last.len_utf8()).unwrap_or_default();
    }
    body.len()
}

/// Characters that no address contains and that stand around addresses in many languages.
fn ends_link(c: char) -> bool {
    matches!(c,
        '\0'..=' ' | '\u{7f}' | '<' | '>' | '"' | '`' | '{' | '}' | '|' | '\\' | '^'
        | '«' | '»' | '‘'..='‟' | '…' | '‹' | '›'
        | '\u{3000}'..='\u{3003}' | '\u{3008}'..='\u{301f}'
        | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
        || (!c.is_ascii() && (c.is_whitespace() || c.is_control()))
}

/// The target of a link of an HTML mail, if a click may follow it: a scheme of ours, no control characters,
/// spaces and invisible characters percent-encoded. Anything else (`javascript:`, `file:`, relative) is none.
#[must_use]
pub fn target(href: &str) -> Option<Arc<str>> {
    let href = href.trim_matches(|c: char| c <= ' ');
    if href.len() > MAX_TARGET {
        return None;
    }
    let mut out = String::with_capacity(href.len());
    if href.starts_with("//") {
        out.push_str("https:");
    }
    for c in href.chars() {
        // Browsers drop these three wherever they stand.
        if matches!(c, '\t' | '\n' | '\r') {
            continue;
        }
        if display::is_unsafe(c) || c.is_whitespace() {
            let mut buffer = [0; 4];
            out.extend(c.encode_utf8(&mut buffer).bytes().map(|b| format!("%{b:02X}")));
        } else {
            out.push(c);
        }
    }
    let allowed = |scheme: &str| {
        out.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && out.len() > scheme.len()
    };
    SCHEMES.iter().any(|s| allowed(s)).then(|| Arc::from(out))
}
