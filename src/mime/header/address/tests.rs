//! Address lists as mails have them.

use super::*;
use proptest::prelude::*;

fn read(raw: &[u8]) -> Vec<(String, String)> {
    parse_list(raw).addresses.into_iter().map(|a| (a.name, a.email)).collect()
}

/// A raw field and its names and addresses.
type Case = (&'static [u8], &'static [(&'static str, &'static str)]);

fn check(cases: &[Case]) {
    for (raw, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|(n, e)| ((*n).to_owned(), (*e).to_owned())).collect();
        assert_eq!(read(raw), expected, "{:?}", String::from_utf8_lossy(raw));
    }
}

#[test]
fn lists_by_the_book() {
    check(&[
        (b"joe@example.com", &[("", "joe@example.com")]),
        (b"<joe@example.com>", &[("", "joe@example.com")]),
        (b"Joe Q. Public <joe@example.com>", &[("Joe Q. Public", "joe@example.com")]),
        (b"\"Doe, John\" <j@x.de>, a@b", &[("Doe, John", "j@x.de"), ("", "a@b")]),
        (b"\"a \\\"b\\\" \\\\ c\" <j@x.de>", &[("a \"b\" \\ c", "j@x.de")]),
        (b"joe@x.de (Joe (the) Cook)", &[("Joe (the) Cook", "joe@x.de")]),
        (b"<joe@x.de> (Joe)", &[("Joe", "joe@x.de")]),
        (b"Joe (cook) Doe <joe@x.de>", &[("Joe Doe", "joe@x.de")]),
        (b"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", &[("Pete", "pete@silly.test")]),
        (b"Friends: a@b, C <c@d>;, e@f", &[("", "a@b"), ("C", "c@d"), ("", "e@f")]),
        (b"undisclosed-recipients:;", &[("undisclosed-recipients", "")]),
        (b"A:;, B:;", &[("A", ""), ("B", "")]),
        (b"<@a.test,@b.test:joe@x.de>", &[("", "joe@x.de")]),
        (b"\"john doe\"@x.de", &[("", "\"john doe\"@x.de")]),
        (b"john . doe @ x . de", &[("", "john.doe@x.de")]),
        (b"joe@[IPv6:2001:db8::1]", &[("", "joe@[IPv6:2001:db8::1]")]),
        ("Jörg <jörg@müller.de>".as_bytes(), &[("Jörg", "jörg@müller.de")]),
        (b"=?utf-8?q?J=C3=B6rg?= =?utf-8?q?_M?= <j@x>", &[("Jörg M", "j@x")]),
        (b"", &[]),
        (b" , ,; ", &[]),
        (b"<>", &[]),
    ]);
}

#[test]
fn broken_lists_stay_readable() {
    check(&[
        (b"\"=?utf-8?q?J=C3=B6rg?=\" <j@x>", &[("Jörg", "j@x")]),
        (b"=?utf-8?q?Doe,_John?= <j@x>", &[("Doe, John", "j@x")]),
        (b"'joe@x.de' <joe@x.de>", &[("", "joe@x.de")]),
        (b"\"'Joe'\" <joe@x.de>", &[("Joe", "joe@x.de")]),
        (b"Joe <joe@x.de", &[("Joe", "joe@x.de")]),
        (b"Joe <joe@x.de, Jim <jim@x.de>", &[("Joe", "joe@x.de"), ("Jim", "jim@x.de")]),
        (b"Joe joe@x.de>", &[("Joe", "joe@x.de")]),
        (b"Joe Doe joe@x.de", &[("Joe Doe", "joe@x.de")]),
        (b"\"Joe Doe\" joe@x.de", &[("Joe Doe", "joe@x.de")]),
        (b"<<joe@x.de>>", &[("", "joe@x.de")]),
        (b"\"Joe <joe@x.de>", &[("\"Joe", "joe@x.de")]),
        (b"Joe (cook <joe@x.de>", &[("Joe (cook", "joe@x.de")]),
        (b"a@b; c@d", &[("", "a@b"), ("", "c@d")]),
        (b"a@b <c@d>", &[("a@b", "c@d")]),
        (b"<a@b> <c@d>", &[("", "a@b"), ("", "c@d")]),
        (b"<mailto:joe@x.de>", &[("", "joe@x.de")]),
        (b"root", &[("", "root")]),
        (b"Mail Delivery System", &[("Mail Delivery System", "")]),
        (b"MAILER-DAEMON <>", &[("MAILER-DAEMON", "")]),
        (b"\"Joe \"the cook\" Doe\" <joe@x.de>", &[("Joe the cook Doe", "joe@x.de")]),
        (b"J\xf6rg <j@x>", &[("Jörg", "j@x")]),
        (b"\"a@b.c\" <d@e.f>", &[("a@b.c", "d@e.f")]),
    ]);
}

#[test]
fn an_encoded_word_never_becomes_an_address() {
    check(&[
        (
            b"=?utf-8?b?cG90dXNAd2hpdGVob3VzZS5nb3Y=?=@evil.test",
            &[("", "=?utf-8?b?cG90dXNAd2hpdGVob3VzZS5nb3Y=?=@evil.test")],
        ),
        (
            b"=?utf-8?b?cG90dXNAd2hpdGVob3VzZS5nb3Y=?==?utf-8?Q?=00?= <x@evil.test>",
            &[("potus@whitehouse.gov", "x@evil.test")],
        ),
        (b"=?utf-8?q?boss=40example.com?=", &[("boss@example.com", "")]),
        (b"=?utf-8?q?boss=40example.com=3E_=3C?= <x@evil.test>", &[("boss@example.com> <", "x@evil.test")]),
        ("a\u{202e}b <x\u{200b}@evil.test\u{202e}>".as_bytes(), &[("ab", "x@evil.test")]),
    ]);
}

#[test]
fn hostile_lists_are_cut_and_take_linear_time() {
    let list = parse_list("a@b,".repeat(MAX_ADDRESSES + 1).as_bytes());
    assert!(list.cut);
    assert_eq!(list.addresses.len(), MAX_ADDRESSES);
    for piece in
        ["(", "\"", "<", "<\"", "a:", "[", "=?a?q?", "\\", "(\\", "<a", "\"\\", "((a)", "<\"a>", "a b "]
    {
        let _ = parse_list(piece.repeat(super::super::MAX_HEADER / piece.len()).as_bytes());
    }
}

proptest! {
    #[test]
    fn any_bytes_give_safe_addresses(raw in "[ -~äé\u{202e}\\x00-\\x1f]{0,80}") {
        for address in parse_list(raw.as_bytes()).addresses {
            prop_assert!(!address.name.chars().chain(address.email.chars()).any(display::is_unsafe));
        }
    }

    #[test]
    fn names_and_addresses_come_back(name in "[A-Za-z,;:<>()@.'\\[\\] ]{1,20}", email in "[a-z]{1,8}@[a-z]{1,8}\\.test") {
        let raw = format!("\"{name}\" <{email}>");
        let list = parse_list(raw.as_bytes());
        prop_assert_eq!(list.addresses.len(), 1);
        prop_assert_eq!(&list.addresses[0].email, &email);
    }
}
