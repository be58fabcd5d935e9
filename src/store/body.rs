//! Whole messages: which are missing, which are wanted, how they come in, what they take up.

use super::blob::Aside;
use super::column::{number_at, uid_at};
use super::pack::{self, MAX_INLINE};
use super::part::Content;
use super::place::{self, Piece};
use super::{Snapshot, Store, StoreError, Write, WrittenPart};
use crate::model::{
    AccountId, BodyPolicy, BodyStructure, MailboxId, MessageId, PartPath, Rfc822MessageId, Uid, UnixTime,
};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

/// Messages of a mailbox that are not here as a whole, the newest first, from a place in the list on.
pub(super) const MISSING: &str = "SELECT p.uid, p.message_id, p.received, m.size
     FROM placement p JOIN message m ON m.id = p.message_id
     WHERE p.mailbox_id = ?1 AND p.hidden = 0 AND p.received >= ?2 AND (p.received, p.uid) < (?3, ?4)
       AND p.uid <= 4294967295
       AND NOT EXISTS (SELECT 1 FROM part b WHERE b.message_id = p.message_id AND b.path = '')
     ORDER BY p.received DESC, p.uid DESC LIMIT ?5";

/// Their number.
pub(super) const COUNT_MISSING: &str = "SELECT count(*) FROM placement p
     WHERE p.mailbox_id = ?1 AND p.hidden = 0 AND p.received >= ?2 AND p.uid <= 4294967295
       AND NOT EXISTS (SELECT 1 FROM part b WHERE b.message_id = p.message_id AND b.path = '')";

/// What the bodies of a mailbox take up.
pub(super) const SPACE: &str = "SELECT coalesce(sum(b.stored), 0) FROM placement p
     JOIN part b ON b.message_id = p.message_id WHERE p.mailbox_id = ?1";

/// What the bodies of an account take up.
pub(super) const ALL_SPACE: &str = "SELECT coalesce(sum(b.stored), 0) FROM message m
     JOIN part b ON b.message_id = m.id WHERE m.account_id = ?1";

/// Rows with a file, in the order of the files.
pub(super) const FILES: &str =
    "SELECT file, size, message_id, path FROM part WHERE file > ?1 ORDER BY file LIMIT ?2";

/// Files looked at in one go.
const FILES_AT_ONCE: i64 = 1_000;

/// A message that is not here as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingBody {
    /// Which one.
    pub message: MessageId,
    /// Its UID in the mailbox.
    pub uid: Uid,
    /// When it arrived; with the UID its place in the list.
    pub received: UnixTime,
    /// Bytes at the server, as the server says.
    pub size: u64,
}

/// What is set about the bodies of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BodySettings {
    /// Which bodies of the account are kept; `None`: the usual ones.
    pub account: Option<BodyPolicy>,
    /// Whether fetching them is paused.
    pub paused: bool,
    /// Mailboxes that have a setting of their own.
    pub mailboxes: BTreeMap<MailboxId, BodyPolicy>,
}

/// Bytes of a whole message made ready outside of any transaction: packed, or written to a file.
#[derive(Debug)]
pub struct PackedBody(Packed);

#[derive(Debug)]
enum Packed {
    Row { codec: i64, data: Vec<u8>, size: u64 },
    File(Aside),
    Written(WrittenPart),
}

impl From<WrittenPart> for PackedBody {
    fn from(part: WrittenPart) -> Self {
        Self(Packed::Written(part))
    }
}

/// A whole message on its way into the store.
#[derive(Debug)]
pub struct NewBody {
    /// Whose.
    pub message: MessageId,
    /// Its bytes.
    pub bytes: PackedBody,
    /// Where its parts lie in it.
    pub places: Vec<(PartPath, Piece)>,
    /// Its structure and the number of its attachments, if what is known is not that of these bytes.
    pub structure: Option<(BodyStructure, u32)>,
    /// First words of its text, if there are none yet.
    pub snippet: Option<String>,
}

/// What is known about a message whose body comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyFacts {
    /// Its structure.
    pub structure: Option<BodyStructure>,
    /// Whether first words of its text are known.
    pub has_snippet: bool,
    /// Its Message-ID, if it has one.
    pub message_id: Option<Rfc822MessageId>,
}

impl Store {
    /// Makes the bytes of a whole message ready for [`Write::put_bodies`]. Blocking: takes some time for a
    /// large one.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn pack_body(&self, bytes: &[u8]) -> Result<PackedBody, StoreError> {
        if bytes.len() > MAX_INLINE {
            return Ok(PackedBody(Packed::File(self.inner.shared.blobs.write_aside(bytes)?)));
        }
        let (codec, data) = pack::pack(bytes);
        Ok(PackedBody(Packed::Row { codec, data, size: bytes.len().try_into().unwrap_or(0) }))
    }

    /// Removes files that no row names (what a crash or a rolled back transaction left), and rows whose file is
    /// lost: those are fetched anew. Gives the numbers of both. Once a start, in the background, is enough; no
    /// other write waits for it.
    ///
    /// # Errors
    /// The disk refuses.
    pub async fn sweep_files(&self) -> Result<(usize, usize), StoreError> {
        let blobs = self.inner.shared.blobs.clone();
        let mut removed = 0;
        for folder in blocking(move || blobs.folders()).await? {
            let names = blocking(move || super::blob::Blobs::names(&folder)).await?;
            removed += self.write("sweep files", move |w| w.remove_unused(&names)).await?;
        }
        removed += self.write("sweep partial files", |w| w.sweep_partial()).await?;
        let (mut lost, mut after) = (0, String::new());
        loop {
            let (store, from) = (self.clone(), after);
            let (bad, last) = blocking(move || store.snapshot()?.lost_files(&from)).await?;
            if !bad.is_empty() {
                lost += self.write("lost files", move |w| w.forget_lost(&bad)).await?;
            }
            match last {
                Some(name) => after = name,
                None => return Ok((removed, lost)),
            }
        }
    }
}

async fn blocking<T: Send + 'static>(
    f: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(f).await.map_err(|_| StoreError::Closed)?
}

/// A row whose file is lost.
type Lost = (i64, String, String);

impl Snapshot {
    /// Messages of a mailbox that arrived since a time and are not here as a whole, the newest first, after a
    /// place in the list.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn missing_bodies(
        &self,
        mailbox: MailboxId,
        since: UnixTime,
        after: Option<(UnixTime, Uid)>,
        limit: u32,
    ) -> Result<Vec<MissingBody>, StoreError> {
        let (time, uid) = after.map_or((i64::MAX, i64::MAX), |(time, uid)| (time.0, i64::from(uid.get())));
        self.read(|connection| {
            let mut statement = connection.prepare_cached(MISSING)?;
            let rows = statement.query_map(params![mailbox.to_row(), since.0, time, uid, limit], |row| {
                Ok(MissingBody {
                    uid: uid_at(row, 0)?,
                    message: MessageId::from_row(row.get(1)?),
                    received: UnixTime(row.get(2)?),
                    size: number_at(row, 3)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How many messages of a mailbox that arrived since a time are not here as a whole. Looks at each.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn count_missing_bodies(&self, mailbox: MailboxId, since: UnixTime) -> Result<u64, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(COUNT_MISSING)?;
            Ok(statement.query_row(params![mailbox.to_row(), since.0], |row| number_at(row, 0))?)
        })
    }

    /// What is known about a message whose body comes in; `None` if it is gone.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn body_facts(&self, message: MessageId) -> Result<Option<BodyFacts>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT m.snippet <> '', d.structure, m.message_id FROM message m JOIN detail d ON d.message_id = m.id
                 WHERE m.id = ?1",
            )?;
            let row = statement.query_row([message.to_row()], |row| {
                let structure = row.get_ref(1)?.as_str_or_null()?;
                let id: Option<String> = row.get(2)?;
                Ok((row.get(0)?, structure.map(super::codec::load_structure), id.map(Rfc822MessageId)))
            });
            let Some((has_snippet, structure, message_id)) = row.optional()? else { return Ok(None) };
            Ok(Some(BodyFacts { has_snippet, structure: structure.transpose()?, message_id }))
        })
    }

    /// What is set about the bodies of an account.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn body_settings(&self, account: AccountId) -> Result<BodySettings, StoreError> {
        self.read(|connection| {
            let days = |days: Option<i64>| days.map(BodyPolicy::from_row);
            let mut statement =
                connection.prepare_cached("SELECT body_days, bodies_paused FROM account WHERE id = ?1")?;
            let row = statement.query_row([account.to_row()], |row| Ok((row.get(0)?, row.get(1)?)));
            let (policy, paused): (Option<i64>, bool) = row.optional()?.unwrap_or_default();
            let mut statement = connection.prepare_cached(
                "SELECT id, body_days FROM mailbox WHERE account_id = ?1 AND body_days IS NOT NULL",
            )?;
            let rows = statement.query_map([account.to_row()], |row| {
                Ok((MailboxId::from_row(row.get(0)?), BodyPolicy::from_row(row.get(1)?)))
            })?;
            let mailboxes = rows.collect::<Result<_, _>>()?;
            Ok(BodySettings { account: days(policy), paused, mailboxes })
        })
    }

    /// Bytes that the bodies of a mailbox take up on the disk. A message that is in several mailboxes counts in
    /// each. Looks at each message: some tenths of a second for 100,000.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn space_of_mailbox(&self, mailbox: MailboxId) -> Result<u64, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(SPACE)?;
            Ok(statement.query_row([mailbox.to_row()], |row| number_at(row, 0))?)
        })
    }

    /// Bytes that the bodies of an account take up on the disk.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn space_of_account(&self, account: AccountId) -> Result<u64, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(ALL_SPACE)?;
            Ok(statement.query_row([account.to_row()], |row| number_at(row, 0))?)
        })
    }

    /// Rows whose file is not there in full, among some files after a name; and where to go on.
    fn lost_files(&self, after: &str) -> Result<(Vec<Lost>, Option<String>), StoreError> {
        let rows: Vec<(String, u64, i64, String)> = self.read(|connection| {
            let mut statement = connection.prepare_cached(FILES)?;
            let rows = statement.query_map(params![after, FILES_AT_ONCE], |row| {
                Ok((row.get(0)?, number_at(row, 1)?, row.get(2)?, row.get(3)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        // Rows of one file are together, and few: nobody has a thousand copies of one mail.
        let last = rows.last().map(|row| row.0.clone()).filter(|_| rows.len() > 1);
        let blobs = &self.shared().blobs;
        let lost = rows.into_iter().filter(|(name, size, _, _)| !blobs.is_there(name, *size));
        Ok((lost.map(|(name, _, message, path)| (message, path, name)).collect(), last))
    }
}

impl Write<'_> {
    /// Stores whole messages. Parts that were stored one by one before are in them and go. A message that
    /// vanished meanwhile is left out. Gives the number of stored ones.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn put_bodies(&mut self, bodies: Vec<NewBody>) -> Result<usize, StoreError> {
        let mut stored = 0;
        for body in bodies {
            match self.put_body(body) {
                Ok(()) => stored += 1,
                Err(StoreError::Gone { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(stored)
    }

    fn put_body(&mut self, body: NewBody) -> Result<(), StoreError> {
        let NewBody { message, bytes: PackedBody(packed), places, structure, snippet } = body;
        self.message_exists(message)?;
        let places = place::write(&places);
        let root = PartPath::root();
        match packed {
            Packed::Row { codec, data, size } => {
                self.put_row(message, &root, size, &Content::Packed(codec, &data), Some(&places))?;
            }
            Packed::File(aside) => {
                let name = aside.move_in()?;
                self.put_row(message, &root, aside.size(), &Content::File(&name), Some(&places))?;
            }
            Packed::Written(part) if usize::try_from(part.size()).is_ok_and(|size| size <= MAX_INLINE) => {
                let (codec, data) = pack::pack(&part.take_bytes()?);
                self.put_row(message, &root, part.size(), &Content::Packed(codec, &data), Some(&places))?;
            }
            Packed::Written(part) => {
                let name = part.adopt()?;
                self.put_row(message, &root, part.size(), &Content::File(&name), Some(&places))?;
            }
        }
        if !places.is_empty() {
            self.drop_single_parts(message)?;
        }
        if let Some((structure, attachments)) = structure {
            self.set_structure(message, &structure, attachments)?;
        }
        if let Some(snippet) = snippet {
            self.set_snippet(message, &snippet)?;
        }
        Ok(())
    }

    fn drop_single_parts(&mut self, message: MessageId) -> Result<(), StoreError> {
        let files: Vec<Option<String>> = {
            let mut statement = self
                .connection
                .prepare_cached("SELECT file FROM part WHERE message_id = ?1 AND path > ''")?;
            statement.query_map([message.to_row()], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        if !files.is_empty() {
            self.connection
                .prepare_cached("DELETE FROM part WHERE message_id = ?1 AND path > ''")?
                .execute([message.to_row()])?;
            files.into_iter().flatten().for_each(|name| self.file_freed(name));
        }
        Ok(())
    }

    /// Sets which bodies of an account are kept; `None`: the usual ones. What is stored already stays.
    ///
    /// # Errors
    /// There is no such account, or the disk refuses.
    pub fn set_account_bodies(
        &mut self,
        account: AccountId,
        policy: Option<BodyPolicy>,
    ) -> Result<(), StoreError> {
        let found = self
            .connection
            .prepare_cached("UPDATE account SET body_days = ?2 WHERE id = ?1")?
            .execute(params![account.to_row(), policy.map(BodyPolicy::to_row)])?;
        self.settings_changed(found)
    }

    /// Sets which bodies of a mailbox are kept; `None`: as its account says.
    ///
    /// # Errors
    /// There is no such mailbox, or the disk refuses.
    pub fn set_mailbox_bodies(
        &mut self,
        mailbox: MailboxId,
        policy: Option<BodyPolicy>,
    ) -> Result<(), StoreError> {
        let found = self
            .connection
            .prepare_cached("UPDATE mailbox SET body_days = ?2 WHERE id = ?1")?
            .execute(params![mailbox.to_row(), policy.map(BodyPolicy::to_row)])?;
        self.settings_changed(found)
    }

    /// Pauses the fetching of bodies of an account, or goes on with it. It stays so over a restart.
    ///
    /// # Errors
    /// There is no such account, or the disk refuses.
    pub fn pause_bodies(&mut self, account: AccountId, paused: bool) -> Result<(), StoreError> {
        let found = self
            .connection
            .prepare_cached("UPDATE account SET bodies_paused = ?2 WHERE id = ?1")?
            .execute(params![account.to_row(), paused])?;
        self.settings_changed(found)
    }

    fn settings_changed(&mut self, found: usize) -> Result<(), StoreError> {
        if found == 0 {
            return Err(StoreError::Gone { what: "account or mailbox" });
        }
        self.changes.tree = true;
        Ok(())
    }

    /// Removes those of some files that no row names. The write lock keeps others from adding such a row.
    fn remove_unused(&mut self, names: &[String]) -> Result<usize, StoreError> {
        let mut removed = 0;
        for name in names {
            if !super::part::is_used(self.connection, name)? {
                self.blobs.remove(name)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn sweep_partial(&mut self) -> Result<usize, StoreError> {
        let connection = self.connection;
        self.blobs.sweep_partial(|message: MessageId, path: &PartPath| {
            let mut statement = connection.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM message WHERE id = ?1)
                   AND NOT EXISTS (SELECT 1 FROM part WHERE message_id = ?1 AND path = ?2)",
            )?;
            Ok(statement.query_row(params![message.to_row(), path.to_string()], |row| row.get(0))?)
        })
    }

    fn forget_lost(&mut self, lost: &[Lost]) -> Result<usize, StoreError> {
        let mut forgotten = 0;
        for (message, path, name) in lost {
            let gone = self
                .connection
                .prepare_cached("DELETE FROM part WHERE message_id = ?1 AND path = ?2 AND file = ?3")?
                .execute(params![message, path, name])?;
            if gone > 0 {
                self.changes.messages.push(MessageId::from_row(*message));
                forgotten += gone;
            }
        }
        Ok(forgotten)
    }
}
