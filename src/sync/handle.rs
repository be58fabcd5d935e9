//! The two ends of the line between window and worker.
//!
//! Commands: unbounded; a closed worker drops them. Events: never block the worker. States and progress
//! replace their predecessors, changes are merged; a window that takes nothing for a long time finds one
//! [`Event::Reload`] instead of a pile.

use super::command::Command;
use super::event::{BodyProgress, Changes, Event, TransferState};
use super::status::AccountStatus;
use crate::model::{AccountId, TransferId};
use futures::Stream;
use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use tokio::sync::mpsc;

/// Sends commands to the worker. Cheap to clone; sending never blocks and never waits.
#[derive(Clone, Debug)]
pub struct Handle {
    commands: mpsc::UnboundedSender<Command>,
}

impl Handle {
    /// A handle and the end that the worker reads. Tests of the window read it themselves.
    #[must_use]
    pub fn new() -> (Self, mpsc::UnboundedReceiver<Command>) {
        let (commands, receiver) = mpsc::unbounded_channel();
        (Self { commands }, receiver)
    }

    /// Sends commands as long as there is a handle, but is none: the worker ends without it. Gives whether it was sent.
    pub(super) fn outsider(&self) -> impl Fn(Command) -> bool + Send + use<> {
        let commands = self.commands.downgrade();
        move |command| commands.upgrade().is_some_and(|commands| commands.send(command).is_ok())
    }

    /// Sends a command. After [`Command::Shutdown`] it goes nowhere: whoever sent it is about to end too.
    pub fn send(&self, command: Command) {
        if self.commands.send(command).is_err() {
            tracing::debug!("command after shutdown");
        }
    }
}

/// Single events that wait at most. A window that lets more pile up gets [`Event::Reload`].
const MAX_WAITING: usize = 1_024;

#[derive(Debug, Default)]
struct Queue {
    statuses: BTreeMap<AccountId, AccountStatus>,
    bodies: BTreeMap<AccountId, BodyProgress>,
    progress: BTreeMap<TransferId, TransferState>,
    changes: Option<Changes>,
    single: VecDeque<Event>,
    reload: bool,
    closed: bool,
    waker: Option<Waker>,
}

impl Queue {
    fn put(&mut self, event: Event) {
        #[expect(clippy::wildcard_enum_match_arm, reason = "all that cannot be merged, also later ones")]
        match event {
            Event::Status { account, status } => {
                self.statuses.insert(account, status);
            }
            Event::Bodies { account, progress } => {
                self.bodies.insert(account, progress);
            }
            Event::Transfer { id, state: state @ TransferState::Progress { .. } } => {
                self.progress.insert(id, state);
            }
            Event::Changed(changes) => match &mut self.changes {
                Some(waiting) => waiting.merge(changes),
                None => self.changes = Some(changes),
            },
            Event::Reload => self.reload = true,
            other => {
                if let Event::Transfer { id, .. } = &other {
                    self.progress.remove(id);
                }
                if let Event::AccountRemoved(account) = &other {
                    self.statuses.remove(account);
                    self.bodies.remove(account);
                }
                if self.single.len() >= MAX_WAITING {
                    self.single.pop_front();
                    self.reload = true;
                }
                self.single.push_back(other);
            }
        }
    }

    fn take(&mut self) -> Option<Event> {
        if std::mem::take(&mut self.reload) {
            self.changes = None;
            return Some(Event::Reload);
        }
        if let Some(changes) = self.changes.take() {
            return Some(Event::Changed(changes));
        }
        if let Some(event) = self.single.pop_front() {
            return Some(event);
        }
        if let Some((account, status)) = self.statuses.pop_first() {
            return Some(Event::Status { account, status });
        }
        if let Some((account, progress)) = self.bodies.pop_first() {
            return Some(Event::Bodies { account, progress });
        }
        self.progress.pop_first().map(|(id, state)| Event::Transfer { id, state })
    }
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    // Nothing panics while holding it, and the data stays usable if something did.
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The worker's end: puts events in without ever waiting.
#[derive(Clone, Debug)]
pub struct EventSink {
    queue: Arc<Mutex<Queue>>,
}

impl EventSink {
    /// Both ends. Tests of the window play the worker with them.
    #[must_use]
    pub fn new() -> (Self, Events) {
        let queue = Arc::new(Mutex::new(Queue::default()));
        (Self { queue: Arc::clone(&queue) }, Events { queue })
    }

    /// Puts an event in; never waits.
    pub fn send(&self, event: Event) {
        self.edit(|queue| queue.put(event));
    }

    /// Ends the stream once everything in it was taken.
    pub fn close(&self) {
        self.edit(|queue| queue.closed = true);
    }

    fn edit(&self, edit: impl FnOnce(&mut Queue)) {
        let waker = {
            let mut queue = lock(&self.queue);
            edit(&mut queue);
            queue.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// The window's end: a stream that ends after [`Command::Shutdown`].
#[derive(Debug)]
pub struct Events {
    queue: Arc<Mutex<Queue>>,
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        let mut queue = lock(&self.queue);
        match queue.take() {
            Some(event) => Poll::Ready(Some(event)),
            None if queue.closed => Poll::Ready(None),
            None => {
                queue.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MessageId, Revision};
    use futures::{FutureExt, StreamExt};

    fn drain(events: &mut Events) -> Vec<Event> {
        std::iter::from_fn(|| events.next().now_or_never().flatten()).collect()
    }

    #[test]
    fn a_slow_window_gets_the_newest_state_and_merged_changes() {
        let (sink, mut events) = EventSink::new();
        let account = AccountId::from_row(1);
        for done in 0..5_000 {
            let status = AccountStatus::Syncing { mailbox: None, done, total: 5_000 };
            sink.send(Event::Status { account, status });
            sink.send(Event::Changed(Changes { revision: Revision(done), ..Changes::default() }));
            let state = TransferState::Progress { done, total: 5_000 };
            sink.send(Event::Transfer { id: TransferId(7), state });
        }
        let all = drain(&mut events);
        assert_eq!(all.len(), 3, "{all:?}");
        assert!(matches!(&all[0], Event::Changed(c) if c.revision == Revision(4_999)));
    }

    #[test]
    fn a_pile_of_single_events_becomes_a_reload() {
        let (sink, mut events) = EventSink::new();
        for n in 0..2_000 {
            sink.send(Event::Body { message: MessageId::from_row(n), result: Ok(()) });
        }
        let all = drain(&mut events);
        assert!(matches!(all[0], Event::Reload));
        assert_eq!(all.len(), 1 + MAX_WAITING);
    }

    #[test]
    fn the_stream_ends_after_close_but_not_before_it_is_empty() {
        let (sink, mut events) = EventSink::new();
        sink.send(Event::AccountRemoved(AccountId::from_row(1)));
        sink.close();
        assert!(matches!(events.next().now_or_never(), Some(Some(Event::AccountRemoved(_)))));
        assert!(matches!(events.next().now_or_never(), Some(None)));
    }

    #[test]
    fn a_finished_transfer_has_no_progress_after_it() {
        let (sink, mut events) = EventSink::new();
        let id = TransferId(1);
        sink.send(Event::Transfer { id, state: TransferState::Progress { done: 1, total: 2 } });
        sink.send(Event::Transfer { id, state: TransferState::Cancelled });
        assert_eq!(drain(&mut events).len(), 1);
    }
}
