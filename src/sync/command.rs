//! What the window (or the command line) asks of the worker. Plain data, no I/O.

use crate::model::{
    Account, AccountId, AccountOptions, ActionId, BodyPolicy, CertificateException, Flag, FlagChange,
    MailboxId, MessageId, OperationId, PartPath, SpecialUse, TransferId, UnixTime,
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
    /// Move messages into a mailbox, also of another account. Answered by [`super::Event::Acted`] as soon as
    /// it is in the journal and shown, like all commands down to [`Command::Redo`].
    Move {
        /// Which messages; they may lie in several mailboxes and accounts.
        messages: Vec<MessageId>,
        /// Out of which mailbox; `None`: out of all they are in.
        from: Option<MailboxId>,
        /// Where to.
        to: MailboxId,
    },
    /// Move messages to the mailbox of that use, each in its own account: archive, junk, trash, inbox. A missing
    /// archive or trash is made.
    MoveToUse {
        /// Which messages.
        messages: Vec<MessageId>,
        /// Out of which mailbox; `None`: out of all they are in.
        from: Option<MailboxId>,
        /// Which mailbox.
        to: SpecialUse,
    },
    /// Copy messages into a mailbox, also of another account.
    Copy {
        /// Which messages.
        messages: Vec<MessageId>,
        /// Where to.
        to: MailboxId,
    },
    /// Delete messages: into the trash; out of the trash, or with `forever`, for good.
    Delete {
        /// Which messages.
        messages: Vec<MessageId>,
        /// Out of which mailbox; `None`: out of all they are in.
        from: Option<MailboxId>,
        /// For good. The window asks before it sends this.
        forever: bool,
    },
    /// Do this to whole conversations: each message of the command stands for all of its conversation that the
    /// mailbox shows. For commands that change messages; answered as the command inside.
    Whole {
        /// Where the conversations were chosen.
        mailbox: MailboxId,
        /// What is to be done.
        command: Box<Command>,
    },
    /// Something about a conversation itself, which no server hears of.
    Thread(ThreadDeed),
    /// Mark every message of a mailbox as read, also those that are not here yet.
    MarkAllRead(MailboxId),
    /// Make a mailbox, below another one or at the top.
    CreateMailbox {
        /// Whose.
        account: AccountId,
        /// Below which one.
        parent: Option<MailboxId>,
        /// Its name, as people write it; the separator of the server in it is refused.
        name: String,
    },
    /// Give a mailbox another name, another parent, or both. Mailboxes below it go along.
    RenameMailbox {
        /// Which one.
        mailbox: MailboxId,
        /// Below which one from now on.
        parent: Option<MailboxId>,
        /// Its last name from now on.
        name: String,
    },
    /// Delete a mailbox with all that is in it. The window asks before it sends this.
    DeleteMailbox(MailboxId),
    /// Subscribe to a mailbox, or end that.
    Subscribe {
        /// Which one.
        mailbox: MailboxId,
        /// Subscribed from now on?
        on: bool,
    },
    /// Put a message into a mailbox (import, a sent copy, a draft). Its bytes are kept until the server has them.
    Append {
        /// Where to.
        mailbox: MailboxId,
        /// The whole message (RFC 5322), with CRLF or LF.
        message: Vec<u8>,
        /// Flags that it gets.
        flags: Vec<Flag>,
        /// INTERNALDATE that it gets; `None`: now.
        received: Option<UnixTime>,
    },
    /// Undo an action, or the newest one that can be undone. Answered by [`super::Event::Undone`].
    Undo(Option<ActionId>),
    /// Do once more what was undone last.
    Redo,
    /// Look for changes now, in one account or in all. Ends a waiting time after a failure.
    SyncNow(Option<AccountId>),
    /// Try to sign in, then add the account. Answered by [`super::Event::AccountAdded`] or
    /// [`super::Event::AccountRejected`]; nothing is kept if it is rejected.
    AddAccount {
        /// The settings.
        account: Box<Account>,
        /// The password, unless the settings name a password command. With OAuth the browser is opened instead:
        /// see [`super::Event::SignInWaiting`].
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
    /// Sign in again with the browser; the account and its mail stay. Answered like [`Command::AddAccount`].
    SignIn(AccountId),
    /// Stop waiting for the browser.
    CancelSignIn,
    /// How an account looks, who the user is in it, whether it is switched on. Answered by a change of the store.
    SetAccountOptions {
        /// Which account.
        account: AccountId,
        /// All options, changed or not.
        options: Box<AccountOptions>,
    },
    /// The order of accounts in the window.
    OrderAccounts(Vec<AccountId>),
    /// Which folder is for a use that the server says nothing about; `None`: none of them.
    ChooseFolder {
        /// Whose.
        account: AccountId,
        /// Which use.
        what: SpecialUse,
        /// Which folder.
        mailbox: Option<MailboxId>,
    },
    /// Tell how the connections of an account stand. Answered by [`super::Event::Connection`].
    AskConnection(AccountId),
    /// Trust a certificate no longer that the user made an exception for. The account connects anew.
    ForgetException {
        /// Whose.
        account: AccountId,
        /// The decision.
        exception: CertificateException,
    },
    /// Switch an account off and forget its password or sign-in; its mail here stays.
    SignOut(AccountId),
    /// Remove the account and its local copy; the mail on the server is not touched.
    RemoveAccount(AccountId),
    /// Which bodies of an account, or of one of its mailboxes, are kept on this computer. What is here stays.
    SetBodyPolicy {
        /// Whose.
        account: AccountId,
        /// Of this mailbox only; `None`: of all that have no setting of their own.
        mailbox: Option<MailboxId>,
        /// Which; `None`: as the account says, or the usual ones.
        policy: Option<BodyPolicy>,
    },
    /// Pause the fetching of bodies of an account, or go on with it; also over a restart. Answered by
    /// [`super::Event::Bodies`].
    PauseBodies {
        /// Whose.
        account: AccountId,
        /// Pause it?
        on: bool,
    },
    /// Remember whether mail of a sender is shown dark.
    SetSenderDark {
        /// The address.
        email: String,
        /// Dark or light; `None`: as the window is.
        dark: Option<bool>,
    },
    /// Try a failed operation again.
    RetryOperation(OperationId),
    /// Drop the mark of a failed operation; the local state already follows the server.
    DismissOperation(OperationId),
    /// Offline mode by hand: on closes every connection, off connects at once.
    SetOffline(bool),
    /// The system says that the network is back, or another one: what waits tries at once, what stands is tried.
    NetworkChanged,
    /// The computer slept and woke up: all connections are opened anew.
    WokeUp,
    /// Stop all work in an orderly way. The event stream ends afterwards.
    Shutdown,
}

/// What the user wants of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThreadDeed {
    /// Not to hear of the conversation of a message, or to hear of it again.
    Mute {
        /// One of its messages.
        message: MessageId,
        /// Mute from now on?
        on: bool,
    },
    /// Part a message and all that answer it from its conversation.
    Split(MessageId),
    /// Make one conversation of those of two messages: takes [`ThreadDeed::Split`] back.
    Join {
        /// A message of one.
        one: MessageId,
        /// A message of the other.
        other: MessageId,
    },
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
