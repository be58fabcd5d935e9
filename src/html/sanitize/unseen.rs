//! Letters that nobody can see. Some senders hide ten thousand words between those that they mean, to get past filters:
//! without them a mail of megabytes is a page like any other.
//!
//! Only what takes no room and shows nothing whatever the window is like: out of the flow and hidden by its own style,
//! not named by a style sheet, without pictures and links, which are told of elsewhere.

use crate::html::tree::{Data, NodeId, Tree};
use html5ever::LocalName;
use std::collections::HashSet;

/// What decides about an element.
#[derive(Default)]
pub(super) struct Unseen {
    /// Names that style sheets have rules for.
    named: HashSet<String>,
    /// Elements with something in them that is told of, or that may be shown after all.
    kept: HashSet<NodeId>,
}

impl Unseen {
    /// Looks through a tree once.
    pub(super) fn of(tree: &Tree) -> Self {
        let mut found = Self::default();
        for (id, node) in tree.nodes().iter().enumerate() {
            let Data::Element { name, attributes } = &node.data else { continue };
            if &*name.local == "style" {
                for child in &node.children {
                    if let Some(Data::Text(css)) = tree.node(*child).map(|node| &node.data) {
                        found.names(css);
                    }
                }
            }
            let keeps = matches!(&*name.local, "a" | "img" | "style" | "form" | "iframe" | "script")
                || attributes.iter().any(|(name, value)| {
                    &**name == "background"
                        || (&**name == "style" && (value.contains("visible") || value.contains("url(")))
                });
            let mut at = keeps.then_some(id);
            while let Some(holder) = at.filter(|holder| found.kept.insert(*holder)) {
                at = tree.node(holder).and_then(|node| node.parent);
            }
        }
        found
    }

    /// Notes what stands behind a dot or a hash.
    fn names(&mut self, css: &str) {
        for piece in css.split(['.', '#']).skip(1) {
            let end =
                piece.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(piece.len());
            if let Some(name) = piece.get(..end).filter(|name| !name.is_empty()) {
                self.named.insert(name.to_owned());
            }
        }
    }

    /// Whether nothing of an element can be seen.
    pub(super) fn is(&self, id: NodeId, attributes: &[(LocalName, String)]) -> bool {
        let value = |wanted: &str| attributes.iter().find(|(n, _)| &**n == wanted).map(|(_, v)| v.as_str());
        let Some(style) = value("style") else { return false };
        if !(style.contains("hidden") && style.contains("absolute")) || self.kept.contains(&id) {
            return false;
        }
        let style: String = style.to_ascii_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
        let says = |wanted: &str| style.split(';').any(|declaration| declaration == wanted);
        let named = |names: &str| names.split_whitespace().any(|name| self.named.contains(name));
        says("visibility:hidden")
            && says("position:absolute")
            && !value("class").is_some_and(named)
            && !value("id").is_some_and(named)
    }
}

#[cfg(test)]
mod tests {
    fn clean(html: &str) -> String {
        let text = crate::html::sanitize(html).to_html();
        text.split("<body>").nth(1).unwrap_or_default().replace("</body></html>", "")
    }

    #[test]
    fn hidden_letters_are_left_out() {
        let hidden = "style='visibility: hidden; position: absolute'";
        assert_eq!(clean(&format!("<p>a<span class=x {hidden}>b<i>c</i></span>d")), "<p>ad</p>");
        // What may come back, or is told of, stays.
        for html in [
            format!("<style>.x{{visibility:visible!important}}</style><p>a<span class=x {hidden}>b</span>"),
            format!("<p><span {hidden}>b<b style='visibility:visible'>c</b></span>"),
            format!("<p><span {hidden}>b<img src=https://x.example/t.gif></span>"),
            "<p><span style='visibility:hidden'>b</span>".to_owned(),
        ] {
            assert!(clean(&html).contains(">b"), "{html}");
        }
    }
}
