//! Commands and their answers.

use super::client::{Client, mail, server};
use crate::demo::{CapabilityMask, Extension, FaultPlan, Quirk};
use crate::model::{Flag, FlagChange, Flags, UnixTime};

async fn client(count: u32) -> Client {
    Client::signed_in(&server(count, CapabilityMask::full(), FaultPlan::new()).await).await
}

#[tokio::test]
async fn signing_in_by_each_way() {
    let server = server(0, CapabilityMask::full(), FaultPlan::new()).await;
    let mut client = Client::connect(&server).await;
    assert!(client.line().await.unwrap().starts_with("* OK [CAPABILITY IMAP4rev1 "));
    assert!(client.run("SELECT INBOX").await.starts_with("tag BAD"));
    assert!(client.run("LOGIN robin@postrider.example nope").await.contains("NO [AUTHENTICATIONFAILED]"));
    // \0robin@postrider.example\0demo
    let word = "AHJvYmluQHBvc3RyaWRlci5leGFtcGxlAGRlbW8=";
    assert!(client.run(&format!("AUTHENTICATE PLAIN {word}")).await.starts_with("tag OK [CAPABILITY"));
    let mut second = Client::connect(&server).await;
    second.line().await;
    second.write(format!("x AUTHENTICATE PLAIN\r\n{word}\r\n").as_bytes()).await;
    assert_eq!(second.line().await.unwrap(), "+ \r\n");
    assert!(second.line().await.unwrap().starts_with("x OK"));
    assert!(second.run("LOGOUT").await.contains("* BYE"));
    assert_eq!(second.line().await, None);
    assert!(!format!("{:?}", server.log()).contains("demo\""), "no password in the log");
}

#[tokio::test]
async fn selecting_tells_everything() {
    let mut client = client(3).await;
    let answer = client.run("SELECT INBOX").await;
    for part in [
        "* 3 EXISTS\r\n",
        "* OK [UIDVALIDITY 1000000001]",
        "* OK [UIDNEXT 4]",
        "* OK [HIGHESTMODSEQ 4]",
        "* OK [UNSEEN 2]",
        "tag OK [READ-WRITE]",
    ] {
        assert!(answer.contains(part), "{part} in {answer}");
    }
    assert!(client.run("SELECT Nowhere").await.contains("tag NO [NONEXISTENT]"));
    assert!(
        client.run("FETCH 1 FLAGS").await.starts_with("tag BAD"),
        "a failed SELECT leaves nothing selected"
    );
}

#[tokio::test]
async fn lists_with_and_without_extensions() {
    let mut client = client(1).await;
    assert_eq!(
        client.run("LIST \"\" S%").await,
        "* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\ntag OK List completed\r\n"
    );
    assert_eq!(
        client.run("LIST (SUBSCRIBED) \"\" INBOX RETURN (STATUS (MESSAGES UNSEEN SIZE))").await,
        "* LIST (\\HasNoChildren \\Subscribed) \"/\" INBOX\r\n* STATUS INBOX (MESSAGES 1 UNSEEN 0 SIZE 88)\r\ntag OK List completed\r\n"
    );
    assert_eq!(
        client.run("LIST \"\" \"\"").await,
        "* LIST (\\Noselect) \"/\" \"\"\r\ntag OK List completed\r\n"
    );
    client.run("CREATE \"Projekte/Gr&APw-n\"").await;
    let all = client.run("LIST \"\" Proj*").await;
    assert!(
        all.contains("(\\HasChildren) \"/\" Projekte\r\n") && all.contains("Projekte/Gr&APw-n\r\n"),
        "{all}"
    );
    assert!(client.run("RENAME Projekte Plans").await.contains("tag OK"));
    assert!(client.run("STATUS Plans/Gr&APw-n (MESSAGES)").await.contains("MESSAGES 0"));
    assert!(client.run("DELETE Plans").await.contains("tag OK"));
    assert!(client.run("LIST \"\" Plans").await.contains("(\\Noselect \\HasChildren)"));
    client.run("UNSUBSCRIBE Sent").await;
    assert!(!client.run("LSUB \"\" *").await.contains("Sent"));
}

#[tokio::test]
async fn fetching_parts_of_a_mail() {
    let mut client = client(2).await;
    client.run("SELECT INBOX").await;
    assert_eq!(
        client
            .run("UID FETCH 2:* (FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY.PEEK[TEXT]<5.2>)")
            .await,
        "* 2 FETCH (UID 2 FLAGS () RFC822.SIZE 88 BODY[HEADER.FIELDS (SUBJECT)] {19}\r\nSubject: Mail 2\r\n\r\n BODY[TEXT]<5> {2}\r\nof)\r\ntag OK Fetch completed\r\n"
    );
    assert_eq!(
        client.run("FETCH 2 BODY[1]").await,
        "* 2 FETCH (BODY[1] {11}\r\nText of 2\r\n FLAGS (\\Seen))\r\ntag OK Fetch completed\r\n"
    );
    assert!(client.run("UID FETCH 9 (UID)").await.starts_with("tag OK"));
    let answer = client.run("UID FETCH 1 (ENVELOPE BODYSTRUCTURE INTERNALDATE PREVIEW EMAILID)").await;
    assert!(answer.contains("BODYSTRUCTURE (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7BIT\" 11 1 NIL NIL NIL NIL)"), "{answer}");
    assert!(answer.contains("PREVIEW \"Text of 1") && answer.contains("EMAILID (M1)"), "{answer}");
}

#[tokio::test]
async fn storing_with_and_without_condstore() {
    let server = server(3, CapabilityMask::full(), FaultPlan::new()).await;
    let mut client = Client::signed_in(&server).await;
    client.run("SELECT INBOX").await;
    assert_eq!(
        client.run("UID STORE 2 +FLAGS (\\Seen $Work)").await,
        "* 2 FETCH (UID 2 FLAGS (\\Seen $Work))\r\ntag OK Stored\r\n"
    );
    assert_eq!(client.run("UID STORE 2 -FLAGS.SILENT ($Work)").await, "tag OK Stored\r\n");
    server.state().change(|all| all.set_flag("INBOX", &[3], FlagChange::Add, &Flag::Flagged)).unwrap();
    let answer = client.run("UID STORE 1:3 (UNCHANGEDSINCE 6) +FLAGS.SILENT (\\Answered)").await;
    assert!(answer.contains("tag OK [MODIFIED 3]"), "{answer}");
    assert!(answer.contains("* 1 FETCH (UID 1 MODSEQ (8))"), "{answer}");
    assert!(answer.contains("* 3 FETCH (UID 3 FLAGS (\\Flagged \\Seen) MODSEQ (7))"), "{answer}");
    let answer = client.run("UID FETCH 1:* (FLAGS) (CHANGEDSINCE 7)").await;
    assert_eq!(answer.matches("FETCH (UID").count(), 2, "{answer}");
}

#[tokio::test]
async fn other_clients_hear_of_everything_at_once() {
    let server = server(3, CapabilityMask::full(), FaultPlan::new()).await;
    let mut idler = Client::signed_in(&server).await;
    idler.run("ENABLE QRESYNC").await;
    idler.run("SELECT INBOX").await;
    idler.write(b"i IDLE\r\n").await;
    assert_eq!(idler.line().await.unwrap(), "+ idling\r\n");

    let mut other = Client::signed_in(&server).await;
    other.run("SELECT INBOX").await;
    assert!(
        other
            .run("UID MOVE 2 Archive")
            .await
            .contains("* OK [COPYUID 1000000002 2 1] Moving\r\n* 2 EXPUNGE\r\n")
    );
    assert_eq!(idler.line().await.unwrap(), "* VANISHED 2\r\n");
    other.run("UID STORE 3 +FLAGS (\\Flagged)").await;
    assert_eq!(idler.line().await.unwrap(), "* 2 FETCH (UID 3 FLAGS (\\Flagged \\Seen) MODSEQ (6))\r\n");
    server.state().change(|all| all.append("INBOX", Flags::default(), UnixTime(0), mail(4))).unwrap();
    assert_eq!(idler.line().await.unwrap(), "* 3 EXISTS\r\n");
    idler.line().await;
    idler.write(b"DONE\r\n").await;
    assert!(idler.line().await.unwrap().starts_with("i OK"));
    assert!(other.run("NOOP").await.starts_with("* 3 EXISTS"));
}

#[tokio::test]
async fn numbers_do_not_shift_under_a_client_that_counts() {
    let server = server(3, CapabilityMask::full(), FaultPlan::new()).await;
    let mut client = Client::signed_in(&server).await;
    client.run("SELECT INBOX").await;
    server.state().change(|all| all.expunge("INBOX", &[1])).unwrap();
    let answer = client.run("FETCH 3 (UID)").await;
    assert_eq!(answer, "* 3 FETCH (UID 3)\r\ntag OK Fetch completed\r\n");
    assert_eq!(client.run("NOOP").await, "* 1 EXPUNGE\r\ntag OK Done\r\n");
    assert_eq!(client.run("FETCH 2 (UID)").await, "* 2 FETCH (UID 3)\r\ntag OK Fetch completed\r\n");
}

#[tokio::test]
async fn resync_after_an_absence() {
    let server = server(4, CapabilityMask::full(), FaultPlan::new()).await;
    server.state().change(|all| all.expunge("INBOX", &[2])).unwrap();
    server.state().change(|all| all.set_flag("INBOX", &[4], FlagChange::Add, &Flag::Flagged)).unwrap();
    let mut client = Client::signed_in(&server).await;
    assert!(client.run("SELECT INBOX (QRESYNC (1000000001 5))").await.starts_with("tag BAD"));
    assert!(client.run("ENABLE QRESYNC").await.contains("* ENABLED QRESYNC"));
    let answer = client.run("SELECT INBOX (QRESYNC (1000000001 5 1:4))").await;
    assert!(answer.contains("* VANISHED (EARLIER) 2\r\n"), "{answer}");
    assert!(answer.contains("* 3 FETCH (UID 4 FLAGS (\\Flagged) MODSEQ (7))\r\n"), "{answer}");
    assert!(!answer.contains("UID 1 "), "{answer}");
    let answer = client.run("UID FETCH 1:* (FLAGS) (CHANGEDSINCE 5 VANISHED)").await;
    assert!(answer.starts_with("* VANISHED (EARLIER) 2\r\n"), "{answer}");
    let other = client.run("SELECT INBOX (QRESYNC (7 5))").await;
    assert!(!other.contains("VANISHED"), "another UIDVALIDITY: {other}");
}

#[tokio::test]
async fn searching_by_all_kinds_of_keys() {
    let mut client = client(6).await;
    client.run("SELECT INBOX").await;
    for (keys, expected) in [
        ("ALL", "1 2 3 4 5 6"),
        ("UNSEEN", "2 4 6"),
        ("UID 2:3,5", "2 3 5"),
        ("UID 99:*", "6"),
        ("SUBJECT \"mail 4\"", "4"),
        ("BODY \"text of 2\"", "2"),
        ("OR SEEN 2", "1 2 3 5"),
        ("NOT (SEEN 1:3)", "2 4 5 6"),
        ("HEADER Message-ID 3@", "3"),
        ("SINCE 14-Nov-2023 BEFORE 15-Nov-2023 SMALLER 1000", "1 2 3 4 5 6"),
        ("SINCE 15-Nov-2023", ""),
        ("CHARSET UTF-8 FROM ada UNSEEN LARGER 10", "2 4 6"),
    ] {
        let space = if expected.is_empty() { "" } else { " " };
        assert_eq!(
            client.run(&format!("UID SEARCH {keys}")).await,
            format!("* SEARCH{space}{expected}\r\ntag OK Search completed\r\n"),
            "{keys}"
        );
    }
    assert_eq!(
        client.run("UID SEARCH RETURN (MIN MAX COUNT ALL) UNSEEN").await,
        "* ESEARCH (TAG \"tag\") UID MIN 2 MAX 6 ALL 2,4,6 COUNT 3\r\ntag OK Search completed\r\n"
    );
    client.run("SEARCH RETURN (SAVE) SEEN").await;
    assert_eq!(client.run("UID FETCH $ (UID)").await.matches("FETCH (UID").count(), 3);
    assert!(client.run("SEARCH MODSEQ 5").await.starts_with("* SEARCH 4 5 6 (MODSEQ 7)"));
}

#[tokio::test]
async fn appending_copying_and_expunging() {
    let mut client = client(2).await;
    let answer = client
        .run("APPEND Sent (\\Seen) \"01-Jan-2024 00:00:00 +0000\" {21+}\r\nSubject: Hi\r\n\r\nHello")
        .await;
    assert!(answer.starts_with("tag OK [APPENDUID 1000000005 1]"), "{answer}");
    assert!(client.run("APPEND Nowhere {1+}\r\nx").await.starts_with("tag NO [TRYCREATE]"));
    client.run("SELECT INBOX").await;
    assert!(client.run("UID COPY 1:2 Trash").await.starts_with("tag OK [COPYUID 1000000006 1:2 1:2]"));
    client.run("UID STORE 1:2 +FLAGS.SILENT (\\Deleted)").await;
    assert_eq!(client.run("UID EXPUNGE 2").await, "* 2 EXPUNGE\r\ntag OK Expunged\r\n");
    assert_eq!(client.run("EXPUNGE").await, "* 1 EXPUNGE\r\ntag OK Expunged\r\n");
    client.run("EXAMINE Sent").await;
    assert!(client.run("UID STORE 1 +FLAGS (\\Deleted)").await.contains("NO [READ-ONLY]"));
    assert!(client.run("CLOSE").await.starts_with("tag OK"));
    assert!(client.run("GETQUOTAROOT INBOX").await.contains("* QUOTA \"User quota\" (STORAGE 1 1048576)"));
}

#[tokio::test]
async fn what_is_withheld_is_refused() {
    let server = server(1, CapabilityMask::bare(), FaultPlan::new()).await;
    let mut client = Client::signed_in(&server).await;
    assert_eq!(client.run("CAPABILITY").await, "* CAPABILITY IMAP4rev1\r\ntag OK Capability completed\r\n");
    client.run("SELECT INBOX").await;
    for command in [
        "IDLE",
        "UID MOVE 1 Trash",
        "UID EXPUNGE 1",
        "UNSELECT",
        "ENABLE QRESYNC",
        "SELECT INBOX (CONDSTORE)",
        "UID FETCH 1 (MODSEQ)",
        "UID FETCH 1 (PREVIEW)",
        "LIST (SUBSCRIBED) \"\" *",
        "SEARCH RETURN (ALL) ALL",
        "STATUS INBOX (SIZE)",
        "NAMESPACE",
        "ID NIL",
    ] {
        let answer = client.run(command).await;
        assert!(answer.starts_with("tag BAD"), "{command}: {answer}");
    }
    assert!(!client.run("LIST \"\" *").await.contains("\\Sent"));
}

#[tokio::test]
async fn masks_look_like_their_servers() {
    use Extension::{Condstore, Idle, Move, Qresync, SpecialUse, UidPlus};
    for (mask, expected) in [
        (CapabilityMask::gmail(), [true, false, true, true, true, true]),
        (CapabilityMask::m365(), [false, false, true, true, false, true]),
        (CapabilityMask::icloud(), [true, true, false, true, false, true]),
        (CapabilityMask::yahoo(), [false, false, true, true, true, false]),
        (CapabilityMask::hmail(), [false, false, false, false, false, true]),
        (CapabilityMask::dovecot(), [true, true, true, true, true, true]),
    ] {
        let offers = [Condstore, Qresync, Move, UidPlus, SpecialUse, Idle].map(|e| mask.offers(e));
        assert_eq!(offers, expected, "{}", mask.name);
    }
    let server = server(1, CapabilityMask::gmail().with_quirk(Quirk::IdBeforeSelect), FaultPlan::new()).await;
    let mut client = Client::signed_in(&server).await;
    assert!(client.run("SELECT INBOX").await.contains("Unsafe Login"));
    client.run("ID (\"name\" \"x\")").await;
    assert!(client.run("SELECT INBOX").await.contains("tag OK"));
    let answer = client.run("UID FETCH 1 X-GM-MSGID").await;
    assert!(answer.starts_with("tag BAD"), "not with mailboxes that are no labels: {answer}");
}

#[tokio::test]
async fn a_mailbox_that_goes_away_throws_its_clients_out() {
    let server = server(1, CapabilityMask::full(), FaultPlan::new()).await;
    let mut client = Client::signed_in(&server).await;
    client.run("SELECT INBOX").await;
    server.state().change(|all| all.renew_uid_validity("INBOX")).unwrap();
    assert!(client.run("NOOP").await.contains("* BYE"));
    assert_eq!(client.line().await, None);
}

#[tokio::test]
async fn broken_commands_are_answered() {
    let mut client = client(1).await;
    assert!(client.run("FROBNICATE").await.starts_with("tag BAD"));
    client.write(b"\r\n").await;
    assert!(client.line().await.unwrap().starts_with("* BAD"));
    client.write(b"(((\r\n").await;
    assert!(client.line().await.unwrap().starts_with("* BAD"));
    assert!(client.run("NOOP").await.starts_with("tag OK"));
}
