//! Where folders lie: what is inside of what, the way to a folder in words, all places that mail can go to.

use super::{Folders, Node, Row};
use crate::model::{AccountId, MailboxId, SpecialUse};

/// Stands between the levels of a way.
const ARROW: &str = " › ";

/// A folder that mail can be put into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which one.
    pub mailbox: MailboxId,
    /// Whose.
    pub account: AccountId,
    /// What it is for.
    pub special_use: Option<SpecialUse>,
    /// Its name with the names of those around it.
    pub way: String,
    /// Address of the account.
    pub email: String,
}

impl Folders {
    fn index(&self, node: Node) -> Option<usize> {
        self.branches.iter().position(|branch| branch.row.node == node)
    }

    /// The rows around a node, from the account inwards.
    fn around(&self, index: usize) -> impl Iterator<Item = &Row> {
        let before = self.branches.iter().take(index).enumerate();
        before.filter(move |(_, branch)| branch.end > index).map(|(_, branch)| &branch.row)
    }

    /// The mailbox around a mailbox, as the tree shows it; `None` at the top.
    #[must_use]
    pub fn parent(&self, mailbox: MailboxId) -> Option<MailboxId> {
        let index = self.index(Node::Mailbox(mailbox))?;
        self.around(index).filter_map(super::mailbox).last()
    }

    /// Whether a mailbox lies anywhere inside of another one.
    #[must_use]
    pub fn is_within(&self, mailbox: MailboxId, outer: MailboxId) -> bool {
        let (inner, outer) = (self.index(Node::Mailbox(mailbox)), self.index(Node::Mailbox(outer)));
        let (Some(inner), Some(outer)) = (inner, outer) else { return false };
        inner > outer && self.branches.get(outer).is_some_and(|branch| branch.end > inner)
    }

    /// Whether a row can be unfolded.
    #[must_use]
    pub fn is_closed(&self, node: Node) -> bool {
        self.rows.iter().any(|row| row.node == node && row.parent && !row.open)
    }

    /// All mailboxes that can hold messages, in the order of the screen; `name` names one row.
    pub fn places(&self, name: impl Fn(&Row) -> String) -> Vec<Place> {
        let mut places = Vec::new();
        let mut ways: Vec<(usize, String)> = Vec::new();
        let mut email = String::new();
        for (index, branch) in self.branches.iter().enumerate() {
            ways.retain(|(end, _)| *end > index);
            let Node::Mailbox(mailbox) = branch.row.node else {
                email.clone_from(&branch.row.name);
                continue;
            };
            let own = name(&branch.row);
            let way = match ways.last() {
                Some((_, around)) => format!("{around}{ARROW}{own}"),
                None => own,
            };
            if branch.row.selectable {
                let (account, special_use) = (branch.row.account, branch.row.special_use);
                places.push(Place { mailbox, account, special_use, way: way.clone(), email: email.clone() });
            }
            ways.push((branch.end, way));
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AccountMailboxes, Mailbox};
    use super::*;

    fn tree(paths: &[&str]) -> Folders {
        let mailboxes = paths.iter().zip(1..).map(|(path, id)| Mailbox {
            id: MailboxId::from_row(id),
            path: (*path).into(),
            delimiter: Some('/'),
            special_use: None,
            total: 0,
            unread: 0,
            selectable: *path != "Work",
            subscribed: true,
        });
        let id = AccountId::from_row(1);
        let account =
            AccountMailboxes { id, email: "ada@example.org".into(), mailboxes: mailboxes.collect() };
        let mut folders = Folders::default();
        folders.replace(&[account]);
        folders
    }

    #[test]
    fn ways_name_every_level_and_insides_are_known() {
        let folders = tree(&["Alpha", "Work", "Work/2024", "Work/2024/May", "Work/2025", "Zoo"]);
        let places = folders.places(|row| row.name.clone());
        let ways: Vec<_> = places.iter().map(|place| place.way.as_str()).collect();
        assert_eq!(ways, ["Alpha", "Work › 2024", "Work › 2024 › May", "Work › 2025", "Zoo"]);
        assert_eq!(places[0].email, "ada@example.org");
        let [work, old, may, new, zoo] = [2, 3, 4, 5, 6].map(MailboxId::from_row);
        assert_eq!(
            [work, old, may, new].map(|m| folders.parent(m)),
            [None, Some(work), Some(old), Some(work)]
        );
        assert!(folders.is_within(may, work) && folders.is_within(may, old));
        assert!(!folders.is_within(new, old) && !folders.is_within(zoo, work));
        assert!(!folders.is_within(work, work));
    }

    #[test]
    fn what_is_folded_is_known() {
        let mut folders = tree(&["Work", "Work/2024"]);
        let work = Node::Mailbox(MailboxId::from_row(1));
        assert!(!folders.is_closed(work));
        folders.toggle(work);
        assert!(folders.is_closed(work));
        assert!(!folders.is_closed(Node::Mailbox(MailboxId::from_row(2))));
    }
}
