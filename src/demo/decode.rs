//! Bytes of one complete command to a [`Command`]. No I/O.
//!
//! imap-codec decodes everything whose grammar it knows whole; commands with extensions that it lacks
//! (ESEARCH, LIST RETURN, PREVIEW, STATUS SIZE ...) go through a small decoder of our own.

mod base;
mod cursor;
mod fetch;
mod labels;
mod mailbox;
mod search;

use super::command::Command;
pub(crate) use cursor::Malformed;
use cursor::{Cursor, Parsed};

/// A command with the tag that its answer needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tagged {
    pub(crate) tag: String,
    /// Name in upper case, with `UID ` in front where it was said.
    pub(crate) verb: String,
    pub(crate) command: Result<Command, Malformed>,
    /// Whether imap-codec, an independent reading of the grammar, accepts the command too.
    pub(crate) by_the_book: bool,
}

/// Decodes one command; `None` if not even a tag can be found.
pub(crate) fn decode(bytes: &[u8]) -> Option<Tagged> {
    let mut cursor = Cursor::new(bytes);
    let tag = cursor.run(|b| b > 0x20 && b < 0x7f && !b"(){%*\"\\+".contains(&b)).ok()?;
    let tag = String::from_utf8_lossy(tag).into_owned();
    cursor.space().ok()?;
    let mut verb = cursor.word().ok()?;
    let uid = verb == "UID" && cursor.eat(b' ');
    if uid {
        verb = format!("UID {}", cursor.word().ok()?);
    }
    let base = base::decode(bytes);
    let by_the_book = base.is_some();
    let command = match extended(&verb, uid, &mut cursor) {
        Some(command) => command,
        None => base.flatten().ok_or(Malformed),
    };
    Some(Tagged { tag, verb, command, by_the_book })
}

/// Commands that the own decoder reads; `None` leaves the command to imap-codec.
fn extended(verb: &str, uid: bool, cursor: &mut Cursor<'_>) -> Option<Parsed<Command>> {
    let name = verb.strip_prefix("UID ").unwrap_or(verb);
    let read: fn(&mut Cursor<'_>, bool) -> Parsed<Command> = match name {
        "FETCH" => fetch::fetch,
        "STORE" if labels::is_meant(cursor) => labels::store,
        "SEARCH" => search::search,
        "SELECT" if !uid => |cursor, _| mailbox::select(cursor, false),
        "EXAMINE" if !uid => |cursor, _| mailbox::select(cursor, true),
        "LIST" if !uid => |cursor, _| mailbox::list(cursor),
        "STATUS" if !uid => |cursor, _| mailbox::status(cursor),
        "CREATE" if !uid => |cursor, _| mailbox::create(cursor),
        "APPEND" if !uid => |cursor, _| mailbox::append(cursor),
        "ENABLE" if !uid => |cursor, _| mailbox::enable(cursor),
        "NOTIFY" if !uid => |cursor, _| mailbox::notify(cursor),
        "ID" if !uid => |_, _| Ok(Command::Id),
        _ => return None,
    };
    let command = (|| {
        if name != "ID" {
            cursor.space()?;
        }
        let command = read(cursor, uid)?;
        if name != "ID" {
            cursor.end()?;
        }
        Ok(command)
    })();
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::command::*;

    fn command(line: &str) -> Result<Command, Malformed> {
        decode(format!("a1 {line}\r\n").as_bytes()).unwrap().command
    }

    #[test]
    fn base_commands_come_from_imap_codec() {
        assert_eq!(
            command("LOGIN ada {3}\r\nx y"),
            Ok(Command::Login { user: "ada".into(), password: "x y".into() })
        );
        assert_eq!(
            command("uid store 1:2,4:* (UNCHANGEDSINCE 9) +flags.silent (\\Seen $Work)"),
            Ok(Command::Store {
                set: NumberSet::Ranges(vec![
                    (Bound::Number(1), Bound::Number(2)),
                    (Bound::Number(4), Bound::Highest)
                ]),
                kind: StoreKind::Add,
                flags: ["\\Seen", "$Work"].iter().filter_map(|f| crate::model::Flag::from_wire(f)).collect(),
                silent: true,
                unchanged_since: Some(9),
                uid: true,
            })
        );
        assert_eq!(command("CREATE Entw&APw-rfe").unwrap(), {
            Command::Create { mailbox: "Entwürfe".into(), special_use: None }
        });
        assert_eq!(command("NOOP x"), Err(Malformed));
        assert_eq!(command("XYZZY"), Err(Malformed));
        assert!(decode(b"* NOOP\r\n").is_none());
    }

    #[test]
    fn extensions_come_from_the_own_decoder() {
        let line = "UID FETCH 1:* (FLAGS PREVIEW BODY.PEEK[HEADER.FIELDS (From \"To\")]<0.9>) (CHANGEDSINCE 5 VANISHED)";
        let Ok(Command::Fetch { items, changed_since, vanished, uid, .. }) = command(line) else { panic!() };
        assert_eq!((items.len(), changed_since, vanished, uid), (3, Some(5), true, true));
        let Some(FetchItem::Section { section, peek, partial, label }) = items.last() else { panic!() };
        assert_eq!(section.kind, SectionKind::Fields { not: false, names: vec!["from".into(), "to".into()] });
        assert_eq!((*peek, *partial, label.as_str()), (true, Some((0, 9)), "BODY[HEADER.FIELDS (From To)]"));

        let Ok(Command::List(list)) =
            command("LIST (SUBSCRIBED) \"\" (\"*\" a%) RETURN (SPECIAL-USE STATUS (MESSAGES SIZE))")
        else {
            panic!()
        };
        assert_eq!(list.patterns, ["*", "a%"]);
        assert!(list.only_subscribed && list.return_special && list.extended);
        assert_eq!(list.return_status, [StatusItem::Messages, StatusItem::Size]);

        let Ok(Command::Search { key, options, .. }) =
            command("SEARCH RETURN (MIN COUNT) OR UNSEEN NOT SUBJECT \"a b\" SINCE 1-Feb-2024 MODSEQ 7")
        else {
            panic!()
        };
        assert_eq!(options, Some(SearchReturn { min: true, count: true, ..SearchReturn::default() }));
        let SearchKey::And(keys) = key else { panic!() };
        assert_eq!(keys[1..], [SearchKey::Since(19_754), SearchKey::ModSeq(7)]);

        let Ok(Command::Select { resync, condstore, .. }) =
            command("SELECT INBOX (QRESYNC (67890007 20050715194045000 41,43:211 (1:2 3:4)))")
        else {
            panic!()
        };
        assert!(!condstore);
        assert_eq!(resync.map(|r| (r.uid_validity, r.mod_seq)), Some((67_890_007, 20_050_715_194_045_000)));

        let Ok(Command::Append { flags, date, message, .. }) =
            command("APPEND Sent (\\Seen) \" 1-Jan-2024 00:00:00 +0100\" {3+}\r\na\0b")
        else {
            panic!()
        };
        assert_eq!((flags.len(), date, message.as_slice()), (1, Some(1_704_063_600), b"a\0b".as_slice()));
    }

    #[test]
    fn labels_are_read_as_gmail_takes_them() {
        let labels = |line: &str| match command(line) {
            Ok(Command::StoreLabels { kind, labels, silent, uid, .. }) => (kind, labels, silent, uid),
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(
            labels("UID STORE 1:3,7 -X-GM-LABELS.SILENT (\\Inbox \"a b\" Entw&APw-rfe)"),
            (StoreKind::Remove, vec!["\\Inbox".into(), "a b".into(), "Entw\u{fc}rfe".into()], true, true)
        );
        assert_eq!(
            labels("STORE 1 +x-gm-labels \"\\\\Starred\""),
            (StoreKind::Add, vec!["\\Starred".into()], false, false)
        );
    }

    #[test]
    fn nothing_hostile_gets_through() {
        let deep = format!("SEARCH {}ALL{}", "(".repeat(5000), ")".repeat(5000));
        assert_eq!(command(&deep), Err(Malformed));
        assert_eq!(command(&format!("SEARCH {}ALL", "NOT ".repeat(5000))), Err(Malformed));
        for bad in ["FETCH 0 FLAGS", "FETCH 1 (FLAGS", "SELECT", "LIST \"\"", "UID FETCH 1 FLAGS x"] {
            assert_eq!(command(bad), Err(Malformed), "{bad}");
        }
    }
}
