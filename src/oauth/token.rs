//! Tokens: from a code, from a refresh token, and back again (RFC 6749 sections 4.1.3 and 6, RFC 7009).

use super::error::{OAuthError, tidy};
use super::http::send;
use super::identity::Identity;
use super::provider::Endpoints;
use crate::model::UnixTime;
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRequestTokenError, BasicRevocationErrorResponse,
    BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet,
    ExtraTokenFields, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, StandardErrorResponse,
    StandardRevocableToken, StandardTokenResponse, TokenResponse as _, TokenUrl, http,
};
use serde::{Deserialize, Serialize};

/// A client with the addresses that we need.
pub(super) type Client = Kind<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// As the crate's `BasicClient`, with another answer.
type Kind<
    A = EndpointNotSet,
    D = EndpointNotSet,
    I = EndpointNotSet,
    R = EndpointNotSet,
    T = EndpointNotSet,
> = oauth2::Client<
    BasicErrorResponse,
    TokenAnswer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    A,
    D,
    I,
    R,
    T,
>;

type TokenAnswer = StandardTokenResponse<Extra, BasicTokenType>;

/// What OpenID Connect adds to the answer. Of whatever type it is: a sign-in must not fail for it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Extra {
    #[serde(default)]
    id_token: serde_json::Value,
}

impl ExtraTokenFields for Extra {}

/// Longest address that is taken over (RFC 5321 section 4.5.3.1).
const MAX_ADDRESS: usize = 320;

/// What the provider gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// For the mail server.
    pub access: Secret,
    /// Until when it is good, if the provider said so.
    pub expires: Option<UnixTime>,
    /// For the next access token. Providers that rotate it give a new one each time.
    pub refresh: Option<Secret>,
    /// The address of whoever signed in, if the provider said it. A word for people: it proves nothing, and the same
    /// person may have other addresses.
    pub address: Option<String>,
}

/// A client of the oauth2 crate for a provider.
pub(super) fn client(endpoints: &Endpoints, identity: &Identity) -> Client {
    let client = <Kind>::new(ClientId::new(identity.id.clone()))
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

fn tokens(answer: &TokenAnswer, now: UnixTime) -> Tokens {
    let lasts = answer.expires_in().and_then(|lasts| i64::try_from(lasts.as_secs()).ok());
    Tokens {
        access: Secret::new(answer.access_token().secret().clone()),
        expires: lasts.map(|lasts| UnixTime(now.0.saturating_add(lasts))),
        refresh: answer.refresh_token().map(|token| Secret::new(token.secret().clone())),
        address: answer.extra_fields().id_token.as_str().and_then(address),
    }
}

/// Whose an ID token is. It came from the provider itself over TLS, so its signature need not be looked at (OpenID
/// Connect Core 1.0 section 3.1.3.7, number 6).
pub(super) fn address(id_token: &str) -> Option<String> {
    let claims = URL_SAFE_NO_PAD.decode(id_token.split('.').nth(1)?).ok()?;
    let claims: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&claims).ok()?;
    let names = ["email", "preferred_username", "upn"];
    let mut told = names.iter().filter_map(|name| claims.get(*name)?.as_str());
    let found = told.find(|text| text.contains('@') && text.len() <= MAX_ADDRESS)?;
    Some(tidy(found))
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
