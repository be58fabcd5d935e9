//! The list of folders to move or copy to, in front of everything.

use super::Look;
use super::folders::icon;
use crate::ui::a11y::{Live, NodeKey, Role, semantic};
use crate::ui::icon::Icon;
use crate::ui::locale::tr;
use crate::ui::parts::{caption, dim, elided, hairline, strong};
use crate::ui::screen::mail::Message;
use crate::ui::screen::mail::folders::places::Place;
use crate::ui::screen::mail::palette::{Palette, PaletteMessage, SHOWN};
use crate::ui::theme::{Element, button as looks, container as grounds, input, space, typography};
use crate::ui::widget::{button, first_keys, focus_trap};
use iced::keyboard::{Key, Modifiers, key::Named};
use iced::widget::{Column, column, container, opaque, row, space as gap, text_input};
use iced::{Alignment, Length, Padding};

const KEY: NodeKey = NodeKey::named("palette");
/// Width of the list.
const WIDTH: f32 = 460.0;
/// Distance from the top of the window.
const TOP: f32 = 88.0;
/// Most that the address of an account takes of a line.
const ADDRESS: f32 = 150.0;
/// Rows that a page key moves by.
const PAGE: isize = 8;

#[expect(clippy::wildcard_enum_match_arm, reason = "iced has hundreds of keys")]
fn keys(key: &Key, _: Modifiers) -> Option<Message> {
    let step = |by| Some(Message::Palette(PaletteMessage::Step(by)));
    match key.as_ref() {
        Key::Named(Named::ArrowDown) => step(1),
        Key::Named(Named::ArrowUp) => step(-1),
        Key::Named(Named::PageDown) => step(PAGE),
        Key::Named(Named::PageUp) => step(-PAGE),
        _ => None,
    }
}

/// The list of folders.
pub(super) fn view<'a>(palette: &'a Palette, several: bool, look: &Look<'a>) -> Element<'a, Message> {
    let l = look.locale;
    let count = palette.messages.len();
    let title = match (palette.copies, palette.threads) {
        (true, false) => tr!(l, "palette-copy", count = count),
        (false, false) => tr!(l, "palette-move", count = count),
        (true, true) => tr!(l, "palette-copy-threads", count = count),
        (false, true) => tr!(l, "palette-move-threads", count = count),
    };
    let edited = |query| Message::Palette(PaletteMessage::Edited(query));
    let hint = l.text("palette-hint");
    let field = text_input(&hint, &palette.query)
        .size(typography::BODY)
        .padding(space::S + space::XXS)
        .style(input::text_field)
        .on_input(edited)
        .on_submit(Message::Palette(PaletteMessage::Confirmed));
    let field = semantic(KEY.part(1), Role::SearchInput, title.clone())
        .value(palette.query.as_str())
        .placeholder(hint)
        .on_set_value(edited)
        .wrap(field);
    let mut list = Column::new().spacing(space::XXS);
    for (number, place, on) in palette.lines() {
        list = list.push(line((number, palette.count()), place, on, several));
    }
    if palette.count() == 0 {
        let nothing = l.text("palette-nothing");
        let words = semantic(KEY.part(2), Role::Label, nothing.clone()).wrap(dim(nothing));
        list = list.push(container(words).padding(space::S));
    }
    let list = semantic(KEY.part(3), Role::ListBox, l.text("folders")).wrap(list);
    let head = container(strong(title.clone())).padding([0.0, space::XXS]);
    let content = column![head, field, list, hairline(), foot(palette, look)].spacing(space::S);
    let card = container(content).padding(space::M).width(WIDTH).style(grounds::dialog);
    let card = semantic(KEY, Role::Dialog, title).modal().wrap(opaque(card));
    let card = focus_trap(first_keys(card, keys), Message::Palette(PaletteMessage::Closed));
    let room = Padding { top: TOP, left: space::S, right: space::S, ..Padding::ZERO };
    container(card).center_x(Length::Fill).padding(room).into()
}

/// A line; its place among how many, and whether there are several accounts.
fn line<'a>(number: (usize, usize), place: &'a Place, on: bool, several: bool) -> Element<'a, Message> {
    let mut content = row![icon(place.special_use).view(space::ICON_M)].spacing(space::S);
    let name = elided(place.way.as_str(), typography::BODY, typography::UI, |t| t.text);
    content = content.push(container(name).width(Length::Fill));
    if several {
        let address = elided(place.email.as_str(), typography::CAPTION, typography::UI, |t| t.text_dim);
        content = content.push(container(address).max_width(ADDRESS));
    }
    let name = if several { format!("{}, {}", place.way, place.email) } else { place.way.clone() };
    button(KEY.item(place.mailbox.to_row().unsigned_abs()), name)
        .role(Role::ListBoxOption)
        .content(content.align_y(Alignment::Center))
        .selected(on)
        .position(number.0, number.1)
        .width(Length::Fill)
        .style(if on { looks::menu_item_current } else { looks::row })
        .on_press(Message::Palette(PaletteMessage::Chosen(place.mailbox)))
        .into()
}

/// What Enter does now; spoken whenever it changes.
fn foot<'a>(palette: &Palette, look: &Look<'a>) -> Element<'a, Message> {
    let l = look.locale;
    let words = match palette.current() {
        Some(place) if palette.copies => tr!(l, "palette-enter-copy", folder = place.way.as_str()),
        Some(place) => tr!(l, "palette-enter-move", folder = place.way.as_str()),
        None => l.text("palette-nothing"),
    };
    let more = palette.count().saturating_sub(SHOWN);
    let text = elided(words.to_string(), typography::CAPTION, typography::UI, |t| t.text_dim);
    let said = semantic(KEY.part(4), Role::Status, words).live(Live::Polite).wrap(text);
    let mut foot = row![container(said).width(Length::Fill)].spacing(space::S).align_y(Alignment::Center);
    if more > 0 {
        foot = foot.push(caption(tr!(l, "palette-more", count = more)));
    }
    let (name, icon) = if palette.copies {
        ("palette-instead-move", Icon::Move)
    } else {
        ("palette-instead-copy", Icon::Copy)
    };
    let other = button(KEY.part(5), l.text(name))
        .icon(icon)
        .style(looks::ghost)
        .on_press(Message::Palette(PaletteMessage::CopiesToggled));
    foot.push(gap::horizontal().width(space::XS)).push(other).into()
}
