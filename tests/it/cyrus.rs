//! The real program against a real Cyrus, which stores, counts and removes in ways of its own.
//!
//! Debian's package of it cannot be installed beside Dovecot's, so `tests/run` unpacks it below
//! `target/cyrus`. Where that is not there, or does not start, the tests are skipped with a line that says so.

use crate::cli_live::Desk;
use crate::dovecot::{HOST, free_ports, message, output, program, write_certificates};
use crate::guard;
use crate::raw::Raw;
use crate::wait;
use postrider::imap::{
    Capability, ConnectOptions, Credential, Mechanism, Resync, Session, connect, roots_from_pem,
};
use postrider::model::{Flag, FlagChange, MailboxName, ModSeq, Security, Server, Uid, UidSet};
use postrider::secret::Secret;
use std::fmt::Write as _;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// Time for the server to open its ports; the machine may be busy.
const START_LIMIT: Duration = Duration::from_secs(20);

struct Cyrus {
    dir: tempfile::TempDir,
    child: Child,
    imap_port: u16,
    imaps_port: u16,
}

impl Cyrus {
    /// `None`, with a line that says why, where it cannot be started.
    fn start() -> Option<Self> {
        match Self::try_start() {
            Ok(server) => Some(server),
            Err(why) => {
                eprintln!("skipped: {why}");
                None
            }
        }
    }

    fn try_start() -> Result<Self, String> {
        let place = std::env::var_os("POSTRIDER_CYRUS")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/cyrus"), PathBuf::from);
        if !place.join("usr/lib/cyrus/bin/imapd").is_file() {
            return Err(format!("no Cyrus below {}; tests/run unpacks it on Debian", place.display()));
        }
        if program("saslpasswd2").is_none() {
            return Err("no saslpasswd2 to make users for Cyrus".to_owned());
        }
        let dir = tempfile::Builder::new().prefix("postrider-cyrus-").tempdir().unwrap();
        let (imap_port, imaps_port) = free_ports();
        prepare(dir.path(), &place, imap_port, imaps_port)?;
        let child = launch(dir.path(), &place);
        let mut server = Self { dir, child, imap_port, imaps_port };
        if server.wait_until_up() {
            Ok(server)
        } else {
            let said = std::fs::read_to_string(server.dir.path().join("errors")).unwrap_or_default();
            Err(format!("Cyrus does not start: {said}"))
        }
    }

    fn ca(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// Another client.
    fn raw(&self) -> Raw {
        Raw::login(&self.ca(), self.imaps_port, "alice")
    }

    async fn session(&self, security: Security) -> Session {
        let port = if security == Security::Tls { self.imaps_port } else { self.imap_port };
        let mut options = ConnectOptions::new(Server { host: HOST.into(), port, security });
        options.extra_roots = roots_from_pem(&std::fs::read(self.ca()).unwrap()).unwrap();
        connect(&options, &Credential::password("alice", Secret::new("secret-alice".into()))).await.unwrap()
    }

    fn desk(&self) -> Desk {
        let desk = Desk::new();
        let (place, ca) = (format!("{HOST}:{}", self.imaps_port), self.ca());
        let mut arguments = vec!["account", "add", "--email", "alice@example.org", "--user", "alice"];
        arguments.extend(["--imap", &place, "--security", "tls", "--ca", ca.to_str().unwrap()]);
        arguments.extend(["--password-command", "echo secret-alice"]);
        desk.ok(&arguments);
        desk
    }

    fn wait_until_up(&mut self) -> bool {
        let mut answers = false;
        wait::for_process(START_LIMIT, || {
            answers = TcpStream::connect(("127.0.0.1", self.imaps_port)).is_ok();
            answers || matches!(self.child.try_wait(), Ok(Some(_)))
        });
        answers
    }
}

impl Drop for Cyrus {
    fn drop(&mut self) {
        guard::signal(&self.child, "KILL");
        let _ = self.child.wait();
    }
}

/// Folder of the unpacked libraries.
fn libraries(place: &Path) -> Option<PathBuf> {
    let folders = std::fs::read_dir(place.join("usr/lib")).ok()?;
    folders.flatten().map(|entry| entry.path()).find(|path| path.join("libcyrus.so.0").exists())
}

fn launch(dir: &Path, place: &Path) -> Child {
    let mut command = Command::new(place.join("usr/sbin/cyrmaster"));
    command.arg("-C").arg(dir.join("imapd.conf")).arg("-M").arg(dir.join("cyrus.conf"));
    command.arg("-p").arg(dir.join("master.pid")).env("CYRUS_VERBOSE", "0");
    if let Some(libraries) = libraries(place) {
        command.env("LD_LIBRARY_PATH", libraries);
    }
    guard::launch(&command, &dir.join("errors"))
}

fn prepare(dir: &Path, place: &Path, imap_port: u16, imaps_port: u16) -> Result<(), String> {
    for name in ["conf", "spool", "sock", "proc"] {
        std::fs::create_dir(dir.join(name)).unwrap();
    }
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o755)).unwrap();
    write_certificates(dir);
    let root = output("id", &["-u"]) == "0";
    // As root it changes to an unprivileged user, like Dovecot.
    let user = if root { "mail".to_owned() } else { output("id", &["-un"]) };
    let group = if root { "mail".to_owned() } else { output("id", &["-gn"]) };
    std::fs::write(dir.join("imapd.conf"), settings(dir, &user, &group)).unwrap();
    std::fs::write(dir.join("cyrus.conf"), services(dir, place, imap_port, imaps_port)).unwrap();
    let script = r#"printf secret-alice | "$1" -p -c -f "$2/sasldb2" -u localhost alice"#;
    let maker = program("saslpasswd2").unwrap();
    let made = Command::new("sh").args(["-c", script, "sh"]).arg(maker).arg(dir).output().unwrap();
    if !made.status.success() {
        return Err(format!("no user for Cyrus: {}", String::from_utf8_lossy(&made.stderr)));
    }
    let owner = format!("{user}:{group}");
    assert!(Command::new("chown").args(["-R", &owner]).arg(dir).status().unwrap().success());
    Ok(())
}

fn settings(dir: &Path, user: &str, group: &str) -> String {
    let d = dir.display();
    let mut text = String::new();
    let folders = "Drafts | Sent | Trash | Junk | Archive";
    let _ = write!(
        text,
        "configdirectory: {d}/conf\npartition-default: {d}/spool\ndefaultpartition: default\n\
         cyrus_user: {user}\ncyrus_group: {group}\nadmins: admin\nservername: localhost\n\
         sasl_pwcheck_method: auxprop\nsasl_auxprop_plugin: sasldb\nsasl_sasldb_path: {d}/sasldb2\n\
         sasl_mech_list: PLAIN LOGIN SCRAM-SHA-1 SCRAM-SHA-256\nallowplaintext: yes\nvirtdomains: off\n\
         unixhierarchysep: yes\naltnamespace: yes\nautocreate_quota: 1048576\n\
         autocreate_inbox_folders: {folders}\nautocreate_subscribe_folders: {folders}\n\
         xlist-drafts: Drafts\nxlist-sent: Sent\nxlist-trash: Trash\nxlist-junk: Junk\nxlist-archive: Archive\n\
         tls_server_cert: {d}/server.pem\ntls_server_key: {d}/server.key\nconversations: 1\n\
         lmtpsocket: {d}/sock/lmtp\nidlesocket: {d}/sock/idle\nnotifysocket: {d}/sock/notify\n\
         proc_path: {d}/proc\nmboxname_lockpath: {d}/proc\nsyslog_prefix: postrider-test\n"
    );
    text
}

fn services(dir: &Path, place: &Path, imap_port: u16, imaps_port: u16) -> String {
    let (d, bin) = (dir.display(), place.join("usr/lib/cyrus/bin"));
    let bin = bin.display();
    format!(
        "START {{\n recover cmd=\"{bin}/ctl_cyrusdb -C {d}/imapd.conf -r\"\n}}\n\
         SERVICES {{\n imap cmd=\"{bin}/imapd -C {d}/imapd.conf -U 30\" listen=\"127.0.0.1:{imap_port}\" prefork=0\n \
         imaps cmd=\"{bin}/imapd -C {d}/imapd.conf -s -U 30\" listen=\"127.0.0.1:{imaps_port}\" prefork=0\n}}\n\
         EVENTS {{\n checkpoint cmd=\"{bin}/ctl_cyrusdb -C {d}/imapd.conf -c\" period=30\n}}\n\
         DAEMON {{\n idled cmd=\"{bin}/idled -C {d}/imapd.conf\"\n}}\n"
    )
}

fn subjects(desk: &Desk) -> Vec<String> {
    let rows = desk.rows(&["list", "INBOX", "--json"]);
    rows.iter().map(|row| row["subject"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_program_follows_a_cyrus() {
    let Some(server) = Cyrus::start() else { return };
    server.raw().append("INBOX", "", (1..=40).map(|n| message(n, 600)));
    let desk = server.desk();
    desk.ok(&["sync"]);
    let mailboxes = desk.rows(&["mailboxes", "--json"]);
    let of = |name: &str| mailboxes.iter().find(|m| m["name"] == name).unwrap_or_else(|| panic!("no {name}"));
    assert_eq!((&of("INBOX")["messages"], &of("INBOX")["unseen"]), (&40.into(), &40.into()));
    for (name, special) in [("Sent", "sent"), ("Trash", "trash"), ("Drafts", "drafts"), ("Junk", "junk")] {
        assert_eq!(of(name)["special_use"], special, "{name}");
    }
    let rows = desk.rows(&["list", "INBOX", "--json"]);
    let seventh = rows.iter().find(|row| row["subject"] == "Message 7").unwrap()["id"].to_string();
    assert!(desk.ok(&["show", &seventh, "--text"]).starts_with("Line 0 of message 7"));
    assert_eq!(desk.run(&["show", &seventh, "--raw"]).stdout, message(7, 600));

    // What another client does: one catch-up tells it all.
    server.raw().run(&[
        "SELECT INBOX",
        "UID STORE 2 +FLAGS (\\Seen \\Flagged)",
        "UID STORE 3,5:6 +FLAGS (\\Deleted)",
        "UID EXPUNGE 3,5:6",
        "CREATE Projects",
    ]);
    server.raw().append("INBOX", "", [message(41, 600)]);
    desk.ok(&["sync"]);
    let now = subjects(&desk);
    assert_eq!(now.len(), 38);
    assert!(now.contains(&"Message 41".to_owned()) && !now.contains(&"Message 5".to_owned()), "{now:?}");
    let rows = desk.rows(&["list", "INBOX", "--json"]);
    let second = rows.iter().find(|row| row["subject"] == "Message 2").unwrap();
    let mut flags: Vec<_> = second["flags"].as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect();
    flags.sort_unstable();
    assert_eq!(flags, ["\\Flagged", "\\Seen"]);
    assert!(desk.rows(&["mailboxes", "--json"]).iter().any(|m| m["name"] == "Projects"));
}

#[test]
fn a_mailbox_that_is_made_anew_is_read_anew() {
    let Some(server) = Cyrus::start() else { return };
    server.raw().append("Projects", "", (1..=12).map(|n| message(n, 600)));
    let desk = server.desk();
    desk.ok(&["sync"]);
    assert_eq!(desk.rows(&["list", "Projects", "--json"]).len(), 12);
    // The same name and the same UIDs, but other messages: only UIDVALIDITY tells. It counts seconds here, so
    // it is asked for until it is another one.
    let validity = |server: &Cyrus| {
        let answer = server.raw().run(&["STATUS Projects (UIDVALIDITY)"]);
        answer.split("UIDVALIDITY ").nth(1).unwrap().split(')').next().unwrap().to_owned()
    };
    let before = validity(&server);
    server.raw().run(&["DELETE Projects"]);
    let end = Instant::now() + START_LIMIT;
    loop {
        server.raw().run(&["CREATE Projects"]);
        if validity(&server) != before {
            break;
        }
        assert!(Instant::now() < end, "UIDVALIDITY stays at {before}");
        server.raw().run(&["DELETE Projects"]);
    }
    server.raw().append("Projects", "", (101..=109).map(|n| message(n, 600)));
    desk.ok(&["sync"]);
    let rows = desk.rows(&["list", "Projects", "--json"]);
    let names: Vec<_> = rows.iter().map(|row| row["subject"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 9, "{names:?}");
    assert!(names.iter().all(|name| name.starts_with("Message 10")), "{names:?}");
    let id = rows[0]["id"].to_string();
    assert!(desk.ok(&["show", &id, "--text"]).starts_with("Line 0 of message 10"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cyrus_tells_changes_and_removals() {
    let Some(server) = Cyrus::start() else { return };
    server.raw().append("INBOX", "", (1..=9).map(|n| message(n, 600)));
    let inbox = MailboxName::from_wire(b"INBOX");
    let uids = |set: &str| UidSet::from_wire(set).unwrap();
    let mut session = server.session(Security::StartTls).await;
    assert_eq!(session.security().mechanism, Mechanism::ScramSha256);
    assert!(session.has_qresync() && session.capabilities().has(Capability::UidPlus));
    let selected = session.select(&inbox, None).await.unwrap();
    assert_eq!(selected.exists, 9);
    let (uid_validity, mod_seq) = (selected.uid_validity.unwrap(), selected.highest_mod_seq);
    assert!(mod_seq.is_some_and(ModSeq::is_some));
    session.uid_store(&uids("4"), FlagChange::Add, &[Flag::Flagged], None).await.unwrap();
    server.raw().run(&[
        "SELECT INBOX",
        "UID STORE 1 +FLAGS (\\Answered)",
        "UID STORE 8:9 +FLAGS (\\Deleted)",
        "EXPUNGE",
    ]);

    let mut again = server.session(Security::Tls).await;
    let resync = Resync { uid_validity, mod_seq: mod_seq.unwrap(), known: UidSet::new() };
    let selected = again.select(&inbox, Some(resync)).await.unwrap();
    assert_eq!(selected.vanished, uids("8:9"));
    let mut changed: Vec<_> = selected.fetched.iter().filter_map(|data| data.uid.map(Uid::get)).collect();
    changed.sort_unstable();
    assert_eq!(changed, [1, 4]);
    again.logout().await.unwrap();
}

#[test]
fn the_doctor_likes_a_cyrus() {
    let Some(server) = Cyrus::start() else { return };
    server.raw().append("INBOX", "", [message(1, 600)]);
    let desk = server.desk();
    let text = desk.ok(&["doctor", "--json", "--transcript"]);
    let mut steps: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said = steps.pop().unwrap()["transcript"].to_string();
    for check in
        ["name", "connection", "encryption", "greeting", "offers", "sign-in", "extensions", "resync", "idle"]
    {
        let step = steps.iter().find(|step| step["service"] == "imap" && step["check"] == check);
        assert_eq!(step.unwrap_or_else(|| panic!("no {check}"))["outcome"], "ok", "{check}: {steps:#?}");
    }
    let fact = |check: &str| steps.iter().find(|step| step["check"] == check).unwrap()["facts"][0].clone();
    assert_eq!(fact("resync"), "QRESYNC");
    assert!(fact("sign-in").as_str().unwrap().starts_with("SCRAM-SHA-256"), "{steps:#?}");
    assert!(!said.contains("secret-alice") && said.contains("part of the sign-in, not shown"), "{said}");
}
