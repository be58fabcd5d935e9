//! Why a command failed, as one line for a person: what, why, and what to do.

use crate::cli::problem::Sentence;
use crate::store::StoreError;
use crate::sync::Problem;

/// Every way in which a command can fail.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fail {
    /// The system refused something basic.
    #[error("cannot start: {detail}")]
    Start {
        /// The system's words.
        detail: String,
    },
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Network, server, password and the like.
    #[error("{account}: {}", Sentence(.problem))]
    Problem {
        /// Address of the account.
        account: String,
        /// What happened.
        problem: Problem,
    },
    /// One mailbox failed; the others were synchronized.
    #[error("{account}: {mailbox}: {}", Sentence(.problem))]
    Mailbox {
        /// Address of the account.
        account: String,
        /// Name of the mailbox.
        mailbox: String,
        /// What happened.
        problem: Problem,
    },
    /// Several mailboxes failed; the others were synchronized.
    #[error("{account}: {count} folders could not be synchronized: {list}")]
    Mailboxes {
        /// Address of the account.
        account: String,
        /// How many.
        count: usize,
        /// Their names with reasons.
        list: String,
    },
    /// A message cannot be fetched.
    #[error("message {id}: {}", Sentence(.problem))]
    Message {
        /// Which one.
        id: i64,
        /// What happened.
        problem: Problem,
    },
    /// It cannot be done at all.
    #[error("{}", Sentence(.problem))]
    Act {
        /// Why.
        problem: Problem,
    },
    /// It is in the journal, but the server does not have it yet.
    #[error("{account}: kept here, and done at the server by the next `postrider sync`: {}", Sentence(.problem))]
    Queued {
        /// Address of the account.
        account: String,
        /// Why not now.
        problem: Problem,
    },
    /// No id.
    #[error("{word} is no message; `postrider list` shows the ids")]
    BadId {
        /// As given.
        word: String,
    },
    /// No flag.
    #[error("{word} is no flag; expected something like +flagged, -seen or +work")]
    BadFlag {
        /// As given.
        word: String,
    },
    /// Something is missing.
    #[error("expected ids of messages and flags, such as `postrider flag 5 +flagged -seen`")]
    BadFlags,
    /// Several accounts failed.
    #[error("{failed} of {all} accounts could not be synchronized: {list}")]
    Several {
        /// How many.
        failed: usize,
        /// Of how many.
        all: usize,
        /// What each of them says.
        list: String,
    },
    /// What the user did while the server was away, and the server does not want.
    #[error("{account}: {}; `postrider show ID --history` tells more", refused_changes(*count, problem))]
    Undone {
        /// Address of the account.
        account: String,
        /// How many messages that is about.
        count: usize,
        /// Why the first was refused.
        problem: Problem,
    },
    /// No account at all.
    #[error("there is no account yet; add one with `postrider account add`, or try `postrider --demo`")]
    NoAccount,
    /// An account of this name does not exist.
    #[error("there is no account {name}; `postrider account list` shows those that there are")]
    UnknownAccount {
        /// As it was asked for.
        name: String,
    },
    /// The account exists.
    #[error("there is an account {name} already; remove it first with `postrider account remove {name}`")]
    AccountExists {
        /// Its address.
        name: String,
    },
    /// A mailbox of this name does not exist.
    #[error(
        "there is no mailbox {name}; `postrider mailboxes` shows those that there are, `postrider sync` looks for new ones"
    )]
    UnknownMailbox {
        /// As it was asked for.
        name: String,
    },
    /// Several accounts have a mailbox of this name.
    #[error("several accounts have a mailbox {name}; choose one with --account")]
    WhichMailbox {
        /// As it was asked for.
        name: String,
    },
    /// A message of this id does not exist.
    #[error("there is no message {id}; `postrider list` shows the ids")]
    UnknownMessage {
        /// As it was asked for.
        id: i64,
    },
    /// The message has no such part.
    #[error("message {id} has no {what}")]
    NoPart {
        /// Which message.
        id: i64,
        /// Such as `part 1.2` or `HTML`.
        what: String,
    },
    /// An address that cannot be one.
    #[error("{address:?} is not a mail address; expected something like ada@example.org")]
    BadAddress {
        /// As given.
        address: String,
    },
    /// Nobody knows the settings of an address.
    #[error("{why}; name the server with --imap HOST:PORT --security tls|starttls")]
    NotFound {
        /// Why.
        why: String,
    },
    /// The service has no IMAP, so there is nothing to set up.
    #[error("{why}")]
    NoImap {
        /// Why.
        why: String,
    },
    /// The service takes no passwords.
    #[error("{service} takes no passwords from mail programs; sign in with the browser: add --auth oauth")]
    NeedsBrowser {
        /// Its name.
        service: String,
    },
    /// Something failed in the trial.
    #[error("{failed} of {all} accounts do not work as they should; see the steps above")]
    Ill {
        /// How many.
        failed: usize,
        /// Of how many.
        all: usize,
    },
    /// The certificate was shown, and nobody said yet that it is the right one.
    #[error(
        "not trusted yet: compare the SHA-256 with what the server's operator says, then run `postrider account trust {name}{smtp} --fingerprint {sha256}`"
    )]
    NotTrusted {
        /// Address of the account.
        name: String,
        /// The option for the submission server, or nothing.
        smtp: &'static str,
        /// Of the server's certificate.
        sha256: crate::model::Fingerprint,
    },
    /// Another certificate than the one that was named.
    #[error("the server shows another certificate ({sha256}); nothing was trusted, compare the fingerprints")]
    OtherCertificate {
        /// Of the server's certificate.
        sha256: crate::model::Fingerprint,
    },
    /// An exception makes no sense there.
    #[error(
        "{host} belongs to {service}, whose certificates are always good: somebody is listening in, so nothing was trusted; try another network"
    )]
    NeverTrusted {
        /// Which server.
        host: String,
        /// Whose.
        service: String,
    },
    /// No submission server is set.
    #[error("{name} has no submission server")]
    NoSubmission {
        /// Address of the account.
        name: String,
    },
    /// There is no exception to take back.
    #[error("no certificate of {place} was trusted by hand")]
    NoException {
        /// Host and port.
        place: String,
    },
    /// OAuth settings without `--auth oauth`.
    #[error("--oauth-provider, --oauth-issuer and --oauth-client-id need --auth oauth")]
    OAuthUnasked,
    /// Nobody knows who signs this address in.
    #[error(
        "the address does not tell the provider; name one with --oauth-provider ({known}) or with --oauth-issuer URL"
    )]
    NoProvider {
        /// Keys of the table.
        known: String,
    },
    /// The sign-in cannot be kept.
    #[error("the sign-in cannot be kept: {reason}")]
    NoSignIn {
        /// Why.
        reason: String,
    },
    /// A file cannot be read.
    #[error("cannot read {path}: {detail}")]
    Unreadable {
        /// Which file.
        path: String,
        /// The system's words.
        detail: String,
    },
    /// A mail cannot even be drawn as text.
    #[error("{why}, and drawing its text failed as well; `postrider show ID --text` prints it")]
    Render {
        /// What happened.
        why: String,
    },
    /// The certificate file holds none.
    #[error("{path} holds no certificate in PEM form; expected lines with BEGIN CERTIFICATE")]
    NoCertificate {
        /// Which file.
        path: String,
    },
    /// Something is in the way.
    #[error("{path} exists already and was left as it is; choose another name")]
    InTheWay {
        /// Which file or folder.
        path: String,
    },
    /// A file cannot be written.
    #[error("cannot write {path}: {detail}")]
    Unwritable {
        /// Which file.
        path: String,
        /// The system's words.
        detail: String,
    },
    /// A file holds no mail.
    #[error("{path} holds no mail; expected an mbox file, an .eml file, a Maildir or a folder of .eml files")]
    NoMail {
        /// Which file or folder.
        path: String,
    },
    /// Some messages of a file did not get to the server. They stay here, marked.
    #[error("{text}: {}; run the same command again to try once more", Sentence(.problem))]
    Unwanted {
        /// Which account, and what was done for how many.
        text: String,
        /// Why the first of them was refused.
        problem: Problem,
    },
    /// Some messages are missing in what was exported.
    #[error(
        "{failed} of {all} messages could not be exported ({first}); run the same command again to get the rest"
    )]
    Incomplete {
        /// How many.
        failed: usize,
        /// Of how many.
        all: usize,
        /// What happened to the first of them.
        first: String,
    },
    /// The mailbox is not known in full.
    #[error("{account}: {mailbox} is not known in full, and the server cannot be asked: {}", Sentence(.problem))]
    Unknown {
        /// Address of the account.
        account: String,
        /// Name of the mailbox.
        mailbox: String,
        /// Why.
        problem: Problem,
    },
    /// No password was given and there is nobody to ask.
    #[error("no password was given; use --password-stdin or --password-command CMD")]
    NoPassword,
    /// The password cannot be kept.
    #[error(
        "the password cannot be kept ({reason}); unlock or install a keyring, or use --password-command CMD"
    )]
    NoKeyring {
        /// Why.
        reason: String,
    },
    /// Standard output is closed.
    #[error("standard output is closed")]
    OutputClosed,
    /// Standard output cannot be written.
    #[error("cannot write the result: {detail}")]
    Output {
        /// The system's words.
        detail: String,
    },
}

impl Fail {
    /// Whether the arguments make no sense, whatever accounts and mail there are.
    pub(super) const fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::BadId { .. }
                | Self::BadFlag { .. }
                | Self::BadFlags
                | Self::BadAddress { .. }
                | Self::OAuthUnasked
        )
    }
}

fn refused_changes(count: usize, problem: &Problem) -> String {
    let what = if count == 1 {
        "a change that waited was".to_owned()
    } else {
        format!("{count} changes that waited were")
    };
    format!("{what} not done: {}", Sentence(problem))
}
