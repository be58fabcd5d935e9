//! A store with a synthetic mailbox, for the benches.

#![allow(dead_code, reason = "each bench uses a part of it")]

use postrider::model::*;
use postrider::store::*;

/// Rows added in one transaction, as the sync does.
pub(crate) const BATCH: u32 = 500;

pub(crate) fn uid(n: u32) -> Uid {
    Uid::from_wire(n).unwrap()
}

fn part(path: &str, kind: &str, subtype: &str) -> Part {
    Part {
        path: path.parse().unwrap(),
        media_type: MediaType::new(kind, subtype),
        charset: (kind == "text").then(|| "utf-8".into()),
        flowed: false,
        del_sp: false,
        encoding: TransferEncoding::QuotedPrintable,
        size: 4_321,
        content_id: None,
        disposition: None,
        filename: None,
        start: None,
    }
}

/// A message as lists have them: some hundred bytes of header, three parts, a preview.
pub(crate) fn message(n: u32) -> NewMessage {
    let address = |name: &str, n: u32| Address { name: name.into(), email: format!("person{n}@example.org") };
    let id = |n: u32| Rfc822MessageId(format!("CAF{n:08x}Zr7k2qPmHf0x+EXAMPLE@mail.example.org"));
    let parts =
        vec![part("", "multipart", "alternative"), part("1", "text", "plain"), part("2", "text", "html")];
    NewMessage {
        flags: Flags::from_row(if n.is_multiple_of(5) { 0 } else { Flags::SEEN }, ""),
        mod_seq: ModSeq::new(u64::from(n)),
        internal_date: Some(UnixTime(1_500_000_000 + i64::from(n) * 137)),
        size: 20_000 + u64::from(n % 999),
        envelope: Envelope {
            date: Some(UnixTime(1_500_000_000 + i64::from(n) * 137)),
            subject: format!("Re: the minutes of meeting {n}, and what we said about it"),
            from: vec![address("Somebody Somewhere", n % 400)],
            to: vec![address("Me Myself", 0), address("", n % 77)],
            message_id: Some(id(n)),
            in_reply_to: vec![id(n - n % 3)],
            references: vec![id(n - n % 3), id(n - n % 2)],
            ..Envelope::default()
        },
        structure: Some(BodyStructure { parts }),
        preview: Some(
            "Dear all, here is what I wrote down when we met last week; please tell me what I got wrong"
                .into(),
        ),
        ..NewMessage::new(uid(n))
    }
}

pub(crate) struct Lab {
    /// Dropped last.
    pub(crate) store: Store,
    pub(crate) inbox: MailboxId,
    pub(crate) dir: tempfile::TempDir,
}

pub(crate) fn lab() -> Lab {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("data")).unwrap();
    let inbox = store.write_blocking("lab", |w| {
        let account = w.add_account(&Account {
            email: "me@example.org".into(),
            imap: Server { host: "imap.example.org".into(), port: 993, security: Security::Tls },
            smtp: None,
            smtp_user: None,
            login: Login {
                user: "me".into(),
                auth: AuthMethod::Password,
                password_command: None,
                oauth: None,
            },
            ca_file: None,
            exceptions: Vec::new(),
        })?;
        let info = MailboxInfo {
            name: MailboxName::from_wire(b"INBOX"),
            delimiter: Some('/'),
            display: "INBOX".into(),
            special_use: Some(SpecialUse::Inbox),
            attributes: MailboxAttributes::default(),
            object_id: None,
        };
        let archive = MailboxInfo {
            name: MailboxName::from_wire(b"Archive"),
            display: "Archive".into(),
            special_use: Some(SpecialUse::Archive),
            ..info.clone()
        };
        Ok(w.sync_mailboxes(account, &[info, archive], UnixTime(0))?[0])
    });
    Lab { store, inbox: inbox.unwrap(), dir }
}

/// Newest first, as the sync goes backwards through a mailbox.
pub(crate) fn fill(lab: &Lab, messages: Vec<NewMessage>) {
    let inbox = lab.inbox;
    let mut rest = messages;
    while !rest.is_empty() {
        let batch = rest.split_off(rest.len().saturating_sub(BATCH as usize));
        lab.store.write_blocking("fill", move |w| w.insert_messages(inbox, batch)).unwrap();
    }
}
