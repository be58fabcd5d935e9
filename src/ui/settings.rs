//! What the window remembers from one start to the next: look, sizes, the open folder.
//!
//! Never holds accounts, mail or secrets. Reading never fails: what cannot be read keeps its default. What people may
//! edit stands in a file of its own: see [`preference`].

pub mod edit;
pub mod preference;

use super::command::custom::Shortcuts;
use super::theme::{Accent, Appearance, Density};
use crate::model::{AccountId, MailboxId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

pub use preference::{Fault, Key, Language, Values, Wrong};

/// Name of the file in the profile's config folder.
const FILE: &str = "window.toml";
/// A settings file longer than this was not written by us.
const MAX_FILE: u64 = 1 << 20;
/// Zoom steps; outside of these nothing can be used any more.
pub const ZOOM: (f32, f32) = (0.5, 3.0);
/// Widths of the folder pane.
pub const FOLDERS_WIDTH: (f32, f32) = (160.0, 420.0);
/// Widths of the message list beside a reading pane.
pub const LIST_WIDTH: (f32, f32) = (240.0, 900.0);
/// Sizes of the window that are taken over at start.
const WINDOW_SIZE: (f32, f32) = (320.0, 8192.0);
/// Longest wait before a shown message counts as read.
const MAX_SEEN_DELAY: u64 = 60_000;

/// Folders remembered as targets; about as many as one keeps in mind.
const RECENT_TARGETS: usize = 6;

/// The appearance after this one, for a switch that goes round.
#[must_use]
pub const fn next_appearance(now: Appearance) -> Appearance {
    match now {
        Appearance::System => Appearance::Light,
        Appearance::Light => Appearance::Dark,
        Appearance::Dark => Appearance::System,
    }
}

/// The density after this one, for a switch that goes round.
#[must_use]
pub const fn next_density(now: Density) -> Density {
    match now {
        Density::Compact => Density::Cozy,
        Density::Cozy => Density::Relaxed,
        Density::Relaxed => Density::Compact,
    }
}

/// Everything that is remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Light, dark, or as the system says.
    #[serde(skip_serializing)]
    pub appearance: Appearance,
    /// Color of buttons and selection.
    #[serde(skip_serializing)]
    pub accent: Accent,
    /// Row height of the list.
    #[serde(skip_serializing)]
    pub density: Density,
    /// Factor on top of the system's scale.
    #[serde(skip_serializing)]
    pub zoom: f32,
    /// What letters of messages are enlarged by, on top of `zoom`.
    pub message_zoom: f32,
    /// Language of the window.
    #[serde(skip_serializing)]
    pub language: Language,
    /// Whether the folder pane is shown where there is room for it.
    pub folders_shown: bool,
    /// Whether the reading pane is shown where there is room for it.
    pub reader_shown: bool,
    /// Width of the folder pane in pixels.
    pub folders_width: f32,
    /// Width of the message list in pixels.
    pub list_width: f32,
    /// Inner size of the window in pixels.
    pub window: (f32, f32),
    /// Whether a shown message counts as read after a while; else only the user says so.
    #[serde(skip_serializing)]
    pub mark_seen: bool,
    /// That while, in milliseconds.
    #[serde(skip_serializing)]
    pub seen_after_ms: u64,
    /// Whether the desktop tells of new mail; each account has its own switch besides.
    #[serde(skip_serializing)]
    pub notify: bool,
    /// The user's own keys.
    #[serde(skip)]
    pub keys: Shortcuts,
    /// Whether folders list conversations; else single messages.
    #[serde(skip_serializing)]
    pub threads: bool,
    /// Folders in which it is the other way round.
    #[serde(with = "mailboxes")]
    pub threads_otherwise: BTreeSet<MailboxId>,
    /// The folder that was open.
    #[serde(with = "mailbox")]
    pub mailbox: Option<MailboxId>,
    /// Folders that messages were moved to last, newest first.
    #[serde(with = "targets")]
    pub recent_targets: Vec<MailboxId>,
    /// Folders whose children are hidden.
    #[serde(with = "mailboxes")]
    pub collapsed: BTreeSet<MailboxId>,
    /// Accounts whose folders are hidden.
    #[serde(with = "accounts")]
    pub collapsed_accounts: BTreeSet<AccountId>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            appearance: Appearance::default(),
            accent: Accent::default(),
            density: Density::default(),
            zoom: 1.0,
            message_zoom: 1.0,
            language: Language::default(),
            folders_shown: true,
            reader_shown: true,
            folders_width: 232.0,
            list_width: 400.0,
            window: (1280.0, 820.0),
            mark_seen: true,
            seen_after_ms: 1_000,
            notify: true,
            keys: Shortcuts::default(),
            threads: false,
            threads_otherwise: BTreeSet::new(),
            mailbox: None,
            recent_targets: Vec::new(),
            collapsed: BTreeSet::new(),
            collapsed_accounts: BTreeSet::new(),
        }
    }
}

impl Settings {
    /// Whether a folder lists conversations.
    #[must_use]
    pub fn is_threaded(&self, mailbox: MailboxId) -> bool {
        self.threads != self.threads_otherwise.contains(&mailbox)
    }

    /// From now on the folder lists conversations if it listed messages, and the other way round.
    pub fn toggle_threads(&mut self, mailbox: MailboxId) {
        if !self.threads_otherwise.remove(&mailbox) {
            self.threads_otherwise.insert(mailbox);
        }
    }

    /// Enlarges the letters of messages by a step of a tenth, or makes them smaller.
    pub fn zoom_messages(&mut self, steps: i8) {
        let factor = self.message_zoom + f32::from(steps) / 10.0;
        self.message_zoom = ((factor * 10.0).round() / 10.0).clamp(ZOOM.0, ZOOM.1);
    }

    /// Where a profile keeps them.
    #[must_use]
    pub fn path(config: &Path) -> PathBuf {
        config.join(FILE)
    }

    /// Reads both files of a profile: the settings, the text of the file that people may edit, what is wrong with it.
    /// Before there was that file its settings stood in the other one.
    #[must_use]
    pub fn open(config: &Path) -> (Self, Option<String>, Vec<Fault>) {
        let mut settings = Self::load(&Self::path(config));
        let text = preference::load(&preference::path(config));
        let faults = text.as_deref().map_or_else(Vec::new, |text| settings.take(text));
        (settings, text, faults)
    }

    /// Reads the file; a missing or broken one gives the defaults.
    #[must_use]
    pub fn load(path: &Path) -> Self {
        let small = std::fs::metadata(path).is_ok_and(|m| m.len() <= MAX_FILE);
        let text = if small { std::fs::read_to_string(path).ok() } else { None };
        text.map_or_else(Self::default, |text| Self::parse(&text))
    }

    /// Messages were moved to this folder.
    pub fn note_target(&mut self, mailbox: MailboxId) {
        self.recent_targets.retain(|id| *id != mailbox);
        self.recent_targets.insert(0, mailbox);
        self.recent_targets.truncate(RECENT_TARGETS);
    }

    /// Reads settings text; single values out of bounds are moved into them.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut settings: Self = toml::from_str(text).unwrap_or_else(|problem| {
            tracing::warn!(%problem, "window settings cannot be read, defaults are used");
            Self::default()
        });
        let usual = Self::default();
        settings.zoom = within(settings.zoom, ZOOM, usual.zoom);
        settings.message_zoom = within(settings.message_zoom, ZOOM, usual.message_zoom);
        settings.folders_width = within(settings.folders_width, FOLDERS_WIDTH, usual.folders_width);
        settings.list_width = within(settings.list_width, LIST_WIDTH, usual.list_width);
        settings.window.0 = within(settings.window.0, WINDOW_SIZE, usual.window.0);
        settings.window.1 = within(settings.window.1, WINDOW_SIZE, usual.window.1);
        settings.seen_after_ms = settings.seen_after_ms.min(MAX_SEEN_DELAY);
        settings
    }

    /// Writes the file so that a crash leaves the old or the new one, never a half. Blocks: not for `update`.
    ///
    /// # Errors
    /// When the folder cannot be made or the file cannot be written.
    pub fn save(&self, path: &Path) -> std::io::Result<()> {
        let text = toml::to_string(self).map_err(std::io::Error::other)?;
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir)?;
        }
        let fresh = path.with_extension("toml.new");
        let mut file = std::fs::File::create(&fresh)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&fresh, path)
    }
}

fn within(value: f32, (low, high): (f32, f32), usual: f32) -> f32 {
    if value.is_finite() { value.clamp(low, high) } else { usual }
}

mod mailbox {
    use super::MailboxId;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(id: &Option<MailboxId>, to: S) -> Result<S::Ok, S::Error> {
        id.map(MailboxId::to_row).serialize(to)
    }
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<MailboxId>, D::Error> {
        Ok(Option::<i64>::deserialize(from)?.map(MailboxId::from_row))
    }
}

mod targets {
    use super::MailboxId;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(ids: &[MailboxId], to: S) -> Result<S::Ok, S::Error> {
        ids.iter().map(|id| id.to_row()).collect::<Vec<_>>().serialize(to)
    }
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<MailboxId>, D::Error> {
        let mut rows = Vec::<i64>::deserialize(from)?;
        rows.truncate(super::RECENT_TARGETS);
        Ok(rows.into_iter().map(MailboxId::from_row).collect())
    }
}

macro_rules! id_set {
    ($module:ident, $id:ident) => {
        mod $module {
            use super::{BTreeSet, $id};
            use serde::{Deserialize, Deserializer, Serialize, Serializer};

            pub(super) fn serialize<S: Serializer>(ids: &BTreeSet<$id>, to: S) -> Result<S::Ok, S::Error> {
                ids.iter().map(|id| id.to_row()).collect::<Vec<_>>().serialize(to)
            }
            pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeSet<$id>, D::Error> {
                Ok(Vec::<i64>::deserialize(from)?.into_iter().map($id::from_row).collect())
            }
        }
    };
}
id_set!(mailboxes, MailboxId);
id_set!(accounts, AccountId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_comes_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = Settings::path(&dir.path().join("new"));
        let settings = Settings {
            folders_shown: false,
            threads_otherwise: [MailboxId::from_row(9)].into(),
            mailbox: Some(MailboxId::from_row(7)),
            recent_targets: vec![MailboxId::from_row(9), MailboxId::from_row(2)],
            collapsed: [MailboxId::from_row(3)].into(),
            collapsed_accounts: [AccountId::from_row(1)].into(),
            ..Settings::default()
        };
        settings.save(&path).unwrap();
        assert_eq!(Settings::load(&path), settings);
        // What people may edit is not written twice.
        assert!(!std::fs::read_to_string(&path).unwrap().contains("appearance"));
    }

    #[test]
    fn settings_of_an_earlier_version_are_taken_over() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(Settings::path(dir.path()), "appearance = \"dark\"\nzoom = 1.2\n").unwrap();
        let (settings, text, faults) = Settings::open(dir.path());
        assert_eq!(
            (settings.appearance, settings.zoom, text, faults.len()),
            (Appearance::Dark, 1.2, None, 0)
        );
        std::fs::write(preference::path(dir.path()), "zoom = 1.1\ntheme = 3\n").unwrap();
        let (settings, _, faults) = Settings::open(dir.path());
        assert_eq!((settings.zoom, faults.len()), (1.1, 1));
    }

    #[test]
    fn broken_files_give_usable_settings() {
        assert_eq!(Settings::load(Path::new("does/not/exist")), Settings::default());
        for text in [
            "",
            "zoom = 'x'",
            "\0\0",
            "zoom = nan\nlist_width = -5\nwindow = [1e9, 0]\nseen_after_ms = 99999999",
        ] {
            let settings = Settings::parse(text);
            assert!(settings.zoom >= ZOOM.0 && settings.zoom <= ZOOM.1, "{text}");
            assert!(settings.list_width >= LIST_WIDTH.0, "{text}");
            assert!(settings.window.0 <= WINDOW_SIZE.1 && settings.window.1 >= WINDOW_SIZE.0, "{text}");
            assert!(settings.seen_after_ms <= MAX_SEEN_DELAY, "{text}");
        }
    }

    #[test]
    fn the_newest_target_comes_first_and_once() {
        let mut settings = Settings::default();
        for n in [1, 2, 3, 1, 4, 5, 6, 7] {
            settings.note_target(MailboxId::from_row(n));
        }
        let rows: Vec<_> = settings.recent_targets.iter().map(|id| id.to_row()).collect();
        assert_eq!(rows, [7, 6, 5, 4, 1, 3]);
    }

    #[test]
    fn switches_go_round() {
        let appearance = Appearance::System;
        assert_eq!(next_appearance(next_appearance(next_appearance(appearance))), appearance);
        let density = Density::Cozy;
        assert_eq!(next_density(next_density(next_density(density))), density);
    }
}
