//! The chip beside the pointer: what is dragged, where it would go, or why it can't.

use super::Look;
use crate::ui::a11y::{Live, NodeKey, Role, semantic};
use crate::ui::icon::Icon;
use crate::ui::locale::tr;
use crate::ui::note;
use crate::ui::parts::{elided, label};
use crate::ui::screen::mail::drag::{Drag, Load, Verdict};
use crate::ui::screen::mail::folders::Node;
use crate::ui::screen::mail::{Mail, Message, folder_name};
use crate::ui::theme::{Element, Tokens, container as grounds, space, typography};
use crate::ui::widget::{drag_layer, glyph};
use iced::widget::{container, row};
use iced::{Alignment, Color};

/// Widest text of the chip.
const WIDTH: f32 = 320.0;

/// What is dragged, without where to.
fn load(drag: &Drag, mail: &Mail, look: &Look<'_>) -> String {
    match &drag.load {
        Load::Messages(messages) if mail.list.is_threaded() => {
            tr!(look.locale, "drag-threads", count = messages.len()).into_owned()
        }
        Load::Messages(messages) => tr!(look.locale, "drag-messages", count = messages.len()).into_owned(),
        Load::Mailbox(id) => {
            mail.folders.find(*id).map(|row| folder_name(row, look.locale).into_owned()).unwrap_or_default()
        }
    }
}

fn target(node: Node, mail: &Mail, look: &Look<'_>) -> String {
    let row = match node {
        Node::Mailbox(id) => mail.folders.find(id),
        Node::Account(id) => mail.folders.find_account(id),
    };
    let Some(row) = row else { return String::new() };
    let name = folder_name(row, look.locale).into_owned();
    let source = mail.folders.opened().and_then(|id| mail.folders.find(id)).map(|row| row.account);
    let foreign = source.is_some_and(|account| account != row.account);
    let account = mail.folders.find_account(row.account).filter(|_| foreign && row.level > 0);
    match account {
        Some(account) => {
            tr!(look.locale, "drag-foreign", folder = name, account = account.name.as_str()).into_owned()
        }
        None => name,
    }
}

/// Words and picture of the chip, and whether it tells of a refusal.
fn words(drag: &Drag, mail: &Mail, look: &Look<'_>) -> (Icon, String, bool) {
    let what = load(drag, mail, look);
    let own = if matches!(drag.load, Load::Mailbox(_)) { Icon::Folder } else { Icon::Mail };
    match drag.verdict(&mail.folders) {
        Verdict::Refuses(why) => (Icon::Close, note::refused(why, look.locale), true),
        Verdict::Takes(node) => {
            let folder = target(node, mail, look);
            if drag.copies {
                (
                    Icon::Copy,
                    tr!(look.locale, "drag-copy-to", what = what, folder = folder).into_owned(),
                    false,
                )
            } else {
                (
                    Icon::Move,
                    tr!(look.locale, "drag-move-to", what = what, folder = folder).into_owned(),
                    false,
                )
            }
        }
        Verdict::Nowhere if drag.copies => {
            (Icon::Copy, tr!(look.locale, "drag-copy", what = what).into_owned(), false)
        }
        Verdict::Nowhere => (own, what, false),
    }
}

/// The layer with the chip.
pub(super) fn view<'a>(drag: &Drag, mail: &Mail, look: &Look<'a>) -> Element<'a, Message> {
    let (icon, words, refused) = words(drag, mail, look);
    let ink: fn(&Tokens) -> Color = if refused { |t| t.on_danger } else { |t| t.on_accent };
    let text = container(elided(words.clone(), typography::BODY, typography::STRONG, ink)).max_width(WIDTH);
    let mut content = row![glyph(icon, space::ICON_M), text].spacing(space::S).align_y(Alignment::Center);
    let badge = match &drag.load {
        // The number stays in sight, whatever the words say.
        Load::Messages(messages) if refused && messages.len() > 1 => Some(messages.len()),
        Load::Messages(_) | Load::Mailbox(_) => None,
    };
    if let Some(count) = badge {
        let count = look.locale.number(u64::try_from(count).unwrap_or(u64::MAX));
        content = content.push(label(count).size(typography::CAPTION));
    }
    let style = if refused { grounds::drag_chip_refused } else { grounds::drag_chip };
    let chip = container(content).padding([space::XS + space::XXS, space::M]).style(style);
    let chip = semantic(NodeKey::named("drag"), Role::Status, words).live(Live::Assertive).wrap(chip);
    drag_layer(drag.at, drag.copies, chip, Message::Drag)
}
