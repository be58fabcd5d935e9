//! `postrider export`: messages to mbox, Maildir or .eml files, byte by byte as the server has them. Never
//! overwrites; what is there from an earlier run is not fetched again.

mod format;
mod place;

use super::account::chosen;
use super::args::ExportArguments;
use super::fail::Fail;
use super::sync::config;
use super::{Context, list};
use crate::model::MessageId;
use crate::store::{AccountRow, MailboxRow, SortOrder};
use crate::sync::{PassRequest, Problem, Reader, Whole, one_pass};
use format::Item;
use place::{Kind, Target};
use std::io::{BufRead, BufReader, Cursor};
use std::path::PathBuf;

/// Rows looked up at once.
const AT_ONCE: usize = 500;

/// What is written where.
struct Job {
    account: AccountRow,
    mailbox: MailboxRow,
    out: PathBuf,
}

/// `postrider export (--mbox|--maildir|--eml) OUT [--mailbox M]`
pub(super) async fn run(context: &Context, arguments: ExportArguments) -> Result<(), Fail> {
    let kind = match (arguments.mbox, arguments.maildir) {
        (true, _) => Kind::Mbox,
        (_, true) => Kind::Maildir,
        _ => Kind::Eml,
    };
    // Before anything is fetched: whether it can be written at all.
    place::check(kind, &arguments.out, arguments.mailbox.is_some())?;
    let accounts = chosen(context, arguments.account.as_deref())?;
    let mut trouble = Vec::new();
    for account in &accounts {
        let request =
            PassRequest { mailboxes: arguments.mailbox.iter().cloned().collect(), ..PassRequest::default() };
        if let Err(problem) = one_pass(&config(context), account, &request, &mut |_| {}).await {
            trouble.push((account.id, problem));
        }
    }
    let jobs = jobs(context, &accounts, kind, &arguments)?;
    let (mut failed, mut all, mut first) = (0, 0, None);
    for job in &jobs {
        let problem = trouble.iter().find(|(id, _)| *id == job.account.id).map(|(_, problem)| problem);
        if let Some(problem) = problem.filter(|_| !job.mailbox.is_complete()) {
            return Err(Fail::Unknown {
                account: job.account.account.email.clone(),
                mailbox: list::printable(&job.mailbox.display),
                problem: problem.clone(),
            });
        }
        let done = mailbox(context, kind, job).await?;
        failed += done.failed;
        all += done.all;
        first = first.or(done.first);
    }
    if let Some(first) = first {
        return Err(Fail::Incomplete { failed, all, first });
    }
    context.output.line(&format!("{all} messages"))
}

fn jobs(
    context: &Context,
    accounts: &[AccountRow],
    kind: Kind,
    arguments: &ExportArguments,
) -> Result<Vec<Job>, Fail> {
    if let Some(name) = &arguments.mailbox {
        let (_, mailbox) = list::find(context, arguments.account.as_deref(), name)?;
        let account = accounts.iter().find(|account| account.id == mailbox.account).cloned();
        let account = account.ok_or(Fail::NoAccount)?;
        return Ok(vec![Job { account, mailbox, out: arguments.out.clone() }]);
    }
    let snapshot = context.store.snapshot()?;
    let mut names = place::Names::default();
    let mut jobs = Vec::new();
    for account in accounts {
        let top = if accounts.len() > 1 {
            arguments.out.join(place::level(&account.account.email))
        } else {
            arguments.out.clone()
        };
        for mailbox in snapshot.mailboxes(account.id)? {
            if mailbox.attributes.no_select {
                continue;
            }
            let out = names.path(kind, &top, &mailbox.display, mailbox.delimiter);
            jobs.push(Job { account: account.clone(), mailbox, out });
        }
    }
    Ok(jobs)
}

#[derive(Default)]
struct Done {
    all: usize,
    failed: usize,
    /// What happened to the first that failed.
    first: Option<String>,
}

async fn mailbox(context: &Context, kind: Kind, job: &Job) -> Result<Done, Fail> {
    let ids = context.store.snapshot()?.message_ids(job.mailbox.id, SortOrder::OldestFirst)?;
    let mut target = Target::open(kind, &job.out)?;
    let reader = Reader::new(&config(context), &job.account);
    let result = messages(context, job, &reader, &mut target, &ids).await;
    reader.close().await;
    context.output.progress_done();
    let done = result?;
    // An mbox that lacks something gets no name: run again, it begins anew.
    target.finish(done.failed == 0)?;
    Ok(done)
}

async fn messages(
    context: &Context,
    job: &Job,
    reader: &Reader,
    target: &mut Target,
    ids: &[MessageId],
) -> Result<Done, Fail> {
    let mut done = Done::default();
    let shown = list::printable(&job.mailbox.display);
    for some in ids.chunks(AT_ONCE) {
        let rows = context.store.snapshot()?.rows(some, job.mailbox.id)?;
        for row in rows {
            done.all += 1;
            let item = Item::new(&row, &job.mailbox);
            if target.has(&item) {
                continue;
            }
            context.output.progress(&format!("{shown} {} of {}", done.all, ids.len()));
            match reader.read(row.id).await {
                Ok(whole) => target.put(&item, &mut *open(whole))?,
                Err(
                    problem @ (Problem::MessageGone | Problem::Refused { .. } | Problem::Protocol { .. }),
                ) => {
                    done.failed += 1;
                    let fail = Fail::Message { id: row.id.to_row(), problem };
                    done.first.get_or_insert_with(|| fail.to_string());
                }
                Err(problem) => {
                    return Err(Fail::Problem { account: job.account.account.email.clone(), problem });
                }
            }
        }
    }
    Ok(done)
}

fn open(whole: Whole) -> Box<dyn BufRead + Send> {
    match whole {
        Whole::Bytes(bytes) => Box::new(Cursor::new(bytes)),
        Whole::File(file, _) => Box::new(BufReader::new(file)),
    }
}
