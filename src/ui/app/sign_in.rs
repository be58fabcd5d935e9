//! Signing in again in the browser, for an account that is here already: one banner over the mail, which stays usable.
//! Also what the worker says of accounts that are added or changed.

use super::{App, Event, Message, Note, Task, perform, setup};
use crate::model::{AccountId, AuthMethod, UnixTime};
use crate::sync::{AccountStatus, Block, Command, Fix, Problem};
use crate::ui::a11y::{Live, NodeKey, Role, semantic};
use crate::ui::icon::Icon;
use crate::ui::locale::tr;
use crate::ui::parts::label;
use crate::ui::problem;
use crate::ui::screen::mail;
use crate::ui::screen::setup::left;
use crate::ui::theme::{Element, container as grounds, space};
use crate::ui::widget::{button, icon_button};
use iced::widget::{Row, column, container, row};
use iced::{Alignment, Length};

const KEY: NodeKey = NodeKey::named("app.sign-in");
/// In a narrower window the buttons stand below the words.
const NARROW: f32 = 760.0;

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The browser is about to open.
    Opening,
    /// It is open at this page, until then.
    Waiting(String, UnixTime),
    /// It did not work.
    Failed(Problem),
}

/// A sign-in in the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// For whom.
    pub account: AccountId,
    /// How far it is.
    pub stage: Stage,
}

/// What was pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// Open the page once more.
    Open,
    /// Copy its address.
    Copy,
    /// Stop it.
    Cancel,
    /// Try it again.
    Again,
}

impl App {
    /// Whether a clock is shown that has to go on.
    pub(super) fn is_counting(&self) -> bool {
        self.setup.as_ref().is_some_and(setup::Setup::is_counting)
            || matches!(self.signing, Some(Signing { stage: Stage::Waiting(..), .. }))
    }

    /// What is sent to the worker may begin a sign-in, or end the one that goes on: there is one at a time.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are not about signing in")]
    pub(super) fn note_sign_in(&mut self, command: &Command) {
        self.signing = match command {
            Command::SignIn(account) => Some(Signing { account: *account, stage: Stage::Opening }),
            Command::CancelSignIn | Command::AddAccount { .. } | Command::ChangeAccount { .. } => None,
            Command::RemoveAccount(gone) => self.signing.take().filter(|signing| signing.account != *gone),
            _ => return,
        };
    }

    /// What the worker says of a sign-in or a trial.
    pub(super) fn on_account_event(&mut self, event: &Event) -> Task<Message> {
        let form = self.setup.is_some();
        if let Some(manager) = self.manager.as_mut().filter(|manager| manager.is_trying() && !form) {
            if let Event::AccountTested(trial) = event {
                manager.tried(Ok(trial.clone()));
            } else if let Event::AccountRejected(problem) = event {
                manager.tried(Err(problem.clone()));
                return Task::none();
            }
        }
        if let (Event::KeyringAsks(asks), Some(setup)) = (event, &mut self.setup) {
            setup.keyring_asks = *asks;
        }
        if let (Event::Connection { account, state }, Some(manager)) = (event, &mut self.manager) {
            manager.connected(*account, state.clone());
        }
        if let (Event::Status { account, .. }, Some(manager)) = (event, &self.manager)
            && manager.page().is_some_and(|page| page.id == *account)
        {
            // How its connections stand has changed as well.
            self.send(Command::AskConnection(*account));
        }
        if let Event::SubmissionTried { account, email, result } = event {
            self.sending.insert(*account, result.clone());
            if let Err(problem) = result {
                let name =
                    Some(self.name(*account)).filter(|name| !name.is_empty()).unwrap_or(email).to_owned();
                return self.say(Note::SendingFailed(*account, name, problem.clone()));
            }
        }
        if let (Event::AccountRemoved(id), Some(manager)) = (event, &mut self.manager) {
            manager.forget(*id);
            self.sending.remove(id);
        }
        let no_form = self.setup.is_none();
        let in_form = self.setup.as_mut().filter(|setup| setup.is_trying());
        match (event, in_form, &mut self.signing) {
            (Event::SignInWaiting { url, until }, Some(setup), _) => setup.waiting(url.clone(), *until),
            (Event::SignInWaiting { url, until }, None, Some(signing)) => {
                signing.stage = Stage::Waiting(url.clone(), *until);
            }
            (Event::AccountRejected(problem), Some(setup), _) => {
                setup.refused(problem.clone());
                if matches!(problem, Problem::NoClientId { .. }) {
                    // The desktop may have signed in already.
                    let ask = crate::oauth::desktop_accounts();
                    return Task::perform(ask, |found| Message::Setup(setup::Message::DesktopFound(found)));
                }
            }
            (Event::AccountRejected(problem), None, Some(signing)) => {
                signing.stage = Stage::Failed(problem.clone());
            }
            (Event::AccountRejected(problem), None, None) if no_form => {
                return self.say(Note::Failed(problem.clone()));
            }
            (Event::AccountAdded(id), Some(setup), _) => {
                let name = setup.form.email.trim().to_owned();
                let new = setup.form.changes.is_none();
                self.setup = None;
                if new {
                    self.mail.expect(*id);
                }
                return self.say(if new { Note::AccountAdded(name) } else { Note::AccountChanged(name) });
            }
            (Event::AccountAdded(id), None, Some(signing)) if signing.account == *id => self.signing = None,
            _ => {}
        }
        Task::none()
    }

    pub(super) fn on_sign_in(&mut self, press: Press) -> Task<Message> {
        let Some(signing) = self.signing.clone() else { return Task::none() };
        match (press, signing.stage) {
            (Press::Open, Stage::Waiting(url, _)) => return perform::open_page(url),
            (Press::Copy, Stage::Waiting(url, _)) => return iced::clipboard::write(url),
            (Press::Cancel, _) => self.send(Command::CancelSignIn),
            (Press::Again, _) => self.send(Command::SignIn(signing.account)),
            (Press::Open | Press::Copy, _) => {}
        }
        Task::none()
    }

    /// The sign-in that goes on; else the account that waits for the user, if one does.
    pub(super) fn sign_in_banner(&self) -> Option<Element<'_, Message>> {
        match &self.signing {
            Some(signing) => Some(self.going_on(signing)),
            None => self.wanted(),
        }
    }

    fn name(&self, account: AccountId) -> &str {
        self.mail.folders.find_account(account).map_or("", |row| row.name.as_str())
    }

    fn going_on(&self, signing: &Signing) -> Element<'_, Message> {
        let l = &*self.locale;
        let (name, narrow) = (self.name(signing.account), self.is_narrow());
        let close = |number, words| icon_button(KEY.part(number), Icon::Close, words);
        let press = |number, words, press| button(KEY.part(number), words).on_press(Message::SignIn(press));
        let cancel = || press(3, tr!(l, "cancel"), Press::Cancel);
        match &signing.stage {
            Stage::Opening => {
                let words = tr!(l, "sign-in-opening", account = name).into_owned();
                bar(words.clone(), words, row![cancel()], narrow)
            }
            Stage::Waiting(_, until) => {
                // The clock would be read aloud each second.
                let said = tr!(l, "sign-in-waiting", account = name).into_owned();
                let words = tr!(l, "sign-in-banner", account = name, left = left(*until, self.now));
                let buttons = row![
                    press(1, tr!(l, "sign-in-again"), Press::Open),
                    press(2, tr!(l, "sign-in-copy"), Press::Copy),
                    cancel()
                ];
                bar(words.into_owned(), said, buttons, narrow)
            }
            Stage::Failed(why) => {
                let explained = problem::explain(why, l);
                let reason = [Some(explained.what), Some(explained.advice), explained.said];
                let reason = reason.into_iter().flatten().collect::<Vec<_>>().join(" ");
                let words = tr!(l, "sign-in-failed", account = name, why = reason).into_owned();
                let again = press(4, tr!(l, "fix-sign-in"), Press::Again);
                let close = close(5, tr!(l, "close")).on_press(Message::SignIn(Press::Cancel));
                let desk = self.help_desk(signing.account, why);
                bar(words.clone(), words, row![again].push(desk).push(close), narrow)
            }
        }
    }

    fn wanted(&self) -> Option<Element<'_, Message>> {
        let (account, why) = self.mail.statuses().iter().find_map(|(id, status)| match status {
            AccountStatus::SignInNeeded(why) => Some((*id, why)),
            AccountStatus::Connecting
            | AccountStatus::Syncing { .. }
            | AccountStatus::Online { .. }
            | AccountStatus::Offline { .. } => None,
        })?;
        let l = &*self.locale;
        let explained = problem::explain(why, l);
        let reason = format!("{} {}", explained.what, explained.advice);
        let words = tr!(l, "sign-in-failed", account = self.name(account), why = reason).into_owned();
        let fix = explained.fix.map(|(fix, name): (Fix, String)| {
            button(KEY.part(6), name).on_press(Message::Mail(mail::Message::FixPressed(account, fix)))
        });
        let doctor = (!self.is_examining(account)).then(|| {
            button(KEY.part(7), tr!(l, "accounts-doctor")).on_press(Message::ExamineWanted(account))
        });
        let desk = self.help_desk(account, why);
        Some(bar(words.clone(), words, Row::new().push(fix).push(desk).push(doctor), self.is_narrow()))
    }

    /// Whether an account has no password that could be entered.
    pub(super) fn signs_in_by_browser(&self, id: AccountId) -> bool {
        let account = self.accounts.iter().find(|(one, _)| *one == id);
        account.is_some_and(|(_, account)| account.login.auth == AuthMethod::OAuth)
    }

    fn is_narrow(&self) -> bool {
        self.size.width < NARROW
    }

    fn is_examining(&self, account: AccountId) -> bool {
        let examination = self.manager.as_ref().and_then(|manager| manager.examination());
        examination.is_some_and(|one| one.account == account)
    }

    /// What to send to whoever has to allow the program first, if that is what is in the way.
    fn help_desk(&self, account: AccountId, why: &Problem) -> Option<Element<'_, Message>> {
        if !matches!(why, Problem::Blocked { why: Block::Admin, .. }) {
            return None;
        }
        let (_, account) = self.accounts.iter().find(|(id, _)| *id == account)?;
        let text = problem::help_desk(&account.email, &self.locale);
        let copy = button(KEY.part(8), tr!(self.locale, "help-desk-copy")).icon(Icon::Copy);
        Some(copy.on_press(Message::HelpDeskCopied(text)).into())
    }
}

fn bar<'a>(
    words: String,
    said: String,
    buttons: Row<'a, Message, crate::ui::theme::Theme>,
    narrow: bool,
) -> Element<'a, Message> {
    let text = semantic(KEY, Role::Alert, said).live(Live::Polite).wrap(label(words));
    let text = container(text).width(Length::Fill);
    let buttons = buttons.spacing(space::S);
    let line: Element<'a, Message> = if narrow {
        // Beside the buttons there would be a word a line.
        column![text, buttons.wrap().vertical_spacing(space::S)].spacing(space::S).into()
    } else {
        row![text, buttons].spacing(space::M).align_y(Alignment::Center).into()
    };
    container(line).padding([space::S, space::M]).width(Length::Fill).style(grounds::banner_warning).into()
}
