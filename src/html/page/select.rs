//! Questions to a page: what is under the pointer, where text stands, what it says.

use super::{Line, Link, Page, Rect};
use std::ops::Range;

impl Page {
    /// The link under a point.
    #[must_use]
    pub fn link_at(&self, x: f32, y: f32) -> Option<&Link> {
        self.links.iter().find(|link| link.areas.iter().any(|area| area.contains(x, y)))
    }

    /// Where a link to a place in the same page leads (`#name`): the distance from the top.
    #[must_use]
    pub fn anchor(&self, target: &str) -> Option<f32> {
        let name = target.strip_prefix('#')?;
        let known = self.anchors.iter().find(|(known, _)| known == name).map(|(_, top)| *top);
        known.or_else(|| (name.is_empty() || name.eq_ignore_ascii_case("top")).then_some(0.0))
    }

    /// The place in the text that is nearest to a point, for the start and the end of a selection. None if the
    /// page has no text.
    #[must_use]
    pub fn position(&self, x: f32, y: f32) -> Option<usize> {
        let distance = |line: &Line| {
            let area = line.area;
            let away = |at: f32, from: f32, length: f32| (from - at).max(at - from - length).max(0.0);
            // A line beside the pointer is nearer than one above or below it, however far.
            away(y, area.y, area.height) * 10_000.0 + away(x, area.x, area.width)
        };
        let nearest = self.lines.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        Some(nearest.position(x))
    }

    /// The rectangles that a range of the text covers, for drawing a selection or a found place over the tiles.
    #[must_use]
    pub fn areas(&self, range: Range<usize>) -> Vec<Rect> {
        let first = self.lines.partition_point(|line| line.range.end <= range.start);
        let lines = self.lines.get(first..).unwrap_or_default();
        lines
            .iter()
            .take_while(|line| line.range.start < range.end)
            .filter_map(|line| {
                let from = line.edge(range.start.max(line.range.start));
                let to = line.edge(range.end.min(line.range.end));
                let area = Rect { x: from.min(to), width: (to - from).abs(), ..line.area };
                (area.width > 0.0).then_some(area)
            })
            .collect()
    }

    /// The text of a range as it is copied: blocks on lines of their own.
    #[must_use]
    pub fn text_of(&self, range: Range<usize>) -> &str {
        let start = self.text.floor_char_boundary(range.start);
        let end = self.text.ceil_char_boundary(range.end).max(start);
        self.text.get(start..end).unwrap_or_default().trim_end_matches('\n')
    }

    /// The word at a place, for a double click.
    #[must_use]
    pub fn word_at(&self, at: usize) -> Range<usize> {
        let at = self.text.floor_char_boundary(at);
        let (before, after) = self.text.split_at_checked(at).unwrap_or((&self.text, ""));
        let inside = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '\u{2019}' | '_');
        let back: usize = before.chars().rev().take_while(|c| inside(*c)).map(char::len_utf8).sum();
        let ahead: usize = after.chars().take_while(|c| inside(*c)).map(char::len_utf8).sum();
        at - back..at + ahead
    }

    /// The block of text at a place, for a triple click.
    #[must_use]
    pub fn block_at(&self, at: usize) -> Range<usize> {
        let at = self.text.floor_char_boundary(at);
        let (before, after) = self.text.split_at_checked(at).unwrap_or((&self.text, ""));
        let start = before.rfind('\n').map_or(0, |found| found + 1);
        start..at + after.find('\n').unwrap_or(after.len())
    }

    /// Where a text stands, upper and lower case alike, line breaks like spaces; in reading order, at most
    /// [`MAX_FOUND`].
    #[must_use]
    pub fn find(&self, wanted: &str) -> Vec<Range<usize>> {
        let (wanted, _) = folded(wanted);
        let wanted = wanted.trim();
        if wanted.is_empty() {
            return Vec::new();
        }
        let (text, places) = folded(&self.text);
        let place = |at: usize| places.get(at).copied().unwrap_or(self.text.len());
        let found = text.match_indices(wanted).take(MAX_FOUND);
        found.map(|(at, hit)| place(at)..place(at + hit.len())).collect()
    }
}

/// Places that a search finds; nobody steps through more.
pub const MAX_FOUND: usize = 10_000;

/// Text in lower case with single spaces, and for each of its bytes the byte of the text that it comes from.
fn folded(text: &str) -> (String, Vec<usize>) {
    let (mut out, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            if !out.ends_with(' ') {
                out.push(' ');
                places.push(at);
            }
            continue;
        }
        for lower in c.to_lowercase() {
            out.push(lower);
            places.extend(std::iter::repeat_n(at, lower.len_utf8()));
        }
    }
    places.push(text.len());
    (out, places)
}

impl Line {
    /// Distance of a place in the text from the left edge of the page.
    fn edge(&self, at: usize) -> f32 {
        let inside = u32::try_from(at.saturating_sub(self.range.start)).unwrap_or(u32::MAX);
        let stops = self.stops.partition_point(|(byte, _)| *byte <= inside);
        let distance = stops.checked_sub(1).and_then(|i| self.stops.get(i)).map_or(0.0, |(_, x)| *x);
        if self.rtl { self.area.x + self.area.width - distance } else { self.area.x + distance }
    }

    /// The place between two characters that is nearest to a point of the line.
    fn position(&self, x: f32) -> usize {
        let along = if self.rtl { self.area.x + self.area.width - x } else { x - self.area.x };
        let mut best = (0, along.abs());
        for (byte, distance) in &self.stops {
            let away = (along - distance).abs();
            if away < best.1 {
                best = (*byte, away);
            }
        }
        self.range.start + usize::try_from(best.0).unwrap_or(0)
    }
}
