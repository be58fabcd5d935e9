//! Heights of lines where there is no document type or one of the nineties (Quirks Mode Standard section 3.3): an
//! element whose letters all stand in elements inside it asks for no height of its own. A picture alone on a line
//! makes it as high as the picture, small letters in a `<span>` as high as they are.
//!
//! The engine has no such mode. So these elements get a line height of nothing, and what is in them its own back.

use blitz_dom::{BaseDocument, LocalName, Node, NodeId, QualName, local_name, ns};

/// Gives lines their height. Styles are known, boxes are not.
pub(super) fn settle(base: &mut BaseDocument) {
    // Boxes that were put in just now have no styles yet.
    base.resolve_stylist(0.0);
    let found = tails(base);
    let any = !found.is_empty();
    let mut tree = base.mutate();
    for run in found {
        let Some(first) = run.first() else { continue };
        let name = QualName::new(None, ns!(html), LocalName::from("x-tail"));
        let tail = tree.create_element(name, Vec::new());
        tree.set_style_property(tail, "display", "block");
        tree.insert_nodes_before(*first, &[tail]);
        for id in &run {
            tree.remove_node(*id);
        }
        tree.append_children(tail, &run);
    }
    drop(tree);
    if any {
        base.resolve_stylist(0.0);
    }
    let mut changes: Vec<(NodeId, String)> = Vec::new();
    let mut open = vec![base.root_element().id];
    while let Some(id) = open.pop() {
        let Some(node) = base.get_node(id) else { continue };
        open.extend(node.children.iter().copied());
        if !is_hollow(base, node) {
            continue;
        }
        changes.push((id, "0".to_owned()));
        for child in node.children.iter().filter_map(|id| base.get_node(*id)) {
            // Those that are hollow themselves come later and have the last word.
            if let Some(height) = child.element_data().and_then(|_| line_height(child)) {
                changes.push((child.id, height));
            }
        }
    }
    let mut tree = base.mutate();
    for (id, height) in changes {
        tree.set_style_property(id, "line-height", &height);
    }
}

/// Last lines that hold elements only, after a line break or a block: the picture of a tracker, the rule above an answer.
/// In a block of their own they are like any other element that holds nothing else.
fn tails(base: &BaseDocument) -> Vec<Vec<NodeId>> {
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
        // A run ends at a block or with the element, and starts after the last line break in it.
        let mut run: Vec<NodeId> = Vec::new();
        let mut whole = true;
        for child in node.children.iter().filter_map(|id| base.get_node(*id)) {
            match kind(child) {
                Kind::Break => {
                    run.clear();
                    whole = false;
                }
                Kind::Block => {
                    let run = std::mem::take(&mut run);
                    found.extend(is_tail(base, &run).then_some(run));
                    whole = false;
                }
                Kind::Inline => run.push(child.id),
            }
        }
        // What is all of an element is looked at as such.
        found.extend((!whole && is_tail(base, &run)).then_some(run));
    }
    found
}

/// What a child does to the line that it stands in.
enum Kind {
    Break,
    Block,
    Inline,
}

fn kind(node: &Node) -> Kind {
    let Some(element) = node.element_data() else { return Kind::Inline };
    if element.name.local == local_name!("br") {
        return Kind::Break;
    }
    let Some(styles) = node.primary_styles() else { return Kind::Inline };
    match format!("{:?}", styles.clone_display().outside()).as_str() {
        "Inline" | "None" => Kind::Inline,
        _ => Kind::Block,
    }
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
