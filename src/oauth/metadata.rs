//! A provider's description of itself: RFC 8414, and the older OpenID Connect Discovery 1.0.

use super::error::{OAuthError, tidy};
use super::http::{get, protected};
use super::provider::Endpoints;
use oauth2::http::StatusCode;
use serde::Deserialize;
use url::Url;

/// Scopes that make sense for mail, if the provider has them; others are not ours to ask for.
const WANTED: [&str; 3] = ["openid", "email", "offline_access"];

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    revocation_endpoint: Option<String>,
    #[serde(default)]
    scopes_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Asks an issuer where it signs people in.
///
/// # Errors
/// It is not protected, not reachable, or says something else than what it is.
pub async fn discover(issuer: &str) -> Result<Endpoints, OAuthError> {
    let base = protected(issuer)?;
    let mut last = OAuthError::Unreachable { detail: "nothing was found".into() };
    for url in places(&base)? {
        match fetch(&url, issuer).await {
            Ok(endpoints) => return Ok(endpoints),
            Err(error @ OAuthError::Unreachable { .. }) => return Err(error),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// RFC 8414 section 3.1 puts the path of the issuer last, OpenID Connect first.
fn places(base: &Url) -> Result<[Url; 2], OAuthError> {
    let path = base.path().trim_end_matches('/');
    let at = |path: String| {
        let mut url = base.clone();
        url.set_path(&path);
        url.set_query(None);
        url.set_fragment(None);
        protected(url.as_str())
    };
    Ok([
        at(format!("{path}/.well-known/openid-configuration"))?,
        at(format!("/.well-known/oauth-authorization-server{path}"))?,
    ])
}

async fn fetch(url: &Url, issuer: &str) -> Result<Endpoints, OAuthError> {
    let unusable = |detail: String| OAuthError::Metadata { url: tidy(url.as_str()), detail: tidy(&detail) };
    let answer = get(url).await?;
    if answer.status() != StatusCode::OK {
        return Err(unusable(format!("status {}", answer.status().as_u16())));
    }
    let found: Metadata = serde_json::from_slice(answer.body()).map_err(|e| unusable(e.to_string()))?;
    // RFC 8414 section 3.3: it must be the one that was asked.
    if found.issuer.trim_end_matches('/') != issuer.trim_end_matches('/') {
        return Err(OAuthError::WrongIssuer { expected: tidy(issuer), found: tidy(&found.issuer) });
    }
    let (authorize, token) = (protected(&found.authorization_endpoint)?, protected(&found.token_endpoint)?);
    let mut endpoints = Endpoints::new(authorize, token)?;
    endpoints.revoke = found.revocation_endpoint.as_deref().map(protected).transpose()?;
    endpoints.sends_issuer = found.authorization_response_iss_parameter_supported;
    let has = |scope: &str| found.scopes_supported.iter().any(|own| own == scope);
    endpoints.scopes = WANTED.iter().filter(|scope| has(scope)).map(|scope| (*scope).to_owned()).collect();
    let mail = found.scopes_supported.iter().filter(|scope| is_for_mail(scope));
    endpoints.scopes.extend(mail.cloned());
    if has("offline_access") {
        // OpenID Connect Core section 11: only with consent is there a refresh token.
        endpoints.parameters.insert("prompt".into(), "consent".into());
    }
    endpoints.issuer = Some(found.issuer);
    Ok(endpoints)
}

/// Names of scopes for mail differ from server to server, but they say what they are for.
fn is_for_mail(scope: &str) -> bool {
    let scope = scope.to_ascii_lowercase();
    ["imap", "smtp"].iter().any(|word| scope.contains(word)) || scope == "mail"
}
