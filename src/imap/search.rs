//! Questions for SEARCH (RFC 9051 section 6.4.4), SORT and THREAD (RFC 5256). Built only from typed values. Pure.
#![expect(clippy::wildcard_enum_match_arm, reason = "only texts need a charset")]

use super::command::Command;
use crate::model::{Flag, ModSeq, Uid, UidSet, UnixTime};

/// Deepest nesting of a question; deeper ones are cut off as matching nothing.
const MAX_DEPTH: usize = 20;

/// A condition on messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SearchQuery {
    /// Every message.
    All,
    /// Messages that meet all conditions; every message if there is none.
    And(Vec<SearchQuery>),
    /// Messages that meet one of the two.
    Or(Box<SearchQuery>, Box<SearchQuery>),
    /// Messages that do not meet it.
    Not(Box<SearchQuery>),
    /// Messages with these UIDs.
    Uids(UidSet),
    /// Messages with this UID or a higher one, also if none is that high.
    From(Uid),
    /// Messages with the flag.
    Has(Flag),
    /// Text in the header or the body.
    Text(String),
    /// Text in the body.
    Body(String),
    /// Text in a header field.
    Header(HeaderField, String),
    /// Arrived on this day (UTC) or later.
    Since(UnixTime),
    /// Arrived before this day (UTC).
    Before(UnixTime),
    /// Larger than so many bytes.
    Larger(u64),
    /// Smaller than so many bytes.
    Smaller(u64),
    /// Changed since (RFC 7162 section 3.1.5).
    ModSeq(ModSeq),
}

/// Header fields that can be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderField {
    /// Author
    From,
    /// Recipients
    To,
    /// Copies
    Cc,
    /// Blind copies
    Bcc,
    /// Subject
    Subject,
    /// `Message-ID`
    MessageId,
}

impl SearchQuery {
    /// Whether a text in it needs `CHARSET UTF-8`.
    pub(super) fn needs_charset(&self) -> bool {
        match self {
            Self::And(all) => all.iter().any(Self::needs_charset),
            Self::Or(a, b) => a.needs_charset() || b.needs_charset(),
            Self::Not(inner) => inner.needs_charset(),
            Self::Text(text) | Self::Body(text) | Self::Header(_, text) => !text.is_ascii(),
            _ => false,
        }
    }

    /// Adds the condition to a command.
    pub(super) fn write(&self, command: Command) -> Command {
        self.write_nested(command, 0)
    }

    fn write_nested(&self, command: Command, depth: usize) -> Command {
        if depth > MAX_DEPTH {
            return command.word("NOT").word("ALL");
        }
        let deeper = depth + 1;
        match self {
            Self::All => command.word("ALL"),
            Self::And(all) if all.is_empty() => command.word("ALL"),
            Self::And(all) => {
                // ALL first, so that each condition can bring its own space.
                let opened = command.word("(ALL");
                all.iter().fold(opened, |c, q| q.write_nested(c, deeper)).glue(")")
            }
            Self::Or(a, b) => b.write_nested(a.write_nested(command.word("OR"), deeper), deeper),
            Self::Not(inner) => inner.write_nested(command.word("NOT"), deeper),
            Self::Uids(set) if set.is_empty() => command.word("NOT").word("ALL"),
            Self::Uids(set) => command.word("UID").set(set),
            Self::From(uid) => command.word("UID").built(&format!("{uid}:*")),
            Self::Has(flag) => has(command, flag),
            Self::Text(text) => command.word("TEXT").string(text.as_bytes(), "search text"),
            Self::Body(text) => command.word("BODY").string(text.as_bytes(), "search text"),
            Self::Header(field, text) => command.word(field.key()).string(text.as_bytes(), "search text"),
            Self::Since(day) => command.word("SINCE").built(&super::date::day(*day)),
            Self::Before(day) => command.word("BEFORE").built(&super::date::day(*day)),
            Self::Larger(bytes) => command.word("LARGER").number(*bytes),
            Self::Smaller(bytes) => command.word("SMALLER").number(*bytes),
            Self::ModSeq(since) => command.word("MODSEQ").number(since.get()),
        }
    }
}

fn has(command: Command, flag: &Flag) -> Command {
    match flag {
        Flag::Seen => command.word("SEEN"),
        Flag::Answered => command.word("ANSWERED"),
        Flag::Flagged => command.word("FLAGGED"),
        Flag::Deleted => command.word("DELETED"),
        Flag::Draft => command.word("DRAFT"),
        Flag::Keyword(keyword) => command.word("KEYWORD").built(keyword.as_str()),
    }
}

impl HeaderField {
    const fn key(self) -> &'static str {
        match self {
            Self::From => "FROM",
            Self::To => "TO",
            Self::Cc => "CC",
            Self::Bcc => "BCC",
            Self::Subject => "SUBJECT",
            Self::MessageId => "HEADER Message-ID",
        }
    }
}

/// What to sort by (RFC 5256 section 3, RFC 5957).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// Arrival.
    Arrival,
    /// Date header.
    Date,
    /// Author.
    From,
    /// Author as displayed.
    DisplayFrom,
    /// First recipient.
    To,
    /// First recipient as displayed.
    DisplayTo,
    /// Subject without `Re:`.
    Subject,
    /// Bytes.
    Size,
}

impl SortKey {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Arrival => "ARRIVAL",
            Self::Date => "DATE",
            Self::From => "FROM",
            Self::DisplayFrom => "DISPLAYFROM",
            Self::To => "TO",
            Self::DisplayTo => "DISPLAYTO",
            Self::Subject => "SUBJECT",
            Self::Size => "SIZE",
        }
    }
}

/// One criterion of a sorting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    /// Smallest or oldest first.
    Ascending(SortKey),
    /// Largest or newest first.
    Descending(SortKey),
}

/// How the server puts messages into threads (RFC 5256 section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThreadAlgorithm {
    /// By `References`, with regard to the subject.
    References,
    /// By `References` alone.
    Refs,
    /// By subject.
    OrderedSubject,
}

impl ThreadAlgorithm {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::References => "REFERENCES",
            Self::Refs => "REFS",
            Self::OrderedSubject => "ORDEREDSUBJECT",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::command::Piece;
    use super::*;

    fn text(query: &SearchQuery) -> String {
        let pieces = query.write(Command::new("S")).into_pieces().unwrap();
        let piece = |p: &Piece| match p {
            Piece::Line(line) => line.clone(),
            Piece::Literal(bytes) => format!("{{{}}}", bytes.len()),
        };
        pieces.iter().map(piece).collect()
    }

    #[test]
    fn questions_read_as_in_the_rfc() {
        let seen = || SearchQuery::Has(Flag::Seen);
        let cases = [
            (SearchQuery::All, "S ALL"),
            (SearchQuery::And(vec![]), "S ALL"),
            (SearchQuery::And(vec![seen(), SearchQuery::Larger(5)]), "S (ALL SEEN LARGER 5)"),
            (
                SearchQuery::Or(Box::new(seen()), Box::new(SearchQuery::Not(Box::new(seen())))),
                "S OR SEEN NOT SEEN",
            ),
            (SearchQuery::Header(HeaderField::Subject, "a b".into()), "S SUBJECT \"a b\""),
            (SearchQuery::Header(HeaderField::MessageId, "<x@y>".into()), "S HEADER Message-ID <x@y>"),
            (SearchQuery::Text("ü".into()), "S TEXT {2}"),
            (SearchQuery::Since(UnixTime(1_700_000_000)), "S SINCE 14-Nov-2023"),
            (SearchQuery::Uids(UidSet::new()), "S NOT ALL"),
            (SearchQuery::From(Uid::MIN), "S UID 1:*"),
        ];
        for (query, expected) in cases {
            assert_eq!(text(&query), expected);
        }
    }

    #[test]
    fn a_deep_question_is_cut() {
        let mut query = SearchQuery::All;
        for _ in 0..1000 {
            query = SearchQuery::Not(Box::new(query));
        }
        assert!(text(&query).len() < 200);
        // Taken apart without recursion, or the drop would be as deep.
        while let SearchQuery::Not(inner) = query {
            query = *inner;
        }
    }
}
