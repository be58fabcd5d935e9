//! The semantic tree: what a screen reader (and an end-to-end test) sees of the window.
//!
//! The view describes itself: [`semantic()`] wraps an element and says what it is, our own list, tree and
//! body widgets describe their rows. There is no second tree that could drift apart from the view.
//!
//! How a description travels: `operate()` of each widget offers it to whatever operation walks by
//! ([`node::describe`]); only [`collect::collect`] asks for it, every other operation costs nothing. An
//! action of the reader (`Click`, `SetValue`, ...) goes the other way: [`collect::perform`] walks to the
//! widget with that key, which keeps the wish and publishes the same message as a mouse click when it next
//! sees an event. No message is stored in the tree, so `Element::map` works as usual.

pub mod collect;
pub mod node;
pub mod semantic;
pub mod tree;

pub use accesskit::{Action, Live, Role};
pub use node::{Description, NodeKey, Wish};
pub use semantic::{Semantic, semantic, semantic_root};
