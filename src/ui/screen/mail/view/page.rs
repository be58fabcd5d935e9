//! A message as a page of HTML, with what is said above it: why it is shown as text, what else has to be known.

use super::Look;
use crate::html::Trouble;
use crate::model::MessageId;
use crate::ui::a11y::{NodeKey, Role};
use crate::ui::icon::Icon;
use crate::ui::parts::{caption, spoken};
use crate::ui::read::Mail as Opened;
use crate::ui::screen::mail::layout::Pane;
use crate::ui::screen::mail::page::PageMessage;
use crate::ui::screen::mail::{Mail, Message, pane_id};
use crate::ui::theme::{Element, button as looks, space};
use crate::ui::widget::{HtmlView, button};
use iced::widget::{column, container, row, space as gap};
use iced::{Alignment, Padding};

/// Whether the message that the keyboard is at is a page, which then has the focus of the pane.
pub(super) fn has_focus(mail: &Mail) -> bool {
    mail.reader.shown().is_some_and(|opened| mail.sheets.shows(opened.id))
}

/// The page of a message, or the place where it will be. `main`: it has the focus of the pane.
pub(super) fn view<'a>(
    key: NodeKey,
    opened: &Opened,
    main: bool,
    mail: &'a Mail,
    look: &Look<'a>,
) -> Option<Element<'a, Message>> {
    opened.html.as_ref()?;
    let id = opened.id;
    let shown = mail.sheets.shows(id);
    let picture = mail.sheets.picture(id).filter(|_| shown);
    let mut view = HtmlView::new(key.part(40), picture, look.scale, look.body_words.label, move |event| {
        Message::Page(PageMessage::On(id, event))
    })
    .words(look.body_words)
    .silent(!shown);
    if let Some(find) = mail.find().filter(|_| shown) {
        let (places, current, place) = find.in_page(id);
        view = view.found(places, current).reveal(place);
    }
    if main && shown {
        view = view.id(pane_id(Pane::Reader));
    }
    // The usual margin of a page brings its text in line with the head.
    Some(container(view).padding(Padding { left: space::L, right: space::L, ..Padding::ZERO }).into())
}

/// What stands above the body: notes on how it is shown.
pub(super) fn bars<'a>(
    key: NodeKey,
    opened: &Opened,
    mail: &'a Mail,
    look: &Look<'a>,
) -> Option<Element<'a, Message>> {
    let id = opened.id;
    let known = super::watch::bars(key, id, mail, look);
    let report = super::report::view(key, &opened.report, look);
    let mut any = known.is_some() || report.is_some();
    let mut all = column![].push(report).push(known).spacing(space::S);
    if let Some(trouble) = mail.sheets.trouble(id) {
        any = true;
        all = all.push(failed(key, id, trouble, look));
    } else if mail.sheets.is_late(id) {
        any = true;
        all = all.push(said(key.part(41), Icon::Clock, look.locale.text("page-late").into_owned(), None));
    }
    any.then(|| all.into())
}

fn failed<'a>(key: NodeKey, id: MessageId, trouble: &Trouble, look: &Look<'a>) -> Element<'a, Message> {
    let why = match trouble {
        Trouble::TooSlow => "page-too-slow",
        Trouble::Crashed | Trouble::Broken(_) => "page-crashed",
        Trouble::NoProcess(_) => "page-no-process",
    };
    let again = button(key.part(43), look.locale.text("page-again"))
        .style(looks::ghost)
        .on_press(Message::Page(PageMessage::Retried(id)));
    said(key.part(42), Icon::Warning, look.locale.text(why).into_owned(), Some(again.into()))
}

/// A line with an icon, and a button at its end.
pub(super) fn said<'a>(
    key: NodeKey,
    icon: Icon,
    words: String,
    action: Option<Element<'a, Message>>,
) -> Element<'a, Message> {
    let line =
        row![icon.view(space::ICON_S), caption(words.clone())].spacing(space::S).align_y(Alignment::Center);
    row![spoken(key, Role::Note, words, line)]
        .push(action.map(|action| row![gap::horizontal().width(space::S), action]))
        .align_y(Alignment::Center)
        .into()
}
