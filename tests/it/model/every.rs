//! Not by chance but one after the other: a link that is cut at any byte, a program that is killed after any commit and
//! at any command, while mail is moved, copied, put there and carried to another account.
//!
//! The usual run cuts at each `STRIDE`th byte, from another first one for each kind of server; `POSTRIDER_MODEL_EVERY=1`
//! asks for all of them.

use super::ops::{Case, Pick, Step, Way, Wish};
use super::sides::KINDS;
use super::world::play;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes between two cuts in the usual run.
const STRIDE: u16 = 401;
/// The longest connection of these cases sends less than this, and says less than `MAX_INPUT`.
const MAX_OUTPUT: u16 = 9_000;
const MAX_INPUT: u16 = 1_500;
/// More than the commits, and than the commands of a server, of one pass here.
const MAX_COMMITS: u8 = 60;
const MAX_COMMANDS: u8 = 60;
/// Pairs of servers by their places in `sides::kinds`: all extensions, none, no MOVE, labels.
const PAIRS: [(u8, u8); 3] = [(0, 5), (7, 0), (9, 2)];
const THREADS: usize = 4;

/// Everything that can be under way at once, then `last`.
fn case((server, second): (u8, u8), last: &[Step]) -> Case {
    let user = Step::User;
    let mut steps = vec![
        user(Wish::Move(Pick(0, 0, 2), 3)),
        user(Wish::Copy(Pick(0, 0, 1), 2)),
        user(Wish::Append(1, 0)),
        user(Wish::Flag(Pick(0, 0, 3), 1, true)),
        // The mailboxes of the second account come after those of the first one.
        user(Wish::Move(Pick(0, 1, 1), 9)),
        user(Wish::Make(0, 9)),
    ];
    steps.extend_from_slice(last);
    Case { server: server % KINDS, second, twist: 2, bodies: false, live: false, mails: 5, steps }
}

/// Plays all cases on several threads.
fn all(what: &str, cases: &[Case]) {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(None));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
                    if failed.lock().unwrap().is_some() {
                        return;
                    }
                    if let Err(reason) = play(case) {
                        failed.lock().unwrap().get_or_insert(format!("{reason}\n{case:?}"));
                    }
                }
            });
        }
    });
    if let Some(told) = failed.into_inner().unwrap() {
        panic!("{what}: {told}");
    }
    println!("{what}: {} cases: nothing lost, nothing twice", cases.len());
}

#[test]
fn a_cut_at_any_byte_loses_nothing() {
    let every = std::env::var_os("POSTRIDER_MODEL_EVERY").is_some();
    let stride = if every { 1 } else { STRIDE };
    let mut cases = Vec::new();
    for (nth, pair) in (0_u16..).zip(PAIRS) {
        let first = if every { 0 } else { nth * STRIDE / 3 };
        for side in 0..2 {
            for (way, end) in [(Way::Output, MAX_OUTPUT), (Way::Input, MAX_INPUT)] {
                let cuts = (first..end).step_by(usize::from(stride));
                cases.extend(
                    cuts.map(|bytes| case(pair, &[Step::Break(side, 1, bytes, way), Step::Send, Step::Sync])),
                );
            }
        }
    }
    all("cuts", &cases);
}

#[test]
fn a_kill_after_any_commit_or_at_any_command_loses_nothing() {
    let every = std::env::var_os("POSTRIDER_MODEL_EVERY").is_some();
    let stride = if every { 1 } else { 3 };
    let mut cases = Vec::new();
    for (nth, pair) in (0_u8..).zip(PAIRS) {
        let commits = (nth..MAX_COMMITS).step_by(stride);
        cases.extend(commits.map(|n| case(pair, &[Step::Crash(n), Step::Sync])));
        for side in 0..2 {
            let commands = (1 + nth..MAX_COMMANDS).step_by(stride * 2);
            cases.extend(commands.map(|n| case(pair, &[Step::Kill(side, n), Step::Sync])));
        }
    }
    all("kills", &cases);
}
