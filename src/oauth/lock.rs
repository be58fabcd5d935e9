//! One process at a time renews the sign-in of an account: a provider that rotates refresh tokens takes a second use of
//! one for theft, and whoever comes second must find the new one in the keyring first.

use ring::digest;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;

/// Whoever holds it waits for a provider at most so long (see `http`), and for the keyring.
const LONGEST: Duration = Duration::from_secs(40);
/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(50);

/// Held over a renewal. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Turn {
    /// `None` where there are no locks: then it is as if this were the only process.
    _file: Option<File>,
}

impl Turn {
    /// Waits for the turn of this process. Without a folder, or a lock that can be had, it goes on all the same.
    pub(super) async fn take(folder: Option<&Path>, account: &str) -> Self {
        let Some(path) = folder.map(|folder| folder.join(name(account))) else { return Self { _file: None } };
        let end = Instant::now() + LONGEST;
        loop {
            match open(path.clone()).await {
                Ok(Some(file)) => return Self { _file: Some(file) },
                Ok(None) if Instant::now() < end => tokio::time::sleep(PAUSE).await,
                Ok(None) => {
                    tracing::warn!("another process renews a sign-in without end");
                    return Self { _file: None };
                }
                Err(error) => {
                    tracing::info!(%error, "no lock for renewing a sign-in");
                    return Self { _file: None };
                }
            }
        }
    }
}

/// Addresses are not good names of files.
fn name(account: &str) -> String {
    let hash = digest::digest(&digest::SHA256, account.to_ascii_lowercase().as_bytes());
    let hex: String = hash.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("sign-in-{hex}.lock")
}

/// The lock, unless somebody else has it.
async fn open(path: PathBuf) -> std::io::Result<Option<File>> {
    let attempt = move || {
        let mut options = File::options();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        if let Some(folder) = path.parent() {
            // A profile without settings of its own has none yet.
            let mut builder = std::fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.recursive(true).create(folder)?;
        }
        let file = options.open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    };
    tokio::task::spawn_blocking(attempt).await.map_err(std::io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_account_has_one_turn_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        // The folder may not be there yet.
        let folder = dir.path().join("config");
        let first = Turn::take(Some(&folder), "ada@example.org").await;
        assert!(open(folder.join(name("ADA@example.org"))).await.unwrap().is_none());
        let other = Turn::take(Some(&folder), "bob@example.org").await;
        assert!(other._file.is_some());
        drop(first);
        assert!(Turn::take(Some(&folder), "ada@example.org").await._file.is_some());
        // No folder, no lock: it works all the same.
        std::fs::write(dir.path().join("file"), "").unwrap();
        assert!(Turn::take(Some(&dir.path().join("file/config")), "x").await._file.is_none());
        assert!(!name("ada@example.org").contains("ada"));
    }
}
