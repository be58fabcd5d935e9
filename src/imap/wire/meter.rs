//! Counts bytes.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

#[derive(Debug, Default)]
struct Counts {
    bytes_in: AtomicU64,
    bytes_out: AtomicU64,
}

/// Two counters that can be read while they run.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Counts>);

impl Meter {
    /// Bytes received.
    #[must_use]
    pub fn bytes_in(&self) -> u64 {
        self.0.bytes_in.load(Ordering::Relaxed)
    }

    /// Bytes sent.
    #[must_use]
    pub fn bytes_out(&self) -> u64 {
        self.0.bytes_out.load(Ordering::Relaxed)
    }

    pub(super) fn add_in(&self, n: usize) {
        self.0.bytes_in.fetch_add(u64::try_from(n).unwrap_or(0), Ordering::Relaxed);
    }

    pub(super) fn add_out(&self, n: usize) {
        self.0.bytes_out.fetch_add(u64::try_from(n).unwrap_or(0), Ordering::Relaxed);
    }
}

/// A stream whose bytes are counted; put it right over the socket to count what the network carries.
#[derive(Debug)]
pub struct Metered<S> {
    inner: S,
    meter: Meter,
    /// Counts those of other streams too.
    total: Meter,
}

impl<S> Metered<S> {
    /// Counts the bytes of `inner`.
    pub fn new(inner: S) -> Self {
        Self::adding_to(inner, Meter::default())
    }

    /// Counts the bytes of `inner`, also in a sum over several streams.
    pub fn adding_to(inner: S, total: Meter) -> Self {
        Self { inner, meter: Meter::default(), total }
    }

    /// The counters.
    #[must_use]
    pub fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// The stream itself.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        let n = buf.filled().len().saturating_sub(before);
        self.meter.add_in(n);
        self.total.add_in(n);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let n = ready!(Pin::new(&mut self.inner).poll_write(cx, buf))?;
        self.meter.add_out(n);
        self.total.add_out(n);
        Poll::Ready(Ok(n))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
