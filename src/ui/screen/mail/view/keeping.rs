//! What an account keeps on this computer: space used, how far the fetching is, the choice, and a pause.

use super::Look;
use crate::model::{AccountId, BodyPolicy, MailboxId};
use crate::sync::BodyProgress;
use crate::ui::a11y::{NodeKey, Role, semantic};
use crate::ui::icon::Icon;
use crate::ui::locale::tr;
use crate::ui::parts::{KEEP_CHOICES, dim, menu_item};
use crate::ui::screen::mail::{Mail, Message, folder_name};
use crate::ui::theme::{Element, button as looks, space};
use crate::ui::widget::button;
use iced::widget::{Row, column, container};

/// The lines in the menu of a folder: what is kept of it, if that was read.
pub(super) fn of_folder<'a>(id: MailboxId, mail: &Mail, look: &Look<'a>) -> Vec<Element<'a, Message>> {
    let l = look.locale;
    let Some(row) = mail.folders.find(id).filter(|row| row.selectable) else { return Vec::new() };
    let Some(kept) = mail.keeping.kept(row.account) else { return Vec::new() };
    let now = kept.settings.mailboxes.get(&id).copied();
    let usual = BodyPolicy::of_mailbox(None, kept.settings.account, row.special_use);
    let word_of = |policy: BodyPolicy| match KEEP_CHOICES.iter().find(|(choice, _)| *choice == policy) {
        Some((_, word)) => l.text(word).into_owned(),
        None => match policy {
            BodyPolicy::Days(days) => tr!(l, "keep-days", days = days).into_owned(),
            BodyPolicy::None => l.text("keep-none").into_owned(),
            BodyPolicy::All => l.text("keep-all").into_owned(),
        },
    };
    let key = NodeKey::named("menu.folder.keep");
    let heading = l.text("keep-folder").into_owned();
    let heading = semantic(key, Role::Label, heading.clone()).wrap(dim(heading));
    let mut lines: Vec<Element<'a, Message>> = vec![container(heading).padding([space::XS, space::M]).into()];
    let as_usual = tr!(l, "keep-as-account", what = word_of(usual)).into_owned();
    let choices = std::iter::once((None, as_usual))
        .chain(KEEP_CHOICES.iter().map(|(policy, word)| (Some(*policy), l.text(word).into_owned())));
    for (n, (policy, word)) in (1..).zip(choices) {
        let on = policy == now;
        let message = Message::FolderKeepChosen(row.account, id, policy);
        let name = if on { tr!(l, "keep-chosen", what = word).into_owned() } else { word };
        lines.push(
            menu_item(key.part(n), on.then_some(Icon::Check), name, String::new(), Some(message)).into(),
        );
    }
    lines
}

/// The lines and buttons of one account; nothing until it was read.
pub(super) fn view<'a>(id: AccountId, mail: &'a Mail, look: &Look<'a>) -> Option<Element<'a, Message>> {
    let l = look.locale;
    let kept = mail.keeping.kept(id)?;
    let key = NodeKey::named("status.keep").item(id.to_row().unsigned_abs());
    let mut said = tr!(l, "keep-space", size = l.size(kept.bytes)).into_owned();
    let mut lines = column![dim(said.clone())].spacing(space::XS);
    if let BodyProgress::Fetching { mailbox, done, total } = mail.keeping.progress(id) {
        let folder = mail.folders.find(mailbox).map(|row| folder_name(row, l).into_owned());
        let folder = folder.unwrap_or_default();
        let words = tr!(l, "keep-fetching", folder = folder, done = done, total = total).into_owned();
        said = format!("{said}. {words}");
        lines = lines.push(dim(words));
    }
    if let BodyProgress::UsedUp { until } = mail.keeping.progress(id) {
        let words = tr!(l, "keep-used-up", when = l.moment(until, look.now)).into_owned();
        said = format!("{said}. {words}");
        lines = lines.push(dim(words));
    }
    let lines = semantic(key, Role::Label, said).wrap(lines);
    let now = kept.settings.account.unwrap_or(BodyPolicy::USUAL);
    let mut choices = Row::new().spacing(space::XS);
    for (n, (policy, word)) in (2..).zip(KEEP_CHOICES) {
        let on = policy == now;
        let choice = button(key.part(n), l.text(word)).toggled(on).on_press(Message::KeepChosen(id, policy));
        choices = choices.push(if on { choice.style(looks::ghost_on) } else { choice.style(looks::ghost) });
    }
    let paused = kept.settings.paused;
    let word = if paused { "keep-resume" } else { "keep-pause" };
    let pause = button(key.part(1), l.text(word)).on_press(Message::KeepPaused(id, !paused));
    let label = dim(l.text("keep-choice").into_owned());
    Some(column![lines, label, choices.wrap().vertical_spacing(space::XS), pause].spacing(space::S).into())
}
