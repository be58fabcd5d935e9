//! Signing in by OAuth: the browser first, then tokens for each connection.

use super::config::Config;
use super::status::Problem;
use super::trouble;
use crate::imap::Credential;
use crate::model::{Account, AuthMethod};
use crate::oauth::{self, OAuthError, SignIn, Tokens};
use crate::secret::Secret;
use url::Url;

/// Lets the user sign in with the browser. `told` hears the address, for those whose browser does not open.
///
/// # Errors
/// What went wrong, as a person can act on it.
pub async fn in_browser(
    config: &Config,
    account: &Account,
    told: impl FnOnce(&Url) + Send,
) -> Result<Tokens, Problem> {
    let work = async {
        let login = account.login.oauth.clone().unwrap_or_default();
        let identities = config.tokens.identities();
        // Before any request: without a client id there is nothing to ask for.
        let identity = identities.find(&login)?;
        let endpoints = oauth::endpoints(&login, identities).await?;
        let sign_in = SignIn::begin(&endpoints, &identity, &account.email).await?;
        told(sign_in.url());
        if let Err(error) = oauth::open(sign_in.url()) {
            // The user was told the address.
            tracing::warn!(%error, "no browser");
        }
        let clock = config.clock.clone();
        sign_in.finish(oauth::PATIENCE, move || clock.now()).await
    };
    work.await.map_err(of_oauth)
}

/// What the account signs in with. `refused` is a token that the server did not take a moment ago.
///
/// # Errors
/// Why there is none, as a person can act on it.
pub async fn credential(
    config: &Config,
    account: &Account,
    refused: Option<&Secret>,
) -> Result<Credential, Problem> {
    let user = account.login.user.clone();
    match account.login.auth {
        AuthMethod::Password => {
            let secret = config.secrets.find(&account.login, &account.imap).await;
            Ok(Credential::password(user, secret.map_err(trouble::of_secret)?))
        }
        AuthMethod::OAuth => {
            let now = config.clock.now();
            let token = config.tokens.access(&config.secrets, account, refused, now).await;
            Ok(Credential::token(user, token.map_err(of_oauth)?))
        }
    }
}

/// What a failure of OAuth means to people.
pub(super) fn of_oauth(error: OAuthError) -> Problem {
    match error {
        OAuthError::Secret(error) => trouble::of_secret(error),
        OAuthError::Expired { text } | OAuthError::Denied { text } => trouble::of_provider(text),
        OAuthError::NoClientId { provider } => Problem::NoClientId { provider },
        OAuthError::TimedOut => Problem::SignInTimedOut,
        OAuthError::Unreachable { detail } => Problem::ProviderUnreachable { detail },
        other @ (OAuthError::NoProvider
        | OAuthError::UnknownProvider { .. }
        | OAuthError::NotProtected { .. }
        | OAuthError::Metadata { .. }
        | OAuthError::Browser { .. }
        | OAuthError::Listener { .. }
        | OAuthError::WrongIssuer { .. }
        | OAuthError::Answer { .. }) => Problem::SignInFailed { detail: trouble::tidy(&other.to_string()) },
    }
}
