//! NOTIFY (RFC 5465): news of all mailboxes, told as STATUS.

use super::Session;
use crate::demo::capability::Extension;
use crate::demo::command::StatusItem;
use crate::demo::mailboxes::{DELIMITER, Mailbox};
use crate::demo::output::{Output, Reply};
use crate::demo::respond;
use std::collections::BTreeMap;

/// By name: which mailbox it is, and what of it was told.
pub(super) type Known = BTreeMap<String, (u64, u64)>;

impl Session {
    pub(super) fn set_notify(&mut self, wanted: bool) -> Reply {
        let known = self.shared.state.read(|all| {
            all.iter().map(|(name, mailbox)| (name.to_owned(), (mailbox.id, mailbox.mod_seq))).collect()
        });
        self.notify = wanted.then_some(known);
        Reply::ok("Notify completed")
    }

    /// Tells what happened in mailboxes that are not selected, and which are new or gone.
    pub(super) fn notify_news(&mut self, output: &mut Output) {
        let Some(mut known) = self.notify.take() else { return };
        let selected = self.selected.as_ref().map(|selected| selected.id);
        self.shared.state.read(|all| {
            known.retain(|name, _| {
                let stays = all.mailbox(name).is_some();
                if !stays {
                    listed("\\NonExistent", name, output);
                }
                stays
            });
            for (name, mailbox) in all.iter() {
                let now = (mailbox.id, mailbox.mod_seq);
                match known.insert(name.to_owned(), now) {
                    None => listed("", name, output),
                    Some(before) if before != now && Some(mailbox.id) != selected => {
                        output.untagged(self.notify_line(name, mailbox));
                    }
                    Some(_) => {}
                }
            }
        });
        self.notify = Some(known);
    }

    fn notify_line(&self, name: &str, mailbox: &Mailbox) -> Vec<u8> {
        // What Dovecot tells; UIDVALIDITY is not in it.
        let mut items = vec![StatusItem::Messages, StatusItem::UidNext, StatusItem::Unseen];
        if self.offers(Extension::Condstore) {
            items.push(StatusItem::HighestModSeq);
        }
        self.status_line(name, mailbox, &items)
    }
}

fn listed(attributes: &str, name: &str, output: &mut Output) {
    let mut line = format!("LIST ({attributes}) \"{DELIMITER}\" ").into_bytes();
    respond::mailbox(&mut line, name);
    output.untagged(line);
}
