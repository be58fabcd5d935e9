//! Conversations: which messages belong together. By the server's thread id, by `Message-ID`, `In-Reply-To` and
//! `References`, and for answers without any reference by subject, people and time (RFC 5256 section 3).
//!
//! Each message has a set of keys; messages that share one are of one conversation. Sets only grow together, so the
//! order in which messages arrive does not matter, and deleting a message in the middle parts nobody. Two copies
//! of a message (same `Message-ID`) are of one conversation, unlike in RFC 5256.

mod key;
mod list;
mod place;

#[cfg(test)]
pub(super) use list::{HEADS_NEWEST, HEADS_OLDEST};
pub(super) use place::Shift;

use super::codec::load_envelope;
use super::column::flags_at;
use super::{Snapshot, StoreError, Write};
use crate::model::subject::{Topic, topic};
use crate::model::{
    AccountId, Address, Envelope, Flag, MailboxId, MessageId, Rfc822MessageId, ThreadId, UnixTime,
};
use rusqlite::{OptionalExtension, Row, params};
use std::collections::BTreeSet;

/// Messages of the same subject and fortnight that are looked at. More come from hostile mailboxes only.
const MAX_CANDIDATES: i64 = 64;

/// Messages counted to see which of two conversations is the smaller one.
const MAX_COUNTED: i64 = 10_000;

/// Messages of a conversation looked at when it is split.
const MAX_SPLIT: i64 = 2_000;

/// What is stored of a message that matters for its conversation.
const STORED: &str =
    "SELECT m.id, m.account_id, m.thread_id, m.received, m.from_name, m.from_email, m.subject,
       m.sent, m.message_id, m.server_thread_id, m.gm_thrid, d.envelope
     FROM message m JOIN detail d ON d.message_id = m.id WHERE m.id = ?1";

/// Messages of a conversation, the newest first.
pub(super) const MEMBERS: &str =
    "SELECT id FROM message WHERE thread_id = ?1 ORDER BY received DESC LIMIT ?2";

/// Messages stored before there were conversations, the newest first.
pub(super) const UNTHREADED: &str =
    "SELECT id FROM message WHERE thread_id IS NULL ORDER BY id DESC LIMIT ?1";

/// Messages of a subject and a fortnight.
const CANDIDATES: &str = "SELECT message_id FROM topic WHERE account_id = ?1 AND key = ?2 LIMIT ?3";

/// Of these, the answers without references.
const ANSWERS: &str =
    "SELECT message_id FROM topic WHERE account_id = ?1 AND key = ?2 AND answer = 1 LIMIT ?3";

/// What binds a message to others.
pub(super) struct Bonds<'m> {
    account: AccountId,
    envelope: &'m Envelope,
    server: Option<i64>,
    topic: Option<Topic>,
    at: UnixTime,
}

impl<'m> Bonds<'m> {
    pub(super) fn new(
        account: AccountId,
        envelope: &'m Envelope,
        received: UnixTime,
        server: (Option<i64>, Option<&str>),
    ) -> Self {
        let server = key::server_key(account, server.0, server.1);
        // A server that knows conversations knows better.
        let topic = if server.is_some() { None } else { topic(super::message::capped(&envelope.subject)) };
        Self { account, envelope, server, topic, at: envelope.date.unwrap_or(received) }
    }

    /// An answer that does not say to what.
    fn is_lost_answer(&self) -> bool {
        self.topic.as_ref().is_some_and(|topic| topic.answer)
            && self.envelope.references.is_empty()
            && self.envelope.in_reply_to.is_empty()
    }

    /// The server's id counts before all others; with it, ids of ancestors are not needed.
    fn keys(&self) -> Vec<i64> {
        match self.server {
            Some(server) => {
                let own = self.envelope.message_id.as_ref();
                std::iter::once(server).chain(own.and_then(|id| key::id_key(self.account, id))).collect()
            }
            None => key::id_keys(self.account, self.envelope),
        }
    }

    /// Whether one of two messages on a subject is an answer to the other, as far as people and time tell: the
    /// author of one is an author or recipient of the other.
    fn fits(&self, other: &Stored) -> bool {
        let near = self.at.0.abs_diff(other.at().0) <= key::SUBJECT_REACH.unsigned_abs();
        near && self.topic.as_ref().map(|t| &t.base)
            == topic(&other.envelope.subject).as_ref().map(|t| &t.base)
            && (knows(self.envelope, &other.envelope) || knows(&other.envelope, self.envelope))
    }
}

/// Whether an author of the first is among the people of the second.
fn knows(first: &Envelope, second: &Envelope) -> bool {
    let same = |a: &Address, b: &Address| !a.email.is_empty() && a.email.eq_ignore_ascii_case(&b.email);
    let people = || second.from.iter().chain(&second.to).chain(&second.cc);
    first.from.iter().any(|author| people().any(|one| same(author, one)))
}

/// What is stored of a message.
struct Stored {
    id: i64,
    account: AccountId,
    thread: Option<i64>,
    received: UnixTime,
    server_thread_id: Option<String>,
    gm_thrid: Option<i64>,
    envelope: Envelope,
}

impl Stored {
    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let columns = Envelope {
            from: vec![Address { name: row.get(4)?, email: row.get(5)? }],
            subject: row.get(6)?,
            date: row.get::<_, Option<i64>>(7)?.map(UnixTime),
            message_id: row.get::<_, Option<String>>(8)?.map(Rfc822MessageId),
            ..Envelope::default()
        };
        let text = row.get_ref(11)?.as_str().map_err(rusqlite::Error::from)?;
        Ok(Self {
            id: row.get(0)?,
            account: AccountId::from_row(row.get(1)?),
            thread: row.get(2)?,
            received: UnixTime(row.get(3)?),
            server_thread_id: row.get(9)?,
            gm_thrid: row.get(10)?,
            envelope: load_envelope(text, columns)?,
        })
    }

    fn at(&self) -> UnixTime {
        self.envelope.date.unwrap_or(self.received)
    }

    fn bonds(&self) -> Bonds<'_> {
        let server = (self.gm_thrid, self.server_thread_id.as_deref());
        Bonds::new(self.account, &self.envelope, self.received, server)
    }
}

impl Write<'_> {
    /// The conversation of a message that is about to be stored; conversations that it joins become one.
    pub(super) fn thread_for(&mut self, bonds: &Bonds<'_>) -> Result<i64, StoreError> {
        let mut known: Vec<i64> = Vec::new();
        let mut fresh = Vec::new();
        for key in bonds.keys() {
            match self.thread_of_key(key)? {
                Some(thread) if known.contains(&thread) => {}
                Some(thread) => known.push(thread),
                None => fresh.push(key),
            }
        }
        let mut thread = match known.as_slice() {
            [] => self.new_thread()?,
            [one] => *one,
            [nearest, ..] if self.any_apart(&known)? => *nearest,
            [first, others @ ..] => {
                let mut thread = *first;
                for other in others {
                    thread = self.unite(thread, *other)?;
                }
                thread
            }
        };
        for key in fresh {
            self.connection
                .prepare_cached("INSERT INTO ref (key, thread_id) VALUES (?1, ?2)")?
                .execute([key, thread])?;
        }
        for other in self.threads_of_topic(bonds)? {
            if other != thread && !self.any_apart(&[thread, other])? {
                thread = self.unite(thread, other)?;
            }
        }
        Ok(thread)
    }

    /// Remembers a message that was stored by its topic.
    pub(super) fn note_topic(&mut self, message: i64, bonds: &Bonds<'_>) -> Result<(), StoreError> {
        let Some(topic) = &bonds.topic else { return Ok(()) };
        let [key, ..] = key::topic_keys(bonds.account, topic, bonds.at);
        self.connection
            .prepare_cached(
                "INSERT OR IGNORE INTO topic (account_id, key, message_id, answer) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![bonds.account.to_row(), key, message, bonds.is_lost_answer()])?;
        Ok(())
    }

    fn thread_of_key(&self, key: i64) -> Result<Option<i64>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT thread_id FROM ref WHERE key = ?1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }

    fn new_thread(&self) -> Result<i64, StoreError> {
        self.connection.prepare_cached("INSERT INTO thread (muted, apart) VALUES (0, 0)")?.execute([])?;
        Ok(self.connection.last_insert_rowid())
    }

    fn any_apart(&self, threads: &[i64]) -> Result<bool, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT 1 FROM thread WHERE id = ?1 AND apart <> 0")?;
        for thread in threads {
            if statement.exists([thread])? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Conversations that a message belongs to by its subject alone.
    fn threads_of_topic(&self, bonds: &Bonds<'_>) -> Result<Vec<i64>, StoreError> {
        let Some(topic) = &bonds.topic else { return Ok(Vec::new()) };
        let sql = if bonds.is_lost_answer() { CANDIDATES } else { ANSWERS };
        let mut found: Vec<i64> = Vec::new();
        let mut statement = self.connection.prepare_cached(sql)?;
        for key in key::topic_keys(bonds.account, topic, bonds.at) {
            let mut rows = statement.query([bonds.account.to_row(), key, MAX_CANDIDATES])?;
            while let Some(row) = rows.next()? {
                let Some(other) = self.stored(row.get(0)?)? else { continue };
                if let Some(thread) = other.thread
                    && !found.contains(&thread)
                    && bonds.fits(&other)
                {
                    found.push(thread);
                }
            }
        }
        Ok(found)
    }

    fn stored(&self, message: i64) -> Result<Option<Stored>, StoreError> {
        let mut statement = self.connection.prepare_cached(STORED)?;
        statement.query_row([message], |row| Ok(Stored::read(row))).optional()?.transpose()
    }

    fn size_of_thread(&self, thread: i64) -> Result<i64, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM message WHERE thread_id = ?1 LIMIT ?2) AS c",
        )?;
        Ok(statement.query_row([thread, MAX_COUNTED], |row| row.get(0))?)
    }

    /// Makes one conversation of two, the smaller one going into the larger. Gives the one that stays.
    fn unite(&mut self, one: i64, other: i64) -> Result<i64, StoreError> {
        if one == other {
            return Ok(one);
        }
        self.flush_shifts()?;
        let larger = self.size_of_thread(one)? >= self.size_of_thread(other)?;
        let (into, from) = if larger { (one, other) } else { (other, one) };
        self.hand_over_shown(from, into)?;
        for sql in [
            "UPDATE message SET thread_id = ?1 WHERE thread_id = ?2",
            "UPDATE ref SET thread_id = ?1 WHERE thread_id = ?2",
            "UPDATE thread SET muted = 1 WHERE id = ?1 AND muted = 0
               AND (SELECT muted FROM thread WHERE id = ?2) <> 0",
        ] {
            self.connection.prepare_cached(sql)?.execute([into, from])?;
        }
        self.drop_thread(from)?;
        Ok(into)
    }

    fn drop_thread(&self, thread: i64) -> Result<(), StoreError> {
        self.connection.prepare_cached("DELETE FROM thread WHERE id = ?1")?.execute([thread])?;
        Ok(())
    }

    /// A message is about to be deleted: what nothing else needs of its conversation goes with it.
    pub(super) fn leave_thread(&mut self, message: MessageId) -> Result<(), StoreError> {
        self.flush_shifts()?;
        let Some(stored) = self.stored(message.to_row())? else { return Ok(()) };
        let bonds = stored.bonds();
        if let Some(topic) = &bonds.topic {
            let [key, ..] = key::topic_keys(bonds.account, topic, bonds.at);
            self.connection
                .prepare_cached("DELETE FROM topic WHERE account_id = ?1 AND key = ?2 AND message_id = ?3")?
                .execute([bonds.account.to_row(), key, stored.id])?;
        }
        let Some(thread) = stored.thread else { return Ok(()) };
        let mut others =
            self.connection.prepare_cached("SELECT 1 FROM message WHERE thread_id = ?1 AND id <> ?2")?;
        if !others.exists([thread, stored.id])? {
            self.connection.prepare_cached("DELETE FROM ref WHERE thread_id = ?1")?.execute([thread])?;
            self.drop_thread(thread)?;
        }
        Ok(())
    }

    /// Finds the conversations of messages that were stored before there were any, the newest first. Works in
    /// portions: call it again while it gives more than 0.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn thread_stored(&mut self, portion: u32) -> Result<usize, StoreError> {
        let waiting: Vec<i64> = {
            let mut statement = self.connection.prepare_cached(UNTHREADED)?;
            statement.query_map([portion], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        for id in &waiting {
            let Some(stored) = self.stored(*id)? else { continue };
            let bonds = stored.bonds();
            let thread = self.thread_for(&bonds)?;
            self.note_topic(*id, &bonds)?;
            self.set_thread(*id, thread)?;
            let message = MessageId::from_row(*id);
            for (mailbox, seen) in self.shown_places(message)? {
                self.changes.lists.insert(mailbox);
                self.shifts.push(Shift { mailbox, message, messages: 1, unread: i64::from(!seen) });
            }
        }
        Ok(waiting.len())
    }

    fn set_thread(&self, message: i64, thread: i64) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE message SET thread_id = ?2 WHERE id = ?1")?
            .execute([message, thread])?;
        Ok(())
    }

    /// Mailboxes that show a message, and whether it was read there.
    fn shown_places(&self, message: MessageId) -> Result<Vec<(MailboxId, bool)>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT mailbox_id, flags, keywords FROM placement WHERE message_id = ?1 AND hidden = 0",
        )?;
        let rows = statement.query_map([message.to_row()], |row| {
            Ok((MailboxId::from_row(row.get(0)?), flags_at(row, 1)?.contains(&Flag::Seen)))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The conversation of a message.
    ///
    /// # Errors
    /// There is no such message, or its conversation was not found yet.
    pub fn thread_of(&self, message: MessageId) -> Result<ThreadId, StoreError> {
        let found: Option<Option<i64>> = self
            .connection
            .prepare_cached(place::OF_MESSAGE)?
            .query_row([message.to_row()], |row| row.get(0))
            .optional()?;
        found.flatten().map(ThreadId::from_row).ok_or(StoreError::Gone { what: "conversation" })
    }

    /// Parts a message, and all that answer it, from its conversation. From then on no common id joins the two
    /// again; only [`Write::join_threads`] does. Gives the new conversation, or the old one if nothing would stay
    /// behind.
    ///
    /// # Errors
    /// There is no such message, or the disk refuses.
    pub fn split_thread(&mut self, message: MessageId) -> Result<ThreadId, StoreError> {
        self.flush_shifts()?;
        let thread = self.thread_of(message)?.to_row();
        let members: Vec<i64> = {
            let mut statement = self.connection.prepare_cached(MEMBERS)?;
            statement.query_map([thread, MAX_SPLIT], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        let mut all = Vec::with_capacity(members.len());
        for member in members {
            all.extend(self.stored(member)?);
        }
        let leaving = with_answers(message.to_row(), &all);
        if leaving.len() == all.len() {
            return Ok(ThreadId::from_row(thread));
        }
        let new = self.new_thread()?;
        self.connection
            .prepare_cached("UPDATE thread SET apart = 1 WHERE id IN (?1, ?2)")?
            .execute([new, thread])?;
        for stored in all.iter().filter(|stored| leaving.contains(&stored.id)) {
            self.set_thread(stored.id, new)?;
            if let Some(key) =
                stored.envelope.message_id.as_ref().and_then(|id| key::id_key(stored.account, id))
            {
                self.connection
                    .prepare_cached("UPDATE ref SET thread_id = ?2 WHERE key = ?1")?
                    .execute([key, new])?;
            }
        }
        let shown = self.mailboxes_of_threads(thread, new)?;
        self.recount_shown(thread, &shown)?;
        self.recount_shown(new, &shown)?;
        Ok(ThreadId::from_row(new))
    }

    /// Makes one conversation of two: takes a split back. Gives the one that stays.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn join_threads(&mut self, one: ThreadId, other: ThreadId) -> Result<ThreadId, StoreError> {
        let stays = self.unite(one.to_row(), other.to_row())?;
        self.connection.prepare_cached("UPDATE thread SET apart = 0 WHERE id = ?1")?.execute([stays])?;
        Ok(ThreadId::from_row(stays))
    }

    /// The user does not want to hear of a conversation, or does again.
    ///
    /// # Errors
    /// There is no such conversation, or the disk refuses.
    pub fn mute_thread(&mut self, thread: ThreadId, muted: bool) -> Result<(), StoreError> {
        let found = self
            .connection
            .prepare_cached("UPDATE thread SET muted = ?2 WHERE id = ?1")?
            .execute(params![thread.to_row(), muted])?;
        if found == 0 {
            return Err(StoreError::Gone { what: "conversation" });
        }
        let newest: Option<i64> = self
            .connection
            .prepare_cached(MEMBERS)?
            .query_row([thread.to_row(), 1], |row| row.get(0))
            .optional()?;
        if let Some(message) = newest {
            self.changes.messages.push(MessageId::from_row(message));
        }
        Ok(())
    }

    /// The messages of the conversations of these, as far as a mailbox shows them. A message without a
    /// conversation stands for itself.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn whole_threads(
        &self,
        messages: &[MessageId],
        mailbox: MailboxId,
    ) -> Result<Vec<MessageId>, StoreError> {
        let mut seen = BTreeSet::new();
        let mut all = Vec::with_capacity(messages.len());
        let mut of_message = self.connection.prepare_cached(place::OF_MESSAGE)?;
        let mut members = self.connection.prepare_cached(list::SHOWN_MEMBERS)?;
        for message in messages {
            let thread: Option<Option<i64>> =
                of_message.query_row([message.to_row()], |row| row.get(0)).optional()?;
            match thread {
                Some(Some(thread)) if seen.insert(thread) => {
                    let rows = members.query_map([mailbox.to_row(), thread], |row| row.get(0))?;
                    for row in rows {
                        all.push(MessageId::from_row(row?));
                    }
                }
                Some(Some(_)) | None => {}
                Some(None) => all.push(*message),
            }
        }
        Ok(all)
    }
}

/// A message and all that answer it, directly or not.
fn with_answers(message: i64, all: &[Stored]) -> BTreeSet<i64> {
    let mut leaving = BTreeSet::from([message]);
    loop {
        let before = leaving.len();
        let ids: BTreeSet<&Rfc822MessageId> = all
            .iter()
            .filter(|stored| leaving.contains(&stored.id))
            .filter_map(|stored| stored.envelope.message_id.as_ref())
            .collect();
        for stored in all {
            let envelope = &stored.envelope;
            let parents = envelope.in_reply_to.iter().take(1).chain(&envelope.references);
            // Copies of a message go where it goes.
            if parents.chain(&envelope.message_id).any(|id| ids.contains(id)) {
                leaving.insert(stored.id);
            }
        }
        if leaving.len() == before {
            return leaving;
        }
    }
}

impl Snapshot {
    /// Whether messages are stored whose conversations were not found yet.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn has_unthreaded(&self) -> Result<bool, StoreError> {
        self.read(|connection| Ok(connection.prepare_cached(UNTHREADED)?.exists([1])?))
    }
}
