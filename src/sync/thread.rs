//! Conversations: finds those of messages that were stored before there were any, and does what the user wants
//! of one. Nothing here needs a server.

use super::command::ThreadDeed;
use super::status::Problem;
use super::trouble;
use crate::store::{Store, StoreError, Write};

/// Messages whose conversations are found in one transaction: some 30 ms, so that no other write waits long.
const PORTION: u32 = 500;

/// Runs until every stored message has its conversation. A failure ends it: the next start goes on.
pub(super) async fn catch_up(store: Store) {
    let mut total = 0;
    loop {
        match store.write("conversations", |w| w.thread_stored(PORTION)).await {
            Ok(0) => break,
            Ok(found) => total += found,
            Err(error) => {
                tracing::warn!(%error, "conversations of stored mail were not found");
                return;
            }
        }
    }
    if total > 0 {
        tracing::info!(total, "found the conversations of mail stored earlier");
    }
}

/// Carries out what the user wants of a conversation.
pub(super) async fn act(store: &Store, deed: ThreadDeed) -> Result<(), Problem> {
    let done = store.write("conversation", move |w| apply(w, deed)).await;
    match done {
        // The message went away meanwhile, and its conversation with it.
        Ok(()) | Err(StoreError::Gone { .. }) => Ok(()),
        Err(error) => Err(trouble::of_store(&error)),
    }
}

fn apply(w: &mut Write<'_>, deed: ThreadDeed) -> Result<(), StoreError> {
    match deed {
        ThreadDeed::Mute { message, on } => {
            let thread = w.thread_of(message)?;
            w.mute_thread(thread, on)
        }
        ThreadDeed::Split(message) => w.split_thread(message).map(drop),
        ThreadDeed::Join { one, other } => {
            let (one, other) = (w.thread_of(one)?, w.thread_of(other)?);
            w.join_threads(one, other).map(drop)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MessageId;

    #[tokio::test]
    async fn what_is_gone_is_nothing_to_complain_of() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        catch_up(store.clone()).await;
        let deed = ThreadDeed::Mute { message: MessageId::from_row(7), on: true };
        assert_eq!(act(&store, deed).await, Ok(()));
    }
}
