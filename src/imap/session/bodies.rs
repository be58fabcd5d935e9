//! Many whole messages, one command after the other, each message handed on as soon as it is complete. The next
//! command is on its way while the answer to the one before still comes in.

use super::Session;
use crate::imap::command::{Command, Piece};
use crate::imap::error::Error;
use crate::imap::limits;
use crate::imap::response::{Condition, FetchData, Response, Section, SectionText, SectionValue, StatusText};
use crate::imap::wire::{Event, LiteralHead};
use crate::model::{Uid, UidSet};
use std::collections::VecDeque;
use tokio::sync::mpsc;

/// Commands on their way at once: one is answered while the next one travels.
const DEPTH: usize = 2;

/// A whole message as the server has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeMessage {
    /// Its UID.
    pub uid: Uid,
    /// Its bytes; `None` if there are more of them than were to be held: fetch it by
    /// [`Session::fetch_part`] instead.
    pub bytes: Option<Vec<u8>>,
}

/// A message that comes in.
#[derive(Debug, Default)]
struct Coming {
    /// Whether the literal that comes in now is a whole message.
    ours: bool,
    bytes: Vec<u8>,
    /// Whether it is longer than it may be.
    over: bool,
}

/// What of the work is done.
struct Course<'a> {
    /// Longest message that is held, in bytes.
    limit: u64,
    sink: &'a mpsc::Sender<WholeMessage>,
    /// Commands that wait to be sent.
    chunks: VecDeque<UidSet>,
    /// Commands that wait for their end: tag and messages.
    running: Vec<(String, UidSet)>,
    coming: Coming,
    /// The first refusal: nothing more is asked for then.
    refusal: Option<StatusText>,
    over: bool,
}

fn is_whole(section: &Section) -> bool {
    section.path.depth() == 0 && section.text == SectionText::All
}

impl Session {
    /// Fetches whole messages without setting `\Seen`. `next` names those for the next command, `None` ends the
    /// work after what is on its way; it is asked each time when a command has ended, so it can set the pace.
    /// Messages go to `sink` in the order of the server; those that do not exist are left out without an error.
    /// If `sink` is closed, the rest is read and thrown away.
    ///
    /// # Errors
    /// As every command. What went to `sink` before an error is complete and right.
    pub async fn fetch_whole(
        &mut self,
        limit: u64,
        next: &mut (dyn FnMut() -> Option<UidSet> + Send),
        sink: &mpsc::Sender<WholeMessage>,
    ) -> Result<(), Error> {
        self.begin()?;
        // News that came between commands are no answers.
        while let Some(response) = self.link.take_waiting() {
            self.dispatch(response, &mut Some);
        }
        self.link.incoming().set_stream_from(Some(1));
        let mut course = Course {
            limit: limit.min(limits::MAX_LITERAL),
            sink,
            chunks: VecDeque::new(),
            running: Vec::new(),
            coming: Coming::default(),
            refusal: None,
            over: false,
        };
        let result = self.go(&mut course, next).await;
        self.link.incoming().set_stream_from(None);
        result?;
        match course.refusal {
            Some(status) => self.finish("UID FETCH", status).map(drop),
            None => {
                self.poisoned = false;
                Ok(())
            }
        }
    }

    async fn go(
        &mut self,
        course: &mut Course<'_>,
        next: &mut (dyn FnMut() -> Option<UidSet> + Send),
    ) -> Result<(), Error> {
        loop {
            while course.running.len() < DEPTH && !course.over {
                if course.chunks.is_empty() {
                    match next() {
                        Some(set) => course.chunks.extend(set.chunks(self.set_limit())),
                        None => course.over = true,
                    }
                }
                let Some(set) = course.chunks.pop_front() else { break };
                let tag = self.ask_whole(&set).await?;
                course.running.push((tag, set));
            }
            if course.running.is_empty() {
                return Ok(());
            }
            let event = self.link.next_event().await?;
            self.take_event(course, event).await?;
        }
    }

    async fn ask_whole(&mut self, set: &UidSet) -> Result<String, Error> {
        let command = Command::new("UID FETCH").set(set).built("(UID BODY.PEEK[])");
        let mut pieces = command.into_pieces()?.into_iter();
        match (pieces.next(), pieces.next()) {
            (Some(Piece::Line(line)), None) => self.link.start(&line).await,
            _ => Err(Error::Unsendable { what: "UID set" }),
        }
    }

    async fn take_event(&mut self, course: &mut Course<'_>, event: Event) -> Result<(), Error> {
        match event {
            Event::Literal(head) => course.begin(&head)?,
            Event::Chunk(bytes) => course.coming.take(bytes, course.limit),
            Event::Received(received) => match received.response {
                Response::Tagged { tag, status } => match course.end(&tag, status) {
                    Some(status) => self.note_code(&status),
                    None => tracing::debug!("end of an unknown command"),
                },
                Response::Fetch(data) => match course.whole(&data) {
                    Some(message) => {
                        // Nobody wants them any more: the answers still have to be read.
                        course.over |= course.sink.send(message).await.is_err();
                    }
                    None => self.dispatch(Response::Fetch(data), &mut Some),
                },
                response => self.dispatch(response, &mut Some),
            },
        }
        Ok(())
    }
}

impl Course<'_> {
    fn begin(&mut self, head: &LiteralHead) -> Result<(), Error> {
        let ours = is_whole(&head.section) && !head.binary && head.origin.is_none();
        let over = head.len > self.limit;
        if head.len > limits::MAX_LITERAL {
            // Reading it to its end would hold up everything else, and a hostile server never ends.
            return Err(Error::Limit { what: "message", limit: limits::MAX_LITERAL });
        }
        let room = if ours && !over { usize::try_from(head.len).unwrap_or(0) } else { 0 };
        self.coming = Coming { ours, bytes: Vec::new(), over };
        if room > limits::INPUT {
            self.coming.bytes.reserve_exact(room);
        }
        Ok(())
    }

    /// The message in a response, if there is one that was asked for.
    fn whole(&mut self, data: &FetchData) -> Option<WholeMessage> {
        let uid = data.uid.filter(|uid| self.running.iter().any(|(_, set)| set.contains(*uid)))?;
        let found = data.sections.iter().find(|s| is_whole(&s.section) && !s.binary)?;
        let coming = std::mem::take(&mut self.coming);
        match &found.value {
            SectionValue::Missing => None,
            SectionValue::Bytes(bytes) => Some(WholeMessage { uid, bytes: Some(bytes.clone()) }),
            SectionValue::Streamed(_) if coming.ours => {
                Some(WholeMessage { uid, bytes: (!coming.over).then_some(coming.bytes) })
            }
            SectionValue::Streamed(_) => None,
        }
    }

    fn end(&mut self, tag: &str, status: StatusText) -> Option<StatusText> {
        let at = self.running.iter().position(|(running, _)| running == tag)?;
        self.running.remove(at);
        if status.condition != Condition::Ok {
            self.over = true;
            self.chunks.clear();
            self.refusal.get_or_insert_with(|| status.clone());
        }
        Some(status)
    }
}

impl Coming {
    fn take(&mut self, bytes: Vec<u8>, limit: u64) {
        let length = u64::try_from(self.bytes.len().saturating_add(bytes.len())).unwrap_or(u64::MAX);
        self.over |= length > limit;
        if !self.ours || self.over {
            self.bytes = Vec::new();
        } else if self.bytes.is_empty() && self.bytes.capacity() == 0 {
            self.bytes = bytes;
        } else {
            self.bytes.extend_from_slice(&bytes);
        }
    }
}
