//! Pages of paper: a mail as a PDF, painted by the render process, with its text and links as a layer over the pictures.
//!
//! The pictures are what the screen shows, at 192 dots an inch; the text lies over them unseen, so that it can be
//! searched and copied.

mod pdf;

use super::client::{Document, Renderer, Request, Trouble};
use super::page::{Page, Rect, View};
use pdf::{Pdf, Piece, Sheet};
use std::ops::Range;

/// Device pixels for one CSS pixel.
const SCALE: f32 = 2.0;
/// Width of what is printed in device pixels: 760 CSS pixels, for which letters are written.
const WIDTH: u32 = 1520;
/// Pages that are printed; what is longer is no letter.
const MAX_PAGES: usize = 300;
/// Share of a page that may stay empty so that no line and no picture is cut.
const MAX_EMPTY: f32 = 0.4;

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// It could not be painted.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// A picture could not be packed.
    #[error("a page could not be packed ({0})")]
    Picture(String),
}

/// Prints pages one below the other, such as the head of a mail and its body.
///
/// # Errors
/// They cannot be laid out or painted.
pub async fn print(renderer: &Renderer, title: &str, parts: Vec<Request>) -> Result<Vec<u8>, PrintError> {
    let view = View { width: WIDTH, scale: SCALE, ..View::default() };
    let mut pdf = Pdf::new(title);
    let mut sheet = Sheet::default();
    let mut pages = 0;
    for part in parts {
        let document = renderer.open(part, view).await?;
        let page = document.page();
        let mut top = 0;
        while top < page.height && pages < MAX_PAGES {
            let scale = pdf::WIDTH / f64::from(page.width.max(1));
            let room = rows((pdf::HEIGHT - sheet.used) / scale);
            if room < 64 {
                pdf.push(std::mem::take(&mut sheet));
                pages += 1;
                continue;
            }
            let end = break_before(&page, top, room, sheet.used > 0.0);
            if end <= top {
                pdf.push(std::mem::take(&mut sheet));
                pages += 1;
                continue;
            }
            piece(&document, &page, top..end, scale, &mut sheet).await?;
            top = end;
        }
    }
    if !sheet.pieces.is_empty() {
        pdf.push(sheet);
    }
    Ok(pdf.finish())
}

/// A length as a number of rows.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a page has a few thousand")]
fn rows(length: f64) -> u32 {
    length.clamp(0.0, 4000.0) as u32
}

/// Where to end a piece that begins at `top` and has room for so many rows: between lines of text.
fn break_before(page: &Page, top: u32, room: u32, shared: bool) -> u32 {
    let end = top.saturating_add(room);
    if end >= page.height {
        return page.height;
    }
    #[expect(clippy::cast_precision_loss, reason = "a page has at most a few million rows")]
    let (first, last) = (top as f32, end as f32);
    // A picture that takes much of a page is cut rather than that much is left empty.
    let small = rows(pdf::HEIGHT / pdf::WIDTH * f64::from(page.width) * f64::from(MAX_EMPTY));
    let pictures = page.images.iter().map(|image| image.area);
    let pictures = pictures.filter(|area| f64::from(area.height) <= f64::from(small));
    let areas: Vec<Rect> = page.lines.iter().map(|line| line.area).chain(pictures).collect();
    let at = edge_above(&areas, last);
    if at - first < (last - first) * (1.0 - MAX_EMPTY) {
        // One line that is as high as the page is cut; on a page that holds something else it begins anew.
        return if shared { top } else { end };
    }
    top + rows(f64::from(at - first))
}

/// The lowest edge from `at` up that crosses nothing.
fn edge_above(areas: &[Rect], mut at: f32) -> f32 {
    // What crosses the edge moves it up; what crosses that one, too.
    loop {
        let crossed = areas.iter().filter(|area| area.y < at && area.y + area.height > at);
        match crossed.map(|area| area.y).min_by(f32::total_cmp) {
            Some(up) if up < at => at = up,
            _ => return at,
        }
    }
}

async fn piece(
    document: &Document,
    page: &Page,
    span: Range<u32>,
    scale: f64,
    sheet: &mut Sheet,
) -> Result<(), PrintError> {
    let tile = document.tile(span.start, span.end - span.start).await?;
    let jpeg = pack(tile.width, tile.height, &tile.pixels)?;
    #[expect(clippy::cast_precision_loss, reason = "a page has at most a few million rows")]
    let (top, end) = (span.start as f32, span.end as f32);
    let inside = |area: &Rect| {
        let middle = area.y + area.height / 2.0;
        middle >= top && middle < end
    };
    let moved = |area: &Rect| Rect { y: area.y - top, ..*area };
    let (mut texts, mut links) = (Vec::new(), Vec::new());
    for line in page.lines.iter().filter(|line| inside(&line.area)) {
        let text = page.text.get(line.range.clone()).unwrap_or_default().trim_end_matches('\n');
        if !text.trim().is_empty() {
            texts.push((text.to_owned(), moved(&line.area)));
        }
    }
    for link in page.links.iter().filter(|link| !link.target.starts_with('#')) {
        for area in link.areas.iter().filter(|area| inside(area)) {
            links.push((link.target.clone(), moved(area)));
        }
    }
    sheet.add(Piece { width: tile.width, height: tile.height, scale, jpeg, texts, links });
    Ok(())
}

fn pack(width: u32, height: u32, pixels: &[u8]) -> Result<Vec<u8>, PrintError> {
    let rgb: Vec<u8> = pixels.as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
    let mut out = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 90);
    image::ImageEncoder::write_image(encoder, &rgb, width, height, image::ExtendedColorType::Rgb8)
        .map_err(|error| PrintError::Picture(error.to_string()))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::page::Line;

    fn page(tops: &[f32], height: f32) -> Page {
        let line = |y: &f32| Line {
            range: 0..1,
            area: Rect { x: 0.0, y: *y, width: 100.0, height },
            rtl: false,
            stops: vec![(1, 100.0)],
        };
        Page { width: 1520, height: 10_000, lines: tops.iter().map(line).collect(), ..Page::default() }
    }

    #[test]
    fn no_line_is_cut() {
        let page = page(&[900.0, 960.0, 985.0], 40.0);
        assert_eq!(break_before(&page, 0, 1000, false), 960, "985 crosses the edge, 960 crosses that");
        assert_eq!(break_before(&page, 0, 950, false), 950);
        assert_eq!(break_before(&page, 9_500, 1000, false), 10_000);
    }

    #[test]
    fn pictures_are_cut_only_if_they_are_large() {
        let picture = |y: f32, height: f32| {
            let area = Rect { x: 0.0, y, width: 100.0, height };
            let image = crate::html::page::Image { source: String::new(), label: String::new(), area };
            Page { images: vec![image], ..page(&[985.0], 40.0) }
        };
        assert_eq!(break_before(&picture(800.0, 300.0), 0, 1000, true), 800);
        assert_eq!(break_before(&picture(100.0, 2_000.0), 0, 1000, true), 985, "no line is cut with it");
    }

    #[test]
    fn what_is_higher_than_a_page_is_cut() {
        let page = page(&[100.0], 5_000.0);
        assert_eq!(break_before(&page, 0, 1000, false), 1000);
        assert_eq!(break_before(&page, 0, 1000, true), 0, "first it gets a page of its own");
    }
}
