//! `postrider import`: messages from mbox, Maildir or .eml into a mailbox, each verified at the server.
//!
//! A second run makes no duplicates: a message that the mailbox has already (same Message-ID and size; without
//! Message-ID same subject, author, date and size) is left out, as often as the mailbox has it. What an interrupted
//! run had put into the journal is sent first, and is in the mailbox then. What the server did not want before is tried
//! again; what it does not want now keeps nothing else from getting there.

mod source;

use super::account::chosen;
use super::args::ImportArguments;
use super::fail::Fail;
use super::sync::config;
use super::{Context, list};
use crate::model::{ActionId, OperationId, UnixTime};
use crate::store::{AccountRow, Appending, Likeness, MailboxRow, Write};
use crate::sync::{Clock, Config, Courier, PassRequest, Problem, appending, one_pass};
use source::{Incoming, Source};
use std::collections::{BTreeMap, BTreeSet};

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
    refused: usize,
    /// Why the first of them was refused.
    problem: Option<Problem>,
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
    if count.refused == 0 {
        return context.output.line(&line);
    }
    let problem = count.problem.unwrap_or(Problem::MessageGone);
    let text = format!("{}: {line}, but {} could not be", account.account.email, count.refused);
    Err(Fail::Unwanted { text, problem })
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

/// What the server did not want before.
#[derive(Debug, Default)]
struct Again {
    operations: BTreeSet<OperationId>,
    messages: usize,
}

impl Again {
    fn add(&mut self, operation: Option<OperationId>) {
        self.operations.extend(operation);
        self.messages += 1;
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
        let snapshot = self.context.store.snapshot()?;
        let mut known: BTreeMap<Likeness, usize> = BTreeMap::new();
        for one in snapshot.likenesses(self.mailbox.id)? {
            *known.entry(one).or_default() += 1;
        }
        let mut unwanted: BTreeMap<Likeness, Vec<OperationId>> = BTreeMap::new();
        for (one, operation) in snapshot.unwanted(self.mailbox.id)? {
            unwanted.entry(one).or_default().push(operation);
        }
        drop(snapshot);
        let mut again = Again::default();
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
            let likeness = Likeness::of(&new.message);
            if let Some(there) = known.get_mut(&likeness).filter(|there| **there > 0) {
                *there -= 1;
                // Those that the server has come first.
                match unwanted.get_mut(&likeness).filter(|unwanted| unwanted.len() > *there) {
                    Some(unwanted) => again.add(unwanted.pop()),
                    None => count.present += 1,
                }
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
        if again.messages > 0 {
            self.resend(again, &mut count, now).await?;
        }
        Ok(count)
    }

    /// Tries what the server did not want before.
    async fn resend(&mut self, again: Again, count: &mut Count, now: UnixTime) -> Result<(), Fail> {
        let operations = again.operations;
        let retry = move |w: &mut Write<'_>| {
            operations.into_iter().try_for_each(|operation| w.retry_operation(operation, now).map(drop))
        };
        self.context.store.write("import again", retry).await?;
        self.carry_out(again.messages, count).await
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
        self.carry_out(number, count).await
    }

    /// Sends what was journalled about so many messages. Goes on as long as the server takes some of them.
    async fn carry_out(&mut self, number: usize, count: &mut Count) -> Result<(), Fail> {
        let account = || self.account.account.email.clone();
        for done in self.courier.run().await {
            let taken = number.saturating_sub(done.refused_messages);
            if let Some(problem) = done.refused.into_iter().next() {
                if count.imported + taken == 0 {
                    return Err(Fail::Problem { account: account(), problem });
                }
                count.problem.get_or_insert(problem);
            }
            count.refused += number - taken;
            count.imported += taken;
            if let Some(problem) = done.waits {
                return Err(Fail::Queued { account: account(), problem });
            }
        }
        self.context.output.progress(&format!("{} messages imported", count.imported));
        Ok(())
    }
}
