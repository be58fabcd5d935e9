//! Accounts in the store. Never a secret: those are in the keyring.

use super::{AccountRow, Snapshot, StoreError, Write};
use crate::model::{Account, AccountId, AuthMethod, Login, Security, Server};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension, Row};
use std::path::PathBuf;

const COLUMNS: &str = "id, email, imap_host, imap_port, imap_security, smtp_host, smtp_port, smtp_security, \
                       user, auth, password_command, ca_file, oauth, exceptions, smtp_user";

const fn security_word(security: Security) -> &'static str {
    match security {
        Security::Tls => "tls",
        Security::StartTls => "starttls",
    }
}

const fn auth_word(auth: AuthMethod) -> &'static str {
    match auth {
        AuthMethod::Password => "password",
        AuthMethod::OAuth => "oauth",
    }
}

/// A word in the file that only another version could have written.
#[derive(Debug, thiserror::Error)]
#[error("unknown word {0:?}")]
struct UnknownWord(String);

fn word<T>(row: &Row<'_>, index: usize, all: &[T], name: fn(T) -> &'static str) -> rusqlite::Result<T>
where
    T: Copy,
{
    let text: String = row.get(index)?;
    all.iter()
        .copied()
        .find(|one| name(*one) == text)
        .ok_or_else(|| Error::FromSqlConversionFailure(index, Type::Text, Box::new(UnknownWord(text))))
}

fn security_at(row: &Row<'_>, index: usize) -> rusqlite::Result<Security> {
    word(row, index, &[Security::Tls, Security::StartTls], security_word)
}

fn account_at(row: &Row<'_>) -> rusqlite::Result<AccountRow> {
    let smtp_host: Option<String> = row.get(5)?;
    let smtp = smtp_host
        .map(|host| Ok::<_, Error>(Server { host, port: row.get(6)?, security: security_at(row, 7)? }))
        .transpose()?;
    let account = Account {
        email: row.get(1)?,
        imap: Server { host: row.get(2)?, port: row.get(3)?, security: security_at(row, 4)? },
        smtp,
        smtp_user: row.get(14)?,
        login: Login {
            user: row.get(8)?,
            auth: word(row, 9, &[AuthMethod::Password, AuthMethod::OAuth], auth_word)?,
            password_command: row.get(10)?,
            oauth: json_at(row, 12)?,
        },
        ca_file: row.get::<_, Option<String>>(11)?.map(PathBuf::from),
        exceptions: json_at(row, 13)?.unwrap_or_default(),
    };
    Ok(AccountRow { id: AccountId::from_row(row.get(0)?), account })
}

fn json_at<T: serde::de::DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(index)?;
    let read = |text: String| {
        serde_json::from_str(&text)
            .map_err(|error| Error::FromSqlConversionFailure(index, Type::Text, Box::new(error)))
    };
    text.map(read).transpose()
}

fn accounts(connection: &Connection) -> Result<Vec<AccountRow>, StoreError> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM account ORDER BY coalesce(position, id), id"))?;
    let rows = statement.query_map([], account_at)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Snapshot {
    /// All accounts, in the order that the user wants, else in which they were added.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        self.read(accounts)
    }

    /// One account.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn account(&self, id: AccountId) -> Result<Option<AccountRow>, StoreError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("SELECT {COLUMNS} FROM account WHERE id = ?1"))?;
            Ok(statement.query_row([id.to_row()], account_at).optional()?)
        })
    }
}

impl Write<'_> {
    /// Adds an account. Its mailboxes come with [`Write::sync_mailboxes`].
    ///
    /// # Errors
    /// There is an account of that name already, or the disk refuses.
    pub fn add_account(&mut self, account: &Account) -> Result<AccountId, StoreError> {
        self.name_is_free(account, None)?;
        self.connection
            .prepare_cached(
                "INSERT INTO account (email, imap_host, imap_port, imap_security, smtp_host, smtp_port,
                   smtp_security, user, auth, password_command, ca_file, oauth, exceptions, smtp_user)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )?
            .execute(values(account)?)?;
        self.changes.accounts = true;
        Ok(AccountId::from_row(self.connection.last_insert_rowid()))
    }

    /// Changes the settings of an account.
    ///
    /// # Errors
    /// There is no such account, or another one of that name, or the disk refuses.
    pub fn update_account(&mut self, id: AccountId, account: &Account) -> Result<(), StoreError> {
        self.name_is_free(account, Some(id))?;
        let sql = format!(
            "UPDATE account SET email = ?1, imap_host = ?2, imap_port = ?3, imap_security = ?4, smtp_host = ?5,
               smtp_port = ?6, smtp_security = ?7, user = ?8, auth = ?9, password_command = ?10, ca_file = ?11,
               oauth = ?12, exceptions = ?13, smtp_user = ?14
             WHERE id = {id}"
        );
        if self.connection.execute(&sql, values(account)?)? == 0 {
            return Err(StoreError::Gone { what: "account" });
        }
        self.changes.accounts = true;
        Ok(())
    }

    fn name_is_free(&self, account: &Account, own: Option<AccountId>) -> Result<(), StoreError> {
        let taken: Option<i64> = self
            .connection
            .prepare_cached("SELECT id FROM account WHERE email = ?1")?
            .query_row([&account.email], |row| row.get(0))
            .optional()?;
        match taken {
            Some(id) if own.map(AccountId::to_row) != Some(id) => Err(StoreError::Exists { what: "account" }),
            _ => Ok(()),
        }
    }

    /// Removes an account with all its local mail. Nothing happens at the server.
    ///
    /// # Errors
    /// There is no such account, or the disk refuses.
    pub fn remove_account(&mut self, id: AccountId) -> Result<(), StoreError> {
        self.free_files_of_account(id)?;
        // Children first and table by table: cascading row by row takes several times as long.
        for sql in [
            "DELETE FROM operation WHERE account_id = ?1",
            "DELETE FROM ref WHERE thread_id IN (SELECT thread_id FROM message WHERE account_id = ?1)",
            "DELETE FROM thread WHERE id IN (SELECT thread_id FROM message WHERE account_id = ?1)",
            "DELETE FROM topic WHERE account_id = ?1",
            "DELETE FROM placement WHERE mailbox_id IN (SELECT id FROM mailbox WHERE account_id = ?1)",
            "DELETE FROM orphan WHERE account_id = ?1",
            "DELETE FROM message WHERE account_id = ?1",
            "DELETE FROM mailbox WHERE account_id = ?1",
        ] {
            self.connection.prepare_cached(sql)?.execute([id.to_row()])?;
        }
        let gone =
            self.connection.prepare_cached("DELETE FROM account WHERE id = ?1")?.execute([id.to_row()])?;
        if gone == 0 {
            return Err(StoreError::Gone { what: "account" });
        }
        self.changes = super::Changes::everything(self.changes.revision);
        Ok(())
    }
}

fn values(account: &Account) -> Result<[Box<dyn rusqlite::ToSql>; 14], StoreError> {
    let ca_file = account.ca_file.as_ref().map(|path| {
        let text = path.to_str().map(str::to_owned);
        text.ok_or_else(|| {
            let why = std::io::Error::new(std::io::ErrorKind::InvalidInput, "the name is no Unicode text");
            StoreError::io(path, why)
        })
    });
    let smtp = account.smtp.as_ref();
    Ok([
        Box::new(account.email.clone()),
        Box::new(account.imap.host.clone()),
        Box::new(account.imap.port),
        Box::new(security_word(account.imap.security)),
        Box::new(smtp.map(|s| s.host.clone())),
        Box::new(smtp.map(|s| s.port)),
        Box::new(smtp.map(|s| security_word(s.security))),
        Box::new(account.login.user.clone()),
        Box::new(auth_word(account.login.auth)),
        Box::new(account.login.password_command.clone()),
        Box::new(ca_file.transpose()?),
        Box::new(account.login.oauth.as_ref().and_then(|oauth| serde_json::to_string(oauth).ok())),
        Box::new(serde_json::to_string(&account.exceptions).ok()),
        Box::new(account.smtp_user.clone()),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::tests::{account, store};
    use super::*;
    use crate::model::{Fingerprint, OAuthLogin};

    #[test]
    fn settings_survive() {
        let (_dir, store) = store();
        let mut full = account("a@example.org");
        full.smtp = Some(Server { host: "smtp".into(), port: 465, security: Security::StartTls });
        full.smtp_user = Some("ada.send".into());
        full.login.auth = AuthMethod::OAuth;
        full.login.oauth = Some(OAuthLogin { provider: Some("google".into()), ..OAuthLogin::default() });
        full.login.password_command = Some("pass show mail".into());
        full.ca_file = Some("/etc/ca.pem".into());
        full.except(&full.imap.clone(), Fingerprint::new([7; 32]));
        let copy = full.clone();
        let id = store.write_blocking("test", move |w| w.add_account(&copy)).unwrap();
        let kept = store.snapshot().unwrap().account(id).unwrap().unwrap();
        assert_eq!(kept, AccountRow { id, account: full.clone() });

        full.smtp = None;
        let copy = full.clone();
        store.write_blocking("test", move |w| w.update_account(id, &copy)).unwrap();
        assert_eq!(store.snapshot().unwrap().accounts().unwrap(), [AccountRow { id, account: full }]);
    }

    #[test]
    fn a_name_can_be_taken_once() {
        let (_dir, store) = store();
        let add = |name: &'static str| store.write_blocking("test", move |w| w.add_account(&account(name)));
        let first = add("a@example.org").unwrap();
        assert!(matches!(add("A@Example.org"), Err(StoreError::Exists { what: "account" })));
        let second = add("b@example.org").unwrap();
        let rename = move |w: &mut Write<'_>| w.update_account(second, &account("a@example.org"));
        assert!(matches!(store.write_blocking("test", rename), Err(StoreError::Exists { .. })));
        store.write_blocking("test", move |w| w.update_account(first, &account("A@example.org"))).unwrap();
    }

    #[test]
    fn what_is_gone_is_said_to_be_gone() {
        let (_dir, store) = store();
        let id = AccountId::from_row(7);
        let update = store.write_blocking("test", move |w| w.update_account(id, &account("a@x")));
        let remove = store.write_blocking("test", move |w| w.remove_account(id));
        assert!(matches!(update, Err(StoreError::Gone { what: "account" })));
        assert!(matches!(remove, Err(StoreError::Gone { what: "account" })));
    }
}
