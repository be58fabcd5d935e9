//! Address lists (RFC 5322 section 3.4), read so that no part of a broken one is lost from view.
//!
//! The address is taken from the raw field before any encoded word is decoded: a word that decodes to
//! `boss@example.com` is a name, never an address.

use super::encoded_word::{decode_words, word};
use crate::mime::{charset, display};
use crate::model::Address;

/// Addresses kept of one field.
pub const MAX_ADDRESSES: usize = 1000;
/// Bytes kept of a display name, and of an address (RFC 5321 allows 254).
const MAX_LENGTH: usize = 1000;
/// Longest domain literal, such as `[IPv6:...]`.
const MAX_LITERAL: usize = 256;

/// The addresses of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// In the order of the field; groups are dissolved. A group without members stands as a mere name.
    pub addresses: Vec<Address>,
    /// There were more than [`MAX_ADDRESSES`].
    pub cut: bool,
}

/// Reads an unfolded address list.
#[must_use]
pub fn parse_list(raw: &[u8]) -> List {
    let mut parser = Parser { raw, ..Parser::default() };
    while parser.at < raw.len() && !parser.list.cut {
        parser.step();
    }
    parser.finish_item();
    parser.end_group();
    parser.list
}

#[derive(Default)]
struct Parser<'a> {
    raw: &'a [u8],
    at: usize,
    /// Display name so far: quotes undone, comments left out.
    name: Vec<u8>,
    /// The same with its quotes, in case that it is an address without angle brackets.
    bare: Vec<u8>,
    comment: Option<Vec<u8>>,
    angle: Option<&'a [u8]>,
    /// Name of the group that is open, and whether it had members.
    group: Option<(String, bool)>,
    // Set once a closing sign was looked for in vain: from there on the opening one stands for itself. This
    // keeps the time linear.
    no_quotes: bool,
    no_comments: bool,
    list: List,
}

impl<'a> Parser<'a> {
    fn step(&mut self) {
        let rest = self.raw.get(self.at..).unwrap_or_default();
        let Some(&byte) = rest.first() else { return };
        self.at += 1;
        match byte {
            b'"' => self.quoted(rest),
            b'(' => self.parenthesis(rest),
            b'<' => self.angle(rest),
            b'>' => {}
            b',' => self.finish_item(),
            b';' => {
                self.finish_item();
                self.end_group();
            }
            b':' => self.colon(),
            b'[' => {
                let end = memchr::memchr(b']', rest.get(..MAX_LITERAL.min(rest.len())).unwrap_or_default());
                self.both(rest.get(..=end.unwrap_or(0)).unwrap_or_default());
            }
            b'=' => {
                let length = word(rest).map_or(1, |w| w.length);
                self.both(rest.get(..length).unwrap_or_default());
            }
            b'\\' => {
                self.name.extend(rest.get(1));
                self.bare.extend(rest.get(..2).unwrap_or_default());
                self.at += 1;
            }
            b'\t' | b'\r' | b'\n' => {
                self.name.push(b' ');
                self.bare.push(b' ');
            }
            _ => {
                self.name.push(byte);
                self.bare.push(byte);
            }
        }
    }

    /// Takes bytes as they are; `at` stands behind the first of them.
    fn both(&mut self, bytes: &[u8]) {
        self.name.extend_from_slice(bytes);
        self.bare.extend_from_slice(bytes);
        self.at += bytes.len().saturating_sub(1);
    }

    fn quoted(&mut self, rest: &[u8]) {
        let Some(length) = (if self.no_quotes { None } else { quoted_length(rest) }) else {
            self.no_quotes = true;
            return self.both(b"\"");
        };
        let inner = rest.get(1..length - 1).unwrap_or_default();
        unescape(inner, &mut self.name);
        self.bare.extend_from_slice(rest.get(..length).unwrap_or_default());
        self.at += length - 1;
    }

    fn parenthesis(&mut self, rest: &[u8]) {
        let Some(length) = (if self.no_comments { None } else { comment_length(rest) }) else {
            self.no_comments = true;
            return self.both(b"(");
        };
        if self.comment.is_none() {
            let mut text = Vec::new();
            unescape(rest.get(1..length - 1).unwrap_or_default(), &mut text);
            self.comment = Some(text);
        }
        self.name.push(b' ');
        self.bare.push(b' ');
        self.at += length - 1;
    }

    fn angle(&mut self, rest: &'a [u8]) {
        if self.angle.is_some() {
            // Two in a row without a comma: both are shown.
            self.finish_item();
        }
        let inner = rest.get(1..).unwrap_or_default();
        let (end, closed) = angle_end(inner, &mut self.no_quotes);
        self.angle = inner.get(..end);
        self.at += end + usize::from(closed);
    }

    /// A colon ends the name of a group, unless an address came before it.
    fn colon(&mut self) {
        if self.angle.is_some() || self.bare.contains(&b'@') || self.name.trim_ascii().is_empty() {
            return self.both(b":");
        }
        self.end_group();
        self.group = Some((clean_name(&self.name), false));
        self.clear();
    }

    fn end_group(&mut self) {
        if let Some((name, false)) = self.group.take()
            && !name.is_empty()
        {
            self.push(Address { name, email: String::new() });
        }
    }

    fn clear(&mut self) {
        self.name.clear();
        self.bare.clear();
        self.comment = None;
        self.angle = None;
    }

    fn finish_item(&mut self) {
        let mut address = match self.angle {
            Some(angle) => Address { name: clean_name(&self.name), email: clean_address(angle) },
            None => without_angle(&self.bare, &self.name),
        };
        if address.name.is_empty()
            && let Some(comment) = &self.comment
        {
            address.name = clean_name(comment);
        }
        if address.name.eq_ignore_ascii_case(&address.email) {
            address.name.clear();
        }
        self.clear();
        if !address.name.is_empty() || !address.email.is_empty() {
            if let Some((_, had_members)) = &mut self.group {
                *had_members = true;
            }
            self.push(address);
        }
    }

    fn push(&mut self, address: Address) {
        if self.list.addresses.len() < MAX_ADDRESSES {
            self.list.addresses.push(address);
        } else {
            self.list.cut = true;
        }
    }
}

/// Bytes of the quoted string at the start, with its quotes.
fn quoted_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// Bytes of the comment at the start, with its parentheses; comments nest.
fn comment_length(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        at += memchr::memchr3(b'(', b')', b'\\', bytes.get(at..)?)?;
        match bytes.get(at) {
            Some(b'(') => depth += 1,
            Some(b')') => depth -= 1,
            _ => at += 1,
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Where the content of an angle bracket ends, and whether a `>` stands there. One that is not closed ends
/// before the next item of the list.
fn angle_end(inner: &[u8], no_quotes: &mut bool) -> (usize, bool) {
    let start = inner.iter().position(|b| !matches!(b, b'<' | b' ')).unwrap_or(inner.len());
    let route = inner.get(start) == Some(&b'@');
    let mut at = start;
    while let Some(&byte) = inner.get(at) {
        match byte {
            b'>' => return (at, true),
            b'<' => return (at, false),
            b',' | b';' if !route => return (at, false),
            b'"' if !*no_quotes => match inner.get(at..).and_then(quoted_length) {
                Some(length) => at += length,
                None => *no_quotes = true,
            },
            _ => at += 1,
        }
    }
    (at, false)
}

fn unescape(inner: &[u8], out: &mut Vec<u8>) {
    let mut escaped = false;
    for &byte in inner {
        if byte == b'\\' && !escaped {
            escaped = true;
        } else {
            out.push(byte);
            escaped = false;
        }
    }
}

fn clean_name(raw: &[u8]) -> String {
    let name = decode_words(raw.trim_ascii());
    let quoted = |sign: char| name.strip_prefix(sign)?.strip_suffix(sign);
    let inner = quoted('"').or_else(|| quoted('\'')).unwrap_or(&name);
    display::cut(inner.trim(), MAX_LENGTH).trim_end().to_owned()
}

/// An address as it stands in the mail, without a route, comments and spaces that may stand between its parts.
fn clean_address(raw: &[u8]) -> String {
    let usual = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'.' | b'-' | b'_' | b'+' | b'=');
    if raw.iter().all(usual) && !raw.starts_with(b"@") {
        return display_address(raw);
    }
    let raw = raw.trim_ascii().trim_ascii_start();
    let raw = raw.iter().position(|b| *b != b'<').and_then(|start| raw.get(start..)).unwrap_or_default();
    let raw = if raw.starts_with(b"@") {
        // A source route, obsolete since 1989 (RFC 5322 section 4.4).
        memchr::memrchr(b':', raw).and_then(|colon| raw.get(colon + 1..)).unwrap_or(raw)
    } else {
        raw
    };
    let raw = match raw.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case(b"mailto:") => raw.get(7..).unwrap_or_default(),
        _ => raw,
    };
    let tokens = tokens(raw);
    display_address(&tokens.join(&b' '))
}

fn display_address(raw: &[u8]) -> String {
    let text = charset::guess(raw);
    if !text.contains(display::is_unsafe) {
        return display::cut(text.trim(), MAX_LENGTH).to_owned();
    }
    let text: String = text.chars().filter(|c| !display::is_unsafe(*c)).collect();
    display::cut(text.trim(), MAX_LENGTH).to_owned()
}

/// Cuts at spaces outside quotes. Comments go, and so do spaces beside `@` and dots.
fn tokens(raw: &[u8]) -> Vec<Vec<u8>> {
    let mut tokens: Vec<Vec<u8>> = Vec::new();
    let mut rest = raw;
    let mut gap = true;
    let (mut no_quotes, mut no_comments) = (false, false);
    while let Some((&byte, tail)) = rest.split_first() {
        let mut length = 1;
        match byte {
            b'"' if !no_quotes => match quoted_length(rest) {
                Some(quoted) => length = quoted,
                None => no_quotes = true,
            },
            b'(' if !no_comments => match comment_length(rest) {
                Some(comment) => {
                    rest = rest.get(comment..).unwrap_or_default();
                    gap = true;
                    continue;
                }
                None => no_comments = true,
            },
            b' ' | b'\t' | b'\r' | b'\n' => {
                rest = tail;
                gap = true;
                continue;
            }
            _ => {}
        }
        let piece = rest.get(..length).unwrap_or_default();
        rest = rest.get(length..).unwrap_or_default();
        let sticky = |b: Option<&u8>| matches!(b, Some(b'@' | b'.'));
        match tokens.last_mut() {
            Some(last) if !gap || sticky(piece.first()) || sticky(last.last()) => {
                last.extend_from_slice(piece);
            }
            _ => tokens.push(piece.to_vec()),
        }
        gap = false;
    }
    tokens
}

/// An item without angle brackets: an address, a name, or both side by side.
fn without_angle(bare: &[u8], name: &[u8]) -> Address {
    let mut tokens = tokens(bare);
    if let Some(at) =
        tokens.iter().position(|t| t.contains(&b'@') && !t.starts_with(b"\"") || is_quoted_local(t))
    {
        let email = display_address(&tokens.remove(at));
        let mut name = Vec::new();
        unescape(&tokens.join(&b' '), &mut name);
        name.retain(|b| *b != b'"');
        return Address { name: clean_name(&name), email };
    }
    match tokens.as_slice() {
        [only] if !only.starts_with(b"=?") && !only.starts_with(b"\"") => {
            Address { name: String::new(), email: display_address(only) }
        }
        _ => Address { name: clean_name(name), email: String::new() },
    }
}

/// Whether a token is an address such as `"john doe"@example.com`.
fn is_quoted_local(token: &[u8]) -> bool {
    let after = quoted_length(token).filter(|_| token.starts_with(b"\"")).and_then(|n| token.get(n));
    matches!(after, Some(b'@' | b'.'))
}

#[cfg(test)]
mod tests;
