//! What the worker tells the window. Plain data: ids and typed reasons, never mail, never sentences.

use super::connection::ConnectionState;
use super::status::{AccountStatus, Problem};
use crate::model::UnixTime;
use crate::model::{AccountId, ActionId, MailboxId, MessageId, OperationId, TransferId};
pub use crate::store::{ChangedMessages, Changes};
use std::path::PathBuf;

/// Something happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// An account's state; the newest one replaces all before it.
    Status {
        /// Which account.
        account: AccountId,
        /// Its state now.
        status: AccountStatus,
    },
    /// How the fetching of bodies stands; the newest one replaces all before it.
    Bodies {
        /// Of which account.
        account: AccountId,
        /// How it stands.
        progress: BodyProgress,
    },
    /// The store changed; several commits within 16 ms come as one.
    Changed(Changes),
    /// Events were lost because the window was too slow: read everything again.
    Reload,
    /// A wanted text is in the store, or why not.
    Body {
        /// Which message.
        message: MessageId,
        /// `Err` says why the text is not there.
        result: Result<(), Problem>,
    },
    /// News of a transfer.
    Transfer {
        /// Which transfer.
        id: TransferId,
        /// How it stands.
        state: TransferState,
    },
    /// What the user wanted is in the journal and shown; the server comes later.
    Acted(Acted),
    /// An action was undone, or why not (`problem`). Nothing to undo: [`Problem::NothingToUndo`].
    Undone {
        /// What was undone.
        acted: Option<Acted>,
        /// Why it could not be.
        problem: Option<Problem>,
    },
    /// Nothing was done, and why.
    NotActed(Problem),
    /// The server refused an operation for good; its local effect has been taken back.
    OperationFailed {
        /// Which operation, for [`super::Command::RetryOperation`].
        operation: OperationId,
        /// Whose.
        account: AccountId,
        /// What it was about.
        messages: Vec<MessageId>,
        /// Why.
        problem: Problem,
    },
    /// The browser was opened for a sign-in, which ends by itself after some minutes.
    SignInWaiting {
        /// Where the user can go on, if no browser opened.
        url: String,
        /// When the waiting ends.
        until: UnixTime,
    },
    /// The keyring has asked the user something and waits, or no longer does; somebody may wait for the answer of a
    /// trial sign-in.
    KeyringAsks(bool),
    /// Mail arrived in the inbox that nobody has read yet; not what is found when an account is first copied.
    Arrived {
        /// Whose.
        account: AccountId,
        /// The inbox.
        mailbox: MailboxId,
        /// Which messages, the newest first; at most [`Event::MAX_ARRIVED`].
        messages: Vec<MessageId>,
    },
    /// An account was added (or changed) after a successful sign-in.
    AccountAdded(AccountId),
    /// The trial sign-in of an account failed; nothing was kept.
    AccountRejected(Problem),
    /// The trial sign-in of [`super::Command::TestAccount`] succeeded.
    AccountTested(Trial),
    /// Whether an account that was added, changed or signed in again can also send; comes some time after
    /// [`Event::AccountAdded`], and only for accounts with a submission server.
    SubmissionTried {
        /// Whose.
        account: AccountId,
        /// Its address: an account that is new is not on the screen yet.
        email: String,
        /// How it signed in, such as `PLAIN`; or why sending would not work.
        result: Result<String, Problem>,
    },
    /// How the connections of an account stand, as asked for by [`super::Command::AskConnection`].
    Connection {
        /// Whose.
        account: AccountId,
        /// How they stand.
        state: ConnectionState,
    },
    /// An account and its local copy are gone.
    AccountRemoved(AccountId),
    /// A text that the server asks us to show (`[ALERT]`), as plain text, only ever after TLS and sign-in.
    Alert {
        /// Whose server.
        account: AccountId,
        /// Its words.
        text: String,
    },
    /// The worker itself cannot go on with something that belongs to no account.
    Failed(Problem),
}

impl Event {
    /// Messages that one [`Event::Arrived`] names; after a long absence there may be more.
    pub const MAX_ARRIVED: u32 = 1_000;
}

/// How the fetching of the bodies of an account stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BodyProgress {
    /// All that are wanted are here, or it waits for a connection.
    #[default]
    Resting,
    /// The user paused it.
    Paused,
    /// What the provider lets be fetched in a day is used up.
    UsedUp {
        /// When it goes on.
        until: UnixTime,
    },
    /// They come in.
    Fetching {
        /// Into which mailbox.
        mailbox: MailboxId,
        /// Messages done.
        done: u64,
        /// Messages to do in this mailbox; never below `done`.
        total: u64,
    },
}

/// One thing that the user did, for the toast with Undo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// For [`super::Command::Undo`].
    pub action: ActionId,
    /// What.
    pub what: Deed,
    /// To how many messages.
    pub messages: usize,
    /// Where they went.
    pub to: Option<MailboxId>,
    /// Whether it can be undone.
    pub undoable: bool,
}

/// What the user did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Set or took away a flag.
    Flag,
    /// Moved into a mailbox.
    Move,
    /// Moved into the archive.
    Archive,
    /// Moved into junk.
    Junk,
    /// Moved into the trash.
    Trash,
    /// Copied.
    Copy,
    /// Deleted for good.
    Expunge,
    /// Marked a whole mailbox as read.
    MarkAllRead,
    /// Put a message into a mailbox.
    Append,
    /// Made, renamed, deleted or (un)subscribed a mailbox.
    Mailbox,
}

/// How a transfer stands.
#[derive(Clone, Debug, PartialEq)]
pub enum TransferState {
    /// Bytes as transported. `total` is what the server announced; some announce wrong sizes.
    Progress {
        /// Bytes so far.
        done: u64,
        /// Bytes expected; never below `done`.
        total: u64,
    },
    /// It is complete: in this file, or in the store if `None`.
    Done(Option<PathBuf>),
    /// It failed.
    Failed(Problem),
    /// It was stopped by [`super::Command::CancelTransfer`].
    Cancelled,
}

/// What a trial sign-in found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// TLS version such as `TLSv1.3`.
    pub tls_version: String,
    /// How the sign-in was done, such as `SCRAM-SHA-256`.
    pub mechanism: String,
    /// Number of mailboxes seen.
    pub mailboxes: usize,
}
