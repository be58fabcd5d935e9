//! `postrider render` with odd inputs: a picture, or one clear line and the right exit code; never half a file.

use crate::cli_live::Desk;
use std::fs;
use std::path::PathBuf;

/// Writes a file for the test.
fn file(desk: &Desk, name: &str, bytes: &[u8]) -> String {
    let path = desk.dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

fn out(desk: &Desk) -> (PathBuf, String) {
    let path = desk.dir.path().join("out.png");
    let text = path.to_str().unwrap().to_owned();
    (path, text)
}

const ATTACHED: &[u8] =
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\n\
    Content-Disposition: attachment\r\n\r\nabc\r\n--x--\r\n";

#[test]
fn every_readable_file_becomes_a_picture() {
    let desk = Desk::new();
    let noise: Vec<u8> = (0..60_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let nested = "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n".repeat(2_000);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty.eml", Vec::new()),
        ("empty.html", Vec::new()),
        ("header-only.eml", b"Subject: x\r\n\r\n".to_vec()),
        ("attached.eml", ATTACHED.to_vec()),
        ("charset.eml", b"Content-Type: text/html; charset=nonsense-8\r\n\r\n<p>h\xfc\xe9\xff".to_vec()),
        ("noise.eml", noise.clone()),
        ("noise.html", noise),
        ("nested.eml", nested.into_bytes()),
        ("no-ending", b"From: a@b.example\r\n\r\nHello".to_vec()),
        (
            "utf16.html",
            [b"\xff\xfe".to_vec(), "<p>Hi".encode_utf16().flat_map(u16::to_le_bytes).collect()].concat(),
        ),
        ("long-line.eml", [b"Subject: ".to_vec(), vec![b'a'; 500_000], b"\r\n\r\nx".to_vec()].concat()),
    ];
    let (path, place) = out(&desk);
    for (name, bytes) in cases {
        let input = file(&desk, name, &bytes);
        let _ = fs::remove_file(&path);
        desk.ok(&["render", &input, "--out", &place, "--width", "300", "--max-height", "400"]);
        let picture = image::open(&path).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(picture.width(), 300, "{name}");
        assert!((1..=400).contains(&picture.height()), "{name}");
        assert_eq!(fs::read(&input).unwrap(), bytes, "{name}: the mail itself is left alone");
    }
}

#[test]
fn what_cannot_be_drawn_or_written_is_said_in_one_line() {
    let desk = Desk::new();
    let mail = file(&desk, "mail.eml", b"Subject: x\r\n\r\nHello");
    let (path, place) = out(&desk);
    let folder = desk.dir.path().to_str().unwrap().to_owned();
    let missing = format!("{folder}/missing.eml");
    let nowhere = format!("{folder}/no/such/folder/x.png");
    assert!(desk.fails(&["render", &missing, "--out", &place]).contains("cannot read"));
    assert!(desk.fails(&["render", &folder, "--out", &place]).contains("folder"));
    assert!(desk.fails(&["render", &mail, "--out", &nowhere]).contains("cannot write"));
    assert!(desk.fails(&["render", &mail, "--out", &folder]).contains("cannot write"));
    assert!(desk.fails(&["render", &mail, "--out", &mail]).contains("exists already"));
    assert_eq!(fs::read(&mail).unwrap(), b"Subject: x\r\n\r\nHello");
    let link = desk.dir.path().join("loop");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&link, &link).unwrap();
    assert!(desk.fails(&["render", link.to_str().unwrap(), "--out", &place]).contains("cannot read"));
    assert!(!path.exists());
    let usage: [&[&str]; 6] = [
        &["render", &mail],
        &["render", "--out", &place],
        &["render", &mail, "--out", &place, "--width", "0"],
        &["render", &mail, "--out", &place, "--width", "wide"],
        &["render", &mail, "--out", &place, "--max-height", "0"],
        &["render", &mail, "--out", &place, "--light"],
    ];
    for arguments in usage {
        assert_eq!(desk.run(arguments).status.code(), Some(2), "{arguments:?}");
    }
    let left: Vec<_> = fs::read_dir(desk.dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".part")), "{left:?}");
}

#[test]
fn dark_is_dark() {
    let desk = Desk::new();
    let mail = file(&desk, "mail.html", b"<p>Hello");
    let (path, place) = out(&desk);
    let corner = |arguments: &[&str]| {
        desk.ok(&[&["render", &mail, "--out", &place], arguments].concat());
        image::open(&path).unwrap().to_rgb8().get_pixel(0, 0).0
    };
    assert_eq!(corner(&[]), [255, 255, 255]);
    assert!(corner(&["--dark"]).iter().all(|c| *c < 80));
}
