//! The first-run screen: welcome, and the form that adds or changes an account.
//!
//! No I/O, no clock. The trial sign-in is the worker's; this screen shows how it goes.

pub mod form;
pub mod wizard;

mod lookup;
mod remedy;
mod view;

use crate::discover::{Address, Finding, Missing};
use crate::model::{Account, AccountId, AuthMethod, Security, UnixTime};
use crate::oauth::{DesktopAccount, NotAClient};
use crate::sync::{Command, NewPassword, PasswordPlace, Problem};
use form::{Field, Form};
use lookup::Lookup;
use std::path::PathBuf;
use std::time::Duration;
use wizard::Wizard;

pub use remedy::Remedy;

pub(in crate::ui) use view::left;
pub use view::{field_id, view};

/// What can happen on the screen.
#[derive(Clone, Debug)]
pub enum Message {
    /// The form is wanted.
    FormWanted,
    /// The demo mailbox is wanted.
    DemoWanted,
    /// A field was edited.
    Edited(Field, String),
    /// A protection was chosen.
    Protected(Security),
    /// A protection was chosen for sending.
    SmtpProtected(Security),
    /// The password is to be shown, or not.
    RevealToggled,
    /// The rarely needed fields are to be shown, or not.
    MoreToggled,
    /// The password is to be remembered, or not.
    RememberToggled,
    /// A certificate file is to be chosen.
    CaWanted,
    /// A certificate file was chosen.
    CaChosen(Option<PathBuf>),
    /// The providers are to be listed, or not.
    ProvidersToggled,
    /// The address rests since this edit: its settings may be looked for.
    LookupDue(u64),
    /// The settings of an address were found, or not.
    LookedUp(String, Result<Box<Finding>, Missing>),
    /// A provider was chosen, or that it is none of the known ones.
    ProviderChosen(Option<&'static str>),
    /// A way of signing in was chosen.
    MethodChosen(AuthMethod),
    /// A page of a provider is to be opened in the browser.
    PageWanted(String),
    /// The page for signing in is to be opened once more.
    OpenedAgain,
    /// The address of that page is to be copied.
    LinkCopied,
    /// The desktop told which accounts it has signed in.
    DesktopFound(Vec<DesktopAccount>),
    /// One of them was chosen.
    DesktopChosen(DesktopAccount),
    /// The steps to a client id of one's own are to be shown.
    WizardWanted,
    /// Another step is wanted.
    WizardTurned(usize),
    /// The file of the client id is to be chosen.
    ClientWanted,
    /// It was chosen.
    ClientChosen(Option<PathBuf>),
    /// It was taken over, or why not.
    ClientKept(Result<(), NotAClient>),
    /// Enter in a field, or the main button.
    Submitted,
    /// The button that helps with the problem.
    Remedied(Remedy),
    /// A text for the help desk is to be copied.
    HelpDeskCopied(String),
    /// Back to where one came from; stops a running trial.
    Left,
}

/// What the screen wants done.
#[derive(Clone, Debug)]
pub enum Action {
    /// Tell the worker.
    Send(Command),
    /// Put the keyboard into a field.
    Focus(Field),
    /// Come back with this message after a while.
    After(Duration, Message),
    /// Look for the settings of an address.
    LookUp(Address),
    /// Ask the user for a certificate file.
    AskCertificate,
    /// Ask the user for the file of a client id.
    AskClient,
    /// Take a file with a client id over into the profile.
    KeepClient(PathBuf),
    /// Open a page in the browser.
    OpenPage(String),
    /// Put a text on the clipboard.
    Copy(String),
    /// Start the demo.
    StartDemo,
    /// Leave the screen.
    Leave,
}

/// How far things are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The welcome page.
    Welcome,
    /// The form is filled in.
    Editing,
    /// The settings are tried.
    Trying,
    /// The browser is open; the sign-in is waited for.
    Waiting {
        /// The page for signing in.
        url: String,
        /// When the waiting ends.
        until: UnixTime,
        /// Whether its address was just copied.
        copied: bool,
    },
    /// The steps to a client id of one's own.
    Wizard(Wizard),
    /// The trial failed.
    Refused(Problem),
    /// The demo starts.
    DemoStarting,
    /// The demo did not start.
    DemoFailed(String),
}

/// The screen.
#[derive(Debug)]
pub struct Setup {
    /// The fields.
    pub form: Form,
    stage: Stage,
    reveal: bool,
    more: bool,
    /// Whether the text for the help desk was just copied.
    copied: bool,
    /// Whether all providers are listed although the address says which one it is.
    listed: bool,
    /// Accounts that the desktop has signed in.
    desktop: Vec<DesktopAccount>,
    /// Whether there is no account yet.
    first: bool,
    /// Whether the keyring has asked the user something and waits.
    pub keyring_asks: bool,
    lookup: Lookup,
}

impl Setup {
    /// The screen of the very first start.
    #[must_use]
    pub fn welcome() -> Self {
        Self {
            form: Form::default(),
            stage: Stage::Welcome,
            reveal: false,
            more: false,
            copied: false,
            listed: false,
            desktop: Vec::new(),
            first: true,
            keyring_asks: false,
            lookup: Lookup::default(),
        }
    }

    /// The form for another account.
    #[must_use]
    pub fn another() -> Self {
        Self { stage: Stage::Editing, first: false, ..Self::welcome() }
    }

    /// The form for an account that is there already.
    #[must_use]
    pub fn change(id: AccountId, account: &Account) -> Self {
        // All of it is what one came for.
        Self {
            form: Form::of(id, account),
            stage: Stage::Editing,
            more: true,
            first: false,
            ..Self::welcome()
        }
    }

    /// How far things are.
    #[must_use]
    pub const fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Takes in what happened on the screen.
    pub fn update(&mut self, message: Message) -> Vec<Action> {
        match message {
            Message::FormWanted => self.show_form(),
            Message::DemoWanted => self.start_demo(),
            Message::Edited(field, text) => self.edit(field, text),
            Message::Protected(security) => self.then_nothing(|s| s.form.protect(security)),
            Message::SmtpProtected(security) => self.then_nothing(|s| s.form.protect_smtp(security)),
            Message::RevealToggled => self.then_nothing(|s| s.reveal = !s.reveal),
            Message::MoreToggled => self.then_nothing(|s| s.more = !s.more),
            Message::RememberToggled => self.then_nothing(|s| s.form.remember = !s.form.remember),
            Message::CaWanted => vec![Action::AskCertificate],
            Message::CaChosen(path) => self.take_certificate(path),
            Message::ProvidersToggled => self.then_nothing(|s| s.listed = !s.listed),
            Message::LookupDue(serial) => self.look_up(serial),
            Message::LookedUp(address, result) => self.looked_up(&address, result),
            Message::ProviderChosen(provider) => self.then_nothing(|s| {
                s.form.choose(provider);
                s.listed = false;
                s.stage = Stage::Editing;
            }),
            Message::MethodChosen(method) => self.choose_method(method),
            Message::PageWanted(page) => vec![Action::OpenPage(page)],
            Message::OpenedAgain => self.page().map(|(url, _)| Action::OpenPage(url)).into_iter().collect(),
            Message::LinkCopied => {
                let copied = self.page().map(|(url, copied)| {
                    *copied = true;
                    Action::Copy(url)
                });
                copied.into_iter().collect()
            }
            Message::DesktopFound(found) => self.then_nothing(|s| s.desktop = found),
            Message::DesktopChosen(chosen) => {
                self.form.edit(Field::Email, chosen.email);
                self.form.desktop = Some(chosen.id);
                self.submit()
            }
            Message::WizardWanted => self.then_nothing(|s| s.stage = Stage::Wizard(Wizard::default())),
            Message::WizardTurned(step) => self.then_nothing(|s| {
                if let Stage::Wizard(wizard) = &mut s.stage {
                    wizard.turn(step);
                }
            }),
            Message::ClientWanted => vec![Action::AskClient],
            Message::ClientChosen(path) => path.map(Action::KeepClient).into_iter().collect(),
            Message::ClientKept(kept) => self.client_kept(kept),
            Message::Submitted => self.submit(),
            Message::Remedied(remedy) => self.remedy(remedy),
            Message::HelpDeskCopied(text) => {
                self.copied = true;
                vec![Action::Copy(text)]
            }
            Message::Left => self.leave(),
        }
    }

    /// The trial sign-in failed.
    pub fn refused(&mut self, problem: Problem) {
        if self.is_trying() {
            self.copied = false;
            self.stage = Stage::Refused(problem);
        }
    }

    /// The browser was opened at this address.
    pub fn waiting(&mut self, url: String, until: UnixTime) {
        if self.stage == Stage::Trying {
            self.stage = Stage::Waiting { url, until, copied: false };
        }
    }

    /// Whether a clock is shown that has to go on.
    #[must_use]
    pub fn is_counting(&self) -> bool {
        matches!(self.stage, Stage::Waiting { .. })
    }

    /// The demo did not start.
    pub fn demo_failed(&mut self, detail: String) {
        if self.stage == Stage::DemoStarting {
            self.stage = Stage::DemoFailed(detail);
        }
    }

    /// Whether an added account is the one of this form.
    #[must_use]
    pub fn is_trying(&self) -> bool {
        matches!(self.stage, Stage::Trying | Stage::Waiting { .. })
    }

    fn then_nothing(&mut self, change: impl FnOnce(&mut Self)) -> Vec<Action> {
        change(self);
        Vec::new()
    }

    fn show_form(&mut self) -> Vec<Action> {
        self.stage = Stage::Editing;
        vec![Action::Focus(Field::Email)]
    }

    fn start_demo(&mut self) -> Vec<Action> {
        if self.stage == Stage::DemoStarting {
            return Vec::new();
        }
        self.stage = Stage::DemoStarting;
        vec![Action::StartDemo]
    }

    fn edit(&mut self, field: Field, text: String) -> Vec<Action> {
        if self.is_trying() {
            return Vec::new();
        }
        self.form.edit(field, text);
        if field == Field::Email && self.form.changes.is_none() { self.address_edited() } else { Vec::new() }
    }

    /// The page for signing in, and whether its address was copied.
    fn page(&mut self) -> Option<(String, &mut bool)> {
        let Stage::Waiting { url, copied, .. } = &mut self.stage else { return None };
        Some((url.clone(), copied))
    }

    fn choose_method(&mut self, method: AuthMethod) -> Vec<Action> {
        self.stage = Stage::Editing;
        self.form.method = method;
        self.form.tried = false;
        if method == AuthMethod::Password { vec![Action::Focus(Field::Password)] } else { Vec::new() }
    }

    fn client_kept(&mut self, kept: Result<(), NotAClient>) -> Vec<Action> {
        match kept {
            // What it was wanted for goes on by itself.
            Ok(()) => self.submit(),
            Err(why) => self.then_nothing(|s| {
                if let Stage::Wizard(wizard) = &mut s.stage {
                    wizard.fault = Some(why);
                }
            }),
        }
    }

    fn take_certificate(&mut self, path: Option<PathBuf>) -> Vec<Action> {
        let Some(path) = path else { return Vec::new() };
        self.more = true;
        self.form.edit(Field::CaFile, path.display().to_string());
        if matches!(self.stage, Stage::Refused(_)) { self.submit() } else { Vec::new() }
    }

    fn submit(&mut self) -> Vec<Action> {
        if self.is_trying() || self.wait_for_lookup() {
            return Vec::new();
        }
        self.form.tried = true;
        let Some(account) = self.form.account().map(Box::new) else {
            self.stage = Stage::Editing;
            let fault = self.form.first_fault();
            self.more |= fault.is_some_and(|field| self.form.is_rare(field));
            return fault.map(Action::Focus).into_iter().collect();
        };
        self.stage = Stage::Trying;
        let place = if self.form.remember { PasswordPlace::Keyring } else { PasswordPlace::Memory };
        let password = self.form.new_password().map(|secret| NewPassword { secret, place });
        vec![Action::Send(match self.form.changes {
            Some(id) => Command::ChangeAccount { id, account, password },
            None => Command::AddAccount { account, password },
        })]
    }

    fn leave(&mut self) -> Vec<Action> {
        match &self.stage {
            // An answer that still comes is ignored: the account is added only while the form waits for it.
            Stage::Trying | Stage::Waiting { .. } => {
                self.stage = Stage::Editing;
                vec![Action::Send(Command::CancelSignIn)]
            }
            Stage::Wizard(_) => self.then_nothing(|s| s.stage = Stage::Editing),
            Stage::Editing | Stage::Refused(_) if self.first => {
                self.then_nothing(|s| s.stage = Stage::Welcome)
            }
            Stage::DemoStarting | Stage::DemoFailed(_) => self.then_nothing(|s| s.stage = Stage::Welcome),
            Stage::Welcome => Vec::new(),
            Stage::Editing | Stage::Refused(_) => vec![Action::Leave],
        }
    }
}

#[cfg(test)]
mod tests;
