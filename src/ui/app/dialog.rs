//! Dialogs over the window: the password of an account, and the question before an account is removed. Pure.

use crate::model::AccountId;
use crate::secret::Secret;
use crate::sync::{Command, NewPassword, PasswordPlace};

/// What can happen in a dialog.
#[derive(Clone, Debug)]
pub enum Message {
    /// The password was edited.
    Edited(String),
    /// The password is to be shown, or not.
    RevealToggled,
    /// The password is to be remembered, or not.
    RememberToggled,
    /// The main button.
    Confirmed,
    /// Any other way out.
    Cancelled,
}

/// An open dialog.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// Asks for a password.
    Password {
        /// Of which account.
        account: AccountId,
        /// Its name.
        name: String,
        /// What was typed.
        secret: Secret,
        /// Whether it can be read.
        reveal: bool,
        /// Whether it goes to the keyring.
        remember: bool,
    },
    /// Asks whether an account shall be removed.
    Remove {
        /// Which account.
        account: AccountId,
        /// Its name.
        name: String,
    },
}

/// What came of a message.
#[derive(Debug)]
pub enum Outcome {
    /// The dialog stays open.
    Open,
    /// It is closed; this is to be sent, if anything.
    Closed(Option<Command>),
}

impl Dialog {
    /// Asks for the password of an account; `keyring` says whether there is one to remember it in.
    #[must_use]
    pub fn password(account: AccountId, name: String, keyring: bool) -> Self {
        Self::Password { account, name, secret: Secret::new(String::new()), reveal: false, remember: keyring }
    }

    /// Takes in what happened.
    pub fn update(&mut self, message: Message) -> Outcome {
        match (self, message) {
            (_, Message::Cancelled) => Outcome::Closed(None),
            (Self::Remove { account, .. }, Message::Confirmed) => {
                Outcome::Closed(Some(Command::RemoveAccount(*account)))
            }
            (Self::Password { secret, .. }, Message::Edited(text)) => {
                *secret = Secret::new(text);
                Outcome::Open
            }
            (Self::Password { reveal, .. }, Message::RevealToggled) => {
                *reveal = !*reveal;
                Outcome::Open
            }
            (Self::Password { remember, .. }, Message::RememberToggled) => {
                *remember = !*remember;
                Outcome::Open
            }
            (Self::Password { account, secret, remember, .. }, Message::Confirmed) => {
                if secret.expose().is_empty() {
                    return Outcome::Open;
                }
                let place = if *remember { PasswordPlace::Keyring } else { PasswordPlace::Memory };
                let password = NewPassword { secret: secret.clone(), place };
                Outcome::Closed(Some(Command::SetPassword { account: *account, password }))
            }
            (Self::Remove { .. }, Message::Edited(_) | Message::RevealToggled | Message::RememberToggled) => {
                Outcome::Open
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: AccountId = AccountId::from_row(3);

    #[test]
    fn a_password_is_sent_only_if_there_is_one() {
        let mut dialog = Dialog::password(ACCOUNT, "ada".into(), true);
        assert!(matches!(dialog.update(Message::Confirmed), Outcome::Open));
        dialog.update(Message::Edited("x".into()));
        dialog.update(Message::RememberToggled);
        let Outcome::Closed(Some(Command::SetPassword { password, .. })) = dialog.update(Message::Confirmed)
        else {
            panic!()
        };
        assert_eq!((password.secret.expose(), password.place), ("x", PasswordPlace::Memory));
    }

    #[test]
    fn removing_needs_a_yes() {
        let mut dialog = Dialog::Remove { account: ACCOUNT, name: "ada".into() };
        assert!(matches!(dialog.update(Message::Cancelled), Outcome::Closed(None)));
        let outcome = dialog.update(Message::Confirmed);
        assert!(matches!(outcome, Outcome::Closed(Some(Command::RemoveAccount(ACCOUNT)))));
    }
}
