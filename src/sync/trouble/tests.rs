//! Tests of what failures mean to people.

use super::*;
use std::sync::Arc;

fn server() -> Server {
    Server { host: "mail.example".into(), port: 993, security: Security::Tls }
}

#[test]
fn what_servers_say_is_sorted_by_what_helps() {
    let no = |code: Option<ResponseCode>, text: &str| Error::No {
        command: "STORE",
        code: code.map(Box::new),
        text: text.into(),
    };
    let io = |kind| Error::Offline { host: "h".into(), port: 1, source: Arc::new(io::Error::from(kind)) };
    let link = |fault| Problem::Link { host: "mail.example".into(), port: 993, fault };
    let cases = [
        (io(io::ErrorKind::ConnectionRefused), link(LinkFault::Refused)),
        (io(io::ErrorKind::UnexpectedEof), link(LinkFault::Lost)),
        (Error::Timeout { what: "greeting" }, link(LinkFault::TimedOut)),
        (
            Error::Bye { text: "Too many connections".into() },
            Problem::Busy { why: Wait::Connections, text: "Too many connections".into() },
        ),
        (Error::Bye { text: String::new().into() }, link(LinkFault::ServerClosed)),
        (
            Error::Bye { text: "blocked".into() },
            Problem::Farewell { host: "mail.example".into(), text: "blocked".into() },
        ),
        (Error::Bye { text: "[UNAVAILABLE] down".into() }, busy("[UNAVAILABLE] down".into())),
        (
            Error::NotImap { detail: "+OK POP3".into() },
            Problem::NotImap { host: "mail.example".into(), port: 993, speaks: Speaks::Pop },
        ),
        (
            Error::from(TlsProblem::NotTls { said: "HTTP/1.1 400 Bad Request".into() }),
            Problem::Captive { host: "mail.example".into(), port: 993 },
        ),
        (no(Some(ResponseCode::OverQuota), "full"), Problem::OverQuota { text: "full".into() }),
        (no(Some(ResponseCode::InUse), "later"), busy("later".into())),
        (no(Some(ResponseCode::ReadOnly), "later"), busy("later".into())),
        (no(None, "no\r\nway"), Problem::Refused { command: "STORE".into(), text: "no way".into() }),
        (
            Error::from(TlsProblem::UntrustedIssuer),
            Problem::Certificate {
                host: "mail.example".into(),
                port: 993,
                fault: CertificateFault::UntrustedIssuer,
                chain: Chain::default(),
            },
        ),
    ];
    for (error, expected) in cases {
        assert_eq!(of_imap(&error, &server()), expected, "{error}");
    }
}

#[test]
fn a_server_may_say_how_long_to_wait() {
    let busy = |text: &str| super::busy(text.into());
    let cases = [
        ("Request is throttled. Suggested Backoff Time: 92415 milliseconds", Some(92_415)),
        ("slow down, try again in 30 seconds", Some(30_000)),
        ("try again in 2 minutes", Some(120_000)),
        ("wait 45s", Some(45_000)),
        ("Suggested Backoff Time: 99999999 milliseconds", Some(300_000)),
        ("come back in 3 hours", Some(300_000)),
        ("too many connections (max 10)", None),
        ("99999999999999999999999999 seconds", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_eq!(hint(&busy(text)), expected.map(Duration::from_millis), "{text}");
    }
    assert_eq!(hint(&Problem::PasswordMissing), None);
    let limit =
        Error::No { command: "STORE", code: Some(Box::new(ResponseCode::Limit)), text: "daily quota".into() };
    assert_eq!(pause(&of_imap(&limit, &server())), Some(LIMIT_PAUSE));
    assert_eq!(pause(&busy("You are being throttled")), Some(THROTTLE_PAUSE));
    assert_eq!(pause(&busy("mailbox in use")), None, "that is about one mailbox");
    let bad = Error::Bad { command: "SELECT", text: "Request is throttled.".into() };
    assert_eq!(of_imap(&bad, &server()), busy("Request is throttled."));
}

#[test]
fn foreign_text_is_one_short_line() {
    assert_eq!(tidy(" a\u{7}\n b  "), "a b");
    assert_eq!(tidy(&"x".repeat(5_000)).chars().count(), Problem::MAX_TEXT);
}
