//! Running downloads of attachments: for what, how far, where to.
//!
//! Pure. They belong to the screen, not to the shown message: they go on while the user reads on.

use crate::model::{MessageId, PartPath, TransferId};
use crate::sync::{Problem, TransferState};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What a download is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To be opened by another program.
    Open,
    /// To be kept in this file.
    Save(PathBuf),
    /// To be kept with the others of a message.
    SaveAll {
        /// In this file.
        target: PathBuf,
        /// Counts such wishes.
        batch: u64,
    },
}

/// Where a download ends up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file that the user wants.
    pub target: PathBuf,
    /// The file that is written; another one if the target is there already and shall be replaced.
    pub write_to: PathBuf,
}

/// A running download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Its number.
    pub id: TransferId,
    /// Whose attachment.
    pub message: MessageId,
    /// Which attachment.
    pub path: PartPath,
    /// Name of the attachment as it is shown.
    pub name: String,
    /// What for.
    pub purpose: Purpose,
    /// Bytes so far, as transported.
    pub done: u64,
    /// Bytes in total, as transported.
    pub total: u64,
}

/// How a download ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The file is there.
    Done(Transfer, Option<PathBuf>),
    /// It is not.
    Failed(Transfer, Problem),
    /// The user stopped it.
    Cancelled,
}

/// All running downloads.
#[derive(Debug, Default)]
pub struct Transfers {
    running: Vec<Transfer>,
    last: u64,
    batches: u64,
    /// Attachments of the running batches that are complete.
    complete: BTreeMap<u64, usize>,
}

impl Transfers {
    /// The download of an attachment, if one runs.
    #[must_use]
    pub fn of(&self, message: MessageId, path: &PartPath) -> Option<&Transfer> {
        self.running.iter().find(|t| t.message == message && t.path == *path)
    }

    /// All running downloads.
    pub fn running(&self) -> impl Iterator<Item = &Transfer> {
        self.running.iter()
    }

    /// Number of running downloads.
    #[must_use]
    pub fn len(&self) -> usize {
        self.running.len()
    }

    /// Whether none runs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// A download begins; `None` if that attachment is on its way already.
    pub fn begin(
        &mut self,
        message: MessageId,
        path: &PartPath,
        name: &str,
        total: u64,
        purpose: Purpose,
    ) -> Option<TransferId> {
        if self.of(message, path).is_some() {
            return None;
        }
        self.last += 1;
        let id = TransferId(self.last);
        let (path, name) = (path.clone(), name.to_owned());
        self.running.push(Transfer { id, message, path, name, purpose, done: 0, total });
        Some(id)
    }

    /// The number of a download that is not shown.
    pub const fn unseen(&mut self) -> TransferId {
        self.last += 1;
        TransferId(self.last)
    }

    /// A number for a wish to save all attachments of a message.
    pub const fn batch(&mut self) -> u64 {
        self.batches += 1;
        self.batches
    }

    /// One of a batch is complete; if it was the last one, tells how many there were.
    pub fn complete(&mut self, batch: u64) -> Option<usize> {
        let count = self.complete.entry(batch).or_default();
        *count += 1;
        let more = self
            .running
            .iter()
            .any(|t| matches!(t.purpose, Purpose::SaveAll { batch: other, .. } if other == batch));
        if more { None } else { self.complete.remove(&batch) }
    }

    /// News of a download.
    pub fn news(&mut self, id: TransferId, state: TransferState) -> Option<Ended> {
        let index = self.running.iter().position(|t| t.id == id)?;
        if let TransferState::Progress { done, total } = state {
            let transfer = self.running.get_mut(index)?;
            (transfer.done, transfer.total) = (done, total);
            return None;
        }
        let transfer = self.running.remove(index);
        Some(match state {
            TransferState::Done(file) => Ended::Done(transfer, file),
            TransferState::Failed(problem) => Ended::Failed(transfer, problem),
            TransferState::Cancelled | TransferState::Progress { .. } => Ended::Cancelled,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_runs_once_and_ends_once() {
        let mut transfers = Transfers::default();
        let (message, path) = (MessageId::from_row(1), PartPath::root().child(2));
        let id = transfers.begin(message, &path, "a.pdf", 10, Purpose::Open).unwrap();
        assert_eq!(transfers.begin(message, &path, "a.pdf", 10, Purpose::Open), None);
        assert_eq!(transfers.news(id, TransferState::Progress { done: 4, total: 12 }), None);
        let running = transfers.of(message, &path).unwrap();
        assert_eq!((running.done, running.total), (4, 12));
        let ended = transfers.news(id, TransferState::Done(Some("x".into())));
        assert!(matches!(ended, Some(Ended::Done(t, Some(_))) if t.purpose == Purpose::Open));
        assert!(transfers.is_empty());
        assert_eq!(transfers.news(id, TransferState::Cancelled), None);
    }

    #[test]
    fn a_batch_is_told_once() {
        let mut transfers = Transfers::default();
        let batch = transfers.batch();
        let begin = |transfers: &mut Transfers, n: u32| {
            let purpose = Purpose::SaveAll { target: PathBuf::from(n.to_string()), batch };
            transfers.begin(MessageId::from_row(1), &PartPath::root().child(n), "x", 1, purpose).unwrap()
        };
        let (first, second) = (begin(&mut transfers, 1), begin(&mut transfers, 2));
        transfers.news(first, TransferState::Done(None));
        assert_eq!(transfers.complete(batch), None);
        transfers.news(second, TransferState::Done(None));
        assert_eq!(transfers.complete(batch), Some(2));
    }
}
