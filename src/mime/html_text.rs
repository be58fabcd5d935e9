//! Readable text from the HTML of a mail. No tree, no styles, no scripts, nothing is loaded.
//!
//! The tokenizer is our own, with the rules of the WHATWG: html5ever 0.40 compares each attribute of a tag
//! with all before it, so that one tag of 270 KB takes a second and one of 4 MB minutes. Its tables of
//! named characters are used, and a test compares the two tokenizers.

mod entity;
mod lines;
mod sink;
#[cfg(test)]
pub(in crate::mime) mod tests;
pub mod token;

use crate::mime::display;
use crate::mime::text::TextBody;

/// Bytes of HTML that are read; what is longer is no letter.
pub const MAX_HTML: usize = 4 * 1024 * 1024;

/// The text that a person would read: blocks, quotes, lists, headings, links with their real targets, texts
/// that stand for pictures. What the sender hides (preheaders, `display:none`) is left out.
///
/// Never fails; runs in time linear in the input.
#[must_use]
pub fn to_text(html: &str) -> TextBody {
    let kept = display::cut(html, MAX_HTML);
    let mut sink = sink::Sink::new(sink::Hidden::LeftOut);
    token::tokenize(kept, &mut sink);
    if sink.ends_hidden() {
        // A hidden element was never closed: rather show too much than nothing.
        sink = sink::Sink::new(sink::Hidden::Shown);
        token::tokenize(kept, &mut sink);
    }
    let mut body = sink.finish();
    body.truncated |= kept.len() < html.len();
    body
}
