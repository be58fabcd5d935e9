//! Style of iced's scrollable. Our own lists draw their bars with the same tokens.

use super::{Theme, space};
use iced::widget::{container, scrollable};
use iced::{Background, Color, Shadow, border};

impl scrollable::Catalog for Theme {
    type Class<'a> = scrollable::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(thin)
    }

    fn style(&self, class: &Self::Class<'_>, status: scrollable::Status) -> scrollable::Style {
        class(self, status)
    }
}

/// The direction that suits [`thin`]: a slim bar with a little air.
#[must_use]
pub fn vertical() -> scrollable::Direction {
    scrollable::Direction::Vertical(
        scrollable::Scrollbar::new().width(space::S).scroller_width(space::S).margin(space::XXS),
    )
}

/// A slim bar without a rail.
#[must_use]
pub fn thin(theme: &Theme, status: scrollable::Status) -> scrollable::Style {
    let t = theme.tokens();
    let rail = |active: bool| scrollable::Rail {
        background: None,
        border: border::rounded(space::XS),
        scroller: scrollable::Scroller {
            background: Background::Color(if active { t.thumb_hover } else { t.thumb }),
            border: border::rounded(space::XS),
        },
    };
    let (horizontal, vertical) = match status {
        scrollable::Status::Active { .. } => (false, false),
        scrollable::Status::Hovered {
            is_horizontal_scrollbar_hovered,
            is_vertical_scrollbar_hovered,
            ..
        } => (is_horizontal_scrollbar_hovered, is_vertical_scrollbar_hovered),
        scrollable::Status::Dragged {
            is_horizontal_scrollbar_dragged,
            is_vertical_scrollbar_dragged,
            ..
        } => (is_horizontal_scrollbar_dragged, is_vertical_scrollbar_dragged),
    };
    scrollable::Style {
        container: container::Style::default(),
        vertical_rail: rail(vertical),
        horizontal_rail: rail(horizontal),
        gap: None,
        auto_scroll: scrollable::AutoScroll {
            background: t.raised.into(),
            border: border::rounded(space::L).width(space::HAIRLINE).color(t.border_strong),
            shadow: Shadow { color: Color::TRANSPARENT, ..Shadow::default() },
            icon: t.text,
        },
    }
}
