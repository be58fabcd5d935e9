//! How a message is called and written in mbox, Maildir and .eml. Pure but for the writer that it is given.

use crate::mime::display::display_safe;
use crate::model::{Flag, Flags, Uid, UnixTime};
use crate::store::{MailboxRow, MessageRow};
use ring::digest;
use std::io::{self, BufRead, Write};

/// Longest subject in a file name, in bytes.
const MAX_SUBJECT: usize = 80;

/// What is known of a message before its bytes are read.
#[derive(Clone, Debug)]
pub(super) struct Item {
    sender: String,
    subject: String,
    pub(super) received: UnixTime,
    flags: Flags,
    /// UIDVALIDITY and UID, or the local number of a message that the server does not have yet: stays the same from
    /// run to run.
    mark: String,
}

impl Item {
    pub(super) fn new(row: &MessageRow, mailbox: &MailboxRow) -> Self {
        let validity = mailbox.state.uid_validity.map_or(0, crate::model::UidValidity::get);
        let mark = match row.uid {
            Some(uid) => format!("V{validity}U{}", Uid::get(uid)),
            None => format!("L{}", row.id),
        };
        Self {
            sender: row.from.email.clone(),
            subject: row.subject.clone(),
            received: row.received,
            flags: row.flags.clone(),
            mark,
        }
    }

    /// Name in a Maildir, without flags.
    pub(super) fn maildir_name(&self) -> String {
        format!("{}.{}.postrider", self.received.0.max(0), self.mark)
    }

    /// Flags as Maildir writes them, in the order of ASCII.
    pub(super) fn maildir_flags(&self) -> String {
        let forwarded = Flag::from_wire("$Forwarded");
        let set = |flag: Option<&Flag>| flag.is_some_and(|flag| self.flags.contains(flag));
        let letters = [
            ('D', set(Some(&Flag::Draft))),
            ('F', set(Some(&Flag::Flagged))),
            ('P', set(forwarded.as_ref())),
            ('R', set(Some(&Flag::Answered))),
            ('S', set(Some(&Flag::Seen))),
            ('T', set(Some(&Flag::Deleted))),
        ];
        letters.iter().filter(|(_, on)| *on).map(|(letter, _)| *letter).collect()
    }

    /// Name of an .eml file: date, subject, and a few letters that keep equal ones apart.
    pub(super) fn eml_name(&self) -> String {
        let date = jiff::Timestamp::from_second(self.received.0).unwrap_or_default();
        let date = jiff::tz::Offset::UTC.to_datetime(date);
        let date = format!(
            "{:04}-{:02}-{:02} {:02}.{:02}.{:02}",
            date.year(),
            date.month(),
            date.day(),
            date.hour(),
            date.minute(),
            date.second()
        );
        let hash = digest::digest(&digest::SHA256, self.mark.as_bytes());
        let short: String = hash.as_ref().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let subject = super::place::clean(&display_safe(&self.subject), MAX_SUBJECT);
        let subject = if subject.is_empty() { String::new() } else { format!(" {subject}") };
        format!("{date}{subject} [{short}].eml")
    }

    /// The line that begins a message in an mbox (RFC 4155), without its end.
    pub(super) fn first_line(&self) -> String {
        const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let stamp = jiff::Timestamp::from_second(self.received.0).unwrap_or_default();
        let t = jiff::tz::Offset::UTC.to_datetime(stamp);
        let named = |names: &[&'static str], index: i8| {
            usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or("Mon")
        };
        let day = named(&DAYS, t.weekday().to_monday_zero_offset());
        let month = named(&MONTHS, t.month() - 1);
        let plain = |c: &char| c.is_ascii_graphic();
        let sender: String = self.sender.chars().filter(plain).collect();
        let sender = if sender.is_empty() { "MAILER-DAEMON".to_owned() } else { sender };
        format!(
            "From {sender} {day} {month} {:2} {:02}:{:02}:{:02} {:04}",
            t.day(),
            t.hour(),
            t.minute(),
            t.second(),
            t.year()
        )
    }
}

/// Writes a message into an mbox: lines end in LF, and each line that could be taken for the beginning of a message
/// gets one more `>` (mboxrd), so that reading it back gives the same bytes.
pub(super) fn write_mbox(item: &Item, source: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(item.first_line().as_bytes())?;
    out.write_all(b"\n")?;
    let mut line = Vec::new();
    loop {
        line.clear();
        if source.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.last() == Some(&b'\n') {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        let quotes = line.iter().take_while(|byte| **byte == b'>').count();
        if line.get(quotes..).is_some_and(|rest| rest.starts_with(b"From ")) {
            out.write_all(b">")?;
        }
        out.write_all(&line)?;
        out.write_all(b"\n")?;
    }
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn item() -> Item {
        Item {
            sender: "ada l@example.org".into(),
            subject: "a/b: \"c\"\u{202e}\n..".into(),
            received: UnixTime(1_790_000_000),
            flags: ["\\Seen", "\\Flagged", "$Forwarded", "\\Draft"]
                .into_iter()
                .filter_map(Flag::from_wire)
                .collect(),
            mark: "V7U9".into(),
        }
    }

    #[test]
    fn names_are_safe_and_always_the_same() {
        let item = item();
        assert_eq!(item.maildir_name(), "1790000000.V7U9.postrider");
        assert_eq!(item.maildir_flags(), "DFPS");
        assert_eq!(item.first_line(), "From adal@example.org Mon Sep 21 14:13:20 2026");
        let name = item.eml_name();
        assert!(name.starts_with("2026-09-21 14.13.20 a_b_ _c_") && name.ends_with("].eml"), "{name}");
        assert!(!name.contains(['/', '\\', ':', '"', '\n', '\u{202e}']), "{name}");
    }

    #[test]
    fn lines_that_look_like_a_beginning_are_quoted() {
        let mut out = Vec::new();
        let mail = b"Subject: x\r\n\r\nFrom here\r\n>From there\r\n >From not\r\nFromage\r\nend";
        write_mbox(&item(), &mut &mail[..], &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let body = text.split_once('\n').unwrap().1;
        assert_eq!(body, "Subject: x\n\n>From here\n>>From there\n >From not\nFromage\nend\n\n");
    }
}
