//! `postrider move`, `copy`, `flag`, `delete`, `undo` and `redo`: journalled and shown first, then carried out at the server.

use super::Context;
use super::args::{DeleteArguments, FlagArguments, PlaceArguments};
use super::fail::Fail;
use super::sync::config;
use crate::model::{AccountId, Flag, FlagChange, MailboxId, MessageId, SpecialUse};
use crate::store::{AccountRow, MailboxRow};
use crate::sync::deed::{self, Done};
use crate::sync::{Command, Problem, carry_out};
use std::collections::{BTreeMap, BTreeSet};

/// `postrider move ID... MAILBOX`
pub(super) async fn shift(context: &Context, arguments: &PlaceArguments) -> Result<(), Fail> {
    let (messages, name) = split(arguments)?;
    let (command, to) = match goal(context, arguments, &messages, name)? {
        Goal::Mailbox(to) => {
            (Command::Move { messages: messages.clone(), from: None, to: to.id }, Some(to.account))
        }
        Goal::Use(to) => (Command::MoveToUse { messages: messages.clone(), from: None, to }, None),
    };
    perform(context, vec![command], &messages, to).await
}

/// `postrider copy ID... MAILBOX`
pub(super) async fn copy(context: &Context, arguments: &PlaceArguments) -> Result<(), Fail> {
    let (messages, name) = split(arguments)?;
    let (commands, to) = match goal(context, arguments, &messages, name)? {
        Goal::Mailbox(to) => {
            (vec![Command::Copy { messages: messages.clone(), to: to.id }], Some(to.account))
        }
        Goal::Use(to) => (copies(context, &messages, to)?, None),
    };
    perform(context, commands, &messages, to).await
}

/// Copies to the mailbox of a use, each in its own account.
fn copies(context: &Context, messages: &[MessageId], to: SpecialUse) -> Result<Vec<Command>, Fail> {
    let snapshot = context.store.snapshot()?;
    let mut by_mailbox: BTreeMap<MailboxId, Vec<MessageId>> = BTreeMap::new();
    for message in messages {
        let Some(detail) = snapshot.message(*message)? else { continue };
        let mut found = snapshot.special_mailbox(detail.account, to)?;
        if to == SpecialUse::Archive && found.is_none() {
            // Gmail has everything in one mailbox instead.
            found = snapshot.special_mailbox(detail.account, SpecialUse::All)?;
        }
        let found = found.ok_or(Fail::Act { problem: Problem::NoFolderFor { what: to } })?;
        by_mailbox.entry(found.id).or_default().push(*message);
    }
    Ok(by_mailbox.into_iter().map(|(to, messages)| Command::Copy { messages, to }).collect())
}

/// `postrider delete ID...`
pub(super) async fn delete(context: &Context, arguments: &DeleteArguments) -> Result<(), Fail> {
    let messages = ids(&arguments.ids);
    let command = Command::Delete { messages: messages.clone(), from: None, forever: arguments.forever };
    perform(context, vec![command], &messages, None).await
}

/// `postrider flag ID... +FLAG -FLAG`
pub(super) async fn flag(context: &Context, arguments: &FlagArguments) -> Result<(), Fail> {
    let (mut messages, mut changes) = (Vec::new(), Vec::new());
    for word in &arguments.words {
        match word.parse::<i64>() {
            // `-5` is no message.
            Ok(id) if id > 0 => messages.push(MessageId::from_row(id)),
            _ => changes.push(change(word)?),
        }
    }
    if messages.is_empty() || changes.is_empty() {
        return Err(Fail::BadFlags);
    }
    let commands = changes.into_iter().map(|(flag, change)| Command::SetFlag {
        messages: messages.clone(),
        flag,
        change,
    });
    perform(context, commands.collect(), &messages, None).await
}

/// `+flagged`, `-seen`, `+work`: system flags by name, everything else is a keyword.
fn change(word: &str) -> Result<(Flag, FlagChange), Fail> {
    let bad = || Fail::BadFlag { word: word.to_owned() };
    let (change, name) = match (word.strip_prefix('+'), word.strip_prefix('-')) {
        (Some(name), _) => (FlagChange::Add, name),
        (_, Some(name)) => (FlagChange::Remove, name),
        (None, None) => return Err(bad()),
    };
    let system = ["Seen", "Answered", "Flagged", "Draft", "Deleted"];
    let bare = name.strip_prefix('\\').unwrap_or(name);
    let known = system.iter().find(|known| known.eq_ignore_ascii_case(bare));
    let wire = known.map_or_else(|| name.to_owned(), |known| format!("\\{known}"));
    Ok((Flag::from_wire(&wire).ok_or_else(bad)?, change))
}

fn ids(rows: &[i64]) -> Vec<MessageId> {
    rows.iter().map(|id| MessageId::from_row(*id)).collect()
}

/// What a name means that no mailbox has.
fn use_named(name: &str) -> Option<SpecialUse> {
    match name.to_ascii_lowercase().as_str() {
        "archive" => Some(SpecialUse::Archive),
        "junk" | "spam" => Some(SpecialUse::Junk),
        "trash" => Some(SpecialUse::Trash),
        "inbox" => Some(SpecialUse::Inbox),
        _ => None,
    }
}

/// The messages and the name of a mailbox.
fn split(arguments: &PlaceArguments) -> Result<(Vec<MessageId>, &str), Fail> {
    let (name, numbers) = arguments.words.split_last().ok_or(Fail::BadFlags)?;
    let mut messages = Vec::new();
    for word in numbers {
        let id = word.parse().map_err(|_| Fail::BadId { word: word.clone() })?;
        messages.push(MessageId::from_row(id));
    }
    Ok((messages, name))
}

/// Where messages are to go.
enum Goal {
    /// That mailbox.
    Mailbox(MailboxRow),
    /// The mailbox of that use, each in its own account.
    Use(SpecialUse),
}

/// What a name means. It is looked for in the account of the messages first, unless another one is named: as that of a
/// mailbox, then as that of a use (`postrider move 7 Archive` where the archive has another name, or is none, as at
/// Gmail). Then in the other accounts.
fn goal(
    context: &Context,
    arguments: &PlaceArguments,
    messages: &[MessageId],
    name: &str,
) -> Result<Goal, Fail> {
    let (accounts, _) = whose(context, messages)?;
    if let Some(account) = arguments.account.as_deref() {
        let named = super::list::find(context, Some(account), name);
        let (Err(Fail::UnknownMailbox { .. }), Some(what)) = (&named, use_named(name)) else {
            return Ok(Goal::Mailbox(named?.1));
        };
        let snapshot = context.store.snapshot()?;
        for row in super::account::chosen(context, Some(account))? {
            if let Some(found) = snapshot.special_mailbox(row.id, what)? {
                return Ok(Goal::Mailbox(found));
            }
        }
        return Ok(Goal::Mailbox(named?.1));
    }
    let snapshot = context.store.snapshot()?;
    let mut found = Vec::new();
    for account in &accounts {
        let mailboxes = snapshot.mailboxes(*account)?;
        found.extend(mailboxes.into_iter().find(|mailbox| super::list::is_called(mailbox, name)));
    }
    match (found.pop(), use_named(name)) {
        (Some(mailbox), _) if found.is_empty() => Ok(Goal::Mailbox(mailbox)),
        // Messages of several accounts, each of which has one of that name.
        (Some(_), Some(what)) => Ok(Goal::Use(what)),
        (Some(_), None) => Err(Fail::WhichMailbox { name: name.to_owned() }),
        (None, Some(what)) => Ok(Goal::Use(what)),
        (None, None) => Ok(Goal::Mailbox(super::list::find(context, None, name)?.1)),
    }
}

/// Whose messages they are, and which of them are known to have left the server.
fn whose(context: &Context, messages: &[MessageId]) -> Result<(BTreeSet<AccountId>, Vec<MessageId>), Fail> {
    let snapshot = context.store.snapshot()?;
    let (mut accounts, mut gone) = (BTreeSet::new(), Vec::new());
    for message in messages {
        let detail = snapshot.message(*message)?.ok_or(Fail::UnknownMessage { id: message.to_row() })?;
        accounts.insert(detail.account);
        if detail.placements.is_empty() {
            gone.push(*message);
        }
    }
    Ok((accounts, gone))
}

/// `postrider undo` and `postrider redo`
pub(super) async fn back(context: &Context, again: bool) -> Result<(), Fail> {
    let command = if again { Command::Redo } else { Command::Undo(None) };
    let done = deed::act(&context.store, command, config(context).clock.now()).await;
    match done.map_err(|problem| Fail::Act { problem })? {
        Done::Refused(problem) => return Err(Fail::Act { problem }),
        Done::Acted(acted) | Done::Undone(acted) => {
            let words = if again { "done again" } else { "taken back" };
            let what = acted.what.word();
            context.output.line(&format!("{words}: {what}, {} messages", acted.messages))?;
        }
        Done::Nothing => {}
    }
    // What was done may have been done in any of them.
    let accounts = context.store.snapshot()?.accounts()?.into_iter().map(|row| row.id).collect();
    carry(context, accounts).await
}

async fn perform(
    context: &Context,
    commands: Vec<Command>,
    messages: &[MessageId],
    to: Option<AccountId>,
) -> Result<(), Fail> {
    let (mut accounts, mut gone) = whose(context, messages)?;
    accounts.extend(to);
    if matches!(commands.first(), Some(Command::Delete { .. })) {
        // That is what was wanted.
        gone.clear();
    }
    let config = config(context);
    for command in commands {
        let done = deed::act(&context.store, command, config.clock.now()).await;
        match done.map_err(|problem| Fail::Act { problem })? {
            Done::Refused(problem) => return Err(Fail::Act { problem }),
            Done::Acted(_) | Done::Undone(_) | Done::Nothing => {}
        }
    }
    carry(context, accounts).await?;
    match gone.first() {
        Some(first) => Err(Fail::Message { id: first.to_row(), problem: Problem::MessageGone }),
        None => Ok(()),
    }
}

/// Carries out what waits in the journals of accounts, and tells what the servers did not want.
pub(super) async fn carry(context: &Context, accounts: BTreeSet<AccountId>) -> Result<(), Fail> {
    let config = config(context);
    let snapshot = context.store.snapshot()?;
    let rows = accounts.into_iter().map(|account| snapshot.account(account));
    let rows: Vec<AccountRow> = rows.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    drop(snapshot);
    let name = |id: AccountId| {
        rows.iter().find(|row| row.id == id).map(|row| row.account.email.clone()).unwrap_or_default()
    };
    let all = carry_out(&config, &rows).await;
    for done in &all {
        if let Some(problem) = done.refused.first() {
            return Err(Fail::Problem { account: name(done.account), problem: problem.clone() });
        }
    }
    for done in all {
        if let Some(problem) = done.waits {
            return Err(Fail::Queued { account: name(done.account), problem });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_as_people_write_them() {
        let add = |word: &str| change(word).ok();
        assert_eq!(add("+flagged"), Some((Flag::Flagged, FlagChange::Add)));
        assert_eq!(add("-SEEN"), Some((Flag::Seen, FlagChange::Remove)));
        assert_eq!(add("+\\Answered"), Some((Flag::Answered, FlagChange::Add)));
        assert!(matches!(add("+$Forwarded"), Some((Flag::Keyword(_), FlagChange::Add))));
        for bad in ["flagged", "+", "-", "+two words", "+a{b"] {
            assert!(change(bad).is_err(), "{bad}");
        }
    }
}
