//! The tasks of one account: one for each role. They end when this value is dropped.

use super::gate::Solved;
use super::links::Role;
use super::queue::Errand;
use super::shared::Shared;
use super::status::Problem;
use super::trouble::Trouble;
use super::{act, bulk, watch};
use futures::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// See the module.
#[derive(Debug)]
pub(super) struct AccountTasks {
    pub(super) shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

impl AccountTasks {
    /// An account without tasks.
    pub(super) fn new(shared: Shared) -> Self {
        Self { shared: Arc::new(shared), tasks: JoinSet::new() }
    }

    /// Starts the tasks afresh. Connections of earlier ones are closed; what the user waits for stays queued.
    pub(super) fn start(&mut self) {
        self.tasks = JoinSet::new();
        let config = &self.shared.config;
        // What a server refused yesterday it will refuse today, and count against us.
        self.shared.links.limit(config.memory.connections(self.shared.account, config.clock.now()));
        for role in [Role::Bulk, Role::Act, Role::Watch] {
            let span = tracing::info_span!("account", id = %self.shared.account, ?role);
            let work = endure(Arc::clone(&self.shared), role);
            self.tasks.spawn(tracing::Instrument::instrument(work, span));
        }
    }

    /// Stops all tasks and closes all connections.
    pub(super) async fn stop(&mut self) {
        self.tasks.shutdown().await;
        self.shared.links.close().await;
    }

    /// Takes the account offline because the user wants it so.
    pub(super) async fn go_offline(&mut self) {
        self.stop().await;
        self.shared.gate.shut(&self.shared.board);
    }

    /// Connects at once, with fresh connections.
    pub(super) async fn restart(&mut self) {
        self.stop().await;
        self.shared.gate.open(Solved::Perhaps, &self.shared.board);
        self.start();
    }

    /// The computer woke up: connects at once, with fresh connections. What only the user can solve stays so.
    pub(super) async fn wake(&mut self) {
        self.stop().await;
        self.shared.gate.open(Solved::No, &self.shared.board);
        // The server had its rest.
        self.shared.deferred.hurry();
        self.start();
    }

    /// The user asks for an attempt, or for news, now.
    pub(super) fn hurry(&self) {
        self.shared.gate.open(Solved::Perhaps, &self.shared.board);
        self.shared.deferred.hurry();
        self.shared.queue.put(Errand::Operations);
        self.shared.wake.notify_one();
    }

    /// The network changed: what waits tries again, what stands is probed.
    pub(super) fn network_changed(&self) {
        self.shared.links.suspect();
        self.shared.gate.open(Solved::No, &self.shared.board);
        self.shared.probe.send_modify(|n| *n = n.wrapping_add(1));
        self.shared.queue.put(Errand::Probe);
        self.shared.wake.notify_one();
    }
}

/// Goes on after a panic, which is noted and told elsewhere: one fault must not silence the account, let alone others.
async fn endure(shared: Arc<Shared>, role: Role) {
    let faulted = || {
        tracing::error!("a task of an account has a fault and begins anew");
        // Its connection may be in the middle of anything; dropped with the task, it is opened anew.
        shared.links.suspect();
        let trouble = Trouble::Link { problem: Problem::Fault, age: Duration::ZERO };
        shared.gate.fail(&trouble, &shared.board);
    };
    again_after_panic(|| work(Arc::clone(&shared), role), faulted).await;
}

/// Does something until it ends otherwise than by a panic.
async fn again_after_panic<F: Future>(mut work: impl FnMut() -> F, mut faulted: impl FnMut()) -> F::Output {
    loop {
        match AssertUnwindSafe(work()).catch_unwind().await {
            Ok(done) => return done,
            Err(_) => faulted(),
        }
    }
}

async fn work(shared: Arc<Shared>, role: Role) {
    loop {
        shared.gate.pass(&shared.board).await;
        if shared.links.open() > 0 {
            // Other connections stand, and this one is opened when there is something to do.
            shared.board.up();
        }
        let result = match role {
            Role::Bulk => bulk::run(&shared).await,
            Role::Act => act::run(&shared).await,
            Role::Watch => watch::run(&shared).await,
        };
        let Err(trouble) = result;
        tracing::debug!(?trouble, "interrupted");
        match role {
            Role::Watch => {
                shared.board.idle(false);
                shared.pushed.send_modify(|pushed| pushed.all = false);
            }
            Role::Act => shared.pushed.send_modify(|pushed| pushed.visible = None),
            Role::Bulk => {}
        }
        if matches!(trouble, Trouble::Again | Trouble::Rebuilt) {
            // Somebody else met the same trouble; let it shut the gate first.
            tokio::task::yield_now().await;
        }
        if matches!(trouble, Trouble::Link { .. }) {
            shared.links.suspect();
        }
        shared.gate.fail(&trouble, &shared.board);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_survived_and_told() {
        let (mut tries, mut faults) = (0, 0);
        let work = || {
            tries += 1;
            let last = tries == 3;
            async move {
                tokio::task::yield_now().await;
                assert!(last, "a fault on purpose");
                tries
            }
        };
        assert_eq!(again_after_panic(work, || faults += 1).await, 3);
        assert_eq!(faults, 2);
    }
}
