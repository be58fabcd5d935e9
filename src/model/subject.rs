//! The subject without reply and forward marks, for sorting and threading (RFC 5256 section 2.1), and when two
//! mails may count as one conversation by their subjects alone. Pure.

/// The base subject of a decoded subject: what servers with SORT and THREAD compare, letter case kept.
///
/// Only the marks of RFC 5256 count (`Re:`, `Fw:`, `Fwd:`, `[blob]`, `[fwd: ...]`, `(fwd)`), so that the
/// result is the server's. Each step takes something away, hence the time is linear but for deep nesting,
/// which the length of a subject bounds.
#[must_use]
pub fn base_subject(subject: &str) -> String {
    let spaced = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = spaced.as_str();
    loop {
        rest = without_trailer(rest);
        rest = without_leader(rest);
        match forwarded(rest) {
            Some(inner) => rest = inner,
            None => return rest.to_owned(),
        }
    }
}

/// Marks of an answer in other languages than that of RFC 5256; in small letters.
const ANSWERS: [&str; 22] = [
    "re", "aw", "antw", "antwort", "sv", "vs", "ref", "rv", "odp", "r", "rif", "res", "ynt", "hv", "bls",
    "回复", "回覆", "答复", "答覆", "返信", "답장", "отв",
];

/// Marks of a mail passed on, likewise. A mail that was passed on is no answer.
const FORWARDS: [&str; 14] =
    ["fw", "fwd", "wg", "tr", "vl", "doorst", "pd", "i", "enc", "转发", "轉寄", "転送", "전달", "пер"];

/// Subjects that many unrelated mails have, in small letters.
const GENERIC: [&str; 16] = [
    "no subject",
    "(no subject)",
    "kein betreff",
    "(kein betreff)",
    "ohne betreff",
    "sans objet",
    "sin asunto",
    "out of office",
    "automatic reply",
    "automatische antwort",
    "abwesenheitsnotiz",
    "undelivered mail returned to sender",
    "delivery status notification (failure)",
    "thank you",
    "vielen dank",
    "good morning",
];

/// Letters that a subject must have to stand for a conversation; one of a script without spaces counts as
/// three. Shorter ones ("Invoice", "Lunch?") turn up again by chance.
const MIN_WEIGHT: usize = 8;

/// What a subject says about the conversation that a mail without any reference belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// The subject without marks of any language, in small letters.
    pub base: String,
    /// Whether it has the mark of an answer.
    pub answer: bool,
}

/// The topic of a decoded subject; `None` if the subject is too short or too common to tell mails apart.
#[must_use]
pub fn topic(subject: &str) -> Option<Topic> {
    let mut rest = base_subject(subject).to_lowercase();
    // RFC 5256 takes its own marks away; whether there was one is seen by what is left.
    let mut answer = is_answer(subject);
    while let Some((mark, after)) = foreign_mark(&rest) {
        answer |= mark;
        rest = base_subject(after).to_lowercase();
    }
    let weight = |c: char| match c {
        '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' => 3,
        c => usize::from(c.is_alphanumeric()),
    };
    let telling = rest.chars().map(weight).sum::<usize>() >= MIN_WEIGHT;
    let base = rest.trim_matches(|c: char| c == '.' || c == '!' || c.is_whitespace());
    (telling && !GENERIC.contains(&base)).then_some(Topic { base: rest, answer })
}

/// Whether the first mark of a subject is that of an answer.
fn is_answer(subject: &str) -> bool {
    let mut text = subject.trim_start();
    while let Some(after) = blob(text) {
        text = after;
    }
    let lower: String = text.chars().take(16).collect::<String>().to_lowercase();
    foreign_mark(&lower).is_some_and(|(answer, _)| answer)
}

/// Whether a subject says that the mail was passed on, in whatever language.
#[must_use]
pub fn is_forward(subject: &str) -> bool {
    let mut text = subject.trim_start();
    if strip_prefix_without_case(text, "[fwd:").is_some() {
        return true;
    }
    while let Some(after) = blob(text) {
        text = after;
    }
    let lower: String = text.chars().take(16).collect::<String>().to_lowercase();
    foreign_mark(&lower).is_some_and(|(answer, _)| !answer)
}

/// A mark at the start of a text in small letters: whether it is one of an answer, and what follows it.
fn foreign_mark(text: &str) -> Option<(bool, &str)> {
    let (word, after) = text.split_once([':', '\u{ff1a}'])?;
    // A counter, as in `Re[2]:` or `AW (2):`.
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit() || "[]()^ ".contains(c)).trim();
    if ANSWERS.contains(&word) {
        return Some((true, after));
    }
    FORWARDS.contains(&word).then_some((false, after))
}

/// `subj-trailer`: spaces and `(fwd)` at the end.
fn without_trailer(text: &str) -> &str {
    let mut rest = text.trim_end_matches(' ');
    while let Some(before) = strip_suffix_without_case(rest, "(fwd)") {
        rest = before.trim_end_matches(' ');
    }
    rest
}

/// `subj-leader` and then `subj-blob`, as often as they stand there; a blob that is everything stays.
fn without_leader(text: &str) -> &str {
    let mut rest = text.trim_start_matches(' ');
    loop {
        if let Some(after) = leader(rest) {
            rest = after.trim_start_matches(' ');
        } else if let Some(after) = blob(rest).filter(|after| !after.is_empty()) {
            rest = after;
        } else {
            return rest;
        }
    }
}

/// `*subj-blob subj-refwd`.
fn leader(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(after) = blob(rest) {
        rest = after;
    }
    let word = ["fwd", "re", "fw"].into_iter().find_map(|word| strip_prefix_without_case(rest, word))?;
    let word = word.trim_start_matches(' ');
    blob(word).unwrap_or(word).strip_prefix(':')
}

/// `"[" *BLOBCHAR "]" *WSP`.
fn blob(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find(['[', ']'])?;
    Some(inner.get(end..)?.strip_prefix(']')?.trim_start_matches(' '))
}

/// `subj-fwd`: `[fwd: ` around everything.
fn forwarded(text: &str) -> Option<&str> {
    strip_prefix_without_case(text, "[fwd:")?.strip_suffix(']')
}

fn strip_prefix_without_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn strip_suffix_without_case<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let (rest, end) = text.split_at_checked(text.len().checked_sub(suffix.len())?)?;
    end.eq_ignore_ascii_case(suffix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_go_and_the_rest_stays() {
        let cases = [
            ("hello", "hello"),
            ("Re: hello", "hello"),
            ("RE: Fwd: re :  hello  world (fwd)", "hello world"),
            ("[list] Re: [x] hello", "hello"),
            ("Re: [list] hello", "hello"),
            ("Re[2]: hello", "hello"),
            ("Re [2] : hello", "hello"),
            ("[fwd: Re: hello]", "hello"),
            ("[Fwd: [fwd: hello (fwd)]]", "hello"),
            ("[list]", "[list]"),
            ("Re: [list]", "[list]"),
            ("Re:", ""),
            ("", ""),
            ("Reply: hello", "Reply: hello"),
            ("AW: hello", "AW: hello"),
            ("[a[b] hello", "[a[b] hello"),
            ("hello (FWD) (fwd) ", "hello"),
            ("Re: \u{fc}ber", "\u{fc}ber"),
            ("\u{fc}", "\u{fc}"),
        ];
        for (subject, expected) in cases {
            assert_eq!(base_subject(subject), expected, "{subject}");
        }
    }

    #[test]
    fn deep_marks_take_little_time() {
        for piece in ["[fwd:", "[x]", "re:", "(fwd)", "[", "[re]"] {
            let _ = base_subject(&piece.repeat(crate::mime::header::MAX_SUBJECT / piece.len()));
        }
        let _ = base_subject(&format!("{}{}", "[fwd:".repeat(800), "]".repeat(800)));
    }

    #[test]
    fn topics_know_marks_of_many_languages() {
        let topic = |text: &str| super::topic(text).map(|t| (t.base, t.answer));
        let base = || "minutes of the meeting".to_owned();
        for answer in ["Re:", "RE: re:", "AW:", "Antw:", "Sv:", "SV: VS:", "Re[2]:", "[list] Re:", "AW (3):"]
        {
            let subject = format!("{answer} Minutes of the Meeting");
            assert_eq!(topic(&subject), Some((base(), true)), "{subject}");
        }
        assert_eq!(topic("Minutes of  the Meeting"), Some((base(), false)));
        assert_eq!(topic("Fwd: Minutes of the meeting"), Some((base(), false)));
        assert_eq!(topic("WG: Minutes of the meeting"), Some((base(), false)));
        assert_eq!(topic("回复：会议记录"), Some(("会议记录".into(), true)));
        assert_eq!(topic("Minutes: of the meeting").unwrap().0, "minutes: of the meeting");
        for short in
            ["", "Re:", "Re: hi", "Invoice", "Re: Lunch?", "Out of office", "Re: (no subject)", "回复: 好"]
        {
            assert_eq!(topic(short), None, "{short}");
        }
    }

    #[test]
    fn mails_that_were_passed_on_say_so() {
        for subject in ["Fwd: Plan", "FW: Plan", "[list] WG: Plan", "[Fwd: Plan]", "Tr : Plan"] {
            assert!(is_forward(subject), "{subject}");
        }
        for subject in ["Re: Fwd: Plan", "AW: Plan", "Plan", "", "Note: Plan"] {
            assert!(!is_forward(subject), "{subject}");
        }
    }

    proptest! {
        #[test]
        fn a_base_subject_is_its_own_base(subject in "(re:|fwd:|\\[a\\]|\\[fwd:|\\]|\\(fwd\\)| |[a-z]){0,12}") {
            let base = base_subject(&subject);
            prop_assert_eq!(base_subject(&base), base.clone());
            let reply = format!("Re: {base}");
            prop_assert_eq!(base_subject(&reply), base);
        }
    }
}
