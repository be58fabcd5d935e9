//! Which mails are kept on this computer: what the account details show of it, and what the user sets there.

use super::folders::Node;
use super::{Action, Mail, Menu, MenuOf, Request};
use crate::model::{AccountId, BodyPolicy, MailboxId};
use crate::store::{BodySettings, Changes};
use crate::sync::{BodyProgress, Command};
use std::collections::BTreeMap;

/// What is kept of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Bytes on the disk.
    pub bytes: u64,
    /// What is set.
    pub settings: BodySettings,
}

/// What is known of it.
#[derive(Debug, Default)]
pub struct Keeping {
    kept: BTreeMap<AccountId, Kept>,
    progress: BTreeMap<AccountId, BodyProgress>,
}

impl Keeping {
    /// What is kept of an account; `None` as long as it was not read.
    #[must_use]
    pub fn kept(&self, account: AccountId) -> Option<&Kept> {
        self.kept.get(&account)
    }

    /// How the fetching stands.
    #[must_use]
    pub fn progress(&self, account: AccountId) -> BodyProgress {
        self.progress.get(&account).copied().unwrap_or_default()
    }

    /// Takes in what was read.
    pub fn take(&mut self, account: AccountId, kept: Kept) {
        self.kept.insert(account, kept);
    }

    /// An account is gone.
    pub fn forget(&mut self, account: AccountId) {
        self.kept.remove(&account);
        self.progress.remove(&account);
    }
}

impl Mail {
    /// How the fetching stands now; when it comes to rest more is used than before.
    pub(super) fn bodies(&mut self, account: AccountId, progress: BodyProgress) -> Vec<Action> {
        self.keeping.progress.insert(account, progress);
        let rests = !matches!(progress, BodyProgress::Fetching { .. });
        if self.details && rests { vec![Action::Read(Request::Kept(account))] } else { Vec::new() }
    }

    /// Opens or closes the account details; what they show is read when they open.
    pub(super) fn toggle_details(&mut self) -> Vec<Action> {
        self.details = !self.details;
        if self.details { self.want_kept() } else { Vec::new() }
    }

    /// Reads what each account keeps.
    pub fn want_kept(&self) -> Vec<Action> {
        self.folders.accounts().map(|row| Action::Read(Request::Kept(row.account))).collect()
    }

    /// Something in the store changed.
    pub(super) fn kept_changed(&self, changes: &Changes) -> Vec<Action> {
        if changes.accounts || self.details && changes.tree { self.want_kept() } else { Vec::new() }
    }

    /// The user chose what to keep of an account, or of one of its folders.
    pub(super) fn keep(
        account: AccountId,
        mailbox: Option<MailboxId>,
        policy: Option<BodyPolicy>,
    ) -> Vec<Action> {
        vec![Action::Send(Command::SetBodyPolicy { account, mailbox, policy })]
    }

    /// The same from the menu of a folder.
    pub(super) fn keep_of_folder(
        &mut self,
        account: AccountId,
        mailbox: MailboxId,
        policy: Option<BodyPolicy>,
    ) -> Vec<Action> {
        self.close_menus();
        Self::keep(account, Some(mailbox), policy)
    }

    /// Opens the menu of a folder; what it shows of what is kept is read now.
    pub(super) fn open_folder_menu(&mut self, node: Node, at: iced::Point) -> Vec<Action> {
        self.close_menus();
        self.menu = Some(Menu { at, of: MenuOf::Folder(node) });
        let Node::Mailbox(id) = node else { return Vec::new() };
        let row = self.folders.find(id);
        row.map(|row| Action::Read(Request::Kept(row.account))).into_iter().collect()
    }
}
