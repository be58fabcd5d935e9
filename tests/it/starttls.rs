//! Attacks on STARTTLS: the public cases of "NO STARTTLS", each played by an attacker of our own between the real
//! worker and an honest server. The attacker owns the line until TLS stands, and nothing after it.

use crate::corpora;
use crate::sync_lab::{Lab, NOW, Worker, mailboxes};
use postrider::demo::{self, CapabilityMask, Server, ServerConfig};
use postrider::model::{Security, UnixTime};
use postrider::secret::{PasswordPlace, Secret};
use postrider::sync::{AccountStatus, Clock, Event, LinkFault, Problem};
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Cases of the collection that are about IMAP.
const CASES: usize = 74;
/// Mails on the honest server.
const MAILS: u32 = 3;

/// What the attacker does.
#[derive(Clone, Debug, Default)]
struct Case {
    name: String,
    greeting: String,
    after_greeting: String,
    /// The answer to STARTTLS; `None`: silence.
    start_tls: Option<String>,
    /// Whether the line goes over to TLS afterwards.
    transition: bool,
    /// TLS from the first byte.
    implicit: bool,
    after_tls: String,
}

/// How a case has to end.
#[derive(Clone, Debug, PartialEq, Eq)]
enum End {
    /// Signed in, and everything is as the honest server says.
    Good,
    NotProtected,
    NotImap,
    Link(LinkFault),
}

/// The text between the quotes that follow `key` in a line that is not commented out (or, with `comment`, is).
fn quoted(text: &str, key: &str, comment: bool) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| line.starts_with("//") == comment);
    let bare = lines.map(|line| line.trim_start_matches('/').trim_start());
    let values = bare.filter_map(|line| line.strip_prefix(key)?.split_once('"')?.1.rsplit_once('"'));
    values.map(|(value, _)| unescaped(value)).collect()
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('r')) => out.push('\r'),
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some(other)) => out.push(other),
            (other, _) => out.push(other),
        }
    }
    out
}

/// Words such as `StartTls` and `Auth(Plain)` as they stand in CAPABILITY.
fn words(text: &str) -> String {
    let named = [
        ("Imap4Rev1", "IMAP4rev1"),
        ("StartTls", "STARTTLS"),
        ("LoginDisabled", "LOGINDISABLED"),
        ("Auth(Plain)", "AUTH=PLAIN"),
        ("Auth(Login)", "AUTH=LOGIN"),
        ("LoginReferrals", "LOGIN-REFERRALS"),
        ("MailboxReferrals", "MAILBOX-REFERRALS"),
    ];
    let known = named.iter().filter(|(name, _)| text.contains(name)).map(|(_, word)| (*word).to_owned());
    let atoms = text.split("Atom(\"").skip(1).filter_map(|rest| rest.split_once('"'));
    let mechanism = |word: &str| text.contains(&format!("AuthMechanismOther(Atom(\"{word}\""));
    let other = atoms.map(|(w, _)| if mechanism(w) { format!("AUTH={w}") } else { w.to_owned() });
    known.chain(other).collect::<Vec<_>>().join(" ")
}

fn greeting(text: &str) -> String {
    if let [raw] = quoted(text, "\"greeting\":", false).as_slice() {
        return raw.clone();
    }
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let plain = lines.collect::<Vec<_>>().join("\n");
    let body = plain.split_once("greeting:").map_or("", |(_, rest)| rest);
    let kind = ["PreAuth", "Bye", "Ok"].into_iter().find(|k| body.contains(&format!("kind: {k}")));
    let (code, rest) = body.split_once("code:").and_then(|(_, rest)| rest.split_once("text:")).unwrap();
    let code = match code.trim() {
        none if none.starts_with("None") => String::new(),
        alert if alert.contains("Alert") => "[ALERT] ".to_owned(),
        parse if parse.contains("Parse") => "[PARSE] ".to_owned(),
        charset if charset.contains("BadCharset") => "[BADCHARSET (kkgIhdNV)] ".to_owned(),
        all => format!("[CAPABILITY {}] ", words(all)),
    };
    let said = rest.split('"').nth(1).unwrap();
    format!("* {} {code}{said}\r\n", kind.unwrap().to_uppercase())
}

/// The case of a file, and those that its comments propose.
fn cases(root: &Path, path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).unwrap();
    let hidden = |list: &str| {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.filter(|line| line.contains(list)).any(|line| line.contains("\"starttls\""))
    };
    let mut start_tls = Some("<tag> OK Begin TLS now.\r\n".to_owned());
    if let Some(own) = quoted(&text, "starttls_response:", false).pop() {
        start_tls = Some(own);
    }
    if hidden("hide_commands") {
        start_tls = Some("<tag> BAD Unknown command.\r\n".to_owned());
    }
    if hidden("ignore_commands") {
        start_tls = None;
    }
    let case = Case {
        name: path.strip_prefix(root).unwrap().display().to_string(),
        greeting: greeting(&text),
        after_greeting: quoted(&text, "response_after_greeting:", false).concat(),
        transition: start_tls.as_ref().is_some_and(|answer| answer.contains("<tag> OK")),
        start_tls,
        implicit: text.contains("implicit_tls: true"),
        after_tls: String::new(),
    };
    let proposed = quoted(&text, "starttls_response:", true).into_iter().enumerate().map(|(n, answer)| {
        let name = format!("{} (proposal {})", case.name, n + 1);
        Case { name, start_tls: Some(answer), transition: true, ..case.clone() }
    });
    let late = quoted(&text, "response_after_tls:", true).into_iter().map(|after_tls| {
        let name = format!("{} (after TLS)", case.name);
        Case { name, after_tls, ..case.clone() }
    });
    let more: Vec<_> = proposed.chain(late).collect();
    std::iter::once(case).chain(more).collect()
}

impl Case {
    fn end(&self) -> End {
        let answer = self.start_tls.as_deref();
        if self.implicit {
            return End::Good;
        }
        match self.greeting.as_str() {
            preauth if preauth.starts_with("* PREAUTH") => return End::NotProtected,
            bye if bye.starts_with("* BYE") => return End::Link(LinkFault::ServerClosed),
            ok if ok.starts_with("* OK") => {}
            _ => return End::NotImap,
        }
        match answer {
            None => End::Link(LinkFault::TimedOut),
            Some(refused) if refused.contains("<tag> BAD") || refused.contains("<tag> NO") => {
                End::NotProtected
            }
            Some(endless) if !endless.contains("<tag>") => End::Link(LinkFault::TimedOut),
            // Whatever follows the tagged OK was meant to be read after the handshake.
            Some(smuggled) if !smuggled.ends_with('\n') || tail(smuggled).is_some() => End::NotProtected,
            Some(_) => End::Good,
        }
    }
}

/// What comes after the line of the tagged OK.
fn tail(answer: &str) -> Option<&str> {
    let (_, tagged) = answer.split_once("<tag> OK")?;
    tagged.split_once("\r\n").map(|(_, rest)| rest).filter(|rest| !rest.is_empty())
}

/// The attacker's port, its certificate (an honest one: TLS itself is not under attack), and what it overheard.
struct Attacker {
    port: u16,
    authority: String,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Attacker {
    async fn start(case: Case, honest: Arc<Server>, clock: Clock) -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2024, 1, 1);
        params.not_after = rcgen::date_time_ymd(2040, 1, 1);
        let certificate = params.self_signed(&key).unwrap();
        let der = rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], der.into())
            .unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::default();
        let ears = Arc::clone(&heard);
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                socket.set_nodelay(true).unwrap();
                let (case, ears, acceptor) = (case.clone(), Arc::clone(&ears), acceptor.clone());
                let (honest, clock) = (Arc::clone(&honest), clock.clone());
                tokio::spawn(async move {
                    // The victim may hang up at any point: that is what is wanted of it.
                    if let Ok(Some(socket)) = in_the_open(&case, socket, &ears, &clock).await
                        && let Ok(stream) = acceptor.accept(socket).await
                    {
                        let _ = hand_over(&case, stream, honest).await;
                    }
                });
            }
        });
        Self { port, authority: certificate.pem(), heard }
    }
}

/// Plays the case as far as the handshake; gives the socket back if there is one.
async fn in_the_open(
    case: &Case,
    socket: TcpStream,
    ears: &Mutex<Vec<u8>>,
    clock: &Clock,
) -> std::io::Result<Option<TcpStream>> {
    if case.implicit {
        return Ok(Some(socket));
    }
    let mut socket = BufReader::new(socket);
    let hello = format!("{}{}", case.greeting, case.after_greeting);
    socket.write_all(hello.as_bytes()).await?;
    let mut is_silent = false;
    loop {
        let mut line = String::new();
        let listening = socket.read_line(&mut line);
        if (if is_silent { clock.mute(listening).await? } else { listening.await? }) == 0 {
            return Ok(None);
        }
        ears.lock().unwrap().extend_from_slice(line.as_bytes());
        let (tag, command) = line.trim_end().split_once(' ').unwrap_or(("*", ""));
        if !command.eq_ignore_ascii_case("STARTTLS") {
            socket.write_all(format!("{tag} BAD what?\r\n").as_bytes()).await?;
            continue;
        }
        // Unless a handshake follows, this was the last thing that it says.
        is_silent = true;
        let Some(answer) = &case.start_tls else { continue };
        socket.write_all(answer.replace("<tag>", tag).as_bytes()).await?;
        if case.transition {
            return Ok(Some(socket.into_inner()));
        }
    }
}

/// From here on the honest server speaks; after STARTTLS without a second greeting.
async fn hand_over(
    case: &Case,
    mut stream: tokio_rustls::server::TlsStream<TcpStream>,
    honest: Arc<Server>,
) -> std::io::Result<()> {
    let (near, far) = tokio::io::duplex(64 << 10);
    tokio::spawn(async move { honest.serve(far).await });
    let mut near = BufReader::new(near);
    if !case.implicit {
        near.read_line(&mut String::new()).await?;
    }
    stream.write_all(case.after_tls.as_bytes()).await?;
    tokio::io::copy_bidirectional(&mut stream, &mut near).await.map(drop)
}

/// Everything that the worker told until it was signed in or had given up.
async fn outcome(worker: &mut Worker) -> (AccountStatus, Vec<String>) {
    let mut alerts = Vec::new();
    let end = |event| match event {
        Event::Alert { text, .. } => {
            alerts.push(text);
            None
        }
        Event::Status { status, .. } => match status {
            AccountStatus::Connecting | AccountStatus::Syncing { .. } => None,
            // Before INBOX was read there is nothing to see yet.
            AccountStatus::Online { idle: false } => None,
            _ => Some(status),
        },
        _ => None,
    };
    let status = worker.until("an outcome", end).await;
    (status, alerts)
}

async fn play(case: &Case) {
    let what = &case.name;
    let lab = Lab::new(CapabilityMask::full(), mailboxes(MAILS)).await;
    let honest = ServerConfig::new(mailboxes(MAILS), UnixTime(NOW));
    let honest = Arc::new(Server::start(honest).await.unwrap());
    let attacker = Attacker::start(case.clone(), Arc::clone(&honest), lab.manual.clock()).await;
    let mut account = lab.account.account.clone();
    account.imap.port = attacker.port;
    account.imap.security = if case.implicit { Security::Tls } else { Security::StartTls };
    std::fs::write(account.ca_file.as_ref().unwrap(), &attacker.authority).unwrap();
    let secret = Secret::new(demo::PASSWORD.into());
    let secrets = &lab.config.secrets;
    secrets.keep(&account.login, &account.imap, secret, PasswordPlace::Memory).await.unwrap();
    let (id, row) = (lab.account.id, account.clone());
    lab.config.store.write("attacked", move |w| w.update_account(id, &row)).await.unwrap();
    let mut worker = lab.start();
    let (status, alerts) = outcome(&mut worker).await;
    if matches!(status, AccountStatus::Online { .. }) {
        worker.until_same(&lab, what).await;
    }
    assert_eq!(alerts, Vec::<String>::new(), "{what}: alerts");
    let end = match &status {
        AccountStatus::Online { .. } => End::Good,
        AccountStatus::Offline { reason, .. } | AccountStatus::SignInNeeded(reason) => match reason {
            Problem::NotProtected { .. } => End::NotProtected,
            Problem::NotImap { .. } => End::NotImap,
            Problem::Link { fault, .. } => End::Link(*fault),
            other => panic!("{what}: {other:?}"),
        },
        other => panic!("{what}: {other:?}"),
    };
    assert_eq!(end, case.end(), "{what}: {case:?}");
    let heard = String::from_utf8_lossy(&attacker.heard.lock().unwrap()).into_owned();
    let allowed = |line: &str| line.split_once(' ').is_some_and(|(_, command)| command == "STARTTLS");
    assert!(heard.lines().all(allowed), "{what}: said in the open: {heard:?}");
    if end == End::Good {
        assert_eq!(lab.local(), lab.remote(), "{what}");
        assert_eq!(lab.mailbox("INBOX").total, u64::from(MAILS), "{what}");
    } else {
        assert_eq!(lab.local(), vec![], "{what}");
        assert_eq!(honest.connections(), 0, "{what}");
    }
    let account = lab.account.id;
    let known = lab.config.store.snapshot().unwrap().mailboxes(account).unwrap();
    let honest_names = ["INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash"];
    for mailbox in known {
        assert!(honest_names.contains(&mailbox.display.as_str()), "{what}: {}", mailbox.display);
    }
}

#[tokio::test]
async fn attacks_on_starttls_get_nothing() {
    let Some(root) = corpora::folder("no-starttls/imap") else {
        println!("skipped: 0 of {CASES} cases played, no test data");
        return;
    };
    let files = corpora::files(&root);
    let files: Vec<_> = files.iter().filter(|path| path.extension().is_some_and(|e| e == "ron")).collect();
    let all: Vec<_> = files.iter().flat_map(|path| cases(&root, path)).collect();
    assert!(files.len() >= CASES, "{} cases", files.len());
    let mut ends = std::collections::BTreeMap::<String, usize>::new();
    for case in &all {
        play(case).await;
        *ends.entry(format!("{:?}", case.end())).or_default() += 1;
    }
    println!("{} cases and {} variants played: {ends:?}", files.len(), all.len() - files.len());
}

#[tokio::test]
async fn an_attacker_who_only_listens_learns_nothing() {
    let case = Case {
        name: "listener".into(),
        greeting: "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN AUTH=LOGIN] hello\r\n".into(),
        start_tls: Some("<tag> OK go\r\n".into()),
        transition: true,
        ..Case::default()
    };
    play(&case).await;
}
