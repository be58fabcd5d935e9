//! The mail screen as elements: panes side by side or one over the other, menus on top.

mod activity;
mod attachments;
mod drag;
mod find;
mod folders;
mod keeping;
mod list;
mod page;
mod palette;
mod reader;
mod report;
mod source;
mod splitter;
pub(in crate::ui) mod status;
mod talk;
pub(in crate::ui) mod toolbar;
mod watch;

use super::folders::Node;
use super::layout::{Columns, Edge, Layout, Pane, columns};
use super::palette::PaletteMessage;
use super::{Mail, MenuOf, Message, folder_name};
use crate::model::UnixTime;
use crate::ui::a11y::NodeKey;
use crate::ui::locale::Locale;
use crate::ui::parts::hairline;
use crate::ui::settings::Settings;
use crate::ui::theme::{Element, Theme, container as grounds, space};
use crate::ui::widget::body_text::BodyWords;
use crate::ui::widget::popup;
use iced::widget::{Stack, column, container, mouse_area, opaque, row, space as gap, stack};
use iced::{Alignment, Length, Padding};

/// What the view needs to know besides the screen's own state.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The words.
    pub locale: &'a Locale,
    /// What is remembered.
    pub settings: &'a Settings,
    /// The present.
    pub now: UnixTime,
    /// Width of the window.
    pub width: f32,
    /// Whether the colors are dark now.
    pub dark: bool,
    /// Device pixels for one pixel of the window.
    pub scale: f32,
    /// Whether a screen reader listens: what only it needs is made only then.
    pub spoken: bool,
    /// Words of the text widget.
    pub body_words: BodyWords<'a>,
}

/// The screen.
#[must_use]
pub fn view<'a>(mail: &'a Mail, look: Look<'a>) -> Element<'a, Message> {
    let look = &look;
    let page = column![
        toolbar::view(mail, look),
        hairline(),
        container(panes(mail, look)).height(Length::Fill),
        hairline(),
        status::view(mail, look)
    ];
    let mut layers = stack![page];
    if mail.layout.drawer && columns(look.width) != Columns::Three {
        layers = drawer(layers, mail, look);
    }
    if mail.details {
        let card = container(activity::view(mail, look))
            .align_y(Alignment::End)
            .height(Length::Fill)
            .padding(Padding { left: space::S, bottom: space::XXL, ..Padding::ZERO });
        layers = layers.push(backdrop(Message::DetailsToggled)).push(card);
    }
    if mail.main_menu {
        let place = NodeKey::named("menu.main");
        let title = look.locale.text("toolbar-menu").into_owned();
        let menu = toolbar::menu(place, title, &toolbar::MAIN_MENU, mail, look);
        let menu = container(opaque(menu)).align_x(Alignment::End).width(Length::Fill).padding(Padding {
            top: space::XXL + space::M,
            right: space::S,
            ..Padding::ZERO
        });
        layers = layers.push(backdrop(Message::MenuClosed)).push(menu);
    }
    if let Some(menu) = &mail.menu {
        let content = match &menu.of {
            MenuOf::Rows => {
                let title = look.locale.text("list-menu").into_owned();
                toolbar::menu(NodeKey::named("menu.row"), title, &toolbar::ROW_MENU, mail, look)
            }
            MenuOf::Folder(node) => {
                let (items, more): (&[_], _) = match node {
                    Node::Account(_) => (&toolbar::ACCOUNT_MENU, Vec::new()),
                    Node::Mailbox(id) => (&toolbar::FOLDER_MENU, keeping::of_folder(*id, mail, look)),
                };
                let row = mail.menu_folder();
                let title = row.map(|row| folder_name(row, look.locale).into_owned()).unwrap_or_default();
                toolbar::menu_with(NodeKey::named("menu.folder"), title, (items, more), mail, look)
            }
            MenuOf::Charsets => toolbar::charsets(mail, look),
            MenuOf::Text { link, image, selection, .. } => {
                toolbar::text_menu(link.as_deref(), image.as_ref(), selection.as_deref(), look)
            }
        };
        layers = layers.push(backdrop(Message::MenuClosed)).push(popup(menu.at, opaque(content)));
    }
    if let Some(source) = &mail.source {
        layers = layers.push(source::view(source, mail, look));
    }
    if let Some(open) = &mail.palette {
        let close = Message::Palette(PaletteMessage::Closed);
        layers =
            layers.push(backdrop(close)).push(palette::view(open, mail.folders.accounts().count() > 1, look));
    }
    if let Some(sheet) = watch::sheet(mail, look) {
        layers = layers.push(sheet);
    }
    if let Some(dragged) = &mail.drag {
        layers = layers.push(drag::view(dragged, mail, look));
    }
    layers.into()
}

/// Catches clicks beside a menu.
fn backdrop<'a>(message: Message) -> Element<'a, Message> {
    let area = container(gap::vertical()).width(Length::Fill).height(Length::Fill);
    opaque(mouse_area(area).on_press(message.clone()).on_right_press(message))
}

fn drawer<'a>(
    layers: Stack<'a, Message, Theme>,
    mail: &'a Mail,
    look: &Look<'a>,
) -> Stack<'a, Message, Theme> {
    let shade =
        mouse_area(container(gap::vertical()).width(Length::Fill).height(Length::Fill).style(grounds::scrim))
            .on_press(Message::DrawerToggled);
    let pane = container(folders::view(mail, look)).width(look.settings.folders_width).height(Length::Fill);
    layers.push(opaque(row![pane, shade]))
}

fn panes<'a>(mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let (folders_width, list_width) = Layout::widths(look.width, look.settings);
    let mut all = row![];
    if Layout::folders_beside(look.width, look.settings) {
        all = all
            .push(container(folders::view(mail, look)).width(folders_width))
            .push(splitter::splitter(|x| Message::EdgeDragged(Edge::Folders, x), Message::EdgeDropped));
    }
    let list = mail.layout.shows(Pane::List, look.width, look.settings);
    let reader = mail.layout.shows(Pane::Reader, look.width, look.settings);
    if list {
        let width = if reader { Length::Fixed(list_width) } else { Length::Fill };
        all = all.push(container(list::view(mail, look)).width(width));
    }
    if list && reader {
        all = all.push(splitter::splitter(|x| Message::EdgeDragged(Edge::List, x), Message::EdgeDropped));
    }
    if reader {
        all = all.push(container(reader::view(mail, look)).width(Length::Fill));
    }
    all.height(Length::Fill).into()
}

#[cfg(test)]
mod tests;
