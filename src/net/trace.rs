//! A record of how a connection came about: its stages, and what was said, without secrets.
//!
//! Whoever wants one passes a [`Trace`] along; without it nothing is recorded.

use super::error::Chain;
use super::text::printable;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// Lines that are kept, the newest.
const MAX_LINES: usize = 300;
/// Longest line that is kept.
const MAX_LINE: usize = 300;
/// Stages that are kept; a connection has less than ten.
const MAX_STAGES: usize = 50;

/// Something that a connection got to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The host name has these addresses.
    Resolved(Vec<SocketAddr>),
    /// This address answered.
    Connected(SocketAddr),
    /// The server's first words.
    Greeted(String),
    /// TLS stands.
    Secured {
        /// Such as `TLS 1.3`.
        version: &'static str,
        /// Name of the cipher suite.
        cipher: String,
        /// The server's certificates, its own first.
        chain: Chain,
        /// Whether it is only trusted because the user made an exception.
        by_exception: bool,
    },
    /// What the server offers before sign-in, under TLS.
    Offered(Vec<String>),
    /// A way of signing in is tried.
    SigningIn(String),
    /// It worked.
    SignedIn(String),
}

#[derive(Debug, Default)]
struct Record {
    stages: Vec<Stage>,
    lines: VecDeque<String>,
    is_hushed: bool,
}

#[derive(Debug, Default)]
struct Shared {
    record: Mutex<Record>,
    /// Rung at each stage.
    bell: Notify,
}

/// See the module. Clones share the record.
#[derive(Clone, Debug, Default)]
pub struct Trace(Arc<Shared>);

impl Trace {
    /// Notes a stage, where somebody wants to know.
    pub(crate) fn add(trace: Option<&Self>, stage: impl FnOnce() -> Stage) {
        if let Some(trace) = trace {
            trace.edit(|record| {
                if record.stages.len() < MAX_STAGES {
                    record.stages.push(stage());
                }
            });
            trace.0.bell.notify_one();
        }
    }

    /// What goes out from now on is secret, or no longer.
    pub(crate) fn hush(trace: Option<&Self>, is_hushed: bool) {
        if let Some(trace) = trace {
            trace.edit(|record| record.is_hushed = is_hushed);
        }
    }

    pub(super) fn sent(&self, line: &[u8]) {
        let hidden = self.edit(|record| record.is_hushed);
        self.line("C: ", if hidden { b"(part of the sign-in, not shown)" } else { line });
    }

    pub(super) fn heard(&self, line: &[u8]) {
        // What SCRAM says to us would do to guess the password at leisure.
        let challenge = line.starts_with(b"+") || line.starts_with(b"334");
        let hidden = challenge && self.edit(|record| record.is_hushed);
        self.line("S: ", if hidden { b"(part of the sign-in, not shown)" } else { line });
    }

    fn line(&self, who: &str, line: &[u8]) {
        let line = format!("{who}{}", discreet(&printable(line, MAX_LINE)));
        self.edit(|record| {
            if record.lines.back() == Some(&line) {
                return;
            }
            if record.lines.len() >= MAX_LINES {
                record.lines.pop_front();
            }
            record.lines.push_back(line);
        });
    }

    /// The stages so far.
    #[must_use]
    pub fn stages(&self) -> Vec<Stage> {
        self.edit(|record| record.stages.clone())
    }

    /// Waits until there is another stage; for one that waits.
    pub(crate) async fn advanced(&self) {
        self.0.bell.notified().await;
    }

    /// What was said, without secrets and names of mailboxes.
    #[must_use]
    pub fn transcript(&self) -> Vec<String> {
        self.edit(|record| record.lines.iter().cloned().collect())
    }

    fn edit<T>(&self, edit: impl FnOnce(&mut Record) -> T) -> T {
        edit(&mut self.0.record.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Leaves the names of mailboxes out: they are nobody's business at a help desk.
fn discreet(line: &str) -> String {
    let upper = line.to_ascii_uppercase();
    let is_name =
        ["* LIST ", "* XLIST ", "* LSUB ", "* STATUS "].iter().any(|start| upper.starts_with(start));
    if !is_name {
        return line.to_owned();
    }
    if upper.starts_with("* STATUS ") {
        let counts = line.rfind('(').and_then(|at| line.get(at..)).unwrap_or_default();
        return format!("* STATUS … {counts}");
    }
    let end = line.find(')').map_or(0, |at| at + 1);
    format!("{} …", line.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_names_stay_out() {
        let trace = Trace::default();
        trace.sent(b"a CAPABILITY");
        Trace::hush(Some(&trace), true);
        trace.sent(b"a AUTHENTICATE PLAIN c2VjcmV0");
        trace.heard(b"+ cj1hLHM9Yg==");
        trace.heard(b"334 cj1hLHM9Yg==");
        trace.sent(b"c2VjcmV0");
        Trace::hush(Some(&trace), false);
        trace.heard(b"* LIST (\\HasNoChildren) \"/\" \"My divorce\"");
        trace.heard(b"* STATUS \"My divorce\" (MESSAGES 3)");
        let said = trace.transcript();
        assert_eq!(
            said,
            [
                "C: a CAPABILITY",
                "C: (part of the sign-in, not shown)",
                "S: (part of the sign-in, not shown)",
                "C: (part of the sign-in, not shown)",
                "S: * LIST (\\HasNoChildren) …",
                "S: * STATUS … (MESSAGES 3)"
            ]
        );
    }

    #[test]
    fn a_talkative_server_does_not_fill_the_memory() {
        let trace = Trace::default();
        for n in 0..10_000 {
            trace.heard(format!("{n} {}", "x".repeat(5_000)).as_bytes());
        }
        let said = trace.transcript();
        assert_eq!(said.len(), MAX_LINES);
        assert!(said.iter().all(|line| line.len() < 2 * MAX_LINE));
    }
}
