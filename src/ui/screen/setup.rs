//! The first-run screen: welcome, and the form that adds or changes an account.
//!
//! No I/O, no clock. The trial sign-in is the worker's; this screen shows how it goes.

pub mod form;

mod view;

use crate::model::{Account, AccountId, Security};
use crate::sync::{Command, Fix, LinkFault, NewPassword, PasswordPlace, Problem};
use form::{Field, Form, port_of};
use std::path::PathBuf;

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
    /// Enter in a field, or the main button.
    Submitted,
    /// The button that helps with the problem.
    Remedied(Remedy),
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
    /// Ask the user for a certificate file.
    AskCertificate,
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
    /// The trial failed.
    Refused(Problem),
    /// The demo starts.
    DemoStarting,
    /// The demo did not start.
    DemoFailed(String),
}

/// The one thing that most likely helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The same again.
    TryAgain,
    /// The other protection with its usual port, and try again.
    Switch(Security),
    /// Go to a field.
    GoTo(Field),
    /// Choose a certificate file.
    ChooseCertificate,
    /// Do without the keyring, and try again.
    WithoutKeyring,
}

/// The screen.
#[derive(Debug)]
pub struct Setup {
    /// The fields.
    pub form: Form,
    stage: Stage,
    reveal: bool,
    more: bool,
    /// Whether there is no account yet.
    first: bool,
}

impl Setup {
    /// The screen of the very first start.
    #[must_use]
    pub fn welcome() -> Self {
        Self { form: Form::default(), stage: Stage::Welcome, reveal: false, more: false, first: true }
    }

    /// The form for another account.
    #[must_use]
    pub fn another() -> Self {
        Self { stage: Stage::Editing, first: false, ..Self::welcome() }
    }

    /// The form for an account that is there already.
    #[must_use]
    pub fn change(id: AccountId, account: &Account) -> Self {
        let form = Form::of(id, account);
        let more = !form.user.is_empty() || !form.ca_file.is_empty();
        Self { form, stage: Stage::Editing, reveal: false, more, first: false }
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
            Message::RevealToggled => self.then_nothing(|s| s.reveal = !s.reveal),
            Message::MoreToggled => self.then_nothing(|s| s.more = !s.more),
            Message::RememberToggled => self.then_nothing(|s| s.form.remember = !s.form.remember),
            Message::CaWanted => vec![Action::AskCertificate],
            Message::CaChosen(path) => self.take_certificate(path),
            Message::Submitted => self.submit(),
            Message::Remedied(remedy) => self.remedy(remedy),
            Message::Left => self.leave(),
        }
    }

    /// The trial sign-in failed.
    pub fn refused(&mut self, problem: Problem) {
        if self.stage == Stage::Trying {
            self.stage = Stage::Refused(problem);
        }
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
        self.stage == Stage::Trying
    }

    /// What most likely helps with the present problem.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "the worker's own advice is good for the others")]
    pub fn remedy_for(&self, problem: &Problem) -> Remedy {
        let other = match self.form.security {
            Security::Tls => Security::StartTls,
            Security::StartTls => Security::Tls,
        };
        match problem {
            Problem::Link { fault: LinkFault::Refused | LinkFault::TimedOut, .. }
            | Problem::NotImap { .. }
            | Problem::Tls { .. }
                if self.form.port == port_of(self.form.security).to_string() =>
            {
                Remedy::Switch(other)
            }
            Problem::NotProtected { .. } => Remedy::Switch(other),
            Problem::KeyringAbsent | Problem::KeyringFailed { .. } => Remedy::WithoutKeyring,
            Problem::AccountExists => Remedy::GoTo(Field::Email),
            _ => match problem.fix() {
                Fix::EnterPassword => Remedy::GoTo(Field::Password),
                Fix::EditServer => Remedy::GoTo(Field::Host),
                Fix::ChooseCertificate => Remedy::ChooseCertificate,
                Fix::Nothing
                | Fix::Retry
                | Fix::GoOnline
                | Fix::SignIn
                | Fix::UnlockKeyring
                | Fix::EditPasswordCommand
                | Fix::FreeSpace
                | Fix::ChooseFile => Remedy::TryAgain,
            },
        }
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
        if self.stage != Stage::Trying {
            self.form.edit(field, text);
        }
        Vec::new()
    }

    fn take_certificate(&mut self, path: Option<PathBuf>) -> Vec<Action> {
        let Some(path) = path else { return Vec::new() };
        self.more = true;
        self.form.edit(Field::CaFile, path.display().to_string());
        if matches!(self.stage, Stage::Refused(_)) { self.submit() } else { Vec::new() }
    }

    fn submit(&mut self) -> Vec<Action> {
        if self.stage == Stage::Trying {
            return Vec::new();
        }
        self.form.tried = true;
        let Some(account) = self.form.account().map(Box::new) else {
            return self.form.first_fault().map(Action::Focus).into_iter().collect();
        };
        self.stage = Stage::Trying;
        let place = if self.form.remember { PasswordPlace::Keyring } else { PasswordPlace::Memory };
        let password = self.form.new_password().map(|secret| NewPassword { secret, place });
        vec![Action::Send(match self.form.changes {
            Some(id) => Command::ChangeAccount { id, account, password },
            None => Command::AddAccount { account, password },
        })]
    }

    fn remedy(&mut self, remedy: Remedy) -> Vec<Action> {
        match remedy {
            Remedy::TryAgain => self.submit(),
            Remedy::Switch(security) => {
                self.form.edit(Field::Port, String::new());
                self.form.protect(security);
                self.submit()
            }
            Remedy::GoTo(field) => {
                self.stage = Stage::Editing;
                if field == Field::Password {
                    self.form.edit(Field::Password, String::new());
                    self.form.tried = false;
                }
                vec![Action::Focus(field)]
            }
            Remedy::ChooseCertificate => vec![Action::AskCertificate],
            Remedy::WithoutKeyring => {
                self.form.remember = false;
                self.submit()
            }
        }
    }

    fn leave(&mut self) -> Vec<Action> {
        match self.stage {
            // An answer that still comes is ignored: the account is added only while the form waits for it.
            Stage::Trying => self.then_nothing(|s| s.stage = Stage::Editing),
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
mod tests {
    use super::*;

    fn filled() -> Setup {
        let mut setup = Setup::welcome();
        setup.update(Message::FormWanted);
        setup.update(Message::Edited(Field::Email, "ada@example.org".into()));
        setup.update(Message::Edited(Field::Password, "secret".into()));
        setup
    }

    #[test]
    fn an_incomplete_form_goes_to_its_first_fault() {
        let mut setup = Setup::welcome();
        setup.update(Message::FormWanted);
        let actions = setup.update(Message::Submitted);
        assert!(matches!(actions.as_slice(), [Action::Focus(Field::Email)]), "{actions:?}");
        assert_eq!(setup.stage(), &Stage::Editing);
    }

    #[test]
    fn a_complete_form_is_tried_once() {
        let mut setup = filled();
        let actions = setup.update(Message::Submitted);
        let [Action::Send(Command::AddAccount { account, password })] = actions.as_slice() else {
            panic!("{actions:?}")
        };
        assert_eq!(account.imap.host, "imap.example.org");
        assert_eq!(password.as_ref().map(|p| p.place), Some(PasswordPlace::Keyring));
        assert!(setup.update(Message::Submitted).is_empty(), "already on its way");
        setup.update(Message::Edited(Field::Host, "x".into()));
        assert_eq!(setup.form.host, "imap.example.org", "fields rest during the trial");
    }

    #[test]
    fn a_refused_port_offers_the_other_protection() {
        let mut setup = filled();
        setup.update(Message::Submitted);
        let fault = LinkFault::Refused;
        let problem = Problem::Link { host: "imap.example.org".into(), port: 993, fault };
        setup.refused(problem.clone());
        let remedy = setup.remedy_for(&problem);
        assert_eq!(remedy, Remedy::Switch(Security::StartTls));
        let actions = setup.update(Message::Remedied(remedy));
        assert!(
            matches!(actions.as_slice(), [Action::Send(Command::AddAccount { account, .. })] if account.imap.port == 143)
        );
    }

    #[test]
    fn a_refused_password_is_asked_again() {
        let mut setup = filled();
        setup.update(Message::Submitted);
        let problem = Problem::SignInRefused { text: "no".into() };
        setup.refused(problem.clone());
        let actions = setup.update(Message::Remedied(setup.remedy_for(&problem)));
        assert!(matches!(actions.as_slice(), [Action::Focus(Field::Password)]));
        assert_eq!(setup.form.text(Field::Password), "");
    }

    #[test]
    fn without_a_keyring_the_password_stays_in_memory() {
        let mut setup = filled();
        setup.update(Message::Submitted);
        setup.refused(Problem::KeyringAbsent);
        let actions = setup.update(Message::Remedied(setup.remedy_for(&Problem::KeyringAbsent)));
        let [Action::Send(Command::AddAccount { password: Some(password), .. })] = actions.as_slice() else {
            panic!("{actions:?}")
        };
        assert_eq!(password.place, PasswordPlace::Memory);
    }

    #[test]
    fn leaving_goes_back_step_by_step() {
        let mut setup = filled();
        setup.update(Message::Submitted);
        assert!(setup.update(Message::Left).is_empty());
        setup.refused(Problem::AccountExists);
        assert_eq!(setup.stage(), &Stage::Editing, "an answer after leaving is ignored");
        setup.update(Message::Left);
        assert_eq!(setup.stage(), &Stage::Welcome);
        let mut another = Setup::another();
        assert!(matches!(another.update(Message::Left).as_slice(), [Action::Leave]));
    }
}
