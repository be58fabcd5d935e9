//! What lays out and paints a sanitized document, behind a small trait so that it can be changed.
//!
//! Runs inside the render process only. Knows nothing of mails, frames on pipes or windows.

mod absent;
mod anchors;
mod blank;
mod blitz;
mod borders;
mod cells;
mod colors;
mod cull;
mod dark;
mod direction;
mod fit;
mod lines;
mod markers;
mod pictures;
mod tables;
#[cfg(test)]
mod tests;
mod text;

use super::page::{Page, View};
use super::sanitize::Sanitized;

pub(super) use blitz::Blitz;
pub(super) use pictures::Pictures;

/// Lays out and paints documents.
pub(super) trait Engine {
    /// A document laid out for a view.
    type Sheet: Sheet;

    /// Builds and lays out a document with its pictures.
    fn open(&mut self, document: &Sanitized, pictures: &Pictures, view: View) -> Self::Sheet;
}

/// A document that is laid out.
pub(super) trait Sheet {
    /// Lays the document out again for another width, size of letters or color scheme.
    fn lay_out(&mut self, view: View);

    /// Width in device pixels.
    fn width(&self) -> u32;

    /// Height in device pixels.
    fn height(&self) -> u32;

    /// Color behind it, in RGB.
    fn background(&self) -> [u8; 3];

    /// Size, links and text.
    fn page(&self) -> Page;

    /// Pixels of the rows from `top` on, in RGBA, as wide as the page and `height` rows high.
    fn paint(&mut self, top: u32, height: u32) -> Vec<u8>;
}
