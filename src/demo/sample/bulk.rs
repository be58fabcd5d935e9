//! Mails by the hundred thousand for load tests: headers made when asked for, bodies shared.

use super::dice::Dice;
use super::letter::base64_lines;
use crate::demo::{Content, Mailboxes, Maker, SharedBody, dates};
use crate::model::{Flag, Flags, UnixTime};
use std::sync::Arc;

/// Different bodies; few enough to stay small in memory, enough to make sizes vary.
const BODIES: u32 = 48;
/// Bytes of a mail on average, as measured in real mailboxes.
const MEAN: usize = 20_000;

const NAMES: &[&str] = &[
    "Ada Brook",
    "Ben Marsh",
    "Cleo Ford",
    "Dora Weir",
    "Emil Lake",
    "Fay Rivers",
    "Gus Pond",
    "Hana Creek",
    "Ivo Bay",
    "Jun Shore",
    "Kai Delta",
    "Lea Spring",
    "Max Fjord",
    "Nia Sound",
    "Ola Strand",
    "Pia Harbour",
];
const WORDS: &[&str] = &[
    "water", "bridge", "morning", "paper", "meadow", "letter", "ferry", "window", "garden", "lantern",
    "contour", "willow", "harbour", "pencil", "evening", "stone", "heron", "market", "ladder", "cloud",
    "orchard", "station", "ribbon", "kettle",
];
const TOPICS: &[&str] = &[
    "Minutes of the meeting",
    "Order",
    "Question about sheet",
    "Photos from",
    "Ticket",
    "Re: Proposal",
    "Reminder",
    "Notes on",
    "Draft of",
    "Your report",
];

/// Makes mails from their number.
#[derive(Debug)]
pub struct Bulk {
    seed: u64,
    now: i64,
    count: u32,
    bodies: Vec<SharedBody>,
}

impl Bulk {
    /// A maker of `count` mails, the last of which arrived just before `now`.
    #[must_use]
    pub fn new(count: u32, seed: u64, now: UnixTime) -> Self {
        let bodies = (0..BODIES).map(|variant| SharedBody::new(body(seed, variant))).collect();
        Self { seed, now: now.0, count, bodies }
    }

    fn dice(&self, number: u32) -> Dice {
        Dice::new(self.seed ^ u64::from(number).wrapping_mul(0x2545_f491_4f6c_dd1d))
    }

    /// Arrival of a mail: one each twenty minutes.
    #[must_use]
    pub fn date(&self, number: u32) -> UnixTime {
        UnixTime(self.now - i64::from(self.count.saturating_sub(number)) * 1200)
    }

    fn variant(number: u32) -> u32 {
        // A step without common divisor with the number of bodies, so that neighbours differ.
        number.wrapping_mul(31) % BODIES
    }
}

impl Maker for Bulk {
    fn header(&self, number: u32) -> Vec<u8> {
        let mut dice = self.dice(number);
        let name = dice.pick(NAMES);
        let (first, last) = name.split_once(' ').unwrap_or((name, ""));
        let email = format!("{}.{}@example.org", first.to_lowercase(), last.to_lowercase());
        let subject = format!("{} {} and {} {number}", dice.pick(TOPICS), dice.pick(WORDS), dice.pick(WORDS));
        let date = dates::rfc5322(self.date(number).0, 60);
        let mut header = format!(
            "Received: from mail.example.org by mail.postrider.example; {date}\r\nDate: {date}\r\nFrom: {name} <{email}>\r\nTo: Robin Hale <{}>\r\nSubject: {subject}\r\nMessage-ID: <bulk.{}.{number}@example.org>\r\n",
            crate::demo::USER,
            self.seed
        );
        // Every third mail answers the one before it.
        if number % 3 == 2 {
            header.push_str(&format!(
                "In-Reply-To: <bulk.{0}.{1}@example.org>\r\nReferences: <bulk.{0}.{1}@example.org>\r\n",
                self.seed,
                number - 1
            ));
        }
        header.push_str("MIME-Version: 1.0\r\n");
        header.push_str(content_type(Self::variant(number)));
        header.push_str("\r\n");
        header.into_bytes()
    }

    fn body(&self, number: u32) -> &SharedBody {
        static NONE: SharedBody = SharedBody::new(Vec::new());
        let index = usize::try_from(Self::variant(number)).unwrap_or(0);
        self.bodies.get(index).unwrap_or(&NONE)
    }
}

const fn content_type(variant: u32) -> &'static str {
    match variant % 6 {
        0 => "Content-Type: multipart/mixed; boundary=\"bulk-part\"\r\n",
        1 | 2 => "Content-Type: multipart/alternative; boundary=\"bulk-part\"\r\n",
        _ => "Content-Type: text/plain; charset=us-ascii\r\n",
    }
}

fn body(seed: u64, variant: u32) -> Vec<u8> {
    let mut dice = Dice::new(seed ^ u64::from(variant) << 40);
    // Sizes from a tenth of the mean to twice the mean, evenly.
    let size = MEAN / 10 + MEAN * 19 / 10 * usize::try_from(variant).unwrap_or(0) / 47;
    let out = match variant % 6 {
        0 => {
            let text = prose(&mut dice, 1500);
            let bytes: Vec<u8> =
                (0..size * 3 / 4).map(|_| u8::try_from(dice.below(256)).unwrap_or(0)).collect();
            format!(
                "--bulk-part\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n{text}\r\n--bulk-part\r\nContent-Type: application/octet-stream; name=\"data-{variant}.bin\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"data-{variant}.bin\"\r\n\r\n{}--bulk-part--\r\n",
                base64_lines(&bytes)
            )
        }
        1 | 2 => {
            let text = prose(&mut dice, size / 3);
            let html = prose(&mut dice, size * 2 / 3).replace("\r\n\r\n", "</p>\r\n<p>");
            format!(
                "--bulk-part\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n{text}\r\n--bulk-part\r\nContent-Type: text/html; charset=us-ascii\r\n\r\n<html><body><p>{html}</p></body></html>\r\n--bulk-part--\r\n"
            )
        }
        _ => prose(&mut dice, size),
    };
    out.into_bytes()
}

/// Lines of words, about `size` bytes.
fn prose(dice: &mut Dice, size: usize) -> String {
    let mut out = String::with_capacity(size + 80);
    let mut length = 0;
    while out.len() < size {
        let word = dice.pick(WORDS);
        if length + word.len() > 70 {
            out.push_str(if dice.one_in(6) { ".\r\n\r\n" } else { "\r\n" });
            length = 0;
        } else if length > 0 {
            out.push(' ');
        }
        out.push_str(word);
        length += word.len() + 1;
    }
    out.push_str(".\r\n");
    out
}

/// Mailboxes whose INBOX holds `count` mails of 20 kB on average; 100,000 take little memory.
#[must_use]
pub fn bulk(count: u32, seed: u64, now: UnixTime) -> Mailboxes {
    let maker = Arc::new(Bulk::new(count, seed, now));
    let mut all = Mailboxes::standard();
    for number in 0..count {
        let mut dice = maker.dice(number.wrapping_add(count));
        let mut flags = Flags::default();
        for (flag, one_in) in [(Flag::Flagged, 40), (Flag::Answered, 9)] {
            if dice.one_in(one_in) {
                flags.apply(crate::model::FlagChange::Add, &flag);
            }
        }
        if number + 50 < count || dice.one_in(2) {
            flags.apply(crate::model::FlagChange::Add, &Flag::Seen);
        }
        let content = Content::made(Arc::clone(&maker) as Arc<dyn Maker>, number);
        if let Err(error) = all.append("INBOX", flags, maker.date(number), content) {
            tracing::error!(%error, "a bulk mail has no place");
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bulk_mails_are_cheap_and_of_the_right_size() {
        let all = bulk(2000, 5, UnixTime(1_750_000_000));
        let mails = all.mailbox("INBOX").unwrap().mails();
        let mean = mails.iter().map(|mail| mail.content.size()).sum::<usize>() / mails.len();
        assert!((17_000..23_000).contains(&mean), "{mean}");
        for mail in [&mails[0], &mails[7], &mails[1999]] {
            let bytes = mail.content.bytes();
            assert_eq!(bytes.len(), mail.content.size());
            assert!(bytes.split(|b| *b == b'\n').all(|line| line.len() < 100));
            assert!(mail_parser::MessageParser::default().parse(bytes.as_ref()).unwrap().subject().is_some());
        }
        assert_ne!(mails[0].message_id(), mails[1].message_id());
    }
}
