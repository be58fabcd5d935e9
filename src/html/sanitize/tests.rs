//! What the sanitizer leaves of attacks and oddities.

use super::*;

fn clean(html: &str) -> String {
    sanitize(html).to_html()
}

#[test]
fn nothing_that_acts_survives() {
    let html = "<!doctype html><p onclick=x()>a<script>b</script><iframe src=http://e/>c</iframe>\
        <a href=' java\nscript:x'>d</a><img src=http://e.example/x.gif onerror=y><svg><style><img onerror=1></style></svg>\
        <form action=http://e/><input name=q>e</form><link rel=stylesheet href=http://e/><base href=http://e/>";
    let out = clean(html);
    // A form ends the paragraph before it, also one that is left out afterwards.
    assert_eq!(
        out,
        "<!DOCTYPE html>\n<html><head></head><body><p>a<a href=\"\">d</a><img src=\"blocked:0\"></p>e</body></html>"
    );
}

#[test]
fn a_word_without_end_is_broken_once_and_for_all() {
    let word = "abc\u{5d0}".repeat(3_000);
    let once = clean(&word);
    assert!(once.split('\u{200B}').all(|piece| piece.chars().count() < 5_000), "{}", once.len());
    assert_eq!(clean(&once), once);
    let text = "words of a letter ".repeat(1_000);
    assert!(!clean(&text).contains('\u{200B}'));
}

#[test]
fn a_mark_of_the_byte_order_does_not_hide_the_document_type() {
    assert!(!sanitize("\u{feff}<!DOCTYPE html><p>a").quirks);
    assert!(sanitize("\u{feff}<p>a").quirks);
}

#[test]
fn rules_are_counted_over_all_sheets() {
    let sheets: String =
        (0..30).map(|n| format!("<style>{}</style>", format!("a{{top:{n}px}}").repeat(400))).collect();
    let done = sanitize(&format!("<body>{sheets}<p>x"));
    assert!(done.report.cut);
    assert_eq!(done.to_html().matches("{top:").count(), crate::html::limits::MAX_RULES);
}

#[test]
fn sheets_bring_no_pages_of_text_along() {
    let html = |text: &str| clean(&format!("<style>p:before{{color:red;content:'{text}'}}</style><p>x"));
    assert!(html("\u{2022} ").contains("content:"));
    let long = html(&"word ".repeat(100));
    assert!(long.contains("color:red") && !long.contains("content:"), "{long}");
    let many = clean(&format!("<p style='margin:0;padding:{}'>x", "var(--x)".repeat(50)));
    assert!(many.contains("margin:0") && !many.contains("var("), "{many}");
}
