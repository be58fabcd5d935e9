//! What clients said to the server, without their passwords, and how many bytes went each way.

use super::command::{FetchItem, SectionKind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// One command as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Number of the connection, from 1.
    pub connection: u32,
    /// Such as `UID FETCH`.
    pub verb: String,
    /// The command without tag and line end; passwords are `***`, long literals only their length.
    pub line: String,
    /// Whether imap-codec, an independent reading of the grammar, accepts it. Commands of newer extensions
    /// are not in its grammar.
    pub by_the_book: bool,
}

/// Longest command text that is kept.
const MAX_LINE: usize = 4096;

/// The record of a server. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    entries: Mutex<Vec<LogEntry>>,
    received: AtomicU64,
    sent: AtomicU64,
    headers: AtomicU64,
    bodies: AtomicU64,
}

/// Bytes that went over all links, inside TLS, and what they were for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServerTraffic {
    /// From clients.
    pub received: u64,
    /// To clients.
    pub sent: u64,
    /// Headers of messages, whole or some fields, that FETCH gave.
    pub headers: u64,
    /// Other sections of messages that FETCH gave.
    pub bodies: u64,
}

impl Log {
    pub(crate) fn command(&self, connection: u32, verb: &str, bytes: &[u8], by_the_book: bool) {
        let entry = LogEntry { connection, verb: verb.to_owned(), line: redact(verb, bytes), by_the_book };
        self.0.entries.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }

    pub(crate) fn entries(&self) -> Vec<LogEntry> {
        self.0.entries.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn clear(&self) {
        self.0.entries.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn received(&self, bytes: usize) {
        self.0.received.fetch_add(u64::try_from(bytes).unwrap_or(0), Ordering::Relaxed);
    }

    pub(crate) fn sent(&self, bytes: usize) {
        self.0.sent.fetch_add(u64::try_from(bytes).unwrap_or(0), Ordering::Relaxed);
    }

    pub(crate) fn traffic(&self) -> ServerTraffic {
        ServerTraffic {
            received: self.0.received.load(Ordering::Relaxed),
            sent: self.0.sent.load(Ordering::Relaxed),
            headers: self.0.headers.load(Ordering::Relaxed),
            bodies: self.0.bodies.load(Ordering::Relaxed),
        }
    }

    /// One message went out with these items.
    pub(crate) fn fetched(&self, items: &[FetchItem]) {
        for item in items {
            let FetchItem::Section { section, .. } = item else { continue };
            let of_header = matches!(section.kind, SectionKind::Header | SectionKind::Fields { .. });
            let counter = if of_header { &self.0.headers } else { &self.0.bodies };
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn redact(verb: &str, bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_end().split_once(' ').map_or("", |(_, rest)| rest);
    match verb {
        "LOGIN" => "LOGIN *** ***".to_owned(),
        "AUTHENTICATE" => {
            let mechanism = text.split_ascii_whitespace().nth(1).unwrap_or_default();
            format!("AUTHENTICATE {mechanism} ***")
        }
        "APPEND" => text.lines().next().unwrap_or_default().to_owned(),
        _ => text.chars().take(MAX_LINE).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_mails_stay_out_of_the_record() {
        assert_eq!(redact("LOGIN", b"a LOGIN ada secret\r\n"), "LOGIN *** ***");
        assert_eq!(redact("AUTHENTICATE", b"a AUTHENTICATE PLAIN c2VjcmV0\r\n"), "AUTHENTICATE PLAIN ***");
        assert_eq!(redact("APPEND", b"a APPEND Sent {5}\r\nhello\r\n"), "APPEND Sent {5}");
        assert_eq!(redact("NOOP", b"a NOOP\r\n"), "NOOP");
    }
}
