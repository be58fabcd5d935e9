//! AT-SPI by `accesskit_unix`, and X11's answer to where a window is.
//!
//! The handlers run on a thread of the bus: they only send.

use super::super::bridge::{Outlet, Platform};
use accesskit::{ActionHandler, ActionRequest, ActivationHandler, DeactivationHandler, Rect, TreeUpdate};
use iced::window::Window;
use raw_window_handle::RawWindowHandle;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::ConnectionExt;

/// One window on the bus.
pub(in super::super) struct Adapter(accesskit_unix::Adapter);

struct Handler(Outlet);

impl ActivationHandler for Handler {
    fn request_initial_tree(&mut self) -> Option<TreeUpdate> {
        // The tree lives in the widgets; it comes a moment later.
        self.0.listening(true);
        None
    }
}

impl DeactivationHandler for Handler {
    fn deactivate_accessibility(&mut self) {
        self.0.listening(false);
    }
}

impl ActionHandler for Handler {
    fn do_action(&mut self, request: ActionRequest) {
        self.0.request(request);
    }
}

impl Adapter {
    pub(in super::super) fn new(outlet: &Outlet) -> Self {
        let handler = || Handler(outlet.clone());
        Self(accesskit_unix::Adapter::new(handler(), handler(), handler()))
    }
}

fn rect((x0, y0): (f64, f64), (x1, y1): (f64, f64)) -> Rect {
    Rect { x0, y0, x1, y1 }
}

impl Platform for Adapter {
    fn push(&mut self, tree: impl FnOnce() -> TreeUpdate) {
        self.0.update_if_active(tree);
    }

    fn set_focus(&mut self, focused: bool) {
        self.0.update_window_focus_state(focused);
    }

    fn set_bounds(&mut self, outer: (f64, f64), origin: (f64, f64), size: (f64, f64)) {
        let end = (origin.0 + size.0, origin.1 + size.1);
        self.0.set_root_window_bounds(rect(outer, end), rect(origin, end));
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the other systems and whatever comes")]
/// The X11 window; on Wayland nobody may know where a window is.
pub(in super::super) fn native(window: &dyn Window) -> Option<u32> {
    match window.window_handle().ok()?.as_raw() {
        RawWindowHandle::Xlib(handle) => u32::try_from(handle.window).ok(),
        RawWindowHandle::Xcb(handle) => Some(handle.window.get()),
        _ => None,
    }
}

/// Where the content of an X11 window is on the screen. Blocks for a round trip to the X server.
pub(in super::super) fn origin(window: u32) -> Option<(i32, i32)> {
    let (connection, screen) = x11rb::connect(None).ok()?;
    let root = connection.setup().roots.get(screen)?.root;
    let place = connection.translate_coordinates(window, root, 0, 0).ok()?.reply().ok()?;
    Some((i32::from(place.dst_x), i32::from(place.dst_y)))
}
