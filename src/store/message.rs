//! Messages: how list data comes in, and what the reading pane gets out. Flags and vanishing are elsewhere.

use super::codec::{load_envelope, load_structure, store_envelope, store_structure};
use super::column::{flags_at, gmail_id, mod_seq_at, number, number_at, told_uid_at};
use super::flags::{Current, Pending};
use super::relink::{Awaited, Key};
use super::thread::Bonds;
use super::{Arrival, MessageDetail, NewMessage, Placed, Placement, RowMark, Snapshot, StoreError, Write};
use crate::model::{
    AccountId, Address, BodyStructure, Envelope, Flag, Flags, MailboxId, MessageId, Rfc822MessageId, UnixTime,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Longest subject, name or snippet that is kept, in bytes. Longer ones come from hostile mails only, and each
/// visible row would carry them.
const MAX_TEXT: usize = 2_000;

/// Everything about a message but its envelope's rare fields.
pub(super) const DETAIL: &str =
    "SELECT m.account_id, m.received, m.size, m.attachments, m.from_name, m.from_email,
       m.subject, m.snippet, m.sent, m.message_id, m.email_id, m.server_thread_id, d.envelope, d.structure
     FROM message m JOIN detail d ON d.message_id = m.id WHERE m.id = ?1";

/// Where a message is.
pub(super) const PLACEMENTS: &str = "SELECT mailbox_id, uid, flags, keywords, mod_seq, hidden FROM placement
     WHERE message_id = ?1 ORDER BY mailbox_id";

/// What a batch of messages has in common.
pub(super) struct Batch {
    pub(super) mailbox: MailboxId,
    pub(super) account: AccountId,
    pub(super) pending: Pending,
    /// Whether anything vanished and might come back; mostly not, which saves a look per message.
    pub(super) orphans: bool,
    /// What local operations put here that the server has not told a UID for.
    pub(super) awaited: Awaited,
}

/// Where and how a message comes into a list.
pub(super) struct Place<'m> {
    pub(super) message: MessageId,
    pub(super) uid: crate::model::Uid,
    pub(super) flags: &'m Flags,
    pub(super) mod_seq: crate::model::ModSeq,
}

/// A text without what is beyond [`MAX_TEXT`].
pub(super) fn capped(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_TEXT)).unwrap_or_default()
}

impl Write<'_> {
    /// Takes list data of messages into a mailbox. A UID that is there already only gets its flags brought up to
    /// date and gaps filled. A message that vanished a moment ago, or (by EMAILID or X-GM-MSGID) lies in
    /// another mailbox too, is recognized and keeps its id and body. The answer is in the order given, without
    /// outlines of messages that are not stored (any more): the next comparison of UIDs misses those.
    ///
    /// # Errors
    /// There is no such mailbox, or the disk refuses.
    pub fn insert_messages(
        &mut self,
        mailbox: MailboxId,
        messages: Vec<NewMessage>,
    ) -> Result<Vec<Placed>, StoreError> {
        let mut batch = self.batch(mailbox)?;
        let mut placed = Vec::with_capacity(messages.len());
        for new in &messages {
            if new.outline {
                placed.extend(self.insert_outline(&mut batch, new)?);
            } else {
                placed.push(self.insert_message(&mut batch, new)?);
            }
        }
        Ok(placed)
    }

    pub(super) fn batch(&self, mailbox: MailboxId) -> Result<Batch, StoreError> {
        let account = self.account_of(mailbox)?;
        let orphans = self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM orphan WHERE account_id = ?1)")?
            .query_row([account.to_row()], |row| row.get(0))?;
        let awaited = self.awaited(mailbox)?;
        Ok(Batch { mailbox, account, pending: self.pending_flags(mailbox)?, orphans, awaited })
    }

    fn insert_message(&mut self, batch: &mut Batch, new: &NewMessage) -> Result<Placed, StoreError> {
        if let Some(current) = self.placed_at(batch.mailbox, new.uid)? {
            if self.is_same(current.message, new)? {
                self.refresh(batch, &current, new)?;
                return Ok(Placed { uid: new.uid, message: current.message, arrival: Arrival::Known });
            }
            // The server gave the UID to another message: the old one goes the way of a vanished one. No clock
            // here, so the next purge takes it unless it turned up elsewhere by then.
            let one = crate::model::UidSet::range(new.uid, new.uid);
            self.vanish(batch.mailbox, &one, UnixTime(0))?;
            batch.orphans = true;
        }
        let key = Key::of(new);
        if let Some(message) = batch.awaited.take(&key, new.uid) {
            self.told(batch.mailbox, message, new.uid)?;
            if let Some(current) = self.placed_at(batch.mailbox, new.uid)? {
                self.refresh(batch, &current, new)?;
            }
            return Ok(Placed { uid: new.uid, message, arrival: Arrival::Relinked });
        }
        let (message, arrival) = match self.find_known(batch, &key)? {
            Some(message) => (message, Arrival::Relinked),
            None => {
                let from = Some(batch.mailbox);
                (self.add_message(batch.account, (key.fingerprint, from), new)?, Arrival::New)
            }
        };
        let place = Place { message, uid: new.uid, flags: &new.flags, mod_seq: new.mod_seq };
        if arrival == Arrival::Relinked {
            if batch.orphans {
                self.remember_move(message, batch.mailbox)?;
            }
            self.settle(batch, &place)?;
            self.fill_gaps(message, new)?;
        } else {
            self.place(batch.mailbox, &place, received(new))?;
        }
        Ok(Placed { uid: new.uid, message, arrival })
    }

    /// Only two different Message-IDs prove that a UID was given twice (some servers do, against RFC 9051
    /// section 2.3.1.1): sizes and dates of one message differ now and then.
    fn is_same(&self, message: MessageId, new: &NewMessage) -> Result<bool, StoreError> {
        let Some(id) = &new.envelope.message_id else { return Ok(true) };
        let mut statement = self.connection.prepare_cached("SELECT message_id FROM message WHERE id = ?1")?;
        let stored: Option<String> = statement.query_row([message.to_row()], |row| row.get(0))?;
        Ok(stored.is_none_or(|stored| stored == id.0))
    }

    pub(super) fn refresh(
        &mut self,
        batch: &mut Batch,
        current: &Current,
        new: &NewMessage,
    ) -> Result<(), StoreError> {
        let server = (&new.flags, new.mod_seq);
        self.set_server_flags(batch.mailbox, new.uid, current, server, &mut batch.pending)?;
        self.fill_gaps(current.message, new)
    }

    fn fill_gaps(&mut self, message: MessageId, new: &NewMessage) -> Result<(), StoreError> {
        if let Some(structure) = &new.structure {
            let mut statement = self
                .connection
                .prepare_cached("SELECT 1 FROM detail WHERE message_id = ?1 AND structure IS NOT NULL")?;
            if !statement.exists([message.to_row()])? {
                self.set_structure(message, structure, new.attachments)?;
            }
        }
        if let Some(preview) = new.preview.as_deref().filter(|text| !text.is_empty()) {
            let filled = self
                .connection
                .prepare_cached("UPDATE message SET snippet = ?2 WHERE id = ?1 AND snippet = ''")?
                .execute(params![message.to_row(), capped(preview)])?;
            if filled > 0 {
                self.changes.messages.push(message);
            }
        }
        Ok(())
    }

    pub(super) fn add_message(
        &mut self,
        account: AccountId,
        (fingerprint, arrived_in): (i64, Option<MailboxId>),
        new: &NewMessage,
    ) -> Result<MessageId, StoreError> {
        let envelope = &new.envelope;
        let from = envelope.from.first();
        let server = (new.gm_thrid.map(gmail_id), new.thread_id.as_deref());
        let bonds = Bonds::new(account, envelope, received(new), server);
        let thread = self.thread_for(&bonds)?;
        self.connection
            .prepare_cached(
                "INSERT INTO message (account_id, fingerprint, received, size, attachments, from_name,
                   from_email, subject, snippet, sent, message_id, email_id, server_thread_id, gm_msgid, gm_thrid,
                   thread_id, arrived_in)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
            )?
            .execute(params![
                account.to_row(),
                fingerprint,
                received(new).0,
                number(new.size),
                new.attachments,
                from.map_or("", |a| capped(&a.name)),
                from.map_or("", |a| capped(&a.email)),
                capped(&envelope.subject),
                capped(new.preview.as_deref().unwrap_or_default()),
                envelope.date.map(|date| date.0),
                envelope.message_id.as_ref().map(|id| id.0.as_str()),
                new.email_id,
                new.thread_id,
                new.gm_msgid.map(gmail_id),
                new.gm_thrid.map(gmail_id),
                thread,
                arrived_in.map(MailboxId::to_row),
            ])?;
        let id = self.connection.last_insert_rowid();
        self.note_topic(id, &bonds)?;
        let structure = new.structure.as_ref().map(store_structure).transpose()?;
        self.connection
            .prepare_cached("INSERT INTO detail (message_id, envelope, structure) VALUES (?1, ?2, ?3)")?
            .execute(params![id, store_envelope(envelope)?, structure])?;
        Ok(MessageId::from_row(id))
    }

    /// What is stored of a message, without its parts and places.
    pub(super) fn detail_of(&self, id: MessageId) -> Result<Option<MessageDetail>, StoreError> {
        let mut statement = self.connection.prepare_cached(DETAIL)?;
        statement.query_row([id.to_row()], |row| Ok(detail_at(row, id))).optional()?.transpose()
    }

    /// Puts a message into the list of a mailbox.
    pub(super) fn place(
        &mut self,
        mailbox: MailboxId,
        place: &Place<'_>,
        received: UnixTime,
    ) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO placement (mailbox_id, uid, message_id, received, flags, keywords, mod_seq)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                mailbox.to_row(),
                place.uid.get(),
                place.message.to_row(),
                received.0,
                place.flags.system_bits(),
                place.flags.keywords_joined(),
                number(place.mod_seq.get()),
            ])?;
        self.listed(mailbox, place.message, place.flags.contains(&Flag::Seen));
        Ok(())
    }

    /// Stores the MIME structure of a message.
    ///
    /// # Errors
    /// There is no such message, or the disk refuses.
    pub fn set_structure(
        &mut self,
        message: MessageId,
        structure: &BodyStructure,
        attachments: u32,
    ) -> Result<(), StoreError> {
        let text = store_structure(structure)?;
        let found = self
            .connection
            .prepare_cached("UPDATE detail SET structure = ?2 WHERE message_id = ?1")?
            .execute(params![message.to_row(), text])?;
        if found == 0 {
            return Err(StoreError::Gone { what: "message" });
        }
        self.connection
            .prepare_cached("UPDATE message SET attachments = ?2 WHERE id = ?1 AND attachments <> ?2")?
            .execute(params![message.to_row(), attachments])?;
        self.changes.messages.push(message);
        Ok(())
    }

    /// Stores the first words of the text of a message, for its row.
    ///
    /// # Errors
    /// There is no such message, or the disk refuses.
    pub fn set_snippet(&mut self, message: MessageId, snippet: &str) -> Result<(), StoreError> {
        let found = self
            .connection
            .prepare_cached("UPDATE message SET snippet = ?2 WHERE id = ?1")?
            .execute(params![message.to_row(), capped(snippet)])?;
        if found == 0 {
            return Err(StoreError::Gone { what: "message" });
        }
        self.changes.messages.push(message);
        Ok(())
    }
}

/// When a message arrived: INTERNALDATE, or the Date field if the server gives none.
fn received(new: &NewMessage) -> UnixTime {
    new.internal_date.or(new.envelope.date).unwrap_or_default()
}

fn detail_at(row: &Row<'_>, id: MessageId) -> Result<MessageDetail, StoreError> {
    let author = Address { name: row.get(4)?, email: row.get(5)? };
    let columns = Envelope {
        date: row.get::<_, Option<i64>>(8)?.map(UnixTime),
        subject: row.get(6)?,
        from: vec![author],
        message_id: row.get::<_, Option<String>>(9)?.map(Rfc822MessageId),
        ..Envelope::default()
    };
    let stored = row.get_ref(12)?.as_str().map_err(rusqlite::Error::from)?;
    let structure = row.get_ref(13)?.as_str_or_null().map_err(rusqlite::Error::from)?;
    Ok(MessageDetail {
        id,
        account: AccountId::from_row(row.get(0)?),
        envelope: load_envelope(stored, columns)?,
        structure: structure.map(load_structure).transpose()?,
        placements: Vec::new(),
        received: UnixTime(row.get(1)?),
        size: number_at(row, 2)?,
        snippet: row.get(7)?,
        attachments: row.get(3)?,
        email_id: row.get(10)?,
        thread_id: row.get(11)?,
        mark: RowMark::None,
    })
}

fn placements(connection: &Connection, id: MessageId) -> Result<Vec<Placement>, StoreError> {
    let mut statement = connection.prepare_cached(PLACEMENTS)?;
    let rows = statement.query_map([id.to_row()], |row| {
        Ok(Placement {
            mailbox: MailboxId::from_row(row.get(0)?),
            uid: told_uid_at(row, 1)?,
            hidden: row.get(5)?,
            flags: flags_at(row, 2)?,
            mod_seq: mod_seq_at(row, 4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Snapshot {
    /// What the reading pane shows of a message, without its parts.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn message(&self, id: MessageId) -> Result<Option<MessageDetail>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(DETAIL)?;
            let detail =
                statement.query_row([id.to_row()], |row| Ok(detail_at(row, id))).optional()?.transpose()?;
            let Some(mut detail) = detail else { return Ok(None) };
            detail.placements = placements(connection, id)?;
            detail.mark = super::journal::mark_of(connection, id)?;
            Ok(Some(detail))
        })
    }

    /// Where a message is; empty if it vanished.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn placements(&self, id: MessageId) -> Result<Vec<Placement>, StoreError> {
        self.read(|connection| placements(connection, id))
    }
}
