//! Commands about mailboxes that have extended forms. No I/O.

use super::cursor::{Cursor, Malformed, Parsed};
use crate::demo::command::{Command, ListRequest, Resync, StatusItem};
use crate::demo::{dates, names};
use crate::model::Flag;

fn name(cursor: &mut Cursor<'_>) -> Parsed<String> {
    Ok(names::decode(&cursor.string()?))
}

/// `SELECT name [(CONDSTORE)] [(QRESYNC (...))]` (RFC 7162).
pub(super) fn select(cursor: &mut Cursor<'_>, examine: bool) -> Parsed<Command> {
    let mailbox = name(cursor)?;
    let (mut condstore, mut resync) = (false, None);
    if cursor.eat(b' ') {
        cursor.list(|cursor| {
            if cursor.eat_word("CONDSTORE") {
                condstore = true;
            } else if cursor.eat_word("QRESYNC") {
                cursor.space()?;
                resync = Some(resync_values(cursor)?);
            } else {
                return Err(Malformed);
            }
            Ok(())
        })?;
    }
    Ok(Command::Select { mailbox, examine, condstore, resync })
}

/// `NOTIFY NONE` or `NOTIFY SET (...) ...` (RFC 5465). Which events are wanted is not looked at: all are told.
pub(super) fn notify(cursor: &mut Cursor<'_>) -> Parsed<Command> {
    if cursor.eat_word("NONE") {
        return Ok(Command::Notify(false));
    }
    if !cursor.eat_word("SET") {
        return Err(Malformed);
    }
    cursor.space()?;
    // Nothing of it matters here.
    cursor.run(|byte| byte >= 0x20)?;
    Ok(Command::Notify(true))
}

fn resync_values(cursor: &mut Cursor<'_>) -> Parsed<Resync> {
    cursor.expect(b'(')?;
    let uid_validity = cursor.number()?;
    cursor.space()?;
    let mod_seq = cursor.number()?;
    let mut known = None;
    if cursor.eat(b' ') {
        if cursor.peek() != Some(b'(') {
            known = Some(cursor.set()?);
            if cursor.eat(b' ') {
                matches(cursor)?;
            }
        } else {
            matches(cursor)?;
        }
    }
    cursor.expect(b')')?;
    Ok(Resync { uid_validity, mod_seq, known })
}

/// Sequence match data: read and not needed, since every vanished UID is remembered here.
fn matches(cursor: &mut Cursor<'_>) -> Parsed<()> {
    cursor.expect(b'(')?;
    cursor.set()?;
    cursor.space()?;
    cursor.set()?;
    cursor.expect(b')')
}

/// `LIST [(selection)] reference pattern|(patterns) [RETURN (options)]` (RFC 5258).
pub(super) fn list(cursor: &mut Cursor<'_>) -> Parsed<Command> {
    let mut request = ListRequest::default();
    if cursor.peek() == Some(b'(') {
        request.extended = true;
        for word in cursor.list(Cursor::word)? {
            match word.as_str() {
                "SUBSCRIBED" => {
                    request.only_subscribed = true;
                    request.return_subscribed = true;
                }
                "SPECIAL-USE" => {
                    request.only_special = true;
                    request.return_special = true;
                }
                "RECURSIVEMATCH" | "REMOTE" => {}
                _ => return Err(Malformed),
            }
        }
        cursor.space()?;
    }
    request.reference = name(cursor)?;
    cursor.space()?;
    if cursor.peek() == Some(b'(') {
        request.extended = true;
        request.patterns = cursor.list(name)?;
    } else {
        request.patterns.push(name(cursor)?);
    }
    if cursor.eat(b' ') {
        request.extended = true;
        if !cursor.eat_word("RETURN") {
            return Err(Malformed);
        }
        cursor.space()?;
        cursor.list(|cursor| return_option(cursor, &mut request))?;
    }
    Ok(Command::List(request))
}

fn return_option(cursor: &mut Cursor<'_>, request: &mut ListRequest) -> Parsed<()> {
    match cursor.word()?.as_str() {
        "SUBSCRIBED" => request.return_subscribed = true,
        "CHILDREN" => request.return_children = true,
        "SPECIAL-USE" => request.return_special = true,
        "STATUS" => {
            cursor.space()?;
            request.return_status = cursor.list(status_item)?;
        }
        _ => return Err(Malformed),
    }
    Ok(())
}

/// `STATUS name (items)`.
pub(super) fn status(cursor: &mut Cursor<'_>) -> Parsed<Command> {
    let mailbox = name(cursor)?;
    cursor.space()?;
    let items = cursor.list(status_item)?;
    if items.is_empty() { Err(Malformed) } else { Ok(Command::Status { mailbox, items }) }
}

fn status_item(cursor: &mut Cursor<'_>) -> Parsed<StatusItem> {
    Ok(match cursor.word()?.as_str() {
        "MESSAGES" => StatusItem::Messages,
        "RECENT" => StatusItem::Recent,
        "UIDNEXT" => StatusItem::UidNext,
        "UIDVALIDITY" => StatusItem::UidValidity,
        "UNSEEN" => StatusItem::Unseen,
        "DELETED" => StatusItem::Deleted,
        "SIZE" => StatusItem::Size,
        "HIGHESTMODSEQ" => StatusItem::HighestModSeq,
        "MAILBOXID" => StatusItem::MailboxId,
        "APPENDLIMIT" => StatusItem::AppendLimit,
        _ => return Err(Malformed),
    })
}

/// `CREATE name [(USE (\Sent))]` (RFC 6154 section 3).
pub(super) fn create(cursor: &mut Cursor<'_>) -> Parsed<Command> {
    let mailbox = name(cursor)?;
    let mut special_use = None;
    if cursor.eat(b' ') {
        cursor.expect(b'(')?;
        if !cursor.eat_word("USE") {
            return Err(Malformed);
        }
        cursor.space()?;
        special_use = cursor.list(flag_text)?.pop();
        cursor.expect(b')')?;
    }
    Ok(Command::Create { mailbox, special_use })
}

fn flag_text(cursor: &mut Cursor<'_>) -> Parsed<String> {
    let slash = if cursor.eat(b'\\') { "\\" } else { "" };
    let raw = cursor.run(|b| b > 0x20 && b < 0x7f && !b"(){%*\"\\]".contains(&b))?;
    Ok(format!("{slash}{}", String::from_utf8_lossy(raw)))
}

/// `APPEND name [(flags)] ["date"] literal` (RFC 9051 section 6.3.12).
pub(super) fn append(cursor: &mut Cursor<'_>) -> Parsed<Command> {
    let mailbox = name(cursor)?;
    cursor.space()?;
    let mut flags = Vec::new();
    if cursor.peek() == Some(b'(') {
        flags = cursor.list(flag_text)?.iter().filter_map(|text| Flag::from_wire(text)).collect();
        cursor.space()?;
    }
    let mut date = None;
    if cursor.peek() == Some(b'"') {
        date = Some(dates::parse_internal(&cursor.text()?).ok_or(Malformed)?);
        cursor.space()?;
    }
    let message = if cursor.eat_word("UTF8") {
        cursor.space()?;
        cursor.expect(b'(')?;
        let message = cursor.literal()?;
        cursor.expect(b')')?;
        message
    } else {
        cursor.literal()?
    };
    Ok(Command::Append { mailbox, flags, date, message })
}

/// `ENABLE word ...` (RFC 5161).
pub(super) fn enable(cursor: &mut Cursor<'_>) -> Parsed<Command> {
    let mut words = vec![cursor.word()?];
    while cursor.eat(b' ') {
        words.push(cursor.word()?);
    }
    Ok(Command::Enable(words))
}
