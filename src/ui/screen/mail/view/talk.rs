//! The conversation in the reading pane: its subject, then its messages, the oldest first; closed ones are a line.

use super::reader::{KEY as PANE, blank, body_event, disc, loading, not_here, note, people};
use super::{Look, attachments, page};
use crate::model::Flag;
use crate::store::{Conversation, ThreadMessage};
use crate::ui::a11y::{NodeKey, Role};
use crate::ui::command::Do;
use crate::ui::icon::Icon;
use crate::ui::locale::tr;
use crate::ui::parts::{caption, elided, hairline, label, spoken};
use crate::ui::read::{Mail as Opened, MailText};
use crate::ui::screen::mail::find::Find;
use crate::ui::screen::mail::layout::Pane;
use crate::ui::screen::mail::reader::{Missing, Reader};
use crate::ui::screen::mail::{Mail, Message, folder_name, pane_id};
use crate::ui::theme::{Element, button as looks, container as grounds, space, typography};
use crate::ui::widget::{BodyText, Button, button, icon_button};
use iced::widget::text::Wrapping;
use iced::widget::{column, container, row, space as gap};
use iced::{Alignment, Length};

/// Height of the line of a closed message.
const LINE: f32 = 44.0;
/// Diameter of the sender's disc in it.
const DISC: f32 = 24.0;
/// Least height of what is said instead of a text.
const STATE: f32 = 160.0;
/// Share of a line that a name may take.
const NAME: f32 = 160.0;

const KEY: NodeKey = NodeKey::named("thread");

fn key(message: &ThreadMessage) -> NodeKey {
    KEY.item(message.id.to_row().unsigned_abs())
}

/// The conversation.
pub(super) fn view<'a>(mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let Some(talk) = mail.talk.shown() else { return gap::vertical().into() };
    let messages = mail.talk.messages();
    let open = |at: usize| messages.get(at).is_some_and(|message| mail.talk.is_open(message.id));
    let insets = messages.iter().enumerate().map(|(at, message)| {
        // Air below the text of the message before.
        let air = if at.checked_sub(1).is_some_and(open) { space::L } else { 0.0 };
        column![gap::vertical().height(air), hairline(), inset(message, mail, look)].into()
    });
    BodyText::new(PANE, mail.talk.content(), look.body_words, body_event)
        .id(pane_id(Pane::Reader))
        .lends_focus(page::has_focus(mail))
        .header(head(talk, mail, look))
        .insets(insets)
        .reveal(mail.talk.reveal())
        .unfold(mail.talk.unfolded())
        .zoom(look.settings.message_zoom)
        .found(mail.find().map(Find::in_text).unwrap_or_default())
        .into()
}

/// Subject, number of messages, what can be done with all.
fn head<'a>(talk: &'a Conversation, mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let words = if talk.subject.is_empty() {
        look.locale.text("list-no-subject")
    } else {
        talk.subject.as_str().into()
    };
    let title =
        label(words.clone()).size(typography::TITLE).font(typography::STRONG).wrapping(Wrapping::WordOrGlyph);
    let title = spoken(KEY.part(1), Role::Heading, words, title);
    let mut count = tr!(look.locale, "thread-count", count = talk.messages.len()).into_owned();
    if talk.muted {
        count = format!("{count} · {}", look.locale.text("thread-muted"));
    }
    let count = spoken(KEY.part(2), Role::Label, count.clone(), caption(count));
    let all = mail.talk.is_all_open();
    let name = look.locale.text(if all { "thread-collapse-all" } else { "thread-expand-all" });
    let keys = look.settings.keys.of(Do::ExpandAll.entry());
    let keys = keys.first().map(|keys| keys.label(look.locale)).unwrap_or_default();
    let open_all =
        button(KEY.part(3), name).shortcut(keys).style(looks::ghost).on_press(Message::Do(Do::ExpandAll));
    let line = row![container(count).width(Length::Fill), open_all].align_y(Alignment::Center);
    let mut head = column![title, line].spacing(space::XS);
    if mail.talk.earlier() > 0 {
        let name = tr!(look.locale, "thread-earlier", count = mail.talk.earlier());
        head = head.push(button(KEY.part(4), name).style(looks::ghost).on_press(Message::EarlierWanted));
    }
    container(head)
        .padding(iced::Padding { top: space::L, right: space::XL, bottom: space::S, left: space::XL })
        .into()
}

fn inset<'a>(message: &'a ThreadMessage, mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let open = mail.talk.reader(message.id, &mail.reader);
    let opened = open.and_then(|reader| Some((reader, reader.shown().filter(|m| m.id == message.id)?)));
    match opened {
        Some((reader, opened)) => {
            let id = message.id;
            let inner = full(message, opened, reader, mail, look);
            inner.map(move |inside| {
                // What is about the conversation or the pane stays that.
                if matches!(
                    inside,
                    Message::TalkToggled(_) | Message::PaneFocused(_) | Message::Page(_) | Message::Watch(_)
                ) {
                    inside
                } else {
                    Message::Within(id, Box::new(inside))
                }
            })
        }
        None => line(message, open.is_some(), mail, look),
    }
}

/// A closed message, or an open one that is still being read.
fn line<'a>(message: &'a ThreadMessage, open: bool, mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let unread = !message.flags.contains(&Flag::Seen);
    let font = if unread { typography::STRONG } else { typography::UI };
    let from = match message.from.label() {
        "" => look.locale.text("list-no-sender").into_owned(),
        label => label.to_owned(),
    };
    let date = look.locale.list_date(message.received, look.now);
    let name =
        tr!(look.locale, "thread-open-message", name = from.as_str(), date = date.as_str()).into_owned();
    let mut marks = row![].spacing(space::XS).align_y(Alignment::Center);
    if message.attachments > 0 {
        marks = marks.push(Icon::Attachment.view(space::ICON_S));
    }
    if message.flags.contains(&Flag::Flagged) {
        marks = marks.push(Icon::StarFilled.tinted(space::ICON_S, |t| t.flag));
    }
    let snippet = elided(message.snippet.as_str(), typography::SMALL, typography::UI, |t| t.text_dim);
    let who = elided(from, typography::BODY, font, |t| t.text);
    let mut content = row![
        Icon::ChevronRight.view(space::ICON_S),
        disc(&message.from, DISC),
        container(who).max_width(NAME),
        container(snippet).width(Length::Fill).clip(true),
    ];
    if let Some(place) = elsewhere(message, mail, look) {
        content = content.push(caption(place));
    }
    let content = content
        .push(marks)
        .push(caption(date))
        .spacing(space::S)
        .align_y(Alignment::Center)
        .width(Length::Fill);
    let words = if unread { format!("{}, {name}", look.locale.text("list-speech-unread")) } else { name };
    let line: Button<'a, Message> = button(key(message), words)
        .content(content)
        .description(message.snippet.clone())
        .expanded(open)
        .width(Length::Fill)
        .height(LINE)
        .padding(iced::Padding { left: space::S, right: space::L, ..iced::Padding::ZERO })
        .style(looks::menu_item)
        .on_press(Message::TalkToggled(message.id));
    container(line).padding([space::XXS, space::S]).into()
}

/// Where a message lies, if not in the open folder: own answers are in the folder of sent mail.
fn elsewhere(message: &ThreadMessage, mail: &Mail, look: &Look<'_>) -> Option<String> {
    if mail.list.mailbox() == Some(message.mailbox) {
        return None;
    }
    let folder = mail.folders.find(message.mailbox)?;
    let name = folder_name(folder, look.locale).into_owned();
    Some(tr!(look.locale, "thread-elsewhere", folder = name).into_owned())
}

/// The head of an open message, and what is said instead of its text.
fn full<'a>(
    message: &'a ThreadMessage,
    opened: &'a Opened,
    reader: &'a Reader,
    mail: &'a Mail,
    look: &Look<'a>,
) -> Element<'a, Message> {
    let key = key(message);
    let close = tr!(look.locale, "thread-close-message", name = message.from.label()).into_owned();
    let close =
        icon_button(key, Icon::ChevronDown, close).expanded(true).on_press(Message::TalkToggled(message.id));
    let people = people(key, opened, reader.addresses_open(), Some(close.into()), look);
    let mut below = column![].spacing(space::M);
    if let Some(place) = elsewhere(message, mail, look) {
        below = below.push(spoken(key.part(8), Role::Label, place.clone(), caption(place)));
    }
    if let Some(note) = note(key, opened, mail, look) {
        below = below.push(note);
    }
    below = below.push(page::bars(key, opened, mail, look));
    if !opened.attachments.is_empty() {
        below = below.push(attachments::view(key.part(9), opened, mail, look));
    }
    let page = opened.html.is_some() && mail.sheets.shows(opened.id);
    let state = match (&opened.text, reader.missing()) {
        _ if page => None,
        (MailText::Here { content, .. }, _) if !content.is_empty() => None,
        (MailText::Here { .. } | MailText::None, _) => Some(blank(key, opened, look)),
        (MailText::Missing, Some(Missing::Failed(why))) => Some(not_here(key, why, opened, look)),
        (MailText::Missing, _) => Some(loading(key, mail, opened, look)),
    };
    if let Some(state) = state {
        below = below.push(container(state).height(STATE).width(Length::Fill));
    }
    // In line with the text; the arrow stands before it.
    let below = container(below).padding(iced::Padding { left: space::XL - space::M, ..iced::Padding::ZERO });
    let head = column![people, below].spacing(space::S);
    let head = container(head)
        .padding(iced::Padding { top: space::M, right: space::XL, bottom: space::S, left: space::M })
        .width(Length::Fill)
        .style(grounds::surface);
    let main = mail.talk.current() == Some(message.id);
    column![head].push(page::view(key, opened, main, mail, look)).into()
}
