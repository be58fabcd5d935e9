//! HTML of real mails, of broken ones and of hostile ones.

use super::*;
use crate::mime::text::{BlockKind, TextBody};
use proptest::prelude::*;

/// One line a block, `>` for quotes, `#` for headings, `|` for preformatted, `--` for signatures.
fn outline(html: &str) -> String {
    let body = to_text(html);
    crate::mime::text::tests::check_invariants(&body);
    let line = |b: &crate::mime::text::Block| {
        let mark = match b.kind {
            BlockKind::Text | BlockKind::Quote => "",
            BlockKind::Heading => "#",
            BlockKind::Pre => "|",
            BlockKind::Signature => "~",
            BlockKind::Rule => "----",
        };
        format!("{}{mark}{}", ">".repeat(usize::from(b.quote_depth)), b.text)
    };
    body.blocks.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn links(html: &str) -> Vec<(String, String)> {
    let shown = |b: &crate::mime::text::Block| {
        b.links.iter().map(|l| (b.text[l.range.clone()].to_owned(), l.target.to_string())).collect::<Vec<_>>()
    };
    to_text(html).blocks.iter().flat_map(shown).collect()
}

#[test]
fn blocks_break_where_browsers_break() {
    let cases = [
        ("plain", "plain"),
        ("  a \n b&nbsp;&nbsp;c\t", "a b c"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("a<br>b<br><br>c<br/>", "a\nb\n\nc"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<b>a</b><i> b</i>c", "a bc"),
        ("<h1>T</h1>text", "#T\n\ntext"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>d", "• a\n• b\n  • c\n\nd"),
        ("<ol start=3><li><p>a</p><li>b</ol>", "3. a\n\n4. b"),
        ("x<blockquote>q<blockquote>r</blockquote></blockquote>y", "x\n>q\n>>r\ny"),
        ("<pre>\n a\n\n  b</pre>c", "| a\n|\n|  b\n|\nc"),
        ("a<hr><hr>b", "a\n----\nb"),
        (
            "<table><tr><td>Item<td>Price</tr><tr><td>Tea</td><td> 2 EUR</td></tr></table>",
            "Item  Price\nTea  2 EUR",
        ),
        ("<table><tr><td><img src=x></td><td>&nbsp;</td></tr><tr><td><p>Hi</p></td></tr></table>", "Hi"),
        ("<td> </td><td>a</td><td></td><td>b</td>", "a  b"),
        ("<img alt='Logo'> x <img alt=''>", "Logo x"),
        ("a<p>-- <br>me</p>", "a\n\n~--\n~me"),
        ("&lt;b&gt; &amp;amp; &uuml;", "<b> &amp; ü"),
        ("", ""),
    ];
    for (html, expected) in cases {
        assert_eq!(outline(html), expected, "{html}");
    }
}

#[test]
fn what_nobody_should_read_is_left_out() {
    let cases = [
        ("<head><title>T</title><style>p{}</style><script>x<b>y</script></head><body>a", "a"),
        ("a<!-- b --><!--[if mso]>c<![endif]--><![if !mso]>d<![endif]>e", "ade"),
        ("<!DOCTYPE html><?xml version=1?>a", "a"),
        ("<div style='display: NONE'>a<div>b</div></div>c", "c"),
        ("<span style=\"max-height:0px;overflow:hidden\">a</span>c", "c"),
        ("<div style='opacity:0.5'>a</div>", "a"),
        ("<td style='font-size:0'>a</td>", "a"),
        ("<div hidden>a</div>b", "b"),
        ("<xml><w:View>Normal</w:View></xml>b", "b"),
        ("<img style='display:none' src=x>b", "b"),
        ("<div style='display:none'>never closed", "never closed"),
        ("a&zwnj;&nbsp;&zwnj;&#8203;&shy;b\u{202e}c", "a bc"),
        ("<svg><text>a</text></svg>b", "b"),
        ("<style>a</style ><script>b", ""),
        ("<textarea><b>x</textarea>y", "y"),
    ];
    for (html, expected) in cases {
        assert_eq!(outline(html), expected, "{html}");
    }
}

#[test]
fn links_keep_their_real_targets() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("<a href='https://x.de/?a=1&amp;b=2'>here</a>", &[("here", "https://x.de/?a=1&b=2")]),
        (
            "<a href=https://evil.test/> https://bank.test </a>",
            &[("https://bank.test", "https://evil.test/")],
        ),
        ("<a href=javascript:x>a</a> <a href=#b>b</a> <a name=c>c</a>", &[]),
        ("<a href=http://x.de>a<br>b</a>c", &[("a", "http://x.de"), ("b", "http://x.de")]),
        ("<a href=http://x.de>a<a href=http://y.de>b", &[("a", "http://x.de"), ("b", "http://y.de")]),
        ("<a href=http://x.de><img alt=Logo></a>", &[("Logo", "http://x.de")]),
        ("<a href=http://x.de><img></a>b", &[]),
        (
            "see www.x.de and <a href=mailto:a@b.de>a@b.de</a>",
            &[("www.x.de", "https://www.x.de"), ("a@b.de", "mailto:a@b.de")],
        ),
        ("x <a href=http://x.de> a </a> y", &[("a", "http://x.de")]),
    ];
    for (html, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(links(html), expected, "{html}");
    }
}

#[test]
fn a_link_goes_on_over_long_lines() {
    let html = format!("<a href=http://x.de>{}</a>", "word ".repeat(5000));
    let body = to_text(&html);
    assert!(body.blocks.len() > 5 && body.blocks.iter().all(|b| b.links.len() == 1));
    assert!(body.blocks.iter().skip(1).all(|b| b.joined));
    assert_eq!(body.to_plain().split(' ').count(), 5000);
}

#[test]
fn hostile_html_takes_linear_time() {
    // Without optimization a bigger text would take long; quadratic time shows with this one too.
    const SIZE: usize = 256 * 1024;
    for piece in [
        "<",
        "<a ",
        "<div>",
        "<blockquote>",
        "<ul><li>",
        "<a href=http://x.de>",
        "&",
        "&amp",
        "<!--",
        "<!",
        "</",
        "<p",
        "\"",
        "<a b='",
        "<pre>\n",
        "<td>x",
        "<hr>",
        "<style>",
        "<br>",
        "<img alt=x>",
        "-->",
        "<textarea>",
        "</div>",
        "<li>",
        "<b hidden>",
        "<b style='",
        "&#",
        "<svg>",
    ] {
        crate::mime::text::tests::check_invariants(&to_text(&piece.repeat(SIZE / piece.len())));
    }
    let attributes: String = (0..100_000).map(|n| format!(" a{n}")).collect();
    assert_eq!(to_text(&format!("<p{attributes}>x")).to_plain(), "x");
    // One long target on many lines is kept once.
    let html = format!("<a href=http://x.de/{}>{}", "a".repeat(8000), "b<br>".repeat(20_000));
    assert_eq!(to_text(&html).blocks.len(), 20_000);
}

/// What html5ever's tokenizer makes of the same input: texts joined, start tags by name.
fn second_opinion(html: &str) -> (String, Vec<String>) {
    use html5ever::tokenizer::{
        BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, states::RawKind,
    };
    use std::cell::RefCell;
    #[derive(Default)]
    struct Gather(RefCell<(String, Vec<String>)>);
    impl TokenSink for Gather {
        type Handle = ();
        fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
            match token {
                Token::CharacterTokens(text) => self.0.borrow_mut().0.push_str(&text),
                Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                    let name = if tag.name.len() > 16 { String::new() } else { tag.name.to_string() };
                    self.0.borrow_mut().1.push(name);
                    return match &*tag.name {
                        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                        "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                            TokenSinkResult::RawData(RawKind::Rawtext)
                        }
                        "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
                        "plaintext" => TokenSinkResult::Plaintext,
                        _ => TokenSinkResult::Continue,
                    };
                }
                Token::DoctypeToken(_)
                | Token::TagToken(_)
                | Token::CommentToken(_)
                | Token::NullCharacterToken
                | Token::EOFToken
                | Token::ParseError(_) => {}
            }
            TokenSinkResult::Continue
        }
    }
    let input = BufferQueue::default();
    input.push_back(html.into());
    let tokenizer = Tokenizer::new(Gather::default(), Default::default());
    while !matches!(tokenizer.feed(&input), html5ever::TokenizerResult::Done) {}
    tokenizer.end();
    tokenizer.sink.0.take()
}

fn first_opinion(html: &str) -> (String, Vec<String>) {
    #[derive(Default)]
    struct Gather(String, Vec<String>);
    impl token::Tokens for Gather {
        fn text(&mut self, text: &str) {
            self.0.push_str(text);
        }
        fn start(&mut self, name: &str, _: &token::Attributes<'_>) {
            self.1.push(name.to_owned());
        }
        fn end(&mut self, _: &str) {}
        fn is_full(&self) -> bool {
            false
        }
    }
    let mut gather = Gather::default();
    token::tokenize(html, &mut gather);
    (gather.0, gather.1)
}

fn check_against_html5ever(html: &str) {
    let html = html.replace(['\r', '\0'], "");
    assert!(first_opinion(&html) == second_opinion(&html), "{html:.2000}");
}

#[test]
fn tokens_are_those_of_html5ever() {
    for html in [
        "a<b c=d e='f>' g=\"h\" i>j</b>k",
        "<a/b=c/>d",
        "<a =b>c",
        "<a b=>c",
        "<a b = c>d",
        "<a b='c'd=e>f",
        "<p>a</p >b",
        "a < b <3 </ >c",
        "</>x",
        "<!-->a-->b",
        "<!--->a",
        "<!-- a --!>b",
        "<!-- -- >b",
        "<!doctype html \">\">a",
        "<?a?>b",
        "<script>a</scriptx></script >b",
        "<title>&lt;<b></title>c",
        "<style><!--</style>--></style>",
        "a</b",
        "a<b c='",
        "a<",
        "a</",
        "<plaintext>a<b>",
        "<B>x</B>",
        "<textarea></TEXTAREA\n>x",
    ] {
        check_against_html5ever(html);
    }
}

/// The same for the HTML of the public test data, where it is there.
#[test]
fn tokens_of_real_mails_are_those_of_html5ever() {
    let root = std::env::var_os("POSTRIDER_CORPORA").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora"),
        Into::into,
    );
    let Ok(folder) = std::fs::read_dir(root.join("html/mails")) else {
        println!("skipped: the public test data is not here (POSTRIDER_CORPORA)");
        return;
    };
    for file in folder.flatten() {
        let html = std::fs::read(file.path()).unwrap();
        check_against_html5ever(&String::from_utf8_lossy(&html));
    }
}

fn words(body: &TextBody) -> usize {
    body.to_plain().split_whitespace().filter(|word| word.bytes().all(|b| b.is_ascii_lowercase())).count()
}

proptest! {
    #[test]
    fn any_html_keeps_the_rules(html in "(<[a-z]{1,4}|</[a-z]{1,4}|>|&[a-z]{1,4};?|[ \n\"'=/!-]|<p>|<li>|<pre>|<a href=http://x>|\\PC){0,60}") {
        crate::mime::text::tests::check_invariants(&to_text(&html));
    }

    #[test]
    fn any_tokens_are_those_of_html5ever(html in "(<[a-z]{1,2}|</[a-z]{1,2}|<!--|-->|<!|>|&[a-z]{1,3};?|&#x?[0-9]{1,4};?|[ \n\"'=/!a-]){0,40}") {
        check_against_html5ever(&html);
    }

    #[test]
    fn no_word_is_lost(texts in proptest::collection::vec("[a-z]{1,6}", 1..30), tags in proptest::collection::vec(0usize..12, 30)) {
        const TAGS: [&str; 12] = ["<p>", "<div>", "</div>", "<td>", "<li>", "<br>", "<blockquote>", "</blockquote>", "<b> ", "<pre>", "</pre>", "<ul>"];
        let html: String = texts.iter().zip(&tags).map(|(text, tag)| format!("{} {text} ", TAGS[*tag])).collect();
        prop_assert_eq!(words(&to_text(&html)), texts.len());
    }
}
