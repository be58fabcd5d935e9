//! IDLE (RFC 2177) and NOTIFY (RFC 5465).
//!
//! async-imap's own IDLE waits for ever if the server answers NO, and takes a closed connection for an
//! interruption; so the command runs here, over async-imap's tags and stream.

use super::Session;
use crate::imap::capability::Capability;
use crate::imap::command::Command;
use crate::imap::error::Error;
use crate::imap::items::IdleEnd;
use crate::imap::response::{Response, StatusText};
use std::future::Future;
use std::time::Duration;

/// How the waiting inside IDLE ended.
enum Wait {
    /// The server must be told `DONE`.
    Done(IdleEnd, Option<Duration>),
    /// The server ended the command itself.
    Ended(StatusText),
}

/// What is wanted of each mailbox, from all that is useful down to what every server with NOTIFY has to offer.
const EVENTS: [&str; 2] = ["MessageNew MessageExpunge FlagChange MailboxName", "MessageNew MessageExpunge"];

impl Session {
    /// Asks the server to tell news of all the user's own mailboxes, for as long as the connection lives. Those of
    /// mailboxes that are not selected come as [`crate::imap::Unsolicited::Status`]. Whether it does.
    ///
    /// # Errors
    /// As every command; a server that refuses is no error.
    pub async fn notify(&mut self) -> Result<bool, Error> {
        if self.notifies || !self.capabilities.has(Capability::Notify) {
            return Ok(self.notifies);
        }
        for events in EVENTS {
            let here = "MessageNew MessageExpunge FlagChange";
            let wanted = format!("(SELECTED-DELAYED ({here})) (PERSONAL ({events}))");
            match self.exec(Command::new("NOTIFY SET").built(&wanted), &mut Some).await {
                Ok(_) => {
                    self.notifies = true;
                    break;
                }
                Err(Error::No { .. } | Error::Bad { .. }) => {
                    tracing::info!(events, "NOTIFY refused");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(self.notifies)
    }

    /// Whether the server tells news of all mailboxes.
    #[must_use]
    pub const fn has_notify(&self) -> bool {
        self.notifies
    }

    /// When an IDLE is renewed from now on.
    pub fn set_idle_renewal(&mut self, renewal: Duration) {
        self.link.set_idle_renewal(renewal);
    }

    /// Waits until the server has news, `stop` is ready or the IDLE should be renewed. News that were not
    /// taken yet end it at once.
    ///
    /// If this future is dropped half-way, the session is closed: use `stop` instead.
    ///
    /// # Errors
    /// [`Error::Unsupported`] without IDLE; [`Error::No`] or [`Error::Bad`] if the server refuses. A server
    /// that closes an idle connection is normal: connect again.
    pub async fn idle(&mut self, stop: impl Future<Output = ()>) -> Result<IdleEnd, Error> {
        self.idle_until(async {
            stop.await;
            None
        })
        .await
    }

    /// The same; `stop` may give the server less time than usual to end it: somebody waits, or the connection may be dead.
    ///
    /// # Errors
    /// As [`Session::idle`].
    pub async fn idle_until(
        &mut self,
        stop: impl Future<Output = Option<Duration>>,
    ) -> Result<IdleEnd, Error> {
        self.require(Capability::Idle, "IDLE")?;
        if !self.news.is_empty() {
            return Ok(IdleEnd::News);
        }
        self.begin()?;
        while let Some(response) = self.link.take_waiting() {
            self.dispatch(response, &mut Some);
        }
        let tag = self.link.start("IDLE").await?;
        if let Some(refused) = self.wait_to_continue(&tag, &mut Some).await? {
            return self.finish("IDLE", refused).map(|_| IdleEnd::Renew);
        }
        match self.wait_for_news(&tag, stop).await? {
            Wait::Ended(status) => self.finish("IDLE", status).map(|_| IdleEnd::News),
            Wait::Done(end, hurry) => {
                self.link.send_line("DONE").await?;
                let usual = self.link.timeouts().idle_done;
                let limit = hurry.map_or(usual, |hurry| hurry.min(usual));
                let clock = self.link.clock().clone();
                let status = clock.timeout(limit, self.read_until(&tag, &mut Some)).await;
                let status = status.map_err(|_| Error::Timeout { what: "the end of IDLE" })??;
                self.finish("IDLE", status)?;
                // News that came together with the end count too.
                Ok(if self.news.is_empty() { end } else { IdleEnd::News })
            }
        }
    }

    async fn wait_for_news(
        &mut self,
        tag: &str,
        stop: impl Future<Output = Option<Duration>>,
    ) -> Result<Wait, Error> {
        let clock = self.link.clock().clone();
        let renewal = clock.sleep(self.link.timeouts().idle_renewal);
        tokio::pin!(stop, renewal);
        while self.news.is_empty() {
            tokio::select! {
                response = self.link.next_without_limit() => match response? {
                    Response::Tagged { tag: other, status } if other == tag => {
                        return Ok(Wait::Ended(status));
                    }
                    response => self.dispatch(response, &mut Some),
                },
                hurry = &mut stop => return Ok(Wait::Done(IdleEnd::Stopped, hurry)),
                () = &mut renewal => return Ok(Wait::Done(IdleEnd::Renew, None)),
            }
        }
        Ok(Wait::Done(IdleEnd::News, None))
    }
}
