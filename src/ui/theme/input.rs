//! Styles of text fields, choice fields and their menus.

use super::{Theme, Tokens, space};
use iced::overlay::menu;
use iced::widget::{combo_box, pick_list, text_editor, text_input};
use iced::{Background, Border, Color, Shadow, border};

/// Ground and edge of a field.
fn field(t: &Tokens, focused: bool, disabled: bool) -> (Background, Border) {
    let ground = if disabled { t.hover } else { t.surface };
    let edge = if focused {
        border::rounded(space::RADIUS_M).width(space::RING).color(t.focus)
    } else {
        border::rounded(space::RADIUS_M).width(space::HAIRLINE).color(t.border_strong)
    };
    (Background::Color(ground), edge)
}

impl text_input::Catalog for Theme {
    type Class<'a> = text_input::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(text_field)
    }

    fn style(&self, class: &Self::Class<'_>, status: text_input::Status) -> text_input::Style {
        class(self, status)
    }
}

/// A field of one line.
#[must_use]
pub fn text_field(theme: &Theme, status: text_input::Status) -> text_input::Style {
    let t = theme.tokens();
    let disabled = matches!(status, text_input::Status::Disabled);
    let (background, border) = field(t, matches!(status, text_input::Status::Focused { .. }), disabled);
    text_input::Style {
        background,
        border,
        icon: t.text_dim,
        placeholder: t.text_faint,
        value: if disabled { t.text_faint } else { t.text },
        selection: t.text_selection,
    }
}

/// A field whose content is wrong.
#[must_use]
pub fn text_field_invalid(theme: &Theme, status: text_input::Status) -> text_input::Style {
    let base = text_field(theme, status);
    text_input::Style { border: base.border.color(theme.tokens().danger), ..base }
}

/// The search field of the toolbar: sunken, without an edge until it has the focus.
#[must_use]
pub fn search_field(theme: &Theme, status: text_input::Status) -> text_input::Style {
    let t = theme.tokens();
    let base = text_field(theme, status);
    match status {
        text_input::Status::Focused { .. } => base,
        text_input::Status::Active | text_input::Status::Disabled | text_input::Status::Hovered => {
            text_input::Style {
                background: Background::Color(t.hover),
                border: border::rounded(space::RADIUS_M).width(space::HAIRLINE).color(t.border),
                placeholder: t.text_dim,
                ..base
            }
        }
    }
}

impl text_editor::Catalog for Theme {
    type Class<'a> = text_editor::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(editor)
    }

    fn style(&self, class: &Self::Class<'_>, status: text_editor::Status) -> text_editor::Style {
        class(self, status)
    }
}

/// A field of many lines.
#[must_use]
pub fn editor(theme: &Theme, status: text_editor::Status) -> text_editor::Style {
    let t = theme.tokens();
    let disabled = matches!(status, text_editor::Status::Disabled);
    let (background, border) = field(t, matches!(status, text_editor::Status::Focused { .. }), disabled);
    text_editor::Style {
        background,
        border,
        placeholder: t.text_faint,
        value: if disabled { t.text_faint } else { t.text },
        selection: t.text_selection,
    }
}

impl pick_list::Catalog for Theme {
    type Class<'a> = pick_list::StyleFn<'a, Self>;

    fn default<'a>() -> <Self as pick_list::Catalog>::Class<'a> {
        Box::new(choice)
    }

    fn style(
        &self,
        class: &<Self as pick_list::Catalog>::Class<'_>,
        status: pick_list::Status,
    ) -> pick_list::Style {
        class(self, status)
    }
}

/// A field with a list of choices.
#[must_use]
pub fn choice(theme: &Theme, status: pick_list::Status) -> pick_list::Style {
    let t = theme.tokens();
    let (background, border) = field(t, matches!(status, pick_list::Status::Opened { .. }), false);
    pick_list::Style {
        text_color: t.text,
        placeholder_color: t.text_faint,
        handle_color: t.text_dim,
        background: if matches!(status, pick_list::Status::Hovered) { t.hover.into() } else { background },
        border,
    }
}

impl menu::Catalog for Theme {
    type Class<'a> = menu::StyleFn<'a, Self>;

    fn default<'a>() -> <Self as menu::Catalog>::Class<'a> {
        Box::new(choices)
    }

    fn style(&self, class: &<Self as menu::Catalog>::Class<'_>) -> menu::Style {
        class(self)
    }
}

/// The list of choices.
#[must_use]
pub fn choices(theme: &Theme) -> menu::Style {
    let t = theme.tokens();
    menu::Style {
        background: t.raised.into(),
        border: border::rounded(space::RADIUS_M).width(space::HAIRLINE).color(t.border_strong),
        text_color: t.text,
        selected_text_color: t.text,
        selected_background: t.selected.into(),
        shadow: Shadow { color: Color::TRANSPARENT, ..Shadow::default() },
    }
}

impl combo_box::Catalog for Theme {}
