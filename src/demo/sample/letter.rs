//! Writes a mail as bytes: header fields, text parts, attachments (RFC 5322, RFC 2045, RFC 2047, RFC 2231).

mod encode;
mod part;

use crate::demo::Content;
use crate::demo::dates;
pub(super) use encode::{base64_lines, encode_word, quoted_printable};
pub(super) use part::{Attachment, Text};

/// Someone who writes or reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) email: &'static str,
}

impl Person {
    pub(super) const fn new(name: &'static str, email: &'static str) -> Self {
        Self { name, email }
    }

    /// As it stands in a header field.
    pub(super) fn field(&self) -> String {
        if self.name.is_empty() {
            return self.email.to_owned();
        }
        let plain = self.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ');
        let name = if plain {
            self.name.to_owned()
        } else if self.name.is_ascii() {
            format!("\"{}\"", self.name)
        } else {
            encode_word(self.name)
        };
        format!("{name} <{}>", self.email)
    }
}

/// A mail in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct Letter {
    pub(super) from: Person,
    pub(super) to: Vec<Person>,
    pub(super) cc: Vec<Person>,
    pub(super) subject: String,
    /// Seconds since 1970; none leaves the field out.
    pub(super) date: Option<i64>,
    /// Minutes east of Greenwich.
    pub(super) zone: i64,
    /// Without angle brackets.
    pub(super) id: String,
    /// Ids of the mails before, oldest first.
    pub(super) references: Vec<String>,
    /// Further fields, as they are.
    pub(super) extra: Vec<(&'static str, String)>,
    pub(super) text: Text,
    pub(super) attachments: Vec<Attachment>,
}

impl Letter {
    fn header(&self) -> String {
        let mut header = String::new();
        let mut put = |name: &str, value: &str| {
            header.push_str(name);
            header.push_str(": ");
            header.push_str(value);
            header.push_str("\r\n");
        };
        for (name, value) in self.extra.iter().filter(|(name, _)| *name == "Received") {
            put(name, value);
        }
        if let Some(date) = self.date {
            put("Date", &dates::rfc5322(date, self.zone));
        }
        put("From", &self.from.field());
        for (name, people) in [("To", &self.to), ("Cc", &self.cc)] {
            if !people.is_empty() {
                let list: Vec<_> = people.iter().map(Person::field).collect();
                put(name, &list.join(",\r\n "));
            }
        }
        if !self.subject.is_empty() {
            put("Subject", &encode_word(&self.subject));
        }
        if !self.id.is_empty() {
            put("Message-ID", &format!("<{}>", self.id));
        }
        if let Some(parent) = self.references.last() {
            put("In-Reply-To", &format!("<{parent}>"));
            let all: Vec<_> = self.references.iter().map(|id| format!("<{id}>")).collect();
            put("References", &all.join("\r\n "));
        }
        for (name, value) in self.extra.iter().filter(|(name, _)| *name != "Received") {
            put(name, value);
        }
        put("MIME-Version", "1.0");
        header
    }

    /// The whole mail.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.header().into_bytes();
        bytes.extend_from_slice(&part::body(&self.text, &self.attachments, &self.id));
        bytes
    }

    pub(super) fn content(&self) -> Content {
        Content::new(self.bytes())
    }
}

/// Breaks paragraphs into lines of at most `width` characters. With `flowed`, a line that goes on ends in a
/// space (RFC 3676). Quoted lines and lines of a table (starting with a space) stay as they are.
pub(super) fn wrap(text: &str, width: usize, flowed: bool) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 40);
    for paragraph in text.lines() {
        if paragraph.starts_with('>') || paragraph.starts_with(' ') || paragraph == "-- " {
            out.push_str(paragraph);
            out.push_str("\r\n");
            continue;
        }
        let mut line = String::new();
        let mut length = 0;
        for word in paragraph.split(' ') {
            let word_length = word.chars().count();
            if length > 0 && length + 1 + word_length > width {
                out.push_str(&line);
                out.push_str(if flowed { " \r\n" } else { "\r\n" });
                line.clear();
                length = 0;
            } else if length > 0 {
                line.push(' ');
                length += 1;
            }
            line.push_str(word);
            length += word_length;
        }
        out.push_str(&line);
        out.push_str("\r\n");
    }
    out
}

/// The text of a mail as an answer quotes it.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::new();
    for line in wrap(text, 68, false).lines() {
        if line == "-- " {
            break;
        }
        out.push_str(if line.is_empty() || line.starts_with('>') { ">" } else { "> " });
        out.push_str(line);
        out.push('\n');
    }
    while out.ends_with(">\n") {
        out.truncate(out.len() - 2);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_paragraphs_are_broken_and_quoted() {
        assert_eq!(wrap("one two three four", 9, false), "one two\r\nthree\r\nfour\r\n");
        assert_eq!(wrap("one two three", 9, true), "one two \r\nthree\r\n");
        assert_eq!(quoted("Hi\n\n> old\nbye\n\n-- \nme"), "> Hi\n>\n>> old\n> bye\n");
    }

    #[test]
    fn headers_are_encoded_where_they_must() {
        let letter = Letter {
            from: Person::new("Zoë Lang-Feld", "zoe@example.org"),
            to: vec![Person::new("Doe, Jane", "jane@example.org")],
            subject: "Grüße".into(),
            id: "1@example.org".into(),
            ..Letter::default()
        };
        let text = String::from_utf8(letter.bytes()).unwrap();
        assert!(text.contains("From: =?utf-8?Q?Zo=C3=AB_Lang=2DFeld?= <zoe@example.org>\r\n"), "{text}");
        assert!(text.contains("To: \"Doe, Jane\" <jane@example.org>\r\n"), "{text}");
        assert!(text.is_ascii());
    }
}
