//! Panics: noted in a file of the profile, without what they were about, and told to whoever listens.
//!
//! A panic's own message may quote a mail or a password, so it is left out unless it is a text of the program itself;
//! where it happened says enough. Knows nothing of mail, the window, or how the program goes on.

use crate::clock::Clock;
use std::backtrace::Backtrace;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, OnceLock};
use tokio::sync::watch;

/// Name of the file, beside the mail store.
const FILE: &str = "faults.log";
/// Left by a run that broke off, taken away by the next one.
const MARK: &str = "broke-off";
/// A file that is larger begins anew.
const MAX_FILE: u64 = 256 * 1024;
/// Longest list of calls that is noted, in bytes; the innermost come first.
const MAX_TRACE: usize = 16 * 1024;

static FOLDER: OnceLock<PathBuf> = OnceLock::new();
static COUNT: LazyLock<watch::Sender<u64>> = LazyLock::new(watch::Sender::default);

/// From now on each panic of this process is noted in the folder, if there is one, and in one line on standard error.
pub fn watch_over(folder: Option<&Path>, clock: Clock) {
    if let Some(folder) = folder {
        // The first one counts; there is one profile for each process.
        FOLDER.get_or_init(|| folder.to_owned());
    }
    std::panic::set_hook(Box::new(move |info| {
        let record = record(info, &clock);
        let kept = FOLDER.get().is_some_and(|folder| keep(folder, &record).is_ok());
        let first = record.lines().next().unwrap_or_default();
        let place =
            log().filter(|_| kept).map(|path| format!("; see {}", path.display())).unwrap_or_default();
        // Standard error may be gone; nothing can be done about that here.
        let _ = writeln!(std::io::stderr(), "postrider: {first}{place}");
        COUNT.send_modify(|count| *count += 1);
    }));
}

/// Tells how many panics there were so far.
#[must_use]
pub fn told() -> watch::Receiver<u64> {
    COUNT.subscribe()
}

/// The file in which they are noted.
#[must_use]
pub fn log() -> Option<PathBuf> {
    Some(FOLDER.get()?.join(FILE))
}

/// Leaves a mark for the next run: this one could not go on.
pub fn broke_off() {
    if let Some(folder) = FOLDER.get() {
        // Without it the next run only says less.
        let _ = std::fs::write(folder.join(MARK), "");
    }
}

/// Whether the run before broke off. Says it once.
#[must_use]
pub fn has_broken_off(folder: &Path) -> bool {
    std::fs::remove_file(folder.join(MARK)).is_ok()
}

/// What is noted: the first line says it all, the calls follow.
fn record(info: &PanicHookInfo<'_>, clock: &Clock) -> String {
    let place = info.location().map_or_else(|| "?".to_owned(), ToString::to_string);
    // A text that was put together holds data; one that stands in the program does not.
    let what = info.payload().downcast_ref::<&'static str>().copied().unwrap_or("(its message is left out)");
    let when = jiff::Timestamp::from_second(clock.now().0).unwrap_or_default();
    let thread = std::thread::current().name().unwrap_or("?").to_owned();
    let mut trace = Backtrace::force_capture().to_string();
    if let Some((end, _)) = trace.char_indices().find(|(at, _)| *at >= MAX_TRACE) {
        trace.truncate(end);
    }
    let version = env!("CARGO_PKG_VERSION");
    format!("fault at {place} in thread {thread} of Postrider {version} at {when}: {what}\n{trace}\n")
}

fn keep(folder: &Path, record: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(FILE);
    let is_full = std::fs::metadata(&path).is_ok_and(|file| file.len() > MAX_FILE);
    let mut options = OpenOptions::new();
    options.create(true).write(true).append(!is_full).truncate(is_full);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(record.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::model::UnixTime;

    const CHILD: &str = "POSTRIDER_TEST_CRASH_FOLDER";

    /// Run by the test below in a process of its own, since a hook is for the whole process.
    #[test]
    fn child() {
        let Some(folder) = std::env::var_os(CHILD).map(PathBuf::from) else { return };
        watch_over(Some(&folder), ManualClock::new(UnixTime(1_700_000_000)).clock());
        let told = told();
        let secret = "hunter2 is the password".to_owned();
        let thread = std::thread::Builder::new().name("worker".into());
        let broken = thread.spawn(move || assert!(secret.is_empty(), "not {secret}")).unwrap().join();
        assert!(broken.is_err());
        let letter = "ünd hunter2".to_owned();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        // What Rust itself says quotes the text.
        let cut = runtime.block_on(async { tokio::spawn(async move { letter[1..].len() }).await });
        assert!(cut.is_err());
        assert!(std::panic::catch_unwind(|| panic!("a text of the program")).is_err());
        assert_eq!(*told.borrow(), 3);
        broke_off();
    }

    #[test]
    fn a_panic_is_noted_without_what_it_was_about() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("data");
        let run = || {
            let output = std::process::Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "crash::tests::child", "--nocapture", "--test-threads=1"])
                .env(CHILD, &folder)
                .output()
                .unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success(), "{said}");
            said
        };
        let said = run();
        let path = folder.join(FILE);
        let noted = std::fs::read_to_string(&path).unwrap();
        for (what, text) in [("told", &said), ("noted", &noted)] {
            assert_eq!(text.matches("fault at src/crash.rs:").count(), 3, "{what}: {text}");
            assert!(
                text.contains("in thread worker of") && text.contains("a text of the program"),
                "{what}: {text}"
            );
            assert!(text.contains("at 2023-11-14T22:13:20Z") && !text.contains("hunter2"), "{what}: {text}");
        }
        assert!(said.contains("faults.log") && noted.contains("crash::tests::child"), "{said}\n{noted}");
        assert!(has_broken_off(&folder) && !has_broken_off(&folder), "said once");
        // The second run goes on in the same file; one that is too large begins anew.
        run();
        assert_eq!(std::fs::read_to_string(&path).unwrap().matches("fault at ").count(), 6);
        std::fs::write(&path, "x".repeat(300_000)).unwrap();
        run();
        assert_eq!(std::fs::read_to_string(&path).unwrap().matches("fault at ").count(), 3);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::remove_file(&path).unwrap();
            run();
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
