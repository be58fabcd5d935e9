//! The MIME structure of a message as an IMAP server describes it (RFC 9051 section 7.5.2, BODYSTRUCTURE).
//!
//! Kept flat, in reading order, so that no hostile nesting can overflow a stack.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Place of a part in its message, such as `1.2` (RFC 9051 section 6.4.5). The empty path is the whole message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartPath(Vec<u32>);

impl PartPath {
    /// Deepest path that is accepted; deeper parts come only from hostile mails.
    pub const MAX_DEPTH: usize = 64;

    /// The whole message.
    #[must_use]
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// The `n`th part inside this one, counted from 1.
    #[must_use]
    pub fn child(&self, n: u32) -> Self {
        let mut numbers = self.0.clone();
        numbers.push(n);
        Self(numbers)
    }

    /// Number of levels; 0 for the whole message.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.0.len()
    }

    /// Whether this part lies inside `other` (or is it).
    #[must_use]
    pub fn is_inside(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The part around this one; `None` for the whole message.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (_, rest) = self.0.split_last()?;
        Some(Self(rest.to_vec()))
    }

    /// The part numbers from the outside in.
    #[must_use]
    pub fn numbers(&self) -> &[u32] {
        &self.0
    }
}

impl fmt::Display for PartPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, n) in self.0.iter().enumerate() {
            write!(f, "{}{n}", if i == 0 { "" } else { "." })?;
        }
        Ok(())
    }
}

/// A text that is no part path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a part path is numbers from 1 with dots between, such as 1.2")]
pub struct BadPartPath;

impl std::str::FromStr for PartPath {
    type Err = BadPartPath;

    fn from_str(text: &str) -> Result<Self, BadPartPath> {
        if text.is_empty() {
            return Ok(Self::root());
        }
        let numbers: Vec<u32> = text
            .split('.')
            .map(|n| n.parse().ok().filter(|n| *n > 0).ok_or(BadPartPath))
            .collect::<Result<_, _>>()?;
        if numbers.len() > Self::MAX_DEPTH { Err(BadPartPath) } else { Ok(Self(numbers)) }
    }
}

impl Serialize for PartPath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartPath {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// `type/subtype` in lower case (RFC 2045 section 5.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MediaType {
    /// Such as `text`.
    pub kind: String,
    /// Such as `plain`.
    pub subtype: String,
}

impl MediaType {
    /// Makes a media type; both words are put in lower case.
    #[must_use]
    pub fn new(kind: &str, subtype: &str) -> Self {
        Self { kind: kind.to_ascii_lowercase(), subtype: subtype.to_ascii_lowercase() }
    }

    /// Whether it is exactly `kind/subtype` (both given in lower case).
    #[must_use]
    pub fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind == kind && self.subtype == subtype
    }

    /// Whether it is a text in HTML.
    #[must_use]
    pub fn is_html(&self) -> bool {
        self.is("text", "html") || self.is("application", "xhtml+xml")
    }

    /// Whether it contains other parts by number.
    #[must_use]
    pub fn is_multipart(&self) -> bool {
        self.kind == "multipart"
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.subtype)
    }
}

/// How the bytes of a part are encoded for transport (RFC 2045 section 6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransferEncoding {
    /// `7bit`, `8bit`, `binary` or unknown: as it is.
    #[default]
    Identity,
    /// `base64`
    Base64,
    /// `quoted-printable`
    QuotedPrintable,
}

impl TransferEncoding {
    /// Reads the word of a `Content-Transfer-Encoding` field, without case.
    #[must_use]
    pub fn from_wire(word: &str) -> Self {
        if word.trim().eq_ignore_ascii_case("base64") {
            Self::Base64
        } else if word.trim().eq_ignore_ascii_case("quoted-printable") {
            Self::QuotedPrintable
        } else {
            Self::Identity
        }
    }
}

/// What the sender wants done with a part (RFC 2183).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Disposition {
    /// Shown with the text.
    Inline,
    /// Offered as a file. Unknown words count as this (RFC 2183 section 2.8).
    Attachment,
}

/// One node of the structure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Where it is. A message that is no multipart has its only part at `1`; the multipart around
    /// everything has the empty path.
    pub path: PartPath,
    /// What it is.
    pub media_type: MediaType,
    /// `charset` parameter in lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charset: Option<String>,
    /// `format=flowed` (RFC 3676).
    #[serde(default, skip_serializing_if = "is_false")]
    pub flowed: bool,
    /// `delsp=yes` (RFC 3676).
    #[serde(default, skip_serializing_if = "is_false")]
    pub del_sp: bool,
    /// Encoding for transport.
    #[serde(default)]
    pub encoding: TransferEncoding,
    /// Bytes as transported, that is before decoding.
    #[serde(default)]
    pub size: u64,
    /// `Content-ID` without angle brackets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_id: Option<String>,
    /// Content-Disposition, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<Disposition>,
    /// File name, decoded (RFC 2231, RFC 2047) but not yet made safe: see `mime::filename`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// `Content-ID` of the part that is the text of a `multipart/related` (RFC 2387 section 3.2), without angle
    /// brackets; the first one if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}

/// All parts of a message in reading order; a multipart stands before what it contains.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BodyStructure {
    /// At most [`BodyStructure::MAX_PARTS`].
    pub parts: Vec<Part>,
}

impl BodyStructure {
    /// Parts kept per message; more come only from hostile mails.
    pub const MAX_PARTS: usize = 1000;

    /// The part at a path.
    #[must_use]
    pub fn part(&self, path: &PartPath) -> Option<&Part> {
        self.parts.iter().find(|p| p.path == *path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_what_they_write() {
        for good in ["", "1", "1.2.3", "4294967295"] {
            assert_eq!(good.parse::<PartPath>().unwrap().to_string(), good);
        }
        for bad in ["0", "1.", ".1", "a", "1.0", "1..2"] {
            assert_eq!(bad.parse::<PartPath>(), Err(BadPartPath), "{bad}");
        }
        assert!(vec!["1"; 65].join(".").parse::<PartPath>().is_err());
    }

    #[test]
    fn structure_survives_json() {
        let part = Part {
            path: PartPath::root().child(1).child(2),
            media_type: MediaType::new("TEXT", "Plain"),
            charset: Some("utf-8".into()),
            flowed: true,
            del_sp: false,
            encoding: TransferEncoding::from_wire("Quoted-Printable"),
            size: 12,
            content_id: None,
            disposition: Some(Disposition::Inline),
            filename: None,
            start: None,
        };
        let all = BodyStructure { parts: vec![part] };
        let json = serde_json::to_string(&all).unwrap();
        assert_eq!(serde_json::from_str::<BodyStructure>(&json).unwrap(), all);
    }
}
