//! The line of text that the message list shows below the subject.

use crate::mime::display;
use crate::mime::text::{BlockKind, TextBody};

/// Characters of a snippet.
pub const MAX_SNIPPET: usize = 200;
/// Bytes of a text that are looked at; what matters stands at its start.
const MAX_LOOKED_AT: usize = 16 * 1024;
/// A greeting is a short line.
const MAX_GREETING: usize = 60;
/// Lines that introduce a quotation are no longer than this together.
const MAX_ATTRIBUTION: usize = 200;

/// One line of at most [`MAX_SNIPPET`] characters that tells what a plain text is about: without quotes, the
/// line that introduces them, greeting, signature, long addresses of links and rulers. If nothing is left,
/// what was left out is shown after all.
#[must_use]
pub fn snippet(text: &str) -> String {
    let looked_at = display::cut(text, MAX_LOOKED_AT);
    from_lines(looked_at.lines().map(|line| match line.trim_start().strip_prefix('>') {
        Some(quoted) => (Role::Quote, quoted.trim_start_matches(['>', ' '])),
        None => (Role::Own, line),
    }))
}

/// The same for a text in blocks, such as that of an HTML mail.
#[must_use]
pub fn of_body(body: &TextBody) -> String {
    let mut seen = 0;
    from_lines(
        body.blocks
            .iter()
            .take_while(|block| {
                seen += block.text.len();
                seen < MAX_LOOKED_AT
            })
            .map(|block| match block.kind {
                BlockKind::Signature => (Role::Signature, block.text.as_str()),
                _ if block.quote_depth > 0 => (Role::Quote, block.text.as_str()),
                BlockKind::Text
                | BlockKind::Quote
                | BlockKind::Pre
                | BlockKind::Heading
                | BlockKind::Rule => (Role::Own, block.text.as_str()),
            }),
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Own,
    Quote,
    Signature,
}

fn from_lines<'a>(lines: impl Iterator<Item = (Role, &'a str)>) -> String {
    let (mut own, mut quoted, mut greeting) = (String::new(), String::new(), String::new());
    // Lines that may introduce a quotation, held back until it is known.
    let mut held = String::new();
    for (role, line) in lines {
        let line = line.trim();
        if role == Role::Own && ends_text(line) {
            break;
        }
        match role {
            Role::Signature => break,
            Role::Quote => {
                held.clear();
                append(&mut quoted, line);
            }
            Role::Own if line.is_empty() || is_noise(line) => {}
            Role::Own if own.is_empty() && held.is_empty() && greeting.is_empty() && is_greeting(line) => {
                greeting.push_str(line);
            }
            Role::Own if held.is_empty() && begins_attribution(line) => append(&mut held, line),
            Role::Own if !held.is_empty() && !held.ends_with(':') && held.len() < MAX_ATTRIBUTION => {
                append(&mut held, line);
            }
            Role::Own => {
                append(&mut own, &held);
                held.clear();
                append(&mut own, line);
            }
        }
        if own.chars().nth(2 * MAX_SNIPPET).is_some() {
            break;
        }
    }
    append(&mut own, &held);
    let best = [own, greeting, quoted].into_iter().map(|text| polish(&text)).find(|text| !text.is_empty());
    best.unwrap_or_default()
}

fn append(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}

/// Lines behind which the author says nothing more.
fn ends_text(line: &str) -> bool {
    line == "--"
        || line == "-- "
        || (line.starts_with("-----")
            && ["Original Message", "Forwarded Message", "Ursprüngliche Nachricht", "Message d'origine"]
                .iter()
                .any(|mark| line.contains(mark)))
}

/// Lines that say nothing: rulers, armor, placeholders of pictures.
fn is_noise(line: &str) -> bool {
    !line.chars().any(char::is_alphanumeric)
        || line.starts_with("-----BEGIN PGP")
        || line.starts_with("Hash: SHA")
        || (line.starts_with('[') && line.ends_with(']') && !line.contains(' '))
        || (line.starts_with("[image:") && line.ends_with(']'))
        || (line.starts_with("[cid:") && line.ends_with(']'))
}

/// `Hi Joe,` and its like in the languages that most mail is written in.
fn is_greeting(line: &str) -> bool {
    const WORDS: &[&str] = &[
        "hi",
        "hello",
        "hey",
        "dear",
        "good morning",
        "good afternoon",
        "good evening",
        "greetings",
        "hallo",
        "liebe",
        "lieber",
        "moin",
        "guten",
        "sehr geehrte",
        "sehr geehrter",
        "bonjour",
        "salut",
        "bonsoir",
        "cher",
        "chère",
        "madame",
        "monsieur",
        "hola",
        "buenos",
        "buenas",
        "estimado",
        "estimada",
        "querido",
        "querida",
        "ciao",
        "buongiorno",
        "gentile",
        "caro",
        "cara",
        "olá",
        "ola",
        "prezado",
        "prezada",
        "beste",
        "geachte",
        "dag",
        "hej",
        "kära",
        "kære",
        "hei",
        "witam",
        "cześć",
        "dzień dobry",
        "szanowni",
        "здравствуйте",
        "привет",
        "добрый",
    ];
    let Some(words) = line.strip_suffix([',', '!', ':', '，', '：']) else { return false };
    // `Hi! I am fine!` says more than hello.
    if line.len() > MAX_GREETING || words.contains(['.', '!', '?']) {
        return false;
    }
    let lower = line.to_lowercase();
    WORDS
        .iter()
        .any(|word| lower.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphabetic)))
}

/// `On Sunday Joe wrote:` and its like, which may go on over two or three lines.
fn begins_attribution(line: &str) -> bool {
    const ENDS: &[&str] = &[
        "wrote:",
        "writes:",
        "schrieb:",
        "a écrit :",
        "a écrit:",
        "escribió:",
        "escreveu:",
        "ha scritto:",
        "schreef:",
        "skrev:",
        "napisał:",
        "napisał(a):",
        "kirjoitti:",
        "写道：",
        "写道:",
        "пишет:",
        "написал:",
    ];
    const STARTS: &[(&str, char)] =
        &[("On ", ','), ("Am ", '.'), ("Le ", ':'), ("El ", ','), ("Il ", ':'), ("Op ", ':')];
    let starts = |(word, sign): &(&str, char)| {
        line.strip_prefix(word)
            .is_some_and(|rest| rest.contains(*sign) && rest.contains(|c: char| c.is_ascii_digit()))
    };
    ENDS.iter().any(|end| line.ends_with(end)) || STARTS.iter().any(starts)
}

/// Drops addresses of links and rulers, cuts at a word.
fn polish(text: &str) -> String {
    let safe = display::display_safe(text);
    let mut out = String::new();
    for word in safe.split(' ') {
        let bare = word.trim_matches(|c: char| matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ','));
        let is_link =
            bare.starts_with("http://") || bare.starts_with("https://") || bare.starts_with("mailto:");
        let is_ruler = word.len() >= 3 && word.bytes().all(|b| b"-_=*#~+^".contains(&b));
        if is_link || is_ruler {
            continue;
        }
        append(&mut out, word.trim_matches('*'));
    }
    let Some((end, _)) = out.char_indices().nth(MAX_SNIPPET) else { return out };
    let cut = out.get(..end).unwrap_or_default();
    // A text without spaces, such as Chinese, is cut where it is.
    let word = cut.rfind(' ').filter(|at| *at > end / 2).unwrap_or(end);
    cut.get(..word).unwrap_or(cut).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::text;
    use proptest::prelude::*;

    #[test]
    fn the_list_shows_what_matters() {
        let cases = [
            ("Hello Joe,\n\nthe meeting is at noon.\n\nBye\n-- \nAnn", "the meeting is at noon. Bye"),
            ("Hello Joe,\n", "Hello Joe,"),
            ("> old\n> words\n\nnew words", "new words"),
            ("> only\n> quoted", "only quoted"),
            ("On Mon, 2 Nov 2026 Joe wrote:\n> old\nYes.", "Yes."),
            ("On Mon, 2 Nov 2026 at 10:00, Joe Doe\n<joe@x.de> wrote:\n\n> old\nYes.", "Yes."),
            ("On Monday we meet, at 10.\nBring cake.", "On Monday we meet, at 10. Bring cake."),
            ("Yes.\n\n-----Original Message-----\nFrom: x", "Yes."),
            ("See https://x.de/a?b=c and <https://y.de> now", "See and now"),
            ("https://x.de", ""),
            ("=====\nNews\n-----\n*Big* thing", "News Big thing"),
            ("[image: Logo]\nYour order", "Your order"),
            ("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nSigned.", "Signed."),
            ("a\u{200b}b\u{202e}c\td", "abc d"),
            ("Higher prices.", "Higher prices."),
            ("Hi. I am fine.\nJoe", "Hi. I am fine. Joe"),
            ("Hi! All is well!\nJoe", "Hi! All is well! Joe"),
            ("Dear Ann!\nHello.", "Hello."),
            ("{{a}}. b", "{{a}}. b"),
            ("", ""),
        ];
        for (input, expected) in cases {
            assert_eq!(snippet(input), expected, "{input}");
        }
    }

    #[test]
    fn blocks_give_the_same() {
        let input = "Hi,\n> old\nnew\n-- \nme";
        assert_eq!(of_body(&text::blocks(input, false, false)), "new");
    }

    #[test]
    fn long_texts_are_cut_at_a_word() {
        let long = snippet(&"word ".repeat(100_000));
        assert!(long.chars().count() <= MAX_SNIPPET && long.ends_with("word"));
        assert_eq!(snippet(&"日".repeat(5000)).chars().count(), MAX_SNIPPET);
    }

    proptest! {
        #[test]
        fn any_text_gives_one_short_line(text in "(\\PC|[\n\r\t> :]|On |wrote:\n){0,80}") {
            let line = snippet(&text);
            prop_assert!(line.chars().count() <= MAX_SNIPPET);
            prop_assert!(!line.contains(char::is_control));
        }
    }
}
