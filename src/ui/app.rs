//! The program's window: routes messages to screens and turns their actions into tasks.
//!
//! `update` does no I/O and reads no clock: the present comes in, work goes out as tasks.

pub mod demo;
pub mod dialog;
pub mod files;

mod boot;
mod file_watch;
mod keyboard;
mod manager;
mod notify;
mod pages;
mod perform;
mod preferences;
pub mod sign_in;
mod view;
mod watch;
mod worker;

use super::a11y::bridge::Bridge;
use super::command::Do;
use super::command::keys::Keys;
use super::locale::Locale;
use super::message::Message;
use super::note::{Note, Notes, Press};
use super::screen::mail::{self, Desk, Mail};
use super::screen::setup::{self, Setup};
use super::settings::{Settings, ZOOM, next_appearance};
use super::theme::Theme;
use crate::html::Renderer;
use crate::model::{Account, AccountId, UnixTime};
use crate::profile::Profile;
use crate::store::Store;
use crate::sync::{Command, Event, Handle};
use dialog::{Dialog, Outcome};
use iced::theme::Mode;
use iced::{Size, Subscription, Task, window};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use boot::Start;

/// How long settings wait for further changes before they are written.
const SAVE_AFTER: Duration = Duration::from_millis(800);
/// How long the program waits for its worker to end in good order.
const END_WITHIN: Duration = Duration::from_secs(2);
/// A clock that counts down is drawn this often; only while there is one.
const SECOND: Duration = Duration::from_secs(1);
/// One step of the zoom.
const ZOOM_STEP: f32 = 0.1;

/// The window and all that is behind it.
pub struct App {
    profile: Option<Profile>,
    store: Option<Store>,
    /// Why there is no store.
    broken: Option<String>,
    locale: Arc<Locale>,
    words: view::Words,
    settings: Settings,
    settings_path: Option<PathBuf>,
    save_serial: u64,
    mode: Mode,
    size: Size,
    now: UnixTime,
    mail: Mail,
    preferences: preferences::Preferences,
    preferences_screen: Option<super::screen::settings::Screen>,
    /// What the user set about the accounts.
    options: std::collections::BTreeMap<AccountId, crate::model::AccountOptions>,
    manager: Option<super::screen::accounts::Accounts>,
    /// The doctor at work; dropping it ends the examination.
    examination: Option<iced::task::Handle>,
    /// Counts examinations.
    examined: u64,
    /// Whether sending worked when it was tried last.
    sending: std::collections::BTreeMap<AccountId, Result<String, crate::sync::Problem>>,
    notifier: Option<crate::notify::Notifier>,
    notices: super::notices::Notices,
    setup: Option<Setup>,
    /// A sign-in in the browser for an account that is here already.
    signing: Option<sign_in::Signing>,
    dialog: Option<Dialog>,
    help: bool,
    notes: Notes,
    keys: Keys,
    accounts: Vec<(AccountId, Account)>,
    worker: Option<worker::Seed>,
    handle: Option<Handle>,
    /// Commands from before the worker was there.
    waiting: Vec<Command>,
    demo: Option<Arc<demo::Demo>>,
    /// Shows HTML; none if the system does not tell where the program is.
    renderer: Option<Renderer>,
    bridge: Bridge,
    ending: bool,
}

impl App {
    /// Takes in what happened. `now` is the present.
    pub fn update(&mut self, message: Message, now: UnixTime) -> Task<Message> {
        self.now = now;
        let before = (self.bridge.scale(), self.is_dark());
        let signal = matches!(message, Message::A11y(_));
        let mut task = self.step(message);
        if signal && before == (self.bridge.scale(), self.is_dark()) {
            return task;
        }
        if before != (self.bridge.scale(), self.is_dark()) {
            // Pages are laid out for it.
            task = Task::batch([task, self.with_mail(|_, _| Vec::new())]);
        }
        // While somebody listens, the semantic tree follows whatever changed.
        self.bridge.follow(task, Message::A11y)
    }

    fn step(&mut self, message: Message) -> Task<Message> {
        match message {
            Message::Mail(message) => self.with_mail(|mail, desk| mail.update(message, desk)),
            Message::Setup(message) => self.on_setup(message),
            Message::SignIn(press) => self.on_sign_in(press),
            Message::Settings(message) => self.on_settings(message),
            Message::Accounts(message) => self.on_accounts(message),
            Message::NotifierReady(notifier) => self.on_notifier(notifier),
            Message::NoticeHeard(heard) => self.on_notice(heard),
            Message::ArrivalsRead(account, items) => self.on_arrivals_read(account, items),
            Message::NoticesSettled(messages) => self.on_notices_settled(&messages),
            Message::ExamineWanted(id) => self.open_doctor(id),
            Message::Examined(number, message) => self.on_examined(number, message),
            Message::HelpDeskCopied(text) => {
                let told = self.say(Note::HelpDeskCopied);
                Task::batch([iced::clipboard::write(text), told])
            }
            Message::SettingsWritten(written) => self.on_preferences_written(written),
            Message::SettingsRead(text) => self.on_preferences_read(text),
            Message::Focused | Message::SettingsTouched => self.reread_preferences(),
            // The present came along with it.
            Message::Tick => Task::none(),
            Message::Dialog(message) => self.on_dialog(message),
            Message::Store(reply) => self.on_reply(reply),
            Message::WorkerReady(generation, handle) => self.on_ready(generation, handle),
            Message::Worker(generation, event) => self.on_event(generation, event),
            Message::WorkerEnded(generation) => self.on_worker_ended(generation),
            Message::Faulted => self.say(Note::Fault { report: crate::crash::log(), before: false }),
            Message::Do(does) => self.run(does),
            Message::Key(press) => self.on_key(&press),
            Message::NotePressed(number, press) => self.on_note(number, press),
            Message::NoteClosed(number) => self.on_note_closed(number),
            Message::HelpClosed => self.then_nothing(|app| app.help = false),
            Message::Resized(size) => self.on_resized(size),
            Message::SystemMode(mode) => self.then_nothing(|app| app.mode = mode),
            Message::CloseRequested(_) => self.end(),
            Message::SaveDue(serial) => self.save(serial),
            Message::Midnight => self.wait_for_midnight(),
            Message::WarmDue => pages::warm(self.renderer.clone()),
            Message::TemporaryFound(message, path, place) => match place {
                Some(place) => self.with_mail(|mail, _| mail.open_in(message, &path, place)),
                None => self.say(Note::NotOpened(String::new())),
            },
            Message::Printed(Some(file)) => perform::open(file),
            Message::Printed(None) => self.say(Note::NotPrinted),
            Message::Replaced(target, done) => self.on_replaced(target, done),
            Message::Opened(failed) => failed.map_or_else(Task::none, |name| self.say(Note::NotOpened(name))),
            Message::DemoReady(result) => self.on_demo(result),
            Message::A11y(signal) => self.bridge.update(signal).map(Message::A11y),
            Message::Ended => iced::exit(),
            Message::Done => Task::none(),
        }
    }

    /// Window title.
    #[must_use]
    pub fn title(&self, _window: window::Id) -> String {
        let opened = self.mail.folders.opened().and_then(|id| self.mail.folders.find(id));
        match opened {
            Some(row) if self.setup.is_none() => {
                format!("{} – Postrider", super::screen::mail::folder_name(row, &self.locale))
            }
            _ => "Postrider".to_owned(),
        }
    }

    fn is_dark(&self) -> bool {
        Theme::resolve(self.settings.appearance, self.mode, self.settings.accent).is_dark()
    }

    /// Light or dark.
    #[must_use]
    pub fn theme(&self, _window: window::Id) -> Theme {
        Theme::resolve(self.settings.appearance, self.mode, self.settings.accent)
    }

    /// The user's zoom on top of the system's scale.
    #[must_use]
    pub fn scale_factor(&self, _window: window::Id) -> f32 {
        self.settings.zoom
    }

    /// Everything that wakes the program. Nothing in here ticks, but for a clock that counts down on the screen.
    pub fn subscription(&self) -> Subscription<Message> {
        let mut all = vec![
            window::close_requests().map(Message::CloseRequested),
            iced::system::theme_changes().map(Message::SystemMode),
            keyboard::subscription(),
            self.bridge.subscription().map(Message::A11y),
            notify::subscription(),
            worker::faults(),
        ];
        all.extend(self.preferences.path.clone().map(file_watch::subscription));
        all.extend(self.worker.clone().map(worker::subscription));
        if self.is_counting() {
            all.push(iced::time::every(SECOND).map(|_| Message::Tick));
        }
        Subscription::batch(all)
    }

    fn then_nothing(&mut self, change: impl FnOnce(&mut Self)) -> Task<Message> {
        change(self);
        Task::none()
    }

    fn with_mail(&mut self, f: impl FnOnce(&mut Mail, &mut Desk<'_>) -> Vec<mail::Action>) -> Task<Message> {
        let (scale, dark) = (self.bridge.scale(), self.is_dark());
        let (settings, locale) = (&mut self.settings, &*self.locale);
        let mut desk = Desk { settings, now: self.now, width: self.size.width, locale, scale, dark };
        let mut actions = f(&mut self.mail, &mut desk);
        actions.extend(self.mail.settle(&desk));
        self.act(actions)
    }

    fn send(&mut self, command: Command) {
        self.note_sign_in(&command);
        match &self.handle {
            Some(handle) => handle.send(command),
            None => self.waiting.push(command),
        }
    }

    fn say(&mut self, note: Note) -> Task<Message> {
        let (number, stays) = self.notes.add(note);
        stays.map_or_else(Task::none, |stays| perform::after(stays, Message::NoteClosed(number)))
    }

    fn on_ready(&mut self, generation: u64, handle: Handle) -> Task<Message> {
        if self.worker.as_ref().is_none_or(|seed| seed.generation != generation) {
            handle.send(Command::Shutdown);
            return Task::none();
        }
        for command in self.waiting.drain(..) {
            handle.send(command);
        }
        self.handle = Some(handle);
        Task::none()
    }

    fn on_event(&mut self, generation: u64, event: Event) -> Task<Message> {
        if self.worker.as_ref().is_none_or(|seed| seed.generation != generation) {
            return Task::none();
        }
        let mut tasks = vec![self.on_account_event(&event)];
        if let Event::Arrived { account, mailbox, messages } = &event {
            tasks.push(self.on_arrived(*account, *mailbox, messages.clone()));
        } else if let (Event::Changed(changes), false) = (&event, self.notices.is_empty()) {
            tasks.push(self.recheck_notices(changes));
        }
        tasks.push(self.with_mail(|mail, desk| mail.event(event, desk)));
        Task::batch(tasks)
    }

    fn on_worker_ended(&mut self, generation: u64) -> Task<Message> {
        let current = self.worker.as_ref().is_some_and(|seed| seed.generation == generation);
        if current && self.ending { iced::exit() } else { Task::none() }
    }

    fn on_reply(&mut self, reply: mail::Reply) -> Task<Message> {
        let mut tasks = Vec::new();
        if let mail::Reply::Tree(tree) = &reply {
            self.accounts.clone_from(&tree.settings);
            self.options.clone_from(&tree.options);
            if !self.notices.is_empty() {
                tasks.push(self.hush());
            }
            if tree.accounts.is_empty() && self.setup.is_none() && self.dialog.is_none() {
                self.setup = Some(Setup::welcome());
            }
        }
        tasks.push(self.with_mail(|mail, desk| mail.reply(reply, desk)));
        Task::batch(tasks)
    }

    fn on_setup(&mut self, message: setup::Message) -> Task<Message> {
        let Some(setup) = &mut self.setup else { return Task::none() };
        let actions = setup.update(message);
        Task::batch(actions.into_iter().map(|action| self.act_setup(action)).collect::<Vec<_>>())
    }

    fn on_dialog(&mut self, message: dialog::Message) -> Task<Message> {
        let Some(dialog) = &mut self.dialog else { return Task::none() };
        match dialog.update(message) {
            Outcome::Open => Task::none(),
            Outcome::Closed(command) => {
                self.dialog = None;
                if let Some(command) = command {
                    self.send(command);
                }
                Task::none()
            }
            Outcome::Follow(target) => {
                self.dialog = None;
                self.act(vec![mail::Action::OpenLink(target)])
            }
            Outcome::Save(message, wish) => {
                self.dialog = None;
                let actions = self.mail.save_surely(message, &wish);
                self.act(actions)
            }
        }
    }

    fn on_note(&mut self, number: u64, press: Press) -> Task<Message> {
        self.notes.close(number);
        match press {
            Press::Open(path) => perform::open(path),
            Press::Retry(operation) => {
                self.send(Command::RetryOperation(operation));
                Task::none()
            }
            Press::EditAccount(id) => self.act(vec![mail::Action::EditAccount(id)]),
            Press::Undo(action) => {
                self.send(Command::Undo(Some(action)));
                Task::none()
            }
            Press::Redo => {
                self.send(Command::Redo);
                Task::none()
            }
        }
    }

    fn on_note_closed(&mut self, number: u64) -> Task<Message> {
        if let Some(Note::OperationFailed(operation, ..)) = self.notes.close(number) {
            self.send(Command::DismissOperation(operation));
        }
        Task::none()
    }

    fn on_resized(&mut self, size: Size) -> Task<Message> {
        if size == self.size {
            return Task::none();
        }
        self.size = size;
        self.settings.window = (size.width, size.height);
        self.remember()
    }

    fn on_replaced(&mut self, target: PathBuf, done: bool) -> Task<Message> {
        if done {
            return self.say(Note::Saved(target));
        }
        let detail = String::new();
        self.say(Note::Failed(crate::sync::Problem::File { path: target, detail }))
    }

    /// Does what the table says.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all that is not of the window is of the screen")]
    pub fn run(&mut self, does: Do) -> Task<Message> {
        if !does.entry().enabled(self.mail.situation()) {
            return Task::none();
        }
        match does {
            Do::Help => self.then_nothing(|app| app.help = !app.help),
            Do::Quit | Do::CloseWindow => self.end(),
            Do::NextTheme => {
                self.settings.appearance = next_appearance(self.settings.appearance);
                self.remember()
            }
            // In a message the keys are about its letters, elsewhere about the whole window.
            Do::ZoomIn if self.is_reading() => self.zoom_messages(Some(1)),
            Do::ZoomOut if self.is_reading() => self.zoom_messages(Some(-1)),
            Do::ZoomReset if self.is_reading() => self.zoom_messages(None),
            Do::ZoomIn => self.zoom(self.settings.zoom + ZOOM_STEP),
            Do::ZoomOut => self.zoom(self.settings.zoom - ZOOM_STEP),
            Do::ZoomReset => self.zoom(1.0),
            Do::AddAccount => {
                self.setup = Some(Setup::another());
                self.act_setup(setup::Action::Focus(setup::form::Field::Email))
            }
            Do::RemoveAccount => self.ask_remove(),
            Do::Settings => self.open_settings(),
            Do::Accounts => self.open_manager(),
            _ => self.with_mail(|mail, desk| mail.run(does, desk)),
        }
    }

    /// Whether the keyboard is in a message.
    fn is_reading(&self) -> bool {
        let reading = self.mail.pane() == Some(mail::layout::Pane::Reader);
        reading && self.setup.is_none() && self.mail.reader.shown().is_some()
    }

    /// Makes letters of messages larger or smaller, or as large as they were.
    fn zoom_messages(&mut self, steps: Option<i8>) -> Task<Message> {
        match steps {
            Some(steps) => self.settings.zoom_messages(steps),
            None => self.settings.message_zoom = 1.0,
        }
        let pages = self.with_mail(|_, _| Vec::new());
        Task::batch([pages, self.remember()])
    }

    fn zoom(&mut self, factor: f32) -> Task<Message> {
        // Steps of a tenth, without the crumbs of floating point.
        let before = self.settings.zoom;
        self.settings.zoom = ((factor * 10.0).round() / 10.0).clamp(ZOOM.0, ZOOM.1);
        self.bridge.set_zoom(self.settings.zoom);
        // iced doesn't tell that the same window now has room for less.
        let ratio = before / self.settings.zoom;
        self.size = Size::new(self.size.width * ratio, self.size.height * ratio);
        self.settings.window = (self.size.width, self.size.height);
        self.remember()
    }

    fn ask_remove(&mut self) -> Task<Message> {
        let account = self.mail.folders.account();
        let named = account.and_then(|id| Some((id, self.mail.folders.find_account(id)?.name.clone())));
        self.dialog = named.map(|(account, name)| Dialog::Remove { account, name });
        Task::none()
    }

    /// Writes the settings once they rest.
    fn remember(&mut self) -> Task<Message> {
        self.save_serial += 1;
        perform::after(SAVE_AFTER, Message::SaveDue(self.save_serial))
    }

    fn save(&self, serial: u64) -> Task<Message> {
        if serial == self.save_serial { self.write_settings() } else { Task::none() }
    }

    fn write_settings(&self) -> Task<Message> {
        match self.settings_path.clone() {
            Some(path) => {
                let file = self.preferences.path.clone().map(|file| (file, self.changed_preferences()));
                perform::save(self.settings.clone(), path, file)
            }
            None => Task::none(),
        }
    }

    fn wait_for_midnight(&self) -> Task<Message> {
        let wait = Duration::from_secs(self.locale.seconds_to_midnight(self.now));
        perform::after(wait, Message::Midnight)
    }

    /// Ends in good order: settings are written, the worker gets time to put things away.
    fn end(&mut self) -> Task<Message> {
        if self.ending {
            return iced::exit();
        }
        self.ending = true;
        let save = self.write_settings();
        let Some(handle) = &self.handle else { return save.chain(Task::done(Message::Ended)) };
        handle.send(Command::Shutdown);
        Task::batch([save, perform::after(END_WITHIN, Message::Ended)])
    }
}

#[cfg(test)]
mod tests;
