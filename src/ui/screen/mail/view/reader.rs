//! The reading pane: subject, people, notes, attachments, text.

use super::{Look, attachments, page};
use crate::mime::structure::Absence;
use crate::model::{Address, Flag};
use crate::sync::{AccountStatus, Fix, Problem};
use crate::ui::a11y::{NodeKey, Role};
use crate::ui::icon::Icon;
use crate::ui::locale::tr;
use crate::ui::parts::{caption, dim, elided, empty, hairline, label, shortened, spoken, strong};
use crate::ui::problem;
use crate::ui::read::{Mail as Opened, MailText};
use crate::ui::screen::mail::find::Find;
use crate::ui::screen::mail::layout::Pane;
use crate::ui::screen::mail::page::PageMessage;
use crate::ui::screen::mail::reader::Missing;
use crate::ui::screen::mail::{Mail, Message, pane_id};
use crate::ui::theme::{Element, Theme, Tokens, container as grounds, space, typography};
use crate::ui::widget::body_text::{BodyEvent, BodyText, Content};
use crate::ui::widget::icon_button;
use iced::widget::text::Wrapping;
use iced::widget::{Column, center, column, container, row, scrollable};
use iced::{Alignment, Color, Length, border};

/// Diameter of the sender's disc.
const DISC: f32 = 36.0;
/// Recipients named before the list is cut short.
const SHORT_LIST: usize = 3;
/// Recipients listed at most; mailing gone wrong has thousands.
const LONG_LIST: usize = 200;
/// Characters of a sender's name; a longer one wants to hide the address.
const MAX_NAME: usize = 60;
/// Tallest head above a state that is shown instead of a text.
const MAX_HEAD: f32 = 360.0;
/// Width of the words before addresses.
const FIELD: f32 = 72.0;

pub(super) const KEY: NodeKey = NodeKey::named("message");

/// The reading pane.
pub(super) fn view<'a>(mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let content = match mail.reader.shown() {
        _ if mail.list.chosen().len() > 1 => several(mail, look),
        _ if mail.talk.shown().is_some() => super::talk::view(mail, look),
        _ if mail.reader.is_failed() => gone(mail, look),
        Some(opened) => message(opened, mail, look),
        None if mail.reader.wanted().is_some() => center(iced::widget::space::vertical()).into(),
        None => nothing(mail, look),
    };
    let bar = mail.find().map(|find| super::find::view(find, look));
    container(column![].push(bar).push(content))
        .width(Length::Fill)
        .height(Length::Fill)
        .style(grounds::surface)
        .into()
}

fn nothing<'a>(mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    if mail.list.ids().is_empty() {
        // The list says already that there is nothing; saying it twice helps nobody.
        return center(iced::widget::space::vertical()).into();
    }
    let (title, hint) = (look.locale.text("reader-nothing"), look.locale.text("reader-nothing-hint"));
    empty(KEY.part(90), Icon::MailOpen, title, hint, None)
}

fn several<'a>(mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let title = tr!(look.locale, "reader-several", count = mail.list.chosen().len());
    empty(KEY.part(91), Icon::Mail, title, look.locale.text("reader-several-hint"), None)
}

fn gone<'a>(mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let broken = mail.broken.is_some();
    let title = look.locale.text(if broken { "list-broken" } else { "reader-gone" });
    let hint = look.locale.text(if broken { "reader-broken-hint" } else { "reader-gone-hint" });
    let action = broken.then(|| (look.locale.text("list-reload").into_owned(), Message::ReloadWanted));
    empty(KEY.part(92), Icon::Warning, title, hint, action)
}

fn message<'a>(opened: &'a Opened, mail: &'a Mail, look: &Look<'a>) -> Element<'a, Message> {
    let people = people(KEY, opened, mail.reader.addresses_open(), None, look);
    let mut head = column![subject(opened, look), people].spacing(space::M);
    if let Some(note) = note(KEY, opened, mail, look) {
        head = head.push(note);
    }
    if !opened.attachments.is_empty() {
        head = head.push(attachments::view(NodeKey::named("attachments"), opened, mail, look));
    }
    let bars = page::bars(KEY, opened, mail, look);
    let head = head.push(bars);
    let sheet = page::view(KEY, opened, true, mail, look);
    // A page brings its own air.
    let air = if sheet.is_some() && mail.sheets.shows(opened.id) { 0.0 } else { space::M };
    let air = iced::widget::space::vertical().height(air);
    let head = column![container(head).padding([space::L, space::XL]), hairline(), air].push(sheet);
    if let Some(html) = opened.html.as_ref().filter(|_| mail.sheets.shows(opened.id)) {
        return text(&html.below, head.into(), true, mail, look);
    }
    match (&opened.text, mail.reader.missing()) {
        (MailText::Here { content, .. }, _) if !content.is_empty() => {
            text(content, head.into(), false, mail, look)
        }
        (MailText::Here { .. } | MailText::None, _) => below(head, blank(KEY, opened, look)),
        (MailText::Missing, Some(Missing::Failed(why))) => below(head, not_here(KEY, why, opened, look)),
        (MailText::Missing, _) => below(head, loading(KEY, mail, opened, look)),
    }
}

/// What is shown instead of a text, below the head.
fn below<'a>(head: Column<'a, Message, Theme>, rest: Element<'a, Message>) -> Element<'a, Message> {
    column![container(scrollable(head)).max_height(MAX_HEAD), rest].into()
}

pub(super) fn blank<'a>(key: NodeKey, opened: &Opened, look: &Look<'a>) -> Element<'a, Message> {
    let hint = match opened.absence {
        Absence::Sealed => "reader-blank-sealed",
        Absence::Elsewhere => "reader-blank-elsewhere",
        Absence::Piece => "reader-blank-piece",
        Absence::TooDeep => "reader-blank-deep",
        Absence::Mails => "reader-blank-mails",
        Absence::Files => "reader-blank-attachments",
        Absence::Blank | Absence::Nothing => "reader-blank-hint",
    };
    empty(key.part(93), Icon::File, look.locale.text("reader-blank"), look.locale.text(hint), None)
}

fn subject<'a>(opened: &'a Opened, look: &Look<'a>) -> Element<'a, Message> {
    let words = if opened.envelope.subject.is_empty() {
        look.locale.text("list-no-subject")
    } else {
        opened.envelope.subject.as_str().into()
    };
    let title =
        label(words.clone()).size(typography::TITLE).font(typography::STRONG).wrapping(Wrapping::WordOrGlyph);
    let title = spoken(KEY.part(1), Role::Heading, words, title);
    let flagged = opened.flags.contains(&Flag::Flagged);
    let (icon, key) =
        if flagged { (Icon::StarFilled, "command-unflag") } else { (Icon::Star, "command-toggle-flag") };
    let star = icon_button(KEY.part(2), icon, look.locale.text(key))
        .toggled(flagged)
        .content(icon.tinted(space::ICON_L, move |t| if flagged { t.flag } else { t.text_dim }))
        .on_press(Message::StarClicked(opened.id));
    row![container(title).width(Length::Fill), star].spacing(space::S).into()
}

/// Sender with the address always in sight, recipients, date.
pub(super) fn people<'a>(
    key: NodeKey,
    opened: &'a Opened,
    open: bool,
    before: Option<Element<'a, Message>>,
    look: &Look<'a>,
) -> Element<'a, Message> {
    let envelope = &opened.envelope;
    let sender = envelope.from.first().cloned().unwrap_or_default();
    let date = look.locale.full_date(envelope.date.unwrap_or(opened.received));
    let date = spoken(key.part(5), Role::Label, date.clone(), caption(date));
    let mut lines = column![from_line(key, &envelope.from, look)].spacing(space::XXS).width(Length::Fill);
    if !open {
        let words = short(opened, look);
        let line = elided(words.clone(), typography::SMALL, typography::UI, |t| t.text_dim);
        lines = lines.push(spoken(key.part(4), Role::Label, words, line));
    }
    let toggle = look.locale.text(if open { "reader-less" } else { "reader-more" });
    let toggle = icon_button(key.part(6), if open { Icon::ChevronUp } else { Icon::ChevronDown }, toggle)
        .expanded(open)
        .on_press(Message::AddressesToggled);
    let right = column![date].align_x(Alignment::End);
    let head = row![]
        .push(before)
        .push(disc(&sender, DISC))
        .push(container(lines).clip(true))
        .push(right)
        .push(toggle)
        .spacing(space::M)
        .align_y(Alignment::Center);
    if open { column![head, all(key, opened, look)].spacing(space::S).into() } else { head.into() }
}

fn from_line<'a>(key: NodeKey, from: &'a [Address], look: &Look<'a>) -> Element<'a, Message> {
    let Some(first) = from.first() else {
        let words = look.locale.text("list-no-sender");
        return spoken(key.part(3), Role::Label, words.clone(), strong(words));
    };
    let words = full(first);
    let said = tr!(look.locale, "reader-from-speech", sender = words).into_owned();
    let mut line = row![].spacing(space::S).align_y(Alignment::Center);
    if first.name.is_empty() {
        line = line.push(elided(&*first.email, typography::BODY, typography::STRONG, |t| t.text));
    } else {
        let name = shortened(&first.name, MAX_NAME).into_owned();
        line = line.push(elided(name, typography::BODY, typography::STRONG, |t| t.text));
        let address = format!("<{}>", first.email);
        line = line.push(elided(address, typography::SMALL, typography::UI, |t| t.text_dim));
    }
    if from.len() > 1 {
        let more = tr!(look.locale, "reader-and-more", count = from.len() - 1);
        line = line.push(elided(more, typography::SMALL, typography::UI, |t| t.text_dim));
    }
    // However long a name is, the address behind it stays in sight: on a line of its own if need be.
    spoken(key.part(3), Role::Label, said, line.wrap())
}

fn full(address: &Address) -> String {
    if address.name.is_empty() {
        address.email.clone()
    } else {
        format!("{} <{}>", address.name, address.email)
    }
}

/// "to Ada, Grace and 3 others".
fn short(opened: &Opened, look: &Look<'_>) -> String {
    let envelope = &opened.envelope;
    let count = envelope.to.len() + envelope.cc.len() + envelope.bcc.len();
    if count == 0 {
        return look.locale.text("reader-no-recipients").into_owned();
    }
    let named: Vec<&str> =
        envelope.to.iter().chain(&envelope.cc).take(SHORT_LIST).map(Address::label).collect();
    let names = named.join(", ");
    if count > named.len() {
        tr!(look.locale, "reader-to-more", names = names, count = count - named.len()).into_owned()
    } else {
        tr!(look.locale, "reader-to", names = names).into_owned()
    }
}

/// Every address of the header.
fn all<'a>(key: NodeKey, opened: &'a Opened, look: &Look<'a>) -> Element<'a, Message> {
    let envelope = &opened.envelope;
    let fields: [(&str, &[Address]); 6] = [
        ("reader-field-from", &envelope.from),
        ("reader-field-sender", &envelope.sender),
        ("reader-field-reply-to", &envelope.reply_to),
        ("reader-field-to", &envelope.to),
        ("reader-field-cc", &envelope.cc),
        ("reader-field-bcc", &envelope.bcc),
    ];
    let mut lines = Column::new().spacing(space::XS);
    for (number, (name, addresses)) in fields.into_iter().enumerate() {
        // Sender and Reply-To say something only if they differ from From.
        let repeats = number > 0 && number < 3 && addresses == envelope.from.as_slice();
        if addresses.is_empty() || repeats {
            continue;
        }
        let mut list = addresses.iter().take(LONG_LIST).map(full).collect::<Vec<_>>().join(", ");
        if addresses.len() > LONG_LIST {
            list.push_str(" …");
        }
        let name = look.locale.text(name);
        let said = format!("{name} {list}");
        let line =
            row![dim(name).width(FIELD), label(list).size(typography::SMALL).wrapping(Wrapping::WordOrGlyph)]
                .spacing(space::S);
        lines = lines.push(spoken(key.part(20 + number as u64), Role::Label, said, line));
    }
    container(lines).padding(space::M).width(Length::Fill).style(grounds::card).into()
}

/// A disc with the sender's initial. Made here; nothing is asked of any server.
pub(super) fn disc<'a>(sender: &Address, size: f32) -> Element<'a, Message> {
    let name = sender.label().trim_start_matches(|c: char| !c.is_alphanumeric());
    let initial: String = name.chars().next().map_or_else(|| "?".into(), |c| c.to_uppercase().collect());
    let number =
        sender.email.bytes().fold(7_usize, |sum, b| sum.wrapping_mul(31).wrapping_add(usize::from(b)));
    let tint = move |t: &Tokens| t.quote_bar(number % t.quote.len() + 1);
    let letter = label(initial)
        .size(if size < DISC { typography::SMALL } else { typography::SUBTITLE })
        .font(typography::STRONG)
        .style(move |theme: &Theme| iced::widget::text::Style { color: Some(tint(theme.tokens())) });
    container(letter)
        .center(size)
        .style(move |theme: &Theme| {
            let ground = Color { a: 0.16, ..tint(theme.tokens()) };
            container::Style::default().background(ground).border(border::rounded(size / 2.0))
        })
        .into()
}

/// What has to be known about the text before it is read.
pub(super) fn note<'a>(
    key: NodeKey,
    opened: &Opened,
    mail: &Mail,
    look: &Look<'a>,
) -> Option<Element<'a, Message>> {
    let MailText::Here { from_html, cut, .. } = &opened.text else { return None };
    if opened.html.is_some() && mail.sheets.shows(opened.id) {
        return None;
    }
    let words = match (from_html, cut) {
        (_, true) => "reader-note-cut",
        (true, false) => "reader-note-html",
        (false, false) => return None,
    };
    let words = look.locale.text(words);
    let line = row![Icon::Info.view(space::ICON_S), caption(words.clone())]
        .spacing(space::S)
        .align_y(Alignment::Center);
    Some(spoken(key.part(7), Role::Note, words, line))
}

pub(super) fn body_event(event: BodyEvent) -> Message {
    match event {
        BodyEvent::Open(target) => Message::LinkOpened(target.to_string()),
        BodyEvent::Hover(target) => Message::LinkHovered(target.map(|t| t.to_string())),
        BodyEvent::Menu { at, link, selection } => Message::TextMenuOpened(at, link, selection),
        BodyEvent::Zoom(steps) => Message::Page(PageMessage::Zoomed(steps)),
        BodyEvent::Focused => Message::PaneFocused(Pane::Reader),
    }
}

fn text<'a>(
    content: &'a Content,
    head: Element<'a, Message>,
    page: bool,
    mail: &'a Mail,
    look: &Look<'a>,
) -> Element<'a, Message> {
    let found = mail.find().map(Find::in_text).unwrap_or_default();
    BodyText::new(KEY, content, look.body_words, body_event)
        .id(pane_id(Pane::Reader))
        .lends_focus(page)
        .zoom(look.settings.message_zoom)
        .found(found)
        .header(head)
        .into()
}

pub(super) fn loading<'a>(
    key: NodeKey,
    mail: &'a Mail,
    opened: &'a Opened,
    look: &Look<'a>,
) -> Element<'a, Message> {
    match mail.statuses.get(&opened.account) {
        Some(AccountStatus::Offline { reason, .. } | AccountStatus::SignInNeeded(reason)) => {
            not_here(key, reason, opened, look)
        }
        _ => {
            let words = look.locale.text("reader-loading");
            let shown = dim(words.clone()).align_x(Alignment::Center);
            center(spoken(key.part(94), Role::Label, words, shown)).into()
        }
    }
}

/// The text was never fetched and can't be fetched now.
pub(super) fn not_here<'a>(
    key: NodeKey,
    why: &Problem,
    opened: &'a Opened,
    look: &Look<'a>,
) -> Element<'a, Message> {
    let words = problem::explain(why, look.locale);
    let link = matches!(why, Problem::Link { .. } | Problem::Farewell { .. } | Problem::OfflineByChoice);
    let title = look.locale.text(if link { "reader-not-here" } else { "reader-failed" });
    let (name, message) = match why.fix() {
        Fix::Nothing | Fix::ChooseFile => (None, None),
        Fix::Retry | Fix::FreeSpace => (words.fix.map(|f| f.1), Some(Message::TextWanted)),
        fix @ (Fix::GoOnline
        | Fix::EnterPassword
        | Fix::SignIn
        | Fix::UnlockKeyring
        | Fix::EditServer
        | Fix::ChooseCertificate
        | Fix::ReviewCertificate
        | Fix::OpenPage
        | Fix::EditPasswordCommand) => {
            (words.fix.map(|f| f.1), Some(Message::FixPressed(opened.account, fix)))
        }
    };
    let hint = format!("{} {}", words.what, words.advice);
    let icon = if link { Icon::Offline } else { Icon::Warning };
    empty(key.part(95), icon, title, hint, name.zip(message))
}
