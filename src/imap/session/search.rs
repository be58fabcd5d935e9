//! SEARCH, SORT and THREAD.

use super::Session;
use crate::imap::capability::Capability;
use crate::imap::command::Command;
use crate::imap::error::Error;
use crate::imap::response::{Response, ThreadNode};
use crate::imap::search::{SearchQuery, SortBy, ThreadAlgorithm};
use crate::model::{Uid, UidSet};

impl Session {
    /// The UIDs of all messages in the mailbox.
    ///
    /// # Errors
    /// [`Error::Protocol`] also if the server gave no result at all although the mailbox has messages: that
    /// must not look like an empty mailbox. Otherwise as every command.
    pub async fn uid_search_all(&mut self) -> Result<UidSet, Error> {
        match self.search(&SearchQuery::All).await? {
            Some(uids) => Ok(uids),
            None if self.exists == Some(0) => Ok(UidSet::new()),
            None => Err(Error::Protocol { detail: "SEARCH without an answer".into() }),
        }
    }

    /// The UIDs of the messages that meet a condition.
    ///
    /// # Errors
    /// As every command; [`Error::No`] with `BADCHARSET` if the server cannot search for such text.
    pub async fn uid_search(&mut self, query: &SearchQuery) -> Result<UidSet, Error> {
        // Some servers send nothing where they mean that nothing was found.
        self.search(query).await.map(Option::unwrap_or_default)
    }

    async fn search(&mut self, query: &SearchQuery) -> Result<Option<UidSet>, Error> {
        if self.capabilities.has(Capability::Esearch) {
            match self.search_once(query, true).await {
                // Some servers announce ESEARCH and do not understand it.
                Err(Error::Bad { .. }) => {}
                other => return other,
            }
        }
        self.search_once(query, false).await
    }

    async fn search_once(&mut self, query: &SearchQuery, extended: bool) -> Result<Option<UidSet>, Error> {
        let mut command = Command::new("UID SEARCH");
        if extended {
            command = command.word("RETURN (ALL)");
        }
        if query.needs_charset() {
            command = command.word("CHARSET UTF-8");
        }
        let mut found: Option<UidSet> = None;
        self.exec(query.write(command), &mut |response| {
            let uids = match response {
                Response::Search(search) => search.uids(),
                Response::ESearch(search) => search.uids(),
                other => return Some(other),
            };
            // A long result may come in several pieces.
            found = Some(found.take().unwrap_or_default().union(&uids));
            None
        })
        .await?;
        Ok(found)
    }

    /// The UIDs of the messages that meet a condition, sorted by the server (RFC 5256).
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the server cannot sort; otherwise as every command.
    pub async fn sort(&mut self, by: &[SortBy], query: &SearchQuery) -> Result<Vec<Uid>, Error> {
        self.require(Capability::Sort, "SORT")?;
        let words: Vec<_> = by
            .iter()
            .map(|by| match by {
                SortBy::Ascending(key) => key.word().to_owned(),
                SortBy::Descending(key) => format!("REVERSE {}", key.word()),
            })
            .collect();
        let command = Command::new("UID SORT").built(&format!("({})", words.join(" "))).word("UTF-8");
        let mut uids = Vec::new();
        self.exec(query.write(command), &mut |response| match response {
            Response::Sort(sorted) => {
                uids.extend(sorted.numbers.iter().filter_map(|n| Uid::from_wire(*n).ok()));
                None
            }
            other => Some(other),
        })
        .await?;
        Ok(uids)
    }

    /// The messages that meet a condition, put into threads by the server (RFC 5256). Numbers are UIDs.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the server does not know the algorithm; otherwise as every command.
    pub async fn thread(
        &mut self,
        algorithm: ThreadAlgorithm,
        query: &SearchQuery,
    ) -> Result<Vec<ThreadNode>, Error> {
        let (capability, extension) = match algorithm {
            ThreadAlgorithm::References => (Capability::ThreadReferences, "THREAD=REFERENCES"),
            ThreadAlgorithm::Refs => (Capability::ThreadRefs, "THREAD=REFS"),
            ThreadAlgorithm::OrderedSubject => (Capability::ThreadOrderedSubject, "THREAD=ORDEREDSUBJECT"),
        };
        self.require(capability, extension)?;
        let command = Command::new("UID THREAD").word(algorithm.word()).word("UTF-8");
        let mut nodes = Vec::new();
        self.exec(query.write(command), &mut |response| match response {
            Response::Thread(more) => {
                nodes.extend(more);
                None
            }
            other => Some(other),
        })
        .await?;
        Ok(nodes)
    }
}
