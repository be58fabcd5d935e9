//! Discovery against an Internet made up for the test.

use super::*;
use crate::clock::ManualClock;
use crate::model::{Security, Server, UnixTime};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;
use url::Url;

/// Who answers what. Whatever is not in here does not exist; hosts in `silent` never answer.
#[derive(Default)]
struct World {
    documents: BTreeMap<String, String>,
    mx: BTreeMap<String, Vec<String>>,
    srv: BTreeMap<String, Vec<SrvRecord>>,
    servers: Vec<Server>,
    silent: Vec<String>,
    is_cut_off: bool,
    asked: Mutex<Vec<String>>,
}

impl World {
    fn note(&self, what: String) {
        self.asked.lock().unwrap().push(what);
    }

    fn document(mut self, url: &str, host: &str) -> Self {
        let text = format!(
            "<clientConfig><emailProvider><displayName>X</displayName><incomingServer type=\"imap\">\
             <hostname>{host}</hostname><port>993</port><socketType>SSL</socketType>\
             <username>%EMAILLOCALPART%</username></incomingServer></emailProvider></clientConfig>"
        );
        self.documents.insert(url.to_owned(), text);
        self
    }

    fn mx(mut self, domain: &str, host: &str) -> Self {
        self.mx.entry(domain.into()).or_default().push(host.into());
        self
    }

    fn srv(mut self, name: &str, priority: u16, port: u16, target: &str) -> Self {
        let record = SrvRecord { priority, weight: 0, port, target: target.into() };
        self.srv.entry(name.into()).or_default().push(record);
        self
    }

    fn server(mut self, host: &str, port: u16, security: Security) -> Self {
        self.servers.push(Server { host: host.into(), port, security });
        self
    }

    fn silent(mut self, host: &str) -> Self {
        self.silent.push(host.into());
        self
    }

    async fn find(&self, address: &str) -> Result<Finding, Missing> {
        let manual = ManualClock::new(UnixTime(0));
        let (address, clock) = (address.parse().unwrap(), manual.clock());
        manual.drive(find_with(self, &address, &clock, Duration::from_secs(60))).await
    }
}

impl Ask for World {
    fn fetch(&self, url: Url) -> Asked<'_, Option<Vec<u8>>> {
        Box::pin(async move {
            self.note(url.to_string());
            assert_eq!(url.scheme(), "https");
            if self.silent.iter().any(|host| Some(host.as_str()) == url.host_str()) {
                std::future::pending::<()>().await;
            }
            // Each answer takes its turns, so that the order of answers is not that of the questions.
            tokio::task::yield_now().await;
            self.documents.get(url.as_str()).map(|text| text.clone().into_bytes())
        })
    }

    fn mx(&self, domain: String) -> Asked<'_, Vec<String>> {
        Box::pin(async move { self.mx.get(&domain).cloned().unwrap_or_default() })
    }

    fn srv(&self, name: String) -> Asked<'_, Vec<SrvRecord>> {
        Box::pin(async move { self.srv.get(&name).cloned().unwrap_or_default() })
    }

    fn is_imap(&self, server: Server) -> Asked<'_, bool> {
        self.note(server.host.clone());
        Box::pin(async move { self.servers.contains(&server) })
    }

    fn is_smtp(&self, server: Server) -> Asked<'_, bool> {
        Box::pin(async move { self.servers.contains(&server) })
    }

    fn is_cut_off(&self) -> bool {
        self.is_cut_off
    }
}

const OWN: &str = "https://autoconfig.example.org/mail/config-v1.1.xml?emailaddress=ada%40example.org";
const WELL_KNOWN: &str = "https://example.org/.well-known/autoconfig/mail/config-v1.1.xml";
const ISPDB: &str = "https://autoconfig.thunderbird.net/v1.1/";

#[tokio::test]
async fn a_known_domain_asks_nobody() {
    let world = World::default();
    let found = world.find("Ada@gmail.com").await.unwrap();
    assert_eq!((found.imap.host.as_str(), found.source.clone()), ("imap.gmail.com", Source::Bundled));
    assert_eq!((found.user.as_str(), found.oauth()), ("Ada@gmail.com", Some("google")));
    assert_eq!(world.find("ada@icloud.com").await.unwrap().user, "ada");
    let bridge = world.find("ada@proton.me").await.unwrap();
    assert!(bridge.imap.is_loopback() && bridge.password() == PasswordKind::Bridge);
    let closed = world.find("ada@tuta.com").await;
    assert_eq!(closed.map(|f| f.imap), Err(Missing::Closed { name: "Tuta".into() }));
    assert!(world.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_best_source_wins_not_the_fastest() {
    let full = || {
        World::default()
            .document(OWN, "own.example.org")
            .document(WELL_KNOWN, "well.example.org")
            .document(&format!("{ISPDB}example.org"), "known.example.org")
            .mx("example.org", "aspmx.l.google.com.")
            .srv("_imaps._tcp.example.org", 0, 993, "srv.example.org.")
            .server("imap.example.org", 993, Security::Tls)
    };
    let mut world = full();
    let domain = |host: &str| Source::Domain { host: host.into() };
    let mut steps = vec![
        ("own.example.org", domain("autoconfig.example.org"), OWN.to_owned()),
        ("well.example.org", domain("example.org"), WELL_KNOWN.to_owned()),
        ("known.example.org", Source::Ispdb, format!("{ISPDB}example.org")),
    ];
    for (host, source, url) in steps.drain(..) {
        let found = world.find("ada@example.org").await.unwrap();
        assert_eq!(
            (found.imap.host.as_str(), found.source.clone(), found.user.as_str()),
            (host, source, "ada")
        );
        world.documents.remove(&url);
    }
    let found = world.find("ada@example.org").await.unwrap();
    assert_eq!(found.source, Source::Mx { host: "aspmx.l.google.com".into() });
    assert_eq!((found.oauth(), found.user.as_str()), (Some("google"), "ada@example.org"));
    world.mx.clear();
    let found = world.find("ada@example.org").await.unwrap();
    assert_eq!((found.imap.host.as_str(), found.source), ("srv.example.org", Source::Srv));
    world.srv.clear();
    let found = world.find("ada@example.org").await.unwrap();
    assert_eq!((found.imap.host.as_str(), found.source), ("imap.example.org", Source::Guess));
    world.servers.clear();
    assert!(matches!(world.find("ada@example.org").await, Err(Missing::Unknown { .. })));
}

#[tokio::test]
async fn whoever_is_better_but_silent_is_not_waited_for_without_end() {
    let world = World::default()
        .silent("autoconfig.example.org")
        .server("mail.example.org", 143, Security::StartTls)
        .server("mail.example.org", 587, Security::StartTls);
    let address: Address = "ada@example.org".parse().unwrap();
    let manual = ManualClock::new(UnixTime(0));
    let clock = manual.clock();
    let patience = Duration::from_secs(20);
    let found = manual.drive(find_with(&world, &address, &clock, patience)).await.unwrap();
    assert!(manual.elapsed() < patience, "{manual:?}");
    assert_eq!((found.source, found.imap.port), (Source::Guess, 143));
    assert_eq!(found.smtp.map(|s| s.port), Some(587));
}

#[tokio::test]
async fn without_a_network_that_is_what_is_told() {
    let world = World { is_cut_off: true, ..World::default() };
    let missing = world.find("ada@example.org").await.unwrap_err();
    assert_eq!(missing, Missing::Offline { domain: "example.org".into() });
    assert!(world.find("ada@gmail.com").await.is_ok(), "the table needs none");
}

#[tokio::test]
async fn name_servers_alone_cannot_send_the_user_to_strangers() {
    let world = World::default().srv("_imaps._tcp.example.org", 0, 993, "imap.evil.example.com.");
    assert!(world.find("ada@example.org").await.is_err(), "another domain");
    let world = World::default()
        .srv("_imaps._tcp.example.org", 0, 0, ".")
        .srv("_imap._tcp.example.org", 5, 143, "b.example.org.")
        .srv("_imap._tcp.example.org", 1, 143, "a.example.org.")
        .srv("_submissions._tcp.example.org", 1, 465, "smtp.gmail.com.");
    let found = world.find("ada@example.org").await.unwrap();
    assert_eq!((found.imap.host.as_str(), found.imap.security), ("a.example.org", Security::StartTls));
    assert_eq!(found.smtp.map(|s| s.host), Some("smtp.gmail.com".into()), "a known service");

    // The entry of the MX host's owner counts only for servers of that owner.
    let mx = World::default().mx("example.org", "mx.hoster.example.com.");
    let honest = mx.document(&format!("{ISPDB}example.com"), "imap.example.com");
    assert!(matches!(honest.find("ada@example.org").await.unwrap().source, Source::Mx { .. }));
    let mx = World::default().mx("example.org", "mx.hoster.example.com.");
    let lying = mx.document(&format!("{ISPDB}example.com"), "imap.example.net");
    assert!(lying.find("ada@example.org").await.is_err());
}

#[tokio::test]
async fn a_server_of_somebody_else_is_marked() {
    let world = World::default().document(WELL_KNOWN, "imap.hoster.example.com");
    assert!(world.find("ada@example.org").await.unwrap().is_foreign);
    let world = World::default().document(WELL_KNOWN, "imap.gmail.com");
    let found = world.find("ada@example.org").await.unwrap();
    assert!(!found.is_foreign && found.oauth() == Some("google"));
}

#[tokio::test]
async fn a_web_page_in_place_of_settings_is_passed_over() {
    let mut world = World::default().server("imap.example.org", 993, Security::Tls);
    world.documents.insert(OWN.into(), "<html><h1>Welcome to the hotel</h1></html>".into());
    world.documents.insert(WELL_KNOWN.into(), "x".repeat(1 << 20));
    assert_eq!(world.find("ada@example.org").await.unwrap().source, Source::Guess);
}
