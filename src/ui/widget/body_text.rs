//! The text of a mail: to be read, selected, copied, with foldable quotes and links.
//!
//! Only lines in view are shaped, so a text of several megabytes opens in milliseconds. An element may stand
//! above the text (subject, addresses, attachments) and scrolls away with it.

mod content;
mod describe;
mod draw;
mod events;
mod flow;
mod heights;
mod select;
mod state;
#[cfg(test)]
mod tests;
mod widget;

use crate::ui::a11y::NodeKey;
use crate::ui::theme::Element;
use iced::Point;
use iced::advanced::widget::operation::scrollable::{AbsoluteOffset, Scrollable};
use iced::advanced::widget::{Id, Operation};
use iced::{Rectangle, Vector};
use std::ops::Range;
use std::sync::Arc;

pub use content::Content;
pub(crate) use draw::{FoldLook, draw_fold, fold_button, fold_label};

/// What the user did in the text.
#[derive(Clone, Debug, PartialEq)]
pub enum BodyEvent {
    /// The pointer or the keyboard is on a link, so its target can be shown; or no longer.
    Hover(Option<Arc<str>>),
    /// A link was activated.
    Open(Arc<str>),
    /// A menu is wanted (right click, menu key) at a point of the window.
    Menu {
        /// Where.
        at: Point,
        /// The link there.
        link: Option<Arc<str>>,
        /// The selected text, if any.
        selection: Option<String>,
    },
    /// Letters are to be larger (1) or smaller (-1).
    Zoom(i8),
    /// The text got the keyboard.
    Focused,
}

/// The words that the widget shows itself, in the language of the user.
#[derive(Clone, Copy, Debug)]
pub struct BodyWords<'a> {
    /// Name of the text for readers.
    pub label: &'a str,
    /// On the button that opens a quote.
    pub show_quote: &'a str,
    /// On the button that closes it.
    pub hide_quote: &'a str,
}

/// What a search found in the text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found<'a> {
    /// Lines with the bytes that were found in them, in order.
    pub places: &'a [(usize, Range<usize>)],
    /// The current one of them.
    pub current: Option<usize>,
    /// A line to be brought into view, once for each serial number.
    pub show: Option<(u64, usize)>,
}

/// The text, to be turned into an element.
pub struct BodyText<'a, Message> {
    key: NodeKey,
    id: Option<Id>,
    /// Something inside has the keyboard instead.
    lends_focus: bool,
    content: &'a Content,
    words: BodyWords<'a>,
    /// The element above the text, if any, then those within it.
    children: Vec<Element<'a, Message>>,
    has_header: bool,
    reveal: Option<(u64, usize)>,
    unfold: Option<u64>,
    zoom: f32,
    found: Found<'a>,
    on_event: Box<dyn Fn(BodyEvent) -> Message + 'a>,
}

impl<'a, Message: 'a> BodyText<'a, Message> {
    /// Shows a text.
    pub fn new(
        key: NodeKey,
        content: &'a Content,
        words: BodyWords<'a>,
        on_event: impl Fn(BodyEvent) -> Message + 'a,
    ) -> Self {
        Self {
            key,
            id: None,
            lends_focus: false,
            content,
            words,
            children: Vec::new(),
            has_header: false,
            reveal: None,
            unfold: None,
            zoom: 1.0,
            found: Found::default(),
            on_event: Box::new(on_event),
        }
    }

    /// Widget id, to focus and to scroll it.
    #[must_use]
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Whether an element inside has this id for the focus, so that this widget only scrolls by it.
    #[must_use]
    pub fn lends_focus(mut self, lends: bool) -> Self {
        self.lends_focus = lends;
        self
    }

    /// Whether there is a text to be read here; else all that is read are the elements inside.
    fn is_read(&self) -> bool {
        !self.lends_focus || !self.content.is_empty()
    }

    /// What stands above the text and scrolls with it. It gets the whole width.
    #[must_use]
    pub fn header(mut self, header: impl Into<Element<'a, Message>>) -> Self {
        if self.has_header {
            self.children.remove(0);
        }
        self.children.insert(0, header.into());
        self.has_header = true;
        self
    }

    /// What stands between the texts of a [`Content::stack`], one element for each part and in their order.
    #[must_use]
    pub fn insets(mut self, insets: impl IntoIterator<Item = Element<'a, Message>>) -> Self {
        self.children.truncate(usize::from(self.has_header));
        self.children.extend(insets);
        self
    }

    /// Enlarges the letters.
    #[must_use]
    pub fn zoom(mut self, zoom: f32) -> Self {
        self.zoom = zoom;
        self
    }

    /// Marks what a search found.
    #[must_use]
    pub fn found(mut self, found: Found<'a>) -> Self {
        self.found = found;
        self
    }

    /// Opens all quotes, once for each serial number, and those of texts that come later.
    #[must_use]
    pub fn unfold(mut self, unfold: Option<u64>) -> Self {
        self.unfold = unfold;
        self
    }

    /// Brings an inset to the top of the view, once for each serial number.
    #[must_use]
    pub fn reveal(mut self, reveal: Option<(u64, usize)>) -> Self {
        self.reveal = reveal;
        self
    }
}

impl<'a, Message: 'a> From<BodyText<'a, Message>> for Element<'a, Message> {
    fn from(body: BodyText<'a, Message>) -> Self {
        Element::new(body)
    }
}

/// Turns pages of a scrollable thing with this id, such as a [`BodyText`]: 1.0 is a page down. For keys that
/// are pressed while another widget has the focus.
pub fn turn_pages<T: Send + 'static>(id: impl Into<Id>, pages: f32) -> impl Operation<T> {
    Turn { id: id.into(), pages }
}

/// Scrolls a scrollable thing with this id by pixels, at once.
pub fn scroll_by<T: Send + 'static>(id: impl Into<Id>, pixels: f32) -> impl Operation<T> {
    Shift { id: id.into(), pixels }
}

struct Shift {
    id: Id,
    pixels: f32,
}

impl<T: Send + 'static> Operation<T> for Shift {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        operate(self);
    }

    fn scrollable(
        &mut self,
        id: Option<&Id>,
        _: Rectangle,
        _: Rectangle,
        moved: Vector,
        state: &mut dyn Scrollable,
    ) {
        if id == Some(&self.id) {
            state.scroll_to(AbsoluteOffset { x: None, y: Some((moved.y + self.pixels).max(0.0)) });
        }
    }
}

/// What stays in view when a page is turned.
const PAGE: f32 = 0.9;

struct Turn {
    id: Id,
    pages: f32,
}

impl<T: Send + 'static> Operation<T> for Turn {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        operate(self);
    }

    fn scrollable(
        &mut self,
        id: Option<&Id>,
        bounds: Rectangle,
        content: Rectangle,
        _: Vector,
        state: &mut dyn Scrollable,
    ) {
        if id == Some(&self.id) {
            let offset = AbsoluteOffset { x: 0.0, y: bounds.height * PAGE * self.pages };
            state.scroll_by(offset, bounds, content);
        }
    }
}
