//! Parts that come piece by piece: written aside, gone on with after a break, then moved to their place.

use super::{Blobs, MARK, hash_all, name_of, partial_name, remove};
use crate::model::{MessageId, PartPath};
use crate::store::StoreError;
use crate::store::open::{private_dir, private_options};
use ring::digest;
use std::fs::{self, File, TryLockError};
use std::io::{Seek, SeekFrom, Write as _};
use std::path::PathBuf;

/// Writes the transported bytes of one part to disk. When it is dropped unfinished, what was written stays for
/// the next writer of the same part.
pub struct PartWriter {
    blobs: Blobs,
    message: MessageId,
    path: PartPath,
    /// Locked, so that two downloads cannot mix.
    file: File,
    aside: PathBuf,
    length: u64,
    hash: digest::Context,
}

impl std::fmt::Debug for PartWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PartWriter").field("aside", &self.aside).field("length", &self.length).finish()
    }
}

impl PartWriter {
    pub(in super::super) fn open(
        blobs: &Blobs,
        message: MessageId,
        path: &PartPath,
    ) -> Result<Self, StoreError> {
        private_dir(&blobs.partial)?;
        let aside = blobs.partial.join(partial_name(message, path));
        let failed = |error| StoreError::io(&aside, error);
        let mut file =
            private_options().read(true).create(true).truncate(false).open(&aside).map_err(failed)?;
        // File systems without locks give another error; then the caller alone keeps writers apart.
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            return Err(StoreError::PartBusy);
        }
        let found = file.metadata().map_err(failed)?.len();
        let length = found.saturating_sub(1) / MARK * MARK;
        file.set_len(length).map_err(failed)?;
        let mut hash = digest::Context::new(&digest::SHA256);
        hash_all(&mut file, &mut hash).map_err(failed)?;
        file.seek(SeekFrom::Start(length)).map_err(failed)?;
        Ok(Self { blobs: blobs.clone(), message, path: path.clone(), file, aside, length, hash })
    }

    /// Bytes that are there already: ask the server for those from here on.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.length
    }

    /// Appends bytes. Blocking.
    ///
    /// # Errors
    /// The disk refuses; what was written before stays.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), StoreError> {
        while !bytes.is_empty() {
            let room = usize::try_from(MARK - self.length % MARK).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
            let failed = |error| StoreError::io(&self.aside, error);
            self.file.write_all(now).map_err(failed)?;
            self.hash.update(now);
            self.length = self.length.saturating_add(now.len().try_into().unwrap_or(0));
            if self.length.is_multiple_of(MARK) {
                self.file.sync_data().map_err(failed)?;
            }
            bytes = later;
        }
        Ok(())
    }

    /// All bytes are there. Blocking.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn finish(self) -> Result<WrittenPart, StoreError> {
        self.file.sync_data().map_err(|e| StoreError::io(&self.aside, e))?;
        let name = name_of(&self.hash.finish());
        Ok(WrittenPart {
            blobs: self.blobs,
            message: self.message,
            path: self.path,
            size: self.length,
            name,
            aside: self.aside,
            _lock: self.file,
        })
    }

    /// Throws away what was written, for example because the server sends something else by now.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn discard(self) -> Result<(), StoreError> {
        remove(&self.aside)
    }
}

/// A complete part on disk that no row names yet: hand it to
/// [`Write::put_written_part`](super::Write::put_written_part).
#[derive(Debug)]
pub struct WrittenPart {
    blobs: Blobs,
    pub(in super::super) message: MessageId,
    pub(in super::super) path: PartPath,
    pub(in super::super) size: u64,
    name: String,
    aside: PathBuf,
    _lock: File,
}

impl WrittenPart {
    /// Bytes as transported.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Its bytes, to find out what is in them.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn bytes(&self) -> Result<Vec<u8>, StoreError> {
        fs::read(&self.aside).map_err(|e| StoreError::io(&self.aside, e))
    }

    /// Moves the file to its place; gives its name.
    pub(in super::super) fn adopt(&self) -> Result<String, StoreError> {
        self.blobs.adopt(&self.aside, &self.name)?;
        Ok(self.name.clone())
    }

    /// Reads a small part back, to keep it in a row instead.
    pub(in super::super) fn take_bytes(&self) -> Result<Vec<u8>, StoreError> {
        let bytes = self.bytes()?;
        remove(&self.aside)?;
        Ok(bytes)
    }
}
