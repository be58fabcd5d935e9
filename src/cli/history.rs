//! `postrider show ID --history`: what was done to a message, by whom, when, and what the server said.

use super::fail::Fail;
use super::{Context, list};
use crate::model::{FlagChange, MailboxId, MessageId, UnixTime};
use crate::store::{Activity, Foreign, ForeignChange, OperationKind, Snapshot};

/// One line of the history.
struct Line {
    at: UnixTime,
    /// `here`, or `elsewhere` for another client or the server.
    by: &'static str,
    state: &'static str,
    what: String,
    mailbox: Option<String>,
    operation: Option<i64>,
    said: Option<String>,
}

/// Prints the history, oldest first.
pub(super) fn run(context: &Context, id: MessageId, json: bool) -> Result<(), Fail> {
    let snapshot = context.store.snapshot()?;
    let detail = snapshot.message(id)?.ok_or(Fail::UnknownMessage { id: id.to_row() })?;
    let mut lines: Vec<Line> = Vec::new();
    let own = snapshot.history(id)?;
    let foreign = snapshot.foreign_changes(id)?;
    let from_here = own
        .first()
        .is_some_and(|one| matches!(one.kind, OperationKind::Append { .. } | OperationKind::Deliver { .. }));
    let noted = snapshot.arrived_in(id)?;
    if noted.is_some() || !from_here {
        // Of a message from before that was noted, what it left first tells where it was.
        let left = || own.iter().find_map(|one| leaves(&one.kind).then_some(one.mailbox).flatten());
        let now = || detail.placements.first().map(|place| place.mailbox);
        lines.push(Line {
            at: detail.received,
            by: "elsewhere",
            state: "done",
            what: "arrived".to_owned(),
            mailbox: noted.or_else(left).or_else(now).map(|mailbox| name(&snapshot, mailbox)),
            operation: None,
            said: None,
        });
    }
    // Times of mail are the server's: whatever was done came after the arrival.
    let mut done: Vec<Line> = own.iter().map(|one| here(&snapshot, one)).collect();
    done.extend(foreign.iter().map(|one| elsewhere(&snapshot, one)));
    done.sort_by_key(|line| line.at);
    lines.extend(done);
    for line in lines {
        if json {
            context.output.json(&serde_json::json!({
                "date": list::date(line.at),
                "by": line.by,
                "state": line.state,
                "what": line.what,
                "mailbox": line.mailbox,
                "operation": line.operation,
                "said": line.said,
            }))?;
            continue;
        }
        let place = line.mailbox.map_or_else(String::new, |mailbox| format!(" in {mailbox}"));
        let by = if line.by == "elsewhere" { " by another client" } else { "" };
        let by = if line.what == "arrived" { "" } else { by };
        let said = line.said.map_or_else(String::new, |text| format!(": {text}"));
        let (when, state, what) = (list::date(line.at), line.state, line.what);
        context.output.line(&format!("{when}\t{state}\t{what}{place}{by}{said}"))?;
    }
    Ok(())
}

/// Whether a message leaves a mailbox by it.
const fn leaves(kind: &OperationKind) -> bool {
    matches!(
        kind,
        OperationKind::Move { .. }
            | OperationKind::Collect { .. }
            | OperationKind::Copy { .. }
            | OperationKind::Expunge
    )
}

fn name(snapshot: &Snapshot, mailbox: MailboxId) -> String {
    let found = snapshot.mailbox(mailbox).ok().flatten();
    found.map_or_else(|| "a mailbox that is gone".to_owned(), |m| list::printable(&m.display))
}

fn here(snapshot: &Snapshot, one: &Activity) -> Line {
    let to = |to: &MailboxId| name(snapshot, *to);
    let what = match &one.kind {
        OperationKind::Flag { flag, change: FlagChange::Add } => format!("+{flag}"),
        OperationKind::Flag { flag, change: FlagChange::Remove } => format!("-{flag}"),
        OperationKind::Move { to: id } => format!("move to {}", to(id)),
        OperationKind::Copy { to: id } => format!("copy to {}", to(id)),
        OperationKind::Expunge => "delete for good".to_owned(),
        OperationKind::Append { .. } => "put there".to_owned(),
        OperationKind::Collect { to: id, moves: true } => format!("fetched to be moved to {}", to(id)),
        OperationKind::Collect { to: id, moves: false } => format!("fetched to be copied to {}", to(id)),
        OperationKind::Deliver { .. } => "delivered from another account".to_owned(),
        OperationKind::Release { to: id } => format!("deleted after its copy arrived in {}", to(id)),
        OperationKind::CreateMailbox { .. }
        | OperationKind::RenameMailbox { .. }
        | OperationKind::DeleteMailbox { .. }
        | OperationKind::Subscribe { .. } => "mailbox changed".to_owned(),
        OperationKind::MarkRead { .. } => "all marked as read".to_owned(),
        OperationKind::MarkUnread { .. } => "marked as unread again".to_owned(),
    };
    let said = one.error.as_ref().or(one.answer.as_ref()).map(|text| list::printable(text));
    Line {
        at: one.created,
        by: "here",
        state: one.state.as_str(),
        what,
        mailbox: one.mailbox.map(|mailbox| name(snapshot, mailbox)),
        operation: Some(one.id.to_row()),
        said,
    }
}

fn elsewhere(snapshot: &Snapshot, one: &Foreign) -> Line {
    let what = match &one.what {
        ForeignChange::Flags(change) => change.clone(),
        ForeignChange::Vanished => "vanished".to_owned(),
        ForeignChange::Moved => "moved there".to_owned(),
    };
    Line {
        at: one.at,
        by: "elsewhere",
        state: "done",
        what: list::printable(&what),
        mailbox: Some(name(snapshot, one.mailbox)),
        operation: None,
        said: None,
    }
}
