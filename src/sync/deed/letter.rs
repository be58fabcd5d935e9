//! A message that comes from here and not from a server, made fit for the journal: CRLF line ends, list data from its
//! header, the parts that the reader shows. No I/O.

use crate::mime;
use crate::model::{Flag, Flags, PartPath, Uid, UnixTime};
use crate::store::{Appending, NewMessage};
use std::borrow::Cow;

/// Longest text part that is kept beside the message itself, so that it can be read before the server has it.
const MAX_TEXT: usize = 256 * 1024;

/// Gives lines that end in a bare LF their CRLF (RFC 9051 section 4.3.1 demands it of APPEND). Bytes that have it are
/// left as they are.
#[must_use]
pub fn with_crlf(raw: &[u8]) -> Cow<'_, [u8]> {
    let bare = |at: usize| at.checked_sub(1).and_then(|before| raw.get(before)) != Some(&b'\r');
    if !memchr::memchr_iter(b'\n', raw).any(bare) {
        return Cow::Borrowed(raw);
    }
    let mut fixed = Vec::with_capacity(raw.len() + raw.len() / 32);
    let mut done = 0;
    for at in memchr::memchr_iter(b'\n', raw) {
        fixed.extend_from_slice(raw.get(done..at).unwrap_or_default());
        if bare(at) {
            fixed.push(b'\r');
        }
        fixed.push(b'\n');
        done = at + 1;
    }
    fixed.extend_from_slice(raw.get(done..).unwrap_or_default());
    Cow::Owned(fixed)
}

/// What the journal takes.
#[must_use]
pub fn appending(raw: Vec<u8>, flags: impl IntoIterator<Item = Flag>, received: UnixTime) -> Appending {
    let raw = match with_crlf(&raw) {
        Cow::Borrowed(_) => raw,
        Cow::Owned(fixed) => fixed,
    };
    let parsed = mime::message::parse(&raw);
    let choice = mime::structure::choose_text(&parsed.structure);
    let mut parts = Vec::new();
    for path in choice.plain.iter().chain(&choice.html) {
        if let Some((_, bytes)) =
            parsed.part(&raw, path).filter(|(part, bytes)| bytes.len() <= MAX_TEXT && part.path.depth() > 0)
        {
            parts.push((path.clone(), bytes.to_vec()));
        }
    }
    let attachments = mime::structure::attachment_count(&parsed.structure);
    let message = NewMessage {
        flags: flags.into_iter().collect::<Flags>(),
        internal_date: Some(received),
        size: u64::try_from(raw.len()).unwrap_or(u64::MAX),
        preview: Some(mime::snippet::of_body(&parsed.readable(&raw))),
        envelope: parsed.envelope,
        structure: Some(parsed.structure),
        attachments: u32::try_from(attachments).unwrap_or(u32::MAX),
        ..NewMessage::new(Uid::MIN)
    };
    parts.push((PartPath::root(), raw));
    Appending { message, parts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_crlf_and_nothing_else_changes() {
        for (raw, fixed) in [
            (&b"a\nb\n"[..], &b"a\r\nb\r\n"[..]),
            (b"a\r\nb", b"a\r\nb"),
            (b"\n\r\n\ra", b"\r\n\r\n\ra"),
            (b"", b""),
        ] {
            assert_eq!(*with_crlf(raw), *fixed);
        }
    }

    #[test]
    fn a_letter_brings_its_list_data() {
        let raw = b"From: Ada <ada@example.org>\nSubject: Hi\nMessage-ID: <1@x>\n\nHello\n".to_vec();
        let made = appending(raw, [Flag::Seen], UnixTime(5));
        assert_eq!(made.message.envelope.subject, "Hi");
        assert_eq!(made.message.preview.as_deref(), Some("Hello"));
        let root = made.parts.iter().find(|(path, _)| path.depth() == 0).unwrap();
        assert_eq!(u64::try_from(root.1.len()), Ok(made.message.size));
        assert!(root.1.ends_with(b"\r\n\r\nHello\r\n"));
    }
}
