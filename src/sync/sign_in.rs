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
        sign_in.finish(oauth::PATIENCE, &config.clock).await
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

/// An error that the browser brought back (RFC 6749 section 4.1.2.1). An administrator who is wanted first is another
/// matter than somebody who said no.
fn denied(text: String) -> Problem {
    match (trouble::of_provider(text.clone()), text.split(' ').next()) {
        (blocked @ Problem::Blocked { .. }, _) => blocked,
        (_, Some("access_denied")) => Problem::SignInDenied { text },
        (_, Some("server_error" | "temporarily_unavailable")) => {
            Problem::ProviderUnreachable { detail: text }
        }
        _ => Problem::SignInFailed { detail: text },
    }
}

/// What a failure of OAuth means to people.
pub(super) fn of_oauth(error: OAuthError) -> Problem {
    match error {
        OAuthError::Secret(error) => trouble::of_secret(error),
        OAuthError::Expired { text } => trouble::of_provider(text),
        OAuthError::Denied { text } => denied(text),
        OAuthError::NoClientId { provider } => Problem::NoClientId { provider },
        OAuthError::TimedOut => Problem::SignInTimedOut,
        OAuthError::PortTaken { port } => Problem::PortTaken { port },
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::{Block, Fix};

    #[test]
    fn a_no_in_the_browser_is_told_from_an_administrator_who_is_wanted() {
        let of = |text: &str| of_oauth(OAuthError::Denied { text: text.into() });
        let denied = of("access_denied The user said no");
        assert!(matches!(&denied, Problem::SignInDenied { text } if text.contains("said no")));
        assert_eq!(denied.fix(), Fix::SignIn);
        let admin = of("access_denied AADSTS65004 need admin approval");
        assert!(matches!(admin, Problem::Blocked { why: Block::Admin, .. }), "{admin:?}");
        assert!(matches!(of("temporarily_unavailable"), Problem::ProviderUnreachable { .. }));
        assert!(matches!(of("invalid_scope no mail"), Problem::SignInFailed { .. }));
        let expired = of_oauth(OAuthError::Expired { text: "invalid_grant".into() });
        assert!(matches!(expired, Problem::SignInExpired { .. }));
    }
}
