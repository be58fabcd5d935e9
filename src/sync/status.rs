//! States and reasons that the window shows. Typed: the window finds the words, in the user's language.

use super::refusal::Block;
use crate::model::{MailboxId, Security, UnixTime};
use crate::net::Chain;
use std::path::PathBuf;

/// How an account stands, truthfully.
#[derive(Clone, Debug, PartialEq)]
pub enum AccountStatus {
    /// Looking up, connecting, signing in.
    Connecting,
    /// Copying list data: "3,200 of 20,000".
    Syncing {
        /// Where, unless it is about the list of mailboxes.
        mailbox: Option<MailboxId>,
        /// Messages done.
        done: u64,
        /// Messages to do in total; 0 as long as it is not known.
        total: u64,
    },
    /// Everything wanted is here.
    Online {
        /// The server tells us of news in the inbox at once (IDLE); else we ask from time to time.
        idle: bool,
    },
    /// No connection. Everything local works and changes wait in the journal.
    Offline {
        /// Since when.
        since: UnixTime,
        /// Why.
        reason: Problem,
        /// When the next attempt comes by itself; `None`: only when the user or the system asks.
        retry_at: Option<UnixTime>,
    },
    /// The user must act before there is another attempt (see [`Problem::fix`]).
    SignInNeeded(Problem),
}

/// Why something did not work. Texts in here are the other side's own words, for "The server said: ...";
/// they are single-line, without control characters, and at most [`Problem::MAX_TEXT`] long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The user switched to offline mode.
    OfflineByChoice,
    /// The user switched the account off.
    SwitchedOff,
    /// The server cannot be reached, or the link broke.
    Link {
        /// Host as configured.
        host: String,
        /// Port as configured.
        port: u16,
        /// What happened.
        fault: LinkFault,
    },
    /// The server's certificate is not acceptable; nothing was sent to it.
    Certificate {
        /// Host as configured.
        host: String,
        /// Port as configured.
        port: u16,
        /// What is wrong with it.
        fault: CertificateFault,
        /// What the server showed, its own certificate first.
        chain: Chain,
    },
    /// TLS failed in another way, such as no common version.
    Tls {
        /// Host as configured.
        host: String,
        /// Technical words.
        detail: String,
    },
    /// The server speaks, but not with the protection that is set for this port.
    WrongProtection {
        /// Host as configured.
        host: String,
        /// Port as configured.
        port: u16,
        /// Protection as configured.
        security: Security,
    },
    /// A web page answers in place of the server: a hotel or a train wants a sign-in first.
    Captive {
        /// Host as configured.
        host: String,
        /// Port as configured.
        port: u16,
    },
    /// Something answers there, but it does not take mail.
    NotSubmission {
        /// Host as configured.
        host: String,
        /// Port as configured.
        port: u16,
    },
    /// Something answers there, but it does not speak IMAP.
    NotImap {
        /// Host as configured.
        host: String,
        /// Port as configured.
        port: u16,
        /// What it is instead, by its first words.
        speaks: Speaks,
    },
    /// The server knows only versions of TLS that are no longer safe.
    TlsTooOld {
        /// Host as configured.
        host: String,
        /// Technical words.
        detail: String,
    },
    /// The server said good-bye, and why.
    Farewell {
        /// Host as configured.
        host: String,
        /// The server's words.
        text: String,
    },
    /// STARTTLS is demanded but not offered, or the connection was tampered with before TLS.
    NotProtected {
        /// Host as configured.
        host: String,
    },
    /// User name or password was refused.
    SignInRefused {
        /// The server's words.
        text: String,
    },
    /// The sign-in is refused, but the password may be right.
    Blocked {
        /// What stands in the way.
        why: Block,
        /// Whose server it is, if that is known.
        service: Option<&'static str>,
        /// Page where it can be put right.
        page: Option<Box<str>>,
        /// The server's words.
        text: String,
    },
    /// No way of signing in that both sides know.
    NoSignInMethod {
        /// What the server offers.
        offered: Vec<String>,
    },
    /// The provider no longer takes the sign-in: it was revoked, or is too old, or the user said no.
    SignInExpired {
        /// The provider's words.
        text: String,
    },
    /// The user, or the provider for her, said no in the browser.
    SignInDenied {
        /// The provider's words.
        text: String,
    },
    /// Somebody signed in, but the mailbox is another one's: in the browser there is another account than the one that
    /// was asked for.
    WrongUser {
        /// The address that was asked for.
        wanted: Box<str>,
        /// Who signed in, if the provider said it.
        found: Option<Box<str>>,
        /// The mail server's words.
        text: Box<str>,
    },
    /// The port that the browser has to come back to is taken by another program.
    PortTaken {
        /// Which one.
        port: u16,
    },
    /// The keyring has asked the user something and waits.
    KeyringWaits,
    /// Nobody gave us a client id for this provider.
    NoClientId {
        /// Its key, such as `google`.
        provider: String,
    },
    /// Nobody finished the sign-in in the browser in time.
    SignInTimedOut,
    /// The provider that signs the user in cannot be reached.
    ProviderUnreachable {
        /// Technical words.
        detail: String,
    },
    /// Signing in by OAuth went wrong in another way.
    SignInFailed {
        /// Technical words.
        detail: String,
    },
    /// No password is known for this account.
    PasswordMissing,
    /// There is no keyring on this system (or it does not answer).
    KeyringAbsent,
    /// The keyring is locked and was not unlocked.
    KeyringLocked,
    /// The keyring refused for another reason.
    KeyringFailed {
        /// Technical words.
        detail: String,
    },
    /// The password command failed, printed nothing, or took too long.
    PasswordCommandFailed {
        /// Exit status; `None` if it did not start or was stopped.
        status: Option<i32>,
        /// First line of what it printed as an error.
        detail: String,
    },
    /// The additional certificate file of the account cannot be used.
    CaFile {
        /// The file.
        path: PathBuf,
        /// Technical words.
        detail: String,
    },
    /// The server asks us to wait (too many connections, maintenance, throttling).
    Busy {
        /// What there is too much of.
        why: Wait,
        /// The server's words.
        text: String,
    },
    /// The mailbox, account or message has no room left on the server.
    OverQuota {
        /// The server's words.
        text: String,
    },
    /// The user's rights on the server do not allow this.
    Denied {
        /// The server's words.
        text: String,
    },
    /// The server said OK, but nothing came of it.
    NotDone {
        /// What was found instead.
        text: String,
    },
    /// The server refused a command.
    Refused {
        /// The command, such as `STORE`.
        command: String,
        /// The server's words.
        text: String,
    },
    /// The server sent something that cannot be understood, or more than we accept.
    Protocol {
        /// Technical words.
        detail: String,
    },
    /// The message is no longer where it was on the server: another client moved or deleted it.
    MessageGone,
    /// Nothing was done that could be undone, or it is undone already.
    NothingToUndo,
    /// The account has no mailbox for that.
    NoFolderFor {
        /// Which use.
        what: crate::model::SpecialUse,
    },
    /// The message is larger than the server takes.
    TooLarge {
        /// Its bytes.
        size: u64,
        /// What the server takes, if it said so.
        limit: Option<u64>,
    },
    /// The mailbox is needed as it is: INBOX, Sent, Trash and the like.
    MailboxProtected,
    /// There are mailboxes below it.
    MailboxHasChildren,
    /// No mailbox can have that name.
    BadMailboxName,
    /// There is a mailbox of that name already.
    MailboxExists,
    /// The mailbox is no longer on the server.
    MailboxGone,
    /// The message has no such part.
    PartGone,
    /// There is no such account (any more).
    AccountGone,
    /// There is already an account with this address.
    AccountExists,
    /// The disk is full. Nothing was lost; there is no half file.
    DiskFull {
        /// What was written; `None`: the local store.
        path: Option<PathBuf>,
    },
    /// The file exists already and was left as it is.
    FileExists {
        /// Which file.
        path: PathBuf,
    },
    /// The file cannot be written.
    File {
        /// Which file.
        path: PathBuf,
        /// Technical words.
        detail: String,
    },
    /// The program itself has a fault. It was noted, and what was being done begins anew.
    Fault,
    /// The local store cannot be read or written.
    Store {
        /// Technical words.
        detail: String,
    },
}

/// What answers in place of an IMAP server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// A server of the older protocol POP3.
    Pop,
    /// A server that takes mail (SMTP).
    Smtp,
    /// Something else.
    Unknown,
}

/// Why there is a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Connections of this account.
    Connections,
    /// A quota of the day is used up.
    Limit,
    /// Part of the server is down (RFC 5530, UNAVAILABLE).
    Unavailable,
    /// It complains of too much work.
    Throttled,
    /// It is not the server: another Postrider on this computer is at work on the same.
    Here,
    /// It does not say.
    Unknown,
}

/// What happened to the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFault {
    /// The host name is not known (or there is no network).
    NameNotFound,
    /// Nothing listens on the port.
    Refused,
    /// There is no way to the host: no network.
    Unreachable,
    /// The other side did not answer in time.
    TimedOut,
    /// Somebody took the call but said nothing: often the port wants the other protection.
    Silent,
    /// The link broke.
    Lost,
    /// The server said good-bye.
    ServerClosed,
}

/// What is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateFault {
    /// Nobody whom this system trusts has signed it.
    UntrustedIssuer,
    /// It is signed by itself.
    SelfSigned,
    /// It is not valid yet; often the clock of this computer is wrong.
    NotYetValid,
    /// There is an exception for this place, but for another certificate.
    Changed,
    /// It belongs to other names.
    WrongName {
        /// The names in the certificate.
        presented: Vec<String>,
    },
    /// It is not valid any more.
    Expired,
    /// It was revoked.
    Revoked,
    /// Something else.
    Other {
        /// Technical words.
        detail: String,
    },
}

/// What the window offers to do about a [`Problem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fix {
    /// Nothing: it is a fact to know.
    Nothing,
    /// Wait or try again now.
    Retry,
    /// Leave offline mode.
    GoOnline,
    /// Ask for the password.
    EnterPassword,
    /// Sign in again with the browser.
    SignIn,
    /// Ask the user to unlock the keyring, then try again.
    UnlockKeyring,
    /// Open the server settings of the account.
    EditServer,
    /// Open the server settings at the certificate file.
    ChooseCertificate,
    /// Show the certificate, and what can be done about it.
    ReviewCertificate,
    /// Open the page where it can be put right; see [`Problem::page`].
    OpenPage,
    /// Check the password command in the settings.
    EditPasswordCommand,
    /// Make room on the disk, then try again.
    FreeSpace,
    /// Choose another file.
    ChooseFile,
}

impl Problem {
    /// Longest text of another side that is kept, in characters; more is not readable in a status line.
    pub const MAX_TEXT: usize = 300;

    /// The one action to offer.
    #[must_use]
    pub fn fix(&self) -> Fix {
        match self {
            Self::OfflineByChoice => Fix::GoOnline,
            Self::Link { fault: LinkFault::NameNotFound | LinkFault::Refused, .. }
            | Self::NotImap { .. }
            | Self::NotSubmission { .. }
            | Self::NotProtected { .. }
            | Self::NoSignInMethod { .. }
            | Self::WrongProtection { .. } => Fix::EditServer,
            Self::Link { fault: LinkFault::Silent, .. } => Fix::EditServer,
            Self::Certificate { .. } => Fix::ReviewCertificate,
            Self::CaFile { .. } => Fix::ChooseCertificate,
            Self::Blocked { page: Some(_), .. } => Fix::OpenPage,
            Self::Blocked { why: Block::AppPassword | Block::MaybeAppPassword | Block::Expired, .. } => {
                Fix::EnterPassword
            }
            Self::Blocked { why: Block::NotAllowed | Block::Privacy, .. } => Fix::EditServer,
            Self::SignInRefused { .. } | Self::PasswordMissing | Self::KeyringAbsent => Fix::EnterPassword,
            Self::SignInExpired { .. } | Self::SignInTimedOut => Fix::SignIn,
            Self::WrongUser { .. } | Self::PortTaken { .. } => Fix::SignIn,
            // For this run, without the keyring.
            Self::KeyringWaits => Fix::EnterPassword,
            Self::SignInDenied { .. } | Self::SignInFailed { .. } => Fix::SignIn,
            Self::KeyringLocked => Fix::UnlockKeyring,
            Self::PasswordCommandFailed { .. } => Fix::EditPasswordCommand,
            Self::DiskFull { .. } => Fix::FreeSpace,
            Self::FileExists { .. } | Self::File { .. } => Fix::ChooseFile,
            Self::NoClientId { .. }
            | Self::SwitchedOff
            | Self::Blocked { why: Block::Admin | Block::BrowserOnly, .. }
            | Self::MessageGone
            | Self::NothingToUndo
            | Self::NoFolderFor { .. }
            | Self::TooLarge { .. }
            | Self::MailboxProtected
            | Self::MailboxHasChildren
            | Self::BadMailboxName
            | Self::MailboxExists
            | Self::MailboxGone
            | Self::PartGone
            | Self::AccountGone
            | Self::AccountExists
            | Self::OverQuota { .. }
            | Self::Denied { .. }
            | Self::NotDone { .. } => Fix::Nothing,
            Self::Link { .. }
            | Self::Blocked { .. }
            | Self::Captive { .. }
            | Self::Tls { .. }
            | Self::TlsTooOld { .. }
            | Self::Farewell { .. }
            | Self::KeyringFailed { .. }
            | Self::ProviderUnreachable { .. }
            | Self::Busy { .. }
            | Self::Refused { .. }
            | Self::Protocol { .. }
            | Self::Fault
            | Self::Store { .. } => Fix::Retry,
        }
    }

    /// The page of [`Fix::OpenPage`]. Always https.
    #[must_use]
    pub fn page(&self) -> Option<&str> {
        if let Self::Blocked { page, .. } = self { page.as_deref() } else { None }
    }

    /// Whether trying again later, without anybody doing anything, makes sense.
    #[must_use]
    pub fn passes_by_itself(&self) -> bool {
        matches!(
            self,
            Self::Link { .. }
                | Self::Busy { .. }
                | Self::Protocol { .. }
                | Self::Refused { .. }
                | Self::Tls { .. }
                | Self::TlsTooOld { .. }
                | Self::Farewell { .. }
                | Self::ProviderUnreachable { .. }
                | Self::Captive { .. }
        ) || matches!(
            self,
            Self::Fault | Self::DiskFull { .. } | Self::Store { .. } | Self::KeyringFailed { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_offers_what_helps() {
        let link = |fault| Problem::Link { host: "h".into(), port: 993, fault };
        let cases = [
            (link(LinkFault::Lost), Fix::Retry, true),
            (link(LinkFault::Refused), Fix::EditServer, true),
            (Problem::SignInRefused { text: String::new() }, Fix::EnterPassword, false),
            (Problem::KeyringLocked, Fix::UnlockKeyring, false),
            (Problem::DiskFull { path: None }, Fix::FreeSpace, true),
            (Problem::OfflineByChoice, Fix::GoOnline, false),
        ];
        for (problem, fix, passes) in cases {
            assert_eq!((problem.fix(), problem.passes_by_itself()), (fix, passes), "{problem:?}");
        }
    }
}
