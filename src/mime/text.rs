//! The text of a mail as the reading pane shows it: decoded, cut into lines with quote depth, signature and links.

mod flow;
pub mod links;
#[cfg(test)]
pub(in crate::mime) mod tests;

use crate::mime::{charset, transfer};
use crate::model::{Part, TransferEncoding};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

pub use flow::blocks;
pub(in crate::mime) use flow::piece_length;

/// Longest text of one [`Block`] in bytes. A longer line comes as several blocks with
/// [`Block::joined`] set, because a renderer shapes a block as a whole.
pub const MAX_BLOCK: usize = 4096;
/// Blocks kept of one text; a text of nothing but line breaks would otherwise take 60 times its size.
pub const MAX_BLOCKS: usize = 200_000;
/// Bytes of text kept of one part. What is longer is no letter; it can be saved as a file.
pub const MAX_TEXT: usize = 8 * 1024 * 1024;

/// The readable text of a mail, top to bottom. What the reading pane draws and `postrider show` prints.
///
/// A block is one paragraph or one line as the sender broke it. To draw it, wrap [`Block::text`] to the width
/// of the pane and indent it by [`Block::quote_depth`]. To copy or search over several blocks, put a line
/// feed between two blocks unless the second is [`Block::joined`]; [`TextBody::to_plain`] does so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextBody {
    /// The blocks in reading order, at most [`MAX_BLOCKS`].
    pub blocks: Vec<Block>,
    /// The text was longer than what is kept of it.
    pub truncated: bool,
}

/// One paragraph or line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Levels of quotation; 0 is the author's own text. The `>` signs are not in the text.
    pub quote_depth: u8,
    /// The text without a line break at its end, without control characters except tab, at most
    /// [`MAX_BLOCK`] bytes (but at least one whole character). Empty for an empty line.
    pub text: String,
    /// Links in the text, in order, not overlapping.
    pub links: Vec<Link>,
    /// Continues the line of the block before: there is no line break between the two.
    pub joined: bool,
}

/// What a block is, apart from its quote depth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// The author's text.
    #[default]
    Text,
    /// Somebody else's words: [`Block::quote_depth`] is at least 1. Can be folded.
    Quote,
    /// From the line `-- ` on, or what the sender marked as such. Usually shown faint.
    Signature,
    /// Preformatted: fixed pitch, spaces count. Its quote depth may be above 0.
    Pre,
    /// A heading of an HTML mail. Its quote depth may be above 0.
    Heading,
    /// A horizontal line; the text is empty.
    Rule,
}

/// One link in the text of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Bytes of [`Block::text`], on character boundaries, not empty.
    pub range: Range<usize>,
    /// Where it leads: `http:`, `https:`, `mailto:` or `tel:`, nothing else. No spaces, no control characters.
    /// Shared, because one link of an HTML mail can go on over many blocks.
    pub target: Arc<str>,
}

impl TextBody {
    /// The whole text with `> ` before quoted lines, for copying, printing and the command line.
    #[must_use]
    pub fn to_plain(&self) -> String {
        let mut out = String::with_capacity(self.blocks.iter().map(|b| b.text.len() + 1).sum());
        for (i, block) in self.blocks.iter().enumerate() {
            if !block.joined {
                if i > 0 {
                    out.push('\n');
                }
                out.extend(std::iter::repeat_n('>', usize::from(block.quote_depth)));
                if block.quote_depth > 0 && !block.text.is_empty() {
                    out.push(' ');
                }
            }
            out.push_str(if block.kind == BlockKind::Rule { "----" } else { &block.text });
        }
        out
    }

    /// Lines as they are, each a block.
    #[must_use]
    pub fn of_lines(text: &str) -> Self {
        flow::blocks(text, false, false)
    }

    /// Puts another text behind this one, with a line between.
    pub fn append(&mut self, further: Self) {
        self.blocks.push(Block {
            kind: BlockKind::Rule,
            quote_depth: 0,
            text: String::new(),
            links: Vec::new(),
            joined: false,
        });
        self.blocks.extend(further.blocks);
        self.truncated |= further.truncated;
    }

    /// Whether there is nothing to read.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.blocks.iter().all(|b| b.text.trim().is_empty())
    }
}

/// The text of a part from its bytes as transported: transfer encoding and charset undone, line breaks
/// are `\n`, no NUL, no byte order mark.
#[must_use]
pub fn decode_part(part: &Part, raw: &[u8]) -> String {
    let bytes = if part.encoding == TransferEncoding::Base64 && transfer::is_no_base64(raw) {
        Cow::Borrowed(raw)
    } else {
        transfer::decode(part.encoding, raw)
    };
    // Servers say `us-ascii` where the part says nothing.
    let says_nothing = part.charset.as_deref().is_none_or(charset::says_nothing);
    let sniffed = if says_nothing && part.media_type.is_html() { charset::sniff_html(&bytes) } else { None };
    decode_bytes(sniffed.as_deref().or(part.charset.as_deref()), &bytes)
}

/// The text of bytes in a named charset, with line breaks as `\n` and without NUL. For the charset that the
/// user chose instead of the one that the mail claims, hand that one over.
#[must_use]
pub fn decode_bytes(label: Option<&str>, bytes: &[u8]) -> String {
    normalize(charset::decode(label, bytes).into_owned())
}

/// Line breaks to `\n`, NUL dropped.
fn normalize(text: String) -> String {
    if memchr::memchr2(b'\r', b'\0', text.as_bytes()).is_none() {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = memchr::memchr2(b'\r', b'\0', rest.as_bytes()) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        rest = if let Some(after) = after.strip_prefix('\0') {
            after
        } else {
            out.push('\n');
            let after = after.get(1..).unwrap_or_default();
            after.strip_prefix('\n').unwrap_or(after)
        };
    }
    out.push_str(rest);
    out
}
