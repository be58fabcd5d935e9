//! SEARCH, SORT, ESEARCH and VANISHED, and sets of numbers.

use super::defect::{Defect, Defects};
use super::token::{Item, Items, digits, upper};
use super::{Body, Response};
use crate::model::{MailboxName, ModSeq, Uid, UidSet, UidValidity};

/// `SEARCH` or `SORT`: numbers in the order of the server. UIDs if the command was a UID command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// The numbers.
    pub numbers: Vec<u32>,
    /// The highest modification sequence among them (RFC 7162 section 3.1.5).
    pub mod_seq: Option<ModSeq>,
}

impl Search {
    /// The numbers as a set of UIDs.
    #[must_use]
    pub fn uids(&self) -> UidSet {
        self.numbers.iter().filter_map(|n| Uid::from_wire(*n).ok()).collect()
    }
}

/// `ESEARCH`. Ranges are inclusive and in the order of the server, which matters after SORT.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ESearch {
    /// Tag of the command that it answers.
    pub tag: Option<String>,
    /// Whether the numbers are UIDs.
    pub uid: bool,
    /// The mailbox, if several were searched (RFC 7377).
    pub mailbox: Option<MailboxName>,
    /// UIDVALIDITY of that mailbox.
    pub uid_validity: Option<UidValidity>,
    /// `MIN`
    pub min: Option<u32>,
    /// `MAX`
    pub max: Option<u32>,
    /// `COUNT`
    pub count: Option<u64>,
    /// `ALL`
    pub all: Option<Vec<(u32, u32)>>,
    /// `PARTIAL`: the asked window as text, and its numbers; none for NIL.
    pub partial: Option<(String, Vec<(u32, u32)>)>,
    /// `MODSEQ`
    pub mod_seq: Option<ModSeq>,
    /// `ADDTO` (RFC 5267): position and numbers.
    pub add_to: Vec<(u32, Vec<(u32, u32)>)>,
    /// `REMOVEFROM` (RFC 5267): position and numbers.
    pub remove_from: Vec<(u32, Vec<(u32, u32)>)>,
    /// `RELEVANCY` (RFC 6203)
    pub relevancy: Vec<u32>,
}

impl ESearch {
    /// All numbers of `ALL` and `PARTIAL` as a set of UIDs.
    #[must_use]
    pub fn uids(&self) -> UidSet {
        let partial = self.partial.iter().flat_map(|(_, ranges)| ranges);
        let ranges = self.all.iter().flatten().chain(partial);
        UidSet::from_ranges(
            ranges.filter_map(|(low, high)| Some((Uid::from_wire(*low).ok()?, Uid::from_wire(*high).ok()?))),
        )
    }
}

/// Reads `1:5,7,12:10` to inclusive ranges in the given order. `0` and `*` are refused.
pub(crate) fn pairs(text: &[u8]) -> Option<Vec<(u32, u32)>> {
    let number = |word: &[u8]| digits(word).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
    let mut all = Vec::new();
    for piece in text.split(|b| *b == b',') {
        let (a, b) = match piece.iter().position(|b| *b == b':') {
            Some(at) => (number(piece.get(..at)?)?, number(piece.get(at + 1..)?)?),
            None => (number(piece)?, number(piece)?),
        };
        all.push((a.min(b), a.max(b)));
    }
    Some(all)
}

/// Reads a set of UIDs.
pub(crate) fn uid_set(item: &Item<'_>) -> Option<UidSet> {
    UidSet::from_wire(std::str::from_utf8(item.atom()?).ok()?)
}

/// SEARCH and SORT. Without a tree: a large mailbox has a million numbers.
pub(crate) fn read_numbers(body: &Body<'_>, defects: &mut Defects) -> Search {
    let mut all = Search::default();
    let mut rest = body.bytes();
    loop {
        let (word, after) = super::split_word(rest);
        if word.is_empty() {
            break;
        }
        match digits(word).and_then(|n| u32::try_from(n).ok()) {
            Some(n) => all.numbers.push(n),
            None => defects.note(Defect::BadNumber("search result")),
        }
        rest = after;
    }
    let rest = rest.trim_ascii();
    if let Some(inner) = rest.strip_prefix(b"(").and_then(|r| r.strip_suffix(b")")) {
        let (name, value) = super::split_word(inner);
        let mod_seq = digits(value.trim_ascii()).filter(|_| name.eq_ignore_ascii_case(b"MODSEQ"));
        all.mod_seq = defects.some(mod_seq, Defect::BadValue("search result")).map(ModSeq::new);
    } else if !rest.is_empty() {
        defects.note(Defect::BadValue("search result"));
    }
    all
}

/// `VANISHED (EARLIER) 1:5`
pub(crate) fn read_vanished(body: &Body<'_>, defects: &mut Defects) -> Response {
    let tree = body.tree(defects);
    let mut items = tree.items();
    let mut earlier = false;
    if let Some(mut inner) = items.peek().and_then(|item| item.list()) {
        earlier = inner.any(|i| i.atom().is_some_and(|word| word.eq_ignore_ascii_case(b"EARLIER")));
        items.next();
    }
    let uids = defects.some(items.next().and_then(|i| uid_set(&i)), Defect::BadValue("VANISHED"));
    Response::Vanished { earlier, uids: uids.unwrap_or_default() }
}

/// `ESEARCH (TAG "A1") UID COUNT 17 ALL 4:18,21`
pub(crate) fn read_esearch(body: &Body<'_>, defects: &mut Defects) -> ESearch {
    let tree = body.tree(defects);
    let mut items = tree.items();
    let mut result = ESearch::default();
    if let Some(inner) = items.peek().and_then(|item| item.list()) {
        correlator(inner, &mut result);
        items.next();
    }
    while let Some(item) = items.next() {
        let name = item.atom().unwrap_or(&[]);
        let name = upper(name);
        if name.as_ref() == b"UID" {
            result.uid = true;
        } else if !esearch_item(&name, &mut items, &mut result) {
            defects.note(Defect::BadValue("ESEARCH"));
        }
    }
    result
}

fn correlator(mut inner: Items<'_>, result: &mut ESearch) {
    while let Some(name) = inner.next() {
        let value = inner.next();
        match upper(name.atom().unwrap_or(&[])).as_ref() {
            b"TAG" => result.tag = value.and_then(|v| v.text_lossy()),
            b"MAILBOX" => {
                result.mailbox = value.and_then(|v| v.astring()).map(|v| MailboxName::from_wire(&v));
            }
            b"UIDVALIDITY" => {
                let number = value.and_then(|v| v.number32());
                result.uid_validity = number.and_then(|n| UidValidity::from_wire(n).ok());
            }
            _ => {}
        }
    }
}

/// Whether the item could be read. An unknown one takes one value with it.
fn esearch_item(name: &[u8], items: &mut Items<'_>, result: &mut ESearch) -> bool {
    let Some(value) = items.next() else { return false };
    match name {
        b"MIN" => result.min = value.number32(),
        b"MAX" => result.max = value.number32(),
        b"COUNT" => result.count = value.number(),
        b"MODSEQ" => result.mod_seq = value.number().map(ModSeq::new),
        b"ALL" => {
            result.all = value.atom().and_then(pairs);
            return result.all.is_some();
        }
        b"PARTIAL" => {
            let Some(mut inner) = value.list() else { return false };
            let window = inner.next().and_then(|i| i.text_lossy()).unwrap_or_default();
            let found = inner.next().filter(|i| !i.is_nil());
            let ranges = found.map(|i| i.atom().and_then(pairs));
            result.partial = Some((window, ranges.clone().flatten().unwrap_or_default()));
            return ranges.is_none_or(|r| r.is_some());
        }
        b"ADDTO" => return context_update(&value, &mut result.add_to),
        b"REMOVEFROM" => return context_update(&value, &mut result.remove_from),
        b"RELEVANCY" => {
            result.relevancy = value.list().into_iter().flatten().filter_map(|i| i.number32()).collect();
        }
        _ => return false,
    }
    value.number().is_some() || name == b"RELEVANCY"
}

fn context_update(value: &Item<'_>, all: &mut Vec<(u32, Vec<(u32, u32)>)>) -> bool {
    let Some(mut inner) = value.list() else { return false };
    while let (Some(position), Some(set)) = (inner.next(), inner.next()) {
        match (position.number32(), set.atom().and_then(pairs)) {
            (Some(position), Some(ranges)) => all.push((position, ranges)),
            _ => return false,
        }
    }
    true
}
