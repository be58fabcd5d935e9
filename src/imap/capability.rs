//! What a server says that it can do (RFC 9051 section 7.2.2, CAPABILITY), as types. Pure.

use super::auth::Mechanism;
use std::collections::BTreeSet;

/// Words kept of one CAPABILITY answer; real servers send below 100.
const MAX_WORDS: usize = 500;

macro_rules! capabilities {
    ($($(#[$doc:meta])* $name:ident = $($word:literal)|+;)*) => {
        /// An extension that we make use of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Capability { $($(#[$doc])* $name,)* }

        impl Capability {
            fn from_word(word: &str) -> Option<Self> {
                match word { $($($word)|+ => Some(Self::$name),)* _ => None }
            }
        }
    };
}

capabilities! {
    /// RFC 3501
    Imap4Rev1 = "IMAP4REV1";
    /// RFC 9051
    Imap4Rev2 = "IMAP4REV2";
    /// RFC 4314
    Acl = "ACL";
    /// RFC 3516
    Binary = "BINARY";
    /// RFC 3348, in RFC 5258
    Children = "CHILDREN";
    /// RFC 4978
    CompressDeflate = "COMPRESS=DEFLATE";
    /// RFC 7162
    Condstore = "CONDSTORE";
    /// RFC 6154 section 3
    CreateSpecialUse = "CREATE-SPECIAL-USE";
    /// RFC 5161
    Enable = "ENABLE";
    /// RFC 4731
    Esearch = "ESEARCH";
    /// RFC 5267
    Esort = "ESORT";
    /// Labels, thread and message ids of Gmail
    Gmail = "X-GM-EXT-1";
    /// RFC 2971
    Id = "ID";
    /// RFC 2177
    Idle = "IDLE";
    /// RFC 5258
    ListExtended = "LIST-EXTENDED";
    /// RFC 5819
    ListStatus = "LIST-STATUS";
    /// RFC 7888
    LiteralMinus = "LITERAL-";
    /// RFC 7888
    LiteralPlus = "LITERAL+";
    /// LOGIN must not be used (RFC 9051 section 6.2.3)
    LoginDisabled = "LOGINDISABLED";
    /// RFC 5464
    Metadata = "METADATA";
    /// RFC 5464, for the server only
    MetadataServer = "METADATA-SERVER";
    /// RFC 6851
    Move = "MOVE";
    /// RFC 3502
    MultiAppend = "MULTIAPPEND";
    /// RFC 2342
    Namespace = "NAMESPACE";
    /// RFC 5465
    Notify = "NOTIFY";
    /// RFC 8474
    ObjectId = "OBJECTID";
    /// RFC 8970
    Preview = "PREVIEW";
    /// RFC 7162
    Qresync = "QRESYNC";
    /// RFC 9208
    Quota = "QUOTA";
    /// RFC 4959
    SaslIr = "SASL-IR";
    /// RFC 8514
    SaveDate = "SAVEDATE";
    /// RFC 5256
    Sort = "SORT";
    /// RFC 5957
    SortDisplay = "SORT=DISPLAY";
    /// RFC 6154
    SpecialUse = "SPECIAL-USE";
    /// RFC 9051 section 6.2.1
    StartTls = "STARTTLS";
    /// RFC 8438
    StatusSize = "STATUS=SIZE";
    /// RFC 5256
    ThreadReferences = "THREAD=REFERENCES";
    /// RFC 5256
    ThreadOrderedSubject = "THREAD=ORDEREDSUBJECT";
    /// REFERENCES without regard to the subject
    ThreadRefs = "THREAD=REFS";
    /// RFC 4315
    UidPlus = "UIDPLUS";
    /// RFC 3691
    Unselect = "UNSELECT";
    /// RFC 6855
    Utf8Accept = "UTF8=ACCEPT" | "UTF8=ONLY";
    /// RFC 5032
    Within = "WITHIN";
    /// The older form of SPECIAL-USE
    XList = "XLIST";
}

/// What one server offers, as of the last CAPABILITY.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    known: BTreeSet<Capability>,
    /// All words in capitals, sorted.
    words: BTreeSet<String>,
    mechanisms: Vec<Mechanism>,
    append_limit: Option<u64>,
    /// ID of the server, field by field (RFC 2971).
    pub server_id: Vec<(String, String)>,
}

impl Capabilities {
    /// Reads the words of a CAPABILITY answer.
    pub fn from_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all = Self::default();
        for word in words.into_iter().take(MAX_WORDS) {
            let word = word.to_ascii_uppercase();
            all.known.extend(Capability::from_word(&word));
            if let Some(name) = word.strip_prefix("AUTH=") {
                all.mechanisms.extend(Mechanism::from_wire(name));
            } else if let Some(limit) = word.strip_prefix("APPENDLIMIT=") {
                all.append_limit = limit.parse().ok();
            } else if word.starts_with("QUOTA=") {
                all.known.insert(Capability::Quota);
            }
            all.words.insert(word);
        }
        if all.known.contains(&Capability::Imap4Rev2) {
            all.known.extend(PART_OF_REV2);
        }
        if all.known.contains(&Capability::Qresync) {
            // RFC 7162 section 3.2: who offers QRESYNC must support CONDSTORE.
            all.known.extend([Capability::Condstore, Capability::Enable]);
        }
        all
    }

    /// Whether the server offers it.
    #[must_use]
    pub fn has(&self, capability: Capability) -> bool {
        self.known.contains(&capability)
    }

    /// From now on it is not offered: the server is known to do it wrongly.
    pub(super) fn withhold(&mut self, capability: Capability) {
        self.known.remove(&capability);
    }

    /// Whether the answer held this word, in capitals, for what has no variant of its own.
    #[must_use]
    pub fn has_word(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// All words in capitals, sorted.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }

    /// SASL mechanisms that the server offers and we know.
    #[must_use]
    pub fn mechanisms(&self) -> &[Mechanism] {
        &self.mechanisms
    }

    /// Largest message that APPEND takes, if the server says so (RFC 7889).
    #[must_use]
    pub const fn append_limit(&self) -> Option<u64> {
        self.append_limit
    }

    /// Name of the server software from its ID.
    #[must_use]
    pub fn server_name(&self) -> Option<&str> {
        self.server_id.iter().find(|(k, _)| k.eq_ignore_ascii_case("name")).map(|(_, v)| v.as_str())
    }

    /// Whether there was any answer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

/// Extensions that are part of IMAP4rev2 itself (RFC 9051 appendix E).
const PART_OF_REV2: [Capability; 15] = [
    Capability::Children,
    Capability::Enable,
    Capability::Esearch,
    Capability::Idle,
    Capability::ListExtended,
    Capability::ListStatus,
    Capability::LiteralMinus,
    Capability::Move,
    Capability::Namespace,
    Capability::SaslIr,
    Capability::SpecialUse,
    Capability::StatusSize,
    Capability::UidPlus,
    Capability::Unselect,
    Capability::Binary,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_without_case() {
        let all =
            Capabilities::from_words(["imap4rev1", "Idle", "AUTH=Plain", "AUTH=X-FOO", "APPENDLIMIT=12"]);
        assert!(all.has(Capability::Idle) && !all.has(Capability::Move));
        assert_eq!(all.mechanisms(), [Mechanism::Plain]);
        assert_eq!(all.append_limit(), Some(12));
        assert!(all.has_word("AUTH=X-FOO"));
    }

    #[test]
    fn a_rev2_server_needs_no_long_list() {
        let all = Capabilities::from_words(["IMAP4rev2"]);
        assert!(all.has(Capability::Move) && all.has(Capability::Esearch));
        assert!(!all.has(Capability::Condstore));
        assert!(Capabilities::from_words(["QRESYNC"]).has(Capability::Condstore));
    }
}
