//! What is known about the open messages besides their text: who they are from, what they tried, which pictures of the
//! network they want, how to get off a list. And what the user decided about it.
//!
//! Pure state. It says what it wants; the network is asked only by wishes that follow a click or an older consent.

use super::{Action, Mail, Message};
use crate::html::Document;
use crate::model::{MessageId, PartPath, TransferId};
use crate::remote::{Check, Loaded, UnsubscribeError};
use crate::store::{Consent, Preference, SenderMemory};
use crate::sync::{Command, Destination, TransferState};
use crate::trust::{Facts, host, without_tracking};
use crate::ui::read::Html;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Largest message that is fetched as a whole for its header alone; of a larger one it is when the sheet is opened.
const MAX_FETCHED: u64 = 256 * 1024;

/// What a background task found out about a message.
#[derive(Clone, Debug, Default)]
pub struct Examined {
    /// The facts.
    pub facts: Facts,
    /// What is remembered of the sender.
    pub memory: SenderMemory,
    /// Pictures that were loaded earlier.
    pub loaded: Loaded,
    /// The message with those.
    pub html: Option<Html>,
    /// Its page was looked at too; else only what is known without it.
    pub page: bool,
    /// The whole header was there; else nothing is known of who vouches for the message.
    pub whole: bool,
    /// Bytes of the message at the server.
    pub size: u64,
    /// The user has parameters taken off links.
    pub strip: bool,
    /// The user has signatures checked.
    pub check: bool,
}

/// What can happen.
#[derive(Clone, Debug)]
pub enum WatchMessage {
    /// A message was looked at.
    Examined(MessageId, Arc<Examined>),
    /// Pictures were asked for; the message with them.
    Loaded(MessageId, Arc<(Loaded, Option<Html>)>),
    /// The pictures of a message are wanted, this once.
    LoadOnce(MessageId),
    /// They are wanted from now on.
    Allowed(MessageId, Consent),
    /// They are not wanted any longer.
    Revoked(MessageId, Consent),
    /// The sheet about a message is wanted.
    SheetOpened(MessageId),
    /// It is to go.
    SheetClosed,
    /// The signatures of a message are to be checked.
    CheckWanted(MessageId),
    /// They were.
    Checked(MessageId, Vec<Check>),
    /// No more mail of this list: first the question, then the answer to it.
    Unsubscribe(MessageId, Leaving),
    /// The list answered.
    Unsubscribed(MessageId, Result<(), UnsubscribeError>),
    /// A small setting is to be changed.
    Preferred(Preference, bool),
}

/// How far getting off a list is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Leaving {
    /// Nobody asked for it.
    #[default]
    Idle,
    /// The user is asked once more.
    Asked,
    /// The list was asked.
    Sent,
    /// What the mail to the list needs is on the clipboard.
    Copied,
    /// The list said that it is done.
    Done,
    /// It is not known to be done.
    Failed(UnsubscribeError),
}

/// What is to be done elsewhere.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Look at a message.
    Examine(MessageId, Option<Html>, Option<Arc<Document>>),
    /// Load its pictures.
    Load(MessageId, Html, Arc<Document>),
    /// Get off its list.
    Unsubscribe(MessageId, String),
    /// Check its signatures.
    Check(MessageId),
    /// Remember a consent.
    Allow(Consent),
    /// Forget one.
    Revoke(Consent),
    /// Remember a small setting.
    Prefer(Preference, bool),
}

/// What is known of one message.
#[derive(Debug, Default)]
pub struct Watch {
    html: Option<Html>,
    asked: bool,
    had_document: bool,
    examined: Option<Arc<Examined>>,
    /// The message with the pictures that were loaded.
    dressed: Option<Html>,
    pub(super) loaded: Loaded,
    pub(super) loading: bool,
    pub(super) leaving: Leaving,
    pub(super) checks: Option<Vec<Check>>,
    pub(super) checking: bool,
    consent: Option<Consent>,
    fetch: Option<TransferId>,
}

impl Watch {
    /// What was found out, if anything yet.
    #[must_use]
    pub fn examined(&self) -> Option<&Examined> {
        self.examined.as_deref()
    }

    /// By which consent pictures are loaded.
    #[must_use]
    pub const fn consent(&self) -> Option<&Consent> {
        self.consent.as_ref()
    }

    /// The domain that a consent may be given for; none where anybody can have an address.
    #[must_use]
    pub fn domain(&self) -> Option<String> {
        let author = self.examined()?.facts.from.first()?;
        let domain = host::of_email(&author.email);
        let domain = host::registered(&domain);
        (!domain.is_empty() && !host::is_shared(domain)).then(|| domain.to_owned())
    }

    /// The address that a consent may be given for.
    #[must_use]
    pub fn sender(&self) -> Option<&str> {
        let author = self.examined()?.facts.from.first()?;
        author.email.contains('@').then_some(author.email.as_str())
    }
}

/// What is known of all open messages.
#[derive(Debug, Default)]
pub struct Watches {
    all: BTreeMap<MessageId, Watch>,
    /// The message that the sheet is about.
    pub(super) sheet: Option<MessageId>,
    pub(super) strip: bool,
    pub(super) check: bool,
}

impl Watches {
    /// What is known of a message.
    #[must_use]
    pub fn of(&self, id: MessageId) -> Option<&Watch> {
        self.all.get(&id)
    }

    /// The message with its loaded pictures, if there are any.
    #[must_use]
    pub fn dressed(&self, id: MessageId) -> Option<&Html> {
        self.all.get(&id)?.dressed.as_ref()
    }

    /// A consent was taken back elsewhere.
    pub fn take_back(&mut self, consent: &Consent) {
        for watch in self.all.values_mut().filter(|watch| watch.consent.as_ref() == Some(consent)) {
            watch.consent = None;
        }
    }

    /// A small setting was changed.
    pub const fn prefer(&mut self, preference: Preference, on: bool) {
        match preference {
            Preference::StripLinks => self.strip = on,
            Preference::CheckSignatures => self.check = on,
        }
    }

    /// Where a link is to lead: without what tells who clicked, if the user wants that.
    #[must_use]
    pub fn target(&self, target: String) -> String {
        if self.strip { without_tracking(&target) } else { target }
    }

    /// Follows what is open: each message with its HTML, and the page once it is laid out.
    fn follow(&mut self, open: Vec<(MessageId, Option<Html>, Option<Arc<Document>>)>) -> Vec<Wish> {
        let mut wishes = Vec::new();
        let sheet = self.sheet;
        self.all.retain(|id, _| Some(*id) == sheet || open.iter().any(|(other, ..)| other == id));
        for (id, html, document) in open {
            let watch = self.all.entry(id).or_default();
            let other = watch.asked && watch.html != html;
            if other {
                *watch = Watch { leaving: watch.leaving, ..Watch::default() };
            }
            if !watch.asked || (document.is_some() && !watch.had_document) {
                (watch.asked, watch.had_document) = (true, document.is_some());
                watch.html.clone_from(&html);
                wishes.push(Wish::Examine(id, html, document));
            }
        }
        wishes
    }
}

impl Mail {
    /// Looks at what is open. After each message.
    pub(super) fn watch(&mut self) -> Vec<Action> {
        let mut open = Vec::new();
        let mut add = |mail: &crate::ui::read::Mail| {
            open.push((mail.id, mail.html.clone(), self.sheets.document(mail.id).cloned()));
        };
        if self.talk.shown().is_some() {
            for message in self.talk.messages() {
                let shown = self.talk.reader(message.id, &self.reader).and_then(|reader| reader.shown());
                if let Some(mail) = shown.filter(|mail| mail.id == message.id) {
                    add(mail);
                }
            }
        } else if let Some(mail) = self.reader.shown() {
            add(mail);
        }
        self.watches.follow(open).into_iter().map(Action::Watch).collect()
    }

    pub(super) fn in_watch(&mut self, message: WatchMessage) -> Vec<Action> {
        match message {
            WatchMessage::Examined(id, examined) => self.examined(id, examined),
            WatchMessage::Loaded(id, loaded) => self.then_nothing(|mail| {
                if let Some(watch) = mail.watches.all.get_mut(&id) {
                    watch.loading = false;
                    watch.loaded = loaded.0.clone();
                    watch.dressed.clone_from(&loaded.1);
                }
            }),
            WatchMessage::LoadOnce(id) => self.load(id),
            WatchMessage::Allowed(id, consent) => {
                let mut actions = vec![Action::Watch(Wish::Allow(consent.clone()))];
                if let Some(watch) = self.watches.all.get_mut(&id) {
                    watch.consent = Some(consent);
                }
                actions.extend(self.load(id));
                actions
            }
            WatchMessage::Revoked(id, consent) => {
                if let Some(watch) = self.watches.all.get_mut(&id) {
                    watch.consent = None;
                }
                vec![Action::Watch(Wish::Revoke(consent))]
            }
            WatchMessage::SheetOpened(id) => self.open_sheet(id),
            WatchMessage::SheetClosed => {
                self.watches.sheet = None;
                vec![Action::Focus(self.layout.pane.unwrap_or(super::layout::Pane::List))]
            }
            WatchMessage::CheckWanted(id) => self.check(id),
            WatchMessage::Checked(id, checks) => self.then_nothing(|mail| {
                if let Some(watch) = mail.watches.all.get_mut(&id) {
                    (watch.checking, watch.checks) = (false, Some(checks));
                }
            }),
            WatchMessage::Unsubscribe(id, leaving) => self.leave(id, leaving),
            WatchMessage::Unsubscribed(id, result) => self.then_nothing(|mail| {
                if let Some(watch) = mail.watches.all.get_mut(&id) {
                    watch.leaving = result.map_or_else(Leaving::Failed, |()| Leaving::Done);
                }
            }),
            WatchMessage::Preferred(preference, on) => {
                self.watches.prefer(preference, on);
                vec![Action::Watch(Wish::Prefer(preference, on))]
            }
        }
    }

    fn examined(&mut self, id: MessageId, examined: Arc<Examined>) -> Vec<Action> {
        (self.watches.strip, self.watches.check) = (examined.strip, examined.check);
        let Some(watch) = self.watches.all.get_mut(&id) else { return Vec::new() };
        // An earlier look may come in later than the one at the page.
        if watch.had_document && !examined.page {
            return Vec::new();
        }
        // A consent is for the sender, not for who pretends to be that.
        let agreed = examined.memory.remote.clone().filter(|_| examined.facts.honours_consent());
        if watch.had_document && watch.dressed.is_none() {
            watch.loaded = examined.loaded.clone();
            watch.dressed.clone_from(&examined.html);
        }
        watch.consent.clone_from(&agreed);
        let wanted = agreed.is_some() && watch.loaded.unasked > 0;
        let lacks_header = !examined.whole && examined.size > 0 && examined.size <= MAX_FETCHED;
        let signed =
            examined.check && watch.checks.is_none() && !examined.facts.authentication.signed_by.is_empty();
        watch.examined = Some(examined);
        let mut actions = if wanted { self.load(id) } else { Vec::new() };
        if signed {
            actions.extend(self.check(id));
        }
        if lacks_header {
            actions.extend(self.fetch_header(id));
        }
        actions
    }

    /// Has the pictures of a message loaded.
    fn load(&mut self, id: MessageId) -> Vec<Action> {
        let document = self.sheets.document(id).cloned();
        let Some(watch) = self.watches.all.get_mut(&id).filter(|watch| !watch.loading) else {
            return Vec::new();
        };
        let (Some(html), Some(document)) = (watch.html.clone(), document) else { return Vec::new() };
        watch.loading = true;
        vec![Action::Watch(Wish::Load(id, html, document))]
    }

    fn check(&mut self, id: MessageId) -> Vec<Action> {
        let Some(watch) = self.watches.all.get_mut(&id).filter(|watch| !watch.checking) else {
            return Vec::new();
        };
        watch.checking = true;
        vec![Action::Watch(Wish::Check(id))]
    }

    fn leave(&mut self, id: MessageId, leaving: Leaving) -> Vec<Action> {
        let Some(watch) = self.watches.all.get_mut(&id) else { return Vec::new() };
        let way = watch.examined.as_ref().and_then(|examined| examined.facts.unsubscribe.clone());
        let Some(way) = way else { return Vec::new() };
        watch.leaving = leaving;
        let letter = way.letter();
        match (leaving, way.one_click, way.page, letter) {
            (Leaving::Sent, Some(address), ..) => vec![Action::Watch(Wish::Unsubscribe(id, address))],
            // Without one click it is a page, which is a link like any other.
            (Leaving::Sent, None, Some(page), _) => {
                watch.leaving = Leaving::Idle;
                self.follow_link(page, "")
            }
            (Leaving::Copied, _, _, Some(letter)) => {
                vec![Action::Copy(format!("{}\n{}", letter.to, letter.subject).trim_end().to_owned())]
            }
            _ => Vec::new(),
        }
    }

    /// Shows what a message tried to do. What is not known without its header is fetched first.
    pub(super) fn open_sheet(&mut self, id: MessageId) -> Vec<Action> {
        self.close_menus();
        self.watches.sheet = Some(id);
        let examined = self.watches.of(id).and_then(Watch::examined);
        if examined.is_none_or(|examined| examined.whole) { Vec::new() } else { self.fetch_header(id) }
    }

    /// Has the whole message fetched, once: who vouches for it and how to get off its list stand in its header.
    fn fetch_header(&mut self, id: MessageId) -> Vec<Action> {
        let Some(watch) = self.watches.all.get_mut(&id).filter(|watch| watch.fetch.is_none()) else {
            return Vec::new();
        };
        let transfer = self.transfers.unseen();
        watch.fetch = Some(transfer);
        let (path, destination) = (PartPath::root(), Destination::Store);
        vec![Action::Send(Command::FetchPart { message: id, path, destination, transfer })]
    }

    /// The sheet about the message in the reading pane.
    pub(super) fn open_own_sheet(&mut self) -> Vec<Action> {
        self.reader.shown().map(|mail| mail.id).map_or_else(Vec::new, |id| self.open_sheet(id))
    }

    /// News of a transfer that brings the header of a message.
    pub(super) fn watch_news(&mut self, id: TransferId, state: &TransferState) -> Vec<Action> {
        let Some((message, watch)) = self.watches.all.iter_mut().find(|(_, watch)| watch.fetch == Some(id))
        else {
            return Vec::new();
        };
        if !matches!(state, TransferState::Done(_)) {
            return Vec::new();
        }
        let document = self.sheets.document(*message).cloned();
        vec![Action::Watch(Wish::Examine(*message, watch.html.clone(), document))]
    }
}

/// The message that closes the sheet.
pub(super) const CLOSE: Message = Message::Watch(WatchMessage::SheetClosed);
