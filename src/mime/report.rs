//! What a machine says about a mail that was sent: delivery reports (RFC 3464) and receipts (RFC 8098), as facts.

use crate::mime::display;
use crate::mime::header::{address, field};

/// Addresses that are kept of one report.
pub const MAX_RECIPIENTS: usize = 50;
/// Bytes of a report that are read.
const MAX_REPORT: usize = 256 * 1024;
/// Bytes kept of what a server said.
const MAX_WORDS: usize = 300;

/// What became of a mail for one address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The address as the sender knows it.
    pub address: String,
    /// What happened.
    pub action: Action,
    /// Why, as far as the code says it.
    pub reason: Reason,
    /// What the server said, in its words.
    pub words: String,
}

/// What happened to a mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    /// It was not delivered, and nobody tries any more.
    #[default]
    Failed,
    /// It was not delivered yet.
    Delayed,
    /// It was delivered.
    Delivered,
    /// It was handed on to something that tells nothing more.
    Relayed,
    /// It was handed on to several addresses.
    Expanded,
    /// It was shown to the recipient.
    Displayed,
    /// It was deleted by the recipient, unread as far as is known.
    Deleted,
}

/// Why a mail was not delivered, by its status code (RFC 3463).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reason {
    /// Not known, or nothing is wrong.
    #[default]
    Unknown,
    /// There is no such address.
    NoSuchAddress,
    /// The mailbox takes nothing more.
    MailboxFull,
    /// The mail is too large.
    TooLarge,
    /// The server of the address cannot be reached.
    Unreachable,
    /// The server does not want it.
    Refused,
}

/// Reads the part of a report that is for machines: `message/delivery-status` or
/// `message/disposition-notification`, its transfer encoding undone.
#[must_use]
pub fn outcomes(part: &[u8]) -> Vec<Outcome> {
    let mut rest = part.get(..MAX_REPORT).unwrap_or(part);
    let mut found = Vec::new();
    // Groups of fields with an empty line between: one about the mail, then one for each address.
    while !rest.is_empty() && found.len() < MAX_RECIPIENTS {
        let start = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        rest = rest.get(start..).unwrap_or_default();
        let length = end_of_group(rest);
        let group = rest.get(..length).unwrap_or(rest);
        rest = rest.get(length..).unwrap_or_default();
        found.extend(outcome(group));
    }
    found
}

/// Bytes up to the next empty line.
fn end_of_group(text: &[u8]) -> usize {
    let mut at = 0;
    while at < text.len() {
        let (line, after) = field::split_line(text.get(at..).unwrap_or_default());
        if line.trim_ascii().is_empty() {
            return at;
        }
        at = text.len() - after.len();
    }
    text.len()
}

fn outcome(group: &[u8]) -> Option<Outcome> {
    let value = |wanted: &str| {
        let found = field::fields(group).find(|field| field.is(wanted))?;
        let text = String::from_utf8_lossy(&field::unfold(found.value)).trim().to_owned();
        Some(display::display_safe(display::cut(&text, MAX_WORDS)).into_owned())
    };
    // "rfc822; ada@example.org", "smtp; 550 no".
    let after_type = |text: String| match text.split_once(';') {
        Some((kind, rest)) if kind.trim().chars().all(|c| c.is_ascii_alphanumeric() || c == '-') => {
            rest.trim().to_owned()
        }
        _ => text,
    };
    let recipient = value("Original-Recipient").or_else(|| value("Final-Recipient")).map(after_type)?;
    let listed = address::parse_list(recipient.as_bytes()).addresses.into_iter().next();
    let address = listed.map(|listed| listed.email).filter(|email| email.contains('@')).unwrap_or(recipient);
    if let Some(disposition) = value("Disposition") {
        // "manual-action/MDN-sent-manually; displayed".
        let kind = disposition.rsplit(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let action = if kind.starts_with("displayed") {
            Action::Displayed
        } else if kind.starts_with("deleted") {
            Action::Deleted
        } else {
            return None;
        };
        return Some(Outcome { address, action, ..Outcome::default() });
    }
    let action = match value("Action")?.to_ascii_lowercase().as_str() {
        "delayed" => Action::Delayed,
        "delivered" => Action::Delivered,
        "relayed" => Action::Relayed,
        "expanded" => Action::Expanded,
        _ => Action::Failed,
    };
    let words = value("Diagnostic-Code").map(after_type).unwrap_or_default();
    let status = value("Status").unwrap_or_default();
    let reason = match action {
        Action::Failed | Action::Delayed => reason(&status, &words),
        Action::Delivered | Action::Relayed | Action::Expanded | Action::Displayed | Action::Deleted => {
            Reason::Unknown
        }
    };
    Some(Outcome { address, action, reason, words })
}

/// What a status code means; many servers put the true one into their words only ("550 5.1.1 no such user").
fn reason(status: &str, words: &str) -> Reason {
    let inside = words.split(|c: char| c.is_whitespace() || c == '-' || c == '#').find(|word| {
        let mut numbers = word.split('.');
        matches!(numbers.next(), Some("4" | "5"))
            && numbers.clone().count() == 2
            && numbers.all(|n| !n.is_empty() && n.len() <= 3 && n.bytes().all(|b| b.is_ascii_digit()))
    });
    let code = inside.unwrap_or_else(|| status.split_whitespace().next().unwrap_or_default());
    let mut numbers = code.split('.').skip(1);
    match (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default()) {
        ("1", "1" | "2" | "3" | "6" | "10") | ("2", "1") => Reason::NoSuchAddress,
        ("2", "2") => Reason::MailboxFull,
        ("2" | "3", "3" | "4") => Reason::TooLarge,
        ("4", _) => Reason::Unreachable,
        ("7", _) => Reason::Refused,
        _ => Reason::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_which_address_failed_and_why() {
        let report = b"Reporting-MTA: dns; mx.example.net\r\nArrival-Date: Mon, 1 Jan 2024 10:00:00 +0000\r\n\r\n\
            Original-Recipient: rfc822;bob@example.org\r\nFinal-Recipient: rfc822; bob+x@example.org\r\nAction: failed\r\n\
            Status: 5.0.0\r\nRemote-MTA: dns; mx.example.org\r\nDiagnostic-Code: smtp; 550-5.1.1 The account\r\n does not \
            exist\r\n\r\nFinal-Recipient: RFC822; <eve@example.org>\r\nAction: delayed\r\nStatus: 4.4.1 (no answer)\r\n\r\n\
            Final-Recipient: rfc822; ann@example.org\nAction: delivered\nStatus: 2.0.0\n";
        let [first, second, third] = outcomes(report).try_into().unwrap();
        assert_eq!((first.address.as_str(), first.action), ("bob@example.org", Action::Failed));
        assert_eq!(first.reason, Reason::NoSuchAddress);
        assert_eq!(first.words, "550-5.1.1 The account does not exist");
        assert_eq!(
            (second.address.as_str(), second.action, second.reason),
            ("eve@example.org", Action::Delayed, Reason::Unreachable)
        );
        assert_eq!((third.action, third.reason), (Action::Delivered, Reason::Unknown));
    }

    #[test]
    fn a_receipt_says_who_saw_it() {
        let receipt = b"Reporting-UA: x\r\nFinal-Recipient: rfc822;bob@example.org\r\n\
            Disposition: manual-action/MDN-sent-manually; displayed\r\n";
        let [seen] = outcomes(receipt).try_into().unwrap();
        assert_eq!((seen.address.as_str(), seen.action), ("bob@example.org", Action::Displayed));
    }

    #[test]
    fn junk_is_no_report() {
        for junk in [
            &b""[..],
            b"\r\n\r\n",
            b"Action: failed",
            b"\xff\xfe: \0",
            b"Final-Recipient:\r\n",
            b"a\r\n\r\nb",
        ] {
            assert!(outcomes(junk).iter().all(|outcome| outcome.address.is_empty()), "{junk:?}");
        }
        let many = "Final-Recipient: rfc822; a@example.org\r\nAction: failed\r\n\r\n".repeat(1000);
        assert_eq!(outcomes(many.as_bytes()).len(), MAX_RECIPIENTS);
    }
}
