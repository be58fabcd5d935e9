//! LIST in its many dialects.

use super::Session;
use crate::imap::capability::Capability;
use crate::imap::command::Command;
use crate::imap::error::Error;
use crate::imap::mailbox::ListedMailbox;
use crate::imap::response::{ListData, ListKind, MailboxStatus, Response};
use crate::imap::text::printable;
use crate::imap::{special_use, utf7};
use crate::model::MailboxName;
use std::collections::{BTreeMap, BTreeSet};

/// Mailboxes of one account that we are willing to hold; the largest known accounts have some 20,000.
const MAX_MAILBOXES: usize = 100_000;

/// Longest level of a name that is shown.
const MAX_LEVEL: usize = 250;

/// What one LIST brought.
#[derive(Default)]
struct Found {
    listed: BTreeMap<MailboxName, ListData>,
    statuses: BTreeMap<MailboxName, MailboxStatus>,
    too_many: bool,
}

impl Found {
    fn take(&mut self, response: Response) -> Option<Response> {
        match response {
            Response::List(data) if data.kind == ListKind::List => {
                if self.listed.len() >= MAX_MAILBOXES {
                    self.too_many = true;
                } else {
                    // Shared folders can be listed twice; the first line has the attributes.
                    self.listed.entry(data.name.clone()).or_insert(data);
                }
            }
            Response::MailboxStatus { name, status } if self.statuses.len() < MAX_MAILBOXES => {
                self.statuses.insert(name, status);
            }
            other => return Some(other),
        }
        None
    }
}

impl Session {
    /// All mailboxes with attributes, subscriptions, uses and, where the server gives them along, counts.
    ///
    /// # Errors
    /// [`Error::Limit`] if there are more than we can hold: a cut list would make the rest look deleted.
    /// Otherwise as every command.
    pub async fn list(&mut self) -> Result<Vec<ListedMailbox>, Error> {
        self.list_with(true).await
    }

    /// The same without the ids of the mailboxes, which are a third of the answer and matter only where a name is new.
    ///
    /// # Errors
    /// As [`Session::list`].
    pub async fn list_briefly(&mut self) -> Result<Vec<ListedMailbox>, Error> {
        self.list_with(false).await
    }

    async fn list_with(&mut self, ids: bool) -> Result<Vec<ListedMailbox>, Error> {
        let (mut found, subscriptions_known) = self.list_best(ids).await?;
        if found.too_many {
            let limit = u64::try_from(MAX_MAILBOXES).unwrap_or(u64::MAX);
            return Err(Error::Limit { what: "mailboxes", limit });
        }
        if found.listed.is_empty() {
            // Each account has an INBOX: no line at all is no answer.
            return Err(Error::Protocol { detail: "LIST without an answer".into() });
        }
        let subscribed = if subscriptions_known { BTreeSet::new() } else { self.subscriptions().await? };
        let mut mailboxes: Vec<_> = std::mem::take(&mut found.listed)
            .into_values()
            .map(|data| {
                let mut mailbox = listed(&data);
                mailbox.attributes.subscribed |= subscribed.contains(&data.name);
                mailbox.status = found.statuses.remove(&data.name);
                mailbox
            })
            .collect();
        special_use::fill_in(&mut mailboxes);
        Ok(mailboxes)
    }

    /// Asks for as much as the server may understand, and for less if it does not. Tells also whether the
    /// answer knows the subscriptions.
    async fn list_best(&mut self, ids: bool) -> Result<(Found, bool), Error> {
        let has = |capability| self.capabilities.has(capability);
        let mut questions = Vec::new();
        if has(Capability::ListExtended) {
            let special = if has(Capability::SpecialUse) { " SPECIAL-USE" } else { "" };
            if has(Capability::ListStatus) {
                questions.push(format!("CHILDREN SUBSCRIBED{special} STATUS {}", self.status_items(ids)));
                questions.push(format!(
                    "CHILDREN SUBSCRIBED{special} STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)"
                ));
            }
            questions.push(format!("CHILDREN SUBSCRIBED{special}"));
            questions.push("SUBSCRIBED".to_owned());
            questions.dedup();
        }
        for question in questions {
            let command = Command::new("LIST").word("\"\" \"*\" RETURN").built(&format!("({question})"));
            match self.list_once(command).await {
                Ok(found) if !found.listed.is_empty() => return Ok((found, true)),
                Ok(_) | Err(Error::No { .. } | Error::Bad { .. }) => {
                    tracing::info!(question, "LIST in a simpler form");
                }
                Err(error) => return Err(error),
            }
        }
        let found = self.list_once(Command::new("LIST").word("\"\" \"*\"")).await?;
        Ok((found, false))
    }

    async fn list_once(&mut self, command: Command) -> Result<Found, Error> {
        let mut found = Found::default();
        self.exec(command, &mut |response| found.take(response)).await?;
        Ok(found)
    }

    async fn subscriptions(&mut self) -> Result<BTreeSet<MailboxName>, Error> {
        let mut names = BTreeSet::new();
        let result = self
            .exec(Command::new("LSUB").word("\"\" \"*\""), &mut |response| match response {
                Response::List(data) => {
                    // LSUB names levels that are not subscribed themselves as \Noselect.
                    if names.len() < MAX_MAILBOXES && !data.has("\\Noselect") {
                        names.insert(data.name);
                    }
                    None
                }
                other => Some(other),
            })
            .await;
        match result {
            // Subscriptions are a nicety: a server without them (IMAP4rev2 has no LSUB) is fine.
            Ok(_) | Err(Error::No { .. } | Error::Bad { .. }) => Ok(names),
            Err(error) => Err(error),
        }
    }
}

fn listed(data: &ListData) -> ListedMailbox {
    ListedMailbox {
        name: data.name.clone(),
        delimiter: data.delimiter,
        attributes: data.mailbox_attributes(),
        special_use: data.special_use(),
        status: None,
        display_path: display_path(&data.name, data.delimiter),
    }
}

/// Cuts the name at the delimiter and decodes each level. Empty levels (`a//b`, `/a`) are left out.
fn display_path(name: &MailboxName, delimiter: Option<char>) -> Vec<String> {
    let raw = name.as_bytes();
    let mut utf8 = [0; 4];
    let pieces: Vec<&[u8]> = match delimiter.map(|d| d.encode_utf8(&mut utf8).as_bytes()) {
        // `&` and base64 letters as delimiter would cut encoded names; no server does that.
        Some([byte]) => raw.split(|b| b == byte).filter(|level| !level.is_empty()).collect(),
        _ => vec![raw],
    };
    pieces.into_iter().map(|level| printable(utf7::display(level).as_bytes(), MAX_LEVEL)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_and_decoded() {
        let cases: [(&[u8], Option<char>, &[&str]); 5] = [
            (b"INBOX", Some('/'), &["INBOX"]),
            (b"INBOX.Entw&APw-rfe", Some('.'), &["INBOX", "Entwürfe"]),
            (b"a.b", None, &["a.b"]),
            (b"/a//b/", Some('/'), &["a", "b"]),
            (b"x\\y", Some('\\'), &["x", "y"]),
        ];
        for (raw, delimiter, expected) in cases {
            assert_eq!(display_path(&MailboxName::from_wire(raw), delimiter), expected);
        }
    }
}
