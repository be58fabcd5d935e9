//! Tests of the message list: navigation, selection, answers in any order.

use super::*;
use crate::model::{Address, FlagChange, Flags, Uid, UnixTime};
use crate::store::RowMark;

fn id(n: i64) -> MessageId {
    MessageId::from_row(n)
}

const INBOX: MailboxId = MailboxId::from_row(1);

fn row(n: i64) -> MessageRow {
    MessageRow {
        id: id(n),
        uid: Some(Uid::MIN),
        from: Address { name: "Ada".into(), email: "ada@example.org".into() },
        subject: format!("mail {n}"),
        snippet: String::new(),
        received: UnixTime(n),
        size: 1,
        flags: Flags::default(),
        attachments: 0,
        mark: RowMark::None,
        thread: None,
    }
}

fn ids(list: &List, revision: u64, numbers: Range<i64>) -> Ids {
    Ids {
        visit: list.visit,
        revision: Revision(revision),
        ids: Arc::new(numbers.map(id).collect()),
        rows: Vec::new(),
        keep: None,
    }
}

/// A list of `count` messages, the first ten on the screen.
fn opened(count: i64) -> List {
    let mut list = List::default();
    assert_eq!(list.open(INBOX, false).len(), 1);
    let answer = ids(&list, 1, 0..count);
    list.take_ids(answer);
    list.showing(0..10);
    list
}

#[test]
fn the_cursor_walks_and_stops_at_both_ends() {
    let mut list = opened(100);
    assert_eq!(list.cursor(), None);
    let cases = [
        (Step::By(1), 0, true),
        (Step::By(1), 1, true),
        (Step::By(-5), 0, true),
        (Step::By(-1), 0, false),
        (Step::Pages(1), 9, true),
        (Step::Last, 99, true),
        (Step::Pages(3), 99, false),
        (Step::Pages(-1), 90, true),
        (Step::First, 0, true),
    ];
    for (step, place, moved) in cases {
        assert_eq!((list.step(step, Select::Only), list.place()), (moved, Some(place)), "{step:?}");
    }
    assert!(!List::default().step(Step::Last, Select::Only));
}

#[test]
fn shift_extends_from_the_anchor_and_ctrl_toggles() {
    let mut list = opened(100);
    list.choose(5, Select::Only);
    list.step(Step::By(2), Select::Range);
    assert_eq!(list.chosen(), &[5, 6, 7].map(id).into());
    list.choose(3, Select::Range);
    assert_eq!(list.chosen(), &[3, 4, 5].map(id).into());
    list.choose(9, Select::Toggle);
    list.choose(4, Select::Toggle);
    assert_eq!(list.chosen(), &[3, 5, 9].map(id).into());
    list.choose(20, Select::Focus);
    assert_eq!((list.place(), list.chosen().len()), (Some(20), 3));
    list.choose(6, Select::RangeAdd);
    assert_eq!(list.chosen(), &[3, 4, 5, 6, 9].map(id).into());
    list.choose_all();
    assert_eq!(list.chosen().len(), 100);
}

#[test]
fn answers_for_an_earlier_visit_or_an_older_state_are_dropped() {
    let mut list = opened(10);
    let old = ids(&list, 0, 0..5);
    list.take_ids(old);
    assert_eq!(list.ids().len(), 10, "an older revision");
    let stranger = ids(&list, 9, 0..7);
    list.open(MailboxId::from_row(2), false);
    list.take_ids(stranger);
    assert!(!list.is_loaded(), "another folder");
    assert!(list.take_rows(Visit(1), Revision(9), vec![row(1)]).is_empty());
    assert!(list.row(id(1)).is_none());
}

#[test]
fn only_rows_near_the_screen_are_read_and_one_request_runs_at_a_time() {
    let mut list = List::default();
    list.open(INBOX, false);
    let answer = ids(&list, 1, 0..100_000);
    list.take_ids(answer);
    // Before the widget said what it shows, the top is read: it was the first request.
    list.take_rows(list.visit, Revision(1), (0..120).map(row).collect());
    let wishes = list.showing(50_000..50_020);
    let [Wish::Rows { ids: asked, visit, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!((asked.len(), asked[0]), (20 + 2 * MARGIN, id(50_000 - 120)));
    assert!(list.showing(90_000..90_020).is_empty(), "one at a time");
    let next = list.take_rows(*visit, Revision(1), asked.iter().map(|i| row(i.to_row())).collect());
    let [Wish::Rows { ids: asked, .. }] = next.as_slice() else { panic!("{next:?}") };
    assert_eq!(asked[0], id(90_000 - 120));
}

#[test]
fn memory_stays_bounded_while_scrolling() {
    let mut list = opened(100_000);
    let mut wishes = list.take_rows(list.visit, Revision(1), (0..120).map(row).collect());
    for top in (0..90_000).step_by(200) {
        wishes.extend(list.showing(top..top + 20));
        while let Some(Wish::Rows { ids, visit, .. }) = wishes.pop() {
            wishes = list.take_rows(visit, Revision(1), ids.iter().map(|i| row(i.to_row())).collect());
        }
        assert!(list.rows.len() <= MAX_KEPT);
    }
    assert!(list.row(id(89_800)).is_some());
}

#[test]
fn a_change_reads_exactly_what_it_touched() {
    let mut list = opened(50);
    list.take_rows(list.visit, Revision(1), (0..50).map(row).collect());
    let messages = ChangedMessages::Ids(vec![id(3), id(4_000)]);
    let changes = Changes { revision: Revision(2), messages, ..Changes::default() };
    let wishes = list.changed(&changes);
    assert_eq!(wishes, [Wish::Rows { mailbox: INBOX, visit: list.visit, threaded: false, ids: vec![id(3)] }]);
    // Another change while the rows are on their way: what comes back may be old already.
    let messages = ChangedMessages::Ids(vec![id(3)]);
    list.changed(&Changes { revision: Revision(3), messages, ..Changes::default() });
    let again = list.take_rows(list.visit, Revision(2), vec![row(3)]);
    assert_eq!(again.len(), 1, "read once more");
    let elsewhere = Changes { lists: [MailboxId::from_row(9)].into(), ..Changes::default() };
    assert!(list.changed(&elsewhere).is_empty());
}

#[test]
fn changes_during_a_reload_lead_to_exactly_one_more() {
    let mut list = opened(10);
    let changes = Changes { lists: [INBOX].into(), ..Changes::default() };
    let count = |wishes: &[Wish]| wishes.iter().filter(|w| matches!(w, Wish::Ids { .. })).count();
    assert_eq!(count(&list.changed(&changes)), 1);
    for _ in 0..5 {
        assert_eq!(count(&list.changed(&changes)), 0);
    }
    let answer = ids(&list, 2, 0..11);
    assert_eq!(count(&list.take_ids(answer)), 1);
    let answer = ids(&list, 3, 0..12);
    assert_eq!(count(&list.take_ids(answer)), 0);
}

#[test]
fn the_cursor_keeps_its_message_or_goes_to_the_neighbor() {
    let mut list = opened(10);
    list.choose(4, Select::Only);
    let mut answer = ids(&list, 2, -3..10);
    list.take_ids(answer);
    assert_eq!((list.cursor(), list.place()), (Some(id(4)), Some(7)), "new mail above it");
    answer = ids(&list, 3, 5..10);
    list.take_ids(answer);
    assert_eq!(list.cursor(), Some(id(9)), "it was moved away");
    answer = ids(&list, 4, 0..0);
    list.take_ids(answer);
    assert_eq!((list.cursor(), list.chosen().len()), (None, 0));
}

#[test]
fn unread_messages_are_looked_for_on_both_sides() {
    let mut list = opened(10);
    list.choose(4, Select::Only);
    let Some(Wish::Unread { from, visit, .. }) = list.find_unread(true) else { panic!() };
    assert_eq!(from, 5);
    assert!(list.take_unread(visit, Some(id(8))));
    assert_eq!(list.place(), Some(8));
    let Some(Wish::Unread { from, visit, .. }) = list.find_unread(false) else { panic!() };
    assert_eq!(from, 7);
    assert!(!list.take_unread(visit, None));
    list.choose(9, Select::Only);
    assert_eq!(list.find_unread(true), None);
}

#[test]
fn a_toggle_sets_the_flag_if_any_message_lacks_it() {
    let mut list = opened(10);
    let mut seen = row(1);
    seen.flags.apply(FlagChange::Add, &Flag::Seen);
    list.take_rows(list.visit, Revision(1), vec![seen, row(2)]);
    list.choose(1, Select::Only);
    assert!(!list.lacks(&Flag::Seen));
    list.choose(2, Select::Toggle);
    assert!(list.lacks(&Flag::Seen));
}

fn conversation(head: i64, newest: &[i64]) -> MessageRow {
    let thread = crate::store::ThreadSummary {
        id: crate::model::ThreadId::from_row(head),
        messages: newest.len() as u64,
        unread: 0,
        muted: false,
        authors: Vec::new(),
        newest: newest.iter().map(|n| id(*n)).collect(),
    };
    MessageRow { thread: Some(thread), ..row(head) }
}

#[test]
fn a_conversation_is_read_again_when_any_of_its_messages_changes() {
    let mut list = List::default();
    let wishes = list.open(INBOX, true);
    assert!(matches!(wishes.as_slice(), [Wish::Ids { threaded: true, keep: None, .. }]));
    list.showing(0..10);
    let rows = vec![conversation(1, &[9, 1]), conversation(2, &[2])];
    let answer =
        Ids { visit: list.visit, revision: Revision(1), ids: Arc::new(vec![id(1), id(2)]), rows, keep: None };
    assert!(list.take_ids(answer).is_empty());
    let changed = Changes { messages: ChangedMessages::Ids(vec![id(9)]), ..Changes::default() };
    let wishes = list.changed(&changed);
    assert_eq!(wishes, [Wish::Rows { mailbox: INBOX, visit: list.visit, threaded: true, ids: vec![id(1)] }]);
}

#[test]
fn the_cursor_stays_on_its_message_when_the_list_is_read_in_another_way() {
    let mut list = opened(5);
    list.choose(3, Select::Only);
    let wishes = list.open(INBOX, true);
    assert!(
        matches!(wishes.as_slice(), [Wish::Ids { threaded: true, keep: Some(kept), .. }] if *kept == id(3))
    );
    let answer = Ids { keep: Some(id(2)), ..ids(&list, 2, 0..3) };
    list.take_ids(answer);
    assert_eq!((list.cursor(), list.place()), (Some(id(2)), Some(2)));
    let wishes = list.open(MailboxId::from_row(2), true);
    assert!(matches!(wishes.as_slice(), [Wish::Ids { keep: None, .. }]), "another folder starts anew");
}
