//! Our IMAP layer against a real Dovecot on loopback.

use crate::dovecot::{Dovecot, HOST, Setup, message};
use postrider::imap::{
    ByteRange, Capability, ConnectOptions, Credential, Error, FetchItems, IdleEnd, Mechanism, Resync,
    SearchQuery, Section, Session, TlsProblem, Unsolicited, connect, roots_from_pem,
};
use postrider::model::{
    Flag, FlagChange, MailboxName, PartPath, Security, Server, SpecialUse, Uid, UidSet, UnixTime,
};
use postrider::secret::Secret;
use postrider::sync::ManualClock;
use std::ops::ControlFlow;
use std::sync::Arc;

fn options(server: &Dovecot, security: Security) -> ConnectOptions {
    let port = match security {
        Security::Tls => server.imaps_port,
        Security::StartTls => server.imap_port,
    };
    let mut options = ConnectOptions::new(Server { host: HOST.into(), port, security });
    options.extra_roots = roots_from_pem(&std::fs::read(server.ca_path()).unwrap()).unwrap();
    options
}

fn alice() -> Credential {
    Credential::password("alice", Secret::new("secret-alice".into()))
}

async fn session(server: &Dovecot) -> Session {
    connect(&options(server, Security::Tls), &alice()).await.unwrap()
}

fn name(text: &str) -> MailboxName {
    MailboxName::from_wire(text.as_bytes())
}

fn uid(n: u32) -> Uid {
    Uid::from_wire(n).unwrap()
}

fn uids(set: &str) -> UidSet {
    UidSet::from_wire(set).unwrap()
}

fn messages(range: std::ops::Range<usize>) -> impl Iterator<Item = Vec<u8>> {
    range.map(|n| message(n, 600))
}

#[tokio::test]
async fn each_mechanism_signs_in_over_tls_and_starttls() {
    let cases = [
        ("scram-sha-256 scram-sha-1 cram-md5 plain login", Mechanism::ScramSha256),
        ("scram-sha-1 cram-md5 plain", Mechanism::ScramSha1),
        ("cram-md5 plain", Mechanism::CramMd5),
        ("plain login", Mechanism::Plain),
        ("login", Mechanism::SaslLogin),
    ];
    for (mechanisms, expected) in cases {
        let Some(server) = Dovecot::start_with(&Setup { mechanisms, ..Setup::default() }) else { return };
        for security in [Security::Tls, Security::StartTls] {
            let options = options(&server, security);
            let session = connect(&options, &alice()).await.unwrap();
            assert_eq!(session.security().mechanism, expected, "{mechanisms}");
            assert_eq!(session.security().tls_version, "TLS 1.3");
            assert_eq!(session.capabilities().server_name(), Some("Dovecot"));
            session.logout().await.unwrap();

            let wrong = Credential::password("alice", Secret::new("wrong \"pass\\ wörd".into()));
            match connect(&options, &wrong).await {
                Err(Error::AuthRejected { server_text, code, .. }) => {
                    assert!(server_text.contains("failed"), "{server_text}");
                    assert_eq!(code.map(|c| *c), Some(postrider::imap::ResponseCode::AuthenticationFailed));
                }
                other => panic!("{mechanisms}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn passwords_may_hold_anything_but_control_characters() {
    let Some(server) = Dovecot::start() else { return };
    // Users are made up here: name and password both with what quoting could break.
    let strange = "p\"a\\ss {5} wörd ☃";
    server.add_user("strange", strange);
    for mechanisms in ["plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256"] {
        let setup = Setup { mechanisms, ..Setup::default() };
        let Some(server) = Dovecot::start_with(&setup) else { return };
        server.add_user("strange", strange);
        let credential = Credential::password("strange", Secret::new(strange.into()));
        let session = connect(&options(&server, Security::Tls), &credential).await;
        session.unwrap_or_else(|e| panic!("{mechanisms}: {e}")).logout().await.unwrap();
    }
    let control = Credential::password("alice", Secret::new("a\r\nb".into()));
    let refused = connect(&options(&server, Security::Tls), &control).await;
    assert!(matches!(refused, Err(Error::Unsendable { .. })), "{refused:?}");
}

#[tokio::test]
async fn an_untrusted_line_is_explained() {
    let Some(server) = Dovecot::start() else { return };
    let good = options(&server, Security::Tls);

    let mut unknown = good.clone();
    unknown.extra_roots.clear();
    let problem = tls_problem(connect(&unknown, &alice()).await);
    assert_eq!(problem, TlsProblem::UntrustedIssuer);

    for security in [Security::Tls, Security::StartTls] {
        let mut wrong_name = options(&server, security);
        wrong_name.server.host = "127.0.0.1".into();
        let problem = tls_problem(connect(&wrong_name, &alice()).await);
        let expected = TlsProblem::WrongName { expected: "127.0.0.1".into(), presented: vec![HOST.into()] };
        assert_eq!(problem, expected);
    }

    let mut plain_port = good.clone();
    plain_port.server.port = server.imap_port;
    let problem = tls_problem(connect(&plain_port, &alice()).await);
    assert!(matches!(&problem, TlsProblem::NotTls { said } if said.starts_with("* OK")), "{problem:?}");

    let mut silent = options(&server, Security::StartTls);
    silent.server.port = server.imaps_port;
    let manual = ManualClock::new(UnixTime(0));
    silent.clock = manual.clock();
    let credential = alice();
    let mut waiting = std::pin::pin!(connect(&silent, &credential));
    let limit = silent.timeouts.greeting;
    let result = tokio::select! {
        result = &mut waiting => result,
        _ = manual.until_waiting(|wait| wait == limit) => {
            manual.advance(limit);
            waiting.await
        }
    };
    assert!(matches!(result, Err(Error::Timeout { what: "the greeting" })), "{result:?}");

    let mut closed = good.clone();
    closed.server.port = 1;
    let result = connect(&closed, &alice()).await;
    assert!(matches!(result, Err(Error::Offline { port: 1, .. })), "{result:?}");

    let mut nowhere = good;
    nowhere.server.host = "does-not-exist.invalid".into();
    let result = connect(&nowhere, &alice()).await;
    assert!(matches!(result, Err(Error::Offline { .. })), "{result:?}");
}

fn tls_problem(result: Result<Session, Error>) -> TlsProblem {
    match result {
        Err(Error::Tls(problem, _)) => *problem,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn folders_have_uses_counts_and_subscriptions() {
    let Some(server) = Dovecot::start() else { return };
    server.append("alice", "INBOX", "", messages(0..3));
    let mut session = session(&server).await;
    let umlaut = MailboxName::from_wire(&postrider::imap::utf7::encode("Entwürfe & \"mehr\""));
    session.create(&umlaut, None).await.unwrap();
    session.create(&name("Projects/2024"), None).await.unwrap();
    session.subscribe(&umlaut).await.unwrap();
    let again = session.create(&umlaut, None).await;
    assert_eq!(again.unwrap_err().code(), Some(&postrider::imap::ResponseCode::AlreadyExists));

    let all = session.list().await.unwrap();
    let find = |path: &str| {
        all.iter().find(|m| m.display_path.join("/") == path).unwrap_or_else(|| panic!("{path}"))
    };
    let inbox = find("INBOX");
    assert_eq!(inbox.special_use, Some(SpecialUse::Inbox));
    assert_eq!(inbox.status.as_ref().unwrap().messages, Some(3));
    assert_eq!(inbox.status.as_ref().unwrap().unseen, Some(3));
    assert_eq!(inbox.delimiter, Some('/'));
    assert_eq!(find("Sent").special_use, Some(SpecialUse::Sent));
    assert_eq!(find("Trash").special_use, Some(SpecialUse::Trash));
    assert!(find("Drafts").attributes.subscribed);
    assert!(find("Entwürfe & \"mehr\"").attributes.subscribed);
    assert!(!find("Projects/2024").attributes.subscribed);

    let status = session.status(&name("INBOX")).await.unwrap();
    assert_eq!((status.messages, status.uid_next), (Some(3), Some(uid(4))));
    assert!(status.highest_mod_seq.is_some_and(|m| m.is_some()));

    session.rename(&name("Projects/2024"), &name("Projects/old")).await.unwrap();
    session.unsubscribe(&umlaut).await.unwrap();
    session.delete(&umlaut).await.unwrap();
    let all = session.list().await.unwrap();
    assert!(all.iter().all(|m| m.name != umlaut) && all.iter().any(|m| m.name == name("Projects/old")));
    let missing = session.status(&name("Nowhere")).await;
    assert!(matches!(missing, Err(Error::No { command: "STATUS", .. })), "{missing:?}");
    assert!(session.is_open());

    assert_eq!(session.namespace().await.unwrap().personal.len(), 1);
    let quota = session.quota(&name("INBOX")).await.unwrap();
    assert!(
        quota.iter().any(|q| q.resources.iter().any(|r| r.name == "STORAGE" && r.limit > 0)),
        "{quota:?}"
    );
    assert!(session.my_rights(&name("INBOX")).await.unwrap().contains('l'));
    assert!(
        session
            .acl(&name("INBOX"))
            .await
            .unwrap()
            .iter()
            .any(|e| e.identifier == "alice" || e.identifier == "owner")
    );
    let entry = "/private/vendor/postrider/color";
    session.set_metadata(&name("INBOX"), entry, Some(b"blue \"sky\"")).await.unwrap();
    let found = session.metadata(&name("INBOX"), &[entry]).await.unwrap();
    assert_eq!(found, [(entry.to_owned(), Some(b"blue \"sky\"".to_vec()))]);
}

#[tokio::test]
async fn messages_are_listed_searched_and_flagged() {
    let Some(server) = Dovecot::start() else { return };
    server.append("alice", "INBOX", "", messages(0..250));
    let mut session = session(&server).await;
    let selected = session.select(&name("INBOX"), None).await.unwrap();
    assert_eq!((selected.exists, selected.read_only), (250, false));
    assert!(selected.uid_validity.is_some() && selected.highest_mod_seq.is_some());
    assert!(selected.permanent_flags.as_ref().unwrap().any);

    let what = FetchItems {
        flags: true,
        mod_seq: true,
        internal_date: true,
        size: true,
        body_structure: true,
        header_fields: &["Subject", "From", "Message-ID"],
        ..FetchItems::default()
    };
    let mut fetched = Vec::new();
    session.uid_fetch(&uids("1:4294967295"), &what, None, &mut |data| fetched.push(data)).await.unwrap();
    assert_eq!(fetched.len(), 250);
    let third = &fetched[2];
    assert_eq!((third.uid, third.seq), (Some(uid(3)), 3));
    assert!(String::from_utf8_lossy(third.header.as_ref().unwrap()).contains("Subject: Message 2\r\n"));
    assert_eq!(third.size, Some(message(2, 600).len() as u64));
    assert!(third.body_structure.as_ref().unwrap().parts[0].media_type.is("text", "plain"));
    assert!(third.internal_date.is_some() && third.mod_seq.is_some() && third.defects.is_empty());

    assert_eq!(session.uid_search_all().await.unwrap(), uids("1:250"));
    let query = SearchQuery::And(vec![
        SearchQuery::Header(postrider::imap::HeaderField::Subject, "Message 24".into()),
        SearchQuery::Not(Box::new(SearchQuery::Has(Flag::Seen))),
    ]);
    assert_eq!(session.uid_search(&query).await.unwrap(), uids("25,241:250"));
    let none = session.uid_search(&SearchQuery::Text("überhaupt nicht".into())).await.unwrap();
    assert!(none.is_empty());

    // Another client changes one message; a store that expects it unchanged leaves it alone.
    let before = fetched[0].mod_seq.unwrap();
    server.run("alice", &["SELECT INBOX", "STORE 1 +FLAGS (\\Flagged)"]);
    let outcome =
        session.uid_store(&uids("1:2"), FlagChange::Add, &[Flag::Seen], Some(before)).await.unwrap();
    assert_eq!(outcome.modified, uids("1"));
    let work = Flag::from_wire("$Work").unwrap();
    let outcome =
        session.uid_store(&uids("2,5"), FlagChange::Add, std::slice::from_ref(&work), None).await.unwrap();
    assert!(
        outcome.fetched.iter().any(|d| d.uid == Some(uid(5)) && d.flags.as_ref().unwrap().contains(&work))
    );
    let outcome = session.uid_store(&uids("2"), FlagChange::Remove, &[Flag::Seen, work], None).await.unwrap();
    assert!(outcome.fetched.iter().all(|d| !d.flags.as_ref().unwrap().contains(&Flag::Seen)));
    session.take_unsolicited();

    let mut changed = Vec::new();
    let flags = FetchItems { flags: true, mod_seq: true, ..FetchItems::default() };
    session.uid_fetch(&uids("1:250"), &flags, Some(before), &mut |d| changed.push(d.uid)).await.unwrap();
    changed.sort();
    assert!(changed.contains(&Some(uid(1))) && changed.contains(&Some(uid(5))) && changed.len() < 250);

    let examined = session.examine(&name("INBOX")).await.unwrap();
    assert!(examined.read_only);
    let refused = session.uid_store(&uids("1"), FlagChange::Add, &[Flag::Seen], None).await;
    assert_eq!(refused.unwrap_err().code(), Some(&postrider::imap::ResponseCode::ReadOnly));
    session.unselect().await.unwrap();
    session.noop().await.unwrap();
    let sorted = async {
        session.select(&name("INBOX"), None).await?;
        let by = [postrider::imap::SortBy::Descending(postrider::imap::SortKey::Size)];
        session.sort(&by, &SearchQuery::Uids(uids("1:20"))).await
    };
    assert_eq!(sorted.await.unwrap().len(), 20);
    let threads =
        session.thread(postrider::imap::ThreadAlgorithm::References, &SearchQuery::All).await.unwrap();
    assert_eq!(threads.len(), 250);
}

#[tokio::test]
async fn a_large_part_is_streamed_in_ranges_and_can_be_cancelled() {
    let Some(server) = Dovecot::start() else { return };
    let size = 3_000_000;
    let whole = message(7, size);
    server.append("alice", "INBOX", "", [whole.clone()]);
    let mut session = session(&server).await;
    session.select(&name("INBOX"), None).await.unwrap();
    let body_at = whole.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
    let body = &whole[body_at..];
    let part = Section::part("1".parse::<PartPath>().unwrap());

    let (mut got, mut calls) = (Vec::new(), 0);
    let mut sink = |bytes: &[u8]| {
        calls += 1;
        got.extend_from_slice(bytes);
        ControlFlow::Continue(())
    };
    let done = session.fetch_part(uid(1), &part, None, &mut sink).await.unwrap();
    assert_eq!((done.bytes, done.found, done.cancelled), (body.len() as u64, true, false));
    assert!(got == body && calls > 10, "{} bytes in {calls} calls", got.len());

    got = Vec::new();
    let range = ByteRange { start: 1000, length: 50_000 };
    let mut sink = |bytes: &[u8]| {
        got.extend_from_slice(bytes);
        ControlFlow::Continue(())
    };
    session.fetch_part(uid(1), &part, Some(range), &mut sink).await.unwrap();
    assert!(got == body[1000..51_000]);

    let mut calls = 0;
    let mut sink = |_: &[u8]| {
        calls += 1;
        ControlFlow::Break(())
    };
    let done = session.fetch_part(uid(1), &part, None, &mut sink).await.unwrap();
    assert!(done.cancelled && done.bytes < 1_000_000, "{done:?}");
    assert_eq!(calls, 1);

    let mut sink = |_: &[u8]| ControlFlow::Continue(());
    for (uid_, path) in [(uid(99), "1"), (uid(1), "7")] {
        let section = Section::part(path.parse().unwrap());
        let missing = session.fetch_part(uid_, &section, None, &mut sink).await.unwrap();
        assert!(!missing.found || missing.bytes == 0, "{path}: {missing:?}");
    }
    let mut header = Vec::new();
    let section = Section { path: PartPath::root(), text: postrider::imap::SectionText::Header };
    let mut sink = |bytes: &[u8]| {
        header.extend_from_slice(bytes);
        ControlFlow::Continue(())
    };
    session.fetch_part(uid(1), &section, None, &mut sink).await.unwrap();
    assert!(header == whole[..body_at]);
}

#[tokio::test]
async fn messages_move_copy_and_go() {
    let Some(server) = Dovecot::start() else { return };
    let mut session = session(&server).await;
    let date = UnixTime(1_500_000_000);
    let appended =
        session.append(&name("INBOX"), &[Flag::Seen, Flag::Flagged], Some(date), &message(1, 300)).await;
    let appended = appended.unwrap().unwrap();
    assert_eq!(appended.uid, uid(1));
    for n in 2..6 {
        session.append(&name("INBOX"), &[], None, &message(n, 300)).await.unwrap();
    }
    let missing = session.append(&name("Nowhere"), &[], None, &message(9, 300)).await;
    assert_eq!(missing.unwrap_err().code(), Some(&postrider::imap::ResponseCode::TryCreate));

    session.select(&name("INBOX"), None).await.unwrap();
    let mut first = None;
    let what = FetchItems { flags: true, internal_date: true, ..FetchItems::default() };
    session.uid_fetch(&uids("1"), &what, None, &mut |data| first = Some(data)).await.unwrap();
    let first = first.unwrap();
    assert_eq!(first.internal_date, Some(date));
    assert!(first.flags.unwrap().contains(&Flag::Flagged));

    let copied = session.uid_copy(&uids("1:2"), &name("Archive")).await.unwrap();
    assert_eq!(copied[0].uids.get(uid(2)), Some(uid(2)));
    let moved = session.uid_move(&uids("2:3"), &name("Trash")).await.unwrap();
    assert_eq!(moved.iter().map(|m| m.uids.len()).sum::<u64>(), 2);
    assert_eq!(session.uid_search_all().await.unwrap(), uids("1,4:5"));
    let gone: Vec<_> = session.take_unsolicited();
    assert!(gone.iter().any(|n| matches!(n, Unsolicited::Vanished(_) | Unsolicited::Expunge(_))), "{gone:?}");

    // Somebody else marked another message: only ours goes.
    session.uid_store(&uids("4:5"), FlagChange::Add, &[Flag::Deleted], None).await.unwrap();
    session.uid_expunge(&uids("4")).await.unwrap();
    assert_eq!(session.uid_search_all().await.unwrap(), uids("1,5"));
    session.unselect().await.unwrap();
    session.select(&name("INBOX"), None).await.unwrap();
    assert_eq!(session.uid_search_all().await.unwrap(), uids("1,5"), "closing expunged nothing");
}

#[tokio::test]
async fn qresync_catches_up() {
    let Some(server) = Dovecot::start() else { return };
    server.append("alice", "INBOX", "", messages(0..10));
    let mut first = session(&server).await;
    assert!(first.has_qresync());
    let selected = first.select(&name("INBOX"), None).await.unwrap();
    let resync = Resync {
        uid_validity: selected.uid_validity.unwrap(),
        mod_seq: selected.highest_mod_seq.unwrap(),
        known: uids("1:10"),
    };
    first.logout().await.unwrap();
    server.run(
        "alice",
        &["SELECT INBOX", "STORE 2:3 +FLAGS.SILENT (\\Deleted)", "EXPUNGE", "STORE 1 +FLAGS (\\Seen)"],
    );
    server.append("alice", "INBOX", "", messages(10..11));

    let mut second = session(&server).await;
    let selected = second.select(&name("INBOX"), Some(resync.clone())).await.unwrap();
    assert_eq!(selected.vanished, uids("2:3"));
    let changed: Vec<_> = selected.fetched.iter().filter_map(|d| d.uid).collect();
    assert_eq!(changed, [uid(1)], "only about what we said that we know");
    assert_eq!((selected.exists, selected.uid_next), (9, Some(uid(12))));

    let everything = Resync { known: UidSet::new(), ..resync };
    let selected = second.select(&name("INBOX"), Some(everything)).await.unwrap();
    assert!(selected.fetched.iter().any(|d| d.uid == Some(uid(11))), "new ones too");
}

#[tokio::test]
async fn idle_wakes_for_news_stops_and_renews() {
    let Some(server) = Dovecot::start().map(Arc::new) else { return };
    server.append("alice", "INBOX", "", messages(0..2));
    let mut options = options(&server, Security::Tls);
    let manual = ManualClock::new(UnixTime(0));
    options.clock = manual.clock();
    let mut quick = connect(&options, &alice()).await.unwrap();
    quick.select(&name("INBOX"), None).await.unwrap();
    let renewal = options.timeouts.idle_renewal;
    {
        let mut idle = std::pin::pin!(quick.idle(std::future::pending()));
        tokio::select! {
            end = &mut idle => panic!("{end:?}"),
            _ = manual.until_waiting(|wait| wait == renewal) => manual.advance(renewal),
        }
        assert_eq!(idle.await.unwrap(), IdleEnd::Renew);
    }
    assert_eq!(quick.idle(async {}).await.unwrap(), IdleEnd::Stopped);
    quick.noop().await.unwrap();

    let mut session = session(&server).await;
    session.select(&name("INBOX"), None).await.unwrap();
    let delivering = {
        let server = server.clone();
        tokio::task::spawn_blocking(move || server.append("alice", "INBOX", "", messages(2..3)))
    };
    let (end, delivered) = tokio::join!(session.idle(std::future::pending()), delivering);
    delivered.unwrap();
    assert_eq!(end.unwrap(), IdleEnd::News);
    let news = session.take_unsolicited();
    assert!(news.iter().any(|n| matches!(n, Unsolicited::Exists(3))), "{news:?}");
    session.noop().await.unwrap();
}

#[tokio::test]
async fn compression_saves_bytes_and_changes_nothing_else() {
    let Some(server) = Dovecot::start() else { return };
    server.append("alice", "INBOX", "", messages(0..300));
    let mut options = options(&server, Security::Tls);
    let mut bytes = Vec::new();
    for compress in [false, true] {
        options.compress = compress;
        let mut session = connect(&options, &alice()).await.unwrap();
        assert_eq!(session.security().compressed, compress);
        session.select(&name("INBOX"), None).await.unwrap();
        let mut count = 0;
        let what = FetchItems { envelope: true, body_structure: true, ..FetchItems::default() };
        session.uid_fetch(&uids("1:300"), &what, None, &mut |_| count += 1).await.unwrap();
        assert_eq!(count, 300);
        let mut size = 0;
        let mut sink = |bytes: &[u8]| {
            size += bytes.len();
            ControlFlow::Continue(())
        };
        let text = Section::part("1".parse().unwrap());
        session.fetch_part(uid(1), &text, None, &mut sink).await.unwrap();
        assert!(size > 300);
        assert_eq!(session.idle(async {}).await.unwrap(), IdleEnd::Stopped);
        bytes.push(session.traffic().bytes_in);
        session.logout().await.unwrap();
    }
    assert!(bytes[1] * 2 < bytes[0], "{bytes:?}");
}

#[tokio::test]
async fn a_killed_server_is_never_an_empty_mailbox() {
    let Some(mut server) = Dovecot::start() else { return };
    server.append("alice", "INBOX", "", (0..40).map(|n| message(n, 500_000)));
    let mut session = session(&server).await;
    session.select(&name("INBOX"), None).await.unwrap();
    let mut seen = 0;
    let whole = Section { path: PartPath::root(), text: postrider::imap::SectionText::All };
    let mut killer = Some(&mut server);
    let mut error = None;
    for n in 1..=40 {
        let mut sink = |bytes: &[u8]| {
            seen += bytes.len();
            if let Some(server) = killer.take() {
                server.kill();
            }
            ControlFlow::Continue(())
        };
        if let Err(e) = session.fetch_part(uid(n), &whole, None, &mut sink).await {
            error = Some(e);
            break;
        }
    }
    assert!(matches!(error, Some(Error::Offline { .. } | Error::Bye { .. })), "{error:?}");
    assert!(!session.is_open() && seen > 0);
    assert!(matches!(session.uid_search_all().await, Err(Error::Closed)));
    assert!(matches!(session.list().await, Err(Error::Closed)));
    assert!(matches!(session.noop().await, Err(Error::Closed)));
    let refused = connect(&options(&server, Security::Tls), &alice()).await;
    assert!(matches!(refused, Err(Error::Offline { .. })), "{refused:?}");

    server.restart();
    let mut again = self::session(&server).await;
    assert_eq!(again.select(&name("INBOX"), None).await.unwrap().exists, 40);
}

#[tokio::test]
async fn a_frozen_server_is_given_up_in_time() {
    let Some(server) = Dovecot::start() else { return };
    server.append("alice", "INBOX", "", messages(0..3));
    let mut options = options(&server, Security::Tls);
    let manual = ManualClock::new(UnixTime(0));
    options.clock = manual.clock();
    let mut session = connect(&options, &alice()).await.unwrap();
    session.select(&name("INBOX"), None).await.unwrap();
    assert!(session.capabilities().has(Capability::Idle));
    server.freeze();
    let result = manual.drive(session.uid_search_all()).await;
    server.thaw();
    assert!(matches!(result, Err(Error::Timeout { .. })), "{result:?}");
    assert!(matches!(session.noop().await, Err(Error::Closed)));
}
