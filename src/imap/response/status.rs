//! OK, NO, BAD, BYE, PREAUTH with code and text (RFC 9051 section 7.1), and lists of flags.

use super::code::ResponseCode;
use super::defect::{Defect, Defects};
use super::token::Items;
use crate::imap::limits;
use crate::model::{Flag, FlagChange, Flags};

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Done, or plain information.
    Ok,
    /// Refused.
    No,
    /// Not understood.
    Bad,
    /// The server hangs up.
    Bye,
    /// The connection is already signed in.
    PreAuth,
}

impl Condition {
    pub(crate) fn from_wire(word: &[u8]) -> Option<Self> {
        let known: [(&[u8], Self); 5] = [
            (b"OK", Self::Ok),
            (b"NO", Self::No),
            (b"BAD", Self::Bad),
            (b"BYE", Self::Bye),
            (b"PREAUTH", Self::PreAuth),
        ];
        known.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, condition)| *condition)
    }

    /// Whether it can stand behind a tag.
    pub(crate) const fn ends_command(self) -> bool {
        matches!(self, Self::Ok | Self::No | Self::Bad)
    }
}

/// Splits `OK[CODE] text` or `OK [CODE] text` behind the first word.
pub(crate) fn split_condition(rest: &[u8]) -> (&[u8], &[u8]) {
    let (word, text) = super::split_word(rest);
    match word.iter().position(|b| *b == b'[') {
        Some(at) => (word.get(..at).unwrap_or(word), rest.trim_ascii_start().get(at..).unwrap_or(&[])),
        None => (word, text.trim_ascii_start()),
    }
}

/// A condition with its code and text.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusText {
    /// How it went.
    pub condition: Condition,
    /// What programs should know.
    pub code: Option<ResponseCode>,
    /// What people should know; from the network, so strip it before showing it.
    pub text: String,
}

impl StatusText {
    pub(crate) fn read(condition: Condition, text: &[u8], defects: &mut Defects) -> Self {
        let text = text.trim_ascii();
        let (code, text) = match text.strip_prefix(b"[") {
            None => (None, text),
            Some(inner) => match end_of_code(inner) {
                Some(end) => {
                    let (code, rest) = inner.split_at_checked(end).unwrap_or((inner, &[]));
                    let rest = rest.strip_prefix(b"]").unwrap_or(rest);
                    (Some(ResponseCode::read(code, defects)), rest.trim_ascii_start())
                }
                None => {
                    defects.note(Defect::BadValue("response code"));
                    (None, text)
                }
            },
        };
        let text = text.get(..limits::MAX_TEXT).unwrap_or(text);
        Self { condition, code, text: String::from_utf8_lossy(text).into_owned() }
    }
}

/// Offset of the `]` that closes a code. Flags and URLs may contain brackets, strings anything.
fn end_of_code(inner: &[u8]) -> Option<usize> {
    let (mut brackets, mut lists, mut quoted) = (0_usize, 0_usize, false);
    let mut bytes = inner.iter().copied().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' if quoted => {
                bytes.next();
            }
            _ if quoted => {}
            b'(' => lists += 1,
            b')' => lists = lists.saturating_sub(1),
            b'[' => brackets += 1,
            b']' if brackets > 0 => brackets -= 1,
            b']' if lists == 0 => return Some(at),
            _ => {}
        }
    }
    inner.iter().position(|b| *b == b']')
}

/// Flags of a mailbox (`FLAGS`, `PERMANENTFLAGS`) or of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlagList {
    /// The flags that can be stored; `\Recent` is left out.
    pub flags: Flags,
    /// `\*`: new keywords may be invented.
    pub any: bool,
}

impl FlagList {
    /// Reads a list, or the items of one without parentheses around.
    pub(crate) fn read(mut items: Items<'_>, defects: &mut Defects) -> Self {
        let mut all = Self::default();
        if let Some(inner) = items.peek().and_then(|item| item.list()) {
            items = inner;
        }
        let mut keywords = 0;
        for item in items {
            let Some(word) = item.astring() else {
                defects.note(Defect::BadValue("flag"));
                continue;
            };
            if word.as_ref() == b"\\*" {
                all.any = true;
            } else if let Some(flag) = std::str::from_utf8(&word).ok().and_then(Flag::from_wire) {
                keywords += 1;
                if keywords > MAX_FLAGS {
                    defects.note(Defect::TooMany("flags"));
                    break;
                }
                all.flags.apply(FlagChange::Add, &flag);
            } else if !word.starts_with(b"\\") {
                defects.note(Defect::BadValue("flag"));
            }
        }
        all
    }
}

/// Flags kept per message; people use dozens.
const MAX_FLAGS: usize = 500;
