//! The settings that people may edit: from the screen, from the table of actions, from the file. All take effect at once.

use super::{App, Message, Note, Task, perform};
use crate::model::BodyPolicy;
use crate::sync::Command;
use crate::ui::locale::Locale;
use crate::ui::read;
use crate::ui::screen::mail::watch::Wish;
use crate::ui::screen::settings::{self as screen, Screen};
use crate::ui::settings::preference::{self, Fault, Key, Language, NotWritten, Values};
use std::path::PathBuf;
use std::sync::Arc;
use toml::Value;

/// The file and what is known of it.
#[derive(Debug, Default)]
pub(super) struct Preferences {
    /// Where it is; `None` in the demo.
    pub(super) path: Option<PathBuf>,
    /// What was read or written last.
    pub(super) text: Option<String>,
    /// The values that it stands for; what differs is to be written.
    pub(super) seen: Values,
    /// What is wrong with it.
    pub(super) faults: Vec<Fault>,
}

impl App {
    /// Takes a value over and writes it soon.
    pub(super) fn set_preference(&mut self, key: Key, value: &Value) -> Task<Message> {
        let before = self.settings.clone();
        if !self.settings.set(key, value) {
            return Task::none();
        }
        let effect = self.take_effect(&before);
        Task::batch([effect, self.remember()])
    }

    /// What changed shows itself now.
    fn take_effect(&mut self, before: &crate::ui::settings::Settings) -> Task<Message> {
        let mut task = Task::none();
        if (self.settings.zoom - before.zoom).abs() > f32::EPSILON {
            let factor = self.settings.zoom;
            self.settings.zoom = before.zoom;
            task = self.zoom(factor);
        }
        if self.settings.language != before.language {
            self.locale = Arc::new(locale_of(self.settings.language));
            self.words = super::view::Words::new(&self.locale);
        }
        if self.settings.notify != before.notify {
            task = Task::batch([task, self.hush()]);
        }
        if self.settings.threads != before.threads {
            let threads = self.with_mail(|mail, desk| mail.relist(desk));
            return Task::batch([task, threads]);
        }
        task
    }

    /// What is to be written into the file.
    pub(super) fn changed_preferences(&self) -> Values {
        let now = self.settings.values();
        now.into_iter().filter(|(key, value)| self.preferences.seen.get(key) != Some(value)).collect()
    }

    /// The file was written, or not.
    pub(super) fn on_preferences_written(
        &mut self,
        written: Result<(String, Values), Arc<NotWritten>>,
    ) -> Task<Message> {
        match written {
            Ok((text, values)) => {
                self.preferences.seen.extend(values);
                self.preferences.text = Some(text);
                Task::none()
            }
            Err(why) => {
                // It holds until the end of the program; once the file is mended it is written.
                let line = self.preferences.faults.first().map(|fault| fault.line);
                self.say(Note::SettingsNotWritten(line, why.to_string()))
            }
        }
    }

    /// The user came back to the window, maybe from an editor.
    pub(super) fn reread_preferences(&self) -> Task<Message> {
        match &self.preferences.path {
            Some(path) => perform::read_preferences(path.clone()),
            None => Task::none(),
        }
    }

    /// The file as it is now.
    pub(super) fn on_preferences_read(&mut self, text: Option<String>) -> Task<Message> {
        if text == self.preferences.text {
            return Task::none();
        }
        // What was changed in the window just now is not lost to an older file.
        let pending = self.changed_preferences();
        let before = self.settings.clone();
        let faults = self.settings.take(text.as_deref().unwrap_or_default());
        self.preferences.seen = self.settings.values();
        self.preferences.text = text;
        for (key, value) in pending {
            self.settings.set(key, &value);
        }
        let effect = self.take_effect(&before);
        self.notes.mended();
        // The settings screen shows them itself.
        let unseen = self.preferences_screen.is_none();
        let told = faults.first().filter(|_| unseen).cloned();
        self.preferences.faults = faults;
        let told = told.map_or_else(Task::none, |fault| self.say(Note::SettingsFault(fault)));
        Task::batch([effect, told])
    }

    pub(super) fn open_settings(&mut self) -> Task<Message> {
        self.preferences_screen = Some(Screen::default());
        let kept = self.with_mail(|mail, _| mail.want_kept());
        Task::batch([kept, self.read_privacy(), iced::widget::operation::focus(screen::search_id())])
    }

    /// Reads what is remembered of senders.
    fn read_privacy(&self) -> Task<Message> {
        let Some(store) = self.store.clone() else { return Task::none() };
        let read = async move { tokio::task::spawn_blocking(move || read::privacy(&store)).await.ok()?.ok() };
        Task::perform(read, |found| {
            found.map_or(Message::Done, |found| Message::Settings(screen::Message::PrivacyRead(found)))
        })
    }

    pub(super) fn on_settings(&mut self, message: screen::Message) -> Task<Message> {
        let Some(open) = &mut self.preferences_screen else { return Task::none() };
        match open.update(message) {
            screen::Action::Nothing => Task::none(),
            screen::Action::Set(key, value) => self.set_preference(key, &value),
            screen::Action::Keep(policy) => self.keep_everywhere(policy),
            screen::Action::Revoke(consent) => {
                self.mail.watches_mut().take_back(&consent);
                self.watch(Wish::Revoke(consent))
            }
            screen::Action::Prefer(preference, on) => {
                self.mail.watches_mut().prefer(preference, on);
                self.watch(Wish::Prefer(preference, on))
            }
            screen::Action::OpenFile => {
                let Some(path) = self.preferences.path.clone() else { return Task::none() };
                perform::open_preferences(path, self.settings.values())
            }
            screen::Action::Leave => {
                self.preferences_screen = None;
                // What it showed itself is told on.
                let fault = self.preferences.faults.first().cloned();
                fault.map_or_else(Task::none, |fault| self.say(Note::SettingsFault(fault)))
            }
        }
    }

    /// Which mails all accounts keep on this computer.
    fn keep_everywhere(&mut self, policy: BodyPolicy) -> Task<Message> {
        let accounts: Vec<_> = self.accounts.iter().map(|(id, _)| *id).collect();
        for account in accounts {
            self.send(Command::SetBodyPolicy { account, mailbox: None, policy: Some(policy) });
        }
        // What is kept then is read when the store says that it changed.
        Task::none()
    }
}

/// The words of a language; where it is the system's, with its way of writing dates and times.
pub(super) fn locale_of(language: Language) -> Locale {
    let wanted = match language {
        Language::System => return Locale::system(),
        Language::En => "en",
        Language::De => "de",
    };
    let system = Locale::system();
    if system.speaks(wanted) { system } else { Locale::new(wanted, system.zone()) }
}

/// Where a profile keeps its file, with what is known of it at the start.
pub(super) fn at_start(
    config: &std::path::Path,
    text: Option<String>,
    faults: Vec<Fault>,
    settings: &crate::ui::settings::Settings,
) -> Preferences {
    // Without a file everything that is not as usual has to be written once.
    let usual = crate::ui::settings::Settings::default();
    let seen = if text.is_some() { settings.values() } else { usual.values() };
    Preferences { path: Some(preference::path(config)), text, seen, faults }
}
