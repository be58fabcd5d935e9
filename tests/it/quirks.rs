//! Each rule of the table of server quirks, on a server that needs it.

use crate::sync_lab::{Lab, NOW, mail, mailboxes};
use postrider::demo::{self, CapabilityMask, Content, Extension, Quirk, Rule};
use postrider::demo::{Fault, Mailboxes};
use postrider::imap::{ConnectOptions, Credential, FetchItems, Quirks, Session, connect, roots_from_pem};
use postrider::model::{
    Flag, FlagChange, Flags, MailboxName, PartPath, SpecialUse, TransferId, Uid, UidSet, UnixTime,
};
use postrider::secret::Secret;
use postrider::sync::{Command, Destination, Event, PassRequest, TransferState};

/// Another client does all that another client can do.
fn meddle(all: &mut Mailboxes) {
    all.append("INBOX", Flags::default(), UnixTime(NOW), mail(901)).unwrap();
    all.set_flag("INBOX", &[2, 28], FlagChange::Add, &Flag::Flagged).unwrap();
    all.expunge("INBOX", &[5, 6]).unwrap();
}

/// A first pass, changes of another client, a second pass: both sides are the same.
async fn two_passes(mask: CapabilityMask, what: &str) -> Lab {
    let lab = Lab::new(mask, mailboxes(30)).await;
    lab.pass().await;
    lab.assert_same(what);
    lab.server.state().change(meddle);
    lab.advance(3_600);
    lab.pass().await;
    lab.assert_same(what);
    lab
}

fn said(lab: &Lab, verb: &str, word: &str) -> bool {
    lab.commands(verb).iter().any(|line| line.contains(word))
}

async fn session(lab: &Lab) -> Session {
    let mut options = ConnectOptions::new(lab.account.account.imap.clone());
    options.clock = lab.manual.clock();
    options.extra_roots = roots_from_pem(lab.server.ca_pem().as_bytes()).unwrap();
    let password = Secret::new(demo::PASSWORD.into());
    connect(&options, &Credential::password(demo::USER, password)).await.unwrap()
}

#[tokio::test]
async fn icloud_gets_no_qresync_and_no_envelope() {
    let lab = two_passes(CapabilityMask::icloud(), "iCloud").await;
    assert!(said(&lab, "ENABLE", "CONDSTORE") && !said(&lab, "ENABLE", "QRESYNC"));
    assert!(!said(&lab, "SELECT", "QRESYNC"));
    let mut session = session(&lab).await;
    session.select(&MailboxName::from_wire(b"INBOX"), None).await.unwrap();
    let items = FetchItems { envelope: true, flags: true, ..FetchItems::default() };
    let mut seen = 0;
    let all = UidSet::range(Uid::MIN, Uid::MAX);
    session.uid_fetch(&all, &items, None, &mut |_| seen += 1).await.unwrap();
    assert!(seen > 20 && !said(&lab, "UID FETCH", "ENVELOPE"));
    // The same server without the table is taken at its word.
    let mut trusting = Lab::new(CapabilityMask::icloud(), mailboxes(3)).await;
    trusting.config.quirks = Quirks::none();
    trusting.pass().await;
    assert!(said(&trusting, "ENABLE", "QRESYNC"));
}

#[tokio::test]
async fn a_server_that_tells_removals_wrongly_takes_nothing_away() {
    let mask = || CapabilityMask::full().with_quirk(Quirk::WrongVanished);
    let lab = two_passes(mask(), "wrong VANISHED").await;
    assert!(said(&lab, "SELECT", "QRESYNC") && lab.has(1));
    // Also before all older messages are here, when no number of messages can tell.
    let lab = Lab::new(mask(), mailboxes(1_500)).await;
    let mut worker = lab.start();
    worker.until_true("the newest", || lab.total() >= 200).await;
    worker.end().await;
    lab.server.state().change(|all| all.expunge("INBOX", &[1_450]).unwrap());
    lab.pass().await;
    lab.assert_same("half-way");
}

#[tokio::test]
async fn netease_is_told_who_we_are_and_never_asked_for_status_or_idle() {
    let lab = two_passes(CapabilityMask::netease(), "NetEase").await;
    assert!(said(&lab, "ID", "vendor"), "{:?}", lab.commands("ID"));
    assert_eq!(lab.commands("STATUS"), Vec::<String>::new());
    let mut worker = lab.start();
    worker.until_online().await;
    lab.server.state().change(|all| all.append("INBOX", Flags::default(), UnixTime(NOW), mail(902)).unwrap());
    worker.send(Command::SyncNow(None));
    worker.until_same(&lab, "asked for news").await;
    assert_eq!(lab.commands("IDLE"), Vec::<String>::new());
}

#[tokio::test]
async fn old_servers_get_a_plain_list() {
    let lab = two_passes(CapabilityMask::old_cyrus(), "Cyrus 2").await;
    assert!(!said(&lab, "LIST", "RETURN"), "{:?}", lab.commands("LIST"));
    // Without a rule the plain form is found by trying.
    let mut unknown = CapabilityMask::old_cyrus();
    unknown.greeting = "ready";
    let lab = two_passes(unknown, "unknown").await;
    assert!(said(&lab, "LIST", "RETURN"));
}

#[tokio::test]
async fn courier_gets_noop_after_append() {
    let lab = Lab::new(CapabilityMask::courier(), mailboxes(1)).await;
    let mut session = session(&lab).await;
    lab.server.clear_log();
    let inbox = MailboxName::from_wire(b"INBOX");
    session.append(&inbox, &[], None, b"Subject: x\r\n\r\ny\r\n").await.unwrap().unwrap();
    let verbs: Vec<_> = lab.server.log().into_iter().map(|entry| entry.verb).collect();
    assert_eq!(verbs, ["APPEND", "NOOP"]);
}

#[tokio::test]
async fn a_server_that_mixes_up_connections_gets_one() {
    let lab = Lab::new(CapabilityMask::domino(), mailboxes(30)).await;
    let mut worker = lab.start();
    worker.until_same(&lab, "copied").await;
    let message = lab.message("INBOX", 7);
    worker.send(Command::FetchBody(message));
    worker.until("text", |event| matches!(event, Event::Body { result: Ok(()), .. }).then_some(())).await;
    lab.server.state().change(|all| all.append("INBOX", Flags::default(), UnixTime(NOW), mail(31)).unwrap());
    worker.until_same(&lab, "news on the only connection").await;
    assert_eq!((lab.server.connections(), lab.server.sessions()), (1, 1));
}

#[tokio::test]
async fn parts_come_whole_where_ranges_are_wrong() {
    let text = "0123456789abcdef".repeat(80_000);
    let raw = format!(
        "From: Ada <ada@example.org>\r\nSubject: Log\r\nMessage-ID: <mail-77@example.org>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=cut\r\n\r\n\
         --cut\r\nContent-Type: text/plain\r\n\r\nLook at this!\r\n\
         --cut\r\nContent-Type: text/x-log; name=log.txt\r\nContent-Disposition: attachment\r\n\r\n{text}\r\n--cut--\r\n"
    );
    for mask in [CapabilityMask::hmail(), CapabilityMask::m365()] {
        let mut all = mailboxes(1);
        all.append("INBOX", Flags::default(), UnixTime(NOW), Content::new(raw.clone().into_bytes())).unwrap();
        let lab = Lab::new(mask, all).await;
        let mut worker = lab.start();
        worker.until_same(&lab, "copied").await;
        // In the middle of the part the link breaks; what is there is read again and skipped.
        lab.server.faults().add(Rule::command("UID FETCH").nth(1).then(Fault::DropAfter(1_200_000)));
        let message = lab.message("INBOX", 2);
        let file = lab.dir.path().join("log.txt");
        let path: PartPath = "2".parse().unwrap();
        let destination = Destination::File(file.clone());
        worker.send(Command::FetchPart { message, path, destination, transfer: TransferId(1) });
        let done = worker
            .until("saved", |event| match event {
                Event::Transfer { state: TransferState::Progress { .. }, .. } => None,
                Event::Transfer { state, .. } => Some(state),
                _ => None,
            })
            .await;
        assert_eq!(done, TransferState::Done(Some(file.clone())));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        assert!(lab.server.faults().fired() >= 1);
        assert!(!said(&lab, "UID FETCH", "]<"), "{:?}", lab.commands("UID FETCH"));
    }
}

#[tokio::test]
async fn the_mailbox_with_everything_is_left_out_where_it_only_doubles() {
    let table = "[[server]]\nname = \"bridge\"\ngreeting = [\"Bridge\"]\nskip_all = true\n";
    let mut all = mailboxes(5);
    all.create("All Mail", Some(SpecialUse::All)).unwrap();
    for n in 1..=5 {
        all.append("All Mail", Flags::default(), UnixTime(NOW), mail(n)).unwrap();
    }
    let mut mask = CapabilityMask::full();
    mask.greeting = "Some Bridge ready";
    let mut lab = Lab::new(mask, all).await;
    lab.config.quirks = Quirks::from_toml(table).unwrap();
    lab.pass().await;
    assert_eq!((lab.mailbox("INBOX").total, lab.mailbox("All Mail").total), (5, 0));
    let request = PassRequest { mailboxes: vec!["All Mail".into()], ..PassRequest::default() };
    lab.try_pass_of(&request).await.unwrap();
    assert_eq!(lab.mailbox("All Mail").total, 5, "asked for by name");
}

#[tokio::test]
async fn a_rule_for_ones_own_server_is_found_by_its_capabilities() {
    let table = "[[server]]\nname = \"mine\"\ncapability = [\"NOTIFY\", \"QRESYNC\"]\nwithout = [\"X-FIXED\"]\n\
                 notify = false\nidle = false\nqresync = false\n";
    let mut lab = Lab::new(CapabilityMask::full(), mailboxes(5)).await;
    lab.config.quirks = Quirks::from_toml(table).unwrap();
    let mut worker = lab.start();
    worker.until_same(&lab, "copied").await;
    worker.until_online().await;
    assert!(lab.commands("NOTIFY").is_empty() && lab.commands("IDLE").is_empty());
    assert!(!said(&lab, "ENABLE", "QRESYNC"));
    worker.send(Command::Shutdown);
    let mut other = Lab::new(CapabilityMask::full().without(&[Extension::Notify]), mailboxes(5)).await;
    other.config.quirks = Quirks::from_toml(table).unwrap();
    other.pass().await;
    assert!(said(&other, "ENABLE", "QRESYNC"), "not all words are there");
}

#[tokio::test]
async fn a_throttled_command_ends_the_pass_instead_of_asking_on() {
    for text in ["Request is throttled. Suggested Backoff Time: 92415 milliseconds", "slow down: throttling"]
    {
        let lab = Lab::new(CapabilityMask::m365(), mailboxes(5)).await;
        lab.server.faults().add(Rule::command("SELECT").always().then(Fault::Bad(text.into())));
        let mut worker = lab.start();
        worker.until_online().await;
        let selects = lab.commands("SELECT").len();
        assert!(selects <= 2, "{selects} attempts in six mailboxes");
        lab.server.faults().clear();
        worker.send(Command::SyncNow(None));
        worker.until_same(&lab, "afterwards").await;
    }
}
