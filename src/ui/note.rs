//! Short notes at the bottom of the window: what was done, what failed, what can be done about it.
//!
//! Typed; the words are found when they are drawn.

use super::locale::{Locale, tr};
use super::problem;
use crate::model::{AccountId, OperationId, SpecialUse};
use crate::sync::Problem;
use std::path::PathBuf;
use std::time::Duration;

/// How long a note stays that nobody has to act on.
const SHORT: Duration = Duration::from_secs(5);
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
    /// Writing comes later; the address is on the clipboard.
    AddressCopied(String),
    /// An account was added.
    AccountAdded(String),
    /// An account was removed.
    AccountRemoved(String),
    /// Something failed that belongs to nothing on the screen.
    Failed(Problem),
}

/// What the button of a note does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// Opens a file or folder with another program.
    Open(PathBuf),
    /// Tries an operation again.
    Retry(OperationId),
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
            Self::AccountAdded(account) => tr!(locale, "note-account-added", account = account.as_str()),
            Self::AccountRemoved(account) => tr!(locale, "note-account-removed", account = account.as_str()),
            Self::Failed(why) => {
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
            Self::SavedAll(_, folder) => Some(("note-open-folder", Press::Open(folder.clone()))),
            Self::OperationFailed(operation, _, _) => Some(("note-retry", Press::Retry(*operation))),
            Self::TransferFailed(..)
            | Self::Alert(..)
            | Self::NoUnread
            | Self::NoFolder(_)
            | Self::NotOpened(_)
            | Self::Dangerous(_)
            | Self::AddressCopied(_)
            | Self::AccountAdded(_)
            | Self::AccountRemoved(_)
            | Self::Failed(_) => None,
        }
    }

    /// Whether it tells of a failure; such a note stays until somebody closes it.
    #[must_use]
    pub const fn is_failure(&self) -> bool {
        matches!(
            self,
            Self::TransferFailed(..)
                | Self::OperationFailed(..)
                | Self::Failed(_)
                | Self::Alert(..)
                | Self::NotOpened(_)
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
        self.shown.retain(|(_, old)| *old != note);
        self.last += 1;
        let stays = (!note.is_failure()).then_some(SHORT);
        self.shown.push((self.last, note));
        if self.shown.len() > MAX_SHOWN {
            self.shown.remove(0);
        }
        (self.last, stays)
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
