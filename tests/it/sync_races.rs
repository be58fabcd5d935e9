//! What one connection sees while another one, or another client, changes the same mailbox; and servers that cut what
//! they send, or give something else than they listed.

use crate::sync_lab::{Lab, mail, mailboxes};
use crate::sync_operations::{acted, ids, waits};
use postrider::demo::{CapabilityMask, Fault, Mailboxes, Rule};
use postrider::model::{BodyPolicy, Flags, PartPath, UidValidity, UnixTime};
use postrider::sync::{Command, Depth, PassRequest, one_pass};

/// Puts something else in place of the literal behind some words.
fn literal(response: &[u8], head: &str, act: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let head = format!("{head} {{");
    let find = |text: &[u8], needle: &[u8]| text.windows(needle.len()).position(|w| w == needle);
    let Some(at) = find(response, head.as_bytes()) else { return response.to_vec() };
    let (before, rest) = response.split_at(at + head.len());
    let end = find(rest, b"}\r\n").unwrap();
    let length: usize = std::str::from_utf8(&rest[..end]).unwrap().parse().unwrap();
    let (bytes, after) = rest[end + 3..].split_at(length);
    let new = act(bytes);
    [before, format!("{}}}\r\n", new.len()).as_bytes(), &new, after].concat()
}

/// The literals of whole messages are no longer than this.
fn cut(at: usize) -> Fault {
    Fault::rewrite(move |response| {
        let short = |bytes: &[u8]| bytes[..bytes.len().min(at)].to_vec();
        literal(&literal(response, "BODY[]", short), "BODY[]<0>", short)
    })
}

/// Announced sizes are larger than real ones.
fn inflated(response: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(response).into_owned();
    let Some((before, rest)) = text.split_once("RFC822.SIZE ") else { return response.to_vec() };
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap();
    let size: u64 = rest[..digits].parse().unwrap();
    format!("{before}RFC822.SIZE {}{}", size + 37, &rest[digits..]).into_bytes()
}

fn bodies() -> PassRequest {
    PassRequest { mailboxes: Vec::new(), depth: Depth::Bodies }
}

fn raw(lab: &Lab, uid: u32) -> Option<Vec<u8>> {
    let see = lab.config.store.snapshot().unwrap();
    see.part(lab.message("INBOX", uid), &PartPath::root()).unwrap()
}

fn validity(lab: &Lab) -> Option<UidValidity> {
    lab.mailbox("INBOX").state.uid_validity
}

#[tokio::test]
async fn what_a_server_cuts_short_is_fetched_to_its_end() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(5)).await;
    lab.pass().await;
    lab.server.faults().add(Rule::command("UID FETCH").always().then(cut(120)));
    let done = one_pass(&lab.config, &lab.account, &bodies(), &mut |_| {}).await.unwrap();
    assert_eq!(done.bodies, 5);
    for n in 1..=5 {
        assert_eq!(raw(&lab, n).as_deref(), Some(&*mail(n).bytes()), "{n}");
    }
}

#[tokio::test]
async fn nothing_is_no_body() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(3)).await;
    lab.pass().await;
    let empty = Fault::rewrite(|response| {
        let response = literal(response, "BODY[]", |_| Vec::new());
        literal(&response, "BODY[]<0>", |_| Vec::new())
    });
    lab.server.faults().add(Rule::command("UID FETCH").always().then(empty));
    let done = one_pass(&lab.config, &lab.account, &bodies(), &mut |_| {}).await.unwrap();
    assert_eq!((done.bodies, raw(&lab, 2)), (0, None));
    lab.server.faults().clear();
    let done = one_pass(&lab.config, &lab.account, &bodies(), &mut |_| {}).await.unwrap();
    assert_eq!((done.bodies, raw(&lab, 2).as_deref()), (3, Some(&*mail(2).bytes())));
}

#[tokio::test]
async fn sizes_that_are_only_estimates_are_found_out_and_then_cost_nothing() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(150)).await;
    lab.server.faults().add(Rule::command("UID FETCH").always().then(Fault::rewrite(inflated)));
    let done = one_pass(&lab.config, &lab.account, &bodies(), &mut |_| {}).await.unwrap();
    assert_eq!(done.bodies, 150);
    for n in [1, 75, 150] {
        assert_eq!(raw(&lab, n).as_deref(), Some(&*mail(n).bytes()), "{n}");
    }
    // As long as it is not known that they are: the first ones, asked for again by themselves.
    lab.server.state().change(|all| {
        for n in 201..=230 {
            all.append("INBOX", Flags::default(), UnixTime(0), mail(n)).unwrap();
        }
    });
    lab.server.clear_log();
    one_pass(&lab.config, &lab.account, &bodies(), &mut |_| {}).await.unwrap();
    assert_eq!(raw(&lab, 180).as_deref(), Some(&*mail(230).bytes()));
}

#[tokio::test]
async fn bytes_of_another_message_are_not_kept() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(3)).await;
    lab.pass().await;
    let other = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("mail-2@", "mail-9@").into_bytes();
    let wrong = Fault::rewrite(move |response| literal(response, "BODY[]", other));
    lab.server.faults().add(Rule::command("UID FETCH").always().then(wrong));
    one_pass(&lab.config, &lab.account, &bodies(), &mut |_| {}).await.unwrap();
    assert_eq!(raw(&lab, 2), None);
    assert!(raw(&lab, 1).is_some() && raw(&lab, 3).is_some());
}

/// The first mail goes, and all others get its neighbour's UID under a new UIDVALIDITY.
fn renumber(all: &mut Mailboxes) {
    all.expunge("INBOX", &[1]).unwrap();
    all.renew_uid_validity("INBOX").unwrap();
}

#[tokio::test]
async fn a_mailbox_that_was_rebuilt_in_the_middle_of_a_move_loses_nothing() {
    let lab = Lab::new(CapabilityMask::icloud(), mailboxes(6)).await;
    lab.config
        .store
        .write("test", {
            let account = lab.account.id;
            move |w| w.set_account_bodies(account, Some(BodyPolicy::None))
        })
        .await
        .unwrap();
    let mut worker = lab.start();
    worker.until_idle().await;
    worker.until_same(&lab, "copied").await;
    let before = validity(&lab);
    // The copy is made, but the server does not tell where; while it is looked for, the mailbox is rebuilt, and the
    // connection that listens there finds out first.
    let mute = |response: &[u8]| {
        let text = String::from_utf8_lossy(response).into_owned();
        match (text.find("[COPYUID"), text.find(']')) {
            (Some(start), Some(end)) => format!("{}{}", &text[..start], &text[end + 2..]).into_bytes(),
            _ => response.to_vec(),
        }
    };
    let faults = lab.server.faults();
    faults.add(Rule::command("UID COPY").then(Fault::rewrite(mute)));
    faults.add(Rule::command("UID COPY").then(Fault::StallAfter(0)));
    let to = lab.mailbox("Archive").id;
    worker.send(Command::Move { messages: vec![lab.message("INBOX", 3)], from: None, to });
    acted(&mut worker).await;
    lab.until("copied there", || ids(&lab.server, "Archive").len() == 1).await;
    lab.server.state().change(renumber);
    lab.server.tell_idle(b"* BYE the mailbox was rebuilt\r\n");
    worker.until_true("rebuilt here", || validity(&lab) != before).await;
    faults.release();
    worker.until_true("moved", || !waits(&lab, lab.account.id)).await;
    worker.until_same(&lab, "quiet").await;
    let inbox = ["mail-2", "mail-4", "mail-5", "mail-6"].map(|name| format!("{name}@example.org"));
    assert_eq!(ids(&lab.server, "INBOX"), inbox);
    assert_eq!(ids(&lab.server, "Archive"), ["mail-3@example.org"]);
}
