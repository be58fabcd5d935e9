//! What the worker and the store tell the mail screen.

use super::layout::{Layout, Pane};
use super::transfers::{Ended, Purpose};
use super::{Action, Desk, Mail, Reply, Request, folder_name, reader_action, talk_action, wishes};
use crate::store::Changes;
use crate::sync::{AccountStatus, Event};
use crate::ui::note::Note;
use crate::ui::read::Tree;

impl Mail {
    /// Takes in an event of the worker.
    pub fn event(&mut self, event: Event, desk: &mut Desk<'_>) -> Vec<Action> {
        match event {
            Event::Status { account, status } => {
                let online = matches!(status, AccountStatus::Online { .. } | AccountStatus::Syncing { .. });
                self.statuses.insert(account, status);
                // It was waited for, and nothing will come of it.
                let mut actions = self.open_first(desk);
                if online {
                    let mut wishes = self.reader.online();
                    wishes.extend(self.talk.online());
                    actions.extend(wishes.into_iter().map(reader_action));
                }
                actions
            }
            Event::Bodies { account, progress } => self.bodies(account, progress),
            Event::Changed(changes) => self.changed(&changes),
            Event::Reload => self.reload(),
            Event::Body { message, result } => {
                let wishes = self.talk.fetched(message, &result, &mut self.reader);
                wishes.into_iter().map(reader_action).collect()
            }
            Event::Transfer { id, state } => {
                let mut actions = self.watch_news(id, &state);
                actions.extend(self.source_news(id, &state));
                let end = self.transfers.news(id, state);
                actions.extend(end.map_or_else(Vec::new, |end| self.ended(end)));
                actions
            }
            Event::OperationFailed { operation, messages, problem, .. } => {
                vec![Action::Say(Note::OperationFailed(operation, messages.len(), problem))]
            }
            Event::Alert { account, text } => {
                let name = self.folders.find_account(account).map(|row| row.name.clone()).unwrap_or_default();
                vec![Action::Say(Note::Alert(account, name, text))]
            }
            Event::Failed(problem) => vec![Action::Say(Note::Failed(problem))],
            Event::AccountAdded(_) => self.want_tree(),
            Event::AccountRemoved(account) => {
                self.statuses.remove(&account);
                self.keeping.forget(account);
                let name = self.folders.find_account(account).map(|row| row.name.clone());
                let mut actions = self.want_tree();
                actions.extend(name.map(|name| Action::Say(Note::AccountRemoved(name))));
                actions
            }
            Event::NotActed(problem) => vec![Action::Say(Note::NotActed(problem))],
            Event::Undone { problem: Some(problem), .. } => vec![Action::Say(Note::NotUndone(problem))],
            Event::Undone { acted, problem: None } => {
                acted.map_or_else(Vec::new, |acted| vec![Action::Say(Note::Undone(acted))])
            }
            Event::Acted(acted) => {
                let to = acted.to.and_then(|id| self.folders.find(id));
                let to = to.map(|row| folder_name(row, desk.locale).into_owned());
                vec![Action::Say(Note::Acted(acted, to))]
            }
            // The form deals with these.
            Event::AccountRejected(_)
            | Event::Arrived { .. }
            | Event::AccountTested(_)
            | Event::SubmissionTried { .. }
            | Event::Connection { .. }
            | Event::KeyringAsks(_)
            | Event::SignInWaiting { .. } => Vec::new(),
        }
    }

    /// Takes in an answer of the store.
    pub fn reply(&mut self, reply: Reply, desk: &mut Desk<'_>) -> Vec<Action> {
        if !matches!(reply, Reply::Failed(..)) {
            self.broken = None;
        }
        match reply {
            Reply::Tree(tree) => self.take_tree(&tree, desk),
            Reply::Ids(ids) => {
                let before = self.list.cursor();
                let mut actions = wishes(self.list.take_ids(ids));
                if self.list.cursor() != before {
                    actions.extend(self.after_loss(desk));
                }
                actions.extend(self.show_sought(desk));
                actions
            }
            Reply::Rows(visit, revision, rows) => wishes(self.list.take_rows(visit, revision, rows)),
            Reply::Unread(visit, found) => {
                if self.list.take_unread(visit, found) {
                    let shown = self.layout.shows(Pane::Reader, desk.width, desk.settings);
                    if shown { self.follow() } else { Vec::new() }
                } else if found.is_none() {
                    vec![Action::Say(Note::NoUnread)]
                } else {
                    Vec::new()
                }
            }
            Reply::Mail(id, revision, mail) => {
                let wishes = self.talk.take_mail(id, revision, mail, &mut self.reader);
                let mut actions: Vec<Action> = wishes.into_iter().map(reader_action).collect();
                actions.extend(self.watch_seen(desk));
                actions
            }
            Reply::Activity(activities) => {
                self.activity.take(activities).then(|| Action::Read(Request::Activity)).into_iter().collect()
            }
            Reply::Talk(head, revision, talk) => {
                let wishes = self.talk.take(head, revision, talk, &mut self.reader);
                self.of_talk(wishes, desk)
            }
            Reply::Source(id, text) => self.take_source(id, text),
            Reply::Kept(account, kept) => self.then_nothing(|mail| mail.keeping.take(account, kept)),
            Reply::Failed(request, detail) => self.failed(&request, detail),
        }
    }

    /// The message under the cursor left the folder; the cursor went to its neighbor.
    fn after_loss(&mut self, desk: &Desk<'_>) -> Vec<Action> {
        let beside = Layout::reader_beside(desk.width, desk.settings);
        if beside {
            return self.follow();
        }
        // A message in front of the list stays: it is being read.
        if self.layout.reading { Vec::new() } else { self.wishes_of_reader(None) }
    }

    /// What the conversation wants done, and when its messages count as read.
    pub(super) fn of_talk(&mut self, wishes: Vec<super::talk::Wish>, desk: &Desk<'_>) -> Vec<Action> {
        let mut actions: Vec<Action> = wishes.into_iter().map(talk_action).collect();
        actions.extend(self.watch_seen(desk));
        actions
    }

    fn changed(&mut self, changes: &Changes) -> Vec<Action> {
        let mut actions = wishes(self.list.changed(changes));
        actions.extend(self.reader.changed(changes).into_iter().map(reader_action));
        actions.extend(self.talk.changed(changes).into_iter().map(talk_action));
        actions.extend(self.kept_changed(changes));
        if changes.accounts || changes.tree || !changes.mailboxes.is_empty() {
            actions.extend(self.want_tree());
        }
        if changes.journal {
            actions.extend(self.want_activity());
        }
        actions
    }

    /// Reads what waits and what failed; while that runs, once more afterwards.
    pub fn want_activity(&mut self) -> Vec<Action> {
        self.activity.want().then(|| Action::Read(Request::Activity)).into_iter().collect()
    }

    /// Reads everything that is on the screen again.
    pub fn reload(&mut self) -> Vec<Action> {
        let mut actions = wishes(self.list.reload());
        actions.extend(self.reader.reload().into_iter().map(reader_action));
        actions.extend(self.talk.reload().into_iter().map(talk_action));
        actions.extend(self.want_tree());
        actions.extend(self.want_activity());
        actions
    }

    /// Reads accounts and folders; while that runs, once more afterwards.
    pub fn want_tree(&mut self) -> Vec<Action> {
        match &mut self.tree_flight {
            Some(again) => {
                *again = true;
                Vec::new()
            }
            None => {
                self.tree_flight = Some(false);
                vec![Action::Read(Request::Tree)]
            }
        }
    }

    /// Opens the inbox of the account that the user put first, unless a mailbox is open. While that account may still
    /// get one nothing else is opened in its place.
    pub(super) fn open_first(&mut self, desk: &mut Desk<'_>) -> Vec<Action> {
        let statuses = &self.statuses;
        let waits = |account| match statuses.get(&account) {
            None | Some(AccountStatus::Connecting | AccountStatus::Syncing { .. }) => true,
            Some(
                AccountStatus::Online { .. } | AccountStatus::Offline { .. } | AccountStatus::SignInNeeded(_),
            ) => false,
        };
        match self.folders.opened().map_or_else(|| self.folders.first(waits), |_| None) {
            Some(mailbox) => self.open_mailbox(mailbox, desk),
            None => Vec::new(),
        }
    }

    fn take_tree(&mut self, tree: &Tree, desk: &mut Desk<'_>) -> Vec<Action> {
        let again = self.tree_flight.take() == Some(true);
        let mut actions = Vec::new();
        if tree.revision >= self.tree_revision {
            self.tree_revision = tree.revision;
            self.folders.replace(&tree.accounts);
            self.colors =
                tree.options.iter().filter_map(|(id, options)| Some((*id, options.color?))).collect();
            let folders = &self.folders;
            self.statuses.retain(|account, _| folders.find_account(*account).is_some());
            let inbox = |account| self.folders.special(account, crate::model::SpecialUse::Inbox);
            if let Some(inbox) = self.expected.and_then(inbox) {
                self.expected = None;
                actions.extend(self.open_mailbox(inbox, desk));
            }
            if self.folders.opened().is_none() {
                // The open folder is gone, or this is the first one of a new account.
                self.list.close();
                actions.extend(self.wishes_of_reader(None));
                actions.extend(self.open_first(desk));
            }
        }
        if again {
            actions.extend(self.want_tree());
        }
        actions
    }

    fn failed(&mut self, request: &Request, detail: String) -> Vec<Action> {
        tracing::error!(?request, detail, "the store cannot be read");
        match request {
            Request::Tree => self.tree_flight = None,
            Request::List(wish) => {
                let visit = match wish {
                    super::list::Wish::Ids { visit, .. }
                    | super::list::Wish::Rows { visit, .. }
                    | super::list::Wish::Unread { visit, .. } => *visit,
                };
                self.list.failed(visit);
            }
            Request::Mail(id) => self.talk.broken_mail(*id, &mut self.reader),
            Request::Talk(head, _) => self.talk.broken(*head),
            Request::Activity => self.activity.failed(),
            Request::Kept(_) | Request::Source(_) => {}
        }
        self.broken = Some(detail);
        Vec::new()
    }
}

impl Mail {
    fn ended(&mut self, ended: Ended) -> Vec<Action> {
        match ended {
            Ended::Done(transfer, file) => match (transfer.purpose, file) {
                (Purpose::Open, Some(file)) => vec![Action::OpenFile(file)],
                (Purpose::Save(target), Some(file)) if file != target => vec![Action::Replace(file, target)],
                (Purpose::Save(target), _) => vec![Action::Say(Note::Saved(target))],
                (Purpose::SaveAll { target, batch }, _) => {
                    let folder = target.parent().map(std::path::Path::to_owned).unwrap_or_default();
                    let note = self.transfers.complete(batch).map(|count| Note::SavedAll(count, folder));
                    note.map(Action::Say).into_iter().collect()
                }
                (Purpose::Open, None) => Vec::new(),
            },
            Ended::Failed(transfer, problem) => {
                vec![Action::Say(Note::TransferFailed(transfer.name, problem))]
            }
            Ended::Cancelled => Vec::new(),
        }
    }
}
