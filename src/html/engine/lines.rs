//! Heights of lines where there is no document type or one of the nineties (Quirks Mode Standard section 3.3): an
//! element whose letters all stand in elements inside it asks for no height of its own. A picture alone on a line
//! makes it as high as the picture, small letters in a `<span>` as high as they are.
//!
//! The engine has no such mode. So these elements get a line height of nothing, and what is in them its own back.

use blitz_dom::{BaseDocument, LocalName, Node, NodeId, QualName, local_name, ns};
use taffy::{CompactLength, CoreStyle};

/// Gives lines their height. Styles are known, boxes are not.
pub(super) fn settle(base: &mut BaseDocument) {
    // Boxes that were put in just now have no styles yet.
    base.resolve_stylist(0.0);
    let found = tails(base);
    let any = !found.is_empty();
    let mut tree = base.mutate();
    for (run, line_break) in found {
        let Some(first) = run.first() else { continue };
        let name = QualName::new(None, ns!(html), LocalName::from("x-tail"));
        let tail = tree.create_element(name, Vec::new());
        tree.set_style_property(tail, "display", "block");
        tree.insert_nodes_before(*first, &[tail]);
        for id in &run {
            tree.remove_node(*id);
        }
        tree.append_children(tail, &run);
        if let Some(line_break) = line_break {
            tree.remove_node(line_break);
        }
    }
    drop(tree);
    if any {
        base.resolve_stylist(0.0);
    }
    let mut changes: Vec<(NodeId, &str, String)> = Vec::new();
    let mut open = vec![base.root_element().id];
    while let Some(id) = open.pop() {
        let Some(node) = base.get_node(id) else { continue };
        open.extend(node.children.iter().copied());
        if !is_hollow(base, node) {
            continue;
        }
        changes.push((id, "line-height", "0".to_owned()));
        // A line of no height still has its baseline where letters would stand, and a small picture stands on that.
        let flat = node.children.iter().filter_map(|id| base.get_node(*id)).any(is_small);
        if flat {
            changes.push((id, "font-size", "0".to_owned()));
        }
        for child in node.children.iter().filter_map(|id| base.get_node(*id)) {
            if child.element_data().is_none() {
                continue;
            }
            // Those that are hollow themselves come later and have the last word.
            changes.extend(line_height(child).map(|height| (child.id, "line-height", height)));
            if let Some(size) = font_size(child).filter(|_| flat) {
                changes.push((child.id, "font-size", format!("{size}px")));
            }
        }
    }
    let mut tree = base.mutate();
    for (id, name, value) in changes {
        tree.set_style_property(id, name, &value);
    }
}

fn font_size(node: &Node) -> Option<f32> {
    Some(node.primary_styles()?.get_font().clone_font_size().computed_size().px())
}

/// Whether a picture is lower than half the letters beside it would be.
fn is_small(node: &Node) -> bool {
    let is_picture = node
        .element_data()
        .is_some_and(|e| e.name.local == local_name!("img") || &*e.name.local == super::absent::NAME);
    let Some(size) = font_size(node).filter(|_| is_picture) else { return false };
    let height = node.layout_style().size().height;
    height.tag() == CompactLength::LENGTH_TAG && height.value() < size / 2.0
}

/// Lines that hold elements only, beside others in a block: the picture of a tracker, the rule above an answer, words in
/// elements of their own with a line break behind each. In a block of their own they are like any other element that
/// holds nothing else; the line break that ends them, if there is one, goes.
fn tails(base: &BaseDocument) -> Vec<(Vec<NodeId>, Option<NodeId>)> {
    let mut found = Vec::new();
    let mut open = vec![base.root_element().id];
    while let Some(id) = open.pop() {
        let Some(node) = base.get_node(id) else { continue };
        open.extend(node.children.iter().copied());
        let is_block = node.primary_styles().is_some_and(|styles| {
            let display = styles.clone_display();
            let (outside, inside) = (format!("{:?}", display.outside()), format!("{:?}", display.inside()));
            matches!(inside.as_str(), "TableCell" | "FlowRoot") || (outside == "Block" && inside == "Flow")
        });
        if !is_block {
            continue;
        }
        let mut run: Vec<NodeId> = Vec::new();
        // What is all of an element is looked at as such.
        let mut whole = true;
        for child in node.children.iter().filter_map(|id| base.get_node(*id)) {
            let (ends, line_break) = match kind(base, child) {
                Kind::Inline => {
                    run.push(child.id);
                    continue;
                }
                Kind::Block => (true, None),
                // One that clears floats has a rule of its own.
                Kind::Break => (child.attr(local_name!("class")).is_none(), Some(child.id)),
            };
            let run = std::mem::take(&mut run);
            found.extend((ends && is_tail(base, &run)).then_some((run, line_break)));
            whole = false;
        }
        found.extend((!whole && is_tail(base, &run)).then_some((run, None)));
    }
    found
}

/// What a child does to the line that it stands in.
enum Kind {
    Break,
    Block,
    Inline,
}

fn kind(base: &BaseDocument, node: &Node) -> Kind {
    let Some(element) = node.element_data() else { return Kind::Inline };
    if element.name.local == local_name!("br") {
        return Kind::Break;
    }
    // A block within a link ends the line as one beside it does: a line break behind is a line of its own.
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        let Some(styles) = node.primary_styles() else { continue };
        match format!("{:?}", styles.clone_display().outside()).as_str() {
            "None" => continue,
            "Inline" => {}
            _ => return Kind::Block,
        }
        if format!("{:?}", styles.clone_display().inside()) == "Flow" {
            open.extend(node.children.iter().filter_map(|id| base.get_node(*id)));
        }
    }
    Kind::Inline
}

/// Whether a run is a line with elements and no letters.
fn is_tail(base: &BaseDocument, run: &[NodeId]) -> bool {
    run.iter().any(|id| base.get_node(*id).is_some_and(|node| node.element_data().is_some()))
        && holds_elements_only(run.iter().filter_map(|id| base.get_node(*id)))
}

/// The line height of an element as CSS.
fn line_height(node: &Node) -> Option<String> {
    let styles = node.primary_styles()?;
    // The engine's own words: `Normal`, `Number(NonNegative(1.5))`, `Length(NonNegative(20.0 px))`.
    let words = format!("{:?}", styles.clone_line_height());
    let number = words.rsplit('(').next().unwrap_or_default().trim_end_matches(')');
    if words.starts_with("Normal") {
        Some("normal".to_owned())
    } else if words.starts_with("Number") {
        number.parse::<f32>().ok().map(|n| n.to_string())
    } else {
        number.trim_end_matches("px").trim().parse::<f32>().ok().map(|n| format!("{n}px"))
    }
}

/// Whether an element holds elements in lines, but no letters and no line breaks of its own.
fn is_hollow(base: &BaseDocument, node: &Node) -> bool {
    if node.element_data().is_none() || node.primary_styles().is_none() {
        return false;
    }
    holds_elements_only(node.children.iter().filter_map(|id| base.get_node(*id)))
}

/// Whether nodes are elements in lines, without letters and line breaks beside them.
fn holds_elements_only<'a>(nodes: impl Iterator<Item = &'a Node>) -> bool {
    let mut in_line = false;
    // A space between two elements in a line is a letter, one at the edge of a line is nothing.
    let mut space = false;
    for child in nodes {
        if let Some(text) = child.text_data() {
            if !child.is_whitespace_node() {
                return false;
            }
            space |= in_line && !text.content.is_empty();
            continue;
        }
        let Some(element) = child.element_data() else { continue };
        // Emoji are letters.
        if matches!(element.name.local, local_name!("br") | local_name!("wbr"))
            || &*element.name.local == crate::html::legacy::EMOJI
        {
            return false;
        }
        let Some(styles) = child.primary_styles() else { continue };
        match format!("{:?}", styles.clone_display().outside()).as_str() {
            "None" => {}
            "Inline" => {
                // Letters without width were in the empty ones, which count as letters.
                if space || (child.is_non_atomic_inline() && child.children.is_empty()) {
                    return false;
                }
                in_line = true;
            }
            _ => space = false,
        }
    }
    in_line
}
