//! Styles of switches, check boxes, radio buttons, sliders and progress bars.

use super::{Theme, space};
use iced::widget::{checkbox, progress_bar, radio, slider, toggler};
use iced::{Background, border};

impl checkbox::Catalog for Theme {
    type Class<'a> = checkbox::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(check)
    }

    fn style(&self, class: &Self::Class<'_>, status: checkbox::Status) -> checkbox::Style {
        class(self, status)
    }
}

/// A check box.
#[must_use]
pub fn check(theme: &Theme, status: checkbox::Status) -> checkbox::Style {
    let t = theme.tokens();
    let (on, hovered, disabled) = match status {
        checkbox::Status::Active { is_checked } => (is_checked, false, false),
        checkbox::Status::Hovered { is_checked } => (is_checked, true, false),
        checkbox::Status::Disabled { is_checked } => (is_checked, false, true),
    };
    let ground = match (on, disabled) {
        (_, true) => t.pressed,
        (true, false) if hovered => t.accent_hover,
        (true, false) => t.accent,
        (false, false) if hovered => t.hover,
        (false, false) => t.surface,
    };
    checkbox::Style {
        background: ground.into(),
        icon_color: if disabled { t.text_faint } else { t.on_accent },
        border: border::rounded(space::RADIUS_S).width(space::HAIRLINE).color(if on {
            ground
        } else {
            t.border_strong
        }),
        text_color: Some(if disabled { t.text_faint } else { t.text }),
    }
}

impl radio::Catalog for Theme {
    type Class<'a> = radio::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(option)
    }

    fn style(&self, class: &Self::Class<'_>, status: radio::Status) -> radio::Style {
        class(self, status)
    }
}

/// A radio button.
#[must_use]
pub fn option(theme: &Theme, status: radio::Status) -> radio::Style {
    let t = theme.tokens();
    let (on, hovered) = match status {
        radio::Status::Active { is_selected } => (is_selected, false),
        radio::Status::Hovered { is_selected } => (is_selected, true),
    };
    radio::Style {
        background: if hovered { t.hover } else { t.surface }.into(),
        dot_color: t.accent,
        border_width: space::HAIRLINE,
        border_color: if on { t.accent } else { t.border_strong },
        text_color: Some(t.text),
    }
}

impl toggler::Catalog for Theme {
    type Class<'a> = toggler::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(switch)
    }

    fn style(&self, class: &Self::Class<'_>, status: toggler::Status) -> toggler::Style {
        class(self, status)
    }
}

/// A switch.
#[must_use]
pub fn switch(theme: &Theme, status: toggler::Status) -> toggler::Style {
    let t = theme.tokens();
    let (on, disabled) = match status {
        toggler::Status::Active { is_toggled } | toggler::Status::Hovered { is_toggled } => {
            (is_toggled, false)
        }
        toggler::Status::Disabled { is_toggled } => (is_toggled, true),
    };
    let ground = match (on, disabled) {
        (_, true) => t.pressed,
        (true, false) => t.accent,
        (false, false) => t.border_strong,
    };
    toggler::Style {
        background: ground.into(),
        background_border_width: 0.0,
        background_border_color: t.border,
        foreground: if on && !disabled { t.on_accent } else { t.surface }.into(),
        foreground_border_width: 0.0,
        foreground_border_color: t.border,
        text_color: Some(if disabled { t.text_faint } else { t.text }),
        border_radius: None,
        padding_ratio: 0.12,
    }
}

impl slider::Catalog for Theme {
    type Class<'a> = slider::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(lever)
    }

    fn style(&self, class: &Self::Class<'_>, status: slider::Status) -> slider::Style {
        class(self, status)
    }
}

/// A slider.
#[must_use]
pub fn lever(theme: &Theme, status: slider::Status) -> slider::Style {
    let t = theme.tokens();
    let handle = match status {
        slider::Status::Active => t.accent,
        slider::Status::Hovered | slider::Status::Dragged => t.accent_hover,
    };
    slider::Style {
        rail: slider::Rail {
            backgrounds: (t.accent.into(), t.border_strong.into()),
            width: space::XS,
            border: border::rounded(space::XXS),
        },
        handle: slider::Handle {
            shape: slider::HandleShape::Circle { radius: space::S },
            background: Background::Color(handle),
            border_width: space::RING,
            border_color: t.raised,
        },
    }
}

impl progress_bar::Catalog for Theme {
    type Class<'a> = progress_bar::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(progress)
    }

    fn style(&self, class: &Self::Class<'_>) -> progress_bar::Style {
        class(self)
    }
}

/// How far something is.
#[must_use]
pub fn progress(theme: &Theme) -> progress_bar::Style {
    let t = theme.tokens();
    progress_bar::Style {
        background: t.pressed.into(),
        bar: t.accent.into(),
        border: border::rounded(space::XXS),
    }
}
