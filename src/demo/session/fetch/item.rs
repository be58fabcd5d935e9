//! Writes one item of a FETCH answer. No I/O.

use super::Context;
use super::section;
use crate::demo::command::FetchItem;
use crate::demo::mailboxes::Mail;
use crate::demo::session::labels;
use crate::demo::session::select::flag_words;
use crate::demo::{dates, respond};
use mail_parser::MessageParser;

/// Characters of a PREVIEW (RFC 8970 section 3.1: at most 256).
const PREVIEW: usize = 200;

pub(super) fn write(out: &mut Vec<u8>, item: &FetchItem, mail: &Mail, context: &Context) {
    match item {
        FetchItem::Section { section, partial, label, .. } => {
            label_and_value(out, label, *partial, section::bytes(&mail.content, section).as_deref());
        }
        FetchItem::Binary { path, partial, .. } => {
            let label = format!("BINARY[{}]", joined(path));
            label_and_value(out, &label, *partial, section::decoded(&mail.content, path).as_deref());
        }
        FetchItem::BinarySize(path) => {
            let size = section::decoded(&mail.content, path).map_or(0, |bytes| bytes.len());
            put(out, &format!("BINARY.SIZE[{}] {size}", joined(path)));
        }
        FetchItem::Envelope => {
            put(out, "ENVELOPE ");
            respond::envelope(out, &mail.content.header());
        }
        FetchItem::Body => {
            put(out, "BODY ");
            respond::body_structure(out, &mail.content, false);
        }
        FetchItem::BodyStructure => {
            put(out, "BODYSTRUCTURE ");
            respond::body_structure(out, &mail.content, true);
        }
        FetchItem::Preview => {
            put(out, "PREVIEW ");
            match preview(mail) {
                Some(text) => respond::string(out, text.as_bytes()),
                None => put(out, "NIL"),
            }
        }
        FetchItem::GmailLabels => {
            labels::write(out, context.labels.get(&mail.email_id).map_or(&[], Vec::as_slice));
        }
        FetchItem::Flags => put(out, &format!("FLAGS ({})", flag_words(&mail.flags))),
        FetchItem::Uid => put(out, &format!("UID {}", mail.uid)),
        FetchItem::InternalDate => {
            put(out, &format!("INTERNALDATE {}", dates::internal(mail.internal_date.0)))
        }
        FetchItem::Size => put(out, &format!("RFC822.SIZE {}", mail.content.size() + context.size_off)),
        FetchItem::ModSeq => put(out, &format!("MODSEQ ({})", mail.mod_seq)),
        FetchItem::EmailId => put(out, &format!("EMAILID (M{})", mail.email_id)),
        FetchItem::ThreadId => put(out, &format!("THREADID (T{})", thread(mail))),
        FetchItem::SaveDate => put(out, &format!("SAVEDATE {}", dates::internal(mail.internal_date.0))),
        FetchItem::GmailId => put(out, &format!("X-GM-MSGID {}", mail.email_id)),
        FetchItem::GmailThread => put(out, &format!("X-GM-THRID {}", thread(mail))),
    }
}

fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

fn joined(path: &[u32]) -> String {
    path.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

fn label_and_value(out: &mut Vec<u8>, label: &str, partial: Option<(u64, u64)>, value: Option<&[u8]>) {
    put(out, label);
    let value = match partial {
        Some((offset, length)) => {
            put(out, &format!("<{offset}>"));
            value.map(|value| section::slice(value, offset, length))
        }
        None => value,
    };
    out.push(b' ');
    match value {
        Some(value) => respond::literal(out, value),
        None => put(out, "NIL"),
    }
}

/// The first words of the text.
fn preview(mail: &Mail) -> Option<String> {
    let bytes = mail.content.bytes();
    let message = MessageParser::default().parse(bytes.as_ref())?;
    message.body_preview(PREVIEW).map(|text| text.replace(['\r', '\n'], " "))
}

/// A number for the conversation: that of its first message.
pub(in crate::demo::session) fn thread(mail: &Mail) -> u64 {
    let root = ["references", "in-reply-to", "message-id"]
        .iter()
        .find_map(|name| mail.content.field(name).filter(|value| !value.is_empty()))
        .unwrap_or_default();
    let root = root.split_ascii_whitespace().next().unwrap_or_default();
    // FNV-1a; the top bit stays clear because Gmail's numbers are read as signed by some clients.
    let hash = root.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash >> 1
}
