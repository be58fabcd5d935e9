//! Where boxes stand, in numbers that follow from the rules of CSS.

use super::blitz::Blitz;
use super::pictures::Pictures;
use super::{Engine, Sheet};
use crate::html::page::View;
use blitz_dom::{BaseDocument, Node, local_name};
use std::collections::HashMap;
use std::time::Instant;

/// Place and size of an element in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Place {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

fn place(node: &Node) -> Place {
    let at = node.absolute_position(0.0, 0.0);
    let size = node.final_layout().size;
    Place { x: at.x, y: at.y, width: size.width, height: size.height }
}

/// Calls back for each element that has a box, in document order, with its depth.
fn walk(base: &BaseDocument, mut visit: impl FnMut(&Node, usize)) {
    let mut open = vec![(base.root_element().id, 1)];
    while let Some((id, depth)) = open.pop() {
        let Some(node) = base.get_node(id) else { continue };
        if node.element_data().is_some() {
            visit(node, depth);
        }
        open.extend(node.children.iter().rev().map(|child| (*child, depth + 1)));
    }
}

/// A tool for looking at one mail without building the program: prints the boxes of the file in `POSTRIDER_BOXES`, in
/// the shape of `tests/fidelity/compare.py --boxes '*'`, and paints it into the file in `POSTRIDER_PNG`.
#[test]
#[ignore = "a tool, see tests/fidelity/compare.py"]
fn boxes_of_a_file() {
    let path = std::env::var("POSTRIDER_BOXES").unwrap();
    let html = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    let mut began = Instant::now();
    let mut step = |what: &str| {
        eprintln!("{what} {:?}", began.elapsed());
        began = Instant::now();
    };
    let mut engine = Blitz::new();
    step("fonts");
    let clean = crate::html::sanitize(&html);
    step("sanitize");
    let pictures = Pictures::of(&clean, &HashMap::new());
    step("pictures");
    let mut sheet = engine.open(&clean, &pictures, View::default());
    step("open");
    let page = sheet.page();
    step("page");
    let rows = page.height.min(6000);
    let mut pixels = Vec::new();
    for top in (0..rows).step_by(512) {
        let tile = sheet.paint(top, 512.min(rows - top));
        let width = usize::try_from(page.width * 4).unwrap();
        tile.chunks_exact(width).for_each(|row| pixels.extend_from_slice(&row[..3200]));
    }
    step("paint");
    if let Ok(out) = std::env::var("POSTRIDER_PNG") {
        image::save_buffer(out, &pixels, 800, rows, image::ExtendedColorType::Rgba8).unwrap();
        return;
    }
    walk(sheet.base(), |node, depth| {
        let p = place(node);
        let name = node.element_data().map(|e| e.name.local.to_string()).unwrap_or_default();
        let class = node.attr(local_name!("id")).or(node.attr(local_name!("class"))).unwrap_or_default();
        let text: String = node
            .children
            .iter()
            .filter_map(|id| sheet.base().get_node(*id)?.text_data().map(|t| t.content.trim().to_owned()))
            .collect::<Vec<_>>()
            .join(" ");
        let text: String = text.chars().take(30).collect();
        println!(
            "{}{name} {:.1},{:.1} {:.1}x{:.1} {class} {text}",
            " ".repeat(depth),
            p.x,
            p.y,
            p.width,
            p.height
        );
    });
}
