//! What the journal still has to do or what failed, for those who show it.

use super::super::{Snapshot, StoreError};
use super::action::{Activity, activity_at};
use crate::model::{AccountId, ActionId};

/// Counts of one state; the partial index holds nothing else.
pub(in super::super) const COUNT_OPEN: &str =
    "SELECT count(*) FROM operation WHERE account_id = ?1 AND state IN ('pending', 'inflight')";
/// See [`COUNT_OPEN`].
pub(in super::super) const COUNT_FAILED: &str =
    "SELECT count(*) FROM operation WHERE account_id = ?1 AND state = 'failed'";

/// An operation that waits, is being sent, or failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// What it is.
    pub line: Activity,
    /// What the user did, if that can be undone as one.
    pub action: Option<ActionId>,
}

impl Snapshot {
    /// Operations of an account that wait, are being sent, or failed, oldest first, at most `limit` of each.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn unfinished(&self, account: AccountId, limit: u32) -> Result<Vec<Unfinished>, StoreError> {
        self.read(|connection| {
            let mut all = Vec::new();
            for sql in [
                format!(
                    "SELECT {LINE}, o.action_id FROM operation o
                     WHERE o.account_id = ?1 AND o.state IN ('pending', 'inflight') ORDER BY o.id LIMIT ?2",
                    LINE = super::action::LINE
                ),
                format!(
                    "SELECT {LINE}, o.action_id FROM operation o
                     WHERE o.account_id = ?1 AND o.state = 'failed' ORDER BY o.id LIMIT ?2",
                    LINE = super::action::LINE
                ),
            ] {
                let mut statement = connection.prepare_cached(&sql)?;
                let rows = statement.query_map([account.to_row(), i64::from(limit)], |row| {
                    let action = row.get::<_, Option<i64>>("action_id")?.map(ActionId::from_row);
                    Ok(activity_at(row)?.map(|line| Unfinished { line, action }))
                })?;
                for row in rows {
                    all.extend(row?);
                }
            }
            Ok(all)
        })
    }

    /// Numbers of operations of an account that wait and that failed.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn unfinished_counts(&self, account: AccountId) -> Result<(usize, usize), StoreError> {
        self.read(|connection| {
            let count = |sql: &str| -> Result<usize, StoreError> {
                let count: i64 =
                    connection.prepare_cached(sql)?.query_row([account.to_row()], |row| row.get(0))?;
                Ok(usize::try_from(count).unwrap_or(0))
            };
            Ok((count(COUNT_OPEN)?, count(COUNT_FAILED)?))
        })
    }
}
