//! Faults as a client meets them.

use super::client::{Client, server};
use crate::demo::{CapabilityMask, Fault, FaultPlan, Rule};

async fn with(plan: FaultPlan) -> (std::sync::Arc<crate::demo::Server>, Client) {
    let server = server(3, CapabilityMask::full(), plan).await;
    let mut client = Client::signed_in(&server).await;
    client.run("SELECT INBOX").await;
    (server, client)
}

const FETCH: &str = "UID FETCH 1:* (BODY.PEEK[TEXT])";

#[tokio::test]
async fn links_break_at_the_byte_that_was_named() {
    let (_server, mut whole) = with(FaultPlan::new()).await;
    let full = whole.run(FETCH).await.replace("tag", "t3");
    for cut in 0..full.len() {
        let rule = Rule::command("UID FETCH").then(Fault::DropAfter(cut as u64));
        let (_server, mut client) = with(FaultPlan::new().rule(rule)).await;
        client.write(format!("t3 {FETCH}\r\n").as_bytes()).await;
        let mut got = String::new();
        while let Some(line) = client.line().await {
            got.push_str(&line);
        }
        assert!(full.starts_with(&got) && got.len() <= cut, "{cut}: {got}");
    }
}

#[tokio::test]
async fn commands_are_refused_with_any_text() {
    let plan = FaultPlan::new()
        .rule(Rule::command("NOOP").then(Fault::No("[THROTTLED] Slow down".into())))
        .rule(Rule::command("NOOP").nth(2).then(Fault::Bad("What?".into())))
        .rule(Rule::command("NOOP").nth(3).then(Fault::Before(b"* 7 FOO\r\n".to_vec())))
        .rule(Rule::command("NOOP").nth(4).then(Fault::BeforeTagged(b"garbage\r\n".to_vec())))
        .rule(Rule::command("NOOP").nth(5).then(Fault::Replace(b"{tag} OK [X] fine\r\n".to_vec())))
        .rule(Rule::command("NOOP").nth(6).then(Fault::Bye("Shutting down".into())));
    let (server, mut client) = with(plan).await;
    assert_eq!(client.run("NOOP").await, "tag NO [THROTTLED] Slow down\r\n");
    assert_eq!(client.run("NOOP").await, "tag BAD What?\r\n");
    assert_eq!(client.run("NOOP").await, "* 7 FOO\r\ntag OK Done\r\n");
    assert_eq!(client.run("NOOP").await, "garbage\r\ntag OK Done\r\n");
    assert_eq!(client.run("NOOP").await, "tag OK [X] fine\r\n");
    assert_eq!(client.run("NOOP").await, "* BYE Shutting down\r\n");
    assert_eq!(client.line().await, None);
    assert_eq!(server.faults().fired(), 6);
}

#[tokio::test]
async fn answers_are_doubled_turned_and_misannounced() {
    let plan = FaultPlan::new()
        .rule(Rule::command("UID FETCH").then(Fault::Duplicate))
        .rule(Rule::command("UID FETCH").nth(2).then(Fault::Reverse))
        .rule(Rule::command("UID FETCH").nth(3).then(Fault::LiteralOff(5)));
    let (_server, mut client) = with(plan).await;
    assert_eq!(client.run(FETCH).await.matches("FETCH (UID").count(), 6);
    assert!(client.run(FETCH).await.starts_with("* 3 FETCH"));
    assert!(client.run(FETCH).await.contains("BODY[TEXT] {16}\r\nText of 1"));
}

#[tokio::test]
async fn work_can_be_done_and_its_answer_lost() {
    let plan = FaultPlan::new()
        .rule(Rule::command("UID MOVE").then(Fault::DropAfter(0)))
        .rule(Rule::command("UID MOVE").nth(2).then(Fault::Drop));
    let (server, mut client) = with(plan).await;
    assert_eq!(client.run("UID MOVE 1 Archive").await, "");
    assert_eq!(server.state().read(|all| all.mailbox("Archive").unwrap().uids()), [1]);
    let mut client = Client::signed_in(&server).await;
    client.run("SELECT INBOX").await;
    assert_eq!(client.run("UID MOVE 2 Archive").await, "");
    assert_eq!(server.state().read(|all| all.mailbox("INBOX").unwrap().uids()), [2, 3]);
}

#[tokio::test]
async fn uploads_break_in_the_middle() {
    let (server, mut client) =
        with(FaultPlan::new().rule(Rule::any_command().nth(3).then(Fault::DropAfterInput(30)))).await;
    assert_eq!(client.run("NOOP").await, "tag OK Done\r\n");
    assert_eq!(client.run("APPEND Sent {40+}\r\n0123456789012345678901234567890123456789").await, "");
    assert!(server.state().read(|all| all.mailbox("Sent").unwrap().mails().is_empty()));
}

#[tokio::test]
async fn stalled_links_go_on_when_released() {
    let (server, mut client) =
        with(FaultPlan::new().rule(Rule::command("NOOP").then(Fault::StallAfter(4)))).await;
    client.write(b"t9 NOOP\r\n").await;
    // The first bytes come, the rest after the release.
    let faults = server.faults();
    let (line, ()) = tokio::join!(client.line(), async {
        while faults.fired() == 0 {
            tokio::task::yield_now().await;
        }
        tokio::task::yield_now().await;
        faults.clear();
        for _ in 0..1000 {
            tokio::task::yield_now().await;
            faults.release();
        }
    });
    assert_eq!(line.unwrap(), "t9 OK Done\r\n");
}

#[tokio::test]
async fn mail_changes_behind_the_clients_back() {
    let plan = FaultPlan::new()
        .rule(Rule::command("UID STORE").then(Fault::change(|all| {
            all.expunge("INBOX", &[2]).unwrap();
        })))
        .rule(Rule::command("STATUS").then(Fault::renew_uid_validity("INBOX")));
    let (_server, mut client) = with(plan).await;
    assert_eq!(client.run("UID STORE 2 +FLAGS (\\Seen)").await, "* 2 EXPUNGE\r\ntag OK Stored\r\n");
    assert!(client.run("STATUS INBOX (UIDVALIDITY)").await.contains("UIDVALIDITY 1000000007"));
}

#[tokio::test]
async fn greetings_go_wrong() {
    let plan = FaultPlan::new()
        .rule(Rule::greeting().then(Fault::Bye("Too busy".into())))
        .rule(Rule::greeting().nth(2).then(Fault::Drop))
        .rule(Rule::greeting().nth(3).then(Fault::Replace(b"<html>\r\n".to_vec())))
        .rule(Rule::greeting().nth(4).then(Fault::DropAfter(10)));
    let server = server(0, CapabilityMask::full(), plan).await;
    let mut first = Vec::new();
    for _ in 0..5 {
        first.push(Client::connect(&server).await.line().await.unwrap_or_default());
    }
    assert_eq!(first[..4], ["* BYE Too busy\r\n", "", "<html>\r\n", ""]);
    assert!(first[4].starts_with("* OK"));
}

#[tokio::test]
async fn links_fail_before_tls() {
    let plan = FaultPlan::new()
        .rule(Rule::accept().then(Fault::Replace(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())))
        .rule(Rule::accept().nth(2).then(Fault::Drop));
    let server = server(0, CapabilityMask::full(), plan).await;
    assert_eq!(Client::connect(&server).await.line().await.unwrap(), "HTTP/1.1 400 Bad Request\r\n");
    assert_eq!(Client::connect(&server).await.line().await, None);
    assert!(Client::connect(&server).await.line().await.unwrap().starts_with("* OK"));
}

#[tokio::test]
async fn idling_clients_hear_anything() {
    let (server, mut client) = with(FaultPlan::new()).await;
    client.write(b"i IDLE\r\n").await;
    assert_eq!(client.line().await.unwrap(), "+ idling\r\n");
    server.tell_idle(b"* BYE Going home\r\n");
    assert_eq!(client.line().await.unwrap(), "* BYE Going home\r\n");
}
