//! SEARCH with ESEARCH, WITHIN, CONDSTORE and OBJECTID keys. No I/O.

use super::cursor::{Cursor, Malformed, Parsed};
use crate::demo::command::{Command, SearchKey, SearchReturn};
use crate::model::{Flag, Keyword};

/// Nesting of keys; nobody writes deeper searches by hand or by program.
const MAX_DEPTH: u32 = 50;
const DAY: i64 = 86_400;

/// `SEARCH [RETURN (...)] [CHARSET ...] keys` (RFC 9051 section 6.4.4).
pub(super) fn search(cursor: &mut Cursor<'_>, uid: bool) -> Parsed<Command> {
    let mut options = None;
    if cursor.eat_word("RETURN") {
        cursor.space()?;
        let mut wanted = SearchReturn::default();
        let words = cursor.list(Cursor::word)?;
        for word in &words {
            match word.as_str() {
                "MIN" => wanted.min = true,
                "MAX" => wanted.max = true,
                "ALL" => wanted.all = true,
                "COUNT" => wanted.count = true,
                "SAVE" => wanted.save = true,
                _ => return Err(Malformed),
            }
        }
        wanted.all |= words.is_empty();
        options = Some(wanted);
        cursor.space()?;
    }
    if cursor.eat_word("CHARSET") {
        cursor.space()?;
        cursor.string()?;
        cursor.space()?;
    }
    let mut keys = vec![key(cursor, 0)?];
    while cursor.eat(b' ') {
        keys.push(key(cursor, 0)?);
    }
    Ok(Command::Search { key: SearchKey::And(keys), options, uid })
}

fn key(cursor: &mut Cursor<'_>, depth: u32) -> Parsed<SearchKey> {
    if depth > MAX_DEPTH {
        return Err(Malformed);
    }
    match cursor.peek() {
        Some(b'(') => return Ok(SearchKey::And(cursor.list(|cursor| key(cursor, depth + 1))?)),
        Some(b'$' | b'*' | b'0'..=b'9') => return Ok(SearchKey::Sequence(cursor.set()?)),
        _ => {}
    }
    let word = cursor.word()?;
    if let Some(plain) = plain_key(&word) {
        return Ok(plain);
    }
    cursor.space()?;
    Ok(match word.as_str() {
        "NOT" => SearchKey::Not(Box::new(key(cursor, depth + 1)?)),
        "OR" => {
            let left = key(cursor, depth + 1)?;
            cursor.space()?;
            SearchKey::Or(Box::new(left), Box::new(key(cursor, depth + 1)?))
        }
        "UID" => SearchKey::Uid(cursor.set()?),
        "KEYWORD" => SearchKey::Flag(keyword(cursor)?, true),
        "UNKEYWORD" => SearchKey::Flag(keyword(cursor)?, false),
        "FROM" | "TO" | "CC" | "BCC" | "SUBJECT" => {
            SearchKey::Header(word.to_ascii_lowercase(), cursor.text()?)
        }
        "HEADER" => {
            let field = cursor.text()?.to_ascii_lowercase();
            cursor.space()?;
            SearchKey::Header(field, cursor.text()?)
        }
        "BODY" => SearchKey::Body(cursor.text()?),
        "TEXT" => SearchKey::Text(cursor.text()?),
        "BEFORE" => SearchKey::Before(date(cursor)?),
        "ON" => SearchKey::On(date(cursor)?),
        "SINCE" => SearchKey::Since(date(cursor)?),
        "SENTBEFORE" => SearchKey::SentBefore(date(cursor)?),
        "SENTON" => SearchKey::SentOn(date(cursor)?),
        "SENTSINCE" => SearchKey::SentSince(date(cursor)?),
        "YOUNGER" => SearchKey::Younger(cursor.number()?),
        "OLDER" => SearchKey::Older(cursor.number()?),
        "LARGER" => SearchKey::Larger(cursor.number()?),
        "SMALLER" => SearchKey::Smaller(cursor.number()?),
        "MODSEQ" => mod_seq(cursor)?,
        "EMAILID" => SearchKey::EmailId(cursor.text()?),
        "THREADID" => SearchKey::ThreadId(cursor.text()?),
        "X-GM-MSGID" => SearchKey::GmailId(cursor.number()?),
        _ => return Err(Malformed),
    })
}

fn plain_key(word: &str) -> Option<SearchKey> {
    Some(match word {
        "ALL" => SearchKey::All,
        "SEEN" => SearchKey::Flag(Flag::Seen, true),
        "UNSEEN" => SearchKey::Flag(Flag::Seen, false),
        "ANSWERED" => SearchKey::Flag(Flag::Answered, true),
        "UNANSWERED" => SearchKey::Flag(Flag::Answered, false),
        "FLAGGED" => SearchKey::Flag(Flag::Flagged, true),
        "UNFLAGGED" => SearchKey::Flag(Flag::Flagged, false),
        "DELETED" => SearchKey::Flag(Flag::Deleted, true),
        "UNDELETED" => SearchKey::Flag(Flag::Deleted, false),
        "DRAFT" => SearchKey::Flag(Flag::Draft, true),
        "UNDRAFT" => SearchKey::Flag(Flag::Draft, false),
        "NEW" | "RECENT" => SearchKey::Recent(true),
        "OLD" => SearchKey::Recent(false),
        _ => return None,
    })
}

fn keyword(cursor: &mut Cursor<'_>) -> Parsed<Flag> {
    Keyword::new(&cursor.text()?).map(Flag::Keyword).ok_or(Malformed)
}

/// `MODSEQ [entry-name entry-type] n` (RFC 7162 section 3.1.5).
fn mod_seq(cursor: &mut Cursor<'_>) -> Parsed<SearchKey> {
    if !cursor.peek().is_some_and(|b| b.is_ascii_digit()) {
        cursor.string()?;
        cursor.space()?;
        cursor.word()?;
        cursor.space()?;
    }
    Ok(SearchKey::ModSeq(cursor.number()?))
}

/// `d-Mon-yyyy`, with or without quotes, as days since 1970.
fn date(cursor: &mut Cursor<'_>) -> Parsed<i64> {
    let text = cursor.text()?;
    crate::demo::dates::parse_day(&text).map(|seconds| seconds / DAY).ok_or(Malformed)
}
