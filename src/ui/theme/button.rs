//! Styles of buttons. The same functions style iced's `button` and our focusable one.

use super::{Theme, Tokens, space};
use iced::widget::button::{Catalog, Status, Style, StyleFn};
use iced::{Background, Border, Color, border};

impl Catalog for Theme {
    type Class<'a> = StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(secondary)
    }

    fn style(&self, class: &Self::Class<'_>, status: Status) -> Style {
        class(self, status)
    }
}

fn shape(background: Option<Color>, text_color: Color, border: Border) -> Style {
    Style { background: background.map(Background::Color), text_color, border, ..Style::default() }
}

fn plain() -> Border {
    border::rounded(space::RADIUS_M)
}

fn ground(t: &Tokens, status: Status) -> Option<Color> {
    match status {
        Status::Active | Status::Disabled => None,
        Status::Hovered => Some(t.hover),
        Status::Pressed => Some(t.pressed),
    }
}

/// The one action that a screen is about.
#[must_use]
pub fn primary(theme: &Theme, status: Status) -> Style {
    let t = theme.tokens();
    match status {
        Status::Active => shape(Some(t.accent), t.on_accent, plain()),
        Status::Hovered | Status::Pressed => shape(Some(t.accent_hover), t.on_accent, plain()),
        Status::Disabled => shape(Some(t.pressed), t.text_faint, plain()),
    }
}

/// An action beside the primary one.
#[must_use]
pub fn secondary(theme: &Theme, status: Status) -> Style {
    let t = theme.tokens();
    let edge = plain().width(space::HAIRLINE).color(t.border_strong);
    let ink = if status == Status::Disabled { t.text_faint } else { t.text };
    shape(Some(ground(t, status).unwrap_or(t.raised)), ink, edge)
}

/// An action that destroys something.
#[must_use]
pub fn danger(theme: &Theme, status: Status) -> Style {
    let t = theme.tokens();
    match status {
        Status::Active => shape(Some(t.danger), t.on_danger, plain()),
        Status::Hovered | Status::Pressed => shape(Some(Color { a: 0.88, ..t.danger }), t.on_danger, plain()),
        Status::Disabled => shape(Some(t.pressed), t.text_faint, plain()),
    }
}

/// Toolbar and icon buttons: no ground until the pointer comes.
#[must_use]
pub fn ghost(theme: &Theme, status: Status) -> Style {
    let t = theme.tokens();
    let ink = if status == Status::Disabled { t.text_faint } else { t.text };
    shape(ground(t, status), ink, plain())
}

/// A toolbar button that is switched on.
#[must_use]
pub fn ghost_on(theme: &Theme, status: Status) -> Style {
    let t = theme.tokens();
    shape(Some(ground(t, status).unwrap_or(t.accent_soft)), t.link, plain())
}

/// Text that acts, inside running text.
#[must_use]
pub fn link(theme: &Theme, status: Status) -> Style {
    let t = theme.tokens();
    let ink = if status == Status::Disabled { t.text_faint } else { t.link };
    shape(ground(t, status), ink, border::rounded(space::RADIUS_S))
}

/// An entry of a menu.
#[must_use]
pub fn menu_item(theme: &Theme, status: Status) -> Style {
    let t = theme.tokens();
    match status {
        Status::Active => shape(None, t.text, plain()),
        Status::Hovered | Status::Pressed => shape(Some(t.selected), t.text, plain()),
        Status::Disabled => shape(None, t.text_faint, plain()),
    }
}

/// The entry of a list that the keyboard is on.
#[must_use]
pub fn menu_item_current(theme: &Theme, _: Status) -> Style {
    let t = theme.tokens();
    shape(Some(t.selected), t.text, plain())
}

/// A row of a tree or a list of choices.
#[must_use]
pub fn row(theme: &Theme, status: Status) -> Style {
    ghost(theme, status)
}

/// A row that is the chosen one, in a pane with or without the focus.
#[must_use]
pub fn row_selected(theme: &Theme, focused: bool) -> Style {
    let t = theme.tokens();
    shape(Some(if focused { t.selected } else { t.selected_inactive }), t.text, plain())
}

/// A tab; the chosen one has its own ground, and an edge that shows also where grounds are close (dark colors).
#[must_use]
pub fn tab(theme: &Theme, status: Status, chosen: bool) -> Style {
    let t = theme.tokens();
    if chosen {
        let edge = plain().width(space::HAIRLINE).color(t.border_strong);
        return shape(Some(t.raised), t.text, edge);
    }
    let ink = match status {
        Status::Active => t.text_dim,
        Status::Hovered | Status::Pressed => t.text,
        Status::Disabled => t.text_faint,
    };
    shape(ground(t, status), ink, plain())
}
