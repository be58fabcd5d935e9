//! What can happen in a case, as plain data that shrinks well. Numbers choose among what is there at that moment,
//! modulo its count, so that any sequence makes sense.

use super::sides::KINDS;
use proptest::collection::vec;
use proptest::prelude::*;

/// One case.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// Which kind of server.
    pub(crate) server: u8,
    /// Which kind of server the second account has; there is none if the number is too high.
    pub(crate) second: u8,
    /// How many of the mails have no Message-ID or that of another one, or are there twice (see `mails::Shape`); 0: none.
    pub(crate) twist: u8,
    /// Whether whole messages are kept here.
    pub(crate) bodies: bool,
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
    /// The second client does something, at a server.
    Other(Side, Other),
    /// The second client does something just before a server runs the n-th command from now.
    Meanwhile(Side, u8, Other),
    /// Something goes wrong at the n-th command from now.
    Fault(Side, u8, Mishap),
    /// Something goes wrong on the n-th connection from now after so many bytes.
    Break(Side, u8, u16, Way),
    /// Both sides are compared: a pass, or the live worker is asked to.
    Sync,
    /// What waits is sent and nothing else, as after a command on the command line.
    Send,
    /// As [`Step::Sync`], but the program is killed after so many commits.
    Crash(u8),
    /// As [`Step::Sync`], but the program is killed when a server gets the n-th command from now.
    Kill(Side, u8),
    /// Offline mode on or off.
    Offline(bool),
    /// Minutes pass.
    Wait(u8),
}

/// One of the servers.
pub(crate) type Side = u8;

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
    /// A message from outside comes into a mailbox, in one of the shapes that mails have.
    Append(u8, u8),
    /// The texts of messages are wanted.
    Read(Pick),
    /// A mailbox is made, below another one or at the top.
    Make(Side, u8),
    /// One of the user's own mailboxes gets another name, and maybe another parent.
    Rename(u8, u8),
    /// One of the user's own mailboxes is deleted with all its mail.
    Raze(u8),
    Subscribe(u8, bool),
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
    /// In one of the shapes that mails have.
    Deliver(u8, u8),
    Flag(u8, u8, u8, bool),
    /// Marks a mail as deleted and leaves it there.
    Mark(u8, u8),
    Expunge(u8, u8),
    Move(u8, u8, u8),
    Copy(u8, u8, u8),
    /// A mailbox gets a new UIDVALIDITY.
    Renew(u8),
    /// UIDNEXT jumps up, or back to what follows the last UID.
    UidNext(u8, bool),
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
    (0..16_u8, 0..12_u8, 1..5_u8).prop_map(|(mailbox, row, count)| Pick(mailbox, row, count))
}

fn wish() -> impl Strategy<Value = Wish> {
    prop_oneof![
        3 => (pick(), 0..5_u8, any::<bool>()).prop_map(|(p, flag, add)| Wish::Flag(p, flag, add)),
        5 => (pick(), 0..16_u8).prop_map(|(p, to)| Wish::Move(p, to)),
        1 => (pick(), 0..4_u8).prop_map(|(p, to)| Wish::Use(p, to)),
        2 => (pick(), 0..16_u8).prop_map(|(p, to)| Wish::Copy(p, to)),
        2 => pick().prop_map(Wish::Delete),
        1 => pick().prop_map(Wish::Forever),
        1 => (0..16_u8).prop_map(Wish::ReadAll),
        2 => (0..16_u8, 0..5_u8).prop_map(|(to, shape)| Wish::Append(to, shape)),
        1 => pick().prop_map(Wish::Read),
        1 => (0..2_u8, 0..12_u8).prop_map(|(side, parent)| Wish::Make(side, parent)),
        1 => (0..4_u8, 0..12_u8).prop_map(|(which, parent)| Wish::Rename(which, parent)),
        1 => (0..4_u8).prop_map(Wish::Raze),
        1 => (0..16_u8, any::<bool>()).prop_map(|(mailbox, on)| Wish::Subscribe(mailbox, on)),
        4 => Just(Wish::Undo),
        2 => Just(Wish::Redo),
        1 => Just(Wish::Retry),
        1 => Just(Wish::Dismiss),
    ]
}

fn other() -> impl Strategy<Value = Other> {
    prop_oneof![
        3 => (0..8_u8, 0..5_u8).prop_map(|(to, shape)| Other::Deliver(to, shape)),
        3 => (0..8_u8, 0..12_u8, 0..5_u8, any::<bool>()).prop_map(|(b, n, f, add)| Other::Flag(b, n, f, add)),
        1 => (0..8_u8, 0..12_u8).prop_map(|(b, n)| Other::Mark(b, n)),
        2 => (0..8_u8, 0..12_u8).prop_map(|(b, n)| Other::Expunge(b, n)),
        3 => (0..8_u8, 0..12_u8, 0..8_u8).prop_map(|(b, n, to)| Other::Move(b, n, to)),
        1 => (0..8_u8, 0..12_u8, 0..8_u8).prop_map(|(b, n, to)| Other::Copy(b, n, to)),
        2 => (0..8_u8).prop_map(Other::Renew),
        1 => (0..8_u8, any::<bool>()).prop_map(|(b, up)| Other::UidNext(b, up)),
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
    let side = || 0..2_u8;
    prop_oneof![
        14 => wish().prop_map(Step::User),
        3 => (side(), other()).prop_map(|(side, other)| Step::Other(side, other)),
        3 => (side(), 1..24_u8, other()).prop_map(|(side, n, other)| Step::Meanwhile(side, n, other)),
        5 => (side(), 1..24_u8, mishap()).prop_map(|(side, n, mishap)| Step::Fault(side, n, mishap)),
        2 => (side(), 1..3_u8, 0..9_000_u16, way()).prop_map(|(side, n, bytes, way)| Step::Break(side, n, bytes, way)),
        4 => Just(Step::Sync),
        4 => Just(Step::Send),
        4 => (0..24_u8).prop_map(Step::Crash),
        2 => (side(), 1..24_u8).prop_map(|(side, n)| Step::Kill(side, n)),
        1 => any::<bool>().prop_map(Step::Offline),
        1 => (1..90_u8).prop_map(Step::Wait),
    ]
}

/// All cases, `live` ones or not.
pub(crate) fn case(live: bool) -> impl Strategy<Value = Case> {
    let half = 2 * KINDS;
    (0..KINDS, 0..half, 0..6_u8, any::<bool>(), 1..9_u8, vec(step(), 3..30)).prop_map(
        move |(server, second, twist, bodies, mails, steps)| Case {
            server,
            second,
            twist,
            bodies,
            live,
            mails,
            steps,
        },
    )
}

impl Step {
    /// Its kind, for the last line of a run.
    pub(crate) fn kind(&self) -> String {
        // `Move(Pick(1, 2, 3), 4)` is a kind of its own, apart from its numbers.
        let text = match self {
            Self::User(wish) => format!("user {wish:?}"),
            Self::Other(_, other) | Self::Meanwhile(_, _, other) => format!("other {other:?}"),
            Self::Fault(..) | Self::Break(..) => "fault".to_owned(),
            Self::Sync | Self::Send | Self::Crash(_) | Self::Kill(..) | Self::Offline(_) | Self::Wait(_) => {
                format!("{self:?}")
            }
        };
        text.split('(').next().unwrap_or_default().to_lowercase()
    }
}
