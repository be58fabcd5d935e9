//! Passwords and tokens: held in memory wiped on drop, kept in the system keyring, never in a file or a log.

mod command;
mod keyring;

use crate::model::{Login, Server};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use zeroize::Zeroizing;

/// A secret text. `Debug` hides it; memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over a secret.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The secret itself. Call it only where the bytes go to the server or the keyring.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        // Both sides are known to the user's own process; timing tells nobody anything.
        self.expose() == other.expose()
    }
}
impl Eq for Secret {}

/// Where a password is kept. Never in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordPlace {
    /// In the system's keyring.
    #[default]
    Keyring,
    /// In memory until the program ends.
    Memory,
}

/// Why there is no password. Texts are for people and never contain the secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// No password was ever kept for this sign-in.
    #[error("no password is known")]
    Missing,
    /// There is no keyring on this system, or it does not answer.
    #[error("there is no keyring")]
    KeyringAbsent,
    /// The keyring is locked and was not unlocked.
    #[error("the keyring is locked")]
    KeyringLocked,
    /// The keyring refused for another reason.
    #[error("the keyring failed: {detail}")]
    KeyringFailed {
        /// Technical words.
        detail: String,
    },
    /// The password command failed, printed nothing or took too long.
    #[error("the password command failed: {detail}")]
    Command {
        /// Exit status; `None` if it did not start or was stopped.
        status: Option<i32>,
        /// First line of what it printed as an error.
        detail: String,
    },
}

/// For which sign-in a password is: two accounts with the same user and server share it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    user: String,
    host: String,
}

impl Key {
    fn new(login: &Login, server: &Server) -> Self {
        Self { user: login.user.clone(), host: server.host.to_ascii_lowercase() }
    }
}

/// Hears that the keyring has asked the user something and waits for the answer.
#[derive(Clone)]
struct Waiting(Arc<dyn Fn() + Send + Sync>);

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waiting")
    }
}

/// Finds and keeps passwords. Cheap to clone; all clones share one memory.
///
/// Order of looking: what the user typed in this run, then the account's password command, then the keyring.
#[derive(Clone, Debug)]
pub struct SecretStore {
    memory: Arc<Mutex<BTreeMap<Key, Secret>>>,
    keyring: Option<keyring::Keyring>,
    /// How many calls of the keyring wait for the user.
    asking: watch::Sender<usize>,
}

impl SecretStore {
    /// With the system's keyring. It is first touched when a password is needed.
    #[must_use]
    pub fn system() -> Self {
        Self::of_keyring(None)
    }

    /// The same for somebody who wants to know when the keyring waits for the user: `told` is called once each time.
    #[must_use]
    pub fn system_telling(told: impl Fn() + Send + Sync + 'static) -> Self {
        Self::of_keyring(Some(Waiting(Arc::new(told))))
    }

    fn of_keyring(told: Option<Waiting>) -> Self {
        let asking = watch::Sender::new(0);
        let keyring = keyring::Keyring::new(told, asking.clone());
        Self { memory: Arc::default(), keyring: Some(keyring), asking }
    }

    /// In memory only: demo, tests, throw-away profiles.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { memory: Arc::default(), keyring: None, asking: watch::Sender::new(0) }
    }

    /// Tells how many calls of the keyring wait for the user, who has to unlock it.
    #[must_use]
    pub fn asking(&self) -> watch::Receiver<usize> {
        self.asking.subscribe()
    }

    /// The password for a sign-in. May take as long as the user needs to unlock the keyring.
    ///
    /// # Errors
    /// Each way of not having one; see [`SecretError`].
    pub async fn find(&self, login: &Login, server: &Server) -> Result<Secret, SecretError> {
        let key = Key::new(login, server);
        if let Some(secret) = self.remembered(&key) {
            return Ok(secret);
        }
        if let Some(shell_command) = &login.password_command {
            return command::run(shell_command, command::TIMEOUT).await;
        }
        match &self.keyring {
            Some(keyring) => keyring.find(key).await,
            None => Err(SecretError::Missing),
        }
    }

    /// Keeps a password, replacing an older one.
    ///
    /// # Errors
    /// The keyring may be absent, locked or broken. The password is then remembered in memory
    /// nevertheless, so that the current run can go on.
    pub async fn keep(
        &self,
        login: &Login,
        server: &Server,
        secret: Secret,
        place: PasswordPlace,
    ) -> Result<(), SecretError> {
        let key = Key::new(login, server);
        self.edit(|memory| memory.insert(key.clone(), secret.clone()));
        match (place, &self.keyring) {
            (PasswordPlace::Keyring, Some(keyring)) => {
                keyring.keep(key.clone(), secret).await?;
                // One copy is enough, and a password changed elsewhere must be seen.
                self.edit(|memory| memory.remove(&key));
                Ok(())
            }
            (PasswordPlace::Keyring | PasswordPlace::Memory, _) => Ok(()),
        }
    }

    /// Puts a newer secret where the older one is kept: providers of OAuth may give a new token with each use.
    ///
    /// # Errors
    /// As [`SecretStore::keep`].
    pub async fn replace(&self, login: &Login, server: &Server, secret: Secret) -> Result<(), SecretError> {
        let in_memory = self.remembered(&Key::new(login, server)).is_some();
        let place = if in_memory { PasswordPlace::Memory } else { PasswordPlace::Keyring };
        self.keep(login, server, secret, place).await
    }

    /// Forgets a password everywhere.
    ///
    /// # Errors
    /// The keyring may be absent, locked or broken.
    pub async fn forget(&self, login: &Login, server: &Server) -> Result<(), SecretError> {
        let key = Key::new(login, server);
        self.edit(|memory| memory.remove(&key));
        match &self.keyring {
            Some(keyring) => keyring.forget(key).await,
            None => Ok(()),
        }
    }

    fn remembered(&self, key: &Key) -> Option<Secret> {
        self.edit(|memory| memory.get(key).cloned())
    }

    fn edit<T>(&self, edit: impl FnOnce(&mut BTreeMap<Key, Secret>) -> T) -> T {
        // Nothing panics while holding it, and the map stays usable if something did.
        edit(&mut self.memory.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AuthMethod, Security};

    fn login(password_command: Option<&str>) -> (Login, Server) {
        let login = Login {
            user: "ada".into(),
            auth: AuthMethod::Password,
            password_command: password_command.map(str::to_owned),
            oauth: None,
        };
        (login, Server { host: "Mail.Example".into(), port: 993, security: Security::Tls })
    }

    #[test]
    fn debug_hides_the_secret() {
        let secret = Secret::new("tra-la-la".into());
        assert_eq!(format!("{secret:?}"), "***");
        let store = SecretStore::in_memory();
        store.edit(|m| m.insert(Key { user: "u".into(), host: "h".into() }, secret));
        assert!(!format!("{store:?}").contains("tra-la-la"));
    }

    #[tokio::test]
    async fn memory_keeps_and_forgets() {
        let store = SecretStore::in_memory();
        let (login, mut server) = login(None);
        assert_eq!(store.find(&login, &server).await, Err(SecretError::Missing));
        let secret = Secret::new("x".into());
        store.keep(&login, &server, secret.clone(), PasswordPlace::Keyring).await.unwrap();
        server.host = "mail.example".into();
        assert_eq!(store.clone().find(&login, &server).await, Ok(secret));
        store.forget(&login, &server).await.unwrap();
        assert_eq!(store.find(&login, &server).await, Err(SecretError::Missing));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn what_was_typed_goes_before_the_command() {
        let store = SecretStore::in_memory();
        let (login, server) = login(Some("echo from-command"));
        assert_eq!(store.find(&login, &server).await, Ok(Secret::new("from-command".into())));
        let typed = Secret::new("typed".into());
        store.keep(&login, &server, typed.clone(), PasswordPlace::Memory).await.unwrap();
        assert_eq!(store.find(&login, &server).await, Ok(typed));
    }
}
