//! Kinds of operations and their arguments, as they stand in the rows of the journal.

use super::super::{OperationKind, StoreError};
use crate::model::{Flag, FlagChange, MailboxId};
use serde::{Deserialize, Serialize};

/// `arguments` of an operation of kind `flag`.
#[derive(Serialize, Deserialize)]
struct FlagArguments {
    flag: String,
    add: bool,
}

/// `arguments` of an operation of kind `move` or `copy`.
#[derive(Serialize, Deserialize)]
struct ToArguments {
    to: i64,
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
        Some(MailboxId::from_row(stored.to))
    };
    match kind {
        "flag" => {
            let (flag, change) = flag_arguments(kind, arguments)?;
            Some(OperationKind::Flag { flag, change })
        }
        "move" => Some(OperationKind::Move { to: to()? }),
        "copy" => Some(OperationKind::Copy { to: to()? }),
        "expunge" => Some(OperationKind::Expunge),
        _ => None,
    }
}

/// The word and the arguments that stand for a kind.
pub(super) fn to_row(kind: &OperationKind) -> Result<(&'static str, String), StoreError> {
    let text = match kind {
        OperationKind::Flag { flag, change } => {
            serde_json::to_string(&FlagArguments { flag: flag.to_string(), add: *change == FlagChange::Add })
        }
        OperationKind::Move { to } | OperationKind::Copy { to } => {
            serde_json::to_string(&ToArguments { to: to.to_row() })
        }
        OperationKind::Expunge => Ok("{}".to_owned()),
    };
    let text = text.map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
    let word = match kind {
        OperationKind::Flag { .. } => "flag",
        OperationKind::Move { .. } => "move",
        OperationKind::Copy { .. } => "copy",
        OperationKind::Expunge => "expunge",
    };
    Ok((word, text))
}
