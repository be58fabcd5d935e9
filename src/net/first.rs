//! A stream that remembers how the other side began, until it is told to forget: whoever answers a TLS handshake in the
//! clear tells by that what it is.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that are remembered; the beginning of a greeting or of a web page is enough.
const MAX_START: usize = 64;

/// See the module.
#[derive(Debug)]
pub(crate) struct First<S> {
    inner: S,
    start: Vec<u8>,
    is_over: bool,
}

impl<S> First<S> {
    pub(super) const fn new(inner: S) -> Self {
        Self { inner, start: Vec::new(), is_over: false }
    }

    /// What came first.
    pub(super) fn start(&self) -> &[u8] {
        &self.start
    }

    /// From now on nobody asks.
    pub(super) fn forget(&mut self) {
        self.start = Vec::new();
        self.is_over = true;
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for First<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.inner).poll_read(cx, buf))?;
        if !this.is_over {
            let new = buf.filled().get(before..).unwrap_or_default();
            this.start.extend(new.iter().take(MAX_START - this.start.len()));
            this.is_over = this.start.len() >= MAX_START;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for First<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}
