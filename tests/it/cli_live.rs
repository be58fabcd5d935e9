//! The real program on the command line against a real Dovecot: what scripts rely on, and every way to fail.

use crate::dovecot::{Dovecot, HOST, message};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A profile of its own and the program to use it with.
pub(crate) struct Desk {
    pub(crate) dir: TempDir,
    profile: PathBuf,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("postrider-cli-").tempdir().unwrap();
        let profile = dir.path().join("profile");
        Self { dir, profile }
    }

    /// The folder of the profile.
    pub(crate) fn profile(&self) -> &Path {
        &self.profile
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postrider"));
        command.arg("--profile").arg(&self.profile).args(arguments);
        // No keyring of whoever runs the tests, and no answers from a terminal.
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").env("XDG_RUNTIME_DIR", self.dir.path());
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Standard output of a command that must succeed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The one line on standard error of a command that must fail with status 1.
    pub(crate) fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(text.trim_end().lines().count(), 1, "{arguments:?}: {text}");
        text
    }

    pub(crate) fn rows(&self, arguments: &[&str]) -> Vec<Value> {
        self.ok(arguments).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Adds alice; `change` replaces or adds options.
    pub(crate) fn add_alice(&self, server: &Dovecot, change: &[(&str, &str)]) {
        let (place, ca) = (format!("{HOST}:{}", server.imaps_port), server.ca_path());
        let mut options = vec![
            ("--email", "alice@example.org"),
            ("--user", "alice"),
            ("--imap", place.as_str()),
            ("--security", "tls"),
            ("--ca", ca.to_str().unwrap()),
            ("--password-command", "echo secret-alice"),
        ];
        for (name, value) in change {
            options.retain(|(known, _)| known != name);
            options.push((name, value));
        }
        options.retain(|(_, value)| !value.is_empty());
        let mut arguments = vec!["account", "add"];
        arguments.extend(options.iter().flat_map(|(name, value)| [*name, *value]));
        self.ok(&arguments);
    }
}

fn mails(count: usize) -> impl Iterator<Item = Vec<u8>> {
    (1..=count).map(|n| message(n, 600))
}

#[test]
fn a_script_can_read_mail() {
    let Some(server) = Dovecot::start() else { return };
    server.append("alice", "INBOX", "\\Seen", mails(12));
    server.append("alice", "INBOX", "\\Flagged", [message(13, 600)]);
    let desk = Desk::new();
    desk.add_alice(&server, &[]);
    let accounts = desk.rows(&["account", "list", "--json"]);
    assert_eq!(accounts[0]["email"], "alice@example.org");

    let summary: Value =
        serde_json::from_str(desk.ok(&["sync", "--headers", "--json"]).lines().last().unwrap()).unwrap();
    assert_eq!(summary["messages"], 13);
    for key in ["bytes_in", "bytes_out", "seconds"] {
        assert!(summary[key].as_f64().unwrap() > 0.0, "{key}: {summary}");
    }
    let mailboxes = desk.rows(&["mailboxes", "--json"]);
    let inbox = mailboxes.iter().find(|m| m["name"] == "INBOX").unwrap();
    assert_eq!((&inbox["messages"], &inbox["unseen"]), (&Value::from(13), &Value::from(1)));
    assert_eq!(inbox["special_use"], "inbox");

    let rows = desk.rows(&["list", "inbox", "--limit", "5", "--json"]);
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[0]["subject"], "Message 13");
    assert_eq!(rows[0]["flags"], serde_json::json!(["\\Flagged"]));
    let id = rows[0]["id"].to_string();
    assert!(desk.ok(&["show", &id]).contains("Subject: Message 13"));
    assert!(desk.ok(&["show", &id, "--text"]).starts_with("Line 0 of message 13"));
    assert_eq!(desk.run(&["show", &id, "--raw"]).stdout, message(13, 600));
    assert!(desk.ok(&["show", &id, "--part", "1"]).contains("the quick brown fox"));
    assert!(desk.fails(&["show", &id, "--part", "7"]).contains("part 7"));
    assert!(desk.fails(&["show", &id, "--html"]).contains("no HTML"));
    assert!(desk.fails(&["show", "99999"]).contains("no message 99999"));
    assert!(desk.fails(&["list", "Nowhere"]).contains("no mailbox Nowhere"));

    // Nothing new: next to nothing crosses the line.
    let again: Value = serde_json::from_str(desk.ok(&["sync", "--json"]).lines().last().unwrap()).unwrap();
    assert_eq!(again["messages"], 0);
    assert!(again["bytes_in"].as_u64().unwrap() < 20_000, "{again}");

    desk.ok(&["account", "remove", "alice@example.org"]);
    assert!(desk.fails(&["sync"]).contains("no account"));
}

#[test]
fn starttls_sees_changes_of_another_client() {
    let Some(server) = Dovecot::start() else { return };
    server.append("alice", "INBOX", "", mails(5));
    let desk = Desk::new();
    let place = format!("{HOST}:{}", server.imap_port);
    desk.add_alice(&server, &[("--imap", &place), ("--security", "starttls")]);
    desk.ok(&["sync", "--headers"]);
    server.append("alice", "INBOX", "", [message(6, 600)]);
    server.run(
        "alice",
        &[
            "SELECT INBOX",
            "UID STORE 2 +FLAGS (\\Seen \\Flagged)",
            "UID STORE 3 +FLAGS (\\Deleted)",
            "UID EXPUNGE 3",
        ],
    );
    desk.ok(&["sync"]);
    let rows = desk.rows(&["list", "INBOX", "--json"]);
    let subjects: Vec<_> = rows.iter().map(|r| r["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects.len(), 5);
    assert!(subjects.contains(&"Message 6") && !subjects.contains(&"Message 3"), "{subjects:?}");
    let second = rows.iter().find(|r| r["subject"] == "Message 2").unwrap();
    assert_eq!(second["flags"], serde_json::json!(["\\Seen", "\\Flagged"]));
}

#[test]
fn each_way_to_fail_is_told_apart_and_can_be_mended() {
    let Some(server) = Dovecot::start() else { return };
    server.append("alice", "INBOX", "", mails(3));
    let tls = server.imaps_port;
    let cases = [
        (vec![("--password-command", "echo wrong")], "refused user name or password"),
        (vec![("--password-command", "exit 7")], "password command failed with status 7"),
        (vec![("--ca", "")], "signed by nobody whom this system trusts"),
        (vec![("--imap", "127.0.0.1:IMAPS")], "not for 127.0.0.1"),
        (vec![("--imap", "localhost:1")], "connection refused"),
        (vec![("--imap", "localhost:IMAP")], "try --security starttls"),
        (vec![("--imap", "no-such-host.invalid:993")], "was not found"),
    ];
    for (change, words) in cases {
        let desk = Desk::new();
        let fill = |text: &str| {
            text.replace("IMAPS", &tls.to_string()).replace("IMAP", &server.imap_port.to_string())
        };
        let change: Vec<_> = change.iter().map(|(name, value)| (*name, fill(value))).collect();
        let change: Vec<_> = change.iter().map(|(name, value)| (*name, value.as_str())).collect();
        desk.add_alice(&server, &change);
        let said = desk.fails(&["sync"]);
        assert!(said.contains(words), "{change:?}: {said}");
        assert!(!said.contains("secret-alice"), "{said}");
        // The account is put right, and everything works.
        desk.ok(&["account", "remove", "alice@example.org"]);
        desk.add_alice(&server, &[]);
        desk.ok(&["sync"]);
        assert_eq!(desk.rows(&["list", "INBOX", "--json"]).len(), 3);
    }
}

/// Waits until the program has stored something; the server is then in the middle of its work.
fn wait_for_rows(desk: &Desk, sync: &mut Child) {
    let end = Instant::now() + Duration::from_secs(60);
    while Instant::now() < end {
        let listed = desk.run(&["list", "INBOX", "--limit", "1", "--json"]);
        if listed.status.success() && !listed.stdout.is_empty() {
            return;
        }
        assert!(sync.try_wait().unwrap().is_none(), "it ended before it had stored anything");
    }
    panic!("nothing was stored within a minute");
}

#[test]
fn a_server_that_dies_in_the_middle_costs_nothing() {
    let Some(mut server) = Dovecot::start() else { return };
    server.append("alice", "INBOX", "", mails(6_000));
    let desk = Desk::new();
    desk.add_alice(&server, &[]);
    let mut sync =
        desk.command(&["sync", "--headers"]).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    wait_for_rows(&desk, &mut sync);
    server.kill();
    let output = sync.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("nothing is lost locally") || said.contains("refused"), "{said}");
    let kept = desk.rows(&["list", "INBOX", "--json"]).len();
    assert!(kept > 0);
    // A dead server is no empty mailbox.
    desk.fails(&["sync"]);
    assert_eq!(desk.rows(&["list", "INBOX", "--json"]).len(), kept);
    server.restart();
    desk.ok(&["sync", "--headers"]);
    assert_eq!(desk.rows(&["list", "INBOX", "--json"]).len(), 6_000);
}

/// A file system of its own size. Needs root; gone when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o"]).arg(format!("size={size}")).arg("tmpfs").arg(at);
        let made = mount.stderr(Stdio::null()).status();
        made.is_ok_and(|status| status.success()).then(|| Self(at.to_owned()))
    }

    fn resize(&self, size: &str) {
        let status =
            Command::new("mount").arg("-o").arg(format!("remount,size={size}")).arg(&self.0).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    let Some(server) = Dovecot::start() else { return };
    server.append("alice", "INBOX", "", mails(4_000));
    let desk = Desk::new();
    let Some(disk) = SmallDisk::mount(&desk.profile, "1536k") else {
        eprintln!("skipped: a small disk can be mounted only by root");
        return;
    };
    desk.add_alice(&server, &[]);
    let said = desk.fails(&["sync", "--headers"]);
    assert!(said.contains("disk is full"), "{said}");
    disk.resize("200m");
    desk.ok(&["sync", "--headers"]);
    assert_eq!(desk.rows(&["list", "INBOX", "--json"]).len(), 4_000);
}

/// Every file below a folder, and whether it or its folder can be read by others.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            if entry.path().is_dir() { open.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found
}

#[test]
fn the_password_is_in_no_file_and_no_log() {
    let Some(server) = Dovecot::start() else { return };
    server.append("alice", "INBOX", "", mails(2));
    let desk = Desk::new();
    let key = desk.dir.path().join("key");
    std::fs::write(&key, "secret-alice\n").unwrap();
    desk.add_alice(&server, &[("--password-command", &format!("cat {}", key.display()))]);
    let output = desk.command(&["sync"]).env("POSTRIDER_LOG", "trace").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let log = String::from_utf8_lossy(&output.stderr);
    let base64 = "AGFsaWNlAHNlY3JldC1hbGljZQ"; // \0alice\0secret-alice as SASL PLAIN sends it
    for secret in ["secret-alice", base64] {
        assert!(!log.contains(secret), "in the log");
        for file in files(&desk.profile) {
            let bytes = std::fs::read(&file).unwrap();
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "in {}", file.display());
        }
    }
}

#[test]
fn without_a_keyring_a_typed_password_is_refused_not_written_down() {
    let desk = Desk::new();
    let mut command = desk.command(&[
        "account",
        "add",
        "--email",
        "a@example.org",
        "--imap",
        "localhost:1",
        "--security",
        "tls",
        "--password-stdin",
    ]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"top-secret\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("--password-command"), "{said}");
    assert!(desk.ok(&["account", "list"]).is_empty());
}

#[test]
fn the_keyring_keeps_the_password() {
    let Some(server) = Dovecot::start() else { return };
    let required = std::env::var("POSTRIDER_REQUIRE_SERVERS").is_ok_and(|v| v == "1");
    let tools = ["dbus-run-session", "gnome-keyring-daemon"];
    let there = |tool: &&str| Command::new(tool).arg("--version").output().is_ok();
    if !tools.iter().all(there) {
        assert!(!required, "no gnome-keyring");
        eprintln!("skipped: no gnome-keyring");
        return;
    }
    server.append("alice", "INBOX", "", mails(2));
    let desk = Desk::new();
    let script = r#"
        set -e
        printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null
        printf 'secret-alice\n' | "$BIN" --profile "$DIR" account add --email alice@example.org --user alice \
            --imap "$PLACE" --security tls --ca "$CA" --password-stdin
        "$BIN" --profile "$DIR" sync
        "$BIN" --profile "$DIR" account remove alice@example.org
    "#;
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", script])
        .env("BIN", env!("CARGO_BIN_EXE_postrider"))
        .env("DIR", &desk.profile)
        .env("PLACE", format!("{HOST}:{}", server.imaps_port))
        .env("CA", server.ca_path())
        .env("HOME", desk.dir.path())
        .env("XDG_RUNTIME_DIR", desk.dir.path())
        .env("XDG_DATA_HOME", desk.dir.path().join("data"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("2 messages"), "{output:?}");
}
