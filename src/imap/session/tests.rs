//! The session against scripted servers: refusals, broken lines, hostile data.

mod idle;
mod whole;

use super::*;
use crate::imap::fake::{Fake, Step, expect, send, signed_in};
use crate::imap::{ByteRange, FetchItems, IdleEnd, Resync, SearchQuery, Section, SectionText};
use crate::model::{Flag, FlagChange, MailboxName, ModSeq, PartPath, Security, Uid, UidSet, UidValidity};
use std::ops::ControlFlow;
use std::time::Duration;

/// A session against a server that offers `capabilities` and then plays `steps`.
async fn session(capabilities: &str, steps: impl IntoIterator<Item = Step>) -> (Session, Fake) {
    let mut script = signed_in(capabilities);
    script.extend(steps);
    let fake = Fake::start(Security::Tls, vec![script]).await;
    let session = fake.connect().await.unwrap();
    (session, fake)
}

fn inbox() -> MailboxName {
    MailboxName::from_wire(b"INBOX")
}

fn uid(n: u32) -> Uid {
    Uid::from_wire(n).unwrap()
}

fn uids(text: &str) -> UidSet {
    UidSet::from_wire(text).unwrap()
}

fn selected(command: &'static str) -> [Step; 2] {
    let answer = "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 9] x\r\n{tag} OK [READ-WRITE] x\r\n";
    [expect(command), send(answer)]
}

const FLAGS: FetchItems = FetchItems {
    flags: true,
    mod_seq: false,
    internal_date: false,
    size: false,
    envelope: false,
    body_structure: false,
    header_fields: &[],
    preview: false,
    email_id: false,
    thread_id: false,
    gm_msgid: false,
    gm_thrid: false,
    gm_labels: false,
};

// --- the trap: a dead or refusing server must never look like an empty mailbox ---

#[tokio::test]
async fn a_refusal_with_a_good_bye_is_the_end_and_no_refusal() {
    let steps = [expect("STATUS"), send("* BYE the mailbox was rebuilt\r\n{tag} NO no such mailbox\r\n")];
    let (mut session, _fake) = session("", steps).await;
    let error = session.status(&inbox()).await.unwrap_err();
    assert!(matches!(error, Error::Bye { .. }), "{error}");
    assert!(!session.is_open());
}

#[tokio::test]
async fn a_broken_line_is_an_error_for_every_command() {
    let breaks = ["", "* BYE shutting down\r\n", "* SEARCH 1 2 3\r\n", "* 1 FETCH (UID 1 FLAGS ", "A0002 O"];
    for text in breaks {
        let run = async |which: usize| {
            let (mut session, _fake) = session("", [expect("A000"), send(text)]).await;
            let error = match which {
                0 => session.noop().await.unwrap_err(),
                1 => session.uid_search_all().await.unwrap_err(),
                2 => session.list().await.unwrap_err(),
                3 => session.status(&inbox()).await.unwrap_err(),
                _ => session.uid_fetch(&uids("1:3"), &FLAGS, None, &mut |_| {}).await.unwrap_err(),
            };
            assert!(
                matches!(&error, Error::Offline { .. })
                    || matches!(&error, Error::Bye { text } if &**text == "shutting down"),
                "{text:?} {which}: {error:?}"
            );
            assert!(!session.is_open());
            assert!(matches!(session.uid_search_all().await, Err(Error::Closed)));
        };
        for which in 0..5 {
            run(which).await;
        }
    }
}

#[tokio::test]
async fn a_refusal_is_an_error_and_the_session_goes_on() {
    let (mut session, _fake) = session(
        "",
        [
            expect("UID SEARCH"),
            send("{tag} NO [SERVERBUG] oh\r\n"),
            expect("UID FETCH"),
            send("* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n{tag} NO partly\r\n"),
            expect("UID STORE"),
            send("{tag} BAD what\r\n"),
            expect("NOOP"),
            send("{tag} NO\r\n"),
            expect("NOOP"),
            send("{tag} OK\r\n"),
        ],
    )
    .await;
    let error = session.uid_search_all().await.unwrap_err();
    assert_eq!(error.code(), Some(&ResponseCode::ServerBug));
    let mut seen = 0;
    let error = session.uid_fetch(&uids("1"), &FLAGS, None, &mut |_| seen += 1).await.unwrap_err();
    assert!(matches!(&error, Error::No { command: "UID FETCH", text, .. } if &**text == "partly"));
    assert_eq!(seen, 1);
    let error = session.uid_store(&uids("1"), FlagChange::Add, &[Flag::Seen], None).await.unwrap_err();
    assert!(matches!(error, Error::Bad { command: "UID STORE", .. }));
    assert!(session.noop().await.is_err());
    session.noop().await.unwrap();
}

#[tokio::test]
async fn an_ok_without_an_answer_is_no_empty_mailbox() {
    let mut steps = Vec::from(selected("SELECT"));
    steps.extend([
        expect("UID SEARCH ALL"),
        send("{tag} OK nothing\r\n"),
        expect("UID SEARCH"),
        send("* SEARCH\r\n{tag} OK\r\n"),
        expect("LIST"),
        send("{tag} OK\r\n"),
        expect("STATUS"),
        send("* STATUS other (MESSAGES 0)\r\n{tag} OK\r\n"),
        expect("SELECT"),
        send("{tag} OK\r\n"),
    ]);
    let (mut session, _fake) = session("", steps).await;
    session.select(&inbox(), None).await.unwrap();
    assert!(matches!(session.uid_search_all().await, Err(Error::Protocol { .. })));
    assert!(session.uid_search_all().await.unwrap().is_empty(), "a server that says so is believed");
    assert!(matches!(session.list().await, Err(Error::Protocol { .. })));
    assert!(matches!(session.status(&inbox()).await, Err(Error::Protocol { .. })));
    assert!(matches!(session.select(&inbox(), None).await, Err(Error::Protocol { .. })));
}

#[tokio::test]
async fn a_silent_server_is_given_up_and_a_dropped_command_closes_the_session() {
    let (mut silent, fake) = session("", [Step::Hang]).await;
    let before = fake.manual.elapsed();
    assert!(matches!(fake.manual.run(silent.noop()).await, Err(Error::Timeout { .. })));
    let limit = fake.options.timeouts.command;
    assert!((limit..=limit * 5 / 4).contains(&(fake.manual.elapsed() - before)), "{:?}", fake.manual);
    assert!(matches!(silent.noop().await, Err(Error::Closed)));

    let (mut dropped, fake) = session("", [Step::Hang]).await;
    tokio::select! {
        biased;
        answer = dropped.noop() => panic!("{answer:?}"),
        () = fake.hangs() => {}
    }
    assert!(matches!(dropped.noop().await, Err(Error::Closed)));
}

// --- hostile data ---

#[tokio::test]
async fn hostile_data_is_skipped_or_refused() {
    let nested =
        format!("* 2 FETCH (UID 2 BODYSTRUCTURE {}\"a\"{})\r\n", "(".repeat(10_000), ")".repeat(10_000));
    let (mut session_, _fake) = session(
        "",
        [
            expect("UID FETCH"),
            send("* OK [ALERT]\u{fc}ber\u{202e}!\r\n* 1 FETCH (UID 1 INTERNALDATE NIL FLAGS (\\Seen))\n"),
            send(nested),
            send("* 3 FETCH (UID 3 FLAGS (a\0b \\Flagged))\r\n* XUNKNOWN (((\r\n* 4 XFOO\r\n{tag} OK\r\n"),
        ],
    )
    .await;
    let mut got = Vec::new();
    session_.uid_fetch(&uids("1:3"), &FLAGS, None, &mut |data| got.push(data.uid)).await.unwrap();
    assert_eq!(got, [Some(uid(1)), Some(uid(2)), Some(uid(3))]);
    let news = session_.take_unsolicited();
    assert!(matches!(&news[..], [Unsolicited::Alert(text)] if text == "\u{fc}ber?!"), "{news:?}");

    let literal = "* 1 FETCH (UID 1 BODY[HEADER.FIELDS (X)] {400000000}\r\nabc";
    let (mut session_, _fake) = session("", [expect("UID FETCH"), send(literal), Step::Hang]).await;
    let error = session_.uid_fetch(&uids("1"), &FLAGS, None, &mut |_| {}).await.unwrap_err();
    assert!(matches!(error, Error::Limit { what: "literal", .. }), "{error:?}");
    assert!(!session_.is_open());

    let (mut session_, _fake) = session("", [expect("NOOP"), send("* OK "), Step::Flood(20 << 20)]).await;
    let error = session_.noop().await.unwrap_err();
    assert!(matches!(error, Error::Limit { what: "response line", .. }), "{error:?}");
}

#[tokio::test]
async fn a_streamed_literal_can_break_or_be_a_lie() {
    let part = Section::part("2".parse::<PartPath>().unwrap());
    let fetch = async |steps: Vec<Step>| {
        let (mut session, _fake) = session("", steps).await;
        let mut got = Vec::new();
        let range = Some(ByteRange { start: 5, length: 100_000 });
        let mut sink = |bytes: &[u8]| {
            got.extend_from_slice(bytes);
            ControlFlow::Continue(())
        };
        let result = session.fetch_part(uid(4), &part, range, &mut sink).await;
        (result, got.len(), session.is_open())
    };
    let question = expect("UID FETCH 4 (UID BODY.PEEK[2]<5.100000>)");
    // EOF in the middle: what came is right, and the error says that there was more.
    let cut = vec![question.clone(), send("* 1 FETCH (UID 4 BODY[2]<5> {100000}\r\n"), Step::Flood(70_000)];
    let (result, got, open) = fetch(cut).await;
    assert!(matches!(result, Err(Error::Offline { .. })) && got == 70_000 && !open, "{result:?} {got}");
    // A small piece, a piece that is NIL, a message that is gone, another section.
    let small = vec![question.clone(), send("* 1 FETCH (BODY[2]<5> {3}\r\nabc UID 4)\r\n{tag} OK\r\n")];
    let (result, got, _) = fetch(small).await;
    assert!(result.unwrap().found && got == 3);
    for answer in ["* 1 FETCH (UID 4 BODY[2]<5> NIL)\r\n", "", "* 1 FETCH (UID 4 BODY[3]<5> {3}\r\nabc)\r\n"]
    {
        let (result, got, open) =
            fetch(vec![question.clone(), send(format!("{answer}{{tag}} OK\r\n"))]).await;
        assert!(!result.unwrap().found && got == 0 && open, "{answer}");
    }
    // A large literal of another section is not handed out.
    let foreign = vec![
        question.clone(),
        send("* 1 FETCH (UID 4 BODY[1] {50000}\r\n"),
        Step::Flood(50_000),
        send(")\r\n{tag} OK\r\n"),
    ];
    let (result, got, _) = fetch(foreign).await;
    assert!(!result.unwrap().found && got == 0);
}

// --- literals ---

#[tokio::test]
async fn literals_wait_for_the_server_unless_it_allows_more() {
    let name = MailboxName::from_wire("Entw\u{fc}rfe".as_bytes());
    let waiting = [
        expect("CREATE {9}"),
        send("* 5 EXISTS\r\n+ go on\r\n"),
        Step::Literal("Entw\u{fc}rfe\r\n"),
        send("{tag} OK\r\n"),
        expect("DELETE {9}"),
        send("{tag} NO [NONEXISTENT] no literals here\r\n"),
        expect("NOOP"),
        send("{tag} OK\r\n"),
    ];
    let (mut session_, _fake) = session("", waiting).await;
    session_.create(&name, None).await.unwrap();
    let refused = session_.delete(&name).await.unwrap_err();
    assert_eq!(refused.code(), Some(&ResponseCode::NonExistent));
    session_.noop().await.unwrap();
    assert!(matches!(session_.take_unsolicited()[..], [Unsolicited::Exists(5)]));

    let at_once = [
        expect("RENAME {9+}"),
        Step::Literal("Entw\u{fc}rfe {9+}\r\nEntw\u{fc}rfe\r\n"),
        send("{tag} OK\r\n"),
        expect("APPEND INBOX (\\Seen) \"14-Nov-2023 22:13:20 +0000\" {5}"),
        send("+\r\n"),
        Step::Literal("a\r\nb\n\r\n"),
        send("{tag} OK [APPENDUID 7 12] done\r\n"),
    ];
    let (mut session_, _fake) = session("LITERAL+", at_once[..3].to_vec()).await;
    session_.rename(&name, &name).await.unwrap();
    let (mut session_, _fake) = session("APPENDLIMIT=5", at_once[3..].to_vec()).await;
    let time = Some(crate::model::UnixTime(1_700_000_000));
    let appended = session_.append(&inbox(), &[Flag::Seen], time, b"a\r\nb\n").await.unwrap().unwrap();
    assert_eq!((appended.uid, appended.uid_validity), (uid(12), UidValidity::from_wire(7).unwrap()));
    let too_big = session_.append(&inbox(), &[], None, b"123456").await;
    assert!(matches!(too_big, Err(Error::Limit { limit: 5, .. })) && session_.is_open());
    let nul = MailboxName::from_wire(b"a\0b");
    assert!(matches!(session_.create(&nul, None).await, Err(Error::Unsendable { .. })) && session_.is_open());
}

// --- mailboxes ---

#[tokio::test]
async fn list_falls_back_step_by_step() {
    let (mut session, fake) = session(
        "LIST-EXTENDED LIST-STATUS SPECIAL-USE",
        [
            expect("LIST \"\" \"*\" RETURN (CHILDREN SUBSCRIBED SPECIAL-USE STATUS ("),
            send("{tag} BAD no\r\n"),
            expect("RETURN (CHILDREN SUBSCRIBED SPECIAL-USE)"),
            send("{tag} NO no\r\n"),
            expect("RETURN (SUBSCRIBED)"),
            send("{tag} BAD no\r\n"),
            expect("LIST \"\" \"*\""),
            send("* LIST () \"/\" INBOX\r\n* LIST (\\NoSelect) \"/\" a\r\n* LIST () \"/\" a/Sent\r\n"),
            send("* LIST () \"/\" \"Gesendete Elemente\"\r\n* LIST () \"/\" {8}\r\nTr\x1bash\u{fc}\r\n"),
            send("* LIST () \"/\" Papierkorb\r\n* LIST () \"/\" Trash\r\n{tag} OK\r\n"),
            expect("LSUB \"\" \"*\""),
            send("* LSUB () \"/\" a/Sent\r\n* LSUB (\\Noselect) \"/\" a\r\n{tag} OK\r\n"),
        ],
    )
    .await;
    let all = session.list().await.unwrap();
    let find = |name: &str| all.iter().find(|m| m.name.as_bytes() == name.as_bytes()).unwrap();
    assert_eq!(all.len(), 7);
    assert!(find("a").attributes.no_select && !find("a").attributes.subscribed);
    assert!(find("a/Sent").attributes.subscribed && find("a/Sent").special_use.is_none());
    assert_eq!(find("Gesendete Elemente").special_use, Some(crate::model::SpecialUse::Sent));
    let trash: Vec<_> =
        all.iter().filter(|m| m.special_use == Some(crate::model::SpecialUse::Trash)).collect();
    assert_eq!(trash.len(), 1, "only one can have each use");
    assert!(all.iter().any(|m| m.display_path == ["Tr?ash\u{fc}"]), "{all:?}");
    fake.heard().await;
}

#[tokio::test]
async fn select_reports_what_there_is_and_survives_quirks() {
    let (mut session, _fake) = session(
        "CONDSTORE",
        [
            expect("SELECT INBOX (CONDSTORE)"),
            send("{tag} NO SELECT Unsafe Login. Please contact kefu@188.com\r\n"),
            expect("ID (\"name\" \"Postrider\""),
            send("* ID NIL\r\n{tag} OK\r\n"),
            expect("SELECT INBOX (CONDSTORE)"),
            send("{tag} BAD cannot digest\r\n"),
            expect("SELECT INBOX"),
            send("* 9 EXISTS\r\n* 9 FETCH (UID 9 FLAGS ())\r\n* OK [CLOSED] before\r\n* 2 EXISTS\r\n"),
            send("* FLAGS (\\Seen $Junk)\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n* OK [UIDVALIDITY 5] x\r\n"),
            send("* OK [HIGHESTMODSEQ 0] x\r\n* OK [UIDNEXT 0] x\r\n{tag} OK [READ-ONLY] x\r\n"),
        ],
    )
    .await;
    let selected = session.select(&inbox(), None).await.unwrap();
    assert_eq!((selected.exists, selected.read_only), (2, true));
    assert!(selected.fetched.is_empty(), "what came before CLOSED was about another mailbox");
    assert_eq!((selected.uid_next, selected.highest_mod_seq), (None, None));
    assert!(
        selected.permanent_flags.unwrap().any && selected.flags.contains(&Flag::from_wire("$junk").unwrap())
    );
    let refused = session.uid_store(&uids("1"), FlagChange::Add, &[Flag::Seen], None).await.unwrap_err();
    assert_eq!(refused.code(), Some(&ResponseCode::ReadOnly));
}

#[tokio::test]
async fn qresync_is_used_only_after_the_server_confirmed_it() {
    let point = Resync {
        uid_validity: UidValidity::from_wire(7).unwrap(),
        mod_seq: ModSeq::new(100),
        known: uids("1:3"),
    };
    for (enabled, command) in
        [("* ENABLED QRESYNC\r\n", "SELECT INBOX (QRESYNC (7 100 1:3))"), ("", "(CONDSTORE)")]
    {
        let mut steps = vec![expect("ENABLE"), send(format!("{enabled}{{tag}} OK\r\n"))];
        steps.extend([
            expect(command),
            send("* 2 EXISTS\r\n* VANISHED (EARLIER) 2\r\n* VANISHED (EARLIER) 8:9\r\n"),
            send("* 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (101))\r\n{tag} OK\r\n"),
        ]);
        let (mut session, _fake) = session("ENABLE QRESYNC", steps).await;
        let selected = session.select(&inbox(), Some(point.clone())).await.unwrap();
        assert_eq!(selected.vanished, uids("2,8:9"));
        assert_eq!(selected.fetched[0].mod_seq, Some(ModSeq::new(101)));
    }
}

#[tokio::test]
async fn unselect_never_expunges() {
    let (mut with, _fake) = session("UNSELECT", [expect("UNSELECT"), send("{tag} OK\r\n")]).await;
    with.unselect().await.unwrap();
    let (mut without, fake) = session("", [expect("EXAMINE"), send("{tag} NO no such mailbox\r\n")]).await;
    without.unselect().await.unwrap();
    assert!(fake.heard().await.iter().all(|line| !line.contains("CLOSE")));
}

// --- messages ---

#[tokio::test]
async fn news_within_a_fetch_do_not_mix_with_its_answers() {
    let what = FetchItems { size: true, ..FLAGS };
    let (mut session, _fake) = session(
        "",
        [
            expect("UID FETCH 1:2 (UID FLAGS RFC822.SIZE)"),
            send("* 4 EXISTS\r\n* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 10)\r\n* 1 FETCH (FLAGS (\\Seen))\r\n"),
            send("* 2 FETCH (UID 2 FLAGS (\\Seen))\r\n* 9 FETCH (UID 77 FLAGS () RFC822.SIZE 1)\r\n"),
            send("* 3 EXPUNGE\r\n* VANISHED 5:6\r\n* STATUS other (MESSAGES 3)\r\n"),
            send("* 2 FETCH (UID 2 FLAGS (\\Seen) RFC822.SIZE 20)\r\n{tag} OK\r\n"),
        ],
    )
    .await;
    let mut got = Vec::new();
    session.uid_fetch(&uids("1:2"), &what, None, &mut |d| got.push((d.uid, d.size))).await.unwrap();
    assert_eq!(got, [(Some(uid(1)), Some(10)), (Some(uid(2)), Some(20))]);
    let news = session.take_unsolicited();
    let kinds: Vec<_> = news
        .iter()
        .map(|n| match n {
            Unsolicited::Exists(4) => "exists",
            Unsolicited::Fetch(_) => "fetch",
            Unsolicited::Expunge(3) => "expunge",
            Unsolicited::Vanished(_) => "vanished",
            Unsolicited::Status { .. } => "status",
            _ => "?",
        })
        .collect();
    assert_eq!(kinds, ["exists", "fetch", "fetch", "fetch", "expunge", "vanished", "status"]);
}

#[tokio::test]
async fn long_sets_are_cut() {
    let set: UidSet = (1..1000).step_by(2).map(uid).collect();
    let mut steps = Vec::new();
    for _ in 0..set.chunks(1000).len() {
        steps.extend([expect("UID FETCH"), send("{tag} OK\r\n")]);
    }
    let (mut session, fake) = session("", steps).await;
    session.uid_fetch(&set, &FLAGS, None, &mut |_| {}).await.unwrap();
    let heard = fake.heard().await;
    assert!(heard.len() > 3 && heard.iter().all(|line| line.len() < 1040));
}

#[tokio::test]
async fn search_knows_its_dialects() {
    let steps = [
        expect("UID SEARCH RETURN (ALL) ALL"),
        send(
            "* ESEARCH (TAG \"A0002\") UID ALL 1:3,5\r\n* ESEARCH (TAG \"A0002\") UID ALL 9\r\n{tag} OK\r\n",
        ),
        expect("UID SEARCH RETURN (ALL) ALL"),
        send("* ESEARCH (TAG \"A0003\") UID\r\n{tag} OK\r\n"),
        expect("UID SEARCH RETURN (ALL)"),
        send("{tag} BAD no\r\n"),
        expect("UID SEARCH ALL"),
        send("* SEARCH 3 1\r\n* SEARCH 2 (MODSEQ 5)\r\n{tag} OK\r\n"),
    ];
    let (mut session_, _fake) = session("ESEARCH", steps).await;
    assert_eq!(session_.uid_search_all().await.unwrap(), uids("1:3,5,9"));
    assert!(session_.uid_search_all().await.unwrap().is_empty());
    assert_eq!(session_.uid_search_all().await.unwrap(), uids("1:3"));

    let steps = [
        expect("UID SEARCH CHARSET UTF-8 SUBJECT {3}"),
        send("+\r\n"),
        Step::Literal("h\u{e4}\r\n"),
        send("{tag} NO [BADCHARSET (US-ASCII)] no\r\n"),
    ];
    let (mut session_, _fake) = session("", steps).await;
    let query = SearchQuery::Header(crate::imap::HeaderField::Subject, "h\u{e4}".into());
    let error = session_.uid_search(&query).await.unwrap_err();
    assert!(matches!(error.code(), Some(ResponseCode::BadCharset(_))));
    assert!(matches!(session_.sort(&[], &query).await, Err(Error::Unsupported { extension: "SORT" })));
}

#[tokio::test]
async fn stores_and_moves_tell_what_happened() {
    let mut steps = Vec::from(selected("SELECT"));
    steps.extend([
        expect("UID STORE 1:3 (UNCHANGEDSINCE 5) -FLAGS (\\Seen $x)"),
        send("* 1 FETCH (UID 1 FLAGS () MODSEQ (6))\r\n{tag} OK [MODIFIED 2:3] some\r\n"),
        expect("UID STORE"),
        send("{tag} NO [MODIFIED 2] all of them\r\n"),
        expect("UID MOVE 1:2 \"My Trash\""),
        send("* OK [COPYUID 7 1:2 31:32] moved\r\n* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n{tag} OK\r\n"),
        expect("UID COPY 3 b"),
        send("{tag} OK [COPYUID 7 3 40] copied\r\n"),
    ]);
    let (mut session, _fake) = session("CONDSTORE MOVE", steps).await;
    session.select(&inbox(), None).await.unwrap();
    let flags = [Flag::Seen, Flag::from_wire("$x").unwrap()];
    let since = Some(ModSeq::new(5));
    let outcome = session.uid_store(&uids("1:3"), FlagChange::Remove, &flags, since).await.unwrap();
    assert_eq!((outcome.modified, outcome.fetched.len()), (uids("2:3"), 1));
    let outcome = session.uid_store(&uids("2"), FlagChange::Add, &flags, since).await.unwrap();
    assert_eq!(outcome.modified, uids("2"));
    let moved = session.uid_move(&uids("1:2"), &MailboxName::from_wire(b"My Trash")).await.unwrap();
    assert_eq!(moved[0].uids.get(uid(2)), Some(uid(32)));
    let copied = session.uid_copy(&uids("3"), &MailboxName::from_wire(b"b")).await.unwrap();
    assert_eq!(copied[0].uids.get(uid(3)), Some(uid(40)));
    assert!(matches!(session.uid_expunge(&uids("1")).await, Err(Error::Unsupported { .. })));
}

// --- idle ---
