//! The real program exports, imports and moves between accounts at a real Dovecot, also over links that break and
//! with `kill -9` at any moment: nothing is lost, nothing is there twice.

use crate::cli_live::Desk;
use crate::cli_moves::{Dice, Proxy, Way};
use crate::dovecot::{Dovecot, HOST, message};
use crate::wait;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

/// Rounds of the tests under fire; POSTRIDER_FIRE_ROUNDS asks for more.
const ROUNDS: usize = 40;

fn rounds() -> usize {
    std::env::var("POSTRIDER_FIRE_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROUNDS)
}

/// A mail that an mbox could take for several.
fn tricky() -> Vec<u8> {
    b"From: Author 9 <author9@example.org>\r\nSubject: Message 9 \xc3\xbc / \"x\": *?\r\nMessage-ID: <9@example.org>\r\n\
      Date: Tue, 14 Nov 2023 22:09:00 +0000\r\n\r\nFrom me to you\r\n>From you to me\r\n\r\nFrom a@b Mon Sep 21 13:33:20 2026\r\n\r\nend\r\n"
        .to_vec()
}

fn originals() -> Vec<Vec<u8>> {
    let mut all: Vec<_> = (1..=4).map(|n| message(n, 600)).collect();
    all.push(tricky());
    all
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut all: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

/// Whole messages of a mailbox as another client sees them, sorted.
fn at_server(server: &Dovecot, user: &str, mailbox: &str) -> Vec<String> {
    let text = server.run(
        user,
        &[&format!("EXAMINE \"{mailbox}\""), "UID FETCH 1:* (BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"],
    );
    let mut ids: Vec<_> =
        text.lines().filter_map(|line| line.trim().strip_prefix("Message-ID: ")).map(str::to_owned).collect();
    ids.sort();
    ids
}

fn add_bob(desk: &Desk, server: &Dovecot, place: &str) {
    let change = [
        ("--email", "bob@example.org"),
        ("--user", "bob"),
        ("--password-command", "echo secret-bob"),
        ("--imap", place),
    ];
    desk.add_alice(server, &change);
}

#[test]
fn live_export_gives_the_bytes_and_import_takes_them_back() {
    let Some(server) = Dovecot::start() else { return };
    let desk = Desk::new();
    server.append("alice", "INBOX", "\\Seen", originals());
    server.run(
        "alice",
        &["SELECT INBOX", "UID STORE 2 +FLAGS (\\Flagged \\Answered)", "UID STORE 3 -FLAGS (\\Seen)"],
    );
    desk.add_alice(&server, &[]);
    let at = |name: &str| desk.dir.path().join(name).to_str().unwrap().to_owned();

    // .eml: the bytes as they are, safe names, a second run leaves them alone.
    let eml = at("eml");
    desk.ok(&["export", "--eml", &eml, "--mailbox", "INBOX"]);
    let mut found: Vec<_> = files(Path::new(&eml)).iter().map(|path| fs::read(path).unwrap()).collect();
    let mut expected = originals();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let before = files(Path::new(&eml));
    desk.ok(&["export", "--eml", &eml, "--mailbox", "INBOX"]);
    assert_eq!(files(Path::new(&eml)), before);

    // Maildir: flags in the names, dates on the files; what is missing comes again.
    let maildir = at("maildir");
    desk.ok(&["export", "--maildir", &maildir, "--mailbox", "INBOX"]);
    let cur = files(&Path::new(&maildir).join("cur"));
    let flags = |path: &PathBuf| path.to_str().unwrap().rsplit_once(":2,").unwrap().1.to_owned();
    let mut all: Vec<_> = cur.iter().map(flags).collect();
    all.sort();
    assert_eq!(all, ["", "FRS", "S", "S", "S"]);
    let date = fs::metadata(&cur[0]).unwrap().modified().unwrap();
    assert!(date < SystemTime::now() && date > SystemTime::now() - Duration::from_secs(3_600));
    fs::remove_file(&cur[0]).unwrap();
    desk.ok(&["export", "--maildir", &maildir, "--mailbox", "INBOX"]);
    assert_eq!(files(&Path::new(&maildir).join("cur")), cur);

    // mbox: quoted, never over an existing file.
    let mbox = at("inbox.mbox");
    desk.ok(&["export", "--mbox", &mbox, "--mailbox", "INBOX"]);
    let text = fs::read_to_string(&mbox).unwrap();
    assert_eq!(text.lines().filter(|line| line.starts_with("From ")).count(), 5, "{text}");
    assert!(text.contains("\n>From me to you\n>>From you to me\n\n>From a@b Mon Sep"), "{text}");
    assert!(desk.fails(&["export", "--mbox", &mbox, "--mailbox", "INBOX"]).contains("exists already"));
    assert_eq!(fs::read_to_string(&mbox).unwrap(), text);

    // And back: each form into a mailbox of its own.
    for (source, mailbox) in [(&mbox, "Archive"), (&maildir, "Sent"), (&eml, "Junk")] {
        let line = desk.ok(&["import", source, "--mailbox", mailbox]);
        assert!(line.starts_with("5 messages imported"), "{line}");
        let out = at(&format!("again-{mailbox}"));
        desk.ok(&["export", "--eml", &out, "--mailbox", mailbox]);
        let mut found: Vec<_> = files(Path::new(&out)).iter().map(|path| fs::read(path).unwrap()).collect();
        found.sort();
        assert_eq!(found, expected, "{mailbox}");
        let line = desk.ok(&["import", source, "--mailbox", mailbox]);
        assert!(line.starts_with("0 messages imported, 5 were there already"), "{line}");
        assert_eq!(at_server(&server, "alice", mailbox).len(), 5, "{mailbox}");
    }
    let sent = server.run("alice", &["EXAMINE Sent", "UID FETCH 1:* (FLAGS INTERNALDATE)"]);
    let flagged = |line: &&str| line.contains(" FETCH ") && line.contains("\\Flagged");
    assert_eq!(sent.lines().filter(flagged).count(), 1, "{sent}");
    let row = &desk.rows(&["list", "Archive", "--json"])[0];
    let history = desk.rows(&["show", &row["id"].to_string(), "--history", "--json"]);
    assert!(history.iter().any(|line| line["what"] == "put there" && line["state"] == "done"), "{history:?}");

    let whole = at("whole");
    desk.ok(&["export", "--mbox", &whole]);
    assert!(
        Path::new(&whole).join("INBOX.mbox").is_file() && Path::new(&whole).join("Archive.mbox").is_file()
    );
    let nothing = at("nothing.txt");
    fs::write(&nothing, "no mail at all").unwrap();
    assert!(desk.fails(&["import", &nothing, "--mailbox", "Archive"]).contains("holds no mail"));
    assert!(desk.fails(&["import", &mbox, "--mailbox", "Nowhere"]).contains("Nowhere"));
    assert!(desk.fails(&["export", "--eml", &mbox, "--mailbox", "INBOX"]).contains("exists already"));
}

#[test]
fn live_an_import_under_fire_makes_no_duplicates() {
    let Some(server) = Dovecot::start() else { return };
    let proxy = Proxy::new(server.imaps_port);
    let desk = Desk::new();
    desk.add_alice(&server, &[("--imap", &format!("{HOST}:{}", proxy.port))]);
    desk.ok(&["sync"]);
    let dir = desk.dir.path().join("in");
    fs::create_dir(&dir).unwrap();
    for n in 1..=60 {
        fs::write(dir.join(format!("{n:03}.eml")), message(n, 2_000)).unwrap();
    }
    let arguments = ["import", dir.to_str().unwrap(), "--mailbox", "Archive"];
    let mut dice = Dice(20_261_126);
    for _ in 0..rounds() {
        proxy.allow(3_000 + i64::try_from(dice.below(60_000)).unwrap(), Way::Cut);
        let mut child = desk.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        if dice.below(2) == 0 {
            wait::kill_after(&mut child, Duration::from_millis(dice.below(300) as u64));
        }
        child.wait().unwrap();
    }
    proxy.allow(-1, Way::Cut);
    desk.ok(&arguments);
    let mut expected: Vec<_> = (1..=60).map(|n| format!("<{n}@example.org>")).collect();
    expected.sort();
    assert_eq!(at_server(&server, "alice", "Archive"), expected);
    assert_eq!(desk.rows(&["list", "Archive", "--json"]).len(), 60);
}

#[test]
fn live_moves_between_accounts_under_fire_lose_nothing_and_make_no_duplicates() {
    const MESSAGES: usize = 8;
    let Some(server) = Dovecot::start() else { return };
    let (first, second) = (Proxy::new(server.imaps_port), Proxy::new(server.imaps_port));
    let desk = Desk::new();
    for n in 1..=MESSAGES {
        server.append("alice", "INBOX", "\\Seen", [message(n, 20_000)]);
    }
    server.run("bob", &["CREATE \"Ablage &- mehr/Entw&APw-rfe\""]);
    desk.add_alice(&server, &[("--imap", &format!("{HOST}:{}", first.port))]);
    add_bob(&desk, &server, &format!("{HOST}:{}", second.port));
    desk.ok(&["sync"]);
    let mailboxes = ["Ablage & mehr/Entwürfe", "INBOX"];
    let mut dice = Dice(77);
    for round in 0..rounds() {
        let rows = ["bob@example.org", "alice@example.org"].map(|account| {
            let name = if account.starts_with("bob") { mailboxes[0] } else { mailboxes[1] };
            desk.rows(&["list", name, "--account", account, "--json"])
        });
        let side = usize::from(rows[0].is_empty() || (!rows[1].is_empty() && dice.below(2) == 0));
        let from = &rows[side];
        if from.is_empty() {
            desk.ok(&["sync"]);
            continue;
        }
        let id = from[dice.below(from.len())]["id"].to_string();
        let (to, account) =
            if side == 1 { (mailboxes[0], "bob@example.org") } else { (mailboxes[1], "alice@example.org") };
        for proxy in [&first, &second] {
            let bytes =
                if dice.below(3) == 0 { -1 } else { 2_000 + i64::try_from(dice.below(40_000)).unwrap() };
            proxy.allow(bytes, Way::Cut);
        }
        let mut command = desk.command(&["move", &id, to, "--account", account]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        if dice.below(2) == 0 {
            wait::kill_after(&mut child, Duration::from_millis(dice.below(300) as u64));
        }
        child.wait().unwrap();
        if round % 10 == 9 || round + 1 == rounds() {
            first.allow(-1, Way::Cut);
            second.allow(-1, Way::Cut);
            desk.ok(&["sync"]);
            desk.ok(&["sync"]);
            let mut seen: BTreeMap<String, usize> = BTreeMap::new();
            for (user, name) in [("bob", "Ablage &- mehr/Entw&APw-rfe"), ("alice", "INBOX")] {
                for id in at_server(&server, user, name) {
                    *seen.entry(id).or_default() += 1;
                }
            }
            assert_eq!(seen.len(), MESSAGES, "round {round}: {seen:?}");
            assert!(seen.values().all(|n| *n == 1), "round {round}: {seen:?}");
        }
    }
    let here: usize = [("bob@example.org", mailboxes[0]), ("alice@example.org", mailboxes[1])]
        .iter()
        .map(|(account, name)| desk.rows(&["list", name, "--account", account, "--json"]).len())
        .sum();
    assert_eq!(here, MESSAGES);
}

#[test]
fn live_commands_take_names_with_spaces_dots_and_umlauts_also_across_accounts() {
    let Some(server) = Dovecot::start() else { return };
    let desk = Desk::new();
    server.append("alice", "INBOX", "", (1..=3).map(|n| message(n, 400)));
    server.run("alice", &["CREATE \"My Stuff/Entw&APw-rfe v1.2\"", "CREATE \"a.b\""]);
    desk.add_alice(&server, &[]);
    add_bob(&desk, &server, &format!("{HOST}:{}", server.imaps_port));
    desk.ok(&["sync"]);
    let ids: Vec<_> = desk
        .rows(&["list", "INBOX", "--account", "alice@example.org", "--json"])
        .iter()
        .map(|row| row["id"].to_string())
        .collect();
    desk.ok(&["move", &ids[0], "My Stuff/Entwürfe v1.2"]);
    desk.ok(&["copy", &ids[1], "a.b"]);
    desk.ok(&["move", &ids[2], "Archive", "--account", "bob@example.org"]);
    desk.ok(&["flag", &ids[1], "+flagged", "-seen"]);
    assert_eq!(at_server(&server, "alice", "My Stuff/Entw&APw-rfe v1.2").len(), 1);
    assert_eq!(at_server(&server, "alice", "a.b").len(), 1);
    assert_eq!(at_server(&server, "alice", "INBOX").len(), 1);
    assert_eq!(at_server(&server, "bob", "Archive").len(), 1);
    let moved = &desk.rows(&["list", "Archive", "--account", "bob@example.org", "--json"])[0];
    let history = desk.ok(&["show", &moved["id"].to_string(), "--history"]);
    assert!(history.contains("delivered from another account"), "{history}");
    assert!(desk.ok(&["show", &moved["id"].to_string(), "--text"]).contains("quick brown fox"));
    desk.ok(&["delete", &ids[1]]);
    assert_eq!(at_server(&server, "alice", "INBOX").len(), 0);
}
