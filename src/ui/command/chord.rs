//! Keys and key sequences: reading them from the table and from the keyboard, writing them for people.
//!
//! Pure. Letters count by their place on a Latin keyboard, signs by the character that comes out.

use crate::ui::locale::{Locale, tr};
use iced::keyboard::key::{Named, Physical};
use iced::keyboard::{Key, Modifiers};

/// One key with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chord {
    /// Ctrl, on macOS Command.
    pub command: bool,
    /// Alt.
    pub alt: bool,
    /// Shift; always off for signs, where it is part of the character.
    pub shift: bool,
    /// The key itself.
    pub key: ChordKey,
}

/// A key without modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChordKey {
    /// `a` to `z`.
    Letter(char),
    /// A digit or sign.
    Sign(char),
    /// A key with a name, such as Home.
    Named(Named),
}

/// Names that shortcuts may use, with their keys and the text keys of their names.
const NAMED: &[(&str, Named, &str)] = &[
    ("Enter", Named::Enter, "key-enter"),
    ("Escape", Named::Escape, "key-escape"),
    ("Backspace", Named::Backspace, "key-backspace"),
    ("Delete", Named::Delete, "key-delete"),
    ("Space", Named::Space, "key-space"),
    ("Tab", Named::Tab, "key-tab"),
    ("Up", Named::ArrowUp, "key-up"),
    ("Down", Named::ArrowDown, "key-down"),
    ("Left", Named::ArrowLeft, "key-left"),
    ("Right", Named::ArrowRight, "key-right"),
    ("Home", Named::Home, "key-home"),
    ("End", Named::End, "key-end"),
    ("PageUp", Named::PageUp, "key-page-up"),
    ("PageDown", Named::PageDown, "key-page-down"),
    ("F1", Named::F1, "key-f1"),
    ("F3", Named::F3, "key-f3"),
    ("F5", Named::F5, "key-f5"),
    ("F6", Named::F6, "key-f6"),
    ("F8", Named::F8, "key-f8"),
    ("F9", Named::F9, "key-f9"),
    ("F10", Named::F10, "key-f10"),
];

impl Chord {
    /// Reads `Ctrl+Shift+R`, `j`, `?` or `Home`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut chord = Self { command: false, alt: false, shift: false, key: ChordKey::Sign('\0') };
        let mut rest = text;
        loop {
            if let Some(after) = rest.strip_prefix("Ctrl+") {
                (chord.command, rest) = (true, after);
            } else if let Some(after) = rest.strip_prefix("Alt+") {
                (chord.alt, rest) = (true, after);
            } else if let Some(after) = rest.strip_prefix("Shift+") {
                (chord.shift, rest) = (true, after);
            } else {
                break;
            }
        }
        let mut letters = rest.chars();
        chord.key = match (letters.next(), letters.next()) {
            (Some(c), None) if c.is_ascii_alphabetic() => ChordKey::Letter(c.to_ascii_lowercase()),
            (Some(c), None) if !c.is_whitespace() => ChordKey::Sign(c),
            _ => ChordKey::Named(NAMED.iter().find(|(name, _, _)| *name == rest)?.1),
        };
        Some(chord)
    }

    /// Reads what the keyboard sent; `None` for bare modifiers and keys that no shortcut can use.
    #[must_use]
    pub fn from_keyboard(key: &Key, typed: &Key, place: Physical, modifiers: Modifiers) -> Option<Self> {
        let (command, alt, shift) = (modifiers.command(), modifiers.alt(), modifiers.shift());
        let key = match key {
            Key::Named(named) => ChordKey::Named(NAMED.iter().find(|(_, n, _)| n == named)?.1),
            Key::Character(_) => match key.to_latin(place) {
                Some(c) if c.is_ascii_alphabetic() => ChordKey::Letter(c.to_ascii_lowercase()),
                _ => ChordKey::Sign(sign(typed)?),
            },
            Key::Unidentified => return None,
        };
        let shift = shift && !matches!(key, ChordKey::Sign(_));
        Some(Self { command, alt, shift, key })
    }

    /// The key's name for people, one piece per key cap, such as `Ctrl` and `R`.
    #[must_use]
    pub fn caps(self, locale: &Locale) -> Vec<String> {
        let mut caps = Vec::new();
        if self.command {
            let mac = cfg!(target_os = "macos");
            caps.push(if mac { tr!(locale, "key-command") } else { tr!(locale, "key-ctrl") }.into_owned());
        }
        if self.alt {
            caps.push(tr!(locale, "key-alt").into_owned());
        }
        if self.shift {
            caps.push(tr!(locale, "key-shift").into_owned());
        }
        caps.push(match self.key {
            // A lone letter is shown as it is typed; with modifiers, as it is printed on the key.
            ChordKey::Letter(c) if caps.is_empty() => c.to_string(),
            ChordKey::Letter(c) => c.to_ascii_uppercase().to_string(),
            ChordKey::Sign(c) => c.to_string(),
            ChordKey::Named(named) => {
                let key = NAMED.iter().find(|(_, n, _)| *n == named).map_or("key-enter", |(_, _, key)| key);
                locale.text(key).into_owned()
            }
        });
        caps
    }
}

fn sign(typed: &Key) -> Option<char> {
    let Key::Character(text) = typed else { return None };
    let mut letters = text.chars();
    letters.next().filter(|_| letters.next().is_none())
}

/// Keys pressed one after the other, such as `g i`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shortcut {
    /// One key.
    Single(Chord),
    /// Two keys in a row.
    Pair(Chord, Chord),
}

impl Shortcut {
    /// Reads `Ctrl+R` or `g i`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(' ') {
            None => Chord::parse(text).map(Self::Single),
            Some((first, second)) => Some(Self::Pair(Chord::parse(first)?, Chord::parse(second)?)),
        }
    }

    /// For tooltips: `Ctrl+R`, or `g then i`.
    #[must_use]
    pub fn label(self, locale: &Locale) -> String {
        match self {
            Self::Single(chord) => chord.caps(locale).join("+"),
            Self::Pair(first, second) => tr!(
                locale,
                "key-sequence",
                first = first.caps(locale).join("+"),
                second = second.caps(locale).join("+"),
            )
            .into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iced::keyboard::key::Code;

    fn typed(key: &str, out: &str, code: Code, modifiers: Modifiers) -> Option<Chord> {
        let (key, out) = (Key::Character(key.into()), Key::Character(out.into()));
        Chord::from_keyboard(&key, &out, Physical::Code(code), modifiers)
    }

    #[test]
    fn keys_from_any_keyboard_meet_their_shortcut() {
        let (none, shift, ctrl) = (Modifiers::empty(), Modifiers::SHIFT, Modifiers::COMMAND);
        let cases = [
            (typed("j", "j", Code::KeyJ, none), "j"),
            (typed("u", "U", Code::KeyU, shift), "Shift+U"),
            // Russian layout: the key is known by its place.
            (typed("о", "о", Code::KeyJ, none), "j"),
            // German layout: Shift and ß make a question mark.
            (typed("ß", "?", Code::Minus, shift), "?"),
            (typed("=", "+", Code::Equal, ctrl | shift), "Ctrl++"),
            (typed("0", "0", Code::Digit0, ctrl), "Ctrl+0"),
        ];
        for (chord, text) in cases {
            assert_eq!(chord, Chord::parse(text), "{text}");
        }
        let home = Key::Named(Named::Home);
        let chord = Chord::from_keyboard(&home, &home, Physical::Code(Code::Home), none);
        assert_eq!(chord, Chord::parse("Home"));
    }

    #[test]
    fn bare_modifiers_are_no_chord() {
        let shift = Key::Named(Named::Shift);
        let place = Physical::Code(Code::ShiftLeft);
        assert_eq!(Chord::from_keyboard(&shift, &shift, place, Modifiers::SHIFT), None);
        assert_eq!(Chord::parse("Ctrl+"), None);
        assert_eq!(Chord::parse("Hyper"), None);
    }

    #[test]
    fn shortcuts_are_written_for_people() {
        let english = Locale::english();
        let label = |text| Shortcut::parse(text).unwrap().label(&english);
        assert_eq!(label("Ctrl+Shift+r"), "Ctrl+Shift+R");
        assert_eq!(label("g i"), "g then i");
        assert_eq!(label("PageDown"), "Page Down");
    }
}
