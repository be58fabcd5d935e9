//! Rules of the house that a machine can check: layers, module docs, file size, forbidden words.

use std::fs;
use std::path::{Path, PathBuf};

/// Which layers each layer may use (ARCHITECTURE.md, "Layers").
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("clock", &["model"]),
    ("crash", &["model", "clock"]),
    ("mime", &["model"]),
    ("html", &["model", "mime"]),
    ("net", &["model", "clock"]),
    ("imap", &["model", "clock", "net", "secret"]),
    ("smtp", &["model", "clock", "net", "secret"]),
    ("secret", &["model"]),
    ("oauth", &["model", "clock", "secret"]),
    ("trust", &["model", "mime", "html"]),
    ("remote", &["model", "mime", "html", "trust"]),
    ("discover", &["model", "clock", "net", "imap", "smtp", "oauth"]),
    ("profile", &[]),
    ("notify", &[]),
    ("store", &["model"]),
    ("demo", &["model", "clock", "mime"]),
    ("sync", &["model", "clock", "mime", "net", "imap", "smtp", "oauth", "discover", "secret", "store"]),
    ("doctor", &["model", "clock", "net", "imap", "smtp", "discover", "secret", "sync"]),
    (
        "ui",
        &[
            "model", "crash", "mime", "html", "trust", "remote", "oauth", "discover", "secret", "store",
            "sync", "doctor", "notify", "profile", "demo",
        ],
    ),
    (
        "cli",
        &[
            "model", "mime", "html", "trust", "remote", "oauth", "discover", "secret", "store", "sync",
            "doctor", "profile", "demo",
        ],
    ),
];

/// Longest file, in lines; the aim is 500. A first line with `tidy: table` lifts it for tables.
const MAX_LINES: usize = 550;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(dir: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no {ending} below {}", dir.display());
    found
}

fn layer_of(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The code of a file without its test module: tests may reach across layers.
fn code(text: &str) -> &str {
    text.split("\n#[cfg(test)]").next().unwrap()
}

#[test]
fn layers_use_only_those_above() {
    let mut wrong = Vec::new();
    for path in files(&root().join("src"), ".rs") {
        let layer = layer_of(&path);
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else { continue };
        let text = fs::read_to_string(&path).unwrap();
        if path.file_name().is_some_and(|name| name == "tests.rs") {
            continue;
        }
        for (name, _) in LAYERS {
            let uses = code(&text).contains(&format!("crate::{name}::"));
            if uses && *name != layer && !allowed.contains(name) {
                wrong.push(format!("{}: uses {name}", path.display()));
            }
        }
        let windowed = ["iced::", "iced_", "rfd::"].iter().any(|w| code(&text).contains(w));
        if windowed && layer != "ui" {
            wrong.push(format!("{}: knows the window", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_says_what_it_is_for() {
    let mut wrong = Vec::new();
    for dir in ["src", "tests", "benches"] {
        for path in files(&root().join(dir), ".rs") {
            let text = fs::read_to_string(&path).unwrap();
            if !text.starts_with("//!") {
                wrong.push(path);
            }
        }
    }
    assert!(wrong.is_empty(), "no //! on the first line: {wrong:#?}");
}

#[test]
fn files_stay_small_enough_to_read() {
    let mut wrong = Vec::new();
    for path in files(&root().join("src"), ".rs") {
        let text = fs::read_to_string(&path).unwrap();
        let table = text.lines().next().is_some_and(|l| l.contains("tidy: table"));
        // Tests in a file of their own may go on for as long as there are cases.
        let tests = path.file_name().is_some_and(|name| name == "tests.rs");
        let lines = if tests { 0 } else { text.lines().count() };
        if lines > MAX_LINES && !table {
            wrong.push(format!("{}: {lines} lines", path.display()));
        }
    }
    assert!(wrong.is_empty(), "longer than {MAX_LINES} lines: {wrong:#?}");
}

/// Files whose tests may let real time pass, and why.
const MAY_SLEEP: &[(&str, &str)] = &[
    ("tests/it/wait.rs", "looks after real servers and programs, kills one at any moment"),
    ("src/clock.rs", "the clock itself is tested"),
    ("src/clock/manual.rs", "the same; no time passes there"),
];

/// Who may look at the system's clock or wait by it, and why. Everybody else is handed a [`postrider::clock::Clock`].
const MAY_TELL_THE_TIME: &[(&str, &str)] = &[
    ("src/clock.rs", "the clock itself"),
    ("src/ui", "frames and pointers; its messages carry the time that the screens know"),
    ("src/html", "a process that renders, measured and ended by real time"),
    ("src/remote", "pictures and keys from the web, by the HTTP client's own clock"),
    ("src/secret/command.rs", "a program of the user's"),
    ("src/secret/keyring.rs", "the keyring's program, which may ask a person"),
    ("src/oauth/desktop.rs", "a program of the desktop's"),
    ("src/oauth/lock.rs", "another Postrider that holds the same lock"),
    ("src/notify.rs", "the desktop's notifications"),
    ("src/discover/network.rs", "name servers, by the resolver's own clock"),
];

/// The test code of a file.
fn test_code<'a>(path: &Path, text: &'a str) -> &'a str {
    let inside = path.strip_prefix(root()).unwrap();
    let whole =
        inside.starts_with("tests") || inside.iter().any(|part| part == "tests" || part == "tests.rs");
    if whole { text } else { text.split_once("\n#[cfg(test)]").map_or("", |(_, tests)| tests) }
}

#[test]
fn tests_do_not_sleep() {
    // Put together here so that this file does not find itself.
    let sleep = ["sle", "ep("].concat();
    // The names of these tests end so as well.
    let sleeps = |line: &str| line.contains(&sleep) && !line.trim_start().starts_with("fn ");
    let mut wrong = Vec::new();
    for dir in ["src", "tests/it"] {
        for path in files(&root().join(dir), ".rs") {
            let text = fs::read_to_string(&path).unwrap();
            let sleeps = test_code(&path, &text).lines().any(sleeps);
            let allowed = MAY_SLEEP.iter().any(|(name, _)| path.ends_with(name));
            if sleeps && !allowed {
                wrong.push(path);
            }
        }
    }
    assert!(wrong.is_empty(), "wait for an event, or see tests/it/wait.rs: {wrong:#?}");
}

/// Where the system's clock is taken because nobody handed in another.
const DEFAULT_CLOCKS: [&str; 8] = [
    "src/main.rs",
    "src/demo/server.rs",
    "src/sync/config.rs",
    "src/imap/options.rs",
    "src/smtp/client.rs",
    "src/discover/search.rs",
    "src/cli/import.rs",
    "src/cli/trust.rs",
];

#[test]
fn only_the_clock_tells_the_time() {
    let words = ["tokio::time", "Instant::now", "SystemTime::now", "std::thread::sleep", "Clock::system()"];
    let mut wrong = Vec::new();
    for path in files(&root().join("src"), ".rs") {
        let inside = path.strip_prefix(root()).unwrap();
        let tests = inside.iter().any(|part| part == "tests" || part == "tests.rs");
        if tests || MAY_TELL_THE_TIME.iter().any(|(name, _)| inside.starts_with(name)) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let is_default = DEFAULT_CLOCKS.iter().any(|name| inside == Path::new(name));
        for word in words.iter().filter(|word| **word != "Clock::system()" || !is_default) {
            if code(&text).contains(word) {
                wrong.push(format!("{}: {word}", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "ask the clock that was handed in: {wrong:#?}");
}

/// Tests that may look at the time, go by the system's clock or set durations of their own, and why. All others hand in
/// a clock that they move, with the durations of real life.
const TESTS_IN_REAL_TIME: &[(&str, &[&str], &str)] = &[
    ("tests/it/wait.rs", &["tokio::time", "Instant::now"], "processes of somebody else; tests that hang"),
    ("src/clock.rs", &["Clock::system()"], "the clock itself is tested"),
    (
        "tests/it/sync_lab.rs",
        &["Config::new(", "timing."],
        "hands in its clock; the window's frame is nothing",
    ),
    ("src/imap/fake.rs", &["ConnectOptions::new("], "hands in its clock"),
    ("src/smtp/tests.rs", &["SubmissionOptions::new("], "hands in its clock"),
    ("tests/it/quirks.rs", &["ConnectOptions::new("], "hands in the laboratory's clock"),
    ("tests/it/imap_live.rs", &["ConnectOptions::new("], "a real Dovecot"),
    ("tests/it/cyrus.rs", &["ConnectOptions::new(", "Instant::now"], "a real Cyrus"),
    ("tests/it/sync_dovecot.rs", &["Config::new(", "Instant::now"], "a real Dovecot; prints figures"),
    ("tests/it/cli_live.rs", &["Instant::now"], "the real program"),
    ("tests/it/cli_fire.rs", &["Instant::now"], "the real program; prints how long it took"),
    ("tests/it/cli_files.rs", &["SystemTime::now"], "the time of a file"),
    ("tests/it/html.rs", &["Instant::now"], "the real process that renders"),
    ("tests/it/model/runner.rs", &["Instant::now"], "prints how long it took"),
    ("tests/it/sync_operations.rs", &["Instant::now"], "prints how long it took"),
    ("src/html", &["Instant::now"], "prints how long it took"),
    ("src/store/tests/operations.rs", &["Instant::now"], "prints how long it took"),
    ("src/store/blob.rs", &["SystemTime::now"], "the time of a file"),
    ("src/demo/tests.rs", &["ConnectOptions::new("], "hands in its clock"),
    ("src/demo/tests.rs", &["SystemTime::now"], "its certificates are judged by the system's time"),
];

#[test]
fn tests_hand_in_a_clock_and_leave_durations_as_they_are() {
    let mut wrong = Vec::new();
    let mut needless: Vec<_> = TESTS_IN_REAL_TIME
        .iter()
        .flat_map(|(name, words, _)| words.iter().map(move |word| (*name, *word)))
        .collect();
    for dir in ["src", "tests/it"] {
        for path in files(&root().join(dir), ".rs") {
            let inside = path.strip_prefix(root()).unwrap();
            if inside == Path::new("tests/it/tidy.rs") || inside.starts_with("src/ui") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let is_fake = inside == Path::new("src/imap/fake.rs");
            for line in if is_fake { &text } else { test_code(&path, &text) }.lines() {
                for word in real_time(line) {
                    let allowed = |(name, one): &(&str, &str)| inside.starts_with(name) && *one == word;
                    needless.retain(|entry| !allowed(entry));
                    let listed = TESTS_IN_REAL_TIME
                        .iter()
                        .flat_map(|(n, words, _)| words.iter().map(move |w| (*n, *w)));
                    if !listed.clone().any(|entry| allowed(&entry)) {
                        wrong.push(format!("{}: {word}", inside.display()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "hand in a `ManualClock`, and leave the durations alone: {wrong:#?}");
    assert!(needless.is_empty(), "no longer needed: {needless:?}");
}

/// The ways in which a line of a test goes by real time, or by durations of its own: those that are read are not set.
fn real_time(line: &str) -> Vec<&'static str> {
    let words = [
        "tokio::time",
        "Instant::now",
        "SystemTime::now",
        "Clock::system()",
        " Config::new(",
        "ConnectOptions::new(",
        "SubmissionOptions::new(",
    ];
    let mut found: Vec<_> = words.into_iter().filter(|word| line.contains(word)).map(str::trim).collect();
    // An assignment, or a place to which one can be made.
    let set = |what: &str| {
        line.split(what).skip(1).any(|rest| {
            let rest =
                rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_' || c == '.').trim_start();
            rest.starts_with('=') && !rest.starts_with("==")
        })
    };
    found.extend(
        ["timing", "timeouts"]
            .into_iter()
            .filter(|what| set(what) || line.contains(&format!("&mut {what}")))
            .map(|what| if what == "timing" { "timing." } else { "timeouts." }),
    );
    let literals = [(" Patience {", "Patience {"), (" Timing {", "timing."), (" Timeouts {", "timeouts.")];
    found.extend(literals.into_iter().filter(|(literal, _)| line.contains(literal)).map(|(_, word)| word));
    found.sort_unstable();
    found.dedup();
    found
}

#[test]
fn nothing_is_left_undone_or_tied_to_one_machine() {
    // Put together here so that this file does not find itself.
    let words =
        [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["/wo", "rk/"].concat(), ["/ro", "ot/"].concat()];
    let mut wrong = Vec::new();
    for dir in ["src", "tests", "benches", "i18n", "packaging", "resources"] {
        for path in files(&root().join(dir), "") {
            let Ok(text) = fs::read_to_string(&path) else { continue };
            for word in &words {
                if text.contains(word.as_str()) {
                    wrong.push(format!("{}: {word}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
