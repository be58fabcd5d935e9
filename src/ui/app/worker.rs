//! The worker as a subscription: starts it, hands over the way to it, then passes on what it says.

use crate::oauth::TokenKeeper;
use crate::secret::SecretStore;
use crate::store::Store;
use crate::sync::{self, Config, Event};
use crate::ui::message::Message;
use futures::{Stream, StreamExt, stream};
use iced::Subscription;
use std::hash::{Hash, Hasher};

/// What a worker is started with. A new generation is a new worker; nothing else is.
#[derive(Clone, Debug)]
pub(super) struct Seed {
    /// Counts workers of this run.
    pub(super) generation: u64,
    /// Where mail is kept.
    pub(super) store: Store,
    /// Where passwords are kept.
    pub(super) secrets: SecretStore,
    /// Where OAuth tokens come from.
    pub(super) tokens: TokenKeeper,
}

impl Seed {
    /// What the worker is given. Reads a small file.
    pub(super) fn config(self) -> Config {
        Config::new(self.store, self.secrets).with_tokens(self.tokens)
    }
}

impl Hash for Seed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.generation.hash(state);
    }
}

/// Everything that the worker says.
pub(super) fn subscription(seed: Seed) -> Subscription<Message> {
    Subscription::run_with(seed, |seed| run(seed.clone()))
}

/// Panics anywhere in the program that it survived.
pub(super) fn faults() -> Subscription<Message> {
    Subscription::run(|| {
        stream::unfold(crate::crash::told(), |mut told| async move {
            told.changed().await.ok().map(|()| (Message::Faulted, told))
        })
    })
}

fn run(seed: Seed) -> impl Stream<Item = Message> {
    let generation = seed.generation;
    let started = stream::once(async move {
        let (handle, events) = sync::start(seed.config());
        tokio::spawn(sync::follow_system(&handle));
        (handle, events)
    });
    started.flat_map(move |(handle, events)| {
        // The worker is a task of its own: it goes on even if the window doesn't take its events.
        stream::once(async move { Message::WorkerReady(generation, handle) })
            .chain(events.map(move |event: Event| Message::Worker(generation, event)))
            .chain(stream::once(async move { Message::WorkerEnded(generation) }))
    })
}
