//! First copy and later passes, against servers of all sorts.

use crate::sync_lab::{Lab, NOW, mail, mailboxes, masks};
use postrider::demo::{CapabilityMask, Quirk};
use postrider::model::{Flag, FlagChange, Flags, UnixTime};
use postrider::sync::{Event, PassRequest, Problem};

#[tokio::test]
async fn a_first_pass_copies_everything_from_every_kind_of_server() {
    for (name, mask) in masks() {
        let lab = Lab::new(mask, mailboxes(1_300)).await;
        let summary = lab.pass().await;
        lab.assert_same(name);
        assert_eq!(summary.messages, 1_300, "{name}");
        assert!(summary.bytes_in > 100_000 && summary.bytes_out > 100, "{name}: {summary:?}");
        assert!(lab.mailbox("INBOX").is_complete(), "{name}");
        lab.server.clear_log();
        let summary = lab.pass().await;
        assert_eq!(summary.messages, 0, "{name}: nothing has changed");
        assert_eq!(lab.commands("UID FETCH"), Vec::<String>::new(), "{name}");
    }
}

#[tokio::test]
async fn the_newest_messages_come_with_one_command_and_one_commit() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(2_000)).await;
    let mut worker = lab.start();
    let mut first = None;
    worker
        .until("first rows", |event| {
            if let Event::Changed(_) = event
                && first.is_none()
                && !lab.local().is_empty()
            {
                first = Some(lab.local().len());
            }
            first
        })
        .await;
    assert!(first >= Some(200), "{first:?}");
    let fetches = lab.commands("UID FETCH");
    assert!(fetches[0].contains("1801:2000"), "{}", fetches[0]);
    worker.until_same(&lab, "the rest follows").await;
}

#[tokio::test]
async fn changes_of_another_client_arrive_with_the_next_pass() {
    for (name, mask) in masks() {
        let lab = Lab::new(mask, mailboxes(900)).await;
        lab.pass().await;
        lab.server.state().change(|all| {
            all.append("INBOX", Flags::default(), UnixTime(NOW), mail(901)).unwrap();
            all.append("Sent", Flags::default(), UnixTime(NOW), mail(902)).unwrap();
            all.set_flag("INBOX", &[5, 899], FlagChange::Add, &Flag::Flagged).unwrap();
            all.set_flag("INBOX", &[898], FlagChange::Add, &Flag::Seen).unwrap();
            all.expunge("INBOX", &[1, 450, 900]).unwrap();
        });
        // Where nothing tells changed flags, all are compared when it is time.
        lab.advance(3_600);
        lab.pass().await;
        lab.assert_same(name);
    }
}

#[tokio::test]
async fn an_unchanged_mailbox_costs_next_to_nothing() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(5_000)).await;
    lab.pass().await;
    let summary = lab.pass().await;
    assert!(summary.bytes_in + summary.bytes_out < 12_000, "{summary:?}");
}

#[tokio::test]
async fn a_new_uid_validity_keeps_messages_and_their_ids() {
    for (name, mask) in masks() {
        let lab = Lab::new(mask, mailboxes(300)).await;
        lab.pass().await;
        let before = lab.message("INBOX", 40);
        lab.server.state().change(|all| {
            all.expunge("INBOX", &[1, 2]).unwrap();
            all.renew_uid_validity("INBOX").unwrap();
            all.append("INBOX", Flags::default(), UnixTime(NOW), mail(301)).unwrap();
        });
        lab.pass().await;
        lab.assert_same(name);
        assert_eq!(lab.message("INBOX", 38), before, "{name}: the row is the same under its new UID");
    }
}

#[tokio::test]
async fn a_missing_mailbox_is_hidden_and_comes_back() {
    let mut all = mailboxes(3);
    all.create("Projects", None).unwrap();
    for n in 10..20 {
        all.append("Projects", Flags::default(), UnixTime(NOW), mail(n)).unwrap();
    }
    let lab = Lab::new(CapabilityMask::full(), all).await;
    lab.pass().await;
    let id = lab.mailbox("Projects").id;
    lab.server.state().change(|all| all.delete("Projects").unwrap());
    lab.pass().await;
    lab.assert_same("hidden");
    let snapshot = lab.config.store.snapshot().unwrap();
    assert_eq!(snapshot.mailbox(id).unwrap().unwrap().total, 10, "its messages are kept");
}

#[tokio::test]
async fn one_list_without_a_mailbox_hides_nothing() {
    use postrider::demo::{Fault, Rule};
    let lab = Lab::new(CapabilityMask::full(), mailboxes(3)).await;
    lab.pass().await;
    let before = lab.config.store.snapshot().unwrap().mailboxes(lab.account.id).unwrap().len();
    let lie = b"* LIST () \"/\" INBOX\r\n{tag} OK done\r\n".to_vec();
    lab.server.faults().add(Rule::command("LIST").then(Fault::Replace(lie)));
    lab.pass().await;
    let after = lab.config.store.snapshot().unwrap().mailboxes(lab.account.id).unwrap().len();
    assert_eq!(after, before);
}

#[tokio::test]
async fn quirks_of_servers_do_no_harm() {
    let quirks = [
        Quirk::SilentEnable,
        Quirk::WrongSize,
        Quirk::ZeroModSeq,
        Quirk::QresyncAlone,
        Quirk::LowerCaseAttributes,
        Quirk::NoUidNext,
        Quirk::BadId,
        Quirk::NoCapabilityAfterLogin,
    ];
    for quirk in quirks {
        for mask in [CapabilityMask::full(), CapabilityMask::hmail()] {
            let lab = Lab::new(mask.with_quirk(quirk), mailboxes(260)).await;
            lab.pass().await;
            lab.server.state().change(|all| {
                all.append("INBOX", Flags::default(), UnixTime(NOW), mail(261)).unwrap();
                all.expunge("INBOX", &[3]).unwrap();
                all.set_flag("INBOX", &[7], FlagChange::Add, &Flag::Answered).unwrap();
            });
            lab.advance(3_600);
            lab.pass().await;
            lab.assert_same(&format!("{quirk:?}"));
        }
    }
}

#[tokio::test]
async fn a_fetch_that_leaves_mails_out_loses_none_that_are_here() {
    let lab = Lab::new(CapabilityMask::m365(), mailboxes(50)).await;
    lab.pass().await;
    assert_eq!(lab.local().len(), 50);
    let lab = Lab::new(CapabilityMask::m365().with_quirk(Quirk::FetchOmitsNewest), mailboxes(50)).await;
    lab.pass().await;
    assert_eq!(lab.local().len(), 49, "the server does not give the newest away");
    lab.pass().await;
    assert_eq!(lab.local().len(), 49);
}

#[tokio::test]
async fn modification_sequences_may_be_huge() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(20)).await;
    lab.server.state().change(|all| all.set_mod_seq("INBOX", (1 << 62) + 5).unwrap());
    lab.pass().await;
    let change = |flag| {
        lab.server.state().change(|all| all.set_flag("INBOX", &[4], FlagChange::Add, &flag).unwrap());
    };
    change(Flag::Flagged);
    lab.pass().await;
    lab.assert_same("huge");
}

#[tokio::test]
async fn uid_next_going_down_loses_nothing() {
    for (name, mask) in masks() {
        let lab = Lab::new(mask, mailboxes(60)).await;
        lab.pass().await;
        lab.server.state().change(|all| {
            all.expunge("INBOX", &[59, 60]).unwrap();
            all.set_uid_next("INBOX", 59).unwrap();
        });
        lab.pass().await;
        lab.assert_same(name);
    }
}

#[tokio::test]
async fn wishes_for_one_mailbox_are_respected() {
    let mut all = mailboxes(5);
    all.append("Sent", Flags::default(), UnixTime(NOW), mail(90)).unwrap();
    let lab = Lab::new(CapabilityMask::full(), all).await;
    let mailboxes = vec!["Sent".into(), "No such thing".into()];
    let request = PassRequest { mailboxes, ..PassRequest::default() };
    let summary = lab.try_pass_of(&request).await.unwrap();
    assert_eq!(summary.messages, 1);
    assert_eq!(summary.refused, vec![("No such thing".to_owned(), Problem::MailboxGone)]);
    assert!(!lab.has(1) && lab.has(90));
}
