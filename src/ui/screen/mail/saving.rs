//! Saving attachments: what runs when it is opened only after a question.

use super::{Action, Mail, Question};
use crate::mime::filename;
use crate::model::{MessageId, PartPath};
use crate::ui::read::Attachment;

/// What of a message is to be saved, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveWish {
    /// One attachment where downloads go.
    Download(PartPath),
    /// One attachment where the user says.
    As(PartPath),
    /// All attachments.
    All,
}

impl Mail {
    /// Saves attachments of the message in the reading pane; programs only once the user was asked.
    pub(super) fn save(&self, wish: SaveWish) -> Vec<Action> {
        let Some(mail) = self.reader.shown() else { return Vec::new() };
        let wanted = |attachment: &&Attachment| match &wish {
            SaveWish::Download(path) | SaveWish::As(path) => attachment.path == *path,
            SaveWish::All => true,
        };
        let wanted: Vec<Attachment> = mail.attachments.iter().filter(wanted).cloned().collect();
        let programs = wanted.iter().filter(|attachment| filename::is_executable(&attachment.name));
        let names: Vec<String> = programs.map(|attachment| attachment.name.clone()).collect();
        if names.is_empty() {
            return self.save_surely(mail.id, &wish);
        }
        vec![Action::Ask(Question::SavePrograms { names, message: mail.id, wish })]
    }

    /// Saves attachments without a question: there is no need for one, or it was answered.
    #[must_use]
    pub fn save_surely(&self, message: MessageId, wish: &SaveWish) -> Vec<Action> {
        let Some(mail) = self.reader.shown().filter(|mail| mail.id == message) else { return Vec::new() };
        match (wish, mail.attachments.as_slice()) {
            (SaveWish::Download(path), _) => self.with_attachment(path, Action::FindDownload),
            (SaveWish::As(path), _) => self.with_attachment(path, Action::AskPlace),
            (SaveWish::All, []) => Vec::new(),
            (SaveWish::All, [only]) => vec![Action::AskPlace(mail.id, only.clone())],
            (SaveWish::All, all) => vec![Action::AskFolder(mail.id, all.to_vec())],
        }
    }
}
