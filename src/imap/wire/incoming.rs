//! What the server said, in the order of the wire: the queue between the adapter and the session.

use super::error::{Cap, WireError};
use crate::imap::limits;
use crate::imap::response::{Received, Section};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One thing the server said.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A whole response.
    Received(Received),
    /// A literal begins whose bytes follow as chunks; its response comes after them.
    Literal(LiteralHead),
    /// Bytes of the literal.
    Chunk(Vec<u8>),
}

/// Which piece of which message is being streamed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiteralHead {
    /// Sequence number of the message; 0 for UIDFETCH.
    pub seq: u32,
    /// UID of the message; only UIDFETCH has it here. Compare the UID of the response that follows.
    pub uid: Option<u32>,
    /// Which piece.
    pub section: Section,
    /// Whether the server has undone the transfer encoding.
    pub binary: bool,
    /// Offset of the first byte, if a range was asked for.
    pub origin: Option<u64>,
    /// Number of bytes.
    pub len: u64,
}

/// When async-imap gets a frame that wakes it although no tagged end has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wake {
    /// Never: async-imap is in an exchange (SASL) that an untagged line would confuse.
    #[default]
    Never,
    /// When much has come or nothing more is there for now: each `read_response` may mean "read the queue".
    Batch,
}

/// Caps that differ before and after login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Bytes of a response outside its literals.
    pub line: usize,
    /// Bytes of a literal that is held.
    pub literal: u64,
    /// All bytes until the caps are set anew.
    pub total: Option<u64>,
}

impl Caps {
    /// Until login is done.
    pub const BEFORE_LOGIN: Self = Self {
        line: limits::MAX_LINE_BEFORE_LOGIN,
        literal: limits::MAX_LITERAL_BEFORE_LOGIN,
        total: Some(limits::MAX_BEFORE_LOGIN),
    };
    /// After login.
    pub const SESSION: Self = Self { line: limits::MAX_LINE, literal: limits::MAX_LITERAL, total: None };
}

/// How the adapter shall work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) caps: Caps,
    pub(super) stream_from: Option<u64>,
    pub(super) skip: bool,
}

#[derive(Debug)]
struct Shared {
    events: VecDeque<(Event, usize)>,
    bytes: usize,
    rules: Rules,
    wake: Wake,
    total: u64,
    failed: Option<WireError>,
}

/// The session's end of the queue. Clones are the same queue.
#[derive(Clone, Debug)]
pub struct Incoming(Arc<Mutex<Shared>>);

impl Default for Incoming {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Shared {
            events: VecDeque::new(),
            bytes: 0,
            rules: Rules { caps: Caps::BEFORE_LOGIN, stream_from: None, skip: false },
            wake: Wake::Never,
            total: 0,
            failed: None,
        })))
    }
}

impl Incoming {
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the oldest event.
    #[must_use]
    pub fn pop(&self) -> Option<Event> {
        let mut shared = self.lock();
        let (event, size) = shared.events.pop_front()?;
        shared.bytes = shared.bytes.saturating_sub(size);
        Some(event)
    }

    /// Takes all events, the oldest first. When `read_response` has just returned a tagged end, that is the last.
    #[must_use]
    pub fn take(&self) -> Vec<Event> {
        let mut shared = self.lock();
        shared.bytes = 0;
        shared.events.drain(..).map(|(event, _)| event).collect()
    }

    /// Number of waiting events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().events.len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of the waiting events, as they were on the wire.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.lock().bytes
    }

    /// Why the stream is of no more use, if it is. async-imap forgets the error after telling it once.
    #[must_use]
    pub fn failure(&self) -> Option<WireError> {
        self.lock().failed.clone()
    }

    /// Sets when async-imap is woken.
    pub fn set_wake(&self, wake: Wake) {
        self.lock().wake = wake;
    }

    /// Sets the caps and starts to count the total anew.
    pub fn set_caps(&self, caps: Caps) {
        let mut shared = self.lock();
        shared.rules.caps = caps;
        shared.total = 0;
    }

    /// From now on pieces of messages with at least so many bytes come as [`Event::Literal`] and [`Event::Chunk`]
    /// instead of being held; `None` holds all. Needs [`Wake::Batch`], or the queue fills up.
    pub fn set_stream_from(&self, bytes: Option<u64>) {
        self.lock().rules.stream_from = bytes;
    }

    /// Throws away the chunks of streamed literals until the running command has ended.
    pub fn skip_literals(&self) {
        let mut shared = self.lock();
        shared.rules.skip = true;
        shared.events.retain(|(event, _)| !matches!(event, Event::Chunk(_)));
        shared.bytes = shared.events.iter().map(|(_, size)| size).sum();
    }

    pub(super) fn rules(&self) -> Rules {
        self.lock().rules
    }

    pub(super) fn push(&self, event: Event, size: usize) -> Result<(), WireError> {
        let mut shared = self.lock();
        if shared.rules.skip && matches!(event, Event::Chunk(_)) {
            return Ok(());
        }
        shared.bytes += size;
        shared.events.push_back((event, size));
        if shared.bytes > limits::MAX_QUEUED {
            let limit = u64::try_from(limits::MAX_QUEUED).unwrap_or(u64::MAX);
            return Err(WireError::TooLong { what: Cap::Queue, limit });
        }
        Ok(())
    }

    /// Counts bytes against the total.
    pub(super) fn count(&self, bytes: usize) -> Result<(), WireError> {
        let mut shared = self.lock();
        shared.total = shared.total.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        match shared.rules.caps.total {
            Some(limit) if shared.total > limit => Err(WireError::TooLong { what: Cap::Total, limit }),
            _ => Ok(()),
        }
    }

    /// Whether async-imap should be woken: `at_once` if nothing more can be read for now.
    pub(super) fn wants_wake(&self, at_once: bool) -> bool {
        let shared = self.lock();
        let much = shared.events.len() >= limits::WAKE_RESPONSES || shared.bytes >= limits::WAKE_BYTES;
        shared.wake == Wake::Batch && !shared.events.is_empty() && (at_once || much)
    }

    pub(super) fn command_ended(&self) {
        self.lock().rules.skip = false;
    }

    pub(super) fn fail(&self, error: WireError) {
        self.lock().failed.get_or_insert(error);
    }
}
