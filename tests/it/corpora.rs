//! Public test data that is not part of the repository. Tests that want it skip, and say so, where it is not.

use std::path::{Path, PathBuf};

/// A folder of the test data: `POSTRIDER_CORPORA`, or `shared/corpora` beside the repository.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("POSTRIDER_CORPORA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora"), PathBuf::from);
    Some(root.join(name)).filter(|dir| dir.is_dir())
}

/// All files below a folder, in a stable order.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let (mut open, mut found) = (vec![dir.to_owned()], Vec::new());
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// IMAP server transcripts: everything below `POSTRIDER_TRANSCRIPTS`, or else those of MailKit.
pub(crate) fn transcripts() -> Vec<PathBuf> {
    let mut found = Vec::new();
    if let Some(dir) = std::env::var_os("POSTRIDER_TRANSCRIPTS").map(PathBuf::from) {
        found.extend(files(&dir));
    }
    if let Some(dir) = folder("mailkit-transcripts/imap") {
        found.extend(files(&dir));
    }
    found
}

/// A transcript as the server sent it: with CRLF and a tag.
pub(crate) fn wire_bytes(path: &Path) -> Vec<u8> {
    let raw = std::fs::read(path).unwrap();
    let mut out = Vec::with_capacity(raw.len());
    for line in raw.split_inclusive(|b| *b == b'\n') {
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
        match bare.strip_prefix(b"A########") {
            Some(rest) => out.extend([b"A0001", rest].concat()),
            None => out.extend_from_slice(bare),
        }
        if line.ends_with(b"\n") {
            out.extend_from_slice(b"\r\n");
        }
    }
    out
}
