//! Response codes: what stands in brackets after OK, NO, BAD (RFC 9051 section 7.1, RFC 5530 and extensions).

use super::defect::{Defect, Defects};
use super::search::{pairs, uid_set};
use super::status::FlagList;
use super::token::{Item, Items, Tree, upper};
use crate::imap::limits;
use crate::model::{ModSeq, Uid, UidSet, UidValidity};

/// What a server lets programs know about a condition.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "each variant is the code of that name; the fields are its arguments")]
pub enum ResponseCode {
    /// The text must be shown to the person.
    Alert,
    AlreadyExists,
    /// Annotations of messages (RFC 5257); not used.
    Annotations,
    AppendUid {
        validity: UidValidity,
        uids: UidSet,
    },
    AuthenticationFailed,
    AuthorizationFailed,
    BadCharset(Vec<String>),
    BadEvent(Vec<String>),
    Cannot,
    Capability(Vec<String>),
    ClientBug,
    Closed,
    CompressionActive,
    ContactAdmin,
    CopyUid {
        validity: UidValidity,
        uids: UidMap,
    },
    Corruption,
    Expired,
    ExpungeIssued,
    HasChildren,
    HighestModSeq(ModSeq),
    InProgress {
        progress: Option<u64>,
        goal: Option<u64>,
    },
    InUse,
    Limit,
    MailboxId(String),
    MessageLimit(u64),
    MetadataLongEntries(u64),
    MetadataMaxSize(u64),
    MetadataNoPrivate,
    MetadataTooMany,
    /// These were not changed, because somebody else had changed them.
    Modified(UidSet),
    NoModSeq,
    NonExistent,
    NoPerm,
    NotificationOverflow,
    NotSaved,
    NoUpdate,
    OverQuota,
    Parse,
    PermanentFlags(FlagList),
    PrivacyRequired,
    ReadOnly,
    ReadWrite,
    /// A server asks to go elsewhere. Never followed: it could send the password anywhere.
    Referral(String),
    ServerBug,
    TooBig,
    TooMany,
    TryCreate,
    UidNext(Uid),
    UidNotSticky,
    UidRequired,
    UidValidity(UidValidity),
    Unavailable,
    UndefinedFilter(String),
    UnknownCte,
    Unseen(u32),
    UseAttr,
    /// Gmail wants a sign-in with a browser.
    WebAlert(String),
    /// Any other; the name in capitals and the arguments as they are.
    Other {
        name: String,
        arguments: String,
    },
}

/// `APPENDLIMIT` of a mailbox or server (RFC 7889).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppendLimit {
    /// At most so many bytes.
    Bytes(u64),
    /// `NIL`: no limit, or not known.
    None,
}

/// Which UID became which by COPY or MOVE. Order matters in COPYUID, so this is more than two sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UidMap {
    /// First source, first destination, number of members.
    runs: Vec<(u32, u32, u32)>,
}

impl UidMap {
    /// Pairs two sets member by member; `None` if one is longer.
    fn new(source: &[(u32, u32)], destination: &[(u32, u32)]) -> Option<Self> {
        let mut runs = Vec::new();
        let (mut left, mut right) = (source.iter().copied(), destination.iter().copied());
        let (mut a, mut b) = (left.next(), right.next());
        let mut total: u64 = 0;
        while let (Some((a_low, a_high)), Some((b_low, b_high))) = (a, b) {
            let more = (a_high - a_low).min(b_high - b_low);
            total += u64::from(more) + 1;
            if total > limits::MAX_COPIED {
                return None;
            }
            runs.push((a_low, b_low, more + 1));
            a = if a_low + more == a_high { left.next() } else { Some((a_low + more + 1, a_high)) };
            b = if b_low + more == b_high { right.next() } else { Some((b_low + more + 1, b_high)) };
        }
        (a.is_none() && b.is_none()).then_some(Self { runs })
    }

    /// All pairs (before, after), in the order of the server.
    pub fn iter(&self) -> impl Iterator<Item = (Uid, Uid)> + '_ {
        let numbers = self.runs.iter().flat_map(|(a, b, n)| (0..*n).map(move |i| (a + i, b + i)));
        numbers.filter_map(|(a, b)| Some((Uid::from_wire(a).ok()?, Uid::from_wire(b).ok()?)))
    }

    /// What a UID became.
    #[must_use]
    pub fn get(&self, uid: Uid) -> Option<Uid> {
        let run = self.runs.iter().find(|(a, _, n)| uid.get().checked_sub(*a).is_some_and(|i| i < *n))?;
        Uid::from_wire(run.1 + (uid.get() - run.0)).ok()
    }

    /// Number of pairs.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.runs.iter().map(|(_, _, n)| u64::from(*n)).sum()
    }

    /// Whether there is no pair.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }
}

impl ResponseCode {
    /// Reads what stands between the brackets. An unreadable argument makes it [`ResponseCode::Other`].
    pub(crate) fn read(inner: &[u8], defects: &mut Defects) -> Self {
        let (name, arguments) = super::split_word(inner);
        let name = upper(name);
        if let Some(code) = Self::without_arguments(&name) {
            return code;
        }
        let tree = Tree::read(arguments, 0, &[], defects);
        let code = Self::with_arguments(&name, tree.items(), arguments, defects);
        code.unwrap_or_else(|| {
            let text = |bytes: &[u8]| {
                let kept = bytes.get(..limits::MAX_UNKNOWN).unwrap_or(bytes);
                String::from_utf8_lossy(kept).into_owned()
            };
            Self::Other { name: text(&name), arguments: text(arguments.trim_ascii()) }
        })
    }

    fn without_arguments(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"ALERT" => Self::Alert,
            b"ALREADYEXISTS" => Self::AlreadyExists,
            b"ANNOTATIONS" => Self::Annotations,
            b"AUTHENTICATIONFAILED" => Self::AuthenticationFailed,
            b"AUTHORIZATIONFAILED" => Self::AuthorizationFailed,
            b"CANNOT" => Self::Cannot,
            b"CLIENTBUG" => Self::ClientBug,
            b"CLOSED" => Self::Closed,
            b"COMPRESSIONACTIVE" => Self::CompressionActive,
            b"CONTACTADMIN" => Self::ContactAdmin,
            b"CORRUPTION" => Self::Corruption,
            b"EXPIRED" => Self::Expired,
            b"EXPUNGEISSUED" => Self::ExpungeIssued,
            b"HASCHILDREN" => Self::HasChildren,
            b"INUSE" => Self::InUse,
            b"LIMIT" => Self::Limit,
            b"NOMODSEQ" => Self::NoModSeq,
            b"NONEXISTENT" => Self::NonExistent,
            b"NOPERM" => Self::NoPerm,
            b"NOTIFICATIONOVERFLOW" => Self::NotificationOverflow,
            b"NOTSAVED" => Self::NotSaved,
            b"NOUPDATE" => Self::NoUpdate,
            b"OVERQUOTA" => Self::OverQuota,
            b"PARSE" => Self::Parse,
            b"PRIVACYREQUIRED" => Self::PrivacyRequired,
            b"READ-ONLY" => Self::ReadOnly,
            b"READ-WRITE" => Self::ReadWrite,
            b"SERVERBUG" => Self::ServerBug,
            b"TOOBIG" => Self::TooBig,
            b"TOOMANY" => Self::TooMany,
            b"TRYCREATE" => Self::TryCreate,
            b"UIDNOTSTICKY" => Self::UidNotSticky,
            b"UIDREQUIRED" => Self::UidRequired,
            b"UNAVAILABLE" => Self::Unavailable,
            b"UNKNOWN-CTE" => Self::UnknownCte,
            b"USEATTR" => Self::UseAttr,
            _ => return None,
        })
    }

    fn with_arguments(name: &[u8], mut items: Items<'_>, raw: &[u8], defects: &mut Defects) -> Option<Self> {
        let code = match name {
            b"APPENDUID" => append_uid(&mut items),
            b"COPYUID" => copy_uid(&mut items),
            b"BADCHARSET" => return Some(Self::BadCharset(flat(items))),
            b"BADEVENT" => return Some(Self::BadEvent(flat(items))),
            b"CAPABILITY" => return Some(Self::Capability(flat(items))),
            b"HIGHESTMODSEQ" => number(&mut items).map(|n| Self::HighestModSeq(ModSeq::new(n))),
            b"INPROGRESS" => return Some(in_progress(items)),
            b"MAILBOXID" => flat(items).into_iter().next().map(Self::MailboxId),
            b"MESSAGELIMIT" => number(&mut items).map(Self::MessageLimit),
            b"METADATA" => metadata(&mut items),
            b"MODIFIED" => items.next().and_then(|i| uid_set(&i)).map(Self::Modified),
            b"PERMANENTFLAGS" => return Some(Self::PermanentFlags(FlagList::read(items, defects))),
            b"REFERRAL" => return Some(Self::Referral(lossy(raw))),
            b"UIDNEXT" => number32(&mut items).and_then(|n| Uid::from_wire(n).ok()).map(Self::UidNext),
            b"UIDVALIDITY" => validity(&mut items).map(Self::UidValidity),
            b"UNDEFINED-FILTER" => items.next().and_then(|i| i.text_lossy()).map(Self::UndefinedFilter),
            b"UNSEEN" => number32(&mut items).map(Self::Unseen),
            b"WEBALERT" => return Some(Self::WebAlert(lossy(raw))),
            _ => return None,
        };
        defects.some(code, Defect::BadValue("response code"))
    }
}

fn lossy(raw: &[u8]) -> String {
    let raw = raw.trim_ascii();
    String::from_utf8_lossy(raw.get(..limits::MAX_TEXT).unwrap_or(raw)).into_owned()
}

/// All words, those in one level of lists too.
fn flat(items: Items<'_>) -> Vec<String> {
    let mut words = Vec::new();
    for item in items {
        match item.list() {
            Some(inner) => words.extend(inner.filter_map(|i| i.text_lossy())),
            None => words.extend(item.text_lossy()),
        }
    }
    words
}

fn number(items: &mut Items<'_>) -> Option<u64> {
    items.next().and_then(|item| item.number())
}

fn number32(items: &mut Items<'_>) -> Option<u32> {
    items.next().and_then(|item| item.number32())
}

fn validity(items: &mut Items<'_>) -> Option<UidValidity> {
    UidValidity::from_wire(number32(items)?).ok()
}

fn append_uid(items: &mut Items<'_>) -> Option<ResponseCode> {
    let validity = validity(items)?;
    Some(ResponseCode::AppendUid { validity, uids: uid_set(&items.next()?)? })
}

fn copy_uid(items: &mut Items<'_>) -> Option<ResponseCode> {
    let validity = validity(items)?;
    let source = pairs(items.next()?.atom()?)?;
    let destination = pairs(items.next()?.atom()?)?;
    Some(ResponseCode::CopyUid { validity, uids: UidMap::new(&source, &destination)? })
}

fn in_progress(items: Items<'_>) -> ResponseCode {
    let mut inner = items.clone().next().and_then(|item| item.list()).unwrap_or(items);
    inner.next();
    let progress = number(&mut inner);
    ResponseCode::InProgress { progress, goal: number(&mut inner) }
}

fn metadata(items: &mut Items<'_>) -> Option<ResponseCode> {
    let word = items.next().and_then(|item: Item<'_>| item.atom().map(<[u8]>::to_ascii_uppercase))?;
    match word.as_slice() {
        b"LONGENTRIES" => number(items).map(ResponseCode::MetadataLongEntries),
        b"MAXSIZE" => number(items).map(ResponseCode::MetadataMaxSize),
        b"NOPRIVATE" => Some(ResponseCode::MetadataNoPrivate),
        b"TOOMANY" => Some(ResponseCode::MetadataTooMany),
        _ => None,
    }
}
