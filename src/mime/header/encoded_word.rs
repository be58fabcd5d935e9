//! Encoded words in header fields (RFC 2047), and raw 8-bit text beside them.

use crate::mime::display::display_safe;
use crate::mime::{charset, transfer};
use crate::model::TransferEncoding;
use std::borrow::Cow;

/// Longest charset label with its language (RFC 2231 section 5).
const MAX_LABEL: usize = 100;
/// How far to look for the real end of a word that seems to end too early.
const LOOK_AHEAD: usize = 256;

/// Decodes an unfolded field value for display on one line.
///
/// Adjacent words of the same charset are joined before they are decoded, because many senders split a
/// character over two words. Text outside words is UTF-8 if it can be, else windows-1252. What only looks
/// like a word stays as it is. The result is [`display_safe`]: decoding comes first, so no encoded line
/// break or control character gets through.
#[must_use]
pub fn decode_words(raw: &[u8]) -> String {
    let text = decode(raw);
    if let Cow::Owned(safe) = display_safe(&text) {
        return safe;
    }
    text
}

fn decode(raw: &[u8]) -> String {
    let mut out = String::with_capacity(raw.len());
    // Charset and bytes of the words that touch each other so far.
    let mut words: Option<(&[u8], Vec<u8>)> = None;
    // Where the text after the last word begins.
    let mut plain = 0;
    let mut from = 0;
    while let Some(at) = raw.get(from..).and_then(|rest| memchr::memmem::find(rest, b"=?")).map(|n| from + n)
    {
        let Some(word) = raw.get(at..).and_then(word) else {
            from = at + 2;
            continue;
        };
        let between = raw.get(plain..at).unwrap_or_default();
        if words.is_none() || !between.trim_ascii().is_empty() {
            flush(&mut words, &mut out);
            out.push_str(&charset::guess(between));
        }
        let bytes = word.bytes();
        match &mut words {
            Some((label, joined)) if label.eq_ignore_ascii_case(word.label) => joined.extend(bytes),
            _ => {
                flush(&mut words, &mut out);
                words = Some((word.label, bytes));
            }
        }
        plain = at + word.length;
        from = plain;
    }
    flush(&mut words, &mut out);
    out.push_str(&charset::guess(raw.get(plain..).unwrap_or_default()));
    out
}

fn flush(words: &mut Option<(&[u8], Vec<u8>)>, out: &mut String) {
    if let Some((label, bytes)) = words.take() {
        out.push_str(&charset::decode(std::str::from_utf8(label).ok(), &bytes));
    }
}

/// One encoded word.
pub(super) struct Word<'a> {
    /// Charset without language.
    label: &'a [u8],
    base64: bool,
    text: &'a [u8],
    /// Bytes from `=?` to `?=`.
    pub(super) length: usize,
}

impl Word<'_> {
    fn bytes(&self) -> Vec<u8> {
        if self.base64 {
            return transfer::decode(TransferEncoding::Base64, self.text).into_owned();
        }
        let mut out = Vec::with_capacity(self.text.len());
        let mut rest = self.text;
        while let Some((&byte, tail)) = rest.split_first() {
            rest = tail;
            match (byte, tail) {
                (b'_', _) => out.push(b' '),
                (b'=', [high, low, after @ ..]) => match (transfer::hex(*high), transfer::hex(*low)) {
                    (Some(high), Some(low)) => {
                        out.push((high << 4) | low);
                        rest = after;
                    }
                    _ => out.push(byte),
                },
                _ => out.push(byte),
            }
        }
        out
    }
}

/// The word at the start of `raw`, which begins with `=?`. Spaces inside are tolerated: they come from
/// senders that encode badly and from servers that fold badly.
pub(super) fn word(raw: &[u8]) -> Option<Word<'_>> {
    let rest = raw.strip_prefix(b"=?")?;
    let label_end = memchr::memchr(b'?', rest.get(..MAX_LABEL.min(rest.len()))?)?;
    let (label, rest) = rest.split_at(label_end);
    let label = label.split(|b| *b == b'*').next()?;
    if !label.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let (base64, rest) = match rest {
        [b'?', b'b' | b'B', b'?', rest @ ..] => (true, rest),
        [b'?', b'q' | b'Q', b'?', rest @ ..] => (false, rest),
        _ => return None,
    };
    let end = text_end(rest, base64)?;
    let length = raw.len() - rest.len() + end + 2;
    Some(Word { label, base64, text: rest.get(..end)?, length })
}

/// Position of the `?=` that ends the text of a word; none if another word begins first.
fn text_end(rest: &[u8], base64: bool) -> Option<usize> {
    for at in memchr::memchr_iter(b'?', rest) {
        if rest.get(at + 1) == Some(&b'=') {
            if base64 || !goes_on(rest.get(at + 2..).unwrap_or_default()) {
                return Some(at);
            }
        } else if at > 0 && rest.get(at - 1) == Some(&b'=') {
            return None;
        }
    }
    None
}

/// Whether a word in Q encoding goes on behind a `?=`: the question mark was not encoded, and the sign
/// begins an escape, as in `=?utf-8?q?what?=20now?=`.
fn goes_on(after: &[u8]) -> bool {
    let [high, low, rest @ ..] = after else { return false };
    if !high.is_ascii_hexdigit() || !low.is_ascii_hexdigit() {
        return false;
    }
    let token = rest.get(..LOOK_AHEAD.min(rest.len())).unwrap_or_default();
    let token = token.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    let end = memchr::memmem::find(token, b"?=");
    let start = memchr::memmem::find(token, b"=?");
    end.is_some_and(|end| start.is_none_or(|start| end <= start + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_of_good_and_bad_senders() {
        let cases: &[(&[u8], &str)] = &[
            (b"plain", "plain"),
            (b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
            (b"=?UTF-8?b?R3LDvMOfZQ==?= aus =?iso-8859-1?q?K=F6ln?=", "Grüße aus Köln"),
            // One character split over two words.
            (b"=?utf-8?B?5pel5pys6A==?= =?utf-8?B?qp4=?=", "日本語"),
            (b"=?utf-8?Q?=E6=97?=\t=?UTF-8?Q?=A5?=", "日"),
            (b"=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
            (b"=?utf-8?Q?a?= x =?utf-8?Q?b?=", "a x b"),
            (b"=?iso-8859-1?Q?a?= =?utf-8?Q?b?=", "ab"),
            (b"=?us-ascii*en?Q?Keith_Moore?=", "Keith Moore"),
            (b"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
            (b"=?gb2312?B?xOO6ww==?=", "你好"),
            (b"=?x-unknown?Q?caf=E9?=", "café"),
            (b"=?utf-8?Q?with spaces in it?=", "with spaces in it"),
            (b"=?utf-8?B?R3LDvM OfZQ==?=", "Grüße"),
            (b"=?utf-8?B?R3LDvMOfZQ?=", "Grüße"),
            (b"=?utf-8?Q?How are you??=", "How are you?"),
            (b"=?utf-8?Q?what?=20now?=", "what? now"),
            (b"=?utf-8?Q?100% =ZZ?=", "100% =ZZ"),
            (b"=?utf-8?Q??=x", "x"),
            (b"a=?utf-8?Q?b?=c", "abc"),
            // No words.
            (b"=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
            (b"=?utf-8?Q?cut off", "=?utf-8?Q?cut off"),
            (b"=?utf-8?B?abc =?utf-8?Q?d?=", "=?utf-8?B?abc d"),
            (b"1 =? 2 ?= 3", "1 =? 2 ?= 3"),
            // Raw 8-bit text.
            ("Grüße".as_bytes(), "Grüße"),
            (b"Gr\xfc\xdfe", "Grüße"),
            // Nothing hides in a word.
            (b"=?utf-8?Q?a=0D=0ABcc:_b=00=1B[31m=E2=80=AEc?=", "a Bcc: b[31mc"),
            (b"=?utf-7?Q?+AGE-b?=", "ab"),
        ];
        for (raw, expected) in cases {
            assert_eq!(decode_words(raw), *expected, "{:?}", String::from_utf8_lossy(raw));
        }
    }

    #[test]
    fn endless_beginnings_take_linear_time() {
        for piece in ["=?a?q?x", "=?a?q?x?=41", "=?", "=?utf-8?B?", "?=", "=?a?b?x?= "] {
            let raw = piece.repeat(200_000 / piece.len());
            assert!(decode_words(raw.as_bytes()).len() <= raw.len());
        }
    }

    proptest! {
        #[test]
        fn any_bytes_give_safe_text(raw in proptest::collection::vec(any::<u8>(), 0..100)) {
            let text = decode_words(&raw);
            prop_assert!(!text.chars().any(char::is_control));
        }
    }
}
