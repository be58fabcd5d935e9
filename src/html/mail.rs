//! What of a mail goes to the renderer: its HTML with the pictures it brings along, or its text as a plain page.

use super::client::Request;
use super::limits::MAX_PICTURE_BYTES;
use super::nested;
use crate::mime::message::ParsedMessage;
use crate::mime::text::{Block, BlockKind, TextBody};
use crate::mime::{message, structure, transfer};
use std::fmt::Write;

/// The request that shows a whole mail.
#[must_use]
pub fn request(raw: &[u8]) -> Request {
    let parsed = message::parse(raw);
    let mut request = own(&parsed, raw);
    for part in structure::messages(&parsed.structure) {
        if let Some((part, bytes)) = parsed.part(raw, &part.path) {
            nested::add(&mut request, &transfer::decode(part.encoding, bytes), &nested::Plain);
        }
    }
    request
}

/// What a mail says itself.
fn own(parsed: &ParsedMessage, raw: &[u8]) -> Request {
    let choice = structure::choose_text(&parsed.structure);
    let Some(html) = choice.html.and_then(|path| parsed.text(raw, &path)) else {
        let text = parsed.readable(raw);
        return Request { alternative: Some(text.to_plain()), ..Request::new(plain(&text)) };
    };
    let alternative = choice.plain.and_then(|path| {
        let (part, bytes) = parsed.part(raw, &path)?;
        Some(message::readable_part(part, bytes).to_plain())
    });
    let pictures = pictures(parsed, raw, MAX_PICTURE_BYTES);
    Request { alternative, pictures, html, inner: Vec::new() }
}

/// The pictures that a mail brings along, by what its HTML calls them.
pub(super) fn pictures(
    parsed: &ParsedMessage,
    raw: &[u8],
    most: usize,
) -> std::collections::HashMap<String, Vec<u8>> {
    let mut left = most;
    let mut all = std::collections::HashMap::new();
    for (part, place) in parsed.structure.parts.iter().zip(&parsed.places) {
        let Some(id) = part.content_id.as_deref() else { continue };
        let Some(bytes) = raw.get(place.body.clone()) else { continue };
        // Some senders call a picture `application/octet-stream`: what it is shows when it is decoded.
        if part.media_type.is_multipart() || part.media_type.is("text", "html") || bytes.len() > left {
            continue;
        }
        let picture = transfer::decode(part.encoding, bytes).into_owned();
        left = left.saturating_sub(picture.len());
        all.insert(format!("cid:{id}"), picture);
    }
    all
}

/// A text as a page.
#[must_use]
pub fn plain(text: &TextBody) -> String {
    let mut out = String::from(
        "<!DOCTYPE html>\n<html><head><style>body{margin:16px;font-size:15px;line-height:1.45}\
         div{white-space:pre-wrap;overflow-wrap:break-word;min-height:1.45em}\
         .pre{font-family:monospace}.faint{color:#6b7280}.heading{font-weight:600}\
         blockquote{margin:0}.quote{border-left:3px solid #c7ccd4;color:#4b5563}</style></head><body>",
    );
    let (mut open, mut quoted) = (false, false);
    for block in &text.blocks {
        if !(block.joined && open) {
            if open {
                out.push_str("</div>");
            }
            open = true;
            if (block.quote_depth > 0) != quoted {
                quoted = !quoted;
                out.push_str(if quoted { "<blockquote type=cite>" } else { "</blockquote>" });
            }
            if block.kind == BlockKind::Rule {
                out.push_str("<hr><div>");
                continue;
            }
            out.push_str("<div class=\"");
            out.push_str(match block.kind {
                BlockKind::Pre => "pre ",
                BlockKind::Heading => "heading ",
                BlockKind::Signature => "faint ",
                BlockKind::Text | BlockKind::Quote | BlockKind::Rule => "",
            });
            if block.quote_depth > 0 {
                let depth = u32::from(block.quote_depth.min(MAX_INDENT));
                let _ = write!(out, "quote\" style=\"margin-left:{}px;padding-left:10px", (depth - 1) * 14);
            }
            out.push_str("\">");
        }
        links(&mut out, block);
    }
    if open {
        out.push_str("</div>");
    }
    out.push_str(if quoted { "</blockquote></body></html>" } else { "</body></html>" });
    out
}

/// Levels of quotation that are indented further.
const MAX_INDENT: u8 = 12;

fn links(out: &mut String, block: &Block) {
    let mut done = 0;
    for link in &block.links {
        escape(out, block.text.get(done..link.range.start).unwrap_or_default());
        out.push_str("<a href=\"");
        escape(out, &link.target);
        out.push_str("\">");
        escape(out, block.text.get(link.range.clone()).unwrap_or_default());
        out.push_str("</a>");
        done = link.range.end;
    }
    escape(out, block.text.get(done..).unwrap_or_default());
}

/// Text as HTML.
pub(super) fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_brings_its_pictures() {
        let mail =
            b"Content-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n\
            <img src=\"cid:a@b\">\r\n--x\r\nContent-Type: image/png\r\nContent-ID: <a@b>\r\n\
            Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--x--\r\n";
        let request = request(mail);
        assert_eq!(request.pictures.get("cid:a@b").map(Vec::as_slice), Some(&[0, 1, 2][..]));
        assert!(request.html.contains("<img"));
    }

    #[test]
    fn a_text_is_a_page_of_its_own() {
        let request = request(b"Subject: x\r\n\r\nHello <b>\r\n> quoted https://example.org/a?b&c\r\n");
        assert!(request.html.contains("Hello &lt;b&gt;"));
        assert!(request.html.contains("<a href=\"https://example.org/a?b&amp;c\">"));
        assert!(request.html.contains("quote"));
    }
}
