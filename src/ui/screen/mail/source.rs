//! The source of a message over the screen: all of it, or its header.
//!
//! Pure. The text is made where the store is read.

use super::{Action, Mail, Message, Request};
use crate::model::{MessageId, PartPath, TransferId};
use crate::sync::{Command, Destination, Problem, TransferState};
use crate::ui::read::SourceText;
use std::sync::Arc;

/// What can happen.
#[derive(Clone, Debug)]
pub enum SourceMessage {
    /// All of it is to be shown, or only the header.
    Toggled,
    /// The page is to go.
    Closed,
}

/// The source of a message that is shown.
#[derive(Debug)]
pub struct Source {
    pub(super) message: MessageId,
    pub(super) header_only: bool,
    pub(super) text: Option<Arc<SourceText>>,
    pub(super) failed: Option<Problem>,
    transfer: Option<TransferId>,
}

impl Mail {
    /// Shows the source of the message in the reading pane.
    pub(super) fn open_source(&mut self, header_only: bool) -> Vec<Action> {
        let Some(message) = self.reader.shown().map(|mail| mail.id) else { return Vec::new() };
        self.find = None;
        self.source = Some(Source { message, header_only, text: None, failed: None, transfer: None });
        vec![Action::Read(Request::Source(message))]
    }

    pub(super) fn in_source(&mut self, message: SourceMessage) -> Vec<Action> {
        match (message, &mut self.source) {
            (SourceMessage::Toggled, Some(source)) => {
                source.header_only = !source.header_only;
                Vec::new()
            }
            (SourceMessage::Closed, Some(_)) => {
                self.source = None;
                self.find = None;
                vec![Action::Focus(self.layout.pane.unwrap_or(super::layout::Pane::List))]
            }
            (_, None) => Vec::new(),
        }
    }

    /// The store gave the source, or has not got it: then it is fetched.
    pub(super) fn take_source(&mut self, id: MessageId, text: Option<Arc<SourceText>>) -> Vec<Action> {
        let Some(source) = self.source.as_mut().filter(|source| source.message == id) else {
            return Vec::new();
        };
        if text.is_some() || source.transfer.is_some() {
            source.text = text;
            return Vec::new();
        }
        let transfer = self.transfers.unseen();
        source.transfer = Some(transfer);
        let (path, destination) = (PartPath::root(), Destination::Store);
        vec![Action::Send(Command::FetchPart { message: id, path, destination, transfer })]
    }

    /// News of the transfer that fetches the source, if it is that one.
    pub(super) fn source_news(&mut self, id: TransferId, state: &TransferState) -> Vec<Action> {
        let Some(source) = self.source.as_mut().filter(|source| source.transfer == Some(id)) else {
            return Vec::new();
        };
        match state {
            TransferState::Done(_) => vec![Action::Read(Request::Source(source.message))],
            TransferState::Failed(problem) => {
                source.failed = Some(problem.clone());
                Vec::new()
            }
            TransferState::Progress { .. } | TransferState::Cancelled => Vec::new(),
        }
    }
}

/// The message that closes the page.
pub(super) const CLOSE: Message = Message::Source(SourceMessage::Closed);
