//! The signed-in line: async-imap's session over our wire adapter, with time-outs and typed errors.
//!
//! Knows nothing of what the commands mean.
#![expect(clippy::wildcard_enum_match_arm, reason = "errors of async-imap are an open list")]

use super::error::Error;
use super::items::Traffic;
use super::options::Timeouts;
use super::response::Response;
use super::text::printable;
use super::wire::{Cap, Event, Incoming, Meter, Wire, WireError};
use crate::clock::Clock;
use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};

/// Any byte stream: TLS, or TLS with compression above.
pub(super) trait Stream: AsyncRead + AsyncWrite + fmt::Debug + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + fmt::Debug + Send + Unpin> Stream for T {}

pub(super) type Transport = Box<dyn Stream>;
pub(super) type Client = async_imap::Client<Wire<Transport>>;
pub(super) type Engine = async_imap::Session<Wire<Transport>>;

/// Patience is counted in so many steps: a silent line is given up between 4/4 and 5/4 of the time-out.
const PATIENCE_STEPS: u32 = 4;
/// Time for the good-bye of TLS; nobody waits for it.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(2);

/// Whom we talk to, for errors.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    pub(super) host: Arc<str>,
    pub(super) port: u16,
}

impl Endpoint {
    pub(super) fn offline(&self, source: io::Error) -> Error {
        Error::Offline { host: self.host.clone(), port: self.port, source: Arc::new(source) }
    }

    /// Sorts an error of the stream. The adapter's own view, if it has one, says more than async-imap's.
    pub(super) fn stream_error(&self, error: Option<io::Error>, incoming: &Incoming) -> Error {
        let failure = incoming.failure().or_else(|| error.as_ref().and_then(WireError::from_io).cloned());
        match failure {
            Some(WireError::TooLong { what, limit }) => Error::Limit { what: cap_name(what), limit },
            Some(WireError::NotImap { start }) => {
                Error::NotImap { detail: printable(start.as_bytes(), 200).into() }
            }
            Some(WireError::Injected { .. }) => Error::StartTlsInjection,
            Some(gone @ (WireError::Closed | WireError::Truncated | WireError::Lost(_))) => {
                self.offline(error.unwrap_or_else(|| gone.into()))
            }
            None => self.offline(error.unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into())),
        }
    }
}

const fn cap_name(cap: Cap) -> &'static str {
    match cap {
        Cap::Line => "response line",
        Cap::Literal => "literal",
        Cap::Frame => "response",
        Cap::Literals => "literals in a response",
        Cap::Total => "data before sign-in",
        Cap::Queue => "responses nobody takes",
    }
}

/// Waits for `work` as long as bytes go over the line, and `limit` longer.
pub(super) async fn patiently<T>(
    (clock, meter): (&Clock, &Meter),
    limit: Duration,
    what: &'static str,
    work: impl Future<Output = T>,
) -> Result<T, Error> {
    let count = || (meter.bytes_in(), meter.bytes_out());
    let mut seen = count();
    let mut quiet = 0;
    tokio::pin!(work);
    loop {
        if let Ok(done) = clock.timeout(limit / PATIENCE_STEPS, &mut work).await {
            return Ok(done);
        }
        let now = count();
        quiet = if now == seen { quiet + 1 } else { 0 };
        seen = now;
        if quiet >= PATIENCE_STEPS {
            return Err(Error::Timeout { what });
        }
    }
}

/// A signed-in line.
#[derive(Debug)]
pub(super) struct Link {
    /// `None` once it was given up.
    engine: Option<Engine>,
    incoming: Incoming,
    /// Counts at the socket.
    meter: Meter,
    endpoint: Endpoint,
    timeouts: Timeouts,
    clock: Clock,
    /// The server's good-bye, which explains the end of the stream that follows.
    bye: Option<Box<str>>,
}

impl Link {
    pub(super) fn new(
        engine: Engine,
        incoming: Incoming,
        meter: Meter,
        endpoint: Endpoint,
        (timeouts, clock): (Timeouts, Clock),
    ) -> Self {
        Self { engine: Some(engine), incoming, meter, endpoint, timeouts, clock, bye: None }
    }

    pub(super) const fn timeouts(&self) -> &Timeouts {
        &self.timeouts
    }

    pub(super) const fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(super) const fn set_idle_renewal(&mut self, renewal: Duration) {
        self.timeouts.idle_renewal = renewal;
    }

    pub(super) const fn incoming(&self) -> &Incoming {
        &self.incoming
    }

    pub(super) fn traffic(&self) -> Traffic {
        Traffic { bytes_in: self.meter.bytes_in(), bytes_out: self.meter.bytes_out() }
    }

    pub(super) fn note_bye(&mut self, text: &str) {
        self.bye = Some(text.into());
    }

    /// The server's good-bye, if it said so.
    pub(super) fn bye(&self) -> Option<&str> {
        self.bye.as_deref()
    }

    fn failed(&self, error: Option<io::Error>) -> Error {
        match (&self.bye, self.endpoint.stream_error(error, &self.incoming)) {
            (Some(text), Error::Offline { .. }) => Error::Bye { text: text.clone() },
            (_, error) => error,
        }
    }

    /// Starts a command and gives its tag.
    pub(super) async fn start(&mut self, line: &str) -> Result<String, Error> {
        let engine = self.engine.as_mut().ok_or(Error::Closed)?;
        let sending = engine.run_command(line);
        match patiently((&self.clock, &self.meter), self.timeouts.command, "sending a command", sending)
            .await?
        {
            Ok(id) => Ok(id.0),
            Err(error) => Err(self.failed(io_error(error))),
        }
    }

    /// Sends the rest of a line with its end.
    pub(super) async fn send_line(&mut self, line: &str) -> Result<(), Error> {
        self.send(format!("{line}\r\n").as_bytes()).await
    }

    /// Sends bytes as they are.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let wire = self.engine.as_mut().ok_or(Error::Closed)?.as_mut();
        let sending = async {
            wire.write_all(bytes).await?;
            wire.flush().await
        };
        let result =
            patiently((&self.clock, &self.meter), self.timeouts.command, "sending data", sending).await?;
        result.map_err(|error| self.failed(Some(error)))
    }

    /// What has come without being waited for.
    pub(super) fn take_waiting(&mut self) -> Option<Response> {
        loop {
            if let Event::Received(received) = self.incoming.pop()? {
                return Some(received.response);
            }
        }
    }

    /// The next response; waits for it no longer than the time-out.
    pub(super) async fn next(&mut self) -> Result<Response, Error> {
        loop {
            if let Event::Received(received) = self.next_event().await? {
                return Ok(received.response);
            }
        }
    }

    /// The next response or piece of a literal; waits for it no longer than the time-out.
    pub(super) async fn next_event(&mut self) -> Result<Event, Error> {
        if let Some(event) = self.incoming.pop() {
            return Ok(event);
        }
        let (clock, meter, limit) = (self.clock.clone(), self.meter.clone(), self.timeouts.command);
        patiently((&clock, &meter), limit, "the answer to a command", self.event()).await?
    }

    /// The next response, however long it takes. Nothing is lost if this future is dropped.
    pub(super) async fn next_without_limit(&mut self) -> Result<Response, Error> {
        loop {
            if let Event::Received(received) = self.event().await? {
                return Ok(received.response);
            }
        }
    }

    async fn event(&mut self) -> Result<Event, Error> {
        loop {
            if let Some(event) = self.incoming.pop() {
                return Ok(event);
            }
            let engine = self.engine.as_mut().ok_or(Error::Closed)?;
            // What async-imap returns says only that something waits in the queue.
            let error = match engine.read_response().await {
                Ok(Some(_)) => continue,
                Ok(None) => None,
                Err(error) => Some(error),
            };
            if self.incoming.is_empty() {
                return Err(self.failed(error));
            }
        }
    }

    /// Switches compression on (RFC 4978). If it fails, async-imap has swallowed the connection.
    pub(super) async fn compress(&mut self) -> Result<(), Error> {
        let engine = self.engine.take().ok_or(Error::Closed)?;
        let incoming = self.incoming.clone();
        let switching = engine.compress(move |mut deflate| {
            deflate.get_mut().pass_through();
            Wire::resume(Box::new(deflate) as Transport, incoming)
        });
        match patiently((&self.clock, &self.meter), self.timeouts.command, "COMPRESS", switching).await? {
            Ok(engine) => {
                self.engine = Some(engine);
                Ok(())
            }
            Err(error) => Err(match io_error(error) {
                Some(error) => self.failed(Some(error)),
                None => Error::Unsupported { extension: "COMPRESS=DEFLATE" },
            }),
        }
    }

    /// Closes the connection politely.
    pub(super) async fn shutdown(&mut self) {
        if let Some(mut engine) = self.engine.take() {
            // The server may be gone already; nothing can be done about it.
            let _ = self.clock.timeout(SHUTDOWN_LIMIT, engine.as_mut().shutdown()).await;
        }
    }
}

/// The I/O error inside async-imap's; `None` where the server refused or the stream just ended.
pub(super) fn io_error(error: async_imap::error::Error) -> Option<io::Error> {
    match error {
        async_imap::error::Error::Io(error) => Some(error),
        async_imap::error::Error::ConnectionLost => Some(io::ErrorKind::UnexpectedEof.into()),
        // Whatever else means that the server refused.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::imap::wire::Metered;
    use crate::model::UnixTime;
    use tokio::io::AsyncReadExt as _;

    #[tokio::test]
    async fn patience_lasts_as_long_as_bytes_come() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let mut ours = Metered::new(ours);
        let meter = ours.meter();
        let limit = Duration::from_secs(60);
        let manual = ManualClock::new(UnixTime(0));
        let clock = manual.clock();
        // Takes longer than the limit in total, but never that long without a byte.
        let mut bytes = [0; 6];
        let mut reading = Box::pin(patiently((&clock, &meter), limit, "x", ours.read_exact(&mut bytes)));
        for _ in 0..5 {
            theirs.write_all(b"x").await.unwrap();
            for _ in 0..3 {
                assert!(futures::poll!(reading.as_mut()).is_pending());
                manual.advance(limit / 4);
            }
        }
        theirs.write_all(b"x").await.unwrap();
        reading.await.unwrap().unwrap();
        assert!(manual.elapsed() > 3 * limit);
        let before = manual.elapsed();
        let silence = patiently((&clock, &meter), limit, "more", ours.read_exact(&mut bytes));
        assert!(matches!(manual.drive(silence).await, Err(Error::Timeout { what: "more" })));
        let waited = manual.elapsed() - before;
        assert!((limit..=limit * 5 / 4).contains(&waited), "{waited:?}");
    }
}
