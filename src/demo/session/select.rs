//! SELECT, EXAMINE, CLOSE, and telling a client what others did to its mailbox.

use super::copy::name_of;
use super::{Selected, Session};
use crate::demo::capability::{Extension, Quirk};
use crate::demo::command::Resync;
use crate::demo::mailboxes::{Mail, Mailbox};
use crate::demo::output::{Output, Reply};
use crate::demo::respond::compact;
use crate::model::{Flag, Flags};
use std::collections::BTreeSet;

impl Session {
    pub(super) fn select(
        &mut self,
        name: &str,
        examine: bool,
        condstore: bool,
        resync: Option<&Resync>,
        output: &mut Output,
    ) -> Reply {
        if resync.is_some() && condstore && self.has(Quirk::QresyncAlone) {
            return Reply::bad("Wrong arguments");
        }
        if resync.is_some() && !self.qresync {
            return Reply::bad("ENABLE QRESYNC first");
        }
        if self.selected.take().is_some() && self.offers(Extension::Qresync) {
            output.untagged("OK [CLOSED] The mailbox before is closed");
        }
        if self.has(Quirk::IdBeforeSelect) && !self.sent_id {
            return Reply::no("SELECT Unsafe Login. Please contact the operator");
        }
        self.condstore |= condstore;
        let state = self.shared.state.clone();
        state.read(|all| {
            let Some(mailbox) = all.mailbox(name).filter(|mailbox| !mailbox.no_select) else {
                return Reply::no("[NONEXISTENT] No such mailbox");
            };
            self.announce(mailbox, examine, output);
            if let Some(resync) = resync.filter(|resync| resync.uid_validity == mailbox.uid_validity) {
                self.resync(mailbox, resync, output);
            }
            self.selected = Some(Selected {
                id: mailbox.id,
                read_only: examine,
                view: mailbox.uids(),
                mod_seq: mailbox.mod_seq,
                saved: Vec::new(),
            });
            Reply::ok(if examine { "[READ-ONLY] Examined" } else { "[READ-WRITE] Selected" })
        })
    }

    fn announce(&self, mailbox: &Mailbox, examine: bool, output: &mut Output) {
        let keywords: BTreeSet<_> = mailbox.mails.iter().flat_map(|mail| mail.flags.keywords()).collect();
        let mut flags = "\\Answered \\Flagged \\Deleted \\Seen \\Draft".to_owned();
        for keyword in keywords {
            flags.push(' ');
            flags.push_str(keyword.as_str());
        }
        output.untagged(format!("FLAGS ({flags})"));
        if examine {
            output.untagged("OK [PERMANENTFLAGS ()] Read-only");
        } else {
            output.untagged(format!("OK [PERMANENTFLAGS ({flags} \\*)] Flags that last"));
        }
        output.untagged(format!("{} EXISTS", mailbox.mails.len()));
        output.untagged("0 RECENT");
        if let Some(first) = mailbox.mails.iter().position(|mail| !mail.flags.contains(&Flag::Seen)) {
            output.untagged(format!("OK [UNSEEN {}] First unseen", first + 1));
        }
        output.untagged(format!("OK [UIDVALIDITY {}] UIDs valid", mailbox.uid_validity));
        if !self.has(Quirk::NoUidNext) {
            output.untagged(format!("OK [UIDNEXT {}] Predicted next UID", mailbox.uid_next));
        }
        if self.offers(Extension::Condstore) {
            output.untagged(format!("OK [HIGHESTMODSEQ {}] Highest", self.highest(mailbox)));
        }
        if self.offers(Extension::ObjectId) {
            output.untagged(format!("OK [MAILBOXID (F{})] Mailbox id", mailbox.id));
        }
    }

    pub(super) fn highest(&self, mailbox: &Mailbox) -> u64 {
        if mailbox.mails.is_empty() && self.has(Quirk::ZeroModSeq) { 0 } else { mailbox.mod_seq }
    }

    /// What changed since the client was last here (RFC 7162 section 3.2.5.2).
    fn resync(&self, mailbox: &Mailbox, resync: &Resync, output: &mut Output) {
        let known = |uid: u32| resync.known.as_ref().is_none_or(|set| set.contains(uid, u32::MAX, &[]));
        let gone: BTreeSet<u32> = mailbox.expunged_since(resync.mod_seq).filter(|uid| known(*uid)).collect();
        let mut gone = gone;
        if self.has(Quirk::WrongVanished) {
            gone.extend(mailbox.mails.first().map(|mail| mail.uid));
        }
        vanished(&gone, true, output);
        for (seq, mail) in (1_u32..).zip(&mailbox.mails) {
            if mail.mod_seq > resync.mod_seq && known(mail.uid) {
                output.untagged(self.flags_line(seq, mail, true));
            }
        }
    }

    /// `n FETCH (...)` with flags, and UID and MODSEQ where the client wants them.
    pub(super) fn flags_line(&self, seq: u32, mail: &Mail, uid: bool) -> String {
        let uid = if uid { format!("UID {} ", mail.uid) } else { String::new() };
        let mod_seq = if self.condstore { format!(" MODSEQ ({})", mail.mod_seq) } else { String::new() };
        format!("{seq} FETCH ({uid}FLAGS ({}){mod_seq})", flag_words(&mail.flags))
    }

    pub(super) fn close(&mut self) -> Reply {
        let Some(selected) = self.selected.take() else { return Reply::bad("No mailbox is selected") };
        if !selected.read_only {
            self.shared.state.change_as(self.number, |all| {
                let Some(name) = name_of(all, selected.id) else { return };
                let Some(mailbox) = all.mailbox(&name) else { return };
                let gone = deleted(mailbox, &selected.view);
                // The mailbox is there: it was found a moment ago.
                all.expunge(&name, &gone).ok();
            });
        }
        Reply::ok("Closed")
    }

    /// Tells the client what others did to the selected mailbox, and what it did itself and was not told yet.
    pub(super) fn news(&mut self, output: &mut Output, may_shift: bool) {
        self.notify_news(output);
        let Some(mut selected) = self.selected.take() else { return };
        let state = self.shared.state.clone();
        state.read(|all| {
            if let Some(mailbox) = all.by_id(selected.id)
                && mailbox.mod_seq != selected.mod_seq
            {
                self.tell(&mut selected, mailbox, output, may_shift);
            }
        });
        self.selected = Some(selected);
    }

    fn tell(&self, selected: &mut Selected, mailbox: &Mailbox, output: &mut Output, may_shift: bool) {
        let gone: BTreeSet<u32> = mailbox
            .expunged_since(selected.mod_seq)
            .filter(|uid| selected.view.binary_search(uid).is_ok())
            .collect();
        if !may_shift && !gone.is_empty() {
            // Everything waits, so that the place up to which the client knows all stays one number.
            return;
        }
        if self.qresync {
            vanished(&gone, false, output);
        } else {
            for uid in gone.iter().rev() {
                if let Ok(index) = selected.view.binary_search(uid) {
                    output.untagged(format!("{} EXPUNGE", index + 1));
                }
            }
        }
        selected.view.retain(|uid| !gone.contains(uid));
        let known = selected.view.last().copied().unwrap_or(0);
        let before = selected.view.len();
        selected.view.extend(mailbox.mails.iter().map(|mail| mail.uid).filter(|uid| *uid > known));
        if selected.view.len() > before {
            output.untagged(format!("{} EXISTS", selected.view.len()));
            output.untagged("0 RECENT");
        }
        for mail in &mailbox.mails {
            let fresh =
                mail.mod_seq > selected.mod_seq && mail.changed_by != self.number && mail.uid <= known;
            if let (true, Ok(index)) = (fresh, selected.view.binary_search(&mail.uid)) {
                let seq = u32::try_from(index + 1).unwrap_or(u32::MAX);
                output.untagged(self.flags_line(seq, mail, self.qresync || self.condstore));
            }
        }
        selected.mod_seq = mailbox.mod_seq;
    }
}

/// UIDs with `\Deleted` among those that the client knows.
pub(super) fn deleted(mailbox: &Mailbox, view: &[u32]) -> Vec<u32> {
    mailbox
        .mails
        .iter()
        .filter(|mail| mail.flags.contains(&Flag::Deleted) && view.binary_search(&mail.uid).is_ok())
        .map(|mail| mail.uid)
        .collect()
}

fn vanished(gone: &BTreeSet<u32>, earlier: bool, output: &mut Output) {
    if !gone.is_empty() {
        let uids: Vec<u32> = gone.iter().copied().collect();
        let earlier = if earlier { "(EARLIER) " } else { "" };
        output.untagged(format!("VANISHED {earlier}{}", compact(&uids)));
    }
}

/// Flags separated by spaces.
pub(super) fn flag_words(flags: &Flags) -> String {
    let system = [Flag::Answered, Flag::Flagged, Flag::Deleted, Flag::Seen, Flag::Draft];
    let mut words: Vec<String> =
        system.iter().filter(|flag| flags.contains(flag)).map(ToString::to_string).collect();
    words.extend(flags.keywords().map(|keyword| keyword.as_str().to_owned()));
    words.join(" ")
}
