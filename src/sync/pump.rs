//! Carries the store's changes to the window, merged over one frame.

use super::event::Event;
use super::handle::EventSink;
use crate::clock::Clock;
use crate::store::Changes;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::watch;

/// Runs until the store is closed.
pub(super) async fn run(mut changes: Receiver<Changes>, events: EventSink, merge: Duration, clock: Clock) {
    loop {
        let mut merged = match changes.recv().await {
            Ok(first) => first,
            Err(RecvError::Lagged(_)) => {
                events.send(Event::Reload);
                continue;
            }
            Err(RecvError::Closed) => return,
        };
        clock.sleep(merge).await;
        loop {
            match changes.try_recv() {
                Ok(more) => merged.merge(more),
                Err(TryRecvError::Lagged(_)) => events.send(Event::Reload),
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        events.send(Event::Changed(merged));
    }
}

/// Tells when the keyring begins to wait for the user, and when it has ended.
pub(super) async fn tell_of_keyring(mut asking: watch::Receiver<usize>, events: EventSink) {
    let mut told = false;
    while asking.changed().await.is_ok() {
        let asks = *asking.borrow_and_update() > 0;
        if asks != told {
            told = asks;
            events.send(Event::KeyringAsks(asks));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::model::{Revision, UnixTime};
    use futures::StreamExt;
    use tokio::sync::broadcast;

    #[tokio::test]
    async fn commits_of_one_frame_come_as_one() {
        let (sender, receiver) = broadcast::channel(4);
        let (sink, mut events) = EventSink::new();
        let manual = ManualClock::new(UnixTime(0));
        let frame = Duration::from_millis(16);
        tokio::spawn(run(receiver, sink, frame, manual.clock()));
        for n in 1..=3 {
            sender.send(Changes { revision: Revision(n), ..Changes::default() }).unwrap();
        }
        manual.until_waiting(|wait| wait == frame).await;
        assert!(futures::poll!(events.next()).is_pending(), "before the frame is over");
        manual.advance(frame);
        let event = events.next().await;
        assert!(matches!(event, Some(Event::Changed(c)) if c.revision == Revision(3)));
        for n in 0..10 {
            sender.send(Changes { revision: Revision(n), ..Changes::default() }).unwrap();
        }
        assert!(matches!(events.next().await, Some(Event::Reload)));
    }
}
