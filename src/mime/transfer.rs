//! Undoes transfer encodings (RFC 2045 section 6) the tolerant way: real mails have broken ones.

use crate::model::TransferEncoding;
use std::borrow::Cow;

/// The bytes of a part from its bytes as transported.
#[must_use]
pub fn decode(encoding: TransferEncoding, raw: &[u8]) -> Cow<'_, [u8]> {
    if encoding == TransferEncoding::Identity {
        return Cow::Borrowed(raw);
    }
    let mut out = Vec::with_capacity(raw.len());
    let mut decoder = Decoder::new(encoding);
    decoder.push(raw, &mut out);
    decoder.finish(&mut out);
    Cow::Owned(out)
}

/// Bytes that are looked at to tell whether a text is encoded at all.
const LOOKED_AT: usize = 4096;

/// Whether a text that is said to be base64 plainly is none: words with spaces between, or bytes that no encoder writes.
#[must_use]
pub fn is_no_base64(raw: &[u8]) -> bool {
    let start = raw.get(..LOOKED_AT).unwrap_or(raw).trim_ascii();
    let foreign = start.iter().filter(|byte| !byte.is_ascii()).count();
    // Base64 that was wrapped by spaces instead of lines has them behind whole groups of four.
    let words = start.split(|byte| *byte == b' ').filter(|word| word.len() % 4 != 0);
    (foreign + words.count()).saturating_mul(20) > start.len().max(40)
}

/// Decodes a part piece by piece, for downloads that never are in memory as a whole.
#[derive(Clone, Debug)]
pub struct Decoder(State);

#[derive(Clone, Debug)]
enum State {
    Identity,
    Base64(Base64),
    Quoted(Quoted),
}

impl Decoder {
    /// A decoder at the start of a part.
    #[must_use]
    pub fn new(encoding: TransferEncoding) -> Self {
        Self(match encoding {
            TransferEncoding::Identity => State::Identity,
            TransferEncoding::Base64 => State::Base64(Base64::default()),
            TransferEncoding::QuotedPrintable => State::Quoted(Quoted::default()),
        })
    }

    /// Takes the next bytes as transported, however they are cut, and appends what they mean.
    pub fn push(&mut self, raw: &[u8], out: &mut Vec<u8>) {
        match &mut self.0 {
            State::Identity => out.extend_from_slice(raw),
            State::Base64(state) => state.push(raw, out),
            State::Quoted(state) => raw.iter().for_each(|b| state.push(*b, out)),
        }
    }

    /// Appends what is still held back at the end of the part.
    pub fn finish(self, out: &mut Vec<u8>) {
        match self.0 {
            State::Identity => {}
            State::Base64(mut state) => state.finish(out),
            State::Quoted(mut state) => state.finish(out),
        }
    }
}

/// Base64 of RFC 2045 section 6.8. Characters outside the alphabet are skipped and padding may be missing.
///
/// Behind padding the data should end. Some senders go on with another encoded piece, and some lists append
/// plain text: a line behind padding counts only if it is base64 from end to end.
#[derive(Clone, Debug, Default)]
struct Base64 {
    bits: u32,
    /// Characters of the current group of four.
    filled: u8,
    /// The line behind padding as far as it is known.
    held: Option<Vec<u8>>,
    /// What follows is no data.
    done: bool,
}

/// A line behind padding is judged by its start if it is longer.
const MAX_HELD_LINE: usize = 4096;

/// Values of the alphabet; `SKIP` is no member of it, `PAD` is the sign `=`.
const BASE64: [u8; 256] = base64_table();
const SKIP: u8 = 255;
const PAD: u8 = 254;

#[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "evaluated by the compiler")]
const fn base64_table() -> [u8; 256] {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [SKIP; 256];
    let mut i = 0;
    while i < alphabet.len() {
        table[alphabet[i] as usize] = i as u8;
        i += 1;
    }
    table[b'=' as usize] = PAD;
    table
}

impl Base64 {
    fn push(&mut self, raw: &[u8], out: &mut Vec<u8>) {
        for &byte in raw {
            if self.done {
                return;
            }
            if let Some(line) = &mut self.held {
                line.push(byte);
                if byte == b'\n' || line.len() >= MAX_HELD_LINE {
                    self.judge(out);
                }
                continue;
            }
            match BASE64.get(usize::from(byte)).copied().unwrap_or(SKIP) {
                SKIP => {}
                PAD => {
                    self.flush(out);
                    self.held = Some(Vec::new());
                }
                value => self.take(value, out),
            }
        }
    }

    fn take(&mut self, value: u8, out: &mut Vec<u8>) {
        self.bits = (self.bits << 6) | u32::from(value);
        self.filled += 1;
        if self.filled == 4 {
            let [_, a, b, c] = self.bits.to_be_bytes();
            out.extend_from_slice(&[a, b, c]);
            (self.bits, self.filled) = (0, 0);
        }
    }

    /// Takes the line behind padding, or ends the data.
    fn judge(&mut self, out: &mut Vec<u8>) {
        let Some(line) = self.held.take() else { return };
        let value = |byte: u8| BASE64.get(usize::from(byte)).copied().unwrap_or(SKIP);
        let text = line.trim_ascii_end();
        if text.iter().any(|b| value(*b) == SKIP) {
            self.done = true;
            return;
        }
        for &byte in text {
            match value(byte) {
                PAD => self.flush(out),
                value => self.take(value, out),
            }
        }
        self.held = Some(Vec::new());
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        self.judge(out);
        self.flush(out);
    }

    /// Ends a group of two or three characters; a single one has too few bits for a byte.
    fn flush(&mut self, out: &mut Vec<u8>) {
        let [_, a, b, _] = (self.bits << (6 * u32::from(4 - self.filled.min(4)))).to_be_bytes();
        match self.filled {
            2 => out.push(a),
            3 => out.extend_from_slice(&[a, b]),
            _ => {}
        }
        (self.bits, self.filled) = (0, 0);
    }
}

/// Quoted-printable of RFC 2045 section 6.7. What is no escape stands for itself.
#[derive(Clone, Debug, Default)]
struct Quoted {
    /// Spaces and tabs that go away if the line ends here.
    spaces: Vec<u8>,
    escape: Escape,
}

/// Spaces held back until the line is known to go on; more than any sender's line is given out at once.
const MAX_HELD_SPACES: usize = 4096;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Escape {
    #[default]
    None,
    /// After `=`, and the spaces held back are behind it.
    Sign,
    /// After `=` and one hexadecimal digit.
    Digit(u8),
    /// After `=` and a carriage return.
    Return,
}

impl Quoted {
    fn push(&mut self, byte: u8, out: &mut Vec<u8>) {
        match self.escape {
            Escape::None => self.plain(byte, out),
            Escape::Sign if self.spaces.is_empty() && byte.is_ascii_hexdigit() => {
                self.escape = Escape::Digit(byte);
            }
            Escape::Sign => match byte {
                // A soft break; spaces between the sign and the line's end came in transport.
                b'\r' => self.escape = Escape::Return,
                b'\n' => (self.escape, self.spaces) = (Escape::None, Vec::new()),
                b' ' | b'\t' if self.spaces.len() < MAX_HELD_SPACES => self.spaces.push(byte),
                _ => {
                    self.literal_sign(out);
                    self.plain(byte, out);
                }
            },
            Escape::Digit(first) => {
                self.escape = Escape::None;
                if let (Some(high), Some(low)) = (hex(first), hex(byte)) {
                    out.push((high << 4) | low);
                } else {
                    out.extend_from_slice(&[b'=', first]);
                    self.plain(byte, out);
                }
            }
            Escape::Return => {
                (self.escape, self.spaces) = (Escape::None, Vec::new());
                if byte != b'\n' {
                    self.plain(byte, out);
                }
            }
        }
    }

    fn plain(&mut self, byte: u8, out: &mut Vec<u8>) {
        match byte {
            b' ' | b'\t' if self.spaces.len() < MAX_HELD_SPACES => self.spaces.push(byte),
            b'\r' | b'\n' => {
                self.spaces.clear();
                out.push(byte);
            }
            _ => {
                out.append(&mut self.spaces);
                if byte == b'=' { self.escape = Escape::Sign } else { out.push(byte) }
            }
        }
    }

    /// The sign was no escape: it stands for itself, as do the spaces behind it.
    fn literal_sign(&mut self, out: &mut Vec<u8>) {
        self.escape = Escape::None;
        out.push(b'=');
        out.append(&mut self.spaces);
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        if let Escape::Digit(first) = self.escape {
            out.extend_from_slice(&[b'=', first]);
        }
    }
}

/// Value of a hexadecimal digit of either case.
#[must_use]
pub fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(encoding: TransferEncoding, raw: &str) -> String {
        String::from_utf8(decode(encoding, raw.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn broken_base64_gives_what_is_there() {
        let cases = [
            ("aGVsbG8gd29ybGQ=", "hello world"),
            ("aGVsbG8gd29ybGQ", "hello world"),
            ("aGVs\r\nbG8g\nd29ybGQ=\r\n", "hello world"),
            ("aGVs*bG8-g d29y!bGQ=", "hello world"),
            ("aGVsbG8=IHdvcmxk", "hello world"),
            ("aGVsbG8==\r\nIHdvcmxk", "hello world"),
            ("ecO2dMOkIHZhYW4uCg== ignored", "yötä vaan.\n"),
            ("aGVsbG8=\n_____\nlist mailing list\naGVsbG8=", "hello"),
            ("aGVsbG8=\n\n--footer\nabcd", "hello"),
            ("aGVs\naGU=\nbGxv\nIQ==\n", "helhello!"),
            ("a", ""),
            ("", ""),
            ("====", ""),
        ];
        for (input, expected) in cases {
            assert_eq!(text(TransferEncoding::Base64, input), expected, "{input:?}");
        }
    }

    #[test]
    fn broken_quoted_printable_gives_what_is_there() {
        let cases = [
            ("a == b =C3=A9", "a == b é"),
            ("=c3=a9", "é"),
            ("soft=\r\nbreak=\nhere", "softbreakhere"),
            ("soft= \t\r\nbreak", "softbreak"),
            ("gone \t\r\nspaces  \n", "gone\r\nspaces\n"),
            ("kept=20\r\n", "kept \r\n"),
            ("1 + 1 = 2", "1 + 1 = 2"),
            ("=ZZ=4=", "=ZZ=4"),
            ("end=", "end"),
            ("end=4", "end=4"),
            ("a=\rb", "ab"),
            ("==3D=", "=="),
        ];
        for (input, expected) in cases {
            assert_eq!(text(TransferEncoding::QuotedPrintable, input), expected, "{input:?}");
        }
    }

    #[test]
    fn a_long_run_of_spaces_is_not_lost() {
        let line = format!("a{}b", " ".repeat(3 * MAX_HELD_SPACES));
        assert_eq!(text(TransferEncoding::QuotedPrintable, &line), line);
    }

    fn base64_of(bytes: &[u8]) -> String {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(bytes)
    }

    proptest! {
        #[test]
        fn base64_reads_what_the_standard_writes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let encoded = base64_of(&bytes);
            prop_assert_eq!(decode(TransferEncoding::Base64, encoded.as_bytes()).into_owned(), bytes);
        }

        #[test]
        fn pieces_give_the_same_as_the_whole(raw in "[=A-F0-9 \t\r\nxyz]{0,80}", at in 0usize..80) {
            for encoding in [TransferEncoding::Base64, TransferEncoding::QuotedPrintable] {
                let (head, tail) = raw.as_bytes().split_at(at.min(raw.len()));
                let mut pieces = Vec::new();
                let mut decoder = Decoder::new(encoding);
                decoder.push(head, &mut pieces);
                decoder.push(tail, &mut pieces);
                decoder.finish(&mut pieces);
                prop_assert_eq!(decode(encoding, raw.as_bytes()).into_owned(), pieces);
            }
        }
    }
}
