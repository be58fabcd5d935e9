//! Our own widgets: what iced 0.14 lacks (keyboard focus for everything, lists without end, text that can be
//! selected) in the look of our theme. Each one describes itself to the semantic tree.
//!
//! Widgets know no message of the application: they tell what happened through closures.
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "iced has hundreds of events and keys; widgets pick theirs"
)]

pub mod button;
pub mod focus_scope;
pub mod glyph;
pub mod virtual_list;

pub(crate) mod canvas;
pub(crate) mod focus;
pub(crate) mod num;
pub(crate) mod scroll;
pub(crate) mod shape;

pub use button::{Button, button, icon_button};
pub use focus_scope::{focus_scope, focus_trap};
pub use glyph::glyph;
pub use virtual_list::{ListEvent, Row, Select, VirtualList};
