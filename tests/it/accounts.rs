//! Accounts on the command line: the doctor, each failure by its own words, exceptions for certificates, and secrets
//! that stay where they belong. Real Dovecot where it can show it, scripted servers where it can't.

use crate::cli_live::Desk;
use crate::dovecot::{Dovecot, HOST, Setup, free_ports, message, program};
use crate::sync_lab::{NOW, mailboxes};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postrider::demo::{self, CapabilityMask, CertificateKind, Fault, Rule, Server, ServerConfig};
use postrider::model::UnixTime;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;

/// The relay behind Dovecot's submission: takes everything, keeps nothing.
fn relay() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            std::thread::spawn(move || drop(answer(socket)));
        }
    });
    port
}

fn answer(mut socket: TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(socket.try_clone()?).lines();
    socket.write_all(b"220 relay ESMTP\r\n")?;
    while let Some(Ok(line)) = lines.next() {
        let reply = if line.to_ascii_uppercase().starts_with("EHLO") {
            "250-relay\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n"
        } else {
            "250 ok\r\n"
        };
        socket.write_all(reply.as_bytes())?;
    }
    Ok(())
}

/// Settings of a Dovecot that also takes mail, and its ports for STARTTLS and TLS.
pub(crate) fn submission() -> Option<(String, u16, u16)> {
    if !Path::new("/usr/lib/dovecot/submission-login").exists() && program("dovecot").is_some() {
        let required = std::env::var("POSTRIDER_REQUIRE_SERVERS").is_ok_and(|v| v == "1");
        assert!(!required, "Dovecot has no submission, but POSTRIDER_REQUIRE_SERVERS=1");
        eprintln!("skipped: Dovecot has no submission");
        return None;
    }
    let (plain, sealed) = free_ports();
    let chroot = if crate::dovecot::output("id", &["-u"]) == "0" { "" } else { "chroot =" };
    let settings = format!(
        "protocols = imap submission\nhostname = localhost\nsubmission_relay_host = 127.0.0.1\n\
         submission_relay_port = {}\nsubmission_max_mail_size = 30M\n\
         service submission-login {{\n {chroot}\n inet_listener submission {{\n port = {plain}\n}}\n\
         inet_listener submissions {{\n port = {sealed}\n ssl = yes\n}}\n}}\n",
        relay()
    );
    Some((settings, plain, sealed))
}

/// A Dovecot that also takes mail.
fn with_submission(mechanisms: &'static str) -> Option<(Dovecot, u16, u16)> {
    let (extra, plain, sealed) = submission()?;
    let server = Dovecot::start_with(&Setup { mechanisms, extra: String::leak(extra) })?;
    Some((server, plain, sealed))
}

/// Runs the doctor; its steps, its last line, and whether it was content.
fn doctor(desk: &Desk) -> (Vec<Value>, Value, bool) {
    let output = desk.run(&["doctor", "--json"]);
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 1)), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.pop().unwrap_or_else(|| panic!("nothing was said: {:?}", output.stderr));
    assert_eq!(last["ok"], code == Some(0));
    (lines, last, code == Some(0))
}

fn step<'a>(steps: &'a [Value], service: &str, check: &str) -> &'a Value {
    let found = steps.iter().find(|step| step["service"] == service && step["check"] == check);
    found.unwrap_or_else(|| panic!("no {service} {check}: {steps:#?}"))
}

#[test]
fn live_the_doctor_finds_a_good_account_good() {
    let Some((server, _, sealed)) = with_submission("plain login scram-sha-256") else { return };
    server.append("alice", "INBOX", "", [message(1, 600)]);
    server.run("alice", &["CREATE Divorce"]);
    let desk = Desk::new();
    let smtp = format!("{HOST}:{sealed}");
    desk.add_alice(&server, &[("--smtp", &smtp), ("--smtp-security", "tls")]);
    let (steps, last, good) = doctor(&desk);
    assert!(good, "{steps:#?}");
    for (service, check) in [
        ("account", "secret"),
        ("imap", "name"),
        ("imap", "connection"),
        ("imap", "encryption"),
        ("imap", "greeting"),
        ("imap", "offers"),
        ("imap", "sign-in"),
        ("imap", "extensions"),
        ("imap", "resync"),
        ("imap", "mailboxes"),
        ("imap", "idle"),
        ("smtp", "encryption"),
        ("smtp", "greeting"),
        ("smtp", "sign-in"),
        ("smtp", "size"),
    ] {
        assert_eq!(step(&steps, service, check)["outcome"], "ok", "{service} {check}: {steps:#?}");
    }
    assert_eq!(step(&steps, "imap", "resync")["facts"][0], "QRESYNC");
    assert!(step(&steps, "imap", "sign-in")["facts"][0].as_str().unwrap().starts_with("SCRAM-SHA-256"));
    let encryption = step(&steps, "imap", "encryption")["facts"].to_string();
    assert!(
        encryption.contains("TLS 1.3") && encryption.contains("Postrider test authority"),
        "{encryption}"
    );
    assert!(step(&steps, "imap", "mailboxes")["facts"].to_string().contains("sent"), "{steps:#?}");
    assert_eq!(step(&steps, "smtp", "size")["facts"][0], "31457280");
    let said = last["transcript"].to_string();
    assert!(said.contains("IDLE") && said.contains("EHLO"), "{said}");
    assert!(!said.contains("secret-alice") && !said.contains("Divorce"), "{said}");
    // In base64 `r=` and `v=`: what SCRAM tells us would do to guess the password at leisure.
    assert!(!said.contains("S: + cj") && !said.contains("S: + dj") && !said.contains("S: 334"), "{said}");
    let plain = desk.ok(&["doctor", "--account", "alice@example.org"]);
    assert!(plain.contains("Sending (SMTP)") && !plain.contains("What was said"), "{plain}");
}

#[test]
fn live_the_doctor_tells_where_it_hurts() {
    let Some((server, plain, sealed)) = with_submission("plain") else { return };
    let desk = Desk::new();
    let smtp = format!("{HOST}:{plain}");
    let wrong =
        [("--smtp", smtp.as_str()), ("--smtp-security", "starttls"), ("--password-command", "echo wrong")];
    desk.add_alice(&server, &wrong);
    let (steps, _, good) = doctor(&desk);
    assert!(!good);
    for service in ["imap", "smtp"] {
        let refused = step(&steps, service, "sign-in");
        assert_eq!(refused["outcome"], "failed", "{steps:#?}");
        assert!(refused["advice"].to_string().contains("password"), "{refused}");
        assert_eq!(step(&steps, service, "encryption")["outcome"], "ok");
    }
    // The protection that the other port wants, and no password at all.
    let desk = Desk::new();
    let (imap, smtp) = (format!("{HOST}:{}", server.imap_port), format!("{HOST}:{sealed}"));
    let swapped = [
        ("--imap", imap.as_str()),
        ("--smtp", smtp.as_str()),
        ("--smtp-security", "tls"),
        ("--password-command", "exit 3"),
    ];
    desk.add_alice(&server, &swapped);
    let (steps, _, _) = doctor(&desk);
    assert_eq!(step(&steps, "account", "secret")["outcome"], "failed");
    let encryption = step(&steps, "imap", "encryption");
    assert!(encryption["advice"].to_string().contains("starttls"), "{encryption}");
    assert_eq!(step(&steps, "smtp", "encryption")["outcome"], "ok");
    assert_eq!(step(&steps, "smtp", "sign-in")["outcome"], "skipped", "without a password nobody tries");
}

/// A scripted server and an account on it.
async fn scene(change: impl FnOnce(&mut ServerConfig)) -> (Server, Desk) {
    let mut config = ServerConfig::new(mailboxes(3), UnixTime(NOW));
    config.capabilities = CapabilityMask::full();
    change(&mut config);
    let server = Server::start(config).await.unwrap();
    let desk = Desk::new();
    let ca = desk.dir.path().join("ca.pem");
    std::fs::write(&ca, server.ca_pem()).unwrap();
    let (place, password) = (format!("localhost:{}", server.port()), format!("echo {}", demo::PASSWORD));
    let mut arguments = vec!["account", "add", "--email", demo::USER, "--user", demo::USER];
    arguments.extend(["--imap", place.as_str(), "--security", "tls", "--ca", ca.to_str().unwrap()]);
    arguments.extend(["--password-command", password.as_str()]);
    desk.ok(&arguments);
    (server, desk)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_has_its_own_words_and_one_way_out() {
    let auth = |answer: &str| Rule::command("AUTHENTICATE").always().then(Fault::No(answer.into()));
    let greeting = |raw: &str| Rule::greeting().always().then(Fault::Replace(raw.as_bytes().to_vec()));
    let cases = [
        (auth("[AUTHENTICATIONFAILED] Authentication failed."), "sign-in", "refused user name or password"),
        (auth("[ALERT] Application-specific password required"), "sign-in", "app password"),
        (auth("[ALERT] Too many simultaneous connections. (Failure)"), "sign-in", "too many connections"),
        (auth("[UNAVAILABLE] Temporary failure"), "sign-in", "part of the server is down"),
        (auth("[LIMIT] Quota of the day"), "sign-in", "a limit of the account"),
        (auth("[ALERT] Your account is not enabled for IMAP use."), "sign-in", "IMAP is switched off"),
        (
            auth("[ALERT] Please log in via your web browser: https://x.example"),
            "sign-in",
            "in the browser first",
        ),
        (auth("[CONTACTADMIN] Ask us"), "sign-in", "administrator"),
        (auth("[EXPIRED] Old"), "sign-in", "password has expired"),
        (auth("[AUTHORIZATIONFAILED] Not yours"), "sign-in", "does not open this mailbox"),
        (auth("[PRIVACYREQUIRED] More"), "sign-in", "a better protected connection"),
        (
            auth("[WEBALERT https://accounts.google.com/x] Web login required"),
            "sign-in",
            "https://accounts.google.com/x",
        ),
        (auth("[OVERQUOTA] Full"), "sign-in", "no room left on the server"),
        (auth("[INUSE] In use"), "sign-in", "asks to wait"),
        (
            auth("LOGIN failed. Basic authentication is disabled."),
            "sign-in",
            "takes no passwords from mail programs",
        ),
        (
            Rule::greeting().always().then(Fault::Bye("Your address is blocked".into())),
            "greeting",
            "(it said: Your address is blocked)",
        ),
        (greeting("* BYE [UNAVAILABLE] User database down\r\n"), "greeting", "part of the server is down"),
        (greeting("+OK POP3 ready\r\n"), "greeting", "is a POP3 server"),
        (auth("Account is locked"), "sign-in", "locked or suspended"),
        (
            Rule::greeting().always().then(Fault::Bye("Too many connections".into())),
            "greeting",
            "too many connections",
        ),
        (
            greeting("HTTP/1.1 302 Found\r\nLocation: http://hotel.example/\r\n\r\n"),
            "greeting",
            "web page answers",
        ),
        (greeting("<html><body>Welcome\r\n"), "greeting", "web page answers"),
        (greeting("220 mail ESMTP\r\n"), "greeting", "takes mail for sending (SMTP)"),
        (greeting("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi\r\n"), "sign-in", "LOGINDISABLED"),
        (
            greeting("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2] hi\r\n"),
            "sign-in",
            "takes no passwords from mail programs",
        ),
    ];
    let (server, desk) = scene(|_| {}).await;
    let mut seen = Vec::new();
    for (rule, check, words) in cases {
        let what = format!("{rule:?}");
        server.faults().clear();
        server.faults().add(rule);
        let (steps, _, good) = doctor(&desk);
        let failed = step(&steps, "imap", check);
        let advice = failed["advice"].as_array().unwrap();
        assert!(!good && failed["outcome"] == "failed" && advice.len() == 1, "{what}: {steps:#?}");
        assert!(advice[0].as_str().unwrap().contains(words), "{what}: {advice:?}");
        assert!(desk.fails(&["sync"]).contains(words), "{what}");
        seen.push(words);
    }
    server.faults().clear();
    let (steps, _, good) = doctor(&desk);
    assert!(good, "{steps:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn places_where_no_server_is_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let plain = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let _ = socket.write_all(b"* OK plain talk\r\n");
        }
    });
    let closed = {
        let gone = TcpListener::bind("127.0.0.1:0").unwrap();
        gone.local_addr().unwrap().port()
    };
    let cases = [
        ("does-not-exist.invalid:993".to_owned(), "name", "was not found"),
        (format!("127.0.0.1:{closed}"), "connection", "connection refused"),
        (format!("127.0.0.1:{plain}"), "encryption", "does not speak TLS from the start"),
    ];
    for (place, check, words) in cases {
        let desk = Desk::new();
        let add = ["account", "add", "--email", "a@example.org", "--imap", &place, "--security", "tls"];
        desk.ok(&[add.as_slice(), &["--password-command", "echo x"]].concat());
        let (steps, _, good) = doctor(&desk);
        let failed = step(&steps, "imap", check);
        assert!(!good && failed["advice"][0].as_str().unwrap().contains(words), "{place}: {steps:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_trusted_by_its_fingerprint_and_at_one_place_only() {
    for (kind, words) in [
        (CertificateKind::Expired, "has expired"),
        (CertificateKind::WrongName, "is not for localhost"),
        (CertificateKind::UnknownIssuer, "nobody whom this system trusts"),
    ] {
        let (server, desk) = scene(|config| config.certificate = kind).await;
        let (steps, _, good) = doctor(&desk);
        assert!(
            !good && step(&steps, "imap", "encryption")["advice"].to_string().contains(words),
            "{steps:#?}"
        );
        let shown = desk.run(&["account", "trust", demo::USER]);
        assert_eq!(shown.status.code(), Some(1));
        let text = String::from_utf8(shown.stdout).unwrap();
        let line = text.lines().find_map(|line| line.trim().strip_prefix("SHA-256 "));
        let fingerprint = line.unwrap_or_else(|| panic!("{text}")).to_owned();
        let other = fingerprint.replace(|c: char| c.is_ascii_hexdigit(), "0");
        let refused = desk.run(&["account", "trust", demo::USER, "--fingerprint", &other]);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(desk.fails(&["sync"]).contains(words));
        assert!(server.log().is_empty(), "nothing was said to it");
        desk.ok(&["account", "trust", demo::USER, "--fingerprint", &fingerprint]);
        desk.ok(&["sync"]);
        let listed = &desk.rows(&["account", "list", "--json"])[0]["exceptions"];
        assert_eq!(
            (&listed[0]["port"], &listed[0]["sha256"]),
            (&server.port().into(), &fingerprint.clone().into())
        );
        let (steps, _, good) = doctor(&desk);
        assert!(good && step(&steps, "imap", "encryption")["outcome"] == "warning", "{steps:#?}");
        desk.ok(&["account", "trust", demo::USER, "--forget"]);
        assert!(desk.fails(&["sync"]).contains(words));
    }
}

#[test]
fn known_addresses_need_no_server() {
    let desk = Desk::new();
    desk.ok(&["account", "add", "--email", "ada@posteo.de", "--password-command", "echo x", "--no-trial"]);
    desk.ok(&["account", "add", "--email", "ada@icloud.com", "--password-command", "echo x", "--no-trial"]);
    let rows = desk.rows(&["account", "list", "--json"]);
    assert_eq!((&rows[0]["imap"]["host"], &rows[0]["imap"]["port"]), (&"posteo.de".into(), &993.into()));
    assert_eq!((&rows[1]["user"], &rows[1]["smtp"]["port"]), (&"ada".into(), &587.into()));
    let refused = desk.run(&["account", "add", "--email", "ada@outlook.com", "--password-command", "echo x"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--auth oauth"), "{refused:?}");
    let closed = desk.run(&["account", "add", "--email", "ada@tuta.com", "--password-command", "echo x"]);
    assert!(String::from_utf8_lossy(&closed.stderr).contains("no IMAP"), "{closed:?}");
}

/// All files below a folder.
pub(crate) fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn live_no_file_and_no_log_holds_the_password() {
    let Some((server, _, sealed)) = with_submission("plain") else { return };
    let desk = Desk::new();
    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(elsewhere.path(), "secret-alice\n").unwrap();
    let (smtp, read) = (format!("{HOST}:{sealed}"), format!("cat {}", elsewhere.path().display()));
    desk.add_alice(&server, &[("--smtp", &smtp), ("--smtp-security", "tls"), ("--password-command", &read)]);
    let mut said = Vec::new();
    for arguments in [&["sync"] as &[&str], &["doctor", "--transcript"], &["account", "list", "--json"]] {
        let output = desk.command(arguments).env("POSTRIDER_LOG", "trace").output().unwrap();
        assert!(output.status.success(), "{output:?}");
        said.extend(output.stdout);
        said.extend(output.stderr);
    }
    assert!(said.len() > 1_000, "the log is on");
    let secrets = [
        b"secret-alice".to_vec(),
        STANDARD.encode("\0alice\0secret-alice").into_bytes(),
        STANDARD.encode("secret-alice").into_bytes(),
    ];
    let mut places = vec![("what was said".to_owned(), said)];
    let all = files(desk.dir.path());
    assert!(all.len() > 1);
    places.extend(all.into_iter().map(|path| (path.display().to_string(), std::fs::read(path).unwrap())));
    for (place, bytes) in places {
        for secret in &secrets {
            let found = bytes.windows(secret.len()).position(|window| window == secret.as_slice());
            assert_eq!(found, None, "{} in {place}", String::from_utf8_lossy(secret));
        }
    }
}

#[test]
fn live_a_locked_keyring_is_told_from_a_missing_one() {
    let Some(server) = Dovecot::start() else { return };
    if program("gnome-keyring-daemon").is_none() || program("dbus-run-session").is_none() {
        eprintln!("skipped: no keyring");
        return;
    }
    let desk = Desk::new();
    let script = r#"
        postrider() { "$BIN" --profile "$DIR/profile" "$@"; }
        printf test | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 &
        keyring=$!
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            printf 'secret-alice\n' | postrider account add --email alice@example.org --user alice --imap "$PLACE" \
                --security tls --ca "$CA" --password-stdin && break
            sleep 0.5
        done
        postrider sync; echo "open $?"
        kill $keyring; wait $keyring
        postrider sync; echo "locked $?"
        /usr/bin/python3 "$PROMPTER" > "$DIR/ready" &
        for _ in 1 2 3 4 5 6 7 8 9 10; do grep -q ready "$DIR/ready" && break; sleep 0.2; done
        timeout 8 "$BIN" --profile "$DIR/profile" sync; echo "pending $?"
        kill $!
        DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere postrider sync; echo "absent $?"
    "#;
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", script])
        .env("BIN", env!("CARGO_BIN_EXE_postrider"))
        .env("DIR", desk.dir.path())
        .env("PLACE", format!("{HOST}:{}", server.imaps_port))
        .env("CA", server.ca_path())
        .env("PROMPTER", Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/accounts/prompter.py"))
        .env("HOME", desk.dir.path())
        .env("XDG_RUNTIME_DIR", desk.dir.path())
        .env("XDG_DATA_HOME", desk.dir.path().join("data"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // 124: it waited for the user until it was ended from outside.
    for line in ["open 0", "locked 1", "pending 124", "absent 1"] {
        assert!(out.lines().any(|said| said == line), "{line}: {out}\n{err}");
    }
    let told: Vec<_> = err.lines().filter(|line| line.starts_with("postrider: alice@example.org")).collect();
    let [locked, absent] = told.as_slice() else { panic!("{err}") };
    assert!(locked.contains("locked"), "{locked}");
    assert!(absent.contains("no keyring"), "{absent}");
    assert_eq!(err.matches("asks for its password: unlock it").count(), 1, "{err}");
}
