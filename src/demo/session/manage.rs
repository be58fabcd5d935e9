//! Making, removing and renaming mailboxes; subscriptions; quota.

use super::Session;
use crate::demo::mailboxes::Refused;
use crate::demo::output::{Output, Reply};
use crate::demo::respond;
use crate::model::SpecialUse;

/// What the quota allows, in units of 1,024 bytes: a plausible gigabyte.
const QUOTA: u64 = 1 << 20;

fn reply(result: Result<(), Refused>, done: &str) -> Reply {
    match result {
        Ok(()) => Reply::ok(done),
        Err(Refused::NoMailbox) => Reply::no("[NONEXISTENT] No such mailbox"),
        Err(Refused::Exists) => Reply::no("[ALREADYEXISTS] It exists already"),
        Err(Refused::BadName | Refused::Full) => Reply::no("[CANNOT] This cannot be done"),
    }
}

impl Session {
    pub(super) fn create(&self, name: &str, special_use: Option<&str>) -> Reply {
        let special_use = special_use.and_then(SpecialUse::from_attribute);
        reply(self.shared.state.change_as(self.number, |all| all.create(name, special_use)), "Created")
    }

    pub(super) fn delete(&self, name: &str) -> Reply {
        reply(self.shared.state.change_as(self.number, |all| all.delete(name)), "Deleted")
    }

    pub(super) fn rename(&self, from: &str, to: &str) -> Reply {
        reply(self.shared.state.change_as(self.number, |all| all.rename(from, to)), "Renamed")
    }

    pub(super) fn subscribe(&self, name: &str, wanted: bool) -> Reply {
        let result = self.shared.state.change_as(self.number, |all| {
            let mailbox = all.mailbox_mut(name).ok_or(Refused::NoMailbox)?;
            mailbox.subscribed = wanted;
            Ok(())
        });
        reply(result, if wanted { "Subscribed" } else { "Unsubscribed" })
    }

    fn quota_line(&self) -> String {
        let bytes: usize = self
            .shared
            .state
            .read(|all| all.iter().flat_map(|(_, m)| m.mails()).map(|mail| mail.content.size()).sum());
        format!("QUOTA \"User quota\" (STORAGE {} {QUOTA})", bytes.div_ceil(1024))
    }

    pub(super) fn quota(&self, root: &str, output: &mut Output) -> Reply {
        if root != "User quota" {
            return Reply::no("[NONEXISTENT] No such quota root");
        }
        output.untagged(self.quota_line());
        Reply::ok("Quota completed")
    }

    pub(super) fn quota_root(&self, name: &str, output: &mut Output) -> Reply {
        if self.shared.state.read(|all| all.mailbox(name).is_none()) {
            return Reply::no("[NONEXISTENT] No such mailbox");
        }
        let mut line = b"QUOTAROOT ".to_vec();
        respond::mailbox(&mut line, name);
        line.extend_from_slice(b" \"User quota\"");
        output.untagged(line);
        output.untagged(self.quota_line());
        Reply::ok("Quota completed")
    }
}
