//! The mail screen: folders, list, reading pane. Takes messages, returns actions.
//!
//! No I/O, no clock: what it wants done goes out as [`Action`]s, time comes in with [`Desk`].

pub mod activity;
pub mod chosen;
pub mod drag;
pub mod find;
pub mod folders;
pub mod keeping;
pub mod layout;
pub mod links;
pub mod list;
pub mod message;
pub mod page;
pub mod palette;
pub mod reader;
pub mod saving;
pub mod sheets;
pub mod source;
pub mod talk;
pub mod transfers;
pub mod watch;

mod act;
mod event;
mod filing;
mod open;
mod view;

use crate::model::{AccountColor, AccountId, MessageId, Revision, SpecialUse, UnixTime};
use crate::sync::{AccountStatus, Command};
use crate::ui::command::Do;
use crate::ui::locale::Locale;
use crate::ui::read::Tree;
use crate::ui::settings::Settings;
use activity::Activity;
use drag::Drag;
use find::Find;
use folders::{Folders, Node};
use iced::advanced::widget::Id;
use keeping::Keeping;
use layout::{Layout, Pane};
use list::List;
use palette::{Palette, PaletteMessage};
use reader::Reader;
use sheets::Sheets;
use source::Source;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;
use talk::Talk;
use transfers::Transfers;
use watch::Watches;

pub use message::{Action, Menu, MenuOf, Message, NameWish, Question, Reply, Request};
pub use saving::SaveWish;
pub(in crate::ui) use view::status;
pub use view::{Look, view};

/// How long a message has to be shown before its text is fetched: who scrolls by doesn't want it.
const FETCH_AFTER: Duration = Duration::from_millis(150);

/// What the screen is given with every message: what it may change besides itself, and the present.
#[derive(Debug)]
pub struct Desk<'a> {
    /// What is remembered.
    pub settings: &'a mut Settings,
    /// The present.
    pub now: UnixTime,
    /// Width of the window.
    pub width: f32,
    /// The words, for what is searched by name.
    pub locale: &'a Locale,
    /// Device pixels for one pixel of the window.
    pub scale: f32,
    /// Whether the window's colors are dark.
    pub dark: bool,
}

/// The screen.
#[derive(Debug, Default)]
pub struct Mail {
    /// The tree.
    pub(in crate::ui) folders: Folders,
    /// The list.
    pub(in crate::ui) list: List,
    /// The reading pane.
    pub(in crate::ui) reader: Reader,
    /// The conversation in it.
    pub(in crate::ui) talk: Talk,
    /// The pages of open messages that are HTML.
    pub(in crate::ui) sheets: Sheets,
    pictures: page::Pictures,
    watches: Watches,
    find: Option<Find>,
    /// Charsets that the user chose, by message.
    charsets: BTreeMap<MessageId, &'static str>,
    source: Option<Source>,
    transfers: Transfers,
    activity: Activity,
    drag: Option<Drag>,
    palette: Option<Palette>,
    statuses: BTreeMap<AccountId, AccountStatus>,
    pub(in crate::ui) keeping: Keeping,
    layout: Layout,
    menu: Option<Menu>,
    main_menu: bool,
    details: bool,
    /// The tree is being read; the flag says whether it has to be read once more.
    tree_flight: Option<bool>,
    tree_revision: Revision,
    /// Colors of the accounts that have one.
    colors: BTreeMap<AccountId, AccountColor>,
    /// A new account whose inbox is to be opened as soon as it is known.
    expected: Option<AccountId>,
    /// A message that is shown as soon as it is in the list.
    sought: Option<MessageId>,
    /// What the store said when it could not be read.
    broken: Option<String>,
    /// The visit of the reader for which the read mark was already considered.
    seen_for: Option<u64>,
}

impl Mail {
    /// What is known of the open messages besides their text.
    #[must_use]
    pub const fn watches(&self) -> &Watches {
        &self.watches
    }

    /// The same, to be told what was decided elsewhere.
    pub const fn watches_mut(&mut self) -> &mut Watches {
        &mut self.watches
    }

    /// The screen at the start, with what the store holds.
    #[must_use]
    pub fn new(settings: &Settings, tree: Tree) -> Self {
        let mut mail = Self {
            folders: Folders::new(&settings.collapsed_accounts, &settings.collapsed),
            ..Self::default()
        };
        mail.tree_revision = tree.revision;
        mail.folders.replace(&tree.accounts);
        mail.colors = tree.options.iter().filter_map(|(id, options)| Some((*id, options.color?))).collect();
        mail
    }

    /// Shows the folder that was open last, or the inbox. The answer to the read can be given at once.
    pub fn start(&mut self, desk: &mut Desk<'_>) -> Vec<Action> {
        let remembered =
            desk.settings.mailbox.filter(|id| self.folders.find(*id).is_some_and(|r| r.selectable));
        match remembered {
            Some(mailbox) => self.open_mailbox(mailbox, desk),
            None => self.open_first(desk),
        }
    }

    /// The user added this account: they want to see its inbox.
    pub fn expect(&mut self, account: AccountId) {
        self.expected = Some(account);
    }

    /// The state of every account.
    #[must_use]
    pub const fn statuses(&self) -> &BTreeMap<AccountId, AccountStatus> {
        &self.statuses
    }

    /// Whether nothing is known against remembering the account's password in the keyring.
    #[must_use]
    pub fn has_keyring(&self, account: AccountId) -> bool {
        use crate::sync::Problem::{KeyringAbsent, KeyringFailed, KeyringWaits};
        !matches!(
            self.statuses.get(&account),
            Some(AccountStatus::SignInNeeded(KeyringAbsent | KeyringWaits | KeyringFailed { .. }))
        )
    }

    /// Where the keyboard was put last.
    #[must_use]
    pub const fn pane(&self) -> Option<Pane> {
        self.layout.pane
    }

    /// What there is, for the table of actions.
    #[must_use]
    pub fn situation(&self) -> crate::ui::command::Situation {
        crate::ui::command::Situation {
            account: !self.folders.is_empty(),
            messages: !self.list.ids().is_empty(),
            selection: !self.list.chosen().is_empty(),
            thread: self.talk.shown().is_some(),
            shown: self.reader.shown().is_some(),
            page: self.reader.shown().is_some_and(|mail| mail.html.is_some()),
            attachments: self.reader.shown().is_some_and(|mail| !mail.attachments.is_empty()),
        }
    }

    /// Takes in what happened on the screen.
    #[expect(clippy::too_many_lines, reason = "an arm for each message")]
    pub fn update(&mut self, message: Message, desk: &mut Desk<'_>) -> Vec<Action> {
        match message {
            Message::FolderOpened(node) => self.open_node(node, desk),
            Message::FolderEntered(node) => self.enter_node(node, desk),
            Message::FolderToggled(node) => self.fold(node, desk),
            Message::ListShows(range) => wishes(self.list.showing(range)),
            Message::RowChosen(index, choice) => self.choose(index, choice, desk),
            Message::ListStep(step, choice) => self.step(step, choice, desk),
            Message::RowOpened(index) => self.open_row(index, desk),
            Message::AllChosen => self.then_nothing(|mail| mail.list.choose_all()),
            Message::MenuOpened(index, at) => self.open_menu(index, at, desk),
            Message::FolderMenuOpened(node, at) => self.open_folder_menu(node, at),
            Message::RowDragged(id, at, copies) => self.drag_messages(id, at, copies),
            Message::FolderDragged(node, at) => self.drag_folder(node, at),
            Message::Drag(event) => self.drag_event(event, desk),
            Message::DragOver(node) => self.drag_over(node, desk),
            Message::SpringDue(visit) => self.spring(visit),
            Message::Palette(message) => self.in_palette(message, desk),
            Message::OperationRetried(id) => vec![Action::Send(Command::RetryOperation(id))],
            Message::OperationDismissed(id) => vec![Action::Send(Command::DismissOperation(id))],
            Message::ActionUndone(id) => vec![Action::Send(Command::Undo(Some(id)))],
            Message::TextMenuOpened(at, link, selection) => self.then_nothing(|mail| {
                let some = link.is_some() || selection.is_some();
                let of = MenuOf::Text { link, label: None, image: None, selection };
                mail.menu = some.then_some(Menu { at, of });
            }),
            Message::Copied(text) => {
                self.close_menus();
                vec![Action::Copy(text)]
            }
            Message::MenuClosed => self.then_nothing(Self::close_menus),
            Message::MainMenuToggled => self.then_nothing(|mail| mail.main_menu = !mail.main_menu),
            Message::Do(does) => self.run(does, desk),
            Message::StarClicked(id) => self.star(id),
            Message::LinkHovered(target) => {
                let link = target.map(|target| links::Hovered::new(&target, ""));
                self.then_nothing(|mail| mail.reader.hover(link))
            }
            Message::LinkOpened(target) => {
                let label = self.label_in_menu(&target);
                self.follow_link(target, &label)
            }
            Message::Source(message) => self.in_source(message),
            Message::Page(message) => self.in_page(message, desk),
            Message::Watch(message) => self.in_watch(message),
            Message::Find(message) => self.in_find(message),
            Message::AddressesToggled => self.then_nothing(|mail| mail.reader.toggle_addresses()),
            Message::Within(id, message) => {
                self.talk.make_current(id, &mut self.reader);
                self.update(*message, desk)
            }
            Message::TalkToggled(id) => {
                let wishes = self.talk.toggle(id, &mut self.reader);
                self.of_talk(wishes, desk)
            }
            Message::EarlierWanted => self.then_nothing(|mail| mail.talk.show_earlier(&mail.reader)),
            Message::TalkSeen(round) => self.talk_seen(round),
            Message::ReloadWanted => self.reload(),
            Message::TextWanted => self.fetch_now(),
            Message::AttachmentOpened(path) => self.open_attachment(&path),
            Message::AttachmentSaved(path) => self.save(SaveWish::Download(path)),
            Message::AttachmentSavedAs(path) => self.save(SaveWish::As(path)),
            Message::PlaceFound(message, path, place) => self.download(message, &path, place),
            Message::FolderFound(message, places) => self.download_all(message, places),
            Message::TransferStopped(id) => vec![Action::Send(Command::CancelTransfer(id))],
            Message::FetchDue(id) => self.fetch_due(id),
            Message::SeenDue(id, visit) => self.seen_due(id, visit),
            Message::EdgeDragged(edge, x) => {
                self.then_nothing(|_| Layout::drag(edge, x, desk.width, desk.settings))
            }
            Message::EdgeDropped => vec![Action::Remember],
            Message::DrawerToggled => self.run(Do::ToggleFolders, desk),
            Message::DetailsToggled => {
                let mut actions = self.toggle_details();
                actions.extend(self.want_activity());
                actions
            }
            Message::KeepChosen(account, policy) => Self::keep(account, None, Some(policy)),
            Message::FolderKeepChosen(account, mailbox, policy) => {
                self.keep_of_folder(account, mailbox, policy)
            }
            Message::KeepPaused(account, on) => vec![Action::Send(Command::PauseBodies { account, on })],
            Message::FixPressed(account, fix) => self.fix(account, fix),
            Message::DoctorPressed(account) => {
                self.details = false;
                vec![Action::Examine(account)]
            }
            Message::PaneFocused(pane) => self.then_nothing(|mail| mail.layout.pane = Some(pane)),
        }
    }

    /// Whether something is in front of the panes that has the keyboard.
    #[must_use]
    pub const fn is_covered(&self) -> bool {
        self.palette.is_some() || self.drag.is_some() || self.source.is_some() || self.watches.sheet.is_some()
    }

    fn in_palette(&mut self, message: PaletteMessage, desk: &mut Desk<'_>) -> Vec<Action> {
        let Some(palette) = &mut self.palette else { return Vec::new() };
        let to = match message {
            PaletteMessage::Edited(query) => {
                palette.edit(query);
                return Vec::new();
            }
            PaletteMessage::Step(by) => {
                palette.step(by);
                return Vec::new();
            }
            PaletteMessage::CopiesToggled => {
                palette.copies = !palette.copies;
                return Vec::new();
            }
            PaletteMessage::Closed => None,
            PaletteMessage::Chosen(id) => Some(id),
            PaletteMessage::Confirmed => match palette.current() {
                Some(place) => Some(place.mailbox),
                None => return Vec::new(),
            },
        };
        let palette = self.palette.take();
        // The keyboard goes back to where it was.
        let mut actions = vec![Action::Focus(self.layout.pane.unwrap_or(Pane::List))];
        if let (Some(to), Some(palette)) = (to, palette) {
            actions.extend(self.carry(palette.messages.to_vec(), to, palette.copies, desk));
        }
        actions
    }

    pub(super) fn close_menus(&mut self) {
        self.menu = None;
        self.main_menu = false;
    }

    fn then_nothing(&mut self, change: impl FnOnce(&mut Self)) -> Vec<Action> {
        change(self);
        Vec::new()
    }

    fn fold(&mut self, node: Node, desk: &mut Desk<'_>) -> Vec<Action> {
        self.folders.toggle(node);
        let (accounts, mailboxes) = self.folders.closed();
        desk.settings.collapsed = mailboxes;
        desk.settings.collapsed_accounts = accounts;
        vec![Action::Remember]
    }

    fn open_node(&mut self, node: Node, desk: &mut Desk<'_>) -> Vec<Action> {
        match node {
            Node::Mailbox(id) => self.open_mailbox(id, desk),
            Node::Account(_) => Vec::new(),
        }
    }

    /// Opens a folder and goes on to its messages.
    fn enter_node(&mut self, node: Node, desk: &mut Desk<'_>) -> Vec<Action> {
        let mut actions = self.open_node(node, desk);
        self.layout.drawer = false;
        self.layout.pane = Some(Pane::List);
        actions.push(Action::Focus(Pane::List));
        actions
    }
}

fn wishes(list: Vec<list::Wish>) -> Vec<Action> {
    list.into_iter().map(|wish| Action::Read(Request::List(wish))).collect()
}

fn talk_action(wish: talk::Wish) -> Action {
    match wish {
        talk::Wish::Read(head, mailbox) => Action::Read(Request::Talk(head, mailbox)),
        talk::Wish::Reader(wish) => reader_action(wish),
    }
}

fn reader_action(wish: reader::Wish) -> Action {
    match wish {
        reader::Wish::Read(id) => Action::Read(Request::Mail(id)),
        reader::Wish::FetchSoon(id) => Action::After(FETCH_AFTER, Message::FetchDue(id)),
    }
}

/// The name of a folder: special ones in the user's language, the others as the server has them.
#[must_use]
pub fn folder_name<'a>(row: &'a folders::Row, locale: &'a Locale) -> Cow<'a, str> {
    let key = match row.special_use {
        Some(SpecialUse::Inbox) => "folder-inbox",
        Some(SpecialUse::Drafts) => "folder-drafts",
        Some(SpecialUse::Sent) => "folder-sent",
        Some(SpecialUse::Archive) => "folder-archive",
        Some(SpecialUse::Junk) => "folder-junk",
        Some(SpecialUse::Trash) => "folder-trash",
        Some(SpecialUse::All) => "folder-all",
        Some(SpecialUse::Flagged) => "folder-flagged",
        None => return Cow::Borrowed(&row.name),
    };
    locale.text(key)
}

/// Widget id of a pane, to put the keyboard into it.
#[must_use]
pub fn pane_id(pane: Pane) -> Id {
    Id::new(match pane {
        Pane::Folders => "folders",
        Pane::List => "messages",
        Pane::Reader => "message",
    })
}

/// Widget id of the field to search in what is read.
#[must_use]
pub fn find_id() -> Id {
    Id::new("find")
}

/// Mail addresses are copied as long as there is nothing to write with.
fn open_link(target: String) -> Action {
    match target.strip_prefix("mailto:") {
        Some(address) => Action::CopyAddress(address.split('?').next().unwrap_or(address).to_owned()),
        None => Action::OpenLink(target),
    }
}

#[cfg(test)]
mod tests;
