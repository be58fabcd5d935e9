//! The account manager: all accounts with their state, and a page for each. Pure.
//!
//! What is changed here is kept at once; what is about servers and passwords is tried in the account form first.

pub mod doctor;
pub mod identities;

mod view;

use crate::model::{
    Account, AccountColor, AccountId, AccountOptions, BodyPolicy, CertificateException, MailboxId, SpecialUse,
};
use crate::sync::{Command, ConnectionState, Trial};
use doctor::Examination;
use identities::Identities;
use std::collections::BTreeMap;

pub use view::{Look, Place, view};

/// Longest name or address that is taken.
const MAX_FIELD: usize = 320;
/// What a server may leave to the user, in the order of the screen.
pub const USES: [SpecialUse; 5] =
    [SpecialUse::Archive, SpecialUse::Sent, SpecialUse::Drafts, SpecialUse::Junk, SpecialUse::Trash];

/// A text of an account's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Name in the window.
    Label,
    /// The user's name.
    Sender,
}

/// What can happen on the screen.
#[derive(Clone, Debug)]
pub enum Message {
    /// The page of an account is wanted.
    Opened(AccountId),
    /// An account is to stand one higher, or one lower.
    Moved(AccountId, bool),
    /// An account is to be switched on or off.
    Switched(AccountId, bool),
    /// Another account is wanted.
    AddWanted,
    /// The form for server, user and password is wanted.
    ServerWanted,
    /// A sign-in in the browser is wanted.
    SignInWanted,
    /// The connection is to be tried.
    TrialWanted,
    /// A text was edited.
    Edited(Field, String),
    /// A color was chosen.
    Colored(Option<AccountColor>),
    /// Notifications on or off.
    NotifyToggled,
    /// Something happened to the addresses and signatures.
    Identities(identities::Message),
    /// The doctor is wanted.
    DoctorWanted,
    /// Something happened on the doctor's page.
    Doctor(doctor::Message),
    /// A certificate is to be trusted no longer.
    Distrusted(CertificateException),
    /// The folders that can be for a use are to be shown, or not.
    FolderWanted(Option<SpecialUse>),
    /// A folder was chosen for a use.
    FolderChosen(SpecialUse, Option<MailboxId>),
    /// Which mails are kept was chosen.
    Kept(BodyPolicy),
    /// The account is to be removed.
    RemoveWanted,
    /// Its mail stays, but it is signed out.
    SignOutWanted,
    /// Back to where one came from.
    Left,
}

/// What the screen wants done.
#[derive(Clone, Debug)]
pub enum Action {
    /// Tell the worker.
    Send(Command),
    /// Show the form for another account.
    Add,
    /// Show the form for server, user and password.
    EditServer(AccountId),
    /// Ask whether the account shall be removed.
    Remove(AccountId),
    /// Let the doctor look at the account.
    Examine(AccountId),
    /// Let the doctor stop.
    StopExamining,
    /// Put a text on the clipboard.
    Copy(String),
    /// Leave the screen.
    Leave,
}

/// How the trial of a connection stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Tried {
    /// Nobody asked.
    #[default]
    Not,
    /// It goes on.
    Trying,
    /// It worked.
    Worked(Trial),
    /// It did not work.
    Failed(crate::sync::Problem),
}

/// The page of an account.
#[derive(Debug)]
pub struct Page {
    /// Whose.
    pub id: AccountId,
    /// What is set, as it is being edited.
    pub options: AccountOptions,
    /// The addresses and signatures as they are being edited.
    pub identities: Identities,
    /// The use for which a folder is being chosen.
    pub choosing: Option<SpecialUse>,
    /// How the trial stands.
    pub tried: Tried,
    /// How its connections stand, once the worker told.
    pub connection: Option<ConnectionState>,
}

/// The screen.
#[derive(Debug, Default)]
pub struct Accounts {
    page: Option<Page>,
    examination: Option<Examination>,
}

/// What the screen is given with every message.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// All accounts in their order.
    pub accounts: &'a [(AccountId, Account)],
    /// Their options.
    pub options: &'a BTreeMap<AccountId, AccountOptions>,
}

impl Accounts {
    /// The screen with the page of an account.
    #[must_use]
    pub fn of(id: AccountId, desk: Desk<'_>) -> Self {
        let mut screen = Self::default();
        screen.open(id, desk);
        screen
    }

    /// The screen with the doctor at work, which has to be begun; leaving it leaves the screen.
    #[must_use]
    pub fn examining(id: AccountId, desk: Desk<'_>) -> Self {
        let mut screen = Self::of(id, desk);
        screen.examination = Some(Examination::new(id, true));
        screen
    }

    /// The doctor's page, if it is shown.
    #[must_use]
    pub const fn examination(&self) -> Option<&Examination> {
        self.examination.as_ref()
    }

    /// The page that is shown.
    #[must_use]
    pub const fn page(&self) -> Option<&Page> {
        self.page.as_ref()
    }

    /// How the trial of a connection ended.
    pub fn tried(&mut self, result: Result<Trial, crate::sync::Problem>) {
        if let Some(page) = self.page.as_mut().filter(|page| page.tried == Tried::Trying) {
            page.tried = result.map_or_else(Tried::Failed, Tried::Worked);
        }
    }

    /// How the connections of an account stand.
    pub fn connected(&mut self, id: AccountId, state: ConnectionState) {
        if let Some(page) = self.page.as_mut().filter(|page| page.id == id) {
            page.connection = Some(state);
        }
    }

    /// Whether a trial goes on.
    #[must_use]
    pub fn is_trying(&self) -> bool {
        self.page.as_ref().is_some_and(|page| page.tried == Tried::Trying)
    }

    /// An account is gone.
    pub fn forget(&mut self, id: AccountId) {
        self.page = self.page.take().filter(|page| page.id != id);
        self.examination = self.examination.take().filter(|one| one.account != id);
    }

    fn open(&mut self, id: AccountId, desk: Desk<'_>) {
        let options = desk.options.get(&id).cloned().unwrap_or_default();
        let own = desk.accounts.iter().find(|(one, _)| *one == id).map(|(_, account)| account.email.as_str());
        let identities = Identities::of(&options, own.unwrap_or_default());
        self.page =
            Some(Page { id, options, identities, choosing: None, tried: Tried::Not, connection: None });
    }

    /// Takes in what happened.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are about the open page")]
    pub fn update(&mut self, message: Message, desk: Desk<'_>) -> Vec<Action> {
        match message {
            Message::Opened(id) => {
                self.open(id, desk);
                vec![Action::Send(Command::AskConnection(id))]
            }
            Message::Moved(id, up) => moved(id, up, desk),
            Message::Switched(id, on) => {
                let options = desk.options.get(&id).cloned().unwrap_or_default();
                let options = AccountOptions { enabled: on, ..options };
                if let Some(page) = self.page.as_mut().filter(|page| page.id == id) {
                    page.options.enabled = on;
                }
                vec![Action::Send(Command::SetAccountOptions { account: id, options: Box::new(options) })]
            }
            Message::AddWanted => vec![Action::Add],
            Message::DoctorWanted => {
                let Some(id) = self.page.as_ref().map(|page| page.id) else { return Vec::new() };
                self.examination = Some(Examination::new(id, false));
                vec![Action::Examine(id)]
            }
            Message::Doctor(message) => self.doctor(message),
            Message::Left => match (self.examination.take(), self.page.is_some()) {
                (Some(one), _) if one.from_outside => vec![Action::StopExamining, Action::Leave],
                (Some(_), _) => vec![Action::StopExamining],
                (None, true) => {
                    self.page = None;
                    Vec::new()
                }
                (None, false) => vec![Action::Leave],
            },
            other => self.page.as_mut().map_or_else(Vec::new, |page| page.update(other, desk)),
        }
    }
}

impl Accounts {
    fn doctor(&mut self, message: doctor::Message) -> Vec<Action> {
        let Some(examination) = &mut self.examination else { return Vec::new() };
        let id = examination.account;
        match examination.update(message) {
            doctor::Action::Nothing => Vec::new(),
            doctor::Action::Examine => vec![Action::Examine(id)],
            doctor::Action::Stop => vec![Action::StopExamining],
            doctor::Action::Copy(text) => vec![Action::Copy(text)],
        }
    }
}

/// The accounts in their new order.
fn moved(id: AccountId, up: bool, desk: Desk<'_>) -> Vec<Action> {
    let mut order: Vec<AccountId> = desk.accounts.iter().map(|(id, _)| *id).collect();
    let Some(at) = order.iter().position(|one| *one == id) else { return Vec::new() };
    let to = if up { at.checked_sub(1) } else { Some(at + 1).filter(|to| *to < order.len()) };
    let Some(to) = to else { return Vec::new() };
    order.swap(at, to);
    vec![Action::Send(Command::OrderAccounts(order))]
}

impl Page {
    fn keep(&mut self) -> Vec<Action> {
        self.identities.put_into(&mut self.options);
        let options = Box::new(self.options.clone());
        vec![Action::Send(Command::SetAccountOptions { account: self.id, options })]
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are dealt with by the screen")]
    fn update(&mut self, message: Message, desk: Desk<'_>) -> Vec<Action> {
        match message {
            Message::ServerWanted => return vec![Action::EditServer(self.id)],
            Message::RemoveWanted => return vec![Action::Remove(self.id)],
            Message::SignInWanted => return vec![Action::Send(Command::SignIn(self.id))],
            Message::SignOutWanted => {
                self.options.enabled = false;
                return vec![Action::Send(Command::SignOut(self.id))];
            }
            Message::TrialWanted => {
                let found = desk.accounts.iter().find(|(id, _)| *id == self.id);
                let Some((_, account)) = found.filter(|_| self.tried != Tried::Trying) else {
                    return Vec::new();
                };
                self.tried = Tried::Trying;
                let account = Box::new(account.clone());
                return vec![Action::Send(Command::TestAccount { account, password: None })];
            }
            Message::FolderWanted(what) => {
                self.choosing = what.filter(|what| self.choosing != Some(*what));
                return Vec::new();
            }
            Message::FolderChosen(what, mailbox) => {
                self.choosing = None;
                return vec![Action::Send(Command::ChooseFolder { account: self.id, what, mailbox })];
            }
            Message::Kept(policy) => {
                let account = self.id;
                let policy = Some(policy);
                return vec![Action::Send(Command::SetBodyPolicy { account, mailbox: None, policy })];
            }
            Message::Edited(_, text) if text.chars().count() > MAX_FIELD => return Vec::new(),
            Message::Edited(Field::Label, text) => self.options.label = text,
            Message::Edited(Field::Sender, text) => self.options.sender = text,
            Message::Colored(color) => self.options.color = color,
            Message::NotifyToggled => self.options.notify = !self.options.notify,
            Message::Identities(message) => {
                if !self.identities.update(message, &self.options.sender) {
                    return Vec::new();
                }
            }
            Message::Distrusted(exception) => {
                let account = self.id;
                return vec![Action::Send(Command::ForgetException { account, exception })];
            }
            _ => return Vec::new(),
        }
        self.keep()
    }
}

#[cfg(test)]
mod tests;
