//! Vertical scrolling with an `f64` offset: wheel, bar, pages. Shared by list, tree and body.

use super::canvas::Canvas;
use super::num;
use crate::ui::theme::space;
use iced::{Point, Rectangle, mouse};
use std::time::{Duration, Instant};

/// Pixels that one notch of a wheel moves.
const NOTCH: f64 = 72.0;
/// How long the view takes to get to where the wheel sent it.
const GLIDE: Duration = Duration::from_millis(110);
/// A thumb is never shorter, or it couldn't be grabbed.
const SHORTEST_THUMB: f64 = 36.0;
/// A finger that moves less than this taps.
const TAP: f32 = 10.0;
/// What stays in view when a page is turned.
const PAGE_OVERLAP: f64 = 0.9;

/// How near to an edge of the view a pointer that selects begins to scroll it: a window may end there.
const EDGE: f32 = 12.0;
/// Share of the distance beyond that which is scrolled in each frame.
const DRAG_SHARE: f32 = 0.25;
/// Pixels that are scrolled in each frame at least; less would be rounded away.
const DRAG_LEAST: f32 = 2.0;

/// How far a view from `top` to `bottom` is scrolled in a frame while a selection is pulled to `at`.
pub(crate) fn along(at: f32, top: f32, bottom: f32) -> f32 {
    let edge = EDGE.min((bottom - top) / 4.0);
    let beyond = (at - (bottom - edge)).max(0.0) - ((top + edge) - at).max(0.0);
    if beyond == 0.0 { 0.0 } else { (beyond.abs() * DRAG_SHARE).max(DRAG_LEAST).copysign(beyond) }
}

/// Where a view is in its content.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scroll {
    offset: f64,
    glide: Option<Glide>,
    grab: Option<f32>,
    hovered: bool,
    finger: Option<Finger>,
}

/// A finger on the content.
#[derive(Clone, Copy, Debug)]
struct Finger {
    began: f32,
    last: f32,
    moves: bool,
}

#[derive(Clone, Copy, Debug)]
struct Glide {
    from: f64,
    to: f64,
    since: Option<Instant>,
}

/// What a view can show of its content.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Extent {
    /// Height of the content.
    pub(crate) content: f64,
    /// Where it is shown.
    pub(crate) bounds: Rectangle,
}

impl Extent {
    fn view(&self) -> f64 {
        f64::from(self.bounds.height)
    }

    /// Largest offset.
    pub(crate) fn end(&self) -> f64 {
        (self.content - self.view()).max(0.0)
    }

    /// The lane of the bar at the right edge.
    pub(crate) fn lane(&self) -> Rectangle {
        let b = self.bounds;
        Rectangle { x: b.x + b.width - space::SCROLLBAR, width: space::SCROLLBAR, ..b }
    }

    fn thumb_height(&self) -> f64 {
        let view = self.view();
        (view * view / self.content.max(1.0)).clamp(SHORTEST_THUMB.min(view), view)
    }
}

impl Scroll {
    /// Pixels above the view.
    pub(crate) const fn offset(&self) -> f64 {
        self.offset
    }

    /// Goes to a place at once.
    pub(crate) const fn jump(&mut self, offset: f64) {
        self.offset = offset;
        self.glide = None;
    }

    /// Moves everything by a distance without anything that the user sees as movement.
    pub(crate) fn shift(&mut self, by: f64) {
        self.offset += by;
        if let Some(glide) = &mut self.glide {
            glide.from += by;
            glide.to += by;
        }
    }

    /// Keeps the offset within the content.
    pub(crate) fn clamp(&mut self, extent: &Extent) {
        self.offset = self.offset.clamp(0.0, extent.end());
        if let Some(glide) = &mut self.glide {
            glide.to = glide.to.clamp(0.0, extent.end());
        }
    }

    /// Moves as little as needed to show `top..bottom`.
    pub(crate) fn reveal(&mut self, top: f64, bottom: f64, extent: &Extent) {
        let view = extent.view();
        if top < self.offset {
            self.jump(top);
        } else if bottom > self.offset + view {
            self.jump(bottom - view);
        }
        self.clamp(extent);
    }

    /// Turns the wheel; tells whether something moves.
    pub(crate) fn wheel(&mut self, delta: mouse::ScrollDelta, extent: &Extent) -> bool {
        match delta {
            mouse::ScrollDelta::Lines { y, .. } => {
                let from = self.glide.map_or(self.offset, |g| g.to);
                self.glide_to(from - f64::from(y) * NOTCH, extent)
            }
            mouse::ScrollDelta::Pixels { y, .. } => {
                let before = self.offset;
                self.jump((before - f64::from(y)).clamp(0.0, extent.end()));
                (before - self.offset).abs() > f64::EPSILON
            }
        }
    }

    /// Turns pages; tells whether something moves.
    pub(crate) fn pages(&mut self, pages: f64, extent: &Extent) -> bool {
        let from = self.glide.map_or(self.offset, |g| g.to);
        self.glide_to(from + pages * extent.view() * PAGE_OVERLAP, extent)
    }

    fn glide_to(&mut self, to: f64, extent: &Extent) -> bool {
        let to = to.clamp(0.0, extent.end());
        if (to - self.offset).abs() < 0.5 {
            self.jump(to);
            return false;
        }
        self.glide = Some(Glide { from: self.offset, to, since: None });
        true
    }

    /// A frame is about to be drawn; tells whether the movement goes on after it.
    pub(crate) fn frame(&mut self, now: Instant) -> bool {
        let Some(glide) = &mut self.glide else { return false };
        let since = *glide.since.get_or_insert(now);
        let t = now.saturating_duration_since(since).as_secs_f64() / GLIDE.as_secs_f64();
        if t >= 1.0 {
            let to = glide.to;
            self.jump(to);
            return false;
        }
        // Ease out: fast at once, then calm.
        let eased = 1.0 - (1.0 - t).powi(3);
        self.offset = glide.from + (glide.to - glide.from) * eased;
        true
    }

    /// Whether a movement is under way.
    pub(crate) const fn is_gliding(&self) -> bool {
        self.glide.is_some()
    }

    /// The thumb of the bar; `None` if everything is in view.
    pub(crate) fn thumb(&self, extent: &Extent) -> Option<Rectangle> {
        let end = extent.end();
        if end <= 0.0 {
            return None;
        }
        let height = extent.thumb_height();
        let lane = extent.lane();
        let y = (extent.view() - height) * (self.offset / end).clamp(0.0, 1.0);
        Some(Rectangle {
            x: lane.x + space::XXS,
            y: lane.y + num::px(y),
            width: lane.width - space::XS,
            height: num::px(height),
        })
    }

    /// A press at a point; tells whether the bar took it.
    pub(crate) fn press(&mut self, at: Point, extent: &Extent) -> bool {
        let Some(thumb) = self.thumb(extent) else { return false };
        if !extent.lane().contains(at) {
            return false;
        }
        if at.y < thumb.y {
            self.pages(-1.0, extent);
        } else if at.y > thumb.y + thumb.height {
            self.pages(1.0, extent);
        } else {
            self.grab = Some(at.y - thumb.y);
        }
        true
    }

    /// The pointer moved; tells whether something must be drawn anew.
    pub(crate) fn moved(&mut self, at: Option<Point>, extent: &Extent) -> bool {
        if let (Some(grab), Some(at)) = (self.grab, at) {
            let free = extent.view() - extent.thumb_height();
            let y = f64::from(at.y - extent.bounds.y - grab);
            let share = if free > 0.0 { (y / free).clamp(0.0, 1.0) } else { 0.0 };
            self.jump(share * extent.end());
            return true;
        }
        let hovered = at.is_some_and(|p| extent.lane().contains(p)) && extent.end() > 0.0;
        std::mem::replace(&mut self.hovered, hovered) != hovered
    }

    /// The button was let go; tells whether the bar had been dragged.
    pub(crate) const fn release(&mut self) -> bool {
        self.grab.take().is_some()
    }

    /// A finger touches the content.
    pub(crate) const fn touch(&mut self, at: Point) {
        self.finger = Some(Finger { began: at.y, last: at.y, moves: false });
    }

    /// The finger moved; tells whether the content follows.
    pub(crate) fn touch_moved(&mut self, at: Point, extent: &Extent) -> bool {
        let Some(finger) = &mut self.finger else { return false };
        finger.moves |= (at.y - finger.began).abs() > TAP;
        let by = f64::from(finger.last - at.y);
        finger.last = at.y;
        if finger.moves {
            self.jump((self.offset + by).clamp(0.0, extent.end()));
            return true;
        }
        false
    }

    /// The finger was lifted; tells whether it only tapped.
    pub(crate) fn touch_ended(&mut self) -> bool {
        self.finger.take().is_some_and(|finger| !finger.moves)
    }

    /// Whether the thumb is being dragged.
    pub(crate) const fn is_dragging(&self) -> bool {
        self.grab.is_some()
    }

    /// Draws the bar.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, extent: &Extent) {
        let Some(thumb) = self.thumb(extent) else { return };
        let active = self.hovered || self.is_dragging();
        let inset = if active { 0.0 } else { 1.0 };
        let bounds = Rectangle { x: thumb.x + inset, width: thumb.width - 2.0 * inset, ..thumb };
        let color = if active { canvas.t.thumb_hover } else { canvas.t.thumb };
        canvas.fill(bounds, color, bounds.width / 2.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(rows: usize) -> Extent {
        let bounds = Rectangle { x: 0.0, y: 10.0, width: 300.0, height: 600.0 };
        Extent { content: num::count(rows) * 68.0, bounds }
    }

    #[test]
    fn the_end_of_a_million_rows_is_exact() {
        let extent = extent(1_000_000);
        let mut scroll = Scroll::default();
        scroll.reveal(999_999.0 * 68.0, 1_000_000.0 * 68.0, &extent);
        assert!((scroll.offset() - (68_000_000.0 - 600.0)).abs() < f64::EPSILON);
        scroll.shift(-1.0);
        assert!((scroll.offset() - (68_000_000.0 - 601.0)).abs() < f64::EPSILON);
    }

    #[test]
    fn dragging_the_thumb_to_the_bottom_reaches_the_end() {
        let extent = extent(1_000_000);
        let mut scroll = Scroll::default();
        let thumb = scroll.thumb(&extent).unwrap();
        assert!(scroll.press(Point::new(thumb.x + 1.0, thumb.y + 3.0), &extent));
        assert!(scroll.moved(Some(Point::new(0.0, 10_000.0)), &extent));
        assert!((scroll.offset() - extent.end()).abs() < f64::EPSILON);
        assert!(scroll.release() && !scroll.release());
    }

    #[test]
    fn pressing_the_lane_turns_a_page() {
        let extent = extent(1000);
        let mut scroll = Scroll::default();
        assert!(scroll.press(Point::new(295.0, 600.0), &extent));
        let start = Instant::now();
        assert!(scroll.frame(start));
        assert!(!scroll.frame(start + GLIDE));
        assert!((scroll.offset() - 540.0).abs() < 0.01);
        assert!(!scroll.press(Point::new(100.0, 300.0), &extent), "not in the lane");
    }

    #[test]
    fn a_finger_drags_the_content_or_taps() {
        let extent = extent(1000);
        let mut scroll = Scroll::default();
        let at = |y| Point::new(50.0, y);
        scroll.touch(at(300.0));
        assert!(!scroll.touch_moved(at(295.0), &extent));
        assert!(scroll.touch_ended(), "a tap");
        scroll.touch(at(300.0));
        assert!(scroll.touch_moved(at(200.0), &extent));
        assert!((scroll.offset() - 100.0).abs() < 0.01);
        assert!(!scroll.touch_ended() && !scroll.touch_ended());
    }

    #[test]
    fn a_selection_that_is_pulled_to_an_edge_scrolls() {
        let by = |at| along(at, 100.0, 500.0);
        assert!(by(300.0).abs() < f32::EPSILON);
        assert!((by(490.0) - 2.0).abs() < 0.01 && (by(110.0) + 2.0).abs() < 0.01);
        assert!((by(588.0) - 25.0).abs() < 0.01, "the farther the faster");
    }

    #[test]
    fn wheel_stops_at_the_ends() {
        let extent = extent(10);
        let mut scroll = Scroll::default();
        assert!(!scroll.wheel(mouse::ScrollDelta::Lines { x: 0.0, y: 3.0 }, &extent));
        assert!(scroll.wheel(mouse::ScrollDelta::Pixels { x: 0.0, y: -10_000.0 }, &extent));
        assert!((scroll.offset() - 80.0).abs() < f64::EPSILON);
        assert!(scroll.thumb(&Extent { content: 100.0, ..extent }).is_none(), "all in view");
    }
}
