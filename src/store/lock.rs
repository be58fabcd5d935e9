//! Who carries out the journal of an account: one process at a time.

use super::StoreError;
use super::open::private_options;
use crate::model::AccountId;
use std::fs::{File, TryLockError};
use std::path::Path;

/// Held while operations are sent. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct JournalLock {
    /// `None` on file systems without locks: SQLite's own locks keep single writes apart there.
    _file: Option<File>,
}

impl JournalLock {
    pub(super) fn take(dir: &Path, account: AccountId) -> Result<Option<Self>, StoreError> {
        let path = dir.join(format!("journal-{account}.lock"));
        let file = private_options()
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| StoreError::io(&path, error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: Some(file) })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(_)) => Ok(Some(Self { _file: None })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holds_it() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (AccountId::from_row(1), AccountId::from_row(2));
        let first = JournalLock::take(dir.path(), one).unwrap();
        assert!(first.is_some());
        assert!(JournalLock::take(dir.path(), one).unwrap().is_none());
        assert!(JournalLock::take(dir.path(), two).unwrap().is_some(), "each account has its own");
        drop(first);
        assert!(JournalLock::take(dir.path(), one).unwrap().is_some());
    }
}
