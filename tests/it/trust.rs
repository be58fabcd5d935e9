//! What a mail tried to do, told by the real program about a mail at a real server.

use crate::cli_live::Desk;
use crate::corpora;
use crate::dovecot::Dovecot;
use postrider::mime::{message, structure};
use postrider::{html, trust};
use serde_json::Value;

const FRAUD: &str = "Authentication-Results: mx.google.com; dmarc=pass header.from=paypal.com\r\n\
    From: \"service@paypal.com\" <x@evil.example>\r\nTo: alice@example.org\r\nReply-To: y@other.example\r\n\
    Subject: Your account\r\nMessage-ID: <fraud@evil.example>\r\nDate: Tue, 14 Nov 2023 22:09:00 +0000\r\n\
    MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
    <p onclick=x()><a href=\"https://evil.example/login?utm_source=m\">www.paypal.com</a>\
    <a href=\"javascript:alert(1)\">no</a><script>x</script><form action=\"http://evil.example/\"><input></form>\
    <img src=\"https://evil.example/big.png\"><img src=\"https://a.list-manage.com/track/open.php?u=1\" width=1 height=1>\r\n\
    --x\r\nContent-Type: application/octet-stream; name=\"invoice.pdf.exe\"\r\nContent-Disposition: attachment\r\n\r\nMZ\r\n--x--\r\n";

#[test]
fn a_fraud_is_told() {
    let Some(server) = Dovecot::start() else { return };
    server.append("alice", "INBOX", "", [FRAUD.as_bytes().to_vec()]);
    let desk = Desk::new();
    desk.add_alice(&server, &[]);
    desk.ok(&["sync", "--headers"]);
    let id = desk.rows(&["list", "INBOX", "--json"])[0]["id"].to_string();
    let facts: Value = serde_json::from_str(&desk.ok(&["show", &id, "--trust", "--json"])).unwrap();
    assert_eq!(facts["from"][0]["email"], "x@evil.example");
    assert_eq!(facts["sender"][0]["trick"], "name-is-address");
    assert_eq!(facts["sender"][0]["claimed"], "service@paypal.com");
    assert_eq!(facts["sender"][1]["trick"], "reply-elsewhere");
    assert_eq!(facts["authentication"]["verdict"], "unknown", "{facts}");
    assert_eq!(facts["links"][0]["trick"], "mismatch");
    assert_eq!(
        (&facts["links"][0]["shown"], &facts["links"][0]["host"]),
        (&"www.paypal.com".into(), &"evil.example".into())
    );
    assert_eq!(
        (facts["remote"].as_u64(), facts["trackers"][0]["name"].as_str()),
        (Some(1), Some("Mailchimp"))
    );
    assert_eq!((facts["scripts"].as_u64(), facts["forms"].as_u64()), (Some(2), Some(1)));
    assert_eq!((facts["dead_links"].as_u64(), facts["tracked_links"].as_u64()), (Some(1), Some(1)));
    assert_eq!(facts["programs"][0], "invoice.pdf.exe");
    let text = desk.ok(&["show", &id, "--trust"]);
    for line in [
        "the text says www.paypal.com, it leads to evil.example",
        "Tracker: Mailchimp",
        "Removed: 2 scripts, 1 forms",
    ] {
        assert!(text.contains(line), "{text}");
    }
    assert_eq!(desk.run(&["show", &id, "--json"]).status.code(), Some(2));
    assert_eq!(desk.run(&["show", &id, "--trust", "--raw"]).status.code(), Some(2));
}

/// All mails of the test data: the facts are found without a panic and nothing of them is unsafe to show.
#[test]
fn facts_about_every_mail_of_the_test_data() {
    let Some(root) = corpora::folder("") else {
        println!("skipped: the public test data is not here (POSTRIDER_CORPORA)");
        return;
    };
    let (mut mails, mut warned, mut trackers) = (0, 0, 0);
    for path in corpora::files(&root) {
        let small = path.metadata().is_ok_and(|m| m.len() <= 2 * 1024 * 1024);
        if !small || !path.extension().is_some_and(|e| e == "eml" || e == "msg" || e == "txt") {
            continue;
        }
        let raw = std::fs::read(&path).unwrap();
        let parsed = message::parse(&raw);
        let text = structure::choose_text(&parsed.structure).html.and_then(|p| parsed.text(&raw, &p));
        let clean = text.map(|text| html::sanitize(&text));
        let links = clean.as_ref().map(html::Sanitized::links).unwrap_or_default();
        let header = parsed.places.first().map(|place| &raw[place.header.clone()]).unwrap_or_default();
        let facts = trust::examine(
            trust::Mail {
                header,
                envelope: Some(&parsed.envelope),
                structure: Some(&parsed.structure),
                report: clean.as_ref().map(|clean| &clean.report),
                links: &links,
            },
            trust::Around::default(),
        );
        mails += 1;
        trackers += facts.trackers.len();
        warned += usize::from(facts.weight() == Some(trust::Weight::Warning));
        let json = serde_json::to_string(&facts).unwrap();
        assert!(
            !json.chars().any(|c| c.is_control() || postrider::mime::display::is_bidi_control(c)),
            "{}",
            path.display()
        );
    }
    println!("{mails} mails, {warned} with warnings, {trackers} trackers");
    assert!(mails > 300);
}
