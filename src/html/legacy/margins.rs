//! Margins that browsers leave out where there is no document type: those of the style sheet of the browser, at the
//! edges of the body and of cells (WHATWG HTML section 15.3.10).

use super::Event;
use html5ever::LocalName;
use std::collections::HashSet;

/// Elements with a margin left out, as places in the document.
#[derive(Default)]
pub(super) struct Edges {
    above: HashSet<usize>,
    below: HashSet<usize>,
}

impl Edges {
    /// The rule for an element.
    pub(super) fn css(&self, at: usize) -> &'static str {
        match (self.above.contains(&at), self.below.contains(&at)) {
            (true, true) => "margin-top:0;margin-bottom:0;",
            (true, false) => "margin-top:0;",
            (false, true) => "margin-bottom:0;",
            (false, false) => "",
        }
    }
}

/// Elements that have a margin above and below without asking for it.
fn has_margins(name: &str) -> bool {
    matches!(
        name,
        "blockquote"
            | "dir"
            | "dl"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "listing"
            | "menu"
            | "ol"
            | "p"
            | "pre"
            | "ul"
    )
}

/// Elements whose margin below is left out too; that of the others only above.
fn loses_both(name: &str) -> bool {
    matches!(name, "listing" | "p" | "pre")
}

/// Elements that margins go through: blocks without any of their own, and what stands around blocks in a line.
fn is_transparent(name: &str) -> bool {
    matches!(name, "div" | "center" | "a" | "b" | "em" | "font" | "i" | "span" | "strong" | "u")
}

/// An open element.
struct Open {
    at: usize,
    /// Margins of what stands first in it are left out.
    above: bool,
    /// Margins of what stands last in it are left out.
    below: bool,
    /// Something stands in it already.
    filled: bool,
    /// What stands last in it, if that has margins to be left out.
    last: Vec<usize>,
    margins: bool,
}

/// Finds them. A margin goes through blocks in blocks, unless a frame or padding stands between.
pub(super) fn at_edges(events: &[Event]) -> Edges {
    let mut edges = Edges::default();
    let mut open: Vec<Open> = Vec::new();
    for (at, event) in events.iter().enumerate() {
        match event {
            Event::Open { name, attributes } => {
                let outer = open.last_mut();
                let is_first = outer.as_ref().is_some_and(|outer| outer.above && !outer.filled);
                if let Some(outer) = outer {
                    outer.filled = true;
                    outer.last.clear();
                }
                let margins = has_margins(name);
                if margins && is_first {
                    edges.above.insert(at);
                }
                if matches!(&**name, "br" | "col" | "hr" | "img" | "wbr") {
                    continue;
                }
                let is_cell = matches!(&**name, "td" | "th");
                let passes = (margins || is_transparent(name)) && is_bare(attributes);
                open.push(Open {
                    at,
                    above: is_cell || &**name == "body" || (passes && is_first),
                    below: is_cell || passes,
                    filled: false,
                    last: Vec::new(),
                    margins,
                });
            }
            Event::Text(text) => {
                if let Some(outer) =
                    open.last_mut().filter(|_| !text.chars().all(|c| c.is_ascii_whitespace()))
                {
                    outer.filled = true;
                    outer.last.clear();
                }
            }
            Event::Style { .. } => {}
            Event::Close => {
                let Some(mut inner) = open.pop() else { continue };
                let Some(outer) = open.last_mut() else { continue };
                if matches!(events.get(inner.at), Some(Event::Open { name, .. }) if matches!(&**name, "td" | "th"))
                {
                    edges.below.extend(inner.last);
                    continue;
                }
                if inner.below {
                    outer.last.append(&mut inner.last);
                }
                let loses =
                    matches!(events.get(inner.at), Some(Event::Open { name, .. }) if loses_both(name));
                if inner.margins && loses {
                    outer.last.push(inner.at);
                }
            }
        }
    }
    edges
}

/// Whether an element has no style that may keep the margins of what is in it inside.
fn is_bare(attributes: &[(LocalName, String)]) -> bool {
    let style = attributes.iter().find(|(name, _)| &**name == "style").map(|(_, value)| value.as_str());
    style.is_none_or(|style| {
        !["padding", "border", "float", "overflow", "height", "display"]
            .iter()
            .any(|word| style.contains(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(html: &str) -> Vec<(String, &'static str)> {
        let clean = crate::html::sanitize(html);
        let edges = at_edges(&clean.events);
        let names = clean.events.iter().enumerate().filter_map(|(at, event)| match event {
            Event::Open { name, .. } => Some((name.to_string(), edges.css(at))),
            Event::Text(_) | Event::Style { .. } | Event::Close => None,
        });
        names.filter(|(_, css)| !css.is_empty()).collect()
    }

    #[test]
    fn margins_at_the_edges_of_cells_are_left_out() {
        let cell = |inner: &str| found(&format!("<table><tr><td>{inner}</td></tr></table>"));
        let both = "margin-top:0;margin-bottom:0;";
        assert_eq!(cell("<p>a</p>"), [("p".to_owned(), both)]);
        assert_eq!(cell("<p>a</p><h1>b</h1>"), [("p".to_owned(), "margin-top:0;")]);
        assert_eq!(
            cell("<h1>a</h1><p>b</p>"),
            [("h1".to_owned(), "margin-top:0;"), ("p".to_owned(), "margin-bottom:0;")]
        );
        assert_eq!(cell("x<p>a</p>y"), []);
        assert_eq!(cell("<div> <p>a</p></div>"), [("p".to_owned(), both)]);
        assert_eq!(cell("<div style='padding:1px'><p>a</p></div>"), []);
        assert_eq!(cell("<a href=https://e.example/><h1>a</h1></a>"), [("h1".to_owned(), "margin-top:0;")]);
        assert_eq!(found("<p>a</p><p>b</p>"), [("p".to_owned(), "margin-top:0;")]);
    }
}
