//! Signing in by OAuth 2.0 as a native app does it (RFC 8252): the system's browser, a loopback address, PKCE.
//!
//! Never sees mail, the store or the window. Tokens are [`Secret`]s; the refresh token is kept where passwords are.
//!
//! Invariants: no client id of anybody is shipped; an address of a provider is https, or http on loopback; what a
//! provider says is capped and shown as plain text only.

mod browser;
mod desktop;
mod error;
mod http;
mod identity;
mod keeper;
mod listener;
mod lock;
mod metadata;
mod page;
mod provider;
mod sign_in;
#[cfg(test)]
mod tests;
mod token;

pub use browser::open;
pub use desktop::{DesktopAccount, desktop_accounts, desktop_token};
pub use error::OAuthError;
pub use identity::{Identities, Identity, NotAClient};
pub use keeper::TokenKeeper;
pub use metadata::discover;
pub use provider::{Endpoints, Provider, provider, provider_of_address, providers};
pub use sign_in::{PATIENCE, SignIn};
pub use token::{Tokens, refresh, revoke};

use crate::model::OAuthLogin;

/// Where an account signs in: its issuer's metadata, or the table of providers.
///
/// # Errors
/// The provider is unknown, or its metadata cannot be had.
pub async fn endpoints(login: &OAuthLogin, identities: &Identities) -> Result<Endpoints, OAuthError> {
    if let Some(issuer) = &login.issuer {
        return discover(issuer).await;
    }
    let name = login.provider.as_deref().ok_or(OAuthError::NoProvider)?;
    if let Some(issuer) = identities.issuer(name) {
        return discover(&issuer).await;
    }
    let found = provider(name).ok_or_else(|| OAuthError::UnknownProvider { name: name.to_owned() })?;
    found.endpoints()
}
