//! COPY, MOVE, APPEND, EXPUNGE with UIDPLUS (RFC 4315, RFC 6851).

use super::Session;
use super::select::deleted;
use crate::demo::capability::Extension;
use crate::demo::command::NumberSet;
use crate::demo::content::Content;
use crate::demo::mailboxes::Mailboxes;
use crate::demo::output::{Output, Reply};
use crate::demo::respond::compact;
use crate::model::{Flag, UnixTime};

pub(super) fn name_of(all: &Mailboxes, id: u64) -> Option<String> {
    all.iter().find(|(_, mailbox)| mailbox.id == id).map(|(name, _)| name.to_owned())
}

impl Session {
    pub(super) fn copy(
        &self,
        set: &NumberSet,
        to: &str,
        take: bool,
        uid: bool,
        output: &mut Output,
    ) -> Reply {
        let uids = self.resolve(set, uid);
        let Some(selected) = &self.selected else { return Reply::bad("No mailbox is selected") };
        if take && selected.read_only {
            return Reply::no("[READ-ONLY] The mailbox is open for reading");
        }
        let id = selected.id;
        let done = self.shared.state.change_as(self.number, |all| {
            let validity = all.mailbox(to).filter(|mailbox| !mailbox.no_select)?.uid_validity();
            let from = name_of(all, id)?;
            let pairs = all.transfer(&from, &uids, to, take).ok()?;
            Some((validity, pairs))
        });
        let Some((validity, pairs)) = done else { return Reply::no("[TRYCREATE] No such mailbox") };
        let word = if take { "Moved" } else { "Copied" };
        if pairs.is_empty() || !self.offers(Extension::UidPlus) {
            return Reply::ok(word);
        }
        let (old, new): (Vec<u32>, Vec<u32>) = pairs.into_iter().unzip();
        let code = format!("[COPYUID {validity} {} {}]", compact(&old), compact(&new));
        if take {
            // The code comes before the mails go (RFC 6851 section 4.3).
            output.untagged(format!("OK {code} Moving"));
            Reply::ok(word)
        } else {
            Reply::Ok(format!("{code} {word}"))
        }
    }

    pub(super) fn append(&self, name: &str, flags: Vec<Flag>, date: Option<i64>, message: Vec<u8>) -> Reply {
        let date = date.map_or(self.shared.now, UnixTime);
        let flags = flags.into_iter().collect();
        let done = self.shared.state.change_as(self.number, |all| {
            let uid = all.append(name, flags, date, Content::new(message)).ok()?;
            Some((all.mailbox(name)?.uid_validity(), uid))
        });
        match done {
            Some((validity, uid)) if self.offers(Extension::UidPlus) => {
                Reply::Ok(format!("[APPENDUID {validity} {uid}] Appended"))
            }
            Some(_) => Reply::ok("Appended"),
            None => Reply::no("[TRYCREATE] No such mailbox"),
        }
    }

    pub(super) fn expunge(&self, set: Option<&NumberSet>) -> Reply {
        let only = set.map(|set| self.resolve(set, true));
        let Some(selected) = &self.selected else { return Reply::bad("No mailbox is selected") };
        if selected.read_only {
            return Reply::no("[READ-ONLY] The mailbox is open for reading");
        }
        let mod_seq = self.shared.state.change_as(self.number, |all| {
            let name = name_of(all, selected.id)?;
            let mut gone = deleted(all.mailbox(&name)?, &selected.view);
            if let Some(only) = &only {
                gone.retain(|uid| only.binary_search(uid).is_ok());
            }
            all.expunge(&name, &gone).ok()?;
            Some(all.mailbox(&name)?.mod_seq)
        });
        match mod_seq {
            // RFC 7162 section 3.2.7.
            Some(mod_seq) if self.qresync => Reply::Ok(format!("[HIGHESTMODSEQ {mod_seq}] Expunged")),
            Some(_) => Reply::ok("Expunged"),
            None => Reply::no("The mailbox is gone"),
        }
    }
}
