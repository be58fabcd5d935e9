//! What happens in the pages of HTML messages, and what they want done.

use super::sheets::{self, Frame};
use super::{Action, Desk, Mail, Menu, MenuOf, Message, open_link};
use crate::model::{MessageId, PartPath};
use crate::sync::{Command, Destination};
use crate::ui::read::Html;
use crate::ui::screen::mail::layout::Pane;
use crate::ui::widget::HtmlEvent;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long the user waits for a page before its text is shown.
const LATE: Duration = Duration::from_secs(2);

/// What can happen with pages.
#[derive(Clone, Debug)]
pub enum PageMessage {
    /// Something happened in the page of a message.
    On(MessageId, HtmlEvent),
    /// Something came of what a page wanted.
    News(sheets::News),
    /// A page that could not be shown is to be tried again.
    Retried(MessageId),
}

/// Pictures of mails that were asked for, each once.
pub(super) type Pictures = BTreeSet<(MessageId, PartPath)>;

impl Mail {
    /// Brings the pages in line with what is open and how it is to be shown. After each message.
    pub fn settle(&mut self, desk: &Desk<'_>) -> Vec<Action> {
        let frame = Frame { scale: desk.scale, zoom: desk.settings.message_zoom, dark: desk.dark };
        let mut open: Vec<(MessageId, &Html, bool)> = Vec::new();
        if self.talk.shown().is_some() {
            for message in self.talk.messages() {
                let shown = self.talk.reader(message.id, &self.reader).and_then(|reader| reader.shown());
                if let Some(html) = shown.filter(|m| m.id == message.id).and_then(|m| m.html.as_ref()) {
                    open.push((message.id, self.watches.dressed(message.id).unwrap_or(html), false));
                }
            }
        } else if let Some(mail) = self.reader.shown()
            && let Some(html) = &mail.html
        {
            open.push((mail.id, self.watches.dressed(mail.id).unwrap_or(html), false));
        }
        let missing =
            open.iter().flat_map(|(id, html, _)| html.missing.iter().map(|path| (*id, path.clone())));
        let missing: Vec<(MessageId, PartPath)> = missing.collect();
        let wishes = self.sheets.follow(&open, frame);
        let pages = open.iter().map(|(id, ..)| *id).filter(|id| self.sheets.shows(*id)).collect();
        self.talk.set_pages(pages, &self.reader);
        let mut actions: Vec<Action> = wishes.into_iter().map(page_action).collect();
        actions.extend(self.watch());
        actions.extend(self.sheets.take_shifts().into_iter().map(Action::Scroll));
        for (message, path) in missing {
            if self.pictures.insert((message, path.clone())) {
                let transfer = self.transfers.unseen();
                let destination = Destination::Store;
                actions.push(Action::Send(Command::FetchPart { message, path, destination, transfer }));
            }
        }
        actions
    }

    pub(super) fn in_page(&mut self, message: PageMessage, desk: &mut Desk<'_>) -> Vec<Action> {
        match message {
            PageMessage::On(id, event) => self.on_page(id, event, desk),
            PageMessage::News(news) => self.then_nothing(|mail| mail.sheets.take(news)),
            PageMessage::Retried(id) => self.then_nothing(|mail| mail.sheets.retry(id)),
        }
    }

    fn on_page(&mut self, id: MessageId, event: HtmlEvent, desk: &mut Desk<'_>) -> Vec<Action> {
        match event {
            HtmlEvent::Needs { width, rows } => self.then_nothing(|mail| mail.sheets.needs(id, width, rows)),
            HtmlEvent::Hover(link) => {
                let target = link.map(|link| link.target.to_string());
                self.then_nothing(|mail| mail.reader.hover(target))
            }
            HtmlEvent::Open(link) => {
                self.close_menus();
                vec![open_link(self.watches.target(link.target.to_string()))]
            }
            HtmlEvent::Menu { at, link, image: _, selection } => {
                self.talk.make_current(id, &mut self.reader);
                let link = link.map(|link| link.target);
                let some = link.is_some() || selection.is_some();
                self.then_nothing(|m| {
                    m.menu = some.then_some(Menu { at, of: MenuOf::Text { link, selection } })
                })
            }
            HtmlEvent::Scroll(by) => vec![Action::Scroll(by)],
            HtmlEvent::Turn(pages) => vec![Action::TurnPages(pages)],
            HtmlEvent::Zoom(steps) => {
                desk.settings.zoom_messages(steps);
                vec![Action::Remember]
            }
            HtmlEvent::Focused => {
                self.talk.make_current(id, &mut self.reader);
                self.then_nothing(|mail| mail.layout.pane = Some(Pane::Reader))
            }
        }
    }
}

fn page_action(wish: sheets::Wish) -> Action {
    match wish {
        sheets::Wish::SayWhenLate(id, serial) => {
            Action::After(LATE, Message::Page(PageMessage::News(sheets::News::Late(id, serial))))
        }
        wish @ (sheets::Wish::Open(..) | sheets::Wish::LayOut(..) | sheets::Wish::Paint(..)) => {
            Action::Page(wish)
        }
    }
}
