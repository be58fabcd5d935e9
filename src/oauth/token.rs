//! Tokens: from a code, from a refresh token, and back again (RFC 6749 sections 4.1.3 and 6, RFC 7009).

use super::error::{OAuthError, tidy};
use super::http::send;
use super::identity::Identity;
use super::provider::Endpoints;
use crate::model::UnixTime;
use crate::secret::Secret;
use oauth2::basic::{BasicClient, BasicErrorResponseType, BasicRequestTokenError, BasicTokenResponse};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet,
    PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, StandardErrorResponse,
    TokenResponse as _, TokenUrl, http,
};

/// A client with the addresses that we need.
pub(super) type Client =
    BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// What the provider gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// For the mail server.
    pub access: Secret,
    /// Until when it is good, if the provider said so.
    pub expires: Option<UnixTime>,
    /// For the next access token. Providers that rotate it give a new one each time.
    pub refresh: Option<Secret>,
}

/// A client of the oauth2 crate for a provider.
pub(super) fn client(endpoints: &Endpoints, identity: &Identity) -> Client {
    let client = BasicClient::new(ClientId::new(identity.id.clone()))
        .set_auth_uri(AuthUrl::from_url(endpoints.authorize.clone()))
        .set_token_uri(TokenUrl::from_url(endpoints.token.clone()))
        // A native app's secret is none; providers that want one want it in the body.
        .set_auth_type(AuthType::RequestBody);
    match &identity.secret {
        Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
        None => client,
    }
}

/// Trades a code for tokens.
pub(super) async fn exchange(
    client: &Client,
    code: String,
    verifier: PkceCodeVerifier,
    redirect: RedirectUrl,
    now: UnixTime,
) -> Result<Came, OAuthError> {
    let client = client.clone().set_redirect_uri(redirect);
    let asking = client.exchange_code(AuthorizationCode::new(code)).set_pkce_verifier(verifier);
    let answer = asking.request_async(&send).await.map_err(|error| told(error, false))?;
    let scopes = answer.scopes().map(|all| all.iter().map(|scope| scope.as_str().to_owned()).collect());
    Ok(Came { tokens: tokens(&answer, now), scopes })
}

/// What a code was traded for.
pub(super) struct Came {
    pub(super) tokens: Tokens,
    /// What it is good for, if the provider says so: then it is not what was asked for (RFC 6749 section 5.1).
    scopes: Option<Vec<String>>,
}

impl Came {
    /// Whether nothing of what was asked for mail was granted: at Google people may leave out the one that counts.
    pub(super) fn lacks(&self, asked: &[String]) -> bool {
        let Some(granted) = &self.scopes else { return false };
        // Providers write the hosts in them in more than one way.
        let last = |scope: &str| {
            let scope = scope.trim_end_matches('/').to_ascii_lowercase();
            scope.rsplit('/').next().unwrap_or_default().to_owned()
        };
        let granted: Vec<String> = granted.iter().map(|scope| last(scope)).collect();
        let plain = ["openid", "email", "profile", "offline_access"];
        let mut wanted =
            asked.iter().map(|scope| last(scope)).filter(|scope| !plain.contains(&scope.as_str())).peekable();
        wanted.peek().is_some() && !wanted.any(|scope| granted.contains(&scope))
    }
}

/// Trades a refresh token for an access token.
///
/// # Errors
/// [`OAuthError::Expired`] if the user has to sign in again; else the provider is not there, or odd.
pub async fn refresh(
    endpoints: &Endpoints,
    identity: &Identity,
    token: &Secret,
    now: UnixTime,
) -> Result<Tokens, OAuthError> {
    let client = client(endpoints, identity);
    let token = RefreshToken::new(token.expose().to_owned());
    let answer = client.exchange_refresh_token(&token).request_async(&send).await;
    answer.map(|answer| tokens(&answer, now)).map_err(|error| told(error, true))
}

/// Gives a token back (RFC 7009), so that it is good for nobody.
///
/// # Errors
/// The provider is not there. One that knows no revocation is no error: there is nothing to do.
pub async fn revoke(endpoints: &Endpoints, identity: &Identity, token: &Secret) -> Result<(), OAuthError> {
    let Some(url) = &endpoints.revoke else { return Ok(()) };
    let request = http::Request::post(url.as_str())
        .header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(revocation_form(identity, token))
        .map_err(|error| OAuthError::Answer { detail: tidy(&error.to_string()) })?;
    let answer = send(request).await?;
    if answer.status().is_success() {
        return Ok(());
    }
    Err(OAuthError::Answer { detail: format!("revocation: status {}", answer.status().as_u16()) })
}

fn revocation_form(identity: &Identity, token: &Secret) -> Vec<u8> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("token", token.expose()).append_pair("client_id", &identity.id);
    if let Some(secret) = &identity.secret {
        form.append_pair("client_secret", secret.expose());
    }
    form.finish().into_bytes()
}

fn tokens(answer: &BasicTokenResponse, now: UnixTime) -> Tokens {
    let lasts = answer.expires_in().and_then(|lasts| i64::try_from(lasts.as_secs()).ok());
    Tokens {
        access: Secret::new(answer.access_token().secret().clone()),
        expires: lasts.map(|lasts| UnixTime(now.0.saturating_add(lasts))),
        refresh: answer.refresh_token().map(|token| Secret::new(token.secret().clone())),
    }
}

type Failure = BasicRequestTokenError<OAuthError>;

fn told(error: Failure, refreshing: bool) -> OAuthError {
    match error {
        RequestTokenError::ServerResponse(said) => {
            let gone = refreshing && is_final(&said);
            let text = words(&said);
            if gone { OAuthError::Expired { text } } else { OAuthError::Denied { text } }
        }
        RequestTokenError::Request(error) => error,
        // The text of the answer stays out: it may hold a token.
        RequestTokenError::Parse(..) => OAuthError::Answer { detail: "no token in it".into() },
        RequestTokenError::Other(detail) => OAuthError::Answer { detail: tidy(&detail) },
    }
}

/// Whether asking again with the same token is of no use.
fn is_final(said: &StandardErrorResponse<BasicErrorResponseType>) -> bool {
    use BasicErrorResponseType as Kind;
    matches!(said.error(), Kind::InvalidGrant | Kind::UnauthorizedClient | Kind::InvalidClient | Kind::InvalidScope)
        // Entra ID: the user must do something in the browser.
        || matches!(said.error(), Kind::Extension(word) if word == "interaction_required" || word == "consent_required")
}

fn words(said: &StandardErrorResponse<BasicErrorResponseType>) -> String {
    let more = said.error_description().map(String::as_str).unwrap_or_default();
    tidy(format!("{} {more}", said.error().as_ref()).trim())
}
