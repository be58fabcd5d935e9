//! Short notes at the bottom of the window: what was done, what failed, what can be done about it.
//!
//! Typed; the words are found when they are drawn.

use super::locale::{Locale, tr};
use super::problem;
use super::screen::mail::drag::Refusal;
use super::screen::settings::fault_text;
use super::settings::Fault;
use crate::model::{AccountId, ActionId, OperationId, SpecialUse};
use crate::sync::{Acted, Deed, Problem};
use std::path::PathBuf;
use std::time::Duration;

/// How long a note stays that nobody has to act on.
const SHORT: Duration = Duration::from_secs(5);
/// How long a note stays that offers to undo something; Ctrl+Z goes on to work after it.
const UNDOABLE: Duration = Duration::from_secs(10);
/// Notes shown at once; older ones go.
const MAX_SHOWN: usize = 3;

/// What a note says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// An attachment was saved.
    Saved(PathBuf),
    /// Several attachments were saved into a folder.
    SavedAll(usize, PathBuf),
    /// An attachment could not be fetched or saved.
    TransferFailed(String, Problem),
    /// The server refused a change.
    OperationFailed(OperationId, usize, Problem),
    /// A server wants something to be known.
    Alert(AccountId, String, String),
    /// Nothing left to read in this direction.
    NoUnread,
    /// The account has no such folder.
    NoFolder(SpecialUse),
    /// No program took a file or link.
    NotOpened(String),
    /// This kind of file is not opened, because it could be a program.
    Dangerous(String),
    /// The program itself has a fault, which is noted in that file; the run before may have broken off by it.
    Fault {
        /// The file.
        report: Option<PathBuf>,
        /// Whether it was the run before.
        before: bool,
    },
    /// A message could not be made into a PDF.
    NotPrinted,
    /// Writing comes later; the address is on the clipboard.
    AddressCopied(String),
    /// An account was added.
    AccountAdded(String),
    /// Something is wrong with the file of the settings.
    SettingsFault(Fault),
    /// A change of the settings could not be written: the line with the fault, if that is why, else the reason.
    SettingsNotWritten(Option<usize>, String),
    /// An account was changed.
    AccountChanged(String),
    /// An account can be read, but sending would not work.
    SendingFailed(AccountId, String, Problem),
    /// The text for the help desk is on the clipboard.
    HelpDeskCopied,
    /// An account was removed.
    AccountRemoved(String),
    /// Something failed that belongs to nothing on the screen.
    Failed(Problem),
    /// The user did something; the name of the folder that it was about.
    Acted(Acted, Option<String>),
    /// It was undone.
    Undone(Acted),
    /// Nothing was done, and why.
    NotActed(Problem),
    /// It could not be undone, and why.
    NotUndone(Problem),
    /// A folder does not take what was dropped.
    NotDropped(Refusal),
    /// The messages are in that folder.
    AlreadyThere,
    /// This folder cannot be changed.
    FixedFolder,
}

/// What the button of a note does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// Opens a file or folder with another program.
    Open(PathBuf),
    /// Tries an operation again.
    Retry(OperationId),
    /// Undoes an action.
    Undo(ActionId),
    /// Does once more what was undone.
    Redo,
    /// Opens the settings of an account.
    EditAccount(AccountId),
}

/// What was done, in words.
fn deed(acted: &Acted, to: Option<&str>, l: &Locale) -> String {
    let count = acted.messages;
    let to = to.unwrap_or_default();
    match acted.what {
        Deed::Flag => tr!(l, "note-flagged", count = count),
        Deed::Move if to.is_empty() => tr!(l, "note-moved-somewhere", count = count),
        Deed::Move => tr!(l, "note-moved", count = count, folder = to),
        Deed::Archive => tr!(l, "note-archived", count = count),
        Deed::Junk => tr!(l, "note-junk", count = count),
        Deed::Trash => tr!(l, "note-trashed", count = count),
        Deed::Copy if to.is_empty() => tr!(l, "note-copied-somewhere", count = count),
        Deed::Copy => tr!(l, "note-copied", count = count, folder = to),
        Deed::Expunge => tr!(l, "note-expunged", count = count),
        Deed::MarkAllRead => tr!(l, "note-all-read", count = count),
        Deed::Append => tr!(l, "note-appended", count = count),
        Deed::Mailbox => tr!(l, "note-folder-changed"),
    }
    .into_owned()
}

fn refusal(why: Refusal) -> &'static str {
    match why {
        Refusal::SameFolder => "drag-same-folder",
        Refusal::NoMessages => "drag-no-messages",
        Refusal::OnAccount => "drag-on-account",
        Refusal::IntoItself => "drag-into-itself",
        Refusal::OtherAccount => "drag-other-account",
        Refusal::SamePlace => "drag-same-place",
    }
}

/// Why a folder does not take what is dragged, in words.
#[must_use]
pub fn refused(why: Refusal, locale: &Locale) -> String {
    locale.text(refusal(why)).into_owned()
}

impl Note {
    /// The words.
    #[must_use]
    pub fn text(&self, locale: &Locale) -> String {
        let name = |path: &PathBuf| {
            path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
        };
        match self {
            Self::Saved(path) => tr!(locale, "note-saved", name = name(path)),
            Self::SavedAll(count, folder) => {
                tr!(locale, "note-saved-all", count = *count, folder = name(folder))
            }
            Self::TransferFailed(file, why) => {
                let why = problem::headline(why, locale);
                tr!(locale, "note-transfer-failed", name = file.as_str(), why = why)
            }
            Self::OperationFailed(_, count, why) => {
                let why = problem::headline(why, locale);
                tr!(locale, "note-operation-failed", count = *count, why = why)
            }
            Self::Alert(_, account, text) => {
                tr!(locale, "note-alert", account = account.as_str(), text = text.as_str())
            }
            Self::NoUnread => tr!(locale, "note-no-unread"),
            Self::NoFolder(_) => tr!(locale, "note-no-folder"),
            Self::NotOpened(what) => tr!(locale, "note-not-opened", name = what.as_str()),
            Self::Dangerous(file) => tr!(locale, "note-dangerous", name = file.as_str()),
            Self::AddressCopied(address) => tr!(locale, "note-address-copied", address = address.as_str()),
            Self::SettingsFault(fault) => return fault_text(fault, locale),
            Self::SettingsNotWritten(Some(line), _) => {
                tr!(locale, "note-settings-faulty", line = line.to_string())
            }
            Self::SettingsNotWritten(None, why) => {
                tr!(locale, "note-settings-not-written", why = why.as_str())
            }
            Self::SendingFailed(_, account, why) => {
                let why = problem::headline(why, locale);
                tr!(locale, "note-sending-failed", account = account.as_str(), why = why)
            }
            Self::HelpDeskCopied => tr!(locale, "note-help-desk-copied"),
            Self::AccountChanged(account) => tr!(locale, "note-account-changed", account = account.as_str()),
            Self::AccountAdded(account) => tr!(locale, "note-account-added", account = account.as_str()),
            Self::AccountRemoved(account) => tr!(locale, "note-account-removed", account = account.as_str()),
            Self::Acted(acted, to) => return deed(acted, to.as_deref(), locale),
            Self::Undone(acted) => {
                let what = deed(acted, None, locale);
                tr!(locale, "note-undone", what = what)
            }
            Self::NotUndone(Problem::NothingToUndo) => tr!(locale, "problem-nothing-to-undo"),
            Self::NotDropped(why) => return refused(*why, locale),
            Self::AlreadyThere => tr!(locale, "note-already-there"),
            Self::NotPrinted => tr!(locale, "note-not-printed"),
            Self::Fault { before: false, .. } => tr!(locale, "note-fault"),
            Self::Fault { before: true, .. } => tr!(locale, "note-broke-off"),
            Self::FixedFolder => tr!(locale, "note-fixed-folder"),
            Self::Failed(why) | Self::NotActed(why) | Self::NotUndone(why) => {
                let words = problem::explain(why, locale);
                return format!("{} {}", words.what, words.advice);
            }
        }
        .into_owned()
    }

    /// Its button, if it has one, with the text key of the label.
    #[must_use]
    pub fn press(&self) -> Option<(&'static str, Press)> {
        match self {
            Self::Saved(path) => Some(("note-open", Press::Open(path.clone()))),
            Self::Fault { report: Some(path), .. } => Some(("note-report", Press::Open(path.clone()))),
            Self::SavedAll(_, folder) => Some(("note-open-folder", Press::Open(folder.clone()))),
            Self::OperationFailed(operation, _, _) => Some(("note-retry", Press::Retry(*operation))),
            Self::Acted(acted, _) if acted.undoable => Some(("note-undo", Press::Undo(acted.action))),
            Self::Undone(_) => Some(("note-redo", Press::Redo)),
            Self::SendingFailed(account, ..) => Some(("fix-edit-server", Press::EditAccount(*account))),
            Self::Acted(..)
            | Self::NotActed(_)
            | Self::NotUndone(_)
            | Self::NotDropped(_)
            | Self::AlreadyThere
            | Self::NotPrinted
            | Self::Fault { .. }
            | Self::FixedFolder
            | Self::TransferFailed(..)
            | Self::Alert(..)
            | Self::NoUnread
            | Self::NoFolder(_)
            | Self::NotOpened(_)
            | Self::Dangerous(_)
            | Self::AddressCopied(_)
            | Self::AccountAdded(_)
            | Self::AccountChanged(_)
            | Self::SettingsFault(_)
            | Self::SettingsNotWritten(..)
            | Self::HelpDeskCopied
            | Self::AccountRemoved(_)
            | Self::Failed(_) => None,
        }
    }

    /// Whether it tells of a failure; such a note stays until somebody closes it.
    #[must_use]
    pub const fn is_failure(&self) -> bool {
        if let Self::NotUndone(why) = self {
            // That there is nothing to undo is no failure.
            return !matches!(why, Problem::NothingToUndo);
        }
        matches!(
            self,
            Self::TransferFailed(..)
                | Self::NotActed(_)
                | Self::OperationFailed(..)
                | Self::Failed(_)
                | Self::SettingsFault(_)
                | Self::SendingFailed(..)
                | Self::Alert(..)
                | Self::NotOpened(_)
                | Self::Fault { .. }
        )
    }
}

/// The notes on the screen.
#[derive(Debug, Default)]
pub struct Notes {
    shown: Vec<(u64, Note)>,
    last: u64,
}

impl Notes {
    /// The notes from old to new.
    pub fn iter(&self) -> impl Iterator<Item = &(u64, Note)> {
        self.shown.iter()
    }

    /// Adds a note; gives its number and how long it stays, if it goes by itself.
    pub fn add(&mut self, note: Note) -> (u64, Option<Duration>) {
        // What was done before is undone by Ctrl+Z; its note would only be in the way of the new one.
        let done = |note: &Note| matches!(note, Note::Acted(..) | Note::Undone(_));
        self.shown.retain(|(_, old)| *old != note && !(done(old) && done(&note)));
        self.last += 1;
        let while_shown = if note.press().is_some() { UNDOABLE } else { SHORT };
        let stays = (!note.is_failure()).then_some(while_shown);
        self.shown.push((self.last, note));
        if self.shown.len() > MAX_SHOWN {
            self.shown.remove(0);
        }
        (self.last, stays)
    }

    /// The file of the settings was read anew: what was wrong with it is told anew, if it still is.
    pub fn mended(&mut self) {
        self.shown.retain(|(_, note)| !matches!(note, Note::SettingsFault(_)));
    }

    /// Takes a note away.
    pub fn close(&mut self, number: u64) -> Option<Note> {
        let index = self.shown.iter().position(|(n, _)| *n == number)?;
        Some(self.shown.remove(index).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_can_be_undone_from_its_note() {
        let english = Locale::english();
        let (action, what, to) = (ActionId::from_row(7), Deed::Move, None);
        let acted = Acted { action, what, messages: 3, to, undoable: true };
        let note = Note::Acted(acted.clone(), Some("Projects".into()));
        assert_eq!(note.text(&english), "Moved 3 messages to Projects");
        assert_eq!(note.press(), Some(("note-undo", Press::Undo(action))));
        let undone = Note::Undone(acted.clone());
        assert_eq!(undone.press(), Some(("note-redo", Press::Redo)));
        assert_eq!(undone.text(&english), "Undone: Moved 3 messages");
        let mut notes = Notes::default();
        notes.add(note);
        notes.add(undone);
        assert_eq!(notes.iter().count(), 1, "the newest takes the place of the one before");
        let forever = Acted { what: Deed::Expunge, undoable: false, ..acted };
        assert_eq!(Note::Acted(forever, None).press(), None);
        assert!(!Note::NotUndone(Problem::NothingToUndo).is_failure());
        assert!(Note::NotActed(Problem::MailboxProtected).is_failure());
    }

    #[test]
    fn failures_stay_and_the_same_note_is_not_piled_up() {
        let mut notes = Notes::default();
        let (first, stays) = notes.add(Note::NoUnread);
        assert!(stays.is_some());
        let (second, _) = notes.add(Note::NoUnread);
        assert_eq!(notes.close(first), None);
        assert_eq!(notes.iter().count(), 1);
        assert_eq!(notes.close(second), Some(Note::NoUnread));
        let failed = Note::OperationFailed(OperationId::from_row(1), 2, Problem::MessageGone);
        assert_eq!(notes.add(failed.clone()).1, None);
        assert!(failed.press().is_some());
        for n in 0..9 {
            notes.add(Note::Dangerous(n.to_string()));
        }
        assert_eq!(notes.iter().count(), MAX_SHOWN);
    }
}
