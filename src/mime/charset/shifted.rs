//! Charsets that encoding_rs leaves out because browsers must not read them; a mail reader has to.

use crate::mime::transfer;
use crate::model::TransferEncoding;
use encoding_rs::{Encoding, ISO_2022_JP, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// Bytes looked at to guess the byte order.
const SAMPLE: usize = 512;

/// UTF-7 (RFC 2152): `+` begins base64 of UTF-16, `-` or any other character ends it.
pub(super) fn utf7(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'+', rest) {
        let (before, after) = rest.split_at(at);
        out.push_str(&super::guess(before));
        let after = after.get(1..).unwrap_or_default();
        let in_base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
        let length = after.iter().position(|b| !in_base64(b)).unwrap_or(after.len());
        let (coded, tail) = after.split_at(length);
        let closed = tail.first() == Some(&b'-');
        if coded.is_empty() {
            out.push('+');
        } else {
            let units = transfer::decode(TransferEncoding::Base64, coded);
            let units = units.chunks_exact(2).map(|pair| match pair {
                [high, low] => u16::from_be_bytes([*high, *low]),
                _ => 0,
            });
            out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        }
        rest = if closed { tail.get(1..).unwrap_or_default() } else { tail };
    }
    out.push_str(&super::guess(rest));
    out
}

/// HZ (RFC 1843) to GB 2312 with high bits: `~{` and `~}` switch, `~~` is a tilde, `~` and a line end nothing.
pub(super) fn hz(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut wide = false;
    let mut input = bytes.iter().copied();
    while let Some(byte) = input.next() {
        match byte {
            b'~' => match input.next() {
                Some(b'{') => wide = true,
                Some(b'}') => wide = false,
                Some(b'\n') | None => {}
                Some(other) => out.push(other),
            },
            // A line end always leads back to ASCII.
            b'\r' | b'\n' => {
                wide = false;
                out.push(byte);
            }
            _ => out.push(if wide { byte | 0x80 } else { byte }),
        }
    }
    out
}

/// ISO-2022-KR (RFC 1557) to EUC-KR: shift-out and shift-in switch, the designator says nothing new.
pub(super) fn iso_2022_kr(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut wide = false;
    let mut rest = bytes;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail.strip_prefix(b"$)C").filter(|_| byte == 0x1b).unwrap_or(tail);
        match byte {
            0x0e => wide = true,
            0x0f => wide = false,
            0x1b => {}
            b'\n' => {
                wide = false;
                out.push(byte);
            }
            _ => out.push(if wide && byte > b' ' { byte | 0x80 } else { byte }),
        }
    }
    out
}

/// ISO-2022-JP. An escape sequence right behind another, as between joined encoded words, is an error to
/// browsers; to mail it is usual, and the first of the two says nothing.
pub(super) fn iso_2022_jp(bytes: &[u8]) -> String {
    let mut clean = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(0x1b, rest) {
        let (before, from) = rest.split_at(at);
        clean.extend_from_slice(before);
        let (sequence, after) = from.split_at(from.len().min(3));
        if !(after.first() == Some(&0x1b) && matches!(sequence, [_, b'(' | b'$', _])) {
            clean.extend_from_slice(sequence);
        }
        rest = after;
    }
    clean.extend_from_slice(rest);
    ISO_2022_JP.decode(&clean).0.into_owned()
}

/// UTF-16 by its byte order mark, else by where the zeros of ASCII characters stand, else big-endian
/// (RFC 2781 section 4.3).
pub(super) fn utf16(bytes: &[u8]) -> Cow<'_, str> {
    if Encoding::for_bom(bytes).is_some() {
        return UTF_16BE.decode(bytes).0;
    }
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let zeros = |offset: usize| sample.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let encoding = if zeros(1) > zeros(0) { UTF_16LE } else { UTF_16BE };
    encoding.decode(bytes).0
}

/// UTF-32 of either byte order.
pub(super) fn utf32(bytes: &[u8]) -> String {
    let little = bytes.starts_with(&[0xff, 0xfe, 0, 0]) || bytes.get(1..4) == Some(&[0, 0, 0]);
    let characters = bytes.chunks_exact(4).map(|four| match four {
        [a, b, c, d] if little => u32::from_le_bytes([*a, *b, *c, *d]),
        [a, b, c, d] => u32::from_be_bytes([*a, *b, *c, *d]),
        _ => 0,
    });
    characters
        .map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER))
        .filter(|c| *c != '\u{feff}')
        .collect()
}
