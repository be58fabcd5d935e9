//! A page with the tiles that were painted of it. Pure: who paints is none of its business.

use crate::html::Page;
use crate::ui::widget::num;
use iced::advanced::image::Handle;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Bytes of one tile, about. The GPU renderer takes images of up to 2 MB into the frame that first shows them;
/// larger ones come a frame later, which is a flash.
const TILE_BYTES: u32 = 1 << 20;
/// Heights of a tile in device pixels.
const TILE_ROWS: (u32, u32) = (32, 512);

/// Pixels as they came.
#[derive(Clone, Debug)]
struct Tile {
    handle: Handle,
    width: u32,
    height: u32,
}

/// A page that is laid out for one width, with what was painted of it so far.
#[derive(Clone, Debug)]
pub struct Picture {
    serial: u64,
    document: u64,
    page: Arc<Page>,
    scale: f32,
    rows: u32,
    tiles: BTreeMap<u32, Tile>,
}

/// A whole number of device pixels at or below a length.
pub(super) fn whole(length: f32) -> u32 {
    u32::try_from(num::floor(f64::from(length))).unwrap_or(u32::MAX)
}

/// Device pixels as a length.
pub(super) fn length(pixels: u32) -> f32 {
    num::px(f64::from(pixels))
}

impl Picture {
    /// A page of which nothing is painted yet. `serial` names the layout, `document` the text: while that stays the
    /// same, a selection stays too. `scale` is device pixels for one pixel of the window.
    #[must_use]
    pub fn new(serial: u64, document: u64, page: Arc<Page>, scale: f32) -> Self {
        let width = page.width.max(1);
        let rows = (TILE_BYTES / (width * 4)).clamp(TILE_ROWS.0, TILE_ROWS.1);
        Self { serial, document, page, scale: scale.max(0.1), rows, tiles: BTreeMap::new() }
    }

    /// Names the layout.
    #[must_use]
    pub const fn serial(&self) -> u64 {
        self.serial
    }

    /// Names the text.
    #[must_use]
    pub const fn document(&self) -> u64 {
        self.document
    }

    /// What was laid out.
    #[must_use]
    pub const fn page(&self) -> &Arc<Page> {
        &self.page
    }

    /// Device pixels for one pixel of the window.
    #[must_use]
    pub const fn scale(&self) -> f32 {
        self.scale
    }

    /// Height in pixels of the window.
    #[must_use]
    pub fn height(&self) -> f32 {
        length(self.page.height) / self.scale
    }

    /// The tiles that cover rows.
    #[must_use]
    pub fn cover(&self, rows: &Range<u32>) -> Range<u32> {
        let last = self.page.height.div_ceil(self.rows);
        let first = (rows.start / self.rows).min(last);
        first..rows.end.div_ceil(self.rows).clamp(first, last)
    }

    /// The rows of a tile: the first one and how many.
    #[must_use]
    pub fn span(&self, tile: u32) -> (u32, u32) {
        let top = tile.saturating_mul(self.rows);
        (top, self.rows.min(self.page.height.saturating_sub(top)).max(1))
    }

    /// The first of these tiles that is not painted.
    pub fn missing(&self, tiles: Range<u32>) -> impl Iterator<Item = u32> + '_ {
        tiles.filter(|tile| !self.tiles.contains_key(tile))
    }

    /// Whether all tiles of these rows are painted.
    #[must_use]
    pub fn has(&self, rows: &Range<u32>) -> bool {
        self.missing(self.cover(rows)).next().is_none()
    }

    /// Takes a painted tile.
    pub fn put(&mut self, tile: u32, width: u32, height: u32, handle: Handle) {
        self.tiles.insert(tile, Tile { handle, width, height });
    }

    /// The painted tiles: number and bytes.
    pub fn painted(&self) -> impl Iterator<Item = (u32, usize)> + '_ {
        let bytes = |tile: &Tile| usize::try_from(u64::from(tile.width) * u64::from(tile.height) * 4);
        self.tiles.iter().map(move |(number, tile)| (*number, bytes(tile).unwrap_or(usize::MAX)))
    }

    /// Forgets a tile.
    pub fn drop_tile(&mut self, tile: u32) {
        self.tiles.remove(&tile);
    }

    /// The painted tiles of rows: first row, size, pixels.
    pub(super) fn tiles(&self, rows: &Range<u32>) -> impl Iterator<Item = (u32, u32, u32, &Handle)> + '_ {
        let tiles = self.tiles.range(self.cover(rows));
        tiles.map(|(number, tile)| (number * self.rows, tile.width, tile.height, &tile.handle))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32) -> Picture {
        Picture::new(1, 1, Arc::new(Page { width, height, ..Page::default() }), 2.0)
    }

    #[test]
    fn tiles_cover_the_page_and_no_more() {
        let picture = picture(800, 1000);
        let all = picture.cover(&(0..5000));
        let mut next = 0;
        for tile in all.clone() {
            let (top, rows) = picture.span(tile);
            assert_eq!(top, next);
            assert!(rows * 800 * 4 < 2 << 20);
            next = top + rows;
        }
        assert_eq!(next, 1000);
        assert!((picture.height() - 500.0).abs() < f32::EPSILON);
        assert_eq!(picture.cover(&(3000..4000)), all.end..all.end);
        assert_eq!(picture.cover(&(10..11)), 0..1);
    }

    #[test]
    fn what_is_painted_is_not_missing() {
        let mut picture = picture(8000, 100);
        assert!(!picture.has(&(0..40)));
        picture.put(0, 8000, 32, Handle::from_rgba(1, 1, vec![0; 4]));
        picture.put(1, 8000, 32, Handle::from_rgba(1, 1, vec![0; 4]));
        assert!(picture.has(&(0..40)) && picture.has(&(10..64)));
        assert_eq!(picture.missing(0..4).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(picture.painted().map(|(_, bytes)| bytes).sum::<usize>(), 2 * 8000 * 32 * 4);
        picture.drop_tile(0);
        assert!(!picture.has(&(0..40)));
    }
}
