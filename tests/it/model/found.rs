//! Cases that the random ones found and that went wrong once, as small as they could be made.

use super::ops::Step::{Crash, Fault, Meanwhile, Other, Send, Sync, User};
use super::ops::Wish::{Copy, Forever, Move, Undo, Use};
use super::ops::{Case, Mishap, Other as Alien, Pick, Step, Wish};
use super::world::play;

/// Servers by their place in `world::kinds`.
const EVERYTHING: u8 = 0;
const CYRUS: u8 = 2;
const ICLOUD: u8 = 5;
const HMAIL: u8 = 7;
const GMAIL: u8 = 9;
/// No second account.
const ALONE: u8 = u8::MAX;
/// Mailboxes by their place in the list.
const ARCHIVE: u8 = 1;
const JUNK: u8 = 3;
const WORK: u8 = 6;
const DEEP: u8 = 7;
/// The INBOX of a second account.
const SECOND: u8 = 8;
/// The same where the first account is Gmail's, which has more mailboxes.
const GMAILS: u8 = 10;
/// The first mail of INBOX.
const FIRST: Pick = Pick(0, 0, 1);

#[track_caller]
fn holds(servers: &[u8], mails: u8, steps: &[Step]) {
    for server in servers {
        holds_at((*server, ALONE), mails, steps);
    }
}

/// The same with a second account.
#[track_caller]
fn holds_at((server, second): (u8, u8), mails: u8, steps: &[Step]) {
    // With bodies where there are two accounts: they have to come along.
    let bodies = second != ALONE;
    let case = Case { server, second, twist: 0, bodies, live: false, mails, steps: steps.to_vec() };
    if let Err(reason) = play(&case) {
        panic!("{reason}\n{case:?}");
    }
}

fn wish(wish: Wish) -> Step {
    User(wish)
}

#[test]
fn a_mail_that_somebody_expunges_before_it_is_moved_or_copied_is_no_ghost() {
    let gone = || Meanwhile(0, 1, Alien::Expunge(0, 0));
    for carry in [Move(FIRST, ARCHIVE), Copy(FIRST, ARCHIVE)] {
        holds(&[EVERYTHING, ICLOUD, HMAIL], 1, &[wish(carry), gone(), Sync]);
    }
}

#[test]
fn a_mail_that_somebody_moves_before_it_is_moved_is_no_failure() {
    holds(&[ICLOUD], 1, &[wish(Move(FIRST, ARCHIVE)), Meanwhile(0, 4, Alien::Move(0, 0, 4)), Send]);
}

#[test]
fn a_copy_of_what_was_moved_meanwhile_is_made_all_the_same() {
    holds(
        &[EVERYTHING, ICLOUD, HMAIL],
        1,
        &[wish(Move(FIRST, JUNK)), wish(Copy(FIRST, ARCHIVE)), wish(Use(Pick(1, 0, 1), 2)), Sync],
    );
}

#[test]
fn a_mailbox_that_is_only_a_level_any_more_shows_no_mail() {
    holds(
        &[EVERYTHING],
        1,
        &[wish(Copy(FIRST, WORK)), Sync, Meanwhile(0, 1, Alien::Drop(0)), wish(Move(FIRST, ARCHIVE)), Sync],
    );
}

#[test]
fn a_new_uid_validity_does_not_bring_back_what_is_on_its_way_out() {
    for carry in [Move(FIRST, ARCHIVE), Forever(FIRST)] {
        holds(&[CYRUS, ICLOUD, HMAIL], 2, &[Other(0, Alien::Renew(2)), wish(carry), Sync]);
    }
}

#[test]
fn a_mailbox_may_be_rebuilt_at_any_command_of_a_move() {
    for nth in 1..14 {
        let again = [Step::Fault(0, 2, Mishap::Drop), wish(Move(Pick(0, 0, 2), ARCHIVE)), Step::Crash(4)];
        let rebuilt = [Meanwhile(0, nth, Alien::Renew(2)), Send];
        holds(&[EVERYTHING, ICLOUD, HMAIL], 2, &[again.as_slice(), &rebuilt].concat());
    }
}

#[test]
fn undo_after_somebody_moved_the_mail_elsewhere() {
    holds(
        &[EVERYTHING, ICLOUD],
        1,
        &[wish(Wish::Delete(FIRST)), Sync, Other(0, Alien::Move(0, 0, 4)), wish(Undo), Send],
    );
}

#[test]
fn a_move_to_another_account_may_be_taken_back_at_any_commit_of_it() {
    for commits in 0..20 {
        let steps = [wish(Move(FIRST, SECOND)), Step::Crash(commits), wish(Undo), Sync];
        holds_at((EVERYTHING, ICLOUD), 1, &steps);
    }
}

#[test]
fn a_message_that_nobody_else_has_stays_when_its_mailbox_is_renamed_or_deleted_by_others() {
    for change in [Alien::Rename(1), Alien::Drop(1)] {
        let later = [Sync, Step::Wait(89), Sync];
        let steps = [&[Sync, wish(Wish::Append(DEEP, 0)), Other(0, change)][..], &later].concat();
        holds(&[EVERYTHING, CYRUS, HMAIL], 1, &steps);
    }
}

#[test]
fn a_mailbox_that_could_not_be_left_is_not_deleted() {
    let leave = || [wish(Move(FIRST, DEEP)), Sync, wish(Move(FIRST, ARCHIVE)), wish(Wish::Raze(1))];
    for mishap in [Mishap::No, Mishap::Later] {
        for nth in (1..12).step_by(2) {
            let steps = [&[Step::Fault(0, nth, mishap.clone())][..], &[Send, Send]].concat();
            holds(&[EVERYTHING, ICLOUD, HMAIL], 1, &[&leave()[..], &steps].concat());
        }
    }
    // Taken back, or moved on: both come after the deletion, and must not come too late.
    holds(&[EVERYTHING, ICLOUD], 1, &[&leave()[..], &[wish(Undo), Sync]].concat());
    holds(&[EVERYTHING, ICLOUD], 1, &[&leave()[..], &[wish(Move(FIRST, JUNK)), Sync]].concat());
    holds_at((EVERYTHING, HMAIL), 1, &[&leave()[..], &[wish(Move(FIRST, SECOND)), Sync]].concat());
}

#[test]
fn what_moves_from_gmail_to_another_account_is_thrown_away_there() {
    for from in [FIRST, Pick(1, 0, 1)] {
        for commits in [0, 5, 9, 13, 17, 40] {
            holds_at((GMAIL, ICLOUD), 1, &[wish(Move(from, GMAILS)), Step::Crash(commits), Send, Sync]);
        }
    }
}

#[test]
fn a_copy_that_waits_outlives_a_new_uid_validity() {
    let steps = vec![
        wish(Move(Pick(0, 5, 1), ARCHIVE)),
        Meanwhile(0, 12, Alien::Renew(2)),
        Fault(0, 7, Mishap::CutInput(0)),
        Crash(4),
        wish(Copy(Pick(2, 2, 3), ARCHIVE)),
        Sync,
    ];
    let case = Case { server: 1, second: 10, twist: 3, bodies: false, live: false, mails: 7, steps };
    if let Err(reason) = play(&case) {
        panic!("{reason}\n{case:?}");
    }
}
