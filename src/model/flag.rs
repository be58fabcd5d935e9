//! System flags and keywords of a message (RFC 9051 section 2.3.2).

use std::collections::BTreeSet;
use std::fmt;

/// A keyword: a flag that does not start with a backslash.
///
/// Case is kept for display but does not count in comparisons, as servers treat keywords (RFC 9051 section 2.3.2).
#[derive(Clone, Debug)]
pub struct Keyword(String);

impl Keyword {
    /// Longest keyword that we send or keep, in bytes; longer ones come only from broken servers.
    pub const MAX_LEN: usize = 250;

    /// Accepts an IMAP atom (RFC 9051 section 9, `flag-keyword`); `None` for anything else.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.len() <= Self::MAX_LEN;
        let atom = text.bytes().all(|b| b > 0x20 && b < 0x7f && !b"(){%*\"\\]".contains(&b));
        (fits && atom).then(|| Self(text.to_owned()))
    }

    /// The keyword as the server spelled it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Keyword {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}
impl Eq for Keyword {}
impl PartialOrd for Keyword {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Keyword {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let lower = |k: &Self| k.0.bytes().map(|b| b.to_ascii_lowercase()).collect::<Vec<_>>();
        lower(self).cmp(&lower(other))
    }
}
impl std::hash::Hash for Keyword {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        for b in self.0.bytes() {
            state.write_u8(b.to_ascii_lowercase());
        }
    }
}

/// One flag.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flag {
    /// Has been read.
    Seen,
    /// Has been answered.
    Answered,
    /// Is marked for attention.
    Flagged,
    /// Is marked for removal by a later expunge.
    Deleted,
    /// Is an unfinished composition.
    Draft,
    /// Anything else, such as `$Junk` (RFC 9051 section 2.3.2).
    Keyword(Keyword),
}

impl Flag {
    /// Reads a flag from a server; system flags match without case. `\Recent`, `\*` and unknown
    /// backslash flags are `None`: they cannot be stored.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        let Some(system) = text.strip_prefix('\\') else {
            return Keyword::new(text).map(Self::Keyword);
        };
        match system.to_ascii_lowercase().as_str() {
            "seen" => Some(Self::Seen),
            "answered" => Some(Self::Answered),
            "flagged" => Some(Self::Flagged),
            "deleted" => Some(Self::Deleted),
            "draft" => Some(Self::Draft),
            _ => None,
        }
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Seen => "\\Seen",
            Self::Answered => "\\Answered",
            Self::Flagged => "\\Flagged",
            Self::Deleted => "\\Deleted",
            Self::Draft => "\\Draft",
            Self::Keyword(k) => k.as_str(),
        })
    }
}

/// Whether a flag is set or taken away. Never an absolute replacement: another client may have set others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FlagChange {
    /// `+FLAGS`
    Add,
    /// `-FLAGS`
    Remove,
}

/// All flags of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    system: u8,
    keywords: BTreeSet<Keyword>,
}

impl Flags {
    const fn bit(flag: &Flag) -> Option<u8> {
        match flag {
            Flag::Seen => Some(1),
            Flag::Answered => Some(2),
            Flag::Flagged => Some(4),
            Flag::Deleted => Some(8),
            Flag::Draft => Some(16),
            Flag::Keyword(_) => None,
        }
    }

    /// Bit of `\Seen` in [`Flags::system_bits`].
    pub const SEEN: u8 = 1;
    /// Bit of `\Answered` in [`Flags::system_bits`].
    pub const ANSWERED: u8 = 2;
    /// Bit of `\Flagged` in [`Flags::system_bits`].
    pub const FLAGGED: u8 = 4;
    /// Bit of `\Deleted` in [`Flags::system_bits`].
    pub const DELETED: u8 = 8;
    /// Bit of `\Draft` in [`Flags::system_bits`].
    pub const DRAFT: u8 = 16;

    /// Rebuilds flags from a row of the store.
    #[must_use]
    pub fn from_row(system: u8, keywords: &str) -> Self {
        Self {
            system: system & 31,
            keywords: keywords.split_ascii_whitespace().filter_map(Keyword::new).collect(),
        }
    }

    /// The system flags as a bit mask, for the store.
    #[must_use]
    pub const fn system_bits(&self) -> u8 {
        self.system
    }

    /// The keywords in a stable order, separated by spaces, for the store.
    #[must_use]
    pub fn keywords_joined(&self) -> String {
        let words: Vec<_> = self.keywords.iter().map(Keyword::as_str).collect();
        words.join(" ")
    }

    /// The keywords in a stable order.
    pub fn keywords(&self) -> impl Iterator<Item = &Keyword> {
        self.keywords.iter()
    }

    /// Whether the flag is set.
    #[must_use]
    pub fn contains(&self, flag: &Flag) -> bool {
        match (Self::bit(flag), flag) {
            (Some(bit), _) => self.system & bit != 0,
            (None, Flag::Keyword(k)) => self.keywords.contains(k),
            (None, _) => false,
        }
    }

    /// Sets or takes away one flag.
    pub fn apply(&mut self, change: FlagChange, flag: &Flag) {
        match (Self::bit(flag), change, flag) {
            (Some(bit), FlagChange::Add, _) => self.system |= bit,
            (Some(bit), FlagChange::Remove, _) => self.system &= !bit,
            (None, FlagChange::Add, Flag::Keyword(k)) => {
                self.keywords.insert(k.clone());
            }
            (None, FlagChange::Remove, Flag::Keyword(k)) => {
                self.keywords.remove(k);
            }
            (None, _, _) => {}
        }
    }
}

impl FromIterator<Flag> for Flags {
    fn from_iter<I: IntoIterator<Item = Flag>>(flags: I) -> Self {
        let mut all = Self::default();
        for flag in flags {
            all.apply(FlagChange::Add, &flag);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_read_from_the_wire_without_case() {
        assert_eq!(Flag::from_wire("\\sEEN"), Some(Flag::Seen));
        assert_eq!(Flag::from_wire("\\Recent"), None);
        assert_eq!(Flag::from_wire("bad word"), None);
        assert_eq!(Flag::from_wire("$JUNK"), Flag::from_wire("$Junk"));
    }

    #[test]
    fn flags_survive_a_row() {
        let flags: Flags =
            ["\\Seen", "\\Flagged", "$Forwarded", "work"].into_iter().filter_map(Flag::from_wire).collect();
        let back = Flags::from_row(flags.system_bits(), &flags.keywords_joined());
        assert_eq!(back, flags);
    }

    #[test]
    fn a_removed_flag_leaves_the_others() {
        let mut flags: Flags = [Flag::Seen, Flag::Flagged].into_iter().collect();
        flags.apply(FlagChange::Remove, &Flag::Seen);
        assert!(!flags.contains(&Flag::Seen));
        assert!(flags.contains(&Flag::Flagged));
    }
}
