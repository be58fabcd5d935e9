//! The folder pane: a tree of rows, one stop for Tab, arrows inside.
//!
//! Rows come flat, in order, each with its level; what is folded is left out by the application.

mod describe;
mod drag;
mod places;
mod widget;

use crate::ui::a11y::NodeKey;
use crate::ui::icon::Icon;
use crate::ui::theme::{Density, Element};
use iced::Point;
use iced::advanced::widget::Id;
use iced::keyboard::key::Named;
use std::borrow::Cow;

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeRow<'a> {
    /// Stable id.
    pub id: u64,
    /// Depth, from 0.
    pub level: usize,
    /// Picture; `None` for the head of an account.
    pub icon: Option<Icon>,
    /// Name.
    pub name: Cow<'a, str>,
    /// Number at the right end, already formatted; empty for none.
    pub count: Cow<'a, str>,
    /// Holds unread mail.
    pub strong: bool,
    /// `Some(open)` if it has children.
    pub expanded: Option<bool>,
    /// The folder that is shown.
    pub selected: bool,
    /// Whether it can be chosen (the head of an account or a `\Noselect` mailbox can't).
    pub selectable: bool,
    /// Whether it can be dragged somewhere else.
    pub draggable: bool,
    /// Color of the name, if it is a special one.
    pub color: Option<iced::Color>,
    /// What a reader says besides the name, such as `3 unread of 200`.
    pub description: Cow<'a, str>,
}

impl TreeRow<'_> {
    /// A folder on the first level.
    #[must_use]
    pub fn new<'a>(id: u64, icon: Icon, name: impl Into<Cow<'a, str>>) -> TreeRow<'a> {
        TreeRow {
            id,
            level: 0,
            icon: Some(icon),
            name: name.into(),
            count: Cow::Borrowed(""),
            strong: false,
            expanded: None,
            color: None,
            selected: false,
            selectable: true,
            draggable: false,
            description: Cow::Borrowed(""),
        }
    }

    /// The head of an account.
    #[must_use]
    pub fn head<'a>(id: u64, name: impl Into<Cow<'a, str>>, open: bool) -> TreeRow<'a> {
        TreeRow { icon: None, selectable: false, expanded: Some(open), ..TreeRow::new(id, Icon::User, name) }
    }
}

/// What the user did in the tree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TreeEvent {
    /// Show this folder.
    Select(u64),
    /// Show this folder and go on to its messages (Enter).
    Activate(u64),
    /// Fold or unfold this row.
    Toggle(u64),
    /// A menu is wanted at a point of the window.
    Menu(u64, Point),
    /// While something is dragged ([`FolderTree::dropping`]): the row under the pointer; told once at the
    /// beginning, then whenever it changes.
    Over(Option<u64>),
    /// A row is being dragged.
    DragStart {
        /// Which one.
        row: u64,
        /// The pointer.
        at: Point,
    },
    /// The dragged row was let go.
    DragEnd,
    /// The tree got the keyboard.
    Focused,
}

/// The tree, to be turned into an element.
pub struct FolderTree<'a, Message> {
    key: NodeKey,
    label: String,
    id: Option<Id>,
    rows: Vec<TreeRow<'a>>,
    on_event: Box<dyn Fn(TreeEvent) -> Message + 'a>,
    density: Density,
    dropping: bool,
    refused: bool,
}

impl<'a, Message: 'a> FolderTree<'a, Message> {
    /// A tree of these rows.
    pub fn new(
        key: NodeKey,
        label: impl Into<String>,
        rows: Vec<TreeRow<'a>>,
        on_event: impl Fn(TreeEvent) -> Message + 'a,
    ) -> Self {
        Self {
            key,
            label: label.into(),
            id: None,
            rows,
            on_event: Box::new(on_event),
            density: Density::default(),
            dropping: false,
            refused: false,
        }
    }

    /// Widget id, to focus it.
    #[must_use]
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Row height.
    #[must_use]
    pub fn density(mut self, density: Density) -> Self {
        self.density = density;
        self
    }

    /// Whether something is dragged that could be dropped here.
    #[must_use]
    pub fn dropping(mut self, dropping: bool) -> Self {
        self.dropping = dropping;
        self
    }

    /// Whether the row under the pointer does not take what is dragged.
    #[must_use]
    pub fn refused(mut self, refused: bool) -> Self {
        self.refused = refused;
        self
    }
}

impl<'a, Message: 'a> From<FolderTree<'a, Message>> for Element<'a, Message> {
    fn from(tree: FolderTree<'a, Message>) -> Self {
        Element::new(tree)
    }
}

/// Where a key leads from the row that the keyboard is at.
fn step(rows: &[TreeRow<'_>], from: Option<usize>, key: Named) -> Option<TreeStep> {
    let last = rows.len().checked_sub(1)?;
    let from = match from {
        Some(from) if from <= last => from,
        _ => return matches!(key, Named::ArrowDown | Named::Home).then_some(TreeStep::Go(0)),
    };
    let row = rows.get(from)?;
    let go = |to: usize| Some(TreeStep::Go(to));
    match key {
        Named::ArrowUp => go(from.saturating_sub(1)),
        Named::ArrowDown => go((from + 1).min(last)),
        Named::Home => go(0),
        Named::End => go(last),
        Named::ArrowRight if row.expanded == Some(false) => Some(TreeStep::Toggle(from)),
        Named::ArrowRight if row.expanded == Some(true) => {
            rows.get(from + 1).filter(|next| next.level > row.level).and_then(|_| go(from + 1))
        }
        Named::ArrowLeft if row.expanded == Some(true) => Some(TreeStep::Toggle(from)),
        Named::ArrowLeft => rows.iter().take(from).rposition(|other| other.level < row.level).and_then(go),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TreeStep {
    Go(usize),
    Toggle(usize),
}

/// The row that a row is inside of.
fn parent(rows: &[TreeRow<'_>], index: usize) -> Option<usize> {
    let level = rows.get(index)?.level;
    rows.iter().take(index).rposition(|other| other.level < level)
}

/// Place of a row among its siblings, from 0.
fn place(rows: &[TreeRow<'_>], index: usize) -> usize {
    let Some(row) = rows.get(index) else { return 0 };
    let before = rows.iter().take(index).rev().take_while(|other| other.level >= row.level);
    before.filter(|other| other.level == row.level).count()
}

/// Number of rows directly inside of a row.
fn children(rows: &[TreeRow<'_>], index: usize) -> usize {
    let Some(row) = rows.get(index) else { return 0 };
    let inside = rows.iter().skip(index + 1).take_while(|other| other.level > row.level);
    inside.filter(|other| other.level == row.level + 1).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<TreeRow<'static>> {
        let row = |id, level, expanded| TreeRow { level, expanded, ..TreeRow::new(id, Icon::Folder, "x") };
        vec![
            row(0, 0, Some(true)),
            row(1, 1, None),
            row(2, 1, Some(false)),
            row(3, 1, Some(true)),
            row(4, 2, None),
            row(5, 0, None),
        ]
    }

    #[test]
    fn arrows_walk_the_tree() {
        for (from, key, to) in [
            (Some(0), Named::ArrowDown, Some(TreeStep::Go(1))),
            (Some(5), Named::ArrowDown, Some(TreeStep::Go(5))),
            (Some(0), Named::ArrowUp, Some(TreeStep::Go(0))),
            (Some(2), Named::ArrowRight, Some(TreeStep::Toggle(2))),
            (Some(3), Named::ArrowRight, Some(TreeStep::Go(4))),
            (Some(1), Named::ArrowRight, None),
            (Some(4), Named::ArrowLeft, Some(TreeStep::Go(3))),
            (Some(1), Named::ArrowLeft, Some(TreeStep::Go(0))),
            (Some(3), Named::ArrowLeft, Some(TreeStep::Toggle(3))),
            (Some(5), Named::ArrowLeft, None),
            (None, Named::ArrowDown, Some(TreeStep::Go(0))),
            (Some(99), Named::End, None),
            (Some(2), Named::End, Some(TreeStep::Go(5))),
        ] {
            assert_eq!(step(&rows(), from, key), to, "{from:?} {key:?}");
        }
        assert_eq!(step(&[], None, Named::ArrowDown), None);
    }

    #[test]
    fn places_count_siblings_only() {
        let rows = rows();
        let all: Vec<_> = (0..6).map(|i| (parent(&rows, i), place(&rows, i), children(&rows, i))).collect();
        let (top, project) = (Some(0), Some(3));
        assert_eq!(all, [(None, 0, 3), (top, 0, 0), (top, 1, 0), (top, 2, 1), (project, 0, 0), (None, 1, 0)]);
        assert_eq!((parent(&rows, 50), place(&rows, 50), children(&rows, 50)), (None, 0, 0));
    }
}
