//! The reading pane: which message it shows and whether its text is there.
//!
//! Pure state. It says what it wants; answers for another message are dropped.

use super::links::Hovered;
use crate::model::{MessageId, Revision};
use crate::store::Changes;
use crate::sync::Problem;
use crate::ui::read::{Mail, MailText};
use std::sync::Arc;

/// What the reader wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Read the message from the store.
    Read(MessageId),
    /// Fetch the text from the server, if the message is still shown in a moment.
    FetchSoon(MessageId),
}

/// Why a text is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It was never fetched, and nobody asked yet.
    NotYet,
    /// It is on its way.
    Fetching,
    /// It could not be fetched.
    Failed(Problem),
}

/// The reading pane.
#[derive(Debug, Default)]
pub struct Reader {
    wanted: Option<MessageId>,
    shown: Option<Arc<Mail>>,
    missing: Option<Missing>,
    failed: bool,
    revision: Revision,
    reading: bool,
    again: bool,
    addresses_open: bool,
    hovered: Option<Hovered>,
    /// Counts messages shown, so that the scroll position starts anew with each.
    visits: u64,
}

impl Reader {
    /// The message that was asked for.
    #[must_use]
    pub const fn wanted(&self) -> Option<MessageId> {
        self.wanted
    }

    /// The message to draw; while the next one is read, the one before.
    #[must_use]
    pub fn shown(&self) -> Option<&Arc<Mail>> {
        self.shown.as_ref()
    }

    /// Why there is no text; `None` if there is.
    #[must_use]
    pub const fn missing(&self) -> Option<&Missing> {
        self.missing.as_ref()
    }

    /// Whether the store could not give the message.
    #[must_use]
    pub const fn is_failed(&self) -> bool {
        self.failed
    }

    /// Whether all addresses are shown.
    #[must_use]
    pub const fn addresses_open(&self) -> bool {
        self.addresses_open
    }

    /// The link under the pointer.
    #[must_use]
    pub const fn hovered(&self) -> Option<&Hovered> {
        self.hovered.as_ref()
    }

    /// Grows with each message shown.
    #[must_use]
    pub const fn visits(&self) -> u64 {
        self.visits
    }

    /// Shows a message, or none.
    pub fn open(&mut self, message: Option<MessageId>) -> Vec<Wish> {
        if message == self.wanted {
            return Vec::new();
        }
        self.wanted = message;
        self.failed = false;
        self.hovered = None;
        let Some(id) = message else {
            *self = Self { visits: self.visits + 1, ..Self::default() };
            return Vec::new();
        };
        self.want(id)
    }

    /// The store changed.
    pub fn changed(&mut self, changes: &Changes) -> Vec<Wish> {
        match self.wanted {
            Some(id) if changes.messages.touches(id) => self.want(id),
            _ => Vec::new(),
        }
    }

    /// Reads the message again.
    pub fn reload(&mut self) -> Vec<Wish> {
        self.wanted.map_or_else(Vec::new, |id| self.want(id))
    }

    /// The store gave the message, or `None` if it is gone.
    pub fn take(&mut self, id: MessageId, revision: Revision, mail: Option<Arc<Mail>>) -> Vec<Wish> {
        let again = std::mem::take(&mut self.again);
        self.reading = false;
        if self.wanted != Some(id) {
            return self.reload();
        }
        if self.is_new(id) {
            self.visits += 1;
            self.addresses_open = false;
            self.missing = None;
        } else if revision < self.revision {
            return Vec::new();
        }
        self.revision = revision;
        self.failed = mail.is_none();
        let mut wishes = Vec::new();
        match mail.as_ref().map(|m| &m.text) {
            Some(MailText::Missing) if self.missing.is_none() => {
                self.missing = Some(Missing::NotYet);
                wishes.push(Wish::FetchSoon(id));
            }
            Some(MailText::Missing) => {}
            Some(MailText::Here { .. } | MailText::None) | None => self.missing = None,
        }
        self.shown = mail;
        if again {
            wishes.extend(self.want(id));
        }
        wishes
    }

    /// The store could not be read.
    pub fn broken(&mut self, id: MessageId) {
        self.reading = false;
        self.again = false;
        self.failed = self.wanted == Some(id);
    }

    /// Whether the text has to be fetched now; then it counts as on its way.
    pub fn fetch(&mut self, id: MessageId) -> bool {
        let needed =
            self.wanted == Some(id) && matches!(self.missing, Some(Missing::NotYet | Missing::Failed(_)));
        if needed {
            self.missing = Some(Missing::Fetching);
        }
        needed
    }

    /// The worker fetched the text, or could not.
    pub fn fetched(&mut self, id: MessageId, result: &Result<(), Problem>) -> Vec<Wish> {
        if self.wanted != Some(id) || self.missing.is_none() {
            return Vec::new();
        }
        match result {
            Ok(()) => self.want(id),
            Err(problem) => {
                self.missing = Some(Missing::Failed(problem.clone()));
                Vec::new()
            }
        }
    }

    /// A connection is there again: what failed for lack of one is worth another try.
    pub fn online(&mut self) -> Vec<Wish> {
        match (&self.missing, self.wanted) {
            (Some(Missing::Failed(problem)), Some(id)) => {
                let worth = problem.passes_by_itself() || *problem == Problem::OfflineByChoice;
                if worth { vec![Wish::FetchSoon(id)] } else { Vec::new() }
            }
            _ => Vec::new(),
        }
    }

    /// Shows or hides all addresses.
    pub const fn toggle_addresses(&mut self) {
        self.addresses_open = !self.addresses_open;
    }

    /// The pointer is on a link, or on none.
    pub fn hover(&mut self, link: Option<Hovered>) {
        self.hovered = link;
    }

    fn is_new(&self, id: MessageId) -> bool {
        self.shown.as_ref().is_none_or(|mail| mail.id != id)
    }

    fn want(&mut self, id: MessageId) -> Vec<Wish> {
        if self.reading {
            self.again = true;
            return Vec::new();
        }
        self.reading = true;
        vec![Wish::Read(id)]
    }
}

#[cfg(test)]
mod tests;
