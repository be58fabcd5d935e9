//! One client's connection: greeting, TLS, faults, and one command after the other.
#![expect(clippy::wildcard_enum_match_arm, reason = "each place acts on a few kinds and passes the rest on")]

use super::command::Command;
use super::decode::{self, Malformed, Tagged};
use super::fault::{Fault, Moment};
use super::link::{Link, Stream};
use super::output::{Output, Reply};
use super::server::Shared;
use super::session::Session;
use std::io;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// How a link starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Secure {
    /// It needs no TLS.
    Already,
    /// TLS comes first.
    Handshake,
    /// The client may ask for TLS.
    Offered,
}

/// What is to be done after a command.
enum Next {
    Command,
    StartTls,
    End,
}

/// Serves one client until it leaves, a fault ends it, or the link breaks.
pub(super) async fn run(shared: Arc<Shared>, stream: Box<dyn Stream>, number: u32, secure: Secure) {
    let link = Link::new(stream, shared.log.clone(), shared.faults.clone(), shared.clock.clone());
    let session =
        Session::new(Arc::clone(&shared), number, secure != Secure::Offered, secure == Secure::Offered);
    let mut connection = Connection { shared, link, session, number, output: Output::default() };
    if let Err(error) = connection.talk(secure).await {
        tracing::debug!(number, %error, "link ended");
    }
}

struct Connection {
    shared: Arc<Shared>,
    link: Link,
    session: Session,
    number: u32,
    output: Output,
}

impl Connection {
    async fn talk(&mut self, secure: Secure) -> io::Result<()> {
        if !self.accept().await? {
            return Ok(());
        }
        if secure == Secure::Handshake {
            let acceptor = TlsAcceptor::from(Arc::clone(&self.shared.tls));
            self.link.upgrade(&acceptor).await?;
        }
        if !self.greet().await? {
            return Ok(());
        }
        while let Some(bytes) = self.link.command().await? {
            match self.command(&bytes).await? {
                Next::Command => {}
                Next::StartTls => self.start_tls().await?,
                Next::End => {
                    self.link.close().await;
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Lets faults act before anything is said; `false` if one ended the link.
    async fn accept(&mut self) -> io::Result<bool> {
        for fault in &self.shared.faults.strike(self.number, Moment::Accept) {
            match fault {
                Fault::Drop => return Ok(false),
                Fault::Replace(raw) => {
                    self.link.send(raw).await?;
                    self.link.close().await;
                    return Ok(false);
                }
                Fault::Flood { head, piece, times } => {
                    self.link.flood(head, piece, *times).await?;
                    return Ok(false);
                }
                other => self.arm(other).await?,
            }
        }
        Ok(true)
    }

    /// Says hello; `false` if a fault ended it there.
    async fn greet(&mut self) -> io::Result<bool> {
        let faults = self.shared.faults.strike(self.number, Moment::Greeting);
        for fault in &faults {
            match fault {
                Fault::Drop => return Ok(false),
                Fault::Bye(text) => {
                    self.link.send(format!("* BYE {text}\r\n").as_bytes()).await?;
                    self.link.close().await;
                    return Ok(false);
                }
                Fault::Replace(raw) => {
                    self.link.send(raw).await?;
                    return Ok(true);
                }
                Fault::Flood { head, piece, times } => {
                    self.link.flood(head, piece, *times).await?;
                    return Ok(true);
                }
                Fault::Change(change) => self.shared.state.change(|all| change(all)),
                other => self.arm(other).await?,
            }
        }
        let capability = self.session.capability();
        let greeting = self.shared.capabilities.greeting;
        self.link.send(format!("* OK [CAPABILITY {capability}] {greeting}\r\n").as_bytes()).await?;
        Ok(true)
    }

    /// Applies the faults that act on the link itself.
    async fn arm(&mut self, fault: &Fault) -> io::Result<()> {
        match fault {
            Fault::DropAfter(bytes) => self.link.cut_output = Some(*bytes),
            Fault::DropAfterInput(bytes) => self.link.cut_input = Some(*bytes),
            Fault::StallAfter(bytes) => self.link.stall_output = Some(*bytes),
            Fault::Trickle { piece, pause } => self.link.trickle = Some((*piece, *pause)),
            Fault::Stall => self.link.stall().await?,
            Fault::Delay(time) => self.link.pause(*time).await,
            Fault::Before(raw) => self.link.send(raw).await?,
            _ => {}
        }
        Ok(())
    }

    async fn command(&mut self, bytes: &[u8]) -> io::Result<Next> {
        let Some(tagged) = decode::decode(bytes) else {
            self.link.send(b"* BAD No tag or no command\r\n").await?;
            return Ok(Next::Command);
        };
        let Tagged { tag, verb, command, by_the_book } = tagged;
        self.shared.log.command(self.number, &verb, bytes, by_the_book);
        let faults = self.shared.faults.strike(self.number, Moment::Command(&verb));
        self.output.shape(&faults);
        for fault in &faults {
            match fault {
                Fault::Drop => return Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
                Fault::Bye(text) => {
                    self.link.send(format!("* BYE {text}\r\n").as_bytes()).await?;
                    return Ok(Next::End);
                }
                Fault::No(text) => return self.finish(&tag, &Reply::no(text), &faults).await,
                Fault::Bad(text) => return self.finish(&tag, &Reply::bad(text), &faults).await,
                Fault::Replace(raw) => {
                    let text = String::from_utf8_lossy(raw);
                    let raw = if text.contains("{tag}") {
                        text.replace("{tag}", &tag).into_bytes()
                    } else {
                        raw.clone()
                    };
                    self.link.send(&raw).await?;
                    return Ok(Next::Command);
                }
                Fault::Flood { head, piece, times } => {
                    self.link.flood(head, piece, *times).await?;
                    return Ok(Next::Command);
                }
                Fault::Change(change) => self.shared.state.change(|all| change(all)),
                other => self.arm(other).await?,
            }
        }
        let reply = match command {
            Ok(command) => match self.run(&tag, command).await? {
                (reply, Next::Command) => reply,
                (reply, next) => {
                    self.finish(&tag, &reply, &faults).await?;
                    return Ok(next);
                }
            },
            Err(Malformed) => Reply::bad("Unknown command or wrong arguments"),
        };
        self.finish(&tag, &reply, &faults).await
    }

    async fn run(&mut self, tag: &str, command: Command) -> io::Result<(Reply, Next)> {
        Ok(match command {
            Command::Logout => {
                self.output.untagged("BYE Until next time");
                (Reply::ok("Logged out"), Next::End)
            }
            Command::StartTls if self.session.can_start_tls() => (Reply::ok("Begin TLS"), Next::StartTls),
            Command::StartTls => (Reply::bad("STARTTLS is not possible here"), Next::Command),
            Command::Authenticate { mechanism, initial } => {
                let reply = self.session.authenticate(&mechanism, initial, &mut self.link).await?;
                (reply, Next::Command)
            }
            Command::Idle => (self.session.idle(&mut self.link, &mut self.output).await?, Next::Command),
            Command::Fetch { .. } => {
                let reply = self.session.fetch(command, &mut self.link, &mut self.output).await?;
                (reply, Next::Command)
            }
            other => {
                let reply = self.session.run(tag, other, &mut self.output);
                if self.session.is_thrown_out() {
                    self.output.untagged("BYE The mailbox is no longer there");
                    (reply, Next::End)
                } else {
                    (reply, Next::Command)
                }
            }
        })
    }

    async fn finish(&mut self, tag: &str, reply: &Reply, faults: &[Fault]) -> io::Result<Next> {
        let mut reply = reply.clone();
        let mut last = Vec::new();
        for fault in faults {
            match fault {
                Fault::BeforeTagged(raw) => last.extend_from_slice(raw),
                Fault::NoAfterDoing(text) => reply = Reply::no(text),
                _ => {}
            }
        }
        last.extend_from_slice(&reply.line(tag));
        self.output.flush_with(&mut self.link, &last).await?;
        Ok(Next::Command)
    }

    async fn start_tls(&mut self) -> io::Result<()> {
        let acceptor = TlsAcceptor::from(Arc::clone(&self.shared.tls));
        self.link.upgrade(&acceptor).await?;
        self.session.started_tls();
        Ok(())
    }
}
