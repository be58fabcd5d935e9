//! How fast mails are read: `cargo bench --bench mime`. Prints figures, never fails by time.
#![allow(missing_docs)]

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use postrider::mime::{header, html_text, message, snippet, text};

fn main() {
    divan::main();
}

/// The list fields of a usual mail as a server sends them. The budget is 15 us.
const HEADER: &[u8] = b"Date: Sun, 22 Nov 2026 21:05:11 +0100\r\n\
    From: =?utf-8?q?J=C3=B6rg_M=C3=BCller?= <joerg.mueller@mail.example.com>\r\n\
    To: Ann Example <ann@example.com>, \"Doe, John\" <john.doe@example.org>,\r\n\tteam@lists.example.net\r\n\
    Cc: \"Quality Office\" <quality@example.com>, Bob <bob@example.com>\r\n\
    Reply-To: team@lists.example.net\r\n\
    Subject: =?UTF-8?B?UmU6IFtUZWFtXSBCZXNwcmVjaHVuZyBhbSBEaWVuc3RhZyB1bSAxMCBVaHI=?=\r\n \
    =?UTF-8?B?IGltIGdyb8OfZW4gU2FhbA==?=\r\n\
    Message-ID: <CAF8cDdz0t=M1VX5sVXvQk4hT-oQxXbG=2hCz0vH0m9mG7Vt0Xw@mail.example.com>\r\n\
    In-Reply-To: <5f0c1b2e-9d1b-4d55-a3b9-0c8f6ad2b7d4@mail.example.org>\r\n\
    References: <20261120101112.1234@example.com>\r\n <5f0c1b2e-9d1b-4d55-a3b9-0c8f6ad2b7d4@mail.example.org>\r\n\
    List-Unsubscribe: <https://lists.example.net/u/123456>, <mailto:leave@lists.example.net>\r\n\r\n";

#[divan::bench]
fn envelope(bencher: Bencher) {
    bencher.counter(ItemsCount::new(1_u32)).bench(|| header::parse_envelope(black_box(HEADER)));
}

#[divan::bench]
fn envelope_of_ascii(bencher: Bencher) {
    let raw =
        b"Date: Sun, 22 Nov 2026 21:05:11 +0100\r\nFrom: Ann <ann@example.com>\r\nTo: joe@example.com\r\n\
        Subject: Meeting on Tuesday\r\nMessage-ID: <1234.5678@example.com>\r\n\r\n";
    bencher.counter(ItemsCount::new(1_u32)).bench(|| header::parse_envelope(black_box(raw)));
}

const FOUR_MIB: usize = 4 * 1024 * 1024;

/// Quoted lines of prose with a link now and then.
fn prose() -> String {
    let page = "> > Somebody wrote this long ago, and nobody has answered it since then.\n\
        > I have: see https://example.com/path?query=1 (or write to joe@example.com).\n\
        And this is what I think about it, in a line of usual length for a mail.\n\n";
    page.repeat(FOUR_MIB / page.len())
}

#[divan::bench]
fn blocks_of_4_mib(bencher: Bencher) {
    let text = prose();
    bencher.counter(BytesCount::of_str(&text)).bench(|| text::blocks(black_box(&text), false, false));
}

#[divan::bench]
fn blocks_of_4_mib_in_one_line(bencher: Bencher) {
    let text = prose().replace('\n', " ");
    bencher.counter(BytesCount::of_str(&text)).bench(|| text::blocks(black_box(&text), true, false));
}

/// A newsletter of layout tables.
fn newsletter() -> String {
    let row = "<tr><td style=\"padding:0 10px;font-family:Arial\" valign=\"top\"><a href=\"https://example.com/c?id=1&amp;u=2\" \
        style=\"color:#336699\"><b>A headline of some words</b></a><br>\n<p>Text of an article that is as long as such \
        texts are, with an umlaut (&uuml;) and&nbsp;more.</p></td><td><img src=\"https://example.com/i.png\" width=1 alt=\"Picture\">\
        </td></tr>\n";
    format!(
        "<html><head><style>td{{color:red}}</style></head><body><table>{}</table>",
        row.repeat(500_000 / row.len())
    )
}

#[divan::bench]
fn html_text_of_500_kb(bencher: Bencher) {
    let html = newsletter();
    bencher.counter(BytesCount::of_str(&html)).bench(|| html_text::to_text(black_box(&html)));
}

/// A mail with 10 MB attached, in lines of base64.
#[divan::bench]
fn parse_of_10_mb(bencher: Bencher) {
    let line = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\r\n";
    let raw = format!(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\nContent-Type: image/png\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}--b--\r\n",
        line.repeat(10_000_000 / line.len())
    );
    bencher.counter(BytesCount::of_str(&raw)).bench(|| message::parse(black_box(raw.as_bytes())));
}

#[divan::bench]
fn snippet_of_a_mail(bencher: Bencher) {
    let text = prose();
    let text = text.get(..4096).unwrap_or(&text);
    bencher.bench(|| snippet::snippet(black_box(text)));
}
