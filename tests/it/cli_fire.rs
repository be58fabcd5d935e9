//! The real program under fire: it moves (within an account and between two), copies, flags, deletes, imports, undoes
//! and redoes at a real Dovecot, over links that are cut, fall silent or close on one side, and is killed with -9 at any
//! moment. Nothing is lost, nothing is there twice.
//!
//! `POSTRIDER_FIRE_ROUNDS` asks for more rounds, `POSTRIDER_FIRE_SEED` for other ones, `POSTRIDER_FIRE_LANES` for several
//! servers and profiles side by side.

use crate::cli_live::Desk;
use crate::cli_moves::{Dice, Proxy, Way};
use crate::dovecot::{Dovecot, HOST, message};
use crate::wait;
use postrider::store::{SortOrder, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Rounds of the usual run.
const ROUNDS: usize = 200;
/// After so many rounds the links are whole for a while, and everything is counted.
const INSPECTED: usize = 25;
/// Messages that are moved about, in each of the two accounts.
const MESSAGES: usize = 8;
/// No more copies and imports are made once there are so many messages.
const MOST: usize = 40;
/// Accounts and their mailboxes.
const USERS: [&str; 2] = ["alice", "bob"];
const MAILBOXES: [&str; 4] = ["INBOX", "Archive", "Sent", "Trash"];
/// The program is killed within this time: a short life, but long enough for most commands.
const LIFE: usize = 200;

fn number(name: &str) -> Option<usize> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// One row that the program shows.
#[derive(Clone, Debug)]
struct Row {
    id: String,
    /// The number of the message.
    number: usize,
    user: usize,
    mailbox: &'static str,
}

/// How often what was done.
#[derive(Clone, Debug, Default)]
struct Score {
    rounds: usize,
    by_way: BTreeMap<String, usize>,
    by_deed: BTreeMap<String, usize>,
    kills: usize,
}

/// One server, one profile with two accounts.
struct Lane {
    server: Dovecot,
    proxies: [Proxy; 2],
    desk: Desk,
    dice: Dice,
    name: String,
    /// How often each message was there when everything was counted last.
    base: BTreeMap<usize, usize>,
    /// Copies that were asked for since.
    copies: BTreeMap<usize, usize>,
    /// Messages that may be gone: imports that were undone or deleted for good.
    may_go: BTreeSet<usize>,
    /// Number of the last message.
    last: usize,
    score: Score,
}

impl Lane {
    fn new(number: usize, seed: u64) -> Option<Self> {
        let server = Dovecot::start()?;
        let proxies = [Proxy::new(server.imaps_port), Proxy::new(server.imaps_port)];
        let desk = Desk::new();
        for (user, name) in USERS.iter().enumerate() {
            let first = user * MESSAGES + 1;
            server.append(name, "INBOX", "", (first..first + MESSAGES).map(|n| message(n, 600)));
            desk.add_alice(
                &server,
                &[
                    ("--email", &format!("{name}@example.org")),
                    ("--user", name),
                    ("--password-command", &format!("echo secret-{name}")),
                    ("--imap", &format!("{HOST}:{}", proxies[user].port)),
                ],
            );
        }
        desk.ok(&["sync"]);
        let last = USERS.len() * MESSAGES;
        Some(Self {
            server,
            proxies,
            desk,
            dice: Dice(seed),
            name: format!("lane {number}, seed {seed}"),
            base: (1..=last).map(|n| (n, 1)).collect(),
            copies: BTreeMap::new(),
            may_go: BTreeSet::new(),
            last,
            score: Score::default(),
        })
    }

    /// The store of the profile, while the program does not run.
    fn store(&self) -> Store {
        Store::open(&self.desk.profile().join("data")).unwrap()
    }

    /// What the program shows.
    fn rows(&self) -> Vec<Row> {
        let store = self.store();
        let snapshot = store.snapshot().unwrap();
        let mut all = Vec::new();
        for (user, account) in snapshot.accounts().unwrap().iter().enumerate() {
            for row in snapshot.mailboxes(account.id).unwrap() {
                let Some(mailbox) = MAILBOXES.into_iter().find(|name| *name == row.display) else { continue };
                for id in snapshot.message_ids(row.id, SortOrder::NewestFirst).unwrap() {
                    let detail = snapshot.message(id).unwrap().unwrap();
                    let number = detail.envelope.subject.trim_start_matches("Message ").parse().unwrap();
                    all.push(Row { id: id.to_string(), number, user, mailbox });
                }
            }
        }
        all
    }

    /// What an undo would take back.
    fn undoable(&self) -> Option<String> {
        self.store().snapshot().unwrap().undoable().unwrap().map(|action| action.deed)
    }

    /// The next command, and what is remembered of it.
    fn deed(&mut self, shown: &[Row]) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let first = self.dice.pick(shown).clone();
        let second = self.dice.pick(shown).clone();
        let (to, user) = (*self.dice.pick(&MAILBOXES), self.dice.below(2));
        let account = format!("{}@example.org", USERS[user]);
        let sign = if self.dice.below(2) == 0 { "+flagged" } else { "-flagged" };
        match self.dice.below(12) {
            0 => words(&["flag", &first.id, sign]),
            1 => words(&["sync"]),
            2 if shown.len() < MOST => {
                *self.copies.entry(first.number).or_default() += 1;
                words(&["copy", &first.id, to, "--account", &account])
            }
            // A message in the trash would be deleted for good, and then there is nothing to look for.
            3 if !self.rows().iter().any(|row| row.id == first.id && row.mailbox == "Trash") => {
                words(&["delete", &first.id])
            }
            4 if shown.len() < MOST => {
                self.last += 1;
                let file = self.desk.dir.path().join(format!("{}.eml", self.last));
                std::fs::write(&file, message(self.last, 1_500)).unwrap();
                words(&["import", file.to_str().unwrap(), "--mailbox", to, "--account", &account])
            }
            5 if first.number > USERS.len() * MESSAGES => {
                self.may_go.insert(first.number);
                words(&["delete", "--forever", &first.id])
            }
            6 | 7 => {
                if self.undoable().is_some_and(|deed| deed == "append") {
                    let imported = USERS.len() * MESSAGES + 1..=self.last;
                    self.may_go.extend(imported);
                }
                words(&["undo"])
            }
            8 => {
                // It may be a copy that is made once more.
                for n in self.base.keys().chain(self.copies.clone().keys()) {
                    *self.copies.entry(*n).or_default() += 1;
                }
                words(&["redo"])
            }
            _ if first.id == second.id => words(&["move", &first.id, to, "--account", &account]),
            _ => words(&["move", &first.id, &second.id, to, "--account", &account]),
        }
    }

    fn round(&mut self, shown: &[Row]) {
        let arguments = self.deed(shown);
        *self.score.by_deed.entry(arguments[0].clone()).or_default() += 1;
        let way = *self.dice.pick(&[Way::Cut, Way::Cut, Way::Stall, Way::HalfClose]);
        let breaks = self.dice.below(3) > 0;
        for proxy in &self.proxies {
            // A sign-in takes some 3,000 bytes: most breaks are meant for what comes after.
            let bytes = if breaks { i64::try_from(2_000 + self.dice.below(9_000)).unwrap() } else { -1 };
            proxy.allow(bytes, way);
        }
        if breaks {
            *self.score.by_way.entry(format!("{way:?}")).or_default() += 1;
        }
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = self.desk.command(&words);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Who would wait for a silent server waits for a minute, and is killed before.
        if breaks && way == Way::Stall || self.dice.below(2) == 0 {
            wait::kill_after(&mut child, Duration::from_millis(self.dice.below(LIFE) as u64));
            self.score.kills += 1;
        }
        child.wait().unwrap();
        self.score.rounds += 1;
    }

    /// How often each message is at the server, as another client sees it.
    fn at_server(&self) -> BTreeMap<(usize, &'static str), Vec<usize>> {
        let mut all = BTreeMap::new();
        for (user, name) in USERS.iter().enumerate() {
            for mailbox in MAILBOXES {
                let select = format!("EXAMINE \"{mailbox}\"");
                let fetch = "UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])";
                let text = self.server.run(name, &[&select, fetch]);
                let ids = text.lines().filter_map(|line| line.trim().strip_prefix("Message-ID: <"));
                let numbers = ids.map(|id| id.split('@').next().unwrap().parse().unwrap());
                let mut numbers: Vec<usize> = numbers.collect();
                numbers.sort_unstable();
                all.insert((user, mailbox), numbers);
            }
        }
        all
    }

    /// The links are whole, everything settles: each message is at the server, no more often than was asked for, and the
    /// same here.
    fn inspect(&mut self) {
        self.proxies.iter().for_each(|proxy| proxy.allow(-1, Way::Cut));
        // What goes from one account to the other takes steps at both.
        self.desk.ok(&["sync"]);
        self.desk.ok(&["sync"]);
        let what = format!("{}, round {}", self.name, self.score.rounds);
        let there = self.at_server();
        let rows = self.rows();
        for ((user, mailbox), numbers) in &there {
            let mine = rows.iter().filter(|row| row.user == *user && row.mailbox == *mailbox);
            let mut mine: Vec<_> = mine.map(|row| row.number).collect();
            mine.sort_unstable();
            assert_eq!(mine, *numbers, "{what}: {}:{mailbox}", USERS[*user]);
        }
        let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
        there.values().flatten().for_each(|number| *seen.entry(*number).or_default() += 1);
        for number in self.base.keys().filter(|number| !self.may_go.contains(number)) {
            assert!(seen.contains_key(number), "{what}: message {number} is lost: {there:?}");
        }
        for (number, times) in &seen {
            let copies = self.copies.get(number).copied().unwrap_or(0);
            let most = self.base.get(number).copied().unwrap_or(1) + copies;
            assert!(
                *times <= most,
                "{what}: message {number} is there {times} times, {most} at most: {there:?}"
            );
        }
        self.base = seen;
        self.copies.clear();
        self.may_go.clear();
    }

    fn run(mut self, rounds: usize) -> Score {
        let mut shown = self.rows();
        for round in 1..=rounds {
            // What a message is called and where it is, without asking the server.
            if round % 4 == 1 {
                shown = self.rows();
            }
            self.round(&shown);
            if round % INSPECTED == 0 || round == rounds {
                self.inspect();
                shown = self.rows();
            }
        }
        self.score
    }
}

#[test]
fn live_under_fire_nothing_is_lost_and_nothing_is_there_twice() {
    let rounds = number("POSTRIDER_FIRE_ROUNDS").unwrap_or(ROUNDS);
    let seed = number("POSTRIDER_FIRE_SEED").unwrap_or(20_261_126) as u64;
    let lanes = number("POSTRIDER_FIRE_LANES").unwrap_or(1).max(1);
    let start = Instant::now();
    let scores: Vec<Option<Score>> = std::thread::scope(|scope| {
        let run = |lane: usize| {
            let lane = Lane::new(lane, seed + lane as u64)?;
            Some(lane.run(rounds.div_ceil(lanes)))
        };
        let running: Vec<_> = (0..lanes).map(|lane| scope.spawn(move || run(lane))).collect();
        running.into_iter().map(|lane| lane.join().unwrap()).collect()
    });
    let mut total = Score::default();
    for score in scores.into_iter().flatten() {
        total.rounds += score.rounds;
        total.kills += score.kills;
        for (mine, others) in [(&mut total.by_way, score.by_way), (&mut total.by_deed, score.by_deed)] {
            others.into_iter().for_each(|(what, times)| *mine.entry(what).or_default() += times);
        }
    }
    println!(
        "{} rounds {:?} with broken links {:?} and {} kills in {:.0} s: nothing lost, nothing twice",
        total.rounds,
        total.by_deed,
        total.by_way,
        total.kills,
        start.elapsed().as_secs_f64()
    );
}
