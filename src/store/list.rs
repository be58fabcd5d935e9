//! What the message list reads: ids in their order, and the rows that are on screen.

use super::column::{flags_at, number_at, told_uid_at, uid_at};
use super::journal::mark_from;
use super::{MessageRow, Snapshot, SortOrder, StoreError};
use crate::model::{Address, MailboxId, MessageId, OperationId, Uid, UidSet, UnixTime};
use rusqlite::{OptionalExtension, Row, params};
use std::collections::BTreeSet;

/// The whole list from one covering index, latest first.
pub(super) const NEWEST: &str =
    "SELECT message_id FROM placement WHERE mailbox_id = ?1 AND hidden = 0 ORDER BY received DESC, uid DESC";

/// The whole list from one covering index, latest last.
pub(super) const OLDEST: &str =
    "SELECT message_id FROM placement WHERE mailbox_id = ?1 AND hidden = 0 ORDER BY received, uid";

/// How many rows a list has, to read it in one allocation.
const LENGTH: &str = "SELECT total FROM mailbox WHERE id = ?1";

/// One row of the list.
pub(super) const ROW: &str =
    "SELECT p.uid, m.from_name, m.from_email, m.subject, m.snippet, m.received, m.size,
       p.flags, p.keywords, m.attachments,
       (SELECT coalesce(max(t.open), 0) FROM operation_target t
        WHERE t.message_id = ?1 AND t.mailbox_id = ?2 AND t.open > 0)
     FROM placement p JOIN message m ON m.id = p.message_id
     WHERE p.message_id = ?1 AND p.mailbox_id = ?2 AND p.hidden = 0";

/// Place of a message in its mailbox.
pub(super) const UID_OF: &str = "SELECT uid FROM placement WHERE message_id = ?1 AND mailbox_id = ?2";

const PLACE_OF: &str =
    "SELECT received, uid FROM placement WHERE message_id = ?1 AND mailbox_id = ?2 AND hidden = 0";

/// Rows before a place, latest first.
pub(super) const NEWER: &str =
    "SELECT count(*) FROM placement WHERE mailbox_id = ?1 AND hidden = 0 AND (received, uid) > (?2, ?3)";

/// Rows before a place, latest last.
pub(super) const OLDER: &str =
    "SELECT count(*) FROM placement WHERE mailbox_id = ?1 AND hidden = 0 AND (received, uid) < (?2, ?3)";

/// All UIDs of a mailbox, also of hidden rows, not the provisional ones.
pub(super) const UIDS: &str =
    "SELECT uid FROM placement WHERE mailbox_id = ?1 AND uid <= 4294967295 ORDER BY uid";

/// Message-IDs of a mailbox, for the rare case that its UIDs have lost their meaning.
pub(super) const RFC822_IDS: &str =
    "SELECT m.message_id FROM placement p JOIN message m ON m.id = p.message_id
     WHERE p.mailbox_id = ?1 AND p.uid <= 4294967295 AND m.message_id IS NOT NULL";

/// UIDs and messages of a range.
pub(super) const IDS_BY_UID: &str =
    "SELECT uid, message_id FROM placement WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3 ORDER BY uid";

/// By what a message of a file is recognized in a mailbox.
pub(super) const LIKENESSES: &str =
    "SELECT m.message_id, m.size, m.subject, m.from_email, m.sent FROM placement p
     JOIN message m ON m.id = p.message_id WHERE p.mailbox_id = ?1 AND p.hidden = 0";

/// Messages that the server did not want in a mailbox, by what they are recognized, and the operations that failed.
pub(super) const UNWANTED: &str =
    "SELECT m.message_id, m.size, m.subject, m.from_email, m.sent, o.id FROM operation o INDEXED BY operation_failed
     JOIN operation_target t ON t.operation_id = o.id JOIN message m ON m.id = t.message_id
     WHERE o.account_id = (SELECT account_id FROM mailbox WHERE id = ?1) AND o.state = 'failed'
       AND o.kind = 'append' AND t.mailbox_id = ?1 AND t.open > 0";

/// By what a message is taken for one that a mailbox has already: Message-ID and size; without Message-ID subject,
/// author, date and size.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Likeness {
    id: Option<String>,
    size: u64,
    subject: String,
    author: String,
    sent: Option<i64>,
}

impl Likeness {
    fn from_parts(id: Option<String>, size: u64, (subject, author): (&str, &str), sent: Option<i64>) -> Self {
        if id.is_some() {
            return Self { id, size, subject: String::new(), author: String::new(), sent: None };
        }
        Self { id, size, subject: subject.to_owned(), author: author.to_owned(), sent }
    }

    /// Of a message that comes from a file.
    #[must_use]
    pub fn of(new: &super::NewMessage) -> Self {
        let envelope = &new.envelope;
        let author = envelope.from.first().map_or("", |author| super::message::capped(&author.email));
        let shown = (super::message::capped(&envelope.subject), author);
        let id = envelope.message_id.as_ref().map(|id| id.0.clone());
        Self::from_parts(id, new.size, shown, envelope.date.map(|date| date.0))
    }
}

fn likeness_at(row: &Row<'_>) -> rusqlite::Result<Likeness> {
    let (subject, author): (String, String) = (row.get(2)?, row.get(3)?);
    Ok(Likeness::from_parts(row.get(0)?, number_at(row, 1)?, (&subject, &author), row.get(4)?))
}

impl Snapshot {
    /// What a mailbox shows, by likeness. Reads all of it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn likenesses(&self, mailbox: MailboxId) -> Result<Vec<Likeness>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(LIKENESSES)?;
            let rows = statement.query_map([mailbox.to_row()], likeness_at)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What a mailbox shows although its server did not want it: kept, with the operation that failed.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn unwanted(&self, mailbox: MailboxId) -> Result<Vec<(Likeness, OperationId)>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(UNWANTED)?;
            let rows = statement.query_map([mailbox.to_row()], |row| {
                Ok((likeness_at(row)?, OperationId::from_row(row.get(5)?)))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The ids of all messages of a mailbox in the order of the list.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn message_ids(&self, mailbox: MailboxId, order: SortOrder) -> Result<Vec<MessageId>, StoreError> {
        let sql = match order {
            SortOrder::NewestFirst => NEWEST,
            SortOrder::OldestFirst => OLDEST,
        };
        self.read(|connection| {
            let length: Option<usize> = connection
                .prepare_cached(LENGTH)?
                .query_row([mailbox.to_row()], |row| row.get::<_, u32>(0))
                .optional()?
                .and_then(|n| usize::try_from(n).ok());
            let mut ids = Vec::with_capacity(length.unwrap_or(0));
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([mailbox.to_row()])?;
            while let Some(row) = rows.next()? {
                ids.push(MessageId::from_row(row.get(0)?));
            }
            Ok(ids)
        })
    }

    /// The rows of these messages, in the order asked for. A message that is not in the mailbox (any more) is
    /// left out. Meant for what is on screen.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn rows(&self, messages: &[MessageId], mailbox: MailboxId) -> Result<Vec<MessageRow>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(ROW)?;
            let mut found = Vec::with_capacity(messages.len());
            for id in messages {
                let row = statement.query_row([id.to_row(), mailbox.to_row()], |row| {
                    Ok(MessageRow {
                        id: *id,
                        uid: told_uid_at(row, 0)?,
                        from: Address { name: row.get(1)?, email: row.get(2)? },
                        subject: row.get(3)?,
                        snippet: row.get(4)?,
                        received: UnixTime(row.get(5)?),
                        size: number_at(row, 6)?,
                        flags: flags_at(row, 7)?,
                        attachments: row.get(9)?,
                        mark: mark_from(row.get(10)?),
                        thread: None,
                    })
                });
                found.extend(row.optional()?);
            }
            Ok(found)
        })
    }

    /// How many rows are above a message in the list; `None` if it is not in the mailbox. Counts over the index:
    /// some 10 ms at 1,000,000 rows.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn position_of(
        &self,
        message: MessageId,
        mailbox: MailboxId,
        order: SortOrder,
    ) -> Result<Option<usize>, StoreError> {
        let sql = match order {
            SortOrder::NewestFirst => NEWER,
            SortOrder::OldestFirst => OLDER,
        };
        self.read(|connection| {
            let place: Option<(i64, i64)> = connection
                .prepare_cached(PLACE_OF)?
                .query_row([message.to_row(), mailbox.to_row()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((received, uid)) = place else { return Ok(None) };
            let above: u32 = connection
                .prepare_cached(sql)?
                .query_row(params![mailbox.to_row(), received, uid], |row| row.get(0))?;
            Ok(usize::try_from(above).ok())
        })
    }

    /// All UIDs that are stored of a mailbox.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn uids(&self, mailbox: MailboxId) -> Result<UidSet, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(UIDS)?;
            let mut rows = statement.query([mailbox.to_row()])?;
            let mut uids = UidSet::new();
            while let Some(row) = rows.next()? {
                uids.insert(uid_at(row, 0)?);
            }
            Ok(uids)
        })
    }

    /// The Message-IDs of all messages that the server had in a mailbox.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn rfc822_ids(&self, mailbox: MailboxId) -> Result<BTreeSet<String>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(RFC822_IDS)?;
            let rows = statement.query_map([mailbox.to_row()], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The messages behind some UIDs; those that are not stored are left out.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn ids_by_uid(&self, mailbox: MailboxId, uids: &UidSet) -> Result<Vec<(Uid, MessageId)>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(IDS_BY_UID)?;
            let mut found = Vec::new();
            for (low, high) in uids.ranges() {
                let rows = statement.query_map(params![mailbox.to_row(), low.get(), high.get()], |row| {
                    Ok((uid_at(row, 0)?, MessageId::from_row(row.get(1)?)))
                })?;
                for row in rows {
                    found.push(row?);
                }
            }
            Ok(found)
        })
    }

    /// The UID of a message in a mailbox at the server; `None` if it is not there, or not yet.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn uid_of(&self, message: MessageId, mailbox: MailboxId) -> Result<Option<Uid>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(UID_OF)?;
            let found = statement.query_row([message.to_row(), mailbox.to_row()], |row| told_uid_at(row, 0));
            Ok(found.optional()?.flatten())
        })
    }
}
