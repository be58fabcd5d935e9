//! Draws the lines in view: selection, quote bars, text, links, fold buttons.

use super::content::Content;
use super::flow::{self, Item};
use super::select::Selection;
use super::state::{State, Stop};
use super::{BodyWords, Found};
use crate::mime::text::BlockKind;
use crate::ui::icon::Icon;
use crate::ui::theme::{space, typography};
use crate::ui::widget::canvas::{Canvas, Paragraph};
use crate::ui::widget::num;
use crate::ui::widget::shape::{self, Face, Line};
use iced::advanced::text::Renderer as _;
use iced::{Color, Point, Rectangle};

/// Width of a quote bar.
const BAR: f32 = 3.0;
/// Thickness and place of the line below a link.
const UNDERLINE: f32 = 1.0;
/// Share of the line height at which a link is underlined.
const UNDERLINE_AT: f32 = 0.82;
/// How strongly found places are marked.
const MARK_ALPHA: f32 = 0.42;
/// How far the focus ring of a link stands off.
const RING_GAP: f32 = 2.0;

const CAPTION: Face = Face { font: typography::UI, size: typography::CAPTION };

/// Where the button of a fold is, from the left of the column and the top of its item.
pub(crate) fn fold_button(label_width: f32, depth: u8) -> Rectangle {
    Rectangle {
        x: flow::indent(depth.saturating_sub(1)),
        y: space::XS,
        width: space::S + space::ICON_M + space::XS + label_width + space::M,
        height: flow::FOLD_HEIGHT - space::S,
    }
}

/// The words on the button of a fold, shaped.
pub(crate) fn fold_label(words: &BodyWords<'_>, closed: bool) -> Line<Paragraph> {
    shape::line(if closed { words.show_quote } else { words.hide_quote }, CAPTION, space::READING_WIDTH)
}

/// How the button of a fold looks at the moment.
#[derive(Clone, Copy)]
pub(crate) struct FoldLook {
    pub(crate) closed: bool,
    pub(crate) hovered: bool,
    pub(crate) ringed: bool,
}

/// Draws the button of a fold.
pub(crate) fn draw_fold(canvas: &mut Canvas<'_>, label: &Line<Paragraph>, button: Rectangle, look: FoldLook) {
    let ground = if look.hovered { canvas.t.pressed } else { canvas.t.hover };
    canvas.fill(button, ground, button.height / 2.0);
    let icon = Rectangle {
        x: button.x + space::S,
        y: button.y + (button.height - space::ICON_M) / 2.0,
        width: space::ICON_M,
        height: space::ICON_M,
    };
    let picture = if look.closed { Icon::More } else { Icon::ChevronUp };
    canvas.icon(picture, icon, canvas.t.text_dim);
    let text = Rectangle { x: icon.x + icon.width + space::XS, width: label.width + 1.0, ..button };
    canvas.line(label, text, canvas.t.text_dim);
    if look.ringed {
        canvas.ring(button, button.height / 2.0);
    }
}

/// Everything that one drawing of the text needs.
pub(super) struct Page<'a> {
    pub(super) content: &'a Content,
    pub(super) state: &'a State,
    /// Left edge of the column.
    pub(super) x: f32,
    pub(super) bounds: Rectangle,
    /// Labels must live until the frame is presented.
    pub(super) labels: &'a [Line<Paragraph>; 2],
    pub(super) found: Found<'a>,
}

impl Page<'_> {
    /// Draws what is in view.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>) {
        let flow = &self.state.flow;
        flow.start_frame(canvas.t.link);
        let offset = self.state.scroll.offset();
        for index in flow.visible(offset, self.bounds.height) {
            let span = flow.span(index);
            let place = Rectangle {
                x: self.x,
                y: self.bounds.y + num::px((span.start - offset).round()),
                width: flow.width,
                height: num::px(span.end - span.start),
            };
            match flow.items.get(index) {
                Some(Item::Line(line)) => self.line(canvas, *line, place),
                Some(Item::Fold(fold)) => self.fold(canvas, *fold, place),
                Some(Item::Inset(_)) | None => {}
            }
        }
    }

    fn line(&self, canvas: &mut Canvas<'_>, line: usize, place: Rectangle) {
        let Some(row) = self.content.lines.get(line) else { return };
        for depth in 1..=usize::from(row.depth) {
            let at = flow::indent(u8::try_from(depth - 1).unwrap_or(u8::MAX));
            let bar = Rectangle { x: place.x + at, width: BAR, ..place };
            canvas.fill(bar, canvas.t.quote_bar(depth), 0.0);
        }
        if row.kind == BlockKind::Rule {
            let y = (place.y + place.height / 2.0).round();
            canvas.fill(Rectangle { y, height: space::HAIRLINE, ..place }, canvas.t.border, 0.0);
            return;
        }
        self.found(canvas, line, place);
        self.selection(canvas, line, row.text.len(), place);
        if row.text.is_empty() {
            return;
        }
        let paragraph = self.state.flow.paragraph(self.content, line);
        let ink = match row.kind {
            BlockKind::Quote | BlockKind::Signature => canvas.t.text_dim,
            _ if row.depth > 0 => canvas.t.text_dim,
            _ => canvas.t.text,
        };
        let at = Point::new(place.x + self.state.flow.text_x(row, &paragraph), place.y);
        canvas.renderer.fill_paragraph(&paragraph, at, ink, canvas.clip);
        for (number, (range, _)) in row.links.iter().enumerate() {
            let hovered = self.state.hovered == Some(Stop::Link(line, number));
            let ringed = self.state.focus.shows() && self.state.stop == Some(Stop::Link(line, number));
            for part in self.state.flow.boxes(self.content, line, range.clone()) {
                let part = part + iced::Vector::new(place.x, place.y);
                let line = Rectangle {
                    y: (part.y + part.height * UNDERLINE_AT).round(),
                    height: if hovered { 2.0 * UNDERLINE } else { UNDERLINE },
                    ..part
                };
                canvas.fill(line, canvas.t.link, 0.0);
                if ringed {
                    canvas.ring(part.expand(RING_GAP), space::RADIUS_S);
                }
            }
        }
    }

    /// Marks what a search found in a line.
    fn found(&self, canvas: &mut Canvas<'_>, line: usize, place: Rectangle) {
        let places = self.found.places;
        let first = places.partition_point(|(at, _)| *at < line);
        let here = places.iter().enumerate().skip(first).take_while(|(_, (at, _))| *at == line);
        for (number, (_, bytes)) in here {
            let color = if self.found.current == Some(number) { canvas.t.warning } else { canvas.t.flag };
            let color = Color { a: color.a * MARK_ALPHA, ..color };
            for part in self.state.flow.boxes(self.content, line, bytes.clone()) {
                canvas.fill(part + iced::Vector::new(place.x, place.y), color, 0.0);
            }
        }
    }

    fn selection(&self, canvas: &mut Canvas<'_>, line: usize, len: usize, place: Rectangle) {
        let Some(selection) = self.state.selection.filter(|s| !s.is_empty()) else { return };
        let Some(bytes) = selection.in_line(line, len) else { return };
        let active = self.state.focus.is_here() && self.state.window_focused;
        let color = if active { canvas.t.text_selection } else { canvas.t.selected_inactive };
        if bytes.is_empty() {
            // An empty line inside of the selection shows that its line break is selected as well.
            if line < selection.range().end.line {
                let x = place.x + self.content.lines.get(line).map_or(0.0, |row| flow::indent(row.depth));
                canvas.fill(Rectangle { x, width: space::XS, ..place }, color, 0.0);
            }
            return;
        }
        for part in self.state.flow.boxes(self.content, line, bytes) {
            canvas.fill(part + iced::Vector::new(place.x, place.y), color, 0.0);
        }
    }

    fn fold(&self, canvas: &mut Canvas<'_>, fold: usize, place: Rectangle) {
        let closed = self.state.closed.get(fold).copied().unwrap_or(false);
        let [hide, show] = self.labels;
        let label = if closed { show } else { hide };
        let depth = self.fold_depth(fold);
        let place = fold_button(label.width, depth) + iced::Vector::new(place.x, place.y);
        let hovered = self.state.hovered == Some(Stop::Fold(fold));
        let ringed = self.state.focus.shows() && self.state.stop == Some(Stop::Fold(fold));
        draw_fold(canvas, label, place, FoldLook { closed, hovered, ringed });
    }

    fn fold_depth(&self, fold: usize) -> u8 {
        fold_depth(self.content, fold)
    }
}

/// Depth of the first line of a fold.
pub(super) fn fold_depth(content: &Content, fold: usize) -> u8 {
    content.folds.get(fold).and_then(|fold| content.lines.get(fold.lines.start)).map_or(1, |line| line.depth)
}

/// The selection, if it holds anything.
pub(super) fn selected(state: &State) -> Option<Selection> {
    state.selection.filter(|selection| !selection.is_empty())
}
