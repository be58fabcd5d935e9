//! Finished lines of an HTML text to blocks that a renderer can shape. Knows no tags.

use crate::mime::text::{Block, BlockKind, Link, MAX_BLOCKS, TextBody, links, piece_length};
use std::sync::Arc;

/// One line or paragraph of any length.
#[derive(Default)]
pub(super) struct Line {
    pub(super) kind: BlockKind,
    pub(super) quote_depth: u8,
    pub(super) text: String,
    /// Sorted, not overlapping.
    pub(super) links: Vec<Link>,
}

/// Adds a line, cut into pieces; links that go on over a cut are continued. Addresses in the text become
/// links where the sender made none.
pub(super) fn push(body: &mut TextBody, line: Line) {
    let end = if line.kind == BlockKind::Pre { line.text.len() } else { line.text.trim_end().len() };
    let mut rest = line.text.get(..end).unwrap_or_default();
    let mut known = line.links.into_iter();
    let mut next = known.next();
    let mut start = 0;
    loop {
        let (text, after) = rest.split_at(piece_length(rest));
        let stop = start + text.len();
        let mut inside = Vec::new();
        while let Some(link) = next.take_if(|link| link.range.start < stop) {
            let range = link.range.start.max(start) - start..link.range.end.min(stop) - start;
            if !range.is_empty() {
                inside.push(Link { range, target: Arc::clone(&link.target) });
            }
            if link.range.end > stop {
                next = Some(link);
                break;
            }
            next = known.next();
        }
        body.blocks.push(Block {
            kind: line.kind,
            quote_depth: line.quote_depth,
            text: text.to_owned(),
            links: with_found(text, inside),
            joined: start > 0,
        });
        (rest, start) = (after, stop);
        if rest.is_empty() {
            return;
        }
        if body.blocks.len() >= MAX_BLOCKS {
            body.truncated = true;
            return;
        }
    }
}

/// The sender's links and those found in the text between them.
fn with_found(text: &str, mut known: Vec<Link>) -> Vec<Link> {
    let found = links::find(text);
    if known.is_empty() {
        return found;
    }
    let mut merged = Vec::with_capacity(known.len() + found.len());
    let mut known = known.drain(..).peekable();
    for link in found {
        while let Some(before) = known.next_if(|k| k.range.start < link.range.end) {
            merged.push(before);
        }
        if merged.last().is_none_or(|last| last.range.end <= link.range.start) {
            merged.push(link);
        }
    }
    merged.extend(known);
    merged
}

/// Adds an empty line between two blocks, as part of the quotation that both are in.
pub(super) fn push_empty(body: &mut TextBody, quote_depth: u8) {
    let Some(last) = body.blocks.last() else { return };
    let quote_depth = quote_depth.min(last.quote_depth);
    let kind = match last.kind {
        BlockKind::Pre | BlockKind::Signature => last.kind,
        _ if quote_depth > 0 => BlockKind::Quote,
        BlockKind::Text | BlockKind::Quote | BlockKind::Heading | BlockKind::Rule => BlockKind::Text,
    };
    body.blocks.push(Block { kind, quote_depth, text: String::new(), links: Vec::new(), joined: false });
}
