//! Reads text, links and pictures with their places out of a document that is laid out.

use super::blitz::Places;
use crate::html::limits::MAX_LINKS;
use crate::html::page::{Image, Line, Link, Page, Rect};
use blitz_dom::node::TextBrush;
use blitz_dom::{BaseDocument, Node, NodeId, local_name};
use parley::PositionedLayoutItem;
use std::collections::HashMap;

/// Fills in links, pictures, text and lines of a page.
pub(super) fn read(base: &BaseDocument, scale: f32, page: &mut Page) {
    let mut reader = Reader { base, scale, page, links: Places::default() };
    let mut open = vec![base.root_element().id];
    while let Some(id) = open.pop() {
        let Some(node) = base.get_node(id) else { continue };
        reader.visit(node);
        let inner = node.layout_children.borrow();
        match inner.as_ref() {
            Some(inner) => open.extend(inner.iter().rev().copied()),
            None => open.extend(node.children.iter().rev().copied()),
        }
    }
    reader.finish();
    super::anchors::read(base, scale, page);
}

/// Where an element of this name is.
pub(super) fn place(base: &BaseDocument, scale: f32, name: &str) -> Option<Rect> {
    let mut open = vec![base.root_element().id];
    while let Some(node) = open.pop().and_then(|id| base.get_node(id)) {
        if node.element_data().is_some_and(|element| &*element.name.local == name) {
            let (at, size) = (node.absolute_position(0.0, 0.0), node.final_layout().size);
            let (x, y) = (at.x * scale, at.y * scale);
            return Some(Rect { x, y, width: size.width * scale, height: size.height * scale });
        }
        open.extend(node.children.iter().rev().copied());
    }
    None
}

/// Where the runs of a line start, by their first byte. In one go: asking a run for its place adds up all before it,
/// and a line of mixed directions has hundreds.
fn starts(line: &parley::Line<'_, TextBrush>) -> HashMap<usize, f32> {
    let mut starts = HashMap::new();
    for item in line.items() {
        if let PositionedLayoutItem::GlyphRun(piece) = item {
            // The leftmost piece comes first.
            starts.entry(piece.run().text_range().start).or_insert(piece.offset());
        }
    }
    starts
}

struct Reader<'a> {
    base: &'a BaseDocument,
    /// Device pixels for one CSS pixel.
    scale: f32,
    page: &'a mut Page,
    /// Which link of the page an element is.
    links: Places,
}

impl Reader<'_> {
    fn visit(&mut self, node: &Node) {
        let Some(element) = node.element_data() else { return };
        if matches!(&*element.name.local, "td" | "th") {
            self.cell(node);
        }
        if matches!(&*element.name.local, "img" | super::absent::NAME) {
            self.picture(node);
        }
        if node.flags.is_inline_root() {
            self.text(node);
        }
    }

    /// The cells of a row stand on one line of the text.
    fn cell(&mut self, node: &Node) {
        let Some(row) = node.parent.and_then(|id| self.base.get_node(id)) else { return };
        let is_cell = |id: &NodeId| {
            let found = self.base.get_node(*id).and_then(Node::element_data);
            found.is_some_and(|e| matches!(&*e.name.local, "td" | "th"))
        };
        let first = row.children.iter().find(|id| is_cell(id));
        if first != Some(&node.id) && self.page.text.ends_with('\n') {
            // Only what holds one line each reads like a table; the rest are columns of a layout.
            let before = self.page.text.trim_end_matches('\n').rsplit('\n').next().unwrap_or_default();
            if before.len() < 60 {
                self.page.text.pop();
                self.page.text.push('\t');
            }
        }
    }

    fn area(&self, x: f32, y: f32, width: f32, height: f32) -> Rect {
        let scale = self.scale;
        Rect { x: x * scale, y: y * scale, width: width * scale, height: height * scale }
    }

    fn picture(&mut self, node: &Node) {
        let at = node.absolute_position(0.0, 0.0);
        let size = node.final_layout().size;
        let area = self.area(at.x, at.y, size.width, size.height);
        let label = node.attr(local_name!("alt")).unwrap_or_default().trim().to_owned();
        let link = self.link_of(node.id);
        if let Some(link) = link.and_then(|number| self.page.links.get_mut(number)) {
            link.areas.push(area);
            link.label.push_str(&label);
        }
        if let Some(source) = node.attr(local_name!("src")).filter(|_| self.page.images.len() < MAX_LINKS) {
            let source = crate::mime::display::cut(source, 256).to_owned();
            self.page.images.push(Image { source, label, area });
        }
    }

    /// The link that a node is in.
    fn link_of(&mut self, id: NodeId) -> Option<usize> {
        let mut at = Some(id);
        while let Some(node) = at.and_then(|id| self.base.get_node(id)) {
            let is_link = node.element_data().is_some_and(|e| e.name.local == local_name!("a"));
            if let Some(target) = node.attr(local_name!("href")).filter(|href| is_link && !href.is_empty()) {
                if let Some(known) = self.links.get(&node.id) {
                    return Some(*known);
                }
                if self.page.links.len() >= MAX_LINKS {
                    return None;
                }
                self.page.links.push(Link {
                    target: target.to_owned(),
                    label: String::new(),
                    areas: Vec::new(),
                });
                self.links.insert(node.id, self.page.links.len() - 1);
                return Some(self.page.links.len() - 1);
            }
            at = node.parent;
        }
        None
    }

    fn text(&mut self, root: &Node) {
        let Some(inline) = root.element_data().and_then(|e| e.inline_layout_data.as_ref()) else { return };
        let frame = root.final_layout();
        let at = root.absolute_position(0.0, 0.0);
        let left = (at.x + frame.padding.left + frame.border.left) * self.scale;
        let top = (at.y + frame.padding.top + frame.border.top + inline.block_offset) * self.scale;
        let start = self.page.text.len();
        self.page.text.push_str(&inline.text);
        for line in inline.layout.lines() {
            let metrics = line.metrics();
            let starts = starts(&line);
            for run in line.runs() {
                let range = run.text_range();
                if run.is_empty() {
                    continue;
                }
                let offset = metrics.offset + metrics.inline_min_coord;
                let x = left + starts.get(&range.start).copied().unwrap_or(offset);
                let area = Rect {
                    x,
                    y: top + metrics.block_min_coord,
                    width: run.advance(),
                    height: metrics.block_max_coord - metrics.block_min_coord,
                };
                let (mut stops, mut along) = (Vec::with_capacity(run.len()), 0.0);
                let mut link: Option<(usize, Rect)> = None;
                for cluster in run.clusters() {
                    let from = along;
                    along += cluster.advance();
                    let inside = cluster.text_range();
                    stops.push((u32::try_from(inside.end.saturating_sub(range.start)).unwrap_or(0), along));
                    let x = if run.is_rtl() { area.x + area.width - along } else { area.x + from };
                    let piece = Rect { x, width: along - from, ..area };
                    self.link_piece(&mut link, cluster.style().brush.id, piece, inline.text.get(inside));
                }
                self.end_piece(link);
                let range = start + range.start..start + range.end;
                self.page.lines.push(Line { range, area, rtl: run.is_rtl(), stops });
            }
        }
        if self.page.text.len() > start {
            self.page.text.push('\n');
        }
    }

    /// Adds a character to the area of the link that it belongs to.
    fn link_piece(&mut self, open: &mut Option<(usize, Rect)>, id: NodeId, piece: Rect, text: Option<&str>) {
        let found = self.link_of(id);
        if let Some(link) = found.and_then(|n| self.page.links.get_mut(n)) {
            link.label.push_str(text.unwrap_or_default());
        }
        match (open.as_mut(), found) {
            (Some((number, area)), Some(next)) if *number == next => {
                let right = (area.x + area.width).max(piece.x + piece.width);
                area.x = area.x.min(piece.x);
                area.width = right - area.x;
            }
            _ => {
                self.end_piece(open.take());
                *open = found.map(|number| (number, piece));
            }
        }
    }

    fn end_piece(&mut self, piece: Option<(usize, Rect)>) {
        if let Some((number, area)) = piece
            && let Some(link) = self.page.links.get_mut(number)
        {
            link.areas.push(area);
        }
    }

    fn finish(&mut self) {
        for link in &mut self.page.links {
            link.label = link.label.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        self.page.links.retain(|link| !link.areas.is_empty());
        // Places are looked up by halving.
        self.page.lines.sort_by_key(|line| line.range.start);
    }
}

#[cfg(test)]
mod tests {
    use crate::html::engine::{Blitz, Engine, Pictures, Sheet};
    use crate::html::page::{Line, View};

    fn lines(html: &str) -> (String, Vec<Line>) {
        let clean = crate::html::sanitize(html);
        let page = Blitz::new().open(&clean, &Pictures::default(), View::default()).page();
        (page.text, page.lines)
    }

    #[test]
    fn text_beside_a_float_is_where_it_is_painted() {
        let (_, lines) =
            lines("<body style='margin:0'><div style='float:left;width:200px;height:50px'></div>Beside.");
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert!((line.area.x - 200.0).abs() < 1.0, "{line:?}");
    }

    #[test]
    fn runs_of_both_directions_stand_side_by_side() {
        let (text, mut lines) =
            lines("<body style='margin:0'>one \u{5d0}\u{5d1} two \u{5d2}\u{5d3} three<b>four</b>");
        lines.sort_by(|a, b| a.area.x.total_cmp(&b.area.x));
        let mut end = 0.0_f32;
        for line in &lines {
            assert!(
                (line.area.x - end).abs() < 0.5,
                "{:?} starts at {}",
                text.get(line.range.clone()),
                line.area.x
            );
            end = line.area.x + line.area.width;
        }
        assert!(lines.len() >= 6, "{lines:?}");
        assert_eq!(lines.iter().filter(|line| line.rtl).count(), 2, "{lines:?}");
    }
}
