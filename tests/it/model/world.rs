//! The world of one case: servers, a profile, the program in its lives between two crashes.

use super::invariants::{self, Watch};
use super::ops::{Case, Mishap, Side, Step, Way};
use super::sides::{KINDS, Sides, kinds, servers};
use super::tally::Tally;
use crate::sync_lab::Worker;
use crate::wait;
use postrider::demo::{Fault, Rule};
use postrider::store::Store;
use postrider::sync::{Command, Depth, ManualClock, PassRequest, carry_out, one_pass};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;

/// A live worker gets so much time for one step: a silent server is given up within it, and attempts are repeated.
const MOMENT: Duration = Duration::from_secs(90);
/// Turns in which a worker gets on by a step or two.
const A_FEW: usize = 20;
/// Passes within which both sides must be the same once nothing goes wrong any more.
const PASSES: usize = 8;
/// The same where a live worker looks, at the times that suit it.
const LOOKS: usize = 24;

/// What was done, for the last lines of a run: how often, by kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stats {
    pub(crate) cases: u64,
    pub(crate) commands: u64,
    pub(crate) steps: BTreeMap<String, u64>,
    pub(crate) faults: BTreeMap<String, u64>,
    pub(crate) kills: BTreeMap<String, u64>,
}

impl Stats {
    pub(crate) fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.commands += other.commands;
        let maps = [
            (&mut self.steps, other.steps),
            (&mut self.faults, other.faults),
            (&mut self.kills, other.kills),
        ];
        for (mine, others) in maps {
            for (kind, count) in others {
                *mine.entry(kind).or_default() += count;
            }
        }
    }
}

fn life() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// How a piece of the program's life ended.
enum End {
    /// It went on.
    Alive,
    /// It was killed.
    Dead,
}

pub(crate) struct World {
    pub(crate) sides: Sides,
    pub(crate) tally: Tally,
    watch: Watch,
    life: Option<Runtime>,
    worker: Option<Worker>,
    /// A store that stands in while the real one is closed.
    limbo: Store,
    _limbo: tempfile::TempDir,
    live: bool,
    bodies: bool,
    pub(crate) offline: bool,
    stats: Stats,
}

/// Plays a case to its end and judges it.
pub(crate) fn play(case: &Case) -> Result<Stats, String> {
    let mut world = World::new(case);
    let result = world.run(case);
    let stats = world.stats();
    let story = std::mem::take(&mut world.tally.get().story);
    let logs: Vec<_> = world.sides.all().map(postrider::demo::Server::log).collect();
    world.end();
    result.map(|()| stats).map_err(|reason| {
        let kind = |n: u8| kinds().get(usize::from(n)).map_or("nothing", |kind| kind.0);
        let mut told = format!("{} and {}: {reason}\n{story}", kind(case.server % KINDS), kind(case.second));
        for (side, log) in logs.iter().enumerate().filter(|_| verbose()) {
            let from = log.len().saturating_sub(400);
            for entry in &log[from..] {
                told.push_str(&format!("\n  {side}.{}: {}", entry.connection, entry.line));
            }
        }
        told
    })
}

/// Whether the commands that the servers saw are told as well.
fn verbose() -> bool {
    std::env::var_os("POSTRIDER_MODEL_VERBOSE").is_some()
}

impl World {
    fn new(case: &Case) -> Self {
        let tally = Tally::default();
        let sides = Sides::new(case, &tally);
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let limbo = Store::open(dir.path()).unwrap();
        let mut stats = Stats { cases: 1, ..Stats::default() };
        for step in &case.steps {
            *stats.steps.entry(step.kind()).or_default() += 1;
        }
        let mut world = Self {
            sides,
            tally,
            watch: Watch::default(),
            life: Some(life()),
            worker: None,
            limbo,
            _limbo: dir,
            live: case.live,
            bodies: case.bodies,
            offline: false,
            stats,
        };
        world.start();
        world
    }

    fn stats(&self) -> Stats {
        let mut stats = self.stats.clone();
        for server in self.sides.all() {
            stats.commands += server.log().len() as u64;
            for (kind, count) in server.faults().fired_by_kind() {
                *stats.faults.entry(kind.to_owned()).or_default() += u64::from(count);
            }
        }
        stats
    }

    fn end(mut self) {
        self.worker = None;
        if let Some(life) = self.life.take() {
            wait::for_end(life);
        }
        self.sides.end();
    }

    /// Where the program lives.
    pub(crate) fn life(&self) -> &Runtime {
        self.life.as_ref().unwrap()
    }

    /// Whether the worker runs.
    pub(crate) fn is_live(&self) -> bool {
        self.worker.is_some()
    }

    /// Starts the worker, if this is a case with one.
    fn start(&mut self) {
        if self.live {
            let config = self.sides.lab.config.clone();
            self.worker = Some(self.life().block_on(async { Worker::new(config) }));
            // The worker remembers it by itself; here the user says it each time.
            self.send(Command::SetOffline(self.offline));
        }
    }

    /// `kill -9`, and the program is started again.
    fn die(&mut self, why: &str) {
        self.tally.say(&format!("the program is killed {why}"));
        *self.stats.kills.entry(why.to_owned()).or_default() += 1;
        let store = &mut self.sides.lab.config.store;
        drop(store.crash_after(0));
        self.worker = None;
        wait::for_end(self.life.take().unwrap());
        drop(std::mem::replace(store, self.limbo.clone()));
        *store = Store::open(&self.sides.lab.dir.path().join("data")).unwrap();
        self.life = Some(life());
        self.lull();
    }

    pub(crate) fn send(&self, command: Command) {
        if let Some(worker) = &self.worker {
            worker.send(command);
        }
    }

    fn run(&mut self, case: &Case) -> Result<(), String> {
        self.sync(None, None)?;
        for step in &case.steps {
            self.step(step)?;
            invariants::watch(self)?;
        }
        self.judge()
    }

    fn step(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::User(wish) => self.wish(wish)?,
            Step::Other(side, other) => {
                let (tally, side) = (self.tally.clone(), self.sides.at(*side));
                self.sides.server(side).state().change(|all| tally.other(side, all, other));
            }
            Step::Meanwhile(side, nth, other) => {
                let (tally, other, at) = (self.tally.clone(), other.clone(), self.sides.at(*side));
                let act = Fault::change(move |all| tally.other(at, all, &other));
                self.sides.faults(*side).add(Rule::any_command().nth(u32::from(*nth)).then(act));
            }
            Step::Fault(side, nth, mishap) => {
                let rule = self.mishap(*side, *nth, mishap);
                self.sides.faults(*side).add(rule);
            }
            Step::Break(side, nth, bytes, way) => {
                let (bytes, few) = (u64::from(*bytes), u64::from(*bytes) % 1_500);
                let fault = match way {
                    Way::Output => Fault::DropAfter(bytes),
                    Way::Input => Fault::DropAfterInput(few),
                    Way::Stall => Fault::StallAfter(bytes),
                };
                self.tally.say(&format!("{side}: connection {nth} from now: {fault:?}"));
                self.sides.faults(*side).add(Rule::greeting().nth(u32::from(*nth)).then(fault));
            }
            Step::Sync => self.sync(None, None)?,
            Step::Send => self.carry()?,
            Step::Crash(commits) => self.sync(Some(u64::from(*commits)), None)?,
            Step::Kill(side, nth) => self.sync(None, Some((*side, *nth)))?,
            Step::Offline(offline) => {
                self.tally.say(if *offline { "offline" } else { "online" });
                self.offline = *offline;
                self.send(Command::SetOffline(*offline));
            }
            Step::Wait(minutes) => {
                self.tally.say(&format!("{minutes} minutes pass"));
                self.sides.lab.advance(u64::from(*minutes) * 60);
            }
        }
        self.breathe();
        Ok(())
    }

    fn mishap(&self, side: Side, nth: u8, mishap: &Mishap) -> Rule {
        let any = || Rule::any_command().nth(u32::from(nth));
        let fault = match *mishap {
            Mishap::Drop => Fault::Drop,
            Mishap::Cut(bytes) => Fault::DropAfter(u64::from(bytes)),
            Mishap::CutInput(bytes) => Fault::DropAfterInput(u64::from(bytes)),
            Mishap::Stall => Fault::Stall,
            Mishap::StallAfter(bytes) => Fault::StallAfter(u64::from(bytes)),
            Mishap::Duplicate => Fault::Duplicate,
            Mishap::Reverse => Fault::Reverse,
            Mishap::No => Fault::No("not allowed".into()),
            Mishap::Later => Fault::No("[UNAVAILABLE] not now".into()),
            Mishap::Bad => Fault::Bad("what?".into()),
            Mishap::Bye => Fault::Bye("going down".into()),
            Mishap::Lie => Fault::NoAfterDoing("it failed".into()),
        };
        if matches!(mishap, Mishap::No | Mishap::Bad | Mishap::Lie) {
            self.tally.get().refusals += 1;
        }
        let verbs =
            ["UID STORE", "UID MOVE", "UID EXPUNGE", "SELECT", "UID COPY", "APPEND", "CREATE", "RENAME"];
        if matches!(mishap, Mishap::Lie) {
            let verb = verbs[usize::from(nth) % verbs.len()];
            self.tally.say(&format!("{side}: the next {verb} is done but answered NO"));
            return Rule::command(verb).then(fault);
        }
        self.tally.say(&format!("{side}: command {nth} from now: {fault:?}"));
        any().then(fault)
    }

    /// Lets a live worker do something.
    fn breathe(&mut self) {
        if self.is_live() {
            self.life().block_on(async {
                for _ in 0..A_FEW {
                    Self::turn().await;
                    // The store's reads.
                    tokio::task::spawn_blocking(|| ()).await.ok();
                }
            });
        }
    }

    /// Gives everything that runs here and at the servers, which have a thread of their own, a turn.
    async fn turn() {
        tokio::task::yield_now().await;
        servers().spawn(async {}).await.ok();
    }

    /// Does work while time runs, see [`ManualClock::run`].
    async fn run_in<T>(time: &ManualClock, what: &str, work: impl Future<Output = T>) -> Result<T, String> {
        let work = time.run_beside(&Self::turn, Box::pin(work));
        wait::or_none(work).await.ok_or_else(|| format!("{what} does not end: {time:?}"))
    }

    /// Waits until the servers have noticed that their clients are gone.
    fn lull(&self) {
        let gone = async {
            for server in self.sides.all() {
                server.until_nobody().await;
            }
        };
        let time = &self.sides.lab.manual;
        self.life().block_on(Self::run_in(time, "a connection", gone)).unwrap();
    }

    /// One look at everything, which may be the last thing that the program does in its life.
    fn sync(&mut self, commits: Option<u64>, nth: Option<(Side, u8)>) -> Result<(), String> {
        if self.offline && !self.live {
            return Ok(());
        }
        let store = self.sides.lab.config.store.clone();
        let mut blown = store.crash_after(commits.unwrap_or(u64::MAX));
        let killed = Arc::new(Notify::new());
        if let Some((side, nth)) = nth {
            let killed = Arc::clone(&killed);
            let kill = Fault::change(move |_| killed.notify_one());
            self.sides.faults(side).add(Rule::any_command().nth(u32::from(nth)).then(kill));
        }
        self.tally.say(&match (commits, nth) {
            (Some(n), _) => format!("sync, killed after {n} commits"),
            (_, Some((side, n))) => format!("sync, killed at command {n} of {side}"),
            _ => "sync".to_owned(),
        });
        let live = self.is_live();
        self.send(Command::SyncNow(None));
        let time = self.sides.lab.manual.clone();
        let look = async {
            if live {
                let passing = time.pass_beside(&Self::turn, MOMENT);
                wait::or_none(passing).await.ok_or_else(|| format!("time does not pass: {time:?}"))?;
            } else {
                Self::run_in(&time, "a pass", self.pass()).await?;
            }
            Ok::<_, String>(End::Alive)
        };
        let end = self.life().block_on(async {
            tokio::select! {
                biased;
                _ = blown.wait_for(|blown| *blown) => Ok(End::Dead),
                () = killed.notified() => Ok(End::Dead),
                end = look => end,
            }
        })?;
        drop(blown);
        drop(store);
        let why = match (commits, nth) {
            (Some(_), _) => "after a commit",
            (_, Some(_)) => "at a command",
            _ => "for no reason",
        };
        // A worker that goes on is killed all the same: the step asked for it.
        if matches!(end, End::Dead) || live && (commits.is_some() || nth.is_some()) {
            self.die(why);
            self.start();
            return Ok(());
        }
        drop(self.sides.lab.config.store.crash_after(u64::MAX));
        if !live {
            self.lull();
        }
        Ok(())
    }

    /// A pass over each account.
    async fn pass(&self) {
        let depth = if self.bodies { Depth::Bodies } else { Depth::Headers };
        let request = PassRequest { depth, ..PassRequest::default() };
        for account in self.sides.accounts() {
            let outcome = one_pass(&self.sides.lab.config, &account, &request, &mut |_| {}).await;
            let words = match outcome {
                Ok(done) if done.refused.is_empty() => "done".to_owned(),
                Ok(done) => format!("refused {:?}", done.refused),
                Err(problem) => format!("{problem:?}"),
            };
            self.tally.say(&format!("  sync: {words}"));
        }
    }

    /// Sends what waits.
    fn carry(&mut self) -> Result<(), String> {
        if self.live || self.offline {
            return Ok(());
        }
        let accounts = self.sides.accounts();
        let work = carry_out(&self.sides.lab.config, &accounts);
        let words = self.life().block_on(Self::run_in(&self.sides.lab.manual, "sending", work))?;
        self.tally.say(&format!("what waits is sent: {words:?}"));
        self.lull();
        Ok(())
    }

    pub(crate) fn watch(&mut self) -> &mut Watch {
        &mut self.watch
    }

    /// The end of a case: faults are over, and after some passes everything must be well.
    fn judge(&mut self) -> Result<(), String> {
        self.die("at the end");
        self.offline = false;
        self.tally.say("from here on nothing goes wrong");
        self.sides.all().for_each(|server| server.faults().clear());
        self.lull();
        let wanted = invariants::wanted(self);
        self.start();
        let mut last = String::new();
        for pass in 0.. {
            if pass > if self.live { LOOKS } else { PASSES } {
                return Err(last);
            }
            self.sync(None, None)?;
            match invariants::settled(self) {
                Ok(()) => break,
                Err(reason) => last = reason,
            }
            self.sides.lab.advance(3_600);
        }
        self.die("at the end");
        invariants::settled(self)?;
        invariants::judge(self, &wanted)?;
        invariants::watch(self)
    }
}
