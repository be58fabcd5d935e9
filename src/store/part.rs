//! Stored parts: small ones compressed in a row, large ones as files. The bytes are those of the transport.

use super::blob::WrittenPart;
use super::column::{number, number_at};
use super::{Snapshot, StoreError, StoredPart, Write};
use crate::model::{AccountId, MessageId, PartPath};
use rusqlite::{Connection, OptionalExtension, params};
use std::fs::File;
use std::io::Read;

/// Largest part kept in a row, in bytes. SQLite is quicker than a file below about 100 KiB.
const MAX_INLINE: usize = 64 << 10;

/// Largest part that is read into memory at once; more is read from the file by piece.
const MAX_IN_MEMORY: u64 = 256 << 20;

/// Level of zstd: higher ones gain little on mail text and cost several times as much.
const LEVEL: i32 = 3;

/// `part.codec`: as it is.
const PLAIN: i64 = 0;
/// `part.codec`: zstd without a dictionary.
const ZSTD: i64 = 1;

/// Where the bytes of a part are.
pub(super) const PART: &str = "SELECT size, codec, data, file FROM part WHERE message_id = ?1 AND path = ?2";

/// The stored parts of a message.
pub(super) const PARTS: &str = "SELECT path, size FROM part WHERE message_id = ?1 ORDER BY path";

/// Whether any part is in this file.
pub(super) const USED: &str = "SELECT 1 FROM part WHERE file = ?1";

/// The bytes of a stored part.
#[derive(Debug)]
pub enum PartSource {
    /// In memory.
    Bytes(Vec<u8>),
    /// A file, and its length.
    File(File, u64),
}

/// Whether a row names this file.
pub(super) fn is_used(connection: &Connection, name: &str) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached(USED)?.exists([name])?)
}

/// What a row says: its bytes, or the file and its length.
enum Stored {
    Inline(Vec<u8>),
    File(String, u64),
}

/// What goes into a row.
enum Content<'b> {
    Plain(&'b [u8]),
    Packed(&'b [u8]),
    File(&'b str),
}

fn stored(connection: &Connection, id: MessageId, path: &PartPath) -> Result<Option<Stored>, StoreError> {
    let mut statement = connection.prepare_cached(PART)?;
    let row = statement.query_row(params![id.to_row(), path.to_string()], |row| {
        let size = number_at(row, 0)?;
        let codec: i64 = row.get(1)?;
        match row.get_ref(2)?.as_blob_or_null()? {
            Some(data) if codec == ZSTD => Ok(unpack(data, size).map(Stored::Inline)),
            Some(data) => Ok(Some(Stored::Inline(data.to_vec()))),
            None => Ok(Some(Stored::File(row.get(3)?, size))),
        }
    });
    Ok(row.optional()?.flatten())
}

/// `None` if the bytes are damaged: the part is fetched anew then.
fn unpack(data: &[u8], size: u64) -> Option<Vec<u8>> {
    let size = usize::try_from(size).ok().filter(|size| *size <= MAX_INLINE)?;
    zstd::bulk::decompress(data, size).ok().filter(|bytes| bytes.len() == size)
}

impl Snapshot {
    /// Which parts of a message are stored. The empty path is the whole message.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn parts(&self, id: MessageId) -> Result<Vec<StoredPart>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(PARTS)?;
            let rows = statement
                .query_map([id.to_row()], |row| Ok((row.get::<_, String>(0)?, number_at(row, 1)?)))?;
            let mut found = Vec::new();
            for row in rows {
                let (path, size) = row?;
                // A path that does not parse was never written by us.
                found.extend(path.parse().ok().map(|path| StoredPart { path, size }));
            }
            Ok(found)
        })
    }

    /// The transported bytes of a part; `None` if it is not stored.
    ///
    /// # Errors
    /// The file cannot be read, or the part is too large for memory: use [`Snapshot::part_source`].
    pub fn part(&self, id: MessageId, path: &PartPath) -> Result<Option<Vec<u8>>, StoreError> {
        match self.part_source(id, path)? {
            None => Ok(None),
            Some(PartSource::Bytes(bytes)) => Ok(Some(bytes)),
            Some(PartSource::File(_, size)) if size > MAX_IN_MEMORY => {
                Err(StoreError::TooLarge { what: "part", size, limit: MAX_IN_MEMORY })
            }
            Some(PartSource::File(mut file, size)) => {
                let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
                file.read_to_end(&mut bytes).map_err(|e| StoreError::io(&self.shared().dir, e))?;
                Ok(Some(bytes))
            }
        }
    }

    /// The transported bytes of a part, large ones as a file to read from; `None` if it is not stored.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn part_source(&self, id: MessageId, path: &PartPath) -> Result<Option<PartSource>, StoreError> {
        match self.read(|connection| stored(connection, id, path))? {
            None => Ok(None),
            Some(Stored::Inline(bytes)) => Ok(Some(PartSource::Bytes(bytes))),
            Some(Stored::File(name, size)) => {
                let file = self.shared().blobs.open(&name, size)?;
                Ok(file.map(|file| PartSource::File(file, size)))
            }
        }
    }
}

impl Write<'_> {
    /// Stores the transported bytes of a part, in place of earlier ones. For large parts
    /// [`Store::part_writer`](super::Store::part_writer) is better: it does not hold up other writes.
    ///
    /// # Errors
    /// There is no such message, or the disk refuses.
    pub fn put_part(&mut self, message: MessageId, path: &PartPath, bytes: &[u8]) -> Result<(), StoreError> {
        self.message_exists(message)?;
        let size = bytes.len().try_into().unwrap_or(0);
        if bytes.len() > MAX_INLINE {
            let name = self.blobs.put(bytes)?;
            return self.put_row(message, path, size, &Content::File(&name));
        }
        match zstd::bulk::compress(bytes, LEVEL) {
            Ok(packed) if packed.len() < bytes.len() => {
                self.put_row(message, path, size, &Content::Packed(&packed))
            }
            _ => self.put_row(message, path, size, &Content::Plain(bytes)),
        }
    }

    /// Stores a part that was written piece by piece.
    ///
    /// # Errors
    /// There is no such message, or the disk refuses.
    pub fn put_written_part(&mut self, part: WrittenPart) -> Result<(), StoreError> {
        self.message_exists(part.message)?;
        if usize::try_from(part.size).is_ok_and(|size| size <= MAX_INLINE) {
            let bytes = part.take_bytes()?;
            return self.put_part(part.message, &part.path, &bytes);
        }
        let name = part.adopt()?;
        self.put_row(part.message, &part.path, part.size, &Content::File(&name))
    }

    fn message_exists(&self, message: MessageId) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT 1 FROM message WHERE id = ?1")?;
        if statement.exists([message.to_row()])? { Ok(()) } else { Err(StoreError::Gone { what: "message" }) }
    }

    fn put_row(
        &mut self,
        message: MessageId,
        path: &PartPath,
        size: u64,
        content: &Content<'_>,
    ) -> Result<(), StoreError> {
        let path = path.to_string();
        let (codec, data, file) = match content {
            Content::Plain(bytes) => (PLAIN, Some(*bytes), None),
            Content::Packed(bytes) => (ZSTD, Some(*bytes), None),
            Content::File(name) => (PLAIN, None, Some(*name)),
        };
        let replaced: Option<Option<String>> = self
            .connection
            .prepare_cached("SELECT file FROM part WHERE message_id = ?1 AND path = ?2")?
            .query_row(params![message.to_row(), path], |row| row.get(0))
            .optional()?;
        if let Some(name) = replaced.flatten().filter(|name| file != Some(name)) {
            self.file_freed(name);
        }
        self.connection
            .prepare_cached(
                "INSERT INTO part (message_id, path, size, codec, data, file) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (message_id, path) DO UPDATE SET size = ?3, codec = ?4, data = ?5, file = ?6",
            )?
            .execute(params![message.to_row(), path, number(size), codec, data, file])?;
        self.changes.messages.push(message);
        Ok(())
    }

    /// Hands the parts of a message that is about to be deleted to a copy of it that lacks them: a message that
    /// another client moved is often seen in its new mailbox before it vanishes from the old one.
    pub(super) fn bequeath_parts(&mut self, message: MessageId) -> Result<(), StoreError> {
        let copy: Option<i64> = self
            .connection
            .prepare_cached(COPY)?
            .query_row([message.to_row()], |row| row.get(0))
            .optional()?;
        let Some(copy) = copy else { return Ok(()) };
        let moved = self
            .connection
            .prepare_cached("UPDATE OR IGNORE part SET message_id = ?2 WHERE message_id = ?1")?
            .execute([message.to_row(), copy])?;
        if moved > 0 {
            self.changes.messages.push(MessageId::from_row(copy));
        }
        Ok(())
    }

    /// Remembers the files of a message that is about to be deleted.
    pub(super) fn free_files_of(&mut self, message: MessageId) -> Result<(), StoreError> {
        self.free_files("SELECT file FROM part WHERE message_id = ?1 AND file IS NOT NULL", message.to_row())
    }

    /// Remembers the files of an account that is about to be removed.
    pub(super) fn free_files_of_account(&mut self, account: AccountId) -> Result<(), StoreError> {
        let sql = "SELECT p.file FROM part p JOIN message m ON m.id = p.message_id
                   WHERE p.file IS NOT NULL AND m.account_id = ?1";
        self.free_files(sql, account.to_row())
    }

    fn free_files(&mut self, sql: &str, owner: i64) -> Result<(), StoreError> {
        let names: Vec<String> = {
            let mut statement = self.connection.prepare_cached(sql)?;
            statement.query_map([owner], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        names.into_iter().for_each(|name| self.file_freed(name));
        Ok(())
    }

    /// Removes files that no row names. The write lock keeps other processes from adding such a row meanwhile.
    pub(super) fn sweep_files(&mut self) -> Result<usize, StoreError> {
        let connection = self.connection;
        let awaited = |message: MessageId, path: &PartPath| -> Result<bool, StoreError> {
            let mut statement = connection.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM message WHERE id = ?1)
                   AND NOT EXISTS (SELECT 1 FROM part WHERE message_id = ?1 AND path = ?2)",
            )?;
            Ok(statement.query_row(params![message.to_row(), path.to_string()], |row| row.get(0))?)
        };
        self.blobs.sweep(|name| is_used(connection, name), awaited)
    }
}

/// A message of the same look that is in place. Few are looked at: a hostile mailbox may hold 100,000 alike.
pub(super) const COPY: &str = "SELECT id FROM (
       SELECT c.id FROM message c JOIN message m ON m.account_id = c.account_id AND m.fingerprint = c.fingerprint
         AND m.size = c.size AND m.message_id IS c.message_id AND m.subject = c.subject AND m.id <> c.id
       WHERE m.id = ?1 LIMIT 8) AS c
     WHERE EXISTS (SELECT 1 FROM placement p WHERE p.message_id = c.id) LIMIT 1";
