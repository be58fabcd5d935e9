//! Tables of decisions.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn uid(n: u32) -> Uid {
    Uid::from_wire(n).unwrap()
}

fn validity(n: u32) -> Option<UidValidity> {
    UidValidity::from_wire(n).ok()
}

fn set(text: &str) -> UidSet {
    UidSet::from_wire(text).unwrap_or_default()
}

fn local() -> MailboxState {
    MailboxState {
        uid_validity: validity(1),
        uid_next: Some(uid(101)),
        highest_mod_seq: ModSeq::new(50),
        exists: Some(100),
        unseen: Some(3),
        backfill_low: Some(Uid::MIN),
        last_full_check: Some(UnixTime(1_000)),
    }
}

fn remote() -> Remote {
    Remote {
        exists: Some(100),
        unseen: Some(3),
        uid_validity: validity(1),
        uid_next: Some(uid(101)),
        mod_seq: Some(ModSeq::new(50)),
    }
}

#[test]
fn an_unchanged_mailbox_is_left_alone() {
    let (l, r, now) = (local(), remote(), UnixTime(1_010));
    let cases: [(&str, MailboxState, Remote, bool); 14] = [
        ("same", l, r, false),
        ("mod-seq", l, Remote { mod_seq: Some(ModSeq::new(51)), ..r }, true),
        ("new mail", l, Remote { uid_next: Some(uid(102)), ..r }, true),
        ("removed", l, Remote { exists: Some(99), ..r }, true),
        ("read elsewhere", l, Remote { unseen: Some(2), ..r }, true),
        ("validity", l, Remote { uid_validity: validity(2), ..r }, true),
        ("no answer", l, Remote::default(), true),
        ("not complete", MailboxState { backfill_low: Some(uid(50)), ..l }, r, true),
        ("never visited", MailboxState { backfill_low: None, ..l }, r, true),
        ("no mod-seq, checked lately", l, Remote { mod_seq: None, ..r }, false),
        ("mod-seq 0, checked lately", l, Remote { mod_seq: Some(ModSeq::NONE), ..r }, false),
        (
            "no mod-seq, never checked",
            MailboxState { last_full_check: None, ..l },
            Remote { mod_seq: None, ..r },
            true,
        ),
        (
            "empty for ever",
            MailboxState { exists: Some(0), backfill_low: None, unseen: Some(0), ..l },
            Remote { exists: Some(0), unseen: Some(0), ..r },
            false,
        ),
        ("no uid-next told", l, Remote { uid_next: None, unseen: None, ..r }, false),
    ];
    for (name, local, remote, expected) in cases {
        let total = u64::from(local.exists.unwrap_or(0));
        assert_eq!(needs_visit(&local, total, &remote, now), expected, "{name}");
    }
    assert!(needs_visit(&l, 100, &Remote { mod_seq: None, ..r }, UnixTime(1_000 + FULL_CHECK)));
    assert!(!needs_visit(&l, 99, &r, now), "compared a moment ago");
    assert!(needs_visit(&l, 99, &r, UnixTime(1_000 + MISMATCH_CHECK)));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn plans() {
    let (l, r, now) = (local(), remote(), UnixTime(1_010));
    let catch_up = |flags, removals, new_from| Plan::CatchUp { flags, removals, new_from };
    use FlagCheck::{All, Nothing, Recent, Since};
    use Removals::{Compare, Count, Told};
    use Telling::{Everything, Flags, Nothing as Silent};
    let newer = Some(ModSeq::new(60));
    let cases: [(&str, MailboxState, u64, Remote, Telling, Plan); 20] = [
        ("no validity", l, 100, Remote { uid_validity: None, ..r }, Everything, Plan::Unsyncable),
        ("empty store", MailboxState::default(), 0, r, Everything, Plan::First),
        ("cut before the first", MailboxState { backfill_low: None, ..l }, 0, r, Flags, Plan::First),
        ("validity changed", l, 100, Remote { uid_validity: validity(2), ..r }, Everything, Plan::Relink),
        (
            "validity changed, nothing here",
            l,
            0,
            Remote { uid_validity: validity(2), ..r },
            Flags,
            Plan::First,
        ),
        ("told all", l, 100, Remote { mod_seq: newer, ..r }, Everything, catch_up(Nothing, Count, None)),
        (
            "told all, new mail",
            l,
            100,
            Remote { mod_seq: newer, uid_next: Some(uid(105)), ..r },
            Everything,
            catch_up(Nothing, Count, Some(uid(101))),
        ),
        (
            "no mod-seq kept",
            MailboxState { highest_mod_seq: ModSeq::NONE, ..l },
            100,
            r,
            Everything,
            catch_up(Recent, Count, None),
        ),
        ("mod-seq lost", l, 100, Remote { mod_seq: None, ..r }, Everything, catch_up(Recent, Count, None)),
        (
            "flags told",
            l,
            100,
            Remote { mod_seq: newer, ..r },
            Flags,
            catch_up(Since(ModSeq::new(50)), Count, None),
        ),
        ("nothing new", l, 100, r, Flags, catch_up(Nothing, Count, None)),
        ("one removed", l, 100, Remote { exists: Some(99), ..r }, Flags, catch_up(Nothing, Count, None)),
        (
            "new mail, flags told",
            l,
            100,
            Remote { uid_next: Some(uid(102)), ..r },
            Flags,
            catch_up(Nothing, Count, Some(uid(101))),
        ),
        (
            "on the way back",
            MailboxState { backfill_low: Some(uid(50)), ..l },
            50,
            r,
            Flags,
            catch_up(Nothing, Compare, None),
        ),
        (
            "on the way back, told all",
            MailboxState { backfill_low: Some(uid(50)), ..l },
            50,
            r,
            Everything,
            catch_up(Nothing, Told, None),
        ),
        ("silent", l, 100, r, Silent, catch_up(Recent, Count, None)),
        ("silent, removed", l, 100, Remote { exists: Some(90), ..r }, Silent, catch_up(Recent, Count, None)),
        (
            "silent, check due",
            MailboxState { last_full_check: None, ..l },
            100,
            r,
            Silent,
            catch_up(All, Compare, None),
        ),
        (
            "uid-next went down",
            l,
            100,
            Remote { uid_next: Some(uid(90)), mod_seq: newer, ..r },
            Everything,
            catch_up(All, Compare, Some(uid(101))),
        ),
        (
            "uid-next not told",
            l,
            100,
            Remote { uid_next: None, ..r },
            Flags,
            catch_up(Nothing, Count, Some(uid(101))),
        ),
    ];
    for (name, local, total, remote, telling, expected) in cases {
        assert_eq!(plan(&local, total, &remote, telling, now), expected, "{name}");
    }
}

#[test]
fn mass_removals_need_a_second_look() {
    for (gone, known, expected) in [
        (0, 0, false),
        (100, 100, false),
        (101, 101, true),
        (101, 202, false),
        (102, 203, true),
        (9, 10, false),
    ] {
        assert_eq!(is_doubtful(gone, known), expected, "{gone} of {known}");
    }
}

#[test]
fn a_rebuilt_mailbox_is_recognized_by_most_of_its_messages() {
    for (recognized, common, expected) in [
        (0, 0, true),
        (0, 9, true),
        (0, 10, false),
        (8, 10, true),
        (7, 10, false),
        (19, 1_000, false),
        (20, 1_000, true),
    ] {
        assert_eq!(is_recognized(recognized, common), expected, "{recognized} of {common}");
    }
}

#[test]
fn windows_come_from_the_new_end() {
    for (all, count, expected) in [
        ("1:1000", 200, "801:1000"),
        ("1:10,50,90:100", 12, "50,90:100"),
        ("1:10,50,90:100", 13, "10,50,90:100"),
        ("1:10", 200, "1:10"),
        ("", 200, ""),
        ("1:4294967295", 2, "4294967294:4294967295"),
        ("1:4294967295", 0, ""),
    ] {
        assert_eq!(newest(&set(all), count).to_string(), expected, "{all}");
    }
}

#[test]
fn guesses_follow_density() {
    for (below, exists, count, expected) in [
        (1_001, 1_000, 200, Some("801:1000")),
        (10_001, 1_000, 200, Some("8001:10000")),
        (51, 50, 200, Some("1:50")),
        (1, 0, 200, None),
        (4_294_967_295, 1, 5_000, Some("1:4294967294")),
        (100, 0, 10, Some("1:99")),
    ] {
        let window = guess(uid(below), exists, count).map(|w| w.to_string());
        assert_eq!(window.as_deref(), expected, "{below} {exists}");
    }
}

#[test]
fn long_questions_become_ranges() {
    let sparse: UidSet = (1..2_000).step_by(2).map(uid).collect();
    assert_eq!(question(&sparse, &sparse), set("1:1999"));
    assert_eq!(question(&sparse, &set("1:5000")), sparse, "half of what the range holds is here already");
    assert_eq!(question(&set("1,3,5:7"), &set("1,3,5:7")), set("1,3,5:7"));
}

#[test]
fn a_connection_does_not_judge_what_it_cannot_see() {
    let next = |n| Uid::from_wire(n).ok();
    for (known, before, next, expected) in [
        ("1:4", "", next(5), "1:4"),
        // 6 was put there by another connection after this one had looked, 5 before.
        ("1:6", "5", next(5), "1:5"),
        ("1:6", "5:6", next(5), "1:6"),
        // A server without UIDNEXT: only what was known.
        ("1:6", "1:4", None, "1:4"),
    ] {
        let before = if before.is_empty() { UidSet::new() } else { set(before) };
        assert_eq!(judged(&set(known), &before, next), set(expected), "{known} {before}");
    }
}

#[test]
fn window_sizes_follow_the_line() {
    let seconds = Duration::from_secs;
    for (size, took, expected) in [
        (FIRST_WINDOW, seconds(1), 1_500),
        (MAX_WINDOW, seconds(0), MAX_WINDOW),
        (1_000, seconds(3), 1_000),
        (1_000, seconds(9), 500),
        (MIN_WINDOW, seconds(60), MIN_WINDOW),
    ] {
        assert_eq!(next_size(size, took), expected);
    }
}

#[test]
fn mailboxes_people_look_into_come_first() {
    let id = MailboxId::from_row;
    let all = vec![
        (id(1), None, Some(500)),
        (id(2), Some(SpecialUse::All), Some(1)),
        (id(3), Some(SpecialUse::Inbox), Some(90_000)),
        (id(4), None, Some(5)),
        (id(5), Some(SpecialUse::Sent), None),
        (id(6), Some(SpecialUse::Junk), Some(2)),
        (id(7), None, None),
    ];
    assert_eq!(order(all), [3, 5, 4, 1, 7, 6, 2].map(id));
}

proptest! {
    #[test]
    fn sets_meet(a in proptest::collection::btree_set(1_u32..60, 0..40), b in proptest::collection::btree_set(1_u32..60, 0..40)) {
        let make = |s: &BTreeSet<u32>| s.iter().map(|n| uid(*n)).collect::<UidSet>();
        prop_assert_eq!(intersection(&make(&a), &make(&b)), make(&a.intersection(&b).copied().collect()));
        prop_assert_eq!(newest(&make(&a), 7), make(&a.iter().rev().take(7).copied().collect()));
    }
}
