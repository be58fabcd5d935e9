//! The activity panel: how each account is doing, what waits and why, what failed, what is being downloaded, what was
//! done last.

use super::{Look, status};
use crate::model::{AccountId, Flag, FlagChange, MailboxId};
use crate::store::{Activity as Line, OperationKind, OperationState, Unfinished};
use crate::sync::AccountStatus;
use crate::ui::a11y::{NodeKey, Role, semantic};
use crate::ui::icon::Icon;
use crate::ui::locale::tr;
use crate::ui::parts::{caption, dim, hairline, label, strong};
use crate::ui::screen::mail::transfers::Transfer;
use crate::ui::screen::mail::{Mail, Message, folder_name};
use crate::ui::theme::{Element, Tokens, container as grounds, scroll, space, typography};
use crate::ui::widget::{button, focus_trap, icon_button};
use iced::widget::{Column, column, container, row, scrollable};
use iced::{Alignment, Color, Length, Padding};

const KEY: NodeKey = NodeKey::named("status.details");
/// Width of the panel.
const WIDTH: f32 = 460.0;
/// Tallest content before it scrolls.
const HEIGHT: f32 = 520.0;
/// Lines of one kind that are shown; the others are counted.
const LINES: usize = 12;

/// The panel.
pub(super) fn view<'a>(mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let title = look.locale.text("status-details");
    let close =
        icon_button(KEY.part(1), Icon::Close, look.locale.text("close")).on_press(Message::DetailsToggled);
    let head = row![strong(title.clone()).size(typography::SUBTITLE).width(Length::Fill), close]
        .align_y(Alignment::Center);
    let mut list = Column::new().spacing(space::M);
    for (number, account) in mail.folders.accounts().enumerate() {
        if number > 0 {
            list = list.push(hairline());
        }
        list = list.push(status::one(account.account, &account.name, mail, look));
    }
    for (key, lines) in sections(mail, look) {
        if !lines.is_empty() {
            list = list.push(section(key, lines, look));
        }
    }
    let list = container(list).padding(Padding { right: space::M, ..Padding::ZERO });
    let list = scrollable(list).direction(scroll::vertical());
    let list = container(list).max_height(HEIGHT);
    let card = container(column![head, list].spacing(space::S))
        .padding(space::L)
        .width(WIDTH.min(look.width - 2.0 * space::S))
        .style(grounds::dialog);
    let card = semantic(KEY, Role::Dialog, title).wrap(card);
    focus_trap(card, Message::DetailsToggled)
}

/// The parts of the panel below the accounts: heading and lines.
fn sections<'a>(mail: &'a Mail, look: &Look<'a>) -> Vec<(&'static str, Vec<Element<'a, Message>>)> {
    let activity = &mail.activity;
    let mut failed: Vec<_> = activity.failed_lines().take(LINES).map(|u| failure(u, mail, look)).collect();
    failed.extend(rest(activity.failures(), failed.len(), look));
    let mut waiting: Vec<_> = activity.waiting_lines().take(LINES).map(|u| waits(u, mail, look)).collect();
    waiting.extend(rest(activity.waiting(), waiting.len(), look));
    let transfers = mail.transfers.running().map(|t| transfer(t, look)).collect();
    let done = activity.done().iter().map(|line| done(line, mail, look)).collect();
    vec![
        ("activity-failed", failed),
        ("activity-waiting", waiting),
        ("activity-transfers", transfers),
        ("activity-done", done),
    ]
}

/// How many more there are.
fn rest<'a>(all: usize, shown: usize, look: &Look<'a>) -> Option<Element<'a, Message>> {
    let more = all.saturating_sub(shown);
    (more > 0).then(|| caption(tr!(look.locale, "activity-more", count = more)).into())
}

fn section<'a>(key: &'static str, lines: Vec<Element<'a, Message>>, look: &Look<'a>) -> Element<'a, Message> {
    let name = look.locale.text(key);
    let heading = strong(name.clone()).size(typography::SMALL);
    let heading = semantic(NodeKey::named(key), Role::Heading, name).wrap(heading);
    let lines = Column::with_children(lines).spacing(space::S);
    column![hairline(), heading, lines].spacing(space::S).into()
}

fn folder(id: MailboxId, mail: &Mail, look: &Look<'_>) -> String {
    match mail.folders.find(id) {
        Some(row) => folder_name(row, look.locale).into_owned(),
        None => look.locale.text("activity-some-folder").into_owned(),
    }
}

/// What an operation does, in words.
fn words(line: &Line, mail: &Mail, look: &Look<'_>) -> String {
    let (l, count) = (look.locale, line.messages);
    match &line.kind {
        OperationKind::Move { to }
        | OperationKind::Collect { to, moves: true }
        | OperationKind::Deliver { to }
        | OperationKind::Release { to } => {
            tr!(l, "activity-move", count = count, folder = folder(*to, mail, look))
        }
        OperationKind::Copy { to } | OperationKind::Collect { to, moves: false } => {
            tr!(l, "activity-copy", count = count, folder = folder(*to, mail, look))
        }
        OperationKind::Expunge => tr!(l, "activity-expunge", count = count),
        OperationKind::Flag { flag: Flag::Seen, change: FlagChange::Add } => {
            tr!(l, "activity-read", count = count)
        }
        OperationKind::Flag { flag: Flag::Seen, change: FlagChange::Remove } => {
            tr!(l, "activity-unread", count = count)
        }
        OperationKind::Flag { flag: Flag::Flagged, change: FlagChange::Add } => {
            tr!(l, "activity-flag", count = count)
        }
        OperationKind::Flag { flag: Flag::Flagged, change: FlagChange::Remove } => {
            tr!(l, "activity-unflag", count = count)
        }
        OperationKind::Append { to } => {
            tr!(l, "activity-append", count = count, folder = folder(*to, mail, look))
        }
        OperationKind::CreateMailbox { mailbox }
        | OperationKind::RenameMailbox { mailbox, .. }
        | OperationKind::DeleteMailbox { mailbox, .. }
        | OperationKind::Subscribe { mailbox, .. } => {
            tr!(l, "activity-folder", folder = folder(*mailbox, mail, look))
        }
        OperationKind::MarkRead { mailbox, .. } | OperationKind::MarkUnread { mailbox, .. } => {
            tr!(l, "activity-folder-read", folder = folder(*mailbox, mail, look))
        }
        OperationKind::Flag { .. } => tr!(l, "activity-change", count = count),
    }
    .into_owned()
}

/// Why an operation of that account has not reached the server.
fn why(account: AccountId, line: &Line, mail: &Mail, look: &Look<'_>) -> String {
    let l = look.locale;
    if line.state == OperationState::Inflight {
        return l.text("activity-inflight").into_owned();
    }
    match mail.statuses.get(&account) {
        Some(state @ (AccountStatus::Offline { .. } | AccountStatus::SignInNeeded(_))) => {
            status::words(state, mail, look)
        }
        Some(AccountStatus::Connecting) => l.text("status-connecting").into_owned(),
        Some(AccountStatus::Online { .. } | AccountStatus::Syncing { .. }) | None => {
            l.text("activity-turn").into_owned()
        }
    }
}

/// The account's name, where it says something.
fn at(account: AccountId, mail: &Mail) -> Option<String> {
    let several = mail.folders.accounts().count() > 1;
    mail.folders.find_account(account).filter(|_| several).map(|row| row.name.clone())
}

/// One line: picture, what, why, and what can be done about it.
fn one<'a>(
    key: NodeKey,
    icon: (Icon, fn(&Tokens) -> Color),
    what: String,
    why: String,
    buttons: Vec<Element<'a, Message>>,
) -> Element<'a, Message> {
    let said = format!("{what}. {why}");
    let text = column![label(what).size(typography::SMALL), caption(why)].spacing(space::XXS);
    let picture = container(icon.0.tinted(space::ICON_S, icon.1)).padding([space::XXS, 0.0]);
    let text = semantic(key, Role::Label, said).wrap(text.width(Length::Fill));
    let mut line = row![picture, text].spacing(space::S);
    for button in buttons {
        line = line.push(button);
    }
    line.into()
}

fn key_of(line: &Line) -> NodeKey {
    NodeKey::named("activity.operation").item(line.id.to_row().unsigned_abs())
}

fn failure<'a>(unfinished: &Unfinished, mail: &Mail, look: &Look<'a>) -> Element<'a, Message> {
    let (line, l) = (&unfinished.line, look.locale);
    let key = key_of(line);
    let mut why = match &line.error {
        Some(said) => tr!(l, "problem-server-said", text = said.as_str()).into_owned(),
        None => l.text("activity-refused").into_owned(),
    };
    if let Some(account) = at(line.account, mail) {
        why = format!("{account} – {why}");
    }
    let retry = button(key.part(1), l.text("note-retry")).on_press(Message::OperationRetried(line.id));
    let gone = button(key.part(2), l.text("activity-dismiss")).on_press(Message::OperationDismissed(line.id));
    let mut buttons = vec![retry.into(), gone.into()];
    // What else the user did in that go may have been done.
    if let Some(action) = unfinished.action {
        let undo = button(key.part(3), l.text("note-undo")).on_press(Message::ActionUndone(action));
        buttons.insert(1, undo.into());
    }
    one(key, (Icon::Warning, |t| t.danger), words(line, mail, look), why, buttons)
}

fn waits<'a>(unfinished: &Unfinished, mail: &Mail, look: &Look<'a>) -> Element<'a, Message> {
    let line = &unfinished.line;
    let key = key_of(line);
    let mut why = why(line.account, line, mail, look);
    if let Some(account) = at(line.account, mail) {
        why = format!("{account} – {why}");
    }
    let message = match unfinished.action {
        Some(action) => Message::ActionUndone(action),
        None => Message::OperationDismissed(line.id),
    };
    let undo = button(key.part(1), look.locale.text("note-undo")).on_press(message);
    one(key, (Icon::Clock, |t| t.text_dim), words(line, mail, look), why, vec![undo.into()])
}

fn transfer<'a>(transfer: &Transfer, look: &Look<'a>) -> Element<'a, Message> {
    let l = look.locale;
    let key = NodeKey::named("activity.transfer").item(transfer.id.0);
    let (done, total) = (l.size(transfer.done), l.size(transfer.total));
    let progress = tr!(l, "attachment-progress", done = done, total = total).into_owned();
    let stop = button(key.part(1), l.text("cancel")).on_press(Message::TransferStopped(transfer.id));
    one(key, (Icon::Download, |t| t.text_dim), transfer.name.clone(), progress, vec![stop.into()])
}

fn done<'a>(line: &Line, mail: &Mail, look: &Look<'a>) -> Element<'a, Message> {
    let moment = look.locale.moment(line.updated, look.now);
    let words = words(line, mail, look);
    let said = format!("{words}, {moment}");
    let icon = Icon::Check.tinted(space::ICON_S, |t| t.success);
    let text = row![dim(words).width(Length::Fill), caption(moment)].spacing(space::S);
    let text = semantic(key_of(line), Role::Label, said).wrap(text);
    row![icon, text].spacing(space::S).align_y(Alignment::Center).into()
}
