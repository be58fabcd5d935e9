//! One section of one message, passed on while it comes in.

use super::{Sent, Session};
use crate::imap::command::Command;
use crate::imap::error::Error;
use crate::imap::items::{ByteRange, PartFetched};
use crate::imap::limits;
use crate::imap::response::{FetchData, Response, Section, SectionText, SectionValue, StatusText};
use crate::imap::wire::Event;
use crate::model::Uid;
use std::ops::ControlFlow;

/// Literals from this size on are passed on while they come in; smaller ones are not worth it.
const STREAM_FROM: u64 = 16 * 1024;

/// Bytes of a literal that nobody wants any more which are still read, so that the session stays usable: as many
/// as would be held of one that is not passed on. More would waste the network, and a hostile server never ends.
const MAX_DRAIN: u64 = limits::MAX_LITERAL;

/// State of one transfer.
struct Transfer<'a> {
    uid: Uid,
    section: Section,
    sink: &'a mut (dyn FnMut(&[u8]) -> ControlFlow<()> + Send),
    /// Whether the literal that comes in now is the one that was asked for.
    ours: bool,
    /// What of that literal is still to come.
    left: u64,
    fetched: PartFetched,
}

impl Session {
    /// Fetches a section without setting `\Seen`. Each piece goes to `sink` as it comes in, and is held
    /// nowhere; the number of bytes so far is the progress.
    ///
    /// If `sink` answers with a break, a short rest of the literal is read and thrown away: the session stays
    /// usable. To cancel the transfer of something large at once, ask for it in ranges or drop the session.
    ///
    /// # Errors
    /// As every command; [`Error::Limit`] where much more would have come than was wanted. Bytes that went to `sink` before an error are right; go on after them.
    pub async fn fetch_part(
        &mut self,
        uid: Uid,
        section: &Section,
        range: Option<ByteRange>,
        sink: &mut (dyn FnMut(&[u8]) -> ControlFlow<()> + Send),
    ) -> Result<PartFetched, Error> {
        let section = plain(section)?;
        let range = range.map(|r| format!("<{}.{}>", r.start, r.length)).unwrap_or_default();
        let what = format!("(UID BODY.PEEK[{section}]{range})");
        let command = Command::new("UID FETCH").set(&crate::model::UidSet::range(uid, uid)).built(&what);
        let fetched = PartFetched { bytes: 0, found: false, nil: false, cancelled: false };
        let mut transfer = Transfer { uid, section, sink, ours: false, left: 0, fetched };

        let pieces = command.into_pieces()?;
        self.begin()?;
        self.link.incoming().set_stream_from(Some(STREAM_FROM));
        let result = self.receive(pieces, &mut transfer).await;
        self.link.incoming().set_stream_from(None);
        self.finish("UID FETCH", result?)?;
        Ok(transfer.fetched)
    }

    async fn receive(
        &mut self,
        pieces: Vec<crate::imap::command::Piece>,
        transfer: &mut Transfer<'_>,
    ) -> Result<StatusText, Error> {
        let tag = match self.send(pieces, &mut Some).await? {
            Sent::Waiting(tag) => tag,
            Sent::Refused(status) => return Ok(status),
        };
        loop {
            match self.link.next_event().await? {
                Event::Literal(head) => {
                    transfer.ours = head.section == transfer.section && !head.binary;
                    transfer.left = head.len;
                    if !transfer.ours {
                        transfer.may_skip()?;
                    }
                }
                Event::Chunk(bytes) => {
                    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                    transfer.left = transfer.left.saturating_sub(length);
                    if transfer.ours && transfer.take(&bytes).is_break() {
                        transfer.may_skip()?;
                        self.link.incoming().skip_literals();
                    }
                }
                Event::Received(received) => match received.response {
                    Response::Tagged { tag: other, status } if other == tag => return Ok(status),
                    Response::Fetch(data) if data.uid == Some(transfer.uid) && transfer.finish(&data) => {}
                    response => self.dispatch(response, &mut Some),
                },
            }
        }
    }
}

impl Transfer<'_> {
    /// Refuses to wait for the end of something large that nobody wants.
    fn may_skip(&self) -> Result<(), Error> {
        if self.left > MAX_DRAIN {
            return Err(Error::Limit { what: "unwanted data", limit: MAX_DRAIN });
        }
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.fetched.found = true;
        if self.fetched.cancelled {
            return ControlFlow::Break(());
        }
        self.fetched.bytes += u64::try_from(bytes.len()).unwrap_or(0);
        let flow = (self.sink)(bytes);
        self.fetched.cancelled = flow.is_break();
        flow
    }

    /// Takes the section from the response, if it was not streamed. Whether the response was about it.
    fn finish(&mut self, data: &FetchData) -> bool {
        // The parser keeps the header of a whole message in a field of its own.
        if let (SectionText::Header, 0, Some(header)) =
            (&self.section.text, self.section.path.depth(), &data.header)
        {
            let _ = self.take(header);
            return true;
        }
        let Some(found) = data.sections.iter().find(|s| s.section == self.section && !s.binary) else {
            return false;
        };
        match &found.value {
            SectionValue::Bytes(bytes) => {
                let _ = self.take(bytes);
            }
            SectionValue::Streamed(_) => self.fetched.found = true,
            SectionValue::Missing => self.fetched.nil = true,
        }
        true
    }
}

/// The section as a server understands it: the whole message has a header but no MIME header.
fn plain(section: &Section) -> Result<Section, Error> {
    let mut section = section.clone();
    match &section.text {
        SectionText::Mime if section.path.depth() == 0 => section.text = SectionText::Header,
        SectionText::HeaderFields(names) | SectionText::HeaderFieldsNot(names)
            if names.is_empty() || !names.iter().all(|name| super::messages::is_field_name(name)) =>
        {
            return Err(Error::Unsendable { what: "header field name" });
        }
        _ => {}
    }
    Ok(section)
}
