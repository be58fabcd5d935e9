//! Messages that a mail carries along (`message/rfc822`, digests, returned mails): each becomes a document of its own, with
//! a small head above it, so that it is cleaned like any other mail and its styles touch nothing else.

use super::client::{Inner, Request};
use super::limits::MAX_PICTURE_BYTES;
use super::mail::{escape, pictures, plain};
use crate::mime::{filename, message, structure, transfer};
use crate::model::{Address, UnixTime};

/// Messages within messages that are shown; those deeper down can be saved and opened.
pub const MAX_DEPTH: u32 = 3;
/// Messages that are shown below one mail. A digest of a busy list has some thirty.
pub const MAX_SHOWN: usize = 40;
/// Largest message that is shown below a mail, in bytes.
pub const MAX_SIZE: usize = 4 * 1024 * 1024;
/// Bytes of all of them together: what is laid out stays in memory, some fifty times as large.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Files of a message that are named in its head.
const MAX_FILES: usize = 20;

/// What is written above messages in the language of the reader.
pub trait Words: Sync {
    /// A date with its time.
    fn date(&self, date: UnixTime) -> String;
    /// A size in bytes.
    fn size(&self, bytes: u64) -> String;
    /// Stands for a subject that is not there.
    fn no_subject(&self) -> String;
    /// Stands before the names of attached files.
    fn attached(&self) -> String;
}

/// English, and dates as in logs: for the command line.
pub struct Plain;

impl Words for Plain {
    fn date(&self, date: UnixTime) -> String {
        let known = jiff::Timestamp::from_second(date.0);
        known.map(|date| date.strftime("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default()
    }

    fn size(&self, bytes: u64) -> String {
        format!("{} KB", bytes.div_ceil(1000))
    }

    fn no_subject(&self) -> String {
        "(no subject)".to_owned()
    }

    fn attached(&self) -> String {
        "Attached:".to_owned()
    }
}

/// Puts a message, its transfer encoding undone, below a mail.
pub fn add(request: &mut Request, raw: &[u8], words: &dyn Words) {
    add_at(request, raw, 1, words);
}

fn add_at(request: &mut Request, raw: &[u8], depth: u32, words: &dyn Words) {
    if depth > MAX_DEPTH || raw.len() > MAX_SIZE || request.inner.len() >= 2 * MAX_SHOWN {
        return;
    }
    let shown: usize = request.inner.iter().map(|inner| inner.html.len()).sum();
    if shown > MAX_BYTES {
        return;
    }
    let parsed = message::parse(raw);
    request.inner.push(Inner { html: head(&parsed, words), depth });
    let choice = structure::choose_text(&parsed.structure);
    let written = choice.html.and_then(|path| parsed.text(raw, &path));
    let html = match written {
        Some(html) => {
            let used: usize = request.pictures.values().map(Vec::len).sum();
            let number = request.inner.len() + 1;
            for (token, picture) in pictures(&parsed, raw, MAX_PICTURE_BYTES.saturating_sub(used)) {
                if html.contains(token.trim_start_matches("cid:")) {
                    request.pictures.insert(Inner::picture(number, &token), picture);
                }
            }
            html
        }
        // In line with the head.
        None => plain(&parsed.readable(raw)) + "<style>body{margin:8px}</style>",
    };
    request.inner.push(Inner { html, depth });
    for part in structure::messages(&parsed.structure) {
        let Some((part, bytes)) = parsed.part(raw, &part.path) else { continue };
        add_at(request, &transfer::decode(part.encoding, bytes), depth + 1, words);
    }
}

/// Who wrote it, what about, when, and what is attached.
fn head(parsed: &message::ParsedMessage, words: &dyn Words) -> String {
    let envelope = &parsed.envelope;
    let mut html = String::from(
        "<!DOCTYPE html><html><head><style>body{margin:16px 8px 0;font-family:Inter,sans-serif;font-size:13px;\
         line-height:1.5;color:#4b5563}.s{font-size:16px;font-weight:600;color:#111827}.f{font-weight:600;color:#111827}\
         div{overflow-wrap:anywhere}</style></head><body><div class=s>",
    );
    let subject = match envelope.subject.trim() {
        "" => words.no_subject(),
        subject => subject.to_owned(),
    };
    escape(&mut html, &crate::mime::display::display_safe(&subject));
    html.push_str("</div><div>");
    for address in envelope.from.iter().take(3) {
        sender(&mut html, address);
    }
    html.push_str("</div>");
    if let Some(date) = envelope.date {
        html.push_str("<div>");
        escape(&mut html, &words.date(date));
        html.push_str("</div>");
    }
    let files = structure::attachments(&parsed.structure);
    if !files.is_empty() {
        html.push_str("<div>");
        escape(&mut html, &words.attached());
        for (number, part) in files.iter().take(MAX_FILES).enumerate() {
            html.push_str(if number == 0 { " " } else { ", " });
            let name = filename::safe(part.filename.as_deref(), &part.media_type);
            escape(&mut html, &format!("{name} ({})", words.size(part.size)));
        }
        html.push_str(if files.len() > MAX_FILES { " …</div>" } else { "</div>" });
    }
    html.push_str("</body></html>");
    html
}

fn sender(html: &mut String, address: &Address) {
    let name = crate::mime::display::display_safe(&address.name);
    if !name.is_empty() {
        html.push_str("<span class=f>");
        escape(html, &name);
        html.push_str("</span> ");
    }
    escape(html, &format!("<{}> ", crate::mime::display::display_safe(&address.email)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(inner: &str) -> String {
        format!(
            "Subject: outer\r\nContent-Type: multipart/mixed; boundary=b{0}\r\n\r\n--b{0}\r\nContent-Type: text/plain\r\n\r\n\
             See below.\r\n--b{0}\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b{0}--\r\n",
            inner.len()
        )
    }

    #[test]
    fn a_message_is_shown_with_its_head_and_its_pictures() {
        let inner = "From: Ada <ada@example.org>\r\nSubject: <b>Harbour\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n\
            Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html\r\n\r\n<p>At night\
            <img src='cid:a@b'>\r\n--r\r\nContent-Type: image/png\r\nContent-ID: <a@b>\r\n\r\nPNG\r\n--r\r\n\
            Content-Type: application/pdf; name=plan.pdf\r\n\r\nx\r\n--r--\r\n";
        let mut request = Request::new("");
        add(&mut request, inner.as_bytes(), &Plain);
        let [head, body] = request.inner.as_slice() else { panic!("{:?}", request.inner) };
        assert!(head.html.contains("&lt;b&gt;Harbour") && head.html.contains("&lt;ada@example.org&gt;"));
        assert!(
            head.html.contains("2023-11-14 22:13 UTC") && head.html.contains("plan.pdf (1 KB)"),
            "{}",
            head.html
        );
        assert!(body.html.contains("At night"));
        assert_eq!(request.pictures.keys().collect::<Vec<_>>(), ["2|cid:a@b"]);
    }

    #[test]
    fn messages_within_messages_end_somewhere() {
        let mut mail = "Subject: innermost\r\n\r\nHello".to_owned();
        for _ in 0..6 {
            mail = forwarded(&mail);
        }
        let mut request = Request::new("");
        add(&mut request, mail.as_bytes(), &Plain);
        assert_eq!(request.inner.iter().map(|inner| inner.depth).collect::<Vec<_>>(), [1, 1, 2, 2, 3, 3]);
        let many = Request::new("");
        let many = (0..100).fold(many, |mut request, _| {
            add(&mut request, b"Subject: x\r\n\r\ny", &Plain);
            request
        });
        assert_eq!(many.inner.len(), 2 * MAX_SHOWN);
        let large = format!("Subject: x\r\n\r\n{}", "word ".repeat(MAX_BYTES / 20));
        let mut few = Request::new("");
        for _ in 0..10 {
            add(&mut few, large.as_bytes(), &Plain);
        }
        assert!(few.inner.len() <= 10, "{}", few.inner.len());
    }
}
