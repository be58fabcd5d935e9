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

#[path = "support/lab.rs"]
mod support;

use support::*;

fn main() {
    figures();
    divan::main();
}

fn rows() -> u32 {
    std::env::var("POSTRIDER_BENCH_ROWS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000)
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
        let account = lab.store.snapshot().unwrap().accounts().unwrap()[0].id;
        let ids = lab.store.snapshot().unwrap().message_ids(inbox, SortOrder::NewestFirst).unwrap();
        let shift = move |w: &mut Write<'_>| {
            let to = w.special_mailbox(account, SpecialUse::Archive)?.unwrap();
            let some: Vec<_> = ids.into_iter().take(10_000).collect();
            let action = w.begin_action("move", Some(to), true, UnixTime(0))?;
            let carried = w.add_move(Some(action), &some, Some(inbox), to, UnixTime(0))?;
            w.end_action(action, carried.messages)?;
            assert_eq!(carried.messages, 10_000);
            w.undo(Some(action), UnixTime(0))
        };
        timed("move 10000 messages by the user, and undo it", || {
            drop(lab.store.write_blocking("move", shift).unwrap());
        });
        let all = UidSet::range(Uid::MIN, Uid::MAX);
        timed(&format!("hide {count} vanished messages"), || {
            lab.store.write_blocking("vanish", move |w| w.vanish(inbox, &all, UnixTime(5))).unwrap();
        });
        let again: Vec<_> = (1..=count).map(message).collect();
        timed(&format!("recognize {count} messages that come back"), || fill(&lab, again));
        let size = std::fs::metadata(lab.dir.path().join("data/mail.db")).unwrap().len();
        let forget = "UPDATE message SET thread_id = NULL; DELETE FROM thread; DELETE FROM ref;
             DELETE FROM topic; DELETE FROM thread_place;";
        rusqlite::Connection::open(lab.dir.path().join("data/mail.db"))
            .unwrap()
            .execute_batch(forget)
            .unwrap();
        timed(&format!("find conversations of {count} stored messages"), || {
            while lab.store.write_blocking("threads", |w| w.thread_stored(500)).unwrap() > 0 {}
        });
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

#[divan::bench(sample_count = 20)]
fn heads_of_all_conversations(bencher: Bencher<'_, '_>) {
    let see = BIG.store.snapshot().unwrap();
    bencher.bench_local(|| see.thread_heads(BIG.inbox, SortOrder::NewestFirst).unwrap());
}

#[divan::bench]
fn fifty_conversations_anywhere(bencher: Bencher<'_, '_>) {
    let see = BIG.store.snapshot().unwrap();
    let heads = see.thread_heads(BIG.inbox, SortOrder::NewestFirst).unwrap();
    let mut at = 0;
    bencher.bench_local(|| {
        at = (at + 7_919) % heads.len().saturating_sub(50).max(1);
        see.thread_rows(&heads[at..(at + 50).min(heads.len())], BIG.inbox).unwrap()
    });
}

#[divan::bench]
fn one_conversation_for_the_reader(bencher: Bencher<'_, '_>) {
    let see = BIG.store.snapshot().unwrap();
    let heads = see.thread_heads(BIG.inbox, SortOrder::NewestFirst).unwrap();
    let mut at = 0;
    bencher.bench_local(|| {
        at = (at + 7_919) % heads.len();
        see.conversation(heads[at], Some(BIG.inbox)).unwrap()
    });
}
