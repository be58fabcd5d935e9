//! Everything that can happen to the program's window.

use super::a11y::bridge::Signal;
use super::app::dialog;
use super::command::Do;
use super::note::Press;
use super::screen::{mail, setup};
use super::settings::Values;
use super::settings::preference::NotWritten;
use crate::model::{AccountId, MessageId, PartPath};
use crate::notify::{Heard, Notifier};
use crate::sync::{Event, Handle};
use iced::keyboard::{Key, Modifiers, key::Physical};
use iced::theme::Mode;
use iced::{Size, window};
use std::path::PathBuf;
use std::sync::Arc;

/// What happened.
#[derive(Clone, Debug)]
pub enum Message {
    /// On the mail screen.
    Mail(mail::Message),
    /// On the account form.
    Setup(setup::Message),
    /// The banner of a sign-in was pressed.
    SignIn(super::app::sign_in::Press),
    /// A second went by while a clock is shown.
    Tick,
    /// In the account manager.
    Accounts(super::screen::accounts::Message),
    /// The doctor is to look at an account.
    ExamineWanted(AccountId),
    /// What the doctor saw, in the examination of that number.
    Examined(u64, super::screen::accounts::doctor::Message),
    /// A text for the help desk is to be copied.
    HelpDeskCopied(String),
    /// The way to the desktop's notices.
    NotifierReady(Notifier),
    /// What the user did with a notice.
    NoticeHeard(Heard),
    /// What is to be told of new messages of an account.
    ArrivalsRead(AccountId, Vec<super::notices::Item>),
    /// Messages that are told of were read, or are gone.
    NoticesSettled(Vec<MessageId>),
    /// On the settings screen.
    Settings(super::screen::settings::Message),
    /// The file of the settings was written, or not.
    SettingsWritten(Result<(String, Values), Arc<NotWritten>>),
    /// The file of the settings as it is now.
    SettingsRead(Option<String>),
    /// Somebody wrote the file of the settings.
    SettingsTouched,
    /// The window came to the front.
    Focused,
    /// In a dialog.
    Dialog(dialog::Message),
    /// The store answered.
    Store(mail::Reply),
    /// The worker of that generation runs; this is the way to it.
    WorkerReady(u64, Handle),
    /// The worker of that generation says something.
    Worker(u64, Event),
    /// The worker of that generation has ended.
    WorkerEnded(u64),
    /// The program itself has a fault, which was noted.
    Faulted,
    /// An action of the table was clicked.
    Do(Do),
    /// A key was pressed that no widget took.
    Key(KeyPress),
    /// The button of a note was pressed.
    NotePressed(u64, Press),
    /// A note is to go.
    NoteClosed(u64),
    /// The help page is to go.
    HelpClosed,
    /// The window has another size.
    Resized(Size),
    /// The system switched between light and dark.
    SystemMode(Mode),
    /// The window is to be closed.
    CloseRequested(window::Id),
    /// Time to write the settings, unless they changed since.
    SaveDue(u64),
    /// A new day began.
    Midnight,
    /// The first frame is drawn: time to start what draws HTML.
    WarmDue,
    /// A throw-away file was found for an attachment.
    TemporaryFound(MessageId, PartPath, Option<PathBuf>),
    /// A message was made into a PDF; or could not be.
    Printed(Option<PathBuf>),
    /// A downloaded file took the place of an older one, or could not.
    Replaced(PathBuf, bool),
    /// Another program took a file or link; if not, its name.
    Opened(Option<String>),
    /// The demo runs, or why it doesn't.
    DemoReady(Result<Arc<super::app::demo::Demo>, String>),
    /// The semantic tree has to be followed, or a screen reader wants something.
    A11y(Signal),
    /// The program may end now.
    Ended,
    /// Nothing to do.
    Done,
}

/// A key as the keyboard sent it.
#[derive(Clone, Debug)]
pub struct KeyPress {
    /// The key.
    pub key: Key,
    /// What it types.
    pub typed: Key,
    /// Where it is.
    pub place: Physical,
    /// What is held down with it.
    pub modifiers: Modifiers,
}
