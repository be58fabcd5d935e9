//! Kinds of operations and their arguments, as they stand in the rows of the journal.

use super::super::{Naming, OperationKind, StoreError};
use crate::model::{Flag, FlagChange, MailboxId, MailboxName, ModSeq, Uid, UidSet, UidValidity};
use serde::{Deserialize, Serialize};

/// `arguments` of an operation of kind `flag`.
#[derive(Serialize, Deserialize)]
struct FlagArguments {
    flag: String,
    add: bool,
}

/// `arguments` of an operation that brings messages into a mailbox.
#[derive(Serialize, Deserialize)]
struct ToArguments {
    to: i64,
    /// For `collect`.
    #[serde(default)]
    moves: bool,
}

/// `arguments` of an operation on a mailbox.
#[derive(Default, Serialize, Deserialize)]
struct MailboxArguments {
    mailbox: i64,
    /// For `rename-mailbox`: the bytes of the names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    from: Vec<u8>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    to: Vec<u8>,
    /// The same for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    was: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    is: String,
    /// For `subscribe`: on; for `delete-mailbox`: only if it is empty.
    #[serde(default)]
    on: bool,
}

/// `arguments` of `mark-read` and `mark-unread`.
#[derive(Serialize, Deserialize)]
struct ReadArguments {
    mailbox: i64,
    validity: u32,
    #[serde(default)]
    below: u32,
    #[serde(default)]
    since: u64,
    unread: String,
}

/// Reads the arguments of a flag operation; `None` for other kinds.
pub(in super::super) fn flag_arguments(kind: &str, arguments: &str) -> Option<(Flag, FlagChange)> {
    if kind != "flag" {
        return None;
    }
    let stored: FlagArguments = serde_json::from_str(arguments).ok()?;
    let change = if stored.add { FlagChange::Add } else { FlagChange::Remove };
    Some((Flag::from_wire(&stored.flag)?, change))
}

/// Reads a kind with its arguments; `None` if another version wrote it.
pub(super) fn from_row(kind: &str, arguments: &str) -> Option<OperationKind> {
    let to = || {
        let stored: ToArguments = serde_json::from_str(arguments).ok()?;
        Some((MailboxId::from_row(stored.to), stored.moves))
    };
    let mailbox = || {
        let stored: MailboxArguments = serde_json::from_str(arguments).ok()?;
        Some((MailboxId::from_row(stored.mailbox), stored))
    };
    Some(match kind {
        "flag" => {
            let (flag, change) = flag_arguments(kind, arguments)?;
            OperationKind::Flag { flag, change }
        }
        "move" => OperationKind::Move { to: to()?.0 },
        "copy" => OperationKind::Copy { to: to()?.0 },
        "expunge" => OperationKind::Expunge,
        "append" => OperationKind::Append { to: to()?.0 },
        "collect" => {
            let (to, moves) = to()?;
            OperationKind::Collect { to, moves }
        }
        "deliver" => OperationKind::Deliver { to: to()?.0 },
        "release" => OperationKind::Release { to: to()?.0 },
        "create-mailbox" => OperationKind::CreateMailbox { mailbox: mailbox()?.0 },
        "rename-mailbox" => {
            let (mailbox, stored) = mailbox()?;
            let from = Naming { name: MailboxName::from_wire(&stored.from), display: stored.was };
            let to = Naming { name: MailboxName::from_wire(&stored.to), display: stored.is };
            OperationKind::RenameMailbox { mailbox, from, to }
        }
        "delete-mailbox" => {
            let (mailbox, stored) = mailbox()?;
            OperationKind::DeleteMailbox { mailbox, empty: stored.on }
        }
        "subscribe" => {
            let (mailbox, stored) = mailbox()?;
            OperationKind::Subscribe { mailbox, on: stored.on }
        }
        "mark-read" | "mark-unread" => marks(kind, arguments)?,
        _ => return None,
    })
}

fn marks(kind: &str, arguments: &str) -> Option<OperationKind> {
    let stored: ReadArguments = serde_json::from_str(arguments).ok()?;
    let mailbox = MailboxId::from_row(stored.mailbox);
    let validity = UidValidity::from_wire(stored.validity).ok()?;
    let unread = if stored.unread.is_empty() { UidSet::new() } else { UidSet::from_wire(&stored.unread)? };
    Some(if kind == "mark-unread" {
        OperationKind::MarkUnread { mailbox, validity, unread }
    } else {
        let (below, since) = (Uid::from_wire(stored.below).ok()?, ModSeq::new(stored.since));
        OperationKind::MarkRead { mailbox, validity, below, since, unread }
    })
}

/// The word and the arguments that stand for a kind.
pub(super) fn to_row(kind: &OperationKind) -> Result<(&'static str, String), StoreError> {
    let to = |to: MailboxId, moves| serde_json::to_string(&ToArguments { to: to.to_row(), moves });
    let mailbox =
        |mailbox: MailboxId, on| MailboxArguments { mailbox: mailbox.to_row(), on, ..Default::default() };
    let text = match kind {
        OperationKind::Flag { flag, change } => {
            serde_json::to_string(&FlagArguments { flag: flag.to_string(), add: *change == FlagChange::Add })
        }
        OperationKind::Move { to: id }
        | OperationKind::Copy { to: id }
        | OperationKind::Append { to: id }
        | OperationKind::Deliver { to: id }
        | OperationKind::Release { to: id } => to(*id, false),
        OperationKind::Collect { to: id, moves } => to(*id, *moves),
        OperationKind::Expunge => Ok("{}".to_owned()),
        OperationKind::CreateMailbox { mailbox: id } => serde_json::to_string(&mailbox(*id, false)),
        OperationKind::DeleteMailbox { mailbox: id, empty: on }
        | OperationKind::Subscribe { mailbox: id, on } => serde_json::to_string(&mailbox(*id, *on)),
        OperationKind::RenameMailbox { mailbox: id, from, to } => serde_json::to_string(&MailboxArguments {
            from: from.name.as_bytes().to_vec(),
            to: to.name.as_bytes().to_vec(),
            was: from.display.clone(),
            is: to.display.clone(),
            ..mailbox(*id, false)
        }),
        OperationKind::MarkRead { mailbox, validity, below, since, unread } => {
            serde_json::to_string(&ReadArguments {
                mailbox: mailbox.to_row(),
                validity: validity.get(),
                below: below.get(),
                since: since.get(),
                unread: unread.to_string(),
            })
        }
        OperationKind::MarkUnread { mailbox, validity, unread } => serde_json::to_string(&ReadArguments {
            mailbox: mailbox.to_row(),
            validity: validity.get(),
            below: 0,
            since: 0,
            unread: unread.to_string(),
        }),
    };
    let text = text.map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
    Ok((word(kind), text))
}

const fn word(kind: &OperationKind) -> &'static str {
    match kind {
        OperationKind::Flag { .. } => "flag",
        OperationKind::Move { .. } => "move",
        OperationKind::Copy { .. } => "copy",
        OperationKind::Expunge => "expunge",
        OperationKind::Append { .. } => "append",
        OperationKind::Collect { .. } => "collect",
        OperationKind::Deliver { .. } => "deliver",
        OperationKind::Release { .. } => "release",
        OperationKind::CreateMailbox { .. } => "create-mailbox",
        OperationKind::RenameMailbox { .. } => "rename-mailbox",
        OperationKind::DeleteMailbox { .. } => "delete-mailbox",
        OperationKind::Subscribe { .. } => "subscribe",
        OperationKind::MarkRead { .. } => "mark-read",
        OperationKind::MarkUnread { .. } => "mark-unread",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_what_they_write() {
        let (to, mailbox) = (MailboxId::from_row(7), MailboxId::from_row(8));
        let validity = UidValidity::from_wire(9).unwrap();
        let unread = UidSet::from_wire("1:4,9").unwrap();
        let kinds = [
            OperationKind::Flag { flag: Flag::Seen, change: FlagChange::Remove },
            OperationKind::Move { to },
            OperationKind::Copy { to },
            OperationKind::Expunge,
            OperationKind::Append { to },
            OperationKind::Collect { to, moves: true },
            OperationKind::Deliver { to },
            OperationKind::Release { to },
            OperationKind::CreateMailbox { mailbox },
            OperationKind::RenameMailbox {
                mailbox,
                from: Naming { name: MailboxName::from_wire(b"a\xffb"), display: "a?b".into() },
                to: Naming { name: MailboxName::from_wire(b"c/d"), display: "c/d".into() },
            },
            OperationKind::DeleteMailbox { mailbox, empty: true },
            OperationKind::Subscribe { mailbox, on: true },
            OperationKind::MarkRead {
                mailbox,
                validity,
                below: Uid::MAX,
                since: ModSeq::new(1 << 40),
                unread: UidSet::new(),
            },
            OperationKind::MarkUnread { mailbox, validity, unread },
        ];
        for kind in kinds {
            let (word, text) = to_row(&kind).unwrap();
            assert_eq!(from_row(word, &text), Some(kind));
        }
        assert_eq!(from_row("later", "{}"), None);
    }
}
