//! Conversations against the scripts that Dovecot's imaptest sends to servers with THREAD (RFC 5256). A server's
//! answer is a tree; compared are the sets of messages that belong together.

use crate::corpora;
use postrider::mime::header::parse_envelope;
use postrider::model::subject::base_subject;
use postrider::model::*;
use postrider::store::{MailboxInfo, NewMessage, SortOrder, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Where we answer otherwise than a server does, on purpose: script, answer, what we say.
const OTHERWISE: &[(&str, usize, &[&[u32]])] = &[
    // 2 says that 1 is an ancestor; 3 contradicts the place of 2, not that they belong together.
    ("thread", 0, &[&[1, 2, 3]]),
    // Two copies of a message (in two folders, say) are of one conversation.
    ("thread2", 0, &[&[1, 2]]),
    // Subjects alone join only people who know each other; these mails have no authors.
    ("thread4", 0, &[&[1], &[2]]),
    // Who deletes the middle of a conversation does not want two of them.
    ("thread5", 1, &[&[1, 2]]),
    ("thread5", 2, &[&[1, 2, 3]]),
];

type Sets = BTreeSet<BTreeSet<u32>>;

fn sets<'a>(groups: impl IntoIterator<Item = &'a [u32]>) -> Sets {
    groups.into_iter().map(|group| group.iter().copied().collect()).collect()
}

/// The sets of an answer such as `* THREAD (1)(2 (7)(12))`.
fn answer(line: &str) -> Sets {
    let mut sets = Sets::new();
    let (mut depth, mut open, mut number) = (0, BTreeSet::new(), String::new());
    for c in line.chars().skip_while(|c| *c != '(') {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        open.extend(std::mem::take(&mut number).parse::<u32>().ok());
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 && !open.is_empty() {
            sets.insert(std::mem::take(&mut open));
        }
    }
    sets
}

/// The messages of a mailbox file.
fn mails(path: &Path) -> Vec<Vec<u8>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut mails: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.starts_with("From ") {
            mails.push(String::new());
        } else if let Some(mail) = mails.last_mut() {
            mail.push_str(line);
            mail.push_str("\r\n");
        }
    }
    mails.into_iter().map(String::into_bytes).collect()
}

struct Server {
    _dir: tempfile::TempDir,
    store: Store,
    inbox: MailboxId,
    rest: std::vec::IntoIter<Vec<u8>>,
    next: u32,
    deleted: UidSet,
}

impl Server {
    fn new(mails: Vec<Vec<u8>>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let inbox = store.write_blocking("test", |w| {
            let account = w.add_account(&Account {
                email: "me@example.org".into(),
                imap: postrider::model::Server { host: "h".into(), port: 993, security: Security::Tls },
                smtp: None,
                smtp_user: None,
                login: Login {
                    user: "me".into(),
                    auth: AuthMethod::Password,
                    password_command: None,
                    oauth: None,
                },
                ca_file: None,
                exceptions: Vec::new(),
            })?;
            let info = MailboxInfo {
                name: MailboxName::from_wire(b"INBOX"),
                delimiter: None,
                display: "INBOX".into(),
                special_use: None,
                attributes: MailboxAttributes::default(),
                object_id: None,
            };
            Ok(w.sync_mailboxes(account, &[info], UnixTime(0))?[0])
        });
        let inbox = inbox.unwrap();
        Self { _dir: dir, store, inbox, rest: mails.into_iter(), next: 1, deleted: UidSet::new() }
    }

    fn append(&mut self) {
        let raw = self.rest.next().unwrap();
        let mut new = NewMessage::new(Uid::from_wire(self.next).unwrap());
        new.envelope = parse_envelope(&raw);
        new.size = raw.len() as u64;
        new.internal_date = Some(UnixTime(1_200_000_000 + i64::from(self.next)));
        self.next += 1;
        let inbox = self.inbox;
        self.store.write_blocking("test", move |w| w.insert_messages(inbox, vec![new])).unwrap();
    }

    fn uids(&self) -> Vec<Uid> {
        let uids = self.store.snapshot().unwrap().uids(self.inbox).unwrap();
        uids.ranges()
            .flat_map(|(low, high)| low.get()..=high.get())
            .map(|n| Uid::from_wire(n).unwrap())
            .collect()
    }

    fn expunge(&mut self) {
        let (inbox, gone) = (self.inbox, std::mem::take(&mut self.deleted));
        self.store.write_blocking("test", move |w| w.vanish(inbox, &gone, UnixTime(0))).unwrap();
        self.store.write_blocking("test", |w| w.purge_orphans(UnixTime(i64::MAX))).unwrap();
    }

    /// Sequence numbers of the messages of each conversation.
    fn threads(&self) -> Sets {
        let see = self.store.snapshot().unwrap();
        let ids = see.message_ids(self.inbox, SortOrder::OldestFirst).unwrap();
        let heads = see.thread_heads(self.inbox, SortOrder::NewestFirst).unwrap();
        let rows = see.thread_rows(&heads, self.inbox).unwrap();
        let number = |id: &MessageId| u32::try_from(ids.iter().position(|i| i == id).unwrap() + 1).unwrap();
        rows.iter().map(|row| row.thread.as_ref().unwrap().newest.iter().map(number).collect()).collect()
    }
}

#[test]
fn conversations_are_those_of_a_server() {
    let Some(dir) = corpora::folder("imaptest/src/tests") else {
        println!("skipped: no imaptest corpus");
        return;
    };
    let (mut answers, mut otherwise) = (0, 0);
    for name in ["thread", "thread2", "thread3", "thread4", "thread5", "thread6", "thread7", "thread8"] {
        let script = std::fs::read_to_string(dir.join(name)).unwrap();
        let mut server = Server::new(mails(&dir.join(format!("{name}.mbox"))));
        if !script.contains("state: created") {
            (0..server.rest.len()).for_each(|_| server.append());
        }
        let mut step = 0;
        for line in script.lines() {
            if line == "ok append" {
                server.append();
            } else if let Some(rest) = line.strip_prefix("ok store ") {
                let uids = server.uids();
                let numbers = rest.split(' ').next().unwrap().split(',');
                for number in numbers.map(|n| n.parse::<usize>().unwrap()) {
                    server.deleted.insert(uids[number - 1]);
                }
            } else if line == "ok expunge" {
                server.expunge();
            } else if line.to_ascii_lowercase().starts_with("* thread") {
                let known = OTHERWISE.iter().find(|(script, at, _)| (*script, *at) == (name, step));
                let expected = match known {
                    Some((_, _, groups)) => sets(groups.iter().copied()),
                    None => answer(line),
                };
                if known.is_some() {
                    assert_ne!(expected, answer(line), "{name}: no difference any more");
                    otherwise += 1;
                }
                assert_eq!(server.threads(), expected, "{name}, answer {step}");
                step += 1;
                answers += 1;
            }
        }
    }
    println!("{answers} answers, {otherwise} of them otherwise on purpose");
    assert_eq!(answers, 14);
}

#[test]
fn base_subjects_are_those_of_a_server() {
    let Some(dir) = corpora::folder("imaptest/src/tests") else {
        println!("skipped: no imaptest corpus");
        return;
    };
    for name in ["thread-orderedsubject", "thread-orderedsubject2"] {
        let script = std::fs::read_to_string(dir.join(name)).unwrap();
        let expected = answer(script.lines().find(|line| line.starts_with("* THREAD")).unwrap());
        let mut by: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
        for (number, mail) in (1..).zip(mails(&dir.join(format!("{name}.mbox")))) {
            let base = base_subject(&parse_envelope(&mail).subject).to_lowercase();
            by.entry(base).or_default().insert(number);
        }
        assert_eq!(by.into_values().collect::<Sets>(), expected, "{name}");
    }
}
