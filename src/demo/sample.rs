//! The sample mailbox: several hundred made-up mails of one made-up person, the same for the same seed.
//!
//! All text is ours; all names and domains are reserved for examples (RFC 2606). Dates count back from `now`.

mod bulk;
mod cast;
mod dice;
mod html;
mod languages;
mod letter;
mod newsletter;
mod notice;
mod odd;
mod pdf;
mod png;
mod talk;
mod wav;

pub use bulk::{Bulk, bulk};

use super::{Content, Mailboxes};
use crate::model::{Flag, Flags, SpecialUse, UnixTime};
use dice::Dice;

const HOUR: i64 = 3600;

/// People sleep: squeezes a time of the days before today into seven to ten o'clock of the owner's zone.
/// The order of times stays as it was.
const fn waking(date: i64, now: i64) -> i64 {
    let local = date + HOUR;
    let (day, second) = (local.div_euclid(24 * HOUR), local.rem_euclid(24 * HOUR));
    if day == (now + HOUR).div_euclid(24 * HOUR) {
        return date;
    }
    day * 24 * HOUR + 7 * HOUR + second * 15 / 24 - HOUR
}

/// A mail with its place.
struct Filed {
    folder: String,
    /// Words: `unread`, `flagged`, `answered`, `draft`, or keywords.
    marks: String,
    date: i64,
    content: Content,
}

const FOLDERS: &[(&str, Option<SpecialUse>)] = &[
    ("Drafts", Some(SpecialUse::Drafts)),
    ("Sent", Some(SpecialUse::Sent)),
    ("Archive", Some(SpecialUse::Archive)),
    ("Junk", Some(SpecialUse::Junk)),
    ("Trash", Some(SpecialUse::Trash)),
    ("Projects", None),
    ("Projects/Atlas of Small Rivers", None),
    ("Projects/Ausstellung Köln", None),
    ("Projects/Website", None),
    ("Lists", None),
    ("Lists/tide-dev", None),
    ("Receipts", None),
    ("Travel", None),
    ("Travel/日本", None),
];

/// The mailboxes of Robin Hale, with mails up to `now`.
#[must_use]
pub fn mailboxes(seed: u64, now: UnixTime) -> Mailboxes {
    let mut dice = Dice::new(seed);
    let mut mails = talk::all(now.0);
    mails.extend(languages::all(now.0));
    mails.extend(newsletter::all(&mut dice, now.0));
    mails.extend(notice::all(&mut dice, now.0));
    mails.extend(odd::all(now.0));
    // UIDs are given in the order of arrival.
    mails.sort_by_key(|mail| mail.date);
    let mut all = Mailboxes::new();
    for (name, special_use) in FOLDERS {
        let folder = all.insert(name, *special_use);
        folder.no_select = matches!(*name, "Lists" | "Travel");
    }
    for mail in mails {
        let flags = flags(&mail.folder, &mail.marks);
        let filed = all.append(&mail.folder, flags, UnixTime(mail.date), mail.content);
        if let Err(error) = filed {
            tracing::error!(folder = mail.folder, %error, "a sample mail has no place");
        }
    }
    all
}

fn flags(folder: &str, marks: &str) -> Flags {
    let mut flags: Vec<Flag> = Vec::new();
    for mark in marks.split_ascii_whitespace() {
        match mark {
            "unread" => {}
            "flagged" => flags.push(Flag::Flagged),
            "answered" => flags.push(Flag::Answered),
            "draft" => flags.push(Flag::Draft),
            keyword => flags.extend(Flag::from_wire(keyword)),
        }
    }
    if !marks.split_ascii_whitespace().any(|mark| mark == "unread") || folder == "Sent" {
        flags.push(Flag::Seen);
    }
    flags.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const NOW: UnixTime = UnixTime(1_750_000_000);

    #[test]
    fn the_sample_is_rich_and_repeatable() {
        let all = mailboxes(1, NOW);
        let count = |name: &str| all.mailbox(name).unwrap().mails().len();
        let total: usize = all.iter().map(|(_, mailbox)| mailbox.mails().len()).sum();
        assert!(total > 350, "{total}");
        assert!(count("INBOX") > 80 && count("Sent") > 25 && count("Drafts") == 3, "{}", count("INBOX"));
        assert_eq!(all.inventory(), mailboxes(1, NOW).inventory());
        assert!(all.mailbox("INBOX").unwrap().unseen() > 15);
        let dates = |name: &str| {
            all.mailbox(name).unwrap().mails().iter().map(|m| m.internal_date).collect::<Vec<_>>()
        };
        assert!(dates("INBOX").is_sorted());
        assert!(dates("INBOX").iter().all(|date| *date < NOW));
        assert!(dates("INBOX").last().unwrap().0 > NOW.0 - 4 * HOUR, "something new to read");
    }

    #[test]
    fn ids_are_unique_and_parents_exist() {
        let all = mailboxes(1, NOW);
        let mails: Vec<_> = all.iter().flat_map(|(_, mailbox)| mailbox.mails()).collect();
        let ids: Vec<String> = mails.iter().filter_map(|mail| mail.message_id()).collect();
        let unique: BTreeSet<_> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len());
        assert_eq!(ids.len(), mails.len());
        for mail in mails {
            if let Some(parent) = mail.content.field("in-reply-to") {
                assert!(ids.iter().any(|id| parent == format!("<{id}>")), "{parent}");
            }
        }
    }

    #[test]
    fn lines_and_domains_are_in_order() {
        for (name, mailbox) in mailboxes(1, NOW).iter() {
            for mail in mailbox.mails() {
                let bytes = mail.content.bytes();
                for line in bytes.split(|b| *b == b'\n') {
                    assert!(line.len() < 998, "{name} {}", mail.uid);
                    assert!(
                        line.is_empty() || line.ends_with(b"\r") || !bytes.ends_with(b"\n"),
                        "bare LF in {name}"
                    );
                }
                let from = mail.content.field("from").unwrap();
                let (_, domain) = from.trim_end_matches('>').rsplit_once('@').unwrap();
                let reserved = domain.ends_with(".example")
                    || ["example.org", "example.com", "example.net"].contains(&domain);
                assert!(reserved, "{from}");
            }
        }
    }

    #[test]
    fn attachments_are_there_in_all_kinds() {
        let all = mailboxes(1, NOW);
        let mut types = BTreeSet::new();
        let mut largest = 0;
        for mail in all.iter().flat_map(|(_, mailbox)| mailbox.mails()) {
            let tree = mail.content.tree();
            let mut open = vec![tree.as_ref()];
            while let Some(node) = open.pop() {
                types.insert(format!("{}/{}", node.kind, node.subtype));
                open.extend(&node.children);
            }
            largest = largest.max(mail.content.size());
        }
        for kind in [
            "application/pdf",
            "image/png",
            "audio/wav",
            "text/csv",
            "text/calendar",
            "message/rfc822",
            "multipart/related",
        ] {
            assert!(types.contains(kind), "{kind} in {types:?}");
        }
        assert!((3_000_000..6_000_000).contains(&largest), "{largest}");
    }
}
