//! How quick the store is with a synthetic mailbox. `cargo bench --no-default-features --bench store`;
//! POSTRIDER_BENCH_ROWS sets the size of the mailbox (1,000,000). Prints figures, never fails by time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_possible_truncation
)]
#![allow(missing_docs)]

use divan::{Bencher, black_box};
use postrider::model::*;
use postrider::store::*;
use std::sync::LazyLock;
use std::time::Instant;

/// Rows added in one transaction, as the sync does.
const BATCH: u32 = 500;

fn main() {
    figures();
    divan::main();
}

fn rows() -> u32 {
    std::env::var("POSTRIDER_BENCH_ROWS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000)
}

fn uid(n: u32) -> Uid {
    Uid::from_wire(n).unwrap()
}

fn part(path: &str, kind: &str, subtype: &str) -> Part {
    Part {
        path: path.parse().unwrap(),
        media_type: MediaType::new(kind, subtype),
        charset: (kind == "text").then(|| "utf-8".into()),
        flowed: false,
        del_sp: false,
        encoding: TransferEncoding::QuotedPrintable,
        size: 4_321,
        content_id: None,
        disposition: None,
        filename: None,
    }
}

/// A message as lists have them: some hundred bytes of header, three parts, a preview.
fn message(n: u32) -> NewMessage {
    let address = |name: &str, n: u32| Address { name: name.into(), email: format!("person{n}@example.org") };
    let id = |n: u32| Rfc822MessageId(format!("CAF{n:08x}Zr7k2qPmHf0x+EXAMPLE@mail.example.org"));
    let parts =
        vec![part("", "multipart", "alternative"), part("1", "text", "plain"), part("2", "text", "html")];
    NewMessage {
        flags: Flags::from_row(if n.is_multiple_of(5) { 0 } else { Flags::SEEN }, ""),
        mod_seq: ModSeq::new(u64::from(n)),
        internal_date: Some(UnixTime(1_500_000_000 + i64::from(n) * 137)),
        size: 20_000 + u64::from(n % 999),
        envelope: Envelope {
            date: Some(UnixTime(1_500_000_000 + i64::from(n) * 137)),
            subject: format!("Re: the minutes of meeting {n}, and what we said about it"),
            from: vec![address("Somebody Somewhere", n % 400)],
            to: vec![address("Me Myself", 0), address("", n % 77)],
            message_id: Some(id(n)),
            in_reply_to: vec![id(n - n % 3)],
            references: vec![id(n - n % 3), id(n - n % 2)],
            ..Envelope::default()
        },
        structure: Some(BodyStructure { parts }),
        preview: Some(
            "Dear all, here is what I wrote down when we met last week; please tell me what I got wrong"
                .into(),
        ),
        ..NewMessage::new(uid(n))
    }
}

struct Lab {
    /// Dropped last.
    store: Store,
    inbox: MailboxId,
    dir: tempfile::TempDir,
}

fn lab() -> Lab {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("data")).unwrap();
    let inbox = store.write_blocking("lab", |w| {
        let account = w.add_account(&Account {
            email: "me@example.org".into(),
            imap: Server { host: "imap.example.org".into(), port: 993, security: Security::Tls },
            smtp: None,
            login: Login { user: "me".into(), auth: AuthMethod::Password, password_command: None },
            ca_file: None,
        })?;
        let info = MailboxInfo {
            name: MailboxName::from_wire(b"INBOX"),
            delimiter: Some('/'),
            display: "INBOX".into(),
            special_use: Some(SpecialUse::Inbox),
            attributes: MailboxAttributes::default(),
            object_id: None,
        };
        Ok(w.sync_mailboxes(account, &[info], UnixTime(0))?[0])
    });
    Lab { store, inbox: inbox.unwrap(), dir }
}

/// Newest first, as the sync goes backwards through a mailbox.
fn fill(lab: &Lab, messages: Vec<NewMessage>) {
    let inbox = lab.inbox;
    let mut rest = messages;
    while !rest.is_empty() {
        let batch = rest.split_off(rest.len().saturating_sub(BATCH as usize));
        lab.store.write_blocking("fill", move |w| w.insert_messages(inbox, batch)).unwrap();
    }
}

/// CPU seconds of this process so far; `None` where there is no /proc.
fn cpu() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<_> = text.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    let ticks = |n: usize| fields.get(n).and_then(|t| t.parse::<f64>().ok());
    // User and system time in ticks of 10 ms.
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

fn timed(what: &str, work: impl FnOnce()) {
    let (wall, before) = (Instant::now(), cpu());
    work();
    let spent = cpu().zip(before).map_or(f64::NAN, |(after, before)| after - before);
    println!("{what:<48} {:8.3} s wall {spent:8.2} s CPU", wall.elapsed().as_secs_f64());
}

/// What happens once in a run, with its CPU time: the machine may have other work.
fn figures() {
    for count in [20_000, 100_000] {
        let lab = lab();
        let messages: Vec<_> = (1..=count).map(message).collect();
        timed(&format!("insert {count} messages by {BATCH}"), || fill(&lab, messages));
        let inbox = lab.inbox;
        let same: Vec<_> =
            (1..=count).map(|n| (uid(n), message(n).flags, Some(ModSeq::new(u64::from(n))))).collect();
        let seen: Vec<_> = same.iter().map(|(uid, _, _)| (*uid, Flags::from_row(1, ""), None)).collect();
        let update =
            |rows: Vec<_>| lab.store.write_blocking("flags", move |w| w.update_flags(inbox, &rows)).unwrap();
        timed(&format!("compare {count} unchanged flags"), || assert_eq!(update(same), 0));
        timed(&format!("update flags, a fifth of {count} changed"), || {
            assert_eq!(update(seen), count as usize / 5)
        });
        let ids = lab.store.snapshot().unwrap().message_ids(inbox, SortOrder::NewestFirst).unwrap();
        let flag = move |w: &mut Write<'_>| {
            let some: Vec<_> = ids.into_iter().take(10_000).collect();
            w.add_flag_operation(&some, &Flag::Flagged, FlagChange::Add, UnixTime(0))
        };
        timed("flag 10000 messages by the user", || drop(lab.store.write_blocking("flag", flag).unwrap()));
        let all = UidSet::range(Uid::MIN, Uid::MAX);
        timed(&format!("hide {count} vanished messages"), || {
            lab.store.write_blocking("vanish", move |w| w.vanish(inbox, &all, UnixTime(5))).unwrap();
        });
        let again: Vec<_> = (1..=count).map(message).collect();
        timed(&format!("recognize {count} messages that come back"), || fill(&lab, again));
        let size = std::fs::metadata(lab.dir.path().join("data/mail.db")).unwrap().len();
        println!("bytes on disk a message: {}", size / u64::from(count));
    }
    let count = rows();
    timed(&format!("build a mailbox of {count}"), || {
        LazyLock::force(&BIG);
    });
    let dir = BIG.dir.path().join("data");
    timed("open it, its tree and first 50 rows", || {
        let store = Store::open(&dir).unwrap();
        let see = store.snapshot().unwrap();
        let ids = see.message_ids(BIG.inbox, SortOrder::NewestFirst).unwrap();
        black_box(see.rows(&ids[..50.min(ids.len())], BIG.inbox).unwrap());
    });
}

/// The big mailbox, built once.
static BIG: LazyLock<Lab> = LazyLock::new(|| {
    let lab = lab();
    for first in (1..=rows()).step_by(50_000) {
        fill(&lab, (first..=(first + 49_999).min(rows())).map(message).collect());
    }
    lab
});

#[divan::bench(sample_count = 20)]
fn ids_of_the_whole_list(bencher: Bencher<'_, '_>) {
    let see = BIG.store.snapshot().unwrap();
    bencher.bench_local(|| see.message_ids(BIG.inbox, SortOrder::NewestFirst).unwrap());
}

#[divan::bench]
fn fifty_rows_anywhere(bencher: Bencher<'_, '_>) {
    let see = BIG.store.snapshot().unwrap();
    let ids = see.message_ids(BIG.inbox, SortOrder::NewestFirst).unwrap();
    let mut at = 0;
    bencher.bench_local(|| {
        at = (at + 7_919) % ids.len().saturating_sub(50).max(1);
        see.rows(&ids[at..(at + 50).min(ids.len())], BIG.inbox).unwrap()
    });
}

#[divan::bench]
fn take_a_snapshot(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| BIG.store.snapshot().unwrap());
}

#[divan::bench]
fn one_message_for_the_reader(bencher: Bencher<'_, '_>) {
    let see = BIG.store.snapshot().unwrap();
    let ids = see.message_ids(BIG.inbox, SortOrder::NewestFirst).unwrap();
    let mut at = 0;
    bencher.bench_local(|| {
        at = (at + 7_919) % ids.len();
        see.message(ids[at]).unwrap()
    });
}

#[divan::bench(sample_count = 10)]
fn all_uids(bencher: Bencher<'_, '_>) {
    let see = BIG.store.snapshot().unwrap();
    bencher.bench_local(|| see.uids(BIG.inbox).unwrap());
}

#[divan::bench(sample_count = 10)]
fn position_at_the_far_end(bencher: Bencher<'_, '_>) {
    let see = BIG.store.snapshot().unwrap();
    let last = *see.message_ids(BIG.inbox, SortOrder::NewestFirst).unwrap().last().unwrap();
    bencher.bench_local(|| see.position_of(last, BIG.inbox, SortOrder::NewestFirst).unwrap());
}

#[divan::bench(sample_count = 20)]
fn one_flag_of_the_server(bencher: Bencher<'_, '_>) {
    let inbox = BIG.inbox;
    let mut on = 0;
    bencher.bench_local(|| {
        on ^= Flags::FLAGGED;
        let row = (uid(1), Flags::from_row(on, ""), None);
        BIG.store.write_blocking("flag", move |w| w.update_flags(inbox, &[row])).unwrap()
    });
}

#[divan::bench(sample_count = 20)]
fn one_flag_of_the_user_made_durable(bencher: Bencher<'_, '_>) {
    let id =
        BIG.store.snapshot().unwrap().ids_by_uid(BIG.inbox, &UidSet::range(uid(2), uid(2))).unwrap()[0].1;
    let mut change = FlagChange::Add;
    bencher.bench_local(|| {
        let now = change;
        change = if change == FlagChange::Add { FlagChange::Remove } else { FlagChange::Add };
        let flag = move |w: &mut Write<'_>| w.add_flag_operation(&[id], &Flag::Answered, now, UnixTime(0));
        BIG.store.write_blocking("flag", flag).unwrap()
    });
}
