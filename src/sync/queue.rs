//! What the user waits for in one account, in the order in which it is done: changes, texts, opened
//! mailboxes, and pieces of attachments in turn. Survives a lost connection. No I/O.

use super::command::Destination;
use crate::clock::Clock;
use crate::model::{MailboxId, MessageId, PartPath, TransferId};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Texts wanted at most: who steps quickly through a list does not wait for what scrolled by.
const MAX_BODIES: usize = 50;

/// Longest time that work of low priority waits for what the user waits for: that may wait itself, for hours.
const CALM: Duration = Duration::from_secs(5);

/// A part on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Transfer {
    pub(super) id: TransferId,
    pub(super) message: MessageId,
    pub(super) path: PartPath,
    pub(super) destination: Destination,
}

/// One piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    /// Send what the journal holds.
    Operations,
    /// Try the connection, so that the user finds a live one.
    Probe,
    /// Fetch a text.
    Body(MessageId),
    /// Bring an opened mailbox up to date.
    Visit(MailboxId),
    /// Bring a mailbox up to date that has news.
    News(MailboxId),
    /// Fetch the next piece of a part.
    Piece(Transfer),
}

#[derive(Debug, Default)]
struct Waiting {
    operations: bool,
    probe: bool,
    /// Last wanted, first served.
    bodies: Vec<MessageId>,
    visits: Vec<MailboxId>,
    /// In the order in which they came.
    news: VecDeque<MailboxId>,
    transfers: VecDeque<Transfer>,
    /// The transfer whose piece is being fetched.
    running: Option<TransferId>,
    /// Whether something that was taken is being done.
    at_work: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    more: Notify,
    calm: Notify,
}

impl Queue {
    fn edit<T>(&self, edit: impl FnOnce(&mut Waiting) -> T) -> T {
        let mut waiting: MutexGuard<'_, Waiting> =
            self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        edit(&mut waiting)
    }

    /// Adds a piece of work, or moves it to the front if it waits already.
    pub(super) fn put(&self, errand: Errand) {
        self.edit(|waiting| match errand {
            Errand::Operations => waiting.operations = true,
            Errand::Probe => waiting.probe = true,
            Errand::Body(message) => {
                waiting.bodies.retain(|other| *other != message);
                if waiting.bodies.len() >= MAX_BODIES {
                    waiting.bodies.remove(0);
                }
                waiting.bodies.push(message);
            }
            Errand::Visit(mailbox) => {
                waiting.visits.retain(|other| *other != mailbox);
                waiting.visits.push(mailbox);
            }
            Errand::News(mailbox) => {
                if !waiting.news.contains(&mailbox) {
                    waiting.news.push_back(mailbox);
                }
            }
            Errand::Piece(transfer) => {
                waiting.transfers.retain(|other| other.id != transfer.id);
                waiting.transfers.push_back(transfer);
            }
        });
        self.more.notify_one();
    }

    /// What was taken last is over, done or put back.
    pub(super) fn rests(&self) {
        self.edit(|waiting| waiting.at_work = false);
        self.calm.notify_waiters();
    }

    /// Whether the user waits for something.
    pub(super) fn is_busy(&self) -> bool {
        self.edit(|waiting| waiting.at_work || !waiting.is_empty())
    }

    /// Waits until the user waits for nothing, but not for ever.
    pub(super) async fn calm(&self, clock: &Clock) {
        let calm = async {
            loop {
                let mut over = std::pin::pin!(self.calm.notified());
                over.as_mut().enable();
                if !self.is_busy() {
                    return;
                }
                over.await;
            }
        };
        // No limit of a server's: nothing else may be going on.
        tokio::select! {
            () = calm => {}
            () = clock.sleep(CALM) => {}
        }
    }

    /// The most urgent piece of work, if any waits.
    pub(super) fn try_next(&self) -> Option<Errand> {
        self.edit(Waiting::take)
    }

    /// Waits until there is work, and leaves it there.
    pub(super) async fn ready(&self) {
        while self.edit(|waiting| waiting.is_empty()) {
            self.more.notified().await;
        }
    }

    /// Puts a piece of work back that could not be done now. A newer wish or a cancellation wins.
    pub(super) fn put_back(&self, errand: Errand) {
        self.edit(|waiting| match errand {
            Errand::Operations => waiting.operations = true,
            Errand::Probe => waiting.probe = true,
            Errand::Body(message) => {
                if !waiting.bodies.contains(&message) {
                    waiting.bodies.insert(0, message);
                }
            }
            Errand::Visit(mailbox) => {
                if !waiting.visits.contains(&mailbox) {
                    waiting.visits.insert(0, mailbox);
                }
            }
            Errand::News(mailbox) => {
                if !waiting.news.contains(&mailbox) {
                    waiting.news.push_front(mailbox);
                }
            }
            Errand::Piece(transfer) => {
                if waiting.running == Some(transfer.id) {
                    waiting.transfers.push_back(transfer);
                }
                waiting.running = None;
            }
        });
        self.more.notify_one();
    }

    /// Ends a transfer: whether it was still wanted.
    pub(super) fn end(&self, id: TransferId) -> bool {
        self.edit(|waiting| {
            let before = waiting.transfers.len();
            waiting.transfers.retain(|transfer| transfer.id != id);
            let ran = waiting.running.take_if(|running| *running == id).is_some();
            ran || waiting.transfers.len() < before
        })
    }

    /// Whether a transfer is still wanted.
    pub(super) fn wants(&self, id: TransferId) -> bool {
        self.edit(|waiting| waiting.running == Some(id) || waiting.transfers.iter().any(|t| t.id == id))
    }
}

impl Waiting {
    fn is_empty(&self) -> bool {
        !self.operations
            && !self.probe
            && self.bodies.is_empty()
            && self.visits.is_empty()
            && self.news.is_empty()
            && self.transfers.is_empty()
    }

    fn take(&mut self) -> Option<Errand> {
        let errand = self.take_out();
        self.at_work |= errand.is_some();
        errand
    }

    fn take_out(&mut self) -> Option<Errand> {
        if std::mem::take(&mut self.operations) {
            return Some(Errand::Operations);
        }
        if std::mem::take(&mut self.probe) {
            return Some(Errand::Probe);
        }
        if let Some(message) = self.bodies.pop() {
            return Some(Errand::Body(message));
        }
        if let Some(mailbox) = self.visits.pop() {
            return Some(Errand::Visit(mailbox));
        }
        if let Some(mailbox) = self.news.pop_front() {
            return Some(Errand::News(mailbox));
        }
        let transfer = self.transfers.pop_front()?;
        self.running = Some(transfer.id);
        Some(Errand::Piece(transfer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    fn transfer(id: u64) -> Transfer {
        let message = MessageId::from_row(1);
        Transfer { id: TransferId(id), message, path: PartPath::root(), destination: Destination::Store }
    }

    #[test]
    fn what_is_urgent_comes_first_and_pieces_take_turns() {
        let queue = Queue::default();
        queue.put(Errand::Piece(transfer(1)));
        queue.put(Errand::Piece(transfer(2)));
        let body = |n| Errand::Body(MessageId::from_row(n));
        queue.put(body(1));
        queue.put(body(2));
        queue.put(body(1));
        queue.put(Errand::Visit(MailboxId::from_row(5)));
        queue.put(Errand::News(MailboxId::from_row(6)));
        queue.put(Errand::News(MailboxId::from_row(6)));
        queue.put(Errand::Probe);
        queue.put(Errand::Operations);
        assert!(queue.ready().now_or_never().is_some());
        let next = || queue.try_next();
        assert_eq!(next(), Some(Errand::Operations));
        assert_eq!(next(), Some(Errand::Probe));
        assert_eq!(next(), Some(body(1)));
        assert_eq!(next(), Some(body(2)));
        assert_eq!(next(), Some(Errand::Visit(MailboxId::from_row(5))));
        assert_eq!(next(), Some(Errand::News(MailboxId::from_row(6))));
        assert_eq!(next(), Some(Errand::Piece(transfer(1))));
        queue.put_back(Errand::Piece(transfer(1)));
        assert_eq!(next(), Some(Errand::Piece(transfer(2))));
        queue.put_back(Errand::Piece(transfer(2)));
        assert_eq!(next(), Some(Errand::Piece(transfer(1))));
    }

    #[test]
    fn a_cancelled_transfer_does_not_come_back() {
        let queue = Queue::default();
        queue.put(Errand::Piece(transfer(1)));
        assert!(queue.try_next().is_some());
        assert!(queue.wants(TransferId(1)));
        assert!(queue.end(TransferId(1)));
        queue.put_back(Errand::Piece(transfer(1)));
        assert_eq!(queue.try_next(), None);
        assert!(!queue.end(TransferId(1)));
    }

    #[tokio::test]
    async fn it_is_calm_when_nothing_waits_or_is_being_done() {
        let manual = crate::clock::ManualClock::new(crate::model::UnixTime(0));
        let clock = manual.clock();
        let queue = Queue::default();
        queue.calm(&clock).await;
        queue.put(Errand::Operations);
        let mut calm = std::pin::pin!(queue.calm(&clock));
        assert!(futures::poll!(calm.as_mut()).is_pending());
        assert!(queue.try_next().is_some());
        assert!(queue.is_busy() && futures::poll!(calm.as_mut()).is_pending());
        queue.rests();
        assert!(futures::poll!(calm.as_mut()).is_ready());
        queue.put(Errand::Operations);
        manual.drive(queue.calm(&clock)).await;
        assert_eq!(manual.elapsed(), CALM, "not for ever");
    }

    #[test]
    fn skipped_texts_are_forgotten() {
        let queue = Queue::default();
        for n in 0..100 {
            queue.put(Errand::Body(MessageId::from_row(n)));
        }
        let mut got = Vec::new();
        while let Some(Errand::Body(message)) = queue.try_next() {
            got.push(message.to_row());
        }
        assert_eq!(got, (50..100).rev().collect::<Vec<_>>());
    }
}
