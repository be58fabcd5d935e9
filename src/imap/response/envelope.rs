//! ENVELOPE (RFC 9051 section 7.5.2), as raw bytes: decoding words and charsets is the mime layer's job.

use super::defect::{Defect, Defects};
use super::token::{Item, Items};
use crate::imap::limits;

/// One address. A group starts with one whose host is missing and has its name in `mailbox`, and ends with one
/// that has neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WireAddress {
    /// Display name, still encoded.
    pub name: Option<Vec<u8>>,
    /// Source route; obsolete.
    pub route: Option<Vec<u8>>,
    /// What stands before the `@`.
    pub mailbox: Option<Vec<u8>>,
    /// What stands behind the `@`.
    pub host: Option<Vec<u8>>,
}

/// The header fields that the server picked out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "each field is the header field of that name")]
pub struct WireEnvelope {
    pub date: Option<Vec<u8>>,
    pub subject: Option<Vec<u8>>,
    pub from: Vec<WireAddress>,
    pub sender: Vec<WireAddress>,
    pub reply_to: Vec<WireAddress>,
    pub to: Vec<WireAddress>,
    pub cc: Vec<WireAddress>,
    pub bcc: Vec<WireAddress>,
    pub in_reply_to: Option<Vec<u8>>,
    pub message_id: Option<Vec<u8>>,
}

/// `None` if it is no list.
pub(crate) fn read(item: &Item<'_>, defects: &mut Defects) -> Option<WireEnvelope> {
    let mut items = item.list()?;
    Some(WireEnvelope {
        date: string(&mut items, defects),
        subject: string(&mut items, defects),
        from: addresses(&mut items, defects),
        sender: addresses(&mut items, defects),
        reply_to: addresses(&mut items, defects),
        to: addresses(&mut items, defects),
        cc: addresses(&mut items, defects),
        bcc: addresses(&mut items, defects),
        in_reply_to: string(&mut items, defects),
        message_id: string(&mut items, defects),
    })
}

fn string(items: &mut Items<'_>, defects: &mut Defects) -> Option<Vec<u8>> {
    let item = defects.some(items.next(), Defect::MissingValue("ENVELOPE"))?;
    if item.is_list() {
        defects.note(Defect::BadValue("ENVELOPE"));
    }
    item.nstring().map(|raw| raw.into_owned())
}

/// NIL, `()` (hydroxide), or addresses.
fn addresses(items: &mut Items<'_>, defects: &mut Defects) -> Vec<WireAddress> {
    let mut all = Vec::new();
    let Some(item) = defects.some(items.next(), Defect::MissingValue("ENVELOPE")) else { return all };
    let Some(list) = item.list() else {
        if !item.is_nil() {
            defects.note(Defect::BadValue("ENVELOPE address"));
        }
        return all;
    };
    for entry in list {
        let Some(mut parts) = entry.list() else {
            defects.note(Defect::BadValue("ENVELOPE address"));
            continue;
        };
        if all.len() >= limits::MAX_ADDRESSES {
            defects.note(Defect::TooMany("addresses"));
            break;
        }
        let mut part = || parts.next().and_then(|p| p.nstring()).map(|raw| raw.into_owned());
        all.push(WireAddress { name: part(), route: part(), mailbox: part(), host: part() });
    }
    all
}
