//! The whole program with several accounts: POSTRIDER_BENCH_ACCOUNTS (5) accounts with POSTRIDER_BENCH_ROWS (200,000)
//! messages in all, on embedded servers. Time and memory of the first sync, time until the window is there, memory (PSS,
//! with the render processes) and CPU of the window at rest. Linux; needs Xvfb and xdotool. Prints figures, never fails
//! by time. POSTRIDER names another program to measure. `cargo bench --bench accounts`
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, not a library")]
#![allow(clippy::indexing_slicing, clippy::cast_precision_loss, reason = "a measurement, not a library")]

use postrider::demo::{self, CapabilityMask, Content, Mailboxes, Server, ServerConfig};
use postrider::model::{Flags, UnixTime};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The CPU time at rest is counted over this time.
const REST: Duration = Duration::from_secs(10);
/// Longest wait for the program to come to rest.
const SETTLE: Duration = Duration::from_secs(120);

fn number(name: &str, usual: u32) -> u32 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

fn mail(account: u32, n: u32) -> Content {
    let text = format!(
        "From: Somebody Somewhere <person{}@example.org>\r\nTo: me{account}@example.org\r\n\
         Subject: Re: the minutes of meeting {}, and what we said about it\r\n\
         Date: Mon, 21 Sep 2026 10:00:00 +0000\r\nMessage-ID: <{account}.{n}@mail.example.org>\r\n\
         In-Reply-To: <{account}.{}@mail.example.org>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nDear all, here is what I wrote down when we met, number {n}.\r\n",
        n % 400,
        n / 3,
        n - n % 3,
    );
    Content::new(text.into_bytes())
}

async fn server(account: u32, rows: u32) -> Server {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let now = UnixTime(i64::try_from(now).unwrap());
    let mut all = Mailboxes::standard();
    for n in 1..=rows {
        let flags = if n % 5 == 0 { Flags::default() } else { Flags::from_row(Flags::SEEN, "") };
        let mailbox = if n % 3 == 0 { "Archive" } else { "INBOX" };
        let time = UnixTime(now.0 - i64::from(rows - n) * 137);
        all.append(mailbox, flags, time, mail(account, n)).unwrap();
    }
    let mut config = ServerConfig::new(all, now);
    config.capabilities = CapabilityMask::full();
    Server::start(config).await.unwrap()
}

fn postrider(profile: &Path, arguments: &[&str]) -> Command {
    let program = std::env::var("POSTRIDER").unwrap_or_else(|_| env!("CARGO_BIN_EXE_postrider").to_owned());
    let mut command = Command::new(program);
    command.arg("--profile").arg(profile).args(arguments).env_remove("DBUS_SESSION_BUS_ADDRESS");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A process and those that it started.
fn family(process: u32) -> Vec<u32> {
    let mut all = vec![process];
    let children = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    // Started by any of its threads.
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let of_thread = |entry: std::fs::DirEntry| std::fs::read_to_string(entry.path().join("children")).ok();
    let text: String = threads.filter_map(of_thread).chain(children).collect::<Vec<_>>().join(" ");
    all.extend(text.split_whitespace().filter_map(|word| word.parse::<u32>().ok()));
    all.sort_unstable();
    all.dedup();
    all
}

/// Clock ticks (1/100 s) that they have used.
fn ticks(process: u32) -> u64 {
    let of = |process: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        let fields = stat.rsplit(')').next().unwrap_or_default();
        fields.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<u64>().ok()).sum::<u64>()
    };
    family(process).iter().map(of).sum()
}

/// Proportional set size in MB: of the program itself, and of all.
fn memory(process: u32) -> (f64, f64) {
    let of = |process: &u32| {
        let rollup = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|word| word.parse::<f64>().ok()).unwrap_or_default() / 1024.0
    };
    (of(&process), family(process).iter().map(of).sum())
}

/// A display, gone when dropped.
struct Display(Child, String);

impl Display {
    fn new() -> Self {
        let mut child = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1400x900x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut number).unwrap();
        Self(child, format!(":{}", number.trim()))
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Opens the window, waits until it is at rest, says what it costs.
fn window(profile: &Path, display: &Display) {
    let mut command = postrider(profile, &[]);
    let before = Instant::now();
    let mut child = command.env("DISPLAY", &display.1).env("ICED_BACKEND", "tiny-skia").spawn().unwrap();
    loop {
        let mut looking = Command::new("xdotool");
        looking.args(["search", "--onlyvisible", "--name", "Postrider"]).env("DISPLAY", &display.1);
        if looking.output().unwrap().status.success() {
            break;
        }
        assert!(before.elapsed() < SETTLE && child.try_wait().unwrap().is_none(), "no window");
        std::thread::sleep(Duration::from_millis(5));
    }
    let start = before.elapsed();
    let mut used = ticks(child.id());
    loop {
        std::thread::sleep(Duration::from_secs(3));
        let now = ticks(child.id());
        if now == used || before.elapsed() > SETTLE {
            break;
        }
        used = now;
    }
    let rest = ticks(child.id());
    std::thread::sleep(REST);
    let idle = ticks(child.id()) - rest;
    let (own, all) = memory(child.id());
    println!(
        "window after {:.2} s; at rest: {own:.0} MB (with render processes {all:.0} MB), {idle} ticks in {} s; \
         {:.2} CPU-s until then",
        start.as_secs_f64(),
        REST.as_secs(),
        rest as f64 / 100.0
    );
    child.kill().unwrap();
    child.wait().unwrap();
}

fn main() {
    let (accounts, rows) = (number("POSTRIDER_BENCH_ACCOUNTS", 5), number("POSTRIDER_BENCH_ROWS", 200_000));
    let dir = tempfile::tempdir().unwrap();
    let profile = dir.path().join("profile");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut servers = Vec::new();
    for n in 0..accounts {
        let server = runtime.block_on(server(n, rows / accounts));
        let ca = dir.path().join(format!("ca{n}.pem"));
        std::fs::write(&ca, server.ca_pem()).unwrap();
        let (email, place) = (format!("me{n}@example.org"), format!("localhost:{}", server.port()));
        let password = format!("echo {}", demo::PASSWORD);
        let add = ["account", "add", "--email", &email, "--user", demo::USER, "--imap", &place];
        let more = ["--security", "tls", "--ca", ca.to_str().unwrap(), "--password-command", &password];
        assert!(postrider(&profile, &[add.as_slice(), &more].concat()).status().unwrap().success());
        servers.push(server);
    }
    let before = Instant::now();
    assert!(postrider(&profile, &["sync", "--headers"]).status().unwrap().success());
    println!("{accounts} accounts, {rows} messages: first sync {:.1} s", before.elapsed().as_secs_f64());
    let display = Display::new();
    for _ in 0..3 {
        window(&profile, &display);
    }
    let sessions: u32 = servers.iter().map(Server::sessions).sum();
    println!("{sessions} connections are left");
}
