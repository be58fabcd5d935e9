//! Tests of the reading pane's state.

use super::*;
use crate::model::{AccountId, Envelope, Flags, UnixTime};
use crate::store::{ChangedMessages, RowMark};

fn id(n: i64) -> MessageId {
    MessageId::from_row(n)
}

fn mail(n: i64, text: MailText) -> Option<Arc<Mail>> {
    Some(Arc::new(Mail {
        html: None,
        report: Vec::new(),
        missing: Vec::new(),
        absence: crate::mime::structure::Absence::Nothing,
        id: id(n),
        account: AccountId::from_row(1),
        envelope: Envelope::default(),
        received: UnixTime(0),
        flags: Flags::default(),
        mark: RowMark::None,
        attachments: Vec::new(),
        text,
    }))
}

#[test]
fn the_message_before_stays_until_the_next_one_is_there() {
    let mut reader = Reader::default();
    assert_eq!(reader.open(Some(id(1))), [Wish::Read(id(1))]);
    reader.take(id(1), Revision(1), mail(1, MailText::None));
    assert_eq!(reader.open(Some(id(2))), [Wish::Read(id(2))]);
    assert_eq!(reader.shown().map(|m| m.id), Some(id(1)));
    reader.take(id(2), Revision(1), mail(2, MailText::None));
    assert_eq!(reader.shown().map(|m| m.id), Some(id(2)));
    assert_eq!(reader.visits(), 2);
}

#[test]
fn only_the_last_of_several_quick_choices_is_shown() {
    let mut reader = Reader::default();
    reader.open(Some(id(1)));
    assert!(reader.open(Some(id(2))).is_empty(), "one read at a time");
    assert!(reader.open(Some(id(3))).is_empty());
    assert_eq!(reader.take(id(1), Revision(1), mail(1, MailText::None)), [Wish::Read(id(3))]);
    assert!(reader.shown().is_none());
    reader.take(id(3), Revision(1), mail(3, MailText::None));
    assert_eq!(reader.shown().map(|m| m.id), Some(id(3)));
}

#[test]
fn an_older_state_of_the_same_message_is_dropped() {
    let mut reader = Reader::default();
    reader.open(Some(id(1)));
    reader.take(id(1), Revision(5), mail(1, MailText::None));
    reader.reload();
    reader.take(id(1), Revision(4), None);
    assert!(reader.shown().is_some());
    let changes = Changes { messages: ChangedMessages::Ids(vec![id(1)]), ..Changes::default() };
    assert_eq!(reader.changed(&changes), [Wish::Read(id(1))]);
    reader.take(id(1), Revision(6), None);
    assert!(reader.is_failed() && reader.shown().is_none());
}

#[test]
fn a_change_during_a_read_leads_to_one_more() {
    let mut reader = Reader::default();
    reader.open(Some(id(1)));
    assert!(reader.reload().is_empty());
    assert!(reader.reload().is_empty());
    assert_eq!(reader.take(id(1), Revision(1), mail(1, MailText::None)), [Wish::Read(id(1))]);
    assert!(reader.take(id(1), Revision(1), mail(1, MailText::None)).is_empty());
}

#[test]
fn a_reader_that_could_not_read_tries_again_when_asked() {
    let mut reader = Reader::default();
    reader.open(Some(id(1)));
    reader.broken(id(1));
    assert!(reader.is_failed());
    assert_eq!(reader.reload(), [Wish::Read(id(1))]);
}
