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

/// Places of the elements with an `id`, in a view of 800 pixels.
fn ids(html: &str) -> HashMap<String, Place> {
    let clean = crate::html::sanitize(html);
    let pictures = Pictures::of(&clean, &HashMap::new());
    let sheet = Blitz::new().open(&clean, &pictures, View { width: 800, ..View::default() });
    let mut found = HashMap::new();
    walk(sheet.base(), |node, _| {
        if let Some(id) = node.attr(local_name!("id")) {
            found.insert(id.to_owned(), place(node));
        }
    });
    found
}

#[track_caller]
fn near(found: f32, expected: f32) {
    assert!((found - expected).abs() <= 1.0, "{found} instead of {expected}");
}

#[test]
fn pictures_that_are_absent_take_the_room_that_browsers_give_them() {
    let page = |doctype: &str| {
        format!(
            "{doctype}<body style='margin:0;font-size:16px;line-height:20px'>\
             <div id=bare>x<img src=https://e.example/1.png>y</div>\
             <div id=none>x<img src=https://e.example/2.png alt=''>y</div>\
             <div id=words>x<img src=https://e.example/3.png alt='Some words' width=100 height=30>y</div>\
             <div id=boxed>x<img src=https://e.example/4.png width=100 height=30>y</div>\
             <img id=block src=https://e.example/5.png alt=Words width=600 height=85 \
             style='display:block;width:300px;height:auto'>"
        )
    };
    let standard = ids(&page("<!DOCTYPE html>"));
    for (id, height) in [("bare", 20.0), ("none", 20.0), ("words", 20.0), ("boxed", 34.0), ("block", 42.5)] {
        near(standard[id].height, height);
    }
    near(standard["block"].width, 300.0);
    // Without a document type, words do not take the place of a picture with a size.
    near(ids(&page(""))["words"].height, 34.0);
}

#[test]
fn the_strongest_of_the_borders_that_meet_wins() {
    let html = "<!DOCTYPE html><style>table{border-collapse:collapse}td{padding:0;height:20px}</style>\
        <table id=table style='width:400px;border:2px solid red'><tr style='border-bottom:4px solid blue'>\
        <td id=a style='width:200px'></td><td id=b></td></tr><tr><td id=c></td><td id=d></td></tr></table>";
    let found = ids(html);
    // Two rows of twenty, the border between them, and those of the table above and below.
    near(found["table"].height, 20.0 + 20.0 + 4.0 + 2.0 + 2.0);
    near(found["c"].y - found["a"].y, 2.0 + 20.0 + 4.0);
    // A row without a border has none, whatever the first cell of the table has.
    let plain = ids("<!DOCTYPE html><style>td{padding:0;height:20px}</style><table id=table \
        style='border-collapse:collapse'><tr><td style='border-top:3px solid'></td></tr><tr><td></td></tr></table>");
    near(plain["table"].height, 43.0);
}

#[test]
fn boxes_of_a_line_from_right_to_left_stand_so() {
    let found = ids(
        "<!DOCTYPE html><table width=600 style='border-spacing:0'><tr><td dir=rtl style='padding:0;font-size:0'>\
        <div id=first style='display:inline-block;width:200px;height:10px'></div>\
        <div id=second style='display:inline-block;width:400px;height:10px'></div></td></tr></table>\
        <table dir=rtl width=600 style='border-spacing:0'><tr><td id=right width=200>a</td><td id=left>b</td></tr></table>",
    );
    assert!(found["first"].x > found["second"].x, "{found:?}");
    assert!(found["right"].x > found["left"].x, "{found:?}");
    near(found["right"].width, 202.0);
}

#[test]
fn a_cell_that_is_a_block_is_still_there() {
    let found = ids(
        "<!DOCTYPE html><style>.container{display:block!important;margin:0 auto!important;max-width:600px}\
        table{border-collapse:collapse!important}</style><table width=100% cellspacing=0 cellpadding=0><tr><td></td>\
        <td class=container width=600 id=block><div id=inner style='height:50px'>a</div></td><td></td></tr></table>",
    );
    near(found["inner"].height, 50.0);
    near(found["inner"].width, 600.0);
}

#[test]
fn line_breaks_in_a_cell_make_no_line_higher() {
    let found = ids(
        "<!DOCTYPE html><table><tr><td id=cell style='padding:0;font-size:16px;line-height:22px'>a<br>b<br>c\
        </td></tr></table>",
    );
    near(found["cell"].height, 66.0);
}

#[test]
fn a_button_in_a_cell_of_its_own_width_stays_on_one_line() {
    let found = ids(
        "<!DOCTYPE html><table><tr><td style='padding:0'><table cellspacing=0 cellpadding=0><tr><td>\
        <a id=button style='display:block;padding:13px 17px;font-size:15px;line-height:15px'>Primary Button</a>\
        </td></tr></table></td></tr></table>",
    );
    near(found["button"].height, 41.0);
}

#[test]
fn old_documents_have_lines_as_high_as_what_stands_in_them() {
    let page = |doctype: &str| {
        format!(
            "{doctype}<table cellspacing=0 cellpadding=0><tr><td style='font-size:24px;line-height:40px'><div id=small>\
             <span style='font-size:12px;line-height:14px'>a</span></div><div id=own>a<span>b</span></div>\
             <div id=picture><a href=https://e.example/><img src=data:image/gif;base64,{GIF} width=20 height=20></a></div>\
             </td></tr></table>"
        )
    };
    let old = ids(&page("<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Transitional//EN' 'x'>"));
    near(old["small"].height, 14.0);
    near(old["own"].height, 40.0);
    near(old["picture"].height, 20.0);
    let new = ids(&page("<!DOCTYPE html>"));
    near(new["small"].height, 40.0);
    near(new["picture"].height, 40.0);
}

/// A picture of one point.
const GIF: &str = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

#[test]
fn margins_go_through_what_is_blank() {
    let page = |blank: &str| {
        format!("<!DOCTYPE html><style>p{{margin:10px 0}}</style><p>a</p><p>{blank}</p><p id=last>b</p>")
    };
    near(ids(&page("<b> <span> </span></b>"))["last"].y, ids(&page(""))["last"].y);
    assert!(ids(&page("<b>&nbsp;</b>"))["last"].y > ids(&page(""))["last"].y + 10.0);
}

#[test]
fn what_is_clipped_makes_a_page_no_higher() {
    let clean = crate::html::sanitize(
        "<p style='margin:0;height:20px'>a</p><div style='max-height:0;overflow:hidden'><div style='height:3000px'></div></div>",
    );
    let sheet = Blitz::new().open(&clean, &Pictures::default(), View::default());
    assert!(sheet.page().height < 60, "{}", sheet.page().height);
}

#[test]
fn emoji_are_in_color_and_as_wide_as_in_their_font() {
    let html = "<!DOCTYPE html><body style='margin:0'><p style='margin:0;font:20px sans-serif'>\u{1f31f}\u{2b50}</p>";
    let clean = crate::html::sanitize(html);
    let mut sheet = Blitz::new().open(&clean, &Pictures::default(), View::default());
    let pixels = sheet.paint(0, 30);
    let colored =
        pixels.as_chunks::<4>().0.iter().filter(|[r, g, b, _]| r.abs_diff(*b) > 80 && g.abs_diff(*b) > 40);
    let colored = colored.count();
    // Without a font of emoji in color there is nothing to be seen of this.
    let has_font = std::path::Path::new("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf").exists();
    assert!(!has_font || colored > 200, "{colored}");
}

#[test]
fn letters_in_tables_of_old_documents_have_the_color_of_the_body() {
    let red_and_blue = |doctype: &str| {
        let html = format!(
            "{doctype}<body style='margin:0;color:#f00'><div style='color:#00f;font-size:40px'><table><tr><td>MMMM</table>"
        );
        let clean = crate::html::sanitize(&html);
        let pixels = Blitz::new().open(&clean, &Pictures::default(), View::default()).paint(0, 60);
        let count = |color: [u8; 4]| pixels.as_chunks::<4>().0.iter().filter(|p| **p == color).count();
        (count([255, 0, 0, 255]), count([0, 0, 255, 255]))
    };
    let (red, blue) = red_and_blue("");
    assert!(red > 10 && blue == 0, "{red} {blue}");
    let (red, blue) = red_and_blue("<!DOCTYPE html>");
    assert!(red == 0 && blue > 10, "{red} {blue}");
}

#[test]
fn a_greatest_width_of_a_cell_is_that_of_its_column() {
    let found = ids("<!DOCTYPE html><table cellspacing=0 cellpadding=0 width=700><tr><td>a</td></tr><tr>\
         <td id=cell style='max-width:300px;padding:0'>b</td></tr></table>");
    near(found["cell"].width, 700.0);
}

#[test]
fn old_documents_have_last_lines_as_high_as_the_picture_in_them() {
    let page = |doctype: &str| {
        format!(
            "{doctype}<body style='margin:0;font-size:16px;line-height:20px'><div id=a>a<br><br>\
             <img src=data:image/gif;base64,{GIF} width=1 height=1></div><div id=b>\
             <img src=data:image/gif;base64,{GIF} width=90 height=40><br><br></div><div id=c>\
             <img src=data:image/gif;base64,{GIF} width=1 height=1></div>"
        )
    };
    let old = ids(&page(""));
    near(old["a"].height, 41.0);
    near(old["b"].height, 60.0);
    near(old["c"].height, 1.0);
    let new = ids(&page("<!DOCTYPE html>"));
    near(new["a"].height, 60.0);
    near(new["c"].height, 20.0);
}

#[test]
fn a_line_break_behind_a_block_in_a_link_is_a_line() {
    let inside = "<a href=https://e.example/><div style='height:30px'></div></a><br>\
        <a href=https://e.example/><div style='height:10px'></div></a>";
    for doctype in ["", "<!DOCTYPE html>"] {
        let html = format!(
            "{doctype}<body style='margin:0;font-size:16px;line-height:20px'><div id=a>{inside}</div>"
        );
        near(ids(&html)["a"].height, 60.0);
    }
}

#[test]
fn the_old_word_for_breaking_words_makes_a_column_as_narrow_as_it_has_to_be() {
    let found = ids("<!DOCTYPE html><table cellspacing=0 cellpadding=0 width=200><tr><td id=cell \
         style='padding:0;word-break:break-word'>averyveryveryveryveryverylongwordwithoutanyend</td>\
         <td width=150><div style='width:150px'></div></td></tr></table>");
    near(found["cell"].width, 50.0);
}

#[test]
fn a_picture_without_an_address_is_as_absent_as_any_other() {
    let found = ids(
        "<!DOCTYPE html><body style='margin:0;font-size:16px;line-height:20px'><div id=words><img alt=Words></div>\
         <div id=block><img src=https://e.example/a.png alt=Words style='display:block;font-size:5px;line-height:6px'></div>",
    );
    near(found["words"].height, 20.0);
    // The sign beside the words is higher than they are.
    near(found["block"].height, 16.0);
}

/// A tool for looking at one mail without building the program: prints the boxes of the file in `POSTRIDER_BOXES`, in
/// the shape of `tests/fidelity/compare.py --boxes '*'`, and paints it into the file in `POSTRIDER_PNG`.
#[test]
#[ignore = "a tool, see tests/fidelity/compare.py"]
#[allow(clippy::print_stderr, clippy::print_stdout)]
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
