//! The window. Reads snapshots of the store, sends commands, gets events.

pub mod a11y;
pub mod icon;
pub mod theme;
pub mod widget;
