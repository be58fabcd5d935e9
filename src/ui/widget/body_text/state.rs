//! What the text remembers between frames. No events, no drawing.

use super::content::Content;
use super::flow::{Flow, Item};
use super::select::{Grain, Pos, Selection};
use crate::ui::a11y::Wish;
use crate::ui::widget::focus::Focus;
use crate::ui::widget::num;
use crate::ui::widget::scroll::{Extent, Scroll};
use iced::advanced::mouse::Click;
use iced::advanced::widget::operation::scrollable::{AbsoluteOffset, RelativeOffset, Scrollable};
use iced::keyboard::Modifiers;
use iced::{Point, Rectangle};
use std::ops::Range;
use std::sync::Arc;

/// Attempts to settle on an offset while heights turn out different; two are enough almost always.
const SETTLE_ROUNDS: usize = 4;

/// Something inside of the text that Tab can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stop {
    /// The button of a fold.
    Fold(usize),
    /// A link: line and number within the line.
    Link(usize, usize),
}

/// A selection that is being made with the pointer.
#[derive(Clone, Debug)]
pub(super) struct Drag {
    pub(super) first: Range<Pos>,
    pub(super) grain: Grain,
    /// Where the pointer is, for scrolling while it is outside.
    pub(super) at: Point,
    /// A press that doesn't move opens the link below it.
    pub(super) link: Option<(usize, usize)>,
}

/// State of one text.
pub(super) struct State {
    pub(super) content: Option<u64>,
    pub(super) closed: Vec<bool>,
    pub(super) flow: Flow,
    pub(super) scroll: Scroll,
    pub(super) focus: Focus,
    pub(super) stop: Option<Stop>,
    pub(super) selection: Option<Selection>,
    pub(super) drag: Option<Drag>,
    pub(super) pressed_fold: Option<usize>,
    pub(super) last_click: Option<Click>,
    pub(super) hovered: Option<Stop>,
    /// The link target that the application knows of.
    pub(super) told: Option<Arc<str>>,
    pub(super) goal: Option<f32>,
    pub(super) modifiers: Modifiers,
    pub(super) wishes: Vec<Wish>,
    pub(super) window_focused: bool,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            content: None,
            closed: Vec::new(),
            flow: Flow::new(),
            scroll: Scroll::default(),
            focus: Focus::default(),
            stop: None,
            selection: None,
            drag: None,
            pressed_fold: None,
            last_click: None,
            hovered: None,
            told: None,
            goal: None,
            modifiers: Modifiers::default(),
            wishes: Vec::new(),
            window_focused: true,
        }
    }

    /// Follows a new text, a new width or a new header, and measures what is in view.
    pub(super) fn adapt(&mut self, content: &Content, header: f32, bounds: Rectangle) {
        let width = Flow::column(bounds.width);
        if self.content != Some(content.id) || self.closed.len() != content.folds.len() {
            let (focus, modifiers, told) = (self.focus, self.modifiers, self.told.take());
            let window_focused = self.window_focused;
            *self = Self { focus, modifiers, told, window_focused, ..Self::new() };
            self.content = Some(content.id);
            self.closed = content.folds.iter().map(|fold| fold.closed).collect();
            self.flow.rebuild(content, &self.closed, width);
        } else if (width - self.flow.width).abs() > f32::EPSILON || self.flow.items.is_empty() {
            let top = self.top_item();
            self.flow.rebuild(content, &self.closed, width);
            self.flow.header = header;
            self.restore(top);
        }
        self.flow.header = header;
        self.settle(content, bounds);
    }

    /// The item at the top of the view and how far it is scrolled out, to find the place again.
    fn top_item(&self) -> Option<(usize, f64)> {
        let offset = self.scroll.offset();
        if offset < self.flow.span(0).start {
            return None;
        }
        let index = self.flow.item_at(offset)?;
        Some((index, offset - self.flow.span(index).start))
    }

    fn restore(&mut self, top: Option<(usize, f64)>) {
        if let Some((index, inside)) = top {
            let span = self.flow.span(index);
            self.scroll.jump(span.start + inside.min(span.end - span.start));
        }
    }

    /// Measures what is in view; keeps the end in view if it was.
    pub(super) fn settle(&mut self, content: &Content, bounds: Rectangle) {
        for _ in 0..SETTLE_ROUNDS {
            let at_end = {
                let end = self.extent(bounds).end();
                end > 0.0 && self.scroll.offset() >= end
            };
            self.scroll.clamp(&self.extent(bounds));
            let offset = self.scroll.offset();
            let changed = self.flow.measure(content, offset, bounds.height);
            let end = self.extent(bounds).end();
            if at_end {
                self.scroll.jump(end);
            }
            self.scroll.clamp(&self.extent(bounds));
            if !changed {
                break;
            }
        }
    }

    pub(super) fn extent(&self, bounds: Rectangle) -> Extent {
        self.flow.extent(bounds)
    }

    /// Opens or closes a fold; what is above it stays where it is.
    pub(super) fn toggle(&mut self, content: &Content, fold: usize, bounds: Rectangle) {
        let top = self.top_item();
        if let Some(closed) = self.closed.get_mut(fold) {
            *closed = !*closed;
        }
        let (width, header) = (self.flow.width, self.flow.header);
        self.flow.rebuild(content, &self.closed, width);
        self.flow.header = header;
        self.restore(top);
        self.settle(content, bounds);
    }

    /// Everything that Tab can reach, in order.
    pub(super) fn stops(&self, content: &Content) -> Vec<Stop> {
        let mut stops = Vec::new();
        for item in &self.flow.items {
            match item {
                Item::Fold(fold) => stops.push(Stop::Fold(*fold)),
                Item::Line(line) => {
                    let links = content.lines.get(*line).map_or(0, |row| row.links.len());
                    stops.extend((0..links).map(|link| Stop::Link(*line, link)));
                }
            }
            if stops.len() >= MOST_STOPS {
                break;
            }
        }
        stops
    }

    /// Brings a stop into view.
    pub(super) fn reveal(&mut self, content: &Content, stop: Stop, bounds: Rectangle) {
        let line = match stop {
            Stop::Fold(fold) => content.folds.get(fold).map_or(0, |fold| fold.lines.start),
            Stop::Link(line, _) => line,
        };
        if let Some(index) = self.flow.item_of(line, content) {
            let span = self.flow.span(index);
            let extent = self.extent(bounds);
            self.scroll.reveal(span.start, span.end, &extent);
            self.settle(content, bounds);
        }
    }
}

/// Links beyond this number are reached with the pointer only; a mail with more is a directory.
const MOST_STOPS: usize = 500;

/// Lets operations scroll the text.
pub(super) struct ScrollHandle<'a> {
    pub(super) scroll: &'a mut Scroll,
    pub(super) extent: Extent,
}

impl Scrollable for ScrollHandle<'_> {
    fn snap_to(&mut self, offset: RelativeOffset<Option<f32>>) {
        if let Some(y) = offset.y {
            self.scroll.jump(f64::from(y.clamp(0.0, 1.0)) * self.extent.end());
        }
    }

    fn scroll_to(&mut self, offset: AbsoluteOffset<Option<f32>>) {
        if let Some(y) = offset.y {
            self.scroll.jump(f64::from(y));
            self.scroll.clamp(&self.extent);
        }
    }

    fn scroll_by(&mut self, offset: AbsoluteOffset, bounds: Rectangle, _: Rectangle) {
        let view = f64::from(bounds.height.max(1.0));
        self.scroll.pages(f64::from(offset.y) / (view * 0.9), &self.extent);
    }
}

/// Pixels of the content as a vector, for what iced lays out in `f32`.
pub(super) fn translation(offset: f64) -> iced::Vector {
    iced::Vector::new(0.0, num::px(offset.round()))
}

#[cfg(test)]
mod tests {
    use super::super::content::tests::content;
    use super::*;

    const VIEW: Rectangle = Rectangle { x: 0.0, y: 0.0, width: 448.0, height: 600.0 };

    #[test]
    fn the_end_is_reached_though_heights_are_estimated() {
        crate::ui::widget::stage::fonts();
        let c =
            content(&"A line that wraps in this column, at least once, maybe twice or more.\n".repeat(3_000));
        let mut state = State::new();
        state.adapt(&c, 120.0, VIEW);
        state.scroll.jump(f64::MAX);
        state.settle(&c, VIEW);
        let end = state.extent(VIEW).end();
        assert!((state.scroll.offset() - end).abs() < 1.0);
        let last = state.flow.span(state.flow.items.len() - 1).end;
        assert!(last <= end + 600.0);
        assert!(state.flow.heights.is_known(2_999));
    }

    #[test]
    fn opening_a_fold_moves_nothing_above_it() {
        let c = content("Hi\nyes\nand no\nAda wrote:\n> 1\n> 2\n> 3");
        let mut state = State::new();
        state.adapt(&c, 0.0, VIEW);
        let (items, top) = (state.flow.items.len(), state.flow.span(3).start);
        state.toggle(&c, 0, VIEW);
        assert_eq!(state.flow.items.len(), items + 3);
        assert!((state.flow.span(3).start - top).abs() < 0.01);
        assert_eq!(state.stops(&c), [Stop::Fold(0)]);
    }

    #[test]
    fn another_text_starts_at_the_top_and_a_new_width_keeps_the_place() {
        crate::ui::widget::stage::fonts();
        let c = content(&"Some words that fill the line more or less.\n".repeat(500));
        let mut state = State::new();
        state.adapt(&c, 0.0, VIEW);
        state.scroll.jump(5_000.0);
        state.settle(&c, VIEW);
        let top = state.top_item().unwrap().0;
        state.adapt(&c, 0.0, Rectangle { width: 300.0, ..VIEW });
        assert_eq!(state.top_item().unwrap().0, top);
        let other = Content { id: 2, ..c };
        state.adapt(&other, 0.0, VIEW);
        assert!(state.scroll.offset().abs() < f64::EPSILON);
    }
}
