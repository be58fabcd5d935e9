//! The text that a reader shows, line by line, and which parts of it can be folded. No geometry.

use crate::mime::text::{Block, BlockKind, TextBody};
use std::ops::Range;
use std::sync::Arc;

/// A quoted block shorter than this is never folded.
const LEAST_FOLD: usize = 3;

/// One line as the sender broke it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) kind: BlockKind,
    pub(super) depth: u8,
    pub(super) text: String,
    pub(super) links: Vec<(Range<usize>, Arc<str>)>,
    /// No line break between the line before and this one.
    pub(super) joined: bool,
}

/// A run of quoted lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fold {
    pub(super) lines: Range<usize>,
    /// Folded until the user opens it: the whole mail below the answer, known already.
    pub(super) closed: bool,
}

/// A place between two lines at which an element of the application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Inset {
    /// Names it while texts come and go around it.
    pub(super) key: u64,
    /// Stands before this line, or after the last one.
    pub(super) line: usize,
}

/// A text to be shown. Made once per message, kept by the application, borrowed by the widget.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    pub(super) id: u64,
    /// Another one means other lines of the same text: what is in view stays there.
    pub(super) version: u64,
    pub(super) lines: Vec<Line>,
    pub(super) folds: Vec<Fold>,
    pub(super) insets: Vec<Inset>,
}

impl Content {
    /// Takes a text over. `id` must differ between texts: while it is the same, scroll position, selection
    /// and open folds stay.
    #[must_use]
    pub fn new(id: u64, body: TextBody) -> Self {
        let lines: Vec<Line> = body
            .blocks
            .into_iter()
            .map(|block| Line {
                kind: block.kind,
                depth: block.quote_depth,
                text: one_line(block.text),
                links: block.links.into_iter().map(|link| (link.range, link.target)).collect(),
                joined: block.joined,
            })
            .collect();
        let folds = folds(&lines);
        Self { id, lines, folds, ..Self::default() }
    }

    /// The links, each with its target and what the reader sees of it.
    #[must_use]
    pub fn links(&self) -> Vec<(String, String)> {
        let of_line = |line: &Line| {
            let one = |(range, target): &(Range<usize>, Arc<str>)| {
                (target.to_string(), line.text.get(range.clone()).unwrap_or_default().to_owned())
            };
            line.links.iter().map(one).collect::<Vec<_>>()
        };
        self.lines.iter().flat_map(of_line).collect()
    }

    /// The same text in another version: what is in view stays there.
    #[must_use]
    pub const fn with_version(mut self, version: u64) -> Self {
        self.version = version;
        self
    }

    /// Several texts one below the other, each with an element above it (see
    /// [`BodyText::insets`](super::BodyText::insets)) that its key names; the text may be missing. While `id` stays
    /// the same, another `version` says that texts came or went.
    #[must_use]
    pub fn stack<'t>(
        id: u64,
        version: u64,
        parts: impl IntoIterator<Item = (u64, Option<&'t Self>)>,
    ) -> Self {
        let mut stack = Self { id, version, ..Self::default() };
        for (key, text) in parts {
            let line = stack.lines.len();
            stack.insets.push(Inset { key, line });
            let Some(text) = text else { continue };
            stack.lines.extend(text.lines.iter().cloned());
            let moved = |fold: &Fold| Fold {
                lines: fold.lines.start + line..fold.lines.end + line,
                closed: fold.closed,
            };
            stack.folds.extend(text.folds.iter().map(moved));
        }
        stack
    }

    /// The whole text, for readers and for copying.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.text.trim().is_empty())
    }

    /// Where a text stands: lines with the bytes in them, upper and lower case alike, at most `most`. What goes over
    /// a line break is not found: the sender broke the lines.
    #[must_use]
    pub fn find(&self, wanted: &str, most: usize) -> Vec<(usize, Range<usize>)> {
        let wanted = wanted.trim().to_lowercase();
        let mut found = Vec::new();
        for (number, line) in self.lines.iter().enumerate().filter(|_| !wanted.is_empty()) {
            let (text, places) = folded(&line.text);
            for (at, hit) in text.match_indices(&wanted) {
                let place = |at: usize| places.get(at).copied().unwrap_or(line.text.len());
                found.push((number, place(at)..place(at + hit.len())));
                if found.len() >= most {
                    return found;
                }
            }
        }
        found
    }

    /// The text as a page, for printing.
    #[must_use]
    pub fn to_html(&self) -> String {
        let block = |line: &Line| Block {
            kind: line.kind,
            quote_depth: line.depth,
            text: line.text.clone(),
            links: Vec::new(),
            joined: line.joined,
        };
        crate::html::mail::plain(&TextBody {
            blocks: self.lines.iter().map(block).collect(),
            truncated: false,
        })
    }

    /// The keys of the elements between texts, each with the line that it stands before.
    pub fn insets(&self) -> impl Iterator<Item = (u64, usize)> + '_ {
        self.insets.iter().map(|inset| (inset.key, inset.line))
    }

    /// Names the text and its version.
    #[must_use]
    pub const fn names(&self) -> (u64, u64) {
        (self.id, self.version)
    }

    pub(super) fn text(&self, line: usize) -> &str {
        self.lines.get(line).map_or("", |line| &line.text)
    }

    /// The fold that begins at this line.
    pub(super) fn fold_at(&self, line: usize) -> Option<usize> {
        self.folds.binary_search_by_key(&line, |fold| fold.lines.start).ok()
    }
}

/// Text in lower case, and for each of its bytes the byte of the text that it comes from.
fn folded(text: &str) -> (String, Vec<usize>) {
    let (mut out, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
    for (at, c) in text.char_indices() {
        for lower in c.to_lowercase() {
            out.push(lower);
            places.extend(std::iter::repeat_n(at, lower.len_utf8()));
        }
    }
    (out, places)
}

/// The shaper cuts lines at paragraph separators, and then byte offsets would no longer be ours. Each is
/// replaced by a space of the same length.
fn one_line(text: String) -> String {
    const SEPARATORS: [char; 9] =
        ['\n', '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2029}'];
    // Almost every line leaves here, at the speed of memory.
    let breaks = memchr::memchr3(b'\n', b'\r', 0x1c, text.as_bytes()).is_some();
    if text.is_ascii() && !breaks || !text.contains(SEPARATORS) {
        return text;
    }
    text.replace('\u{2029}', "\u{2003}").replace('\u{85}', "\u{a0}").replace(SEPARATORS, " ")
}

fn folds(lines: &[Line]) -> Vec<Fold> {
    let mut folds: Vec<Fold> = Vec::new();
    let mut start = None;
    for (i, line) in lines.iter().enumerate() {
        match (line.depth > 0, start) {
            (true, None) => start = Some(i),
            (false, Some(from)) => {
                folds.push(Fold { lines: from..i, closed: false });
                start = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    if let Some(from) = start {
        folds.push(Fold { lines: from..lines.len(), closed: false });
    }
    folds.retain(|fold| fold.lines.len() >= LEAST_FOLD);
    if let Some(last) = folds.last_mut() {
        let own = |line: &Line| line.kind != BlockKind::Signature && !line.text.trim().is_empty();
        let answered = lines.iter().take(last.lines.start).filter(|line| own(line)).count();
        let after = lines.iter().skip(last.lines.end).any(own);
        // Two quotes have an answer between them.
        let before = lines.iter().take(last.lines.start).any(|line| line.depth > 0);
        // One line before it is usually "So-and-so wrote:", which alone is no answer.
        last.closed = answered > 1 && !after && !before;
    }
    folds
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::mime::text::Link;

    /// Lines written as in a mail: `>` for quotes, `-- ` starts the signature.
    pub(crate) fn content(text: &str) -> Content {
        let mut signature = false;
        let blocks = text.lines().map(|line| {
            signature |= line == "-- ";
            let rest = line.trim_start_matches('>');
            let depth = line.len() - rest.len();
            let text = rest.strip_prefix(' ').filter(|_| depth > 0).unwrap_or(rest).to_owned();
            let links = text
                .find("https://")
                .map(|at| {
                    let end = text.len().min(at + 20);
                    Link { range: at..end, target: text.get(at..end).unwrap().into() }
                })
                .into_iter()
                .collect();
            let kind = match (depth, signature) {
                (1.., _) => BlockKind::Quote,
                (_, true) => BlockKind::Signature,
                (_, false) => BlockKind::Text,
            };
            Block { kind, quote_depth: u8::try_from(depth).unwrap(), text, links, joined: false }
        });
        Content::new(1, TextBody { blocks: blocks.collect(), truncated: false })
    }

    #[test]
    fn the_mail_below_an_answer_is_folded() {
        let c = content("Hello\n\nYes, do it.\n\nAda wrote:\n> one\n> two\n>> three\n\n-- \nBob");
        assert_eq!(c.folds, [Fold { lines: 5..8, closed: true }]);
        assert_eq!(c.fold_at(5), Some(0));
        assert_eq!(c.fold_at(6), None);
    }

    #[test]
    fn answers_between_quotes_and_forwards_stay_open() {
        let inline = content("> a\n> b\n> c\nNo.\n> d\n> e\n> f\nYes.");
        assert_eq!(inline.folds.len(), 2);
        assert!(inline.folds.iter().all(|fold| !fold.closed));
        assert!(!content("Hi\n> a\n> b\n> c\nNo.\n> d\n> e\n> f").folds.iter().any(|fold| fold.closed));
        let forward = content("Ada wrote:\n> a\n> b\n> c");
        assert!(!forward.folds[0].closed);
        assert!(content("Hi\nHo\n> short").folds.is_empty());
    }

    #[test]
    fn separators_keep_the_length() {
        for c in ["\n", "\u{85}", "\u{2029}", "\u{1c}"] {
            let text = format!("a{c}b");
            let clean = one_line(text.clone());
            assert_eq!(clean.len(), text.len());
            assert!(!clean.contains(c));
        }
    }

    #[test]
    fn search_knows_no_case_and_gives_bytes_of_the_text() {
        let c = content("Größe und GRÖSSE\nİstanbul\nnothing");
        assert_eq!(c.find("größe", 9), [(0, 0..7)]);
        assert_eq!(c.find(" gr ", 9), [(0, 0..2), (0, 12..14)]);
        assert_eq!(c.find("tanbul", 9), [(1, 3..9)]);
        assert_eq!(c.find("n", 2).len(), 2);
        assert!(c.find("  ", 9).is_empty());
    }

    #[test]
    fn nothing_is_empty() {
        assert!(Content::default().is_empty());
        assert!(content("\n \n").is_empty());
        assert!(!content("x").is_empty());
    }
}
