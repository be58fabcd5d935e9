//! How much of a mail is looked at. Each number has a reason; what is beyond one is left out and said so.

/// Bytes of HTML. The largest real mail that was seen had 2.6 MB; the rest is cut off.
pub const MAX_HTML: usize = 4 * 1024 * 1024;
/// Elements inside one another. Browsers use 512 too; layout recurses, and its stack is sized for this.
pub const MAX_DEPTH: usize = 512;
/// Elements and texts. A newsletter has a few thousand; layout of 60,000 takes about a second.
pub const MAX_NODES: usize = 60_000;
/// Elements and texts that are read at all, most of which may turn out to be hidden. They take some 200 bytes each.
pub const MAX_PARSED: usize = 300_000;
/// Bytes of style sheets, in `<style>` and in attributes together.
pub const MAX_CSS: usize = 512 * 1024;
/// Rules of style sheets: each is tried on each element.
pub const MAX_RULES: usize = 8_000;
/// Different pictures.
pub const MAX_PICTURES: usize = 200;
/// Pixels of all pictures together, decoded; they take four bytes each.
pub const MAX_PIXELS: u64 = 40_000_000;
/// Width or height of one picture in pixels.
pub const MAX_SIDE: u32 = 8192;
/// Bytes of all pictures together as they come.
pub const MAX_PICTURE_BYTES: usize = 40 * 1024 * 1024;
/// Bytes of text in all. A book has one million.
pub const MAX_TEXT: usize = 1024 * 1024;
/// Characters of a word that is not broken: the time for a line grows with the square of its pieces.
pub const MAX_WORD: usize = 4096;
/// Longest value of an attribute that is kept; pictures in `data:` addresses have their own limit.
pub const MAX_ATTRIBUTE: usize = 4096;
/// Longest style attribute.
pub const MAX_STYLE: usize = 16 * 1024;
/// Largest length in CSS pixels; layout adds lengths in 32-bit floats and paints in 16-bit coordinates.
pub const MAX_LENGTH: f32 = 10_000.0;
/// Largest letters in CSS pixels.
pub const MAX_FONT_SIZE: f32 = 200.0;
/// Columns that one cell may span. Browsers say 1,000; layout walks over each of them.
pub const MAX_COLSPAN: u32 = 100;
/// Rows that one cell may span.
pub const MAX_ROWSPAN: u32 = 200;
/// Height of the page in CSS pixels; the rest is not shown.
pub const MAX_HEIGHT: f32 = 200_000.0;
/// Links of a page that are told to the window.
pub const MAX_LINKS: usize = 5_000;
