//! FETCH with every item that a client of today asks for. No I/O.

use super::cursor::{Cursor, Malformed, Parsed};
use crate::demo::command::{Command, FetchItem, Section, SectionKind};

/// `FETCH set items [modifiers]` (RFC 9051 section 6.4.5, RFC 7162 sections 3.1.4.1 and 3.2.6).
pub(super) fn fetch(cursor: &mut Cursor<'_>, uid: bool) -> Parsed<Command> {
    let set = cursor.set()?;
    cursor.space()?;
    let items = if cursor.peek() == Some(b'(') { cursor.list(item)? } else { macro_or_item(cursor)? };
    let (mut changed_since, mut vanished) = (None, false);
    if cursor.eat(b' ') {
        cursor.list(|cursor| {
            if cursor.eat_word("CHANGEDSINCE") {
                cursor.space()?;
                changed_since = Some(cursor.number()?);
            } else if cursor.eat_word("VANISHED") {
                vanished = true;
            } else {
                return Err(Malformed);
            }
            Ok(())
        })?;
    }
    Ok(Command::Fetch { set, items, changed_since, vanished, uid })
}

fn macro_or_item(cursor: &mut Cursor<'_>) -> Parsed<Vec<FetchItem>> {
    use FetchItem::{Body, Envelope, Flags, InternalDate, Size};
    if cursor.eat_word("ALL") {
        Ok(vec![Flags, InternalDate, Size, Envelope])
    } else if cursor.eat_word("FAST") {
        Ok(vec![Flags, InternalDate, Size])
    } else if cursor.eat_word("FULL") {
        Ok(vec![Flags, InternalDate, Size, Envelope, Body])
    } else {
        Ok(vec![item(cursor)?])
    }
}

fn item(cursor: &mut Cursor<'_>) -> Parsed<FetchItem> {
    let raw = cursor.run(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))?;
    let name = String::from_utf8_lossy(raw).to_ascii_uppercase();
    Ok(match name.as_str() {
        "FLAGS" => FetchItem::Flags,
        "UID" => FetchItem::Uid,
        "INTERNALDATE" => FetchItem::InternalDate,
        "RFC822.SIZE" => FetchItem::Size,
        "ENVELOPE" => FetchItem::Envelope,
        "BODYSTRUCTURE" => FetchItem::BodyStructure,
        "MODSEQ" => FetchItem::ModSeq,
        "EMAILID" => FetchItem::EmailId,
        "THREADID" => FetchItem::ThreadId,
        "SAVEDATE" => FetchItem::SaveDate,
        "X-GM-MSGID" => FetchItem::GmailId,
        "X-GM-THRID" => FetchItem::GmailThread,
        "X-GM-LABELS" => FetchItem::GmailLabels,
        "PREVIEW" => {
            // `PREVIEW (LAZY)` (RFC 8970 section 3.2); here a preview is always at hand.
            let mut ahead = cursor.clone();
            if ahead.eat(b' ') && ahead.eat(b'(') && ahead.eat_word("LAZY") && ahead.eat(b')') {
                *cursor = ahead;
            }
            FetchItem::Preview
        }
        "RFC822" => whole(SectionKind::Whole, false, "RFC822"),
        "RFC822.HEADER" => whole(SectionKind::Header, true, "RFC822.HEADER"),
        "RFC822.TEXT" => whole(SectionKind::Text, false, "RFC822.TEXT"),
        "BODY" if cursor.peek() != Some(b'[') => FetchItem::Body,
        "BODY" => body(cursor, false)?,
        "BODY.PEEK" => body(cursor, true)?,
        "BINARY" => binary(cursor, false)?,
        "BINARY.PEEK" => binary(cursor, true)?,
        "BINARY.SIZE" => FetchItem::BinarySize(bracketed_path(cursor)?),
        _ => return Err(Malformed),
    })
}

fn whole(kind: SectionKind, peek: bool, label: &str) -> FetchItem {
    let section = Section { path: Vec::new(), kind };
    FetchItem::Section { section, peek, partial: None, label: label.to_owned() }
}

fn body(cursor: &mut Cursor<'_>, peek: bool) -> Parsed<FetchItem> {
    cursor.expect(b'[')?;
    let path = path(cursor)?;
    let (kind, text) = kind(cursor, path.is_empty())?;
    cursor.expect(b']')?;
    let partial = partial(cursor)?;
    let numbers: Vec<_> = path.iter().map(u32::to_string).collect();
    let dot = if path.is_empty() || text.is_empty() { "" } else { "." };
    let label = format!("BODY[{}{dot}{text}]", numbers.join("."));
    Ok(FetchItem::Section { section: Section { path, kind }, peek, partial, label })
}

fn binary(cursor: &mut Cursor<'_>, peek: bool) -> Parsed<FetchItem> {
    let path = bracketed_path(cursor)?;
    Ok(FetchItem::Binary { path, peek, partial: partial(cursor)? })
}

fn bracketed_path(cursor: &mut Cursor<'_>) -> Parsed<Vec<u32>> {
    cursor.expect(b'[')?;
    let path = path(cursor)?;
    cursor.expect(b']')?;
    Ok(path)
}

/// Numbers with dots; also takes the dot before a word such as `MIME`.
fn path(cursor: &mut Cursor<'_>) -> Parsed<Vec<u32>> {
    let mut path = Vec::new();
    while cursor.peek().is_some_and(|b| b.is_ascii_digit()) {
        path.push(cursor.number()?);
        if !cursor.eat(b'.') {
            break;
        }
    }
    Ok(path)
}

fn kind(cursor: &mut Cursor<'_>, top: bool) -> Parsed<(SectionKind, String)> {
    if cursor.peek() == Some(b']') {
        return Ok((SectionKind::Whole, String::new()));
    }
    let word = cursor.run(|b| b.is_ascii_alphabetic() || b == b'.')?;
    let word = String::from_utf8_lossy(word).to_ascii_uppercase();
    let kind = match word.as_str() {
        "HEADER" => SectionKind::Header,
        "TEXT" => SectionKind::Text,
        "MIME" if !top => SectionKind::Mime,
        "HEADER.FIELDS" | "HEADER.FIELDS.NOT" => {
            cursor.space()?;
            let names = cursor.list(Cursor::text)?;
            let label = format!("{word} ({})", names.join(" "));
            let names = names.iter().map(|name| name.to_ascii_lowercase()).collect();
            return Ok((SectionKind::Fields { not: word.ends_with("NOT"), names }, label));
        }
        _ => return Err(Malformed),
    };
    Ok((kind, word))
}

fn partial(cursor: &mut Cursor<'_>) -> Parsed<Option<(u64, u64)>> {
    if !cursor.eat(b'<') {
        return Ok(None);
    }
    let offset = cursor.number()?;
    cursor.expect(b'.')?;
    let length: u64 = cursor.number()?;
    cursor.expect(b'>')?;
    if length == 0 { Err(Malformed) } else { Ok(Some((offset, length))) }
}
