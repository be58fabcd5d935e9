//! Takes transfer encodings off while bytes stream by (RFC 2045 section 6). Pure, constant memory.

use crate::model::TransferEncoding;

/// Longest line end of quoted-printable that is held back: trailing white space is not content
/// (RFC 2045 section 6.7, rule 3), but a line of spaces without end is not worth memory.
const MAX_HELD: usize = 1_024;

/// A decoder that takes pieces cut anywhere.
#[derive(Debug)]
pub(super) enum Decoder {
    Identity,
    Base64 { bits: u32, have: u8, ended: bool },
    QuotedPrintable { held: Vec<u8> },
}

impl Decoder {
    pub(super) fn new(encoding: TransferEncoding) -> Self {
        match encoding {
            TransferEncoding::Identity => Self::Identity,
            TransferEncoding::Base64 => Self::Base64 { bits: 0, have: 0, ended: false },
            TransferEncoding::QuotedPrintable => Self::QuotedPrintable { held: Vec::new() },
        }
    }

    /// Decodes a piece and appends the result.
    pub(super) fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Identity => out.extend_from_slice(piece),
            Self::Base64 { bits, have, ended } => base64(piece, bits, have, ended, out),
            Self::QuotedPrintable { held } => {
                for byte in piece {
                    quoted_printable(*byte, held, out);
                }
            }
        }
    }

    /// Appends what was held back.
    pub(super) fn finish(self, out: &mut Vec<u8>) {
        match self {
            Self::Identity => {}
            Self::Base64 { bits, have, .. } => {
                // 2 or 3 characters without padding: senders forget it, the bytes are there.
                let bytes = (bits << (24 - u32::from(have) * 6).min(24)).to_be_bytes();
                let [_, first, second, _] = bytes;
                match have {
                    2 => out.push(first),
                    3 => out.extend([first, second]),
                    _ => {}
                }
            }
            Self::QuotedPrintable { held } => {
                // A lone `=` at the end is a soft line break that was cut off.
                if held.first() == Some(&b'=') {
                    if !matches!(held.as_slice(), [b'='] | [b'=', b'\r']) {
                        out.extend_from_slice(&held);
                    }
                } else if held.first() == Some(&b'\r') {
                    out.push(b'\r');
                }
            }
        }
    }
}

fn base64(piece: &[u8], bits: &mut u32, have: &mut u8, ended: &mut bool, out: &mut Vec<u8>) {
    out.reserve(piece.len() / 4 * 3 + 3);
    for byte in piece {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                pad(bits, have, ended, out);
                continue;
            }
            // Anything else is to be ignored (RFC 2045 section 6.8).
            _ => continue,
        };
        *ended = false;
        *bits = (*bits << 6) | u32::from(value);
        *have += 1;
        if *have == 4 {
            let [_, a, b, c] = bits.to_be_bytes();
            out.extend([a, b, c]);
            (*bits, *have) = (0, 0);
        }
    }
}

/// Padding ends a group; some senders glue several encoded pieces together, so reading goes on after it.
fn pad(bits: &mut u32, have: &mut u8, ended: &mut bool, out: &mut Vec<u8>) {
    if !*ended {
        match have {
            2 => {
                let [_, first, _, _] = (*bits << 12).to_be_bytes();
                out.push(first);
            }
            3 => {
                let [_, first, second, _] = (*bits << 6).to_be_bytes();
                out.extend([first, second]);
            }
            _ => {}
        }
    }
    *ended = true;
    (*bits, *have) = (0, 0);
}

/// `held` is either an escape that is not complete, or white space that may turn out to be trailing.
fn quoted_printable(byte: u8, held: &mut Vec<u8>, out: &mut Vec<u8>) {
    match (held.as_slice(), byte) {
        ([b'='], b'\n') | ([b'=', b'\r'], b'\n') => held.clear(),
        // White space between `=` and the line end is added by mail gateways.
        ([b'='], b'\r' | b' ' | b'\t') => {
            if byte == b'\r' {
                held.push(byte);
            }
        }
        ([b'='], b'=') => out.push(b'='),
        ([b'='], _) => held.push(byte),
        ([b'=', first], _) => match (hex(*first), hex(byte)) {
            (Some(high), Some(low)) => {
                out.push(high << 4 | low);
                held.clear();
            }
            _ => {
                // No escape after all: shown as it is.
                let literal = std::mem::take(held);
                out.extend_from_slice(&literal);
                quoted_printable(byte, held, out);
            }
        },
        (_, b'=') => {
            out.append(held);
            held.push(b'=');
        }
        (_, b'\n') => {
            let end: &[u8] = if held.last() == Some(&b'\r') { b"\r\n" } else { b"\n" };
            held.clear();
            out.extend_from_slice(end);
        }
        (_, b' ' | b'\t' | b'\r') => {
            if held.last() == Some(&b'\r') || held.len() >= MAX_HELD {
                out.append(held);
            }
            held.push(byte);
        }
        (_, _) => {
            out.append(held);
            out.push(byte);
        }
    }
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(encoding: TransferEncoding, bytes: &[u8], piece: usize) -> Vec<u8> {
        let (mut decoder, mut out) = (Decoder::new(encoding), Vec::new());
        for piece in bytes.chunks(piece) {
            decoder.push(piece, &mut out);
        }
        decoder.finish(&mut out);
        out
    }

    #[test]
    fn base64_of_all_sorts() {
        let cases: [(&str, &[u8]); 8] = [
            ("aGVsbG8=", b"hello"),
            ("aGVs\r\nbG8=\r\n", b"hello"),
            ("aGVsbG8", b"hello"),
            ("aGk=aGk=", b"hihi"),
            ("aA", b"h"),
            ("aA==", b"h"),
            ("a", b""),
            ("a*G\0k=", b"hi"),
        ];
        for (input, expected) in cases {
            for piece in 1..5 {
                assert_eq!(decode(TransferEncoding::Base64, input.as_bytes(), piece), expected, "{input:?}");
            }
        }
    }

    #[test]
    fn quoted_printable_of_all_sorts() {
        let cases = [
            ("a=3Db", "a=b"),
            ("soft=\r\nbreak", "softbreak"),
            ("soft=\nbreak", "softbreak"),
            ("soft= \r\nbreak", "softbreak"),
            ("trailing  \r\nspace", "trailing\r\nspace"),
            ("in the middle", "in the middle"),
            ("lower=e4", "lower\u{fffd}"),
            ("no=XXescape", "no=XXescape"),
            ("cut=4", "cut=4"),
            ("cut=", "cut"),
            ("a\rb", "a\rb"),
            ("==3D", "=="),
            ("end\r\n", "end\r\n"),
        ];
        for (input, expected) in cases {
            for piece in 1..5 {
                let out = decode(TransferEncoding::QuotedPrintable, input.as_bytes(), piece);
                assert_eq!(String::from_utf8_lossy(&out), expected, "{input:?} in pieces of {piece}");
            }
        }
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(bytes in proptest::collection::vec(prop_oneof![Just(b'='), Just(b'\r'), Just(b'\n'), Just(b' '), Just(b'A'), any::<u8>()], 0..200), piece in 1_usize..20) {
            for encoding in [TransferEncoding::Base64, TransferEncoding::QuotedPrintable, TransferEncoding::Identity] {
                prop_assert_eq!(decode(encoding, &bytes, piece), decode(encoding, &bytes, 1_000));
            }
        }

        #[test]
        fn base64_reads_what_others_write(bytes in proptest::collection::vec(any::<u8>(), 0..300), piece in 1_usize..20) {
            use base64::Engine as _;
            let text = base64::engine::general_purpose::STANDARD.encode(&bytes);
            prop_assert_eq!(decode(TransferEncoding::Base64, text.as_bytes(), piece), bytes);
        }
    }
}
