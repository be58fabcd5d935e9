//! Conversations: who said what when, made into mails with quotes and references.

mod family;
mod friends;
mod list;
mod work;

use super::cast::{Habit, ME, habit, signature};
use super::letter::{Attachment, Letter, Person, Text, quoted};
use super::{Filed, pdf, png, waking, wav};
use crate::demo::dates;

const HOUR: i64 = 3600;

/// A file that goes with a turn.
#[derive(Clone, Copy, Debug)]
pub(super) enum File {
    Pdf(&'static str, &'static [&'static str]),
    Landscape(&'static str, u32),
    Map(&'static str, u32),
    Recording(&'static str),
    Table(&'static str, &'static str),
}

/// One mail of a conversation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub(super) by: Person,
    /// Hours after the turn before.
    pub(super) after: i64,
    /// Words of flags and keywords; without `unread` it has been read.
    pub(super) marks: &'static str,
    pub(super) text: &'static str,
    pub(super) files: &'static [File],
}

/// A mail of a conversation without files.
pub(super) const fn turn(by: Person, after: i64, marks: &'static str, text: &'static str) -> Turn {
    Turn { by, after, marks, text, files: &[] }
}

/// A conversation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Talk {
    /// Where the mails of the others are.
    pub(super) folder: &'static str,
    pub(super) subject: &'static str,
    /// Everyone who takes part besides the owner of the mailbox.
    pub(super) with: &'static [Person],
    /// Hours before now at which it started.
    pub(super) ago: i64,
    pub(super) turns: &'static [Turn],
}

/// The mails of all conversations.
pub(super) fn all(now: i64) -> Vec<Filed> {
    let tables = [work::TALKS, family::TALKS, friends::TALKS, list::TALKS];
    let talks = tables.into_iter().flatten();
    (0..).zip(talks).flat_map(|(number, talk)| mails(number, talk, now)).collect()
}

fn mails(number: u32, talk: &Talk, now: i64) -> Vec<Filed> {
    let mut mails: Vec<Filed> = Vec::new();
    let mut references = Vec::new();
    let mut before: Option<(Person, i64, &str)> = None;
    let mut date = now - talk.ago * HOUR;
    for (place, turn) in (1..).zip(talk.turns) {
        date += turn.after * HOUR;
        // Nobody writes on the full hour.
        date += i64::from(number * 431 + place * 977) % 1700;
        let (_, domain) = turn.by.email.split_once('@').unwrap_or(("", "example.org"));
        let id = format!("{number}.{place}.{}@{domain}", turn.text.len());
        let mut to: Vec<Person> = talk.with.to_vec();
        if turn.by != ME && talk.with != [list::LIST] {
            to.retain(|person| *person != turn.by);
            to.insert(0, ME);
        }
        let cc = if to.len() > 2 { to.split_off(1) } else { Vec::new() };
        let answer = if before.is_some() { "Re: " } else { "" };
        let written = waking(date.min(now - 90), now);
        let letter = Letter {
            from: turn.by,
            to,
            cc,
            subject: format!("{answer}{}", talk.subject),
            date: Some(written),
            zone: 60,
            id: id.clone(),
            references: references.clone(),
            extra: if talk.with == [list::LIST] { list_fields() } else { Vec::new() },
            text: text(turn, before),
            attachments: turn.files.iter().map(file).collect(),
        };
        let mine = turn.by == ME;
        if mine && let Some(last) = mails.last_mut() {
            last.marks.push_str(" answered");
        }
        mails.push(Filed {
            folder: if mine { "Sent" } else { talk.folder }.to_owned(),
            marks: turn.marks.to_owned(),
            date: written + 30,
            content: letter.content(),
        });
        references.push(id);
        before = Some((turn.by, date, turn.text));
    }
    mails
}

/// What the mailing list adds to each mail.
fn list_fields() -> Vec<(&'static str, String)> {
    vec![
        ("List-Id", "Development of Tidewater <tide-dev.lists.tidewater.example>".to_owned()),
        ("List-Post", "<mailto:tide-dev@lists.tidewater.example>".to_owned()),
        ("List-Unsubscribe", "<https://lists.tidewater.example/leave/tide-dev>".to_owned()),
        ("Precedence", "list".to_owned()),
    ]
}

/// The text with its quote, in the way that the writer's program does it.
fn text(turn: &Turn, before: Option<(Person, i64, &str)>) -> Text {
    let quote = before.map(|(by, date, said)| {
        let (year, month, day) = dates::civil(date.div_euclid(24 * HOUR));
        (format!("On {year}-{month:02}-{day:02}, {} wrote:", by.name), quoted(said), said)
    });
    let sign = match signature(turn.by) {
        "" => String::new(),
        lines => format!("\n\n-- \n{lines}"),
    };
    let said = turn.text;
    match (habit(turn.by), quote) {
        (Habit::Html, quote) => {
            let plain = match &quote {
                Some((intro, quote, _)) => format!("{said}{sign}\n\n{intro}\n\n{quote}"),
                None => format!("{said}{sign}"),
            };
            let quote = quote.map(|(intro, _, said)| (intro, said));
            Text::Alternative { plain, html: html(said, signature(turn.by), quote) }
        }
        (Habit::Phone, Some((intro, quote, _))) => Text::Plain(format!("{said}{sign}\n\n{intro}\n{quote}")),
        (Habit::Phone | Habit::Plain, None) => Text::Plain(format!("{said}{sign}")),
        (Habit::Plain, Some((intro, quote, _))) => Text::Plain(format!("{intro}\n{quote}\n{said}{sign}")),
        (Habit::Flowed, None) => Text::Flowed(format!("{said}{sign}")),
        (Habit::Flowed, Some((intro, quote, _))) => Text::Flowed(format!("{intro}\n{quote}\n{said}{sign}")),
    }
}

fn html(said: &str, signature: &str, quote: Option<(String, &str)>) -> String {
    let mut out = String::from(
        "<html><head><meta charset=\"utf-8\"></head>\n<body style=\"font-family: Georgia, serif; font-size: 15px; color: #222\">\n",
    );
    paragraphs(&mut out, said);
    if !signature.is_empty() {
        let lines: Vec<_> = signature.lines().map(super::html::escape).collect();
        out.push_str(&format!("<p style=\"color: #777; font-size: 13px\">{}</p>\n", lines.join("<br>\n")));
    }
    if let Some((intro, said)) = quote {
        out.push_str(&format!("<p>{}</p>\n<blockquote style=\"border-left: 2px solid #bbb; margin-left: 4px; padding-left: 12px\">\n", super::html::escape(&intro)));
        paragraphs(&mut out, said);
        out.push_str("</blockquote>\n");
    }
    out.push_str("</body></html>\n");
    out
}

fn paragraphs(out: &mut String, text: &str) {
    for paragraph in text.split("\n\n") {
        let lines: Vec<_> = paragraph.lines().map(super::html::linked).collect();
        out.push_str(&format!("<p>{}</p>\n", lines.join("<br>\n")));
    }
}

fn file(file: &File) -> Attachment {
    match file {
        File::Pdf(name, lines) => {
            let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            Attachment::new(name, "application/pdf", pdf::page(&lines))
        }
        File::Landscape(name, mood) => Attachment::new(name, "image/png", png::landscape(240, 160, *mood)),
        File::Map(name, mood) => Attachment::new(name, "image/png", png::map(220, 220, *mood)),
        File::Recording(name) => Attachment::new(name, "audio/wav", wav::water(34)),
        File::Table(name, text) => {
            Attachment::new(name, "text/csv; charset=utf-8", text.replace('\n', "\r\n").into_bytes())
        }
    }
}
