//! What waits to be sent, what failed, what was done last. Pure; read from the journal.

use crate::model::Revision;
use crate::store::{Activity as Line, OperationState, Unfinished};

/// What the journal says.
#[derive(Clone, Debug, Default)]
pub struct Activities {
    /// State of the store that was read.
    pub revision: Revision,
    /// Operations that wait or failed, oldest first, as far as they are listed.
    pub unfinished: Vec<Unfinished>,
    /// Number of operations that wait.
    pub waiting: usize,
    /// Number of operations that failed.
    pub failed: usize,
    /// What was done last, newest first.
    pub done: Vec<Line>,
}

/// The activities on the screen.
#[derive(Debug, Default)]
pub struct Activity {
    now: Activities,
    /// They are being read; the flag says whether once more afterwards.
    flight: Option<bool>,
}

impl Activity {
    /// Wants them read; tells whether a read has to start.
    pub const fn want(&mut self) -> bool {
        match &mut self.flight {
            Some(again) => {
                *again = true;
                false
            }
            None => {
                self.flight = Some(false);
                true
            }
        }
    }

    /// They were read; tells whether a read has to start again.
    pub fn take(&mut self, read: Activities) -> bool {
        let again = self.flight.take() == Some(true);
        if read.revision >= self.now.revision {
            self.now = read;
        }
        again && self.want()
    }

    /// They could not be read: the next change tries again.
    pub const fn failed(&mut self) {
        self.flight = None;
    }

    /// Number of operations that wait.
    #[must_use]
    pub const fn waiting(&self) -> usize {
        self.now.waiting
    }

    /// Number of operations that failed.
    #[must_use]
    pub const fn failures(&self) -> usize {
        self.now.failed
    }

    /// Operations that failed.
    pub fn failed_lines(&self) -> impl Iterator<Item = &Unfinished> {
        self.now.unfinished.iter().filter(|line| line.line.state == OperationState::Failed)
    }

    /// Operations that wait or are being sent.
    pub fn waiting_lines(&self) -> impl Iterator<Item = &Unfinished> {
        self.now.unfinished.iter().filter(|line| line.line.state != OperationState::Failed)
    }

    /// What was done last, newest first.
    #[must_use]
    pub fn done(&self) -> &[Line] {
        &self.now.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_read_at_a_time_and_older_answers_are_dropped() {
        let mut activity = Activity::default();
        assert!(activity.want() && !activity.want());
        let read =
            |revision, waiting| Activities { revision: Revision(revision), waiting, ..Activities::default() };
        assert!(activity.take(read(5, 3)), "once more");
        assert_eq!(activity.waiting(), 3);
        assert!(!activity.take(read(4, 9)));
        assert_eq!(activity.waiting(), 3);
        activity.want();
        activity.failed();
        assert!(activity.want());
    }
}
