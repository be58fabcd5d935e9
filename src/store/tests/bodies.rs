//! Whole messages: every part is read from them, damage is never shown, and what is missing is found in order.

use super::*;
use crate::store::part::PartSource;
use std::io::Read;

fn path(text: &str) -> PartPath {
    text.parse().unwrap()
}

/// A body with one part of `length` bytes behind a header of ten.
fn body(lab: &Lab, message: MessageId, length: usize) -> (NewBody, Vec<u8>) {
    let mut raw = b"X: y\r\n....".to_vec();
    raw.extend((0..length).map(|n| u8::try_from(n % 251).unwrap()));
    let places = vec![(path("1"), Piece { start: 10, length: length as u64 })];
    let bytes = lab.store.pack_body(&raw).unwrap();
    (NewBody { message, bytes, places, structure: None, snippet: None }, raw)
}

fn put(lab: &Lab, message: MessageId, length: usize) -> Vec<u8> {
    let (new, raw) = body(lab, message, length);
    assert_eq!(lab.write(move |w| w.put_bodies(vec![new])), 1);
    raw
}

fn everywhere(lab: &Lab) -> Vec<std::path::PathBuf> {
    let folders = std::fs::read_dir(lab.dir.path().join("blobs")).unwrap();
    folders.flat_map(|f| std::fs::read_dir(f.unwrap().path()).unwrap().map(|e| e.unwrap().path())).collect()
}

#[test]
fn parts_are_read_from_the_whole_message() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=2);
    for (id, length) in [(ids[0], 500), (ids[1], 200_000)] {
        // What came part by part before is in it.
        lab.write(move |w| w.put_part(id, &path("1"), &[1; 90_000]));
        let raw = put(&lab, id, length);
        let see = lab.see();
        assert_eq!(see.part(id, &PartPath::root()).unwrap().as_ref(), Some(&raw));
        assert_eq!(see.part(id, &path("1")).unwrap().as_deref(), Some(&raw[10..]));
        assert_eq!(see.part(id, &path("2")).unwrap(), None);
        let parts: Vec<_> =
            see.parts(id).unwrap().into_iter().map(|p| (p.path.to_string(), p.size)).collect();
        assert_eq!(parts, [(String::new(), raw.len() as u64), ("1".to_owned(), length as u64)]);
        let rows: i64 = lab.write(move |w| {
            let sql = "SELECT count(*) FROM part WHERE message_id = ?1";
            Ok(w.connection.query_row(sql, [id.to_row()], |row| row.get(0))?)
        });
        assert_eq!(rows, 1);
    }
    let Some(PartSource::File(mut file)) = lab.see().part_source(ids[1], &path("1")).unwrap() else {
        panic!("not in a file");
    };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    assert_eq!((bytes.len(), file.size()), (200_000, 200_000));
    assert_eq!(everywhere(&lab).len(), 1, "the file of the single part is gone");
}

#[test]
fn damage_is_found_and_makes_room() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=2);
    let (small, large) = (ids[0], ids[1]);
    put(&lab, small, 500);
    put(&lab, large, 100_000);
    lab.write(move |w| {
        assert_eq!(w.drop_damaged(small)? + w.drop_damaged(large)?, 0);
        let read = "SELECT data FROM part WHERE message_id = ?1";
        let mut data: Vec<u8> = w.connection.query_row(read, [small.to_row()], |row| row.get(0))?;
        let middle = data.len() / 2;
        data[middle] ^= 1;
        let write = "UPDATE part SET data = ?2 WHERE message_id = ?1";
        w.connection.execute(write, rusqlite::params![small.to_row(), data])?;
        Ok(())
    });
    let file = everywhere(&lab).remove(0);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[50_000] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    for id in [small, large] {
        for part in ["", "1"] {
            assert_eq!(lab.see().part(id, &path(part)).unwrap(), None, "{id} {part:?}");
        }
        assert_eq!(lab.write(move |w| w.drop_damaged(id)), 1);
        assert_eq!(lab.see().parts(id).unwrap(), vec![]);
    }
    assert!(everywhere(&lab).is_empty(), "the damaged file is gone");
    let raw = put(&lab, large, 100_000);
    assert_eq!(lab.see().part(large, &PartPath::root()).unwrap(), Some(raw));
}

#[test]
fn a_message_that_vanished_meanwhile_is_left_out() {
    let lab = Lab::new();
    let id = lab.fill(lab.inbox, 1..=1)[0];
    let (gone, _) = body(&lab, MessageId::from_row(99), 100_000);
    let (here, _) = body(&lab, id, 100_001);
    assert_eq!(lab.write(move |w| w.put_bodies(vec![gone, here])), 1);
    assert_eq!(everywhere(&lab).len(), 1);
    assert_eq!(std::fs::read_dir(lab.dir.path().join("partial")).unwrap().count(), 0);
}

#[test]
fn what_is_missing_is_found_newest_first_and_only_once() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=9);
    put(&lab, ids[4], 10);
    let since = UnixTime(1_700_000_000 + 3 * 60);
    let see = lab.see();
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = see.missing_bodies(lab.inbox, since, after, 2).unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.received, last.uid));
        found.extend(page.iter().map(|body| (body.uid.get(), body.message, body.size)));
    }
    let expected: Vec<_> =
        [9, 8, 7, 6, 4, 3].map(|n: u32| (n, ids[n as usize - 1], 1_000 + u64::from(n))).to_vec();
    assert_eq!(found, expected);
    assert_eq!(see.count_missing_bodies(lab.inbox, since).unwrap(), 6);
    assert_eq!(see.count_missing_bodies(lab.inbox, UnixTime(i64::MIN)).unwrap(), 8);
    assert_eq!(see.count_missing_bodies(lab.other, UnixTime(i64::MIN)).unwrap(), 0);
}

#[test]
fn settings_and_space_are_told() {
    let lab = Lab::new();
    let (account, inbox, other) = (lab.account, lab.inbox, lab.other);
    assert_eq!(lab.see().body_settings(account).unwrap(), BodySettings::default());
    lab.write(move |w| {
        w.set_account_bodies(account, Some(BodyPolicy::Days(7)))?;
        w.set_mailbox_bodies(other, Some(BodyPolicy::All))?;
        w.pause_bodies(account, true)
    });
    let settings = lab.see().body_settings(account).unwrap();
    assert_eq!((settings.account, settings.paused), (Some(BodyPolicy::Days(7)), true));
    assert_eq!(settings.mailboxes.into_iter().collect::<Vec<_>>(), [(other, BodyPolicy::All)]);
    lab.write(move |w| w.set_mailbox_bodies(other, None));
    assert!(lab.see().body_settings(account).unwrap().mailboxes.is_empty());
    let gone = lab.store.write_blocking("test", |w| w.pause_bodies(AccountId::from_row(9), true));
    assert!(matches!(gone, Err(StoreError::Gone { .. })));

    let ids = lab.fill(inbox, 1..=2);
    put(&lab, ids[0], 100_000);
    put(&lab, ids[1], 50);
    let space = lab.see().space_of_mailbox(inbox).unwrap();
    assert!((100_010..100_200).contains(&space), "{space}");
    assert_eq!(lab.see().space_of_account(account).unwrap(), space);
    assert_eq!(lab.see().space_of_mailbox(other).unwrap(), 0);
}

#[tokio::test]
async fn the_sweep_forgets_rows_whose_file_is_lost() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=3);
    let raw = put(&lab, ids[0], 100_000);
    put(&lab, ids[1], 100_001);
    put(&lab, ids[2], 100_002);
    let short = everywhere(&lab).into_iter().find(|f| f.metadata().unwrap().len() == 100_011).unwrap();
    std::fs::write(short, b"cut off").unwrap();
    let lost = everywhere(&lab).into_iter().find(|f| f.metadata().unwrap().len() == 100_012).unwrap();
    std::fs::remove_file(lost).unwrap();
    assert_eq!(lab.store.sweep_files().await.unwrap(), (0, 2));
    assert_eq!(lab.store.sweep_files().await.unwrap(), (1, 0), "the cut off file is nobody's now");
    assert_eq!(lab.see().part(ids[0], &PartPath::root()).unwrap(), Some(raw));
    assert_eq!(lab.see().count_missing_bodies(lab.inbox, UnixTime(i64::MIN)).unwrap(), 2);
}
