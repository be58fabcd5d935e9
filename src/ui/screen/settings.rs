//! The settings screen: everything that people may set, in groups, with a search. Pure.
//!
//! What is chosen takes effect at once; the window writes it into the file.

mod view;

use crate::model::BodyPolicy;
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
    /// Open the file.
    OpenFile,
    /// Leave the screen.
    Leave,
}

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct Screen {
    query: String,
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
            Message::FileWanted => Action::OpenFile,
            // The first way out of a search is out of the search.
            Message::Left if !self.query.is_empty() => {
                self.query.clear();
                Action::Nothing
            }
            Message::Left => Action::Leave,
        }
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
