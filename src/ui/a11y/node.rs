//! One node of the semantic tree as a widget describes it, and how it is offered to an operation.
//!
//! Knows nothing of the bus.

use accesskit::{Action, Live, Role};
use iced::advanced::widget::Operation;
use iced::{Point, Rectangle, window};

/// Identity of a node within its window; stays the same as long as the thing that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeKey(u64);

/// Ids below this are kept for nodes that the tree makes itself.
const RESERVED: u64 = 1 << 16;

impl NodeKey {
    /// The window itself.
    pub const ROOT: Self = Self(1);

    /// A node that exists once, by its name in the code, such as `"toolbar.reply"`.
    #[must_use]
    pub const fn named(name: &str) -> Self {
        // FNV-1a; const, so that keys can be constants.
        let bytes = name.as_bytes();
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mut rest = bytes;
        while let [first, tail @ ..] = rest {
            hash ^= *first as u64;
            hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
            rest = tail;
        }
        Self::spread(hash)
    }

    /// A member of a group, by an id that survives insertions and deletions (a database id, never an index).
    #[must_use]
    pub const fn item(self, id: u64) -> Self {
        Self::spread(self.0 ^ id.wrapping_add(0x9e37_79b9_7f4a_7c15).rotate_left(17))
    }

    /// A part of this node, such as a text run.
    #[must_use]
    pub const fn part(self, number: u64) -> Self {
        Self::spread(self.0.rotate_left(31) ^ number.wrapping_mul(0x2545_f491_4f6c_dd1d))
    }

    /// The number as AccessKit sees it.
    #[must_use]
    pub const fn raw(self) -> u64 {
        self.0
    }

    /// The key with a number that came back from AccessKit.
    #[must_use]
    pub const fn from_raw(raw: u64) -> Self {
        Self(raw)
    }

    /// The finalizer of splitmix64: spreads neighbors over the whole range.
    const fn spread(mut x: u64) -> Self {
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^= x >> 31;
        Self(if x < RESERVED { x + RESERVED } else { x })
    }
}

/// How a value stands on its scale, for progress bars and splitters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numeric {
    /// Where it is.
    pub value: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
}

/// Text that a reader can walk through; becomes text runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextContent {
    /// The text, with `\n` between lines.
    pub text: String,
    /// Caret and other end of the selection, as byte offsets (focus, anchor).
    pub selection: Option<(usize, usize)>,
}

/// What a widget says about itself. Only what is known is set.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// Identity.
    pub key: NodeKey,
    /// What it is.
    pub role: Role,
    /// Its name.
    pub label: String,
    /// Its value as text.
    pub value: Option<String>,
    /// More about it; counts belong here, a changing name would be read again.
    pub description: Option<String>,
    /// Text shown while a field is empty.
    pub placeholder: Option<String>,
    /// The keys that do the same, such as `Ctrl+N`.
    pub shortcut: Option<String>,
    /// Whether it is the chosen one of several.
    pub selected: Option<bool>,
    /// Whether it is switched on.
    pub toggled: Option<bool>,
    /// Whether it is open.
    pub expanded: Option<bool>,
    /// Whether it can't be used now.
    pub disabled: bool,
    /// Whether its content can't be edited.
    pub read_only: bool,
    /// Whether it waits for data.
    pub busy: bool,
    /// Whether its content is wrong.
    pub invalid: bool,
    /// Whether everything else is out of reach while it is open.
    pub modal: bool,
    /// Whether several members may be chosen.
    pub multiselectable: bool,
    /// Whether changes are spoken.
    pub live: Option<Live>,
    /// Depth in a tree, from 1.
    pub level: Option<usize>,
    /// Place among the members, from 0.
    pub position: Option<usize>,
    /// Number of members, also of those that aren't drawn.
    pub set_size: Option<usize>,
    /// A value on a scale.
    pub numeric: Option<Numeric>,
    /// Text to walk through.
    pub text: Option<TextContent>,
    /// While this node has the focus, this member is the one that the reader should speak.
    pub active: Option<NodeKey>,
    /// What it can do. `Focus` is added for whatever iced can focus.
    pub actions: Vec<Action>,
}

impl Description {
    /// A node with a name.
    #[must_use]
    pub fn new(key: NodeKey, role: Role, label: impl Into<String>) -> Self {
        Self {
            key,
            role,
            label: label.into(),
            value: None,
            description: None,
            placeholder: None,
            shortcut: None,
            selected: None,
            toggled: None,
            expanded: None,
            disabled: false,
            read_only: false,
            busy: false,
            invalid: false,
            modal: false,
            multiselectable: false,
            live: None,
            level: None,
            position: None,
            set_size: None,
            numeric: None,
            text: None,
            active: None,
            actions: Vec::new(),
        }
    }
}

/// A part of a widget that is a node but no widget, such as a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    pub(crate) description: Description,
    pub(crate) bounds: Rectangle,
    /// The member around it, by its place among the members before it; `None` is the widget itself.
    pub(crate) parent: Option<usize>,
}

impl Member {
    /// A direct child of the widget.
    pub(crate) const fn new(description: Description, bounds: Rectangle) -> Self {
        Self { description, bounds, parent: None }
    }
}

/// What a reader wants done with one node.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// The node.
    pub key: NodeKey,
    /// What to do.
    pub action: Action,
    /// Text for `SetValue` and `ReplaceSelectedText`.
    pub value: Option<String>,
    /// Byte offsets (focus, anchor) for `SetTextSelection`.
    pub selection: Option<(usize, usize)>,
    /// Place for `ScrollToPoint`.
    pub point: Option<Point>,
}

impl Wish {
    /// A wish without data.
    #[must_use]
    pub const fn new(key: NodeKey, action: Action) -> Self {
        Self { key, action, value: None, selection: None, point: None }
    }
}

/// The question that travels through `Operation::custom`: an operation that has no interest leaves it as it
/// is, and then the widget describes nothing.
#[derive(Debug, Default)]
pub(crate) struct Ask {
    /// Set by an operation that collects.
    pub(crate) wants_nodes: bool,
    /// Set by an operation that carries a wish of the reader.
    pub(crate) wish: Option<Wish>,
    /// Answer: the node itself; what is operated in the following `traverse` is inside it.
    pub(crate) node: Option<Description>,
    /// Answer: members that aren't widgets, in order.
    pub(crate) members: Vec<Member>,
    /// Answer: the wish was for this widget.
    pub(crate) taken: bool,
    /// Said by the root of a window: what follows, up to the next root, belongs to this window. Operations
    /// walk over all windows of the program one after the other.
    pub(crate) window: Option<window::Id>,
}

/// Tells the operation that walks by that another window begins.
pub(crate) fn enter_window(operation: &mut dyn Operation, bounds: Rectangle, window: window::Id) {
    let mut ask = Ask { window: Some(window), ..Ask::default() };
    operation.custom(None, bounds, &mut ask);
}

/// Offers a node to the operation that walks by, and takes a wish from it.
///
/// `build` is called only by operations that collect. `wishes` tells whether a wish is for this widget. The
/// next thing that the widget does with the operation must be one `traverse`, around what can be focused and
/// what is inside of the node, even if that is nothing.
pub(crate) fn describe(
    operation: &mut dyn Operation,
    bounds: Rectangle,
    build: impl FnOnce() -> (Description, Vec<Member>),
    wishes: impl FnOnce(&Wish) -> bool,
) -> Option<Wish> {
    let mut ask = Ask::default();
    operation.custom(None, bounds, &mut ask);
    if ask.wants_nodes {
        let (node, members) = build();
        ask.node = Some(node);
        ask.members = members;
        operation.custom(None, bounds, &mut ask);
        return None;
    }
    let wish = ask.wish.take()?;
    if !wishes(&wish) {
        return None;
    }
    ask.taken = true;
    operation.custom(None, bounds, &mut ask);
    Some(wish)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn keys_are_apart_and_stay() {
        const LIST: NodeKey = NodeKey::named("list");
        let mut seen = HashSet::from([NodeKey::ROOT, LIST, NodeKey::named("tree")]);
        for id in 0..100_000 {
            assert!(seen.insert(LIST.item(id)), "{id}");
            assert!(seen.insert(LIST.item(id).part(1)), "{id}");
        }
        assert_eq!(LIST.item(7), NodeKey::named("list").item(7));
        assert!(seen.iter().all(|k| *k == NodeKey::ROOT || k.raw() >= RESERVED));
    }
}
