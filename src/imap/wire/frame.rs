//! Cuts the byte stream into responses: a line, with the literals that it announces. Looks at each byte once and
//! holds no more than the caps say.

use super::error::{Cap, WireError};
use super::incoming::{LiteralHead, Rules};
use crate::imap::limits;
use crate::imap::response::fetch_piece;
use crate::imap::response::literal::{self, LiteralMark};

/// What the input has led to.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// Nothing yet.
    More,
    /// A literal begins that is passed on.
    Literal(LiteralHead),
    /// Bytes of it.
    Chunk(Vec<u8>),
    /// A response is complete: see [`Framer::frame`].
    Frame,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Line,
    /// In a literal: bytes to come.
    Held(u64),
    Streamed(u64),
    /// The frame is complete; the next byte starts a new one.
    Done,
}

/// The response that is coming in.
#[derive(Debug, Default)]
pub(super) struct Framer {
    frame: Vec<u8>,
    marks: Vec<LiteralMark>,
    state: State,
    /// Where the current line starts.
    line: usize,
    /// Bytes outside literals.
    outside: usize,
}

fn too_long(what: Cap, limit: usize) -> WireError {
    WireError::TooLong { what, limit: u64::try_from(limit).unwrap_or(u64::MAX) }
}

impl Framer {
    /// The complete response.
    pub(super) fn frame(&self) -> &[u8] {
        &self.frame
    }

    /// Where its literals are.
    pub(super) fn marks(&self) -> &[LiteralMark] {
        &self.marks
    }

    /// Bytes of a response that is not complete.
    pub(super) fn pending(&self) -> usize {
        if self.state == State::Done { 0 } else { self.frame.len() }
    }

    fn reset(&mut self) {
        if self.frame.capacity() > limits::KEPT_FRAME {
            self.frame = Vec::new();
            self.marks = Vec::new();
        }
        self.frame.clear();
        self.marks.clear();
        (self.state, self.line, self.outside) = (State::Line, 0, 0);
    }

    /// Uses the beginning of the input; says how much of it.
    pub(super) fn push(&mut self, input: &[u8], rules: &Rules) -> Result<(usize, Step), WireError> {
        match self.state {
            State::Held(0) | State::Streamed(0) => {
                (self.state, self.line) = (State::Line, self.frame.len());
                Ok((0, Step::More))
            }
            State::Held(left) => {
                let (piece, left) = take(input, left);
                self.frame.extend_from_slice(piece);
                self.state = State::Held(left);
                Ok((piece.len(), Step::More))
            }
            State::Streamed(left) => {
                let (piece, left) = take(input, left);
                self.state = State::Streamed(left);
                Ok((piece.len(), Step::Chunk(piece.to_vec())))
            }
            State::Done => {
                self.reset();
                self.push_line(input, rules)
            }
            State::Line => self.push_line(input, rules),
        }
    }

    fn push_line(&mut self, input: &[u8], rules: &Rules) -> Result<(usize, Step), WireError> {
        let found = memchr::memchr(b'\n', input);
        let piece = found.and_then(|at| input.get(..=at)).unwrap_or(input);
        self.outside += piece.len();
        if self.outside > rules.caps.line {
            return Err(too_long(Cap::Line, rules.caps.line));
        }
        self.frame.extend_from_slice(piece);
        if self.frame.len() > limits::MAX_FRAME {
            return Err(too_long(Cap::Frame, limits::MAX_FRAME));
        }
        let step = if found.is_some() { self.end_of_line(rules)? } else { Step::More };
        Ok((piece.len(), step))
    }

    fn end_of_line(&mut self, rules: &Rules) -> Result<Step, WireError> {
        let line = literal::trim_line_end(self.frame.get(self.line..).unwrap_or(&[]));
        if line.is_empty() && self.marks.is_empty() {
            self.reset();
            return Ok(Step::More);
        }
        let announced = literal::announced(line).filter(|_| literal::may_have_literals(&self.frame));
        let Some((brace, len)) = announced else {
            self.state = State::Done;
            return Ok(Step::Frame);
        };
        if self.marks.len() >= limits::MAX_LITERALS {
            return Err(too_long(Cap::Literals, limits::MAX_LITERALS));
        }
        let at = self.line + brace;
        let head = rules.stream_from.filter(|from| len >= *from).and_then(|_| self.head(at, len));
        let (limit, what) = match head {
            Some(_) => (limits::MAX_STREAMED_LITERAL, Cap::Literal),
            None => (rules.caps.literal, Cap::Literal),
        };
        if len > limit {
            return Err(WireError::TooLong { what, limit });
        }
        let mark = LiteralMark { at, data: self.frame.len(), len, held: head.is_none() };
        if mark.end() > limits::MAX_FRAME {
            return Err(too_long(Cap::Frame, limits::MAX_FRAME));
        }
        self.marks.push(mark);
        match head {
            Some(head) => {
                self.state = State::Streamed(len);
                Ok(Step::Literal(head))
            }
            None => {
                self.state = State::Held(len);
                Ok(Step::More)
            }
        }
    }

    /// What the literal is, if it is a piece of a message.
    fn head(&self, at: usize, len: u64) -> Option<LiteralHead> {
        let line = self.frame.get(self.line..at)?;
        let (seq, uid, piece) = fetch_piece(&self.frame, line)?;
        let section = piece.section?;
        Some(LiteralHead { seq, uid, section, binary: piece.binary, origin: piece.origin, len })
    }
}

/// The bytes of a literal at the start of the input, and how many are to come after them.
fn take(input: &[u8], left: u64) -> (&[u8], u64) {
    let wanted = usize::try_from(left).unwrap_or(usize::MAX);
    let piece = input.get(..wanted).unwrap_or(input);
    (piece, left.saturating_sub(u64::try_from(piece.len()).unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::super::incoming::Caps;
    use super::*;

    fn run(input: &[u8], step_size: usize, stream_from: Option<u64>) -> Result<Vec<String>, WireError> {
        let rules = Rules { caps: Caps::SESSION, stream_from, skip: false };
        let mut framer = Framer::default();
        let mut seen = Vec::new();
        for piece in input.chunks(step_size) {
            let mut at = 0;
            while at < piece.len() {
                let (used, step) = framer.push(&piece[at..], &rules)?;
                at += used;
                match step {
                    Step::More => {}
                    Step::Literal(head) => seen.push(format!("[{} {}]", head.section, head.len)),
                    Step::Chunk(bytes) => seen.push(format!("<{}>", String::from_utf8_lossy(&bytes))),
                    Step::Frame => seen.push(String::from_utf8_lossy(framer.frame()).into_owned()),
                }
            }
        }
        Ok(seen)
    }

    #[test]
    fn pieces_of_any_size_give_the_same_frames() {
        let input = b"\r\n* LIST () \"/\" {3}\r\na\nb\r\n\n* OK {3}\n* 1 FETCH (X {0}\r\n Y ~{2}\r\n))))\r\nA1 OK\r\n";
        let whole = run(input, input.len(), None).unwrap();
        assert_eq!(whole.len(), 4);
        assert_eq!(whole[0], "* LIST () \"/\" {3}\r\na\nb\r\n");
        assert_eq!(whole[1], "* OK {3}\n");
        for size in 1..input.len() {
            assert_eq!(run(input, size, None).unwrap(), whole, "pieces of {size}");
        }
    }

    #[test]
    fn a_large_piece_of_a_message_is_passed_on() {
        let input = b"* 1 FETCH (UID 5 BODY[2.MIME]<0> {4}\r\nabcd BODY[1] {2}\r\nxy X {4}\r\n1234)\r\n";
        let seen = run(input, input.len(), Some(3)).unwrap();
        assert_eq!(seen[..2], ["[2.MIME 4]", "<abcd>"]);
        assert!(seen[2].ends_with("{4}\r\n BODY[1] {2}\r\nxy X {4}\r\n1234)\r\n"), "{seen:?}");
    }

    #[test]
    fn what_is_too_long_is_refused_before_it_is_held() {
        let literal = run(b"* 1 FETCH (BODY[] {400000000}\r\n", 7, None);
        assert_eq!(literal, Err(WireError::TooLong { what: Cap::Literal, limit: limits::MAX_LITERAL }));
        let streamed = run(b"* 1 FETCH (BODY[] {99999999999999999999}\r\n", 7, Some(0));
        assert_eq!(
            streamed,
            Err(WireError::TooLong { what: Cap::Literal, limit: limits::MAX_STREAMED_LITERAL })
        );
        let storm = b"* X {0}\r\n".iter().chain(b" {0}\r\n".repeat(5000).iter()).copied().collect::<Vec<_>>();
        assert!(matches!(run(&storm, 4096, None), Err(WireError::TooLong { what: Cap::Literals, .. })));
    }

    #[test]
    fn a_large_buffer_is_given_back() {
        let rules = Rules { caps: Caps::SESSION, stream_from: None, skip: false };
        let mut framer = Framer::default();
        let large = [&b"* X "[..], &vec![b'x'; 4 << 20], b"\r\n"].concat();
        assert_eq!(framer.push(&large, &rules), Ok((large.len(), Step::Frame)));
        assert!(framer.frame.capacity() > limits::KEPT_FRAME);
        assert_eq!(framer.push(b"* Y\r\n", &rules), Ok((5, Step::Frame)));
        assert!(framer.frame.capacity() <= limits::KEPT_FRAME);
    }
}
