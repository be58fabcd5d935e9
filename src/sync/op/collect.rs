//! First step of a move or copy to another account: all bytes of the messages into the store, large ones by pieces
//! through a file, resumed after a break. Nothing changes at the server.

use super::refuse_some;
use crate::imap::{ByteRange, Section};
use crate::model::{MessageId, PartPath, Uid};
use crate::store::{Operation, PartWriter, StoreError, Target};
use crate::sync::haul;
use crate::sync::link::Link;
use crate::sync::links::Role;
use crate::sync::shared::Shared;
use crate::sync::status::{Problem, Wait};
use crate::sync::text::{Source, of_part};
use crate::sync::trouble::Trouble;
use std::ops::ControlFlow;

/// Bytes asked for at once.
const PIECE: u32 = 512 * 1024;
/// A server that sends ten times what it announced, and more than this, will not stop.
const MAX_SURPLUS: u64 = 64 * 1024 * 1024;

/// Collects the messages of an operation; gives what the server said.
pub(super) async fn run(shared: &Shared, operation: &Operation) -> Result<String, Trouble> {
    let now = shared.config.clock.now();
    let count = operation.targets.len();
    for target in operation.targets.clone() {
        let noted = operation.clone();
        if shared.write("collected", move |w| w.note_collected(&noted, &target, now)).await? {
            continue;
        }
        let mut lease = shared.lease(Role::Act).await?;
        let result = collect(shared, lease.link()?, &target).await;
        match lease.settle(result) {
            Ok(()) => {}
            Err(Trouble::Refused(problem)) if count > 1 && !super::passes(&problem) => {
                refuse_some(shared, operation, vec![target.message], problem).await?;
                continue;
            }
            Err(trouble) => return Err(trouble),
        }
        let noted = operation.clone();
        if !shared.write("collected", move |w| w.note_collected(&noted, &target, now)).await? {
            return Err(Trouble::Refused(Problem::MessageGone));
        }
    }
    Ok(String::new())
}

async fn collect(shared: &Shared, link: &mut Link, target: &Target) -> Result<(), Trouble> {
    let Some(twin) = target.twin else { return Err(Trouble::Refused(Problem::MessageGone)) };
    let source = Source::find(shared, target.message, Some(target.mailbox)).await?;
    let source = source.select(shared, link).await?;
    whole(shared, link, &source, twin).await
}

/// Fetches all bytes of a message into the store, as the root part of `owner`.
pub(in crate::sync) async fn whole(
    shared: &Shared,
    link: &mut Link,
    source: &Source,
    owner: MessageId,
) -> Result<(), Trouble> {
    let (store, root) = (shared.config.store.clone(), PartPath::root());
    let path = root.clone();
    let clock = &shared.config.clock;
    let opened = clock.busy(blocking(move || store.part_writer(owner, &path))).await;
    let mut writer = match opened {
        Err(StoreError::PartBusy) => {
            return Err(Trouble::Refused(Problem::Busy { why: Wait::Here, text: String::new() }));
        }
        other => other?,
    };
    let announced = source.detail.size;
    loop {
        let start = writer.offset();
        if start > announced.saturating_mul(10).max(MAX_SURPLUS) {
            return Err(endless());
        }
        let bytes = piece(link, source.uid, start).await?;
        let is_last = u32::try_from(bytes.len()).is_ok_and(|length| length < PIECE);
        if bytes.is_empty() && start == 0 {
            return Err(Trouble::Refused(Problem::MessageGone));
        }
        writer = clock.busy(blocking(move || writer.write(&bytes).map(|()| writer))).await?;
        if is_last {
            break;
        }
    }
    if writer.offset() != announced {
        verify(link, source.uid, &writer).await?;
    }
    haul::finish(shared, owner, writer).await
}

async fn piece(link: &mut Link, uid: Uid, start: u64) -> Result<Vec<u8>, Trouble> {
    let limit = usize::try_from(PIECE).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    let mut sink = |piece: &[u8]| {
        if bytes.len().saturating_add(piece.len()) > limit {
            return ControlFlow::Break(());
        }
        bytes.extend_from_slice(piece);
        ControlFlow::Continue(())
    };
    let range = ByteRange { start, length: PIECE };
    let section = Section::part(PartPath::root());
    let result = link.session.fetch_part(uid, &section, Some(range), &mut sink).await;
    let fetched = result.map_err(|error| of_part(link, &error))?;
    if fetched.cancelled {
        return Err(endless());
    }
    if !fetched.found && start == 0 {
        return Err(Trouble::Refused(Problem::MessageGone));
    }
    Ok(bytes)
}

/// The announced size is another one, as some servers do it. Before an original is deleted on the strength of these
/// bytes it has to be sure that they are all: the message is read once more in one go, and counted.
async fn verify(link: &mut Link, uid: Uid, writer: &PartWriter) -> Result<(), Trouble> {
    let limit = writer.offset().saturating_add(MAX_SURPLUS);
    let mut count: u64 = 0;
    let mut sink = |piece: &[u8]| {
        count = count.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if count > limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let section = Section::part(PartPath::root());
    let result = link.session.fetch_part(uid, &section, None, &mut sink).await;
    result.map_err(|error| of_part(link, &error))?;
    if count == writer.offset() {
        return Ok(());
    }
    let detail = "it gives the message in different lengths".to_owned();
    Err(Trouble::Refused(Problem::Protocol { detail }))
}

fn endless() -> Trouble {
    Trouble::Refused(Problem::Protocol { detail: "message without an end".to_owned() })
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => {
            tracing::error!(%error, "a write did not end");
            Err(StoreError::Closed)
        }
    }
}
