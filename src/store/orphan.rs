//! Messages that vanished from the server: hidden at once, deleted later, shown again if they turn up.

use super::column::{flags_at, mod_seq_at, uid_at};
use super::flags::Current;
use super::message::Place;
use super::{Snapshot, StoreError, Write};
use crate::model::{AccountId, Flag, MailboxId, MessageId, Uid, UidSet, UnixTime};
use rusqlite::{Row, params};

/// Placements of a range of UIDs.
pub(super) const RANGE: &str = "SELECT uid, message_id, flags, keywords, mod_seq, hidden FROM placement
     WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3";

/// Keeps what a range of placements was.
pub(super) const BEREAVE: &str = "INSERT INTO orphan (message_id, account_id, fingerprint, mailbox_id, uid,
       uid_validity, flags, keywords, mod_seq, orphaned_at)
     SELECT p.message_id, m.account_id, m.fingerprint, p.mailbox_id, p.uid,
       coalesce((SELECT uid_validity FROM mailbox WHERE id = ?1), 0), p.flags, p.keywords, p.mod_seq, ?4
     FROM placement p JOIN message m ON m.id = p.message_id
     WHERE p.mailbox_id = ?1 AND p.uid BETWEEN ?2 AND ?3";

/// What vanished from a range of UIDs that still mean the same.
pub(super) const VANISHED: &str =
    "SELECT o.uid, o.message_id, o.flags, o.keywords, o.mod_seq, 0 FROM orphan o
     WHERE o.mailbox_id = ?1 AND o.uid BETWEEN ?2 AND ?3
       AND o.uid_validity = coalesce((SELECT uid_validity FROM mailbox WHERE id = ?1), 0)
       AND NOT EXISTS (SELECT 1 FROM placement p WHERE p.mailbox_id = o.mailbox_id AND p.uid = o.uid)
       AND NOT EXISTS (SELECT 1 FROM placement p WHERE p.message_id = o.message_id
         AND p.mailbox_id = o.mailbox_id)
     ORDER BY o.id DESC";

/// What vanished long enough ago. A message that the journal still has to deal with stays.
pub(super) const OLD: &str = "SELECT o.id, o.message_id FROM orphan o WHERE o.orphaned_at < ?1
       AND NOT EXISTS (SELECT 1 FROM operation_target t WHERE t.message_id = o.message_id AND t.open = 1)
     ORDER BY o.orphaned_at LIMIT ?2";

/// The same, of one account.
// The plus keeps SQLite at the index by age, which has the order.
pub(super) const OLD_OF: &str = "SELECT o.id, o.message_id FROM orphan o WHERE o.orphaned_at < ?1
       AND +o.account_id = ?3
       AND NOT EXISTS (SELECT 1 FROM operation_target t WHERE t.message_id = o.message_id AND t.open = 1)
     ORDER BY o.orphaned_at LIMIT ?2";

/// What would be deleted next, with the place where the server last had it. Only where UIDs still mean the same.
pub(super) const DOOMED: &str =
    "SELECT o.mailbox_id, o.uid FROM orphan o JOIN mailbox b ON b.id = o.mailbox_id
     WHERE o.orphaned_at < ?1 AND +o.account_id = ?3 AND b.gone_at IS NULL AND b.uid_validity = o.uid_validity
       AND NOT EXISTS (SELECT 1 FROM placement p WHERE p.message_id = o.message_id)
       AND NOT EXISTS (SELECT 1 FROM operation_target t WHERE t.message_id = o.message_id AND t.open = 1)
     ORDER BY o.orphaned_at LIMIT ?2";

/// Messages deleted in one transaction, so that other writes wait for a fraction of a second only.
const PURGED_AT_ONCE: i64 = 2_000;

/// Every UID there can be.
pub(super) fn all_uids() -> UidSet {
    UidSet::range(Uid::MIN, Uid::MAX)
}

fn current_at(row: &Row<'_>) -> rusqlite::Result<(Uid, Current)> {
    let message = MessageId::from_row(row.get(1)?);
    let (flags, mod_seq, hidden) = (flags_at(row, 2)?, mod_seq_at(row, 4)?, row.get(5)?);
    Ok((uid_at(row, 0)?, Current { message, flags, mod_seq, hidden }))
}

/// Whether a message was in a mailbox while its UIDs meant something else.
const UNRECOGNIZED: &str = "SELECT EXISTS (SELECT 1 FROM orphan o
     WHERE o.message_id = ?1 AND o.mailbox_id = ?2
       AND o.uid_validity <> coalesce((SELECT uid_validity FROM mailbox WHERE id = ?2), 0))";

impl Snapshot {
    /// Whether one of these messages lost its place when the UIDs of the mailbox got another meaning, and has not been
    /// found again.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn is_any_unrecognized(
        &self,
        mailbox: MailboxId,
        messages: &[MessageId],
    ) -> Result<bool, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(UNRECOGNIZED)?;
            for message in messages {
                if statement.query_row([message.to_row(), mailbox.to_row()], |row| row.get(0))? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// Messages of an account that vanished before that time and that nothing shows any more: the next
    /// [`Write::purge_orphans_of`] deletes them for good.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn doomed(&self, account: AccountId, before: UnixTime) -> Result<Vec<(MailboxId, Uid)>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(DOOMED)?;
            let rows = statement.query_map([before.0, PURGED_AT_ONCE, account.to_row()], |row| {
                Ok((MailboxId::from_row(row.get(0)?), uid_at(row, 1)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

impl Write<'_> {
    /// Hides messages that the server does not have any more. Their rows and bodies are kept until
    /// [`Write::purge_orphans`]: they may turn up in another mailbox. Gives the number of hidden messages.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn vanish(&mut self, mailbox: MailboxId, uids: &UidSet, now: UnixTime) -> Result<usize, StoreError> {
        let mut hidden = 0;
        for (low, high) in uids.ranges() {
            let range = params![mailbox.to_row(), low.get(), high.get()];
            let gone = self.placed_between(mailbox, low, high)?;
            if gone.is_empty() {
                continue;
            }
            let with_time = params![mailbox.to_row(), low.get(), high.get(), now.0];
            self.connection.prepare_cached(BEREAVE)?.execute(with_time)?;
            self.connection
                .prepare_cached("DELETE FROM placement WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3")?
                .execute(range)?;
            hidden += gone.len();
            for (_, current) in gone.into_iter().filter(|(_, current)| !current.hidden) {
                self.unlisted(mailbox, current.message, current.flags.contains(&Flag::Seen));
            }
        }
        Ok(hidden)
    }

    fn placed_between(
        &self,
        mailbox: MailboxId,
        low: Uid,
        high: Uid,
    ) -> Result<Vec<(Uid, Current)>, StoreError> {
        let mut statement = self.connection.prepare_cached(RANGE)?;
        let rows = statement.query_map(params![mailbox.to_row(), low.get(), high.get()], current_at)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Shows vanished messages again, as they were. For UIDs that mean the same as then, and as long as
    /// they were not purged. Gives the number of messages that are back.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn revive(&mut self, mailbox: MailboxId, uids: &UidSet) -> Result<usize, StoreError> {
        let mut back = 0;
        for (low, high) in uids.ranges() {
            let vanished: Vec<(Uid, Current)> = {
                let mut statement = self.connection.prepare_cached(VANISHED)?;
                let rows =
                    statement.query_map(params![mailbox.to_row(), low.get(), high.get()], current_at)?;
                rows.collect::<Result<_, _>>()?
            };
            for (uid, Current { message, flags, mod_seq, .. }) in vanished {
                // One UID may have stood for several messages, and one message may have had several UIDs.
                if self.placed_at(mailbox, uid)?.is_none() && !self.is_in(message, mailbox)? {
                    // The flags are those that were shown, and the journal kept them so: no overlay here.
                    self.restore(mailbox, &Place { message, uid, flags: &flags, mod_seq })?;
                    back += 1;
                }
            }
        }
        Ok(back)
    }

    /// Puts a message that is stored already into the list of a mailbox.
    pub(super) fn restore(&mut self, mailbox: MailboxId, place: &Place<'_>) -> Result<(), StoreError> {
        let received: i64 = self
            .connection
            .prepare_cached("SELECT received FROM message WHERE id = ?1")?
            .query_row([place.message.to_row()], |row| row.get(0))?;
        self.place(mailbox, place, UnixTime(received))?;
        self.take_out_again(place.message, mailbox)?;
        // What it was in other mailboxes stays known for a while: it may come back there as well.
        self.connection
            .prepare_cached("DELETE FROM orphan WHERE message_id = ?1 AND mailbox_id = ?2")?
            .execute([place.message.to_row(), mailbox.to_row()])?;
        Ok(())
    }

    fn is_in(&self, message: MessageId, mailbox: MailboxId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM placement WHERE message_id = ?1 AND mailbox_id = ?2";
        Ok(self.connection.prepare_cached(sql)?.exists([message.to_row(), mailbox.to_row()])?)
    }

    /// Deletes messages that vanished before that time and did not turn up anywhere. Bodies that a copy of the
    /// message lacks are handed to it. Works in portions: call it again while it gives more than 0.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn purge_orphans(&mut self, before: UnixTime) -> Result<usize, StoreError> {
        self.purge(OLD, &[before.0, PURGED_AT_ONCE])
    }

    /// The same for one account. Ask [`Snapshot::doomed`] before, and the server whether it is so.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn purge_orphans_of(&mut self, account: AccountId, before: UnixTime) -> Result<usize, StoreError> {
        self.purge(OLD_OF, &[before.0, PURGED_AT_ONCE, account.to_row()])
    }

    fn purge(&mut self, which: &str, values: &[i64]) -> Result<usize, StoreError> {
        let old: Vec<(i64, i64)> = {
            let mut statement = self.connection.prepare_cached(which)?;
            let rows = statement
                .query_map(rusqlite::params_from_iter(values), |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        for (orphan, message) in &old {
            self.connection.prepare_cached("DELETE FROM orphan WHERE id = ?1")?.execute([orphan])?;
            let mut statement = self.connection.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM placement WHERE message_id = ?1)
                   OR EXISTS (SELECT 1 FROM orphan WHERE message_id = ?1)",
            )?;
            let needed: bool = statement.query_row([message], |row| row.get(0))?;
            if !needed {
                self.delete_message(MessageId::from_row(*message))?;
            }
        }
        Ok(old.len())
    }

    pub(super) fn delete_message(&mut self, message: MessageId) -> Result<(), StoreError> {
        self.leave_thread(message)?;
        self.bequeath_parts(message)?;
        self.free_files_of(message)?;
        self.connection.prepare_cached("DELETE FROM message WHERE id = ?1")?.execute([message.to_row()])?;
        Ok(())
    }
}
