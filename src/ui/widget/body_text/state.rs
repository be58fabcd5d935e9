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
use std::collections::BTreeMap;
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
    version: u64,
    /// Keys of the insets, to find them again in another version.
    keys: Vec<u64>,
    /// The last wish to bring an inset into view.
    revealed: Option<u64>,
    pub(super) closed: Vec<bool>,
    /// The last wish to open all folds; while there is one, folds of texts that come are open.
    unfolded: Option<u64>,
    /// What letters are to be enlarged by.
    pub(super) zoom: f32,
    /// The last wish to bring a line into view.
    shown: Option<u64>,
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
            version: 0,
            keys: Vec::new(),
            revealed: None,
            closed: Vec::new(),
            unfolded: None,
            zoom: 1.0,
            shown: None,
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

    /// Follows a new text, a new width or other heights of what stands in the text, and measures what is in view.
    pub(super) fn adapt(&mut self, content: &Content, header: f32, insets: &[f32], bounds: Rectangle) {
        let width = Flow::column(bounds.width, self.zoom);
        let same = self.content == Some(content.id);
        if same && self.version != content.version {
            self.follow(content, header, insets, width);
        } else if !same || self.closed.len() != content.folds.len() {
            let (focus, modifiers, told) = (self.focus, self.modifiers, self.told.take());
            let (window_focused, zoom) = (self.window_focused, self.zoom);
            let unfolded = self.unfolded;
            *self = Self { focus, modifiers, told, window_focused, zoom, unfolded, ..Self::new() };
            self.flow.zoom = zoom;
            self.content = Some(content.id);
            self.closed = content.folds.iter().map(|fold| fold.closed && unfolded.is_none()).collect();
            insets.clone_into(&mut self.flow.insets);
            self.flow.rebuild(content, &self.closed, width);
        } else if (width - self.flow.width).abs() > f32::EPSILON
            || (self.zoom - self.flow.zoom).abs() > f32::EPSILON
            || self.flow.items.is_empty()
            || self.flow.insets != insets
        {
            let top = self.top_item();
            insets.clone_into(&mut self.flow.insets);
            self.flow.zoom = self.zoom;
            self.flow.rebuild(content, &self.closed, width);
            self.flow.header = header;
            self.restore(top);
        }
        self.version = content.version;
        self.keys = content.insets.iter().map(|inset| inset.key).collect();
        self.flow.header = header;
        self.settle(content, bounds);
    }

    /// Takes other lines of the same text over: folds stay as they are, and so does what is at the top of the view.
    fn follow(&mut self, content: &Content, header: f32, insets: &[f32], width: f32) {
        let top = self.top_item();
        let mut folds: BTreeMap<(Option<u64>, usize), bool> = BTreeMap::new();
        let mut place = None;
        let (mut key, mut number, mut since) = (None, 0, 0);
        for (index, item) in self.flow.items.iter().enumerate() {
            match item {
                Item::Inset(inset) => (key, number, since) = (self.keys.get(*inset).copied(), 0, index),
                Item::Fold(fold) => {
                    folds.insert((key, number), self.closed.get(*fold).copied().unwrap_or_default());
                    number += 1;
                }
                Item::Line(_) => {}
            }
            if let Some((at, inside)) = top
                && at == index
            {
                place = Some((key, index - since, inside));
            }
        }
        self.closed = closed_folds(content, &folds, self.unfolded.is_none());
        self.flow = Flow::new();
        self.flow.zoom = self.zoom;
        self.flow.header = header;
        insets.clone_into(&mut self.flow.insets);
        self.flow.rebuild(content, &self.closed, width);
        (self.selection, self.drag, self.stop, self.hovered, self.pressed_fold) =
            (None, None, None, None, None);
        let Some((key, after, inside)) = place else { return };
        let inset = content.insets.iter().position(|inset| Some(inset.key) == key);
        let items: Vec<usize> = self.flow.inset_items().collect();
        let Some((inset, start)) = inset.and_then(|inset| Some((inset, *items.get(inset)?))) else { return };
        let end = items.get(inset + 1).copied().unwrap_or(self.flow.items.len());
        // What was in view is gone if the text was closed: then its element is.
        let index = if start + after < end { start + after } else { start };
        self.restore(Some((index, if index == start + after { inside } else { 0.0 })));
    }

    /// Opens all folds, once for each serial number.
    pub(super) fn unfold_all(&mut self, content: &Content, serial: Option<u64>) {
        if self.unfolded == serial {
            return;
        }
        self.unfolded = serial;
        // What is another text follows that anyway.
        if serial.is_some() && self.content == Some(content.id) && self.closed.contains(&true) {
            let top = self.top_item();
            self.closed.fill(false);
            let (width, header) = (self.flow.width, self.flow.header);
            let place = top.map(|(index, inside)| (self.flow.items.get(index).copied(), inside));
            if self.version == content.version {
                self.flow.rebuild(content, &self.closed, width);
                self.flow.header = header;
            }
            let found = place.and_then(|(item, inside)| {
                Some((self.flow.items.iter().position(|other| Some(*other) == item)?, inside))
            });
            self.restore(found);
        }
    }

    /// Where the insets are, from the top of the content.
    pub(super) fn inset_tops(&self) -> Vec<f32> {
        if self.keys.is_empty() {
            return Vec::new();
        }
        self.flow.inset_items().map(|index| num::px(self.flow.span(index).start.round())).collect()
    }

    /// Brings an inset to the top of the view, once for each serial number.
    pub(super) fn reveal_inset(
        &mut self,
        content: &Content,
        reveal: Option<(u64, usize)>,
        bounds: Rectangle,
    ) {
        let Some((serial, inset)) = reveal else { return };
        if self.revealed.replace(serial) == Some(serial) {
            return;
        }
        let Some(index) = self.flow.inset_items().nth(inset) else { return };
        // Before the first one stands the header.
        let place = if inset == 0 { 0.0 } else { self.flow.span(index).start };
        self.scroll.jump(place);
        self.settle(content, bounds);
    }

    /// Brings a line into view, once for each serial number; a fold around it is opened.
    pub(super) fn show_line(&mut self, content: &Content, show: Option<(u64, usize)>, bounds: Rectangle) {
        let Some((serial, line)) = show else { return };
        if self.shown.replace(serial) == Some(serial) {
            return;
        }
        let fold = content.folds.iter().position(|fold| fold.lines.contains(&line));
        if let Some(fold) = fold.filter(|fold| self.closed.get(*fold) == Some(&true)) {
            self.toggle(content, fold, bounds);
        }
        for _ in 0..SETTLE_ROUNDS {
            let Some(index) = self.flow.item_of(line, content) else { return };
            let (span, before) = (self.flow.span(index), self.scroll.offset());
            let extent = self.extent(bounds);
            // Not quite at the edge.
            let air = f64::from(bounds.height) / 5.0;
            self.scroll.reveal(span.start - air, span.end + air, &extent);
            self.settle(content, bounds);
            if (before - self.scroll.offset()).abs() < 1.0 {
                break;
            }
        }
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
                Item::Inset(_) => {}
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

/// Which folds are closed, where some are known by the key of the inset above them and their number below it. `fresh`:
/// others are as they are meant to be, else open.
fn closed_folds(content: &Content, known: &BTreeMap<(Option<u64>, usize), bool>, fresh: bool) -> Vec<bool> {
    let mut number = 0;
    let mut before = None;
    let closed = content.folds.iter().map(|fold| {
        let above = content.insets.partition_point(|inset| inset.line <= fold.lines.start);
        let key = above.checked_sub(1).and_then(|at| content.insets.get(at)).map(|inset| inset.key);
        number = if before == Some(key) { number + 1 } else { 0 };
        before = Some(key);
        known.get(&(key, number)).copied().unwrap_or(fold.closed && fresh)
    });
    closed.collect()
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
        state.adapt(&c, 120.0, &[], VIEW);
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
        state.adapt(&c, 0.0, &[], VIEW);
        let (items, top) = (state.flow.items.len(), state.flow.span(3).start);
        state.toggle(&c, 0, VIEW);
        assert_eq!(state.flow.items.len(), items + 3);
        assert!((state.flow.span(3).start - top).abs() < 0.01);
        assert_eq!(state.stops(&c), [Stop::Fold(0)]);
    }

    #[test]
    fn all_folds_are_opened_once_and_those_of_texts_that_come() {
        crate::ui::widget::stage::fonts();
        let mut state = State::new();
        let c = stack(1, [false, true, true]);
        state.adapt(&c, 0.0, &[40.0; 3], VIEW);
        assert_eq!(state.closed, [true, true]);
        state.unfold_all(&c, Some(1));
        assert_eq!(state.closed, [false, false]);
        state.toggle(&c, 1, VIEW);
        state.unfold_all(&c, Some(1));
        let c = stack(2, [true, true, true]);
        state.adapt(&c, 0.0, &[40.0; 3], VIEW);
        assert_eq!(state.closed, [false, false, true], "what was folded after that stays folded");
    }

    #[test]
    fn another_text_starts_at_the_top_and_a_new_width_keeps_the_place() {
        crate::ui::widget::stage::fonts();
        let c = content(&"Some words that fill the line more or less.\n".repeat(500));
        let mut state = State::new();
        state.adapt(&c, 0.0, &[], VIEW);
        state.scroll.jump(5_000.0);
        state.settle(&c, VIEW);
        let top = state.top_item().unwrap().0;
        state.adapt(&c, 0.0, &[], Rectangle { width: 300.0, ..VIEW });
        assert_eq!(state.top_item().unwrap().0, top);
        let other = Content { id: 2, ..c };
        state.adapt(&other, 0.0, &[], VIEW);
        assert!(state.scroll.offset().abs() < f64::EPSILON);
    }

    /// Three texts below each other, some of them missing.
    fn stack(version: u64, open: [bool; 3]) -> Content {
        let texts: Vec<Content> =
            (0..3).map(|n| content(&format!("Text {n}\nsecond\nthird\nAda wrote:\n> a\n> b\n> c"))).collect();
        let parts = texts.iter().zip(open).zip(10..).map(|((text, open), key)| (key, open.then_some(text)));
        Content::stack(7, version, parts)
    }

    #[test]
    fn texts_that_come_and_go_leave_the_view_where_it_is() {
        crate::ui::widget::stage::fonts();
        let low = Rectangle { height: 100.0, ..VIEW };
        let heights = [40.0; 3];
        let mut state = State::new();
        let c = stack(1, [false, true, true]);
        state.adapt(&c, 80.0, &heights, low);
        // The second line of the last text is at the top, and a quote in it is open.
        let line = state.flow.item_of(8, &c).unwrap();
        assert_eq!(state.flow.items.get(line), Some(&Item::Line(8)));
        state.toggle(&c, 1, low);
        state.scroll.jump(state.flow.span(line).start + 3.0);
        let c = stack(2, [true, true, true]);
        state.adapt(&c, 80.0, &heights, low);
        let index = state.flow.item_at(state.scroll.offset()).unwrap();
        assert_eq!(state.flow.items.get(index), Some(&Item::Line(15)));
        assert!((state.scroll.offset() - state.flow.span(index).start - 3.0).abs() < 0.01);
        assert_eq!(state.closed, [true, true, false]);
        // Its text goes: its element is at the top.
        let c = stack(3, [true, true, false]);
        state.adapt(&c, 80.0, &heights, VIEW);
        assert_eq!(state.flow.items.last(), Some(&Item::Inset(2)));
        // An element above grows: what is in view stays.
        let c = stack(4, [true, true, true]);
        state.adapt(&c, 80.0, &heights, low);
        state.reveal_inset(&c, Some((1, 2)), low);
        let before = state.flow.span(state.flow.inset_items().nth(2).unwrap()).start - state.scroll.offset();
        assert!(before.abs() < 0.01, "{before}");
        state.adapt(&c, 80.0, &[140.0, 40.0, 40.0], low);
        let after = state.flow.span(state.flow.inset_items().nth(2).unwrap()).start - state.scroll.offset();
        assert!((before - after).abs() < 0.01);
        state.scroll.jump(0.0);
        state.reveal_inset(&c, Some((1, 2)), low);
        assert!(state.scroll.offset().abs() < 0.01, "once only");
    }
}
