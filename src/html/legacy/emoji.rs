//! Emoji in color, as browsers show them (UTS 51): the engine takes the first font of a list that has a letter, and many
//! fonts for text have some of them in black.

use super::Event;
use html5ever::LocalName;

/// The element around emoji.
pub(in crate::html) const NAME: &str = "x-emoji";

/// Fonts with emoji in color on Linux, macOS and Windows.
pub(super) const SHEET: &str = "x-emoji{font-family:\"Noto Color Emoji\",\"Apple Color Emoji\",\"Segoe UI Emoji\",\
    \"Twemoji Mozilla\",sans-serif}";

/// Most emoji of a document that are marked; each costs an element.
const MOST: usize = 2_000;

/// Adds a text, with its emoji in elements of their own.
pub(super) fn push(events: &mut Vec<Event>, text: &str) {
    let mut done = 0;
    // Most texts have none: they are recognized by bytes.
    if text.as_bytes().iter().any(|byte| *byte >= 0xe2) || text.contains('\u{20e3}') {
        for range in ranges(text).into_iter().take(MOST) {
            plain(events, text.get(done..range.start).unwrap_or_default());
            events.push(Event::Open { name: LocalName::from(NAME), attributes: Vec::new() });
            plain(events, text.get(range.clone()).unwrap_or_default());
            events.push(Event::Close);
            done = range.end;
        }
    }
    plain(events, text.get(done..).unwrap_or_default());
}

fn plain(events: &mut Vec<Event>, text: &str) {
    if !text.is_empty() {
        events.push(Event::Text(text.to_owned()));
    }
}

/// Asks for color, for black, and joins two.
const COLOR: char = '\u{fe0f}';
const BLACK: char = '\u{fe0e}';
const JOINER: char = '\u{200d}';
/// A key around what stands before it.
const KEY: char = '\u{20e3}';

/// Where runs of emoji stand.
fn ranges(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found: Vec<std::ops::Range<usize>> = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some((start, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let starts = match next {
            Some(BLACK) => false,
            Some(COLOR) => !letter.is_alphabetic() && !letter.is_whitespace(),
            Some(KEY) => letter.is_ascii_digit() || matches!(letter, '#' | '*'),
            _ => is_shown_in_color(letter),
        };
        if !starts {
            continue;
        }
        let mut end = start + letter.len_utf8();
        let mut joined = false;
        while let Some((at, next)) = letters.peek().copied() {
            let belongs = std::mem::take(&mut joined)
                || matches!(next, COLOR | JOINER | KEY | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}');
            if !belongs {
                break;
            }
            joined = next == JOINER;
            end = at + next.len_utf8();
            letters.next();
        }
        match found.last_mut().filter(|before| before.end == start) {
            Some(before) => before.end = end,
            None => found.push(start..end),
        }
    }
    found
}

/// Property `Emoji_Presentation` (UTS 51, emoji-data.txt).
fn is_shown_in_color(letter: char) -> bool {
    if letter < '\u{231a}' {
        return false;
    }
    matches!(letter,
        '\u{231a}'..='\u{231b}' | '\u{23e9}'..='\u{23ec}' | '\u{23f0}' | '\u{23f3}' | '\u{25fd}'..='\u{25fe}'
        | '\u{2614}'..='\u{2615}' | '\u{2648}'..='\u{2653}' | '\u{267f}' | '\u{2693}' | '\u{26a1}'
        | '\u{26aa}'..='\u{26ab}' | '\u{26bd}'..='\u{26be}' | '\u{26c4}'..='\u{26c5}' | '\u{26ce}' | '\u{26d4}'
        | '\u{26ea}' | '\u{26f2}'..='\u{26f3}' | '\u{26f5}' | '\u{26fa}' | '\u{26fd}' | '\u{2705}'
        | '\u{270a}'..='\u{270b}' | '\u{2728}' | '\u{274c}' | '\u{274e}' | '\u{2753}'..='\u{2755}' | '\u{2757}'
        | '\u{2795}'..='\u{2797}' | '\u{27b0}' | '\u{27bf}' | '\u{2b1b}'..='\u{2b1c}' | '\u{2b50}' | '\u{2b55}'
        | '\u{1f004}' | '\u{1f0cf}' | '\u{1f18e}' | '\u{1f191}'..='\u{1f19a}' | '\u{1f1e6}'..='\u{1f1ff}'
        | '\u{1f201}' | '\u{1f21a}' | '\u{1f22f}' | '\u{1f232}'..='\u{1f236}' | '\u{1f238}'..='\u{1f23a}'
        | '\u{1f250}'..='\u{1f251}' | '\u{1f300}'..='\u{1f320}' | '\u{1f32d}'..='\u{1f335}'
        | '\u{1f337}'..='\u{1f37c}' | '\u{1f37e}'..='\u{1f393}' | '\u{1f3a0}'..='\u{1f3ca}'
        | '\u{1f3cf}'..='\u{1f3d3}' | '\u{1f3e0}'..='\u{1f3f0}' | '\u{1f3f4}' | '\u{1f3f8}'..='\u{1f43e}'
        | '\u{1f440}' | '\u{1f442}'..='\u{1f4fc}' | '\u{1f4ff}'..='\u{1f53d}' | '\u{1f54b}'..='\u{1f54e}'
        | '\u{1f550}'..='\u{1f567}' | '\u{1f57a}' | '\u{1f595}'..='\u{1f596}' | '\u{1f5a4}'
        | '\u{1f5fb}'..='\u{1f64f}' | '\u{1f680}'..='\u{1f6c5}' | '\u{1f6cc}' | '\u{1f6d0}'..='\u{1f6d2}'
        | '\u{1f6d5}'..='\u{1f6d7}' | '\u{1f6dc}'..='\u{1f6df}' | '\u{1f6eb}'..='\u{1f6ec}'
        | '\u{1f6f4}'..='\u{1f6fc}' | '\u{1f7e0}'..='\u{1f7eb}' | '\u{1f7f0}' | '\u{1f90c}'..='\u{1f93a}'
        | '\u{1f93c}'..='\u{1f945}' | '\u{1f947}'..='\u{1f9ff}' | '\u{1fa70}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emoji(text: &str) -> Vec<&str> {
        ranges(text).into_iter().filter_map(|range| text.get(range)).collect()
    }

    #[test]
    fn emoji_are_told_from_letters() {
        assert_eq!(emoji("a \u{1f31f}\u{1f389} b"), ["\u{1f31f}\u{1f389}"]);
        // Black by themselves, in color if they say so, and the other way round.
        assert_eq!(
            emoji("\u{2764} \u{2764}\u{fe0f} \u{2b50}\u{fe0e} \u{2b50}"),
            ["\u{2764}\u{fe0f}", "\u{2b50}"]
        );
        assert_eq!(emoji("12 1\u{fe0f}\u{20e3} #\u{20e3}"), ["1\u{fe0f}\u{20e3}", "#\u{20e3}"]);
        let family = "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        assert_eq!(emoji(&format!("x{family}y\u{1f44d}\u{1f3fd}")), [family, "\u{1f44d}\u{1f3fd}"]);
        assert!(emoji("\u{6f22}\u{2192}\u{2713}\u{a9} 100 % \u{fe0f}").is_empty());
    }

    #[test]
    fn text_stays_in_its_order() {
        let mut events = Vec::new();
        push(&mut events, "a\u{1f31f}b");
        let text: String = events
            .iter()
            .filter_map(|event| match event {
                Event::Text(text) => Some(text.as_str()),
                Event::Open { .. } | Event::Style { .. } | Event::Close => None,
            })
            .collect();
        assert_eq!((events.len(), text.as_str()), (5, "a\u{1f31f}b"));
    }
}
