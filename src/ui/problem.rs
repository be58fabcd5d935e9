//! Words for what went wrong: what happened, why, what to do, and the one button that helps.
//!
//! The only place that turns a [`Problem`] into sentences.

use super::locale::{Locale, tr};
use crate::model::Security;
use crate::sync::{Block, CertificateFault, Fix, LinkFault, Problem, Speaks, Wait};

/// A problem in the user's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What happened, one short line.
    pub what: String,
    /// Why, and what the user can do about it.
    pub advice: String,
    /// The other side's own words, if there are any.
    pub said: Option<String>,
    /// Label of the button that helps.
    pub fix: Option<(Fix, String)>,
}

/// Finds the words.
#[must_use]
pub fn explain(problem: &Problem, locale: &Locale) -> Explained {
    let (what, advice) = sentences(problem, locale);
    let fix = problem.fix();
    let fix = fix_label(fix, locale).map(|label| (fix, label));
    Explained { what, advice, said: words(problem, locale), fix }
}

/// What happened, in one line, for the status line and toasts.
#[must_use]
pub fn headline(problem: &Problem, locale: &Locale) -> String {
    sentences(problem, locale).0
}

/// Label of the button for a fix; `None` if there is nothing to press.
#[must_use]
pub fn fix_label(fix: Fix, locale: &Locale) -> Option<String> {
    let label = match fix {
        Fix::Nothing => return None,
        Fix::Retry | Fix::FreeSpace => tr!(locale, "fix-retry"),
        Fix::GoOnline => tr!(locale, "fix-go-online"),
        Fix::EnterPassword => tr!(locale, "fix-enter-password"),
        Fix::SignIn => tr!(locale, "fix-sign-in"),
        Fix::UnlockKeyring => tr!(locale, "fix-unlock-keyring"),
        Fix::EditServer | Fix::EditPasswordCommand => tr!(locale, "fix-edit-server"),
        Fix::ChooseCertificate => tr!(locale, "fix-choose-certificate"),
        Fix::ReviewCertificate => tr!(locale, "fix-review-certificate"),
        Fix::OpenPage => tr!(locale, "fix-open-page"),
        Fix::ChooseFile => tr!(locale, "fix-choose-file"),
    };
    Some(label.into_owned())
}

/// What to send to whoever has to allow the program before it may sign in.
#[must_use]
pub fn help_desk(email: &str, locale: &Locale) -> String {
    tr!(locale, "help-desk-text", account = email).into_owned()
}

macro_rules! pair {
    ($locale:expr, $what:literal, $advice:literal $(, $name:ident = $value:expr)* $(,)?) => {
        (
            tr!($locale, $what $(, $name = $value)*).into_owned(),
            tr!($locale, $advice $(, $name = $value)*).into_owned(),
        )
    };
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn sentences(problem: &Problem, l: &Locale) -> (String, String) {
    match problem {
        Problem::OfflineByChoice => pair!(l, "problem-offline-choice", "problem-offline-choice-advice"),
        Problem::SwitchedOff => pair!(l, "problem-switched-off", "problem-switched-off-advice"),
        Problem::Link { host, port, fault } => link(host, *port, *fault, l),
        Problem::Certificate { host, fault, .. } => certificate(host, fault, l),
        Problem::WrongProtection { host, port, security: Security::Tls } => {
            pair!(l, "problem-no-tls", "problem-no-tls-advice", host = host.as_str(), port = port.to_string())
        }
        Problem::WrongProtection { host, port, security: Security::StartTls } => pair!(
            l,
            "problem-no-starttls",
            "problem-no-starttls-advice",
            host = host.as_str(),
            port = port.to_string()
        ),
        Problem::Captive { host, .. } => {
            pair!(l, "problem-captive", "problem-captive-advice", host = host.as_str())
        }
        Problem::NotSubmission { host, port } => pair!(
            l,
            "problem-not-smtp",
            "problem-not-smtp-advice",
            host = host.as_str(),
            port = port.to_string()
        ),
        Problem::Blocked { why, service, .. } => blocked(*why, *service, l),
        Problem::Tls { host, .. } => pair!(l, "problem-tls", "problem-tls-advice", host = host.as_str()),
        Problem::TlsTooOld { host, .. } => {
            pair!(l, "problem-tls-too-old", "problem-tls-too-old-advice", host = host.as_str())
        }
        Problem::Farewell { host, .. } => {
            pair!(l, "problem-server-closed", "problem-server-closed-advice", host = host.as_str())
        }
        Problem::NotImap { host, speaks: Speaks::Pop, .. } => {
            pair!(l, "problem-pop", "problem-pop-advice", host = host.as_str())
        }
        Problem::NotImap { host, speaks: Speaks::Smtp, .. } => {
            pair!(l, "problem-smtp-there", "problem-smtp-there-advice", host = host.as_str())
        }
        Problem::NotImap { host, port, .. } => {
            pair!(
                l,
                "problem-not-imap",
                "problem-not-imap-advice",
                host = host.as_str(),
                port = port.to_string()
            )
        }
        Problem::NotProtected { host } => {
            pair!(l, "problem-not-protected", "problem-not-protected-advice", host = host.as_str())
        }
        Problem::SignInRefused { .. } => {
            pair!(l, "problem-sign-in-refused", "problem-sign-in-refused-advice")
        }
        Problem::NoSignInMethod { offered } if offered.iter().any(|word| word == "LOGINDISABLED") => {
            pair!(l, "problem-login-disabled", "problem-login-disabled-advice")
        }
        Problem::NoSignInMethod { offered } => {
            let offered = offered.join(", ");
            pair!(
                l,
                "problem-no-sign-in-method",
                "problem-no-sign-in-method-advice",
                offered = offered.clone()
            )
        }
        Problem::SignInExpired { .. } => {
            pair!(l, "problem-sign-in-expired", "problem-sign-in-expired-advice")
        }
        Problem::WrongUser { wanted, found: Some(found), .. } => {
            pair!(l, "problem-wrong-user", "problem-wrong-user-advice", wanted = &**wanted, found = &**found)
        }
        Problem::WrongUser { wanted, found: None, .. } => {
            pair!(l, "problem-wrong-user-unnamed", "problem-wrong-user-advice", wanted = &**wanted)
        }
        Problem::PortTaken { port } => {
            pair!(l, "problem-port-taken", "problem-port-taken-advice", port = port.to_string())
        }
        Problem::KeyringWaits => pair!(l, "problem-keyring-waits", "problem-keyring-waits-advice"),
        Problem::NoClientId { provider } => {
            pair!(l, "problem-no-client-id", "problem-no-client-id-advice", provider = provider.as_str())
        }
        Problem::ProviderUnreachable { .. } => {
            pair!(l, "problem-provider-unreachable", "problem-provider-unreachable-advice")
        }
        Problem::SignInDenied { .. } => pair!(l, "problem-sign-in-denied", "problem-sign-in-denied-advice"),
        Problem::SignInTimedOut => pair!(l, "problem-sign-in-timed-out", "problem-sign-in-timed-out-advice"),
        Problem::SignInFailed { .. } => pair!(l, "problem-sign-in-failed", "problem-sign-in-failed-advice"),
        Problem::PasswordMissing => pair!(l, "problem-password-missing", "problem-password-missing-advice"),
        Problem::KeyringAbsent => pair!(l, "problem-keyring-absent", "problem-keyring-absent-advice"),
        Problem::KeyringLocked => pair!(l, "problem-keyring-locked", "problem-keyring-locked-advice"),
        Problem::KeyringFailed { .. } => pair!(l, "problem-keyring-failed", "problem-keyring-failed-advice"),
        Problem::PasswordCommandFailed { .. } => {
            pair!(l, "problem-password-command", "problem-password-command-advice")
        }
        Problem::CaFile { path, .. } => {
            pair!(l, "problem-ca-file", "problem-ca-file-advice", path = path.display().to_string())
        }
        Problem::Busy { why, .. } => match why {
            Wait::Connections => pair!(l, "problem-connections", "problem-connections-advice"),
            Wait::Limit => pair!(l, "problem-limit", "problem-limit-advice"),
            Wait::Unavailable => pair!(l, "problem-unavailable", "problem-unavailable-advice"),
            Wait::Here => pair!(l, "problem-busy-here", "problem-busy-here-advice"),
            Wait::Throttled | Wait::Unknown => pair!(l, "problem-busy", "problem-busy-advice"),
        },
        Problem::OverQuota { .. } => pair!(l, "problem-over-quota", "problem-over-quota-advice"),
        Problem::Denied { .. } => pair!(l, "problem-denied", "problem-denied-advice"),
        Problem::NotDone { .. } => pair!(l, "problem-not-done", "problem-not-done-advice"),
        Problem::Refused { command, .. } => {
            pair!(l, "problem-refused", "problem-refused-advice", command = command.as_str())
        }
        Problem::Protocol { .. } => pair!(l, "problem-protocol", "problem-protocol-advice"),
        Problem::NothingToUndo => pair!(l, "problem-nothing-to-undo", "problem-nothing-to-undo-advice"),
        Problem::NoFolderFor { .. } => pair!(l, "problem-no-folder", "problem-no-folder-advice"),
        Problem::TooLarge { size, .. } => {
            let megabytes = (size / 1_000_000).max(1).to_string();
            pair!(l, "problem-too-large", "problem-too-large-advice", megabytes = megabytes.as_str())
        }
        Problem::MailboxProtected => pair!(l, "problem-folder-protected", "problem-folder-protected-advice"),
        Problem::MailboxHasChildren => pair!(l, "problem-folder-children", "problem-folder-children-advice"),
        Problem::BadMailboxName => pair!(l, "problem-folder-name", "problem-folder-name-advice"),
        Problem::MailboxExists => pair!(l, "problem-folder-exists", "problem-folder-exists-advice"),
        Problem::MessageGone => pair!(l, "problem-message-gone", "problem-message-gone-advice"),
        Problem::MailboxGone => pair!(l, "problem-mailbox-gone", "problem-mailbox-gone-advice"),
        Problem::PartGone => pair!(l, "problem-part-gone", "problem-part-gone-advice"),
        Problem::AccountGone => pair!(l, "problem-account-gone", "problem-account-gone-advice"),
        Problem::AccountExists => pair!(l, "problem-account-exists", "problem-account-exists-advice"),
        Problem::DiskFull { .. } => pair!(l, "problem-disk-full", "problem-disk-full-advice"),
        Problem::FileExists { path } => {
            pair!(l, "problem-file-exists", "problem-file-exists-advice", path = path.display().to_string())
        }
        Problem::File { path, .. } => {
            pair!(l, "problem-file", "problem-file-advice", path = path.display().to_string())
        }
        Problem::Fault => pair!(l, "problem-fault", "problem-fault-advice"),
        Problem::Store { .. } => pair!(l, "problem-store", "problem-store-advice"),
    }
}

fn link(host: &str, port: u16, fault: LinkFault, l: &Locale) -> (String, String) {
    let port = port.to_string();
    match fault {
        LinkFault::NameNotFound => {
            pair!(l, "problem-name-not-found", "problem-name-not-found-advice", host = host)
        }
        LinkFault::Refused => {
            pair!(l, "problem-port-refused", "problem-port-refused-advice", host = host, port = port.as_str())
        }
        LinkFault::Unreachable => pair!(l, "problem-unreachable", "problem-unreachable-advice", host = host),
        LinkFault::TimedOut => pair!(l, "problem-timed-out", "problem-timed-out-advice", host = host),
        LinkFault::Silent => {
            pair!(l, "problem-silent", "problem-silent-advice", host = host, port = port.as_str())
        }
        LinkFault::Lost => pair!(l, "problem-link-lost", "problem-link-lost-advice", host = host),
        LinkFault::ServerClosed => {
            pair!(l, "problem-server-closed", "problem-server-closed-advice", host = host)
        }
    }
}

/// The password may be right, but something else stands in the way.
fn blocked(why: Block, service: Option<&str>, l: &Locale) -> (String, String) {
    let provider = l.text("problem-the-provider");
    let who = service.unwrap_or(provider.as_ref());
    match why {
        Block::ImapOff => pair!(l, "problem-imap-off", "problem-imap-off-advice", who = who),
        Block::SmtpOff => pair!(l, "problem-smtp-off", "problem-smtp-off-advice"),
        Block::AppPassword => pair!(l, "problem-app-password", "problem-app-password-advice", who = who),
        Block::MaybeAppPassword => {
            pair!(l, "problem-maybe-app-password", "problem-maybe-app-password-advice", who = who)
        }
        Block::NotAllowed => pair!(l, "problem-not-allowed", "problem-not-allowed-advice"),
        Block::Privacy => pair!(l, "problem-privacy", "problem-privacy-advice"),
        Block::BrowserOnly => pair!(l, "problem-browser-only", "problem-browser-only-advice", who = who),
        Block::Admin => pair!(l, "problem-admin", "problem-admin-advice"),
        Block::Web => pair!(l, "problem-web", "problem-web-advice", who = who),
        Block::Locked => pair!(l, "problem-locked", "problem-locked-advice", who = who),
        Block::Expired => pair!(l, "problem-expired", "problem-expired-advice", who = who),
    }
}

fn certificate(host: &str, fault: &CertificateFault, l: &Locale) -> (String, String) {
    match fault {
        CertificateFault::UntrustedIssuer => {
            pair!(l, "problem-certificate-issuer", "problem-certificate-issuer-advice", host = host)
        }
        CertificateFault::SelfSigned => {
            pair!(l, "problem-certificate-self", "problem-certificate-self-advice", host = host)
        }
        CertificateFault::NotYetValid => {
            pair!(l, "problem-certificate-early", "problem-certificate-early-advice", host = host)
        }
        CertificateFault::Changed => {
            pair!(l, "problem-certificate-changed", "problem-certificate-changed-advice", host = host)
        }
        CertificateFault::WrongName { presented } => {
            let names = presented.join(", ");
            pair!(
                l,
                "problem-certificate-name",
                "problem-certificate-name-advice",
                host = host,
                names = names.as_str()
            )
        }
        CertificateFault::Expired => {
            pair!(l, "problem-certificate-expired", "problem-certificate-expired-advice", host = host)
        }
        CertificateFault::Revoked => {
            pair!(l, "problem-certificate-revoked", "problem-certificate-revoked-advice", host = host)
        }
        CertificateFault::Other { .. } => {
            pair!(l, "problem-certificate-other", "problem-certificate-other-advice", host = host)
        }
    }
}

/// The words of the other side, marked as such.
fn words(problem: &Problem, locale: &Locale) -> Option<String> {
    let (server, detail) = match problem {
        Problem::WrongUser { text, .. } => (&**text, ""),
        Problem::SignInRefused { text }
        | Problem::SignInExpired { text }
        | Problem::SignInDenied { text }
        | Problem::Farewell { text, .. }
        | Problem::Blocked { text, .. }
        | Problem::Busy { text, .. }
        | Problem::OverQuota { text }
        | Problem::Denied { text }
        | Problem::Refused { text, .. } => (text.as_str(), ""),
        Problem::Tls { detail, .. }
        | Problem::TlsTooOld { detail, .. }
        | Problem::Certificate { fault: CertificateFault::Other { detail }, .. }
        | Problem::KeyringFailed { detail }
        | Problem::ProviderUnreachable { detail }
        | Problem::SignInFailed { detail }
        | Problem::PasswordCommandFailed { detail, .. }
        | Problem::CaFile { detail, .. }
        | Problem::Protocol { detail }
        | Problem::NotDone { text: detail }
        | Problem::File { detail, .. }
        | Problem::Store { detail } => ("", detail.as_str()),
        Problem::OfflineByChoice
        | Problem::SwitchedOff
        | Problem::Link { .. }
        | Problem::Certificate { .. }
        | Problem::NotImap { .. }
        | Problem::WrongProtection { .. }
        | Problem::Captive { .. }
        | Problem::NotSubmission { .. }
        | Problem::NotProtected { .. }
        | Problem::NoSignInMethod { .. }
        | Problem::NoClientId { .. }
        | Problem::SignInTimedOut
        | Problem::PortTaken { .. }
        | Problem::KeyringWaits
        | Problem::PasswordMissing
        | Problem::KeyringAbsent
        | Problem::KeyringLocked
        | Problem::MessageGone
        | Problem::NothingToUndo
        | Problem::NoFolderFor { .. }
        | Problem::TooLarge { .. }
        | Problem::MailboxProtected
        | Problem::MailboxHasChildren
        | Problem::BadMailboxName
        | Problem::MailboxExists
        | Problem::MailboxGone
        | Problem::PartGone
        | Problem::AccountGone
        | Problem::AccountExists
        | Problem::Fault
        | Problem::DiskFull { .. }
        | Problem::FileExists { .. } => ("", ""),
    };
    if !server.is_empty() {
        Some(tr!(locale, "problem-server-said", text = server).into_owned())
    } else if !detail.is_empty() {
        Some(tr!(locale, "problem-detail", text = detail).into_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_words_and_a_way_out() {
        let link = |fault| Problem::Link { host: "imap.example.org".into(), port: 993, fault };
        let english = Locale::english();
        for problem in [
            link(LinkFault::NameNotFound),
            link(LinkFault::Refused),
            link(LinkFault::Lost),
            Problem::SignInRefused { text: "[AUTHENTICATIONFAILED] no".into() },
            Problem::KeyringLocked,
            Problem::DiskFull { path: None },
        ] {
            let words = explain(&problem, &english);
            assert!(
                !words.what.starts_with("problem-") && !words.advice.starts_with("problem-"),
                "{words:?}"
            );
            assert!(words.fix.is_some(), "{words:?}");
            assert_ne!(words.what, words.advice);
        }
        let words = explain(&link(LinkFault::Refused), &english);
        assert!(words.what.contains("imap.example.org") && words.what.contains("993"), "{words:?}");
    }

    #[test]
    fn the_server_is_quoted_as_such() {
        let words = explain(&Problem::SignInRefused { text: "go away".into() }, &Locale::english());
        assert_eq!(words.said.as_deref(), Some("The server said: go away"));
        assert_eq!(explain(&Problem::MessageGone, &Locale::english()).fix, None);
    }
}
