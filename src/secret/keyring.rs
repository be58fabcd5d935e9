//! The system's keyring: Secret Service, Keychain, Windows Credential Manager.
//!
//! All calls block, some as long as the user needs to unlock, and they panic inside an async task: only
//! ever from `spawn_blocking`. The first real read is the probe; opening alone proves nothing, because a
//! locked keyring opens well.

use super::{Key, Secret, SecretError, Waiting};
use keyring_core::{Entry, Error};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Service name of our entries, as people see it in their keyring program.
const SERVICE: &str = "postrider";

/// A keyring that takes longer has asked the user something.
const USUAL: Duration = Duration::from_secs(2);

/// The keyring, opened at first use and opened again after it failed.
#[derive(Clone)]
pub(super) struct Keyring {
    open: Arc<Mutex<Option<Arc<keyring_core::CredentialStore>>>>,
    waiting: Option<Waiting>,
    asking: watch::Sender<usize>,
}

/// Counts one call that waits for the user, also if nobody waits for the call any more.
struct Asking(watch::Sender<usize>);

impl Asking {
    fn begin(count: &watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count.clone())
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring")
    }
}

impl Keyring {
    pub(super) fn new(waiting: Option<Waiting>, asking: watch::Sender<usize>) -> Self {
        Self { open: Arc::default(), waiting, asking }
    }

    pub(super) async fn find(&self, key: Key) -> Result<Secret, SecretError> {
        self.with_entry(key, |entry| entry.get_password().map(Secret::new)).await
    }

    pub(super) async fn keep(&self, key: Key, secret: Secret) -> Result<(), SecretError> {
        self.with_entry(key, move |entry| entry.set_password(secret.expose())).await
    }

    pub(super) async fn forget(&self, key: Key) -> Result<(), SecretError> {
        match self.with_entry(key, Entry::delete_credential).await {
            Err(SecretError::Missing) => Ok(()),
            other => other,
        }
    }

    async fn with_entry<T: Send + 'static>(
        &self,
        key: Key,
        work: impl Fn(&Entry) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T, SecretError> {
        let keyring = self.clone();
        let mut job = tokio::task::spawn_blocking(move || keyring.blocking(&key, work));
        let done = match tokio::time::timeout(USUAL, &mut job).await {
            Ok(done) => done,
            Err(_) => {
                tracing::info!("the keyring waits for the user");
                self.waiting.iter().for_each(|waiting| (waiting.0)());
                let _asking = Asking::begin(&self.asking);
                job.await
            }
        };
        done.unwrap_or_else(|error| Err(SecretError::KeyringFailed { detail: error.to_string() }))
    }

    fn blocking<T>(
        &self,
        key: &Key,
        work: impl Fn(&Entry) -> keyring_core::Result<T>,
    ) -> Result<T, SecretError> {
        let user = format!("{}@{}", key.user, key.host);
        let attempt = || {
            let store = self.store().map_err(|error| cannot_open(&error))?;
            Ok(store.build(SERVICE, &user, None).and_then(|entry| work(&entry)))
        };
        match attempt()? {
            Err(Error::PlatformFailure(_)) => {
                // The daemon may have been restarted: once more over a new connection.
                *self.open.lock().unwrap_or_else(PoisonError::into_inner) = None;
                attempt()?
            }
            first => first,
        }
        .map_err(|error| sort_out(&error))
    }

    fn store(&self) -> keyring_core::Result<Arc<keyring_core::CredentialStore>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = &*open {
            return Ok(Arc::clone(store));
        }
        let store = platform_store()?;
        *open = Some(Arc::clone(&store));
        Ok(store)
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn platform_store() -> keyring_core::Result<Arc<keyring_core::CredentialStore>> {
    // Not by `keyring`: it remembers for good that there was no keyring at the first attempt.
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn platform_store() -> keyring_core::Result<Arc<keyring_core::CredentialStore>> {
    if let Err(error) = keyring::v1::Entry::store_status() {
        return Err(Error::NotSupportedByStore(error.to_string()));
    }
    keyring_core::get_default_store().ok_or(Error::NoDefaultStore)
}

/// What cannot even be opened is not there: no bus, no service on it.
fn cannot_open(error: &Error) -> SecretError {
    tracing::info!(%error, "no keyring");
    SecretError::KeyringAbsent
}

/// Tells apart what the user can do about it.
fn sort_out(error: &Error) -> SecretError {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the enum is open, and one answer fits the rest")]
    match error {
        Error::NoEntry => SecretError::Missing,
        Error::NoStorageAccess(_) => SecretError::KeyringLocked,
        Error::NoDefaultStore | Error::NotSupportedByStore(_) => SecretError::KeyringAbsent,
        // The raw bytes are in these errors; they stay out of every text.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            SecretError::KeyringFailed { detail: "the kept password is not readable".to_owned() }
        }
        Error::Ambiguous(_) => SecretError::KeyringFailed { detail: "several entries match".to_owned() },
        other => SecretError::KeyringFailed { detail: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_apart() {
        let io = || Box::new(std::io::Error::from(std::io::ErrorKind::NotFound));
        assert_eq!(sort_out(&Error::NoEntry), SecretError::Missing);
        assert_eq!(sort_out(&Error::NoStorageAccess(io())), SecretError::KeyringLocked);
        assert_eq!(sort_out(&Error::NoDefaultStore), SecretError::KeyringAbsent);
        assert!(matches!(sort_out(&Error::PlatformFailure(io())), SecretError::KeyringFailed { .. }));
        let raw = sort_out(&Error::BadEncoding(b"hunter2".to_vec()));
        assert!(!format!("{raw:?}").contains("hunter2"));
    }
}
