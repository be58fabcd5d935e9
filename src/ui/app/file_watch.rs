//! Tells that somebody wrote the settings file, as soon as they did. Costs nothing while nobody does.
//!
//! Where the system cannot tell (or is not Linux), the file is read when the window comes to the front.

use crate::ui::message::Message;
use iced::Subscription;
use std::path::PathBuf;

/// News of a file.
pub(super) fn subscription(file: PathBuf) -> Subscription<Message> {
    Subscription::run_with(file, |file| watch::changes(file.clone()))
}

#[cfg(target_os = "linux")]
mod watch {
    use super::{Message, PathBuf};
    use futures::Stream;
    use futures::channel::mpsc;
    use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};
    use std::collections::BTreeSet;
    use std::ffi::OsString;
    use std::mem::MaybeUninit;
    use std::os::fd::OwnedFd;
    use std::path::Path;

    /// Room for some events; a folder that has more gets them in several turns.
    const BUFFER: usize = 4_096;

    /// A message for each time that the file was written. A thread of its own waits for the system; it ends with the
    /// program, or when somebody writes and nobody listens any more.
    pub(super) fn changes(file: PathBuf) -> impl Stream<Item = Message> {
        let (tell, told) = mpsc::unbounded();
        let wait = move || match open(&file) {
            Ok((fd, names)) => wait(&fd, &names, &tell),
            Err(error) => tracing::debug!(%error, "the settings file is not watched"),
        };
        if let Err(error) = std::thread::Builder::new().name("settings".into()).spawn(wait) {
            tracing::debug!(%error, "the settings file is not watched");
        }
        told
    }

    /// Watches the folders: editors write a new file and give it the name of the old one.
    fn open(file: &Path) -> std::io::Result<(OwnedFd, BTreeSet<OsString>)> {
        let fd = inotify::init(CreateFlags::CLOEXEC)?;
        let mut names = BTreeSet::new();
        // A file behind a link is written where it is.
        let real = file.canonicalize().ok();
        for path in std::iter::once(file).chain(real.as_deref()) {
            let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { continue };
            std::fs::create_dir_all(folder)?;
            inotify::add_watch(&fd, folder, WatchFlags::CLOSE_WRITE | WatchFlags::MOVED_TO)?;
            names.insert(name.to_owned());
        }
        Ok((fd, names))
    }

    fn wait(fd: &OwnedFd, names: &BTreeSet<OsString>, tell: &mpsc::UnboundedSender<Message>) {
        let mut buffer = [MaybeUninit::uninit(); BUFFER];
        let mut reader = Reader::new(fd, &mut buffer);
        loop {
            let event = match reader.next() {
                Ok(event) => event,
                Err(error) if error == rustix::io::Errno::INTR => continue,
                Err(_) => return,
            };
            let is_named =
                |name: &std::ffi::CStr| names.iter().any(|one| one.as_encoded_bytes() == name.to_bytes());
            if event.file_name().is_some_and(is_named)
                && tell.unbounded_send(Message::SettingsTouched).is_err()
            {
                return;
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod watch {
    use super::{Message, PathBuf};
    use futures::{Stream, stream};

    pub(super) fn changes(_: PathBuf) -> impl Stream<Item = Message> {
        stream::empty()
    }
}
