//! Whom to connect to, as whom, and how long to wait. Plain data.

use super::quirks::Quirks;
use super::wire::Meter;
use crate::clock::Clock;
use crate::model::{Fingerprint, Server};
use crate::net::Trace;
use crate::secret::Secret;
use rustls::pki_types::CertificateDer;
use std::time::Duration;

/// Everything that [`super::connect`] needs to know about the server.
#[derive(Clone, Debug)]
pub struct ConnectOptions {
    /// Host, port and protection.
    pub server: Server,
    /// Certificate authorities that are trusted besides those of the system.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// The certificate that is taken whatever is wrong with it.
    pub exception: Option<Fingerprint>,
    /// Where to note how the connection comes about.
    pub trace: Option<Trace>,
    /// How long to wait for what.
    pub timeouts: Timeouts,
    /// What time-outs are measured with.
    pub clock: Clock,
    /// Whether to use COMPRESS=DEFLATE (RFC 4978) where it is offered.
    pub compress: bool,
    /// What servers are known to do wrongly.
    pub quirks: Quirks,
    /// The name that the server gave itself (ID, RFC 2971) not long ago; asked for if it is not known.
    pub known_name: Option<String>,
    /// Counts the bytes of this connection too, also if it comes to nothing.
    pub total: Meter,
}

impl ConnectOptions {
    /// Options with the usual patience and the table that ships, without compression and additional authorities.
    #[must_use]
    pub fn new(server: Server) -> Self {
        Self {
            server,
            extra_roots: Vec::new(),
            exception: None,
            trace: None,
            timeouts: Timeouts::default(),
            clock: Clock::system(),
            compress: false,
            quirks: Quirks::default(),
            known_name: None,
            total: Meter::default(),
        }
    }
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Name lookup, TCP and TLS handshakes, each.
    pub connect: Duration,
    /// From the end of the handshake to the end of the greeting line.
    pub greeting: Duration,
    /// Within a command: since the last byte in either direction, not in total.
    pub command: Duration,
    /// When an IDLE is renewed; networks forget silent links after 10 minutes and more.
    pub idle_renewal: Duration,
    /// From `DONE` to the end of IDLE.
    pub idle_done: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            greeting: Duration::from_secs(30),
            command: Duration::from_secs(60),
            idle_renewal: Duration::from_secs(9 * 60),
            idle_done: Duration::from_secs(15),
        }
    }
}

/// Who signs in, and with what.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credential {
    /// User name and password by the best mechanism that the server offers.
    Password {
        /// User name at the server.
        user: String,
        /// Password.
        password: Secret,
    },
    /// User name and OAuth 2.0 access token (RFC 7628, XOAUTH2).
    Token {
        /// User name at the server.
        user: String,
        /// Access token.
        token: Secret,
    },
}

impl Credential {
    /// A user name with a password.
    #[must_use]
    pub fn password(user: impl Into<String>, password: Secret) -> Self {
        Self::Password { user: user.into(), password }
    }

    /// A user name with an OAuth access token.
    #[must_use]
    pub fn token(user: impl Into<String>, token: Secret) -> Self {
        Self::Token { user: user.into(), token }
    }

    /// User name, secret, and whether the secret is a token.
    pub(crate) fn parts(&self) -> (&str, &Secret, bool) {
        match self {
            Self::Password { user, password } => (user, password, false),
            Self::Token { user, token } => (user, token, true),
        }
    }
}
