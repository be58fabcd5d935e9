//! What a reader hears of the page: a document with its text, and its links.

use super::HtmlView;
use super::picture::Picture;
use super::state::{MOST_STOPS, State, Stop, from_page};
use crate::ui::a11y::node::{Description, Member, NodeKey, TextContent};
use crate::ui::a11y::{Action, Role};
use crate::ui::widget::body_text::{fold_button, fold_label};
use iced::{Rectangle, Vector};

/// Bytes of text that a reader gets.
const MOST_TEXT: usize = 128 * 1024;

impl<Message> HtmlView<'_, Message> {
    pub(super) fn stop_key(&self, stop: Stop) -> NodeKey {
        match stop {
            Stop::Link(link) => self.key.part(2).item(u64::try_from(link).unwrap_or(u64::MAX)),
            Stop::Quote => self.key.part(3),
        }
    }

    /// The first place of a link in the window's content, or that of the button.
    pub(super) fn stop_bounds(
        &self,
        picture: &Picture,
        state: &State,
        stop: Stop,
        bounds: Rectangle,
    ) -> Rectangle {
        let place = match stop {
            Stop::Link(link) => {
                let first = picture.page().links.get(link).and_then(|link| link.areas.first().copied());
                first.map(|area| from_page(picture, state.across, bounds, area))
            }
            Stop::Quote => self.quote_bounds(picture, state, bounds),
        };
        place.unwrap_or(bounds)
    }

    /// Where the button of the quote is, if there is one.
    pub(super) fn quote_bounds(
        &self,
        picture: &Picture,
        state: &State,
        bounds: Rectangle,
    ) -> Option<Rectangle> {
        let (fold, words) = (picture.page().fold.as_ref()?, self.words?);
        let place = from_page(picture, state.across, bounds, fold.area);
        let width = match &*state.labels.borrow() {
            Some((_, [hide, show])) => {
                if fold.open {
                    hide.width
                } else {
                    show.width
                }
            }
            None => fold_label(&words, !fold.open).width,
        };
        Some(fold_button(width, 1) + Vector::new(place.x.round(), place.y.round()))
    }

    /// What Tab reaches: links, and the button of the quote where it stands among them.
    pub(super) fn stops(picture: Option<&Picture>) -> impl Iterator<Item = Stop> + use<'_, Message> {
        let page = picture.map(|picture| picture.page());
        let links = page.map_or(0, |page| page.links.len().min(MOST_STOPS));
        let fold = page.and_then(|page| page.fold.as_ref());
        let above = fold.zip(page).map_or(links, |(fold, page)| {
            let below =
                |link: &crate::html::page::Link| link.areas.first().is_some_and(|area| area.y >= fold.area.y);
            page.links.iter().take(links).position(below).unwrap_or(links)
        });
        let button = fold.map(|_| Stop::Quote);
        (0..above).map(Stop::Link).chain(button).chain((above..links).map(Stop::Link))
    }

    pub(super) fn describe(&self, state: &State, bounds: Rectangle) -> (Description, Vec<Member>) {
        let mut document = Description::new(self.key, Role::Document, self.label);
        document.read_only = true;
        document.busy = self.picture.is_none();
        document.actions = vec![Action::SetTextSelection];
        document.active = state.stop.map(|stop| self.stop_key(stop));
        let Some(picture) = self.picture else {
            // Clients remember that a document has no text: it always has one.
            document.text = Some(TextContent::default());
            return (document, Vec::new());
        };
        let page = picture.page();
        let text = crate::mime::display::cut(&page.text, MOST_TEXT).to_owned();
        let selection = state.selection.filter(|s| s.anchor.max(s.head) <= text.len());
        document.text = Some(TextContent { text, selection: selection.map(|s| (s.head, s.anchor)) });
        let members = Self::stops(self.picture).filter_map(|stop| {
            let mut member = match stop {
                Stop::Link(number) => {
                    let link = page.links.get(number)?;
                    let label = if link.label.is_empty() { &link.target } else { &link.label };
                    let mut member = Description::new(self.stop_key(stop), Role::Link, label.as_str());
                    member.description = Some(link.target.clone());
                    member
                }
                Stop::Quote => {
                    let (open, words) = (page.fold.as_ref()?.open, self.words?);
                    let label = if open { words.hide_quote } else { words.show_quote };
                    let mut member = Description::new(self.stop_key(stop), Role::Button, label);
                    member.expanded = Some(open);
                    member.actions = vec![if open { Action::Collapse } else { Action::Expand }];
                    member
                }
            };
            member.actions.extend([Action::Click, Action::Focus, Action::ScrollIntoView]);
            Some(Member::new(member, self.stop_bounds(picture, state, stop, bounds)))
        });
        (document, members.collect())
    }
}
