//! A page of HTML that a render process laid out and painted: shown, scrolled by whoever holds it, with links,
//! selection and copy.
//!
//! Draws the tiles that it is given and says which rows are in view; hit test and selection work on the page's own
//! places. Decodes nothing, lays nothing out.

mod describe;
mod draw;
mod events;
mod picture;
mod state;
#[cfg(test)]
mod tests;
mod widget;

use crate::ui::a11y::NodeKey;
use crate::ui::theme::Element;
use crate::ui::widget::body_text::BodyWords;
use iced::Point;
use iced::advanced::widget::Id;
use std::ops::Range;
use std::sync::Arc;

pub use picture::Picture;

/// A link of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLink {
    /// Where it leads.
    pub target: Arc<str>,
    /// What the reader sees of it.
    pub label: Arc<str>,
}

/// A picture in a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageImage {
    /// What the page calls it: `cid:`, `data:` or `blocked:`.
    pub source: Arc<str>,
    /// What stands for it in words.
    pub label: Arc<str>,
}

/// What happened in a page.
#[derive(Clone, Debug, PartialEq)]
pub enum HtmlEvent {
    /// It has this width and shows these rows, both in device pixels.
    Needs {
        /// Width.
        width: u32,
        /// Rows in view.
        rows: Range<u32>,
    },
    /// The pointer or the keyboard is on a link; or no longer.
    Hover(Option<PageLink>),
    /// A link was activated.
    Open(PageLink),
    /// A menu is wanted at a point of the window.
    Menu {
        /// Where.
        at: Point,
        /// The link there.
        link: Option<PageLink>,
        /// The picture there.
        image: Option<PageImage>,
        /// The selected text, if any.
        selection: Option<String>,
    },
    /// What is around it is to be scrolled by so many pixels.
    Scroll(f32),
    /// Pages are to be turned.
    Turn(f32),
    /// Letters are to be larger (1) or smaller (-1).
    Zoom(i8),
    /// The quote at the end is to be shown or folded.
    Quote,
    /// It got the keyboard.
    Focused,
}

/// The page, to be turned into an element. It is as wide as there is room and as high as the page.
pub struct HtmlView<'a, Message> {
    key: NodeKey,
    id: Option<Id>,
    picture: Option<&'a Picture>,
    scale: f32,
    label: &'a str,
    found: &'a [Range<usize>],
    current: Option<usize>,
    reveal: Option<(u64, usize)>,
    silent: bool,
    words: Option<BodyWords<'a>>,
    on_event: Box<dyn Fn(HtmlEvent) -> Message + 'a>,
}

impl<'a, Message: 'a> HtmlView<'a, Message> {
    /// Shows a page, or waits for it. `scale` is device pixels for one pixel of the window, `label` the name that
    /// readers speak.
    pub fn new(
        key: NodeKey,
        picture: Option<&'a Picture>,
        scale: f32,
        label: &'a str,
        on_event: impl Fn(HtmlEvent) -> Message + 'a,
    ) -> Self {
        Self {
            key,
            id: None,
            picture,
            scale,
            label,
            found: &[],
            current: None,
            reveal: None,
            silent: false,
            words: None,
            on_event: Box::new(on_event),
        }
    }

    /// Widget id, to focus it.
    #[must_use]
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Whether something else is shown instead for now: then it only waits, and neither readers nor the keyboard
    /// meet it.
    #[must_use]
    pub fn silent(mut self, silent: bool) -> Self {
        self.silent = silent;
        self
    }

    /// The words on the button of a quote.
    #[must_use]
    pub fn words(mut self, words: BodyWords<'a>) -> Self {
        self.words = Some(words);
        self
    }

    /// Marks what a search found, one of them as the current one.
    #[must_use]
    pub fn found(mut self, found: &'a [Range<usize>], current: Option<usize>) -> Self {
        self.found = found;
        self.current = current;
        self
    }

    /// Brings a place of the text into view, once for each serial number.
    #[must_use]
    pub fn reveal(mut self, reveal: Option<(u64, usize)>) -> Self {
        self.reveal = reveal;
        self
    }
}

impl<'a, Message: 'a> From<HtmlView<'a, Message>> for Element<'a, Message> {
    fn from(view: HtmlView<'a, Message>) -> Self {
        Element::new(view)
    }
}
