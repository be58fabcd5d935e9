//! The window. Reads snapshots of the store, sends commands, gets events.

pub mod a11y;
pub mod app;
pub mod command;
pub mod icon;
pub mod locale;
pub mod message;
pub mod note;
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

/// The window could not be opened: no display, or no way to draw on it.
#[derive(Debug, thiserror::Error)]
#[error("the window could not be opened: {0}")]
pub struct WindowError(#[from] iced::Error);

/// Opens the window and returns when it is closed.
///
/// # Errors
/// When there is no display or nothing can draw on it.
pub fn run(start: Start) -> Result<(), WindowError> {
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
