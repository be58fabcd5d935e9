//! Fetches one part by byte ranges: with progress, to be cancelled and resumed, and at the end decoded
//! into a file that appears whole or not at all.

use super::command::Destination;
use super::event::{Event, TransferState};
use super::link::Link;
use super::queue::Transfer;
use super::shared::Shared;
use super::status::Problem;
use super::text::Source;
use super::trouble::{self, Trouble};
use crate::imap::{ByteRange, Section};
use crate::mime::transfer::Decoder;
use crate::model::{MessageId, PartPath, TransferEncoding, TransferId, Uid};
use crate::store::{PartSource, PartWriter, Store, StoreError};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

/// Bytes asked for at once: small enough that another errand waits a moment only, large enough that
/// round trips do not count.
const PIECE: u32 = 256 * 1024;
/// A server that sends ten times what it announced, and more than this, will not stop.
const MAX_SURPLUS: u64 = 64 * 1024 * 1024;
/// How long a part that another transfer fetches is left alone.
const BUSY: Duration = Duration::from_millis(100);
/// Pieces of some KiB that wait for the disk while more come in.
const PIECES_AHEAD: usize = 256;
/// Bytes decoded at once.
const DECODED_AT_ONCE: usize = 64 * 1024;

/// Files of the transfers that are under way. They stay open while a connection is replaced.
#[derive(Debug, Default)]
pub(super) struct Desk {
    writers: Mutex<BTreeMap<TransferId, PartWriter>>,
}

/// How a piece went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// There is more to fetch.
    More,
    /// The transfer is over, and the window knows how.
    Over,
}

impl Desk {
    /// Forgets a transfer; what has arrived stays for a later one.
    pub(super) fn forget(&self, id: TransferId) {
        drop(self.take(id));
    }

    fn take(&self, id: TransferId) -> Option<PartWriter> {
        self.writers.lock().unwrap_or_else(PoisonError::into_inner).remove(&id)
    }

    fn put(&self, id: TransferId, writer: PartWriter) {
        self.writers.lock().unwrap_or_else(PoisonError::into_inner).insert(id, writer);
    }

    /// Delivers a part that is in the store already. `None` if it is not.
    pub(super) async fn deliver(&self, shared: &Shared, transfer: &Transfer) -> Option<Progress> {
        match deliver(shared, transfer).await {
            Ok(None) => None,
            Ok(Some(path)) => Some(over(shared, transfer.id, TransferState::Done(path))),
            Err(trouble) => Some(over(shared, transfer.id, TransferState::Failed(trouble.problem()))),
        }
    }

    /// Fetches the next piece.
    pub(super) async fn piece(
        &self,
        shared: &Shared,
        link: &mut Link,
        transfer: &Transfer,
    ) -> Result<Progress, Trouble> {
        match self.fetch(shared, link, transfer).await {
            Ok(Fetched::More { done, total }) => {
                if shared.queue.wants(transfer.id) {
                    let state = TransferState::Progress { done, total: total.max(done) };
                    shared.tell(Event::Transfer { id: transfer.id, state });
                }
                Ok(Progress::More)
            }
            Ok(Fetched::All) => Ok(self
                .deliver(shared, transfer)
                .await
                .unwrap_or_else(|| over(shared, transfer.id, TransferState::Failed(Problem::PartGone)))),
            Err(trouble @ (Trouble::Link { .. } | Trouble::Again | Trouble::Rebuilt)) => Err(trouble),
            Err(trouble @ (Trouble::Refused(_) | Trouble::Store(_))) => {
                self.forget(transfer.id);
                Ok(over(shared, transfer.id, TransferState::Failed(trouble.problem())))
            }
        }
    }

    async fn fetch(&self, shared: &Shared, link: &mut Link, transfer: &Transfer) -> Result<Fetched, Trouble> {
        let source = Source::find(shared, transfer.message, None).await?.select(shared, link).await?;
        let structure = source.structure(shared, link).await?;
        let part = structure.part(&transfer.path);
        let total = match part {
            Some(part) => part.size,
            None if transfer.path.depth() == 0 => source.detail.size,
            None => return Err(Trouble::Refused(Problem::PartGone)),
        };
        let writer = match self.take(transfer.id) {
            Some(writer) => writer,
            None => match shared.config.clock.busy(open(&shared.config.store, transfer)).await? {
                Some(writer) => writer,
                None => {
                    shared.config.clock.sleep(BUSY).await;
                    return Ok(Fetched::More { done: 0, total });
                }
            },
        };
        let start = writer.offset();
        if !link.session.rules().partial {
            return self.rest(shared, link, transfer, (source.uid, total), writer).await;
        }
        self.put(transfer.id, writer);
        if start > total.saturating_mul(10).max(MAX_SURPLUS) {
            return Err(Trouble::Refused(Problem::Protocol { detail: "part without an end".into() }));
        }
        let mut bytes = Vec::new();
        let mut sink = |piece: &[u8]| {
            if bytes.len().saturating_add(piece.len()) > usize::try_from(PIECE).unwrap_or(usize::MAX) {
                return ControlFlow::Break(());
            }
            bytes.extend_from_slice(piece);
            ControlFlow::Continue(())
        };
        let range = ByteRange { start, length: PIECE };
        let section = Section::part(transfer.path.clone());
        let result = link.session.fetch_part(source.uid, &section, Some(range), &mut sink).await;
        let fetched = result.map_err(|error| super::text::of_part(link, &error))?;
        if fetched.cancelled {
            let detail = "more of a part than was asked for".to_owned();
            return Err(Trouble::Refused(Problem::Protocol { detail }));
        }
        // Also in the middle: half of a part is none.
        if !fetched.found && start < total && !(start > 0 && fetched.nil) {
            return Err(Trouble::Refused(Problem::MessageGone));
        }
        if fetched.bytes == 0 && start == 0 && total > 0 {
            return Err(Trouble::Refused(empty()));
        }
        // Announced sizes are wrong on some servers (Exchange), and some cut what they send: the end is where less comes
        // than was asked, and nothing behind it.
        let came = fetched.bytes;
        let is_last = came < u64::from(PIECE) && (came == 0 || start.saturating_add(came) >= total);
        let Some(mut writer) = self.take(transfer.id) else {
            // Cancelled while the piece was on its way.
            return Ok(Fetched::More { done: start, total });
        };
        let writing = tokio::task::spawn_blocking(move || writer.write(&bytes).map(|()| writer));
        let written = shared.config.clock.busy(writing).await;
        let writer = written.map_err(|error| lost_job(&error))??;
        let done = writer.offset();
        if !is_last {
            self.put(transfer.id, writer);
            return Ok(Fetched::More { done, total });
        }
        finish(shared, transfer, writer).await
    }

    /// Fetches all of a part with one command, from a server whose byte ranges cannot be relied on. What is here
    /// already is read again and thrown away.
    async fn rest(
        &self,
        shared: &Shared,
        link: &mut Link,
        transfer: &Transfer,
        (uid, total): (Uid, u64),
        mut writer: PartWriter,
    ) -> Result<Fetched, Trouble> {
        let limit = total.saturating_mul(10).max(MAX_SURPLUS);
        let (mut old, mut done) = (writer.offset(), 0_u64);
        // A thread of its own writes, so that the disk does not hold up the runtime.
        let (sender, receiver) = mpsc::sync_channel::<Vec<u8>>(PIECES_AHEAD);
        let written = tokio::task::spawn_blocking(move || {
            let result = receiver.into_iter().try_for_each(|bytes| writer.write(&bytes));
            (writer, result)
        });
        let mut sink = |piece: &[u8]| {
            let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
            let skipped = old.min(length);
            old -= skipped;
            done = done.saturating_add(length);
            let fresh = usize::try_from(skipped).ok().and_then(|skipped| piece.get(skipped..));
            let taken = fresh.is_none_or(|fresh| fresh.is_empty() || sender.send(fresh.to_vec()).is_ok());
            if !taken || done > limit || !shared.queue.wants(transfer.id) {
                return ControlFlow::Break(());
            }
            let step = done / u64::from(PIECE);
            if step > (done - length) / u64::from(PIECE) {
                let state = TransferState::Progress { done, total: total.max(done) };
                shared.tell(Event::Transfer { id: transfer.id, state });
            }
            ControlFlow::Continue(())
        };
        let section = Section::part(transfer.path.clone());
        let result = link.session.fetch_part(uid, &section, None, &mut sink).await;
        drop(sender);
        let (writer, written) = shared.config.clock.busy(written).await.map_err(|error| lost_job(&error))?;
        written?;
        let start = writer.offset();
        let fetched = match result {
            Ok(fetched) => fetched,
            Err(error) => {
                self.put(transfer.id, writer);
                return Err(super::text::of_part(link, &error));
            }
        };
        match (fetched.cancelled, fetched.found || total == 0) {
            (true, _) if done > limit => {
                Err(Trouble::Refused(Problem::Protocol { detail: "part without an end".into() }))
            }
            (true, _) => Ok(Fetched::More { done: start, total }),
            (false, true) => finish(shared, transfer, writer).await,
            (false, false) => Err(Trouble::Refused(Problem::MessageGone)),
        }
    }
}

/// All bytes are here: from the side into the store.
async fn finish(shared: &Shared, transfer: &Transfer, writer: PartWriter) -> Result<Fetched, Trouble> {
    let finishing = tokio::task::spawn_blocking(move || writer.finish());
    let finished = shared.config.clock.busy(finishing).await;
    let finished = finished.map_err(|error| lost_job(&error))??;
    if transfer.path.depth() == 0 {
        keep_whole(shared, transfer.message, finished).await?;
    } else {
        shared.write("part", move |w| w.put_written_part(finished)).await?;
    }
    Ok(Fetched::All)
}

/// The server has a part, and gives nothing of it.
fn empty() -> Problem {
    Problem::Protocol { detail: "it gives nothing of the message".to_owned() }
}

enum Fetched {
    More { done: u64, total: u64 },
    All,
}

/// A whole message also serves all of its parts.
async fn keep_whole(
    shared: &Shared,
    message: MessageId,
    written: crate::store::WrittenPart,
) -> Result<(), Trouble> {
    let known = shared.read(move |s| s.body_facts(message)).await?;
    let known = known.ok_or(Trouble::Refused(Problem::MessageGone))?;
    let reading = tokio::task::spawn_blocking(move || {
        let reading = super::haul::read(&written, &known)?;
        Ok::<_, StoreError>(reading.map(|reading| reading.with(message, written.into())))
    });
    let body = shared.config.clock.busy(reading).await.map_err(|error| lost_job(&error))??;
    let body = body.ok_or_else(|| Trouble::Refused(super::haul::another(message)))?;
    shared.write("body", move |w| w.put_bodies(vec![body])).await.map(drop)
}

fn over(shared: &Shared, id: TransferId, state: TransferState) -> Progress {
    if shared.queue.end(id) {
        shared.tell(Event::Transfer { id, state });
    }
    Progress::Over
}

fn lost_job(error: &tokio::task::JoinError) -> Trouble {
    tracing::error!(%error, "a job did not end");
    Trouble::Store(Problem::Store { detail: error.to_string() })
}

/// `None`: another transfer, or another process, fetches the same part. Its end is ours too.
async fn open(store: &Store, transfer: &Transfer) -> Result<Option<PartWriter>, Trouble> {
    let (store, message, path) = (store.clone(), transfer.message, transfer.path.clone());
    let opened = tokio::task::spawn_blocking(move || store.part_writer(message, &path)).await;
    match opened.map_err(|error| lost_job(&error))? {
        Ok(writer) => Ok(Some(writer)),
        Err(StoreError::PartBusy) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Takes a part from the store to where it is wanted. `None`: it is not in the store.
async fn deliver(shared: &Shared, transfer: &Transfer) -> Result<Option<Option<PathBuf>>, Trouble> {
    let (message, path) = (transfer.message, transfer.path.clone());
    let Some((source, encoding)) = shared.read(move |s| stored(s, message, &path)).await? else {
        return Ok(None);
    };
    let Destination::File(file) = transfer.destination.clone() else { return Ok(Some(None)) };
    let job = tokio::task::spawn_blocking(move || {
        let result = save(source, encoding, &file);
        result.map(|()| file.clone()).map_err(|error| Trouble::Refused(trouble::of_file(&file, &error)))
    });
    Ok(Some(Some(shared.config.clock.busy(job).await.map_err(|error| lost_job(&error))??)))
}

fn stored(
    snapshot: &crate::store::Snapshot,
    message: MessageId,
    path: &PartPath,
) -> Result<Option<(PartSource, TransferEncoding)>, crate::store::StoreError> {
    let Some(source) = snapshot.part_source(message, path)? else { return Ok(None) };
    let structure = snapshot.message(message)?.and_then(|detail| detail.structure);
    let encoding = structure.and_then(|s| s.part(path).map(|part| part.encoding)).unwrap_or_default();
    Ok(Some((source, encoding)))
}

/// Decodes into a new file. It is written under another name beside it and gets its own name only when
/// all of it is on the disk; a file that is there already stays as it is.
fn save(source: PartSource, encoding: TransferEncoding, file: &Path) -> io::Result<()> {
    if file.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let unfinished = beside(file);
    let result = match source {
        PartSource::Bytes(bytes) => write_decoded(&mut bytes.as_slice(), encoding, &unfinished),
        PartSource::File(mut stored) => write_decoded(&mut stored, encoding, &unfinished),
    };
    let result = result.and_then(|()| give_name(&unfinished, file));
    if result.is_err()
        && let Err(error) = fs::remove_file(&unfinished)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "an unfinished file was left behind");
    }
    result
}

fn beside(file: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(file.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    file.with_file_name(name)
}

fn write_decoded(source: &mut dyn Read, encoding: TransferEncoding, to: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out: File = options.open(to)?;
    let mut decoder = Decoder::new(encoding);
    let mut raw = vec![0; DECODED_AT_ONCE];
    let mut decoded = Vec::new();
    loop {
        let n = source.read(&mut raw)?;
        let Some(piece) = raw.get(..n).filter(|piece| !piece.is_empty()) else { break };
        decoder.push(piece, &mut decoded);
        out.write_all(&decoded)?;
        decoded.clear();
    }
    decoder.finish(&mut decoded);
    out.write_all(&decoded)?;
    out.sync_all()
}

/// Gives a finished file its name without ever replacing another.
fn give_name(unfinished: &Path, file: &Path) -> io::Result<()> {
    match fs::hard_link(unfinished, file) {
        Ok(()) => fs::remove_file(unfinished)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // No hard links on this file system (FAT): reserve the name, then move over the empty file.
        Err(_) => {
            OpenOptions::new().write(true).create_new(true).open(file)?;
            fs::rename(unfinished, file)?;
        }
    }
    // Not all systems can sync a folder; the file itself is safe already.
    if let Some(Ok(folder)) = file.parent().map(File::open) {
        drop(folder.sync_all());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_saved_decoded_and_whole() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("photo.jpg");
        let bytes = || PartSource::Bytes(b"aGVs\r\nbG8=\r\n".to_vec());
        save(bytes(), TransferEncoding::Base64, &file).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"hello");
        let again = save(bytes(), TransferEncoding::Base64, &file).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing unfinished is left");
    }

    #[test]
    fn a_dangling_link_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        #[cfg(unix)]
        {
            let link = dir.path().join("link");
            std::os::unix::fs::symlink("/nowhere/at/all", &link).unwrap();
            let saved = save(PartSource::Bytes(vec![1]), TransferEncoding::Identity, &link);
            assert_eq!(saved.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        }
        let nowhere = dir.path().join("no/such/folder/x");
        assert!(save(PartSource::Bytes(vec![1]), TransferEncoding::Identity, &nowhere).is_err());
    }
}
