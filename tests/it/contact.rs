//! The first contact with whatever answers: servers of other kinds, web pages, old TLS, and certificates that change.
//! The real program on the command line, and scripted servers that hear all that it says.

use crate::cli_live::Desk;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls::pki_types::PrivateKeyDer;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A server that begins with these bytes, in the clear, and says no more. What it hears is kept.
async fn talker(begin: &'static [u8]) -> (u16, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::<Mutex<Vec<u8>>>::default();
    let log = heard.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let log = log.clone();
            tokio::spawn(async move {
                socket.write_all(begin).await.unwrap();
                let mut piece = [0; 4096];
                while let Ok(count @ 1..) = socket.read(&mut piece).await {
                    log.lock().unwrap().extend_from_slice(&piece[..count]);
                }
            });
        }
    });
    (port, heard)
}

/// A desk with an account at this port of this computer.
fn desk(port: u16, security: &str, more: &[&str]) -> Desk {
    let desk = Desk::new();
    let place = format!("localhost:{port}");
    let add = ["account", "add", "--email", "ada@example.org", "--imap", &place, "--security", security];
    desk.ok(&[add.as_slice(), &["--password-command", "echo s3cret"], more].concat());
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_else_answers_there_is_named() {
    // The record of a server that wants TLS 1.0: a fatal alert (70, protocol_version).
    let old: &[u8] = b"\x15\x03\x01\x00\x02\x02\x46";
    let cases: [(&str, &[u8], &str); 17] = [
        ("tls", b"* OK plain IMAP\r\n", "does not speak TLS from the start; try --security starttls"),
        ("tls", b"* BYE go away\r\n", "does not speak TLS from the start"),
        (
            "tls",
            b"HTTP/1.1 302 Found\r\nLocation: http://hotel.example/\r\n\r\n",
            "a web page answers in place",
        ),
        ("tls", b"<!DOCTYPE html><html><body>Welcome\r\n", "a web page answers in place"),
        ("tls", b"+OK POP3 ready\r\n", "is a POP3 server"),
        ("tls", b"220 mail ESMTP\r\n", "does not speak TLS from the start"),
        ("tls", old, "knows only old kinds of TLS that are no longer safe"),
        ("tls", b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak TLS from the start"),
        ("starttls", b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n", "a web page answers in place"),
        ("starttls", b"<html><head>\r\n", "a web page answers in place"),
        ("starttls", b"+OK POP3 ready\r\n", "is a POP3 server"),
        ("starttls", b"220 mail ESMTP\r\n", "takes mail for sending (SMTP)"),
        ("starttls", b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak IMAP"),
        ("starttls", b"* PREAUTH welcome\r\n", "did not offer STARTTLS properly, so nothing was sent"),
        // Words from before the encryption are shown to nobody.
        ("starttls", b"* BYE [ALERT] call 0900 for help\r\n", "closed the connection; nothing is lost"),
        ("starttls", b"* OK hi\r\n* 3 EXISTS\r\na1 BAD what\r\n", ""),
        ("starttls", b"\r\n\0\xff\xfe\r\n", ""),
    ];
    for (security, begin, words) in cases {
        let (port, heard) = talker(begin).await;
        let desk = desk(port, security, &[]);
        let told = desk.fails(&["sync"]);
        let what = begin.escape_ascii();
        assert!(told.contains(words) && told.contains("localhost"), "{security} {what}: {told}");
        assert!(!told.contains("0900"), "{told}");
        let said = heard.lock().unwrap().clone();
        let said = String::from_utf8_lossy(&said).to_ascii_uppercase();
        assert!(!said.contains("LOGIN") && !said.contains("AUTHENTICATE"), "{security} {what}: {said}");
    }
    // The same for the server that takes mail, which only keeps from sending.
    let smtp: [(&str, &[u8], &str); 5] = [
        ("tls", b"220 plain\r\n", "does not speak TLS from the start"),
        ("tls", b"HTTP/1.1 302 Found\r\n\r\n", "a web page answers in place"),
        ("starttls", b"* OK IMAP4rev1 ready\r\n", "does not take mail (SMTP)"),
        ("starttls", b"+OK POP3\r\n", "does not take mail (SMTP)"),
        ("starttls", b"554 5.7.1 not you\r\n", "refused"),
    ];
    for (security, begin, words) in smtp {
        let (port, heard) = talker(begin).await;
        let place = format!("localhost:{port}");
        let desk = Desk::new();
        let add =
            ["account", "add", "--email", "ada@example.org", "--imap", "localhost:1", "--security", "tls"];
        let more = ["--password-command", "echo s3cret", "--smtp", &place, "--smtp-security", security];
        let output = desk.run(&[add.as_slice(), &more].concat());
        let told = String::from_utf8(output.stderr).unwrap();
        let what = begin.escape_ascii();
        assert!(output.status.success(), "the account is added all the same: {told}");
        assert!(
            told.contains("sending would not work yet") && told.contains(words),
            "{security} {what}: {told}"
        );
        assert!(!String::from_utf8_lossy(&heard.lock().unwrap()).contains("AUTH"), "{what}");
        assert_eq!(desk.rows(&["account", "list", "--json"])[0]["smtp"]["port"], port);
    }
}

/// An authority, or a certificate for `localhost` of one or of itself.
struct Maker(CertifiedIssuer<'static, KeyPair>);

impl Maker {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn identity(&self) -> Arc<rustls::ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        configured(params.signed_by(&key, &self.0).unwrap().der().clone(), &key)
    }
}

fn self_signed() -> Arc<rustls::ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    configured(params.self_signed(&key).unwrap().der().clone(), &key)
}

fn configured(
    certificate: rustls::pki_types::CertificateDer<'static>,
    key: &KeyPair,
) -> Arc<rustls::ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let builder = rustls::ServerConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    Arc::new(builder.with_single_cert(vec![certificate], key).unwrap())
}

/// An IMAP server whose certificate can be changed. It lets nobody in.
struct Changing {
    port: u16,
    identity: Arc<Mutex<Arc<rustls::ServerConfig>>>,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Changing {
    async fn start(identity: Arc<rustls::ServerConfig>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            identity: Arc::new(Mutex::new(identity)),
            heard: Arc::default(),
        };
        let (identity, heard) = (server.identity.clone(), server.heard.clone());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (now, heard) = (identity.lock().unwrap().clone(), heard.clone());
                tokio::spawn(async move { drop(serve(socket, now, heard).await) });
            }
        });
        server
    }

    fn shows(&self, identity: &Arc<rustls::ServerConfig>) {
        *self.identity.lock().unwrap() = identity.clone();
        self.heard.lock().unwrap().clear();
    }
}

async fn serve(
    socket: TcpStream,
    identity: Arc<rustls::ServerConfig>,
    heard: Arc<Mutex<Vec<String>>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(TlsAcceptor::from(identity).accept(socket).await?);
    lines.write_all(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n").await?;
    let mut line = String::new();
    while lines.read_line(&mut line).await? > 0 {
        let tag = line.split(' ').next().unwrap_or_default().to_owned();
        heard.lock().unwrap().push(std::mem::take(&mut line));
        lines.write_all(format!("{tag} NO [AUTHENTICATIONFAILED] no\r\n").as_bytes()).await?;
    }
    Ok(())
}

/// What the doctor thinks of the encryption, and what he advises.
fn encryption(desk: &Desk) -> (String, String) {
    let output = desk.run(&["doctor", "--json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let steps: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let step = steps.iter().find(|step| step["check"] == "encryption").unwrap();
    (step["outcome"].as_str().unwrap().to_owned(), step["advice"].to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_changed_after_an_exception_is_refused() {
    let (first, second) = (self_signed(), self_signed());
    let server = Changing::start(first.clone()).await;
    let desk = desk(server.port, "tls", &[]);
    assert!(desk.fails(&["sync"]).contains("signed by itself"));
    let shown = String::from_utf8(desk.run(&["account", "trust", "ada@example.org"]).stdout).unwrap();
    let fingerprint = shown.lines().find_map(|line| line.trim().strip_prefix("SHA-256 ")).unwrap().to_owned();
    desk.ok(&["account", "trust", "ada@example.org", "--fingerprint", &fingerprint]);
    assert_eq!(encryption(&desk).0, "warning");
    assert!(!server.heard.lock().unwrap().is_empty(), "it is spoken to");

    server.shows(&second);
    let told = desk.fails(&["sync"]);
    assert!(
        told.contains("shows another certificate than the one that was trusted, so nothing was sent"),
        "{told}"
    );
    assert!(told.contains("account trust"), "{told}");
    let (outcome, advice) = encryption(&desk);
    assert!(outcome == "failed" && advice.contains("another certificate"), "{advice}");
    assert_eq!(*server.heard.lock().unwrap(), Vec::<String>::new(), "it hears nothing");
    let exceptions = &desk.rows(&["account", "list", "--json"])[0]["exceptions"];
    assert_eq!(exceptions.as_array().unwrap().len(), 1);
    assert_eq!(exceptions[0]["sha256"], fingerprint, "what was trusted stays as it was");

    // The trusted one again, and the same certificate at another port, which nobody trusted.
    server.shows(&first);
    assert_eq!(encryption(&desk).0, "warning");
    let elsewhere = Changing::start(first).await;
    let place = format!("localhost:{}", elsewhere.port);
    let add = ["account", "add", "--email", "bob@example.org", "--imap", &place, "--security", "tls"];
    desk.ok(&[add.as_slice(), &["--password-command", "echo s3cret"]].concat());
    assert!(desk.fails(&["sync", "--account", "bob@example.org"]).contains("signed by itself"));
    assert_eq!(*elsewhere.heard.lock().unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_was_good_and_is_somebody_elses_now_is_refused() {
    let (ours, theirs) = (Maker::new("Ours"), Maker::new("Theirs"));
    let server = Changing::start(ours.identity()).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), ours.0.pem()).unwrap();
    let desk = desk(server.port, "tls", &["--ca", file.path().to_str().unwrap()]);
    assert_eq!(encryption(&desk).0, "ok");
    // Renewed by the same authority: nobody is asked.
    server.shows(&ours.identity());
    assert_eq!(encryption(&desk).0, "ok");
    for stranger in [theirs.identity(), self_signed()] {
        server.shows(&stranger);
        let told = desk.fails(&["sync"]);
        assert!(told.contains("nobody whom this system trusts, so nothing was sent"), "{told}");
        assert_eq!(encryption(&desk).0, "failed");
        assert_eq!(*server.heard.lock().unwrap(), Vec::<String>::new(), "it hears nothing");
    }
}
