//! Whose client id is used: the account's own, one of the profile, of the environment, of the build, or none.

use super::error::OAuthError;
use super::provider::plain_word;
use crate::model::OAuthLogin;
use crate::secret::Secret;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// File in the folder of the profile's settings.
const FILE: &str = "oauth.toml";
/// As Google names the file that it lets people download.
const GOOGLE_PREFIX: &str = "client_secret";
/// Such files have some hundred bytes.
const MAX_FILE: u64 = 64 * 1024;

/// Who we are to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Client id.
    pub id: String,
    /// What some providers call the secret of a native app, though it is none (RFC 8252 section 8.5).
    pub secret: Option<Secret>,
}

#[derive(Clone, Debug, Deserialize)]
struct Entry {
    client_id: String,
    client_secret: Option<String>,
}

/// The shape of Google's download.
#[derive(Deserialize)]
struct Download {
    installed: Option<Entry>,
    web: Option<Entry>,
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

    /// Who an account is to its provider. Blocking: reads a small file.
    ///
    /// # Errors
    /// Nobody told us a client id.
    pub fn find(&self, login: &OAuthLogin) -> Result<Identity, OAuthError> {
        let name = login.provider.as_deref().unwrap_or("custom");
        if let Some(id) = &login.client_id {
            let secret = self.in_profile(name).filter(|entry| entry.client_id == *id);
            let secret = secret.and_then(|entry| entry.client_secret).or_else(|| variable(name, "SECRET"));
            return Ok(Identity { id: plain_word(id)?, secret: secret.map(Secret::new) });
        }
        let found = self.in_profile(name).or_else(|| of_environment(name)).or_else(|| of_build(name));
        let entry = found.ok_or_else(|| OAuthError::NoClientId { provider: name.to_owned() })?;
        Ok(Identity { id: plain_word(&entry.client_id)?, secret: entry.client_secret.map(Secret::new) })
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
                tracing::warn!(%error, "{FILE} is not readable");
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

fn variable(name: &str, what: &str) -> Option<String> {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let value = std::env::var(format!("POSTRIDER_OAUTH_{}_{what}", plain.to_ascii_uppercase())).ok()?;
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn of_environment(name: &str) -> Option<Entry> {
    Some(Entry { client_id: variable(name, "ID")?, client_secret: variable(name, "SECRET") })
}

/// A distributor may build in a client id of its own; this project ships none.
fn of_build(name: &str) -> Option<Entry> {
    let (id, secret) = match name {
        "google" => (option_env!("POSTRIDER_BUILD_GOOGLE_ID"), option_env!("POSTRIDER_BUILD_GOOGLE_SECRET")),
        "microsoft" => (option_env!("POSTRIDER_BUILD_MICROSOFT_ID"), None),
        "fastmail" => (option_env!("POSTRIDER_BUILD_FASTMAIL_ID"), None),
        _ => (None, None),
    };
    Some(Entry { client_id: id?.to_owned(), client_secret: secret.map(str::to_owned) })
}
