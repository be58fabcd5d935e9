//! What the actions of the table do on the mail screen.

use super::folders::Node;
use super::layout::{Layout, Pane};
use super::list::{Step, Wish};
use super::transfers::{Place, Purpose};
use super::{Action, Desk, Mail, Message, Request, SaveWish, wishes};
use crate::model::{AccountId, Flag, FlagChange, MessageId, PartPath, SpecialUse};
use crate::sync::{AccountStatus, Command, Destination, Fix, Problem, ThreadDeed};
use crate::ui::command::Do;
use crate::ui::note::Note;
use crate::ui::read::Attachment;
use crate::ui::settings::next_density;
use crate::ui::widget::virtual_list::Select;
use std::path::PathBuf;
use std::time::Duration;

/// Conversations muted at once.
const MOST_MUTED: usize = 200;

impl Mail {
    /// Does what the table says; what isn't of this screen goes back.
    #[expect(clippy::too_many_lines, reason = "a line for each action")]
    pub fn run(&mut self, does: Do, desk: &mut Desk<'_>) -> Vec<Action> {
        let about = self.about();
        self.close_menus();
        match does {
            Do::NextMessage => self.walk(Step::By(1), desk),
            Do::PreviousMessage => self.walk(Step::By(-1), desk),
            Do::FirstMessage => self.walk(Step::First, desk),
            Do::LastMessage => self.walk(Step::Last, desk),
            Do::PageDown => self.walk(Step::Pages(1), desk),
            Do::PageUp => self.walk(Step::Pages(-1), desk),
            Do::NextUnread => self.unread(true),
            Do::PreviousUnread => self.unread(false),
            Do::OpenMessage => self.open_selected(desk),
            Do::ReadOn | Do::ReadBack => vec![Action::TurnPages(if does == Do::ReadOn { 1.0 } else { -1.0 })],
            Do::Back => self.back(desk),
            Do::ToggleRead => self.flag_chosen(Flag::Seen, None),
            Do::MarkRead => self.flag_chosen(Flag::Seen, Some(FlagChange::Add)),
            Do::MarkUnread => self.flag_chosen(Flag::Seen, Some(FlagChange::Remove)),
            Do::ToggleFlag => self.flag_chosen(Flag::Flagged, None),
            Do::MuteThread => self.mute_chosen(),
            Do::SplitThread => self.split(),
            Do::ExpandAll => {
                let wishes = self.talk.toggle_all(&mut self.reader);
                self.of_talk(wishes, desk)
            }
            Do::NextInThread => self.step_in_talk(true, desk),
            Do::PreviousInThread => self.step_in_talk(false, desk),
            Do::ToggleThreads => self.toggle_threads(desk),
            Do::Archive => self.archive(),
            Do::Delete => self.delete(false),
            Do::DeleteForever => self.delete(true),
            Do::ToggleJunk => self.toggle_junk(),
            Do::Move => self.open_palette(false, desk),
            Do::MoveAgain => self.move_again(desk),
            Do::Copy => self.open_palette(true, desk),
            Do::SelectAll => self.then_nothing(|mail| mail.list.choose_all()),
            Do::Undo => vec![Action::Send(Command::Undo(None))],
            Do::Redo => vec![Action::Send(Command::Redo)],
            Do::MarkAllRead => self.mark_all_read(about),
            Do::NewFolder => self.ask_new_folder(about, desk),
            Do::RenameFolder => self.ask_rename_folder(about),
            Do::DeleteFolder => self.ask_delete_folder(about),
            Do::ToggleSubscribed => self.toggle_subscribed(about),
            Do::Find => self.open_find(),
            Do::FindNext => self.step_find(true),
            Do::FindPrevious => self.step_find(false),
            Do::ViewSource => self.open_source(false),
            Do::ViewHeader => self.open_source(true),
            Do::SaveMessage => self.save_message(),
            Do::Print => self.print(),
            Do::ChooseCharset => self.choose_charset(desk),
            Do::FlipColors => self.flip_colors(),
            Do::TogglePlain => self.toggle_plain(),
            Do::ToggleAddresses => self.update(Message::AddressesToggled, desk),
            Do::SaveAttachments => self.save(SaveWish::All),
            Do::ShowTrust => self.open_own_sheet(),
            Do::GoInbox => self.go(SpecialUse::Inbox, desk),
            Do::GoFlagged => self.go(SpecialUse::Flagged, desk),
            Do::GoSent => self.go(SpecialUse::Sent, desk),
            Do::GoDrafts => self.go(SpecialUse::Drafts, desk),
            Do::GoArchive => self.go_archive(desk),
            Do::GoJunk => self.go(SpecialUse::Junk, desk),
            Do::GoTrash => self.go(SpecialUse::Trash, desk),
            Do::NextMailbox => self.neighbor_mailbox(true, desk),
            Do::PreviousMailbox => self.neighbor_mailbox(false, desk),
            Do::GetMail => match about {
                Some(Node::Account(account)) => vec![Action::Send(Command::SyncNow(Some(account)))],
                Some(Node::Mailbox(_)) | None => vec![Action::Send(Command::SyncNow(None))],
            },
            Do::ToggleOffline => vec![Action::Send(Command::SetOffline(!self.is_offline_by_choice()))],
            Do::ShowStatus => self.update(Message::DetailsToggled, desk),
            Do::ToggleFolders => self.toggle_folders(desk),
            Do::ToggleReader => self.toggle_reader(desk),
            Do::NextPane => self.go_pane(true, desk),
            Do::PreviousPane => self.go_pane(false, desk),
            Do::NextDensity => {
                desk.settings.density = next_density(desk.settings.density);
                vec![Action::Remember]
            }
            Do::AddAccount
            | Do::RemoveAccount
            | Do::Settings
            | Do::Accounts
            | Do::NextTheme
            | Do::ZoomIn
            | Do::ZoomOut
            | Do::ZoomReset
            | Do::Help
            | Do::CloseWindow
            | Do::Quit => vec![Action::Do(does)],
        }
    }

    /// Whether the user switched the connections off.
    #[must_use]
    pub fn is_offline_by_choice(&self) -> bool {
        self.statuses
            .values()
            .any(|s| matches!(s, AccountStatus::Offline { reason: Problem::OfflineByChoice, .. }))
    }

    /// Walks by a key of the table. Who walks wants to go on with the arrows, unless they are reading.
    fn walk(&mut self, step: Step, desk: &mut Desk<'_>) -> Vec<Action> {
        let mut actions = self.step(step, Select::Only, desk);
        let listed = self.layout.shows(Pane::List, desk.width, desk.settings);
        if listed && !matches!(self.layout.pane, Some(Pane::Reader)) {
            actions.extend(self.focus(Pane::List));
        }
        actions
    }

    fn unread(&mut self, forward: bool) -> Vec<Action> {
        match self.list.find_unread(forward) {
            Some(wish @ Wish::Unread { .. }) => vec![Action::Read(Request::List(wish))],
            _ => vec![Action::Say(Note::NoUnread)],
        }
    }

    /// Leaves what is in front, from the outside in.
    fn back(&mut self, desk: &mut Desk<'_>) -> Vec<Action> {
        if self.find.is_some() {
            return self.close_find();
        }
        if self.details {
            self.details = false;
            return Vec::new();
        }
        if self.layout.drawer {
            self.layout.drawer = false;
            return self.focus(Pane::List);
        }
        let beside = Layout::reader_beside(desk.width, desk.settings);
        if self.layout.reading && !beside {
            self.layout.reading = false;
            return self.focus(Pane::List);
        }
        if self.layout.pane == Some(Pane::Reader) {
            return self.focus(Pane::List);
        }
        if self.list.chosen().len() > 1
            && let Some(place) = self.list.place()
        {
            self.list.choose(place, Select::Only);
        }
        Vec::new()
    }

    fn focus(&mut self, pane: Pane) -> Vec<Action> {
        self.layout.pane = Some(pane);
        vec![Action::Focus(pane)]
    }

    fn go_pane(&mut self, forward: bool, desk: &Desk<'_>) -> Vec<Action> {
        let pane = self.layout.neighbor(forward, desk.width, desk.settings);
        self.focus(pane)
    }

    fn toggle_folders(&mut self, desk: &mut Desk<'_>) -> Vec<Action> {
        if super::layout::columns(desk.width) == super::layout::Columns::Three {
            desk.settings.folders_shown = !desk.settings.folders_shown;
            self.layout.drawer = false;
            let pane = if desk.settings.folders_shown { Pane::Folders } else { Pane::List };
            let mut actions = self.focus(pane);
            actions.push(Action::Remember);
            return actions;
        }
        self.layout.drawer = !self.layout.drawer;
        let pane = if self.layout.drawer { Pane::Folders } else { Pane::List };
        self.focus(pane)
    }

    fn toggle_reader(&mut self, desk: &mut Desk<'_>) -> Vec<Action> {
        desk.settings.reader_shown = !desk.settings.reader_shown;
        self.layout.reading = false;
        let mut actions = vec![Action::Remember];
        if Layout::reader_beside(desk.width, desk.settings) {
            actions.extend(self.follow());
        }
        actions
    }

    fn neighbor_mailbox(&mut self, forward: bool, desk: &mut Desk<'_>) -> Vec<Action> {
        match self.folders.neighbor(forward) {
            Some(id) => self.open_mailbox(id, desk),
            None => Vec::new(),
        }
    }

    /// Archive, or all mail where a provider keeps that instead.
    fn go_archive(&mut self, desk: &mut Desk<'_>) -> Vec<Action> {
        let account = self.folders.account();
        let has = account.is_some_and(|a| self.folders.special(a, SpecialUse::Archive).is_some());
        self.go(if has { SpecialUse::Archive } else { SpecialUse::All }, desk)
    }

    /// Sets or takes away a flag of all chosen messages; without a word which, the state of most decides.
    fn flag_chosen(&mut self, flag: Flag, change: Option<FlagChange>) -> Vec<Action> {
        let messages = self.list.chosen().to_vec();
        if messages.is_empty() {
            return Vec::new();
        }
        let toggled = if self.list.lacks(&flag) { FlagChange::Add } else { FlagChange::Remove };
        let change = change.unwrap_or(toggled);
        if flag == Flag::Seen {
            // The user decided; the timer must not overrule it.
            self.seen_for = Some(self.reader.visits());
            self.talk.hold_seen();
        }
        vec![Action::Send(self.of_rows(Command::SetFlag { messages, flag, change }))]
    }

    /// A command on rows of the list: where rows are conversations, it is meant for all of their messages here.
    pub(super) fn of_rows(&self, command: Command) -> Command {
        match self.list.mailbox() {
            Some(mailbox) if self.list.is_threaded() => {
                Command::Whole { mailbox, command: Box::new(command) }
            }
            _ => command,
        }
    }

    /// Lists conversations instead of messages, or the other way round.
    fn toggle_threads(&mut self, desk: &mut Desk<'_>) -> Vec<Action> {
        let Some(mailbox) = self.list.mailbox() else { return Vec::new() };
        desk.settings.toggle_threads(mailbox);
        let mut actions = wishes(self.list.open(mailbox, desk.settings.is_threaded(mailbox)));
        actions.push(Action::Remember);
        actions
    }

    /// What folders list by default has changed.
    pub fn relist(&mut self, desk: &mut Desk<'_>) -> Vec<Action> {
        let Some(mailbox) = self.list.mailbox() else { return Vec::new() };
        let threaded = desk.settings.is_threaded(mailbox);
        if threaded == self.list.is_threaded() {
            Vec::new()
        } else {
            wishes(self.list.open(mailbox, threaded))
        }
    }

    /// Whether all chosen conversations are muted.
    #[must_use]
    pub fn is_muted(&self) -> bool {
        let muted = |id: MessageId| {
            self.list.row(id).and_then(|row| row.thread.as_ref()).is_some_and(|thread| thread.muted)
        };
        !self.list.chosen().is_empty() && self.list.chosen().iter().all(muted)
    }

    fn mute_chosen(&self) -> Vec<Action> {
        let on = !self.is_muted();
        let mute = |message: MessageId| Action::Send(Command::Thread(ThreadDeed::Mute { message, on }));
        // Each is a transaction of its own: nobody mutes thousands.
        self.list.chosen().iter().take(MOST_MUTED).map(mute).collect()
    }

    pub(super) fn star(&mut self, id: MessageId) -> Vec<Action> {
        let set = self.list.row(id).is_some_and(|row| row.flags.contains(&Flag::Flagged));
        let change = if set { FlagChange::Remove } else { FlagChange::Add };
        let newest = self.list.row(id).and_then(|row| row.thread.as_ref()?.newest.first().copied());
        let flag = Flag::Flagged;
        // The star is set on what is new, and taken away from all that have one.
        let command = match newest {
            Some(newest) if !set => Command::SetFlag { messages: vec![newest], flag, change },
            _ => self.of_rows(Command::SetFlag { messages: vec![id], flag, change }),
        };
        vec![Action::Send(command)]
    }

    pub(super) fn fetch_now(&mut self) -> Vec<Action> {
        self.reader.wanted().map_or_else(Vec::new, |id| self.fetch_due(id))
    }

    pub(super) fn fetch_due(&mut self, id: MessageId) -> Vec<Action> {
        if self.talk.fetch(id, &mut self.reader) {
            vec![Action::Send(Command::FetchBody(id))]
        } else {
            Vec::new()
        }
    }

    /// Begins to count the time after which a shown message counts as read.
    pub(super) fn watch_seen(&mut self, desk: &Desk<'_>) -> Vec<Action> {
        if self.talk.shown().is_some() {
            let news = desk.settings.mark_seen && self.talk.news(&self.reader);
            let wait = Duration::from_millis(desk.settings.seen_after_ms);
            return if news {
                vec![Action::After(wait, Message::TalkSeen(self.talk.rounds()))]
            } else {
                Vec::new()
            };
        }
        let visit = self.reader.visits();
        let Some(mail) = self.reader.shown() else { return Vec::new() };
        let seen = mail.flags.contains(&Flag::Seen);
        if seen || !desk.settings.mark_seen || self.seen_for == Some(visit) || self.reader.missing().is_some()
        {
            return Vec::new();
        }
        self.seen_for = Some(visit);
        let wait = Duration::from_millis(desk.settings.seen_after_ms);
        vec![Action::After(wait, Message::SeenDue(mail.id, visit))]
    }

    /// Marks what is open in the conversation as read.
    pub(super) fn talk_seen(&self, round: u64) -> Vec<Action> {
        let messages = self.talk.unseen(&self.reader);
        if self.talk.rounds() != round || messages.is_empty() {
            return Vec::new();
        }
        vec![Action::Send(Command::SetFlag { messages, flag: Flag::Seen, change: FlagChange::Add })]
    }

    fn step_in_talk(&mut self, forward: bool, desk: &Desk<'_>) -> Vec<Action> {
        let wishes = self.talk.step(forward, &mut self.reader);
        self.of_talk(wishes, desk)
    }

    /// Makes a conversation of its own of the current message and what answers it.
    fn split(&self) -> Vec<Action> {
        let current = self.talk.current().into_iter();
        current.map(|id| Action::Send(Command::Thread(ThreadDeed::Split(id)))).collect()
    }

    pub(super) fn seen_due(&mut self, id: MessageId, visit: u64) -> Vec<Action> {
        // Who pulls a message away did not read it.
        let still = self.drag.is_none()
            && self.reader.visits() == visit
            && self.reader.wanted() == Some(id)
            && self.reader.shown().is_some_and(|m| m.id == id && !m.flags.contains(&Flag::Seen));
        if !still {
            return Vec::new();
        }
        vec![Action::Send(Command::SetFlag { messages: vec![id], flag: Flag::Seen, change: FlagChange::Add })]
    }

    fn attachment(&self, path: &PartPath) -> Option<(MessageId, Attachment)> {
        let mail = self.reader.shown()?;
        let attachment = mail.attachments.iter().find(|a| a.path == *path)?;
        Some((mail.id, attachment.clone()))
    }

    pub(super) fn with_attachment(
        &self,
        path: &PartPath,
        action: impl FnOnce(MessageId, Attachment) -> Action,
    ) -> Vec<Action> {
        self.attachment(path).map_or_else(Vec::new, |(id, attachment)| vec![action(id, attachment)])
    }

    pub(super) fn open_attachment(&self, path: &PartPath) -> Vec<Action> {
        let Some((id, attachment)) = self.attachment(path) else { return Vec::new() };
        if crate::mime::filename::is_executable(&attachment.name) {
            return vec![Action::Say(Note::Dangerous(attachment.name))];
        }
        vec![Action::FindTemporary(id, attachment)]
    }

    pub(super) fn download(
        &mut self,
        message: MessageId,
        path: &PartPath,
        place: Option<Place>,
    ) -> Vec<Action> {
        let Some(place) = place else { return Vec::new() };
        self.transfer(message, path, Purpose::Save(place.target), place.write_to)
    }

    /// A throw-away file was found for an attachment that is to be opened.
    pub(in crate::ui) fn open_in(
        &mut self,
        message: MessageId,
        path: &PartPath,
        place: PathBuf,
    ) -> Vec<Action> {
        self.transfer(message, path, Purpose::Open, place)
    }

    pub(super) fn download_all(&mut self, message: MessageId, places: Vec<(PartPath, Place)>) -> Vec<Action> {
        let batch = self.transfers.batch();
        let all = places.into_iter().flat_map(|(path, place)| {
            let purpose = Purpose::SaveAll { target: place.target, batch };
            self.transfer(message, &path, purpose, place.write_to)
        });
        all.collect()
    }

    fn transfer(
        &mut self,
        message: MessageId,
        path: &PartPath,
        purpose: Purpose,
        place: PathBuf,
    ) -> Vec<Action> {
        // The user may have gone on to another message while the dialog was open.
        let known = self.reader.shown().filter(|m| m.id == message);
        let known = known.and_then(|m| m.attachments.iter().find(|a| a.path == *path));
        let (name, total) = known.map_or((String::new(), 0), |a| (a.name.clone(), a.transported));
        match self.transfers.begin(message, path, &name, total, purpose) {
            Some(transfer) => vec![Action::Send(Command::FetchPart {
                message,
                path: path.clone(),
                destination: Destination::File(place),
                transfer,
            })],
            None => Vec::new(),
        }
    }

    /// Where the present problem of an account can be put right.
    fn page_of(&self, account: AccountId) -> Option<String> {
        match self.statuses.get(&account)? {
            AccountStatus::Offline { reason, .. } | AccountStatus::SignInNeeded(reason) => {
                reason.page().map(str::to_owned)
            }
            AccountStatus::Connecting | AccountStatus::Syncing { .. } | AccountStatus::Online { .. } => None,
        }
    }

    pub(super) fn fix(&mut self, account: AccountId, fix: Fix) -> Vec<Action> {
        self.details = false;
        match fix {
            Fix::Nothing | Fix::ChooseFile => Vec::new(),
            Fix::Retry | Fix::UnlockKeyring | Fix::FreeSpace => {
                vec![Action::Send(Command::SyncNow(Some(account)))]
            }
            Fix::GoOnline => vec![Action::Send(Command::SetOffline(false))],
            Fix::EnterPassword => vec![Action::AskPassword(account)],
            Fix::SignIn => vec![Action::Send(Command::SignIn(account))],
            Fix::OpenPage => self.page_of(account).map(Action::OpenLink).into_iter().collect(),
            Fix::EditServer | Fix::ChooseCertificate | Fix::ReviewCertificate | Fix::EditPasswordCommand => {
                vec![Action::EditAccount(account)]
            }
        }
    }
}
