//! Keys that no widget took become actions of the table.

use super::App;
use crate::ui::command::Do;
use crate::ui::command::chord::Chord;
use crate::ui::command::keys::Meaning;
use crate::ui::message::{KeyPress, Message};
use crate::ui::screen::{accounts, settings, setup};
use iced::event::{self, Event};
use iced::{Subscription, Task, keyboard, window};

/// Keys and window sizes. Text fields take their keys themselves, so a letter typed there never comes here.
#[expect(clippy::wildcard_enum_match_arm, reason = "only these kinds of events are of interest")]
pub(super) fn subscription() -> Subscription<Message> {
    event::listen_with(|event, status, _| match event {
        Event::Keyboard(keyboard::Event::KeyPressed {
            key, modified_key, physical_key, modifiers, ..
        }) if status == event::Status::Ignored => {
            Some(Message::Key(KeyPress { key, typed: modified_key, place: physical_key, modifiers }))
        }
        Event::Window(window::Event::Focused) => Some(Message::Focused),
        Event::Window(window::Event::Resized(size)) => Some(Message::Resized(size)),
        _ => None,
    })
}

/// Actions that also make sense while something is in front of the mail screen.
const fn is_everywhere(does: Do) -> bool {
    matches!(does, Do::Quit | Do::CloseWindow | Do::NextTheme | Do::ZoomIn | Do::ZoomOut | Do::ZoomReset)
}

impl App {
    pub(super) fn on_key(&mut self, press: &KeyPress) -> Task<Message> {
        let chord = Chord::from_keyboard(&press.key, &press.typed, press.place, press.modifiers);
        let Some(chord) = chord else { return Task::none() };
        let Meaning::Act(does) = self.keys.press(chord, &self.settings.keys) else { return Task::none() };
        if is_everywhere(does) {
            return self.run(does);
        }
        if self.help {
            let closes = matches!(does, Do::Back | Do::Help);
            return self.then_nothing(|app| app.help &= !closes);
        }
        if self.dialog.is_some() || self.broken.is_some() {
            return Task::none();
        }
        if self.setup.is_some() {
            // Backspace belongs to the fields.
            let leaves = does == Do::Back && Some(chord) == Chord::parse("Escape");
            return if leaves { self.on_setup(setup::Message::Left) } else { Task::none() };
        }
        if self.manager.is_some() {
            let leaves = does == Do::Back && Some(chord) == Chord::parse("Escape");
            return if leaves { self.on_accounts(accounts::Message::Left) } else { Task::none() };
        }
        if self.preferences_screen.is_some() {
            let leaves = does == Do::Back && Some(chord) == Chord::parse("Escape");
            return if leaves { self.on_settings(settings::Message::Left) } else { Task::none() };
        }
        if self.mail.is_covered() {
            return Task::none();
        }
        self.run(does)
    }
}
