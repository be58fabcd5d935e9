//! Places in the text, the selection between two of them, and what is copied of it. No geometry.

use super::content::Content;
use std::ops::Range;

/// A place in the text: before the byte of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pos {
    pub(super) line: usize,
    pub(super) byte: usize,
}

/// What a selection grows by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grain {
    Character,
    Word,
    Line,
}

/// What is selected, from where it began to where the caret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Selection {
    pub(super) anchor: Pos,
    pub(super) head: Pos,
}

impl Selection {
    pub(super) const fn caret(at: Pos) -> Self {
        Self { anchor: at, head: at }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.anchor == self.head
    }

    pub(super) fn range(&self) -> Range<Pos> {
        self.anchor.min(self.head)..self.anchor.max(self.head)
    }

    /// The bytes of one line that are selected.
    pub(super) fn in_line(&self, line: usize, len: usize) -> Option<Range<usize>> {
        let Range { start, end } = self.range();
        if line < start.line || line > end.line || self.is_empty() {
            return None;
        }
        let from = if line == start.line { start.byte } else { 0 };
        let to = if line == end.line { end.byte } else { len };
        Some(from.min(len)..to.min(len))
    }
}

/// All of the text.
pub(super) fn all(content: &Content) -> Selection {
    let line = content.lines.len().saturating_sub(1);
    Selection { anchor: Pos::default(), head: Pos { line, byte: content.text(line).len() } }
}

/// The word or line around a place, or just the place.
pub(super) fn around(content: &Content, at: Pos, grain: Grain) -> Range<Pos> {
    let text = content.text(at.line);
    let bytes = match grain {
        Grain::Character => at.byte..at.byte,
        Grain::Line => 0..text.len(),
        Grain::Word => word_at(text, at.byte),
    };
    Pos { line: at.line, byte: bytes.start }..Pos { line: at.line, byte: bytes.end }
}

/// The selection from what was first pressed to where the pointer is, both widened to the grain.
pub(super) fn stretch(content: &Content, first: Range<Pos>, to: Pos, grain: Grain) -> Selection {
    let now = around(content, to, grain);
    if now.start < first.start {
        Selection { anchor: first.end, head: now.start }
    } else {
        Selection { anchor: first.start, head: now.end.max(first.end) }
    }
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Class {
    Word,
    Space,
    Other,
}

fn class(c: char) -> Class {
    if c.is_alphanumeric() || c == '_' {
        Class::Word
    } else if c.is_whitespace() {
        Class::Space
    } else {
        Class::Other
    }
}

/// The run of letters, of spaces, or of signs around a byte.
fn word_at(text: &str, byte: usize) -> Range<usize> {
    let byte = text.floor_char_boundary(byte.min(text.len()));
    let (before, after) = text.split_at(byte);
    let Some(kind) = after.chars().next().or_else(|| before.chars().next_back()).map(class) else {
        return 0..0;
    };
    let start =
        before.char_indices().rev().take_while(|(_, c)| class(*c) == kind).last().map_or(byte, |(i, _)| i);
    let end = after.char_indices().find(|(_, c)| class(*c) != kind).map_or(text.len(), |(i, _)| byte + i);
    start..end
}

/// A step of the caret along the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Back,
    Forth,
    WordBack,
    WordForth,
    LineStart,
    LineEnd,
    Start,
    End,
}

/// Where a step leads.
pub(super) fn step(content: &Content, at: Pos, step: Step) -> Pos {
    let text = content.text(at.line);
    let byte = text.floor_char_boundary(at.byte.min(text.len()));
    let (before, after) = text.split_at(byte);
    let last = content.lines.len().saturating_sub(1);
    match step {
        Step::Start => Pos::default(),
        Step::End => all(content).head,
        Step::LineStart => Pos { byte: 0, ..at },
        Step::LineEnd => Pos { byte: text.len(), ..at },
        Step::Back | Step::WordBack if before.is_empty() => match at.line.checked_sub(1) {
            Some(line) => Pos { line, byte: content.text(line).len() },
            None => Pos::default(),
        },
        Step::Forth | Step::WordForth if after.is_empty() => {
            if at.line < last {
                Pos { line: at.line + 1, byte: 0 }
            } else {
                Pos { byte, ..at }
            }
        }
        Step::Back => {
            Pos { byte: before.char_indices().rev().find(|(_, c)| !extends(*c)).map_or(0, |(i, _)| i), ..at }
        }
        Step::Forth => {
            let next = after.char_indices().skip(1).find(|(_, c)| !extends(*c));
            Pos { byte: next.map_or(text.len(), |(i, _)| byte + i), ..at }
        }
        Step::WordBack => {
            let trimmed = before.trim_end_matches(|c| class(c) != Class::Word);
            Pos { byte: word_at(trimmed, trimmed.len()).start.min(byte), ..at }
        }
        Step::WordForth => {
            let skip = after.find(|c| class(c) == Class::Word).unwrap_or(after.len());
            let rest = after.get(skip..).unwrap_or("");
            let end = rest.find(|c| class(c) != Class::Word).unwrap_or(rest.len());
            Pos { byte: byte + skip + end, ..at }
        }
    }
}

/// Whether a character belongs to the one before it: combining marks, joiners, emoji modifiers.
fn extends(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36f | 0x200d | 0xfe00..=0xfe0f | 0x1_f3fb..=0x1_f3ff | 0x20d0..=0x20ff
        | 0x0591..=0x05c7 | 0x064b..=0x065f | 0x093c | 0x094d | 0x0e31 | 0x0e34..=0x0e3a | 0x0e47..=0x0e4e)
}

/// The selected text as it goes to the clipboard. Several lines keep their `>` signs.
pub(super) fn copy(content: &Content, selection: &Selection) -> String {
    let Range { start, end } = selection.range();
    let several = start.line != end.line;
    let mut out = String::new();
    for line in start.line..=end.line {
        let Some(row) = content.lines.get(line) else { break };
        let Some(bytes) = selection.in_line(line, row.text.len()) else { continue };
        if !row.joined || line == start.line {
            if line > start.line {
                out.push('\n');
            }
            if several && bytes.start == 0 && row.depth > 0 {
                out.extend(std::iter::repeat_n('>', usize::from(row.depth)));
                if !row.text.is_empty() {
                    out.push(' ');
                }
            }
        }
        out.push_str(row.text.get(bytes).unwrap_or(""));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::content::tests::content;
    use super::*;

    const fn pos(line: usize, byte: usize) -> Pos {
        Pos { line, byte }
    }

    #[test]
    fn words_are_found_around_a_place() {
        for (text, byte, word) in [
            ("hello world", 2, "hello"),
            ("hello world", 5, " "),
            ("hello world", 11, "world"),
            ("a—b", 1, "—"),
            ("größe!", 3, "größe"),
            ("日本 語", 1, "日本"),
            ("", 0, ""),
        ] {
            assert_eq!(&text[word_at(text, byte)], word, "{text} {byte}");
        }
    }

    #[test]
    fn dragging_by_words_keeps_the_first_word() {
        let c = content("one two three");
        let first = around(&c, pos(0, 5), Grain::Word);
        assert_eq!(stretch(&c, first.clone(), pos(0, 9), Grain::Word).range(), pos(0, 4)..pos(0, 13));
        assert_eq!(stretch(&c, first, pos(0, 1), Grain::Word).range(), pos(0, 0)..pos(0, 7));
    }

    #[test]
    fn copies_have_line_breaks_and_quote_signs() {
        let c = content("Hello\n> quoted\n>> deep\n\nBye");
        assert_eq!(copy(&c, &all(&c)), "Hello\n> quoted\n>> deep\n\nBye");
        let part = Selection { anchor: pos(1, 2), head: pos(0, 3) };
        assert_eq!(copy(&c, &part), "lo\n> qu");
        let inside = Selection { anchor: pos(1, 0), head: pos(1, 3) };
        assert_eq!(copy(&c, &inside), "quo", "a part of one line has no sign");
        assert_eq!(copy(&c, &Selection::caret(pos(1, 1))), "");
        let mut joined = content("one \ntwo");
        joined.lines[1].joined = true;
        assert_eq!(copy(&joined, &all(&joined)), "one two");
    }

    #[test]
    fn steps_stay_on_characters() {
        let c = content("aé👩‍💻b\nzwei Wörter");
        let mut at = pos(0, 0);
        let mut seen = Vec::new();
        for _ in 0..6 {
            at = step(&c, at, Step::Forth);
            seen.push(at);
        }
        assert!(seen.iter().all(|p| c.text(p.line).is_char_boundary(p.byte)), "{seen:?}");
        assert_eq!(step(&c, pos(0, 0), Step::Back), pos(0, 0));
        assert_eq!(step(&c, pos(1, 0), Step::Back), pos(0, c.text(0).len()));
        assert_eq!(step(&c, pos(1, 0), Step::WordForth), pos(1, 4));
        assert_eq!(step(&c, pos(1, 4), Step::WordForth), pos(1, 12));
        assert_eq!(step(&c, pos(1, 12), Step::WordBack), pos(1, 5));
        assert_eq!(step(&c, pos(1, 12), Step::Forth), pos(1, 12));
        assert_eq!(step(&c, pos(0, 3), Step::End), pos(1, 12));
        assert_eq!(step(&Content::default(), pos(9, 9), Step::Forth), pos(9, 0));
    }
}
