//! Files and links outside of the profile: where downloads go, who opens them.
//!
//! Runs in tasks, never in `update`.

use crate::mime::filename::numbered;
use crate::model::{MessageId, PartPath};
use crate::ui::read::Attachment;
use crate::ui::screen::mail::transfers::Place;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Tries at finding a free name before giving up.
const MAX_TRIES: u32 = 999;
/// Nobody answers a file dialog so soon: there was none.
const NO_DIALOG: Duration = Duration::from_millis(300);
/// Folder in the cache for attachments that are opened.
const OPENED: &str = "opened";

/// A name in `dir` that is not taken: `a.pdf`, `a (2).pdf` ...
#[must_use]
pub fn free_name(dir: &Path, name: &str) -> Option<PathBuf> {
    names(name).map(|name| dir.join(name)).find(|path| !path.exists())
}

fn names(name: &str) -> impl Iterator<Item = String> {
    std::iter::once(name.to_owned()).chain((2..=MAX_TRIES).map(move |n| numbered(name, n)))
}

/// The user's download folder, or the usual name for one.
fn downloads() -> Option<PathBuf> {
    let dirs = directories::UserDirs::new()?;
    Some(dirs.download_dir().map_or_else(|| dirs.home_dir().join("Downloads"), Path::to_owned))
}

/// A free name in the user's download folder, or home without one.
#[must_use]
pub fn download_place(name: &str) -> Option<Place> {
    let dir = downloads()?;
    std::fs::create_dir_all(&dir).ok()?;
    let target = free_name(&dir, name)?;
    Some(Place { write_to: target.clone(), target })
}

/// A place for an attachment that is only opened; an older copy there is removed.
#[must_use]
pub fn temporary_place(cache: &Path, message: MessageId, attachment: &Attachment) -> Option<PathBuf> {
    let dir = cache.join(OPENED).join(message.to_string()).join(attachment.path.to_string());
    private_dir(&dir).ok()?;
    let place = dir.join(&attachment.name);
    match std::fs::remove_file(&place) {
        Ok(()) => Some(place),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => Some(place),
        // Another program may hold it open (Windows): take the next name.
        Err(_) => free_name(&dir, &attachment.name),
    }
}

/// Throws away what earlier sessions opened.
pub fn clear_temporary(cache: &Path) {
    if let Err(why) = std::fs::remove_dir_all(cache.join(OPENED))
        && why.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%why, "opened attachments could not be thrown away");
    }
}

#[cfg(unix)]
fn private_dir(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

#[cfg(not(unix))]
fn private_dir(dir: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(dir)
}

/// Asks for a place to save a file. The dialog itself asks before an older file is replaced. On a system
/// without file dialogs the file goes where downloads go.
pub async fn ask_place(name: String, title: String) -> Option<Place> {
    let dialog = rfd::AsyncFileDialog::new().set_file_name(name.clone()).set_title(title);
    let asked = Instant::now();
    let found = match dialog.save_file().await {
        Some(file) => {
            let target = file.path().to_owned();
            tokio::task::spawn_blocking(move || place(target)).await
        }
        None if asked.elapsed() < NO_DIALOG => {
            tokio::task::spawn_blocking(move || download_place(&name)).await
        }
        None => return None,
    };
    found.ok().flatten()
}

/// Asks for a place and writes a file there; tells where, and whether that went well. `None`: nobody wants it.
pub async fn save_bytes(name: String, title: String, bytes: Vec<u8>) -> Option<(PathBuf, bool)> {
    let place = ask_place(name, title).await?;
    let write = move || {
        let written = std::fs::write(&place.write_to, &bytes);
        let done = written.and_then(|()| {
            if place.write_to == place.target {
                Ok(())
            } else {
                std::fs::rename(&place.write_to, &place.target)
            }
        });
        (place.target, done.is_ok())
    };
    tokio::task::spawn_blocking(write).await.ok()
}

/// A throw-away file with these bytes, readable by the user only.
#[must_use]
pub fn temporary_file(cache: &Path, message: MessageId, name: &str, bytes: &[u8]) -> Option<PathBuf> {
    let dir = cache.join(OPENED).join(message.to_string()).join("print");
    private_dir(&dir).ok()?;
    let place = dir.join(name);
    std::fs::write(&place, bytes).ok()?;
    Some(place)
}

/// An older file is replaced only once the new one is complete.
fn place(target: PathBuf) -> Option<Place> {
    let write_to = if target.exists() { beside(&target)? } else { target.clone() };
    Some(Place { target, write_to })
}

/// Asks for a folder and finds a free name in it for each attachment.
pub async fn ask_folder(attachments: Vec<Attachment>, title: String) -> Vec<(PartPath, Place)> {
    let asked = Instant::now();
    let dir = match rfd::AsyncFileDialog::new().set_title(title).pick_folder().await {
        Some(folder) => folder.path().to_owned(),
        None if asked.elapsed() < NO_DIALOG => match downloads() {
            Some(dir) => dir,
            None => return Vec::new(),
        },
        None => return Vec::new(),
    };
    let places = move || {
        if let Err(why) = std::fs::create_dir_all(&dir) {
            tracing::warn!(%why, "the folder for attachments could not be made");
        }
        places_in(&dir, attachments)
    };
    tokio::task::spawn_blocking(places).await.unwrap_or_default()
}

fn places_in(dir: &Path, attachments: Vec<Attachment>) -> Vec<(PartPath, Place)> {
    let mut places: Vec<(PartPath, Place)> = Vec::new();
    for attachment in attachments {
        // Two attachments of the same name must not meet: the first one isn't on the disk yet.
        let taken = |target: &PathBuf| places.iter().any(|(_, other)| other.target == *target);
        let free = names(&attachment.name).map(|name| dir.join(name)).find(|t| !t.exists() && !taken(t));
        if let Some(target) = free {
            places.push((attachment.path, Place { write_to: target.clone(), target }));
        }
    }
    places
}

/// Asks for a certificate file.
pub async fn ask_certificate(title: String) -> Option<PathBuf> {
    let dialog = rfd::AsyncFileDialog::new().set_title(title).add_filter("PEM", &["pem", "crt", "cer"]);
    dialog.pick_file().await.map(|file| file.path().to_owned())
}

/// Asks for the file with a client id that a provider lets people download.
pub async fn ask_client(title: String) -> Option<PathBuf> {
    let dialog = rfd::AsyncFileDialog::new().set_title(title).add_filter("JSON", &["json"]);
    dialog.pick_file().await.map(|file| file.path().to_owned())
}

/// A name beside a file that is to be replaced once the new one is complete.
#[must_use]
pub fn beside(target: &Path) -> Option<PathBuf> {
    let name = target.file_name()?.to_string_lossy();
    free_name(target.parent()?, &format!(".{name}.part"))
}

/// Opens a file, folder or link with the program that the system has for it.
pub async fn open(what: PathBuf) -> bool {
    let opened = tokio::task::spawn_blocking(move || open::that_detached(&what)).await;
    matches!(opened, Ok(Ok(())))
}

/// Whether a link may go to the browser.
#[must_use]
pub fn is_web_link(target: &str) -> bool {
    let lower = target.get(..8).unwrap_or(target).to_ascii_lowercase();
    lower.starts_with("https://") || lower.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MediaType;

    #[test]
    fn taken_names_are_numbered() {
        let dir = tempfile::tempdir().unwrap();
        let first = free_name(dir.path(), "a.tar.gz").unwrap();
        assert_eq!(first.file_name().unwrap(), "a.tar.gz");
        std::fs::write(&first, b"x").unwrap();
        assert_eq!(free_name(dir.path(), "a.tar.gz").unwrap().file_name().unwrap(), "a.tar (2).gz");
        assert_eq!(beside(&first).unwrap().file_name().unwrap(), ".a.tar.gz.part");
    }

    #[test]
    fn opened_attachments_have_a_place_of_their_own() {
        let dir = tempfile::tempdir().unwrap();
        let attachment = Attachment {
            path: PartPath::root().child(2),
            name: "a.pdf".into(),
            media_type: MediaType::new("application", "pdf"),
            transported: 1,
            size: 1,
        };
        let place = temporary_place(dir.path(), MessageId::from_row(7), &attachment).unwrap();
        std::fs::write(&place, b"old").unwrap();
        assert_eq!(temporary_place(dir.path(), MessageId::from_row(7), &attachment), Some(place.clone()));
        assert!(!place.exists());
        clear_temporary(dir.path());
        assert!(!place.parent().unwrap().exists());
        clear_temporary(dir.path());
    }

    #[test]
    fn only_web_links_leave_the_program() {
        for good in ["https://a.b", "HTTP://a.b"] {
            assert!(is_web_link(good), "{good}");
        }
        for bad in ["file:///etc/passwd", "javascript:alert(1)", "", "ht", "smb://x", "é"] {
            assert!(!is_web_link(bad), "{bad}");
        }
    }
}
