//! Bodies by policy: fetched after the list, the newest first, never twice, paused and resumed, through breaks.

use crate::sync_lab::{Lab, NOW, mail, mailboxes};
use postrider::demo::{CapabilityMask, Content, Fault, Rule};
use postrider::imap::Quirks;
use postrider::model::{BodyPolicy, Flags, MessageId, PartPath, UnixTime};
use postrider::sync::{BodyProgress, Command, Depth, Event, Memory, PassRequest};

fn all() -> PassRequest {
    PassRequest { mailboxes: Vec::new(), depth: Depth::Bodies }
}

/// What the server sent of whole messages: the UID sets that were asked for.
fn asked(lab: &Lab) -> Vec<String> {
    let whole = lab.commands("UID FETCH").into_iter().filter(|line| line.contains("BODY.PEEK[]"));
    whole.map(|line| line.split(' ').nth(2).unwrap_or_default().to_owned()).collect()
}

fn raw(lab: &Lab, id: MessageId) -> Option<Vec<u8>> {
    lab.config.store.snapshot().unwrap().part(id, &PartPath::root()).unwrap()
}

fn missing(lab: &Lab) -> u64 {
    let see = lab.config.store.snapshot().unwrap();
    see.count_missing_bodies(lab.mailbox("INBOX").id, UnixTime(i64::MIN)).unwrap()
}

async fn set(lab: &Lab, policy: BodyPolicy) {
    let account = lab.account.id;
    lab.config.store.write("test", move |w| w.set_account_bodies(account, Some(policy))).await.unwrap();
}

/// A mail with an attachment of so many bytes.
fn big(n: u32, length: usize) -> Content {
    let mut text = format!(
        "From: Ada <ada@example.org>\r\nSubject: Big {n}\r\nMessage-ID: <big-{n}@example.org>\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello {n}\r\n\
         --b\r\nContent-Type: application/x-noise\r\n\r\n"
    )
    .into_bytes();
    text.extend((0..length).map(|k| b'a' + u8::try_from((k * 31 + k / 97) % 25).unwrap()));
    text.extend_from_slice(b"\r\n--b--\r\n");
    Content::new(text)
}

#[tokio::test]
async fn every_server_gives_every_body_byte_for_byte_and_once() {
    for (name, mask) in crate::sync_lab::masks() {
        let mut boxes = mailboxes(30);
        boxes.append("INBOX", Flags::default(), UnixTime(NOW), big(1, 1_500_000)).unwrap();
        boxes.append("INBOX", Flags::default(), UnixTime(NOW), big(2, 300_000)).unwrap();
        let lab = Lab::new(mask, boxes).await;
        let summary = lab.try_pass_of(&all()).await.unwrap();
        assert_eq!((summary.bodies, missing(&lab)), (32, 0), "{name}");
        for uid in 1..=32 {
            let there = lab
                .server
                .state()
                .read(|all| all.mailbox("INBOX").unwrap().mail(uid).unwrap().content.bytes().into_owned());
            assert!(raw(&lab, lab.message("INBOX", uid)) == Some(there), "{name}: {uid}");
        }
        lab.server.clear_log();
        let again = lab.try_pass_of(&all()).await.unwrap();
        assert_eq!((again.bodies, asked(&lab)), (0, vec![]), "{name}");
        // The text is read from it, without the server.
        let see = lab.config.store.snapshot().unwrap();
        let text = see.part(lab.message("INBOX", 31), &"1".parse().unwrap()).unwrap();
        assert_eq!(text.as_deref(), Some(b"Hello 1".as_slice()), "{name}");
    }
}

#[tokio::test]
async fn the_worker_fetches_what_the_policy_says_and_new_mail_too() {
    let mut boxes = mailboxes(20);
    for n in 101..=103 {
        let long_ago = UnixTime(NOW - 100 * 86_400);
        boxes.append("INBOX", Flags::default(), long_ago, mail(n)).unwrap();
        boxes.append("Junk", Flags::default(), UnixTime(NOW), mail(100 + n)).unwrap();
    }
    let lab = Lab::new(CapabilityMask::full(), boxes).await;
    let account = lab.account.id;
    lab.config.store.write("test", move |w| w.set_account_bodies(account, None)).await.unwrap();
    let mut worker = lab.start();
    worker.until_true("the usual ones", || lab.total() == 26 && missing(&lab) == 3).await;
    let junk = lab.mailbox("Junk").id;
    let see = lab.config.store.snapshot().unwrap();
    assert_eq!(see.count_missing_bodies(junk, UnixTime(i64::MIN)).unwrap(), 3, "junk is left there");
    drop(see);
    lab.server.state().change(|all| {
        all.append("INBOX", Flags::default(), UnixTime(NOW), mail(500)).unwrap();
    });
    worker.until_true("the new one", || lab.total() == 27 && missing(&lab) == 3).await;
    worker.send(Command::SetBodyPolicy { account, mailbox: None, policy: Some(BodyPolicy::All) });
    worker.until_true("all", || missing(&lab) == 0).await;
}

#[tokio::test]
async fn a_pause_holds_over_a_restart_and_ends_when_the_user_says_so() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(20)).await;
    let account = lab.account.id;
    set(&lab, BodyPolicy::All).await;
    lab.config.store.write("test", move |w| w.pause_bodies(account, true)).await.unwrap();
    for _ in 0..2 {
        let mut worker = lab.start();
        let paused =
            |event| matches!(event, Event::Bodies { progress: BodyProgress::Paused, .. }).then_some(());
        worker.until("paused", paused).await;
        assert_eq!(asked(&lab), Vec::<String>::new());
        worker.send(Command::Shutdown);
    }
    let mut worker = lab.start();
    worker.until_online().await;
    worker.send(Command::PauseBodies { account, on: false });
    worker.until_true("all", || missing(&lab) == 0).await;
}

#[tokio::test]
async fn a_break_anywhere_costs_only_what_was_on_its_way() {
    for at in [200_000, 700_000, 1_400_000, 2_600_000] {
        let mut boxes = mailboxes(0);
        for n in 1..=6 {
            boxes.append("INBOX", Flags::default(), UnixTime(NOW + i64::from(n)), big(n, 200_000)).unwrap();
        }
        boxes.append("INBOX", Flags::default(), UnixTime(NOW), big(7, 2_500_000)).unwrap();
        let lab = Lab::new(CapabilityMask::full(), boxes).await;
        lab.server.faults().add(Rule::greeting().connection(1).then(Fault::DropAfter(at)));
        let broken = lab.try_pass_of(&all()).await;
        assert!(broken.is_err(), "{at}");
        let before = missing(&lab);
        let sent = lab.server.traffic().sent;
        let done = lab.try_pass_of(&all()).await.unwrap();
        assert_eq!((done.bodies, missing(&lab)), (before, 0), "{at}");
        // Of the large one no more than the last mark is asked for again, of the others nothing that came whole.
        let small = (before - 1) * 205_000;
        let again = lab.server.traffic().sent - sent;
        assert!(again < small + 2_600_000 + 60_000, "{at}: {again} bytes for {before} bodies");
        if at == 2_600_000 {
            assert!(again < 1_700_000, "the large one was resumed: {again}");
        }
    }
}

#[tokio::test]
async fn a_server_that_refuses_a_body_keeps_nothing_else_back() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(12)).await;
    lab.pass().await;
    lab.server.faults().add(Rule::command("UID FETCH").nth(1).then(Fault::No("not this one".into())));
    let first = lab.try_pass_of(&all()).await.unwrap();
    assert_eq!(first.refused, vec![]);
    assert_eq!((first.bodies, missing(&lab)), (12, 0), "one by one");
}

#[tokio::test]
async fn what_a_provider_allows_in_a_day_is_kept_to() {
    let table = "[[server]]\nname = \"mine\"\ncapability = [\"IDLE\"]\ndaily_megabytes = 1\n";
    let mut boxes = mailboxes(5);
    for n in 1..=30 {
        boxes.append("INBOX", Flags::default(), UnixTime(NOW), big(n, 100_000)).unwrap();
    }
    let mut lab = Lab::new(CapabilityMask::full(), boxes).await;
    lab.config.quirks = Quirks::from_toml(table).unwrap();
    set(&lab, BodyPolicy::All).await;
    let mut worker = lab.start();
    let used_up = |event| match event {
        Event::Bodies { progress: BodyProgress::UsedUp { until }, .. } => Some(until),
        _ => None,
    };
    let until = worker.until("used up", used_up).await;
    assert_eq!(until, UnixTime(NOW + 86_400));
    let left = missing(&lab);
    // A command more may have been on its way.
    assert!((10..=25).contains(&left), "{left} of 35 are missing");
    // Not more after a restart of the program either, and what the user opens comes all the same.
    lab.config.memory = Memory::open(lab.config.store.folder());
    worker.send(Command::Shutdown);
    let mut worker = lab.start();
    worker.until("still used up", used_up).await;
    assert_eq!(missing(&lab), left);
    for day in 1..=5 {
        lab.advance(86_401);
        worker.send(Command::SyncNow(None));
        let over = |event| match event {
            Event::Bodies { progress: BodyProgress::UsedUp { .. }, .. } => Some(false),
            Event::Bodies { progress: BodyProgress::Resting, .. } => Some(true),
            _ => None,
        };
        if worker.until("the next day", over).await {
            assert!(day > 1, "not all in one day");
            break;
        }
    }
    assert_eq!(missing(&lab), 0);
}
