//! Search in what is read: over all open messages of the reading pane, in pages and in texts.
//!
//! Pure state: what was found follows the texts as they come, change and go.

use super::{Action, Mail};
use crate::model::MessageId;
use crate::ui::widget::body_text::{Content, Found};
use crate::ui::widget::html_view::Picture;
use crate::ui::widget::lru;
use std::collections::BTreeMap;
use std::ops::Range;

/// Places that are found at most; nobody steps through more.
const MOST: usize = 5_000;

/// What can happen in the bar.
#[derive(Clone, Debug)]
pub enum FindMessage {
    /// Other words.
    Edited(String),
    /// The next place, or the one before.
    Step(bool),
    /// The bar is to go.
    Closed,
}

/// One found place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hit {
    /// In the page of a message: which of its places.
    Page(MessageId, usize),
    /// In the text: which of its places.
    Text(usize),
}

/// The bar with what was found.
#[derive(Debug, Default)]
pub struct Find {
    query: String,
    /// What was searched: words and texts.
    mark: u64,
    pages: BTreeMap<MessageId, Vec<Range<usize>>>,
    text: Vec<(usize, Range<usize>)>,
    order: Vec<Hit>,
    current: usize,
    /// Counts places gone to.
    serial: u64,
    /// Nothing was gone to yet for these words.
    fresh: bool,
}

/// A text that is searched: pages with what they show, in reading order, and the text that stands around them.
pub(super) struct Texts<'a> {
    pub(super) pages: Vec<(MessageId, &'a Picture)>,
    pub(super) text: Option<&'a Content>,
}

impl Find {
    /// The words.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// How many places there are, and which one is the current one, from 1.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        (if self.order.is_empty() { 0 } else { self.current + 1 }, self.order.len())
    }

    /// What is marked in the page of a message: its places, the current one, and where to go.
    #[must_use]
    #[allow(clippy::type_complexity)] // Three answers to one question, taken apart by the one caller.
    pub fn in_page(&self, id: MessageId) -> (&[Range<usize>], Option<usize>, Option<(u64, usize)>) {
        let places = self.pages.get(&id).map_or(&[][..], Vec::as_slice);
        let current = match self.order.get(self.current) {
            Some(Hit::Page(other, number)) if *other == id => Some(*number),
            _ => None,
        };
        let place = current.and_then(|number| places.get(number)).map(|range| (self.serial, range.start));
        (places, current, place)
    }

    /// What is marked in the text.
    #[must_use]
    pub fn in_text(&self) -> Found<'_> {
        let current = match self.order.get(self.current) {
            Some(Hit::Text(number)) => Some(*number),
            _ => None,
        };
        let show = current.and_then(|number| self.text.get(number)).map(|(line, _)| (self.serial, *line));
        Found { places: &self.text, current, show }
    }

    fn edit(&mut self, query: String) {
        self.query = query;
        self.current = 0;
        self.fresh = true;
    }

    fn step(&mut self, forward: bool) {
        let count = self.order.len();
        if count == 0 {
            return;
        }
        self.current = if forward { (self.current + 1) % count } else { (self.current + count - 1) % count };
        self.serial += 1;
    }

    /// Searches, if the words or the texts are others than before.
    pub(super) fn search(&mut self, texts: &Texts<'_>) {
        // The text of a page grows and shrinks with its quote.
        let name = |picture: &Picture| (picture.document(), picture.page().text.len());
        let pages: Vec<_> = texts.pages.iter().map(|(id, picture)| (id.to_row(), name(picture))).collect();
        let mark = lru::mark((&self.query, pages, texts.text.map(Content::names)));
        if std::mem::replace(&mut self.mark, mark) == mark {
            return;
        }
        let before = self.order.get(self.current).copied();
        (self.pages, self.order) = (BTreeMap::new(), Vec::new());
        self.text = texts.text.map(|text| text.find(&self.query, MOST)).unwrap_or_default();
        for (id, picture) in &texts.pages {
            let mut found = picture.page().find(&self.query);
            found.truncate(MOST);
            self.pages.insert(*id, found);
        }
        self.sort(texts);
        let again = before.and_then(|before| self.order.iter().position(|hit| *hit == before));
        self.current = again.unwrap_or(0);
        if self.fresh && !self.order.is_empty() {
            self.fresh = false;
            self.serial += 1;
        }
    }

    /// Puts what was found into reading order: the page of a message stands above its text.
    fn sort(&mut self, texts: &Texts<'_>) {
        let insets: Vec<(u64, usize)> = texts.text.map(|text| text.insets().collect()).unwrap_or_default();
        let mut next = 0;
        let mut lines = |order: &mut Vec<Hit>, before: usize| {
            while self.text.get(next).is_some_and(|(line, _)| *line < before) {
                order.push(Hit::Text(next));
                next += 1;
            }
        };
        for (id, _) in &texts.pages {
            let key = id.to_row().unsigned_abs();
            let begins = insets.iter().find(|(inset, _)| *inset == key).map_or(0, |(_, line)| *line);
            lines(&mut self.order, begins);
            let count = self.pages.get(id).map_or(0, Vec::len);
            self.order.extend((0..count).map(|number| Hit::Page(*id, number)));
        }
        lines(&mut self.order, usize::MAX);
    }
}

impl Mail {
    /// The bar, if it is open.
    #[must_use]
    pub const fn find(&self) -> Option<&Find> {
        self.find.as_ref()
    }

    pub(super) fn open_find(&mut self) -> Vec<Action> {
        if self.reader.shown().is_none() {
            return Vec::new();
        }
        self.find.get_or_insert_with(Find::default);
        vec![Action::FocusFind]
    }

    pub(super) fn close_find(&mut self) -> Vec<Action> {
        if self.find.take().is_none() {
            return Vec::new();
        }
        if self.source.is_some() {
            return Vec::new();
        }
        self.layout.pane = Some(super::layout::Pane::Reader);
        vec![Action::Focus(super::layout::Pane::Reader)]
    }

    pub(super) fn step_find(&mut self, forward: bool) -> Vec<Action> {
        match &mut self.find {
            Some(find) => {
                find.step(forward);
                Vec::new()
            }
            None => self.open_find(),
        }
    }

    pub(super) fn in_find(&mut self, message: FindMessage) -> Vec<Action> {
        match message {
            FindMessage::Edited(query) => {
                if let Some(find) = &mut self.find {
                    find.edit(query);
                }
                Vec::new()
            }
            FindMessage::Step(forward) => self.step_find(forward),
            FindMessage::Closed => self.close_find(),
        }
    }

    /// Searches what is open now.
    pub(super) fn search(&mut self) {
        let Some(find) = &mut self.find else { return };
        if let Some(source) = &self.source {
            let text =
                source.text.as_ref().map(|text| if source.header_only { &text.header } else { &text.all });
            return find.search(&Texts { pages: Vec::new(), text });
        }
        if self.talk.shown().is_none() && self.reader.shown().is_none() {
            self.find = None;
            return;
        }
        let sheets = &self.sheets;
        let picture = |id: MessageId| sheets.picture(id).filter(|_| sheets.shows(id)).map(|p| (id, p));
        let texts = if self.talk.shown().is_some() {
            Texts {
                pages: self.talk.messages().iter().filter_map(|message| picture(message.id)).collect(),
                text: Some(self.talk.content()),
            }
        } else {
            let shown = self.reader.shown();
            let text = shown.and_then(|mail| match (&mail.html, &mail.text) {
                (Some(html), _) if sheets.shows(mail.id) => Some(&*html.below),
                (_, crate::ui::read::MailText::Here { content, .. }) => Some(&**content),
                _ => None,
            });
            Texts { pages: shown.and_then(|mail| picture(mail.id)).into_iter().collect(), text }
        };
        find.search(&texts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::Page;
    use crate::mime::text::{Block, BlockKind, TextBody};
    use std::sync::Arc;

    fn text(lines: &[&str]) -> Content {
        let block = |text: &&str| Block {
            kind: BlockKind::Text,
            quote_depth: 0,
            text: (*text).to_owned(),
            links: Vec::new(),
            joined: false,
        };
        Content::new(1, TextBody { blocks: lines.iter().map(block).collect(), truncated: false })
    }

    fn page(serial: u64, text: &str) -> Picture {
        let page = Page { width: 800, height: 100, text: text.to_owned(), ..Page::default() };
        Picture::new(serial, serial, Arc::new(page), 1.0)
    }

    #[test]
    fn places_of_all_messages_are_gone_through_in_reading_order() {
        let (one, two) = (MessageId::from_row(1), MessageId::from_row(2));
        let (first, third) = (text(&["a cat", "no"]), text(&["Cat and cat"]));
        let stack = Content::stack(9, 1, [(1, Some(&first)), (2, None), (3, Some(&third))]);
        let picture = page(5, "The CAT\nsat");
        let mut find = Find::default();
        find.edit("cat".into());
        let texts = Texts { pages: vec![(two, &picture)], text: Some(&stack) };
        find.search(&texts);
        assert_eq!(find.count(), (1, 4));
        assert_eq!(find.in_text().current, Some(0));
        find.step(true);
        assert_eq!(find.in_page(two), (std::slice::from_ref(&(4..7)), Some(0), Some((2, 4))));
        assert_eq!(find.in_page(one), (&[][..], None, None));
        assert!(find.in_text().current.is_none());
        find.step(true);
        assert_eq!(find.in_text().show, Some((3, 2)));
        find.step(true);
        find.step(true);
        assert_eq!(find.count(), (1, 4), "round at the end");
        find.step(false);
        assert_eq!(find.count(), (4, 4));
    }

    #[test]
    fn what_was_found_follows_the_texts() {
        let two = MessageId::from_row(2);
        let mut find = Find::default();
        find.edit("x".into());
        find.search(&Texts { pages: Vec::new(), text: None });
        assert_eq!(find.count(), (0, 0));
        let picture = page(5, "x y x");
        find.search(&Texts { pages: vec![(two, &picture)], text: None });
        assert_eq!(find.count(), (1, 2));
        assert_eq!(find.in_page(two).2, Some((1, 0)), "the first one is gone to once it is there");
        find.edit("  ".into());
        find.search(&Texts { pages: vec![(two, &picture)], text: None });
        assert_eq!(find.count(), (0, 0));
    }
}
