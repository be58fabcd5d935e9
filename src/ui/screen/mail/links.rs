//! Where a link really leads, in words, and whether the user is asked before it is followed.

use super::{Action, Mail, MenuOf, Question, open_link};
use crate::mime::display::{cut, display_safe};
use crate::trust::{LinkFact, LinkTrick, Weight, examine_link};
use crate::ui::locale::{Locale, tr};

/// Bytes of an address that are shown.
const MAX_SHOWN: usize = 400;

/// A link that the pointer or the keyboard is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hovered {
    /// Where it leads.
    pub target: String,
    /// What is odd about it.
    pub fact: Option<LinkFact>,
}

impl Hovered {
    /// Looks at a link; `label` is what the reader sees of it.
    #[must_use]
    pub fn new(target: &str, label: &str) -> Self {
        Self { target: target.to_owned(), fact: examine_link(target, label, &[]) }
    }

    /// Whether a reader should be warned.
    #[must_use]
    pub fn is_odd(&self) -> bool {
        self.fact.as_ref().is_some_and(|fact| fact.weight() == Weight::Warning)
    }

    /// Where it leads, and what is odd about that.
    #[must_use]
    pub fn words(&self, l: &Locale) -> String {
        let target = display_safe(cut(&self.target, MAX_SHOWN));
        if let Some(name) = target.strip_prefix('#') {
            return tr!(l, "status-link-here", name = name).into_owned();
        }
        let target = tr!(l, "status-link", target = &*target).into_owned();
        match self.fact.as_ref().map(|fact| odd(fact, l)) {
            Some(odd) => format!("{target} · {odd}"),
            None => target,
        }
    }
}

/// What is odd about a link, as a sentence of its own: for the line above a message, the sheet and the question.
#[must_use]
pub fn odd(fact: &LinkFact, l: &Locale) -> String {
    let host = fact.host.as_str();
    match &fact.trick {
        LinkTrick::Mismatch { shown, counted_by: None } => {
            tr!(l, "link-mismatch", shown = shown.as_str(), host = host)
        }
        LinkTrick::Mismatch { shown, counted_by: Some(by) } => {
            tr!(l, "link-counted", shown = shown.as_str(), host = host, service = by.as_str())
        }
        LinkTrick::UserName { name } => tr!(l, "link-user-name", name = name.as_str(), host = host),
        LinkTrick::Number => tr!(l, "link-number", host = host),
        LinkTrick::OtherScript { unicode, confusable: true } => {
            tr!(l, "link-confusable", unicode = unicode.as_str(), host = host)
        }
        LinkTrick::OtherScript { unicode, confusable: false } => {
            tr!(l, "link-script", unicode = unicode.as_str(), host = host)
        }
        LinkTrick::Lookalike { of } => tr!(l, "link-lookalike", host = host, of = of.as_str()),
    }
    .into_owned()
}

impl Mail {
    /// Follows a link that was clicked; one that is not what it seems only after a question.
    pub(super) fn follow_link(&mut self, target: String, label: &str) -> Vec<Action> {
        self.close_menus();
        match Hovered::new(&target, label) {
            hovered if hovered.is_odd() => match hovered.fact {
                Some(fact) => {
                    let target = self.watches.target(target);
                    vec![Action::Ask(Question::OpenLink { target, fact })]
                }
                None => Vec::new(),
            },
            _ => vec![open_link(self.watches.target(target))],
        }
    }

    /// What the reader sees of the link that the open menu is about.
    pub(super) fn label_in_menu(&self, target: &str) -> String {
        match self.menu.as_ref().map(|menu| &menu.of) {
            Some(MenuOf::Text { link: Some(link), label: Some(label), .. }) if **link == *target => {
                label.to_string()
            }
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_name_are_told() {
        let l = Locale::english();
        let plain = Hovered::new("https://example.org/a", "our shop");
        assert!(!plain.is_odd() && plain.words(&l).ends_with("https://example.org/a"), "{}", plain.words(&l));
        let script = Hovered::new("https://xn--mnchen-3ya.example/", "here");
        assert!(script.words(&l).contains("münchen.example"), "{}", script.words(&l));
        assert!(script.words(&l).contains("xn--mnchen-3ya.example"));
        let lie = Hovered::new("https://evil.example/", "https://bank.example/");
        assert!(lie.is_odd() && lie.words(&l).contains("bank.example"), "{}", lie.words(&l));
    }
}
