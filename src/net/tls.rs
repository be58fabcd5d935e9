//! TLS: which certificates are trusted, and what to tell the user when one is not.
//!
//! Knows nothing of what is said over it.
#![expect(clippy::wildcard_enum_match_arm, reason = "errors of the TLS library are an open list")]

use super::certificate;
use super::error::{Chain, TlsProblem};
use super::first::First;
use super::text::printable;
use super::trace::{Stage, Trace};
use crate::clock::Clock;
use crate::model::{Fingerprint, UnixTime};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Names of a wrong certificate that are shown; some certificates carry hundreds.
const MAX_PRESENTED_NAMES: usize = 10;
/// Sets of additional authorities that are remembered; people have one or two.
const MAX_CONFIGS: usize = 8;
/// Longest text of the TLS library or a certificate that is kept.
const MAX_DETAIL: usize = 200;

/// Reads certificate authorities from the text of a PEM file.
///
/// # Errors
/// [`TlsProblem::BadExtraRoot`] if there is no certificate in it or one is unreadable.
pub fn roots_from_pem(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsProblem> {
    let roots: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let roots = roots.map_err(|_| TlsProblem::BadExtraRoot)?;
    if roots.is_empty() { Err(TlsProblem::BadExtraRoot) } else { Ok(roots) }
}

/// What is trusted for one place besides what the system trusts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Additional certificate authorities.
    pub roots: Vec<CertificateDer<'static>>,
    /// The one certificate that is taken whatever is wrong with it.
    pub exception: Option<Fingerprint>,
}

/// A verdict with the certificates that it is about, on its way through the TLS library.
#[derive(Debug)]
struct Judged {
    error: rustls::Error,
    chain: Chain,
    /// There is an exception, but for another certificate.
    changed: bool,
}

impl std::fmt::Display for Judged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Judged {}

/// Trusts what the system trusts, and also what the user's additional authorities vouch for.
#[derive(Debug)]
struct TrustEither {
    /// `None` where the system has no certificates at all, such as in a bare container.
    system: Option<rustls_platform_verifier::Verifier>,
    extra: Option<Arc<WebPkiServerVerifier>>,
    /// The additional authorities themselves.
    roots: Vec<CertificateDer<'static>>,
    exception: Option<Fingerprint>,
    provider: Arc<CryptoProvider>,
}

impl TrustEither {
    fn judge(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: rustls::pki_types::UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        // The user's own authority is asked first: it is offline and its verdict the more telling one.
        let own = self
            .extra
            .as_ref()
            .map(|v| v.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now));
        if let Some(Ok(verified)) = own {
            return Ok(verified);
        }
        if let Some(Err(error)) = &own
            && is_authority_itself(error)
            && self.roots.iter().any(|root| root == end_entity)
        {
            // Home servers and bridges show the very certificate that the user was told to trust. It is not
            // expired (that is checked first), and its name must fit all the same.
            let certificate = rustls::server::ParsedCertificate::try_from(end_entity)?;
            rustls::client::verify_server_name(&certificate, server_name)?;
            return Ok(ServerCertVerified::assertion());
        }
        let system = self
            .system
            .as_ref()
            .map(|v| v.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now));
        match (own, system) {
            (_, Some(Ok(verified))) => Ok(verified),
            (Some(Err(own)), _) if !is_unknown_issuer(&own) => Err(own),
            (_, Some(Err(system))) => Err(system),
            (Some(Err(own)), None) => Err(own),
            (Some(Ok(verified)), None) => Ok(verified),
            (None, None) => Err(CertificateError::UnknownIssuer.into()),
        }
    }
}

impl ServerCertVerifier for TrustEither {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: rustls::pki_types::UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        // That the server has its key is checked by the signature of the handshake all the same.
        if self.exception.is_some_and(|wanted| certificate::fingerprint(end_entity) == wanted) {
            return Ok(ServerCertVerified::assertion());
        }
        self.judge(end_entity, intermediates, server_name, ocsp_response, now).map_err(|error| {
            let chain = certificate::chain(std::iter::once(end_entity).chain(intermediates));
            let judged = Judged { error, chain, changed: self.exception.is_some() };
            CertificateError::Other(rustls::OtherError(Arc::new(judged))).into()
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Whether the only complaint is that an authority's own certificate was shown. The verifier has no typed
/// variant for it.
fn is_authority_itself(error: &rustls::Error) -> bool {
    matches!(error, rustls::Error::InvalidCertificate(CertificateError::Other(other))
        if format!("{:?}", other.0) == "CaUsedAsEndEntity")
}

fn is_unknown_issuer(error: &rustls::Error) -> bool {
    use CertificateError::{BadSignature, UnknownIssuer};
    matches!(error, rustls::Error::InvalidCertificate(UnknownIssuer | BadSignature))
}

/// Builds the client configuration. Reads the system's certificates from disk: call it off the async threads.
///
/// # Errors
/// [`TlsProblem::BadExtraRoot`] if an additional authority is unusable.
fn client_config(trust: &Trust) -> Result<Arc<ClientConfig>, TlsProblem> {
    /// What each set of additional authorities and exceptions led to. With it come the tickets of its servers: a second connection
    /// to a server needs no certificates, which are most of what a reconnect costs.
    static KNOWN: Mutex<Vec<(Trust, Arc<ClientConfig>)>> = Mutex::new(Vec::new());
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, config)) = known().iter().find(|(one, _)| one == trust) {
        return Ok(Arc::clone(config));
    }
    let config = Arc::new(new_config(trust)?);
    let mut known = known();
    if known.len() >= MAX_CONFIGS {
        known.remove(0);
    }
    known.push((trust.clone(), Arc::clone(&config)));
    Ok(config)
}

fn new_config(trust: &Trust) -> Result<ClientConfig, TlsProblem> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let extra = if trust.roots.is_empty() {
        None
    } else {
        let mut roots = RootCertStore::empty();
        for root in &trust.roots {
            roots.add(root.clone()).map_err(|_| TlsProblem::BadExtraRoot)?;
        }
        let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone());
        Some(builder.build().map_err(|_| TlsProblem::BadExtraRoot)?)
    };
    let system = rustls_platform_verifier::Verifier::new(provider.clone())
        .inspect_err(|error| tracing::warn!(%error, "the system's certificates are unusable"))
        .ok();
    let verifier = Arc::new(TrustEither {
        system,
        extra,
        roots: trust.roots.clone(),
        exception: trust.exception,
        provider: provider.clone(),
    });
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| TlsProblem::Other(detail(&error)))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(config)
}

/// Sorts the failure of a handshake: a problem of trust, or of the line. With the certificates that were looked at.
fn problem(error: &io::Error) -> Option<(TlsProblem, Chain)> {
    let inner = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    if let rustls::Error::InvalidCertificate(CertificateError::Other(other)) = inner
        && let Some(judged) = other.0.downcast_ref::<Judged>()
    {
        let problem = if judged.changed { TlsProblem::Changed } else { of_rustls(&judged.error) };
        return Some((problem, Arc::clone(&judged.chain)));
    }
    Some((of_rustls(inner), Chain::default()))
}

fn of_rustls(error: &rustls::Error) -> TlsProblem {
    match error {
        rustls::Error::InvalidCertificate(certificate) => certificate_problem(certificate),
        rustls::Error::InvalidMessage(_) => TlsProblem::NotTls { said: String::new() },
        rustls::Error::PeerIncompatible(_)
        | rustls::Error::AlertReceived(
            rustls::AlertDescription::ProtocolVersion | rustls::AlertDescription::HandshakeFailure,
        ) => TlsProblem::NothingInCommon(detail(error)),
        other => TlsProblem::Other(detail(other)),
    }
}

fn certificate_problem(error: &CertificateError) -> TlsProblem {
    match error {
        // An issuer of the right name with the wrong key is just as unknown.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => TlsProblem::UntrustedIssuer,
        CertificateError::Expired => TlsProblem::Expired { not_after: None },
        CertificateError::ExpiredContext { not_after, .. } => {
            TlsProblem::Expired { not_after: moment(*not_after) }
        }
        CertificateError::NotValidYet => TlsProblem::NotYetValid { not_before: None },
        CertificateError::NotValidYetContext { not_before, .. } => {
            TlsProblem::NotYetValid { not_before: moment(*not_before) }
        }
        CertificateError::Revoked => TlsProblem::Revoked,
        CertificateError::NotValidForName => {
            TlsProblem::WrongName { expected: String::new(), presented: Vec::new() }
        }
        CertificateError::NotValidForNameContext { expected, presented } => TlsProblem::WrongName {
            expected: expected.to_str().into_owned(),
            presented: presented.iter().take(MAX_PRESENTED_NAMES).map(|name| plain_name(name)).collect(),
        },
        other => {
            let error = rustls::Error::InvalidCertificate(other.clone());
            // A self-signed certificate as most guides make it says that it is an authority: nobody signed it.
            if is_authority_itself(&error) {
                TlsProblem::UntrustedIssuer
            } else {
                TlsProblem::Other(detail(&error))
            }
        }
    }
}

fn moment(time: rustls::pki_types::UnixTime) -> Option<UnixTime> {
    i64::try_from(time.as_secs()).ok().map(UnixTime)
}

/// The TLS library gives names as `DnsName("mail.example")`; people want to read `mail.example`.
fn plain_name(name: &str) -> String {
    let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name);
    printable(inner.trim_matches('"').as_bytes(), MAX_DETAIL)
}

fn detail(error: &rustls::Error) -> String {
    printable(error.to_string().as_bytes(), MAX_DETAIL)
}

/// Label of the keying material that SCRAM-PLUS binds to (RFC 9266 section 2).
const EXPORTER_LABEL: &[u8] = b"EXPORTER-Channel-Binding";
/// Its length (RFC 9266 section 2).
const EXPORTER_LENGTH: usize = 32;

/// What TLS agreed on.
#[derive(Debug)]
pub(crate) struct Agreed {
    /// Such as `TLS 1.3`.
    pub(crate) version: &'static str,
    pub(crate) cipher: String,
    /// Keying material (RFC 9266).
    pub(crate) channel: Option<Vec<u8>>,
}

/// Why there is no TLS.
#[derive(Debug)]
pub(crate) enum Broken {
    Tls(TlsProblem, Chain),
    Line(io::Error),
}

/// The name that the certificate must carry.
pub(crate) fn server_name(host: &str) -> Result<ServerName<'static>, TlsProblem> {
    let host = host.trim();
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    ServerName::try_from(bare.to_owned())
        .map_err(|_| TlsProblem::BadHostName(printable(bare.as_bytes(), 255)))
}

/// Agrees on TLS over a connection. Has no time limit of its own.
pub(crate) async fn secure<S>(
    stream: S,
    name: &ServerName<'static>,
    trust: &Trust,
    clock: &Clock,
    trace: Option<&Trace>,
) -> Result<(TlsStream<First<S>>, Agreed), Broken>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let wanted = trust.clone();
    // Reads the system's certificates from disk.
    let reading = tokio::task::spawn_blocking(move || client_config(&wanted));
    let config = clock
        .busy(reading)
        .await
        .map_err(|error| Broken::Line(io::Error::other(error)))?
        .map_err(|problem| Broken::Tls(problem, Chain::default()))?;
    let shaking = TlsConnector::from(config).connect(name.clone(), First::new(stream));
    let mut stream = shaking.into_fallible().await.map_err(|(error, stream)| match problem(&error) {
        Some((TlsProblem::NotTls { .. }, chain)) => {
            let said = printable(stream.start(), MAX_DETAIL);
            Broken::Tls(TlsProblem::NotTls { said }, chain)
        }
        Some((TlsProblem::WrongName { expected, presented }, chain)) if expected.is_empty() => {
            let expected = name.to_str().into_owned();
            Broken::Tls(TlsProblem::WrongName { expected, presented }, chain)
        }
        Some((problem, chain)) => Broken::Tls(problem, chain),
        None => Broken::Line(error),
    })?;
    stream.get_mut().0.forget();
    let (_, tls) = stream.get_ref();
    let modern = tls.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_3);
    let suite = tls.negotiated_cipher_suite();
    let cipher = suite.and_then(|s| s.suite().as_str()).unwrap_or("unknown").to_owned();
    // In TLS 1.2 the material is only safe with an extension that nobody tells us about (RFC 9266 section 3).
    let channel = modern
        .then(|| tls.export_keying_material(vec![0; EXPORTER_LENGTH], EXPORTER_LABEL, Some(&[])).ok())
        .flatten();
    let version = if modern { "TLS 1.3" } else { "TLS 1.2" };
    Trace::add(trace, || {
        let chain = certificate::chain(tls.peer_certificates().unwrap_or_default());
        let by_exception = chain.first().is_some_and(|first| trust.exception == Some(first.fingerprint));
        Stage::Secured { version, cipher: cipher.clone(), chain, by_exception }
    });
    Ok((stream, Agreed { version, cipher, channel }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_certificate_read_plainly() {
        let cases = [
            ("DnsName(\"mail.example.org\")", "mail.example.org"),
            ("IpAddress(127.0.0.1)", "127.0.0.1"),
            ("DirectoryName", "DirectoryName"),
            ("DnsName(\"a\u{202e}b\")", "a?b"),
        ];
        for (input, expected) in cases {
            assert_eq!(plain_name(input), expected, "{input}");
        }
    }

    #[test]
    fn a_file_without_a_certificate_is_no_authority() {
        assert_eq!(roots_from_pem(b"hello"), Err(TlsProblem::BadExtraRoot));
        let broken = b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
        assert_eq!(roots_from_pem(broken), Err(TlsProblem::BadExtraRoot));
    }
}
