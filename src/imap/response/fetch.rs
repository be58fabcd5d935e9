//! FETCH and UIDFETCH (RFC 9051 section 7.5.2 and extensions).

use super::defect::{Defect, Defects};
use super::envelope::WireEnvelope;
use super::list::object_id;
use super::section::{Section, SectionText};
use super::status::FlagList;
use super::token::{Item, Items, upper};
use super::{Body, body, date, envelope};
use crate::model::{BodyStructure, Flags, ModSeq, PartPath, Uid, UnixTime};

/// What the server says about one message. Each field only if it was in the response and readable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchData {
    /// Sequence number; 0 for `UIDFETCH` (RFC 9586), which has none.
    pub seq: u32,
    /// `UID`
    pub uid: Option<Uid>,
    /// `FLAGS` without `\Recent`.
    pub flags: Option<Flags>,
    /// `MODSEQ`
    pub mod_seq: Option<ModSeq>,
    /// `INTERNALDATE`
    pub internal_date: Option<UnixTime>,
    /// `RFC822.SIZE`; some servers are wrong about it.
    pub size: Option<u64>,
    /// The header of the whole message, all of it or the fields that were asked for.
    pub header: Option<Vec<u8>>,
    /// `ENVELOPE`
    pub envelope: Option<WireEnvelope>,
    /// `BODYSTRUCTURE` or `BODY`
    pub body_structure: Option<BodyStructure>,
    /// `PREVIEW` or `SNIPPET`
    pub preview: Option<Vec<u8>>,
    /// `EMAILID` (RFC 8474)
    pub email_id: Option<String>,
    /// `THREADID` (RFC 8474)
    pub thread_id: Option<String>,
    /// `SAVEDATE` (RFC 8514)
    pub save_date: Option<UnixTime>,
    /// `X-GM-MSGID`
    pub gm_msgid: Option<u64>,
    /// `X-GM-THRID`
    pub gm_thrid: Option<u64>,
    /// `X-GM-LABELS`
    pub gm_labels: Option<Vec<Vec<u8>>>,
    /// All other pieces: `BODY[..]`, `BINARY[..]`, `RFC822`, `RFC822.TEXT`.
    pub sections: Vec<SectionData>,
    /// `BINARY.SIZE[..]`: decoded size of a part.
    pub binary_sizes: Vec<(PartPath, u64)>,
    /// `ANNOTATION` (RFC 5257)
    pub annotations: Vec<Annotation>,
    /// Names of items that are not known.
    pub unknown: Vec<String>,
    /// What could not be read.
    pub defects: Vec<Defect>,
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionData {
    /// Which piece.
    pub section: Section,
    /// Whether the server has undone the transfer encoding (`BINARY`).
    pub binary: bool,
    /// Offset of the first byte, if a range was asked for.
    pub origin: Option<u64>,
    /// The bytes.
    pub value: SectionValue,
}

/// The bytes of a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SectionValue {
    /// `NIL`, or nothing at all (Yandex): there is no such piece.
    Missing,
    /// The bytes.
    Bytes(Vec<u8>),
    /// So many bytes, already passed on as [`crate::imap::wire::Event::Chunk`].
    Streamed(u64),
}

/// Annotation of a message (RFC 5257): `/comment`, `value.priv`, its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// Such as `/comment`.
    pub entry: String,
    /// Such as `value.priv`.
    pub attribute: String,
    /// The value.
    pub value: Option<Vec<u8>>,
}

/// Lists that Domino puts around single items; deeper ones are nobody's.
const MAX_EXTRA_LISTS: usize = 4;

pub(crate) fn read(seq: Option<u32>, uid: Option<u32>, body: &Body<'_>, defects: &mut Defects) -> FetchData {
    let tree = body.tree(defects);
    let mut data = FetchData { seq: seq.unwrap_or(0), ..FetchData::default() };
    data.uid = uid.and_then(|n| Uid::from_wire(n).ok());
    let mut levels = vec![tree.items()];
    while let Some(items) = levels.last_mut() {
        let Some(item) = items.next() else {
            levels.pop();
            continue;
        };
        if let Some(inner) = item.list() {
            if levels.len() > MAX_EXTRA_LISTS {
                defects.note(Defect::TooDeep);
            } else {
                levels.push(inner);
            }
        } else if let Some(name) = item.atom() {
            read_item(name, items, &mut data, defects);
        } else {
            defects.note(Defect::BadValue("FETCH item"));
        }
    }
    data
}

fn read_item(name: &[u8], items: &mut Items<'_>, data: &mut FetchData, defects: &mut Defects) {
    if let Some(piece) = Piece::read(name) {
        return piece.value(items, data, defects);
    }
    let name = upper(name);
    let Some((known, label)) = Known::find(&name) else {
        data.unknown.push(String::from_utf8_lossy(&name).into_owned());
        items.next();
        return;
    };
    match items.next() {
        Some(value) => {
            let read = known.value(&value, data, defects);
            if !read {
                defects.note(Defect::BadValue(label));
            }
        }
        None => defects.note(Defect::MissingValue(label)),
    }
}

/// Items with a name without brackets.
#[derive(Clone, Copy)]
enum Known {
    Uid,
    Flags,
    ModSeq,
    InternalDate,
    Size,
    Envelope,
    BodyStructure,
    Preview,
    EmailId,
    ThreadId,
    SaveDate,
    GmMsgId,
    GmThrId,
    GmLabels,
    Annotation,
}

impl Known {
    fn find(name: &[u8]) -> Option<(Self, &'static str)> {
        Some(match name {
            b"UID" => (Self::Uid, "UID"),
            b"FLAGS" => (Self::Flags, "FLAGS"),
            b"MODSEQ" => (Self::ModSeq, "MODSEQ"),
            b"INTERNALDATE" => (Self::InternalDate, "INTERNALDATE"),
            b"RFC822.SIZE" => (Self::Size, "RFC822.SIZE"),
            b"ENVELOPE" => (Self::Envelope, "ENVELOPE"),
            b"BODYSTRUCTURE" => (Self::BodyStructure, "BODYSTRUCTURE"),
            b"BODY" => (Self::BodyStructure, "BODY"),
            b"PREVIEW" => (Self::Preview, "PREVIEW"),
            b"SNIPPET" => (Self::Preview, "SNIPPET"),
            b"EMAILID" => (Self::EmailId, "EMAILID"),
            b"THREADID" => (Self::ThreadId, "THREADID"),
            b"SAVEDATE" => (Self::SaveDate, "SAVEDATE"),
            b"X-GM-MSGID" => (Self::GmMsgId, "X-GM-MSGID"),
            b"X-GM-THRID" => (Self::GmThrId, "X-GM-THRID"),
            b"X-GM-LABELS" => (Self::GmLabels, "X-GM-LABELS"),
            b"ANNOTATION" => (Self::Annotation, "ANNOTATION"),
            _ => return None,
        })
    }

    /// Whether the value could be read. NIL where the grammar allows it is no defect.
    fn value(self, value: &Item<'_>, data: &mut FetchData, defects: &mut Defects) -> bool {
        match self {
            Self::Uid => {
                let uid = value.number32().and_then(|n| Uid::from_wire(n).ok());
                data.uid = uid.or(data.uid);
                uid.is_some()
            }
            Self::Flags => {
                data.flags = value.list().map(|list| FlagList::read(list, defects).flags);
                data.flags.is_some()
            }
            Self::ModSeq => {
                let inner = value.list().map_or(Some(*value), |mut list| list.next());
                data.mod_seq = inner.and_then(|i| i.number()).map(ModSeq::new);
                data.mod_seq.is_some()
            }
            Self::InternalDate => {
                data.internal_date = value.nstring().and_then(|raw| date::read(&raw));
                data.internal_date.is_some()
            }
            Self::Size => {
                data.size = value.number();
                data.size.is_some()
            }
            Self::Envelope => {
                data.envelope = envelope::read(value, defects);
                data.envelope.is_some() || value.is_nil()
            }
            Self::BodyStructure => {
                data.body_structure = body::read(value, defects);
                data.body_structure.is_some() || value.is_nil()
            }
            Self::Preview => {
                // RFC 8970 has a string; SNIPPET and its drafts have (FUZZY "text").
                let inner = value.list().map_or(Some(*value), Iterator::last);
                data.preview = inner.and_then(|i| i.nstring()).map(|raw| raw.into_owned());
                data.preview.is_some() || value.is_nil()
            }
            Self::EmailId => {
                data.email_id = first(value).and_then(|id| object_id(&id));
                data.email_id.is_some()
            }
            Self::ThreadId => {
                data.thread_id = first(value).and_then(|id| object_id(&id));
                data.thread_id.is_some() || value.is_nil()
            }
            Self::SaveDate => {
                data.save_date = value.nstring().and_then(|raw| date::read(&raw));
                data.save_date.is_some() || value.is_nil()
            }
            Self::GmMsgId => {
                data.gm_msgid = value.number();
                data.gm_msgid.is_some()
            }
            Self::GmThrId => {
                data.gm_thrid = value.number();
                data.gm_thrid.is_some()
            }
            Self::GmLabels => {
                let labels = value.list().map(|l| l.filter_map(|i| i.nstring()).map(|raw| raw.into_owned()));
                data.gm_labels = labels.map(Iterator::collect);
                data.gm_labels.is_some()
            }
            Self::Annotation => annotations(value, data),
        }
    }
}

/// The first item of a list, or the item itself.
fn first<'t>(value: &Item<'t>) -> Option<Item<'t>> {
    value.list().map_or(Some(*value), |mut list| list.next())
}

/// `(/comment (value.priv "x" value.shared NIL))`
fn annotations(value: &Item<'_>, data: &mut FetchData) -> bool {
    let Some(mut list) = value.list() else { return false };
    while let Some(entry) = list.next() {
        let Some(mut attributes) = list.next().and_then(|i| i.list()) else { return false };
        while let Some(attribute) = attributes.next() {
            data.annotations.push(Annotation {
                entry: entry.text_lossy().unwrap_or_default(),
                attribute: attribute.text_lossy().unwrap_or_default(),
                value: attributes.next().and_then(|v| v.nstring()).map(|raw| raw.into_owned()),
            });
        }
    }
    true
}

/// `BODY[..]<n>`, `BINARY[..]<n>`, `BINARY.SIZE[..]` and the old names for some of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Which piece.
    pub(crate) section: Option<Section>,
    /// Whether the transfer encoding is undone.
    pub(crate) binary: bool,
    /// Offset of the first byte.
    pub(crate) origin: Option<u64>,
    /// Whether the value is the decoded size.
    size: bool,
}

impl Piece {
    /// `None` if the name is of no piece of a message.
    pub(crate) fn read(name: &[u8]) -> Option<Self> {
        let Some(open) = name.iter().position(|b| *b == b'[') else { return Self::old(name) };
        let (word, rest) = name.split_at_checked(open)?;
        let (binary, size) = match upper(word).as_ref() {
            b"BODY" | b"BODY.PEEK" => (false, false),
            b"BINARY" | b"BINARY.PEEK" => (true, false),
            b"BINARY.SIZE" => (true, true),
            _ => return None,
        };
        let close = rest.iter().rposition(|b| *b == b']')?;
        let section = Section::read(rest.get(1..close)?);
        let origin = rest.get(close + 1..)?.strip_prefix(b"<").and_then(|o| o.strip_suffix(b">"));
        // Some servers answer with the whole range, <0.1024>.
        let origin = origin.and_then(|o| o.split(|b| *b == b'.').next()).and_then(super::token::digits);
        Some(Self { section, binary, origin, size })
    }

    fn old(name: &[u8]) -> Option<Self> {
        let text = match upper(name).as_ref() {
            b"RFC822" => SectionText::All,
            b"RFC822.HEADER" => SectionText::Header,
            b"RFC822.TEXT" => SectionText::Text,
            _ => return None,
        };
        let section = Section { path: PartPath::root(), text };
        Some(Self { section: Some(section), binary: false, origin: None, size: false })
    }

    fn value(self, items: &mut Items<'_>, data: &mut FetchData, defects: &mut Defects) {
        let Some(section) = defects.some(self.section, Defect::BadValue("section")) else {
            items.next();
            return;
        };
        if self.size {
            match items.next().and_then(|i| i.number()) {
                Some(size) => data.binary_sizes.push((section.path, size)),
                None => defects.note(Defect::BadNumber("BINARY.SIZE")),
            }
            return;
        }
        let value = match items.peek() {
            Some(item) if item.streamed().is_some() => SectionValue::Streamed(item.streamed().unwrap_or(0)),
            Some(item) if item.is_string() => {
                SectionValue::Bytes(item.nstring().map(|raw| raw.into_owned()).unwrap_or_default())
            }
            Some(item) if item.is_nil() => SectionValue::Missing,
            // No value (Yandex): what follows is the next item.
            _ => {
                defects.note(Defect::MissingValue("BODY[]"));
                data.sections.push(SectionData {
                    section,
                    binary: self.binary,
                    origin: self.origin,
                    value: SectionValue::Missing,
                });
                return;
            }
        };
        items.next();
        let whole_header = section.path.depth() == 0
            && self.origin.is_none()
            && matches!(section.text, SectionText::Header | SectionText::HeaderFields(_));
        if let (SectionValue::Bytes(bytes), true, None) = (&value, whole_header, &data.header) {
            data.header = Some(bytes.clone());
        } else {
            let (binary, origin) = (self.binary, self.origin);
            data.sections.push(SectionData { section, binary, origin, value });
        }
    }
}
