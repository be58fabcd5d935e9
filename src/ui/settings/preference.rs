//! The settings that people may edit, in the window or in `settings.toml`: names, values, what is wrong with a file.
//!
//! Everything else that is remembered is in `window.toml`, which is nobody's but the program's.

use super::{MAX_SEEN_DELAY, Settings, ZOOM, edit};
use crate::ui::command::custom::{self, Shortcuts};
use crate::ui::theme::{Accent, Appearance, Density};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Name of the file in the profile's config folder.
const FILE: &str = "settings.toml";
/// A longer file is not one of settings.
const MAX_FILE: u64 = 1 << 20;
/// What a new file begins with.
const HEAD: &str = "# Settings of Postrider. You may edit them: they are taken over at once.\n\
                    # What the window does not know stays as it is. A line that is removed goes back to its default.\n";

/// Name of the table with the user's own keys.
const KEYS: &str = "keys";

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// Light, dark or as the system: `theme`.
    Theme,
    /// Color of buttons and selection: `accent`.
    Accent,
    /// Row height of the list: `density`.
    Density,
    /// Factor on top of the system's scale: `zoom`.
    Zoom,
    /// Language of the window: `language`.
    Language,
    /// Whether folders list conversations: `conversations`.
    Conversations,
    /// Whether a shown message counts as read after a while: `mark-read`.
    MarkRead,
    /// That while in seconds: `mark-read-after`.
    MarkReadAfter,
    /// Whether the desktop tells of new mail: `notifications`.
    Notifications,
}

impl Key {
    /// All of them in the order of the screen.
    pub const ALL: [Self; 9] = [
        Self::Theme,
        Self::Accent,
        Self::Density,
        Self::Zoom,
        Self::Language,
        Self::Conversations,
        Self::MarkRead,
        Self::MarkReadAfter,
        Self::Notifications,
    ];

    /// As the file calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Theme => "theme",
            Self::Accent => "accent",
            Self::Density => "density",
            Self::Zoom => "zoom",
            Self::Language => "language",
            Self::Conversations => "conversations",
            Self::MarkRead => "mark-read",
            Self::MarkReadAfter => "mark-read-after",
            Self::Notifications => "notifications",
        }
    }
}

/// Values by setting.
pub type Values = BTreeMap<Key, Value>;

/// What is wrong with the file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line from 1.
    pub line: usize,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It is no TOML; nothing of it was taken over. The parser's words.
    Syntax(String),
    /// This setting doesn't take that value; it stays as it was.
    Value(Key),
    /// That is no action, no key, or a key of another action; what the line is about keeps its usual keys.
    Keys(String),
}

/// Why a change could not be written.
#[derive(Debug, thiserror::Error)]
pub enum NotWritten {
    /// The file has a fault, or sets the value in a way that cannot be edited without harm.
    #[error("settings.toml has to be mended first")]
    Faulty,
    /// The disk refuses.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// A language of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// As the system says.
    #[default]
    System,
    /// English.
    En,
    /// German.
    De,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::System, Self::En, Self::De];
}

/// A value as the file has it.
pub fn value_of<T: Serialize>(thing: &T) -> Value {
    // Only words, numbers and switches come here; all of them can be written.
    Value::try_from(thing).unwrap_or_else(|_| Value::String(String::new()))
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    value.clone().try_into().ok()
}

fn number(value: &Value) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "settings are small numbers")]
    value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64)).filter(|n| n.is_finite())
}

impl Settings {
    /// The value of a setting as the file has it.
    #[must_use]
    pub fn value(&self, key: Key) -> Value {
        match key {
            Key::Theme => value_of(&self.appearance),
            Key::Accent => value_of(&self.accent),
            Key::Density => value_of(&self.density),
            // A float of 32 bits has crumbs as one of 64.
            Key::Zoom => Value::Float((f64::from(self.zoom) * 100.0).round() / 100.0),
            Key::Language => value_of(&self.language),
            Key::Conversations => Value::Boolean(self.threads),
            Key::MarkRead => Value::Boolean(self.mark_seen),
            Key::Notifications => Value::Boolean(self.notify),
            #[expect(clippy::cast_precision_loss, reason = "at most a minute")]
            Key::MarkReadAfter => Value::Float(self.seen_after_ms as f64 / 1_000.0),
        }
    }

    /// All values.
    #[must_use]
    pub fn values(&self) -> Values {
        Key::ALL.into_iter().map(|key| (key, self.value(key))).collect()
    }

    /// Takes a value over; `false` if the setting doesn't take it.
    pub fn set(&mut self, key: Key, value: &Value) -> bool {
        fn put<T>(place: &mut T, value: Option<T>) -> bool {
            let some = value.is_some();
            if let Some(value) = value {
                *place = value;
            }
            some
        }
        match key {
            Key::Theme => put(&mut self.appearance, read::<Appearance>(value)),
            Key::Accent => put(&mut self.accent, read::<Accent>(value)),
            Key::Density => put(&mut self.density, read::<Density>(value)),
            Key::Zoom => {
                let (low, high) = (f64::from(ZOOM.0), f64::from(ZOOM.1));
                #[expect(clippy::cast_possible_truncation, reason = "between half and three")]
                put(&mut self.zoom, number(value).filter(|n| (low..=high).contains(n)).map(|n| n as f32))
            }
            Key::Language => put(&mut self.language, read::<Language>(value)),
            Key::Conversations => put(&mut self.threads, value.as_bool()),
            Key::MarkRead => put(&mut self.mark_seen, value.as_bool()),
            Key::Notifications => put(&mut self.notify, value.as_bool()),
            #[expect(clippy::cast_precision_loss, reason = "at most a minute")]
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked just before"
            )]
            Key::MarkReadAfter => {
                let most = MAX_SEEN_DELAY as f64 / 1_000.0;
                let seconds = number(value).filter(|n| (0.0..=most).contains(n));
                put(&mut self.seen_after_ms, seconds.map(|n| (n * 1_000.0) as u64))
            }
        }
    }

    /// Takes over what a file says. Settings that it doesn't name go back to their defaults; those that it names
    /// wrongly stay as they were.
    pub fn take(&mut self, text: &str) -> Vec<Fault> {
        let table: Table = match toml::from_str(text) {
            Ok(table) => table,
            Err(error) => {
                let line = edit::line_at(text, error.span().map_or(0, |span| span.start));
                return vec![Fault { line, wrong: Wrong::Syntax(error.message().to_owned()) }];
            }
        };
        let usual = Self::default();
        let mut faults = Vec::new();
        for key in Key::ALL {
            let value = table.get(key.name());
            if !self.set(key, value.unwrap_or(&usual.value(key))) {
                let line = edit::line_of(text, key.name()).unwrap_or(1);
                faults.push(Fault { line, wrong: Wrong::Value(key) });
            }
        }
        faults.extend(self.take_keys(text, table.get(KEYS)));
        faults
    }

    /// Takes over the user's own keys.
    fn take_keys(&mut self, text: &str, keys: Option<&Value>) -> Vec<Fault> {
        self.keys = Shortcuts::default();
        let mut faults = Vec::new();
        match keys {
            None => {}
            Some(Value::Table(all)) => {
                for (word, value) in all {
                    if !self.keys.set(word, value) {
                        let line = edit::line_below(text, KEYS, word).unwrap_or(1);
                        faults.push(Fault { line, wrong: Wrong::Keys(word.clone()) });
                    }
                }
            }
            Some(_) => {
                let line = edit::line_of(text, KEYS).unwrap_or(1);
                faults.push(Fault { line, wrong: Wrong::Keys(KEYS.to_owned()) });
            }
        }
        faults
    }
}

/// Where a profile keeps its settings.
#[must_use]
pub fn path(config: &Path) -> PathBuf {
    config.join(FILE)
}

/// The file's text; `None` if there is none that can be read. Blocks.
#[must_use]
pub fn load(path: &Path) -> Option<String> {
    let small = std::fs::metadata(path).is_ok_and(|m| m.len() <= MAX_FILE);
    if small { std::fs::read_to_string(path).ok() } else { None }
}

/// Writes these values into the file, which keeps everything else that is in it. Returns the new text. Blocks.
///
/// # Errors
/// The file cannot be edited without harm, or not be written; then it is as before.
pub fn write(path: &Path, values: &Values) -> Result<String, NotWritten> {
    // A file behind a link (people keep their settings elsewhere) stays behind it.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => HEAD.to_owned() + &custom::template(),
        Err(error) => return Err(error.into()),
    };
    for (key, value) in values {
        text = edit::set(&text, key.name(), value).ok_or(NotWritten::Faulty)?;
    }
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    let fresh = path.with_extension("toml.new");
    let mut file = std::fs::File::create(&fresh)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&fresh, &path)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back() {
        let mut other = Settings {
            appearance: Appearance::Dark,
            accent: Accent::Pink,
            density: Density::Compact,
            zoom: 1.3,
            language: Language::De,
            threads: true,
            mark_seen: false,
            seen_after_ms: 2_500,
            notify: false,
            ..Settings::default()
        };
        let dir = tempfile::tempdir().unwrap();
        let path = path(dir.path());
        let text = write(&path, &other.values()).unwrap();
        let mut read = Settings::default();
        assert_eq!(read.take(&text), []);
        assert_eq!(read, other);
        assert_eq!(other.take(""), [], "what is not named goes back to its default");
        assert_eq!(other, Settings::default());
    }

    #[test]
    fn faults_are_told_with_their_line_and_the_old_value_stays() {
        let mut settings = Settings { zoom: 1.5, appearance: Appearance::Dark, ..Settings::default() };
        let faults =
            settings.take("# x\nzoom = 99\ntheme = \"light\"\nmark-read = \"often\"\nlanguage = \"tlh\"\n");
        let lines: Vec<_> = faults.iter().map(|fault| (fault.line, fault.wrong.clone())).collect();
        assert_eq!(
            lines,
            [
                (2, Wrong::Value(Key::Zoom)),
                (5, Wrong::Value(Key::Language)),
                (4, Wrong::Value(Key::MarkRead))
            ]
        );
        assert_eq!((settings.zoom, settings.appearance), (1.5, Appearance::Light));
        let faults = settings.take("theme = \"dark\"\nzoom = = 1\n");
        assert!(matches!(faults.as_slice(), [Fault { line: 2, wrong: Wrong::Syntax(_) }]), "{faults:?}");
        assert_eq!(settings.appearance, Appearance::Light, "nothing was taken over");
    }

    #[test]
    fn the_authors_words_survive_a_change() {
        let dir = tempfile::tempdir().unwrap();
        let path = path(dir.path());
        std::fs::write(&path, "# mine\nzoom = 1 # large\nfuture = [1, 2]\n").unwrap();
        let settings = Settings { zoom: 1.2, ..Settings::default() };
        let changed = [(Key::Zoom, settings.value(Key::Zoom)), (Key::Theme, settings.value(Key::Theme))];
        write(&path, &changed.into()).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "# mine\nzoom = 1.2 # large\nfuture = [1, 2]\ntheme = \"system\"\n");
        std::fs::write(&path, "zoom = [").unwrap();
        assert!(matches!(write(&path, &settings.values()), Err(NotWritten::Faulty)));
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "zoom = [",
            "a broken file is left to its author"
        );
    }
}
