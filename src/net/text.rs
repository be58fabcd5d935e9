//! Makes text from outside harmless before it stands in an error, a log or a window. Pure.

/// At most `limit` bytes of the text on one line, without control, bidi or zero-width characters.
pub(crate) fn printable(raw: &[u8], limit: usize) -> String {
    let mut text = String::new();
    for c in String::from_utf8_lossy(raw).trim().chars() {
        let c = match c {
            '\t' => ' ',
            c if c.is_control() || is_invisible(c) => '?',
            c => c,
        };
        if text.len() + c.len_utf8() > limit {
            text.push('…');
            break;
        }
        text.push(c);
    }
    text
}

const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_becomes_one_harmless_line() {
        let cases: [(&[u8], &str); 5] = [
            (b"plain", "plain"),
            (b"a\x1b[31m\r\nb\0", "a?[31m??b?"),
            ("ab\u{202e}c\u{200b}".as_bytes(), "ab?c?"),
            (b"\xff\xfe", "\u{fffd}\u{fffd}"),
            (b"12345678901234567890123", "12345678901234567890…"),
        ];
        for (input, expected) in cases {
            assert_eq!(printable(input, 20), expected);
        }
    }
}
