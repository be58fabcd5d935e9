//! `postrider sync`: one pass over the accounts, then exit.

use super::account::chosen;
use super::args::SyncArguments;
use super::fail::Fail;
use super::problem::Sentence;
use super::{Context, list};
use crate::model::{MailboxId, MessageId, PartPath};
use crate::store::AccountRow;
use crate::sync::{AccountStatus, Config, Depth, PassRequest, Problem, Summary, fetch_now, one_pass_counted};

/// Folders that a line names; more is not readable.
const NAMED: usize = 5;

pub(super) async fn run(context: &Context, arguments: SyncArguments) -> Result<(), Fail> {
    let accounts = chosen(context, arguments.account.as_deref())?;
    let request = PassRequest {
        mailboxes: arguments.mailbox,
        depth: if arguments.bodies { Depth::Bodies } else { Depth::Headers },
    };
    let all = accounts.len();
    let ids = accounts.iter().map(|account| account.id).collect();
    let mut failures = Vec::new();
    let mut summary = Summary::default();
    for account in accounts {
        match pass(context, &account, &request, &mut summary).await {
            Ok(()) => {}
            Err(fail) => failures.push(fail),
        }
    }
    // Moves between accounts take steps at both.
    if failures.is_empty() && all > 1 {
        let waiting = super::act::carry(context, ids).await;
        failures.extend(waiting.err());
    }
    crate::sync::sweep_daily(&config(context)).await;
    if arguments.json {
        context.output.json(&serde_json::json!({
            "messages": summary.messages,
            "bodies": summary.bodies,
            "bytes_in": summary.bytes_in,
            "bytes_out": summary.bytes_out,
            "seconds": summary.seconds,
        }))?;
    } else if failures.is_empty() {
        context.output.line(&format!("{} messages", summary.messages))?;
    }
    match (failures.pop(), failures.len()) {
        (None, _) => Ok(()),
        (Some(fail), 0) => Err(fail),
        (Some(last), others) => {
            failures.push(last);
            let list = failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            Err(Fail::Several { failed: others + 1, all, list })
        }
    }
}

async fn pass(
    context: &Context,
    account: &AccountRow,
    request: &PassRequest,
    total: &mut Summary,
) -> Result<(), Fail> {
    let output = context.output;
    let name = account.account.email.clone();
    let mut show = |status: &AccountStatus| output.progress(&format!("{name}: {}", words(context, status)));
    let mut done = Summary::default();
    let result = one_pass_counted(&config(context).thorough(), account, request, &mut done, &mut show).await;
    output.progress_done();
    total.messages += done.messages;
    total.bodies += done.bodies;
    total.bytes_in += done.bytes_in;
    total.bytes_out += done.bytes_out;
    total.seconds += done.seconds;
    let name = account.account.email.clone();
    result.map_err(|problem| Fail::Problem { account: name.clone(), problem })?;
    refusals(name.clone(), done.refused)?;
    let count = done.undone.iter().map(|(count, _)| count).sum();
    match done.undone.into_iter().next() {
        Some((_, problem)) => Err(Fail::Undone { account: name, count, problem }),
        None => Ok(()),
    }
}

/// One line about what was refused, however much it is.
fn refusals(account: String, mut refused: Vec<(String, Problem)>) -> Result<(), Fail> {
    if refused.len() > 1 {
        let named = refused.iter().take(NAMED);
        let mut list: Vec<_> = named
            .map(|(name, problem)| format!("{}: {}", list::printable(name), Sentence(problem)))
            .collect();
        if refused.len() > NAMED {
            list.push(format!("and {} more", refused.len() - NAMED));
        }
        return Err(Fail::Mailboxes { account, count: refused.len(), list: list.join("; ") });
    }
    match refused.pop() {
        None => Ok(()),
        Some((mailbox, problem)) => Err(Fail::Mailbox { account, mailbox, problem }),
    }
}

pub(super) fn config(context: &Context) -> Config {
    Config::new(context.store.clone(), context.secrets.clone()).with_tokens(context.tokens.clone())
}

fn words(context: &Context, status: &AccountStatus) -> String {
    match status {
        AccountStatus::Connecting => "connecting".to_owned(),
        AccountStatus::Syncing { mailbox, done, total } => {
            format!("{} {done} of {total}", mailbox.map_or_else(String::new, |id| name_of(context, id)))
        }
        AccountStatus::Online { .. } => "up to date".to_owned(),
        AccountStatus::Offline { .. } | AccountStatus::SignInNeeded(_) => "offline".to_owned(),
    }
}

fn name_of(context: &Context, id: MailboxId) -> String {
    let mailbox = context.store.snapshot().and_then(|s| s.mailbox(id));
    mailbox.ok().flatten().map_or_else(String::new, |m| list::printable(&m.display))
}

/// Fetches the text of a message, or one part of it, unless it is here already.
pub(super) async fn fetch(
    context: &Context,
    message: MessageId,
    part: Option<&PartPath>,
) -> Result<(), Fail> {
    let result = fetch_now(&config(context), message, part).await;
    result.map_err(|problem| Fail::Message { id: message.to_row(), problem })
}
