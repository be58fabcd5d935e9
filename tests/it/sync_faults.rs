//! Everything that goes wrong between the worker and a server. After each fault: nothing is lost, nothing
//! is hidden by mistake, and in the end both sides are the same.

use crate::sync_lab::{Lab, NOW, mail, mailboxes, masks};
use postrider::demo::{CapabilityMask, Fault, Mailboxes, Rule};
use postrider::model::{Flag, FlagChange, Flags, UnixTime};
use postrider::sync::Problem;

/// Passes until one is done; each of them meets what is left of the faults.
async fn pass_at_last(lab: &Lab, what: &str) {
    for _ in 0..20 {
        match lab.try_pass().await {
            Ok(summary) if summary.refused.is_empty() => return,
            Ok(_) | Err(_) => {}
        }
    }
    panic!("{what}: no pass succeeded");
}

fn another_client(all: &mut Mailboxes) {
    all.append("INBOX", Flags::default(), UnixTime(NOW), mail(901)).unwrap();
    all.set_flag("INBOX", &[2, 28], FlagChange::Add, &Flag::Flagged).unwrap();
    all.expunge("INBOX", &[5]).unwrap();
}

/// What may happen at any command: everything on a server that tells changes, the worst on one that
/// tells nothing.
fn matrix() -> [(&'static str, CapabilityMask, Vec<Fault>); 2] {
    let nothing = || Fault::Replace(b"{tag} OK nothing to tell\r\n".to_vec());
    let worst = vec![Fault::DropAfter(7), Fault::No("not now".into()), nothing()];
    let every = vec![
        Fault::Drop,
        Fault::DropAfter(0),
        Fault::DropAfter(7),
        Fault::DropAfter(300),
        Fault::Bye("[UNAVAILABLE] maintenance".into()),
        Fault::No("not now".into()),
        Fault::Bad("what?".into()),
        nothing(),
        Fault::Duplicate,
        Fault::Reverse,
    ];
    [("everything", CapabilityMask::full(), every), ("nothing", CapabilityMask::hmail(), worst)]
}

#[tokio::test]
async fn a_fault_at_any_command_of_a_first_copy_loses_nothing() {
    for (name, mask, faults) in matrix() {
        let lab = Lab::new(mask.clone(), mailboxes(30)).await;
        lab.pass().await;
        let commands = u32::try_from(lab.server.log().len()).unwrap();
        for fault in faults {
            for nth in 1..=commands {
                let what = format!("{name}: {fault:?} at command {nth}");
                let lab = Lab::new(mask.clone(), mailboxes(30)).await;
                lab.server.faults().add(Rule::any_command().nth(nth).then(fault.clone()));
                pass_at_last(&lab, &what).await;
                lab.advance(3_600);
                pass_at_last(&lab, &what).await;
                lab.assert_same(&what);
            }
        }
    }
}

#[tokio::test]
async fn a_fault_at_any_command_of_a_later_pass_loses_nothing() {
    for (name, mask, faults) in matrix() {
        let probe = Lab::new(mask.clone(), mailboxes(30)).await;
        probe.pass().await;
        probe.server.clear_log();
        probe.server.state().change(another_client);
        probe.advance(3_600);
        probe.pass().await;
        let commands = u32::try_from(probe.server.log().len()).unwrap();
        for fault in faults {
            for nth in 1..=commands {
                let what = format!("{name}: {fault:?} at command {nth}");
                let lab = Lab::new(mask.clone(), mailboxes(30)).await;
                lab.pass().await;
                lab.server.state().change(another_client);
                lab.advance(3_600);
                lab.server.faults().add(Rule::any_command().nth(nth).then(fault.clone()));
                let broken = lab.try_pass().await;
                let kept = (1..=30).filter(|n| *n != 5 && !lab.has(*n)).count();
                assert_eq!(kept, 0, "{what}: {kept} mails hidden after {broken:?}");
                pass_at_last(&lab, &what).await;
                lab.advance(3_600);
                pass_at_last(&lab, &what).await;
                lab.assert_same(&what);
            }
        }
    }
}

#[tokio::test]
async fn a_cut_at_any_byte_of_an_answer_loses_nothing() {
    // The greeting counts the bytes of the whole connection.
    for at in (0..14_000).step_by(611) {
        let lab = Lab::new(CapabilityMask::full(), mailboxes(20)).await;
        lab.server.faults().add(Rule::greeting().connection(1).then(Fault::DropAfter(at)));
        let first = lab.try_pass().await;
        let what = format!("cut after {at} bytes: {first:?}");
        pass_at_last(&lab, &what).await;
        lab.assert_same(&what);
    }
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(20)).await;
    lab.server.faults().add(Rule::command("UID FETCH").then(Fault::Stall));
    let before = lab.manual.elapsed();
    let problem = lab.try_pass().await.unwrap_err();
    assert!(matches!(problem, Problem::Link { .. }), "{problem:?}");
    let waited = (lab.manual.elapsed() - before).as_secs();
    assert!((60..=80).contains(&waited), "{waited}");
    lab.server.faults().release();
    lab.pass().await;
    lab.assert_same("after the silence");
}

#[tokio::test]
async fn an_empty_looking_mailbox_hides_nothing() {
    // An answer that says "nothing is here" while the mails are still there.
    let lies: [(&str, &[u8]); 4] = [
        ("UID SEARCH", b"* SEARCH\r\n{tag} OK\r\n"),
        ("UID SEARCH", b"{tag} OK\r\n"),
        ("UID SEARCH", b"* ESEARCH (TAG \"{tag}\") UID\r\n{tag} OK\r\n"),
        ("UID FETCH", b"{tag} OK\r\n"),
    ];
    for (name, mask) in masks() {
        for (verb, lie) in lies {
            let lab = Lab::new(mask.clone(), mailboxes(300)).await;
            lab.pass().await;
            // Something has to have changed for the lie to be asked for.
            lab.server.state().change(|all| all.expunge("INBOX", &[9]).unwrap());
            lab.advance(3_600);
            lab.server.faults().add(Rule::command(verb).always().then(Fault::Replace(lie.to_vec())));
            let told = lab.try_pass().await;
            let here = lab.local().len();
            assert!(here >= 299, "{name}, {verb}: {here} left after {told:?}");
            lab.server.faults().clear();
            lab.advance(3_600);
            pass_at_last(&lab, name).await;
            lab.assert_same(name);
        }
    }
}

#[tokio::test]
async fn a_mass_removal_is_looked_at_twice() {
    for (name, mask) in masks() {
        let lab = Lab::new(mask, mailboxes(300)).await;
        lab.pass().await;
        let before = lab.server.connections();
        let all_but_ten: Vec<u32> = (1..=290).collect();
        lab.server.state().change(|all| all.expunge("INBOX", &all_but_ten).unwrap());
        lab.advance(3_600);
        lab.pass().await;
        lab.assert_same(name);
        assert_eq!(lab.server.connections() - before, 2, "{name}: one more connection for the second look");
    }
}

#[tokio::test]
async fn a_mass_removal_that_nobody_confirms_is_not_believed() {
    let lab = Lab::new(CapabilityMask::full(), mailboxes(300)).await;
    lab.pass().await;
    let lie = b"* 300 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* VANISHED (EARLIER) 1:290\r\n".to_vec();
    lab.server.state().change(|all| all.set_flag("INBOX", &[295], FlagChange::Add, &Flag::Seen).unwrap());
    lab.server.faults().add(Rule::command("SELECT").then(Fault::BeforeTagged(lie)));
    let told = lab.try_pass().await;
    assert_eq!(lab.local().len(), 300, "{told:?}");
    pass_at_last(&lab, "afterwards").await;
    lab.assert_same("afterwards");
}

#[tokio::test]
async fn a_mailbox_that_looks_like_another_one_is_looked_at_twice() {
    for (name, mask) in masks() {
        let lab = Lab::new(mask, mailboxes(60)).await;
        lab.pass().await;
        // The same number of messages under a new UIDVALIDITY, but only a few of the old ones.
        lab.server.state().change(|all| {
            all.expunge("INBOX", &(11..=60).collect::<Vec<_>>()).unwrap();
            for n in 1_000..1_050 {
                all.append("INBOX", Flags::default(), UnixTime(NOW), mail(n)).unwrap();
            }
            all.renew_uid_validity("INBOX").unwrap();
        });
        let before = lab.server.connections();
        let row = lab.message("INBOX", 4);
        lab.pass().await;
        lab.assert_same(name);
        assert_eq!(lab.server.connections() - before, 2, "{name}: one more connection for the second look");
        assert_eq!(lab.message("INBOX", 4), row, "{name}: what was recognized is the same row");
    }
}

#[tokio::test]
async fn a_uid_validity_that_changes_in_the_middle_mixes_nothing_up() {
    for (name, mask) in masks() {
        for verb in ["SELECT", "UID FETCH", "UID SEARCH", "STATUS"] {
            let lab = Lab::new(mask.clone(), mailboxes(260)).await;
            let rule = Rule::command(verb).nth(2);
            lab.server.faults().add(rule.then(Fault::renew_uid_validity("INBOX")));
            let what = format!("{name}, {verb}");
            pass_at_last(&lab, &what).await;
            lab.advance(3_600);
            pass_at_last(&lab, &what).await;
            lab.assert_same(&what);
        }
    }
}

#[tokio::test]
async fn a_second_client_between_any_two_commands_does_no_harm() {
    for (name, mask) in masks().into_iter().take(3) {
        let probe = Lab::new(mask.clone(), mailboxes(260)).await;
        probe.pass().await;
        let commands = u32::try_from(probe.server.log().len()).unwrap();
        for nth in 1..=commands {
            let lab = Lab::new(mask.clone(), mailboxes(260)).await;
            lab.server.faults().add(Rule::any_command().nth(nth).then(Fault::change(another_client)));
            let what = format!("{name}: at command {nth}");
            pass_at_last(&lab, &what).await;
            lab.advance(3_600);
            pass_at_last(&lab, &what).await;
            lab.assert_same(&what);
        }
    }
}

#[tokio::test]
async fn a_mailbox_that_disappears_at_any_command_does_not_stop_the_others() {
    let make = || {
        let mut all = mailboxes(20);
        all.create("Projects", None).unwrap();
        for n in 50..60 {
            all.append("Projects", Flags::default(), UnixTime(NOW), mail(n)).unwrap();
        }
        all
    };
    let probe = Lab::new(CapabilityMask::full(), make()).await;
    probe.pass().await;
    let commands = u32::try_from(probe.server.log().len()).unwrap();
    for nth in 1..=commands {
        let lab = Lab::new(CapabilityMask::full(), make()).await;
        lab.server.faults().add(Rule::any_command().nth(nth).then(Fault::delete_mailbox("Projects")));
        let what = format!("at command {nth}");
        let first = lab.try_pass().await;
        // A server may hang up on whoever has the mailbox open.
        let hung_up = matches!(first, Err(Problem::Link { .. } | Problem::Farewell { .. }));
        assert!(first.is_ok() || hung_up, "{what}: {first:?}");
        pass_at_last(&lab, &what).await;
        lab.assert_same(&what);
    }
}
