//! Against a server on loopback that writes down every word it hears.

use super::*;
use crate::html::{RemotePicture, Report};
use crate::model::MessageId;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::DkimSigner;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

const HOST: &str = "pictures.example";
const MAIL: MessageId = MessageId::from_row(7);
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

struct Server {
    at: SocketAddr,
    authority: Vec<u8>,
    heard: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
}

impl Server {
    /// Answers each path by `answer`; the connection ends after one request.
    async fn start(answer: fn(&str, u16) -> Vec<u8>) -> Self {
        let mut authority = CertificateParams::new(Vec::<String>::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let root = authority.self_signed(&key).unwrap().der().to_vec();
        let issuer = Issuer::new(authority, key);
        let key = KeyPair::generate().unwrap();
        let names = [HOST, "other.example", "x.list-manage.com"].map(str::to_owned);
        let leaf = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)
            .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(Mutex::new(0));
        let (log, count) = (Arc::clone(&heard), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                *count.lock().unwrap() += 1;
                let (acceptor, log) = (acceptor.clone(), Arc::clone(&log));
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(socket).await else { return };
                    let mut text = Vec::new();
                    let mut buffer = [0; 4096];
                    loop {
                        let Ok(n) = stream.read(&mut buffer).await else { return };
                        text.extend_from_slice(&buffer[..n]);
                        let whole = String::from_utf8_lossy(&text).into_owned();
                        let Some((head, body)) = whole.split_once("\r\n\r\n") else {
                            if n == 0 {
                                return;
                            }
                            continue;
                        };
                        let length = head.lines().find_map(|l| {
                            l.to_lowercase().strip_prefix("content-length: ").map(str::to_owned)
                        });
                        if body.len() < length.and_then(|l| l.parse().ok()).unwrap_or(0) {
                            continue;
                        }
                        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                        log.lock().unwrap().push(whole.clone());
                        let _ = stream.write_all(&answer(&path, at.port())).await;
                        let _ = stream.shutdown().await;
                        return;
                    }
                });
            }
        });
        Self { at, authority: root, heard, connections }
    }

    fn way(&self) -> Way {
        Way::narrow(self.authority.clone(), &self.hosts())
    }

    fn hosts(&self) -> Vec<(&'static str, SocketAddr)> {
        // The port of the address does not matter: that of the URL counts.
        vec![(HOST, self.at), ("other.example", self.at), ("x.list-manage.com", self.at)]
    }

    fn url(&self, path: &str) -> String {
        format!("https://{HOST}:{}{path}", self.at.port())
    }

    fn paths(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        let mut paths: Vec<_> = heard.iter().map(|h| h.split(' ').nth(1).unwrap().to_owned()).collect();
        paths.sort();
        paths
    }
}

fn answer(path: &str, port: u16) -> Vec<u8> {
    let with = |head: &str, body: &[u8]| {
        let mut out = format!("HTTP/1.1 {head}\r\nConnection: close\r\nSet-Cookie: who=me; Path=/\r\n\r\n")
            .into_bytes();
        out.extend_from_slice(body);
        out
    };
    let to = |place: &str| with(&format!("302 Found\r\nLocation: {place}"), b"");
    match path {
        "/a.png" | "/b.png" => with("200 OK\r\nContent-Type: text/html", PNG),
        "/page" => {
            with("200 OK\r\nContent-Type: image/png", b"<html>a page that says it is a picture</html>")
        }
        "/announced" => with("200 OK\r\nContent-Length: 99999999999", PNG),
        "/endless" => with("200 OK", &[PNG, &vec![0; 11 * 1024 * 1024]].concat()),
        "/moved" => to(&format!("https://other.example:{port}/a.png")),
        "/to-http" => to(&format!("http://{HOST}:{port}/a.png")),
        "/to-loopback" => to(&format!("https://127.0.0.1:{port}/a.png")),
        "/to-tracker" => to(&format!("https://x.list-manage.com:{port}/track/open.php?u=1")),
        "/round" => to("/round"),
        "/to-file" => to("file:///etc/passwd"),
        "/to-data" => to("data:image/png;base64,AAAA"),
        "/to-private" => to("https://10.0.0.1/a.png"),
        "/to-metadata" => to("https://169.254.169.254/latest/meta-data"),
        "/to-number" => to(&format!("https://2130706433:{port}/a.png")),
        "/to-mapped" => to(&format!("https://[::ffff:127.0.0.1]:{port}/a.png")),
        "/to-name" => to(&format!("https://localhost:{port}/a.png")),
        "/to-user" => to(&format!("https://me:secret@other.example:{port}/a.png")),
        "/to-port" => to("https://other.example:25/a.png"),
        "/one" => to("/two"),
        "/two" => to("/three"),
        "/three" => to("/a.png"),
        // Few bytes on the wire, many once they are taken apart: nobody asked for them packed.
        "/bomb" => with("200 OK\r\nContent-Encoding: gzip\r\nContent-Type: image/png", b"\x1f\x8b\x08\0bomb"),
        "/svg" => with("200 OK\r\nContent-Type: image/png", b"<svg onload='x'/>"),
        "/empty" => with("200 OK\r\nContent-Type: image/png", b""),
        "/no-content" => with("204 No Content", b""),
        "/unauthorized" => with("401 Unauthorized\r\nWWW-Authenticate: Basic realm=x", PNG),
        "/short" => with("200 OK\r\nContent-Length: 500", PNG),
        "/head-bomb" => with(&format!("200 OK\r\nX-A: {}", "a".repeat(1 << 20)), PNG),
        "/off" => with("200 OK", b""),
        "/off-elsewhere" => to("/off"),
        _ => with("404 Not Found", b""),
    }
}

fn report(addresses: &[String]) -> Report {
    let remote =
        addresses.iter().map(|a| RemotePicture { address: a.clone(), is_tracker: a.contains("pixel") });
    Report { remote: remote.collect(), ..Report::default() }
}

fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work)
}

#[test]
fn without_consent_nobody_is_asked_and_after_it_each_picture_once() {
    on_a_runtime(async {
        let server = Server::start(answer).await;
        let dir = tempfile::tempdir().unwrap();
        let pictures = Pictures::new(Cache::below(dir.path()), server.way());
        let tracker = format!("https://x.list-manage.com:{}/track/open.php?u=1", server.at.port());
        let unprotected = format!("http://{HOST}:{}/b.png", server.at.port());
        let report = report(&[
            server.url("/a.png"),
            tracker,
            unprotected,
            server.url("/pixel.gif"),
            server.url("/none"),
        ]);

        let before = pictures.cached(MAIL, &report);
        assert_eq!((before.unasked, before.trackers, before.pictures.len()), (3, 2, 0));
        assert_eq!(*server.connections.lock().unwrap(), 0, "somebody was asked");

        let loaded = pictures.load(MAIL, &report).await;
        assert_eq!(loaded.pictures.get("blocked:0").map(Vec::as_slice), Some(PNG));
        assert!(loaded.pictures.contains_key("blocked:2"), "asked with protection: {loaded:?}");
        assert_eq!(loaded.missing, [(4, Failure::Status(404))]);
        assert_eq!((loaded.trackers, loaded.unasked), (2, 0));
        assert_eq!(server.paths(), ["/a.png", "/b.png", "/none"], "no tracker");
        for heard in server.heard.lock().unwrap().iter() {
            let lower = heard.to_lowercase();
            for word in ["cookie", "referer", "authorization", "accept-language", "if-none-match", "origin"] {
                assert!(!lower.contains(word), "{heard}");
            }
            assert!(lower.contains("user-agent: mozilla/5.0\r\n"), "{heard}");
        }

        let again = pictures.load(MAIL, &report).await;
        assert_eq!(again.pictures, loaded.pictures);
        assert_eq!(pictures.cached(MAIL, &report).pictures, loaded.pictures);
        assert_eq!(server.paths().len(), 3, "a second view asks nobody");
    });
}

#[test]
fn redirections_lead_only_where_a_picture_may_come_from() {
    on_a_runtime(async {
        let server = Server::start(answer).await;
        let dir = tempfile::tempdir().unwrap();
        let pictures = Pictures::new(Cache::below(dir.path()), server.way());
        let addresses =
            ["/moved", "/to-http", "/to-loopback", "/to-tracker", "/round"].map(|path| server.url(path));
        let loaded = pictures.load(MAIL, &report(&addresses)).await;
        assert_eq!(loaded.pictures.keys().collect::<Vec<_>>(), ["blocked:0"]);
        let mut missing = loaded.missing.clone();
        missing.sort_by_key(|(number, _)| *number);
        assert_eq!(missing, [1, 2, 3, 4].map(|n| (n, Failure::Status(302))));
        let paths = server.paths();
        assert_eq!(paths.iter().filter(|p| *p == "/a.png").count(), 1, "{paths:?}");
        assert!(!paths.iter().any(|p| p.contains("/track/")), "{paths:?}");
        assert!(paths.iter().filter(|p| *p == "/round").count() <= 7, "{paths:?}");
    });
}

#[test]
fn tricks_of_a_server_gain_nothing() {
    on_a_runtime(async {
        let server = Server::start(answer).await;
        let dir = tempfile::tempdir().unwrap();
        let pictures = Pictures::new(Cache::below(dir.path()), server.way());
        let cases: &[(&str, Option<Failure>)] = &[
            ("/one", None),
            ("/to-file", Some(Failure::Status(302))),
            ("/to-data", Some(Failure::Status(302))),
            ("/to-private", Some(Failure::Status(302))),
            ("/to-metadata", Some(Failure::Status(302))),
            ("/to-number", Some(Failure::Status(302))),
            ("/to-mapped", Some(Failure::Status(302))),
            ("/to-name", Some(Failure::Status(302))),
            ("/to-user", Some(Failure::Status(302))),
            ("/to-port", Some(Failure::Status(302))),
            ("/bomb", Some(Failure::NoPicture)),
            ("/svg", Some(Failure::NoPicture)),
            ("/empty", Some(Failure::NoPicture)),
            ("/no-content", Some(Failure::NoPicture)),
            ("/unauthorized", Some(Failure::Status(401))),
            ("/short", Some(Failure::Unreachable)),
            ("/head-bomb", Some(Failure::Unreachable)),
        ];
        let report = report(&cases.iter().map(|(path, _)| server.url(path)).collect::<Vec<_>>());
        let loaded = pictures.load(MAIL, &report).await;
        for (number, (path, expected)) in cases.iter().enumerate() {
            let missing = loaded.missing.iter().find(|(n, _)| *n == number).map(|(_, why)| *why);
            assert_eq!(missing, *expected, "{path}");
            assert_eq!(
                loaded.pictures.contains_key(&format!("blocked:{number}")),
                expected.is_none(),
                "{path}"
            );
        }
        for heard in server.heard.lock().unwrap().iter() {
            let lower = heard.to_lowercase();
            assert!(!lower.contains("authorization") && !lower.contains("accept-encoding: gzip"), "{heard}");
            assert!(!lower.contains("cookie") && !lower.contains("referer"), "{heard}");
        }
        let asked = server.paths().len();
        // What was refused for good is not asked again; what broke off is.
        let again = pictures.load(MAIL, &report).await;
        assert_eq!(again.pictures, loaded.pictures);
        assert_eq!(server.paths().len(), asked + 2, "{:?}", server.paths());
    });
}

#[test]
fn a_name_that_leads_to_this_computer_is_not_connected_to() {
    on_a_runtime(async {
        let server = Server::start(answer).await;
        let dir = tempfile::tempdir().unwrap();
        let way = Way::narrow_and_strict(server.authority.clone(), &server.hosts());
        let pictures = Pictures::new(Cache::below(dir.path()), way.clone());
        let loaded = pictures.load(MAIL, &report(&[server.url("/a.png")])).await;
        assert_eq!(loaded.missing, [(0, Failure::Refused(Refused::Private))]);
        let off = unsubscribe(&way, &server.url("/off")).await;
        assert_eq!(off, Err(UnsubscribeError::Refused(Refused::Private)));
        assert_eq!(*server.connections.lock().unwrap(), 0);
        // The system's own resolver is judged the same way.
        let pictures = Pictures::new(Cache::below(dir.path()), Way::system());
        let loaded = pictures
            .load(MAIL, &report(&["https://127.0.0.1:9/".into(), "https://localhost:9/".into()]))
            .await;
        assert!(
            loaded.missing.iter().all(|(_, why)| *why == Failure::Refused(Refused::Private)),
            "{loaded:?}"
        );
    });
}

#[test]
fn what_is_no_picture_or_too_large_is_not_taken() {
    on_a_runtime(async {
        let server = Server::start(answer).await;
        let dir = tempfile::tempdir().unwrap();
        let pictures = Pictures::new(Cache::below(dir.path()), server.way());
        let addresses = ["/page", "/announced", "/endless"].map(|path| server.url(path));
        let mut missing = pictures.load(MAIL, &report(&addresses)).await.missing;
        missing.sort_by_key(|(number, _)| *number);
        assert_eq!(missing, [(0, Failure::NoPicture), (1, Failure::TooLarge), (2, Failure::TooLarge)]);
    });
}

#[test]
fn a_subscription_ends_by_one_post() {
    on_a_runtime(async {
        let server = Server::start(answer).await;
        assert_eq!(unsubscribe(&server.way(), &server.url("/off")).await, Ok(()));
        assert_eq!(
            unsubscribe(&server.way(), &server.url("/off-elsewhere")).await,
            Err(UnsubscribeError::Status(302))
        );
        assert_eq!(
            unsubscribe(&server.way(), &server.url("/none")).await,
            Err(UnsubscribeError::Status(404))
        );
        let open = unsubscribe(&server.way(), "http://pictures.example/off").await;
        assert_eq!(open, Err(UnsubscribeError::Refused(Refused::NotProtected)));
        assert_eq!(server.paths(), ["/none", "/off", "/off-elsewhere"]);
        let heard =
            server.heard.lock().unwrap().iter().find(|h| h.starts_with("POST /off ")).unwrap().clone();
        let lower = heard.to_lowercase();
        assert!(lower.contains("content-type: application/x-www-form-urlencoded\r\n"), "{heard}");
        assert!(heard.ends_with("\r\n\r\nList-Unsubscribe=One-Click"), "{heard}");
        assert!(!lower.contains("cookie") && !lower.contains("referer"), "{heard}");
    });
}

/// A name server that knows one key and counts who asks.
async fn name_server(record: String) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).await.unwrap();
    let at = socket.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        while let Ok((n, from)) = socket.recv_from(&mut buffer).await {
            let query = &buffer[..n];
            let mut name = Vec::new();
            let mut at = 12;
            while query[at] != 0 {
                let length = usize::from(query[at]);
                name.push(String::from_utf8_lossy(&query[at + 1..=at + length]).to_lowercase());
                at += 1 + length;
            }
            let question = &query[12..at + 5];
            let name = name.join(".");
            log.lock().unwrap().push(name.clone());
            let known = name == "s1._domainkey.shop.example" && query[at + 2] == 16;
            // Identifier; an answer; NXDOMAIN unless known; counts; the question; TXT with a pointer to its name.
            let mut answer = query[..2].to_vec();
            answer.extend([0x81, if known { 0x80 } else { 0x83 }, 0, 1, 0, u8::from(known), 0, 0, 0, 0]);
            answer.extend_from_slice(question);
            if known {
                let length = u16::try_from(record.len() + 1).unwrap();
                answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60]);
                answer.extend(length.to_be_bytes());
                answer.push(u8::try_from(record.len()).unwrap());
                answer.extend_from_slice(record.as_bytes());
            }
            let _ = socket.send_to(&answer, from).await;
        }
    });
    (at, asked)
}

#[test]
fn signatures_are_checked_against_the_key_of_the_domain() {
    use base64::Engine as _;
    on_a_runtime(async {
        let key = Ed25519Key::from_pkcs8_der(&Ed25519Key::generate_pkcs8().unwrap()).unwrap();
        let public = base64::engine::general_purpose::STANDARD.encode(key.public_key());
        let (at, asked) = name_server(format!("v=DKIM1; k=ed25519; p={public}")).await;
        let mut connection = ConnectionConfig::udp();
        connection.port = at.port();
        let server = NameServerConfig::new(at.ip(), true, vec![connection]);
        let config = ResolverConfig::from_name_servers(vec![server]);
        let resolver =
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()).build().unwrap();
        let checker = Checker::with(resolver);

        let mail = "From: Shop <news@shop.example>\r\nTo: me@home.example\r\nSubject: News\r\n\r\nHello\r\n";
        let signer =
            DkimSigner::from_key(key).domain("shop.example").selector("s1").headers(["From", "Subject"]);
        let signed = signer.sign(mail.as_bytes()).unwrap().to_header() + mail;
        let check = |text: String| {
            let checker = checker.clone();
            async move { checker.check(text.into_bytes(), "news@shop.example").await }
        };
        let one = |domain: &str, result| vec![Check { domain: domain.into(), of_author: true, result }];
        assert_eq!(check(signed.clone()).await, one("shop.example", SignatureResult::Valid));
        assert_eq!(
            check(signed.replace("Hello", "Pay me")).await,
            one("shop.example", SignatureResult::Wrong)
        );
        assert_eq!(check(signed.replace("News", "Olds")).await, one("shop.example", SignatureResult::Wrong));
        assert_eq!(check(signed.replace("s=s1", "s=s2")).await, one("shop.example", SignatureResult::NoKey));
        let asked_before = asked.lock().unwrap().len();
        assert!(check(mail.to_owned()).await.is_empty());
        assert_eq!(asked.lock().unwrap().len(), asked_before, "a mail without signatures asks nobody");
        // Many signatures do not make many questions.
        let header = signed.split("From: Shop").next().unwrap();
        let many: String = (0..50).map(|n| header.replace("s=s1", &format!("s=n{n}"))).collect();
        assert!(check(many + mail).await.len() <= 5);
        assert!(asked.lock().unwrap().len() <= asked_before + 10);
        for broken in ["", "DKIM-Signature: v=1; a=\r\n\r\n", "DKIM-Signature: \r\n\r\n\r\n", "\0\0\0"] {
            let _ = check(broken.to_owned()).await;
        }
    });
}
