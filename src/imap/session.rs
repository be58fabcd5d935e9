//! One signed-in connection. Every command goes through [`Session::exec`], which needs its tagged OK.
//!
//! Invariant: an answer that did not end with the tagged OK of its own command is an error, never an empty
//! result; after an I/O or framing error, or a command whose future was dropped half-way, every later call
//! gives [`Error::Closed`]. Never sees the store.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "what is of no interest in one place is passed on to the next"
)]

mod append;
mod bodies;
mod extensions;
mod idle;
mod labels;
mod list;
mod mailbox;
mod messages;
mod part;
mod search;
#[cfg(test)]
mod tests;

pub use bodies::WholeMessage;

use super::auth::Mechanism;
use super::capability::{Capabilities, Capability};
use super::command::{Command, MAX_LITERAL_MINUS, MAX_SET, MAX_SET_CONDSTORE, Piece};
use super::error::Error;
use super::items::Traffic;
use super::link::Link;
use super::quirks::{Quirks, Rules, ServerFacts};
use super::response::{Condition, Namespaces, Response, ResponseCode, StatusText};
use super::text::printable;
use super::unsolicited::{News, Unsolicited};

/// Longest text of a server that is kept for the user.
pub(super) const MAX_SERVER_TEXT: usize = 500;

/// How the connection is protected and who signed in how; for the user's eyes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionDetails {
    /// Such as `TLS 1.3`.
    pub tls_version: &'static str,
    /// Name of the cipher suite.
    pub cipher: String,
    /// How the user signed in.
    pub mechanism: Mechanism,
    /// Whether COMPRESS=DEFLATE is on.
    pub compressed: bool,
}

/// Which extensions the server confirmed by ENABLED.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Enabled {
    /// Not asked yet: that is done before the first mailbox is opened, and many a session opens none.
    #[default]
    Unasked,
    /// QRESYNC, which implies CONDSTORE.
    Qresync,
    /// No QRESYNC.
    Less,
}

/// A signed-in connection to a server.
#[derive(Debug)]
pub struct Session {
    link: Link,
    capabilities: Capabilities,
    details: ConnectionDetails,
    enabled: Enabled,
    news: News,
    /// True while a command runs; stays true if it failed badly or its future was dropped.
    poisoned: bool,
    /// Number of messages in the selected mailbox, as far as the server told.
    exists: Option<u32>,
    /// Whether the selected mailbox was opened for reading only.
    read_only: bool,
    /// What the server said when it was last satisfied.
    answer: String,
    namespaces: Option<Namespaces>,
    greeting: Box<str>,
    rules: Rules,
    /// Whether the server tells news of all mailboxes (NOTIFY).
    notifies: bool,
}

/// How the sending of a command went.
enum Sent {
    /// It is on its way under this tag.
    Waiting(String),
    /// The server refused it at one of its literals.
    Refused(StatusText),
}

pub use append::Upload;

/// Takes a response or gives it back.
pub(super) type On<'a> = &'a mut (dyn FnMut(Response) -> Option<Response> + Send);

impl Session {
    pub(super) fn new(link: Link, capabilities: Capabilities, details: ConnectionDetails) -> Self {
        Self {
            link,
            capabilities,
            details,
            enabled: Enabled::default(),
            news: News::default(),
            poisoned: false,
            exists: None,
            read_only: false,
            answer: String::new(),
            namespaces: None,
            greeting: Box::default(),
            rules: Rules::default(),
            notifies: false,
        }
    }

    /// Number of messages in the selected mailbox, as far as the server told.
    #[must_use]
    pub const fn exists(&self) -> Option<u32> {
        self.exists
    }

    /// What the server offers.
    #[must_use]
    pub const fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// What has to be done differently with this server.
    #[must_use]
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(super) fn note_greeting(&mut self, greeting: Box<str>) {
        self.greeting = greeting;
    }

    /// Looks up what has to be done differently with this server.
    pub(super) fn learn_rules(&mut self, quirks: &Quirks, host: &str) {
        let (greeting, capabilities) = (&*self.greeting, &self.capabilities);
        self.rules = quirks.rules(&ServerFacts { host, greeting, capabilities });
        self.rules.withhold(&mut self.capabilities);
        if !self.rules.names.is_empty() {
            tracing::debug!(names = ?self.rules.names, "rules of this server");
        }
    }

    /// How the connection is protected.
    #[must_use]
    pub const fn security(&self) -> &ConnectionDetails {
        &self.details
    }

    /// Bytes on the wire so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.link.traffic()
    }

    /// Whether commands can still be given.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !self.poisoned
    }

    /// Whether the server reports removals by UID and catches us up quickly (RFC 7162, QRESYNC).
    #[must_use]
    pub fn has_qresync(&self) -> bool {
        match self.enabled {
            Enabled::Unasked => {
                self.capabilities.has(Capability::Enable) && self.capabilities.has(Capability::Qresync)
            }
            Enabled::Qresync => true,
            Enabled::Less => false,
        }
    }

    /// Whether messages have modification sequences (RFC 7162, CONDSTORE).
    #[must_use]
    pub fn has_condstore(&self) -> bool {
        self.capabilities.has(Capability::Condstore)
    }

    /// What the server said when the last command was done, for the history of a message.
    #[must_use]
    pub fn last_answer(&self) -> &str {
        &self.answer
    }

    /// Takes what the server told without being asked, in the order of arrival.
    pub fn take_unsolicited(&mut self) -> Vec<Unsolicited> {
        self.news.take()
    }

    /// Puts news back that the caller could not deal with yet: as if they came just now.
    pub fn put_back_unsolicited(&mut self, news: Vec<Unsolicited>) {
        news.into_iter().for_each(|one| self.news.push(one));
    }

    /// Asks for news and keeps the connection alive.
    ///
    /// # Errors
    /// As every command: see [`Error`].
    pub async fn noop(&mut self) -> Result<(), Error> {
        self.exec(Command::new("NOOP"), &mut Some).await.map(drop)
    }

    /// Says good-bye and closes the connection.
    ///
    /// # Errors
    /// If the server did not confirm it; the connection is closed all the same.
    pub async fn logout(mut self) -> Result<(), Error> {
        let result = self.exec(Command::new("LOGOUT"), &mut Some).await;
        self.link.shutdown().await;
        result.map(drop)
    }

    pub(super) fn set_capabilities(&mut self, mut capabilities: Capabilities) {
        capabilities.server_id = std::mem::take(&mut self.capabilities.server_id);
        self.capabilities = capabilities;
    }

    /// Exchanges IDs if the server wants to, or is known to. What it answered the last time need not be asked again.
    pub(super) async fn identify_if_wanted(&mut self, known: Option<&str>) -> Result<(), Error> {
        if let (Some(name), false) = (known, self.rules.send_id) {
            self.capabilities.server_id = vec![("name".to_owned(), name.to_owned())];
            return Ok(());
        }
        if self.capabilities.has(Capability::Id) || self.rules.send_id {
            self.identify().await
        } else {
            Ok(())
        }
    }

    /// Switches on what needs it (RFC 5161). Only what the server confirms counts: one big provider takes
    /// `ENABLE QRESYNC` and then does not do it. Only before the first mailbox is opened (section 3.1 there).
    pub(super) async fn enable(&mut self) -> Result<(), Error> {
        if self.enabled != Enabled::Unasked {
            return Ok(());
        }
        let has = |capability| self.capabilities.has(capability);
        let command = match (has(Capability::Enable), has(Capability::Qresync), has(Capability::Condstore)) {
            (true, true, _) => Command::new("ENABLE").word("QRESYNC").word("CONDSTORE"),
            (true, false, true) => Command::new("ENABLE").word("CONDSTORE"),
            _ => {
                self.enabled = Enabled::Less;
                return Ok(());
            }
        };
        let mut enabled = Enabled::Less;
        let result = self
            .exec(command, &mut |response| match response {
                Response::Enabled(words) => {
                    let said = |name: &str| words.iter().any(|w| w.eq_ignore_ascii_case(name));
                    if said("QRESYNC") {
                        enabled = Enabled::Qresync;
                    }
                    None
                }
                other => Some(other),
            })
            .await;
        match result {
            Ok(_) => self.enabled = enabled,
            Err(Error::No { .. } | Error::Bad { .. }) => self.enabled = Enabled::Less,
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Switches compression on.
    pub(super) async fn compress(&mut self) -> Result<(), Error> {
        self.begin()?;
        self.link.compress().await?;
        while let Some(response) = self.link.take_waiting() {
            self.dispatch(response, &mut Some);
        }
        self.details.compressed = true;
        self.poisoned = false;
        Ok(())
    }

    /// Longest text of a UID set for this server.
    fn set_limit(&self) -> usize {
        if self.has_condstore() { MAX_SET_CONDSTORE } else { MAX_SET }
    }

    fn require(&self, capability: Capability, extension: &'static str) -> Result<(), Error> {
        if self.capabilities.has(capability) { Ok(()) } else { Err(Error::Unsupported { extension }) }
    }

    /// Refuses a change in a mailbox that is open for reading only. Dovecot answers OK to a STORE there and
    /// does nothing, which must not look like success.
    fn require_writable(&self, command: &'static str) -> Result<(), Error> {
        if self.read_only {
            let code = Some(Box::new(ResponseCode::ReadOnly));
            return Err(Error::No { command, code, text: "the mailbox is open for reading only".into() });
        }
        Ok(())
    }

    /// Marks the session as busy; only [`Session::finish`] makes it usable again.
    fn begin(&mut self) -> Result<(), Error> {
        if self.poisoned {
            return Err(Error::Closed);
        }
        self.poisoned = true;
        Ok(())
    }

    /// Judges the tagged response of a command, after which the session is in step with the server.
    fn finish(&mut self, name: &'static str, status: StatusText) -> Result<StatusText, Error> {
        if let (true, Some(text)) = (status.condition != Condition::Ok, self.link.bye()) {
            // Refused because the server ends the session (the mailbox was rebuilt, it goes down): that says
            // nothing about the command, and the session is of no more use.
            return Err(Error::Bye { text: text.into() });
        }
        self.poisoned = false;
        self.note_code(&status);
        let text = || printable(status.text.as_bytes(), MAX_SERVER_TEXT).into();
        match status.condition {
            Condition::Ok => {
                self.answer = printable(status.text.as_bytes(), MAX_SERVER_TEXT);
                Ok(status)
            }
            Condition::No => {
                let text = text();
                Err(Error::No { command: name, code: status.code.map(Box::new), text })
            }
            Condition::Bad | Condition::Bye | Condition::PreAuth => {
                Err(Error::Bad { command: name, text: text() })
            }
        }
    }

    /// Sends a command and reads until its tagged response. `on` sees each untagged response first and
    /// returns what is not for it; that becomes news.
    pub(super) async fn exec(&mut self, command: Command, on: On<'_>) -> Result<StatusText, Error> {
        let name = command.name();
        let pieces = command.into_pieces()?;
        self.begin()?;
        let span = tracing::debug_span!("imap", command = name);
        let status = tracing::Instrument::instrument(self.transact(pieces, on), span).await?;
        self.finish(name, status)
    }

    async fn transact(&mut self, pieces: Vec<Piece>, on: On<'_>) -> Result<StatusText, Error> {
        match self.send(pieces, on).await? {
            Sent::Waiting(tag) => self.read_until(&tag, on).await,
            Sent::Refused(status) => Ok(status),
        }
    }

    /// Sends a whole command.
    async fn send(&mut self, pieces: Vec<Piece>, on: On<'_>) -> Result<Sent, Error> {
        // News that came between commands are not an answer to this one.
        while let Some(response) = self.link.take_waiting() {
            self.dispatch(response, &mut Some);
        }
        let mut pieces = pieces.into_iter().peekable();
        let mut tag = String::new();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Line(mut line) => {
                    let literal = match pieces.peek() {
                        Some(Piece::Literal(bytes)) => Some(bytes.len()),
                        Some(Piece::Line(_)) | None => None,
                    };
                    let wait =
                        literal.is_some_and(|n| !self.sends_at_once(u64::try_from(n).unwrap_or(u64::MAX)));
                    if let Some(length) = literal {
                        let plus = if wait { "" } else { "+" };
                        line.push_str(&format!("{{{length}{plus}}}"));
                    }
                    if tag.is_empty() {
                        tag = self.link.start(&line).await?;
                    } else {
                        self.link.send_line(&line).await?;
                    }
                    if wait && let Some(refused) = self.wait_to_continue(&tag, on).await? {
                        return Ok(Sent::Refused(refused));
                    }
                }
                Piece::Literal(bytes) => {
                    self.link.send(&bytes).await?;
                    if pieces.peek().is_none() {
                        self.link.send_line("").await?;
                    }
                }
            }
        }
        Ok(Sent::Waiting(tag))
    }

    /// Whether a literal may go without waiting for the server (RFC 7888).
    fn sends_at_once(&self, length: u64) -> bool {
        self.capabilities.has(Capability::LiteralPlus)
            || (self.capabilities.has(Capability::LiteralMinus) && length <= MAX_LITERAL_MINUS)
    }

    /// Waits for `+`. If the server ends the command instead, that is its tagged response.
    async fn wait_to_continue(&mut self, tag: &str, on: On<'_>) -> Result<Option<StatusText>, Error> {
        loop {
            match self.link.next().await? {
                Response::Continue(_) => return Ok(None),
                Response::Tagged { tag: other, status } if other == tag => return Ok(Some(status)),
                response => self.dispatch(response, on),
            }
        }
    }

    async fn read_until(&mut self, tag: &str, on: On<'_>) -> Result<StatusText, Error> {
        loop {
            match self.link.next().await? {
                Response::Tagged { tag: other, status } if other == tag => return Ok(status),
                response => self.dispatch(response, on),
            }
        }
    }

    /// Hands an untagged response to whom it concerns.
    fn dispatch(&mut self, response: Response, on: On<'_>) {
        if let Response::State(status) = &response {
            self.note_code(status);
            if status.condition == Condition::Bye {
                let text = printable(status.text.as_bytes(), MAX_SERVER_TEXT);
                self.link.note_bye(&text);
                self.news.push(Unsolicited::Bye(text));
            }
        }
        if let Some(response) = on(response) {
            self.note(response);
        }
    }

    /// What a response code says whatever the command.
    pub(super) fn note_code(&mut self, status: &StatusText) {
        match &status.code {
            Some(ResponseCode::Alert | ResponseCode::WebAlert(_)) => {
                self.news.push(Unsolicited::Alert(printable(status.text.as_bytes(), MAX_SERVER_TEXT)));
            }
            Some(ResponseCode::Closed) => self.news.forget_mailbox(),
            // RFC 5465 section 5.8: from now on it tells nothing.
            Some(ResponseCode::Other { name, .. }) if name == "NOTIFICATIONOVERFLOW" => {
                self.notifies = false;
                self.news.push(Unsolicited::Listed);
            }
            _ => {}
        }
    }

    /// Keeps a response that nobody asked for.
    fn note(&mut self, response: Response) {
        let news = match response {
            Response::Exists(n) => {
                self.exists = Some(n);
                Unsolicited::Exists(n)
            }
            Response::Expunge(n) => {
                self.exists = self.exists.map(|e| e.saturating_sub(1));
                Unsolicited::Expunge(n)
            }
            Response::Vanished { uids, .. } => {
                // The count is unknown now: such a set may name UIDs that never existed.
                self.exists = None;
                Unsolicited::Vanished(uids)
            }
            Response::Fetch(data) => Unsolicited::Fetch(data),
            Response::MailboxStatus { name, status } => Unsolicited::Status { name, status },
            Response::List(_) => Unsolicited::Listed,
            Response::Unknown(raw) => {
                tracing::debug!(text = printable(&raw, 100), "response not understood");
                return;
            }
            _ => return,
        };
        self.news.push(news);
    }
}
