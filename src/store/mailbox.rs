//! Mailboxes: the tree, the counts, and how far each follows the server. No messages here.

use super::column::{mod_seq_at, number, number_at, optional_uid_at, uid_validity_at};
use super::{MailboxInfo, MailboxRow, MailboxState, Snapshot, StoreError, Write};
use crate::model::{
    AccountId, MailboxAttributes, MailboxId, MailboxName, SpecialUse, Uid, UidValidity, UnixTime,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::BTreeSet;

const COLUMNS: &str = "id, account_id, name, delimiter, display, special_use, no_select, no_inferiors, \
                       subscribed, total, unseen, uid_validity, uid_next, highest_mod_seq, server_exists, \
                       server_unseen, backfill_low, last_full_check,
                       (SELECT count(*) FROM placement p WHERE p.mailbox_id = mailbox.id AND p.hidden <> 0
                          AND p.uid <= 4294967295),
                       (SELECT count(*) FROM placement p WHERE p.mailbox_id = mailbox.id
                          AND p.uid > 4294967295 AND p.hidden = 0)";

/// The mailbox of a use.
const SPECIAL: &str = "account_id = ?1 AND special_use = ?2 AND gone_at IS NULL AND no_select = 0
     ORDER BY id LIMIT 1";

fn mailbox_at(row: &Row<'_>) -> rusqlite::Result<MailboxRow> {
    let delimiter: Option<String> = row.get(3)?;
    let special_use: Option<String> = row.get(5)?;
    Ok(MailboxRow {
        id: MailboxId::from_row(row.get(0)?),
        account: AccountId::from_row(row.get(1)?),
        name: MailboxName::from_wire(row.get_ref(2)?.as_blob()?),
        delimiter: delimiter.and_then(|d| d.chars().next()),
        display: row.get(4)?,
        special_use: special_use.and_then(|word| SpecialUse::from_row(&word)),
        attributes: MailboxAttributes {
            no_select: row.get(6)?,
            no_inferiors: row.get(7)?,
            subscribed: row.get(8)?,
        },
        total: number_at(row, 9)?,
        unseen: number_at(row, 10)?,
        at_server: number_at(row, 9)?.saturating_add(number_at(row, 18)?).saturating_sub(number_at(row, 19)?),
        state: state_at(row, 11)?,
    })
}

fn state_at(row: &Row<'_>, first: usize) -> rusqlite::Result<MailboxState> {
    let time: Option<i64> = row.get(first + 6)?;
    Ok(MailboxState {
        uid_validity: uid_validity_at(row, first)?,
        uid_next: optional_uid_at(row, first + 1)?,
        highest_mod_seq: mod_seq_at(row, first + 2)?,
        exists: row.get(first + 3)?,
        unseen: row.get(first + 4)?,
        backfill_low: optional_uid_at(row, first + 5)?,
        last_full_check: time.map(UnixTime),
    })
}

/// Messages of a mailbox that no server has.
pub(super) const UNSENT: &str =
    "SELECT 1 FROM operation_target WHERE mailbox_id = ?1 AND open > 0 AND operation_id IN (
       SELECT id FROM operation WHERE account_id = (SELECT account_id FROM mailbox WHERE id = ?1)
         AND state IN ('pending', 'inflight') AND kind = 'append'
       UNION ALL SELECT id FROM operation WHERE account_id = (SELECT account_id FROM mailbox WHERE id = ?1)
         AND state = 'failed' AND kind = 'append')
     LIMIT 1";

fn one(
    connection: &Connection,
    condition: &str,
    values: impl rusqlite::Params,
) -> Result<Option<MailboxRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM mailbox WHERE {condition}");
    Ok(connection.prepare_cached(&sql)?.query_row(values, mailbox_at).optional()?)
}

/// One mailbox, also a hidden one.
pub(super) fn by_id(connection: &Connection, id: MailboxId) -> Result<Option<MailboxRow>, StoreError> {
    one(connection, "id = ?1", [id.to_row()])
}

/// Every mailbox of an account, and whether it is hidden.
pub(super) fn every(
    connection: &Connection,
    account: AccountId,
) -> Result<Vec<(MailboxRow, bool)>, StoreError> {
    let sql = format!("SELECT {COLUMNS}, gone_at IS NOT NULL FROM mailbox WHERE account_id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([account.to_row()], |row| Ok((mailbox_at(row)?, row.get(20)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The mailboxes that the server lists, or is to list: INBOX first, then by display path.
pub(super) fn shown(connection: &Connection, account: AccountId) -> Result<Vec<MailboxRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM mailbox WHERE account_id = ?1 AND gone_at IS NULL
         ORDER BY name <> CAST('INBOX' AS BLOB), display, id"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([account.to_row()], mailbox_at)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Snapshot {
    /// The mailboxes that the server lists: INBOX first, then by display path. The window sorts by language.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn mailboxes(&self, account: AccountId) -> Result<Vec<MailboxRow>, StoreError> {
        self.read(|connection| shown(connection, account))
    }

    /// Names of the listed mailboxes whose MAILBOXID (RFC 8474) is known.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn mailboxes_with_object_id(&self, account: AccountId) -> Result<BTreeSet<MailboxName>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT name FROM mailbox WHERE account_id = ?1 AND object_id IS NOT NULL AND gone_at IS NULL",
            )?;
            let names = statement.query_map([account.to_row()], |row| {
                Ok(MailboxName::from_wire(&row.get::<_, Vec<u8>>(0)?))
            })?;
            Ok(names.collect::<Result<_, _>>()?)
        })
    }

    /// One mailbox, also a hidden one.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn mailbox(&self, id: MailboxId) -> Result<Option<MailboxRow>, StoreError> {
        self.read(|connection| by_id(connection, id))
    }

    /// The mailbox of that use in an account, if the server lists one.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn special_mailbox(
        &self,
        account: AccountId,
        what: SpecialUse,
    ) -> Result<Option<MailboxRow>, StoreError> {
        self.read(|connection| one(connection, SPECIAL, params![account.to_row(), what.as_str()]))
    }

    /// The mailbox of that name on the wire, if the server lists it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn mailbox_by_name(
        &self,
        account: AccountId,
        name: &MailboxName,
    ) -> Result<Option<MailboxRow>, StoreError> {
        let condition = "account_id = ?1 AND name = ?2 AND gone_at IS NULL";
        self.read(|connection| one(connection, condition, params![account.to_row(), name.as_bytes()]))
    }
}

impl Write<'_> {
    /// Takes over what LIST said; gives the ids in the order given. A mailbox that is not listed is hidden with
    /// all its mail, never deleted: the next list may name it again. One with messages that could not be put there stays. One that was renamed (same MAILBOXID under
    /// a new name) keeps its id.
    ///
    /// # Errors
    /// There is no such account, or the disk refuses.
    pub fn sync_mailboxes(
        &mut self,
        account: AccountId,
        listed: &[MailboxInfo],
        now: UnixTime,
    ) -> Result<Vec<MailboxId>, StoreError> {
        let known: Option<i64> = self
            .connection
            .prepare_cached("SELECT id FROM account WHERE id = ?1")?
            .query_row([account.to_row()], |row| row.get(0))
            .optional()?;
        known.ok_or(StoreError::Gone { what: "account" })?;
        let foreseen = self.foresee(account, listed)?;
        let expected: Vec<MailboxInfo> = foreseen.iter().flatten().cloned().collect();
        self.follow_renames(account, &expected)?;
        let mut ids = Vec::with_capacity(listed.len());
        for (info, told) in foreseen.iter().zip(listed) {
            ids.push(match info {
                Some(info) => self.put_mailbox(account, info, now)?,
                None => self.known_mailbox(account, &told.name)?,
            });
        }
        self.hide_unlisted(account, &ids.iter().copied().collect(), now)?;
        Ok(ids)
    }

    /// Gives a mailbox whose MAILBOXID turned up under an unknown name that name.
    fn follow_renames(&mut self, account: AccountId, listed: &[MailboxInfo]) -> Result<(), StoreError> {
        let names: BTreeSet<&MailboxName> = listed.iter().map(|info| &info.name).collect();
        for info in listed {
            let Some(object_id) = &info.object_id else { continue };
            if one(
                self.connection,
                "account_id = ?1 AND name = ?2",
                params![account.to_row(), info.name.as_bytes()],
            )?
            .is_some()
            {
                continue;
            }
            let same = "account_id = ?1 AND object_id = ?2 ORDER BY gone_at IS NOT NULL, id LIMIT 1";
            let Some(old) = one(self.connection, same, params![account.to_row(), object_id])? else {
                continue;
            };
            if !names.contains(&old.name) {
                self.connection
                    .prepare_cached("UPDATE mailbox SET name = ?2 WHERE id = ?1")?
                    .execute(params![old.id.to_row(), info.name.as_bytes()])?;
                self.changes.tree = true;
            }
        }
        Ok(())
    }

    fn known_mailbox(&self, account: AccountId, name: &MailboxName) -> Result<MailboxId, StoreError> {
        let id = self
            .connection
            .prepare_cached("SELECT id FROM mailbox WHERE account_id = ?1 AND name = ?2")?
            .query_row(params![account.to_row(), name.as_bytes()], |row| row.get(0))?;
        Ok(MailboxId::from_row(id))
    }

    pub(super) fn put_mailbox(
        &mut self,
        account: AccountId,
        info: &MailboxInfo,
        now: UnixTime,
    ) -> Result<MailboxId, StoreError> {
        // The WHERE leaves unchanged rows alone, so that a LIST without news is no change.
        let changed: Option<i64> = self
            .connection
            .prepare_cached(
                "INSERT INTO mailbox (account_id, name, delimiter, display, special_use, no_select, no_inferiors,
                   subscribed, object_id)
                 VALUES (?1, ?2, ?3, ?4,
                   iif(EXISTS (SELECT 1 FROM mailbox c WHERE c.account_id = ?1 AND c.chosen_use = ?5
                       AND c.gone_at IS NULL), NULL, ?5),
                   ?6, ?7, ?8, ?9)
                 ON CONFLICT (account_id, name) DO UPDATE SET delimiter = ?3, display = ?4,
                   special_use = coalesce(chosen_use, excluded.special_use),
                   no_select = ?6, no_inferiors = ?7, subscribed = ?8, object_id = coalesce(?9, object_id),
                   gone_at = NULL
                 WHERE gone_at IS NOT NULL OR delimiter IS NOT ?3 OR display <> ?4
                   OR special_use IS NOT coalesce(chosen_use, excluded.special_use)
                   OR no_select <> ?6 OR no_inferiors <> ?7 OR subscribed <> ?8
                   OR object_id IS NOT coalesce(?9, object_id)
                 RETURNING id",
            )?
            .query_row(
                params![
                    account.to_row(),
                    info.name.as_bytes(),
                    info.delimiter.map(String::from),
                    info.display,
                    info.special_use.map(SpecialUse::as_str),
                    info.attributes.no_select,
                    info.attributes.no_inferiors,
                    info.attributes.subscribed,
                    info.object_id,
                ],
                |row| row.get(0),
            )
            .optional()?;
        if let Some(id) = changed {
            self.changes.tree = true;
            let id = MailboxId::from_row(id);
            if info.attributes.no_select {
                // It was deleted, and stays as a level above others (RFC 9051 section 6.3.5).
                self.vanish(id, &super::orphan::all_uids(), now)?;
                self.set_mailbox_state(id, &MailboxState::default())?;
            }
            return Ok(id);
        }
        self.known_mailbox(account, &info.name)
    }

    fn hide_unlisted(
        &mut self,
        account: AccountId,
        listed: &BTreeSet<MailboxId>,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let shown: Vec<i64> = {
            let mut statement = self.connection.prepare_cached(
                "SELECT id FROM mailbox WHERE account_id = ?1 AND gone_at IS NULL AND awaited = 0",
            )?;
            statement.query_map([account.to_row()], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        for id in shown {
            if !listed.contains(&MailboxId::from_row(id)) && !self.holds_unsent(id)? {
                self.connection
                    .prepare_cached("UPDATE mailbox SET gone_at = ?2 WHERE id = ?1")?
                    .execute([id, now.0])?;
                self.changes.tree = true;
            }
        }
        Ok(())
    }

    /// Whether a mailbox shows a message that waits to be put there, or could not be: nobody else has it.
    fn holds_unsent(&self, mailbox: i64) -> Result<bool, StoreError> {
        Ok(self.connection.prepare_cached(UNSENT)?.exists([mailbox])?)
    }

    /// Deletes mailboxes that the server has not listed since that time. Their messages are hidden as by
    /// [`Write::vanish`], so that one that was moved elsewhere is still recognized. Gives their number.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn purge_mailboxes(&mut self, before: UnixTime, now: UnixTime) -> Result<usize, StoreError> {
        let gone: Vec<i64> = {
            let mut statement =
                self.connection.prepare_cached("SELECT id FROM mailbox WHERE gone_at < ?1")?;
            statement.query_map([before.0], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        let mut purged = 0;
        for id in &gone {
            if self.holds_unsent(*id)? {
                continue;
            }
            purged += 1;
            self.vanish(MailboxId::from_row(*id), &super::orphan::all_uids(), now)?;
            self.connection.prepare_cached("DELETE FROM mailbox WHERE id = ?1")?.execute([id])?;
            self.changes.tree = true;
        }
        Ok(purged)
    }

    /// The mailbox of that use in an account, if the server lists one.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn special_mailbox(
        &self,
        account: AccountId,
        what: SpecialUse,
    ) -> Result<Option<MailboxId>, StoreError> {
        let found = one(self.connection, SPECIAL, params![account.to_row(), what.as_str()])?;
        Ok(found.map(|row| row.id))
    }

    /// How far a mailbox follows the server, as of this transaction.
    ///
    /// # Errors
    /// There is no such mailbox.
    pub fn mailbox_state(&self, mailbox: MailboxId) -> Result<MailboxState, StoreError> {
        one(self.connection, "id = ?1", [mailbox.to_row()])?
            .map(|row| row.state)
            .ok_or(StoreError::Gone { what: "mailbox" })
    }

    /// Remembers how far a mailbox follows the server. Call it in the same transaction as the effects that
    /// `highest_mod_seq` stands for, or later; never before.
    ///
    /// # Errors
    /// There is no such mailbox, or the disk refuses.
    pub fn set_mailbox_state(&mut self, mailbox: MailboxId, state: &MailboxState) -> Result<(), StoreError> {
        let before = self.mailbox_state(mailbox)?;
        let mut state = *state;
        if state.unseen > before.unseen && before.unseen.is_some() && self.is_being_read(mailbox)? {
            // An answer from before the user marked all as read must not take that back on the screen.
            state.unseen = before.unseen;
        }
        if before == state {
            return Ok(());
        }
        if before.uid_validity.is_some() && before.uid_validity != state.uid_validity {
            // What waits for its UID here can get any of the new ones.
            self.connection
                .prepare_cached(
                    "UPDATE placement SET mod_seq = 1 WHERE mailbox_id = ?1 AND uid > 4294967295
                       AND mod_seq > 1 AND mod_seq < ?2",
                )?
                .execute([mailbox.to_row(), super::journal::append::UNSENT])?;
        }
        self.connection
            .prepare_cached(
                "UPDATE mailbox SET uid_validity = ?2, uid_next = ?3, highest_mod_seq = ?4, server_exists = ?5,
                   server_unseen = ?6, backfill_low = ?7, last_full_check = ?8
                 WHERE id = ?1",
            )?
            .execute(params![
                mailbox.to_row(),
                state.uid_validity.map(UidValidity::get),
                state.uid_next.map(Uid::get),
                number(state.highest_mod_seq.get()),
                state.exists,
                state.unseen,
                state.backfill_low.map(Uid::get),
                state.last_full_check.map(|time| time.0),
            ])?;
        self.changes.mailboxes.insert(mailbox);
        Ok(())
    }
}
