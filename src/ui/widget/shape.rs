//! One line of text: shaped, cut with an ellipsis where it must, ready to be drawn many times.
//!
//! `fill_text` of iced 0.14 ignores wrapping, so everything is drawn from kept paragraphs.

use super::num;
use iced::advanced::text::{self, Alignment, LineHeight, Paragraph, Shaping, Text, Wrapping};
use iced::{Font, Pixels, Point, Size, alignment};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Room given to a line that isn't cut; any screen is narrower.
const ENDLESS: f32 = 1_000_000.0;
/// Below this share of the font size no letter is narrower on average; bounds how much text is shaped.
const NARROWEST: f64 = 0.2;
/// Attempts at a cut that fits.
const CUTS: usize = 6;

/// How a line is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Face {
    pub(crate) font: Font,
    pub(crate) size: f32,
}

/// A shaped line.
#[derive(Clone, Debug)]
pub(crate) struct Line<P> {
    pub(super) paragraph: P,
    /// Width that the ink takes.
    pub(crate) width: f32,
    /// Whether it reads from right to left.
    pub(crate) rtl: bool,
}

/// Height of a line in this size.
pub(crate) fn line_height(size: f32) -> f32 {
    (size * crate::ui::theme::typography::TIGHT).round()
}

/// Whether the first letter with a direction reads from right to left (UAX #9, rule P2, by script blocks).
pub(crate) fn is_rtl(text: &str) -> bool {
    for c in text.chars() {
        match u32::from(c) {
            0x0590..=0x08ff
            | 0xfb1d..=0xfdff
            | 0xfe70..=0xfeff
            | 0x1_0800..=0x1_0fff
            | 0x1_e800..=0x1_efff => {
                return c.is_alphabetic() || !c.is_numeric();
            }
            _ if c.is_alphabetic() => return false,
            _ => {}
        }
    }
    false
}

fn paragraph<P: Paragraph<Font = Font>>(content: &str, face: Face) -> P {
    // tiny-skia repaints only what changed, and takes two living paragraphs of the same measures for the
    // same text. The height of the bounds doesn't change how one line is set, so it carries a mark of the text.
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    P::with_text(Text {
        content,
        bounds: Size::new(ENDLESS, ENDLESS + num::mark(hasher.finish())),
        size: Pixels(face.size),
        line_height: LineHeight::Absolute(Pixels(line_height(face.size))),
        font: face.font,
        align_x: Alignment::Default,
        align_y: alignment::Vertical::Top,
        shaping: Shaping::Advanced,
        wrapping: Wrapping::None,
    })
}

/// Shapes one line that is at most `width` wide.
pub(crate) fn line<P: Paragraph<Font = Font>>(content: &str, face: Face, width: f32) -> Line<P> {
    let most = num::ceil(f64::from(width.max(0.0)) / (f64::from(face.size) * NARROWEST)).saturating_add(8);
    let mut clean: String =
        content.chars().take(most).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let shortened = clean.len() < content.len();
    let rtl = is_rtl(&clean);
    let full: P = paragraph(&clean, face);
    let ink = full.min_width();
    if ink <= width + 0.5 && !shortened {
        return Line { paragraph: full, width: ink, rtl };
    }
    let room = (width - face.size).max(0.0);
    let x = if rtl { ink - room } else { room };
    let hit = full.hit_test(Point::new(x, face.size / 2.0)).map_or(0, text::Hit::cursor);
    clean.truncate(clean.floor_char_boundary(hit));
    let mut best: P = full;
    for _ in 0..CUTS {
        let kept = clean.trim_end().len();
        clean.truncate(kept);
        clean.push('…');
        best = paragraph(&clean, face);
        if best.min_width() <= width + 0.5 || kept == 0 {
            break;
        }
        clean.pop();
        clean.pop();
    }
    let ink = best.min_width();
    Line { paragraph: best, width: ink, rtl }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::typography;

    type P = <iced::Renderer as text::Renderer>::Paragraph;

    const FACE: Face = Face { font: typography::UI, size: 14.0 };

    #[test]
    fn direction_is_that_of_the_first_letter() {
        for (text, rtl) in [
            ("hello", false),
            ("مرحبا", true),
            ("123 שלום", true),
            ("(a) שלום", false),
            ("Re: مرحبا", false),
            ("", false),
            ("12:30", false),
            ("日本", false),
        ] {
            assert_eq!(is_rtl(text), rtl, "{text}");
        }
    }

    #[test]
    fn long_lines_are_cut_and_fit() {
        crate::ui::widget::stage::fonts();
        for text in ["The quick brown fox jumps over the lazy dog", "مرحبا بالعالم هذا نص طويل جدا للاختبار"]
        {
            let full: Line<P> = line(text, FACE, 10_000.0);
            assert!(full.width > 100.0);
            for width in [0.0, 5.0, 30.0, 100.0] {
                let short: Line<P> = line(text, FACE, width);
                assert!(short.width <= width.max(20.0) + 1.0, "{text}: {} in {width}", short.width);
            }
        }
    }

    #[test]
    fn endless_text_is_not_shaped_to_its_end() {
        crate::ui::widget::stage::fonts();
        let text = "word ".repeat(1_000_000);
        let short: Line<P> = line(&text, FACE, 300.0);
        assert!(short.width <= 301.0);
    }
}
