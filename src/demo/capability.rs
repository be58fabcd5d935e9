//! What the server offers, and thereby which real server it looks like. What is withheld is refused too.

use std::collections::BTreeSet;

/// An extension that can be offered or withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extension {
    /// ACL-free quota answers (RFC 9208).
    Quota,
    /// `BINARY` sections (RFC 3516).
    Binary,
    /// `\HasChildren` (RFC 3348).
    Children,
    /// Modification sequences (RFC 7162).
    Condstore,
    /// `CREATE ... (USE ...)` (RFC 6154).
    CreateSpecialUse,
    /// `ENABLE` (RFC 5161).
    Enable,
    /// `SEARCH RETURN` (RFC 4731).
    Esearch,
    /// Gmail's message numbers and labels.
    Gmail,
    /// `ID` (RFC 2971).
    Id,
    /// `IDLE` (RFC 2177).
    Idle,
    /// Extended `LIST` (RFC 5258).
    ListExtended,
    /// `LIST RETURN (STATUS ...)` (RFC 5819).
    ListStatus,
    /// `{n+}` (RFC 7888).
    LiteralPlus,
    /// `MOVE` (RFC 6851).
    Move,
    /// `NAMESPACE` (RFC 2342).
    Namespace,
    /// `NOTIFY` (RFC 5465), of which only news of all own mailboxes are understood.
    Notify,
    /// `EMAILID`, `THREADID`, `MAILBOXID` (RFC 8474).
    ObjectId,
    /// `PREVIEW` (RFC 8970).
    Preview,
    /// `SELECT ... (QRESYNC ...)` and `VANISHED` (RFC 7162).
    Qresync,
    /// `SAVEDATE` (RFC 8514).
    SaveDate,
    /// Initial response of `AUTHENTICATE` (RFC 4959).
    SaslIr,
    /// `$` in sets (RFC 5182).
    SearchRes,
    /// `\Sent` and the like (RFC 6154).
    SpecialUse,
    /// `STATUS (SIZE)` (RFC 8438).
    StatusSize,
    /// COPYUID, APPENDUID, `UID EXPUNGE` (RFC 4315).
    UidPlus,
    /// `UNSELECT` (RFC 3691).
    Unselect,
    /// `SEARCH YOUNGER` (RFC 5032).
    Within,
}

impl Extension {
    const ALL: [Self; 27] = [
        Self::Quota,
        Self::Binary,
        Self::Children,
        Self::Condstore,
        Self::CreateSpecialUse,
        Self::Enable,
        Self::Esearch,
        Self::Gmail,
        Self::Id,
        Self::Idle,
        Self::ListExtended,
        Self::ListStatus,
        Self::LiteralPlus,
        Self::Move,
        Self::Namespace,
        Self::Notify,
        Self::ObjectId,
        Self::Preview,
        Self::Qresync,
        Self::SaveDate,
        Self::SaslIr,
        Self::SearchRes,
        Self::SpecialUse,
        Self::StatusSize,
        Self::UidPlus,
        Self::Unselect,
        Self::Within,
    ];

    /// The word in the answer to CAPABILITY.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Quota => "QUOTA",
            Self::Binary => "BINARY",
            Self::Children => "CHILDREN",
            Self::Condstore => "CONDSTORE",
            Self::CreateSpecialUse => "CREATE-SPECIAL-USE",
            Self::Enable => "ENABLE",
            Self::Esearch => "ESEARCH",
            Self::Gmail => "X-GM-EXT-1",
            Self::Id => "ID",
            Self::Idle => "IDLE",
            Self::ListExtended => "LIST-EXTENDED",
            Self::ListStatus => "LIST-STATUS",
            Self::LiteralPlus => "LITERAL+",
            Self::Move => "MOVE",
            Self::Namespace => "NAMESPACE",
            Self::Notify => "NOTIFY",
            Self::ObjectId => "OBJECTID",
            Self::Preview => "PREVIEW",
            Self::Qresync => "QRESYNC",
            Self::SaveDate => "SAVEDATE",
            Self::SaslIr => "SASL-IR",
            Self::SearchRes => "SEARCHRES",
            Self::SpecialUse => "SPECIAL-USE",
            Self::StatusSize => "STATUS=SIZE",
            Self::UidPlus => "UIDPLUS",
            Self::Unselect => "UNSELECT",
            Self::Within => "WITHIN",
        }
    }
}

/// Ways in which real servers depart from the letter (research in the quirk table of the sync engine).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quirk {
    /// `ENABLE QRESYNC` works but no ENABLED line comes (iCloud).
    SilentEnable,
    /// RFC822.SIZE is a little off (Microsoft 365).
    WrongSize,
    /// HIGHESTMODSEQ is 0 while a mailbox is empty (Purelymail).
    ZeroModSeq,
    /// `SELECT (CONDSTORE QRESYNC ...)` is BAD, QRESYNC alone is taken (Purelymail).
    QresyncAlone,
    /// SELECT is refused until ID was sent after the login (163.com and relatives).
    IdBeforeSelect,
    /// LIST with RETURN shows special uses only if they are asked for (Dovecot).
    UseOnRequest,
    /// Special-use words are in lower case (Cyrus).
    LowerCaseAttributes,
    /// SELECT gives no UIDNEXT (old servers).
    NoUidNext,
    /// ID is offered but answered BAD (mail.de).
    BadId,
    /// `FETCH` leaves out the newest mail although SEARCH has it (Microsoft 365).
    FetchOmitsNewest,
    /// CAPABILITY is not said after the login, only when asked (many).
    NoCapabilityAfterLogin,
    /// ID is taken but not offered (163.com).
    HiddenId,
    /// STATUS answers with an empty list (163.com).
    EmptyStatus,
    /// IDLE is taken, but nothing is ever told in it.
    DeafIdle,
    /// LIST with RETURN is BAD although LIST-EXTENDED is offered (old Cyrus, old Zimbra).
    BadListReturn,
    /// VANISHED (EARLIER) names messages that are still there (iCloud).
    WrongVanished,
    /// APPENDLIMIT (RFC 7889) with a limit of each mailbox, which is a small one.
    SmallMessages,
}

/// Which extensions a server has, and its quirks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapabilityMask {
    offered: BTreeSet<Extension>,
    quirks: BTreeSet<Quirk>,
    /// Name that ID answers.
    pub name: &'static str,
    /// Text of the greeting.
    pub greeting: &'static str,
}

/// The greeting of servers that say nothing of themselves.
const GREETING: &str = "ready";

impl Default for CapabilityMask {
    fn default() -> Self {
        Self::dovecot()
    }
}

impl CapabilityMask {
    /// IMAP4rev1 and nothing else.
    #[must_use]
    pub const fn bare() -> Self {
        Self { offered: BTreeSet::new(), quirks: BTreeSet::new(), name: "Bare", greeting: GREETING }
    }

    /// Everything that the embedded server can do, except Gmail's own.
    #[must_use]
    pub fn full() -> Self {
        let offered = Extension::ALL.into_iter().filter(|e| *e != Extension::Gmail).collect();
        Self {
            offered,
            quirks: BTreeSet::new(),
            name: "Postrider demo",
            greeting: "Postrider demo server ready",
        }
    }

    /// Looks like Dovecot 2.3.
    #[must_use]
    pub fn dovecot() -> Self {
        let mut mask = Self::full()
            .without(&[Extension::ObjectId, Extension::CreateSpecialUse])
            .with_quirk(Quirk::UseOnRequest);
        mask.name = "Dovecot";
        mask
    }

    /// Looks like Cyrus 3.6.
    #[must_use]
    pub fn cyrus() -> Self {
        let mut mask = Self::full()
            .without(&[Extension::SearchRes, Extension::Notify])
            .with_quirk(Quirk::LowerCaseAttributes);
        mask.name = "Cyrus IMAP";
        mask
    }

    /// Looks like Gmail: CONDSTORE but no QRESYNC, message numbers, and mailboxes that are labels. The latter two only
    /// with [`Mailboxes::gmail`](super::Mailboxes::gmail); other mailboxes are such that a copy is a message of its own.
    #[must_use]
    pub fn gmail() -> Self {
        use Extension::{
            Children, Condstore, Enable, Esearch, Gmail, Id, Idle, ListExtended, ListStatus, LiteralPlus,
            Move, Namespace, Quota, SaslIr, SpecialUse, UidPlus, Unselect,
        };
        Self::of(
            "GImap",
            &[
                Children,
                Condstore,
                Enable,
                Esearch,
                Gmail,
                Id,
                Idle,
                ListExtended,
                ListStatus,
                LiteralPlus,
                Move,
                Namespace,
                Quota,
                SaslIr,
                SpecialUse,
                UidPlus,
                Unselect,
            ],
        )
    }

    /// Looks like Microsoft 365: no CONDSTORE, no ESEARCH, no SPECIAL-USE, sizes a little off.
    #[must_use]
    pub fn m365() -> Self {
        use Extension::{Children, Id, Idle, LiteralPlus, Move, Namespace, SaslIr, UidPlus, Unselect};
        let offered = [Children, Id, Idle, LiteralPlus, Move, Namespace, SaslIr, UidPlus, Unselect];
        let mut mask =
            Self::of("Microsoft.Exchange.Imap4.Imap4Server", &offered).with_quirk(Quirk::WrongSize);
        mask.greeting = "The Microsoft Exchange IMAP4 service is ready.";
        mask
    }

    /// Looks like iCloud: no MOVE, no LIST-EXTENDED, no SPECIAL-USE, a silent ENABLE.
    #[must_use]
    pub fn icloud() -> Self {
        use Extension::{
            Condstore, Enable, Esearch, Id, Idle, LiteralPlus, Namespace, Qresync, Quota, SaslIr, UidPlus,
            Unselect,
        };
        let offered = [
            Condstore,
            Enable,
            Esearch,
            Id,
            Idle,
            LiteralPlus,
            Namespace,
            Qresync,
            Quota,
            SaslIr,
            UidPlus,
            Unselect,
        ];
        Self::of("iCloud Mail", &offered).with_quirk(Quirk::SilentEnable).with_quirk(Quirk::WrongVanished)
    }

    /// Looks like Yahoo: MOVE and OBJECTID, but neither CONDSTORE nor IDLE.
    #[must_use]
    pub fn yahoo() -> Self {
        use Extension::{
            Enable, Id, ListExtended, ListStatus, LiteralPlus, Move, Namespace, ObjectId, SaslIr, SpecialUse,
            UidPlus, Unselect,
        };
        let offered = [
            Enable,
            Id,
            ListExtended,
            ListStatus,
            LiteralPlus,
            Move,
            Namespace,
            ObjectId,
            SaslIr,
            SpecialUse,
            UidPlus,
            Unselect,
        ];
        Self::of("Yahoo Mail", &offered)
    }

    /// Looks like hMailServer: neither UIDPLUS nor MOVE.
    #[must_use]
    pub fn hmail() -> Self {
        use Extension::{Children, Idle, Namespace, Quota};
        let mut mask = Self::of("hMailServer", &[Children, Idle, Namespace, Quota]);
        mask.greeting = "hMailServer IMAPrev1";
        mask
    }

    /// Looks like 163.com: wants ID without offering it, has no answer to STATUS, and IDLE that never tells anything.
    #[must_use]
    pub fn netease() -> Self {
        use Extension::{Children, Id, Idle, Quota};
        let mut mask = Self::of("Coremail", &[Children, Id, Idle, Quota])
            .with_quirk(Quirk::IdBeforeSelect)
            .with_quirk(Quirk::HiddenId)
            .with_quirk(Quirk::EmptyStatus)
            .with_quirk(Quirk::DeafIdle);
        mask.greeting = "Coremail System IMap Server Ready(163com)";
        mask
    }

    /// Looks like Courier: what was appended shows after NOOP.
    #[must_use]
    pub fn courier() -> Self {
        use Extension::{Children, Idle, Namespace, Quota, UidPlus};
        let mut mask = Self::of("Courier", &[Children, Idle, Namespace, Quota, UidPlus]);
        mask.greeting = "Courier-IMAP ready. Copyright 1998-2018 Double Precision, Inc.";
        mask
    }

    /// Looks like Cyrus 2.2: offers extended LIST and cannot do it.
    #[must_use]
    pub fn old_cyrus() -> Self {
        use Extension::{Children, Id, Idle, ListExtended, LiteralPlus, Namespace, Quota, UidPlus, Unselect};
        let offered = [Children, Id, Idle, ListExtended, LiteralPlus, Namespace, Quota, UidPlus, Unselect];
        let mut mask = Self::of("Cyrus IMAP", &offered).with_quirk(Quirk::BadListReturn);
        mask.greeting = "localhost Cyrus IMAP4 v2.2.13 server ready";
        mask
    }

    /// Looks like Domino, which mixes up the connections of one user.
    #[must_use]
    pub fn domino() -> Self {
        use Extension::{Idle, LiteralPlus, Namespace, Quota, UidPlus};
        let mut mask = Self::of("Domino", &[Idle, LiteralPlus, Namespace, Quota, UidPlus]);
        mask.greeting = "Domino IMAP4 Server Release 9.0.1 ready";
        mask
    }

    /// Looks like Purelymail: QRESYNC only on its own, HIGHESTMODSEQ 0 while empty.
    #[must_use]
    pub fn purelymail() -> Self {
        let mut mask = Self::dovecot().with_quirk(Quirk::QresyncAlone).with_quirk(Quirk::ZeroModSeq);
        mask.name = "Purelymail";
        mask
    }

    fn of(name: &'static str, offered: &[Extension]) -> Self {
        let offered = offered.iter().copied().collect();
        Self { offered, quirks: BTreeSet::new(), name, greeting: GREETING }
    }

    /// Offers one more.
    #[must_use]
    pub fn with(mut self, extension: Extension) -> Self {
        self.offered.insert(extension);
        self
    }

    /// Withholds some.
    #[must_use]
    pub fn without(mut self, extensions: &[Extension]) -> Self {
        self.offered.retain(|offered| !extensions.contains(offered));
        self
    }

    /// Adds a quirk.
    #[must_use]
    pub fn with_quirk(mut self, quirk: Quirk) -> Self {
        self.quirks.insert(quirk);
        self
    }

    /// Whether it is offered.
    #[must_use]
    pub fn offers(&self, extension: Extension) -> bool {
        self.offered.contains(&extension)
    }

    /// Whether the server has the quirk.
    #[must_use]
    pub fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    fn shows(&self, extension: Extension) -> bool {
        extension != Extension::Id || !self.has(Quirk::HiddenId)
    }

    /// The words of the CAPABILITY answer.
    pub(crate) fn words(&self, signed_in: bool, secure: bool, can_start_tls: bool) -> String {
        let mut words = vec!["IMAP4rev1"];
        if signed_in {
            words.extend(self.offered.iter().filter(|e| self.shows(**e)).map(|e| e.word()));
            if self.quirks.contains(&Quirk::SmallMessages) {
                words.push("APPENDLIMIT");
            }
            return words.join(" ");
        }
        let early =
            [Extension::SaslIr, Extension::LiteralPlus, Extension::Id, Extension::Enable, Extension::Idle];
        words.extend(early.iter().filter(|e| self.offers(**e) && self.shows(**e)).map(|e| e.word()));
        if secure {
            words.push("AUTH=PLAIN");
        } else {
            words.push("LOGINDISABLED");
        }
        if can_start_tls {
            words.push("STARTTLS");
        }
        words.join(" ")
    }
}
