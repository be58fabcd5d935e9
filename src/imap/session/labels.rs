//! Gmail's labels (X-GM-EXT-1).

use super::Session;
use crate::imap::capability::Capability;
use crate::imap::command::Command;
use crate::imap::error::Error;
use crate::imap::items::GmailLabel;
use crate::model::{FlagChange, UidSet};

impl Session {
    /// Puts a label on messages or takes it off, wherever they are: the selected mailbox only gives the UIDs. Doing it
    /// twice is the same as once. Messages that are not there are left out without an error.
    ///
    /// # Errors
    /// [`Error::Unsupported`] without X-GM-EXT-1; otherwise as every command.
    pub async fn uid_store_label(
        &mut self,
        set: &UidSet,
        change: FlagChange,
        label: &GmailLabel,
    ) -> Result<(), Error> {
        self.require(Capability::Gmail, "X-GM-EXT-1")?;
        self.require_writable("UID STORE")?;
        let word = match change {
            FlagChange::Add => "+X-GM-LABELS.SILENT",
            FlagChange::Remove => "-X-GM-LABELS.SILENT",
        };
        for chunk in set.chunks(self.set_limit()) {
            let command = Command::new("UID STORE").set(&chunk).word(word);
            let command = match label {
                GmailLabel::Inbox => command.word("(\\Inbox)"),
                GmailLabel::Starred => command.word("(\\Starred)"),
                GmailLabel::Named(name) => command.word("(").string_glued(name.as_bytes(), "label").glue(")"),
            };
            self.exec(command, &mut Some).await?;
        }
        Ok(())
    }
}
