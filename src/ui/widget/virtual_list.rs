//! The message list: any number of rows, only the visible ones are ever looked at.
//!
//! Rows come from a closure by index; a row that isn't loaded yet is `None` and is drawn as a placeholder.
//! The offset is `f64`, so the millionth row stands where it should. Selection belongs to the application:
//! the list only tells what the user wants ([`ListEvent::Select`]).

mod draw;
mod state;
#[cfg(test)]
mod tests;
mod widget;

use crate::ui::a11y::NodeKey;
use crate::ui::theme::{Density, Element};
use iced::Point;
use iced::advanced::widget::Id;
use std::borrow::Cow;
use std::ops::Range;

/// What stands before the subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Nothing.
    #[default]
    None,
    /// A change of this message waits to be sent to the server.
    Pending,
    /// A change of this message failed.
    Failed,
    /// Answered.
    Answered,
    /// Forwarded.
    Forwarded,
}

/// One row, as it is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row<'a> {
    /// Stable id (the message id), so that cached text and focus survive insertions.
    pub id: u64,
    /// Who wrote it.
    pub from: Cow<'a, str>,
    /// Subject.
    pub subject: Cow<'a, str>,
    /// Beginning of the text.
    pub snippet: Cow<'a, str>,
    /// Date, already short enough for a narrow column.
    pub date: Cow<'a, str>,
    /// Not read yet.
    pub unread: bool,
    /// Flagged.
    pub flagged: bool,
    /// Has an attachment.
    pub attachment: bool,
    /// What stands before the subject.
    pub mark: Mark,
    /// How many messages the row stands for, if it is more than one.
    pub count: Cow<'a, str>,
    /// The user does not want to hear of it.
    pub muted: bool,
    /// Among the selected rows.
    pub selected: bool,
}

/// How a row changes the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Select {
    /// This row only (click, arrows).
    Only,
    /// This row in addition, or no longer (Ctrl+click, Ctrl+Space).
    Toggle,
    /// From the anchor to this row (Shift).
    Range,
    /// From the anchor to this row in addition to what is selected (Ctrl+Shift).
    RangeAdd,
    /// Only the focus moves (Ctrl+arrows).
    Focus,
}

/// What the user did in the list. Indexes are those of the moment; `id` is the row's id if it was loaded.
#[derive(Clone, Debug, PartialEq)]
pub enum ListEvent {
    /// Focus goes to a row and the selection changes.
    Select {
        /// The row.
        index: usize,
        /// Its id.
        id: Option<u64>,
        /// How.
        how: Select,
    },
    /// Everything shall be selected (Ctrl+A).
    SelectAll,
    /// Open it (double click, Enter).
    Activate {
        /// The row.
        index: usize,
        /// Its id.
        id: Option<u64>,
    },
    /// The star was clicked.
    ToggleFlag {
        /// The row.
        index: usize,
        /// Its id.
        id: u64,
    },
    /// A menu is wanted (right click, menu key, Shift+F10).
    Menu {
        /// The row.
        index: usize,
        /// Its id.
        id: Option<u64>,
        /// Where, in window coordinates.
        at: Point,
    },
    /// Rows are being dragged: the selected ones if this row is among them, else this one.
    DragStart {
        /// The row under the pointer at the start.
        index: usize,
        /// Its id.
        id: Option<u64>,
        /// The pointer.
        at: Point,
        /// Whether the key that makes it a copy is held down.
        copies: bool,
    },
    /// Dropped.
    DragEnd,
    /// Escape while dragging.
    DragCancel,
    /// Other rows are in view now; load these.
    Visible(Range<usize>),
    /// The list got the keyboard.
    Focused,
}

/// The list, to be turned into an element.
pub struct VirtualList<'a, Message> {
    key: NodeKey,
    label: String,
    id: Option<Id>,
    count: usize,
    row: Box<dyn Fn(usize) -> Option<Row<'a>> + 'a>,
    locate: Option<Box<dyn Fn(u64) -> Option<usize> + 'a>>,
    speak: Box<dyn Fn(&Row<'a>) -> String + 'a>,
    on_event: Box<dyn Fn(ListEvent) -> Message + 'a>,
    focused: Option<usize>,
    content: u64,
    version: u64,
    reveal: Option<(u64, usize)>,
    density: Density,
    one_click: bool,
}

impl<'a, Message: 'a> VirtualList<'a, Message> {
    /// A list of `count` rows.
    pub fn new(
        key: NodeKey,
        label: impl Into<String>,
        count: usize,
        row: impl Fn(usize) -> Option<Row<'a>> + 'a,
        on_event: impl Fn(ListEvent) -> Message + 'a,
    ) -> Self {
        Self {
            key,
            label: label.into(),
            id: None,
            count,
            row: Box::new(row),
            locate: None,
            speak: Box::new(|row| format!("{}, {}, {}", row.from, row.subject, row.date)),
            on_event: Box::new(on_event),
            focused: None,
            content: 0,
            version: 0,
            reveal: None,
            density: Density::default(),
            one_click: false,
        }
    }

    /// Widget id, to focus it.
    #[must_use]
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The row that the keyboard is at.
    #[must_use]
    pub fn focused(mut self, index: Option<usize>) -> Self {
        self.focused = index;
        self
    }

    /// What the list shows (such as a mailbox id); when it changes, the list starts at the top.
    #[must_use]
    pub fn content(mut self, content: u64) -> Self {
        self.content = content;
        self
    }

    /// Changes when rows came, went or moved; `locate` tells where a row is now, so that the rows in view
    /// stay where they are while new mail comes in above them. At the very top the newest mail shows.
    #[must_use]
    pub fn version(mut self, version: u64, locate: impl Fn(u64) -> Option<usize> + 'a) -> Self {
        self.version = version;
        self.locate = Some(Box::new(locate));
        self
    }

    /// Brings a row into view, once for each `serial`. For moves that come from outside of the list.
    #[must_use]
    pub fn reveal(mut self, reveal: Option<(u64, usize)>) -> Self {
        self.reveal = reveal;
        self
    }

    /// Whether one click opens a row, because the list gives way to the message.
    #[must_use]
    pub fn one_click(mut self, one_click: bool) -> Self {
        self.one_click = one_click;
        self
    }

    /// Row height.
    #[must_use]
    pub fn density(mut self, density: Density) -> Self {
        self.density = density;
        self
    }

    /// What a reader says of a row, in the language of the user, with the flags as words.
    #[must_use]
    pub fn speak(mut self, speak: impl Fn(&Row<'a>) -> String + 'a) -> Self {
        self.speak = Box::new(speak);
        self
    }

    fn event(&self, event: ListEvent) -> Message {
        (self.on_event)(event)
    }

    fn row_id(&self, index: usize) -> Option<u64> {
        (self.row)(index).map(|row| row.id)
    }
}

impl<'a, Message: 'a> From<VirtualList<'a, Message>> for Element<'a, Message> {
    fn from(list: VirtualList<'a, Message>) -> Self {
        Element::new(list)
    }
}
