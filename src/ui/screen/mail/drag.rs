//! Dragging messages or a folder onto a folder: what is in the air, which folder takes it, what a drop does.
//!
//! Pure. The pointer's way is followed by the widgets; here arrive only beginning, folder below, end.

use super::chosen::Chosen;
use super::folders::{Folders, Node};
use super::layout::{Layout, Pane};
use super::message::Question;
use super::{Action, Desk, Mail, Message, folder_name};
use crate::model::{MailboxId, MessageId};
use crate::sync::Command;
use crate::ui::note::Note;
use crate::ui::widget::DragEvent;
use iced::Point;
use std::time::Duration;

/// A folded folder opens when something is held over it for so long.
const SPRING: Duration = Duration::from_millis(650);

/// What is dragged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load {
    /// Messages of the open folder.
    Messages(Chosen),
    /// A folder.
    Mailbox(MailboxId),
}

/// Why a folder does not take what is dragged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The messages are in it.
    SameFolder,
    /// It holds other folders only.
    NoMessages,
    /// An account takes no messages, only its folders do.
    OnAccount,
    /// A folder cannot be put into itself or what is inside of it.
    IntoItself,
    /// Folders stay in their account.
    OtherAccount,
    /// The folder is there already.
    SamePlace,
}

/// What would come of a drop now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing: there is no folder below the pointer.
    Nowhere,
    /// It would go there.
    Takes(Node),
    /// It can't go there.
    Refuses(Refusal),
}

/// A drag.
#[derive(Clone, Debug)]
pub struct Drag {
    /// What is dragged.
    pub load: Load,
    /// Where the pointer was at the beginning.
    pub at: Point,
    /// Whether it will be a copy.
    pub copies: bool,
    from: Option<MailboxId>,
    /// What is below the pointer; `None` until the tree told.
    over: Option<Option<Node>>,
    /// Counts what was below the pointer.
    visits: u64,
    /// Let go before the tree told what is below the pointer.
    dropped: bool,
    /// Folders that opened for this drag.
    sprung: Vec<Node>,
    /// The folder pane came for this drag.
    drawer: bool,
}

impl Drag {
    fn new(load: Load, at: Point, copies: bool, from: Option<MailboxId>) -> Self {
        let (over, sprung) = (None, Vec::new());
        Self { load, at, copies, from, over, visits: 0, dropped: false, sprung, drawer: false }
    }

    /// What would come of a drop now.
    #[must_use]
    pub fn verdict(&self, folders: &Folders) -> Verdict {
        let Some(node) = self.over.flatten() else { return Verdict::Nowhere };
        let refusal = match &self.load {
            Load::Messages(_) => self.refusal_of_messages(node, folders),
            Load::Mailbox(mailbox) => refusal_of_mailbox(*mailbox, node, folders),
        };
        refusal.map_or(Verdict::Takes(node), Verdict::Refuses)
    }

    fn refusal_of_messages(&self, node: Node, folders: &Folders) -> Option<Refusal> {
        let Node::Mailbox(id) = node else { return Some(Refusal::OnAccount) };
        if self.from == Some(id) {
            return Some(Refusal::SameFolder);
        }
        let selectable = folders.find(id).is_some_and(|row| row.selectable);
        (!selectable).then_some(Refusal::NoMessages)
    }
}

fn refusal_of_mailbox(mailbox: MailboxId, node: Node, folders: &Folders) -> Option<Refusal> {
    let account = folders.find(mailbox)?.account;
    let (target, other) = match node {
        Node::Account(other) => (None, other),
        Node::Mailbox(id) => (Some(id), folders.find(id)?.account),
    };
    if account != other {
        return Some(Refusal::OtherAccount);
    }
    if target.is_some_and(|id| id == mailbox || folders.is_within(id, mailbox)) {
        return Some(Refusal::IntoItself);
    }
    (folders.parent(mailbox) == target).then_some(Refusal::SamePlace)
}

impl Mail {
    /// The first of the chosen messages.
    #[must_use]
    pub fn first_chosen(&self) -> Option<MessageId> {
        self.list.chosen().iter().next()
    }

    /// What is being dragged.
    #[must_use]
    pub const fn dragged(&self) -> Option<&Drag> {
        self.drag.as_ref()
    }

    /// A row is pulled away: all that is chosen, if it is among that, else the row alone.
    pub(super) fn drag_messages(&mut self, id: MessageId, at: Point, copies: bool) -> Vec<Action> {
        let chosen = self.list.chosen();
        let load = if chosen.contains(&id) { chosen.clone() } else { Chosen::one(id) };
        self.close_menus();
        self.drag = Some(Drag::new(Load::Messages(load), at, copies, self.list.mailbox()));
        Vec::new()
    }

    /// A folder is pulled away.
    pub(super) fn drag_folder(&mut self, node: Node, at: Point) -> Vec<Action> {
        if let Node::Mailbox(mailbox) = node {
            self.close_menus();
            self.drag = Some(Drag::new(Load::Mailbox(mailbox), at, false, None));
        }
        Vec::new()
    }

    /// The drag goes on, or ends.
    pub(super) fn drag_event(&mut self, event: DragEvent, desk: &mut Desk<'_>) -> Vec<Action> {
        let Some(drag) = &mut self.drag else { return Vec::new() };
        match event {
            DragEvent::Copies(copies) => {
                drag.copies = copies && matches!(drag.load, Load::Messages(_));
            }
            DragEvent::Edge if !self.layout.shows(Pane::Folders, desk.width, desk.settings) => {
                drag.drawer = true;
                self.layout.drawer = true;
            }
            DragEvent::Edge => {}
            DragEvent::Cancelled => {
                self.end_drag();
            }
            DragEvent::Dropped => return self.drop_load(desk),
        }
        Vec::new()
    }

    /// Another row of the tree is below the pointer.
    pub(super) fn drag_over(&mut self, node: Option<Node>, desk: &mut Desk<'_>) -> Vec<Action> {
        let closed = node.is_some_and(|node| self.folders.is_closed(node));
        let Some(drag) = &mut self.drag else { return Vec::new() };
        drag.over = Some(node);
        drag.visits += 1;
        let visit = drag.visits;
        if drag.dropped {
            return self.drop_load(desk);
        }
        if closed { vec![Action::After(SPRING, Message::SpringDue(visit))] } else { Vec::new() }
    }

    /// Something was held over a folded folder for a while.
    pub(super) fn spring(&mut self, visit: u64) -> Vec<Action> {
        let Some(drag) = &mut self.drag else { return Vec::new() };
        if let Some(Some(node)) = drag.over
            && drag.visits == visit
            && self.folders.is_closed(node)
        {
            drag.sprung.push(node);
            self.folders.toggle(node);
        }
        Vec::new()
    }

    /// Takes what is dragged out of the air; folders that opened for it close.
    fn end_drag(&mut self) -> Option<Drag> {
        let drag = self.drag.take()?;
        for node in drag.sprung.iter().rev() {
            if !self.folders.is_closed(*node) {
                self.folders.toggle(*node);
            }
        }
        if drag.drawer {
            self.layout.drawer = false;
        }
        Some(drag)
    }

    fn drop_load(&mut self, desk: &mut Desk<'_>) -> Vec<Action> {
        let Some(drag) = &mut self.drag else { return Vec::new() };
        let shown = self.layout.drawer || Layout::folders_beside(desk.width, desk.settings);
        if drag.over.is_none() && !drag.dropped && shown {
            // The tree tells with its next frame what is below the pointer.
            drag.dropped = true;
            return Vec::new();
        }
        let Some(drag) = self.end_drag() else { return Vec::new() };
        match (drag.verdict(&self.folders), drag.load) {
            (Verdict::Nowhere, _) => Vec::new(),
            (Verdict::Refuses(refusal), _) => vec![Action::Say(Note::NotDropped(refusal))],
            (Verdict::Takes(Node::Mailbox(to)), Load::Messages(messages)) => {
                self.carry(messages.to_vec(), to, drag.copies, desk)
            }
            (Verdict::Takes(Node::Account(_)), Load::Messages(_)) => Vec::new(),
            (Verdict::Takes(node), Load::Mailbox(mailbox)) => self.ask_move_folder(mailbox, node, desk),
        }
    }

    /// Folders are moved by accident easily, so that is asked.
    fn ask_move_folder(&self, mailbox: MailboxId, node: Node, desk: &Desk<'_>) -> Vec<Action> {
        let Some(row) = self.folders.find(mailbox) else { return Vec::new() };
        let (parent, into) = match node {
            Node::Account(_) => (None, None),
            Node::Mailbox(id) => (Some(id), self.folders.find(id)),
        };
        let command = Command::RenameMailbox { mailbox, parent, name: row.name.clone() };
        let name = folder_name(row, desk.locale).into_owned();
        let parent = into.map(|row| folder_name(row, desk.locale).into_owned());
        vec![Action::Ask(Question::MoveFolder { name, parent, command })]
    }
}

#[cfg(test)]
mod tests;
