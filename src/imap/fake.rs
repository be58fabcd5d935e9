//! A scripted server for tests: says what the script says, real TLS and all. Only built for tests.

use super::{ConnectOptions, Credential, Error, Session, connect};
use crate::clock::{Clock, ManualClock};
use crate::model::{Security, Server, UnixTime};
use crate::secret::Secret;
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufStream,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// One step of a script.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Sends the text; `{tag}` stands for the tag of the last command.
    Send(String),
    /// Sends so many bytes of `x`.
    Flood(usize),
    /// Reads a line, which must contain the text.
    Expect(&'static str),
    /// Reads exactly the text.
    Literal(&'static str),
    /// Begins TLS.
    Tls,
    /// Reads an `n,,`, `y,,` or bound SCRAM-SHA-256 sign-in of user `u` with password `p` to its end.
    Scram(Proof),
    /// Says nothing more, and reads until the client goes.
    Hang,
}

/// How the server of [`Step::Scram`] behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// As it should.
    Right,
    /// Sends a signature that is wrong.
    Wrong,
    /// Says OK without any signature.
    Missing,
}

pub(super) fn send(text: impl Into<String>) -> Step {
    Step::Send(text.into())
}

pub(super) fn expect(text: &'static str) -> Step {
    Step::Expect(text)
}

/// An authority with a certificate for `localhost`.
pub(super) struct Identity {
    pub(super) roots: Vec<CertificateDer<'static>>,
    acceptor: TlsAcceptor,
}

impl Identity {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    /// Lets the test spoil the certificate.
    pub(super) fn with(change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut authority = CertificateParams::new(Vec::<String>::new()).unwrap();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        change(&mut params);
        let certificate = params.signed_by(&key, &authority).unwrap();
        Self::of(certificate.der().clone(), &key, authority.der().clone())
    }

    /// A certificate that nobody else vouches for.
    pub(super) fn self_signed(change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        change(&mut params);
        let certificate = params.self_signed(&key).unwrap();
        Self::of(certificate.der().clone(), &key, certificate.der().clone())
    }

    fn of(certificate: CertificateDer<'static>, key: &KeyPair, root: CertificateDer<'static>) -> Self {
        let config =
            rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![certificate], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
                .unwrap();
        Self { roots: vec![root], acceptor: TlsAcceptor::from(Arc::new(config)) }
    }
}

/// A running script. Each connection plays the next of the scripts.
pub(super) struct Fake {
    pub(super) options: ConnectOptions,
    /// What the client goes by. Stands still unless a script hangs and the client is run by it.
    pub(super) manual: ManualClock,
    hangs: Arc<Notify>,
    task: JoinHandle<Vec<String>>,
}

impl Fake {
    /// Starts a server for as many connections as there are scripts.
    pub(super) async fn start(security: Security, scripts: Vec<Vec<Step>>) -> Self {
        Self::start_as(Identity::new(), security, scripts).await
    }

    pub(super) async fn start_as(identity: Identity, security: Security, scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut options = ConnectOptions::new(Server { host: "localhost".into(), port, security });
        options.extra_roots = identity.roots;
        let manual = ManualClock::new(UnixTime(0));
        options.clock = manual.clock();
        let (acceptor, clock) = (identity.acceptor, manual.clock());
        let hangs = Arc::new(Notify::new());
        let hanging = Arc::clone(&hangs);
        let task = tokio::spawn(async move {
            let mut heard = Vec::new();
            for script in scripts {
                let (socket, _) = listener.accept().await.unwrap();
                // What was said is there at once, or a hang could be noticed before it.
                socket.set_nodelay(true).unwrap();
                let (acceptor, clock, hangs) = (acceptor.clone(), clock.clone(), Arc::clone(&hanging));
                let player = Player { acceptor, clock, hangs, heard: &mut heard, tag: String::new() };
                player.play(socket, security, script).await;
            }
            heard
        });
        Self { options, manual, hangs, task }
    }

    /// Connects as user `u`, while time runs.
    pub(super) async fn connect(&self) -> Result<Session, Error> {
        self.manual.run(connect(&self.options, &user())).await
    }

    /// Waits until a script hangs.
    pub(super) async fn hangs(&self) {
        self.hangs.notified().await;
    }

    /// What the client said, line by line, once all scripts have been played.
    pub(super) async fn heard(self) -> Vec<String> {
        self.task.await.unwrap()
    }
}

/// Where no server is, by a clock that stands still.
pub(super) fn nowhere(host: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(Server { host: host.into(), port: 1, security: Security::Tls });
    options.clock = ManualClock::new(UnixTime(0)).clock();
    options
}

/// User `u` with password `p`.
pub(super) fn user() -> Credential {
    Credential::password("u", Secret::new("p".into()))
}

/// The steps of a sign-in by PLAIN, after which the server offers `capabilities`.
pub(super) fn signed_in(capabilities: &str) -> Vec<Step> {
    vec![
        send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello\r\n"),
        expect("AUTHENTICATE PLAIN AHUAcA=="),
        send("{tag} OK in\r\n"),
        expect("CAPABILITY"),
        send(format!("* CAPABILITY IMAP4rev1 {capabilities}\r\n{{tag}} OK done\r\n")),
    ]
}

trait Line: AsyncRead + AsyncWrite + Unpin + Send {
    /// Keying material of the TLS connection.
    fn exporter(&self) -> Vec<u8>;
}

impl Line for TcpStream {
    fn exporter(&self) -> Vec<u8> {
        Vec::new()
    }
}

impl Line for tokio_rustls::server::TlsStream<TcpStream> {
    fn exporter(&self) -> Vec<u8> {
        let material = vec![0; 32];
        self.get_ref().1.export_keying_material(material, b"EXPORTER-Channel-Binding", Some(&[])).unwrap()
    }
}

struct Player<'a> {
    acceptor: TlsAcceptor,
    clock: Clock,
    hangs: Arc<Notify>,
    heard: &'a mut Vec<String>,
    tag: String,
}

impl Player<'_> {
    async fn play(mut self, socket: TcpStream, security: Security, script: Vec<Step>) {
        let mut steps = script.into_iter();
        match security {
            Security::Tls => {
                // The client may refuse the certificate; that is what some tests are about.
                let Ok(tls) = self.acceptor.accept(socket).await else { return };
                self.steps(&mut BufStream::new(tls), &mut steps).await;
            }
            Security::StartTls => {
                let mut plain = BufStream::new(socket);
                if self.steps(&mut plain, &mut steps).await {
                    let Ok(tls) = self.acceptor.accept(plain.into_inner()).await else { return };
                    self.heard.push("(TLS)".into());
                    self.steps(&mut BufStream::new(tls), &mut steps).await;
                }
            }
        }
    }

    /// Plays until the end (false) or until TLS shall begin (true).
    async fn steps<S: Line>(
        &mut self,
        stream: &mut BufStream<S>,
        steps: &mut impl Iterator<Item = Step>,
    ) -> bool {
        for step in steps {
            match step {
                Step::Send(text) => self.say(stream, &text).await,
                Step::Flood(size) => {
                    let piece = vec![b'x'; 1 << 16];
                    let mut left = size;
                    while left > 0 && stream.write_all(&piece[..left.min(piece.len())]).await.is_ok() {
                        left = left.saturating_sub(piece.len());
                    }
                    let _ = stream.flush().await;
                }
                Step::Expect(text) => {
                    let line = self.hear(stream).await;
                    assert!(line.contains(text), "expected {text}, heard {line:?} after {:?}", self.heard);
                    // Answers within a command (base64, `*`, `DONE`) are one word without a tag.
                    if let Some((tag, _)) = line.split_once(' ') {
                        tag.clone_into(&mut self.tag);
                    }
                }
                Step::Literal(text) => {
                    let mut bytes = vec![0; text.len()];
                    stream.read_exact(&mut bytes).await.unwrap();
                    assert_eq!(String::from_utf8_lossy(&bytes), text);
                }
                Step::Tls => return true,
                Step::Scram(proof) => self.scram(stream, proof).await,
                Step::Hang => {
                    let mut rest = Vec::new();
                    self.hangs.notify_one();
                    let _ = self.clock.mute(stream.read_to_end(&mut rest)).await;
                    self.heard.extend(String::from_utf8_lossy(&rest).lines().map(str::to_owned));
                }
            }
        }
        let _ = stream.shutdown().await;
        false
    }

    async fn say<S: Line>(&mut self, stream: &mut BufStream<S>, text: &str) {
        // A client that has gone already is no failure of the script.
        let _ = stream.write_all(text.replace("{tag}", &self.tag).as_bytes()).await;
        let _ = stream.flush().await;
    }

    async fn hear<S: Line>(&mut self, stream: &mut BufStream<S>) -> String {
        let mut line = Vec::new();
        let _ = stream.read_until(b'\n', &mut line).await;
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        self.heard.push(line.clone());
        line
    }

    /// The server's half of RFC 7677, with a fixed salt.
    async fn scram<S: Line>(&mut self, stream: &mut BufStream<S>, proof: Proof) {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD;
        use ring::{hmac, pbkdf2};
        let encode = |text: &str| STANDARD.encode(text);
        let decode = |line: &str| String::from_utf8_lossy(&STANDARD.decode(line).unwrap()).into_owned();
        let line = self.hear(stream).await;
        self.tag = line.split(' ').next().unwrap().to_owned();
        let mut words = line.split(' ').skip(2);
        let plus = words.next().unwrap().ends_with("-PLUS");
        let first = decode(words.next().unwrap());
        let bare = first.splitn(3, ',').nth(2).unwrap().to_owned();
        let gs2 = first.strip_suffix(&bare).unwrap().to_owned();
        let nonce = format!("{}more", bare.split("r=").nth(1).unwrap());
        let server_first = format!("r={nonce},s={},i=4096", STANDARD.encode("salt"));
        self.say(stream, &format!("+ {}\r\n", encode(&server_first))).await;

        let answer = decode(&self.hear(stream).await);
        let (without_proof, sent) = answer.rsplit_once(",p=").unwrap();
        let mut binding = gs2.clone().into_bytes();
        if plus {
            assert_eq!(gs2, "p=tls-exporter,,");
            binding.extend(stream.get_ref().exporter());
        }
        assert_eq!(without_proof, format!("c={},r={nonce}", STANDARD.encode(binding)));
        let mut salted = [0; 32];
        let rounds = std::num::NonZeroU32::new(4096).unwrap();
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, b"salt", b"p", &mut salted);
        let sign = |key: &[u8], text: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text);
        let message = format!("{bare},{server_first},{without_proof}");
        let client_key = sign(&salted, b"Client Key");
        let stored = ring::digest::digest(&ring::digest::SHA256, client_key.as_ref());
        let signature = sign(stored.as_ref(), message.as_bytes());
        let right: Vec<u8> = client_key.as_ref().iter().zip(signature.as_ref()).map(|(a, b)| a ^ b).collect();
        assert_eq!(sent, STANDARD.encode(right));
        if proof != Proof::Missing {
            let server_key = sign(&salted, b"Server Key");
            let genuine = sign(server_key.as_ref(), message.as_bytes());
            let mut signature = genuine.as_ref().to_vec();
            signature[0] ^= u8::from(proof == Proof::Wrong);
            self.say(stream, &format!("+ {}\r\n", encode(&format!("v={}", STANDARD.encode(signature)))))
                .await;
            self.hear(stream).await;
        }
        self.say(stream, "{tag} OK welcome\r\n").await;
    }
}
