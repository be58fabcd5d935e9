//! The conversation in the reading pane: which of its messages are open, which one the keyboard is at, their texts
//! as one stack.
//!
//! Pure state. Each open message has a [`Reader`]; that of the current one is lent by the screen, so that everything
//! that is about "the message in the reading pane" finds it there.

use super::reader::{self, Reader};
use crate::model::{Flag, MailboxId, MessageId, Revision};
use crate::store::{Changes, Conversation, ThreadMessage};
use crate::sync::Problem;
use crate::ui::read::{Mail, MailText};
use crate::ui::widget::body_text::Content;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Messages opened by themselves: what is new, the newest first.
const MOST_OPEN: usize = 20;
/// Messages shown before the earlier ones are only counted.
const MOST_SHOWN: usize = 40;
/// Messages still shown then.
const KEPT_SHOWN: usize = 30;
/// Identities of stacks of texts: above those of single messages, which are small numbers.
const STACKS: u64 = 1 << 63;

/// What the conversation wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Read the conversation of a message, as its row in a mailbox stands for it.
    Read(MessageId, MailboxId),
    /// A wish of the reader of an open message.
    Reader(reader::Wish),
}

/// The conversation.
#[derive(Debug, Default)]
pub struct Talk {
    wanted: Option<(MessageId, MailboxId)>,
    shown: Option<Arc<Conversation>>,
    revision: Revision,
    reading: bool,
    again: bool,
    current: Option<MessageId>,
    others: BTreeMap<MessageId, Reader>,
    /// Messages before this one are only counted.
    first: usize,
    /// Counts conversations shown.
    visits: u64,
    /// Counts times to consider what was read.
    rounds: u64,
    reveal: Option<(u64, usize)>,
    reveals: u64,
    version: u64,
    content: Content,
    /// What the texts in `content` are: message and address of its text.
    parts: Vec<(MessageId, Option<usize>)>,
    /// Messages for which the read mark was already considered.
    seen_for: BTreeSet<MessageId>,
    /// Messages that are shown as pages: their own texts are not part of the stack.
    pages: BTreeSet<MessageId>,
    /// All messages were opened, with what they quote; which time that was.
    unfolded: Option<u64>,
}

impl Talk {
    /// The conversation to draw: one of several messages.
    #[must_use]
    pub const fn shown(&self) -> Option<&Arc<Conversation>> {
        self.shown.as_ref()
    }

    /// The messages that are drawn.
    #[must_use]
    pub fn messages(&self) -> &[ThreadMessage] {
        let all = self.shown.as_ref().map_or(&[][..], |talk| &talk.messages);
        all.get(self.first..).unwrap_or_default()
    }

    /// Earlier messages that are only counted.
    #[must_use]
    pub const fn earlier(&self) -> usize {
        self.first
    }

    /// The texts of the open messages.
    #[must_use]
    pub const fn content(&self) -> &Content {
        &self.content
    }

    /// What is to be brought into view.
    #[must_use]
    pub const fn reveal(&self) -> Option<(u64, usize)> {
        self.reveal
    }

    /// Whether what the messages quote is to be shown, once for each number.
    #[must_use]
    pub const fn unfolded(&self) -> Option<u64> {
        self.unfolded
    }

    /// The message that the keyboard is at.
    #[must_use]
    pub const fn current(&self) -> Option<MessageId> {
        self.current
    }

    /// Whether a message is open.
    #[must_use]
    pub fn is_open(&self, id: MessageId) -> bool {
        self.current == Some(id) || self.others.contains_key(&id)
    }

    /// Whether all messages are open.
    #[must_use]
    pub fn is_all_open(&self) -> bool {
        self.first == 0 && self.messages().iter().all(|message| self.is_open(message.id))
    }

    /// The reader of an open message; `main` is that of the current one.
    #[must_use]
    pub fn reader<'r>(&'r self, id: MessageId, main: &'r Reader) -> Option<&'r Reader> {
        if self.current == Some(id) { Some(main) } else { self.others.get(&id) }
    }

    fn reader_mut<'r>(&'r mut self, id: MessageId, main: &'r mut Reader) -> &'r mut Reader {
        self.others.get_mut(&id).unwrap_or(main)
    }

    /// Grows whenever what was to be marked as read is not any more.
    #[must_use]
    pub const fn rounds(&self) -> u64 {
        self.rounds
    }

    /// Shows the conversation of a row.
    pub fn open(&mut self, head: MessageId, mailbox: MailboxId) -> Vec<Wish> {
        if self.wanted == Some((head, mailbox)) {
            return Vec::new();
        }
        self.wanted = Some((head, mailbox));
        self.want()
    }

    /// Shows single messages from now on.
    pub fn close(&mut self) {
        let (visits, reveals, reading, rounds) = (self.visits, self.reveals, self.reading, self.rounds + 1);
        *self = Self { visits, reveals, reading, rounds, ..Self::default() };
    }

    fn want(&mut self) -> Vec<Wish> {
        let Some((head, mailbox)) = self.wanted else { return Vec::new() };
        if self.reading {
            self.again = true;
            return Vec::new();
        }
        self.reading = true;
        vec![Wish::Read(head, mailbox)]
    }

    /// The store gave the conversation, or `None` if it has none for the message.
    pub fn take(
        &mut self,
        head: MessageId,
        revision: Revision,
        talk: Option<Arc<Conversation>>,
        main: &mut Reader,
    ) -> Vec<Wish> {
        self.reading = false;
        let again = std::mem::take(&mut self.again);
        if self.wanted.is_none_or(|(wanted, _)| wanted != head) {
            return self.want();
        }
        let mut wishes = Vec::new();
        match talk.filter(|talk| talk.messages.len() > 1) {
            Some(talk) if self.shown.as_ref().is_some_and(|shown| shown.thread == talk.thread) => {
                if revision >= self.revision {
                    self.refresh(talk, main, &mut wishes);
                }
            }
            Some(talk) => self.begin(talk, main, &mut wishes),
            None => {
                self.shown = None;
                self.others.clear();
                self.current = None;
                wishes.extend(main.open(Some(head)).into_iter().map(Wish::Reader));
            }
        }
        self.revision = revision;
        self.stack(main);
        if again {
            wishes.extend(self.want());
        }
        wishes
    }

    /// Another conversation: what is new is open, or else the newest message.
    fn begin(&mut self, talk: Arc<Conversation>, main: &mut Reader, wishes: &mut Vec<Wish>) {
        self.visits += 1;
        self.rounds += 1;
        self.others.clear();
        self.current = None;
        self.unfolded = None;
        self.seen_for.clear();
        main.open(None);
        let new = |message: &&ThreadMessage| !message.flags.contains(&Flag::Seen);
        let mut open: Vec<MessageId> =
            talk.messages.iter().rev().filter(new).take(MOST_OPEN).map(|message| message.id).collect();
        open.extend(talk.messages.last().map(|message| message.id).filter(|last| !open.contains(last)));
        open.sort_by_key(|id| std::cmp::Reverse(talk.messages.iter().position(|message| message.id == *id)));
        let count = talk.messages.len();
        self.first = if count > MOST_SHOWN { count - KEPT_SHOWN } else { 0 };
        self.shown = Some(talk);
        // The last one to be opened is the current one: the first one that is new.
        for id in open {
            self.unfold(id, main, wishes);
        }
        if let Some(place) = self.current.and_then(|id| self.index(id)) {
            self.first = self.first.min(place);
        }
        self.reveal_current();
    }

    /// The same conversation as it is now.
    fn refresh(&mut self, talk: Arc<Conversation>, main: &mut Reader, wishes: &mut Vec<Wish>) {
        let ids = |talk: &Conversation| talk.messages.iter().map(|message| message.id).collect::<Vec<_>>();
        let same = self.shown.as_ref().is_some_and(|shown| ids(shown) == ids(&talk));
        self.shown = Some(talk);
        if same {
            return;
        }
        let there: BTreeSet<MessageId> =
            self.shown.iter().flat_map(|talk| talk.messages.iter().map(|message| message.id)).collect();
        self.others.retain(|id, _| there.contains(id));
        self.first = self.first.min(there.len().saturating_sub(1));
        if self.current.is_some_and(|id| !there.contains(&id)) {
            self.current = None;
            self.next_current(main, wishes);
        }
    }

    /// The texts as they are now, in one stack. Made anew only if one came, changed or went.
    pub fn stack(&mut self, main: &Reader) {
        fn text(reader: &Reader, id: MessageId, page: bool) -> Option<&Arc<Content>> {
            let mail = reader.shown().filter(|mail| mail.id == id)?;
            let content = match (&mail.text, &mail.html) {
                (_, Some(html)) if page => &html.below,
                (MailText::Here { content, .. }, _) => content,
                (MailText::Missing | MailText::None, _) => return None,
            };
            (!content.is_empty()).then_some(content)
        }
        let texts: Vec<(MessageId, Option<&Arc<Content>>)> = self
            .messages()
            .iter()
            .map(|message| {
                let (id, page) = (message.id, self.pages.contains(&message.id));
                (id, self.reader(id, main).and_then(|reader| text(reader, id, page)))
            })
            .collect();
        let parts: Vec<(MessageId, Option<usize>)> =
            texts.iter().map(|(id, text)| (*id, text.map(|text| Arc::as_ptr(text).addr()))).collect();
        if parts == self.parts && self.version > 0 {
            return;
        }
        let version = self.version + 1;
        let parts_of = texts.iter().map(|(id, text)| (id.to_row().unsigned_abs(), text.map(|t| &**t)));
        self.content = Content::stack(STACKS | self.visits, version, parts_of);
        self.version = version;
        self.parts = parts;
    }

    /// Which messages are shown as pages from now on.
    pub fn set_pages(&mut self, pages: BTreeSet<MessageId>, main: &Reader) {
        if pages != self.pages {
            self.pages = pages;
            if self.shown.is_some() {
                self.stack(main);
            }
        }
    }

    fn index(&self, id: MessageId) -> Option<usize> {
        self.shown.as_ref()?.messages.iter().position(|message| message.id == id)
    }

    fn reveal_current(&mut self) {
        let place = self.current.and_then(|id| self.index(id)).and_then(|at| at.checked_sub(self.first));
        if let Some(place) = place {
            self.reveals += 1;
            self.reveal = Some((self.reveals, place));
        }
    }

    /// Makes an open message the one that actions are about.
    pub fn make_current(&mut self, id: MessageId, main: &mut Reader) {
        let Some(mut reader) = self.others.remove(&id) else { return };
        std::mem::swap(main, &mut reader);
        if let Some(before) = self.current.replace(id) {
            self.others.insert(before, reader);
        }
    }

    fn unfold(&mut self, id: MessageId, main: &mut Reader, wishes: &mut Vec<Wish>) {
        if self.is_open(id) {
            return self.make_current(id, main);
        }
        let mut reader = Reader::default();
        wishes.extend(reader.open(Some(id)).into_iter().map(Wish::Reader));
        std::mem::swap(main, &mut reader);
        if let Some(before) = self.current.replace(id) {
            self.others.insert(before, reader);
        }
    }

    fn fold(&mut self, id: MessageId, main: &mut Reader, wishes: &mut Vec<Wish>) {
        if self.current == Some(id) {
            self.current = None;
            self.next_current(main, wishes);
        } else {
            self.others.remove(&id);
        }
    }

    /// After the current message was closed: the last open one is the next.
    fn next_current(&mut self, main: &mut Reader, wishes: &mut Vec<Wish>) {
        match self.others.pop_last() {
            Some((id, reader)) => {
                *main = reader;
                self.current = Some(id);
            }
            None => wishes.extend(main.open(None).into_iter().map(Wish::Reader)),
        }
    }

    /// Opens or closes a message.
    pub fn toggle(&mut self, id: MessageId, main: &mut Reader) -> Vec<Wish> {
        let mut wishes = Vec::new();
        if self.is_open(id) {
            self.fold(id, main, &mut wishes);
        } else {
            self.unfold(id, main, &mut wishes);
        }
        self.stack(main);
        wishes
    }

    /// Opens all messages, or closes all but the newest.
    pub fn toggle_all(&mut self, main: &mut Reader) -> Vec<Wish> {
        let mut wishes = Vec::new();
        let Some(talk) = self.shown.clone() else { return wishes };
        let Some(last) = talk.messages.last().map(|message| message.id) else { return wishes };
        if self.is_all_open() {
            self.unfold(last, main, &mut wishes);
            self.others.clear();
            self.unfolded = None;
        } else {
            self.first = 0;
            self.unfolded = Some(self.reveals + 1);
            let keep = self.current.unwrap_or(last);
            for message in &talk.messages {
                self.unfold(message.id, main, &mut wishes);
            }
            self.make_current(keep, main);
        }
        self.reveal_current();
        self.stack(main);
        wishes
    }

    /// Shows the earlier messages, too.
    pub fn show_earlier(&mut self, main: &Reader) {
        self.first = 0;
        self.stack(main);
    }

    /// Goes to the next message of the conversation, or the one before, and opens it.
    pub fn step(&mut self, forward: bool, main: &mut Reader) -> Vec<Wish> {
        let mut wishes = Vec::new();
        let shown = self.messages();
        let Some(end) = shown.len().checked_sub(1) else { return wishes };
        let at = self.current.and_then(|id| shown.iter().position(|message| message.id == id));
        let to = match (at, forward) {
            (Some(at), true) => (at + 1).min(end),
            (Some(at), false) => at.saturating_sub(1),
            (None, true) => 0,
            (None, false) => end,
        };
        if let Some(id) = shown.get(to).map(|message| message.id) {
            self.unfold(id, main, &mut wishes);
            self.reveal_current();
            self.stack(main);
        }
        wishes
    }

    /// The store changed.
    pub fn changed(&mut self, changes: &Changes) -> Vec<Wish> {
        let mut wishes = Vec::new();
        for reader in self.others.values_mut() {
            wishes.extend(reader.changed(changes).into_iter().map(Wish::Reader));
        }
        let touched = |talk: &Arc<Conversation>| {
            talk.messages.iter().any(|message| {
                [&changes.messages, &changes.removed].into_iter().any(|ids| ids.touches(message.id))
            })
        };
        // Something may have come that belongs to it.
        if !changes.added.is_empty() || !changes.lists.is_empty() || self.shown.as_ref().is_some_and(touched)
        {
            wishes.extend(self.want());
        }
        wishes
    }

    /// Reads everything again.
    pub fn reload(&mut self) -> Vec<Wish> {
        let mut wishes = self.want();
        for reader in self.others.values_mut() {
            wishes.extend(reader.reload().into_iter().map(Wish::Reader));
        }
        wishes
    }

    /// The store could not be read.
    pub fn broken(&mut self, head: MessageId) {
        self.reading = false;
        self.again = false;
        if self.wanted.is_some_and(|(wanted, _)| wanted == head) {
            // The next change or choice tries again.
            self.wanted = None;
        }
    }

    /// The store gave a message.
    pub fn take_mail(
        &mut self,
        id: MessageId,
        revision: Revision,
        mail: Option<Arc<Mail>>,
        main: &mut Reader,
    ) -> Vec<reader::Wish> {
        let wishes = self.reader_mut(id, main).take(id, revision, mail);
        self.stack(main);
        wishes
    }

    /// The store could not give a message.
    pub fn broken_mail(&mut self, id: MessageId, main: &mut Reader) {
        self.reader_mut(id, main).broken(id);
    }

    /// Whether the text of a message has to be fetched now.
    pub fn fetch(&mut self, id: MessageId, main: &mut Reader) -> bool {
        self.reader_mut(id, main).fetch(id)
    }

    /// The worker fetched a text, or could not.
    pub fn fetched(
        &mut self,
        id: MessageId,
        result: &Result<(), Problem>,
        main: &mut Reader,
    ) -> Vec<reader::Wish> {
        self.reader_mut(id, main).fetched(id, result)
    }

    /// A connection is there again.
    pub fn online(&mut self) -> Vec<reader::Wish> {
        self.others.values_mut().flat_map(Reader::online).collect()
    }

    /// Whether there is something new among the open messages whose text is here, and nobody considered yet.
    pub fn news(&mut self, main: &Reader) -> bool {
        let news = self.unseen(main);
        let before = self.seen_for.len();
        self.seen_for.extend(news);
        self.seen_for.len() > before
    }

    /// Open messages whose text is here and that were not read.
    pub fn unseen(&self, main: &Reader) -> Vec<MessageId> {
        let here = |id: MessageId| {
            self.reader(id, main).is_some_and(|r| r.missing().is_none() && r.shown().is_some())
        };
        let new = |message: &&ThreadMessage| !message.flags.contains(&Flag::Seen) && here(message.id);
        self.messages().iter().filter(new).map(|message| message.id).collect()
    }

    /// The user said what is read: the timer must not overrule it.
    pub fn hold_seen(&mut self) {
        self.rounds += 1;
        self.seen_for.extend(self.shown.iter().flat_map(|talk| talk.messages.iter().map(|m| m.id)));
    }
}

#[cfg(test)]
mod tests;
