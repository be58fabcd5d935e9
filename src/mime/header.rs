//! Header of a message to an [`Envelope`]: the list shows 100,000 of them, so it is read in one pass.

pub mod address;
pub mod date;
pub mod encoded_word;
pub mod field;
mod ids;
pub mod param;
#[cfg(test)]
mod tests;

use crate::mime::{Defect, display};
use crate::model::{Address, Envelope};
use std::borrow::Cow;

pub use crate::mime::display::display_safe;
pub use encoded_word::decode_words;

/// The fields that [`parse_envelope`] reads; what `BODY.PEEK[HEADER.FIELDS (...)]` asks for.
pub const LIST_FIELDS: &[&str] = &[
    "DATE",
    "SUBJECT",
    "FROM",
    "SENDER",
    "REPLY-TO",
    "TO",
    "CC",
    "BCC",
    "MESSAGE-ID",
    "IN-REPLY-TO",
    "REFERENCES",
    "LIST-UNSUBSCRIBE",
];

/// Bytes of a header that are read; servers send more only for hostile or broken mails.
pub const MAX_HEADER: usize = 256 * 1024;
/// Bytes kept of a subject. RFC 5322 allows 998 a line; nobody reads more than a few lines.
pub const MAX_SUBJECT: usize = 4096;

/// Reads a header: all of it, or the [`LIST_FIELDS`] alone. Never fails: what is missing or unreadable is empty.
#[must_use]
pub fn parse_envelope(raw_header: &[u8]) -> Envelope {
    read(raw_header).0
}

/// Like [`parse_envelope`], with what was wrong.
///
/// Of a field that stands there twice the first one with content counts, everywhere in the program, so that
/// list, reader, reply and search never disagree about who wrote a mail.
#[must_use]
pub fn read(raw_header: &[u8]) -> (Envelope, Vec<Defect>) {
    let mut defects = Vec::new();
    let header = if raw_header.len() > MAX_HEADER {
        defects.push(Defect::HeaderCut);
        raw_header.get(..MAX_HEADER).unwrap_or(raw_header)
    } else {
        raw_header
    };
    let mut found: [Option<&[u8]>; LIST_FIELDS.len()] = [None; LIST_FIELDS.len()];
    let mut fields = field::fields(header);
    for field in &mut fields {
        let names = LIST_FIELDS.iter().zip(&mut found);
        let Some((name, slot)) = names.into_iter().find(|(name, _)| field.is(name)) else { continue };
        let value = field.value.trim_ascii();
        match slot {
            None => *slot = Some(value),
            Some([]) => *slot = Some(value),
            Some(first) if *first != value => defects.push(Defect::DuplicateField(name)),
            Some(_) => {}
        }
    }
    if fields.saw_junk() {
        defects.push(Defect::JunkInHeader);
    }
    let envelope = fill(found, &mut defects);
    defects.sort_unstable();
    defects.dedup();
    (envelope, defects)
}

/// `found` stands in the order of [`LIST_FIELDS`].
fn fill(found: [Option<&[u8]>; LIST_FIELDS.len()], defects: &mut Vec<Defect>) -> Envelope {
    let [date, subject, from, sender, reply_to, to, cc, bcc, message_id, in_reply_to, references, list] =
        found;
    let unfolded =
        |value: Option<&'_ [u8]>| value.map(field::unfold).map(Cow::into_owned).unwrap_or_default();
    let mut addresses = |value: Option<&[u8]>| -> Vec<Address> {
        let list = value.map(|v| address::parse_list(&field::unfold(v))).unwrap_or_default();
        if list.cut {
            defects.push(Defect::AddressesCut);
        }
        list.addresses
    };
    let mut envelope = Envelope {
        from: addresses(from),
        sender: addresses(sender),
        reply_to: addresses(reply_to),
        to: addresses(to),
        cc: addresses(cc),
        bcc: addresses(bcc),
        ..Envelope::default()
    };
    envelope.date = date.and_then(|v| date::parse(&field::unfold(v)));
    if date.is_some_and(|v| !v.is_empty()) && envelope.date.is_none() {
        defects.push(Defect::BadDate);
    }
    if from.is_some() && !envelope.from.iter().any(|a| a.email.contains('@')) {
        defects.push(Defect::BadFrom);
    }
    let subject = subject.map(|v| decode_words(&field::unfold(v))).unwrap_or_default();
    display::cut(&subject, MAX_SUBJECT).trim_end().clone_into(&mut envelope.subject);
    envelope.message_id = ids::one(&unfolded(message_id));
    envelope.in_reply_to = ids::answered(&unfolded(in_reply_to));
    envelope.references = ids::all(&unfolded(references));
    envelope.list_unsubscribe = list.is_some_and(|v| !v.is_empty());
    envelope
}
