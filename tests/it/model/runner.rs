//! Makes cases, plays them on several threads, and shrinks the first that fails.

use super::ops::{Case, case};
use super::world::{Stats, play};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Cases of the usual run.
const CASES: u32 = 240;
/// Threads that play at once: mostly they wait for a disk or a time-out.
const THREADS: u32 = 4;
/// Tries to make a failing case smaller.
const SHRINKS: u32 = 600;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

fn seed(seed: u64, thread: u32) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..12].copy_from_slice(&thread.to_le_bytes());
    bytes
}

/// Plays so many cases; the first that fails comes back as small as it can be made.
fn run(first: u64, cases: u32, live: bool) -> Result<Stats, String> {
    let total = Mutex::new(Stats::default());
    let failure = Mutex::new(None);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (total, failure, stop) = (&total, &failure, &stop);
            scope.spawn(move || {
                let config = Config {
                    cases: cases.div_ceil(THREADS),
                    max_shrink_iters: SHRINKS,
                    failure_persistence: None,
                    ..Config::default()
                };
                let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed(first, thread));
                let mut runner = TestRunner::new_with_rng(config, rng);
                let mine = AtomicBool::new(false);
                let result = runner.run(&case(live), |case: Case| {
                    // Others have found something: there is no point in going on.
                    if stop.load(Ordering::SeqCst) && !mine.load(Ordering::SeqCst) {
                        return Ok(());
                    }
                    match play(&case) {
                        Ok(stats) => {
                            total.lock().unwrap().add(stats);
                            Ok(())
                        }
                        Err(reason) => {
                            if !stop.swap(true, Ordering::SeqCst) {
                                mine.store(true, Ordering::SeqCst);
                                eprintln!("found, making it smaller: {reason}");
                            }
                            Err(TestCaseError::fail(reason))
                        }
                    }
                });
                let told = match result {
                    Ok(()) => return,
                    Err(TestError::Fail(reason, case)) => format!("{reason}\n{case:?}"),
                    Err(TestError::Abort(reason)) => reason.to_string(),
                };
                failure.lock().unwrap().get_or_insert(told);
            });
        }
    });
    match failure.into_inner().unwrap() {
        Some(told) => Err(told),
        None => Ok(total.into_inner().unwrap()),
    }
}

fn gate(name: &str, share: u32, live: bool) {
    let first = number("POSTRIDER_MODEL_SEED").unwrap_or(20_261_126);
    let cases = number("POSTRIDER_MODEL_CASES").map_or(CASES, |n| u32::try_from(n).unwrap()) / share;
    let start = Instant::now();
    match run(first, cases, live) {
        Ok(stats) => {
            let sum = |map: &BTreeMap<String, u64>| map.values().sum::<u64>();
            println!(
                "{name}: {} cases, {} steps, {} faults, {} kills, {} commands, {:.0} s: nothing lost, nothing twice",
                stats.cases,
                sum(&stats.steps),
                sum(&stats.faults),
                sum(&stats.kills),
                stats.commands,
                start.elapsed().as_secs_f64()
            );
            for (what, counts) in
                [("steps", &stats.steps), ("faults", &stats.faults), ("kills", &stats.kills)]
            {
                let told: Vec<_> = counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
                println!("  {what}: {}", told.join(", "));
            }
        }
        Err(told) => panic!("{name}, seed {first}: {told}"),
    }
}

#[test]
fn nothing_is_lost_in_single_passes() {
    gate("single passes", 1, false);
}

#[test]
fn nothing_is_lost_while_the_worker_runs() {
    gate("live worker", 3, true);
}
