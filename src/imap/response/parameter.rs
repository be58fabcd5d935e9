//! Parameters of BODYSTRUCTURE with RFC 2231 continuations and charsets.

use super::defect::{Defect, Defects};
use super::token::Item;
use crate::imap::limits;
use std::borrow::Cow;

/// The parameters of one header field, in order.
#[derive(Default)]
pub(crate) struct Parameters<'t>(Vec<Parameter<'t>>);

/// Name and value.
type Parameter<'t> = (Cow<'t, [u8]>, Cow<'t, [u8]>);

impl<'t> Parameters<'t> {
    /// Reads `("name" "value" ..)`. NIL, `()` and one level of extra parentheses are fine.
    pub(crate) fn read(item: Option<Item<'t>>, defects: &mut Defects) -> Self {
        let mut all = Vec::new();
        let Some(item) = item else { return Self(all) };
        let Some(list) = item.list() else {
            if !item.is_nil() {
                defects.note(Defect::BadValue("body parameters"));
            }
            return Self(all);
        };
        let mut name = None;
        let mut take = |item: Item<'t>| match name.take() {
            None => name = Some(item),
            Some(name) => {
                // A NIL value (mail.ru) is like no parameter.
                if let (Some(name), Some(value)) = (name.nstring(), item.nstring()) {
                    all.push((name, value));
                }
            }
        };
        for item in list {
            match item.list() {
                Some(inner) => inner.for_each(&mut take),
                None => take(item),
            }
        }
        if name.is_some() {
            defects.note(Defect::MissingValue("body parameter"));
        }
        Self(all)
    }

    /// The value of a plain parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        let found = self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| value.as_ref())
    }

    /// The value of a parameter that may be split and encoded. Encoded words (RFC 2047) are left for the mime layer.
    pub(crate) fn decoded(&self, name: &str) -> Option<String> {
        self.extended(name).or_else(|| self.get(name).map(to_text)).filter(|text| !text.is_empty())
    }

    /// `name*=`, or `name*0=`, `name*1*=` joined.
    fn extended(&self, name: &str) -> Option<String> {
        let mut pieces: Vec<(u32, bool, &[u8])> = Vec::new();
        for (key, value) in &self.0 {
            let Some(suffix) = strip_prefix_no_case(key, name.as_bytes()).and_then(|s| s.strip_prefix(b"*"))
            else {
                continue;
            };
            let (number, encoded) = match suffix.strip_suffix(b"*") {
                Some(number) => (number, true),
                None => (suffix, suffix.is_empty()),
            };
            let number = if number.is_empty() { Some(0) } else { super::token::digits(number) };
            if let Some(number) = number.and_then(|n| u32::try_from(n).ok()) {
                pieces.push((number, encoded, value.as_ref()));
            }
        }
        pieces.sort_by_key(|(number, ..)| *number);
        pieces.dedup_by_key(|(number, ..)| *number);
        pieces.truncate(limits::MAX_PARAMETER_PIECES);
        join(&pieces)
    }
}

/// Joins the pieces up to the first gap.
fn join(pieces: &[(u32, bool, &[u8])]) -> Option<String> {
    let mut bytes = Vec::new();
    let mut charset: &[u8] = &[];
    for (expected, (number, encoded, value)) in (0_u32..).zip(pieces) {
        if *number != expected {
            break;
        }
        let mut value = *value;
        if expected == 0 && *encoded {
            let mut parts = value.splitn(3, |b| *b == b'\'');
            if let (Some(first), Some(_), Some(rest)) = (parts.next(), parts.next(), parts.next()) {
                (charset, value) = (first, rest);
            }
        }
        if *encoded { percent_decode(value, &mut bytes) } else { bytes.extend_from_slice(value) }
    }
    if bytes.is_empty() {
        return None;
    }
    Some(match encoding_rs::Encoding::for_label(charset) {
        Some(encoding) => encoding.decode(&bytes).0.into_owned(),
        None => to_text(&bytes),
    })
}

fn strip_prefix_no_case<'a>(key: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = key.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn percent_decode(value: &[u8], out: &mut Vec<u8>) {
    let mut rest = value;
    while let Some((first, after)) = rest.split_first() {
        let hex = |at: usize| after.get(at).and_then(|b| char::from(*b).to_digit(16));
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                out.extend(u8::try_from(high * 16 + low));
                rest = after.get(2..).unwrap_or(&[]);
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
}

/// UTF-8, or else what most old mailers meant: windows-1252.
pub(crate) fn to_text(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(raw).0.into_owned(),
    }
}
