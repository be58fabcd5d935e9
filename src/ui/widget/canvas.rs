//! Where widgets draw: the renderer with the colors of the theme and the clip of the moment.

use super::shape::Line;
use super::{lru, num};
use crate::ui::icon::Icon;
use crate::ui::theme::{Tokens, space};
use iced::advanced::renderer::Quad;
use iced::advanced::svg::{Renderer as _, Svg};
use iced::advanced::text::{self, Renderer as _};
use iced::advanced::{Renderer as _, text::Paragraph as _};
use iced::{Border, Color, Point, Radians, Rectangle};

/// The paragraphs of our renderer.
pub(crate) type Paragraph = <iced::Renderer as text::Renderer>::Paragraph;

/// A renderer with what every drawing needs.
pub(crate) struct Canvas<'a> {
    pub(crate) renderer: &'a mut iced::Renderer,
    pub(crate) t: &'a Tokens,
    pub(crate) clip: Rectangle,
}

impl Canvas<'_> {
    /// Fills a box with rounded corners. Never with a shadow: the software renderer leaves trails of them.
    pub(crate) fn fill(&mut self, bounds: Rectangle, color: Color, radius: f32) {
        let border = Border { radius: radius.into(), ..Border::default() };
        self.renderer.fill_quad(Quad { bounds, border, ..Quad::default() }, color);
    }

    /// Has a box painted anew as a whole whenever `mark` changes. tiny-skia repaints only what it takes for
    /// changed, and ink that hangs over the bounds of its text would stay behind when something scrolls. The
    /// quad is too faint to be seen.
    pub(crate) fn repaint(&mut self, bounds: Rectangle, mark: f64) {
        let faint = num::mark(lru::mark(mark.to_bits())) * 1e-8;
        self.fill(bounds, Color { a: faint, ..self.t.surface }, 0.0);
    }

    /// Draws the focus ring just inside a box, so that no clipping cuts it.
    pub(crate) fn ring(&mut self, bounds: Rectangle, radius: f32) {
        self.frame(bounds, self.t.focus, space::RING, radius);
    }

    /// Draws the focus ring on a ground that may have the color of the ring.
    pub(crate) fn ring_on_fill(&mut self, bounds: Rectangle, radius: f32) {
        self.ring(bounds, radius);
        self.frame(
            bounds.shrink(space::RING),
            self.t.raised,
            space::HAIRLINE,
            (radius - space::RING).max(0.0),
        );
    }

    /// Draws the edge of a box.
    pub(crate) fn frame(&mut self, bounds: Rectangle, color: Color, width: f32, radius: f32) {
        let border = Border { color, width, radius: radius.into() };
        self.renderer.fill_quad(Quad { bounds, border, ..Quad::default() }, Color::TRANSPARENT);
    }

    /// Draws an icon into a square.
    pub(crate) fn icon(&mut self, icon: Icon, bounds: Rectangle, color: Color) {
        if let Some(clip) = bounds.intersection(&self.clip) {
            let svg = Svg { handle: icon.handle(), color: Some(color), rotation: Radians(0.0), opacity: 1.0 };
            self.renderer.draw_svg(svg, bounds, clip);
        }
    }

    /// Draws a line of text in a box: at the left edge, or at the right one if it reads from right to left.
    pub(crate) fn line(&mut self, line: &Line<Paragraph>, bounds: Rectangle, color: Color) {
        if line.rtl {
            self.line_end(line, bounds, color);
        } else {
            self.line_at(line, bounds, bounds.x, color);
        }
    }

    /// Draws a line of text at the left edge of a box, whichever way it reads.
    pub(crate) fn line_start(&mut self, line: &Line<Paragraph>, bounds: Rectangle, color: Color) {
        self.line_at(line, bounds, bounds.x, color);
    }

    /// Draws a line of text at the right edge of a box.
    pub(crate) fn line_end(&mut self, line: &Line<Paragraph>, bounds: Rectangle, color: Color) {
        let x = bounds.x + (bounds.width - line.width).max(0.0);
        self.line_at(line, bounds, x, color);
    }

    fn line_at(&mut self, line: &Line<Paragraph>, bounds: Rectangle, x: f32, color: Color) {
        let y = bounds.y + ((bounds.height - line.paragraph.min_height()) / 2.0).round();
        if let Some(clip) = bounds.intersection(&self.clip) {
            self.renderer.fill_paragraph(&line.paragraph, Point::new(x, y), color, clip);
        }
    }
}
