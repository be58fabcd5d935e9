//! Opening a mailbox, and changing which mailboxes there are.

use super::{Enabled, Session};
use crate::imap::capability::Capability;
use crate::imap::command::{Command, MAX_SET_CONDSTORE};
use crate::imap::error::Error;
use crate::imap::mailbox::{Resync, Selected};
use crate::imap::response::{MailboxStatus, Response, ResponseCode, StatusText};
use crate::model::{MailboxName, SpecialUse, UidSet};

/// How a mailbox is opened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Select,
    Examine,
}

impl Access {
    const fn command(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::Examine => "EXAMINE",
        }
    }
}

impl Session {
    /// Asks for the counts of a mailbox. Do not use it for the selected one (RFC 9051 section 6.3.11).
    ///
    /// # Errors
    /// [`Error::No`] if there is no such mailbox; otherwise as every command.
    pub async fn status(&mut self, name: &MailboxName) -> Result<MailboxStatus, Error> {
        let command = Command::new("STATUS").mailbox(name).built(&self.status_items(true));
        let mut found = None;
        self.exec(command, &mut |response| match response {
            Response::MailboxStatus { name: other, status } if other == *name => {
                found = Some(status);
                None
            }
            other => Some(other),
        })
        .await?;
        found.ok_or(Error::Protocol { detail: "STATUS without an answer".into() })
    }

    /// The items of STATUS that this server offers, the id of the mailbox if wanted.
    pub(super) fn status_items(&self, id: bool) -> String {
        let mut items = String::from("(MESSAGES UNSEEN UIDNEXT UIDVALIDITY");
        if self.has_condstore() {
            items.push_str(" HIGHESTMODSEQ");
        }
        if id && self.capabilities.has(Capability::ObjectId) {
            items.push_str(" MAILBOXID");
        }
        if id && self.capabilities.has_word("APPENDLIMIT") {
            // RFC 7889: each mailbox has its own.
            items.push_str(" APPENDLIMIT");
        }
        items.push(')');
        items
    }

    /// Opens a mailbox for reading only.
    ///
    /// # Errors
    /// [`Error::No`] if there is no such mailbox; then none is open. Otherwise as every command.
    pub async fn examine(&mut self, name: &MailboxName) -> Result<Selected, Error> {
        self.open(Access::Examine, name, None).await
    }

    /// Opens a mailbox. With a [`Resync`] point, and where the server can, the answer holds all changes since.
    ///
    /// # Errors
    /// [`Error::No`] if there is no such mailbox; then none is open. Otherwise as every command.
    pub async fn select(&mut self, name: &MailboxName, resync: Option<Resync>) -> Result<Selected, Error> {
        self.open(Access::Select, name, resync.as_ref()).await
    }

    async fn open(
        &mut self,
        access: Access,
        name: &MailboxName,
        resync: Option<&Resync>,
    ) -> Result<Selected, Error> {
        self.enable().await?;
        let resync = resync.filter(|r| self.has_qresync() && r.mod_seq.is_some());
        let mut result = self.open_once(access, name, resync).await;
        if result.as_ref().is_err_and(wants_id) {
            self.identify().await?;
            result = self.open_once(access, name, resync).await;
        }
        if matches!(result, Err(Error::Bad { .. })) && self.has_condstore() {
            // A server that cannot digest its own extension: go on without it.
            self.enabled = Enabled::Less;
            return self.opened(access, Command::new(access.command()).mailbox(name)).await;
        }
        result
    }

    async fn open_once(
        &mut self,
        access: Access,
        name: &MailboxName,
        resync: Option<&Resync>,
    ) -> Result<Selected, Error> {
        let command = Command::new(access.command()).mailbox(name);
        let command = match resync {
            // QRESYNC implies CONDSTORE; naming both makes one provider answer BAD.
            Some(resync) => command.built(&qresync(resync)),
            None if self.has_condstore() => command.word("(CONDSTORE)"),
            None => command,
        };
        self.opened(access, command).await
    }

    async fn opened(&mut self, access: Access, command: Command) -> Result<Selected, Error> {
        self.news.forget_mailbox();
        (self.exists, self.read_only) = (None, false);
        let mut selected = Selected::default();
        let mut exists = None;
        let result = self
            .exec(command, &mut |response| {
                collect(&mut selected, &mut exists, response);
                None
            })
            .await;
        // Even a refused SELECT closes the mailbox that was open before.
        let status = result?;
        note_code(&mut selected, status.code.as_ref());
        selected.read_only |= access == Access::Examine;
        let Some(exists) = exists else {
            return Err(Error::Protocol { detail: "a mailbox without EXISTS".into() });
        };
        selected.exists = exists;
        (self.exists, self.read_only) = (Some(exists), selected.read_only);
        Ok(selected)
    }

    /// Closes the mailbox without expunging anything, whatever the server can.
    ///
    /// # Errors
    /// As every command.
    pub async fn unselect(&mut self) -> Result<(), Error> {
        if self.capabilities.has(Capability::Unselect) {
            self.exec(Command::new("UNSELECT"), &mut Some).await?;
        } else {
            // CLOSE would expunge. A SELECT that fails closes the mailbox too (RFC 9051 section 6.3.2), and a
            // mailbox of this name does not exist.
            let nowhere = Command::new("EXAMINE").string(b"Postrider does not exist", "mailbox name");
            match self.exec(nowhere, &mut |_| None).await {
                Ok(_) | Err(Error::No { .. } | Error::Bad { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        self.news.forget_mailbox();
        (self.exists, self.read_only) = (None, false);
        Ok(())
    }

    /// Creates a mailbox, for a use where the server can take one (RFC 6154 section 3).
    ///
    /// # Errors
    /// [`Error::No`], with [`ResponseCode::AlreadyExists`] if it is there already; otherwise as every command.
    pub async fn create(&mut self, name: &MailboxName, special_use: Option<SpecialUse>) -> Result<(), Error> {
        let command = Command::new("CREATE").mailbox(name);
        let can_use = self.capabilities.has(Capability::CreateSpecialUse);
        let command = match special_use.and_then(attribute).filter(|_| can_use) {
            Some(attribute) => command.word("(USE (").glue(attribute).glue("))"),
            None => command,
        };
        self.exec(command, &mut Some).await.map(drop)
    }

    /// Renames a mailbox and all below it.
    ///
    /// # Errors
    /// [`Error::No`] if the server refuses; otherwise as every command.
    pub async fn rename(&mut self, from: &MailboxName, to: &MailboxName) -> Result<(), Error> {
        self.exec(Command::new("RENAME").mailbox(from).mailbox(to), &mut Some).await.map(drop)
    }

    /// Deletes a mailbox with all its messages.
    ///
    /// # Errors
    /// [`Error::No`] if the server refuses; otherwise as every command.
    pub async fn delete(&mut self, name: &MailboxName) -> Result<(), Error> {
        self.exec(Command::new("DELETE").mailbox(name), &mut Some).await.map(drop)
    }

    /// Subscribes to a mailbox.
    ///
    /// # Errors
    /// [`Error::No`] if the server refuses; otherwise as every command.
    pub async fn subscribe(&mut self, name: &MailboxName) -> Result<(), Error> {
        self.exec(Command::new("SUBSCRIBE").mailbox(name), &mut Some).await.map(drop)
    }

    /// Ends the subscription to a mailbox.
    ///
    /// # Errors
    /// [`Error::No`] if the server refuses; otherwise as every command.
    pub async fn unsubscribe(&mut self, name: &MailboxName) -> Result<(), Error> {
        self.exec(Command::new("UNSUBSCRIBE").mailbox(name), &mut Some).await.map(drop)
    }
}

/// 163.com and others want to know the program before they open anything.
fn wants_id(error: &Error) -> bool {
    matches!(error, Error::No { text, .. } if text.to_ascii_lowercase().contains("unsafe login"))
}

/// `(QRESYNC (uidvalidity modseq [known-uids]))`
fn qresync(resync: &Resync) -> String {
    let mut known = resync.known.to_string();
    if known.len() > MAX_SET_CONDSTORE {
        // The server only leaves out what is not in the set, so a wider one is always right.
        let mut ends = resync.known.ranges();
        let low = ends.next().map(|(low, _)| low);
        let high = ends.next_back().map(|(_, high)| high);
        known = low.zip(high).map(|(low, high)| UidSet::range(low, high).to_string()).unwrap_or_default();
    }
    let space = if known.is_empty() { "" } else { " " };
    format!("(QRESYNC ({} {}{space}{known}))", resync.uid_validity.get(), resync.mod_seq.get())
}

const fn attribute(special_use: SpecialUse) -> Option<&'static str> {
    match special_use {
        SpecialUse::Inbox => None,
        SpecialUse::Drafts => Some("\\Drafts"),
        SpecialUse::Sent => Some("\\Sent"),
        SpecialUse::Archive => Some("\\Archive"),
        SpecialUse::Junk => Some("\\Junk"),
        SpecialUse::Trash => Some("\\Trash"),
        SpecialUse::All => Some("\\All"),
        SpecialUse::Flagged => Some("\\Flagged"),
    }
}

fn collect(selected: &mut Selected, exists: &mut Option<u32>, response: Response) {
    match response {
        Response::Exists(n) => *exists = Some(n),
        Response::Flags(list) => selected.flags = list.flags,
        Response::Vanished { uids, .. } => selected.vanished = selected.vanished.union(&uids),
        Response::Fetch(data) => selected.fetched.push(*data),
        Response::State(StatusText { code: Some(ResponseCode::Closed), .. }) => {
            // Everything so far was about the mailbox that was open before (RFC 7162 section 3.2.11).
            *selected = Selected::default();
            *exists = None;
        }
        Response::State(status) => note_code(selected, status.code.as_ref()),
        _ => {}
    }
}

fn note_code(selected: &mut Selected, code: Option<&ResponseCode>) {
    match code {
        Some(ResponseCode::UidValidity(validity)) => selected.uid_validity = Some(*validity),
        Some(ResponseCode::UidNext(uid)) => selected.uid_next = Some(*uid),
        Some(ResponseCode::HighestModSeq(mod_seq)) => {
            selected.highest_mod_seq = Some(*mod_seq).filter(|m| m.is_some());
        }
        Some(ResponseCode::NoModSeq) => selected.highest_mod_seq = None,
        Some(ResponseCode::PermanentFlags(list)) => selected.permanent_flags = Some(list.clone()),
        Some(ResponseCode::ReadOnly) => selected.read_only = true,
        Some(ResponseCode::UidNotSticky) => selected.uid_not_sticky = true,
        Some(ResponseCode::MailboxId(id)) => selected.mailbox_id = Some(id.clone()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ModSeq, Uid, UidValidity};

    #[test]
    fn a_long_list_of_known_messages_becomes_its_hull() {
        let uid = |n| Uid::from_wire(n).unwrap();
        let mut resync = Resync {
            uid_validity: UidValidity::from_wire(7).unwrap(),
            mod_seq: ModSeq::new(9),
            known: UidSet::new(),
        };
        assert_eq!(qresync(&resync), "(QRESYNC (7 9))");
        resync.known = [1, 2, 5].map(uid).into_iter().collect();
        assert_eq!(qresync(&resync), "(QRESYNC (7 9 1:2,5))");
        resync.known = (1..10_000).step_by(2).map(uid).collect();
        assert_eq!(qresync(&resync), "(QRESYNC (7 9 1:9999))");
    }
}
