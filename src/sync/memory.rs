//! What the worker remembers from one start to the next besides mail: offline mode, how many connections a server
//! allows, how long its IDLE lives. A small file beside the store; losing it costs nothing but a few attempts.

use crate::model::{AccountId, UnixTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Name of the file in the folder of the store.
const FILE: &str = "live.json";
/// A file longer than this was not written by us.
const MAX_FILE: u64 = 1 << 20;
/// A server that refused a connection may have had its reasons that day only.
const DAY: i64 = 24 * 3_600;
/// A server is asked for its name (ID) this often; it may have been replaced.
const NAME_KEPT: i64 = 7 * DAY;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Notes {
    offline: bool,
    /// When the files of the store were last looked through.
    swept: Option<i64>,
    accounts: BTreeMap<i64, AccountNotes>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct AccountNotes {
    /// Connections that the server allowed, and until when we believe so.
    connections: Option<(usize, i64)>,
    idle_seconds: Option<u64>,
    idle_proven: bool,
    /// What the server called itself, and when; empty if it did not say.
    server_name: Option<(String, i64)>,
    /// When the day began for which fetched bytes are counted, and how many there were.
    fetched: Option<(i64, u64)>,
}

/// See the module. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    file: Option<PathBuf>,
    notes: Mutex<Notes>,
}

impl Memory {
    /// Reads what was remembered in the folder of a store. What cannot be read counts as never known.
    #[must_use]
    pub fn open(dir: &Path) -> Self {
        let file = dir.join(FILE);
        let small = file.metadata().is_ok_and(|meta| meta.len() <= MAX_FILE);
        let text = if small { std::fs::read_to_string(&file).unwrap_or_default() } else { String::new() };
        let notes = serde_json::from_str(&text).unwrap_or_default();
        Self(Arc::new(Inner { file: Some(file), notes: Mutex::new(notes) }))
    }

    fn lock(&self) -> MutexGuard<'_, Notes> {
        self.0.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the user wants to be offline.
    pub(super) fn is_offline(&self) -> bool {
        self.lock().offline
    }

    pub(super) fn set_offline(&self, offline: bool) {
        self.edit(|notes| notes.offline = offline);
    }

    /// Whether a day has gone by since the files of the store were looked through; from now on it has not.
    pub(super) fn is_sweep_due(&self, now: UnixTime) -> bool {
        let due = |swept: i64| !(0..DAY).contains(&now.0.saturating_sub(swept));
        let is_due = self.lock().swept.is_none_or(due);
        if is_due {
            self.edit(|notes| notes.swept = Some(now.0));
        }
        is_due
    }

    /// Connections that the server of an account allowed lately; `None`: it never refused one.
    pub(super) fn connections(&self, account: AccountId, now: UnixTime) -> Option<usize> {
        let (allowed, until) = self.lock().accounts.get(&account.to_row())?.connections?;
        // A clock that was set back must not keep it for years.
        (until > now.0 && until <= now.0.saturating_add(DAY)).then_some(allowed)
    }

    pub(super) fn note_connections(&self, account: AccountId, allowed: usize, now: UnixTime) {
        self.about(account, |notes| notes.connections = Some((allowed, now.0.saturating_add(DAY))));
    }

    /// The server complained: fewer connections until then.
    pub(super) fn note_connections_until(&self, account: AccountId, allowed: usize, until: UnixTime) {
        self.about(account, |notes| notes.connections = Some((allowed, until.0)));
    }

    /// Bytes fetched in the day that goes on, and when it ends.
    pub(super) fn fetched(&self, account: AccountId, now: UnixTime) -> (u64, UnixTime) {
        let notes = self.lock();
        let day = notes.accounts.get(&account.to_row()).and_then(|notes| notes.fetched);
        // A clock that was set back begins a new day.
        let (start, bytes) =
            day.filter(|(start, _)| (0..DAY).contains(&now.0.saturating_sub(*start))).unwrap_or((now.0, 0));
        (bytes, UnixTime(start.saturating_add(DAY)))
    }

    /// Counts fetched bytes.
    pub(super) fn note_fetched(&self, account: AccountId, bytes: u64, now: UnixTime) {
        let (before, end) = self.fetched(account, now);
        let day = Some((end.0.saturating_sub(DAY), before.saturating_add(bytes)));
        self.about(account, |notes| notes.fetched = day);
    }

    /// How long an IDLE of that account lives, and whether that has proved itself.
    pub(super) fn idle(&self, account: AccountId) -> Option<(Duration, bool)> {
        let notes = self.lock();
        let account = notes.accounts.get(&account.to_row())?;
        Some((Duration::from_secs(account.idle_seconds?), account.idle_proven))
    }

    pub(super) fn note_idle(&self, account: AccountId, interval: Duration, proven: bool) {
        self.about(account, |notes| {
            (notes.idle_seconds, notes.idle_proven) = (Some(interval.as_secs()), proven);
        });
    }

    /// What the server of an account called itself not long ago.
    pub(super) fn server_name(&self, account: AccountId, now: UnixTime) -> Option<String> {
        let notes = self.lock();
        let (name, asked) = notes.accounts.get(&account.to_row())?.server_name.as_ref()?;
        let age = now.0.checked_sub(*asked)?;
        (0..NAME_KEPT).contains(&age).then(|| name.clone())
    }

    pub(super) fn note_server_name(&self, account: AccountId, name: &str, now: UnixTime) {
        self.about(account, |notes| notes.server_name = Some((name.to_owned(), now.0)));
    }

    /// The account is gone, or has another server now.
    pub(super) fn forget(&self, account: AccountId) {
        self.edit(|notes| {
            notes.accounts.remove(&account.to_row());
        });
    }

    fn about(&self, account: AccountId, edit: impl FnOnce(&mut AccountNotes)) {
        self.edit(|notes| edit(notes.accounts.entry(account.to_row()).or_default()));
    }

    fn edit(&self, edit: impl FnOnce(&mut Notes)) {
        let mut notes = self.lock();
        let before = notes.clone();
        edit(&mut notes);
        if *notes != before
            && let Some(file) = &self.0.file
            && let Err(error) = save(file, &notes)
        {
            tracing::warn!(%error, "cannot remember");
        }
    }
}

/// Some hundred bytes, seldom: not worth a thread. Written beside and renamed, so that it is whole or the old one.
fn save(file: &Path, notes: &Notes) -> std::io::Result<()> {
    let unfinished = file.with_extension("json.new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&unfinished)?;
    out.write_all(serde_json::to_string(notes)?.as_bytes())?;
    std::fs::rename(&unfinished, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learned_is_there_at_the_next_start() {
        let dir = tempfile::tempdir().unwrap();
        let (account, other) = (AccountId::from_row(3), AccountId::from_row(4));
        let now = UnixTime(1_000);
        let memory = Memory::open(dir.path());
        assert!(!memory.is_offline());
        memory.set_offline(true);
        memory.note_connections(account, 2, now);
        memory.note_idle(account, Duration::from_secs(420), true);
        let again = Memory::open(dir.path());
        assert!(again.is_offline());
        assert_eq!(again.connections(account, now), Some(2));
        assert_eq!(again.connections(account, UnixTime(1_000 + DAY)), None, "a day later");
        assert_eq!(again.connections(account, UnixTime(-DAY)), None, "a clock that went back");
        assert_eq!(again.connections(other, now), None);
        assert_eq!(again.idle(account), Some((Duration::from_secs(420), true)));
        memory.note_fetched(account, 700, now);
        memory.note_fetched(account, 50, UnixTime(2_000));
        assert_eq!(memory.fetched(account, UnixTime(3_000)), (750, UnixTime(1_000 + DAY)));
        assert_eq!(Memory::open(dir.path()).fetched(account, UnixTime(3_000)).0, 750);
        assert_eq!(
            memory.fetched(account, UnixTime(1_000 + DAY)),
            (0, UnixTime(1_000 + 2 * DAY)),
            "a new day"
        );
        assert_eq!(again.server_name(account, now), None);
        assert!(again.is_sweep_due(now) && !again.is_sweep_due(UnixTime(2_000)));
        assert!(
            again.is_sweep_due(UnixTime(1_000 + DAY)) && again.is_sweep_due(now),
            "also after it was set back"
        );
        again.note_server_name(account, "Dovecot", now);
        assert_eq!(again.server_name(account, UnixTime(2_000)).as_deref(), Some("Dovecot"));
        assert_eq!(again.server_name(account, UnixTime(1_000 + NAME_KEPT)), None, "asked again some day");
        assert_eq!(again.server_name(account, UnixTime(999)), None, "a clock that went back");
        again.forget(account);
        assert_eq!(Memory::open(dir.path()).idle(account), None);
    }

    #[test]
    fn a_broken_file_is_as_good_as_none() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), "{\"offline\": 7").unwrap();
        let memory = Memory::open(dir.path());
        assert!(!memory.is_offline());
        memory.set_offline(true);
        assert!(Memory::open(dir.path()).is_offline());
        assert!(!Memory::default().is_offline());
    }
}
