//! Whose client id is used: the account's own, one of the profile, of the environment, of the build, or none.

use super::error::{OAuthError, tidy};
use super::http::protected;
use super::provider::plain_word;
use crate::model::OAuthLogin;
use crate::secret::Secret;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use url::Url;

/// File in the folder of the profile's settings.
const FILE: &str = "oauth.toml";
/// As Google names the file that it lets people download.
const GOOGLE_PREFIX: &str = "client_secret";
/// As such a file is called once it was taken over; it comes first in the order of names.
const ADOPTED: &str = "client_secret.json";
/// Such files have some hundred bytes.
const MAX_FILE: u64 = 64 * 1024;

/// Who we are to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Client id.
    pub id: String,
    /// What some providers call the secret of a native app, though it is none (RFC 8252 section 8.5).
    pub secret: Option<Secret>,
    /// Where the browser comes back to, for a client id that is registered with one address only.
    pub redirect: Option<Url>,
}

#[derive(Clone, Debug, Deserialize)]
struct Entry {
    client_id: String,
    client_secret: Option<String>,
    redirect: Option<String>,
}

impl Entry {
    fn identity(self) -> Result<Identity, OAuthError> {
        Ok(Identity {
            id: plain_word(&self.client_id)?,
            secret: self.client_secret.map(Secret::new),
            redirect: self.redirect.as_deref().map(loopback).transpose()?,
        })
    }
}

/// An address of this computer, which is where the answer has to come back to.
fn loopback(text: &str) -> Result<Url, OAuthError> {
    match protected(text) {
        Ok(url) if url.scheme() == "http" => Ok(url),
        _ => Err(OAuthError::Listener {
            detail: format!("redirect in {FILE} has to begin with http://127.0.0.1, not be {}", tidy(text)),
        }),
    }
}

/// The shape of Google's download.
#[derive(Deserialize)]
struct Download {
    installed: Option<Entry>,
    web: Option<Entry>,
}

/// Why a file is not taken over as a client id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAClient {
    /// It cannot be read, or not be kept.
    #[error("{detail}")]
    File {
        /// Technical words.
        detail: String,
    },
    /// It is something else than what Google lets people download.
    #[error("this is not the client file that Google offers for download")]
    OfSomethingElse,
    /// It is for web pages: Google would not let the browser come back to this computer.
    #[error("this client id is for web pages, not for a desktop program")]
    OfWebPage,
    /// There is no profile to keep it in.
    #[error("there is no folder for settings")]
    NoFolder,
}

/// Finds client ids.
#[derive(Clone, Debug, Default)]
pub struct Identities {
    folder: Option<PathBuf>,
}

impl Identities {
    /// Looks into the folder of a profile's settings as well.
    #[must_use]
    pub fn of_profile(folder: &Path) -> Self {
        Self { folder: Some(folder.to_owned()) }
    }

    /// The folder of the profile's settings, if there is a profile.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Takes over the file that Google lets people download: from then on its client id is used. Blocking.
    ///
    /// # Errors
    /// Why the file is not one, or cannot be kept.
    pub fn adopt(&self, file: &Path) -> Result<(), NotAClient> {
        let folder = self.folder.as_deref().ok_or(NotAClient::NoFolder)?;
        let failed = |error: std::io::Error| NotAClient::File { detail: error.to_string() };
        let mut text = String::new();
        let opened = std::fs::File::open(file).map_err(failed)?;
        opened.take(MAX_FILE).read_to_string(&mut text).map_err(|error| {
            // Bytes that are no text are some other file.
            if error.kind() == std::io::ErrorKind::InvalidData {
                NotAClient::OfSomethingElse
            } else {
                failed(error)
            }
        })?;
        let download: Download = serde_json::from_str(&text).map_err(|_| NotAClient::OfSomethingElse)?;
        let entry = match download {
            Download { installed: Some(entry), .. } => entry,
            Download { web: Some(_), .. } => return Err(NotAClient::OfWebPage),
            Download { .. } => return Err(NotAClient::OfSomethingElse),
        };
        plain_word(&entry.client_id).map_err(|_| NotAClient::OfSomethingElse)?;
        std::fs::create_dir_all(folder).map_err(failed)?;
        // An earlier one must not stand before it in the order of names.
        let place = folder.join(ADOPTED);
        let fresh = folder.join(format!("{ADOPTED}.new"));
        write_private(&fresh, text.as_bytes()).map_err(failed)?;
        std::fs::rename(&fresh, &place).map_err(failed)
    }

    /// Who an account is to its provider. Blocking: reads a small file.
    ///
    /// # Errors
    /// Nobody told us a client id.
    pub fn find(&self, login: &OAuthLogin) -> Result<Identity, OAuthError> {
        let name = login.provider.as_deref().unwrap_or("custom");
        if let Some(id) = &login.client_id {
            let known = self.in_profile(name).filter(|entry| entry.client_id == *id);
            let bare = || Entry { client_id: id.clone(), client_secret: None, redirect: None };
            let mut entry = known.unwrap_or_else(bare);
            entry.client_secret = entry.client_secret.or_else(|| variable(name, "SECRET"));
            return entry.identity();
        }
        let found = self.in_profile(name).or_else(|| of_environment(name)).or_else(|| of_build(name));
        found.ok_or_else(|| OAuthError::NoClientId { provider: name.to_owned() })?.identity()
    }

    /// Another issuer in a provider's place: a company's own, or a test's.
    #[must_use]
    pub fn issuer(&self, name: &str) -> Option<String> {
        variable(name, "ISSUER")
    }

    fn in_profile(&self, name: &str) -> Option<Entry> {
        let folder = self.folder.as_deref()?;
        let own = read(&folder.join(FILE)).and_then(|text| match toml::from_str(&text) {
            Ok(all) => Some::<BTreeMap<String, Entry>>(all),
            Err(error) => {
                // Without the lines that it is about: a client secret may stand there.
                tracing::warn!(error = error.message(), "{FILE} is not readable");
                None
            }
        });
        if let Some(entry) = own.and_then(|mut all| all.remove(name)) {
            return Some(entry);
        }
        if name != "google" {
            return None;
        }
        let files = std::fs::read_dir(folder).ok()?.flatten();
        let mut downloads: Vec<PathBuf> = files
            .map(|file| file.path())
            .filter(|path| {
                let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                file.starts_with(GOOGLE_PREFIX) && path.extension().is_some_and(|ending| ending == "json")
            })
            .collect();
        downloads.sort();
        downloads.iter().find_map(|path| {
            let download: Download = serde_json::from_str(&read(path)?).ok()?;
            download.installed.or(download.web)
        })
    }
}

fn read(path: &Path) -> Option<String> {
    let file = std::fs::File::open(path).ok()?;
    let mut text = String::new();
    file.take(MAX_FILE).read_to_string(&mut text).ok()?;
    Some(text)
}

/// Writes a file that nobody else can read.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn variable(name: &str, what: &str) -> Option<String> {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let value = std::env::var(format!("POSTRIDER_OAUTH_{}_{what}", plain.to_ascii_uppercase())).ok()?;
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn of_environment(name: &str) -> Option<Entry> {
    Some(Entry { client_id: variable(name, "ID")?, client_secret: variable(name, "SECRET"), redirect: None })
}

/// A distributor may build in a client id of its own; this project ships none.
fn of_build(name: &str) -> Option<Entry> {
    let (id, secret) = match name {
        "google" => (option_env!("POSTRIDER_BUILD_GOOGLE_ID"), option_env!("POSTRIDER_BUILD_GOOGLE_SECRET")),
        "microsoft" => (option_env!("POSTRIDER_BUILD_MICROSOFT_ID"), None),
        "fastmail" => (option_env!("POSTRIDER_BUILD_FASTMAIL_ID"), None),
        _ => (None, None),
    };
    Some(Entry { client_id: id?.to_owned(), client_secret: secret.map(str::to_owned), redirect: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_downloaded_file_is_used_from_then_on_and_others_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let identities = Identities::of_profile(&dir.path().join("config"));
        let file = dir.path().join("chosen.json");
        let adopt = |text: &str| {
            std::fs::write(&file, text).unwrap();
            identities.adopt(&file)
        };
        assert_eq!(adopt("hello"), Err(NotAClient::OfSomethingElse));
        assert_eq!(adopt("{}"), Err(NotAClient::OfSomethingElse));
        assert_eq!(adopt(r#"{"web":{"client_id":"x"}}"#), Err(NotAClient::OfWebPage));
        assert!(matches!(identities.adopt(Path::new("/no/such/file")), Err(NotAClient::File { .. })));
        std::fs::write(&file, b"\xff\xfe\x00").unwrap();
        assert_eq!(identities.adopt(&file), Err(NotAClient::OfSomethingElse));
        assert_eq!(Identities::default().adopt(&file), Err(NotAClient::NoFolder));
        for id in ["first", "second"] {
            adopt(&format!(r#"{{"installed":{{"client_id":"{id}","client_secret":"no secret"}}}}"#)).unwrap();
            let login = OAuthLogin { provider: Some("google".into()), ..OAuthLogin::default() };
            let found = identities.find(&login).unwrap();
            assert_eq!((found.id.as_str(), found.secret.is_some()), (id, true));
        }
    }
}
