//! What takes minutes or days, with the durations of real life and a clock that only moves by hand: back-off, renewal of
//! IDLE, polling, waking up, dead connections, waits that a server asks for.

use crate::sync_lab::{Lab, NOW, Worker, mail, mailboxes};
use postrider::demo::{CapabilityMask, Extension, Fault, Rule};
use postrider::imap::Quirks;
use postrider::model::{Flag, FlagChange, Flags, UnixTime};
use postrider::sync::{AccountStatus, Command, Event, Problem, Wait};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

/// A server that tells news of INBOX only, as most do.
fn usual() -> CapabilityMask {
    CapabilityMask::full().without(&[Extension::Notify])
}

/// A worker that is connected, has everything, and listens.
async fn settled(mask: CapabilityMask) -> (Lab, Worker) {
    let lab = Lab::new(mask, mailboxes(5)).await.by_hand();
    let mut worker = lab.start();
    worker.until_idle().await;
    worker.until_same(&lab, "copied").await;
    lab.wait(SECOND).await;
    (lab, worker)
}

fn append(lab: &Lab, mailbox: &str, n: u32) {
    lab.server.state().change(|all| all.append(mailbox, Flags::default(), UnixTime(NOW), mail(n)).unwrap());
}

/// The next time at which an attempt is made by itself.
async fn next_attempt(worker: &mut Worker, after: i64) -> i64 {
    let later = |event| match event {
        Event::Status { status: AccountStatus::Offline { retry_at: Some(at), .. }, .. } => {
            Some(at.0).filter(|at| *at > after)
        }
        _ => None,
    };
    worker.until("offline", later).await
}

/// Lets a server stay away until attempts are minutes apart.
async fn long_outage(lab: &Lab, worker: &mut Worker) -> i64 {
    lab.server.go_down().await;
    let mut at = 0;
    loop {
        at = next_attempt(worker, at).await;
        let wait = u64::try_from(at - lab.config.clock.now().0).unwrap();
        if wait >= 120 {
            return at;
        }
        lab.wait(Duration::from_secs(wait + 2)).await;
    }
}

#[tokio::test]
async fn attempts_are_made_at_growing_distances_up_to_five_minutes() {
    let (lab, mut worker) = settled(usual()).await;
    lab.server.go_down().await;
    let mut at = 0;
    // The end of a connection that lived is no outage yet: the first attempt comes at once.
    for low in [2, 4, 8, 16, 32, 64, 128, 150, 150] {
        at = next_attempt(&mut worker, at).await;
        let wait = at - lab.config.clock.now().0;
        // Times of day are told in whole seconds.
        assert!((low - 2..=2 * low + 1).contains(&wait), "{wait} s, at least {low} s");
        lab.wait(Duration::from_secs(u64::try_from(wait).unwrap() + 2)).await;
    }
    lab.server.come_back().await.unwrap();
    append(&lab, "INBOX", 6);
    let wait = next_attempt(&mut worker, at).await - lab.config.clock.now().0;
    assert!(wait > 100, "{wait}");
    lab.wait(Duration::from_secs(u64::try_from(wait).unwrap() - 3)).await;
    assert!(!lab.has(6), "not before its time");
    lab.wait(6 * SECOND).await;
    worker.until_same(&lab, "back again").await;
}

#[tokio::test]
async fn who_acts_or_has_a_network_again_does_not_wait_for_minutes() {
    for command in [Command::NetworkChanged, Command::SyncNow(None), Command::WokeUp] {
        let (lab, mut worker) = settled(usual()).await;
        long_outage(&lab, &mut worker).await;
        lab.server.come_back().await.unwrap();
        append(&lab, "INBOX", 6);
        let before = lab.manual.elapsed();
        worker.send(command.clone());
        worker.until_same(&lab, &format!("{command:?}")).await;
        worker.until_idle().await;
        assert_eq!(lab.manual.elapsed(), before, "{command:?}: at once");
    }
}

#[tokio::test]
async fn after_a_sleep_everything_is_connected_anew_at_once() {
    // The time of day alone goes on in sleep (Linux), or all clocks do.
    for all_clocks in [false, true] {
        let (lab, mut worker) = settled(usual()).await;
        let (connections, idles) = (lab.server.connections(), lab.commands("IDLE").len());
        // The router forgot the connections, and mail came meanwhile.
        lab.server.fall_silent();
        append(&lab, "INBOX", 6);
        append(&lab, "Archive", 7);
        if all_clocks {
            lab.manual.advance(60 * MINUTE);
        } else {
            lab.manual.skip(3_600);
            let before = lab.manual.elapsed();
            lab.wait(30 * SECOND).await;
            assert_eq!(lab.manual.elapsed() - before, 30 * SECOND, "one look at the clock");
        }
        let mut offline = false;
        worker
            .until("all that came in the night", |event| {
                offline |= matches!(event, Event::Status { status: AccountStatus::Offline { .. }, .. });
                (lab.has(6) && lab.has(7)).then_some(())
            })
            .await;
        assert!(!offline, "nobody waits");
        worker.until_same(&lab, "awake").await;
        lab.until("IDLE again", || lab.commands("IDLE").len() > idles).await;
        assert!(lab.server.connections() > connections);
        append(&lab, "INBOX", 8);
        worker.until_same(&lab, "and news come by themselves").await;
    }
}

#[tokio::test]
async fn a_wait_from_before_a_sleep_is_none_after_it() {
    let (lab, mut worker) = settled(usual()).await;
    long_outage(&lab, &mut worker).await;
    lab.server.come_back().await.unwrap();
    append(&lab, "INBOX", 6);
    lab.manual.skip(8 * 3_600);
    lab.wait(30 * SECOND).await;
    worker.until_same(&lab, "at the first look at the clock").await;
}

#[tokio::test]
async fn a_time_of_day_that_is_set_a_little_changes_nothing() {
    let (lab, worker) = settled(usual()).await;
    let connections = lab.server.connections();
    lab.manual.skip(20);
    lab.wait(4 * MINUTE).await;
    assert_eq!(lab.server.connections(), connections);
    drop(worker);
}

#[tokio::test]
async fn a_dead_connection_is_replaced_within_five_seconds_of_a_sign() {
    let (lab, mut worker) = settled(usual()).await;
    let connections = lab.server.connections();
    lab.server.fall_silent();
    append(&lab, "INBOX", 6);
    worker.send(Command::NetworkChanged);
    let probe = lab.config.timing.probe;
    assert_eq!(probe, 5 * SECOND);
    lab.manual.until_waiting(|wait| wait == probe).await;
    let before = lab.manual.elapsed();
    lab.manual.advance(probe);
    worker.until_same(&lab, "over a new connection").await;
    worker.until_idle().await;
    assert_eq!(lab.manual.elapsed() - before, probe);
    assert!(lab.server.connections() > connections);
}

#[tokio::test]
async fn whoever_acts_over_a_dead_connection_waits_for_five_seconds() {
    let (lab, mut worker) = settled(usual()).await;
    worker.send(Command::OpenMailbox(lab.mailbox("Archive").id));
    lab.until("a second IDLE", || lab.commands("IDLE").len() >= 2).await;
    lab.wait(SECOND).await;
    lab.server.fall_silent();
    let message = lab.message("INBOX", 2);
    worker.send(Command::SetFlag { messages: vec![message], flag: Flag::Flagged, change: FlagChange::Add });
    let probe = lab.config.timing.probe;
    lab.manual.until_waiting(|wait| wait == probe).await;
    let before = lab.manual.elapsed();
    lab.manual.advance(probe);
    let flagged = || {
        let flagged = |all: &postrider::demo::Mailboxes| {
            all.mailbox("INBOX").unwrap().mail(2).unwrap().flags.contains(&Flag::Flagged)
        };
        lab.server.state().read(flagged)
    };
    worker.until_true("on the server", flagged).await;
    assert_eq!(lab.manual.elapsed() - before, probe);
}

#[tokio::test]
async fn an_idle_is_renewed_after_nine_minutes_and_proves_itself() {
    let (lab, mut worker) = settled(usual()).await;
    let file = lab.config.store.folder().join("live.json");
    let idles = lab.commands("IDLE").len();
    for renewals in 0..3 {
        lab.wait(9 * MINUTE - 2 * SECOND).await;
        assert_eq!(lab.commands("IDLE").len(), idles + renewals, "{:?}", lab.manual);
        lab.wait(2 * SECOND).await;
        lab.until("renewed", || lab.commands("IDLE").len() == idles + renewals + 1).await;
    }
    let proven = || std::fs::read_to_string(&file).is_ok_and(|text| text.contains("\"idle_proven\":true"));
    lab.until("remembered", proven).await;
    append(&lab, "INBOX", 6);
    worker.until_same(&lab, "nothing is missed in between").await;
}

#[tokio::test]
async fn what_is_known_of_a_server_decides_when_its_idle_is_renewed() {
    for (minutes, expected) in [(11, 11), (28, 28), (29, 28)] {
        let mut lab = Lab::new(usual(), mailboxes(2)).await.by_hand();
        let table =
            format!("[[server]]\nname = \"x\"\ncapability = [\"IDLE\"]\nkeepalive_minutes = {minutes}\n");
        lab.config.quirks = Quirks::from_toml(&table).unwrap();
        let mut worker = lab.start();
        worker.until_idle().await;
        lab.wait(SECOND).await;
        let idles = lab.commands("IDLE").len();
        lab.wait(expected * MINUTE - 2 * SECOND).await;
        assert_eq!(lab.commands("IDLE").len(), idles, "{minutes}");
        lab.wait(2 * SECOND).await;
        lab.until("renewed", || lab.commands("IDLE").len() == idles + 1).await;
    }
}

#[tokio::test]
async fn an_idle_that_keeps_dying_in_silence_is_renewed_sooner() {
    let (lab, mut worker) = settled(usual()).await;
    for _ in 0..3 {
        lab.wait(8 * MINUTE).await;
        let before = lab.commands("IDLE").len();
        lab.server.drop_connections();
        lab.until("listening again", || lab.commands("IDLE").len() > before).await;
        lab.wait(SECOND).await;
    }
    let idles = lab.commands("IDLE").len();
    lab.wait(7 * MINUTE).await;
    lab.until("after seven minutes", || lab.commands("IDLE").len() == idles + 1).await;
    append(&lab, "INBOX", 6);
    worker.until_same(&lab, "news").await;
}

#[tokio::test]
async fn other_mailboxes_are_asked_every_five_minutes_and_without_idle_all_every_two() {
    let no_idle = usual().without(&[Extension::Idle]);
    for (mask, mailbox, every) in [(usual(), "Archive", 5 * MINUTE), (no_idle, "INBOX", 2 * MINUTE)] {
        let lab = Lab::new(mask, mailboxes(5)).await.by_hand();
        let mut worker = lab.start();
        worker.until_online().await;
        worker.until_same(&lab, "copied").await;
        // The rest began at an unknown moment of this hour: the next pass says when.
        append(&lab, mailbox, 6);
        while !lab.has(6) {
            lab.wait(SECOND).await;
        }
        append(&lab, mailbox, 7);
        lab.wait(every - 3 * SECOND).await;
        assert!(!lab.has(7), "{mailbox}");
        lab.wait(4 * SECOND).await;
        worker.until_same(&lab, mailbox).await;
    }
}

#[tokio::test]
async fn a_wait_that_the_server_asks_for_is_waited_to_the_end() {
    let text = "Request is throttled. Suggested Backoff Time: 92415 milliseconds";
    let lab = Lab::new(CapabilityMask::m365(), mailboxes(5)).await.by_hand();
    lab.server.faults().add(Rule::greeting().then(Fault::Bye(text.into())));
    let mut worker = lab.start();
    let status =
        worker.until_status("throttled", |status| matches!(status, AccountStatus::Offline { .. })).await;
    let AccountStatus::Offline { reason, retry_at, .. } = status else { unreachable!() };
    assert_eq!(reason, Problem::Busy { why: Wait::Throttled, text: text.into() });
    assert_eq!(retry_at, Some(UnixTime(NOW + 92)));
    lab.wait(92 * SECOND).await;
    assert_eq!(lab.server.connections(), 1);
    lab.wait(SECOND).await;
    worker.until_same(&lab, "afterwards").await;
    // Not by whoever acts.
    let lab = Lab::new(CapabilityMask::m365(), mailboxes(5)).await.by_hand();
    lab.server.faults().add(Rule::greeting().then(Fault::Bye(text.into())));
    let mut worker = lab.start();
    worker.until_status("throttled", |status| matches!(status, AccountStatus::Offline { .. })).await;
    worker.send(Command::SyncNow(None));
    worker.until_same(&lab, "the user does not wait").await;
}

#[tokio::test]
async fn an_operation_that_the_server_does_not_want_now_is_tried_again_later() {
    let (lab, mut worker) = settled(usual()).await;
    lab.server.faults().add(Rule::command("UID STORE").then(Fault::No("[INUSE] busy".into())));
    lab.server
        .faults()
        .add(Rule::command("UID STORE").nth(2).then(Fault::No("[INUSE] try again in 2 minutes".into())));
    let message = lab.message("INBOX", 2);
    worker.send(Command::SetFlag { messages: vec![message], flag: Flag::Seen, change: FlagChange::Add });
    let tries = || lab.commands("UID STORE").len();
    lab.until("refused", || tries() == 1).await;
    lab.wait(SECOND / 2).await;
    assert_eq!(tries(), 1, "two seconds, or a little less");
    lab.wait(2 * SECOND).await;
    lab.until("refused again", || tries() == 2).await;
    lab.wait(117 * SECOND).await;
    assert_eq!(tries(), 2, "as long as the server wants");
    lab.wait(5 * SECOND).await;
    lab.until("taken", || tries() == 3).await;
    worker.until_same(&lab, "done").await;
}
