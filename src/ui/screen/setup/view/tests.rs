//! Tests of the form as a person meets it: clicks and keys in, messages out.

use super::*;
use crate::ui::theme::{Accent, Theme};
use iced_test::simulator;

fn click(setup: &Setup, what: &str) -> Vec<Message> {
    let locale = Locale::english();
    let mut ui = simulator::<Message, Theme, iced::Renderer>(view(setup, &locale, UnixTime(0)));
    ui.click(what).unwrap_or_else(|why| panic!("{what}: {why}"));
    ui.into_messages().collect()
}

#[test]
fn the_welcome_page_offers_the_form_and_the_demo() {
    let welcome = Setup::welcome();
    assert!(matches!(click(&welcome, "Add account").as_slice(), [Message::FormWanted]));
    assert!(matches!(click(&welcome, "Try the demo mailbox").as_slice(), [Message::DemoWanted]));
}

#[test]
fn the_form_is_sent_by_its_button_and_by_enter() {
    let form = Setup::another();
    assert!(matches!(click(&form, "Sign in").as_slice(), [Message::Submitted]));
    let locale = Locale::english();
    let mut ui = simulator::<Message, Theme, iced::Renderer>(view(&form, &locale, UnixTime(0)));
    ui.click(iced_test::selector::id(field_id(Field::Email))).unwrap();
    ui.typewrite("a");
    ui.tap_key(iced::keyboard::Key::Named(iced::keyboard::key::Named::Enter));
    let messages: Vec<_> = ui.into_messages().collect();
    assert!(
        matches!(messages.as_slice(), [Message::Edited(Field::Email, text), Message::Submitted] if text == "a"),
        "{messages:?}"
    );
}

#[test]
fn a_fault_and_a_refusal_are_shown_in_words() {
    let mut setup = Setup::another();
    setup.update(Message::Submitted);
    let locale = Locale::english();
    let mut ui = simulator::<Message, Theme, iced::Renderer>(view(&setup, &locale, UnixTime(0)));
    assert!(ui.find("Please fill this in").is_ok());
    drop(ui);
    setup.update(Message::Edited(Field::Email, "ada@example.org".into()));
    setup.update(Message::Edited(Field::Password, "x".into()));
    setup.update(Message::Submitted);
    setup.refused(Problem::SignInRefused { text: "wrong".into() });
    assert!(matches!(
        click(&setup, "Enter the password again").as_slice(),
        [Message::Remedied(Remedy::GoTo(Field::Password))]
    ));
    let mut ui = simulator::<Message, Theme, iced::Renderer>(view(&setup, &locale, UnixTime(0)));
    assert!(ui.find("The server said: wrong").is_ok());
    assert!(ui.snapshot(&Theme::dark(Accent::default())).is_ok());
}

#[test]
fn a_known_address_gets_the_button_for_the_browser() {
    let mut setup = Setup::another();
    setup.update(Message::Edited(Field::Email, "ada@fastmail.com".into()));
    assert!(matches!(click(&setup, "Sign in with the browser").as_slice(), [Message::Submitted]));
    let change = click(&setup, "Another provider…");
    assert!(matches!(change.as_slice(), [Message::ProvidersToggled]));
    setup.update(change[0].clone());
    assert!(matches!(click(&setup, "Yandex").as_slice(), [Message::ProviderChosen(Some("yandex"))]));
    assert!(matches!(click(&setup, "Other").as_slice(), [Message::ProviderChosen(None)]));
    setup.update(Message::ProviderChosen(Some("fastmail")));
    let other = click(&setup, "Use an app password instead");
    assert!(matches!(other.as_slice(), [Message::MethodChosen(crate::model::AuthMethod::Password)]));
    setup.update(other[0].clone());
    let pages = click(&setup, "Make an app password…");
    assert!(matches!(pages.as_slice(), [Message::PageWanted(page)] if page.contains("fastmail.com")));
}

#[test]
fn the_wait_shows_its_clock_and_its_end() {
    let mut setup = Setup::another();
    setup.update(Message::Edited(Field::Email, "ada@gmail.com".into()));
    setup.update(Message::Submitted);
    setup.waiting("https://id.example/".into(), UnixTime(300));
    let locale = Locale::english();
    let mut ui = simulator::<Message, Theme, iced::Renderer>(view(&setup, &locale, UnixTime(57)));
    assert!(ui.find("4:03").is_ok());
    drop(ui);
    setup.refused(Problem::SignInTimedOut);
    let mut ui = simulator::<Message, Theme, iced::Renderer>(view(&setup, &locale, UnixTime(301)));
    assert!(ui.find("Nobody signed in within five minutes.").is_ok());
    drop(ui);
    assert!(matches!(click(&setup, "Try again").as_slice(), [Message::Remedied(Remedy::TryAgain)]));
}

#[test]
fn without_a_client_id_each_way_is_offered() {
    let mut setup = Setup::another();
    setup.update(Message::Edited(Field::Email, "ada@gmail.com".into()));
    setup.update(Message::Submitted);
    setup.refused(Problem::NoClientId { provider: "google".into() });
    assert!(matches!(click(&setup, "I have one").as_slice(), [Message::MethodChosen(_)]));
    let wizard = click(&setup, "Show the steps");
    setup.update(wizard[0].clone());
    for step in 1..crate::ui::screen::setup::wizard::STEPS.len() {
        let next = click(&setup, "Next step");
        assert!(matches!(next.as_slice(), [Message::WizardTurned(to)] if *to == step));
        setup.update(next[0].clone());
    }
    assert!(matches!(click(&setup, "Choose the file…").as_slice(), [Message::ClientWanted]));
}

#[test]
fn who_needs_the_administrator_gets_a_text_to_send() {
    let mut setup = Setup::another();
    setup.update(Message::Edited(Field::Email, "ada@example.org".into()));
    setup.update(Message::Edited(Field::Password, "secret".into()));
    setup.update(Message::Submitted);
    let text = "AADSTS90094: admin approval".to_owned();
    setup.refused(Problem::Blocked { why: Block::Admin, service: None, page: None, text });
    let copied = click(&setup, "Copy a text for the help desk");
    let [Message::HelpDeskCopied(text)] = copied.as_slice() else { panic!("{copied:?}") };
    assert!(text.contains("ada@example.org") && text.contains("IMAP.AccessAsUser.All"), "{text}");
    assert!(!text.contains("secret"));
    assert!(matches!(setup.update(copied[0].clone()).as_slice(), [super::super::Action::Copy(_)]));
    click(&setup, "Copied");
}

#[test]
fn escape_leaves_the_form_out_of_a_field() {
    let setup = Setup::another();
    let locale = Locale::english();
    let mut ui = simulator::<Message, Theme, iced::Renderer>(view(&setup, &locale, UnixTime(0)));
    ui.click(iced_test::selector::id(field_id(Field::Email))).unwrap();
    ui.tap_key(iced::keyboard::Key::Named(iced::keyboard::key::Named::Escape));
    let messages: Vec<_> = ui.into_messages().collect();
    assert!(matches!(messages.as_slice(), [Message::Left]), "{messages:?}");
}
