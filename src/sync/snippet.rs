//! First words of the messages on the first screen, where the server does not offer them (RFC 8970):
//! the beginning of the first text part. Low priority.

use super::link::Link;
use super::shared::Shared;
use super::text::{self, Source};
use super::trouble::Trouble;
use crate::mime;
use crate::model::{MailboxId, MessageId, PartPath};
use crate::store::SortOrder;

/// Messages on a tall screen.
const SCREENFUL: usize = 40;
/// Bytes of a text that are enough for one line of it, also behind a quotation or some HTML.
const BEGINNING: u32 = 4 * 1024;

/// Messages of the first screen that have no snippet and have not been tried yet.
pub(super) async fn missing(shared: &Shared, mailbox: MailboxId) -> Result<Vec<MessageId>, Trouble> {
    let rows = shared
        .read(move |s| {
            let mut ids = s.message_ids(mailbox, SortOrder::NewestFirst)?;
            ids.truncate(SCREENFUL);
            s.rows(&ids, mailbox)
        })
        .await?;
    let empty = rows.into_iter().filter(|row| row.snippet.is_empty()).map(|row| row.id);
    Ok(empty.filter(|id| shared.is_first_try(*id)).collect())
}

/// Texts up to this size are read whole where the server cannot give their beginning.
const SMALL: u64 = 32 * 1024;

/// Bytes that an alternative without a text still has.
const EMPTY: u64 = 8;

/// Fetches the first words of a message.
pub(super) async fn fetch(
    shared: &Shared,
    link: &mut Link,
    mailbox: MailboxId,
    message: MessageId,
) -> Result<(), Trouble> {
    let source = Source::find(shared, message, Some(mailbox)).await?.select(shared, link).await?;
    let structure = source.structure(shared, link).await?;
    let choice = mime::structure::choose_text(&structure);
    // Some senders put an empty plain text beside their HTML; a few bytes are no text.
    let says_something = |path: &PartPath| structure.part(path).is_some_and(|part| part.size > EMPTY);
    let plain = choice.plain.filter(|path| choice.html.is_none() || says_something(path));
    let Some(part) = plain.or(choice.html).and_then(|path| structure.part(&path).cloned()) else {
        return Ok(());
    };
    let beginning = if link.session.rules().partial {
        Some(BEGINNING)
    } else if part.size <= SMALL {
        None
    } else {
        return Ok(());
    };
    let bytes = text::read_part(link, source.uid, &part.path, beginning).await?;
    if let Some(snippet) = text::snippet_of(&part, &bytes) {
        shared.write("snippet", move |w| w.set_snippet(message, &snippet)).await?;
    }
    Ok(())
}
