//! Charset labels and bytes of mails to text: the web's tables plus what only mail still uses.

mod dos;
mod shifted;

use encoding_rs::{EUC_KR, Encoding, GB18030, ISO_2022_JP, REPLACEMENT, SHIFT_JIS, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// Longest label that is looked at.
const MAX_LABEL: usize = 64;
/// Bytes of an HTML text in which its charset declaration is looked for (WHATWG HTML section 4.2.5.4 says
/// 1,024; newsletters put comments before it).
const SNIFFED: usize = 4096;

/// How to read bytes.
enum Charset {
    /// A charset of the web platform.
    Web(&'static Encoding),
    /// RFC 2152.
    Utf7,
    /// RFC 1843.
    Hz,
    /// RFC 1557.
    Iso2022Kr,
    /// UTF-16 of unknown byte order.
    Utf16,
    /// UTF-32 of unknown byte order.
    Utf32,
    /// A DOS code page by its upper half.
    Dos(&'static str),
    /// No label that says anything.
    Guess,
}

/// Text of bytes in the charset with this label. Unknown, missing and plainly wrong labels are replaced by a
/// guess: UTF-8 if the bytes are that, else windows-1252. A byte order mark wins over the label.
#[must_use]
pub fn decode<'a>(label: Option<&str>, bytes: &'a [u8]) -> Cow<'a, str> {
    match lookup(label) {
        Charset::Guess if shifts_to_japanese(bytes) => Cow::Owned(shifted::iso_2022_jp(bytes)),
        Charset::Guess => guess(bytes),
        Charset::Web(encoding) if encoding == UTF_8 => utf8_or_guess(bytes, TRUST_IN_LABEL),
        // UTF-8 is hardly ever hit by chance, and often called what the sender's other texts are.
        Charset::Web(encoding)
            if encoding == WINDOWS_1252 && !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok() =>
        {
            guess(bytes)
        }
        Charset::Web(encoding) if encoding == ISO_2022_JP => Cow::Owned(shifted::iso_2022_jp(bytes)),
        Charset::Web(encoding) => encoding.decode(bytes).0,
        Charset::Utf7 => Cow::Owned(shifted::utf7(bytes)),
        Charset::Hz => Cow::Owned(GB18030.decode(&shifted::hz(bytes)).0.into_owned()),
        Charset::Iso2022Kr => Cow::Owned(EUC_KR.decode(&shifted::iso_2022_kr(bytes)).0.into_owned()),
        Charset::Utf16 => shifted::utf16(bytes),
        Charset::Utf32 => Cow::Owned(shifted::utf32(bytes)),
        Charset::Dos(upper) => Cow::Owned(dos::decode(upper, bytes)),
    }
}

/// Whether bytes switch to Japanese characters as ISO-2022-JP does; nothing else writes these sequences.
fn shifts_to_japanese(bytes: &[u8]) -> bool {
    bytes.is_ascii()
        && [b"\x1b$B", b"\x1b$@"].iter().any(|shift| memchr::memmem::find(bytes, *shift).is_some())
}

/// Whether a label says no more than none.
#[must_use]
pub fn says_nothing(label: &str) -> bool {
    matches!(lookup(Some(label)), Charset::Guess)
}

/// How many wrong sequences for each right character a text may have that says that it is UTF-8.
const TRUST_IN_LABEL: usize = 4;

/// Text of bytes without a label, as raw 8-bit headers are.
#[must_use]
pub fn guess(bytes: &[u8]) -> Cow<'_, str> {
    utf8_or_guess(bytes, 1)
}

/// UTF-8 unless it has more than `trust` wrong sequences for each right character.
fn utf8_or_guess(bytes: &[u8], trust: usize) -> Cow<'_, str> {
    // A mail that says UTF-8 may still be UTF-16.
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) if is_mostly_utf8(bytes, trust) => String::from_utf8_lossy(bytes),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

fn is_mostly_utf8(bytes: &[u8], trust: usize) -> bool {
    let (mut right, mut wrong) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    right.saturating_mul(trust) > wrong
}

fn lookup(label: Option<&str>) -> Charset {
    let Some(label) = label else { return Charset::Guess };
    if label.eq_ignore_ascii_case("utf-8") {
        return Charset::Web(UTF_8);
    }
    let label = label.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | ','));
    if label.len() > MAX_LABEL {
        return Charset::Guess;
    }
    let key: String =
        label.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    if let Some(charset) = only_in_mail(&key) {
        return charset;
    }
    let dashed = label.replace(['_', ' '], "-");
    let candidates = [label, &dashed, dashed.strip_prefix("x-").or(dashed.strip_prefix("X-")).unwrap_or("")];
    for candidate in candidates {
        if let Some(encoding) = Encoding::for_label(candidate.as_bytes()) {
            return if encoding == REPLACEMENT { Charset::Guess } else { Charset::Web(encoding) };
        }
    }
    by_pattern(&key).unwrap_or(Charset::Guess)
}

/// Labels that the web reads otherwise than mail means them, or not at all. `key` has letters and digits only.
fn only_in_mail(key: &str) -> Option<Charset> {
    Some(match key {
        // The web reads these three as windows-1252; in mail they are what senders write who know nothing.
        "usascii" | "ascii" | "ansix341968" | "xunknown" | "unknown" | "unknown8bit" | "default" | "8bit"
        | "binary" | "none" | "auto" | "autodetect" | "xuserdefined" => Charset::Guess,
        "utf7" | "unicode11utf7" | "csunicode11utf7" | "xunicode20utf7" | "unicode20utf7" | "csutf7" => {
            Charset::Utf7
        }
        "hzgb2312" | "hz" => Charset::Hz,
        "iso2022kr" | "csiso2022kr" => Charset::Iso2022Kr,
        "utf16" | "unicode" | "ucs2" | "iso10646ucs2" | "csunicode" => Charset::Utf16,
        "utf32" | "utf32be" | "utf32le" | "ucs4" => Charset::Utf32,
        // GB 18030 reads everything that GB 2312 and GBK read.
        "gb2312" | "gbk" | "cp936" | "ms936" | "windows936" | "euccn" | "gb180302000" | "xgbk" => {
            Charset::Web(GB18030)
        }
        "cp932" | "ms932" | "windows932" | "sjiswin" | "shiftjis2004" | "shiftjisx0213" => {
            Charset::Web(SHIFT_JIS)
        }
        "cp50220" | "cp50221" | "cp50222" | "iso2022jp1" | "iso2022jp2" | "iso2022jp3" | "iso2022jp2004"
        | "iso2022jpms" => Charset::Web(ISO_2022_JP),
        "cp949" | "uhc" | "ms949" | "ksc5601" | "ksc56011992" => Charset::Web(EUC_KR),
        "cp65001" | "utf8mb4" | "utf" => Charset::Web(UTF_8),
        _ => return None,
    })
}

/// Spellings such as `windows1252`, `win-1252`, `cp-1252`, `ibm850`, `8859-1`.
fn by_pattern(key: &str) -> Option<Charset> {
    let number = key.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let prefix = key.get(..key.len() - number.len())?;
    let web = |label: String| Encoding::for_label(label.as_bytes()).map(Charset::Web);
    match prefix {
        "cp" | "ibm" | "dos" | "cspc" | "oem" | "windows" | "win" | "ms" | "x" | "xcp" | "ansi" | "" => {
            if let Some(part) = number.strip_prefix("8859") {
                return web(format!("iso-8859-{part}"));
            }
            dos::upper_half(number.trim_end_matches(|c: char| c.is_ascii_alphabetic()))
                .map(Charset::Dos)
                .or_else(|| web(format!("windows-{number}")))
        }
        "iso" => {
            let part = number.strip_prefix("8859")?;
            // A year may follow, as in ISO_8859-1:1987.
            (1..=2).rev().find_map(|digits| web(format!("iso-8859-{}", part.get(..digits)?)))
        }
        _ => None,
    }
}

/// The charset that an HTML text declares in a `<meta>` tag.
#[must_use]
pub fn sniff_html(bytes: &[u8]) -> Option<String> {
    let start = bytes.get(..SNIFFED.min(bytes.len()))?.to_ascii_lowercase();
    let finder = memchr::memmem::Finder::new(b"<meta");
    for tag_at in finder.find_iter(&start) {
        let tag = start.get(tag_at..)?;
        let tag = tag.get(..memchr::memchr(b'>', tag).unwrap_or(tag.len()))?;
        let Some(at) = memchr::memmem::find(tag, b"charset") else { continue };
        let value = tag.get(at + 7..)?.trim_ascii_start();
        let Some(value) = value.strip_prefix(b"=") else { continue };
        let value = value.trim_ascii_start();
        let quotes = |b: &u8| matches!(b, b'"' | b'\'');
        let value = value.strip_prefix(b"\"").or(value.strip_prefix(b"'")).unwrap_or(value);
        let end = value.iter().position(|b| quotes(b) || b.is_ascii_whitespace() || matches!(b, b';' | b'/'));
        let label = std::str::from_utf8(value.get(..end.unwrap_or(value.len()))?).ok()?;
        // A text that could be read so far is no UTF-16, whatever it says.
        return (!label.is_empty() && !label.starts_with("utf-16")).then(|| label.to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_real_mails_are_understood() {
        let cases: &[(&str, &[u8], &str)] = &[
            ("utf-8", "Grüße".as_bytes(), "Grüße"),
            ("UTF8", "Grüße".as_bytes(), "Grüße"),
            ("iso-8859-1", b"Gr\xfc\xdfe \x93x\x94", "Grüße “x”"),
            ("\"ISO-8859-15\"", b"\xa4", "€"),
            ("iso_8859-1:1987", b"\xfc", "ü"),
            ("ISO 8859-2", b"\xb1", "ą"),
            ("8859-1", b"\xfc", "ü"),
            ("windows1251", b"\xef\xf0\xe8", "при"),
            ("CP-1250", b"\x9a", "š"),
            ("win-1252", b"\x80", "€"),
            ("koi8-r", b"\xd0\xd2\xc9", "при"),
            ("iso-8859-8-i", b"\xf9\xec\xe5\xed", "שלום"),
            ("gb2312", b"\xc4\xe3\xba\xc3", "你好"),
            ("GB18030", b"\x82\x30\xc3\x36", "㝀"),
            ("big5", b"\xa7\x41\xa6\x6e", "你好"),
            ("cp932", b"\x93\xfa\x96\x7b", "日本"),
            ("Shift_JIS", b"\x93\xfa\x96\x7b\x87\x40", "日本①"),
            ("iso-2022-jp", b"\x1b$BF|K\\\x1b(B", "日本"),
            ("iso-2022-jp", b"\x1b$BF|\x1b(B\x1b$BK\\\x1b(B", "日本"),
            ("cp50221", b"\x1b$BF|K\\\x1b(B", "日本"),
            ("euc-kr", b"\xc7\xd1", "한"),
            ("ks_c_5601-1987", b"\xc7\xd1", "한"),
            ("iso-2022-kr", b"\x1b$)C\x0eGQ\x0f!", "한!"),
            ("hz-gb-2312", b"~{<:2;~}~~a", "己不~a"),
            ("utf-7", b"Gr+APwA3w-e +- +2D3cqQ- 1", "Grüße + 💩 1"),
            ("utf-16", b"\xfe\xff\x00h\x00i", "hi"),
            ("utf-16", b"\xff\xfeh\x00i\x00", "hi"),
            ("utf-16", b"h\x00i\x00", "hi"),
            ("utf-16", b"\x00h\x00i", "hi"),
            ("utf-32", b"\x00\x00\x00h\x00\x00\x00i", "hi"),
            ("ibm850", b"\x81", "ü"),
            ("cp437", b"\x81", "ü"),
            ("us-ascii", "Grüße".as_bytes(), "Grüße"),
            ("us-ascii", b"Gr\xfc\xdfe", "Grüße"),
            ("utf-8", b"Gr\xfc\xdfe", "Grüße"),
            ("x-unknown", b"Gr\xfc\xdfe", "Grüße"),
            ("no such thing", "Grüße".as_bytes(), "Grüße"),
            ("iso-2022-cn", b"abc", "abc"),
            ("utf-8", b"\xef\xbb\xbfx", "x"),
            ("iso-8859-1", b"\xef\xbb\xbfx", "x"),
            ("utf-8", "Grüße, \u{fc}\u{c3}\u{bc}".as_bytes(), "Grüße, üÃ¼"),
        ];
        for (label, bytes, expected) in cases {
            assert_eq!(decode(Some(label), bytes), *expected, "{label} {bytes:?}");
        }
        assert_eq!(decode(None, b"caf\xe9"), "café");
        assert_eq!(
            decode(None, "Grüße aus Köln, \u{fc}".as_bytes().split_last().unwrap().1),
            "Grüße aus Köln, \u{fffd}"
        );
    }

    #[test]
    fn html_says_its_charset() {
        let cases: &[(&str, Option<&str>)] = &[
            ("<html><META charset=KOI8-R><p>", Some("koi8-r")),
            (
                "<meta name=x><meta http-equiv=Content-Type content='text/html; charset=gb2312'>",
                Some("gb2312"),
            ),
            ("<meta charset = \"utf-8\" />", Some("utf-8")),
            ("<meta charset=utf-16>", None),
            ("<p>charset=utf-8", None),
            ("<meta charset", None),
        ];
        for (html, expected) in cases {
            assert_eq!(sniff_html(html.as_bytes()).as_deref(), *expected, "{html}");
        }
    }
}
