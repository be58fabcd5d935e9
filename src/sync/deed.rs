//! What the user does to messages: journalled and shown in one transaction, before any server hears of it. The
//! window and the command line share it.

pub mod letter;
mod tree;

use super::command::Command;
use super::event::{Acted, Deed};
use super::status::Problem;
use super::trouble;
use crate::model::{AccountId, ActionId, Flag, FlagChange, MailboxId, MessageId, SpecialUse, UnixTime};
use crate::store::{ActionRow, Store, StoreError, Write};
use std::collections::BTreeMap;

/// What came of a wish.
#[derive(Clone, Debug, PartialEq)]
pub enum Done {
    /// It is done, as far as this machine is concerned.
    Acted(Acted),
    /// An action was undone.
    Undone(Acted),
    /// Everything was so already.
    Nothing,
    /// It cannot be done.
    Refused(Problem),
}

impl Deed {
    /// The word in the journal.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Move => "move",
            Self::Archive => "archive",
            Self::Junk => "junk",
            Self::Trash => "trash",
            Self::Copy => "copy",
            Self::Expunge => "expunge",
            Self::MarkAllRead => "mark-all-read",
            Self::Append => "append",
            Self::Mailbox => "mailbox",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        let all = [
            Self::Flag,
            Self::Move,
            Self::Archive,
            Self::Junk,
            Self::Trash,
            Self::Copy,
            Self::Expunge,
            Self::MarkAllRead,
            Self::Append,
            Self::Mailbox,
        ];
        all.into_iter().find(|deed| deed.word() == word)
    }

    /// What moving to the mailbox of a use is called.
    const fn of_use(to: SpecialUse) -> Self {
        match to {
            SpecialUse::Archive | SpecialUse::All => Self::Archive,
            SpecialUse::Junk => Self::Junk,
            SpecialUse::Trash => Self::Trash,
            SpecialUse::Inbox | SpecialUse::Sent | SpecialUse::Drafts | SpecialUse::Flagged => Self::Move,
        }
    }
}

/// Journals a command that changes messages; others come back as [`Done::Nothing`].
///
/// # Errors
/// The store cannot be written.
pub async fn act(store: &Store, command: Command, now: UnixTime) -> Result<Done, Problem> {
    let done = store.write("act", move |w| journal(w, command, now)).await;
    done.map_err(|error| trouble::of_store(&error))
}

fn journal(w: &mut Write<'_>, command: Command, now: UnixTime) -> Result<Done, StoreError> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "all others change no message")]
    match command {
        Command::Whole { mailbox, command } => {
            let command = with_whole_threads(w, mailbox, *command)?;
            journal(w, command, now)
        }
        Command::SetFlag { messages, flag, change } => set_flag(w, &messages, &flag, change, now),
        Command::Move { messages, from, to } => {
            let mut wish = Begun::new(w, Deed::Move, Some(to), now)?;
            wish.shift(&messages, from, to)?;
            wish.end()
        }
        Command::MoveToUse { messages, from, to } => to_use(w, &messages, from, to, now),
        Command::Copy { messages, to } => {
            let mut wish = Begun::new(w, Deed::Copy, Some(to), now)?;
            let carried = wish.write.add_copy(Some(wish.action), &messages, to, now)?;
            wish.count(carried.messages);
            wish.end()
        }
        Command::Delete { messages, from, forever } => delete(w, &messages, from, forever, now),
        Command::MarkAllRead(mailbox) => {
            let unread = w.unread_in(mailbox)?;
            let mut wish = Begun::new(w, Deed::MarkAllRead, None, now)?;
            wish.write.add_flag_action(wish.action, &unread, &Flag::Seen, FlagChange::Add, now)?;
            let more = wish.write.add_mark_read(Some(wish.action), mailbox, now)?;
            wish.count(unread.len().max(usize::from(more.is_some())));
            wish.end()
        }
        command @ (Command::CreateMailbox { .. }
        | Command::RenameMailbox { .. }
        | Command::DeleteMailbox(_)
        | Command::Subscribe { .. }) => tree::journal(w, command, now),
        Command::Append { mailbox, message, flags, received } => {
            let appending = letter::appending(message, flags, received.unwrap_or(now));
            let mut wish = Begun::new(w, Deed::Append, Some(mailbox), now)?;
            let (_, ids) = wish.write.add_append(Some(wish.action), mailbox, vec![appending], now)?;
            wish.count(ids.len());
            wish.end()
        }
        Command::Undo(action) => Ok(undone(w.undo(action, now)?)),
        Command::Redo => Ok(match w.redo(now)? {
            Some(row) => Done::Acted(acted(row)),
            None => Done::Refused(Problem::NothingToUndo),
        }),
        _ => Ok(Done::Nothing),
    }
}

/// Puts the messages of whole conversations in place of those that stand for them.
fn with_whole_threads(
    w: &Write<'_>,
    mailbox: MailboxId,
    mut command: Command,
) -> Result<Command, StoreError> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "all others name no messages to be changed")]
    match &mut command {
        Command::SetFlag { messages, .. }
        | Command::Move { messages, .. }
        | Command::MoveToUse { messages, .. }
        | Command::Copy { messages, .. }
        | Command::Delete { messages, .. } => *messages = w.whole_threads(messages, mailbox)?,
        _ => {}
    }
    Ok(command)
}

fn undone(row: Option<ActionRow>) -> Done {
    match row {
        Some(row) => Done::Undone(acted(row)),
        None => Done::Refused(Problem::NothingToUndo),
    }
}

fn acted(row: ActionRow) -> Acted {
    Acted {
        action: row.id,
        what: Deed::from_word(&row.deed).unwrap_or(Deed::Move),
        messages: row.messages,
        to: row.to,
        undoable: row.undoable,
    }
}

fn set_flag(
    w: &mut Write<'_>,
    messages: &[MessageId],
    flag: &Flag,
    change: FlagChange,
    now: UnixTime,
) -> Result<Done, StoreError> {
    // Opening a message marks it as read: that is nothing to undo.
    if messages.len() == 1 && *flag == Flag::Seen {
        w.add_flag_operation(messages, flag, change, now)?;
        return Ok(Done::Nothing);
    }
    let mut wish = Begun::new(w, Deed::Flag, None, now)?;
    wish.write.add_flag_action(wish.action, messages, flag, change, now)?;
    wish.count(messages.len());
    wish.end()
}

/// Moves each message to the mailbox of that use in its own account.
fn to_use(
    w: &mut Write<'_>,
    messages: &[MessageId],
    from: Option<MailboxId>,
    to: SpecialUse,
    now: UnixTime,
) -> Result<Done, StoreError> {
    let mut targets: Vec<(MailboxId, Option<MailboxId>, Vec<MessageId>)> = Vec::new();
    for (account, messages) in by_account(w, messages)? {
        // Gmail keeps everything in one mailbox instead of an archive: messages are there already and leave INBOX.
        let mut found = w.special_mailbox(account, to)?;
        if to == SpecialUse::Archive
            && let Some(all) = w.special_mailbox(account, SpecialUse::All)?
            && (found.is_none() || is_gmail(w, &messages)?)
        {
            found = Some(all);
        }
        let Some(mailbox) = found else { return Ok(Done::Refused(Problem::NoFolderFor { what: to })) };
        if to != SpecialUse::Archive {
            targets.push((mailbox, from, messages));
            continue;
        }
        let mut by_source = BTreeMap::new();
        for message in messages {
            let source = match (w.is_gmail(message)?, w.archived_from(message)?) {
                (false, _) => from,
                (true, Some(inbox)) => Some(inbox),
                // It is archived already.
                (true, None) => continue,
            };
            by_source.entry(source).or_insert_with(Vec::new).push(message);
        }
        targets.extend(by_source.into_iter().map(|(source, messages)| (mailbox, source, messages)));
    }
    let mut mailboxes: Vec<MailboxId> = targets.iter().map(|(mailbox, ..)| *mailbox).collect();
    mailboxes.dedup();
    let only = match mailboxes.as_slice() {
        [mailbox] => Some(*mailbox),
        _ => None,
    };
    let mut wish = Begun::new(w, Deed::of_use(to), only, now)?;
    for (mailbox, from, messages) in targets {
        wish.shift(&messages, from, mailbox)?;
    }
    wish.end()
}

/// Whether messages of one account are Gmail's: then all of them are.
fn is_gmail(w: &Write<'_>, messages: &[MessageId]) -> Result<bool, StoreError> {
    messages.first().map_or(Ok(false), |message| w.is_gmail(*message))
}

/// Into the trash; out of the trash, or with `forever`, for good.
fn delete(
    w: &mut Write<'_>,
    messages: &[MessageId],
    from: Option<MailboxId>,
    forever: bool,
    now: UnixTime,
) -> Result<Done, StoreError> {
    let mut to_trash = Vec::new();
    let mut for_good = Vec::new();
    for (account, messages) in by_account(w, messages)? {
        let trash = w.special_mailbox(account, SpecialUse::Trash)?;
        for message in messages {
            let place = match from {
                Some(from) => Some(from),
                None => w.shown_first(message)?,
            };
            match trash {
                None if forever && w.goes_through_trash(message)? => {
                    return Ok(Done::Refused(Problem::NoFolderFor { what: SpecialUse::Trash }));
                }
                _ if forever => for_good.push((message, place)),
                Some(trash) if place == Some(trash) => for_good.push((message, place)),
                Some(trash) => to_trash.push((message, trash)),
                None => return Ok(Done::Refused(Problem::NoFolderFor { what: SpecialUse::Trash })),
            }
        }
    }
    let deed = if to_trash.is_empty() { Deed::Expunge } else { Deed::Trash };
    let mut wish = Begun::new(w, deed, None, now)?;
    for (trash, messages) in sorted(to_trash) {
        wish.shift(&messages, from, trash)?;
    }
    for (place, messages) in sorted(for_good) {
        let carried = wish.write.add_expunge(Some(wish.action), &messages, place, now)?;
        wish.count(carried.messages);
    }
    wish.end()
}

fn sorted<K: Ord>(pairs: Vec<(MessageId, K)>) -> BTreeMap<K, Vec<MessageId>> {
    let mut by: BTreeMap<K, Vec<MessageId>> = BTreeMap::new();
    for (message, key) in pairs {
        by.entry(key).or_default().push(message);
    }
    by
}

fn by_account(
    w: &Write<'_>,
    messages: &[MessageId],
) -> Result<BTreeMap<AccountId, Vec<MessageId>>, StoreError> {
    let mut by: BTreeMap<AccountId, Vec<MessageId>> = BTreeMap::new();
    for message in messages {
        if let Some(account) = w.account_of_message(*message)? {
            by.entry(account).or_default().push(*message);
        }
    }
    Ok(by)
}

/// A wish on its way into the journal.
struct Begun<'w, 'a> {
    write: &'w mut Write<'a>,
    action: ActionId,
    what: Deed,
    to: Option<MailboxId>,
    now: UnixTime,
    messages: usize,
}

impl<'w, 'a> Begun<'w, 'a> {
    fn new(
        write: &'w mut Write<'a>,
        what: Deed,
        to: Option<MailboxId>,
        now: UnixTime,
    ) -> Result<Self, StoreError> {
        let undoable = what != Deed::Expunge;
        let action = write.begin_action(what.word(), to, undoable, now)?;
        Ok(Self { write, action, what, to, now, messages: 0 })
    }

    fn shift(
        &mut self,
        messages: &[MessageId],
        from: Option<MailboxId>,
        to: MailboxId,
    ) -> Result<(), StoreError> {
        let carried = self.write.add_move(Some(self.action), messages, from, to, self.now)?;
        self.count(carried.messages);
        Ok(())
    }

    fn count(&mut self, messages: usize) {
        self.messages += messages;
    }

    fn end(self) -> Result<Done, StoreError> {
        self.write.end_action(self.action, self.messages)?;
        if self.messages == 0 {
            return Ok(Done::Nothing);
        }
        Ok(Done::Acted(Acted {
            action: self.action,
            what: self.what,
            messages: self.messages,
            to: self.to,
            undoable: self.what != Deed::Expunge,
        }))
    }
}
