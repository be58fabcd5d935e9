//! Pages as a window asks them.

use super::*;

fn page() -> Page {
    let line = |range: Range<usize>, y: f32, rtl: bool| Line {
        stops: (1..=u32::try_from(range.len()).unwrap())
            .map(|n| (n, f32::from(u16::try_from(n).unwrap()) * 10.0))
            .collect(),
        area: Rect { x: 5.0, y, width: 10.0 * f32::from(u16::try_from(range.len()).unwrap()), height: 20.0 },
        range,
        rtl,
    };
    Page {
        text: "Hello world\nSecond line\n".into(),
        lines: vec![line(0..6, 0.0, false), line(6..11, 20.0, false), line(12..23, 40.0, true)],
        ..Page::default()
    }
}

#[test]
fn a_point_is_a_place_in_the_text() {
    let page = page();
    assert_eq!(page.position(5.0, 1.0), Some(0));
    assert_eq!(page.position(26.0, 1.0), Some(2));
    assert_eq!(page.position(900.0, 10.0), Some(6));
    assert_eq!(page.position(5.0, 500.0), Some(23), "right to left: the left edge is the end");
    assert_eq!(Page::default().position(1.0, 1.0), None);
}

#[test]
fn a_range_is_drawn_line_by_line_and_copied_with_its_breaks() {
    let page = page();
    let areas = page.areas(2..14);
    assert_eq!(areas.len(), 3);
    assert_eq!(areas[0], Rect { x: 25.0, y: 0.0, width: 40.0, height: 20.0 });
    assert_eq!(areas[2], Rect { x: 95.0, y: 40.0, width: 20.0, height: 20.0 });
    assert_eq!(page.text_of(6..14), "world\nSe");
    assert_eq!(page.text_of(0..500), "Hello world\nSecond line");
}

#[test]
fn words_and_blocks_are_found_at_a_place() {
    let page = page();
    assert_eq!(page.text_of(page.word_at(8)), "world");
    assert_eq!(page.text_of(page.block_at(14)), "Second line");
}

#[test]
fn search_knows_no_case_and_crosses_lines() {
    let page = page();
    assert_eq!(page.find("WORLD  second").first(), Some(&(6..18)));
    assert_eq!(page.find("o").len(), 3);
    assert!(page.find(" ").is_empty());
    assert!(page.find("absent").is_empty());
}
