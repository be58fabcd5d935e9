//! Which notices of new mail the desktop shows. Pure: what arrived goes in, what is to be shown or taken back comes out.
//!
//! A few messages are told one by one; more of an account become one notice, so that nobody drowns in them.

use super::locale::{Locale, tr};
use crate::model::{AccountId, MailboxId, MessageId};
use crate::notify::Notice;
use std::collections::BTreeMap;

/// So many messages of an account are told one by one.
const SINGLE: usize = 3;
/// So many are named in a notice about several.
const NAMED: usize = 3;
/// So many are remembered for a notice; the number that it tells goes on.
const MAX_ITEMS: usize = 1_000;

/// A message to tell of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Which one.
    pub message: MessageId,
    /// Where it is.
    pub mailbox: MailboxId,
    /// Who wrote it.
    pub sender: String,
    /// Its subject.
    pub subject: String,
}

/// What the desktop is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Show this, or replace what has its number.
    Show(Notice),
    /// Take back what has this number.
    TakeBack(u64),
}

/// One notice.
#[derive(Debug)]
struct Shown {
    account: AccountId,
    items: Vec<Item>,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Notices {
    last: u64,
    shown: BTreeMap<u64, Shown>,
}

impl Notices {
    /// Whether nothing is shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// The messages that are told of.
    pub fn messages(&self) -> impl Iterator<Item = (MessageId, MailboxId)> {
        self.shown.values().flat_map(|one| &one.items).map(|item| (item.message, item.mailbox))
    }

    /// Messages arrived, the newest first; `name` is what their account is called, if there are several.
    pub fn arrived(
        &mut self,
        account: AccountId,
        name: Option<&str>,
        items: Vec<Item>,
        l: &Locale,
    ) -> Vec<Order> {
        let known: Vec<MessageId> = self.messages().map(|(message, _)| message).collect();
        let new: Vec<Item> = items.into_iter().filter(|item| !known.contains(&item.message)).collect();
        if new.is_empty() {
            return Vec::new();
        }
        let slots: Vec<u64> =
            self.shown.iter().filter(|(_, one)| one.account == account).map(|(slot, _)| *slot).collect();
        let before: usize =
            slots.iter().filter_map(|slot| self.shown.get(slot)).map(|one| one.items.len()).sum();
        if before + new.len() <= SINGLE {
            // The oldest first, so that the newest stands on top.
            return new.into_iter().rev().map(|item| self.single(account, name, item, l)).collect();
        }
        let mut all = new;
        let group =
            slots.iter().copied().find(|slot| self.shown.get(slot).is_some_and(|one| one.items.len() > 1));
        let mut orders = Vec::new();
        for slot in slots.into_iter().rev() {
            if let Some(one) = self.shown.remove(&slot) {
                all.extend(one.items);
            }
            if Some(slot) != group {
                orders.push(Order::TakeBack(slot));
            }
        }
        all.truncate(MAX_ITEMS);
        let slot = group.unwrap_or_else(|| self.next());
        orders.push(Order::Show(several(slot, name, &all, l)));
        self.shown.insert(slot, Shown { account, items: all });
        orders
    }

    /// These messages were read or are gone.
    pub fn settled(&mut self, messages: &[MessageId]) -> Vec<Order> {
        let mut orders = Vec::new();
        self.shown.retain(|slot, one| {
            one.items.retain(|item| !messages.contains(&item.message));
            if one.items.is_empty() {
                orders.push(Order::TakeBack(*slot));
            }
            !one.items.is_empty()
        });
        orders
    }

    /// Nothing is told of an account any more.
    pub fn forget(&mut self, account: AccountId) -> Vec<Order> {
        let slots: Vec<u64> =
            self.shown.iter().filter(|(_, one)| one.account == account).map(|(slot, _)| *slot).collect();
        self.shown.retain(|_, one| one.account != account);
        slots.into_iter().map(Order::TakeBack).collect()
    }

    /// A notice was clicked: its mailbox, and its message if it is about one.
    pub fn opened(&mut self, slot: u64) -> Option<(MailboxId, Option<MessageId>)> {
        let one = self.shown.remove(&slot)?;
        let newest = one.items.first()?;
        Some((newest.mailbox, (one.items.len() == 1).then_some(newest.message)))
    }

    /// A notice is gone.
    pub fn closed(&mut self, slot: u64) {
        self.shown.remove(&slot);
    }

    const fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn single(&mut self, account: AccountId, name: Option<&str>, item: Item, l: &Locale) -> Order {
        let slot = self.next();
        let subject = subject_of(&item, l);
        let text = name.map_or_else(|| subject.clone(), |name| format!("{subject}\n{name}"));
        let open = tr!(l, "notice-open").into_owned();
        let notice = Notice { slot, title: item.sender.clone(), text, open };
        self.shown.insert(slot, Shown { account, items: vec![item] });
        Order::Show(notice)
    }
}

fn subject_of(item: &Item, l: &Locale) -> String {
    let subject = item.subject.trim();
    if subject.is_empty() { tr!(l, "list-no-subject").into_owned() } else { subject.to_owned() }
}

fn several(slot: u64, name: Option<&str>, items: &[Item], l: &Locale) -> Notice {
    let count = items.len();
    let title = match name {
        Some(name) => tr!(l, "notice-several-account", count = count, account = name),
        None => tr!(l, "notice-several", count = count),
    };
    let mut lines: Vec<String> =
        items.iter().take(NAMED).map(|item| format!("{}: {}", item.sender, subject_of(item, l))).collect();
    if count > NAMED {
        lines.push("…".to_owned());
    }
    Notice {
        slot,
        title: title.into_owned(),
        text: lines.join("\n"),
        open: tr!(l, "notice-open").into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: AccountId = AccountId::from_row(1);
    const BEN: AccountId = AccountId::from_row(2);

    fn item(n: i64) -> Item {
        Item {
            message: MessageId::from_row(n),
            mailbox: MailboxId::from_row(9),
            sender: format!("Sender {n}"),
            subject: format!("Subject {n}"),
        }
    }

    fn shown(orders: &[Order]) -> Vec<(u64, &str, &str)> {
        orders
            .iter()
            .filter_map(|order| match order {
                Order::Show(notice) => Some((notice.slot, notice.title.as_str(), notice.text.as_str())),
                Order::TakeBack(_) => None,
            })
            .collect()
    }

    #[test]
    fn a_few_are_told_one_by_one_and_many_together() {
        let (mut notices, l) = (Notices::default(), Locale::english());
        let orders = notices.arrived(ADA, None, vec![item(2), item(1)], &l);
        assert_eq!(shown(&orders), [(1, "Sender 1", "Subject 1"), (2, "Sender 2", "Subject 2")]);
        assert!(notices.arrived(ADA, None, vec![item(2)], &l).is_empty(), "it is told already");
        // Another account has its own.
        let orders = notices.arrived(BEN, Some("Work"), vec![item(50)], &l);
        assert_eq!(shown(&orders), [(3, "Sender 50", "Subject 50\nWork")]);
        let orders = notices.arrived(ADA, None, vec![item(4), item(3)], &l);
        assert_eq!(&orders[..2], [Order::TakeBack(2), Order::TakeBack(1)]);
        let text = "Sender 4: Subject 4\nSender 3: Subject 3\nSender 2: Subject 2\n…";
        assert_eq!(shown(&orders), [(4, "4 new messages", text)]);
        // The same notice goes on counting.
        let orders = notices.arrived(ADA, None, vec![item(5)], &l);
        assert_eq!(
            shown(&orders).first().map(|(slot, title, _)| (*slot, *title)),
            Some((4, "5 new messages"))
        );
        assert_eq!(notices.opened(4), Some((MailboxId::from_row(9), None)));
        assert_eq!(notices.opened(3), Some((MailboxId::from_row(9), Some(MessageId::from_row(50)))));
        assert!(notices.is_empty() && notices.opened(3).is_none());
    }

    #[test]
    fn what_was_read_elsewhere_is_taken_back() {
        let (mut notices, l) = (Notices::default(), Locale::english());
        notices.arrived(ADA, None, vec![item(2), item(1)], &l);
        assert_eq!(notices.settled(&[MessageId::from_row(1)]), [Order::TakeBack(1)]);
        assert_eq!(notices.messages().count(), 1);
        notices.arrived(ADA, None, (10..20).map(item).collect(), &l);
        assert!(notices.settled(&[MessageId::from_row(12)]).is_empty(), "the others still wait");
        assert_eq!(notices.forget(ADA).len(), 1);
        assert!(notices.is_empty());
    }
}
