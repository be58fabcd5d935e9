//! Tests of the account manager: what is changed is kept, what is asked for goes out.

use super::*;
use crate::ui::locale::Locale;
use crate::ui::theme::{Accent, Theme};
use iced_test::Simulator;

const ADA: AccountId = AccountId::from_row(1);
const BEN: AccountId = AccountId::from_row(2);

struct Bench {
    accounts: Vec<(AccountId, Account)>,
    options: BTreeMap<AccountId, AccountOptions>,
    screen: Accounts,
}

impl Bench {
    fn new() -> Self {
        let account = |email: &str| {
            let mut account = crate::ui::screen::setup::form::Form::default();
            account.edit(crate::ui::screen::setup::form::Field::Email, email.into());
            account.edit(crate::ui::screen::setup::form::Field::Password, "x".into());
            account.account().unwrap()
        };
        let accounts = vec![(ADA, account("ada@example.org")), (BEN, account("ben@example.org"))];
        Self { accounts, options: BTreeMap::new(), screen: Accounts::default() }
    }

    fn send(&mut self, message: Message) -> Vec<Action> {
        let desk = Desk { accounts: &self.accounts, options: &self.options };
        let actions = self.screen.update(message, desk);
        for action in &actions {
            if let Action::Send(Command::SetAccountOptions { account, options }) = action {
                self.options.insert(*account, (**options).clone());
            }
        }
        actions
    }

    fn click(&mut self, what: &str) -> Vec<Action> {
        let locale = Locale::english();
        let look = Look {
            locale: &locale,
            accounts: &self.accounts,
            options: &self.options,
            states: BTreeMap::new(),
            places: Vec::new(),
            now: crate::model::UnixTime(0),
            notifies: true,
            sending: None,
            kept: Some(BodyPolicy::USUAL),
        };
        // High enough for the whole page: what is scrolled away cannot be clicked.
        let size = iced::Size::new(900.0, 2_400.0);
        let mut ui =
            Simulator::<Message, Theme>::with_size(iced::Settings::default(), size, view(&self.screen, look));
        assert!(ui.snapshot(&Theme::light(Accent::default())).is_ok());
        ui.click(what).unwrap_or_else(|why| panic!("{what}: {why}"));
        let messages: Vec<_> = ui.into_messages().collect();
        messages.into_iter().flat_map(|message| self.send(message)).collect()
    }
}

#[test]
fn what_is_edited_is_kept_at_once() {
    let mut bench = Bench::new();
    bench.send(Message::Opened(ADA));
    bench.send(Message::Edited(Field::Label, "Work".into()));
    bench.click("Violet");
    bench.click("Add an address");
    let identities = Message::Identities;
    bench.send(identities(identities::Message::Email(0, "lovelace@example.org".into())));
    bench.send(identities(identities::Message::SignatureSet(None, "-- \nAda".into())));
    let none = bench.send(identities(identities::Message::Name(7, "x".into())));
    assert!(none.is_empty(), "no such address");
    let kept = &bench.options[&ADA];
    assert_eq!((kept.label.as_str(), kept.color), ("Work", Some(AccountColor::Violet)));
    assert_eq!(kept.identities[0].email, "lovelace@example.org");
    assert_eq!(kept.signature, "-- \nAda");
    bench.send(identities(identities::Message::Usual(Some(0))));
    assert_eq!(bench.options[&ADA].writes_as, "lovelace@example.org");
    bench.send(identities(identities::Message::Removed(0)));
    assert_eq!(bench.options[&ADA].writes_as, "");
    assert!(bench.options[&ADA].identities.is_empty());
    assert!(bench.send(Message::Left).is_empty(), "back to the list");
    assert!(matches!(bench.send(Message::Left).as_slice(), [Action::Leave]));
}

#[test]
fn accounts_are_switched_off_and_put_into_another_order() {
    let mut bench = Bench::new();
    bench.send(Message::Switched(BEN, false));
    assert!(!bench.options[&BEN].enabled);
    let up = bench.send(Message::Moved(BEN, true));
    assert!(matches!(up.as_slice(), [Action::Send(Command::OrderAccounts(order))] if *order == [BEN, ADA]));
    assert!(bench.send(Message::Moved(BEN, false)).is_empty(), "it is the last one");
}

#[test]
fn a_connection_is_tried_once_at_a_time() {
    let mut bench = Bench::new();
    bench.send(Message::Opened(ADA));
    let tried = bench.click("Try the connection");
    assert!(matches!(tried.as_slice(), [Action::Send(Command::TestAccount { password: None, .. })]));
    assert!(bench.send(Message::TrialWanted).is_empty());
    let trial = Trial { tls_version: "TLSv1.3".into(), mechanism: "PLAIN".into(), mailboxes: 7 };
    bench.screen.tried(Ok(trial.clone()));
    assert_eq!(bench.screen.page().map(|page| page.tried.clone()), Some(Tried::Worked(trial)));
}

#[test]
fn removing_asks_and_signing_out_keeps_the_mail() {
    let mut bench = Bench::new();
    bench.send(Message::Opened(BEN));
    assert!(matches!(bench.click("Remove with its mail…").as_slice(), [Action::Remove(BEN)]));
    assert!(matches!(
        bench.click("Sign out and keep its mail here").as_slice(),
        [Action::Send(Command::SignOut(BEN))]
    ));
    assert!(!bench.screen.page().unwrap().options.enabled);
}

#[test]
fn a_certificate_is_trusted_no_longer() {
    let mut bench = Bench::new();
    let imap = bench.accounts[0].1.imap.clone();
    bench.accounts[0].1.except(&imap, crate::model::Fingerprint::new([7; 32]));
    let exception = bench.accounts[0].1.exceptions[0].clone();
    bench.send(Message::Opened(ADA));
    let revoked = bench.click("Trust it no longer");
    assert!(
        matches!(revoked.as_slice(), [Action::Send(Command::ForgetException { account: ADA, exception: one })] if *one == exception)
    );
}

#[test]
fn the_doctor_shows_its_steps_is_stopped_and_asked_again() {
    use crate::doctor::{Check, Outcome, Service, Step};
    let step = |check| Step {
        certificate: None,
        service: Service::Imap,
        check,
        outcome: Outcome::Ok,
        facts: vec!["127.0.0.1".into()],
        why: None,
        notes: Vec::new(),
    };
    let mut bench = Bench::new();
    bench.send(Message::Opened(ADA));
    assert!(matches!(bench.click("Examine the account…").as_slice(), [Action::Examine(ADA)]));
    bench.send(Message::Doctor(doctor::Message::Stepped(vec![step(Check::Name)])));
    assert!(matches!(bench.click("Stop").as_slice(), [Action::StopExamining]));
    bench.send(Message::Doctor(doctor::Message::Stepped(Vec::new())));
    assert_eq!(
        bench.screen.examination().map(|one| one.steps.len()),
        Some(1),
        "what comes late is not shown"
    );
    assert!(matches!(bench.click("Examine again").as_slice(), [Action::Examine(ADA)]));
    let report = crate::doctor::Report {
        email: "ada@example.org".into(),
        servers: vec![(Service::Imap, bench.accounts[0].1.imap.clone())],
        steps: vec![step(Check::Name), step(Check::Connection)],
        transcripts: vec![(Service::Imap, vec!["S: * OK".into()])],
    };
    bench.send(Message::Doctor(doctor::Message::Ended(std::sync::Arc::new(report))));
    let copied = bench.click("Copy the report");
    let [Action::Copy(text)] = copied.as_slice() else { panic!("{copied:?}") };
    let wanted = "Reading (IMAP): imap.example.org:993, TLS\n- Server name: in order (127.0.0.1)\n";
    assert!(text.contains(wanted) && text.ends_with("  S: * OK\n"), "{text}");
    assert!(matches!(bench.send(Message::Left).as_slice(), [Action::StopExamining]));
    assert!(bench.screen.page().is_some(), "back to the account");
    let desk = Desk { accounts: &bench.accounts, options: &bench.options };
    bench.screen = Accounts::examining(BEN, desk);
    assert!(matches!(bench.send(Message::Left).as_slice(), [Action::StopExamining, Action::Leave]));
}
