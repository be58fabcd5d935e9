//! The start: opens the store and reads what the first frame shows, before there is a window.
//!
//! The only place where the window's thread waits for the disk, and it waits for milliseconds.

use super::{App, Keys, Message, Note, Notes, demo, files, perform, preferences, worker};
use crate::html::Renderer;
use crate::model::UnixTime;
use crate::oauth::{Identities, TokenKeeper};
use crate::profile::Profile;
use crate::secret::SecretStore;
use crate::store::Store;
use crate::ui::a11y::bridge::Bridge;
use crate::ui::locale::Locale;
use crate::ui::read::{self, Tree};
use crate::ui::screen::mail::{Action, Desk, Mail, Request};
use crate::ui::screen::setup::Setup;
use crate::ui::settings::{Language, Settings};
use iced::theme::Mode;
use iced::{Size, Task, window};
use std::sync::Arc;
use std::time::Duration;

/// Below this size nothing can be laid out sensibly.
const MIN_SIZE: Size = Size::new(480.0, 400.0);
/// Name by which desktops know the program: the same as its .desktop file.
pub(crate) const APPLICATION_ID: &str = "io.github.postrider.Postrider";

/// The processes that draw HTML start once the window is there: they are not to be in its way.
const WARM_AFTER: Duration = Duration::from_millis(400);

/// What the window is opened on.
#[derive(Clone, Debug)]
pub enum Start {
    /// A profile.
    Profile(Profile),
    /// The embedded demo server with a profile that is thrown away.
    Demo,
}

impl App {
    /// The program before its first frame.
    pub fn boot(start: &Start, locale: Arc<Locale>, now: UnixTime) -> (Self, Task<Message>) {
        let settings_path = match start {
            Start::Profile(profile) => Some(Settings::path(profile.config_dir())),
            Start::Demo => None,
        };
        let (settings, preferences) = match start {
            Start::Profile(profile) => {
                let (settings, text, faults) = Settings::open(profile.config_dir());
                let file = preferences::at_start(profile.config_dir(), text, faults, &settings);
                (settings, file)
            }
            Start::Demo => (Settings::default(), preferences::Preferences::default()),
        };
        let locale = match settings.language {
            Language::System => locale,
            chosen @ (Language::En | Language::De) => Arc::new(preferences::locale_of(chosen)),
        };
        let (mut bridge, signals) = Bridge::start();
        bridge.set_zoom(settings.zoom);
        let opened = open_window(&settings);
        let size = Size::new(settings.window.0, settings.window.1);
        let mut app = Self {
            profile: None,
            store: None,
            broken: None,
            words: super::view::Words::new(&locale),
            locale,
            settings,
            settings_path,
            save_serial: 0,
            mode: Mode::None,
            size,
            now,
            mail: Mail::default(),
            preferences,
            preferences_screen: None,
            options: std::collections::BTreeMap::new(),
            manager: None,
            examination: None,
            examined: 0,
            sending: std::collections::BTreeMap::new(),
            notifier: None,
            notices: crate::ui::notices::Notices::default(),
            setup: None,
            signing: None,
            dialog: None,
            help: false,
            notes: Notes::default(),
            keys: Keys::default(),
            accounts: Vec::new(),
            worker: None,
            handle: None,
            waiting: Vec::new(),
            demo: None,
            renderer: Renderer::new().ok(),
            bridge,
            ending: false,
        };
        let first = match start {
            Start::Profile(profile) => app.open_profile(profile),
            Start::Demo => {
                let mut setup = Setup::welcome();
                setup.update(crate::ui::screen::setup::Message::DemoWanted);
                app.setup = Some(setup);
                Task::perform(demo::start(now), |result| Message::DemoReady(result.map(Arc::new)))
            }
        };
        let mode = iced::system::theme().map(Message::SystemMode);
        let midnight = app.wait_for_midnight();
        let warm = perform::after(WARM_AFTER, Message::WarmDue);
        let fault = app.preferences.faults.first().cloned();
        let fault = fault.map_or_else(Task::none, |fault| app.say(Note::SettingsFault(fault)));
        let broken_off = app.tell_of_run_before();
        let all = [signals.map(Message::A11y), opened, mode, first, midnight, warm, fault, broken_off];
        (app, Task::batch(all))
    }

    /// A run that broke off could not tell it itself.
    fn tell_of_run_before(&mut self) -> Task<Message> {
        let folder = self.profile.as_ref().map(|profile| profile.data_dir().to_owned());
        match folder {
            Some(folder) if crate::crash::has_broken_off(&folder) => {
                self.say(Note::Fault { report: crate::crash::log(), before: true })
            }
            _ => Task::none(),
        }
    }

    fn open_profile(&mut self, profile: &Profile) -> Task<Message> {
        self.profile = Some(profile.clone());
        files::clear_temporary(profile.cache_dir());
        match Store::open(profile.data_dir()) {
            Ok(store) => self.enter(store, SecretStore::system()),
            Err(why) => {
                self.broken = Some(why.to_string());
                Task::none()
            }
        }
    }

    /// Shows a store: its folders and the top of a list are read at once, for the first frame.
    fn enter(&mut self, store: Store, secrets: SecretStore) -> Task<Message> {
        let tree = match read::tree(&store) {
            Ok(tree) => tree,
            Err(why) => {
                self.broken = Some(why.to_string());
                return Task::none();
            }
        };
        let generation = self.worker.as_ref().map_or(0, |seed| seed.generation) + 1;
        let folder = self.profile.as_ref().map(|profile| Identities::of_profile(profile.config_dir()));
        let tokens = TokenKeeper::new(folder.unwrap_or_default());
        self.worker = Some(worker::Seed { generation, store: store.clone(), secrets, tokens });
        self.handle = None;
        self.waiting.clear();
        self.broken = None;
        self.accounts.clone_from(&tree.settings);
        self.options.clone_from(&tree.options);
        self.setup = tree.accounts.is_empty().then(Setup::welcome);
        let task = self.fill(&store, tree);
        self.store = Some(store);
        task
    }

    fn fill(&mut self, store: &Store, tree: Tree) -> Task<Message> {
        self.mail = Mail::new(&self.settings, tree);
        let (scale, dark) = (self.bridge.scale(), self.is_dark());
        let (settings, locale) = (&mut self.settings, &*self.locale);
        let mut desk = Desk { settings, now: self.now, width: self.size.width, locale, scale, dark };
        let mut rest = Vec::new();
        for action in self.mail.start(&mut desk) {
            // The list itself is answered here, so that the first frame has it.
            let request =
                if let Action::Read(request @ Request::List(_)) = &action { Some(request) } else { None };
            let answer =
                request.and_then(|request| perform::answer(store, request.clone(), None, &self.locale).ok());
            match answer {
                Some(reply) => rest.extend(self.mail.reply(reply, &mut desk)),
                None => rest.push(action),
            }
        }
        rest.extend(self.mail.want_activity());
        self.store = Some(store.clone());
        self.act(rest)
    }

    pub(super) fn on_demo(&mut self, result: Result<Arc<demo::Demo>, String>) -> Task<Message> {
        match result {
            Ok(demo) => {
                if let Some(handle) = self.handle.take() {
                    handle.send(crate::sync::Command::Shutdown);
                }
                // What the user does in the demo must not be remembered for their own profile.
                self.settings_path = None;
                self.preferences.path = None;
                self.settings.mailbox = None;
                self.profile = Some(demo.profile.clone());
                let task = self.enter(demo.store.clone(), demo.secrets.clone());
                self.demo = Some(demo);
                task
            }
            Err(detail) => {
                if let Some(setup) = &mut self.setup {
                    setup.demo_failed(detail);
                }
                Task::none()
            }
        }
    }
}

fn open_window(settings: &Settings) -> Task<Message> {
    let (_, opened) = window::open(window::Settings {
        size: Size::new(settings.window.0.max(MIN_SIZE.width), settings.window.1.max(MIN_SIZE.height)),
        min_size: Some(MIN_SIZE),
        exit_on_close_request: false,
        platform_specific: platform(),
        ..window::Settings::default()
    });
    opened.map(|_| Message::Done)
}

#[cfg(target_os = "linux")]
fn platform() -> window::settings::PlatformSpecific {
    window::settings::PlatformSpecific {
        application_id: APPLICATION_ID.to_owned(),
        ..window::settings::PlatformSpecific::default()
    }
}

#[cfg(not(target_os = "linux"))]
fn platform() -> window::settings::PlatformSpecific {
    window::settings::PlatformSpecific::default()
}
