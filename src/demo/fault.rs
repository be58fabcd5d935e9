//! Scripted faults: what goes wrong, on which connection, at which command. Deterministic: no dice, no clock.
//!
//! ```text
//! FaultPlan::new()
//!     .rule(Rule::greeting().then(Fault::Bye("try later".into())))
//!     .rule(Rule::command("UID FETCH").nth(2).then(Fault::DropAfter(17)))
//! ```

use super::mailboxes::Mailboxes;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// One thing that goes wrong.
#[derive(Clone)]
pub enum Fault {
    /// The link breaks at once; the command is not run.
    Drop,
    /// The command runs, but the link breaks after that many bytes more have been sent. With 0 the work is
    /// done and the answer lost. At the greeting the count covers the whole connection.
    DropAfter(u64),
    /// The link breaks after that many bytes more have been received: in the middle of an upload.
    DropAfterInput(u64),
    /// No answer ever comes, the command is not run, the link stays open ([`Faults::release`] ends it).
    Stall,
    /// The command runs, but after that many bytes more nothing comes any longer.
    StallAfter(u64),
    /// Answers come in small pieces with a pause between.
    Trickle {
        /// Bytes in a piece.
        piece: usize,
        /// Time between pieces.
        pause: Duration,
    },
    /// Nothing happens for a while, then everything goes on.
    Delay(Duration),
    /// Tagged NO with this text (it may start with a response code in brackets); the command is not run.
    No(String),
    /// Tagged BAD with this text; the command is not run.
    Bad(String),
    /// The command is run and then answered NO all the same.
    NoAfterDoing(String),
    /// `* BYE text`, then the link is closed; the command is not run.
    Bye(String),
    /// These bytes go out before the answer.
    Before(Vec<u8>),
    /// These bytes go out between the answer's data and its tagged line.
    BeforeTagged(Vec<u8>),
    /// These bytes go out in place of everything; `{tag}` in them becomes the tag. The command is not run.
    Replace(Vec<u8>),
    /// The first bytes go out in place of everything, then the piece so many times, as far as the client reads.
    /// The command is not run.
    Flood {
        /// What comes first.
        head: Vec<u8>,
        /// What comes then.
        piece: Vec<u8>,
        /// How often.
        times: u64,
    },
    /// Each response of the answer goes through this function, its line end and the tagged line included.
    Rewrite(Rewrite),
    /// Each untagged response of the answer comes twice.
    Duplicate,
    /// The untagged responses of the answer come in reverse order.
    Reverse,
    /// Literals of the answer are announced as that many bytes longer (or shorter) than they are.
    LiteralOff(i64),
    /// The mail changes just before the command runs, as if by another client.
    Change(Change),
}

/// A change of the mail that a fault makes.
pub type Change = Arc<dyn Fn(&mut Mailboxes) + Send + Sync>;

/// What a fault makes of a response.
pub type Rewrite = Arc<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;

impl Fault {
    /// Each response of the answer goes through this function.
    pub fn rewrite(act: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::Rewrite(Arc::new(act))
    }

    /// A change of the mail just before the command runs.
    pub fn change(act: impl Fn(&mut Mailboxes) + Send + Sync + 'static) -> Self {
        Self::Change(Arc::new(act))
    }

    /// The mailbox gets a new UIDVALIDITY just before the command runs.
    #[must_use]
    pub fn renew_uid_validity(mailbox: &str) -> Self {
        let name = mailbox.to_owned();
        Self::change(move |all| {
            all.renew_uid_validity(&name).ok();
        })
    }

    /// The mailbox is gone just before the command runs.
    #[must_use]
    pub fn delete_mailbox(mailbox: &str) -> Self {
        let name = mailbox.to_owned();
        Self::change(move |all| {
            all.delete(&name).ok();
        })
    }
}

impl Fault {
    /// Its kind, for counting.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::DropAfter(_) => "cut of output",
            Self::DropAfterInput(_) => "cut of input",
            Self::Stall | Self::StallAfter(_) => "stall",
            Self::Trickle { .. } | Self::Delay(_) => "delay",
            Self::No(_) => "NO",
            Self::Bad(_) => "BAD",
            Self::NoAfterDoing(_) => "NO after doing",
            Self::Bye(_) => "BYE",
            Self::Before(_) | Self::BeforeTagged(_) | Self::Replace(_) | Self::Rewrite(_) => "other bytes",
            Self::Flood { .. } => "flood",
            Self::Duplicate => "duplicate",
            Self::Reverse => "reorder",
            Self::LiteralOff(_) => "wrong literal",
            Self::Change(_) => "change meanwhile",
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drop => f.write_str("Drop"),
            Self::DropAfter(n) => write!(f, "DropAfter({n})"),
            Self::DropAfterInput(n) => write!(f, "DropAfterInput({n})"),
            Self::Stall => f.write_str("Stall"),
            Self::StallAfter(n) => write!(f, "StallAfter({n})"),
            Self::Trickle { piece, pause } => write!(f, "Trickle({piece}, {pause:?})"),
            Self::Delay(time) => write!(f, "Delay({time:?})"),
            Self::No(text) => write!(f, "No({text:?})"),
            Self::Bad(text) => write!(f, "Bad({text:?})"),
            Self::NoAfterDoing(text) => write!(f, "NoAfterDoing({text:?})"),
            Self::Bye(text) => write!(f, "Bye({text:?})"),
            Self::Before(raw) => write!(f, "Before({})", raw.escape_ascii()),
            Self::BeforeTagged(raw) => write!(f, "BeforeTagged({})", raw.escape_ascii()),
            Self::Replace(raw) => write!(f, "Replace({})", raw.escape_ascii()),
            Self::Flood { head, times, .. } => write!(f, "Flood({}, {times})", head.escape_ascii()),
            Self::Rewrite(_) => f.write_str("Rewrite"),
            Self::Duplicate => f.write_str("Duplicate"),
            Self::Reverse => f.write_str("Reverse"),
            Self::LiteralOff(n) => write!(f, "LiteralOff({n})"),
            Self::Change(_) => f.write_str("Change"),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum When {
    Accept,
    Greeting,
    Command(String),
    AnyCommand,
}

/// What a connection is about to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment<'a> {
    Accept,
    Greeting,
    Command(&'a str),
}

/// A fault with the moment at which it strikes.
#[derive(Clone, Debug)]
pub struct Rule {
    when: When,
    connection: Option<u32>,
    skip: u32,
    times: u32,
    fault: Fault,
}

/// A rule that still lacks its fault.
#[derive(Clone, Debug)]
pub struct Trigger(Rule);

impl Rule {
    fn on(when: When) -> Trigger {
        Trigger(Self { when, connection: None, skip: 0, times: 1, fault: Fault::Drop })
    }

    /// Strikes when a client has connected, before TLS and everything else.
    #[must_use]
    pub fn accept() -> Trigger {
        Self::on(When::Accept)
    }

    /// Strikes when a client is connected and protected, before the greeting.
    #[must_use]
    pub fn greeting() -> Trigger {
        Self::on(When::Greeting)
    }

    /// Strikes at a command, such as `SELECT` or `UID FETCH`; letter case does not matter.
    #[must_use]
    pub fn command(verb: &str) -> Trigger {
        Self::on(When::Command(verb.to_ascii_uppercase()))
    }

    /// Strikes at any command.
    #[must_use]
    pub fn any_command() -> Trigger {
        Self::on(When::AnyCommand)
    }

    fn matches(&self, connection: u32, moment: Moment<'_>) -> bool {
        let when = match moment {
            Moment::Accept => self.when == When::Accept,
            Moment::Greeting => self.when == When::Greeting,
            Moment::Command(verb) => match &self.when {
                When::Command(wanted) => wanted == verb,
                When::AnyCommand => true,
                When::Accept | When::Greeting => false,
            },
        };
        when && self.connection.is_none_or(|wanted| wanted == connection)
    }
}

impl Trigger {
    /// Only on the connection with that number; the first that the server accepts is 1.
    #[must_use]
    pub const fn connection(mut self, number: u32) -> Self {
        self.0.connection = Some(number);
        self
    }

    /// Only at the `n`th time, counted from 1 (and afterwards, with [`Trigger::times`]).
    #[must_use]
    pub const fn nth(mut self, n: u32) -> Self {
        self.0.skip = n.saturating_sub(1);
        self
    }

    /// So often; without this once.
    #[must_use]
    pub const fn times(mut self, times: u32) -> Self {
        self.0.times = times;
        self
    }

    /// Each time from then on.
    #[must_use]
    pub const fn always(self) -> Self {
        self.times(u32::MAX)
    }

    /// What goes wrong.
    #[must_use]
    pub fn then(mut self, fault: Fault) -> Rule {
        self.0.fault = fault;
        self.0
    }
}

/// The rules that a server starts with.
#[derive(Clone, Debug, Default)]
pub struct FaultPlan {
    rules: Vec<Rule>,
}

impl FaultPlan {
    /// Nothing goes wrong.
    #[must_use]
    pub const fn new() -> Self {
        Self { rules: Vec::new() }
    }

    /// Adds a rule.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }
}

/// The faults of a running server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Faults(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    plan: Mutex<Plan>,
    release: tokio::sync::watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Plan {
    rules: Vec<Rule>,
    fired: u32,
    by_kind: BTreeMap<&'static str, u32>,
}

impl Faults {
    pub(crate) fn new(plan: FaultPlan) -> Self {
        let plan = Mutex::new(Plan { rules: plan.rules, ..Plan::default() });
        Self(Arc::new(Shared { plan, release: tokio::sync::watch::Sender::new(0) }))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Plan) -> T) -> T {
        act(&mut self.0.plan.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a rule to the running server.
    pub fn add(&self, rule: Rule) {
        self.with(|plan| plan.rules.push(rule));
    }

    /// Removes all rules; links that stall go on.
    pub fn clear(&self) {
        self.with(|plan| plan.rules.clear());
        self.release();
    }

    /// Lets links that stall go on.
    pub fn release(&self) {
        self.0.release.send_modify(|n| *n += 1);
    }

    /// How many faults have struck so far.
    #[must_use]
    pub fn fired(&self) -> u32 {
        self.with(|plan| plan.fired)
    }

    /// How many faults of each kind have struck so far.
    #[must_use]
    pub fn fired_by_kind(&self) -> BTreeMap<&'static str, u32> {
        self.with(|plan| plan.by_kind.clone())
    }

    pub(crate) fn released(&self) -> tokio::sync::watch::Receiver<u64> {
        self.0.release.subscribe()
    }

    /// The faults that strike now.
    pub(crate) fn strike(&self, connection: u32, moment: Moment<'_>) -> Vec<Fault> {
        self.with(|plan| {
            let mut faults = Vec::new();
            for rule in &mut plan.rules {
                if !rule.matches(connection, moment) {
                    continue;
                }
                if rule.skip > 0 {
                    rule.skip -= 1;
                } else if rule.times > 0 {
                    if rule.times != u32::MAX {
                        rule.times -= 1;
                    }
                    faults.push(rule.fault.clone());
                }
            }
            for fault in &faults {
                *plan.by_kind.entry(fault.kind()).or_default() += 1;
            }
            plan.fired = plan.fired.saturating_add(u32::try_from(faults.len()).unwrap_or(u32::MAX));
            faults
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_strike_where_and_as_often_as_they_say() {
        let plan = FaultPlan::new()
            .rule(Rule::command("uid fetch").nth(2).times(2).then(Fault::Drop))
            .rule(Rule::greeting().connection(3).then(Fault::Stall));
        let faults = Faults::new(plan);
        let hits: Vec<_> = (0..5).map(|_| faults.strike(1, Moment::Command("UID FETCH")).len()).collect();
        assert_eq!(hits, [0, 1, 1, 0, 0]);
        assert_eq!(faults.strike(2, Moment::Greeting).len(), 0);
        assert_eq!(faults.strike(3, Moment::Greeting).len(), 1);
        assert_eq!(faults.fired(), 3);
    }
}
