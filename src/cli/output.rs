//! Standard output and standard error; the only place that writes to them.

use super::fail::Fail;
use std::io::{self, ErrorKind, IsTerminal, Write};

/// Writes results and messages. A copy is as good as the original.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    progress: bool,
}

impl Output {
    /// Progress is shown only where a person sees it.
    pub(super) fn new() -> Self {
        Self { progress: io::stderr().is_terminal() }
    }

    /// Writes one line of result.
    pub(super) fn line(self, text: &str) -> Result<(), Fail> {
        self.bytes(text.as_bytes())?;
        self.bytes(b"\n")
    }

    /// Writes a value as one line of JSON.
    pub(super) fn json(self, value: &impl serde::Serialize) -> Result<(), Fail> {
        let text = serde_json::to_string(value).map_err(|e| Fail::Output { detail: e.to_string() })?;
        self.line(&text)
    }

    /// Writes bytes as they are.
    #[expect(clippy::unused_self, reason = "all output goes through an Output")]
    pub(super) fn bytes(self, bytes: &[u8]) -> Result<(), Fail> {
        let mut out = io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| {
            if error.kind() == ErrorKind::BrokenPipe {
                Fail::OutputClosed
            } else {
                Fail::Output { detail: error.to_string() }
            }
        })
    }

    /// One line on standard error.
    #[expect(clippy::unused_self, reason = "all output goes through an Output")]
    pub(super) fn error(self, text: &str) {
        // If standard error is closed there is nobody left to tell.
        let _ = writeln!(io::stderr(), "postrider: {text}");
    }

    /// One line for a person on standard error that is no failure.
    #[expect(clippy::unused_self, reason = "all output goes through an Output")]
    pub(super) fn note(self, text: &str) {
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// Replaces the current progress line on standard error.
    pub(super) fn progress(self, text: &str) {
        if self.progress {
            let _ = write!(io::stderr(), "\r\x1b[K{text}");
        }
    }

    /// Ends the progress line.
    pub(super) fn progress_done(self) {
        if self.progress {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
