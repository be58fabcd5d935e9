//! Who put which mail where and who took it away: what a test of "nothing is lost" is judged by. Kept only on
//! request, since it grows with every mail.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which mail; a copy has a number of its own.
    pub serial: u64,
    /// The connection that did it; 0 is somebody else, such as a second client.
    pub by: u32,
    /// What happened.
    pub what: Happened,
}

/// What happened to a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It came into a mailbox: out of another mail (copied or moved), or from outside.
    Added {
        /// The mail that it is a copy of.
        from: Option<u64>,
        /// Its subject, since a `Message-ID` may be missing or stand in several.
        subject: Option<String>,
    },
    /// It got `\Deleted`.
    Marked,
    /// It is gone.
    Expunged,
    /// It is gone with its mailbox, which had this name.
    Dropped(String),
}

#[derive(Debug, Default)]
struct Book {
    entries: Vec<Entry>,
    kept: bool,
    by: u32,
    serial: u64,
}

/// The ledger of one server. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger(Arc<Mutex<Book>>);

impl Ledger {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn keep(&self) {
        self.book().kept = true;
    }

    /// Says who acts from now on; gives who did before.
    pub(super) fn act_as(&self, by: u32) -> u32 {
        std::mem::replace(&mut self.book().by, by)
    }

    pub(super) fn entries(&self) -> Vec<Entry> {
        self.book().entries.clone()
    }

    /// The number of a new mail.
    pub(super) fn added(&self, from: Option<u64>, subject: impl FnOnce() -> Option<String>) -> u64 {
        let mut book = self.book();
        book.serial += 1;
        let (serial, by) = (book.serial, book.by);
        if book.kept {
            book.entries.push(Entry { serial, by, what: Happened::Added { from, subject: subject() } });
        }
        serial
    }

    pub(super) fn note(&self, serial: u64, what: Happened) {
        let mut book = self.book();
        let by = book.by;
        if book.kept {
            book.entries.push(Entry { serial, by, what });
        }
    }
}
