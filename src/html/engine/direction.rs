//! Boxes in lines that run from right to left. The engine turns a line around only if letters in it ask for it; where
//! there are boxes alone, as in the columns of some newsletters, a mark that cannot be seen does.

use blitz_dom::{BaseDocument, Node, NodeId};

/// Right-to-left mark (UAX #9).
const MARK: &str = "\u{200f}";

/// Puts marks where they are needed. Styles are known, boxes are not.
pub(super) fn settle(base: &mut BaseDocument) {
    let mut found: Vec<(NodeId, NodeId)> = Vec::new();
    let mut open = vec![base.root_element().id];
    while let Some(id) = open.pop() {
        let Some(node) = base.get_node(id) else { continue };
        open.extend(node.children.iter().copied());
        if is_rtl(node) && needs_mark(base, node) {
            found.extend(node.children.first().map(|first| (id, *first)));
        }
    }
    let mut tree = base.mutate();
    for (line, first) in found {
        let (before, after) = (tree.create_text_node(MARK), tree.create_text_node(MARK));
        tree.insert_nodes_before(first, &[before]);
        tree.append_children(line, &[after]);
    }
}

fn is_rtl(node: &Node) -> bool {
    node.primary_styles().is_some_and(|styles| format!("{:?}", styles.clone_direction()) == "Rtl")
}

/// Whether an element holds boxes in a line and no letters.
fn needs_mark(base: &BaseDocument, node: &Node) -> bool {
    let mut boxes = false;
    for child in &node.children {
        let Some(child) = base.get_node(*child) else { continue };
        if child.is_element() {
            let Some((outside, inside)) = child.primary_styles().map(|styles| {
                let display = styles.clone_display();
                (format!("{:?}", display.outside()), format!("{:?}", display.inside()))
            }) else {
                continue;
            };
            match outside.as_str() {
                "None" => {}
                "Inline" => boxes |= inside != "Flow",
                _ => return false,
            }
        } else if !child.is_whitespace_node() && child.text_data().is_some() {
            return false;
        }
    }
    boxes
}
