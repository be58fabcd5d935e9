//! Where the literals of a response are (RFC 9051 section 4.3). The framer and the parser must agree on it, so
//! both ask here.

use crate::imap::limits;

/// One literal of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LiteralMark {
    /// Offset of its `{`.
    pub(crate) at: usize,
    /// Offset of its first byte.
    pub(crate) data: usize,
    /// Number of bytes.
    pub(crate) len: u64,
    /// Whether the bytes are in the frame; otherwise they were passed on while they came in.
    pub(crate) held: bool,
}

impl LiteralMark {
    /// Offset of what follows the literal in the frame.
    pub(crate) fn end(&self) -> usize {
        let len = if self.held { usize::try_from(self.len).unwrap_or(usize::MAX) } else { 0 };
        self.data.saturating_add(len)
    }
}

/// A line without its end: CRLF, bare LF, or several CR.
pub(crate) fn trim_line_end(line: &[u8]) -> &[u8] {
    let mut line = line.strip_suffix(b"\n").unwrap_or(line);
    while let Some(shorter) = line.strip_suffix(b"\r") {
        line = shorter;
    }
    line
}

/// The literal that a line (without its end) announces: offset of the `{` in the line and number of bytes.
/// A number that fits in no integer counts as the largest one.
pub(crate) fn announced(line: &[u8]) -> Option<(usize, u64)> {
    let inner = line.strip_suffix(b"}")?;
    let inner = inner.strip_suffix(b"+").unwrap_or(inner);
    let digits = inner.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let brace = inner.len().checked_sub(digits + 1)?;
    if digits == 0 || inner.get(brace) != Some(&b'{') {
        return None;
    }
    let text = std::str::from_utf8(inner.get(brace + 1..)?).ok()?;
    Some((brace, text.parse().unwrap_or(u64::MAX)))
}

/// Whether a frame that starts with `line` can have literals: untagged data other than OK, NO, BAD, BYE and
/// PREAUTH, whose text may end in anything.
pub(crate) fn may_have_literals(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"*") else { return false };
    let (word, _) = super::status::split_condition(rest);
    super::Condition::from_wire(word).is_none()
}

/// Finds the literals of a whole frame.
pub(crate) fn marks(frame: &[u8]) -> Vec<LiteralMark> {
    let mut marks = Vec::new();
    if !may_have_literals(frame) {
        return marks;
    }
    let mut start = 0;
    while let Some(rest) = frame.get(start..) {
        let Some(end) = memchr::memchr(b'\n', rest) else { break };
        let line = trim_line_end(rest.get(..=end).unwrap_or(rest));
        let Some((brace, len)) = announced(line) else { break };
        let mark = LiteralMark { at: start + brace, data: start + end + 1, len, held: true };
        if mark.end() > frame.len() || marks.len() >= limits::MAX_LITERALS {
            break;
        }
        start = mark.end();
        marks.push(mark);
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_in_braces_at_the_end_of_a_line_announces_a_literal() {
        type Case = (&'static [u8], Option<(usize, u64)>);
        let cases: [Case; 8] = [
            (b"* LIST () \"/\" {19}", Some((14, 19))),
            (b"BODY[] {0+}", Some((7, 0))),
            (b"BINARY[1] ~{5}", Some((11, 5))),
            (b"x {99999999999999999999999}", Some((2, u64::MAX))),
            (b"x {}", None),
            (b"x {-1}", None),
            (b"x 19}", None),
            (b"{7} x", None),
        ];
        for (line, expected) in cases {
            assert_eq!(announced(line), expected, "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn marks_follow_each_other() {
        let frame = b"* 1 FETCH (A {2}\r\nxy B {1}\n\n C 1)\r\n";
        let found: Vec<_> = marks(frame).into_iter().map(|m| &frame[m.data..m.end()]).collect();
        assert_eq!(found, [&b"xy"[..], b"\n"]);
        assert!(marks(b"* OK see {3}\r\nabc\r\n").is_empty());
        assert!(marks(b"* 1 FETCH (A {900}\r\nxy)\r\n").is_empty());
    }
}
