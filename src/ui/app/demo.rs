//! The demo mailbox: an embedded server, a throw-away profile, an account that knows both.
//!
//! Runs in a task. Everything is gone when the [`Demo`] is dropped.

use crate::demo::{PASSWORD, Server, ServerConfig, USER, sample};
use crate::model::{Account, AuthMethod, Login, Security, UnixTime};
use crate::profile::Profile;
use crate::secret::{PasswordPlace, Secret, SecretStore};
use crate::store::Store;
use std::path::{Path, PathBuf};

/// Seed of the sample mails: the same ones each time, so that pictures and tests agree.
const SEED: u64 = 1;

/// A running demo.
pub struct Demo {
    /// Its folders.
    pub profile: Profile,
    /// Its store, with the demo account in it.
    pub store: Store,
    /// Knows the demo password.
    pub secrets: SecretStore,
    _server: Server,
    _dir: Throwaway,
}

impl std::fmt::Debug for Demo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Demo").field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// A folder that is removed when it is dropped.
#[derive(Debug)]
struct Throwaway(PathBuf);

impl Drop for Throwaway {
    fn drop(&mut self) {
        if let Err(why) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%why, "the demo profile could not be removed");
        }
    }
}

/// Starts a demo.
///
/// # Errors
/// In words for the log and the screen: no port, no temporary folder, no store.
pub async fn start(now: UnixTime) -> Result<Demo, String> {
    let server = Server::start(ServerConfig::new(sample::mailboxes(SEED, now), now)).await;
    let server = server.map_err(|why| why.to_string())?;
    let account = account(&server);
    let pem = server.ca_pem().to_owned();
    let made = tokio::task::spawn_blocking(move || files(&pem, account, now)).await;
    let (dir, profile, store, account) = made.map_err(|why| why.to_string())??;
    let secrets = SecretStore::in_memory();
    let password = Secret::new(PASSWORD.to_owned());
    secrets
        .keep(&account.login, &account.imap, password, PasswordPlace::Memory)
        .await
        .map_err(|why| why.to_string())?;
    Ok(Demo { profile, store, secrets, _server: server, _dir: dir })
}

fn account(server: &Server) -> Account {
    let imap =
        crate::model::Server { host: "localhost".into(), port: server.port(), security: Security::Tls };
    let login = Login { user: USER.into(), auth: AuthMethod::Password, password_command: None, oauth: None };
    Account {
        email: USER.into(),
        imap,
        smtp: None,
        smtp_user: None,
        login,
        ca_file: None,
        exceptions: Vec::new(),
    }
}

type Files = (Throwaway, Profile, Store, Account);

fn files(pem: &str, mut account: Account, now: UnixTime) -> Result<Files, String> {
    let name = format!("postrider-demo-{}-{}", std::process::id(), now.0);
    let path = std::env::temp_dir().join(name);
    private_dir(&path).map_err(|why| format!("{}: {why}", path.display()))?;
    let dir = Throwaway(path.clone());
    let ca_file = path.join("ca.pem");
    std::fs::write(&ca_file, pem).map_err(|why| format!("{}: {why}", ca_file.display()))?;
    account.ca_file = Some(ca_file);
    let profile = Profile::at(&path);
    let store = Store::open(profile.data_dir()).map_err(|why| why.to_string())?;
    let row = account.clone();
    store
        .write_blocking("demo account", move |write| write.add_account(&row))
        .map_err(|why| why.to_string())?;
    Ok((dir, profile, store, account))
}

/// Makes a folder that nobody else can read. It must be new: a folder laid there by somebody else is refused.
#[cfg(unix)]
fn private_dir(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn private_dir(path: &Path) -> std::io::Result<()> {
    std::fs::create_dir(path)
}
