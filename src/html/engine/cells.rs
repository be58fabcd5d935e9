//! Cells that are no cells any more: a well-known template makes the middle one of a row a block. Browsers put such
//! blocks into a cell without a name (CSS 2.2 section 17.2.1); the engine leaves them out.

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
    let mut tree = base.mutate();
    for run in found {
        let Some(first) = run.first() else { continue };
        let name = QualName::new(None, ns!(html), LocalName::from("x-cell"));
        let cell = tree.create_element(name, Vec::new());
        tree.set_style_property(cell, "display", "table-cell");
        tree.insert_nodes_before(*first, &[cell]);
        for id in &run {
            tree.remove_node(*id);
        }
        tree.append_children(cell, &run);
    }
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
