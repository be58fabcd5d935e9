//! The embedded server as a client sees it: our own IMAP session over TLS; raw lines in the modules below.

mod client;
mod fault;
mod gmail;
mod protocol;

use super::{
    CapabilityMask, CertificateKind, Fault, FaultPlan, PASSWORD, Rule, Security, Server, ServerConfig, USER,
    sample,
};
use crate::imap::{
    ConnectOptions, Credential, Error, FetchData, FetchItems, IdleEnd, Resync, SearchQuery, Section, Session,
    TlsProblem, Unsolicited, connect,
};
use crate::model::{Flag, FlagChange, MailboxName, ModSeq, SpecialUse, Uid, UidSet, UidValidity};
use crate::secret::Secret;
use client::{NOW, mail, mailboxes};
use std::ops::ControlFlow;

fn now() -> crate::model::UnixTime {
    // The certificate must be valid for a client that looks at the real clock.
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    crate::model::UnixTime(i64::try_from(since.as_secs()).unwrap())
}

fn options(server: &Server, security: crate::model::Security) -> ConnectOptions {
    let address = crate::model::Server { host: "localhost".into(), port: server.port(), security };
    // It stands still: nobody is given up.
    let clock = crate::clock::ManualClock::new(now()).clock();
    ConnectOptions { extra_roots: vec![server.ca_der()], clock, ..ConnectOptions::new(address) }
}

async fn sign_in(server: &Server, security: crate::model::Security) -> Result<Session, Error> {
    let credential = Credential::password(USER, Secret::new(PASSWORD.into()));
    connect(&options(server, security), &credential).await
}

async fn start(mask: CapabilityMask, faults: FaultPlan) -> (Server, Session) {
    let config = ServerConfig { capabilities: mask, faults, ..ServerConfig::new(mailboxes(5), now()) };
    let server = Server::start(config).await.unwrap();
    let session = sign_in(&server, crate::model::Security::Tls).await.unwrap();
    (server, session)
}

fn inbox() -> MailboxName {
    MailboxName::from_wire(b"INBOX")
}

fn uid(n: u32) -> Uid {
    Uid::from_wire(n).unwrap()
}

fn all_uids() -> UidSet {
    UidSet::range(uid(1), uid(u32::MAX))
}

fn masks() -> [CapabilityMask; 10] {
    [
        CapabilityMask::full(),
        CapabilityMask::dovecot(),
        CapabilityMask::cyrus(),
        CapabilityMask::gmail(),
        CapabilityMask::m365(),
        CapabilityMask::icloud(),
        CapabilityMask::yahoo(),
        CapabilityMask::hmail(),
        CapabilityMask::purelymail(),
        CapabilityMask::bare(),
    ]
}

#[tokio::test]
async fn our_session_works_with_every_mask() {
    for mask in masks() {
        let name = mask.name;
        let (server, mut session) = start(mask, FaultPlan::new()).await;
        let listed = session.list().await.unwrap();
        assert_eq!(listed.len(), 6, "{name}");
        assert!(listed.iter().any(|mailbox| mailbox.name.is_inbox()));
        let selected = session.select(&inbox(), None).await.unwrap();
        assert_eq!(selected.exists, 5, "{name}");
        assert_eq!(session.uid_search_all().await.unwrap().len(), 5, "{name}");
        let unseen = session.uid_search(&SearchQuery::Not(Box::new(SearchQuery::Has(Flag::Seen)))).await;
        assert_eq!(unseen.unwrap().to_string(), "2,4", "{name}");
        let items = FetchItems {
            flags: true,
            size: true,
            internal_date: true,
            body_structure: true,
            header_fields: &["FROM", "SUBJECT"],
            ..FetchItems::default()
        };
        let mut rows: Vec<FetchData> = Vec::new();
        session.uid_fetch(&all_uids(), &items, None, &mut |row| rows.push(row)).await.unwrap();
        assert_eq!(rows.len(), 5, "{name}");
        for row in &rows {
            assert!(row.defects.is_empty() && row.unknown.is_empty(), "{name}: {row:?}");
            assert!(row.header.as_ref().unwrap().starts_with(b"From: Ada"), "{name}");
            assert_eq!(row.body_structure.as_ref().unwrap().parts.len(), 1, "{name}");
        }
        let some = UidSet::range(uid(2), uid(3));
        session.uid_store(&some, FlagChange::Add, &[Flag::Flagged], None).await.unwrap();
        let flagged = server.state().read(|all| {
            let mails = all.mailbox("INBOX").unwrap().mails();
            mails
                .iter()
                .filter(|mail| mail.flags.contains(&Flag::Flagged))
                .map(|mail| mail.uid)
                .collect::<Vec<_>>()
        });
        assert_eq!(flagged, [2, 3], "{name}");
        session.noop().await.unwrap();
        session.logout().await.unwrap();
        let strange: Vec<_> = server.log().into_iter().filter(|entry| !entry.by_the_book).collect();
        let newer = ["LIST", "UID SEARCH", "STATUS", "UID FETCH"];
        assert!(strange.iter().all(|entry| newer.contains(&entry.verb.as_str())), "{name}: {strange:?}");
    }
}

#[tokio::test]
async fn starttls_and_certificates() {
    let config = ServerConfig { security: Security::StartTls, ..ServerConfig::new(mailboxes(1), now()) };
    let server = Server::start(config).await.unwrap();
    let mut session = sign_in(&server, crate::model::Security::StartTls).await.unwrap();
    assert_eq!(session.select(&inbox(), None).await.unwrap().exists, 1);

    for kind in [CertificateKind::Expired, CertificateKind::WrongName, CertificateKind::UnknownIssuer] {
        let config = ServerConfig { certificate: kind, ..ServerConfig::new(mailboxes(1), now()) };
        let server = Server::start(config).await.unwrap();
        let error = sign_in(&server, crate::model::Security::Tls).await.map(drop).unwrap_err();
        let Error::Tls(problem, _) = error else { panic!("{kind:?}: {error:?}") };
        let right = match kind {
            CertificateKind::Expired => matches!(*problem, TlsProblem::Expired { .. }),
            CertificateKind::WrongName => matches!(*problem, TlsProblem::WrongName { .. }),
            CertificateKind::Good | CertificateKind::UnknownIssuer => {
                matches!(*problem, TlsProblem::UntrustedIssuer)
            }
        };
        assert!(right, "{kind:?}: {problem:?}");
        assert!(server.log().is_empty(), "nothing was said to a server that cannot be trusted");
    }
}

#[tokio::test]
async fn a_second_client_and_idle() {
    let (server, mut session) = start(CapabilityMask::full(), FaultPlan::new()).await;
    session.select(&inbox(), None).await.unwrap();
    let state = server.state();
    let acting = tokio::spawn(async move {
        state.change(|all| all.append("INBOX", crate::model::Flags::default(), NOW, mail(6))).unwrap();
    });
    assert_eq!(session.idle(std::future::pending()).await.unwrap(), IdleEnd::News);
    acting.await.unwrap();
    let news = session.take_unsolicited();
    assert!(matches!(news.first(), Some(Unsolicited::Exists(6))), "{news:?}");
    server.state().change(|all| all.expunge("INBOX", &[1])).unwrap();
    session.noop().await.unwrap();
    let news = session.take_unsolicited();
    assert!(matches!(news.first(), Some(Unsolicited::Vanished(_) | Unsolicited::Expunge(1))), "{news:?}");
}

#[tokio::test]
async fn resync_and_moves_through_our_session() {
    let (server, mut session) = start(CapabilityMask::full(), FaultPlan::new()).await;
    let before = session.select(&inbox(), None).await.unwrap();
    let mod_seq = before.highest_mod_seq.unwrap();
    let archive = MailboxName::from_wire(b"Archive");
    let moved = session.uid_move(&UidSet::range(uid(2), uid(3)), &archive).await.unwrap();
    assert_eq!(moved.len(), 1);
    session.unselect().await.unwrap();
    server.state().change(|all| all.set_flag("INBOX", &[4], FlagChange::Add, &Flag::Answered)).unwrap();
    let resync =
        Resync { uid_validity: before.uid_validity.unwrap(), mod_seq, known: UidSet::range(uid(1), uid(5)) };
    let after = session.select(&inbox(), Some(resync)).await.unwrap();
    assert_eq!(after.vanished.to_string(), "2:3");
    assert_eq!(after.fetched.iter().filter_map(|row| row.uid).collect::<Vec<_>>(), [uid(4)]);
    assert!(after.highest_mod_seq.unwrap() > ModSeq::new(mod_seq.get()));
    assert_eq!(after.uid_validity, UidValidity::from_wire(1_000_000_001).ok());
}

#[tokio::test]
async fn lost_links_are_errors_and_never_empty_answers() {
    for fault in [Fault::Drop, Fault::DropAfter(40), Fault::Bye("maintenance".into())] {
        let plan = FaultPlan::new().rule(Rule::command("UID FETCH").then(fault.clone()));
        let (_server, mut session) = start(CapabilityMask::full(), plan).await;
        session.select(&inbox(), None).await.unwrap();
        let items = FetchItems { flags: true, ..FetchItems::default() };
        let error = session.uid_fetch(&all_uids(), &items, None, &mut |_| {}).await.unwrap_err();
        assert!(matches!(error, Error::Offline { .. } | Error::Bye { .. }), "{fault:?}: {error:?}");
        assert!(matches!(session.noop().await, Err(Error::Closed | Error::Bye { .. })), "{fault:?}");
    }
}

#[tokio::test]
async fn a_server_that_goes_down_comes_back_on_the_same_port() {
    let (server, mut session) = start(CapabilityMask::full(), FaultPlan::new()).await;
    server.go_down().await;
    assert!(session.noop().await.is_err());
    let refused = sign_in(&server, crate::model::Security::Tls).await.map(drop).unwrap_err();
    assert!(matches!(refused, Error::Offline { .. }), "{refused:?}");
    server.come_back().await.unwrap();
    assert!(sign_in(&server, crate::model::Security::Tls).await.is_ok());
}

#[tokio::test]
async fn the_sample_mailbox_reads_without_a_defect() {
    let server = Server::start(ServerConfig::new(sample::mailboxes(1, now()), now())).await.unwrap();
    let mut session = sign_in(&server, crate::model::Security::Tls).await.unwrap();
    let listed = session.list().await.unwrap();
    for special_use in SpecialUse::ALL.into_iter().take(6) {
        assert!(listed.iter().any(|mailbox| mailbox.special_use == Some(special_use)), "{special_use:?}");
    }
    assert!(listed.iter().any(|mailbox| mailbox.display_path.last().is_some_and(|name| name == "日本")));
    let items = FetchItems {
        flags: true,
        mod_seq: true,
        internal_date: true,
        size: true,
        envelope: true,
        body_structure: true,
        header_fields: crate::mime::header::LIST_FIELDS,
        preview: true,
        ..FetchItems::default()
    };
    let mut total = 0;
    for mailbox in listed.iter().filter(|mailbox| !mailbox.attributes.no_select) {
        let exists = session.select(&mailbox.name, None).await.unwrap().exists;
        let mut rows = Vec::new();
        session.uid_fetch(&all_uids(), &items, None, &mut |row| rows.push(row)).await.unwrap();
        assert_eq!(rows.len(), usize::try_from(exists).unwrap());
        for row in rows {
            total += 1;
            assert!(row.defects.is_empty(), "{row:?}");
            let envelope = crate::mime::header::parse_envelope(row.header.as_deref().unwrap());
            assert_eq!(envelope.from.len(), 1, "{row:?}");
            let structure = row.body_structure.unwrap();
            let choice = crate::mime::structure::choose_text(&structure);
            assert!(choice.plain.is_some() || choice.html.is_some(), "{structure:?}");
        }
    }
    assert!(total > 340, "{total}");
}

#[tokio::test]
async fn the_large_attachment_comes_in_ranges() {
    let server = Server::start(ServerConfig::new(sample::mailboxes(1, now()), now())).await.unwrap();
    let (folder, large, size) = server.state().read(|all| {
        let mails =
            all.iter().flat_map(|(name, mailbox)| mailbox.mails().iter().map(move |mail| (name, mail)));
        let (name, mail) = mails.max_by_key(|(_, mail)| mail.content.size()).unwrap();
        (name.to_owned(), mail.uid, mail.content.size())
    });
    let mut session = sign_in(&server, crate::model::Security::Tls).await.unwrap();
    session.select(&MailboxName::from_wire(folder.as_bytes()), None).await.unwrap();
    let section = Section { path: "2".parse().unwrap(), text: crate::imap::SectionText::All };
    let mut got = 0;
    loop {
        let range = crate::imap::ByteRange { start: got, length: 1 << 20 };
        let mut sink = |_: &[u8]| ControlFlow::Continue(());
        let piece = session.fetch_part(uid(large), &section, Some(range), &mut sink).await.unwrap();
        got += piece.bytes;
        if piece.bytes < 1 << 20 {
            break;
        }
    }
    assert!(got > 4_000_000 && got < size as u64, "{got} of {size}");
}
