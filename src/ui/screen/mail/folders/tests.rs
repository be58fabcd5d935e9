//! Tests of the folder tree.

use super::*;

fn mailbox(id: i64, path: &str, special_use: Option<SpecialUse>, unread: u64) -> Mailbox {
    Mailbox {
        id: MailboxId::from_row(id),
        path: path.into(),
        delimiter: Some('/'),
        special_use,
        total: 10,
        unread,
        selectable: true,
        subscribed: true,
    }
}

fn id(n: i64) -> MailboxId {
    MailboxId::from_row(n)
}

fn account(mailboxes: Vec<Mailbox>) -> AccountMailboxes {
    AccountMailboxes { id: AccountId::from_row(1), email: "ada@example.org".into(), mailboxes }
}

fn sample() -> Folders {
    let mut gmail = mailbox(9, "[Gmail]", None, 0);
    gmail.selectable = false;
    let mut folders = Folders::default();
    folders.replace(&[account(vec![
        mailbox(1, "work/b", None, 2),
        mailbox(2, "work", None, 1),
        mailbox(3, "INBOX", Some(SpecialUse::Inbox), 5),
        mailbox(4, "work/a", None, 3),
        mailbox(5, "[Gmail]/Sent Mail", Some(SpecialUse::Sent), 0),
        gmail,
        mailbox(6, "Alpha", None, 0),
        mailbox(7, "lost/child", None, 0),
    ])]);
    folders
}

fn shown(folders: &Folders) -> Vec<(u16, &str)> {
    folders.rows().iter().map(|r| (r.level, r.name.as_str())).collect()
}

#[test]
fn special_folders_come_first_and_children_below_their_parents() {
    let folders = sample();
    let expected = [
        (0, "ada@example.org"),
        (1, "INBOX"),
        (1, "[Gmail]/Sent Mail"),
        (1, "Alpha"),
        (1, "lost/child"),
        (1, "work"),
        (2, "a"),
        (2, "b"),
    ];
    assert_eq!(shown(&folders), expected);
    assert_eq!(folders.first(|_| true), Some(id(3)));
    assert_eq!(folders.special(AccountId::from_row(1), SpecialUse::Sent), Some(id(5)));
}

#[test]
fn the_account_that_the_user_put_first_is_opened() {
    let later = |id, mailboxes| AccountMailboxes {
        id: AccountId::from_row(id),
        email: format!("account{id}@example.org"),
        mailboxes,
    };
    let inbox = |id| vec![mailbox(id, "INBOX", Some(SpecialUse::Inbox), 0)];
    let mut folders = Folders::default();
    // The second account's folders came first.
    folders.replace(&[later(2, Vec::new()), later(1, inbox(7))]);
    assert_eq!(folders.first(|account| account == AccountId::from_row(2)), None, "it is on its way");
    assert_eq!(folders.first(|_| false), Some(id(7)), "there is nothing to wait for");
    folders.replace(&[later(2, inbox(8)), later(1, inbox(7))]);
    assert_eq!(folders.first(|_| true), Some(id(8)));
}

#[test]
fn a_closed_folder_counts_what_it_hides() {
    let mut folders = sample();
    folders.toggle(Node::Mailbox(id(2)));
    let work = folders.rows().last().unwrap();
    assert_eq!((work.name.as_str(), work.open, work.unread), ("work", false, 6));
    assert_eq!(folders.closed().1, [id(2)].into());
    assert!(folders.open(id(4)));
    assert_eq!(folders.rows().len(), 8, "the way to an opened folder opens");
}

#[test]
fn a_mailbox_that_is_gone_is_not_open_any_more() {
    let mut folders = sample();
    folders.open(id(6));
    assert_eq!(folders.neighbor(false), Some(id(5)));
    assert_eq!(folders.neighbor(true), Some(id(7)));
    folders.replace(&[account(vec![mailbox(3, "INBOX", Some(SpecialUse::Inbox), 5)])]);
    assert_eq!(folders.opened(), None);
    assert!(!folders.open(id(6)));
}

#[test]
fn nodes_survive_the_widget() {
    for node in [Node::Account(AccountId::from_row(7)), Node::Mailbox(id(7)), Node::Mailbox(id(1 << 40))] {
        assert_eq!(Node::from_row(node.to_row()), node);
    }
}

#[test]
fn hostile_trees_stay_on_the_screen() {
    let mut paths = vec![mailbox(1, "a", None, 0)];
    for n in 2..3_000 {
        let path = format!("{}/a", paths.last().unwrap().path);
        paths.push(mailbox(n, &path, None, 1));
    }
    // A name that is its own parent by way of an empty level.
    paths.push(mailbox(5_000, "/", None, 0));
    let mut folders = Folders::default();
    folders.replace(&[account(paths), account(vec![])]);
    assert_eq!(folders.rows().len(), 3_000 + 2);
    assert!(folders.rows().iter().all(|r| r.level <= MAX_LEVEL));
    folders.toggle(Node::Mailbox(id(1)));
    assert_eq!(folders.rows().len(), 4);
}
