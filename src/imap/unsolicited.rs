//! What a server tells without being asked, kept until somebody takes it. Pure.

use super::response::{FetchData, MailboxStatus};
use crate::model::{MailboxName, UidSet};

/// News kept; a caller that never takes them must not make us hold everything.
const MAX_KEPT: usize = 20_000;

/// One piece of news about the selected mailbox or the account (RFC 9051 section 7).
#[derive(Clone, Debug)]
pub enum Unsolicited {
    /// The mailbox now has so many messages.
    Exists(u32),
    /// The message with this sequence number is gone, and all after it moved up by one.
    Expunge(u32),
    /// Messages are gone (RFC 7162).
    Vanished(UidSet),
    /// Flags of a message changed. The UID may be missing: then only a new look at all flags helps.
    Fetch(Box<FetchData>),
    /// Counts of another mailbox.
    Status {
        /// Which mailbox.
        name: MailboxName,
        /// Its counts.
        status: MailboxStatus,
    },
    /// Mailboxes were made, renamed, deleted or (un)subscribed, or news of them were lost: list them again.
    Listed,
    /// A text that the user must see (RFC 9051 section 7.1, ALERT), made safe to show. Comes only from an
    /// encrypted and signed-in connection.
    Alert(String),
    /// The server is about to close the connection; its words, made safe to show.
    Bye(String),
    /// More happened than was kept: look at the whole mailbox again.
    Overflow,
}

/// News in the order of their arrival.
#[derive(Debug, Default)]
pub(super) struct News {
    kept: Vec<Unsolicited>,
    overflow: bool,
}

impl News {
    pub(super) fn push(&mut self, news: Unsolicited) {
        if let (Unsolicited::Exists(n), Some(Unsolicited::Exists(last))) = (&news, self.kept.last_mut()) {
            // Only the last of a row of counts matters.
            *last = *n;
        } else if let (Unsolicited::Listed, Some(Unsolicited::Listed)) = (&news, self.kept.last()) {
            // Once is enough.
        } else if self.kept.len() < MAX_KEPT {
            self.kept.push(news);
        } else {
            self.overflow = true;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Forgets what was about the mailbox that is no longer selected.
    pub(super) fn forget_mailbox(&mut self) {
        self.overflow = false;
        self.kept.retain(|news| {
            matches!(
                news,
                Unsolicited::Status { .. }
                    | Unsolicited::Listed
                    | Unsolicited::Alert(_)
                    | Unsolicited::Bye(_)
            )
        });
    }

    pub(super) fn take(&mut self) -> Vec<Unsolicited> {
        let mut all = std::mem::take(&mut self.kept);
        if std::mem::take(&mut self.overflow) {
            all.push(Unsolicited::Overflow);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_merged_and_a_flood_is_noticed() {
        let mut news = News::default();
        news.push(Unsolicited::Exists(1));
        news.push(Unsolicited::Exists(2));
        assert!(matches!(news.take().as_slice(), [Unsolicited::Exists(2)]));
        for _ in 0..=MAX_KEPT {
            news.push(Unsolicited::Expunge(1));
        }
        let all = news.take();
        assert_eq!(all.len(), MAX_KEPT + 1);
        assert!(matches!(all.last(), Some(Unsolicited::Overflow)));
        assert!(news.take().is_empty());
    }

    #[test]
    fn another_mailbox_ends_the_news_of_the_last_one() {
        let mut news = News::default();
        news.push(Unsolicited::Exists(1));
        news.push(Unsolicited::Alert("disk full".into()));
        news.forget_mailbox();
        assert!(matches!(news.take().as_slice(), [Unsolicited::Alert(_)]));
    }
}
