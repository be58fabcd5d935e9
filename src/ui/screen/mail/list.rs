//! The message list: ids of the open folder, rows near the visible ones, selection.
//!
//! Pure state. It says what it wants to read; answers that are older than what it has are dropped.

use super::chosen::Chosen;
use crate::model::{Flag, MailboxId, MessageId, Revision};
use crate::store::{ChangedMessages, Changes, MessageRow};
use crate::ui::widget::virtual_list::Select;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// Rows read beyond both ends of the visible ones, so that scrolling meets no gaps.
const MARGIN: usize = 120;
/// Rows read at once; more would make the first of them late.
const CHUNK: usize = 400;
/// Rows kept. A row takes about half a kilobyte.
const MAX_KEPT: usize = 4_000;
/// Rows read together with the ids when a folder is opened: more than any screen shows.
pub const FIRST: usize = 120;

/// Counts how often a folder was opened; answers for an earlier visit are dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Visit(pub u64);

/// What the list wants from the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// All ids of the folder, and the rows at its top.
    Ids {
        /// Which folder.
        mailbox: MailboxId,
        /// For which visit.
        visit: Visit,
        /// Whether one message stands for each conversation.
        threaded: bool,
        /// The message whose row the cursor is wanted on.
        keep: Option<MessageId>,
    },
    /// These rows.
    Rows {
        /// Which folder.
        mailbox: MailboxId,
        /// For which visit.
        visit: Visit,
        /// Whether they are those of conversations.
        threaded: bool,
        /// Which rows.
        ids: Vec<MessageId>,
    },
    /// The nearest message that was not read.
    Unread {
        /// Which folder.
        mailbox: MailboxId,
        /// For which visit.
        visit: Visit,
        /// Whether a row is a conversation.
        threaded: bool,
        /// All ids in list order.
        ids: Arc<Vec<MessageId>>,
        /// Index of the first one to look at.
        from: usize,
        /// Down or up from there.
        forward: bool,
    },
}

/// The answer to [`Wish::Ids`].
#[derive(Clone, Debug)]
pub struct Ids {
    /// For which visit.
    pub visit: Visit,
    /// State of the store that was read.
    pub revision: Revision,
    /// All ids in list order.
    pub ids: Arc<Vec<MessageId>>,
    /// Rows at the top.
    pub rows: Vec<MessageRow>,
    /// The row that stands for the message that was wanted.
    pub keep: Option<MessageId>,
}

/// A way to go in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// By so many rows, down if positive.
    By(isize),
    /// By so many screens.
    Pages(isize),
    /// To the top.
    First,
    /// To the bottom.
    Last,
}

/// A request to the store that may be asked for again while it is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Flight {
    #[default]
    Idle,
    Running,
    /// Running, and what it will bring is known to be old.
    RunningAgain,
}

/// The list.
#[derive(Debug, Default)]
pub struct List {
    mailbox: Option<MailboxId>,
    visit: Visit,
    revision: Revision,
    loaded: bool,
    ids: Arc<Vec<MessageId>>,
    rows: HashMap<MessageId, MessageRow>,
    stale: HashSet<MessageId>,
    visible: Range<usize>,
    ids_flight: Flight,
    rows_flight: Flight,
    cursor: Option<MessageId>,
    anchor: Option<MessageId>,
    chosen: Chosen,
    /// Index of `cursor` when it was last known, to find a neighbor when it is gone.
    place: usize,
    scrolls: u64,
    version: u64,
    threaded: bool,
    /// The message that the cursor was on before the list was read in another way.
    keep: Option<MessageId>,
}

impl List {
    /// The open folder.
    #[must_use]
    pub const fn mailbox(&self) -> Option<MailboxId> {
        self.mailbox
    }

    /// Whether a row stands for a conversation; its id is that of one of the messages.
    #[must_use]
    pub const fn is_threaded(&self) -> bool {
        self.threaded
    }

    /// Ids in list order.
    #[must_use]
    pub fn ids(&self) -> &[MessageId] {
        &self.ids
    }

    /// Whether the ids of the open folder were read.
    #[must_use]
    pub const fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// A row, if it was read.
    #[must_use]
    pub fn row(&self, id: MessageId) -> Option<&MessageRow> {
        self.rows.get(&id)
    }

    /// The message that the keyboard stands on.
    #[must_use]
    pub const fn cursor(&self) -> Option<MessageId> {
        self.cursor
    }

    /// Index of the cursor.
    #[must_use]
    pub const fn place(&self) -> Option<usize> {
        if self.cursor.is_some() { Some(self.place) } else { None }
    }

    /// All chosen messages.
    #[must_use]
    pub const fn chosen(&self) -> &Chosen {
        &self.chosen
    }

    /// Grows whenever the cursor was moved and has to be brought into view.
    #[must_use]
    pub const fn scrolls(&self) -> u64 {
        self.scrolls
    }

    /// Grows whenever the ids are new ones.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Where a message stands, if it is in the folder.
    #[must_use]
    pub fn locate(&self, id: MessageId) -> Option<usize> {
        self.index_of(id)
    }

    /// Opens a folder; what was shown before is gone.
    pub fn open(&mut self, mailbox: MailboxId, threaded: bool) -> Vec<Wish> {
        let visit = Visit(self.visit.0 + 1);
        // Read in another way, it is the same folder: the cursor stays where it was.
        let keep = self.cursor.filter(|_| self.mailbox == Some(mailbox));
        *self = Self {
            mailbox: Some(mailbox),
            threaded,
            keep,
            visit,
            scrolls: self.scrolls,
            version: self.version + 1,
            ..Self::default()
        };
        self.want_ids()
    }

    /// Shows nothing, because there is no folder.
    pub fn close(&mut self) {
        let visit = Visit(self.visit.0 + 1);
        *self = Self { visit, ..Self::default() };
    }

    /// The store changed.
    pub fn changed(&mut self, changes: &Changes) -> Vec<Wish> {
        let Some(mailbox) = self.mailbox else { return Vec::new() };
        match &changes.messages {
            ChangedMessages::All => self.stale.extend(self.rows.keys()),
            ChangedMessages::Ids(ids) if self.threaded => {
                let ids: HashSet<MessageId> = ids.iter().copied().collect();
                let touched = |row: &&MessageRow| {
                    let newest = row.thread.as_ref().map_or(&[][..], |thread| &thread.newest);
                    ids.contains(&row.id) || newest.iter().any(|id| ids.contains(id))
                };
                let touched: Vec<MessageId> = self.rows.values().filter(touched).map(|row| row.id).collect();
                self.stale.extend(touched);
            }
            ChangedMessages::Ids(ids) => {
                self.stale.extend(ids.iter().filter(|id| self.rows.contains_key(id)))
            }
        }
        if self.threaded && changes.relists(mailbox) {
            // A conversation may have got a message without getting another place.
            self.stale.extend(self.rows.keys());
        }
        let mut wishes = if changes.relists(mailbox) { self.want_ids() } else { Vec::new() };
        wishes.extend(self.want_rows());
        wishes
    }

    /// Everything may have changed.
    pub fn reload(&mut self) -> Vec<Wish> {
        self.stale.extend(self.rows.keys());
        let mut wishes = self.want_ids();
        wishes.extend(self.want_rows());
        wishes
    }

    /// The widget shows other rows than before.
    pub fn showing(&mut self, visible: Range<usize>) -> Vec<Wish> {
        self.visible = visible;
        self.want_rows()
    }

    /// The ids were read.
    pub fn take_ids(&mut self, answer: Ids) -> Vec<Wish> {
        if answer.visit != self.visit {
            return Vec::new();
        }
        let again = std::mem::take(&mut self.ids_flight) == Flight::RunningAgain;
        if answer.revision >= self.revision {
            self.revision = answer.revision;
            self.loaded = true;
            self.version += 1;
            self.ids = answer.ids;
            for row in answer.rows {
                self.stale.remove(&row.id);
                self.rows.insert(row.id, row);
            }
            self.keep_selection();
            if let Some(kept) = self.keep.take().and(answer.keep) {
                self.choose_id(kept);
            }
        }
        let mut wishes = if again { self.want_ids() } else { Vec::new() };
        wishes.extend(self.want_rows());
        wishes
    }

    /// Rows were read. Rows that were asked for but are not in the answer left the folder meanwhile.
    pub fn take_rows(&mut self, visit: Visit, revision: Revision, rows: Vec<MessageRow>) -> Vec<Wish> {
        if visit != self.visit {
            return Vec::new();
        }
        let again = std::mem::take(&mut self.rows_flight) == Flight::RunningAgain;
        if revision >= self.revision {
            for row in rows {
                // During a stream of changes old rows are better than none, but they are read once more.
                if !again {
                    self.stale.remove(&row.id);
                }
                self.rows.insert(row.id, row);
            }
            self.forget_far();
        }
        self.want_rows()
    }

    /// The store could not be read: the next change or scroll tries again.
    pub fn failed(&mut self, visit: Visit) {
        if visit == self.visit {
            self.ids_flight = Flight::Idle;
            self.rows_flight = Flight::Idle;
        }
    }

    /// Moves the cursor; `page` is the number of rows on the screen. Tells whether it moved.
    pub fn step(&mut self, step: Step, choice: Select) -> bool {
        let Some(last) = self.ids.len().checked_sub(1) else { return false };
        let page = isize::try_from(self.visible.len().saturating_sub(1).max(1)).unwrap_or(1);
        let from = self.place();
        let to = match (step, from) {
            (Step::First, _) => 0,
            (Step::Last, _) => last,
            (Step::By(_) | Step::Pages(_), None) => self.visible.start.min(last),
            (Step::By(rows), Some(now)) => now.saturating_add_signed(rows).min(last),
            (Step::Pages(pages), Some(now)) => {
                now.saturating_add_signed(pages.saturating_mul(page)).min(last)
            }
        };
        self.choose(to, choice);
        from != Some(to)
    }

    /// Puts the cursor on a row.
    pub fn choose(&mut self, index: usize, choice: Select) {
        let Some(&id) = self.ids.get(index) else { return };
        self.cursor = Some(id);
        self.place = index;
        self.scrolls += 1;
        match choice {
            Select::Only => {
                self.chosen = Chosen::one(id);
                self.anchor = Some(id);
            }
            Select::Toggle => {
                if !self.chosen.remove(&id) {
                    self.chosen.insert(id);
                }
                self.anchor = Some(id);
            }
            Select::Range => {
                self.chosen.clear();
                self.add_range(index);
            }
            Select::RangeAdd => self.add_range(index),
            Select::Focus => {}
        }
    }

    fn add_range(&mut self, index: usize) {
        let anchor = self.anchor.and_then(|a| self.index_of(a)).unwrap_or(index);
        let (low, high) = (anchor.min(index), anchor.max(index));
        self.chosen.extend(self.ids.get(low..=high).unwrap_or_default());
    }

    /// Puts the cursor on a message, if it is in the folder.
    pub fn choose_id(&mut self, id: MessageId) -> bool {
        let index = self.index_of(id);
        if let Some(index) = index {
            self.choose(index, Select::Only);
        }
        index.is_some()
    }

    /// Chooses every message of the folder.
    pub fn choose_all(&mut self) {
        self.chosen = self.ids.iter().collect();
        if self.cursor.is_none() {
            self.cursor = self.ids.first().copied();
            self.place = 0;
        }
    }

    /// Looks for the nearest unread message after (or before) the cursor.
    #[must_use]
    pub fn find_unread(&self, forward: bool) -> Option<Wish> {
        let from = match (forward, self.place()) {
            (true, place) => place.map_or(0, |p| p + 1),
            (false, place) => place?.checked_sub(1)?,
        };
        let (mailbox, visit, ids) = (self.mailbox?, self.visit, Arc::clone(&self.ids));
        let threaded = self.threaded;
        (from < ids.len()).then_some(Wish::Unread { mailbox, visit, threaded, ids, from, forward })
    }

    /// The answer to [`List::find_unread`]; tells whether the cursor moved.
    pub fn take_unread(&mut self, visit: Visit, found: Option<MessageId>) -> bool {
        visit == self.visit && found.is_some_and(|id| self.choose_id(id))
    }

    /// Whether any chosen message lacks the flag: then a toggle sets it, else it takes it away.
    #[must_use]
    pub fn lacks(&self, flag: &Flag) -> bool {
        // Over the rows at hand: a million may be chosen, and this is asked for every frame.
        self.rows.values().any(|row| self.chosen.contains(&row.id) && !row.flags.contains(flag))
    }

    fn index_of(&self, id: MessageId) -> Option<usize> {
        let known = self.ids.get(self.place) == Some(&id);
        if known { Some(self.place) } else { self.ids.iter().position(|i| *i == id) }
    }

    fn want_ids(&mut self) -> Vec<Wish> {
        let Some(mailbox) = self.mailbox else { return Vec::new() };
        if self.ids_flight != Flight::Idle {
            self.ids_flight = Flight::RunningAgain;
            return Vec::new();
        }
        self.ids_flight = Flight::Running;
        vec![Wish::Ids { mailbox, visit: self.visit, threaded: self.threaded, keep: self.keep }]
    }

    fn want_rows(&mut self) -> Vec<Wish> {
        let Some(mailbox) = self.mailbox else { return Vec::new() };
        let range = self.near();
        let near = self.ids.get(range).unwrap_or_default();
        let missing = |id: &&MessageId| !self.rows.contains_key(*id) || self.stale.contains(*id);
        let ids: Vec<MessageId> = near.iter().filter(missing).take(CHUNK).copied().collect();
        if ids.is_empty() {
            return Vec::new();
        }
        if self.rows_flight != Flight::Idle {
            // What is on its way may have been read before the change.
            let stale = ids.iter().any(|id| self.stale.contains(id));
            if stale {
                self.rows_flight = Flight::RunningAgain;
            }
            return Vec::new();
        }
        self.rows_flight = Flight::Running;
        vec![Wish::Rows { mailbox, visit: self.visit, threaded: self.threaded, ids }]
    }

    fn near(&self) -> Range<usize> {
        let end = self.visible.end.saturating_add(MARGIN).min(self.ids.len());
        self.visible.start.saturating_sub(MARGIN).min(end)..end
    }

    fn forget_far(&mut self) {
        if self.rows.len() <= MAX_KEPT {
            return;
        }
        let range = self.near();
        let near: HashSet<MessageId> = self.ids.get(range).unwrap_or_default().iter().copied().collect();
        let chosen = &self.chosen;
        let few = chosen.len() < MAX_KEPT / 2;
        self.rows.retain(|id, _| near.contains(id) || (few && chosen.contains(id)));
        let rows = &self.rows;
        self.stale.retain(|id| rows.contains_key(id));
    }

    /// After new ids: what left the folder is no longer chosen, and the cursor goes to its neighbor.
    fn keep_selection(&mut self) {
        let Some(cursor) = self.cursor else { return };
        if let Some(index) = self.index_of(cursor) {
            if self.chosen.len() > 1 {
                self.chosen.intersect(&self.ids.iter().collect());
            }
            self.place = index;
            return;
        }
        match self.ids.len().checked_sub(1) {
            Some(last) => self.choose(self.place.min(last), Select::Only),
            None => {
                self.cursor = None;
                self.anchor = None;
                self.chosen.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests;
