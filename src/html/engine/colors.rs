//! The color of letters in tables where there is no document type (Quirks Mode Standard section 3.5): that of the body,
//! whatever is around the table. A style sheet cannot say that, so tables get a color that nobody asks for, and those
//! that still have it once styles are known get that of the body.

use crate::html::legacy::TABLE_COLOR;
use blitz_dom::{BaseDocument, Node, NodeId, local_name};

/// Gives tables their color. Styles are known, boxes are not.
pub(super) fn settle(base: &mut BaseDocument) {
    let (mut body, mut found): (Option<[f32; 4]>, Vec<NodeId>) = (None, Vec::new());
    let mut open = vec![base.root_element().id];
    while let Some(id) = open.pop() {
        let Some(node) = base.get_node(id) else { continue };
        open.extend(node.children.iter().copied());
        let Some(element) = node.element_data() else { continue };
        if element.name.local == local_name!("body") {
            body = color(node);
        } else if element.name.local == local_name!("table") && color(node).is_some_and(is_unasked) {
            found.push(id);
        }
    }
    let Some([red, green, blue, alpha]) = body else { return };
    let part = |channel: f32| (channel * 255.0).round();
    let css = format!("rgba({},{},{},{alpha})", part(red), part(green), part(blue));
    let mut tree = base.mutate();
    for id in found {
        tree.set_style_property(id, "color", &css);
    }
}

fn color(node: &Node) -> Option<[f32; 4]> {
    let color = node.primary_styles()?.clone_color().into_srgb_legacy();
    Some([color.components.0, color.components.1, color.components.2, color.alpha])
}

/// Whether a color is the one that tables get.
fn is_unasked(color: [f32; 4]) -> bool {
    color.iter().zip(TABLE_COLOR).all(|(found, expected)| (found * 255.0 - f32::from(expected)).abs() < 0.5)
}
