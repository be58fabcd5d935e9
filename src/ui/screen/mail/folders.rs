//! The folder tree: which rows there are, which are unfolded, which one is open.
//!
//! Pure state. Never reads the store; names come in as the store has them.

pub mod places;

use crate::model::{AccountId, MailboxId, SpecialUse};
use std::collections::{BTreeMap, BTreeSet};

/// Levels that are indented; deeper folders stand at this level, so that a hostile tree stays on the screen.
const MAX_LEVEL: u16 = 12;

/// A mailbox as the tree needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// Its id.
    pub id: MailboxId,
    /// Decoded name with all its levels.
    pub path: String,
    /// What separates the levels.
    pub delimiter: Option<char>,
    /// What it is for.
    pub special_use: Option<SpecialUse>,
    /// Messages.
    pub total: u64,
    /// Messages not read.
    pub unread: u64,
    /// Whether it can hold messages.
    pub selectable: bool,
    /// Whether the user subscribed to it.
    pub subscribed: bool,
}

/// An account with its mailboxes, as the store has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountMailboxes {
    /// Its id.
    pub id: AccountId,
    /// Its address, which is its name.
    pub email: String,
    /// In any order.
    pub mailboxes: Vec<Mailbox>,
}

/// What a row of the tree stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Node {
    /// An account.
    Account(AccountId),
    /// A mailbox.
    Mailbox(MailboxId),
}

impl Node {
    /// The number by which the widget knows the row.
    #[must_use]
    pub const fn to_row(self) -> u64 {
        match self {
            Self::Account(id) => ACCOUNT_BIT | id.to_row().unsigned_abs(),
            Self::Mailbox(id) => id.to_row().unsigned_abs(),
        }
    }

    /// Reads [`Node::to_row`] back.
    #[must_use]
    pub fn from_row(row: u64) -> Self {
        let id = i64::try_from(row & !ACCOUNT_BIT).unwrap_or_default();
        if row & ACCOUNT_BIT == 0 {
            Self::Mailbox(MailboxId::from_row(id))
        } else {
            Self::Account(AccountId::from_row(id))
        }
    }
}

/// Tells accounts from mailboxes in [`Node::to_row`]; ids of the store count up from 1 and never come near it.
const ACCOUNT_BIT: u64 = 1 << 63;

/// One row of the tree, in the order of the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it stands for.
    pub node: Node,
    /// Whose it is.
    pub account: AccountId,
    /// 0 for accounts.
    pub level: u16,
    /// Last level of the name; special folders are named by the language file instead.
    pub name: String,
    /// What it is for.
    pub special_use: Option<SpecialUse>,
    /// Whether there are rows below it.
    pub parent: bool,
    /// Whether these are shown.
    pub open: bool,
    /// Messages.
    pub total: u64,
    /// Messages not read, with those of hidden rows below it.
    pub unread: u64,
    /// Whether it can be opened.
    pub selectable: bool,
    /// Whether the user subscribed to it.
    pub subscribed: bool,
}

/// One node with its children, before it is known which are open.
#[derive(Clone, Debug)]
struct Branch {
    row: Row,
    /// Index one past the last descendant in the flat list.
    end: usize,
}

/// The tree.
#[derive(Debug, Default)]
pub struct Folders {
    branches: Vec<Branch>,
    rows: Vec<Row>,
    closed: BTreeSet<Node>,
    opened: Option<MailboxId>,
}

impl Folders {
    /// A tree in which these nodes are closed.
    #[must_use]
    pub fn new(accounts: &BTreeSet<AccountId>, mailboxes: &BTreeSet<MailboxId>) -> Self {
        let closed =
            accounts.iter().map(|id| Node::Account(*id)).chain(mailboxes.iter().map(|id| Node::Mailbox(*id)));
        Self { closed: closed.collect(), ..Self::default() }
    }

    /// Takes over what the store has now; what is open and selected stays.
    pub fn replace(&mut self, accounts: &[AccountMailboxes]) {
        self.branches.clear();
        for account in accounts {
            let start = self.branches.len();
            let row = Row {
                node: Node::Account(account.id),
                account: account.id,
                level: 0,
                name: account.email.clone(),
                special_use: None,
                parent: !account.mailboxes.is_empty(),
                open: true,
                total: 0,
                unread: 0,
                selectable: false,
                subscribed: false,
            };
            self.branches.push(Branch { row, end: start });
            self.branches.extend(branches(account));
            let end = self.branches.len();
            if let Some(branch) = self.branches.get_mut(start) {
                branch.end = end;
            }
        }
        let mut start = 0;
        // Ends inside an account were counted from its first mailbox.
        while let Some(end) = self.branches.get(start).map(|b| b.end) {
            for branch in self.branches.iter_mut().take(end).skip(start + 1) {
                branch.end += start + 1;
            }
            start = end;
        }
        self.refresh();
    }

    /// The visible rows from top to bottom.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Whether there is no account.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.branches.is_empty()
    }

    /// The mailbox whose messages are listed.
    #[must_use]
    pub const fn opened(&self) -> Option<MailboxId> {
        self.opened
    }

    /// The account of the opened mailbox, or the first one.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        let opened = self.opened.and_then(|id| self.find(id)).map(|row| row.account);
        opened.or_else(|| self.branches.first().map(|b| b.row.account))
    }

    /// A mailbox, shown or not.
    #[must_use]
    pub fn find(&self, id: MailboxId) -> Option<&Row> {
        self.branches.iter().map(|b| &b.row).find(|row| row.node == Node::Mailbox(id))
    }

    /// An account.
    #[must_use]
    pub fn find_account(&self, id: AccountId) -> Option<&Row> {
        self.branches.iter().map(|b| &b.row).find(|row| row.node == Node::Account(id))
    }

    /// All accounts in the order of the screen.
    pub fn accounts(&self) -> impl Iterator<Item = &Row> {
        self.branches.iter().map(|b| &b.row).filter(|row| matches!(row.node, Node::Account(_)))
    }

    /// The mailbox with a use in an account.
    #[must_use]
    pub fn special(&self, account: AccountId, wanted: SpecialUse) -> Option<MailboxId> {
        self.branches.iter().map(|b| &b.row).find_map(|row| match row.node {
            Node::Mailbox(id) if row.account == account && row.special_use == Some(wanted) => Some(id),
            Node::Mailbox(_) | Node::Account(_) => None,
        })
    }

    /// The mailbox to show when none was chosen: the inbox of the first account, else whatever can be opened there. Only
    /// if that account has none is it the next one's turn, and not while it may get some: `waits` says so.
    #[must_use]
    pub fn first(&self, waits: impl Fn(AccountId) -> bool) -> Option<MailboxId> {
        for account in self.accounts().map(|row| row.account) {
            let rows = || {
                let rows = self.branches.iter().map(|b| &b.row);
                rows.filter(move |row| row.selectable && row.account == account)
            };
            let inbox = rows().find(|row| row.special_use == Some(SpecialUse::Inbox));
            let found = inbox.or_else(|| rows().next()).and_then(mailbox);
            if found.is_some() || waits(account) {
                return found;
            }
        }
        None
    }

    /// Marks a mailbox as the open one and opens the way to it; `false` if it can't be opened.
    pub fn open(&mut self, id: MailboxId) -> bool {
        let Some(index) = self.branches.iter().position(|b| b.row.node == Node::Mailbox(id)) else {
            return false;
        };
        if !self.branches.get(index).is_some_and(|b| b.row.selectable) {
            return false;
        }
        self.opened = Some(id);
        for (place, branch) in self.branches.iter().enumerate() {
            if place < index && branch.end > index {
                self.closed.remove(&branch.row.node);
            }
        }
        self.refresh();
        true
    }

    /// Forgets the open mailbox, because it is gone.
    pub const fn leave(&mut self) {
        self.opened = None;
    }

    /// Opens a closed row and the other way round.
    pub fn toggle(&mut self, node: Node) {
        if !self.closed.remove(&node) {
            self.closed.insert(node);
        }
        self.refresh();
    }

    /// The selectable mailbox before or after the open one on the screen.
    #[must_use]
    pub fn neighbor(&self, forward: bool) -> Option<MailboxId> {
        let selectable: Vec<_> = self.rows.iter().filter(|row| row.selectable).filter_map(mailbox).collect();
        let now = selectable.iter().position(|id| Some(*id) == self.opened);
        let next = match (now, forward) {
            (None, _) => 0,
            (Some(index), true) => index + 1,
            (Some(index), false) => index.checked_sub(1)?,
        };
        selectable.get(next).copied()
    }

    /// The closed nodes, to be remembered.
    #[must_use]
    pub fn closed(&self) -> (BTreeSet<AccountId>, BTreeSet<MailboxId>) {
        let mut sets = (BTreeSet::new(), BTreeSet::new());
        for node in &self.closed {
            match node {
                Node::Account(id) => sets.0.insert(*id),
                Node::Mailbox(id) => sets.1.insert(*id),
            };
        }
        sets
    }

    fn refresh(&mut self) {
        self.rows.clear();
        let mut index = 0;
        while let Some(branch) = self.branches.get(index) {
            let mut row = branch.row.clone();
            row.open = row.parent && !self.closed.contains(&row.node);
            if row.parent && !row.open {
                let below = self.branches.iter().take(branch.end).skip(index + 1);
                row.unread += below.map(|b| b.row.unread).sum::<u64>();
                index = branch.end;
            } else {
                index += 1;
            }
            self.rows.push(row);
        }
        if self.opened.is_some_and(|id| self.find(id).is_none()) {
            self.opened = None;
        }
    }
}

fn mailbox(row: &Row) -> Option<MailboxId> {
    match row.node {
        Node::Mailbox(id) => Some(id),
        Node::Account(_) => None,
    }
}

/// Order of two names: as people sort, then by bytes so that it never changes.
fn name_key(name: &str) -> (String, &str) {
    (name.to_lowercase(), name)
}

/// The mailboxes of an account in tree order: special ones first, then by name, children below parents.
fn branches(account: &AccountMailboxes) -> Vec<Branch> {
    // Special folders stand at the top, wherever the server keeps them.
    let mut top: Vec<&Mailbox> = account.mailboxes.iter().filter(|m| m.special_use.is_some()).collect();
    top.sort_by_key(|m| (m.special_use, name_key(&m.path)));
    let paths: BTreeMap<&str, &Mailbox> = account.mailboxes.iter().map(|m| (m.path.as_str(), m)).collect();
    let mut children: BTreeMap<Option<MailboxId>, Vec<&Mailbox>> = BTreeMap::new();
    for mailbox in account.mailboxes.iter().filter(|m| m.special_use.is_none()) {
        let parent = parent_path(mailbox).and_then(|path| paths.get(path)).map(|m| m.id);
        children.entry(parent).or_default().push(mailbox);
    }
    for list in children.values_mut() {
        list.sort_by_key(|m| name_key(&m.path));
    }
    top.extend(children.remove(&None).unwrap_or_default());

    let mut flat = Vec::with_capacity(account.mailboxes.len());
    let mut open: Vec<(std::vec::IntoIter<&Mailbox>, Option<usize>)> = vec![(top.into_iter(), None)];
    while let Some((siblings, around)) = open.last_mut() {
        let around = *around;
        let Some(mailbox) = siblings.next() else {
            let end = flat.len();
            if let Some(branch) = around.and_then(|i| flat.get_mut(i)) {
                close(branch, end);
            }
            open.pop();
            continue;
        };
        let below = children.remove(&Some(mailbox.id)).unwrap_or_default();
        if !mailbox.selectable && below.is_empty() {
            // Such as "[Gmail]": all that it held stands at the top.
            continue;
        }
        let level = u16::try_from(open.len()).unwrap_or(MAX_LEVEL).min(MAX_LEVEL);
        flat.push(branch(account.id, mailbox, level, !below.is_empty()));
        let index = flat.len() - 1;
        open.push((below.into_iter(), Some(index)));
    }
    flat
}

const fn close(branch: &mut Branch, end: usize) {
    branch.end = end;
}

fn branch(account: AccountId, mailbox: &Mailbox, level: u16, parent: bool) -> Branch {
    let nested = level > 1 || parent_path(mailbox).is_some();
    let last = mailbox.delimiter.and_then(|d| mailbox.path.rsplit(d).next()).unwrap_or(&mailbox.path);
    // Without its parent in the list a name is shown whole: "a/b" alone must not look like "b".
    let name = if nested && level > 1 { last } else { &mailbox.path };
    let row = Row {
        node: Node::Mailbox(mailbox.id),
        account,
        level,
        name: name.to_owned(),
        special_use: mailbox.special_use,
        parent,
        open: false,
        total: mailbox.total,
        unread: mailbox.unread,
        selectable: mailbox.selectable,
        subscribed: mailbox.subscribed,
    };
    Branch { row, end: 0 }
}

fn parent_path(mailbox: &Mailbox) -> Option<&str> {
    mailbox.path.rsplit_once(mailbox.delimiter?).map(|(parent, _)| parent)
}

#[cfg(test)]
mod tests;
