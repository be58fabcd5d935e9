//! The subject without reply and forward marks, for sorting and threading (RFC 5256 section 2.1).

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
