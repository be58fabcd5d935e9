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
    bench.send(Message::Edited(Field::IdentityEmail(0), "lovelace@example.org".into()));
    bench.send(Message::SignatureSet("-- \nAda".into()));
    assert!(bench.send(Message::Edited(Field::IdentityName(7), "x".into())).is_empty(), "no such address");
    let kept = &bench.options[&ADA];
    assert_eq!((kept.label.as_str(), kept.color), ("Work", Some(AccountColor::Violet)));
    assert_eq!(kept.identities[0].email, "lovelace@example.org");
    assert_eq!(kept.signature, "-- \nAda");
    bench.send(Message::IdentityRemoved(0));
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
