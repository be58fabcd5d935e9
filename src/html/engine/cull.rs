//! Keeps letters that are far from the painted rows away from the painter. The engine hands over all letters of a
//! paragraph, and the painter makes outlines of all of them: of a text of a million letters that took 0.4 s for each tile.

use anyrender::filters::Filter;
use anyrender::{Glyph, NormalizedCoord, PaintRef, PaintScene, RenderContext};
use std::any::Any;
use std::sync::Arc;
use vello_cpu::kurbo::{Affine, Point, Rect, Shape, Stroke, Vec2};
use vello_cpu::peniko::{BlendMode, Color, Fill, FontData, StyleRef};

/// How far from its baseline a letter may be painted, in heights of letters: marks can stand on one another.
const REACH: f64 = 12.0;

/// A scene of which only some rows are looked at.
pub(super) struct Culled<'s, S> {
    scene: &'s mut S,
    height: f64,
}

impl<'s, S: PaintScene> Culled<'s, S> {
    /// Rows from 0 to `height` are looked at.
    pub(super) fn new(scene: &'s mut S, height: u32) -> Self {
        Self { scene, height: f64::from(height) }
    }

    /// Whether a run of letters can reach into the rows. The letters of a run stand on one line.
    fn shows(&self, size: f32, transform: Affine, first: Glyph) -> bool {
        let [a, b, c, d, ..] = transform.as_coeffs();
        let baseline = (transform * Point::new(f64::from(first.x), f64::from(first.y))).y;
        // A line that is not level goes anywhere.
        let reach = REACH * f64::from(size) * (c.abs() + d.abs()).max(a.abs());
        b != 0.0 || !baseline.is_finite() || (-reach..=self.height + reach).contains(&baseline)
    }
}

impl<S: PaintScene> RenderContext for Culled<'_, S> {
    fn renderer_specific_context(&self) -> Option<Box<dyn Any>> {
        self.scene.renderer_specific_context()
    }
}

impl<S: PaintScene> PaintScene for Culled<'_, S> {
    fn reset(&mut self) {
        self.scene.reset();
    }

    fn push_layer(
        &mut self,
        fill: Fill,
        blend: impl Into<BlendMode>,
        alpha: f32,
        transform: Affine,
        clip: &impl Shape,
        filter: Option<Arc<Filter>>,
        backdrop_filter: Option<Arc<Filter>>,
    ) {
        self.scene.push_layer(fill, blend, alpha, transform, clip, filter, backdrop_filter);
    }

    fn push_clip_layer(&mut self, fill: Fill, transform: Affine, clip: &impl Shape) {
        self.scene.push_clip_layer(fill, transform, clip);
    }

    fn pop_layer(&mut self) {
        self.scene.pop_layer();
    }

    fn stroke<'a>(
        &mut self,
        style: &Stroke,
        transform: Affine,
        brush: impl Into<PaintRef<'a>>,
        brush_transform: Option<Affine>,
        shape: &impl Shape,
    ) {
        self.scene.stroke(style, transform, brush, brush_transform, shape);
    }

    fn fill<'a>(
        &mut self,
        style: Fill,
        transform: Affine,
        brush: impl Into<PaintRef<'a>>,
        brush_transform: Option<Affine>,
        shape: &impl Shape,
    ) {
        self.scene.fill(style, transform, brush, brush_transform, shape);
    }

    fn draw_glyphs<'a, 's: 'a>(
        &'s mut self,
        font: &'a FontData,
        font_size: f32,
        hint: bool,
        normalized_coords: &'a [NormalizedCoord],
        embolden: Vec2,
        style: impl Into<StyleRef<'a>>,
        brush: impl Into<PaintRef<'a>>,
        brush_alpha: f32,
        transform: Affine,
        glyph_transform: Option<Affine>,
        glyphs: impl Iterator<Item = Glyph> + Clone,
    ) {
        if glyphs.clone().next().is_some_and(|first| self.shows(font_size, transform, first)) {
            self.scene.draw_glyphs(
                font,
                font_size,
                hint,
                normalized_coords,
                embolden,
                style,
                brush,
                brush_alpha,
                transform,
                glyph_transform,
                glyphs,
            );
        }
    }

    fn draw_box_shadow(&mut self, transform: Affine, rect: Rect, brush: Color, radius: f64, std_dev: f64) {
        self.scene.draw_box_shadow(transform, rect, brush, radius, std_dev);
    }
}

#[cfg(test)]
mod tests {
    use crate::html::engine::{Blitz, Engine, Pictures, Sheet};
    use crate::html::page::View;

    /// Letters of all sizes, with marks over marks, underlined and in dark: a tile is what the same rows of the
    /// whole page are.
    #[test]
    fn a_tile_shows_what_the_whole_page_shows_there() {
        let marks = "a\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}".repeat(40);
        let small = "Many small words, <u>some of them underlined</u>. ".repeat(60);
        let html = format!(
            "<p style='font-size:9px'>{small}<p style='font-size:150px;line-height:1'>Large<p style='padding-top:100px'>{marks}<p>{small}"
        );
        let clean = crate::html::sanitize(&html);
        for dark in [false, true] {
            let view = View { width: 300, dark, ..View::default() };
            let mut sheet = Blitz::new().open(&clean, &Pictures::default(), view);
            let height = sheet.height().min(3_000);
            let whole = sheet.paint(0, height);
            let row = usize::try_from(sheet.width()).unwrap() * 4;
            for top in (0..height - 64).step_by(190) {
                let from = usize::try_from(top).unwrap() * row;
                let tile = sheet.paint(top, 64);
                // A pixel may be a shade off: places are rounded.
                let off = tile.iter().zip(&whole[from..]).filter(|(a, b)| a.abs_diff(**b) > 2).count();
                assert_eq!(off, 0, "bytes that differ in rows from {top}, dark: {dark}");
            }
        }
    }
}
