//! From an address to settings over a real network of its own: name server, web servers and mail servers in a network
//! namespace, met by the real program. Nothing is put into the program for it: it asks the system's name server and
//! trusts the system's authorities, and the namespace is the system.

use crate::cli_live::Desk;
use crate::dovecot::program;
use crate::guard;
use crate::wait;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Child, Command, Output};
use std::time::Duration;

const START_LIMIT: Duration = Duration::from_secs(20);
/// What must never be seen on the network before the user has seen what was found.
const PASSWORD: &str = "never-while-guessing";
const DOMAIN: &str = "https://example.org/.well-known/autoconfig/mail/config-v1.1.xml";
const OWN: &str = "https://autoconfig.example.org/mail/config-v1.1.xml";
const ISPDB: &str = "https://autoconfig.thunderbird.net/v1.1/example.org";
/// Addresses in the made-up network: see internet.py.
const WEB: &str = "127.0.0.10";
const ALL: &str = "127.0.0.20";
const START_TLS: &str = "127.0.0.21";
const PLAIN: &str = "127.0.0.22";
const POP: &str = "127.0.0.23";
const STRANGER: &str = "127.0.0.24";
const SILENT: &str = "127.0.0.40";

/// The network, gone when dropped.
struct Internet {
    child: Child,
    dir: tempfile::TempDir,
}

impl Internet {
    /// `None` where the system lets nobody have a network of his own.
    fn start() -> Option<Self> {
        let allowed = Command::new("unshare").args(["-rmn", "ip", "link", "set", "lo", "up"]).output();
        if program("python3").is_none() || !allowed.is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: no network namespace can be made here");
            return None;
        }
        let dir = tempfile::Builder::new().prefix("postrider-net-").tempdir().unwrap();
        certificates(dir.path());
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/discovery/internet.py");
        let mut command = Command::new("unshare");
        command.args(["-rmn", "python3"]).arg(script).arg(dir.path());
        let child = guard::launch(&command, &dir.path().join("errors"));
        let internet = Self { child, dir };
        let ready = internet.dir.path().join("ready");
        let up = wait::for_process(START_LIMIT, || ready.exists());
        let errors = std::fs::read_to_string(internet.dir.path().join("errors")).unwrap_or_default();
        assert!(up, "no network: {errors}");
        Some(internet)
    }

    /// Makes the world anew, and forgets what was said.
    fn world(&self, world: &Value) {
        let _ = std::fs::remove_file(self.dir.path().join("log"));
        // Whole or not at all: it is read at any time.
        let fresh = self.dir.path().join("world.new");
        std::fs::write(&fresh, world.to_string()).unwrap();
        std::fs::rename(fresh, self.dir.path().join("world.json")).unwrap();
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    /// The program in this network.
    fn run(&self, desk: &Desk, arguments: &[&str]) -> Output {
        let inner = desk.command(arguments);
        let mut command = Command::new("nsenter");
        command.args(["-t", &self.child.id().to_string(), "-U", "-m", "-n", "--preserve-credentials"]);
        command.arg(inner.get_program()).args(inner.get_args());
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        // As a system has it on which the authority of the tests is installed.
        command.env("SSL_CERT_FILE", self.dir.path().join("ca.pem"));
        for proxy in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"] {
            command.env_remove(proxy);
        }
        command.stdin(std::process::Stdio::null()).output().unwrap()
    }

    /// What an address leads to in a world: "host:port security user" and what was said about it, or why nothing.
    fn find(&self, email: &str, world: &Value, more: &[&str]) -> (Option<String>, String) {
        self.world(world);
        let desk = Desk::new();
        let password = format!("echo {PASSWORD}");
        let add = ["account", "add", "--email", email, "--password-command", &password, "--no-trial"];
        let output = self.run(&desk, &[add.as_slice(), more].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        self.nothing_secret();
        if !output.status.success() {
            assert_eq!(output.status.code(), Some(1), "{said}");
            return (None, said);
        }
        let row = &desk.rows(&["account", "list", "--json"])[0];
        let place = |server: &Value| {
            let text = |name: &str| server[name].as_str().unwrap_or_default().to_owned();
            format!("{}:{} {}", text("host"), server["port"], text("security"))
        };
        (Some(format!("{} {}", place(&row["imap"]), row["user"].as_str().unwrap())), said)
    }

    /// Nobody heard a password, or was asked to let somebody in.
    fn nothing_secret(&self) {
        let log = self.log();
        for line in log.lines() {
            let upper = line.to_ascii_uppercase();
            let signs_in = ["imap ", "smtp "].iter().any(|start| line.starts_with(start))
                && (upper.contains("AUTH") || upper.contains("LOGIN") && !upper.contains("LOGOUT"));
            assert!(!signs_in && !line.contains(PASSWORD), "{line}");
        }
    }
}

impl Drop for Internet {
    fn drop(&mut self) {
        guard::signal(&self.child, "KILL");
        drop(self.child.wait());
    }
}

/// The authority that this system trusts, its certificate for all names, one that has run out, and one by somebody else.
fn certificates(dir: &std::path::Path) {
    let names =
        ["autoconfig.thunderbird.net", "*.example.org", "example.org", "*.example.com", "example.com"];
    let more = ["autoconfig.xn--bcher-kva.example", "xn--bcher-kva.example", "*.example.net", "example.net"];
    let names: Vec<String> = names.iter().chain(&more).map(|name| (*name).to_owned()).collect();
    let authority = || {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    };
    let (ours, theirs) = (authority(), authority());
    std::fs::write(dir.join("ca.pem"), ours.pem()).unwrap();
    for (name, issuer, expired) in
        [("good", &ours, false), ("expired", &ours, true), ("evil", &theirs, false)]
    {
        let mut params = CertificateParams::new(names.clone()).unwrap();
        if expired {
            (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, issuer).unwrap();
        std::fs::write(dir.join(format!("{name}.pem")), certificate.pem() + &key.serialize_pem()).unwrap();
    }
}

fn server(kind: &str, host: &str, port: u16, socket: &str, user: &str) -> String {
    let element = if kind == "smtp" { "outgoingServer" } else { "incomingServer" };
    format!(
        "<{element} type=\"{kind}\"><hostname>{host}</hostname><port>{port}</port><socketType>{socket}</socketType>\
         <username>{user}</username><authentication>password-cleartext</authentication></{element}>"
    )
}

fn document(servers: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><clientConfig version=\"1.1\"><emailProvider id=\"x\"><displayName>X</displayName>\
         {servers}</emailProvider></clientConfig>"
    )
}

/// The usual document: one good server.
fn good(host: &str) -> String {
    document(&server("imap", host, 993, "SSL", "%EMAILADDRESS%"))
}

/// A world with these web pages, whose hosts have addresses, and more.
fn world(pages: &[(&str, Value)], more: Value) -> Value {
    let mut world = more;
    for (url, page) in pages {
        let host = url.split('/').nth(2).unwrap();
        world["a"][host] = json!([WEB]);
        world["web"][*url] = page.clone();
    }
    world
}

fn page(body: impl Into<String>) -> Value {
    json!({ "body": body.into() })
}

#[test]
fn each_source_is_found_and_the_best_one_wins() {
    let Some(internet) = Internet::start() else { return };
    let mut all = world(
        &[
            (OWN, page(good("own.example.org"))),
            (DOMAIN, page(good("well.example.org"))),
            (ISPDB, page(good("known.example.org"))),
        ],
        json!({
            "mx": { "example.org": [[20, "b.example.net."], [10, "ASPMX.L.GOOGLE.COM."]] },
            "srv": {
                "_imaps._tcp.example.org": [[0, 0, 993, "srv.example.org."]],
                "_submissions._tcp.example.org": [[0, 0, 465, "srv.example.org."]],
            },
        }),
    );
    all["a"]["imap.example.org"] = json!([ALL]);
    all["a"]["smtp.example.org"] = json!([ALL]);
    let find = |world: &Value| internet.find("ada@example.org", world, &[]);
    // All of them are there: the best is taken. Then one after the other goes.
    type Without = fn(&mut Value);
    let steps: [(&str, &str, Without); 6] = [
        ("own.example.org:993 tls ada@example.org", "found at autoconfig.example.org", |w| {
            w["web"][OWN] = Value::Null;
        }),
        ("well.example.org:993 tls ada@example.org", "found at example.org", |w| {
            w["web"][DOMAIN] = Value::Null
        }),
        ("known.example.org:993 tls ada@example.org", "in Mozilla's database", |w| {
            w["web"][ISPDB] = Value::Null
        }),
        ("imap.gmail.com:993 tls ada@example.org", "by the mail exchanger aspmx.l.google.com", |w| {
            w["mx"] = json!({});
        }),
        ("srv.example.org:993 tls ada@example.org", "in the SRV records", |w| w["srv"] = json!({})),
        ("imap.example.org:993 tls ada@example.org", "by trying usual names", |w| w["a"] = json!({})),
    ];
    for (expected, source, without) in steps {
        let (found, said) = find(&all);
        assert_eq!(found.as_deref(), Some(expected), "{said}\n{}", internet.log());
        assert!(said.contains(source), "{said}");
        // And it is found if nobody else knows anything.
        without(&mut all);
    }
    let (found, said) = find(&all);
    assert!(
        found.is_none() && said.contains("no settings were found for example.org; name the server"),
        "{said}"
    );
    assert!(internet.log().contains("dns srv _imaps._tcp.example.org"), "{}", internet.log());

    // Each of them alone.
    let alone = [
        (world(&[(OWN, page(good("own.example.org")))], json!({})), "own.example.org:993"),
        (world(&[(DOMAIN, page(good("well.example.org")))], json!({})), "well.example.org:993"),
        (world(&[(ISPDB, page(good("known.example.org")))], json!({})), "known.example.org:993"),
        (
            json!({ "srv": { "_imap._tcp.example.org": [[0, 0, 143, "srv.example.org."]] } }),
            "srv.example.org:143 starttls",
        ),
        (json!({ "a": { "mail.example.org": [START_TLS] } }), "mail.example.org:143 starttls"),
    ];
    for (world, expected) in &alone {
        let (found, said) = find(world);
        assert!(
            found.as_deref().is_some_and(|found| found.starts_with(expected)),
            "{expected}: {found:?} {said}"
        );
    }
    assert!(
        internet.log().contains("imap plain") && internet.log().contains("STARTTLS"),
        "{}",
        internet.log()
    );
}

#[test]
fn the_host_of_the_mail_exchanger_tells_the_service() {
    let Some(internet) = Internet::start() else { return };
    let mx = |host: &str| json!({ "mx": { "example.org": [[10, host]] } });
    let find = |world: &Value, more: &[&str]| internet.find("ada@example.org", world, more);
    let (found, said) = find(&mx("aspmx.l.google.com."), &[]);
    assert_eq!(found.as_deref(), Some("imap.gmail.com:993 tls ada@example.org"));
    assert!(said.contains("also signs you in with the browser: --auth oauth"), "{said}");
    let (found, _) = find(&mx("in1-smtp.messagingengine.com."), &[]);
    assert_eq!(found.as_deref(), Some("imap.fastmail.com:993 tls ada@example.org"));
    // Microsoft takes no passwords.
    let (found, said) = find(&mx("example-org.mail.protection.outlook.com."), &[]);
    assert!(found.is_none() && said.contains("--auth oauth"), "{said}");
    // And OAuth goes to whoever hosts the domain, though the address does not tell.
    for (host, provider) in [
        ("aspmx.l.google.com.", "google"),
        ("example-org.mail.protection.outlook.com.", "microsoft"),
        ("in1-smtp.messagingengine.com.", "fastmail"),
    ] {
        internet.world(&mx(host));
        let desk = Desk::new();
        let output =
            internet.run(&desk, &["account", "add", "--email", "ada@example.org", "--auth", "oauth"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(&format!("no OAuth client id is known for {provider}")), "{said}");
    }
    // A hoster that the database knows, by the owner of the MX host; a lie of the name server leads nowhere.
    let entry = "https://autoconfig.thunderbird.net/v1.1/example.com";
    let (found, said) = find(&world(&[(entry, page(good("imap.example.com")))], mx("mx.example.com.")), &[]);
    assert_eq!(found.as_deref(), Some("imap.example.com:993 tls ada@example.org"), "{said}");
    assert!(said.contains("belongs to another domain than the address"), "{said}");
    let (found, said) = find(&world(&[(entry, page(good("imap.example.net")))], mx("mx.example.com.")), &[]);
    assert!(found.is_none(), "{found:?} {said}");
}

#[test]
fn what_is_hostile_or_broken_is_passed_over() {
    let Some(internet) = Internet::start() else { return };
    let honest = good("own.example.org");
    let bomb = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"own.example.org\">{}]>{}",
        (0..20).map(|n| format!("<!ENTITY e{n} \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">")).collect::<String>(),
        honest.replace("own.example.org", "&e19;")
    );
    let file = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/hostname\">]>".to_owned()
        + &honest.replace("own.example.org", "&a;.example.org");
    let pages = [
        ("https to http", json!({ "status": 301, "to": "http://autoconfig.example.org/plain.xml" })),
        ("a circle", json!({ "status": 302, "to": OWN })),
        ("a web page", page("<!DOCTYPE html><html><body><h1>Welcome to the hotel</h1></body></html>")),
        ("nothing at all", page("")),
        ("an error", json!({ "status": 500, "body": honest.clone() })),
        ("too large", json!({ "body": honest.clone() + &" ".repeat(1024), "times": 1024 })),
        ("without end", json!({ "body": " ".repeat(65_536), "endless": true })),
        ("a packed bomb", json!({ "body": " ".repeat(65_536), "times": 4_000, "gzip": true })),
        ("entities of entities", page(bomb)),
        ("a file of this computer", page(file)),
        ("nested", page("<clientConfig>".repeat(5_000))),
        ("plain only", page(document(&server("imap", "own.example.org", 143, "plain", "x")))),
        ("POP only", page(document(&server("pop3", "own.example.org", 995, "SSL", "x")))),
        ("this computer", page(good("localhost") + &good("127.0.0.1"))),
    ];
    for (what, page) in pages {
        // It would also be found by its usual name: what is broken counts as a no.
        let mut around = world(&[(OWN, page)], json!({}));
        around["a"]["imap.example.org"] = json!([ALL]);
        around["web"]["http://autoconfig.example.org/plain.xml"] = json!({ "body": honest.clone() });
        let (found, said) = internet.find("ada@example.org", &around, &[]);
        assert_eq!(found.as_deref(), Some("imap.example.org:993 tls ada@example.org"), "{what}: {said}");
        let log = internet.log();
        assert!(
            log.contains("https autoconfig.example.org") && !log.lines().any(|l| l.starts_with("http ")),
            "{log}"
        );
    }
    // A certificate that is not good: nothing is even asked.
    for kind in ["evil", "expired"] {
        let mut around = world(&[(OWN, page(honest.clone()))], json!({ "certificates": {} }));
        around["certificates"]["autoconfig.example.org"] = json!(kind);
        let (found, said) = internet.find("ada@example.org", &around, &[]);
        assert!(found.is_none(), "{kind}: {found:?} {said}");
        assert!(!internet.log().contains("https autoconfig.example.org"), "{}", internet.log());
    }
    // A redirection to https is followed.
    let to = "https://autoconfig.example.com/x.xml";
    let around =
        world(&[(OWN, json!({ "status": 301, "to": to })), (to, page(good("imap.example.org")))], json!({}));
    let (found, said) = internet.find("ada@example.org", &around, &[]);
    assert_eq!(found.as_deref(), Some("imap.example.org:993 tls ada@example.org"), "{said}");
}

#[test]
fn whoever_is_silent_does_not_hold_up_the_others() {
    let Some(internet) = Internet::start() else { return };
    // The web server takes calls and says nothing, a page hangs, a name is never answered, mail servers are silent.
    let mut around =
        world(&[(DOMAIN, json!({ "hangs": true }))], json!({ "silent": ["_imap._tcp.example.org"] }));
    around["a"]["autoconfig.example.org"] = json!([SILENT]);
    around["a"]["imap.example.org"] = json!([SILENT]);
    around["a"]["mail.example.org"] = json!([ALL]);
    let (found, said) = internet.find("ada@example.org", &around, &[]);
    assert_eq!(found.as_deref(), Some("mail.example.org:993 tls ada@example.org"), "{said}");
    let log = internet.log();
    assert!(log.contains("https example.org /.well-known"), "{log}");
}

#[test]
fn of_several_servers_the_best_protected_one_is_taken() {
    let Some(internet) = Internet::start() else { return };
    let own = |servers: &str| world(&[(OWN, page(document(servers)))], json!({}));
    let imap = |host: &str, port, socket: &str, user: &str| server("imap", host, port, socket, user);
    let many = server("pop3", "pop.example.org", 995, "SSL", "x")
        + &imap("a.example.org", 143, "plain", "x")
        + &imap("b.example.org", 143, "STARTTLS", "x")
        + &imap("imap.%EMAILDOMAIN%", 993, "SSL", "%EMAILLOCALPART%.at.%EMAILDOMAIN%")
        + &server("smtp", "c.example.org", 587, "STARTTLS", "%EMAILADDRESS%")
        + &server("smtp", "d.example.org", 465, "SSL", "%EMAILADDRESS%");
    let (found, said) = internet.find("ada.l@example.org", &own(&many), &[]);
    assert_eq!(found.as_deref(), Some("imap.example.org:993 tls ada.l.at.example.org"), "{said}");
    assert!(said.contains("submission d.example.org:465 tls"), "{said}");
    assert!(internet.log().contains("emailaddress=ada.l%40example.org"), "{}", internet.log());
    // By usual names: no server without encryption, none whose certificate is somebody else's, none for POP.
    for address in [PLAIN, STRANGER, POP, WEB] {
        let around = json!({ "a": {
            "imap.example.org": [address], "mail.example.org": [address], "smtp.example.org": [address],
            "example.org": [address],
        } });
        let (found, said) = internet.find("ada@example.org", &around, &[]);
        assert!(found.is_none(), "{address}: {found:?} {said}");
    }
    let found = |world: &Value| internet.find("ada@example.org", world, &[]).0.unwrap_or_default();
    // SRV: the lowest number goes first, then the heaviest; a dot means that there is none; strangers are passed over.
    let srv = json!({ "srv": {
        "_imaps._tcp.example.org": [
            [20, 0, 993, "late.example.org."], [10, 5, 993, "light.example.org."], [10, 50, 1993, "heavy.example.org."],
            [0, 0, 993, "imap.evil.example.net."],
        ],
    } });
    assert_eq!(found(&srv), "heavy.example.org:1993 tls ada@example.org");
    let srv = json!({ "srv": {
        "_imaps._tcp.example.org": [[0, 0, 0, "."]], "_imap._tcp.example.org": [[0, 0, 143, "b.example.org."]],
    } });
    assert_eq!(found(&srv), "b.example.org:143 starttls ada@example.org");
    // A domain in another alphabet.
    let own = "https://autoconfig.xn--bcher-kva.example/mail/config-v1.1.xml";
    let idn = world(
        &[(own, page(document(&imap("imap.bücher.example", 993, "SSL", "%EMAILADDRESS%"))))],
        json!({}),
    );
    let (found, said) = internet.find("ada@Bücher.example", &idn, &[]);
    let expected = "imap.xn--bcher-kva.example:993 tls ada@Bücher.example";
    assert_eq!(found.as_deref(), Some(expected), "{said}\n{}", internet.log());
}

#[test]
fn without_a_network_the_table_is_left() {
    let alone = |email: &str| {
        let desk = Desk::new();
        let inner = desk.command(&["account", "add", "--email", email, "--password-command", "echo x"]);
        // No interface but a loopback that is down.
        let mut command = Command::new("unshare");
        command.args(["-rn", "--"]).arg(inner.get_program()).args(inner.get_args()).arg("--no-trial");
        command.env("XDG_RUNTIME_DIR", desk.dir.path()).output().unwrap()
    };
    let known = alone("ada@posteo.de");
    if String::from_utf8_lossy(&known.stderr).contains("unshare:") {
        eprintln!("skipped: no network namespace can be made here");
        return;
    }
    assert!(known.status.success(), "{known:?}");
    let unknown = String::from_utf8(alone("ada@example.org").stderr).unwrap();
    assert!(unknown.contains("there is no network") && unknown.contains("--imap HOST:PORT"), "{unknown}");
}
