//! Tests of the store as a whole, and the small helpers that all its tests share.

mod basics;
mod bodies;
mod durability;
mod gmail;
mod journal;
mod moves;
mod operations;
mod parts;
mod plan;
mod random;
mod senders;
mod threads;
mod vanish;

use super::*;
use crate::model::*;

pub(super) const NOW: UnixTime = UnixTime(1_800_000_000);

/// A store in a folder of its own.
pub(super) fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    (dir, store)
}

pub(super) fn account(email: &str) -> Account {
    Account {
        email: email.into(),
        imap: Server { host: "imap.example.org".into(), port: 993, security: Security::Tls },
        smtp: None,
        smtp_user: None,
        login: Login { user: "user".into(), auth: AuthMethod::Password, password_command: None, oauth: None },
        ca_file: None,
        exceptions: Vec::new(),
    }
}

fn uid(n: u32) -> Uid {
    Uid::from_wire(n).unwrap()
}

fn validity(n: u32) -> UidValidity {
    UidValidity::from_wire(n).unwrap()
}

fn set(text: &str) -> UidSet {
    UidSet::from_wire(text).unwrap()
}

fn flags(words: &str) -> Flags {
    words.split_ascii_whitespace().filter_map(Flag::from_wire).collect()
}

pub(super) fn mailbox_info(name: &str) -> MailboxInfo {
    MailboxInfo {
        name: MailboxName::from_wire(name.as_bytes()),
        delimiter: Some('/'),
        display: name.to_owned(),
        special_use: (name == "INBOX").then_some(SpecialUse::Inbox),
        attributes: MailboxAttributes::default(),
        object_id: None,
    }
}

fn new_message(n: u32) -> NewMessage {
    NewMessage {
        internal_date: Some(UnixTime(1_700_000_000 + i64::from(n) * 60)),
        size: 1_000 + u64::from(n),
        envelope: Envelope {
            subject: format!("Subject {n}"),
            from: vec![Address { name: format!("Author {n}"), email: format!("a{n}@example.org") }],
            to: vec![Address { name: String::new(), email: "me@example.org".into() }],
            date: Some(UnixTime(1_700_000_000)),
            message_id: Some(Rfc822MessageId(format!("{n}@example.org"))),
            ..Envelope::default()
        },
        ..NewMessage::new(uid(n))
    }
}

/// A store with one account and two mailboxes.
struct Lab {
    dir: tempfile::TempDir,
    store: Store,
    account: AccountId,
    inbox: MailboxId,
    other: MailboxId,
}

impl Lab {
    fn new() -> Self {
        let (dir, store) = store();
        let (account, mailboxes) = store
            .write_blocking("lab", |w| {
                let account = w.add_account(&account("me@example.org"))?;
                let infos = [mailbox_info("INBOX"), mailbox_info("Archive")];
                Ok((account, w.sync_mailboxes(account, &infos, NOW)?))
            })
            .unwrap();
        Self { dir, store, account, inbox: mailboxes[0], other: mailboxes[1] }
    }

    fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.store.write_blocking("test", f).unwrap()
    }

    fn insert(&self, mailbox: MailboxId, messages: Vec<NewMessage>) -> Vec<Placed> {
        self.write(move |w| w.insert_messages(mailbox, messages))
    }

    fn fill(&self, mailbox: MailboxId, numbers: std::ops::RangeInclusive<u32>) -> Vec<MessageId> {
        self.insert(mailbox, numbers.map(new_message).collect()).into_iter().map(|p| p.message).collect()
    }

    fn see(&self) -> Snapshot {
        self.store.snapshot().unwrap()
    }

    /// Total and unread messages of a mailbox, as its row says.
    fn counts(&self, mailbox: MailboxId) -> (u64, u64) {
        let row = self.see().mailbox(mailbox).unwrap().unwrap();
        (row.total, row.unseen)
    }

    fn row(&self, message: MessageId, mailbox: MailboxId) -> MessageRow {
        self.see().rows(&[message], mailbox).unwrap().remove(0)
    }

    fn uids(&self, mailbox: MailboxId) -> String {
        self.see().uids(mailbox).unwrap().to_string()
    }
}
