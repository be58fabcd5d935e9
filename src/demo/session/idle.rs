//! IDLE (RFC 2177): news as they happen, until the client says DONE.

use super::Session;
use crate::demo::capability::Quirk;
use crate::demo::command::Command;
use crate::demo::link::Link;
use crate::demo::output::{Output, Reply};
use std::io;

impl Session {
    pub(in crate::demo) async fn idle(&mut self, link: &mut Link, output: &mut Output) -> io::Result<Reply> {
        if let Some(refusal) = self.refusal(&Command::Idle) {
            return Ok(refusal);
        }
        let mut news = self.shared.state.news();
        let mut whispers = self.shared.whispers.subscribe();
        link.send(b"+ idling\r\n").await?;
        loop {
            // Marked as seen before looking, so that nothing that happens in between is missed.
            news.mark_unchanged();
            if self.is_thrown_out() {
                link.send(b"* BYE The mailbox is no longer there\r\n").await?;
                return Err(io::Error::from(io::ErrorKind::ConnectionAborted));
            }
            if !self.has(Quirk::DeafIdle) {
                self.news(output, true);
            }
            output.flush(link).await?;
            tokio::select! {
                changed = news.changed() => {
                    changed.map_err(|_| io::Error::from(io::ErrorKind::ConnectionAborted))?;
                }
                raw = whispers.recv() => link.send(&raw.unwrap_or_default()).await?,
                line = link.line() => {
                    let Some(line) = line? else {
                        return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
                    };
                    let done = line.trim_ascii().eq_ignore_ascii_case(b"DONE");
                    return Ok(if done { Reply::ok("Idle completed") } else { Reply::bad("Expected DONE") });
                }
            }
        }
    }
}
