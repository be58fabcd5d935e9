//! The few HTTPS requests that signing in needs: no cookies, no redirects, capped answers, limited time.

use super::error::{OAuthError, tidy};
use oauth2::http;
use std::time::Duration;
use url::Url;

/// Time for a whole request; a provider that takes longer is not there.
const TIMEOUT: Duration = Duration::from_secs(if cfg!(test) { 2 } else { 30 });
/// Time for the connection alone.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// Token answers have a few kilobytes, metadata perhaps ten.
const MAX_ANSWER: usize = 256 * 1024;

/// An address that tokens may be sent to: https, or http on this very computer.
pub(super) fn protected(text: &str) -> Result<Url, OAuthError> {
    let wrong = || OAuthError::NotProtected { url: tidy(text) };
    let url = Url::parse(text).map_err(|_| wrong())?;
    let near = match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => return Err(wrong()),
    };
    if url.scheme() == "https" || (url.scheme() == "http" && near) { Ok(url) } else { Err(wrong()) }
}

/// Sends one request. The answer may have any status but those that say that the provider cannot answer now.
pub(super) async fn send(request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, OAuthError> {
    let url = protected(&request.uri().to_string())?;
    let client = client(&url)?;
    let (parts, body) = request.into_parts();
    let mut building = client.request(parts.method, url).headers(parts.headers);
    if !body.is_empty() {
        building = building.body(body);
    }
    let mut answer = building.send().await.map_err(|error| unreachable_because(&error))?;
    if answer.status().is_server_error() || answer.status().as_u16() == 429 {
        return Err(OAuthError::Unreachable { detail: format!("status {}", answer.status().as_u16()) });
    }
    let mut response = http::Response::new(Vec::new());
    *response.status_mut() = answer.status();
    response.headers_mut().clone_from(answer.headers());
    while let Some(chunk) = answer.chunk().await.map_err(|error| unreachable_because(&error))? {
        if response.body().len() + chunk.len() > MAX_ANSWER {
            return Err(OAuthError::Answer { detail: "the answer is too long".into() });
        }
        response.body_mut().extend_from_slice(&chunk);
    }
    Ok(response)
}

/// Fetches a document.
pub(super) async fn get(url: &Url) -> Result<http::Response<Vec<u8>>, OAuthError> {
    let request = http::Request::get(url.as_str())
        .header(http::header::ACCEPT, "application/json")
        .body(Vec::new())
        .map_err(|error| OAuthError::Answer { detail: tidy(&error.to_string()) })?;
    send(request).await
}

fn client(url: &Url) -> Result<reqwest::Client, OAuthError> {
    // The first one counts, and there is only ring; an error says that it is installed already.
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut building = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .timeout(TIMEOUT)
        .connect_timeout(CONNECT_TIMEOUT);
    if url.scheme() == "http" {
        // What stays on this computer goes through nobody's proxy.
        building = building.no_proxy();
    }
    building.build().map_err(|error| unreachable_because(&error))
}

fn unreachable_because(error: &reqwest::Error) -> OAuthError {
    // The innermost cause says it best; the address stays out, as its query may hold a code.
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let what = if error.is_timeout() { "no answer in time".to_owned() } else { tidy(&cause.to_string()) };
    OAuthError::Unreachable { detail: what }
}
