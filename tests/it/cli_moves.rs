//! The real program moves, copies, flags, deletes and undoes at a real Dovecot, and links to it that break: see
//! `cli_fire.rs` for what becomes of mail then.

use crate::cli_live::Desk;
use crate::dovecot::{Dovecot, HOST, message};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

/// Mailboxes between which they are moved.
const MAILBOXES: [&str; 4] = ["INBOX", "Archive", "Sent", "Trash"];

fn id_of(desk: &Desk, mailbox: &str, number: usize) -> String {
    let subject = format!("Message {number}");
    let rows = desk.rows(&["list", mailbox, "--json"]);
    let row = rows.iter().find(|row| row["subject"] == subject.as_str());
    row.unwrap_or_else(|| panic!("{subject} is not in {mailbox}: {rows:?}"))["id"].to_string()
}

/// Message-IDs of a mailbox, as another client sees them.
fn at_server(server: &Dovecot, mailbox: &str) -> Vec<String> {
    let select = format!("EXAMINE \"{mailbox}\"");
    let text = server.run("alice", &[&select, "UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"]);
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("Message-ID: "));
    let mut ids: Vec<_> = lines.map(str::to_owned).collect();
    ids.sort();
    ids
}

fn here(desk: &Desk, mailbox: &str) -> usize {
    desk.rows(&["list", mailbox, "--json"]).len()
}

#[test]
fn live_messages_are_moved_copied_flagged_and_deleted() {
    let Some(server) = Dovecot::start() else { return };
    let desk = Desk::new();
    for n in 1..=4 {
        server.append("alice", "INBOX", "", [message(n, 600)]);
    }
    desk.add_alice(&server, &[]);
    desk.ok(&["sync"]);
    let ids: Vec<_> = (1..=4).map(|n| id_of(&desk, "INBOX", n)).collect();
    desk.ok(&["move", &ids[0], &ids[1], "Archive"]);
    // Also by what the mailbox is for, as people write it.
    desk.ok(&["copy", &ids[2], "archive"]);
    desk.ok(&["flag", &ids[2], "+flagged", "+work", "-seen"]);
    desk.ok(&["delete", &ids[3]]);
    assert_eq!(
        MAILBOXES.map(|name| at_server(&server, name).len()),
        [1, 3, 0, 1],
        "INBOX keeps one, Archive has two moved and one copied, Trash the deleted one"
    );
    let flags = server.run("alice", &["EXAMINE INBOX", "UID FETCH 1:* (FLAGS)"]);
    assert!(flags.contains("\\Flagged") && flags.contains("work"), "{flags}");
    desk.ok(&["delete", &ids[3]]);
    desk.ok(&["delete", "--forever", &ids[0]]);
    assert_eq!(MAILBOXES.map(|name| at_server(&server, name).len()), [1, 2, 0, 0]);
    desk.ok(&["sync"]);
    assert_eq!(MAILBOXES.map(|name| here(&desk, name)), [1, 2, 0, 0]);
    let history = desk.ok(&["show", &ids[1], "--history"]);
    assert!(history.contains("done\tmove to Archive in INBOX"), "{history}");
    assert!(desk.fails(&["move", "999", "Archive"]).contains("no message 999"));
    assert!(desk.fails(&["move", &ids[1], "Nowhere"]).contains("no mailbox Nowhere"));
    assert!(desk.fails(&["copy", &ids[1], "Nowhere"]).contains("no mailbox Nowhere"));
    let misused = desk.run(&["flag", &ids[1], "flagged"]);
    assert_eq!(misused.status.code(), Some(2), "{misused:?}");
    assert!(String::from_utf8_lossy(&misused.stderr).contains("+flagged"), "{misused:?}");
}

#[test]
fn live_what_was_done_last_is_taken_back_and_done_again() {
    let Some(server) = Dovecot::start() else { return };
    let desk = Desk::new();
    server.append("alice", "INBOX", "", [message(1, 600)]);
    desk.add_alice(&server, &[]);
    desk.ok(&["sync"]);
    assert!(desk.fails(&["undo"]).contains("nothing to undo"));
    desk.ok(&["move", &id_of(&desk, "INBOX", 1), "Archive"]);
    let places = || ["INBOX", "Archive"].map(|name| at_server(&server, name).len());
    assert_eq!(places(), [0, 1]);
    assert_eq!(desk.ok(&["undo"]), "taken back: move, 1 messages\n");
    assert_eq!(places(), [1, 0]);
    desk.ok(&["redo"]);
    assert_eq!(places(), [0, 1]);
    let file = desk.dir.path().join("2.eml");
    std::fs::write(&file, message(2, 600)).unwrap();
    desk.ok(&["import", file.to_str().unwrap(), "--mailbox", "INBOX"]);
    assert_eq!(places(), [1, 1]);
    desk.ok(&["undo"]);
    assert_eq!(places(), [0, 1]);
    assert!(desk.fails(&["redo"]).contains("nothing to undo"), "its bytes are gone");
}

#[test]
fn live_what_is_done_without_the_server_is_kept_and_done_later() {
    let Some(mut server) = Dovecot::start() else { return };
    let desk = Desk::new();
    server.append("alice", "INBOX", "", [message(1, 600)]);
    desk.add_alice(&server, &[]);
    desk.ok(&["sync"]);
    let id = id_of(&desk, "INBOX", 1);
    server.kill();
    let line = desk.fails(&["move", &id, "Archive"]);
    assert!(line.contains("next `postrider sync`"), "{line}");
    assert_eq!((here(&desk, "INBOX"), here(&desk, "Archive")), (0, 1), "shown at once");
    server.restart();
    desk.ok(&["sync"]);
    assert_eq!((at_server(&server, "INBOX").len(), at_server(&server, "Archive").len()), (0, 1));
}

/// What happens to a link once its bytes are used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// It is cut in both directions.
    Cut,
    /// It stays open, and nothing passes any more.
    Stall,
    /// One direction ends, the other goes on.
    HalfClose,
}

/// Lets bytes through to a server until it is told to break the link.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    /// Bytes that may still pass, in both directions together; negative: as many as there are.
    budget: Arc<AtomicI64>,
    way: Arc<Mutex<Way>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    pub(crate) fn new(to: u16) -> Self {
        let listener = TcpListener::bind((HOST, 0)).or_else(|_| TcpListener::bind(("127.0.0.1", 0))).unwrap();
        let port = listener.local_addr().unwrap().port();
        let budget = Arc::new(AtomicI64::new(-1));
        let way = Arc::new(Mutex::new(Way::Cut));
        let open = Arc::new(Mutex::new(Vec::new()));
        let (limit, how, all) = (Arc::clone(&budget), Arc::clone(&way), Arc::clone(&open));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(("127.0.0.1", to)) else { continue };
                for (from, into) in [(&client, &server), (&server, &client)] {
                    let (from, into) = (from.try_clone().unwrap(), into.try_clone().unwrap());
                    all.lock().unwrap().push(from.try_clone().unwrap());
                    let (limit, how) = (Arc::clone(&limit), *how.lock().unwrap());
                    std::thread::spawn(move || pump(from, into, &limit, how));
                }
            }
        });
        Self { port, budget, way, open }
    }

    /// From now on only so many bytes pass on new connections, then they break. Negative: no limit.
    pub(crate) fn allow(&self, bytes: i64, way: Way) {
        for stream in self.open.lock().unwrap().drain(..) {
            stream.shutdown(Shutdown::Both).ok();
        }
        *self.way.lock().unwrap() = way;
        self.budget.store(bytes, Ordering::SeqCst);
    }
}

fn pump(mut from: TcpStream, mut into: TcpStream, budget: &AtomicI64, way: Way) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let mut pass = count;
        if budget.load(Ordering::SeqCst) >= 0 {
            let left = budget.fetch_sub(count as i64, Ordering::SeqCst);
            pass = usize::try_from(left.max(0)).unwrap().min(count);
            if left < count as i64 {
                // Never below zero for long: that would mean no limit.
                budget.store(0, Ordering::SeqCst);
            }
        }
        let sent = into.write_all(&buffer[..pass]);
        match way {
            _ if sent.is_err() => break,
            _ if pass == count => {}
            Way::Cut => break,
            // Swallows what comes until both ends are gone.
            Way::Stall => {}
            Way::HalfClose => {
                into.shutdown(Shutdown::Write).ok();
                return;
            }
        }
    }
    from.shutdown(Shutdown::Both).ok();
    into.shutdown(Shutdown::Both).ok();
}

/// Numbers that look random and are the same in every run with the same seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    pub(crate) fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len())]
    }
}
