//! A certificate authority and a server certificate, made anew for each start. Never stored.

use super::dates::civil;
use crate::model::UnixTime;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::Arc;

/// What is right or wrong with the server's certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CertificateKind {
    /// For localhost and 127.0.0.1, signed by the authority that [`super::Server::ca_pem`] gives.
    #[default]
    Good,
    /// Signed by that authority, but for another host.
    WrongName,
    /// Signed by that authority, but over.
    Expired,
    /// Signed by an authority that nobody knows.
    UnknownIssuer,
}

/// What the server shows, and whom it can be checked against.
pub(super) struct Identity {
    pub(super) authority: CertificateDer<'static>,
    pub(super) authority_pem: String,
    pub(super) tls: Arc<rustls::ServerConfig>,
}

/// Making keys, certificates or the TLS configuration failed.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A key or certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// rustls did not take it.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
}

const DAY: i64 = 86_400;

fn valid_between(params: &mut CertificateParams, from: i64, to: i64) {
    let date = |day: i64| {
        let (year, month, day) = civil(day);
        let small = |n: i64| u8::try_from(n).unwrap_or(1);
        rcgen::date_time_ymd(i32::try_from(year).unwrap_or(2024), small(month), small(day))
    };
    params.not_before = date(from);
    params.not_after = date(to);
}

fn authority(
    name: &str,
    today: i64,
) -> Result<(CertificateDer<'static>, String, Issuer<'static, KeyPair>), rcgen::Error> {
    let mut params = CertificateParams::new(Vec::<String>::new())?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    valid_between(&mut params, today - 60, today + 365);
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok((certificate.der().clone(), certificate.pem(), Issuer::new(params, key)))
}

impl Identity {
    pub(super) fn make(kind: CertificateKind, now: UnixTime) -> Result<Self, IdentityError> {
        let today = now.0.div_euclid(DAY);
        let (authority, authority_pem, issuer) = self::authority("Postrider demo authority", today)?;
        let issuer = match kind {
            CertificateKind::UnknownIssuer => self::authority("Nobody's authority", today)?.2,
            CertificateKind::Good | CertificateKind::WrongName | CertificateKind::Expired => issuer,
        };
        let names: &[&str] = match kind {
            CertificateKind::WrongName => &["mail.example.net"],
            CertificateKind::Good | CertificateKind::Expired | CertificateKind::UnknownIssuer => {
                &["localhost", "127.0.0.1"]
            }
        };
        let mut params = CertificateParams::new(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>())?;
        params.distinguished_name.push(DnType::CommonName, "Postrider demo server");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        match kind {
            CertificateKind::Expired => valid_between(&mut params, today - 40, today - 10),
            CertificateKind::Good | CertificateKind::WrongName | CertificateKind::UnknownIssuer => {
                valid_between(&mut params, today - 30, today + 90);
            }
        }
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        Ok(Self { authority, authority_pem, tls: Arc::new(tls) })
    }
}
