//! LIST, LSUB, STATUS.

use super::Session;
use crate::demo::capability::{Extension, Quirk};
use crate::demo::command::{ListRequest, StatusItem};
use crate::demo::mailboxes::{DELIMITER, IMPORTANT, Mailbox, Mailboxes};
use crate::demo::output::{Output, Reply};
use crate::demo::respond;
use crate::model::{Flag, SpecialUse};

/// Bytes that APPENDLIMIT allows (RFC 7889).
const APPEND_LIMIT: u64 = 64 << 20;
/// The same with [`Quirk::SmallMessages`].
const SMALL_APPEND_LIMIT: u64 = 200;

impl Session {
    pub(super) fn list(&self, request: &ListRequest, output: &mut Output) -> Reply {
        if request.extended && self.has(Quirk::BadListReturn) {
            return Reply::bad("Invalid LIST");
        }
        if request.patterns.iter().all(String::is_empty) {
            output.untagged(format!("LIST (\\Noselect) \"{DELIMITER}\" \"\""));
            return Reply::ok("List completed");
        }
        self.shared.state.read(|all| {
            for (name, mailbox) in all.iter() {
                let fits =
                    request.patterns.iter().any(|p| matches(&format!("{}{p}", request.reference), name));
                let wanted = fits
                    && (mailbox.subscribed || !request.only_subscribed)
                    && (special_word(mailbox).is_some() || !request.only_special);
                if !wanted {
                    continue;
                }
                let attributes = self.attributes(all, name, mailbox, request);
                let mut line = format!("LIST ({attributes}) \"{DELIMITER}\" ").into_bytes();
                respond::mailbox(&mut line, name);
                output.untagged(line);
                if !request.return_status.is_empty() && !mailbox.no_select {
                    output.untagged(self.status_line(name, mailbox, &request.return_status));
                }
            }
        });
        Reply::ok("List completed")
    }

    fn attributes(&self, all: &Mailboxes, name: &str, mailbox: &Mailbox, request: &ListRequest) -> String {
        let mut words = Vec::new();
        if mailbox.no_select {
            words.push("\\Noselect");
        }
        if self.offers(Extension::Children) || request.return_children {
            words.push(if all.has_children(name) { "\\HasChildren" } else { "\\HasNoChildren" });
        }
        if request.return_subscribed && mailbox.subscribed {
            words.push("\\Subscribed");
        }
        let hidden = request.extended && !request.return_special && self.has(Quirk::UseOnRequest);
        if self.offers(Extension::SpecialUse) && !hidden {
            words.extend(special_word(mailbox));
            if name == IMPORTANT {
                words.push("\\Important");
            }
        }
        let words = words.join(" ");
        if self.has(Quirk::LowerCaseAttributes) { words.to_ascii_lowercase() } else { words }
    }

    pub(super) fn lsub(&self, reference: &str, pattern: &str, output: &mut Output) -> Reply {
        self.shared.state.read(|all| {
            for (name, mailbox) in all.iter() {
                if mailbox.subscribed && matches(&format!("{reference}{pattern}"), name) {
                    let mut line = format!("LSUB () \"{DELIMITER}\" ").into_bytes();
                    respond::mailbox(&mut line, name);
                    output.untagged(line);
                }
            }
        });
        Reply::ok("Lsub completed")
    }

    pub(super) fn status(&self, name: &str, items: &[StatusItem], output: &mut Output) -> Reply {
        for item in items {
            let extension = match item {
                StatusItem::Size | StatusItem::Deleted => Extension::StatusSize,
                StatusItem::HighestModSeq => Extension::Condstore,
                StatusItem::MailboxId => Extension::ObjectId,
                StatusItem::Messages
                | StatusItem::Recent
                | StatusItem::UidNext
                | StatusItem::UidValidity
                | StatusItem::Unseen
                | StatusItem::AppendLimit => continue,
            };
            if !self.offers(extension) {
                return Reply::bad("Unknown status item");
            }
        }
        self.shared.state.read(|all| match all.mailbox(name).filter(|mailbox| !mailbox.no_select) {
            Some(mailbox) => {
                output.untagged(self.status_line(name, mailbox, items));
                Reply::ok("Status completed")
            }
            None => Reply::no("[NONEXISTENT] No such mailbox"),
        })
    }

    pub(super) fn status_line(&self, name: &str, mailbox: &Mailbox, items: &[StatusItem]) -> Vec<u8> {
        let items = if self.has(Quirk::EmptyStatus) { &[] } else { items };
        let mut line = b"STATUS ".to_vec();
        respond::mailbox(&mut line, name);
        let values: Vec<String> = items
            .iter()
            .map(|item| match item {
                StatusItem::Messages => format!("MESSAGES {}", mailbox.mails.len()),
                StatusItem::Recent => "RECENT 0".to_owned(),
                StatusItem::UidNext => format!("UIDNEXT {}", mailbox.uid_next),
                StatusItem::UidValidity => format!("UIDVALIDITY {}", mailbox.uid_validity),
                StatusItem::Unseen => format!("UNSEEN {}", mailbox.unseen()),
                StatusItem::Deleted => {
                    let deleted =
                        mailbox.mails.iter().filter(|mail| mail.flags.contains(&Flag::Deleted)).count();
                    format!("DELETED {deleted}")
                }
                StatusItem::Size => {
                    let size: usize = mailbox.mails.iter().map(|mail| mail.content.size()).sum();
                    format!("SIZE {size}")
                }
                StatusItem::HighestModSeq => format!("HIGHESTMODSEQ {}", self.highest(mailbox)),
                StatusItem::MailboxId => format!("MAILBOXID (F{})", mailbox.id),
                StatusItem::AppendLimit if self.has(Quirk::SmallMessages) => {
                    format!("APPENDLIMIT {SMALL_APPEND_LIMIT}")
                }
                StatusItem::AppendLimit => format!("APPENDLIMIT {APPEND_LIMIT}"),
            })
            .collect();
        line.extend_from_slice(format!(" ({})", values.join(" ")).as_bytes());
        line
    }
}

/// The attribute of a special-use mailbox; INBOX has none.
fn special_word(mailbox: &Mailbox) -> Option<&'static str> {
    match mailbox.special_use? {
        SpecialUse::Inbox => None,
        SpecialUse::Drafts => Some("\\Drafts"),
        SpecialUse::Sent => Some("\\Sent"),
        SpecialUse::Archive => Some("\\Archive"),
        SpecialUse::Junk => Some("\\Junk"),
        SpecialUse::Trash => Some("\\Trash"),
        SpecialUse::All => Some("\\All"),
        SpecialUse::Flagged => Some("\\Flagged"),
    }
}

/// Whether a name fits a pattern with `*` and `%` (RFC 9051 section 6.3.9).
///
/// The places in the pattern that are reached after each character are kept as a set, so that no
/// pattern can take more than linear time and memory in pattern times name.
fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let mut reached = vec![false; pattern.len() + 1];
    let skip_wild = |reached: &mut Vec<bool>| {
        for (place, c) in pattern.iter().enumerate() {
            let wild = matches!(c, '*' | '%') && reached.get(place) == Some(&true);
            if let (true, Some(next)) = (wild, reached.get_mut(place + 1)) {
                *next = true;
            }
        }
    };
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    skip_wild(&mut reached);
    for c in name.chars() {
        let mut next = vec![false; reached.len()];
        for (place, wanted) in pattern.iter().enumerate() {
            if reached.get(place) != Some(&true) {
                continue;
            }
            let stays = *wanted == '*' || (*wanted == '%' && c != DELIMITER);
            let goal = if stays { Some(place) } else { (*wanted == c).then_some(place + 1) };
            if let Some(slot) = goal.and_then(|goal| next.get_mut(goal)) {
                *slot = true;
            }
        }
        skip_wild(&mut next);
        reached = next;
    }
    reached.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_levels() {
        for (pattern, name, expected) in [
            ("*", "a/b", true),
            ("%", "a/b", false),
            ("%", "a", true),
            ("a/%", "a/b", true),
            ("a/%", "a", false),
            ("a*c", "abbc", true),
            ("", "a", false),
            ("INBOX", "INBOX", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
        assert!(!matches(&"*a".repeat(200), &"a".repeat(199)));
    }
}
