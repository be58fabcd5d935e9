//! Names that try to leave the folder, to look like something else, or to be a device.

use super::*;
use proptest::prelude::*;
use std::path::{Component, Path};

fn named(name: &str) -> String {
    safe(Some(name), &MediaType::new("application", "octet-stream"))
}

pub(in crate::mime) fn check_name(name: &str) {
    let folder = Path::new("/home/joe/Downloads");
    let path = folder.join(name);
    assert_eq!(path.parent(), Some(folder), "{name:?}");
    let components: Vec<_> = Path::new(name).components().collect();
    assert!(matches!(components.as_slice(), [Component::Normal(only)] if *only == name), "{name:?}");
    assert!(!name.is_empty() && name.len() <= MAX_NAME, "{name:?}");
    assert!(!name.chars().any(display::is_unsafe), "{name:?}");
    assert!(!name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']), "{name:?}");
    assert!(!name.starts_with(['.', ' ', '-', '~']) && !name.ends_with(['.', ' ']), "{name:?}");
    assert_eq!(safe(Some(name), &MediaType::new("application", "octet-stream")), name, "shown is saved");
}

#[test]
fn names_become_harmless() {
    let cases = [
        ("report.pdf", "report.pdf"),
        ("Grüße aus 東京.pdf", "Grüße aus 東京.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("C:a.txt", "C_a.txt"),
        ("/etc/passwd/", "passwd"),
        ("..", "attachment"),
        ("....", "attachment"),
        ("", "attachment"),
        ("  ", "attachment"),
        ("???", "attachment"),
        (".bashrc", "bashrc"),
        ("a.txt. . ", "a.txt"),
        ("a.txt::$DATA", "a.txt__$DATA"),
        ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
        ("invoice.pdf                    .exe", "invoice.pdf .exe"),
        ("invoice.pdf\u{3000}\u{3000}.exe", "invoice.pdf .exe"),
        ("a\0b\r\nc\u{200b}.txt", "ab c.txt"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("Com1.tar.gz", "_Com1.tar.gz"),
        ("lpt².x", "_lpt².x"),
        ("com10.x", "com10.x"),
        ("nul .txt", "_nul .txt"),
        ("-rf", "_-rf"),
        ("~root", "_~root"),
        ("a/b", "b"),
        ("a\u{2215}b", "a_b"),
        ("a|b<c>.txt", "a_b_c_.txt"),
    ];
    for (name, expected) in cases {
        assert_eq!(named(name), expected, "{name:?}");
        check_name(&named(name));
    }
}

#[test]
fn long_names_keep_their_ending() {
    let name = named(&format!("{}.pdf", "日".repeat(500)));
    assert!(name.len() <= MAX_NAME && name.ends_with("日.pdf"));
    assert_eq!(named(&"a".repeat(500)).len(), MAX_NAME);
    check_name(&named(&format!("{}. {}", "a".repeat(195), "b".repeat(50))));
}

#[test]
fn parts_without_a_name_get_one() {
    let cases = [
        ("message", "rfc822", "message.eml"),
        ("application", "pdf", "attachment.pdf"),
        ("text", "calendar", "invitation.ics"),
        ("image", "png", "image.png"),
        ("x", "y", "attachment"),
    ];
    for (kind, subtype, expected) in cases {
        assert_eq!(safe(None, &MediaType::new(kind, subtype)), expected);
    }
    assert_eq!(safe(Some(".eml"), &MediaType::new("message", "rfc822")), "message.eml");
    assert_eq!(safe(Some("report"), &MediaType::new("application", "pdf")), "report.pdf");
}

#[test]
fn numbers_go_before_the_ending() {
    assert_eq!(numbered("a.pdf", 2), "a (2).pdf");
    assert_eq!(numbered("a", 2), "a (2)");
    let long = numbered(&named(&"a".repeat(500)), 10);
    assert!(long.len() <= MAX_NAME && long.ends_with(" (10)"));
}

#[test]
fn programs_are_known() {
    assert!(EXECUTABLES.endings.len() > 130, "the table is not readable");
    for ending in &EXECUTABLES.endings {
        assert!(!ending.is_empty() && !ending.contains('.') && *ending == ending.to_lowercase(), "{ending}");
    }
    for name in ["a.exe", "a.pdf.EXE", "a.desktop", "x.Lnk", "a.exe. ", "a.zsh", "a.action", "a.docm"] {
        assert!(is_executable(name), "{name}");
    }
    for name in ["a.pdf", "exe", "a.exe.txt", ""] {
        assert!(!is_executable(name), "{name}");
    }
}

proptest! {
    #[test]
    fn any_name_stays_in_its_folder(name in "(\\PC|[./\\\\: \u{202e}\\x00-\\x1f]|con|\\.\\.){0,60}", kind in "[a-z]{1,5}") {
        check_name(&safe(Some(&name), &MediaType::new(&kind, "pdf")));
        check_name(&named(&name));
        check_name(&numbered(&named(&name), 3));
    }
}
