//! What the user does in a case.

use super::mails;
use super::ops::{Pick, Wish};
use super::tally::{Counts, change, flag, is_own};
use super::world::World;
use crate::sync_lab::NOW;
use postrider::model::{AccountId, Flag, MailboxId, MessageId, SpecialUse, UnixTime};
use postrider::store::{MailboxRow, SortOrder};
use postrider::sync::deed::{self, Done};
use postrider::sync::{Command, fetch_now};
use std::collections::BTreeMap;

/// What a wish is about: mailbox, messages, and the mails that they are.
struct Chosen {
    mailbox: MailboxRow,
    messages: Vec<MessageId>,
    mails: Vec<String>,
}

impl World {
    /// Mailboxes of all accounts that the user sees.
    pub(crate) fn mailboxes(&self) -> Vec<MailboxRow> {
        let snapshot = self.sides.lab.config.store.snapshot().unwrap();
        let accounts = self.sides.posts.iter().map(|post| post.account.id);
        let mut all: Vec<_> = accounts.flat_map(|id| snapshot.mailboxes(id).unwrap()).collect();
        all.retain(|mailbox| !mailbox.attributes.no_select);
        all
    }

    fn choose(&self, Pick(mailbox, row, count): Pick) -> Option<Chosen> {
        let full: Vec<_> = self.mailboxes().into_iter().filter(|mailbox| mailbox.total > 0).collect();
        let mailbox = full.get(usize::from(mailbox) % full.len().max(1))?.clone();
        let snapshot = self.sides.lab.config.store.snapshot().unwrap();
        let ids = snapshot.message_ids(mailbox.id, SortOrder::NewestFirst).unwrap();
        // A worker may have emptied it since it was counted.
        let first = usize::from(row).checked_rem(ids.len())?;
        let messages: Vec<_> = ids.into_iter().skip(first).take(usize::from(count)).collect();
        let details = messages.iter().filter_map(|id| snapshot.message(*id).unwrap());
        let mails = details.map(|detail| detail.envelope.subject).collect();
        Some(Chosen { mailbox, messages, mails })
    }

    fn target(&self, nth: u8) -> Option<MailboxRow> {
        let all = self.mailboxes();
        all.get(usize::from(nth) % all.len().max(1)).cloned()
    }

    fn own(&self, nth: u8) -> Option<MailboxRow> {
        let mut all = self.mailboxes();
        all.retain(|mailbox| is_own(&mailbox.display));
        all.get(usize::from(nth) % all.len().max(1)).cloned()
    }

    pub(crate) fn side_of(&self, account: AccountId) -> usize {
        self.sides.posts.iter().position(|post| post.account.id == account).unwrap()
    }

    /// A mailbox in words.
    fn called(&self, mailbox: &MailboxRow) -> String {
        format!("{}:{}", self.side_of(mailbox.account), mailbox.display)
    }

    pub(crate) fn wish(&mut self, wish: &Wish) -> Result<(), String> {
        match *wish {
            Wish::Flag(pick, ..)
            | Wish::Move(pick, _)
            | Wish::Use(pick, _)
            | Wish::Copy(pick, _)
            | Wish::Delete(pick)
            | Wish::Forever(pick)
            | Wish::Read(pick) => match self.choose(pick) {
                Some(chosen) => self.on_messages(wish, chosen),
                None => Ok(()),
            },
            Wish::ReadAll(mailbox) => {
                let Some(row) = self.target(mailbox) else { return Ok(()) };
                let words = format!("all of {} is read", self.called(&row));
                self.act(Command::MarkAllRead(row.id), &words)
            }
            Wish::Append(to, shape) => {
                let Some(row) = self.target(to) else { return Ok(()) };
                let (name, number, content) = self.tally.get().new_mail("Letter", shape);
                *self.tally.get().put.entry(name.clone()).or_default() += 1;
                let words = format!("put {name} into {}", self.called(&row));
                let command = Command::Append {
                    mailbox: row.id,
                    message: content.bytes().into_owned(),
                    flags: vec![Flag::Seen],
                    received: Some(mails::date(number)),
                };
                self.act(command, &words)
            }
            Wish::Make(..) | Wish::Rename(..) | Wish::Raze(_) | Wish::Subscribe(..) => self.on_tree(wish),
            Wish::Undo => {
                self.tally.get().may_unmake();
                again(&mut self.tally.get(), |counts| &mut counts.chosen);
                self.act(Command::Undo(None), "undo")
            }
            Wish::Redo => {
                again(&mut self.tally.get(), |counts| &mut counts.copies);
                self.act(Command::Redo, "redo")
            }
            Wish::Retry | Wish::Dismiss => self.see_to_failed(matches!(wish, Wish::Retry)),
        }
    }

    fn on_messages(&mut self, wish: &Wish, chosen: Chosen) -> Result<(), String> {
        let from = self.called(&chosen.mailbox);
        let Chosen { mailbox, messages, mails } = chosen;
        match *wish {
            Wish::Flag(_, which, add) => {
                let (flag, change) = (flag(which), change(add));
                let words = format!("{mails:?} in {from}: {change:?} {flag}");
                self.act(Command::SetFlag { messages, flag, change }, &words)
            }
            Wish::Move(_, to) => {
                let Some(to) = self.target(to) else { return Ok(()) };
                let words = format!("move {mails:?} from {from} to {}", self.called(&to));
                self.act(Command::Move { messages, from: Some(mailbox.id), to: to.id }, &words)
            }
            Wish::Use(_, to) => {
                let to = [SpecialUse::Archive, SpecialUse::Junk, SpecialUse::Trash, SpecialUse::Inbox]
                    [usize::from(to) % 4];
                let words = format!("move {mails:?} from {from} to {to:?}");
                self.act(Command::MoveToUse { messages, from: Some(mailbox.id), to }, &words)
            }
            Wish::Copy(_, to) => {
                let Some(to) = self.target(to) else { return Ok(()) };
                count(&mut self.tally.get().copies, &mails);
                let words = format!("copy {mails:?} from {from} to {}", self.called(&to));
                self.act(Command::Copy { messages, to: to.id }, &words)
            }
            Wish::Delete(_) | Wish::Forever(_) => {
                let forever = matches!(wish, Wish::Forever(_));
                if forever || mailbox.special_use == Some(SpecialUse::Trash) {
                    count(&mut self.tally.get().chosen, &mails);
                }
                let words = format!("delete {mails:?} from {from}, for good: {forever}");
                self.act(Command::Delete { messages, from: Some(mailbox.id), forever }, &words)
            }
            Wish::Read(_) => {
                self.tally.say(&format!("user: read {mails:?} in {from}"));
                for message in messages {
                    self.read(message);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn read(&mut self, message: MessageId) {
        if self.is_live() {
            self.send(Command::FetchBody(message));
        } else if !self.offline {
            let fetch = fetch_now(&self.sides.lab.config, message, None);
            let outcome = self.life().block_on(async { Box::pin(fetch).await });
            if let Err(problem) = outcome {
                self.tally.say(&format!("  {problem:?}"));
            }
        }
    }

    fn on_tree(&mut self, wish: &Wish) -> Result<(), String> {
        match *wish {
            Wish::Make(side, parent) => {
                let side = self.sides.at(side);
                let account = self.sides.posts[side].account.id;
                let mut all = self.mailboxes();
                all.retain(|row| row.account == account && is_own(&row.display));
                let parent = all.get(usize::from(parent));
                let name = self.tally.get().new_mailbox("Mine");
                let whole = parent.map_or_else(|| name.clone(), |row| format!("{}/{name}", row.display));
                self.tally.get().own.insert((side, whole.clone()));
                let command = Command::CreateMailbox { account, parent: parent.map(|row| row.id), name };
                self.act(command, &format!("make {side}:{whole}"))
            }
            Wish::Rename(which, parent) => {
                let Some(row) = self.own(which) else { return Ok(()) };
                let mut all = self.mailboxes();
                all.retain(|one| one.account == row.account && is_own(&one.display) && one.id != row.id);
                let parent = all.get(usize::from(parent));
                let side = self.side_of(row.account);
                let name = self.tally.get().new_mailbox("Mine");
                let whole = parent.map_or_else(|| name.clone(), |row| format!("{}/{name}", row.display));
                let words = format!("rename {side}:{} to {whole}", row.display);
                let parent = parent.map(|row| row.id);
                self.act(Command::RenameMailbox { mailbox: row.id, parent, name }, &words)
            }
            Wish::Raze(which) => {
                let Some(row) = self.own(which) else { return Ok(()) };
                let mails = self.mails_in(row.id);
                let side = self.side_of(row.account);
                {
                    let counts = &mut *self.tally.get();
                    count(&mut counts.chosen, &mails);
                    let known = counts.known.clone();
                    counts.razed.insert((side, row.display.clone()), known);
                }
                let words = format!("delete {side}:{} with {mails:?}", row.display);
                self.act(Command::DeleteMailbox(row.id), &words)
            }
            Wish::Subscribe(which, on) => {
                let Some(row) = self.target(which) else { return Ok(()) };
                let words = format!("subscribe to {}: {on}", self.called(&row));
                self.act(Command::Subscribe { mailbox: row.id, on }, &words)
            }
            _ => Ok(()),
        }
    }

    fn mails_in(&self, mailbox: MailboxId) -> Vec<String> {
        let snapshot = self.sides.lab.config.store.snapshot().unwrap();
        let ids = snapshot.message_ids(mailbox, SortOrder::NewestFirst).unwrap();
        let details = ids.iter().filter_map(|id| snapshot.message(*id).unwrap());
        details.map(|detail| detail.envelope.subject).collect()
    }

    fn act(&mut self, command: Command, words: &str) -> Result<(), String> {
        if self.is_live() {
            self.tally.say(&format!("user: {words}"));
            self.send(command);
            return Ok(());
        }
        let act = deed::act(&self.sides.lab.config.store, command, UnixTime(NOW));
        let done = self.life().block_on(act).map_err(|problem| format!("{words}: {problem:?}"))?;
        let outcome = match done {
            Done::Acted(acted) | Done::Undone(acted) => format!("{:?} of {}", acted.what, acted.messages),
            Done::Nothing => "nothing".to_owned(),
            Done::Refused(problem) => format!("{problem:?}"),
        };
        self.tally.say(&format!("user: {words} ({outcome})"));
        Ok(())
    }

    fn see_to_failed(&mut self, again_too: bool) -> Result<(), String> {
        let snapshot = self.sides.lab.config.store.snapshot().unwrap();
        let accounts = self.sides.posts.iter().map(|post| post.account.id);
        let failed: Vec<_> = accounts.flat_map(|id| snapshot.operations_failed(id).unwrap()).collect();
        drop(snapshot);
        if failed.is_empty() {
            return Ok(());
        }
        let verb = if again_too { "retry" } else { "dismiss" };
        self.tally.say(&format!("user: {verb} {} failed operations", failed.len()));
        if again_too {
            again(&mut self.tally.get(), |counts| &mut counts.copies);
            self.tally.get().refusals += 1;
        }
        for operation in failed {
            let id = operation.id;
            if self.is_live() {
                self.send(if again_too {
                    Command::RetryOperation(id)
                } else {
                    Command::DismissOperation(id)
                });
                continue;
            }
            let store = self.sides.lab.config.store.clone();
            let write = store.write("failed", move |w| {
                if again_too {
                    w.retry_operation(id, UnixTime(NOW)).map(drop)
                } else {
                    w.cancel_operation(id, UnixTime(NOW)).map(drop)
                }
            });
            self.life().block_on(write).map_err(|error| format!("{error}"))?;
        }
        Ok(())
    }
}

/// Undoing a copy (or an append) removes it, and doing it again copies once more.
fn again(counts: &mut Counts, which: impl Fn(&mut Counts) -> &mut BTreeMap<String, i64>) {
    let mails: Vec<String> = counts.copies.keys().chain(counts.put.keys()).cloned().collect();
    count(which(counts), &mails);
}

fn count(counts: &mut BTreeMap<String, i64>, mails: &[String]) {
    for id in mails {
        *counts.entry(id.clone()).or_default() += 1;
    }
}
