//! The pages of the open messages that are HTML: what is laid out, what is painted, what has to be.
//!
//! Pure state. It says what it wants; one wish of a kind is under way for each page, so that answers belong to what
//! is there, and a drag of an edge asks for one layout after the other, not for all of them.

use crate::html::{Document, Page, Quotes, Request, Trouble, View};
use crate::model::MessageId;
use crate::ui::read::Html;
use crate::ui::widget::html_view::Picture;
use iced::advanced::image::Handle;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Bytes of painted tiles that are kept.
const MAX_TILES: usize = 64 * 1024 * 1024;
/// Tiles of a page that are painted at a time: what scrolls out of view before it is painted is not asked for.
const MAX_PAINTING: usize = 2;
/// Attempts at a page whose process died: it may have died of another one, or been killed.
const MAX_ATTEMPTS: u8 = 2;

/// How pages are shown at present.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Device pixels for one pixel of the window.
    pub scale: f32,
    /// What letters of messages are enlarged by.
    pub zoom: f32,
    /// The window's colors are dark.
    pub dark: bool,
    /// All quotes are to be shown, once for each serial number.
    pub unfold: Option<u64>,
    /// Something is searched, also in quotes.
    pub searched: bool,
}

impl Default for Frame {
    fn default() -> Self {
        Self { scale: 1.0, zoom: 1.0, dark: false, unfold: None, searched: false }
    }
}

/// What a page wants done.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Lay out a mail.
    Open(MessageId, u64, Arc<Request>, View),
    /// Lay it out again.
    LayOut(MessageId, u64, Arc<Document>, View),
    /// Paint a tile: layout, number, first row, rows.
    Paint(MessageId, u64, Arc<Document>, Tile),
    /// Say when the user has waited long enough to get the text instead.
    SayWhenLate(MessageId, u64),
}

/// A tile to be painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Its number.
    pub number: u32,
    /// First row.
    pub top: u32,
    /// Rows.
    pub height: u32,
}

/// What came of a wish.
#[derive(Clone, Debug)]
pub enum News {
    /// A mail is laid out.
    Opened(MessageId, u64, Result<Arc<Document>, Trouble>),
    /// It is laid out again.
    LaidOut(MessageId, u64, Result<Arc<Page>, Trouble>),
    /// A tile is painted: layout, number, width and height, pixels.
    Painted(MessageId, u64, u32, Result<(u32, u32, Handle), Trouble>),
    /// The user has waited long enough.
    Late(MessageId, u64),
}

/// The page of one message.
#[derive(Debug)]
struct Sheet {
    html: Html,
    /// Names this text of this message.
    serial: u64,
    document: Option<Arc<Document>>,
    /// The layout that is under way, and for which text.
    flight: Option<(u64, View, u64)>,
    painting: usize,
    /// What is drawn.
    shown: Option<Picture>,
    /// What will be drawn once it is painted as far as it is in view.
    next: Option<(Picture, View)>,
    /// The view of `shown`.
    view: Option<View>,
    /// Rows in view, and when the user looked last.
    rows: Range<u32>,
    seen: u64,
    /// The page said what is in view.
    looked: bool,
    width: u32,
    late: bool,
    trouble: Option<Trouble>,
    attempts: u8,
    /// Dark or light, if the user chose; else as the window is.
    dark: Option<bool>,
    /// The user wants the text.
    plain: bool,
    /// The quote at the end is shown.
    open: bool,
    /// The last wish to show all quotes.
    unfolded: Option<u64>,
}

/// The pages of all open messages.
#[derive(Debug, Default)]
pub struct Sheets {
    all: BTreeMap<MessageId, Sheet>,
    serial: u64,
    clock: u64,
    /// The width that pages had last: most likely that of the next one.
    width: u32,
    frame: Frame,
    /// Scrolling that keeps in view what was there, by message.
    shifts: Vec<f32>,
}

impl Sheets {
    /// Whether a message is shown as a page, there or on its way; else its text is shown.
    #[must_use]
    pub fn shows(&self, id: MessageId) -> bool {
        self.all.get(&id).is_some_and(|sheet| {
            !sheet.plain && sheet.trouble.is_none() && (sheet.shown.is_some() || !sheet.late)
        })
    }

    /// The page to draw.
    #[must_use]
    pub fn picture(&self, id: MessageId) -> Option<&Picture> {
        self.all.get(&id)?.shown.as_ref()
    }

    /// What the worker found out about a mail.
    #[must_use]
    pub fn document(&self, id: MessageId) -> Option<&Arc<Document>> {
        self.all.get(&id)?.document.as_ref()
    }

    /// Why a message is shown as text.
    #[must_use]
    pub fn trouble(&self, id: MessageId) -> Option<&Trouble> {
        self.all.get(&id)?.trouble.as_ref()
    }

    /// Whether the user has to read the text because the page takes long.
    #[must_use]
    pub fn is_late(&self, id: MessageId) -> bool {
        self.all.get(&id).is_some_and(|sheet| sheet.late && sheet.shown.is_none() && sheet.trouble.is_none())
    }

    /// Whether the user chose the text.
    #[must_use]
    pub fn is_plain(&self, id: MessageId) -> bool {
        self.all.get(&id).is_some_and(|sheet| sheet.plain)
    }

    /// Shows the text of a message instead of its page, or the page again.
    pub fn toggle_plain(&mut self, id: MessageId) {
        if let Some(sheet) = self.all.get_mut(&id) {
            sheet.plain = !sheet.plain;
        }
    }

    /// Shows the quote at the end of a message, or folds it.
    pub fn toggle_quote(&mut self, id: MessageId) {
        if let Some(sheet) = self.all.get_mut(&id) {
            sheet.open = !sheet.open;
        }
    }

    /// Turns the colors of a message around; tells what is to be remembered: dark, light, or as the window is.
    pub fn flip(&mut self, id: MessageId) -> Option<Option<bool>> {
        let window = self.frame.dark;
        let sheet = self.all.get_mut(&id)?;
        let dark = !sheet.dark.unwrap_or(window);
        sheet.dark = (dark != window).then_some(dark);
        Some(sheet.dark)
    }

    /// Tries a page again that could not be shown.
    pub fn retry(&mut self, id: MessageId) {
        if let Some(sheet) = self.all.get_mut(&id) {
            (sheet.trouble, sheet.document, sheet.next, sheet.attempts) = (None, None, None, 0);
            (sheet.late, sheet.plain) = (false, false);
        }
    }

    /// How far to scroll so that what was in view before a new layout is in view after it.
    pub fn take_shifts(&mut self) -> Vec<f32> {
        std::mem::take(&mut self.shifts)
    }

    /// A page has this width and shows these rows.
    pub fn needs(&mut self, id: MessageId, width: u32, rows: Range<u32>) {
        self.clock += 1;
        self.width = width;
        if let Some(sheet) = self.all.get_mut(&id) {
            sheet.width = width;
            sheet.seen = self.clock;
            sheet.rows = rows;
            sheet.looked = true;
            if let Some(shift) = sheet.swap() {
                self.shifts.push(shift);
            }
        }
    }

    /// Follows what is open and how it is to be shown: `open` are the open messages that are HTML.
    pub fn follow(&mut self, open: &[(MessageId, &Html)], frame: Frame) -> Vec<Wish> {
        let mut wishes = Vec::new();
        self.frame = frame;
        self.all.retain(|id, _| open.iter().any(|(other, _)| other == id));
        for (id, html) in open {
            match self.all.get_mut(id) {
                Some(sheet) if sheet.html == **html => {}
                Some(sheet) => {
                    // A picture came, or the text is another one: what is shown stays until that is painted.
                    self.serial += 1;
                    (sheet.html, sheet.serial, sheet.document) = ((*html).clone(), self.serial, None);
                    (sheet.next, sheet.trouble, sheet.attempts) = (None, None, 0);
                }
                None => {
                    self.serial += 1;
                    let serial = self.serial;
                    self.all.insert(*id, Sheet::new((*html).clone(), serial, self.width));
                    wishes.push(Wish::SayWhenLate(*id, serial));
                }
            }
        }
        for (id, sheet) in &mut self.all {
            wishes.extend(sheet.wishes(*id, frame, &mut self.serial));
        }
        self.forget();
        wishes
    }

    /// Takes in what came of a wish.
    pub fn take(&mut self, news: News) {
        let (News::Opened(id, ..) | News::LaidOut(id, ..) | News::Painted(id, ..) | News::Late(id, _)) =
            &news;
        let Some(sheet) = self.all.get_mut(id) else { return };
        match news {
            News::Late(_, serial) => sheet.late |= sheet.serial == serial,
            News::Opened(_, flight, result) => {
                let Some(view) = sheet.land(flight) else { return };
                match result {
                    Ok(document) => {
                        let page = document.page();
                        sheet.document = Some(document);
                        sheet.laid_out(page, view, flight, self.frame);
                    }
                    Err(trouble) => sheet.failed(trouble),
                }
            }
            News::LaidOut(_, flight, result) => {
                let Some(view) = sheet.land(flight) else { return };
                match result {
                    Ok(page) => sheet.laid_out(page, view, flight, self.frame),
                    Err(trouble) => sheet.failed(trouble),
                }
            }
            News::Painted(_, picture, number, result) => {
                sheet.painting = sheet.painting.saturating_sub(1);
                match result {
                    Ok((width, height, handle)) => sheet.painted(picture, number, width, height, handle),
                    Err(trouble) => sheet.failed(trouble),
                }
            }
        }
        if let Some(shift) = sheet.swap() {
            self.shifts.push(shift);
        }
    }

    /// Forgets tiles that nobody looks at, those first that were out of view longest and are farthest from it.
    fn forget(&mut self) {
        let mut all: Vec<(u64, u32, usize, MessageId, u64, u32)> = Vec::new();
        let mut total = 0;
        for (id, sheet) in &self.all {
            for picture in sheet.shown.iter().chain(sheet.next.iter().map(|(next, _)| next)) {
                let seen = picture.cover(&margin(&sheet.rows));
                for (number, bytes) in picture.painted() {
                    total += bytes;
                    let away = seen.start.saturating_sub(number).max((number + 1).saturating_sub(seen.end));
                    all.push((sheet.seen, u32::MAX - away, bytes, *id, picture.serial(), number));
                }
            }
        }
        if total <= MAX_TILES {
            return;
        }
        all.sort_unstable();
        for (_, nearness, bytes, id, serial, number) in all {
            if total <= MAX_TILES {
                break;
            }
            if nearness == u32::MAX {
                continue;
            }
            total -= bytes;
            let Some(sheet) = self.all.get_mut(&id) else { continue };
            if let Some(picture) = sheet.picture_mut(serial) {
                picture.drop_tile(number);
            }
        }
    }
}

/// Rows in view with a screen above and below; none if none are.
fn margin(rows: &Range<u32>) -> Range<u32> {
    let screen = rows.end.saturating_sub(rows.start);
    rows.start.saturating_sub(screen)..rows.end.saturating_add(screen)
}

impl Sheet {
    fn new(html: Html, serial: u64, width: u32) -> Self {
        Self {
            dark: html.dark,
            open: html.forwarded,
            unfolded: None,
            html,
            serial,
            document: None,
            flight: None,
            painting: 0,
            shown: None,
            next: None,
            view: None,
            rows: 0..0,
            seen: 0,
            looked: false,
            width,
            late: false,
            trouble: None,
            attempts: 0,
            plain: false,
        }
    }

    /// A layout came back; gives the view that it is for, if it is still wanted.
    fn land(&mut self, flight: u64) -> Option<View> {
        let (number, view, serial) = self.flight?;
        if number != flight {
            return None;
        }
        self.flight = None;
        (serial == self.serial).then_some(view)
    }

    fn laid_out(&mut self, page: Arc<Page>, view: View, flight: u64, frame: Frame) {
        self.next = Some((Picture::new(flight, self.serial, page, frame.scale), view));
    }

    fn failed(&mut self, trouble: Trouble) {
        self.attempts += 1;
        // Tiles that were asked for may still come: they are of no use to anybody.
        self.document = None;
        let again = trouble == Trouble::Crashed && self.attempts < MAX_ATTEMPTS;
        if !again {
            tracing::warn!(%trouble, "an HTML mail is shown as text");
            (self.shown, self.next, self.view) = (None, None, None);
            self.trouble = Some(trouble);
        }
    }

    fn picture_mut(&mut self, serial: u64) -> Option<&mut Picture> {
        let next = self.next.as_mut().map(|(next, _)| next);
        self.shown.as_mut().into_iter().chain(next).find(|picture| picture.serial() == serial)
    }

    fn painted(&mut self, picture: u64, number: u32, width: u32, height: u32, handle: Handle) {
        if let Some(picture) = self.picture_mut(picture) {
            picture.put(number, width, height, handle);
        }
    }

    /// Rows that will be in view once the next layout is shown.
    fn next_rows(&self, next: &Picture) -> Range<u32> {
        self.moved(self.shift(next))
    }

    fn moved(&self, shift: i64) -> Range<u32> {
        let moved = |row: u32| u32::try_from((i64::from(row) + shift).max(0)).unwrap_or(u32::MAX);
        moved(self.rows.start)..moved(self.rows.end)
    }

    /// Device pixels by which the text at the top of the view moves with the next layout.
    fn shift(&self, next: &Picture) -> i64 {
        let Some(shown) = self.shown.as_ref().filter(|shown| shown.document() == next.document()) else {
            return 0;
        };
        if self.rows.start == 0 {
            return 0;
        }
        let top = crate::ui::widget::num::px(f64::from(self.rows.start));
        let Some(place) = shown.page().position(0.0, top) else { return 0 };
        let at = |page: &Page| {
            let first = page.lines.partition_point(|line| line.range.end <= place);
            page.lines.get(first).map(|line| f64::from(line.area.y))
        };
        let (Some(before), Some(after)) = (at(shown.page()), at(next.page())) else { return 0 };
        #[expect(clippy::cast_possible_truncation, reason = "a page has at most a few million rows")]
        let by = (after - before).round() as i64;
        by
    }

    /// Shows the next layout if it is painted as far as it is in view; tells how far to scroll with it.
    fn swap(&mut self) -> Option<f32> {
        let (next, _) = self.next.as_ref()?;
        if !self.looked || !next.has(&self.next_rows(next)) {
            return None;
        }
        let shift = self.shift(next);
        let (next, view) = self.next.take()?;
        #[expect(clippy::cast_precision_loss, reason = "a page has at most a few million rows")]
        let by = shift as f32 / next.scale();
        self.rows = self.moved(shift);
        self.shown = Some(next);
        self.view = Some(view);
        (by != 0.0).then_some(by)
    }

    fn wishes(&mut self, id: MessageId, frame: Frame, serial: &mut u64) -> Vec<Wish> {
        if frame.unfold.is_some() && self.unfolded != frame.unfold {
            (self.open, self.unfolded) = (true, frame.unfold);
        }
        self.open |= frame.searched;
        if self.trouble.is_some() || self.flight.is_some() || self.width == 0 || self.plain {
            return Vec::new();
        }
        let view = View {
            width: self.width,
            scale: frame.scale * frame.zoom,
            zoom: frame.zoom,
            dark: self.dark.unwrap_or(frame.dark),
            fit: true,
            quotes: if self.open { Quotes::Open } else { Quotes::Folded },
        };
        let view = view.clamped();
        let last = self.next.as_ref().map(|(_, view)| *view).or(self.view);
        let mut begin = |sheet: &mut Self| {
            *serial += 1;
            sheet.flight = Some((*serial, view, sheet.serial));
            *serial
        };
        match self.document.clone() {
            None => {
                let flight = begin(self);
                vec![Wish::Open(id, flight, Arc::clone(&self.html.request), view)]
            }
            // What is being painted belongs to the layout before.
            Some(_) if last != Some(view) && self.painting > 0 => Vec::new(),
            Some(document) if last != Some(view) => {
                self.next = None;
                let flight = begin(self);
                vec![Wish::LayOut(id, flight, document, view)]
            }
            Some(document) => self.tiles(id, &document),
        }
    }

    /// The tiles to be painted now: those in view, then a screen around them.
    fn tiles(&mut self, id: MessageId, document: &Arc<Document>) -> Vec<Wish> {
        let (picture, rows, around) = match (&self.next, &self.shown) {
            (Some((next, _)), _) => (next, self.next_rows(next), false),
            (None, Some(shown)) => (shown, self.rows.clone(), true),
            (None, None) => return Vec::new(),
        };
        if self.painting > 0 || rows.is_empty() {
            return Vec::new();
        }
        let seen = picture.cover(&rows);
        let wide = if around { picture.cover(&margin(&rows)) } else { seen.clone() };
        let numbers = picture
            .missing(seen.clone())
            .chain(picture.missing(seen.end..wide.end))
            .chain(picture.missing(wide.start..seen.start));
        let numbers: Vec<u32> = numbers.take(MAX_PAINTING).collect();
        let serial = picture.serial();
        let wish = |number: u32| {
            let (top, height) = picture.span(number);
            Wish::Paint(id, serial, Arc::clone(document), Tile { number, top, height })
        };
        let wishes: Vec<Wish> = numbers.into_iter().map(wish).collect();
        self.painting += wishes.len();
        wishes
    }
}

#[cfg(test)]
mod tests;
