//! What can go wrong while talking to a submission server, sorted by what the caller can do about it.

use super::reply::Reply;
use crate::net::{Chain, Mechanism, TlsProblem};
use std::io;
use std::sync::Arc;

/// Why a connection or a command failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// No link to the server, or it broke: try again later.
    #[error("cannot reach the server: {0}")]
    Offline(Arc<io::Error>),
    /// The server did not answer in time.
    #[error("no answer in time: {what}")]
    Timeout {
        /// What was waited for.
        what: &'static str,
    },
    /// The server's identity could not be proved.
    #[error("{0}")]
    Tls(Box<TlsProblem>, Chain),
    /// Something else than a mail server answers there.
    #[error("this is not a submission server: {detail}")]
    NotSmtp {
        /// The beginning of what it said, made safe to show.
        detail: String,
    },
    /// The server cannot or will not encrypt on this port.
    #[error("the server refused STARTTLS")]
    StartTlsRefused,
    /// Somebody slipped data in before the encryption began.
    #[error("data was injected before the encryption began")]
    StartTlsInjection,
    /// User name or password is wrong, or the account is not allowed to.
    #[error("{mechanism} sign-in refused: {reply}")]
    AuthRejected {
        /// Mechanism that was tried last.
        mechanism: Mechanism,
        /// The server's words.
        reply: Reply,
    },
    /// The server could not prove that it knows the password.
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
    /// The server refused a command.
    #[error("{command} refused: {reply}")]
    Refused {
        /// Which.
        command: &'static str,
        /// Its words.
        reply: Reply,
    },
    /// User name, password or token cannot be sent.
    #[error("user name, password or token cannot be sent")]
    Unsendable,
    /// The server broke the protocol.
    #[error("protocol broken: {detail}")]
    Protocol {
        /// Technical words.
        detail: String,
    },
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Offline(Arc::new(error))
    }
}

impl From<TlsProblem> for Error {
    fn from(problem: TlsProblem) -> Self {
        Self::Tls(Box::new(problem), Chain::default())
    }
}
