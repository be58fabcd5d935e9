//! What can happen in a case, as plain data that shrinks well. Numbers choose among what is there at that moment,
//! modulo its count, so that any sequence makes sense.

use proptest::collection::vec;
use proptest::prelude::*;

/// One case.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// Which kind of server.
    pub(crate) server: u8,
    /// Whether the worker runs all the time, as below the window; otherwise single passes, as the command line does.
    pub(crate) live: bool,
    /// Mails in INBOX at the beginning.
    pub(crate) mails: u8,
    pub(crate) steps: Vec<Step>,
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The user does something.
    User(Wish),
    /// The second client does something.
    Other(Other),
    /// The second client does something just before the server runs the n-th command from now.
    Meanwhile(u8, Other),
    /// Something goes wrong at the n-th command from now.
    Fault(u8, Mishap),
    /// Something goes wrong on the n-th connection from now after so many bytes.
    Break(u8, u16, Way),
    /// Both sides are compared: a pass, or the live worker is asked to.
    Sync,
    /// What waits is sent and nothing else, as after a command on the command line.
    Send,
    /// As [`Step::Sync`], but the program is killed after so many commits.
    Crash(u8),
    /// As [`Step::Sync`], but the program is killed when the server gets the n-th command from now.
    Kill(u8),
    /// Offline mode on or off.
    Offline(bool),
    /// Minutes pass.
    Wait(u8),
}

/// Messages of one mailbox: which mailbox, from which row on, how many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pick(pub(crate) u8, pub(crate) u8, pub(crate) u8);

/// What the user does.
#[derive(Clone, Debug)]
pub(crate) enum Wish {
    Flag(Pick, u8, bool),
    Move(Pick, u8),
    /// To the mailbox of a use.
    Use(Pick, u8),
    Copy(Pick, u8),
    Delete(Pick),
    Forever(Pick),
    ReadAll(u8),
    Undo,
    Redo,
    /// Everything that failed is tried again.
    Retry,
    /// The marks of what failed are dropped.
    Dismiss,
}

/// What the second client does.
#[derive(Clone, Debug)]
pub(crate) enum Other {
    Deliver(u8),
    Flag(u8, u8, u8, bool),
    /// Marks a mail as deleted and leaves it there.
    Mark(u8, u8),
    Expunge(u8, u8),
    Move(u8, u8, u8),
    Copy(u8, u8, u8),
    /// A mailbox gets a new UIDVALIDITY.
    Renew(u8),
    /// One of the user's own mailboxes gets another name.
    Rename(u8),
    /// One of the user's own mailboxes is deleted with all its mail.
    Drop(u8),
    Create,
}

/// What goes wrong at a command.
#[derive(Clone, Debug)]
pub(crate) enum Mishap {
    Drop,
    /// After so many bytes of the answer.
    Cut(u16),
    /// After so many bytes more from the client.
    CutInput(u8),
    Stall,
    StallAfter(u8),
    Duplicate,
    Reverse,
    /// NO, for good.
    No,
    /// NO, for now.
    Later,
    Bad,
    Bye,
    /// NO although it was done; only where the command can be answered so.
    Lie,
}

/// How a link breaks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    Output,
    Input,
    Stall,
}

fn pick() -> impl Strategy<Value = Pick> {
    (0..8_u8, 0..12_u8, 1..5_u8).prop_map(|(mailbox, row, count)| Pick(mailbox, row, count))
}

fn wish() -> impl Strategy<Value = Wish> {
    prop_oneof![
        3 => (pick(), 0..5_u8, any::<bool>()).prop_map(|(p, flag, add)| Wish::Flag(p, flag, add)),
        5 => (pick(), 0..8_u8).prop_map(|(p, to)| Wish::Move(p, to)),
        1 => (pick(), 0..4_u8).prop_map(|(p, to)| Wish::Use(p, to)),
        2 => (pick(), 0..8_u8).prop_map(|(p, to)| Wish::Copy(p, to)),
        2 => pick().prop_map(Wish::Delete),
        1 => pick().prop_map(Wish::Forever),
        1 => (0..8_u8).prop_map(Wish::ReadAll),
        3 => Just(Wish::Undo),
        1 => Just(Wish::Redo),
        1 => Just(Wish::Retry),
        1 => Just(Wish::Dismiss),
    ]
}

fn other() -> impl Strategy<Value = Other> {
    prop_oneof![
        3 => (0..8_u8).prop_map(Other::Deliver),
        3 => (0..8_u8, 0..12_u8, 0..5_u8, any::<bool>()).prop_map(|(b, n, f, add)| Other::Flag(b, n, f, add)),
        1 => (0..8_u8, 0..12_u8).prop_map(|(b, n)| Other::Mark(b, n)),
        2 => (0..8_u8, 0..12_u8).prop_map(|(b, n)| Other::Expunge(b, n)),
        3 => (0..8_u8, 0..12_u8, 0..8_u8).prop_map(|(b, n, to)| Other::Move(b, n, to)),
        1 => (0..8_u8, 0..12_u8, 0..8_u8).prop_map(|(b, n, to)| Other::Copy(b, n, to)),
        2 => (0..8_u8).prop_map(Other::Renew),
        1 => (0..3_u8).prop_map(Other::Rename),
        1 => (0..3_u8).prop_map(Other::Drop),
        1 => Just(Other::Create),
    ]
}

fn mishap() -> impl Strategy<Value = Mishap> {
    prop_oneof![
        3 => Just(Mishap::Drop),
        4 => (0..400_u16).prop_map(Mishap::Cut),
        2 => (0..40_u8).prop_map(Mishap::CutInput),
        1 => Just(Mishap::Stall),
        1 => (0..100_u8).prop_map(Mishap::StallAfter),
        2 => Just(Mishap::Duplicate),
        2 => Just(Mishap::Reverse),
        2 => Just(Mishap::No),
        2 => Just(Mishap::Later),
        1 => Just(Mishap::Bad),
        2 => Just(Mishap::Bye),
        1 => Just(Mishap::Lie),
    ]
}

fn way() -> impl Strategy<Value = Way> {
    prop_oneof![3 => Just(Way::Output), 3 => Just(Way::Input), 1 => Just(Way::Stall)]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => wish().prop_map(Step::User),
        3 => other().prop_map(Step::Other),
        3 => (1..24_u8, other()).prop_map(|(n, other)| Step::Meanwhile(n, other)),
        5 => (1..24_u8, mishap()).prop_map(|(n, mishap)| Step::Fault(n, mishap)),
        2 => (1..3_u8, 0..9_000_u16, way()).prop_map(|(n, bytes, way)| Step::Break(n, bytes, way)),
        4 => Just(Step::Sync),
        4 => Just(Step::Send),
        4 => (0..14_u8).prop_map(Step::Crash),
        2 => (1..24_u8).prop_map(Step::Kill),
        1 => any::<bool>().prop_map(Step::Offline),
        1 => (1..90_u8).prop_map(Step::Wait),
    ]
}

/// All cases, `live` ones or not.
pub(crate) fn case(live: bool) -> impl Strategy<Value = Case> {
    (0..9_u8, 1..9_u8, vec(step(), 3..26)).prop_map(move |(server, mails, steps)| Case {
        server,
        live,
        mails,
        steps,
    })
}
