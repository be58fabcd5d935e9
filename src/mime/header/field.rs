//! Cuts a header into fields without decoding anything (RFC 5322 section 2.2).

use std::borrow::Cow;

/// One field as it stands in the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Name without the colon, in the letter case of the mail.
    pub name: &'a [u8],
    /// Value as it is, folded, without the line break at its end.
    pub value: &'a [u8],
}

impl Field<'_> {
    /// Whether the field has this name, without case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// Walks over the fields of a header; see [`fields`].
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    whole: &'a [u8],
    rest: &'a [u8],
    any: bool,
    junk: Option<usize>,
    body: Option<usize>,
}

/// The fields of a header up to the empty line, or up to the end of the bytes.
///
/// Lines that are no field (an mbox `From ` line, a fold without its space) are skipped.
#[must_use]
pub fn fields(header: &[u8]) -> Fields<'_> {
    Fields { whole: header, rest: header, any: false, junk: None, body: None }
}

impl Fields<'_> {
    /// Whether a line so far was no field.
    #[must_use]
    pub fn saw_junk(&self) -> bool {
        self.junk.is_some()
    }

    /// Where the body begins. Walks to the end of the header first.
    ///
    /// That is behind the empty line; without one, at the first line that is no field. A line of dashes, or a
    /// line that is no field where no field came before, begins the body at once.
    #[must_use]
    pub fn body_start(mut self) -> usize {
        while self.next().is_some() {}
        self.body.or(self.junk).unwrap_or(self.whole.len())
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        while !self.rest.is_empty() && self.body.is_none() {
            let at = self.whole.len() - self.rest.len();
            let (line, after) = split_line(self.rest);
            if line.is_empty() {
                self.body = Some(self.whole.len() - after.len());
                return None;
            }
            let Some(colon) = name_end(line) else {
                if at == 0 && (line.starts_with(b"From ") || line.starts_with(b">From ")) {
                    self.rest = after;
                    continue;
                }
                self.junk.get_or_insert(at);
                let indented = line.len() - line.trim_ascii_start().len();
                if at == 0 && is_known(self.rest.get(indented..).unwrap_or_default()) {
                    self.rest = self.rest.get(indented..).unwrap_or_default();
                    continue;
                }
                if line.starts_with(b"--") || (!self.any && !is_known(after)) {
                    self.body = Some(at);
                    return None;
                }
                self.rest = after;
                continue;
            };
            let length = folded_length(self.rest);
            let (raw, rest) = self.rest.split_at(length);
            (self.rest, self.any) = (rest, true);
            let name = raw.get(..colon).unwrap_or_default().trim_ascii_end();
            let value = raw.get(colon + 1..).unwrap_or_default();
            return Some(Field { name, value: without_line_break(value) });
        }
        None
    }
}

/// Whether a line begins a field that every mail has: then the line above it was damaged, and is not yet
/// the body.
fn is_known(bytes: &[u8]) -> bool {
    const NAMES: [&str; 12] = [
        "From",
        "To",
        "Cc",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Received",
        "Return-Path",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Content-Disposition",
    ];
    let (line, _) = split_line(bytes);
    let name = name_end(line).and_then(|colon| line.get(..colon)).unwrap_or_default();
    NAMES.iter().any(|known| name.trim_ascii_end().eq_ignore_ascii_case(known.as_bytes()))
}

/// The first line without its line break, and what follows it.
#[must_use]
pub fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(b'\n', bytes);
    let (line, after) = bytes.split_at(end.map_or(bytes.len(), |at| at + 1));
    (without_line_break(line), after)
}

fn without_line_break(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Bytes up to the end of the last line that belongs to the field at the start.
fn folded_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    loop {
        let rest = bytes.get(length..).unwrap_or_default();
        let Some(end) = memchr::memchr(b'\n', rest) else { return bytes.len() };
        length += end + 1;
        if !matches!(bytes.get(length), Some(b' ' | b'\t')) {
            return length;
        }
    }
}

/// Position of the colon if the line starts like a field: a name of printable ASCII, spaces before the colon
/// allowed (RFC 5322 section 4.5).
fn name_end(line: &[u8]) -> Option<usize> {
    let colon = memchr::memchr(b':', line)?;
    let name = line.get(..colon)?.trim_ascii_end();
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(colon)
}

/// A value on one line: line breaks go, the space after them stays (RFC 5322 section 2.2.3).
#[must_use]
pub fn unfold(value: &[u8]) -> Cow<'_, [u8]> {
    let value = value.trim_ascii();
    if memchr::memchr2(b'\r', b'\n', value).is_none() {
        return Cow::Borrowed(value);
    }
    Cow::Owned(value.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_and_values(header: &str) -> Vec<(String, String)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        fields(header.as_bytes()).map(|f| (text(f.name), text(&unfold(f.value)))).collect()
    }

    #[test]
    fn fields_survive_bad_habits() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            ("A: 1\r\nB:2\r\n\r\nC: 3\r\n", &[("A", "1"), ("B", "2")]),
            ("A: 1\nB: 2\n\nC: 3\n", &[("A", "1"), ("B", "2")]),
            ("A:\r\n 1\r\n\t2\r\n", &[("A", "1\t2")]),
            ("A : x", &[("A", "x")]),
            ("From me Mon\r\nA: 1\r\n", &[("A", "1")]),
            ("A: 1\r\nno field\r\nB: 2\r\n", &[("A", "1"), ("B", "2")]),
            ("A: 1\r\n \r\n 2\r\nB: 3", &[("A", "1  2"), ("B", "3")]),
            ("A:\r\nB: 1\r\n", &[("A", ""), ("B", "1")]),
            ("", &[]),
            ("\r\nA: 1\r\n", &[]),
            ("hello world\r\nA: 1\r\n", &[]),
            ("hello world\r\nSubject: 1\r\n", &[("Subject", "1")]),
            (" From: 1\r\nTo: 2\r\n", &[("From", "1"), ("To", "2")]),
            ("A: 1\r\n--boundary\r\nB: 1\r\n\r\n", &[("A", "1")]),
            (": 1\r\nA: 1\r\n", &[]),
        ];
        for (header, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect();
            assert_eq!(names_and_values(header), expected, "{header:?}");
        }
    }

    #[test]
    fn the_body_is_found_even_without_an_empty_line() {
        let cases = [
            ("A: 1\r\n\r\nbody", 8),
            ("A: 1\n\nbody", 6),
            ("\r\nbody", 2),
            ("body only", 0),
            ("A: 1\r\nbody without a gap\r\n", 6),
            ("A: 1\r\njunk\r\nB: 1\r\n\r\nbody", 20),
            ("A: 1\r\n", 6),
        ];
        for (raw, expected) in cases {
            assert_eq!(fields(raw.as_bytes()).body_start(), expected, "{raw:?}");
        }
    }
}
