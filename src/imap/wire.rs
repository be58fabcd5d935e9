//! The adapter under async-imap: everything a server sends passes here first.
//!
//! async-imap and its parser abort, panic or close the stream on data that real servers send, so they get to see
//! only short frames made here: the greeting, `+`, tagged ends, BYE, and [`WAKE`] when something waits. All that
//! the server said is read by [`crate::imap::response`] and queued in [`Incoming`] in the order of the wire, and
//! the queue never runs ahead of the tagged end that async-imap has just got. No TLS, no commands, no time-outs.

mod error;
mod frame;
mod incoming;
mod meter;

pub use error::{Cap, WireError};
pub use incoming::{Caps, Event, Incoming, LiteralHead, Wake};
pub use meter::{Meter, Metered};

use crate::imap::limits;
use crate::imap::response::{Condition, Response, parse_frame};
use frame::{Framer, Step};
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What async-imap gets when responses wait in the queue. It means nothing: read the queue, not this.
pub const WAKE: &[u8] = b"* 0 RECENT\r\n";

/// Bytes of commands that are held until they are flushed. async-imap writes a command in four pieces, which would be
/// four TLS records, each with 22 bytes around it. More than one record is not worth holding.
const MAX_HELD: usize = 16 << 10;

/// Frames (or pieces of [`limits::INPUT`] bytes) taken in one poll before other tasks get their turn.
const MAX_FRAMES_PER_POLL: usize = 128;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing but a greeting may come.
    Greeting,
    /// Responses.
    Open,
    /// The bytes are somebody else's: compressed, or encrypted.
    Raw,
}

/// See the module's description.
pub struct Wire<S> {
    inner: S,
    input: Vec<u8>,
    /// What of `input` is not used yet.
    start: usize,
    end: usize,
    framer: Framer,
    /// What async-imap has to get, and how much of it it has got.
    out: Vec<u8>,
    given: usize,
    /// What was written and not flushed yet.
    held: Vec<u8>,
    incoming: Incoming,
    meter: Meter,
    phase: Phase,
    failed: Option<WireError>,
    /// Whether async-imap was woken since the last response was queued.
    announced: bool,
}

impl<S> Wire<S> {
    /// Starts on a fresh connection: the first response has to be a greeting.
    pub fn new(inner: S) -> (Self, Incoming) {
        let incoming = Incoming::default();
        (Self::with(inner, incoming.clone(), Phase::Greeting), incoming)
    }

    /// Goes on in the middle of a session, after STARTTLS or COMPRESS: there is no second greeting.
    pub fn resume(inner: S, incoming: Incoming) -> Self {
        Self::with(inner, incoming, Phase::Open)
    }

    fn with(inner: S, incoming: Incoming, phase: Phase) -> Self {
        Self {
            inner,
            input: vec![0; limits::INPUT],
            start: 0,
            end: 0,
            framer: Framer::default(),
            out: Vec::new(),
            given: 0,
            held: Vec::new(),
            incoming,
            meter: Meter::default(),
            phase,
            failed: None,
            announced: true,
        }
    }

    /// The queue of what the server said.
    #[must_use]
    pub fn incoming(&self) -> Incoming {
        self.incoming.clone()
    }

    /// Bytes that went through this adapter. For bytes of the network put a [`Metered`] under TLS.
    #[must_use]
    pub fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// Bytes that came behind the last response that was handed over. After the OK of STARTTLS there must be none.
    #[must_use]
    pub fn bytes_behind(&self) -> usize {
        self.end - self.start + self.framer.pending()
    }

    /// The transport, for TLS.
    ///
    /// # Errors
    /// [`WireError::Injected`] if the server (or somebody in between) has already sent more.
    pub fn into_inner(self) -> Result<S, WireError> {
        match self.bytes_behind() {
            0 => Ok(self.inner),
            bytes => Err(WireError::Injected { bytes }),
        }
    }

    /// From now on passes bytes on as they are, for COMPRESS: put a new [`Wire::resume`] above the decompressor.
    pub fn pass_through(&mut self) {
        self.phase = Phase::Raw;
    }

    /// The transport.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The transport.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The bytes that were read and not used yet.
    fn unused(&self) -> &[u8] {
        self.input.get(self.start..self.end).unwrap_or(&[])
    }

    fn fail(&mut self, error: WireError) -> io::Error {
        let error = self.failed.get_or_insert(error).clone();
        self.incoming.fail(error.clone());
        error.into()
    }

    /// Gives async-imap what waits for it. Whether there was something.
    fn give(&mut self, buf: &mut ReadBuf<'_>) -> bool {
        let rest = self.out.get(self.given..).unwrap_or(&[]);
        let n = rest.len().min(buf.remaining());
        buf.put_slice(rest.get(..n).unwrap_or(&[]));
        self.given += n;
        n > 0
    }

    fn hand_over(&mut self, frame: Vec<u8>) {
        self.out = frame;
        self.given = 0;
        self.announced = true;
    }

    /// Wakes async-imap if the session wants that and something waits.
    fn wake(&mut self, at_once: bool) -> bool {
        let wanted = !self.announced && self.incoming.wants_wake(at_once);
        if wanted {
            self.hand_over(WAKE.to_vec());
        }
        wanted
    }

    /// Uses some of the input.
    fn step(&mut self) -> Result<(), WireError> {
        let rules = self.incoming.rules();
        if self.phase == Phase::Greeting && self.framer.pending() == 0 {
            self.check_greeting()?;
        }
        let unused = self.input.get(self.start..self.end).unwrap_or(&[]);
        let (used, step) = self.framer.push(unused, &rules)?;
        self.start += used;
        if rules.caps.total.is_some() {
            self.incoming.count(used)?;
        }
        match step {
            Step::More => {}
            Step::Literal(head) => self.queue(Event::Literal(head), 0)?,
            Step::Chunk(bytes) => {
                let size = bytes.len();
                self.queue(Event::Chunk(bytes), size)?;
            }
            Step::Frame => self.frame()?,
        }
        Ok(())
    }

    /// Gives up on HTML, TLS or another protocol at its first byte, which may never be followed by a line end.
    fn check_greeting(&mut self) -> Result<(), WireError> {
        let unused = self.unused();
        // One blank line at a time: the framer takes it, then the next is looked at. A flood of them is counted there.
        let blank = unused.iter().take(2).take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let start = unused.get(blank..).unwrap_or(unused);
        match start.first() {
            Some(b'*' | b'\r' | b'\n') | None => Ok(()),
            Some(_) => {
                let line = start.split(|b| *b == b'\n').next().unwrap_or(start);
                let line = line.get(..200).unwrap_or(line);
                Err(WireError::NotImap { start: String::from_utf8_lossy(line).trim_end().to_owned() })
            }
        }
    }

    fn queue(&mut self, event: Event, size: usize) -> Result<(), WireError> {
        self.announced = false;
        self.incoming.push(event, size)
    }

    /// Reads a complete frame, queues it and makes what async-imap has to see of it.
    fn frame(&mut self) -> Result<(), WireError> {
        let size = self.framer.frame().len();
        let received = parse_frame(self.framer.frame(), self.framer.marks());
        let out = self.visible(&received.response);
        let ends = matches!(received.response, Response::Tagged { .. });
        self.queue(Event::Received(received), size)?;
        if ends {
            self.incoming.command_ended();
        }
        if let Some(out) = out {
            self.hand_over(out);
        }
        Ok(())
    }

    /// What async-imap has to see of a response.
    fn visible(&mut self, response: &Response) -> Option<Vec<u8>> {
        if let Response::State(status) = response {
            let greeting = std::mem::replace(&mut self.phase, Phase::Open) == Phase::Greeting;
            let seen = greeting || status.condition == Condition::Bye;
            return seen.then(|| untagged(status.condition));
        }
        if let Response::Tagged { tag, status } = response {
            return Some(tagged(tag, status.condition, &status.text));
        }
        if let Response::Continue(text) = response { Some(continuation(text)) } else { None }
    }
}

fn word(condition: Condition) -> &'static str {
    match condition {
        Condition::Ok => "OK",
        Condition::No => "NO",
        Condition::Bad => "BAD",
        Condition::Bye => "BYE",
        Condition::PreAuth => "PREAUTH",
    }
}

fn untagged(condition: Condition) -> Vec<u8> {
    format!("* {} server\r\n", word(condition)).into_bytes()
}

/// Codes stay in the queue: imap-proto cuts the text after them in the middle of a character.
fn tagged(tag: &str, condition: Condition, text: &str) -> Vec<u8> {
    let mut frame = format!("{tag} {} ", word(condition)).into_bytes();
    let plain = text.bytes().take(limits::MAX_HANDED_OVER);
    frame.extend(plain.map(|b| if (b' '..0x7f).contains(&b) && b != b'[' { b } else { b'?' }));
    frame.extend_from_slice(b"\r\n");
    frame
}

fn continuation(text: &[u8]) -> Vec<u8> {
    let mut frame = b"+ ".to_vec();
    let plain = text.iter().take(limits::MAX_HANDED_OVER);
    frame.extend(plain.map(|b| if (b' '..0x7f).contains(b) && *b != b'[' { *b } else { b'?' }));
    frame.extend_from_slice(b"\r\n");
    frame
}

impl<S: AsyncRead + Unpin> Wire<S> {
    /// Fills `input`, which has to be empty. An end of the stream is an error.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut buf = ReadBuf::new(&mut self.input);
        let result = ready!(Pin::new(&mut self.inner).poll_read(cx, &mut buf));
        let n = buf.filled().len();
        (self.start, self.end) = (0, n);
        match result {
            Err(error) => {
                self.fail(WireError::Lost(error.kind()));
                Poll::Ready(Err(error))
            }
            Ok(()) if n == 0 => {
                let part = self.framer.pending() > 0;
                Poll::Ready(Err(self.fail(if part { WireError::Truncated } else { WireError::Closed })))
            }
            Ok(()) => {
                self.meter.add_in(n);
                Poll::Ready(Ok(()))
            }
        }
    }

    fn poll_raw(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.start == self.end {
            ready!(self.poll_fill(cx))?;
        }
        let n = self.unused().len().min(buf.remaining());
        buf.put_slice(self.unused().get(..n).unwrap_or(&[]));
        self.start += n;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let me = &mut *self;
        if me.phase == Phase::Raw && me.given >= me.out.len() {
            return me.poll_raw(cx, buf);
        }
        for _ in 0..MAX_FRAMES_PER_POLL {
            if me.give(buf) {
                return Poll::Ready(Ok(()));
            }
            if let Some(error) = me.failed.clone() {
                return Poll::Ready(Err(error.into()));
            }
            if me.wake(false) {
                continue;
            }
            if me.start < me.end {
                if let Err(error) = me.step() {
                    return Poll::Ready(Err(me.fail(error)));
                }
                continue;
            }
            match me.poll_fill(cx) {
                Poll::Ready(result) => result?,
                // Nothing more for now: what has come should not wait.
                Poll::Pending if me.wake(true) => {}
                Poll::Pending => return Poll::Pending,
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<S: AsyncWrite + Unpin> Wire<S> {
    /// Hands on what is held.
    fn poll_release(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.held.is_empty() {
            let n = ready!(Pin::new(&mut self.inner).poll_write(cx, &self.held))?;
            if n == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.meter.add_out(n);
            self.held.drain(..n.min(self.held.len()));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.held.len().saturating_add(buf.len()) <= MAX_HELD {
            self.held.extend_from_slice(buf);
            return Poll::Ready(Ok(buf.len()));
        }
        ready!(self.poll_release(cx))?;
        let n = ready!(Pin::new(&mut self.inner).poll_write(cx, buf))?;
        self.meter.add_out(n);
        Poll::Ready(Ok(n))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_release(cx))?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_release(cx))?;
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl<S> fmt::Debug for Wire<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("phase", &self.phase)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
