//! Commands as bytes, built only from validated types, so that no value can smuggle in another command. Pure.

use super::error::Error;
use crate::model::{Flag, MailboxName, UidSet};

/// Longest UID set of one command for old servers (RFC 7162 section 4 names 1,000 as the safe minimum).
pub(super) const MAX_SET: usize = 1_000;
/// Longest UID set for servers with CONDSTORE or QRESYNC (RFC 7162 section 4).
pub(super) const MAX_SET_CONDSTORE: usize = 8_000;
/// Longer strings go as literals: some servers limit the length of a command line.
const MAX_QUOTED: usize = 1_000;
/// Longest literal that may go without waiting under LITERAL- (RFC 7888 section 5).
pub(super) const MAX_LITERAL_MINUS: u64 = 4_096;

/// What a command consists of on the wire.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Part of a command line, ASCII without line ends.
    Line(String),
    /// A counted string; the session sends its `{n}` in the form that the server allows.
    Literal(Vec<u8>),
}

/// A command without its tag. Values are added in order; a space separates them.
#[derive(Debug)]
pub(super) struct Command {
    name: &'static str,
    pieces: Vec<Piece>,
    unsendable: Option<&'static str>,
}

impl Command {
    /// Starts a command such as `UID FETCH`.
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, pieces: vec![Piece::Line(name.to_owned())], unsendable: None }
    }

    /// The name, for errors and the log.
    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    /// The pieces in order.
    ///
    /// # Errors
    /// [`Error::Unsendable`] if a value has no form on the wire.
    pub(super) fn into_pieces(self) -> Result<Vec<Piece>, Error> {
        match self.unsendable {
            None => Ok(self.pieces),
            Some(what) => Err(Error::Unsendable { what }),
        }
    }

    fn push(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Line(line)) => line.push_str(text),
            Some(Piece::Literal(_)) | None => self.pieces.push(Piece::Line(text.to_owned())),
        }
    }

    /// Text of ours that is put as it is, after a space.
    pub(super) fn word(mut self, text: &'static str) -> Self {
        self.push(" ");
        self.push(text);
        self
    }

    /// Text of ours that follows without a space, such as a parenthesis.
    pub(super) fn glue(mut self, text: &'static str) -> Self {
        self.push(text);
        self
    }

    /// Text of ours made of numbers and fixed words, after a space.
    pub(super) fn built(mut self, text: &str) -> Self {
        // A checked invariant: such text never holds anything from outside.
        if text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
            self.push(" ");
            self.push(text);
        } else {
            tracing::error!(command = self.name, "a command text holds unexpected bytes");
            self.unsendable = Some("command");
        }
        self
    }

    /// A number, after a space.
    pub(super) fn number(self, n: u64) -> Self {
        self.built(&n.to_string())
    }

    /// A set of UIDs, after a space. An empty set cannot be written.
    pub(super) fn set(mut self, set: &UidSet) -> Self {
        if set.is_empty() {
            self.unsendable = Some("empty set");
        }
        self.built(&set.to_string())
    }

    /// Flags in parentheses, after a space.
    pub(super) fn flags(self, flags: &[Flag]) -> Self {
        let words: Vec<_> = flags.iter().map(ToString::to_string).collect();
        self.built(&format!("({})", words.join(" ")))
    }

    /// A mailbox name, after a space.
    pub(super) fn mailbox(self, name: &MailboxName) -> Self {
        self.string(name.as_bytes(), "mailbox name")
    }

    /// Any string (`astring`, RFC 9051 section 9), after a space.
    pub(super) fn string(mut self, value: &[u8], what: &'static str) -> Self {
        self.push(" ");
        self.string_glued(value, what)
    }

    /// Any string without a space before it.
    pub(super) fn string_glued(mut self, value: &[u8], what: &'static str) -> Self {
        match form(value) {
            Form::Atom(text) => self.push(text),
            Form::Quoted(text) => {
                let mut quoted = String::with_capacity(text.len() + 2);
                quoted.push('"');
                for c in text.chars() {
                    if matches!(c, '"' | '\\') {
                        quoted.push('\\');
                    }
                    quoted.push(c);
                }
                quoted.push('"');
                self.push(&quoted);
            }
            Form::Literal => self.pieces.push(Piece::Literal(value.to_vec())),
            Form::None => self.unsendable = Some(what),
        }
        self
    }

    /// Bytes that go as a literal in any case, after a space.
    pub(super) fn literal(mut self, bytes: Vec<u8>) -> Self {
        self.push(" ");
        self.pieces.push(Piece::Literal(bytes));
        self
    }
}

enum Form<'a> {
    Atom(&'a str),
    Quoted(&'a str),
    Literal,
    /// NUL has no place even in a literal (RFC 9051 section 4.3).
    None,
}

fn form(value: &[u8]) -> Form<'_> {
    if value.contains(&0) {
        return Form::None;
    }
    let ascii = value.iter().all(|b| (0x20..0x7f).contains(b)) && value.len() <= MAX_QUOTED;
    let Some(text) = std::str::from_utf8(value).ok().filter(|_| ascii) else { return Form::Literal };
    // `]` is allowed in an astring, but some servers stumble over it: quoted is never wrong.
    let special = |b: u8| b"(){ %*\"\\]".contains(&b);
    let atom = !text.is_empty() && !text.bytes().any(special) && !text.eq_ignore_ascii_case("NIL");
    if atom { Form::Atom(text) } else { Form::Quoted(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(command: Command) -> String {
        match command.into_pieces().unwrap().as_slice() {
            [Piece::Line(line)] => line.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn strings_take_the_simplest_form_that_is_safe() {
        let cases: [(&[u8], &str); 8] = [
            (b"INBOX", "X INBOX"),
            (b"", "X \"\""),
            (b"NIL", "X \"NIL\""),
            (b"a b", "X \"a b\""),
            (b"a\"b\\", "X \"a\\\"b\\\\\""),
            (b"Entw&APw-rfe", "X Entw&APw-rfe"),
            (b"[Gmail]/All", "X \"[Gmail]/All\""),
            (b"50%*", "X \"50%*\""),
        ];
        for (input, expected) in cases {
            assert_eq!(line(Command::new("X").string(input, "v")), expected);
        }
    }

    #[test]
    fn what_cannot_stand_in_a_line_becomes_a_literal() {
        for value in [&b"a\r\nA1 DELETE x"[..], "Entwürfe".as_bytes(), b"\xff", &[b'x'; 1001]] {
            let pieces = Command::new("X").string(value, "v").glue(" (A)").into_pieces().unwrap();
            let expected =
                [Piece::Line("X ".into()), Piece::Literal(value.to_vec()), Piece::Line(" (A)".into())];
            assert_eq!(pieces, expected);
        }
    }

    #[test]
    fn impossible_values_are_refused_before_a_byte_is_sent() {
        let nul = Command::new("X").string(b"a\0b", "mailbox name").into_pieces();
        assert!(matches!(nul, Err(Error::Unsendable { what: "mailbox name" })));
        assert!(Command::new("X").set(&UidSet::new()).into_pieces().is_err());
        assert!(Command::new("X").built("a\r\nb").into_pieces().is_err());
    }

    proptest! {
        #[test]
        fn no_value_can_end_its_line(value in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(pieces) = Command::new("X").string(&value, "v").into_pieces() {
                for piece in pieces {
                    if let Piece::Line(line) = piece {
                        prop_assert!(line.bytes().all(|b| (0x20..0x7f).contains(&b)));
                    }
                }
            }
        }
    }
}
