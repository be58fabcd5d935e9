//! Flags of placements: what the server says, under local changes that are still on their way.

use super::column::{flags_at, mod_seq_at, number, uid_at};
use super::journal::arguments::flag_arguments;
use super::{FlagsRow, Snapshot, StoreError, Write};
use crate::model::{Flag, FlagChange, Flags, MailboxId, MessageId, ModSeq, OperationId, Uid};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

/// The placement that a UID stands for.
pub(super) const BY_UID: &str =
    "SELECT message_id, flags, keywords, mod_seq, hidden FROM placement WHERE mailbox_id = ?1 AND uid = ?2";

/// Flags of a range of UIDs.
pub(super) const FLAGS_OF: &str = "SELECT uid, message_id, flags, keywords, mod_seq FROM placement
     WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3 ORDER BY uid";

/// Flag operations of a mailbox that the server has not confirmed.
pub(super) const PENDING: &str = "SELECT t.message_id, t.operation_id, t.server_has, o.kind, o.arguments
     FROM operation_target t JOIN operation o ON o.id = t.operation_id
     WHERE t.mailbox_id = ?1 AND t.open = 1";

/// What is stored of a placement.
#[derive(Clone, Debug)]
pub(super) struct Current {
    pub(super) message: MessageId,
    pub(super) flags: Flags,
    pub(super) mod_seq: ModSeq,
    /// Whether a local operation took it out of the list.
    pub(super) hidden: bool,
}

/// A local change that the server has not confirmed.
#[derive(Clone, Debug)]
struct Waiting {
    operation: OperationId,
    flag: Flag,
    change: FlagChange,
    server_has: bool,
}

/// The local changes of one mailbox that the server has not confirmed, by message, in their order.
#[derive(Debug, Default)]
pub(super) struct Pending(BTreeMap<MessageId, Vec<Waiting>>);

impl Write<'_> {
    /// Loads [`Pending`] once for a batch: mostly there is none, and a query per message would be dear.
    pub(super) fn pending_flags(&self, mailbox: MailboxId) -> Result<Pending, StoreError> {
        let mut pending: BTreeMap<MessageId, Vec<Waiting>> = BTreeMap::new();
        let mut statement = self.connection.prepare_cached(PENDING)?;
        let mut rows = statement.query([mailbox.to_row()])?;
        while let Some(row) = rows.next()? {
            let kind = row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?;
            let arguments = row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?;
            let Some((flag, change)) = flag_arguments(kind, arguments) else { continue };
            let operation = OperationId::from_row(row.get(1)?);
            let waiting = Waiting { operation, flag, change, server_has: row.get(2)? };
            pending.entry(MessageId::from_row(row.get(0)?)).or_default().push(waiting);
        }
        for of_message in pending.values_mut() {
            of_message.sort_by_key(|waiting| waiting.operation);
        }
        Ok(Pending(pending))
    }

    /// The placement at a UID, if there is one.
    pub(super) fn placed_at(&self, mailbox: MailboxId, uid: Uid) -> Result<Option<Current>, StoreError> {
        let mut statement = self.connection.prepare_cached(BY_UID)?;
        let current = statement
            .query_row([mailbox.to_row(), i64::from(uid.get())], |row| {
                Ok(Current {
                    message: MessageId::from_row(row.get(0)?),
                    flags: flags_at(row, 1)?,
                    mod_seq: mod_seq_at(row, 3)?,
                    hidden: row.get(4)?,
                })
            })
            .optional()?;
        Ok(current)
    }

    /// What is to be shown when the server says `server`: pending local changes win for their own flag only.
    /// Remembers what the server has of those flags, to put it back if it refuses the change.
    pub(super) fn overlay(
        &self,
        mailbox: MailboxId,
        message: MessageId,
        server: &Flags,
        pending: &mut Pending,
    ) -> Result<Flags, StoreError> {
        let mut shown = server.clone();
        let Some(waiting) = pending.0.get_mut(&message) else { return Ok(shown) };
        for one in waiting {
            let has = server.contains(&one.flag);
            if has != one.server_has {
                one.server_has = has;
                self.connection
                    .prepare_cached(
                        "UPDATE operation_target SET server_has = ?4
                         WHERE operation_id = ?1 AND message_id = ?2 AND mailbox_id = ?3",
                    )?
                    .execute(params![one.operation.to_row(), message.to_row(), mailbox.to_row(), has])?;
            }
            shown.apply(one.change, &one.flag);
        }
        Ok(shown)
    }

    /// Takes over flags of the server. UIDs that are not stored are skipped, unchanged rows cost a look only,
    /// and a pending local change wins for its own flag. Gives the number of rows whose flags changed.
    ///
    /// # Errors
    /// There is no such mailbox, or the disk refuses.
    pub fn update_flags(
        &mut self,
        mailbox: MailboxId,
        rows: &[(Uid, Flags, Option<ModSeq>)],
    ) -> Result<usize, StoreError> {
        let mut pending = self.pending_flags(mailbox)?;
        let mut changed = 0;
        for (uid, server, mod_seq) in rows {
            let Some(current) = self.placed_at(mailbox, *uid)? else { continue };
            let mod_seq = mod_seq.unwrap_or(current.mod_seq);
            changed += usize::from(self.set_server_flags(
                mailbox,
                *uid,
                &current,
                (server, mod_seq),
                &mut pending,
            )?);
        }
        Ok(changed)
    }

    /// Brings one placement up to date; says whether its flags changed.
    pub(super) fn set_server_flags(
        &mut self,
        mailbox: MailboxId,
        uid: Uid,
        current: &Current,
        (server, mod_seq): (&Flags, ModSeq),
        pending: &mut Pending,
    ) -> Result<bool, StoreError> {
        let shown = self.overlay(mailbox, current.message, server, pending)?;
        if shown != current.flags {
            self.set_flags(mailbox, i64::from(uid.get()), current, &shown)?;
            self.remember_flags(current.message, mailbox, &current.flags, &shown)?;
            self.share_flags(mailbox, current.message, server)?;
        }
        // An answer that comes late must not take the modification sequence back.
        if mod_seq > current.mod_seq {
            self.connection
                .prepare_cached("UPDATE placement SET mod_seq = ?3 WHERE mailbox_id = ?1 AND uid = ?2")?
                .execute(params![mailbox.to_row(), uid.get(), number(mod_seq.get())])?;
        }
        Ok(shown != current.flags)
    }

    /// Writes the flags to show and keeps the counts right.
    pub(super) fn set_flags(
        &mut self,
        mailbox: MailboxId,
        uid: i64,
        current: &Current,
        shown: &Flags,
    ) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "UPDATE placement SET flags = ?3, keywords = ?4 WHERE mailbox_id = ?1 AND uid = ?2",
            )?
            .execute(params![mailbox.to_row(), uid, shown.system_bits(), shown.keywords_joined()])?;
        let (was, is) = (current.flags.contains(&Flag::Seen), shown.contains(&Flag::Seen));
        if was != is && !current.hidden {
            self.read_or_not(mailbox, current.message, is);
        }
        self.changes.messages.push(current.message);
        Ok(())
    }
}

impl Snapshot {
    /// Flags of the messages between two UIDs, both included, by UID.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn flags_of(&self, mailbox: MailboxId, low: Uid, high: Uid) -> Result<Vec<FlagsRow>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(FLAGS_OF)?;
            let rows = statement.query_map(params![mailbox.to_row(), low.get(), high.get()], |row| {
                Ok(FlagsRow {
                    uid: uid_at(row, 0)?,
                    message: MessageId::from_row(row.get(1)?),
                    flags: flags_at(row, 2)?,
                    mod_seq: mod_seq_at(row, 4)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
