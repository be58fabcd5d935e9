//! No hot query scans a table or sorts: checked in SQLite's own words.

use super::super::{flags, journal, list, message, orphan, part, relink};
use super::*;

fn plan(w: &Write<'_>, sql: &str) -> Vec<String> {
    let mut statement = w.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let count = statement.parameter_count();
    let values = rusqlite::params_from_iter(std::iter::repeat_n(1_i64, count));
    statement.query_map(values, |row| row.get(3)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn hot_queries_search_and_never_scan_or_sort() {
    let lab = Lab::new();
    lab.fill(lab.inbox, 1..=50);
    let hot: Vec<(&str, &str)> = vec![
        ("newest first", list::NEWEST),
        ("oldest first", list::OLDEST),
        ("row", list::ROW),
        ("uid of", list::UID_OF),
        ("newer", list::NEWER),
        ("older", list::OLDER),
        ("uids", list::UIDS),
        ("ids by uid", list::IDS_BY_UID),
        ("detail", message::DETAIL),
        ("placements", message::PLACEMENTS),
        ("by uid", flags::BY_UID),
        ("flags of", flags::FLAGS_OF),
        ("pending flags", flags::PENDING),
        ("open operations", journal::OPEN),
        ("failed operations", journal::OPEN_FAILED),
        ("targets", journal::TARGETS),
        ("mark", journal::MARK),
        ("waiting", journal::flag::WAITING),
        ("subjects", journal::flag::SUBJECTS),
        ("range", orphan::RANGE),
        ("bereave", orphan::BEREAVE),
        ("old orphans", orphan::OLD),
        ("by email id", relink::BY_EMAIL_ID),
        ("by gm msgid", relink::BY_GM_MSGID),
        ("part", part::PART),
        ("parts", part::PARTS),
        ("used file", part::USED),
        ("copy", part::COPY),
    ];
    // These sort what they found by an index: a handful of rows.
    let few = [("vanished", orphan::VANISHED), ("by fingerprint", relink::BY_FINGERPRINT)];
    let mut wrong = Vec::new();
    lab.write(move |w| {
        for (name, sql) in hot.iter().chain(&few) {
            for step in plan(w, sql) {
                let sorts = step.contains("TEMP B-TREE") && !few.iter().any(|(other, _)| other == name);
                let scans =
                    step.starts_with("SCAN") && step != "SCAN CONSTANT ROW" && !step.contains("(subquery");
                let builds = step.contains("AUTOMATIC");
                if sorts || scans && step != "SCAN c" || builds {
                    wrong.push(format!("{name}: {step}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        Ok(())
    });
}

#[test]
fn the_list_is_read_from_one_covering_index() {
    let lab = Lab::new();
    lab.write(|w| {
        for sql in [list::NEWEST, list::OLDEST, list::NEWER, list::OLDER] {
            let steps = plan(w, sql);
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
            let steps = plan(w, &format!("DELETE FROM {child} WHERE message_id = ?1"));
            assert!(steps[0].starts_with("SEARCH"), "{child}: {steps:?}");
        }
        Ok(())
    });
}
