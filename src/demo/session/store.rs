//! STORE with CONDSTORE (RFC 7162 section 3.1.3).

use super::Session;
use super::copy::name_of;
use crate::demo::command::Command;
use crate::demo::output::{Output, Reply};
use crate::demo::respond::compact;

impl Session {
    pub(super) fn store(&mut self, command: Command, output: &mut Output) -> Reply {
        let Command::Store { set, kind, flags, silent, unchanged_since, uid } = command else {
            return Reply::bad("Not here");
        };
        let uids = self.resolve(&set, uid);
        let Some(selected) = &self.selected else { return Reply::bad("No mailbox is selected") };
        if selected.read_only {
            return Reply::no("[READ-ONLY] The mailbox is open for reading");
        }
        let id = selected.id;
        self.condstore |= unchanged_since.is_some();
        let outcome = self.shared.state.change_as(self.number, |all| {
            let name = name_of(all, id)?;
            let mailbox = all.mailbox(&name)?;
            let mut wanted = Vec::with_capacity(uids.len());
            let mut modified = Vec::new();
            let mut missing = false;
            for uid in uids {
                match mailbox.mail(uid) {
                    Some(mail) if unchanged_since.is_some_and(|limit| mail.mod_seq > limit) => {
                        modified.push(uid)
                    }
                    Some(_) => wanted.push(uid),
                    None => missing = true,
                }
            }
            all.store(&name, &wanted, kind, &flags, self.number);
            let mailbox = all.mailbox(&name)?;
            let lines: Vec<_> = wanted
                .iter()
                .filter(|_| !silent || self.condstore)
                .filter_map(|this| Some((self.sequence(*this)?, mailbox.mail(*this)?)))
                .map(|(seq, mail)| {
                    if silent {
                        let uid = if uid { format!("UID {} ", mail.uid) } else { String::new() };
                        format!("{seq} FETCH ({uid}MODSEQ ({}))", mail.mod_seq)
                    } else {
                        self.flags_line(seq, mail, uid)
                    }
                })
                .collect();
            // Gmail's default setting: what is marked goes at once.
            all.auto_expunge(&name, &wanted);
            Some((lines, modified, missing))
        });
        let Some((lines, modified, missing)) = outcome else { return Reply::no("The mailbox is gone") };
        for line in lines {
            output.untagged(line);
        }
        if !modified.is_empty() {
            let numbers: Vec<u32> =
                if uid { modified } else { modified.iter().filter_map(|uid| self.sequence(*uid)).collect() };
            return Reply::Ok(format!("[MODIFIED {}] Some were changed meanwhile", compact(&numbers)));
        }
        if missing && !uid {
            return Reply::no("[EXPUNGEISSUED] Some of the messages are gone");
        }
        Reply::ok("Stored")
    }
}
