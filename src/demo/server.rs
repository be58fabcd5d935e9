//! Listens on loopback and gives each client a connection.

use super::capability::{CapabilityMask, Extension};
use super::certificate::{CertificateKind, Identity, IdentityError};
use super::connection::{self, Secure};
use super::fault::{FaultPlan, Faults};
use super::log::{Log, LogEntry, ServerTraffic};
use super::mailboxes::Mailboxes;
use super::state::State;
use crate::clock::Clock;
use crate::model::UnixTime;
use rustls::pki_types::CertificateDer;
use std::collections::BTreeSet;
use std::io;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;

/// How links are protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    #[default]
    Tls,
    /// Plain text with STARTTLS offered; no login before it.
    StartTls,
    /// Plain text without STARTTLS, login allowed. For tests of what a client must refuse, and by hand.
    Plain,
}

/// What a server is started with.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// The mail.
    pub mailboxes: Mailboxes,
    /// User names and passwords; all of them see the same mail.
    pub users: Vec<(String, String)>,
    /// What it can and cannot do.
    pub capabilities: CapabilityMask,
    /// What goes wrong.
    pub faults: FaultPlan,
    /// Protection of links.
    pub security: Security,
    /// What is wrong with the certificate, if anything.
    pub certificate: CertificateKind,
    /// Sessions that may be signed in at once.
    pub max_sessions: Option<u32>,
    /// The server's time, for mails appended without a date and for the certificate.
    pub now: UnixTime,
    /// What its pauses are measured with, and what hears of all that it does.
    pub clock: Clock,
}

impl ServerConfig {
    /// A server with that mail, the demo user, TLS and everything offered.
    #[must_use]
    pub fn new(mailboxes: Mailboxes, now: UnixTime) -> Self {
        Self {
            mailboxes,
            users: vec![(super::USER.to_owned(), super::PASSWORD.to_owned())],
            capabilities: CapabilityMask::full(),
            faults: FaultPlan::new(),
            security: Security::Tls,
            certificate: CertificateKind::Good,
            max_sessions: None,
            now,
            clock: Clock::system(),
        }
    }
}

/// The server could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No port on loopback.
    #[error("cannot listen on loopback: {0}")]
    Listen(#[from] io::Error),
    /// No certificate.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

/// What all connections of a server share.
pub(super) struct Shared {
    pub(super) state: State,
    pub(super) users: Vec<(String, String)>,
    pub(super) capabilities: CapabilityMask,
    pub(super) faults: Faults,
    pub(super) log: Log,
    pub(super) tls: Arc<rustls::ServerConfig>,
    pub(super) max_sessions: Option<u32>,
    pub(super) now: UnixTime,
    pub(super) clock: Clock,
    /// Access tokens that are good now; `None`: passwords only.
    pub(super) tokens: Mutex<Option<BTreeSet<String>>>,
    pub(super) sessions: watch::Sender<u32>,
    /// Raw bytes for clients that idle.
    pub(super) whispers: broadcast::Sender<Vec<u8>>,
    connections: AtomicU32,
    security: Security,
}

/// A running server. Dropping it closes its port and breaks all its links.
pub struct Server {
    shared: Arc<Shared>,
    authority: CertificateDer<'static>,
    authority_pem: String,
    port: u16,
    kill: watch::Sender<u64>,
    hush: watch::Sender<u64>,
    listening: Mutex<Option<JoinHandle<()>>>,
}

impl Server {
    /// Starts a server on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// No port could be opened or no certificate made.
    pub async fn start(mut config: ServerConfig) -> Result<Self, StartError> {
        if !config.mailboxes.are_labels() {
            // Copies would be messages with one X-GM-MSGID and lives of their own, which no server has.
            config.capabilities = config.capabilities.without(&[Extension::Gmail]);
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let identity = Identity::make(config.certificate, config.now)?;
        let shared = Arc::new(Shared {
            state: State::new(config.mailboxes),
            users: config.users,
            capabilities: config.capabilities,
            faults: Faults::new(config.faults),
            log: Log::default(),
            tls: identity.tls,
            max_sessions: config.max_sessions,
            now: config.now,
            clock: config.clock,
            tokens: Mutex::default(),
            sessions: watch::Sender::new(0),
            whispers: broadcast::Sender::new(16),
            connections: AtomicU32::new(0),
            security: config.security,
        });
        let kill = watch::Sender::new(0);
        let hush = watch::Sender::new(0);
        let listening = tokio::spawn(listen(listener, Arc::clone(&shared), kill.clone(), hush.clone()));
        Ok(Self {
            shared,
            authority: identity.authority,
            authority_pem: identity.authority_pem,
            port,
            kill,
            hush,
            listening: Mutex::new(Some(listening)),
        })
    }

    /// Port on 127.0.0.1.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Certificate of the authority, as text.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.authority_pem
    }

    /// Certificate of the authority, to be trusted by the client.
    #[must_use]
    pub fn ca_der(&self) -> CertificateDer<'static> {
        self.authority.clone()
    }

    /// The mail: for assertions, and to act as a second client.
    #[must_use]
    pub fn state(&self) -> State {
        self.shared.state.clone()
    }

    /// The faults, to add some while the server runs.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.shared.faults.clone()
    }

    /// Commands seen so far, without passwords.
    #[must_use]
    pub fn log(&self) -> Vec<LogEntry> {
        self.shared.log.entries()
    }

    /// Forgets the commands seen so far.
    pub fn clear_log(&self) {
        self.shared.log.clear();
    }

    /// Bytes that went over all links, inside TLS.
    #[must_use]
    pub fn traffic(&self) -> ServerTraffic {
        self.shared.log.traffic()
    }

    /// Connections accepted so far.
    #[must_use]
    pub fn connections(&self) -> u32 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Sessions that are signed in now.
    #[must_use]
    pub fn sessions(&self) -> u32 {
        *self.shared.sessions.borrow()
    }

    /// Waits until nobody is signed in.
    pub async fn until_nobody(&self) {
        // Fails only if the sender is gone, which is held here.
        self.shared.sessions.subscribe().wait_for(|open| *open == 0).await.ok();
    }

    /// Sends these bytes to every client that is idling, such as a BYE out of the blue.
    pub fn tell_idle(&self, raw: &[u8]) {
        // Nobody may be idling.
        self.shared.whispers.send(raw.to_vec()).ok();
    }

    /// From now on these OAuth access tokens sign in, besides passwords; all others have expired.
    pub fn take_tokens(&self, tokens: impl IntoIterator<Item = String>) {
        let mut taken = self.shared.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        *taken = Some(tokens.into_iter().collect());
    }

    /// Breaks all links at once; the port stays open.
    pub fn drop_connections(&self) {
        self.kill.send_modify(|n| *n += 1);
    }

    /// From now on nothing is read from or said over the links that stand, and they stay open: as after a change of the
    /// client's address, or when a router forgot them.
    pub fn fall_silent(&self) {
        self.hush.send_modify(|n| *n += 1);
    }

    /// Breaks all links and closes the port: new connections are refused.
    pub async fn go_down(&self) {
        let task = self.listening.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            task.abort();
            // Ends as cancelled; by then the port is closed.
            task.await.ok();
        }
        self.drop_connections();
    }

    /// Opens the same port again after [`Server::go_down`].
    ///
    /// # Errors
    /// Something else took the port meanwhile.
    pub async fn come_back(&self) -> io::Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let task =
            tokio::spawn(listen(listener, Arc::clone(&self.shared), self.kill.clone(), self.hush.clone()));
        *self.listening.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
        Ok(())
    }

    /// Talks to a client over any stream, such as one half of `tokio::io::duplex`, until it ends.
    /// The stream counts as protected: login is allowed.
    pub async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) {
        let number = self.shared.next_connection();
        let mut killed = self.kill.subscribe();
        tokio::select! {
            () = connection::run(Arc::clone(&self.shared), Box::new(stream), number, Secure::Already) => {}
            _ = killed.changed() => {}
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(task) = self.listening.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
        self.drop_connections();
    }
}

impl Shared {
    /// Whether a token is good; `None`: none is.
    pub(super) fn takes(&self, token: Option<&str>) -> bool {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.as_ref().is_some_and(|tokens| token.is_none_or(|token| tokens.contains(token)))
    }

    fn next_connection(&self) -> u32 {
        self.connections.fetch_add(1, Ordering::SeqCst) + 1
    }
}

async fn listen(
    listener: TcpListener,
    shared: Arc<Shared>,
    kill: watch::Sender<u64>,
    hush: watch::Sender<u64>,
) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        // Small answers must not wait for more.
        stream.set_nodelay(true).ok();
        shared.clock.stir();
        let number = shared.next_connection();
        let secure = match shared.security {
            Security::Tls => Secure::Handshake,
            Security::StartTls => Secure::Offered,
            Security::Plain => Secure::Already,
        };
        let shared = Arc::clone(&shared);
        let (mut killed, mut hushed) = (kill.subscribe(), hush.subscribe());
        tokio::spawn(async move {
            let mut talk = std::pin::pin!(connection::run(shared, Box::new(stream), number, secure));
            tokio::select! {
                // What was said to all links before the next turn of this one holds for that turn.
                biased;
                _ = killed.changed() => {}
                // It is held, but gets no further turn.
                _ = hushed.changed() => drop(killed.changed().await),
                () = &mut talk => {}
            }
        });
    }
}
