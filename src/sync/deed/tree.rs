//! What the user does to mailboxes.

use super::super::command::Command;
use super::super::event::{Acted, Deed};
use super::super::status::Problem;
use super::Done;
use crate::imap::utf7;
use crate::model::{AccountId, ActionId, MailboxId, MailboxName, UnixTime};
use crate::store::{MailboxRow, Naming, StoreError, Write};

/// Longest name of one level, in characters.
const MAX_NAME: usize = 200;

/// Why nothing was journalled.
enum Stop {
    Refused(Problem),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    #[expect(clippy::wildcard_enum_match_arm, reason = "all others are failures of the store itself")]
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Exists { what: "mailbox" } => Self::Refused(Problem::MailboxExists),
            StoreError::Gone { what: "mailbox" } => Self::Refused(Problem::MailboxGone),
            error => Self::Store(error),
        }
    }
}

/// Journals a command about a mailbox.
pub(super) fn journal(w: &mut Write<'_>, command: Command, now: UnixTime) -> Result<Done, StoreError> {
    let undoable = !matches!(command, Command::DeleteMailbox(_));
    let action = w.begin_action(Deed::Mailbox.word(), None, undoable, now)?;
    let done = perform(w, action, command, now);
    let (changed, refused) = match done {
        Ok(changed) => (changed, None),
        Err(Stop::Refused(problem)) => (None, Some(problem)),
        Err(Stop::Store(error)) => return Err(error),
    };
    w.end_action(action, usize::from(changed.is_some()))?;
    Ok(match (changed, refused) {
        (Some(to), _) => {
            Done::Acted(Acted { action, what: Deed::Mailbox, messages: 1, to: Some(to), undoable })
        }
        (None, Some(problem)) => Done::Refused(problem),
        (None, None) => Done::Nothing,
    })
}

/// Gives the mailbox, if anything changed.
fn perform(
    w: &mut Write<'_>,
    action: ActionId,
    command: Command,
    now: UnixTime,
) -> Result<Option<MailboxId>, Stop> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "all others are about messages")]
    match command {
        Command::CreateMailbox { account, parent, name } => {
            let (naming, delimiter) = naming(w, account, parent, &name)?;
            let made = w.add_create_mailbox(Some(action), account, &naming, delimiter, now)?;
            Ok(Some(made))
        }
        Command::RenameMailbox { mailbox, parent, name } => {
            if w.is_protected(mailbox)? {
                return Err(Stop::Refused(Problem::MailboxProtected));
            }
            let account = w.account_of_mailbox(mailbox)?;
            let (naming, _) = naming(w, account, parent, &name)?;
            let row = w.mailboxes(account)?.into_iter().find(|row| row.id == mailbox);
            let row = row.ok_or(Stop::Refused(Problem::MailboxGone))?;
            if row.name == naming.name {
                return Ok(None);
            }
            if is_below(&naming.name, &row) {
                return Err(Stop::Refused(Problem::BadMailboxName));
            }
            w.add_rename_mailbox(Some(action), mailbox, &naming, now)?;
            Ok(Some(mailbox))
        }
        Command::DeleteMailbox(mailbox) => {
            if w.is_protected(mailbox)? {
                return Err(Stop::Refused(Problem::MailboxProtected));
            }
            if w.has_children(mailbox)? {
                return Err(Stop::Refused(Problem::MailboxHasChildren));
            }
            w.add_delete_mailbox(Some(action), mailbox, false, now)?;
            Ok(Some(mailbox))
        }
        Command::Subscribe { mailbox, on } => {
            Ok(w.add_subscribe(Some(action), mailbox, on, now)?.then_some(mailbox))
        }
        _ => Ok(None),
    }
}

fn is_below(name: &MailboxName, row: &MailboxRow) -> bool {
    let mut utf8 = [0; 4];
    let delimiter = row.delimiter.map(|d| d.encode_utf8(&mut utf8).as_bytes()).unwrap_or_default();
    !delimiter.is_empty() && name.as_bytes().starts_with(&[row.name.as_bytes(), delimiter].concat())
}

/// The name of a mailbox on the wire and for people.
fn naming(
    w: &Write<'_>,
    account: AccountId,
    parent: Option<MailboxId>,
    name: &str,
) -> Result<(Naming, Option<char>), Stop> {
    let bad = || Stop::Refused(Problem::BadMailboxName);
    let all = w.mailboxes(account)?;
    let above = match parent {
        None => None,
        Some(parent) => {
            let row = all.iter().find(|row| row.id == parent);
            Some(row.ok_or(Stop::Refused(Problem::MailboxGone))?)
        }
    };
    let delimiter = above.map_or_else(|| all.iter().find_map(|row| row.delimiter), |row| row.delimiter);
    let name = name.trim();
    let odd = |c: char| c.is_control() || Some(c) == delimiter || matches!(c, '*' | '%');
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(odd) {
        return Err(bad());
    }
    if above.is_none() && name.eq_ignore_ascii_case("INBOX") {
        return Err(Stop::Refused(Problem::MailboxExists));
    }
    let top = match (above, delimiter) {
        (Some(row), Some(_)) if row.attributes.no_inferiors => return Err(bad()),
        (Some(row), Some(_)) => Some((row.name.as_bytes().to_vec(), row.display.clone())),
        // Levels are not known here.
        (Some(_), None) => return Err(bad()),
        (None, _) => personal(&all, delimiter),
    };
    let (mut wire, mut display) = top.unwrap_or_default();
    if let (false, Some(delimiter)) = (wire.is_empty(), delimiter) {
        wire.extend_from_slice(delimiter.encode_utf8(&mut [0; 4]).as_bytes());
        display.push(delimiter);
    }
    wire.extend_from_slice(&utf7::encode(name));
    display.push_str(name);
    Ok((Naming { name: MailboxName::from_wire(&wire), display }, delimiter))
}

/// Servers that keep everything below INBOX (Courier, Cyrus with its default) take no other mailbox at the top.
fn personal(all: &[MailboxRow], delimiter: Option<char>) -> Option<(Vec<u8>, String)> {
    let prefix = format!("INBOX{}", delimiter?);
    let mut others = all.iter().filter(|row| !row.name.is_inbox()).peekable();
    others.peek()?;
    let below = others.all(|row| row.name.as_bytes().starts_with(prefix.as_bytes()));
    below.then(|| (b"INBOX".to_vec(), "INBOX".to_owned()))
}
