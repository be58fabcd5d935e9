//! Our own widgets: what iced 0.14 lacks (keyboard focus for everything, lists without end, text that can be
//! selected) in the look of our theme. Each one describes itself to the semantic tree.
//!
//! Widgets know no message of the application: they tell what happened through closures.
#![allow(
    clippy::wildcard_enum_match_arm,
    clippy::collapsible_match,
    reason = "iced has hundreds of events and keys; widgets pick theirs, and a match guard is no place for a change of state"
)]

pub mod body_text;
pub mod button;
pub mod drag_layer;
pub mod first_keys;
pub mod focus_scope;
pub mod folder_tree;
pub mod glyph;
pub mod html_view;
pub mod popup;
pub mod radio_group;
pub mod virtual_list;

pub(crate) mod canvas;
pub(crate) mod focus;
pub(crate) mod lru;
pub(crate) mod num;
pub(crate) mod scroll;
pub(crate) mod shape;
#[cfg(test)]
pub(crate) mod stage;

pub use body_text::{BodyEvent, BodyText, BodyWords, Content};
pub use button::{Button, button, icon_button};
pub use drag_layer::{DragEvent, drag_layer};
pub use first_keys::{first_keys, on_escape};
pub use focus_scope::{focus_menu, focus_scope, focus_trap};
pub use folder_tree::{FolderTree, TreeEvent, TreeRow};
pub use glyph::glyph;
pub use html_view::{HtmlEvent, HtmlView};
pub use popup::popup;
pub use radio_group::radio_group;
pub use virtual_list::{ListEvent, Row, Select, VirtualList};
