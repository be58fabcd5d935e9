//! Blocks with nothing in them but spaces in `<b>`, `<span>` and the like, which word processors write. Margins go
//! through them as if they were empty (CSS 2.2 section 8.3.1); the engine sees a line.

use blitz_dom::{BaseDocument, Node, NodeId, local_name};

/// Empties such blocks. Styles are known, boxes are not.
pub(super) fn settle(base: &mut BaseDocument) {
    let mut found: Vec<NodeId> = Vec::new();
    let mut open = vec![base.root_element().id];
    while let Some(id) = open.pop() {
        let Some(node) = base.get_node(id) else { continue };
        open.extend(node.children.iter().copied());
        let Some(element) = node.element_data() else { continue };
        let is_block = matches!(
            element.name.local,
            local_name!("p")
                | local_name!("div")
                | local_name!("h1")
                | local_name!("h2")
                | local_name!("h3")
                | local_name!("h4")
                | local_name!("blockquote")
        );
        if is_block && !node.children.is_empty() && is_blank(base, node) {
            found.extend(node.children.iter().copied());
        }
    }
    let mut tree = base.mutate();
    for id in found {
        tree.remove_node(id);
    }
}

/// Whether an element holds at least one inline element, and only spaces in all of them.
fn is_blank(base: &BaseDocument, block: &Node) -> bool {
    let collapses =
        block.primary_styles().is_some_and(|s| format!("{:?}", s.clone_white_space_collapse()) == "Collapse");
    if !collapses {
        return false;
    }
    let mut elements = false;
    let mut open: Vec<NodeId> = block.children.iter().copied().collect();
    while let Some(id) = open.pop() {
        let Some(node) = base.get_node(id) else { continue };
        if node.text_data().is_some() {
            if !node.is_whitespace_node() {
                return false;
            }
            continue;
        }
        let Some(element) = node.element_data() else { continue };
        let is_plain = matches!(
            element.name.local,
            local_name!("b")
                | local_name!("i")
                | local_name!("u")
                | local_name!("span")
                | local_name!("font")
                | local_name!("strong")
                | local_name!("em")
        );
        let is_bare = node.attr(local_name!("style")).is_none_or(|style| {
            !["padding", "border", "display", "margin", "white-space"].iter().any(|word| style.contains(word))
        });
        if !is_plain || !is_bare || !node.is_non_atomic_inline() {
            return false;
        }
        elements = true;
        open.extend(node.children.iter().copied());
    }
    elements
}
