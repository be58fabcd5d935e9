//! The links of a sanitized document with what the reader sees of them.

use super::{Event, Sanitized};
use crate::html::limits::MAX_LINKS;
use crate::mime::display;

/// Bytes of a link's text that are kept.
const MAX_LABEL: usize = 500;

impl Sanitized {
    /// Target and visible text of each link, at most [`MAX_LINKS`]; a picture counts by what stands for it.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = Vec::new();
        // For each open element the link that it is.
        let mut open: Vec<Option<usize>> = Vec::new();
        for event in &self.events {
            let current = open.iter().rev().find_map(|link| *link);
            match event {
                Event::Open { name, attributes } => {
                    let value =
                        |wanted: &str| attributes.iter().find(|(n, _)| &**n == wanted).map(|(_, v)| v);
                    let target = value("href")
                        .filter(|target| &**name == "a" && !target.is_empty() && found.len() < MAX_LINKS);
                    let link = target.map(|target| {
                        found.push((target.clone(), String::new()));
                        found.len() - 1
                    });
                    if let (Some(alt), Some(at)) = (value("alt"), current) {
                        append(&mut found, at, alt);
                    }
                    if !super::element::is_void(name) {
                        open.push(link);
                    }
                }
                Event::Text(text) => {
                    if let Some(at) = current {
                        append(&mut found, at, text);
                    }
                }
                Event::Style { .. } => {}
                Event::Close => {
                    open.pop();
                }
            }
        }
        found
    }
}

fn append(found: &mut [(String, String)], at: usize, text: &str) {
    if let Some((_, label)) = found.get_mut(at) {
        let room = MAX_LABEL.saturating_sub(label.len());
        label.push_str(display::cut(text, room));
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn links_have_their_text() {
        let html = "<p><a href=https://a.example/><b>www.</b>bank.example</a> and <a href='javascript:x'>no</a>\
            <a href=https://b.example/><img src=http://p.example/x.png alt=logo></a></p>";
        let clean = crate::html::sanitize(html);
        let links = clean.links();
        assert_eq!(links.len(), 2);
        assert_eq!(links[0], ("https://a.example/".to_owned(), "www.bank.example".to_owned()));
        assert_eq!(links[1].1, "logo");
        assert_eq!(clean.report.dead_links, 1);
    }
}
