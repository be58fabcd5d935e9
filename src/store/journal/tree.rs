//! Making, renaming, deleting and subscribing mailboxes: shown at once, and kept when a list of the server arrives
//! that does not know of it yet.

use super::super::{
    MailboxInfo, MailboxRow, Naming, Operation, OperationKind, OperationState, StoreError, Write,
};
use super::arguments;
use crate::model::{AccountId, ActionId, MailboxAttributes, MailboxId, MailboxName, OperationId, UnixTime};
use rusqlite::params;
use std::collections::BTreeSet;

/// Operations on mailboxes that the server has not confirmed.
pub(in super::super) const OPEN_TREE: &str = "SELECT id, kind, arguments, state, attempt FROM operation
     WHERE account_id = ?1 AND state IN ('pending', 'inflight')
       AND kind IN ('create-mailbox', 'rename-mailbox', 'delete-mailbox', 'subscribe') ORDER BY id";

/// Why a mailbox is not deleted: see [`Write::spare`].
const STILL_FULL: &str = "mail that was to leave it is still in it";

/// An operation on a mailbox that is not done.
struct OpenTree {
    id: OperationId,
    kind: OperationKind,
    unsent: bool,
}

/// A name below another one, or that one itself; gives what follows.
fn below<'n>(name: &'n [u8], top: &[u8], delimiter: Option<char>) -> Option<&'n [u8]> {
    let rest = name.strip_prefix(top)?;
    let mut utf8 = [0; 4];
    let delimiter = delimiter.map(|d| d.encode_utf8(&mut utf8).as_bytes());
    (rest.is_empty() || delimiter.is_some_and(|d| rest.starts_with(d))).then_some(rest)
}

fn renamed(
    name: &MailboxName,
    from: &MailboxName,
    to: &MailboxName,
    delimiter: Option<char>,
) -> Option<MailboxName> {
    let rest = below(name.as_bytes(), from.as_bytes(), delimiter)?;
    Some(MailboxName::from_wire(&[to.as_bytes(), rest].concat()))
}

/// The shown name of a mailbox below one that is called differently now: as many levels as the old one had are put
/// in place of each other.
fn displayed(display: &str, was: &str, is: &str) -> String {
    display.strip_prefix(was).map_or_else(|| is.to_owned(), |rest| format!("{is}{rest}"))
}

impl Write<'_> {
    /// A mailbox of this transaction's state, also a hidden one.
    fn mailbox_row(&self, id: MailboxId) -> Result<MailboxRow, StoreError> {
        super::super::mailbox::by_id(self.connection, id)?.ok_or(StoreError::Gone { what: "mailbox" })
    }

    /// Mailboxes that the server lists, or is to list.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn mailboxes(&self, account: AccountId) -> Result<Vec<MailboxRow>, StoreError> {
        super::super::mailbox::shown(self.connection, account)
    }

    fn open_tree(&self, account: AccountId) -> Result<Vec<OpenTree>, StoreError> {
        let mut statement = self.connection.prepare_cached(OPEN_TREE)?;
        let mut rows = statement.query([account.to_row()])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let (kind, text): (String, String) = (row.get(1)?, row.get(2)?);
            let (state, attempt): (String, u32) = (row.get(3)?, row.get(4)?);
            let Some(kind) = arguments::from_row(&kind, &text) else { continue };
            let unsent = attempt == 0 && state == OperationState::Pending.as_str();
            all.push(OpenTree { id: OperationId::from_row(row.get(0)?), kind, unsent });
        }
        Ok(all)
    }

    /// Journals that a mailbox is made, and shows it at once.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is one of that name; else the disk refuses.
    pub fn add_create_mailbox(
        &mut self,
        action: Option<ActionId>,
        account: AccountId,
        naming: &Naming,
        delimiter: Option<char>,
        now: UnixTime,
    ) -> Result<MailboxId, StoreError> {
        if self.mailboxes(account)?.iter().any(|row| row.name == naming.name && !row.attributes.no_select) {
            return Err(StoreError::Exists { what: "mailbox" });
        }
        self.journal_touched();
        let info = MailboxInfo {
            name: naming.name.clone(),
            delimiter,
            display: naming.display.clone(),
            special_use: None,
            attributes: MailboxAttributes { subscribed: true, ..MailboxAttributes::default() },
            object_id: None,
        };
        let mailbox = self.put_mailbox(account, &info, now)?;
        self.connection
            .prepare_cached("UPDATE mailbox SET awaited = 1 WHERE id = ?1")?
            .execute([mailbox.to_row()])?;
        self.add_operation(account, &OperationKind::CreateMailbox { mailbox }, action, now)?;
        Ok(mailbox)
    }

    /// Journals that a mailbox, and all below it, is called differently, and shows it at once.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is one of that name; else the disk refuses.
    pub fn add_rename_mailbox(
        &mut self,
        action: Option<ActionId>,
        mailbox: MailboxId,
        naming: &Naming,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let row = self.mailbox_row(mailbox)?;
        self.journal_touched();
        let open = self.open_tree(row.account)?;
        self.rename_rows(&row, naming, now)?;
        let mut from = Naming { name: row.name.clone(), display: row.display.clone() };
        for earlier in open.iter().rev() {
            match &earlier.kind {
                // Not made yet: it is made under its new name.
                OperationKind::CreateMailbox { mailbox: id } if *id == mailbox && earlier.unsent => {
                    return Ok(());
                }
                OperationKind::RenameMailbox { mailbox: id, from: first, .. }
                    if *id == mailbox && earlier.unsent =>
                {
                    from = first.clone();
                    let pending = [OperationState::Pending];
                    self.set_state(earlier.id, &pending, OperationState::Cancelled, now)?;
                    break;
                }
                OperationKind::RenameMailbox { .. } => break,
                _ => {}
            }
        }
        if from.name != naming.name {
            let kind = OperationKind::RenameMailbox { mailbox, from, to: naming.clone() };
            self.add_operation(row.account, &kind, action, now)?;
        }
        Ok(())
    }

    /// Gives a mailbox and all below it other names, in the rows.
    fn rename_rows(&mut self, row: &MailboxRow, naming: &Naming, now: UnixTime) -> Result<(), StoreError> {
        let all = super::super::mailbox::every(self.connection, row.account)?;
        let moving: Vec<_> = all
            .iter()
            .filter_map(|(one, _)| {
                let name = renamed(&one.name, &row.name, &naming.name, row.delimiter)?;
                Some((one.id, name, displayed(&one.display, &row.display, &naming.display)))
            })
            .collect();
        let moved: BTreeSet<MailboxId> = moving.iter().map(|(id, ..)| *id).collect();
        let targets: BTreeSet<&MailboxName> = moving.iter().map(|(_, name, _)| name).collect();
        for (other, gone) in &all {
            if !targets.contains(&other.name) || moved.contains(&other.id) {
                continue;
            }
            if !gone {
                return Err(StoreError::Exists { what: "mailbox" });
            }
            // Hidden for a while only: its name is needed now.
            self.vanish(other.id, &super::super::orphan::all_uids(), now)?;
            self.connection
                .prepare_cached("DELETE FROM mailbox WHERE id = ?1")?
                .execute([other.id.to_row()])?;
        }
        for (id, name, display) in moving {
            self.connection
                .prepare_cached("UPDATE mailbox SET name = ?2, display = ?3 WHERE id = ?1")?
                .execute(params![id.to_row(), name.as_bytes(), display])?;
        }
        self.changes.tree = true;
        Ok(())
    }

    /// Journals that a mailbox is deleted, and hides it at once.
    ///
    /// # Errors
    /// There is no such mailbox, or the disk refuses.
    pub fn add_delete_mailbox(
        &mut self,
        action: Option<ActionId>,
        mailbox: MailboxId,
        empty: bool,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let row = self.mailbox_row(mailbox)?;
        self.journal_touched();
        self.set_gone(mailbox, Some(now))?;
        for open in self.open_tree(row.account)? {
            if open.kind == (OperationKind::CreateMailbox { mailbox }) && open.unsent {
                // Nobody has heard of it.
                self.set_state(open.id, &[OperationState::Pending], OperationState::Cancelled, now)?;
                return self.confirm_mailbox(mailbox);
            }
        }
        self.add_operation(row.account, &OperationKind::DeleteMailbox { mailbox, empty }, action, now)?;
        Ok(())
    }

    /// Messages that were to leave a mailbox stay in it after all: it is not deleted, if that was to come next. Nobody
    /// chose that they go.
    pub(super) fn spare(&mut self, operation: &Operation, now: UnixTime) -> Result<(), StoreError> {
        let leaves = matches!(
            operation.kind,
            OperationKind::Move { .. }
                | OperationKind::Collect { moves: true, .. }
                | OperationKind::Release { .. }
        );
        if !leaves || operation.targets.is_empty() {
            return Ok(());
        }
        let left: BTreeSet<MailboxId> = operation.targets.iter().map(|target| target.mailbox).collect();
        for open in self.open_tree(operation.account)? {
            let OperationKind::DeleteMailbox { mailbox, .. } = open.kind else { continue };
            if !left.contains(&mailbox) {
                continue;
            }
            self.set_state(open.id, &[OperationState::Pending], OperationState::Failed, now)?;
            self.connection
                .prepare_cached("UPDATE operation SET error = ?2 WHERE id = ?1")?
                .execute(params![open.id.to_row(), STILL_FULL])?;
            self.set_gone(mailbox, None)?;
        }
        Ok(())
    }

    /// Whether a mailbox is to be deleted.
    pub(super) fn is_doomed(&self, mailbox: MailboxId) -> Result<bool, StoreError> {
        let open = self.open_tree(self.account_of(mailbox)?)?;
        Ok(open.iter().any(|one| {
            matches!(one.kind, OperationKind::DeleteMailbox { mailbox: doomed, .. } if doomed == mailbox)
        }))
    }

    /// Journals that a mailbox is subscribed to or not, and shows it at once.
    ///
    /// # Errors
    /// There is no such mailbox, or the disk refuses.
    pub fn add_subscribe(
        &mut self,
        action: Option<ActionId>,
        mailbox: MailboxId,
        on: bool,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let row = self.mailbox_row(mailbox)?;
        if row.attributes.subscribed == on {
            return Ok(false);
        }
        self.journal_touched();
        self.set_subscribed(mailbox, on)?;
        self.add_operation(row.account, &OperationKind::Subscribe { mailbox, on }, action, now)?;
        Ok(true)
    }

    fn set_subscribed(&mut self, mailbox: MailboxId, on: bool) -> Result<(), StoreError> {
        self.changes.tree = true;
        self.connection
            .prepare_cached("UPDATE mailbox SET subscribed = ?2 WHERE id = ?1")?
            .execute(params![mailbox.to_row(), on])?;
        Ok(())
    }

    fn set_gone(&mut self, mailbox: MailboxId, at: Option<UnixTime>) -> Result<(), StoreError> {
        self.changes.tree = true;
        self.connection
            .prepare_cached("UPDATE mailbox SET gone_at = ?2 WHERE id = ?1")?
            .execute(params![mailbox.to_row(), at.map(|time| time.0)])?;
        Ok(())
    }

    /// The server has a mailbox that was made here.
    pub(super) fn confirm_mailbox(&mut self, mailbox: MailboxId) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE mailbox SET awaited = 0 WHERE id = ?1")?
            .execute([mailbox.to_row()])?;
        Ok(())
    }

    /// An operation on a mailbox did not come about.
    pub(super) fn undo_tree(&mut self, operation: &Operation, now: UnixTime) -> Result<(), StoreError> {
        match &operation.kind {
            OperationKind::CreateMailbox { mailbox } => {
                self.set_gone(*mailbox, Some(now))?;
                self.confirm_mailbox(*mailbox)
            }
            OperationKind::RenameMailbox { mailbox, from, to } => {
                let row = self.mailbox_row(*mailbox)?;
                // Renamed once more meanwhile: that one tells what it is called.
                if row.name != to.name {
                    return Ok(());
                }
                match self.rename_rows(&row, from, now) {
                    // Somebody has the old name by now; the next list of the server tells.
                    Err(StoreError::Exists { .. }) => Ok(()),
                    other => other,
                }
            }
            OperationKind::DeleteMailbox { mailbox, .. } => self.set_gone(*mailbox, None),
            OperationKind::Subscribe { mailbox, on } => self.set_subscribed(*mailbox, !on),
            _ => Ok(()),
        }
    }

    /// Tries a failed operation on a mailbox once more.
    pub(super) fn repeat_tree(
        &mut self,
        operation: &Operation,
        now: UnixTime,
    ) -> Result<Option<OperationId>, StoreError> {
        match &operation.kind {
            OperationKind::CreateMailbox { mailbox } => {
                self.set_gone(*mailbox, None)?;
                self.connection
                    .prepare_cached("UPDATE mailbox SET awaited = 1 WHERE id = ?1")?
                    .execute([mailbox.to_row()])?;
            }
            OperationKind::RenameMailbox { mailbox, from, to } => {
                let row = self.mailbox_row(*mailbox)?;
                if row.name != from.name {
                    return Ok(None);
                }
                self.rename_rows(&row, to, now)?;
            }
            OperationKind::DeleteMailbox { mailbox, .. } => self.set_gone(*mailbox, Some(now))?,
            OperationKind::Subscribe { mailbox, on } => self.set_subscribed(*mailbox, *on)?,
            _ => return Ok(None),
        }
        self.add_operation(operation.account, &operation.kind, operation.action, now).map(Some)
    }

    /// The opposite of an operation on a mailbox that the server has done. Deleting has none.
    pub(super) fn reverse_tree(&mut self, operation: &Operation, now: UnixTime) -> Result<(), StoreError> {
        match &operation.kind {
            OperationKind::CreateMailbox { mailbox } => self.add_delete_mailbox(None, *mailbox, true, now),
            OperationKind::RenameMailbox { mailbox, from, to } => {
                let row = self.mailbox_row(*mailbox)?;
                if row.name != to.name {
                    return Ok(());
                }
                self.add_rename_mailbox(None, *mailbox, from, now)
            }
            OperationKind::Subscribe { mailbox, on } => {
                self.add_subscribe(None, *mailbox, !on, now).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// A list of the server as it will be once the operations that wait are done. `None`: the mailbox is about to be
    /// deleted, and stays hidden.
    pub(in super::super) fn foresee(
        &self,
        account: AccountId,
        listed: &[MailboxInfo],
    ) -> Result<Vec<Option<MailboxInfo>>, StoreError> {
        let open = self.open_tree(account)?;
        let mut all: Vec<Option<MailboxInfo>> = listed.iter().cloned().map(Some).collect();
        for OpenTree { kind, .. } in open {
            match kind {
                OperationKind::RenameMailbox { mailbox, from, to } => {
                    let Ok(row) = self.mailbox_row(mailbox) else { continue };
                    let known: BTreeSet<_> = all.iter().flatten().map(|info| info.name.clone()).collect();
                    for info in all.iter_mut().flatten() {
                        let Some(name) = renamed(&info.name, &from.name, &to.name, row.delimiter) else {
                            continue;
                        };
                        if !known.contains(&name) {
                            info.display =
                                self.display_of(account, &name)?.unwrap_or_else(|| info.display.clone());
                            info.name = name;
                        }
                    }
                }
                OperationKind::DeleteMailbox { mailbox, .. } => {
                    let Ok(row) = self.mailbox_row(mailbox) else { continue };
                    for info in &mut all {
                        if info.as_ref().is_some_and(|info| info.name == row.name) {
                            *info = None;
                        }
                    }
                }
                OperationKind::Subscribe { mailbox, on } => {
                    let Ok(row) = self.mailbox_row(mailbox) else { continue };
                    for info in all.iter_mut().flatten().filter(|info| info.name == row.name) {
                        info.attributes.subscribed = on;
                    }
                }
                _ => {}
            }
        }
        Ok(all)
    }

    fn display_of(&self, account: AccountId, name: &MailboxName) -> Result<Option<String>, StoreError> {
        let all = super::super::mailbox::every(self.connection, account)?;
        Ok(all.into_iter().find(|(row, _)| row.name == *name).map(|(row, _)| row.display))
    }

    /// Whether a mailbox must stay as it is: INBOX, and those that the account needs.
    ///
    /// # Errors
    /// There is no such mailbox.
    pub fn is_protected(&self, mailbox: MailboxId) -> Result<bool, StoreError> {
        let row = self.mailbox_row(mailbox)?;
        Ok(row.name.is_inbox() || row.special_use.is_some())
    }

    /// Whether there are mailboxes below one.
    ///
    /// # Errors
    /// There is no such mailbox.
    pub fn has_children(&self, mailbox: MailboxId) -> Result<bool, StoreError> {
        let row = self.mailbox_row(mailbox)?;
        let all = self.mailboxes(row.account)?;
        Ok(all.iter().any(|other| {
            let rest = below(other.name.as_bytes(), row.name.as_bytes(), row.delimiter);
            rest.is_some_and(|rest| !rest.is_empty())
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_levels_are_below() {
        assert_eq!(below(b"a/b", b"a", Some('/')), Some(&b"/b"[..]));
        assert_eq!(below(b"ab", b"a", Some('/')), None);
        assert_eq!(below(b"a", b"a", None), Some(&b""[..]));
        assert_eq!(below(b"a.b", b"a", Some('/')), None);
    }
}
