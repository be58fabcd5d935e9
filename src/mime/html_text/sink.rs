//! Tags and texts of HTML to blocks: where lines break, what is left out, what links where.

use super::lines::{self, Line};
use super::token::{Attributes, Tokens};
use crate::mime::display;
use crate::mime::text::{BlockKind, Link, MAX_BLOCKS, MAX_TEXT, TextBody, links};
use std::sync::Arc;

/// Levels of lists that are indented; deeper ones look like the last.
const MAX_LISTS: usize = 8;
/// Bytes of a text that stands for a picture.
const MAX_ALT: usize = 1000;

/// What becomes of elements that the sender hides.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hidden {
    LeftOut,
    Shown,
}

/// Gathers blocks. Keeps counters and no tree, so that no nesting can hurt.
pub(super) struct Sink {
    hidden: Hidden,
    body: TextBody,
    bytes: usize,
    /// The line so far and the links in it.
    line: String,
    links: Vec<Link>,
    /// What is due before the next character: a space, the gap of a table cell, an empty line, a bullet.
    space: bool,
    cell: bool,
    empty_line: bool,
    bullet: Option<String>,
    /// The link that is open, and where it begins in the line once it has text.
    link: Option<Arc<str>>,
    link_start: Option<usize>,
    quotes: usize,
    pre: usize,
    pre_begins: bool,
    heading: bool,
    signature: bool,
    /// Lists that are open: the number of the next item, none for bullets.
    lists: Vec<Option<i64>>,
    deeper_lists: usize,
    skip: Option<Skip>,
}

/// The element whose content is left out.
struct Skip {
    name: String,
    depth: usize,
    /// It may be shown if it is never closed.
    soft: bool,
}

impl Sink {
    pub(super) fn new(hidden: Hidden) -> Self {
        Self {
            hidden,
            body: TextBody::default(),
            bytes: 0,
            line: String::new(),
            links: Vec::new(),
            space: false,
            cell: false,
            empty_line: false,
            bullet: None,
            link: None,
            link_start: None,
            quotes: 0,
            pre: 0,
            pre_begins: false,
            heading: false,
            signature: false,
            lists: Vec::new(),
            deeper_lists: 0,
            skip: None,
        }
    }

    /// Whether the text ended inside an element that is left out without need.
    pub(super) fn ends_hidden(&self) -> bool {
        self.skip.as_ref().is_some_and(|skip| skip.soft)
    }

    pub(super) fn finish(mut self) -> TextBody {
        self.end_line();
        self.body.truncated |= self.is_full();
        self.body
    }

    fn quote_depth(&self) -> u8 {
        u8::try_from(self.quotes).unwrap_or(u8::MAX)
    }

    fn kind(&self) -> BlockKind {
        match (self.pre > 0, self.heading, self.quotes > 0, self.signature) {
            (true, ..) => BlockKind::Pre,
            (_, true, ..) => BlockKind::Heading,
            (_, _, true, _) => BlockKind::Quote,
            (_, _, _, true) => BlockKind::Signature,
            _ => BlockKind::Text,
        }
    }

    /// Ends the line if it has text.
    fn end_line(&mut self) {
        self.end_link_range();
        (self.space, self.cell) = (false, false);
        let text = std::mem::take(&mut self.line);
        let links = std::mem::take(&mut self.links);
        if !text.is_empty() {
            self.signature = self.quotes == 0 && (self.signature || (self.pre == 0 && text == "--"));
            self.bytes += text.len();
            let line = Line { kind: self.kind(), quote_depth: self.quote_depth(), text, links };
            lines::push(&mut self.body, line);
        }
    }

    /// The start or end of a block.
    fn break_line(&mut self) {
        self.end_line();
    }

    /// The start or end of a paragraph: an empty line before what follows, but not between a bullet and
    /// its text.
    fn break_paragraph(&mut self) {
        self.end_line();
        self.empty_line |= self.bullet.is_none();
    }

    fn br(&mut self) {
        if self.line.is_empty() {
            self.empty_line |= self.bullet.is_none();
        } else {
            self.end_line();
        }
    }

    fn rule(&mut self) {
        self.end_line();
        let after_rule = self.body.blocks.last().is_none_or(|block| block.kind == BlockKind::Rule);
        if !after_rule {
            let line = Line { kind: BlockKind::Rule, quote_depth: self.quote_depth(), ..Line::default() };
            lines::push(&mut self.body, line);
        }
        self.empty_line = false;
    }

    /// Writes what is due before a character.
    fn begin_text(&mut self) {
        if self.line.is_empty() {
            if std::mem::take(&mut self.empty_line) {
                let depth = self.quote_depth();
                lines::push_empty(&mut self.body, depth);
            }
            if let Some(bullet) = self.bullet.take() {
                self.line.push_str(&bullet);
            }
            (self.space, self.cell) = (false, false);
        }
        if std::mem::take(&mut self.cell) {
            self.line.push_str("  ");
        } else if self.space {
            self.line.push(' ');
        }
        self.space = false;
        if self.link.is_some() && self.link_start.is_none() {
            self.link_start = Some(self.line.len());
        }
    }

    fn push(&mut self, c: char) {
        if is_dropped(c, self.line.chars().next_back()) {
            return;
        }
        self.begin_text();
        self.line.push(c);
    }

    fn preformatted(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                // The line break behind the start tag is not text.
                '\n' if std::mem::take(&mut self.pre_begins) => {}
                '\n' => self.br_in_pre(),
                '\u{a0}' => self.push(' '),
                _ => self.push(c),
            }
            self.pre_begins = false;
        }
    }

    fn br_in_pre(&mut self) {
        if self.line.is_empty() {
            let depth = self.quote_depth();
            lines::push_empty(&mut self.body, depth);
        }
        self.end_line();
    }

    /// Records the link up to the end of the line.
    fn end_link_range(&mut self) {
        let end = self.line.trim_end().len();
        if let (Some(start), Some(target)) = (self.link_start.take(), &self.link)
            && start < end
        {
            self.links.push(Link { range: start..end, target: Arc::clone(target) });
        }
    }

    fn begin_link(&mut self, attributes: &Attributes<'_>) {
        self.end_link_range();
        self.link = attributes.get("href").and_then(|href| links::target(&href));
    }

    fn begin_list(&mut self, ordered: bool, attributes: &Attributes<'_>) {
        if self.lists.is_empty() {
            self.break_paragraph()
        } else {
            self.break_line()
        }
        if self.lists.len() >= MAX_LISTS {
            self.deeper_lists += 1;
            return;
        }
        let first = attributes.get("start").and_then(|n| n.trim().parse().ok()).unwrap_or(1);
        self.lists.push(ordered.then_some(first));
    }

    fn end_list(&mut self) {
        self.bullet = None;
        if self.deeper_lists > 0 {
            self.deeper_lists -= 1;
        } else {
            self.lists.pop();
        }
        if self.lists.is_empty() { self.break_paragraph() } else { self.break_line() }
    }

    fn item(&mut self) {
        self.break_line();
        let mut bullet = "  ".repeat(self.lists.len().saturating_sub(1));
        match self.lists.last_mut() {
            Some(Some(number)) => {
                bullet.push_str(&format!("{number}. "));
                *number = number.saturating_add(1);
            }
            _ => bullet.push_str("• "),
        }
        self.bullet = Some(bullet);
    }

    fn image(&mut self, attributes: &Attributes<'_>) {
        if let Some(alt) = attributes.get("alt") {
            let alt = display::display_safe(display::cut(&alt, MAX_ALT)).into_owned();
            self.text(&alt);
        }
    }

    /// Whether an element is left out with its content.
    fn skips(&self, name: &str, attributes: &Attributes<'_>) -> Option<Skip> {
        let skip = |soft| Some(Skip { name: name.to_owned(), depth: 1, soft });
        if matches!(
            name,
            "script" | "style" | "title" | "textarea" | "iframe" | "noembed" | "noframes" | "template"
        ) {
            return skip(false);
        }
        if self.hidden == Hidden::Shown || is_void(name) || matches!(name, "html" | "body" | "") {
            return None;
        }
        let left_out = matches!(name, "svg" | "math" | "select" | "audio" | "video" | "canvas" | "xml");
        if left_out || is_hidden(attributes) { skip(true) } else { None }
    }
}

impl Tokens for Sink {
    fn text(&mut self, text: &str) {
        if self.skip.is_some() {
            return;
        }
        if self.pre > 0 {
            return self.preformatted(text);
        }
        for c in text.chars() {
            if c == '\u{a0}' || c.is_whitespace() {
                self.space = true;
            } else {
                self.push(c);
            }
        }
    }

    fn start(&mut self, name: &str, attributes: &Attributes<'_>) {
        if let Some(skip) = &mut self.skip {
            skip.depth += usize::from(skip.name == name);
            return;
        }
        if let Some(skip) = self.skips(name, attributes) {
            self.skip = Some(skip);
            return;
        }
        match name {
            "a" => self.begin_link(attributes),
            "img" => self.image(attributes),
            "br" => self.br(),
            "hr" => self.rule(),
            "p" | "dl" | "figure" => self.break_paragraph(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.break_paragraph();
                self.heading = true;
            }
            "pre" | "listing" | "xmp" => {
                self.break_paragraph();
                self.pre += 1;
                self.pre_begins = true;
            }
            "blockquote" => {
                self.break_line();
                self.quotes += 1;
            }
            "ul" | "menu" | "dir" => self.begin_list(false, attributes),
            "ol" => self.begin_list(true, attributes),
            "li" => self.item(),
            "td" | "th" => self.cell = !self.line.is_empty(),
            _ if is_block(name) => self.break_line(),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if let Some(skip) = &mut self.skip {
            skip.depth -= usize::from(skip.name == name);
            if skip.depth == 0 {
                self.skip = None;
            }
            return;
        }
        match name {
            "a" => {
                self.end_link_range();
                self.link = None;
            }
            "br" => self.br(),
            "p" | "dl" | "figure" => self.break_paragraph(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.break_paragraph();
                self.heading = false;
            }
            "pre" | "listing" | "xmp" => {
                self.break_paragraph();
                self.pre = self.pre.saturating_sub(1);
            }
            "blockquote" => {
                self.break_line();
                self.quotes = self.quotes.saturating_sub(1);
            }
            "ul" | "menu" | "dir" | "ol" => self.end_list(),
            "li" => {
                self.break_line();
                self.bullet = None;
            }
            _ if is_block(name) => self.break_line(),
            _ => {}
        }
    }

    fn is_full(&self) -> bool {
        self.body.blocks.len() >= MAX_BLOCKS || self.bytes + self.line.len() >= MAX_TEXT
    }
}

/// Characters that are not written, given the one before: controls, invisible ones, those that force a
/// direction. Joiners stay within scripts and emoji that need them, bidi marks stay.
fn is_dropped(c: char, before: Option<char>) -> bool {
    match c {
        '\t' => false,
        '\u{200c}' | '\u{200d}' => before.is_none_or(|b| b < '\u{600}'),
        '\u{202d}' | '\u{202e}' => true,
        _ => display::is_unsafe(c) && !display::is_bidi_control(c),
    }
}

/// Elements that have no end tag.
fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Elements that stand on lines of their own.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "div"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "footer"
            | "form"
            | "header"
            | "html"
            | "legend"
            | "main"
            | "nav"
            | "optgroup"
            | "option"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "tfoot"
            | "thead"
            | "tr"
    )
}

/// Whether a style or attribute hides an element from every reader, as preheaders are.
fn is_hidden(attributes: &Attributes<'_>) -> bool {
    if attributes.get("hidden").is_some() {
        return true;
    }
    let Some(style) = attributes.get("style") else { return false };
    let style: String =
        style.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    let has = |declaration: &str| {
        style.split(';').any(|found| {
            found.strip_prefix(declaration).is_some_and(|end| end.is_empty() || end == "!important")
        })
    };
    let zero = |property: &str| ["0", "0px", "0%", "0em"].iter().any(|n| has(&format!("{property}:{n}")));
    has("display:none")
        || has("visibility:hidden")
        || zero("opacity")
        || (has("overflow:hidden") && (zero("max-height") || zero("height")))
}
