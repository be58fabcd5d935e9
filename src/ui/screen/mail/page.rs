//! What happens in the pages of HTML messages, and what they want done.

use super::links::Hovered;
use super::sheets::{self, Frame};
use super::{Action, Desk, Mail, Menu, MenuOf, Message};
use crate::model::{MessageId, PartPath};
use crate::sync::{Command, Destination};
use crate::ui::read::{Attachment, Html};
use crate::ui::screen::mail::layout::Pane;
use crate::ui::widget::HtmlEvent;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Charsets that senders forget to name, with the text key of their letters.
pub const CHARSETS: [(&str, &str); 16] = [
    ("UTF-8", "charset-unicode"),
    ("windows-1252", "charset-western"),
    ("windows-1250", "charset-central"),
    ("ISO-8859-2", "charset-central"),
    ("windows-1251", "charset-cyrillic"),
    ("KOI8-R", "charset-cyrillic"),
    ("windows-1253", "charset-greek"),
    ("windows-1254", "charset-turkish"),
    ("windows-1255", "charset-hebrew"),
    ("windows-1256", "charset-arabic"),
    ("Shift_JIS", "charset-japanese"),
    ("EUC-JP", "charset-japanese"),
    ("ISO-2022-JP", "charset-japanese"),
    ("GB18030", "charset-chinese"),
    ("Big5", "charset-chinese"),
    ("EUC-KR", "charset-korean"),
];

/// Distance of the menu of charsets from the top of the window.
const CHARSETS_AT: f32 = 56.0;
/// How long the user waits for a page before its text is shown.
const LATE: Duration = Duration::from_secs(2);

/// What can happen with pages.
#[derive(Clone, Debug)]
pub enum PageMessage {
    /// Something happened in the page of a message.
    On(MessageId, HtmlEvent),
    /// Something came of what a page wanted.
    News(sheets::News),
    /// A page that could not be shown is to be tried again.
    Retried(MessageId),
    /// Letters of messages are to be larger or smaller.
    Zoomed(i8),
    /// The charset of the message in the reading pane was chosen; `None`: what it says itself.
    CharsetChosen(Option<&'static str>),
    /// A picture of a page is to be saved.
    ImageSaved(MessageId, Arc<str>),
}

/// Pictures of mails that were asked for, each once.
pub(super) type Pictures = BTreeSet<(MessageId, PartPath)>;

impl Mail {
    /// Brings the pages in line with what is open and how it is to be shown. After each message.
    pub fn settle(&mut self, desk: &Desk<'_>) -> Vec<Action> {
        let frame = Frame {
            scale: desk.scale,
            zoom: desk.settings.message_zoom,
            dark: desk.dark,
            unfold: self.talk.unfolded(),
            searched: self.find.as_ref().is_some_and(|find| !find.query().trim().is_empty()),
        };
        let mut open: Vec<(MessageId, &Html)> = Vec::new();
        let mut missing: Vec<(MessageId, PartPath)> = Vec::new();
        let mut lacks = |mail: &crate::ui::read::Mail| {
            missing.extend(mail.missing.iter().map(|path| (mail.id, path.clone())));
        };
        if self.talk.shown().is_some() {
            for message in self.talk.messages() {
                let shown = self.talk.reader(message.id, &self.reader).and_then(|reader| reader.shown());
                let shown = shown.filter(|m| m.id == message.id).inspect(|mail| lacks(mail));
                if let Some(html) = shown.and_then(|m| m.html.as_ref()) {
                    open.push((message.id, self.watches.dressed(message.id).unwrap_or(html)));
                }
            }
        } else if let Some(mail) = self.reader.shown() {
            lacks(mail);
            if let Some(html) = &mail.html {
                open.push((mail.id, self.watches.dressed(mail.id).unwrap_or(html)));
            }
        }
        let wishes = self.sheets.follow(&open, frame);
        let pages = open.iter().map(|(id, _)| *id).filter(|id| self.sheets.shows(*id)).collect();
        self.talk.set_pages(pages, &self.reader);
        self.search();
        let mut actions: Vec<Action> = wishes.into_iter().map(page_action).collect();
        actions.extend(self.watch());
        actions.extend(self.sheets.take_shifts().into_iter().map(Action::Scroll));
        for (message, path) in missing {
            if self.pictures.insert((message, path.clone())) {
                let transfer = self.transfers.unseen();
                let destination = Destination::Store;
                actions.push(Action::Send(Command::FetchPart { message, path, destination, transfer }));
            }
        }
        actions
    }

    pub(super) fn in_page(&mut self, message: PageMessage, desk: &mut Desk<'_>) -> Vec<Action> {
        match message {
            PageMessage::On(id, event) => self.on_page(id, event, desk),
            PageMessage::News(news) => self.then_nothing(|mail| mail.sheets.take(news)),
            PageMessage::Zoomed(steps) => {
                desk.settings.zoom_messages(steps);
                vec![Action::Remember]
            }
            PageMessage::CharsetChosen(charset) => self.read_as(charset),
            PageMessage::ImageSaved(id, source) => {
                self.close_menus();
                let bytes = self.image(id, &source).map(<[u8]>::to_vec);
                bytes.map(|bytes| Action::SaveBytes(image_name(&source, &bytes), bytes)).into_iter().collect()
            }
            PageMessage::Retried(id) => self.then_nothing(|mail| mail.sheets.retry(id)),
        }
    }

    /// Dark instead of light, or the other way round, for the message in the reading pane.
    pub(super) fn flip_colors(&mut self) -> Vec<Action> {
        let Some(mail) = self.reader.shown() else { return Vec::new() };
        let Some(dark) = self.sheets.flip(mail.id) else { return Vec::new() };
        let sender = mail.envelope.from.first().map(|sender| sender.email.clone());
        let remember = |email| Action::Send(Command::SetSenderDark { email, dark });
        sender.map(remember).into_iter().collect()
    }

    /// The text of the message in the reading pane instead of its page, or the page again.
    pub(super) fn toggle_plain(&mut self) -> Vec<Action> {
        if let Some(id) = self.reader.shown().map(|mail| mail.id) {
            self.sheets.toggle_plain(id);
        }
        Vec::new()
    }

    /// The bytes of a picture that a message brought along, or that was loaded for it.
    fn image(&self, id: MessageId, source: &str) -> Option<&[u8]> {
        let reader = self.talk.reader(id, &self.reader).or(Some(&self.reader));
        let html = reader?.shown().filter(|mail| mail.id == id)?.html.as_ref()?;
        let html = self.watches.dressed(id).unwrap_or(html);
        html.request.pictures.get(source).map(Vec::as_slice)
    }

    /// What a message shows as a page, with the pictures that were loaded for it.
    #[must_use]
    pub fn dressed<'a>(&'a self, mail: &'a crate::ui::read::Mail) -> Option<&'a Html> {
        self.watches.dressed(mail.id).or(mail.html.as_ref())
    }

    /// The charset that the user chose for a message.
    #[must_use]
    pub fn charset(&self, id: MessageId) -> Option<&'static str> {
        self.charsets.get(&id).copied()
    }

    /// Shows the menu of charsets for the message in the reading pane.
    pub(super) fn choose_charset(&mut self, desk: &Desk<'_>) -> Vec<Action> {
        let some = self.reader.shown().is_some();
        let at = iced::Point::new(desk.width, CHARSETS_AT);
        self.then_nothing(|mail| mail.menu = some.then_some(Menu { at, of: MenuOf::Charsets }))
    }

    fn read_as(&mut self, charset: Option<&'static str>) -> Vec<Action> {
        self.close_menus();
        let Some(id) = self.reader.wanted() else { return Vec::new() };
        match charset {
            Some(charset) => self.charsets.insert(id, charset),
            None => self.charsets.remove(&id),
        };
        self.reader.reload().into_iter().map(super::reader_action).collect()
    }

    /// Makes a PDF of the message in the reading pane.
    pub(super) fn print(&self) -> Vec<Action> {
        self.reader.shown().map(|mail| Action::Print(mail.id)).into_iter().collect()
    }

    /// Saves the message in the reading pane as it came.
    pub(super) fn save_message(&self) -> Vec<Action> {
        let Some(mail) = self.reader.shown() else { return Vec::new() };
        let media_type = crate::model::MediaType::new("message", "rfc822");
        let name = format!("{}.eml", mail.envelope.subject);
        let name = crate::mime::filename::safe(Some(&name), &media_type);
        let path = PartPath::root();
        let attachment = Attachment { path, name, media_type, transported: 0, size: 0 };
        vec![Action::AskPlace(mail.id, attachment)]
    }

    fn on_page(&mut self, id: MessageId, event: HtmlEvent, desk: &mut Desk<'_>) -> Vec<Action> {
        match event {
            HtmlEvent::Needs { width, rows } => self.then_nothing(|mail| mail.sheets.needs(id, width, rows)),
            HtmlEvent::Hover(link) => {
                let link = link.map(|link| Hovered::new(&link.target, &link.label));
                self.then_nothing(|mail| mail.reader.hover(link))
            }
            HtmlEvent::Open(link) => self.follow_link(link.target.to_string(), &link.label),
            HtmlEvent::Menu { at, link, image, selection } => {
                self.talk.make_current(id, &mut self.reader);
                let image = image
                    .map(|image| (id, image.source))
                    .filter(|(_, source)| self.image(id, source).is_some());
                let (link, label) = link.map(|link| (link.target, link.label)).unzip();
                let some = link.is_some() || selection.is_some() || image.is_some();
                let of = MenuOf::Text { link, label, image, selection };
                self.then_nothing(|mail| mail.menu = some.then_some(Menu { at, of }))
            }
            HtmlEvent::Scroll(by) => vec![Action::Scroll(by)],
            HtmlEvent::Turn(pages) => vec![Action::TurnPages(pages)],
            HtmlEvent::Quote => self.then_nothing(|mail| mail.sheets.toggle_quote(id)),
            HtmlEvent::Zoom(steps) => self.in_page(PageMessage::Zoomed(steps), desk),
            HtmlEvent::Focused => {
                self.talk.make_current(id, &mut self.reader);
                self.then_nothing(|mail| mail.layout.pane = Some(Pane::Reader))
            }
        }
    }
}

/// A name for a picture that has none, with the ending of what it is.
fn image_name(source: &str, bytes: &[u8]) -> String {
    let subtype = match bytes {
        [0x89, b'P', b'N', b'G', ..] => "png",
        [0xff, 0xd8, ..] => "jpeg",
        [b'G', b'I', b'F', ..] => "gif",
        [b'R', b'I', b'F', b'F', ..] => "webp",
        [b'B', b'M', ..] => "bmp",
        _ => "octet-stream",
    };
    let media_type = crate::model::MediaType::new("image", subtype);
    // A picture of a message inside has a number in front.
    let source = source.split_once('|').map_or(source, |(_, source)| source);
    let name = source.strip_prefix("cid:").and_then(|id| id.split('@').next()).unwrap_or("picture");
    crate::mime::filename::safe(Some(name), &media_type)
}

fn page_action(wish: sheets::Wish) -> Action {
    match wish {
        sheets::Wish::SayWhenLate(id, serial) => {
            Action::After(LATE, Message::Page(PageMessage::News(sheets::News::Late(id, serial))))
        }
        wish @ (sheets::Wish::Open(..) | sheets::Wish::LayOut(..) | sheets::Wish::Paint(..)) => {
            Action::Page(wish)
        }
    }
}
