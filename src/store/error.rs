//! What can go wrong in the store, by what the caller can do about it. Knows no text for people beyond one English line.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why the store refused. The transaction in question left no trace, with one exception: if the last step of
/// making a journalled change durable fails, it shows, but a power failure might take it back.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Free some space and try again; nothing is half-written.
    #[error(
        "the disk is full: the mail store in {dir} could not be written, nothing was changed; free some space and try again"
    )]
    DiskFull {
        /// Folder of the store.
        dir: PathBuf,
    },
    /// Another process is writing for longer than we wait; try again later.
    #[error("the mail store is in use by another process; try again in a moment")]
    Busy,
    /// The file was written by a newer version; update the program.
    #[error(
        "the mail store {path} was written by a newer version of Postrider (format {found}, this one knows {known}); please update"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format that this version can read.
        known: i64,
    },
    /// The file is an SQLite database of some other program.
    #[error("{path} is not a mail store of Postrider; choose another profile folder")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged. It is left as it is.
    #[error(
        "the mail store {path} is damaged ({detail}); nothing was deleted. Move the file elsewhere and start again: mail is fetched from the server anew"
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite noticed.
        detail: String,
    },
    /// A file or folder of the store cannot be used; the operating system says why.
    #[error("{path}: {source}")]
    File {
        /// What was touched.
        path: PathBuf,
        /// Why it failed.
        source: Arc<io::Error>,
    },
    /// The row that was asked for is not there (any more): drop it from the view.
    #[error("no such {what} in the store")]
    Gone {
        /// Kind of row.
        what: &'static str,
    },
    /// The name is taken: choose another one.
    #[error("there is such a {what} already")]
    Exists {
        /// Kind of row.
        what: &'static str,
    },
    /// A value is too large for the store; skip it.
    #[error("{what} has {size} bytes, more than {limit}")]
    TooLarge {
        /// What it was.
        what: &'static str,
        /// Its size.
        size: u64,
        /// The limit.
        limit: u64,
    },
    /// Another download already writes the same part; wait for that one.
    #[error("this part is being written already")]
    PartBusy,
    /// The store was closed, or its writer ended.
    #[error("the mail store is closed")]
    Closed,
    /// A write transaction panicked and was rolled back: a bug of ours.
    #[error("internal error while writing ({label}); nothing was changed")]
    Panicked {
        /// Name of the transaction.
        label: &'static str,
    },
    /// A write went on after an error that had ended its transaction: a bug of ours.
    #[error("a write ({label}) was broken off by an earlier error; nothing was changed")]
    BrokenOff {
        /// Name of the transaction.
        label: &'static str,
    },
    /// SQLite refused for another reason, which is a bug of ours.
    #[error("internal error of the mail store: {0}")]
    Sql(Arc<rusqlite::Error>),
}

impl From<rusqlite::Error> for StoreError {
    /// Keeps the cause; [`StoreError::at`] sorts it once the folder is known.
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(Arc::new(error))
    }
}

impl StoreError {
    /// Sorts an SQLite error by what can be done about it.
    #[allow(clippy::wildcard_enum_match_arm, reason = "a foreign enum that grows")]
    pub(super) fn at(self, dir: &Path) -> Self {
        use rusqlite::ErrorCode as Code;
        let Self::Sql(error) = &self else { return self };
        let rusqlite::Error::SqliteFailure(failure, text) = error.as_ref() else { return self };
        let path = dir.join(super::open::FILE_NAME);
        match failure.code {
            Code::DiskFull => Self::DiskFull { dir: dir.to_owned() },
            Code::SystemIoFailure if is_write_failure(failure.extended_code) => {
                Self::DiskFull { dir: dir.to_owned() }
            }
            Code::SystemIoFailure | Code::CannotOpen | Code::PermissionDenied | Code::ReadOnly => {
                let mut text = text.clone().unwrap_or_else(|| failure.to_string());
                if failure.code == Code::ReadOnly {
                    "the disk or the folder is read-only, so nothing was changed; make it writable and try again"
                        .clone_into(&mut text);
                }
                let kind = match failure.code {
                    Code::PermissionDenied | Code::ReadOnly => io::ErrorKind::PermissionDenied,
                    _ => io::ErrorKind::Other,
                };
                Self::File { path, source: Arc::new(io::Error::new(kind, text)) }
            }
            Code::DatabaseCorrupt | Code::NotADatabase => {
                Self::Corrupt { path, detail: text.clone().unwrap_or_else(|| failure.to_string()) }
            }
            Code::DatabaseBusy | Code::DatabaseLocked => Self::Busy,
            _ => self,
        }
    }

    /// Sorts an error of the file system.
    #[allow(clippy::wildcard_enum_match_arm, reason = "a foreign enum that grows")]
    pub(super) fn io(path: &Path, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                let dir = path.parent().unwrap_or(path);
                Self::DiskFull { dir: dir.to_owned() }
            }
            _ => Self::File { path: path.to_owned(), source: Arc::new(error) },
        }
    }
}

/// A quota or a full disk below a network file system comes as one of these instead of `SQLITE_FULL`.
fn is_write_failure(extended_code: i32) -> bool {
    use rusqlite::ffi;
    [ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_SHMSIZE, ffi::SQLITE_IOERR_TRUNCATE]
        .contains(&extended_code)
}
