//! The status line: what the accounts are doing, truthfully. A click shows each of them.

use super::Look;
use crate::model::AccountId;
use crate::sync::{AccountStatus, Problem};
use crate::ui::a11y::{Live, NodeKey, Role, semantic};
use crate::ui::command::Do;
use crate::ui::icon::Icon;
use crate::ui::locale::tr;
use crate::ui::parts::{caption, dim, elided, strong};
use crate::ui::problem;
use crate::ui::screen::mail::{Mail, Message, folder_name};
use crate::ui::theme::{Element, button as looks, container as grounds, space, typography};
use crate::ui::widget::{button, icon_button};
use iced::widget::{column, container, row, space as gap};
use iced::{Alignment, Length};

/// Height of the status line.
const HEIGHT: f32 = 28.0;

/// How much a state matters, most first.
const fn rank(status: &AccountStatus) -> u8 {
    match status {
        AccountStatus::SignInNeeded(_) => 4,
        AccountStatus::Offline { reason: Problem::SwitchedOff, .. } => 0,
        AccountStatus::Offline { .. } => 3,
        AccountStatus::Syncing { .. } => 2,
        AccountStatus::Connecting => 1,
        AccountStatus::Online { .. } => 0,
    }
}

fn icon(status: &AccountStatus) -> Icon {
    match status {
        AccountStatus::Connecting | AccountStatus::Syncing { .. } => Icon::Refresh,
        AccountStatus::Online { .. } => Icon::Check,
        AccountStatus::Offline { .. } => Icon::Offline,
        AccountStatus::SignInNeeded(_) => Icon::Warning,
    }
}

/// The state of one account in a few words.
pub(in crate::ui) fn words(status: &AccountStatus, mail: &Mail, look: &Look<'_>) -> String {
    let l = look.locale;
    match status {
        AccountStatus::Connecting => tr!(l, "status-connecting"),
        AccountStatus::Syncing { mailbox, done, total } => {
            let folder = mailbox.and_then(|id| mail.folders.find(id)).map(|row| folder_name(row, l));
            match (folder, *total) {
                (Some(folder), 1..) => {
                    tr!(l, "status-syncing-folder", folder = folder, done = *done, total = *total)
                }
                (Some(folder), 0) => tr!(l, "status-looking", folder = folder),
                (None, _) => tr!(l, "status-syncing-tree"),
            }
        }
        AccountStatus::Online { .. } => tr!(l, "status-online"),
        AccountStatus::Offline { reason: Problem::OfflineByChoice, .. } => tr!(l, "status-offline-choice"),
        AccountStatus::Offline { reason: Problem::SwitchedOff, .. } => tr!(l, "accounts-off"),
        AccountStatus::Offline { since, retry_at, .. } => {
            let since = l.moment(*since, look.now);
            match retry_at {
                Some(at) => {
                    tr!(l, "status-offline-retry", since = since, at = l.moment(*at, look.now))
                }
                None => tr!(l, "status-offline", since = since),
            }
        }
        AccountStatus::SignInNeeded(Problem::KeyringWaits) => tr!(l, "status-keyring"),
        AccountStatus::SignInNeeded(why) => {
            tr!(l, "status-sign-in", why = problem::headline(why, l))
        }
    }
    .into_owned()
}

/// The words of the line: the state that matters most, with the account's name if there are several.
fn summary(mail: &Mail, look: &Look<'_>) -> (Icon, String) {
    let worst = mail.statuses.iter().max_by_key(|(id, status)| (rank(status), std::cmp::Reverse(**id)));
    let Some((id, status)) = worst else {
        let key = if mail.folders.is_empty() { "status-no-account" } else { "status-starting" };
        return (Icon::Clock, look.locale.text(key).into_owned());
    };
    let words = words(status, mail, look);
    let several = mail.folders.accounts().count() > 1;
    let name =
        mail.folders.find_account(*id).filter(|_| several && rank(status) > 0).map(|row| row.name.as_str());
    let text = match name {
        Some(name) => tr!(look.locale, "status-account", account = name, state = words).into_owned(),
        None => words,
    };
    (icon(status), text)
}

/// The status line.
pub(super) fn view<'a>(mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let (icon, text) = summary(mail, look);
    let key = NodeKey::named("status");
    let urgent = icon == Icon::Warning;
    let content = row![
        icon.tinted(space::ICON_S, move |t| if urgent { t.warning } else { t.text_dim }),
        elided(text.clone(), typography::CAPTION, typography::UI, |t| t.text_dim)
    ]
    .spacing(space::S)
    .align_y(Alignment::Center);
    let details = button(key.part(1), look.locale.text("status-details"))
        .content(content)
        .expanded(mail.details)
        .height(HEIGHT)
        .padding([0.0, space::S])
        .style(looks::ghost)
        .on_press(Message::DetailsToggled);
    let state = semantic(key, Role::Status, text).live(Live::Polite).wrap(details);
    let right: Element<'a, Message> = match mail.reader.hovered() {
        Some(link) => {
            let (words, odd) = (link.words(look.locale), link.is_odd());
            let said = words.clone();
            let shown = if odd {
                elided(said, typography::CAPTION, typography::UI, |t| t.danger)
            } else {
                elided(said, typography::CAPTION, typography::UI, |t| t.text)
            };
            let mark = odd.then(|| Icon::Warning.tinted(space::ICON_S, |t| t.danger));
            let shown = row![].push(mark).push(shown).spacing(space::XS).align_y(Alignment::Center);
            semantic(NodeKey::named("status.link"), Role::Label, words).wrap(shown)
        }
        None => selection(mail, look),
    };
    let bar =
        row![state, gap::horizontal(), container(right).clip(true), journal(mail, look), switch(mail, look)]
            .spacing(space::L)
            .align_y(Alignment::Center)
            .padding([0.0, space::XS]);
    container(bar).height(HEIGHT).width(Length::Fill).clip(true).style(grounds::chrome).into()
}

/// What waits to be sent and what failed, as far as there is something; a click tells more.
fn journal<'a>(mail: &Mail, look: &Look<'a>) -> Element<'a, Message> {
    let (waiting, failed) = (mail.activity.waiting(), mail.activity.failures());
    let l = look.locale;
    let (icon, words) = match (waiting, failed) {
        (0, 0) => return gap::horizontal().width(0.0).into(),
        (waiting, 0) => (Icon::Clock, tr!(l, "status-waiting", count = waiting)),
        (0, failed) => (Icon::Warning, tr!(l, "status-failed", count = failed)),
        (waiting, failed) => {
            (Icon::Warning, tr!(l, "status-waiting-failed", waiting = waiting, failed = failed))
        }
    };
    let urgent = failed > 0;
    let key = NodeKey::named("status.journal");
    let content = row![
        icon.tinted(space::ICON_S, move |t| if urgent { t.warning } else { t.text_dim }),
        elided(words.clone(), typography::CAPTION, typography::UI, |t| t.text_dim)
    ]
    .spacing(space::XS)
    .align_y(Alignment::Center);
    let button = button(key.part(1), words.clone())
        .content(content)
        .height(HEIGHT)
        .padding([0.0, space::S])
        .style(looks::ghost)
        .on_press(Message::DetailsToggled);
    semantic(key, Role::Status, words).live(Live::Polite).wrap(button)
}

/// The switch between working offline and online.
fn switch<'a>(mail: &Mail, look: &Look<'a>) -> Element<'a, Message> {
    let off = mail.is_offline_by_choice();
    let name = look.locale.text(if off { "command-go-online" } else { "command-toggle-offline" });
    icon_button(NodeKey::named("status.offline"), if off { Icon::Offline } else { Icon::Online }, name)
        .height(HEIGHT)
        .toggled(off)
        .on_press_maybe((!mail.folders.is_empty()).then_some(Message::Do(Do::ToggleOffline)))
        .into()
}

fn selection<'a>(mail: &Mail, look: &Look<'a>) -> Element<'a, Message> {
    let count = mail.list.chosen().len();
    if count < 2 {
        return gap::horizontal().width(0.0).into();
    }
    let words = tr!(look.locale, "status-selected", count = count).into_owned();
    semantic(NodeKey::named("status.selected"), Role::Label, words.clone()).wrap(caption(words))
}

/// The state of one account, with what helps.
pub(super) fn one<'a>(id: AccountId, name: &'a str, mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let key = NodeKey::named("status.account").item(id.to_row().unsigned_abs());
    let status = mail.statuses.get(&id);
    let state = match status {
        // Why stands below it.
        Some(AccountStatus::SignInNeeded(why)) if *why != Problem::KeyringWaits => {
            look.locale.text("status-sign-in-needed").into_owned()
        }
        Some(status) => words(status, mail, look),
        None => look.locale.text("status-starting").into_owned(),
    };
    let mark = status.map_or(Icon::Clock, icon);
    let urgent = mark == Icon::Warning;
    let mark = mark.tinted(space::ICON_M, move |t| if urgent { t.warning } else { t.text_dim });
    let head = row![mark, strong(name)].spacing(space::S).align_y(Alignment::Center);
    let mut all = column![head, dim(state.clone())].spacing(space::XS);
    let mut said = format!("{name}: {state}");
    let reason = match status {
        Some(AccountStatus::Offline { reason, .. } | AccountStatus::SignInNeeded(reason)) => Some(reason),
        Some(AccountStatus::Connecting | AccountStatus::Syncing { .. } | AccountStatus::Online { .. })
        | None => None,
    };
    let mut fix = None;
    if let Some(reason) = reason {
        let words = problem::explain(reason, look.locale);
        said = format!("{said}. {} {}", words.what, words.advice);
        if *reason != Problem::OfflineByChoice {
            // That it is the user's own wish was just said.
            all = all.push(dim(words.what));
        }
        all = all.push(dim(words.advice));
        if let Some(text) = words.said {
            all = all.push(caption(text));
        }
        fix = words.fix;
    } else if let Some(AccountStatus::Online { idle }) = status {
        let key = if *idle { "status-online-idle" } else { "status-online-poll" };
        all = all.push(dim(look.locale.text(key)));
    }
    let mut all = column![semantic(key, Role::Label, said).wrap(all)].spacing(space::S);
    let doctor =
        matches!(reason, Some(reason) if !matches!(reason, Problem::OfflineByChoice | Problem::SwitchedOff));
    if fix.is_some() || doctor {
        let mut buttons = row![].spacing(space::XS);
        if let Some((fix, label)) = fix {
            buttons = buttons.push(button(key.part(1), label).on_press(Message::FixPressed(id, fix)));
        }
        if doctor {
            let words = tr!(look.locale, "accounts-doctor");
            buttons = buttons.push(button(key.part(2), words).on_press(Message::DoctorPressed(id)));
        }
        all = all.push(buttons.wrap().vertical_spacing(space::XS));
    }
    all.push(super::keeping::view(id, mail, look)).into()
}
