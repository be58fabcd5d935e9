//! APPEND: a message goes up, from memory or piece by piece from a file.

use super::{Sent, Session};
use crate::imap::command::{Command, Piece};
use crate::imap::date;
use crate::imap::error::Error;
use crate::imap::items::Appended;
use crate::imap::response::{ResponseCode, StatusText};
use crate::model::{Flag, MailboxName, UnixTime};
use std::io::Read;

/// Bytes read and sent at once.
const AT_ONCE: usize = 64 * 1024;

/// Literals up to this size go without waiting where the server allows that; of a larger one the server may say
/// first that it has no room for it.
const AT_ONCE_LITERAL: u64 = 256 * 1024;

/// What goes up.
pub struct Upload<'a> {
    /// Bytes in all; exactly so many are read.
    pub size: u64,
    /// Where they come from.
    pub source: &'a mut (dyn Read + Send),
}

impl std::fmt::Debug for Upload<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload").field("size", &self.size).finish_non_exhaustive()
    }
}

impl Session {
    /// Adds a message to a mailbox. Tells where it ended up if the server does (RFC 4315).
    ///
    /// # Errors
    /// As [`Session::append_from`]; [`Error::Unsendable`] for a message with NUL.
    pub async fn append(
        &mut self,
        to: &MailboxName,
        flags: &[Flag],
        internal_date: Option<UnixTime>,
        message: &[u8],
    ) -> Result<Option<Appended>, Error> {
        if message.contains(&0) {
            return Err(Error::Unsendable { what: "message with NUL" });
        }
        let size = u64::try_from(message.len()).unwrap_or(u64::MAX);
        let mut source = message;
        self.append_from(to, flags, internal_date, Upload { size, source: &mut source }).await
    }

    /// The same, piece by piece. The source must hold no NUL, which has no place in a literal (RFC 9051 section 4.3).
    ///
    /// # Errors
    /// [`Error::Limit`] if the message is larger than the server takes (RFC 7889); [`Error::No`], with `TRYCREATE`
    /// if there is no such mailbox; otherwise as every command. A source that ends early costs the connection.
    pub async fn append_from(
        &mut self,
        to: &MailboxName,
        flags: &[Flag],
        internal_date: Option<UnixTime>,
        upload: Upload<'_>,
    ) -> Result<Option<Appended>, Error> {
        if let Some(limit) = self.capabilities.append_limit().filter(|limit| upload.size > *limit) {
            return Err(Error::Limit { what: "message", limit });
        }
        let mut command = Command::new("APPEND").mailbox(to);
        if !flags.is_empty() {
            command = command.flags(flags);
        }
        if let Some(time) = internal_date {
            command = command.built(&format!("\"{}\"", date::moment(time)));
        }
        let name = command.name();
        let mut pieces = command.into_pieces()?;
        match pieces.last_mut() {
            Some(Piece::Line(line)) => line.push(' '),
            Some(Piece::Literal(_)) | None => pieces.push(Piece::Line(" ".to_owned())),
        }
        self.begin()?;
        let status = self.upload(pieces, upload).await?;
        let status = self.finish(name, status)?;
        if self.rules.noop_after_append
            && let Err(error) = self.noop().await
        {
            // The message is there; whoever looks for it next will meet the broken link.
            tracing::debug!(%error, "NOOP after APPEND");
        }
        Ok(match status.code {
            Some(ResponseCode::AppendUid { validity, uids }) => {
                uids.iter().next().map(|uid| Appended { uid_validity: validity, uid })
            }
            _ => None,
        })
    }

    async fn upload(&mut self, mut pieces: Vec<Piece>, upload: Upload<'_>) -> Result<StatusText, Error> {
        let wait = upload.size > AT_ONCE_LITERAL || !self.sends_at_once(upload.size);
        if let Some(Piece::Line(line)) = pieces.last_mut() {
            line.push_str(&format!("{{{}{}}}", upload.size, if wait { "" } else { "+" }));
        }
        let tag = match self.send(pieces, &mut Some).await? {
            Sent::Waiting(tag) => tag,
            Sent::Refused(status) => return Ok(status),
        };
        if wait && let Some(refused) = self.wait_to_continue(&tag, &mut Some).await? {
            return Ok(refused);
        }
        let mut buffer = vec![0; AT_ONCE];
        let mut left = upload.size;
        while left > 0 {
            let room = usize::try_from(left).unwrap_or(AT_ONCE).min(AT_ONCE);
            let piece = buffer.get_mut(..room).unwrap_or_default();
            // A file that cannot be read any more, or has shrunk: the literal cannot be completed.
            let count = upload.source.read(piece).unwrap_or(0);
            match piece.get(..count) {
                Some(bytes) if !bytes.is_empty() => self.link.send(bytes).await?,
                _ => return Err(Error::Unsendable { what: "message" }),
            }
            left = left.saturating_sub(u64::try_from(count).unwrap_or(left));
        }
        self.link.send_line("").await?;
        self.read_until(&tag, &mut Some).await
    }
}
