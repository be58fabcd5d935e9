//! News as they happen: IDLE, NOTIFY, the mailbox on the screen; and what is remembered from one start to the next.

use crate::sync_lab::{Lab, NOW, Worker, mail, mailboxes};
use postrider::demo::{CapabilityMask, Extension, Fault, Rule, ServerConfig};
use postrider::model::{Flag, FlagChange, Flags, UnixTime};
use postrider::sync::{AccountStatus, Command, Config, Event, Memory, Problem};

/// The settings as the next start of the program has them.
fn restarted(lab: &Lab) -> Config {
    let mut config = lab.config.clone();
    config.memory = Memory::open(lab.config.store.folder());
    config
}

#[tokio::test]
async fn every_mailbox_is_heard_where_the_server_offers_it() {
    // Polling comes only once an hour here.
    for (name, mask) in
        [("QRESYNC", CapabilityMask::full()), ("CONDSTORE", CapabilityMask::gmail().with(Extension::Notify))]
    {
        let lab = Lab::new(mask, mailboxes(30)).await;
        let mut worker = lab.start();
        worker.until_idle().await;
        worker.until_same(&lab, name).await;
        worker.until_true("NOTIFY", || !lab.commands("NOTIFY").is_empty()).await;
        let server = lab.server.state();
        server.change(|all| all.append("Archive", Flags::default(), UnixTime(NOW), mail(31)).unwrap());
        worker.until_same(&lab, &format!("{name}: new mail")).await;
        server.change(|all| all.set_flag("Archive", &[1], FlagChange::Add, &Flag::Flagged).unwrap());
        worker.until_same(&lab, &format!("{name}: flag")).await;
        server.change(|all| {
            all.move_mails("INBOX", &[3, 4], "Archive").unwrap();
        });
        worker.until_same(&lab, &format!("{name}: moved by another client")).await;
        server.change(|all| all.expunge("Archive", &[1, 2]).unwrap());
        worker.until_same(&lab, &format!("{name}: removal")).await;
        server.change(|all| {
            all.create("Projects", None).unwrap();
            all.append("Projects", Flags::default(), UnixTime(NOW), mail(32)).unwrap();
        });
        worker.until_same(&lab, &format!("{name}: a new mailbox")).await;
        server.change(|all| all.rename("Projects", "Plans").unwrap());
        worker.until_same(&lab, &format!("{name}: renamed")).await;
    }
}

#[tokio::test]
async fn a_refused_notify_leaves_idle() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(5)).await;
    lab.server.faults().add(Rule::command("NOTIFY").always().then(Fault::No("[BADEVENT (x)] no".into())));
    let mut worker = lab.start();
    worker.until_idle().await;
    worker.until_same(&lab, "copied").await;
    assert_eq!(lab.commands("NOTIFY").len(), 2, "asked for much, then for little");
    lab.server.state().change(|all| all.append("INBOX", Flags::default(), UnixTime(NOW), mail(6)).unwrap());
    worker.until_same(&lab, "INBOX").await;
}

#[tokio::test]
async fn a_server_that_stops_telling_is_asked() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(5)).await;
    let mut worker = lab.start();
    worker.until_idle().await;
    worker.until_same(&lab, "copied").await;
    lab.server.clear_log();
    // Nothing more will come by itself; what it lost is asked for at once.
    lab.server.tell_idle(b"* OK [NOTIFICATIONOVERFLOW] too much\r\n");
    lab.until("asked", || !lab.commands("LIST").is_empty()).await;
    lab.server.state().change(|all| all.append("INBOX", Flags::default(), UnixTime(NOW), mail(6)).unwrap());
    worker.until_same(&lab, "INBOX is still heard").await;
}

#[tokio::test]
async fn the_mailbox_on_the_screen_is_heard_without_notify() {
    for (name, mask) in [("CONDSTORE", CapabilityMask::gmail()), ("nothing", CapabilityMask::hmail())] {
        let mut all = mailboxes(10);
        for n in 50..60 {
            all.append("Archive", Flags::default(), UnixTime(NOW), mail(n)).unwrap();
        }
        let lab = Lab::new(mask, all).await;
        let mut worker = lab.start();
        worker.until_idle().await;
        worker.until_same(&lab, name).await;
        let idles = lab.commands("IDLE").len();
        worker.send(Command::OpenMailbox(lab.mailbox("Archive").id));
        let server = lab.server.state();
        lab.until("listens", || lab.commands("IDLE").len() > idles).await;
        server.change(|all| all.append("Archive", Flags::default(), UnixTime(NOW), mail(61)).unwrap());
        worker.until_same(&lab, &format!("{name}: new mail")).await;
        server.change(|all| all.expunge("Archive", &[2]).unwrap());
        worker.until_same(&lab, &format!("{name}: removal")).await;
        // The user's own wishes go in between, and the listening goes on.
        let message = lab.message("INBOX", 4);
        worker.send(Command::SetFlag { messages: vec![message], flag: Flag::Seen, change: FlagChange::Add });
        let seen =
            || server.read(|all| all.mailbox("INBOX").unwrap().mail(4).unwrap().flags.contains(&Flag::Seen));
        worker.until_true("flag", seen).await;
        server.change(|all| all.append("Archive", Flags::default(), UnixTime(NOW), mail(62)).unwrap());
        worker.until_same(&lab, &format!("{name}: heard again")).await;
        assert!(lab.server.sessions() <= 3, "{}", lab.server.sessions());
    }
}

#[tokio::test]
async fn offline_by_hand_lasts_over_a_restart() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(5)).await;
    let mut worker = lab.start();
    worker.until_idle().await;
    worker.until_same(&lab, "copied").await;
    worker.send(Command::SetOffline(true));
    let by_choice = |status: &AccountStatus| {
        matches!(status, AccountStatus::Offline { reason: Problem::OfflineByChoice, retry_at: None, .. })
    };
    worker.until_status("offline", by_choice).await;
    worker.end().await;
    let before = lab.server.connections();
    let mut worker = lab.start_with(restarted(&lab));
    worker.until_status("still offline", by_choice).await;
    let message = lab.message("INBOX", 2);
    worker.send(Command::SetFlag { messages: vec![message], flag: Flag::Seen, change: FlagChange::Add });
    worker.until("local", |event| matches!(event, Event::Changed(_)).then_some(())).await;
    worker.send(Command::SyncNow(None));
    worker.send(Command::NetworkChanged);
    assert_eq!(lab.server.connections(), before);
    worker.send(Command::SetOffline(false));
    worker.until_same(&lab, "online, and what waited is sent").await;
    let seen = |all: &postrider::demo::Mailboxes| {
        all.mailbox("INBOX").unwrap().mail(2).unwrap().flags.contains(&Flag::Seen)
    };
    assert!(lab.server.state().read(seen));
    worker.end().await;
    let mut worker = lab.start_with(restarted(&lab));
    worker.until_idle().await;
}

#[tokio::test]
async fn what_a_server_allows_is_remembered_for_a_day() {
    let mut config = ServerConfig::new(mailboxes(20), UnixTime(NOW));
    config.max_sessions = Some(2);
    let lab = Lab::with(config).await;
    let use_all = async |mut worker: Worker, n: u32| {
        worker.until_same(&lab, "copied").await;
        let message = lab.message("INBOX", n);
        worker.send(Command::FetchBody(message));
        worker.until("text", |event| matches!(event, Event::Body { result: Ok(()), .. }).then_some(())).await;
        worker.until_idle().await;
        worker.end().await;
    };
    use_all(lab.start(), 1).await;
    let first = lab.server.connections();
    assert!(first >= 3, "{first}: one more than allowed was tried");
    use_all(lab.start_with(restarted(&lab)), 2).await;
    assert_eq!(lab.server.connections() - first, 2, "none was refused");
    let second = lab.server.connections();
    lab.advance(25 * 3_600);
    use_all(lab.start_with(restarted(&lab)), 3).await;
    assert!(lab.server.connections() - second >= 3, "a day later it may be otherwise");
}

#[tokio::test]
async fn a_good_bye_in_idle_is_followed_by_a_new_connection() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(5)).await;
    let mut worker = lab.start();
    worker.until_idle().await;
    worker.until_same(&lab, "copied").await;
    let before = lab.server.connections();
    lab.server.tell_idle(b"* BYE Server shutting down.\r\n");
    lab.server.drop_connections();
    lab.server.state().change(|all| all.append("INBOX", Flags::default(), UnixTime(NOW), mail(6)).unwrap());
    worker.until_same(&lab, "over a new connection").await;
    worker.until_idle().await;
    assert!(lab.server.connections() > before);
}
