//! What the page remembers between frames: focus, selection, what is under the pointer. No events, no drawing.

use super::picture::{Picture, length};
use crate::html::{Page, Rect};
use crate::ui::a11y::Wish;
use crate::ui::widget::canvas::Paragraph;
use crate::ui::widget::focus::Focus;
use crate::ui::widget::shape::Line;
use iced::advanced::mouse::Click;
use iced::keyboard::Modifiers;
use iced::{Point, Rectangle, Vector};
use std::cell::RefCell;
use std::ops::Range;

/// Links beyond this number are reached with the pointer only.
pub(super) const MOST_STOPS: usize = 500;

/// What Tab reaches in a page, and what is under the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// A link, by its number.
    Link(usize),
    /// The button of the quote.
    Quote,
}

impl Stop {
    /// The link that it is.
    pub(super) const fn link(self) -> Option<usize> {
        match self {
            Self::Link(number) => Some(number),
            Self::Quote => None,
        }
    }
}

/// What a selection grows by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grain {
    Character,
    Word,
    Block,
}

/// What is selected: bytes of the page's text, from where it began to where the caret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Selection {
    pub(super) anchor: usize,
    pub(super) head: usize,
}

impl Selection {
    pub(super) fn range(self) -> Range<usize> {
        self.anchor.min(self.head)..self.anchor.max(self.head)
    }

    pub(super) const fn is_empty(self) -> bool {
        self.anchor == self.head
    }
}

/// A selection that is being made with the pointer.
#[derive(Clone, Debug)]
pub(super) struct Drag {
    pub(super) first: Range<usize>,
    pub(super) grain: Grain,
    pub(super) began: Point,
    /// A press that doesn't move opens the link below it.
    pub(super) link: Option<usize>,
}

/// What the widget told last: layout, width, rows.
pub(super) type Told = (Option<u64>, u32, Range<u32>);

/// State of one page.
pub(super) struct State {
    /// The text that the selection is of.
    pub(super) document: Option<u64>,
    pub(super) focus: Focus,
    /// Bytes of that text: it grows and shrinks with its quote.
    pub(super) bytes: usize,
    /// What the keyboard is on.
    pub(super) stop: Option<Stop>,
    pub(super) selection: Option<Selection>,
    pub(super) drag: Option<Drag>,
    pub(super) last_click: Option<Click>,
    pub(super) hovered: Option<Stop>,
    /// The button of the quote is held down.
    pub(super) pressed: bool,
    /// The link that the application knows of.
    pub(super) hinted: Option<usize>,
    pub(super) modifiers: Modifiers,
    pub(super) wishes: Vec<Wish>,
    pub(super) window_focused: bool,
    /// Where the pointer is in the window.
    pub(super) pointer: Point,
    pub(super) told: Option<Told>,
    /// Device pixels hidden at the left, where the page is wider than the view.
    pub(super) across: f32,
    pub(super) revealed: Option<u64>,
    /// A place that is to come into view with the next frame.
    pub(super) reveal: Option<Rectangle>,
    /// A row of the page that is to be at the top of the view.
    pub(super) jump: Option<f32>,
    /// The words on the button of the quote, shaped: they must live until the frame is on the screen.
    pub(super) labels: RefCell<Option<(String, [Line<Paragraph>; 2])>>,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            document: None,
            bytes: 0,
            focus: Focus::default(),
            stop: None,
            selection: None,
            drag: None,
            last_click: None,
            hovered: None,
            pressed: false,
            hinted: None,
            modifiers: Modifiers::default(),
            wishes: Vec::new(),
            window_focused: true,
            pointer: Point::ORIGIN,
            told: None,
            across: 0.0,
            revealed: None,
            reveal: None,
            jump: None,
            labels: RefCell::new(None),
        }
    }

    /// Follows another page. Selection and links of the same text stay.
    pub(super) fn adapt(&mut self, picture: Option<&Picture>, width: f32) {
        let document = picture.map(Picture::document);
        if document != self.document {
            self.document = document;
            (self.stop, self.selection, self.drag, self.hovered) = (None, None, None, None);
            self.across = 0.0;
        }
        if let Some(picture) = picture {
            let page = picture.page();
            let is_there = |stop: &Stop| match stop {
                Stop::Link(number) => *number < page.links.len(),
                Stop::Quote => page.fold.is_some(),
            };
            (self.stop, self.hovered) = (self.stop.filter(is_there), self.hovered.filter(is_there));
            if std::mem::replace(&mut self.bytes, page.text.len()) != page.text.len() {
                (self.selection, self.drag) = (None, None);
            }
            self.across = self.across.clamp(0.0, overhang(picture, width));
        }
    }
}

/// Device pixels by which a page is wider than the view.
pub(super) fn overhang(picture: &Picture, width: f32) -> f32 {
    (length(picture.page().width) - width * picture.scale()).max(0.0)
}

/// A point of the window's content as one of the page.
pub(super) fn to_page(picture: &Picture, across: f32, bounds: Rectangle, at: Point) -> (f32, f32) {
    let inside = (at - bounds.position()) * picture.scale();
    (inside.x + across, inside.y)
}

/// A place of the page as one of the window's content.
pub(super) fn from_page(picture: &Picture, across: f32, bounds: Rectangle, area: Rect) -> Rectangle {
    let scale = picture.scale();
    Rectangle {
        x: (area.x - across) / scale,
        y: area.y / scale,
        width: area.width / scale,
        height: area.height / scale,
    } + Vector::new(bounds.x, bounds.y)
}

/// The link under a point of the page.
pub(super) fn link_at(page: &Page, (x, y): (f32, f32)) -> Option<usize> {
    page.links.iter().position(|link| link.areas.iter().any(|area| area.contains(x, y)))
}

/// The word or block around a place, or just the place.
pub(super) fn around(page: &Page, at: usize, grain: Grain) -> Range<usize> {
    match grain {
        Grain::Character => at..at,
        Grain::Word => page.word_at(at),
        Grain::Block => page.block_at(at),
    }
}

/// The selection from where it began to a place.
pub(super) fn stretch(page: &Page, first: &Range<usize>, to: usize, grain: Grain) -> Selection {
    let now = around(page, to, grain);
    if now.start < first.start {
        Selection { anchor: first.end, head: now.start }
    } else {
        Selection { anchor: first.start, head: now.end.max(first.end) }
    }
}
