//! What goes over the pipes between the window's process and a render process: frames with a version, a length
//! and a limit. Both ends read with the same care: either may be lying.

use super::page::{Page, View};
use super::sanitize::Report;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};

/// First byte of each frame. Both ends are the same program, so another value means that something else talks.
const VERSION: u8 = 1;
/// Longest words of a frame: the text of a page with its places is the longest.
const MAX_WORDS: u32 = 96 * 1024 * 1024;
/// Most bytes of a frame: a mail with its pictures, or the pixels of a tile.
const MAX_BYTES: u32 = 128 * 1024 * 1024;

/// What the window asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Ask {
    /// Read, clean and lay out a document. The bytes are the HTML, the pictures, and the documents below it (length and
    /// depth), end to end.
    Open { document: u64, html: usize, pictures: Vec<(String, usize)>, inner: Vec<(usize, u32)>, view: View },
    /// Lay a document out again.
    LayOut { document: u64, view: View },
    /// Paint rows.
    Paint { document: u64, top: u32, height: u32 },
    /// Forget a document.
    Close { document: u64 },
    /// Say what the sandbox is like; for tests and `doctor`.
    Sandbox,
    /// Try what the sandbox forbids; for tests.
    Probe { attempt: Attempt },
}

/// Something that a render process must not be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attempt {
    /// Open a connection.
    Connect,
    /// Send a datagram, as a name server is asked.
    Datagram,
    /// Read a file of the user.
    ReadFile,
    /// Write a file.
    WriteFile,
    /// Start a program.
    Spawn,
    /// Take more memory than allowed.
    Memory,
    /// Crash.
    Crash,
    /// Never answer.
    Hang,
}

/// What a render process answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Answer {
    /// It is ready to work.
    Ready { sandbox: Sandbox },
    /// A document is open.
    Opened { page: Page, report: Report },
    /// It is laid out again.
    LaidOut { page: Page },
    /// The bytes are pixels.
    Painted { width: u32, height: u32 },
    /// The document is not open here (any more).
    Unknown,
    /// Done, nothing to say.
    Done,
    /// It could not be done.
    Failed { why: String },
}

/// Which walls stand around a render process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sandbox {
    /// Memory, time and files are limited.
    pub limits: bool,
    /// The file system is closed, but for reading fonts.
    pub files: bool,
    /// There is no network, and no other program can be started.
    pub calls: bool,
}

/// Writes a frame.
pub(super) fn write(out: &mut impl Write, words: &impl Serialize, bytes: &[&[u8]]) -> io::Result<()> {
    let words = serde_json::to_vec(words).map_err(io::Error::other)?;
    let length = |n: usize| u32::try_from(n).map_err(io::Error::other);
    let total = bytes.iter().map(|b| b.len()).sum();
    let mut head = vec![VERSION];
    head.extend(length(words.len())?.to_le_bytes());
    head.extend(length(total)?.to_le_bytes());
    out.write_all(&head)?;
    out.write_all(&words)?;
    for piece in bytes {
        out.write_all(piece)?;
    }
    out.flush()
}

/// Lengths of the words and bytes that follow a head, checked.
pub(super) fn lengths(head: [u8; HEAD]) -> io::Result<(usize, usize)> {
    let [version, a, b, c, d, e, f, g, h] = head;
    let (words, bytes) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
    if version != VERSION || words > MAX_WORDS || bytes > MAX_BYTES {
        return Err(io::Error::other("this is no frame"));
    }
    Ok((usize::try_from(words).map_err(io::Error::other)?, usize::try_from(bytes).map_err(io::Error::other)?))
}

/// Bytes of the head of a frame.
pub(super) const HEAD: usize = 9;

/// Reads a frame; none at the end of the stream.
pub(super) fn read<T: for<'de> Deserialize<'de>>(input: &mut impl Read) -> io::Result<Option<(T, Vec<u8>)>> {
    let mut head = [0; HEAD];
    let mut filled = 0;
    while let Some(rest) = head.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let (words, bytes) = lengths(head)?;
    let mut text = vec![0; words];
    input.read_exact(&mut text)?;
    let mut data = vec![0; bytes];
    input.read_exact(&mut data)?;
    Ok(Some((serde_json::from_slice(&text).map_err(io::Error::other)?, data)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_comes_back_as_it_was_written() {
        let mut pipe = Vec::new();
        let ask = Ask::Paint { document: 7, top: 1, height: 2 };
        write(&mut pipe, &ask, &[b"ab", b"c"]).unwrap();
        let mut input = pipe.as_slice();
        assert_eq!(read::<Ask>(&mut input).unwrap(), Some((ask, b"abc".to_vec())));
        assert!(read::<Ask>(&mut input).unwrap().is_none());
    }

    #[test]
    fn lies_are_errors() {
        for lie in [
            &[2, 0, 0, 0, 0, 0, 0, 0, 0][..],
            &[1, 255, 255, 255, 255, 0, 0, 0, 0],
            &[1, 2],
            &[1, 2, 0, 0, 0, 0, 0, 0, 0, b'{', b'}'],
        ] {
            let mut input = lie;
            assert!(read::<Ask>(&mut input).is_err(), "{lie:?}");
        }
    }
}
