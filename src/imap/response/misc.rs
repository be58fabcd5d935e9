//! ID, NAMESPACE, QUOTA, ACL and METADATA.

use super::defect::{Defect, Defects};
use super::list::{delimiter, mailbox};
use super::token::{Item, Items};
use super::{Body, Response};
use crate::model::MailboxName;

/// One namespace (RFC 2342).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// What its mailbox names start with.
    pub prefix: MailboxName,
    /// Separates the levels.
    pub delimiter: Option<char>,
}

/// The three kinds of namespaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Namespaces {
    /// The user's own mailboxes.
    pub personal: Vec<Namespace>,
    /// Mailboxes of other users.
    pub other_users: Vec<Namespace>,
    /// Mailboxes of nobody in particular.
    pub shared: Vec<Namespace>,
}

pub(crate) fn read_namespaces(body: &Body<'_>, defects: &mut Defects) -> Namespaces {
    let tree = body.tree(defects);
    let mut items = tree.items();
    let mut group = || {
        let Some(item) = items.next() else {
            defects.note(Defect::MissingValue("NAMESPACE"));
            return Vec::new();
        };
        item.list().map(|list| namespace_group(list, defects)).unwrap_or_default()
    };
    Namespaces { personal: group(), other_users: group(), shared: group() }
}

fn namespace_group(list: Items<'_>, defects: &mut Defects) -> Vec<Namespace> {
    let mut all = Vec::new();
    for entry in list {
        let Some(mut inner) = entry.list() else {
            defects.note(Defect::BadValue("NAMESPACE"));
            continue;
        };
        if let Some(prefix) = defects.some(mailbox(inner.next()), Defect::MissingValue("NAMESPACE")) {
            all.push(Namespace { prefix, delimiter: delimiter(inner.next(), defects) });
        }
    }
    all
}

/// What one quota root counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// `STORAGE` (in KiB), `MESSAGE` or others, in capitals.
    pub name: String,
    /// In use.
    pub usage: u64,
    /// Allowed.
    pub limit: u64,
}

/// `QUOTA` (RFC 9208 section 5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Name of the quota root.
    pub root: String,
    /// What it counts.
    pub resources: Vec<Resource>,
}

/// `QUOTAROOT`: which roots count for a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaRoot {
    /// The mailbox.
    pub mailbox: MailboxName,
    /// Names of its quota roots.
    pub roots: Vec<String>,
}

fn text(item: Option<Item<'_>>) -> String {
    item.and_then(|i| i.text_lossy()).unwrap_or_default()
}

fn name_or_empty(item: Option<Item<'_>>, defects: &mut Defects) -> MailboxName {
    let name = defects.some(mailbox(item), Defect::MissingValue("mailbox name"));
    name.unwrap_or_else(|| MailboxName::from_wire(b""))
}

pub(crate) fn read_quota(body: &Body<'_>, defects: &mut Defects) -> Quota {
    let tree = body.tree(defects);
    let mut items = tree.items();
    let mut quota = Quota { root: text(items.next()), resources: Vec::new() };
    let mut list = items.next().and_then(|i| i.list()).into_iter().flatten();
    while let Some(name) = list.next() {
        let usage = list.next().and_then(|i| i.number());
        let limit = list.next().and_then(|i| i.number());
        match (name.text_lossy(), usage, limit) {
            (Some(name), Some(usage), Some(limit)) => {
                quota.resources.push(Resource { name: name.to_ascii_uppercase(), usage, limit });
            }
            _ => defects.note(Defect::BadValue("QUOTA")),
        }
    }
    quota
}

pub(crate) fn read_quota_root(body: &Body<'_>, defects: &mut Defects) -> QuotaRoot {
    let tree = body.tree(defects);
    let mut items = tree.items();
    let mailbox = name_or_empty(items.next(), defects);
    QuotaRoot { mailbox, roots: items.filter_map(|i| i.text_lossy()).collect() }
}

/// Who may do what (RFC 4314).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AclEntry {
    /// User, group or `anyone`; with `-` in front the rights are taken away.
    pub identifier: String,
    /// The letters.
    pub rights: String,
}

/// `LISTRIGHTS`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRights {
    /// Of which mailbox.
    pub mailbox: MailboxName,
    /// For whom.
    pub identifier: String,
    /// Always granted.
    pub required: String,
    /// Groups of rights that can be granted together.
    pub optional: Vec<String>,
}

pub(crate) fn read_acl(body: &Body<'_>, defects: &mut Defects) -> Response {
    let tree = body.tree(defects);
    let mut items = tree.items();
    let mailbox = name_or_empty(items.next(), defects);
    let mut entries = Vec::new();
    while let Some(identifier) = items.next() {
        let Some(rights) = defects.some(items.next(), Defect::MissingValue("ACL")) else { break };
        entries.push(AclEntry { identifier: text(Some(identifier)), rights: text(Some(rights)) });
    }
    Response::Acl { mailbox, entries }
}

pub(crate) fn read_list_rights(body: &Body<'_>, defects: &mut Defects) -> ListedRights {
    let tree = body.tree(defects);
    let mut items = tree.items();
    ListedRights {
        mailbox: name_or_empty(items.next(), defects),
        identifier: text(items.next()),
        required: text(items.next()),
        optional: items.filter_map(|i| i.text_lossy()).collect(),
    }
}

pub(crate) fn read_my_rights(body: &Body<'_>, defects: &mut Defects) -> Response {
    let tree = body.tree(defects);
    let mut items = tree.items();
    Response::MyRights { mailbox: name_or_empty(items.next(), defects), rights: text(items.next()) }
}

/// `METADATA`: values that were asked for, or only the names of entries that changed (RFC 5464 section 4.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Of which mailbox; the empty name is the server.
    pub mailbox: MailboxName,
    /// Entry names and values; a value is `None` for NIL and in an unasked notice.
    pub entries: Vec<(String, Option<Vec<u8>>)>,
}

pub(crate) fn read_metadata(body: &Body<'_>, defects: &mut Defects) -> Metadata {
    let tree = body.tree(defects);
    let mut items = tree.items();
    let mailbox = name_or_empty(items.next(), defects);
    let mut entries = Vec::new();
    match items.peek().and_then(|i| i.list()) {
        Some(mut list) => {
            while let Some(name) = list.next() {
                let value = defects.some(list.next(), Defect::MissingValue("METADATA"));
                let value = value.and_then(|v| v.nstring()).map(|v| v.into_owned());
                entries.push((text(Some(name)), value));
            }
        }
        None => entries.extend(items.filter_map(|i| i.text_lossy()).map(|name| (name, None))),
    }
    Metadata { mailbox, entries }
}

pub(crate) fn read_id(body: &Body<'_>, defects: &mut Defects) -> Vec<(String, Option<String>)> {
    let tree = body.tree(defects);
    let mut fields = Vec::new();
    let mut list = tree.items().next().and_then(|i| i.list()).into_iter().flatten();
    while let Some(name) = list.next() {
        let value = defects.some(list.next(), Defect::MissingValue("ID"));
        fields.push((text(Some(name)), value.and_then(|v| v.text_lossy())));
    }
    fields
}
