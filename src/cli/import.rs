//! `postrider import`: messages from mbox, Maildir or .eml into a mailbox, each verified at the server.
//!
//! A second run makes no duplicates: a message that the mailbox has already (same Message-ID and size; without
//! Message-ID same subject, author, date and size) is left out, as often as the mailbox has it. What an interrupted
//! run had put into the journal is sent first, and is in the mailbox then.

mod source;

use super::account::chosen;
use super::args::ImportArguments;
use super::fail::Fail;
use super::sync::config;
use super::{Context, list};
use crate::model::{ActionId, UnixTime};
use crate::store::{AccountRow, Appending, Likeness, MailboxRow};
use crate::sync::{Clock, Config, Courier, PassRequest, appending, one_pass};
use source::{Incoming, Source};
use std::collections::BTreeMap;

/// Messages journalled in one transaction.
const AT_ONCE: usize = 50;
/// Bytes journalled in one transaction: they are in memory until then.
const BYTES_AT_ONCE: u64 = 16 * 1024 * 1024;

/// What was done so far.
#[derive(Debug, Default)]
struct Count {
    imported: usize,
    present: usize,
    deleted: usize,
}

/// `postrider import FILE|DIR --mailbox M`
pub(super) async fn run(context: &Context, arguments: &ImportArguments) -> Result<(), Fail> {
    // Before anything is sent: whether there is any mail.
    let source = Source::open(&arguments.source)?;
    let config = config(context);
    let accounts = chosen(context, arguments.account.as_deref())?;
    let mailbox = destination(context, &config, &accounts, arguments).await?;
    let account =
        accounts.into_iter().find(|account| account.id == mailbox.account).ok_or(Fail::NoAccount)?;
    let mut courier = Courier::new(&config, std::slice::from_ref(&account));
    let mut work =
        Import { context, account: &account, mailbox: &mailbox, courier: &mut courier, action: None };
    let result = work.all(source).await;
    courier.close().await;
    context.output.progress_done();
    let count = result?;
    let mut line = format!("{} messages imported", count.imported);
    if count.present > 0 {
        line.push_str(&format!(", {} were there already", count.present));
    }
    if count.deleted > 0 {
        line.push_str(&format!(", {} that were deleted in the file are left out", count.deleted));
    }
    context.output.line(&line)
}

/// The mailbox, brought up to date: what it has is not put there again.
async fn destination(
    context: &Context,
    config: &Config,
    accounts: &[AccountRow],
    arguments: &ImportArguments,
) -> Result<MailboxRow, Fail> {
    let mut trouble = Vec::new();
    for account in accounts {
        let request = PassRequest { mailboxes: vec![arguments.mailbox.clone()], ..PassRequest::default() };
        if let Err(problem) = one_pass(config, account, &request, &mut |_| {}).await {
            let fail = Fail::Problem { account: account.account.email.clone(), problem };
            trouble.push((account.id, fail));
        }
    }
    let found = list::find(context, arguments.account.as_deref(), &arguments.mailbox);
    match found {
        // Without knowing what is there, there would be duplicates.
        Ok((_, mailbox)) => match trouble.into_iter().find(|(account, _)| *account == mailbox.account) {
            Some((_, fail)) => Err(fail),
            None => Ok(mailbox),
        },
        Err(fail) => Err(trouble.into_iter().next().map_or(fail, |(_, fail)| fail)),
    }
}

struct Import<'a> {
    context: &'a Context,
    account: &'a AccountRow,
    mailbox: &'a MailboxRow,
    courier: &'a mut Courier,
    /// All of it is one action, to be undone as one.
    action: Option<ActionId>,
}

impl Import<'_> {
    async fn all(&mut self, mut source: Source) -> Result<Count, Fail> {
        let mut known: BTreeMap<Likeness, usize> = BTreeMap::new();
        for one in self.context.store.snapshot()?.likenesses(self.mailbox.id)? {
            *known.entry(one).or_default() += 1;
        }
        let now = Clock::system().now();
        let mut count = Count::default();
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while let Some(incoming) = source.next_message()? {
            let Incoming { raw, flags, received, deleted } = incoming;
            if deleted {
                count.deleted += 1;
                continue;
            }
            let received = received.unwrap_or(now);
            let new = appending(raw, flags, received);
            if let Some(there) = known.get_mut(&Likeness::of(&new.message)).filter(|there| **there > 0) {
                *there -= 1;
                count.present += 1;
                continue;
            }
            bytes += new.message.size;
            batch.push(new);
            if batch.len() >= AT_ONCE || bytes >= BYTES_AT_ONCE {
                bytes = 0;
                self.send(std::mem::take(&mut batch), &mut count, now).await?;
            }
        }
        if !batch.is_empty() {
            self.send(batch, &mut count, now).await?;
        }
        Ok(count)
    }

    /// Journals a batch and has it carried out.
    async fn send(&mut self, batch: Vec<Appending>, count: &mut Count, now: UnixTime) -> Result<(), Fail> {
        let (to, action, before) = (self.mailbox.id, self.action, count.imported);
        let number = batch.len();
        let action = self
            .context
            .store
            .write("import", move |w| {
                let action = match action {
                    Some(action) => action,
                    None => w.begin_action("append", Some(to), true, now)?,
                };
                w.add_append(Some(action), to, batch, now)?;
                w.end_action(action, before + number)?;
                Ok(action)
            })
            .await?;
        self.action = Some(action);
        let account = || self.account.account.email.clone();
        for done in self.courier.run().await {
            if let Some(problem) = done.refused.into_iter().next() {
                return Err(Fail::Problem { account: account(), problem });
            }
            if let Some(problem) = done.waits {
                return Err(Fail::Queued { account: account(), problem });
            }
        }
        count.imported += number;
        self.context.output.progress(&format!("{} messages imported", count.imported));
        Ok(())
    }
}
