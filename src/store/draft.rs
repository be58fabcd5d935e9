//! Signatures of the store; their bodies follow file by file.
#![allow(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::unused_self,
    clippy::unused_async,
    unused_variables,
    clippy::needless_pass_by_value
)]

use super::*;
use crate::model::*;
use std::path::Path;

/// The store of one profile. Clones share it.
#[derive(Clone, Debug)]
pub struct Store;

impl Store {
    /// Opens the store in a folder; makes both if they are not there.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        Err(StoreError::Closed)
    }
    /// Runs one write transaction on the writer thread.
    pub async fn write<T: Send + 'static>(
        &self,
        label: &'static str,
        f: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        Err(StoreError::Closed)
    }
    /// The same for code without a runtime. Never call it from an async task.
    pub fn write_blocking<T: Send + 'static>(
        &self,
        label: &'static str,
        f: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        Err(StoreError::Closed)
    }
    /// A consistent view of now. Blocking (microseconds), so take it in `spawn_blocking`; keep it short.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Err(StoreError::Closed)
    }
    /// All later changes. When lagged: reload everything.
    pub fn subscribe(&self) -> tokio::sync::broadcast::Receiver<Changes> {
        tokio::sync::broadcast::channel(1).1
    }
    /// Whether another process wrote since the last look; if so, `Changes::everything` is broadcast too. Blocking.
    pub fn external_change(&self) -> Result<bool, StoreError> {
        Err(StoreError::Closed)
    }
    /// Writes a large part piece by piece outside of any transaction; resumes what an earlier writer left.
    /// Hand the result of `finish` to `Write::put_written_part`.
    pub fn part_writer(&self, message: MessageId, path: &PartPath) -> Result<PartWriter, StoreError> {
        Err(StoreError::Closed)
    }
}

/// Streams the transported bytes of one part to disk. Dropping it keeps what was written for a later resume.
#[derive(Debug)]
pub struct PartWriter;
impl PartWriter {
    /// Bytes that are there already: ask the server from here on.
    pub fn offset(&self) -> u64 {
        0
    }
    /// Appends bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        Ok(())
    }
    /// All bytes are there.
    pub fn finish(self) -> Result<WrittenPart, StoreError> {
        Err(StoreError::Closed)
    }
    /// Throws away what was written.
    pub fn discard(self) -> Result<(), StoreError> {
        Ok(())
    }
}
/// A finished part on disk that no row knows yet.
#[derive(Debug)]
pub struct WrittenPart;

/// Bytes of a stored part.
#[derive(Debug)]
pub enum PartSource {
    /// In memory.
    Bytes(Vec<u8>),
    /// A file of that many bytes, opened for reading.
    File(std::fs::File, u64),
}

/// One open write transaction.
#[derive(Debug)]
pub struct Write<'a>(std::marker::PhantomData<&'a ()>);

type R<T> = Result<T, StoreError>;

impl Write<'_> {
    pub fn add_account(&mut self, account: &Account) -> R<AccountId> {
        Err(StoreError::Closed)
    }
    pub fn update_account(&mut self, id: AccountId, account: &Account) -> R<()> {
        Err(StoreError::Closed)
    }
    /// Removes the account with all its local mail.
    pub fn remove_account(&mut self, id: AccountId) -> R<()> {
        Err(StoreError::Closed)
    }
    /// Takes over what LIST said. A mailbox that is not listed is hidden, never deleted at once. Ids in the order given.
    pub fn sync_mailboxes(
        &mut self,
        account: AccountId,
        listed: &[MailboxInfo],
        now: UnixTime,
    ) -> R<Vec<MailboxId>> {
        Err(StoreError::Closed)
    }
    pub fn mailbox_state(&self, mailbox: MailboxId) -> R<MailboxState> {
        Err(StoreError::Closed)
    }
    pub fn set_mailbox_state(&mut self, mailbox: MailboxId, state: &MailboxState) -> R<()> {
        Err(StoreError::Closed)
    }
    /// Idempotent by (mailbox, uid).
    pub fn insert_messages(&mut self, mailbox: MailboxId, messages: Vec<NewMessage>) -> R<Vec<Placed>> {
        Err(StoreError::Closed)
    }
    /// Takes over flags of the server; unknown UIDs are skipped. Gives the number of rows that changed.
    pub fn update_flags(&mut self, mailbox: MailboxId, rows: &[(Uid, Flags, Option<ModSeq>)]) -> R<usize> {
        Err(StoreError::Closed)
    }
    /// Hides messages that the server does not have any more; bodies are kept until `purge_orphans`.
    pub fn vanish(&mut self, mailbox: MailboxId, uids: &UidSet, now: UnixTime) -> R<usize> {
        Err(StoreError::Closed)
    }
    /// Shows vanished messages again (same UIDVALIDITY). Gives those that were still there.
    pub fn revive(&mut self, mailbox: MailboxId, uids: &UidSet) -> R<usize> {
        Err(StoreError::Closed)
    }
    /// Deletes what vanished before that time and did not turn up elsewhere. Gives the number of messages.
    pub fn purge_orphans(&mut self, before: UnixTime) -> R<usize> {
        Err(StoreError::Closed)
    }
    /// UIDVALIDITY changed: recognizes the known messages under their new UIDs, hides the others (as `vanish`).
    /// Gives the UIDs that were not recognized: fetch and insert them.
    pub fn relink_by_fingerprint(
        &mut self,
        mailbox: MailboxId,
        uid_validity: UidValidity,
        listed: &[Fingerprint],
        now: UnixTime,
    ) -> R<UidSet> {
        Err(StoreError::Closed)
    }
    pub fn set_structure(
        &mut self,
        message: MessageId,
        structure: &BodyStructure,
        attachments: u32,
    ) -> R<()> {
        Err(StoreError::Closed)
    }
    pub fn set_snippet(&mut self, message: MessageId, snippet: &str) -> R<()> {
        Err(StoreError::Closed)
    }
    /// Stores the transported bytes of a part. For large ones use `Store::part_writer`.
    pub fn put_part(&mut self, message: MessageId, path: &PartPath, bytes: &[u8]) -> R<()> {
        Err(StoreError::Closed)
    }
    pub fn put_written_part(&mut self, part: WrittenPart) -> R<()> {
        Err(StoreError::Closed)
    }
    /// Journals a flag change and shows it at once, in every mailbox in which the messages are. One operation per
    /// account; `None` entries never: messages that have the flag already are left out.
    pub fn add_flag_operation(
        &mut self,
        messages: &[MessageId],
        flag: &Flag,
        change: FlagChange,
        now: UnixTime,
    ) -> R<Vec<OperationId>> {
        Err(StoreError::Closed)
    }
    /// Operations that wait or were inflight, in order.
    pub fn operations_pending(&self, account: AccountId) -> R<Vec<Operation>> {
        Err(StoreError::Closed)
    }
    /// Before the bytes go out. Counts as an attempt.
    pub fn mark_inflight(&mut self, operation: OperationId, now: UnixTime) -> R<()> {
        Err(StoreError::Closed)
    }
    /// The link broke before an answer came: back to pending.
    pub fn mark_pending(&mut self, operation: OperationId, now: UnixTime) -> R<()> {
        Err(StoreError::Closed)
    }
    pub fn mark_done(&mut self, operation: OperationId, now: UnixTime) -> R<()> {
        Err(StoreError::Closed)
    }
    /// The server refused for good: its value is shown again and the rows are marked.
    pub fn mark_failed(&mut self, operation: OperationId, reason: &str, now: UnixTime) -> R<()> {
        Err(StoreError::Closed)
    }
    /// The user takes a pending operation back, or dismisses a failed one.
    pub fn cancel_operation(&mut self, operation: OperationId, now: UnixTime) -> R<()> {
        Err(StoreError::Closed)
    }
    /// Tries a failed operation again.
    pub fn retry_operation(&mut self, operation: OperationId, now: UnixTime) -> R<()> {
        Err(StoreError::Closed)
    }
}

/// A consistent read-only view.
#[derive(Debug)]
pub struct Snapshot;

impl Snapshot {
    pub fn revision(&self) -> Revision {
        Revision::default()
    }
    pub fn accounts(&self) -> R<Vec<AccountRow>> {
        Err(StoreError::Closed)
    }
    pub fn account(&self, id: AccountId) -> R<Option<AccountRow>> {
        Err(StoreError::Closed)
    }
    /// Without hidden ones; INBOX first, then by display path.
    pub fn mailboxes(&self, account: AccountId) -> R<Vec<MailboxRow>> {
        Err(StoreError::Closed)
    }
    pub fn mailbox(&self, id: MailboxId) -> R<Option<MailboxRow>> {
        Err(StoreError::Closed)
    }
    pub fn mailbox_by_name(&self, account: AccountId, name: &MailboxName) -> R<Option<MailboxRow>> {
        Err(StoreError::Closed)
    }
    pub fn message_ids(&self, mailbox: MailboxId, order: SortOrder) -> R<Vec<MessageId>> {
        Err(StoreError::Closed)
    }
    /// Rows in the order asked for; messages that are not in the mailbox are left out.
    pub fn rows(&self, messages: &[MessageId], mailbox: MailboxId) -> R<Vec<MessageRow>> {
        Err(StoreError::Closed)
    }
    pub fn position_of(&self, message: MessageId, mailbox: MailboxId, order: SortOrder) -> R<Option<usize>> {
        Err(StoreError::Closed)
    }
    pub fn message(&self, id: MessageId) -> R<Option<MessageDetail>> {
        Err(StoreError::Closed)
    }
    pub fn placements(&self, id: MessageId) -> R<Vec<Placement>> {
        Err(StoreError::Closed)
    }
    pub fn parts(&self, id: MessageId) -> R<Vec<StoredPart>> {
        Err(StoreError::Closed)
    }
    pub fn part(&self, id: MessageId, path: &PartPath) -> R<Option<Vec<u8>>> {
        Err(StoreError::Closed)
    }
    pub fn part_source(&self, id: MessageId, path: &PartPath) -> R<Option<PartSource>> {
        Err(StoreError::Closed)
    }
    pub fn uids(&self, mailbox: MailboxId) -> R<UidSet> {
        Err(StoreError::Closed)
    }
    /// By UID, both ends included.
    pub fn flags_of(&self, mailbox: MailboxId, low: Uid, high: Uid) -> R<Vec<FlagsRow>> {
        Err(StoreError::Closed)
    }
    pub fn ids_by_uid(&self, mailbox: MailboxId, uids: &UidSet) -> R<Vec<(Uid, MessageId)>> {
        Err(StoreError::Closed)
    }
    pub fn uid_of(&self, message: MessageId, mailbox: MailboxId) -> R<Option<Uid>> {
        Err(StoreError::Closed)
    }
    pub fn operations_pending(&self, account: AccountId) -> R<Vec<Operation>> {
        Err(StoreError::Closed)
    }
    pub fn operations_failed(&self, account: AccountId) -> R<Vec<Operation>> {
        Err(StoreError::Closed)
    }
    pub fn operation(&self, id: OperationId) -> R<Option<Operation>> {
        Err(StoreError::Closed)
    }
}
