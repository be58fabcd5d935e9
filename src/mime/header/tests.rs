//! Whole headers.

use super::*;
use proptest::prelude::*;

fn emails(list: &[Address]) -> Vec<&str> {
    list.iter().map(|a| a.email.as_str()).collect()
}

#[test]
fn a_header_by_the_book() {
    let raw = b"Received: from x\r\nDate: Sun, 22 Nov 2026 21:05:11 +0100\r\n\
        From: =?utf-8?q?J=C3=B6rg?= <joerg@example.com>\r\nSender: bot@example.com\r\nReply-To: r@example.com\r\n\
        To: Ann <ann@example.com>,\r\n\tbob@example.com\r\nCc: c@example.com\r\nBcc: d@example.com\r\n\
        Subject: =?utf-8?B?5pel5pys6A==?=\r\n =?utf-8?B?qp4=?= news\r\nMessage-ID: <1@x>\r\n\
        In-Reply-To: <0@x>\r\nReferences: <a@x>\r\n <0@x>\r\nList-Unsubscribe: <https://x.de>\r\n\r\nTo: body\r\n";
    let (envelope, defects) = read(raw);
    assert_eq!(envelope.date.map(|d| d.0), Some(1_795_377_911));
    assert_eq!(envelope.subject, "日本語 news");
    assert_eq!(envelope.from, [Address { name: "Jörg".into(), email: "joerg@example.com".into() }]);
    assert_eq!(emails(&envelope.sender), ["bot@example.com"]);
    assert_eq!(emails(&envelope.reply_to), ["r@example.com"]);
    assert_eq!(emails(&envelope.to), ["ann@example.com", "bob@example.com"]);
    assert_eq!(emails(&envelope.cc), ["c@example.com"]);
    assert_eq!(emails(&envelope.bcc), ["d@example.com"]);
    assert_eq!(envelope.message_id.unwrap().0, "1@x");
    assert_eq!(envelope.in_reply_to.into_iter().map(|i| i.0).collect::<Vec<_>>(), ["0@x"]);
    assert_eq!(envelope.references.into_iter().map(|i| i.0).collect::<Vec<_>>(), ["a@x", "0@x"]);
    assert!(envelope.list_unsubscribe);
    assert!(defects.is_empty());
}

#[test]
fn of_two_fields_the_first_with_content_counts() {
    let (envelope, defects) =
        read(b"From:\r\nFrom: a@x\r\nfrom: b@x\r\nSubject: 1\r\nSUBJECT: 1\r\nSubject: 2\r\n");
    assert_eq!(emails(&envelope.from), ["a@x"]);
    assert_eq!(envelope.subject, "1");
    assert_eq!(defects, [Defect::DuplicateField("FROM"), Defect::DuplicateField("SUBJECT")]);
}

#[test]
fn what_is_wrong_is_noted_and_the_rest_is_read() {
    let (envelope, defects) =
        read(b"Date: yesterday\r\nno field\r\nFrom: somebody\r\nSubject: =?utf-8?q?a=0D=0AX:_b?=\r\n");
    assert_eq!(envelope.date, None);
    assert_eq!(envelope.subject, "a X: b");
    assert_eq!(defects, [Defect::JunkInHeader, Defect::BadDate, Defect::BadFrom]);
    assert_eq!(read(b"").0, Envelope::default());
    let (_, defects) = read(&b"X: y\r\n".repeat(MAX_HEADER / 6 + 10));
    assert_eq!(defects, [Defect::HeaderCut]);
}

#[test]
fn a_subject_is_cut_between_characters() {
    let raw = format!("Subject: {}\r\n", "日".repeat(5000));
    let subject = parse_envelope(raw.as_bytes()).subject;
    assert!(subject.len() <= MAX_SUBJECT && subject.ends_with('日'));
}

proptest! {
    #[test]
    fn any_bytes_are_a_header(raw in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&raw);
    }

    #[test]
    fn any_fields_give_display_text(values in proptest::collection::vec("[ -~\\x00-\\x1fäé\u{202e}]{0,40}", LIST_FIELDS.len())) {
        let raw: String = LIST_FIELDS.iter().zip(&values).map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let envelope = parse_envelope(raw.as_bytes());
        prop_assert!(!envelope.subject.chars().any(display::is_unsafe));
    }
}
