//! Where links within a page lead: places with an id, or the name of an anchor.

use crate::html::page::Page;
use blitz_dom::{BaseDocument, Node, NodeId, local_name};
use std::collections::{HashMap, HashSet};

/// Fills in the places that links of the page lead to.
pub(super) fn read(base: &BaseDocument, scale: f32, page: &mut Page) {
    // Some write a name into the link as it is, some as an address.
    let mut wanted: HashMap<String, String> = HashMap::new();
    for link in &page.links {
        if let Some(name) = link.target.strip_prefix('#').filter(|name| !name.is_empty()) {
            wanted.insert(decoded(name), name.to_owned());
            wanted.insert(name.to_owned(), name.to_owned());
        }
    }
    if wanted.is_empty() {
        return;
    }
    let boxes = boxes(base);
    let mut open = vec![base.root_element().id];
    while let Some(node) = open.pop().and_then(|id| base.get_node(id)) {
        let names = [node.attr(local_name!("id")), node.attr(local_name!("name"))];
        for name in names.into_iter().flatten() {
            if let Some(name) = wanted.remove(name) {
                page.anchors.push((name, top(base, &boxes, node, scale)));
            }
        }
        open.extend(node.children.iter().rev().copied());
    }
}

/// A name without `%20` and its like.
fn decoded(name: &str) -> String {
    let mut out = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        rest = match (first, tail) {
            (b'%', [high, low, after @ ..]) if hex(high).is_some() && hex(low).is_some() => {
                out.push(hex(high).unwrap_or_default() * 16 + hex(low).unwrap_or_default());
                after
            }
            _ => {
                out.push(*first);
                tail
            }
        };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What has a box of its own.
fn boxes(base: &BaseDocument) -> HashSet<NodeId> {
    let mut boxes = HashSet::new();
    let mut open = vec![base.root_element().id];
    while let Some(node) = open.pop().and_then(|id| base.get_node(id)) {
        boxes.insert(node.id);
        let inner = node.layout_children.borrow();
        match inner.as_ref() {
            Some(inner) => open.extend(inner.iter().copied()),
            // The texts of an inline root stand in its lines.
            None if node.flags.is_inline_root() => {}
            None => open.extend(node.children.iter().copied()),
        }
    }
    boxes
}

/// The upper edge of an element in device pixels: of its box, or of the line that it stands in.
fn top(base: &BaseDocument, boxes: &HashSet<NodeId>, node: &Node, scale: f32) -> f32 {
    let mut at = Some(node.id);
    let mut child = node.id;
    while let Some(mut holder) = at.and_then(|id| base.get_node(id)) {
        if boxes.contains(&holder.id) {
            // Lines beside blocks stand in boxes without a name.
            let inner = holder.layout_children.borrow();
            let mut inner = inner.iter().flatten().filter_map(|id| base.get_node(*id));
            holder =
                inner.find(|inner| inner.is_anonymous() && inner.children.contains(&child)).unwrap_or(holder);
            let top = holder.absolute_position(0.0, 0.0).y * scale;
            let inside = (holder.id != node.id).then(|| line_of(base, holder, node.id, scale)).flatten();
            return top + inside.unwrap_or(0.0);
        }
        child = holder.id;
        at = holder.parent;
    }
    0.0
}

/// How far below the upper edge of an inline root the line of an element is: letters before it are counted, since spaces
/// are not in the lines as they are in the document.
fn line_of(base: &BaseDocument, root: &Node, wanted: NodeId, scale: f32) -> Option<f32> {
    let inline = root.element_data()?.inline_layout_data.as_ref()?;
    let mut before = 0;
    let mut open: Vec<NodeId> = root.children.iter().rev().copied().collect();
    while let Some(id) = open.pop().filter(|id| *id != wanted) {
        let node = base.get_node(id)?;
        if let Some(text) = node.text_data() {
            before += text.content.chars().filter(|c| !c.is_whitespace()).count();
        }
        open.extend(node.children.iter().rev().copied());
    }
    let mut letters = inline.text.char_indices().filter(|(_, c)| !c.is_whitespace());
    let byte = letters.nth(before).map_or(inline.text.len(), |(at, _)| at);
    let frame = root.final_layout();
    let inset = (frame.padding.top + frame.border.top + inline.block_offset) * scale;
    let lines = inline.layout.lines();
    let line = lines.take_while(|line| line.text_range().start <= byte).last()?;
    Some(inset + line.metrics().block_min_coord)
}

#[cfg(test)]
mod tests {
    use super::super::{Blitz, Engine, Pictures, Sheet};
    use crate::html::page::View;
    use crate::html::sanitize;

    #[test]
    fn links_lead_to_boxes_and_into_lines() {
        let html = "<body style='margin:0;line-height:20px'><a href='#two'>2</a><a href='#b%20x'>b</a><a href=#in>i</a>\
            <a href='#nowhere'>n</a><p style='margin:0;height:300px'>x</p><h2 id=two style='margin:0'>Two</h2>\
            <div>first  line<br>second<br><a name=in></a>third<br><b name=no id='b x'>fourth</b></div>";
        let page = Blitz::new().open(&sanitize(html), &Pictures::default(), View::default()).page();
        let top = |name: &str| page.anchor(name).map(f32::round);
        let two = top("#two").unwrap();
        assert!((320.0..=322.0).contains(&two), "{two}");
        let line = |words: &str| {
            let at = page.text.find(words).unwrap();
            page.lines.iter().find(|line| line.range.contains(&at)).map(|line| line.area.y.round())
        };
        assert_eq!(top("#in"), line("third"));
        assert_eq!(top("#b%20x"), line("fourth"));
        assert_eq!((top("#nowhere"), top("#"), top("#TOP")), (None, Some(0.0), Some(0.0)));
    }
}
