//! Tests of the form as a person meets it: clicks and keys in, messages out.

use super::*;
use crate::ui::theme::{Accent, Theme};
use iced_test::simulator;

fn click(setup: &Setup, what: &str) -> Vec<Message> {
    let locale = Locale::english();
    let mut ui = simulator::<Message, Theme, iced::Renderer>(view(setup, &locale));
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
    let mut ui = simulator::<Message, Theme, iced::Renderer>(view(&form, &locale));
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
    let mut ui = simulator::<Message, Theme, iced::Renderer>(view(&setup, &locale));
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
    let mut ui = simulator::<Message, Theme, iced::Renderer>(view(&setup, &locale));
    assert!(ui.find("The server said: wrong").is_ok());
    assert!(ui.snapshot(&Theme::dark(Accent::default())).is_ok());
}
