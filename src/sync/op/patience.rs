//! Operations that the server does not want now: how long each waits, and how often it is tried. In memory only: who
//! starts the program anew wants to see it try.

use crate::clock::{Clock, Moment};
use crate::model::OperationId;
use crate::store::Operation;
use crate::sync::backoff::Backoff;
use crate::sync::dice::Dice;
use crate::sync::shared::Shared;
use crate::sync::status::Problem;
use crate::sync::trouble;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Tries until a refusal "for now" counts as one for good.
const MAX_TRIES: u32 = 10;

#[derive(Clone, Debug)]
struct Waiting {
    until: Moment,
    tries: u32,
    backoff: Backoff,
    problem: Problem,
}

/// See the module.
#[derive(Debug)]
pub(in crate::sync) struct Deferred {
    waiting: Mutex<BTreeMap<OperationId, Waiting>>,
    dice: Dice,
    clock: Clock,
}

impl Deferred {
    pub(in crate::sync) fn new(seed: u64, clock: Clock) -> Self {
        Self { waiting: Mutex::default(), dice: Dice::new(seed), clock }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<OperationId, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets operations wait; `false` if they were tried often enough.
    pub(super) fn defer(&self, shared: &Shared, ids: &[OperationId], problem: &Problem) -> bool {
        let mut all = self.lock();
        let now = self.clock.moment();
        let mut again = true;
        for id in ids {
            let waiting = all.entry(*id).or_insert_with(|| Waiting {
                until: now,
                tries: 0,
                backoff: Backoff::default(),
                problem: problem.clone(),
            });
            waiting.tries += 1;
            let wait = waiting.backoff.next(&shared.config.timing.patience, self.dice.roll());
            // A server that says how long gets that.
            waiting.until = now + trouble::hint(problem).map_or(wait, |hint| hint.max(wait));
            waiting.problem = problem.clone();
            again &= waiting.tries < MAX_TRIES;
        }
        if !again {
            ids.iter().for_each(|id| drop(all.remove(id)));
        }
        again
    }

    /// Whether an operation has to wait.
    pub(super) fn holds(&self, id: OperationId) -> bool {
        self.lock().get(&id).is_some_and(|waiting| waiting.until > self.clock.moment())
    }

    /// When the first one is to be tried again, and why it waits.
    pub(super) fn first(&self) -> Option<(Moment, Problem)> {
        let all = self.lock();
        let first = all.values().min_by_key(|waiting| waiting.until)?;
        Some((first.until, first.problem.clone()))
    }

    /// Forgets operations that are over.
    pub(super) fn keep_only(&self, open: &[Operation]) {
        let mut all = self.lock();
        if !all.is_empty() {
            all.retain(|id, _| open.iter().any(|operation| operation.id == *id));
        }
    }

    /// The user wants them tried now.
    pub(in crate::sync) fn hurry(&self) {
        let now = self.clock.moment();
        self.lock().values_mut().for_each(|waiting| waiting.until = now);
    }
}
