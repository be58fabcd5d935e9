//! `postrider mailboxes` and `postrider list`: what the local store knows. Never touches the network.

use super::Context;
use super::account::chosen;
use super::args::{AccountFilter, ListArguments};
use super::fail::Fail;
use crate::model::{Flag, Flags, MailboxName, UnixTime};
use crate::store::{MailboxRow, MessageRow, RowMark, Snapshot, SortOrder};

/// Rows read at a time, so that a mailbox of a million messages needs no memory for all of them.
const ROWS_AT_ONCE: usize = 500;

pub(super) fn mailboxes(context: &Context, filter: &AccountFilter) -> Result<(), Fail> {
    for account in chosen(context, filter.account.as_deref())? {
        for mailbox in context.store.snapshot()?.mailboxes(account.id)? {
            if filter.json {
                context.output.json(&serde_json::json!({
                    "id": mailbox.id,
                    "account": account.account.email,
                    "name": mailbox.display,
                    "wire_name": String::from_utf8_lossy(mailbox.name.as_bytes()),
                    "delimiter": mailbox.delimiter,
                    "special_use": mailbox.special_use,
                    "selectable": !mailbox.attributes.no_select,
                    "subscribed": mailbox.attributes.subscribed,
                    "messages": mailbox.total,
                    "unseen": mailbox.unseen,
                    "server_messages": mailbox.state.exists,
                    "complete": mailbox.is_complete(),
                    "stored_bytes": context.store.snapshot()?.space_of_mailbox(mailbox.id)?,
                }))?;
            } else {
                let counts = format!("{}\t{}", mailbox.total, mailbox.unseen);
                context.output.line(&format!(
                    "{counts}\t{}\t{}",
                    account.account.email,
                    printable(&mailbox.display)
                ))?;
            }
        }
    }
    Ok(())
}

/// The one mailbox of this name. Names match as shown or as on the wire; INBOX also without case.
pub(super) fn find(
    context: &Context,
    account: Option<&str>,
    name: &str,
) -> Result<(Snapshot, MailboxRow), Fail> {
    let accounts = chosen(context, account)?;
    let snapshot = context.store.snapshot()?;
    let mut found = Vec::new();
    for account in accounts {
        let mailboxes = snapshot.mailboxes(account.id)?;
        found.extend(mailboxes.into_iter().find(|mailbox| is_called(mailbox, name)));
    }
    match (found.pop(), found.is_empty()) {
        (Some(mailbox), true) => Ok((snapshot, mailbox)),
        (Some(_), false) => Err(Fail::WhichMailbox { name: name.to_owned() }),
        (None, _) => Err(Fail::UnknownMailbox { name: name.to_owned() }),
    }
}

/// Whether a mailbox has that name: its path as people read it, or as it is on the wire. INBOX in any letters.
pub(super) fn is_called(mailbox: &MailboxRow, name: &str) -> bool {
    mailbox.display == name
        || mailbox.name == MailboxName::from_wire(name.as_bytes())
        || mailbox.name.is_inbox() && name.eq_ignore_ascii_case("INBOX")
}

pub(super) fn messages(context: &Context, arguments: &ListArguments) -> Result<(), Fail> {
    let (snapshot, mailbox) = find(context, arguments.account.as_deref(), &arguments.mailbox)?;
    let mut ids = snapshot.message_ids(mailbox.id, SortOrder::NewestFirst)?;
    ids.truncate(arguments.limit.unwrap_or(usize::MAX));
    for some in ids.chunks(ROWS_AT_ONCE) {
        for row in snapshot.rows(some, mailbox.id)? {
            if arguments.json {
                context.output.json(&json(&row))?;
            } else {
                let who = row.from.label();
                let when = date(row.received);
                context.output.line(&format!(
                    "{}\t{}\t{when}\t{who}\t{}",
                    row.id,
                    marks(&row),
                    row.subject
                ))?;
            }
        }
    }
    Ok(())
}

fn json(row: &MessageRow) -> serde_json::Value {
    serde_json::json!({
        "id": row.id,
        "uid": row.uid.map(crate::model::Uid::get),
        "date": date(row.received),
        "from": row.from,
        "subject": row.subject,
        "snippet": row.snippet,
        "flags": flag_words(&row.flags),
        "size": row.size,
        "attachments": row.attachments,
        "pending": row.mark == RowMark::Pending,
        "failed": row.mark == RowMark::Failed,
    })
}

pub(super) fn flag_words(flags: &Flags) -> Vec<String> {
    let system = [Flag::Seen, Flag::Answered, Flag::Flagged, Flag::Deleted, Flag::Draft];
    let set = system.into_iter().filter(|flag| flags.contains(flag)).map(|flag| flag.to_string());
    set.chain(flags.keywords().map(|word| word.as_str().to_owned())).collect()
}

/// Four columns: unread, flagged, answered, attachment.
fn marks(row: &MessageRow) -> String {
    let mark = |on: bool, sign: char| if on { sign } else { '-' };
    [
        mark(!row.flags.contains(&Flag::Seen), 'N'),
        mark(row.flags.contains(&Flag::Flagged), 'F'),
        mark(row.flags.contains(&Flag::Answered), 'A'),
        mark(row.attachments > 0, '@'),
    ]
    .iter()
    .collect()
}

/// Text from a server or a mail as one line that does nothing to a terminal.
pub(super) fn printable(text: &str) -> String {
    crate::mime::display::display_safe(text).into_owned()
}

/// RFC 3339 in UTC; a date outside of the calendar is shown as its number.
pub(super) fn date(time: UnixTime) -> String {
    jiff::Timestamp::from_second(time.0).map_or_else(|_| time.0.to_string(), |t| t.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_never_fail() {
        assert_eq!(date(UnixTime(0)), "1970-01-01T00:00:00Z");
        assert_eq!(date(UnixTime(i64::MAX)), i64::MAX.to_string());
    }

    #[test]
    fn flags_are_written_as_on_the_wire() {
        let flags: Flags = ["\\Flagged", "\\Seen", "$Junk"].into_iter().filter_map(Flag::from_wire).collect();
        assert_eq!(flag_words(&flags), ["\\Seen", "\\Flagged", "$Junk"]);
    }
}
