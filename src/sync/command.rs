//! What the window (or the command line) asks of the worker. Plain data, no I/O.

use crate::model::{
    Account, AccountId, Flag, FlagChange, MailboxId, MessageId, OperationId, PartPath, TransferId,
};
pub use crate::secret::PasswordPlace;
use crate::secret::Secret;
use std::path::PathBuf;

/// One wish. The worker answers by [`super::Event`]s; none of them is awaited.
#[derive(Clone, Debug)]
pub enum Command {
    /// The user looks at this mailbox: sync it before the others, newest messages first.
    OpenMailbox(MailboxId),
    /// Fetch the text of a message into the store. Answered by [`super::Event::Body`].
    FetchBody(MessageId),
    /// Fetch one part. Answered by [`super::Event::Transfer`]s with the same id.
    FetchPart {
        /// Whose part.
        message: MessageId,
        /// Which part.
        path: PartPath,
        /// Where it goes.
        destination: Destination,
        /// Chosen by the caller; names the transfer in events and in [`Command::CancelTransfer`].
        transfer: TransferId,
    },
    /// Stop a transfer. What has arrived is kept for a while, so that starting again resumes.
    CancelTransfer(TransferId),
    /// Set or remove a flag: at once in the store, then on the server, also after a restart.
    SetFlag {
        /// Which messages; they may lie in several mailboxes and accounts.
        messages: Vec<MessageId>,
        /// Which flag.
        flag: Flag,
        /// Set or remove.
        change: FlagChange,
    },
    /// Look for changes now, in one account or in all. Ends a waiting time after a failure.
    SyncNow(Option<AccountId>),
    /// Try to sign in, then add the account. Answered by [`super::Event::AccountAdded`] or
    /// [`super::Event::AccountRejected`]; nothing is kept if it is rejected.
    AddAccount {
        /// The settings.
        account: Box<Account>,
        /// The password, unless the settings name a password command.
        password: Option<NewPassword>,
    },
    /// Try to sign in and tell the result, without keeping anything. Answered by
    /// [`super::Event::AccountTested`] or [`super::Event::AccountRejected`].
    TestAccount {
        /// The settings.
        account: Box<Account>,
        /// The password, unless the settings name a password command.
        password: Option<Secret>,
    },
    /// Try the changed settings, then keep them. Answered like [`Command::AddAccount`].
    ChangeAccount {
        /// Which account.
        id: AccountId,
        /// All settings, changed or not.
        account: Box<Account>,
        /// A new password; `None` keeps the one that is known.
        password: Option<NewPassword>,
    },
    /// A password for an account that needs one (see [`super::AccountStatus::SignInNeeded`]).
    SetPassword {
        /// Which account.
        account: AccountId,
        /// The password.
        password: NewPassword,
    },
    /// Remove the account and its local copy; the mail on the server is not touched.
    RemoveAccount(AccountId),
    /// Try a failed operation again.
    RetryOperation(OperationId),
    /// Drop the mark of a failed operation; the local state already follows the server.
    DismissOperation(OperationId),
    /// Offline mode by hand: on closes every connection, off connects at once.
    SetOffline(bool),
    /// The system says that the network is back or that it woke up: connect at once.
    NetworkChanged,
    /// Stop all work in an orderly way. The event stream ends afterwards.
    Shutdown,
}

/// Where a fetched part goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Into the store, for showing it.
    Store,
    /// Into a new file, decoded. An existing file is never overwritten: see
    /// [`super::Problem::FileExists`].
    File(PathBuf),
}

/// A password that the user typed, and where it shall be kept.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// The password.
    pub secret: Secret,
    /// Where it shall be kept.
    pub place: PasswordPlace,
}
