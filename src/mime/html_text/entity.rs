//! Character references of HTML (WHATWG HTML section 13.2.5.72 and following). Knows no tags.

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};
use std::borrow::Cow;

/// Longest name of a named reference.
const MAX_NAME: usize = 33;

/// Where a reference stands; in an attribute `&copy=1` is no reference.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Text,
    Attribute,
}

/// Text with its character references resolved.
pub(super) fn decode(text: &str, place: Place) -> Cow<'_, str> {
    if memchr::memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let after = from.get(1..).unwrap_or_default();
        let length = match after.strip_prefix('#') {
            Some(digits) => numeric(digits, &mut out).map(|n| n + 1),
            None => named(after, place, &mut out),
        };
        if length.is_none() {
            out.push('&');
        }
        rest = after.get(length.unwrap_or(0)..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Bytes after `&#` that belong to the reference.
fn numeric(text: &str, out: &mut String) -> Option<usize> {
    let (digits, radix) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    let count = digits.bytes().take_while(|b| char::from(*b).is_digit(radix)).count();
    if count == 0 {
        return None;
    }
    let number = digits.get(..count)?.trim_start_matches('0');
    // More digits than a character can have give no character.
    let number = if number.is_empty() { Some(0) } else { u32::from_str_radix(number, radix).ok() };
    let c1 =
        number.and_then(|n| C1_REPLACEMENTS.get(usize::try_from(n.checked_sub(0x80)?).ok()?).copied()?);
    let character = c1.or_else(|| number.filter(|n| *n != 0).and_then(char::from_u32));
    out.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    let semicolon = usize::from(digits.as_bytes().get(count) == Some(&b';'));
    Some(text.len() - digits.len() + count + semicolon)
}

/// Bytes after `&` that belong to the longest name of the table.
fn named(text: &str, place: Place, out: &mut String) -> Option<usize> {
    let name = |b: &u8| b.is_ascii_alphanumeric();
    let count = text.bytes().take(MAX_NAME).take_while(name).count();
    let with_semicolon = count + usize::from(text.as_bytes().get(count) == Some(&b';'));
    let found = (2..=with_semicolon).rev().find_map(|length| {
        let (first, second) = NAMED_ENTITIES.get(text.get(..length)?)?;
        (*first != 0).then_some((length, *first, *second))
    });
    let (length, first, second) = found?;
    let bytes = text.as_bytes();
    let closed = length.checked_sub(1).and_then(|last| bytes.get(last)) == Some(&b';');
    let goes_on = bytes.get(length).is_some_and(|b| name(b) || *b == b'=');
    if place == Place::Attribute && !closed && goes_on {
        return None;
    }
    out.extend([first, second].into_iter().filter(|n| *n != 0).filter_map(char::from_u32));
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_as_browsers_do() {
        let cases = [
            ("a &amp; b &lt;c&gt; &quot;&apos;", "a & b <c> \"'"),
            ("&uuml;&nbsp;&hellip;", "ü\u{a0}…"),
            ("&notit; &notin;", "¬it; ∉"),
            ("&copy2026 &amp", "©2026 &"),
            ("&#252;&#xfc;&#XFC &#8364", "üüü €"),
            ("&#128;&#150;", "€–"),
            ("&#0;&#xD800;&#99999999999;", "\u{fffd}\u{fffd}\u{fffd}"),
            ("&#;&#x;&;& &unknown;", "&#;&#x;&;& &unknown;"),
            ("&NotEqualTilde;", "≂̸"),
            ("&#000000000000065;", "A"),
        ];
        for (input, expected) in cases {
            assert_eq!(decode(input, Place::Text), expected, "{input}");
        }
        assert_eq!(decode("?a=1&copy=2&lt;&copy", Place::Attribute), "?a=1&copy=2<©");
    }
}
