//! The mailboxes as sessions and tests share them, with a signal for everyone who waits for news.

use super::mailboxes::Mailboxes;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// Handle on the server's mail: for a second client, for assertions, for the sessions. Cheap to clone.
#[derive(Clone, Debug)]
pub struct State(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    mailboxes: Mutex<Mailboxes>,
    news: watch::Sender<u64>,
}

impl State {
    pub(crate) fn new(mailboxes: Mailboxes) -> Self {
        Self(Arc::new(Shared { mailboxes: Mutex::new(mailboxes), news: watch::Sender::new(0) }))
    }

    /// Looks at the mail.
    pub fn read<T>(&self, look: impl FnOnce(&Mailboxes) -> T) -> T {
        look(&self.0.mailboxes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the mail as another client would; connected sessions hear of it at once.
    pub fn change<T>(&self, act: impl FnOnce(&mut Mailboxes) -> T) -> T {
        let result = act(&mut self.0.mailboxes.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.news.send_modify(|version| *version += 1);
        result
    }

    /// Changes the mail on behalf of a connection.
    pub(crate) fn change_as<T>(&self, by: u32, act: impl FnOnce(&mut Mailboxes) -> T) -> T {
        self.change(|all| {
            let before = all.act_as(by);
            let result = act(all);
            all.act_as(before);
            result
        })
    }

    pub(crate) fn news(&self) -> watch::Receiver<u64> {
        self.0.news.subscribe()
    }
}
