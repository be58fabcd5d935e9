//! The message list with its head.

use super::Look;
use crate::model::{Flag, Keyword, MessageId};
use crate::store::{MessageRow, RowMark};
use crate::sync::AccountStatus;
use crate::ui::a11y::{NodeKey, Role};
use crate::ui::command::Do;
use crate::ui::icon::Icon;
use crate::ui::locale::tr;
use crate::ui::parts::{caption, elided, empty, hairline, spoken};
use crate::ui::screen::mail::layout::{Layout, Pane};
use crate::ui::screen::mail::{Mail, Message, folder_name, pane_id};
use crate::ui::theme::{Element, button as looks, container as grounds, space, typography};
use crate::ui::widget::DragEvent;
use crate::ui::widget::virtual_list::{ListEvent, Mark, Row, VirtualList};
use iced::widget::{center, column, container, row};
use iced::{Alignment, Length};
use std::borrow::Cow;

/// Height of the head above the list.
const HEAD: f32 = 44.0;

const KEY: NodeKey = NodeKey::named("messages");

fn mark(row: &MessageRow) -> Mark {
    let forwarded = || Keyword::new("$Forwarded").is_some_and(|k| row.flags.contains(&Flag::Keyword(k)));
    match row.mark {
        RowMark::Failed => Mark::Failed,
        RowMark::Pending => Mark::Pending,
        RowMark::None if row.flags.contains(&Flag::Answered) => Mark::Answered,
        RowMark::None if forwarded() => Mark::Forwarded,
        RowMark::None => Mark::None,
    }
}

/// Who wrote: one name, or the first names of all of a conversation, the latest last.
fn people<'a>(row: &'a MessageRow, look: &Look<'a>) -> Cow<'a, str> {
    let authors = row.thread.as_ref().map_or(&[][..], |thread| &thread.authors);
    // Where rows name recipients, these are what tells one from another.
    if authors.len() > 1 && !row.from.email.is_empty() {
        let names: Vec<&str> = authors.iter().map(|(author, _)| first_name(author.label())).collect();
        return names.join(", ").into();
    }
    match row.from.label() {
        "" => look.locale.text("list-no-sender"),
        label => label.into(),
    }
}

/// Where several are named, first names are enough to know them by.
fn first_name(label: &str) -> &str {
    let name = label.split_once(['@']).map_or(label, |(local, _)| local);
    match name.split_once(", ") {
        // Surname first.
        Some((_, first)) if !first.is_empty() => first.split(' ').next().unwrap_or(first),
        _ => name.split(' ').find(|word| !word.is_empty()).unwrap_or(label),
    }
}

fn list_row<'a>(row: &'a MessageRow, chosen: bool, look: &Look<'a>) -> Row<'a> {
    let messages = row.thread.as_ref().map_or(1, |thread| thread.messages);
    Row {
        id: row.id.to_row().unsigned_abs(),
        from: people(row, look),
        count: if messages > 1 { messages.to_string().into() } else { Cow::Borrowed("") },
        muted: row.thread.as_ref().is_some_and(|thread| thread.muted),
        subject: if row.subject.is_empty() {
            look.locale.text("list-no-subject")
        } else {
            row.subject.as_str().into()
        },
        snippet: row.snippet.as_str().into(),
        date: look.locale.list_date(row.received, look.now).into(),
        unread: !row.flags.contains(&Flag::Seen),
        flagged: row.flags.contains(&Flag::Flagged),
        attachment: row.attachments > 0,
        mark: mark(row),
        selected: chosen,
    }
}

/// What a screen reader says of a row.
fn speech(row: &Row<'_>, look: &Look<'_>) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut say = |on: bool, key: &str| {
        if on {
            words.push(look.locale.text(key).into_owned());
        }
    };
    say(row.unread, "list-speech-unread");
    say(row.flagged, "list-speech-flagged");
    say(row.attachment, "list-speech-attachment");
    say(row.mark == Mark::Answered, "list-speech-answered");
    say(row.mark == Mark::Forwarded, "list-speech-forwarded");
    say(row.mark == Mark::Pending, "list-speech-pending");
    say(row.mark == Mark::Failed, "list-speech-failed");
    say(row.muted, "list-speech-muted");
    if !row.count.is_empty() {
        words.push(tr!(look.locale, "list-speech-thread", count = row.count.as_ref()).into_owned());
    }
    words.extend([row.from.to_string(), row.subject.to_string(), row.date.to_string()]);
    words.join(", ")
}

fn id(raw: u64) -> MessageId {
    MessageId::from_row(i64::try_from(raw).unwrap_or_default())
}

fn event(event: ListEvent) -> Message {
    match event {
        ListEvent::Select { index, how, .. } => Message::RowChosen(index, how),
        ListEvent::SelectAll => Message::AllChosen,
        ListEvent::Activate { index, .. } => Message::RowOpened(index),
        ListEvent::ToggleFlag { id: raw, .. } => Message::StarClicked(id(raw)),
        ListEvent::Menu { index, at, .. } => Message::MenuOpened(index, at),
        ListEvent::Visible(range) => Message::ListShows(range),
        ListEvent::DragStart { id: Some(raw), at, copies, .. } => Message::RowDragged(id(raw), at, copies),
        ListEvent::DragEnd => Message::Drag(DragEvent::Dropped),
        ListEvent::DragCancel => Message::Drag(DragEvent::Cancelled),
        ListEvent::Focused | ListEvent::DragStart { id: None, .. } => Message::PaneFocused(Pane::List),
    }
}

/// The list with its head.
pub(super) fn view<'a>(mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let body: Element<'a, Message> = match &mail.broken {
        Some(detail) => empty(
            KEY.part(9),
            Icon::Warning,
            look.locale.text("list-broken"),
            detail.clone(),
            Some((look.locale.text("list-reload").into_owned(), Message::ReloadWanted)),
        ),
        None if mail.list.mailbox().is_none() => no_folder(mail, look),
        None if !mail.list.is_loaded() => gap(),
        None if mail.list.ids().is_empty() => nothing(mail, look),
        None => rows(mail, look),
    };
    let content = match head(mail, look) {
        Some(head) => column![head, hairline(), body],
        None => column![body],
    };
    container(content).height(Length::Fill).style(grounds::surface).into()
}

/// Nothing at all, for the few milliseconds until the store has answered: words would only flicker.
fn gap<'a>() -> Element<'a, Message> {
    center(iced::widget::space::vertical()).into()
}

fn head<'a>(mail: &'a Mail, look: &Look<'a>) -> Option<Element<'a, Message>> {
    let opened = mail.folders.opened().and_then(|id| mail.folders.find(id))?;
    let name = folder_name(opened, look.locale);
    let count = if opened.unread > 0 {
        tr!(look.locale, "list-count-unread", total = opened.total, unread = opened.unread)
    } else {
        tr!(look.locale, "list-count", total = opened.total)
    };
    let title = spoken(
        KEY.part(1),
        Role::Heading,
        name.to_string(),
        elided(name, typography::SUBTITLE, typography::STRONG, |t| t.text),
    );
    let count = spoken(KEY.part(2), Role::Label, count.to_string(), caption(count));
    let threaded = mail.list.is_threaded();
    let style = if threaded { looks::ghost_on } else { looks::ghost };
    let switch = super::toolbar::tool(Do::ToggleThreads, mail, look).toggled(threaded).style(style);
    let head = row![container(title).width(Length::Fill).clip(true), count, switch]
        .spacing(space::S)
        .align_y(Alignment::Center);
    Some(container(head).height(HEAD).padding([0.0, space::M]).align_y(Alignment::Center).into())
}

fn rows<'a>(mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let (list, drawn, spoken) = (&mail.list, *look, *look);
    // Conversations and messages of a folder are two lists, each with its own place.
    let folder = mail.list.mailbox().map_or(0, |m| m.to_row().unsigned_abs());
    let visit = folder * 2 + u64::from(list.is_threaded());
    let row = move |index: usize| {
        let id = list.ids().get(index)?;
        let row = list.row(*id)?;
        Some(list_row(row, list.chosen().contains(id), &drawn))
    };
    VirtualList::new(KEY, look.locale.text("messages"), list.ids().len(), row, event)
        .id(pane_id(Pane::List))
        .focused(list.place())
        .content(visit)
        .version(list.version(), move |raw| list.locate(id(raw)))
        .reveal(list.place().map(|place| (list.scrolls(), place)))
        .density(look.settings.density)
        .one_click(!Layout::reader_beside(look.width, look.settings))
        .speak(move |row| speech(row, &spoken))
        .into()
}

fn no_folder<'a>(mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    // Before the first word of the worker it is on its way, too.
    let syncing = mail.statuses.is_empty()
        || mail.statuses.values().any(|s| {
            matches!(
                s,
                AccountStatus::Connecting | AccountStatus::Syncing { .. } | AccountStatus::Online { .. }
            )
        });
    let (title, hint) = if syncing {
        ("list-first-sync", "list-first-sync-hint")
    } else {
        ("list-no-folder", "list-no-folder-hint")
    };
    let action = (!syncing).then(|| (name(Do::GetMail, look), Message::Do(Do::GetMail)));
    empty(KEY.part(9), Icon::Inbox, look.locale.text(title), look.locale.text(hint), action)
}

fn nothing<'a>(mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let opened = mail.folders.opened().and_then(|id| mail.folders.find(id));
    // The server has mail that has not arrived here yet.
    let expected = opened.is_some_and(|row| row.total > 0);
    let account = opened.map(|row| row.account);
    let offline = account
        .and_then(|a| mail.statuses.get(&a))
        .is_some_and(|s| matches!(s, AccountStatus::Offline { .. } | AccountStatus::SignInNeeded(_)));
    let (title, hint) = match (expected, offline) {
        (true, true) => ("list-not-here-offline", "list-not-here-offline-hint"),
        (true, false) => ("list-loading", "list-loading-hint"),
        (false, _) => ("list-empty", "list-empty-hint"),
    };
    let action = (!expected || offline).then(|| (name(Do::GetMail, look), Message::Do(Do::GetMail)));
    empty(KEY.part(9), Icon::Inbox, look.locale.text(title), look.locale.text(hint), action)
}

fn name(does: Do, look: &Look<'_>) -> String {
    look.locale.text(does.entry().name).into_owned()
}
