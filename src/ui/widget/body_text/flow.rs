//! From lines to places on the screen: which lines show (folds), how high they are, where the columns are,
//! what is under a point. Shapes only what comes into view.

use super::content::{Content, Line};
use super::heights::Heights;
use super::select::Pos;
use crate::mime::text::BlockKind;
use crate::ui::theme::{space, typography};
use crate::ui::widget::canvas::Paragraph;
use crate::ui::widget::lru::{self, Lru};
use crate::ui::widget::num;
use crate::ui::widget::scroll::Extent;
use crate::ui::widget::shape::is_rtl;
use iced::advanced::graphics::text::cosmic_text::{Cursor, LayoutRun};
use iced::advanced::text::{Alignment, LineHeight, Paragraph as _, Shaping, Span, Text, Wrapping};
use iced::{Color, Font, Pixels, Point, Rectangle, Size, alignment};
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

/// Room that one level of quotation takes.
pub(super) const INDENT: f32 = space::L;
/// Levels that are still indented.
const DEEPEST: u8 = 6;
/// Room beside the text.
pub(super) const MARGIN: f32 = space::XL;
/// The column never gets narrower than this.
const LEAST_COLUMN: f32 = 80.0;
/// Height of the button that opens a quote.
pub(super) const FOLD_HEIGHT: f32 = 32.0;
/// An empty line is lower than a line of text: it is a distance.
const EMPTY_SHARE: f32 = 0.62;
/// Average width of a letter as a share of the font size, for the estimate.
const LETTER: f32 = 0.5;
/// Shaped lines kept.
const KEPT_LINES: usize = 600;
/// A shaped line may be this high.
const HIGHEST_LINE: f32 = 1_000_000.0;

/// One thing in the column, top to bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A line of the text.
    Line(usize),
    /// The button of a fold; its lines follow if it is open.
    Fold(usize),
    /// An element of the application.
    Inset(usize),
}

/// The text as it stands in a column of a certain width.
pub(super) struct Flow {
    pub(super) items: Vec<Item>,
    pub(super) heights: Heights,
    /// Width of the column, without indentation.
    pub(super) width: f32,
    pub(super) header: f32,
    /// What letters are enlarged by.
    pub(super) zoom: f32,
    /// Heights of the insets.
    pub(super) insets: Vec<f32>,
    /// Color of links, known once something was drawn; part of the shaped text, not of its measures.
    link: Cell<Color>,
    shaped: RefCell<Lru<Paragraph>>,
}

/// The face of a line.
fn face(kind: BlockKind) -> (Font, f32, f32) {
    match kind {
        BlockKind::Pre => (typography::MONO, typography::SMALL, 1.45),
        BlockKind::Heading => (typography::STRONG, typography::SUBTITLE, 1.6),
        BlockKind::Text | BlockKind::Quote | BlockKind::Signature | BlockKind::Rule => {
            (typography::UI, typography::READING, typography::LOOSE)
        }
    }
}

fn line_height(kind: BlockKind, zoom: f32) -> f32 {
    let (_, size, factor) = face(kind);
    (size * factor * zoom).round()
}

/// Left edge of the text of a line within the column.
pub(super) fn indent(depth: u8) -> f32 {
    f32::from(depth.min(DEEPEST)) * INDENT
}

/// Items for a text with these folds closed.
pub(super) fn items(content: &Content, closed: &[bool]) -> Vec<Item> {
    let mut items = Vec::with_capacity(content.lines.len() + content.folds.len() + content.insets.len());
    let mut insets = content.insets.iter().enumerate().peekable();
    let mut line = 0;
    while line < content.lines.len() {
        while let Some((inset, _)) = insets.next_if(|(_, inset)| inset.line <= line) {
            items.push(Item::Inset(inset));
        }
        if let Some(fold) = content.fold_at(line) {
            items.push(Item::Fold(fold));
            if closed.get(fold).copied().unwrap_or(false) {
                line = content.folds.get(fold).map_or(line + 1, |fold| fold.lines.end);
                continue;
            }
        }
        items.push(Item::Line(line));
        line += 1;
    }
    items.extend(insets.map(|(inset, _)| Item::Inset(inset)));
    items
}

fn estimate(line: &Line, width: f32, zoom: f32) -> f32 {
    if line.text.is_empty() {
        return empty_height(line.kind, zoom);
    }
    let (_, size, _) = face(line.kind);
    let letters = num::count(line.text.len());
    let room = f64::from(((width - indent(line.depth)).max(LEAST_COLUMN) / (size * zoom * LETTER)).max(1.0));
    num::px((letters / room).ceil()) * line_height(line.kind, zoom)
}

fn empty_height(kind: BlockKind, zoom: f32) -> f32 {
    match kind {
        BlockKind::Pre => line_height(kind, zoom),
        BlockKind::Rule => space::XL,
        _ => (line_height(kind, zoom) * EMPTY_SHARE).round(),
    }
}

impl Flow {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self {
            items: Vec::new(),
            heights: Heights::default(),
            width: 0.0,
            header: 0.0,
            zoom: 1.0,
            insets: Vec::new(),
            link: Cell::new(Color::TRANSPARENT),
            shaped: RefCell::new(Lru::new(KEPT_LINES)),
        }
    }

    /// Lays everything out anew, with estimated heights.
    pub(super) fn rebuild(&mut self, content: &Content, closed: &[bool], width: f32) {
        self.width = width;
        self.items = items(content, closed);
        let zoom = self.zoom;
        let estimates = self.items.iter().map(|item| match item {
            Item::Fold(_) => FOLD_HEIGHT,
            Item::Line(line) => content.lines.get(*line).map_or(0.0, |line| estimate(line, width, zoom)),
            Item::Inset(inset) => self.insets.get(*inset).copied().unwrap_or_default(),
        });
        self.heights = Heights::new(estimates.collect());
    }

    /// The items that stand for insets, in their order.
    pub(super) fn inset_items(&self) -> impl Iterator<Item = usize> + '_ {
        let inset = |(index, item): (usize, &Item)| matches!(item, Item::Inset(_)).then_some(index);
        self.items.iter().enumerate().filter_map(inset)
    }

    /// The width of the column in a pane of this width, for letters enlarged by `zoom`.
    pub(super) fn column(pane: f32, zoom: f32) -> f32 {
        (pane - 2.0 * MARGIN).clamp(LEAST_COLUMN, (space::READING_WIDTH * zoom).max(LEAST_COLUMN))
    }

    /// Where the lines begin, from the top of the content.
    fn lead(&self) -> f64 {
        // A header brings its own room.
        f64::from(if self.header > 0.0 { self.header + space::XS } else { space::L })
    }

    pub(super) fn extent(&self, bounds: Rectangle) -> Extent {
        Extent { content: self.lead() + self.heights.total() + f64::from(space::XXL), bounds }
    }

    /// Top and bottom of an item from the top of the content.
    pub(super) fn span(&self, index: usize) -> Range<f64> {
        let top = self.lead() + self.heights.top(index);
        top..top + f64::from(self.heights.height(index))
    }

    /// The items of which a part is in view.
    pub(super) fn visible(&self, offset: f64, height: f32) -> Range<usize> {
        if self.items.is_empty() {
            return 0..0;
        }
        let first = self.heights.at(offset - self.lead());
        let last = self.heights.at(offset + f64::from(height) - self.lead());
        first..last + 1
    }

    /// Measures what is in view at this offset; tells whether a height turned out different.
    pub(super) fn measure(&mut self, content: &Content, offset: f64, height: f32) -> bool {
        let mut changed = false;
        let mut index = self.visible(offset, height).start;
        let bottom = offset + f64::from(height);
        while index < self.items.len() && self.span(index).start < bottom {
            if !self.heights.is_known(index) {
                let measured = self.item_height(content, index);
                changed |= (measured - self.heights.height(index)).abs() > f32::EPSILON;
                self.heights.set(index, measured);
            }
            index += 1;
        }
        changed
    }

    fn item_height(&self, content: &Content, index: usize) -> f32 {
        match self.items.get(index) {
            Some(Item::Line(line)) => match content.lines.get(*line) {
                Some(row) if row.text.is_empty() => empty_height(row.kind, self.zoom),
                Some(row) => {
                    let height = self.paragraph(content, *line).min_bounds().height;
                    height.max(line_height(row.kind, self.zoom))
                }
                None => 0.0,
            },
            Some(Item::Fold(_)) => FOLD_HEIGHT,
            Some(Item::Inset(inset)) => self.insets.get(*inset).copied().unwrap_or_default(),
            None => 0.0,
        }
    }

    /// A frame starts: old paragraphs may go.
    pub(super) fn start_frame(&self, link: Color) {
        self.link.set(link);
        self.shaped.borrow_mut().start_frame();
    }

    /// The shaped text of a line.
    pub(super) fn paragraph(&self, content: &Content, line: usize) -> Rc<Paragraph> {
        let Some(row) = content.lines.get(line) else { return Rc::new(Paragraph::default()) };
        let color = if row.links.is_empty() { Color::TRANSPARENT } else { self.link.get() };
        let width = self.text_width(row);
        let key = lru::mark((content.id, content.version, line));
        let mark = lru::mark((width.to_bits(), color.into_rgba8(), self.zoom.to_bits()));
        self.shaped.borrow_mut().get(key, mark, || shape(row, (width, self.zoom), color, key))
    }

    fn text_width(&self, row: &Line) -> f32 {
        (self.width - indent(row.depth)).max(LEAST_COLUMN)
    }

    /// Where the ink of a line begins within the column; lines that read from right to left end at the right.
    pub(super) fn text_x(&self, row: &Line, paragraph: &Paragraph) -> f32 {
        let left = indent(row.depth);
        if is_rtl(&row.text) {
            left + (self.text_width(row) - paragraph.min_bounds().width).max(0.0)
        } else {
            left
        }
    }

    /// The item at a height of the content.
    pub(super) fn item_at(&self, y: f64) -> Option<usize> {
        (!self.items.is_empty()).then(|| self.heights.at(y - self.lead()))
    }

    /// The item that shows a line; of a folded line, its button.
    pub(super) fn item_of(&self, line: usize, content: &Content) -> Option<usize> {
        let start = |item: &Item| match item {
            Item::Line(line) => *line,
            Item::Fold(fold) => content.folds.get(*fold).map_or(0, |fold| fold.lines.start),
            Item::Inset(inset) => content.insets.get(*inset).map_or(0, |inset| inset.line),
        };
        let after = self.items.partition_point(|item| start(item) <= line);
        after.checked_sub(1)
    }

    /// The place in the text nearest to a point; `x` from the column, `y` from the top of the content.
    pub(super) fn hit(&self, content: &Content, x: f32, y: f64) -> Option<Pos> {
        let index = self.item_at(y)?;
        let top = self.span(index).start;
        match *self.items.get(index)? {
            Item::Fold(fold) => Some(Pos { line: content.folds.get(fold)?.lines.start, byte: 0 }),
            Item::Inset(inset) => {
                let line = content.insets.get(inset)?.line.min(content.lines.len().checked_sub(1)?);
                Some(Pos { line, byte: 0 })
            }
            Item::Line(line) => {
                let row = content.lines.get(line)?;
                if y < top {
                    return Some(Pos { line, byte: 0 });
                }
                if row.text.is_empty() {
                    return Some(Pos { line, byte: 0 });
                }
                if y >= self.span(index).end {
                    return Some(Pos { line, byte: row.text.len() });
                }
                let paragraph = self.paragraph(content, line);
                let at = Point::new(x - self.text_x(row, &paragraph), num::px(y - top));
                let byte = paragraph.buffer().hit(at.x, at.y).map_or(0, |cursor| cursor.index);
                Some(Pos { line, byte: row.text.floor_char_boundary(byte) })
            }
        }
    }

    /// The boxes that a range of bytes covers, from the left of the column and the top of its item.
    pub(super) fn boxes(&self, content: &Content, line: usize, bytes: Range<usize>) -> Vec<Rectangle> {
        let Some(row) = content.lines.get(line) else { return Vec::new() };
        let paragraph = self.paragraph(content, line);
        let left = self.text_x(row, &paragraph);
        let (start, end) = (Cursor::new(0, bytes.start), Cursor::new(0, bytes.end));
        paragraph
            .buffer()
            .layout_runs()
            .filter(|run| overlaps(run, &bytes))
            .filter_map(|run| {
                let (x, width) = run.highlight(start, end)?;
                Some(Rectangle { x: left + x, y: run.line_top, width, height: run.line_height })
            })
            .filter(|place| place.width > 0.0)
            .collect()
    }

    /// The caret at a place, from the left of the column and the top of the content.
    pub(super) fn caret(&self, content: &Content, at: Pos) -> Option<(f32, Range<f64>)> {
        let index = self.item_of(at.line, content)?;
        let span = self.span(index);
        let row = content.lines.get(at.line)?;
        if !matches!(self.items.get(index), Some(Item::Line(_))) || row.text.is_empty() {
            return Some((indent(row.depth), span));
        }
        let paragraph = self.paragraph(content, at.line);
        let left = self.text_x(row, &paragraph);
        let mut found = None;
        for run in paragraph.buffer().layout_runs() {
            let Some(x) = caret_x(&run, at.byte) else { continue };
            let top = span.start + f64::from(run.line_top);
            found = Some((left + x, top..top + f64::from(run.line_height)));
        }
        found.or(Some((left, span)))
    }
}

fn overlaps(run: &LayoutRun<'_>, bytes: &Range<usize>) -> bool {
    let start = run.glyphs.iter().map(|glyph| glyph.start).min();
    let end = run.glyphs.iter().map(|glyph| glyph.end).max();
    start.zip(end).is_some_and(|(start, end)| start < bytes.end && bytes.start < end)
}

fn caret_x(run: &LayoutRun<'_>, byte: usize) -> Option<f32> {
    let mut end = None;
    for glyph in run.glyphs {
        let rtl = glyph.level.is_rtl();
        if glyph.start <= byte && byte < glyph.end {
            return Some(if rtl { glyph.x + glyph.w } else { glyph.x });
        }
        if glyph.end == byte {
            end = Some(if rtl { glyph.x } else { glyph.x + glyph.w });
        }
    }
    end
}

fn shape(row: &Line, (width, zoom): (f32, f32), link: Color, key: u64) -> Paragraph {
    let (font, size, _) = face(row.kind);
    // The height of the bounds only clips, so it can carry a mark of the text: tiny-skia takes two living
    // paragraphs of the same measures for the same text and would not repaint.
    let text = Text {
        content: (),
        bounds: Size::new(width, HIGHEST_LINE + num::mark(key)),
        size: Pixels(size * zoom),
        line_height: LineHeight::Absolute(Pixels(line_height(row.kind, zoom))),
        font,
        align_x: Alignment::Default,
        align_y: alignment::Vertical::Top,
        shaping: Shaping::Advanced,
        wrapping: Wrapping::WordOrGlyph,
    };
    if row.links.is_empty() || link == Color::TRANSPARENT {
        return Paragraph::with_text(text.with_content(row.text.as_str()));
    }
    let spans = spans(row, link);
    Paragraph::with_spans(text.with_content(spans.as_slice()))
}

/// The text cut at its links, which have their own color.
fn spans(row: &Line, link: Color) -> Vec<Span<'_, ()>> {
    let mut spans = Vec::with_capacity(row.links.len() * 2 + 1);
    let mut done = 0;
    for (range, _) in &row.links {
        if let (Some(before), Some(inside)) = (row.text.get(done..range.start), row.text.get(range.clone())) {
            spans.push(Span::new(before));
            spans.push(Span::new(inside).color(link));
            done = range.end;
        }
    }
    spans.push(Span::new(row.text.get(done..).unwrap_or("")));
    spans
}

#[cfg(test)]
mod tests {
    use super::super::content::tests::content;
    use super::*;

    fn flow(content: &Content) -> Flow {
        crate::ui::widget::stage::fonts();
        let closed: Vec<bool> = content.folds.iter().map(|fold| fold.closed).collect();
        let mut flow = Flow::new();
        flow.rebuild(content, &closed, 400.0);
        flow
    }

    #[test]
    fn closed_folds_hide_their_lines() {
        let c = content("Hi\nYes.\nAda wrote:\n> one\n> two\n> three\nBye?\nok\n> a\n> b\n> c");
        let all = items(&c, &[false, false]);
        assert_eq!(all.len(), c.lines.len() + 2);
        let some = items(&c, &[true, false]);
        assert_eq!(some.len(), all.len() - 3);
        assert_eq!(some.get(3), Some(&Item::Fold(0)));
        assert_eq!(some.get(4), Some(&Item::Line(6)));
    }

    #[test]
    fn only_what_is_in_view_is_measured() {
        let c = content(
            &"A line that is long enough to wrap once or twice in a column of this width.\n".repeat(5_000),
        );
        let mut flow = flow(&c);
        flow.measure(&c, 0.0, 600.0);
        let known = (0..flow.items.len()).filter(|i| flow.heights.is_known(*i)).count();
        assert!((5..60).contains(&known), "{known}");
        let end = flow.extent(Rectangle { x: 0.0, y: 0.0, width: 448.0, height: 600.0 }).end();
        flow.measure(&c, end, 600.0);
        assert!(flow.heights.is_known(4_999));
    }

    #[test]
    fn points_and_places_agree() {
        let c = content(
            "The quick brown fox jumps over the lazy dog and runs away\n\n> quoted text\nمرحبا بالعالم",
        );
        let mut flow = flow(&c);
        flow.measure(&c, 0.0, 600.0);
        for (line, byte) in [(0, 0), (0, 10), (0, 57), (2, 3), (3, 0), (3, 10)] {
            let at = Pos { line, byte };
            let (x, y) = flow.caret(&c, at).unwrap();
            assert_eq!(flow.hit(&c, x, f64::midpoint(y.start, y.end)), Some(at));
        }
        assert_eq!(flow.hit(&c, 0.0, -100.0), Some(Pos::default()));
        assert_eq!(flow.hit(&c, 0.0, 1e9), Some(Pos { line: 3, byte: c.text(3).len() }));
        assert_eq!(Flow::new().hit(&c, 0.0, 0.0), None);
    }

    #[test]
    fn a_range_over_a_wrap_has_a_box_on_each_row() {
        let c =
            content("The quick brown fox jumps over the lazy dog and runs away from the bear in the woods");
        let mut flow = flow(&c);
        flow.rebuild(&c, &[], 200.0);
        flow.measure(&c, 0.0, 600.0);
        let boxes = flow.boxes(&c, 0, 4..60);
        assert!(boxes.len() >= 2, "{boxes:?}");
        assert!(boxes.iter().all(|b| b.width > 0.0 && b.x >= 0.0));
        assert!(flow.heights.height(0) > 2.0 * line_height(BlockKind::Text, 1.0));
    }

    #[test]
    fn links_are_spans_of_their_own() {
        let c = content("see https://example.org/a now");
        let cut = spans(&c.lines[0], Color::BLACK);
        let texts: Vec<&str> = cut.iter().map(|span| span.text.as_ref()).collect();
        assert_eq!(texts.concat(), c.text(0));
        assert_eq!(cut.len(), 3);
    }
}
