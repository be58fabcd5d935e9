//! One client's link: frames commands, counts bytes, and lets faults cut, stall or slow it down.

use super::fault::Faults;
use super::log::Log;
use crate::clock::Clock;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio_rustls::TlsAcceptor;

/// Longest command with its literals; larger than any mail that a test or a demo uploads.
const MAX_COMMAND: usize = 128 << 20;
/// Bytes asked of the socket at once.
const READ: usize = 16 << 10;

/// Anything that bytes can go through.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// The link of one connection.
pub(crate) struct Link {
    stream: Box<dyn Stream>,
    input: Vec<u8>,
    log: Log,
    faults: Faults,
    clock: Clock,
    pub(crate) cut_output: Option<u64>,
    pub(crate) cut_input: Option<u64>,
    pub(crate) stall_output: Option<u64>,
    pub(crate) trickle: Option<(usize, Duration)>,
}

fn cut() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionAborted)
}

impl Link {
    pub(crate) fn new(stream: Box<dyn Stream>, log: Log, faults: Faults, clock: Clock) -> Self {
        Self {
            stream: Box::new(Stirring { stream, clock: clock.clone() }),
            input: Vec::new(),
            log,
            faults,
            clock,
            cut_output: None,
            cut_input: None,
            stall_output: None,
            trickle: None,
        }
    }

    /// Puts TLS on the link. Bytes already read are forgotten, as they must be: nothing may be sent
    /// between STARTTLS and the handshake (RFC 9051 section 6.2.1).
    pub(crate) async fn upgrade(&mut self, acceptor: &TlsAcceptor) -> io::Result<()> {
        let nothing = Box::new(tokio::io::join(tokio::io::empty(), tokio::io::sink()));
        let plain = std::mem::replace(&mut self.stream, nothing);
        self.input.clear();
        self.stream = Box::new(acceptor.accept(plain).await?);
        Ok(())
    }

    async fn fill(&mut self) -> io::Result<usize> {
        self.input.reserve(READ);
        let before = self.input.len();
        let count = self.stream.read_buf(&mut self.input).await?;
        self.log.received(count);
        if let Some(left) = &mut self.cut_input {
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            if count >= *left {
                // What came before the cut was never answered and never run: the command is incomplete.
                self.input.truncate(before);
                return Err(cut());
            }
            *left -= count;
        }
        Ok(count)
    }

    async fn line_end(&mut self, from: usize) -> io::Result<Option<usize>> {
        let mut searched = from;
        loop {
            let fresh = self.input.get(searched..).unwrap_or_default();
            if let Some(place) = memchr::memchr(b'\n', fresh) {
                return Ok(Some(searched + place + 1));
            }
            searched = self.input.len();
            if searched > MAX_COMMAND {
                return Err(io::Error::from(io::ErrorKind::InvalidData));
            }
            if self.fill().await? == 0 {
                return Ok(None);
            }
        }
    }

    /// One line, for DONE and SASL answers; `None` at the end of the link. Safe to cancel.
    pub(crate) async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let Some(end) = self.line_end(0).await? else { return Ok(None) };
        Ok(Some(self.input.drain(..end).collect()))
    }

    /// One whole command, literals included; `None` at the end of the link.
    pub(crate) async fn command(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut from = 0;
        loop {
            let Some(end) = self.line_end(from).await? else { return Ok(None) };
            let line = self.input.get(from..end).unwrap_or_default();
            let Some((length, wait)) = announced(line) else {
                return Ok(Some(self.input.drain(..end).collect()));
            };
            if length > MAX_COMMAND {
                return Err(io::Error::from(io::ErrorKind::InvalidData));
            }
            if wait {
                self.send(b"+ Ready\r\n").await?;
            }
            from = end + length;
            while self.input.len() < from {
                if self.fill().await? == 0 {
                    return Ok(None);
                }
            }
        }
    }

    /// Sends bytes, as far as the faults let them through.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if let Some(left) = self.cut_output {
            if left < length {
                let part = usize::try_from(left).ok().and_then(|left| bytes.get(..left)).unwrap_or_default();
                self.write(part).await?;
                return Err(cut());
            }
            self.cut_output = Some(left - length);
        }
        if let Some(left) = self.stall_output {
            if left < length {
                let (now, later) =
                    bytes.split_at_checked(usize::try_from(left).unwrap_or(0)).unwrap_or((bytes, b""));
                self.write(now).await?;
                self.stall_output = None;
                self.stall().await?;
                return self.write(later).await;
            }
            self.stall_output = Some(left - length);
        }
        self.write(bytes).await
    }

    /// Sends a beginning and then the same piece over and over; ends when the client goes away.
    pub(crate) async fn flood(&mut self, head: &[u8], piece: &[u8], times: u64) -> io::Result<()> {
        self.send(head).await?;
        for _ in 0..times {
            self.send(piece).await?;
        }
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.log.sent(bytes.len());
        match self.trickle {
            Some((piece, pause)) => {
                for piece in bytes.chunks(piece.max(1)) {
                    self.stream.write_all(piece).await?;
                    self.stream.flush().await?;
                    self.pause(pause).await;
                }
                Ok(())
            }
            None => {
                self.stream.write_all(bytes).await?;
                self.stream.flush().await
            }
        }
    }

    /// Says nothing until the fault is released or the client goes away.
    pub(crate) async fn stall(&mut self) -> io::Result<()> {
        let (mut released, clock) = (self.faults.released(), self.clock.clone());
        let silence = async {
            loop {
                tokio::select! {
                    changed = released.changed() => return changed.map_err(|_| cut()),
                    count = self.fill() => if count? == 0 { return Err(cut()) },
                }
            }
        };
        clock.mute(silence).await
    }

    /// Says nothing for so long.
    pub(crate) async fn pause(&mut self, wait: Duration) {
        let clock = self.clock.clone();
        clock.mute(clock.sleep(wait)).await;
    }

    /// Ends the link in an orderly way.
    pub(crate) async fn close(&mut self) {
        // The client may be gone already; there is nobody left to tell.
        self.stream.shutdown().await.ok();
    }
}

/// A stream whose bytes tell a clock that is moved by hand that something goes on.
struct Stirring {
    stream: Box<dyn Stream>,
    clock: Clock,
}

impl Stirring {
    fn told<T>(&self, outcome: Poll<T>) -> Poll<T> {
        if outcome.is_ready() {
            self.clock.stir();
        }
        outcome
    }
}

impl AsyncRead for Stirring {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.told(outcome)
    }
}

impl AsyncWrite for Stirring {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.told(outcome)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_shutdown(context);
        self.told(outcome)
    }
}

/// Length of the literal that a line announces, and whether the client waits for leave to send it.
fn announced(line: &[u8]) -> Option<(usize, bool)> {
    let text = line.trim_ascii_end().strip_suffix(b"}")?;
    let open = memchr::memrchr(b'{', text)?;
    let inner = text.get(open + 1..)?;
    let (digits, wait) = inner.strip_suffix(b"+").map_or((inner, true), |digits| (digits, false));
    let length = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((length, wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_recognised() {
        assert_eq!(announced(b"a LOGIN {3}\r\n"), Some((3, true)));
        assert_eq!(announced(b"a APPEND x ~{10+}\r\n"), Some((10, false)));
        for none in [b"a NOOP\r\n".as_slice(), b"a {x}\r\n", b"}\r\n", b"{}\r\n"] {
            assert_eq!(announced(none), None);
        }
    }
}
