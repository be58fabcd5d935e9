//! Draws tiles, then what lies over them: selection, found places, the ring around a link.

use super::HtmlView;
use super::picture::{Picture, length, whole};
use super::state::{State, from_page, overhang};
use crate::html::Rect;
use crate::ui::theme::{Tokens, space};
use crate::ui::widget::canvas::Canvas;
use iced::advanced::image::{FilterMethod, Image, Renderer as _};
use iced::{Color, Rectangle};
use std::ops::Range;

/// How far the ring of a link stands off.
const RING_GAP: f32 = 2.0;
/// How much of the page shows through a marked place.
const MARK_ALPHA: f32 = 0.42;
/// Height of the bar that shows how much lies beside the view.
const BAR: f32 = 4.0;

/// Rows of the page that are in view, in device pixels.
pub(super) fn rows_in_view(picture: &Picture, bounds: Rectangle, viewport: &Rectangle) -> Range<u32> {
    let Some(seen) = bounds.intersection(viewport) else { return 0..0 };
    let top = (seen.y - bounds.y) * picture.scale();
    let end = top + seen.height * picture.scale();
    whole(top)..whole(end.ceil()).min(picture.page().height)
}

/// Everything that one drawing needs.
pub(super) struct Sight<'a> {
    pub(super) picture: &'a Picture,
    pub(super) state: &'a State,
    pub(super) bounds: Rectangle,
    pub(super) viewport: Rectangle,
}

impl Sight<'_> {
    fn place(&self, area: Rect) -> Rectangle {
        from_page(self.picture, self.state.across, self.bounds, area)
    }

    /// Draws the tiles in view.
    pub(super) fn tiles(&self, renderer: &mut iced::Renderer, clip: Rectangle) {
        let rows = rows_in_view(self.picture, self.bounds, &self.viewport);
        for (top, width, height, handle) in self.picture.tiles(&rows) {
            let area = Rect { x: 0.0, y: length(top), width: length(width), height: length(height) };
            let image = Image::new(handle.clone()).filter_method(FilterMethod::Nearest).snap(true);
            renderer.draw_image(image, self.place(area), clip);
        }
    }

    fn mark(&self, canvas: &mut Canvas<'_>, range: Range<usize>, color: Color) {
        let color = Color { a: color.a * MARK_ALPHA, ..color };
        for area in self.picture.page().areas(range) {
            let place = self.place(area);
            if place.intersects(&canvas.clip) {
                canvas.fill(place, color, 0.0);
            }
        }
    }

    /// Whether a range of the text may be in view: ranges are many, places few.
    fn may_show(&self, range: &Range<usize>, rows: &Range<u32>) -> bool {
        let lines = &self.picture.page().lines;
        let first = lines.partition_point(|line| line.range.end <= range.start);
        let end = lines.partition_point(|line| line.range.start < range.end);
        let (top, bottom) = (length(rows.start), length(rows.end));
        let inside = |area: &Rect| area.y < bottom && area.y + area.height > top;
        lines.get(first..end).unwrap_or_default().iter().any(|line| inside(&line.area))
    }

    /// Draws what lies over the page.
    pub(super) fn over<Message>(&self, view: &HtmlView<'_, Message>, canvas: &mut Canvas<'_>) {
        let rows = rows_in_view(self.picture, self.bounds, &self.viewport);
        for (number, range) in view.found.iter().enumerate() {
            if self.may_show(range, &rows) {
                let current = view.current == Some(number);
                let color = if current { canvas.t.warning } else { canvas.t.flag };
                self.mark(canvas, range.clone(), color);
            }
        }
        if let Some(selection) = self.state.selection.filter(|s| !s.is_empty()) {
            let active = self.state.focus.is_here() && self.state.window_focused;
            let color = if active { canvas.t.accent } else { canvas.t.text_dim };
            self.mark(canvas, selection.range(), color);
        }
        let ringed = self.state.stop.filter(|_| self.state.focus.shows());
        if let Some(link) = ringed.and_then(|number| self.picture.page().links.get(number)) {
            for area in &link.areas {
                let place = self.place(*area).expand(RING_GAP);
                canvas.fill(place, Color { a: 0.0, ..canvas.t.focus }, space::RADIUS_S);
                canvas.ring_on_fill(place, space::RADIUS_S);
            }
        }
        self.bar(canvas);
        if self.state.focus.shows() && self.state.stop.is_none() {
            canvas.ring(self.bounds, 0.0);
        }
    }

    /// The bar at the lower edge of the view, where the page is wider than that.
    fn bar(&self, canvas: &mut Canvas<'_>) {
        let hidden = overhang(self.picture, self.bounds.width);
        let Some(seen) = self.bounds.intersection(&self.viewport).filter(|_| hidden > 0.0) else { return };
        let whole = length(self.picture.page().width);
        let share = (self.bounds.width * self.picture.scale() / whole).clamp(0.05, 1.0);
        let width = seen.width * share;
        let x = seen.x + (seen.width - width) * (self.state.across / hidden).clamp(0.0, 1.0);
        let place = Rectangle { x, y: seen.y + seen.height - BAR - 1.0, width, height: BAR };
        canvas.fill(place, canvas.t.thumb, BAR / 2.0);
    }
}

/// The ground below a page of which nothing is painted yet.
pub(super) fn ground(picture: &Picture, tokens: &Tokens) -> Color {
    let [r, g, b] = picture.page().background;
    if picture.page().height == 0 { tokens.surface } else { Color::from_rgb8(r, g, b) }
}
