//! Makes text from strangers harmless to look at: no control characters, nothing that reorders or hides.

use std::borrow::Cow;

/// Whether a character must never reach a one-line display: controls, bidi controls (a name could turn
/// `gpj.exe` around), invisible characters (two names could look the same), line and paragraph separators.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    match c {
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        ' '..='~' => false,
        _ => is_bidi_control(c) || is_invisible(c) || matches!(c, '\u{2028}' | '\u{2029}'),
    }
}

/// Characters that change the direction of what follows (Unicode Annex 9).
#[must_use]
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters without a shape of their own, joiners included.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a joiner has work to do between these two characters. Scripts from Arabic on, and emoji, are
/// written with joiners; between Latin, Greek or Cyrillic letters they only serve to deceive.
fn joins(before: Option<char>, after: Option<char>) -> bool {
    before.is_some_and(|c| c >= '\u{600}') && after.is_some_and(|c| c >= '\u{600}')
}

/// Text that may stand on one line of the window: unsafe characters are gone, line breaks, tabs and odd
/// spaces are plain spaces, runs of spaces are one, none at either end.
#[must_use]
pub fn display_safe(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut last = None;
    while let Some(c) = chars.next() {
        if is_space(c) {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_unsafe(c)
            || (matches!(c, '\u{200c}' | '\u{200d}')
                && joins(last, chars.peek().copied().filter(|next| !is_unsafe(*next))))
        {
            out.push(c);
        }
        last = out.chars().next_back();
    }
    if out.ends_with(' ') {
        out.pop();
    }
    Cow::Owned(out)
}

/// Whether [`display_safe`] has nothing to do, found out without decoding for the usual ASCII text.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().all(|b| matches!(b, b' '..=b'~'))
        && !bytes.starts_with(b" ")
        && !bytes.ends_with(b" ")
        && memchr::memmem::find(bytes, b"  ").is_none()
}

/// Spaces of all widths, and what ends a line.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}') || (c > '~' && c.is_whitespace())
}

/// Drops from running text what no reader should see: control characters except tab and line feed, and the
/// two characters that force a direction. Other bidi marks stay: Hebrew and Arabic mails need them.
pub fn push_body_safe(out: &mut String, text: &str) {
    let harmful = |c: char| {
        matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
            | '\u{202d}' | '\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
    };
    for piece in text.split(harmful) {
        out.push_str(piece);
    }
}

/// The longest start of `text` with at most `limit` bytes that ends between two characters.
#[must_use]
pub fn cut(text: &str, limit: usize) -> &str {
    text.get(..text.floor_char_boundary(limit)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hidden_and_turning_characters_go() {
        let cases = [
            ("plain", "plain"),
            ("  two   spaces ", "two spaces"),
            ("a\r\n\tb", "a b"),
            ("nul\0and\u{1b}[31mred\u{7f}\u{9b}", "nuland[31mred"),
            ("invoice\u{202e}gpj.exe", "invoicegpj.exe"),
            ("pay\u{200b}pal\u{200d}.com\u{ad}", "paypal.com"),
            ("a\u{a0}\u{3000}b\u{2028}c", "a b c"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("👩\u{200d}👩\u{200d}👧", "👩\u{200d}👩\u{200d}👧"),
            ("👩\u{200d}", "👩"),
            ("\u{feff}", ""),
            ("Grüße 日本語", "Grüße 日本語"),
        ];
        for (input, expected) in cases {
            assert_eq!(display_safe(input), expected, "{input:?}");
        }
    }

    #[test]
    fn body_text_keeps_tabs_and_bidi_marks() {
        let mut out = String::new();
        push_body_safe(&mut out, "a\tb\u{7}\u{200f}\u{202e}c\u{85}");
        assert_eq!(out, "a\tb\u{200f}c");
    }

    proptest! {
        #[test]
        fn safe_text_stays_as_it_is(text in "\\PC*|[\\x00-\\x{3000}]*") {
            let once = display_safe(&text).into_owned();
            let joiner = |c: char| matches!(c, '\u{200c}' | '\u{200d}');
            prop_assert!(once.chars().all(|c| !is_unsafe(c) || joiner(c)));
            prop_assert_eq!(display_safe(&once).into_owned(), once);
        }
    }
}
