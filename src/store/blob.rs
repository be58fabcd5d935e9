//! Files of parts that are too large for a row. Written aside, made durable, renamed: never seen half.
//! Knows no SQL.

mod writer;

use super::StoreError;
use super::open::{private_dir, private_options, sync_dir};
use crate::model::{MessageId, PartPath};
use ring::digest;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

pub use writer::{PartWriter, WrittenPart};

/// A part that is being written is made durable at each multiple of this. After a crash everything up to the
/// last such mark that was passed is surely right, so a resume begins there.
const MARK: u64 = 1 << 20;

/// Files of which it is remembered that they are right; then those are forgotten.
const MAX_CHECKED: usize = 10_000;

/// Bytes read from a file at a time.
const BUFFER: usize = 64 << 10;

/// Tells the unfinished files of this process apart.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Where the files are.
#[derive(Clone, Debug)]
pub(super) struct Blobs {
    finished: PathBuf,
    partial: PathBuf,
    /// When files were changed last that were found to be right since.
    checked: Arc<Mutex<BTreeMap<String, SystemTime>>>,
}

/// A name is the SHA-256 of the content in hexadecimal; anything else is no file of ours.
fn is_name(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn name_of(hash: &digest::Digest) -> String {
    hash.as_ref().iter().fold(String::with_capacity(64), |mut name, byte| {
        // Writing to a String cannot fail.
        let _ = write!(name, "{byte:02x}");
        name
    })
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreError::io(path, error)),
        _ => Ok(()),
    }
}

fn entries(dir: &Path) -> Result<Vec<(String, PathBuf)>, StoreError> {
    let list = match fs::read_dir(dir) {
        Ok(list) => list,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io(dir, error)),
    };
    let mut found = Vec::new();
    for entry in list {
        let entry = entry.map_err(|e| StoreError::io(dir, e))?;
        if let Some(name) = entry.file_name().to_str() {
            found.push((name.to_owned(), entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

impl Blobs {
    pub(super) fn new(dir: &Path) -> Self {
        Self { finished: dir.join("blobs"), partial: dir.join("partial"), checked: Arc::default() }
    }

    /// Spread over 256 folders: some file systems get slow with 100,000 names in one.
    fn path_of(&self, name: &str) -> PathBuf {
        self.finished.join(name.get(..2).unwrap_or_default()).join(name)
    }

    /// Keeps bytes; gives their name. They are durable when this returns.
    pub(super) fn put(&self, bytes: &[u8]) -> Result<String, StoreError> {
        let name = name_of(&digest::digest(&digest::SHA256, bytes));
        let aside = self.partial.join(format!("{name}.tmp"));
        private_dir(&self.partial)?;
        let write = || -> std::io::Result<()> {
            let mut file = private_options().create(true).truncate(true).open(&aside)?;
            file.write_all(bytes)?;
            file.sync_data()
        };
        if let Err(error) = write() {
            // Without it the disk may have room again for the rest of the store.
            let _ = fs::remove_file(&aside);
            return Err(StoreError::io(&aside, error));
        }
        self.adopt(&aside, &name)?;
        Ok(name)
    }

    /// Moves a complete, durable file to its place, durably.
    fn adopt(&self, aside: &Path, name: &str) -> Result<(), StoreError> {
        let fresh = self.move_in(aside, name)?;
        let path = self.path_of(name);
        sync_dir(path.parent().unwrap_or(&self.finished))?;
        if fresh { sync_dir(&self.finished) } else { Ok(()) }
    }

    /// Moves a complete, durable file to its place. Whether its folder is new.
    fn move_in(&self, aside: &Path, name: &str) -> Result<bool, StoreError> {
        let path = self.path_of(name);
        let folder = path.parent().unwrap_or(&self.finished);
        let fresh = !folder.is_dir();
        private_dir(folder)?;
        fs::rename(aside, &path).map_err(|e| StoreError::io(&path, e))?;
        Ok(fresh)
    }

    /// Writes bytes aside, durably, outside of any transaction.
    pub(super) fn write_aside(&self, bytes: &[u8]) -> Result<Aside, StoreError> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = self.partial.join(format!("{}-{number}.tmp", std::process::id()));
        let name = name_of(&digest::digest(&digest::SHA256, bytes));
        private_dir(&self.partial)?;
        let opened = private_options().create(true).truncate(true).open(&path);
        let file = opened.map_err(|e| StoreError::io(&path, e))?;
        // Keeps the sweep off; where there are no locks, a swept file costs another fetch.
        let _ = file.try_lock();
        let mut aside =
            Aside { blobs: self.clone(), path, name, size: bytes.len().try_into().unwrap_or(0), file };
        let written = aside.file.write_all(bytes).and_then(|()| aside.file.sync_data());
        written.map_err(|e| StoreError::io(&aside.path, e))?;
        Ok(aside)
    }

    /// Opens a file whose content is what its name says; `None` if it is not, and has to be fetched anew.
    /// Reads all of it, but only once.
    pub(super) fn open_checked(&self, name: &str, size: u64) -> Result<Option<File>, StoreError> {
        let Some(mut file) = self.open(name, size)? else { return Ok(None) };
        let failed = |e| StoreError::io(&self.path_of(name), e);
        let changed = file.metadata().and_then(|meta| meta.modified()).map_err(failed)?;
        let checked = || self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        if checked().get(name) == Some(&changed) {
            return Ok(Some(file));
        }
        let mut hash = digest::Context::new(&digest::SHA256);
        match hash_all(&mut file, &mut hash) {
            Ok(()) if name_of(&hash.finish()) == name => {}
            // A disk that cannot read it any more has lost it as well.
            Ok(()) | Err(_) => return Ok(None),
        }
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let mut checked = checked();
        if checked.len() >= MAX_CHECKED {
            checked.clear();
        }
        checked.insert(name.to_owned(), changed);
        Ok(Some(file))
    }

    /// A piece of an open file.
    pub(super) fn piece(
        &self,
        mut file: File,
        name: &str,
        piece: super::place::Piece,
    ) -> Result<io::Take<File>, StoreError> {
        file.seek(SeekFrom::Start(piece.start)).map_err(|e| StoreError::io(&self.path_of(name), e))?;
        Ok(file.take(piece.length))
    }

    /// Whether a file of that many bytes is there.
    pub(super) fn is_there(&self, name: &str, size: u64) -> bool {
        fs::metadata(self.path_of(name)).is_ok_and(|meta| meta.len() == size)
    }

    /// Opens a file of that many bytes; `None` if it is not there in full, and has to be fetched anew.
    pub(super) fn open(&self, name: &str, size: u64) -> Result<Option<File>, StoreError> {
        let path = self.path_of(name);
        if !is_name(name) {
            return Ok(None);
        }
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::io(&path, error)),
        };
        let found = file.metadata().map_err(|e| StoreError::io(&path, e))?.len();
        Ok((found == size).then_some(file))
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), StoreError> {
        if is_name(name) { remove(&self.path_of(name)) } else { Ok(()) }
    }

    /// The folders of finished files.
    pub(super) fn folders(&self) -> Result<Vec<PathBuf>, StoreError> {
        Ok(entries(&self.finished)?.into_iter().map(|(_, folder)| folder).collect())
    }

    /// The finished files in a folder.
    pub(super) fn names(folder: &Path) -> Result<Vec<String>, StoreError> {
        Ok(entries(folder)?.into_iter().map(|(name, _)| name).filter(|name| is_name(name)).collect())
    }

    /// Removes unfinished files that are not wanted and that nobody works on. Gives their number.
    pub(super) fn sweep_partial(
        &self,
        mut awaited: impl FnMut(MessageId, &PartPath) -> Result<bool, StoreError>,
    ) -> Result<usize, StoreError> {
        let mut removed = 0;
        for (name, path) in entries(&self.partial)? {
            let keep = match partial_of(&name) {
                Some((message, part)) => awaited(message, &part)? || is_locked(&path),
                None => is_locked(&path),
            };
            if !keep {
                remove(&path)?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// Bytes that were written aside, durably. Dropped without being moved in they are gone.
#[derive(Debug)]
pub(super) struct Aside {
    blobs: Blobs,
    path: PathBuf,
    name: String,
    size: u64,
    file: File,
}

impl Aside {
    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// Moves the file to its place; gives its name. A power failure may still take the name away: whoever
    /// cannot fetch the bytes again has to use [`Blobs::put`].
    pub(super) fn move_in(&self) -> Result<String, StoreError> {
        self.blobs.move_in(&self.path, &self.name)?;
        Ok(self.name.clone())
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // Not there any more if it was moved in; else the next sweep finds what cannot be removed now.
        let _ = fs::remove_file(&self.path);
    }
}

fn hash_all(file: &mut File, hash: &mut digest::Context) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = file.read(&mut buffer)?;
        match buffer.get(..read) {
            Some(piece) if !piece.is_empty() => hash.update(piece),
            _ => return Ok(()),
        }
    }
}

fn is_locked(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

fn partial_name(message: MessageId, path: &PartPath) -> String {
    format!("{message}-{path}.part")
}

fn partial_of(name: &str) -> Option<(MessageId, PartPath)> {
    let (message, path) = name.strip_suffix(".part")?.split_once('-')?;
    Some((MessageId::from_row(message.parse().ok()?), path.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blobs() -> (tempfile::TempDir, Blobs) {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(dir.path());
        (dir, blobs)
    }

    const ONE: usize = 1 << 20;

    fn read(blobs: &Blobs, name: &str, size: usize) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        blobs.open(name, size as u64).unwrap()?.read_to_end(&mut bytes).unwrap();
        Some(bytes)
    }

    #[test]
    fn bytes_come_back_and_names_are_hashes() {
        let (_dir, blobs) = blobs();
        let name = blobs.put(b"abc").unwrap();
        assert_eq!(name, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(blobs.put(b"abc").unwrap(), name);
        assert_eq!(read(&blobs, &name, 3).unwrap(), b"abc");
        assert_eq!(read(&blobs, &name, 4), None, "a file of the wrong length is as good as none");
        assert_eq!(read(&blobs, "../../../etc/passwd", 3), None);
        blobs.remove(&name).unwrap();
        blobs.remove(&name).unwrap();
        assert_eq!(read(&blobs, &name, 3), None);
    }

    #[test]
    fn a_file_is_believed_only_if_its_content_is_what_its_name_says() {
        let (_dir, blobs) = blobs();
        let name = blobs.put(b"abc").unwrap();
        assert!(blobs.open_checked(&name, 3).unwrap().is_some());
        assert!(blobs.open_checked(&name, 3).unwrap().is_some(), "from memory");
        fs::write(blobs.path_of(&name), b"abd").unwrap();
        let later = SystemTime::now() + std::time::Duration::from_secs(5);
        File::options().write(true).open(blobs.path_of(&name)).unwrap().set_modified(later).unwrap();
        assert!(blobs.open_checked(&name, 3).unwrap().is_none());
        fs::write(blobs.path_of(&name), b"ab").unwrap();
        assert!(!blobs.is_there(&name, 3) && blobs.open_checked(&name, 3).unwrap().is_none());
    }

    #[test]
    fn what_is_written_aside_goes_unless_it_is_moved_in() {
        let (_dir, blobs) = blobs();
        drop(blobs.write_aside(b"one").unwrap());
        assert!(entries(&blobs.partial).unwrap().is_empty());
        let aside = blobs.write_aside(b"two").unwrap();
        let name = aside.move_in().unwrap();
        drop(aside);
        assert_eq!(read(&blobs, &name, 3).unwrap(), b"two");
    }

    #[test]
    #[cfg(unix)]
    fn files_are_for_the_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let (_dir, blobs) = blobs();
        let name = blobs.put(b"abc").unwrap();
        let path = blobs.path_of(&name);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }

    #[test]
    fn a_break_costs_no_more_than_the_last_mark() {
        let (_dir, blobs) = blobs();
        let (message, path) = (MessageId::from_row(7), PartPath::root().child(2));
        let all: Vec<u8> = (0..MARK * 2 + 500).map(|n| (n % 251) as u8).collect();
        let mut first = PartWriter::open(&blobs, message, &path).unwrap();
        assert!(matches!(PartWriter::open(&blobs, message, &path), Err(StoreError::PartBusy)));
        first.write(&all[..ONE + 300]).unwrap();
        drop(first);
        let mut second = PartWriter::open(&blobs, message, &path).unwrap();
        assert_eq!(second.offset(), MARK);
        for piece in all[ONE..].chunks(100_000) {
            second.write(piece).unwrap();
        }
        let written = second.finish().unwrap();
        assert_eq!(written.size(), all.len() as u64);
        let name = written.adopt().unwrap();
        assert_eq!(name, name_of(&digest::digest(&digest::SHA256, &all)));
        assert_eq!(read(&blobs, &name, all.len()).unwrap(), all);
    }

    #[test]
    fn an_exact_mark_may_not_have_been_made_durable() {
        let (_dir, blobs) = blobs();
        let (message, path) = (MessageId::from_row(7), PartPath::root());
        let mut writer = PartWriter::open(&blobs, message, &path).unwrap();
        writer.write(&vec![1; ONE]).unwrap();
        drop(writer);
        let writer = PartWriter::open(&blobs, message, &path).unwrap();
        assert_eq!(writer.offset(), 0);
        writer.discard().unwrap();
        assert!(entries(&blobs.partial).unwrap().is_empty());
    }

    #[test]
    fn the_sweep_removes_only_what_nobody_wants() {
        let (_dir, blobs) = blobs();
        let (keep, drop_it) = (blobs.put(b"keep").unwrap(), blobs.put(b"drop").unwrap());
        fs::write(blobs.partial.join("junk.tmp"), b"x").unwrap();
        let path = PartPath::root().child(1);
        let busy = PartWriter::open(&blobs, MessageId::from_row(1), &path).unwrap();
        drop(PartWriter::open(&blobs, MessageId::from_row(2), &path).unwrap());
        drop(PartWriter::open(&blobs, MessageId::from_row(3), &path).unwrap());
        let aside = blobs.write_aside(b"not moved in yet").unwrap();
        let awaited = |message: MessageId, _: &PartPath| Ok(message.to_row() == 2);
        assert_eq!(blobs.sweep_partial(awaited).unwrap(), 2);
        let name = aside.move_in().unwrap();
        drop(aside);
        let names =
            blobs.folders().unwrap().iter().flat_map(|f| Blobs::names(f).unwrap()).collect::<Vec<_>>();
        assert_eq!(names.len(), 3);
        assert!([&keep, &drop_it, &name].into_iter().all(|one| names.contains(one)));
        let left: Vec<_> = entries(&blobs.partial).unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(left, ["1-1.part", "2-1.part"]);
        drop(busy);
    }
}
