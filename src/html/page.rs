//! A page as the window gets it: size, links and text with their places, in device pixels from the top left.
//! Pure data; hit test, selection and search need no process.

mod select;
#[cfg(test)]
mod tests;

pub use select::MAX_FOUND;

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How a document is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Width in device pixels.
    pub width: u32,
    /// Device pixels for one CSS pixel: the window's scale times the zoom.
    pub scale: f32,
    /// The share of it that is the reader's zoom.
    pub zoom: f32,
    /// Dark colors.
    pub dark: bool,
    /// A mail that is wider than the view is shrunk, down to [`LEAST_FIT`], before the zoom.
    pub fit: bool,
    /// What becomes of the mail that an answer quotes at its end.
    pub quotes: Quotes,
}

/// What becomes of the mail that an answer quotes at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quotes {
    /// It is shown like the rest.
    #[default]
    Shown,
    /// It is shown, with room for a button that folds it.
    Open,
    /// It is folded; there is room for a button that shows it.
    Folded,
}

impl Default for View {
    fn default() -> Self {
        Self { width: 800, scale: 1.0, zoom: 1.0, dark: false, fit: false, quotes: Quotes::Shown }
    }
}

/// A mail is not shrunk further: letters of 14 pixels are hardly read at 8.
pub const LEAST_FIT: f32 = 0.6;

/// Widest page in device pixels; painting counts in 16 bits.
pub const MAX_WIDTH: u32 = 8192;

impl View {
    /// The view with numbers that layout survives.
    #[must_use]
    pub fn clamped(self) -> Self {
        let scale = if self.scale.is_finite() { self.scale.clamp(0.2, 8.0) } else { 1.0 };
        let zoom = if self.zoom.is_finite() { self.zoom.clamp(0.1, 10.0) } else { 1.0 };
        Self { width: self.width.clamp(16, MAX_WIDTH), scale, zoom, ..self }
    }
}

/// A rectangle in device pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

impl Rect {
    /// Whether a point lies inside.
    #[must_use]
    pub fn contains(&self, x: f32, y: f32) -> bool {
        x >= self.x && x < self.x + self.width && y >= self.y && y < self.y + self.height
    }
}

/// A page that is laid out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Width in device pixels: that of the view, or more where the mail does not fit.
    pub width: u32,
    /// Height in device pixels.
    pub height: u32,
    /// Links in reading order, with their real targets.
    pub links: Vec<Link>,
    /// Pictures that are shown, for a context menu.
    pub images: Vec<Image>,
    /// All text in reading order. Blocks end with a line feed, cells of a row with a tab.
    pub text: String,
    /// Where the text stands, in the order of the text.
    pub lines: Vec<Line>,
    /// Places that links of the page lead to, by name, with their distance from the top.
    pub anchors: Vec<(String, f32)>,
    /// The quote at the end, if it can be folded.
    pub fold: Option<Fold>,
    /// Color behind the page, in RGB.
    pub background: [u8; 3],
    /// There is more below than what is shown.
    pub cut: bool,
}

/// The quote at the end of a mail.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fold {
    /// Room that is kept for the button that folds and unfolds it.
    pub area: Rect,
    /// It is shown.
    pub open: bool,
    /// Targets and texts of the links in it.
    pub links: Vec<(String, String)>,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Where it leads: `http:`, `https:`, `mailto:` or `tel:`; or `#name` for a place in the same page.
    pub target: String,
    /// What the reader sees of it: its text, or that of its pictures.
    pub label: String,
    /// Where it can be clicked.
    pub areas: Vec<Rect>,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// Its token in the sanitized document: `cid:...`, `data:...` (cut) or `blocked:n`.
    pub source: String,
    /// What stands for it in words.
    pub label: String,
    /// Where it is.
    pub area: Rect,
}

/// A piece of a line of text, all in one direction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Bytes of [`Page::text`].
    pub range: Range<usize>,
    /// Where it stands.
    pub area: Rect,
    /// It runs from right to left.
    pub rtl: bool,
    /// Ends of its characters: bytes from the start of the range, and pixels from the edge where it starts.
    pub stops: Vec<(u32, f32)>,
}
