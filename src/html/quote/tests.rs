//! What mail programs make of an answer, and what must never be folded.

use super::*;
use crate::html::sanitize;

/// What is left of a document when its quote is folded; all of it if nothing can be.
fn folded(html: &str) -> String {
    let mut document = sanitize(html);
    mark(&mut document);
    let mut hiding = Hiding::new(true);
    let mut text = String::new();
    for event in &document.events {
        if hiding.skips(event) {
            continue;
        }
        match event {
            Event::Text(more) => text.push_str(more),
            Event::Open { name, .. } if &**name == NAME => text.push('§'),
            Event::Open { .. } | Event::Style { .. } | Event::Close => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const LONG: &str = "<p>One line.</p><p>Another line.</p><p>And a third one.</p>";

#[test]
#[expect(clippy::too_many_lines, reason = "a list")]
fn what_programs_quote_below_an_answer_is_folded() {
    let outlook = |style: &str| {
        format!(
            "<div class=WordSection1><p class=MsoNormal>Yes.</p><p class=MsoNormal>&nbsp;</p><div>\
             <div style='{style}'><p class=MsoNormal><b>Von:</b> Ada &lt;ada@a.example&gt;<br><b>Gesendet:</b> Montag\
             <br><b>An:</b> Bob<br><b>Betreff:</b> Plan</p></div></div><p>Hi,</p>{LONG}</div>"
        )
    };
    for (name, html, left) in [
        (
            "Gmail",
            format!(
                "<div dir=ltr>Yes.</div><br><div class='gmail_quote gmail_quote_container'><div class=gmail_attr>On Mon, \
                 Ada &lt;<a href=mailto:a@a.example>a@a.example</a>&gt; wrote:<br></div><blockquote class=gmail_quote>{LONG}\
                 </blockquote></div>"
            ),
            "Yes.On Mon, Ada <a@a.example> wrote:§",
        ),
        (
            "Thunderbird",
            format!(
                "<p>Yes.</p><div class=moz-cite-prefix>On 1/2/26 Ada wrote:<br></div><blockquote type=cite cite='mid:x'>\
                 {LONG}</blockquote><div class=moz-signature>-- <br>Bob</div>"
            ),
            "Yes.On 1/2/26 Ada wrote:§-- Bob",
        ),
        (
            "Apple Mail",
            format!(
                "Yes.<br id=lineBreakAtBeginningOfMessage><div><br><blockquote type=cite><div>On 2 Jan 2026, Ada wrote:\
                 </div><br>{LONG}</blockquote></div>"
            ),
            "Yes.§",
        ),
        (
            "Outlook",
            outlook("border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"),
            "Yes. §",
        ),
        ("Outlook without its line", outlook(""), "Yes. §"),
        (
            "Outlook on the web",
            format!(
                "<div>Yes.</div><div id=appendonsend></div><hr style='display:inline-block;width:98%'>\
                 <div id=divRplyFwdMsg dir=ltr><font><b>From:</b> Ada<br><b>Sent:</b> Monday<br><b>To:</b> Bob<br>\
                 <b>Subject:</b> Plan</font></div><div>{LONG}</div>"
            ),
            "Yes.§",
        ),
        (
            "Outlook, plain",
            format!(
                "Yes.<br><br>-----Original Message-----<br>From: Ada<br>Sent: Monday<br>To: Bob<br>Subject: Plan<br>{LONG}"
            ),
            "Yes.§",
        ),
        (
            "Yahoo",
            format!(
                "<div>Yes.</div><div id=yahoo_quoted_12 class=yahoo_quoted><div>On Monday, Ada wrote:</div>{LONG}</div>"
            ),
            "Yes.§",
        ),
        (
            "Proton",
            format!(
                "<div>Yes.</div><div class=protonmail_quote>On Monday, Ada wrote:<br><blockquote class=protonmail_quote type=cite>{LONG}</blockquote><br></div>"
            ),
            "Yes.On Monday, Ada wrote:§",
        ),
        (
            "no mark but who wrote it",
            format!(
                "<p>Yes.</p><p>Am 02.01.26 um 10:20 schrieb Ada &lt;a@a.example&gt;:</p><blockquote>{LONG}</blockquote>"
            ),
            "Yes.Am 02.01.26 um 10:20 schrieb Ada <a@a.example>:§",
        ),
        (
            "a picture is an answer, a list has a foot",
            format!(
                "<img src=cid:a><blockquote type=cite>{LONG}</blockquote><p>_______________<br>dev mailing list</p>"
            ),
            "§_______________dev mailing list",
        ),
    ] {
        assert_eq!(folded(&html), left, "{name}");
    }
}

#[test]
fn nothing_else_is_folded() {
    for (name, html) in [
        ("only a quote", format!("<blockquote type=cite>{LONG}</blockquote>")),
        ("who wrote it is no answer", format!("<p>Ada wrote:</p><blockquote type=cite>{LONG}</blockquote>")),
        (
            "a signature is no answer",
            format!("<div class=gmail_signature>Bob</div><blockquote type=cite>{LONG}</blockquote>"),
        ),
        (
            "nor is what nobody sees",
            format!("<div style='display:none'>Preview</div><blockquote type=cite>{LONG}</blockquote>"),
        ),
        (
            "answered between the lines",
            format!(
                "<p>See below.</p><blockquote type=cite>{LONG}</blockquote><p>Yes.</p><blockquote type=cite>{LONG}\
                 </blockquote>"
            ),
        ),
        ("answered below", format!("<p>Hi</p><blockquote type=cite>{LONG}</blockquote><p>I agree.</p>")),
        (
            "Gmail, answered inside",
            format!(
                "<div>See below.</div><div class=gmail_quote><div class=gmail_attr>Ada wrote:</div><blockquote \
                 class=gmail_quote>{LONG}</blockquote><div>Yes.</div><blockquote class=gmail_quote>{LONG}</blockquote></div>"
            ),
        ),
        (
            "forwarded",
            format!(
                "<div>Look.</div><div class=gmail_quote><div class=gmail_attr>---------- Forwarded message ---------<br>\
                 From: Ada<br>Date: Monday<br>Subject: Plan<br>To: Bob<br></div><br><br>{LONG}</div>"
            ),
        ),
        ("short", "<p>Yes.</p><blockquote type=cite>No.</blockquote>".to_owned()),
        ("a quotation", format!("<p>As she wrote:</p><p>x</p><blockquote>{LONG}</blockquote>")),
        (
            "a list of fields",
            "<p>Your order:</p><p><b>Name:</b> Ada<br><b>Date:</b> Monday<br><b>Place:</b> here</p>"
                .to_owned(),
        ),
        ("nothing", String::new()),
    ] {
        assert!(!folded(&html).contains('§'), "{name}: {}", folded(&html));
    }
}

#[test]
fn links_in_it_are_told_of_all_the_same() {
    let mut document = sanitize(&format!(
        "<p>Yes. <a href=https://own.example/>own</a></p><blockquote type=cite>{LONG}<a href=https://e.example/>bank</a>\
         </blockquote>"
    ));
    mark(&mut document);
    assert_eq!(document.quoted, [("https://e.example/".to_owned(), "bank".to_owned())]);
}

#[test]
fn styles_behind_the_answer_hold_for_it() {
    let html = format!(
        "<p>Yes.</p><p>From: Ada</p><p>To: Bob</p><p>Subject: x</p>{LONG}<style>p{{color:red}}</style>"
    );
    let mut document = sanitize(&html);
    mark(&mut document);
    let mut hiding = Hiding::new(true);
    let left: Vec<&Event> = document.events.iter().filter(|event| !hiding.skips(event)).collect();
    let depth = left.iter().fold(0_i32, |depth, event| match event {
        Event::Open { name, .. } if !is_void(name) => depth + 1,
        Event::Close => depth - 1,
        Event::Open { .. } | Event::Text(_) | Event::Style { .. } => depth,
    });
    assert_eq!(depth, 0, "what is opened is closed");
    assert!(left.iter().any(|event| matches!(event, Event::Style { .. })));
}
