//! Cases that the random ones found and that went wrong once, as small as they could be made.

use super::ops::Step::{Meanwhile, Other, Send, Sync, User};
use super::ops::Wish::{Copy, Forever, Move, Undo, Use};
use super::ops::{Case, Mishap, Other as Alien, Pick, Step, Wish};
use super::world::play;

/// Servers by their place in `world::kinds`.
const EVERYTHING: u8 = 0;
const CYRUS: u8 = 2;
const ICLOUD: u8 = 5;
const HMAIL: u8 = 7;
/// Mailboxes by their place in the list.
const ARCHIVE: u8 = 1;
const JUNK: u8 = 3;
const WORK: u8 = 6;
/// The first mail of INBOX.
const FIRST: Pick = Pick(0, 0, 1);

#[track_caller]
fn holds(servers: &[u8], mails: u8, steps: &[Step]) {
    for server in servers {
        let case = Case { server: *server, live: false, mails, steps: steps.to_vec() };
        if let Err(reason) = play(&case) {
            panic!("{reason}");
        }
    }
}

fn wish(wish: Wish) -> Step {
    User(wish)
}

#[test]
fn a_mail_that_somebody_expunges_before_it_is_moved_or_copied_is_no_ghost() {
    let gone = || Meanwhile(1, Alien::Expunge(0, 0));
    for carry in [Move(FIRST, ARCHIVE), Copy(FIRST, ARCHIVE)] {
        holds(&[EVERYTHING, ICLOUD, HMAIL], 1, &[wish(carry), gone(), Sync]);
    }
}

#[test]
fn a_mail_that_somebody_moves_before_it_is_moved_is_no_failure() {
    holds(&[ICLOUD], 1, &[wish(Move(FIRST, ARCHIVE)), Meanwhile(4, Alien::Move(0, 0, 4)), Send]);
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
        &[wish(Copy(FIRST, WORK)), Sync, Meanwhile(1, Alien::Drop(0)), wish(Move(FIRST, ARCHIVE)), Sync],
    );
}

#[test]
fn a_new_uid_validity_does_not_bring_back_what_is_on_its_way_out() {
    for carry in [Move(FIRST, ARCHIVE), Forever(FIRST)] {
        holds(&[CYRUS, ICLOUD, HMAIL], 2, &[Other(Alien::Renew(2)), wish(carry), Sync]);
    }
}

#[test]
fn a_mailbox_may_be_rebuilt_at_any_command_of_a_move() {
    for nth in 1..14 {
        let again = [Step::Fault(2, Mishap::Drop), wish(Move(Pick(0, 0, 2), ARCHIVE)), Step::Crash(4)];
        let rebuilt = [Meanwhile(nth, Alien::Renew(2)), Send];
        holds(&[EVERYTHING, ICLOUD, HMAIL], 2, &[again.as_slice(), &rebuilt].concat());
    }
}

#[test]
fn undo_after_somebody_moved_the_mail_elsewhere() {
    holds(
        &[EVERYTHING, ICLOUD],
        1,
        &[wish(Wish::Delete(FIRST)), Sync, Other(Alien::Move(0, 0, 4)), wish(Undo), Send],
    );
}
