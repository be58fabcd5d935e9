//! No statement of the store scans a table, sorts a list or takes a coarse index: checked in SQLite's own words
//! for every piece of SQL in the source.

use super::super::list;
use super::*;
use rusqlite::StatementStatus;
use std::path::Path;

/// Statements that may read all rows of a mailbox or account because that is what they are for, or that look at
/// small tables only.
const COARSE: &[&str] = &[
    // The list itself, and places in it.
    list::NEWEST,
    list::OLDEST,
    list::UIDS,
    list::LIKENESSES,
    super::super::sender::RECIPIENTS,
    super::super::thread::HEADS_NEWEST,
    super::super::thread::HEADS_OLDEST,
    super::super::journal::place::UNREAD,
    // An account is removed.
    "DELETE FROM operation WHERE account_id = ?1",
    "WHERE thread_id IN (SELECT thread_id FROM message WHERE account_id = ?1)",
    "DELETE FROM thread WHERE id IN (SELECT thread_id FROM message WHERE account_id = ?1)",
    "DELETE FROM topic WHERE account_id = ?1",
    "DELETE FROM placement WHERE mailbox_id IN (SELECT id FROM mailbox WHERE account_id = ?1)",
    "DELETE FROM orphan WHERE account_id = ?1",
    "DELETE FROM message WHERE account_id = ?1",
    "WHERE p.file IS NOT NULL AND m.account_id = ?1",
    // The space that bodies take up, asked for by name.
    super::super::body::SPACE,
    super::super::body::ALL_SPACE,
    // One row is enough.
    "SELECT EXISTS (SELECT 1 FROM orphan WHERE account_id = ?1)",
    // Only what is open: the index holds nothing else.
    super::super::flags::PENDING,
    super::super::mailbox::UNSENT,
    // Only what failed.
    list::UNWANTED,
];

/// Tables with as many rows as there are messages.
const LARGE: [&str; 10] = [
    "message",
    "detail",
    "placement",
    "orphan",
    "part",
    "operation_target",
    "thread",
    "thread_place",
    "ref",
    "topic",
];

/// Tables with few rows.
const SMALL: [&str; 6] = ["account", "mailbox", "meta", "sqlite_master", "sender", "preference"];

/// Pieces of SQL in the string literals of a source file, tests left out.
fn sql_of(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let code = text.split("\n#[cfg(test)]").next().unwrap();
    let lines: Vec<_> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    // Every other piece between quotes is a literal; ours hold no quotes themselves.
    let literals = lines.join("\n").split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE "];
    literals.into_iter().filter(|text| verbs.iter().any(|verb| text.starts_with(verb))).collect()
}

fn all_sql() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let files = |dir: &Path| -> Vec<_> {
        std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .collect()
    };
    let mut found: Vec<_> = [files(&root), files(&root.join("journal")), files(&root.join("thread"))]
        .concat()
        .iter()
        .flat_map(|p| sql_of(p))
        .collect();
    found.sort();
    found.dedup();
    found
        .into_iter()
        .map(|sql| {
            sql.replace("{COLUMNS}", "id")
                .replace("{ACTION}", "id")
                .replace("{LINE}", "o.id")
                .replace("{condition}", "id = ?1")
                .replace("{id}", "1")
        })
        .collect()
}

fn plan(connection: &rusqlite::Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect(sql);
    let count = statement.parameter_count();
    let values = rusqlite::params_from_iter(std::iter::repeat_n(1_i64, count));
    statement.query_map(values, |row| row.get(3)).unwrap().map(Result::unwrap).collect()
}

/// What is wrong with one step, such as `SEARCH p USING INDEX placement_list (mailbox_id=?)`.
fn fault(sql: &str, step: &str) -> Option<&'static str> {
    let table = step.split(' ').nth(1).unwrap_or_default();
    let is = |table: &str| sql.contains(&format!("FROM {table}")) || sql.contains(&format!("JOIN {table}"));
    if step.contains("AUTOMATIC") {
        return Some("builds an index");
    }
    // The alias `c` stands for a handful of candidates everywhere.
    if step.contains("TEMP B-TREE")
        && !sql.contains("AS c")
        // Folders and accounts are few.
        && !is("mailbox")
        && !is("account")
        && sql != super::super::orphan::VANISHED
    {
        return Some("sorts");
    }
    if step.starts_with("SCAN") && table != "c" && table != "CONSTANT" && !SMALL.contains(&table) {
        return Some("scans");
    }
    let conditions = step.rsplit_once('(').map_or("", |(_, rest)| rest);
    let coarse = ["mailbox_id=?)", "account_id=?)"].contains(&conditions);
    let large = LARGE.iter().any(|table| is(table));
    (coarse && large && !COARSE.iter().any(|known| sql.contains(known))).then_some("takes a coarse index")
}

#[test]
fn no_statement_scans_or_sorts_or_takes_a_coarse_index() {
    let lab = Lab::new();
    let statements = all_sql();
    assert!(statements.len() > 60, "only {} statements found", statements.len());
    let wrong = lab.write(move |w| {
        let mut wrong = Vec::new();
        for sql in &statements {
            for step in plan(w.connection, sql) {
                wrong.extend(fault(sql, &step).map(|fault| format!("{fault}: {step}\n    {sql}")));
            }
        }
        Ok(wrong)
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_statement_is_compiled_twice() {
    let lab = Lab::new();
    let inbox = lab.inbox;
    let ids = lab.fill(inbox, 1..=20);
    lab.write(move |w| {
        w.add_flag_operation(&ids, &Flag::Seen, FlagChange::Add, NOW)?;
        w.put_part(ids[0], &PartPath::root(), b"text")?;
        w.vanish(inbox, &set("1:10"), NOW)?;
        w.insert_messages(inbox, (5..=25).map(new_message).collect())?;
        w.revive(inbox, &set("1:4"))?;
        w.vanish(inbox, &set("1:3"), NOW)?;
        w.purge_orphans(UnixTime(i64::MAX))?;
        let mut used = 0;
        for sql in all_sql() {
            let statement = w.connection.prepare_cached(&sql)?;
            used += statement.get_status(StatementStatus::Run);
            assert_eq!(statement.get_status(StatementStatus::RePrepare), 0, "{sql}");
        }
        assert!(used > 150, "only {used} statements were run");
        Ok(())
    });
}

#[test]
fn the_list_is_read_from_one_covering_index() {
    let lab = Lab::new();
    lab.write(|w| {
        for sql in [super::super::thread::HEADS_NEWEST, super::super::thread::HEADS_OLDEST] {
            let steps = plan(w.connection, sql);
            assert!(steps[0].contains("USING COVERING INDEX thread_list"), "{steps:?}");
            assert_eq!(steps.len(), 1, "{steps:?}");
        }
        for sql in [list::NEWEST, list::OLDEST, list::NEWER, list::OLDER] {
            let steps = plan(w.connection, sql);
            assert!(steps[0].contains("USING COVERING INDEX placement_list"), "{steps:?}");
            assert_eq!(steps.len(), 1, "{steps:?}");
        }
        Ok(())
    });
}

#[test]
fn deleting_a_message_searches_its_children() {
    let lab = Lab::new();
    lab.write(|w| {
        for child in ["detail", "placement", "orphan", "part", "operation_target"] {
            let steps = plan(w.connection, &format!("DELETE FROM {child} WHERE message_id = ?1"));
            assert!(steps[0].starts_with("SEARCH"), "{child}: {steps:?}");
        }
        Ok(())
    });
}
