//! What the user sets about accounts besides their servers: options, order, which folder is for what.

use super::{Snapshot, StoreError, Write};
use crate::model::{AccountId, AccountOptions, MailboxId, SpecialUse};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

impl Snapshot {
    /// The options of every account. What another version wrote in a way that this one can't read counts as not set.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn account_options(&self) -> Result<BTreeMap<AccountId, AccountOptions>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT id, options FROM account")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?)))?;
            let mut all = BTreeMap::new();
            for row in rows {
                let (id, text) = row?;
                let options = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
                all.insert(AccountId::from_row(id), options);
            }
            Ok(all)
        })
    }

    /// The folders of an account that the user chose for a use, since its server names none.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn chosen_folders(&self, account: AccountId) -> Result<BTreeMap<SpecialUse, MailboxId>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT chosen_use, id FROM mailbox WHERE account_id = ?1 AND chosen_use IS NOT NULL",
            )?;
            let rows =
                statement.query_map([account.to_row()], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
            let mut all = BTreeMap::new();
            for row in rows {
                let (word, id) = row?;
                all.extend(SpecialUse::from_row(&word).map(|what| (what, MailboxId::from_row(id))));
            }
            Ok(all)
        })
    }
}

impl Write<'_> {
    /// Sets the options of an account. Whether it was switched on before.
    ///
    /// # Errors
    /// There is no such account, or the disk refuses.
    pub fn set_account_options(
        &mut self,
        id: AccountId,
        options: &AccountOptions,
    ) -> Result<bool, StoreError> {
        let before: Option<Option<String>> = self
            .connection
            .prepare_cached("SELECT options FROM account WHERE id = ?1")?
            .query_row([id.to_row()], |row| row.get(0))
            .optional()?;
        let Some(before) = before else { return Err(StoreError::Gone { what: "account" }) };
        let before = before.and_then(|text| serde_json::from_str::<AccountOptions>(&text).ok());
        // Plain words and lists: this cannot fail.
        let text = serde_json::to_string(options).ok();
        self.connection
            .prepare_cached("UPDATE account SET options = ?2 WHERE id = ?1")?
            .execute(params![id.to_row(), text])?;
        self.changes.accounts = true;
        Ok(before.unwrap_or_default().enabled)
    }

    /// Puts accounts into this order; those that are not named come behind them.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn order_accounts(&mut self, order: &[AccountId]) -> Result<(), StoreError> {
        self.connection.prepare_cached("UPDATE account SET position = NULL")?.execute([])?;
        for (position, id) in (i64::MIN..).zip(order) {
            self.connection
                .prepare_cached("UPDATE account SET position = ?2 WHERE id = ?1")?
                .execute(params![id.to_row(), position])?;
        }
        self.changes.accounts = true;
        Ok(())
    }

    /// Says which folder of an account is for a use, whatever its server says; `None` takes it back, and what the
    /// server says counts again with its next list.
    ///
    /// # Errors
    /// There is no such folder, or the disk refuses.
    pub fn choose_folder(
        &mut self,
        account: AccountId,
        what: SpecialUse,
        mailbox: Option<MailboxId>,
    ) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "UPDATE mailbox SET chosen_use = NULL, special_use = NULL WHERE account_id = ?1 AND chosen_use = ?2",
            )?
            .execute(params![account.to_row(), what.as_str()])?;
        if let Some(mailbox) = mailbox {
            self.connection
                .prepare_cached(
                    "UPDATE mailbox SET special_use = NULL WHERE account_id = ?1 AND special_use = ?2",
                )?
                .execute(params![account.to_row(), what.as_str()])?;
            let done = self
                .connection
                .prepare_cached(
                    "UPDATE mailbox SET chosen_use = ?3, special_use = ?3
                     WHERE id = ?2 AND account_id = ?1 AND special_use IS NULL",
                )?
                .execute(params![account.to_row(), mailbox.to_row(), what.as_str()])?;
            if done == 0 {
                return Err(StoreError::Gone { what: "mailbox" });
            }
        }
        self.changes.tree = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{account, store};
    use super::*;
    use crate::model::{AccountColor, Identity};

    #[test]
    fn the_users_folder_counts_more_than_the_servers() {
        use super::super::tests::mailbox_info as listed;
        let (_dir, store) = store();
        let id = store.write_blocking("test", |w| w.add_account(&account("a@example.org"))).unwrap();
        let list = |archive: Option<SpecialUse>| {
            let mut all = vec![listed("INBOX"), listed("Archive"), listed("Ablage")];
            all[1].special_use = archive;
            let now = crate::model::UnixTime(1);
            store.write_blocking("test", move |w| w.sync_mailboxes(id, &all, now).map(drop)).unwrap();
        };
        let archive = || {
            let row = store.snapshot().unwrap().special_mailbox(id, SpecialUse::Archive).unwrap();
            row.map(|row| (row.id, row.display))
        };
        list(Some(SpecialUse::Archive));
        assert_eq!(archive().map(|(_, name)| name).as_deref(), Some("Archive"));
        let all = store.snapshot().unwrap().mailboxes(id).unwrap();
        let own = all.iter().find(|row| row.display == "Ablage").unwrap().id;
        let choose = |mailbox| {
            let what = SpecialUse::Archive;
            store.write_blocking("test", move |w| w.choose_folder(id, what, mailbox)).unwrap();
        };
        choose(Some(own));
        assert_eq!(archive(), Some((own, "Ablage".into())));
        // What the server says is heard again and again, and changes nothing.
        list(Some(SpecialUse::Archive));
        assert_eq!(archive(), Some((own, "Ablage".into())));
        let uses = store.snapshot().unwrap().mailboxes(id).unwrap();
        assert_eq!(uses.iter().filter(|row| row.special_use == Some(SpecialUse::Archive)).count(), 1);
        choose(None);
        assert_eq!(archive(), None);
        list(Some(SpecialUse::Archive));
        assert_eq!(archive().map(|(_, name)| name).as_deref(), Some("Archive"));
    }

    #[test]
    fn options_and_order_survive() {
        let (_dir, store) = store();
        let add = |name: &'static str| store.write_blocking("test", move |w| w.add_account(&account(name)));
        let ids =
            [add("a@example.org").unwrap(), add("b@example.org").unwrap(), add("c@example.org").unwrap()];
        let options = AccountOptions {
            label: "Work".into(),
            color: Some(AccountColor::Teal),
            enabled: false,
            identities: vec![Identity {
                name: "Ada".into(),
                email: "ada@example.org".into(),
                signature: "A.".into(),
            }],
            signature: "-- \nAda".into(),
            ..AccountOptions::default()
        };
        let copy = options.clone();
        let was_on = store.write_blocking("test", move |w| w.set_account_options(ids[1], &copy)).unwrap();
        assert!(was_on);
        let snapshot = store.snapshot().unwrap();
        let all = snapshot.account_options().unwrap();
        assert_eq!((&all[&ids[0]], &all[&ids[1]]), (&AccountOptions::default(), &options));
        store.write_blocking("test", move |w| w.order_accounts(&[ids[2], ids[0]])).unwrap();
        let rows = store.snapshot().unwrap().accounts().unwrap();
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[2], ids[0], ids[1]]);
        let gone = AccountId::from_row(99);
        let none = store.write_blocking("test", move |w| w.set_account_options(gone, &options));
        assert!(matches!(none, Err(StoreError::Gone { .. })));
    }
}
