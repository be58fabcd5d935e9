//! Dragging in the tree: rows that are pulled away, and what is held over the rows. Near the upper and lower edge
//! the tree scrolls.

use super::widget::State;
use super::{FolderTree, TreeEvent};
use crate::ui::widget::scroll::Extent;
use iced::advanced::{Shell, mouse};
use iced::{Point, Rectangle};
use std::time::{Duration, Instant};

/// The pointer must move this far before a press becomes a drag.
const DRAG_DISTANCE: f32 = 6.0;
/// Height of the zones at both ends in which the tree scrolls.
const ZONE: f32 = 32.0;
/// Pixels a second at the very edge.
const SPEED: f64 = 640.0;
/// A frame that came late does not make the tree jump.
const LONGEST_FRAME: Duration = Duration::from_millis(50);

/// What the tree knows of a drag.
#[derive(Debug, Default)]
pub(super) struct Drag {
    /// The row that the button was pressed on, and where.
    pub(super) press: Option<(u64, Point)>,
    /// That row is being dragged.
    pub(super) pulls: bool,
    /// The row that was told last; `None` outside of drags.
    pub(super) over: Option<Option<u64>>,
    /// The last frame in which it scrolled.
    scrolled: Option<Instant>,
}

/// Pixels a second for a pointer at this height; up is negative.
fn speed(bounds: Rectangle, y: f32) -> f64 {
    let zone = ZONE.min(bounds.height / 3.0);
    let (top, bottom) = (bounds.y + zone - y, y - (bounds.y + bounds.height - zone));
    let deep = |depth: f32| f64::from((depth / zone.max(1.0)).clamp(0.0, 1.0)) * SPEED;
    if top > 0.0 {
        -deep(top)
    } else if bottom > 0.0 {
        deep(bottom)
    } else {
        0.0
    }
}

impl<Message> FolderTree<'_, Message> {
    /// The pointer moved with the button held down on a row.
    pub(super) fn pulled(&self, state: &mut State, at: Option<Point>, shell: &mut Shell<'_, Message>) {
        let (Some((row, began)), Some(at)) = (state.drag.press, at) else { return };
        if !state.drag.pulls && began.distance(at) > DRAG_DISTANCE {
            state.drag.pulls = true;
            self.publish(shell, TreeEvent::DragStart { row, at });
        }
    }

    pub(super) fn let_go(&self, state: &mut State, shell: &mut Shell<'_, Message>) {
        state.drag.press = None;
        if std::mem::take(&mut state.drag.pulls) {
            self.publish(shell, TreeEvent::DragEnd);
        }
    }

    /// The pointer is here while something is dragged.
    pub(super) fn dragged_over(
        &self,
        state: &mut State,
        bounds: Rectangle,
        at: Option<Point>,
        shell: &mut Shell<'_, Message>,
    ) {
        self.pulled(state, at, shell);
        if !self.dropping {
            state.drag.over = None;
            return;
        }
        let index = at.and_then(|at| self.at(bounds, state.scroll.offset(), at));
        let over = index.and_then(|index| self.rows.get(index)).map(|row| row.id);
        if state.drag.over.replace(over) != Some(over) {
            self.publish(shell, TreeEvent::Over(over));
            shell.request_redraw();
        }
        if at.is_some_and(|at| self.scrolls(state, bounds, at)) {
            shell.request_redraw();
        }
    }

    fn scrolls(&self, state: &State, bounds: Rectangle, at: Point) -> bool {
        let (speed, extent): (f64, Extent) = (speed(bounds, at.y), self.extent(bounds));
        let offset = state.scroll.offset();
        bounds.contains(at) && (speed < 0.0 && offset > 0.0 || speed > 0.0 && offset < extent.end())
    }

    /// A frame is about to be drawn.
    pub(super) fn drag_frame(
        &self,
        state: &mut State,
        bounds: Rectangle,
        now: Instant,
        cursor: mouse::Cursor,
        shell: &mut Shell<'_, Message>,
    ) {
        if !self.dropping {
            state.drag.over = None;
            state.drag.scrolled = None;
            return;
        }
        let at = cursor.position_over(bounds);
        let scrolling = at.filter(|at| self.scrolls(state, bounds, *at));
        let before = std::mem::replace(&mut state.drag.scrolled, scrolling.map(|_| now));
        if let (Some(at), Some(before)) = (scrolling, before) {
            let time = now.saturating_duration_since(before).min(LONGEST_FRAME).as_secs_f64();
            state.scroll.jump(state.scroll.offset() + speed(bounds, at.y) * time);
            state.scroll.clamp(&self.extent(bounds));
        }
        self.dragged_over(state, bounds, at, shell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::a11y::NodeKey;
    use crate::ui::icon::Icon;
    use crate::ui::theme::Element;
    use crate::ui::widget::folder_tree::TreeRow;
    use crate::ui::widget::stage::{Stage, down, move_to, up};

    fn tree(dropping: bool) -> Element<'static, TreeEvent> {
        let row = |id| TreeRow { draggable: id > 2, ..TreeRow::new(id, Icon::Folder, "x") };
        let rows = (0..100).map(row).collect();
        FolderTree::new(NodeKey::named("tree"), "Folders", rows, |event| event).dropping(dropping).into()
    }

    fn overs(events: Vec<TreeEvent>) -> Vec<Option<u64>> {
        let over = |event| if let TreeEvent::Over(row) = event { Some(row) } else { None };
        events.into_iter().filter_map(over).collect()
    }

    #[test]
    fn the_row_under_the_pointer_is_told_also_when_the_pointer_rests() {
        let mut stage = Stage::new(200.0, 300.0);
        assert_eq!(overs(stage.feed(tree(false), &[move_to(50.0, 100.0)])), []);
        let first = overs(stage.feed(tree(true), &[]));
        assert!(matches!(first.as_slice(), [Some(_)]), "{first:?}");
        assert_eq!(overs(stage.feed(tree(true), &[move_to(50.0, 100.5)])), []);
        assert_eq!(overs(stage.feed(tree(true), &[move_to(500.0, 100.0)])), [None]);
    }

    #[test]
    fn rows_are_pulled_away_unless_they_are_fixed() {
        let mut stage = Stage::new(200.0, 300.0);
        stage.feed(tree(false), &[]);
        let pull = [move_to(50.0, 200.0), down(), move_to(60.0, 250.0), move_to(500.0, 250.0), up()];
        let events = stage.feed(tree(false), &pull);
        let starts = events.iter().filter(|e| matches!(e, TreeEvent::DragStart { row: 3.., .. })).count();
        assert_eq!((starts, events.last()), (1, Some(&TreeEvent::DragEnd)), "{events:?}");
        let pull = [move_to(50.0, 20.0), down(), move_to(60.0, 250.0), up()];
        let events = stage.feed(tree(false), &pull);
        assert!(!events.iter().any(|e| matches!(e, TreeEvent::DragStart { .. })), "{events:?}");
    }

    #[test]
    fn it_scrolls_only_in_the_zones_and_faster_at_the_edge() {
        let bounds = Rectangle { x: 0.0, y: 100.0, width: 200.0, height: 300.0 };
        assert!(speed(bounds, 250.0).abs() < f64::EPSILON);
        assert!(speed(bounds, 101.0) < speed(bounds, 120.0) && speed(bounds, 120.0) < 0.0);
        assert!(speed(bounds, 399.0) > speed(bounds, 380.0) && speed(bounds, 380.0) > 0.0);
    }
}
