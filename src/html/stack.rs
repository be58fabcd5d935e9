//! Documents one below the other as one page: a mail and the messages that it carries along. Each is cleaned and laid out
//! by itself; texts, links and pictures come together here.

use super::client::Inner;
use super::engine::{Engine, Pictures, Sheet};
use super::page::{Page, Quotes, Rect, View};
use super::quote;
use super::sanitize::{Report, sanitize};
use std::collections::HashMap;

/// CSS pixels that a level is set in by, with a bar at its left.
const INDENT: f32 = 16.0;
/// Left edge and width of the bar within them.
const BAR: (f32, f32) = (8.0, 3.0);
/// Color of the bar on a light ground.
const INK: [u8; 4] = [199, 204, 212, 255];
/// Color of the bar on a dark ground.
const INK_DARK: [u8; 4] = [75, 85, 99, 255];

/// A pile of documents that are laid out.
pub(super) struct Stack<S> {
    layers: Vec<Layer<S>>,
    view: View,
}

struct Layer<S> {
    sheet: S,
    depth: u32,
    /// First remote picture of this document among all.
    remote: usize,
    top: u32,
    height: u32,
}

/// A length in CSS pixels as device pixels; small.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few levels of a few pixels")]
fn device(length: f32, view: View) -> u32 {
    (length * view.scale).clamp(0.0, 1000.0).round() as u32
}

/// The view of a document that is set in.
fn narrowed(view: View, depth: u32) -> View {
    if depth == 0 {
        return view;
    }
    let inset = device(INDENT, view).saturating_mul(depth);
    View { width: view.width.saturating_sub(inset).max(16), quotes: Quotes::Shown, ..view }
}

impl<S: Sheet> Stack<S> {
    /// Cleans and lays out documents, each with its depth. `given` are the pictures of all.
    pub(super) fn open<E: Engine<Sheet = S>>(
        engine: &mut E,
        documents: &[(&[u8], u32)],
        given: &HashMap<String, &[u8]>,
        view: View,
    ) -> (Self, Report) {
        let view = view.clamped();
        let mut report = Report::default();
        let mut layers = Vec::with_capacity(documents.len());
        for (number, (html, depth)) in documents.iter().enumerate() {
            let mut clean = sanitize(&String::from_utf8_lossy(html));
            if number == 0 {
                quote::mark(&mut clean);
            }
            let remote = report.remote.len();
            let mut own: HashMap<String, &[u8]> = HashMap::new();
            for (name, picture) in given {
                own.extend(own_name(name, number, remote, clean.report.remote.len()).map(|n| (n, *picture)));
            }
            let pictures = Pictures::of(&clean, &own);
            let sheet = engine.open(&clean, &pictures, narrowed(view, *depth));
            layers.push(Layer { sheet, depth: *depth, remote, top: 0, height: 0 });
            merge(&mut report, clean.report, number == 0);
        }
        let mut stack = Self { layers, view };
        stack.place();
        (stack, report)
    }

    fn place(&mut self) {
        let mut top: u32 = 0;
        for layer in &mut self.layers {
            layer.top = top;
            layer.height = layer.sheet.height();
            top = top.saturating_add(layer.height);
        }
    }

    pub(super) fn lay_out(&mut self, view: View) {
        self.view = view.clamped();
        for layer in &mut self.layers {
            layer.sheet.lay_out(narrowed(self.view, layer.depth));
        }
        self.place();
    }

    fn inset(&self, layer: &Layer<S>) -> u32 {
        device(INDENT, self.view).saturating_mul(layer.depth)
    }

    pub(super) fn width(&self) -> u32 {
        let widths = self.layers.iter().map(|layer| layer.sheet.width() + self.inset(layer));
        widths.max().unwrap_or(self.view.width)
    }

    pub(super) fn page(&self) -> Page {
        let mut layers = self.layers.iter().enumerate();
        let Some((_, first)) = layers.next() else { return Page::default() };
        let mut page = first.sheet.page();
        for (number, layer) in layers {
            append(&mut page, layer.sheet.page(), number, layer, self.inset(layer));
        }
        page.width = self.width();
        page
    }

    /// Pixels of the rows from `top` on, in RGBA, as wide as the page.
    pub(super) fn paint(&mut self, top: u32, height: u32) -> Vec<u8> {
        if let [only] = self.layers.as_mut_slice() {
            return only.sheet.paint(top, height);
        }
        let width = self.width();
        let ground = self.layers.first().map_or([255; 3], |layer| layer.sheet.background());
        let bytes = |pixels: u32| usize::try_from(pixels).unwrap_or(0) * 4;
        let mut out = [ground[0], ground[1], ground[2], 255].repeat(bytes(width) / 4 * bytes(height) / 4);
        let dark = ground.iter().all(|channel| *channel < 128);
        let ink = if dark { INK_DARK } else { INK };
        let (step, bar, thick) =
            (device(INDENT, self.view), device(BAR.0, self.view), device(BAR.1, self.view).max(1));
        let scale = self.view;
        for layer in &mut self.layers {
            let (from, to) = (layer.top.max(top), (layer.top + layer.height).min(top.saturating_add(height)));
            if from >= to {
                continue;
            }
            let inset = device(INDENT, scale).saturating_mul(layer.depth);
            let (wide, rows) = (layer.sheet.width(), to - from);
            let pixels = layer.sheet.paint(from - layer.top, rows);
            let lines = out.chunks_exact_mut(bytes(width)).skip(usize::try_from(from - top).unwrap_or(0));
            for (line, row) in lines.zip(pixels.chunks_exact(bytes(wide).max(4))) {
                if let Some(place) = line.get_mut(bytes(inset)..bytes(inset) + row.len()) {
                    place.copy_from_slice(row);
                }
                for level in 0..layer.depth {
                    let x = level * step + bar;
                    if let Some(place) = line.get_mut(bytes(x)..bytes(x + thick)) {
                        place.as_chunks_mut::<4>().0.fill(ink);
                    }
                }
            }
        }
        out
    }
}

/// What a picture is called in one of the documents, if it is one of its own.
fn own_name(name: &str, number: usize, remote: usize, count: usize) -> Option<String> {
    if let Some(loaded) = name.strip_prefix("blocked:") {
        let at = loaded.parse::<usize>().ok()?.checked_sub(remote)?;
        return (at < count).then(|| format!("blocked:{at}"));
    }
    match name.split_once('|').map(|(of, token)| (of.parse::<usize>(), token)) {
        Some((Ok(of), token)) => (of == number).then(|| token.to_owned()),
        _ => (number == 0).then(|| name.to_owned()),
    }
}

/// What the page calls a picture of one of the documents.
fn common_name(source: &str, number: usize, remote: usize) -> String {
    match source.strip_prefix("blocked:").map(str::parse::<usize>) {
        Some(Ok(at)) => format!("blocked:{}", remote + at),
        _ => Inner::picture(number, source),
    }
}

fn merge(all: &mut Report, one: Report, main: bool) {
    all.remote.extend(one.remote);
    all.attached.extend(one.attached);
    all.scripts += one.scripts;
    all.forms += one.forms;
    all.frames += one.frames;
    all.dead_links += one.dead_links;
    all.asks_dark |= one.asks_dark && main;
    all.fits_dark |= one.fits_dark && main;
    all.cut |= one.cut;
}

fn append<S>(page: &mut Page, mut next: Page, number: usize, layer: &Layer<S>, inset: u32) {
    #[expect(clippy::cast_precision_loss, reason = "a page has at most a few million rows")]
    let (x, y) = (inset as f32, layer.top as f32);
    let moved = |area: &mut Rect| (area.x, area.y) = (area.x + x, area.y + y);
    if !page.text.is_empty() && !page.text.ends_with('\n') {
        page.text.push('\n');
    }
    let start = page.text.len();
    page.text.push_str(&next.text);
    for mut line in next.lines {
        moved(&mut line.area);
        line.range = start + line.range.start..start + line.range.end;
        page.lines.push(line);
    }
    for mut link in next.links {
        link.areas.iter_mut().for_each(moved);
        page.links.push(link);
    }
    for image in &mut next.images {
        moved(&mut image.area);
        image.source = common_name(&image.source, number, layer.remote);
    }
    page.images.append(&mut next.images);
    for (name, top) in next.anchors {
        if page.anchors.iter().all(|(known, _)| *known != name) {
            page.anchors.push((name, top + y));
        }
    }
    page.height = layer.top + next.height;
    page.cut |= next.cut;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::engine::Blitz;

    #[test]
    fn documents_come_together_as_one_page() {
        let mut png = Vec::new();
        let encoder = image::codecs::png::PngEncoder::new(&mut png);
        image::ImageEncoder::write_image(encoder, &[255, 0, 0], 1, 1, image::ExtendedColorType::Rgb8)
            .unwrap();
        let documents: [(&[u8], u32); 3] = [
            (b"<style>p{color:red}</style><body style='margin:0'><p style='height:50px;margin:0'>Outer\
               <img src=http://a.example/1.png>", 0),
            (b"<body style='margin:0'><p>Head", 1),
            (b"<body style='margin:0'><a href=https://in.example/>Inner</a><img src=http://b.example/2.png>\
               <img src='cid:x' width=40 height=40>", 1),
        ];
        let given =
            HashMap::from([("2|cid:x".to_owned(), png.as_slice()), ("blocked:1".to_owned(), png.as_slice())]);
        let view = View { width: 400, ..View::default() };
        let (mut stack, report) = Stack::open(&mut Blitz::new(), &documents, &given, view);
        assert_eq!(
            report.remote.iter().map(|p| p.address.as_str()).collect::<Vec<_>>(),
            ["http://a.example/1.png", "http://b.example/2.png"]
        );
        let page = stack.page();
        assert_eq!((page.text.as_str(), page.width), ("Outer\nHead\nInner\n", 400));
        let sources: Vec<&str> = page.images.iter().map(|image| image.source.as_str()).collect();
        assert_eq!(sources, ["blocked:0", "blocked:1", "2|cid:x"]);
        let link = &page.links[0].areas[0];
        assert!(link.x >= 16.0 && link.y > 50.0, "{link:?}");
        assert_eq!(page.text_of(page.lines[2].range.clone()), "Inner");
        // All at once is what it is piece by piece.
        let whole = stack.paint(0, page.height);
        assert_eq!(whole.len(), usize::try_from(page.height * 400 * 4).unwrap());
        let mut pieces = stack.paint(0, 30);
        pieces.extend(stack.paint(30, page.height - 30));
        assert!(whole == pieces);
        let red = page.images[2].area;
        let at = |x: f32, y: f32| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
            let at = (y as usize * 400 + x as usize) * 4;
            &whole[at..at + 4]
        };
        assert_eq!(at(red.x + 20.0, red.y + 20.0), [255, 0, 0, 255], "the picture of the inner message");
        assert_eq!(at(9.0, link.y + 2.0), INK, "the bar beside it");
        assert_eq!(at(9.0, 2.0), [255; 4], "and none beside the mail");
    }
}
