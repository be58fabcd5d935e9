//! How many columns there are, which pane is in front, where the keyboard is. Pure.

use crate::ui::settings::{FOLDERS_WIDTH, LIST_WIDTH, Settings};
use crate::ui::theme::space;

/// Narrowest reading pane that is still worth having.
const MIN_READER: f32 = 280.0;

/// Columns side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Columns {
    /// The list, or the message.
    One,
    /// The list and the message; folders on demand.
    Two,
    /// Folders, list, message.
    Three,
}

/// A part of the screen that the keyboard can be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// The folder tree.
    Folders,
    /// The message list.
    List,
    /// The reading pane.
    Reader,
}

/// A line between two panes that can be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Right of the folders.
    Folders,
    /// Right of the list.
    List,
}

/// What is in front.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The folder pane lies over the others.
    pub drawer: bool,
    /// The message takes the place of the list.
    pub reading: bool,
    /// Where the keyboard was put last.
    pub pane: Option<Pane>,
}

/// Columns for a window width.
#[must_use]
pub fn columns(width: f32) -> Columns {
    if width >= space::THREE_COLUMNS {
        Columns::Three
    } else if width >= space::TWO_COLUMNS {
        Columns::Two
    } else {
        Columns::One
    }
}

impl Layout {
    /// Whether the folders are in a column of their own.
    #[must_use]
    pub fn folders_beside(width: f32, settings: &Settings) -> bool {
        columns(width) == Columns::Three && settings.folders_shown
    }

    /// Whether list and message are side by side.
    #[must_use]
    pub fn reader_beside(width: f32, settings: &Settings) -> bool {
        columns(width) >= Columns::Two && settings.reader_shown
    }

    /// Whether a pane can be seen.
    #[must_use]
    pub fn shows(&self, pane: Pane, width: f32, settings: &Settings) -> bool {
        let beside = Self::reader_beside(width, settings);
        match pane {
            Pane::Folders => self.drawer || Self::folders_beside(width, settings),
            Pane::List => beside || !self.reading,
            Pane::Reader => beside || self.reading,
        }
    }

    /// The pane after (or before) the one with the keyboard.
    #[must_use]
    pub fn neighbor(&self, forward: bool, width: f32, settings: &Settings) -> Pane {
        let order = [Pane::Folders, Pane::List, Pane::Reader];
        let shown: Vec<Pane> = order.into_iter().filter(|p| self.shows(*p, width, settings)).collect();
        let now = self.pane.and_then(|p| shown.iter().position(|s| *s == p));
        let next = match (now, forward) {
            (None, _) => 0,
            (Some(i), true) => (i + 1) % shown.len().max(1),
            (Some(i), false) => (i + shown.len().saturating_sub(1)) % shown.len().max(1),
        };
        shown.get(next).copied().unwrap_or(Pane::List)
    }

    /// Widths of folders and list for a window width, so that the reader keeps some room.
    #[must_use]
    pub fn widths(width: f32, settings: &Settings) -> (f32, f32) {
        let folders = if Self::folders_beside(width, settings) { settings.folders_width } else { 0.0 };
        let most = (width - folders - MIN_READER).max(LIST_WIDTH.0);
        (settings.folders_width, settings.list_width.clamp(LIST_WIDTH.0, LIST_WIDTH.1.min(most)))
    }

    /// The user moves an edge to a place, in pixels from the left of the window.
    pub fn drag(edge: Edge, x: f32, width: f32, settings: &mut Settings) {
        let x = if x.is_finite() { x } else { return };
        match edge {
            Edge::Folders => settings.folders_width = x.clamp(FOLDERS_WIDTH.0, FOLDERS_WIDTH.1),
            Edge::List => {
                let left = if Self::folders_beside(width, settings) { settings.folders_width } else { 0.0 };
                let most = (width - left - MIN_READER).max(LIST_WIDTH.0);
                settings.list_width = (x - left).clamp(LIST_WIDTH.0, LIST_WIDTH.1.min(most));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_follow_the_width() {
        for (width, expected) in [
            (480.0, Columns::One),
            (799.0, Columns::One),
            (800.0, Columns::Two),
            (1099.0, Columns::Two),
            (1100.0, Columns::Three),
        ] {
            assert_eq!(columns(width), expected, "{width}");
        }
    }

    #[test]
    fn f6_goes_round_what_is_shown() {
        let settings = Settings::default();
        let mut layout = Layout { pane: Some(Pane::List), ..Layout::default() };
        assert_eq!(layout.neighbor(true, 1400.0, &settings), Pane::Reader);
        assert_eq!(layout.neighbor(false, 1400.0, &settings), Pane::Folders);
        layout.pane = Some(Pane::Reader);
        assert_eq!(layout.neighbor(true, 1400.0, &settings), Pane::Folders);
        assert_eq!(layout.neighbor(true, 900.0, &settings), Pane::List);
        let reading = Layout { reading: true, ..Layout::default() };
        assert_eq!(reading.neighbor(true, 500.0, &settings), Pane::Reader);
    }

    #[test]
    fn edges_stay_where_every_pane_can_be_used() {
        let mut settings = Settings::default();
        Layout::drag(Edge::Folders, 5_000.0, 1400.0, &mut settings);
        assert_eq!(settings.folders_width, FOLDERS_WIDTH.1);
        Layout::drag(Edge::List, f32::NAN, 1400.0, &mut settings);
        Layout::drag(Edge::List, 5_000.0, 1400.0, &mut settings);
        assert_eq!(settings.list_width, 1400.0 - FOLDERS_WIDTH.1 - MIN_READER);
        // The same settings in a narrower window.
        let (_, list) = Layout::widths(820.0, &settings);
        assert!(list <= 820.0 - MIN_READER);
    }
}
