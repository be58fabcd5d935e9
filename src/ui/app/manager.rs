//! The account manager in the window: what it is drawn from, what it wants done.

use super::{App, Dialog, Message, Task, worker};
use crate::doctor::examine_aloud;
use crate::model::{Account, AccountId, BodyPolicy, SpecialUse};
use crate::ui::screen::accounts::{self, Accounts, Action, Desk, Place, doctor};
use crate::ui::screen::mail::{self, folder_name, status};
use crate::ui::screen::setup::{Setup, form::Field};
use crate::ui::theme::Element;
use futures::{Stream, channel::mpsc, stream};
use std::collections::BTreeMap;
use std::sync::Arc;

impl App {
    /// Opens it; on the page of the account that the menu was about, if there are several.
    pub(super) fn open_manager(&mut self) -> Task<Message> {
        self.manager = Some(Accounts::default());
        self.with_mail(|mail, _| mail.want_kept())
    }

    pub(super) fn on_accounts(&mut self, message: accounts::Message) -> Task<Message> {
        let Some(manager) = &mut self.manager else { return Task::none() };
        let desk = Desk { accounts: &self.accounts, options: &self.options };
        let actions = manager.update(message, desk);
        let tasks: Vec<_> = actions.into_iter().map(|action| self.act_manager(action)).collect();
        Task::batch(tasks)
    }

    fn act_manager(&mut self, action: Action) -> Task<Message> {
        match action {
            Action::Send(command) => {
                if let crate::sync::Command::SetAccountOptions { account, options } = &command {
                    // What the store says of it later is the same; until then the next change builds on it.
                    self.options.insert(*account, (**options).clone());
                }
                self.send(command);
                Task::none()
            }
            Action::Add => {
                self.setup = Some(Setup::another());
                self.act_setup(super::setup::Action::Focus(Field::Email))
            }
            Action::EditServer(id) => {
                let account = self.accounts.iter().find(|(one, _)| *one == id);
                self.setup = account.map(|(id, account)| Setup::change(*id, account));
                Task::none()
            }
            Action::Remove(id) => {
                let account = self.accounts.iter().find(|(one, _)| *one == id);
                let name = account.map(|(_, account)| account.email.clone());
                self.dialog = name.map(|name| Dialog::Remove { account: id, name });
                Task::none()
            }
            Action::Examine(id) => self.examine(id),
            Action::StopExamining => self.then_nothing(|app| app.examination = None),
            Action::Copy(text) => iced::clipboard::write(text),
            Action::Leave => self.then_nothing(|app| app.manager = None),
        }
    }

    /// Opens the doctor's page of an account, from outside of the account manager.
    pub(super) fn open_doctor(&mut self, id: AccountId) -> Task<Message> {
        let desk = Desk { accounts: &self.accounts, options: &self.options };
        self.manager = Some(Accounts::examining(id, desk));
        self.examine(id)
    }

    fn examine(&mut self, id: AccountId) -> Task<Message> {
        self.examined += 1;
        let number = self.examined;
        let account = self.accounts.iter().find(|(one, _)| *one == id).map(|(_, account)| account.clone());
        let (Some(seed), Some(account)) = (self.worker.clone(), account) else { return Task::none() };
        let (work, handle) = Task::stream(examination(seed, account)).abortable();
        self.examination = Some(handle.abort_on_drop());
        work.map(move |message| Message::Examined(number, message))
    }

    pub(super) fn on_examined(&mut self, number: u64, message: doctor::Message) -> Task<Message> {
        if number != self.examined || self.examination.is_none() {
            return Task::none();
        }
        self.on_accounts(accounts::Message::Doctor(message))
    }

    /// What an account keeps on this computer; `None` as long as it was not read.
    pub(super) fn kept_of(&self, id: AccountId) -> Option<BodyPolicy> {
        let kept = self.mail.keeping.kept(id)?;
        Some(kept.settings.account.unwrap_or(BodyPolicy::USUAL))
    }

    pub(super) fn manager_page<'a>(
        &'a self,
        manager: &'a Accounts,
        look: &mail::Look<'_>,
    ) -> Element<'a, Message> {
        let states: BTreeMap<_, _> = self
            .mail
            .statuses()
            .iter()
            .map(|(id, state)| (*id, status::words(state, &self.mail, look)))
            .collect();
        let open = manager.page().map(|page| page.id);
        let l = &*self.locale;
        let places = match open {
            // By their own names: which folder it is, is what one wants to know.
            Some(_) => self.mail.folders.places(|row| {
                let is_inbox = row.special_use == Some(SpecialUse::Inbox);
                if is_inbox { folder_name(row, l).into_owned() } else { row.name.clone() }
            }),
            None => Vec::new(),
        };
        let places = places.into_iter().map(|place| Place {
            mailbox: place.mailbox,
            account: place.account,
            way: place.way,
            special_use: place.special_use,
        });
        let look = accounts::Look {
            locale: l,
            accounts: &self.accounts,
            options: &self.options,
            states,
            places: places.collect(),
            now: self.now,
            notifies: self.settings.notify,
            sending: open.and_then(|id| self.sending.get(&id)),
            kept: open.and_then(|id| self.kept_of(id)),
        };
        accounts::view(manager, look).map(Message::Accounts)
    }
}

/// The doctor's news of an account, to the end. Dropping it ends the examination.
fn examination(seed: worker::Seed, account: Account) -> impl Stream<Item = doctor::Message> {
    let (tell, told) = mpsc::unbounded();
    let work = async move {
        let config = seed.config();
        let told = move |steps: &[crate::doctor::Step]| {
            // Nobody listens any more: then this ends as well.
            let _ = tell.unbounded_send(doctor::Message::Stepped(steps.to_vec()));
        };
        doctor::Message::Ended(Arc::new(examine_aloud(&config, &account, told).await))
    };
    stream::select(told, stream::once(work))
}
