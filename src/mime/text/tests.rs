//! Texts as people write them, and as hostile senders do.

use super::*;
use proptest::prelude::*;

/// `kind depth text` for each block, for comparing.
fn shape(body: &TextBody) -> Vec<String> {
    let kind = |b: &Block| match b.kind {
        BlockKind::Text => 'T',
        BlockKind::Quote => 'Q',
        BlockKind::Signature => 'S',
        BlockKind::Pre => 'P',
        BlockKind::Heading => 'H',
        BlockKind::Rule => 'R',
    };
    body.blocks.iter().map(|b| format!("{}{} {}", kind(b), b.quote_depth, b.text)).collect()
}

fn links_of(text: &str) -> Vec<(String, String)> {
    let shown = |l: Link| (text[l.range].to_owned(), l.target.to_string());
    links::find(text).into_iter().map(shown).collect()
}

pub(in crate::mime) fn check_invariants(body: &TextBody) {
    assert!(body.blocks.len() <= MAX_BLOCKS);
    for block in &body.blocks {
        assert!(block.text.len() <= MAX_BLOCK, "{}", block.text.len());
        assert!(!block.text.contains(|c: char| c.is_control() && c != '\t'), "{:?}", block.text);
        assert!(block.kind != BlockKind::Quote || block.quote_depth > 0);
        let mut end = 0;
        for link in &block.links {
            assert!(link.range.start >= end && link.range.end > link.range.start);
            assert!(block.text.get(link.range.clone()).is_some());
            assert!(!link.target.contains(|c: char| c.is_whitespace() || c.is_control()));
            end = link.range.end;
        }
    }
}

#[test]
fn fixed_text_keeps_its_lines() {
    let body = blocks("Hi,\n\n> a\n>> b\n> > c\n>d\n > no quote\nend\n", false, false);
    assert_eq!(shape(&body), ["T0 Hi,", "T0 ", "Q1 a", "Q2 b", "Q2 c", "Q1 d", "T0  > no quote", "T0 end"]);
    assert_eq!(body.to_plain(), "Hi,\n\n> a\n>> b\n>> c\n> d\n > no quote\nend");
    assert!(blocks("", false, false).blocks.is_empty());
    assert_eq!(shape(&blocks("\n\n", false, false)), ["T0 ", "T0 "]);
}

#[test]
fn flowed_text_becomes_paragraphs() {
    let body = blocks("One \ntwo \nthree\n>a \n>b\n>> c\n  stuffed\n>from\n-- \nme \nhere\n", true, false);
    assert_eq!(
        shape(&body),
        ["T0 One two three", "Q1 a b", "Q2 c", "T0  stuffed", "Q1 from", "S0 --", "S0 me here"]
    );
    let del_sp = blocks("日本 \n語\nx  \ny\n", true, true);
    assert_eq!(shape(&del_sp), ["T0 日本語", "T0 x y"]);
    // A change of depth ends a paragraph even if the line asks for more.
    assert_eq!(shape(&blocks("a \n> b \nc", true, false)), ["T0 a", "Q1 b", "T0 c"]);
}

#[test]
fn signatures_begin_at_their_line() {
    assert_eq!(shape(&blocks("a\n-- \nb\n> c\nd", false, false)), ["T0 a", "S0 --", "S0 b", "Q1 c", "T0 d"]);
    assert_eq!(shape(&blocks("a\n--\nb", false, false)), ["T0 a", "S0 --", "S0 b"]);
    let table = format!("--\n{}", "row\n".repeat(40));
    assert!(blocks(&table, false, false).blocks.iter().all(|b| b.kind == BlockKind::Text));
    assert_eq!(shape(&blocks("> -- \n> x", false, false)), ["Q1 --", "Q1 x"]);
}

#[test]
fn links_end_where_people_mean_it() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("see http://x.de/a.", &[("http://x.de/a", "http://x.de/a")]),
        ("(https://x.de/a_(b))!", &[("https://x.de/a_(b)", "https://x.de/a_(b)")]),
        ("(see https://x.de/)", &[("https://x.de/", "https://x.de/")]),
        ("<http://x.de/a b>", &[("http://x.de/a", "http://x.de/a")]),
        ("<URL:http://x.de>", &[("http://x.de", "http://x.de")]),
        ("\"http://x.de\",", &[("http://x.de", "http://x.de")]),
        ("*http://x.de/*", &[("http://x.de/", "http://x.de/")]),
        ("http://[::1]:80/x", &[("http://[::1]:80/x", "http://[::1]:80/x")]),
        ("[http://x.de]", &[("http://x.de", "http://x.de")]),
        ("HTTP://X.de?q=1&b=2#c", &[("HTTP://X.de?q=1&b=2#c", "HTTP://X.de?q=1&b=2#c")]),
        ("http://müller.de/straße,", &[("http://müller.de/straße", "http://müller.de/straße")]),
        ("日本http://例え.jp/。次", &[("http://例え.jp/", "http://例え.jp/")]),
        ("見る：http://例え.jp/。次", &[("http://例え.jp/", "http://例え.jp/")]),
        ("www.x.de/a, www.y", &[("www.x.de/a", "https://www.x.de/a")]),
        ("mailto:joe@x.de?subject=a.", &[("mailto:joe@x.de?subject=a", "mailto:joe@x.de?subject=a")]),
        ("joe.doe+x@mail.x.de.", &[("joe.doe+x@mail.x.de", "mailto:joe.doe+x@mail.x.de")]),
        ("<joe@x.de>", &[("joe@x.de", "mailto:joe@x.de")]),
        ("a http://x.de http://y.de", &[("http://x.de", "http://x.de"), ("http://y.de", "http://y.de")]),
        ("http://joe@x.de/a@b.de", &[("http://joe@x.de/a@b.de", "http://joe@x.de/a@b.de")]),
        ("http://x.de\u{a0}more", &[("http://x.de", "http://x.de")]),
        ("xhttp://x.de http:/x http:// mailto: mailto:@ joe@ @x.de joe@x a@b.c 1@2.3", &[]),
        ("javascript:alert(1) file:///etc/passwd ftp://x.de www. www.. ...", &[]),
    ];
    for (text, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(links_of(text), expected, "{text}");
    }
}

#[test]
fn only_harmless_targets_of_html_are_links() {
    let cases = [
        (" https://x.de/a b\u{202e} ", Some("https://x.de/a%20b%E2%80%AE")),
        ("ht\ntp://x.de", Some("http://x.de")),
        ("//x.de/a", Some("https://x.de/a")),
        ("MAILTO:a@b", Some("MAILTO:a@b")),
        ("tel:+49", Some("tel:+49")),
        ("javascript:alert(1)", None),
        ("java\tscript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("#top", None),
        ("x.html", None),
        ("http:", None),
        ("", None),
    ];
    for (href, expected) in cases {
        assert_eq!(links::target(href).as_deref(), expected, "{href:?}");
    }
}

#[test]
fn huge_texts_take_linear_time() {
    // Without optimization a bigger text would take long; quadratic time shows with this one too.
    const SIZE: usize = 256 * 1024;
    for piece in [
        "a",
        " ",
        "\n",
        ">",
        "> ",
        "http://",
        "@",
        "a@b.",
        "(",
        ")",
        "www.",
        ":",
        "日",
        ">\n",
        "-- \n",
        "--\n",
        "a \n",
        "mailto:a@",
    ] {
        let text = piece.repeat(SIZE / piece.len());
        for flowed in [false, true] {
            let body = blocks(&text, flowed, flowed);
            check_invariants(&body);
        }
    }
    let line = "word ".repeat(SIZE / 5);
    let body = blocks(&line, false, false);
    assert!(!body.truncated);
    assert_eq!(body.to_plain(), line.trim_end());
    assert!(blocks(&"\n".repeat(MAX_BLOCKS + 2), false, false).truncated);
}

#[test]
fn parts_are_decoded() {
    use crate::model::{MediaType, PartPath, TransferEncoding};
    let part = |encoding, charset: Option<&str>, subtype| Part {
        path: PartPath::root().child(1),
        media_type: MediaType::new("text", subtype),
        charset: charset.map(str::to_owned),
        flowed: false,
        del_sp: false,
        encoding,
        size: 0,
        content_id: None,
        disposition: None,
        filename: None,
        start: None,
    };
    let quoted = part(TransferEncoding::QuotedPrintable, Some("iso-8859-1"), "plain");
    assert_eq!(decode_part(&quoted, b"a =3D=3D b == c =E9=\r\n!\r\n\0x\ry"), "a == b == c é!\nx\ny");
    let base64 = part(TransferEncoding::Base64, Some("utf-8"), "plain");
    assert_eq!(decode_part(&base64, b"aGVsbG8gd29ybGQ"), "hello world");
    let html = part(TransferEncoding::Identity, None, "html");
    assert_eq!(decode_part(&html, b"<meta charset=koi8-r>\xd0\xd2\xc9"), "<meta charset=koi8-r>при");
    let told = part(TransferEncoding::Identity, Some("us-ascii"), "html");
    assert_eq!(decode_part(&told, b"<meta charset=koi8-r>\xd0\xd2\xc9"), "<meta charset=koi8-r>при");
}

proptest! {
    #[test]
    fn any_text_keeps_the_rules(text in "(\\PC|[\n >@:/.wht-]|http://){0,120}", flowed: bool, del_sp: bool) {
        check_invariants(&blocks(&text, flowed, del_sp));
    }

    #[test]
    fn fixed_text_loses_no_word(words in proptest::collection::vec("[a-z]{1,9}", 0..60)) {
        let text = words.join("\n> ");
        prop_assert_eq!(blocks(&text, false, false).to_plain().split_whitespace().filter(|w| *w != ">").count(), words.len());
    }
}
