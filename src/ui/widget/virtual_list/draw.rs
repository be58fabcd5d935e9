//! Draws one row. Knows nothing of scrolling and events.

use super::{Mark, Row};
use crate::ui::icon::Icon;
use crate::ui::theme::{Density, space, typography};
use crate::ui::widget::canvas::{Canvas, Paragraph};
use crate::ui::widget::lru::{self, Lru};
use crate::ui::widget::shape::{self, Face, Line};
use iced::{Rectangle, Size};
use std::rc::Rc;

/// Room before the text, with the unread dot in its middle.
const GUTTER: f32 = space::XL;
/// Diameter of the unread dot.
const DOT: f32 = space::S;
/// Room of one mark at the end of a line.
const SLOT: f32 = 20.0;
/// Most that the date may take.
const DATE_WIDTH: f32 = 120.0;
/// Height of the badge with the number of messages.
const BADGE_HEIGHT: f32 = 18.0;
/// Room beside the number in it.
const BADGE_PAD: f32 = 6.0;
/// Most that the number may take.
const COUNT_WIDTH: f32 = 60.0;
/// A snippet shorter than this says nothing.
const LEAST_SNIPPET: f32 = 48.0;

const NAME: Face = Face { font: typography::UI, size: typography::BODY };
const NAME_UNREAD: Face = Face { font: typography::STRONG, size: typography::BODY };
const LINE: Face = Face { font: typography::UI, size: typography::SMALL };
const DATE: Face = Face { font: typography::UI, size: typography::CAPTION };

/// The shaped text of one row.
#[derive(Debug)]
pub(super) struct Shaped {
    from: Line<Paragraph>,
    subject: Line<Paragraph>,
    snippet: Option<Line<Paragraph>>,
    date: Line<Paragraph>,
    count: Option<Line<Paragraph>>,
}

/// Mark of everything that the shaped text of a row depends on.
fn mark(row: &Row<'_>, width: f32, density: Density) -> u64 {
    let text = (&row.from, &row.subject, &row.snippet, &row.date, &row.count);
    lru::mark((text, row.unread, row.attachment, row.mark, width.to_bits(), density))
}

/// How the row stands in the list at the moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub(super) density: Density,
    pub(super) hovered: bool,
    /// The list and its window have the keyboard.
    pub(super) active: bool,
    /// The focus ring is on this row.
    pub(super) ring: bool,
    /// The pointer is on the star.
    pub(super) on_star: bool,
}

/// The ground of a row: it stays clear of the edge and of the scroll bar.
pub(super) fn ground(row: Rectangle) -> Rectangle {
    Rectangle {
        x: row.x + space::XS,
        y: row.y + 1.0,
        width: (row.width - space::XS - space::SCROLLBAR).max(0.0),
        height: row.height - 2.0,
    }
}

/// Where the text of a row goes.
struct Places {
    name: Rectangle,
    subject: Rectangle,
    snippet: Option<Rectangle>,
    date: Rectangle,
    star: Rectangle,
    attachment: Rectangle,
    mark: Rectangle,
}

fn square(x: f32, line: &Rectangle, size: f32) -> Rectangle {
    Rectangle::new(
        iced::Point::new(x.round(), (line.y + (line.height - size) / 2.0).round()),
        Size::new(size, size),
    )
}

/// The clickable place of the star.
pub(super) fn star(row: Rectangle, density: Density) -> Rectangle {
    let place = places(row, density, 0.0, false, false).star;
    Rectangle { x: place.x - space::XS, width: place.width + space::S, ..place }.expand(space::XXS)
}

fn places(row: Rectangle, density: Density, date_width: f32, attachment: bool, mark: bool) -> Places {
    let ground = ground(row);
    let x = ground.x + GUTTER;
    let width = (ground.width - GUTTER - space::S).max(0.0);
    let end = x + width;
    let (tall, low) = (shape::line_height(NAME.size), shape::line_height(LINE.size));
    let line = |y: f32, height: f32| Rectangle { x, y, width, height };
    let part =
        |line: &Rectangle, from: f32, to: f32| Rectangle { x: from, width: (to - from).max(0.0), ..*line };
    let marks = if attachment { 2.0 * SLOT } else { SLOT };
    let lead = if mark { SLOT } else { 0.0 };
    let icon = space::ICON_S;
    if density == Density::Compact {
        let only = line(row.y, row.height);
        let name = (width * 0.26).clamp(64.0, 200.0);
        let text = x + name + space::M;
        let date_end = end - SLOT;
        let text_end = date_end - date_width - space::S - (marks - SLOT);
        return Places {
            name: part(&only, x, x + name),
            mark: square(text, &only, icon),
            subject: part(&only, text + lead, text_end),
            snippet: None,
            attachment: square(text_end + space::XS, &only, icon),
            date: part(&only, date_end - date_width, date_end),
            star: square(end - icon, &only, icon),
        };
    }
    let lines =
        if density == Density::Relaxed { tall + 2.0 * (low + space::XXS) } else { tall + low + space::XXS };
    let top = row.y + ((row.height - lines) / 2.0).round();
    let first = line(top, tall);
    let second = line(top + tall + space::XXS, low);
    let third = line(second.y + low + space::XXS, low);
    Places {
        name: part(&first, x, end - date_width - space::S),
        date: part(&first, end - date_width, end),
        mark: square(x, &second, icon),
        subject: part(&second, x + lead, end - marks),
        attachment: square(end - marks + space::XS, &second, icon),
        star: square(end - icon, &second, icon),
        snippet: (density == Density::Relaxed).then(|| part(&third, x, end)),
    }
}

fn shaped(row: &Row<'_>, bounds: Rectangle, density: Density) -> Shaped {
    let date: Line<Paragraph> = shape::line(&row.date, DATE, DATE_WIDTH);
    let places = places(bounds, density, date.width, row.attachment, row.mark != Mark::None);
    let name = if row.unread { NAME_UNREAD } else { NAME };
    let subject: Line<Paragraph> = shape::line(&row.subject, LINE, places.subject.width);
    let room = match &places.snippet {
        Some(place) => place.width,
        None if subject.rtl => 0.0,
        None => places.subject.width - subject.width - space::S,
    };
    let snippet =
        (room >= LEAST_SNIPPET && !row.snippet.is_empty()).then(|| shape::line(&row.snippet, LINE, room));
    let count = (!row.count.is_empty()).then(|| shape::line(&row.count, DATE, COUNT_WIDTH));
    let badge = count.as_ref().map_or(0.0, |count| badge_width(count) + space::XS);
    let from = shape::line(&row.from, name, (places.name.width - badge).max(0.0));
    Shaped { from, subject, snippet, date, count }
}

/// Draws a row that is loaded.
pub(super) fn row(
    canvas: &mut Canvas<'_>,
    cache: &mut Lru<Shaped>,
    row: &Row<'_>,
    bounds: Rectangle,
    look: Look,
) {
    let t = canvas.t;
    let ground = ground(bounds);
    back(canvas, row, bounds, look);
    let mark = mark(row, bounds.width, look.density);
    let shaped: Rc<Shaped> = cache.get(row.id, mark, || shaped(row, bounds, look.density));
    let places = places(bounds, look.density, shaped.date.width, row.attachment, row.mark != Mark::None);
    if row.unread {
        let line = if look.density == Density::Compact { bounds } else { places.name };
        let dot = square(ground.x + (GUTTER - DOT) / 2.0, &line, DOT);
        canvas.fill(dot, t.accent, DOT / 2.0);
    }
    let subject_ink = if row.unread { t.text } else { t.text_dim };
    let room = shaped.count.as_ref().map_or(0.0, |count| badge_width(count) + space::XS);
    let name = Rectangle { width: (places.name.width - room).max(0.0), ..places.name };
    canvas.line(&shaped.from, name, t.text);
    if let Some(count) = &shaped.count {
        badge(canvas, count, &shaped.from, places.name);
    }
    canvas.line_end(&shaped.date, places.date, t.text_dim);
    canvas.line(&shaped.subject, places.subject, subject_ink);
    if let Some(snippet) = &shaped.snippet {
        let after = shaped.subject.width + space::S;
        let beside = Rectangle {
            x: places.subject.x + after,
            width: (places.subject.width - after).max(0.0),
            ..places.subject
        };
        canvas.line(snippet, places.snippet.unwrap_or(beside), t.text_dim);
    }
    marks(canvas, row, &places, look);
    if look.ring {
        canvas.ring(ground, space::RADIUS_M);
    }
}

/// Width of the badge with the number of messages.
fn badge_width(count: &Line<Paragraph>) -> f32 {
    (count.width + 2.0 * BADGE_PAD).max(BADGE_HEIGHT).ceil()
}

/// The number of messages, behind the names.
fn badge(canvas: &mut Canvas<'_>, count: &Line<Paragraph>, names: &Line<Paragraph>, line: Rectangle) {
    let width = badge_width(count);
    let room = (line.width - width).max(0.0);
    // Names that read from right to left end at the right; the number stays at the end of the line then.
    let after = if names.rtl { room } else { (names.width + space::XS).min(room) };
    let place = Rectangle {
        x: (line.x + after).round(),
        y: (line.y + (line.height - BADGE_HEIGHT) / 2.0).round(),
        width,
        height: BADGE_HEIGHT,
    };
    canvas.fill(place, canvas.t.pressed, BADGE_HEIGHT / 2.0);
    let inner =
        Rectangle { x: place.x + ((width - count.width) / 2.0).round(), width: count.width + 1.0, ..place };
    canvas.line(count, inner, canvas.t.text_dim);
}

fn back(canvas: &mut Canvas<'_>, row: &Row<'_>, bounds: Rectangle, look: Look) {
    let t = canvas.t;
    let color = match (row.selected, look.active, look.hovered) {
        (true, true, _) => Some(t.selected),
        (true, false, _) => Some(t.selected_inactive),
        (false, _, true) => Some(t.hover),
        (false, _, false) => None,
    };
    let ground = ground(bounds);
    match color {
        Some(color) => canvas.fill(ground, color, space::RADIUS_M),
        None => separator(canvas, bounds, look.density),
    }
}

fn separator(canvas: &mut Canvas<'_>, bounds: Rectangle, density: Density) {
    if density == Density::Compact {
        return;
    }
    let ground = ground(bounds);
    let line = Rectangle {
        x: ground.x + GUTTER,
        y: bounds.y + bounds.height - space::HAIRLINE,
        width: (ground.width - GUTTER).max(0.0),
        height: space::HAIRLINE,
    };
    canvas.fill(line, canvas.t.border, 0.0);
}

fn marks(canvas: &mut Canvas<'_>, row: &Row<'_>, places: &Places, look: Look) {
    let t = canvas.t;
    if row.flagged {
        canvas.icon(Icon::StarFilled, places.star, t.flag);
    } else if look.hovered {
        let ink = if look.on_star { t.flag } else { t.text_dim };
        canvas.icon(Icon::Star, places.star, ink);
    }
    if row.attachment {
        canvas.icon(Icon::Attachment, places.attachment, t.text_dim);
    }
    let mark = match row.mark {
        Mark::None => return,
        Mark::Pending => (Icon::Clock, t.text_dim),
        Mark::Failed => (Icon::Warning, t.danger),
        Mark::Answered => (Icon::Reply, t.text_dim),
        Mark::Forwarded => (Icon::Forward, t.text_dim),
    };
    canvas.icon(mark.0, places.mark, mark.1);
}

/// Draws bars in place of a row that isn't loaded yet.
pub(super) fn placeholder(canvas: &mut Canvas<'_>, bounds: Rectangle, density: Density) {
    let places = places(bounds, density, 48.0, false, false);
    separator(canvas, bounds, density);
    let mut bar = |place: &Rectangle, share: f32| {
        let bounds = Rectangle {
            y: (place.y + place.height / 2.0 - space::XS).round(),
            width: place.width * share,
            height: space::S,
            ..*place
        };
        canvas.fill(bounds, canvas.t.skeleton, space::XS);
    };
    bar(&places.name, 0.45);
    bar(&places.subject, 0.8);
    bar(&places.date, 1.0);
    if let Some(snippet) = &places.snippet {
        bar(snippet, 0.6);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_overlaps_at_any_width() {
        for density in Density::ALL {
            for width in [120.0, 260.0, 420.0, 900.0] {
                let row = Rectangle { x: 0.0, y: 0.0, width, height: density.row_height() };
                let p = places(row, density, 60.0, true, true);
                for place in [&p.name, &p.subject, &p.date] {
                    assert!(place.width >= 0.0 && place.x >= 0.0, "{density:?} {width} {place:?}");
                    assert!(place.y >= 0.0 && place.y + place.height <= row.height + 0.5, "{density:?}");
                }
                if width >= 260.0 {
                    assert!(p.subject.x + p.subject.width <= p.attachment.x, "{density:?} {width}");
                    assert!(p.attachment.x + p.attachment.width <= p.star.x, "{density:?} {width}");
                    assert!(p.name.x + p.name.width <= p.date.x || density == Density::Compact);
                }
                assert!(star(row, density).contains(p.star.center()));
            }
        }
    }
}
