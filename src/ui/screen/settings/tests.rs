//! Tests of the settings screen: what is found, what a click asks for.

use super::*;
use crate::ui::locale::Locale;
use crate::ui::settings::{Fault, Settings, Wrong};
use crate::ui::theme::{Accent, Theme};
use iced_test::simulator;

fn with<T>(screen: &Screen, settings: &Settings, faults: &[Fault], f: impl FnOnce(Ui<'_>) -> T) -> T {
    let locale = Locale::english();
    let look = Look { locale: &locale, settings, faults, kept: Some(BodyPolicy::All), file: true };
    f(simulator::<Message, Theme, iced::Renderer>(view(screen, look)))
}

type Ui<'a> = iced_test::Simulator<'a, Message, Theme, iced::Renderer>;

fn click(screen: &Screen, what: &str) -> Vec<Message> {
    with(screen, &Settings::default(), &[], |mut ui| {
        ui.click(what).unwrap_or_else(|why| panic!("{what}: {why}"));
        ui.into_messages().collect()
    })
}

#[test]
fn what_is_clicked_is_asked_for() {
    let screen = Screen::default();
    assert_eq!(click(&screen, "Dark"), [Message::Chosen(Key::Theme, "dark".into())]);
    assert_eq!(click(&screen, "Compact"), [Message::Chosen(Key::Density, "compact".into())]);
    assert_eq!(click(&screen, "Deutsch"), [Message::Chosen(Key::Language, "de".into())]);
    assert_eq!(click(&screen, "Violet"), [Message::Chosen(Key::Accent, "violet".into())]);
}

#[test]
fn the_search_leaves_what_has_all_its_words() {
    let mut screen = Screen::default();
    screen.update(Message::Edited("DARK the".into()));
    with(&screen, &Settings::default(), &[], |mut ui| {
        assert!(ui.find("Theme").is_ok());
        assert!(ui.find("Language").is_err());
        assert!(ui.find("Reading").is_err(), "a group without settings has no heading");
    });
    screen.update(Message::Edited("look".into()));
    with(&screen, &Settings::default(), &[], |mut ui| {
        assert!(ui.find("Language").is_ok(), "the name of a group finds what is in it");
    });
    screen.update(Message::Edited("no such thing".into()));
    with(&screen, &Settings::default(), &[], |mut ui| assert!(ui.find("No setting has these words").is_ok()));
    assert_eq!(screen.update(Message::Left), Action::Nothing, "out of the search first");
    assert_eq!(screen.update(Message::Left), Action::Leave);
}

#[test]
fn consents_are_listed_and_taken_back() {
    let (ann, shop) = (Consent::Sender("ann@example.org".into()), Consent::Domain("shop.example".into()));
    let mut screen = Screen::default();
    let privacy = Privacy { consents: vec![ann.clone(), shop.clone()], strip: true, check: false };
    screen.update(Message::PrivacyRead(privacy));
    with(&screen, &Settings::default(), &[], |mut ui| {
        assert!(ui.find("ann@example.org").is_ok());
        assert!(ui.find("everybody at shop.example").is_ok());
    });
    // The search finds one of them, and what is clicked is that one.
    screen.update(Message::Edited("shop".into()));
    with(&screen, &Settings::default(), &[], |mut ui| assert!(ui.find("ann@example.org").is_err()));
    assert_eq!(click(&screen, "No longer"), [Message::Revoked(shop.clone())]);
    assert_eq!(screen.update(Message::Revoked(shop.clone())), Action::Revoke(shop));
    screen.update(Message::Edited(String::new()));
    assert_eq!(screen.privacy().unwrap().consents, std::slice::from_ref(&ann));
    screen.update(Message::Revoked(ann));
    with(&screen, &Settings::default(), &[], |mut ui| {
        assert!(ui.find("Nobody. You can allow a sender above one of their messages.").is_ok());
    });
    let asked = screen.update(Message::Preferred(Preference::CheckSignatures, true));
    assert_eq!(asked, Action::Prefer(Preference::CheckSignatures, true));
    assert!(screen.privacy().unwrap().check && screen.privacy().unwrap().strip);
}

#[test]
fn a_fault_of_the_file_is_shown_with_its_line() {
    let faults = [Fault { line: 7, wrong: Wrong::Value(Key::Zoom) }];
    with(&Screen::default(), &Settings::default(), &faults, |mut ui| {
        assert!(
            ui.find("settings.toml, line 7: “zoom” does not take this value. The old one stays.").is_ok()
        );
        assert!(ui.snapshot(&Theme::dark(Accent::default())).is_ok());
    });
}
