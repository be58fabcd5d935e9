//! What the user decided about the mail of senders, small settings, and to whom the user writes.

use super::codec;
use super::{Snapshot, StoreError, Write};
use crate::model::{Address, Envelope, MailboxId, SpecialUse, UnixTime};
use rusqlite::{OptionalExtension, params};

/// Own mail that is looked through for the people whom the user writes to.
const SENT_LOOKED_AT: u32 = 400;

/// What the newest mails of a mailbox say of their recipients.
pub(super) const RECIPIENTS: &str =
    "SELECT d.envelope FROM placement p JOIN detail d ON d.message_id = p.message_id
     WHERE p.mailbox_id = ?1 AND p.hidden = 0 ORDER BY p.received DESC, p.uid DESC LIMIT ?2";

/// Whose pictures are loaded from the network without asking.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Consent {
    /// Those of mail from one address.
    Sender(String),
    /// Those of mail from all addresses of a domain and of the domains below it.
    Domain(String),
}

impl Consent {
    fn key(&self) -> String {
        match self {
            Self::Sender(email) => email.to_lowercase(),
            Self::Domain(domain) => format!("@{}", domain.to_lowercase()),
        }
    }

    fn from_key(key: &str) -> Self {
        match key.strip_prefix('@') {
            Some(domain) => Self::Domain(domain.to_owned()),
            None => Self::Sender(key.to_owned()),
        }
    }
}

/// What is remembered of a sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SenderMemory {
    /// By which consent pictures are loaded without asking.
    pub remote: Option<Consent>,
    /// Dark or light, if the user chose.
    pub dark: Option<bool>,
}

/// Small settings that belong to the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    /// Parameters that tell who clicked are taken off links.
    StripLinks,
    /// Signatures are checked here too, which asks the sender's DNS.
    CheckSignatures,
}

impl Preference {
    const fn name(self) -> &'static str {
        match self {
            Self::StripLinks => "strip-links",
            Self::CheckSignatures => "check-signatures",
        }
    }
}

impl Write<'_> {
    /// Has pictures loaded without asking from now on.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn allow_remote(&mut self, consent: &Consent, now: UnixTime) -> Result<(), StoreError> {
        self.set_remote(consent, true, now)
    }

    /// Takes a consent back.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn revoke_remote(&mut self, consent: &Consent, now: UnixTime) -> Result<(), StoreError> {
        self.set_remote(consent, false, now)
    }

    fn set_remote(&mut self, consent: &Consent, remote: bool, now: UnixTime) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO sender (who, remote, changed_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (who) DO UPDATE SET remote = ?2, changed_at = ?3",
            )?
            .execute(params![consent.key(), remote, now.0])?;
        Ok(())
    }

    /// Remembers whether mail of a sender is shown dark; `None`: as the window is.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn set_sender_dark(
        &mut self,
        email: &str,
        dark: Option<bool>,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO sender (who, dark, changed_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (who) DO UPDATE SET dark = ?2, changed_at = ?3",
            )?
            .execute(params![email.to_lowercase(), dark, now.0])?;
        Ok(())
    }

    /// Sets a small setting.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn set_preference(&mut self, preference: Preference, on: bool) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO preference (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = ?2",
            )?
            .execute(params![preference.name(), if on { "on" } else { "off" }])?;
        Ok(())
    }
}

impl Snapshot {
    /// What is remembered of a sender. A consent for a domain holds for the domains below it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn sender(&self, email: &str) -> Result<SenderMemory, StoreError> {
        self.read(|connection| {
            let email = email.to_lowercase();
            let mut statement =
                connection.prepare_cached("SELECT remote, dark FROM sender WHERE who = ?1")?;
            let mut row = |who: &str| {
                statement
                    .query_row([who], |row| Ok((row.get::<_, bool>(0)?, row.get::<_, Option<bool>>(1)?)))
                    .optional()
            };
            let own = row(&email)?.unwrap_or_default();
            let mut memory = SenderMemory { remote: None, dark: own.1 };
            if own.0 {
                memory.remote = Some(Consent::Sender(email));
                return Ok(memory);
            }
            let mut domain = email.rsplit_once('@').map(|(_, domain)| domain);
            while let Some(name) = domain {
                if row(&format!("@{name}"))?.unwrap_or_default().0 {
                    memory.remote = Some(Consent::Domain(name.to_owned()));
                    break;
                }
                domain = name.split_once('.').map(|(_, rest)| rest);
            }
            Ok(memory)
        })
    }

    /// All consents, to be looked through and taken back.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn consents(&self) -> Result<Vec<Consent>, StoreError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT who FROM sender WHERE remote = 1 ORDER BY who")?;
            let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
            Ok(rows.map(|key| key.map(|key| Consent::from_key(&key))).collect::<Result<_, _>>()?)
        })
    }

    /// A small setting; all are off until somebody turns them on.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn preference(&self, preference: Preference) -> Result<bool, StoreError> {
        self.read(|connection| {
            let value: Option<String> = connection
                .prepare_cached("SELECT value FROM preference WHERE name = ?1")?
                .query_row([preference.name()], |row| row.get(0))
                .optional()?;
            Ok(value.as_deref() == Some("on"))
        })
    }

    /// To whom the newest sent mails of all accounts went, each address once.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn correspondents(&self) -> Result<Vec<Address>, StoreError> {
        let mut found = Vec::new();
        for account in self.accounts()? {
            let mailboxes = self.mailboxes(account.id)?.into_iter();
            for mailbox in mailboxes.filter(|row| row.special_use == Some(SpecialUse::Sent)) {
                found.extend(self.recipients(mailbox.id)?);
            }
        }
        Ok(found)
    }

    /// To whom the newest mails of a mailbox went, each address once.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn recipients(&self, mailbox: MailboxId) -> Result<Vec<Address>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(RECIPIENTS)?;
            let rows = statement
                .query_map(params![mailbox.to_row(), SENT_LOOKED_AT], |row| row.get::<_, String>(0))?;
            let mut found: Vec<Address> = Vec::new();
            let mut seen = std::collections::HashSet::new();
            for envelope in rows {
                let read = codec::load_envelope(&envelope?, Envelope::default())?;
                for address in read.to.into_iter().chain(read.cc) {
                    if address.email.contains('@') && seen.insert(address.email.to_lowercase()) {
                        found.push(address);
                    }
                }
            }
            Ok(found)
        })
    }
}
