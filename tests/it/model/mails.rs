//! The mails of a case. Each is known by its subject, since Message-IDs may be missing or stand in several.

use crate::sync_lab::NOW;
use postrider::demo::{Content, Mail};
use postrider::model::UnixTime;

/// What is odd about a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Plain,
    /// Without a Message-ID.
    Nameless,
    /// With the Message-ID of others.
    Namesake,
    /// The same bytes as a mail that is there already.
    Twin,
}

impl Shape {
    pub(crate) const fn of(n: u8) -> Self {
        match n % 5 {
            1 => Self::Nameless,
            2 => Self::Namesake,
            3 => Self::Twin,
            _ => Self::Plain,
        }
    }
}

/// The bytes of the mail of that subject.
pub(crate) fn text(subject: &str, number: u32, shape: Shape) -> Vec<u8> {
    let id = match shape {
        Shape::Plain | Shape::Twin => format!("Message-ID: <mail-{number}@example.org>\r\n"),
        Shape::Namesake => format!("Message-ID: <same-{}@example.org>\r\n", number % 2),
        Shape::Nameless => String::new(),
    };
    let mut text = format!(
        "From: Ada <ada@example.org>\r\nTo: me@example.org\r\nSubject: {subject}\r\n\
         Date: Mon, 21 Sep 2026 10:00:00 +0000\r\n{id}MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nThis is the text of {subject}.\r\n"
    );
    for line in 0..number % 7 * 10 {
        text.push_str(&format!("Line {line} of {subject} goes on for a while.\r\n"));
    }
    text.into_bytes()
}

/// When the mail of that number arrived.
pub(crate) fn date(number: u32) -> UnixTime {
    UnixTime(NOW - 100_000 + i64::from(number) * 60)
}

/// What a mail is known by.
pub(crate) fn name_of(mail: &Mail) -> String {
    name(&mail.content)
}

pub(crate) fn name(content: &Content) -> String {
    content.field("subject").unwrap_or_default()
}
