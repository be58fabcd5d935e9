//! Type: faces, sizes, line heights, and which font draws emoji.

use iced::Font;
use iced::advanced::graphics::text::{cosmic_text, font_system};
use iced::font::{Family, Style, Weight};

/// Name of the interface face, which is bundled so that the window looks the same everywhere.
pub const FAMILY: &str = "Inter";
/// The bundled files: regular and semi-bold. Their license is beside them.
const BUNDLED: [&[u8]; 2] = [
    include_bytes!("../../../resources/fonts/Inter-Regular.otf"),
    include_bytes!("../../../resources/fonts/Inter-SemiBold.otf"),
];
/// Name of the face that draws emoji in color.
const EMOJI: &str = "Noto Color Emoji";

/// Running text.
pub const UI: Font = Font { family: Family::Name(FAMILY), ..Font::DEFAULT };
/// Labels that carry weight: senders of unread mail, titles.
pub const STRONG: Font = Font { weight: Weight::Semibold, ..UI };
/// Emphasis inside text.
pub const ITALIC: Font = Font { style: Style::Italic, ..UI };
/// Addresses, code, headers in the source view.
pub const MONO: Font = Font::MONOSPACE;

/// Captions, badges, dates.
pub const CAPTION: f32 = 12.0;
/// Second lines, hints.
pub const SMALL: f32 = 13.0;
/// Interface text.
pub const BODY: f32 = 14.0;
/// Text of a mail.
pub const READING: f32 = 15.0;
/// Heads of groups.
pub const SUBTITLE: f32 = 16.0;
/// Subject in the reader, heads of dialogs.
pub const TITLE: f32 = 20.0;
/// First-run screen.
pub const DISPLAY: f32 = 28.0;

/// Line height of interface text, as a factor.
pub const TIGHT: f32 = 1.3;
/// Line height of the text of a mail, as a factor.
pub const LOOSE: f32 = 1.5;

/// The fallback order of the platform, but with the color emoji face before text faces that have
/// black-and-white drawings of some emoji.
struct EmojiFirst;

impl cosmic_text::Fallback for EmojiFirst {
    fn common_fallback(&self) -> &[&'static str] {
        &[
            FAMILY,
            EMOJI,
            "Apple Color Emoji",
            "Segoe UI Emoji",
            "Twemoji",
            "Noto Sans",
            "DejaVu Sans",
            "FreeSans",
            "Segoe UI",
            ".SF NS",
            "Noto Sans Mono",
            "DejaVu Sans Mono",
            "Noto Sans Symbols",
            "Noto Sans Symbols2",
            "Segoe UI Symbol",
        ]
    }

    fn forbidden_fallback(&self) -> &[&'static str] {
        cosmic_text::PlatformFallback.forbidden_fallback()
    }

    fn script_fallback(&self, script: unicode_script::Script, locale: &str) -> &[&'static str] {
        cosmic_text::PlatformFallback.script_fallback(script, locale)
    }
}

/// Loads the bundled face and puts our font order in place. Call it once at the start, before the window
/// opens: text shaped earlier keeps the old fonts.
pub fn install() {
    let Ok(mut system) = font_system().write() else {
        tracing::warn!("the font system is locked by a thread that panicked");
        return;
    };
    let raw = system.raw();
    let mut fonts = raw.db().clone();
    for file in BUNDLED {
        fonts.load_font_data(file.to_vec());
    }
    fonts.set_sans_serif_family(FAMILY);
    let locale = raw.locale().to_owned();
    *raw = cosmic_text::FontSystem::new_with_locale_and_db_and_fallback(locale, fonts, EmojiFirst);
}
