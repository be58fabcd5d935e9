//! `Content-Type` and `Content-Disposition`: a word and parameters (RFC 2045 section 5.1, RFC 2183, RFC 2231).

use super::encoded_word::decode_words;
use crate::mime::{charset, display, transfer};

/// Parameters read of one field.
const MAX_PARAMETERS: usize = 100;
/// Bytes of a name that are kept.
const MAX_VALUE: usize = 4096;

/// A field with parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// What stands before the first semicolon, in lower case, without spaces and comments.
    pub word: String,
    /// Name in lower case without `*` signs, and the rest.
    raw: Vec<Parameter>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Parameter {
    name: String,
    /// Number behind the star, for values cut into pieces (RFC 2231 section 3).
    piece: Option<u32>,
    /// Percent-encoded (RFC 2231 section 4).
    extended: bool,
    value: Vec<u8>,
}

impl Parameters {
    /// Reads an unfolded field.
    #[must_use]
    pub fn parse(raw: &[u8]) -> Self {
        let (word, mut rest) = match without_semicolon(raw) {
            Some((word, rest)) => (word.to_vec(), rest),
            None => split_value(raw),
        };
        let word = String::from_utf8_lossy(&word).to_ascii_lowercase();
        let mut found = Self { word: word.split_whitespace().collect(), raw: Vec::new() };
        for _ in 0..MAX_PARAMETERS {
            rest = rest.strip_prefix(b";").unwrap_or(rest);
            let end = memchr::memchr2(b'=', b';', rest).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            let Some(after) = after.strip_prefix(b"=") else {
                rest = after;
                continue;
            };
            let (value, after) = split_value(after);
            rest = after;
            found.raw.extend(parameter(name, value));
        }
        found
    }

    /// A parameter as text: pieces joined before they are decoded, so that a character may be split over two
    /// of them; encoded words decoded, which RFC 2047 forbids here and every mailer does.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        let (bytes, label) = self.joined(name)?;
        let text = match label {
            // Some senders put encoded words even in here.
            Some(label) => decode_words(charset::decode(Some(&label), &bytes).as_bytes()),
            None => decode_words(&bytes),
        };
        Some(display::cut(&text, MAX_VALUE).to_owned())
    }

    /// A parameter as bytes, for boundaries.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        Some(self.joined(name)?.0)
    }

    /// Bytes and, for an extended value, charset. Extended values win over plain ones of the same name
    /// (RFC 2231 section 4.1 has them for mailers that know no better), the first one over the others.
    fn joined(&self, name: &str) -> Option<(Vec<u8>, Option<String>)> {
        let named = || self.raw.iter().filter(|p| p.name == name);
        if let Some(whole) = named().find(|p| p.extended && p.piece.is_none()) {
            let (label, value) = split_charset(&whole.value);
            return Some((unpercent(value), Some(label)));
        }
        let mut pieces: Vec<&Parameter> = named().filter(|p| p.piece.is_some()).collect();
        if pieces.is_empty() {
            return Some((named().next()?.value.clone(), None));
        }
        pieces.sort_by_key(|p| p.piece);
        pieces.dedup_by_key(|p| p.piece);
        let mut label = None;
        let mut bytes = Vec::new();
        for (i, piece) in pieces.into_iter().enumerate() {
            match (piece.extended, i) {
                (true, 0) => {
                    let (found, value) = split_charset(&piece.value);
                    label = Some(found);
                    bytes.extend(unpercent(value));
                }
                (true, _) => bytes.extend(unpercent(&piece.value)),
                (false, _) => bytes.extend_from_slice(&piece.value),
            }
        }
        Some((bytes, label))
    }
}

/// `type/subtype name=value` whose semicolon was forgotten: the word and the parameters.
fn without_semicolon(raw: &[u8]) -> Option<(&[u8], &[u8])> {
    let raw = raw.trim_ascii_start();
    let (word, rest) = raw.split_at(raw.iter().position(|b| b.is_ascii_whitespace() || *b == b';')?);
    let rest = rest.trim_ascii_start();
    let sign = rest.iter().position(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'-' | b'*' | b'_'))?;
    (memchr::memchr(b'/', word).is_some() && rest.get(sign) == Some(&b'=') && sign > 0)
        .then_some((word, rest))
}

/// `name`, `name*`, `name*0`, `name*0*`.
fn parameter(name: &[u8], value: Vec<u8>) -> Option<Parameter> {
    let name = std::str::from_utf8(name.trim_ascii()).ok()?.to_ascii_lowercase();
    let (name, extended) = match name.strip_suffix('*') {
        Some(name) => (name, true),
        None => (name.as_str(), false),
    };
    let (name, piece) = match name.split_once('*') {
        Some((name, number)) => (name, Some(number.parse().ok()?)),
        None => (name, None),
    };
    (!name.is_empty()).then(|| Parameter { name: name.to_owned(), piece, extended, value })
}

/// A value up to its semicolon, with quotes and comments undone, and what follows from the semicolon on.
///
/// Backslashes stand for themselves unless they escape a quote or a backslash: file names of Windows
/// come with their whole path. A value without quotes may have spaces.
fn split_value(raw: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut out = Vec::new();
    let mut rest = raw.trim_ascii_start();
    let (mut quoted, mut comment) = (false, 0_usize);
    // What is never closed stands for itself. Lengths of the rest from the last closing sign on.
    let last = |sign: u8| memchr::memrchr(sign, raw).map_or(usize::MAX, |at| raw.len() - at);
    let (last_quote, last_parenthesis) = (last(b'"'), last(b')'));
    while let Some((&byte, after)) = rest.split_first() {
        match (byte, after) {
            (b'\\', [escaped @ (b'"' | b'\\'), after @ ..]) if quoted => {
                out.push(*escaped);
                rest = after;
                continue;
            }
            (b'"', _) if comment == 0 && (quoted || rest.len() > last_quote) => quoted = !quoted,
            (b'(', _)
                if !quoted && rest.len() > last_parenthesis && (comment > 0 || starts_comment(&out)) =>
            {
                comment += 1;
            }
            (b')', _) if !quoted && comment > 0 => comment -= 1,
            (b';', _) if !quoted && comment == 0 => break,
            _ if comment == 0 => out.push(byte),
            _ => {}
        }
        rest = after;
    }
    let trimmed = out.trim_ascii_end().len();
    out.truncate(trimmed);
    (out, rest)
}

/// A parenthesis is a comment after a space; `report(1).pdf` without quotes is a name.
fn starts_comment(before: &[u8]) -> bool {
    before.last().is_none_or(u8::is_ascii_whitespace)
}

/// `charset'language'value`.
fn split_charset(value: &[u8]) -> (String, &[u8]) {
    let mut pieces = value.splitn(3, |b| *b == b'\'');
    match (pieces.next(), pieces.next(), pieces.next()) {
        (Some(label), Some(_), Some(rest)) => (String::from_utf8_lossy(label).into_owned(), rest),
        _ => (String::new(), value),
    }
}

fn unpercent(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if let (b'%', [high, low, after @ ..]) = (byte, after)
            && let (Some(high), Some(low)) = (transfer::hex(*high), transfer::hex(*low))
        {
            out.push((high << 4) | low);
            rest = after;
        } else {
            out.push(byte);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::header::field::unfold;

    #[test]
    fn values_of_good_and_bad_senders() {
        let cases: &[(&[u8], &str, &str)] = &[
            (b"attachment; filename=a.pdf", "attachment", "a.pdf"),
            (b"attachment; filename=\r\n \"a b.pdf\"", "attachment", "a b.pdf"),
            (b"ATTACHMENT (x) ; FileName = \"a \\\"b\\\".pdf\" (y)", "attachment", "a \"b\".pdf"),
            (b"attachment; filename=a b;c=d", "attachment", "a b"),
            (b"attachment; filename=report(1).pdf", "attachment", "report(1).pdf"),
            (b"attachment; filename=\"C:\\temp\\new.txt\"", "attachment", "C:\\temp\\new.txt"),
            (b"attachment; filename=\"open; x=y", "attachment", "\"open"),
            (b"attachment; filename*=utf-8'de'Gr%C3%BC%C3%9Fe.pdf", "attachment", "Grüße.pdf"),
            (b"attachment; filename=x; filename*=iso-8859-1''%fc", "attachment", "ü"),
            (b"attachment; filename*0*=utf-8''%E6%97; filename*1*=%A5.txt", "attachment", "日.txt"),
            (b"attachment; filename*1=b; filename*0=a; filename*2=\"c.txt\"", "attachment", "abc.txt"),
            (b"attachment; filename*0*=''a%20; filename*1=b%20", "attachment", "a b%20"),
            (
                b"attachment; filename=\"=?utf-8?B?5pel5pys6A==?=\r\n =?utf-8?B?qp4=?=\"",
                "attachment",
                "日本語",
            ),
            (b"attachment; filename==?utf-8?Q?a=5Fb?=", "attachment", "a_b"),
            ("attachment; filename=\"ü.txt\"".as_bytes(), "attachment", "ü.txt"),
            (b"attachment; filename=\"\xfc.txt\"", "attachment", "ü.txt"),
            (b"attachment; filename=a; filename=b", "attachment", "a"),
            (b"attachment; filename*=a%2", "attachment", "a%2"),
            (b"attachment; filename=a\0b\x1b", "attachment", "ab"),
            (b"; filename=a", "", "a"),
            (b"filename=a", "filename=a", "-"),
            (b"a/b filename=\"c d\"; x=y", "a/b", "c d"),
            (b"a/b\tfilename=c", "a/b", "c"),
            (b"a / b; filename=c", "a/b", "c"),
            (b"attachment; filename*=utf-8''=?utf-8?Q?a=C3=A4?=", "attachment", "aä"),
            (b"attachment; filename", "attachment", "-"),
            (b"attachment; filename*x=a", "attachment", "-"),
        ];
        for (raw, word, name) in cases {
            let found = Parameters::parse(&unfold(raw));
            assert_eq!(found.word, *word, "{:?}", String::from_utf8_lossy(raw));
            assert_eq!(
                found.text("filename").as_deref().unwrap_or("-"),
                *name,
                "{:?}",
                String::from_utf8_lossy(raw)
            );
        }
    }

    #[test]
    fn hostile_fields_take_linear_time() {
        for piece in ["(", "a=\"", ";", "a*0=b;", "\"", "=(", "x (", "\\"] {
            let raw = piece.repeat(200_000 / piece.len());
            let found = Parameters::parse(raw.as_bytes());
            assert!(found.raw.len() <= MAX_PARAMETERS);
        }
    }
}
