//! Random writes against a simple model in memory: lists, flags, counts and marks always agree.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Message numbers in play; few, so that they meet often.
const MESSAGES: u32 = 8;

#[derive(Clone, Debug)]
enum Step {
    /// Messages arrive in (or are listed again by) a mailbox.
    Arrive(bool, Vec<u32>),
    /// The server says these flags.
    ServerFlags(bool, u32, u8),
    /// They vanish.
    Vanish(bool, Vec<u32>),
    /// They are shown again.
    Revive(bool, Vec<u32>),
    /// The user sets or takes away \Seen or \Flagged.
    User(Vec<u32>, bool, bool),
    /// The oldest open operation is sent, then: done, refused or link lost.
    Run(u8),
    /// The newest open operation is taken back.
    Cancel,
    /// Old orphans are deleted.
    Purge,
}

fn step() -> impl Strategy<Value = Step> {
    let some = || proptest::collection::vec(1..=MESSAGES, 1..5);
    prop_oneof![
        3 => (any::<bool>(), some()).prop_map(|(m, n)| Step::Arrive(m, n)),
        3 => (any::<bool>(), 1..=MESSAGES, 0_u8..8).prop_map(|(m, n, f)| Step::ServerFlags(m, n, f)),
        2 => (any::<bool>(), some()).prop_map(|(m, n)| Step::Vanish(m, n)),
        1 => (any::<bool>(), some()).prop_map(|(m, n)| Step::Revive(m, n)),
        3 => (some(), any::<bool>(), any::<bool>()).prop_map(|(n, f, c)| Step::User(n, f, c)),
        3 => (0_u8..3).prop_map(Step::Run),
        1 => Just(Step::Cancel),
        1 => Just(Step::Purge),
    ]
}

/// What a placement should be.
#[derive(Clone, Debug, Default)]
struct Model {
    /// By mailbox (false: inbox) and message number: what the server has, as bits of \Seen and \Flagged.
    placed: BTreeMap<(bool, u32), u8>,
    /// What vanished and was not purged.
    hidden: BTreeMap<(bool, u32), u8>,
    /// Open operations in order.
    open: Vec<Intent>,
}

#[derive(Clone, Debug)]
struct Intent {
    id: OperationId,
    sent: bool,
    bit: u8,
    add: bool,
    targets: Vec<(bool, u32)>,
}

const fn put(bits: u8, bit: u8, add: bool) -> u8 {
    if add { bits | bit } else { bits & !bit }
}

impl Model {
    fn shown(&self, place: (bool, u32)) -> Option<u8> {
        let server = *self.placed.get(&place)?;
        let mine = self.open.iter().filter(|intent| intent.targets.contains(&place));
        Some(mine.fold(server, |bits, intent| put(bits, intent.bit, intent.add)))
    }

    fn user(&mut self, numbers: &[u32], bit: u8, add: bool) -> Vec<(bool, u32)> {
        let mut targets = Vec::new();
        for number in numbers {
            for mailbox in [false, true] {
                let place = (mailbox, *number);
                let Some(shown) = self.shown(place) else { continue };
                if (shown & bit != 0) == add || targets.contains(&place) {
                    continue;
                }
                let last = self.open.iter_mut().rev().find(|i| i.bit == bit && i.targets.contains(&place));
                match last {
                    Some(last) if !last.sent => last.targets.retain(|target| *target != place),
                    _ => {}
                }
                if (self.shown(place).unwrap() & bit != 0) != add {
                    targets.push(place);
                }
            }
        }
        self.open.retain(|intent| !intent.targets.is_empty());
        targets
    }
}

/// The store under test, and which message number is which id in which mailbox. The two mailboxes hold different
/// messages, so that nothing moves between them here; tests/vanish.rs looks at moves.
struct Run {
    lab: Lab,
    ids: BTreeMap<(bool, u32), MessageId>,
    model: Model,
}

fn number_in(mailbox: bool, n: u32) -> u32 {
    if mailbox { n + 100 } else { n }
}

impl Run {
    fn mailbox(&self, second: bool) -> MailboxId {
        if second { self.lab.other } else { self.lab.inbox }
    }

    fn uids(second: bool, numbers: &[u32]) -> UidSet {
        numbers.iter().map(|n| uid(number_in(second, *n))).collect()
    }

    fn apply(&mut self, step: Step) {
        match step {
            Step::Arrive(second, numbers) => self.arrive(second, &numbers),
            Step::ServerFlags(second, n, bits) => {
                let (mailbox, row) = (self.mailbox(second), Flags::from_row(bits & 5, ""));
                let at = uid(number_in(second, n));
                self.lab.write(move |w| w.update_flags(mailbox, &[(at, row, None)]));
                if let Some(server) = self.model.placed.get_mut(&(second, n)) {
                    *server = bits & 5;
                }
            }
            Step::Vanish(second, numbers) => {
                let (mailbox, uids) = (self.mailbox(second), Self::uids(second, &numbers));
                self.lab.write(move |w| w.vanish(mailbox, &uids, NOW));
                for n in numbers {
                    if let Some(server) = self.model.placed.remove(&(second, n)) {
                        self.model.hidden.insert((second, n), server);
                    }
                }
            }
            Step::Revive(second, numbers) => {
                let (mailbox, uids) = (self.mailbox(second), Self::uids(second, &numbers));
                self.lab.write(move |w| w.revive(mailbox, &uids));
                for n in numbers {
                    if let Some(server) = self.model.hidden.remove(&(second, n)) {
                        self.model.placed.insert((second, n), server);
                    }
                }
            }
            Step::User(numbers, flagged, add) => self.user(&numbers, flagged, add),
            Step::Run(outcome) => self.run(outcome),
            Step::Cancel => {
                let Some(last) = self.model.open.pop() else { return };
                let taken = self.lab.write(move |w| w.cancel_operation(last.id, NOW));
                assert_eq!(taken, !last.sent);
                if last.sent {
                    self.model.open.push(last);
                }
            }
            Step::Purge => {
                self.lab.write(|w| w.purge_orphans(UnixTime(i64::MAX)));
                let waits = |place: &(bool, u32)| self.model.open.iter().any(|i| i.targets.contains(place));
                self.model.hidden.retain(|place, _| waits(place));
            }
        }
    }

    fn arrive(&mut self, second: bool, numbers: &[u32]) {
        let mailbox = self.mailbox(second);
        let listed: Vec<_> = numbers.iter().map(|n| new_message(number_in(second, *n))).collect();
        for (placed, n) in self.lab.insert(mailbox, listed).into_iter().zip(numbers) {
            let place = (second, *n);
            let expected = if self.model.placed.contains_key(&place) {
                Arrival::Known
            } else if self.model.hidden.remove(&place).is_some() {
                Arrival::Relinked
            } else {
                Arrival::New
            };
            assert_eq!(placed.arrival, expected);
            if expected != Arrival::New {
                assert_eq!(self.ids.get(&place), Some(&placed.message));
            }
            self.ids.insert(place, placed.message);
            self.model.placed.insert(place, 0);
        }
    }

    fn user(&mut self, numbers: &[u32], flagged: bool, add: bool) {
        let ids: Vec<_> = numbers
            .iter()
            .flat_map(|n| [(false, *n), (true, *n)])
            .filter_map(|place| self.ids.get(&place).copied())
            .collect();
        let (flag, bit) = if flagged { (Flag::Flagged, Flags::FLAGGED) } else { (Flag::Seen, Flags::SEEN) };
        let change = if add { FlagChange::Add } else { FlagChange::Remove };
        let operations = self.lab.write(move |w| w.add_flag_operation(&ids, &flag, change, NOW));
        let targets = self.model.user(numbers, bit, add);
        assert_eq!(operations.len(), usize::from(!targets.is_empty()));
        if let Some(id) = operations.first() {
            self.model.open.push(Intent { id: *id, sent: false, bit, add, targets });
        }
    }

    fn run(&mut self, outcome: u8) {
        if self.model.open.is_empty() {
            return;
        }
        let mut first = self.model.open.remove(0);
        let id = first.id;
        let sent = self.lab.write(move |w| w.mark_inflight(id, NOW)).unwrap();
        assert_eq!(sent.targets.len(), first.targets.len());
        match outcome {
            0 => {
                self.lab.write(move |w| w.mark_done(id, NOW));
                for place in &first.targets {
                    let (placed, hidden) =
                        (self.model.placed.get_mut(place), self.model.hidden.get_mut(place));
                    for bits in [placed, hidden].into_iter().flatten() {
                        *bits = put(*bits, first.bit, first.add);
                    }
                }
            }
            1 => {
                self.lab.write(move |w| w.mark_failed(id, "NO", NOW));
                self.lab.write(move |w| w.cancel_operation(id, NOW));
            }
            _ => {
                first.sent = true;
                self.model.open.insert(0, first);
            }
        }
    }

    fn check(&self) {
        let see = self.lab.see();
        for second in [false, true] {
            let mailbox = self.mailbox(second);
            let places: Vec<_> = self.model.placed.keys().filter(|p| p.0 == second).copied().collect();
            let ids = see.message_ids(mailbox, SortOrder::OldestFirst).unwrap();
            let expected: Vec<_> = places.iter().map(|place| self.ids[place]).collect();
            assert_eq!(ids, expected, "the list");
            let mut unseen = 0;
            for (row, place) in see.rows(&ids, mailbox).unwrap().iter().zip(&places) {
                let shown = self.model.shown(*place).unwrap();
                assert_eq!(row.flags.system_bits(), shown, "flags of {place:?}");
                let waits = self.model.open.iter().any(|i| i.targets.contains(place));
                assert_eq!(row.mark == RowMark::Pending, waits, "mark of {place:?}");
                unseen += u64::from(shown & Flags::SEEN == 0);
            }
            assert_eq!(self.lab.counts(mailbox), (ids.len() as u64, unseen), "counts");
        }
        let open: Vec<_> = see.operations_pending(self.lab.account).unwrap();
        let expected: Vec<_> = self.model.open.iter().map(|i| (i.id, i.targets.len())).collect();
        assert_eq!(open.iter().map(|o| (o.id, o.targets.len())).collect::<Vec<_>>(), expected, "journal");
    }

    /// What must hold of the rows themselves.
    fn check_rows(&self) {
        let wrong: i64 = self.lab.write(|w| {
            let sql = "SELECT
               (SELECT count(*) FROM message m WHERE NOT EXISTS (SELECT 1 FROM placement WHERE message_id = m.id)
                  AND NOT EXISTS (SELECT 1 FROM orphan WHERE message_id = m.id))
             + (SELECT count(*) FROM message m LEFT JOIN detail d ON d.message_id = m.id WHERE d.message_id IS NULL)
             + (SELECT count(*) FROM operation o WHERE state IN ('pending', 'inflight') AND NOT EXISTS
                  (SELECT 1 FROM operation_target WHERE operation_id = o.id AND open = 1))
             + (SELECT count(*) FROM pragma_foreign_key_check)";
            Ok(w.connection.query_row(sql, [], |row| row.get(0))?)
        });
        assert_eq!(wrong, 0, "rows that belong to nothing");
        let wrong = self.lab.write(|w| super::threads::disagreements(w));
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
    #[test]
    fn the_store_agrees_with_a_model(steps in proptest::collection::vec(step(), 1..40)) {
        let mut run = Run { lab: Lab::new(), ids: BTreeMap::new(), model: Model::default() };
        for step in steps {
            run.apply(step);
            run.check();
        }
        run.check_rows();
    }
}
