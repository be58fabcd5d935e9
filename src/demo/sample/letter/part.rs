//! The parts of a mail: text in its forms, attachments around it.

use super::encode::{base64_lines, quoted_printable};
use super::wrap;

/// The text of a mail. Paragraphs stand on one line each, with `\n` between.
#[derive(Clone, Debug)]
pub(in crate::demo::sample) enum Text {
    /// `text/plain` with fixed lines.
    Plain(String),
    /// `text/plain; format=flowed`.
    Flowed(String),
    /// Both, the plain one first.
    Alternative { plain: String, html: String },
    /// `text/html` alone.
    Html(String),
    /// Plain text and an invitation.
    Invitation { plain: String, calendar: String },
    /// Content fields, empty line and body as they are.
    Raw(Vec<u8>),
}

impl Default for Text {
    fn default() -> Self {
        Self::Plain(String::new())
    }
}

/// A file that goes with a mail.
#[derive(Clone, Debug)]
pub(in crate::demo::sample) struct Attachment {
    pub(in crate::demo::sample) name: String,
    pub(in crate::demo::sample) media_type: &'static str,
    pub(in crate::demo::sample) bytes: Vec<u8>,
    /// `Content-ID` of a picture that the HTML shows.
    pub(in crate::demo::sample) inline: Option<String>,
}

impl Attachment {
    pub(in crate::demo::sample) fn new(name: &str, media_type: &'static str, bytes: Vec<u8>) -> Self {
        Self { name: name.to_owned(), media_type, bytes, inline: None }
    }
}

/// Content fields, empty line and body of a mail.
pub(super) fn body(text: &Text, attachments: &[Attachment], id: &str) -> Vec<u8> {
    let mut inner = text_part(text, id);
    let (inline, files): (Vec<_>, Vec<_>) = attachments.iter().partition(|file| file.inline.is_some());
    for (kind, group) in [("related", inline), ("mixed", files)] {
        if !group.is_empty() {
            let mut parts = vec![inner];
            parts.extend(group.into_iter().map(attachment));
            inner = multipart(kind, &parts, id);
        }
    }
    inner
}

/// Parts with a boundary that is the same for the same mail.
fn multipart(kind: &str, parts: &[Vec<u8>], id: &str) -> Vec<u8> {
    let boundary =
        format!("=_{kind}_{:08x}", id.bytes().fold(7_u32, |h, b| h.wrapping_mul(31) ^ u32::from(b)));
    let mut out = format!("Content-Type: multipart/{kind};\r\n boundary=\"{boundary}\"\r\n\r\n").into_bytes();
    if kind == "mixed" {
        out.extend_from_slice(b"This is a message with several parts in MIME format.\r\n");
    }
    for part in parts {
        out.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        out.extend_from_slice(part);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    out
}

fn text_part(text: &Text, id: &str) -> Vec<u8> {
    match text {
        Text::Plain(plain) => leaf("plain", "", &wrap(plain, 72, false)),
        Text::Flowed(plain) => leaf("plain", "; format=flowed", &wrap(plain, 72, true)),
        Text::Html(html) => leaf("html", "", &html.replace('\n', "\r\n")),
        Text::Alternative { plain, html } => {
            let parts =
                [leaf("plain", "", &wrap(plain, 72, false)), leaf("html", "", &html.replace('\n', "\r\n"))];
            multipart("alternative", &parts, id)
        }
        Text::Invitation { plain, calendar } => {
            let parts = [
                leaf("plain", "", &wrap(plain, 72, false)),
                leaf("calendar", "; method=REQUEST", &calendar.replace('\n', "\r\n")),
            ];
            multipart("alternative", &parts, id)
        }
        Text::Raw(raw) => raw.clone(),
    }
}

/// A text part in the encoding that suits it.
fn leaf(subtype: &str, parameters: &str, text: &str) -> Vec<u8> {
    let high = text.bytes().filter(|b| !b.is_ascii()).count();
    let short = text.lines().all(|line| line.len() < 900);
    let (charset, encoding, body) = if high == 0 && short {
        ("us-ascii", "7bit", text.to_owned())
    } else if high * 3 > text.len() {
        ("utf-8", "base64", base64_lines(text.as_bytes()))
    } else {
        ("utf-8", "quoted-printable", quoted_printable(text.as_bytes()))
    };
    format!(
        "Content-Type: text/{subtype}; charset={charset}{parameters}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn attachment(file: &Attachment) -> Vec<u8> {
    let disposition = if file.inline.is_some() { "inline" } else { "attachment" };
    let name = if file.name.is_ascii() {
        format!("filename=\"{}\"", file.name)
    } else {
        format!("filename*=utf-8''{}", percent(&file.name))
    };
    let id = file.inline.as_ref().map(|id| format!("Content-ID: <{id}>\r\n")).unwrap_or_default();
    let mut out = format!(
        "Content-Type: {}\r\nContent-Transfer-Encoding: base64\r\n{id}Content-Disposition: {disposition};\r\n {name}\r\n\r\n",
        file.media_type
    )
    .into_bytes();
    out.extend_from_slice(base64_lines(&file.bytes).as_bytes());
    out
}

/// RFC 2231 section 4.
fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}
