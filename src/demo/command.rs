//! What a client can ask, after decoding. Knows neither bytes nor mailboxes.

use crate::model::Flag;

/// One end of a range: a number, or `*` for the highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    Number(u32),
    Highest,
}

/// `sequence-set` as the client wrote it (RFC 9051 section 9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NumberSet {
    Ranges(Vec<(Bound, Bound)>),
    /// `$`: the result of the last search (RFC 5182).
    Saved,
}

impl NumberSet {
    /// Whether a number lies in the set when `highest` is what `*` stands for.
    pub(crate) fn contains(&self, number: u32, highest: u32, saved: &[u32]) -> bool {
        let value = |bound: &Bound| match bound {
            Bound::Number(n) => *n,
            Bound::Highest => highest,
        };
        match self {
            Self::Ranges(ranges) => ranges.iter().any(|(a, b)| {
                let (a, b) = (value(a), value(b));
                a.min(b) <= number && number <= a.max(b)
            }),
            Self::Saved => saved.binary_search(&number).is_ok(),
        }
    }
}

/// A mailbox name in UTF-8, already out of modified UTF-7.
pub(crate) type Name = String;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SectionKind {
    /// Everything: `BODY[]`, `BODY[1.2]`.
    Whole,
    Header,
    /// `HEADER.FIELDS` or, if `not`, `HEADER.FIELDS.NOT`; names in lower case.
    Fields {
        not: bool,
        names: Vec<String>,
    },
    Text,
    Mime,
}

/// What stands between the brackets of `BODY[...]` (RFC 9051 section 6.4.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) path: Vec<u32>,
    pub(crate) kind: SectionKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FetchItem {
    Flags,
    Uid,
    InternalDate,
    Size,
    Envelope,
    /// `BODY` without brackets: structure without extension data.
    Body,
    BodyStructure,
    Section {
        section: Section,
        peek: bool,
        partial: Option<(u64, u64)>,
        /// Name in the answer, up to the closing bracket.
        label: String,
    },
    Binary {
        path: Vec<u32>,
        peek: bool,
        partial: Option<(u64, u64)>,
    },
    BinarySize(Vec<u32>),
    ModSeq,
    Preview,
    EmailId,
    ThreadId,
    SaveDate,
    GmailId,
    GmailThread,
    GmailLabels,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SearchKey {
    All,
    Sequence(NumberSet),
    Uid(NumberSet),
    Flag(Flag, bool),
    /// `NEW`, `RECENT`, `OLD`: nothing is ever recent here.
    Recent(bool),
    Header(String, String),
    Body(String),
    Text(String),
    /// Internal date, in days since 1970: before, on, since.
    Before(i64),
    On(i64),
    Since(i64),
    SentBefore(i64),
    SentOn(i64),
    SentSince(i64),
    /// Seconds before now (RFC 5032).
    Younger(u64),
    Older(u64),
    Larger(u64),
    Smaller(u64),
    ModSeq(u64),
    EmailId(String),
    ThreadId(String),
    GmailId(u64),
    Not(Box<Self>),
    Or(Box<Self>, Box<Self>),
    And(Vec<Self>),
}

/// ESEARCH return options (RFC 9051 section 6.4.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SearchReturn {
    pub(crate) min: bool,
    pub(crate) max: bool,
    pub(crate) all: bool,
    pub(crate) count: bool,
    pub(crate) save: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatusItem {
    Messages,
    Recent,
    UidNext,
    UidValidity,
    Unseen,
    Deleted,
    Size,
    HighestModSeq,
    MailboxId,
    AppendLimit,
}

/// LIST with its extensions (RFC 5258, RFC 5819).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListRequest {
    pub(crate) reference: Name,
    pub(crate) patterns: Vec<Name>,
    pub(crate) only_subscribed: bool,
    pub(crate) only_special: bool,
    pub(crate) return_subscribed: bool,
    pub(crate) return_children: bool,
    pub(crate) return_special: bool,
    pub(crate) return_status: Vec<StatusItem>,
    /// Whether any extended syntax was used.
    pub(crate) extended: bool,
}

/// `QRESYNC` parameter of SELECT (RFC 7162 section 3.2.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resync {
    pub(crate) uid_validity: u32,
    pub(crate) mod_seq: u64,
    pub(crate) known: Option<NumberSet>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreKind {
    Replace,
    Add,
    Remove,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Capability,
    Noop,
    Logout,
    StartTls,
    Check,
    Close,
    Unselect,
    Idle,
    /// Tell news of all mailboxes, or nothing more.
    Notify(bool),
    Namespace,
    Id,
    Enable(Vec<String>),
    Login {
        user: String,
        password: String,
    },
    Authenticate {
        mechanism: String,
        initial: Option<Vec<u8>>,
    },
    Select {
        mailbox: Name,
        examine: bool,
        condstore: bool,
        resync: Option<Resync>,
    },
    Create {
        mailbox: Name,
        special_use: Option<String>,
    },
    Delete(Name),
    Rename {
        from: Name,
        to: Name,
    },
    Subscribe(Name, bool),
    List(ListRequest),
    Lsub {
        reference: Name,
        pattern: Name,
    },
    Status {
        mailbox: Name,
        items: Vec<StatusItem>,
    },
    Append {
        mailbox: Name,
        flags: Vec<Flag>,
        date: Option<i64>,
        message: Vec<u8>,
    },
    Expunge(Option<NumberSet>),
    Fetch {
        set: NumberSet,
        items: Vec<FetchItem>,
        changed_since: Option<u64>,
        vanished: bool,
        uid: bool,
    },
    Store {
        set: NumberSet,
        kind: StoreKind,
        flags: Vec<Flag>,
        silent: bool,
        unchanged_since: Option<u64>,
        uid: bool,
    },
    /// `STORE ±X-GM-LABELS`.
    StoreLabels {
        set: NumberSet,
        kind: StoreKind,
        labels: Vec<String>,
        silent: bool,
        uid: bool,
    },
    Search {
        key: SearchKey,
        options: Option<SearchReturn>,
        uid: bool,
    },
    Copy {
        set: NumberSet,
        mailbox: Name,
        take: bool,
        uid: bool,
    },
    GetQuota(String),
    GetQuotaRoot(Name),
}
