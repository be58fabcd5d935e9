//! Stored parts: small ones compressed in a row, large ones as files. The bytes are those of the transport.

use super::blob::{self, WrittenPart};
use super::column::{number, number_at};
use super::pack::{self, MAX_INLINE, PLAIN};
use super::place::{self, Piece};
use super::{Snapshot, StoreError, StoredPart, Write};
use crate::model::{AccountId, MessageId, PartPath};
use rusqlite::{Connection, OptionalExtension, params};
use std::io::{self, Read};

/// Largest part that is read into memory at once; more is read from the file by piece.
const MAX_IN_MEMORY: u64 = 256 << 20;

/// Where the bytes of a part are, and where its own parts are in them.
pub(super) const PART: &str =
    "SELECT size, codec, data, file, places FROM part WHERE message_id = ?1 AND path = ?2";

/// The stored parts of a message.
pub(super) const PARTS: &str = "SELECT path, size, places FROM part WHERE message_id = ?1 ORDER BY path";

/// Whether any part is in this file.
pub(super) const USED: &str = "SELECT 1 FROM part WHERE file = ?1";

/// The bytes of a stored part.
#[derive(Debug)]
pub enum PartSource {
    /// In memory.
    Bytes(Vec<u8>),
    /// In a file.
    File(PartFile),
}

/// The bytes of a stored part in a file: read it to its end.
#[derive(Debug)]
pub struct PartFile {
    bytes: io::Take<std::fs::File>,
    size: u64,
}

impl PartFile {
    /// Number of bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The file, at the first byte. That of a whole message ends with it; a piece of one is followed by the rest.
    #[must_use]
    pub fn into_file(self) -> std::fs::File {
        self.bytes.into_inner()
    }
}

impl Read for PartFile {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(buf)
    }
}

/// Whether a row names this file.
pub(super) fn is_used(connection: &Connection, name: &str) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached(USED)?.exists([name])?)
}

/// What a row says.
enum Stored {
    /// Its bytes.
    Inline(Vec<u8>),
    /// The file and its length.
    File(String, u64),
    /// The bytes are not what they were.
    Damaged,
}

/// What goes into a row.
pub(super) enum Content<'b> {
    /// Bytes, packed so.
    Packed(i64, &'b [u8]),
    /// In this file.
    File(&'b str),
}

/// A row, and where the parts of the whole message are in it.
type Row = (Stored, Option<String>);

fn row(connection: &Connection, id: MessageId, path: &str) -> Result<Option<Row>, StoreError> {
    let mut statement = connection.prepare_cached(PART)?;
    let row = statement.query_row(params![id.to_row(), path], |row| {
        let size = number_at(row, 0)?;
        let codec: i64 = row.get(1)?;
        let stored = match row.get_ref(2)?.as_blob_or_null()? {
            Some(data) => pack::unpack(codec, data, size).map_or(Stored::Damaged, Stored::Inline),
            None => Stored::File(row.get(3)?, size),
        };
        Ok((stored, row.get(4)?))
    });
    Ok(row.optional()?)
}

/// Finds a part: a row of its own, or a piece of the whole message.
fn find(
    connection: &Connection,
    id: MessageId,
    path: &PartPath,
) -> Result<Option<(Stored, Option<Piece>)>, StoreError> {
    match row(connection, id, &path.to_string())? {
        Some((Stored::Damaged, _)) | None if path.depth() > 0 => {}
        own => return Ok(own.map(|(stored, _)| (stored, None))),
    }
    let Some((stored, Some(places))) = row(connection, id, "")? else { return Ok(None) };
    Ok(place::find(&places, path).map(|piece| (stored, Some(piece))))
}

impl Snapshot {
    /// Which parts of a message are stored. The empty path is the whole message.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn parts(&self, id: MessageId) -> Result<Vec<StoredPart>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(PARTS)?;
            let rows = statement.query_map([id.to_row()], |row| {
                Ok((row.get::<_, String>(0)?, number_at(row, 1)?, row.get::<_, Option<String>>(2)?))
            })?;
            let mut found: Vec<StoredPart> = Vec::new();
            let mut inside = Vec::new();
            for row in rows {
                let (path, size, places) = row?;
                // A path that does not parse was never written by us.
                found.extend(path.parse().ok().map(|path| StoredPart { path, size }));
                inside.extend(places.as_deref().map(place::all).unwrap_or_default());
            }
            for (path, piece) in inside {
                if !found.iter().any(|part| part.path == path) {
                    found.push(StoredPart { path, size: piece.length });
                }
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
            Some(PartSource::File(file)) if file.size > MAX_IN_MEMORY => {
                Err(StoreError::TooLarge { what: "part", size: file.size, limit: MAX_IN_MEMORY })
            }
            Some(PartSource::File(mut file)) => {
                let mut bytes = Vec::with_capacity(usize::try_from(file.size).unwrap_or(0));
                file.read_to_end(&mut bytes).map_err(|e| StoreError::io(&self.shared().dir, e))?;
                Ok(Some(bytes))
            }
        }
    }

    /// The transported bytes of a part, large ones as a file to read from; `None` if it is not stored, or if
    /// what is stored is damaged: then [`Write::drop_damaged`] makes room for fetching it anew.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn part_source(&self, id: MessageId, path: &PartPath) -> Result<Option<PartSource>, StoreError> {
        let Some((stored, piece)) = self.read(|connection| find(connection, id, path))? else {
            return Ok(None);
        };
        source(&self.shared().blobs, stored, piece)
    }
}

/// Checks what a row says against its hash or checksum.
fn source(
    blobs: &blob::Blobs,
    stored: Stored,
    piece: Option<Piece>,
) -> Result<Option<PartSource>, StoreError> {
    match stored {
        Stored::Damaged => Ok(None),
        Stored::Inline(bytes) => Ok(match piece {
            None => Some(PartSource::Bytes(bytes)),
            Some(piece) => piece.cut(&bytes).map(|part| PartSource::Bytes(part.to_vec())),
        }),
        Stored::File(name, size) => {
            let piece = piece.unwrap_or(Piece { start: 0, length: size });
            let Some(file) = blobs.open_checked(&name, size)? else { return Ok(None) };
            let bytes = blobs.piece(file, &name, piece)?;
            Ok(Some(PartSource::File(PartFile { bytes, size: piece.length })))
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
            return self.put_row(message, path, size, &Content::File(&name), None);
        }
        let (codec, packed) = pack::pack(bytes);
        self.put_row(message, path, size, &Content::Packed(codec, &packed), None)
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
        self.put_row(part.message, &part.path, part.size, &Content::File(&name), None)
    }

    pub(super) fn message_exists(&self, message: MessageId) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT 1 FROM message WHERE id = ?1")?;
        if statement.exists([message.to_row()])? { Ok(()) } else { Err(StoreError::Gone { what: "message" }) }
    }

    pub(super) fn put_row(
        &mut self,
        message: MessageId,
        path: &PartPath,
        size: u64,
        content: &Content<'_>,
        places: Option<&str>,
    ) -> Result<(), StoreError> {
        let path = path.to_string();
        let (codec, data, file) = match content {
            Content::Packed(codec, bytes) => (*codec, Some(*bytes), None),
            Content::File(name) => (PLAIN, None, Some(*name)),
        };
        let stored = data.map_or(number(size), |data| number(data.len().try_into().unwrap_or(u64::MAX)));
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
                "INSERT INTO part (message_id, path, size, codec, data, file, stored, places)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (message_id, path) DO UPDATE SET size = ?3, codec = ?4, data = ?5, file = ?6,
                   stored = ?7, places = ?8",
            )?
            .execute(params![message.to_row(), path, number(size), codec, data, file, stored, places])?;
        self.changes.messages.push(message);
        Ok(())
    }

    /// Forgets what is stored of a message but is not what it was: damaged rows and files. Gives their number.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn drop_damaged(&mut self, message: MessageId) -> Result<usize, StoreError> {
        let paths: Vec<String> = {
            let mut statement = self.connection.prepare_cached(PARTS)?;
            statement.query_map([message.to_row()], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        let mut dropped = 0;
        for path in paths {
            let Some((stored, _)) = row(self.connection, message, &path)? else { continue };
            let file = if let Stored::File(name, _) = &stored { Some(name.clone()) } else { None };
            if source(self.blobs, stored, None)?.is_none() {
                self.connection
                    .prepare_cached("DELETE FROM part WHERE message_id = ?1 AND path = ?2")?
                    .execute(params![message.to_row(), path])?;
                file.into_iter().for_each(|name| self.file_freed(name));
                dropped += 1;
            }
        }
        if dropped > 0 {
            tracing::warn!(%message, dropped, "damaged parts are fetched anew");
            self.changes.messages.push(message);
        }
        Ok(dropped)
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
}

/// A message of the same look that is in place. Few are looked at: a hostile mailbox may hold 100,000 alike.
pub(super) const COPY: &str = "SELECT id FROM (
       SELECT c.id FROM message c JOIN message m ON m.account_id = c.account_id AND m.fingerprint = c.fingerprint
         AND m.size = c.size AND m.message_id IS c.message_id AND m.subject = c.subject AND m.id <> c.id
       WHERE m.id = ?1 LIMIT 8) AS c
     WHERE EXISTS (SELECT 1 FROM placement p WHERE p.message_id = c.id) LIMIT 1";
