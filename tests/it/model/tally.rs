//! What was asked for in a case, by the user and by the second client: what the outcome is judged by.

use super::ops::Other;
use crate::sync_lab::{NOW, mail};
use postrider::demo::{Content, Mailboxes};
use postrider::model::{Flag, FlagChange, Flags, Keyword, UnixTime};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::{Arc, Mutex, MutexGuard};

/// See the module. Shared with faults that let the second client act.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Mails that the second client did something to.
    pub(crate) touched: BTreeSet<String>,
    /// How often the user chose that a mail be deleted for good, or that a copy of it go again.
    pub(crate) chosen: BTreeMap<String, i64>,
    /// How often the user asked for a copy of a mail.
    pub(crate) copies: BTreeMap<String, i64>,
    /// Mails that were seen in the local store.
    pub(crate) known: BTreeSet<String>,
    /// Faults that may let an operation fail for good.
    pub(crate) refusals: i64,
    /// Whether mailboxes were renamed or deleted.
    pub(crate) rebuilt: bool,
    /// Names of mailboxes made by the second client.
    made: u32,
    mails: u32,
    /// What happened, in words.
    pub(crate) story: String,
}

/// Flags that are set and taken away.
pub(crate) fn flag(n: u8) -> Flag {
    match n % 5 {
        0 => Flag::Seen,
        1 => Flag::Flagged,
        2 => Flag::Answered,
        3 => Flag::Keyword(Keyword::new("work").unwrap()),
        _ => Flag::Keyword(Keyword::new("$Forwarded").unwrap()),
    }
}

pub(crate) fn change(add: bool) -> FlagChange {
    if add { FlagChange::Add } else { FlagChange::Remove }
}

impl Tally {
    pub(crate) fn get(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap()
    }

    pub(crate) fn say(&self, words: &str) {
        writeln!(self.get().story, "  {words}").unwrap();
    }

    /// The second client acts.
    pub(crate) fn other(&self, all: &mut Mailboxes, other: &Other) {
        let words = self.get().apply(all, other);
        self.say(&words);
    }
}

/// What the second client chooses from.
fn selectable(all: &Mailboxes) -> Vec<String> {
    all.iter().filter(|(_, mailbox)| !mailbox.no_select).map(|(name, _)| name.to_owned()).collect()
}

fn chosen(all: &Mailboxes, mailbox: u8, nth: u8) -> Option<(String, u32, String)> {
    let full = |name: &String| all.mailbox(name).is_some_and(|mailbox| !mailbox.mails().is_empty());
    let names: Vec<_> = selectable(all).into_iter().filter(full).collect();
    let name = names.get(usize::from(mailbox) % names.len().max(1))?;
    let mails = all.mailbox(name)?.mails();
    let mail = mails.get(usize::from(nth) % mails.len())?;
    Some((name.clone(), mail.uid, mail.message_id().unwrap_or_default()))
}

fn nth_name(all: &Mailboxes, nth: u8) -> String {
    let names = selectable(all);
    names[usize::from(nth) % names.len()].clone()
}

/// Mailboxes that a user made: the special ones are never renamed or deleted.
fn own(all: &Mailboxes, nth: u8) -> Option<String> {
    let own = |name: &str| name.starts_with("Work") || name.starts_with("Made");
    let names: Vec<_> = all.iter().map(|(name, _)| name.to_owned()).filter(|name| own(name)).collect();
    names.get(usize::from(nth) % names.len().max(1)).cloned()
}

impl Counts {
    /// A mail that nobody has seen before.
    pub(crate) fn new_mail(&mut self) -> (u32, UnixTime, Content) {
        self.mails += 1;
        (self.mails, UnixTime(NOW - 100_000 + i64::from(self.mails) * 60), mail(self.mails))
    }

    fn touch_all_in(&mut self, all: &Mailboxes, name: &str) {
        let below = format!("{name}/");
        for (other, mailbox) in all.iter() {
            if other == name || other.starts_with(&below) {
                self.touched.extend(mailbox.mails().iter().filter_map(postrider::demo::Mail::message_id));
            }
        }
    }

    fn apply(&mut self, all: &mut Mailboxes, other: &Other) -> String {
        let nothing = || format!("another client finds nothing for {other:?}");
        match *other {
            Other::Deliver(to) => {
                let (to, (n, date, content)) = (nth_name(all, to), self.new_mail());
                all.append(&to, Flags::default(), date, content).unwrap();
                format!("mail-{n} arrives in {to}")
            }
            Other::Flag(mailbox, nth, which, add) => {
                let Some((name, uid, id)) = chosen(all, mailbox, nth) else { return nothing() };
                let (which, add) = (flag(which), change(add));
                all.set_flag(&name, &[uid], add, &which).unwrap();
                let words = format!("another client: {id} in {name} {add:?} {which}");
                self.touched.insert(id);
                words
            }
            Other::Mark(mailbox, nth) => {
                let Some((name, uid, id)) = chosen(all, mailbox, nth) else { return nothing() };
                all.set_flag(&name, &[uid], FlagChange::Add, &Flag::Deleted).unwrap();
                let words = format!("another client marks {id} in {name} as deleted");
                self.touched.insert(id);
                words
            }
            Other::Expunge(mailbox, nth) => {
                let Some((name, uid, id)) = chosen(all, mailbox, nth) else { return nothing() };
                all.expunge(&name, &[uid]).unwrap();
                let words = format!("another client expunges {id} from {name}");
                self.touched.insert(id);
                words
            }
            Other::Move(mailbox, nth, to) => {
                let Some((name, uid, id)) = chosen(all, mailbox, nth) else { return nothing() };
                let to = nth_name(all, to);
                if to == name {
                    return nothing();
                }
                all.move_mails(&name, &[uid], &to).unwrap();
                let words = format!("another client moves {id} from {name} to {to}");
                self.touched.insert(id);
                words
            }
            Other::Copy(mailbox, nth, to) => {
                let Some((name, uid, id)) = chosen(all, mailbox, nth) else { return nothing() };
                let to = nth_name(all, to);
                all.copy_mails(&name, &[uid], &to).unwrap();
                let words = format!("another client copies {id} from {name} to {to}");
                self.touched.insert(id);
                words
            }
            Other::Renew(mailbox) => {
                let name = nth_name(all, mailbox);
                all.renew_uid_validity(&name).unwrap();
                format!("{name} gets a new UIDVALIDITY")
            }
            Other::Rename(mailbox) => {
                let Some(name) = own(all, mailbox) else { return nothing() };
                self.made += 1;
                let new = format!("Made{}", self.made);
                self.rebuilt = true;
                self.touch_all_in(all, &name);
                all.rename(&name, &new).unwrap();
                format!("another client renames {name} to {new}")
            }
            Other::Drop(mailbox) => {
                let Some(name) = own(all, mailbox) else { return nothing() };
                self.rebuilt = true;
                self.touch_all_in(all, &name);
                all.delete(&name).unwrap();
                format!("another client deletes {name}")
            }
            Other::Create => {
                self.made += 1;
                let name = format!("Made{}", self.made);
                all.create(&name, None).unwrap();
                format!("another client makes {name}")
            }
        }
    }
}
