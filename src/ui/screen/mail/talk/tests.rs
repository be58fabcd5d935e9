//! Tests of the conversation: what is open at first, what the keys do, what arrives meanwhile.

use super::*;
use crate::mime::text::{Block, BlockKind, TextBody};
use crate::model::{AccountId, Address, Envelope, Flags, ThreadId, UnixTime};
use crate::store::{ChangedMessages, RowMark};

const INBOX: MailboxId = MailboxId::from_row(1);

fn id(n: i64) -> MessageId {
    MessageId::from_row(n)
}

fn message(n: i64, seen: bool) -> ThreadMessage {
    ThreadMessage {
        id: id(n),
        mailbox: INBOX,
        special_use: None,
        from: Address::default(),
        snippet: String::new(),
        received: UnixTime(n),
        flags: Flags::from_row(if seen { Flags::SEEN } else { 0 }, ""),
        attachments: 0,
        mark: RowMark::None,
    }
}

fn conversation(thread: i64, unread: &[i64], count: i64) -> Option<Arc<Conversation>> {
    Some(Arc::new(Conversation {
        thread: ThreadId::from_row(thread),
        subject: "Plan".into(),
        muted: false,
        messages: (1..=count).map(|n| message(n, !unread.contains(&n))).collect(),
    }))
}

fn mail(n: i64) -> Option<Arc<Mail>> {
    let block = Block {
        kind: BlockKind::Text,
        quote_depth: 0,
        text: format!("text {n}"),
        links: Vec::new(),
        joined: false,
    };
    let body = TextBody { blocks: vec![block], truncated: false };
    let content = Arc::new(Content::new(n.unsigned_abs(), body));
    Some(Arc::new(Mail {
        html: None,
        report: Vec::new(),
        missing: Vec::new(),
        absence: crate::mime::structure::Absence::Nothing,
        id: id(n),
        account: AccountId::from_row(1),
        envelope: Envelope::default(),
        received: UnixTime(n),
        flags: Flags::default(),
        mark: RowMark::None,
        attachments: Vec::new(),
        text: MailText::Here { content, from_html: false, cut: false },
    }))
}

/// A conversation as it was just opened, with its texts.
fn opened(unread: &[i64], count: i64) -> (Talk, Reader) {
    let (mut talk, mut main) = (Talk::default(), Reader::default());
    assert_eq!(talk.open(id(1), INBOX), [Wish::Read(id(1), INBOX)]);
    let wishes = talk.take(id(1), Revision(1), conversation(7, unread, count), &mut main);
    for wish in wishes {
        if let Wish::Reader(reader::Wish::Read(read)) = wish {
            talk.take_mail(read, Revision(1), mail(read.to_row()), &mut main);
        }
    }
    (talk, main)
}

fn open_ones(talk: &Talk) -> Vec<i64> {
    talk.messages().iter().filter(|m| talk.is_open(m.id)).map(|m| m.id.to_row()).collect()
}

#[test]
fn what_is_new_is_open_and_the_oldest_of_it_in_view() {
    let (talk, main) = opened(&[3, 5], 6);
    assert_eq!(open_ones(&talk), [3, 5, 6]);
    assert_eq!((talk.current(), talk.reveal().map(|(_, place)| place)), (Some(id(3)), Some(2)));
    assert_eq!(main.shown().map(|m| m.id), Some(id(3)));
    assert!(!talk.content().is_empty());
    let (talk, _) = opened(&[], 4);
    assert_eq!((open_ones(&talk), talk.current()), (vec![4], Some(id(4))));
}

#[test]
fn a_single_message_is_shown_as_such() {
    let (mut talk, mut main) = (Talk::default(), Reader::default());
    talk.open(id(1), INBOX);
    let wishes = talk.take(id(1), Revision(1), conversation(7, &[], 1), &mut main);
    assert_eq!(wishes, [Wish::Reader(reader::Wish::Read(id(1)))]);
    assert!(talk.shown().is_none());
    // An answer arrives: now it is a conversation.
    let changes = Changes { added: ChangedMessages::Ids(vec![id(2)]), ..Changes::default() };
    assert_eq!(talk.changed(&changes), [Wish::Read(id(1), INBOX)]);
    talk.take(id(1), Revision(2), conversation(7, &[2], 2), &mut main);
    assert_eq!(talk.messages().len(), 2);
}

#[test]
fn keys_walk_and_open_and_all_can_be_opened_and_closed() {
    let (mut talk, mut main) = opened(&[], 4);
    talk.step(false, &mut main);
    assert_eq!((open_ones(&talk), talk.current()), (vec![3, 4], Some(id(3))));
    let reveal = talk.reveal();
    talk.step(false, &mut main);
    assert!(talk.reveal() > reveal && talk.current() == Some(id(2)));
    talk.step(true, &mut main);
    assert_eq!(talk.current(), Some(id(3)));
    assert!(talk.toggle_all(&mut main).len() == 1, "one was closed");
    assert_eq!((open_ones(&talk), talk.current()), (vec![1, 2, 3, 4], Some(id(3))));
    assert!(talk.is_all_open());
    talk.toggle_all(&mut main);
    assert_eq!((open_ones(&talk), talk.current()), (vec![4], Some(id(4))));
    talk.toggle(id(4), &mut main);
    assert_eq!((open_ones(&talk), talk.current(), main.wanted()), (vec![], None, None));
    talk.toggle(id(2), &mut main);
    assert_eq!((talk.current(), main.wanted()), (Some(id(2)), Some(id(2))));
}

#[test]
fn what_is_clicked_in_an_open_message_is_about_that_one() {
    let (mut talk, mut main) = opened(&[1, 2], 3);
    assert_eq!(main.wanted(), Some(id(1)));
    talk.make_current(id(2), &mut main);
    assert_eq!((main.wanted(), talk.current()), (Some(id(2)), Some(id(2))));
    assert_eq!(open_ones(&talk), [1, 2, 3], "none was lost");
    assert!(talk.reader(id(1), &main).is_some());
}

#[test]
fn earlier_messages_of_a_long_one_are_only_counted() {
    let (mut talk, mut main) = opened(&[], 100);
    assert_eq!((talk.earlier(), talk.messages().len()), (70, 30));
    talk.show_earlier(&main);
    assert_eq!((talk.earlier(), talk.messages().len()), (0, 100));
    assert_eq!(talk.toggle_all(&mut main).len(), 99);
    let (talk, _) = opened(&[10], 100);
    assert_eq!((talk.earlier(), talk.current()), (9, Some(id(10))), "what is new is never hidden");
}

#[test]
fn messages_that_come_and_go_leave_the_others_as_they_are() {
    let (mut talk, mut main) = opened(&[2, 3], 3);
    let reveal = talk.reveal();
    let gone = Changes { removed: ChangedMessages::Ids(vec![id(2)]), ..Changes::default() };
    assert_eq!(talk.changed(&gone), [Wish::Read(id(1), INBOX)]);
    let mut left = (*conversation(7, &[3, 4], 4).unwrap()).clone();
    left.messages.remove(1);
    talk.take(id(1), Revision(2), Some(Arc::new(left)), &mut main);
    assert_eq!((open_ones(&talk), talk.current()), (vec![3], Some(id(3))));
    assert_eq!(talk.reveal(), reveal, "nothing jumps");
    talk.take(id(1), Revision(1), conversation(7, &[], 1), &mut main);
    // Another row while the first is read: only the last one is shown.
    talk.reload();
    assert!(talk.open(id(9), INBOX).is_empty());
    assert_eq!(talk.take(id(1), Revision(3), None, &mut main), [Wish::Read(id(9), INBOX)]);
}

#[test]
fn what_was_shown_counts_as_read_once_and_not_against_the_user() {
    let (mut talk, main) = opened(&[2, 3], 3);
    assert!(talk.news(&main));
    assert!(!talk.news(&main), "considered once");
    assert_eq!(talk.unseen(&main), [id(2), id(3)]);
    let round = talk.rounds();
    talk.hold_seen();
    assert!(talk.rounds() > round && !talk.news(&main));
}
