//! Untagged responses on their way out, shaped by faults.
#![expect(clippy::wildcard_enum_match_arm, reason = "each place acts on a few kinds and passes the rest on")]

use super::fault::{Fault, Rewrite};
use super::link::Link;
use std::io;
use std::sync::Arc;

/// Bytes that are gathered before they go out.
const FLUSH: usize = 64 << 10;

/// Responses not yet sent.
#[derive(Default)]
pub(crate) struct Output {
    frames: Vec<Vec<u8>>,
    bytes: usize,
    duplicate: bool,
    reverse: bool,
    literal_off: i64,
    rewrite: Option<Rewrite>,
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    Ok(String),
    No(String),
    Bad(String),
}

impl Reply {
    pub(crate) fn ok(text: &str) -> Self {
        Self::Ok(text.to_owned())
    }

    pub(crate) fn no(text: &str) -> Self {
        Self::No(text.to_owned())
    }

    pub(crate) fn bad(text: &str) -> Self {
        Self::Bad(text.to_owned())
    }

    pub(crate) fn line(&self, tag: &str) -> Vec<u8> {
        let (word, text) = match self {
            Self::Ok(text) => ("OK", text),
            Self::No(text) => ("NO", text),
            Self::Bad(text) => ("BAD", text),
        };
        format!("{tag} {word} {text}\r\n").into_bytes()
    }
}

impl Output {
    /// Takes the faults that shape the answer of one command.
    pub(crate) fn shape(&mut self, faults: &[Fault]) {
        *self = Self::default();
        for fault in faults {
            match fault {
                Fault::Duplicate => self.duplicate = true,
                Fault::Reverse => self.reverse = true,
                Fault::LiteralOff(by) => self.literal_off = *by,
                Fault::Rewrite(act) => self.rewrite = Some(Arc::clone(act)),
                _ => {}
            }
        }
    }

    /// Adds one untagged response without `* ` and line end.
    pub(crate) fn untagged(&mut self, body: impl AsRef<[u8]>) {
        let body = body.as_ref();
        let mut frame = Vec::with_capacity(body.len() + 4);
        frame.extend_from_slice(b"* ");
        frame.extend_from_slice(body);
        frame.extend_from_slice(b"\r\n");
        if self.literal_off != 0 {
            frame = misannounce(&frame, self.literal_off);
        }
        if let Some(rewrite) = &self.rewrite {
            frame = rewrite(&frame);
        }
        self.bytes += frame.len();
        if self.duplicate {
            self.frames.push(frame.clone());
        }
        self.frames.push(frame);
    }

    /// Sends what has gathered if that is worth a write.
    pub(crate) async fn flush_some(&mut self, link: &mut Link) -> io::Result<()> {
        if self.bytes >= FLUSH && !self.reverse { self.flush(link).await } else { Ok(()) }
    }

    /// Sends everything, with a last line where there is one, in as few writes as possible.
    pub(crate) async fn flush_with(&mut self, link: &mut Link, last: &[u8]) -> io::Result<()> {
        if self.reverse {
            self.frames.reverse();
        }
        self.frames.push(self.rewrite.as_ref().map_or_else(|| last.to_vec(), |rewrite| rewrite(last)));
        self.flush(link).await
    }

    /// Sends everything.
    pub(crate) async fn flush(&mut self, link: &mut Link) -> io::Result<()> {
        let all = std::mem::take(&mut self.frames).concat();
        self.bytes = 0;
        if all.is_empty() { Ok(()) } else { link.send(&all).await }
    }
}

/// Changes the number in the first `{n}` at the end of a line.
fn misannounce(frame: &[u8], by: i64) -> Vec<u8> {
    let Some(end) = memchr::memmem::find(frame, b"}\r\n") else { return frame.to_vec() };
    let (before, after) = frame.split_at_checked(end).unwrap_or((frame, b""));
    let Some(open) = memchr::memrchr(b'{', before) else { return frame.to_vec() };
    let digits = before.get(open + 1..).and_then(|digits| std::str::from_utf8(digits).ok());
    let Some(length) = digits.and_then(|digits| digits.parse::<i64>().ok()) else { return frame.to_vec() };
    let mut out = before.get(..=open).unwrap_or_default().to_vec();
    out.extend_from_slice(length.saturating_add(by).max(0).to_string().as_bytes());
    out.extend_from_slice(after);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_can_be_announced_wrongly() {
        assert_eq!(
            misannounce(b"* 1 FETCH (BODY[] {3}\r\nabc)\r\n", 4),
            b"* 1 FETCH (BODY[] {7}\r\nabc)\r\n"
        );
        assert_eq!(misannounce(b"* OK\r\n", 4), b"* OK\r\n");
    }
}
