//! Mailboxes as Gmail has them: labels of messages that lie in All Mail, in Spam or in Trash. Each message is in one of
//! these three; the other mailboxes only point at it, so flags are the same everywhere and nothing is ever copied.

use super::change::NOBODY;
use super::{Mail, Mailbox, Mailboxes, Refused};
use crate::demo::command::StoreKind;
use crate::model::{Flag, Flags, SpecialUse};
use std::collections::{BTreeMap, BTreeSet};

/// Where everything is that is neither spam nor trash.
pub(crate) const ALL_MAIL: &str = "[Gmail]/All Mail";
/// Has an attribute of its own, `\Important`.
pub(crate) const IMPORTANT: &str = "[Gmail]/Important";

/// Flags that belong to the message and not to its place in a mailbox.
const SHARED: [Flag; 4] = [Flag::Seen, Flag::Answered, Flag::Flagged, Flag::Draft];

/// The word of a mailbox in X-GM-LABELS; All Mail has none.
pub(crate) fn label_of(name: &str, special_use: Option<SpecialUse>) -> Option<String> {
    Some(match special_use {
        Some(SpecialUse::All) => return None,
        Some(SpecialUse::Inbox) => "\\Inbox".to_owned(),
        Some(SpecialUse::Sent) => "\\Sent".to_owned(),
        Some(SpecialUse::Drafts) => "\\Draft".to_owned(),
        Some(SpecialUse::Flagged) => "\\Starred".to_owned(),
        Some(SpecialUse::Trash) => "\\Trash".to_owned(),
        Some(SpecialUse::Junk) => "\\Spam".to_owned(),
        Some(SpecialUse::Archive) | None if name == IMPORTANT => "\\Important".to_owned(),
        Some(SpecialUse::Archive) | None => name.to_owned(),
    })
}

/// Whether a message is there and nowhere else.
const fn is_bin(special_use: Option<SpecialUse>) -> bool {
    matches!(special_use, Some(SpecialUse::Trash | SpecialUse::Junk))
}

/// Whether MOVE and EXPUNGE take a message out: it is in All Mail and Sent because of what it is.
const fn can_be_left(special_use: Option<SpecialUse>) -> bool {
    !matches!(special_use, Some(SpecialUse::All | SpecialUse::Sent))
}

impl Mailboxes {
    /// The tree of an English Gmail account, empty.
    #[must_use]
    pub fn gmail() -> Self {
        let mut all = Self::new();
        all.insert("[Gmail]", None).no_select = true;
        for (name, special_use) in [
            (ALL_MAIL, Some(SpecialUse::All)),
            ("[Gmail]/Drafts", Some(SpecialUse::Drafts)),
            (IMPORTANT, None),
            ("[Gmail]/Sent Mail", Some(SpecialUse::Sent)),
            ("[Gmail]/Spam", Some(SpecialUse::Junk)),
            ("[Gmail]/Starred", Some(SpecialUse::Flagged)),
            ("[Gmail]/Trash", Some(SpecialUse::Trash)),
        ] {
            all.insert(name, special_use);
        }
        all.labels = true;
        all
    }

    /// Whether mailboxes are labels.
    pub(crate) const fn are_labels(&self) -> bool {
        self.labels
    }

    /// Shows a mailbox over IMAP or conceals it ("Show in IMAP" in Gmail's settings); its messages keep the label.
    ///
    /// # Errors
    /// No such mailbox.
    pub fn show_in_imap(&mut self, name: &str, shown: bool) -> Result<(), Refused> {
        self.boxes.get_mut(name).ok_or(Refused::NoMailbox)?.concealed = !shown;
        Ok(())
    }

    /// `Message-ID` of everything that there is, concealed mailboxes included, each once.
    #[must_use]
    pub fn every_message(&self) -> BTreeSet<String> {
        self.boxes.values().flat_map(|mailbox| &mailbox.mails).filter_map(Mail::message_id).collect()
    }

    /// Labels of a message by the first one of its UIDs that is known, concealed ones included.
    #[must_use]
    pub fn labels_of(&self, message_id: &str) -> Vec<String> {
        let holds = |mailbox: &Mailbox| {
            mailbox.mails.iter().any(|mail| mail.message_id().as_deref() == Some(message_id))
        };
        let boxes = self.boxes.iter().filter(|(_, mailbox)| holds(mailbox));
        boxes.map(|(name, _)| name.clone()).collect()
    }

    fn name_for(&self, special_use: SpecialUse) -> Option<String> {
        self.boxes.iter().find(|(_, m)| m.special_use == Some(special_use)).map(|(name, _)| name.clone())
    }

    fn use_of(&self, name: &str) -> Option<SpecialUse> {
        self.boxes.get(name).and_then(|mailbox| mailbox.special_use)
    }

    fn numbers(&self, name: &str, uids: &[u32]) -> BTreeSet<u64> {
        let Some(mailbox) = self.boxes.get(name) else { return BTreeSet::new() };
        uids.iter().filter_map(|uid| mailbox.mail(*uid)).map(|mail| mail.email_id).collect()
    }

    /// A mail that was just put into a mailbox.
    pub(super) fn file_new(&mut self, name: &str, uid: u32) {
        let special_use = self.use_of(name);
        let Some(mail) = self.boxes.get(name).and_then(|mailbox| mailbox.mail(uid)).cloned() else { return };
        if !is_bin(special_use) && special_use != Some(SpecialUse::All) {
            // New everywhere, so there is no need to look for it.
            self.put_into(SpecialUse::All, &mail);
        }
        if mail.flags.contains(&Flag::Flagged)
            && !is_bin(special_use)
            && special_use != Some(SpecialUse::Flagged)
        {
            self.put_into(SpecialUse::Flagged, &mail);
        }
        if special_use == Some(SpecialUse::Flagged) {
            self.set_everywhere(&BTreeSet::from([mail.email_id]), Flag::Flagged, true);
        }
    }

    fn put_into(&mut self, special_use: SpecialUse, mail: &Mail) {
        let found = self.boxes.values_mut().find(|mailbox| mailbox.special_use == Some(special_use));
        if let Some(mailbox) = found {
            // Fails only when the UIDs of a mailbox are used up.
            let origin = (shared(&mail.flags), mail.internal_date, mail.email_id, Some(mail.serial));
            mailbox.add(origin, mail.content.clone()).ok();
        }
    }

    /// Puts messages that are neither in Spam nor in Trash into All Mail, and those with a star into Starred.
    fn settle(&mut self, messages: &BTreeSet<u64>) {
        let mut binned = BTreeSet::new();
        let mut found: BTreeMap<u64, Mail> = BTreeMap::new();
        for mailbox in self.boxes.values() {
            for mail in mailbox.mails.iter().filter(|mail| messages.contains(&mail.email_id)) {
                if is_bin(mailbox.special_use) {
                    binned.insert(mail.email_id);
                }
                found.entry(mail.email_id).or_insert_with(|| mail.clone());
            }
        }
        found.retain(|number, _| !binned.contains(number));
        for special_use in [SpecialUse::All, SpecialUse::Flagged] {
            let there: BTreeSet<u64> = self
                .boxes
                .values()
                .filter(|mailbox| mailbox.special_use == Some(special_use))
                .flat_map(|mailbox| mailbox.mails.iter().map(|mail| mail.email_id))
                .collect();
            let starred = special_use == SpecialUse::Flagged;
            for mail in found.values().filter(|mail| !there.contains(&mail.email_id)) {
                if !starred || mail.flags.contains(&Flag::Flagged) {
                    self.put_into(special_use, mail);
                }
            }
        }
    }

    /// Takes messages out of every mailbox that fits.
    fn take_out(&mut self, messages: &BTreeSet<u64>, fits: impl Fn(&str, Option<SpecialUse>) -> bool) {
        for (name, mailbox) in &mut self.boxes {
            if fits(name, mailbox.special_use) {
                let gone: Vec<u32> = mailbox
                    .mails
                    .iter()
                    .filter(|mail| messages.contains(&mail.email_id))
                    .map(|mail| mail.uid)
                    .collect();
                mailbox.expunge(&gone);
            }
        }
    }

    /// COPY and MOVE: they add and remove labels. To and from Spam and Trash, both are a move.
    pub(super) fn relabel(
        &mut self,
        from: &str,
        uids: &[u32],
        to: &str,
        take: bool,
    ) -> Result<Vec<(u32, u32)>, Refused> {
        let source = self.mailbox(from).ok_or(Refused::NoMailbox)?;
        let source_use = source.special_use;
        let mails: Vec<Mail> = uids.iter().filter_map(|uid| source.mail(*uid)).cloned().collect();
        let target = self.selectable(to)?;
        let target_use = target.special_use;
        let there: BTreeMap<u64, u32> = target.mails.iter().map(|mail| (mail.email_id, mail.uid)).collect();
        let mut pairs = Vec::with_capacity(mails.len());
        for mail in &mails {
            let uid = match there.get(&mail.email_id) {
                Some(uid) => *uid,
                None => target.add(
                    (shared(&mail.flags), mail.internal_date, mail.email_id, Some(mail.serial)),
                    mail.content.clone(),
                )?,
            };
            pairs.push((mail.uid, uid));
        }
        let numbers: BTreeSet<u64> = mails.iter().map(|mail| mail.email_id).collect();
        if from == to {
            return Ok(pairs);
        }
        if is_bin(target_use) {
            self.take_out(&numbers, |name, _| name != to);
        } else if is_bin(source_use) || (take && can_be_left(source_use)) {
            self.take_out(&numbers, |name, _| name == from);
        }
        self.settle(&numbers);
        if target_use == Some(SpecialUse::Flagged) {
            self.set_everywhere(&numbers, Flag::Flagged, true);
        } else if source_use == Some(SpecialUse::Flagged) && take && !is_bin(target_use) {
            self.set_everywhere(&numbers, Flag::Flagged, false);
        }
        self.touch(&numbers);
        Ok(pairs)
    }

    /// EXPUNGE: for good in Spam and Trash; elsewhere the label goes, and out of All Mail it is a move to the trash.
    pub(super) fn expunge_label(&mut self, name: &str, uids: &[u32]) {
        let numbers = self.numbers(name, uids);
        let special_use = self.use_of(name);
        if special_use == Some(SpecialUse::All) {
            if let Some(trash) = self.name_for(SpecialUse::Trash) {
                // The mailbox was found a moment ago.
                self.relabel(name, uids, &trash, true).ok();
            }
            return;
        }
        self.take_out(&numbers, |other, _| other == name);
        if special_use == Some(SpecialUse::Flagged) {
            self.set_everywhere(&numbers, Flag::Flagged, false);
        }
        self.touch(&numbers);
    }

    /// Gmail's default setting: what is marked `\Deleted` goes at once.
    pub(crate) fn auto_expunge(&mut self, name: &str, uids: &[u32]) {
        if !self.labels {
            return;
        }
        let Some(mailbox) = self.mailbox(name) else { return };
        let marked = |uid: &u32| mailbox.mail(*uid).is_some_and(|mail| mail.flags.contains(&Flag::Deleted));
        let gone: Vec<u32> = uids.iter().copied().filter(marked).collect();
        if !gone.is_empty() {
            self.expunge_label(name, &gone);
        }
    }

    /// Gives all places of messages the flags that they have in one; a star is a label too.
    pub(super) fn share_flags(&mut self, name: &str, uids: &[u32]) {
        let Some(mailbox) = self.boxes.get(name) else { return };
        let flags: BTreeMap<u64, Flags> = uids
            .iter()
            .filter_map(|uid| mailbox.mail(*uid))
            .map(|mail| (mail.email_id, mail.flags.clone()))
            .collect();
        for (other, mailbox) in &mut self.boxes {
            if other == name {
                continue;
            }
            for flag in &SHARED {
                let with = |wanted: bool| -> Vec<u32> {
                    let fits = |mail: &&Mail| {
                        flags.get(&mail.email_id).is_some_and(|flags| flags.contains(flag) == wanted)
                    };
                    mailbox.mails.iter().filter(fits).map(|mail| mail.uid).collect()
                };
                let (set, unset) = (with(true), with(false));
                mailbox.store(&set, StoreKind::Add, std::slice::from_ref(flag), NOBODY);
                mailbox.store(&unset, StoreKind::Remove, std::slice::from_ref(flag), NOBODY);
            }
        }
        let starless: BTreeSet<u64> =
            flags.iter().filter(|(_, f)| !f.contains(&Flag::Flagged)).map(|(n, _)| *n).collect();
        self.take_out(&starless, |_, special_use| special_use == Some(SpecialUse::Flagged));
        self.settle(&flags.into_keys().collect());
    }

    fn set_everywhere(&mut self, messages: &BTreeSet<u64>, flag: Flag, wanted: bool) {
        let kind = if wanted { StoreKind::Add } else { StoreKind::Remove };
        for mailbox in self.boxes.values_mut() {
            let uids: Vec<u32> =
                mailbox.mails.iter().filter(|m| messages.contains(&m.email_id)).map(|m| m.uid).collect();
            mailbox.store(&uids, kind, std::slice::from_ref(&flag), NOBODY);
        }
        if !wanted && flag == Flag::Flagged {
            self.take_out(messages, |_, special_use| special_use == Some(SpecialUse::Flagged));
        }
        self.settle(messages);
    }

    /// Labels changed: that is a change of the message wherever it is.
    fn touch(&mut self, messages: &BTreeSet<u64>) {
        for mailbox in self.boxes.values_mut() {
            let next = mailbox.mod_seq + 1;
            for mail in mailbox.mails.iter_mut().filter(|mail| messages.contains(&mail.email_id)) {
                mail.mod_seq = next;
                mail.changed_by = NOBODY;
                mailbox.mod_seq = next;
            }
        }
    }

    /// `STORE ±X-GM-LABELS`. A label that does not exist is made.
    pub(crate) fn store_labels(
        &mut self,
        from: &str,
        uids: &[u32],
        kind: StoreKind,
        labels: &[String],
    ) -> Result<(), Refused> {
        let mut wanted = BTreeSet::new();
        for label in labels {
            wanted.insert(self.mailbox_of(label, kind != StoreKind::Remove)?);
        }
        if kind == StoreKind::Replace {
            let numbers = self.numbers(from, uids);
            self.take_out(&numbers, |name, special_use| {
                matches!(special_use, None | Some(SpecialUse::Inbox | SpecialUse::Archive))
                    && !wanted.contains(&Some(name.to_owned()))
            });
        }
        for name in wanted.into_iter().flatten() {
            if kind == StoreKind::Remove {
                let numbers = self.numbers(from, uids);
                let there = self.boxes.get(&name).map(|mailbox| {
                    mailbox.mails.iter().filter(|m| numbers.contains(&m.email_id)).map(|m| m.uid).collect()
                });
                let there: Vec<u32> = there.unwrap_or_default();
                let all = self.name_for(SpecialUse::All).filter(|_| is_bin(self.use_of(&name)));
                match all {
                    Some(all) => drop(self.relabel(&name, &there, &all, true)?),
                    None => self.expunge_label(&name, &there),
                }
            } else {
                self.relabel(from, uids, &name, false)?;
            }
        }
        Ok(())
    }

    /// The mailbox that a label stands for; made if it is wanted.
    fn mailbox_of(&mut self, label: &str, make: bool) -> Result<Option<String>, Refused> {
        let special_use = match label.to_ascii_lowercase().as_str() {
            "\\inbox" => SpecialUse::Inbox,
            "\\sent" => SpecialUse::Sent,
            "\\draft" | "\\drafts" => SpecialUse::Drafts,
            "\\starred" => SpecialUse::Flagged,
            "\\trash" => SpecialUse::Trash,
            "\\spam" => SpecialUse::Junk,
            "\\important" => return Ok(self.boxes.contains_key(IMPORTANT).then(|| IMPORTANT.to_owned())),
            _ if label.starts_with('\\') => return Err(Refused::BadName),
            _ => {
                if !self.boxes.contains_key(label) && make {
                    self.create(label, None)?;
                }
                return Ok(self.boxes.contains_key(label).then(|| label.to_owned()));
            }
        };
        Ok(self.name_for(special_use))
    }
}

/// The flags that a message takes along.
fn shared(flags: &Flags) -> Flags {
    let mut shared = flags.clone();
    shared.apply(crate::model::FlagChange::Remove, &Flag::Deleted);
    shared
}
