//! The folder pane.

use super::Look;
use crate::model::SpecialUse;
use crate::ui::a11y::NodeKey;
use crate::ui::command::Do;
use crate::ui::icon::Icon;
use crate::ui::locale::tr;
use crate::ui::parts::{self, color_of};
use crate::ui::screen::mail::drag::Verdict;
use crate::ui::screen::mail::folders::{Node, Row};
use crate::ui::screen::mail::layout::Pane;
use crate::ui::screen::mail::{Mail, Message, folder_name, pane_id};
use crate::ui::theme::{Element, button as looks, container as grounds, space};
use crate::ui::widget::folder_tree::{FolderTree, TreeEvent, TreeRow};
use crate::ui::widget::{DragEvent, button};
use iced::widget::{column, container};
use iced::{Alignment, Length};

pub(super) const fn icon(special_use: Option<SpecialUse>) -> Icon {
    match special_use {
        Some(SpecialUse::Inbox) => Icon::Inbox,
        Some(SpecialUse::Drafts) => Icon::Drafts,
        Some(SpecialUse::Sent) => Icon::Sent,
        Some(SpecialUse::Archive) => Icon::Archive,
        Some(SpecialUse::Junk) => Icon::Junk,
        Some(SpecialUse::Trash) => Icon::Trash,
        Some(SpecialUse::All) => Icon::All,
        Some(SpecialUse::Flagged) => Icon::Star,
        None => Icon::Folder,
    }
}

/// What is counted: unfinished mails in Drafts, unread ones elsewhere, nothing where no number helps.
fn counted(row: &Row) -> u64 {
    match row.special_use {
        Some(SpecialUse::Drafts) => row.total,
        Some(SpecialUse::Sent | SpecialUse::Trash | SpecialUse::All | SpecialUse::Flagged) => 0,
        Some(SpecialUse::Inbox | SpecialUse::Archive | SpecialUse::Junk) | None => row.unread,
    }
}

fn tree_row<'a>(row: &'a Row, opened: bool, mail: &Mail, look: &Look<'a>) -> TreeRow<'a> {
    let count = counted(row);
    let description = match row.node {
        Node::Mailbox(_) if look.spoken => {
            tr!(look.locale, "folder-description", unread = row.unread, total = row.total).into_owned()
        }
        Node::Account(_) | Node::Mailbox(_) => String::new(),
    };
    let color = match row.node {
        Node::Account(id) => mail.colors.get(&id).copied(),
        Node::Mailbox(_) => None,
    };
    TreeRow {
        id: row.node.to_row(),
        level: usize::from(row.level),
        icon: matches!(row.node, Node::Mailbox(_)).then(|| icon(row.special_use)),
        name: folder_name(row, look.locale),
        count: if count > 0 { look.locale.number(count).into() } else { "".into() },
        strong: row.unread > 0 && count > 0 && row.special_use != Some(SpecialUse::Junk),
        expanded: row.parent.then_some(row.open),
        selected: opened,
        selectable: row.selectable,
        draggable: matches!(row.node, Node::Mailbox(_)) && row.special_use.is_none(),
        description: description.into(),
        color: color.map(|color| color_of(color, look.dark).link),
    }
}

fn event(event: TreeEvent) -> Message {
    match event {
        TreeEvent::Select(id) => Message::FolderOpened(Node::from_row(id)),
        TreeEvent::Activate(id) => Message::FolderEntered(Node::from_row(id)),
        TreeEvent::Toggle(id) => Message::FolderToggled(Node::from_row(id)),
        TreeEvent::Focused => Message::PaneFocused(Pane::Folders),
        TreeEvent::Menu(id, at) => Message::FolderMenuOpened(Node::from_row(id), at),
        TreeEvent::Over(id) => Message::DragOver(id.map(Node::from_row)),
        TreeEvent::DragStart { row, at } => Message::FolderDragged(Node::from_row(row), at),
        TreeEvent::DragEnd => Message::Drag(DragEvent::Dropped),
    }
}

/// The folder pane.
pub(super) fn view<'a>(mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let opened = mail.folders.opened().map(Node::Mailbox);
    let rows =
        mail.folders.rows().iter().map(|row| tree_row(row, Some(row.node) == opened, mail, look)).collect();
    let tree = FolderTree::new(NodeKey::named("folders"), look.locale.text("folders"), rows, event)
        .id(pane_id(Pane::Folders))
        .density(look.settings.density)
        .dropping(mail.dragged().is_some())
        .refused(
            mail.dragged().is_some_and(|drag| matches!(drag.verdict(&mail.folders), Verdict::Refuses(_))),
        );
    let name = look.locale.text(Do::AddAccount.entry().name).into_owned();
    let add = button(NodeKey::named("folders.add"), name)
        .icon(Icon::Plus)
        .style(looks::ghost)
        .width(Length::Fill)
        .align(Alignment::Start)
        .on_press(Message::Do(Do::AddAccount));
    let content = column![Element::from(tree), parts::hairline(), container(add).padding(space::S)];
    container(content).height(Length::Fill).style(grounds::chrome).into()
}
