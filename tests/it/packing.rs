//! What the dictionary of the store gains on mails that it was not made from. Prints the figures.

use crate::corpora::{files, folder};
use postrider::model::{
    Account, AuthMethod, Login, MailboxAttributes, MailboxName, Security, Server, Uid, UnixTime,
};
use postrider::store::{MailboxInfo, NewBody, NewMessage, Store};

/// Larger mails are kept as files, as they are.
const MAX_PACKED: usize = 64 << 10;

fn mails() -> Vec<Vec<u8>> {
    let Some(root) = folder("") else { return Vec::new() };
    let mails = files(&root).into_iter().filter(|path| path.extension().is_some_and(|e| e == "eml"));
    let read = mails.map(|path| std::fs::read(path).unwrap());
    read.filter(|raw| !raw.is_empty() && raw.len() <= MAX_PACKED).collect()
}

fn store(
    dir: &std::path::Path,
    count: usize,
) -> (Store, Vec<postrider::model::MessageId>, postrider::model::MailboxId) {
    let store = Store::open(dir).unwrap();
    let account = Account {
        email: "me@example.org".into(),
        imap: Server { host: "imap.example.org".into(), port: 993, security: Security::Tls },
        smtp: None,
        smtp_user: None,
        login: Login { user: "me".into(), auth: AuthMethod::Password, password_command: None, oauth: None },
        ca_file: None,
        exceptions: Vec::new(),
    };
    let info = MailboxInfo {
        name: MailboxName::from_wire(b"INBOX"),
        delimiter: None,
        display: "INBOX".into(),
        special_use: None,
        attributes: MailboxAttributes::default(),
        object_id: None,
    };
    let (inbox, placed) = store
        .write_blocking("test", move |w| {
            let account = w.add_account(&account)?;
            let inbox = w.sync_mailboxes(account, &[info], UnixTime(0))?[0];
            let uids = (1..).take(count).map(|n| NewMessage::new(Uid::from_wire(n).unwrap()));
            Ok((inbox, w.insert_messages(inbox, uids.collect())?))
        })
        .unwrap();
    (store, placed.into_iter().map(|p| p.message).collect(), inbox)
}

#[test]
fn the_dictionary_pays_on_mails_of_others() {
    let mails = mails();
    if mails.is_empty() {
        eprintln!("skipped: no corpora");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (store, ids, inbox) = store(dir.path(), mails.len());
    let raw: usize = mails.iter().map(Vec::len).sum();
    let plain: usize = mails.iter().map(|raw| zstd::bulk::compress(raw, 3).unwrap().len()).sum();
    for (id, mail) in ids.iter().zip(&mails) {
        let bytes = store.pack_body(mail).unwrap();
        let body = NewBody { message: *id, bytes, places: Vec::new(), structure: None, snippet: None };
        store.write_blocking("test", move |w| w.put_bodies(vec![body])).unwrap();
    }
    let see = store.snapshot().unwrap();
    for (id, mail) in ids.iter().zip(&mails) {
        assert_eq!(see.part(*id, &postrider::model::PartPath::root()).unwrap().as_ref(), Some(mail));
    }
    let packed = usize::try_from(see.space_of_mailbox(inbox).unwrap()).unwrap();
    let percent = |n: usize| n * 1000 / raw;
    eprintln!(
        "{} mails, {raw} bytes: {} per mille with the dictionary, {} without",
        mails.len(),
        percent(packed),
        percent(plain)
    );
    assert!(packed < plain, "{packed} with the dictionary, {plain} without");
}
