//! Gmail's labels: the other mailboxes in which a message is.

use super::Session;
use super::copy::name_of;
use crate::demo::command::Command;
use crate::demo::mailboxes::label_of;
use crate::demo::output::{Output, Reply};
use crate::demo::{names, respond};
use std::collections::BTreeMap;

impl Session {
    /// Labels by message, without the one of the selected mailbox: Gmail leaves that out.
    pub(super) fn labels_elsewhere(&self) -> BTreeMap<u64, Vec<String>> {
        let here = self.selected.as_ref().map(|selected| selected.id);
        self.shared.state.read(|all| {
            let mut labels: BTreeMap<u64, Vec<String>> = BTreeMap::new();
            for (name, mailbox) in all.iter().filter(|(_, mailbox)| Some(mailbox.id) != here) {
                let Some(label) = label_of(name, mailbox.special_use) else { continue };
                for mail in mailbox.mails() {
                    labels.entry(mail.email_id).or_default().push(label.clone());
                }
            }
            labels
        })
    }

    pub(super) fn store_labels(&self, command: Command, output: &mut Output) -> Reply {
        let Command::StoreLabels { set, kind, labels, silent, uid } = command else {
            return Reply::bad("Not here");
        };
        let uids = self.resolve(&set, uid);
        let Some(selected) = &self.selected else { return Reply::bad("No mailbox is selected") };
        if selected.read_only {
            return Reply::no("[READ-ONLY] The mailbox is open for reading");
        }
        let id = selected.id;
        let done = self.shared.state.change(|all| {
            let name = name_of(all, id)?;
            all.store_labels(&name, &uids, kind, &labels).ok()
        });
        if done.is_none() {
            return Reply::no("[CANNOT] Not such a label");
        }
        if !silent {
            self.tell_labels(&uids, uid, output);
        }
        Reply::ok("Success")
    }

    fn tell_labels(&self, uids: &[u32], uid: bool, output: &mut Output) {
        let labels = self.labels_elsewhere();
        let Some(selected) = &self.selected else { return };
        self.shared.state.read(|all| {
            let Some(mailbox) = all.by_id(selected.id) else { return };
            for this in uids {
                let (Some(seq), Some(mail)) = (self.sequence(*this), mailbox.mail(*this)) else { continue };
                let mut line = format!("{seq} FETCH (").into_bytes();
                write(&mut line, labels.get(&mail.email_id).map_or(&[], Vec::as_slice));
                if uid {
                    line.extend_from_slice(format!(" UID {this}").as_bytes());
                }
                line.push(b')');
                output.untagged(line);
            }
        });
    }
}

/// `X-GM-LABELS (...)`.
pub(super) fn write(out: &mut Vec<u8>, labels: &[String]) {
    out.extend_from_slice(b"X-GM-LABELS (");
    for (i, label) in labels.iter().enumerate() {
        if i > 0 {
            out.push(b' ');
        }
        respond::string(out, names::encode(label).as_bytes());
    }
    out.push(b')');
}
