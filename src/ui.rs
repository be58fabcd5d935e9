//! The window. Reads snapshots of the store, sends commands, gets events.

pub mod a11y;
pub mod app;
pub mod command;
pub mod icon;
pub mod locale;
pub mod message;
pub mod note;
pub mod notices;
pub mod problem;
pub mod read;
pub mod screen;
pub mod settings;
pub mod theme;
pub mod widget;

mod parts;

use crate::model::UnixTime;
use app::App;
use message::Message;
use std::sync::Arc;

pub use app::Start;

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// There is no desktop to open a window on.
    #[error(
        "there is no display to open a window on; start it on a desktop, or see `postrider --help` for what works without one"
    )]
    NoDisplay,
    /// Nothing can draw on the display.
    #[error("the window could not be opened: {0}")]
    Iced(#[from] iced::Error),
}

/// Whether there is a desktop. Asked before, because the windowing library panics without one.
#[cfg(all(unix, not(target_os = "macos")))]
fn has_display() -> bool {
    let wayland = ["WAYLAND_DISPLAY", "WAYLAND_SOCKET"].iter().any(|name| std::env::var_os(name).is_some());
    wayland || x11rb::connect(None).is_ok()
}

/// Other systems always have one.
#[cfg(not(all(unix, not(target_os = "macos"))))]
const fn has_display() -> bool {
    true
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// When there is no display or nothing can draw on it.
pub fn run(start: Start) -> Result<(), WindowError> {
    if !has_display() {
        return Err(WindowError::NoDisplay);
    }
    let locale = Arc::new(locale::Locale::system());
    theme::typography::install();
    let boot = move || App::boot(&start, Arc::clone(&locale), now());
    iced::daemon(boot, |app: &mut App, message: Message| app.update(message, now()), App::view)
        .title(App::title)
        .theme(|app: &App, window| Some(App::theme(app, window)))
        .scale_factor(App::scale_factor)
        .subscription(App::subscription)
        .default_font(theme::typography::UI)
        .run()?;
    Ok(())
}

/// The only place of the window's logic that looks at the clock.
fn now() -> UnixTime {
    UnixTime(jiff::Timestamp::now().as_second())
}
