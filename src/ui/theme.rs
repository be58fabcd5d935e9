//! The look: colors, spacing, type sizes, densities and the styles of all iced widgets that we use.
//!
//! Views ask for tokens and styles by meaning; no color and no pixel count stands outside this folder.

pub mod button;
pub mod container;
pub mod control;
pub mod density;
pub mod input;
pub mod palette;
pub mod scroll;
pub mod space;
pub mod typography;

pub use density::Density;
pub use palette::{Accent, Tokens};

use iced::theme::{Base, Mode, Palette, Style};

/// What the user wants the window to look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Appearance {
    /// As the desktop says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// Our theme type; every element of the window is an `iced::Element<Message, Theme>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    tokens: Tokens,
    dark: bool,
    accent: Accent,
}

/// An element of our window.
pub type Element<'a, Message> = iced::Element<'a, Message, Theme>;

impl Theme {
    /// The light theme.
    #[must_use]
    pub const fn light(accent: Accent) -> Self {
        Self { tokens: Tokens::light(accent), dark: false, accent }
    }

    /// The dark theme.
    #[must_use]
    pub const fn dark(accent: Accent) -> Self {
        Self { tokens: Tokens::dark(accent), dark: true, accent }
    }

    /// The theme for a wish of the user and the mode that the system reports (`Mode::None` counts as light).
    #[must_use]
    pub fn resolve(appearance: Appearance, system: Mode, accent: Accent) -> Self {
        let dark = match appearance {
            Appearance::System => matches!(system, Mode::Dark),
            Appearance::Light => false,
            Appearance::Dark => true,
        };
        if dark { Self::dark(accent) } else { Self::light(accent) }
    }

    /// The colors.
    #[must_use]
    pub const fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Whether it is a dark theme.
    #[must_use]
    pub const fn is_dark(&self) -> bool {
        self.dark
    }
}

impl Base for Theme {
    fn default(preference: Mode) -> Self {
        Self::resolve(Appearance::System, preference, Accent::default())
    }

    fn mode(&self) -> Mode {
        if self.dark { Mode::Dark } else { Mode::Light }
    }

    fn base(&self) -> Style {
        Style { background_color: self.tokens.surface, text_color: self.tokens.text }
    }

    fn palette(&self) -> Option<Palette> {
        let t = &self.tokens;
        Some(Palette {
            background: t.surface,
            text: t.text,
            primary: t.accent,
            success: t.success,
            warning: t.warning,
            danger: t.danger,
        })
    }

    fn name(&self) -> &str {
        // iced compares names to find out whether the theme changed, so each accent needs its own.
        self.accent.theme_name(self.dark)
    }
}
