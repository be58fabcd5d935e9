//! Styles of grounds: panes, cards, banners, dialogs, badges. Also text colors by meaning.

use super::{Theme, space};
use iced::widget::container::{Catalog, Style, StyleFn};
use iced::widget::{float, pane_grid, rule, svg, table, text};
use iced::{Background, Border, Color, border};

impl Catalog for Theme {
    type Class<'a> = StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|_| Style::default())
    }

    fn style(&self, class: &Self::Class<'_>) -> Style {
        class(self)
    }
}

fn ground(color: Color) -> Style {
    Style::default().background(color)
}

fn framed(color: Color, edge: Color, radius: f32) -> Style {
    ground(color).border(border::rounded(radius).width(space::HAIRLINE).color(edge))
}

/// Toolbar, folder pane, status line.
#[must_use]
pub fn chrome(theme: &Theme) -> Style {
    ground(theme.tokens().chrome)
}

/// Message list and reader.
#[must_use]
pub fn surface(theme: &Theme) -> Style {
    ground(theme.tokens().surface)
}

/// A box on the surface, such as an attachment.
#[must_use]
pub fn card(theme: &Theme) -> Style {
    let t = theme.tokens();
    framed(t.sunken, t.border, space::RADIUS_M)
}

/// A menu. No shadow: the software renderer leaves trails of shadows when something moves.
#[must_use]
pub fn menu(theme: &Theme) -> Style {
    let t = theme.tokens();
    framed(t.raised, t.border_strong, space::RADIUS_L)
}

/// A dialog.
#[must_use]
pub fn dialog(theme: &Theme) -> Style {
    let t = theme.tokens();
    framed(t.raised, t.border_strong, space::RADIUS_L)
}

/// The dimmed window behind a dialog.
#[must_use]
pub fn scrim(theme: &Theme) -> Style {
    ground(theme.tokens().scrim)
}

/// A short note at the bottom of the window.
#[must_use]
pub fn toast(theme: &Theme) -> Style {
    let t = theme.tokens();
    ground(t.inverse).color(t.on_inverse).border(border::rounded(space::RADIUS_M))
}

/// A tool tip.
#[must_use]
pub fn tooltip(theme: &Theme) -> Style {
    let t = theme.tokens();
    ground(t.inverse).color(t.on_inverse).border(border::rounded(space::RADIUS_S))
}

/// Something that the user may want to know.
#[must_use]
pub fn banner_info(theme: &Theme) -> Style {
    let t = theme.tokens();
    ground(t.accent_soft).color(t.text).border(border::rounded(space::RADIUS_M))
}

/// Something that may go wrong.
#[must_use]
pub fn banner_warning(theme: &Theme) -> Style {
    let t = theme.tokens();
    ground(t.warning_soft).color(t.text).border(border::rounded(space::RADIUS_M))
}

/// Something that went wrong.
#[must_use]
pub fn banner_danger(theme: &Theme) -> Style {
    let t = theme.tokens();
    ground(t.danger_soft).color(t.text).border(border::rounded(space::RADIUS_M))
}

/// A number beside a name.
#[must_use]
pub fn badge(theme: &Theme) -> Style {
    let t = theme.tokens();
    ground(t.accent_soft).color(t.link).border(border::rounded(space::L))
}

/// A key of the keyboard in the help.
#[must_use]
pub fn key_cap(theme: &Theme) -> Style {
    let t = theme.tokens();
    framed(t.sunken, t.border_strong, space::RADIUS_S)
}

/// What is dragged, beside the pointer.
#[must_use]
pub fn drag_chip(theme: &Theme) -> Style {
    let t = theme.tokens();
    ground(t.accent).color(t.on_accent).border(border::rounded(space::RADIUS_L))
}

/// What is dragged over something that does not take it.
#[must_use]
pub fn drag_chip_refused(theme: &Theme) -> Style {
    let t = theme.tokens();
    ground(t.danger).color(t.on_danger).border(border::rounded(space::RADIUS_L))
}

/// A bar that stands for text not yet loaded.
#[must_use]
pub fn skeleton(theme: &Theme) -> Style {
    ground(theme.tokens().skeleton).border(border::rounded(space::RADIUS_S))
}

/// The well behind a list of tabs.
#[must_use]
pub fn tab_bar(theme: &Theme) -> Style {
    ground(theme.tokens().hover).border(border::rounded(space::RADIUS_M + space::XXS))
}

impl text::Catalog for Theme {
    type Class<'a> = text::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|_| text::Style::default())
    }

    fn style(&self, class: &Self::Class<'_>) -> text::Style {
        class(self)
    }
}

/// Less important text.
#[must_use]
pub fn text_dim(theme: &Theme) -> text::Style {
    text::Style { color: Some(theme.tokens().text_dim) }
}

/// Text of something that is switched off.
#[must_use]
pub fn text_faint(theme: &Theme) -> text::Style {
    text::Style { color: Some(theme.tokens().text_faint) }
}

/// Text in the accent color.
#[must_use]
pub fn text_accent(theme: &Theme) -> text::Style {
    text::Style { color: Some(theme.tokens().link) }
}

/// Text of an error.
#[must_use]
pub fn text_danger(theme: &Theme) -> text::Style {
    text::Style { color: Some(theme.tokens().danger) }
}

/// Text of a warning.
#[must_use]
pub fn text_warning(theme: &Theme) -> text::Style {
    text::Style { color: Some(theme.tokens().warning) }
}

/// Text of good news.
#[must_use]
pub fn text_success(theme: &Theme) -> text::Style {
    text::Style { color: Some(theme.tokens().success) }
}

impl svg::Catalog for Theme {
    type Class<'a> = svg::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme, _| svg::Style { color: Some(theme.tokens().text_dim) })
    }

    fn style(&self, class: &Self::Class<'_>, status: svg::Status) -> svg::Style {
        class(self, status)
    }
}

impl rule::Catalog for Theme {
    type Class<'a> = rule::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(hairline)
    }

    fn style(&self, class: &Self::Class<'_>) -> rule::Style {
        class(self)
    }
}

/// A line between panes or groups.
#[must_use]
pub fn hairline(theme: &Theme) -> rule::Style {
    rule::Style {
        color: theme.tokens().border,
        radius: 0.0.into(),
        fill_mode: rule::FillMode::Full,
        snap: true,
    }
}

impl pane_grid::Catalog for Theme {
    type Class<'a> = pane_grid::StyleFn<'a, Self>;

    fn default<'a>() -> <Self as pane_grid::Catalog>::Class<'a> {
        Box::new(panes)
    }

    fn style(&self, class: &<Self as pane_grid::Catalog>::Class<'_>) -> pane_grid::Style {
        class(self)
    }
}

/// Resizable panes: the split shows itself under the pointer.
#[must_use]
pub fn panes(theme: &Theme) -> pane_grid::Style {
    let t = theme.tokens();
    pane_grid::Style {
        hovered_region: pane_grid::Highlight {
            background: Background::Color(t.accent_soft),
            border: Border::default().width(space::RING).color(t.accent),
        },
        picked_split: pane_grid::Line { color: t.accent, width: space::RING },
        hovered_split: pane_grid::Line { color: t.border_strong, width: space::RING },
    }
}

impl float::Catalog for Theme {
    type Class<'a> = float::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|_| float::Style::default())
    }

    fn style(&self, class: &Self::Class<'_>) -> float::Style {
        class(self)
    }
}

impl table::Catalog for Theme {
    type Class<'a> = table::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme: &Self| {
            let line = Background::Color(theme.tokens().border);
            table::Style { separator_x: line, separator_y: line }
        })
    }

    fn style(&self, class: &Self::Class<'_>) -> table::Style {
        class(self)
    }
}
