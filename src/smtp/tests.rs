//! Connecting and signing in against scripted servers, honest and not.

use super::*;
use crate::model::{Security, Server};
use crate::net::{Mechanism, Stage, TlsProblem, Trace};
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What the server says: a line, and what it answers to each command afterwards.
type Script = Vec<&'static str>;

struct Fake {
    options: SubmissionOptions,
    heard: tokio::task::JoinHandle<Vec<String>>,
}

/// Says the first piece, then one piece for each line that it hears.
async fn talk<S>(stream: S, script: Script) -> (S, Vec<String>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let mut line = BufReader::new(stream);
    let mut heard = Vec::new();
    for (n, piece) in script.into_iter().enumerate() {
        if n == 0 && piece.is_empty() {
            // The client speaks first.
            continue;
        }
        if n > 0 {
            let mut text = String::new();
            if line.read_line(&mut text).await.unwrap_or(0) == 0 {
                break;
            }
            heard.push(text.trim_end().to_owned());
        }
        let _ = line.get_mut().write_all(piece.as_bytes()).await;
        let _ = line.get_mut().flush().await;
    }
    (line.into_inner(), heard)
}

async fn fake(security: Security, plain: Script, sealed: Script) -> Fake {
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let der: CertificateDer<'static> = certificate.der().clone();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![der.clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut options = SubmissionOptions::new(Server { host: "localhost".into(), port, security });
    options.extra_roots = vec![der];
    // It stands still: no server here is given up.
    options.clock = crate::clock::ManualClock::new(crate::model::UnixTime(0)).clock();
    let heard = tokio::spawn(async move {
        let (socket, _): (TcpStream, _) = listener.accept().await.unwrap();
        let (socket, mut heard) =
            if plain.is_empty() { (socket, Vec::new()) } else { talk(socket, plain).await };
        if let Ok(stream) = TlsAcceptor::from(Arc::new(config)).accept(socket).await {
            heard.extend(talk(stream, sealed).await.1);
        }
        heard
    });
    Fake { options, heard }
}

const HELLO: &str = "220 mx ESMTP\r\n";
const OFFER: &str = "250-mx\r\n250-SIZE 1000\r\n250 AUTH PLAIN LOGIN XOAUTH2\r\n";

fn secret() -> Secret {
    Secret::new("s3cret".into())
}

#[tokio::test]
async fn a_password_goes_by_plain_and_only_under_tls() {
    let mut fake = fake(Security::Tls, vec![], vec![HELLO, OFFER, "235 2.7.0 yes\r\n", "221 bye\r\n"]).await;
    let trace = Trace::default();
    fake.options.trace = Some(trace.clone());
    let mut line = Submission::connect(&fake.options).await.unwrap();
    assert_eq!(line.extensions().size, Some(1000));
    assert_eq!(line.sign_in("ada", &secret(), false).await.unwrap(), Mechanism::Plain);
    line.quit().await;
    let heard = fake.heard.await.unwrap();
    let plain = format!("AUTH PLAIN {}", STANDARD.encode("\0ada\0s3cret"));
    assert_eq!(heard, ["EHLO [127.0.0.1]", plain.as_str(), "QUIT"]);
    let said = trace.transcript().join("\n");
    assert!(said.contains("S: 235 2.7.0 yes") && !said.contains(&STANDARD.encode("\0ada\0s3cret")), "{said}");
    assert!(trace.stages().contains(&Stage::SignedIn("PLAIN".into())));
}

#[tokio::test]
async fn a_refused_token_is_answered_and_told() {
    let script = vec![HELLO, OFFER, "334 eyJzdGF0dXMiOiI0MDEifQ==\r\n", "535 5.7.8 no\r\n"];
    let fake = fake(Security::Tls, vec![], script).await;
    let mut line = Submission::connect(&fake.options).await.unwrap();
    let refused = line.sign_in("ada", &secret(), true).await;
    assert!(
        matches!(&refused, Err(Error::AuthRejected { mechanism: Mechanism::XOAuth2, reply }) if reply.code == 535),
        "{refused:?}"
    );
    drop(line);
    let heard = fake.heard.await.unwrap();
    assert_eq!(heard.last().map(String::as_str), Some(""), "the error is answered by an empty line");
}

#[tokio::test]
async fn starttls_comes_before_everything_else() {
    let plain = vec![HELLO, "250-mx\r\n250 STARTTLS\r\n", "220 go\r\n"];
    let fake = fake(Security::StartTls, plain, vec!["", OFFER]).await;
    let line = Submission::connect(&fake.options).await.unwrap();
    assert_eq!(line.extensions().offered, ["PLAIN", "LOGIN", "XOAUTH2"]);
    drop(line);
    let heard = fake.heard.await.unwrap();
    assert_eq!(heard, ["EHLO [127.0.0.1]", "STARTTLS", "EHLO [127.0.0.1]"]);
}

#[tokio::test]
async fn a_stripped_or_poisoned_starttls_is_refused() {
    type Check = fn(&Error) -> bool;
    let cases: [(Script, Check); 3] = [
        (vec![HELLO, "250-mx\r\n250 AUTH PLAIN\r\n"], |e| matches!(e, Error::StartTlsRefused)),
        (vec![HELLO, "250-mx\r\n250 STARTTLS\r\n", "454 not now\r\n"], |e| {
            matches!(e, Error::StartTlsRefused)
        }),
        (vec![HELLO, "250-mx\r\n250 STARTTLS\r\n", "220 go\r\n250 AUTH PLAIN\r\n"], |e| {
            matches!(e, Error::StartTlsInjection)
        }),
    ];
    for (plain, right) in cases {
        let fake = fake(Security::StartTls, plain.clone(), vec![]).await;
        let error = Submission::connect(&fake.options).await.unwrap_err();
        assert!(right(&error), "{plain:?}: {error:?}");
        let heard = fake.heard.await.unwrap();
        assert!(heard.iter().all(|line| !line.starts_with("AUTH")), "{heard:?}");
    }
}

#[tokio::test]
async fn an_unknown_certificate_is_shown_and_can_be_excepted() {
    let mut stranger = fake(Security::Tls, vec![], vec![HELLO, OFFER]).await;
    stranger.options.extra_roots.clear();
    let error = Submission::connect(&stranger.options).await.unwrap_err();
    let Error::Tls(problem, chain) = error else { panic!("{error:?}") };
    assert_eq!(*problem, TlsProblem::UntrustedIssuer);
    assert_eq!(chain[0].names, ["localhost"]);

    let mut excepted = fake(Security::Tls, vec![], vec![HELLO, OFFER]).await;
    let theirs = excepted.options.extra_roots[0].clone();
    excepted.options.extra_roots.clear();
    excepted.options.exception = Some(crate::net::certificate::fingerprint(&theirs));
    assert!(Submission::connect(&excepted.options).await.is_ok());

    let mut changed = fake(Security::Tls, vec![], vec![HELLO, OFFER]).await;
    changed.options.extra_roots.clear();
    changed.options.exception = Some(chain[0].fingerprint);
    let error = Submission::connect(&changed.options).await.unwrap_err();
    assert!(matches!(&error, Error::Tls(problem, _) if **problem == TlsProblem::Changed), "{error:?}");
}
