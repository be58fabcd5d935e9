//! `postrider sync --bodies` with the real program and a real Dovecot: afterwards everything is read without it.

use crate::cli_live::Desk;
use crate::dovecot::{Dovecot, message};
use serde_json::Value;

/// A mail with text, HTML and an attachment of noise.
fn full(n: usize, attachment: usize) -> Vec<u8> {
    use std::fmt::Write as _;
    let mut noise = String::new();
    for line in 0..attachment / 76 {
        let _ = write!(noise, "{:076}\r\n", (line + n) * 7_919 % 1_000_003);
    }
    format!(
        "From: Ada <ada@example.org>\r\nSubject: Full {n}\r\nMessage-ID: <full-{n}@example.org>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\nContent-Type: multipart/alternative; boundary=in\r\n\r\n\
         --in\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
         Gr=C3=BC=C3=9Fe {n}\r\n--in\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hello <b>{n}</b></p>\r\n\
         --in--\r\n--out\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=noise.csv\r\n\r\n\
         {noise}--out--\r\n"
    )
    .into_bytes()
}

fn summary(desk: &Desk) -> Value {
    serde_json::from_str(desk.ok(&["sync", "--bodies", "--json"]).lines().last().unwrap()).unwrap()
}

#[test]
fn what_was_synced_is_read_without_the_server() {
    let Some(mut server) = Dovecot::start() else { return };
    server.append("alice", "INBOX", "", (1..=300).map(|n| message(n, 600)));
    let sizes = [1_000, 100_000, 400_000, 3_000_000];
    server.append("alice", "INBOX", "", sizes.iter().enumerate().map(|(n, size)| full(n, *size)));
    let desk = Desk::new();
    desk.add_alice(&server, &[]);
    let first = summary(&desk);
    assert_eq!((&first["messages"], &first["bodies"]), (&Value::from(304), &Value::from(304)));
    let again = summary(&desk);
    assert_eq!(again["bodies"], 0);
    assert!(again["bytes_in"].as_u64().unwrap() < 20_000, "{again}");
    let mailboxes = desk.rows(&["mailboxes", "--json"]);
    let inbox = mailboxes.iter().find(|m| m["name"] == "INBOX").unwrap();
    assert!(inbox["stored_bytes"].as_u64().unwrap() > 3_400_000, "{inbox}");
    let rows = desk.rows(&["list", "INBOX", "--json"]);
    let id_of = |subject: &str| rows.iter().find(|r| r["subject"] == subject).unwrap()["id"].to_string();
    server.kill();

    for (n, size) in sizes.iter().enumerate() {
        let id = id_of(&format!("Full {n}"));
        assert!(desk.run(&["show", &id, "--raw"]).stdout == full(n, *size), "{size}");
        assert_eq!(desk.ok(&["show", &id, "--text"]).trim(), format!("Grüße {n}"));
        assert!(desk.ok(&["show", &id, "--html"]).contains(&format!("<p>Hello <b>{n}</b></p>")));
        let whole = String::from_utf8(full(n, *size)).unwrap();
        let noise = whole.split("noise.csv\r\n\r\n").nth(1).unwrap().strip_suffix("\r\n--out--\r\n").unwrap();
        assert!(desk.ok(&["show", &id, "--part", "2"]) == noise, "{size}");
    }
    for n in [1, 150, 300] {
        assert_eq!(desk.run(&["show", &id_of(&format!("Message {n}")), "--raw"]).stdout, message(n, 600));
    }

    // A damaged file is no truth: it is fetched anew when the server is back.
    let blobs = desk.dir.path().join("profile");
    let mut damaged = 0;
    let mut open = vec![blobs];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().contains("/blobs/") {
                let mut bytes = std::fs::read(&path).unwrap();
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                std::fs::write(&path, bytes).unwrap();
                damaged += 1;
            }
        }
    }
    assert_eq!(damaged, 3);
    let id = id_of("Full 3");
    desk.fails(&["show", &id, "--raw"]);
    server.restart();
    assert!(desk.run(&["show", &id, "--raw"]).stdout == full(3, 3_000_000));
    assert_eq!(desk.ok(&["show", &id_of("Full 2"), "--text"]).trim(), "Grüße 2");
}
