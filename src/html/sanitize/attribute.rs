//! Which attributes stay, and what their values may be.

use crate::html::limits::{MAX_ATTRIBUTE, MAX_COLSPAN, MAX_LENGTH, MAX_ROWSPAN};
use crate::mime::{display, text::links};

/// Whether an element may have an attribute at all.
pub(super) fn is_allowed(element: &str, attribute: &str) -> bool {
    match attribute {
        "class" | "id" | "dir" | "lang" | "title" | "align" | "hidden" => true,
        "width" | "height" => {
            matches!(element, "table" | "td" | "th" | "tr" | "tbody" | "img" | "col" | "colgroup" | "hr")
        }
        "bgcolor" => matches!(element, "table" | "td" | "th" | "tr" | "tbody" | "thead" | "tfoot" | "body"),
        "background" => matches!(element, "table" | "td" | "th" | "tr" | "tbody" | "body"),
        "cellpadding" | "cellspacing" => element == "table",
        "border" => matches!(element, "table" | "img"),
        "rules" | "frame" | "bordercolor" => element == "table",
        "valign" => {
            matches!(
                element,
                "table" | "td" | "th" | "tr" | "tbody" | "thead" | "tfoot" | "col" | "colgroup" | "img"
            )
        }
        "colspan" | "rowspan" | "nowrap" => matches!(element, "td" | "th"),
        "span" => matches!(element, "col" | "colgroup"),
        "src" | "alt" | "hspace" | "vspace" => element == "img",
        "href" => element == "a",
        "name" => element == "a",
        "color" => matches!(element, "font" | "hr"),
        "face" => element == "font",
        "size" => matches!(element, "font" | "hr"),
        "noshade" => element == "hr",
        "text" | "link" | "vlink" | "alink" | "marginwidth" | "marginheight" | "leftmargin" | "topmargin" => {
            element == "body"
        }
        "clear" => element == "br",
        "type" => matches!(element, "ol" | "ul" | "li" | "blockquote"),
        "start" | "reversed" => element == "ol",
        "value" => element == "li",
        "open" => element == "details",
        _ => false,
    }
}

/// The value as it may stand; none drops the attribute.
pub(super) fn clean(element: &str, attribute: &str, value: &str) -> Option<String> {
    let short = display::cut(value, MAX_ATTRIBUTE);
    match attribute {
        "href" => href(value),
        "width" | "height" => length(short),
        "colspan" => Some(whole(short, 1, MAX_COLSPAN)?.to_string()),
        "rowspan" => Some(whole(short, 1, MAX_ROWSPAN)?.to_string()),
        "span" => Some(whole(short, 1, MAX_COLSPAN)?.to_string()),
        "cellpadding" | "cellspacing" | "border" | "hspace" | "vspace" | "marginwidth" | "marginheight"
        | "leftmargin" | "topmargin" => match (attribute, short.trim()) {
            // `<table border>` means 1.
            ("border", "" | "border") => Some("1".to_owned()),
            (_, text) => Some(whole(text, 0, 500)?.to_string()),
        },
        "size" if element == "hr" => Some(whole(short, 0, 500)?.to_string()),
        "start" | "value" => {
            let number = short.trim().parse::<i32>().ok()?;
            Some(number.clamp(-100_000, 100_000).to_string())
        }
        "hidden" | "nowrap" | "noshade" | "reversed" | "open" => Some(String::new()),
        "dir" => {
            let word = short.trim().to_ascii_lowercase();
            matches!(word.as_str(), "ltr" | "rtl" | "auto").then_some(word)
        }
        "class" | "id" | "lang" | "title" | "alt" | "name" | "face" | "align" | "valign" | "bgcolor"
        | "color" | "text" | "link" | "vlink" | "alink" | "clear" | "type" | "size" | "rules" | "frame"
        | "bordercolor" => {
            let mut safe = String::with_capacity(short.len());
            display::push_body_safe(&mut safe, short);
            Some(safe)
        }
        _ => None,
    }
}

/// Whether an address names a way of its own (`javascript:`, `data:`, `file:`), not just a place on the same site.
pub(super) fn names_scheme(value: &str) -> bool {
    let compact: String = value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).take(40).collect();
    let Some((scheme, _)) = compact.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// A link that a click may follow, or a place in the same document.
fn href(value: &str) -> Option<String> {
    let trimmed = value.trim();
    if let Some(fragment) = trimmed.strip_prefix('#') {
        let fragment: String = display::cut(fragment, 256).chars().filter(|c| !c.is_control()).collect();
        return Some(format!("#{fragment}"));
    }
    links::target(value).map(|target| target.to_string())
}

/// `12`, `12.5px` or `50%`, clamped.
fn length(text: &str) -> Option<String> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    let number = digits.parse::<f32>().ok()?;
    if rest.trim_start().starts_with('%') {
        return Some(format!("{}%", number.min(100.0)));
    }
    Some(number.min(MAX_LENGTH).to_string())
}

/// A whole number between limits, read as browsers read it: digits at the start count.
fn whole(text: &str, least: u32, most: u32) -> Option<u32> {
    let text = text.trim_start().trim_start_matches('+');
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let digits = text.get(..end)?;
    if digits.is_empty() {
        return None;
    }
    Some(digits.parse::<u32>().unwrap_or(most).clamp(least, most))
}

/// The media query of a style element.
pub(super) fn media(value: &str) -> String {
    let harmless =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '(' | ')' | ':' | ',' | '-' | '.' | '/');
    if value.len() > 256 || !value.chars().all(harmless) {
        return String::new();
    }
    value.trim().to_ascii_lowercase()
}
