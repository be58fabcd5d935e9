//! What the list remembers between frames, and the arithmetic of rows. No drawing, no messages.

use super::Select;
use super::draw::Shaped;
use crate::ui::a11y::Wish;
use crate::ui::widget::focus::Focus;
use crate::ui::widget::lru::Lru;
use crate::ui::widget::num;
use crate::ui::widget::scroll::{Extent, Scroll};
use iced::advanced::mouse::Click;
use iced::keyboard::{Modifiers, key::Named};
use iced::{Point, Rectangle};
use std::cell::RefCell;
use std::ops::Range;

/// The pointer must move this far before a press becomes a drag.
const DRAG_DISTANCE: f32 = 6.0;

/// Shaped rows kept; some screens of rows in each direction.
const KEPT_ROWS: usize = 512;

/// State of one list.
pub(super) struct State {
    pub(super) scroll: Scroll,
    pub(super) focus: Focus,
    pub(super) modifiers: Modifiers,
    /// The row that the keyboard is at.
    pub(super) cursor: Option<usize>,
    pub(super) hovered: Option<usize>,
    pub(super) press: Option<Press>,
    pub(super) last_click: Option<Click>,
    pub(super) wishes: Vec<Wish>,
    pub(super) shown: Option<Range<usize>>,
    pub(super) cache: RefCell<Lru<Shaped>>,
    /// Ids of the rows that were in view, with their offset from the top of the view.
    pub(super) anchors: Vec<(u64, f64)>,
    pub(super) content: u64,
    pub(super) version: u64,
    pub(super) revealed: u64,
    pub(super) window_focused: bool,
}

/// A button held down on a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Press {
    pub(super) index: usize,
    /// Rows may come and go while the button is held down.
    pub(super) id: u64,
    pub(super) at: Point,
    pub(super) dragging: bool,
    /// A press on a selected row keeps the selection until it is let go without a drag.
    pub(super) select_on_release: Option<Select>,
}

impl Press {
    pub(super) fn starts_drag(&self, at: Point) -> bool {
        !self.dragging && self.at.distance(at) > DRAG_DISTANCE
    }
}

impl State {
    pub(super) fn new(content: u64, version: u64, revealed: u64) -> Self {
        Self {
            scroll: Scroll::default(),
            focus: Focus::default(),
            modifiers: Modifiers::default(),
            cursor: None,
            hovered: None,
            press: None,
            last_click: None,
            wishes: Vec::new(),
            shown: None,
            cache: RefCell::new(Lru::new(KEPT_ROWS)),
            anchors: Vec::new(),
            content,
            version,
            revealed,
            window_focused: true,
        }
    }
}

/// Rows of equal height in a box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rows {
    pub(super) count: usize,
    pub(super) height: f64,
    pub(super) bounds: Rectangle,
}

impl Rows {
    pub(super) fn extent(&self) -> Extent {
        Extent { content: num::count(self.count) * self.height, bounds: self.bounds }
    }

    /// The rows of which at least a part is in view.
    pub(super) fn visible(&self, offset: f64) -> Range<usize> {
        let first = num::floor(offset / self.height).min(self.count);
        let last = num::ceil((offset + f64::from(self.bounds.height)) / self.height).min(self.count);
        first..last.max(first)
    }

    pub(super) fn at(&self, offset: f64, point: Point) -> Option<usize> {
        if !self.bounds.contains(point) {
            return None;
        }
        let index = num::floor((f64::from(point.y - self.bounds.y) + offset) / self.height);
        (index < self.count).then_some(index)
    }

    pub(super) fn top(&self, index: usize) -> f64 {
        num::count(index) * self.height
    }

    /// Where a row is in the window; on whole pixels, so that text stays sharp.
    pub(super) fn bounds_of(&self, offset: f64, index: usize) -> Rectangle {
        let y = num::px((self.top(index) - offset).round());
        Rectangle { y: self.bounds.y + y, height: num::px(self.height), ..self.bounds }
    }

    /// Rows that a page key moves by.
    fn page(&self) -> usize {
        num::floor(f64::from(self.bounds.height) / self.height).saturating_sub(1).max(1)
    }

    /// The row that a key leads to.
    pub(super) fn step(&self, from: Option<usize>, key: Named) -> Option<usize> {
        let last = self.count.checked_sub(1)?;
        let Some(from) = from.map(|i| i.min(last)) else {
            return match key {
                Named::End => Some(last),
                Named::ArrowUp | Named::ArrowDown | Named::PageUp | Named::PageDown | Named::Home => Some(0),
                _ => None,
            };
        };
        match key {
            Named::ArrowUp => Some(from.saturating_sub(1)),
            Named::ArrowDown => Some(from.saturating_add(1).min(last)),
            Named::PageUp => Some(from.saturating_sub(self.page())),
            Named::PageDown => Some(from.saturating_add(self.page()).min(last)),
            Named::Home => Some(0),
            Named::End => Some(last),
            _ => None,
        }
    }
}

/// What a click with these modifiers does to the selection.
pub(super) fn clicked(modifiers: Modifiers) -> Select {
    match (modifiers.command(), modifiers.shift()) {
        (true, true) => Select::RangeAdd,
        (true, false) => Select::Toggle,
        (false, true) => Select::Range,
        (false, false) => Select::Only,
    }
}

/// What a movement key with these modifiers does to the selection.
pub(super) fn moved(modifiers: Modifiers) -> Select {
    match (modifiers.command(), modifiers.shift()) {
        (true, true) => Select::RangeAdd,
        (true, false) => Select::Focus,
        (false, true) => Select::Range,
        (false, false) => Select::Only,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize) -> Rows {
        let bounds = Rectangle { x: 5.0, y: 100.0, width: 300.0, height: 520.0 };
        Rows { count, height: 52.0, bounds }
    }

    #[test]
    fn the_last_of_a_million_rows_is_where_it_should_be() {
        let rows = rows(1_000_000);
        let end = rows.extent().end();
        assert_eq!(rows.visible(end), 999_990..1_000_000);
        let last = rows.bounds_of(end, 999_999);
        assert!((last.y + last.height - 620.0).abs() < f32::EPSILON, "{last:?}");
        assert_eq!(rows.at(end, Point::new(10.0, 619.0)), Some(999_999));
        assert_eq!(rows.at(end, Point::new(10.0, 100.5)), Some(999_990));
        assert_eq!(rows.at(end, Point::new(0.0, 619.0)), None);
    }

    #[test]
    fn visible_rows_include_halves() {
        assert_eq!(rows(100).visible(26.0), 0..11);
        assert_eq!(rows(3).visible(0.0), 0..3);
        assert_eq!(rows(0).visible(0.0), 0..0);
        assert_eq!(rows(3).visible(1e9), 3..3, "stale offset of a longer list");
    }

    #[test]
    fn keys_step_within_the_list() {
        let rows = rows(100);
        for (from, key, to) in [
            (Some(0), Named::ArrowUp, Some(0)),
            (Some(0), Named::ArrowDown, Some(1)),
            (Some(99), Named::ArrowDown, Some(99)),
            (Some(5), Named::PageDown, Some(14)),
            (Some(95), Named::PageDown, Some(99)),
            (Some(5), Named::PageUp, Some(0)),
            (Some(50), Named::Home, Some(0)),
            (Some(50), Named::End, Some(99)),
            (None, Named::ArrowDown, Some(0)),
            (None, Named::End, Some(99)),
            (Some(500), Named::ArrowDown, Some(99)),
            (Some(5), Named::Enter, None),
        ] {
            assert_eq!(rows.step(from, key), to, "{from:?} {key:?}");
        }
        assert_eq!(super::Rows { count: 0, ..rows }.step(None, Named::End), None);
    }

    #[test]
    fn modifiers_choose_the_selection() {
        let both = Modifiers::COMMAND | Modifiers::SHIFT;
        assert_eq!(clicked(Modifiers::default()), Select::Only);
        assert_eq!(clicked(Modifiers::SHIFT), Select::Range);
        assert_eq!(clicked(Modifiers::COMMAND), Select::Toggle);
        assert_eq!(clicked(both), Select::RangeAdd);
        assert_eq!(moved(Modifiers::COMMAND), Select::Focus);
    }
}
