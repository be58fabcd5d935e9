//! Connecting and signing in against scripted servers, honest and not.

use super::*;
use crate::imap::fake::{Fake, Identity, Proof, Step, expect, nowhere, send, signed_in, user};
use crate::net::TlsProblem;
use rcgen::date_time_ymd;

/// Connects and says good-bye: the mechanism or the error, and what the server heard.
async fn play(security: Security, scripts: Vec<Vec<Step>>) -> (Result<Mechanism, Error>, Vec<String>) {
    let mut fake = Fake::start(security, scripts).await;
    fake.options.compress = true;
    let result = match fake.connect().await {
        Ok(session) => {
            let mechanism = session.security().mechanism;
            session.logout().await.unwrap();
            Ok(mechanism)
        }
        Err(error) => Err(error),
    };
    (result, fake.heard().await)
}

async fn failure(security: Security, script: Vec<Step>) -> (Error, Vec<String>) {
    let (result, heard) = play(security, vec![script]).await;
    (result.unwrap_err(), heard)
}

async fn success(security: Security, mut script: Vec<Step>) -> (Mechanism, Vec<String>) {
    script.extend([expect("CAPABILITY"), send("* CAPABILITY IMAP4rev1\r\n{tag} OK\r\n")]);
    script.extend([expect("LOGOUT"), send("* BYE\r\n{tag} OK\r\n")]);
    let (result, heard) = play(security, vec![script]).await;
    (result.unwrap(), heard)
}

/// A script whose server tells at the sign-in what it offers.
fn said_along(mut script: Vec<Step>) -> Vec<Step> {
    script.extend([expect("LOGOUT"), send("* BYE\r\n{tag} OK\r\n")]);
    script
}

#[tokio::test]
async fn what_is_told_along_with_the_sign_in_is_not_asked_again() {
    let hello = || greeting("SASL-IR AUTH=PLAIN XOLD");
    let ways = [
        "{tag} OK [CAPABILITY IMAP4rev1 ID XNEW] in\r\n",
        "* CAPABILITY IMAP4rev1 ID XNEW\r\n{tag} OK in\r\n",
    ];
    for way in ways {
        let script = vec![hello(), expect("AUTHENTICATE PLAIN"), send(way)];
        let mut fake = Fake::start(Security::Tls, vec![said_along(script)]).await;
        fake.options.known_name = Some("Fake".into());
        let session = fake.connect().await.unwrap();
        assert!(session.capabilities().has_word("XNEW") && !session.capabilities().has_word("XOLD"), "{way}");
        assert_eq!(session.capabilities().server_name(), Some("Fake"), "known, not asked");
        session.logout().await.unwrap();
        assert_eq!(fake.heard().await.len(), 2, "sign-in and good-bye");
    }
    // Unless the server is known to tell a half truth.
    let script = vec![
        hello(),
        expect("AUTHENTICATE PLAIN"),
        send("{tag} OK [CAPABILITY IMAP4rev1 XNEW] in\r\n"),
        expect("CAPABILITY"),
        send("* CAPABILITY IMAP4rev1 XMORE\r\n{tag} OK\r\n"),
    ];
    let mut fake = Fake::start(Security::Tls, vec![said_along(script)]).await;
    let table = "[[server]]\nname = \"half\"\ncapability = [\"XNEW\"]\nask_capabilities = true\n";
    fake.options.quirks = crate::imap::Quirks::from_toml(table).unwrap();
    let session = fake.connect().await.unwrap();
    assert!(session.capabilities().has_word("XMORE"));
    session.logout().await.unwrap();
    fake.heard().await;
}

fn greeting(capabilities: &str) -> Step {
    send(format!("* OK [CAPABILITY IMAP4rev1 {capabilities}] hello\r\n"))
}

fn refused(result: &Error, expected: Mechanism, text: &str) -> bool {
    matches!(result, Error::AuthRejected { mechanism, server_text, .. }
        if *mechanism == expected && server_text.contains(text))
}

// --- greeting ---

#[tokio::test]
async fn what_is_no_imap_server_is_called_so() {
    for text in
        ["HTTP/1.1 400 Bad Request\r\n\r\n", "220 mail.example ESMTP\r\n", "+OK POP3\r\n", "SSH-2.0-x"]
    {
        let (error, _) = failure(Security::Tls, vec![send(text), Step::Hang]).await;
        assert!(matches!(&error, Error::NotImap { detail } if text.starts_with(&**detail)), "{error:?}");
    }
    for text in ["* LIST () NIL x\r\n", "* NO go away\r\n", "* BAD you\r\n"] {
        let (error, _) = failure(Security::StartTls, vec![send(text), Step::Hang]).await;
        assert!(matches!(error, Error::NotImap { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn an_endless_or_missing_greeting_ends() {
    let endless = vec![send("* OK "), Step::Flood(8 << 20)];
    let (error, _) = failure(Security::Tls, endless).await;
    assert!(matches!(error, Error::Limit { what: "response line" | "data before sign-in", .. }), "{error:?}");
    let (error, _) = failure(Security::Tls, vec![Step::Hang]).await;
    assert!(matches!(error, Error::Timeout { what: "the greeting" }), "{error:?}");
    let (error, _) = failure(Security::Tls, vec![]).await;
    assert!(matches!(error, Error::Offline { .. }), "{error:?}");
    let (error, _) = failure(Security::Tls, vec![send("* BYE too many connections\r\n")]).await;
    assert!(matches!(&error, Error::Bye { text } if &**text == "too many connections"), "{error:?}");
}

// --- STARTTLS ---

#[tokio::test]
async fn nothing_but_starttls_is_said_in_the_open() {
    let script = vec![
        // All of this could come from somebody in between, and none of it may matter.
        send(
            "* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN] [ALERT] hi\r\n* OK [ALERT] click here\r\n",
        ),
        expect("STARTTLS"),
        send("* CAPABILITY IMAP4rev1 AUTH=LOGIN\r\n* 3 EXISTS\r\n* LIST () NIL evil\r\n{tag} OK go\r\n"),
        Step::Tls,
        expect("CAPABILITY"),
        send("* CAPABILITY IMAP4rev1 AUTH=CRAM-MD5 LOGINDISABLED\r\n{tag} OK\r\n"),
        expect("AUTHENTICATE CRAM-MD5"),
        send("+ PDEyMz4=\r\n"),
        expect("dSA"),
        send("{tag} OK in\r\n"),
    ];
    let (mechanism, heard) = success(Security::StartTls, script).await;
    assert_eq!(mechanism, Mechanism::CramMd5);
    assert_eq!(heard[..2], ["A0001 STARTTLS", "(TLS)"]);
}

#[tokio::test]
async fn alerts_from_before_tls_are_shown_to_nobody() {
    let mut script = vec![
        send("* OK [ALERT] evil\r\n* OK [ALERT] evil too\r\n"),
        expect("STARTTLS"),
        send("* NO [ALERT] evil again\r\n{tag} OK [ALERT] evil still\r\n"),
        Step::Tls,
        expect("CAPABILITY"),
        send("* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\r\n{tag} OK\r\n"),
    ];
    script.extend(signed_in("").into_iter().skip(1));
    let fake = Fake::start(Security::StartTls, vec![script]).await;
    let mut session = fake.connect().await.unwrap();
    assert!(session.take_unsolicited().is_empty());
    drop(session);
    fake.heard().await;
}

#[tokio::test]
async fn an_attack_on_starttls_is_an_error_without_a_credential() {
    let hello = || send("* OK hello\r\n");
    let inject = "{tag} OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n";
    let inject_tagged = "{tag} OK go\r\nA0001 OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] x\r\n";
    for text in [inject, inject_tagged, "{tag} OK go\r\nx"] {
        let (error, heard) =
            failure(Security::StartTls, vec![hello(), expect("STARTTLS"), send(text), Step::Hang]).await;
        assert!(matches!(error, Error::StartTlsInjection), "{error:?}");
        assert_eq!(heard, ["A0001 STARTTLS"]);
    }
    for text in ["{tag} NO not here\r\n", "{tag} BAD what?\r\n"] {
        let (error, heard) =
            failure(Security::StartTls, vec![hello(), expect("STARTTLS"), send(text), Step::Hang]).await;
        assert!(matches!(error, Error::StartTlsRefused), "{error:?}");
        assert_eq!(heard, ["A0001 STARTTLS"]);
    }
    let (error, heard) = failure(Security::StartTls, vec![send("* PREAUTH hi u\r\n"), Step::Hang]).await;
    assert!(matches!(error, Error::PreAuth) && heard.is_empty(), "{error:?}");
    let (error, _) = failure(Security::StartTls, vec![hello(), expect("STARTTLS"), send("* BYE\r\n")]).await;
    assert!(matches!(error, Error::Offline { .. } | Error::Bye { .. }), "{error:?}");
    let (error, _) = failure(Security::StartTls, vec![send("* BYE <script>\r\n")]).await;
    assert!(matches!(&error, Error::Bye { text } if text.is_empty()), "no words from before TLS: {error:?}");
}

// --- certificates ---

#[tokio::test]
async fn each_bad_certificate_has_its_own_explanation() {
    let problem = async |identity: Identity, trusted: bool| {
        let mut fake = Fake::start_as(identity, Security::Tls, vec![vec![]]).await;
        if !trusted {
            fake.options.extra_roots = Identity::new().roots;
        }
        match fake.connect().await {
            Err(Error::Tls(problem, _)) => *problem,
            other => panic!("{other:?}"),
        }
    };
    let expired = Identity::with(|c| {
        (c.not_before, c.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    });
    let moment = crate::model::UnixTime(1_009_843_200);
    assert_eq!(problem(expired, true).await, TlsProblem::Expired { not_after: Some(moment) });
    let future = Identity::with(|c| c.not_before = date_time_ymd(3000, 1, 1));
    assert!(matches!(problem(future, true).await, TlsProblem::NotYetValid { not_before: Some(_) }));
    let other_name = Identity::with(|c| {
        *c = CertificateParamsFor(&["mail.example.org", "*.example.net"]).into();
    });
    let presented = vec!["mail.example.org".to_owned(), "*.example.net".to_owned()];
    let expected = TlsProblem::WrongName { expected: "localhost".into(), presented };
    assert_eq!(problem(other_name, true).await, expected);
    assert_eq!(problem(Identity::new(), false).await, TlsProblem::UntrustedIssuer);
}

#[tokio::test]
async fn the_very_certificate_that_the_user_trusts_is_accepted() {
    let names = |names: &'static [&'static str]| {
        Identity::self_signed(|c| {
            *c = CertificateParamsFor(names).into();
            c.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        })
    };
    let fake = Fake::start_as(names(&["localhost"]), Security::Tls, vec![signed_in("")]).await;
    fake.connect().await.unwrap();
    let fake = Fake::start_as(names(&["bridge"]), Security::Tls, vec![vec![]]).await;
    let result = fake.connect().await;
    let wrong = matches!(&result, Err(Error::Tls(p, _)) if matches!(**p, TlsProblem::WrongName { .. }));
    assert!(wrong, "{result:?}");
    let mut fake = Fake::start_as(names(&["localhost"]), Security::Tls, vec![vec![]]).await;
    fake.options.extra_roots = names(&["localhost"]).roots;
    assert!(matches!(fake.connect().await, Err(Error::Tls(..))), "another one is not");
}

/// Names for a certificate.
struct CertificateParamsFor(&'static [&'static str]);

impl From<CertificateParamsFor> for rcgen::CertificateParams {
    fn from(names: CertificateParamsFor) -> Self {
        let names: Vec<String> = names.0.iter().map(ToString::to_string).collect();
        Self::new(names).unwrap()
    }
}

#[tokio::test]
async fn a_host_name_that_is_none_is_refused_at_once() {
    for host in ["", "a b", "exa\u{202e}mple", "-"] {
        let result = connect(&nowhere(host), &user()).await;
        assert!(
            matches!(&result, Err(Error::Tls(p, _)) if matches!(**p, TlsProblem::BadHostName(_))),
            "{host}: {result:?}"
        );
    }
}

// --- sign-in ---

#[tokio::test]
async fn a_wrong_password_is_tried_once_and_reported_in_the_servers_words() {
    let script = vec![
        greeting("AUTH=SCRAM-SHA-1 AUTH=PLAIN"),
        expect("AUTHENTICATE SCRAM-SHA-1"),
        send("{tag} NO [AUTHENTICATIONFAILED] Wrong\x07 password.\r\n"),
        Step::Hang,
    ];
    let (error, heard) = failure(Security::Tls, script).await;
    assert!(refused(&error, Mechanism::ScramSha1, "Wrong? password."), "{error:?}");
    assert_eq!(error.code(), Some(&ResponseCode::AuthenticationFailed));
    assert_eq!(heard.len(), 1, "one try, then silence: {heard:?}");

    let without_code = vec![
        greeting("AUTH=PLAIN AUTH=LOGIN"),
        expect("PLAIN"),
        send("+ \r\n"),
        expect("AHUAcA=="),
        send("{tag} NO nope\r\n"),
        Step::Hang,
    ];
    let (error, heard) = failure(Security::Tls, without_code).await;
    assert!(refused(&error, Mechanism::Plain, "nope"), "{error:?}");
    assert_eq!(heard.len(), 2, "the same password is not sent twice: {heard:?}");

    let unavailable = vec![
        greeting("AUTH=PLAIN SASL-IR"),
        expect("PLAIN"),
        send("{tag} NO [UNAVAILABLE] database down\r\n"),
        Step::Hang,
    ];
    let (error, _) = failure(Security::Tls, unavailable).await;
    assert!(matches!(error, Error::No { command: "AUTHENTICATE", .. }) && error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn a_technical_refusal_leads_to_the_next_mechanism() {
    let script = vec![
        greeting("SASL-IR AUTH=SCRAM-SHA-256 AUTH=CRAM-MD5 AUTH=PLAIN"),
        // `y,,`: we could bind to TLS, and the server does not offer it.
        expect("AUTHENTICATE SCRAM-SHA-256 eSws"),
        send("{tag} BAD not today\r\n"),
        expect("AUTHENTICATE CRAM-MD5"),
        send("{tag} NO no such hash\r\n"),
        expect("AUTHENTICATE PLAIN AHUAcA=="),
        send("{tag} OK in\r\n"),
    ];
    let (mechanism, _) = success(Security::Tls, script).await;
    assert_eq!(mechanism, Mechanism::Plain);
}

#[tokio::test]
async fn odd_exchanges_do_not_hang() {
    // Untagged data before `+`, and a challenge that is no base64.
    let script = vec![
        greeting("AUTH=CRAM-MD5 AUTH=PLAIN"),
        expect("CRAM-MD5"),
        send("* OK still here\r\n* 1 FETCH (FLAGS ())\r\n+ !!! no base64 !!!\r\n"),
        expect("*"),
        send("{tag} BAD cancelled\r\n"),
        expect("AUTHENTICATE PLAIN"),
        send("* NO [ALERT] quota\r\n+\r\n"),
        expect("AHUAcA=="),
        send("* OK nearly\r\n{tag} OK in\r\n"),
    ];
    let (mechanism, _) = success(Security::Tls, script).await;
    assert_eq!(mechanism, Mechanism::Plain);

    let one_more = vec![
        greeting("AUTH=PLAIN LOGINDISABLED"),
        expect("PLAIN"),
        send("+ \r\n"),
        expect("AHUAcA=="),
        send("+ \r\n"),
        expect(""),
        send("A0001 NO too much\r\n"),
        Step::Hang,
    ];
    let (error, _) = failure(Security::Tls, one_more).await;
    assert!(refused(&error, Mechanism::Plain, "too much"), "{error:?}");
    let hung_up =
        vec![greeting("AUTH=SCRAM-SHA-1 AUTH=PLAIN"), expect("SCRAM"), send("{tag} NO first\r\n* BYE\r\n")];
    let (error, _) = failure(Security::Tls, hung_up).await;
    assert!(refused(&error, Mechanism::ScramSha1, "first"), "{error:?}");
}

#[tokio::test]
async fn the_login_command_is_the_last_resort() {
    let script = vec![
        send("* OK hello\r\n"),
        expect("CAPABILITY"),
        send("* CAPABILITY IMAP4rev1\r\n{tag} OK\r\n"),
        expect("LOGIN \"u\" \"p\""),
        send("{tag} OK [CAPABILITY IMAP4rev1 LOGINDISABLED] in\r\n"),
    ];
    assert_eq!(play(Security::Tls, vec![said_along(script)]).await.0.unwrap(), Mechanism::Login);
    let script = vec![greeting("LOGINDISABLED AUTH=GSSAPI"), Step::Hang];
    let (error, heard) = failure(Security::Tls, script).await;
    assert!(
        matches!(&error, Error::NoCommonMechanism { offered }
        if *offered == ["AUTH=GSSAPI", "LOGINDISABLED"]),
        "{error:?}"
    );
    assert!(heard.is_empty(), "{heard:?}");
}

#[tokio::test]
async fn scram_binds_to_tls_and_the_server_must_prove_itself() {
    let plus = || greeting("SASL-IR AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256 AUTH=PLAIN");
    let (mechanism, _) = success(Security::Tls, vec![plus(), Step::Scram(Proof::Right)]).await;
    assert_eq!(mechanism, Mechanism::ScramSha256Plus);
    let unbound = greeting("SASL-IR AUTH=SCRAM-SHA-256 AUTH=PLAIN");
    let (mechanism, _) = success(Security::Tls, vec![unbound, Step::Scram(Proof::Right)]).await;
    assert_eq!(mechanism, Mechanism::ScramSha256);
    for proof in [Proof::Wrong, Proof::Missing] {
        let (error, heard) = failure(Security::Tls, vec![plus(), Step::Scram(proof), Step::Hang]).await;
        let expected = matches!(error, Error::ServerUnproven { mechanism: Mechanism::ScramSha256Plus });
        assert!(expected, "{proof:?}: {error:?}");
        assert!(heard.iter().all(|line| !line.contains("PLAIN")), "an impostor gets no password: {heard:?}");
    }
}

// --- after sign-in ---

#[tokio::test]
async fn an_alert_at_sign_in_reaches_the_user() {
    let mut script = signed_in("");
    script[2] = send("* OK [ALERT] Over quota\r\n{tag} OK [ALERT] Password expires soon\r\n");
    let fake = Fake::start(Security::Tls, vec![script]).await;
    let mut session = fake.connect().await.unwrap();
    let texts: Vec<_> = session.take_unsolicited().iter().map(|n| format!("{n:?}")).collect();
    assert_eq!(texts, ["Alert(\"Over quota\")", "Alert(\"Password expires soon\")"]);
}

/// The worker moves all of this between threads.
#[test]
fn sessions_and_their_work_can_move_between_threads() {
    fn check<T: Send>(_: T) {}
    let options = nowhere("x");
    let credential = user();
    check(connect(&options, &credential));
    check(async {
        let mut session = connect(&options, &credential).await?;
        session.list().await?;
        session.idle(std::future::pending()).await?;
        session.logout().await
    });
}

#[tokio::test]
async fn extensions_are_switched_on_and_refusals_are_no_problem() {
    let mut script = signed_in("ID ENABLE QRESYNC COMPRESS=DEFLATE");
    script.extend([
        expect("ID (\"name\" \"Postrider\" \"version\" "),
        send("{tag} BAD what?\r\n"),
        expect("COMPRESS DEFLATE"),
        send("{tag} NO [COMPRESSIONACTIVE] no\r\n"),
    ]);
    let mut again = signed_in("ID ENABLE QRESYNC COMPRESS=DEFLATE");
    again.extend([
        expect("ID"),
        send("* ID (\"name\" \"Fake\" \"x\" NIL)\r\n{tag} OK\r\n"),
        expect("LOGOUT"),
        send("* BYE\r\n{tag} OK\r\n"),
    ]);
    let mut fake = Fake::start(Security::Tls, vec![script, again]).await;
    fake.options.compress = true;
    let session = fake.connect().await.unwrap();
    assert!(session.has_qresync() && !session.security().compressed);
    assert_eq!(session.capabilities().server_name(), Some("Fake"));
    session.logout().await.unwrap();
    fake.heard().await;
}
