//! Encodings of text and bytes for transport. No I/O.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Longest encoded word (RFC 2047 section 2).
const MAX_WORD: usize = 75;

/// A text for a header field, as encoded words if it has to be; the pieces are folded.
pub(in crate::demo::sample) fn encode_word(text: &str) -> String {
    if text.is_ascii() && !text.contains("=?") {
        return fold(text);
    }
    // Mostly Latin text stays readable in Q, other scripts are shorter in B.
    let high = text.chars().filter(|c| !c.is_ascii()).count();
    let q = high * 4 < text.chars().count();
    let mut words = Vec::new();
    let mut piece = String::new();
    for c in text.chars() {
        let grown = format!("{piece}{c}");
        if word(&grown, q).len() > MAX_WORD {
            words.push(word(&std::mem::take(&mut piece), q));
        }
        piece.push(c);
    }
    words.push(word(&piece, q));
    words.join("\r\n ")
}

fn word(text: &str, q: bool) -> String {
    if !q {
        return format!("=?utf-8?B?{}?=", STANDARD.encode(text));
    }
    let mut out = "=?utf-8?Q?".to_owned();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('_'),
            b if b.is_ascii_alphanumeric() => out.push(char::from(b)),
            b => out.push_str(&format!("={b:02X}")),
        }
    }
    out.push_str("?=");
    out
}

/// Folds a long ASCII text at spaces.
fn fold(text: &str) -> String {
    let mut out = String::new();
    let mut length = 10;
    for (i, word) in text.split(' ').enumerate() {
        if i > 0 {
            let long = length + word.len() > 74;
            out.push_str(if long { "\r\n " } else { " " });
            length = if long { 1 } else { length + 1 };
        }
        out.push_str(word);
        length += word.len();
    }
    out
}

/// Base64 in lines of 76 characters.
pub(in crate::demo::sample) fn base64_lines(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() / 57 * 78 + 80);
    for chunk in bytes.chunks(57) {
        STANDARD.encode_string(chunk, &mut out);
        out.push_str("\r\n");
    }
    out
}

/// Quoted-printable (RFC 2045 section 6.7) of text bytes with CRLF line ends.
pub(in crate::demo::sample) fn quoted_printable(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() * 5 / 4);
    for line in text.split_inclusive(|b| *b == b'\n') {
        let (line, end) = line.strip_suffix(b"\r\n").map_or((line, ""), |line| (line, "\r\n"));
        let mut length = 0;
        for (i, byte) in line.iter().enumerate() {
            let at_end = i + 1 == line.len();
            let plain = (b'!'..=b'~').contains(byte) && *byte != b'=' || *byte == b' ' && !at_end;
            let size = if plain { 1 } else { 3 };
            if length + size > 75 {
                out.push_str("=\r\n");
                length = 0;
            }
            if plain {
                out.push(char::from(*byte));
            } else {
                out.push_str(&format!("={byte:02X}"));
            }
            length += size;
        }
        out.push_str(end);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_short_and_whole() {
        let text = "Проект договора на перевод путеводителя по малым рекам и озёрам";
        let encoded = encode_word(text);
        assert!(encoded.lines().all(|line| line.trim().len() <= MAX_WORD));
        let wrapped = format!("Subject: {encoded}\r\n\r\n");
        let parsed = mail_parser::MessageParser::default().parse(wrapped.as_bytes()).unwrap();
        assert_eq!(parsed.subject(), Some(text));
    }

    #[test]
    fn quoted_printable_lines_are_short() {
        let text = format!("{}ü \r\nend", "a=b ".repeat(40));
        let encoded = quoted_printable(text.as_bytes());
        assert!(encoded.lines().all(|line| line.len() <= 76));
        assert!(encoded.contains("=3D") && encoded.contains("=C3=BC=20\r\nend"));
    }
}
