//! The user's own keys, from `[keys]` of the settings file: `archive = "y"`, `delete = ["Delete", "d"]`, `print = []`.
//!
//! An action that is named there has these keys and no others; a key that is given away here is taken from its usual
//! action.

use super::chord::{Chord, Shortcut};
use super::{Do, Entry, TABLE};
use std::collections::BTreeMap;
use toml::Value;

/// Keys of one action; more would not be remembered by anybody.
const MAX_KEYS: usize = 8;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shortcuts(BTreeMap<Do, Vec<Shortcut>>);

impl Entry {
    /// What the settings file calls the action.
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.name.split_once('-').map_or(self.name, |(_, word)| word)
    }
}

impl Shortcuts {
    /// Takes over a line of the file; `false` if there is no such action, that is no key, or it was given to another
    /// action above.
    pub fn set(&mut self, word: &str, value: &Value) -> bool {
        let Some(entry) = TABLE.iter().find(|entry| entry.word() == word) else { return false };
        let one = value.as_str().map(|text| vec![text]);
        let several = || {
            let all = value.as_array().filter(|all| all.len() <= MAX_KEYS)?;
            all.iter().map(Value::as_str).collect::<Option<Vec<_>>>()
        };
        let Some(texts) = one.or_else(several) else { return false };
        let Some(keys) = texts.into_iter().map(Shortcut::parse).collect::<Option<Vec<_>>>() else {
            return false;
        };
        let taken = |key: &Shortcut| {
            self.0.iter().any(|(does, own)| *does != entry.does && own.iter().any(|one| clash(*one, *key)))
        };
        if keys.iter().any(taken) {
            return false;
        }
        self.0.insert(entry.does, keys);
        true
    }

    /// The keys of an action; the first one is shown in tooltips.
    pub fn of(&self, entry: &Entry) -> Vec<Shortcut> {
        match self.0.get(&entry.does) {
            Some(own) => own.clone(),
            None => {
                let free = |key: &Shortcut| !self.0.values().flatten().any(|own| clash(*own, *key));
                entry.keys().filter(free).collect()
            }
        }
    }

    /// The action of a key.
    #[must_use]
    pub fn find(&self, key: Shortcut) -> Option<Do> {
        TABLE.iter().find(|entry| self.of(entry).contains(&key)).map(|entry| entry.does)
    }

    /// Whether a key begins a sequence.
    #[must_use]
    pub fn begins(&self, chord: Chord) -> bool {
        let begins = |key: &Shortcut| matches!(key, Shortcut::Pair(first, _) if *first == chord);
        TABLE.iter().any(|entry| self.of(entry).iter().any(begins))
    }
}

/// Whether two keys cannot stand beside each other: the same, or one begins the other.
fn clash(one: Shortcut, other: Shortcut) -> bool {
    match (one, other) {
        (Shortcut::Single(key), Shortcut::Pair(first, _))
        | (Shortcut::Pair(first, _), Shortcut::Single(key)) => key == first,
        (one, other) => one == other,
    }
}

/// All actions with their usual keys, for a new settings file: each line is a comment.
#[must_use]
pub fn template() -> String {
    let mut text = String::from(
        "\n# Keys of actions. Take the sign away from [keys] and from the lines you change.\n#[keys]\n",
    );
    for entry in &TABLE {
        let keys: Vec<String> = entry.shortcuts.iter().map(|key| Value::from(*key).to_string()).collect();
        text.push_str(&format!("#{} = [{}]\n", entry.word(), keys.join(", ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(keys: &Shortcuts, does: Do) -> Vec<Shortcut> {
        keys.of(does.entry())
    }

    fn key(text: &str) -> Shortcut {
        Shortcut::parse(text).unwrap()
    }

    #[test]
    fn a_key_that_is_given_away_is_gone_from_its_usual_action() {
        let mut keys = Shortcuts::default();
        assert!(keys.set("archive", &"u".into()));
        assert_eq!((of(&keys, Do::Archive), keys.find(key("u"))), (vec![key("u")], Some(Do::Archive)));
        assert_eq!((of(&keys, Do::ToggleRead), keys.find(key("e"))), (Vec::new(), None));
        assert!(keys.set("print", &Value::Array(Vec::new())), "no key at all");
        assert_eq!(of(&keys, Do::Print), []);
        // `g` alone takes all that begins with it.
        assert!(keys.begins(Chord::parse("g").unwrap()));
        assert!(keys.set("delete", &"g".into()));
        assert!(!keys.begins(Chord::parse("g").unwrap()) && keys.find(key("g i")).is_none());
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let mut keys = Shortcuts::default();
        let two = |one: &str, two: &str| Value::Array(vec![one.into(), two.into()]);
        assert!(!keys.set("no-such-action", &"u".into()));
        assert!(!keys.set("archive", &"Hyper+u".into()) && !keys.set("archive", &3.into()));
        assert!(!keys.set("archive", &two("u", "nonsense")));
        assert!(keys.set("archive", &two("y", "g a")));
        assert!(!keys.set("delete", &"y".into()) && !keys.set("delete", &"g".into()), "it is taken");
        assert_eq!(keys.find(key("Delete")), Some(Do::Delete));
    }

    #[test]
    fn every_action_has_a_word_of_its_own_and_the_template_is_right() {
        let words: std::collections::BTreeSet<_> = TABLE.iter().map(Entry::word).collect();
        assert_eq!(words.len(), TABLE.len());
        let text: String =
            template().lines().skip(2).map(|line| format!("{}\n", line.trim_start_matches('#'))).collect();
        let table: toml::Table = toml::from_str(&text).unwrap();
        let mut keys = Shortcuts::default();
        for (word, value) in table["keys"].as_table().unwrap() {
            assert!(keys.set(word, value), "{word}");
        }
        for entry in &TABLE {
            assert_eq!(keys.of(entry), entry.keys().collect::<Vec<_>>(), "{}", entry.word());
        }
    }
}
