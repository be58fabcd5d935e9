//! Nodes of a window as an AccessKit update. A pure function; knows nothing of widgets and of the bus.

use super::collect::{Placed, WindowNodes};
use super::node::{Description, NodeKey, TextContent};
use accesskit::{
    Action, Affine, Invalid, Node, NodeId, Rect, Role, TextPosition, TextSelection, Toggled, TreeId,
    TreeInfo, TreeUpdate,
};
use iced::Rectangle;
use std::collections::{HashMap, HashSet};

/// Letters in one text run: AccessKit counts words in it by `u8`.
const RUN: usize = 255;
/// Parts of a node with numbers from here on are its text runs.
const RUNS: u64 = 1 << 41;
/// Parts of a node with numbers from here on are further nodes that said they were the same.
const DOUBLES: u64 = 1 << 42;

/// The whole tree of a window. `scale` is how many real pixels a pixel of the window has.
#[must_use]
pub fn update(window: &WindowNodes, scale: f32) -> TreeUpdate {
    let mut out = Builder::default();
    let keys = unique_keys(&window.nodes);
    let mut children: HashMap<usize, Vec<NodeId>> = HashMap::new();
    for (placed, key) in window.nodes.iter().zip(&keys).skip(1) {
        children.entry(placed.parent.unwrap_or(0)).or_default().push(NodeId(key.raw()));
    }
    for (index, (placed, key)) in window.nodes.iter().zip(&keys).enumerate() {
        let mut node = node(&placed.description, placed.bounds);
        let mut inside = out.text(&placed.description, *key, &mut node);
        inside.extend(children.remove(&index).unwrap_or_default());
        node.set_children(inside);
        if index == 0 {
            node.set_transform(Affine::scale(f64::from(scale)));
        }
        out.nodes.push((NodeId(key.raw()), node));
    }
    let root = NodeId(keys.first().copied().unwrap_or(NodeKey::ROOT).raw());
    if out.nodes.is_empty() {
        out.nodes.push((root, Node::new(Role::Window)));
    }
    // The focus must be a node of the tree, or the consumer gives up on all of it.
    let focus = window.focus.map(|key| NodeId(key.raw())).filter(|id| out.nodes.iter().any(|(n, _)| n == id));
    TreeUpdate {
        nodes: out.nodes,
        tree: Some(TreeInfo {
            root,
            toolkit_name: Some("Postrider".into()),
            toolkit_version: Some(env!("CARGO_PKG_VERSION").into()),
        }),
        tree_id: TreeId::ROOT,
        focus: focus.unwrap_or(root),
    }
}

/// Two nodes with one key would break the tree; the second gets a key of its own.
fn unique_keys(nodes: &[Placed]) -> Vec<NodeKey> {
    let mut seen = HashSet::new();
    let mut doubles = 0;
    nodes
        .iter()
        .map(|placed| {
            let mut key = placed.description.key;
            while !seen.insert(key) {
                tracing::debug!(role = ?placed.description.role, "two semantic nodes with one key");
                doubles += 1;
                key = key.part(DOUBLES + doubles);
            }
            key
        })
        .collect()
}

fn rect(bounds: Rectangle) -> Rect {
    let (x0, y0) = (f64::from(bounds.x), f64::from(bounds.y));
    Rect { x0, y0, x1: x0 + f64::from(bounds.width), y1: y0 + f64::from(bounds.height) }
}

fn is_field(role: Role) -> bool {
    matches!(
        role,
        Role::TextInput
            | Role::MultilineTextInput
            | Role::SearchInput
            | Role::EmailInput
            | Role::NumberInput
            | Role::PasswordInput
    )
}

fn node(d: &Description, bounds: Rectangle) -> Node {
    let mut node = Node::new(d.role);
    node.set_bounds(rect(bounds));
    if d.role == Role::Label {
        // The consumer takes the name of a label from its value.
        node.set_value(d.label.as_str());
    } else if !d.label.is_empty() {
        node.set_label(d.label.as_str());
    }
    if let Some(value) = d.value.as_deref().filter(|_| d.role != Role::PasswordInput) {
        node.set_value(value);
    }
    if let Some(text) = &d.description {
        node.set_description(text.as_str());
    }
    if let Some(text) = &d.placeholder {
        node.set_placeholder(text.as_str());
    }
    if let Some(keys) = &d.shortcut {
        node.set_keyboard_shortcut(keys.as_str());
    }
    if let Some(selected) = d.selected {
        node.set_selected(selected);
    }
    if let Some(on) = d.toggled {
        node.set_toggled(if on { Toggled::True } else { Toggled::False });
    }
    if let Some(open) = d.expanded {
        node.set_expanded(open);
    }
    flags(&mut node, d);
    if let Some(live) = d.live {
        node.set_live(live);
    }
    if let Some(level) = d.level {
        node.set_level(level);
    }
    if let Some(position) = d.position {
        node.set_position_in_set(position);
    }
    if let Some(size) = d.set_size {
        node.set_size_of_set(size);
    }
    if let Some(numeric) = d.numeric {
        node.set_numeric_value(numeric.value);
        node.set_min_numeric_value(numeric.min);
        node.set_max_numeric_value(numeric.max);
    }
    for action in &d.actions {
        node.add_action(*action);
    }
    node
}

fn flags(node: &mut Node, d: &Description) {
    if d.disabled {
        node.set_disabled();
    }
    if d.read_only {
        node.set_read_only();
    }
    if d.busy {
        node.set_busy();
    }
    if d.invalid {
        node.set_invalid(Invalid::True);
    }
    if d.modal {
        node.set_modal();
    }
    if d.multiselectable {
        node.set_multiselectable();
    }
}

#[derive(Default)]
struct Builder {
    nodes: Vec<(NodeId, Node)>,
}

impl Builder {
    /// Text runs of a node. Without them a reader has no text to walk through, and no field to write into.
    fn text(&mut self, d: &Description, key: NodeKey, node: &mut Node) -> Vec<NodeId> {
        let field = is_field(d.role).then(|| TextContent {
            // What a password is stays secret, and so does its length.
            text: d.value.clone().filter(|_| d.role != Role::PasswordInput).unwrap_or_default(),
            selection: None,
        });
        let Some(content) = d.text.clone().filter(|_| d.role != Role::PasswordInput).or(field) else {
            return Vec::new();
        };
        let runs = runs(&content.text);
        let mut ids: Vec<NodeId> = Vec::with_capacity(runs.len());
        for (number, run) in runs.iter().enumerate() {
            let id = NodeId(key.part(RUNS + u64::try_from(number).unwrap_or(u64::MAX)).raw());
            let mut text = Node::new(Role::TextRun);
            text.set_value(run.text);
            text.set_character_lengths(run.lengths.clone());
            text.set_word_starts(run.words.clone());
            if run.continues
                && let Some(before) = ids.last()
            {
                text.set_previous_on_line(*before);
                if let Some((_, last)) = self.nodes.last_mut() {
                    last.set_next_on_line(id);
                }
            }
            self.nodes.push((id, text));
            ids.push(id);
        }
        if let Some((head, anchor)) = content.selection
            && let (Some(focus), Some(anchor)) = (position(&runs, &ids, head), position(&runs, &ids, anchor))
        {
            node.set_text_selection(TextSelection { anchor, focus });
        }
        if d.role == Role::PasswordInput {
            node.add_action(Action::SetValue);
        }
        ids
    }
}

/// A piece of one line.
struct Run<'a> {
    text: &'a str,
    start: usize,
    lengths: Vec<u8>,
    words: Vec<u8>,
    /// Goes on in the line of the run before.
    continues: bool,
}

fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut start = 0;
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    // After a line break at the very end stands one more, empty line; and no text is one empty line.
    if text.is_empty() || text.ends_with('\n') {
        lines.push("");
    }
    for line in lines {
        let mut rest = line;
        let mut continues = false;
        loop {
            let cut = rest.char_indices().nth(RUN).map_or(rest.len(), |(i, _)| i);
            let (piece, tail) = rest.split_at(cut);
            runs.push(run(piece, start, continues));
            start += piece.len();
            rest = tail;
            continues = true;
            if rest.is_empty() {
                break;
            }
        }
    }
    runs
}

fn run(text: &str, start: usize, continues: bool) -> Run<'_> {
    let mut words = Vec::new();
    let mut before = true;
    for (number, c) in text.chars().enumerate() {
        let space = c.is_whitespace();
        if before && !space {
            words.extend(u8::try_from(number));
        }
        before = space;
    }
    let lengths = text.chars().map(|c| u8::try_from(c.len_utf8()).unwrap_or(1)).collect();
    Run { text, start, lengths, words, continues }
}

fn position(runs: &[Run<'_>], ids: &[NodeId], byte: usize) -> Option<TextPosition> {
    let index = runs.partition_point(|run| run.start <= byte).checked_sub(1)?;
    let (run, id) = (runs.get(index)?, ids.get(index)?);
    let inside = byte.saturating_sub(run.start).min(run.text.len());
    let before = run.text.get(..run.text.floor_char_boundary(inside))?;
    // The line break belongs to its line; the caret stands before it.
    let letters = before.strip_suffix('\n').unwrap_or(before).chars().count();
    Some(TextPosition { node: *id, character_index: letters })
}

/// The byte of a node's text at a position that came back from a reader.
#[must_use]
pub fn byte_of(key: NodeKey, content: &TextContent, position: &TextPosition) -> Option<usize> {
    runs(&content.text).iter().enumerate().find_map(|(number, run)| {
        let id = key.part(RUNS + u64::try_from(number).ok()?).raw();
        (id == position.node.0).then(|| {
            run.start
                + run.text.char_indices().nth(position.character_index).map_or(run.text.len(), |(i, _)| i)
        })
    })
}

#[cfg(test)]
mod tests;
