//! Where exported messages go: names that are safe everywhere, files that appear whole or not at all, and nothing that
//! is there already is touched.

use super::super::fail::Fail;
use super::format::{Item, write_mbox};
use std::collections::BTreeSet;
use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::{self, BufRead, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Longest level of a path, in bytes: file systems take 255, and endings are added.
const MAX_LEVEL: usize = 120;

/// The separator of flags in a Maildir name. A colon cannot stand in a name on Windows.
const FLAGS: &str = if cfg!(windows) { ";2," } else { ":2," };

/// In what form messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Mbox,
    Maildir,
    Eml,
}

/// A text as part of a file name: nothing that means something to a file system.
pub(super) fn clean(text: &str, limit: usize) -> String {
    let odd = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    let mut name: String = text.chars().map(|c| if odd(c) { '_' } else { c }).collect();
    let mut end = limit.min(name.len());
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.truncate(end);
    name.trim().trim_end_matches(['.', ' ']).to_owned()
}

/// One level of a mailbox name as the name of a file or folder.
pub(super) fn level(text: &str) -> String {
    const TAKEN: [&str; 10] = ["cur", "new", "tmp", "con", "prn", "aux", "nul", "com1", "lpt1", ""];
    let name = clean(text, MAX_LEVEL);
    let name = name.strip_prefix('.').map_or(name.clone(), |rest| format!("_{rest}"));
    let taken = TAKEN.iter().any(|taken| name.eq_ignore_ascii_case(taken));
    if taken { format!("{name}_") } else { name }
}

/// Gives each mailbox a path of its own.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<PathBuf>);

impl Names {
    pub(super) fn path(&mut self, kind: Kind, top: &Path, display: &str, delimiter: Option<char>) -> PathBuf {
        let mut levels: Vec<String> = match delimiter {
            Some(delimiter) => display.split(delimiter).filter(|l| !l.is_empty()).map(level).collect(),
            None => vec![level(display)],
        };
        let last = levels.pop().unwrap_or_else(|| "_".to_owned());
        let folder = levels.iter().fold(top.to_owned(), |path, level| path.join(level));
        let ending = if kind == Kind::Mbox { ".mbox" } else { "" };
        for number in 1_u32.. {
            let number = if number == 1 { String::new() } else { format!(" ({number})") };
            let path = folder.join(format!("{last}{number}{ending}"));
            // Two names that differ in case only are one on some systems.
            if self.0.insert(PathBuf::from(path.to_string_lossy().to_lowercase())) {
                return path;
            }
        }
        folder.join(last)
    }
}

fn in_the_way(path: &Path) -> Fail {
    Fail::InTheWay { path: path.display().to_string() }
}

fn unwritable(path: &Path, error: &io::Error) -> Fail {
    if error.kind() == io::ErrorKind::AlreadyExists {
        return in_the_way(path);
    }
    Fail::Unwritable { path: path.display().to_string(), detail: error.to_string() }
}

/// Whether OUT can be what it is to be.
pub(super) fn check(kind: Kind, out: &Path, single: bool) -> Result<(), Fail> {
    let Ok(found) = out.symlink_metadata() else { return Ok(()) };
    let folder = found.is_dir() || out.is_dir();
    if !folder || (kind == Kind::Mbox && single) {
        return Err(in_the_way(out));
    }
    Ok(())
}

/// Where the messages of one mailbox go.
pub(super) enum Target {
    Mbox { path: PathBuf, aside: PathBuf, out: BufWriter<File> },
    Maildir { dir: PathBuf, known: BTreeSet<String> },
    Eml { dir: PathBuf },
}

impl Target {
    pub(super) fn open(kind: Kind, path: &Path) -> Result<Self, Fail> {
        let failed = |error: io::Error| unwritable(path, &error);
        match kind {
            Kind::Mbox => {
                if path.symlink_metadata().is_ok() {
                    return Err(in_the_way(path));
                }
                if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                    fs::create_dir_all(parent).map_err(failed)?;
                }
                let mut name = std::ffi::OsString::from(".");
                name.push(path.file_name().unwrap_or_default());
                name.push(".postrider-part");
                let aside = path.with_file_name(name);
                // What an interrupted run left is of no use: an mbox has no place to go on from.
                match fs::remove_file(&aside) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
                    _ => {}
                }
                let out = BufWriter::new(private().open(&aside).map_err(failed)?);
                Ok(Self::Mbox { path: path.to_owned(), aside, out })
            }
            Kind::Maildir => {
                for sub in ["tmp", "new", "cur"] {
                    fs::create_dir_all(path.join(sub)).map_err(failed)?;
                }
                let mut known = BTreeSet::new();
                for sub in ["new", "cur"] {
                    for entry in fs::read_dir(path.join(sub)).map_err(failed)? {
                        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
                        known.insert(name.split([':', ';']).next().unwrap_or_default().to_owned());
                    }
                }
                Ok(Self::Maildir { dir: path.to_owned(), known })
            }
            Kind::Eml => {
                fs::create_dir_all(path).map_err(failed)?;
                Ok(Self::Eml { dir: path.to_owned() })
            }
        }
    }

    /// Whether an earlier run wrote it: files appear whole only.
    pub(super) fn has(&self, item: &Item) -> bool {
        match self {
            Self::Mbox { .. } => false,
            Self::Maildir { known, .. } => known.contains(&item.maildir_name()),
            Self::Eml { dir } => dir.join(item.eml_name()).symlink_metadata().is_ok(),
        }
    }

    /// Writes one message.
    pub(super) fn put(&mut self, item: &Item, source: &mut dyn BufRead) -> Result<(), Fail> {
        match self {
            Self::Mbox { aside, out, .. } => write_mbox(item, source, out).map_err(|e| unwritable(aside, &e)),
            Self::Maildir { dir, known } => {
                let name = item.maildir_name();
                let aside = dir.join("tmp").join(&name);
                let path = dir.join("cur").join(format!("{name}{FLAGS}{}", item.maildir_flags()));
                write_whole(item, source, &aside, &path).map_err(|e| unwritable(&path, &e))?;
                known.insert(name);
                Ok(())
            }
            Self::Eml { dir } => {
                let name = item.eml_name();
                let path = dir.join(&name);
                let aside = dir.join(format!(".{name}.part"));
                write_whole(item, source, &aside, &path).map_err(|e| unwritable(&path, &e))
            }
        }
    }

    /// All is written. A file that is not whole is removed.
    pub(super) fn finish(self, whole: bool) -> Result<(), Fail> {
        let Self::Mbox { path, aside, mut out } = self else { return Ok(()) };
        if !whole {
            drop(out);
            return fs::remove_file(&aside).map_err(|e| unwritable(&aside, &e));
        }
        let mut finish = || {
            out.flush()?;
            out.get_ref().sync_all()?;
            give_name(&aside, &path)
        };
        finish().map_err(|e| unwritable(&path, &e))
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes the bytes as they are, dated as the message, and gives the file its name once it is whole.
fn write_whole(item: &Item, source: &mut dyn BufRead, aside: &Path, path: &Path) -> io::Result<()> {
    match fs::remove_file(aside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut write = || {
        let mut out = private().open(aside)?;
        io::copy(source, &mut out)?;
        if let Ok(seconds) = u64::try_from(item.received.0) {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            out.set_times(FileTimes::new().set_modified(time))?;
        }
        out.sync_data()?;
        give_name(aside, path)
    };
    let result = write();
    if result.is_err() {
        // What is left would only be in the way.
        let _ = fs::remove_file(aside);
    }
    result
}

/// Gives a finished file its name without ever replacing another.
fn give_name(aside: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(aside, path) {
        Ok(()) => fs::remove_file(aside),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // No hard links on this file system (FAT): reserve the name, then move over the empty file.
        Err(_) => {
            OpenOptions::new().write(true).create_new(true).open(path)?;
            fs::rename(aside, path)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_get_paths_that_stay_inside() {
        let mut names = Names::default();
        let top = Path::new("out");
        let mut path = |display: &str, delimiter| {
            names.path(Kind::Mbox, top, display, delimiter).to_string_lossy().into_owned()
        };
        assert_eq!(path("INBOX", Some('/')), "out/INBOX.mbox");
        assert_eq!(path("inbox", Some('/')), "out/inbox (2).mbox");
        assert_eq!(path("../../etc/passwd", Some('/')), "out/_/_/etc/passwd.mbox");
        assert_eq!(path("a.b.c/d", Some('.')), "out/a/b/c_d.mbox");
        assert_eq!(path("Entwürfe und mehr", None), "out/Entwürfe und mehr.mbox");
        assert_eq!(level("cur"), "cur_");
        assert_eq!(level("..."), "_");
    }
}
