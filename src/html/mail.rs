//! What of a mail goes to the renderer: its HTML with the pictures it brings along, or its text as a plain page.

use super::client::Request;
use super::limits::MAX_PICTURE_BYTES;
use super::nested;
use crate::mime::message::ParsedMessage;
use crate::mime::structure::Absence;
use crate::mime::text::{Block, BlockKind, TextBody};
use crate::mime::{filename, message, structure, text, transfer};
use crate::model::{BodyStructure, Part};
use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Write;

/// Largest picture that is previewed; a larger one is opened by another program.
const MAX_PREVIEW: u64 = 12 * 1024 * 1024;
/// Largest text that is previewed.
const MAX_TEXT_PREVIEW: u64 = 64 * 1024;
/// Attachments that are previewed.
const MOST_PREVIEWS: usize = 24;

/// The request that shows a whole mail. Where there is nothing to be seen `words` say why.
#[must_use]
pub fn request(raw: &[u8], words: impl Fn(Absence) -> String) -> Request {
    let parsed = message::parse(raw);
    let mut request = own(&parsed, raw);
    for part in structure::messages(&parsed.structure) {
        if let Some((part, bytes)) = parsed.part(raw, &part.path) {
            nested::add(&mut request, &transfer::decode(part.encoding, bytes), &nested::Plain);
        }
    }
    let is_blank = request.alternative.is_none() && request.inner.is_empty();
    if is_blank && !request.html.to_ascii_lowercase().contains("<img") {
        let why = TextBody::of_lines(&words(structure::absence(&parsed.structure)));
        request.html.push_str(&plain(&why));
    }
    request
}

/// What a mail says itself.
fn own(parsed: &ParsedMessage, raw: &[u8]) -> Request {
    let choice = structure::choose_text(&parsed.structure);
    let text = parsed.readable(raw);
    let alternative = Some(text.to_plain()).filter(|text| !text.trim().is_empty());
    let written = choice.html.as_ref().and_then(|path| parsed.text(raw, path));
    let mut pictures =
        if written.is_some() { pictures(parsed, raw, MAX_PICTURE_BYTES) } else { HashMap::new() };
    let mut html = match written {
        Some(mut html) => {
            let further = choice.in_order(true).into_iter().skip(1).filter_map(|path| parsed.part(raw, path));
            for text in further.map(|(part, bytes)| message::readable_part(part, bytes)) {
                if !text.is_blank() {
                    html.push_str("<hr>");
                    html.push_str(&plain(&text));
                }
            }
            html
        }
        None => plain(&text),
    };
    let transported =
        |part: &Part| Ok::<_, Infallible>(parsed.part(raw, &part.path).map(|(_, bytes)| bytes.to_vec()));
    let Ok(previews) = previews(&parsed.structure, "16px", None, &mut pictures, transported);
    html.push_str(&previews);
    Request { alternative, pictures, html, inner: Vec::new() }
}

/// The pictures that a mail brings along, by what its HTML calls them.
pub(super) fn pictures(parsed: &ParsedMessage, raw: &[u8], most: usize) -> HashMap<String, Vec<u8>> {
    let mut left = most;
    let mut all = HashMap::new();
    for (part, place) in parsed.structure.parts.iter().zip(&parsed.places) {
        let Some(id) = part.content_id.as_deref() else { continue };
        let Some(bytes) = raw.get(place.body.clone()) else { continue };
        // Some senders call a picture `application/octet-stream`: what it is shows when it is decoded.
        if part.media_type.is_multipart() || part.media_type.is_html() || bytes.len() > left {
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

/// Text as HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(&mut out, text);
    out
}

fn is_picture(part: &Part) -> bool {
    let subtype = part.media_type.subtype.as_str();
    part.media_type.kind == "image" && matches!(subtype, "png" | "jpeg" | "jpg" | "gif" | "webp" | "bmp")
}

fn is_text(part: &Part) -> bool {
    let subtype = part.media_type.subtype.as_str();
    let plain =
        matches!(subtype, "plain" | "csv" | "markdown" | "x-markdown" | "x-log" | "x-patch" | "x-diff");
    part.media_type.kind == "text" && plain && part.size <= MAX_TEXT_PREVIEW
}

/// Attached pictures and short texts, to be shown below the page; only those that are here.
///
/// `air` is the margin around each; `charset` is what the user says that texts are written in; `read` gives a part as
/// transported, `None` if it is not here.
///
/// # Errors
/// Those of `read`.
pub fn previews<E>(
    structure: &BodyStructure,
    air: &str,
    charset: Option<&str>,
    pictures: &mut HashMap<String, Vec<u8>>,
    mut read: impl FnMut(&Part) -> Result<Option<Vec<u8>>, E>,
) -> Result<String, E> {
    let mut out = String::new();
    let mut left: usize = MAX_PICTURE_BYTES.saturating_sub(pictures.values().map(Vec::len).sum());
    let attached = structure::attachments(structure).into_iter();
    let fits = |part: &&Part| is_picture(part) && part.size <= MAX_PREVIEW || is_text(part);
    for (number, part) in attached.filter(fits).take(MOST_PREVIEWS).enumerate() {
        let known = part.content_id.as_ref().is_some_and(|id| pictures.contains_key(&format!("cid:{id}")));
        let size = usize::try_from(part.size).unwrap_or(usize::MAX);
        if known || size > left {
            continue;
        }
        let name = filename::safe(part.filename.as_deref(), &part.media_type);
        let name = escaped(&name);
        if is_picture(part) {
            let Some(raw) = read(part)? else { continue };
            let picture = transfer::decode(part.encoding, &raw).into_owned();
            left = left.saturating_sub(picture.len());
            let token = format!("cid:preview-{number}@postrider.invalid");
            let _ = write!(
                out,
                "<div style=\"margin:{air};clear:both\"><img src=\"{token}\" alt=\"{name}\" \
                 style=\"max-width:100%\"><div style=\"{CAPTION}\">{name}</div></div>"
            );
            pictures.insert(token, picture);
        } else if let Some(raw) = read(part)? {
            let charset = charset.map(str::to_owned).or_else(|| part.charset.clone());
            let text = text::decode_part(&Part { charset, ..part.clone() }, &raw);
            let _ = write!(
                out,
                "<div style=\"margin:{air};clear:both\"><div style=\"{CAPTION}\">{name}</div><pre style=\"\
                 white-space:pre-wrap;font-family:monospace;font-size:13px;border:1px solid #ccd;padding:8px\">{}</pre></div>",
                escaped(&text)
            );
        }
    }
    Ok(out)
}

/// Look of the name of an attachment.
const CAPTION: &str = "font-family:Inter,sans-serif;font-size:13px;color:#6b7280";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_brings_its_pictures() {
        let mail =
            b"Content-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n\
            <img src=\"cid:a@b\">\r\n--x\r\nContent-Type: image/png\r\nContent-ID: <a@b>\r\n\
            Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--x--\r\n";
        let request = request(mail, |_| String::new());
        assert_eq!(request.pictures.get("cid:a@b").map(Vec::as_slice), Some(&[0, 1, 2][..]));
        assert!(request.html.contains("<img"));
    }

    #[test]
    fn a_text_is_a_page_of_its_own() {
        let raw = b"Subject: x\r\n\r\nHello <b>\r\n> quoted https://example.org/a?b&c\r\n";
        let request = request(raw, |_| String::new());
        assert!(request.html.contains("Hello &lt;b&gt;"));
        assert!(request.html.contains("<a href=\"https://example.org/a?b&amp;c\">"));
        assert!(request.html.contains("quote"));
    }

    #[test]
    fn what_is_nothing_but_a_picture_is_shown_and_what_is_nothing_says_so() {
        let why = |absence: Absence| format!("{absence:?}");
        let of = |head: &str, body: &str| request(format!("{head}\r\n\r\n{body}\r\n").as_bytes(), why);
        let picture = of("Content-Type: image/png; name=p.png\r\nContent-Transfer-Encoding: base64", "AAEC");
        assert!(picture.html.contains("alt=\"p.png\"") && picture.pictures.len() == 1, "{picture:?}");
        for (head, body, expected) in [
            ("Subject: x", "", "Nothing"),
            ("Content-Type: text/html", "<!-- nothing -->", "Blank"),
            ("Content-Type: application/pdf", "x", "Files"),
            ("Content-Type: application/pkcs7-mime", "x", "Sealed"),
            ("Content-Type: message/external-body", "x", "Elsewhere"),
            ("Content-Type: message/partial", "x", "Piece"),
        ] {
            assert!(of(head, body).html.contains(expected), "{head}: {:?}", of(head, body).html);
        }
        let mut deep = String::from("Subject: x");
        for level in 0..200 {
            deep.push_str(&format!("\r\nContent-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}"));
        }
        assert!(of(&deep, "text").html.contains("TooDeep"));
    }

    #[test]
    fn further_texts_stand_below_the_html() {
        let mail = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>First\r\n\
            --x\r\n\r\nFooter of the list\r\n--x--\r\n";
        let request = request(mail, |_| String::new());
        assert!(request.html.contains("<p>First") && request.html.contains("Footer of the list"));
    }
}
