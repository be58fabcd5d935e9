//! What it costs to find out that nothing happened in a mailbox of 100,000 messages: bytes on the wire, and processor
//! time of the real program. `cargo bench --bench reconnect`; POSTRIDER_BENCH_ROWS sets the size of the mailbox.
//! Prints figures, never fails by time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout)]
#![allow(missing_docs)]

use postrider::demo::{self, CapabilityMask, Content, Extension, Mailboxes, Server, ServerConfig};
use postrider::model::{Flag, FlagChange, Flags, UnixTime};
use std::path::Path;
use std::process::{Command, Stdio};

/// The server's time.
const NOW: i64 = 1_790_000_000;

fn rows() -> u32 {
    std::env::var("POSTRIDER_BENCH_ROWS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000)
}

fn mail(n: u32) -> Content {
    let text = format!(
        "From: Ada <ada@example.org>\r\nTo: me@example.org\r\nSubject: Mail {n}\r\n\
         Date: Mon, 21 Sep 2026 10:00:00 +0000\r\nMessage-ID: <mail-{n}@example.org>\r\n\r\nText {n}.\r\n"
    );
    Content::new(text.into_bytes())
}

/// Processor seconds of the children that have ended; NaN where there is no /proc.
fn spent_by_children() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<_> =
        text.rsplit_once(')').map_or("", |(_, rest)| rest).split_ascii_whitespace().collect();
    let ticks = |n: usize| fields.get(n).and_then(|t| t.parse::<f64>().ok()).unwrap_or(f64::NAN);
    // User and system time in ticks of 10 ms.
    (ticks(13) + ticks(14)) / 100.0
}

fn program(profile: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postrider"));
    command.arg("--profile").arg(profile).args(arguments).stdin(Stdio::null());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn pass(what: &str, profile: &Path) {
    let before = spent_by_children();
    let text = program(profile, &["sync", "--headers", "--json"]);
    let spent = spent_by_children() - before;
    let summary: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    println!(
        "{what:<40} {:>11} bytes in {:>8} out {:>7} messages {:8.3} s wall {spent:6.2} s CPU",
        summary["bytes_in"].to_string(),
        summary["bytes_out"].to_string(),
        summary["messages"].to_string(),
        summary["seconds"].as_f64().unwrap_or(f64::NAN),
    );
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let rows = rows();
    let mut all = Mailboxes::standard();
    for n in 1..=rows {
        all.append("INBOX", Flags::default(), UnixTime(NOW - i64::from(rows - n)), mail(n)).unwrap();
    }
    let condstore = CapabilityMask::full().without(&[Extension::Qresync]);
    let masks =
        [("QRESYNC", CapabilityMask::full()), ("CONDSTORE", condstore), ("Gmail", CapabilityMask::gmail())];
    for (name, mask) in masks {
        let mut config = ServerConfig::new(all.clone(), UnixTime(NOW));
        config.capabilities = mask;
        let server = runtime.block_on(Server::start(config)).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let ca = dir.path().join("ca.pem");
        std::fs::write(&ca, server.ca_pem()).unwrap();
        let profile = dir.path().join("profile");
        let (place, password) = (format!("localhost:{}", server.port()), format!("echo {}", demo::PASSWORD));
        let mut arguments = vec!["account", "add", "--email", demo::USER, "--user", demo::USER];
        arguments.extend(["--imap", place.as_str(), "--security", "tls", "--ca", ca.to_str().unwrap()]);
        arguments.extend(["--password-command", password.as_str()]);
        let before = spent_by_children();
        program(&profile, &arguments);
        println!("{name}: signing in alone {:.2} s CPU", spent_by_children() - before);
        pass(&format!("{name}: first copy of {rows}"), &profile);
        pass(&format!("{name}: nothing changed"), &profile);
        let state = server.state();
        state.change(|all| all.set_flag("INBOX", &[7], FlagChange::Add, &Flag::Flagged).unwrap());
        pass(&format!("{name}: one flag changed"), &profile);
        state.change(|all| all.append("INBOX", Flags::default(), UnixTime(NOW), mail(rows + 1)).unwrap());
        pass(&format!("{name}: one new message"), &profile);
        state.change(|all| all.expunge("INBOX", &[9]).unwrap());
        pass(&format!("{name}: one removed"), &profile);
    }
}
