//! A stand-in for systems whose adapter isn't written yet: compiles everywhere, does nothing.

use super::super::bridge::{Outlet, Platform};
use accesskit::TreeUpdate;
use iced::window::Window;

/// Tells nobody.
pub(in super::super) struct Adapter;

impl Adapter {
    pub(in super::super) fn new(_: &Outlet) -> Self {
        Self
    }
}

impl Platform for Adapter {
    fn push(&mut self, _: impl FnOnce() -> TreeUpdate) {}

    fn set_focus(&mut self, _: bool) {}

    fn set_bounds(&mut self, _: (f64, f64), _: (f64, f64), _: (f64, f64)) {}
}

pub(in super::super) fn native(_: &dyn Window) -> Option<u32> {
    None
}

pub(in super::super) fn origin(_: u32) -> Option<(i32, i32)> {
    None
}
