//! What most likely helps after a trial sign-in failed: one button.

use super::form::{Field, port_of};
use super::{Action, Message, Setup, Stage};
use crate::model::Security;
use crate::sync::{Fix, LinkFault, Problem};

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
    /// Trust the certificate that was shown, at this place only, and try again.
    TrustCertificate,
    /// Open the page of the provider where it can be put right.
    OpenPage,
    /// Do without the keyring, and try again.
    WithoutKeyring,
}

impl Setup {
    /// What most likely helps with the present problem.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "the worker's own advice is good for the others")]
    pub fn remedy_for(&self, problem: &Problem) -> Remedy {
        let other = match self.form.security {
            Security::Tls => Security::StartTls,
            Security::StartTls => Security::Tls,
        };
        match problem {
            Problem::Link { fault: LinkFault::Refused | LinkFault::TimedOut | LinkFault::Silent, .. }
            | Problem::NotImap { .. }
            | Problem::Tls { .. }
                if self.form.port == port_of(self.form.security).to_string() =>
            {
                Remedy::Switch(other)
            }
            Problem::NotProtected { .. } | Problem::WrongProtection { .. } => Remedy::Switch(other),
            Problem::Certificate { fault, host, .. } => self.remedy_for_certificate(fault, host),
            Problem::KeyringAbsent | Problem::KeyringFailed { .. } => Remedy::WithoutKeyring,
            Problem::AccountExists => Remedy::GoTo(Field::Email),
            _ => match problem.fix() {
                // There is no password to enter: another try in the browser.
                Fix::EnterPassword if self.form.in_browser() => Remedy::TryAgain,
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
                | Fix::ReviewCertificate
                | Fix::ChooseFile => Remedy::TryAgain,
                Fix::OpenPage => Remedy::OpenPage,
            },
        }
    }

    pub(super) fn remedy(&mut self, remedy: Remedy) -> Vec<Action> {
        match remedy {
            Remedy::TryAgain => self.submit(),
            Remedy::Switch(security) => {
                self.form.edit(Field::Port, String::new());
                self.form.protect(security);
                self.submit()
            }
            Remedy::GoTo(field) => {
                self.stage = Stage::Editing;
                self.more |= self.form.is_rare(field);
                if field == Field::Password {
                    self.form.edit(Field::Password, String::new());
                    self.form.tried = false;
                }
                vec![Action::Focus(field)]
            }
            Remedy::ChooseCertificate => self.update(Message::CaWanted),
            Remedy::TrustCertificate => self.trust(),
            Remedy::OpenPage => self.problem_page().map(Action::OpenPage).into_iter().collect(),
            Remedy::WithoutKeyring => {
                self.form.remember = false;
                self.submit()
            }
        }
    }
}
