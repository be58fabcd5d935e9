//! TLS for IMAP: which certificates are trusted, and what to tell the user when one is not.
//!
//! Knows nothing of IMAP itself.
#![expect(clippy::wildcard_enum_match_arm, reason = "errors of the TLS library are an open list")]

use super::error::{Error, TlsProblem};
use super::text::printable;
use crate::model::UnixTime;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

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

/// Trusts what the system trusts, and also what the user's additional authorities vouch for.
#[derive(Debug)]
struct TrustEither {
    /// `None` where the system has no certificates at all, such as in a bare container.
    system: Option<rustls_platform_verifier::Verifier>,
    extra: Option<Arc<WebPkiServerVerifier>>,
    /// The additional authorities themselves.
    roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
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
pub(super) fn client_config(extra_roots: &[CertificateDer<'static>]) -> Result<Arc<ClientConfig>, Error> {
    /// What each set of additional authorities led to. With it come the tickets of its servers: a second connection
    /// to a server needs no certificates, which are most of what a reconnect costs.
    static KNOWN: Mutex<Vec<(Vec<CertificateDer<'static>>, Arc<ClientConfig>)>> = Mutex::new(Vec::new());
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, config)) = known().iter().find(|(roots, _)| roots == extra_roots) {
        return Ok(Arc::clone(config));
    }
    let config = Arc::new(new_config(extra_roots)?);
    let mut known = known();
    if known.len() >= MAX_CONFIGS {
        known.remove(0);
    }
    known.push((extra_roots.to_vec(), Arc::clone(&config)));
    Ok(config)
}

fn new_config(extra_roots: &[CertificateDer<'static>]) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let extra = if extra_roots.is_empty() {
        None
    } else {
        let mut roots = RootCertStore::empty();
        for root in extra_roots {
            roots.add(root.clone()).map_err(|_| TlsProblem::BadExtraRoot)?;
        }
        let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone());
        Some(builder.build().map_err(|_| TlsProblem::BadExtraRoot)?)
    };
    let system = rustls_platform_verifier::Verifier::new(provider.clone())
        .inspect_err(|error| tracing::warn!(%error, "the system's certificates are unusable"))
        .ok();
    let verifier =
        Arc::new(TrustEither { system, extra, roots: extra_roots.to_vec(), provider: provider.clone() });
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| TlsProblem::Other(detail(&error)))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(config)
}

/// Sorts the failure of a handshake: a problem of trust, or of the line.
pub(super) fn problem(error: &io::Error) -> Option<TlsProblem> {
    let inner = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    Some(match inner {
        rustls::Error::InvalidCertificate(certificate) => certificate_problem(certificate),
        rustls::Error::InvalidMessage(_) => TlsProblem::NotTls,
        rustls::Error::PeerIncompatible(_)
        | rustls::Error::AlertReceived(
            rustls::AlertDescription::ProtocolVersion | rustls::AlertDescription::HandshakeFailure,
        ) => TlsProblem::NothingInCommon(detail(inner)),
        other => TlsProblem::Other(detail(other)),
    })
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
