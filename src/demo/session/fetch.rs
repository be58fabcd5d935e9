//! FETCH: which messages, which items; sends as it goes, so that a big mailbox needs no big memory.

mod item;
pub(super) use item::thread;
mod section;

use super::Session;
use crate::demo::capability::{Extension, Quirk};
use crate::demo::command::{Command, FetchItem, NumberSet, StoreKind};
use crate::demo::link::Link;
use crate::demo::mailboxes::Mail;
use crate::demo::output::{Output, Reply};
use crate::demo::respond::compact;
use crate::model::Flag;
use std::collections::BTreeMap;
use std::io;

/// Messages that are looked up at once; between such groups others get the lock.
const GROUP: usize = 128;

/// What the items of one command need besides the mail.
struct Context {
    /// Add UID to each answer.
    uid: bool,
    /// Set `\Seen`, because a body is read without PEEK.
    see: bool,
    labels: BTreeMap<u64, Vec<String>>,
    size_off: usize,
}

impl Session {
    pub(in crate::demo) async fn fetch(
        &mut self,
        command: Command,
        link: &mut Link,
        output: &mut Output,
    ) -> io::Result<Reply> {
        if let Some(refusal) = self.refusal(&command) {
            return Ok(refusal);
        }
        let Command::Fetch { set, mut items, changed_since, vanished, uid } = command else {
            return Ok(Reply::bad("Not here"));
        };
        if let Some(refusal) = self.withheld(&items, vanished, changed_since, uid) {
            return Ok(refusal);
        }
        if changed_since.is_some() || items.contains(&FetchItem::ModSeq) {
            self.condstore = true;
        }
        if changed_since.is_some() && !items.contains(&FetchItem::ModSeq) {
            items.push(FetchItem::ModSeq);
        }
        if let (true, Some(since)) = (vanished, changed_since) {
            self.vanished_since(&set, since, output);
        }
        let uids = self.resolve(&set, uid);
        let context = self.context(&items, uid);
        for group in uids.chunks(GROUP) {
            for (seq, mail) in self.group(group, changed_since, &context) {
                self.shared.log.fetched(&items);
                output.untagged(self.fetch_line(seq, &mail, &items, &context));
                output.flush_some(link).await?;
            }
        }
        self.news(output, uid);
        Ok(Reply::ok("Fetch completed"))
    }

    fn withheld(
        &self,
        items: &[FetchItem],
        vanished: bool,
        changed_since: Option<u64>,
        uid: bool,
    ) -> Option<Reply> {
        if vanished && !(self.qresync && changed_since.is_some() && uid) {
            return Some(Reply::bad("VANISHED needs UID FETCH, CHANGEDSINCE and ENABLE QRESYNC"));
        }
        let needed = items.iter().filter_map(|item| match item {
            FetchItem::ModSeq => Some(Extension::Condstore),
            FetchItem::Preview => Some(Extension::Preview),
            FetchItem::EmailId | FetchItem::ThreadId => Some(Extension::ObjectId),
            FetchItem::SaveDate => Some(Extension::SaveDate),
            FetchItem::Binary { .. } | FetchItem::BinarySize(_) => Some(Extension::Binary),
            FetchItem::GmailId | FetchItem::GmailThread | FetchItem::GmailLabels => Some(Extension::Gmail),
            FetchItem::Flags
            | FetchItem::Uid
            | FetchItem::InternalDate
            | FetchItem::Size
            | FetchItem::Envelope
            | FetchItem::Body
            | FetchItem::BodyStructure
            | FetchItem::Section { .. } => None,
        });
        let refused = needed.into_iter().any(|extension| !self.offers(extension));
        refused.then(|| Reply::bad("Unknown item"))
    }

    fn context(&self, items: &[FetchItem], uid: bool) -> Context {
        let reads = items.iter().any(|item| {
            matches!(item, FetchItem::Section { peek: false, .. } | FetchItem::Binary { peek: false, .. })
        });
        let read_only = self.selected.as_ref().is_none_or(|selected| selected.read_only);
        let labels =
            if items.contains(&FetchItem::GmailLabels) { self.labels_elsewhere() } else { BTreeMap::new() };
        let size_off = if self.has(Quirk::WrongSize) { 7 } else { 0 };
        Context { uid, see: reads && !read_only, labels, size_off }
    }

    fn vanished_since(&self, set: &NumberSet, since: u64, output: &mut Output) {
        let Some(selected) = &self.selected else { return };
        self.shared.state.read(|all| {
            let Some(mailbox) = all.by_id(selected.id) else { return };
            let mut gone: Vec<u32> =
                mailbox.expunged_since(since).filter(|uid| set.contains(*uid, u32::MAX, &[])).collect();
            gone.sort_unstable();
            gone.dedup();
            if !gone.is_empty() {
                output.untagged(format!("VANISHED (EARLIER) {}", compact(&gone)));
            }
        });
    }

    /// The mails of one group as they are now, with the numbers that this client knows them by.
    fn group(&self, uids: &[u32], changed_since: Option<u64>, context: &Context) -> Vec<(u32, Mail)> {
        let Some(selected) = &self.selected else { return Vec::new() };
        if context.see {
            self.shared.state.change(|all| {
                if let Some(mailbox) = all.by_id_mut(selected.id) {
                    mailbox.store(uids, StoreKind::Add, &[Flag::Seen], self.number);
                }
            });
        }
        let omit_newest = self.has(Quirk::FetchOmitsNewest);
        self.shared.state.read(|all| {
            let Some(mailbox) = all.by_id(selected.id) else { return Vec::new() };
            let newest = mailbox.mails.last().filter(|_| omit_newest).map(|mail| mail.uid);
            uids.iter()
                .filter(|uid| Some(**uid) != newest)
                .filter_map(|uid| Some((self.sequence(*uid)?, mailbox.mail(*uid)?.clone())))
                .filter(|(_, mail)| changed_since.is_none_or(|since| mail.mod_seq > since))
                .collect()
        })
    }

    fn fetch_line(&self, seq: u32, mail: &Mail, items: &[FetchItem], context: &Context) -> Vec<u8> {
        let mut line = format!("{seq} FETCH (").into_bytes();
        if context.uid && !items.contains(&FetchItem::Uid) {
            line.extend_from_slice(format!("UID {} ", mail.uid).as_bytes());
        }
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                line.push(b' ');
            }
            item::write(&mut line, item, mail, context);
        }
        if context.see && !items.contains(&FetchItem::Flags) {
            line.push(b' ');
            item::write(&mut line, &FetchItem::Flags, mail, context);
        }
        line.push(b')');
        line
    }
}
