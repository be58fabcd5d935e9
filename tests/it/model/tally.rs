//! What was asked for in a case, by the user and by the second client: what the outcome is judged by.

use super::mails::{self, Shape, name_of};
use super::ops::Other;
use postrider::demo::{Content, Mailboxes};
use postrider::model::{Flag, FlagChange, Flags, Keyword};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::{Arc, Mutex, MutexGuard};

/// See the module. Shared with faults that let the second client act.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(Arc<Mutex<Counts>>);

/// Mails are known by their subjects, mailboxes by side and name.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Every mail that there ever was, by its subject.
    pub(crate) mails: BTreeMap<String, Content>,
    /// Mails that are there several times from the beginning.
    pub(crate) twins: BTreeSet<String>,
    /// Mails that the second client did something to.
    pub(crate) touched: BTreeSet<String>,
    /// Mails that the second client expunged somewhere.
    pub(crate) taken: BTreeSet<String>,
    /// How often the user chose that a mail be deleted for good, or that a copy of it go again.
    pub(crate) chosen: BTreeMap<String, i64>,
    /// How often the user asked for a copy of a mail.
    pub(crate) copies: BTreeMap<String, i64>,
    /// How often the user put a message into a mailbox.
    pub(crate) put: BTreeMap<String, i64>,
    /// Mailboxes that the user deleted, or may have by taking back that they were made, with the mails seen in them.
    pub(crate) razed: BTreeMap<(usize, String), BTreeSet<String>>,
    /// Mailboxes that the user made.
    pub(crate) own: BTreeSet<(usize, String)>,
    /// Mailboxes that the second client made.
    pub(crate) foreign: BTreeSet<(usize, String)>,
    /// Mails that were seen in the local store.
    pub(crate) known: BTreeSet<String>,
    /// Faults that may let an operation fail for good.
    pub(crate) refusals: i64,
    /// Whether mailboxes were renamed or deleted by the second client.
    pub(crate) rebuilt: bool,
    /// Number of the last mailbox made.
    made: u32,
    /// Number of the last mail made.
    number: u32,
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
    pub(crate) fn other(&self, side: usize, all: &mut Mailboxes, other: &Other) {
        let words = self.get().apply(side, all, other);
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
    Some((name.clone(), mail.uid, name_of(mail)))
}

fn nth_name(all: &Mailboxes, nth: u8) -> String {
    let names = selectable(all);
    names[usize::from(nth) % names.len()].clone()
}

/// Whether a user made this mailbox: the special ones are never renamed or deleted.
pub(crate) fn is_own(name: &str) -> bool {
    ["Work", "Made", "Mine"].iter().any(|own| name.starts_with(own))
}

fn own(all: &Mailboxes, nth: u8) -> Option<String> {
    let names: Vec<_> = all.iter().map(|(name, _)| name.to_owned()).filter(|name| is_own(name)).collect();
    names.get(usize::from(nth) % names.len().max(1)).cloned()
}

/// UIDs are not used twice: nobody could tell the mails apart.
fn set_uid_next(all: &mut Mailboxes, mailbox: u8, up: bool) -> String {
    let name = nth_name(all, mailbox);
    let mailbox = all.mailbox(&name).unwrap();
    let next = if up { mailbox.uid_next() + 50 } else { mailbox.unused_uid() };
    all.set_uid_next(&name, next).unwrap();
    format!("UIDNEXT of {name} is {next} now")
}

impl Counts {
    /// A mail that nobody has seen before, or a twin of one.
    pub(crate) fn new_mail(&mut self, what: &str, shape: u8) -> (String, u32, Content) {
        self.number += 1;
        let (number, shape) = (self.number, Shape::of(shape));
        let twin = self.mails.iter().nth(self.number as usize % self.mails.len().max(1));
        if let (Shape::Twin, Some((name, content))) = (shape, twin) {
            let (name, content) = (name.clone(), content.clone());
            self.twins.insert(name.clone());
            return (name, number, content);
        }
        let name = format!("{what} {number}");
        let content = Content::new(mails::text(&name, number, shape));
        self.mails.insert(name.clone(), content.clone());
        (name, number, content)
    }

    /// A name for a mailbox.
    pub(crate) fn new_mailbox(&mut self, what: &str) -> String {
        self.made += 1;
        format!("{what}{}", self.made)
    }

    /// The user takes something back, which may be that a mailbox was made.
    pub(crate) fn may_unmake(&mut self) {
        for mailbox in &self.own {
            self.razed.insert(mailbox.clone(), self.known.clone());
        }
    }

    /// A mail arrives.
    pub(crate) fn deliver(&mut self, all: &mut Mailboxes, to: &str, shape: u8) -> String {
        let (name, number, content) = self.new_mail("Mail", shape);
        all.append(to, Flags::default(), mails::date(number), content).unwrap();
        format!("{name} ({:?}) arrives in {to}", Shape::of(shape))
    }

    fn touch_all_in(&mut self, all: &Mailboxes, name: &str) {
        let below = format!("{name}/");
        for (other, mailbox) in all.iter() {
            if other == name || other.starts_with(&below) {
                let names = || mailbox.mails().iter().map(name_of);
                self.touched.extend(names());
                self.taken.extend(names());
            }
        }
    }

    fn apply(&mut self, side: usize, all: &mut Mailboxes, other: &Other) -> String {
        let nothing = || format!("another client finds nothing for {other:?}");
        match *other {
            Other::Deliver(to, shape) => {
                let to = nth_name(all, to);
                self.deliver(all, &to, shape)
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
                self.taken.insert(id.clone());
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
            Other::UidNext(mailbox, up) => set_uid_next(all, mailbox, up),
            Other::Rename(mailbox) => {
                let Some(name) = own(all, mailbox) else { return nothing() };
                let new = self.new_mailbox("Made");
                self.rebuilt = true;
                self.touch_all_in(all, &name);
                all.rename(&name, &new).unwrap();
                self.foreign.insert((side, new.clone()));
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
                let name = self.new_mailbox("Made");
                all.create(&name, None).unwrap();
                self.foreign.insert((side, name.clone()));
                format!("another client makes {name}")
            }
        }
    }
}
