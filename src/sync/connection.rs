//! What is known of an account's connections, for whoever wants to look at it.

use super::shared::Shared;
use crate::imap::Session;
use crate::model::UnixTime;
use std::sync::{Mutex, PoisonError};

/// How the connections of an account stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionState {
    /// Open ones.
    pub open: usize,
    /// So many are opened at most: three, or fewer where the server refused more.
    pub allowed: usize,
    /// Bytes from the server since the start.
    pub bytes_in: u64,
    /// Bytes to the server since the start.
    pub bytes_out: u64,
    /// When all mailboxes were compared with the server last.
    pub last_pass: Option<UnixTime>,
    /// What the server says that it can do, after the sign-in.
    pub capabilities: Vec<String>,
    /// Such as `TLS 1.3`; empty as long as there was no connection.
    pub tls_version: String,
    /// Name of the cipher suite.
    pub cipher: String,
    /// How the user signed in, such as `SCRAM-SHA-256`.
    pub mechanism: String,
}

/// What is noted as it happens.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<ConnectionState>);

impl Known {
    fn edit(&self, edit: impl FnOnce(&mut ConnectionState)) {
        edit(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// A connection was opened.
    pub(super) fn opened(&self, session: &Session) {
        let details = session.security();
        self.edit(|known| {
            known.capabilities = session.capabilities().words().map(str::to_owned).collect();
            details.tls_version.clone_into(&mut known.tls_version);
            known.cipher.clone_from(&details.cipher);
            known.mechanism = details.mechanism.to_string();
        });
    }

    /// All mailboxes were compared.
    pub(super) fn passed(&self, now: UnixTime) {
        self.edit(|known| known.last_pass = Some(now));
    }
}

impl Shared {
    /// How the connections stand now.
    pub(super) fn connection(&self) -> ConnectionState {
        ConnectionState {
            open: self.links.open(),
            allowed: self.links.allowed(),
            bytes_in: self.links.meter.bytes_in(),
            bytes_out: self.links.meter.bytes_out(),
            ..self.known.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
        }
    }
}
