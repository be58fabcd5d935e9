//! Opens the files of a store: folder, permissions, settings of SQLite, migrations. Knows no query.

use super::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The database inside the folder of the store.
pub(super) const FILE_NAME: &str = "mail.db";

/// Held only while a store is opened, so that two processes do not create one at the same time.
const LOCK_NAME: &str = "open.lock";

/// "Post" in the header of the file: tells our databases from others.
const APPLICATION_ID: i32 = 0x506f_7374;

/// One file a format, never edited after release. The format's number is its place here, counted from 1.
const MIGRATIONS: &[&str] = &[
    include_str!("schema/001_mail.sql"),
    include_str!("schema/002_moves.sql"),
    include_str!("schema/003_threads.sql"),
    include_str!("schema/004_operations.sql"),
    include_str!("schema/005_bodies.sql"),
    include_str!("schema/006_oauth.sql"),
    include_str!("schema/007_senders.sql"),
    include_str!("schema/008_options.sql"),
    include_str!("schema/009_exceptions.sql"),
    include_str!("schema/010_arrival.sql"),
    include_str!("schema/011_smtp_user.sql"),
];

/// How long a connection waits for another process. A bulk insert of a sync takes well below a second.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Page cache of the writer in KiB: the hot ends of all indexes while 100,000 messages arrive.
const WRITER_CACHE_KIB: i64 = 16_000;

/// Page cache of each reader in KiB. There are at most a few of them.
const READER_CACHE_KIB: i64 = 4_000;

/// Pages of the write-ahead log after which it is folded into the database: 16 MiB. With SQLite's 4 MiB a bulk
/// insert would do that, and wait for the disk, after every few transactions.
const CHECKPOINT_PAGES: i64 = 4_000;

/// What is left of the write-ahead log after a large transaction, in bytes.
const WAL_KEPT: i64 = 16 << 20;

/// Statements kept prepared by each connection; there are fewer in the whole store.
const STATEMENTS: usize = 128;

/// Makes folder and file with permissions for the owner only and brings the file to the newest format.
pub(super) fn prepare(dir: &Path) -> Result<Connection, StoreError> {
    private_dir(dir)?;
    let _lock = lock(dir);
    let path = dir.join(FILE_NAME);
    private_file(&path)?;
    let mut connection = writer(dir)?;
    migrate(&mut connection, &path, MIGRATIONS).map_err(|e| e.at(dir))?;
    // The log's directory entry has to be on disk before a commit in it can be called durable.
    sync_dir(dir)?;
    Ok(connection)
}

fn lock(dir: &Path) -> Option<File> {
    let path = dir.join(LOCK_NAME);
    private_file(&path).ok()?;
    let file = OpenOptions::new().write(true).open(path).ok()?;
    // Some network file systems have no locks; SQLite then still refuses to do harm.
    file.lock().ok()?;
    Some(file)
}

/// Makes a folder for the owner only. A folder that exists keeps its permissions: it may be a chosen one,
/// and the files inside are private anyway.
pub(super) fn private_dir(dir: &Path) -> Result<(), StoreError> {
    if dir.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|e| StoreError::io(dir, e))
}

/// Makes an empty file that only the owner can read, or takes others' permissions away from the one that is there.
fn private_file(path: &Path) -> Result<(), StoreError> {
    // Never opens an existing database: closing it again would drop SQLite's locks (POSIX advisory locks).
    match private_options().create_new(true).open(path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(StoreError::io(path, error)),
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path).map_err(|e| StoreError::io(path, e))?.permissions().mode();
        if mode & 0o077 != 0 {
            // SQLite gives the log and the index of it the permissions of the database.
            let own = fs::Permissions::from_mode(0o600);
            fs::set_permissions(path, own).map_err(|e| StoreError::io(path, e))?;
        }
    }
    Ok(())
}

/// Options that write a file for the owner only.
pub(super) fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the names inside a folder durable. Other systems than Unix do that themselves.
pub(super) fn sync_dir(dir: &Path) -> Result<(), StoreError> {
    if cfg!(unix) {
        File::open(dir).and_then(|d| d.sync_all()).map_err(|e| StoreError::io(dir, e))?;
    }
    Ok(())
}

/// Makes all commits so far survive a power failure, as `synchronous = FULL` would do; that setting cannot
/// be changed once a transaction has begun, and only some of ours need it.
pub(super) fn sync_log(dir: &Path) -> Result<(), StoreError> {
    let path = log_path(dir);
    match OpenOptions::new().write(true).open(&path) {
        Ok(file) => file.sync_data().map_err(|e| StoreError::io(&path, e)),
        // Without a log everything is in the database file already.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(StoreError::io(&path, error)),
    }
}

fn log_path(dir: &Path) -> PathBuf {
    dir.join(format!("{FILE_NAME}-wal"))
}

fn index_path(dir: &Path) -> PathBuf {
    dir.join(format!("{FILE_NAME}-shm"))
}

fn writer(dir: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connect = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(dir.join(FILE_NAME), flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        // Gives space back after bodies were purged. Only heeded while the file is empty; later it would write.
        if fs::metadata(dir.join(FILE_NAME)).is_ok_and(|file| file.len() == 0) {
            connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        connection.pragma_update(None, "journal_size_limit", WAL_KEPT)?;
        connection.pragma_update(None, "secure_delete", "FAST")?;
        settings(&connection, WRITER_CACHE_KIB)?;
        Ok(connection)
    };
    connect().map_err(|e| StoreError::from(e).at(dir))
}

/// A connection for a disk that takes nothing, full or read-only: SQLite needs to write even in order to read, unless
/// it is told that nobody writes. `None` if somebody may, or if not everything is in the database file itself.
pub(super) fn look(dir: &Path) -> Option<Connection> {
    let path = dir.join(FILE_NAME);
    // What SQLite left when it failed to make them is shorter.
    let is_used = |path: &Path, least: u64| fs::metadata(path).is_ok_and(|file| file.len() >= least);
    if !cfg!(unix) || !path.is_file() || is_used(&log_path(dir), 1) || is_used(&index_path(dir), 32 << 10) {
        return None;
    }
    let connection = reader(dir, true).ok()?;
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).ok();
    let is_ours = number("application_id") == Some(i64::from(APPLICATION_ID));
    let is_current = number("user_version") == i64::try_from(MIGRATIONS.len()).ok();
    (is_ours && is_current).then_some(connection)
}

/// A path as SQLite takes it in an address.
fn immutable(path: &Path) -> String {
    let mut address = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                address.push(char::from(*byte))
            }
            _ => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address.push_str("?immutable=1");
    address
}

/// A connection that can only read; with `frozen` one from [`look`].
pub(super) fn reader(dir: &Path, frozen: bool) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let path = dir.join(FILE_NAME);
    let connect = || -> rusqlite::Result<Connection> {
        let connection = if frozen {
            Connection::open_with_flags(immutable(&path), flags | OpenFlags::SQLITE_OPEN_URI)?
        } else {
            Connection::open_with_flags(&path, flags)?
        };
        connection.busy_timeout(BUSY_TIMEOUT)?;
        settings(&connection, READER_CACHE_KIB)?;
        Ok(connection)
    };
    connect().map_err(|e| StoreError::from(e).at(dir))
}

/// No `mmap_size`: a disk that fails to read would then kill the process instead of giving an error.
fn settings(connection: &Connection, cache_kib: i64) -> rusqlite::Result<()> {
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -cache_kib)?;
    // A hostile file cannot call functions from its schema, nor hide broken pages.
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // Otherwise a statement on a table with a partial index is compiled anew for each value that is bound to it:
    // that took five times as long as running it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

fn migrate(connection: &mut Connection, path: &Path, migrations: &[&str]) -> Result<(), StoreError> {
    let known = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
    let marks = |connection: &Connection| -> rusqlite::Result<(i64, i32)> {
        let found = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        Ok((found, connection.pragma_query_value(None, "application_id", |row| row.get(0))?))
    };
    // The usual case waits for nobody who writes.
    if marks(connection)? == (known, APPLICATION_ID) {
        return Ok(());
    }
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (found, application) = marks(&tx)?;
    let tables: i64 = tx.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    if found > known {
        return Err(StoreError::Newer { path: path.to_owned(), found, known });
    }
    let done = usize::try_from(found).unwrap_or(0);
    for (number, sql) in migrations.iter().enumerate().skip(done) {
        tracing::info!(format = number + 1, "bringing the mail store to a new format");
        tx.execute_batch(sql)?;
    }
    if found < known {
        tx.pragma_update(None, "user_version", known)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    tx.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn db(dir: &Path) -> PathBuf {
        dir.join(FILE_NAME)
    }

    fn raw(dir: &Path) -> Connection {
        Connection::open(db(dir)).unwrap()
    }

    #[test]
    #[cfg(unix)]
    fn folder_and_files_are_for_the_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let top = tempfile::tempdir().unwrap();
        let dir = top.path().join("profile").join("data");
        let connection = prepare(&dir).unwrap();
        connection.execute("UPDATE meta SET revision = 1", []).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&dir), 0o700);
        let mut names: Vec<_> = fs::read_dir(&dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["mail.db", "mail.db-shm", "mail.db-wal", "open.lock"]);
        for name in names {
            assert_eq!(mode(&dir.join(&name)), 0o600, "{name}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_readable_file_is_made_private() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        drop(prepare(dir.path()).unwrap());
        fs::set_permissions(db(dir.path()), fs::Permissions::from_mode(0o644)).unwrap();
        drop(prepare(dir.path()).unwrap());
        assert_eq!(fs::metadata(db(dir.path())).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn settings_are_as_the_promises_need_them() {
        let dir = tempfile::tempdir().unwrap();
        let connection = prepare(dir.path()).unwrap();
        let text = |name| connection.pragma_query_value(None, name, |r| r.get::<_, String>(0)).unwrap();
        let number = |name| connection.pragma_query_value(None, name, |r| r.get::<_, i64>(0)).unwrap();
        assert_eq!(text("journal_mode"), "wal");
        assert_eq!((number("synchronous"), number("foreign_keys"), number("auto_vacuum")), (1, 1, 2));
        let unsafe_read = reader(dir.path(), false).unwrap().execute("UPDATE meta SET revision = 1", []);
        assert!(unsafe_read.is_err(), "a reader wrote");
    }

    #[test]
    fn every_table_is_strict() {
        let dir = tempfile::tempdir().unwrap();
        let connection = prepare(dir.path()).unwrap();
        let loose: i64 = connection
            .query_row(
                "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
                [],
                |r| r.get(0),
            )
            .unwrap();
        assert_eq!(loose, 0);
    }

    #[test]
    fn opening_waits_for_nobody_who_writes() {
        let dir = tempfile::tempdir().unwrap();
        drop(prepare(dir.path()).unwrap());
        let other = raw(dir.path());
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        // Would wait for seconds, and then fail.
        let connection = prepare(dir.path()).unwrap();
        let revision: i64 = connection.query_row("SELECT revision FROM meta", [], |r| r.get(0)).unwrap();
        assert_eq!(revision, 0);
    }

    #[test]
    fn a_newer_format_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        drop(prepare(dir.path()).unwrap());
        raw(dir.path()).pragma_update(None, "user_version", 900).unwrap();
        let error = prepare(dir.path()).unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 900, .. }), "{error}");
        assert!(error.to_string().contains("update"));
        let kept: i64 = raw(dir.path()).pragma_query_value(None, "user_version", |r| r.get(0)).unwrap();
        assert_eq!(kept, 900);
    }

    #[test]
    fn a_foreign_database_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        raw(dir.path()).execute_batch("CREATE TABLE places (url TEXT)").unwrap();
        let error = prepare(dir.path()).unwrap_err();
        assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
        assert_eq!(raw(dir.path()).prepare("SELECT url FROM places").unwrap().column_count(), 1);
    }

    #[test]
    fn a_damaged_file_is_reported_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let junk = b"From nobody Mon Jan  1 00:00:00 2026\n".repeat(400);
        fs::write(db(dir.path()), &junk).unwrap();
        let error = prepare(dir.path()).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
        assert!(error.to_string().contains("nothing was deleted"));
        assert_eq!(fs::read(db(dir.path())).unwrap(), junk);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, b"").unwrap();
        let error = prepare(&file.join("data")).unwrap_err();
        assert!(matches!(error, StoreError::File { .. }), "{error}");
        assert!(error.to_string().contains("file"));
    }

    #[test]
    fn migrations_run_once_each_and_all_or_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut connection = prepare(dir.path()).unwrap();
        let path = db(dir.path());
        let next = "CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT; INSERT INTO extra (id) VALUES (1);";
        let two = [MIGRATIONS, &[next]].concat();
        migrate(&mut connection, &path, &two).unwrap();
        migrate(&mut connection, &path, &two).unwrap();
        let broken = [two.as_slice(), &["DELETE FROM extra; SELECT nonsense"]].concat();
        assert!(migrate(&mut connection, &path, &broken).is_err());
        let rows: i64 = connection.query_row("SELECT count(*) FROM extra", [], |r| r.get(0)).unwrap();
        let format: i64 = connection.pragma_query_value(None, "user_version", |r| r.get(0)).unwrap();
        let known = i64::try_from(MIGRATIONS.len()).unwrap();
        assert_eq!((rows, format), (1, known + 1), "the failed step left a trace");
        let error = migrate(&mut connection, &path, MIGRATIONS).unwrap_err();
        assert!(
            matches!(error, StoreError::Newer { found, known: k, .. } if found == known + 1 && k == known)
        );
    }
}
