//! Heights of lines where there is no document type or one of the nineties (Quirks Mode Standard section 3.3): an
//! element whose letters all stand in elements inside it asks for no height of its own. A picture alone on a line
//! makes it as high as the picture, small letters in a `<span>` as high as they are.
//!
//! The engine has no such mode. So these elements get a line height of nothing, and what is in them its own back.

use blitz_dom::{BaseDocument, Node, NodeId, local_name};

/// Gives lines their height. Styles are known, boxes are not.
pub(super) fn settle(base: &mut BaseDocument) {
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
    let mut in_line = false;
    // A space between two elements in a line is a letter, one at the edge of a line is nothing.
    let mut space = false;
    for child in node.children.iter().filter_map(|id| base.get_node(*id)) {
        if let Some(text) = child.text_data() {
            if !child.is_whitespace_node() {
                return false;
            }
            space |= in_line && !text.content.is_empty();
            continue;
        }
        let Some(element) = child.element_data() else { continue };
        if matches!(element.name.local, local_name!("br") | local_name!("wbr")) {
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
