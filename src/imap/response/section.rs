//! Which piece of a message a FETCH item is (RFC 9051 section 9, `section`).

use super::defect::Defects;
use super::token::{Tree, digits, upper};
use crate::model::PartPath;
use std::fmt;

/// What of a part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum SectionText {
    /// Its content; of the whole message: everything.
    #[default]
    All,
    /// The header of the message (or of the message/rfc822 part).
    Header,
    /// These fields of it.
    HeaderFields(Vec<String>),
    /// All but these fields of it.
    HeaderFieldsNot(Vec<String>),
    /// The text of the message (or of the message/rfc822 part) without its header.
    Text,
    /// The MIME header of the part.
    Mime,
}

/// A piece of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Section {
    /// Which part.
    pub path: PartPath,
    /// What of it.
    pub text: SectionText,
}

impl Section {
    /// The content of a part.
    #[must_use]
    pub const fn part(path: PartPath) -> Self {
        Self { path, text: SectionText::All }
    }

    /// Reads what stands between the brackets; `None` if it is no section.
    pub(crate) fn read(inner: &[u8]) -> Option<Self> {
        let (numbers, rest) = split_numbers(inner);
        let path: PartPath = std::str::from_utf8(numbers).ok()?.parse().ok()?;
        let (word, after) = super::split_word(rest);
        let fields = || {
            let tree = Tree::read(after, 0, &[], &mut Defects::default());
            tree.flat().filter_map(|field| field.text_lossy()).collect()
        };
        let text = match upper(word).as_ref() {
            b"" => SectionText::All,
            b"HEADER" => SectionText::Header,
            b"HEADER.FIELDS" => SectionText::HeaderFields(fields()),
            b"HEADER.FIELDS.NOT" => SectionText::HeaderFieldsNot(fields()),
            b"TEXT" => SectionText::Text,
            b"MIME" => SectionText::Mime,
            _ => return None,
        };
        Some(Self { path, text })
    }
}

/// Splits `1.2.HEADER` into `1.2` and `HEADER`.
fn split_numbers(inner: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    for piece in inner.split_inclusive(|b| *b == b'.') {
        if digits(piece.strip_suffix(b".").unwrap_or(piece)).is_none() {
            break;
        }
        end += piece.len();
    }
    let (numbers, rest) = inner.split_at_checked(end).unwrap_or((inner, &[]));
    (numbers.strip_suffix(b".").unwrap_or(numbers), rest)
}

impl fmt::Display for Section {
    /// What stands between the brackets of `BODY[..]`. Field names have to be plain: they are not checked here.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dot = if self.path.depth() == 0 { "" } else { "." };
        write!(f, "{}", self.path)?;
        match &self.text {
            SectionText::All => Ok(()),
            SectionText::Header => write!(f, "{dot}HEADER"),
            SectionText::HeaderFields(names) => write!(f, "{dot}HEADER.FIELDS ({})", names.join(" ")),
            SectionText::HeaderFieldsNot(names) => write!(f, "{dot}HEADER.FIELDS.NOT ({})", names.join(" ")),
            SectionText::Text => write!(f, "{dot}TEXT"),
            SectionText::Mime => write!(f, "{dot}MIME"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_read_what_they_write() {
        for text in [
            "",
            "1",
            "1.2",
            "HEADER",
            "1.2.MIME",
            "3.HEADER.FIELDS (From X-A)",
            "TEXT",
            "2.TEXT",
            "HEADER.FIELDS.NOT (To)",
        ] {
            assert_eq!(Section::read(text.as_bytes()).unwrap().to_string(), text);
        }
        assert_eq!(Section::read(b"1.").unwrap().to_string(), "1");
        for bad in ["0", "1.0", "XYZ", "1.2.FOO", "99999999999"] {
            assert_eq!(Section::read(bad.as_bytes()), None, "{bad}");
        }
    }
}
