//! What stands in cells, and what stands where cells should be.
//!
//! Cells that are no cells any more: a well-known template makes the middle one of a row a block. Browsers put such
//! blocks into a cell without a name (CSS 2.2 section 17.2.1); the engine leaves them out.
//!
//! Line breaks right in a cell: the engine moves them up or down as the cell moves its content, and the line grows with
//! each. A block around the content keeps that from them.

use blitz_dom::{BaseDocument, LocalName, NodeId, QualName, local_name, ns};

/// Puts what stands in rows without being a cell into cells. Styles are known, boxes are not.
pub(super) fn settle(base: &mut BaseDocument) {
    // Runs of such elements, each with what stands before it taken into account by the order of the tree.
    let mut found: Vec<Vec<NodeId>> = Vec::new();
    let mut open = vec![base.root_element().id];
    while let Some(id) = open.pop() {
        let Some(node) = base.get_node(id) else { continue };
        open.extend(node.children.iter().copied());
        if inside(base, id).as_deref() != Some("TableRow") {
            continue;
        }
        let mut run: Vec<NodeId> = Vec::new();
        for child in &node.children {
            let is_element = base.get_node(*child).is_some_and(|node| node.element_data().is_some());
            match inside(base, *child).as_deref().filter(|_| is_element) {
                Some("Flow" | "FlowRoot" | "Flex" | "Grid" | "Table") => run.push(*child),
                Some("TableCell") => found.extend((!run.is_empty()).then(|| std::mem::take(&mut run))),
                _ => {}
            }
        }
        found.extend((!run.is_empty()).then_some(run));
    }
    let broken = with_breaks(base);
    let mut tree = base.mutate();
    for cell in broken {
        let block = tree.create_element(html_name("x-box"), Vec::new());
        tree.set_style_property(block, "display", "block");
        tree.reparent_children(cell, block);
        tree.append_children(cell, &[block]);
    }
    for run in found {
        let Some(first) = run.first() else { continue };
        let cell = tree.create_element(html_name("x-cell"), Vec::new());
        tree.set_style_property(cell, "display", "table-cell");
        tree.insert_nodes_before(*first, &[cell]);
        for id in &run {
            tree.remove_node(*id);
        }
        tree.append_children(cell, &run);
    }
}

fn html_name(name: &str) -> QualName {
    QualName::new(None, ns!(html), LocalName::from(name))
}

/// Cells with line breaks right in them.
fn with_breaks(base: &BaseDocument) -> Vec<NodeId> {
    let mut found = Vec::new();
    let mut open = vec![base.root_element().id];
    while let Some(id) = open.pop() {
        let Some(node) = base.get_node(id) else { continue };
        open.extend(node.children.iter().copied());
        let is_break = |id: &NodeId| {
            let element = base.get_node(*id).and_then(|node| node.element_data());
            element.is_some_and(|element| element.name.local == local_name!("br"))
        };
        if node.children.iter().any(is_break) && inside(base, id).as_deref() == Some("TableCell") {
            found.push(id);
        }
    }
    found
}

/// The engine's word for what an element is inside.
fn inside(base: &BaseDocument, id: NodeId) -> Option<String> {
    let node = base.get_node(id)?;
    // Nothing else lays itself out by its name.
    if node.element_data()?.name.local == local_name!("br") {
        return None;
    }
    node.primary_styles().map(|styles| format!("{:?}", styles.clone_display().inside()))
}
