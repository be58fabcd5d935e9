//! FETCH, STORE, COPY, MOVE and EXPUNGE. All by UID.

use super::Session;
use crate::imap::capability::Capability;
use crate::imap::command::Command;
use crate::imap::error::Error;
use crate::imap::items::{Copied, FetchItems, StoreOutcome};
use crate::imap::response::{FetchData, Response, ResponseCode, StatusText};
use crate::model::{Flag, FlagChange, MailboxName, ModSeq, UidSet};

impl Session {
    /// Asks for data of messages; each answer goes to `on` as it comes in. Messages that do not exist are
    /// left out without an error. News that come in between are kept for [`Session::take_unsolicited`].
    ///
    /// With `changed_since`, only messages that changed later are told, and with QRESYNC also which vanished
    /// (as news). A server without CONDSTORE tells all.
    ///
    /// # Errors
    /// As every command. What went to `on` before an error is true nevertheless.
    pub async fn uid_fetch(
        &mut self,
        set: &UidSet,
        what: &FetchItems,
        changed_since: Option<ModSeq>,
        on: &mut (dyn FnMut(FetchData) + Send),
    ) -> Result<(), Error> {
        // An item that this server gets wrong is not asked for, and no answer has to hold it.
        let what = &FetchItems { envelope: what.envelope && self.rules.envelope, ..*what };
        let items = self.fetch_items(what)?;
        let modifier = self.since(changed_since);
        for chunk in set.chunks(self.set_limit()) {
            let mut command = Command::new("UID FETCH").set(&chunk).built(&items);
            if let Some(modifier) = &modifier {
                command = command.built(modifier);
            }
            self.exec(command, &mut |response| match response {
                Response::Fetch(data) if answers(&data, &chunk, what) => {
                    on(*data);
                    None
                }
                other => Some(other),
            })
            .await?;
        }
        Ok(())
    }

    fn since(&self, changed_since: Option<ModSeq>) -> Option<String> {
        // CHANGEDSINCE 0 is not allowed (RFC 7162 section 7, mod-sequence-value).
        let since = changed_since.filter(|m| m.is_some() && self.has_condstore())?;
        let vanished = if self.has_qresync() { " VANISHED" } else { "" };
        Some(format!("(CHANGEDSINCE {}{vanished})", since.get()))
    }

    /// The items that are wanted and that this server offers.
    fn fetch_items(&self, what: &FetchItems) -> Result<String, Error> {
        let has = |capability| self.capabilities.has(capability);
        let wanted = [
            (what.flags, "FLAGS"),
            (what.mod_seq && self.has_condstore(), "MODSEQ"),
            (what.internal_date, "INTERNALDATE"),
            (what.size, "RFC822.SIZE"),
            (what.envelope, "ENVELOPE"),
            (what.body_structure, "BODYSTRUCTURE"),
            (what.preview && has(Capability::Preview), "PREVIEW"),
            (what.email_id && has(Capability::ObjectId), "EMAILID"),
            (what.thread_id && has(Capability::ObjectId), "THREADID"),
            (what.gm_msgid && has(Capability::Gmail), "X-GM-MSGID"),
            (what.gm_thrid && has(Capability::Gmail), "X-GM-THRID"),
            (what.gm_labels && has(Capability::Gmail), "X-GM-LABELS"),
        ];
        let mut items = String::from("(UID");
        for (_, word) in wanted.iter().filter(|(wanted, _)| *wanted) {
            items.push(' ');
            items.push_str(word);
        }
        if !what.header_fields.is_empty() {
            if !what.header_fields.iter().all(|name| is_field_name(name)) {
                return Err(Error::Unsendable { what: "header field name" });
            }
            items.push_str(" BODY.PEEK[HEADER.FIELDS (");
            items.push_str(&what.header_fields.join(" "));
            items.push_str(")]");
        }
        items.push(')');
        Ok(items)
    }

    /// Sets flags or takes them away. Never replaces flags that others set.
    ///
    /// With `unchanged_since`, messages that changed later are left alone and come back as `modified`.
    ///
    /// # Errors
    /// [`Error::No`] if the server refuses, with `READ-ONLY` in a mailbox opened for reading only; otherwise as
    /// every command.
    pub async fn uid_store(
        &mut self,
        set: &UidSet,
        change: FlagChange,
        flags: &[Flag],
        unchanged_since: Option<ModSeq>,
    ) -> Result<StoreOutcome, Error> {
        let mut outcome = StoreOutcome::default();
        if flags.is_empty() {
            return Ok(outcome);
        }
        self.require_writable("UID STORE")?;
        let guard = unchanged_since
            .filter(|_| self.has_condstore())
            .map(|mod_seq| format!("(UNCHANGEDSINCE {})", mod_seq.get()));
        let word = match change {
            FlagChange::Add => "+FLAGS",
            FlagChange::Remove => "-FLAGS",
        };
        for chunk in set.chunks(self.set_limit()) {
            let mut command = Command::new("UID STORE").set(&chunk);
            if let Some(guard) = &guard {
                command = command.built(guard);
            }
            let fetched = &mut outcome.fetched;
            let result = self
                .exec(command.word(word).flags(flags), &mut |response| match response {
                    Response::Fetch(data) if data.uid.is_some_and(|uid| chunk.contains(uid)) => {
                        fetched.push(*data);
                        None
                    }
                    other => Some(other),
                })
                .await;
            // RFC 7162 section 3.1.3 says OK, but where all messages failed some servers say NO.
            let code = match result {
                Ok(status) => status.code,
                Err(Error::No { code: Some(code), .. }) if matches!(*code, ResponseCode::Modified(_)) => {
                    Some(*code)
                }
                Err(error) => return Err(error),
            };
            if let Some(ResponseCode::Modified(uids)) = code {
                outcome.modified = outcome.modified.union(&uids);
            }
        }
        Ok(outcome)
    }

    /// Copies messages. The result is empty if the server does not tell where they ended up.
    ///
    /// # Errors
    /// [`Error::No`], with `TRYCREATE` if there is no such mailbox; otherwise as every command.
    pub async fn uid_copy(&mut self, set: &UidSet, to: &MailboxName) -> Result<Vec<Copied>, Error> {
        self.transfer("UID COPY", set, to).await
    }

    /// Moves messages (RFC 6851). The result is empty if the server does not tell where they ended up.
    ///
    /// # Errors
    /// [`Error::Unsupported`] without MOVE: the caller must copy, verify, flag and expunge step by step;
    /// otherwise as [`Session::uid_copy`].
    pub async fn uid_move(&mut self, set: &UidSet, to: &MailboxName) -> Result<Vec<Copied>, Error> {
        self.require(Capability::Move, "MOVE")?;
        self.require_writable("UID MOVE")?;
        self.transfer("UID MOVE", set, to).await
    }

    async fn transfer(
        &mut self,
        name: &'static str,
        set: &UidSet,
        to: &MailboxName,
    ) -> Result<Vec<Copied>, Error> {
        let mut all = Vec::new();
        for chunk in set.chunks(self.set_limit()) {
            let mut note = |code: &Option<ResponseCode>| {
                if let Some(ResponseCode::CopyUid { validity, uids }) = code {
                    all.push(Copied { uid_validity: *validity, uids: uids.clone() });
                }
            };
            // MOVE tells it in an untagged OK before the removals, COPY in the tagged one.
            let command = Command::new(name).set(&chunk).mailbox(to);
            let status = self
                .exec(command, &mut |response| {
                    if let Response::State(StatusText { code, .. }) = &response {
                        note(code);
                    }
                    Some(response)
                })
                .await?;
            note(&status.code);
        }
        Ok(all)
    }

    /// Removes these messages for good, if they have `\Deleted`, and no others (RFC 4315).
    ///
    /// # Errors
    /// [`Error::Unsupported`] without UIDPLUS: a bare EXPUNGE could remove what another client marked.
    /// Otherwise as every command.
    pub async fn uid_expunge(&mut self, set: &UidSet) -> Result<(), Error> {
        self.require(Capability::UidPlus, "UIDPLUS")?;
        self.require_writable("UID EXPUNGE")?;
        for chunk in set.chunks(self.set_limit()) {
            self.exec(Command::new("UID EXPUNGE").set(&chunk), &mut Some).await?;
        }
        Ok(())
    }
}

/// Whether a FETCH answers our question or tells what another client did to the flags in between.
fn answers(data: &FetchData, set: &UidSet, what: &FetchItems) -> bool {
    if !data.uid.is_some_and(|uid| set.contains(uid)) {
        return false;
    }
    let flags_only =
        FetchItems { flags: what.flags, mod_seq: what.mod_seq, ..FetchItems::default() } == *what;
    flags_only
        || data.internal_date.is_some()
        || data.size.is_some()
        || data.envelope.is_some()
        || data.body_structure.is_some()
        || data.header.is_some()
        || data.preview.is_some()
        || data.email_id.is_some()
        || data.thread_id.is_some()
        || data.gm_msgid.is_some()
        || !data.defects.is_empty()
}

/// Field names (RFC 5322 section 2.2) that can stand in a command without quotes.
pub(super) fn is_field_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
