//! The attachments of the open message: name, size, what can be done, how far it is.

use super::Look;
use crate::model::MediaType;
use crate::ui::a11y::{NodeKey, Role, semantic};
use crate::ui::icon::Icon;
use crate::ui::locale::tr;
use crate::ui::parts::{caption, line, shortened};
use crate::ui::read::{Attachment, Mail as Opened};
use crate::ui::screen::mail::transfers::Transfer;
use crate::ui::screen::mail::{Mail, Message};
use crate::ui::theme::{Element, container as grounds, space, typography};
use crate::ui::widget::icon_button;
use iced::widget::{Row, column, container, progress_bar, row, scrollable};
use iced::{Alignment, Length};

/// Width of one attachment.
const WIDTH: f32 = 288.0;
/// Height of one attachment.
const HEIGHT: f32 = 52.0;
/// Tallest list before it scrolls: three rows.
const MAX_HEIGHT: f32 = 3.0 * HEIGHT + 2.0 * space::S;
/// Characters of a name that fit beside the buttons.
const NAME: usize = 22;
/// Thickness of the progress bar.
const BAR: f32 = 4.0;

fn icon(media_type: &MediaType) -> Icon {
    match media_type.kind.as_str() {
        "image" => Icon::Image,
        "message" => Icon::Mail,
        _ => Icon::File,
    }
}

/// All attachments of a message.
pub(super) fn view<'a>(
    key: NodeKey,
    opened: &'a Opened,
    mail: &'a Mail,
    look: &Look<'a>,
) -> Element<'a, Message> {
    let cards: Vec<_> = opened
        .attachments
        .iter()
        .enumerate()
        .map(|(n, a)| card(key.item(n as u64), a, opened, mail, look))
        .collect();
    let list = Row::with_children(cards).spacing(space::S).wrap().vertical_spacing(space::S);
    let list = container(scrollable(list).width(Length::Fill)).max_height(MAX_HEIGHT);
    let name = tr!(look.locale, "attachments", count = opened.attachments.len());
    semantic(key, Role::List, name).wrap(list)
}

fn card<'a>(
    key: NodeKey,
    attachment: &'a Attachment,
    opened: &Opened,
    mail: &'a Mail,
    look: &Look<'a>,
) -> Element<'a, Message> {
    let size = look.locale.size(attachment.size);
    let transfer = mail.transfers.of(opened.id, &attachment.path);
    let (below, buttons) = match transfer {
        Some(transfer) => running(key, transfer, look),
        None => (caption(size.clone()).into(), idle(key, attachment, look)),
    };
    let name = shortened(&attachment.name, NAME);
    let name = container(line(name).size(typography::SMALL)).clip(true).width(Length::Fill);
    let text = column![name, below].spacing(space::XXS).width(Length::Fill);
    let content = row![icon(&attachment.media_type).view(space::ICON_L), text, buttons]
        .spacing(space::S)
        .align_y(Alignment::Center);
    let card = container(content)
        .width(WIDTH)
        .height(HEIGHT)
        .padding([space::XS, space::S])
        .align_y(Alignment::Center)
        .style(grounds::card);
    semantic(key, Role::ListItem, attachment.name.clone()).description(size).wrap(card)
}

fn idle<'a>(key: NodeKey, attachment: &Attachment, look: &Look<'a>) -> Element<'a, Message> {
    let tool = |n: u64, icon, text: &str, message| {
        let name = tr!(
            look.locale,
            "attachment-action",
            action = look.locale.text(text),
            name = attachment.name.as_str()
        );
        icon_button(key.part(n), icon, name).on_press(message)
    };
    let path = &attachment.path;
    row![
        tool(1, Icon::Open, "attachment-open", Message::AttachmentOpened(path.clone())),
        tool(2, Icon::Download, "attachment-save", Message::AttachmentSaved(path.clone())),
        tool(3, Icon::Save, "attachment-save-as", Message::AttachmentSavedAs(path.clone())),
    ]
    .into()
}

fn running<'a>(
    key: NodeKey,
    transfer: &Transfer,
    look: &Look<'a>,
) -> (Element<'a, Message>, Element<'a, Message>) {
    let total = transfer.total.max(transfer.done).max(1);
    #[expect(clippy::cast_precision_loss, reason = "a bar of a few hundred pixels")]
    let (done, whole) = (transfer.done as f32, total as f32);
    let said = tr!(
        look.locale,
        "attachment-progress",
        done = look.locale.size(transfer.done),
        total = look.locale.size(total),
    );
    let bar = progress_bar(0.0..=whole, done).girth(BAR);
    let bar = semantic(key.part(4), Role::ProgressIndicator, said)
        .numeric(f64::from(done), 0.0, f64::from(whole))
        .wrap(bar);
    let cancel = icon_button(key.part(5), Icon::Close, look.locale.text("attachment-cancel"))
        .on_press(Message::TransferStopped(transfer.id));
    (bar, cancel.into())
}
