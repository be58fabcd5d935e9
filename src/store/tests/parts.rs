//! Parts come back byte for byte, small and large; files go when their last row goes.

use super::*;
use std::io::Read;

fn path(text: &str) -> PartPath {
    text.parse().unwrap()
}

fn files(lab: &Lab) -> usize {
    let Ok(folders) = std::fs::read_dir(lab.dir.path().join("blobs")) else { return 0 };
    folders.map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap().count()).sum()
}

/// Bytes that do not compress.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn parts_of_all_sizes_come_back() {
    let lab = Lab::new();
    let id = lab.fill(lab.inbox, 1..=1)[0];
    let contents = [
        ("", Vec::new()),
        ("1", b"x".to_vec()),
        ("1.2", b"a line of text\r\n".repeat(1_000)),
        ("2", noise(64 << 10)),
        ("3", noise((64 << 10) + 1)),
    ];
    for (part, bytes) in contents.clone() {
        lab.write(move |w| w.put_part(id, &path(part), &bytes));
    }
    let see = lab.see();
    for (part, bytes) in &contents {
        assert_eq!(see.part(id, &path(part)).unwrap().as_ref(), Some(bytes), "part {part:?}");
    }
    let stored: Vec<_> = see.parts(id).unwrap().into_iter().map(|p| (p.path.to_string(), p.size)).collect();
    let expected: Vec<_> =
        contents.iter().map(|(part, bytes)| ((*part).to_owned(), bytes.len() as u64)).collect();
    assert_eq!(stored, expected);
    assert_eq!(see.part(id, &path("9")).unwrap(), None);
    assert_eq!(files(&lab), 1);
    let (size, packed): (i64, i64) = lab.write(move |w| {
        let sql = "SELECT size, length(data) FROM part WHERE message_id = ?1 AND path = '1.2'";
        Ok(w.connection.query_row(sql, [id.to_row()], |r| Ok((r.get(0)?, r.get(1)?)))?)
    });
    assert!(packed * 20 < size, "text is compressed: {packed} of {size}");
}

#[test]
fn a_replaced_part_frees_its_file_unless_another_needs_it() {
    let lab = Lab::new();
    let ids = lab.fill(lab.inbox, 1..=2);
    let (first, second) = (ids[0], ids[1]);
    lab.write(move |w| {
        w.put_part(first, &path("1"), &noise(100_000))?;
        w.put_part(second, &path("1"), &noise(100_000))
    });
    assert_eq!(files(&lab), 1, "equal contents share a file");
    lab.write(move |w| w.put_part(first, &path("1"), b"small"));
    assert_eq!(files(&lab), 1);
    assert_eq!(lab.see().part(second, &path("1")).unwrap().unwrap().len(), 100_000);
    lab.write(move |w| w.put_part(second, &path("1"), b"small"));
    assert_eq!(files(&lab), 0);
}

#[test]
fn purged_messages_take_their_files_along() {
    let lab = Lab::new();
    let inbox = lab.inbox;
    let id = lab.fill(inbox, 1..=1)[0];
    lab.write(move |w| w.put_part(id, &path("1"), &noise(100_000)));
    lab.write(move |w| w.vanish(inbox, &set("1"), NOW));
    assert_eq!(files(&lab), 1);
    lab.write(|w| w.purge_orphans(UnixTime(i64::MAX)));
    assert_eq!(files(&lab), 0);
}

#[test]
fn a_part_of_a_message_that_is_gone_is_refused() {
    let lab = Lab::new();
    let put = |bytes: usize| {
        lab.store.write_blocking("test", move |w| {
            w.put_part(MessageId::from_row(5), &PartPath::root(), &vec![0; bytes])
        })
    };
    assert!(matches!(put(5), Err(StoreError::Gone { what: "message" })));
    assert!(matches!(put(100_000), Err(StoreError::Gone { what: "message" })));
    assert_eq!(files(&lab), 0);
}

#[test]
fn a_part_written_in_pieces_resumes_and_lands() {
    let lab = Lab::new();
    let id = lab.fill(lab.inbox, 1..=1)[0];
    let all = noise(3 << 20);
    let mut writer = lab.store.part_writer(id, &path("2")).unwrap();
    writer.write(&all[..(2 << 20) + 5]).unwrap();
    drop(writer);
    let mut writer = lab.store.part_writer(id, &path("2")).unwrap();
    let from = usize::try_from(writer.offset()).unwrap();
    assert_eq!(from, 2 << 20);
    writer.write(&all[from..]).unwrap();
    let written = writer.finish().unwrap();
    lab.write(move |w| w.put_written_part(written));
    assert_eq!(lab.see().part(id, &path("2")).unwrap(), Some(all.clone()));
    let Some(PartSource::File(mut file)) = lab.see().part_source(id, &path("2")).unwrap() else {
        panic!("not in a file");
    };
    let mut copy = Vec::new();
    file.read_to_end(&mut copy).unwrap();
    assert_eq!((file.size(), copy == all), (3 << 20, true));
    assert_eq!(std::fs::read_dir(lab.dir.path().join("partial")).unwrap().count(), 0);
}

#[test]
fn a_small_part_written_in_pieces_lands_in_a_row() {
    let lab = Lab::new();
    let id = lab.fill(lab.inbox, 1..=1)[0];
    let mut writer = lab.store.part_writer(id, &path("1")).unwrap();
    writer.write(b"hello ").unwrap();
    writer.write(b"world").unwrap();
    let written = writer.finish().unwrap();
    lab.write(move |w| w.put_written_part(written));
    assert_eq!(lab.see().part(id, &path("1")).unwrap().as_deref(), Some(b"hello world".as_slice()));
    assert_eq!(files(&lab), 0);
}

#[test]
fn a_lost_or_damaged_part_is_as_good_as_not_stored() {
    let lab = Lab::new();
    let id = lab.fill(lab.inbox, 1..=1)[0];
    lab.write(move |w| {
        w.put_part(id, &path("1"), &noise(100_000))?;
        w.put_part(id, &path("2"), &b"text ".repeat(500))?;
        w.connection.execute("UPDATE part SET data = x'00112233' WHERE path = '2'", [])?;
        Ok(())
    });
    std::fs::remove_dir_all(lab.dir.path().join("blobs")).unwrap();
    assert_eq!(lab.see().part(id, &path("1")).unwrap(), None);
    assert_eq!(lab.see().part(id, &path("2")).unwrap(), None);
    lab.write(move |w| w.put_part(id, &path("1"), &noise(100_000)));
    assert_eq!(lab.see().part(id, &path("1")).unwrap().unwrap().len(), 100_000);
}

#[tokio::test]
async fn the_sweep_removes_what_a_rolled_back_write_left() {
    let lab = Lab::new();
    let id = lab.fill(lab.inbox, 1..=1)[0];
    let rolled_back = lab.store.write("test", move |w| {
        w.put_part(id, &path("1"), &noise(100_000))?;
        Err::<(), _>(StoreError::Closed)
    });
    assert!(rolled_back.await.is_err());
    drop(lab.store.part_writer(id, &path("3")).unwrap());
    drop(lab.store.part_writer(MessageId::from_row(99), &path("3")).unwrap());
    lab.store.write("test", move |w| w.put_part(id, &path("2"), &noise(100_001))).await.unwrap();
    assert_eq!(files(&lab), 2);
    assert_eq!(lab.store.sweep_files().await.unwrap(), (2, 0));
    assert_eq!(files(&lab), 1);
    assert!(lab.see().part(id, &path("2")).unwrap().is_some());
}
