//! The one POST that ends a subscription (RFC 8058), after the reader's click.

use super::guard::{Refused, Way, permitted};
use reqwest::header::CONTENT_TYPE;
use std::time::Duration;

/// Time for the whole request.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Why it is not known to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsubscribeError {
    /// The address is not asked at all.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// The host says no.
    #[error("the list answers with status {0}")]
    Status(u16),
    /// The host is not reached.
    #[error("the list's host is not reached")]
    Unreachable,
    /// It takes too long.
    #[error("the list does not answer in time")]
    TooSlow,
}

/// Asks a list to send no more. Sends nothing that the mail did not say: no cookies, no names; redirections are not
/// followed (RFC 8058 section 3.1 has none).
///
/// # Errors
/// It is not known to be done.
pub async fn unsubscribe(way: &Way, address: &str) -> Result<(), UnsubscribeError> {
    let url = permitted(address, false)?;
    let client = way.client(false, |_| true).map_err(|_| UnsubscribeError::Unreachable)?;
    let request = client
        .post(url)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body("List-Unsubscribe=One-Click")
        .timeout(TIMEOUT);
    let answer = request.send().await.map_err(|error| {
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(inner) = cause {
            if let Some(refused) = inner.downcast_ref::<Refused>() {
                return UnsubscribeError::Refused(*refused);
            }
            cause = inner.source();
        }
        if error.is_timeout() { UnsubscribeError::TooSlow } else { UnsubscribeError::Unreachable }
    })?;
    if answer.status().is_success() {
        Ok(())
    } else {
        Err(UnsubscribeError::Status(answer.status().as_u16()))
    }
}
