//! Actions of the screens as tasks: reading the store, files, links, timers.

use super::{App, Dialog, files};
use crate::discover;
use crate::oauth::{self, Identities};
use crate::store::{Store, StoreError};
use crate::ui::locale::Locale;
use crate::ui::locale::tr;
use crate::ui::message::Message;
use crate::ui::note::Note;
use crate::ui::read;
use crate::ui::screen::mail::{self, Action, Reply, Request, layout::Pane, list::Wish};
use crate::ui::screen::setup;
use crate::ui::settings::{Settings, Values, preference};
use crate::ui::widget::body_text;
use iced::Task;
use iced::widget::operation::focus;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Comes back with a message after a while.
pub(super) fn after(wait: Duration, message: Message) -> Task<Message> {
    // Within the block, so that nothing starts before the task runs.
    Task::perform(async move { tokio::time::sleep(wait).await }, move |()| message.clone())
}

/// Opens a file or folder with another program.
pub(super) fn open(path: PathBuf) -> Task<Message> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    Task::perform(files::open(path), move |opened| Message::Opened((!opened).then(|| name.clone())))
}

/// Opens a page in the browser, as signing in does.
pub(super) fn open_page(page: String) -> Task<Message> {
    let name = page.clone();
    let work = move || {
        let url = url::Url::parse(&page).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
        url.is_some_and(|url| oauth::open(&url).is_ok())
    };
    blocking(work, move |opened| Message::Opened((opened != Some(true)).then_some(name)))
}

/// Writes the settings.
pub(super) fn save(settings: Settings, path: PathBuf, file: Option<(PathBuf, Values)>) -> Task<Message> {
    let write = move || {
        if let Err(why) = settings.save(&path) {
            tracing::warn!(%why, path = %path.display(), "window settings could not be written");
        }
        let (file, values) = file.filter(|(_, values)| !values.is_empty())?;
        Some(preference::write(&file, &values).map(|text| (text, values)).map_err(Arc::new))
    };
    blocking(write, |written| written.flatten().map_or(Message::Done, Message::SettingsWritten))
}

/// Reads the file that people may edit.
pub(super) fn read_preferences(path: PathBuf) -> Task<Message> {
    blocking(move || preference::load(&path), |text| text.map_or(Message::Done, Message::SettingsRead))
}

/// Opens the file that people may edit in an editor; with all settings in it, so that there is something to edit.
pub(super) fn open_preferences(path: PathBuf, values: Values) -> Task<Message> {
    let place = path.clone();
    let write = move || {
        if place.exists() { None } else { preference::write(&place, &values).ok().map(|text| (text, values)) }
    };
    let written =
        blocking(write, |new| new.flatten().map_or(Message::Done, |new| Message::SettingsWritten(Ok(new))));
    written.chain(open(path))
}

/// Runs something that blocks, away from the window's thread.
pub(super) fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    message: impl FnOnce(Option<T>) -> Message + Send + 'static,
) -> Task<Message> {
    Task::perform(async move { tokio::task::spawn_blocking(work).await.ok() }, message)
}

/// Reads the store.
pub(super) fn read_store(
    store: Store,
    request: Request,
    charset: Option<&'static str>,
    locale: Arc<Locale>,
) -> Task<Message> {
    let asked = request.clone();
    blocking(
        move || answer(&store, request, charset, &locale).map_err(|why| why.to_string()),
        move |result| {
            Message::Store(match result {
                Some(Ok(reply)) => reply,
                Some(Err(detail)) => Reply::Failed(asked, detail),
                None => Reply::Failed(asked, "the reader was stopped".to_owned()),
            })
        },
    )
}

/// Reads what was asked for; a message as if it were written in a charset. Blocks.
pub(super) fn answer(
    store: &Store,
    request: Request,
    charset: Option<&'static str>,
    locale: &Locale,
) -> Result<Reply, StoreError> {
    Ok(match request {
        Request::Tree => Reply::Tree(read::tree(store)?),
        Request::List(Wish::Ids { mailbox, visit, threaded, keep }) => {
            Reply::Ids(read::ids(store, mailbox, visit, threaded, keep)?)
        }
        Request::List(Wish::Rows { mailbox, visit, threaded, ids }) => {
            let (revision, rows) = read::rows(store, mailbox, threaded, &ids)?;
            Reply::Rows(visit, revision, rows)
        }
        Request::List(Wish::Unread { mailbox, visit, threaded, ids, from, forward }) => {
            Reply::Unread(visit, read::unread(store, mailbox, threaded, &ids, from, forward)?)
        }
        Request::Talk(head, mailbox) => {
            let (revision, talk) = read::talk(store, head, mailbox)?;
            Reply::Talk(head, revision, talk)
        }
        Request::Kept(account) => Reply::Kept(account, read::kept(store, account)?),
        Request::Mail(id) => {
            let (revision, mail) = read::mail(store, id, charset, locale)?;
            Reply::Mail(id, revision, mail)
        }
        Request::Source(id) => Reply::Source(id, read::source(store, id)?),
        Request::Activity => Reply::Activity(read::activity(store)?),
    })
}

impl App {
    pub(super) fn act(&mut self, actions: Vec<Action>) -> Task<Message> {
        let tasks: Vec<_> = actions.into_iter().map(|action| self.act_one(action)).collect();
        Task::batch(tasks)
    }

    #[expect(clippy::too_many_lines, reason = "an arm for each action")]
    fn act_one(&mut self, action: Action) -> Task<Message> {
        match action {
            Action::Send(command) => {
                self.send(command);
                Task::none()
            }
            Action::Read(request) => match self.store.clone() {
                Some(store) => {
                    let charset =
                        if let Request::Mail(id) = &request { self.mail.charset(*id) } else { None };
                    read_store(store, request, charset, Arc::clone(&self.locale))
                }
                None => Task::none(),
            },
            Action::After(wait, message) => after(wait, Message::Mail(message)),
            Action::OpenLink(target) if files::is_web_link(&target) => open(PathBuf::from(target)),
            Action::OpenLink(target) => self.say(Note::NotOpened(target)),
            Action::Copy(text) => iced::clipboard::write(text),
            Action::TurnPages(pages) => {
                iced::advanced::widget::operate(body_text::turn_pages(mail::pane_id(Pane::Reader), pages))
            }
            Action::Scroll(pixels) => {
                iced::advanced::widget::operate(body_text::scroll_by(mail::pane_id(Pane::Reader), pixels))
            }
            Action::Page(wish) => super::pages::perform(self.renderer.clone(), wish),
            Action::Watch(wish) => self.watch(wish),
            Action::CopyAddress(address) => {
                let copied = self.say(Note::AddressCopied(address.clone()));
                Task::batch([iced::clipboard::write(address), copied])
            }
            Action::FindTemporary(message, attachment) => {
                let Some(cache) = self.profile.as_ref().map(|p| p.cache_dir().to_owned()) else {
                    return Task::none();
                };
                let path = attachment.path.clone();
                blocking(
                    move || files::temporary_place(&cache, message, &attachment),
                    move |place| Message::TemporaryFound(message, path, place.flatten()),
                )
            }
            Action::FindDownload(message, attachment) => blocking(
                move || (files::download_place(&attachment.name), attachment.path),
                move |found| match found {
                    Some((place, path)) => Message::Mail(mail::Message::PlaceFound(message, path, place)),
                    None => Message::Done,
                },
            ),
            Action::AskPlace(message, attachment) => {
                let title = tr!(self.locale, "dialog-save-title").into_owned();
                let path = attachment.path.clone();
                Task::perform(files::ask_place(attachment.name, title), move |place| {
                    Message::Mail(mail::Message::PlaceFound(message, path.clone(), place))
                })
            }
            Action::AskFolder(message, attachments) => {
                let title = tr!(self.locale, "dialog-save-all-title").into_owned();
                Task::perform(files::ask_folder(attachments, title), move |places| {
                    Message::Mail(mail::Message::FolderFound(message, places))
                })
            }
            Action::Replace(from, target) => blocking(
                move || (std::fs::rename(&from, &target).is_ok(), target),
                |result| result.map_or(Message::Done, |(done, target)| Message::Replaced(target, done)),
            ),
            Action::OpenFile(path) => open(path),
            Action::SaveBytes(name, bytes) => {
                let title = tr!(self.locale, "dialog-save-title").into_owned();
                Task::perform(files::save_bytes(name, title, bytes), |saved| match saved {
                    Some((target, done)) => Message::Replaced(target, done),
                    None => Message::Done,
                })
            }
            Action::Print(id) => self.print(id),
            Action::Say(note) => self.say(note),
            Action::Focus(pane) => focus(mail::pane_id(pane)),
            Action::FocusFind => {
                Task::batch([focus(mail::find_id()), iced::widget::operation::select_all(mail::find_id())])
            }
            Action::Remember => self.remember(),
            Action::Do(does) => self.run(does),
            Action::EditAccount(id) => {
                let account = self.accounts.iter().find(|(i, _)| *i == id);
                self.setup = account.map(|(id, account)| setup::Setup::change(*id, account));
                Task::none()
            }
            Action::Examine(id) => self.open_doctor(id),
            Action::AskPassword(id) if self.signs_in_by_browser(id) => {
                // There is no password to enter.
                self.send(crate::sync::Command::SignIn(id));
                Task::none()
            }
            Action::AskPassword(id) => {
                let name = self.mail.folders.find_account(id).map(|row| row.name.clone());
                let keyring = self.mail.has_keyring(id);
                self.dialog = name.map(|name| Dialog::password(id, name, keyring));
                Task::none()
            }
            Action::Ask(question) => {
                self.dialog = Some(Dialog::ask(question));
                Task::none()
            }
        }
    }

    pub(super) fn act_setup(&mut self, action: setup::Action) -> Task<Message> {
        match action {
            setup::Action::Send(command) => {
                self.send(command);
                Task::none()
            }
            setup::Action::Focus(field) => focus(setup::field_id(field)),
            setup::Action::AskCertificate => {
                let title = tr!(self.locale, "dialog-certificate-title").into_owned();
                Task::perform(files::ask_certificate(title), |path| {
                    Message::Setup(setup::Message::CaChosen(path))
                })
            }
            setup::Action::AskClient => {
                let title = tr!(self.locale, "dialog-client-title").into_owned();
                Task::perform(files::ask_client(title), |path| {
                    Message::Setup(setup::Message::ClientChosen(path))
                })
            }
            setup::Action::KeepClient(path) => {
                let folder = self.profile.as_ref().map(|profile| profile.config_dir().to_owned());
                let identities = folder.map_or_else(Identities::default, |dir| Identities::of_profile(&dir));
                blocking(
                    move || identities.adopt(&path),
                    |kept| {
                        kept.map_or(Message::Done, |kept| Message::Setup(setup::Message::ClientKept(kept)))
                    },
                )
            }
            setup::Action::OpenPage(page) => open_page(page),
            setup::Action::Copy(text) => iced::clipboard::write(text),
            setup::Action::After(wait, message) => after(wait, Message::Setup(message)),
            setup::Action::LookUp(address) => {
                let name = address.to_string();
                Task::perform(async move { discover::find(&address).await }, move |result| {
                    Message::Setup(setup::Message::LookedUp(name.clone(), result.map(Box::new)))
                })
            }
            setup::Action::StartDemo => {
                let start = super::demo::start(self.now);
                Task::perform(start, |result| Message::DemoReady(result.map(std::sync::Arc::new)))
            }
            setup::Action::Leave => {
                self.setup = None;
                Task::none()
            }
        }
    }
}
