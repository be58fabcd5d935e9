//! A stream that lets a [`Trace`] hear what goes over it, line by line.

use super::trace::Trace;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes of a line that are kept until it ends.
const MAX_PENDING: usize = 512;

/// See the module.
#[derive(Debug)]
pub(crate) struct Tap<S> {
    inner: S,
    trace: Trace,
    heard: Pending,
    sent: Pending,
}

/// The beginning of a line whose end has not come yet.
#[derive(Debug, Default)]
struct Pending(Vec<u8>);

impl Pending {
    fn take(&mut self, bytes: &[u8], mut line: impl FnMut(&[u8])) {
        for byte in bytes {
            match byte {
                b'\n' => {
                    line(self.0.strip_suffix(b"\r").unwrap_or(&self.0));
                    self.0.clear();
                }
                byte if self.0.len() < MAX_PENDING => self.0.push(*byte),
                _ => {}
            }
        }
    }
}

impl<S> Tap<S> {
    pub(crate) fn new(inner: S, trace: Trace) -> Self {
        Self { inner, trace, heard: Pending::default(), sent: Pending::default() }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.inner).poll_read(cx, buf))?;
        let new = buf.filled().get(before..).unwrap_or_default();
        let trace = &this.trace;
        this.heard.take(new, |line| trace.heard(line));
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = ready!(Pin::new(&mut this.inner).poll_write(cx, buf))?;
        let trace = &this.trace;
        this.sent.take(buf.get(..written).unwrap_or_default(), |line| trace.sent(line));
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}
