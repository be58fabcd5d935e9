//! Whole mails: the five inputs that mail-parser 0.11.9 gets wrong, its structural faults, and hostile ones.

use super::*;
use proptest::prelude::*;

/// One line a part: path, type, size, then encoding, charset, name where there are any.
fn outline(raw: &[u8]) -> Vec<String> {
    let parsed = parse(raw);
    check_places(raw, &parsed);
    let line = |part: &Part| {
        let name = part.filename.as_ref().map(|n| format!(" {n}")).unwrap_or_default();
        format!("{} {} {}{name}", part.path, part.media_type, part.size)
    };
    parsed.structure.parts.iter().map(line).collect()
}

fn body_of(raw: &[u8], path: &str) -> String {
    String::from_utf8(parse(raw).content(raw, &path.parse().unwrap()).unwrap().into_owned()).unwrap()
}

fn check_places(raw: &[u8], parsed: &ParsedMessage) {
    assert_eq!(parsed.places.len(), parsed.structure.parts.len());
    for (place, part) in parsed.places.iter().zip(&parsed.structure.parts) {
        assert!(place.header.start <= place.header.end && place.header.end <= place.body.start);
        assert!(place.body.start <= place.body.end && place.body.end <= raw.len());
        assert_eq!(part.size, place.body.len() as u64);
    }
}

#[test]
fn a_plain_mail() {
    let raw = b"From: a@x\r\nSubject: s\r\n\r\nHello\r\n";
    assert_eq!(outline(raw), ["1 text/plain 7"]);
    assert_eq!(body_of(raw, "1"), "Hello\r\n");
    assert_eq!(parse(raw).envelope.subject, "s");
    assert_eq!(outline(b""), ["1 text/plain 0"]);
    assert_eq!(outline(b"just words"), ["1 text/plain 10"]);
    assert_eq!(parse(b"\r\n\r\nSubject: s\r\n\r\nx").envelope.subject, "s");
}

#[test]
fn the_five_inputs() {
    let name = |header: &str| {
        let raw =
            format!("Content-Type: application/pdf\r\nContent-Disposition: attachment; {header}\r\n\r\nx");
        parse(raw.as_bytes()).structure.parts.remove(0).filename
    };
    assert_eq!(name("filename=\r\n \"a b.pdf\"").as_deref(), Some("a b.pdf"));
    assert_eq!(name("filename*0*=utf-8''%E6%97;\r\n filename*1*=%A5.txt").as_deref(), Some("日.txt"));
    let subject = b"Subject: =?utf-8?B?5pel5pys6A==?= =?utf-8?B?qp4=?=\r\n\r\n";
    assert_eq!(parse(subject).envelope.subject, "日本語");
    let quoted = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na == b =C3=A9";
    assert_eq!(parse(quoted).readable(quoted).to_plain(), "a == b é");
    let base64 = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8gd29ybGQ\r\n";
    assert_eq!(parse(base64).readable(base64).to_plain(), "hello world");
}

#[test]
fn multiparts_by_the_book() {
    let raw = b"Content-Type: multipart/mixed; boundary=o\r\n\r\npreamble\r\n--o\r\n\
        Content-Type: multipart/alternative; boundary=\"i i\"\r\n\r\n--i i\r\n\r\nplain\r\n--i i\r\n\
        Content-Type: text/html\r\n\r\n<p>html\r\n--i i--\r\nepilogue\r\n--o\r\n\
        Content-Type: application/pdf; name=a.pdf\r\n\r\n%PDF\r\n\r\n--o--\r\nepilogue\r\n";
    assert_eq!(
        outline(raw),
        [
            " multipart/mixed 223",
            "1 multipart/alternative 76",
            "1.1 text/plain 5",
            "1.2 text/html 7",
            "2 application/pdf 6 a.pdf"
        ]
    );
    assert_eq!(body_of(raw, "1.1"), "plain");
    assert_eq!(body_of(raw, "2"), "%PDF\r\n");
    assert!(parse(raw).defects.is_empty());
    // The same with bare line feeds.
    let bare: Vec<u8> = raw.iter().copied().filter(|b| *b != b'\r').collect();
    assert_eq!(body_of(&bare, "1.2"), "<p>html");
}

#[test]
fn messages_inside() {
    let raw = b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n\
        Subject: inner\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\na\r\n--i--\r\n--o\r\n\
        Content-Type: message/rfc822\r\n\r\nSubject: second\r\n\r\nb\r\n--o\r\n\
        Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeAoKYw==\r\n--o--\r\n";
    let lines = outline(raw);
    let types: Vec<_> = lines.iter().map(|l| l.rsplit_once(' ').unwrap().0).collect();
    assert_eq!(
        types,
        [
            " multipart/mixed",
            "1 message/rfc822",
            "1 multipart/mixed",
            "1.1 text/plain",
            "2 message/rfc822",
            "2.1 text/plain",
            "3 message/rfc822"
        ]
    );
    assert_eq!(body_of(raw, "1.1"), "a");
    assert_eq!(body_of(raw, "2"), "Subject: second\r\n\r\nb");
    assert_eq!(body_of(raw, "3"), "Subject: x\n\nc");
    let whole = b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nc";
    assert_eq!(outline(whole), ["1 message/rfc822 15", "1.1 text/plain 1"]);
    let digest = b"Content-Type: multipart/digest; boundary=o\r\n\r\n--o\r\n\r\nSubject: x\r\n\r\nc\r\n--o--";
    assert_eq!(outline(digest), [" multipart/digest 29", "1 message/rfc822 15", "1.1 text/plain 1"]);
}

#[test]
fn boundaries_of_bad_senders() {
    let check = |raw: &[u8], expected: &[&str], defects: &[Defect]| {
        let lines = outline(raw);
        let types: Vec<_> = lines.iter().map(|l| l.rsplit_once(' ').unwrap().0.to_owned()).collect();
        assert_eq!(types, expected, "{}", String::from_utf8_lossy(raw));
        assert_eq!(parse(raw).defects, defects, "{}", String::from_utf8_lossy(raw));
    };
    // On a folded line.
    check(
        b"Content-Type: multipart/mixed; boundary=\r\n \"a b\"\r\n\r\n--a b\r\n\r\nx\r\n--a b--\r\n",
        &[" multipart/mixed", "1 text/plain"],
        &[],
    );
    // A line that only contains the boundary, or one that goes on.
    let raw = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nthe option --all\r\n--ab\r\nx\r\n--a--\r\n";
    check(raw, &[" multipart/mixed", "1 text/plain"], &[]);
    assert_eq!(body_of(raw, "1"), "the option --all\r\n--ab\r\nx");
    // The inner one is never closed.
    check(
        b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\n\r\nplain\r\n--o\r\n\r\nsecond\r\n--o--\r\n",
        &[" multipart/mixed", "1 multipart/alternative", "1.1 text/plain", "2 text/plain"],
        &[Defect::Unclosed],
    );
    // Truncated.
    check(
        b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\npla",
        &[" multipart/mixed", "1 text/plain"],
        &[Defect::Unclosed],
    );
    // Missing, or never used.
    check(b"Content-Type: multipart/mixed\r\n\r\n--o\r\n\r\nplain", &["1 text/plain"], &[Defect::NoBoundary]);
    check(
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--o\r\n\r\nplain",
        &["1 text/plain"],
        &[Defect::NoBoundary, Defect::Unclosed],
    );
    // No empty line behind the header of a part, or no header and no empty line.
    let raw = b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: text/html\r\n--o\r\nwords\r\n--o--";
    check(raw, &[" multipart/mixed", "1 text/html", "2 text/plain"], &[]);
    assert_eq!(body_of(raw, "2"), "words");
    // Spaces behind the boundary.
    check(
        b"Content-Type: multipart/mixed; boundary=\"o \"\r\n\r\n--o \t\r\n\r\nx\r\n--o-- \r\n",
        &[" multipart/mixed", "1 text/plain"],
        &[],
    );
}

#[test]
fn odd_types_are_text() {
    let kind = |field: &str| {
        let raw = format!("Content-Type: {field}\r\n\r\nx");
        parse(raw.as_bytes()).structure.parts.remove(0).media_type.to_string()
    };
    assert_eq!(kind("text"), "text/plain");
    assert_eq!(kind("html"), "text/html");
    assert_eq!(kind("TEXT / HTML (x); charset=x"), "text/html");
    assert_eq!(kind("a/b/c"), "text/plain");
    assert_eq!(kind(""), "text/plain");
    assert_eq!(kind("\u{fc}/x"), "text/plain");
}

#[test]
fn parameters_reach_the_part() {
    let raw = b"Content-Type: text/plain; charset=\"ISO-8859-1\"; format=Flowed; DelSp=yes; name=b.txt\r\n\
        Content-Disposition: INLINE; filename=a.txt\r\nContent-ID: <1@x>\r\nContent-Transfer-Encoding: \"Base64\"\r\n\r\n";
    let part = parse(raw).structure.parts.remove(0);
    assert_eq!(part.charset.as_deref(), Some("iso-8859-1"));
    assert!(part.flowed && part.del_sp);
    assert_eq!(part.filename.as_deref(), Some("a.txt"));
    assert_eq!(part.content_id.as_deref(), Some("1@x"));
    assert_eq!(part.disposition, Some(crate::model::Disposition::Inline));
    assert_eq!(part.encoding, crate::model::TransferEncoding::Base64);
}

#[test]
fn bombs_are_cut() {
    let mut nested = String::new();
    for n in 0..20_000 {
        nested.push_str(&format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"));
    }
    let parsed = parse(nested.as_bytes());
    check_places(nested.as_bytes(), &parsed);
    assert!(parsed.structure.parts.len() <= BodyStructure::MAX_PARTS);
    assert!(parsed.structure.parts.iter().all(|p| p.path.depth() <= PartPath::MAX_DEPTH));
    assert!(parsed.defects.contains(&Defect::PartsCut));
    let messages = "Content-Type: message/rfc822\n\n".repeat(20_000);
    let parsed = parse(messages.as_bytes());
    assert!(parsed.defects.contains(&Defect::PartsCut));
    let _ = structure::choose_text(&parsed.structure);
    for piece in
        ["--o\nA: b\n", "--o\n", "--o\n\n", "--o\nContent-Type: multipart/mixed; boundary=o\n\n", "-- \n"]
    {
        let raw =
            format!("Content-Type: multipart/mixed; boundary=o\n\n{}", piece.repeat(500_000 / piece.len()));
        let parsed = parse(raw.as_bytes());
        check_places(raw.as_bytes(), &parsed);
        assert!(parsed.structure.parts.len() <= BodyStructure::MAX_PARTS);
        let _ = structure::attachments(&parsed.structure);
    }
}

#[test]
fn the_readable_text_has_all_texts() {
    let raw = b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: text/html\r\n\r\n<p>Hi\r\n--o\r\n\r\nfooter\r\n--o--";
    assert_eq!(parse(raw).readable(raw).to_plain(), "Hi\n----\nfooter");
}

/// Mails that showed nothing, or the wrong thing.
#[test]
fn odd_mails_show_their_text() {
    let multi = |kind: &str, parts: &[&str]| {
        let parts: String = parts.iter().map(|part| format!("--b\r\n{part}\r\n")).collect();
        format!("Content-Type: multipart/{kind}; boundary=b\r\n\r\n{parts}--b--\r\n")
    };
    let html = "Content-Type: text/html\r\n\r\n<p>rich";
    let cases: Vec<(String, &str)> = vec![
        // Nothing but spaces in the plain text.
        (multi("alternative", &["\r\n \r\n\t", html]), "rich"),
        (multi("alternative", &["\r\nplain", "Content-Type: text/html\r\n\r\n"]), "plain"),
        // Further texts, but none that are blank.
        (multi("mixed", &["\r\none", "\r\n", "\r\ntwo", html]), "one\n----\ntwo\n----\nrich"),
        (multi("mixed", &["", "\r\n", "\r\nlate"]), "late"),
        // What follows the HTML of an alternative belongs to it alone.
        (
            format!(
                "Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\n\r\nplain\r\n--a\r\n{}--a--\r\n",
                multi("mixed", &[html, "Content-Type: text/html\r\n\r\nmore"])
            ),
            "plain",
        ),
        // The root of a related mail need not come first.
        (
            multi(
                "related; start=\"<root@x>\"",
                &[
                    "Content-Type: text/html\r\nContent-ID: <other@x>\r\n\r\nwrong",
                    "Content-Type: text/html\r\nContent-ID: <root@x>\r\n\r\nroot",
                ],
            ),
            "root",
        ),
        // No text, but something readable.
        ("Content-Type: text/x-odd\r\n\r\nodd".to_owned(), "odd"),
        ("Content-Type: application/xhtml+xml\r\n\r\n<p>xhtml</p>".to_owned(), "xhtml"),
        (multi("report", &["Content-Type: message/delivery-status\r\n\r\nAction: failed"]), "Action: failed"),
        ("Content-Type: text/calendar; name=i.ics\r\n\r\nSUMMARY:Lunch".to_owned(), "SUMMARY:Lunch"),
        // Says that it is encoded, and is not.
        (
            "Content-Transfer-Encoding: base64\r\n\r\nThis is plainly no base64, dear reader.".to_owned(),
            "This is plainly no base64, dear reader.",
        ),
        ("Content-Transfer-Encoding: base64\r\n\r\naGVs bG8g d29y bGQ=\r\n".to_owned(), "hello world"),
        ("Content-Transfer-Encoding: base64\r\n\r\na*GVs\r\n!bG8g\r\nd29ybGQ\r\n".to_owned(), "hello world"),
        // Only carriage returns.
        (multi("alternative", &["\r\nplain", html]).replace("\r\n", "\r"), "plain"),
        // The type stands below much else.
        (format!("X: {}\r\nContent-Type: text/html\r\n\r\n<p>rich", "y".repeat(1 << 20)), "rich"),
        // Shifted Japanese without a label.
        ("Content-Type: text/plain\r\n\r\n\x1b$BF|K\\\x1b(B".to_owned(), "日本"),
        ("Content-Type: text/plain; charset=iso-8859-1\r\n\r\nGrüße".to_owned(), "Grüße"),
    ];
    for (raw, expected) in cases {
        let shown = parse(raw.as_bytes()).readable(raw.as_bytes()).to_plain();
        assert_eq!(shown.trim_end(), expected, "{}", raw.get(..300.min(raw.len())).unwrap_or(""));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_mail(raw in proptest::collection::vec(any::<u8>(), 0..300)) {
        check_places(&raw, &parse(&raw));
    }

    #[test]
    fn any_mime_is_a_mail(lines in proptest::collection::vec(0usize..12, 0..60)) {
        const LINES: [&str; 12] = [
            "Content-Type: multipart/mixed; boundary=a", "Content-Type: multipart/alternative; boundary=b", "",
            "--a", "--b", "--a--", "--b--", "Content-Type: message/rfc822", "text", "Content-Type: text/html", "", "--a",
        ];
        let raw = lines.iter().map(|n| LINES[*n]).collect::<Vec<_>>().join("\r\n");
        let parsed = parse(raw.as_bytes());
        check_places(raw.as_bytes(), &parsed);
        let _ = structure::attachments(&parsed.structure);
        let _ = parsed.readable(raw.as_bytes());
    }
}

/// What mail-parser 0.11.9 gets wrong in mails that real senders write (the reason for a walk and decoders of our own).
#[test]
fn five_inputs_that_mail_parser_gets_wrong() {
    let name = |disposition: &str| {
        let raw = format!(
            "Content-Type: application/pdf\r\nContent-Disposition: attachment; {disposition}\r\n\r\nx"
        );
        parse(raw.as_bytes()).structure.parts[0].filename.clone()
    };
    // The value stands on the folded line.
    assert_eq!(name("filename=\r\n \"a b.pdf\"").as_deref(), Some("a b.pdf"));
    // A character is split over two pieces (RFC 2231 section 3).
    assert_eq!(name("filename*0*=utf-8''%E6%97;\r\n filename*1*=%A5.txt").as_deref(), Some("日.txt"));
    // A character is split over two encoded words.
    let split = b"Subject: =?utf-8?B?5pel5pys6A==?=\r\n =?utf-8?B?qp4=?=\r\n\r\n";
    assert_eq!(parse(split).envelope.subject, "日本語");
    // Quoted-printable with signs that mean nothing.
    let odd = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na == b =C3=BC\r\n";
    let text = parse(odd).readable(odd).to_plain();
    assert!(text.contains('ü') && text.contains("=="), "{text:?}");
    // Base64 without padding.
    let bare = b"Content-Transfer-Encoding: base64\r\n\r\naGVsbG8gd29ybGQ\r\n";
    assert_eq!(parse(bare).readable(bare).to_plain(), "hello world");
}
