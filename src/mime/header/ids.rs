//! `Message-ID`, `In-Reply-To` and `References` (RFC 5322 section 3.6.4): keys for threading, never shown.

use crate::model::{Envelope, Rfc822MessageId};
use std::collections::VecDeque;

/// Longest id; RFC 5322 cannot have more on one line.
const MAX_ID: usize = 998;

/// The id of a `Message-ID` field; without angle brackets the whole value.
pub(super) fn one(value: &[u8]) -> Option<Rfc822MessageId> {
    bracketed(value).next().or_else(|| id(value))
}

/// The ids of an `In-Reply-To` field. Old mailers put words around them, hence only what is in brackets
/// counts, or a value that is nothing but one id.
pub(super) fn answered(value: &[u8]) -> Vec<Rfc822MessageId> {
    let found = last(bracketed(value));
    if !found.is_empty() {
        return found;
    }
    let single = !value.trim_ascii().iter().any(u8::is_ascii_whitespace) && value.contains(&b'@');
    if single { id(value).into_iter().collect() } else { Vec::new() }
}

/// The newest ids of a `References` field, oldest first, each once.
pub(super) fn all(value: &[u8]) -> Vec<Rfc822MessageId> {
    let found = last(bracketed(value));
    if !found.is_empty() {
        return found;
    }
    last(value.split(u8::is_ascii_whitespace).filter(|word| word.contains(&b'@')).filter_map(id))
}

/// What stands between `<` and `>`.
fn bracketed(value: &[u8]) -> impl Iterator<Item = Rfc822MessageId> {
    let mut rest = value;
    std::iter::from_fn(move || {
        loop {
            let start = memchr::memchr(b'<', rest)?;
            let inner = rest.get(start + 1..)?;
            let end = memchr::memchr2(b'<', b'>', inner)?;
            let (found, after) = inner.split_at(end);
            // Two opening brackets: the first one has lost its end.
            rest = after;
            if after.first() == Some(&b'>')
                && let Some(id) = id(found)
            {
                return Some(id);
            }
        }
    })
}

fn id(raw: &[u8]) -> Option<Rfc822MessageId> {
    if raw.len() > MAX_ID {
        return None;
    }
    let text = String::from_utf8_lossy(raw);
    if !raw.is_empty() && raw.iter().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>')) {
        return Some(Rfc822MessageId(text.into_owned()));
    }
    let keep = |c: &char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>');
    let text: String = text.chars().filter(keep).collect();
    (!text.is_empty()).then_some(Rfc822MessageId(text))
}

fn last(ids: impl Iterator<Item = Rfc822MessageId>) -> Vec<Rfc822MessageId> {
    let mut kept: VecDeque<Rfc822MessageId> = VecDeque::new();
    for id in ids {
        if kept.contains(&id) {
            continue;
        }
        if kept.len() == Envelope::MAX_REFERENCES {
            kept.pop_front();
        }
        kept.push_back(id);
    }
    kept.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_among_junk() {
        let texts = |ids: Vec<Rfc822MessageId>| ids.into_iter().map(|i| i.0).collect::<Vec<_>>();
        assert_eq!(one(b" <a@b> ").unwrap().0, "a@b");
        assert_eq!(one(b"a@b").unwrap().0, "a@b");
        assert_eq!(one(b"<a@b> (added by x)").unwrap().0, "a@b");
        assert_eq!(one(b"<lon g@b>").unwrap().0, "long@b");
        assert_eq!(one(b""), None);
        assert_eq!(one(b"<>"), None);
        assert_eq!(texts(answered(b"Your message of Mon <a@b>")), ["a@b"]);
        assert_eq!(texts(answered(b"Message from joe@x.de of Monday")), [""; 0]);
        assert_eq!(texts(answered(b"a@b")), ["a@b"]);
        assert_eq!(texts(all(b"<a@b><c@d>\t<a@b> <e@f")), ["a@b", "c@d"]);
        assert_eq!(texts(all(b"<a@b <c@d>")), ["c@d"]);
        assert_eq!(texts(all(b"a@b c@d")), ["a@b", "c@d"]);
    }

    #[test]
    fn the_newest_references_stay() {
        let many: String = (0..1000).map(|n| format!("<{n}@x> ")).collect();
        let kept = all(many.as_bytes());
        assert_eq!(kept.len(), Envelope::MAX_REFERENCES);
        assert_eq!(kept.last().unwrap().0, "999@x");
    }
}
