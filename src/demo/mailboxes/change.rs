//! Changes of mailboxes and mails. Each one gives the mailbox a new modification sequence.

use super::{DELIMITER, Happened, Mail, Mailbox, Mailboxes, Refused};
use crate::demo::command::StoreKind;
use crate::demo::content::Content;
use crate::model::{Flag, FlagChange, Flags, SpecialUse, UnixTime};
use std::collections::BTreeSet;

/// The second client of a test acts as this; no session has the number.
pub(super) const NOBODY: u32 = 0;

impl Mailboxes {
    /// Makes a mailbox and the levels above it.
    ///
    /// # Errors
    /// The name is taken or empty.
    pub fn create(&mut self, name: &str, special_use: Option<SpecialUse>) -> Result<(), Refused> {
        let name = name.trim_end_matches(DELIMITER);
        if name.is_empty() {
            return Err(Refused::BadName);
        }
        if self.mailbox(name).is_some_and(|mailbox| !mailbox.no_select) {
            return Err(Refused::Exists);
        }
        for (end, _) in name.match_indices(DELIMITER) {
            if let Some(parent) = name.get(..end) {
                self.insert(parent, None);
            }
        }
        self.insert(name, special_use).no_select = false;
        Ok(())
    }

    /// Removes a mailbox with its mails; with children below it stays as a mere level.
    ///
    /// # Errors
    /// It does not exist, or it is INBOX.
    pub fn delete(&mut self, name: &str) -> Result<(), Refused> {
        if name == "INBOX" {
            return Err(Refused::BadName);
        }
        let children = self.has_children(name);
        let old = self.boxes.remove(name).ok_or(Refused::NoMailbox)?;
        for mail in &old.mails {
            self.ledger.note(mail.serial, Happened::Dropped(name.to_owned()));
        }
        if children {
            let level = self.insert(name, None);
            level.no_select = true;
            level.subscribed = old.subscribed;
        }
        Ok(())
    }

    /// Renames a mailbox and everything below it; renaming INBOX moves its mails out (RFC 9051 section 6.3.6).
    ///
    /// # Errors
    /// The old name does not exist or the new one does.
    pub fn rename(&mut self, from: &str, to: &str) -> Result<(), Refused> {
        if self.mailbox(from).is_none() {
            return Err(Refused::NoMailbox);
        }
        if self.mailbox(to).is_some() {
            return Err(Refused::Exists);
        }
        if from == "INBOX" {
            self.create(to, None)?;
            let uids = self.mailbox(from).map(Mailbox::uids).unwrap_or_default();
            self.transfer(from, &uids, to, true)?;
            return Ok(());
        }
        let prefix = format!("{from}{DELIMITER}");
        let names: Vec<_> =
            self.boxes.keys().filter(|n| *n == from || n.starts_with(&prefix)).cloned().collect();
        for name in names {
            if let (Some(mailbox), Some(rest)) = (self.boxes.remove(&name), name.strip_prefix(from)) {
                self.boxes.insert(format!("{to}{rest}"), mailbox);
            }
        }
        Ok(())
    }

    /// Adds a mail and returns its UID.
    ///
    /// # Errors
    /// No such mailbox.
    pub fn append(
        &mut self,
        name: &str,
        flags: Flags,
        date: UnixTime,
        content: Content,
    ) -> Result<u32, Refused> {
        let email_id = self.next_email;
        self.next_email += 1;
        let mailbox = self.selectable(name)?;
        let uid = mailbox.add((flags, date, email_id, None), content)?;
        if self.labels {
            self.file_new(name, uid);
        }
        Ok(uid)
    }

    pub(super) fn selectable(&mut self, name: &str) -> Result<&mut Mailbox, Refused> {
        self.mailbox_mut(name).filter(|mailbox| !mailbox.no_select).ok_or(Refused::NoMailbox)
    }

    /// Sets or takes away a flag, as another client would.
    ///
    /// # Errors
    /// No such mailbox.
    pub fn set_flag(
        &mut self,
        name: &str,
        uids: &[u32],
        change: FlagChange,
        flag: &Flag,
    ) -> Result<(), Refused> {
        let kind = match change {
            FlagChange::Add => StoreKind::Add,
            FlagChange::Remove => StoreKind::Remove,
        };
        self.selectable(name)?;
        self.store(name, uids, kind, std::slice::from_ref(flag), NOBODY);
        Ok(())
    }

    /// Changes flags as a session does.
    pub(crate) fn store(&mut self, name: &str, uids: &[u32], kind: StoreKind, flags: &[Flag], by: u32) {
        if let Some(mailbox) = self.mailbox_mut(name) {
            mailbox.store(uids, kind, flags, by);
        }
        if self.labels {
            self.share_flags(name, uids);
        }
    }

    /// Removes mails for good, as another client would.
    ///
    /// # Errors
    /// No such mailbox.
    pub fn expunge(&mut self, name: &str, uids: &[u32]) -> Result<(), Refused> {
        self.selectable(name)?;
        if self.labels {
            self.expunge_label(name, uids);
        } else if let Some(mailbox) = self.mailbox_mut(name) {
            mailbox.expunge(uids);
        }
        Ok(())
    }

    /// Copies mails and returns the pairs of old and new UID.
    ///
    /// # Errors
    /// No such mailbox.
    pub fn copy_mails(&mut self, from: &str, uids: &[u32], to: &str) -> Result<Vec<(u32, u32)>, Refused> {
        self.transfer(from, uids, to, false)
    }

    /// Moves mails and returns the pairs of old and new UID.
    ///
    /// # Errors
    /// No such mailbox.
    pub fn move_mails(&mut self, from: &str, uids: &[u32], to: &str) -> Result<Vec<(u32, u32)>, Refused> {
        self.transfer(from, uids, to, true)
    }

    pub(crate) fn transfer(
        &mut self,
        from: &str,
        uids: &[u32],
        to: &str,
        take: bool,
    ) -> Result<Vec<(u32, u32)>, Refused> {
        if self.labels {
            return self.relabel(from, uids, to, take);
        }
        let source = self.mailbox(from).ok_or(Refused::NoMailbox)?;
        let mails: Vec<Mail> = uids.iter().filter_map(|uid| source.mail(*uid)).cloned().collect();
        let target = self.selectable(to)?;
        let mut pairs = Vec::with_capacity(mails.len());
        for mail in mails {
            let origin = (mail.flags, mail.internal_date, mail.email_id, Some(mail.serial));
            let uid = target.add(origin, mail.content)?;
            pairs.push((mail.uid, uid));
        }
        if take {
            let gone: Vec<u32> = pairs.iter().map(|(uid, _)| *uid).collect();
            if let Some(source) = self.mailbox_mut(from) {
                source.expunge(&gone);
            }
        }
        Ok(pairs)
    }

    /// Gives a mailbox a new UIDVALIDITY and its mails new UIDs from 1, as a restored server does.
    ///
    /// # Errors
    /// No such mailbox.
    pub fn renew_uid_validity(&mut self, name: &str) -> Result<u32, Refused> {
        let validity = self.next_validity;
        self.next_validity += 1;
        let id = self.next_id;
        self.next_id += 1;
        let mailbox = self.selectable(name)?;
        mailbox.uid_validity = validity;
        // Sessions hold the id of the old incarnation and are thrown out.
        mailbox.id = id;
        mailbox.expunged.clear();
        mailbox.uid_next = 1;
        let mut mails = std::mem::take(&mut mailbox.mails);
        for mail in &mut mails {
            mail.uid = mailbox.uid_next;
            mailbox.uid_next += 1;
        }
        mailbox.mails = mails;
        Ok(validity)
    }

    /// Lets the next mail of a mailbox have that UID; may go down, as broken servers do.
    ///
    /// # Errors
    /// No such mailbox.
    pub fn set_uid_next(&mut self, name: &str, uid_next: u32) -> Result<(), Refused> {
        self.selectable(name)?.uid_next = uid_next;
        Ok(())
    }

    /// Raises the modification sequence of a mailbox, for values above 2^32.
    ///
    /// # Errors
    /// No such mailbox.
    pub fn set_mod_seq(&mut self, name: &str, mod_seq: u64) -> Result<(), Refused> {
        self.selectable(name)?.mod_seq = mod_seq;
        Ok(())
    }
}

impl Mailbox {
    /// Adds a mail: flags, arrival, EMAILID and the mail that it is a copy of.
    pub(super) fn add(
        &mut self,
        (flags, internal_date, email_id, from): (Flags, UnixTime, u64, Option<u64>),
        content: Content,
    ) -> Result<u32, Refused> {
        let uid = self.uid_next;
        self.uid_next = uid.checked_add(1).ok_or(Refused::Full)?;
        self.mod_seq += 1;
        let mod_seq = self.mod_seq;
        let mut mail =
            Mail { uid, mod_seq, flags, internal_date, email_id, content, serial: 0, changed_by: NOBODY };
        mail.serial = self.ledger.added(from, || mail.content.field("subject"));
        // A UIDNEXT that went down must not break the order of the list.
        let place = self.mails.partition_point(|other| other.uid < uid);
        self.mails.insert(place, mail);
        Ok(uid)
    }

    /// Changes flags; mails whose flags stay as they are keep their modification sequence.
    pub(crate) fn store(&mut self, uids: &[u32], kind: StoreKind, flags: &[Flag], by: u32) {
        let next = self.mod_seq + 1;
        for uid in uids {
            let Some(mail) = self.index(*uid).and_then(|index| self.mails.get_mut(index)) else { continue };
            let mut wanted = if kind == StoreKind::Replace { Flags::default() } else { mail.flags.clone() };
            let change = if kind == StoreKind::Remove { FlagChange::Remove } else { FlagChange::Add };
            for flag in flags {
                wanted.apply(change, flag);
            }
            if wanted != mail.flags {
                if wanted.contains(&Flag::Deleted) && !mail.flags.contains(&Flag::Deleted) {
                    self.ledger.note(mail.serial, Happened::Marked);
                }
                mail.flags = wanted;
                mail.mod_seq = next;
                mail.changed_by = by;
                self.mod_seq = next;
            }
        }
    }

    pub(crate) fn expunge(&mut self, uids: &[u32]) {
        let gone: BTreeSet<u32> = uids.iter().copied().filter(|uid| self.index(*uid).is_some()).collect();
        if gone.is_empty() {
            return;
        }
        self.mod_seq += 1;
        let mod_seq = self.mod_seq;
        for mail in self.mails.iter().filter(|mail| gone.contains(&mail.uid)) {
            self.ledger.note(mail.serial, Happened::Expunged);
        }
        self.mails.retain(|mail| !gone.contains(&mail.uid));
        self.expunged.extend(gone.into_iter().map(|uid| (uid, mod_seq)));
    }
}
