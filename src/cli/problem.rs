//! Problems of the worker in one English line. The window has its own words, in the user's language.

use crate::model::Security;
use crate::sync::{Block, CertificateFault, LinkFault, Problem, Speaks, Wait};
use std::fmt;

/// Writes a problem as what happened, why, and what to do.
pub(super) struct Sentence<'a>(pub(super) &'a Problem);

impl fmt::Display for Sentence<'_> {
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Problem::Link { host, port, fault } => link(f, host, *port, *fault),
            Problem::Certificate { host, fault, .. } => certificate(f, host, fault),
            Problem::WrongProtection { host, port, security: Security::Tls } => write!(
                f,
                "{host}:{port} does not speak TLS from the start; try --security starttls, or the port for TLS (993, for submission 465)"
            ),
            Problem::WrongProtection { host, port, security: Security::StartTls } => write!(
                f,
                "{host}:{port} does not go on with TLS after STARTTLS; try --security tls with its port (993, for submission 465)"
            ),
            Problem::Captive { host, port } => write!(
                f,
                "a web page answers in place of {host}:{port}; open a browser and sign in to the network (hotel, train, guest network), then try again"
            ),
            Problem::NotSubmission { host, port } => write!(
                f,
                "what answers at {host}:{port} does not take mail (SMTP); check the port and --smtp-security"
            ),
            Problem::Tls { host, detail } => write!(
                f,
                "no protected connection to {host} ({detail}); the server may be too old, or --security is the other one"
            ),
            Problem::NotImap { host, port, speaks: Speaks::Pop } => write!(
                f,
                "what answers at {host}:{port} is a POP3 server; Postrider reads mail by IMAP, whose port is 993 with --security tls (143 with starttls)"
            ),
            Problem::NotImap { host, port, speaks: Speaks::Smtp } => write!(
                f,
                "what answers at {host}:{port} takes mail for sending (SMTP); name it with --smtp, and the IMAP server (port 993) with --imap"
            ),
            Problem::TlsTooOld { host, detail } => write!(
                f,
                "{host} knows only old kinds of TLS that are no longer safe ({detail}), so nothing was sent; tell the server's operator to switch on TLS 1.2 or 1.3"
            ),
            Problem::Farewell { host, text } => write!(
                f,
                "the server {host} closed the connection{}; nothing is lost locally, try again later",
                said(text)
            ),
            Problem::NotImap { host, port, .. } => write!(
                f,
                "what answers at {host}:{port} does not speak IMAP; check the port and --security, or sign in to the network first"
            ),
            Problem::NotProtected { host } => write!(
                f,
                "{host} did not offer STARTTLS properly, so nothing was sent; try --security tls with the port for it (993, for submission 465), and beware of the network"
            ),
            Problem::CaFile { path, detail } => {
                write!(
                    f,
                    "the certificate file {} cannot be used ({detail}); name another with --ca",
                    path.display()
                )
            }
            Problem::DiskFull { path: Some(path) } => {
                write!(
                    f,
                    "the disk is full: {} was not written; free some space and try again",
                    path.display()
                )
            }
            Problem::DiskFull { path: None } => {
                f.write_str("the disk is full; nothing was lost, free some space and try again")
            }
            Problem::FileExists { path } => {
                write!(f, "{} exists already and was left as it is; choose another name", path.display())
            }
            Problem::File { path, detail } => write!(f, "{} cannot be written: {detail}", path.display()),
            Problem::Fault => {
                f.write_str("Postrider itself has a fault, which was noted; nothing is lost, try again")
            }
            Problem::Store { detail } => write!(f, "the local store failed: {detail}"),
            secrets @ (Problem::SignInRefused { .. }
            | Problem::SignInExpired { .. }
            | Problem::SignInTimedOut
            | Problem::SignInDenied { .. }
            | Problem::WrongUser { .. }
            | Problem::PortTaken { .. }
            | Problem::KeyringWaits
            | Problem::SignInFailed { .. }
            | Problem::NoClientId { .. }
            | Problem::ProviderUnreachable { .. }
            | Problem::NoSignInMethod { .. }
            | Problem::Blocked { .. }
            | Problem::PasswordMissing
            | Problem::KeyringAbsent
            | Problem::KeyringLocked
            | Problem::KeyringFailed { .. }
            | Problem::PasswordCommandFailed { .. }) => secret(f, secrets),
            Problem::SwitchedOff => f.write_str("the account is switched off; switch it on in the window"),
            others @ (Problem::OfflineByChoice
            | Problem::Busy { .. }
            | Problem::OverQuota { .. }
            | Problem::Denied { .. }
            | Problem::NotDone { .. }
            | Problem::Refused { .. }
            | Problem::Protocol { .. }
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
            | Problem::AccountExists) => server(f, others),
        }
    }
}

fn link(f: &mut fmt::Formatter<'_>, host: &str, port: u16, fault: LinkFault) -> fmt::Result {
    match fault {
        LinkFault::NameNotFound => {
            write!(f, "the server {host} was not found; check its name and the network")
        }
        LinkFault::Refused => write!(
            f,
            "connection refused: nothing listens at {host}:{port}; check the port, or try again when the server is up"
        ),
        LinkFault::Unreachable => write!(f, "{host} is unreachable; check the network"),
        LinkFault::TimedOut => write!(f, "timeout: {host}:{port} does not answer; try again later"),
        LinkFault::Silent => write!(
            f,
            "timeout: {host}:{port} takes the call but says nothing; often the port wants the other --security, or a firewall is in between"
        ),
        LinkFault::Lost => {
            write!(f, "the connection to {host}:{port} was lost; nothing is lost locally, try again")
        }
        LinkFault::ServerClosed => {
            write!(f, "the server {host}:{port} closed the connection; nothing is lost locally, try again")
        }
    }
}

fn certificate(f: &mut fmt::Formatter<'_>, host: &str, fault: &CertificateFault) -> fmt::Result {
    match fault {
        CertificateFault::UntrustedIssuer => write!(
            f,
            "the certificate of {host} is signed by nobody whom this system trusts, so nothing was sent; if the server is yours, name its authority with --ca FILE, or see `postrider account trust`"
        ),
        CertificateFault::SelfSigned => write!(
            f,
            "the certificate of {host} is signed by itself and by nobody whom this system trusts, so nothing was sent; if the server is yours, see `postrider account trust`"
        ),
        CertificateFault::NotYetValid => write!(
            f,
            "the certificate of {host} is not valid yet, so nothing was sent; check this machine's clock, else tell the server's operator"
        ),
        CertificateFault::Changed => write!(
            f,
            "{host} shows another certificate than the one that was trusted, so nothing was sent; if its operator renewed it, see `postrider account trust`, else somebody may be listening in"
        ),
        CertificateFault::WrongName { presented } if presented.is_empty() => {
            write!(
                f,
                "the certificate of {host} is for another host name, so nothing was sent; check the server's name"
            )
        }
        CertificateFault::WrongName { presented } => write!(
            f,
            "the certificate is not for {host} but for the host name {}, so nothing was sent; check the server's name",
            presented.join(", ")
        ),
        CertificateFault::Expired => write!(
            f,
            "the certificate of {host} has expired, so nothing was sent; check this machine's clock, else tell the server's operator"
        ),
        CertificateFault::Revoked => {
            write!(
                f,
                "the certificate of {host} was revoked, so nothing was sent; tell the server's operator"
            )
        }
        CertificateFault::Other { detail } => {
            write!(f, "the certificate of {host} is not acceptable ({detail}), so nothing was sent")
        }
    }
}

/// Problems around the password.
fn secret(f: &mut fmt::Formatter<'_>, problem: &Problem) -> fmt::Result {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other kinds have their own functions")]
    match problem {
        Problem::SignInRefused { text } => write!(
            f,
            "the server refused user name or password{}; check both, and whether the provider asks for an app password",
            said(text)
        ),
        Problem::Blocked { why, service, page, text } => blocked(f, *why, *service, page.as_deref(), text),
        Problem::NoSignInMethod { offered } if offered.iter().any(|word| word == "LOGINDISABLED") => f.write_str(
            "the server takes no passwords at present (LOGINDISABLED) and offers no other way that Postrider knows; ask its operator, or try again later",
        ),
        Problem::NoSignInMethod { offered } => write!(
            f,
            "the server offers no way of signing in that Postrider knows (it offers {}); ask its operator for PLAIN, SCRAM or OAuth over TLS",
            if offered.is_empty() { "none".to_owned() } else { offered.join(", ") }
        ),
        Problem::SignInExpired { text } => write!(
            f,
            "the provider no longer accepts the sign-in, or somebody else signed in with the browser{}; remove the account and add it again with --auth oauth",
            said(text)
        ),
        Problem::SignInTimedOut => {
            f.write_str("nobody signed in with the browser within five minutes; try again")
        }
        Problem::SignInDenied { text } => write!(
            f,
            "the sign-in was declined in the browser{}; try again and allow Postrider to read and send mail",
            said(text)
        ),
        Problem::WrongUser { wanted, found, text } => wrong_user(f, wanted, found.as_deref(), text),
        Problem::PortTaken { port } => write!(
            f,
            "port {port}, to which the browser has to come back, is taken by another program; end that program (another sign-in may be waiting), or name another redirect in oauth.toml"
        ),
        Problem::KeyringWaits => {
            f.write_str("the keyring waits for its password; unlock it in the window that it opened")
        }
        Problem::SignInFailed { detail } => write!(f, "signing in did not work: {detail}; try again"),
        Problem::NoClientId { provider } => write!(
            f,
            "no OAuth client id is known for {provider}; name one with --oauth-client-id, in oauth.toml of the profile, \
             or in POSTRIDER_OAUTH_{}_ID, or use an app password without --auth oauth",
            provider.to_ascii_uppercase()
        ),
        Problem::ProviderUnreachable { detail } => {
            write!(
                f,
                "the provider that signs you in cannot be reached ({detail}); check the network and try again"
            )
        }
        Problem::PasswordMissing => f.write_str(
            "no password is known; add the account anew with --password-stdin or --password-command",
        ),
        Problem::KeyringAbsent => f.write_str(
            "there is no keyring with the password; start one, or add the account with --password-command",
        ),
        Problem::KeyringLocked => f.write_str("the keyring is locked; unlock it and try again"),
        Problem::KeyringFailed { detail } => write!(f, "the keyring failed: {detail}"),
        Problem::PasswordCommandFailed { status, detail } => {
            f.write_str("the password command failed")?;
            if let Some(status) = status {
                write!(f, " with status {status}")?;
            }
            write!(
                f,
                "{}; try it in a shell",
                if detail.is_empty() { String::new() } else { format!(": {detail}") }
            )
        }
        _ => Ok(()),
    }
}

fn wrong_user(f: &mut fmt::Formatter<'_>, wanted: &str, found: Option<&str>, text: &str) -> fmt::Result {
    match found {
        Some(found) => write!(f, "you signed in as {found}, and that does not open the mailbox of {wanted}")?,
        None => write!(
            f,
            "this sign-in does not open the mailbox of {wanted}; most likely another account is signed in in the browser"
        )?,
    }
    write!(
        f,
        "{}; nothing was kept: sign in as {wanted} in the browser (sign out there first if it does not ask), or name another --email or --user",
        said(text)
    )
}

fn server(f: &mut fmt::Formatter<'_>, problem: &Problem) -> fmt::Result {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other kinds have their own functions")]
    match problem {
        Problem::OfflineByChoice => f.write_str("Postrider is in offline mode"),
        Problem::Busy { why, text } => match why {
            Wait::Connections => write!(
                f,
                "the server has too many connections of this account{}; close other mail programs, or try again in some minutes",
                said(text)
            ),
            Wait::Limit => write!(
                f,
                "a limit of the account is used up at the server{}; it is lifted by itself, try again in some hours",
                said(text)
            ),
            Wait::Unavailable => {
                write!(f, "a part of the server is down{}; try again later", said(text))
            }
            Wait::Here => {
                f.write_str("another Postrider is at work on the same; try again when it has ended")
            }
            Wait::Throttled | Wait::Unknown => {
                write!(f, "the server asks to wait{}; try again later", said(text))
            }
        },
        Problem::OverQuota { text } => {
            write!(f, "there is no room left on the server{}; delete something there", said(text))
        }
        Problem::Denied { text } => write!(f, "the server does not allow it{}", said(text)),
        Problem::NotDone { text } => {
            write!(f, "the server says {text}; nothing is lost, try again or ask who runs the server")
        }
        Problem::Refused { command, text } => write!(f, "the server refused {command}{}", said(text)),
        Problem::Protocol { detail } => {
            write!(
                f,
                "the server sent something that makes no sense ({detail}); nothing is lost locally, try again, and tell the server's operator if it stays so"
            )
        }
        Problem::NothingToUndo => f.write_str("there is nothing to undo"),
        Problem::NoFolderFor { what } => write!(
            f,
            "the account has no {} mailbox; make one on the server, or name a mailbox",
            what.as_str()
        ),
        Problem::TooLarge { size, limit } => {
            write!(f, "the message of {size} bytes is larger than the server takes")?;
            match limit {
                Some(limit) => write!(f, " ({limit} bytes); it stays where it is"),
                None => f.write_str("; it stays where it is"),
            }
        }
        Problem::MailboxProtected => {
            f.write_str("the account needs this mailbox as it is; choose another one")
        }
        Problem::MailboxHasChildren => {
            f.write_str("there are mailboxes below it; delete or move those first")
        }
        Problem::BadMailboxName => f.write_str("no mailbox can have that name; choose another one"),
        Problem::MailboxExists => f.write_str("there is a mailbox of that name already; choose another one"),
        Problem::MessageGone => {
            f.write_str("the message is no longer on the server: another mail program moved or deleted it")
        }
        Problem::MailboxGone => f.write_str(
            "the mailbox is no longer on the server; `postrider mailboxes` shows those that there are",
        ),
        Problem::PartGone => f.write_str("the message has no such part"),
        Problem::AccountGone => f.write_str("there is no such account any more"),
        Problem::AccountExists => f.write_str("there is already an account with this address"),
        _ => Ok(()),
    }
}

/// The password may be right, but something else stands in the way.
fn blocked(
    f: &mut fmt::Formatter<'_>,
    why: Block,
    service: Option<&str>,
    page: Option<&str>,
    text: &str,
) -> fmt::Result {
    let who = service.unwrap_or("the provider");
    let at = page.map(|page| format!(" at {page}")).unwrap_or_default();
    let said = said(text);
    match why {
        Block::ImapOff => write!(
            f,
            "IMAP is switched off for this account{said}; switch it on in the web settings of {who}{at}, then try again"
        ),
        Block::SmtpOff => write!(
            f,
            "sending is switched off for mail programs{said}; the administrator has to switch on SMTP AUTH for this mailbox"
        ),
        Block::AppPassword => write!(
            f,
            "{who} wants an app password in place of the usual one{said}; make one{at} and use it here"
        ),
        Block::MaybeAppPassword => write!(
            f,
            "wrong password, or {who} wants an app password in place of the usual one{said}; check it, or make an app password{at} and use it here"
        ),
        Block::NotAllowed => write!(
            f,
            "the password is right, but it does not open this mailbox{said}; check the user name (--user), or ask the administrator for access"
        ),
        Block::Privacy => write!(
            f,
            "the server wants a better protected connection{said}; use --security tls with its port (993, for submission 465)"
        ),
        Block::BrowserOnly => write!(
            f,
            "{who} takes no passwords from mail programs{said}; sign in with the browser: --auth oauth"
        ),
        Block::Admin => write!(
            f,
            "the administrator of the organisation has to allow this mail program first{said}; `postrider doctor` prints a text for the help desk"
        ),
        Block::Web => write!(
            f,
            "{who} wants to see you in the browser first{said}; sign in there{at} and confirm that it was you, then try again"
        ),
        Block::Locked => {
            write!(f, "the account is locked or suspended{said}; sign in on the web page of {who} to see why")
        }
        Block::Expired => write!(
            f,
            "the password has expired{said}; set a new one on the web page of {who}, then enter it here"
        ),
    }
}

fn said(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" (it said: {text})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_one_line_and_says_something() {
        let link = |fault| Problem::Link { host: "h".into(), port: 993, fault };
        let certificate = |fault| {
            let chain = crate::net::Chain::default();
            Problem::Certificate { host: "h".into(), port: 993, fault, chain }
        };
        let cases = [
            (link(LinkFault::Refused), "connection refused"),
            (link(LinkFault::TimedOut), "timeout"),
            (Problem::SignInRefused { text: "no".into() }, "password"),
            (Problem::PasswordCommandFailed { status: Some(1), detail: "x".into() }, "status 1: x"),
            (certificate(CertificateFault::Expired), "expired"),
            (
                certificate(CertificateFault::WrongName { presented: vec!["other.example".into()] }),
                "other.example",
            ),
            (certificate(CertificateFault::SelfSigned), "account trust"),
            (Problem::Busy { why: Wait::Limit, text: "full".into() }, "limit"),
            (Problem::Busy { why: Wait::Connections, text: "no more".into() }, "too many connections"),
            (Problem::Busy { why: Wait::Here, text: String::new() }, "another Postrider"),
            (Problem::NoSignInMethod { offered: vec!["LOGINDISABLED".into()] }, "LOGINDISABLED"),
            (Problem::Busy { why: Wait::Unknown, text: String::new() }, "wait;"),
        ];
        for (problem, part) in cases {
            let text = Sentence(&problem).to_string();
            assert!(text.contains(part) && !text.contains('\n'), "{text}");
        }
    }
}
