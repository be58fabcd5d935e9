//! Plain text to blocks: quote depth, `format=flowed` (RFC 3676), signature.

use super::{Block, BlockKind, MAX_BLOCK, MAX_BLOCKS, MAX_TEXT, TextBody, links};
use crate::mime::display;

/// A line `--` without the space that belongs to it begins a signature only this close to the end.
const MAX_LINES_OF_BARE_SIGNATURE: usize = 12;

/// Cuts a decoded plain text into blocks. `flowed` and `del_sp` are what the part's `Content-Type` says.
///
/// Without `flowed` each line is a block; with it, lines that end in a space go on in the next one and the
/// block is a paragraph. Runs in time linear in the text.
#[must_use]
pub fn blocks(text: &str, flowed: bool, del_sp: bool) -> TextBody {
    let kept = display::cut(text, MAX_TEXT);
    let mut builder = Builder { signature: false, body: TextBody::default() };
    builder.body.truncated = kept.len() < text.len();
    // The paragraph that the lines so far belong to.
    let mut open: Option<(usize, String)> = None;
    let kept = kept.strip_suffix('\n').unwrap_or(kept);
    let mut rest = (!kept.is_empty()).then_some(kept);
    while let Some(here) = rest {
        let (line, after) = here.split_once('\n').map_or((here, None), |(line, after)| (line, Some(after)));
        rest = after;
        let (depth, line) = if flowed { flowed_prefix(line) } else { quote_prefix(line) };
        if depth == 0 && is_signature_line(line, after) {
            builder.close(&mut open);
            builder.signature = true;
        }
        if open.as_ref().is_some_and(|(open_depth, _)| *open_depth != depth) {
            builder.close(&mut open);
        }
        let soft = flowed && line.ends_with(' ') && line != "-- ";
        let piece = if soft && del_sp { line.get(..line.len() - 1).unwrap_or_default() } else { line };
        match &mut open {
            Some((_, paragraph)) => paragraph.push_str(piece),
            None if soft => open = Some((depth, piece.to_owned())),
            None => builder.line(depth, piece),
        }
        if !soft {
            builder.close(&mut open);
        }
        if builder.is_full() {
            builder.body.truncated |= rest.is_some();
            break;
        }
    }
    builder.close(&mut open);
    builder.body
}

/// Depth and text of a flowed line: signs without spaces between them, then one space of stuffing
/// (RFC 3676 section 4.4).
fn flowed_prefix(line: &str) -> (usize, &str) {
    let text = line.trim_start_matches('>');
    (line.len() - text.len(), text.strip_prefix(' ').unwrap_or(text))
}

/// Depth and text of a line of fixed format, where mailers put a space behind each sign, behind the last
/// one, or nowhere.
fn quote_prefix(line: &str) -> (usize, &str) {
    let mut depth = 0;
    let mut text = line;
    while let Some(after) = text.strip_prefix('>').or_else(|| text.strip_prefix(" >").filter(|_| depth > 0)) {
        depth += 1;
        text = after;
    }
    if depth > 0 { (depth, text.strip_prefix(' ').unwrap_or(text)) } else { (0, text) }
}

fn is_signature_line(line: &str, after: Option<&str>) -> bool {
    line == "-- "
        || (line == "--" && after.is_some_and(|a| a.split('\n').nth(MAX_LINES_OF_BARE_SIGNATURE).is_none()))
}

struct Builder {
    signature: bool,
    body: TextBody,
}

impl Builder {
    fn is_full(&self) -> bool {
        self.body.blocks.len() >= MAX_BLOCKS
    }

    fn close(&mut self, open: &mut Option<(usize, String)>) {
        if let Some((depth, paragraph)) = open.take() {
            self.line(depth, &paragraph);
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        // Who answers below the signature of the one above has ended it.
        self.signature &= depth == 0;
        let kind = match depth {
            0 if self.signature => BlockKind::Signature,
            0 => BlockKind::Text,
            _ => BlockKind::Quote,
        };
        let mut clean = String::with_capacity(text.len());
        display::push_body_safe(&mut clean, text.trim_end());
        push_line(&mut self.body, kind, u8::try_from(depth).unwrap_or(u8::MAX), clean);
    }
}

/// Adds a line, cut into blocks that a renderer can shape.
pub(in crate::mime) fn push_line(body: &mut TextBody, kind: BlockKind, quote_depth: u8, text: String) {
    if text.len() <= MAX_BLOCK {
        let links = links::find(&text);
        body.blocks.push(Block { kind, quote_depth, text, links, joined: false });
        return;
    }
    let mut rest = text.as_str();
    let mut joined = false;
    while !rest.is_empty() && body.blocks.len() < MAX_BLOCKS {
        let (text, after) = rest.split_at(piece_length(rest));
        let links = links::find(text);
        body.blocks.push(Block { kind, quote_depth, text: text.to_owned(), links, joined });
        (rest, joined) = (after, true);
    }
    body.truncated |= !rest.is_empty();
}

/// Bytes of the next block of a long line: up to the last space in its second half, if there is one.
pub(in crate::mime) fn piece_length(text: &str) -> usize {
    let whole = display::cut(text, MAX_BLOCK);
    if whole.len() == text.len() {
        return whole.len();
    }
    let second_half = whole.get(whole.floor_char_boundary(MAX_BLOCK / 2)..).unwrap_or_default();
    match second_half.rfind(' ') {
        Some(at) => whole.len() - second_half.len() + at + 1,
        None => whole.len(),
    }
}
