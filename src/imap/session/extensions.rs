//! NAMESPACE, QUOTA, ACL, METADATA and ID.

use super::Session;
use crate::imap::capability::Capability;
use crate::imap::command::Command;
use crate::imap::error::Error;
use crate::imap::response::{AclEntry, ListedRights, Metadata, Namespaces, Quota, Response};
use crate::imap::text::printable;
use crate::model::MailboxName;

/// Longest value of the server's ID that is kept (RFC 2971 section 3.3 allows 1,024).
const MAX_ID_VALUE: usize = 200;
/// Fields of the server's ID that are kept (RFC 2971 section 3.3 allows 30).
const MAX_ID_FIELDS: usize = 30;

impl Session {
    /// Where the user's own and other people's mailboxes are. Asked once per session.
    ///
    /// # Errors
    /// [`Error::Unsupported`] without NAMESPACE; otherwise as every command.
    pub async fn namespace(&mut self) -> Result<Namespaces, Error> {
        if let Some(known) = &self.namespaces {
            return Ok(known.clone());
        }
        self.require(Capability::Namespace, "NAMESPACE")?;
        let mut found = None;
        self.exec(Command::new("NAMESPACE"), &mut |response| match response {
            Response::Namespace(namespaces) => {
                found = Some(namespaces);
                None
            }
            other => Some(other),
        })
        .await?;
        let found = found.ok_or(Error::Protocol { detail: "NAMESPACE without an answer".into() })?;
        self.namespaces = Some(found.clone());
        Ok(found)
    }

    /// How full the quota roots of a mailbox are.
    ///
    /// # Errors
    /// [`Error::Unsupported`] without QUOTA; otherwise as every command.
    pub async fn quota(&mut self, name: &MailboxName) -> Result<Vec<Quota>, Error> {
        self.require(Capability::Quota, "QUOTA")?;
        let mut all = Vec::new();
        self.exec(Command::new("GETQUOTAROOT").mailbox(name), &mut |response| match response {
            Response::Quota(quota) => {
                all.push(quota);
                None
            }
            Response::QuotaRoot(_) => None,
            other => Some(other),
        })
        .await?;
        Ok(all)
    }

    /// Who may do what with a mailbox.
    ///
    /// # Errors
    /// [`Error::Unsupported`] without ACL; [`Error::No`] without the right to see it; otherwise as every
    /// command.
    pub async fn acl(&mut self, name: &MailboxName) -> Result<Vec<AclEntry>, Error> {
        self.require(Capability::Acl, "ACL")?;
        let mut all = Vec::new();
        self.exec(Command::new("GETACL").mailbox(name), &mut |response| match response {
            Response::Acl { entries, .. } => {
                all.extend(entries);
                None
            }
            other => Some(other),
        })
        .await?;
        Ok(all)
    }

    /// What we may do with a mailbox, as letters (RFC 4314 section 2.1).
    ///
    /// # Errors
    /// [`Error::Unsupported`] without ACL; otherwise as every command.
    pub async fn my_rights(&mut self, name: &MailboxName) -> Result<String, Error> {
        self.require(Capability::Acl, "ACL")?;
        let mut found = None;
        self.exec(Command::new("MYRIGHTS").mailbox(name), &mut |response| match response {
            Response::MyRights { rights, .. } => {
                found = Some(rights);
                None
            }
            other => Some(other),
        })
        .await?;
        found.ok_or(Error::Protocol { detail: "MYRIGHTS without an answer".into() })
    }

    /// Which rights can be given to somebody.
    ///
    /// # Errors
    /// As [`Session::acl`].
    pub async fn list_rights(&mut self, name: &MailboxName, identifier: &str) -> Result<ListedRights, Error> {
        self.require(Capability::Acl, "ACL")?;
        let command = Command::new("LISTRIGHTS").mailbox(name).string(identifier.as_bytes(), "identifier");
        let mut found = None;
        self.exec(command, &mut |response| match response {
            Response::ListRights(rights) => {
                found = Some(rights);
                None
            }
            other => Some(other),
        })
        .await?;
        found.ok_or(Error::Protocol { detail: "LISTRIGHTS without an answer".into() })
    }

    /// Gives somebody exactly these rights (letters, with `+` or `-` in front to add or take).
    ///
    /// # Errors
    /// As [`Session::acl`].
    pub async fn set_acl(&mut self, name: &MailboxName, identifier: &str, rights: &str) -> Result<(), Error> {
        self.require(Capability::Acl, "ACL")?;
        let command = Command::new("SETACL").mailbox(name).string(identifier.as_bytes(), "identifier");
        self.exec(command.string(rights.as_bytes(), "rights"), &mut Some).await.map(drop)
    }

    /// Takes all rights of somebody.
    ///
    /// # Errors
    /// As [`Session::acl`].
    pub async fn delete_acl(&mut self, name: &MailboxName, identifier: &str) -> Result<(), Error> {
        self.require(Capability::Acl, "ACL")?;
        let command = Command::new("DELETEACL").mailbox(name).string(identifier.as_bytes(), "identifier");
        self.exec(command, &mut Some).await.map(drop)
    }

    /// Values of annotations of a mailbox; the empty name means the server (RFC 5464).
    ///
    /// # Errors
    /// [`Error::Unsupported`] without METADATA; otherwise as every command.
    pub async fn metadata(
        &mut self,
        name: &MailboxName,
        entries: &[&str],
    ) -> Result<Vec<(String, Option<Vec<u8>>)>, Error> {
        self.require_metadata(name)?;
        let mut command = Command::new("GETMETADATA").mailbox(name).word("(");
        for (i, entry) in entries.iter().enumerate() {
            command = if i == 0 { command } else { command.glue(" ") };
            command = command.string_glued(entry.as_bytes(), "entry name");
        }
        let mut all = Vec::new();
        self.exec(command.glue(")"), &mut |response| match response {
            Response::Metadata(Metadata { mailbox, entries }) if mailbox == *name => {
                all.extend(entries);
                None
            }
            other => Some(other),
        })
        .await?;
        Ok(all)
    }

    /// Sets an annotation, or removes it with `None`.
    ///
    /// # Errors
    /// As [`Session::metadata`]; [`Error::No`] if the server refuses.
    pub async fn set_metadata(
        &mut self,
        name: &MailboxName,
        entry: &str,
        value: Option<&[u8]>,
    ) -> Result<(), Error> {
        self.require_metadata(name)?;
        let command = Command::new("SETMETADATA").mailbox(name).word("(");
        let command = command.string_glued(entry.as_bytes(), "entry name");
        let command = match value {
            // Cyrus takes no atom as a value: a literal is right everywhere.
            Some(value) => command.literal(value.to_vec()),
            None => command.word("NIL"),
        };
        self.exec(command.glue(")"), &mut Some).await.map(drop)
    }

    fn require_metadata(&self, name: &MailboxName) -> Result<(), Error> {
        let server_only = name.as_bytes().is_empty() && self.capabilities.has(Capability::MetadataServer);
        if server_only { Ok(()) } else { self.require(Capability::Metadata, "METADATA") }
    }

    /// Tells the server which program this is, and learns what the server is (RFC 2971).
    ///
    /// # Errors
    /// As every command.
    pub async fn id(&mut self) -> Result<Vec<(String, String)>, Error> {
        // A list of its own: some servers answer `ID ()` with BAD, others want a name before SELECT.
        let command = Command::new("ID").word("(\"name\" \"Postrider\" \"version\"");
        let command = command.built(concat!("\"", env!("CARGO_PKG_VERSION"), "\""));
        // NetEase looks for a vendor too.
        let command = if self.rules.send_id { command.word("\"vendor\" \"Postrider\"") } else { command };
        let command = command.glue(")");
        let mut fields = Vec::new();
        self.exec(command, &mut |response| match response {
            Response::Id(pairs) => {
                fields = pairs;
                None
            }
            other => Some(other),
        })
        .await?;
        let short = |text: &str| printable(text.as_bytes(), MAX_ID_VALUE);
        let known = fields.iter().filter_map(|(k, v)| Some((short(k), short(v.as_deref()?))));
        Ok(known.take(MAX_ID_FIELDS).collect())
    }

    /// Exchanges IDs and keeps the server's; a server that refuses is no problem.
    pub(in crate::imap) async fn identify(&mut self) -> Result<(), Error> {
        match self.id().await {
            Ok(fields) => self.capabilities.server_id = fields,
            Err(Error::No { .. } | Error::Bad { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
