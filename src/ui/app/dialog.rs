//! Dialogs over the window: the password of an account, questions before something is done, names of folders. Pure.

use crate::model::{AccountId, MessageId};
use crate::secret::Secret;
use crate::sync::{Command, NewPassword, PasswordPlace};
use crate::trust::LinkFact;
use crate::ui::screen::mail::{NameWish, Question, SaveWish};

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
    /// Asks whether something shall be done.
    Ask {
        /// What.
        question: Question,
        /// What a yes does.
        command: Command,
    },
    /// Asks whether a link shall be followed that is not what it seems.
    Link {
        /// Where it leads.
        target: String,
        /// What is odd about it.
        fact: LinkFact,
    },
    /// Asks whether attachments shall be saved that run when they are opened.
    Programs {
        /// Their names.
        names: Vec<String>,
        /// Of which message.
        message: MessageId,
        /// What a yes saves.
        wish: SaveWish,
    },
    /// Asks for the name of a folder.
    Name {
        /// Of which one.
        wish: NameWish,
        /// What was typed.
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
    /// It is closed, and this link is to be followed.
    Follow(String),
    /// It is closed, and this is to be saved.
    Save(MessageId, SaveWish),
}

impl Dialog {
    /// Asks for the password of an account; `keyring` says whether there is one to remember it in.
    #[must_use]
    pub fn password(account: AccountId, name: String, keyring: bool) -> Self {
        Self::Password { account, name, secret: Secret::new(String::new()), reveal: false, remember: keyring }
    }

    /// Asks what the mail screen wants to know.
    #[must_use]
    pub fn ask(question: Question) -> Self {
        match question {
            Question::DeleteForever { ref command, .. }
            | Question::DeleteFolder { ref command, .. }
            | Question::MoveFolder { ref command, .. } => {
                let command = command.clone();
                Self::Ask { question, command }
            }
            Question::OpenLink { target, fact } => Self::Link { target, fact },
            Question::SavePrograms { names, message, wish } => Self::Programs { names, message, wish },
            Question::Name(wish) => {
                let name = match &wish {
                    NameWish::New { .. } => String::new(),
                    NameWish::Rename { name, .. } => name.clone(),
                };
                Self::Name { wish, name }
            }
        }
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
            (Self::Link { target, .. }, Message::Confirmed) => Outcome::Follow(target.clone()),
            (Self::Programs { message, wish, .. }, Message::Confirmed) => {
                Outcome::Save(*message, wish.clone())
            }
            (Self::Ask { command, .. }, Message::Confirmed) => Outcome::Closed(Some(command.clone())),
            (Self::Name { name, .. }, Message::Edited(text)) => {
                *name = text;
                Outcome::Open
            }
            (Self::Name { wish, name }, Message::Confirmed) => named(wish, name.trim()),
            (
                Self::Remove { .. } | Self::Ask { .. } | Self::Link { .. } | Self::Programs { .. },
                Message::Edited(_) | Message::RevealToggled | Message::RememberToggled,
            )
            | (Self::Name { .. }, Message::RevealToggled | Message::RememberToggled) => Outcome::Open,
        }
    }
}

fn named(wish: &NameWish, name: &str) -> Outcome {
    if name.is_empty() {
        return Outcome::Open;
    }
    Outcome::Closed(match wish {
        NameWish::New { account, parent } => {
            let parent = parent.as_ref().map(|(id, _)| *id);
            Some(Command::CreateMailbox { account: *account, parent, name: name.to_owned() })
        }
        NameWish::Rename { name: before, .. } if before == name => None,
        NameWish::Rename { mailbox, parent, .. } => {
            Some(Command::RenameMailbox { mailbox: *mailbox, parent: *parent, name: name.to_owned() })
        }
    })
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
    fn a_folder_gets_a_name_that_is_one() {
        let mut dialog = Dialog::ask(Question::Name(NameWish::New { account: ACCOUNT, parent: None }));
        dialog.update(Message::Edited("  ".into()));
        assert!(matches!(dialog.update(Message::Confirmed), Outcome::Open));
        dialog.update(Message::Edited(" Zoo ".into()));
        let Outcome::Closed(Some(Command::CreateMailbox { name, parent: None, .. })) =
            dialog.update(Message::Confirmed)
        else {
            panic!()
        };
        assert_eq!(name, "Zoo");
        let mailbox = crate::model::MailboxId::from_row(4);
        let mut dialog =
            Dialog::ask(Question::Name(NameWish::Rename { mailbox, parent: None, name: "Zoo".into() }));
        assert!(matches!(dialog.update(Message::Confirmed), Outcome::Closed(None)), "nothing to change");
    }

    #[test]
    fn what_is_asked_is_done_only_after_a_yes() {
        let command = Command::Redo;
        let mut dialog = Dialog::ask(Question::DeleteForever { count: 3, threads: false, command });
        assert!(matches!(dialog.update(Message::Cancelled), Outcome::Closed(None)));
        assert!(matches!(dialog.update(Message::Confirmed), Outcome::Closed(Some(Command::Redo))));
    }

    #[test]
    fn removing_needs_a_yes() {
        let mut dialog = Dialog::Remove { account: ACCOUNT, name: "ada".into() };
        assert!(matches!(dialog.update(Message::Cancelled), Outcome::Closed(None)));
        let outcome = dialog.update(Message::Confirmed);
        assert!(matches!(outcome, Outcome::Closed(Some(Command::RemoveAccount(ACCOUNT)))));
    }
}
