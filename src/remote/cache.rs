//! Pictures that were loaded, by message, in files. A second view of a mail asks nobody.

use crate::model::MessageId;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What all pictures may take up; beyond it those of the messages go whose pictures were loaded longest ago.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Pictures in a folder. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Cache {
    dir: PathBuf,
}

impl Cache {
    /// The pictures below the profile's folder for what can be thrown away. Nothing is made yet.
    #[must_use]
    pub fn below(dir: &Path) -> Self {
        Self { dir: dir.join("pictures") }
    }

    /// The bytes that an address gave; empty if it gave none; `None` if it was never asked.
    #[must_use]
    pub fn get(&self, message: MessageId, address: &str) -> Option<Vec<u8>> {
        fs::read(self.file(message, address)).ok()
    }

    /// Keeps what an address gave; empty bytes say that there is nothing.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn put(&self, message: MessageId, address: &str, bytes: &[u8]) -> io::Result<()> {
        let file = self.file(message, address);
        make_private(file.parent().unwrap_or(&self.dir))?;
        let unfinished = file.with_extension(format!("{}.part", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&unfinished).and_then(|mut out| out.write_all(bytes));
        written.and_then(|()| fs::rename(&unfinished, &file)).inspect_err(|_| {
            let _ = fs::remove_file(&unfinished);
        })
    }

    /// Forgets the pictures of a message.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn forget(&self, message: MessageId) -> io::Result<()> {
        match fs::remove_dir_all(self.folder(message)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Makes room. Blocking; to be called once in a while.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn prune(&self) -> io::Result<()> {
        self.prune_to(MAX_BYTES)
    }

    fn prune_to(&self, most: u64) -> io::Result<()> {
        let folders = match fs::read_dir(&self.dir) {
            Ok(folders) => folders,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut all: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for folder in folders.flatten() {
            let path = folder.path();
            let when = folder.metadata().and_then(|m| m.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
            let files = fs::read_dir(&path).into_iter().flatten().flatten();
            let size = files.filter_map(|file| file.metadata().ok()).map(|m| m.len()).sum();
            all.push((when, size, path));
        }
        all.sort();
        let mut total: u64 = all.iter().map(|(_, size, _)| size).sum();
        for (_, size, path) in all {
            if total <= most {
                break;
            }
            fs::remove_dir_all(&path)?;
            total = total.saturating_sub(size);
        }
        Ok(())
    }

    fn folder(&self, message: MessageId) -> PathBuf {
        self.dir.join(message.to_row().to_string())
    }

    /// Addresses are names of nobody's choosing: the file is called by their hash.
    fn file(&self, message: MessageId, address: &str) -> PathBuf {
        let hash = ring::digest::digest(&ring::digest::SHA256, address.as_bytes());
        let name: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        self.folder(message).join(name)
    }
}

fn make_private(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_kept_by_message_and_the_oldest_go() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::below(dir.path());
        let (one, two) = (MessageId::from_row(1), MessageId::from_row(2));
        assert_eq!(cache.get(one, "https://a.example/x"), None);
        cache.put(one, "https://a.example/x", b"12345").unwrap();
        cache.put(one, "https://a.example/gone", b"").unwrap();
        assert_eq!(cache.get(one, "https://a.example/x").unwrap(), b"12345");
        assert_eq!(cache.get(one, "https://a.example/gone").unwrap(), b"");
        assert_eq!(cache.get(two, "https://a.example/x"), None, "another mail has not asked");
        let old = fs::File::open(cache.folder(one)).unwrap();
        old.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        cache.put(two, "https://a.example/x", b"12345").unwrap();
        cache.prune_to(8).unwrap();
        assert_eq!(cache.get(one, "https://a.example/x"), None);
        assert_eq!(cache.get(two, "https://a.example/x").unwrap(), b"12345");
        cache.forget(two).unwrap();
        cache.forget(two).unwrap();
        assert_eq!(cache.get(two, "https://a.example/x"), None);
    }
}
