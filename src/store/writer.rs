//! The one thread that writes. Runs each closure as one transaction and tells what it changed.

use super::blob::Blobs;
use super::fuse::Fuse;
use super::{Changes, StoreError, Write, open};
use crate::model::Revision;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;
use tokio::sync::broadcast;

/// One queued transaction; it carries its own way to answer.
pub(super) type Job = Box<dyn FnOnce(&Writer) + Send>;

/// What all parts of one store share.
#[derive(Debug)]
pub(super) struct Shared {
    /// Folder of the store.
    pub(super) dir: PathBuf,
    /// Files of large parts.
    pub(super) blobs: Blobs,
    /// For tests of crashes.
    pub(super) fuse: Fuse,
    /// Why nothing can be written, if the store was opened only to look at it.
    pub(super) frozen: Option<StoreError>,
    /// Revision of the last commit that this process made or noticed. Held while committing, so that a commit
    /// of ours is never taken for one of another process.
    known: Mutex<Revision>,
    changes: broadcast::Sender<Changes>,
}

/// Changes that a slow subscriber may fall behind before it is told to reload all.
const CHANGES_KEPT: usize = 256;

impl Shared {
    pub(super) fn new(dir: &Path, frozen: Option<StoreError>) -> Self {
        Self {
            dir: dir.to_owned(),
            frozen,
            blobs: Blobs::new(dir),
            fuse: Fuse::default(),
            known: Mutex::new(Revision::default()),
            changes: broadcast::channel(CHANGES_KEPT).0,
        }
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<Changes> {
        self.changes.subscribe()
    }

    fn tell(&self, changes: Changes) {
        // Nobody listening is fine: `postrider sync` has no window.
        let _ = self.changes.send(changes);
    }

    fn known(&self) -> MutexGuard<'_, Revision> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Compares with the revision in the file; whatever we did not commit ourselves came from another process.
    pub(super) fn notice(&self, connection: &Connection) -> Result<bool, StoreError> {
        let mut known = self.known();
        let found = revision(connection)?;
        let external = found > *known;
        if external {
            *known = found;
            self.tell(Changes::everything(found));
        }
        Ok(external)
    }
}

/// The revision of the state that this connection sees.
pub(super) fn revision(connection: &Connection) -> Result<Revision, StoreError> {
    let mut statement = connection.prepare_cached("SELECT revision FROM meta WHERE id = 1")?;
    let raw: i64 = statement.query_row([], |row| row.get(0))?;
    Ok(Revision(raw.unsigned_abs()))
}

/// Owns the only connection that can write.
#[derive(Debug)]
pub(super) struct Writer {
    connection: Connection,
    shared: Arc<Shared>,
    /// Whether SQLite may commit now. After some errors, such as a full disk, it rolls the transaction back and
    /// would commit each further statement by itself; a closure that went on regardless would leave half of
    /// what it does.
    may_commit: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the thread. It ends when the sender is dropped, after what is queued.
    pub(super) fn start(
        mut connection: Connection,
        shared: Arc<Shared>,
    ) -> Result<(mpsc::Sender<Job>, JoinHandle<()>), StoreError> {
        *shared.known() = revision(&connection)?;
        let dir = shared.dir.clone();
        let may_commit = Arc::new(AtomicBool::new(false));
        let gate = Arc::clone(&may_commit);
        connection.commit_hook(Some(move || !gate.load(Ordering::Relaxed)))?;
        let writer = Self { connection, shared, may_commit };
        let (sender, jobs) = mpsc::channel::<Job>();
        let run = move || {
            for job in jobs {
                if writer.shared.fuse.is_blown() {
                    writer.shared.fuse.silence(job);
                } else {
                    job(&writer);
                }
            }
        };
        let thread = std::thread::Builder::new().name("store".into()).spawn(run);
        Ok((sender, thread.map_err(|e| StoreError::io(&dir, e))?))
    }

    /// Runs one transaction; on any error nothing of it remains.
    pub(super) fn transact<T>(
        &self,
        label: &'static str,
        f: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let span = tracing::debug_span!("write", label);
        let _entered = span.enter();
        let result = self.attempt(label, f).map_err(|e| e.at(&self.shared.dir));
        if let Err(error) = &result {
            tracing::warn!(%error, "a write was rolled back");
        }
        result
    }

    fn attempt<T>(
        &self,
        label: &'static str,
        f: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if let Some(why) = &self.shared.frozen {
            return Err(why.clone());
        }
        let tx = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        // From here on the write lock is ours: what another process wrote is complete and visible.
        self.shared.notice(&tx)?;
        let before = tx.total_changes();
        let mut write = Write::new(&tx, &self.shared.blobs);
        let value = match catch_unwind(AssertUnwindSafe(|| f(&mut write))) {
            Ok(result) => result?,
            Err(_) => return Err(StoreError::Panicked { label }),
        };
        if tx.is_autocommit() {
            return Err(StoreError::BrokenOff { label });
        }
        let mut outcome = write.finish()?;
        if tx.total_changes() == before {
            return Ok(value);
        }
        outcome.changes.revision = self.commit(tx)?;
        self.shared.fuse.burn();
        self.shared.tell(outcome.changes);
        if outcome.durable {
            // If this fails the change is there, but must not be acted on: a power failure could still take it.
            open::sync_log(&self.shared.dir)?;
        }
        if !outcome.dead_files.is_empty() {
            self.bury(&outcome.dead_files);
        }
        Ok(value)
    }

    fn commit(&self, tx: Transaction<'_>) -> Result<Revision, StoreError> {
        let mut known = self.shared.known();
        let next = Revision(known.0.saturating_add(1));
        tx.prepare_cached("UPDATE meta SET revision = ?1 WHERE id = 1")?
            .execute([i64::try_from(next.0).unwrap_or(i64::MAX)])?;
        self.may_commit.store(true, Ordering::Relaxed);
        let committed = tx.commit();
        self.may_commit.store(false, Ordering::Relaxed);
        committed?;
        *known = next;
        Ok(next)
    }

    /// Removes files that no row names any more. The write lock keeps other processes from adding such a row
    /// meanwhile. Failing is harmless: the next sweep finds them.
    fn bury(&self, files: &[String]) {
        let work = || -> Result<(), StoreError> {
            let tx = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
            for name in files {
                if !super::part::is_used(&tx, name)? {
                    self.shared.blobs.remove(name)?;
                }
            }
            Ok(())
        };
        if let Err(error) = work() {
            tracing::warn!(%error, "files of purged parts are left for the next sweep");
        }
    }
}
