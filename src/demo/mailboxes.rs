//! The mail of the embedded server in memory: mailboxes, mails, modification sequences. No I/O, no clock.

mod change;
mod gmail;
mod ledger;

pub(crate) use gmail::{IMPORTANT, label_of};
pub use ledger::{Entry, Happened};

use super::content::Content;
use crate::model::{Flag, Flags, SpecialUse, UnixTime};
use ledger::Ledger;
use std::collections::BTreeMap;

/// Separates the levels of a mailbox name.
pub const DELIMITER: char = '/';

/// One mail in one mailbox.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Its UID.
    pub uid: u32,
    /// Its modification sequence.
    pub mod_seq: u64,
    /// Its flags.
    pub flags: Flags,
    /// When it arrived.
    pub internal_date: UnixTime,
    /// What it is; copies of a mail share it (RFC 8474 EMAILID).
    pub email_id: u64,
    /// Its bytes.
    pub content: Content,
    /// Its number in the ledger; it keeps it when the mailbox gets new UIDs, and a copy has one of its own.
    pub serial: u64,
    /// Session that changed it last, which needs no news about it; 0 is nobody.
    pub(crate) changed_by: u32,
}

impl Mail {
    /// Content of its `Message-ID` without angle brackets.
    #[must_use]
    pub fn message_id(&self) -> Option<String> {
        let field = self.content.field("message-id")?;
        Some(field.trim_matches(['<', '>']).to_owned())
    }
}

/// One mailbox.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// Stays the same when the mailbox is renamed (RFC 8474 MAILBOXID).
    pub id: u64,
    /// What it is for.
    pub special_use: Option<SpecialUse>,
    /// Whether LSUB shows it.
    pub subscribed: bool,
    /// A mere level of the hierarchy that cannot be selected.
    pub no_select: bool,
    /// Not to be seen over IMAP, as Gmail's users can wish it for any label and for All Mail.
    pub(crate) concealed: bool,
    pub(crate) uid_validity: u32,
    pub(crate) uid_next: u32,
    pub(crate) mod_seq: u64,
    /// In ascending order of UIDs.
    pub(crate) mails: Vec<Mail>,
    /// UIDs that are gone, with the modification sequence of their going.
    pub(crate) expunged: Vec<(u32, u64)>,
    ledger: Ledger,
}

impl Mailbox {
    fn new(id: u64, uid_validity: u32, special_use: Option<SpecialUse>, ledger: Ledger) -> Self {
        Self {
            id,
            special_use,
            subscribed: true,
            no_select: false,
            concealed: false,
            uid_validity,
            uid_next: 1,
            mod_seq: 1,
            mails: Vec::new(),
            expunged: Vec::new(),
            ledger,
        }
    }

    /// Mails in ascending order of UIDs.
    #[must_use]
    pub fn mails(&self) -> &[Mail] {
        &self.mails
    }

    /// The mail with that UID.
    #[must_use]
    pub fn mail(&self, uid: u32) -> Option<&Mail> {
        self.mails.get(self.index(uid)?)
    }

    pub(crate) fn index(&self, uid: u32) -> Option<usize> {
        self.mails.binary_search_by_key(&uid, |mail| mail.uid).ok()
    }

    /// UIDs in ascending order.
    #[must_use]
    pub fn uids(&self) -> Vec<u32> {
        self.mails.iter().map(|mail| mail.uid).collect()
    }

    /// UIDVALIDITY.
    #[must_use]
    pub const fn uid_validity(&self) -> u32 {
        self.uid_validity
    }

    /// UID that the next mail gets.
    #[must_use]
    pub const fn uid_next(&self) -> u32 {
        self.uid_next
    }

    /// The first UID that no mail of this UIDVALIDITY has or had.
    #[must_use]
    pub fn unused_uid(&self) -> u32 {
        let gone = self.expunged.iter().map(|(uid, _)| *uid).max().unwrap_or(0);
        let last = self.mails.last().map_or(0, |mail| mail.uid);
        gone.max(last).saturating_add(1)
    }

    /// HIGHESTMODSEQ.
    #[must_use]
    pub const fn mod_seq(&self) -> u64 {
        self.mod_seq
    }

    /// Mails without `\Seen`.
    #[must_use]
    pub fn unseen(&self) -> usize {
        self.mails.iter().filter(|mail| !mail.flags.contains(&Flag::Seen)).count()
    }

    /// UIDs that went after a modification sequence.
    pub(crate) fn expunged_since(&self, mod_seq: u64) -> impl Iterator<Item = u32> + '_ {
        self.expunged.iter().filter(move |(_, at)| *at > mod_seq).map(|(uid, _)| *uid)
    }
}

/// All mailboxes of the embedded server, by name in UTF-8.
#[derive(Clone, Debug)]
pub struct Mailboxes {
    boxes: BTreeMap<String, Mailbox>,
    next_id: u64,
    next_email: u64,
    next_validity: u32,
    ledger: Ledger,
    /// Whether mailboxes are labels of messages: see `gmail.rs`.
    labels: bool,
}

impl Default for Mailboxes {
    fn default() -> Self {
        Self::new()
    }
}

/// The thing to be changed does not exist, or exists already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No mailbox of that name.
    #[error("no such mailbox")]
    NoMailbox,
    /// The name is taken.
    #[error("the mailbox exists already")]
    Exists,
    /// INBOX cannot be removed, and a name cannot be empty.
    #[error("this name cannot be used so")]
    BadName,
    /// UIDs are used up.
    #[error("no more UIDs")]
    Full,
}

impl Mailboxes {
    /// Just an empty INBOX.
    #[must_use]
    pub fn new() -> Self {
        let mut all = Self {
            boxes: BTreeMap::new(),
            next_id: 1,
            next_email: 1,
            next_validity: 1_000_000_001,
            ledger: Ledger::default(),
            labels: false,
        };
        all.insert("INBOX", Some(SpecialUse::Inbox));
        all
    }

    /// INBOX and the usual special-use mailboxes, all empty.
    #[must_use]
    pub fn standard() -> Self {
        let mut all = Self::new();
        for (name, special_use) in [
            ("Archive", SpecialUse::Archive),
            ("Drafts", SpecialUse::Drafts),
            ("Junk", SpecialUse::Junk),
            ("Sent", SpecialUse::Sent),
            ("Trash", SpecialUse::Trash),
        ] {
            all.insert(name, Some(special_use));
        }
        all
    }

    /// Makes a mailbox, or returns the one of that name.
    pub fn insert(&mut self, name: &str, special_use: Option<SpecialUse>) -> &mut Mailbox {
        let (id, validity) = (self.next_id, self.next_validity);
        let ledger = self.ledger.clone();
        self.boxes.entry(name.to_owned()).or_insert_with(|| {
            self.next_id += 1;
            self.next_validity += 1;
            Mailbox::new(id, validity, special_use, ledger)
        })
    }

    /// Keeps a ledger from now on.
    pub fn keep_ledger(&mut self) {
        self.ledger.keep();
    }

    /// What happened to mails since [`Mailboxes::keep_ledger`].
    #[must_use]
    pub fn ledger(&self) -> Vec<Entry> {
        self.ledger.entries()
    }

    /// Says which connection acts from now on (0: nobody of them); gives which did before.
    pub(crate) fn act_as(&self, by: u32) -> u32 {
        self.ledger.act_as(by)
    }

    /// The mailbox of that name.
    #[must_use]
    pub fn mailbox(&self, name: &str) -> Option<&Mailbox> {
        self.boxes.get(name).filter(|mailbox| !mailbox.concealed)
    }

    pub(crate) fn mailbox_mut(&mut self, name: &str) -> Option<&mut Mailbox> {
        self.boxes.get_mut(name).filter(|mailbox| !mailbox.concealed)
    }

    /// The mailbox with that id, whatever its name is now.
    #[must_use]
    pub fn by_id(&self, id: u64) -> Option<&Mailbox> {
        self.boxes.values().find(|mailbox| mailbox.id == id && !mailbox.concealed)
    }

    pub(crate) fn by_id_mut(&mut self, id: u64) -> Option<&mut Mailbox> {
        self.boxes.values_mut().find(|mailbox| mailbox.id == id && !mailbox.concealed)
    }

    /// All mailboxes in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Mailbox)> {
        let shown = self.boxes.iter().filter(|(_, mailbox)| !mailbox.concealed);
        shown.map(|(name, mailbox)| (name.as_str(), mailbox))
    }

    /// Whether there is a mailbox below that name.
    #[must_use]
    pub fn has_children(&self, name: &str) -> bool {
        let prefix = format!("{name}{DELIMITER}");
        self.boxes.range(prefix.clone()..).next().is_some_and(|(next, _)| next.starts_with(&prefix))
    }

    /// `Message-ID` of every mail with its mailbox, sorted: what a test compares with a local store.
    #[must_use]
    pub fn inventory(&self) -> Vec<(String, String)> {
        let mut all: Vec<_> = self
            .iter()
            .flat_map(|(name, mailbox)| {
                mailbox.mails.iter().map(|mail| (name.to_owned(), mail.message_id().unwrap_or_default()))
            })
            .collect();
        all.sort();
        all
    }
}
