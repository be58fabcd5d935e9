//! Words, strings and lists of one response, as a flat tree. Iterative: nesting costs no stack.

use super::defect::{Defect, Defects};
use super::literal::LiteralMark;
use crate::imap::limits;
use std::borrow::Cow;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Atom,
    Quoted,
    /// A quoted string that contains backslashes.
    Escaped,
    Literal,
    /// A literal whose bytes were passed on; `start` is its number among the marks.
    Streamed,
    List,
}

#[derive(Clone, Copy, Debug)]
struct Token {
    kind: Kind,
    start: u32,
    end: u32,
    /// Index of the token after this one and all it contains.
    next: u32,
}

/// All tokens of a response.
pub(crate) struct Tree<'a> {
    bytes: &'a [u8],
    marks: &'a [LiteralMark],
    tokens: Vec<Token>,
}

/// Reads digits only: no sign, no space; `None` above 2^64 too.
pub(crate) fn digits(word: &[u8]) -> Option<u64> {
    let mut value: u64 = 0;
    if word.is_empty() {
        return None;
    }
    for b in word {
        let digit = b.checked_sub(b'0').filter(|d| *d < 10)?;
        value = value.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    Some(value)
}

/// A word in capitals, without a copy if it is already.
pub(crate) fn upper(word: &[u8]) -> Cow<'_, [u8]> {
    if word.iter().any(u8::is_ascii_lowercase) {
        Cow::Owned(word.to_ascii_uppercase())
    } else {
        Cow::Borrowed(word)
    }
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn wide(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

impl<'a> Tree<'a> {
    /// Reads `bytes` from an offset on.
    pub(crate) fn read(
        bytes: &'a [u8],
        from: usize,
        marks: &'a [LiteralMark],
        defects: &mut Defects,
    ) -> Self {
        // A word of a list has about eight bytes with its space; most responses fit without growing.
        let tokens = Vec::with_capacity((bytes.len().saturating_sub(from) / 8).clamp(8, 256));
        let mut reader = Reader {
            tree: Self { bytes, marks, tokens },
            at: from,
            mark: 0,
            open: Vec::new(),
            deeper: 0,
            brackets: true,
            backslash: true,
        };
        reader.run(defects);
        reader.tree
    }

    /// The outermost items.
    pub(crate) fn items(&self) -> Items<'_> {
        Items { tree: self, at: 0, end: self.tokens.len() }
    }

    /// All words and strings, whatever list they are in.
    pub(crate) fn flat(&self) -> impl Iterator<Item = Item<'_>> {
        (0..self.tokens.len()).map(|at| Item { tree: self, at })
    }
}

struct Reader<'a> {
    tree: Tree<'a>,
    at: usize,
    /// The next literal that may come.
    mark: usize,
    /// Lists that are not closed yet.
    open: Vec<usize>,
    /// Lists that are open beyond the depth cap.
    deeper: usize,
    /// Off after a `[` without `]`, so that it is not searched for again and again.
    brackets: bool,
    /// Whether a lone backslash in quotation marks may still be taken as such: once, as each costs a search.
    backslash: bool,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.tree.bytes.get(self.at + ahead).copied()
    }

    fn run(&mut self, defects: &mut Defects) {
        while let Some(byte) = self.peek(0) {
            if self.tree.tokens.len() >= limits::MAX_TOKENS {
                defects.note(Defect::TooMany("words"));
                break;
            }
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'(' => self.open_list(defects),
                b')' => self.close_list(defects),
                b'"' => self.quoted(defects),
                _ => match self.literal_here() {
                    Some(index) => self.literal(index),
                    None => self.atom(),
                },
            }
        }
        if !self.open.is_empty() || self.deeper > 0 {
            defects.note(Defect::UnbalancedParentheses);
        }
        let end = small(self.tree.tokens.len());
        for index in self.open.drain(..) {
            if let Some(token) = self.tree.tokens.get_mut(index) {
                token.next = end;
            }
        }
    }

    fn open_list(&mut self, defects: &mut Defects) {
        self.at += 1;
        if self.open.len() >= limits::MAX_DEPTH {
            self.deeper += 1;
            defects.note(Defect::TooDeep);
            return;
        }
        self.open.push(self.tree.tokens.len());
        self.push(Kind::List, self.at, self.at);
    }

    fn close_list(&mut self, defects: &mut Defects) {
        self.at += 1;
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        let end = small(self.tree.tokens.len());
        match self.open.pop().and_then(|index| self.tree.tokens.get_mut(index)) {
            Some(token) => token.next = end,
            None => defects.note(Defect::UnbalancedParentheses),
        }
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        if self.deeper == 0 {
            let next = small(self.tree.tokens.len() + 1);
            self.tree.tokens.push(Token { kind, start: small(start), end: small(end), next });
        }
    }

    /// The literal that starts here, with or without the `~` of literal8.
    fn literal_here(&mut self) -> Option<usize> {
        let brace = match (self.peek(0), self.peek(1)) {
            (Some(b'{'), _) => self.at,
            (Some(b'~'), Some(b'{')) => self.at + 1,
            _ => return None,
        };
        while self.tree.marks.get(self.mark).is_some_and(|m| m.at < brace) {
            self.mark += 1;
        }
        self.tree.marks.get(self.mark).filter(|m| m.at == brace).map(|_| self.mark)
    }

    fn literal(&mut self, index: usize) {
        let Some(mark) = self.tree.marks.get(index).copied() else { return };
        self.at = mark.end();
        if mark.held {
            self.push(Kind::Literal, mark.data, mark.end());
        } else {
            self.push(Kind::Streamed, index, index);
        }
    }

    /// A quoted string. Ends at a quotation mark that something of the grammar follows; iCloud leaves
    /// quotation marks inside without a backslash.
    fn quoted(&mut self, defects: &mut Defects) {
        let start = self.at + 1;
        let (mut at, mut kind) = (start, Kind::Quoted);
        loop {
            let rest = self.tree.bytes.get(at..).unwrap_or(&[]);
            let Some(found) = memchr::memchr2(b'"', b'\\', rest) else {
                return self.unterminated(start, kind, defects);
            };
            at += found;
            if rest.get(found) == Some(&b'\\') {
                kind = Kind::Escaped;
                at += 2;
                continue;
            }
            let next = rest.get(found + 1).copied();
            let closes =
                matches!(next, None | Some(b' ' | b'\t' | b')' | b'(' | b'\r' | b'\n' | b']' | b'"'));
            if closes {
                self.at = at + 1;
                return self.push(kind, start, at);
            }
            defects.note(Defect::StrayQuote);
            at += 1;
        }
    }

    fn unterminated(&mut self, start: usize, kind: Kind, defects: &mut Defects) {
        defects.note(Defect::UnterminatedString);
        let rest = self.tree.bytes.get(start..).unwrap_or(&[]);
        if rest.starts_with(b"\\\" ") && std::mem::take(&mut self.backslash) {
            // A server that does not escape the backslash: the delimiter "\".
            self.at = start + 2;
            return self.push(Kind::Quoted, start, start + 1);
        }
        self.at = self.tree.bytes.len();
        self.push(kind, start, start + rest.trim_ascii_end().len());
    }

    fn atom(&mut self) {
        let start = self.at;
        while let Some(byte) = self.peek(0) {
            let ends = match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b'(' | b')' => true,
                b'"' => matches!(self.last(), Some(b']' | b'>')),
                b'{' | b'~' => self.at > start && self.literal_here().is_some(),
                _ => false,
            };
            if ends {
                break;
            }
            if byte == b'[' && self.brackets && self.names_a_section(start) {
                self.section();
            } else {
                self.at += 1;
            }
        }
        self.push(Kind::Atom, start, self.at);
    }

    fn last(&self) -> Option<u8> {
        self.tree.bytes.get(self.at.checked_sub(1)?).copied()
    }

    fn names_a_section(&self, start: usize) -> bool {
        let name = self.tree.bytes.get(start..self.at).unwrap_or(&[]);
        let known: [&[u8]; 5] = [b"BODY", b"BINARY", b"BINARY.SIZE", b"BODY.PEEK", b"BINARY.PEEK"];
        known.iter().any(|k| name.eq_ignore_ascii_case(k))
    }

    /// Goes behind the `]` of `BODY[HEADER.FIELDS (..)]`; by one byte if there is none.
    fn section(&mut self) {
        let mut quoted = false;
        let mut at = self.at + 1;
        while let Some(byte) = self.tree.bytes.get(at) {
            match byte {
                b'"' => quoted = !quoted,
                b'\\' if quoted => at += 1,
                b']' if !quoted => {
                    self.at = at + 1;
                    return;
                }
                b'{' if !quoted => {
                    if let Ok(index) = self.tree.marks.binary_search_by_key(&at, |m| m.at) {
                        at = self.tree.marks.get(index).map_or(at, LiteralMark::end);
                        continue;
                    }
                }
                b'\n' => break,
                _ => {}
            }
            at += 1;
        }
        self.brackets = false;
        self.at += 1;
    }
}

/// One word, string or list.
#[derive(Clone, Copy)]
pub(crate) struct Item<'t> {
    tree: &'t Tree<'t>,
    at: usize,
}

impl<'t> Item<'t> {
    fn token(&self) -> Option<&'t Token> {
        self.tree.tokens.get(self.at)
    }

    fn is(&self, kind: Kind) -> bool {
        self.token().is_some_and(|t| t.kind == kind)
    }

    /// The bytes between the quotation marks, of the literal, or of the atom.
    fn raw(&self) -> &'t [u8] {
        let range = self.token().map(|t| wide(t.start)..wide(t.end));
        range.and_then(|r| self.tree.bytes.get(r)).unwrap_or(&[])
    }

    /// What is in the list; `None` if it is no list.
    pub(crate) fn list(&self) -> Option<Items<'t>> {
        let token = self.token().filter(|t| t.kind == Kind::List)?;
        Some(Items { tree: self.tree, at: self.at + 1, end: wide(token.next) })
    }

    pub(crate) fn is_list(&self) -> bool {
        self.is(Kind::List)
    }

    /// The word, if it is one; NIL is one too.
    pub(crate) fn atom(&self) -> Option<&'t [u8]> {
        self.is(Kind::Atom).then(|| self.raw())
    }

    pub(crate) fn is_nil(&self) -> bool {
        self.atom().is_some_and(|word| word.eq_ignore_ascii_case(b"NIL"))
    }

    /// Length of a literal that was passed on while it came in.
    pub(crate) fn streamed(&self) -> Option<u64> {
        let token = self.token().filter(|t| t.kind == Kind::Streamed)?;
        self.tree.marks.get(wide(token.start)).map(|m| m.len)
    }

    /// The value of a word or string, NIL as the word `NIL`; `None` for lists.
    pub(crate) fn astring(&self) -> Option<Cow<'t, [u8]>> {
        match self.token()?.kind {
            Kind::Atom | Kind::Quoted | Kind::Literal => Some(Cow::Borrowed(self.raw())),
            Kind::Escaped => Some(Cow::Owned(unescape(self.raw()))),
            Kind::Streamed | Kind::List => None,
        }
    }

    /// The value of a word or string; `None` for NIL and lists.
    pub(crate) fn nstring(&self) -> Option<Cow<'t, [u8]>> {
        if self.is_nil() { None } else { self.astring() }
    }

    /// The same as text; bytes that are no UTF-8 are replaced.
    pub(crate) fn text_lossy(&self) -> Option<String> {
        let text = |bytes: Vec<u8>| match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        self.nstring().map(|bytes| text(bytes.into_owned()))
    }

    /// Whether it is a string rather than a word or list.
    pub(crate) fn is_string(&self) -> bool {
        self.token().is_some_and(|t| matches!(t.kind, Kind::Quoted | Kind::Escaped | Kind::Literal))
    }

    /// A number, even one in quotation marks.
    pub(crate) fn number(&self) -> Option<u64> {
        if self.is_list() { None } else { digits(self.raw()) }
    }

    /// A number of 32 bits.
    pub(crate) fn number32(&self) -> Option<u32> {
        self.number().and_then(|n| u32::try_from(n).ok())
    }
}

/// Resolves `\"` and `\\`; a backslash before anything else stays, as servers forget to escape it.
fn unescape(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match (byte, bytes.peek()) {
            (b'\\', Some(b'"' | b'\\')) => out.extend(bytes.next()),
            _ => out.push(byte),
        }
    }
    out
}

/// Items next to each other in one list.
#[derive(Clone)]
pub(crate) struct Items<'t> {
    tree: &'t Tree<'t>,
    at: usize,
    end: usize,
}

impl<'t> Items<'t> {
    /// The next item without taking it.
    pub(crate) fn peek(&self) -> Option<Item<'t>> {
        (self.at < self.end).then_some(Item { tree: self.tree, at: self.at })
    }
}

impl<'t> Iterator for Items<'t> {
    type Item = Item<'t>;

    fn next(&mut self) -> Option<Item<'t>> {
        let item = self.peek()?;
        self.at = item.token().map_or(self.end, |t| wide(t.next)).max(self.at + 1);
        Some(item)
    }
}
