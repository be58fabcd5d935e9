//! What a reader hears of the page: a document with its text, and its links.

use super::HtmlView;
use super::picture::Picture;
use super::state::{MOST_STOPS, State, from_page};
use crate::ui::a11y::node::{Description, Member, NodeKey, TextContent};
use crate::ui::a11y::{Action, Role};
use iced::Rectangle;

/// Bytes of text that a reader gets.
const MOST_TEXT: usize = 128 * 1024;

impl<Message> HtmlView<'_, Message> {
    pub(super) fn link_key(&self, link: usize) -> NodeKey {
        self.key.part(2).item(u64::try_from(link).unwrap_or(u64::MAX))
    }

    /// The first place of a link in the window's content.
    pub(super) fn link_bounds(picture: &Picture, state: &State, link: usize, bounds: Rectangle) -> Rectangle {
        let first = picture.page().links.get(link).and_then(|link| link.areas.first().copied());
        first.map_or(bounds, |area| from_page(picture, state.across, bounds, area))
    }

    /// The links that Tab reaches.
    pub(super) fn stops(picture: Option<&Picture>) -> std::ops::Range<usize> {
        0..picture.map_or(0, |picture| picture.page().links.len().min(MOST_STOPS))
    }

    pub(super) fn describe(&self, state: &State, bounds: Rectangle) -> (Description, Vec<Member>) {
        let mut document = Description::new(self.key, Role::Document, self.label);
        document.read_only = true;
        document.busy = self.picture.is_none();
        document.actions = vec![Action::SetTextSelection];
        document.active = state.stop.map(|stop| self.link_key(stop));
        let Some(picture) = self.picture else {
            // Clients remember that a document has no text: it always has one.
            document.text = Some(TextContent::default());
            return (document, Vec::new());
        };
        let page = picture.page();
        let text = crate::mime::display::cut(&page.text, MOST_TEXT).to_owned();
        let selection = state.selection.filter(|s| s.anchor.max(s.head) <= text.len());
        document.text = Some(TextContent { text, selection: selection.map(|s| (s.head, s.anchor)) });
        let members = Self::stops(self.picture).filter_map(|number| {
            let link = page.links.get(number)?;
            let label = if link.label.is_empty() { &link.target } else { &link.label };
            let mut member = Description::new(self.link_key(number), Role::Link, label.as_str());
            member.description = Some(link.target.clone());
            member.actions.extend([Action::Click, Action::Focus, Action::ScrollIntoView]);
            Some(Member::new(member, Self::link_bounds(picture, state, number, bounds)))
        });
        (document, members.collect())
    }
}
