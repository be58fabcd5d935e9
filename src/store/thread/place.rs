//! What each mailbox shows of a conversation: count, unread ones, the newest. Kept with each change of a list.

use super::super::{StoreError, Write};
use crate::model::{MailboxId, MessageId};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

/// The conversation of a message.
pub(in super::super) const OF_MESSAGE: &str = "SELECT thread_id, received FROM message WHERE id = ?1";

/// The newest message of a conversation that a mailbox shows.
pub(in super::super) const NEWEST_OF: &str =
    "SELECT m.id, m.received FROM message m CROSS JOIN placement p ON p.message_id = m.id AND p.mailbox_id = ?1
     WHERE m.thread_id = ?2 AND p.hidden = 0 ORDER BY m.received DESC LIMIT 1";

/// Mailboxes that show messages of a conversation.
pub(in super::super) const MAILBOXES_OF: &str =
    "SELECT p.mailbox_id FROM message m CROSS JOIN placement p ON p.message_id = m.id
     WHERE m.thread_id = ?1 AND p.hidden = 0 LIMIT 100000";

/// A message that came into a list, left it, or was read there.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Shift {
    pub(in super::super) mailbox: MailboxId,
    pub(in super::super) message: MessageId,
    pub(in super::super) messages: i64,
    pub(in super::super) unread: i64,
}

/// What a transaction adds to what a mailbox shows of one conversation.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    messages: i64,
    unread: i64,
    /// The newest arrival among the messages that came.
    newest: Option<(i64, i64)>,
    left: bool,
}

/// A row of `thread_place`.
#[derive(Clone, Copy)]
struct Shown {
    head: i64,
    last: i64,
    messages: i64,
    unread: i64,
}

impl Write<'_> {
    /// Brings `thread_place` up to date with the lists. Once a transaction, and before a conversation changes or
    /// a message is deleted.
    pub(in super::super) fn flush_shifts(&mut self) -> Result<(), StoreError> {
        if self.shifts.is_empty() {
            return Ok(());
        }
        let mut sums: BTreeMap<(MailboxId, i64), Sum> = BTreeMap::new();
        {
            let mut of_message = self.connection.prepare_cached(OF_MESSAGE)?;
            for shift in std::mem::take(&mut self.shifts) {
                let found: Option<(Option<i64>, i64)> = of_message
                    .query_row([shift.message.to_row()], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()?;
                // A message without a conversation is counted when it gets one.
                let Some((Some(thread), received)) = found else { continue };
                let sum = sums.entry((shift.mailbox, thread)).or_default();
                sum.messages += shift.messages;
                sum.unread += shift.unread;
                sum.left |= shift.messages < 0;
                if shift.messages > 0 {
                    sum.newest = sum.newest.max(Some((received, shift.message.to_row())));
                }
            }
        }
        for ((mailbox, thread), sum) in sums {
            self.add_up(mailbox, thread, sum)?;
        }
        Ok(())
    }

    fn add_up(&self, mailbox: MailboxId, thread: i64, sum: Sum) -> Result<(), StoreError> {
        if sum.left {
            return self.take_away(mailbox, thread, sum);
        }
        match sum.newest {
            Some((received, message)) => {
                let shown =
                    Shown { head: message, last: received, messages: sum.messages, unread: sum.unread };
                self.show_more(mailbox, thread, shown)
            }
            None if sum.unread == 0 => Ok(()),
            None => {
                self.connection
                    .prepare_cached(
                        "UPDATE thread_place SET unread = unread + ?3 WHERE mailbox_id = ?1 AND thread_id = ?2",
                    )?
                    .execute([mailbox.to_row(), thread, sum.unread])?;
                Ok(())
            }
        }
    }

    fn show_more(&self, mailbox: MailboxId, thread: i64, more: Shown) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO thread_place (mailbox_id, thread_id, head, last, messages, unread)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (mailbox_id, thread_id) DO UPDATE SET last = max(last, ?4),
                   messages = messages + ?5, unread = unread + ?6",
            )?
            .execute([mailbox.to_row(), thread, more.head, more.last, more.messages, more.unread])?;
        Ok(())
    }

    fn shown(&self, mailbox: MailboxId, thread: i64) -> Result<Option<Shown>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT head, last, messages, unread FROM thread_place WHERE mailbox_id = ?1 AND thread_id = ?2",
        )?;
        let found = statement.query_row([mailbox.to_row(), thread], |row| {
            Ok(Shown { head: row.get(0)?, last: row.get(1)?, messages: row.get(2)?, unread: row.get(3)? })
        });
        Ok(found.optional()?)
    }

    fn forget_shown(&self, mailbox: MailboxId, thread: i64) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("DELETE FROM thread_place WHERE mailbox_id = ?1 AND thread_id = ?2")?
            .execute([mailbox.to_row(), thread])?;
        Ok(())
    }

    /// Messages left, so the newest one and the one that stands for all may be others now.
    fn take_away(&self, mailbox: MailboxId, thread: i64, sum: Sum) -> Result<(), StoreError> {
        let before = self.shown(mailbox, thread)?;
        let messages = before.map_or(0, |b| b.messages) + sum.messages;
        let newest: Option<(i64, i64)> = if messages > 0 {
            self.connection
                .prepare_cached(NEWEST_OF)?
                .query_row([mailbox.to_row(), thread], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?
        } else {
            None
        };
        let Some((newest, last)) = newest else { return self.forget_shown(mailbox, thread) };
        let head = match before {
            Some(before) if self.is_shown_in(before.head, mailbox)? => before.head,
            _ => newest,
        };
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO thread_place (mailbox_id, thread_id, head, last, messages, unread)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                mailbox.to_row(),
                thread,
                head,
                last,
                messages,
                before.map_or(0, |b| b.unread) + sum.unread
            ])?;
        Ok(())
    }

    fn is_shown_in(&self, message: i64, mailbox: MailboxId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM placement WHERE message_id = ?1 AND mailbox_id = ?2 AND hidden = 0";
        Ok(self.connection.prepare_cached(sql)?.exists([message, mailbox.to_row()])?)
    }

    /// Mailboxes that show messages of a conversation, each once.
    fn mailboxes_of_thread(&self, thread: i64) -> Result<Vec<MailboxId>, StoreError> {
        let mut statement = self.connection.prepare_cached(MAILBOXES_OF)?;
        let mut rows = statement.query([thread])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let mailbox = MailboxId::from_row(row.get(0)?);
            if !found.contains(&mailbox) {
                found.push(mailbox);
            }
        }
        Ok(found)
    }

    /// What mailboxes show of one conversation goes to another one, before its messages do.
    pub(super) fn hand_over_shown(&mut self, from: i64, into: i64) -> Result<(), StoreError> {
        for mailbox in self.mailboxes_of_thread(from)? {
            if let Some(shown) = self.shown(mailbox, from)? {
                self.forget_shown(mailbox, from)?;
                self.show_more(mailbox, into, shown)?;
            }
            self.changes.lists.insert(mailbox);
        }
        Ok(())
    }

    /// Counts what mailboxes show of a conversation anew.
    pub(super) fn recount_shown(&mut self, thread: i64, mailboxes: &[MailboxId]) -> Result<(), StoreError> {
        for mailbox in mailboxes {
            self.forget_shown(*mailbox, thread)?;
            self.connection
                .prepare_cached(
                    "INSERT INTO thread_place (mailbox_id, thread_id, head, last, messages, unread)
                     SELECT ?1, ?2, min(m.id), max(m.received), count(*), sum(p.flags & 1 = 0)
                     FROM message m CROSS JOIN placement p ON p.message_id = m.id AND p.mailbox_id = ?1
                     WHERE m.thread_id = ?2 AND p.hidden = 0 HAVING count(*) > 0",
                )?
                .execute([mailbox.to_row(), thread])?;
            self.changes.lists.insert(*mailbox);
        }
        Ok(())
    }

    /// Where both of two conversations are shown.
    pub(super) fn mailboxes_of_threads(&self, one: i64, other: i64) -> Result<Vec<MailboxId>, StoreError> {
        let mut found = self.mailboxes_of_thread(one)?;
        for mailbox in self.mailboxes_of_thread(other)? {
            if !found.contains(&mailbox) {
                found.push(mailbox);
            }
        }
        Ok(found)
    }
}
