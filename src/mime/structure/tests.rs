//! Structures of real senders, written as an outline.

use super::*;
use crate::model::{MediaType, TransferEncoding};
use proptest::prelude::*;

/// Reads `path type/subtype [attachment|inline] [cid[=x]] [name=x] [start=x]`, one part a line.
fn structure(outline: &str) -> BodyStructure {
    let parts = outline.lines().map(str::trim).filter(|l| !l.is_empty()).map(|line| {
        let mut words = line.split_whitespace();
        let path = words.next().unwrap();
        let (kind, subtype) = words.next().unwrap().split_once('/').unwrap();
        let rest: Vec<&str> = words.collect();
        Part {
            path: if path == "-" { PartPath::root() } else { path.parse().unwrap() },
            media_type: MediaType::new(kind, subtype),
            charset: None,
            flowed: false,
            del_sp: false,
            encoding: TransferEncoding::Identity,
            size: 1,
            content_id: rest
                .iter()
                .find_map(|w| w.strip_prefix("cid="))
                .or(rest.contains(&"cid").then_some("c@x"))
                .map(str::to_owned),
            disposition: match (rest.contains(&"attachment"), rest.contains(&"inline")) {
                (true, _) => Some(Disposition::Attachment),
                (_, true) => Some(Disposition::Inline),
                _ => None,
            },
            filename: rest.iter().find_map(|w| w.strip_prefix("name=")).map(str::to_owned),
            start: rest.iter().find_map(|w| w.strip_prefix("start=")).map(str::to_owned),
        }
    });
    BodyStructure { parts: parts.collect() }
}

/// `plain html more | attachments`, `-` for none.
fn decide(outline: &str) -> String {
    let structure = structure(outline);
    let choice = choose_text(&structure);
    let show = |p: Option<PartPath>| p.map_or("-".to_owned(), |p| p.to_string());
    let more: String = choice.more.iter().map(|p| format!(" +{p}")).collect();
    let files: String = attachments(&structure).iter().map(|p| format!(" {}", p.path)).collect();
    assert_eq!(has_attachment(&structure), attachment_count(&structure) > 0);
    format!("{} {}{more} |{files}", show(choice.plain), show(choice.html))
}

#[test]
fn mails_of_real_senders() {
    let cases = [
        ("1 text/plain", "1 - |"),
        ("1 text/html", "- 1 |"),
        ("1 application/pdf name=a.pdf", "- - | 1"),
        ("1 text/plain attachment", "1 - |"),
        ("1 text/plain attachment name=a.txt", "- - | 1"),
        ("- multipart/alternative\n1 text/plain\n2 text/html", "1 2 |"),
        ("- multipart/alternative\n1 text/plain\n2 text/x-amp-html\n3 text/html", "1 3 |"),
        ("- multipart/alternative\n1 text/plain\n2 text/html\n3 text/calendar name=i.ics", "1 2 | 3"),
        (
            "- multipart/alternative\n1 text/plain\n2 multipart/related\n2.1 text/html\n2.2 image/png inline cid",
            "1 2.1 |",
        ),
        (
            "- multipart/related\n1 multipart/alternative\n1.1 text/plain\n1.2 text/html\n2 image/png cid\n3 image/gif name=a.gif",
            "1.1 1.2 | 3",
        ),
        (
            "- multipart/mixed\n1 multipart/alternative\n1.1 text/plain\n1.2 text/html\n2 application/pdf attachment name=a.pdf",
            "1.1 1.2 | 2",
        ),
        ("- multipart/mixed\n1 text/plain\n2 image/jpeg inline name=a.jpg\n3 text/plain", "1 - +3 | 2"),
        ("- multipart/mixed\n1 text/plain\n2 text/plain attachment name=a.txt", "1 - | 2"),
        ("- multipart/mixed\n1 text/plain\n2 text/plain name=patch.diff inline", "1 - | 2"),
        (
            "- multipart/mixed\n1 multipart/alternative\n1.1 text/plain\n1.2 text/html\n2 text/html",
            "1.1 1.2 +2 |",
        ),
        ("- multipart/signed\n1 text/plain\n2 application/pgp-signature name=signature.asc", "1 - |"),
        (
            "- multipart/signed\n1 multipart/mixed\n1.1 text/plain\n1.2 image/png name=a.png\n2 application/pkcs7-signature attachment",
            "1.1 - | 1.2",
        ),
        (
            "- multipart/encrypted\n1 application/pgp-encrypted\n2 application/octet-stream name=encrypted.asc",
            "- - | 2",
        ),
        (
            "- multipart/report\n1 text/plain\n2 message/delivery-status\n3 message/rfc822\n3.1 text/plain",
            "1 - | 2 3",
        ),
        (
            "- multipart/mixed\n1 text/plain\n2 message/rfc822\n2 multipart/mixed\n2.1 text/html\n2.2 image/png\n3 application/zip",
            "1 - | 2 3",
        ),
        (
            "- multipart/digest\n1 message/rfc822\n1.1 text/plain\n2 message/rfc822\n2.1 text/plain",
            "- - | 1 2",
        ),
        ("1 message/rfc822\n1.1 text/plain", "- - | 1"),
        ("- multipart/related\n1 image/png cid\n2 text/html", "- 2 |"),
        ("- multipart/related\n1 text/plain\n2 image/png cid", "1 - | 2"),
        ("- multipart/related start=b\n1 text/html cid=a\n2 text/html cid=b", "- 2 | 1"),
        ("- multipart/related start=gone\n1 text/html cid=a\n2 text/html cid=b", "- 1 | 2"),
        ("1 text/calendar name=i.ics", "1 - | 1"),
        ("1 application/xhtml+xml", "- 1 |"),
        ("- multipart/report\n1 message/delivery-status\n2 text/rfc822-headers", "1 - +2 | 1 2"),
        ("- multipart/mixed", "- - |"),
        ("- multipart/mixed\n1 text/plain attachment\n2 application/zip", "1 - | 2"),
        ("", "- - |"),
    ];
    for (outline, expected) in cases {
        assert_eq!(decide(outline), expected, "{outline}");
    }
}

#[test]
fn pictures_of_the_text_are_listed_apart() {
    let all =
        structure("- multipart/related\n1 text/html\n2 image/png cid\n3 image/png cid attachment name=a.png");
    assert_eq!(inline_images(&all).iter().map(|p| p.path.to_string()).collect::<Vec<_>>(), ["2"]);
    assert_eq!(attachments(&all).iter().map(|p| p.path.to_string()).collect::<Vec<_>>(), ["3"]);
}

#[test]
fn the_mark_is_about_what_people_attach() {
    let marked = |outline: &str| attachment_count(&structure(outline));
    assert_eq!(marked("- multipart/report\n1 text/plain\n2 message/delivery-status\n3 message/rfc822"), 0);
    assert_eq!(marked("- multipart/mixed\n1 text/plain\n2 message/rfc822"), 1);
    assert_eq!(marked("- multipart/related\n1 text/html\n2 image/png cid attachment name=a.png"), 0);
    assert_eq!(marked("- multipart/mixed\n1 text/html\n2 image/png cid attachment name=a.png\n3 a/b"), 2);
    assert_eq!(marked("1 text/plain"), 0);
}

proptest! {
    #[test]
    fn any_list_of_parts_is_decided(parts in proptest::collection::vec((proptest::collection::vec(1u32..3, 0..5), 0usize..6), 0..20)) {
        let types = ["text/plain", "text/html", "multipart/mixed", "multipart/alternative", "message/rfc822", "image/png"];
        let outline: Vec<String> = parts.iter().map(|(path, kind)| {
            let path = path.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
            format!("{} {}", if path.is_empty() { "-" } else { &path }, types[*kind])
        }).collect();
        decide(&outline.join("\n"));
    }
}
