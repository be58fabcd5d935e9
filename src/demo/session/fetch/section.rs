//! Bytes of `BODY[...]` and `BINARY[...]` (RFC 9051 section 6.4.5). No I/O.

use crate::demo::command::{Section, SectionKind};
use crate::demo::content::Content;
use crate::demo::structure::{Node, fields};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::borrow::Cow;

/// The bytes of a section; `None` if the message has no such part.
pub(super) fn bytes<'a>(content: &'a Content, section: &Section) -> Option<Cow<'a, [u8]>> {
    if section.path.is_empty() {
        return Some(match &section.kind {
            SectionKind::Whole => content.bytes(),
            SectionKind::Text => Cow::Borrowed(content.body()),
            SectionKind::Header | SectionKind::Mime => content.header(),
            SectionKind::Fields { not, names } => Cow::Owned(pick(&content.header(), names, *not)),
        });
    }
    let tree = content.tree();
    let node = tree.at(&section.path)?;
    let place = |node: &Node| content.body().get(node.body.clone()).map(Cow::Borrowed);
    let header = |node: &Node| match &node.header {
        Some(place) => content.body().get(place.clone()).map(Cow::Borrowed),
        None => Some(content.header()),
    };
    // HEADER and TEXT speak of the message inside a message/rfc822 part.
    let inner = || node.children.first().filter(|_| node.is_message());
    match &section.kind {
        SectionKind::Whole => place(node),
        SectionKind::Mime => header(node),
        SectionKind::Header => header(inner()?),
        SectionKind::Text => place(inner()?),
        SectionKind::Fields { not, names } => Some(Cow::Owned(pick(&header(inner()?)?, names, *not))),
    }
}

/// The bytes of a part without its transfer encoding (RFC 3516).
pub(super) fn decoded<'a>(content: &'a Content, path: &[u32]) -> Option<Cow<'a, [u8]>> {
    let section = Section { path: path.to_vec(), kind: SectionKind::Whole };
    let raw = bytes(content, &section)?;
    let tree = content.tree();
    let encoding = if path.is_empty() { "" } else { tree.at(path)?.encoding.as_str() };
    match encoding {
        "BASE64" => {
            let packed: Vec<u8> = raw.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
            STANDARD.decode(packed).ok().map(Cow::Owned)
        }
        "QUOTED-PRINTABLE" => Some(Cow::Owned(unquote_printable(&raw))),
        _ => Some(raw),
    }
}

fn unquote_printable(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        if *byte != b'=' {
            out.push(*byte);
        } else if let Some(tail) = rest.strip_prefix(b"\r\n") {
            rest = tail;
        } else if let Some((pair, tail)) = rest.split_at_checked(2) {
            let value = std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
            match value {
                Some(value) => {
                    out.push(value);
                    rest = tail;
                }
                None => out.push(b'='),
            }
        }
    }
    out
}

/// The part of a section that `<offset.length>` asks for; empty beyond the end.
pub(super) fn slice(value: &[u8], offset: u64, length: u64) -> &[u8] {
    let start = usize::try_from(offset).unwrap_or(usize::MAX).min(value.len());
    let end = start.saturating_add(usize::try_from(length).unwrap_or(usize::MAX)).min(value.len());
    value.get(start..end).unwrap_or_default()
}

/// The fields of those names (or all others) and the empty line.
fn pick(header: &[u8], names: &[String], not: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, place) in fields(header) {
        if names.contains(&name) != not {
            out.extend_from_slice(header.get(place).unwrap_or_default());
        }
    }
    out.extend_from_slice(b"\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_of_a_nested_message() {
        let mail = "Subject: out\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3Db=\r\nc\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\nTo: a@example.org\r\n\r\nhi\r\n--x--\r\n";
        let content = Content::new(mail.as_bytes().to_vec());
        let text = |path: &[u32], kind: SectionKind| {
            bytes(&content, &Section { path: path.to_vec(), kind })
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        };
        let subject = || SectionKind::Fields { not: false, names: vec!["subject".into()] };
        assert_eq!(text(&[], subject()).unwrap(), "Subject: out\r\n\r\n");
        assert_eq!(text(&[2], subject()).unwrap(), "Subject: in\r\n\r\n");
        assert_eq!(text(&[2], SectionKind::Text).unwrap(), "hi");
        assert_eq!(text(&[2, 1], SectionKind::Whole).unwrap(), "hi");
        assert_eq!(text(&[2], SectionKind::Mime).unwrap(), "Content-Type: message/rfc822\r\n\r\n");
        assert_eq!(text(&[1], SectionKind::Header), None);
        assert_eq!(text(&[3], SectionKind::Whole), None);
        assert_eq!(decoded(&content, &[1]).unwrap().as_ref(), b"a=bc");
        assert_eq!(text(&[], SectionKind::Whole).unwrap(), mail);
        assert_eq!(slice(b"hello", 1, 3), b"ell");
        assert_eq!(slice(b"hello", 9, 3), b"");
    }
}
