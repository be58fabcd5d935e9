//! The table of providers, as data in resources/providers.toml.

use super::error::{OAuthError, tidy};
use super::http::protected;
use crate::model::Server;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use url::Url;

const TABLE: &str = include_str!("../../resources/providers.toml");

/// Where the browser comes back to, unless a provider wants it otherwise; the port is put in later.
const REDIRECT: &str = "http://127.0.0.1/callback";

static PROVIDERS: LazyLock<BTreeMap<String, Provider>> = LazyLock::new(|| {
    toml::from_str(TABLE).unwrap_or_else(|error| {
        // A test reads the table; this can only be a damaged build.
        tracing::error!(%error, "the table of providers is not readable");
        BTreeMap::new()
    })
});

/// One provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Its name for people.
    pub name: String,
    /// Domains whose addresses are with it.
    pub domains: Vec<String>,
    authorize: String,
    token: String,
    revoke: Option<String>,
    /// Device-code flow (RFC 8628); not used yet.
    #[serde(rename = "device")]
    _device: Option<String>,
    issuer: Option<String>,
    scopes: Vec<String>,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    redirect: Option<String>,
    /// Its IMAP server.
    pub imap: Server,
    /// Its submission server.
    pub smtp: Server,
    /// Page where app passwords are made.
    pub app_passwords: Option<String>,
}

/// Everything that a sign-in needs to know of a provider.
#[derive(Clone, Debug)]
pub struct Endpoints {
    pub(super) authorize: Url,
    pub(super) token: Url,
    pub(super) revoke: Option<Url>,
    /// Name of the issuer, to be compared with `iss` (RFC 9207).
    pub(super) issuer: Option<String>,
    /// The provider promised to send `iss`.
    pub(super) sends_issuer: bool,
    pub(super) scopes: Vec<String>,
    pub(super) parameters: BTreeMap<String, String>,
    pub(super) redirect: Url,
}

impl Endpoints {
    pub(super) fn new(authorize: Url, token: Url) -> Result<Self, OAuthError> {
        Ok(Self {
            authorize,
            token,
            revoke: None,
            issuer: None,
            sends_issuer: false,
            scopes: Vec::new(),
            parameters: BTreeMap::new(),
            redirect: protected(REDIRECT)?,
        })
    }
}

impl Provider {
    pub(super) fn endpoints(&self) -> Result<Endpoints, OAuthError> {
        let mut endpoints = Endpoints::new(protected(&self.authorize)?, protected(&self.token)?)?;
        endpoints.revoke = self.revoke.as_deref().map(protected).transpose()?;
        endpoints.issuer.clone_from(&self.issuer);
        endpoints.scopes.clone_from(&self.scopes);
        endpoints.parameters.clone_from(&self.parameters);
        if let Some(redirect) = &self.redirect {
            endpoints.redirect = protected(redirect)?;
        }
        Ok(endpoints)
    }
}

/// The provider with this key, such as `google`.
#[must_use]
pub fn provider(key: &str) -> Option<&'static Provider> {
    PROVIDERS.get(&key.to_ascii_lowercase())
}

/// All providers with their keys.
pub fn providers() -> impl Iterator<Item = (&'static str, &'static Provider)> {
    PROVIDERS.iter().map(|(key, provider)| (key.as_str(), provider))
}

/// The provider that an address is with, by its domain.
#[must_use]
pub fn provider_of_address(email: &str) -> Option<(&'static str, &'static Provider)> {
    let (_, domain) = email.rsplit_once('@')?;
    providers().find(|(_, provider)| provider.domains.iter().any(|own| own.eq_ignore_ascii_case(domain)))
}

/// Checks that a text can go into a query without surprises.
pub(super) fn plain_word(text: &str) -> Result<String, OAuthError> {
    if text.is_empty() || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(OAuthError::Answer { detail: format!("{:?} is no client id", tidy(text)) });
    }
    Ok(text.to_owned())
}
