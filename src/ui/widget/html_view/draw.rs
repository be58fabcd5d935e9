//! Draws tiles, then what lies over them: selection, found places, the ring around a link.

use super::HtmlView;
use super::picture::{Picture, length, whole};
use super::state::{State, Stop, from_page, overhang};
use crate::html::Rect;
use crate::ui::theme::{Tokens, space};
use crate::ui::widget::body_text::{FoldLook, draw_fold, fold_label};
use crate::ui::widget::canvas::Canvas;
use iced::advanced::image::{FilterMethod, Image, Renderer as _};
use iced::{Color, Rectangle};
use std::ops::Range;

/// How far the ring of a link stands off.
const RING_GAP: f32 = 2.0;
/// How much of the page shows through a marked place.
const MARK_ALPHA: f32 = 0.42;
/// What a place may miss a pixel by and still be on it.
const ALMOST: f32 = 0.02;
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
        self.quote(view, canvas, ringed == Some(Stop::Quote));
        let link = ringed.and_then(Stop::link);
        if let Some(link) = link.and_then(|number| self.picture.page().links.get(number)) {
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

    /// The button of the quote, in the colors of the window whatever those of the page are.
    fn quote<Message>(&self, view: &HtmlView<'_, Message>, canvas: &mut Canvas<'_>, ringed: bool) {
        let Some(closed) = self.picture.page().fold.as_ref().map(|fold| !fold.open) else { return };
        let Some(place) = view.quote_bounds(self.picture, self.state, self.bounds) else { return };
        let labels = self.state.labels.borrow();
        let Some((_, [hide, show])) = labels.as_ref() else { return };
        if place.intersects(&canvas.clip) {
            canvas.fill(place, canvas.t.surface, place.height / 2.0);
            let hovered = self.state.hovered == Some(Stop::Quote);
            draw_fold(canvas, if closed { show } else { hide }, place, FoldLook { closed, hovered, ringed });
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

impl<Message> HtmlView<'_, Message> {
    /// Bounds that begin with a whole pixel of the screen: between two pixels the page would be blurred, and it would
    /// cover half of what stands above it.
    pub(super) fn on_pixels(&self, bounds: Rectangle) -> Rectangle {
        let up = |at: f32| (at * self.scale - ALMOST).ceil() / self.scale;
        Rectangle { x: up(bounds.x), y: up(bounds.y), ..bounds }
    }

    /// Shapes the words on the button of the quote, where there is one.
    pub(super) fn shape_labels(&self, state: &State) {
        let has_quote = self.picture.is_some_and(|picture| picture.page().fold.is_some());
        let Some(words) = self.words.filter(|_| has_quote) else { return };
        let both = format!("{}\n{}", words.hide_quote, words.show_quote);
        let mut labels = state.labels.borrow_mut();
        if labels.as_ref().is_none_or(|(of, _)| *of != both) {
            *labels = Some((both, [fold_label(&words, false), fold_label(&words, true)]));
        }
    }
}

/// The ground below a page of which nothing is painted yet.
pub(super) fn ground(picture: &Picture, tokens: &Tokens) -> Color {
    let [r, g, b] = picture.page().background;
    if picture.page().height == 0 { tokens.surface } else { Color::from_rgb8(r, g, b) }
}
