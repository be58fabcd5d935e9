//! Where the parts of a whole message lie in its bytes, as the column `part.places` has it. Knows no SQL.

use crate::model::PartPath;
use std::fmt::Write as _;

/// A piece of the bytes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its first byte.
    pub start: u64,
    /// Number of bytes.
    pub length: u64,
}

impl Piece {
    /// The piece of bytes that are in memory; `None` if it is beyond them.
    pub(super) fn cut(self, bytes: &[u8]) -> Option<&[u8]> {
        let start = usize::try_from(self.start).ok()?;
        let end = start.checked_add(usize::try_from(self.length).ok()?)?;
        bytes.get(start..end)
    }
}

/// The text for the column.
pub(super) fn write(places: &[(PartPath, Piece)]) -> String {
    places.iter().fold(String::new(), |mut text, (path, Piece { start, length })| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{path} {start} {length}");
        text
    })
}

fn read(line: &str) -> Option<(&str, Piece)> {
    let mut words = line.split(' ');
    let (path, start, length) = (words.next()?, words.next()?, words.next()?);
    Some((path, Piece { start: start.parse().ok()?, length: length.parse().ok()? }))
}

/// Where a part lies.
pub(super) fn find(text: &str, path: &PartPath) -> Option<Piece> {
    let wanted = path.to_string();
    text.lines().filter_map(read).find(|(path, _)| *path == wanted).map(|(_, piece)| piece)
}

/// All parts.
pub(super) fn all(text: &str) -> Vec<(PartPath, Piece)> {
    let parsed = |(path, piece): (&str, Piece)| Some((path.parse().ok()?, piece));
    text.lines().filter_map(read).filter_map(parsed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_what_they_write() {
        let path = |text: &str| text.parse::<PartPath>().unwrap();
        let places = vec![
            (path("1"), Piece { start: 5, length: 0 }),
            (path("2.1"), Piece { start: 1 << 40, length: 7 }),
        ];
        let text = write(&places);
        assert_eq!(all(&text), places);
        assert_eq!(find(&text, &path("2.1")), Some(places[1].1));
        assert_eq!(find(&text, &path("2")), None);
        assert_eq!(find("1 x 2\n1 2\njunk", &path("1")), None);
    }

    #[test]
    fn a_piece_beyond_the_end_is_none() {
        assert_eq!(Piece { start: 1, length: 2 }.cut(b"abc"), Some(b"bc".as_slice()));
        assert_eq!(Piece { start: 2, length: 2 }.cut(b"abc"), None);
        assert_eq!(Piece { start: u64::MAX, length: u64::MAX }.cut(b"abc"), None);
    }
}
