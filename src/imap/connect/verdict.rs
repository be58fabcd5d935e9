//! What a refusal at the sign-in means: for the ways that are left, and for the user.

use crate::imap::auth::{Mechanism, Refusal};
use crate::imap::error::Error;
use crate::imap::response::{Condition, ResponseCode, StatusText};
use crate::imap::session::MAX_SERVER_TEXT;
use crate::imap::text::printable;
use crate::model::Security;

pub(super) enum Verdict {
    Final(Error),
    TryNext(Error),
}

/// What a tagged NO or BAD means for the mechanisms that are left.
pub(super) fn verdict(mechanism: Mechanism, status: &StatusText) -> Verdict {
    let text: Box<str> = printable(status.text.as_bytes(), MAX_SERVER_TEXT).into();
    let code = status.code.clone().map(Box::new);
    let rejected = || Error::AuthRejected { mechanism, server_text: text.clone(), code: code.clone() };
    match (status.condition, &status.code) {
        (Condition::No, Some(ResponseCode::Unavailable | ResponseCode::InUse | ResponseCode::Limit)) => {
            Verdict::Final(Error::No { command: "AUTHENTICATE", code, text })
        }
        (
            Condition::No,
            Some(
                ResponseCode::AuthenticationFailed
                | ResponseCode::AuthorizationFailed
                | ResponseCode::Expired
                | ResponseCode::ContactAdmin
                | ResponseCode::Alert
                | ResponseCode::WebAlert(_),
            ),
        ) => Verdict::Final(rejected()),
        // The same password in another wrapping would be refused again, and count as one more wrong try.
        (Condition::No, _) if mechanism.reveals_password() => Verdict::Final(rejected()),
        _ => Verdict::TryNext(rejected()),
    }
}

pub(super) fn refusal(refusal: Refusal, mechanism: Mechanism) -> Error {
    match refusal {
        Refusal::ServerUnproven => Error::ServerUnproven { mechanism },
        Refusal::Broken(detail) => Error::Protocol { detail: detail.into() },
        Refusal::Unsendable => Error::Unsendable { what: "user name, password or token" },
    }
}

/// Words of the server for the user; none from before the encryption.
pub(super) fn server_text(status: &StatusText, security: Security) -> Box<str> {
    if security == Security::StartTls {
        return "".into();
    }
    let text = printable(status.text.as_bytes(), MAX_SERVER_TEXT);
    match &status.code {
        // Whoever reads the words knows these codes (RFC 5530).
        Some(ResponseCode::Unavailable) => format!("[UNAVAILABLE] {text}").into(),
        Some(ResponseCode::Limit) => format!("[LIMIT] {text}").into(),
        _ => text.into(),
    }
}
