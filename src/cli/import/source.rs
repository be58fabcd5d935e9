//! Mail in files: mbox, Maildir, .eml, a folder of .eml. One message in memory at a time.

use super::super::fail::Fail;
use crate::mime::header::{date, field};
use crate::model::{Flag, UnixTime};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Longest message, in bytes: no server takes more, and it is in memory as a whole.
const MAX_MESSAGE: u64 = 256 * 1024 * 1024;

/// A message with what its file says about it.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    pub(super) raw: Vec<u8>,
    pub(super) flags: Vec<Flag>,
    pub(super) received: Option<UnixTime>,
    /// The file keeps it, but its program deleted it (Thunderbird, until the folder is compacted).
    pub(super) deleted: bool,
}

/// Where messages come from.
#[derive(Debug)]
pub(super) enum Source {
    Mbox(Mbox),
    Files(Files),
}

fn unreadable(path: &Path, error: &io::Error) -> Fail {
    Fail::Unreadable { path: path.display().to_string(), detail: error.to_string() }
}

impl Source {
    /// Finds out what it is.
    pub(super) fn open(path: &Path) -> Result<Self, Fail> {
        let failed = |error: io::Error| unreadable(path, &error);
        let no_mail = || Fail::NoMail { path: path.display().to_string() };
        if path.is_dir() {
            let files = Files::open(path).map_err(failed)?;
            return if files.left.is_empty() { Err(no_mail()) } else { Ok(Self::Files(files)) };
        }
        let mut file = BufReader::new(File::open(path).map_err(failed)?);
        let head = file.fill_buf().map_err(failed)?;
        if head.starts_with(b"From ") {
            return Ok(Self::Mbox(Mbox { path: path.to_owned(), file, from: None, begun: false }));
        }
        let (first, _) = field::split_line(head);
        let name = first.split(|byte| *byte == b':').next().unwrap_or_default();
        let is_field = first.contains(&b':') && !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
        if !is_field {
            return Err(no_mail());
        }
        let one = Found { path: path.to_owned(), flags: Vec::new(), received: None };
        Ok(Self::Files(Files { left: vec![one] }))
    }

    /// The next message.
    pub(super) fn next_message(&mut self) -> Result<Option<Incoming>, Fail> {
        let found = match self {
            Self::Mbox(mbox) => mbox.next_message()?,
            Self::Files(files) => files.next_message()?,
        };
        Ok(found.map(|mut incoming| {
            note_header(&mut incoming);
            incoming
        }))
    }
}

/// Messages in one file, each after a line `From sender date`.
#[derive(Debug)]
pub(super) struct Mbox {
    path: PathBuf,
    file: BufReader<File>,
    /// Date of the line that was read last.
    from: Option<UnixTime>,
    begun: bool,
}

impl Mbox {
    fn next_message(&mut self) -> Result<Option<Incoming>, Fail> {
        let failed = |path: &Path, error: io::Error| unreadable(path, &error);
        let mut line = Vec::new();
        if !self.begun {
            self.begun = true;
            self.file.read_until(b'\n', &mut line).map_err(|e| failed(&self.path, e))?;
            self.from = from_line(&line).flatten();
        } else if self.file.fill_buf().map_err(|e| failed(&self.path, e))?.is_empty() {
            return Ok(None);
        }
        let received = self.from.take();
        let mut raw = Vec::new();
        let mut blank = false;
        loop {
            line.clear();
            if self.file.read_until(b'\n', &mut line).map_err(|e| failed(&self.path, e))? == 0 {
                break;
            }
            if blank && let Some(date) = from_line(&line) {
                self.from = date;
                break;
            }
            let text = line.strip_suffix(b"\n").unwrap_or(&line);
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            blank = text.is_empty();
            let quotes = text.iter().take_while(|byte| **byte == b'>').count();
            let quoted = quotes > 0 && text.get(quotes..).is_some_and(|rest| rest.starts_with(b"From "));
            raw.extend_from_slice(line.get(usize::from(quoted)..).unwrap_or_default());
            if u64::try_from(raw.len()).is_ok_and(|length| length > MAX_MESSAGE) {
                return Err(Fail::Unreadable {
                    path: self.path.display().to_string(),
                    detail: format!("a message is longer than {MAX_MESSAGE} bytes"),
                });
            }
        }
        if blank {
            // The empty line before the next message is not part of this one.
            raw.pop();
            if raw.last() == Some(&b'\r') {
                raw.pop();
            }
        }
        Ok(Some(Incoming { raw, received, ..Incoming::default() }))
    }
}

/// Reads `From sender Mon Sep 21 10:00:00 2026`, also with a zone before or after the year. `None`: it is no such
/// line; `Some(None)`: it is one with a date that cannot be.
fn from_line(line: &[u8]) -> Option<Option<UnixTime>> {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let text = String::from_utf8_lossy(line.strip_prefix(b"From ")?);
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let day = |word: &str| DAYS.iter().any(|day| word.eq_ignore_ascii_case(day));
    let at = words.iter().rposition(|word| day(word))?;
    let [month, number, time, rest @ ..] = words.get(at + 1..)? else { return None };
    if !time.contains(':') || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let year = rest.iter().find(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()))?;
    let zone = rest.iter().find(|word| word.starts_with(['+', '-'])).copied().unwrap_or("+0000");
    Some(date::parse(format!("{number} {month} {year} {time} {zone}").as_bytes()))
}

/// A file with one message.
#[derive(Debug)]
struct Found {
    path: PathBuf,
    flags: Vec<Flag>,
    received: Option<UnixTime>,
}

/// Files with one message each, last first.
#[derive(Debug)]
pub(super) struct Files {
    left: Vec<Found>,
}

impl Files {
    fn open(dir: &Path) -> io::Result<Self> {
        let mut left = Vec::new();
        if dir.join("cur").is_dir() || dir.join("new").is_dir() {
            let keywords = keywords(&dir.join("dovecot-keywords"));
            for sub in ["new", "cur"] {
                let sub = dir.join(sub);
                if !sub.is_dir() {
                    continue;
                }
                for (path, name) in names(&sub)? {
                    left.push(maildir_file(path, &name, &keywords));
                }
            }
        } else {
            for (path, name) in names(dir)? {
                let ending = Path::new(&name).extension();
                if ending.is_some_and(|ending| ending.eq_ignore_ascii_case("eml")) {
                    left.push(Found { path, flags: Vec::new(), received: None });
                }
            }
        }
        left.reverse();
        Ok(Self { left })
    }

    fn next_message(&mut self) -> Result<Option<Incoming>, Fail> {
        let Some(Found { path, flags, received }) = self.left.pop() else { return Ok(None) };
        let failed = |error: io::Error| unreadable(&path, &error);
        let file = File::open(&path).map_err(failed)?;
        let mut raw = Vec::new();
        file.take(MAX_MESSAGE + 1).read_to_end(&mut raw).map_err(failed)?;
        if u64::try_from(raw.len()).is_ok_and(|length| length > MAX_MESSAGE) {
            let detail = format!("the message is longer than {MAX_MESSAGE} bytes");
            return Err(Fail::Unreadable { path: path.display().to_string(), detail });
        }
        Ok(Some(Incoming { raw, flags, received, deleted: false }))
    }
}

/// Files of a folder in the order of their names; hidden ones are none of ours.
fn names(dir: &Path) -> io::Result<Vec<(PathBuf, String)>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && entry.path().is_file() {
            all.push((entry.path(), name));
        }
    }
    all.sort_by(|(_, a), (_, b)| a.cmp(b));
    Ok(all)
}

/// Letters that Dovecot gives to keywords in a Maildir: lines such as `0 $Forwarded`.
fn keywords(path: &Path) -> BTreeMap<char, Flag> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let read = |line: &str| {
        let (number, word) = line.split_once(' ')?;
        let letter = char::from(b'a'.checked_add(number.parse().ok()?)?);
        Some((letter, Flag::from_wire(word.trim())?))
    };
    text.lines().filter_map(read).collect()
}

/// What the name of a file in a Maildir says: `seconds.unique.host:2,FLAGS`.
fn maildir_file(path: PathBuf, name: &str, keywords: &BTreeMap<char, Flag>) -> Found {
    let letters =
        name.split_once(":2,").or_else(|| name.split_once(";2,")).map_or("", |(_, letters)| letters);
    let flag = |letter: char| match letter {
        'D' => Some(Flag::Draft),
        'F' => Some(Flag::Flagged),
        'P' => Flag::from_wire("$Forwarded"),
        'R' => Some(Flag::Answered),
        'S' => Some(Flag::Seen),
        'T' => Some(Flag::Deleted),
        other => keywords.get(&other).cloned(),
    };
    let flags = letters.chars().filter_map(flag).collect();
    // Numbers that are no time of delivery (names given by other programs) are short.
    let named = name.split('.').next().and_then(|text| text.parse::<i64>().ok());
    let named = named.filter(|seconds| (100_000_000..100_000_000_000).contains(seconds)).map(UnixTime);
    let dated = || {
        let time = fs::metadata(&path).and_then(|found| found.modified()).ok()?;
        let seconds = time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
        i64::try_from(seconds).ok().map(UnixTime)
    };
    let received = named.or_else(dated);
    Found { path, flags, received }
}

/// What the header says: flags of mbox programs, and the date where the file gave none.
fn note_header(incoming: &mut Incoming) {
    let mut received = None;
    let mut sent = None;
    for one in field::fields(&incoming.raw) {
        let value = String::from_utf8_lossy(one.value).trim().to_owned();
        if one.is("Received") && received.is_none() {
            received = value.rsplit_once(';').and_then(|(_, text)| date::parse(text.as_bytes()));
        } else if one.is("Date") && sent.is_none() {
            sent = date::parse(value.as_bytes());
        } else if one.is("Status") || one.is("X-Status") {
            let flag = |letter| match letter {
                'R' => Some(Flag::Seen),
                'A' => Some(Flag::Answered),
                'F' => Some(Flag::Flagged),
                'T' => Some(Flag::Draft),
                _ => None,
            };
            incoming.flags.extend(value.chars().filter_map(flag));
        } else if one.is("X-Mozilla-Status") {
            let bits = u32::from_str_radix(&value, 16).unwrap_or(0);
            let known = [(1, Flag::Seen), (2, Flag::Answered), (4, Flag::Flagged)];
            incoming.flags.extend(known.into_iter().filter(|(bit, _)| bits & bit != 0).map(|(_, flag)| flag));
            incoming.deleted |= bits & 8 != 0;
        } else if one.is("X-Keywords") {
            incoming.flags.extend(value.split_ascii_whitespace().filter_map(Flag::from_wire));
        }
    }
    incoming.received = incoming.received.or(received).or(sent);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut source: Source) -> Vec<Incoming> {
        std::iter::from_fn(|| source.next_message().unwrap()).collect()
    }

    #[test]
    fn lines_that_begin_a_message_are_known_by_their_date() {
        let at = |text: &str| from_line(text.as_bytes());
        assert_eq!(at("From a@b Mon Sep 21 13:33:20 2026\n"), Some(Some(UnixTime(1_789_997_600))));
        assert_eq!(at("From 17@xxx Mon Sep 21 13:33:20 +0100 2026"), Some(Some(UnixTime(1_789_994_000))));
        assert_eq!(at("From - Mon Sep 21 13:33:20 2026"), Some(Some(UnixTime(1_789_997_600))));
        assert_eq!(at("From here on it is fun"), None);
        assert_eq!(at("From the Sun we get light"), None);
        assert_eq!(at(">From a@b Mon Sep 21 13:33:20 2026"), None);
    }

    #[test]
    fn an_mbox_gives_back_what_was_put_in() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("in.mbox");
        fs::write(
            &path,
            b"From a@b Mon Sep 21 13:33:20 2026\nSubject: 1\nStatus: RO\nX-Status: F\n\n>From me\n>>From you\n\nFrom now on\n\n\
              From c@d Mon Sep 21 13:33:20 2026\nSubject: 2\nX-Mozilla-Status: 0009\n\nend\n",
        )
        .unwrap();
        let found = all(Source::open(&path).unwrap());
        assert_eq!(found.len(), 2);
        assert!(found[0].raw.ends_with(b"\n\nFrom me\n>From you\n\nFrom now on\n"), "{:?}", found[0]);
        assert_eq!(found[0].flags, [Flag::Seen, Flag::Flagged]);
        assert_eq!(found[0].received, Some(UnixTime(1_789_997_600)));
        assert!(found[1].deleted && found[1].raw.ends_with(b"\n\nend\n"));
    }

    #[test]
    fn a_maildir_gives_flags_and_dates() {
        let dir = tempfile::tempdir().unwrap();
        for sub in ["cur", "new", "tmp"] {
            fs::create_dir(dir.path().join(sub)).unwrap();
        }
        fs::write(dir.path().join("dovecot-keywords"), "0 work\n").unwrap();
        fs::write(dir.path().join("cur/1790000000.x.host:2,FSa"), b"Subject: a\n\nx").unwrap();
        fs::write(dir.path().join("new/1790000001.y.host"), b"Subject: b\n\nx").unwrap();
        fs::write(dir.path().join("tmp/1790000002.z.host"), b"half").unwrap();
        let found = all(Source::open(dir.path()).unwrap());
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].received, found[0].flags.len()), (Some(UnixTime(1_790_000_001)), 0));
        assert_eq!(found[1].flags, [Flag::Flagged, Flag::Seen, Flag::from_wire("work").unwrap()]);
    }

    #[test]
    fn a_folder_of_eml_is_read_and_other_files_are_not() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("b.EML"), b"Date: Mon, 21 Sep 2026 13:33:20 +0000\nSubject: b\n\nx")
            .unwrap();
        fs::write(dir.path().join("a.txt"), b"no mail").unwrap();
        let found = all(Source::open(dir.path()).unwrap());
        assert_eq!((found.len(), found[0].received), (1, Some(UnixTime(1_789_997_600))));
        assert!(matches!(Source::open(&dir.path().join("a.txt")), Err(Fail::NoMail { .. })));
        assert!(matches!(Source::open(&dir.path().join("none")), Err(Fail::Unreadable { .. })));
    }
}
