//! Consistent read-only views, and the pool of connections behind them.
//! The queries themselves are beside the tables.

use super::writer::{Shared, revision};
use super::{StoreError, open};
use crate::model::Revision;
use rusqlite::Connection;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Idle readers kept open: the window, the worker and one to spare.
const IDLE_READERS: usize = 4;

/// Connections that can only read.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) shared: Arc<Shared>,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, idle: Mutex::new(Vec::new()) }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Result<Connection, StoreError> {
        // Taken out in its own statement, so that no file is opened while the pool is locked.
        let idle = self.idle().pop();
        idle.map_or_else(|| open::reader(&self.shared.dir, self.shared.frozen.is_some()), Ok)
    }

    fn put_back(&self, connection: Connection) {
        let mut idle = self.idle();
        if idle.len() < IDLE_READERS {
            idle.push(connection);
        }
    }

    /// Closes idle connections, so that the last one to close can tidy up the log.
    pub(super) fn close(&self) {
        self.idle().clear();
    }

    /// Runs a query outside of any snapshot.
    pub(super) fn peek<T>(
        &self,
        f: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = self.take()?;
        let result = f(&connection).map_err(|e| e.at(&self.shared.dir));
        self.put_back(connection);
        result
    }
}

/// A view of the store at one moment; later writes do not show in it.
///
/// Keep it short: while it lives, the write-ahead log cannot be folded into the database.
#[derive(Debug)]
pub struct Snapshot {
    /// `None` only while it is dropped.
    connection: Option<Connection>,
    pool: Arc<Pool>,
    revision: Revision,
}

impl Snapshot {
    pub(super) fn take(pool: Arc<Pool>) -> Result<Self, StoreError> {
        let connection = pool.take()?;
        let begin = || {
            connection.prepare_cached("BEGIN")?.execute([])?;
            // The first read is what fixes the moment.
            revision(&connection)
        };
        let revision = begin().map_err(|e| e.at(&pool.shared.dir))?;
        Ok(Self { connection: Some(connection), pool, revision })
    }

    /// State of the store that this view shows.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// Runs a query of this view.
    pub(super) fn read<T>(
        &self,
        f: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = self.connection.as_ref().ok_or(StoreError::Closed)?;
        f(connection).map_err(|e| e.at(&self.pool.shared.dir))
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.pool.shared
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let ended = connection.prepare_cached("COMMIT").and_then(|mut s| s.execute([]));
        // A connection that is in doubt is closed, not used again.
        if ended.is_ok() {
            self.pool.put_back(connection);
        }
    }
}
