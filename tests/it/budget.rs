//! What a reconnect to an unchanged account may cost: bytes are asserted, seconds are for the benches.

use crate::cli_live::Desk;
use crate::dovecot::{Dovecot, Setup, message};
use crate::sync_lab::{Lab, NOW, mailboxes};
use postrider::demo::{CapabilityMask, Extension};
use postrider::model::{Flags, UnixTime};
use postrider::sync::Command;

/// Bytes both ways, TLS and everything included, where the server tells changes since last time.
const QRESYNC: u64 = 5_000;
/// The same where it tells only changed flags.
const CONDSTORE: u64 = 50_000;
/// Mails in INBOX. How many does not matter, and that is the point.
const MAILS: u32 = 4_000;

fn servers() -> Vec<(&'static str, CapabilityMask, u64)> {
    vec![
        ("QRESYNC", CapabilityMask::full(), QRESYNC),
        ("CONDSTORE", CapabilityMask::full().without(&[Extension::Qresync, Extension::Notify]), CONDSTORE),
        ("Gmail", CapabilityMask::gmail(), CONDSTORE),
        ("iCloud", CapabilityMask::icloud(), CONDSTORE),
    ]
}

#[tokio::test]
async fn a_pass_over_an_unchanged_account_costs_little() {
    for (name, mask, budget) in servers() {
        let lab = Lab::new(mask, mailboxes(MAILS)).await;
        lab.pass().await;
        lab.advance(3_600);
        let summary = lab.pass().await;
        let cost = summary.bytes_in + summary.bytes_out;
        println!("{name}: {} bytes in, {} out", summary.bytes_in, summary.bytes_out);
        assert!(cost < budget, "{name}: {summary:?}");
        assert_eq!(summary.messages, 0);
    }
}

#[tokio::test]
async fn a_reconnect_of_the_worker_costs_little() {
    for (name, mask, budget) in servers() {
        let lab = Lab::new(mask, mailboxes(MAILS)).await;
        lab.pass().await;
        let mut worker = lab.start();
        worker.until_idle().await;
        worker.until_same(&lab, name).await;
        worker.send(Command::SetOffline(true));
        let is_offline = |status: &_| matches!(status, postrider::sync::AccountStatus::Offline { .. });
        worker.until_status("offline", is_offline).await;
        lab.server.clear_log();
        let before = lab.server.traffic();
        worker.send(Command::SetOffline(false));
        // The order of events: away, connecting, listening.
        worker.until_status("connecting", |status| !is_offline(status)).await;
        worker.until_idle().await;
        let after = lab.server.traffic();
        let (sent, received) = (after.sent - before.sent, after.received - before.received);
        println!("{name}: {sent} bytes from the server, {received} to it, inside TLS, over two connections");
        // Both connections together, without their handshakes.
        assert!(sent + received < 2 * budget, "{name}: {sent} + {received}");
        assert_eq!(lab.commands("UID FETCH"), Vec::<String>::new(), "{name}");
        assert_eq!(lab.commands("UID SEARCH"), Vec::<String>::new(), "{name}");
    }
}

#[tokio::test]
async fn a_selected_mailbox_that_did_not_change_costs_one_command() {
    // What `watch` does on each connection: SELECT from the stored state, and nothing else.
    for (name, mask, budget) in servers() {
        let lab = Lab::new(mask, mailboxes(MAILS)).await;
        lab.pass().await;
        // A mail elsewhere, so that the pass has something to open.
        lab.server.state().change(|all| {
            all.append("Sent", Flags::default(), UnixTime(NOW), crate::sync_lab::mail(9_999)).unwrap();
        });
        lab.server.clear_log();
        let summary = lab.pass().await;
        assert_eq!(lab.commands("SELECT").len(), 1, "{name}: {:?}", lab.commands("SELECT"));
        assert!(summary.bytes_in + summary.bytes_out < 2 * budget, "{name}: {summary:?}");
        lab.assert_same(name);
    }
}

/// What Dovecot offers, without QRESYNC.
const NO_QRESYNC: &str = "imap_capability = IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT THREAD=REFERENCES \
     UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE ESEARCH SEARCHRES WITHIN LIST-STATUS MOVE \
     SPECIAL-USE LITERAL+ NOTIFY\n";

#[test]
fn the_program_costs_little_from_a_cold_start_too() {
    // POSTRIDER_BUDGET_MAILS=100000 shows that the size of the mailbox does not matter.
    let mails = std::env::var("POSTRIDER_BUDGET_MAILS").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    for (name, extra) in [("QRESYNC", ""), ("CONDSTORE", NO_QRESYNC)] {
        let Some(server) = Dovecot::start_with(&Setup { extra, ..Setup::default() }) else { return };
        server.append("alice", "INBOX", "", (1..=mails).map(|n| message(n, 600)));
        let desk = Desk::new();
        desk.add_alice(&server, &[]);
        let pass = || desk.rows(&["sync", "--headers", "--json"]).pop().unwrap();
        assert_eq!(pass()["messages"].as_u64(), u64::try_from(mails).ok());
        let again = pass();
        let bytes = |what: &str| again[what].as_u64().unwrap();
        println!("{name}, {mails} messages, nothing changed: {again}");
        assert_eq!(again["messages"], 0);
        // TLS, sign-in, good-bye and all; also where the server tells flags only, nothing has to be opened.
        assert!(bytes("bytes_in") + bytes("bytes_out") < QRESYNC, "{name}: {again}");
    }
}
