//! Moves, copies and deletions at Gmail, where a message exists once and mailboxes are labels on it.
//!
//! | the user wants | at the server | shown at once |
//! |---|---|---|
//! | from a label to another | MOVE: one label off, the other on | the same |
//! | from a label to All Mail (archive) | the label off, never a copy | it leaves that list only |
//! | out of All Mail or Sent | COPY: a label on; there is no leaving these | it is in both |
//! | a copy to a label | COPY: the label on | it is in both |
//! | to Trash or Spam, also as a copy | MOVE; the server takes all labels off | it leaves every list |
//! | out of Trash or Spam | MOVE | it leaves that list |
//! | deleted for good | only out of Trash or Spam; from elsewhere by way of Trash | it leaves every list |
//!
//! Invariant: nothing here relies on EXPUNGE outside of Trash and Spam: what that means is a setting of the web page.

use super::super::column::uid_at;
use super::super::{Operation, OperationKind, Snapshot, StoreError, Write};
use super::action::{Aim, grouped};
use super::place::{Begun, Carry};
use crate::model::{AccountId, MailboxId, MessageId, OperationId, SpecialUse, Uid, UnixTime};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;

/// Where a message is shown, with what the mailboxes are for.
pub(in super::super) const PLACES: &str = "SELECT p.mailbox_id, m.account_id, m.special_use, p.uid
     FROM placement p JOIN mailbox m ON m.id = p.mailbox_id
     WHERE p.message_id = ?1 AND p.hidden = 0 ORDER BY p.mailbox_id";

/// Where the server has a message, but for Trash and Spam.
const TOLD_PLACES: &str = "SELECT p.mailbox_id, p.uid
     FROM placement p JOIN mailbox m ON m.id = p.mailbox_id
     WHERE p.message_id = ?1 AND p.uid <= 4294967295 AND coalesce(m.special_use, '') NOT IN ('trash', 'junk')";

/// Whether a message is one of Gmail's.
pub(in super::super) const IS_GMAIL: &str =
    "SELECT EXISTS (SELECT 1 FROM message WHERE id = ?1 AND gm_msgid IS NOT NULL)";

/// Labels of a message that the user sees as such: INBOX and mailboxes without a use.
pub(in super::super) const LABELS: &str = "SELECT m.id, m.display, m.delimiter, m.special_use
     FROM placement p JOIN mailbox m ON m.id = p.mailbox_id JOIN message g ON g.id = p.message_id
     WHERE p.message_id = ?1 AND p.hidden = 0 AND g.gm_msgid IS NOT NULL AND m.gone_at IS NULL
       AND (m.special_use IS NULL OR m.special_use = 'inbox')";

/// A label of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The mailbox that shows the messages with the label.
    pub mailbox: MailboxId,
    /// Its name for people, without Gmail's own level (`Important`, not `[Gmail]/Important`).
    pub name: String,
    /// Whether it is INBOX, whose name is a word of the language.
    pub is_inbox: bool,
}

/// One list in which a message is shown.
#[derive(Clone, Copy, Debug)]
struct Place {
    mailbox: MailboxId,
    account: AccountId,
    special_use: Option<SpecialUse>,
    told: bool,
}

impl Place {
    /// Whether a message is there and nowhere else.
    const fn is_bin(self) -> bool {
        is_bin(self.special_use)
    }

    /// Whether a message is there because of what it is, so that no move takes it out.
    const fn is_fixed(self) -> bool {
        matches!(self.special_use, Some(SpecialUse::All | SpecialUse::Sent))
    }

    /// Which list a message leaves if nobody said which.
    const fn rank(self) -> u8 {
        match self.special_use {
            Some(SpecialUse::Trash | SpecialUse::Junk) => 0,
            Some(SpecialUse::Inbox) => 1,
            None | Some(SpecialUse::Archive) => 2,
            Some(SpecialUse::Drafts) => 3,
            Some(SpecialUse::Flagged) => 4,
            Some(SpecialUse::Sent) => 5,
            Some(SpecialUse::All) => 6,
        }
    }
}

const fn is_bin(special_use: Option<SpecialUse>) -> bool {
    matches!(special_use, Some(SpecialUse::Trash | SpecialUse::Junk))
}

fn special_use_of(connection: &Connection, mailbox: MailboxId) -> Result<Option<SpecialUse>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT special_use FROM mailbox WHERE id = ?1")?;
    let word: Option<Option<String>> =
        statement.query_row([mailbox.to_row()], |row| row.get(0)).optional()?;
    Ok(word.flatten().and_then(|word| SpecialUse::from_row(&word)))
}

pub(in super::super) fn is_gmail(connection: &Connection, message: MessageId) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached(IS_GMAIL)?.query_row([message.to_row()], |row| row.get(0))?)
}

/// The last levels of a name of Gmail's own.
fn own_name(display: String, delimiter: Option<&str>) -> String {
    let Some(delimiter) = delimiter else { return display };
    match display.split_once(delimiter) {
        Some((top, rest)) if top.starts_with('[') && top.ends_with(']') => rest.to_owned(),
        _ => display,
    }
}

impl Snapshot {
    /// Labels of a message at Gmail, INBOX first, then in the order of their names; none for messages of other servers. Labels that the
    /// user does not let IMAP see are not among them.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn labels(&self, message: MessageId) -> Result<Vec<Label>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(LABELS)?;
            let rows = statement.query_map([message.to_row()], |row| {
                let delimiter: Option<String> = row.get(2)?;
                let special_use: Option<String> = row.get(3)?;
                Ok(Label {
                    mailbox: MailboxId::from_row(row.get(0)?),
                    name: own_name(row.get(1)?, delimiter.as_deref()),
                    is_inbox: special_use.is_some(),
                })
            })?;
            let mut labels: Vec<Label> = rows.collect::<Result<_, _>>()?;
            labels.sort_by(|a, b| (!a.is_inbox, &a.name).cmp(&(!b.is_inbox, &b.name)));
            Ok(labels)
        })
    }

    /// Whether an account has messages of Gmail's.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn has_gmail(&self, account: AccountId) -> Result<bool, StoreError> {
        const SQL: &str =
            "SELECT EXISTS (SELECT 1 FROM message WHERE account_id = ?1 AND gm_msgid IS NOT NULL)";
        self.read(|c| Ok(c.prepare_cached(SQL)?.query_row([account.to_row()], |row| row.get(0))?))
    }
}

impl Write<'_> {
    /// Whether a message is one of Gmail's.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn is_gmail(&self, message: MessageId) -> Result<bool, StoreError> {
        is_gmail(self.connection, message)
    }

    fn places(&self, message: MessageId) -> Result<Vec<Place>, StoreError> {
        let mut statement = self.connection.prepare_cached(PLACES)?;
        let rows = statement.query_map([message.to_row()], |row| {
            let special_use: Option<String> = row.get(2)?;
            Ok(Place {
                mailbox: MailboxId::from_row(row.get(0)?),
                account: AccountId::from_row(row.get(1)?),
                special_use: special_use.and_then(|word| SpecialUse::from_row(&word)),
                told: row.get::<_, i64>(3)? <= super::super::column::MAX_UID,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Where the server has a message, but for Trash and Spam.
    pub(super) fn listed_outside_bins(
        &self,
        message: MessageId,
    ) -> Result<Vec<(MailboxId, Uid)>, StoreError> {
        let mut statement = self.connection.prepare_cached(TOLD_PLACES)?;
        let rows = statement
            .query_map([message.to_row()], |row| Ok((MailboxId::from_row(row.get(0)?), uid_at(row, 1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Which list a message of Gmail's leaves when it is archived: INBOX, or Trash or Spam if it is there. `None`: it
    /// is archived already.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn archived_from(&self, message: MessageId) -> Result<Option<MailboxId>, StoreError> {
        let places = self.places(message)?;
        let inbox =
            places.iter().find(|place| place.special_use == Some(SpecialUse::Inbox) || place.is_bin());
        Ok(inbox.map(|place| place.mailbox))
    }

    /// Whether a message is one of Gmail's that has to go through Trash to be deleted for good.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn goes_through_trash(&self, message: MessageId) -> Result<bool, StoreError> {
        Ok(self.is_gmail(message)? && !self.places(message)?.iter().any(|place| place.is_bin()))
    }

    /// Moves or copies one message of Gmail's.
    pub(super) fn carry_label(
        &mut self,
        message: MessageId,
        from: Option<MailboxId>,
        to: MailboxId,
        begun: &mut Begun,
    ) -> Result<(), StoreError> {
        let account = self.account_of(to)?;
        let places = self.places(message)?;
        let source = match from {
            Some(from) => places.iter().find(|place| place.mailbox == from),
            None => places.iter().filter(|place| place.mailbox != to).min_by_key(|place| place.rank()),
        };
        let Some(source) = source.copied().filter(|source| source.mailbox != to) else { return Ok(()) };
        // What goes to another account goes another way: see `carry`.
        if source.account != account {
            return Ok(());
        }
        let there = places.iter().any(|place| place.mailbox == to);
        let to_use = special_use_of(self.connection, to)?;
        if is_bin(to_use) {
            return if there { Ok(()) } else { self.bin(message, &places, to, begun) };
        }
        if source.is_bin() {
            if self.take_out_of_bin(message, source.mailbox, begun.now)? {
                // It is back where it was, and nothing was sent. The rest of the way is an ordinary one.
                begun.done.messages += 1;
                let back = self.places(message)?;
                if to_use != Some(SpecialUse::All) && !back.iter().any(|place| place.mailbox == to) {
                    self.carry_label(message, None, to, begun)?;
                    begun.done.messages -= 1;
                }
                return Ok(());
            }
            return self.carry_one(message, source.mailbox, account, Carry::Move(to), begun);
        }
        let copies = matches!(begun.carry, Carry::Copy(_)) || source.is_fixed();
        if to_use == Some(SpecialUse::All) {
            return if copies {
                Ok(())
            } else {
                self.carry_one(message, source.mailbox, account, Carry::Move(to), begun)
            };
        }
        match (copies, there) {
            (true, true) => Ok(()),
            (true, false) => {
                // The label can be put on from anywhere: best from where no move can take it away meanwhile.
                let steady = places.iter().filter(|place| place.told).max_by_key(|place| place.rank());
                let source = steady.unwrap_or(&source).mailbox;
                self.carry_one(message, source, account, Carry::Copy(to), begun)
            }
            (false, true) => {
                let all = self.special_mailbox(account, SpecialUse::All)?;
                let to = all.unwrap_or(to);
                self.carry_one(message, source.mailbox, account, Carry::Move(to), begun)
            }
            (false, false) => self.carry_one(message, source.mailbox, account, Carry::Move(to), begun),
        }
    }

    /// Into Trash or Spam: the message leaves every list, and every list is a target, so that all are put back if it
    /// comes to that.
    fn bin(
        &mut self,
        message: MessageId,
        places: &[Place],
        to: MailboxId,
        begun: &mut Begun,
    ) -> Result<(), StoreError> {
        let Some(first) = places.first() else { return Ok(()) };
        self.journal_touched();
        begun.done.messages += 1;
        let key = (Carry::Move(to), to);
        let id = self.operation_for(begun, key, first.account)?;
        let mut flags = None;
        for place in places {
            self.aim_at(id, message, place.mailbox)?;
            if let Some((_, current)) = self.row_of(message, place.mailbox)? {
                self.set_hidden(message, place.mailbox, &current, true)?;
                flags.get_or_insert(current.flags);
            }
        }
        self.show_in(message, to, &flags.unwrap_or_default())
    }

    /// Takes a move into Trash or Spam back if it was never sent.
    fn take_out_of_bin(
        &mut self,
        message: MessageId,
        bin: MailboxId,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let Some(unsent) = self.unsent_move_to(message, bin)? else { return Ok(false) };
        for mailbox in self.targets_of(unsent.operation, message)? {
            self.take_back_target(unsent.operation, message, mailbox, now)?;
            self.put_back(message, mailbox, Some(bin))?;
        }
        self.journal_touched();
        Ok(true)
    }

    fn targets_of(&self, operation: OperationId, message: MessageId) -> Result<Vec<MailboxId>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT mailbox_id FROM operation_target WHERE operation_id = ?1 AND message_id = ?2 AND open = 1",
        )?;
        let rows = statement.query_map(params![operation.to_row(), message.to_row()], |row| {
            row.get(0).map(MailboxId::from_row)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Answers what was sent of an operation on messages of Gmail's by its opposite: every label comes back.
    pub(super) fn undo_labels(
        &mut self,
        operation: &Operation,
        aims: &[Aim],
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let account = operation.account;
        let all = self.special_mailbox(account, SpecialUse::All)?;
        match &operation.kind {
            OperationKind::Move { to } if is_bin(special_use_of(self.connection, *to)?) => {
                self.restore_labels(aims, *to, now)
            }
            OperationKind::Move { to } => {
                for (mailbox, messages) in grouped(aims, |_| true) {
                    let from_bin = is_bin(special_use_of(self.connection, mailbox)?);
                    if Some(*to) == all && !from_bin {
                        self.add_copy(None, &messages, mailbox, now)?;
                    } else {
                        self.add_move(None, &messages, Some(*to), mailbox, now)?;
                    }
                }
                Ok(())
            }
            OperationKind::Copy { to } => {
                for (mailbox, messages) in grouped(aims, |_| true) {
                    self.add_move(None, &messages, Some(*to), all.unwrap_or(mailbox), now)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Out of Trash or Spam, to where the messages were: one move each, and a label for each other list.
    fn restore_labels(&mut self, aims: &[Aim], bin: MailboxId, now: UnixTime) -> Result<(), StoreError> {
        let mut lists: BTreeMap<MessageId, Vec<(u8, MailboxId)>> = BTreeMap::new();
        for aim in aims {
            let special_use = special_use_of(self.connection, aim.mailbox)?;
            let place =
                Place { mailbox: aim.mailbox, account: AccountId::from_row(0), special_use, told: true };
            lists.entry(aim.message).or_default().push((place.rank(), aim.mailbox));
        }
        let mut moves: BTreeMap<MailboxId, Vec<MessageId>> = BTreeMap::new();
        let mut copies: BTreeMap<MailboxId, Vec<MessageId>> = BTreeMap::new();
        for (message, mut places) in lists {
            places.sort_unstable();
            let mut places = places.into_iter();
            if let Some((_, first)) = places.next() {
                moves.entry(first).or_default().push(message);
            }
            // All others come back by themselves: they follow from what the message is, or from its star.
            for (_, label) in places.filter(|(rank, _)| *rank <= LAST_LABEL) {
                copies.entry(label).or_default().push(message);
            }
        }
        for (mailbox, messages) in moves {
            self.add_move(None, &messages, Some(bin), mailbox, now)?;
        }
        for (mailbox, messages) in copies {
            self.add_copy(None, &messages, mailbox, now)?;
        }
        Ok(())
    }
}

/// [`Place::rank`] of mailboxes that are labels of the user's choice.
const LAST_LABEL: u8 = 2;
