//! The toolbar and the menus, both made from the table of actions.

use super::Look;
use crate::model::{MessageId, SpecialUse};
use crate::ui::a11y::{NodeKey, Role, semantic};
use crate::ui::command::{Do, Entry};
use crate::ui::icon::Icon;
use crate::ui::locale::tr;
use crate::ui::parts::{hairline, menu_item};
use crate::ui::screen::mail::layout::{Columns, columns};
use crate::ui::screen::mail::page::{CHARSETS, PageMessage};
use crate::ui::screen::mail::{Mail, Message};
use crate::ui::theme::{Appearance, Density, Element, container as grounds, space};
use crate::ui::widget::{Button, icon_button};
use iced::Alignment;
use iced::widget::{Column, container, row, rule, space as gap};
use std::sync::Arc;

/// Height of the toolbar.
const HEIGHT: f32 = 48.0;
/// Height of the line between groups of buttons.
const DIVIDER: f32 = 20.0;

/// What the menu of a message offers; `None` is a line.
pub(super) const ROW_MENU: [Option<Do>; 16] = [
    Some(Do::OpenMessage),
    None,
    Some(Do::Archive),
    Some(Do::Delete),
    Some(Do::ToggleJunk),
    None,
    Some(Do::Move),
    Some(Do::Copy),
    None,
    Some(Do::ToggleRead),
    Some(Do::ToggleFlag),
    Some(Do::MuteThread),
    Some(Do::SplitThread),
    None,
    Some(Do::SaveAttachments),
    Some(Do::DeleteForever),
];

/// What the menu of a folder offers.
pub(super) const FOLDER_MENU: [Option<Do>; 7] = [
    Some(Do::MarkAllRead),
    None,
    Some(Do::NewFolder),
    Some(Do::RenameFolder),
    Some(Do::ToggleSubscribed),
    None,
    Some(Do::DeleteFolder),
];

/// What the menu of an account offers.
pub(super) const ACCOUNT_MENU: [Option<Do>; 5] =
    [Some(Do::GetMail), None, Some(Do::NewFolder), None, Some(Do::Accounts)];

/// What the main menu offers.
pub(super) const MAIN_MENU: [Option<Do>; 29] = [
    Some(Do::Undo),
    Some(Do::Redo),
    None,
    Some(Do::GetMail),
    Some(Do::ToggleOffline),
    Some(Do::ShowStatus),
    None,
    Some(Do::NewFolder),
    Some(Do::AddAccount),
    Some(Do::Accounts),
    Some(Do::RemoveAccount),
    None,
    Some(Do::Find),
    Some(Do::TogglePlain),
    Some(Do::FlipColors),
    Some(Do::ChooseCharset),
    Some(Do::ViewSource),
    Some(Do::ViewHeader),
    Some(Do::SaveMessage),
    Some(Do::Print),
    None,
    Some(Do::ToggleThreads),
    Some(Do::ToggleReader),
    Some(Do::NextDensity),
    Some(Do::NextTheme),
    Some(Do::Settings),
    Some(Do::Help),
    None,
    Some(Do::Quit),
];

pub(super) fn key(does: Do) -> NodeKey {
    NodeKey::named("toolbar").item(does as u64)
}

/// The name of an action; where it goes both ways, of the way that it would go now.
#[expect(clippy::wildcard_enum_match_arm, reason = "few actions have two names")]
pub(in crate::ui) fn name(does: Do, mail: &Mail, look: &Look<'_>) -> String {
    use crate::model::Flag;
    let l = look.locale;
    match does {
        Do::NextTheme => {
            let now = l.text(match look.settings.appearance {
                Appearance::System => "theme-system",
                Appearance::Light => "theme-light",
                Appearance::Dark => "theme-dark",
            });
            return tr!(l, "menu-theme", now = now).into_owned();
        }
        Do::NextDensity => {
            let now = l.text(match look.settings.density {
                Density::Compact => "density-compact",
                Density::Cozy => "density-cozy",
                Density::Relaxed => "density-relaxed",
            });
            return tr!(l, "menu-density", now = now).into_owned();
        }
        _ => {}
    }
    let key = match does {
        Do::ToggleRead if mail.list.chosen().is_empty() => "command-toggle-read",
        Do::ToggleRead if mail.list.lacks(&Flag::Seen) => "command-mark-read",
        Do::ToggleRead => "command-mark-unread",
        Do::ToggleFlag if !mail.list.chosen().is_empty() && !mail.list.lacks(&Flag::Flagged) => {
            "command-unflag"
        }
        Do::ToggleOffline if mail.is_offline_by_choice() => "command-go-online",
        Do::ToggleThreads if mail.list.is_threaded() => "menu-list-messages",
        Do::ToggleThreads => "menu-list-threads",
        Do::MuteThread if mail.is_muted() => "command-unmute-thread",
        Do::ToggleJunk if mail.opened_use() == Some(SpecialUse::Junk) => "command-not-junk",
        Do::Delete if mail.opened_use() == Some(SpecialUse::Trash) => "command-delete-forever",
        Do::ToggleSubscribed if mail.menu_folder().is_some_and(|row| row.subscribed) => "command-unsubscribe",
        Do::ToggleReader if look.settings.reader_shown => "menu-hide-reader",
        Do::ToggleReader => "menu-show-reader",
        other => other.entry().name,
    };
    l.text(key).into_owned()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "few actions have two pictures")]
fn icon(does: Do, mail: &Mail, look: &Look<'_>) -> Option<Icon> {
    use crate::model::Flag;
    match does {
        Do::ToggleJunk if mail.opened_use() == Some(SpecialUse::Junk) => Some(Icon::Inbox),
        Do::ToggleSubscribed if mail.menu_folder().is_some_and(|row| row.subscribed) => Some(Icon::EyeOff),
        Do::NextTheme if look.dark => Some(Icon::Moon),
        Do::ToggleRead if mail.list.lacks(&Flag::Seen) => Some(Icon::MailOpen),
        Do::ToggleFlag if !mail.list.chosen().is_empty() && !mail.list.lacks(&Flag::Flagged) => {
            Some(Icon::StarFilled)
        }
        other => other.entry().icon,
    }
}

fn keys(entry: &Entry, look: &Look<'_>) -> String {
    look.settings.keys.of(entry).first().map(|shortcut| shortcut.label(look.locale)).unwrap_or_default()
}

pub(super) fn tool<'a>(does: Do, mail: &Mail, look: &Look<'a>) -> Button<'a, Message> {
    let entry = does.entry();
    let enabled = entry.enabled(mail.situation());
    icon_button(key(does), icon(does, mail, look).unwrap_or(Icon::More), name(does, mail, look))
        .shortcut(keys(entry, look))
        .on_press_maybe(enabled.then_some(Message::Do(does)))
}

fn divider<'a>() -> Element<'a, Message> {
    container(rule::vertical(space::HAIRLINE)).height(DIVIDER).padding([0.0, space::XS]).into()
}

/// The toolbar.
pub(super) fn view<'a>(mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let narrow = columns(look.width) == Columns::One;
    let reading = narrow && mail.layout.reading;
    let mut tools = row![].spacing(space::XS).align_y(Alignment::Center);
    tools = if reading {
        tools.push(tool(Do::Back, mail, look))
    } else {
        tools.push(tool(Do::ToggleFolders, mail, look))
    };
    tools = tools.push(tool(Do::GetMail, mail, look)).push(divider());
    for does in [Do::Archive, Do::Delete, Do::ToggleJunk, Do::Move] {
        tools = tools.push(tool(does, mail, look));
    }
    tools = tools.push(divider());
    for does in [Do::ToggleRead, Do::ToggleFlag, Do::SaveAttachments] {
        tools = tools.push(tool(does, mail, look));
    }
    tools = tools.push(gap::horizontal());
    if !narrow {
        for does in [Do::NextTheme, Do::Help] {
            tools = tools.push(tool(does, mail, look));
        }
    }
    let more = icon_button(NodeKey::named("toolbar.menu"), Icon::More, look.locale.text("toolbar-menu"))
        .expanded(mail.main_menu)
        .on_press(Message::MainMenuToggled);
    let bar = container(tools.push(more))
        .height(HEIGHT)
        .padding([0.0, space::S])
        .align_y(Alignment::Center)
        .style(grounds::chrome);
    semantic(NodeKey::named("toolbar"), Role::Toolbar, look.locale.text("toolbar")).wrap(bar)
}

/// The menu of a place in the text.
pub(super) fn text_menu<'a>(
    link: Option<&str>,
    image: Option<&(MessageId, Arc<str>)>,
    selection: Option<&str>,
    look: &Look<'a>,
) -> Element<'a, Message> {
    let place = NodeKey::named("menu.text");
    let mut list = Column::new().padding(space::XS).width(space::MENU_WIDTH);
    if let Some(text) = selection {
        let name = look.locale.text("menu-copy").into_owned();
        let message = Message::Copied(text.to_owned());
        list = list.push(menu_item(place.item(1), Some(Icon::Copy), name, String::new(), Some(message)));
    }
    if let Some(target) = link {
        let name = look.locale.text("menu-open-link").into_owned();
        let open = Message::LinkOpened(target.to_owned());
        list = list.push(menu_item(place.item(2), Some(Icon::Open), name, String::new(), Some(open)));
        let name = look.locale.text("menu-copy-link").into_owned();
        let copy = Message::Copied(target.strip_prefix("mailto:").unwrap_or(target).to_owned());
        list = list.push(menu_item(place.item(3), Some(Icon::Copy), name, String::new(), Some(copy)));
    }
    if let Some((id, source)) = image {
        let name = look.locale.text("menu-save-image").into_owned();
        let save = Message::Page(PageMessage::ImageSaved(*id, Arc::clone(source)));
        list = list.push(menu_item(place.item(4), Some(Icon::Save), name, String::new(), Some(save)));
    }
    framed(place, look.locale.text("message").into_owned(), list)
}

/// The menu of charsets.
pub(super) fn charsets<'a>(mail: &Mail, look: &Look<'a>) -> Element<'a, Message> {
    let place = NodeKey::named("menu.charset");
    let now = mail.reader.wanted().and_then(|id| mail.charset(id));
    let mut list = Column::new().padding(space::XS).width(space::MENU_WIDTH + space::XXL);
    let automatic = (None, look.locale.text("charset-automatic").into_owned());
    let named = CHARSETS
        .iter()
        .map(|(charset, letters)| (Some(*charset), format!("{} ({charset})", look.locale.text(letters))));
    for (number, (charset, name)) in (1..).zip(std::iter::once(automatic).chain(named)) {
        let mark = (charset == now).then_some(Icon::Check);
        let message = Message::Page(PageMessage::CharsetChosen(charset));
        list = list.push(menu_item(place.item(number), mark, name, String::new(), Some(message)));
    }
    framed(place, look.locale.text("command-charset").into_owned(), list)
}

fn framed<'a>(
    place: NodeKey,
    title: String,
    list: Column<'a, Message, crate::ui::theme::Theme>,
) -> Element<'a, Message> {
    let card = container(list).style(grounds::menu);
    let card = semantic(place, Role::Menu, title).wrap(card);
    crate::ui::widget::focus_menu(card, Message::MenuClosed)
}

/// Whether an action makes sense for the folder that the menu is about.
#[expect(clippy::wildcard_enum_match_arm, reason = "only few actions are about folders")]
fn fits(does: Do, mail: &Mail) -> bool {
    match does {
        Do::RenameFolder | Do::DeleteFolder => {
            mail.menu_folder().is_some_and(|row| row.special_use.is_none() && row.level > 0)
        }
        Do::MarkAllRead => mail.menu_folder().is_some_and(|row| row.unread > 0 && row.selectable),
        Do::ToggleSubscribed => {
            mail.menu_folder().is_some_and(|row| row.special_use != Some(SpecialUse::Inbox))
        }
        _ => true,
    }
}

/// A menu made of actions.
pub(super) fn menu<'a>(
    place: NodeKey,
    title: String,
    items: &[Option<Do>],
    mail: &Mail,
    look: &Look<'a>,
) -> Element<'a, Message> {
    menu_with(place, title, (items, Vec::new()), mail, look)
}

/// The same with further lines below.
pub(super) fn menu_with<'a>(
    place: NodeKey,
    title: String,
    (items, more): (&[Option<Do>], Vec<Element<'a, Message>>),
    mail: &Mail,
    look: &Look<'a>,
) -> Element<'a, Message> {
    let mut list = Column::new().padding(space::XS).width(space::MENU_WIDTH);
    for item in items {
        let Some(does) = item else {
            list = list.push(container(hairline()).padding([space::XS, 0.0]));
            continue;
        };
        let entry = does.entry();
        let message = (entry.enabled(mail.situation()) && fits(*does, mail)).then_some(Message::Do(*does));
        let name = name(*does, mail, look);
        list = list.push(menu_item(
            place.item(*does as u64),
            icon(*does, mail, look),
            name,
            keys(entry, look),
            message,
        ));
    }
    if !more.is_empty() {
        list = list.push(container(hairline()).padding([space::XS, 0.0]));
    }
    framed(place, title, list.extend(more))
}
