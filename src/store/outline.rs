//! Messages of Gmail's that are stored already and turn up in one more mailbox: recognized by X-GM-MSGID alone, so that
//! nothing else of them is fetched again.

use super::column::{MAX_UID, gmail_id};
use super::message::{Batch, Place};
use super::{Arrival, NewMessage, Placed, Snapshot, StoreError, Write};
use crate::model::{AccountId, MessageId, Uid, UidSet, UnixTime};
use std::collections::BTreeSet;

/// Messages of an account with an X-GM-MSGID. More than one only if a server gives it twice.
pub(super) const WITH_GM_MSGID: &str =
    "SELECT id FROM message WHERE account_id = ?1 AND gm_msgid = ?2 ORDER BY id LIMIT 16";

/// Whether a message with an X-GM-MSGID is stored.
pub(super) const KNOWS_GM_MSGID: &str =
    "SELECT EXISTS (SELECT 1 FROM message WHERE account_id = ?1 AND gm_msgid = ?2)";

impl Snapshot {
    /// Which of these X-GM-MSGIDs belong to stored messages.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn known_gm_msgids(&self, account: AccountId, ids: &[u64]) -> Result<BTreeSet<u64>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(KNOWS_GM_MSGID)?;
            let mut known = BTreeSet::new();
            for id in ids {
                if statement.query_row([account.to_row(), gmail_id(*id)], |row| row.get(0))? {
                    known.insert(*id);
                }
            }
            Ok(known)
        })
    }
}

impl Write<'_> {
    /// Places a message that is stored already. `None`: it is not (any more).
    pub(super) fn insert_outline(
        &mut self,
        batch: &mut Batch,
        new: &NewMessage,
    ) -> Result<Option<Placed>, StoreError> {
        let candidates = self.with_gm_msgid(batch.account, new)?;
        if let Some(current) = self.placed_at(batch.mailbox, new.uid)? {
            // One without X-GM-MSGID is what we put there ourselves, before the server told more of it than its UID.
            if candidates.contains(&current.message) || !self.has_gm_msgid(current.message)? {
                self.refresh(batch, &current, new)?;
                return Ok(Some(Placed { uid: new.uid, message: current.message, arrival: Arrival::Known }));
            }
            // The UID stands for another message now; as in `insert_message`.
            self.vanish(batch.mailbox, &UidSet::range(new.uid, new.uid), UnixTime(0))?;
            batch.orphans = true;
        }
        let Some(message) = self.choose(batch, &candidates)? else { return Ok(None) };
        let relinked = Placed { uid: new.uid, message, arrival: Arrival::Relinked };
        match self.row_of(message, batch.mailbox)? {
            Some((number, _)) if number > MAX_UID => {
                self.told(batch.mailbox, message, new.uid)?;
                if let Some(current) = self.placed_at(batch.mailbox, new.uid)? {
                    self.refresh(batch, &current, new)?;
                }
                return Ok(Some(relinked));
            }
            // The label was taken off and put on again, which gave it a new UID: the old one is gone.
            Some((number, _)) => {
                let old = u32::try_from(number).ok().and_then(|n| Uid::from_wire(n).ok());
                match old {
                    Some(old) if old < new.uid => {
                        self.vanish(batch.mailbox, &UidSet::range(old, old), UnixTime(0))?
                    }
                    _ => {
                        return Ok(Some(Placed { arrival: Arrival::Known, ..relinked }));
                    }
                };
            }
            None => {}
        }
        let place = Place { message, uid: new.uid, flags: &new.flags, mod_seq: new.mod_seq };
        self.settle(batch, &place)?;
        Ok(Some(relinked))
    }

    fn has_gm_msgid(&self, message: MessageId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM message WHERE id = ?1 AND gm_msgid IS NOT NULL";
        Ok(self.connection.prepare_cached(sql)?.exists([message.to_row()])?)
    }

    fn with_gm_msgid(&self, account: AccountId, new: &NewMessage) -> Result<Vec<MessageId>, StoreError> {
        let Some(id) = new.gm_msgid else { return Ok(Vec::new()) };
        let mut statement = self.connection.prepare_cached(WITH_GM_MSGID)?;
        let rows = statement
            .query_map([account.to_row(), gmail_id(id)], |row| row.get(0).map(MessageId::from_row))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The one that is in the mailbox already, or else the first.
    fn choose(&self, batch: &Batch, candidates: &[MessageId]) -> Result<Option<MessageId>, StoreError> {
        for message in candidates {
            if self.row_of(*message, batch.mailbox)?.is_some() {
                return Ok(Some(*message));
            }
        }
        Ok(candidates.first().copied())
    }
}
