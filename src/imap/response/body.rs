//! BODYSTRUCTURE (RFC 9051 section 7.5.2) to the flat list of the model. A work list instead of recursion.

use super::defect::{Defect, Defects};
use super::parameter::{Parameters, to_text};
use super::token::{Item, Items};
use crate::model::{BodyStructure, Disposition, MediaType, Part, PartPath, TransferEncoding};

/// A body that is still to be read.
struct Job<'t> {
    item: Item<'t>,
    /// Its path if it is a single part.
    leaf: PartPath,
    /// Its path if it is a multipart; differs at the root and inside message/rfc822.
    multi: PartPath,
}

impl<'t> Job<'t> {
    /// The body of a whole message at `path`.
    fn message(item: Item<'t>, path: &PartPath) -> Self {
        Self { item, leaf: path.child(1), multi: path.clone() }
    }
}

/// `None` if it is no list at all.
///
/// A multipart directly inside a message/rfc822 part has no number of its own (RFC 9051 section 6.4.5.1): both
/// have the same path, the message part comes first.
pub(crate) fn read(item: &Item<'_>, defects: &mut Defects) -> Option<BodyStructure> {
    item.list()?;
    let mut parts = Vec::new();
    let mut jobs = vec![Job::message(*item, &PartPath::root())];
    while let Some(job) = jobs.pop() {
        if parts.len() >= BodyStructure::MAX_PARTS {
            defects.note(Defect::TooMany("body parts"));
            break;
        }
        if job.leaf.depth() > PartPath::MAX_DEPTH {
            defects.note(Defect::TooDeep);
            continue;
        }
        let Some(items) = job.item.list() else {
            defects.note(Defect::BadValue("body part"));
            continue;
        };
        if is_multipart(&items) {
            let first = jobs.len();
            parts.push(multipart(items, &job.multi, &mut jobs, defects));
            if let Some(children) = jobs.get_mut(first..) {
                children.reverse();
            }
        } else {
            parts.push(single(items, &job.leaf, &mut jobs, defects));
        }
    }
    Some(BodyStructure { parts })
}

/// A multipart starts with its parts. One without any (Gmail) starts with its subtype and then has parameters,
/// where a single part has its type and then its subtype.
fn is_multipart(items: &Items<'_>) -> bool {
    let mut items = items.clone();
    let Some(first) = items.next() else { return true };
    if first.is_list() {
        return true;
    }
    match items.next() {
        Some(second) => second.is_list() || (second.is_nil() && !first.is_nil() && !is_type(&first)),
        None => !is_type(&first),
    }
}

/// Whether it is one of the registered top-level types.
fn is_type(item: &Item<'_>) -> bool {
    let types: [&[u8]; 9] =
        [b"text", b"image", b"audio", b"video", b"application", b"message", b"font", b"model", b"multipart"];
    item.nstring().is_some_and(|word| types.iter().any(|t| word.eq_ignore_ascii_case(t)))
}

fn empty_part(path: &PartPath, media_type: MediaType) -> Part {
    Part {
        path: path.clone(),
        media_type,
        charset: None,
        flowed: false,
        del_sp: false,
        encoding: TransferEncoding::Identity,
        size: 0,
        content_id: None,
        disposition: None,
        filename: None,
        start: None,
    }
}

fn multipart<'t>(
    mut items: Items<'t>,
    path: &PartPath,
    jobs: &mut Vec<Job<'t>>,
    defects: &mut Defects,
) -> Part {
    let mut number = 0_u32;
    while let Some(child) = items.peek().filter(Item::is_list) {
        number += 1;
        if child.list().is_some_and(|mut inner| inner.next().is_some()) {
            let path = path.child(number);
            jobs.push(Job { item: child, leaf: path.clone(), multi: path });
        } else {
            defects.note(Defect::BadValue("body part"));
        }
        items.next();
    }
    if number == 0 {
        defects.note(Defect::MissingValue("body parts of a multipart"));
    }
    let subtype = items.next().and_then(|i| i.text_lossy());
    let subtype = defects.some(subtype, Defect::MissingValue("multipart subtype"));
    let mut part = empty_part(path, MediaType::new("multipart", subtype.as_deref().unwrap_or("mixed")));
    let parameters = Parameters::read(items.next(), defects);
    extension(&mut part, items.next(), &parameters, defects);
    part.start = parameters.get("start").and_then(content_id);
    part
}

fn single<'t>(mut items: Items<'t>, path: &PartPath, jobs: &mut Vec<Job<'t>>, defects: &mut Defects) -> Part {
    let kind = items.next().and_then(|i| i.text_lossy());
    let subtype = items.next().and_then(|i| i.text_lossy());
    // RFC 2045 section 5.2: what has no readable type is plain text.
    let media_type = match (kind, subtype) {
        (Some(kind), subtype) => MediaType::new(&kind, subtype.as_deref().unwrap_or("")),
        (None, _) => {
            defects.note(Defect::MissingValue("media type"));
            MediaType::new("text", "plain")
        }
    };
    let mut part = empty_part(path, media_type);
    let parameters = Parameters::read(items.next(), defects);
    part.content_id = items.next().and_then(|i| i.nstring()).and_then(|raw| content_id(&raw));
    items.next();
    if let Some(encoding) = items.next().and_then(|i| i.text_lossy()) {
        part.encoding = TransferEncoding::from_wire(&encoding);
    }
    let size = items.next().and_then(|i| i.number());
    part.size = defects.some(size, Defect::BadNumber("body size")).unwrap_or(0);
    part.charset = parameters.get("charset").map(|raw| to_text(raw).trim().to_ascii_lowercase());
    part.charset = part.charset.filter(|charset| !charset.is_empty());
    let is = |name: &str, value: &[u8]| parameters.get(name).is_some_and(|v| v.eq_ignore_ascii_case(value));
    part.flowed = is("format", b"flowed");
    part.del_sp = is("delsp", b"yes");

    if part.media_type.kind == "message" {
        if let Some(inner) = embedded(&mut items) {
            jobs.push(Job::message(inner, path));
        }
    } else if part.media_type.kind == "text" && items.peek().is_some_and(|i| i.number().is_some()) {
        items.next();
    }
    // Body MD5; some servers leave it out.
    if !items.peek().is_some_and(|item| item.is_list()) {
        items.next();
    }
    extension(&mut part, items.next(), &parameters, defects);
    part
}

/// Takes envelope, body and line count of a message part, if they are there: servers describe broken messages
/// like any other part.
fn embedded<'t>(items: &mut Items<'t>) -> Option<Item<'t>> {
    let mut ahead = items.clone();
    let envelope = ahead.next().filter(|e| e.is_list() || e.is_nil());
    let body = ahead.next().filter(Item::is_list);
    let is_body = |body: &Item<'_>| {
        let Some(mut inner) = body.list() else { return false };
        // A disposition has two items, a body that is no multipart seven.
        inner.peek().is_some_and(|first| first.is_list()) || inner.nth(6).is_some()
    };
    match (envelope, body) {
        (Some(_), Some(body)) if is_body(&body) => {
            if ahead.peek().is_some_and(|lines| lines.number().is_some()) {
                ahead.next();
            }
            *items = ahead;
            Some(body)
        }
        _ => {
            // A line count without the rest.
            if items.peek().is_some_and(|i| i.number().is_some()) {
                items.next();
            }
            None
        }
    }
}

/// Disposition and file name.
fn extension(part: &mut Part, item: Option<Item<'_>>, parameters: &Parameters<'_>, defects: &mut Defects) {
    let mut inner = item.and_then(|i| i.list());
    let word = match (&mut inner, item) {
        (Some(inner), _) => inner.next().and_then(|i| i.nstring()),
        (None, item) => item.and_then(|i| i.nstring()),
    };
    part.disposition = word.map(|word| {
        if word.eq_ignore_ascii_case(b"inline") { Disposition::Inline } else { Disposition::Attachment }
    });
    let own = Parameters::read(inner.and_then(|mut inner| inner.next()), defects);
    part.filename = own.decoded("filename").or_else(|| parameters.decoded("name"));
}

fn content_id(raw: &[u8]) -> Option<String> {
    let raw = raw.trim_ascii();
    let bare = raw.strip_prefix(b"<").unwrap_or(raw);
    let bare = bare.strip_suffix(b">").unwrap_or(bare);
    (!bare.is_empty()).then(|| String::from_utf8_lossy(bare).into_owned())
}
