//! What a server can say, as values (RFC 9051 section 7 and the extensions in use).
//!
//! [`parse`] never fails: what nobody understands becomes [`Response::Unknown`], and a piece that is wrong is
//! left out and noted as a [`Defect`] beside the pieces that could be read. No I/O, no recursion, linear time.

mod body;
mod code;
mod date;
mod defect;
mod envelope;
mod fetch;
mod list;
pub(crate) mod literal;
mod misc;
mod parameter;
mod search;
mod section;
mod status;
mod thread;
mod token;

pub use code::{AppendLimit, ResponseCode, UidMap};
pub use defect::Defect;
pub use envelope::{WireAddress, WireEnvelope};
pub use fetch::{Annotation, FetchData, SectionData, SectionValue};
pub use list::{ListData, ListKind, MailboxStatus};
pub use misc::{AclEntry, ListedRights, Metadata, Namespace, Namespaces, Quota, QuotaRoot, Resource};
pub use search::{ESearch, Search};
pub use section::{Section, SectionText};
pub use status::{Condition, FlagList, StatusText};
pub use thread::ThreadNode;

use crate::imap::limits;
use crate::model::{MailboxName, UidSet};
use defect::Defects;
use literal::LiteralMark;

/// One response of the server.
#[derive(Clone, Debug, PartialEq)]
pub enum Response {
    /// Untagged `OK`, `NO`, `BAD`, `BYE` or `PREAUTH`.
    State(StatusText),
    /// The end of a command: always `OK`, `NO` or `BAD`.
    Tagged {
        /// Which command.
        tag: String,
        /// How it went.
        status: StatusText,
    },
    /// `+`: the server waits for more. The bytes are a SASL challenge in base64 or a text.
    Continue(Vec<u8>),
    /// `CAPABILITY`, the words as sent. A server without `IMAP4rev1` among them is fine.
    Capability(Vec<String>),
    /// `ENABLED`, the words as sent.
    Enabled(Vec<String>),
    /// `ID`: names and values; empty for NIL.
    Id(Vec<(String, Option<String>)>),
    /// `LANGUAGE`
    Language(Vec<String>),
    /// `FLAGS`: which flags the mailbox knows.
    Flags(FlagList),
    /// `EXISTS`: number of messages in the selected mailbox.
    Exists(u32),
    /// `RECENT`
    Recent(u32),
    /// `EXPUNGE` of a sequence number.
    Expunge(u32),
    /// `VANISHED` (RFC 7162 section 3.2.10).
    Vanished {
        /// `(EARLIER)`: gone before this session looked; sequence numbers do not change.
        earlier: bool,
        /// Which UIDs. May contain UIDs that never existed.
        uids: UidSet,
    },
    /// `FETCH` or `UIDFETCH`.
    Fetch(Box<FetchData>),
    /// `LIST`, `LSUB` or `XLIST`.
    List(ListData),
    /// `STATUS`
    MailboxStatus {
        /// Which mailbox.
        name: MailboxName,
        /// Its numbers.
        status: MailboxStatus,
    },
    /// `SEARCH`
    Search(Search),
    /// `SORT`: the same, in sorted order.
    Sort(Search),
    /// `ESEARCH` (RFC 4731, RFC 5267, RFC 9394).
    ESearch(ESearch),
    /// `THREAD`: all nodes in order, each with its depth.
    Thread(Vec<ThreadNode>),
    /// `NAMESPACE` (RFC 2342).
    Namespace(Namespaces),
    /// `QUOTA` (RFC 9208).
    Quota(Quota),
    /// `QUOTAROOT`
    QuotaRoot(QuotaRoot),
    /// `ACL` (RFC 4314).
    Acl {
        /// Of which mailbox.
        mailbox: MailboxName,
        /// Who may do what.
        entries: Vec<AclEntry>,
    },
    /// `LISTRIGHTS`
    ListRights(ListedRights),
    /// `MYRIGHTS`
    MyRights {
        /// Of which mailbox.
        mailbox: MailboxName,
        /// The letters.
        rights: String,
    },
    /// `METADATA` (RFC 5464).
    Metadata(Metadata),
    /// Nothing that we know (RFC 9051 section 2.2.2 asks to ignore it); the beginning, for the log.
    Unknown(Vec<u8>),
}

/// A response and what was odd about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// The response.
    pub response: Response,
    /// What could not be read, at most [`limits::MAX_DEFECTS`]. Those of a FETCH are in [`FetchData::defects`].
    pub defects: Vec<Defect>,
}

impl Received {
    /// What could not be read, wherever it is kept.
    #[must_use]
    pub fn defects(&self) -> &[Defect] {
        if let Response::Fetch(data) = &self.response { &data.defects } else { &self.defects }
    }
}

/// Reads one whole response with its literals and line end.
#[must_use]
pub fn parse(frame: &[u8]) -> Received {
    parse_frame(frame, &literal::marks(frame))
}

/// Reads one response whose literals are already known.
pub(crate) fn parse_frame(frame: &[u8], marks: &[LiteralMark]) -> Received {
    let mut defects = Defects::default();
    let mut response = read(frame, marks, &mut defects);
    let mut defects = defects.into_vec();
    if let Response::Fetch(data) = &mut response {
        data.defects = std::mem::take(&mut defects);
    }
    Received { response, defects }
}

/// The first word of `rest` and what follows it, without the spaces around.
pub(crate) fn split_word(rest: &[u8]) -> (&[u8], &[u8]) {
    let rest = rest.trim_ascii_start();
    let end =
        rest.iter().position(|b| matches!(b, b' ' | b'\t' | b'(' | b'\r' | b'\n')).unwrap_or(rest.len());
    rest.split_at_checked(end).unwrap_or((rest, &[]))
}

/// Which piece of which message a literal is, from the frame and the line up to its `{`: sequence number, UID if
/// it is known by then, and piece.
pub(crate) fn fetch_piece(frame: &[u8], line: &[u8]) -> Option<(u32, Option<u32>, fetch::Piece)> {
    let (number, rest) = split_word(frame.strip_prefix(b"*")?);
    let number = u32::try_from(token::digits(number)?).ok()?;
    let (kind, _) = split_word(rest);
    let (seq, uid) = if kind.eq_ignore_ascii_case(b"FETCH") {
        (number, None)
    } else if kind.eq_ignore_ascii_case(b"UIDFETCH") {
        (0, Some(number))
    } else {
        return None;
    };
    let line = line.strip_suffix(b"~").unwrap_or(line).trim_ascii_end();
    // A name longer than this lists fields, and fields are short.
    let tail = line.get(line.len().saturating_sub(MAX_ITEM_NAME)..)?;
    let bracket = tail.iter().rposition(|b| *b == b'[').unwrap_or(tail.len());
    let start = tail.get(..bracket)?.iter().rposition(|b| matches!(b, b' ' | b'('))? + 1;
    Some((seq, uid, fetch::Piece::read(tail.get(start..)?)?))
}

/// Bytes that are searched backwards for the name of a streamed item.
const MAX_ITEM_NAME: usize = 1024;

fn unknown(frame: &[u8]) -> Response {
    let kept = frame.get(..limits::MAX_UNKNOWN).unwrap_or(frame);
    Response::Unknown(kept.trim_ascii_end().to_vec())
}

fn read(frame: &[u8], marks: &[LiteralMark], defects: &mut Defects) -> Response {
    match frame.split_first() {
        Some((b'*', rest)) => read_untagged(frame, rest, marks, defects),
        Some((b'+', rest)) => {
            let text = rest.strip_prefix(b" ").unwrap_or(rest);
            Response::Continue(text.trim_ascii_end().to_vec())
        }
        // Exchange leaves `* OK ` out in front of a code.
        Some((b'[', _)) => {
            defects.note(Defect::NotAResponse);
            Response::State(StatusText::read(Condition::Ok, frame, defects))
        }
        Some(_) => read_tagged(frame, defects),
        None => {
            defects.note(Defect::NotAResponse);
            unknown(frame)
        }
    }
}

fn read_tagged(frame: &[u8], defects: &mut Defects) -> Response {
    let (tag, rest) = split_word(frame);
    let (word, text) = status::split_condition(rest);
    let condition = Condition::from_wire(word).filter(|c| c.ends_command());
    match (condition, tag_text(tag)) {
        (Some(condition), Some(tag)) => {
            Response::Tagged { tag, status: StatusText::read(condition, text, defects) }
        }
        _ => {
            defects.note(Defect::NotAResponse);
            unknown(frame)
        }
    }
}

/// The tag, if it could be one of ours.
fn tag_text(tag: &[u8]) -> Option<String> {
    let clean = !tag.is_empty() && tag.len() <= limits::MAX_TAG && tag.iter().all(u8::is_ascii_alphanumeric);
    clean.then(|| String::from_utf8_lossy(tag).into_owned())
}

fn read_untagged(frame: &[u8], rest: &[u8], marks: &[LiteralMark], defects: &mut Defects) -> Response {
    let (condition, text) = status::split_condition(rest);
    if let Some(condition) = Condition::from_wire(condition) {
        return Response::State(StatusText::read(condition, text, defects));
    }
    let (word, after) = split_word(rest);
    let body = Body { frame, from: frame.len() - after.len(), marks };
    if let Some(number) = token::digits(word) {
        let (kind, after) = split_word(after);
        let body = Body { from: frame.len() - after.len(), ..body };
        return read_numbered(&token::upper(kind), number, &body, defects);
    }
    match token::upper(word).as_ref() {
        b"CAPABILITY" => Response::Capability(body.words(defects)),
        b"ENABLED" => Response::Enabled(body.words(defects)),
        b"LANGUAGE" => Response::Language(body.words(defects)),
        b"FLAGS" => Response::Flags(FlagList::read(body.tree(defects).items(), defects)),
        b"LIST" => list::read(ListKind::List, &body, defects),
        b"LSUB" => list::read(ListKind::Lsub, &body, defects),
        b"XLIST" => list::read(ListKind::Xlist, &body, defects),
        b"STATUS" => list::read_status(&body, defects),
        b"SEARCH" => Response::Search(search::read_numbers(&body, defects)),
        b"SORT" => Response::Sort(search::read_numbers(&body, defects)),
        b"ESEARCH" => Response::ESearch(search::read_esearch(&body, defects)),
        b"THREAD" => Response::Thread(thread::read(after, defects)),
        b"VANISHED" => search::read_vanished(&body, defects),
        b"ID" => Response::Id(misc::read_id(&body, defects)),
        b"NAMESPACE" => Response::Namespace(misc::read_namespaces(&body, defects)),
        b"QUOTA" => Response::Quota(misc::read_quota(&body, defects)),
        b"QUOTAROOT" => Response::QuotaRoot(misc::read_quota_root(&body, defects)),
        b"ACL" => misc::read_acl(&body, defects),
        b"LISTRIGHTS" => Response::ListRights(misc::read_list_rights(&body, defects)),
        b"MYRIGHTS" => misc::read_my_rights(&body, defects),
        b"METADATA" | b"ANNOTATION" => Response::Metadata(misc::read_metadata(&body, defects)),
        _ => unknown(frame),
    }
}

fn read_numbered(kind: &[u8], number: u64, body: &Body<'_>, defects: &mut Defects) -> Response {
    let Ok(number) = u32::try_from(number) else {
        defects.note(Defect::BadNumber("message number"));
        return unknown(body.frame);
    };
    match kind {
        b"EXISTS" => Response::Exists(number),
        b"RECENT" => Response::Recent(number),
        b"EXPUNGE" => Response::Expunge(number),
        b"FETCH" => Response::Fetch(Box::new(fetch::read(Some(number), None, body, defects))),
        b"UIDFETCH" => Response::Fetch(Box::new(fetch::read(None, Some(number), body, defects))),
        _ => unknown(body.frame),
    }
}

/// The part of a frame after its keyword.
#[derive(Clone, Copy)]
struct Body<'a> {
    frame: &'a [u8],
    from: usize,
    marks: &'a [LiteralMark],
}

impl<'a> Body<'a> {
    fn tree(&self, defects: &mut Defects) -> token::Tree<'a> {
        token::Tree::read(self.frame, self.from, self.marks, defects)
    }

    fn bytes(&self) -> &'a [u8] {
        self.frame.get(self.from..).unwrap_or(&[])
    }

    /// Every word or string, those in lists too.
    fn words(&self, defects: &mut Defects) -> Vec<String> {
        self.tree(defects).flat().filter_map(|item| item.text_lossy()).collect()
    }
}

#[cfg(test)]
mod tests;
