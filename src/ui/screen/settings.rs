//! The settings screen: everything that people may set, in groups, with a search. Pure.
//!
//! What is chosen takes effect at once; the window writes it into the file.

mod view;

use crate::model::BodyPolicy;
use crate::store::{Consent, Preference};
use crate::ui::settings::Key;
use toml::Value;

pub use view::{Look, fault_text, search_id, view};

/// Longest text that is searched for.
const MAX_QUERY: usize = 100;

/// What can happen on the screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// The search was edited.
    Edited(String),
    /// A value was chosen.
    Chosen(Key, Value),
    /// What all accounts keep on this computer was chosen.
    Kept(BodyPolicy),
    /// What is remembered of senders was read.
    PrivacyRead(Privacy),
    /// Pictures of somebody are not to be loaded any longer without asking.
    Revoked(Consent),
    /// A small setting of the mail was chosen.
    Preferred(Preference, bool),
    /// The file is to be opened in an editor.
    FileWanted,
    /// Back to where one came from.
    Left,
}

/// What the screen wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Nothing.
    Nothing,
    /// Take a value over.
    Set(Key, Value),
    /// Let all accounts keep this.
    Keep(BodyPolicy),
    /// Forget a consent.
    Revoke(Consent),
    /// Remember a small setting of the mail.
    Prefer(Preference, bool),
    /// Open the file.
    OpenFile,
    /// Leave the screen.
    Leave,
}

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct Screen {
    query: String,
    privacy: Option<Privacy>,
}

/// What is remembered of senders and their mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Privacy {
    /// Whose pictures are loaded without asking.
    pub consents: Vec<Consent>,
    /// Parameters that tell who clicked are taken off links.
    pub strip: bool,
    /// Signatures are checked here too.
    pub check: bool,
}

impl Screen {
    /// Takes in what happened.
    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Edited(query) => {
                if query.chars().count() <= MAX_QUERY {
                    self.query = query;
                }
                Action::Nothing
            }
            Message::Chosen(key, value) => Action::Set(key, value),
            Message::Kept(policy) => Action::Keep(policy),
            Message::PrivacyRead(privacy) => {
                self.privacy = Some(privacy);
                Action::Nothing
            }
            Message::Revoked(consent) => {
                if let Some(privacy) = &mut self.privacy {
                    privacy.consents.retain(|other| *other != consent);
                }
                Action::Revoke(consent)
            }
            Message::Preferred(preference, on) => {
                let known = self.privacy.get_or_insert_default();
                match preference {
                    Preference::StripLinks => known.strip = on,
                    Preference::CheckSignatures => known.check = on,
                }
                Action::Prefer(preference, on)
            }
            Message::FileWanted => Action::OpenFile,
            // The first way out of a search is out of the search.
            Message::Left if !self.query.is_empty() => {
                self.query.clear();
                Action::Nothing
            }
            Message::Left => Action::Leave,
        }
    }

    /// What is remembered of senders, once it was read.
    #[must_use]
    pub const fn privacy(&self) -> Option<&Privacy> {
        self.privacy.as_ref()
    }

    /// Whether a setting is among those that are searched for: all words are somewhere in its texts.
    #[must_use]
    pub fn finds(&self, texts: &[&str]) -> bool {
        let all = texts.join(" ").to_lowercase();
        self.query.to_lowercase().split_whitespace().all(|word| all.contains(word))
    }
}

#[cfg(test)]
mod tests;
