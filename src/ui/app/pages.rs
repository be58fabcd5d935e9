//! Has pages of HTML laid out and painted, away from the window's thread.

use super::Message;
use crate::html::{Document, Renderer, Trouble};
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

async fn paint(document: Arc<Document>, tile: Tile) -> Result<(u32, u32, Handle), Trouble> {
    let painted = document.tile(tile.top, tile.height).await?;
    if painted.width != document.page().width || painted.height != tile.height {
        return Err(Trouble::Crashed);
    }
    Ok((painted.width, painted.height, Handle::from_rgba(painted.width, painted.height, painted.pixels)))
}
