//! Bytes of a stranger to a tree, by the browser's rules: our tokenizer, which is linear in everything, feeds
//! html5ever's tree builder. Knows nothing of what is allowed.
//!
//! SVG and MathML never reach the tree: nothing of them is shown, and most ways to smuggle markup past a
//! sanitizer need them.

use super::limits::{MAX_DEPTH, MAX_PARSED};
use crate::mime::html_text::token::{Attributes, Tokens, tokenize};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Doctype, Tag, TagKind, Token, TokenSink};
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeBuilder, TreeBuilderOpts, TreeSink};
use html5ever::{Attribute, LocalName, QualName, ns};
use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

/// Marks the root of a sanitized document whose sender wrote no document type: tables stay inside paragraphs.
pub(super) const QUIRKS_MARK: &str = "data-quirks";

/// Its value for a document type of the nineties.
pub(super) const QUIRKS_ALMOST: &str = "almost";

/// Place of a node in its tree.
pub(super) type NodeId = usize;

/// What a node is.
#[derive(Debug)]
pub(super) enum Data {
    /// The root.
    Document,
    /// An element, whatever its name.
    Element { name: QualName, attributes: Vec<(LocalName, String)> },
    /// Text.
    Text(String),
    /// Comments and the like; never shown.
    Nothing,
}

/// A node and its neighbours.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) data: Data,
    pub(super) parent: Option<NodeId>,
    pub(super) children: Vec<NodeId>,
    depth: usize,
}

/// A parsed document.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// No document type, or one of the old ones: browsers lay tables out differently.
    pub(super) quirks: bool,
    /// A document type of the nineties: as without one, but for the height of lines with pictures.
    pub(super) almost: bool,
    /// Not everything was read.
    pub(super) cut: bool,
}

impl Tree {
    /// The root.
    pub(super) const ROOT: NodeId = 0;

    /// Reads HTML.
    pub(super) fn parse(html: &str) -> Self {
        let options = TreeBuilderOpts { scripting_enabled: false, drop_doctype: true, ..Default::default() };
        let mut feed = Feed {
            builder: TreeBuilder::new(Sink::default(), options),
            doctype: None,
            started: false,
            foreign: None,
            almost: false,
            cut: false,
        };
        tokenize(html, &mut feed);
        feed.begin();
        let _ = feed.builder.process_token(Token::EOFToken, 1);
        feed.builder.end();
        let (cut, marked) = (feed.cut, feed.almost);
        let sink = feed.builder.sink;
        let (quirks, almost) =
            (sink.mode.get() == QuirksMode::Quirks, marked || sink.mode.get() == QuirksMode::LimitedQuirks);
        Self { nodes: sink.nodes.into_inner(), quirks, almost, cut }
    }

    /// All nodes, each at its place.
    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// A node.
    pub(super) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id)
    }
}

/// Elements that end SVG and MathML (WHATWG HTML section 13.2.6.5).
const BREAKS_OUT: &[&str] = &[
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "hr",
    "i",
    "img",
    "li",
    "listing",
    "menu",
    "meta",
    "nobr",
    "ol",
    "p",
    "pre",
    "ruby",
    "s",
    "small",
    "span",
    "strong",
    "strike",
    "sub",
    "sup",
    "table",
    "td",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
];

/// Start tags that close what they would otherwise be nested in.
const CLOSES_ITSELF: &[&str] =
    &["p", "li", "td", "th", "tr", "tbody", "dd", "dt", "option", "br", "img", "hr"];

/// Hands our tokens to the tree builder.
struct Feed {
    builder: TreeBuilder<NodeId, Sink>,
    /// A document type that waits for the `<html>` behind it.
    doctype: Option<Doctype>,
    started: bool,
    /// Name of the SVG or MathML element that we are in, and how many of it are open.
    foreign: Option<(String, usize)>,
    /// The document is a sanitized one whose sender wrote an old document type.
    almost: bool,
    cut: bool,
}

impl Feed {
    /// Hands over the document type, once, before anything else.
    fn begin(&mut self) {
        if !self.started {
            self.started = true;
            let doctype = self.doctype.take();
            if let Some(doctype) = doctype {
                let _ = self.builder.process_token(Token::DoctypeToken(doctype), 1);
            }
        }
    }

    fn tag(&mut self, kind: TagKind, name: &str, attrs: Vec<Attribute>) {
        let tag =
            Tag { kind, name: name.into(), self_closing: false, attrs, had_duplicate_attributes: false };
        let _ = self.builder.process_token(Token::TagToken(tag), 1);
    }

    /// Whether a start tag belongs to SVG or MathML and is dropped.
    fn in_foreign(&mut self, name: &str, self_closing: bool) -> bool {
        match &mut self.foreign {
            None if matches!(name, "svg" | "math") => {
                if !self_closing {
                    self.foreign = Some((name.to_owned(), 1));
                }
                true
            }
            None => false,
            Some(_) if BREAKS_OUT.contains(&name) => {
                self.foreign = None;
                false
            }
            Some((open, count)) => {
                *count += usize::from(open == name && !self_closing);
                true
            }
        }
    }
}

impl Tokens for Feed {
    fn text(&mut self, text: &str) {
        if self.foreign.is_some() || text.is_empty() {
            return;
        }
        if !self.started && text.trim_ascii().is_empty() {
            return;
        }
        self.begin();
        for piece in text.split('\0') {
            if !piece.is_empty() {
                let _ = self.builder.process_token(Token::CharacterTokens(StrTendril::from_slice(piece)), 1);
            }
        }
    }

    fn doctype(&mut self, text: &str) {
        if !self.started && self.doctype.is_none() {
            self.doctype = Some(doctype(text));
        }
    }

    fn start(&mut self, name: &str, attributes: &Attributes<'_>) {
        if self.in_foreign(name, attributes.is_self_closing()) {
            return;
        }
        // Inert by definition, and the tree builder keeps it apart.
        if matches!(name, "template" | "frameset" | "frame") {
            return;
        }
        let mut attrs: Vec<Attribute> = Vec::new();
        for (key, value) in attributes.iter() {
            let local = LocalName::from(key.to_ascii_lowercase());
            if attrs.iter().all(|known| known.name.local != local) {
                attrs.push(Attribute {
                    name: QualName::new(None, ns!(), local),
                    value: StrTendril::from_slice(&value),
                });
            }
        }
        let mark = attrs.iter().find(|a| &*a.name.local == QUIRKS_MARK).map(|a| &*a.value == QUIRKS_ALMOST);
        match mark {
            Some(almost) if name == "html" && !self.started => {
                self.almost = almost;
                self.doctype = self.doctype.take().filter(|_| almost);
            }
            _ => {}
        }
        self.begin();
        if self.builder.sink.depth.get() >= MAX_DEPTH && !CLOSES_ITSELF.contains(&name) {
            self.cut = true;
            return;
        }
        self.tag(TagKind::StartTag, if name.is_empty() { "span" } else { name }, attrs);
    }

    fn end(&mut self, name: &str) {
        if let Some((open, count)) = &mut self.foreign {
            if open == name {
                *count -= 1;
                if *count == 0 {
                    self.foreign = None;
                }
            }
            return;
        }
        self.begin();
        self.tag(TagKind::EndTag, if name.is_empty() { "span" } else { name }, Vec::new());
    }

    fn is_full(&self) -> bool {
        self.builder.sink.nodes.borrow().len() >= MAX_PARSED
    }
}

/// Name and identifiers of a document type, as far as they decide about quirks.
fn doctype(text: &str) -> Doctype {
    let rest = text.get(7..).unwrap_or_default().trim_ascii_start();
    let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
    let (name, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let rest = rest.trim_ascii();
    let keyword = rest.get(..6).unwrap_or_default().to_ascii_lowercase();
    let mut quoted = rest.split(['"', '\'']).skip(1).step_by(2).map(StrTendril::from);
    let (public_id, system_id) = match keyword.as_str() {
        "public" => (quoted.next(), quoted.next()),
        "system" => (None, quoted.next()),
        _ => (None, None),
    };
    let force_quirks = name.is_empty();
    Doctype { name: Some(name.to_ascii_lowercase().as_str().into()), public_id, system_id, force_quirks }
}

/// Takes the tree from the builder.
struct Sink {
    nodes: RefCell<Vec<Node>>,
    mode: Cell<QuirksMode>,
    /// How deep the next element will be.
    depth: Cell<usize>,
    /// Name of what is no element; the builder never asks for it.
    unnamed: RefCell<QualName>,
}

impl Default for Sink {
    fn default() -> Self {
        let root = Node { data: Data::Document, parent: None, children: Vec::new(), depth: 0 };
        let unnamed = QualName::new(None, ns!(), LocalName::default());
        Self {
            nodes: RefCell::new(vec![root]),
            mode: Cell::new(QuirksMode::NoQuirks),
            depth: Cell::new(0),
            unnamed: RefCell::new(unnamed),
        }
    }
}

impl Sink {
    fn create(&self, data: Data) -> NodeId {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node { data, parent: None, children: Vec::new(), depth: 0 });
        nodes.len() - 1
    }

    fn with<T>(&self, id: NodeId, change: impl FnOnce(&mut Node) -> T) -> Option<T> {
        self.nodes.borrow_mut().get_mut(id).map(change)
    }

    fn depth_of(&self, id: NodeId) -> usize {
        self.nodes.borrow().get(id).map_or(0, |node| node.depth)
    }

    /// Puts a node into its parent at `at`.
    fn place(&self, parent: NodeId, at: usize, child: NodeId) {
        let depth = self.depth_of(parent) + 1;
        self.with(child, |node| (node.parent, node.depth) = (Some(parent), depth));
        self.with(parent, |node| node.children.insert(at.min(node.children.len()), child));
        let is_element =
            matches!(self.nodes.borrow().get(child), Some(Node { data: Data::Element { .. }, .. }));
        if is_element {
            self.depth.set(depth);
        }
    }

    /// Adds text to the text before `at`, or as a text of its own.
    fn place_text(&self, parent: NodeId, at: usize, text: &str) {
        let before = {
            let nodes = self.nodes.borrow();
            nodes.get(parent).and_then(|node| node.children.get(at.checked_sub(1)?).copied())
        };
        let joined = before.and_then(|id| {
            self.with(id, |node| match &mut node.data {
                Data::Text(content) => {
                    content.push_str(text);
                    true
                }
                Data::Document | Data::Element { .. } | Data::Nothing => false,
            })
        });
        if joined != Some(true) {
            let id = self.create(Data::Text(text.to_owned()));
            self.place(parent, at, id);
        }
    }

    fn insert(&self, parent: NodeId, at: usize, child: NodeOrText<NodeId>) {
        match child {
            NodeOrText::AppendNode(id) => {
                self.remove_from_parent(&id);
                self.place(parent, at, id);
            }
            NodeOrText::AppendText(text) => self.place_text(parent, at, &text),
        }
    }

    fn length(&self, parent: NodeId) -> usize {
        self.nodes.borrow().get(parent).map_or(0, |node| node.children.len())
    }

    fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.nodes.borrow().get(id)?.parent
    }
}

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = ();
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) {}

    fn parse_error(&self, _msg: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        Tree::ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        let found = Ref::filter_map(self.nodes.borrow(), |nodes| match &nodes.get(*target)?.data {
            Data::Element { name, .. } => Some(name),
            Data::Document | Data::Text(_) | Data::Nothing => None,
        });
        found.unwrap_or_else(|_| self.unnamed.borrow())
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _flags: ElementFlags) -> NodeId {
        let attributes = attrs.into_iter().map(|a| (a.name.local, a.value.to_string())).collect();
        self.create(Data::Element { name, attributes })
    }

    fn create_comment(&self, _text: StrTendril) -> NodeId {
        self.create(Data::Nothing)
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> NodeId {
        self.create(Data::Nothing)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.insert(*parent, self.length(*parent), child);
    }

    fn append_based_on_parent_node(&self, element: &NodeId, previous: &NodeId, child: NodeOrText<NodeId>) {
        if self.parent(*element).is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _name: StrTendril, _public: StrTendril, _system: StrTendril) {}

    fn pop(&self, node: &NodeId) {
        self.depth.set(self.depth_of(*node).saturating_sub(1));
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        *target
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.mode.set(mode);
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        let Some(parent) = self.parent(*sibling) else { return };
        if let NodeOrText::AppendNode(id) = &child {
            self.remove_from_parent(id);
        }
        let at = {
            let nodes = self.nodes.borrow();
            nodes.get(parent).and_then(|node| node.children.iter().rposition(|c| c == sibling))
        };
        self.insert(parent, at.unwrap_or(usize::MAX), child);
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attrs: Vec<Attribute>) {
        self.with(*target, |node| {
            if let Data::Element { attributes, .. } = &mut node.data {
                for attr in attrs {
                    if attributes.iter().all(|(name, _)| *name != attr.name.local) {
                        attributes.push((attr.name.local, attr.value.to_string()));
                    }
                }
            }
        });
    }

    fn remove_from_parent(&self, target: &NodeId) {
        let Some(parent) = self.parent(*target) else { return };
        self.with(parent, |node| {
            if let Some(at) = node.children.iter().rposition(|child| child == target) {
                node.children.remove(at);
            }
        });
        self.with(*target, |node| node.parent = None);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        let moved = self.with(*node, |node| std::mem::take(&mut node.children)).unwrap_or_default();
        let depth = self.depth_of(*new_parent) + 1;
        for child in &moved {
            self.with(*child, |child| (child.parent, child.depth) = (Some(*new_parent), depth));
        }
        self.with(*new_parent, |parent| parent.children.extend(moved));
    }
}
