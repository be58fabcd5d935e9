//! Whole headers and links, good and bad.

mod senders;

use super::*;
use crate::mime::header;

fn facts(text: &str, around: Around<'_>) -> Facts {
    let text = text.replace('\n', "\r\n");
    let envelope = header::parse_envelope(text.as_bytes());
    examine(Mail { header: text.as_bytes(), envelope: Some(&envelope), ..Mail::default() }, around)
}

fn address(name: &str, email: &str) -> Address {
    Address { name: name.into(), email: email.into() }
}

#[test]
fn names_that_claim_to_be_somebody_else_are_told() {
    let known = [address("Ada Lovelace", "ada@engine.example")];
    let own = ["me@home.example".to_owned()];
    let around = Around { own: &own, known: &known, ..Around::default() };
    let first = |from: &str| facts(&format!("From: {from}\n\n"), around).sender.into_iter().next();
    let cases: Vec<(&str, Option<SenderTrick>)> = vec![
        ("Ada Lovelace <ada@engine.example>", None),
        (
            "\"ada@engine.example\" <x@evil.example>",
            Some(SenderTrick::NameIsAddress { claimed: "ada@engine.example".into() }),
        ),
        (
            "=?utf-8?q?ada=40engine.example?= <x@evil.example>",
            Some(SenderTrick::NameIsAddress { claimed: "ada@engine.example".into() }),
        ),
        ("\"me@x.example\" <me@x.example>", None),
        (
            "\"www.paypal.com\" <x@evil.example>",
            Some(SenderTrick::NameIsDomain { claimed: "www.paypal.com".into() }),
        ),
        ("\"Bank.com support\" <x@evil.org>", Some(SenderTrick::NameIsDomain { claimed: "Bank.com".into() })),
        ("\"Dr. A. Smith\" <x@evil.org>", None),
        ("PayPal Service <x@evil.org>", Some(SenderTrick::NameOfBrand { brand: "PayPal".into() })),
        (
            "=?utf-8?q?P=D0=B0yP=D0=B0l?= <x@evil.org>",
            Some(SenderTrick::NameOfBrand { brand: "PayPal".into() }),
        ),
        ("PayPal <service@mail.paypal.com>", None),
        (
            "Ada Lovelace <ada.l@evil.org>",
            Some(SenderTrick::NameOfContact { known: "ada@engine.example".into() }),
        ),
        (
            "x <a@xn--pypal-4ve.com>",
            Some(SenderTrick::Lookalike {
                domain: "xn--pypal-4ve.com".into(),
                unicode: "pаypal.com".into(),
                of: "paypal.com".into(),
            }),
        ),
        ("undisclosed:;", Some(SenderTrick::NoAddress)),
        ("a@x.example, b@y.example", Some(SenderTrick::SeveralAuthors { count: 2 })),
    ];
    for (from, expected) in cases {
        assert_eq!(first(from), expected, "{from}");
    }
}

#[test]
fn answers_to_somebody_else_are_told_but_not_those_of_lists() {
    let to = |text: &str| {
        let found = facts(text, Around::default()).sender;
        found.iter().any(|trick| matches!(trick, SenderTrick::ReplyElsewhere { .. }))
    };
    assert!(to("From: boss@firm.example\nReply-To: boss.firm@gmail.com\n\n"));
    assert!(!to("From: boss@firm.example\nReply-To: office@mail.firm.example\n\n"));
    assert!(!to("From: a@b.example\nReply-To: list@lists.example\nList-Id: <x.lists.example>\n\n"));
}

const GMAIL: &str = "Delivered-To: me@gmail.com
Received: by 2002:a05:6a10 with SMTP id x; Thu, 1 Jan 2026 00:00:00 -0800
Received: from mail.shop.example (mail.shop.example. [1.2.3.4])
        by mx.google.com with ESMTPS id y
Authentication-Results: mx.google.com;
       dkim=pass header.i=@shop.example header.s=s1 header.b=abc;
       spf=pass (google.com: domain of b@shop.example designates 1.2.3.4 as permitted sender) smtp.mailfrom=b@shop.example;
       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=shop.example
Received: from inside by mail.shop.example with SMTP
Authentication-Results: mx.google.com; dmarc=fail header.from=shop.example
From: Shop <news@shop.example>

";

#[test]
fn results_of_the_receiving_server_count_and_forged_ones_do_not() {
    let receivers = trusted_receivers("imap.gmail.com");
    assert_eq!(receivers, ["mx.google.com"]);
    let around = Around { receivers: &receivers, ..Around::default() };
    let found = facts(GMAIL, around).authentication;
    assert_eq!((found.verdict, found.standing), (Verdict::Passed, Standing::Trusted), "{found:?}");
    assert_eq!(found.findings.len(), 3);
    assert_eq!(found.findings[1].properties, [("smtp.mailfrom".to_owned(), "b@shop.example".to_owned())]);

    // Without knowing the server a success proves nothing, a failure does.
    let forged = "Received: from evil by mx.home.example; x\nAuthentication-Results: mx.home.example; dmarc=pass\nFrom: a@bank.example\n\n";
    let found = facts(forged, Around::default()).authentication;
    assert_eq!((found.verdict, found.standing), (Verdict::Unknown, Standing::Plausible));
    let failed = facts(&forged.replace("pass", "fail"), Around::default()).authentication;
    assert_eq!(failed.verdict, Verdict::Failed);

    // Above the line of the server itself nobody else can have written.
    let top = "Authentication-Results: mx.home.example; dmarc=pass\nReceived: from evil by mx.home.example; x\nFrom: a@bank.example\n\n";
    let found = facts(top, Around::default()).authentication;
    assert_eq!((found.verdict, found.standing), (Verdict::Passed, Standing::Trusted));

    // Of another server: not believed at all.
    let other = forged.replace("Results: mx.home.example", "Results: mx.google.com");
    let found = facts(&other, Around::default()).authentication;
    assert_eq!((found.standing, found.ignored, found.verdict), (Standing::None, 1, Verdict::Unknown));
    // Behind the border of the receiving server nobody is believed, not even by the right name.
    let below = "Received: from evil by mx.google.com; x\nReceived: from x by evil.example; x\nAuthentication-Results: mx.google.com; dmarc=pass\nFrom: a@bank.example\n\n";
    let found = facts(below, around).authentication;
    assert_eq!((found.standing, found.ignored), (Standing::None, 1));
}

#[test]
fn odd_results_are_read_and_none_breaks() {
    let one = |value: &str| {
        let text = format!(
            "Authentication-Results: {value}\nReceived: from a by b.example; x\nFrom: a@b.example\n\n"
        );
        facts(&text, Around::default()).authentication.findings
    };
    let found = one("mx.b.example 1; dkim = pass (good; really) header.d= b.example; spf=none");
    assert_eq!((found[0].result.as_str(), found[0].domain(), found.len()), ("pass", Some("b.example"), 2));
    let found = one("\"mx.b.example\"; auth=pass smtp.auth=\"a;b c\"");
    assert_eq!(found[0].properties[0].1, "a,b c");
    for odd in ["", ";", "x", "x;", "=;=;=", "x; (((((", "x; \"", "spf=pass; dkim=pass", "x; a=\\"] {
        let _ = one(odd);
    }
    let _ = one(&"x; ".repeat(20_000));
    let _ = one(&"(".repeat(100_000));
}

#[test]
fn one_click_needs_https_and_the_second_field() {
    let read = |text: &str| facts(text, Around::default()).unsubscribe;
    let both = "List-Unsubscribe: <mailto:off@list.example?subject=x>,\n <https://list.example/off?\n id=1>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\nDKIM-Signature: v=1; h=from:list-unsubscribe:list-unsubscribe-post; d=list.example\n\n";
    let found = read(both).unwrap();
    assert_eq!(found.one_click.as_deref(), Some("https://list.example/off?id=1"));
    assert_eq!(found.mail.as_deref(), Some("mailto:off@list.example?subject=x"));
    assert!(found.is_signed);
    let page = read("List-Unsubscribe: <https://list.example/off>\n\n").unwrap();
    assert_eq!((page.one_click, page.page.as_deref()), (None, Some("https://list.example/off")));
    let open = read(
        "List-Unsubscribe: <http://list.example/off>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n\n",
    )
    .unwrap();
    assert_eq!(open.one_click, None, "http is no way for one click");
    assert_eq!(read("List-Unsubscribe: <javascript:x>, <ftp://x/>, NO\n\n"), None);
    assert_eq!(read("Subject: x\n\n"), None);
    assert!(read("List-Unsubscribe: https://list.example/off\n\n").is_some());

    let letter = |mail: &str| {
        let letter = read(&format!("List-Unsubscribe: <{mail}>\n\n"))?.letter()?;
        Some((letter.to, letter.subject))
    };
    let some = |to: &str, subject: &str| Some((to.to_owned(), subject.to_owned()));
    assert_eq!(letter("mailto:off@list.example"), some("off@list.example", ""));
    assert_eq!(
        letter("mailto:off+7@list.example?Subject=please%20stop&body=x"),
        some("off+7@list.example", "please stop")
    );
    assert_eq!(letter("mailto:?to=off%40list.example&subject=a%26b=c"), some("off@list.example", "a&b=c"));
    assert_eq!(
        letter("mailto:off@list.example?subject=a%0D%0ABcc:x%E2%80%AEy"),
        some("off@list.example", "a Bcc:xy")
    );
    assert_eq!(letter("mailto:nobody"), None);
}

#[test]
fn links_that_are_not_what_they_seem_are_told() {
    let trick = |target: &str, label: &str| link::examine(target, label, &[]).map(|fact| fact.trick);
    let mismatch = |shown: &str, by: Option<&str>| {
        Some(LinkTrick::Mismatch { shown: shown.into(), counted_by: by.map(str::to_owned) })
    };
    let cases: Vec<(&str, &str, Option<LinkTrick>)> = vec![
        ("https://shop.example/a", "Read more", None),
        ("https://www.bank.com/a", "bank.com", None),
        ("https://evil.org/a", "www.bank.com", mismatch("www.bank.com", None)),
        ("https://evil.org/a", "https://bank.com/login", mismatch("bank.com", None)),
        ("https://evil.org/a", "bank.com/login", mismatch("bank.com", None)),
        (
            "https://x.list-manage.com/track/click?u=1",
            "www.shop.de",
            mismatch("www.shop.de", Some("Mailchimp")),
        ),
        ("https://evil.org/a", "Node.js is out", None),
        ("https://evil.org/a", "report.zip", None),
        ("https://www.amazon.com/dp/1", "amazon.de", None),
        ("https://youtu.be/x", "youtube.com/watch?v=x", None),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbank.com",
            "https://bank.com/",
            mismatch("bank.com", Some("Safe Links")),
        ),
        ("https://paypal.co/", "here", Some(LinkTrick::Lookalike { of: "paypal.com".into() })),
        ("https://evil.org/a", "me@bank.com", None),
        ("https://www.bank.com@evil.org/", "here", Some(LinkTrick::UserName { name: "www.bank.com".into() })),
        ("http://1.2.3.4/", "here", Some(LinkTrick::Number)),
        ("http://[::1]/", "here", Some(LinkTrick::Number)),
        ("http://0x7f.1/", "here", Some(LinkTrick::Number)),
        (
            "https://xn--mnchen-3ya.de/",
            "here",
            Some(LinkTrick::OtherScript { unicode: "münchen.de".into(), confusable: false }),
        ),
        ("https://paypa1.com/", "here", Some(LinkTrick::Lookalike { of: "paypal.com".into() })),
        ("mailto:a@b.example", "c@d.example", None),
        ("#top", "bank.com", None),
    ];
    for (target, label, expected) in cases {
        assert_eq!(trick(target, label), expected, "{target} {label}");
    }
}

#[test]
fn only_what_tells_who_clicked_is_taken_off_links() {
    for (link, expected) in [
        ("https://a.example/x?utm_source=n&id=7&fbclid=1#top", "https://a.example/x?id=7#top"),
        ("https://a.example/x?UTM_Source=n&gclid=1", "https://a.example/x"),
        ("https://a.example/x?id=%C3%BC&b=a+b", "https://a.example/x?id=%C3%BC&b=a+b"),
        ("https://a.example/x?mc_eid=1&sig=a%2Fb", "https://a.example/x?sig=a%2Fb"),
        ("https://a.example/x", "https://a.example/x"),
        ("mailto:a@b.example?utm_source=1", "mailto:a@b.example?utm_source=1"),
        ("https://a.example/?#utm_source=1", "https://a.example/?#utm_source=1"),
    ] {
        assert_eq!(without_tracking(link), expected);
        assert_eq!(without_tracking(expected), expected);
    }
}

#[test]
fn consent_to_a_sender_is_not_honoured_where_the_sender_may_be_forged() {
    let receivers = trusted_receivers("imap.gmail.com");
    let around = Around { receivers: &receivers, ..Around::default() };
    assert!(facts(GMAIL, around).honours_consent());
    let failed = GMAIL.replacen("dmarc=pass", "dmarc=fail", 1);
    let found = facts(&failed, around);
    assert!(!found.honours_consent());
    assert_eq!(found.weight(), Some(Weight::Warning));
}
