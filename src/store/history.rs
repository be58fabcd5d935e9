//! What other clients did to messages, as far as it is remembered. What was done here is in the journal.

use super::column::MAX_UID;
use super::{Snapshot, StoreError, Write};
use crate::model::{Flag, Flags, MailboxId, MessageId, Uid, UnixTime};
use rusqlite::{OptionalExtension, params};

/// Changes remembered in all; the oldest are forgotten when the journal is pruned.
const MAX_REMEMBERED: i64 = 50_000;

/// Changes told of one message.
const MAX_TOLD: u32 = 200;

/// What others did to a message, latest first.
pub(super) const OF_MESSAGE: &str =
    "SELECT mailbox_id, at, change FROM history WHERE message_id = ?1 ORDER BY id DESC LIMIT ?2";

/// Where a message was until it vanished.
pub(super) const LEFT: &str = "SELECT mailbox_id, orphaned_at FROM orphan WHERE message_id = ?1";

/// What arrived in a mailbox lately and was not read (flag 1).
pub(super) const ARRIVALS: &str = "SELECT p.message_id FROM placement p JOIN message m ON m.id = p.message_id
     WHERE p.mailbox_id = ?1 AND p.uid BETWEEN ?2 AND ?3 AND p.hidden = 0 AND p.flags & 1 = 0
       AND m.arrived_in = ?1 ORDER BY p.uid DESC LIMIT ?4";

/// One thing that another client, or the server, did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// When it was noticed here.
    pub at: UnixTime,
    /// Where.
    pub mailbox: MailboxId,
    /// What.
    pub what: ForeignChange,
}

/// What another client did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForeignChange {
    /// Flags, such as `+\\Seen -work`.
    Flags(String),
    /// The message vanished: deleted, or moved elsewhere.
    Vanished,
    /// It was moved there.
    Moved,
}

/// `history.change` of a message that another client moved there; changes of flags begin with a sign.
const MOVED: &str = "moved";

/// Where a message came in.
const ARRIVED_IN: &str = "SELECT arrived_in FROM message WHERE id = ?1";

/// Where a message was that is nowhere now.
const LOST_FROM: &str = "SELECT o.mailbox_id FROM orphan o
       WHERE o.id = (SELECT max(l.id) FROM orphan l WHERE l.message_id = ?1)
         AND NOT EXISTS (SELECT 1 FROM placement p WHERE p.message_id = ?1)";

/// The difference between two sets of flags, such as `+\\Seen -work`.
fn difference(before: &Flags, after: &Flags) -> String {
    let system = [Flag::Seen, Flag::Answered, Flag::Flagged, Flag::Deleted, Flag::Draft];
    let keywords = before.keywords().chain(after.keywords()).map(|word| Flag::Keyword(word.clone()));
    let mut words: Vec<String> = Vec::new();
    for flag in system.into_iter().chain(keywords) {
        let word = match (before.contains(&flag), after.contains(&flag)) {
            (false, true) => format!("+{flag}"),
            (true, false) => format!("-{flag}"),
            _ => continue,
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(" ")
}

impl Write<'_> {
    /// Another client changed flags.
    pub(super) fn remember_flags(
        &mut self,
        message: MessageId,
        mailbox: MailboxId,
        before: &Flags,
        after: &Flags,
    ) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO history (message_id, mailbox_id, at, change) VALUES (?1, ?2, unixepoch(), ?3)",
            )?
            .execute(params![message.to_row(), mailbox.to_row(), difference(before, after)])?;
        Ok(())
    }

    /// A message that had vanished turned up in a mailbox: another client moved it there.
    pub(super) fn remember_move(&mut self, message: MessageId, to: MailboxId) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(LOST_FROM)?;
        let from: Option<i64> = statement.query_row([message.to_row()], |row| row.get(0)).optional()?;
        if from.is_some_and(|from| from != to.to_row()) {
            self.connection
                .prepare_cached(
                    "INSERT INTO history (message_id, mailbox_id, at, change) VALUES (?1, ?2, unixepoch(), ?3)",
                )?
                .execute(params![message.to_row(), to.to_row(), MOVED])?;
        }
        Ok(())
    }

    /// Forgets the oldest changes of others.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn prune_history(&mut self) -> Result<usize, StoreError> {
        let sql = "DELETE FROM history WHERE id <= (SELECT coalesce(max(id), 0) - ?1 FROM history)";
        Ok(self.connection.prepare_cached(sql)?.execute([MAX_REMEMBERED])?)
    }
}

impl Snapshot {
    /// Messages that arrived in a mailbox from a UID on, that is, were not moved into it, and that nobody has read;
    /// the newest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn arrivals(&self, mailbox: MailboxId, from: Uid, most: u32) -> Result<Vec<MessageId>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(ARRIVALS)?;
            let found = params![mailbox.to_row(), i64::from(from.get()), MAX_UID, most];
            let found = statement.query_map(found, |row| row.get(0).map(MessageId::from_row))?;
            Ok(found.collect::<Result<_, _>>()?)
        })
    }

    /// Where a message came in; `None` if it was put there from here, or before this was noted.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn arrived_in(&self, message: MessageId) -> Result<Option<MailboxId>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(ARRIVED_IN)?;
            let found = statement.query_row([message.to_row()], |row| row.get::<_, Option<i64>>(0));
            Ok(found.optional()?.flatten().map(MailboxId::from_row))
        })
    }

    /// What others did to a message, oldest first, as far as it is remembered.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn foreign_changes(&self, message: MessageId) -> Result<Vec<Foreign>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(OF_MESSAGE)?;
            let rows = statement.query_map(params![message.to_row(), MAX_TOLD], |row| {
                let change: String = row.get(2)?;
                Ok(Foreign {
                    mailbox: MailboxId::from_row(row.get(0)?),
                    at: UnixTime(row.get(1)?),
                    what: if change == MOVED { ForeignChange::Moved } else { ForeignChange::Flags(change) },
                })
            })?;
            let mut all = rows.collect::<Result<Vec<_>, _>>()?;
            all.reverse();
            let mut statement = connection.prepare_cached(LEFT)?;
            let rows = statement.query_map([message.to_row()], |row| {
                Ok(Foreign {
                    mailbox: MailboxId::from_row(row.get(0)?),
                    at: UnixTime(row.get(1)?),
                    what: ForeignChange::Vanished,
                })
            })?;
            for left in rows {
                all.push(left?);
            }
            Ok(all)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_name_each_flag_once() {
        let flags = |words: &str| words.split(' ').filter_map(Flag::from_wire).collect::<Flags>();
        assert_eq!(difference(&flags("\\Seen a"), &flags("\\Flagged a b")), "-\\Seen +\\Flagged +b");
    }
}
