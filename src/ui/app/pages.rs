//! Has pages of HTML laid out and painted, away from the window's thread.

use super::{App, Message, files};
use crate::html::{Document, Renderer, Request, Trouble};
use crate::model::{Address, MediaType, MessageId};
use crate::ui::locale::Locale;
use crate::ui::read::{Mail, MailText};
use crate::ui::screen::mail::Message as MailMessage;
use crate::ui::screen::mail::page::PageMessage;
use crate::ui::screen::mail::sheets::{News, Tile, Wish};
use iced::Task;
use iced::advanced::image::Handle;
use std::sync::Arc;

/// Starts the processes, so that the first mail need not wait for them.
pub(super) fn warm(renderer: Option<Renderer>) -> Task<Message> {
    match renderer {
        Some(renderer) => Task::perform(async move { renderer.warm().await }, |()| Message::Done),
        None => Task::none(),
    }
}

fn news(news: News) -> Message {
    Message::Mail(MailMessage::Page(PageMessage::News(news)))
}

/// Does what a page wants.
pub(super) fn perform(renderer: Option<Renderer>, wish: Wish) -> Task<Message> {
    match wish {
        Wish::Open(id, flight, request, view) => Task::perform(
            async move {
                match renderer {
                    Some(renderer) => renderer.open(request, view).await.map(Arc::new),
                    None => Err(Trouble::NoProcess(String::new())),
                }
            },
            move |result| news(News::Opened(id, flight, result)),
        ),
        Wish::LayOut(id, flight, document, view) => {
            Task::perform(async move { document.lay_out(view).await }, move |result| {
                news(News::LaidOut(id, flight, result))
            })
        }
        Wish::Paint(id, picture, document, tile) => Task::perform(paint(document, tile), move |result| {
            news(News::Painted(id, picture, tile.number, result))
        }),
        // That is a matter of time, not of pages.
        Wish::SayWhenLate(..) => Task::none(),
    }
}

impl App {
    /// Makes a PDF of the message in the reading pane and opens it with the system's viewer.
    pub(super) fn print(&self, id: MessageId) -> Task<Message> {
        let cache = self.profile.as_ref().map(|profile| profile.cache_dir().to_owned());
        let mail = self.mail.reader.shown().filter(|mail| mail.id == id).cloned();
        let (Some(mail), Some(renderer), Some(cache)) = (mail, self.renderer.clone(), cache) else {
            return Task::none();
        };
        let head = letterhead(&mail, &self.locale);
        let page = self.mail.dressed(&mail).map(|html| Arc::clone(&html.request));
        let work = async move {
            let body = match (&page, &mail.text) {
                (Some(request), _) => Request::clone(request),
                (None, MailText::Here { content, .. }) => Request::new(content.to_html()),
                (None, MailText::Missing | MailText::None) => Request::new(""),
            };
            let title = mail.envelope.subject.clone();
            let pdf = crate::html::print::print(&renderer, &title, vec![head, body]).await;
            let pdf = pdf.inspect_err(|why| tracing::warn!(%why, "a message cannot be printed")).ok()?;
            let name = format!("{}.pdf", if title.trim().is_empty() { "message" } else { &title });
            let name = crate::mime::filename::safe(Some(&name), &MediaType::new("application", "pdf"));
            let write = move || files::temporary_file(&cache, id, &name, &pdf);
            tokio::task::spawn_blocking(write).await.ok().flatten()
        };
        Task::perform(work, Message::Printed)
    }
}

/// What stands above a printed message.
fn letterhead(mail: &Mail, l: &Locale) -> Request {
    let full = |address: &Address| match address.name.as_str() {
        "" => address.email.clone(),
        name => format!("{name} <{}>", address.email),
    };
    let list = |all: &[Address]| all.iter().map(full).collect::<Vec<_>>().join(", ");
    let envelope = &mail.envelope;
    let date = l.full_date(envelope.date.unwrap_or(mail.received));
    let fields = [
        (l.text("reader-field-from"), list(&envelope.from)),
        (l.text("reader-field-to"), list(&envelope.to)),
        (l.text("reader-field-cc"), list(&envelope.cc)),
        (l.text("print-date"), date),
    ];
    let mut html = String::from(
        "<!DOCTYPE html><html><head><style>body{margin:8px;font-family:Inter,sans-serif;font-size:14px}\
         h1{font-size:20px;margin:0 0 8px}td{vertical-align:top;padding:1px 12px 1px 0}.n{color:#666}</style></head><body><h1>",
    );
    html.push_str(&escaped(&envelope.subject));
    html.push_str("</h1><table>");
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        let row = format!("<tr><td class=n>{}</td><td>{}</td></tr>", escaped(name), escaped(value));
        html.push_str(&row);
    }
    html.push_str("</table><hr></body></html>");
    Request::new(html)
}

/// Text as HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

async fn paint(document: Arc<Document>, tile: Tile) -> Result<(u32, u32, Handle), Trouble> {
    let painted = document.tile(tile.top, tile.height).await?;
    if painted.width != document.page().width || painted.height != tile.height {
        return Err(Trouble::Crashed);
    }
    Ok((painted.width, painted.height, Handle::from_rgba(painted.width, painted.height, painted.pixels)))
}
