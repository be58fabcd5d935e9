//! Signatures of a mail (DKIM, RFC 6376) checked here instead of believing the server.
//!
//! Off unless the reader asks: the key comes from the DNS of the domain that signed, whose owner can see that
//! somebody, somewhere, is looking at the mail.

use crate::trust::host;
use hickory_resolver::TokioResolver;
use mail_auth::common::cache::NoCache;
use mail_auth::dkim::DkimError;
use mail_auth::{AuthenticatedMessage, DkimResult, DnsError, Error, MessageAuthenticator, Parameters};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// Signatures that are checked; each asks for a key.
const MAX_SIGNATURES: usize = 5;
/// Time for all of them.
const TIMEOUT: Duration = Duration::from_secs(15);

/// What became of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureResult {
    /// It is right: the domain vouches for the mail as it is here.
    Valid,
    /// The mail was changed after it was signed, or the signature is made up.
    Wrong,
    /// The domain has no such key.
    NoKey,
    /// It is over, or of a kind that is not checked.
    Unusable,
    /// The key could not be asked for now.
    Unreachable,
}

/// A signature that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The domain that signed.
    pub domain: String,
    /// Whether it is that of the address in From.
    pub of_author: bool,
    /// What became of it.
    pub result: SignatureResult,
}

/// Checks signatures. Cheap to clone.
#[derive(Clone)]
pub struct Checker(Arc<MessageAuthenticator>);

impl std::fmt::Debug for Checker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checker").finish_non_exhaustive()
    }
}

impl Checker {
    /// A checker that asks the system's resolver; none if the system has none.
    #[must_use]
    pub fn system() -> Option<Self> {
        let built = TokioResolver::builder_tokio().ok()?.build().ok()?;
        Some(Self::with(built))
    }

    /// A checker with a resolver of one's own, for tests.
    #[must_use]
    pub fn with(resolver: TokioResolver) -> Self {
        Self(Arc::new(MessageAuthenticator(resolver)))
    }

    /// Checks the signatures of a whole mail; empty if it has none. `from` is the address in From.
    pub async fn check(&self, raw: Vec<u8>, from: &str) -> Vec<Check> {
        let (authenticator, domain) = (Arc::clone(&self.0), host::of_email(from));
        // A task of its own: should the library trip over a mail, it is that task's end only.
        let work = tokio::spawn(async move { check(&authenticator, &raw, &domain).await });
        match tokio::time::timeout(TIMEOUT, work).await {
            Ok(Ok(checks)) => checks,
            Ok(Err(error)) => {
                tracing::error!(%error, "checking a signature did not end");
                Vec::new()
            }
            Err(_) => Vec::new(),
        }
    }
}

async fn check(authenticator: &MessageAuthenticator, raw: &[u8], author: &str) -> Vec<Check> {
    let Some(mut mail) = AuthenticatedMessage::parse(raw) else { return Vec::new() };
    mail.dkim_headers.truncate(MAX_SIGNATURES);
    let parameters = Parameters::new(&mail);
    let outputs = authenticator
        .verify_dkim::<NoCache<_, _>, NoCache<_, _>, NoCache<_, _>, NoCache<_, _>, NoCache<_, _>>(parameters)
        .await;
    let checks = outputs.iter().filter_map(|output| {
        let signature = output.signature()?;
        Some(Check {
            domain: crate::mime::display::display_safe(&signature.d).into_owned(),
            of_author: host::same_owner(&signature.d, author),
            result: result(output.result()),
        })
    });
    checks.collect()
}

fn result(result: &DkimResult) -> SignatureResult {
    match result {
        DkimResult::Pass => SignatureResult::Valid,
        DkimResult::TempError(_) => SignatureResult::Unreachable,
        DkimResult::None => SignatureResult::Unusable,
        DkimResult::Neutral(error) | DkimResult::Fail(error) | DkimResult::PermError(error) => {
            of_error(error)
        }
    }
}

fn of_error(error: &Error) -> SignatureResult {
    match error {
        Error::Dns(DnsError::Resolver(_)) => SignatureResult::Unreachable,
        Error::Dns(_) | Error::Dkim(DkimError::RevokedPublicKey) => SignatureResult::NoKey,
        Error::Crypto(_) | Error::Dkim(DkimError::FailedBodyHashMatch | DkimError::FailedAuidMatch) => {
            SignatureResult::Wrong
        }
        Error::ParseError
        | Error::MissingParameters
        | Error::NoHeadersFound
        | Error::Base64
        | Error::NotAligned
        | Error::Io(_)
        | Error::Dkim(_)
        | Error::Dkim2(_) => SignatureResult::Unusable,
    }
}
