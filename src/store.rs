//! The local store on SQLite: accounts, mailboxes, messages, parts and the journal of one profile.
//! Never sees the network.
//!
//! Invariant: every write is one transaction on the one writer thread, and what it changed is told as
//! [`Changes`]. Readers see a [`Snapshot`] that no write can disturb.

mod account;
mod blob;
mod body;
mod changes;
mod codec;
mod column;
mod error;
mod flags;
mod fuse;
mod history;
mod journal;
mod list;
mod lock;
mod mailbox;
mod message;
mod open;
mod operation;
mod options;
mod orphan;
mod outline;
mod pack;
mod part;
mod place;
mod relink;
mod row;
mod sender;
mod snapshot;
#[cfg(test)]
mod tests;
mod thread;
mod write;
mod writer;

pub use blob::{PartWriter, WrittenPart};
pub use body::{BodyFacts, BodySettings, MissingBody, NewBody, PackedBody};
pub use changes::{ChangedMessages, Changes, MAX_CHANGED};
pub use error::StoreError;
pub use history::{Foreign, ForeignChange};
pub use journal::action::{ActionRow, Activity};
pub use journal::append::{Appending, Floor};
pub use journal::label::Label;
pub use journal::landing::Landed;
pub use journal::place::Carried;
pub use journal::split::Failure;
pub use journal::unfinished::Unfinished;
pub use list::Likeness;
pub use lock::JournalLock;
pub use operation::{Naming, Operation, OperationKind, OperationState, Standing, Target};
pub use part::{PartFile, PartSource};
pub use place::Piece;
pub use row::{
    AccountRow, Arrival, Conversation, Fingerprint, FlagsRow, MailboxInfo, MailboxRow, MailboxState,
    MessageDetail, MessageRow, NewMessage, Placed, Placement, RowMark, SortOrder, StoredPart, ThreadMessage,
    ThreadSummary,
};
pub use sender::{Consent, Preference, SenderMemory};
pub use snapshot::Snapshot;
pub use write::Write;

use crate::model::{MessageId, PartPath};
use snapshot::Pool;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use writer::{Job, Shared, Writer};

/// The store of one profile. Clones share it; it is closed when the last one is dropped.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    pool: Arc<Pool>,
    /// `None` only while it is dropped. Unbounded: those who write wait for the answer anyway.
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("dir", &self.shared.dir).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.pool.close();
        drop(self.jobs.take());
        let Some(thread) = self.thread.take() else { return };
        // A closure may hold the last clone; the thread cannot wait for itself.
        if thread.thread().id() != std::thread::current().id() && thread.join().is_err() {
            tracing::error!("the writer of the store panicked");
        }
    }
}

impl Store {
    /// Opens the store in a folder; makes both if they are not there. Blocking.
    ///
    /// # Errors
    /// The folder cannot be used, or the file in it is damaged, foreign or of a newer version. Nothing is
    /// deleted in any case.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        Self::start(dir, open::prepare(dir)?, None)
    }

    /// The same, but a store that cannot be written, as the disk is full or read-only, can at least be read. Each write
    /// then fails for that reason, also after it has passed: meant for short runs.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_or_look(dir: &Path) -> Result<Self, StoreError> {
        match Self::open(dir) {
            Err(why @ (StoreError::DiskFull { .. } | StoreError::File { .. })) => match open::look(dir) {
                Some(connection) => Self::start(dir, connection, Some(why)),
                None => Err(why),
            },
            other => other,
        }
    }

    fn start(
        dir: &Path,
        connection: rusqlite::Connection,
        frozen: Option<StoreError>,
    ) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared::new(dir, frozen));
        let (jobs, thread) = Writer::start(connection, Arc::clone(&shared)).map_err(|e| e.at(dir))?;
        let pool = Arc::new(Pool::new(Arc::clone(&shared)));
        let inner = Inner { shared, pool, jobs: Some(jobs), thread: Some(thread) };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The folder that it was opened in; other small files of the profile's data may lie there too.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.inner.shared.dir
    }

    fn submit(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.inner.jobs.as_ref().ok_or(StoreError::Closed)?;
        jobs.send(job).map_err(|_| StoreError::Closed)
    }

    /// Runs one write transaction on the writer thread. If the future is dropped the transaction still runs.
    ///
    /// # Errors
    /// Those of the closure, and those of the disk; the transaction has left no trace then.
    pub async fn write<T: Send + 'static>(
        &self,
        label: &'static str,
        f: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = tokio::sync::oneshot::channel();
        self.submit(Box::new(move |writer| {
            // Nobody waiting is fine: the change is broadcast.
            let _ = answer.send(writer.transact(label, f));
        }))?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// The same for code without a runtime. Never call it from an async task or from within a write.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_blocking<T: Send + 'static>(
        &self,
        label: &'static str,
        f: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = mpsc::sync_channel(1);
        self.submit(Box::new(move |writer| {
            let _ = answer.send(writer.transact(label, f));
        }))?;
        answered.recv().map_err(|_| StoreError::Closed)?
    }

    /// A consistent view of now. Takes microseconds, but can block: use it from `spawn_blocking`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Snapshot::take(Arc::clone(&self.inner.pool))
    }

    /// All later changes. A subscriber that lagged behind has to reload everything.
    #[must_use]
    pub fn subscribe(&self) -> tokio::sync::broadcast::Receiver<Changes> {
        self.inner.shared.subscribe()
    }

    /// Whether another process wrote since the last look or write; if so, [`Changes::everything`] is
    /// broadcast too. Reads one row, but waits for a running commit: use it from `spawn_blocking`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn external_change(&self) -> Result<bool, StoreError> {
        self.inner.pool.peek(|connection| self.inner.shared.notice(connection))
    }

    /// Writes a large part piece by piece outside of any transaction and resumes what an earlier, interrupted
    /// writer left. Hand the result of [`PartWriter::finish`] to [`Write::put_written_part`].
    ///
    /// # Errors
    /// Another writer is at this part, or the disk refuses.
    pub fn part_writer(&self, message: MessageId, path: &PartPath) -> Result<PartWriter, StoreError> {
        PartWriter::open(&self.inner.shared.blobs, message, path)
    }

    /// For tests of what a crash leaves: after so many more commits no transaction is run any more, and nobody gets
    /// an answer, until the store is closed. The result turns true at that moment.
    #[must_use]
    pub fn crash_after(&self, commits: u64) -> tokio::sync::watch::Receiver<bool> {
        self.inner.shared.fuse.light(commits);
        self.inner.shared.fuse.watch()
    }

    /// Keeps other processes from carrying out the journal of an account at the same time; what is not idempotent
    /// could be done twice. `None`: another one is at it. Let go when the value is dropped, also by a crash.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn lock_journal(&self, account: crate::model::AccountId) -> Result<Option<JournalLock>, StoreError> {
        JournalLock::take(&self.inner.shared.dir, account)
    }
}
