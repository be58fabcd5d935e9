//! What can go wrong while talking to an IMAP server, sorted by what the caller can do about it.
//!
//! Texts for people are made in the window from these variants; `Display` is for the log and the command line.

use super::response::ResponseCode;
use crate::net::{Chain, Mechanism, TlsProblem};
use std::io;
use std::sync::Arc;

/// Why a connection or a command failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// No link to the server, or it broke: try again later.
    #[error("cannot reach {host} port {port}: {source}")]
    Offline {
        /// Host as configured.
        host: Arc<str>,
        /// Port as configured.
        port: u16,
        /// What the system says.
        source: Arc<io::Error>,
    },
    /// The server did not answer in time: try again later.
    #[error("no answer in time: {what}")]
    Timeout {
        /// What was waited for.
        what: &'static str,
    },
    /// The server's identity could not be proved: the user must act.
    #[error("{0}")]
    Tls(Box<TlsProblem>, Chain),
    /// Something else than an IMAP server answers there: the settings are wrong.
    #[error("this is not an IMAP server: {detail}")]
    NotImap {
        /// The beginning of what it said, made safe to show.
        detail: Box<str>,
    },
    /// The server cannot or will not encrypt on this port: use the TLS port.
    #[error("the server refused STARTTLS")]
    StartTlsRefused,
    /// Somebody slipped data in before the encryption began.
    #[error("data was injected before the encryption began")]
    StartTlsInjection,
    /// The server says that it knows us already, before any encryption: a sign of tampering.
    #[error("the server skips authentication (PREAUTH) before the encryption began")]
    PreAuth,
    /// User name or password is wrong, or the account is locked: the user must act.
    #[error("{mechanism} sign-in refused: {server_text}")]
    AuthRejected {
        /// Mechanism that was tried last.
        mechanism: Mechanism,
        /// The server's words, made safe to show.
        server_text: Box<str>,
        /// The server's reason in machine form.
        code: Option<Box<ResponseCode>>,
    },
    /// The server could not prove that it knows the password: it may be an impostor. The user must act.
    #[error("the server could not prove that it knows the password ({mechanism})")]
    ServerUnproven {
        /// Mechanism that was tried.
        mechanism: Mechanism,
    },
    /// The server offers no way to sign in that we know and consider safe.
    #[error("no common way to sign in; the server offers: {}", .offered.join(" "))]
    NoCommonMechanism {
        /// What it offers.
        offered: Vec<String>,
    },
    /// The server refused the command (tagged NO): for good, unless the code says otherwise.
    #[error("{command} refused: {text}")]
    No {
        /// The command's name.
        command: &'static str,
        /// Reason in machine form.
        code: Option<Box<ResponseCode>>,
        /// The server's words, made safe to show.
        text: Box<str>,
    },
    /// The server did not understand the command (tagged BAD): do without it.
    #[error("{command} not understood: {text}")]
    Bad {
        /// The command's name.
        command: &'static str,
        /// The server's words, made safe to show.
        text: Box<str>,
    },
    /// The server said good-bye: connect again later.
    #[error("the server closed the connection: {text}")]
    Bye {
        /// The server's words, made safe to show.
        text: Box<str>,
    },
    /// The server sent more than we are willing to hold.
    #[error("limit reached: {what} over {limit}")]
    Limit {
        /// What was too big.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// The server broke the protocol so badly that the connection had to be given up.
    #[error("protocol broken: {detail}")]
    Protocol {
        /// For the log.
        detail: Box<str>,
    },
    /// The server does not offer what this command needs.
    #[error("the server does not offer {extension}")]
    Unsupported {
        /// Name of the extension as in CAPABILITY.
        extension: &'static str,
    },
    /// The value cannot be sent over IMAP at all, such as a NUL in a name.
    #[error("{what} cannot be sent")]
    Unsendable {
        /// Which value.
        what: &'static str,
    },
    /// The session is unusable after an earlier failure: connect again.
    #[error("the session is closed")]
    Closed,
}

impl From<TlsProblem> for Error {
    fn from(problem: TlsProblem) -> Self {
        Self::Tls(Box::new(problem), Chain::default())
    }
}

impl Error {
    /// Whether trying the same again later may help without the user (RFC 5530 for the codes).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        use ResponseCode::{InUse, Limit, ServerBug, Unavailable};
        matches!(self, Self::Offline { .. } | Self::Timeout { .. } | Self::Bye { .. } | Self::Closed)
            || matches!(self.code(), Some(Unavailable | InUse | ServerBug | Limit))
    }

    /// The server's reason in machine form, if it gave one.
    #[must_use]
    pub fn code(&self) -> Option<&ResponseCode> {
        if let Self::No { code, .. } | Self::AuthRejected { code, .. } = self {
            code.as_deref()
        } else {
            None
        }
    }
}
