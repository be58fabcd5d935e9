//! What a reader hears of the tree: its rows, one inside of the other.

use super::widget::State;
use super::{FolderTree, children, parent, place};
use crate::ui::a11y::node::{Description, Member};
use crate::ui::a11y::{Action, Role};
use iced::Rectangle;

impl<Message> FolderTree<'_, Message> {
    pub(super) fn describe(&self, state: &State, bounds: Rectangle) -> (Description, Vec<Member>) {
        let mut tree = Description::new(self.key, Role::Tree, self.label.clone());
        tree.active = self.cursor(state).and_then(|i| self.rows.get(i)).map(|row| self.key_of(row));
        tree.set_size = Some(self.rows.iter().filter(|row| row.level == 0).count());
        let mut members: Vec<Member> = Vec::with_capacity(self.rows.len());
        for (index, row) in self.rows.iter().enumerate() {
            let mut item = Description::new(self.key_of(row), Role::TreeItem, row.name.clone());
            item.description = Some(row.description.clone().into_owned()).filter(|text| !text.is_empty());
            item.level = Some(row.level + 1);
            item.position = Some(place(&self.rows, index));
            item.set_size = row.expanded.map(|_| children(&self.rows, index));
            item.expanded = row.expanded;
            item.selected = row.selectable.then_some(row.selected);
            item.actions =
                vec![Action::Click, Action::Focus, Action::ScrollIntoView, Action::ShowContextMenu];
            match row.expanded {
                Some(true) => item.actions.push(Action::Collapse),
                Some(false) => item.actions.push(Action::Expand),
                None => {}
            }
            let bounds = self.row_bounds(bounds, state.scroll.offset(), index);
            let parent = parent(&self.rows, index);
            members.push(Member { description: item, bounds, parent });
        }
        (tree, members)
    }
}
