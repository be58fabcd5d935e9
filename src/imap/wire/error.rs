//! What can go wrong below IMAP commands.

use std::io;

/// Which cap was hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// One response without its literals.
    Line,
    /// One literal.
    Literal,
    /// One response.
    Frame,
    /// Number of literals in one response.
    Literals,
    /// All bytes before login.
    Total,
    /// Responses that nobody took.
    Queue,
}

/// The stream is of no more use. async-imap carries it inside an [`io::Error`]: see [`WireError::from_io`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The server closed the connection between two responses.
    #[error("the server closed the connection")]
    Closed,
    /// The server closed the connection in the middle of a response.
    #[error("the server closed the connection in the middle of a response")]
    Truncated,
    /// The transport failed.
    #[error("connection lost: {0}")]
    Lost(io::ErrorKind),
    /// A response is larger than anything honest.
    #[error("the server sent too much ({what:?}, limit {limit})")]
    TooLong {
        /// Which cap was hit.
        what: Cap,
        /// Its value.
        limit: u64,
    },
    /// The first thing the server sent is no IMAP greeting.
    #[error("not an IMAP server: {start:?}")]
    NotImap {
        /// The first line or what came of it.
        start: String,
    },
    /// There were bytes behind the answer after which TLS begins.
    #[error("{bytes} bytes were injected before TLS")]
    Injected {
        /// How many.
        bytes: usize,
    },
}

impl WireError {
    /// Finds the error in one that came through async-imap.
    #[must_use]
    pub fn from_io(error: &io::Error) -> Option<&Self> {
        error.get_ref().and_then(|inner| inner.downcast_ref())
    }
}

impl From<WireError> for io::Error {
    fn from(error: WireError) -> Self {
        let kind = match &error {
            WireError::Closed | WireError::Truncated => io::ErrorKind::UnexpectedEof,
            WireError::Lost(kind) => *kind,
            WireError::TooLong { .. } | WireError::NotImap { .. } | WireError::Injected { .. } => {
                io::ErrorKind::InvalidData
            }
        };
        Self::new(kind, error)
    }
}
