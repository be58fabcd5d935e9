//! The source of a message as a page over the screen.

use super::Look;
use crate::ui::a11y::{NodeKey, Role, semantic};
use crate::ui::command::Do;
use crate::ui::icon::Icon;
use crate::ui::parts::{dim, hairline, strong};
use crate::ui::problem;
use crate::ui::screen::mail::find::{Find, FindMessage};
use crate::ui::screen::mail::source::{CLOSE, Source, SourceMessage};
use crate::ui::screen::mail::{Mail, Message};
use crate::ui::theme::{Element, button as looks, container as grounds, space, typography};
use crate::ui::widget::{BodyEvent, BodyText, button, first_keys, focus_trap, icon_button};
use iced::keyboard::{Key, Modifiers, key::Named};
use iced::widget::{center, column, container, opaque, row};
use iced::{Alignment, Length};

const KEY: NodeKey = NodeKey::named("source");

pub(super) fn view<'a>(source: &'a Source, mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let l = look.locale;
    let title = l.text(if source.header_only { "source-header" } else { "source-all" });
    let other = l.text(if source.header_only { "source-show-all" } else { "source-show-header" });
    let head = row![
        container(strong(title.clone()).size(typography::SUBTITLE)).width(Length::Fill),
        button(KEY.part(1), other).style(looks::ghost).on_press(Message::Source(SourceMessage::Toggled)),
        button(KEY.part(2), l.text("command-save-message"))
            .style(looks::ghost)
            .on_press(Message::Do(Do::SaveMessage)),
        icon_button(KEY.part(3), Icon::Search, l.text("find-bar")).on_press(Message::Do(Do::Find)),
        icon_button(KEY.part(4), Icon::Close, l.text("close")).on_press(CLOSE),
    ]
    .spacing(space::S)
    .align_y(Alignment::Center);
    let body: Element<'a, Message> = match (&source.text, &source.failed) {
        (Some(text), _) => {
            let content = if source.header_only { &text.header } else { &text.all };
            let found = mail.find().map(Find::in_text).unwrap_or_default();
            BodyText::new(KEY.part(6), content, look.body_words, event)
                .id("source")
                .zoom(look.settings.message_zoom)
                .found(found)
                .into()
        }
        (None, Some(why)) => center(dim(problem::explain(why, l).what)).into(),
        (None, None) => center(dim(l.text("reader-loading"))).into(),
    };
    let bar = mail.find().map(|find| super::find::view(find, look));
    let page = column![container(head).padding([space::S, space::L]), hairline()].push(bar).push(body);
    let page = container(page).width(Length::Fill).height(Length::Fill).style(grounds::surface);
    let page = semantic(KEY, Role::Dialog, title).modal().wrap(page);
    opaque(focus_trap(first_keys(page, keys), CLOSE))
}

fn event(event: BodyEvent) -> Message {
    super::reader::body_event(event)
}

/// Keys that no dialog lets through.
fn keys(key: &Key, modifiers: Modifiers) -> Option<Message> {
    match (key.as_ref(), modifiers) {
        (Key::Character("f"), Modifiers::COMMAND) => Some(Message::Do(Do::Find)),
        (Key::Named(Named::F3), Modifiers::SHIFT) => Some(Message::Find(FindMessage::Step(false))),
        (Key::Named(Named::F3), _) => Some(Message::Find(FindMessage::Step(true))),
        _ => None,
    }
}
