//! The world of one case: a server, a profile, the program in its lives between two crashes.

use super::invariants;
use super::ops::{Case, Mishap, Pick, Step, Way, Wish};
use super::tally::{Tally, change, flag};
use crate::sync_lab::{Lab, NOW, Worker};
use postrider::demo::{CapabilityMask, Extension, Fault, Mailboxes, Rule, ServerConfig};
use postrider::model::{Flag, Flags, MailboxId, MessageId, SpecialUse, UnixTime};
use postrider::store::{MailboxRow, SortOrder, Store};
use postrider::sync::deed::{self, Done};
use postrider::sync::{Command, carry_out};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;

/// A server that says nothing is given up after this, and a live worker gets so much for one step. Little enough to
/// cost nothing, and what a slow machine makes of it is one more fault.
const MOMENT: Duration = Duration::from_millis(400);
/// Nothing may take longer than this, whatever the machine.
const ENDLESS: Duration = Duration::from_secs(90);
/// Passes within which both sides must be the same once nothing goes wrong any more.
const PASSES: usize = 8;

/// What was done, for the last line of a run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stats {
    pub(crate) cases: u64,
    pub(crate) steps: u64,
    pub(crate) faults: u64,
    pub(crate) kills: u64,
    pub(crate) commands: u64,
}

impl Stats {
    pub(crate) fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.steps += other.steps;
        self.faults += other.faults;
        self.kills += other.kills;
        self.commands += other.commands;
    }
}

/// The servers of all cases; the program has runtimes of its own, which die with it.
pub(crate) fn servers() -> &'static Runtime {
    static SERVERS: OnceLock<Runtime> = OnceLock::new();
    SERVERS.get_or_init(|| Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap())
}

fn life() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

pub(crate) fn kinds() -> [(&'static str, CapabilityMask); 9] {
    [
        ("everything", CapabilityMask::full()),
        ("Dovecot", CapabilityMask::dovecot()),
        ("Cyrus", CapabilityMask::cyrus()),
        ("Gmail", CapabilityMask::gmail()),
        ("Microsoft 365", CapabilityMask::m365()),
        ("iCloud", CapabilityMask::icloud()),
        ("Yahoo", CapabilityMask::yahoo()),
        ("hMailServer", CapabilityMask::hmail()),
        ("Purelymail", CapabilityMask::purelymail()),
    ]
}

/// How a piece of the program's life ended.
enum End {
    /// It went on.
    Alive,
    /// It was killed.
    Dead,
}

pub(crate) struct World {
    pub(crate) lab: Lab,
    pub(crate) tally: Tally,
    pub(crate) mask: CapabilityMask,
    life: Option<Runtime>,
    worker: Option<Worker>,
    /// A store that stands in while the real one is closed.
    limbo: Store,
    _limbo: tempfile::TempDir,
    live: bool,
    offline: bool,
    stats: Stats,
}

/// Plays a case to its end and judges it.
pub(crate) fn play(case: &Case) -> Result<Stats, String> {
    let mut world = World::new(case);
    let result = world.run(case);
    let stats = world.stats();
    let story = std::mem::take(&mut world.tally.get().story);
    let log = world.lab.server.log();
    world.end();
    result.map(|()| stats).map_err(|reason| {
        let (server, _) = &kinds()[usize::from(case.server) % 9];
        let tail: Vec<_> = log.iter().rev().take(if verbose() { 400 } else { 0 }).collect();
        let lines = tail.into_iter().rev().map(|e| format!("\n  {}: {}", e.connection, e.line));
        format!("{server}: {reason}\n{story}{}", lines.collect::<String>())
    })
}

/// Whether the commands that the server saw are told as well.
fn verbose() -> bool {
    std::env::var_os("POSTRIDER_MODEL_VERBOSE").is_some()
}

impl World {
    fn new(case: &Case) -> Self {
        let tally = Tally::default();
        let mut all = Mailboxes::standard();
        all.create("Work", None).unwrap();
        all.create("Work/Deep", None).unwrap();
        all.keep_ledger();
        for _ in 0..case.mails {
            let (_, date, content) = tally.get().new_mail();
            all.append("INBOX", Flags::default(), date, content).unwrap();
        }
        let (_, mask) = kinds()[usize::from(case.server) % 9].clone();
        let mut config = ServerConfig::new(all, UnixTime(NOW));
        config.capabilities = mask.clone();
        let mut lab = servers().block_on(Lab::with(config));
        lab.config.timeouts.command = MOMENT;
        lab.config.timeouts.greeting = MOMENT;
        lab.config.timeouts.idle_done = MOMENT;
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let limbo = Store::open(dir.path()).unwrap();
        let mut world = Self {
            lab,
            tally,
            mask,
            life: Some(life()),
            worker: None,
            limbo,
            _limbo: dir,
            live: case.live,
            offline: false,
            stats: Stats { cases: 1, steps: case.steps.len() as u64, ..Stats::default() },
        };
        world.start();
        world
    }

    fn stats(&self) -> Stats {
        Stats {
            faults: u64::from(self.lab.server.faults().fired()),
            commands: self.lab.server.log().len() as u64,
            ..self.stats
        }
    }

    fn end(mut self) {
        self.worker = None;
        if let Some(life) = self.life.take() {
            life.shutdown_timeout(ENDLESS);
        }
        let Self { lab, .. } = self;
        // The server's own tasks end with it.
        servers().block_on(async move { drop(lab) });
    }

    /// Starts the worker, if this is a case with one.
    fn start(&mut self) {
        if self.live {
            let config = self.lab.config.clone();
            let life = self.life.as_ref().unwrap();
            self.worker = Some(life.block_on(async { Worker::new(config) }));
            // The worker remembers it by itself; here the user says it each time.
            self.send(Command::SetOffline(self.offline));
        }
    }

    /// `kill -9`, and the program is started again.
    fn die(&mut self) {
        self.tally.say("the program is killed");
        self.stats.kills += 1;
        let store = &mut self.lab.config.store;
        drop(store.crash_after(0));
        self.worker = None;
        self.life.take().unwrap().shutdown_timeout(ENDLESS);
        drop(std::mem::replace(store, self.limbo.clone()));
        *store = Store::open(&self.lab.dir.path().join("data")).unwrap();
        self.life = Some(life());
        self.lull();
    }

    /// Waits until the server has noticed that its clients are gone.
    fn lull(&self) {
        let end = Instant::now() + MOMENT;
        while self.lab.server.sessions() > 0 && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn send(&self, command: Command) {
        if let Some(worker) = &self.worker {
            worker.send(command);
        }
    }

    fn run(&mut self, case: &Case) -> Result<(), String> {
        self.sync(None, None)?;
        for step in &case.steps {
            self.step(step)?;
            self.learn();
        }
        self.judge()
    }

    fn step(&mut self, step: &Step) -> Result<(), String> {
        let faults = self.lab.server.faults();
        match step {
            Step::User(wish) => self.wish(wish)?,
            Step::Other(other) => {
                let tally = self.tally.clone();
                self.lab.server.state().change(|all| tally.other(all, other));
            }
            Step::Meanwhile(nth, other) => {
                let (tally, other) = (self.tally.clone(), other.clone());
                let act = Fault::change(move |all| tally.other(all, &other));
                faults.add(Rule::any_command().nth(u32::from(*nth)).then(act));
            }
            Step::Fault(nth, mishap) => faults.add(self.mishap(*nth, mishap)),
            Step::Break(nth, bytes, way) => {
                let (bytes, few) = (u64::from(*bytes), u64::from(*bytes) % 1_500);
                let fault = match way {
                    Way::Output => Fault::DropAfter(bytes),
                    Way::Input => Fault::DropAfterInput(few),
                    Way::Stall => Fault::StallAfter(bytes),
                };
                self.tally.say(&format!("connection {nth} from now: {fault:?}"));
                faults.add(Rule::greeting().nth(u32::from(*nth)).then(fault));
            }
            Step::Sync => self.sync(None, None)?,
            Step::Send => self.carry()?,
            Step::Crash(commits) => self.sync(Some(u64::from(*commits)), None)?,
            Step::Kill(nth) => self.sync(None, Some(*nth))?,
            Step::Offline(offline) => {
                self.tally.say(if *offline { "offline" } else { "online" });
                self.offline = *offline;
                self.send(Command::SetOffline(*offline));
            }
            Step::Wait(minutes) => {
                self.tally.say(&format!("{minutes} minutes pass"));
                self.lab.advance(i64::from(*minutes) * 60);
            }
        }
        self.breathe();
        Ok(())
    }

    fn mishap(&self, nth: u8, mishap: &Mishap) -> Rule {
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
        let verbs = ["UID STORE", "UID MOVE", "UID EXPUNGE", "SELECT"];
        if matches!(mishap, Mishap::Lie) {
            let verb = verbs[usize::from(nth) % verbs.len()];
            self.tally.say(&format!("the next {verb} is done but answered NO"));
            return Rule::command(verb).then(fault);
        }
        self.tally.say(&format!("command {nth} from now: {fault:?}"));
        any().then(fault)
    }

    /// Lets a live worker do something.
    fn breathe(&mut self) {
        if let (Some(life), true) = (&self.life, self.worker.is_some()) {
            life.block_on(async { tokio::time::sleep(Duration::from_millis(1)).await });
        }
    }

    /// One look at everything, which may be the last thing that the program does in its life.
    fn sync(&mut self, commits: Option<u64>, nth: Option<u8>) -> Result<(), String> {
        if self.offline && !self.live {
            return Ok(());
        }
        let store = self.lab.config.store.clone();
        let mut blown = store.crash_after(commits.unwrap_or(u64::MAX));
        let killed = Arc::new(Notify::new());
        if let Some(nth) = nth {
            let killed = Arc::clone(&killed);
            let kill = Fault::change(move |_| killed.notify_one());
            self.lab.server.faults().add(Rule::any_command().nth(u32::from(nth)).then(kill));
        }
        self.tally.say(&match (commits, nth) {
            (Some(n), _) => format!("sync, killed after {n} commits"),
            (_, Some(n)) => format!("sync, killed at command {n}"),
            _ => "sync".to_owned(),
        });
        let lab = &self.lab;
        let live = self.worker.is_some();
        self.send(Command::SyncNow(None));
        let look = async {
            if live {
                Self::until_still(lab).await;
                return Ok(End::Alive);
            }
            match tokio::time::timeout(ENDLESS, lab.try_pass()).await {
                Ok(outcome) => {
                    let words = match outcome {
                        Ok(done) if done.refused.is_empty() => "done".to_owned(),
                        Ok(done) => format!("refused {:?}", done.refused),
                        Err(problem) => format!("{problem:?}"),
                    };
                    self.tally.say(&format!("  sync: {words}"));
                    Ok(End::Alive)
                }
                Err(_) => Err("a pass does not end".to_owned()),
            }
        };
        let end = self.life.as_ref().unwrap().block_on(async {
            tokio::select! {
                biased;
                _ = blown.wait_for(|blown| *blown) => Ok(End::Dead),
                () = killed.notified() => Ok(End::Dead),
                end = look => end,
            }
        })?;
        drop(blown);
        drop(store);
        match end {
            End::Dead => {
                self.die();
                self.start();
            }
            // A worker that goes on is killed all the same: the step asked for it.
            End::Alive if live && (commits.is_some() || nth.is_some()) => {
                self.die();
                self.start();
            }
            End::Alive => {
                drop(self.lab.config.store.crash_after(u64::MAX));
                if !live {
                    self.lull();
                }
            }
        }
        Ok(())
    }

    /// Waits until a live worker has nothing more to say to the server.
    async fn until_still(lab: &Lab) {
        let end = Instant::now() + MOMENT;
        let (mut seen, mut still) = (0, 0);
        while still < 10 && Instant::now() < end {
            tokio::time::sleep(Duration::from_millis(3)).await;
            let now = lab.server.log().len();
            still = if now == seen { still + 1 } else { 0 };
            seen = now;
        }
    }

    /// Sends what waits.
    fn carry(&mut self) -> Result<(), String> {
        if self.live || self.offline {
            return Ok(());
        }
        let work = carry_out(&self.lab.config, std::slice::from_ref(&self.lab.account));
        let limited = async { tokio::time::timeout(ENDLESS, Box::pin(work)).await };
        let outcome = self.life.as_ref().unwrap().block_on(limited);
        let words = outcome.map_err(|_| "sending does not end".to_owned())?;
        self.tally.say(&format!("what waits is sent: {words:?}"));
        self.lull();
        Ok(())
    }

    /// Notes which mails the program has.
    fn learn(&mut self) {
        let ids: Vec<_> = self.lab.local().into_iter().map(|(_, _, id, _)| id).collect();
        self.tally.get().known.extend(ids);
    }

    /// The end of a case: faults are over, and after some passes everything must be well.
    fn judge(&mut self) -> Result<(), String> {
        self.die();
        self.offline = false;
        self.tally.say("from here on nothing goes wrong");
        self.lab.server.faults().clear();
        self.lull();
        self.lab.config.timeouts.command = ENDLESS;
        self.lab.config.timeouts.greeting = ENDLESS;
        self.lab.config.timeouts.idle_done = ENDLESS;
        let wanted = invariants::wanted(self);
        self.start();
        let mut last = String::new();
        let end = Instant::now() + ENDLESS;
        for pass in 0.. {
            if self.live && Instant::now() > end || !self.live && pass > PASSES {
                return Err(last);
            }
            self.sync(None, None)?;
            match invariants::settled(self) {
                Ok(()) => break,
                Err(reason) => last = reason,
            }
            self.lab.advance(3_600);
        }
        self.die();
        invariants::settled(self)?;
        invariants::judge(self, &wanted)
    }
}

/// What a wish is about: mailbox, messages, and the mails that they are.
struct Chosen {
    mailbox: MailboxRow,
    messages: Vec<MessageId>,
    mails: Vec<String>,
}

impl World {
    pub(crate) fn mailboxes(&self) -> Vec<MailboxRow> {
        let snapshot = self.lab.config.store.snapshot().unwrap();
        let mut all = snapshot.mailboxes(self.lab.account.id).unwrap();
        all.retain(|mailbox| !mailbox.attributes.no_select);
        all
    }

    fn choose(&self, Pick(mailbox, row, count): Pick) -> Option<Chosen> {
        let full: Vec<_> = self.mailboxes().into_iter().filter(|mailbox| mailbox.total > 0).collect();
        let mailbox = full.get(usize::from(mailbox) % full.len().max(1))?.clone();
        let snapshot = self.lab.config.store.snapshot().unwrap();
        let ids = snapshot.message_ids(mailbox.id, SortOrder::NewestFirst).unwrap();
        let first = usize::from(row) % ids.len();
        let messages: Vec<_> = ids.into_iter().skip(first).take(usize::from(count)).collect();
        let mails = messages.iter().map(|id| {
            let detail = snapshot.message(*id).unwrap().unwrap();
            detail.envelope.message_id.map(|id| id.0).unwrap_or_default()
        });
        let mails = mails.collect();
        Some(Chosen { mailbox, messages, mails })
    }

    fn target(&self, nth: u8) -> Option<(MailboxId, String)> {
        let all = self.mailboxes();
        let target = all.get(usize::from(nth) % all.len().max(1))?;
        Some((target.id, target.display.clone()))
    }

    fn wish(&mut self, wish: &Wish) -> Result<(), String> {
        let nothing = || Ok(());
        match *wish {
            Wish::Flag(pick, which, add) => {
                let Some(Chosen { messages, mails, mailbox }) = self.choose(pick) else { return nothing() };
                let (flag, change) = (flag(which), change(add));
                let words = format!("{mails:?} in {}: {change:?} {flag}", mailbox.display);
                self.act(Command::SetFlag { messages, flag, change }, &words)
            }
            Wish::Move(pick, to) => {
                let Some((Chosen { messages, mails, mailbox }, (to, name))) =
                    self.choose(pick).zip(self.target(to))
                else {
                    return nothing();
                };
                let words = format!("move {mails:?} from {} to {name}", mailbox.display);
                self.act(Command::Move { messages, from: Some(mailbox.id), to }, &words)
            }
            Wish::Use(pick, to) => {
                let Some(Chosen { messages, mails, mailbox }) = self.choose(pick) else { return nothing() };
                let to = [SpecialUse::Archive, SpecialUse::Junk, SpecialUse::Trash, SpecialUse::Inbox]
                    [usize::from(to) % 4];
                let words = format!("move {mails:?} from {} to {to:?}", mailbox.display);
                self.act(Command::MoveToUse { messages, from: Some(mailbox.id), to }, &words)
            }
            Wish::Copy(pick, to) => {
                let Some((Chosen { messages, mails, mailbox }, (to, name))) =
                    self.choose(pick).zip(self.target(to))
                else {
                    return nothing();
                };
                for id in &mails {
                    *self.tally.get().copies.entry(id.clone()).or_default() += 1;
                }
                let words = format!("copy {mails:?} from {} to {name}", mailbox.display);
                self.act(Command::Copy { messages, to }, &words)
            }
            Wish::Delete(pick) | Wish::Forever(pick) => {
                let Some(Chosen { messages, mails, mailbox }) = self.choose(pick) else { return nothing() };
                let forever = matches!(wish, Wish::Forever(_));
                if forever || mailbox.special_use == Some(SpecialUse::Trash) {
                    for id in &mails {
                        *self.tally.get().chosen.entry(id.clone()).or_default() += 1;
                    }
                }
                let words = format!("delete {mails:?} from {}, for good: {forever}", mailbox.display);
                self.act(Command::Delete { messages, from: Some(mailbox.id), forever }, &words)
            }
            Wish::ReadAll(mailbox) => {
                let Some((mailbox, name)) = self.target(mailbox) else { return nothing() };
                self.act(Command::MarkAllRead(mailbox), &format!("all of {name} is read"))
            }
            Wish::Undo => {
                self.again(|counts| &mut counts.chosen);
                self.act(Command::Undo(None), "undo")
            }
            Wish::Redo => {
                self.again(|counts| &mut counts.copies);
                self.act(Command::Redo, "redo")
            }
            Wish::Retry | Wish::Dismiss => self.see_to_failed(matches!(wish, Wish::Retry)),
        }
    }

    /// Undoing a copy removes it, and doing it again copies once more.
    fn again(
        &self,
        which: impl Fn(&mut super::tally::Counts) -> &mut std::collections::BTreeMap<String, i64>,
    ) {
        let counts = &mut *self.tally.get();
        for id in counts.copies.clone().into_keys() {
            *which(counts).entry(id).or_default() += 1;
        }
    }

    fn act(&mut self, command: Command, words: &str) -> Result<(), String> {
        if self.worker.is_some() {
            self.tally.say(&format!("user: {words}"));
            self.send(command);
            return Ok(());
        }
        let now = UnixTime(NOW);
        let act = deed::act(&self.lab.config.store, command, now);
        let done =
            self.life.as_ref().unwrap().block_on(act).map_err(|problem| format!("{words}: {problem:?}"))?;
        let outcome = match done {
            Done::Acted(acted) | Done::Undone(acted) => format!("{:?} of {}", acted.what, acted.messages),
            Done::Nothing => "nothing".to_owned(),
            Done::Refused(problem) => format!("{problem:?}"),
        };
        self.tally.say(&format!("user: {words} ({outcome})"));
        Ok(())
    }

    fn see_to_failed(&mut self, again: bool) -> Result<(), String> {
        let snapshot = self.lab.config.store.snapshot().unwrap();
        let failed = snapshot.operations_failed(self.lab.account.id).unwrap();
        drop(snapshot);
        if failed.is_empty() {
            return Ok(());
        }
        self.tally.say(&format!(
            "user: {} {} failed operations",
            if again { "retry" } else { "dismiss" },
            failed.len()
        ));
        if again {
            self.again(|counts| &mut counts.copies);
            self.tally.get().refusals += 1;
        }
        for operation in failed {
            let id = operation.id;
            if self.worker.is_some() {
                self.send(if again { Command::RetryOperation(id) } else { Command::DismissOperation(id) });
                continue;
            }
            let store = self.lab.config.store.clone();
            let write = store.write("failed", move |w| {
                if again {
                    w.retry_operation(id, UnixTime(NOW)).map(drop)
                } else {
                    w.cancel_operation(id, UnixTime(NOW)).map(drop)
                }
            });
            self.life.as_ref().unwrap().block_on(write).map_err(|error| format!("{error}"))?;
        }
        Ok(())
    }

    /// Whether originals stay at the server, marked as deleted, because single mails cannot be removed.
    pub(crate) fn leaves_behind(&self) -> bool {
        !self.mask.offers(Extension::UidPlus)
    }
}

/// Whether a mail is marked as deleted.
pub(crate) fn is_marked(flags: &Flags) -> bool {
    flags.contains(&Flag::Deleted)
}
