//! Errors on their way up, sorted by what the task that meets them does; and their translation into a
//! [`Problem`] for the window.

use super::refusal::{self, Block, Reading, Said};
use super::status::{CertificateFault, LinkFault, Problem, Speaks, Wait};
use crate::discover::service_of_host;
use crate::imap::{Chain, Error, ResponseCode, TlsProblem};
use crate::model::{Certificate, Security, Server};
use crate::secret::SecretError;
use crate::smtp;
use crate::store::StoreError;
use std::io;
use std::time::Duration;

/// Why a piece of work ended.
#[derive(Clone, Debug)]
pub(super) enum Trouble {
    /// The connection is gone, or there is none to be had: everything waits.
    Link {
        /// For the status line.
        problem: Problem,
        /// How long the connection had lived; zero if it never did.
        age: Duration,
    },
    /// The server refused this one thing; the connection is good for others.
    Refused(Problem),
    /// The local store failed: nothing else makes sense before it works.
    Store(Problem),
    /// A mailbox was rebuilt (UIDVALIDITY) in the middle of a piece of work: look into it and begin again.
    Rebuilt,
    /// Somebody else found out already that there is no connection: wait with the others.
    Again,
}

impl Trouble {
    /// The reason for people.
    pub(super) fn problem(&self) -> Problem {
        match self {
            Self::Link { problem, .. } | Self::Refused(problem) | Self::Store(problem) => problem.clone(),
            Self::Again | Self::Rebuilt => Problem::Busy { why: Wait::Unknown, text: String::new() },
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(of_store(&error))
    }
}

/// Makes foreign text fit for one line.
pub(super) fn tidy(text: &str) -> String {
    let words = text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    crate::mime::header::display_safe(&line).chars().take(Problem::MAX_TEXT).collect()
}

/// What a failure of the store means to people.
pub(super) fn of_store(error: &StoreError) -> Problem {
    match error {
        StoreError::DiskFull { .. } => Problem::DiskFull { path: None },
        StoreError::File { path, source } => {
            Problem::File { path: path.clone(), detail: tidy(&source.to_string()) }
        }
        StoreError::Exists { .. } => Problem::AccountExists,
        StoreError::Busy
        | StoreError::TooLarge { .. }
        | StoreError::PartBusy
        | StoreError::BrokenOff { .. }
        | StoreError::Newer { .. }
        | StoreError::Foreign { .. }
        | StoreError::Corrupt { .. }
        | StoreError::Gone { .. }
        | StoreError::Closed
        | StoreError::Panicked { .. }
        | StoreError::Sql(_) => Problem::Store { detail: tidy(&error.to_string()) },
    }
}

/// What a missing password means to people.
pub(super) fn of_secret(error: SecretError) -> Problem {
    match error {
        SecretError::Missing => Problem::PasswordMissing,
        SecretError::KeyringAbsent => Problem::KeyringAbsent,
        SecretError::KeyringLocked => Problem::KeyringLocked,
        SecretError::KeyringFailed { detail } => Problem::KeyringFailed { detail: tidy(&detail) },
        SecretError::Command { status, detail } => {
            Problem::PasswordCommandFailed { status, detail: tidy(&detail) }
        }
    }
}

/// What a failure of a file means to people.
pub(super) fn of_file(path: &std::path::Path, error: &io::Error) -> Problem {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum that grows")]
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Problem::DiskFull { path: Some(path.to_owned()) }
        }
        io::ErrorKind::AlreadyExists => Problem::FileExists { path: path.to_owned() },
        _ => Problem::File { path: path.to_owned(), detail: tidy(&error.to_string()) },
    }
}

/// What a failure of the protocol means to people.
#[must_use]
pub fn of_imap(error: &Error, server: &Server) -> Problem {
    let link = |fault| Problem::Link { host: server.host.clone(), port: server.port, fault };
    match error {
        Error::Offline { source, .. } => link(of_io(source)),
        Error::Timeout { what: "the greeting" } => link(LinkFault::Silent),
        Error::Timeout { .. } => link(LinkFault::TimedOut),
        Error::Closed => link(LinkFault::Lost),
        Error::Bye { text } if is_busy(text) || why(text) != Wait::Unknown => busy(tidy(text)),
        Error::Bye { text } if text.trim().is_empty() => link(LinkFault::ServerClosed),
        Error::Bye { text } => Problem::Farewell { host: server.host.clone(), text: tidy(text) },
        Error::Tls(problem, chain) => of_tls(problem, chain, server),
        Error::NotImap { detail } if is_web(detail) => {
            Problem::Captive { host: server.host.clone(), port: server.port }
        }
        Error::NotImap { detail } => {
            Problem::NotImap { host: server.host.clone(), port: server.port, speaks: speaks(detail) }
        }
        Error::PreAuth if server.security == Security::Tls => {
            Problem::Protocol { detail: "it lets everybody in without a password (PREAUTH)".to_owned() }
        }
        // Whoever cannot prove to know the password is not the server it was set for.
        Error::StartTlsRefused | Error::StartTlsInjection | Error::PreAuth | Error::ServerUnproven { .. } => {
            Problem::NotProtected { host: server.host.clone() }
        }
        Error::AuthRejected { server_text, code, mechanism } => {
            let passes = code.as_deref().is_some_and(passes);
            let said = Said {
                host: &server.host,
                code: code.as_deref().and_then(code_word),
                text: server_text,
                password: !mechanism.takes_token(),
            };
            of_refusal(said, passes, web_page(code.as_deref()))
        }
        // Only tokens are taken, so it was a password that we had.
        Error::NoCommonMechanism { offered } if takes_tokens(offered) => {
            let service = service_of_host(&server.host).map(|service| service.name.as_str());
            Problem::Blocked { why: Block::BrowserOnly, service, page: None, text: offered.join(" ") }
        }
        Error::NoCommonMechanism { offered } => Problem::NoSignInMethod { offered: offered.clone() },
        Error::No { command: "AUTHENTICATE", code, text } => {
            let code = code.as_deref();
            let said = Said { host: &server.host, code: code.and_then(code_word), text, password: false };
            let problem = of_refusal(said, true, web_page(code));
            if let (Problem::Busy { text, .. }, Some(ResponseCode::Unavailable)) = (&problem, code) {
                return Problem::Busy { why: Wait::Unavailable, text: text.clone() };
            }
            problem
        }
        Error::No { command, code, text } => of_no(command, code.as_deref(), text),
        // Microsoft 365 says so after the sign-in, at any command.
        Error::Bad { text, .. } if text.to_ascii_lowercase().contains("authenticated but not connected") => {
            let said = Said { host: &server.host, code: None, text, password: false };
            of_refusal(said, false, None)
        }
        // Microsoft 365 throttles by BAD.
        Error::Bad { text, .. } if is_throttled(text) => busy(tidy(text)),
        Error::Bad { command, text } => Problem::Refused { command: (*command).to_owned(), text: tidy(text) },
        Error::Limit { .. }
        | Error::Protocol { .. }
        | Error::Unsupported { .. }
        | Error::Unsendable { .. } => Problem::Protocol { detail: tidy(&error.to_string()) },
    }
}

/// What a refused sign-in means to people: first what the words say, then whether it is only for now.
fn of_refusal(said: Said<'_>, passes: bool, page: Option<Box<str>>) -> Problem {
    let text = tidy(said.text);
    let is_full = said.code == Some("OVERQUOTA");
    match refusal::read(said) {
        None if is_full => Problem::OverQuota { text },
        Some(Reading::Connections) => Problem::Busy { why: Wait::Connections, text },
        Some(Reading::Limit) => Problem::Busy { why: Wait::Limit, text },
        Some(Reading::Blocked { why, service, page: usual }) => {
            Problem::Blocked { why, service, page: page.or(usual), text }
        }
        None if passes || is_busy(&text) => busy(text),
        None => Problem::SignInRefused { text },
    }
}

/// What the words of an OAuth provider mean that gives no token.
pub(super) fn of_provider(text: String) -> Problem {
    match refusal::read(Said { host: "", code: None, text: &text, password: false }) {
        Some(Reading::Blocked { why, service, page }) => Problem::Blocked { why, service, page, text },
        Some(Reading::Connections | Reading::Limit) | None => Problem::SignInExpired { text },
    }
}

fn takes_tokens(offered: &[String]) -> bool {
    offered.iter().any(|word| word.ends_with("XOAUTH2") || word.ends_with("OAUTHBEARER"))
}

/// The response codes that the table of refusals knows.
#[expect(clippy::wildcard_enum_match_arm, reason = "others say nothing about a sign-in")]
fn code_word(code: &ResponseCode) -> Option<&'static str> {
    match code {
        ResponseCode::Limit => Some("LIMIT"),
        ResponseCode::WebAlert(_) => Some("WEBALERT"),
        ResponseCode::Expired => Some("EXPIRED"),
        ResponseCode::ContactAdmin => Some("CONTACTADMIN"),
        ResponseCode::OverQuota => Some("OVERQUOTA"),
        ResponseCode::AuthorizationFailed => Some("AUTHORIZATIONFAILED"),
        ResponseCode::PrivacyRequired => Some("PRIVACYREQUIRED"),
        _ => None,
    }
}

/// The page that Gmail names. Nobody else's is opened on the word of a mail server.
fn web_page(code: Option<&ResponseCode>) -> Option<Box<str>> {
    let Some(ResponseCode::WebAlert(page)) = code else { return None };
    let url = url::Url::parse(page.trim()).ok()?;
    (url.scheme() == "https" && url.host_str() == Some("accounts.google.com")).then(|| url.as_str().into())
}

/// Who begins like that.
fn speaks(detail: &str) -> Speaks {
    match detail.trim_start() {
        start if start.starts_with("+OK") || start.starts_with("-ERR") => Speaks::Pop,
        start if ["220", "421", "554"].iter().any(|code| start.starts_with(code)) => Speaks::Smtp,
        _ => Speaks::Unknown,
    }
}

/// Whether the beginning of what was said looks like a web server.
fn is_web(detail: &str) -> bool {
    let start = detail.trim_start().to_ascii_lowercase();
    ["<", "http/", "location:", "content-type:"].iter().any(|word| start.starts_with(word))
}

/// What a failure of submission means to people.
#[must_use]
pub fn of_smtp(error: &smtp::Error, server: &Server) -> Problem {
    let link = |fault| Problem::Link { host: server.host.clone(), port: server.port, fault };
    match error {
        smtp::Error::Offline(source) => link(of_io(source)),
        smtp::Error::Timeout { what: "the greeting" } => link(LinkFault::Silent),
        smtp::Error::Timeout { .. } => link(LinkFault::TimedOut),
        smtp::Error::Tls(problem, chain) => of_tls(problem, chain, server),
        smtp::Error::NotSmtp { detail } if is_web(detail) => {
            Problem::Captive { host: server.host.clone(), port: server.port }
        }
        smtp::Error::NotSmtp { .. } => {
            Problem::NotSubmission { host: server.host.clone(), port: server.port }
        }
        smtp::Error::StartTlsRefused
        | smtp::Error::StartTlsInjection
        | smtp::Error::ServerUnproven { .. } => Problem::NotProtected { host: server.host.clone() },
        smtp::Error::AuthRejected { mechanism, reply } => {
            let (text, number) = (reply.text(), reply.code.to_string());
            let password = !mechanism.takes_token();
            let said = Said { host: &server.host, code: Some(&number), text: &text, password };
            let problem = of_refusal(said, false, None);
            // Only these are about user name and password (RFC 4954 section 6).
            if matches!(problem, Problem::SignInRefused { .. }) && !matches!(reply.code, 534 | 535) {
                return Problem::Refused { command: "AUTH".to_owned(), text: tidy(&reply.to_string()) };
            }
            problem
        }
        smtp::Error::NoCommonMechanism { offered } => Problem::NoSignInMethod { offered: offered.clone() },
        smtp::Error::Refused { reply, .. } if reply.is_transient() => busy(tidy(&reply.to_string())),
        smtp::Error::Refused { command, reply } => {
            Problem::Refused { command: (*command).to_owned(), text: tidy(&reply.to_string()) }
        }
        smtp::Error::Unsendable | smtp::Error::Protocol { .. } => {
            Problem::Protocol { detail: tidy(&error.to_string()) }
        }
    }
}

fn of_no(command: &str, code: Option<&ResponseCode>, text: &str) -> Problem {
    let text = tidy(text);
    match code {
        Some(ResponseCode::OverQuota) => Problem::OverQuota { text },
        Some(ResponseCode::NoPerm) => Problem::Denied { text },
        Some(ResponseCode::NonExistent) => Problem::MailboxGone,
        Some(ResponseCode::Limit) => Problem::Busy { why: Wait::Limit, text },
        Some(ResponseCode::Unavailable) => Problem::Busy { why: Wait::Unavailable, text },
        Some(code) if passes(code) => busy(text),
        _ if is_throttled(&text) => busy(text),
        _ => Problem::Refused { command: command.to_owned(), text },
    }
}

/// Whether a refusal with this code is worth another attempt later (RFC 5530).
#[expect(clippy::wildcard_enum_match_arm, reason = "all others are for good")]
pub(super) fn passes(code: &ResponseCode) -> bool {
    match code {
        // After a failover some servers open mailboxes for reading only, for a while (Zimbra).
        ResponseCode::Unavailable
        | ResponseCode::InUse
        | ResponseCode::Limit
        | ResponseCode::ServerBug
        | ResponseCode::ReadOnly => true,
        ResponseCode::Other { name, .. } => name == "THROTTLED",
        _ => false,
    }
}

/// How long no copying is tried after a server said that a limit of the account is reached (RFC 5530).
const LIMIT_PAUSE: Duration = Duration::from_secs(15 * 60);
/// The same where a server only complains of too much work.
const THROTTLE_PAUSE: Duration = Duration::from_secs(60);
/// A server that wants a longer wait is asked again after this time all the same: mail must not stand still for hours.
const LONGEST_HINT: Duration = Duration::from_secs(5 * 60);

/// A wait whose reason only the words tell.
pub(super) fn busy(text: String) -> Problem {
    Problem::Busy { why: why(&text), text }
}

fn why(text: &str) -> Wait {
    // A good-bye is passed on with its code.
    if text.starts_with("[UNAVAILABLE]") {
        return Wait::Unavailable;
    }
    if text.starts_with("[LIMIT]") {
        return Wait::Limit;
    }
    // The host says nothing here: those words are the same everywhere.
    match refusal::read(Said { host: "", code: None, text, password: false }) {
        Some(Reading::Connections) => Wait::Connections,
        Some(Reading::Limit) => Wait::Limit,
        Some(Reading::Blocked { .. }) | None if is_throttled(text) => Wait::Throttled,
        Some(Reading::Blocked { .. }) | None => Wait::Unknown,
    }
}

/// The wait that a server asks for, such as "Suggested Backoff Time: 92415 milliseconds".
pub(super) fn hint(problem: &Problem) -> Option<Duration> {
    let Problem::Busy { text, .. } = problem else { return None };
    let lower = text.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut found = None;
    while let Some(word) = words.next() {
        // Both "5 seconds" and "5s".
        let digits = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
        let (number, glued) = word.split_at_checked(digits)?;
        let Ok(number) = number.parse::<u64>() else { continue };
        let unit = if glued.is_empty() { words.clone().next().unwrap_or_default() } else { glued };
        found = match unit {
            "ms" | "msec" | "millisecond" | "milliseconds" => Some(Duration::from_millis(number)),
            "s" | "sec" | "secs" | "second" | "seconds" => Some(Duration::from_secs(number)),
            "m" | "min" | "mins" | "minute" | "minutes" => {
                Some(Duration::from_secs(number.saturating_mul(60)))
            }
            "h" | "hour" | "hours" => Some(LONGEST_HINT),
            _ => continue,
        };
        break;
    }
    found.map(|wait| wait.min(LONGEST_HINT))
}

/// How long the copying of mail rests after a refusal, if the refusal is about more than one mailbox.
pub(super) fn pause(problem: &Problem) -> Option<Duration> {
    let Problem::Busy { why, .. } = problem else { return None };
    if *why == Wait::Limit {
        return Some(LIMIT_PAUSE);
    }
    hint(problem).or_else(|| (*why == Wait::Throttled).then_some(THROTTLE_PAUSE))
}

/// Whether a server says in the middle of a connection that we are no longer signed in: an access token has run out, or
/// was taken back.
#[expect(clippy::wildcard_enum_match_arm, reason = "only refusals have words")]
pub(super) fn is_signed_out(error: &Error) -> bool {
    let (code, text) = match error {
        Error::No { code, text, .. } => (code.as_deref(), text),
        Error::Bad { text, .. } => (None, text),
        _ => return false,
    };
    if matches!(code, Some(ResponseCode::AuthenticationFailed | ResponseCode::Expired)) {
        return true;
    }
    let text = text.to_ascii_lowercase();
    SIGNED_OUT.iter().any(|words| text.contains(words))
}

/// Words of servers that have no code for it.
const SIGNED_OUT: [&str; 6] = [
    "token expired",
    "token has expired",
    "accesstokenexpired",
    "session expired",
    "session has expired",
    "session invalidated",
];

/// Whether a server says that we ask for too much.
fn is_throttled(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["throttl", "backoff time", "too many requests", "rate limit"].iter().any(|word| text.contains(word))
}

/// Words of servers that have no code for "not now".
pub(super) fn is_busy(text: &str) -> bool {
    const WORDS: [&str; 6] =
        ["too many", "maximum number of connections", "throttl", "try again", "temporar", "connection limit"];
    let text = text.to_ascii_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum that grows")]
fn of_io(error: &io::Error) -> LinkFault {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => LinkFault::Refused,
        io::ErrorKind::TimedOut => LinkFault::TimedOut,
        io::ErrorKind::NotFound | io::ErrorKind::AddrNotAvailable => LinkFault::NameNotFound,
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => {
            LinkFault::Unreachable
        }
        // The resolver of the system has no kind of its own.
        _ if error.to_string().contains("lookup") => LinkFault::NameNotFound,
        _ => LinkFault::Lost,
    }
}

/// Somebody answers a TLS handshake in the clear. What a mail program talks IMAP or SMTP to is told by its port, which
/// is not known here: both protocols are looked for.
fn of_plain(said: &str, server: &Server) -> Problem {
    let Server { host, port, security } = server.clone();
    match speaks(said) {
        _ if is_web(said) => Problem::Captive { host, port },
        Speaks::Pop => Problem::NotImap { host, port, speaks: Speaks::Pop },
        Speaks::Smtp | Speaks::Unknown => Problem::WrongProtection { host, port, security },
    }
}

fn of_tls(problem: &TlsProblem, chain: &Chain, server: &Server) -> Problem {
    let (host, port) = (server.host.clone(), server.port);
    let fault = match problem {
        TlsProblem::UntrustedIssuer if chain.first().is_some_and(Certificate::is_self_signed) => {
            CertificateFault::SelfSigned
        }
        TlsProblem::UntrustedIssuer => CertificateFault::UntrustedIssuer,
        TlsProblem::WrongName { presented, .. } => {
            CertificateFault::WrongName { presented: presented.clone() }
        }
        TlsProblem::Expired { .. } => CertificateFault::Expired,
        TlsProblem::NotYetValid { .. } => CertificateFault::NotYetValid,
        TlsProblem::Revoked => CertificateFault::Revoked,
        TlsProblem::Changed => CertificateFault::Changed,
        TlsProblem::NotTls { said } => return of_plain(said, server),
        TlsProblem::NothingInCommon(detail) => return Problem::TlsTooOld { host, detail: tidy(detail) },
        // What is wrong with a certificate in yet another way.
        TlsProblem::Other(detail) if !chain.is_empty() => CertificateFault::Other { detail: tidy(detail) },
        TlsProblem::BadHostName(_) | TlsProblem::BadExtraRoot | TlsProblem::Other(_) => {
            return Problem::Tls { host, detail: tidy(&problem.to_string()) };
        }
    };
    Problem::Certificate { host, port, fault, chain: Chain::clone(chain) }
}

#[cfg(test)]
mod tests;
