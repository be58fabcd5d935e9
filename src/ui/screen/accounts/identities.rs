//! The addresses that the user writes as, each with its name and signature, as they are being edited. Pure.
//!
//! What is no address yet is shown with its fault and not kept.

use super::MAX_FIELD;
use crate::model::{AccountOptions, Identity, MAX_IDENTITIES, MAX_SIGNATURE};
use iced::widget::text_editor::{self, Content};

/// What can happen to them. An index is that of a further address; `None` is the account's own.
#[derive(Clone, Debug)]
pub enum Message {
    /// A further address is wanted.
    Added,
    /// A further address is to go.
    Removed(usize),
    /// A further address is to stand one higher, or one lower.
    Moved(usize, bool),
    /// A name was edited.
    Name(usize, String),
    /// An address was edited.
    Email(usize, String),
    /// A signature was edited, or the cursor moved in it.
    Signature(Option<usize>, text_editor::Action),
    /// A signature was set as a whole.
    SignatureSet(Option<usize>, String),
    /// This one is used unless the user chooses another one.
    Usual(Option<usize>),
}

/// What is wrong with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// That is no address.
    NotAnAddress,
    /// It is there already.
    Twice,
}

/// A further address.
#[derive(Debug)]
pub struct Draft {
    /// Name of the sender.
    pub name: String,
    /// Address.
    pub email: String,
    /// Its signature.
    pub signature: Content,
}

/// See the module.
#[derive(Debug)]
pub struct Identities {
    /// The account's own address.
    own: String,
    /// The signature of the account.
    pub signature: Content,
    /// Further addresses.
    pub others: Vec<Draft>,
    /// Which of them is used unless the user chooses another one.
    pub usual: Option<usize>,
}

impl Identities {
    /// Those of an account with this address.
    #[must_use]
    pub fn of(options: &AccountOptions, own: &str) -> Self {
        let draft = |one: &Identity| Draft {
            name: one.name.clone(),
            email: one.email.clone(),
            signature: Content::with_text(&one.signature),
        };
        Self {
            own: own.to_owned(),
            signature: Content::with_text(&options.signature),
            others: options.identities.iter().map(draft).collect(),
            usual: options.usual(),
        }
    }

    /// What is wrong with a further address; nothing, as long as nothing was typed.
    #[must_use]
    pub fn fault(&self, index: usize) -> Option<Fault> {
        let email = self.others.get(index)?.email.trim();
        if email.is_empty() {
            return None;
        }
        if !crate::ui::screen::setup::form::is_address(email) {
            return Some(Fault::NotAnAddress);
        }
        let before = self.others.iter().take(index).map(|one| one.email.trim());
        let known =
            std::iter::once(self.own.as_str()).chain(before).any(|one| one.eq_ignore_ascii_case(email));
        known.then_some(Fault::Twice)
    }

    /// Takes in what happened; tells whether there is something to keep.
    pub fn update(&mut self, message: Message, sender: &str) -> bool {
        match message {
            Message::Added => {
                if self.others.len() >= MAX_IDENTITIES {
                    return false;
                }
                let draft =
                    Draft { name: sender.to_owned(), email: String::new(), signature: Content::new() };
                self.others.push(draft);
                // There is nothing to keep before there is an address.
                false
            }
            Message::Removed(index) => {
                if index >= self.others.len() {
                    return false;
                }
                self.others.remove(index);
                self.usual = match self.usual {
                    Some(usual) if usual == index => None,
                    Some(usual) if usual > index => Some(usual - 1),
                    other => other,
                };
                true
            }
            Message::Moved(index, up) => {
                let to = if up { index.checked_sub(1) } else { Some(index + 1) };
                let Some(to) = to.filter(|to| (*to).max(index) < self.others.len()) else { return false };
                self.others.swap(index, to);
                self.usual = match self.usual {
                    Some(usual) if usual == index => Some(to),
                    Some(usual) if usual == to => Some(index),
                    other => other,
                };
                true
            }
            Message::Name(_, text) | Message::Email(_, text) if text.chars().count() > MAX_FIELD => false,
            Message::Name(index, text) => self.others.get_mut(index).map(|one| one.name = text).is_some(),
            Message::Email(index, text) => self.others.get_mut(index).map(|one| one.email = text).is_some(),
            Message::Signature(whose, action) => {
                let edits = action.is_edit();
                let Some(content) = self.content(whose) else { return false };
                content.perform(action);
                edits && content.text().chars().count() <= MAX_SIGNATURE
            }
            Message::SignatureSet(whose, text) => {
                let Some(content) = self.content(whose) else { return false };
                let text: String = text.chars().take(MAX_SIGNATURE).collect();
                *content = Content::with_text(&text);
                true
            }
            Message::Usual(which) => {
                let fits = which.is_none_or(|index| self.is_whole(index));
                if fits {
                    self.usual = which;
                }
                fits
            }
        }
    }

    /// Whether a further address can be used.
    #[must_use]
    pub fn is_whole(&self, index: usize) -> bool {
        self.others.get(index).is_some_and(|one| !one.email.trim().is_empty()) && self.fault(index).is_none()
    }

    fn content(&mut self, whose: Option<usize>) -> Option<&mut Content> {
        match whose {
            None => Some(&mut self.signature),
            Some(index) => self.others.get_mut(index).map(|one| &mut one.signature),
        }
    }

    /// Writes what is whole into the options.
    pub fn put_into(&self, options: &mut AccountOptions) {
        options.signature = text_of(&self.signature);
        let whole = (0..self.others.len()).filter(|index| self.is_whole(*index));
        let kept = whole.filter_map(|index| self.others.get(index)).map(|one| Identity {
            name: one.name.trim().to_owned(),
            email: one.email.trim().to_owned(),
            signature: text_of(&one.signature),
        });
        options.identities = kept.collect();
        let usual = self.usual.filter(|index| self.is_whole(*index)).and_then(|index| self.others.get(index));
        options.writes_as = usual.map_or_else(String::new, |one| one.email.trim().to_owned());
    }
}

/// What an editor holds.
#[must_use]
pub fn text_of(content: &Content) -> String {
    content.text().chars().take(MAX_SIGNATURE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(emails: &[&str]) -> Identities {
        let mut all = Identities::of(&AccountOptions::default(), "ada@example.org");
        for (index, email) in emails.iter().enumerate() {
            all.update(Message::Added, "Ada");
            all.update(Message::Email(index, (*email).to_owned()), "");
        }
        all
    }

    fn kept(all: &Identities) -> (Vec<String>, String) {
        let mut options = AccountOptions::default();
        all.put_into(&mut options);
        (options.identities.into_iter().map(|one| one.email).collect(), options.writes_as)
    }

    #[test]
    fn what_is_no_address_is_told_and_not_kept() {
        let all = with(&["lovelace@example.org", "half@", "", "ADA@example.org", "Lovelace@Example.org"]);
        let faults: Vec<_> = (0..5).map(|index| all.fault(index)).collect();
        assert_eq!(faults, [None, Some(Fault::NotAnAddress), None, Some(Fault::Twice), Some(Fault::Twice)]);
        assert_eq!(kept(&all).0, ["lovelace@example.org"]);
    }

    #[test]
    fn the_usual_one_stays_the_same_when_others_come_and_go() {
        let mut all = with(&["a@x.org", "b@x.org", "c@x.org"]);
        assert!(all.update(Message::Usual(Some(1)), ""));
        assert!(all.update(Message::Moved(1, true), ""));
        assert_eq!(
            kept(&all),
            (vec!["b@x.org".into(), "a@x.org".into(), "c@x.org".into()], "b@x.org".into())
        );
        assert!(!all.update(Message::Moved(0, true), "") && !all.update(Message::Moved(2, false), ""));
        all.update(Message::Moved(0, false), "");
        all.update(Message::Removed(0), "");
        assert_eq!(kept(&all), (vec!["b@x.org".into(), "c@x.org".into()], "b@x.org".into()));
        all.update(Message::Email(0, "new@x.org".into()), "");
        assert_eq!(kept(&all).1, "new@x.org");
        all.update(Message::Removed(0), "");
        assert_eq!(kept(&all), (vec!["c@x.org".into()], String::new()));
        assert!(!all.update(Message::Usual(Some(7)), ""));
    }

    #[test]
    fn each_address_has_a_signature_of_its_own_that_survives() {
        let mut all = with(&["a@x.org"]);
        all.update(Message::SignatureSet(None, "Ada".into()), "");
        all.update(Message::SignatureSet(Some(0), "-- \nA.\n".into()), "");
        let mut options = AccountOptions::default();
        all.put_into(&mut options);
        assert_eq!(
            (options.signature.as_str(), options.identities[0].signature.as_str()),
            ("Ada", "-- \nA.\n")
        );
        let mut again = AccountOptions::default();
        Identities::of(&options, "ada@example.org").put_into(&mut again);
        assert_eq!(again, options);
    }
}
