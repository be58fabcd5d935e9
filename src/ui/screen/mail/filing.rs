//! Where messages go: archive, trash, junk, another folder; undo and redo; and what is done to folders.

use super::folders::Node;
use super::message::{MenuOf, NameWish, Question};
use super::palette::Palette;
use super::{Action, Desk, Mail, folder_name};
use crate::model::{MailboxId, MessageId, SpecialUse};
use crate::sync::Command;
use crate::ui::note::Note;

impl Mail {
    /// Use of the open folder.
    pub(in crate::ui) fn opened_use(&self) -> Option<SpecialUse> {
        self.folders.opened().and_then(|id| self.folders.find(id)).and_then(|row| row.special_use)
    }

    /// Moves or copies messages of the open folder into a folder.
    pub(super) fn carry(
        &mut self,
        messages: Vec<MessageId>,
        to: MailboxId,
        copies: bool,
        desk: &mut Desk<'_>,
    ) -> Vec<Action> {
        if messages.is_empty() {
            return Vec::new();
        }
        desk.settings.note_target(to);
        let command = if copies {
            Command::Copy { messages, to }
        } else {
            Command::Move { messages, from: self.list.mailbox(), to }
        };
        vec![Action::Send(self.of_rows(command)), Action::Remember]
    }

    /// Moves what is chosen into the folder of a use, each message in its own account.
    fn put(&self, to: SpecialUse) -> Vec<Action> {
        if self.list.chosen().is_empty() {
            return Vec::new();
        }
        if self.opened_use() == Some(to) {
            return vec![Action::Say(Note::AlreadyThere)];
        }
        let (messages, from) = (self.list.chosen().to_vec(), self.list.mailbox());
        vec![Action::Send(self.of_rows(Command::MoveToUse { messages, from, to }))]
    }

    pub(super) fn archive(&self) -> Vec<Action> {
        self.put(SpecialUse::Archive)
    }

    /// Into junk; out of junk, back into the inbox.
    pub(super) fn toggle_junk(&self) -> Vec<Action> {
        let junk = self.opened_use() == Some(SpecialUse::Junk);
        self.put(if junk { SpecialUse::Inbox } else { SpecialUse::Junk })
    }

    /// Into the trash; out of the trash it is for good, and that is asked.
    pub(super) fn delete(&self, forever: bool) -> Vec<Action> {
        if self.list.chosen().is_empty() {
            return Vec::new();
        }
        let forever = forever || self.opened_use() == Some(SpecialUse::Trash);
        let (messages, from) = (self.list.chosen().to_vec(), self.list.mailbox());
        let (count, threads) = (messages.len(), self.list.is_threaded());
        let command = self.of_rows(Command::Delete { messages, from, forever });
        vec![if forever {
            Action::Ask(Question::DeleteForever { count, threads, command })
        } else {
            Action::Send(command)
        }]
    }

    /// Opens the list of folders to move or copy to.
    pub(super) fn open_palette(&mut self, copies: bool, desk: &Desk<'_>) -> Vec<Action> {
        if self.list.chosen().is_empty() {
            return Vec::new();
        }
        let places = self.folders.places(|row| folder_name(row, desk.locale).into_owned());
        let from = self.list.mailbox();
        let recent = &desk.settings.recent_targets;
        let mut palette = Palette::new(copies, self.list.chosen().clone(), from, places, recent);
        palette.threads = self.list.is_threaded();
        self.palette = Some(palette);
        Vec::new()
    }

    /// Moves to where the last move went, without asking.
    pub(super) fn move_again(&mut self, desk: &mut Desk<'_>) -> Vec<Action> {
        let last = desk.settings.recent_targets.first().copied();
        match last.filter(|id| self.folders.find(*id).is_some_and(|row| row.selectable)) {
            Some(to) if self.list.mailbox() == Some(to) => vec![Action::Say(Note::AlreadyThere)],
            Some(to) => self.carry(self.list.chosen().to_vec(), to, false, desk),
            None => self.open_palette(false, desk),
        }
    }

    /// The folder that a command is about: the one whose menu is open, else the open one.
    pub(super) fn about(&self) -> Option<Node> {
        match &self.menu {
            Some(menu) => match menu.of {
                MenuOf::Folder(node) => Some(node),
                MenuOf::Rows | MenuOf::Charsets | MenuOf::Text { .. } => {
                    self.folders.opened().map(Node::Mailbox)
                }
            },
            None => self.folders.opened().map(Node::Mailbox),
        }
    }

    pub(super) fn mark_all_read(&self, about: Option<Node>) -> Vec<Action> {
        match about {
            Some(Node::Mailbox(id)) => vec![Action::Send(Command::MarkAllRead(id))],
            Some(Node::Account(_)) | None => Vec::new(),
        }
    }

    pub(super) fn ask_new_folder(&self, about: Option<Node>, desk: &Desk<'_>) -> Vec<Action> {
        let (account, parent) = match about {
            Some(Node::Account(account)) => (Some(account), None),
            Some(Node::Mailbox(id)) => match self.folders.find(id) {
                // Beside the special folders, not inside of them.
                Some(row) if row.special_use.is_some() => (Some(row.account), None),
                Some(row) => (Some(row.account), Some((id, folder_name(row, desk.locale).into_owned()))),
                None => (None, None),
            },
            None => (self.folders.account(), None),
        };
        let Some(account) = account else { return Vec::new() };
        vec![Action::Ask(Question::Name(NameWish::New { account, parent }))]
    }

    /// The folder itself, if the user may change it.
    fn own_folder(&self, about: Option<Node>) -> Option<&super::folders::Row> {
        let Some(Node::Mailbox(id)) = about else { return None };
        self.folders.find(id).filter(|row| row.special_use.is_none())
    }

    pub(super) fn ask_rename_folder(&self, about: Option<Node>) -> Vec<Action> {
        let Some(row) = self.own_folder(about) else { return vec![Action::Say(Note::FixedFolder)] };
        let Node::Mailbox(mailbox) = row.node else { return Vec::new() };
        let (parent, name) = (self.folders.parent(mailbox), row.name.clone());
        vec![Action::Ask(Question::Name(NameWish::Rename { mailbox, parent, name }))]
    }

    pub(super) fn ask_delete_folder(&self, about: Option<Node>) -> Vec<Action> {
        let Some(row) = self.own_folder(about) else { return vec![Action::Say(Note::FixedFolder)] };
        let Node::Mailbox(mailbox) = row.node else { return Vec::new() };
        let command = Command::DeleteMailbox(mailbox);
        let (name, total, parent) = (row.name.clone(), row.total, row.parent);
        vec![Action::Ask(Question::DeleteFolder { name, total, parent, command })]
    }

    pub(super) fn toggle_subscribed(&self, about: Option<Node>) -> Vec<Action> {
        let Some(Node::Mailbox(mailbox)) = about else { return Vec::new() };
        let Some(row) = self.folders.find(mailbox) else { return Vec::new() };
        vec![Action::Send(Command::Subscribe { mailbox, on: !row.subscribed })]
    }

    /// The folder that a menu is about, for the names in it.
    pub(in crate::ui) fn menu_folder(&self) -> Option<&super::folders::Row> {
        match self.about()? {
            Node::Mailbox(id) => self.folders.find(id),
            Node::Account(id) => self.folders.find_account(id),
        }
    }
}
