//! Conversations: who belongs together whatever the order of arrival, lists that follow each change, split and mute.

use super::*;
use crate::model::subject::base_subject;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What `thread_place` has to be, counted from the placements: one line for each difference.
pub(super) fn disagreements(w: &Write<'_>) -> Result<Vec<String>, StoreError> {
    let counted =
        "SELECT p.mailbox_id, m.thread_id, count(*) AS n, sum(p.flags & 1 = 0) AS u, max(m.received) AS l
         FROM placement p JOIN message m ON m.id = p.message_id
         WHERE p.hidden = 0 AND m.thread_id IS NOT NULL GROUP BY p.mailbox_id, m.thread_id";
    let sql = format!(
        "SELECT 'counted ' || c.mailbox_id || '/' || c.thread_id || ' ' || c.n || ' ' || c.u || ' ' || c.l
         FROM ({counted}) c LEFT JOIN thread_place t ON t.mailbox_id = c.mailbox_id AND t.thread_id = c.thread_id
         WHERE t.messages IS NOT c.n OR t.unread IS NOT c.u OR t.last IS NOT c.l
         UNION ALL
         SELECT 'extra ' || t.mailbox_id || '/' || t.thread_id FROM thread_place t
         WHERE NOT EXISTS (SELECT 1 FROM ({counted}) c WHERE c.mailbox_id = t.mailbox_id AND c.thread_id = t.thread_id)
         UNION ALL
         SELECT 'head ' || t.mailbox_id || '/' || t.thread_id || ' ' || t.head FROM thread_place t
         WHERE NOT EXISTS (SELECT 1 FROM placement p JOIN message m ON m.id = p.message_id
           WHERE m.id = t.head AND p.mailbox_id = t.mailbox_id AND p.hidden = 0 AND m.thread_id = t.thread_id)
         UNION ALL
         SELECT 'thread of none ' || id FROM thread t WHERE NOT EXISTS (SELECT 1 FROM message WHERE thread_id = t.id)
         UNION ALL
         SELECT 'ref to none ' || key FROM ref WHERE NOT EXISTS (SELECT 1 FROM thread t WHERE t.id = ref.thread_id)
         UNION ALL
         SELECT 'message of none ' || id FROM message m
         WHERE m.thread_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM thread t WHERE t.id = m.thread_id)
         UNION ALL
         SELECT 'topic of none ' || message_id FROM topic
         WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.id = topic.message_id)"
    );
    let mut statement = w.connection.prepare(&sql)?;
    let found = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(found)
}

fn check(lab: &Lab) {
    let wrong = lab.write(|w| disagreements(w));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn id(text: &str) -> Rfc822MessageId {
    Rfc822MessageId(text.into())
}

fn person(name: &str) -> Address {
    Address { name: String::new(), email: format!("{name}@example.org") }
}

/// A message with these ids; `refs` are separated by spaces.
fn mail(n: u32, own: &str, refs: &str) -> NewMessage {
    let mut new = new_message(n);
    new.envelope.message_id = (!own.is_empty()).then(|| id(own));
    new.envelope.references = refs.split_ascii_whitespace().map(id).collect();
    new
}

/// Which messages (by the UID they were inserted with) are of one conversation.
fn partition(lab: &Lab) -> BTreeSet<BTreeSet<u32>> {
    let rows: Vec<(u32, i64)> = lab.write(|w| {
        let sql = "SELECT p.uid, m.thread_id FROM placement p JOIN message m ON m.id = p.message_id";
        let mut statement = w.connection.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    });
    let mut by: BTreeMap<i64, BTreeSet<u32>> = BTreeMap::new();
    for (uid, thread) in rows {
        by.entry(thread).or_default().insert(uid);
    }
    by.into_values().collect()
}

fn sets(groups: &[&[u32]]) -> BTreeSet<BTreeSet<u32>> {
    groups.iter().map(|group| group.iter().copied().collect()).collect()
}

#[test]
fn references_join_also_over_what_is_missing() {
    let lab = Lab::new();
    lab.insert(lab.inbox, vec![mail(1, "a", ""), mail(2, "d", "b c"), mail(3, "e", "")]);
    assert_eq!(partition(&lab), sets(&[&[1], &[2], &[3]]));
    // It answers `a` and is answered by `d`: three become one.
    lab.insert(lab.inbox, vec![mail(4, "b", "a")]);
    assert_eq!(partition(&lab), sets(&[&[1, 2, 4], &[3]]));
    check(&lab);
    let heads = lab.see().thread_heads(lab.inbox, SortOrder::NewestFirst).unwrap();
    let rows = lab.see().thread_rows(&heads, lab.inbox).unwrap();
    let told: Vec<_> =
        rows.iter().map(|r| r.thread.as_ref().unwrap()).map(|t| (t.messages, t.unread)).collect();
    assert_eq!(told, [(3, 3), (1, 1)], "the newest message is in the larger one");
}

#[test]
fn deleting_the_middle_parts_nobody_and_the_last_takes_all_along() {
    let lab = Lab::new();
    lab.insert(lab.inbox, vec![mail(1, "a", ""), mail(2, "b", "a"), mail(3, "c", "b")]);
    let inbox = lab.inbox;
    let gone = |uids: &'static str| {
        lab.write(move |w| w.vanish(inbox, &set(uids), NOW));
        lab.write(|w| w.purge_orphans(UnixTime(i64::MAX)));
        check(&lab);
    };
    gone("2");
    assert_eq!(partition(&lab), sets(&[&[1, 3]]));
    lab.insert(lab.inbox, vec![mail(4, "d", "b")]);
    assert_eq!(partition(&lab), sets(&[&[1, 3, 4]]));
    gone("1,3:4");
    let left: i64 = lab.write(|w| {
        let sql = "SELECT (SELECT count(*) FROM ref) + (SELECT count(*) FROM thread)
                 + (SELECT count(*) FROM topic) + (SELECT count(*) FROM thread_place)";
        Ok(w.connection.query_row(sql, [], |row| row.get(0))?)
    });
    assert_eq!(left, 0);
}

#[test]
fn the_server_knows_better() {
    let lab = Lab::new();
    let of = |n: u32, own: &str, refs: &str, thread: &str| {
        let mut new = mail(n, own, refs);
        new.thread_id = Some(thread.into());
        new
    };
    let mut gmail = mail(5, "g", "a");
    gmail.gm_thrid = Some(u64::MAX);
    let mut same = mail(6, "h", "x");
    same.gm_thrid = Some(u64::MAX);
    // 2 answers 1 by its header, but the server says otherwise.
    lab.insert(
        lab.inbox,
        vec![of(1, "a", "", "T1"), of(2, "b", "a", "T2"), of(3, "c", "", "T1"), gmail, same],
    );
    assert_eq!(partition(&lab), sets(&[&[1, 3], &[2], &[5, 6]]));
    // One that the server tells nothing of goes by its references.
    lab.insert(lab.inbox, vec![mail(7, "i", "c")]);
    assert_eq!(partition(&lab), sets(&[&[1, 3, 7], &[2], &[5, 6]]));
    check(&lab);
}

/// A mail without references, by its subject, author, recipient and day.
fn lost(n: u32, subject: &str, from: &str, to: &str, day: i64) -> NewMessage {
    let mut new = mail(n, &format!("lost{n}"), "");
    new.envelope.subject = subject.into();
    new.envelope.from = vec![person(from)];
    new.envelope.to = vec![person(to)];
    new.envelope.date = Some(UnixTime(1_700_000_000 + day * 86_400));
    new
}

#[test]
fn a_subject_joins_only_what_surely_belongs_together() {
    let together = |one: NewMessage, other: NewMessage| {
        let mut parted = Vec::new();
        for order in [[one.clone(), other.clone()], [other, one]] {
            let lab = Lab::new();
            for new in order {
                lab.insert(lab.inbox, vec![new]);
            }
            check(&lab);
            parted.push(partition(&lab).len());
        }
        assert_eq!(parted[0], parted[1], "the order matters");
        parted[0] == 1
    };
    let first = || lost(1, "Minutes of the meeting", "ann", "me", 0);
    assert!(together(first(), lost(2, "AW: Minutes of the meeting", "me", "ann", 13)));
    assert!(together(first(), lost(2, "Re: minutes of the MEETING", "bob", "ann", -13)));
    assert!(!together(first(), lost(2, "Minutes of the meeting", "me", "ann", 1)), "no answer");
    assert!(!together(first(), lost(2, "Re: Minutes of the meeting", "bob", "me", 1)), "other people");
    assert!(!together(first(), lost(2, "Re: Minutes of the meeting", "me", "ann", 15)), "too late");
    assert!(!together(first(), lost(2, "Re: Minutes of a meeting", "me", "ann", 1)), "another subject");
    assert!(!together(lost(1, "Invoice", "ann", "me", 0), lost(2, "Re: Invoice", "me", "ann", 1)), "generic");
    let mut refers = lost(2, "Re: Minutes of the meeting", "me", "ann", 1);
    refers.envelope.in_reply_to = vec![id("elsewhere")];
    assert!(!together(first(), refers), "says what it answers");
}

#[test]
fn the_list_follows_moves_flags_and_their_undoing() {
    let lab = Lab::new();
    let ids: Vec<_> = lab
        .insert(lab.inbox, vec![mail(1, "a", ""), mail(2, "b", "a"), mail(3, "c", "")])
        .iter()
        .map(|p| p.message)
        .collect();
    let (inbox, other) = (lab.inbox, lab.other);
    let heads = |mailbox| lab.see().thread_heads(mailbox, SortOrder::NewestFirst).unwrap();
    let summary = |mailbox| {
        let see = lab.see();
        let rows =
            see.thread_rows(&see.thread_heads(mailbox, SortOrder::NewestFirst).unwrap(), mailbox).unwrap();
        rows.iter().map(|r| r.thread.as_ref().map(|t| (t.messages, t.unread)).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(heads(inbox), [ids[2], ids[1]]);
    let all = ids.clone();
    let whole = lab.write(move |w| w.whole_threads(&[all[0], all[1]], inbox));
    assert_eq!(whole, [ids[0], ids[1]]);
    let moved = ids.clone();
    let action = lab.write(move |w| {
        let action = w.begin_action("move", Some(other), true, NOW)?;
        w.add_move(Some(action), &moved[1..2], Some(inbox), other, NOW)?;
        w.end_action(action, 1)?;
        Ok(action)
    });
    check(&lab);
    assert_eq!((summary(inbox), summary(other)), (vec![(1, 1), (1, 1)], vec![(1, 1)]));
    assert_eq!(heads(inbox), [ids[2], ids[0]], "another message stands for it");
    let told = lab.see().conversation(ids[0], Some(inbox)).unwrap().unwrap();
    assert_eq!(told.messages.iter().map(|m| m.id).collect::<Vec<_>>(), [ids[0], ids[1]], "wherever they are");
    let read = ids.clone();
    lab.write(move |w| w.add_flag_operation(&read, &Flag::Seen, FlagChange::Add, NOW));
    check(&lab);
    assert_eq!(summary(inbox), [(1, 0), (1, 0)]);
    assert_eq!(lab.see().unread_thread(&heads(inbox), inbox, false).unwrap(), None);
    lab.write(move |w| w.undo(Some(action), NOW));
    check(&lab);
    assert_eq!((summary(inbox), summary(other)), (vec![(1, 0), (2, 0)], vec![]));
    lab.write(move |w| w.update_flags(inbox, &[(uid(2), Flags::default(), None)]));
    check(&lab);
}

#[test]
fn a_split_holds_and_can_be_taken_back() {
    let lab = Lab::new();
    let ids: Vec<_> = lab
        .insert(lab.inbox, vec![mail(1, "a", ""), mail(2, "b", "a"), mail(3, "c", "a b"), mail(4, "d", "a")])
        .iter()
        .map(|p| p.message)
        .collect();
    let (old, at) = (
        lab.write({
            let first = ids[0];
            move |w| w.thread_of(first)
        }),
        ids[1],
    );
    let new = lab.write(move |w| w.split_thread(at));
    assert_eq!(partition(&lab), sets(&[&[1, 4], &[2, 3]]), "its answers go along");
    check(&lab);
    lab.insert(lab.inbox, vec![mail(5, "e", "a b c"), mail(6, "f", "a d")]);
    assert_eq!(partition(&lab), sets(&[&[1, 4, 6], &[2, 3, 5]]), "newcomers go to the nearest they answer");
    check(&lab);
    lab.write(move |w| w.mute_thread(new, true));
    let heads = lab.see().thread_heads(lab.inbox, SortOrder::OldestFirst).unwrap();
    let rows = lab.see().thread_rows(&heads, lab.inbox).unwrap();
    let muted: Vec<_> = rows.iter().map(|r| r.thread.as_ref().unwrap().muted).collect();
    assert_eq!(muted.iter().filter(|m| **m).count(), 1);
    let joined = lab.write(move |w| w.join_threads(old, new));
    assert_eq!(partition(&lab), sets(&[&[1, 2, 3, 4, 5, 6]]));
    check(&lab);
    let whole = lab.write(move |w| w.split_thread(ids[0]));
    assert_eq!(whole, joined, "nothing would stay behind");
    assert!(lab.see().conversation(at, None).unwrap().unwrap().muted);
}

#[test]
fn a_conversation_tells_each_message_once_and_leaves_the_trash_out() {
    let lab = Lab::new();
    let boxes = lab.write({
        let account = lab.account;
        move |w| {
            let mut trash = mailbox_info("Trash");
            trash.special_use = Some(SpecialUse::Trash);
            let infos = [mailbox_info("INBOX"), mailbox_info("Archive"), trash];
            w.sync_mailboxes(account, &infos, NOW)
        }
    });
    let first = lab.insert(lab.inbox, vec![mail(1, "a", "")])[0].message;
    // A copy of it elsewhere, an own answer, and one that was thrown away.
    let rest = lab.insert(lab.other, vec![mail(1, "a", ""), mail(2, "b", "a")]);
    let thrown = lab.insert(boxes[2], vec![mail(3, "c", "b")])[0].message;
    let told = |message, mailbox| -> Vec<MessageId> {
        let told = lab.see().conversation(message, mailbox).unwrap().unwrap();
        told.messages.iter().map(|m| m.id).collect()
    };
    assert_eq!(told(first, Some(lab.inbox)), [first, rest[1].message]);
    assert_eq!(told(rest[1].message, Some(lab.other)), [rest[0].message, rest[1].message]);
    assert_eq!(told(thrown, Some(boxes[2])).len(), 3);
    assert!(lab.see().conversation(MessageId::from_row(999), None).unwrap().is_none());
}

#[test]
fn a_store_from_before_gets_its_conversations_in_portions() {
    let lab = Lab::new();
    lab.insert(lab.inbox, (1..=20).map(|n| mail(n, &format!("m{n}"), &format!("m{}", n % 3))).collect());
    let after = partition(&lab);
    lab.write(|w| {
        w.connection.execute_batch(
            "UPDATE message SET thread_id = NULL; DELETE FROM thread; DELETE FROM ref; DELETE FROM topic;
             DELETE FROM thread_place;",
        )?;
        Ok(())
    });
    assert!(lab.see().has_unthreaded().unwrap());
    // What happens meanwhile is right, too.
    let inbox = lab.inbox;
    let mut portions = 0;
    while lab.write(|w| w.thread_stored(6)) > 0 {
        check(&lab);
        let vanished = uid(20 - portions);
        lab.write(move |w| w.vanish(inbox, &UidSet::range(vanished, vanished), NOW));
        lab.write(move |w| w.revive(inbox, &UidSet::range(vanished, vanished)));
        check(&lab);
        portions += 1;
    }
    assert_eq!(portions, 4);
    assert!(!lab.see().has_unthreaded().unwrap());
    assert_eq!(partition(&lab), after);
}

#[test]
fn an_account_goes_with_its_conversations() {
    let lab = Lab::new();
    lab.insert(
        lab.inbox,
        vec![mail(1, "a", ""), mail(2, "b", "a"), lost(3, "Re: the minutes", "ann", "me", 0)],
    );
    let account = lab.account;
    lab.write(move |w| w.remove_account(account));
    check(&lab);
}

#[derive(Clone, Debug)]
struct Arriving {
    own: Option<u8>,
    refs: Vec<u8>,
    parent: Option<u8>,
    server: Option<u8>,
    subject: u8,
    people: (u8, u8),
    day: i64,
}

impl Arriving {
    fn build(&self, n: u32) -> NewMessage {
        let name = |id: u8| format!("id{id}@x");
        let subject = ["Re: the minutes", "The minutes", "AW: the minutes", "Plan of the week", "hi"];
        let mut new = lost(n, subject[usize::from(self.subject) % subject.len()], "", "", self.day);
        new.envelope.from = vec![person(&self.people.0.to_string())];
        new.envelope.to = vec![person(&self.people.1.to_string())];
        new.envelope.message_id = self.own.map(|own| id(&name(own)));
        new.envelope.references = self.refs.iter().map(|one| id(&name(*one))).collect();
        new.envelope.in_reply_to = self.parent.iter().map(|one| id(&name(*one))).collect();
        new.thread_id = self.server.map(|server| format!("T{server}"));
        new
    }
}

fn arriving() -> impl Strategy<Value = Arriving> {
    let few = || proptest::option::weighted(0.3, 0_u8..14);
    (
        proptest::option::weighted(0.9, 0_u8..14),
        proptest::collection::vec(0_u8..14, 0..3),
        few(),
        proptest::option::weighted(0.2, 0_u8..3),
        0_u8..5,
        (0_u8..4, 0_u8..4),
        0_i64..40,
    )
        .prop_map(|(own, refs, parent, server, subject, people, day)| Arriving {
            own,
            refs,
            parent,
            server,
            subject,
            people,
            day,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, ..ProptestConfig::default() })]
    #[test]
    fn any_order_of_arrival_gives_the_same_conversations(
        mails in proptest::collection::vec(arriving(), 1..12),
        order in any::<u64>(),
        batch in 1_usize..5,
    ) {
        let built: Vec<_> = (1..).zip(&mails).map(|(n, mail)| mail.build(n)).collect();
        let (one, other) = (Lab::new(), Lab::new());
        one.insert(one.inbox, built.clone());
        let mut shuffled = built;
        // A shuffle that the number of the case decides.
        let mut dice = order;
        for at in (1..shuffled.len()).rev() {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(at, usize::try_from(dice >> 33).unwrap() % (at + 1));
        }
        for some in shuffled.chunks(batch) {
            other.insert(other.inbox, some.to_vec());
        }
        prop_assert_eq!(partition(&one), partition(&other));
        check(&one);
        check(&other);
    }
}

#[test]
fn base_subjects_group_as_a_server_does() {
    // RFC 5256 ORDEREDSUBJECT over some subjects of our own; the corpora are read by tests/it/threads.rs.
    let same = ["plan", "Re: Plan", "[x] Fwd: PLAN (fwd)", "[Fwd: re: plan]"];
    let bases: BTreeSet<_> = same.iter().map(|s| base_subject(s).to_lowercase()).collect();
    assert_eq!(bases.len(), 1);
}
