//! Mailboxes as labels: what the captures of Gmail show, and what its help page says.

use super::client::{Client, NOW, mail};
use crate::demo::{CapabilityMask, Mailboxes, Server, ServerConfig};
use crate::model::Flags;
use std::sync::Arc;

const ALL: &str = "[Gmail]/All Mail";

async fn server(count: u32) -> Arc<Server> {
    let mut all = Mailboxes::gmail();
    all.create("Work", None).unwrap();
    for n in 1..=count {
        all.append("INBOX", Flags::default(), NOW, mail(n)).unwrap();
    }
    let config = ServerConfig { capabilities: CapabilityMask::gmail(), ..ServerConfig::new(all, NOW) };
    Arc::new(Server::start(config).await.unwrap())
}

fn labels(server: &Server, n: u32) -> Vec<String> {
    server.state().read(|all| all.labels_of(&format!("{n}@example.org")))
}

#[tokio::test]
async fn the_tree_says_what_its_mailboxes_are_for() {
    let server = server(0).await;
    let mut client = Client::signed_in(&server).await;
    let answer = client.run("LIST \"\" *").await;
    for line in [
        "* LIST (\\Noselect \\HasChildren) \"/\" \"[Gmail]\"",
        "* LIST (\\HasNoChildren \\All) \"/\" \"[Gmail]/All Mail\"",
        "* LIST (\\HasNoChildren \\Important) \"/\" \"[Gmail]/Important\"",
        "* LIST (\\HasNoChildren) \"/\" Work",
    ] {
        assert!(answer.contains(line), "{line} in {answer}");
    }
}

#[tokio::test]
async fn copying_and_moving_put_labels_on_and_take_them_off() {
    let server = server(5).await;
    let mut client = Client::signed_in(&server).await;
    client.run("SELECT INBOX").await;
    let answer = client.run("UID COPY 1:2 Work").await;
    assert!(answer.contains("[COPYUID ") && answer.contains(" 1:2 1:2]"), "{answer}");
    assert_eq!(labels(&server, 1), ["INBOX", "Work", ALL]);
    assert!(client.run("UID COPY 1 Work").await.contains(" 1 1]"), "it has the label already");
    let answer = client.run("UID FETCH 1 (X-GM-MSGID X-GM-LABELS)").await;
    assert!(answer.contains("X-GM-LABELS (\"Work\")"), "{answer}");
    let answer = client.run("UID MOVE 1 Work").await;
    assert!(answer.contains("COPYUID") && answer.contains("* 1 EXPUNGE"), "{answer}");
    assert_eq!(labels(&server, 1), ["Work", ALL]);
    client.run("UID MOVE 2 \"[Gmail]/All Mail\"").await;
    assert_eq!(labels(&server, 2), ["Work", ALL]);
    // A copy into the trash is a move, and there the message has no labels.
    client.run("UID COPY 3 [Gmail]/Trash").await;
    assert_eq!(labels(&server, 3), ["[Gmail]/Trash"]);
    client.run("SELECT [Gmail]/Trash").await;
    client.run("UID COPY 1 Work").await;
    assert_eq!(labels(&server, 3), ["Work", ALL]);
    let mut uids: Vec<_> = server.state().read(|all| {
        let numbers =
            |name: &str| all.mailbox(name).unwrap().mails().iter().map(|m| m.email_id).collect::<Vec<_>>();
        [numbers("Work"), numbers(ALL)].concat()
    });
    uids.sort_unstable();
    assert_eq!(uids, [1, 1, 2, 2, 3, 3, 4, 5], "each message has one X-GM-MSGID");
}

#[tokio::test]
async fn labels_are_stored_like_flags() {
    let server = server(2).await;
    let mut client = Client::signed_in(&server).await;
    client.run("SELECT \"[Gmail]/All Mail\"").await;
    let answer = client.run("UID STORE 1 +X-GM-LABELS (Work \"New one\")").await;
    assert!(answer.contains("X-GM-LABELS (\"\\\\Inbox\" \"New one\" \"Work\") UID 1"), "{answer}");
    let answer = client.run("UID STORE 1 -X-GM-LABELS.SILENT (\\Inbox)").await;
    assert!(answer.contains("tag OK") && !answer.contains("X-GM-LABELS"), "{answer}");
    assert_eq!(labels(&server, 1), ["New one", "Work", ALL]);
    client.run("UID STORE 1 +X-GM-LABELS (\\Starred)").await;
    assert!(client.run("UID FETCH 1 FLAGS").await.contains("\\Flagged"));
    client.run("UID STORE 1 -FLAGS (\\Flagged)").await;
    assert_eq!(labels(&server, 1), ["New one", "Work", ALL]);
    client.run("UID STORE 1 X-GM-LABELS (Work)").await;
    assert_eq!(labels(&server, 1), ["Work", ALL]);
    client.run("UID STORE 1 +X-GM-LABELS (\\Trash)").await;
    assert_eq!(labels(&server, 1), ["[Gmail]/Trash"]);
    assert!(client.run("UID STORE 2 +X-GM-LABELS (\\Nonsense)").await.contains("tag NO"));
}

#[tokio::test]
async fn flags_are_one_and_deleting_takes_the_label_off() {
    let server = server(3).await;
    let mut one = Client::signed_in(&server).await;
    let mut two = Client::signed_in(&server).await;
    one.run("SELECT INBOX").await;
    two.run("SELECT \"[Gmail]/All Mail\"").await;
    one.run("UID STORE 2 +FLAGS (\\Seen \\Flagged)").await;
    let news = two.run("NOOP").await;
    assert!(news.contains("2 FETCH") && news.contains("\\Seen"), "{news}");
    assert_eq!(labels(&server, 2), ["INBOX", ALL, "[Gmail]/Starred"]);
    // The default setting: what is marked goes at once, and only out of this mailbox.
    let answer = one.run("UID STORE 2 +FLAGS (\\Deleted)").await;
    assert!(answer.contains("EXPUNGE"), "{answer}");
    assert_eq!(labels(&server, 2), [ALL, "[Gmail]/Starred"]);
    let answer = one.run("SELECT [Gmail]/Trash").await;
    assert!(answer.contains("* 0 EXISTS"), "{answer}");
    one.run("SELECT INBOX").await;
    one.run("UID MOVE 1 [Gmail]/Trash").await;
    one.run("SELECT [Gmail]/Trash").await;
    one.run("UID STORE 1 +FLAGS (\\Deleted)").await;
    assert_eq!(labels(&server, 1), Vec::<String>::new(), "out of the trash it is for good");
    assert_eq!(server.state().read(Mailboxes::every_message).len(), 2);
}
