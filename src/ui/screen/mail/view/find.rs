//! The bar to search in what is read.

use super::Look;
use crate::ui::a11y::{Live, NodeKey, Role, semantic};
use crate::ui::icon::Icon;
use crate::ui::locale::tr;
use crate::ui::parts::{caption, hairline};
use crate::ui::screen::mail::find::{Find, FindMessage};
use crate::ui::screen::mail::{Message, find_id};
use crate::ui::theme::{Element, container as grounds, input, space, typography};
use crate::ui::widget::{first_keys, icon_button};
use iced::keyboard::{Key, Modifiers, key::Named};
use iced::widget::{column, container, row, text_input};
use iced::{Alignment, Length};

const KEY: NodeKey = NodeKey::named("find");
/// Widest field.
const FIELD: f32 = 320.0;

pub(super) fn view<'a>(find: &'a Find, look: &Look<'a>) -> Element<'a, Message> {
    let edited = |query| Message::Find(FindMessage::Edited(query));
    let name = look.locale.text("find-bar");
    let field = text_input(&name, find.query())
        .id(find_id())
        .size(typography::BODY)
        .padding(space::XS)
        .style(input::text_field)
        .on_input(edited)
        .on_submit(Message::Find(FindMessage::Step(true)));
    let field = semantic(KEY.part(1), Role::SearchInput, name)
        .value(find.query())
        .on_set_value(edited)
        .wrap(container(field).max_width(FIELD));
    let (current, count) = find.count();
    let words = match (find.query().trim().is_empty(), count) {
        (true, _) => String::new(),
        (false, 0) => look.locale.text("find-nothing").into_owned(),
        (false, _) => tr!(look.locale, "find-count", current = current, count = count).into_owned(),
    };
    let said = semantic(KEY.part(2), Role::Status, words.clone()).live(Live::Polite).wrap(caption(words));
    let tool = |part, icon, text: &'static str, message| {
        icon_button(KEY.part(part), icon, look.locale.text(text)).on_press_maybe(message)
    };
    let step = |forward| (count > 0).then_some(Message::Find(FindMessage::Step(forward)));
    let bar = row![
        container(field).width(Length::FillPortion(3)),
        container(said).width(Length::FillPortion(1)),
        tool(3, Icon::ChevronUp, "command-find-previous", step(false)),
        tool(4, Icon::ChevronDown, "command-find-next", step(true)),
        tool(5, Icon::Close, "find-close", Some(Message::Find(FindMessage::Closed))),
    ]
    .spacing(space::S)
    .align_y(Alignment::Center);
    let bar = container(bar).padding([space::XS, space::M]).width(Length::Fill).style(grounds::chrome);
    column![first_keys(bar, keys), hairline()].into()
}

/// Keys of the field that it would take for itself.
fn keys(key: &Key, modifiers: Modifiers) -> Option<Message> {
    let message = match (key.as_ref(), modifiers.shift()) {
        (Key::Named(Named::Enter), true) | (Key::Named(Named::F3), true) => FindMessage::Step(false),
        (Key::Named(Named::F3), false) => FindMessage::Step(true),
        (Key::Named(Named::Escape), _) => FindMessage::Closed,
        _ => return None,
    };
    Some(Message::Find(message))
}
