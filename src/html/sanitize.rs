//! The tree of a stranger to a document that can do nothing: an allow-list of elements and attributes, styles
//! through [`super::css`], addresses of pictures replaced by tokens. Never fails, never shows a style sheet as text.

mod attribute;
mod element;
mod links;
mod pictures;
#[cfg(test)]
mod tests;
mod unseen;

use super::css::{self, Pass};
use super::limits::{MAX_DEPTH, MAX_HTML, MAX_NODES, MAX_STYLE, MAX_TEXT, MAX_WORD};
use super::tree::{Data, NodeId, QUIRKS_ALMOST, QUIRKS_MARK, Tree};
use crate::mime::display;
use element::Fate;
use html5ever::LocalName;
use pictures::Pictures;
use std::fmt::Write;
use unseen::Unseen;

/// A document that is safe to show, and what was found in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sanitized {
    /// What is left, in document order.
    pub(super) events: Vec<Event>,
    /// The sender wrote no document type: browsers lay such a document out by older rules.
    pub(super) quirks: bool,
    /// The document type is one of the nineties: the older rule for lines with pictures holds.
    pub(super) almost: bool,
    /// Pictures that stand in the document.
    inline: Vec<String>,
    /// Targets and texts of the links in the quote that can be folded.
    pub(super) quoted: Vec<(String, String)>,
    /// What was found.
    pub report: Report,
}

/// What a mail contained besides its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Report {
    /// Pictures that would have to be loaded from the network, each address once. The document names number
    /// `n` as `blocked:n`.
    pub remote: Vec<RemotePicture>,
    /// Addresses of pictures that came with the mail (`cid:`), without the scheme.
    pub attached: Vec<String>,
    /// Scripts and event handlers that were removed.
    pub scripts: u32,
    /// Forms that lead nowhere now.
    pub forms: u32,
    /// Frames, objects and media that were removed.
    pub frames: u32,
    /// Links that would have run something, which lead nowhere now.
    #[serde(default)]
    pub dead_links: u32,
    /// The sender gave colors for dark windows.
    pub asks_dark: bool,
    /// The sender says that the mail can stand on a dark ground.
    #[serde(default)]
    pub fits_dark: bool,
    /// Not everything is shown, because there is too much of it.
    pub cut: bool,
}

/// A picture on the network.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RemotePicture {
    /// Where it is, `http:` or `https:`.
    pub address: String,
    /// It is too small to be seen: its only use is to tell that the mail was read.
    pub is_tracker: bool,
}

/// A piece of a sanitized document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A start tag.
    Open { name: LocalName, attributes: Vec<(LocalName, String)> },
    /// Text.
    Text(String),
    /// A style element with its sheet.
    Style { media: String, css: String },
    /// The end of the element opened last.
    Close,
}

/// Makes the HTML of a mail safe. Takes time linear in its length; what is beyond the limits is left out.
/// Doing it again changes nothing.
#[must_use]
pub fn sanitize(html: &str) -> Sanitized {
    // A mark of the byte order at the start would be text before the document type.
    let html = html.trim_start_matches('\u{feff}');
    let kept = display::cut(html, MAX_HTML);
    let mut first = once(kept);
    first.report.cut |= kept.len() < html.len();
    // What a second reading finds must be what the first one left. Where a construct reads differently once
    // its wrapper is gone, the later reading counts.
    let mut text = first.to_html();
    for _ in 0..MAX_ROUNDS {
        let next = once(&text);
        let next_text = next.to_html();
        if next_text == text {
            break;
        }
        (first.events, first.quirks, first.almost) = (next.events, next.quirks, next.almost);
        text = next_text;
    }
    first
}

/// Readings until nothing changes; two are the rule, and each takes as long as the first.
const MAX_ROUNDS: usize = 4;

fn once(html: &str) -> Sanitized {
    let tree = Tree::parse(html);
    let mut work = Work::new(&tree);
    work.walk(&tree);
    let inline = work.pictures.known.into_values().filter(|token| token.starts_with("data:")).collect();
    let mut report = work.pictures.report;
    report.cut |= tree.cut || work.cut;
    Sanitized {
        events: work.events,
        quirks: tree.quirks,
        almost: tree.almost,
        inline,
        quoted: Vec::new(),
        report,
    }
}

impl Sanitized {
    /// Pictures that stand in the document itself, as `data:` addresses.
    pub(super) fn inline_pictures(&self) -> impl Iterator<Item = &str> {
        self.inline.iter().map(String::as_str)
    }

    /// The document as HTML.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut out = String::from("<!DOCTYPE html>\n");
        let mut open: Vec<&LocalName> = Vec::new();
        let mut after_pre = false;
        for event in &self.events {
            let was_pre = std::mem::take(&mut after_pre);
            match event {
                Event::Open { name, attributes } => {
                    let _ = write!(out, "<{name}");
                    for (key, value) in attributes {
                        let _ = write!(out, " {key}=\"");
                        escape(&mut out, value, true);
                        out.push('"');
                    }
                    out.push('>');
                    after_pre = matches!(&**name, "pre" | "listing");
                    if !element::is_void(name) {
                        open.push(name);
                    }
                }
                Event::Text(text) => {
                    if was_pre && text.starts_with('\n') {
                        out.push('\n');
                    }
                    escape(&mut out, text, false);
                }
                Event::Style { media, css } => {
                    out.push_str("<style");
                    if !media.is_empty() {
                        out.push_str(" media=\"");
                        escape(&mut out, media, true);
                        out.push('"');
                    }
                    let _ = write!(out, ">{css}</style>");
                }
                Event::Close => {
                    if let Some(name) = open.pop() {
                        let _ = write!(out, "</{name}>");
                    }
                }
            }
        }
        out
    }
}

fn escape(out: &mut String, text: &str, in_attribute: bool) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if in_attribute => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
}

/// The walk over one tree.
struct Work {
    events: Vec<Event>,
    pictures: Pictures,
    quirks: bool,
    almost: bool,
    css_left: usize,
    rules_left: usize,
    text_left: usize,
    /// Elements and texts so far.
    kept: usize,
    cut: bool,
}

/// Lets a word that is longer than any word be broken.
fn breakable(text: String) -> String {
    const BREAK: char = '\u{200B}';
    if text.len() <= MAX_WORD {
        return text;
    }
    let mut out = String::with_capacity(text.len() + text.len() / MAX_WORD * BREAK.len_utf8());
    let mut word = 0;
    for letter in text.chars() {
        let ends = letter.is_whitespace() || letter == BREAK;
        if word == MAX_WORD && !ends {
            out.push(BREAK);
            word = 0;
        }
        word = if ends { 0 } else { word + 1 };
        out.push(letter);
    }
    out
}

/// What is still to be done.
enum Step {
    Visit(NodeId, usize),
    Close,
}

impl Work {
    fn new(tree: &Tree) -> Self {
        Self {
            events: Vec::new(),
            pictures: Pictures::default(),
            quirks: tree.quirks,
            almost: tree.almost,
            css_left: super::limits::MAX_CSS,
            rules_left: super::limits::MAX_RULES,
            text_left: MAX_TEXT,
            kept: 0,
            cut: false,
        }
    }

    fn walk(&mut self, tree: &Tree) {
        let unseen = Unseen::of(tree);
        let mut steps = vec![Step::Visit(Tree::ROOT, 0)];
        while let Some(step) = steps.pop() {
            let (id, depth) = match step {
                Step::Close => {
                    self.events.push(Event::Close);
                    continue;
                }
                Step::Visit(id, depth) => (id, depth),
            };
            let Some(node) = tree.node(id) else { continue };
            let inner = match &node.data {
                Data::Document => depth,
                Data::Element { attributes, .. } if unseen.is(id, attributes) => continue,
                Data::Element { .. } | Data::Text(_) if self.kept >= MAX_NODES => {
                    self.cut = true;
                    continue;
                }
                Data::Text(text) => {
                    self.text(text);
                    continue;
                }
                Data::Nothing => continue,
                Data::Element { name, attributes } => {
                    match self.element(tree, id, &name.local, attributes, depth) {
                        After::Skip => continue,
                        After::Unwrapped => depth,
                        After::Opened => {
                            steps.push(Step::Close);
                            depth + 1
                        }
                    }
                }
            };
            steps.extend(node.children.iter().rev().map(|child| Step::Visit(*child, inner)));
        }
    }

    fn text(&mut self, text: &str) {
        let kept = display::cut(text, self.text_left);
        self.cut |= kept.len() < text.len();
        self.text_left -= kept.len();
        let mut safe = String::with_capacity(kept.len());
        display::push_body_safe(&mut safe, kept);
        let safe = breakable(safe);
        if safe.is_empty() {
            return;
        }
        if let Some(Event::Text(before)) = self.events.last_mut() {
            before.push_str(&safe);
        } else {
            self.kept += 1;
            self.events.push(Event::Text(safe));
        }
    }

    fn element(
        &mut self,
        tree: &Tree,
        id: NodeId,
        name: &LocalName,
        attributes: &[(LocalName, String)],
        depth: usize,
    ) -> After {
        let report = &mut self.pictures.report;
        report.scripts +=
            u32::try_from(attributes.iter().filter(|(n, _)| n.starts_with("on")).count()).unwrap_or(0);
        match element::fate(name) {
            Fate::Keep => {}
            Fate::Rename(other) => return self.open(&LocalName::from(other), name, attributes, depth),
            Fate::Unwrap => return After::Unwrapped,
            Fate::Style => {
                self.style(tree, id, attributes);
                return After::Skip;
            }
            Fate::Drop => return After::Skip,
            Fate::Script => {
                report.scripts += 1;
                return After::Skip;
            }
            Fate::Frame => {
                report.frames += 1;
                return After::Skip;
            }
            Fate::Object => {
                report.frames += 1;
                return After::Unwrapped;
            }
            Fate::Form => {
                report.forms += 1;
                return After::Unwrapped;
            }
            Fate::Meta => {
                let value =
                    |wanted: &str| attributes.iter().find(|(n, _)| &**n == wanted).map(|(_, v)| v.as_str());
                let names_scheme =
                    value("name").is_some_and(|n| n.trim().eq_ignore_ascii_case("color-scheme"));
                report.fits_dark |= names_scheme && value("content").is_some_and(css::names_dark);
                return After::Skip;
            }
        }
        self.open(name, name, attributes, depth)
    }

    fn open(
        &mut self,
        name: &LocalName,
        was: &LocalName,
        attributes: &[(LocalName, String)],
        depth: usize,
    ) -> After {
        if depth >= MAX_DEPTH {
            self.cut = true;
            return After::Unwrapped;
        }
        let mut kept = Vec::with_capacity(attributes.len());
        if (self.quirks || self.almost) && &**name == "html" {
            let value = if self.quirks { "" } else { QUIRKS_ALMOST };
            kept.push((LocalName::from(QUIRKS_MARK), value.to_owned()));
        }
        for (key, value) in attributes {
            let clean = match &**key {
                "style" => Some(self.declarations(value)).filter(|css| !css.is_empty()),
                "src" | "background" if attribute::is_allowed(was, key) => self.pictures.address(value),
                "href" if attribute::is_allowed(was, key) => {
                    let kept = attribute::clean(was, key, value);
                    let acts = kept.is_none() && attribute::names_scheme(value);
                    self.pictures.report.dead_links += u32::from(acts);
                    // What leads nowhere still looks like a link.
                    Some(kept.unwrap_or_default())
                }
                _ if attribute::is_allowed(was, key) => attribute::clean(was, key, value),
                _ => None,
            };
            kept.extend(clean.map(|value| (key.clone(), value)));
        }
        if &**name == "img" {
            self.picture(&mut kept, attributes);
        }
        self.kept += 1;
        self.events.push(Event::Open { name: name.clone(), attributes: kept });
        if element::is_void(name) { After::Skip } else { After::Opened }
    }

    /// Pictures without a plain address may have one elsewhere; tiny ones are trackers.
    fn picture(&mut self, kept: &mut Vec<(LocalName, String)>, attributes: &[(LocalName, String)]) {
        let value = |wanted: &str| attributes.iter().find(|(n, _)| &**n == wanted).map(|(_, v)| v.as_str());
        if kept.iter().all(|(n, _)| &**n != "src") {
            let first = value("srcset").and_then(|set| set.split_ascii_whitespace().next());
            let token = first.and_then(|address| self.pictures.address(address.trim_end_matches(',')));
            // A picture that can't be had is missed all the same.
            let named = value("src").is_some_and(|address| !address.trim().is_empty());
            let token = token.or_else(|| named.then(|| "blocked:".to_owned()));
            kept.extend(token.map(|token| (LocalName::from("src"), token)));
        }
        let side = |name: &str| value(name).and_then(|v| v.trim().trim_end_matches("px").parse::<f32>().ok());
        let tiny = |n: Option<f32>| n.is_some_and(|n| n <= 2.0);
        let style = value("style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
        let hidden = ["display:none", "width:1px", "height:1px", "width:0", "height:0", "opacity:0;"];
        let is_tiny = tiny(side("width")) && tiny(side("height"));
        let is_hidden = is_tiny || hidden.iter().any(|h| has_declaration(&style, h));
        if let Some((_, token)) = kept.iter().find(|(n, _)| &**n == "src").filter(|_| is_hidden) {
            self.pictures.mark_tracker(token);
        }
    }

    fn declarations(&mut self, css: &str) -> String {
        let css = display::cut(css, MAX_STYLE);
        let mut address = |raw: &str| self.pictures.address(raw);
        let mut pass = Pass::new(&mut address, self.quirks);
        pass.budget = self.css_left;
        let out = pass.declarations(css);
        let fits_dark = pass.fits_dark;
        (self.css_left, self.cut) = (pass.budget, self.cut | pass.cut);
        self.pictures.report.fits_dark |= fits_dark;
        out
    }

    fn style(&mut self, tree: &Tree, id: NodeId, attributes: &[(LocalName, String)]) {
        let value = |wanted: &str| attributes.iter().find(|(n, _)| &**n == wanted).map(|(_, v)| v.as_str());
        let kind = value("type").unwrap_or_default().trim();
        if !kind.is_empty() && !kind.eq_ignore_ascii_case("text/css") {
            return;
        }
        let mut css = String::new();
        for child in tree.node(id).iter().flat_map(|node| &node.children) {
            if let Some(Data::Text(text)) = tree.node(*child).map(|node| &node.data) {
                css.push_str(text);
            }
        }
        let mut address = |raw: &str| self.pictures.address(raw);
        let mut pass = Pass::new(&mut address, self.quirks);
        (pass.budget, pass.rules) = (self.css_left, self.rules_left);
        let css = pass.sheet(&css);
        (self.css_left, self.rules_left, self.cut) = (pass.budget, pass.rules, self.cut | pass.cut);
        let (asks_dark, fits_dark) = (pass.asks_dark, pass.fits_dark);
        let media = attribute::media(value("media").unwrap_or_default());
        let media_asks = media.contains("prefers-color-scheme") && media.contains("dark");
        self.pictures.report.asks_dark |= asks_dark || media_asks;
        self.pictures.report.fits_dark |= fits_dark;
        if !css.is_empty() {
            self.events.push(Event::Style { media, css });
        }
    }
}

/// Whether a declaration stands in a style attribute without spaces, not as the end of a longer name.
fn has_declaration(style: &str, declaration: &str) -> bool {
    style.match_indices(declaration).any(|(at, found)| {
        let starts = style.get(..at).is_none_or(|before| before.is_empty() || before.ends_with(';'));
        let after = style.get(at + found.len()..).unwrap_or_default();
        starts && !after.starts_with(|c: char| c.is_ascii_digit() || c == '.')
    })
}

/// How the walk goes on.
enum After {
    Skip,
    Unwrapped,
    Opened,
}
