//! The account manager: all accounts with their state, and a page for each. Pure.
//!
//! What is changed here is kept at once; what is about servers and passwords is tried in the account form first.

mod view;

use crate::model::{
    Account, AccountColor, AccountId, AccountOptions, BodyPolicy, Identity, MAX_IDENTITIES, MAX_SIGNATURE,
    MailboxId, SpecialUse,
};
use crate::sync::{Command, ConnectionState, Trial};
use iced::widget::text_editor;
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
    /// Name of a further address.
    IdentityName(usize),
    /// A further address.
    IdentityEmail(usize),
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
    /// A further address is wanted.
    IdentityAdded,
    /// A further address is to go.
    IdentityRemoved(usize),
    /// The signature was edited, or the cursor moved in it.
    Signature(text_editor::Action),
    /// The signature was set as a whole.
    SignatureSet(String),
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
    /// The signature as it is being edited.
    pub signature: text_editor::Content,
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
    }

    fn open(&mut self, id: AccountId, desk: Desk<'_>) {
        let options = desk.options.get(&id).cloned().unwrap_or_default();
        let signature = text_editor::Content::with_text(&options.signature);
        self.page =
            Some(Page { id, options, signature, choosing: None, tried: Tried::Not, connection: None });
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
            Message::Left => match self.page.take() {
                Some(_) => Vec::new(),
                None => vec![Action::Leave],
            },
            other => self.page.as_mut().map_or_else(Vec::new, |page| page.update(other, desk)),
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
    fn keep(&self) -> Vec<Action> {
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
            Message::Edited(field, text) => {
                if text.chars().count() > MAX_FIELD || !self.put(field, text) {
                    return Vec::new();
                }
            }
            Message::Colored(color) => self.options.color = color,
            Message::NotifyToggled => self.options.notify = !self.options.notify,
            Message::IdentityAdded => {
                if self.options.identities.len() >= MAX_IDENTITIES {
                    return Vec::new();
                }
                let name = self.options.sender.clone();
                self.options.identities.push(Identity { name, email: String::new() });
            }
            Message::IdentityRemoved(index) => {
                if index < self.options.identities.len() {
                    self.options.identities.remove(index);
                }
            }
            Message::Signature(action) => {
                let edits = action.is_edit();
                self.signature.perform(action);
                let text = self.signature.text();
                if !edits || text.chars().count() > MAX_SIGNATURE {
                    return Vec::new();
                }
                // The editor ends its last line.
                text.strip_suffix('\n').unwrap_or(&text).clone_into(&mut self.options.signature);
            }
            Message::SignatureSet(text) => {
                self.options.signature = text.chars().take(MAX_SIGNATURE).collect();
                self.signature = text_editor::Content::with_text(&self.options.signature);
            }
            _ => return Vec::new(),
        }
        self.keep()
    }

    fn put(&mut self, field: Field, text: String) -> bool {
        let place = match field {
            Field::Label => Some(&mut self.options.label),
            Field::Sender => Some(&mut self.options.sender),
            Field::IdentityName(index) => self.options.identities.get_mut(index).map(|one| &mut one.name),
            Field::IdentityEmail(index) => self.options.identities.get_mut(index).map(|one| &mut one.email),
        };
        let some = place.is_some();
        if let Some(place) = place {
            *place = text;
        }
        some
    }
}

#[cfg(test)]
mod tests;
