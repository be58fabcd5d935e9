//! A client of raw lines.

use crate::demo::{CapabilityMask, Content, FaultPlan, Mailboxes, Server, ServerConfig};
use crate::model::{Flag, Flags, UnixTime};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

pub(super) const NOW: UnixTime = UnixTime(1_700_000_000);

/// INBOX with `count` small mails with UIDs from 1, the odd ones seen, and the standard mailboxes.
pub(super) fn mailboxes(count: u32) -> Mailboxes {
    let mut all = Mailboxes::standard();
    for n in 1..=count {
        let flags: Flags = if n % 2 == 1 { [Flag::Seen].into_iter().collect() } else { Flags::default() };
        all.append("INBOX", flags, UnixTime(NOW.0 - 1000 + i64::from(n)), mail(n)).unwrap();
    }
    all
}

pub(super) fn mail(n: u32) -> Content {
    Content::new(
        format!("From: Ada <ada@example.org>\r\nSubject: Mail {n}\r\nMessage-ID: <{n}@example.org>\r\n\r\nText of {n}\r\n")
            .into_bytes(),
    )
}

pub(super) async fn server(count: u32, mask: CapabilityMask, faults: FaultPlan) -> Arc<Server> {
    let config = ServerConfig { capabilities: mask, faults, ..ServerConfig::new(mailboxes(count), NOW) };
    Arc::new(Server::start(config).await.unwrap())
}

/// A connected client.
pub(super) struct Client {
    stream: DuplexStream,
    buffer: Vec<u8>,
    next: u32,
}

impl Client {
    pub(super) async fn connect(server: &Arc<Server>) -> Self {
        let (near, far) = tokio::io::duplex(1 << 20);
        let server = Arc::clone(server);
        tokio::spawn(async move { server.serve(far).await });
        Self { stream: near, buffer: Vec::new(), next: 1 }
    }

    /// Connected, greeted and signed in.
    pub(super) async fn signed_in(server: &Arc<Server>) -> Self {
        let mut client = Self::connect(server).await;
        client.line().await.unwrap();
        let answer = client.run("LOGIN robin@postrider.example demo").await;
        assert!(answer.contains(" OK "), "{answer}");
        client
    }

    pub(super) async fn write(&mut self, raw: &[u8]) {
        self.stream.write_all(raw).await.unwrap();
    }

    /// The next line, or `None` at the end of the link.
    pub(super) async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.buffer) {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                return Some(String::from_utf8_lossy(&line).into_owned());
            }
            if self.stream.read_buf(&mut self.buffer).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    /// Sends a command and returns everything up to its tagged line, with `tag` in place of the tag.
    pub(super) async fn run(&mut self, command: &str) -> String {
        let tag = format!("t{}", self.next);
        self.next += 1;
        self.write(format!("{tag} {command}\r\n").as_bytes()).await;
        let mut all = String::new();
        while let Some(line) = self.line().await {
            all.push_str(&line.replace(&tag, "tag"));
            if line.starts_with(&format!("{tag} ")) {
                break;
            }
        }
        all
    }
}
