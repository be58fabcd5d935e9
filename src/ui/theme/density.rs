//! How much room a row of the message list takes.

use serde::{Deserialize, Serialize};

/// Row height of the message list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Density {
    /// One line, 24 px: sender, subject and date side by side.
    Compact,
    /// Two lines, 52 px: sender and date above the subject.
    #[default]
    Cozy,
    /// Three lines, 72 px: a line of the text as well.
    Relaxed,
}

impl Density {
    /// All densities, for settings.
    pub const ALL: [Self; 3] = [Self::Compact, Self::Cozy, Self::Relaxed];

    /// Height of a message row in pixels.
    #[must_use]
    pub const fn row_height(self) -> f32 {
        match self {
            Self::Compact => 24.0,
            Self::Cozy => 52.0,
            Self::Relaxed => 72.0,
        }
    }

    /// Height of a folder row in pixels.
    #[must_use]
    pub const fn folder_height(self) -> f32 {
        match self {
            Self::Compact => 24.0,
            Self::Cozy => 30.0,
            Self::Relaxed => 36.0,
        }
    }

    /// Lines of text in a message row.
    #[must_use]
    pub const fn lines(self) -> u8 {
        match self {
            Self::Compact => 1,
            Self::Cozy => 2,
            Self::Relaxed => 3,
        }
    }
}
