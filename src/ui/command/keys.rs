//! Turns the stream of keys into actions; remembers the first key of a sequence. Pure.

use super::Do;
use super::chord::{Chord, Shortcut};
use super::custom::Shortcuts;

/// What a key meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing.
    Nothing,
    /// The first key of a sequence; the next one decides.
    Begun(Chord),
    /// An action.
    Act(Do),
}

/// The keyboard so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keys {
    begun: Option<Chord>,
}

impl Keys {
    /// The key that waits for its second.
    #[must_use]
    pub const fn begun(&self) -> Option<Chord> {
        self.begun
    }

    /// Forgets a begun sequence, because the user did something else.
    pub const fn reset(&mut self) {
        self.begun = None;
    }

    /// Takes in one key.
    pub fn press(&mut self, chord: Chord, keys: &Shortcuts) -> Meaning {
        if let Some(first) = self.begun.take() {
            // A key that doesn't go on with the sequence ends it and does nothing else: `g u` must not mark a mail.
            return keys.find(Shortcut::Pair(first, chord)).map_or(Meaning::Nothing, Meaning::Act);
        }
        if let Some(does) = keys.find(Shortcut::Single(chord)) {
            return Meaning::Act(does);
        }
        if keys.begins(chord) {
            self.begun = Some(chord);
            return Meaning::Begun(chord);
        }
        Meaning::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(keys: &mut Keys, text: &str) -> Meaning {
        keys.press(Chord::parse(text).unwrap(), &Shortcuts::default())
    }

    #[test]
    fn sequences_need_both_keys() {
        let mut keys = Keys::default();
        assert!(matches!(press(&mut keys, "g"), Meaning::Begun(_)));
        assert_eq!(press(&mut keys, "i"), Meaning::Act(Do::GoInbox));
        assert_eq!(press(&mut keys, "i"), Meaning::Act(Do::ToggleAddresses));
    }

    #[test]
    fn a_broken_sequence_does_nothing() {
        let mut keys = Keys::default();
        press(&mut keys, "g");
        assert_eq!(press(&mut keys, "u"), Meaning::Nothing);
        assert_eq!(press(&mut keys, "u"), Meaning::Act(Do::ToggleRead));
        press(&mut keys, "g");
        keys.reset();
        assert_eq!(press(&mut keys, "s"), Meaning::Act(Do::ToggleFlag));
    }
}
