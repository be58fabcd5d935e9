//! From a host name to a signed-in session: TCP, TLS or STARTTLS, greeting, sign-in, extensions.
//!
//! Invariants: no credential and no command but STARTTLS before TLS; nothing that was heard before TLS is
//! believed after it; a failure says what the user can do.
#![expect(clippy::wildcard_enum_match_arm, reason = "what is of no interest before sign-in is ignored")]

mod verdict;

use super::auth::{Channel, Exchange, Mechanism, Refusal, order};
use super::capability::{Capabilities, Capability};
use super::command::Command;
use super::error::Error;
use super::link::{Client, Endpoint, Engine, Link, Transport, io_error, patiently};
use super::options::{ConnectOptions, Credential};
use super::response::{Condition, Response, ResponseCode, StatusText};
use super::session::{ConnectionDetails, MAX_SERVER_TEXT, Session};
use super::text::printable;
use super::wire::{Caps, Event, Incoming, Meter, Metered, Wake, Wire};
use super::{tcp, tls};
use crate::clock::Clock;
use crate::model::Security;
use crate::net::first::First;
use crate::net::tap::Tap;
use crate::net::tls::{Agreed, Broken};
use crate::net::{Stage, Trace, Trust};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use verdict::{Verdict, refusal, server_text, verdict};
use zeroize::Zeroizing;

/// Longest capability that is recorded.
const MAX_WORD: usize = 80;

type Socket = Metered<TcpStream>;
type Sealed = TlsStream<First<BufReader<Socket>>>;

/// Bytes read from the socket at a time. rustls alone reads 4 KiB, which makes 100,000 system calls of a mailbox of
/// 400 MB.
const SOCKET_BUFFER: usize = 64 << 10;

/// Connects, signs in and switches on what the server offers.
///
/// # Errors
/// Each stage has its own: see [`Error`].
pub async fn connect(options: &ConnectOptions, credential: &Credential) -> Result<Session, Error> {
    let mut session = sign_in(options, credential).await?;
    // Once before anything is said, which may need a rule, and once with what the server answered.
    session.learn_rules(&options.quirks, &options.server.host);
    // What was offered before sign-in need not hold after it, and some proxies make it up: only what was told along
    // with the sign-in counts, which saves half a kilobyte of the same words at each reconnect.
    if session.capabilities().is_empty() || session.rules().ask_capabilities {
        session.refresh_capabilities().await?;
        session.learn_rules(&options.quirks, &options.server.host);
    }
    session.identify_if_wanted(options.known_name.as_deref()).await?;
    session.learn_rules(&options.quirks, &options.server.host);
    if options.compress && session.capabilities().has(Capability::CompressDeflate) {
        match session.compress().await {
            // async-imap gives up the connection when the server changes its mind: a fresh one, without.
            Err(Error::Unsupported { .. }) => {
                tracing::info!("the server refused COMPRESS after offering it");
                let plain = ConnectOptions { compress: false, ..options.clone() };
                return Box::pin(connect(&plain, credential)).await;
            }
            other => other?,
        }
    }
    Ok(session)
}

/// Looks whether an IMAP server that can be trusted answers, and what it offers. Nobody signs in.
///
/// # Errors
/// As [`connect`], up to the sign-in.
pub async fn probe(options: &ConnectOptions) -> Result<Vec<String>, Error> {
    let dialer = Dialer::new(options)?;
    let (line, _) = dialer.dial().await?;
    let words = line.words();
    Trace::add(options.trace.as_ref(), || Stage::Offered(words.clone()));
    Ok(words)
}

async fn sign_in(options: &ConnectOptions, credential: &Credential) -> Result<Session, Error> {
    let dialer = Dialer::new(options)?;
    let (mut line, details) = dialer.dial().await?;
    let greeting = std::mem::take(&mut line.greeting);
    let (engine, mechanism) = line.authenticate(credential, details.channel).await?;
    let SignedIn { engine, incoming, meter, said } = engine;
    incoming.set_caps(Caps::SESSION);
    incoming.set_wake(Wake::Batch);
    let link = Link::new(engine, incoming, meter, dialer.endpoint, (options.timeouts, options.clock.clone()));
    let details = ConnectionDetails {
        tls_version: details.version,
        cipher: details.cipher,
        mechanism,
        compressed: false,
    };
    let mut session = Session::new(link, Capabilities::default(), details);
    session.note_greeting(greeting);
    said.iter().for_each(|response| session.note_said(response));
    Ok(session)
}

/// A session of async-imap with what belongs to it.
struct SignedIn {
    engine: Engine,
    incoming: Incoming,
    meter: Meter,
    /// What the server said while we signed in.
    said: Vec<Response>,
}

struct Dialer<'a> {
    options: &'a ConnectOptions,
    endpoint: Endpoint,
    server_name: ServerName<'static>,
}

impl<'a> Dialer<'a> {
    fn new(options: &'a ConnectOptions) -> Result<Self, Error> {
        let server = &options.server;
        let server_name = tls::server_name(&server.host)?;
        let host = server.host.trim();
        let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
        let endpoint = Endpoint { host: bare.into(), port: server.port };
        Ok(Self { options, endpoint, server_name })
    }

    /// Opens the encrypted line and hears what the server offers.
    async fn dial(&self) -> Result<(Line<'_>, Agreed), Error> {
        let timeouts = &self.options.timeouts;
        let connecting = tcp::connect(&self.endpoint.host, self.endpoint.port, self.clock(), self.trace());
        let socket = self
            .clock()
            .timeout(timeouts.connect, connecting)
            .await
            .map_err(|_| Error::Timeout { what: "the connection" })?
            .map_err(|error| self.endpoint.offline(error))?;
        let socket = Metered::adding_to(socket, self.options.total.clone());
        let meter = socket.meter();
        match self.options.server.security {
            Security::Tls => {
                let (stream, details) = self.handshake(socket).await?;
                let (wire, incoming) = Wire::new(self.transport(stream));
                let mut line = self.line(Client::new(wire), incoming, meter);
                line.greeting().await?;
                line.learn_capabilities().await?;
                Ok((line, details))
            }
            Security::StartTls => {
                let socket = self.start_tls(socket).await?;
                let (stream, details) = self.handshake(socket).await?;
                // A queue of its own: whatever was said before TLS is forgotten.
                let incoming = Incoming::default();
                let wire = Wire::resume(self.transport(stream), incoming.clone());
                let mut line = self.line(Client::new(wire), incoming, meter);
                line.learn_capabilities().await?;
                Ok((line, details))
            }
        }
    }

    fn line(&self, client: Client, incoming: Incoming, meter: Meter) -> Line<'_> {
        let (capabilities, greeting) = (Capabilities::default(), Box::default());
        Line { dialer: self, client, incoming, meter, capabilities, greeting }
    }

    /// Says STARTTLS and nothing else (RFC 9051 section 6.2.1).
    async fn start_tls(&self, socket: Socket) -> Result<Socket, Error> {
        let meter = socket.meter();
        let (wire, incoming) = Wire::new(socket);
        let mut client = async_imap::Client::new(wire);
        hear_greeting(&mut client, &incoming, self).await?;
        let asking = client.run_command_and_check_ok("STARTTLS", None);
        let answer =
            patiently((self.clock(), &meter), self.options.timeouts.command, "STARTTLS", asking).await?;
        if let Err(error) = answer {
            return Err(match io_error(error) {
                Some(error) => self.endpoint.stream_error(Some(error), &incoming),
                None => Error::StartTlsRefused,
            });
        }
        client.into_inner().into_inner().map_err(|_| Error::StartTlsInjection)
    }

    async fn handshake(&self, socket: Socket) -> Result<(Sealed, Agreed), Error> {
        let trust = Trust { roots: self.options.extra_roots.clone(), exception: self.options.exception };
        let buffered = BufReader::with_capacity(SOCKET_BUFFER, socket);
        let securing = tls::secure(buffered, &self.server_name, &trust, self.clock(), self.trace());
        let secured = self.clock().timeout(self.options.timeouts.connect, securing).await;
        secured.map_err(|_| Error::Timeout { what: "the TLS handshake" })?.map_err(|broken| match broken {
            Broken::Tls(problem, chain) => Error::Tls(Box::new(problem), chain),
            Broken::Line(error) => self.endpoint.offline(error),
        })
    }

    const fn clock(&self) -> &Clock {
        &self.options.clock
    }

    const fn trace(&self) -> Option<&Trace> {
        self.options.trace.as_ref()
    }

    fn transport(&self, stream: Sealed) -> Transport {
        match self.trace() {
            Some(trace) => Box::new(Tap::new(stream, trace.clone())),
            None => Box::new(stream),
        }
    }
}

/// Waits for the greeting and judges it. The text of a greeting is shown to nobody.
async fn hear_greeting<S>(
    client: &mut async_imap::Client<Wire<S>>,
    incoming: &Incoming,
    dialer: &Dialer<'_>,
) -> Result<StatusText, Error>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send,
{
    let limit = dialer.options.timeouts.greeting;
    let heard = dialer.clock().timeout(limit, client.read_response()).await;
    let error = match heard {
        Ok(Ok(Some(_))) => None,
        Ok(Ok(None)) => return Err(dialer.endpoint.stream_error(None, incoming)),
        Ok(Err(error)) => Some(error),
        Err(_) if incoming.is_empty() => return Err(Error::Timeout { what: "the greeting" }),
        // Something was said, but no greeting.
        Err(_) => None,
    };
    while let Some(event) = incoming.pop() {
        let Event::Received(received) = event else { continue };
        let Response::State(status) = received.response else {
            // Untagged data before the greeting: whoever talks there, it is no IMAP server.
            return Err(Error::NotImap { detail: "no greeting".into() });
        };
        return match status.condition {
            Condition::Ok => Ok(status),
            Condition::PreAuth => Err(Error::PreAuth),
            Condition::Bye => Err(Error::Bye { text: server_text(&status, dialer.options.server.security) }),
            Condition::No | Condition::Bad => {
                Err(Error::NotImap { detail: "a greeting of NO or BAD".into() })
            }
        };
    }
    Err(dialer.endpoint.stream_error(error, incoming))
}

fn response(event: Event) -> Option<Response> {
    let Event::Received(received) = event else { return None };
    Some(received.response)
}

/// An encrypted line on which nobody has signed in yet.
struct Line<'a> {
    dialer: &'a Dialer<'a>,
    client: Client,
    incoming: Incoming,
    meter: Meter,
    capabilities: Capabilities,
    /// What the server said first, if it was said under TLS.
    greeting: Box<str>,
}

impl Line<'_> {
    async fn greeting(&mut self) -> Result<(), Error> {
        let status = hear_greeting(&mut self.client, &self.incoming, self.dialer).await?;
        self.greeting = printable(status.text.as_bytes(), MAX_SERVER_TEXT).into();
        Trace::add(self.dialer.trace(), || Stage::Greeted(self.greeting.to_string()));
        if let Some(ResponseCode::Capability(words)) = &status.code {
            self.capabilities = Capabilities::from_words(words.iter().map(String::as_str));
        }
        Ok(())
    }

    /// Asks what the server offers, unless the (encrypted) greeting told it.
    async fn learn_capabilities(&mut self) -> Result<(), Error> {
        if !self.capabilities.is_empty() {
            return Ok(());
        }
        let asking = self.client.run_command_and_check_ok("CAPABILITY", None);
        let limit = self.dialer.options.timeouts.command;
        let result = patiently((self.dialer.clock(), &self.meter), limit, "CAPABILITY", asking).await?;
        let mut tagged = None;
        while let Some(event) = self.incoming.pop() {
            let Event::Received(received) = event else { continue };
            match received.response {
                Response::Capability(words) => {
                    self.capabilities = Capabilities::from_words(words.iter().map(String::as_str));
                }
                Response::Tagged { status, .. } => tagged = Some(status),
                Response::State(status) if status.condition == Condition::Bye => {
                    let text = printable(status.text.as_bytes(), MAX_SERVER_TEXT).into();
                    return Err(Error::Bye { text });
                }
                _ => {}
            }
        }
        match (result, tagged) {
            (Ok(()), _) => Ok(()),
            (Err(_), Some(status)) => {
                let text = printable(status.text.as_bytes(), MAX_SERVER_TEXT).into();
                Err(Error::Bad { command: "CAPABILITY", text })
            }
            (Err(error), None) => Err(self.lost(error)),
        }
    }

    fn lost(&self, error: async_imap::error::Error) -> Error {
        self.dialer.endpoint.stream_error(io_error(error), &self.incoming)
    }

    /// Tries the mechanisms from the strongest down. Only a refusal for technical reasons leads to the next.
    async fn authenticate(
        mut self,
        credential: &Credential,
        exporter: Option<Vec<u8>>,
    ) -> Result<(SignedIn, Mechanism), Error> {
        let (user, password, is_token) = credential.parts();
        let trace = self.dialer.trace();
        Trace::add(trace, || Stage::Offered(self.words()));
        let offered = self.capabilities.mechanisms();
        let plus_offered =
            offered.iter().any(|m| matches!(m, Mechanism::ScramSha256Plus | Mechanism::ScramSha1Plus));
        let endpoint = (self.dialer.endpoint.host.to_string(), self.dialer.endpoint.port);
        let channel = Channel { exporter, plus_offered, endpoint: Some(endpoint) };
        let disabled = self.capabilities.has(Capability::LoginDisabled);
        let mechanisms = order(offered, is_token, disabled, channel.exporter.is_some());
        let mut refused = None;
        for mechanism in mechanisms {
            let mut exchange = Exchange::new(mechanism, user, password.expose(), &channel)
                .map_err(|r| refusal(r, mechanism))?;
            Trace::add(trace, || Stage::SigningIn(mechanism.to_string()));
            Trace::hush(trace, true);
            let attempt = self.attempt(mechanism, user, password.expose(), &mut exchange).await;
            Trace::hush(trace, false);
            match attempt? {
                Attempt::SignedIn(signed_in) => {
                    Trace::add(trace, || Stage::SignedIn(mechanism.to_string()));
                    return Ok((signed_in, mechanism));
                }
                Attempt::Refused { line, status } => {
                    self = line;
                    match verdict(mechanism, &status) {
                        Verdict::Final(error) => return Err(error),
                        Verdict::TryNext(error) => refused = Some(error),
                    }
                }
                // A server may hang up after a refusal: that refusal is what the user needs to know.
                Attempt::Lost(error) => return Err(refused.unwrap_or(error)),
            }
            tracing::info!(%mechanism, "refused, trying the next mechanism");
        }
        Err(refused.unwrap_or_else(|| Error::NoCommonMechanism { offered: self.offered() }))
    }

    fn words(&self) -> Vec<String> {
        self.capabilities.words().map(|word| printable(word.as_bytes(), MAX_WORD)).collect()
    }

    fn offered(&self) -> Vec<String> {
        let all = self.capabilities.words();
        all.filter(|w| w.starts_with("AUTH=") || *w == "LOGINDISABLED")
            .map(|w| printable(w.as_bytes(), 40))
            .collect()
    }

    async fn attempt(
        self,
        mechanism: Mechanism,
        user: &str,
        password: &str,
        exchange: &mut Exchange,
    ) -> Result<Attempt<Self>, Error> {
        let Self { dialer, client, incoming, meter, capabilities, greeting } = self;
        let mut command = Zeroizing::new(mechanism.as_str().to_owned());
        let limit = dialer.options.timeouts.command;
        let result = if mechanism == Mechanism::Login {
            patiently((dialer.clock(), &meter), limit, "sign-in", client.login(user, password)).await?
        } else {
            if let Some(initial) =
                capabilities.has(Capability::SaslIr).then(|| exchange.take_initial()).flatten()
            {
                command.push(' ');
                command.push_str(&initial);
            }
            patiently(
                (dialer.clock(), &meter),
                limit,
                "sign-in",
                client.authenticate(command.as_str(), &mut *exchange),
            )
            .await?
        };
        match result {
            Ok(engine) => {
                exchange.verdict().map_err(|r| refusal(r, mechanism))?;
                let said = incoming.take().into_iter().filter_map(response).collect();
                Ok(Attempt::SignedIn(SignedIn { engine, incoming, meter, said }))
            }
            Err((error, client)) => {
                let mut line = Line { dialer, client, incoming, meter, capabilities, greeting };
                if exchange.refusal() == Some(Refusal::ServerUnproven) {
                    return Err(Error::ServerUnproven { mechanism });
                }
                match line.tagged() {
                    Some(status) => Ok(Attempt::Refused { line, status }),
                    None if matches!(error, async_imap::error::Error::Parse(_)) => {
                        match line.cancel().await {
                            Ok(status) => Ok(Attempt::Refused { line, status }),
                            Err(error) => Ok(Attempt::Lost(error)),
                        }
                    }
                    None => Ok(Attempt::Lost(line.lost(error))),
                }
            }
        }
    }

    /// The tagged response among what has come, if there is one.
    fn tagged(&self) -> Option<StatusText> {
        let mut found = None;
        while let Some(event) = self.incoming.pop() {
            if let Event::Received(received) = event
                && let Response::Tagged { status, .. } = received.response
            {
                found = Some(status);
            }
        }
        found
    }

    /// Ends an exchange whose challenge was no base64 (RFC 9051 section 6.2.2).
    async fn cancel(&mut self) -> Result<StatusText, Error> {
        let limit = self.dialer.options.timeouts.command;
        let (client, incoming) = (&mut self.client, &self.incoming);
        let cancelling = async {
            client.get_mut().write_all(b"*\r\n").await?;
            client.get_mut().flush().await?;
            client.read_response().await
        };
        let result = patiently((self.dialer.clock(), &self.meter), limit, "sign-in", cancelling).await?;
        match (self.tagged(), result) {
            (Some(status), _) => Ok(status),
            (None, Ok(_)) => Err(Error::Protocol { detail: "sign-in cannot be cancelled".into() }),
            (None, Err(error)) => Err(self.dialer.endpoint.stream_error(Some(error), incoming)),
        }
    }
}

/// How one mechanism went.
#[expect(clippy::large_enum_variant, reason = "lives for one match")]
enum Attempt<L> {
    SignedIn(SignedIn),
    Refused { line: L, status: StatusText },
    Lost(Error),
}

impl Session {
    /// What was said while we signed in: codes of state, and what the server offers from now on (RFC 9051 section
    /// 6.2.2 lets it tell that along).
    fn note_said(&mut self, response: &Response) {
        let words = match response {
            Response::State(status) | Response::Tagged { status, .. } => {
                self.note_code(status);
                match &status.code {
                    Some(ResponseCode::Capability(words)) => words,
                    _ => return,
                }
            }
            Response::Capability(words) => words,
            _ => return,
        };
        self.set_capabilities(Capabilities::from_words(words.iter().map(String::as_str)));
    }

    /// Asks what the server offers now that we are signed in.
    async fn refresh_capabilities(&mut self) -> Result<(), Error> {
        let mut words = Vec::new();
        self.exec(Command::new("CAPABILITY"), &mut |response| match response {
            Response::Capability(all) => {
                words = all;
                None
            }
            other => Some(other),
        })
        .await?;
        self.set_capabilities(Capabilities::from_words(words.iter().map(String::as_str)));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
