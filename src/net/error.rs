//! Why a TLS connection was refused.

use crate::model::{Certificate, UnixTime};
use std::sync::Arc;

/// The certificates that a server showed, its own first; empty where none were looked at.
pub type Chain = Arc<Vec<Certificate>>;

/// Why a TLS connection was refused. Each variant can be explained to a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsProblem {
    /// Nobody whom this system trusts vouches for the certificate.
    #[error("the certificate comes from an unknown issuer")]
    UntrustedIssuer,
    /// The certificate is for other names.
    #[error("the certificate is for {}, not for {expected}", .presented.join(", "))]
    WrongName {
        /// Name that we asked for.
        expected: String,
        /// Names in the certificate.
        presented: Vec<String>,
    },
    /// The certificate has run out.
    #[error("the certificate expired")]
    Expired {
        /// Last moment of its validity, if known.
        not_after: Option<UnixTime>,
    },
    /// The certificate is for the future; often the clock of this computer is wrong.
    #[error("the certificate is not valid yet")]
    NotYetValid {
        /// First moment of its validity, if known.
        not_before: Option<UnixTime>,
    },
    /// The certificate was revoked.
    #[error("the certificate was revoked")]
    Revoked,
    /// The user made an exception for another certificate at this place, and this one is not good by itself.
    #[error("the certificate is not the one that an exception was made for")]
    Changed,
    /// This host name cannot stand in a certificate.
    #[error("{0} is not a valid host name")]
    BadHostName(String),
    /// The other side does not speak TLS at all on this port.
    #[error("the server does not speak TLS on this port")]
    NotTls {
        /// How it began, made safe to show. Anybody could have said that: it only helps to find the mistake.
        said: String,
    },
    /// Server and we have no TLS version or cipher in common (TLS 1.0 and 1.1 are not accepted).
    #[error("no common TLS version or cipher: {0}")]
    NothingInCommon(String),
    /// A file with additional certificate authorities cannot be read as PEM.
    #[error("an additional certificate authority is unreadable")]
    BadExtraRoot,
    /// Anything else; the text comes from the TLS library.
    #[error("TLS: {0}")]
    Other(String),
}
