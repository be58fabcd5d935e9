//! One sign-in: the address for the browser, the wait for its answer, the tokens.

use super::error::{OAuthError, tidy};
use super::identity::Identity;
use super::listener::{self, Answer, Expected, Port};
use super::provider::Endpoints;
use super::token::{self, Client, Tokens};
use crate::clock::Clock;
use oauth2::{CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};
use std::time::Duration;
use url::Url;

/// How long a person may take in the browser.
pub const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// A sign-in that waits for the browser. Dropping it closes the port.
#[derive(Debug)]
pub struct SignIn {
    client: Client,
    port: Port,
    redirect: RedirectUrl,
    expected: Expected,
    verifier: PkceCodeVerifier,
    issuer: Option<String>,
    sends_issuer: bool,
    scopes: Vec<String>,
    url: Url,
}

impl SignIn {
    /// Opens a port for the answer and makes the address for the browser. `hint` is the user's address.
    ///
    /// # Errors
    /// No port can be opened.
    pub async fn begin(endpoints: &Endpoints, identity: &Identity, hint: &str) -> Result<Self, OAuthError> {
        let (port, own) = listener::bind(identity.redirect.as_ref().unwrap_or(&endpoints.redirect)).await?;
        let redirect = RedirectUrl::from_url(own.clone());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = token::client(endpoints, identity);
        let asking = client.clone().set_redirect_uri(redirect.clone());
        let mut request = asking
            .authorize_url(CsrfToken::new_random)
            .add_scopes(endpoints.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(challenge)
            .add_extra_param("login_hint", hint);
        for (name, value) in &endpoints.parameters {
            request = request.add_extra_param(name, value);
        }
        let (url, state) = request.url();
        Ok(Self {
            expected: Expected { path: own.path().to_owned(), state: state.secret().clone() },
            client,
            port,
            redirect,
            verifier,
            issuer: endpoints.issuer.clone(),
            sends_issuer: endpoints.sends_issuer,
            scopes: endpoints.scopes.clone(),
            url,
        })
    }

    /// Where the browser has to go.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// Waits for the browser, then trades its code for tokens. The clock tells when the tokens came.
    ///
    /// # Errors
    /// The user said no, took too long, or the answer was not from whom we asked.
    pub async fn finish(self, patience: Duration, clock: &Clock) -> Result<Tokens, OAuthError> {
        let waiting = listener::answer(&self.port, &self.expected, clock);
        let answer = clock.timeout(patience, waiting).await.map_err(|_| OAuthError::TimedOut)??;
        // One answer: the port is of no more use to anybody.
        drop(self.port);
        let said = match &answer {
            Answer::Code { issuer, .. } | Answer::Error { issuer, .. } => issuer.as_deref(),
        };
        check_issuer(self.issuer.as_deref(), said, self.sends_issuer)?;
        match answer {
            Answer::Error { text, .. } => Err(OAuthError::Denied { text }),
            Answer::Code { code, .. } => {
                let came =
                    token::exchange(&self.client, code, self.verifier, self.redirect, clock.now()).await?;
                if came.lacks(&self.scopes) {
                    return Err(OAuthError::Denied {
                        text: "access_denied the permission for mail was not given".to_owned(),
                    });
                }
                Ok(came.tokens)
            }
        }
    }
}

/// RFC 9207 section 2.4: the answer must be from whom we asked.
fn check_issuer(expected: Option<&str>, said: Option<&str>, promised: bool) -> Result<(), OAuthError> {
    let Some(expected) = expected else { return Ok(()) };
    match said {
        Some(said) if said.trim_end_matches('/') == expected.trim_end_matches('/') => Ok(()),
        None if !promised => Ok(()),
        other => Err(OAuthError::WrongIssuer {
            expected: tidy(expected),
            found: other.map_or_else(|| "nobody".to_owned(), tidy),
        }),
    }
}
