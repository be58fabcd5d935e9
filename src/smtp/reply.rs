//! Replies of a server (RFC 5321 section 4.2): three digits and text, over one or more lines. Capped.

use super::error::Error;
use crate::net::text::printable;
use std::fmt;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _};

/// Longest line that is read; RFC 5321 allows 512 bytes, servers go a little beyond.
const MAX_LINE: u64 = 4_096;
/// Most lines of a reply; EHLO of the most talkative servers has some 20.
const MAX_LINES: usize = 128;
/// Longest text that is kept of a line.
const MAX_TEXT: usize = 500;

/// One reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Such as 250.
    pub code: u16,
    /// The lines without their codes, made safe to show.
    pub lines: Vec<String>,
}

impl Reply {
    /// Whether the command was carried out.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        matches!(self.code, 200..=299)
    }

    /// Whether the refusal is only for now.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self.code, 400..=499)
    }

    /// All lines as one.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.join(" ")
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.text())
    }
}

/// Reads one reply.
pub(super) async fn read(stream: &mut (impl AsyncBufRead + Unpin + Send)) -> Result<Reply, Error> {
    let mut reply: Option<Reply> = None;
    loop {
        let mut line = Vec::new();
        let got = tokio::io::AsyncReadExt::take(&mut *stream, MAX_LINE).read_until(b'\n', &mut line).await?;
        if got == 0 {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
        }
        if !line.ends_with(b"\n") {
            return Err(no_reply(&line));
        }
        let Some((code, more, text)) = split(&line) else { return Err(no_reply(&line)) };
        let reply = reply.get_or_insert_with(|| Reply { code, lines: Vec::new() });
        if reply.code != code || reply.lines.len() >= MAX_LINES {
            return Err(no_reply(&line));
        }
        reply.lines.push(printable(text, MAX_TEXT));
        if !more {
            return Ok(reply.clone());
        }
    }
}

/// Code, whether more lines follow, text.
fn split(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let (digits, rest) = line.split_at_checked(3)?;
    let code = std::str::from_utf8(digits).ok()?.parse().ok().filter(|code| (200..600).contains(code))?;
    match rest.split_first() {
        None => Some((code, false, rest)),
        Some((b' ', text)) => Some((code, false, text)),
        Some((b'-', text)) => Some((code, true, text)),
        Some(_) => None,
    }
}

fn no_reply(line: &[u8]) -> Error {
    Error::NotSmtp { detail: printable(line, MAX_TEXT) }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn heard(text: &[u8]) -> Result<Reply, Error> {
        read(&mut &*text).await
    }

    #[tokio::test]
    async fn replies_are_read_over_lines() {
        let reply = heard(b"250-mx\r\n250-SIZE 10\r\n250 AUTH PLAIN\r\n").await.unwrap();
        assert_eq!((reply.code, reply.text()), (250, "mx SIZE 10 AUTH PLAIN".into()));
        assert_eq!(heard(b"220\n").await.unwrap(), Reply { code: 220, lines: vec![String::new()] });
        assert_eq!(heard(b"535 \x1b[31mno\r\n").await.unwrap().text(), "?[31mno");
    }

    #[tokio::test]
    async fn what_is_no_reply_is_refused() {
        for text in
            ["<html>\r\n", "HTTP/1.1 400\r\n", "* OK IMAP\r\n", "250x\r\n", "999 x\r\n", "250-a\r\n251 b\r\n"]
        {
            assert!(matches!(heard(text.as_bytes()).await, Err(Error::NotSmtp { .. })), "{text}");
        }
        assert!(matches!(heard(b"250-a\r\n").await, Err(Error::Offline(_))));
        let endless = [b"220 ".as_slice(), &[b'x'; 100_000]].concat();
        assert!(matches!(heard(&endless).await, Err(Error::NotSmtp { .. })));
        let lines = b"250-x\r\n".repeat(1_000);
        assert!(matches!(heard(&lines).await, Err(Error::NotSmtp { .. })));
    }
}
