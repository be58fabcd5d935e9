//! Reads the small grammar of IMAP commands from a complete command, literals included. No I/O.

use crate::demo::command::{Bound, NumberSet};

/// The client sent something outside the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

pub(super) type Parsed<T> = Result<T, Malformed>;

/// A place in a command.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

const fn is_atom(byte: u8) -> bool {
    byte > 0x20 && byte < 0x7f && !matches!(byte, b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\')
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Takes one given byte if it is next.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if *first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    pub(super) fn expect(&mut self, byte: u8) -> Parsed<()> {
        if self.eat(byte) { Ok(()) } else { Err(Malformed) }
    }

    pub(super) fn space(&mut self) -> Parsed<()> {
        self.expect(b' ')
    }

    /// The end of the command.
    pub(super) fn end(&self) -> Parsed<()> {
        if matches!(self.rest, b"\r\n" | b"\n" | b"") { Ok(()) } else { Err(Malformed) }
    }

    fn take(&mut self, length: usize) -> Parsed<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    /// The longest run of bytes that `wanted` accepts; at least one.
    pub(super) fn run(&mut self, wanted: impl Fn(u8) -> bool) -> Parsed<&'a [u8]> {
        let length = self.rest.iter().position(|b| !wanted(*b)).unwrap_or(self.rest.len());
        if length == 0 { Err(Malformed) } else { self.take(length) }
    }

    /// An atom in upper case.
    pub(super) fn word(&mut self) -> Parsed<String> {
        let raw = self.run(is_atom)?;
        Ok(String::from_utf8_lossy(raw).to_ascii_uppercase())
    }

    /// Takes `word` if it stands here, followed by anything that ends an atom.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let mut ahead = self.clone();
        let found = ahead.word().is_ok_and(|found| found == word);
        if found {
            *self = ahead;
        }
        found
    }

    pub(super) fn number<T: std::str::FromStr>(&mut self) -> Parsed<T> {
        let digits = self.run(|b| b.is_ascii_digit())?;
        std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok()).ok_or(Malformed)
    }

    /// `astring`, also with the characters that only list patterns may hold.
    pub(super) fn string(&mut self) -> Parsed<Vec<u8>> {
        match self.peek() {
            Some(b'"') => self.quoted(),
            Some(b'{' | b'~') => self.literal(),
            _ => Ok(self.run(|b| is_atom(b) || matches!(b, b'%' | b'*'))?.to_vec()),
        }
    }

    pub(super) fn text(&mut self) -> Parsed<String> {
        Ok(String::from_utf8_lossy(&self.string()?).into_owned())
    }

    fn quoted(&mut self) -> Parsed<Vec<u8>> {
        self.expect(b'"')?;
        let mut out = Vec::new();
        loop {
            let (byte, rest) = self.rest.split_first().ok_or(Malformed)?;
            self.rest = rest;
            match byte {
                b'"' => return Ok(out),
                b'\\' => {
                    let (escaped, rest) = self.rest.split_first().ok_or(Malformed)?;
                    self.rest = rest;
                    out.push(*escaped);
                }
                b'\r' | b'\n' | 0 => return Err(Malformed),
                other => out.push(*other),
            }
        }
    }

    /// `{n}`, `{n+}` or `~{n}` with the bytes behind it.
    pub(super) fn literal(&mut self) -> Parsed<Vec<u8>> {
        self.eat(b'~');
        self.expect(b'{')?;
        let length = self.number()?;
        self.eat(b'+');
        self.expect(b'}')?;
        self.eat(b'\r');
        self.expect(b'\n')?;
        Ok(self.take(length)?.to_vec())
    }

    /// `(item item ...)`, possibly empty.
    pub(super) fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        self.expect(b'(')?;
        let mut items = Vec::new();
        while !self.eat(b')') {
            if !items.is_empty() {
                self.space()?;
            }
            items.push(item(self)?);
        }
        Ok(items)
    }

    pub(super) fn set(&mut self) -> Parsed<NumberSet> {
        if self.eat(b'$') {
            return Ok(NumberSet::Saved);
        }
        let mut ranges = Vec::new();
        loop {
            let low = self.bound()?;
            let high = if self.eat(b':') { self.bound()? } else { low };
            ranges.push((low, high));
            if !self.eat(b',') {
                return Ok(NumberSet::Ranges(ranges));
            }
        }
    }

    fn bound(&mut self) -> Parsed<Bound> {
        if self.eat(b'*') {
            return Ok(Bound::Highest);
        }
        let number: u32 = self.number()?;
        if number == 0 { Err(Malformed) } else { Ok(Bound::Number(number)) }
    }
}
