//! Recognizes a message that turns up under another UID or in another mailbox. Never guesses: what is not
//! surely the same is a new message.

use super::column::gmail_id;
use super::message::{Batch, Place, capped};
use super::{Fingerprint, NewMessage, StoreError, Write};
use crate::model::{Envelope, MailboxId, MessageId, Uid, UidSet, UidValidity, UnixTime};
use ring::digest;
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

// The inner limits are for hostile mailboxes, in which 100,000 messages look alike: each arrival would look at all.

/// Messages of an account that have an EMAILID (RFC 8474), except in one mailbox.
pub(super) const BY_EMAIL_ID: &str = "SELECT c.id FROM (
       SELECT id FROM message WHERE account_id = ?1 AND email_id = ?2 ORDER BY id LIMIT 16) AS c
     WHERE NOT EXISTS (SELECT 1 FROM placement p WHERE p.message_id = c.id AND p.mailbox_id = ?3) LIMIT 1";

/// Messages of an account that have an X-GM-MSGID, except in one mailbox.
pub(super) const BY_GM_MSGID: &str = "SELECT c.id FROM (
       SELECT id FROM message WHERE account_id = ?1 AND gm_msgid = ?2 ORDER BY id LIMIT 16) AS c
     WHERE NOT EXISTS (SELECT 1 FROM placement p WHERE p.message_id = c.id AND p.mailbox_id = ?3) LIMIT 1";

/// Vanished messages with a fingerprint, those of the same mailbox first. Only vanished ones: a message of
/// the same look that is still in place is a copy with a life of its own. Where a local operation is about to put
/// the message does not count: the server does not have it there. What vanished from this very mailbox may have
/// other places.
pub(super) const BY_FINGERPRINT: &str = "SELECT c.message_id FROM (
       SELECT id, message_id, mailbox_id FROM orphan WHERE account_id = ?1 AND fingerprint = ?2
       ORDER BY id LIMIT 64) AS c
     JOIN message m ON m.id = c.message_id
     WHERE m.size = ?4 AND m.message_id IS ?5
       AND (m.message_id IS NOT NULL OR (m.subject = ?6 AND m.from_email = ?7))
       AND NOT EXISTS (SELECT 1 FROM placement p
         WHERE p.message_id = c.message_id
           AND (p.mailbox_id = ?3 OR (p.uid <= 4294967295 AND c.mailbox_id <> ?3)))
     ORDER BY c.mailbox_id <> ?3, c.id LIMIT 1";

/// Bits of [`fingerprint`] that are a hash; the others are the second in which the message arrived. So the
/// index grows at one end while messages arrive in their order, instead of all over: half the pages to write.
const HASH_BITS: u32 = 27;

/// By what a message can be recognized.
pub(super) struct Key<'m> {
    pub(super) email_id: Option<&'m str>,
    pub(super) gm_msgid: Option<u64>,
    pub(super) fingerprint: i64,
    /// From here on compared as well: the fingerprint only finds candidates.
    pub(super) size: u64,
    pub(super) message_id: Option<&'m str>,
    pub(super) subject: &'m str,
    pub(super) from: &'m str,
}

/// Messages that local operations put into a mailbox and that the server has not told a UID for.
pub(super) const AWAITED: &str =
    "SELECT p.message_id, p.mod_seq, m.size, m.message_id, m.subject, m.from_email, m.gm_msgid
     FROM placement p JOIN message m ON m.id = p.message_id
     WHERE p.mailbox_id = ?1 AND p.uid > 4294967295 ORDER BY p.uid";

/// One of them.
struct Expected {
    message: MessageId,
    /// The lowest UID that it can get.
    lowest: i64,
    subject: String,
    from: String,
    gm_msgid: Option<i64>,
}

/// [`AWAITED`], by size and Message-ID. Read once for a whole batch of newcomers: asking for each of 10,000 would go
/// through all 10,000 each time.
#[derive(Default)]
pub(super) struct Awaited(BTreeMap<(i64, Option<String>), Vec<Expected>>);

impl Awaited {
    /// The message that a newcomer is, if it is one of these. Where one UID can be several of them, the first one takes
    /// it: they are alike.
    pub(super) fn take(&mut self, key: &Key<'_>, uid: Uid) -> Option<MessageId> {
        if self.0.is_empty() {
            return None;
        }
        let place = (super::column::number(key.size), key.message_id.map(str::to_owned));
        let alike = self.0.get_mut(&place)?;
        let gm_msgid = key.gm_msgid.map(gmail_id);
        let fits = |one: &Expected| {
            one.lowest <= i64::from(uid.get())
                && (key.message_id.is_some() || (one.subject == key.subject && one.from == key.from))
                && (gm_msgid.is_none() || one.gm_msgid.is_none() || one.gm_msgid == gm_msgid)
        };
        let found = alike.iter().position(fits)?;
        Some(alike.remove(found).message)
    }
}

impl<'m> Key<'m> {
    pub(super) fn of(new: &'m NewMessage) -> Self {
        let envelope = &new.envelope;
        Self {
            email_id: new.email_id.as_deref(),
            gm_msgid: new.gm_msgid,
            fingerprint: fingerprint(envelope, new.internal_date, new.size),
            size: new.size,
            message_id: envelope.message_id.as_ref().map(|id| id.0.as_str()),
            subject: capped(&envelope.subject),
            from: envelope.from.first().map_or("", |author| capped(&author.email)),
        }
    }

    /// `None` without any id: then only the whole header can tell.
    fn of_listed(listed: &'m Fingerprint) -> Option<Self> {
        if listed.message_id.is_none() && listed.email_id.is_none() && listed.gm_msgid.is_none() {
            return None;
        }
        let envelope = Envelope { message_id: listed.message_id.clone(), ..Envelope::default() };
        Some(Self {
            email_id: listed.email_id.as_deref(),
            gm_msgid: listed.gm_msgid,
            fingerprint: fingerprint(&envelope, listed.internal_date, listed.size),
            size: listed.size,
            message_id: listed.message_id.as_ref().map(|id| id.0.as_str()),
            subject: "",
            from: "",
        })
    }
}

/// INTERNALDATE, and a hash of it with Message-ID and size; for a mail without Message-ID, of the header as
/// shown. These are on disk: changing them means that messages hidden at that moment are not recognized.
pub(super) fn fingerprint(envelope: &Envelope, internal_date: Option<UnixTime>, size: u64) -> i64 {
    let mut context = digest::Context::new(&digest::SHA256);
    // Each text ends in a zero byte, so that neighbours cannot run into each other.
    let mut text = |text: &str| {
        context.update(text.as_bytes());
        context.update(&[0]);
    };
    match &envelope.message_id {
        Some(id) => text(&id.0),
        None => {
            text("");
            text(&envelope.subject);
            for address in envelope.from.iter().chain(&envelope.to) {
                text(&address.email);
            }
            context.update(&envelope.date.unwrap_or_default().0.to_be_bytes());
        }
    }
    let second = internal_date.unwrap_or_default().0;
    context.update(&second.to_be_bytes());
    context.update(&size.to_be_bytes());
    let hash = context.finish();
    let head = hash.as_ref().first_chunk::<8>().map_or(0, |head| i64::from_be_bytes(*head));
    // The top bits of the second fall off, which only matters 2,000 years away from now.
    second.wrapping_shl(HASH_BITS) | (head & ((1 << HASH_BITS) - 1))
}

impl Write<'_> {
    /// The stored message that a newcomer surely is: by EMAILID, then X-GM-MSGID, then fingerprint.
    pub(super) fn find_known(&self, batch: &Batch, key: &Key<'_>) -> Result<Option<MessageId>, StoreError> {
        let (account, mailbox) = (batch.account.to_row(), batch.mailbox.to_row());
        let mut found: Option<i64> = None;
        if let Some(id) = key.email_id {
            let mut statement = self.connection.prepare_cached(BY_EMAIL_ID)?;
            found = statement.query_row(params![account, id, mailbox], |row| row.get(0)).optional()?;
        }
        if let (None, Some(id)) = (found, key.gm_msgid) {
            let mut statement = self.connection.prepare_cached(BY_GM_MSGID)?;
            found = statement.query_row([account, gmail_id(id), mailbox], |row| row.get(0)).optional()?;
        }
        if found.is_none() && batch.orphans {
            let size = super::column::number(key.size);
            let values =
                params![account, key.fingerprint, mailbox, size, key.message_id, key.subject, key.from];
            let mut statement = self.connection.prepare_cached(BY_FINGERPRINT)?;
            found = statement.query_row(values, |row| row.get(0)).optional()?;
        }
        Ok(found.map(MessageId::from_row))
    }

    pub(super) fn awaited(&self, mailbox: MailboxId) -> Result<Awaited, StoreError> {
        let mut awaited = Awaited::default();
        let mut statement = self.connection.prepare_cached(AWAITED)?;
        let mut rows = statement.query([mailbox.to_row()])?;
        while let Some(row) = rows.next()? {
            let expected = Expected {
                message: MessageId::from_row(row.get(0)?),
                lowest: row.get(1)?,
                subject: row.get(4)?,
                from: row.get(5)?,
                gm_msgid: row.get(6)?,
            };
            awaited.0.entry((row.get(2)?, row.get(3)?)).or_default().push(expected);
        }
        Ok(awaited)
    }

    /// Puts a recognized message into the list: with its waiting local changes, and no longer vanished.
    pub(super) fn settle(&mut self, batch: &mut Batch, place: &Place<'_>) -> Result<(), StoreError> {
        let message = place.message.to_row();
        let moved = self
            .connection
            .prepare_cached(
                "UPDATE OR IGNORE operation_target SET mailbox_id = ?2
                 WHERE message_id = ?1 AND open = 1 AND mailbox_id <> ?2
                   AND (SELECT kind FROM operation o WHERE o.id = operation_target.operation_id) = 'flag'
                   AND NOT EXISTS (
                   SELECT 1 FROM placement p WHERE p.message_id = ?1
                     AND p.mailbox_id = operation_target.mailbox_id)",
            )?
            .execute([message, batch.mailbox.to_row()])?;
        if moved > 0 {
            self.journal_touched();
            batch.pending = self.pending_flags(batch.mailbox)?;
        }
        let shown = self.overlay(batch.mailbox, place.message, place.flags, &mut batch.pending)?;
        self.restore(batch.mailbox, &Place { flags: &shown, ..*place })
    }

    /// UIDVALIDITY changed, so that every stored UID of the mailbox lost its meaning: recognizes the messages
    /// under their new UIDs and hides the others as [`Write::vanish`] does. The rest of the mailbox's state is
    /// forgotten. Gives the UIDs that were not recognized: fetch and insert them, which finds some more.
    ///
    /// # Errors
    /// There is no such mailbox, or the disk refuses.
    pub fn relink_by_fingerprint(
        &mut self,
        mailbox: MailboxId,
        uid_validity: UidValidity,
        listed: &[Fingerprint],
        now: UnixTime,
    ) -> Result<UidSet, StoreError> {
        self.vanish(mailbox, &super::orphan::all_uids(), now)?;
        let fresh = super::MailboxState { uid_validity: Some(uid_validity), ..Default::default() };
        self.set_mailbox_state(mailbox, &fresh)?;
        let mut batch = self.batch(mailbox)?;
        let mut unknown = UidSet::new();
        for one in listed {
            if self.placed_at(mailbox, one.uid)?.is_some() {
                continue;
            }
            let known = match Key::of_listed(one) {
                Some(key) => self.find_known(&batch, &key)?,
                None => None,
            };
            let Some(message) = known else {
                unknown.insert(one.uid);
                continue;
            };
            let place = Place { message, uid: one.uid, flags: &one.flags, mod_seq: one.mod_seq };
            self.settle(&mut batch, &place)?;
        }
        Ok(unknown)
    }
}
