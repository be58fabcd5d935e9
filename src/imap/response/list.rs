//! LIST, LSUB, XLIST with extended data, and STATUS.

use super::code::AppendLimit;
use super::defect::{Defect, Defects};
use super::token::{Item, Items, upper};
use super::{Body, Response};
use crate::model::{MailboxAttributes, MailboxName, ModSeq, SpecialUse, Uid, UidValidity};

/// Which command the line answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// `LIST`
    List,
    /// `LSUB`
    Lsub,
    /// `XLIST` of old Gmail and Yandex.
    Xlist,
}

/// One mailbox of a list (RFC 9051 section 7.3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListData {
    /// Which command the line answers.
    pub kind: ListKind,
    /// The name.
    pub name: MailboxName,
    /// Separates the levels; `None` if the name is one level.
    pub delimiter: Option<char>,
    /// The attributes as sent, with their backslash.
    pub attributes: Vec<String>,
    /// `CHILDINFO`: why a level is listed (RFC 5258).
    pub child_info: Vec<String>,
    /// `OLDNAME`: what it was called before RENAME (RFC 9051, RFC 5465).
    pub old_name: Option<MailboxName>,
    /// Names of extended items that are not known.
    pub unknown: Vec<String>,
}

impl ListData {
    /// Whether an attribute is set; letter case does not count (Cyrus sends lower case).
    #[must_use]
    pub fn has(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|a| a.eq_ignore_ascii_case(attribute))
    }

    /// What the attributes say apart from the use.
    #[must_use]
    pub fn mailbox_attributes(&self) -> MailboxAttributes {
        let gone = self.has("\\NonExistent");
        MailboxAttributes {
            no_select: gone || self.has("\\Noselect"),
            no_inferiors: self.has("\\Noinferiors"),
            subscribed: self.has("\\Subscribed") || self.kind == ListKind::Lsub,
        }
    }

    /// What it is for.
    #[must_use]
    pub fn special_use(&self) -> Option<SpecialUse> {
        let inbox = self.name.is_inbox().then_some(SpecialUse::Inbox);
        inbox.or_else(|| self.attributes.iter().find_map(|a| SpecialUse::from_attribute(a)))
    }

    /// Whether it has children, if the server says so.
    #[must_use]
    pub fn has_children(&self) -> Option<bool> {
        if self.has("\\HasChildren") {
            return Some(true);
        }
        (self.has("\\HasNoChildren") || self.has("\\Noinferiors")).then_some(false)
    }
}

/// A mailbox name; NIL is a name like any other.
pub(crate) fn mailbox(item: Option<Item<'_>>) -> Option<MailboxName> {
    item.and_then(|i| i.astring()).map(|raw| MailboxName::from_wire(&raw))
}

fn texts(items: Items<'_>) -> Vec<String> {
    items.filter_map(|i| i.astring()).map(|raw| String::from_utf8_lossy(&raw).into_owned()).collect()
}

/// One character, or none for NIL and `""`. Domino's `"\\"` is one backslash after unescaping.
pub(crate) fn delimiter(item: Option<Item<'_>>, defects: &mut Defects) -> Option<char> {
    let raw = item.and_then(|i| i.nstring())?;
    let mut chars = std::str::from_utf8(&raw).unwrap_or("").chars();
    let first = chars.next();
    if chars.next().is_some() || (first.is_none() && !raw.is_empty()) {
        defects.note(Defect::BadValue("hierarchy delimiter"));
    }
    first
}

pub(crate) fn read(kind: ListKind, body: &Body<'_>, defects: &mut Defects) -> Response {
    let tree = body.tree(defects);
    let mut items = tree.items();
    let mut attributes = Vec::new();
    if let Some(list) = items.peek().and_then(|item| item.list()) {
        attributes = texts(list);
        items.next();
    }
    let delimiter = delimiter(items.next(), defects);
    let name = match mailbox(items.next()) {
        Some(name) => name,
        None => {
            defects.note(Defect::MissingValue("mailbox name"));
            return super::unknown(body.frame);
        }
    };
    let mut data = ListData {
        kind,
        name,
        delimiter,
        attributes,
        child_info: Vec::new(),
        old_name: None,
        unknown: Vec::new(),
    };
    if let Some(extended) = items.next().and_then(|item| item.list()) {
        read_extended(extended, &mut data, defects);
    }
    Response::List(data)
}

fn read_extended(mut items: Items<'_>, data: &mut ListData, defects: &mut Defects) {
    while let Some(item) = items.next() {
        let name = item.text_lossy().unwrap_or_default();
        let Some(value) = items.next() else {
            defects.note(Defect::MissingValue("extended LIST item"));
            break;
        };
        if name.eq_ignore_ascii_case("CHILDINFO") {
            data.child_info = value.list().map(texts).unwrap_or_default();
        } else if name.eq_ignore_ascii_case("OLDNAME") {
            data.old_name = mailbox(value.list().and_then(|mut inner| inner.next()));
        } else {
            data.unknown.push(name);
        }
    }
}

/// Numbers of a mailbox without selecting it (RFC 9051 section 7.3.4 and extensions). Each only if the server sent it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailboxStatus {
    /// `MESSAGES`
    pub messages: Option<u32>,
    /// `RECENT`
    pub recent: Option<u32>,
    /// `UNSEEN`
    pub unseen: Option<u32>,
    /// `DELETED`
    pub deleted: Option<u32>,
    /// `UIDNEXT`
    pub uid_next: Option<Uid>,
    /// `UIDVALIDITY`
    pub uid_validity: Option<UidValidity>,
    /// `HIGHESTMODSEQ`; 0 means "none yet" (Purelymail, Zoho).
    pub highest_mod_seq: Option<ModSeq>,
    /// `SIZE`: bytes of all messages.
    pub size: Option<u64>,
    /// `DELETED-STORAGE`: bytes that an expunge would free (RFC 9208).
    pub deleted_storage: Option<u64>,
    /// `APPENDLIMIT`
    pub append_limit: Option<AppendLimit>,
    /// `MAILBOXID` (RFC 8474).
    pub mailbox_id: Option<String>,
    /// Names of items that are not known.
    pub unknown: Vec<String>,
}

pub(crate) fn read_status(body: &Body<'_>, defects: &mut Defects) -> Response {
    let tree = body.tree(defects);
    let mut items = tree.items();
    let Some(name) = mailbox(items.next()) else {
        defects.note(Defect::MissingValue("mailbox name"));
        return super::unknown(body.frame);
    };
    let mut status = MailboxStatus::default();
    match items.next().and_then(|item| item.list()) {
        Some(mut list) => {
            while let Some(item) = list.next() {
                let name = item.atom().unwrap_or(&[]);
                let name = upper(name);
                let read = list.next().is_some_and(|value| status_item(&name, &value, &mut status));
                if !read {
                    defects.note(Defect::BadValue("STATUS item"));
                }
            }
        }
        None => defects.note(Defect::MissingValue("STATUS items")),
    }
    Response::MailboxStatus { name, status }
}

/// Whether the value could be read.
fn status_item(name: &[u8], value: &Item<'_>, status: &mut MailboxStatus) -> bool {
    let number = value.number32();
    match name {
        b"MESSAGES" => status.messages = number,
        b"RECENT" => status.recent = number,
        b"UNSEEN" => status.unseen = number,
        b"DELETED" => status.deleted = number,
        b"UIDNEXT" => {
            status.uid_next = number.and_then(|n| Uid::from_wire(n).ok());
            return status.uid_next.is_some();
        }
        b"UIDVALIDITY" => {
            status.uid_validity = number.and_then(|n| UidValidity::from_wire(n).ok());
            return status.uid_validity.is_some();
        }
        b"HIGHESTMODSEQ" => {
            // 0 instead of a number that is missing would look like "nothing changed".
            status.highest_mod_seq = value.number().map(ModSeq::new);
            return status.highest_mod_seq.is_some();
        }
        b"SIZE" => {
            status.size = value.number();
            return status.size.is_some();
        }
        b"DELETED-STORAGE" => {
            status.deleted_storage = value.number();
            return status.deleted_storage.is_some();
        }
        b"APPENDLIMIT" => {
            let limit = value.number().map(AppendLimit::Bytes);
            status.append_limit = if value.is_nil() { Some(AppendLimit::None) } else { limit };
            return status.append_limit.is_some();
        }
        b"MAILBOXID" => {
            let first = value.list().and_then(|mut inner| inner.next());
            status.mailbox_id = first.and_then(|id| object_id(&id));
            return status.mailbox_id.is_some();
        }
        _ => {
            status.unknown.push(String::from_utf8_lossy(name).into_owned());
            return true;
        }
    }
    number.is_some()
}

/// An object id (RFC 8474 section 4): letters, digits, `-` and `_`. Cyrus 3.6.1 sends garbage in STATUS.
pub(crate) fn object_id(item: &Item<'_>) -> Option<String> {
    let raw = item.nstring()?;
    let clean = !raw.is_empty() && raw.len() <= 255 && raw.iter().all(|b| b.is_ascii_graphic());
    clean.then(|| String::from_utf8_lossy(&raw).into_owned())
}
