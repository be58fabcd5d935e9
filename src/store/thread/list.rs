//! What the list of conversations and the conversation view read.

use super::super::column::{flags_at, number_at, told_uid_at};
use super::super::journal::mark_from;
use super::super::{Conversation, MessageRow, Snapshot, SortOrder, StoreError, ThreadMessage, ThreadSummary};
use super::place::OF_MESSAGE;
use crate::model::subject::base_subject;
use crate::model::{Address, Flag, FlagChange, Flags, MailboxId, MessageId, SpecialUse, ThreadId, UnixTime};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::BTreeMap;

/// Messages of a conversation that its row is made of. With more, the newest ones are enough to know it by.
const ROW_MEMBERS: i64 = 60;

/// Authors named in a row.
const MAX_AUTHORS: usize = 8;

/// Messages of a conversation that are shown. Longer ones are those of robots.
const MAX_SHOWN: i64 = 500;

/// The conversations of a mailbox from one covering index, latest first.
pub(in super::super) const HEADS_NEWEST: &str =
    "SELECT head FROM thread_place WHERE mailbox_id = ?1 ORDER BY last DESC, thread_id DESC";

/// The conversations of a mailbox from one covering index, latest last.
pub(in super::super) const HEADS_OLDEST: &str =
    "SELECT head FROM thread_place WHERE mailbox_id = ?1 ORDER BY last, thread_id";

/// Messages of a conversation that a mailbox shows.
pub(in super::super) const SHOWN_MEMBERS: &str =
    "SELECT m.id FROM message m CROSS JOIN placement p ON p.message_id = m.id AND p.mailbox_id = ?1
     WHERE m.thread_id = ?2 AND p.hidden = 0 ORDER BY m.received";

/// Messages of a conversation that a mailbox shows, with what its row tells of them, the newest first.
const ROW_OF_MEMBERS: &str =
    "SELECT p.uid, m.from_name, m.from_email, m.subject, m.snippet, m.received, m.size,
       p.flags, p.keywords, m.attachments,
       (SELECT coalesce(max(t.open), 0) FROM operation_target t
        WHERE t.message_id = m.id AND t.mailbox_id = ?1 AND t.open > 0), m.id
     FROM message m CROSS JOIN placement p ON p.message_id = m.id AND p.mailbox_id = ?1
     WHERE m.thread_id = ?2 AND p.hidden = 0 ORDER BY m.received DESC LIMIT ?3";

/// What a mailbox shows of a conversation.
const PLACE: &str =
    "SELECT tp.messages, tp.unread, t.muted FROM thread_place tp JOIN thread t ON t.id = tp.thread_id
     WHERE tp.mailbox_id = ?1 AND tp.thread_id = ?2";

/// Messages of a conversation wherever they are shown, the newest first.
const MESSAGES: &str =
    "SELECT m.id, m.from_name, m.from_email, m.snippet, m.received, p.flags, p.keywords, m.attachments,
       m.message_id, p.mailbox_id, b.special_use,
       (SELECT coalesce(max(t.open), 0) FROM operation_target t
        WHERE t.message_id = m.id AND t.mailbox_id = p.mailbox_id AND t.open > 0), m.subject
     FROM message m CROSS JOIN placement p ON p.message_id = m.id
       CROSS JOIN mailbox b ON b.id = p.mailbox_id
     WHERE m.thread_id = ?1 AND p.hidden = 0 AND b.gone_at IS NULL ORDER BY m.received DESC LIMIT ?2";

fn row_at(row: &Row<'_>) -> rusqlite::Result<MessageRow> {
    Ok(MessageRow {
        id: MessageId::from_row(row.get(11)?),
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
}

fn thread_of(connection: &Connection, message: MessageId) -> Result<Option<i64>, StoreError> {
    let mut statement = connection.prepare_cached(OF_MESSAGE)?;
    let found: Option<Option<i64>> = statement.query_row([message.to_row()], |row| row.get(0)).optional()?;
    Ok(found.flatten())
}

/// One row of many: the newest message, with what holds of any of them.
fn fold(
    head: MessageId,
    thread: ThreadId,
    place: (u64, u64, bool),
    members: Vec<MessageRow>,
) -> Option<MessageRow> {
    let (messages, unread, muted) = place;
    let mut authors: Vec<(Address, bool)> = Vec::new();
    // Oldest first, each once; whose mail was not read is marked.
    for member in members.iter().rev() {
        let new = !member.flags.contains(&Flag::Seen);
        let same = |(known, _): &(Address, bool)| known.email.eq_ignore_ascii_case(&member.from.email);
        match authors.iter().position(same) {
            // The latest word of somebody counts for the order.
            Some(at) => {
                let (known, unread) = authors.remove(at);
                authors.push((known, unread || new));
            }
            None => authors.push((member.from.clone(), new)),
        }
    }
    let authors = authors.split_off(authors.len().saturating_sub(MAX_AUTHORS));
    let ids = members.iter().map(|member| member.id).collect();
    let flagged = members.iter().any(|member| member.flags.contains(&Flag::Flagged));
    let attachments = members.iter().map(|member| member.attachments).sum();
    let mark = members.iter().map(|member| member.mark).max().unwrap_or_default();
    let mut row = members.into_iter().next()?;
    row.id = head;
    row.attachments = attachments;
    row.mark = mark;
    let set = |flags: &mut Flags, flag: &Flag, on: bool| {
        flags.apply(if on { FlagChange::Add } else { FlagChange::Remove }, flag);
    };
    set(&mut row.flags, &Flag::Seen, unread == 0);
    set(&mut row.flags, &Flag::Flagged, flagged);
    if messages > 1 {
        let base = base_subject(&row.subject);
        if !base.is_empty() {
            row.subject = base;
        }
    }
    row.thread = Some(ThreadSummary { id: thread, messages, unread, muted, authors, newest: ids });
    Some(row)
}

impl Snapshot {
    /// One message for each conversation of a mailbox, in the order of the newest of each. It stands for the
    /// conversation, and goes on to do so as long as it is in the mailbox.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn thread_heads(&self, mailbox: MailboxId, order: SortOrder) -> Result<Vec<MessageId>, StoreError> {
        let sql = match order {
            SortOrder::NewestFirst => HEADS_NEWEST,
            SortOrder::OldestFirst => HEADS_OLDEST,
        };
        self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([mailbox.to_row()])?;
            let mut ids = Vec::new();
            while let Some(row) = rows.next()? {
                ids.push(MessageId::from_row(row.get(0)?));
            }
            Ok(ids)
        })
    }

    /// The rows of conversations, given by [`Snapshot::thread_heads`], in the order asked for. One that is not in
    /// the mailbox (any more) is left out. Meant for what is on screen.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn thread_rows(
        &self,
        heads: &[MessageId],
        mailbox: MailboxId,
    ) -> Result<Vec<MessageRow>, StoreError> {
        self.read(|connection| {
            let mut places = connection.prepare_cached(PLACE)?;
            let mut statement = connection.prepare_cached(ROW_OF_MEMBERS)?;
            let mut found = Vec::with_capacity(heads.len());
            for head in heads {
                let Some(thread) = thread_of(connection, *head)? else { continue };
                let place = places
                    .query_row([mailbox.to_row(), thread], |row| {
                        Ok((number_at(row, 0)?, number_at(row, 1)?, row.get(2)?))
                    })
                    .optional()?;
                let Some(place) = place else { continue };
                let members: Vec<MessageRow> = statement
                    .query_map([mailbox.to_row(), thread, ROW_MEMBERS], row_at)?
                    .collect::<Result<_, _>>()?;
                found.extend(fold(*head, ThreadId::from_row(thread), place, members));
            }
            Ok(found)
        })
    }

    /// The first of these conversations that has an unread message in the mailbox, with `backward` the last one.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn unread_thread(
        &self,
        heads: &[MessageId],
        mailbox: MailboxId,
        backward: bool,
    ) -> Result<Option<MessageId>, StoreError> {
        self.read(|connection| {
            let mut places = connection.prepare_cached(PLACE)?;
            let mut unread = |head: &MessageId| -> Result<bool, StoreError> {
                let Some(thread) = thread_of(connection, *head)? else { return Ok(false) };
                let count: Option<u64> =
                    places.query_row([mailbox.to_row(), thread], |row| number_at(row, 1)).optional()?;
                Ok(count.is_some_and(|count| count > 0))
            };
            for at in 0..heads.len() {
                let at = if backward { heads.len() - 1 - at } else { at };
                if let Some(head) = heads.get(at)
                    && unread(head)?
                {
                    return Ok(Some(*head));
                }
            }
            Ok(None)
        })
    }

    /// The message that stands for the conversation of another one in the list of a mailbox.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn head_of(&self, message: MessageId, mailbox: MailboxId) -> Result<Option<MessageId>, StoreError> {
        self.read(|connection| {
            let Some(thread) = thread_of(connection, message)? else { return Ok(None) };
            let sql = "SELECT head FROM thread_place WHERE mailbox_id = ?1 AND thread_id = ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let found =
                statement.query_row([mailbox.to_row(), thread], |row| row.get(0).map(MessageId::from_row));
            Ok(found.optional()?)
        })
    }

    /// The conversation of a message, also what of it lies in other mailboxes (own answers), the oldest first. What
    /// is in the trash, in junk or among the drafts is left out, unless it is the mailbox that is looked at. Of
    /// copies of one message one is told: that of the mailbox.
    ///
    /// `None` if the message is gone or its conversation was not found yet.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn conversation(
        &self,
        message: MessageId,
        mailbox: Option<MailboxId>,
    ) -> Result<Option<Conversation>, StoreError> {
        self.read(|connection| {
            let Some(thread) = thread_of(connection, message)? else { return Ok(None) };
            let muted: Option<bool> = connection
                .prepare_cached("SELECT muted FROM thread WHERE id = ?1")?
                .query_row([thread], |row| row.get(0))
                .optional()?;
            let mut statement = connection.prepare_cached(MESSAGES)?;
            let mut rows = statement.query(params![thread, MAX_SHOWN])?;
            let mut found: Vec<(Option<String>, ThreadMessage)> = Vec::new();
            let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
            let mut subject = String::new();
            while let Some(row) = rows.next()? {
                let (message_id, one) = member_at(row)?;
                let here = Some(one.mailbox) == mailbox;
                let aside = matches!(
                    one.special_use,
                    Some(SpecialUse::Trash | SpecialUse::Junk | SpecialUse::Drafts)
                );
                if aside && !here && one.id != message {
                    continue;
                }
                // The same message elsewhere, or a copy of it.
                let same = match &message_id {
                    Some(id) => by_id.get(id).copied(),
                    None => found.iter().position(|(_, known)| known.id == one.id),
                };
                match same.and_then(|at| found.get_mut(at)) {
                    Some((_, known)) if here && Some(known.mailbox) != mailbox => *known = one,
                    Some(_) => {}
                    None => {
                        // The newest come first.
                        subject = row.get(12)?;
                        if let Some(id) = &message_id {
                            by_id.insert(id.clone(), found.len());
                        }
                        found.push((message_id, one));
                    }
                }
            }
            let mut messages: Vec<ThreadMessage> = found.into_iter().map(|(_, one)| one).collect();
            messages.sort_by_key(|one| (one.received, one.id));
            Ok(Some(Conversation {
                thread: ThreadId::from_row(thread),
                subject,
                muted: muted.unwrap_or_default(),
                messages,
            }))
        })
    }
}

fn member_at(row: &Row<'_>) -> rusqlite::Result<(Option<String>, ThreadMessage)> {
    let special_use: Option<String> = row.get(10)?;
    let one = ThreadMessage {
        id: MessageId::from_row(row.get(0)?),
        from: Address { name: row.get(1)?, email: row.get(2)? },
        snippet: row.get(3)?,
        received: UnixTime(row.get(4)?),
        flags: flags_at(row, 5)?,
        attachments: row.get(7)?,
        mailbox: MailboxId::from_row(row.get(9)?),
        special_use: special_use.and_then(|word| SpecialUse::from_row(&word)),
        mark: mark_from(row.get(11)?),
    };
    Ok((row.get(8)?, one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::RowMark;

    fn row(n: i64, email: &str, seen: bool) -> MessageRow {
        MessageRow {
            id: MessageId::from_row(n),
            uid: None,
            from: Address { name: String::new(), email: email.into() },
            subject: format!("Re: {n}"),
            snippet: String::new(),
            received: UnixTime(n),
            size: 1,
            flags: Flags::from_row(if seen { Flags::SEEN } else { 0 }, ""),
            attachments: 1,
            mark: RowMark::None,
            thread: None,
        }
    }

    #[test]
    fn a_row_tells_who_wrote_last_and_whose_mail_is_new() {
        let members =
            vec![row(4, "A@x", false), row(3, "b@x", true), row(2, "a@x", true), row(1, "c@x", true)];
        let (head, thread) = (MessageId::from_row(1), ThreadId::from_row(9));
        let folded = fold(head, thread, (4, 1, false), members).unwrap();
        assert_eq!((folded.id, folded.subject.as_str(), folded.attachments), (head, "4", 4));
        assert!(!folded.flags.contains(&Flag::Seen));
        let authors = folded.thread.unwrap().authors;
        let told: Vec<_> = authors.iter().map(|(a, new)| (a.email.as_str(), *new)).collect();
        assert_eq!(told, [("c@x", false), ("b@x", false), ("a@x", true)]);
    }
}
