//! Senders, honest and not: who is warned of, and who is not. Those who cry wolf are not heard.

use super::{address, facts};
use crate::trust::{Around, SenderTrick, Verdict, Weight};

/// What is said of a sender: nothing, a note, a warning.
fn weigh(header: &str) -> Option<Weight> {
    let known = [
        address("Ada Lovelace", "ada@engine.example"),
        address("Charles Babbage", "cb@analytical-works.com"),
        address("Grace", "grace@gmail.com"),
        address("Team", "team@lists.partner.org"),
    ];
    let own = ["me@home-firm.de".to_owned()];
    let found = facts(&format!("{header}\n\n"), Around { own: &own, known: &known, ..Around::default() });
    found.sender.iter().map(SenderTrick::weight).max()
}

const NOTHING: Option<Weight> = None;
const NOTE: Option<Weight> = Some(Weight::Note);
const WARNING: Option<Weight> = Some(Weight::Warning);

#[test]
fn senders_are_judged() {
    let cases: &[(&str, Option<Weight>)] = &[
        // The name is another address.
        ("From: \"ada@engine.example\" <x@evil.example>", WARNING),
        ("From: \"ada@engine.example\" <ADA@Engine.example>", NOTHING),
        ("From: \"info@shop.example\" <noreply@shop.example>", NOTHING),
        ("From: \"info@shop.example\" <noreply@mail.shop.example>", NOTHING),
        ("From: \"boss@gmail.com\" <other@gmail.com>", WARNING),
        ("From: =?utf-8?b?c2VydmljZUBwYXlwYWwuY29t?= <x@evil.example>", WARNING),
        ("From: =?utf-8?q?service=40paypal=2Ecom=00?= <x@evil.example>", WARNING),
        ("From: \"me@home-firm.de\" <x@evil.example>", WARNING),
        (
            "From: \"'ada@engine.example' via Talk\" <talk@googlegroups.com>\nList-Id: <talk.googlegroups.com>",
            NOTE,
        ),
        // The name is a domain.
        ("From: \"www.paypal.com\" <x@evil.example>", WARNING),
        ("From: \"paypal.com Support\" <x@evil.example>", WARNING),
        ("From: \"Amazon.de\" <auto-confirm@amazon.com>", NOTHING),
        ("From: \"Booking.com\" <noreply@booking.com>", NOTHING),
        ("From: \"Node.js Weekly\" <peter@nodeweekly.example>", NOTHING),
        ("From: \"Muster GmbH & Co.KG\" <info@muster.example>", NOTHING),
        ("From: \"Muster-Bau.KG\" <info@muster.example>", NOTHING),
        ("From: \"Anna Schmidt, M.Sc\" <anna@uni.example>", NOTHING),
        ("From: \"Dr.med. K. Meier\" <praxis@meier.example>", NOTHING),
        ("From: \"J.De Vries\" <j@vries.example>", NOTHING),
        // A firm.
        ("From: PayPal Service <x@evil.example>", WARNING),
        ("From: =?utf-8?q?P=D0=B0yP=D0=B0l?= <x@evil.example>", WARNING),
        ("From: \"P a y P a l\" <service@paypal.com>", NOTHING),
        ("From: \"Ann (via Google Drive)\" <drive-shares-noreply@google.com>", NOTHING),
        ("From: Edward Norton <ed@theatre.example>", NOTHING),
        ("From: Sparkasse Hannover <info@sparkasse-hannover.de>", NOTHING),
        ("From: Zalando Lounge <news@zalando-lounge.de>", NOTHING),
        ("From: Apple Tree Farm <info@appletree.example>", NOTHING),
        // Somebody whom the user writes to.
        ("From: Ada Lovelace <ada@engine.example>", NOTHING),
        ("From: Ada Lovelace <ada.lovelace@evil.org>", NOTE),
        ("From: \"Lovelace, Ada\" <ada.lovelace@evil.org>", NOTE),
        ("From: =?utf-8?q?=D0=90da?= Lovelace <ada.lovelace@evil.org>", NOTE),
        ("From: Ada Lovelace <ada@mail.engine.example>", NOTHING),
        ("From: Grace <grace@elsewhere.example>", NOTHING),
        // The domain is like another one.
        ("From: x <a@paypal.co>", WARNING),
        ("From: x <a@paypal.cm>", WARNING),
        ("From: x <a@paypal.support>", WARNING),
        ("From: x <a@paypa1.net>", WARNING),
        ("From: x <a@mail.paypal.com.evil.example>", WARNING),
        ("From: x <a@secure-paypal.example>", WARNING),
        ("From: x <a@xn--pypal-4ve.com>", WARNING),
        ("From: x <a@xn--80ak6aa92e.com>", WARNING),
        ("From: x <a@rnicrosoft.com>", WARNING),
        ("From: x <a@paypal.it>", NOTHING),
        ("From: x <a@amazon.com.mx>", NOTHING),
        ("From: x <a@analytical-works.co>", WARNING),
        ("From: x <a@analyticai-works.com>", WARNING),
        ("From: x <a@analytical-works.org>", NOTE),
        ("From: x <a@analytical-works.com>", NOTHING),
        ("From: x <a@horne-firm.de>", WARNING),
        ("From: x <a@home-firm.com>", NOTE),
        ("From: x <a@gmx.net>", NOTHING),
        ("From: x <a@gmail.de>", NOTHING),
        ("From: x <a@xn--mnchen-3ya.de>", NOTHING),
        ("From: x <a@xn--wgv71a119e.jp>", NOTHING),
        // Answers go elsewhere.
        ("From: boss@firm.example\nReply-To: boss.firm@gmail.com", NOTE),
        ("From: boss@firm.example\nReply-To: office@mail.firm.example", NOTHING),
        ("From: boss@firm.example\nReply-To: me@home-firm.de", NOTHING),
        ("From: boss@firm.example\nReply-To: ada@engine.example", NOTHING),
        ("From: a@b.example\nReply-To: talk@lists.example\nList-Post: <mailto:talk@lists.example>", NOTHING),
        ("From: a@b.example\nReply-To: talk@lists.example\nX-BeenThere: talk@lists.example", NOTHING),
        ("From: shop@firm.example\nReply-To: help@desk.example\nPrecedence: bulk", NOTHING),
        ("From: shop@firm.example\nReply-To: help@desk.example\nAuto-Submitted: auto-generated", NOTHING),
        ("From: a@amazon.com\nReply-To: seller@marketplace.amazon.de", NOTHING),
        // No author, or too many.
        ("From: undisclosed-recipients:;", NOTE),
        ("From: ", NOTE),
        ("From: a@x.example, b@y.example", NOTE),
    ];
    for (header, expected) in cases {
        assert_eq!(weigh(header), *expected, "{header}");
    }
}

#[test]
fn a_list_that_breaks_the_proof_is_no_fraud() {
    let receivers = ["mx.home.example".to_owned()];
    let verdict = |results: &str, more: &str| {
        let text = format!(
            "Authentication-Results: mx.home.example; {results}\nReceived: from x by mx.home.example; x\n{more}\n\n"
        );
        let found = facts(&text, Around { receivers: &receivers, ..Around::default() });
        (found.authentication.verdict, found.honours_consent(), found.weight())
    };
    let failed = "dmarc=fail header.from=b.example; dkim=fail header.d=b.example";
    let author = "From: Ann <a@b.example>";
    let list = "From: Ann <a@b.example>\nList-Id: Talk <talk.lists.example>";
    assert_eq!(verdict(failed, author), (Verdict::Failed, false, WARNING));
    // The list signed what it had changed.
    let signed = format!("{failed}; dkim=pass header.d=lists.example");
    assert_eq!(verdict(&signed, list), (Verdict::Relayed, false, NOTHING));
    // A signature of anybody else, or the field alone, proves nothing.
    assert_eq!(verdict(&signed, author).0, Verdict::Failed);
    assert_eq!(verdict(failed, list).0, Verdict::Failed);
    let other = format!("{failed}; dkim=pass header.d=evil.example");
    assert_eq!(verdict(&other, list).0, Verdict::Failed);
    // The receiving server followed the chain of forwarders.
    let chain = format!("{failed}; arc=pass");
    assert_eq!(verdict(&chain, author), (Verdict::Relayed, false, NOTHING));
    // A bank does not write through lists.
    assert_eq!(verdict(&chain, "From: PayPal <a@paypal.com>").0, Verdict::Failed);
    assert_eq!(verdict("dmarc=pass header.from=b.example", list).0, Verdict::Passed);
}
