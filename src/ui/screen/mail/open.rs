//! What is opened: a folder, a row of the list, a menu.

use super::layout::{Layout, Pane};
use super::list::Step;
use super::{Action, Desk, Mail, Menu, MenuOf, reader_action, talk_action, wishes};
use crate::model::{MailboxId, MessageId, SpecialUse};
use crate::sync::Command;
use crate::ui::note::Note;
use crate::ui::widget::virtual_list::Select;
use iced::Point;

impl Mail {
    /// Shows a message of a folder, or the folder.
    pub(in crate::ui) fn show(
        &mut self,
        mailbox: MailboxId,
        message: Option<MessageId>,
        desk: &mut Desk<'_>,
    ) -> Vec<Action> {
        let mut actions = self.open_mailbox(mailbox, desk);
        self.layout.drawer = false;
        self.layout.pane = Some(Pane::List);
        actions.push(Action::Focus(Pane::List));
        self.sought = message;
        actions.extend(self.show_sought(desk));
        actions
    }

    /// Opens the message that is waited for, once it is in the list.
    pub(super) fn show_sought(&mut self, desk: &mut Desk<'_>) -> Vec<Action> {
        let found = self.sought.is_some_and(|message| self.list.choose_id(message));
        if !found {
            return Vec::new();
        }
        self.sought = None;
        self.open_selected(desk)
    }

    pub(in crate::ui) fn open_mailbox(&mut self, id: MailboxId, desk: &mut Desk<'_>) -> Vec<Action> {
        if !self.folders.open(id) {
            return Vec::new();
        }
        self.layout.reading = false;
        self.menu = None;
        if self.list.mailbox() == Some(id) {
            return Vec::new();
        }
        let mut actions = wishes(self.list.open(id, desk.settings.is_threaded(id)));
        actions.extend(self.wishes_of_reader(None));
        actions.push(Action::Send(Command::OpenMailbox(id)));
        if desk.settings.mailbox != Some(id) {
            desk.settings.mailbox = Some(id);
            actions.push(Action::Remember);
        }
        actions
    }

    /// Opens the folder of a use in the current account.
    pub(super) fn go(&mut self, wanted: SpecialUse, desk: &mut Desk<'_>) -> Vec<Action> {
        let found = self.folders.account().and_then(|account| self.folders.special(account, wanted));
        match found {
            Some(id) => {
                let mut actions = self.open_mailbox(id, desk);
                self.layout.pane = Some(Pane::List);
                actions.push(Action::Focus(Pane::List));
                actions
            }
            None => vec![Action::Say(Note::NoFolder(wanted))],
        }
    }

    pub(super) fn choose(&mut self, index: usize, choice: Select, desk: &mut Desk<'_>) -> Vec<Action> {
        self.menu = None;
        self.layout.pane = Some(Pane::List);
        self.list.choose(index, choice);
        let shown = self.layout.shows(Pane::Reader, desk.width, desk.settings);
        if shown { self.follow() } else { Vec::new() }
    }

    pub(super) fn step(&mut self, step: Step, choice: Select, desk: &mut Desk<'_>) -> Vec<Action> {
        self.menu = None;
        if !self.list.step(step, choice) {
            return Vec::new();
        }
        let shown = self.layout.shows(Pane::Reader, desk.width, desk.settings);
        if shown { self.follow() } else { Vec::new() }
    }

    pub(super) fn open_row(&mut self, index: usize, desk: &mut Desk<'_>) -> Vec<Action> {
        self.list.choose(index, Select::Only);
        self.open_selected(desk)
    }

    /// Shows the selected message and goes to it.
    pub(super) fn open_selected(&mut self, desk: &mut Desk<'_>) -> Vec<Action> {
        if self.list.cursor().is_none() {
            return Vec::new();
        }
        if !Layout::reader_beside(desk.width, desk.settings) {
            self.layout.reading = true;
        }
        self.layout.pane = Some(Pane::Reader);
        let mut actions = self.follow();
        actions.push(Action::Focus(Pane::Reader));
        actions
    }

    /// The reading pane follows the cursor.
    pub(super) fn follow(&mut self) -> Vec<Action> {
        self.wishes_of_reader(self.list.cursor())
    }

    pub(super) fn wishes_of_reader(&mut self, message: Option<MessageId>) -> Vec<Action> {
        if let (Some(head), Some(mailbox), true) = (message, self.list.mailbox(), self.list.is_threaded()) {
            return self.talk.open(head, mailbox).into_iter().map(talk_action).collect();
        }
        self.talk.close();
        self.reader.open(message).into_iter().map(reader_action).collect()
    }

    pub(super) fn open_menu(&mut self, index: usize, at: Point, desk: &mut Desk<'_>) -> Vec<Action> {
        let inside = self.list.ids().get(index).is_some_and(|id| self.list.chosen().contains(id));
        let beside = Layout::reader_beside(desk.width, desk.settings);
        let mut actions = Vec::new();
        if !inside {
            self.list.choose(index, Select::Only);
            if beside {
                actions = self.follow();
            }
        }
        self.menu = Some(Menu { at, of: MenuOf::Rows });
        actions
    }
}
