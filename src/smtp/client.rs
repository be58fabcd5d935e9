//! One connection to a submission server: greeting, EHLO, TLS, sign-in, good-bye.

use super::error::Error;
use super::extensions::Extensions;
use super::reply::{self, Reply};
use crate::clock::Clock;
use crate::model::{Fingerprint, Security, Server};
use crate::net::sasl::{Channel, Exchange, Refusal, order};
use crate::net::tap::Tap;
use crate::net::tls::{self, Broken};
use crate::net::{Mechanism, Stage, Trace, Trust, tcp};
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use std::fmt;
use std::future::Future;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use zeroize::Zeroizing;

/// What we call ourselves (RFC 5321 section 4.1.3): the name of this computer is nobody's business.
const OWN_NAME: &str = "[127.0.0.1]";
/// Challenges of one exchange; the longest mechanism has three.
const MAX_CHALLENGES: usize = 8;
/// Time for the good-bye; nobody waits for it.
const FAREWELL: Duration = Duration::from_secs(2);

trait Stream: AsyncRead + AsyncWrite + fmt::Debug + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + fmt::Debug + Send + Unpin> Stream for T {}

type Line = BufReader<Box<dyn Stream>>;

/// Whom to talk to, and how long to wait.
#[derive(Clone, Debug)]
pub struct SubmissionOptions {
    /// Host, port and protection.
    pub server: Server,
    /// Certificate authorities that are trusted besides those of the system.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// The certificate that is taken whatever is wrong with it.
    pub exception: Option<Fingerprint>,
    /// Where to note how the connection comes about.
    pub trace: Option<Trace>,
    /// How long to wait for what.
    pub timeouts: Timeouts,
    /// What time-outs are measured with.
    pub clock: Clock,
}

impl SubmissionOptions {
    /// Options with the usual patience.
    #[must_use]
    pub fn new(server: Server) -> Self {
        Self {
            server,
            extra_roots: Vec::new(),
            exception: None,
            trace: None,
            timeouts: Timeouts::default(),
            clock: Clock::system(),
        }
    }
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Name lookup, TCP and TLS handshakes, each.
    pub connect: Duration,
    /// A reply. RFC 5321 section 4.5.3.2 allows minutes for the greeting; nobody sits and waits for that.
    pub reply: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(20), reply: Duration::from_secs(60) }
    }
}

/// An encrypted connection.
#[derive(Debug)]
pub struct Submission {
    line: Line,
    extensions: Extensions,
    channel: Channel,
    trace: Option<Trace>,
    limit: Duration,
    clock: Clock,
}

impl Submission {
    /// Connects, encrypts, and hears what the server offers. Nobody is signed in yet.
    ///
    /// # Errors
    /// Each stage has its own: see [`Error`].
    pub async fn connect(options: &SubmissionOptions) -> Result<Self, Error> {
        let SubmissionOptions { server, timeouts, clock, .. } = options;
        let trace = options.trace.as_ref();
        let name = tls::server_name(&server.host)?;
        let connecting = tcp::connect(server.host.trim(), server.port, clock, trace);
        let socket =
            within(clock, timeouts.connect, "the connection", async { Ok(connecting.await?) }).await?;
        let mut plain: Line = BufReader::new(Box::new(socket));
        if server.security == Security::StartTls {
            start_tls(&mut plain, clock, timeouts.reply).await?;
        }
        let trust = Trust { roots: options.extra_roots.clone(), exception: options.exception };
        let securing = async {
            tls::secure(plain.into_inner(), &name, &trust, clock, trace).await.map_err(
                |broken| match broken {
                    Broken::Tls(problem, chain) => Error::Tls(Box::new(problem), chain),
                    Broken::Line(error) => error.into(),
                },
            )
        };
        let (stream, agreed) = within(clock, timeouts.connect, "the TLS handshake", securing).await?;
        let stream: Box<dyn Stream> = match trace {
            Some(trace) => Box::new(Tap::new(stream, trace.clone())),
            None => Box::new(stream),
        };
        let endpoint = Some((server.host.trim().to_owned(), server.port));
        let mut submission = Self {
            line: BufReader::new(stream),
            extensions: Extensions::default(),
            channel: Channel { exporter: agreed.channel, plus_offered: false, endpoint },
            trace: options.trace.clone(),
            limit: timeouts.reply,
            clock: clock.clone(),
        };
        if server.security == Security::Tls {
            let greeting = submission.read("the greeting").await?;
            good("greeting", &greeting)?;
            Trace::add(trace, || Stage::Greeted(greeting.text()));
        }
        // What was offered before TLS is forgotten (RFC 3207 section 4.2).
        let reply = submission.ask(&format!("EHLO {OWN_NAME}")).await?;
        good("EHLO", &reply)?;
        submission.extensions = Extensions::of(&reply);
        Trace::add(trace, || Stage::Offered(submission.extensions.words.clone()));
        Ok(submission)
    }

    /// What the server offers.
    #[must_use]
    pub const fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// Signs in with a password, or with an OAuth access token. Tries the mechanisms from the strongest down; only a
    /// refusal for technical reasons leads to the next.
    ///
    /// # Errors
    /// [`Error::AuthRejected`] and [`Error::NoCommonMechanism`], or the connection broke.
    pub async fn sign_in(&mut self, user: &str, secret: &Secret, is_token: bool) -> Result<Mechanism, Error> {
        let offered = &self.extensions.mechanisms;
        self.channel.plus_offered =
            offered.iter().any(|m| matches!(m, Mechanism::ScramSha256Plus | Mechanism::ScramSha1Plus));
        // The LOGIN command is IMAP's alone.
        let mechanisms = order(offered, is_token, true, self.channel.exporter.is_some());
        let mut refused = None;
        for mechanism in mechanisms {
            Trace::add(self.trace.as_ref(), || Stage::SigningIn(mechanism.to_string()));
            Trace::hush(self.trace.as_ref(), true);
            let reply = self.exchange(mechanism, user, secret).await;
            Trace::hush(self.trace.as_ref(), false);
            let reply = reply?;
            if reply.is_good() {
                Trace::add(self.trace.as_ref(), || Stage::SignedIn(mechanism.to_string()));
                return Ok(mechanism);
            }
            if reply.is_transient() {
                return Err(Error::Refused { command: "AUTH", reply });
            }
            // The same password in another wrapping would count as one more wrong try.
            let is_final = reply.code == 535 || mechanism.reveals_password();
            let error = Error::AuthRejected { mechanism, reply };
            if is_final {
                return Err(error);
            }
            refused = Some(error);
        }
        let offered = self.extensions.offered.clone();
        Err(refused.unwrap_or(Error::NoCommonMechanism { offered }))
    }

    async fn exchange(&mut self, mechanism: Mechanism, user: &str, secret: &Secret) -> Result<Reply, Error> {
        let broken = |refusal| match refusal {
            Refusal::ServerUnproven => Error::ServerUnproven { mechanism },
            Refusal::Broken(detail) => Error::Protocol { detail: detail.to_owned() },
            Refusal::Unsendable => Error::Unsendable,
        };
        let mut exchange = Exchange::new(mechanism, user, secret.expose(), &self.channel).map_err(broken)?;
        let mut command = Zeroizing::new(format!("AUTH {mechanism}"));
        if let Some(initial) = exchange.take_initial() {
            command.push(' ');
            command.push_str(&initial);
        }
        let mut reply = self.ask(&command).await?;
        for _ in 0..MAX_CHALLENGES {
            if reply.code != 334 {
                break;
            }
            let challenge = STANDARD.decode(reply.text().trim()).unwrap_or_default();
            let answer = exchange.respond(&challenge);
            if let Some(refusal) = exchange.refusal() {
                // RFC 4954 section 4: a lone asterisk ends the exchange.
                self.ask("*").await?;
                return Err(broken(refusal));
            }
            let answer = Zeroizing::new(STANDARD.encode(&*answer));
            reply = self.ask(&answer).await?;
        }
        if reply.code == 334 {
            return Err(Error::Protocol { detail: "the sign-in does not end".into() });
        }
        if reply.is_good() {
            exchange.verdict().map_err(broken)?;
        }
        Ok(reply)
    }

    /// Says good-bye. Whatever the answer: it is over.
    pub async fn quit(mut self) {
        let clock = self.clock.clone();
        let farewell = async {
            self.ask("QUIT").await?;
            self.line.get_mut().shutdown().await?;
            Ok::<_, Error>(())
        };
        match clock.timeout(FAREWELL, farewell).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "no good-bye"),
            Err(_) => tracing::debug!("no good-bye in time"),
        }
    }

    async fn ask(&mut self, command: &str) -> Result<Reply, Error> {
        say(&mut self.line, command, (&self.clock, self.limit)).await?;
        self.read("a reply").await
    }

    async fn read(&mut self, what: &'static str) -> Result<Reply, Error> {
        within(&self.clock, self.limit, what, reply::read(&mut self.line)).await
    }
}

/// Greeting, EHLO, STARTTLS (RFC 3207); the words of the server are shown to nobody.
async fn start_tls(line: &mut Line, clock: &Clock, limit: Duration) -> Result<(), Error> {
    let greeting = within(clock, limit, "the greeting", reply::read(line)).await?;
    if !greeting.is_good() {
        return Err(Error::Refused { command: "greeting", reply: Reply { lines: Vec::new(), ..greeting } });
    }
    say(line, &format!("EHLO {OWN_NAME}"), (clock, limit)).await?;
    let offered = within(clock, limit, "a reply", reply::read(line)).await?;
    if !Extensions::of(&offered).start_tls {
        return Err(Error::StartTlsRefused);
    }
    say(line, "STARTTLS", (clock, limit)).await?;
    let reply = within(clock, limit, "STARTTLS", reply::read(line)).await?;
    if !reply.is_good() {
        return Err(Error::StartTlsRefused);
    }
    // Whatever came along was not said under TLS.
    if line.buffer().is_empty() { Ok(()) } else { Err(Error::StartTlsInjection) }
}

async fn say(line: &mut Line, command: &str, (clock, limit): (&Clock, Duration)) -> Result<(), Error> {
    let bytes = Zeroizing::new(format!("{command}\r\n").into_bytes());
    let writing = async {
        line.get_mut().write_all(&bytes).await?;
        Ok(line.get_mut().flush().await?)
    };
    within(clock, limit, "a command", writing).await
}

fn good(command: &'static str, reply: &Reply) -> Result<(), Error> {
    if reply.is_good() { Ok(()) } else { Err(Error::Refused { command, reply: reply.clone() }) }
}

async fn within<T>(
    clock: &Clock,
    limit: Duration,
    what: &'static str,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    clock.timeout(limit, work).await.map_err(|_| Error::Timeout { what })?
}
