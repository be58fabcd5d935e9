//! `STORE set ±X-GM-LABELS (...)`: Gmail's labels, which look like flags but can be any string. No I/O.

use super::cursor::{Cursor, Malformed, Parsed};
use crate::demo::command::{Command, StoreKind};
use crate::demo::names;

/// Whether a STORE, from behind its name, is about labels.
pub(super) fn is_meant(cursor: &Cursor<'_>) -> bool {
    let mut ahead = cursor.clone();
    let item = (|| {
        ahead.space()?;
        ahead.set()?;
        ahead.space()?;
        ahead.word()
    })();
    item.is_ok_and(|item| item.contains("X-GM-LABELS"))
}

/// What stands behind `STORE `.
pub(super) fn store(cursor: &mut Cursor<'_>, uid: bool) -> Parsed<Command> {
    let set = cursor.set()?;
    cursor.space()?;
    let item = cursor.word()?;
    let (item, silent) = match item.strip_suffix(".SILENT") {
        Some(item) => (item, true),
        None => (item.as_str(), false),
    };
    let kind = match item {
        "X-GM-LABELS" => StoreKind::Replace,
        "+X-GM-LABELS" => StoreKind::Add,
        "-X-GM-LABELS" => StoreKind::Remove,
        _ => return Err(Malformed),
    };
    cursor.space()?;
    let labels = if cursor.peek() == Some(b'(') { cursor.list(label)? } else { vec![label(cursor)?] };
    Ok(Command::StoreLabels { set, kind, labels, silent, uid })
}

fn label(cursor: &mut Cursor<'_>) -> Parsed<String> {
    if cursor.eat(b'\\') {
        return Ok(format!("\\{}", cursor.text()?));
    }
    Ok(names::decode(&cursor.string()?))
}
